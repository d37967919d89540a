#!/usr/bin/env node
/*
 * Builds what the browser gets, into target/site (with --dev: into target/site-dev):
 *
 *   manifest.json            name in the sources → name with its content's hash: "pkg/ringside.css" → "pkg/ringside.3fa9c1d2.css"
 *   pkg/ringside.*.css       Tailwind and daisyUI
 *   pkg/boot.*.js            the entry, with the glue wasm-bindgen made; pkg/charts.*.js and pkg/player.*.js come on demand
 *   pkg/form.*.js            the checks of forms, alone for pages without the application
 *   pkg/ringside_bg.*.wasm   the pages
 *   fonts/*.woff2            Inter
 *   icons.*.svg              the icons in use, one <symbol> each
 *   licences.txt, and what is in public/, by their own names
 *   *.br                     beside each file that gains by it
 *
 * What has its hash in its name never changes; the few others must be revalidated. The server embeds the folder when it
 * is compiled. Steps whose inputs did not change are skipped, and files whose content did not
 * change keep their time.
 *
 * --dev is for `make dev`: the pages are compiled as quickly as they can be, incrementally, and nothing is compressed: many
 * times bigger, in seconds. --css makes only the styles of a site that is there.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";
import { snip } from "./snip.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const target = resolve(process.env.CARGO_TARGET_DIR ?? "target");
const quick = process.argv.includes("--dev");
const profile = quick ? "wasm-dev" : "wasm-release";
const site = join(target, quick ? "site-dev" : "site");
const work = join(target, quick ? "site-dev-build" : "site-build");

/**
 * What Leptos calls only from `hydrate_lazy`, which the pages do not use: a fifth of the module, kept by the method
 * tables of its type-erased views. Only the state machines themselves: a small function, such as one that drops a value,
 * may by then be one with others that do the same.
 */
const LAZY = ["hydrate_async", "new_with_async_value_erased"].map(
  (name) => new RegExp(`^(?!core::ptr::).*${name}(::\\{\\{closure\\}\\})+(::h[0-9a-f]{16})?$`),
);

/** The WebAssembly features that rustc uses and every browser has. */
const FEATURES = [
  "bulk-memory",
  "bulk-memory-opt",
  "call-indirect-overlong",
  "multivalue",
  "mutable-globals",
  "nontrapping-float-to-int",
  "reference-types",
  "sign-ext",
];

/** name in the sources → name in the site's folder */
const manifest = {};
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
const hashOf = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex").slice(0, 8);
const bin = (name) => join("node_modules", ".bin", name);

/** Runs a program; where it fails it has said why, so no more is said than which it was. */
function run(command, args, options) {
  try {
    execFileSync(command, args, { stdio: "inherit", ...options });
  } catch (error) {
    if (error.stderr?.length) process.stderr.write(error.stderr);
    console.error(`site: ${command} failed${error.code === "ENOENT" ? ", it is not installed (make setup)" : ""}`);
    process.exit(1);
  }
}

/** What `make` returns; where it throws, its message is all that is said. */
function orFail(make) {
  try {
    return make();
  } catch (error) {
    console.error(`site: ${error.message}`);
    process.exit(1);
  }
}

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** Writes only what differs, so that cargo and browsers see a change only where there is one. */
function write(path, content) {
  const bytes = Buffer.from(content);
  if (existsSync(path) && readFileSync(path).equals(bytes)) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

/** Runs `make` unless it ran before with the same inputs and its output is still there. */
function step(name, inputs, output, make) {
  const since = Date.now();
  const stamp = join(work, `${name}.stamp`);
  const now = hashOf(...inputs);
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, "utf8") === now) {
    console.log(`site: ${name} is up to date`);
    return;
  }
  make();
  write(stamp, now);
  console.log(`site: ${name}, ${seconds(since)}`);
}

function publish(name, content, { hashed = true } = {}) {
  const extension = name.match(/\.\w+$/)[0];
  const published = hashed ? name.replace(extension, `.${hashOf(content)}${extension}`) : name;
  manifest[name] = published;
  write(join(site, published), content);
  return published;
}

function fonts() {
  for (const subset of ["latin", "latin-ext", "vietnamese"]) {
    const file = `node_modules/@fontsource-variable/inter/files/inter-${subset}-opsz-normal.woff2`;
    publish(`fonts/inter-${subset}.woff2`, readFileSync(file));
  }
}

function icons() {
  const symbols = readFileSync("web/icons.txt", "utf8")
    .split("\n")
    .filter((line) => line && !line.startsWith("#"))
    .map((line) => {
      const [name, lucide = name] = line.split(/\s+/);
      const svg = readFileSync(`node_modules/lucide-static/icons/${lucide}.svg`, "utf8");
      const drawing = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
      return `<symbol id="${name}" viewBox="0 0 24 24">${drawing.replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>")}</symbol>`;
    });
  const licence = "<!-- Icons: Lucide, ISC licence -->";
  publish("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${licence}${symbols.join("\n")}</svg>\n`);
}

function publicFiles() {
  for (const file of filesIn("public")) publish(relative("public", file), readFileSync(file), { hashed: false });
}

/** The licences of what is shipped to browsers, as they ask to be shipped along. */
function licences() {
  const shipped = ["@fontsource-variable/inter", "daisyui", "echarts", "lucide-static", "tailwindcss", "tslib", "wavesurfer.js", "zrender"];
  const texts = shipped.map((name) => {
    const folder = join("node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry));
    return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), "utf8").trim() : ""}\n`;
  });
  publish("licences.txt", texts.join(`\n${"-".repeat(72)}\n\n`), { hashed: false });
}

function css() {
  const output = join(work, "ringside.css");
  const inputs = [...filesIn("style"), ...filesIn("app/src"), ...filesIn("web"), "package-lock.json"];
  step("css", inputs.map((file) => readFileSync(file)), output, () =>
    run(bin("tailwindcss"), ["--input", "style/main.css", "--output", output, "--minify"], { stdio: ["ignore", "ignore", "pipe"] }),
  );
  const linked = readFileSync(output, "utf8").replace(/url\(["']?\/(fonts\/[\w-]+\.woff2)["']?\)/g, (_, name) => {
    if (!manifest[name]) throw new Error(`style: ${name} is not among the fonts`);
    return `url(/${manifest[name]})`;
  });
  publish("pkg/ringside.css", linked);
}

/** Compiles the pages; returns the module. */
function compiled() {
  const since = Date.now();
  // The names are needed for snipping; wasm-opt takes them out at the end.
  const env = { ...process.env, CARGO_PROFILE_WASM_RELEASE_STRIP: "none" };
  run("cargo", ["build", "--package", "frontend", "--target", "wasm32-unknown-unknown", "--profile", profile, "--locked"], { env });
  console.log(`site: cargo build of the pages, ${seconds(since)}`);
  return join(target, "wasm32-unknown-unknown", profile, "frontend.wasm");
}

/** The program that makes the glue, from the same Cargo.lock as the pages. */
function bindgen() {
  const since = Date.now();
  run("cargo", ["build", "--package", "bindgen", "--profile", "wasm-dev", "--locked"]);
  console.log(`site: cargo build of bindgen, ${seconds(since)}`);
  return join(target, "wasm-dev", "bindgen");
}

function wasm() {
  const program = bindgen();
  const module = compiled();
  const bound = join(work, "bindgen");
  const output = join(work, "ringside_bg.wasm");
  step("wasm", [readFileSync(module), `${LAZY}`, `${FEATURES}`], output, () => {
    rmSync(bound, { recursive: true, force: true });
    run(program, [module, "ringside", bound]);
    const linked = join(bound, "ringside_bg.wasm");
    if (quick) {
      write(output, readFileSync(linked));
    } else {
      const { bytes, snipped } = orFail(() => snip(readFileSync(linked), LAZY));
      writeFileSync(linked, bytes);
      console.log(`site: ${snipped} functions of lazy hydration left out`);
      // binaryen's from npm: the one some distributions package breaks the module. Only what rustc uses is allowed: with
      // all features it writes string references and compact imports, which no browser reads.
      const features = FEATURES.map((feature) => `--enable-${feature}`);
      run(bin("wasm-opt"), ["--flatten", "--rereloop", "-Oz", "-Oz", "-Oz", ...features, "--strip-debug", "--strip-producers", "-o", output, linked]);
    }
  });
  publish("pkg/ringside_bg.wasm", readFileSync(output));
  return resolve(bound, "ringside.js");
}

async function scripts(glue) {
  const since = Date.now();
  const { outputFiles, metafile } = await build({
    entryPoints: { boot: "web/boot.js", form: "web/form.js" },
    alias: { "ringside-wasm": glue, "ringside-morph": resolve("web/morph.js") },
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: !quick,
    legalComments: "none",
    entryNames: "pkg/[name].[hash]",
    chunkNames: "pkg/[name].[hash]",
    outdir: site,
    write: false,
    metafile: true,
    logLevel: "warning",
  });
  for (const { path, contents } of outputFiles) write(path, contents);
  let shared = 0;
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
    manifest[entryPoint ? `pkg/${basename(entryPoint)}` : `pkg/shared-${shared++}.js`] = relative(site, path);
  }
  console.log(`site: scripts, ${seconds(since)}`);
}

/** Compresses beside each file, once: a hashed name is compressed when it is new, the few others when they changed. */
function compress() {
  const since = Date.now();
  for (const published of Object.values(manifest)) {
    if (published.endsWith(".woff2")) continue;
    const path = join(site, published);
    const content = readFileSync(path);
    const compressed = join(work, "br", `${hashOf(content)}.br`);
    if (!existsSync(compressed)) {
      const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
      write(compressed, brotliCompressSync(content, { params }));
    }
    const packed = readFileSync(compressed);
    if (packed.length < content.length) write(`${path}.br`, packed);
  }
  console.log(`site: compression, ${seconds(since)}`);
}

function removeStale() {
  const wanted = new Set(Object.values(manifest).flatMap((name) => [name, `${name}.br`]));
  wanted.add("manifest.json");
  for (const file of filesIn(site)) if (!wanted.has(relative(site, file))) rmSync(file);
}

const started = Date.now();
mkdirSync(site, { recursive: true });
mkdirSync(work, { recursive: true });
fonts();
if (process.argv.includes("--css")) {
  Object.assign(manifest, JSON.parse(readFileSync(join(site, "manifest.json"), "utf8")));
  css();
} else {
  icons();
  publicFiles();
  licences();
  css();
  await scripts(wasm());
}
if (!quick) compress();
removeStale();
write(join(site, "manifest.json"), `${JSON.stringify(Object.fromEntries(Object.entries(manifest).sort()), null, 2)}\n`);
console.log(`site: ${site} is ready after ${seconds(started)}`);
if (!quick) {
  for (const name of ["pkg/ringside_bg.wasm", "pkg/boot.js", "pkg/ringside.css", "pkg/charts.js", "pkg/player.js"]) {
    const size = readFileSync(join(site, `${manifest[name]}.br`)).length;
    console.log(`      ${name.padEnd(22)} ${(size / 1000).toFixed(1).padStart(7)} kB in brotli`);
  }
}
