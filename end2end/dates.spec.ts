/* What holds on whatever day, and at whatever hour, the demo begins: tools/test-long.sh runs this at several instants. */
import { execFileSync } from "node:child_process";
import type { Page } from "@playwright/test";
import { alive, expect, test } from "./test";

const number = (text: string | null) => Number((text ?? "").replaceAll(/\D/g, ""));

/** Whether customers are called ten minutes after the demo began, when these tests are over: not at Tết 2027. */
function isCalling() {
  const begun = Date.parse(process.env.RINGSIDE_PAGES_AT ?? "");
  return [0, 600_000].every((after) => {
    const local = new Date(begun + after + 7 * 3_600_000);
    const day = local.toISOString().slice(0, 10);
    const isTet = day >= "2027-02-05" && day <= "2027-02-10";
    return local.getUTCDay() !== 0 && !isTet && local.getUTCHours() >= 8 && local.getUTCHours() < 20;
  });
}

/** The addresses of the campaigns in a state, newest first. */
async function campaigns(page: Page, state: string) {
  await page.goto(`/campaigns?state=${state}`);
  const links = page.locator("main a[href^='/campaigns/']");
  await expect(links.first()).toBeVisible();
  const paths = await links.evaluateAll((links) => links.map((link) => new URL((link as HTMLAnchorElement).href).pathname));
  return [...new Set(paths.filter((path) => /^\/campaigns\/[^/]+$/.test(path)))];
}

const listed = async (page: Page) => number(await page.getByRole("group", { name: "Tổng của bộ lọc" }).locator("b").first().textContent());

test("overview, list and file of the last completed campaign have as many calls", async ({ page }) => {
  const [address] = await campaigns(page, "completed");
  await page.goto(address);
  const calls = number(await page.locator("nav.tabs a").nth(1).textContent());
  expect(calls).toBeGreaterThan(500);
  const bars = await page.locator(".bars:not(.bars-ended) .bar-row .bar-count").allTextContents();
  expect(bars.reduce((sum, bar) => sum + number(bar), 0)).toBe(calls);
  await page.goto(`${address}/calls`);
  expect(await listed(page)).toBe(calls);
  const csv = await (await page.request.get(`${address}/calls.csv`)).text();
  expect(csv.trimEnd().split("\n").length - 1).toBe(calls);
});

test("the running campaign has called in the calling hours only, and goes on in them", async ({ page }) => {
  const [address, ...others] = await campaigns(page, "running");
  expect(others).toEqual([]);
  await page.goto(`${address}/calls`);
  await alive(page);
  const before = await listed(page);
  expect(before).toBeGreaterThan(4_000);
  if (isCalling()) await expect.poll(() => listed(page), { timeout: 30_000 }).toBeGreaterThan(before);
  const csv = await (await page.request.get(`${address}/calls.csv`)).text();
  // The first instant of a row is when it was dialled.
  const rows = csv.trimEnd().split("\n").slice(1);
  const hours = new Set(rows.map((row) => Number(row.match(/\d{4}-\d\d-\d\dT(\d\d):/)?.[1])));
  expect(Math.min(...hours)).toBeGreaterThanOrEqual(8);
  expect(Math.max(...hours)).toBeLessThan(20);
  // At night all calls are over, and nothing comes.
  if (!isCalling()) {
    await page.reload();
    expect(await listed(page)).toBe(before);
    expect(rows.length).toBe(before);
  }
});

test("every page opens, today's figures too, and a call of the last campaign can be heard", async ({ page }) => {
  const [completed] = await campaigns(page, "completed");
  const [running] = await campaigns(page, "running");
  for (const address of ["/campaigns", "/calls", "/usage", "/statistics", `${running}?period=today`, `${running}?period=this-month`, `${completed}?period=last-7-days`]) {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await alive(page);
  }
  await page.goto(`${completed}/calls?recorded=true&class=success&max_talk=60000`);
  await alive(page);
  await page.locator("tr[data-row] a[href*='/recording?account=']").first().click();
  await expect.poll(() => page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.currentTime)).toBeGreaterThan(0.2);
});

test("a recount finds nothing", () => {
  test.setTimeout(180_000);
  const { RINGSIDE_PAGES_PROGRAM: program = "", RINGSIDE_PAGES_DATABASE: database = "" } = process.env;
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("RINGSIDE_"));
  const environment = { ...Object.fromEntries(others), RINGSIDE_DATABASE_URL: database };
  const said = execFileSync(program, ["verify"], { env: environment, encoding: "utf8" });
  expect(said).toContain("every stored total agrees");
});
