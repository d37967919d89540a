/*
 * Numbers agree: the overview, the call list and the CSV say the same, and the same as a recount of the CSV's rows that
 * shares no code with the product.
 */
import { alive, expect, test } from "./test";

/** The newest completed campaign of the demo. */
const CAMPAIGN = "/campaigns/nhac-phi-2611-1";

/** Rows of a CSV (RFC 4180) as objects by header. */
function rows(csv: string): Record<string, string>[] {
  const lines: string[][] = [[]];
  let cell = "";
  let quoted = false;
  const text = csv.replace(/^\uFEFF/, "");
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === "," || c === "\n") {
      lines[lines.length - 1].push(cell.replace(/\r$/, ""));
      cell = "";
      if (c === "\n") lines.push([]);
    } else cell += c;
  }
  const [head, ...body] = lines.filter((line) => line.length > 1);
  return body.map((line) => Object.fromEntries(head.map((name, n) => [name, line[n]])));
}

/** An integer as Vietnamese writes it. */
const vi = (n: number) => n.toString().replace(/\B(?=(\d{3})+$)/g, ".");

test("the overview says what a recount of the CSV says", async ({ page }) => {
  const csv = await (await page.request.get(`${CAMPAIGN}/calls.csv`)).text();
  const calls = rows(csv);
  const by = (of: (row: Record<string, string>) => boolean) => calls.filter(of);
  const sum = (name: string) => calls.reduce((total, row) => total + BigInt(row[name] || "0"), 0n);
  const success = by((row) => !["BS", "NA", "CU"].includes(row.result_code));
  const reached = new Set(success.map((row) => row["contact.id"])).size;
  const dialled = new Set(calls.map((row) => row["contact.id"])).size;
  // Talk time once more, from the times themselves.
  const talk = success.reduce((total, row) => total + Date.parse(row.ended_at) - Date.parse(row.answered_at), 0);
  expect(talk).toBe(Number(sum("talk_time")));

  await page.goto(CAMPAIGN);
  const cost = page.locator("section[aria-labelledby=group-cost]");
  await expect(cost.locator(".kpi-value").nth(2)).toContainText(vi(Number(sum("blocks"))));
  await expect(cost.locator(".kpi-value").nth(3)).toContainText(vi(Number(sum("cost"))));
  await expect(cost.locator(".kpi-sub").first()).toContainText(vi(success.length));
  await expect(cost).toContainText(vi(Math.round(talk / 1000)));
  await expect(page.locator(".tabs a").nth(1)).toContainText(vi(calls.length));

  const shown = await page.locator(".bars:not(.bars-ended) .bar-row").evaluateAll((bars) =>
    bars.map((bar) => [bar.querySelector(".code-tag")?.firstChild?.textContent?.trim(), bar.querySelector(".bar-count")?.textContent?.trim()]));
  const counted = new Map<string, number>();
  for (const { result_code: code } of calls) counted.set(code, (counted.get(code) ?? 0) + 1);
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries([...counted].map(([code, n]) => [code, vi(n)])));

  const long = new Set(success.filter((row) => Number(row.talk_time) > 30_000).map((row) => row["contact.id"])).size;
  const funnel = page.locator(".funnel");
  for (const customers of [dialled, reached, long]) await expect(funnel).toContainText(vi(customers));
});

test("a share is its count divided by the whole, rounded plainly, in every list and alone", async ({ page }) => {
  await page.goto(CAMPAIGN);
  const lists = [
    { whole: "Kết quả cuộc gọi", rows: "a.bar-row, a.bar-group" },
    { whole: "Trạng thái cuộc gọi", rows: ".legend-row" },
    { whole: "Trạng thái khách hàng", rows: ".legend-row" },
  ];
  let checked = 0;
  for (const { whole, rows } of lists) {
    const panel = page.locator(".panel", { has: page.getByRole("heading", { name: whole }) }).first();
    const of = Number(((await panel.locator("a.panel-note").textContent()) ?? "").replaceAll(/\D/g, ""));
    const shown = await panel.locator(rows).evaluateAll((lines) =>
      lines.map((line) => [line.querySelector(".bar-count")?.textContent, line.querySelector(".bar-share")?.textContent]));
    for (const [count, share] of shown) {
      const tenths = Math.round((Number(count?.replaceAll(/\D/g, "")) * 1_000) / of);
      expect(share?.trim(), `${whole}: ${count} of ${of}`).toBe(`${(tenths / 10).toFixed(1).replace(".", ",")}%`);
      checked++;
    }
  }
  expect(checked).toBeGreaterThan(10);
});

test("every figure leads to as many calls as it says", async ({ page }) => {
  await page.goto(CAMPAIGN);
  const links = await page.locator("a.popover-more").evaluateAll((links) =>
    links.filter((link) => link.textContent?.includes("cuộc gọi")).map((link) =>
      ({ href: (link as HTMLAnchorElement).href, says: link.textContent?.match(/[\d.]+/)?.[0] })));
  const bars = await page.locator("a.bar-row").evaluateAll((links) =>
    links.map((link) => ({ href: (link as HTMLAnchorElement).href, says: link.querySelector(".bar-count")?.textContent?.trim() })));
  expect(links.length).toBeGreaterThan(8);
  const wanted = new Map([...links, ...bars].filter(({ says }) => says).map(({ href, says }) => [href, says]));
  for (const [href, says] of wanted) {
    await page.goto(href);
    await expect(page.getByRole("group", { name: "Tổng của bộ lọc" }).locator("b").first(), href).toHaveText(says ?? "");
  }
});

test("every figure of customers leads to as many customers, over the whole campaign and in a date range", async ({ page }) => {
  const csv = await (await page.request.get(`${CAMPAIGN}/calls.csv`)).text();
  const days = [...new Set(rows(csv).map((row) => row.dialed_at.slice(0, 10)))].sort();
  for (const period of ["", `?from=${days[0]}&to=${days[1]}`, `?from=${days[2]}&to=${days[3]}`]) {
    await page.goto(`${CAMPAIGN}${period}`);
    const status = page.locator(".panel", { has: page.getByRole("heading", { name: "Trạng thái khách hàng" }) });
    const figures = status.locator("a.legend-row").or(page.locator("a.funnel-step"));
    const wanted = await figures.evaluateAll((links) =>
      links.map((link) => ({ href: (link as HTMLAnchorElement).href, says: link.querySelector(".bar-count")?.textContent?.trim() })));
    const said = await page.locator("a.popover-more").evaluateAll((links) =>
      links.filter((link) => link.textContent?.includes("khách hàng")).map((link) =>
        ({ href: (link as HTMLAnchorElement).href, says: link.textContent?.match(/[\d.]+/)?.[0] })));
    expect(wanted.length).toBeGreaterThan(4);
    expect(said.length).toBeGreaterThan(1);
    for (const { href, says } of [...wanted, ...said]) {
      await page.goto(href);
      const sums = page.getByRole("group", { name: "Tổng của bộ lọc" });
      const customers = sums.locator("span", { hasText: /khách hàng$/ }).locator("b");
      await expect(customers, href).toHaveText(says ?? "");
      // The list itself, recounted from its file.
      const file = href.replace(/\/(calls|customers)(\?|$)/, "/$1.csv$2");
      const listed = rows(await (await page.request.get(file)).text());
      expect(vi(new Set(listed.map((row) => row["contact.id"] ?? row.id)).size), file).toBe(says);
    }
  }
});

test("whom a running campaign has still to call is listed, page by page", async ({ page }) => {
  await page.goto("/campaigns/nhac-phi-2611-2");
  await page.getByRole("link", { name: /Chưa gọi/ }).click();
  await page.waitForURL(/customers\?standing=never_dialled/);
  await expect(page.locator("tbody tr").first()).toContainText("Chưa gọi");
  const first = await page.locator("tbody tr td").first().textContent();
  await page.getByRole("link", { name: "Sau", exact: true }).click();
  await page.waitForURL(/cursor=/);
  await expect(page.locator("tbody tr td").first()).not.toHaveText(first ?? "");
});

test("a bar, a cell and a filter open exactly their calls", async ({ page }) => {
  await page.goto(CAMPAIGN);
  await alive(page);
  const bar = page.locator("a.bar-row").first();
  const count = (await bar.locator(".bar-count").textContent())?.trim() ?? "";
  await bar.click();
  await page.waitForURL(/code=/);
  await expect(page.getByRole("group", { name: "Tổng của bộ lọc" }).locator("b").first()).toHaveText(count);
  await page.goBack();
  const cell = page.locator("a.heat:visible").first();
  await cell.click();
  await page.waitForURL(/weekday=\d.*hour=\d|hour=\d.*weekday=\d/);
  await expect(page.locator("tr[data-row]").first()).toBeVisible();
});

test("the calls of a day add up to the day", async ({ page }) => {
  await page.goto(`${CAMPAIGN}/calls?from=2026-01-01&to=2026-01-01`);
  await expect(page.locator("tr[data-row]")).toHaveCount(0);
  const csv = await (await page.request.get(`${CAMPAIGN}/calls.csv`)).text();
  const days = new Map<string, number>();
  for (const { dialed_at: at } of rows(csv)) days.set(at.slice(0, 10), (days.get(at.slice(0, 10)) ?? 0) + 1);
  const [day, count] = [...days][0];
  await page.goto(`${CAMPAIGN}/calls?from=${day}&to=${day}`);
  await expect(page.getByRole("group", { name: "Tổng của bộ lọc" }).locator("b").first()).toHaveText(vi(count));
});

test("columns of the histogram that stand apart are reached by keys, and lead to their calls", async ({ page }) => {
  await page.goto(CAMPAIGN);
  await alive(page);
  const chart = page.locator("ringside-chart[for-table=histogram-table]");
  await chart.scrollIntoViewIfNeeded();
  await expect(chart.locator("svg")).toBeVisible();
  await chart.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await expect(chart.locator(".spoken")).toContainText("2 phút đến dưới 5 phút");
  const count = ((await chart.locator(".spoken").textContent()) ?? "").match(/([\d.]+) cuộc gọi/)?.[1] ?? "";
  await page.keyboard.press("Enter");
  await page.waitForURL(/min_talk=120000&max_talk=299999/);
  await expect(page.getByRole("group", { name: "Tổng của bộ lọc" }).locator("b").first()).toHaveText(count);
});

test("a filter by talk time is of answered calls", async ({ page }) => {
  await page.goto(`${CAMPAIGN}/calls?max_talk=5000`);
  await alive(page);
  const count = (await page.getByRole("group", { name: "Tổng của bộ lọc" }).locator("b").first().textContent()) ?? "";
  const csv = rows(await (await page.request.get(`${CAMPAIGN}/calls.csv?max_talk=5000`)).text());
  expect(vi(csv.length)).toBe(count);
  expect(csv.every((row) => row.class === "success" && Number(row.talk_time) <= 5_000)).toBe(true);
  const all = rows(await (await page.request.get(`${CAMPAIGN}/calls.csv`)).text());
  expect(csv.length).toBe(all.filter((row) => row.answered_at && row.class === "success" && Number(row.talk_time) <= 5_000).length);
});
