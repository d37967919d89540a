/* Own dimensions in an account of their own: declared on the settings page, read on the overview, followed into the calls; in both languages and themes. */
import { execFileSync } from "node:child_process";
import type { Page } from "@playwright/test";
import { alive, expect, look, test } from "./test";

test.use({ role: null });
// The second goes by what the first has declared.
test.describe.configure({ mode: "serial" });

const EMAIL = `dims-${process.pid}@tests.example`;
const ACCOUNT = `Chiều ${process.pid}`;
const PASSWORD = "a long password for tests";
const WIDTHS = [390, 768, 1366, 1920];

let [invited, token] = ["", ""];

test.beforeAll(() => {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("RINGSIDE_"));
  const environment = { ...Object.fromEntries(others), RINGSIDE_DATABASE_URL: process.env.RINGSIDE_PAGES_DATABASE };
  const ringside = (...words: string[]) => execFileSync(process.env.RINGSIDE_PAGES_PROGRAM ?? "", words, { env: environment, encoding: "utf8" });
  ringside("account", "add", ACCOUNT);
  token = ringside("token", "add", "tests", "--account", ACCOUNT).trim();
  invited = ringside("user", "add", EMAIL, "--account", ACCOUNT, "--role", "owner", "--at", process.env.RINGSIDE_PAGES_AT ?? "");
});

async function fill(page: Page) {
  const headers = { authorization: `Bearer ${token}` };
  const put = async (path: string, data: unknown) => {
    const answer = await page.request.put(`/api/v1/${path}`, { headers, data });
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
  };
  await put("voicebots/bot", { name: "Bot" });
  await put("campaigns/own", { name: "Kịch bản mới", voicebot: "bot" });
  await put("result-codes/DY", { label_vi: "Đồng ý", label_en: "Agreed", is_goal: true });
  const long = `Danh sách khách hàng thân thiết ${"rất dài ".repeat(18)}`.slice(0, 190);
  const calls = Array.from({ length: 300 }, (_, n) => {
    const dialed_at = Date.parse("2026-11-04T09:00:00+07:00") + n * 60_000;
    const script = n % 7 ? `v${n % 4}` : undefined;
    const list = n < 150 ? `Danh sách ${n % 15}` : long;
    const answered = n % 3 ? { answered_at: dialed_at + 5_000, result_code: n % 2 ? "DY" : "TC" } : { result_code: "NA" };
    return { id: `own-${n}`, campaign: "own", contact: { id: `c-${n % 200}`, phone: `09000${10_000 + (n % 200)}` }, dialed_at, ended_at: dialed_at + 60_000, attributes: { script, list }, ...answered };
  });
  const answer = await page.request.post("/api/v1/calls", { headers, data: calls });
  expect(await answer.json()).toMatchObject({ rejected: 0 });
}

async function signIn(page: Page) {
  await page.goto(invited.match(/\/set-password\S+/)?.[0] ?? "");
  for (const name of ["password", "repeat"]) await page.locator(`input[name=${name}]`).fill(PASSWORD);
  await page.locator("button[type=submit]").first().click();
  await page.waitForURL((address) => !address.pathname.startsWith("/set-password"));
  await page.goto("/sign-in");
  await page.locator("input[name=email]").fill(EMAIL);
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.locator("button[type=submit]").first().click();
  await page.waitForURL(/\/campaigns/);
}

test("a dimension is declared, fills the past, and each of its counts leads to its calls", async ({ page, context, accessible }) => {
  await look(context, { language: "vi", theme: "light" });
  await signIn(page);
  await fill(page);
  for (const [key, vi, en] of [["script", "Kịch bản", "Script"], ["list", "Danh sách", "List"]] as const) {
    await page.goto("/settings/dimensions");
    await alive(page);
    const form = page.locator("#dimension-new");
    await expect(form.locator("input[name=key]"), "the next known key is proposed").toHaveValue(key);
    await form.locator("input[name=label_vi]").fill(vi);
    await form.locator("input[name=label_en]").fill(en);
    await form.getByRole("button").click();
    await expect(page.locator("code", { hasText: key })).toBeVisible();
  }
  // The job goes through what was there before.
  await expect(async () => {
    await page.goto("/settings/dimensions");
    await expect(page.locator(".notice", { hasText: "%" })).toHaveCount(0);
  }).toPass({ timeout: 60_000 });

  await page.goto("/campaigns/own");
  await alive(page);
  const panel = page.locator("#own-1");
  await expect(panel.locator("h3")).toHaveText("Kịch bản");
  const counts = await panel.locator("tbody tr td:nth-child(2) a").allTextContents();
  expect(counts.map(Number).reduce((sum, n) => sum + n, 0), "rows sum to the whole").toBe(300);
  const row = panel.locator("tbody tr", { hasText: "v1" });
  const [calls, newly] = await Promise.all([2, 8].map((n) => row.locator(`td:nth-child(${n})`).textContent()));
  expect(Number(newly)).toBeLessThanOrEqual(Number(calls));
  await row.locator("td:nth-child(2) a").click();
  await expect(page).toHaveURL(/own=1\.\d+/);
  await expect(page.locator("[aria-label='Tổng của bộ lọc'] b").first()).toHaveText(calls ?? "");
  await expect(page.locator(".chip", { hasText: "Kịch bản: v1" })).toBeVisible();

  // The column is chosen; every row has the value.
  await page.goto(`${page.url()}&column=time&column=own&column=talk`);
  await alive(page);
  for (const cell of await page.locator(".calls-table tbody tr:not(.row-detail) td:nth-child(15)").all()) await expect(cell).toContainText("Kịch bản: v1");

  // The filter's form: another value is ticked.
  await page.locator(".chip-add").first().click();
  const other = page.locator("label", { hasText: "v2" }).locator("input[name=own]");
  await other.check();
  await page.locator("#call-filters button[type=submit]").click();
  await expect(page).toHaveURL(/own=1\.\d+&own=1\.\d+/);

  for (const address of ["/settings/dimensions", "/campaigns/own", "/campaigns/own/calls?own=1.none", "/compare?campaign=own&from=2026-11-04&to=2026-11-04&against=previous"]) await accessible(address);
  for (const language of ["vi", "en"] as const) {
    await look(context, { language, theme: "light" });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      for (const address of ["/settings/dimensions", "/campaigns/own", "/campaigns/own/calls?own=1.none&column=time&column=own"]) {
        await page.goto(address);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), `${address} at ${width} px`).toBeLessThanOrEqual(0);
      }
    }
  }
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  test("the panel is read and followed", async ({ page, context }) => {
    await look(context, { language: "en", theme: "dark" });
    await page.goto("/sign-in");
    await page.locator("input[name=email]").fill(EMAIL);
    await page.locator("input[name=password]").fill(PASSWORD);
    await page.locator("button[type=submit]").first().click();
    await page.goto("/campaigns/own");
    await expect(page.locator("#own-1 h3")).toHaveText("Script");
    await page.locator("#own-1 tbody tr", { hasText: "v2" }).locator("td:nth-child(2) a").click();
    await expect(page).toHaveURL(/own=1\.\d+/);
    await expect(page.locator(".chip", { hasText: "Script: v2" })).toBeVisible();
  });
});
