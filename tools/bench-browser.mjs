#!/usr/bin/env node
/*
 * What Lighthouse says of every page with the demo's data, on a phone (its usual slow network and processor) and on a desktop. Prints
 * Markdown. `tools/bench.sh --only browser` runs it.
 *
 * Lighthouse is put into the target folder, in the version below: it brings more than the tests of the whole browser side do.
 */
import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "@playwright/test";
import { launchOptions } from "../end2end/browser.mjs";
import { Ringside, folder, freePort, note, table, target } from "./measured.mjs";

const VERSION = "12.8.2";
const place = join(target, `lighthouse-${VERSION}`);
const module = join(place, "node_modules", "lighthouse");
if (!existsSync(module)) {
  note(`installing lighthouse ${VERSION} into ${place}`);
  execFileSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", place, `lighthouse@${VERSION}`], { stdio: ["ignore", "ignore", "inherit"] });
}
const load = async (file) => (await import(pathToFileURL(join(module, file)))).default;
const lighthouse = await load("core/index.js");
const desktop = await load("core/config/desktop-config.js");

const CAMPAIGN = "/campaigns/nhac-phi-2611-1";
const PARTS = ["account", "voicebots", "campaigns", "codes", "tariffs", "recipients", "people", "tokens", "sign-in", "log", "erasure"];
const PAGES = ["/sign-in", "/campaigns", CAMPAIGN, "/campaigns/nhac-phi-2611-2", `${CAMPAIGN}/calls`, `${CAMPAIGN}/customers`, "/calls",
  "/usage", "/statistics", "/jobs", "/hooks", "/import", "/accounts", "/forgot-password", ...PARTS.map((part) => `/settings/${part}`)];
/** The least score of performance; what the pages may take is the same for both. */
const DEVICES = [
  ["phone", undefined, 95],
  ["desktop", desktop, 99],
];
const [BLOCKED, PAINTED, SHIFTED] = [200, 2_000, 0.05];

const mark = (value, holds) => `${value} ${holds ? "✓" : "✗"}`;
const ringside = await Ringside.demo();
const port = await freePort();
const browser = await chromium.launch({ ...launchOptions, args: [...launchOptions.args, `--remote-debugging-port=${port}`] });
try {
  const cookie = await ringside.signIn();
  const { calls } = await (await ringside.ask("GET", `/api/v1${CAMPAIGN}/calls?recorded=true&limit=1`)).json();
  const pages = [...PAGES, `${CAMPAIGN}/calls?open=${calls[0].id}`, `${CAMPAIGN}/customers?customer=${encodeURIComponent(calls[0].contact.id)}`];
  for (const [device, config, least] of DEVICES) {
    const rows = [];
    for (const path of pages) {
      const extraHeaders = { "Accept-Language": "vi", ...(path === "/sign-in" ? {} : { Cookie: cookie }) };
      const settings = { port, extraHeaders, onlyCategories: ["performance", "accessibility"], logLevel: "error" };
      const { lhr } = await lighthouse(`${ringside.url}${path}`, settings, config);
      if (lhr.runtimeError) throw new Error(`${path}: ${lhr.runtimeError.message}`);
      const figure = (audit) => lhr.audits[audit].numericValue;
      const [score, access] = ["performance", "accessibility"].map((name) => Math.round(lhr.categories[name].score * 100));
      const [painted, blocked, shifted] = ["largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift"].map(figure);
      const wrong = lhr.categories.accessibility.auditRefs.map(({ id }) => lhr.audits[id]).filter((audit) => audit.score === 0);
      for (const audit of wrong) note(`${path} on a ${device}: ${audit.title}`);
      rows.push([
        path,
        mark(score, score >= least),
        mark(`${Math.round(painted)} ms`, painted < PAINTED),
        mark(`${Math.round(blocked)} ms`, blocked < BLOCKED),
        mark(shifted.toFixed(3), shifted < SHIFTED),
        mark(access, access === 100),
      ]);
      note(`${device} ${path}: ${score}`);
    }
    table([`page on a ${device}`, `performance (≥ ${least})`, "LCP (< 2.0 s)", "TBT (< 200 ms)", "CLS (< 0.05)", "accessibility (100)"], rows);
  }
} finally {
  await browser.close();
  await ringside.stop();
  rmSync(folder, { recursive: true, force: true });
}
