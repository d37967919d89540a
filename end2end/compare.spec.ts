/* Campaigns side by side: chosen in the list, compared, drawn, taken out; in both languages and themes. */
import { alive, expect, look, test } from "./test";

const TWO = "/compare?campaign=nhac-phi-2610-1&campaign=nhac-phi-2611-1";

test.describe("campaigns side by side are accessible in both languages and themes", () => {
  test.describe.configure({ timeout: 300_000 });
  for (const address of ["/compare", TWO, "/compare?campaign=nhac-phi-2611-1&from=2026-11-10&to=2026-11-12&against=previous", `${TWO}&by=day&figure=answer_rate`]) test(address, async ({ accessible }) => accessible(address));
  test("on a phone", async ({ page, accessible }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const address of ["/compare", TWO]) await accessible(address);
  });
});

for (const [language, compare, add, by_day, against] of [
  ["vi", "So sánh", "Thêm chiến dịch", "Theo ngày thứ mấy", "mốc so sánh"],
  ["en", "Compare", "Add a campaign", "By day from the first", "compared with"],
] as const) {
  test(`two campaigns are ticked in the list, a third is added and one left out, in ${language}`, async ({ page, context }) => {
    await look(context, { language, theme: "light" });
    await page.goto("/campaigns?state=completed");
    await alive(page);
    const ticks = page.locator(".compare-tick:visible");
    const chosen = await Promise.all([0, 1].map((n) => ticks.nth(n).getAttribute("value")));
    for (const n of [0, 1]) await ticks.nth(n).check();
    await expect(page, "ticking opens no campaign").toHaveURL(/\/campaigns\?state=completed$/);
    await page.getByRole("button", { name: compare, exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`/compare\\?campaign=${chosen[0]}&campaign=${chosen[1]}`));
    const heads = page.locator(".compare-table thead th .compare-name");
    await expect(heads).toHaveCount(2);
    await expect(page.locator(".compare-table thead th").nth(1)).toContainText(against);
    const second = await heads.nth(1).textContent();

    // A third one, by the form; then the second is what the others are compared with.
    await page.locator("select[name=campaign]").selectOption({ index: 1 });
    await page.getByRole("button", { name: add }).click();
    await expect(heads).toHaveCount(3);
    await page.locator(".compare-table thead th").nth(2).getByRole("link").first().click();
    await expect(heads.first()).toHaveText(second ?? "");
    await page.locator(".compare-table thead th").nth(3).locator(".compare-actions a").last().click();
    await expect(heads).toHaveCount(2);

    // The curves by day of the campaign begin with the first day of each.
    await page.getByRole("link", { name: by_day }).click();
    await expect(page).toHaveURL(/by=day/);
    await page.locator(".as-table summary").last().click();
    const first = page.locator("#curves-table tbody tr").first();
    await expect(first.locator("td").first()).toContainText("1");
    for (const n of [1, 2]) await expect(first.locator("td").nth(n)).not.toHaveText("–");
  });
}

test("a figure leads to exactly its calls, and the curves' numbers add up to the calls", async ({ page }) => {
  await page.goto(TWO);
  await alive(page);
  const number = (text: string | null) => Number((text ?? "").replaceAll(/\D/g, ""));
  const calls = page.locator(".compare-table tr", { has: page.locator("[popovertarget=info-calls]") }).locator("td a").first();
  const shown = number(await calls.textContent());
  await page.locator(".as-table summary").last().click();
  const cells = await page.locator("#curves-table tbody tr td:nth-child(2)").allTextContents();
  expect(cells.map(number).reduce((sum, n) => sum + n, 0)).toBe(shown);
  await calls.click();
  await expect(page).toHaveURL(/\/campaigns\/nhac-phi-2610-1\/calls/);
  await expect(page.locator("main")).toContainText((await page.locator("html").getAttribute("lang")) === "en" ? shown.toLocaleString("en") : shown.toLocaleString("vi"));
});

test("a period of a campaign leads to the one before it", async ({ page }) => {
  await page.goto("/campaigns/nhac-phi-2611-1?from=2026-11-10&to=2026-11-12");
  await alive(page);
  await page.locator("a[href^='/compare?']").click();
  await expect(page).toHaveURL(/against=previous/);
  const heads = page.locator(".compare-table thead th .compare-name");
  await expect(heads).toHaveText([/07.*09/, /10.*12/]);
  await page.locator("a[href*='against=weekdays']").click();
  await expect(heads).toHaveText([/03.*05/, /10.*12/]);
  await page.locator("input[name=against_from]").fill("09/11/2026");
  await page.locator("input[name=against_to]").fill("09/11/2026");
  await page.locator("form[action='/compare'] button[type=submit]").first().click();
  await expect(heads.first()).toHaveText(/09/);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  test("the list chooses and the page reads", async ({ page }) => {
    await page.goto("/campaigns?state=completed");
    const ticks = page.locator(".compare-tick:visible");
    for (const n of [0, 1]) await ticks.nth(n).check();
    await page.locator("form#compare button").click();
    await expect(page.locator(".compare-table thead th .compare-name")).toHaveCount(2);
    // Nothing draws, so the table of the curves stands open.
    await expect(page.locator("#curves-table")).toBeVisible();
  });
});
