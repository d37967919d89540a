/*
 * Viewers of a running campaign, on a thread of their own so that what they do delays nobody who measures. Each holds the
 * campaign's event stream open and asks for its overview as the page does (app/src/live.rs): within 250 ms after the first
 * change of a quiet second, else 950 ms after it last asked, and once for all changes that come until then; without waiting for
 * what it asked for before, but over five connections at most, which is what a browser has beside the stream.
 *
 * Whether a viewer has a batch is read off the page itself: the largest number of calls on it is the campaign's total.
 *
 * Messages out: {opened}, {times, unseen, errors, changes, pages}. In: {batch: total, at} for each batch that was answered,
 * {finish: total} after the last.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { Agent, get } from "node:http";
import { parentPort, workerData } from "node:worker_threads";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

const { url, cookies, campaign, viewers } = workerData;
/** The pause between two updates of a page, and over how long the viewers of one change spread their requests, ms. */
const [PAUSE, SPREAD] = [950, 250];
/** Streams that are being opened at once. */
const OPENING = 50;
/** Requests of one viewer at once. */
const AT_ONCE = 5;
/** How long the last batch is waited for, ms. */
const PATIENCE = 20_000;

const now = () => Number(process.hrtime.bigint()) / 1e6;
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
const headersOf = (viewer) => ({ Cookie: cookies[viewer % cookies.length], "Accept-Language": "en" });
const overview = `${url}/fn/overview?campaign=${encodeURIComponent(campaign)}`;
const stream = `${url}/campaigns/${encodeURIComponent(campaign)}/live`;

const batches = [];
/** What each viewer saw when: the totals on its pages. */
const seen = Array.from({ length: viewers }, () => []);
const errors = new Map();
let changes = 0;
let pages = 0;
/** Changes count from when all streams are open, until the last batch has been seen. */
let watching = false;
let over = false;
const busy = new Uint8Array(viewers);
const more = new Uint8Array(viewers);
const failed = (what) => over || errors.set(what, (errors.get(what) ?? 0) + 1);

/** Node.js knows zstd from version 22.15 on. */
const decoders = { gzip: gunzipSync, br: brotliDecompressSync, zstd: (body) => execFileSync("zstd", ["-dc"], { input: body, maxBuffer: 1 << 26 }) };

/** Totals of pages by their bytes: most viewers get the same ones. */
const known = new Map();
function total(body, encoding) {
  const key = createHash("md5").update(body).digest("latin1");
  let found = known.get(key);
  if (found === undefined) {
    const text = (decoders[encoding]?.(body) ?? body).toString();
    const numbers = [...text.matchAll(/([\d,]+) calls\b/g)].map(([, number]) => Number(number.replaceAll(",", "")));
    found = Math.max(-1, ...numbers);
    known.set(key, found);
  }
  return found;
}

function ask(viewer) {
  if (busy[viewer] === AT_ONCE) {
    more[viewer] = 1;
    return;
  }
  busy[viewer]++;
  const request = get(overview, { agent, headers: { ...headersOf(viewer), Accept: "application/json", "Accept-Encoding": "gzip, deflate, br, zstd" } }, (answer) => {
    const chunks = [];
    answer.on("data", (chunk) => chunks.push(chunk));
    answer.on("error", (error) => failed(`overview: ${error.message}`));
    answer.on("end", () => {
      const at = now();
      pages++;
      if (answer.statusCode !== 200) return failed(`overview: ${answer.statusCode}`);
      const shown = total(Buffer.concat(chunks), answer.headers["content-encoding"]);
      if (shown < 0) return failed("overview: no number of calls on the page");
      seen[viewer].push([at, shown]);
    });
  });
  request.on("error", (error) => failed(`overview: ${error.message}`));
  request.on("close", () => {
    busy[viewer]--;
    if (!more[viewer] || over) return;
    more[viewer] = 0;
    ask(viewer);
  });
}

/** Resolves when the stream is open. */
function follow(viewer) {
  return new Promise((open) => {
    let waiting = false;
    let last = -Infinity;
    let rest = "";
    const request = get(stream, { agent, headers: { ...headersOf(viewer), Accept: "text/event-stream" } }, (answer) => {
      if (answer.statusCode !== 200) failed(`stream: ${answer.statusCode}`);
      answer.setEncoding("utf8");
      answer.on("data", (chunk) => {
        const events = (rest + chunk).split("\n\n");
        rest = events.pop();
        open();
        for (const event of events) {
          if (!watching || over || !/^event: ?change$/m.test(event)) continue;
          changes++;
          if (waiting) continue;
          waiting = true;
          setTimeout(() => {
            waiting = false;
            last = now();
            ask(viewer);
          }, Math.max(SPREAD * Math.random(), last + PAUSE - now()));
        }
      });
      answer.on("error", (error) => failed(`stream: ${error.message}`));
      answer.on("end", () => {
        failed("stream: it ended");
        open();
      });
    });
    request.on("error", (error) => {
      failed(`stream: ${error.message}`);
      open();
    });
  });
}

function report() {
  const times = [];
  let unseen = 0;
  for (const pages of seen) {
    for (const { batch, at } of batches) {
      const first = pages.find(([, shown]) => shown >= batch);
      // A page can be there before the sender of the batch has read its answer.
      if (first) times.push(Math.max(0, first[0] - at));
      else unseen++;
    }
  }
  over = true;
  parentPort.postMessage({ times: Float64Array.from(times).sort(), unseen, errors: [...errors], changes, pages });
}

parentPort.on("message", (message) => {
  if (message.batch) batches.push(message);
  if (!message.finish) return;
  const until = now() + PATIENCE;
  const timer = setInterval(() => {
    const all = seen.every((pages) => pages.some(([, shown]) => shown >= message.finish));
    if (!all && now() < until) return;
    clearInterval(timer);
    report();
  }, 50);
});

let next = 0;
await Promise.all(
  Array.from({ length: OPENING }, async () => {
    while (next < viewers) await follow(next++);
  }),
);
watching = true;
parentPort.postMessage({ opened: viewers });
