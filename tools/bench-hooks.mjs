#!/usr/bin/env node
/*
 * How many webhooks a second are taken in: make bench ARGS="--only hooks [--seconds 12] [--engine sqlite|postgres]". Prints Markdown.
 * wrk sends reports of Vapi, each of a call of its own, so many at once; each answer is a webhook on the disk. Afterwards every one that was
 * answered has to be a call: the figures are of no use where one is missing.
 */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Ringside, folder, integer, mib, note, option, table } from "./measured.mjs";

const SECONDS = Number(option("--seconds", 12));
const ENGINE = option("--engine", null);
const AT_ONCE = [8, 32, 64];
const sleep = (ms) => new Promise((later) => setTimeout(later, ms));

async function measure(engine, database) {
  const server = await Ringside.start(`hooks-${engine}`, database, { RINGSIDE_SECRET_KEY: "a key to measure with, of 32 letters and more" });
  const rows = [];
  let sent = 0;
  try {
    const made = await (await server.ask("POST", "/api/v1/hooks", JSON.stringify({ name: "Bench", source: "vapi" }), { "Content-Type": "application/json" })).json();
    const calls = async () => {
      const answer = await server.ask("GET", "/api/v1/campaigns/bench/report").catch(() => null);
      return answer === null ? 0 : (await answer.json()).calls.total;
    };
    for (const atOnce of AT_ONCE) {
      const said = execFileSync("wrk", ["--threads", "1", "--connections", String(atOnce), "--duration", `${SECONDS}s`, "--timeout", "10s", "--script", "tools/bench-hooks.lua", made.address, "--", `at-${atOnce}`], { encoding: "utf8" });
      const run = JSON.parse(said.trim().split("\n").at(-1));
      if (run.unexpected + run.broken > 0) throw new Error(`not answered by 200: ${JSON.stringify(run)}`);
      sent += run.answered;
      const since = performance.now();
      for (let known = 0; known < sent; known = await calls()) {
        if (performance.now() - since > 300_000) throw new Error(`${sent} were answered, and ${known} are calls after five minutes`);
        await sleep(100);
      }
      rows.push([atOnce, integer(run.answered / run.seconds), `${run.p50.toFixed(0)} ms`, `${run.p95.toFixed(0)} ms`, `${run.p99.toFixed(0)} ms`, `${((performance.now() - since) / 1000).toFixed(1)} s`, mib(server.memory("VmHWM"))]);
      note(`${engine}: ${rows.at(-1).join(" · ")}`);
    }
    console.log(`## ${engine}: ${integer(sent)} webhooks, each a call\n`);
    table(["at once", "webhooks/s", "p50", "p95", "p99", "all read after the last", "most memory"], rows);
  } finally {
    await server.stop();
  }
}

try {
  const postgres = process.env.RINGSIDE_TEST_POSTGRES_SOCKET_URL;
  if (ENGINE !== "postgres") await measure("SQLite", `sqlite://${join(folder, "hooks.db")}`);
  if (ENGINE !== "sqlite" && postgres) {
    execFileSync("psql", ["--no-psqlrc", "--quiet", postgres, "--command", "CREATE DATABASE hooks"]);
    await measure("PostgreSQL", postgres.replace("/postgres?", "/hooks?"));
  }
} catch (error) {
  console.error(`bench: ${error.stack}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
