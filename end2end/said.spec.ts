/* What was said is searched: words without marks, by speaker; a line leads to its call, where the player begins at that second. */
import { alive, expect, look, test } from "./test";

test.describe("the search of what was said is accessible in both languages and themes", () => {
  test.describe.configure({ timeout: 300_000 });
  for (const address of ["/search", "/search?q=kh%C3%B4ng", "/search?q=khongcogi"]) test(address, async ({ accessible }) => accessible(address));
  test("on a phone", async ({ page, accessible }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await accessible("/search?q=kh%C3%B4ng");
  });
});

for (const [language, find, title] of [["vi", "Tìm", "Tìm lời thoại"], ["en", "Search", "Search what was said"]] as const) {
  test(`words without marks are found, and a line leads to its second, in ${language}`, async ({ page, context }) => {
    await look(context, { language, theme: "light" });
    await page.goto("/campaigns/nhac-phi-2611-1/calls");
    await alive(page);
    await page.getByRole("main").getByRole("link", { name: title }).click();
    await expect(page).toHaveURL(/\/search\?campaign=nhac-phi-2611-1$/);
    await page.locator("input[name=q]").fill("khong");
    await page.locator("select[name=speaker]").selectOption("customer");
    await page.getByRole("main").getByRole("button", { name: find, exact: true }).click();
    await expect(page).toHaveURL(/q=khong/);
    await expect(page.locator(".said-lines mark").first()).toHaveText(/^không$/i);
    await expect(page.locator(".said-lines .is-bot")).toHaveCount(0);
    const line = page.locator(".said-lines a").first();
    const at = Number(new URL((await line.getAttribute("href")) ?? "", page.url()).searchParams.get("at"));
    const words = await line.locator(".turn-text").textContent();
    await line.click();
    await expect(page).toHaveURL(/\/calls\?open=.*at=/);
    await expect(page.locator("#said .turn-text").first()).toHaveText(words ?? "");
    expect(at).toBeGreaterThan(0);
  });
}
