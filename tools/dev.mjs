#!/usr/bin/env node
/*
 * Ringside while it is being changed: builds it, serves it with demo data on http://127.0.0.1:3000 (PORT names another), and
 * after each change builds what depends on it and reloads the browser.
 *
 *   style/                        the styles alone, put in place without a reload
 *   web/, public/                 the browser side
 *   app/, frontend/, crates/domain, Cargo.*   the browser side and the program, at the same time
 *   server/, other crates/        the program
 *
 * The browser talks to this script, which answers from target/site-dev and passes on all else: so a new style or script needs
 * no new program. The demo data is made once, in target/dev; remove the folder to have it made again.
 */
import { spawn } from "node:child_process";
import { createReadStream, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { setPriority } from "node:os";
import { dirname, extname, join, normalize, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import watcher from "@parcel/watcher";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const target = resolve(process.env.CARGO_TARGET_DIR ?? "target");
const site = join(target, "site-dev");
const folder = join(target, "dev");
const data = join(folder, "data");
const account = join(folder, "sign-in.txt");
const program = join(target, "debug", "ringside");
const port = Number(process.env.PORT ?? 3000);
const address = `http://127.0.0.1:${port}`;

/** The line by which the demo says that it is ready. */
const READY = /Ringside demo: \S+ (sign in as .*)/;
const EVENTS = "/dev-events";
/** Comes first in the page's script: it must run even where the pages do not. */
const RELOADER = `{
  const events = new EventSource("${EVENTS}");
  events.addEventListener("reload", () => location.reload());
  events.addEventListener("styles", ({ data }) => {
    for (const link of document.querySelectorAll("link[rel=stylesheet]")) link.href = data;
  });
}
`;
const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

const say = (text) => console.log(`dev: ${text}`);
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

// ---------------------------------------------------------------------------------------------------------------- building

/** Runs to its end; whether it succeeded. What it prints is shown when it failed. */
function ran(command, args, niceness = 0) {
  return new Promise((done) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    if (niceness && child.pid) setPriority(child.pid, niceness);
    const output = [];
    child.stdout.on("data", (chunk) => output.push(chunk));
    child.stderr.on("data", (chunk) => output.push(chunk));
    child.once("error", (error) => {
      say(`${command}: ${error.message}`);
      done(false);
    });
    child.once("close", (code) => {
      if (code !== 0) process.stderr.write(Buffer.concat(output));
      done(code === 0);
    });
  });
}

/** What has to be made again, by the first folder in which a file changed. */
function partsOf(file) {
  if (file.startsWith("style/")) return ["styles"];
  if (file.startsWith("web/") || file.startsWith("public/")) return ["site"];
  if (file.startsWith("server/") || (file.startsWith("crates/") && !file.startsWith("crates/domain/"))) return ["program"];
  return ["site", "program"];
}

const makers = {
  styles: () => ran("node", ["tools/build-site.mjs", "--dev", "--css"]),
  // The program, whose crates wait for each other, takes longer: it goes first where there are few cores.
  site: () => ran("node", ["tools/build-site.mjs", "--dev"], 10),
  program: () => ran("cargo", ["build", "--package", "server", "--locked", "--color", "always"]),
};

/** Makes the parts at the same time; those that succeeded. */
async function made(parts) {
  const since = Date.now();
  // All of the site includes the styles.
  const wanted = parts.has("site") ? [...parts].filter((part) => part !== "styles") : [...parts];
  const results = await Promise.all(
    wanted.map(async (part) => {
      const success = await makers[part]();
      say(`${part} ${success ? "made" : "NOT made"}, ${seconds(since)}`);
      return [part, success];
    }),
  );
  return new Set(results.filter(([, success]) => success).map(([part]) => part));
}

// ------------------------------------------------------------------------------------------------------------- the program

let running;
/** The port of the program that runs. Requests wait for it while the program is made or started again. */
let inner;
let found;
function awaitProgram() {
  // Those that wait already wait for the same.
  if (found === undefined) inner = new Promise((resolve) => (found = resolve));
}
awaitProgram();

function freePort() {
  return new Promise((found, failed) => {
    const server = createTcpServer().once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

/** Resolves when the program answers, or has ended. */
function answering(port, child) {
  return new Promise((done) => {
    const ask = () => {
      if (child.exitCode !== null || child.signalCode !== null) return done(false);
      request({ port, host: "127.0.0.1", path: "/readyz" }, (response) => {
        response.resume();
        if (response.statusCode === 200) done(true);
        else setTimeout(ask, 50);
      })
        .once("error", () => setTimeout(ask, 50))
        .end();
    };
    ask();
  });
}

async function stop() {
  if (!running || running.exitCode !== null || running.signalCode !== null) return;
  const ended = new Promise((done) => running.once("exit", done));
  // Nothing is lost by it, and open event streams would hold up a slower end.
  running.kill("SIGKILL");
  await ended;
}

async function start() {
  awaitProgram();
  await stop();
  const port = await freePort();
  const env = { ...process.env, RINGSIDE_LISTEN: `127.0.0.1:${port}`, RINGSIDE_BASE_URL: address };
  const fresh = !existsSync(account);
  if (fresh) {
    rmSync(data, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    say("making the demo data …");
  }
  const serve = { RINGSIDE_DATABASE_URL: `sqlite://${join(data, "ringside.db")}`, RINGSIDE_RECORDINGS: `file://${join(data, "recordings")}` };
  const child = spawn(program, fresh ? ["demo", "--folder", data] : ["serve"], {
    env: fresh ? env : { ...env, ...serve },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running = child;
  const signIn = new Promise((found) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text = (text + chunk).slice(-10_000);
      const line = text.match(READY);
      if (line) found(line[1]);
    });
    child.once("exit", () => found(undefined));
  });
  if (fresh) {
    const text = await signIn;
    if (text) writeFileSync(account, text);
  }
  if (await answering(port, child)) {
    found(port);
    found = undefined;
    return true;
  }
  say(`${relative(root, program)} ended. Where the database is of another version: rm -r ${relative(root, folder)}`);
  return false;
}

// ------------------------------------------------------------------------------------------------------------- the browser

const browsers = new Set();

function tell(event, data = "") {
  for (const browser of browsers) browser.write(`event: ${event}\ndata: ${data}\n\n`);
}

function manifest() {
  try {
    return JSON.parse(readFileSync(join(site, "manifest.json"), "utf8"));
  } catch {
    return {};
  }
}

/** The site's file that a path names, by its name in the sources or with the hash of whatever build the page is from. */
function fileOf(path) {
  const name = normalize(decodeURIComponent(path)).replace(/^\/+/, "");
  if (name === "" || name.startsWith("..") || name === "manifest.json") return undefined;
  const known = manifest();
  for (const candidate of [name, known[name], known[name.replace(/\.[0-9A-Za-z]{8}(\.\w+)$/, "$1")]]) {
    if (candidate && existsSync(join(site, candidate)) && statSync(join(site, candidate)).isFile()) return candidate;
  }
  return undefined;
}

function answerFile(file, response) {
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "cache-control": "no-store" });
  if (/^pkg\/boot\..*js$/.test(file)) response.write(RELOADER);
  createReadStream(join(site, file)).pipe(response);
}

const agent = new Agent({ keepAlive: false });

async function passOn(incoming, response) {
  const port = await inner;
  const { method, url: path, headers } = incoming;
  const outgoing = request({ host: "127.0.0.1", port, method, path, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    response.flushHeaders();
    answer.pipe(response);
    answer.once("error", () => response.destroy());
  });
  outgoing.once("error", () => response.destroy());
  response.once("close", () => outgoing.destroy());
  incoming.pipe(outgoing);
}

const front = createServer((incoming, response) => {
  const path = incoming.url.split("?")[0];
  if (path === EVENTS) {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write("retry: 500\n\n");
    browsers.add(response);
    response.once("close", () => browsers.delete(response));
    return;
  }
  const file = incoming.method === "GET" ? fileOf(path) : undefined;
  if (file) answerFile(file, response);
  else passOn(incoming, response).catch(() => response.destroy());
});

// ------------------------------------------------------------------------------------------------------------- the changes

const waiting = new Set();
let changed = 0;
let busy = false;

async function build() {
  if (busy || waiting.size === 0) return;
  busy = true;
  const since = changed;
  const parts = new Set(waiting);
  waiting.clear();
  const done = await made(parts);
  if (done.has("program")) await start();
  if (done.has("program") || done.has("site")) {
    say(`reload, ${seconds(since)} after the change`);
    tell("reload");
  } else if (done.has("styles")) {
    say(`new styles, ${seconds(since)} after the change`);
    tell("styles", `/${manifest()["pkg/ringside.css"]}`);
  }
  busy = false;
  build();
}

/** What editors write beside a file is none of it. */
const IGNORED = /(^|\/)(\.|target\/|node_modules\/|tests\/|#)|~$|\.(sw.|tmp|md)$/;

let timer;
function note(file) {
  if (IGNORED.test(file)) return;
  if (waiting.size === 0) changed = Date.now();
  for (const part of partsOf(file)) waiting.add(part);
  // An editor writes a file in several steps, and a branch changes many files.
  clearTimeout(timer);
  timer = setTimeout(build, 100);
}

const PLACES = ["app", "crates", "frontend", "public", "server", "style", "web"];
/** Node's own watcher loses a file that was replaced instead of written, as many editors do. */
async function watchPlaces() {
  const noted = (error, events) => {
    if (error) say(`changes are not seen: ${error.message}`);
    for (const { path } of events ?? []) note(relative(root, path));
  };
  await Promise.all(PLACES.map((place) => watcher.subscribe(join(root, place), noted)));
  await watcher.subscribe(root, (error, events) => noted(error, events?.filter(({ path }) => /^Cargo\.(toml|lock)$/.test(relative(root, path)))), {
    ignore: [...PLACES, ".git", "docs", "end2end", "node_modules", "target", "tools"],
  });
}

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    await stop();
    process.exit(0);
  });
}

front.once("error", (error) => {
  say(`port ${port}: ${error.message}`);
  process.exit(1);
});
front.listen(port, "127.0.0.1", async () => {
  await watchPlaces();
  say("building …");
  const done = await made(new Set(["site", "program"]));
  if (existsSync(program) && (await start())) {
    say(`${address}  ${readFileSync(account, "utf8")}`);
    if (done.size === 2) say("waiting for changes");
  }
});
