/* Somebody signs in by a real provider on another host, and out: in a browser, with its rules of cookies, forms and redirects. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserContext } from "@playwright/test";
import { expect, expectAccessible, test } from "./test";

const here = dirname(fileURLToPath(import.meta.url));
const ACCOUNT = "An Tâm";

let [ringside, provider, folder, url, issuer] = [undefined as ChildProcess | undefined, undefined as ChildProcess | undefined, "", "", ""];

function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => found(address && typeof address === "object" ? address.port : 0));
    });
  });
}

/** Resolves with the first line of its output that has this. */
function says(child: ChildProcess, what: RegExp): Promise<string> {
  return new Promise((found, failed) => {
    let text = "";
    const take = (chunk: Buffer) => {
      text += chunk.toString();
      const line = text.match(what)?.[0];
      if (line) found(line);
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    child.once("exit", (code) => failed(new Error(`it ended with ${code}:\n${text}`)));
  });
}

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ringside-sso-"));
  url = `http://127.0.0.1:${await freePort()}`;
  provider = spawn("node", [resolve(here, "../server/tests/it/sso/real.mjs"), url], { stdio: ["ignore", "pipe", "pipe"] });
  issuer = await says(provider, /http:\/\/localhost:\d+/);
  const program = process.env.RINGSIDE_PAGES_PROGRAM ?? "";
  const environment: NodeJS.ProcessEnv = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("RINGSIDE_"))),
    RINGSIDE_LISTEN: url.replace("http://", ""),
    RINGSIDE_BASE_URL: url,
    RINGSIDE_DATABASE_URL: `sqlite://${join(folder, "ringside.db")}`,
    RINGSIDE_OIDC_ISSUER: issuer,
    RINGSIDE_OIDC_CLIENT_ID: "ringside",
    RINGSIDE_OIDC_CLIENT_SECRET: "secret-of-ringside",
    RINGSIDE_OIDC_NAME: "Cty ID",
    RINGSIDE_OIDC_SCOPES: "email profile groups",
  };
  const command = (...words: string[]) => execFileSync(program, words, { cwd: folder, env: environment, stdio: "pipe" });
  command("account", "add", ACCOUNT);
  command("sso", "group", "chu", "owner", "--account", ACCOUNT);
  ringside = spawn(program, ["serve"], { cwd: folder, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  await says(ringside, /Ringside serves/);
});

test.afterAll(async () => {
  for (const child of [ringside, provider]) {
    if (child && child.exitCode === null) {
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      await ended;
    }
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Who signs in at the provider next. */
async function isAt(name: string, groups: string[]) {
  const person = { sub: name, email: `${name}@cty.vn`, email_verified: true, name: "Nguyễn Lan", groups };
  await fetch(`${issuer}/person`, { method: "PUT", body: JSON.stringify(person) });
}

async function language(context: BrowserContext) {
  await context.addCookies([{ name: "lang", value: "vi", url }]);
}

test.use({ role: null });
// They share who signs in.
test.describe.configure({ mode: "serial" });

test("one signs in by the provider, is led to where one wanted, and signs out of both @phone", async ({ page, context }) => {
  await language(context);
  await isAt("lan", ["chu"]);
  await page.goto(`${url}/settings/sign-in`);
  const button = page.getByRole("link", { name: "Đăng nhập bằng Cty ID" });
  await expect(button).toBeVisible();
  await expectAccessible(page);
  await button.click();
  await expect(page).toHaveURL(`${url}/settings/sign-in`);
  for (const seen of ["Đăng nhập một lần (SSO)", "chu", "Bạn chưa có mật khẩu"]) await expect(page.locator("main")).toContainText(seen);
  await expectAccessible(page);
  await page.getByLabel("Nhóm").fill("/cty/kế toán");
  await page.getByRole("button", { name: "Lưu nhóm" }).click();
  await expect(page.locator("tr", { hasText: "/cty/kế toán" })).toContainText("Người xem");
  await page.getByRole("button", { name: "Gỡ: /cty/kế toán" }).click();
  await expect(page.locator("tr", { hasText: "/cty/kế toán" })).toHaveCount(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  // The page of the provider that asks whether to sign out there.
  await page.evaluate(() => document.querySelector<HTMLFormElement>("form[action='/sign-out']")?.requestSubmit());
  await page.waitForURL((address) => address.href.startsWith(`${issuer}/session/end`));
  await page.evaluate(() => {
    const form = document.querySelector("form");
    form?.insertAdjacentHTML("beforeend", "<input type=hidden name=logout value=yes>");
    form?.submit();
  });
  await expect(page).toHaveURL(`${url}/sign-in?note=signed-out`);
  await page.goto(`${url}/campaigns`);
  await expect(page).toHaveURL(/\/sign-in\?/);
});

test("without scripts it is the same, and who is in no group is told what to do @phone", async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: "vi-VN", viewport: { width: 390, height: 844 } });
  await language(context);
  const page = await context.newPage();
  await isAt("hoa", ["khac"]);
  await page.goto(`${url}/sign-in?to=/usage`);
  await page.getByRole("link", { name: "Đăng nhập bằng Cty ID" }).click();
  await expect(page.locator("main")).toContainText("chưa thuộc tài khoản nào ở đây");
  await expect(page.locator("main")).toContainText("Mã tham chiếu:");
  await isAt("hoa", ["chu"]);
  await page.goto(`${issuer}/session/end`);
  await page.context().clearCookies({ domain: "localhost" });
  await page.goto(`${url}/sign-in?to=/usage`);
  await page.getByRole("link", { name: "Đăng nhập bằng Cty ID" }).click();
  await expect(page).toHaveURL(`${url}/usage`);
  await context.close();
});
