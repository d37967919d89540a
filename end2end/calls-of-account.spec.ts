/* All calls of the account, and the ways that lead there: the figures, columns and rows of the access statistics. */
import type { Page } from "@playwright/test";
import { alive, expect, look, test } from "./test";

const number = (text: string | null) => Number((text ?? "").replaceAll(/\D/g, ""));

/** How many calls the list says it has. */
async function listed(page: Page) {
  await expect(page).toHaveURL(/\/calls\?/);
  await alive(page);
  return number(await page.getByRole("group", { name: /Tổng của bộ lọc|Sums of the filter/ }).locator("b").first().textContent());
}

test.describe("the calls of the account are accessible in both languages and themes", () => {
  test.describe.configure({ timeout: 300_000 });
  for (const address of ["/calls", "/calls?voicebot=bot-nhac-phi&class=success", "/calls?from=2019-01-01&to=2019-01-02"]) {
    test(address, async ({ accessible }) => accessible(address));
  }
  test("on a phone", async ({ page, accessible }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await accessible("/calls");
  });
});

for (const language of ["vi", "en"] as const) {
  test(`figures, rows and columns of the statistics lead to just their calls, in ${language}`, async ({ page, context }) => {
    await look(context, { language, theme: "light" });
    const address = "/statistics?from=2026-10-01&to=2026-10-31";
    await page.goto(address);
    await alive(page);
    const calls = number(await page.locator(".kpi-card").nth(4).locator(".kpi-value").textContent());
    expect(calls).toBeGreaterThan(0);
    for (let n = 0; n < 6; n++) {
      await page.goto(address);
      await page.locator(".kpi-card .kpi-value a").nth(n).click();
      expect(await listed(page)).toBe(calls);
    }

    // A voicebot's row.
    await page.goto(address);
    const row = page.locator("section.panel-table").nth(1).locator("tbody tr").first();
    const ofVoicebot = number(await row.locator("td.num").nth(6).textContent());
    const name = (await row.locator("a").first().textContent()) ?? "";
    await row.locator("a").first().click();
    expect(await listed(page)).toBe(ofVoicebot);
    await expect(page.locator("select[name=voicebot] option:checked")).toHaveText(name);
    await expect(page.locator(".chips .chip").filter({ hasText: name })).toBeVisible();

    // A campaign's row is narrowed to the voicebot of the page.
    const voicebot = new URL(page.url()).searchParams.get("voicebot") ?? "";
    await page.goto(`${address}&voicebot=${voicebot}`);
    const campaign = page.locator("section.panel-table").nth(2).locator("tbody tr").first();
    const ofCampaign = number(await campaign.locator("td.num").nth(4).textContent());
    await campaign.locator("a").first().click();
    await expect(page).toHaveURL(/\/campaigns\/.*\/calls\?.*voicebot=/);
    expect(await listed(page)).toBe(ofCampaign);

    // A day of the trend, by its table.
    await page.goto(address);
    const day = page.locator("#trend-table tbody tr").filter({ hasNot: page.locator("td.undefined") }).first();
    const ofDay = number(await day.locator("td.num").nth(4).textContent());
    const href = (await day.locator("a").getAttribute("href")) ?? "";
    await page.goto(href);
    expect(await listed(page)).toBe(ofDay);
  });
}

test("a call of any campaign is opened, heard, and leads to its campaign", async ({ page }) => {
  await page.goto("/calls");
  await alive(page);
  await expect(page.locator("aside nav a[aria-current=page]")).toHaveText("Cuộc gọi");
  const names = new Set(await page.locator("tbody tr[data-row] td.key small").allTextContents());
  expect(names.size, "each row says its campaign").toBeGreaterThan(0);
  await page.goto("/calls?recorded=true&sort=-talk_time");
  await alive(page);
  await page.locator("tbody a[data-call]").first().click();
  await expect(page).toHaveURL(/open=/);
  await page.locator(".transcript a").first().click();
  await expect(page.getByRole("region", { name: /Trình phát|Player/ })).toBeVisible();
  // The list goes on while it plays.
  await page.getByRole("link", { name: "Sau", exact: true }).click();
  await expect(page).toHaveURL(/cursor=/);
  await page.goBack();
  const campaign = page.locator(".call-sum a.link:visible");
  const name = (await campaign.textContent()) ?? "";
  await campaign.click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
});

test("the voicebot is chosen by a form that keeps the other filters", async ({ page }) => {
  await page.goto("/calls?class=success&from=2026-10-01&to=2026-10-31");
  await alive(page);
  const all = await listed(page);
  await page.locator("select[name=voicebot]").selectOption({ index: 1 });
  await page.locator("select[name=voicebot] ~ button").click();
  await expect(page).toHaveURL(/class=success/);
  await expect(page).toHaveURL(/voicebot=/);
  await expect(page).toHaveURL(/from=2026-10-01/);
  await expect.poll(() => listed(page)).toBeLessThan(all);
});

test("the files are those of the filter, from all campaigns", async ({ page }) => {
  await page.goto("/calls?from=2026-10-01&to=2026-10-31&class=success");
  await alive(page);
  const coming = page.waitForEvent("download");
  await page.locator('a[href^="/calls.csv"]:visible').click();
  const file = await coming;
  expect(file.suggestedFilename()).toMatch(/^calls-\d{4}-\d\d-\d\d\.csv$/);
});

test("a voicebot that is none is said, not shown as an empty list", async ({ page, complaints }) => {
  await page.goto("/calls?voicebot=nobody");
  await expect(page.getByRole("heading").first()).toHaveText(/giá trị chưa đúng/);
  complaints.length = 0;
});

test("the link to a call is copied, and that is said", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/calls");
  await alive(page);
  await page.locator("tr[data-row]").first().click();
  const link = page.getByRole("link", { name: "Chép liên kết cuộc gọi" });
  const address = page.url();
  await link.click();
  await expect(page.locator(".toast")).toContainText("Đã chép liên kết cuộc gọi");
  expect(page.url()).toBe(address);
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(await link.evaluate((link: HTMLAnchorElement) => link.href));
  await page.goto(copied);
  await expect(page.locator(".opened-call:visible").first()).toBeVisible();
});
