/* An owner connects a system without a manual: an address to paste, what came to it, what could not be read, and whom its agents stand for. */
import { alive, expect, look, test } from "./test";

test.use({ role: "newcomer" });
// The tests share an account.
test.describe.configure({ mode: "serial" });

const WORDS = {
  vi: { new: "Thêm kết nối", source: "Hệ thống gửi đến", name: "Tên gọi", make: "Tạo địa chỉ", address: "Địa chỉ", unread: "Chưa đọc được", mapping: "Bảng ánh xạ", save: "Lưu", read: "Đã đọc", undeclared: "Chưa khai báo" },
  en: { new: "Add a connection", source: "Sending system", name: "Name", make: "Make the address", address: "Address", unread: "Not read", mapping: "Mapping", save: "Save", read: "Read", undeclared: "Not declared" },
} as const;

for (const language of ["vi", "en"] as const) {
  const words = WORDS[language];

  test(`a system of one's own is connected and its mapping mended, in ${language}`, async ({ page, context, request, accessible }) => {
    await look(context, { language, theme: "light" });
    await page.goto("/campaigns");
    await alive(page);
    await page.locator(".sidebar a[href='/hooks']").click();
    await expect(page).toHaveURL(/\/hooks$/);
    await page.getByRole("button", { name: words.new }).click();
    const form = page.locator("#new-hook");
    await form.getByLabel(words.source).selectOption("generic");
    await form.getByLabel(words.name, { exact: true }).fill(`Bot ${language}`);
    await form.getByRole("button", { name: words.make }).click();
    const hook = page.locator("section", { has: page.getByRole("heading", { name: `Bot ${language}` }) });
    const address = await hook.getByLabel(words.address, { exact: true }).inputValue();

    // The bodies of a system that nobody knows: they wait for a mapping.
    const body = { so: `c-${language}`, tro_ly: `bot-${language}`, dien_thoai: "0901234567", luc_goi: "2026-11-04T09:00:00+07:00", giay: 31, ket_qua: "Đồng ý" };
    const path = new URL(address).pathname;
    expect((await request.post(path, { data: body })).status()).toBe(200);
    await expect(async () => {
      await page.reload();
      await expect(page.locator("#hooks-unread")).toContainText("(1)", { timeout: 500 });
    }).toPass();
    await alive(page);
    await accessible("/hooks");
    await look(context, { language, theme: "light" });
    await page.goto("/hooks");
    await alive(page);

    await hook.getByRole("button", { name: words.mapping }).click();
    const mapping = page.locator(`form[action*="/mapping"]`, { has: page.locator("textarea:visible") });
    await mapping.locator("textarea").fill(
      `[columns]\nid = "so"\nvoicebot = "tro_ly"\nphone = "dien_thoai"\ndialed_at = "luc_goi"\ntalk = { column = "giay", unit = "s" }\nresult = "ket_qua"\n\n[results]\n"Đồng ý" = "DY"\n`,
    );
    await mapping.getByRole("button", { name: words.save }).click();
    await expect(async () => {
      await page.reload();
      await expect(page.locator("#hooks-unread")).toHaveCount(0, { timeout: 500 });
      await expect(page.locator("tr", { hasText: `Bot ${language}` }).locator(".badge.is-success", { hasText: words.read })).toBeVisible({ timeout: 500 });
    }).toPass();

    // Its agent came in under its own name until somebody says what it is.
    const agent = page.locator("section", { has: page.locator("#hooks-agents") }).locator("tr", { hasText: `bot-${language}` });
    await expect(agent).toContainText(words.undeclared);
    await page.goto("/campaigns");
    await expect(page.locator("main")).toContainText(`bot-${language}`);
  });
}
