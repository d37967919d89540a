/* Reports on paper: what stands on the sheets, and how many there are. */
import type { Page } from "@playwright/test";
import { sheets } from "./pdf";
import { alive, expect, look, LOOKS, test } from "./test";

const COMPLETED = "/campaigns/nhac-phi-2611-1";
const NAME = "Nhắc hạn đóng phí T11 – đợt 1";

/** What the browser's own dialog would print, as a PDF of A4 sheets. */
async function printed(page: Page, address: string) {
  await page.goto(address);
  await alive(page);
  // As the page's own button does, which is not seen by who prints with the browser's.
  await page.evaluate(() => Promise.all([...document.querySelectorAll<HTMLElement & { drawn(): Promise<void> }>("ringside-chart")].map((chart) => chart.drawn())));
  for (const chart of await page.locator("ringside-chart").all()) await expect(chart.locator("svg")).toBeVisible();
  const pdf = await page.pdf({ preferCSSPageSize: true });
  // A4 in points, upright.
  expect(pdf.toString("latin1")).toMatch(/\/MediaBox \[0 0 59[45][.\d]* 84[12][.\d]*\]/);
  return sheets(pdf);
}

const without_blanks = (text: string) => text.normalize("NFC").replaceAll(/\s/g, "");

/** A customer of the completed campaign who was called more than once. */
async function customer(page: Page) {
  await page.goto(`${COMPLETED}/calls?attempt=3`);
  await alive(page);
  await page.locator("tr[data-row] a[data-call]").first().click();
  await expect(page.locator(".attempts-list:visible li")).toHaveCount(3);
  const name = (await page.locator("tr.row-open .key a").textContent()) ?? "";
  await page.goto(`${COMPLETED}/customers?q=${encodeURIComponent(name)}`);
  return { name, address: (await page.locator(".data-table .key a").first().getAttribute("href")) ?? "" };
}

for (const { language, theme } of LOOKS) {
  test(`an overview, usage and a customer's calls, in ${language} and ${theme}`, async ({ page, context }) => {
    await look(context, { language, theme });
    const one = await customer(page);
    for (const [address, about, within] of [
      [COMPLETED, [NAME], [1, 3]],
      ["/compare?campaign=nhac-phi-2610-1&campaign=nhac-phi-2611-1", [language === "vi" ? "So sánh chiến dịch" : "Campaigns side by side"], [1, 2]],
      ["/campaigns", [language === "vi" ? "Chiến dịch" : "Campaigns"], [1, 2]],
      ["/usage?month=2026-10", [language === "vi" ? "Chi tiết sử dụng" : "Usage"], [1, 2]],
      [one.address, [NAME, one.name], [1, 1]],
    ] as const) {
      const pages = await printed(page, address);
      expect(pages.length, `${address}: sheets`).toBeGreaterThanOrEqual(within[0]);
      expect(pages.length, `${address}: sheets`).toBeLessThanOrEqual(within[1]);
      for (const text of about) expect(pages.join(""), address).toContain(without_blanks(text));
      pages.forEach((text, n) => {
        // Whose figures, of when, and which sheet this is.
        expect(text, `${address}: foot of sheet ${n + 1}`).toContain(without_blanks(`An Tâm · ${about[0]}`));
        expect(text).toContain(without_blanks(language === "vi" ? "Dữ liệu đến" : "Data until"));
        expect(text).toContain(`${n + 1}/${pages.length}`);
        // Nothing that one presses.
        for (const control of ["In / PDF", "bấm vào", "tự làm mới", "click a", "Print / PDF", "XLSX", "CSV", "Đăng xuất", "Sign out"]) expect(text).not.toContain(without_blanks(control));
      });
    }
  });
}

for (const { language, theme } of LOOKS) {
  test(`what is set, and a campaign's customers, in ${language} and ${theme}`, async ({ page, context }) => {
    await look(context, { language, theme });
    const texts = async (address: string) => (await printed(page, address)).join("");
    await page.goto("/settings/campaigns");
    await alive(page);
    const open = (await page.locator(".data-table .key a.link").first().getAttribute("href")) ?? "";
    await page.goto(open);
    await alive(page);
    const name = await page.locator(".settings-panel input[name='name']").inputValue();
    const campaign = await texts(open);
    expect(campaign).toContain(without_blanks(name));
    const account = await texts("/settings/account");
    // As the label says, then what is set; and nothing that one presses.
    expect(account).toContain(without_blanks(language === "vi" ? "Ngôn ngữ" : "Language"));
    for (const text of [campaign, account]) for (const control of ["Lưu", "Save"]) expect(text).not.toContain(control);
    const recipients = await texts("/settings/recipients");
    await page.goto("/settings/recipients");
    await alive(page);
    const emails = (await page.locator(".settings-panel textarea").first().inputValue()).split(/\s+/).filter(Boolean);
    for (const email of emails) expect(recipients).toContain(email);
    await page.goto(`${COMPLETED}/customers`);
    await alive(page);
    const names = await page.locator(".data-table .key").allTextContents();
    const customers = await texts(`${COMPLETED}/customers`);
    expect(names.length).toBeGreaterThan(10);
    for (const one of names) expect(customers).toContain(without_blanks(one));
    expect(customers).toContain(without_blanks(language === "vi" ? "Khách hàng" : "Customer"));
  });
}

test("charts are drawn for the sheet in the light palette, and for the screen again", async ({ page, context }) => {
  await look(context, { language: "vi", theme: "dark" });
  await page.goto(COMPLETED);
  await alive(page);
  await page.locator("ringside-chart").first().scrollIntoViewIfNeeded();
  const svg = page.locator("ringside-chart svg").first();
  await expect(svg).toBeVisible();
  // Its measures and colours: the names in it are counted on with every drawing.
  const drawn = () => svg.evaluate((svg) => [svg.getAttribute("viewBox"), svg.getAttribute("width"), ...new Set(svg.outerHTML.match(/#[\da-f]{6}/g))]);
  const before = await drawn();
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await expect(svg).toHaveAttribute("viewBox", /^0 0 \d+ \d+$/);
  expect(await drawn()).not.toContain("#5d8ee0");
  await page.emulateMedia({ media: "print" });
  for (const chart of await page.locator("ringside-chart").all()) {
    const [picture, panel] = [await chart.locator("svg").boundingBox(), await chart.boundingBox()];
    expect(picture?.width).toBeCloseTo(panel?.width ?? 0, 0);
  }
  await page.emulateMedia({ media: "screen" });
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  expect(await drawn()).toEqual(before);
});

test("of a chart that nobody has come near, its table is printed", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 400 });
  // Those that are drawn after a while (web/elements.js) never are.
  await page.addInitScript(() => {
    const { setTimeout } = window;
    Object.assign(window, { setTimeout: (then: () => void, ms?: number) => (ms === 3000 ? 0 : setTimeout(then, ms)) });
  });
  await page.goto(COMPLETED);
  await alive(page);
  await page.emulateMedia({ media: "print" });
  const charts = page.locator("ringside-chart");
  for (const chart of await charts.all()) {
    await expect(chart).toBeHidden();
    await expect(page.locator(`#${await chart.getAttribute("for-table")}`)).toBeVisible();
  }
  await page.emulateMedia({ media: "screen" });
  await charts.first().scrollIntoViewIfNeeded();
  await expect(charts.first().locator("svg")).toBeVisible();
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print" });
  await expect(charts.first().locator("svg")).toBeVisible();
  await expect(page.locator(`#${await charts.first().getAttribute("for-table")}`)).toBeHidden();
});

test("of a campaign that has not begun, the sheet says so and has no empty frames", async ({ page }) => {
  const pages = await printed(page, "/campaigns/lich-kham-2611");
  expect(pages.length).toBe(1);
  for (const said of ["Kế hoạch", "Chưa có cuộc gọi nào"]) expect(pages[0]).toContain(without_blanks(said));
  for (const frame of ["Hiệu quả chiến dịch", "Kết quả cuộc gọi", "Thời lượng đàm thoại"]) expect(pages[0]).not.toContain(without_blanks(frame));
});

test("the button prints", async ({ page }) => {
  for (const address of [COMPLETED, "/usage", "/statistics", `${COMPLETED}/calls`, "/calls"]) {
    await page.goto(address);
    await alive(page);
    await page.evaluate(() => Object.assign(window, { print: () => document.documentElement.setAttribute("data-printed", "") }));
    await page.getByRole("button", { name: "In / PDF" }).click();
    await expect(page.locator("html")).toHaveAttribute("data-printed", "");
  }
});
