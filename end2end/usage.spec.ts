/* Usage by month and access statistics over a range, in both languages. */
import { alive, expect, look, test } from "./test";

const COLUMNS = 6;


test.describe("usage and statistics are accessible in both languages and themes", () => {
  test.describe.configure({ timeout: 300_000 });
  for (const address of ["/usage", "/usage?month=2019-01", "/statistics", "/statistics?from=2026-01-01&to=2026-10-31"]) {
    test(address, async ({ accessible }) => accessible(address));
  }
  test("on a phone", async ({ page, accessible }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const address of ["/usage", "/statistics"]) await accessible(address);
  });
});

for (const [language, usage, statistics, all] of [
  ["vi", "Chi tiết sử dụng", "Thống kê truy cập", "Tất cả voicebot"],
  ["en", "Usage", "Access statistics", "All voicebots"],
] as const) {
  test(`both pages are walked in ${language}`, async ({ page, context }) => {
    await look(context, { language, theme: "light" });
    await page.goto("/campaigns");
    await alive(page);
    const navigation = page.locator("aside nav");
    await navigation.getByRole("link", { name: usage }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(usage);
    await expect(navigation.getByRole("link", { name: usage })).toHaveAttribute("aria-current", "page");
    await expect(navigation.getByRole("link", { name: /Chiến dịch|Campaigns/ })).not.toHaveAttribute("aria-current", "page");

    // An earlier month, by its bar.
    const earlier = page.locator(".month-strip a").nth(-2);
    const href = (await earlier.getAttribute("href")) ?? "";
    await earlier.click();
    await expect(page).toHaveURL(/month=\d{4}-\d\d/);
    // The address changes before the page does.
    await expect(page.locator(".month-strip a[aria-current]")).toHaveAttribute("href", href);

    // A voicebot leads to its statistics of that month.
    const row = page.locator("tbody tr.row-link").first();
    const name = await row.locator("a").first().textContent();
    const cells = await row.locator("td").allTextContents();
    await row.locator("a").first().click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(statistics);
    await expect(page.locator("select[name=voicebot] option:checked")).toHaveText(name ?? "");
    const total = page.locator("section", { has: page.locator("tr.row-link") }).locator("tfoot tr.total").first().locator("td");
    await expect(total.nth(2)).toHaveText(cells[3] ?? "");

    // All voicebots again, by the form.
    await page.locator("select[name=voicebot]").selectOption({ label: all });
    await page.locator("select[name=voicebot] ~ button").click();
    await expect(page.locator("select[name=voicebot] option:checked")).toHaveText(all);
    expect(await page.locator("tbody tr.row-link").count()).toBeGreaterThan(1);
  });
}

test("the rows of each table add up to its total row", async ({ page }) => {
  await page.goto("/usage");
  for (const table of await page.locator("table:has(tfoot)").all()) {
    const number = (text: string) => Number(text.replaceAll(/\D/g, ""));
    const columns = await table.locator("tfoot td.num").count();
    const first = columns > COLUMNS ? 2 : 0;
    const rows = table.locator("tbody tr");
    // Sessions and messages; durations are shown rounded.
    for (const column of [first, first + 1]) {
      let sum = 0;
      for (const row of await rows.all()) sum += number((await row.locator("td.num").nth(column).textContent()) ?? "");
      expect(sum).toBe(number((await table.locator("tfoot td.num").nth(column).textContent()) ?? ""));
    }
  }
});

test("months stand in a table, newest first, and are sorted by any column", async ({ page }) => {
  await page.goto("/statistics?from=2026-03&to=2026-11-15");
  const months = page.locator("#by-month tbody tr");
  await expect(months).toHaveCount(9);
  await expect(months.first().locator("td").first()).toContainText("11/2026 (01/11");
  await expect(months.last().locator("td").first()).toHaveText("03/2026");
  const cells = async (column: number) =>
    (await months.locator(`td:nth-child(${column})`).allTextContents()).map((text) => Number(text.replaceAll(/\D/g, "")));
  const sum = Number(((await page.locator("#by-month tfoot td").first().textContent()) ?? "").replaceAll(/\D/g, ""));
  expect((await cells(2)).reduce((all, one) => all + one, 0)).toBe(sum);
  for (const column of [2, 3, 6, 7]) {
    await page.locator(`#by-month th:nth-child(${column}) a`).click();
    await expect(page.locator(`#by-month th:nth-child(${column})`)).toHaveAttribute("aria-sort", "descending");
    const values = await cells(column);
    expect(values).toEqual([...values].sort((a, b) => b - a));
  }
  // A range of months by the form keeps the order; within one month the table has twelve.
  await page.locator("select[name=from]").selectOption("2026-06");
  await page.locator("select[name=to]").selectOption("2026-07");
  await page.locator("form:has(select[name=from]) button").click();
  await expect(months).toHaveCount(2);
  await expect(page.locator("#by-month th:nth-child(7)")).toHaveAttribute("aria-sort", "descending");
  await page.goto("/statistics");
  await expect(months).toHaveCount(12);
});

for (const [language, button, weekdays, from, to, compare, before, others] of [
  ["vi", "So với", "Cùng thứ các tuần trước", "Từ ngày", "Đến ngày", "So sánh", "26/10 – 01/11/2026", "02/11 – 30/11/2025"],
  ["en", "Compared with", "The same weekdays before", "From", "To", "Compare", /26 Oct.* – 1 Nov 2026/, /2 .*– 30 Nov 2025/],
] as const) {
  test(`the days are compared with other days in ${language}`, async ({ page, context }) => {
    await look(context, { language, theme: "light" });
    await page.goto("/statistics?from=2026-11-02&to=2026-11-08");
    await alive(page);
    const chosen = page.locator("button[popovertarget=against]");
    await expect(chosen).toContainText(before);
    await chosen.focus();
    await page.keyboard.press("Enter");
    const sheet = page.locator("#against");
    await sheet.getByRole("link", { name: weekdays }).click();
    await expect(page).toHaveURL(/against=weekdays/);
    await expect(chosen).toHaveAccessibleName(new RegExp(`^${button}`));
    await expect(chosen).toContainText(before);

    await chosen.click();
    await sheet.getByLabel(from).fill("02/11/2025");
    await sheet.getByLabel(to).fill("30/11/2025");
    await sheet.getByRole("button", { name: compare }).click();
    await expect(page).toHaveURL(/against_from=2025-11-02|against_from=02%2F11%2F2025/);
    await expect(chosen).toContainText(others);
    await expect(page.locator(".kpi-sub").first()).toContainText(/./);
    // Another figure and an order keep them.
    await page.locator(".kpi-card a, .kpi-cards a").first().click();
    await expect(chosen).toContainText(others);
  });
}

test("a spark draws its figure over time, and the page keeps it", async ({ page }) => {
  await page.goto("/statistics?from=2026-10-01&to=2026-10-31");
  await alive(page);
  const trend = page.locator("section.panel:has(#trend-table) h2");
  await expect(trend).toHaveText("Phiên làm việc theo ngày");
  await page.getByRole("link", { name: "Xem Chi phí theo thời gian" }).click();
  await expect(trend).toHaveText("Chi phí theo ngày");
  await expect(page).toHaveURL(/figure=cost/);
  await expect(page.locator(".spark-link[aria-current]")).toHaveCount(1);
  await page.keyboard.press("ArrowLeft");
  await expect(page).toHaveURL(/from=2026-09-01.*figure=cost|figure=cost.*from=2026-09-01/);
  await expect(trend).toHaveText("Chi phí theo ngày");
});

test("the files come in the page's language, for the month that is shown", async ({ page }) => {
  await page.goto("/usage?month=2026-10");
  for (const kind of ["csv", "xlsx"]) {
    const coming = page.waitForEvent("download");
    await page.locator(`a[href^="/usage.${kind}"]`).click();
    const file = await coming;
    expect(file.suggestedFilename()).toBe(`usage-2026-10-01-2026-10-31.${kind}`);
  }
});

test("a wrong address is said, and leads back", async ({ page, complaints }) => {
  for (const query of ["month=2026-13", "from=2026-11-02&to=2026-11-01", "from=1926-01-01&to=2026-01-01"]) {
    await page.goto(`/statistics?${query}`);
    await expect(page.getByRole("heading").first()).toHaveText(/giá trị chưa đúng|wrong value/);
  }
  complaints.length = 0;
});

test("the tooltip of two days names the day before each, in the colour of its line", async ({ page }) => {
  await page.goto("/statistics?from=2026-11-17&to=2026-11-18");
  await alive(page);
  const chart = page.locator("ringside-chart");
  await chart.scrollIntoViewIfNeeded();
  await expect(chart.locator("svg")).toBeVisible();
  await chart.focus();
  await page.keyboard.press("Home");
  await expect(chart.locator(".spoken")).toContainText("15/11/2026");
  await expect(chart.locator(".spoken")).not.toContainText("15/11 – 16/11/2026");
  const mark = await chart.locator(".tip i").nth(1).evaluate((mark) => getComputedStyle(mark).backgroundColor);
  // The line's own colour: as the chosen one it is drawn a little lighter.
  const [, line] = await page.evaluate(() => {
    const option = JSON.parse(document.querySelector("ringside-chart script")?.textContent ?? "{}");
    return option.series.map(({ lineStyle }: { lineStyle?: { color: string } }) => {
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.color = lineStyle?.color ?? "";
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    });
  });
  expect(mark).toBe(line);
  await page.keyboard.press("End");
  await expect(chart.locator(".spoken")).toContainText("16/11/2026");
});

test("campaigns stand by what they cost", async ({ page }) => {
  await page.goto("/usage?month=2026-11");
  const costs = await page.locator(".panel-table").last().locator("tbody tr td:last-child").allTextContents();
  const numbers = costs.map((cost) => Number(cost.replaceAll(/\D/g, "")));
  expect(numbers.length).toBeGreaterThan(2);
  expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
});
