/* What people keep: a filtered page under a name, notes on days and on calls. By the keyboard alone, in both languages. */
import { type Locator, type Page } from "@playwright/test";
import { alive, expect, expectAccessible, look, LOOKS, test } from "./test";

const WORDS = {
  vi: { views: "Trang đã lưu", name: "Tên", keep: "Lưu trang", rename: "Đổi tên", save: "Lưu", remove: "Bỏ", note: "Ghi chú một ngày", text: "Ghi chú", write: "Lưu ghi chú", on: "Ghi chú cho cuộc gọi này" },
  en: { views: "Saved views", name: "Name", keep: "Keep this page", rename: "Rename", save: "Save", remove: "Remove", note: "Note something on a day", text: "Note", write: "Save the note", on: "Note on this call" },
} as const;

/** Presses what has the focus. */
async function press(page: Page, what: Locator, key = "Enter") {
  await what.focus();
  await page.keyboard.press(key);
}

async function type(page: Page, what: Locator, text: string) {
  await what.focus();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(text);
}

test.describe("saved views", () => {
  test.use({ role: "newcomer" });
  // The tests share an account.
  test.describe.configure({ mode: "serial" });

  for (const language of ["vi", "en"] as const) {
    const words = WORDS[language];
    test(`a filtered page is kept, begun with, called otherwise and dropped, in ${language}`, async ({ page, context }) => {
      await look(context, { language, theme: "light" });
      await page.goto("/campaigns");
      await alive(page);
      // The router leads on, and the way to saved views with it.
      await press(page, page.locator(".sidebar a[href='/calls']"));
      await expect(page).toHaveURL(/\/calls$/);
      await page.goto("/calls?period=last-7-days&attempt=2");
      await alive(page);
      await press(page, page.locator(".sidebar").getByRole("link", { name: words.views }));
      await expect(page).toHaveURL(/\/settings\/views\?to=/);
      const form = page.locator("#view-save");
      await type(page, form.getByLabel(words.name), `Tuần ${language} <b>`);
      await press(page, form.locator("[name=start]"), "Space");
      await press(page, form.getByRole("button", { name: words.keep }));
      await expect(page).toHaveURL(/note=saved/);
      const row = page.locator("tr", { hasText: `Tuần ${language} <b>` });
      await expect(row.locator("td.key a")).toHaveAttribute("href", "/calls?period=last-7-days&attempt=2");
      for (const one of LOOKS.filter((look) => look.language === language)) {
        await look(context, one);
        await page.goto("/settings/views?to=%2Fusage");
        await alive(page);
        await expectAccessible(page);
      }
      await page.goto("/");
      await expect(page).toHaveURL(/\/calls\?period=last-7-days&attempt=2$/);

      await page.goto("/settings/views");
      await alive(page);
      await press(page, row.getByRole("button", { name: words.rename }));
      await type(page, row.getByRole("textbox", { name: words.name }), `Hai ${language}`);
      await page.keyboard.press("Enter");
      const renamed = page.locator("tr", { hasText: `Hai ${language}` });
      await expect(renamed).toBeVisible();
      await alive(page);
      await press(page, renamed.getByRole("button", { name: words.remove, exact: false }).first());
      await press(page, renamed.locator("[popover]:popover-open").getByRole("button", { name: words.remove, exact: true }));
      await expect(renamed).toHaveCount(0);
      await page.goto("/");
      await expect(page).toHaveURL(/\/campaigns$/);
    });

    test(`a day is noted, and marked in the chart, in ${language}`, async ({ page, context }) => {
      await look(context, { language, theme: "dark" });
      await page.goto("/usage");
      await alive(page);
      await press(page, page.getByRole("button", { name: words.note }));
      await type(page, page.locator("#day-note-form").getByLabel(words.text, { exact: true }), `v4 ${language} <b>`);
      await page.keyboard.press("Enter");
      const note = page.locator(".day-notes li", { hasText: `v4 ${language} <b>` });
      await expect(note).toBeVisible();
      await expect(page.locator("#trend-table tr", { hasText: `v4 ${language} <b>` })).toHaveCount(1);
      await alive(page);
      await expectAccessible(page);
      const chart = page.locator("ringside-chart[for-table=trend-table]");
      await chart.focus();
      await page.keyboard.press("End");
      await expect(chart.locator(".tip p").first()).toContainText("v4");
      await press(page, note.getByRole("button", { name: new RegExp(`^${words.remove}`) }));
      await press(page, page.locator("[popover]:popover-open").getByRole("button", { name: words.remove, exact: true }));
      await expect(note).toHaveCount(0);
    });
  }
});

for (const language of ["vi", "en"] as const) {
  const words = WORDS[language];
  test(`something is noted on a call, and taken away again, in ${language}`, async ({ page, context }) => {
    await look(context, { language, theme: "light" });
    await page.goto("/campaigns/nhac-phi-2611-1/calls");
    await alive(page);
    await press(page, page.locator("[data-row] a[data-call]").nth(language === "vi" ? 0 : 1));
    const form = page.locator(".row-detail .call-note");
    await type(page, form.getByLabel(words.on), `gọi lại ${language} <b>`);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/open=/);
    const note = page.locator(".row-detail .call-notes li", { hasText: `gọi lại ${language} <b>` });
    await expect(note).toBeVisible();
    await expect(page.locator("tr.row-open .noted")).toHaveCount(1);
    await alive(page);
    await expectAccessible(page);
    await press(page, note.getByRole("button"));
    await expect(note).toHaveCount(0);
    await expect(page.locator("tr.row-open .noted")).toHaveCount(0);
  });
}
