#!/usr/bin/env node
/*
 * Takes pictures of every page of a running demo, in both languages and themes, on a desktop and a phone:
 *
 *   node tools/screenshots.mjs FOLDER [URL EMAIL PASSWORD]
 *
 * Without a URL it starts a demo of its own (the release build, else the debug build) and stops it afterwards.
 * docs/overview.png, which the README shows, is FOLDER/overview-en-light-1440.png.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { launchOptions } from "../end2end/browser.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [folder, ...given] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node tools/screenshots.mjs FOLDER [URL EMAIL PASSWORD]");
  process.exit(2);
}

const CAMPAIGN = "/campaigns/nhac-phi-2611-1";
const PAGES = {
  campaigns: "/campaigns",
  overview: CAMPAIGN,
  calls: `${CAMPAIGN}/calls`,
  customers: `${CAMPAIGN}/customers`,
  usage: "/usage",
  statistics: "/statistics",
};

/** A demo on a free port; its address and sign-in, and what stops it. */
async function startDemo() {
  const program = ["release", "debug"].map((kind) => join(root, "target", kind, "ringside")).find((path) => existsSync(path));
  if (!program) throw new Error("ringside is not built: make server");
  const data = mkdtempSync(join(tmpdir(), "ringside-screenshots-"));
  const port = 3900 + (process.pid % 90);
  const environment = { ...process.env, RINGSIDE_LISTEN: `127.0.0.1:${port}` };
  const child = spawn(program, ["demo", "--folder", data], { cwd: data, env: environment, stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise((found, failed) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const ready = text.match(/Ringside demo: (\S+) sign in as (\S+) password (\S+)/);
      if (ready) found(ready);
    });
    child.once("exit", (code) => failed(new Error(`ringside demo ended with ${code}`)));
  });
  const stop = async () => {
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  return { url: line[1], email: line[2], password: line[3], stop };
}

const demo = given.length === 3 ? { url: given[0], email: given[1], password: given[2], stop: async () => {} } : await startDemo();
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch(launchOptions);
try {
  for (const language of ["vi", "en"]) {
    for (const theme of ["light", "dark"]) {
      for (const width of [1440, 390]) {
        const context = await browser.newContext({
          baseURL: demo.url,
          viewport: { width, height: width === 390 ? 844 : 900 },
          hasTouch: width === 390,
          locale: language === "vi" ? "vi-VN" : "en-GB",
          colorScheme: theme,
        });
        const page = await context.newPage();
        const shoot = (name) => page.screenshot({ path: join(folder, `${name}-${language}-${theme}-${width}.png`), fullPage: true });
        await page.goto("/sign-in");
        await page.waitForSelector("html[data-alive]");
        await shoot("sign-in");
        await page.locator("input[name=email]").fill(demo.email);
        await page.locator("input[name=password]").fill(demo.password);
        await page.locator("button[type=submit]").first().click();
        await page.waitForURL(/\/campaigns/);
        for (const [name, address] of Object.entries(PAGES)) {
          await page.goto(address);
          await page.waitForSelector("html[data-alive]");
          await page.waitForLoadState("networkidle").catch(() => {});
          await shoot(name);
        }
        await page.goto(`${CAMPAIGN}/calls?recorded=true`);
        await page.waitForSelector("html[data-alive]");
        await page.locator("a[data-call]:visible").first().click();
        await page.waitForLoadState("networkidle").catch(() => {});
        await shoot("opened");
        await context.close();
      }
    }
  }
} finally {
  await browser.close();
  await demo.stop();
}
console.log(`screenshots: ${folder}`);
