#!/usr/bin/env node
/*
 * What Ringside's promises about speed and size come to, measured from outside: a release build, fed and asked through
 * its HTTP API. Prints Markdown. Run it by `make bench`, which starts a PostgreSQL for it.
 *
 * The bare bulk insert that ingest is compared with takes the very rows that ingest wrote, into a table of the same
 * definition: for SQLite one transaction of prepared inserts (Python's sqlite3, which is C underneath), for PostgreSQL
 * COPY (psql). PostgreSQL is reached through its socket, by both.
 *
 *   tools/bench.sh [--calls 1000000] [--usage 5000000] [--only calls|usage|mail|browser]
 */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { BATCH, Ringside, TARIFF, folder, freePort, integer, mib, note, option, program, table, target } from "./measured.mjs";

const MANY = Number(option("--calls", 1_000_000));
const FEW = Math.round(MANY / 100);
const USAGE = Number(option("--usage", 5_000_000));
const ONLY = option("--only", null);
const CAMPAIGNS = 200;
const VOICEBOTS = 20;
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

/** The same calls in every run: outcomes and lengths as telemarketing has them, a fifth of the customers called again. */
function* calls(campaign, count) {
  let seed = 2463534242;
  const random = () => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return (seed >>> 0) / 4294967296;
  };
  const from = Date.UTC(2026, 5, 1, 1);
  for (let n = 0; n < count; n++) {
    const dialed = from + Math.floor((n / count) * 120 * 86_400_000) + Math.floor(random() * 1000);
    const chance = random();
    const answered = chance < 0.44;
    const ring = 3000 + Math.floor(random() * 20_000);
    const talk = answered ? Math.floor(-Math.log(1 - random()) * 40_000) : 0;
    const customer = Math.floor(n * 0.8);
    const at = (time) => new Date(time).toISOString();
    yield JSON.stringify({
      id: `c-${n}`,
      campaign,
      voicebot: "bot",
      contact: { id: `kh-${customer}`, phone: `+8490${String(customer).padStart(7, "0")}` },
      dialed_at: at(dialed),
      answered_at: answered ? at(dialed + ring) : null,
      ended_at: at(dialed + ring + talk),
      result_code: answered ? ["DY", "TC", "HL", "CM"][Math.floor(random() * 4)] : chance < 0.95 ? (random() < 0.7 ? "NA" : "BS") : "CU",
      bot_messages: answered ? 1 + Math.floor(talk / 8000) : 0,
    });
  }
}

/**
 * The calls of an account over two years, in the order of dialling: 200 campaigns of 30 days each, one beginning after the
 * other, 20 voicebots. The same days, campaigns and outcomes whatever the count.
 */
function* callsOfTwoYears(count) {
  let seed = 88172645463325252 % 4294967296;
  const random = () => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return (seed >>> 0) / 4294967296;
  };
  const from = Date.UTC(2024, 10, 1, 1);
  for (let n = 0; n < count; n++) {
    const day = (n / count) * 730;
    // Those that have begun and are not over.
    const last = Math.min(CAMPAIGNS - 1, Math.floor((day / 700) * CAMPAIGNS));
    const first = Math.min(last, Math.max(0, Math.ceil(((day - 30) / 700) * CAMPAIGNS)));
    const campaign = first + Math.floor(random() * (last - first + 1));
    const dialed = from + Math.floor(day * 86_400_000 * (1 / 3)) + Math.floor(day) * 57_600_000;
    const answered = random() < 0.44;
    const talk = answered ? Math.floor(-Math.log(1 - random()) * 40_000) : 0;
    yield JSON.stringify({
      id: `c-${n}`,
      campaign: `campaign-${campaign}`,
      contact: { id: `kh-${Math.floor(n * 0.8)}`, phone: `+8490${String(n % 10_000_000).padStart(7, "0")}` },
      dialed_at: dialed,
      answered_at: answered ? dialed + 6000 : null,
      ended_at: dialed + 6000 + talk,
      result_code: answered ? ["DY", "TC", "HL", "CM"][n % 4] : n % 9 ? "NA" : "CU",
      bot_messages: answered ? 1 + Math.floor(talk / 8000) : 0,
    });
  }
}

/** Rows per second of a bare bulk insert of the calls that are stored, into an empty table of the same definition. */
const bare = {
  sqlite(file) {
    const script = `
import sqlite3, sys, time
source = sqlite3.connect(sys.argv[1])
rows = source.execute("SELECT * FROM calls ORDER BY call_key")
copy = sqlite3.connect(sys.argv[1] + ".bare")
# As Ringside opens its own.
copy.execute("PRAGMA journal_mode=WAL"); copy.execute("PRAGMA synchronous=FULL"); copy.execute("PRAGMA cache_size=-4096")
for (sql,) in source.execute("SELECT sql FROM sqlite_schema WHERE tbl_name = 'calls' AND sql IS NOT NULL AND type IN ('table', 'index') ORDER BY type DESC"):
    copy.execute(sql)
copy.commit()
statement = "INSERT INTO calls VALUES (%s)" % ",".join("?" * len(rows.description))
count, seconds = 0, 0.0
# One transaction; only the inserting is timed, not the reading of what is inserted.
while some := rows.fetchmany(50000):
    began = time.perf_counter()
    copy.executemany(statement, some)
    seconds += time.perf_counter() - began
    count += len(some)
began = time.perf_counter()
copy.commit()
print(count / (seconds + time.perf_counter() - began))`;
    return Number(execFileSync("python3", ["-c", script, file], { encoding: "utf8" }));
  },
  postgres(database) {
    const psql = (sql) => execFileSync("psql", ["--no-psqlrc", "--quiet", "--tuples-only", "--set", "ON_ERROR_STOP=1", database, "--command", sql], { encoding: "utf8" });
    const file = join(folder, "rows.copy");
    psql(`\\copy (SELECT * FROM calls ORDER BY call_key) TO '${file}'`);
    psql("CREATE TABLE bare_calls (LIKE calls INCLUDING ALL)");
    const since = performance.now();
    psql(`\\copy bare_calls FROM '${file}'`);
    const seconds = (performance.now() - since) / 1000;
    return Number(psql("SELECT count(*) FROM bare_calls")) / seconds;
  },
};

async function engine(name, database, measureBare) {
  const server = await Ringside.start(name, database);
  const result = { name };
  try {
    result.rest = server.memory();
    await server.put("/api/v1/voicebots/bot", { name: "Bench" });
    await server.put("/api/v1/tariffs", TARIFF);
    for (const id of ["few", "many"]) await server.put(`/api/v1/campaigns/${id}`, { name: id, voicebot: "bot" });
    // Ids are unique in an account, so the small campaign's get a letter of their own.
    const few = [...calls("few", FEW)].map((line) => line.replace('"c-', '"f-'));
    await server.ingest(few);
    note(`${name}: ${integer(FEW)} calls are in, now ${integer(MANY)}`);
    result.rate = MANY / (await server.ingest(calls("many", MANY)));
    note(`${name}: ${integer(result.rate)} calls a second through the API`);
    result.bare = measureBare();
    note(`${name}: ${integer(result.bare)} rows a second by a bare bulk insert`);

    result.latencies = [];
    const compare = async (label, path) => {
      const [small, large] = [await server.latency(path("few")), await server.latency(path("many"))];
      result.latencies.push([label, small, large]);
    };
    await compare("report", (id) => `/api/v1/campaigns/${id}/report`);
    await compare("call list, first page", (id) => `/api/v1/campaigns/${id}/calls?limit=10`);
    const deep = {};
    for (const id of ["few", "many"]) {
      let cursor = null;
      for (let page = 1; page < 1000; page++) {
        const query = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
        const { next } = await (await server.ask("GET", `/api/v1/campaigns/${id}/calls?limit=10${query}`)).json();
        if (!next) break;
        cursor = next;
      }
      deep[id] = `/api/v1/campaigns/${id}/calls?limit=10&cursor=${encodeURIComponent(cursor)}`;
    }
    await compare("call list, 1,000th page", (id) => deep[id]);
    note(`${name}: reports and lists are measured`);

    server.forgetPeak();
    const csv = await server.ask("GET", "/api/v1/campaigns/many/calls", undefined, { Accept: "text/csv" });
    let bytes = 0;
    const sinceCsv = performance.now();
    for await (const chunk of csv.body) bytes += chunk.length;
    result.csv = [bytes, server.memory("VmHWM"), (performance.now() - sinceCsv) / 1000];
    server.forgetPeak();
    const sinceXlsx = performance.now();
    const xlsx = await server.ask("GET", "/api/v1/campaigns/many/calls", undefined, { Accept: XLSX });
    let packed = 0;
    for await (const chunk of xlsx.body) packed += chunk.length;
    result.xlsx = [packed, server.memory("VmHWM"), (performance.now() - sinceXlsx) / 1000];
    note(`${name}: a workbook of ${integer(packed / 1e6)} MB took ${result.xlsx[2].toFixed(1)} s, the CSV ${result.csv[2].toFixed(1)} s`);
    server.forgetPeak();
    // As large as a batch may be: long transcripts in few calls.
    const words = "x".repeat(60_000);
    const big = [];
    for (const line of calls("few", 1000)) {
      const call = JSON.parse(line);
      big.push(JSON.stringify({ ...call, id: call.id.replace("c-", "b-"), transcript: [{ at: 0, speaker: "bot", text: words }] }));
    }
    const body = big.join("\n");
    await server.ask("POST", "/api/v1/calls", body, { "Content-Type": "application/x-ndjson" });
    result.batch = [body.length, server.memory("VmHWM")];
    note(`${name}: a CSV of ${integer(bytes / 1e6)} MB went out, a batch of ${integer(body.length / 1e6)} MB came in`);
  } finally {
    await server.stop();
  }
  return result;
}

/** A year's statistics of an account with few calls and of one with a hundred times as many on the same days. */
async function usage(name, database) {
  const server = await Ringside.start(`${name}-usage`, database);
  const result = { name, latencies: [] };
  const year = "from=2025-11-01&to=2026-10-31";
  const paths = {
    "the year's statistics": `/api/v1/usage?${year}`,
    "the same of one voicebot": `/api/v1/usage?${year}&voicebot=bot-7`,
    "the account's calls of the year, first page": `/api/v1/calls?${year}&limit=50`,
    "the same of one voicebot, longest first": `/api/v1/calls?${year}&voicebot=bot-7&sort=-talk_time&limit=50`,
  };
  try {
    const taken = {};
    for (const [account, count] of [["Few", Math.round(USAGE / 100)], ["Many", USAGE]]) {
      server.open(account);
      await server.put("/api/v1/tariffs", TARIFF);
      for (let n = 0; n < VOICEBOTS; n++) await server.put(`/api/v1/voicebots/bot-${n}`, { name: `Bot ${n}` });
      for (let n = 0; n < CAMPAIGNS; n++) await server.put(`/api/v1/campaigns/campaign-${n}`, { name: `Campaign ${n}`, voicebot: `bot-${n % VOICEBOTS}` });
      const seconds = await server.ingest(callsOfTwoYears(count));
      note(`${name}: ${integer(count)} calls of two years took ${seconds.toFixed(0)} s`);
      taken[account] = {};
      for (const [label, path] of Object.entries(paths)) taken[account][label] = await server.latency(path);
    }
    for (const label of Object.keys(paths)) result.latencies.push([label, taken.Few[label], taken.Many[label]]);
  } finally {
    await server.stop();
  }
  return result;
}

/** A mail server that takes everything, as a process of its own. */
async function mailServer() {
  const port = await freePort();
  const script = `
require("node:net").createServer((socket) => {
  let data = false, tail = "";
  socket.write("220 bench\\r\\n");
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    const text = tail + chunk.toString("latin1");
    tail = text.slice(-4);
    if (data) {
      if (!text.endsWith("\\r\\n.\\r\\n")) return;
      data = false; tail = "";
      process.stdout.write(".");
      return socket.write("250 kept\\r\\n");
    }
    tail = "";
    for (const line of text.split("\\r\\n").filter(Boolean)) {
      if (/^EHLO/i.test(line)) socket.write("250-bench\\r\\n250 8BITMIME\\r\\n");
      else if (/^DATA/i.test(line)) { data = true; socket.write("354 go on\\r\\n"); }
      else if (/^QUIT/i.test(line)) { socket.end("221 bye\\r\\n"); }
      else socket.write("250 ok\\r\\n");
    }
  });
}).listen(${port}, "127.0.0.1");`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const self = { url: `smtp://127.0.0.1:${port}`, mails: 0, stop: () => child.kill() };
  child.stdout.on("data", (dots) => (self.mails += dots.length));
  return self;
}

/**
 * Calls a second, alone and while a report goes out to 500 people. Each round with mails stands between two without, whose
 * mean it is compared with: the database grows from round to round.
 */
async function mail(name, database) {
  const post = await mailServer();
  const server = await Ringside.start(`${name}-mail`, database, {
    RINGSIDE_SMTP_URL: post.url, RINGSIDE_MAIL_FROM: "reports@bench.example",
  });
  const rates = [];
  let sent = 0;
  try {
    await server.put("/api/v1/voicebots/bot", { name: "Bench" });
    await server.put("/api/v1/tariffs", TARIFF);
    const emails = Array.from({ length: 500 }, (_, n) => `reader-${n}@bench.example`);
    const count = Math.round(MANY / 4);
    for (let round = 0; round < 7; round++) {
      const sending = round % 2 === 1;
      const [target, finished] = [`calls-${round}`, `finished-${round}`];
      await server.put(`/api/v1/campaigns/${target}`, { name: target, voicebot: "bot" });
      const lines = [...calls(target, count)].map((line) => line.replace('"c-', `"${round}-`));
      if (sending) {
        await server.put(`/api/v1/campaigns/${finished}`, { name: finished, voicebot: "bot", report_emails: emails });
        await server.ingest([...calls(finished, 5000)].map((line) => line.replace('"c-', `"m${round}-`)));
        await server.ask("POST", `/api/v1/campaigns/${finished}/complete`);
      }
      const before = post.mails;
      rates.push(count / (await server.ingest(lines, 10_000)));
      if (sending) {
        sent += post.mails - before;
        // All of them, so that the next round is alone again.
        while (post.mails < before + 500 - (before % 500)) await new Promise((later) => setTimeout(later, 100));
      }
    }
  } finally {
    await server.stop();
    post.stop();
  }
  note(`${name}: ${rates.map(integer).join(", ")} calls a second, every other time while mails go out`);
  const mean = (list) => list.reduce((sum, rate) => sum + rate, 0) / list.length;
  const beside = [1, 3, 5].map((round) => (rates[round - 1] + rates[round + 1]) / 2);
  return { name, alone: mean(beside), sending: mean([rates[1], rates[3], rates[5]]), sent };
}

try {
  if (!existsSync(program)) throw new Error(`${program} is not built: make server`);
  const postgres = process.env.RINGSIDE_TEST_POSTGRES_SOCKET_URL;
  if (!postgres) throw new Error("no PostgreSQL: run this by make bench");
  // Each part has a database of its own.
  const databases = (part) => {
    execFileSync("psql", ["--no-psqlrc", "--quiet", postgres, "--command", `CREATE DATABASE ${part}`]);
    return [["SQLite", `sqlite://${join(folder, `${part}.db`)}`], ["PostgreSQL", postgres.replace("/postgres?", `/${part}?`)]];
  };
  const parts = (part) => ONLY === null || ONLY === part;

  const manifest = JSON.parse(readFileSync(join(target, "site", "manifest.json"), "utf8"));
  const packed = (name) => readFileSync(join(target, "site", `${manifest[name]}.br`)).length;
  const shared = Object.keys(manifest).filter((name) => name.startsWith("pkg/shared-"));
  const sum = (names) => names.reduce((total, name) => total + packed(name), 0);
  console.log("## Size, in brotli\n");
  table(["", "measured", "target"], [
    ["first page: WASM and JavaScript", kb(sum(["pkg/ringside_bg.wasm", "pkg/boot.js", ...shared])), "≤ 300 kB"],
    ["CSS", kb(packed("pkg/ringside.css")), "≤ 30 kB"],
    ["charts, after the first paint", kb(packed("pkg/charts.js")), ""],
    ["waveform, on the first ▶", kb(packed("pkg/player.js")), "≤ 20 kB"],
  ]);

  const results = [];
  for (const [name, database] of parts("calls") ? databases("calls") : []) {
    const file = database.replace("sqlite://", "");
    results.push(await engine(name, database, () => (name === "SQLite" ? bare.sqlite(file) : bare.postgres(database))));
  }
  if (results.length) {
    console.log("## Ingest\n");
    table(["", "through the API, rollups included", "bare bulk insert", "ratio", "target"], results.map(({ name, rate, bare }) => [name, `${integer(rate)}/s`, `${integer(bare)}/s`, `${((100 * rate) / bare).toFixed(0)} %`, "≥ 50 %"]));
    console.log(`## Reading, median in ms\n`);
    table(["", "", `${integer(FEW)} calls`, `${integer(MANY)} calls`, "ratio", "target"], results.flatMap(({ name, latencies }) => latencies.map(([label, small, large]) => [name, label, small.toFixed(1), large.toFixed(1), (large / small).toFixed(2), "≤ 1.50"])));
    console.log("## Memory of the server, resident\n");
    table(["", "at rest", "CSV of all calls streamed", "largest batch taken in", "targets"], results.map(({ name, rest, csv, batch }) => [name, mib(rest), `${mib(csv[1])} (${integer(csv[0] / 1e6)} MB)`, `${mib(batch[1])} (${integer(batch[0] / 1e6)} MB)`, "< 60 MB, < 200 MB, < 200 MB"]));
    console.log(`## A file of ${integer(MANY)} calls\n`);
    table(
      ["", "CSV", "XLSX", "time of the XLSX ÷ that of the CSV", "memory for the XLSX", "targets"],
      results.map(({ name, csv, xlsx }) => [
        name,
        `${csv[2].toFixed(1)} s, ${integer(csv[0] / 1e6)} MB`,
        `${xlsx[2].toFixed(1)} s, ${integer(xlsx[0] / 1e6)} MB`,
        (xlsx[2] / csv[2]).toFixed(2),
        mib(xlsx[1]),
        "< 3, < 250 MB",
      ]),
    );
  }
  if (parts("usage")) {
    console.log(`## The statistics of a year: ${CAMPAIGNS} campaigns, ${VOICEBOTS} voicebots, two years of calls; median in ms\n`);
    const rows = [];
    for (const [name, database] of databases("usage")) {
      const { latencies } = await usage(name, database);
      rows.push(...latencies.map(([label, small, large]) => [name, label, small.toFixed(1), large.toFixed(1), (large / small).toFixed(2), "≤ 1.50"]));
      for (const end of ["", "-wal", "-shm"]) rmSync(join(folder, `usage.db${end}`), { force: true });
    }
    table(["", "", `${integer(USAGE / 100)} calls`, `${integer(USAGE)} calls`, "ratio", "target"], rows);
  }
  if (parts("mail")) {
    console.log("## Ingest while a report goes out to 500 people, in batches of 10,000\n");
    const rows = [];
    for (const [name, database] of databases("mail")) {
      const { alone, sending, sent } = await mail(name, database);
      rows.push([name, `${integer(alone)}/s`, `${integer(sending)}/s`, `${(100 - (100 * sending) / alone).toFixed(0)} %`, integer(sent), "≤ 10 %"]);
    }
    table(["", "alone", "while mails go out", "slower by", "mails sent meanwhile", "target"], rows);
  }
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
