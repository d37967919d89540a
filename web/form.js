/*
 * The checks of form[data-checked] as one types. The rules are the browser's own constraints, written by the server
 * (app/src/form/view.rs) with the words for each: data-value-missing is said where validity.valueMissing, and so on.
 * A field that was changed and left says what is wrong until it is right; sending shows all, in place of the browser's bubbles.
 */
// Without the pages' WebAssembly (signing in) this is all there is.
if (!document.querySelector("[data-wasm]")) document.documentElement.dataset.alive = "";

const checked = (input) => input.form?.matches?.("[data-checked]");
const left = new WeakSet();

/** What is wrong with a field, in words; "" where nothing is. */
function wrong({ validity, dataset, value, validationMessage }) {
  for (const flag in validity) {
    if (flag === "valid" || !validity[flag]) continue;
    /* Of a list, the first part that is wrong. */
    const one = new RegExp(`^(?:${dataset.one ?? ""})$`, "v");
    const part = dataset.one ? (value.split(/[\s,;]+/).find((part) => part && !one.test(part)) ?? value) : value;
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
  if (!checked(target)) return;
  left.add(target);
  show(target);
});

document.addEventListener("input", ({ target }) => {
  if (!checked(target)) return;
  /* An update of the page leaves a form that somebody fills in as it is (app/src/server_page.rs). */
  target.form.dataset.typed = "";
  for (const input of target.form.querySelectorAll("[data-same-as]")) {
    const same = input.value === document.getElementById(input.dataset.sameAs)?.value;
    input.setCustomValidity(same ? "" : " ");
    if (left.has(input)) show(input);
  }
  if (left.has(target)) show(target);
  const example = document.querySelector(`[data-example-of="${CSS.escape(target.form.id)}"]`);
  if (example) import("./tariff.js").then(({ show }) => show(target.form, example));
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
