/* Somebody brings in files of their own, without reading a manual: sees what they are, corrects it, confirms, undoes it. */
import { alive, expect, look, test } from "./test";

test.use({ role: "newcomer" });
// The tests share an account that begins empty.
test.describe.configure({ mode: "serial" });

const WORDS = {
  vi: {
    upload: "Tải lên và xem trước",
    toConfirm: "Chờ xác nhận",
    missing: "Còn thiếu",
    again: "Xem lại",
    first: "3 cuộc gọi đầu tiên",
    campaign: "Hoặc tạo chiến dịch mới",
    store: "Nhập cuộc gọi",
    done: "Đã nhập",
    undo: "Hoàn tác",
    undone: "Đã hoàn tác",
    fields: ["Số điện thoại khách", "Lúc gọi", "Thời gian đàm thoại"],
  },
  en: {
    upload: "Upload and look at them",
    toConfirm: "To be confirmed",
    missing: "Still missing",
    again: "Preview again",
    first: "The first 3 calls",
    campaign: "Or a new campaign",
    store: "Import calls",
    done: "Stored",
    undo: "Undo",
    undone: "Undone",
    fields: ["Customer's number", "Dialled at", "Talk time"],
  },
} as const;

for (const language of ["vi", "en"] as const) {
  const words = WORDS[language];

  test(`a foreign table is brought in, in ${language}`, async ({ page, context, accessible }) => {
    await look(context, { language, theme: "light" });
    await page.goto("/campaigns");
    await alive(page);
    await page.locator(".sidebar a[href='/import']").click();
    await expect(page).toHaveURL(/\/import$/);
    // Columns whose names say nothing.
    const file = `Máy ${language};Thời điểm;Lâu\n0901234567;5/11/2026 9:00;17\n0901234568;13/11/2026 9:01;0\n0901234569;13/11/2026 9:05;62\n`;
    await page.getByLabel(/Tệp cuộc gọi|Files of calls/).setInputFiles({ name: `bảng-${language}.csv`, mimeType: "text/csv", buffer: Buffer.from(file) });
    await page.getByRole("button", { name: words.upload }).click();
    await expect(page.locator(".badge", { hasText: words.toConfirm })).toBeVisible();
    await expect(page.getByText(words.missing)).toBeVisible();
    const columns = page.locator("#columns select[name^=column-]");
    for (const [at, field] of words.fields.entries()) await columns.nth(at).selectOption({ label: field });
    await page.getByRole("button", { name: words.again }).click();
    await expect(page.getByRole("heading", { name: words.first })).toBeVisible();
    await expect(page.locator("table", { hasText: "0901234569" }).first()).toBeVisible();
    const address = new URL(page.url()).pathname;
    await accessible(address);
    await look(context, { language, theme: "light" });
    await page.goto(address);
    await alive(page);
    await page.getByLabel(words.campaign).fill(`Thử ${language}`);
    await page.getByRole("button", { name: words.store }).click();
    await expect(page.locator(".page-title .badge", { hasText: words.done })).toBeVisible();

    // What was brought in is in the reports.
    await page.locator("main").getByRole("link", { name: `Thử ${language}` }).click();
    await expect(page.getByRole("heading", { level: 1, name: `Thử ${language}` })).toBeVisible();
    await expect(page.locator("main")).toContainText("3");
    await page.goto(address);
    await alive(page);
    await page.getByRole("button", { name: words.undo }).click();
    await page.locator("#undo").getByRole("button", { name: words.undo }).click();
    await expect(page.locator(".page-title .badge", { hasText: words.undone })).toBeVisible();
  });
}

const MEANINGS = {
  vi: { word: "Máy lạ", of: "Nghĩa của “Máy lạ”", code: "CU: Lỗi đường truyền", skip: "Không phải cuộc gọi: bỏ qua", test: "Nghĩa của “Gọi thử”", keep: "Nhớ nghĩa các từ đã chọn" },
  en: { word: "Máy nọ", of: "Meaning of “Máy nọ”", code: "CU: Line error", skip: "No call: leave it out", test: "Meaning of “Gọi thử”", keep: "Remember what the chosen words mean" },
} as const;

for (const language of ["vi", "en"] as const) {
  const [words, meanings] = [WORDS[language], MEANINGS[language]];

  test(`words for results get their meaning, in ${language}`, async ({ page, context, accessible }) => {
    await look(context, { language, theme: "light" });
    await page.goto("/import");
    await alive(page);
    const number = (n: number) => `090${language === "vi" ? 2 : 3}12345${n}`;
    const row = (n: number, word: string) => `${number(n)};13/11/2026 9:0${n};${word};1\n`;
    const file = `SĐT;Ngày gọi;Kết quả;Lô ${language}\n${row(1, "Nghe máy")}${row(2, meanings.word)}${row(3, meanings.word)}${row(4, "Gọi thử")}`;
    await page.locator("#bring-file").setInputFiles({ name: `từ-${language}.csv`, mimeType: "text/csv", buffer: Buffer.from(file) });
    await page.getByRole("button", { name: words.upload }).click();
    await page.getByLabel(meanings.of).selectOption({ label: meanings.code });
    await page.getByLabel(meanings.test).selectOption({ label: meanings.skip });
    const address = new URL(page.url()).pathname;
    await accessible(address);
    await look(context, { language, theme: "light" });
    await page.goto(address);
    await alive(page);
    await page.getByLabel(meanings.of).selectOption({ label: meanings.code });
    await page.getByLabel(meanings.test).selectOption({ label: meanings.skip });
    await page.getByRole("button", { name: words.again }).click();
    await expect(page.getByRole("heading", { name: words.first })).toBeVisible();
    await page.getByLabel(words.campaign).fill(`Từ ${language}`);
    await page.getByLabel(meanings.keep).check();
    await page.getByRole("button", { name: words.store }).click();
    await expect(page.locator(".page-title .badge", { hasText: words.done })).toBeVisible();
    await page.getByRole("button", { name: words.undo }).click();
    await page.locator("#undo").getByRole("button", { name: words.undo }).click();
    await expect(page.locator(".page-title .badge", { hasText: words.undone })).toBeVisible();
  });
}

test("several files come in at once, dropped on the field; what is none of calls says so", async ({ page }) => {
  await page.goto("/import");
  await alive(page);
  const asterisk = `"","1000","0901112223","out","""A"" <1000>","SIP/1000-1","SIP/gw-2","Dial","SIP/gw","2026-11-05 09:00:00","2026-11-05 09:00:05","2026-11-05 09:00:35",35,30,"ANSWERED","DOCUMENTATION","1793844000.1",""\n`;
  await page.locator("#bring-file").setInputFiles([
    { name: "Master.csv", mimeType: "text/csv", buffer: Buffer.from(asterisk) },
    { name: "ảnh.png", mimeType: "image/png", buffer: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]) },
  ]);
  await page.getByRole("button", { name: WORDS.vi.upload }).click();
  await expect(page).toHaveURL(/\/import$/);
  await expect(page.locator("tr", { hasText: "Master.csv" })).toContainText("1 cuộc gọi mới");
  await page.locator("tr", { hasText: "ảnh.png" }).getByRole("link").click();
  await expect(page.locator(".notice")).toContainText("không phải bảng cuộc gọi");
  await page.getByRole("button", { name: "Bỏ tệp này" }).click();
  await expect(page.locator("tr", { hasText: "ảnh.png" })).toContainText("Đã bỏ");
});

test("the list of imports is accessible", async ({ accessible }) => {
  await accessible("/import");
});
