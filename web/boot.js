/*
 * The entry of the browser side. The page is complete before this runs; it adds the router, the charts and the waveform.
 *
 * The server writes
 *   <script type="module" src="{pkg/boot.js}" data-wasm="{pkg/ringside_bg.wasm}"></script>
 * with the hashed names of manifest.json.
 */
import init, { hydrate } from "ringside-wasm";
import { afterPaint } from "./elements.js";
import "./form.js";
import "./keyboard.js";
import "./places.js";

const wasm = document.querySelector("script[data-wasm]")?.dataset.wasm;
if (wasm) {
  // What one reads comes first: on a slow line the pages would take two seconds from the style sheet and the fonts.
  await afterPaint();
  await init({ module_or_path: wasm });
  hydrate();
  document.documentElement.dataset.alive = "";
} else {
  console.error("boot.js: no <script data-wasm> in the page");
}
