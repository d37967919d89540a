#!/usr/bin/env node
/*
 * What Ringside's promises about speed and size come to, measured from outside: a release build, fed and asked through
 * its HTTP API. Prints Markdown. Run it by `make bench`, which starts a PostgreSQL for it.
 *
 * The bare bulk insert that ingest is compared with takes the very rows that ingest wrote, into a table of the same
 * definition: for SQLite one transaction of prepared inserts (Python's sqlite3, which is C underneath), for PostgreSQL
 * COPY (psql).
 */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
const target = resolve(process.env.CARGO_TARGET_DIR ?? "target");
const program = process.env.RINGSIDE_BIN ?? join(target, "release", "ringside");
const wanted = process.argv.indexOf("--calls");
const MANY = wanted > 0 ? Number(process.argv[wanted + 1]) : 1_000_000;
const FEW = Math.round(MANY / 100);
const BATCH = 10_000;
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const folder = mkdtempSync(join(tmpdir(), "ringside-bench-"));
const started = Date.now();
const note = (text) => console.error(`bench: ${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`);
const table = (head, rows) => console.log([head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n") + "\n");
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const mib = (kibibytes) => `${(kibibytes / 1024).toFixed(0)} MiB`;
const integer = (number) => Math.round(number).toLocaleString("en");

const freePort = () =>
  new Promise((found) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });

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

class Ringside {
  static async start(name, database) {
    const port = await freePort();
    const self = new Ringside();
    self.url = `http://127.0.0.1:${port}`;
    self.environment = {
      // The program refuses settings that it does not know.
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("RINGSIDE_"))),
      RINGSIDE_LISTEN: `127.0.0.1:${port}`,
      RINGSIDE_BASE_URL: self.url,
      RINGSIDE_DATABASE_URL: database,
      RINGSIDE_RECORDINGS: `file://${join(folder, `${name}-recordings`)}`,
      RINGSIDE_LOG: "warn",
    };
    self.child = spawn(program, ["serve"], { env: self.environment, cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
    for (let attempt = 0; ; attempt++) {
      const ready = await fetch(`${self.url}/readyz`).catch(() => null);
      if (ready?.ok) break;
      if (self.child.exitCode !== null || attempt > 300) throw new Error("ringside serve did not start");
      await new Promise((later) => setTimeout(later, 100));
    }
    self.command("account", "add", "Bench");
    self.token = self.command("token", "add", "bench", "--account", "Bench").trim().split(/\s+/).at(-1);
    return self;
  }

  command(...args) {
    return execFileSync(program, args, { env: this.environment, cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  async ask(method, path, body, headers = {}) {
    const answer = await fetch(`${this.url}${path}`, { method, body, headers: { Authorization: `Bearer ${this.token}`, ...headers } });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${(await answer.text()).slice(0, 500)}`);
    return answer;
  }

  put(path, value) {
    return this.ask("PUT", path, JSON.stringify(value), { "Content-Type": "application/json" });
  }

  /** Sends calls in batches; the seconds the server took. */
  async ingest(lines) {
    let batch = [];
    let seconds = 0;
    const send = async () => {
      const body = batch.join("\n");
      const since = performance.now();
      const { accepted } = await (await this.ask("POST", "/api/v1/calls", body, { "Content-Type": "application/x-ndjson" })).json();
      seconds += (performance.now() - since) / 1000;
      if (accepted !== batch.length) throw new Error(`${accepted} of ${batch.length} calls were taken`);
      batch = [];
    };
    for (const line of lines) {
      batch.push(line);
      if (batch.length === BATCH) await send();
    }
    if (batch.length) await send();
    return seconds;
  }

  /** The median of the milliseconds that `path` takes, the first few not counted. */
  async latency(path, times = 25) {
    const taken = [];
    for (let n = 0; n < times + 5; n++) {
      const since = performance.now();
      await (await this.ask("GET", path)).arrayBuffer();
      if (n >= 5) taken.push(performance.now() - since);
    }
    return taken.sort((one, other) => one - other)[times >> 1];
  }

  /** Resident memory in KiB: now, or the most since the last `forgetPeak`. */
  memory(line = "VmRSS") {
    return Number(readFileSync(`/proc/${this.child.pid}/status`, "utf8").match(new RegExp(`${line}:\\s+(\\d+)`))[1]);
  }

  forgetPeak() {
    writeFileSync(`/proc/${this.child.pid}/clear_refs`, "5");
  }

  async stop() {
    const ended = new Promise((done) => this.child.once("exit", done));
    this.child.kill("SIGTERM");
    await ended;
  }
}

/** Rows per second of a bare bulk insert of the calls that are stored, into an empty table of the same definition. */
const bare = {
  sqlite(file) {
    const script = `
import sqlite3, sys, time
source = sqlite3.connect(sys.argv[1])
rows = source.execute("SELECT * FROM calls LIMIT 200000").fetchall()
copy = sqlite3.connect(sys.argv[1] + ".bare")
copy.execute("PRAGMA journal_mode=WAL"); copy.execute("PRAGMA synchronous=FULL")
for (sql,) in source.execute("SELECT sql FROM sqlite_schema WHERE tbl_name = 'calls' AND sql IS NOT NULL AND type IN ('table', 'index') ORDER BY type DESC"):
    copy.execute(sql)
copy.commit()
began = time.perf_counter()
copy.executemany("INSERT INTO calls VALUES (%s)" % ",".join("?" * len(rows[0])), rows)
copy.commit()
print(len(rows) / (time.perf_counter() - began))`;
    return Number(execFileSync("python3", ["-c", script, file], { encoding: "utf8" }));
  },
  postgres(database) {
    const psql = (sql) => execFileSync("psql", ["--no-psqlrc", "--quiet", "--tuples-only", "--set", "ON_ERROR_STOP=1", database, "--command", sql], { encoding: "utf8" });
    const file = join(folder, "rows.copy");
    psql(`\\copy (SELECT * FROM calls LIMIT 200000) TO '${file}'`);
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
    await server.put("/api/v1/tariffs", {
      first_block_seconds: 30, next_block_seconds: 30, price_first_block: "320", price_next_block: "320", currency: "VND", effective_from: "2026-01-01T00:00:00+07:00",
    });
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

try {
  if (!existsSync(program)) throw new Error(`${program} is not built: make server`);
  const postgres = process.env.RINGSIDE_TEST_POSTGRES_URL;
  if (!postgres) throw new Error("no PostgreSQL: run this by make bench");

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

  const file = join(folder, "bench.db");
  const results = [
    await engine("SQLite", `sqlite://${file}`, () => bare.sqlite(file)),
    await engine("PostgreSQL", postgres, () => bare.postgres(postgres)),
  ];
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
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
