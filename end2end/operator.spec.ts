/* An operator: from an empty database to an owner reading the report, on pages alone; and the pages themselves. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveNothing } from "./nothing";
import { alive, entered, expect, expectAccessible, expectTold, inTwoAccounts, look, LOOKS, test } from "./test";

const WORDS = {
  vi: {
    waits: "ringside serve", name: "Tên của bạn", password: "Mật khẩu mới", repeat: "Nhập lại mật khẩu", account: "Tên tài khoản", begin: "Bắt đầu",
    bring: "Nhập dữ liệu", operator: "Vận hành", create: "Tạo tài khoản", invite: "Mời", how: "Gửi lời mời", join: "Tham gia", calls: "Cuộc gọi mỗi tháng", save: "Lưu",
    saved: "Đã lưu hạn mức.", csv: "CSV hoá đơn", signOut: "Đăng xuất", enter: "Vào tài khoản trong 1 giờ", reason: "Lý do", leave: "Rời tài khoản", nearly: "Đã hết hạn mức cuộc gọi",
    upload: "Tải lên và xem trước", toConfirm: "Chờ xác nhận", campaign: "Hoặc tạo chiến dịch mới", store: "Nhập cuộc gọi", done: "Đã nhập",
  },
  en: {
    waits: "ringside serve", name: "Your name", password: "New password", repeat: "Repeat the password", account: "Name of the account", begin: "Begin",
    bring: "Import calls", operator: "Operator", create: "Make the account", invite: "Invite", how: "The invitation goes", join: "Join", calls: "Calls a month", save: "Save",
    saved: "The quotas are saved.", csv: "CSV for invoices", signOut: "Sign out", enter: "Enter for an hour", reason: "Reason", leave: "Leave", nearly: "The quota of calls this month is used up",
    upload: "Upload and look at them", toConfirm: "To be confirmed", campaign: "Or a new campaign", store: "Import calls", done: "Stored",
  },
} as const;

const PASSWORD = "bốn từ chẳng liên quan";

/** Three calls of this very minute: `ringside serve` goes by the time of the day. */
function calls(): string {
  const now = new Date().toLocaleString("sv-SE", { timeZone: "Asia/Ho_Chi_Minh" });
  const lines = ["0901234567", "0901234568", "0901234569"].map((phone) => `${phone},${now},17,Đồng ý`);
  return ["Số điện thoại,Giờ gọi,Giây nghe,Kết quả", ...lines, ""].join("\n");
}

for (const language of ["vi", "en"] as const) {
  test.describe(`from nothing, in ${language}`, () => {
    test.use({ role: null, locale: language });
    test.describe.configure({ timeout: 300_000 });

    test("a new operator comes to an owner who reads the report", async ({ browser }) => {
      const words = WORDS[language];
      const folder = mkdtempSync(join(tmpdir(), "ringside-first-"));
      const { child, url, link } = await serveNothing(folder);
      try {
        const context = await browser.newContext({ baseURL: url, locale: language, viewport: { width: 1366, height: 900 } });
        const page = await context.newPage();
        await context.addCookies([{ name: "lang", value: language, url }]);
        await page.goto("/sign-in");
        await expect(page.getByRole("note")).toContainText(words.waits);
        await expectAccessible(page);
        await page.goto(link);
        await expectAccessible(page);
        await expectTold(page);
        // Countries by their names in the language of the page, which can be changed here.
        const vietnam = page.locator("datalist option[value=VN]");
        await expect(vietnam).toHaveAttribute("label", language === "vi" ? "Việt Nam" : "Vietnam");
        await page.getByRole("link", { name: language === "vi" ? "EN, English" : "VI, Tiếng Việt" }).click();
        await expect(page).toHaveURL(link);
        await expect(vietnam).toHaveAttribute("label", language === "vi" ? "Vietnam" : "Việt Nam");
        await page.getByRole("link", { name: language === "vi" ? "VI, Tiếng Việt" : "EN, English" }).click();
        await expect(page).toHaveURL(link);
        await page.getByLabel("Email").fill("van-hanh@dich-vu.vn");
        await page.getByLabel(words.name).fill("Lan");
        await page.getByLabel(words.password, { exact: true }).fill(PASSWORD);
        await page.getByLabel(words.repeat).fill(PASSWORD);
        await page.getByLabel(words.account).fill("Dịch vụ");
        await page.getByRole("button", { name: words.begin, exact: true }).click();
        await expect(page).toHaveURL(/\/campaigns$/);
        await alive(page);
        await expectAccessible(page);
        expect((await page.goto(link))?.status()).toBe(410);

        // The operator makes an account of a customer, and invites its owner.
        await page.goto("/campaigns");
        await page.locator(".sidebar").getByRole("link", { name: words.operator }).click();
        await expect(page).toHaveURL(/\/operator$/);
        await page.locator(".page-actions > button[popovertarget=add-account]").click();
        const form = page.locator("#add-account");
        await form.getByLabel(words.account).fill("Công ty Khách");
        await form.getByRole("button", { name: words.create }).click();
        await expect(page.getByRole("heading", { level: 1 })).toHaveText("Công ty Khách");
        await expectAccessible(page);
        await expectTold(page);
        await page.getByLabel(words.calls).fill("3");
        await page.locator("#quotas").getByRole("button", { name: words.save }).click();
        await expect(page.locator("main").getByRole("status")).toHaveText(words.saved);
        const owners = page.locator("#owners");
        await owners.getByLabel("Email").fill("chu@khach.vn");
        await owners.getByLabel(words.how).selectOption("link");
        await owners.getByRole("button", { name: words.invite, exact: true }).click();
        const invitation = await page.locator("#secret").inputValue();

        // The owner joins, brings in a file and reads the report.
        const theirs = await browser.newContext({ baseURL: url, locale: language });
        await theirs.addCookies([{ name: "lang", value: language, url }]);
        const owner = await theirs.newPage();
        await owner.goto(invitation);
        await owner.getByLabel(words.name).fill("Hoa");
        await owner.getByLabel(words.password, { exact: true }).fill(PASSWORD);
        await owner.getByLabel(words.repeat).fill(PASSWORD);
        await owner.getByRole("button", { name: words.join }).click();
        await expect(owner).toHaveURL(/\/campaigns$/);
        await owner.locator(".empty-actions").getByRole("link", { name: words.bring }).click();
        await expect(owner).toHaveURL(/\/import$/);
        await alive(owner);
        await owner.locator("#bring-file").setInputFiles({ name: "goi.csv", mimeType: "text/csv", buffer: Buffer.from(calls()) });
        await owner.getByRole("button", { name: words.upload }).click();
        await expect(owner.locator(".badge", { hasText: words.toConfirm })).toBeVisible();
        await alive(owner);
        await owner.getByLabel(words.campaign).fill("Tết");
        await owner.getByRole("button", { name: words.store }).click();
        await expect(owner.locator(".page-title .badge", { hasText: words.done })).toBeVisible();
        await owner.locator("main").getByRole("link", { name: "Tết" }).click();
        await expect(owner.getByRole("heading", { level: 1, name: "Tết" })).toBeVisible();
        await expect(owner.locator("main")).toContainText("3");
        await owner.goto("/campaigns");
        await expect(owner.locator(".frame-notices")).toContainText(words.nearly);
        await expectAccessible(owner);

        // The operator sees how much it was, and takes the invoices.
        await page.goto("/operator");
        const row = page.locator("tr", { hasText: "Công ty Khách" });
        await expect(row.locator("td").nth(1)).toContainText("3");
        const download = page.waitForEvent("download");
        await page.getByRole("link", { name: words.csv }).click();
        expect((await download).suggestedFilename()).toMatch(/^invoices-\d{4}-\d{2}\.csv$/);
        // And enters the account with a reason.
        await row.getByRole("link", { name: "Công ty Khách" }).click();
        await page.locator("#enter").getByLabel(words.reason).fill("Giúp đọc báo cáo");
        await page.locator("#enter").getByRole("button", { name: words.enter }).click();
        await expect(page).toHaveURL(/\/campaigns$/);
        await expect(page.locator(".frame-notices")).toContainText(words.leave);
        await expectAccessible(page);
        await owner.goto("/settings/log");
        await expect(owner.locator("main")).toContainText("Giúp đọc báo cáo");
        await page.getByRole("button", { name: words.leave }).click();
        await expect(page).toHaveURL(/\/operator\?note=left$/);
        await theirs.close();
        await context.close();
      } finally {
        child.kill("SIGTERM");
        await new Promise((done) => child.once("exit", done));
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
}

test.describe("two tabs of two accounts", () => {
  test.use({ role: null, locale: "vi" });

  test("a page of one shows nothing of the other, whatever it asks for, and says so", async ({ page, context, complaints }) => {
    await context.addCookies([{ name: "lang", value: "vi", url: process.env.RINGSIDE_PAGES_URL ?? "" }]);
    await entered(page);
    // A page that follows a running campaign, and one of a list.
    await page.goto("/campaigns/nhac-phi-2611-2");
    await alive(page);
    const list = await context.newPage();
    await list.goto("/calls");
    await alive(list);
    const other = await context.newPage();
    await other.goto("/campaigns");
    await other.locator("form[action^='/operator/leave'] button").click();
    await other.waitForURL(/\/operator/);
    // The stream has ended with its session: by itself the page finds out, without a click.
    await expect(page.locator("main")).toContainText("Tài khoản khác đang mở", { timeout: 20_000 });
    await expect(page.locator("main")).toContainText("An Tâm");
    await expect(page.locator("main .figure, main .data-table")).toHaveCount(0);
    await expect(list.locator("main")).toContainText("Tài khoản khác đang mở", { timeout: 20_000 });
    // And one that is opened by a link within the page.
    await list.locator(".sidebar a[href='/usage']").click();
    await expect(list.locator("main")).toContainText("Tài khoản khác đang mở");
    await expectAccessible(list);
    // Whoever left an account is told no more of it.
    await list.locator("main").getByRole("link", { name: "Chọn tài khoản" }).click();
    await expect(list.locator("main")).toContainText("một tài khoản mà bạn không ở trong đó");
    // What was refused is in the console, and nothing else.
    expect(complaints.filter((words) => !/409|401/.test(words))).toEqual([]);
    complaints.length = 0;
  });

  test("who belongs to both is asked which one to go on with", async ({ page, context, complaints }) => {
    await context.addCookies([{ name: "lang", value: "vi", url: process.env.RINGSIDE_PAGES_URL ?? "" }]);
    await inTwoAccounts(page);
    await page.goto("/usage");
    await alive(page);
    const other = await context.newPage();
    await other.goto("/accounts");
    await other.getByRole("button", { name: /Công ty Mới/ }).click();
    await page.locator(".sidebar a[href='/statistics']").click();
    await page.locator("main").getByRole("link", { name: "Chọn tài khoản" }).click();
    await expect(page.locator("main")).toContainText("Liên kết này thuộc tài khoản “An Tâm”");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Mở trong An Tâm" }).click();
    await expect(page).toHaveURL(/\/statistics$/);
    await expect(page.locator(".account-switch")).toContainText("An Tâm");
    complaints.length = 0;
  });
});

test.describe("the pages of the operator", () => {
  test.use({ role: "operator" });

  test("are accessible in both languages and themes", async ({ page, context }) => {
    for (const one of LOOKS) {
      await look(context, one);
      await page.goto("/operator");
      await expectAccessible(page, `the list (${one.language}, ${one.theme})`);
      await expectTold(page);
      await page.locator(".page-actions > button[popovertarget=add-account]").click();
      await expectAccessible(page, `a new account (${one.language}, ${one.theme})`);
      await page.keyboard.press("Escape");
      await page.locator(".operator-table td.key a").first().click();
      await expectAccessible(page, `an account (${one.language}, ${one.theme})`);
      await expectTold(page);
      await page.goto("/operator/log");
      await expectAccessible(page, `what operators did (${one.language}, ${one.theme})`);
      await expectTold(page);
    }
  });

  test("sort by the keyboard", async ({ page }) => {
    await page.goto("/operator");
    await page.locator("th a.sort").nth(1).focus();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/sort=-calls/);
    await expect(page.locator("th[aria-sort=descending]")).toHaveCount(1);
    await expect(page.locator("tbody tr").first()).toContainText("An Tâm");
  });

  test.describe("without scripts", () => {
    test.use({ javaScriptEnabled: false });

    test("a month is chosen and a wrong account said at its field", async ({ page }) => {
      await page.goto("/operator");
      await page.locator("select[name=month]").selectOption({ index: 1 });
      await page.locator("form[action='/operator'] button").click();
      await expect(page).toHaveURL(/month=/);
      await page.locator(".operator-table td.key a").first().click();
      await page.locator("#quotas input[name=calls]").fill("0");
      await expect(page.locator("#enter button")).toBeVisible();
    });
  });
});
