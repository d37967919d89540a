/*
 * The checks of form[data-checked] as one types. The rules are the browser's own constraints, written by the server
 * (app/src/form/view.rs) with the words for each: data-value-missing is said where validity.valueMissing, and so on.
 * A field that was changed and left says what is wrong until it is right; sending shows all, in place of the browser's bubbles.
 */
// What needs scripts, and not the pages' WebAssembly, is shown from now on.
document.documentElement.dataset.scripted = "";
// Without the WebAssembly (signing in) this is all there is.
if (!document.querySelector("[data-wasm]")) document.documentElement.dataset.alive = "";

/* Beside letters of countries and currencies their names, by which they are found, too. */
for (const list of document.querySelectorAll("datalist[data-named]")) {
  const names = new Intl.DisplayNames([document.documentElement.lang], { type: list.dataset.named });
  for (const option of list.options) option.label = names.of(option.value) ?? "";
}

const checked = (input) => input.form?.matches?.("[data-checked]");
const left = new WeakSet();
/* What stands between the parts of a list. */
const BETWEEN = /[\s,;]+/;

/** What is wrong with a field, in words; "" where nothing is. */
function wrong({ validity, dataset, value, validationMessage }) {
  for (const flag in validity) {
    if (flag === "valid" || !validity[flag]) continue;
    /* Of a list, the first part that is wrong. */
    const like = (pattern, text) => pattern && new RegExp(`^(?:${pattern})$`, "v").test(text);
    /* What may be read in two ways says so. */
    if (like(dataset.doubtful, value)) return dataset.doubtfulWords;
    const part = dataset.one ? (value.split(BETWEEN).find((part) => part && !like(dataset.one, part)) ?? value) : value;
    return (dataset[flag] ?? validationMessage).replace("{}", () => part.slice(0, 100));
  }
  return "";
}

function show(input) {
  const place = document.getElementById(`${input.id}-error`);
  if (!place) return;
  const words = wrong(input);
  if (place.textContent !== words) place.textContent = words;
  if (words) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

document.addEventListener("change", ({ target }) => {
  /* The names of chosen files, which the browser's own words for a file input would say. */
  const names = target.files && document.getElementById(target.dataset.names);
  if (names) {
    target.form.dataset.typed = "";
    names.dataset.none ??= names.textContent;
    names.textContent = [...target.files].map(({ name }) => name).join(", ") || names.dataset.none;
  }
  if (!checked(target)) return;
  left.add(target);
  show(target);
});

document.addEventListener("input", ({ target }) => {
  if (!checked(target)) return;
  /* An update of the page leaves a form that somebody fills in as it is (app/src/server_page.rs). */
  target.form.dataset.typed = "";
  /* A field of several lines has no pattern of the browser's own. */
  if (target.dataset.one) {
    const one = new RegExp(`^(?:${target.dataset.one})$`, "v");
    target.setCustomValidity(target.value.split(BETWEEN).every((part) => !part || one.test(part)) ? "" : " ");
  }
  for (const input of target.form.querySelectorAll("[data-same-as]")) {
    const same = input.value === document.getElementById(input.dataset.sameAs)?.value;
    input.setCustomValidity(same ? "" : " ");
    if (left.has(input)) show(input);
  }
  if (left.has(target)) show(target);
  const example = document.querySelector(`[data-example-of="${CSS.escape(target.form.id)}"]`);
  if (example) import("./tariff.js").then(({ show }) => show(target.form, example));
});

/* The button beside a field that is there to be copied. */
document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("[data-copies]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copies);
  field.select();
  /* A page without TLS has no clipboard of its own. */
  if (navigator.clipboard) await navigator.clipboard.writeText(field.value).catch(() => document.execCommand("copy"));
  else document.execCommand("copy");
  const said = document.getElementById(`${field.id}-copied`);
  said.textContent = said.dataset.words;
});

/* Fired at every field that keeps a form from being sent. */
document.addEventListener(
  "invalid",
  (event) => {
    const { target } = event;
    if (!checked(target)) {
      /* What the browser would say, in the language of the page. */
      if (target.validity.customError) return;
      event.preventDefault();
      import("./bubbles.js").then(({ say }) => say(target));
      return;
    }
    event.preventDefault();
    left.add(target);
    show(target);
    if (target.form.querySelector("[name]:invalid") === target) target.focus();
  },
  true,
);
/* What the server refused is said until it is right. */
for (const input of document.querySelectorAll("[data-checked] [aria-invalid]")) left.add(input);
