/*
 * The form of a tariff (app/src/settings/tariffs.rs) as one types: a preset fills in the seconds, and
 * <p data-example-of="id of the form" data-words="31 s = {blocks} blocks = VND {cost}" data-digits="0"> says what a talk of
 * 31 seconds would cost, by the rules of domain::tariff and domain::input::amount.
 */
const TALK = 31;
const MICROS = 1e6;

/** Millionths of an amount; undefined where it is none, or may be read in two ways. */
function amount(text) {
  if (!/^\s*(?:0+[.,]\d{1,6}|\d{1,7}(?:[.,](?:\d{1,2}|\d{4,6}))?)\s*$/.test(text)) return undefined;
  const [units, parts = ""] = text.trim().split(/[.,]/);
  return Number(units) * MICROS + Number(parts.padEnd(6, "0"));
}

export function show(form, example) {
  const { preset, first_block_seconds, next_block_seconds, price_first_block, price_next_block } = form.elements;
  const seconds = preset.value.split("+");
  if (seconds.length === 2) [first_block_seconds.value, next_block_seconds.value] = seconds;
  const [first, next] = [first_block_seconds, next_block_seconds].map(({ value }) => Number.parseInt(value, 10));
  const [price, further] = [price_first_block, price_next_block].map(({ value }) => amount(value));
  if (!(first > 0 && next > 0) || price === undefined || further === undefined) {
    example.textContent = "";
    return;
  }
  const blocks = TALK <= first ? 1 : 1 + Math.ceil((TALK - first) / next);
  const digits = Number(example.dataset.digits);
  const step = MICROS / 10 ** digits;
  /* Whole numbers under 2 to the 53rd: exact. Half is rounded away from zero. */
  const minor = Math.floor((price + (blocks - 1) * further + step / 2) / step);
  const said = (n, places) =>
    n.toLocaleString(document.documentElement.lang, { minimumFractionDigits: places, maximumFractionDigits: places });
  example.textContent = example.dataset.words
    .replace("{blocks}", () => said(blocks, 0))
    .replace("{cost}", () => said(minor / 10 ** digits, digits));
}
