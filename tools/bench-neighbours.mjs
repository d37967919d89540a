#!/usr/bin/env node
/*
 * How long an account waits while another one asks for the largest things there are: make bench ARGS="--only neighbours
 * [--calls 200000] [--engine sqlite|postgres]". Prints Markdown. For each kind of request the longest waits of the other account, which
 * reads a page, a list and /healthz and stores a call, one after the other and again and again, until the request has ended.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Ringside, TARIFF, folder, integer, note, option, table } from "./measured.mjs";

const CALLS = Number(option("--calls", 200_000));
const ENGINE = option("--engine", null);
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const JSON_TYPE = { "Content-Type": "application/json" };
const LINES = { "Content-Type": "application/x-ndjson" };
const sleep = (ms) => new Promise((later) => setTimeout(later, ms));

/** A call of a campaign: the same in every run. */
function call(id, campaign, n, count) {
  const dialed = Date.UTC(2017, 0, 2, 2) + Math.floor((n / count) * 9.8 * 365 * 86_400_000);
  const answered = n % 9 < 4;
  return {
    id, campaign, contact: { id: `kh-${Math.floor(n * 0.8)}`, phone: `0${String(900_000_000 + Math.floor(n * 0.8))}`, name: `Nguyễn Thị Hoa ${Math.floor(n * 0.8)}` },
    dialed_at: dialed, answered_at: answered ? dialed + 6000 : null, ended_at: dialed + 6000 + (answered ? 1000 + (n % 90) * 1000 : 0),
    result_code: answered ? ["DY", "TC", "HL", "CM"][n % 4] : n % 5 ? "NA" : "BS", hangup_by: answered ? "customer" : null, cause: String(16 + (n % 30)),
  };
}
const lines = (prefix, campaign, count) => Array.from({ length: count }, (_, n) => JSON.stringify(call(`${prefix}-${n}`, campaign, n, count))).join("\n");

/** A recording of so many seconds of silence: WAV, 8,000 samples a second. */
function sound(seconds) {
  const bytes = seconds * 16_000;
  const wav = Buffer.alloc(44 + bytes);
  wav.write("RIFF", 0); wav.writeUInt32LE(36 + bytes, 4); wav.write("WAVEfmt ", 8); wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20); wav.writeUInt16LE(1, 22); wav.writeUInt32LE(8_000, 24); wav.writeUInt32LE(16_000, 28); wav.writeUInt16LE(2, 32); wav.writeUInt16LE(16, 34);
  wav.write("data", 36); wav.writeUInt32LE(bytes, 40);
  return wav;
}

async function measure(engine, database) {
  const mails = join(folder, `mails-${engine}`);
  mkdirSync(mails);
  const smtp = spawn("target/test-python/bin/python3", ["tools/test-smtp.py", mails], { stdio: ["ignore", "pipe", "inherit"] });
  const smtpPort = await new Promise((found) => smtp.stdout.once("data", (line) => found(Number(line))));
  const server = await Ringside.start(`neighbours-${engine}`, database, { RINGSIDE_SMTP_URL: `smtp://127.0.0.1:${smtpPort}`, RINGSIDE_MAIL_FROM: "a@ringside.example" });
  const rows = [];
  try {
    await server.addOwner();
    const cookie = await server.signIn();
    for (const path of ["/api/v1/voicebots/bot"]) await server.put(path, { name: "Bench" });
    await server.put("/api/v1/tariffs", { ...TARIFF, effective_from: "2016-01-01T00:00:00+07:00" });
    const campaign = (id, more = {}) => server.put(`/api/v1/campaigns/${id}`, { name: id, voicebot: "bot", ...more });
    await campaign("large");
    for (let from = 0; from < CALLS; from += 50_000) {
      const some = Array.from({ length: Math.min(50_000, CALLS - from) }, (_, n) => JSON.stringify(call(`c-${from + n}`, "large", from + n, CALLS)));
      await server.ask("POST", "/api/v1/calls", some.join("\n"), LINES);
    }
    note(`${engine}: ${integer(CALLS)} calls are in`);
    // The other account.
    const one = { token: server.token, account: server.account };
    server.command("account", "add", "Neighbour");
    const neighbour = server.newToken("Neighbour");
    const said = server.command("user", "add", "b@ringside.example", "--account", "Neighbour", "--role", "owner");
    const link = new URL(said.match(/https?:\/\/\S+/)[0]).searchParams.get("link");
    await server.form("/set-password", { link, password: "another long password here", repeat: "another long password here" });
    const signedIn = await server.form("/sign-in", { email: "b@ringside.example", password: "another long password here" });
    const theirs = signedIn.headers.getSetCookie().find((line) => line.startsWith("ringside_session=")).split(";")[0];
    const other = async (method, path, body, headers = {}) => {
      const answer = await fetch(`${server.url}${path}`, { method, body, headers: { Authorization: `Bearer ${neighbour}`, ...headers } });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`the other account: ${method} ${path}: ${answer.status}`);
    };
    await other("PUT", "/api/v1/voicebots/bot", JSON.stringify({ name: "B" }), JSON_TYPE);
    await other("PUT", "/api/v1/campaigns/small", JSON.stringify({ name: "Small", voicebot: "bot" }), JSON_TYPE);
    await other("POST", "/api/v1/calls", lines("s", "small", 500), LINES);
    const page = async (path) => {
      const answer = await fetch(`${server.url}${path}`, { headers: { Cookie: theirs, Accept: "text/html" }, redirect: "manual" });
      await answer.arrayBuffer();
      if (answer.status !== 200) throw new Error(`the other account: ${path}: ${answer.status}`);
    };
    let stored = 0;
    const kinds = {
      page: () => page("/campaigns/small"),
      list: () => page("/campaigns/small/calls"),
      healthz: () => other("GET", "/healthz"),
      store: () => other("POST", "/api/v1/calls", JSON.stringify([call(`n-${stored++}`, "small", 400, 500)]), JSON_TYPE),
    };
    /** The longest waits of the other account, each kind of its requests on its own, while `work` is done. */
    const during = async (what, work) => {
      const longest = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, 0]));
      let isOver = false;
      const asking = Object.entries(kinds).map(async ([kind, ask]) => {
        do {
          const since = performance.now();
          await ask();
          longest[kind] = Math.max(longest[kind], performance.now() - since);
          await sleep(5);
        } while (!isOver);
      });
      const since = performance.now();
      try {
        await work();
      } finally {
        isOver = true;
      }
      const taken = performance.now() - since;
      await Promise.all(asking);
      rows.push([what, taken.toFixed(0), ...Object.values(longest).map((ms) => ms.toFixed(0))]);
      note(`${engine}: ${rows.at(-1).join(" · ")}`);
    };
    const ask = async (method, path, body, headers) => void (await (await server.ask(method, path, body, headers)).arrayBuffer());
    const mine = async (path, accept = "text/html") => {
      const answer = await fetch(`${server.url}${path}`, { headers: { Cookie: cookie, Accept: accept }, redirect: "manual" });
      await answer.arrayBuffer();
      if (answer.status >= 300) throw new Error(`${path}: ${answer.status}`);
    };
    const finished = async (path, is) => {
      for (;;) {
        const found = await (await server.ask("GET", path)).json();
        if (is(found)) return found;
        await sleep(50);
      }
    };
    const bring = async (query, body) => {
      const { id } = await (await server.ask("POST", `/api/v1/import?${query}`, body)).json();
      const done = await finished(`/api/v1/imports/${id}`, ({ state }) => ["done", "failed", "refused"].includes(state));
      if (done.state !== "done") throw new Error(`the import: ${JSON.stringify(done).slice(0, 300)}`);
    };
    server.token = one.token;

    await during("nothing", () => sleep(3_000));
    // What is sent is made before: meanwhile nobody here could ask for anything.
    const batch = lines("batch", "large", 100_000);
    await during("a batch of 100,000 calls", () => ask("POST", "/api/v1/calls", batch, LINES));
    await during("the same again, unchanged", () => ask("POST", "/api/v1/calls", batch, LINES));
    const late = Array.from({ length: 50_000 }, (_, n) => JSON.stringify({ ...call(`late-${n}`, "large", n, CALLS), dialed_at: Date.UTC(2016, 5, 1) + n * 1_000, answered_at: null, ended_at: Date.UTC(2016, 5, 1) + n * 1_000 + 5_000, result_code: "NA" }));
    const lateLines = late.join("\n");
    await during("50,000 calls before all others of their customers", () => ask("POST", "/api/v1/calls", lateLines, LINES));
    const talk = Array.from({ length: 400 }, (_, at) => ({ at: at * 1_000, speaker: at % 2 ? "bot" : "customer", text: "ơ".repeat(150) }));
    const talkative = Array.from({ length: 450 }, (_, n) => JSON.stringify({ ...call(`talk-${n}`, "large", n, 450), transcript: talk }));
    const talkativeLines = talkative.join("\n");
    await during("a batch of 60 MB of transcripts", () => ask("POST", "/api/v1/calls", talkativeLines, LINES));
    const file = lines("import", "large", 200_000);
    await during("an import of 200,000 calls", () => bring("name=x.ndjson&campaign=large", file));
    const wide = `SĐT,Ngày gọi,Trạng thái${Array.from({ length: 90 }, (_, n) => `,cột ${n}`).join("")}\n${Array.from({ length: 20_000 }, (_, n) => `0${900_000_000 + n},${"04/11/2026 09:15"},Nghe máy${",giá trị".repeat(90)}`).join("\n")}\n`;
    await during("an import of 20,000 rows of 93 columns", () => bring("name=wide.csv&campaign=large", wide));
    await during("the CSV of all calls", () => mine("/campaigns/large/calls.csv", "text/csv"));
    await during("the workbook of all calls", () => ask("GET", "/api/v1/campaigns/large/calls", undefined, { Accept: XLSX }));
    await during("a page of 1,000 calls of the API", () => ask("GET", "/api/v1/campaigns/large/calls?limit=1000"));
    await during("the account's calls, sums and all", () => ask("GET", "/api/v1/calls?limit=1000"));
    await during("a page of the list", () => mine("/campaigns/large/calls"));
    await during("a search that finds nearly all", () => mine("/campaigns/large/calls?q=hoa"));
    await during("a search that finds nobody", () => mine("/calls?q=xyzzy"));
    await during("a search for one letter", () => mine("/campaigns/large/customers?q=a"));
    await during("the overview over ten years", () => mine("/campaigns/large?from=2016-12-31&to=2026-12-30"));
    await during("the report over ten years", () => ask("GET", "/api/v1/campaigns/large/report?from=2016-12-31&to=2026-12-30"));
    await during("statistics over ten years", () => mine("/statistics?from=2016-12-31&to=2026-12-30"));
    await during("usage over ten years", () => ask("GET", "/api/v1/usage?from=2016-12-31&to=2026-12-30"));
    await during("64 overviews at once", () => Promise.all(Array.from({ length: 64 }, () => mine("/campaigns/large"))));
    await during("64 pages of the list at once", () => Promise.all(Array.from({ length: 64 }, (_, n) => mine(`/campaigns/large/calls?attempt=${n % 3 + 1}`))));
    await during("64 sign-ins at once", () => Promise.all(Array.from({ length: 64 }, () => fetch(`${server.url}/sign-in`, { method: "POST", body: new URLSearchParams({ email: server.email, password: "wrong" }), redirect: "manual" }).then((answer) => answer.arrayBuffer()))));
    const twoHours = sound(7_200);
    await during("a recording of two hours", () => ask("PUT", "/api/v1/calls/c-0/recording", twoHours, { "Content-Type": "audio/wav" }));
    await during("a result code that counts as another class", async () => {
      await server.put("/api/v1/result-codes/TC", { label_vi: "Từ chối", label_en: "Refused", counts_as: "failed" });
      await finished("/api/v1/result-codes", ({ coming }) => coming.length === 0);
    });
    const emails = Array.from({ length: 500 }, (_, n) => `r${n}@ringside.example`);
    await campaign("large", { report_emails: emails });
    await during("a report to 500 people", async () => {
      await ask("POST", "/api/v1/campaigns/large/complete", "{}", JSON_TYPE);
      await finished("/api/v1/campaigns/large/deliveries", ({ deliveries }) => deliveries.length >= 500 && deliveries.every(({ status }) => status !== "waiting" && status !== "queued"));
    });
    console.log(`## ${engine}: ${integer(CALLS)} calls\n`);
    table(["what one account asks for", "it takes, ms", ...Object.keys(kinds).map((kind) => `the other's ${kind}, ms`)], rows);
  } finally {
    smtp.kill();
    await server.stop();
  }
}

try {
  const postgres = process.env.RINGSIDE_TEST_POSTGRES_SOCKET_URL;
  if (ENGINE !== "postgres") await measure("SQLite", `sqlite://${join(folder, "neighbours.db")}`);
  if (ENGINE !== "sqlite" && postgres) {
    execFileSync("psql", ["--no-psqlrc", "--quiet", postgres, "--command", "CREATE DATABASE neighbours"]);
    await measure("PostgreSQL", postgres.replace("/postgres?", "/neighbours?"));
  }
} catch (error) {
  console.error(`bench: ${error.stack}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
