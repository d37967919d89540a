#!/usr/bin/env node
/*
 * What a search by a part of a name or number takes over many customers, what lists take by each filter and in each order, how
 * quickly calls come in million by million, and where the bytes go:
 * make bench ARGS="--only search [--calls 10000000] [--step 1000000] [--campaigns 4] [--engine sqlite|postgres]". Prints Markdown.
 */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Ringside, TARIFF, folder, integer, note, option, table } from "./measured.mjs";

const CALLS = Number(option("--calls", 1_000_000));
const STEP = Math.min(Number(option("--step", 1_000_000)), CALLS);
const CAMPAIGNS = Number(option("--campaigns", 4));
const FEW = 10_000;
const ENGINE = option("--engine", null);

const FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý"];
const MIDDLE = ["Thị", "Văn", "Hữu", "Đức", "Minh", "Thanh", "Ngọc", "Quang", "Thuỳ", "Xuân", "Hồng", "Gia", "Bảo", "Khánh"];
const GIVEN = ["An", "Anh", "Bình", "Châu", "Chi", "Cường", "Dung", "Dũng", "Duy", "Đào", "Đạt", "Giang", "Hà", "Hải", "Hạnh", "Hiền", "Hiếu", "Hoa", "Hoà",
  "Hùng", "Hương", "Khoa", "Kiên", "Lan", "Linh", "Long", "Mai", "Nam", "Nga", "Nhi", "Nhung", "Phong", "Phúc", "Phương", "Quân", "Quỳnh", "Sơn", "Tâm", "Thảo",
  "Thắng", "Trang", "Trinh", "Trung", "Tú", "Tuấn", "Uyên", "Vân", "Vy", "Yến"];

/** The same calls in every run, each customer with a name and a number; a fifth of the calls are to one who was called before. */
function* calls(from, to, of = CALLS) {
  let seed = 2463534242 ^ from;
  const random = () => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return (seed >>> 0) / 4294967296;
  };
  const one = (list, n) => list[n % list.length];
  const begin = Date.UTC(2026, 5, 1, 1);
  for (let n = from; n < to; n++) {
    const dialed = begin + Math.floor((n / of) * 120 * 86_400_000);
    const chance = random();
    const answered = chance < 0.44;
    const ring = 3000 + Math.floor(random() * 20_000);
    const talk = answered ? Math.floor(-Math.log(1 - random()) * 40_000) : 0;
    const customer = Math.floor(n * 0.8);
    // A number of its own: multiplied by a number without a common factor with 10⁹.
    const number = String((customer * 387_420_489) % 1_000_000_000).padStart(9, "0");
    const hash = Math.imul(customer, 2654435761) >>> 0;
    const rare = customer % 200_000 === 777 ? " Xuyến Chi" : "";
    yield JSON.stringify({
      id: `c-${n}`,
      campaign: `many-${n % CAMPAIGNS}`,
      voicebot: "bot",
      contact: { id: `kh-${customer}`, phone: `0${number}`, name: `${one(FAMILY, hash >>> 3)} ${one(MIDDLE, hash >>> 9)} ${one(GIVEN, hash >>> 17)}${rare}` },
      dialed_at: dialed,
      answered_at: answered ? dialed + ring : null,
      ended_at: dialed + ring + talk,
      result_code: answered ? one(["DY", "TC", "HL", "CM"], hash >>> 5) : chance < 0.95 ? (random() < 0.7 ? "NA" : "BS") : "CU",
      bot_messages: answered ? 1 + Math.floor(talk / 8000) : 0,
      hangup_by: answered ? one(["customer", "bot"], hash >>> 7) : null,
    });
  }
}

/** Bytes of each table and index. */
function sizes(engine, database) {
  if (engine === "SQLite") {
    const script = "import sqlite3,sys\nfor r in sqlite3.connect(sys.argv[1]).execute('SELECT name, SUM(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC'): print(*r)";
    return execFileSync("python3", ["-c", script, database.replace("sqlite://", "")], { encoding: "utf8" });
  }
  const sql = "SELECT relname || ' ' || pg_relation_size(oid) + CASE WHEN reltoastrelid > 0 THEN pg_total_relation_size(reltoastrelid) ELSE 0 END FROM pg_class WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace ORDER BY pg_relation_size(oid) DESC";
  return execFileSync("psql", ["--no-psqlrc", "--tuples-only", "--no-align", database, "--command", sql], { encoding: "utf8" });
}

/** Filters and orders of a campaign's calls, and of its customers. */
const CALL_LISTS = ["", "code=NA", "code=DY", "class=error", "class=success", "attempt=1", "attempt=2", "min_talk=200000", "hour=9", "weekday=3", "newly_reached=true",
  "reached=false", "hangup_by=bot", "from=2026-07-01&to=2026-07-07", "sort=dialed_at", "sort=-talk_time", "sort=talk_time", "sort=-cost", "sort=cost",
  "code=NA&sort=-talk_time", "class=error&sort=-cost"];
const CUSTOMER_LISTS = ["", "standing=reached", "standing=tried", "standing=never_dialled", "code=NA", "class=error", "class=success", "hangup_by=bot", "calls=2..", "calls=1",
  "from=2026-07-01&to=2026-07-07", ...["latest_at", "talk_time", "result_code", "hangup_by", "calls", "cost"].flatMap((by) => [`sort=${by}`, `sort=-${by}`]), "sort=-listed",
  "code=NA&calls=2..&sort=-cost", "standing=reached&sort=-talk_time"];

/** The lists of the largest campaign, beside the unfiltered one. */
async function lists(engine, timed, cookie) {
  for (const [what, names, path] of [["calls", CALL_LISTS, "/campaigns/many-0/calls?"], ["customers", CUSTOMER_LISTS, "/campaigns/many-0/customers?"]]) {
    const rows = [];
    for (const query of names) {
      const took = await timed(`${path}${query}`, { Cookie: cookie });
      rows.push([query || "none", took]);
      note(`${engine}: ${what} ${query} ${took.toFixed(1)}`);
    }
    table([`${what} by`, "first page, ms", "÷ the unfiltered one (< 10)"], rows.map(([query, took]) => [query.replaceAll("&", " "), took.toFixed(1), (took / rows[0][1]).toFixed(2)]));
  }
}

async function measure(engine, database) {
  const server = await Ringside.start(`search-${engine}`, database);
  try {
    await server.put("/api/v1/voicebots/bot", { name: "Bench" });
    await server.put("/api/v1/tariffs", TARIFF);
    for (let n = 0; n < CAMPAIGNS; n++) await server.put(`/api/v1/campaigns/many-${n}`, { name: `Many ${n}`, voicebot: "bot" });
    const rates = [];
    await server.put("/api/v1/campaigns/few", { name: "Few", voicebot: "bot" });
    await server.ingest([...calls(0, FEW, FEW)].map((line) => line.replace('"c-', '"f-').replace(/"many-\d+"/, '"few"')));
    for (let from = 0; from < CALLS; from += STEP) {
      const to = Math.min(from + STEP, CALLS);
      rates.push((to - from) / (await server.ingest(calls(from, to))));
      note(`${engine}: ${integer(to)} calls are in, the last ${integer(to - from)} at ${integer(rates.at(-1))}/s`);
    }
    console.log(`## ${engine}: ${integer(CALLS)} calls\n`);
    console.log(`Calls a second, for each ${integer(STEP)}: ${rates.map(integer).join(", ")}; the last ÷ the first ${(rates.at(-1) / rates[0]).toFixed(2)}\n`);
    // Until nobody is left to be indexed.
    for (let before = -1; ; ) {
      const job = server.command("jobs", "list").split("\n").filter((line) => line.includes("index_customers") && /waiting|running/.test(line));
      if (!job.length) break;
      if (before !== job.length) note(`${engine}: customers are being indexed`);
      before = job.length;
      await new Promise((later) => setTimeout(later, 500));
    }
    const bytes = sizes(engine, database).trim().split("\n").map((line) => line.split(" "));
    const sum = bytes.reduce((all, [, size]) => all + Number(size), 0);
    console.log(`Bytes of a call: ${(sum / CALLS).toFixed(0)}\n`);
    table(["table or index", "bytes of a call"], bytes.slice(0, 24).map(([name, size]) => [name, (Number(size) / CALLS).toFixed(1)]));
    await server.addOwner();
    const cookie = await server.signIn();
    const timed = async (path, headers = {}) => {
      const taken = [];
      for (let n = 0; n < 7; n++) {
        const since = performance.now();
        await (await server.ask("GET", path, undefined, headers)).arrayBuffer();
        taken.push(performance.now() - since);
        if (taken.reduce((all, one) => all + one, 0) > 60_000) break;
      }
      return taken.sort((one, other) => one - other)[taken.length >> 1];
    };
    const reports = [];
    for (const range of ["", "?from=2026-06-01&to=2026-06-01", "?from=2026-06-01&to=2026-09-01"]) {
      const [few, many] = [await server.latency(`/api/v1/campaigns/few/report${range}`), await server.latency(`/api/v1/campaigns/many-0/report${range}`)];
      reports.push([range || "whole", few.toFixed(1), many.toFixed(1), (many / few).toFixed(2)]);
    }
    table(["report", `${integer(FEW)} calls, ms`, `${integer(CALLS / CAMPAIGNS)} calls, ms`, "ratio (≤ 1.5)"], reports);
    await lists(engine, timed, cookie);
    const searches = [["nobody", "xyzzy"], ["a rare name", "xuyen chi"], ["a whole number", "0387420489"], ["a part of a number", "742048"], ["three digits", "742"], ["a given name", "quynh"], ["a name of many", "nguyen thi"], ["two letters", "uy"], ["one letter", "a"]];
    const rows = [];
    for (const [what, typed] of [["no search", ""], ...searches]) {
      const q = typed && `q=${encodeURIComponent(typed)}&`;
      const found = await (await server.ask("GET", `/api/v1/calls?${q}limit=1`)).json();
      const row = [what, typed, integer(found.total)];
      for (const path of [`/calls?${q}`, `/campaigns/many-0/calls?${q}`]) row.push((await timed(path, { Cookie: cookie })).toFixed(0));
      for (const path of [`/api/v1/calls?${q}limit=50`, `/api/v1/campaigns/many-0/contacts?${q}limit=50`]) row.push((await timed(path)).toFixed(0));
      rows.push(row);
      note(`${engine}: ${row.join(" · ")}`);
    }
    table(["search", "typed", "calls", "the account's list, ms", "a campaign's list, ms", "API: the account's calls with sums, ms", "API: a campaign's customers with their number, ms"], rows);
  } finally {
    await server.stop();
  }
}

try {
  const postgres = process.env.RINGSIDE_TEST_POSTGRES_SOCKET_URL;
  if (ENGINE !== "postgres") await measure("SQLite", `sqlite://${join(folder, "search.db")}`);
  if (ENGINE !== "sqlite" && postgres) {
    execFileSync("psql", ["--no-psqlrc", "--quiet", postgres, "--command", "CREATE DATABASE search"]);
    await measure("PostgreSQL", postgres.replace("/postgres?", "/search?"));
  }
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
