/*
 * A Ringside that is measured from outside, as a process of its own with data in a temporary folder: what `make bench` and
 * `make load` share. The release build, unless RINGSIDE_BIN names another program.
 */
import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
export const target = resolve(process.env.CARGO_TARGET_DIR ?? "target");
export const program = resolve(process.env.RINGSIDE_BIN ?? join(target, "release", "ringside"));
/** Calls sent at once. */
export const BATCH = 50_000;
/** Removed by who measures. */
export const folder = mkdtempSync(join(tmpdir(), "ringside-measured-"));

/** The word after `name` on the command line. */
export const option = (name, otherwise) => {
  const at = process.argv.indexOf(name);
  return at > 0 ? process.argv[at + 1] : otherwise;
};

const started = Date.now();
/** Seconds since the start. */
export const elapsed = () => (Date.now() - started) / 1000;
const script = basename(process.argv[1] ?? "", ".mjs");
export const note = (text) => console.error(`${script}: ${elapsed().toFixed(0).padStart(4)} s  ${text}`);
export const table = (head, rows) => console.log([head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n") + "\n");
export const mib = (kibibytes) => `${(kibibytes / 1024).toFixed(0)} MiB`;
export const integer = (number) => Math.round(number).toLocaleString("en");

export const freePort = () =>
  new Promise((found) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });

export const TARIFF = {
  first_block_seconds: 30, next_block_seconds: 30, price_first_block: "320", price_next_block: "320", currency: "VND", effective_from: "2024-01-01T00:00:00+07:00",
};

/** The line by which the demo says that it is ready. */
const READY = /Ringside demo: \S+ sign in as (\S+) password (\S+)/;
/** What a user made here signs in with. */
const PASSWORD = "a long password to measure with";

export class Ringside {
  /** `ringside serve` with an empty database. */
  static async start(name, database, settings = {}) {
    const self = new Ringside();
    await self.prepare(name, database, settings);
    self.run("serve");
    for (let attempt = 0; ; attempt++) {
      const ready = await fetch(`${self.url}/readyz`).catch(() => null);
      if (ready?.ok) break;
      if (self.child.exitCode !== null || attempt > 300) throw new Error(`ringside serve did not start:\n${readFileSync(self.log, "utf8")}`);
      await new Promise((later) => setTimeout(later, 100));
    }
    self.open("Bench");
    return self;
  }

  /** `ringside demo` with its own data and a running campaign, in its account "An Tâm". */
  static async demo(settings = {}) {
    const self = new Ringside();
    const data = join(folder, "demo");
    await self.prepare("demo", `sqlite://${join(data, "ringside.db")}`, settings);
    self.run("demo", "--folder", data);
    [, self.email, self.password] = await new Promise((ready, failed) => {
      let text = "";
      const timer = setTimeout(() => failed(new Error("ringside demo was not ready after three minutes")), 180_000);
      self.child.stdout.on("data", (chunk) => {
        const line = (text += chunk).match(READY);
        if (line) ready(line);
        if (line) clearTimeout(timer);
      });
      self.child.once("exit", (code) => failed(new Error(`ringside demo ended with ${code}:\n${readFileSync(self.log, "utf8")}`)));
    });
    self.token = self.newToken("An Tâm");
    return self;
  }

  async prepare(name, database, settings) {
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    // Kept, as it says what went wrong in the server even where an answer did not.
    this.log = join(folder, `${name}.log`);
    this.environment = {
      // The program refuses settings that it does not know.
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("RINGSIDE_"))),
      RINGSIDE_LISTEN: `127.0.0.1:${port}`,
      RINGSIDE_BASE_URL: this.url,
      RINGSIDE_DATABASE_URL: database,
      RINGSIDE_RECORDINGS: `file://${join(folder, `${name}-recordings`)}`,
      RINGSIDE_LOG: "error",
      RUST_BACKTRACE: "0",
      ...settings,
    };
  }

  run(...args) {
    const log = openSync(this.log, "a");
    this.child = spawn(program, args, { env: this.environment, cwd: folder, stdio: ["ignore", "pipe", log] });
    this.child.stdout.resume();
    closeSync(log);
  }

  /** What the server has said went wrong: lines of the log that tell of an error or a panic, with how often. */
  complaints() {
    const found = new Map();
    const lines = readFileSync(this.log, "utf8").split("\n");
    lines.forEach((line, n) => {
      if (!/ERROR|panicked at/.test(line)) return;
      // The message of a panic stands on the line after it; what differs from one to the next is left out.
      const text = line.includes("panicked at") ? `${line.replace(/^.*?panicked at/, "panicked at")} ${lines[n + 1] ?? ""}` : line.replace(/^\S+Z\s+/, "");
      found.set(text, (found.get(text) ?? 0) + 1);
    });
    return found;
  }

  /** Makes an account; what is asked from now on is asked by it. */
  open(account) {
    this.command("account", "add", account);
    this.account = account;
    this.token = this.newToken(account);
  }

  /** The same server, asked by another account. */
  asAnother(account) {
    const other = Object.create(this);
    other.open(account);
    return other;
  }

  newToken(account) {
    // Also what only managers may read is asked for.
    return this.command("token", "add", script, "--account", account, "--scopes", "write,read,audio,manage").trim().split(/\s+/).at(-1);
  }

  /** Adds an owner of the account, who sets a password by the link that the command prints. */
  async addOwner(name = script) {
    this.email = `${name}@ringside.example`;
    this.password = PASSWORD;
    const said = this.command("user", "add", this.email, "--account", this.account, "--role", "owner");
    const link = new URL(said.match(/https?:\/\/\S+/)[0]).searchParams.get("link");
    await this.form("/set-password", { link, password: PASSWORD, repeat: PASSWORD });
  }

  /** The cookie of a new session of the demo's user, or of the one that was added. */
  async signIn() {
    const answer = await this.form("/sign-in", { email: this.email, password: this.password });
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith("ringside_session="));
    if (!cookie) throw new Error(`signing in led to ${answer.headers.get("location")}`);
    return cookie.split(";")[0];
  }

  async form(path, fields) {
    const answer = await fetch(`${this.url}${path}`, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
    const to = answer.headers.get("location") ?? "";
    if (answer.status !== 303 || to.includes("error=")) throw new Error(`POST ${path}: ${answer.status} ${to}`);
    return answer;
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
  async ingest(lines, most = BATCH) {
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
      if (batch.length === most) await send();
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

  /** Time of the processor that the server has taken, ms. */
  processorTime() {
    const [user, system] = readFileSync(`/proc/${this.child.pid}/stat`, "utf8").split(") ")[1].split(" ").slice(11, 13);
    return (Number(user) + Number(system)) * 10;
  }

  /** Stops it as an operator would; what does not end by itself is killed, and said. */
  async stop() {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((done) => this.child.once("exit", done));
    this.child.kill("SIGTERM");
    const late = setTimeout(() => this.child.kill("SIGKILL"), 30_000);
    await ended;
    clearTimeout(late);
    if (this.child.signalCode === "SIGKILL") throw new Error("ringside did not stop within 30 s and was killed");
  }
}
