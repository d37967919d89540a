/* The pages without a mouse. */
import { alive, expect, test } from "./test";

const RECORDED = "/campaigns/nhac-phi-2611-1/calls?recorded=true&class=success&sort=-talk_time";

test("? shows the keys, Esc closes them and gives the focus back; a field takes letters for itself", async ({ page }) => {
  await page.goto(RECORDED);
  await alive(page);
  const chosen = page.locator("tr[data-row] a[data-call]").first();
  await chosen.focus();
  await page.keyboard.press("?");
  await expect(page.locator("#shortcuts")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.locator("#shortcuts")).toBeHidden();
  await expect(chosen).toBeFocused();
  await page.keyboard.press("/");
  await expect(page.locator("input[name=q]:visible")).toBeFocused();
  await page.keyboard.type("dm");
  await expect(page.locator("input[name=q]:visible")).toHaveValue("dm");
  expect(page.url()).not.toContain("period=");
});

test("rows are chosen, opened, heard and left with the keyboard alone", async ({ page }) => {
  await page.goto(RECORDED);
  await alive(page);
  const row = (n: number) => page.locator("tr[data-row] a[data-call]").nth(n);
  const audio = <T>(of: (audio: HTMLAudioElement) => T) => page.locator("audio").evaluate(of);
  await page.keyboard.press("j");
  await expect(row(0)).toBeFocused();
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await expect(row(0)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(row(0)).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.press("Space");
  await expect.poll(() => audio((audio) => audio.paused)).toBe(false);
  await page.keyboard.press("Shift+ArrowRight");
  await expect.poll(() => audio((audio) => audio.currentTime)).toBeGreaterThan(9);
  await page.keyboard.press("Shift+ArrowLeft");
  await expect.poll(() => audio((audio) => audio.currentTime)).toBeLessThan(9);
  await page.keyboard.press("+");
  await expect.poll(() => audio((audio) => audio.playbackRate)).toBeGreaterThan(1);
  await page.keyboard.press("-");
  await expect.poll(() => audio((audio) => audio.playbackRate)).toBe(1);
  const first = await audio((audio) => audio.currentSrc);
  await page.keyboard.press("n");
  await expect.poll(() => audio((audio) => audio.currentSrc)).not.toBe(first);
  // The open transcript is that of what is heard.
  await expect(page.locator("tr[data-row] a[data-call][aria-expanded='true']")).toHaveCount(1);
  await expect(row(0)).toHaveAttribute("aria-expanded", "false");
  // Who sounds is said, and the bar has a name.
  await expect(page.getByRole("region", { name: "Trình phát ghi âm" }).getByRole("status")).toContainText("Đang phát ghi âm");
  await page.keyboard.press("Escape");
  await expect(row(0)).toHaveAttribute("aria-expanded", "false");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("region", { name: "Trình phát ghi âm" })).toBeHidden();
});

test("silence is skipped while its button is pressed", async ({ page }) => {
  await page.goto(RECORDED);
  await alive(page);
  await page.locator("tr[data-row] a[href*='/recording?account=']").first().click();
  await expect(page.locator("ringside-waveform[data-lanes='2']")).toBeVisible();
  const button = page.getByRole("button", { name: "Bỏ khoảng lặng" });
  await button.click();
  await expect(button).toHaveAttribute("aria-pressed", "true");
  await button.click();
  await expect(button).toHaveAttribute("aria-pressed", "false");
});

test("a key that opens a popover moves the focus into it, and Esc gives it back", async ({ page }) => {
  await page.goto("/campaigns/nhac-phi-2611-1");
  await alive(page);
  for (const [key, popover] of [["c", "#range"], ["?", "#shortcuts"]]) {
    const button = page.locator(`[data-key="${key}"]:visible`);
    const has = (selector: string) => page.evaluate((selector) => Boolean(document.querySelector(selector)?.contains(document.activeElement)), selector);
    // With nothing focused, it comes back to the button.
    await page.evaluate(() => (document.activeElement as HTMLElement)?.blur());
    await page.keyboard.press(key);
    await expect(page.locator(popover)).toBeVisible();
    await expect.poll(() => has(popover)).toBe(true);
    await page.keyboard.press("Tab");
    expect(await has(popover)).toBe(true);
    await page.keyboard.press("Escape");
    await expect(page.locator(popover)).toBeHidden();
    await expect(button).toBeFocused();
    // Else to where it was.
    const link = page.locator("nav.tabs a").nth(1);
    await link.focus();
    await page.keyboard.press(key);
    await expect.poll(() => has(popover)).toBe(true);
    await page.keyboard.press("Escape");
    await expect(link).toBeFocused();
  }
});
