/* The desk by the keyboard alone: whatever can be pressed or typed into on a page of the settings or of the operator is reached by Tab, in sight and marked. */
import type { Page } from "@playwright/test";
import { alive, expect, look, test } from "./test";

/** What can be operated on the page as it is, named as the walk names it. Of radio buttons of one name the keyboard stops at one. */
function operable(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const isOperable = (element: Element) =>
      element.matches("a[href], button:enabled, input:enabled:not([type=hidden]), select:enabled, textarea:enabled, summary, [tabindex='0']")
      && !element.matches("[tabindex='-1']") && element.checkVisibility({ visibilityProperty: true });
    const all = [...document.querySelectorAll("body *")].filter(isOperable);
    const groups = new Set<string>();
    const kept = all.filter((element) => {
      if (!(element instanceof HTMLInputElement) || element.type !== "radio") return true;
      const isFirst = !groups.has(element.name);
      groups.add(element.name);
      return isFirst;
    });
    return kept.map((element, n) => {
      const id = `${n}`;
      element.setAttribute("data-walk", id);
      if (element instanceof HTMLInputElement && element.type === "radio") {
        for (const other of document.querySelectorAll(`input[type=radio][name='${element.name}']`)) other.setAttribute("data-walk", id);
      }
      return `${id} ${element.tagName} ${(element.textContent || element.getAttribute("aria-label") || element.getAttribute("name") || "").trim().slice(0, 40)}`;
    });
  });
}

/** Walks by Tab until nothing new comes; gives what it came to, and what was out of sight or not marked. */
async function walked(page: Page, most: number) {
  const [reached, faults] = [new Set<string>(), [] as string[]];
  for (let n = 0; n < most; n++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const box = element.getBoundingClientRect();
      // A field over what it stands for shows the mark there.
      const marked = [element, element.parentElement, element.nextElementSibling].some((one) => {
        if (!one) return false;
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
        return (outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0) || boxShadow !== "none";
      });
      const inSight = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
      return { id: element.getAttribute("data-walk"), words: `${element.tagName} ${(element.textContent ?? "").trim().slice(0, 40)} ${element.getAttribute("name") ?? ""}`, marked, inSight };
    });
    if (!at) continue;
    if (at.id) reached.add(at.id);
    if (!at.inSight) faults.push(`out of sight: ${at.words}`);
    if (!at.marked) faults.push(`not marked: ${at.words}`);
  }
  return { reached, faults };
}

async function expectReachable(page: Page, address: string) {
  await page.goto(address);
  await alive(page);
  const all = await operable(page);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const { reached, faults } = await walked(page, all.length + 5);
  expect([...new Set(faults)], address).toEqual([]);
  expect(all.filter((one) => !reached.has(one.split(" ")[0] ?? "")), `${address}: not reached`).toEqual([]);
}

for (const part of ["account", "campaigns", "voicebots", "codes", "dimensions", "tariffs", "recipients", "people", "tokens", "sign-in", "views", "erasure", "log"]) {
  test(`the settings of ${part} by the keyboard`, async ({ page }) => {
    await expectReachable(page, `/settings/${part}`);
  });
}

test("connections, jobs and imports by the keyboard", async ({ page }) => {
  for (const address of ["/hooks", "/jobs", "/import"]) await expectReachable(page, address);
});

test("somebody is invited and the invitation taken back, by the keyboard alone", async ({ page, context }) => {
  await look(context, { language: "vi", theme: "light" });
  await page.goto("/settings/people");
  await alive(page);
  const until = async (found: () => Promise<boolean>, key = "Tab") => {
    for (let n = 0; n < 200; n++) {
      if (await found()) return;
      await page.keyboard.press(key);
    }
    throw new Error("it was not reached");
  };
  const has = (selector: string) => () => page.evaluate((selector) => Boolean(document.activeElement?.matches(selector)), selector);
  await until(has("main button[popovertarget], main summary, main input[name=email]"));
  if (!(await has("input[name=email]")())) {
    await page.keyboard.press("Enter");
    await until(has("input[name=email]"));
  }
  await page.keyboard.type("ban-phim@tests.example");
  await until(has("select[name=how], input[name=how]"));
  await page.keyboard.press("End");
  await until(has("form:has([name=how]) button[type=submit]"));
  await page.keyboard.press("Enter");
  await expect(page.locator("#secret")).toBeVisible();
  await page.goto("/settings/people");
  await alive(page);
  const row = page.locator("tr", { hasText: "ban-phim@tests.example" });
  await expect(row).toHaveCount(1);
  await row.getByRole("button", { name: /Huỷ lời mời|Take the invitation/ }).first().focus();
  await page.keyboard.press("Enter");
  await until(has(":popover-open button[type=submit]"));
  await page.keyboard.press("Enter");
  await expect(row).toHaveCount(0);
});

test.describe("the pages of the operator by the keyboard", () => {
  test.use({ role: "operator" });

  test("all is reached", async ({ page }) => {
    await page.goto("/operator");
    const account = await page.locator(".operator-table td.key a").first().getAttribute("href");
    for (const address of ["/operator", account ?? "", "/operator/log"]) await expectReachable(page, address);
  });
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("every form of the settings that is refused says why, in the frame of its page", async ({ page }) => {
    for (const part of ["account", "campaigns", "voicebots", "codes", "dimensions", "tariffs", "recipients", "people", "tokens", "sign-in", "erasure"]) {
      const address = `/settings/${part}`;
      await page.goto(address);
      const forms = await page.locator("main form[method=post]:has(input:not([type=hidden]), textarea)").count();
      for (let n = 0; n < forms; n++) {
        await page.goto(address);
        const form = page.locator("main form[method=post]:has(input:not([type=hidden]), textarea)").nth(n);
        const sheet = form.locator("xpath=ancestor::*[@popover]");
        if (await sheet.count()) {
          const id = await sheet.first().getAttribute("id");
          const opener = page.locator(`[popovertarget='${id}']`).first();
          if (!(await opener.isVisible())) continue;
          await opener.click();
        }
        // An old page: what it shows was changed meanwhile, whatever else is typed.
        const seen = form.locator("input[name=seen]");
        if (!(await seen.count())) continue;
        const body = await form.evaluate((form: HTMLFormElement) => [form.action, [...new FormData(form)].map(([name, value]) => [name, `${value}`])] as const).catch(() => null);
        if (!body) continue;
        const [action, fields] = body;
        const sent = await page.request.post(action, { form: Object.fromEntries(fields.map(([name, value]) => [name, name === "seen" ? "khác" : value])), maxRedirects: 0 });
        expect(sent.status(), action).toBe(422);
        const html = await sent.text();
        for (const part of ["class=\"app\"", "role=\"alert\"", "aria-current=\"page\""]) expect(html.includes(part), `${action}: ${part}`).toBe(true);
      }
    }
  });
});
