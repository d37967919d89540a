#!/usr/bin/env node
/*
 * Takes pictures of components.html in both themes at 390 and 1440 px: node tools/preview/shoot.mjs FOLDER
 * With --serve it only serves the page, to look at in a browser.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { build } from "esbuild";
import { launchOptions } from "../../end2end/browser.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
process.chdir(root);

const icons = readFileSync("web/icons.txt", "utf8")
  .split("\n")
  .filter((line) => line && !line.startsWith("#"))
  .map((line) => line.split(/\s+/));

function sprite() {
  return `<svg xmlns="http://www.w3.org/2000/svg">${icons
    .map(([name, lucide = name]) => {
      const svg = readFileSync(`node_modules/lucide-static/icons/${lucide}.svg`, "utf8");
      return `<symbol id="${name}" viewBox="0 0 24 24">${svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"))}</symbol>`;
    })
    .join("")}</svg>`;
}

/** A second of silence in 8 kHz, so that the waveform has something to follow. */
function tone() {
  const samples = 8000;
  const file = Buffer.alloc(44 + samples);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + samples, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(8000, 24);
  file.writeUInt32LE(8000, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);
  file.write("data", 36);
  file.writeUInt32LE(samples, 40);
  return file.fill(128, 44);
}

const css = join(tmpdir(), `ringside-preview-${process.pid}.css`);
execFileSync("node_modules/.bin/tailwindcss", ["--input", "tools/preview/preview.css", "--output", css], { stdio: "ignore" });
const { outputFiles } = await build({ entryPoints: ["tools/preview/preview.js"], bundle: true, format: "esm", write: false });
const page = readFileSync("tools/preview/components.html", "utf8").replace(
  new RegExp(`\\{(${icons.map(([name]) => name).join("|")})\\}`, "g"),
  (_, name) => `<svg class="icon${name === "spinner" ? " spinner" : ""}" aria-hidden="true"><use href="/icons.svg#${name}"/></svg>`,
);
const answers = {
  "/": ["text/html", page],
  "/preview.css": ["text/css", readFileSync(css)],
  "/preview.js": ["text/javascript", outputFiles[0].text],
  "/icons.svg": ["image/svg+xml", sprite()],
  "/favicon.svg": ["image/svg+xml", readFileSync("public/favicon.svg")],
  "/tone.wav": ["audio/wav", tone()],
};
const server = createServer((request, response) => {
  const font = request.url.match(/^\/fonts\/inter-([\w-]+)\.woff2$/);
  const [type, body] = font
    ? ["font/woff2", readFileSync(`node_modules/@fontsource-variable/inter/files/inter-${font[1]}-opsz-normal.woff2`)]
    : (answers[request.url] ?? ["text/plain", null]);
  response.writeHead(body === null ? 404 : 200, { "Content-Type": type });
  response.end(body);
});
await new Promise((listening) => server.listen(process.argv[2] === "--serve" ? 4000 : 0, "127.0.0.1", listening));
const address = `http://127.0.0.1:${server.address().port}/`;
console.log(address);
if (process.argv[2] !== "--serve") {
  const folder = process.argv[2] ?? join(tmpdir(), "ringside-preview");
  mkdirSync(folder, { recursive: true });
  const browser = await chromium.launch(launchOptions);
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [390, 1440]) {
      const tab = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      tab.on("pageerror", (error) => console.error(`page: ${error.message}`));
      await tab.goto(address, { waitUntil: "networkidle" });
      await tab.waitForSelector("body[data-drawn]");
      await tab.screenshot({ path: join(folder, `${colorScheme}-${width}.png`), fullPage: true });
      for (const id of ["cost", "export", "filter", "range"]) {
        const opener = tab.locator(`[popovertarget="${id}"]`).first();
        await opener.click();
        await tab.waitForFunction((id) => getComputedStyle(document.getElementById(id)).opacity === "1", id);
        await tab.screenshot({ path: join(folder, `${colorScheme}-${width}-${id}.png`) });
        await tab.keyboard.press("Escape");
        await tab.waitForFunction((id) => getComputedStyle(document.getElementById(id)).display === "none", id);
      }
      await tab.evaluate(() => document.getElementById("share").showModal());
      await tab.screenshot({ path: join(folder, `${colorScheme}-${width}-share.png`) });
      await tab.close();
    }
  }
  await browser.close();
  server.close();
  console.log(folder);
}
