/* What the browser is given: how much, how it may be kept, and that nothing is missing. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { alive, expect, test } from "./test";

const here = dirname(fileURLToPath(import.meta.url));
const site = join(process.env.CARGO_TARGET_DIR ?? resolve(here, "../target"), "site");
const manifest: Record<string, string> = JSON.parse(readFileSync(join(site, "manifest.json"), "utf8"));
const packed = (name: string) => readFileSync(join(site, `${manifest[name]}.br`)).length;

test.use({ role: null });

test("the first page stays within its budget", () => {
  // What the entry imports, and what that does; what is imported later, when it is needed, is not of the first page.
  const names = new Map(Object.entries(manifest).map(([name, published]) => [published, name]));
  const first = new Set(["pkg/ringside_bg.wasm", "pkg/boot.js"]);
  for (const name of first) {
    if (!name.endsWith(".js")) continue;
    const imports = readFileSync(join(site, manifest[name]), "utf8").matchAll(/(?:\bfrom|\bimport)"\.\/([\w.-]+\.js)"/g);
    for (const [, file] of imports) first.add(names.get(`pkg/${file}`) ?? `unknown ${file}`);
  }
  expect(first.size, [...first].join()).toBeGreaterThan(3);
  const code = [...first].reduce((sum, name) => sum + packed(name), 0);
  expect(code, "WASM and JavaScript in brotli; if Leptos was updated: docs/ARCHITECTURE.md, Couplings (erase_components)").toBeLessThanOrEqual(300_000);
  expect(packed("pkg/ringside.css"), "CSS in brotli").toBeLessThanOrEqual(30_000);
  expect(packed("pkg/charts.js"), "charts, after the first paint").toBeLessThanOrEqual(200_000);
  expect(packed("pkg/player.js"), "the waveform, on the first ▶").toBeLessThanOrEqual(20_000);
});

test("every file of the site is served, packed and to be kept", async ({ request }) => {
  for (const [name, published] of Object.entries(manifest)) {
    const answer = await request.get(`/${published}`, { headers: { "Accept-Encoding": "br" } });
    expect(answer.status(), published).toBe(200);
    const headers = answer.headers();
    const isPacked = existsSync(join(site, `${published}.br`));
    expect(headers["content-encoding"], published).toBe(isPacked ? "br" : undefined);
    if (name !== published) expect(headers["cache-control"], published).toContain("immutable");
    else expect(headers["cache-control"], published).not.toContain("immutable");
    expect(headers["x-content-type-options"], published).toBe("nosniff");
  }
});

test("signing in needs neither the pages' WebAssembly nor charts", async ({ page }) => {
  const fetched: string[] = [];
  page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
  await page.goto("/sign-in");
  await alive(page);
  for (const name of ["pkg/charts.js", "pkg/player.js", "pkg/boot.js", "pkg/ringside_bg.wasm"]) expect(fetched).not.toContain(`/${manifest[name]}`);
  expect(fetched).toContain(`/${manifest["pkg/form.js"]}`);
});
