/* A phone's page before its code has taken it over: what is touched first does what it says (web/boot.js). */
import type { Page } from "@playwright/test";
import { expect, test } from "./test";

const RUNNING = "/campaigns/nhac-phi-2611-2";
const RECORDED = "/campaigns/nhac-phi-2611-1/calls?recorded=true&class=success";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

/** Opens an address; the code has come, and waits. Time stands still: nobody can have left the phone alone. */
async function untouched(page: Page, address: string) {
  const begin = Date.now();
  await page.clock.install({ time: begin });
  await page.clock.pauseAt(begin + 60_000);
  const code = page.waitForResponse(/ringside_bg\.\w+\.wasm/);
  await page.goto(address);
  await page.clock.runFor(100);
  await (await code).finished();
  // The page's own was begun before.
  await page.evaluate(async () => {
    const { wasm = "" } = document.querySelector<HTMLElement>("script[data-wasm]")?.dataset ?? {};
    await WebAssembly.compileStreaming(fetch(wasm));
  });
  await page.evaluate(() => (document.body.dataset.first = ""));
  expect(await isAlive(page)).toBe(false);
}

const isAlive = (page: Page) => page.evaluate(() => "alive" in document.documentElement.dataset);
/** Whether it is still the same document. */
const isFirst = (page: Page) => page.evaluate(() => "first" in document.body.dataset);

/** Lets a little time pass, far less than the page waits by itself, until `what` is so. */
async function soon(page: Page, what: () => Promise<unknown>) {
  let passed = 0;
  await expect
    .poll(async () => {
      if (passed < 2000) await page.clock.runFor(50);
      passed += 50;
      return what();
    })
    .toBeTruthy();
}

test("left alone, a page is taken over by itself", async ({ page }) => {
  await untouched(page, RUNNING);
  await page.clock.runFor(5000);
  await expect.poll(() => isAlive(page)).toBe(true);
});

test("the first tap on ▶ plays", async ({ page }) => {
  await untouched(page, RECORDED);
  await page.locator(".call-card [data-play]").first().tap();
  await soon(page, () => page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.currentSrc.includes("/recording")));
  await expect(page.locator(".call-card [data-play]").first()).toHaveClass(/is-playing/);
  expect(await isFirst(page)).toBe(true);
});

test("the first tap on a call opens it in its place", async ({ page }) => {
  await untouched(page, RECORDED);
  const call = page.locator(".call-card [data-call]").first();
  await call.tap();
  await soon(page, () => page.locator(".call-cards .timeline").isVisible());
  await expect(call).toHaveAttribute("aria-expanded", "true");
  await expect(call).not.toHaveAttribute("aria-busy");
  await expect(page.locator(".call-card").first()).toHaveClass(/row-open/);
  expect(await isFirst(page)).toBe(true);
});

test("a first filter is applied without leaving the page", async ({ page }) => {
  await untouched(page, RECORDED);
  await page.locator(".segmented a:visible").first().tap();
  await soon(page, async () => !page.url().includes("class="));
  expect(await isFirst(page)).toBe(true);
});

test("what is typed first is searched for", async ({ page }) => {
  await untouched(page, RECORDED);
  await page.locator("input[name=q]").tap();
  await page.keyboard.type("ng");
  await soon(page, async () => page.url().includes("q=ng"));
  expect(await isFirst(page)).toBe(true);
});

test("the first key chooses a row", async ({ page }) => {
  await untouched(page, RECORDED);
  await page.keyboard.press("j");
  await soon(page, () => page.evaluate(() => document.activeElement?.hasAttribute("data-call")));
  await expect(page.locator(".call-card [data-call]").first()).toBeFocused();
});

test("a first tap on a link leads on, without waiting for the page's code", async ({ page }) => {
  await untouched(page, "/campaigns");
  await page.locator("main a[href^='/campaigns/']:visible").first().tap();
  await page.waitForURL(/\/campaigns\/./);
});

test("a recording is not played in place of the page while its code is on its way", async ({ page }) => {
  let come = () => {};
  const coming = new Promise<void>((done) => (come = done));
  await page.route(/ringside_bg\.\w+\.wasm/, async (route) => {
    await coming;
    await route.continue();
  });
  await page.goto(RECORDED);
  await page.evaluate(() => (document.body.dataset.first = ""));
  const button = page.locator(".call-card [data-play]").first();
  await button.tap();
  await expect(button).toHaveAttribute("aria-busy", "true");
  come();
  await expect(button).toHaveClass(/is-playing/);
  expect(await isFirst(page)).toBe(true);
});

test("a running campaign goes on though nobody touches the phone", async ({ page }) => {
  await page.goto(RUNNING);
  const progress = page.locator("section", { has: page.locator("#progress-title") });
  const before = (await progress.textContent()) ?? "";
  await expect(progress).not.toHaveText(before, { timeout: 30_000 });
});

test("nothing moves when the font comes", async ({ page }) => {
  await page.addInitScript(() => {
    const moves: { value: number; what: string }[] = [];
    Object.assign(globalThis, { moves });
    new PerformanceObserver((list) => {
      for (const move of list.getEntries() as (PerformanceEntry & { value: number; sources: { node?: Element }[] })[]) {
        moves.push({ value: move.value, what: move.sources.map(({ node }) => node?.textContent?.trim().slice(0, 30)).join(" | ") });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  for (const address of ["/campaigns", RUNNING, "/campaigns/nhac-phi-2611-1", RECORDED, "/campaigns/nhac-phi-2611-1/customers", "/usage", "/statistics"]) {
    let come = () => {};
    const coming = new Promise<void>((done) => (come = done));
    await page.route(/\.woff2$/, async (route) => {
      await coming;
      await route.continue();
    });
    await page.goto(address, { waitUntil: "domcontentloaded" });
    await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
    come();
    await page.waitForFunction(() => document.fonts.status === "loaded" && [...document.fonts].some((face) => face.family.includes("Inter Variable") && face.status === "loaded"));
    // The picture after the one in which the font is there.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(drawn)))));
    const moves = await page.evaluate(() => (globalThis as unknown as { moves: { value: number; what: string }[] }).moves);
    const sum = moves.reduce((sum, { value }) => sum + value, 0);
    expect(sum, `${address}: ${moves.map(({ what }) => what).join("; ")}`).toBeLessThan(0.05);
    await page.unroute(/\.woff2$/);
  }
});
