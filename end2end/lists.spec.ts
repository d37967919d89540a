/* What a person does with periods, columns and the columns of the trend. */
import type { Page } from "@playwright/test";
import { alive, expect, look, test } from "./test";

const COMPLETED = "/campaigns/nhac-phi-2611-1";

test.describe("the range picker", () => {
  test("two clicks in the calendar choose a range", async ({ page }) => {
    await page.goto(`${COMPLETED}?from=2026-10-05&to=2026-10-09`);
    await alive(page);
    await page.keyboard.press("c");
    const calendar = page.locator("ringside-calendar");
    await expect(calendar.getByRole("table")).toHaveCount(2);
    // Weeks begin on Monday; 1 October 2026 is a Thursday.
    await expect(calendar.locator("thead th").first()).toHaveText("T2");
    await expect(calendar.locator("section").last().locator("tbody tr").first().locator("td").nth(3)).toHaveText("1");
    await calendar.locator("section").last().getByRole("button", { name: /12 tháng 10/ }).click();
    await calendar.locator("section").first().getByRole("button", { name: /28 tháng 9/ }).click();
    await expect(page.locator("#range input[name=from]")).toHaveValue("28/09/2026");
    await expect(page.locator("#range input[name=to]")).toHaveValue("12/10/2026");
    await page.locator("#range").getByRole("button", { name: "Áp dụng" }).click();
    await page.waitForURL(/from=2026-09-28&to=2026-10-12/);
  });

  test("the keyboard alone chooses a range, and Esc gives the focus back", async ({ page }) => {
    await page.goto(`${COMPLETED}?from=2026-10-05&to=2026-10-09`);
    await alive(page);
    const button = page.locator("[popovertarget=range][data-key=c]");
    await button.focus();
    await page.keyboard.press("Enter");
    const day = page.locator("ringside-calendar button[tabindex='0']").last();
    await day.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.press("PageDown");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await expect(page.locator("#range input[name=from]")).toHaveValue("16/10/2026");
    await expect(page.locator("#range input[name=to]")).toHaveValue("15/11/2026");
    await page.keyboard.press("Escape");
    await expect(page.locator("#range")).toBeHidden();
    await expect(button).toBeFocused();
    expect(page.url()).toContain("from=2026-10-05");
  });

  for (const [language, locale, wrong, order] of [
    ["vi", "en-US", "Hãy nhập ngày theo dạng ngày/tháng/năm, ví dụ 04/11/2026.", "Ngày cuối đứng trước ngày đầu."],
    ["en", "vi-VN", "Enter a date as day/month/year, such as 04/11/2026.", "The last day lies before the first."],
  ] as const) {
    test.describe(`in a browser of ${locale}`, () => {
      test.use({ locale });

      test(`its dates and words are of the page, ${language}`, async ({ page, context }) => {
        await look(context, { language, theme: "light" });
        await page.goto(`${COMPLETED}?from=2026-10-05&to=2026-10-09`);
        await alive(page);
        await page.keyboard.press("c");
        await expect(page.locator("ringside-calendar").getByRole("table")).toHaveCount(2);
        const [from, to] = ["from", "to"].map((name) => page.locator(`#range input[name=${name}]`));
        await expect(from).toHaveValue("05/10/2026");
        // What it is called stands before what is typed, not over it.
        for (const field of [from, to]) {
          const [label, begins] = await field.evaluate((field) => [
            field.previousElementSibling?.getBoundingClientRect().right ?? 0,
            field.getBoundingClientRect().left + Number.parseFloat(getComputedStyle(field).paddingInlineStart),
          ]);
          expect(label).toBeLessThanOrEqual(begins);
        }
        const said = (field: typeof from) => field.evaluate((field: HTMLInputElement) => field.validationMessage);
        await from.fill("31/02/2026");
        expect(await said(from)).toBe(wrong);
        await from.fill("");
        expect(await said(from)).toBe(wrong);
        await from.fill("12/10/2026");
        expect(await said(from)).toBe("");
        expect(await said(to)).toBe(order);
        await to.fill("3/11/2026");
        await page.locator("#range button[type=submit]").click();
        await page.waitForURL(/from=2026-10-12&to=2026-11-03/);
      });

      test(`a number that is not right is said in the words of the page, ${language}`, async ({ page, context }) => {
        await look(context, { language, theme: "light" });
        await page.goto(`${COMPLETED}/calls`);
        await alive(page);
        const field = page.locator("input[type=number]").first();
        const opener = page.locator("[popovertarget]:visible", { hasText: language === "vi" ? "Thêm bộ lọc" : "Add filter" });
        await opener.click();
        await field.fill("-5");
        await field.press("Enter");
        await expect.poll(() => field.evaluate((field: HTMLInputElement) => field.validationMessage)).toBe(language === "vi" ? "Hãy nhập từ 0 trở lên." : "Enter 0 or more.");
        await field.fill("5");
        expect(await field.evaluate((field: HTMLInputElement) => field.validationMessage)).toBe("");
      });
    });
  }

  test("presets and steps have keys", async ({ page }) => {
    await page.goto(COMPLETED);
    await alive(page);
    for (const [key, word] of [["y", "this-year"], ["d", "today"], ["m", "this-month"], ["w", "last-7-days"]]) {
      await page.keyboard.press(key);
      await page.waitForURL(new RegExp(`period=${word}`));
      // The address comes first, then the page: the next key is for what stands there.
      await expect(page.locator(`#range [data-key=${key}]`)).toHaveAttribute("aria-current", "true");
    }
    await page.keyboard.press("ArrowLeft");
    await page.waitForURL(/from=/);
    await page.keyboard.press("a");
    await page.waitForURL((url) => !url.search.includes("from="));
  });

  test("it is accessible", async ({ accessible }) => {
    await accessible(COMPLETED, async (page) => {
      await page.locator("[popovertarget=range][data-key=c]").click();
      await expect(page.locator("ringside-calendar table").first()).toBeVisible();
    });
  });

  test("it fills a phone", async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(COMPLETED);
    await alive(page);
    await page.locator("[popovertarget=range][data-key=c]").click();
    await expect(page.locator("ringside-calendar").getByRole("table").filter({ visible: true })).toHaveCount(1);
    const box = await page.locator("#range").boundingBox();
    expect([box?.x, box?.width]).toEqual([0, 390]);
  });
});

test("columns are chosen, stay in the address and come back", async ({ page }) => {
  await page.goto(`${COMPLETED}/calls?class=success`);
  await alive(page);
  const head = (name: string) => page.getByRole("columnheader", { name });
  await expect(head("Đổ chuông")).toBeVisible();
  await page.locator("[popovertarget=columns]:visible").click();
  await page.locator("#columns").getByLabel("Đổ chuông").uncheck();
  await page.locator("#columns").getByRole("button", { name: "Áp dụng" }).click();
  await page.waitForURL(/column=time/);
  expect(page.url()).toContain("class=success");
  await expect(head("Đổ chuông")).toBeHidden();
  await expect(head("Chi phí")).toBeVisible();
  await alive(page);
  await page.getByRole("link", { name: "Sau", exact: true }).click();
  await page.waitForURL(/cursor=/);
  await expect(head("Đổ chuông")).toBeHidden();
  await page.locator("[popovertarget=columns]:visible").click();
  await page.locator("#columns").getByRole("link", { name: "Mặc định" }).click();
  await expect(head("Đổ chuông")).toBeVisible();
  expect(page.url()).not.toContain("column=");
});

test("the trend shows hours or days, and both count the same calls", async ({ page, complaints }) => {
  await page.goto(COMPLETED);
  await alive(page);
  const rows = page.locator("#trend-table tbody tr");
  const days = await rows.count();
  const total = async () => {
    const cells = await rows.locator("td:nth-child(5)").allTextContents();
    return cells.reduce((sum, cell) => sum + Number(cell.replace(/\D/g, "")), 0);
  };
  const calls = await total();
  await page.getByRole("link", { name: "Giờ", exact: true }).click();
  await page.waitForURL(/by=hour/);
  await expect.poll(() => rows.count()).toBeGreaterThan(days);
  expect(await total()).toBe(calls);
  await page.goto(`${COMPLETED}?by=week`);
  await expect(page.getByRole("heading", { name: /chưa đúng/ })).toBeVisible();
  // The browser reports the refused answer as an error, which it is.
  complaints.length = 0;
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("typed dates and ticked columns are forms", async ({ page }) => {
    await page.goto(`${COMPLETED}/calls?class=success`);
    await page.locator("[popovertarget=range]").first().click();
    await page.locator("#range input[name=from]").fill("05/10/2026");
    await page.locator("#range input[name=to]").fill("31/12/2026");
    await page.locator("#range").getByRole("button", { name: "Áp dụng" }).click();
    await page.waitForURL(/from=05%2F10%2F2026/);
    await expect(page.locator("[popovertarget=range]").first()).toContainText("05/10 – 31/12/2026");
    expect(page.url()).toContain("class=success");
    await page.locator("[popovertarget=columns]:visible").click();
    await page.locator("#columns").getByLabel("Block").uncheck();
    await page.locator("#columns").getByRole("button", { name: "Áp dụng" }).click();
    await page.waitForURL(/column=time/);
    await expect(page.getByRole("columnheader", { name: "Block" })).toBeHidden();
  });
});

test.describe("the list of campaigns", () => {
  /** Numbers of a column of the table, as they are written. */
  const column = (page: Page, n: number) =>
    page.locator(`.data-table tbody tr td:nth-child(${n})`).evaluateAll((cells) => cells.map((cell) => Number((cell.textContent ?? "").replaceAll(/\D/g, ""))));

  test("a column sorts it, and keeps the filters", async ({ page }) => {
    await page.goto("/campaigns?state=completed");
    await alive(page);
    for (const [name, word, n] of [["Chi phí", "cost", 8], ["Cuộc gọi", "calls", 5]] as const) {
      await page.getByRole("columnheader", { name }).getByRole("link").click();
      await page.waitForURL(new RegExp(`state=completed&sort=-${word}$`));
      await expect(page.getByRole("columnheader", { name })).toHaveAttribute("aria-sort", "descending");
      const largest = await column(page, n);
      expect(largest).toEqual([...largest].sort((a, b) => b - a));
      await page.getByRole("columnheader", { name }).getByRole("link").click();
      await page.waitForURL(new RegExp(`sort=${word}$`));
      await expect(page.getByRole("columnheader", { name })).toHaveAttribute("aria-sort", "ascending");
      const smallest = await column(page, n);
      expect(smallest).toEqual([...smallest].sort((a, b) => a - b));
    }
  });

  test("one voicebot's are chosen, and taken away as they are shown", async ({ page }) => {
    await page.goto("/campaigns?sort=-cost");
    const chooser = page.getByRole("combobox", { name: "Voicebot" });
    const bot = (await chooser.locator("option").nth(1).textContent()) ?? "";
    await chooser.selectOption({ index: 1 });
    await page.getByRole("button", { name: "Xem", exact: true }).click();
    await page.waitForURL(/voicebot=.*sort=-cost/);
    const names = await page.locator(".data-table tbody tr td.key a").allTextContents();
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(await page.locator(".data-table tbody tr td.key small").allTextContents())).toEqual(new Set([bot]));
    const links = page.getByRole("group", { name: "Xuất danh sách chiến dịch" }).getByRole("link");
    const csv = await (await page.request.get((await links.filter({ hasText: "CSV" }).getAttribute("href")) ?? "")).text();
    const rows = csv.trimEnd().split("\r\n").slice(1);
    expect(rows.length).toBe(names.length);
    rows.forEach((row, n) => expect(row).toContain(names[n].trim()));
    const xlsx = await page.request.get((await links.filter({ hasText: "XLSX" }).getAttribute("href")) ?? "");
    expect(xlsx.headers()["content-type"]).toContain("spreadsheetml");
    expect(xlsx.headers()["content-disposition"]).toContain("campaigns-");
  });
});

test("while another list is read, the one that is shown does not pass for it", async ({ page, context }) => {
  await look(context, { language: "en", theme: "light" });
  await page.goto("/campaigns/nhac-phi-2611-1/calls?class=failed");
  await alive(page);
  const answer = page.locator(".list-answer");
  await expect(answer).not.toHaveAttribute("aria-busy");
  let answered = () => {};
  const held = new Promise<void>((resolve) => (answered = resolve));
  await page.route("**/fn/calls**", async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole("main").getByRole("link", { name: /^Success/ }).first().click();
  await expect(page).toHaveURL(/class=success/);
  await expect(answer).toHaveAttribute("aria-busy", "true");
  await expect(answer.locator(".calls-table")).toContainText("Failed");
  answered();
  await expect(answer).not.toHaveAttribute("aria-busy");
  await expect(page.locator("[data-row]").first()).toContainText("Success");
});
