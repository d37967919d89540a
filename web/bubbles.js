/*
 * The bubbles of fields that have no words of their own, in the page's language: a browser speaks its own. A field's own words
 * are set by who knows its rules (form.js, calendar.js), and are left as they are.
 */
const WORDS = {
  vi: {
    valueMissing: () => "Hãy điền vào ô này.",
    badInput: () => "Hãy nhập một số.",
    rangeUnderflow: ({ min }) => `Hãy nhập từ ${min} trở lên.`,
    rangeOverflow: ({ max }) => `Hãy nhập nhiều nhất ${max}.`,
    other: ({ title }) => title || "Giá trị này chưa đúng.",
  },
  en: {
    valueMissing: () => "Fill in this field.",
    badInput: () => "Enter a number.",
    rangeUnderflow: ({ min }) => `Enter ${min} or more.`,
    rangeOverflow: ({ max }) => `Enter at most ${max}.`,
    other: ({ title }) => title || "This value is not right.",
  },
};

/** Fields whose words are from here. They go before the form is looked at again. */
const said = new Set();
document.addEventListener(
  "click",
  () => {
    for (const input of said) input.setCustomValidity("");
    said.clear();
  },
  true,
);

/** Says what is wrong with a field, where it is the first that keeps its form from being sent. */
export function say(input) {
  if (input.form?.querySelector("input:invalid, select:invalid, textarea:invalid") !== input) return;
  const words = WORDS[document.documentElement.lang] ?? WORDS.vi;
  const flag = Object.keys(words).find((flag) => input.validity[flag]) ?? "other";
  input.setCustomValidity(words[flag](input));
  said.add(input);
  input.addEventListener("input", () => input.setCustomValidity(""), { once: true });
  input.reportValidity();
}
