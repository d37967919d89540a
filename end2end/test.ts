/*
 * `test` for the page tests: signed in as the role they say, failing on any error in the browser's console, with the
 * accessibility check at hand.
 *
 *   import { expect, LOOKS, test } from "./test";
 *   test.use({ role: "viewer" });            // "owner" unless said; null is nobody
 *   test("…", async ({ page, accessible }) => { … await accessible("/campaigns"); });
 */
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { PASSWORD, type Person } from "./ringside";

export { expect };

/** Both languages in both themes. */
export const LOOKS = (["vi", "en"] as const).flatMap((language) => (["light", "dark"] as const).map((theme) => ({ language, theme })));
export type Look = (typeof LOOKS)[number];

/** Sets the cookies by which the server chooses language and theme. */
export async function look(context: BrowserContext, { language, theme }: Look) {
  const url = process.env.RINGSIDE_PAGES_URL ?? "";
  await context.addCookies([
    { name: "lang", value: language, url },
    { name: "theme", value: theme, url },
  ]);
}

/** Waits until the scripts have taken over the page. In a phone's window they wait to be needed: a key that means nothing is pressed. */
export async function alive(page: Page) {
  await page.waitForFunction(() => {
    const isAlive = "alive" in document.documentElement.dataset;
    if (!isAlive) dispatchEvent(new KeyboardEvent("keydown", { key: "Shift" }));
    return isAlive;
  });
}

/** Waits until what fades or moves has come to its end: half-way, every text has too little contrast. */
async function settled(page: Page) {
  await page.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    const ending = document.getAnimations().filter(({ effect, playState, timeline }) => {
      // What goes round for ever does not end, nor what follows the scroll bar.
      return playState === "running" && timeline === document.timeline && effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY;
    });
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
}

/** Fails on what axe-core finds against WCAG 2.2 A and AA in the page as it stands. */
export async function expectAccessible(page: Page, about = page.url()) {
  await settled(page);
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  const found = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}\n    ${node.target.join(" ")}\n    ${node.failureSummary}`));
  expect(found, `${about} is accessible`).toEqual([]);
}

/** Fails where landmarks share a name, headings skip a level, or a name does not begin with what is seen. */
export async function expectTold(page: Page, about = page.url()) {
  const rules = ["landmark-unique", "heading-order", "label-content-name-mismatch", "page-has-heading-one"];
  const { violations } = await new AxeBuilder({ page }).withRules(rules).analyze();
  const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.html.slice(0, 120)}`));
  expect(found, about).toEqual([]);
}

interface Options {
  role: Person | null;
}

interface Fixtures {
  /** Opens an address in every look and checks each. */
  accessible: (address: string, ready?: (page: Page) => Promise<void>) => Promise<void>;
  /** What the browser complained about; a test that provokes complaints empties it. */
  complaints: string[];
}

export const test = base.extend<Options & Fixtures>({
  role: ["owner", { option: true }],
  baseURL: async ({}, use) => use(process.env.RINGSIDE_PAGES_URL),
  storageState: async ({ role }, use) => use(role ? join(process.env.RINGSIDE_PAGES_SESSIONS ?? "", `${role}.json`) : undefined),
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(`${error}`));
      // A refused script, style or connection is reported here too.
      page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
      await use(complaints);
      expect(complaints, "errors in the browser's console").toEqual([]);
    },
    { auto: true },
  ],
  accessible: async ({ page, context }, use) => {
    await use(async (address, ready) => {
      for (const one of LOOKS) {
        await look(context, one);
        await page.goto(address);
        await alive(page);
        await ready?.(page);
        await expectAccessible(page, `${address} (${one.language}, ${one.theme})`);
      }
    });
  },
});

/** Signs in who belongs to two accounts; the one that is open is the demo's. */
export async function inTwoAccounts(page: Page) {
  await signIn(page, "twofold@tests.example");
  await page.goto("/accounts");
  const open = page.getByRole("button", { name: /An Tâm/ });
  if (await open.count()) await open.click();
  await page.goto("/campaigns");
  await expect(page.locator(".account-switch")).toContainText("An Tâm");
}

/** Signs the operator in, who enters the demo's account for a while. Of several tests that do it at once, the last one is inside. */
export async function entered(page: Page) {
  await signIn(page, "operator@tests.example");
  await page.goto("/operator");
  await page.locator(".operator-table td.key a", { hasText: "An Tâm" }).click();
  await page.locator("#enter [name=reason]").fill("Xem giúp báo cáo");
  await page.locator("#enter button[type=submit]").click();
  await page.waitForURL(/\/campaigns/);
}

async function signIn(page: Page, email: string) {
  await page.goto("/sign-in");
  await page.locator("input[name=email]").fill(email);
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.locator("button[type=submit]").first().click();
  await page.waitForURL(/\/campaigns/);
}
