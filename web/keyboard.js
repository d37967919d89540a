/*
 * Single-key shortcuts: a key does what a click on the element with that data-key would do, so that every shortcut is also a
 * link, a button or a field, and works on whatever page shows it. Keys are nothing while a field has the focus or a modifier
 * is held, and can be turned off (WCAG 2.1.4); app/src/calls/keys.rs has those that are more than a click.
 */
const STORAGE_KEY = "shortcuts";
const SWITCH = "shortcuts-on";
const FIELD = "input, select, textarea, dialog, [contenteditable]";
/* Nothing is typed into a slider; the arrows are its own. */
const SLIDER = "input[type=range]";

/** A storage that is full or forbidden only means that the choice is not remembered. */
function quietly(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}
const enabled = () => quietly(() => localStorage.getItem(STORAGE_KEY)) !== "off";

/* The list of shortcuts is the server's, and stays as it is found. */
const box = document.getElementById(SWITCH);
if (box) box.checked = enabled();
addEventListener("change", ({ target }) => {
  if (target.id === SWITCH) quietly(() => localStorage.setItem(STORAGE_KEY, target.checked ? "on" : "off"));
});

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key !== "?")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isField = event.target.closest?.(FIELD) && !(key.length === 1 && event.target.matches?.(SLIDER));
  if (!/^([a-z/?]|Arrow(Left|Right))$/.test(key) || isField || !enabled()) return;
  // Two elements may carry one key (desktop and phone); the one that is shown takes it.
  for (const element of document.querySelectorAll(`[data-key="${key}"]`)) {
    if (key !== "?" && !element.offsetParent && !element.closest("[popover]")) continue;
    event.preventDefault();
    if (element.tagName === "INPUT") element.focus();
    else element.click();
    return;
  }
});

addEventListener("click", ({ target }) => {
  // Language and theme come back to the page one is on, which the server that wrote the link may not know any more.
  const setting = target.closest?.("a[href^='/language/'], a[href^='/theme/']");
  if (setting) setting.search = `?to=${encodeURIComponent(location.pathname + location.search)}`;
  // So can the page be kept that one is on; of the settings, none can.
  const keeping = target.closest?.("a[data-keeps-page]");
  if (keeping) keeping.search = location.pathname.startsWith("/settings/views") ? "" : `?to=${encodeURIComponent(location.pathname + location.search)}`;
  // The router follows a link and leaves the page in place, and with it the popover that the link was in.
  target.closest?.("[popover] a[href]")?.closest("[popover]").hidePopover();
});
