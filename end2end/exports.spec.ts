/* Taking a report away: the file comes by itself, goes on while one browses, and comes without scripts too. */
import { readFileSync } from "node:fs";
import { alive, expect, expectAccessible, look, LOOKS, test } from "./test";

const CAMPAIGN = "/campaigns/nhac-phi-2611-1";
const NAME = /^nhac-phi-2611-1-\d{4}-\d\d-\d\d\.xlsx$/;

/** A workbook is a ZIP. */
const isWorkbook = (path: string) => readFileSync(path).subarray(0, 4).toString("latin1") === "PK\u0003\u0004";

test("the report's and the list's workbooks are made while the page stays, and download by themselves", async ({ page }) => {
  for (const [address, name] of [
    [CAMPAIGN, "XLSX"],
    [`${CAMPAIGN}/calls?code=DY`, /XLSX .* dòng/],
  ] as const) {
    await page.goto(address);
    await alive(page);
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name }).last().click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(NAME);
    expect(isWorkbook(await file.path())).toBe(true);
    const toast = page.locator(".toast");
    // It stays while one points at it.
    await toast.hover();
    await expect(toast).toContainText("Tệp đã sẵn sàng");
    // What it holds and as of when, not that it is what one sees: calls may have come meanwhile.
    await expect(toast).toContainText(/\d dòng, .*, tính đến \d\d:\d\d:\d\d ngày \d\d\/\d\d\/2026/);
    await expect(toast).not.toContainText("khớp với màn hình");
    await expectAccessible(page);
    await toast.getByRole("button", { name: "Đóng" }).click();
    await expect(toast).toHaveCount(0);
    await expect(page).toHaveURL(address);
  }
});

test("an export that is being made is still shown on the next page, with its file in the end", async ({ page }) => {
  let held = true;
  await page.route("**/exports/*", async (route) => {
    const answer = await route.fetch();
    const job = await answer.json();
    await route.fulfill({ json: held ? { ...job, state: "running", percent: 64, note: "64% · bạn có thể rời trang này", step: undefined } : job });
  });
  await page.goto(`${CAMPAIGN}/calls`);
  await alive(page);
  await page.getByRole("link", { name: /XLSX .* dòng/ }).click();
  await expect(page.locator(".toast")).toContainText("64%");
  // A full load: nothing of the page's own memory is left.
  await page.goto("/campaigns");
  const toast = page.locator(".toast");
  await expect(toast).toContainText("64%");
  await expect(toast.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "64");
  held = false;
  await expect(toast).toContainText("Tệp đã sẵn sàng");
  const download = page.waitForEvent("download");
  await toast.getByRole("link", { name: "Tải về" }).click();
  expect((await download).suggestedFilename()).toMatch(NAME);
});

test("the page of an export is accessible in every look", async ({ page, context }) => {
  const begun = await page.request.get(`${CAMPAIGN}/calls.xlsx?code=DY`, { headers: { Accept: "application/json" } });
  expect(begun.status()).toBe(202);
  const { address } = await begun.json();
  for (const one of LOOKS) {
    await look(context, one);
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectAccessible(page, `${address} (${one.language}, ${one.theme})`);
  }
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("the link sends the file", async ({ page }) => {
    await page.goto(`${CAMPAIGN}/calls?code=DY`);
    for (const [name, file] of [[/XLSX .* dòng/, NAME], ["CSV", /\.csv$/]] as const) {
      const download = page.waitForEvent("download");
      await page.getByRole("link", { name }).last().click();
      expect((await download).suggestedFilename()).toMatch(file);
    }
  });
});
