/* An owner runs the account: invites somebody, says what they may do, makes a token, and reads in the log what happened. */
import { alive, expect, look, test } from "./test";

const PARTS = ["account", "campaigns", "voicebots", "codes", "tariffs", "recipients", "people", "tokens", "sign-in", "views", "erasure", "log"];

test.describe("every part of the settings is accessible in both languages and themes", () => {
  test.describe.configure({ timeout: 300_000 });
  for (const part of PARTS) {
    test(part, async ({ accessible }) => {
      await accessible(`/settings/${part}`);
    });
  }
});

const WORDS = {
  vi: { settings: "Cài đặt", people: "Người dùng", open: "Mời người dùng", role: "Vai trò", how: "Gửi lời mời", invite: "Mời", name: "Tên của bạn", password: "Mật khẩu mới", repeat: "Nhập lại mật khẩu", join: "Tham gia", change: "Sửa", save: "Lưu", manager: "Quản lý", log: "Nhật ký", changed: "Đổi quyền người dùng", moved: "Người xem → Quản lý" },
  en: { settings: "Settings", people: "People", open: "Invite somebody", role: "Role", how: "The invitation goes", invite: "Invite", name: "Your name", password: "New password", repeat: "Repeat the password", join: "Join", change: "Change", save: "Save", manager: "Manager", log: "Log", changed: "Changed what a user may do", moved: "Viewer → Manager" },
} as const;

test.describe("people", () => {
  test.use({ role: "newcomer" });
  // The tests share an account.
  test.describe.configure({ mode: "serial" });

  for (const language of ["vi", "en"] as const) {
    const words = WORDS[language];
    test(`somebody is invited, joins without scripts and becomes a manager, in ${language}`, async ({ page, context, browser }) => {
      await look(context, { language, theme: "light" });
      await page.goto("/campaigns");
      await alive(page);
      await page.locator(".sidebar").getByRole("link", { name: words.settings }).click();
      await page.getByRole("link", { name: words.people, exact: true }).click();
      await page.getByRole("button", { name: words.open }).click();
      const email = `lan-${language}@tests.example`;
      const form = page.locator("#invite");
      await form.getByLabel("Email").fill(email);
      await form.getByLabel(words.role).selectOption("viewer");
      await form.getByLabel(words.how).selectOption("link");
      await form.getByRole("button", { name: words.invite, exact: true }).click();
      const link = await page.locator("textarea[readonly]").inputValue();

      const other = await browser.newContext({ javaScriptEnabled: false, storageState: undefined, locale: language });
      const theirs = await other.newPage();
      await theirs.goto(link.replace(/^https?:\/\/[^/]+/, process.env.RINGSIDE_PAGES_URL ?? ""));
      await theirs.getByLabel(words.name).fill(`Lan ${language}`);
      await theirs.getByLabel(words.password, { exact: true }).fill("bốn từ chẳng liên quan");
      await theirs.getByLabel(words.repeat).fill("bốn từ chẳng liên quan");
      await theirs.getByRole("button", { name: words.join }).click();
      await expect(theirs).toHaveURL(/\/campaigns$/);
      expect((await theirs.goto(new URL("/settings/people", theirs.url()).href))?.status()).toBe(404);

      await page.goto("/settings/people");
      await alive(page);
      const row = page.locator("tr", { hasText: email });
      await row.getByRole("button", { name: words.change }).click();
      await row.getByLabel(words.role).selectOption("manager");
      await row.getByRole("button", { name: words.save }).click();
      await expect(page.locator("tr", { hasText: email })).toContainText(words.manager);
      await page.getByRole("link", { name: words.log, exact: true }).click();
      await expect(page.locator("tr", { hasText: words.changed }).filter({ hasText: email })).toContainText(words.moved);
      await other.close();
    });
  }
});
