/* Every page in every window: nothing scrolls sideways, what a row offers is in sight, names are whole. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { serveNothing } from "./nothing";
import { alive, expect, inTwoAccounts, look, test } from "./test";

const COMPLETED = "/campaigns/nhac-phi-2611-1";
const RUNNING = "/campaigns/nhac-phi-2611-2";
const WIDTHS = [320, 360, 390, 768, 1024, 1280, 1366, 1440, 1920, 2560];

/** What is wrong with the page in the window as it is, in words. */
function faults(page: Page) {
  return page.evaluate(() => {
    const found: string[] = [];
    const words = (element: Element) => (element.textContent ?? "").trim().slice(0, 40);
    const isShown = (element: Element) => element.checkVisibility({ visibilityProperty: true });
    const root = document.scrollingElement ?? document.documentElement;
    if (root.scrollWidth > root.clientWidth) {
      const outside = [...document.querySelectorAll("main *")].filter((element) => isShown(element) && element.getBoundingClientRect().right > root.clientWidth + 1);
      found.push(`the page is ${root.scrollWidth} px wide: ${outside.slice(0, 3).map((element) => `${element.className} "${words(element)}"`)}`);
    }
    for (const row of [...document.querySelectorAll("[data-row]")].filter(isShown)) {
      const play = row.querySelector("a[href*='/recording?account=']");
      if (!play) continue;
      const box = row.closest(".table-scroll")?.getBoundingClientRect();
      const [left, right] = [Math.max(0, box?.left ?? 0), Math.min(root.clientWidth, box?.right ?? Infinity)];
      for (const [name, button] of [["play", play], ["download", row.querySelector("a[download]")]] as const) {
        const place = button?.getBoundingClientRect();
        if (!place?.width) found.push(`no ${name} in the row of ${words(row)}`);
        else if (place.left < left - 0.5 || place.right > right + 0.5) found.push(`${name} of ${words(row)} lies at ${place.left}–${place.right}, the table at ${left}–${right}`);
      }
    }
    // What rows differ by: names of customers, campaigns, voicebots and results.
    for (const name of [...document.querySelectorAll(".data-table .key a, .clip, .call-card-name a, .call-card-meta > *")].filter(isShown)) {
      if (name.scrollHeight > name.clientHeight + 1 || name.scrollWidth > name.clientWidth + 1) found.push(`"${name.textContent}" is cut`);
    }
    return found.slice(0, 5);
  });
}

/** Fails on what is wrong with the page in any window. */
async function inEveryWindow(page: Page) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    expect(await faults(page), `${page.url()} at ${width} px`).toEqual([]);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** The tables of rows that are wider than their place, so that columns lie outside of it. */
function tablesOutside(page: Page) {
  return page.locator(".data-table.stacked").evaluateAll((tables) =>
    tables
      .map((table) => [table, table.closest(".table-scroll")] as const)
      .filter(([, box]) => box?.checkVisibility() && box.scrollWidth > box.clientWidth)
      .map(([table, box]) => `${table.className}: ${box?.scrollWidth} px in ${box?.clientWidth}`));
}

for (const language of ["vi", "en"] as const) {
  for (const [name, address, rows] of [
    ["the campaigns", "/campaigns", 0],
    ["an overview", COMPLETED, 0],
    ["the overview of a running campaign", RUNNING, 0],
    ["a campaign's calls", `${COMPLETED}/calls?recorded=true`, 10],
    ["the account's calls", "/calls?recorded=true", 10],
    ["calls in columns that somebody chose", `${COMPLETED}/calls?recorded=true&column=time&column=phone&column=code&column=ring&column=talk&column=cost&column=recording`, 10],
    ["customers", `${COMPLETED}/customers`, 0],
    ["campaigns side by side", "/compare?campaign=nhac-phi-2610-1&campaign=nhac-phi-2611-1", 0],
    ["what was said", "/search?q=kh%C3%B4ng", 0],
    ["usage", "/usage", 0],
    ["statistics", "/statistics?from=2026-01-01&to=2026-10-31", 0],
    ["jobs", "/jobs", 0],
    ["imports", "/import", 0],
    ["connections", "/hooks", 0],
    ["the account's settings", "/settings/account", 0],
    ["settings of campaigns", "/settings/campaigns", 0],
    ["settings of result codes", "/settings/codes", 0],
    ["settings of tariffs", "/settings/tariffs", 0],
    ["settings of recipients", "/settings/recipients", 0],
    ["people", "/settings/people", 0],
    ["tokens", "/settings/tokens", 0],
    ["one's own sign-in", "/settings/sign-in", 0],
    ["saved views", "/settings/views?to=%2Fcalls%3Fperiod%3Dlast-7-days", 0],
    ["the log", "/settings/log", 0],
  ] as const) {
    test(`${name} in every window, in ${language}`, async ({ page, context }) => {
      await look(context, { language, theme: "light" });
      await page.goto(address);
      await alive(page);
      expect(await page.locator("tr[data-row]:has(a[href*='/recording?account='])").count()).toBeGreaterThanOrEqual(rows);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        expect(await faults(page), `at ${width} px`).toEqual([]);
      }
    });
  }
}

test.describe("the pages of the operator", () => {
  test.use({ role: "operator" });

  for (const language of ["vi", "en"] as const) {
    test(`in every window, in ${language}`, async ({ page, context }) => {
      await look(context, { language, theme: "light" });
      for (const open of [
        () => page.goto("/operator"),
        () => page.locator(".operator-table td.key a").first().click(),
        () => page.goto("/operator/log"),
      ]) {
        await open();
        await alive(page);
        await inEveryWindow(page);
        // Cards up to a tablet, and all columns in the window of a laptop.
        for (const width of [320, 390, 768, 1023, 1366]) {
          await page.setViewportSize({ width, height: 900 });
          expect(await tablesOutside(page), `${page.url()} at ${width} px`).toEqual([]);
        }
      }
    });
  }
});

test.describe("the pages outside of the frame", () => {
  test.use({ role: null });

  for (const language of ["vi", "en"] as const) {
    test(`in every window, in ${language}`, async ({ page, context, complaints }) => {
      await look(context, { language, theme: "light" });
      const everywhere = () => inEveryWindow(page);
      for (const address of ["/sign-in", "/forgot-password", "/set-password?link=1.x"]) {
        await page.goto(address);
        await everywhere();
      }
      await inTwoAccounts(page);
      await page.goto("/accounts");
      await everywhere();
      const stay = page.locator("a[href='/campaigns']").last();
      const other = await page.locator("input[name=account]").first().inputValue();
      // A link and a form of the account that is not open.
      await page.goto(`/usage?account=${other}`);
      await expect(stay).toBeVisible();
      await everywhere();
      await page.goto("/settings/sign-in");
      await page.locator("form[action^='/settings/sign-in/name']").evaluate((form: HTMLFormElement, account) => {
        form.action = form.action.replace(/account=\d+/, `account=${account}`);
        form.noValidate = true;
        form.submit();
      }, other);
      await expect(page.locator("form[action^='/accounts/again']")).toBeVisible();
      await everywhere();
      // The pages that were asked for are of the status 409.
      complaints.length = 0;
    });
  }
});

for (const language of ["vi", "en"] as const) {
  test(`a file that is brought in, in every window, in ${language}`, async ({ page, context }) => {
    await look(context, { language, theme: "light" });
    const name = `danh-sach-khach-hang-cua-chien-dich-${"dai-".repeat(12)}${language}.csv`;
    const columns = Array.from({ length: 12 }, (_, n) => `Cột có tên dài thứ ${n}`);
    const row = (n: number) => `09${String(10_000_000 + n)},0${(n % 9) + 1}/11/2026 09:15,Nghe máy,${columns.map((column) => `${column} của khách`).join(",")}`;
    const file = `SĐT,Ngày gọi,Trạng thái,${columns.join(",")}\n${Array.from({ length: 8 }, (_, n) => row(n)).join("\n")}\nkhông phải số,hôm qua,x\n`;
    await page.goto("/import");
    await alive(page);
    await page.locator("#bring-file").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(file) });
    await page.locator("form:has(#bring-file) button[type=submit]").click();
    await page.waitForURL(/\/import\/\d+/);
    await expect(page.locator(".badge", { hasText: /Chờ xác nhận|To be confirmed/ })).toBeVisible();
    await alive(page);
    await inEveryWindow(page);
  });

  test(`the page of an export in every window, in ${language}`, async ({ page, context }) => {
    await look(context, { language, theme: "light" });
    const begun = await page.request.get(`${COMPLETED}/calls.xlsx?code=DY`, { headers: { Accept: "application/json" } });
    const { address } = await begun.json();
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await inEveryWindow(page);
  });

  test(`the first start and an invitation in every window, in ${language}`, async ({ browser }) => {
    const folder = mkdtempSync(join(tmpdir(), "ringside-widths-"));
    const { child, url, link } = await serveNothing(folder);
    try {
      const context = await browser.newContext({ baseURL: url, locale: language });
      await context.addCookies([{ name: "lang", value: language, url }]);
      const page = await context.newPage();
      for (const address of ["/sign-in", link]) {
        await page.goto(address);
        await inEveryWindow(page);
      }
      await page.locator("[name=email]").fill("van-hanh@dich-vu.vn");
      await page.locator("[name=name]").fill("Lan");
      for (const field of ["password", "repeat"]) await page.locator(`[name=${field}]`).fill("bốn từ chẳng liên quan");
      await page.locator("[name=account]").fill("Công ty Cổ phần Dịch vụ Chăm sóc Khách hàng và Viễn thông Miền Nam");
      await page.locator("form button[type=submit]").first().click();
      await page.waitForURL(/\/campaigns$/);
      await page.goto("/settings/people");
      await alive(page);
      await page.locator("button[popovertarget=invite]").first().click();
      await page.locator("#invite [name=email]").fill("mot-dia-chi-email-rat-dai-cua-nguoi-duoc-moi@cong-ty-cham-soc-khach-hang.vn");
      await page.locator("#invite select:has(option[value=link])").selectOption("link");
      await page.locator("#invite button[type=submit]").first().click();
      const invitation = await page.locator("textarea[readonly], #secret").first().inputValue();
      await inEveryWindow(page);
      const theirs = await browser.newContext({ baseURL: url, locale: language });
      await theirs.addCookies([{ name: "lang", value: language, url }]);
      const owner = await theirs.newPage();
      await owner.goto(invitation);
      await inEveryWindow(owner);
      // The first link works once.
      await owner.goto(link);
      await inEveryWindow(owner);
    } finally {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test("an opened call is as wide as the window, whatever the table is", async ({ page }) => {
  await page.goto(`${COMPLETED}/calls?recorded=true`);
  await alive(page);
  await page.locator("tr[data-row] a[data-call]").first().click();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const close = page.locator("[data-close-call]:visible");
    await expect(close).toBeVisible();
    const box = await close.boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0), `at ${width} px`).toBeLessThanOrEqual(width);
    expect(await faults(page), `at ${width} px`).toEqual([]);
  }
});

test("the calls of an opened customer are cards on a phone, played and downloaded within it", async ({ page }) => {
  await page.goto(`${COMPLETED}/customers?standing=reached`);
  await alive(page);
  const open = (await page.locator("tr.row-link:has([data-play]) td.key a").first().getAttribute("href")) ?? "";
  await page.goto(open);
  await alive(page);
  for (const width of [320, 360, 390, 768]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await faults(page), `at ${width} px`).toEqual([]);
    const buttons = page.locator("main :is([data-play], a[download][href*='/recording']):visible");
    expect(await buttons.count()).toBeGreaterThan(1);
    for (const box of await buttons.evaluateAll((all) => all.map((button) => button.getBoundingClientRect().toJSON()))) {
      expect([box.left >= 0, box.right <= width], `at ${width} px: ${box.left}–${box.right}`).toEqual([true, true]);
    }
  }
});

for (const list of ["calls", "customers"]) {
  test(`a name without blanks leaves the chip beside it as it is: ${list}`, async ({ page }) => {
    await page.goto(`${COMPLETED}/${list}`);
    await alive(page);
    for (const width of [320, 360, 390]) {
      await page.setViewportSize({ width, height: 900 });
      const name = page.locator(".call-card-name:has(.code-tag):visible").first();
      await name.locator("a").evaluate((link) => (link.textContent = "ế".repeat(300)));
      const [chip, link] = await Promise.all([name.locator(".code-tag").boundingBox(), name.locator("a").boundingBox()]);
      expect(chip?.width).toBeGreaterThanOrEqual(32);
      expect(link?.x).toBeGreaterThanOrEqual((chip?.x ?? 0) + (chip?.width ?? 0));
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
  });
}

test("what the log says at length opens to the whole, by the keyboard too", async ({ page }) => {
  const codes = Array.from({ length: 30 }, (_, index) => `code=MA_DAI_${index}`).join("&");
  expect((await page.request.get(`${COMPLETED}/calls.csv?${codes}`)).status()).toBe(200);
  await page.goto("/settings/log?kind=exported");
  const entry = page.locator("tr", { hasText: "MA_DAI_0" }).first();
  const text = entry.locator(".folded summary span");
  await expect(text).toContainText("MA_DAI_29");
  const hidden = () => text.evaluate((element) => element.scrollHeight - element.clientHeight);
  expect(await hidden()).toBeGreaterThan(0);
  await entry.locator("summary").focus();
  await page.keyboard.press("Enter");
  await expect.poll(hidden).toBe(0);
  expect(await faults(page)).toEqual([]);
});

test("a code of forty letters that nobody has declared is declared on the smallest phone", async ({ page }) => {
  await page.goto(RUNNING);
  await alive(page);
  await page.setViewportSize({ width: 320, height: 900 });
  // As declare.rs has it, in a notice of the results.
  await page.locator(".panel:has(> .bars)").first().evaluate((panel, code) => {
    panel.insertAdjacentHTML("beforeend", `<div class="notice is-failed mt-3"><p>1</p><button class="link text-start wrap-anywhere" type="button">Khai báo mã ${code}</button></div>`);
  }, "ế".repeat(40));
  expect(await faults(page)).toEqual([]);
});

test("the list of customers claims no order but one that was chosen", async ({ page }) => {
  await page.goto(`${COMPLETED}/customers`);
  await alive(page);
  await expect(page.locator("thead [aria-sort]")).toHaveCount(0);
  await page.locator("thead a.sort").nth(5).click();
  await expect(page.locator("thead [aria-sort='descending']")).toHaveCount(1);
  await page.locator("thead a.sort").first().click();
  await expect(page.locator("thead [aria-sort]")).toHaveCount(0);
});

test("of the log and of what each campaign cost nothing lies outside on a tablet and on a phone", async ({ page }) => {
  for (const width of [320, 390, 768]) {
    await page.setViewportSize({ width, height: 900 });
    for (const address of ["/settings/log", "/usage", "/jobs", "/settings/sign-in"]) {
      await page.goto(address);
      await alive(page);
      if (address !== "/jobs" || width < 640) expect(await tablesOutside(page), `${address} at ${width} px`).toEqual([]);
    }
    await page.goto("/usage");
    const cost = page.locator("section:has(h2:text('Theo chiến dịch')) tbody tr").first().locator("td").last();
    const box = await cost.boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
  }
});

test("the head of a long list stays at the window's top", async ({ page }) => {
  for (const width of [1366, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    for (const address of [`${COMPLETED}/calls`, `${COMPLETED}/customers`]) {
      await page.goto(address);
      await alive(page);
      await page.evaluate(() => scrollTo(0, 1200));
      await expect.poll(async () => (await page.locator(".data-table thead th").first().boundingBox())?.y, `${address} at ${width} px`).toBe(0);
    }
  }
});

test("at 400 % zoom no bar stays over what one reads", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 256 });
  for (const address of ["/campaigns", `${COMPLETED}/calls`, "/usage"]) {
    await page.goto(address);
    await alive(page);
    await page.evaluate(() => scrollTo(0, 600));
    for (const bar of [".topbar", ".bottombar"]) await expect(page.locator(bar)).not.toBeInViewport();
    expect(await faults(page), address).toEqual([]);
  }
});

test("on a phone all that stands in a card of the settings begins at one edge", async ({ page, context }) => {
  await look(context, { language: "vi", theme: "light" });
  await page.setViewportSize({ width: 390, height: 844 });
  const pages = ["people", "codes", "tariffs", "tokens", "campaigns", "voicebots", "sign-in", "log"].map((part) => `/settings/${part}`);
  for (const part of [...pages, "/jobs", "/usage", "/statistics?from=2026-01-01&to=2026-10-31"]) {
    await page.goto(part);
    await alive(page);
    expect(await tablesOutside(page), part).toEqual([]);
    // A month's six figures stand in two columns.
    const cards = await page.locator(".stacked:not(#by-month) tbody tr").evaluateAll((rows) =>
      rows.map((row) =>
        [...row.querySelectorAll(":scope > :is(td, th):not(.stick)")]
          .filter((cell) => cell.checkVisibility() && (cell.textContent ?? "").trim())
          .map((cell) => Math.round(cell.getBoundingClientRect().left + Number.parseFloat(getComputedStyle(cell).paddingInlineStart)))));
    for (const edges of cards) expect(new Set(edges).size, `${part}: ${edges}`).toBeLessThanOrEqual(1);
  }
});
