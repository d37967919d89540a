#!/usr/bin/env node
/*
 * Ringside under load, asked over loopback by wrk and by viewers of its own. Prints Markdown; run it by `make load`, or by
 * tools/load.sh. It ends with 1 where an answer was not what it should be; speed alone fails nothing.
 *
 *   tools/load.sh [--short] [--only demo|sqlite|postgres] [--rows TEXT] [--seconds 2] [--calls 1000000] [--viewers 1000]
 *                 [--minutes 30] [--write FILE]
 *
 * --rows measures only the addresses and mixes whose label has one of these words, which commas divide, and no viewers.
 * --seconds is how long an address is asked at each number of connections; one that is slow gets more, so that some
 * answers come, and 16 at a time half as long. One that misses its share is measured once more, for several times as long,
 * and that counts: the p99 of a few slow answers is the slowest of them. When --minutes are over, what is left is not
 * measured and the tables say so.
 *
 * --write puts all that is printed into a file, too: `make load ARGS="--write docs/LOAD.md"`.
 *
 * An address alone is asked by readers of one account, who have half of the connections to the database at once; a mix by readers of four.
 *
 * wrk adds what a slow answer held up to its latencies (its correction of coordinated omission), so percentiles here are
 * rather too high than too low. Times are those until the whole answer was read.
 */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { OVERVIEW, WATCHED, addresses } from "./load-addresses.mjs";
import { Ringside, TARIFF, elapsed, folder, integer, mib, note, option, program, table } from "./measured.mjs";

const SHORT = process.argv.includes("--short");
const ONLY = option("--only", null);
const ROWS = option("--rows", null)?.split(",");
const DATA = SHORT ? ["demo"] : ["demo", "sqlite", "postgres"].filter((which) => ONLY === null || which === ONLY);
const SECONDS = Number(option("--seconds", SHORT ? 3 : 2));
const MANY = Number(option("--calls", 1_000_000));
const VIEWERS = Number(option("--viewers", 1000));
const DEADLINE = 60 * Number(option("--minutes", 30));
const WRITE = option("--write", null);
const printed = [];
if (WRITE) {
  const print = console.log;
  console.log = (text) => {
    printed.push(text);
    print(text);
  };
}
/** The accounts beside the one that is measured, from which the mixes are asked as well, and the calls of each. */
const [OTHERS, CALLS_OF_ANOTHER] = [3, 20_000];
/** Seconds of a step of all addresses in turn. */
const MIXED_SECONDS = SHORT ? SECONDS : 10;
/** The longest step of a slow address, and the most answers of a step. */
const [MOST_SECONDS, MOST_ANSWERS] = [10, 200_000];
/** How many times as long a row is measured that has missed its share. */
const LONGER = 4;
const CONNECTIONS = [1, 16, 64];
const CORES = availableParallelism();
/** Batches that come in while viewers watch, one a second, and the calls of each. */
const [BATCHES, CALLS_OF_BATCH] = [20, 50];
/** Batches before anybody watches, by which the cost of a batch alone is known. */
const ALONE = 5;
/** Goals: p99 against the fair share, a page against the overview, a change on a viewer's page. */
const [MOST_SHARES, MOST_OVERVIEWS, MOST_UNTIL_SEEN] = [2, 2, 2000];
const METRICS_TOKEN = "load-metrics-token-0123456789abcdef";
/** Every viewer may have six connections. */
const SETTINGS = { RINGSIDE_METRICS_TOKEN: METRICS_TOKEN, RINGSIDE_CONNECTIONS: String(8 * VIEWERS) };
/** Streams of one session, well under its limit (crates/domain/src/limits.rs). */
const STREAMS_OF_A_SESSION = 25;

const errors = [];
const wrong = (what, count = 1) => {
  errors.push(`${what}${count > 1 ? ` (${integer(count)} times)` : ""}`);
  note(`✗ ${what}`);
};
const later = (time) => new Promise((done) => setTimeout(done, time));
/** Until when the present data may be measured: each has a share of the time, and what the one before left. */
let until = 0;
const timeIsUp = () => elapsed() > until;
const ms = (value) => (value < 10 ? value.toFixed(1) : integer(value));
const mark = (good) => (good ? "✓" : "✗");

/** Waits until the server has nothing left to do of what nobody waits for any more, a few seconds at most. */
async function quiet(server) {
  for (let attempt = 0; attempt < 50; attempt++) {
    const before = server.processorTime();
    await later(100);
    if (server.processorTime() - before <= 20) return;
  }
}

/** A Lua string of any bytes but control characters. */
const lua = (text) => `"${text.replace(/["\\]/g, "\\$&")}"`;
const luaHeaders = (headers) => `{${Object.entries(headers).map(([name, value]) => `[${lua(name)}]=${lua(value)}`).join(",")}}`;

/** Asks for these addresses by wrk, and notes what went wrong. */
async function step(server, label, list, connections, seconds, most = Math.max(MOST_SECONDS, MIXED_SECONDS)) {
  const file = join(folder, "addresses.lua");
  writeFileSync(file, `return {\n${list.map(({ path, headers }) => `{path=${lua(path)},headers=${luaHeaders(headers)}},`).join("\n")}\n}\n`);
  await quiet(server);
  server.forgetPeak();
  const duration = Math.max(1, Math.min(most, Math.ceil(seconds)));
  const options = ["--threads", 1, "--connections", connections, "--duration", `${duration}s`, "--timeout", "30s", "--script", "tools/load.lua"];
  const wrk = spawn("wrk", [...options, server.url, "--", file, MOST_ANSWERS].map(String), { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  wrk.stdout.on("data", (chunk) => (text += chunk));
  const code = await new Promise((ended) => wrk.once("close", ended));
  const line = text.match(/^load: (\{.*\})$/m);
  if (code !== 0 || !line) throw new Error(`wrk ended with ${code}:\n${text}`);
  const result = JSON.parse(line[1]);
  const failed = result.unexpected + result.socket + result.timeout;
  if (result.unexpected) wrong(`${label} at ${connections}: ${result.sample}`, result.unexpected);
  if (result.socket) wrong(`${label} at ${connections}: the connection broke`, result.socket);
  if (result.timeout) wrong(`${label} at ${connections}: no answer in 30 s`, result.timeout);
  return {
    p50: result.p50 / 1000, p95: result.p95 / 1000, p99: result.p99 / 1000,
    // With so many connections always waiting for an answer.
    mean: (connections * result.us) / 1000 / Math.max(1, result.answers),
    answers: result.answers, rate: result.answers / (result.us / 1e6), failed, peak: server.memory("VmHWM"),
  };
}

/** What is asked for at each number of connections; `alone` are the seconds that one answer takes, as far as is known. */
async function levels(server, label, list, seconds, alone, times = 1) {
  const results = {};
  for (const connections of CONNECTIONS) {
    if (timeIsUp()) break;
    const expected = connections === 1 ? 2.5 * alone : ((results[1]?.mean ?? 0) * connections) / CORES / 1000;
    const asked = times * Math.max(connections === 16 ? seconds / 2 : seconds, 4 * expected);
    const result = await step(server, label, list, connections, asked, times * Math.max(MOST_SECONDS, MIXED_SECONDS));
    if (result.answers || result.failed) results[connections] = result;
    else note(`${label} at ${connections}: no answer in the time that it had`);
  }
  return results;
}

/** The seconds until an address answers 200; none where it does not, which would only count errors. */
async function secondsOf(server, { label, path, headers }) {
  const since = performance.now();
  const answer = await fetch(server.url + path.replace("{n}", "0"), { headers, redirect: "manual" });
  const text = Buffer.from(await answer.arrayBuffer()).toString("latin1").slice(0, 200);
  if (answer.status === 200) return (performance.now() - since) / 1000;
  return wrong(`${label}: ${answer.status} ${answer.headers.get("location") ?? ""} ${text}`);
}

/**
 * How many times its fair share the slowest hundredth takes at 64. The answers of a mix differ by a hundred times when they
 * are alone, too, so its share is that of its own slowest hundredth and not of its middle.
 */
function shares({ kind, results: { 1: one, 64: many } }) {
  return one && many && many.p99 / (((kind === "mixed" ? one.p99 : one.p50) * 64) / CORES);
}

function printLevels(measured, overview) {
  const head = [
    "", ...CONNECTIONS.map((connections) => `p50 / p95 / p99, ms, at ${connections}`), "answers/s at 64", "answers", "errors", "most memory",
    `p99 at 64 ÷ fair share (≤ ${MOST_SHARES})`, `p50 ÷ overview's (≤ ${MOST_OVERVIEWS})`,
  ];
  table(head, measured.map((row) => {
    const { label, kind, results } = row;
    const all = Object.values(results);
    const cells = CONNECTIONS.map((connections) => {
      const at = results[connections];
      return at ? `${ms(at.p50)} / ${ms(at.p95)} / ${ms(at.p99)}` : "not measured";
    });
    const [one, many] = [results[1], results[64]];
    const share = shares(row);
    const times = kind === "page" && one && overview && one.p50 / overview;
    const failed = all.reduce((sum, at) => sum + at.failed, 0);
    return [
      label, ...cells, many ? integer(many.rate) : "–", integer(all.reduce((sum, at) => sum + at.answers, 0)), `${failed} ${mark(failed === 0)}`,
      all.length ? mib(Math.max(...all.map(({ peak }) => peak))) : "–", share ? `${share.toFixed(2)} ${mark(share <= MOST_SHARES)}` : "–",
      times ? `${times.toFixed(2)} ${mark(times <= MOST_OVERVIEWS)}` : "–",
    ];
  }));
}

/** The addresses that answer, with the seconds that each takes alone. */
async function answering(server, cookie) {
  const all = [];
  for (const address of await addresses(server, cookie)) {
    if ((await secondsOf(server, address)) === undefined) continue;
    // The first time may have found caches empty.
    all.push({ ...address, alone: (await secondsOf(server, address)) ?? 0 });
  }
  return all;
}

/** The addresses of other accounts on the same server, each with data of its own. */
async function ofOthers(server) {
  const all = [];
  for (let n = 1; n <= OTHERS; n++) {
    const other = server.asAnother(`Another ${n}`);
    await other.addOwner(`load-${n}`);
    server.command("operator", "add", other.email);
    await stock(other, CALLS_OF_ANOTHER);
    all.push(...(await answering(other, await other.signIn())));
  }
  return all;
}

async function readers(server, name, cookie) {
  const all = await answering(server, cookie);
  const [measured, left] = [[], []];
  const measure = async (label, kind, list, seconds, alone = 0) => {
    if (ROWS && !ROWS.some((word) => label.includes(word))) return;
    if (timeIsUp()) return left.push(label);
    let results = await levels(server, label, list, seconds, alone);
    if (shares({ kind, results }) > MOST_SHARES && !timeIsUp()) {
      note(`${name}: ${label}: ${shares({ kind, results }).toFixed(2)} times its share; once more, longer`);
      const again = await levels(server, label, list, seconds, alone, LONGER);
      if (again[1] && again[64]) results = again;
    }
    measured.push({ label, kind, results });
    const figures = Object.entries(results).map(([connections, at]) => `${connections}: ${ms(at.p50)}/${ms(at.p99)} ms`);
    note(`${name}: ${label}: ${figures.join(", ")}`);
  };
  const mixed = [...all, ...(await ofOthers(server))].filter(({ kind }) => kind !== "file");
  const people = mixed.filter(({ kind }) => kind !== "api");
  const programs = mixed.filter(({ kind }) => kind === "api");
  await measure("mixed: pages and functions", "mixed", people, MIXED_SECONDS);
  await measure("mixed: API", "mixed", programs, MIXED_SECONDS);
  await measure("mixed: all of these", "mixed", mixed, MIXED_SECONDS);
  for (const group of new Set(all.map((address) => address.group).filter(Boolean))) {
    await measure(`\`${group}\`: all of them`, "mixed", all.filter((address) => address.group === group), MIXED_SECONDS);
  }
  for (const address of all.filter(({ group }) => !group)) await measure(`\`${address.label}\``, address.kind, [address], SECONDS, address.alone);
  const overview = measured.find(({ label }) => label === `\`${OVERVIEW}\``)?.results[1]?.p50;
  console.log(`### Readers: ${name}\n`);
  console.log(`An address alone is asked by readers of one account, who have half of the connections to the database at once; a mix of pages and requests by those of ${1 + OTHERS} accounts.\n`);
  printLevels(measured, overview);
  if (left.length) console.log(`Not measured, as the time was up: ${left.join(", ")}.\n`);
}

/** A metric of the server, summed over its labels. */
async function metric(server, name) {
  const answer = await fetch(`${server.url}/metrics`, { headers: { Authorization: `Bearer ${METRICS_TOKEN}` } });
  if (!answer.ok) throw new Error(`/metrics: ${answer.status}`);
  const lines = [...(await answer.text()).matchAll(new RegExp(`^ringside_${name}(?:\\{.*\\})? (\\d+)$`, "gm"))];
  return lines.reduce((sum, [, value]) => sum + Number(value), 0);
}

const inUse = async (server) => (await metric(server, "database_connections_open")) - (await metric(server, "database_connections_idle"));
const statements = (server) => metric(server, "database_statements_total");

/** Calls of the campaign that is watched: answered a moment ago, each of another customer. */
function batch(campaign, from, count, now = Date.now()) {
  const ended = now - 60_000;
  return Array.from({ length: count }, (_, n) =>
    JSON.stringify({
      id: `live-${from + n}`, campaign, contact: { id: `kh-${from + n}`, phone: `+8491${String(from + n).padStart(7, "0")}` },
      dialed_at: ended - 40_000 + from + n, answered_at: ended - 30_000 + from + n, ended_at: ended + from + n,
      result_code: ["DY", "TC", "HL", "CM"][n % 4], bot_messages: 3,
    }),
  );
}

/** A running campaign with many viewers; the row of the table. */
async function viewers(server, name) {
  if (timeIsUp() || ROWS) return [name, ...Array(8).fill("not measured")];
  const campaign = WATCHED;
  const { voicebots } = await (await server.ask("GET", "/api/v1/voicebots")).json();
  await server.put(`/api/v1/campaigns/${campaign}`, { name: "Watched", voicebot: voicebots[0].id });
  // The demo's clock may be behind: its running campaign calls in calling hours alone.
  const { as_of } = await (await server.ask("GET", `/api/v1/campaigns/${campaign}/report`)).json();
  const behind = Date.now() - new Date(as_of).getTime();
  let total = 5000;
  await server.ingest(batch(campaign, 0, total, Date.now() - behind));
  /** When the batch was answered; none where the server did not take it: it is sent again, as a platform would. */
  const send = async () => {
    try {
      await server.ask("POST", "/api/v1/calls", batch(campaign, total, CALLS_OF_BATCH, Date.now() - behind).join("\n"), { "Content-Type": "application/x-ndjson" });
      total += CALLS_OF_BATCH;
      return Number(process.hrtime.bigint()) / 1e6;
    } catch (error) {
      return wrong(`${name}: a batch was not taken: ${error.message}`);
    }
  };
  await quiet(server);
  const before = await statements(server);
  for (let n = 0; n < ALONE; n++) await send();
  const alone = ((await statements(server)) - before) / ALONE;

  server.forgetPeak();
  const cookies = [];
  while (cookies.length * STREAMS_OF_A_SESSION < VIEWERS) cookies.push(`${await server.signIn()}; lang=en`);
  const data = { url: server.url, cookies, campaign, viewers: VIEWERS };
  const worker = new Worker(new URL("./load-viewers.mjs", import.meta.url), { workerData: data });
  const said = (what) =>
    new Promise((heard, failed) => {
      worker.on("message", (message) => what in message && heard(message));
      worker.once("error", failed);
    });
  try {
    const reported = said("times");
    reported.catch(() => {});
    await said("opened");
    note(`${name}: ${integer(VIEWERS)} viewers watch`);
    await quiet(server);
    const since = await statements(server);
    const began = performance.now();
    for (let n = 0; n < BATCHES; n++) {
      await later(began + n * 1000 - performance.now());
      const at = await send();
      if (at !== undefined) worker.postMessage({ batch: total, at });
    }
    worker.postMessage({ finish: total });
    const result = await reported;
    const perChange = ((await statements(server)) - since) / BATCHES;
    for (const [what, count] of result.errors) wrong(`${name}: viewers: ${what}`, count);
    if (result.unseen) wrong(`${name}: viewers did not see a batch`, result.unseen);
    const at = (share) => result.times[Math.min(result.times.length - 1, Math.floor(result.times.length * share))] ?? NaN;
    const max = at(1);
    const failed = result.errors.reduce((sum, [, count]) => sum + count, 0) + result.unseen;
    note(`${name}: a change was on the pages after ${ms(at(0.5))} ms (p50), ${ms(max)} ms (max), ${integer(result.pages)} pages read`);
    return [
      name, `${ms(at(0.5))} / ${ms(at(0.95))}`, `${ms(max)} ${mark(max <= MOST_UNTIL_SEEN)}`, `${integer(failed)} ${mark(failed === 0)}`,
      integer(result.changes / VIEWERS), integer(result.pages), perChange.toFixed(0), alone.toFixed(0), mib(server.memory("VmHWM")),
    ];
  } finally {
    await worker.terminate();
  }
}

/** What was said in a call: the words that `addresses` looks for stand in all of them, as they do in practice, and others in some. */
function saidIn(n, talk) {
  const topic = ["gói cước mới", "khoản vay", "bảo hiểm sức khoẻ", "đơn hàng hôm qua", "lịch hẹn khám"][n % 5];
  return [
    { at: 0, speaker: "bot", text: `Alo, xin chào anh chị, em gọi về ${topic} ạ.` },
    { at: Math.min(talk, 3000), speaker: "customer", text: n % 4 === 1 ? "Alo, ai đấy?" : "Ừ em nói đi." },
    { at: Math.min(talk, 5000), speaker: "bot", text: `Dạ em xin phép tư vấn ${topic}, mã số ${n % 1000}.` },
  ];
}

/** Calls of the last 120 days, half of them of one campaign, the others of nineteen. */
function* manyCalls(count) {
  const day = 86_400_000;
  const from = Date.now() - 121 * day;
  let seed = 2463534242;
  const random = () => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return (seed >>> 0) / 4294967296;
  };
  for (let n = 0; n < count; n++) {
    const dialed = from + Math.floor((n / count) * 120 * day);
    const answered = random() < 0.44;
    const talk = answered ? Math.floor(-Math.log(1 - random()) * 40_000) : 0;
    // Every third call of the largest campaign, if it was answered, for the searches of what was said.
    const said = answered && n % 6 === 1 ? { transcript: saidIn(n, talk) } : {};
    yield JSON.stringify({
      id: `c-${n}`, campaign: `campaign-${n % 2 ? 0 : 1 + Math.floor(random() * 19)}`,
      contact: { id: `kh-${Math.floor(n * 0.8)}`, phone: `+8490${String(Math.floor(n * 0.8)).padStart(7, "0")}` },
      dialed_at: dialed, answered_at: answered ? dialed + 6000 : null, ended_at: dialed + 6000 + talk,
      result_code: answered ? ["DY", "TC", "HL", "CM"][n % 4] : n % 9 ? "NA" : "CU", bot_messages: answered ? 1 + Math.floor(talk / 8000) : 0, ...said,
    });
  }
}

/** A second of silence. */
function wav() {
  const samples = Buffer.alloc(16_000);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0), head.writeUInt32LE(36 + samples.length, 4), head.write("WAVEfmt ", 8), head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20), head.writeUInt16LE(1, 22), head.writeUInt32LE(8000, 24), head.writeUInt32LE(16_000, 28);
  head.writeUInt16LE(2, 32), head.writeUInt16LE(16, 34), head.write("data", 36), head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

/** Gives an account so many calls, one of them with a recording; the seconds that the server took for them. */
async function stock(server, calls) {
  await server.put("/api/v1/tariffs", TARIFF);
  for (let n = 0; n < 5; n++) await server.put(`/api/v1/voicebots/bot-${n}`, { name: `Bot ${n}` });
  for (let n = 0; n < 20; n++) await server.put(`/api/v1/campaigns/campaign-${n}`, { name: `Campaign ${n}`, voicebot: `bot-${n % 5}` });
  const seconds = await server.ingest(manyCalls(calls));
  // A call of the largest campaign, on a day in the middle.
  const call = `c-${2 * Math.floor(calls / 4) + 1}`;
  await server.ask("PUT", `/api/v1/calls/${call}/recording`, wav(), { "Content-Type": "audio/wav" });
  return seconds;
}

async function filled(name, database) {
  const server = await Ringside.start(name, database, await settings());
  try {
    await server.addOwner();
    const seconds = await stock(server, MANY);
    note(`${name}: ${integer(MANY)} calls came in within ${seconds.toFixed(0)} s`);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** A mail server that takes whatever comes and keeps nothing: some pages show mails that went out. */
function mailServer() {
  const server = createServer((socket) => {
    let inMail = false;
    let rest = "";
    socket.on("error", () => {});
    socket.write("220 load\r\n");
    socket.on("data", (chunk) => {
      const lines = (rest + chunk.toString("latin1")).split("\r\n");
      rest = lines.pop();
      for (const line of lines) {
        if (inMail && line !== ".") continue;
        if (line === "DATA") socket.write("354 go on\r\n");
        else socket.write(line === "QUIT" ? "221 bye\r\n" : "250 OK\r\n");
        inMail = line === "DATA";
      }
    });
  });
  server.unref();
  return new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(`smtp://127.0.0.1:${server.address().port}?tls=none`)));
}

let smtp = null;
const settings = async () => ({ ...SETTINGS, RINGSIDE_SMTP_URL: (smtp ??= await mailServer()), RINGSIDE_MAIL_FROM: "load@ringside.example" });

const watched = [];
const complaints = [];
async function measure(name, start) {
  const server = await start();
  try {
    // Also what is for operators alone is asked for.
    server.command("operator", "add", server.email);
    const cookie = await server.signIn();
    await quiet(server);
    // The server has some for itself.
    const before = await inUse(server);
    watched.push(
      await viewers(server, name).catch((error) => {
        wrong(`${name}: viewers: ${error.message}`);
        return [name, ...Array(8).fill("not measured")];
      }),
    );
    await readers(server, name, cookie).catch((error) => wrong(`${name}: readers: ${error.message}`));
    await quiet(server);
    const kept = (await inUse(server)) - before;
    if (kept > 0) complaints.push(`${name}: ${kept} connections of the database are in use although nobody asks for anything`);
    for (const [text, count] of server.complaints()) complaints.push(`${name}: ${text} (${integer(count)} times)`);
  } finally {
    await server.stop().catch((error) => wrong(`${name}: ${error.message}`));
  }
}

try {
  if (!existsSync(program)) throw new Error(`${program} is not built: make server`);
  const postgres = process.env.RINGSIDE_TEST_POSTGRES_SOCKET_URL;
  if (DATA.includes("postgres") && !postgres) throw new Error("no PostgreSQL: run this by make load");
  console.log(`## Under load: ${CORES} cores for server, database and load generator; fair share = p50 at 1 × 64 ÷ ${CORES}\n`);
  const data = {
    demo: ["demo, SQLite", async () => Ringside.demo(await settings())],
    sqlite: [`${integer(MANY)} calls, SQLite`, () => filled("SQLite", `sqlite://${join(folder, "load.db")}`)],
    postgres: [`${integer(MANY)} calls, PostgreSQL`, () => {
      execFileSync("psql", ["--no-psqlrc", "--quiet", postgres, "--command", "CREATE DATABASE load"]);
      return filled("PostgreSQL", postgres.replace("/postgres?", "/load?"));
    }],
  };
  for (const [n, which] of DATA.entries()) {
    until = (DEADLINE * (n + 1)) / DATA.length;
    await measure(...data[which]);
  }
  console.log(`### ${integer(VIEWERS)} viewers of a running campaign, a batch of ${CALLS_OF_BATCH} calls a second for ${BATCHES} s\n`);
  table(
    ["", "until a batch is on a viewer's page: p50 / p95, ms", `max, ms (≤ ${integer(MOST_UNTIL_SEEN)})`, "errors", "events per viewer", "pages read", "statements per batch", "of them by a batch alone", "most memory"],
    watched,
  );
} catch (error) {
  wrong(error.message);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (complaints.length) {
  console.log("### What the servers complain of\n\nAt the end of each step wrk hangs up on what it still waits for, as readers do.\n");
  console.log(`${complaints.map((text) => `- ✗ ${text.replace(/\s+/g, " ")}`).join("\n")}\n`);
}
if (errors.length) {
  console.log(`### Errors\n\n${errors.map((error) => `- ${error.replace(/\s+/g, " ")}`).join("\n")}`);
  process.exitCode = 1;
} else {
  console.log("No error: every answer was 200, every viewer saw every batch.");
}
if (WRITE) {
  const head = `# Under load: all that was measured

Written by \`make load ARGS="--write docs/LOAD.md"\` on ${new Date().toISOString().slice(0, 10)}; PERFORMANCE.md says how it is measured, and keeps the summary.
`;
  writeFileSync(WRITE, `${head}\n${printed.join("\n")}\n`);
}
