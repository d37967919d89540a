/*
 * The entry of the browser side. The page is complete before this runs; it adds the router, the charts and the waveform.
 *
 * The server writes
 *   <script type="module" src="{pkg/boot.js}" data-wasm="{pkg/ringside_bg.wasm}"></script>
 * with the hashed names of manifest.json.
 */
import init, { hydrate } from "ringside-wasm";
import { afterPaint, isPhone, leftAlone } from "./elements.js";
import "./form.js";
import "./keyboard.js";
import "./places.js";

const { wasm } = document.querySelector("script[data-wasm]").dataset;
/* What only the pages' code does, or does without leaving the page. */
const OURS = "[data-play], [data-call], main [data-noscroll]";

/** The code, compiled beside the page's own work; null until it is. */
let code = null;
const compiled = async () => {
  // What one reads comes first: on a slow line the pages would take two seconds from the style sheet and the fonts.
  await afterPaint();
  code = await WebAssembly.compileStreaming(fetch(wasm));
};
const compiling = compiled();

/** Takes the page over, once. */
let taking;
const begin = () => (taking ??= take());
async function take() {
  await compiling;
  await init({ module_or_path: code });
  hydrate();
  document.documentElement.dataset.alive = "";
}

if (isPhone) untilNeeded();
else begin();

/*
 * Taking over keeps a phone from answering for a moment, and most of what one does there at first needs nothing of it: one
 * reads, scrolls, opens popovers, follows links. So it waits until nobody touches the phone, or for the first thing that needs it,
 * which is then done again. What was touched before is the browser's: links lead on, forms are sent.
 */
function untilNeeded() {
  const over = new AbortController();
  const listen = (kinds, hear) => {
    for (const kind of kinds) addEventListener(kind, hear, { capture: true, signal: over.signal });
  };
  /** What is to be done again, by what it is done to. */
  const missed = new Map();
  const needed = async () => {
    try {
      // What is pressed looks so first.
      await afterPaint();
      await begin();
    } finally {
      over.abort();
      // Some of what the pages' code listens to it listens to a moment later. Where it could not come, the browser does what it can.
      setTimeout(() => {
        const all = [...missed.values()];
        missed.clear();
        for (const again of all) again();
      });
    }
  };

  leftAlone().then(needed);
  listen(["click"], (event) => {
    const link = event.target.closest?.(OURS);
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    // The browser follows a link sooner than code comes that is still on its way; but a recording it plays in place of the page.
    if (!code && !link.matches("[data-play]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    link.ariaBusy = "true";
    missed.set(link, () => {
      link.ariaBusy = null;
      link.click();
    });
    needed();
  });
  listen(["keydown"], (event) => {
    const again = () => event.defaultPrevented || (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", event));
    if (/^[jk]$/i.test(event.key)) missed.set("key", again);
    needed();
  });
  listen(["focusin", "input"], ({ type, target }) => {
    if (!target.matches("[role='search'] input")) return;
    if (type === "input") missed.set(target, () => target.dispatchEvent(new Event(type, { bubbles: true })));
    needed();
  });
  // What is followed has changed: it is read anew once it can be.
  listen(["change"], ({ target }) => {
    if (target.localName === "ringside-live") missed.set(target, () => target.dispatchEvent(new Event("change")));
  });
}
