#!/usr/bin/env node
/*
 * What a search of what was said takes over many lines, how quickly calls with and without lines come in, and how many bytes the index has:
 * make bench ARGS="--only said [--lines 1000000] [--engine sqlite|postgres]". Prints Markdown.
 */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Ringside, TARIFF, folder, integer, note, option, table } from "./measured.mjs";

const LINES = Number(option("--lines", 1_000_000));
const OF_A_CALL = 10;
const CALLS = LINES / OF_A_CALL;
const DAYS = 120;
const ENGINE = option("--engine", null);

/** Syllables as they are said: the first ones in most lines, the last ones now and then. */
const WORDS = `dạ em chào anh chị vâng ạ không có gói cước đăng ký mình cho gọi lại được rồi bên khách hàng số thông tin tháng ngày nhé cảm ơn muốn hỏi
  dịch vụ sử dụng ưu đãi thanh toán hợp đồng tiền phí nợ trả góp ngân vay lãi suất hồ sơ địa chỉ công ty nhà xe bảo hiểm sức khoẻ con gia đình
  điện thoại mạng nhanh chậm lỗi sửa hẹn chiều sáng tối mai tuần sau trước hôm nay quan tâm bận họp lái đang nghe rõ to nhỏ tiếng việt nam hà nội
  sài gòn đà nẵng cần thơ miễn phí khuyến mại giảm giá tặng quà voucher thẻ tích điểm thành viên hạng vàng bạc kim cương nâng cấp gia hạn huỷ`
  .split(/\s+/);

/** The same calls in every run; every word of a line is the rarer the further it stands in the list. */
function* calls(from, to, spoken) {
  let seed = 2463534242 ^ from;
  const random = () => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return (seed >>> 0) / 4294967296;
  };
  const begin = Date.UTC(2026, 5, 1, 1);
  for (let n = from; n < to; n++) {
    const dialed = begin + Math.floor((n / CALLS) * DAYS * 86_400_000);
    const lines = Array.from({ length: OF_A_CALL }, (_, line) => {
      const words = Array.from({ length: 4 + Math.floor(random() * 13) }, () => WORDS[Math.floor(WORDS.length * random() ** 2.2)]);
      // Said in one call of 20,000, in the first tenth alone, and a name of each.
      if (line === 4 && n % 20_000 === 77) words.push("khiếu nại tổng đài");
      if (line === 5 && n < CALLS / 10) words.push("nghỉ tết nguyên đán");
      if (line === 1) words.push(`tên${(n * 7919) % 50_000}`);
      return { at: line * 4000, speaker: line % 2 ? "customer" : "bot", text: words.join(" ") };
    });
    yield JSON.stringify({
      id: `${spoken ? "c" : "s"}-${n}`, campaign: `many-${n % 4}`, voicebot: "bot", contact: { id: `kh-${n}`, phone: `09${String(n).padStart(8, "0")}`, name: "Nguyễn Thị Hồng" },
      dialed_at: dialed, answered_at: dialed + 5000, ended_at: dialed + 50_000, result_code: "DY", bot_messages: 5, ...(spoken && { transcript: lines }),
    });
  }
}

/** Bytes of the index and of the transcripts. */
function sizes(engine, database) {
  if (engine === "SQLite") {
    const script = "import sqlite3,sys\nfor r in sqlite3.connect(sys.argv[1]).execute(\"SELECT name, SUM(pgsize) FROM dbstat WHERE name LIKE 'said%' OR name LIKE '%call_details%' GROUP BY name ORDER BY 2 DESC\"): print(*r)";
    return execFileSync("python3", ["-c", script, database.replace("sqlite://", "")], { encoding: "utf8" });
  }
  const sql = "SELECT relname || ' ' || pg_relation_size(oid) + CASE WHEN reltoastrelid > 0 THEN pg_total_relation_size(reltoastrelid) ELSE 0 END FROM pg_class WHERE relname LIKE 'said%' OR relname LIKE 'call_details%' ORDER BY pg_relation_size(oid) DESC";
  return execFileSync("psql", ["--no-psqlrc", "--tuples-only", "--no-align", database, "--command", sql], { encoding: "utf8" });
}

const SEARCHES = [["nobody said", "xyzzy"], ["a name", "tên7919"], ["rare words", "khieu nai"], ["a phrase of the first days", "\"nguyen dan\""], ["a common phrase", "\"dang ky\""], ["a phrase of common words", "\"nguyen goi\""],
  ["the commonest word", "da"], ["three common words", "dang ky goi"], ["a word of most and one of few", "da tong dai"], ["a phrase that no line has", "\"em chi da vang khong\""]];

async function measure(engine, database) {
  const server = await Ringside.start(`said-${engine}`, database);
  try {
    await server.put("/api/v1/voicebots/bot", { name: "Bench" });
    await server.put("/api/v1/tariffs", TARIFF);
    for (let n = 0; n < 4; n++) await server.put(`/api/v1/campaigns/many-${n}`, { name: `Many ${n}`, voicebot: "bot" });
    const silent = Math.min(CALLS, 20_000) / (await server.ingest(calls(0, Math.min(CALLS, 20_000), false)));
    const spoken = CALLS / (await server.ingest(calls(0, CALLS, true)));
    console.log(`## ${engine}: ${integer(LINES)} lines of ${integer(CALLS)} calls\n`);
    console.log(`Calls a second without lines ${integer(silent)}, with ${OF_A_CALL} lines ${integer(spoken)}\n`);
    const bytes = sizes(engine, database).trim().split("\n").map((line) => line.split(" "));
    table(["table or index", "bytes of a line"], bytes.map(([name, size]) => [name, (Number(size) / LINES).toFixed(1)]));
    await server.addOwner();
    const cookie = await server.signIn();
    const timed = async (path, headers = {}) => {
      const taken = [];
      for (let n = 0; n < 9; n++) {
        const since = performance.now();
        await (await server.ask("GET", path, undefined, headers)).arrayBuffer();
        taken.push(performance.now() - since);
      }
      return taken.sort((one, other) => one - other)[taken.length >> 1];
    };
    const rows = [];
    let worst = 0;
    for (const [what, typed] of SEARCHES) {
      const q = `q=${encodeURIComponent(typed)}`;
      const found = await (await server.ask("GET", `/api/v1/said?${q}&limit=20`)).json();
      const took = [await timed(`/api/v1/said?${q}&limit=20`), await timed(`/api/v1/said?${q}&limit=20&campaign=many-1&speaker=customer`), await timed(`/search?${q}`, { Cookie: cookie })];
      worst = Math.max(worst, ...took);
      rows.push([what, typed, `${found.calls.length}${found.next ? "+" : ""}`, ...took.map((ms) => ms.toFixed(1))]);
      note(`${engine}: ${rows.at(-1).join(" · ")}`);
    }
    table(["search", "typed", "calls of the first page", "the account, ms", "one campaign, the customer, ms", "the page, ms"], rows);
    console.log(`The slowest ${worst.toFixed(1)} ms (target < 100)\n`);
  } finally {
    await server.stop();
  }
}

try {
  const postgres = process.env.RINGSIDE_TEST_POSTGRES_SOCKET_URL;
  if (ENGINE !== "postgres") await measure("SQLite", `sqlite://${join(folder, "said.db")}`);
  if (ENGINE !== "sqlite" && postgres) {
    execFileSync("psql", ["--no-psqlrc", "--quiet", postgres, "--command", "CREATE DATABASE said"]);
    await measure("PostgreSQL", postgres.replace("/postgres?", "/said?"));
  }
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
