#!/usr/bin/env node
/*
 * Takes pictures of every page of a running demo, in both languages and themes, on a desktop and a phone:
 *
 *   node tools/screenshots.mjs FOLDER URL EMAIL PASSWORD
 *
 * `make demo` prints the last three. docs/overview.png, which the README shows, is FOLDER/overview-en-light-1440.png.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { launchOptions } from "../end2end/browser.mjs";

const [folder, url, email, password] = process.argv.slice(2);
if (!password) {
  console.error("usage: node tools/screenshots.mjs FOLDER URL EMAIL PASSWORD");
  process.exit(2);
}

const CAMPAIGN = "/campaigns/nhac-phi-2611-1";
const PAGES = {
  campaigns: "/campaigns",
  overview: CAMPAIGN,
  calls: `${CAMPAIGN}/calls`,
  customers: `${CAMPAIGN}/customers`,
  "all-calls": "/calls",
  usage: "/usage",
  statistics: "/statistics",
};

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch(launchOptions);
try {
  for (const language of ["vi", "en"]) {
    for (const theme of ["light", "dark"]) {
      for (const width of [1440, 390]) {
        const context = await browser.newContext({
          baseURL: url,
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
        await page.locator("input[name=email]").fill(email);
        await page.locator("input[name=password]").fill(password);
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
}
console.log(`screenshots: ${folder}`);
