/* How the page tests run: one Ringside with demo data for all of them, in the installed Chromium. */
import { defineConfig } from "@playwright/test";
import { launchOptions } from "./browser.mjs";

export default defineConfig({
  testDir: ".",
  outputDir: "test-results",
  globalSetup: "./ringside.ts",
  fullyParallel: true,
  workers: 2,
  // A test that passes the second time hides what failed the first.
  retries: 0,
  forbidOnly: true,
  timeout: 180_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    launchOptions,
    locale: "vi-VN",
    timezoneId: process.env.RINGSIDE_PAGES_ZONE ?? "Asia/Ho_Chi_Minh",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
  projects: [
    { name: "desktop", use: { viewport: { width: 1440, height: 900 } } },
    // Only what is told to run on a phone does.
    { name: "phone", grep: /@phone/, use: { viewport: { width: 390, height: 844 }, hasTouch: true } },
  ],
});
