/* What a person does with the report pages. */
import { alive, expect, expectTold, test } from "./test";

const COMPLETED = "/campaigns/nhac-phi-2611-1";
const RUNNING = "/campaigns/nhac-phi-2611-2";
const total = "[aria-label='Tổng của bộ lọc'] b";

test.describe("every page is accessible in both languages and themes", () => {
  // axe looks at every element of a long list, in four looks.
  test.describe.configure({ timeout: 300_000 });

  for (const [name, address] of [
    ["the campaigns", "/campaigns"],
    ["an overview", COMPLETED],
    ["an overview of two days", `${COMPLETED}?from=2026-01-01&to=2026-01-02`],
    ["a call list", `${COMPLETED}/calls`],
    ["a list of customers", `${RUNNING}/customers?standing=never_dialled`],
    ["customers whom nobody matches", `${COMPLETED}/customers?q=nobody-has-this-name`],
    ["a narrowed call list", `${COMPLETED}/calls?class=success&min_talk=30001&q=Nguy%E1%BB%85n`],
    ["a call list without calls", `${COMPLETED}/calls?q=nobody-has-this-name`],
    ["a page that is not there", "/campaigns/nope"],
  ] as const) {
    test(name, async ({ accessible, complaints }) => {
      await accessible(address);
      // The browser reports the answer 404 of the last one as an error, which it is.
      if (address.endsWith("nope")) complaints.length = 0;
    });
  }

  test("an opened call", async ({ page, accessible }) => {
    await page.goto(`${COMPLETED}/calls?recorded=true`);
    const opened = await page.locator("tr[data-row] a[data-call]").first().getAttribute("href");
    await accessible(opened ?? "");
  });

  test("on a phone", async ({ page, accessible }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const address of ["/campaigns", COMPLETED, `${COMPLETED}/calls`, `${COMPLETED}/customers`]) await accessible(address);
  });
});

test("nothing is wider than the window", async ({ page }) => {
  for (const width of [390, 1024, 1440, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    for (const address of ["/campaigns", COMPLETED, `${COMPLETED}/calls`, `${COMPLETED}/customers`]) {
      await page.goto(address);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(over, `${address} at ${width} px`).toBeLessThanOrEqual(0);
    }
  }
});

test("a name of 300 characters without a blank widens nothing", async ({ page }) => {
  const names = "main :is(h1, .clip, .breadcrumb [aria-current], .page-meta span, .call-card-name a, .bar-label, .code-tag > :first-child)";
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    for (const address of ["/campaigns", COMPLETED, `${COMPLETED}/calls`, `${COMPLETED}/customers`, "/usage", "/statistics"]) {
      await page.goto(address);
      await alive(page);
      const over = await page.evaluate((names) => {
        const wide = (element: Element) => element.scrollWidth - element.clientWidth;
        const tables = [...document.querySelectorAll("main .table-scroll")].filter((table) => table.clientWidth > 0);
        const before = tables.map(wide);
        for (const name of document.querySelectorAll(names)) name.textContent = "W".repeat(300);
        return [wide(document.documentElement), ...tables.map((table, n) => wide(table) - before[n])];
      }, names);
      expect(Math.max(...over), `${address} at ${width} px`).toBeLessThanOrEqual(0);
    }
  }
});

test("a title is text in the browser, too", async ({ page }) => {
  await page.route("**/fn/overview**", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), title: "Tết & <b>“1”</b> · Ringside" } });
  });
  await page.goto("/campaigns");
  await alive(page);
  await page.locator("main a[href^='/campaigns/']:visible").first().click();
  await expect(page).toHaveTitle("Tết & <b>“1”</b> · Ringside");
});

test("a running campaign's calls arrive while one watches", async ({ page }) => {
  await page.goto(`${RUNNING}/calls`);
  await alive(page);
  const before = await page.locator(total).first().textContent();
  await expect(page.locator(total).first()).not.toHaveText(before ?? "", { timeout: 30_000 });
});

test("a recording plays, seeks, and goes on while one pages through the list", async ({ page }) => {
  await page.goto(`${RUNNING}/calls?recorded=true&class=success&sort=-talk_time`);
  await alive(page);
  await page.locator("tr[data-row] a[href*='/recording?account=']").first().click();
  const audio = page.locator("audio");
  const at = () => audio.evaluate((audio: HTMLAudioElement) => audio.currentTime);
  await expect.poll(at).toBeGreaterThan(0.2);
  await page.keyboard.press("Shift+ArrowRight");
  await expect.poll(at).toBeGreaterThan(9);
  const source = await audio.evaluate((audio: HTMLAudioElement) => audio.currentSrc);
  const next = page.locator("main a[href*='cursor=']").last();
  await next.click();
  await page.waitForURL(/cursor=/);
  expect(await audio.evaluate((audio: HTMLAudioElement) => [audio.currentSrc, audio.paused])).toEqual([source, false]);
  await page.keyboard.press("Space");
  await expect.poll(() => audio.evaluate((audio: HTMLAudioElement) => audio.paused)).toBe(true);
  await page.keyboard.press("n");
  await expect.poll(() => audio.evaluate((audio: HTMLAudioElement) => audio.currentSrc)).not.toBe(source);
});

test("a line of the transcript moves the player there", async ({ page }) => {
  await page.goto(`${RUNNING}/calls?recorded=true&class=success&sort=-talk_time`);
  await alive(page);
  await page.locator("tr[data-row] a[data-call]").first().click();
  const lines = page.locator("[data-at]:visible");
  await expect(lines.first()).toBeVisible();
  const line = lines.nth(Math.min(3, (await lines.count()) - 1));
  const at = Number(await line.getAttribute("data-at")) / 1000;
  await line.click();
  await expect.poll(() => page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.currentTime)).toBeGreaterThanOrEqual(at);
});

test("back returns to the place in the list where one was", async ({ page }) => {
  for (const address of [`${COMPLETED}/customers`, `${COMPLETED}/calls`]) {
    await page.goto(address);
    await alive(page);
    await page.evaluate(() => scrollTo(0, 700));
    await page.waitForFunction(() => scrollY === 700, undefined, { timeout: 60_000 });
    // A link that is in sight: to click one above, the page would be scrolled.
    await page.getByRole("complementary").getByRole("link", { name: "Chi tiết sử dụng" }).click();
    await expect(page).toHaveURL(/\/usage/);
    await page.waitForFunction(() => scrollY === 0);
    await page.goBack();
    await expect(page).toHaveURL(address);
    await page.waitForFunction(() => scrollY === 700, undefined, { timeout: 60_000 });
  }
});

test("back returns to the place where a row was opened, though nobody scrolled afterwards", async ({ page }) => {
  for (const list of ["calls", "customers"]) {
    await page.goto(`${COMPLETED}/${list}`);
    await alive(page);
    await page.evaluate(() => scrollTo(0, 700));
    await page.waitForFunction(() => scrollY === 700, undefined, { timeout: 60_000 });
    const rows = page.locator("tbody td.key a[href*='open=']");
    const places = await rows.evaluateAll((links) => links.map((link) => link.getBoundingClientRect().top));
    await rows.nth(places.findIndex((top) => top > 200)).click();
    await expect(page).toHaveURL(/open=/);
    const place = await page.evaluate(() => scrollY);
    expect(place).toBeGreaterThan(300);
    await page.getByRole("complementary").getByRole("link", { name: "Chi tiết sử dụng" }).click();
    await expect(page).toHaveURL(/\/usage/);
    await page.waitForFunction(() => scrollY === 0);
    await page.goBack();
    await expect(page).toHaveURL(/open=/);
    await page.waitForFunction((place) => scrollY === place, place, { timeout: 60_000 });
  }
});

test("another account's and unknown ids are not found", async ({ page, complaints }) => {
  for (const address of ["/campaigns/nope", "/campaigns/nope/calls", "/calls/nope/recording", "/campaigns/nope/calls.csv"]) {
    expect((await page.request.get(address)).status(), address).toBe(404);
  }
  complaints.length = 0;
});

test("landmarks have names of their own, headings follow one another, names say what is seen", async ({ page }) => {
  for (const address of ["/campaigns", COMPLETED, `${COMPLETED}/calls`, `${COMPLETED}/customers`, "/calls", "/usage", "/statistics?from=2026-11-16&to=2026-11-16"]) {
    await page.goto(address);
    await alive(page);
    for (const summary of await page.locator("details.as-table > summary").all()) await summary.click();
    await expectTold(page, address);
    if (!(await page.locator("[popovertarget=range]").count())) continue;
    await page.locator("[popovertarget=range]").first().click();
    await expect(page.locator("ringside-calendar").getByRole("table")).toHaveCount(2);
    await expectTold(page, `${address}, choosing a period`);
  }
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("each chart is its table, open", async ({ page }) => {
    for (const address of [COMPLETED, "/usage", "/statistics"]) {
      await page.goto(address);
      const charts = page.locator("ringside-chart");
      expect(await charts.count()).toBeGreaterThan(0);
      for (const chart of await charts.all()) {
        await expect(chart).toBeHidden();
        const table = page.locator(`#${await chart.getAttribute("for-table")}`);
        await expect(table.locator("tbody tr").first()).toBeVisible();
        expect((await table.locator("tbody tr").first().boundingBox())?.height).toBeGreaterThan(10);
      }
    }
  });

  test("pages, filters and numbers are all there", async ({ page }) => {
    await page.goto("/campaigns");
    await page.getByRole("link", { name: "Nhắc hạn đóng phí T11 – đợt 1" }).first().click();
    await expect(page.locator(".kpi-value").first()).toBeVisible();
    await expect(page.locator("details table").first()).toBeAttached();
    await page.locator("a.bar-row").first().click();
    await expect(page.locator("tr[data-row]").first()).toBeVisible();
    await page.locator("input[name=q]").first().fill("Nguyễn");
    await page.locator("input[name=q]").first().press("Enter");
    await page.waitForURL(/q=Nguy/);
    await expect(page.locator("tr[data-row]").first()).toContainText("Nguyễn");
    await page.locator("main a[href*='cursor=']").last().click();
    await expect(page.locator("tr[data-row]").first()).toContainText("Nguyễn");
  });
});
