/* The design tokens as the page has them now, for what draws outside CSS. */

const listeners = new Set();
const tell = () => listeners.forEach((listener) => listener());

new MutationObserver(tell).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);

/** Calls `listener` whenever the theme changes; returns how to stop that. */
export function onThemeChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The value of a token such as "--accent-fill" where `element` stands. */
export function token(element, name) {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
