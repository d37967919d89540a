/* A list that changes by itself, under the hands of somebody who reads it. */
import { execFileSync } from "node:child_process";
import type { APIRequestContext, Page } from "@playwright/test";
import { alive, expect, test } from "./test";

// One campaign for these tests, which count its calls.
test.describe.configure({ mode: "serial" });

const CAMPAIGN = "live-list";
const LIST = `/campaigns/${CAMPAIGN}/calls`;
/** Twenty calls a second, in four portions. */
const [PORTION, PAUSE] = [5, 250];

let token = "";
let sent = 0;

test.beforeAll(() => {
  const { RINGSIDE_PAGES_PROGRAM: program = "", RINGSIDE_PAGES_DATABASE: database = "" } = process.env;
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("RINGSIDE_"));
  const environment = { ...Object.fromEntries(others), RINGSIDE_DATABASE_URL: database };
  const said = execFileSync(program, ["token", "add", `live-${process.pid}`, "--account", "An Tâm"], { env: environment, encoding: "utf8" });
  token = said.trim();
});

/** Sends calls that are later than all before them; one in five is still in progress. */
async function send(request: APIRequestContext, number: number) {
  const begun = Date.parse(process.env.RINGSIDE_PAGES_AT ?? "") - 3_600_000;
  const calls = Array.from({ length: number }, () => {
    const n = sent++;
    const ended = n % 5 ? { ended_at: begun + n * 100 + 20_000, result_code: "NA" } : {};
    return { id: `live-${n}`, campaign: CAMPAIGN, contact: { id: `live-${n}`, name: `Khách ${n}` }, dialed_at: begun + n * 100, ...ended };
  });
  const answer = await request.post("/api/v1/calls", { data: calls, headers: { Authorization: `Bearer ${token}` } });
  expect(await answer.json()).toMatchObject({ rejected: 0 });
}

/** Calls come in until the returned function is called. */
function flow(request: APIRequestContext) {
  let goes = true;
  const ended = (async () => {
    while (goes) {
      await send(request, PORTION);
      await new Promise((next) => setTimeout(next, PAUSE));
    }
  })();
  return async () => {
    goes = false;
    await ended;
  };
}

const total = (page: Page) => page.locator("[aria-label='Tổng của bộ lọc'] b").first().textContent();

/** Waits until the page has shown so many further states of the list. */
async function updates(page: Page, number: number) {
  for (let n = 0; n < number; n++) {
    const before = await total(page);
    await expect.poll(() => total(page), { timeout: 30_000 }).not.toBe(before);
  }
}

test.beforeEach(async ({ page, playwright, baseURL }) => {
  const request = await playwright.request.newContext({ baseURL });
  const about = { name: "Danh sách đang chạy", voicebot: "bot-nhac-phi", state: "paused" };
  await request.put(`/api/v1/campaigns/${CAMPAIGN}`, { data: about, headers: { Authorization: `Bearer ${token}` } });
  await send(request, 60);
  await request.dispose();
  await page.goto(LIST);
  await alive(page);
});

test("an opened row stays where it is, and so do the focus and the page; what is new waits", async ({ page, request }) => {
  const row = page.locator("tr[data-row] a[data-call]").nth(4);
  const opened = await row.getAttribute("data-call");
  await row.click();
  await expect(page.locator("tr.row-detail .timeline")).toBeVisible();
  await page.evaluate(() => scrollTo(0, 160));
  const place = () =>
    page.evaluate((call) => {
      const link = document.querySelector(`tr a[data-call="${call}"]`);
      const next = document.querySelector(".table-foot a[rel=next]")?.getAttribute("href");
      return { top: link?.getBoundingClientRect().top, focus: document.activeElement?.getAttribute("data-call"), scroll: scrollY, next };
    }, opened);
  const before = await place();
  expect(before.focus).toBe(opened);
  const stop = flow(request);
  await updates(page, 4);
  expect(await place(), "Morphed: docs/ARCHITECTURE.md, Couplings").toEqual(before);
  const waiting = page.getByRole("button", { name: /^\d+ cuộc gọi mới$/ });
  await expect(waiting).toBeInViewport();
  await stop();
  // All that was sent is counted: nothing further comes.
  await expect.poll(async () => Number((await total(page))?.replaceAll(/\D/g, ""))).toBe(sent);
  await waiting.click();
  await expect(waiting).toBeHidden();
  // The opened call stands above the others once it is on this page no more.
  const first = () => page.locator("tr[data-row] a[data-call]").evaluateAll((links) => links.slice(0, 2).map((link) => link.getAttribute("data-call")));
  await expect.poll(first).toContain(`live-${sent - 1}`);
  expect(await page.evaluate(() => scrollY)).toBe(0);
});

test("at the top of the page new rows come by themselves", async ({ page, request }) => {
  await send(request, 3);
  await expect(page.locator("tr[data-row] a[data-call]").first()).toHaveAttribute("data-call", `live-${sent - 1}`);
  await expect(page.getByRole("button", { name: /mới$/ })).toBeHidden();
});

test("a popover stays open beside its button, and a row that was chosen by keyboard keeps the focus", async ({ page, request }) => {
  const stop = flow(request);
  await updates(page, 1);
  await page.getByRole("button", { name: "Thêm bộ lọc" }).click();
  const panel = page.locator("#call-filters");
  await expect(panel).toBeVisible();
  const box = await panel.boundingBox();
  await updates(page, 3);
  await expect(panel, "Morphed: docs/ARCHITECTURE.md, Couplings").toBeVisible();
  expect((await panel.boundingBox())?.x).toBe(box?.x);
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  const chosen = await page.evaluate(() => document.activeElement?.getAttribute("data-call"));
  expect(chosen).toBeTruthy();
  await updates(page, 3);
  const focused = await page.evaluate(() => document.activeElement?.getAttribute("data-call"));
  expect(focused, "Morphed: docs/ARCHITECTURE.md, Couplings").toBe(chosen);
  await stop();
});

test("without a connection the page stays, says so, and goes on by itself", async ({ page, request, complaints }) => {
  const row = page.locator("tr[data-row] a[data-call]").nth(1);
  await row.click();
  await expect(page.locator("tr.row-detail .timeline")).toBeVisible();
  let online = false;
  await page.route("**/fn/**", (route) => (online ? route.continue() : route.abort("internetdisconnected")));
  const stop = flow(request);
  const note = page.getByText("Mất kết nối, đang thử lại");
  await expect(note).toBeVisible();
  await expect(page.locator("tr.row-detail .timeline")).toBeVisible();
  const before = await total(page);
  online = true;
  await expect(note).toBeHidden();
  await expect.poll(() => total(page)).not.toBe(before);
  await expect(page.locator("tr.row-detail .timeline")).toBeVisible();
  await stop();
  // The browser reports each request that did not come through.
  complaints.length = 0;
});

test("offline, a server on the same machine is reached all the same", async ({ page }) => {
  await page.evaluate(() => Object.defineProperty(navigator, "onLine", { get: () => false }));
  await page.locator(".sidebar").getByRole("link", { name: "Thống kê" }).click();
  await expect(page).toHaveURL(/\/statistics/);
});

test("a link that is followed without a network leaves the page as it is, and says why", async ({ page, context, complaints }) => {
  const rows = page.locator("tr[data-row]");
  const number = await rows.count();
  const statistics = page.locator(".sidebar").getByRole("link", { name: "Thống kê" });
  await context.setOffline(true);
  await statistics.click();
  const note = page.getByText("Không có mạng");
  await expect(note).toBeVisible();
  expect(new URL(page.url()).pathname).toBe(LIST);
  await expect(rows).toHaveCount(number);
  await context.setOffline(false);
  await expect(note).toBeHidden();
  await statistics.click();
  await expect(page).toHaveURL(/\/statistics/);
  // The browser reports each request that did not come through.
  complaints.length = 0;
});
