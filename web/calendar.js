/*
 * Two months in the range picker's sheet. It writes into the form's two typed dates (4/11/2026) and reads them: the first day
 * that is chosen begins the range, the second ends it. Days are text ("2026-11-04") and UTC dates, so that no zone moves them.
 *
 * Arrow keys move by days and weeks, Home and End to Monday and Sunday, PageUp and PageDown by months.
 */
const DAY_MS = 86_400_000;

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host { display: block; }
  .months { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 24px; }
  header { display: grid; grid-template-columns: 32px 1fr 32px; align-items: center; min-height: 32px; text-align: center; }
  h2 { grid-column: 2; margin: 0; font-size: 13px; line-height: 20px; font-weight: 600; color: var(--ink); }
  button { font-family: inherit; letter-spacing: inherit; }
  header > button { width: 32px; height: 32px; padding: 0; border: 0; border-radius: 6px; background: none; color: var(--muted);
    font-size: 20px; line-height: 1; cursor: pointer; }
  header > button:hover { background: var(--hover); color: var(--ink); }
  .later { grid-column: 3; }
  .earlier.on-phone { visibility: hidden; }
  table { width: 100%; border-collapse: separate; border-spacing: 0 2px; table-layout: fixed; }
  th { height: 32px; font-size: 12px; line-height: 16px; font-weight: 500; color: var(--muted); }
  td { height: 32px; padding: 0; text-align: center; }
  td > button { width: 100%; height: 32px; padding: 0; border: 0; background: none; color: var(--ink); cursor: pointer;
    font-size: 13px; line-height: 20px; font-variant-numeric: tabular-nums; border-radius: 6px; }
  td > button:hover { background: var(--hover); }
  .within > button { background: var(--accent-soft); color: var(--accent); border-radius: 0; }
  .first > button, .last > button { background: var(--accent); color: var(--on-accent); font-weight: 600; border-radius: 6px; }
  .today > button { text-decoration: underline; text-underline-offset: 4px; text-decoration-thickness: 2px; }
  button:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; position: relative; z-index: 1; }
  @media (max-width: 1023px) {
    .months { grid-template-columns: minmax(0, 1fr); }
    .months > section:first-child { display: none; }
    td, td > button, header > button { height: 40px; }
    .earlier.on-phone { visibility: visible; }
  }
`);

const text = (date) => date.toISOString().slice(0, 10);
const parse = (day) => {
  const date = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(date.getTime()) ? null : date;
};
/** The day that is typed as 4/11/2026; null where it is none. */
const read = (typed) => {
  const [, date, month, year] = typed.trim().match(/^(\d{1,2})\/(\d{1,2})\/(\d{4})$/) ?? [];
  const day = year && `${year}-${month.padStart(2, "0")}-${date.padStart(2, "0")}`;
  return day && parse(day) && text(parse(day)) === day ? day : null;
};
const typed = (day) => day.split("-").reverse().join("/");
const plus = (day, days) => text(new Date(parse(day).getTime() + days * DAY_MS));
/** The first day of the month that many months after a day's. */
const month = (day, by = 0) => {
  const date = parse(day);
  return text(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + by, 1)));
};
const weekday = (day) => (parse(day).getUTCDay() + 6) % 7;

function element(name, content, attributes = {}) {
  const made = document.createElement(name);
  made.append(...[content ?? []].flat());
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

class Calendar {
  constructor(host) {
    this.host = host;
    this.root = host.shadowRoot ?? host.attachShadow({ mode: "open", delegatesFocus: true });
    this.root.adoptedStyleSheets = [sheet];
    this.form = host.closest("form");
    [this.from, this.to] = ["from", "to"].map((name) => this.form.elements.namedItem(name));
    const language = document.documentElement.lang || "vi";
    const months = new Intl.DateTimeFormat(language, { month: "long", year: "numeric", timeZone: "UTC" });
    this.title = (day) =>
      language === "vi" ? `Tháng ${Number(day.slice(5, 7))}/${day.slice(0, 4)}` : months.format(parse(day));
    this.names = new Intl.DateTimeFormat(language, { dateStyle: "full", timeZone: "UTC" });
    this.weekdays = Array.from({ length: 7 }, (_, n) =>
      language === "vi" ? ["T2", "T3", "T4", "T5", "T6", "T7", "CN"][n] : ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][n]);
    for (const field of [this.from, this.to]) field.addEventListener("input", () => this.typed());
    // The address has one spelling of a day, whatever is typed.
    this.form.addEventListener("formdata", ({ formData }) => {
      for (const { name, value } of [this.from, this.to]) formData.set(name, read(value) ?? value);
    });
    this.form.querySelector("[data-custom]")?.addEventListener("click", () => this.from.focus());
    this.root.addEventListener("click", (event) => this.clicked(event));
    this.root.addEventListener("keydown", (event) => this.key(event));
  }

  get today() {
    return this.host.dataset.today;
  }

  /** The range in the typed fields; either may be unreadable while it is typed. */
  get range() {
    const [from, to] = [this.from.value, this.to.value].map(read);
    return { from, to };
  }

  /** Says what is wrong with the fields in the page's words. */
  check() {
    const { from, to } = this.range;
    const { wrong, order } = this.host.dataset;
    this.from.setCustomValidity(from ? "" : wrong);
    this.to.setCustomValidity(to ? (from && to < from ? order : "") : wrong);
  }

  show() {
    this.begun = null;
    this.check();
    const { to } = this.range;
    this.cursor = to ?? this.today;
    this.right = month(this.cursor);
    this.draw();
  }

  typed() {
    this.begun = null;
    this.check();
    const { to } = this.range;
    if (to) {
      this.cursor = to;
      this.right = month(to);
    }
    this.draw();
  }

  choose(day) {
    if (this.begun) {
      const [from, to] = [this.begun, day].sort();
      [this.from.value, this.to.value, this.begun] = [typed(from), typed(to), null];
    } else {
      [this.from.value, this.to.value, this.begun] = [typed(day), typed(day), day];
    }
    this.check();
    this.cursor = day;
    this.draw();
    this.focus();
  }

  clicked(event) {
    const button = event.target.closest("button");
    if (button?.dataset.day) this.choose(button.dataset.day);
    else if (button) this.turn(Number(button.dataset.by), button.className);
  }

  turn(by, focus) {
    this.right = month(this.right, by);
    const last = plus(month(this.right, 1), -1);
    if (this.cursor > last) this.cursor = last;
    if (this.cursor < month(this.right, -1)) this.cursor = this.right;
    this.draw();
    this.root.querySelector(`.${focus}`)?.focus();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !event.target.dataset.day) return;
    const { cursor } = this;
    const sameDay = (by) => {
      const first = month(cursor, by);
      const last = plus(month(first, 1), -1);
      const same = plus(first, parse(cursor).getUTCDate() - 1);
      return same > last ? last : same;
    };
    const moves = {
      ArrowLeft: () => plus(cursor, -1),
      ArrowRight: () => plus(cursor, 1),
      ArrowUp: () => plus(cursor, -7),
      ArrowDown: () => plus(cursor, 7),
      Home: () => plus(cursor, -weekday(cursor)),
      End: () => plus(cursor, 6 - weekday(cursor)),
      PageUp: () => sameDay(-1),
      PageDown: () => sameDay(1),
    };
    const move = moves[event.key];
    if (!move) {
      // Enter and Space press the day; neither is a key of the page here.
      if (event.key === " " || event.key === "Enter") event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    this.cursor = move();
    if (this.cursor < month(this.right, -1)) this.right = month(this.cursor, 1);
    if (this.cursor >= month(this.right, 1)) this.right = month(this.cursor);
    this.draw();
    this.focus();
  }

  focus() {
    const shown = [...this.root.querySelectorAll(`[data-day="${this.cursor}"]`)];
    (shown.find((button) => button.offsetParent) ?? shown[0])?.focus();
  }

  draw() {
    const months = element("div", [this.month(month(this.right, -1), true), this.month(this.right, false)], { class: "months" });
    this.root.replaceChildren(months);
    // On a phone only one month is shown, which the cursor must be in to be reached by Tab.
    if (!this.root.querySelector('[tabindex="0"]')) this.root.querySelector("[data-day]")?.setAttribute("tabindex", "0");
  }

  month(first, isLeft) {
    const title = this.title(first);
    const turn = (by, icon, name, className) =>
      element("button", icon, { type: "button", class: className, "data-by": by, "aria-label": name });
    const head = element("header", element("h2", title, { "aria-live": "polite" }));
    // On a phone the later month alone is shown, with both ways to turn.
    head.prepend(turn(-1, "‹", this.host.dataset.earlier, "earlier"));
    if (!isLeft) head.append(turn(1, "›", this.host.dataset.later, "later"));
    if (!isLeft) head.firstChild.classList.add("on-phone");
    const names = element("tr", this.weekdays.map((name) => element("th", name, { scope: "col" })));
    const days = [];
    for (let day = first; day < month(first, 1); day = plus(day, 1)) days.push(this.day(day));
    const cells = [...Array.from({ length: weekday(first) }, () => element("td")), ...days];
    const weeks = [];
    for (let n = 0; n < cells.length; n += 7) weeks.push(element("tr", cells.slice(n, n + 7)));
    const table = element("table", [element("thead", names), element("tbody", weeks)], { "aria-label": title });
    return element("section", [head, table]);
  }

  day(day) {
    const { from, to } = this.range;
    const within = from && to && from <= day && day <= to;
    const cell = element("td");
    cell.classList.toggle("within", Boolean(within));
    cell.classList.toggle("first", day === from);
    cell.classList.toggle("last", day === to);
    cell.classList.toggle("today", day === this.today);
    const button = element("button", String(Number(day.slice(8))), {
      type: "button",
      "data-day": day,
      "aria-label": this.names.format(parse(day)),
      "aria-pressed": String(Boolean(within)),
      tabindex: day === this.cursor ? "0" : "-1",
    });
    if (day === this.today) button.setAttribute("aria-current", "date");
    cell.append(button);
    return cell;
  }
}

/** Draws the calendar of `host` into its shadow root: what the server wrote around it can still be morphed. */
export function mount(host) {
  return new Calendar(host);
}
