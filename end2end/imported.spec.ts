/* The records of a switch, imported as they are: calls around the clock, over years, with no word about the campaign's end. */
import { alive, expect, test } from "./test";

const CAMPAIGN = "/campaigns/tong-dai";

test("a campaign that was imported ends with its last call, and its codes have words", async ({ page }) => {
  await page.goto(CAMPAIGN);
  await expect(page.locator(".page-meta")).toContainText("30/12/2017 – 20/01/2018");
  await expect(page.locator(".page-head .badge").first()).toContainText("Hoàn tất");
  await expect(page.locator(".bars:not(.bars-ended) a.bar-row", { hasText: "ANSWERED" })).toContainText("Khách nghe máy");
  await expect(page.locator("main")).not.toContainText("chưa khai báo");
});

test("24 hours of the heatmap stand beside one another in every window", async ({ page }) => {
  for (const width of [390, 1024, 1280, 1440, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(CAMPAIGN);
    const cut = await page.locator("table.heatmap").evaluateAll((tables) =>
      tables.filter((table) => table.checkVisibility()).flatMap((table) =>
        [...table.querySelectorAll("th, td > *")].flatMap((cell) => {
          const range = document.createRange();
          range.selectNodeContents(cell);
          const [text, box] = [range.getBoundingClientRect(), (cell.closest("td") ?? cell).getBoundingClientRect()];
          return text.width > box.width + 1 ? [`${cell.textContent} is ${text.width} px wide in ${box.width}`] : [];
        })));
    expect(cut, `${width} px`).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), `${width} px`).toBeLessThanOrEqual(0);
  }
});

test("days of two years say which", async ({ page }) => {
  await page.goto(CAMPAIGN);
  await alive(page);
  const option = await page.locator("ringside-chart[for-table=trend-table] script").textContent();
  const { xAxis } = JSON.parse(option ?? "{}");
  const labels = [].concat(xAxis)[0]["data"] as string[];
  expect(labels[0]).toBe("30/12/2017");
  expect(labels.at(-1)).toBe("20/01/2018");
});
