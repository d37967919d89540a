/* Reports by mail, as a person meets them on a campaign's overview. */
import { alive, expect, expectAccessible, look, LOOKS, test } from "./test";

const RUNNING = "/campaigns/nhac-phi-2611-2";

// These change whom one campaign's report goes to: one after the other.
test.describe.configure({ mode: "serial" });

/** The campaign that ended last: the demo keeps its mail. */
async function mailed(page: import("@playwright/test").Page) {
  await page.goto("/campaigns?state=completed");
  for (const address of await page.locator("main a[href^='/campaigns/']").evaluateAll((links) => links.map((link) => link.getAttribute("href")))) {
    await page.goto(address ?? "");
    if (await page.locator("#report-history a").count()) return address ?? "";
  }
  throw new Error("no campaign of the demo has a mail");
}

test("the mail of a completed campaign can be read, and runs nothing", async ({ page, context }) => {
  const address = await mailed(page);
  await look(context, { language: "vi", theme: "light" });
  await page.goto(address);
  await expect(page.locator("#report-mail")).toContainText("Báo cáo đã gửi tới");
  await page.getByRole("button", { name: "Lịch sử gửi" }).click();
  const opened = context.waitForEvent("page");
  await page.locator("#report-history").getByRole("link", { name: "Xem email" }).first().click();
  const mail = await opened;
  await mail.waitForLoadState();
  await expect(mail.locator("h1")).toContainText("đã hoàn tất");
  expect(await mail.locator("script, img, iframe").count()).toBe(0);
  const over = await mail.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over).toBeLessThanOrEqual(0);
});

test("completing asks first, and recipients are checked as they are typed", async ({ page, context }) => {
  await look(context, { language: "vi", theme: "light" });
  await page.goto(RUNNING);
  await alive(page);
  await page.getByRole("button", { name: "Hoàn tất chiến dịch" }).first().click();
  const dialog = page.locator("#report-complete");
  await expect(dialog).toBeVisible();
  await dialog.getByRole("button", { name: "Huỷ" }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole("button", { name: "Người nhận" }).click();
  const field = page.locator("#report-recipients textarea[name=emails]").first();
  await field.fill("baocao@antam.vn, không phải địa chỉ");
  await field.blur();
  const wrong = page.locator("#recipients-campaign-emails-error");
  await expect(wrong).toHaveText("“không” không phải là một địa chỉ email.");
  await expect(field).toHaveAttribute("aria-invalid", "true");
  expect(await field.evaluate((input: HTMLTextAreaElement) => input.checkValidity())).toBe(false);
  await field.fill("baocao@antam.vn, ketoan@antam");
  expect(await field.evaluate((input: HTMLTextAreaElement) => input.checkValidity())).toBe(false);
  await field.fill("baocao@antam.vn, ketoan@antam.vn");
  await expect(wrong).toBeHidden();
  await page.locator("#report-recipients button[type=submit]").first().click();
  await expect(page.locator("#report-mail")).toContainText("baocao@antam.vn và 1 người khác");
});

test("what the line opens is accessible", async ({ page, context }) => {
  test.setTimeout(120_000);
  for (const one of LOOKS) {
    await look(context, one);
    await page.goto(RUNNING);
    await alive(page);
    for (const id of ["report-recipients", "report-complete"]) {
      await page.locator(`[popovertarget=${id}]`).first().click();
      await expect(page.locator(`#${id}`)).toBeVisible();
      await expectAccessible(page, `${id} (${one.language}, ${one.theme})`);
      await page.keyboard.press("Escape");
    }
  }
});

test("what is open stays open, and is not made anew, while calls change the page around it", async ({ page }) => {
  await page.goto(RUNNING);
  await alive(page);
  await page.locator("[popovertarget=report-complete]").first().click();
  const dialog = page.locator("#report-complete");
  const calls = page.locator("nav.tabs a").nth(1);
  const before = (await calls.textContent()) ?? "";
  await expect(calls).not.toHaveText(before, { timeout: 30_000 });
  await expect(dialog, "Morphed: docs/ARCHITECTURE.md, Couplings").toBeVisible();
});

test("sending again asks, names who gets it, and goes to whom one chooses", async ({ page, context }) => {
  test.setTimeout(120_000);
  const address = await mailed(page);
  const dialog = page.locator("#report-again");
  await page.goto(address);
  await alive(page);
  await page.locator("[popovertarget=report-recipients]").first().click();
  await page.locator("#report-recipients textarea[name=emails]").first().fill("baocao@antam.example, ketoan@antam.example");
  await page.locator("#report-recipients button[type=submit]").first().click();
  await expect(page.locator("#report-recipients")).toBeHidden();
  for (const one of LOOKS) {
    await look(context, one);
    await page.goto(address);
    await alive(page);
    await page.locator("[popovertarget=report-again]").first().click();
    await expect(dialog).toBeVisible();
    await expectAccessible(page, `report-again (${one.language}, ${one.theme})`);
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
  }
  await look(context, { language: "vi", theme: "light" });
  await page.goto(address);
  await alive(page);
  await page.getByRole("button", { name: "Gửi lại" }).first().click();
  await expect(dialog.getByRole("checkbox")).toHaveCount(2);
  await expect(dialog.getByRole("checkbox", { checked: true })).toHaveCount(0);
  await expect(dialog.getByRole("button", { name: "Gửi cho cả 2 người" })).toBeVisible();
  await dialog.getByRole("checkbox", { name: "ketoan@antam.example" }).check();
  await dialog.getByRole("button", { name: "Gửi cho người đã chọn" }).click();
  await expect(page.locator("#report-mail")).toContainText("Báo cáo đang chờ gửi tới ketoan@antam.example");
});

test.describe("a viewer", () => {
  test.use({ role: "viewer" });

  test("sees what was sent and cannot send", async ({ page }) => {
    await page.goto(RUNNING);
    await expect(page.locator("#report-mail")).toBeVisible();
    await expect(page.locator("#report-mail form, #report-complete, #report-recipients, #report-again")).toHaveCount(0);
  });
});
