/*
 * Starts `ringside demo` once for all page tests, on a free port and with data of its own, and signs in once as each
 * role. The tests find the address and the sessions through the environment (see test.ts).
 *
 * RINGSIDE_BIN names the program to test; otherwise it is the one `cargo build -p server` makes. RINGSIDE_PAGES_AT says
 * when the demo begins; otherwise it is an afternoon on which the demo has the campaigns that the tests name, whatever day
 * it is for us. The browser's time may be another: no script asks for it, and cookies say how long they last, not until when.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "@playwright/test";
import { launchOptions } from "./browser.mjs";

export const ROLES = ["owner", "manager", "viewer"] as const;
export type Role = (typeof ROLES)[number];
/** Whom the tests sign in as; the newcomer is the owner of an account without calls, the operator belongs to that account, too. Who is in both is `twofold@tests.example`. */
export type Person = Role | "newcomer" | "operator";

/** What users made by the harness sign in with. */
export const PASSWORD = "a long password for tests";

/** The account that the demo makes. */
const ACCOUNT = "An Tâm";
/** An account that begins empty. */
const EMPTY_ACCOUNT = "Công ty Mới";

/** A Monday afternoon in Viet Nam, with hours of calls ahead. */
const AT = process.env.RINGSIDE_PAGES_AT ?? "2026-11-23T15:10:00+07:00";

/** The line by which the demo says that it is ready. */
const READY = /Ringside demo: (\S+) sign in as (\S+) password (\S+)/;

const here = dirname(fileURLToPath(import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? resolve(here, "../target");
const program = process.env.RINGSIDE_BIN ?? join(target, "debug", "ringside");

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer();
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address && typeof address === "object" ? found(address.port) : failed(new Error("no port"))));
    });
  });
}

/** Resolves with the words of the line that says the program is ready; rejects when it ends before, or takes too long. */
function ready(child: ChildProcess, limit: number): Promise<RegExpMatchArray> {
  return new Promise((found, failed) => {
    let text = "";
    const timer = setTimeout(() => failed(new Error(`ringside demo was not ready after ${limit / 1000} s:\n${text}`)), limit);
    const take = (chunk: Buffer) => {
      text += chunk.toString();
      const line = text.match(READY);
      if (line) {
        clearTimeout(timer);
        found(line);
      }
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    child.once("exit", (code) => {
      clearTimeout(timer);
      failed(new Error(`ringside demo ended with ${code}:\n${text}`));
    });
  });
}

async function signIn(browser: Browser, url: string, email: string, password: string, state: string) {
  const page = await browser.newPage({ baseURL: url });
  await page.goto("/sign-in");
  await page.locator("input[name=email]").fill(email);
  await page.locator("input[name=password]").fill(password);
  await page.locator("button[type=submit]").first().click();
  await page.waitForURL(/\/campaigns/);
  await page.context().storageState({ path: state });
  await page.close();
}

/**
 * Calls of a switch around the clock, over two years, as Asterisk writes them into Master.csv; in the demo's account a campaign
 * "tong-dai" of them.
 */
function callsOfASwitch(): string {
  const days = ["2017-12-30", "2017-12-31", "2018-01-01", "2018-01-20"];
  const rows = days.flatMap((day, d) =>
    Array.from({ length: 24 * 25 }, (_, n) => {
      const hour = String(n % 24).padStart(2, "0");
      const minute = String(Math.floor(n / 24) * 2).padStart(2, "0");
      const answered = n % 7 > 0;
      const start = `${day} ${hour}:${minute}:00`;
      const [answer, end, bill, said] = answered ? [`"${day} ${hour}:${minute}:05"`, `${day} ${hour}:${minute}:35`, 30, "ANSWERED"] : ["", `${day} ${hour}:${minute}:35`, 0, "NO ANSWER"];
      const phone = `09${String(d * 1_000 + n).padStart(8, "0")}`;
      const id = `${Date.parse(`${day}T${hour}:${minute}:00+07:00`) / 1_000}.${d * 1_000 + n}`;
      return `"","1000","${phone}","out","""A"" <1000>","SIP/1000-1","SIP/gw-2","Dial","SIP/gw","${start}",${answer},"${end}",35,${bill},"${said}","DOCUMENTATION","${id}",""`;
    }));
  return `${rows.join("\n")}\n`;
}

/** A further user of an account, made as an operator would: by the command, and the link that it prints. */
async function addUser(browser: Browser, url: string, environment: NodeJS.ProcessEnv, [person, account, role]: [Person, string, Role], state: string) {
  const email = `${person}@tests.example`;
  const output = execFileSync(program, ["user", "add", email, "--account", account, "--role", role, "--at", AT], { env: environment, encoding: "utf8" });
  const link = output.match(/https?:\/\/\S+/)?.[0];
  if (!link) throw new Error(`ringside user add printed no link:\n${output}`);
  const page = await browser.newPage();
  await page.goto(link);
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.locator("input[name=repeat]").fill(PASSWORD);
  await page.locator("button[type=submit]").first().click();
  await page.waitForURL((address) => !address.pathname.startsWith("/set-password"));
  await page.close();
  await signIn(browser, url, email, PASSWORD, state);
}

export default async function start() {
  if (!existsSync(program)) throw new Error(`${program} is not built: cargo build -p server`);
  const folder = mkdtempSync(join(tmpdir(), "ringside-pages-"));
  const data = join(folder, "data");
  const url = `http://127.0.0.1:${await freePort()}`;
  const environment: NodeJS.ProcessEnv = {
    // The program refuses settings that it does not know, such as the variables of these tests.
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("RINGSIDE_"))),
    RINGSIDE_LISTEN: url.replace("http://", ""),
    RINGSIDE_BASE_URL: url,
    RINGSIDE_DATABASE_URL: `sqlite://${join(data, "ringside.db")}`,
  };
  mkdirSync(join(here, "test-results"), { recursive: true });
  const log = createWriteStream(join(here, "test-results", "ringside.log"));
  const child = spawn(program, ["demo", "--at", AT, "--folder", data], { cwd: folder, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const stop = async () => {
    if (child.exitCode === null) {
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      await ended;
    }
    log.end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [, , email, password] = await ready(child, 180_000);
    const file = join(folder, "Master.csv");
    writeFileSync(file, callsOfASwitch());
    execFileSync(program, ["import", file, "--account", ACCOUNT, "--campaign", "tong-dai", "--create"], { env: environment, stdio: "pipe" });
    const browser = await chromium.launch(launchOptions);
    for (const role of ROLES) {
      const state = join(folder, `${role}.json`);
      if (role === "owner") await signIn(browser, url, email, password, state);
      else await addUser(browser, url, environment, [role, ACCOUNT, role], state);
    }
    execFileSync(program, ["account", "add", EMPTY_ACCOUNT], { env: environment, stdio: "pipe" });
    await addUser(browser, url, environment, ["newcomer", EMPTY_ACCOUNT, "owner"], join(folder, "newcomer.json"));
    await addUser(browser, url, environment, ["operator", EMPTY_ACCOUNT, "viewer"], join(folder, "operator.json"));
    // Who belongs to both: the link of the first account is over once they belong to the second.
    execFileSync(program, ["user", "add", "twofold@tests.example", "--account", ACCOUNT, "--role", "viewer", "--at", AT], { env: environment, stdio: "pipe" });
    await addUser(browser, url, environment, ["twofold", EMPTY_ACCOUNT, "viewer"], join(folder, "twofold.json"));
    execFileSync(program, ["operator", "add", "operator@tests.example"], { env: environment, stdio: "pipe" });
    await browser.close();
    process.env.RINGSIDE_PAGES_AT = AT;
    process.env.RINGSIDE_PAGES_PROGRAM = program;
    process.env.RINGSIDE_PAGES_DATABASE = environment.RINGSIDE_DATABASE_URL;
    process.env.RINGSIDE_PAGES_URL = url;
    process.env.RINGSIDE_PAGES_SESSIONS = folder;
    process.env.RINGSIDE_PAGES_EMAIL = email;
    process.env.RINGSIDE_PAGES_PASSWORD = password;
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
