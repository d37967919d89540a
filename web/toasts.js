/* Toasts in the corner, and what says a single thing by one. All words come from the server. */

/** How long one stays, ms. */
export const STAYS = 6000;
const icons = document.querySelector("use")?.getAttribute("href")?.split("#")[0] ?? "/icons.svg";

export function element(name, classes, text = "") {
  const made = document.createElement(name);
  made.className = classes;
  made.textContent = text;
  return made;
}

export function icon(name, classes = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `icon ${classes}`);
  svg.setAttribute("aria-hidden", "true");
  const use = svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  use.setAttribute("href", `${icons}#${name}`);
  return svg;
}

/** The live region at the corner; what is put into it is read out. */
export function corner() {
  let toasts = document.querySelector("body > .toasts");
  if (!toasts) {
    toasts = element("div", "toasts");
    toasts.setAttribute("aria-live", "polite");
    document.body.append(toasts);
  }
  return toasts;
}

/** Takes a toast away, unless somebody points at it or is in it: then a while after they have left. */
export function leave(box) {
  if (!box.matches(":hover, :focus-within")) {
    box.remove();
    return;
  }
  const over = new AbortController();
  const again = () => {
    over.abort();
    setTimeout(() => leave(box), STAYS);
  };
  for (const event of ["pointerleave", "focusout"]) box.addEventListener(event, again, { signal: over.signal });
}

/** A toast that says that something was done. */
export function say(words) {
  const box = element("div", "toast is-success");
  box.append(icon("check-circle"), element("div", "", words));
  corner().append(box);
  setTimeout(() => leave(box), STAYS);
}

/** Copies an address and says so; fails where the browser does not let a page copy. */
export async function copy(address, words) {
  await navigator.clipboard.writeText(address);
  say(words);
}
