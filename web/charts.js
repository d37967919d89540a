/*
 * Draws ECharts options that the server made. The option is plain JSON with labels already formatted; colours in it are
 * written "var(--accent-fill)" and follow the theme. Beside ECharts' own fields it may have
 *
 *   "ringside": {
 *     "hint":   "Bấm để xem danh sách",      last line of the tooltip
 *     "titles": ["31–35 giây", …],            tooltip title of each bucket; the axis label otherwise
 *     "values": [["303 cuộc gọi", …], …],     text of each series' values; the number in the page's language otherwise
 *     "names":  [["01/11/2026", …], …],       what each series' values are called there; the series' name otherwise
 *     "link":   false                          nothing to open: no pointer, no keyboard stop
 *   }
 *
 * A click, or Enter on the bucket the arrow keys chose, follows a[data-series][data-index] in the table named by
 * for-table: one link for the router, for people without scripts and for the chart.
 */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { onThemeChange, reducedMotion, token } from "./theme.js";

use([BarChart, LineChart, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host { display: block; position: relative; }
  :host(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
  .canvas { width: 100%; height: 100%; }
  svg text { font-variant-numeric: tabular-nums; }
  .tip { min-width: 128px; padding: 8px 10px; border: 1px solid var(--line); border-radius: 6px; background: var(--raised);
    color: var(--ink); box-shadow: var(--shadow-raised); font: 400 12px/18px var(--font, inherit); white-space: nowrap; }
  .tip b { display: block; font-weight: 600; }
  .tip div { display: flex; align-items: center; gap: 6px; }
  .tip i { width: 8px; height: 8px; border-radius: 2px; }
  .tip em { margin-left: auto; padding-left: 12px; font-style: normal; font-weight: 500; }
  .tip p { max-width: 240px; margin: 4px 0 0; padding-left: 6px; border-left: 2px solid var(--accent); white-space: normal;
    overflow-wrap: anywhere; }
  .tip small { display: block; font-size: 12px; color: var(--accent); }
  @media print {
    :host { height: auto !important; }
    .canvas, .canvas > div { width: 100% !important; height: auto !important; }
    svg { position: static !important; display: block; width: 100%; height: auto; }
    .tip { display: none; }
  }
  .spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`);

/*
 * A chart is drawn for the screen's width and theme: for paper all are drawn anew. The layout of the sheet is not there yet
 * when they are, so style/print.css says how wide each will be, and the picture's own measures let it fit exactly.
 */
const charts = new Set();
let onPaper = false;
let themeOfScreen;
addEventListener("beforeprint", () => {
  const { dataset } = document.documentElement;
  if (!onPaper) themeOfScreen = dataset.theme;
  onPaper = true;
  dataset.theme = "light";
  for (const chart of charts) chart.restart();
});
addEventListener("afterprint", () => {
  const { dataset } = document.documentElement;
  onPaper = false;
  if (themeOfScreen) dataset.theme = themeOfScreen;
  else delete dataset.theme;
  for (const chart of charts) chart.restart();
});

/** Replaces every "var(--name)" in `value` by what the token is now. */
function withTokens(value, host) {
  if (typeof value === "string") return value.replace(/var\((--[\w-]+)\)/g, (_, name) => token(host, name));
  if (Array.isArray(value)) return value.map((item) => withTokens(item, host));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withTokens(item, host)]));
  }
  return value;
}

/** How every chart looks unless its option says otherwise. */
function theme(host) {
  const axis = {
    axisLine: { lineStyle: { color: token(host, "--control") } },
    axisTick: { show: false },
    axisLabel: { color: token(host, "--muted"), fontSize: 12, rotate: 0, hideOverlap: true },
    nameTextStyle: { color: token(host, "--muted"), fontSize: 12 },
    splitLine: { show: false, lineStyle: { color: token(host, "--hair") } },
  };
  return {
    textStyle: { fontFamily: getComputedStyle(host).fontFamily, fontSize: 12, color: token(host, "--muted") },
    grid: { left: 2, right: 2, top: 16, bottom: 6, outerBoundsMode: "same" },
    categoryAxis: axis,
    valueAxis: {
      ...axis,
      axisLine: { show: false },
      splitNumber: 4,
      splitLine: { show: true, lineStyle: { color: token(host, "--hair") } },
    },
    bar: { itemStyle: { color: token(host, "--accent-fill") }, emphasis: { disabled: false } },
    line: { symbol: "none", smooth: false },
    markLine: { lineStyle: { color: token(host, "--field") }, label: { color: token(host, "--muted"), fontSize: 12 } },
  };
}

const asList = (value) => (value === undefined ? [] : [].concat(value));

/** Text as text: what the server sends is never markup here. */
function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

class Chart {
  constructor(host, option) {
    this.host = host;
    this.option = option;
    this.series = 0;
    this.index = -1;

    this.root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    this.root.adoptedStyleSheets = [sheet];
    this.canvas = element("div", undefined, "canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    this.spoken = element("div", undefined, "spoken");
    this.spoken.setAttribute("role", "status");
    this.root.replaceChildren(this.canvas, this.spoken);

    this.stopWatchingTheme = onThemeChange(() => this.restart());
    this.sizes = new ResizeObserver(() => this.chart?.resize());
    this.sizes.observe(host);
    this.onKey = (event) => this.key(event);
    this.onBlur = () => this.leave();
    host.addEventListener("keydown", this.onKey);
    host.addEventListener("blur", this.onBlur);
    charts.add(this);
    this.start();
  }

  get ours() {
    return this.option.ringside ?? {};
  }

  get opens() {
    return this.ours.link !== false && this.host.hasAttribute("for-table");
  }

  start() {
    const width = onPaper ? Number(token(this.host, "--paper-width")) : undefined;
    this.chart = init(this.canvas, theme(this.host), { renderer: "svg", width });
    this.chart.on("click", ({ seriesIndex, dataIndex }) => this.open(seriesIndex, dataIndex));
    // A bar two pixels high is hard to hit: the whole column of a single series is the target.
    this.chart.getZr().on("click", ({ target, offsetX, offsetY }) => {
      const point = [offsetX, offsetY];
      const grids = asList(this.option.grid ?? {});
      const gridIndex = grids.findIndex((_, gridIndex) => this.chart.containPixel({ gridIndex }, point));
      if (target || gridIndex < 0) return;
      const [index] = this.chart.convertFromPixel({ gridIndex }, point);
      const axes = asList(this.option.xAxis);
      const all = asList(this.option.series);
      // A series without data only carries lines, such as those of the blocks.
      const here = all.filter(({ data, xAxisIndex = 0 }) => data?.length && (axes[xAxisIndex]?.gridIndex ?? 0) === gridIndex);
      if (here.length === 1) this.open(all.indexOf(here[0]), Math.round(index));
    });
    this.draw();
    const svg = onPaper && this.canvas.querySelector("svg");
    if (svg) svg.setAttribute("viewBox", `0 0 ${this.chart.getWidth()} ${this.chart.getHeight()}`);
  }

  restart() {
    this.chart.dispose();
    this.start();
  }

  draw() {
    const { ringside, ...option } = withTokens(this.option, this.host);
    const numbers = new Intl.NumberFormat(document.documentElement.lang || "vi");
    // The ticks of a value axis are ECharts' own choice, so they alone are formatted here.
    const axes = (list) =>
      asList(list).map((axis) =>
        axis.type === "value"
          ? { ...axis, axisLabel: { formatter: (value) => numbers.format(value), ...axis.axisLabel } }
          : axis,
      );
    // So are the numbers beside columns.
    const label = (label) =>
      label?.show && { label: { formatter: ({ value }) => (Number.isFinite(value) ? numbers.format(value) : ""), ...label } };
    this.chart.setOption(
      {
        ...option,
        animation: !reducedMotion(),
        animationDuration: 0,
        animationDurationUpdate: 300,
        ...(option.xAxis && { xAxis: axes(option.xAxis) }),
        ...(option.yAxis && { yAxis: axes(option.yAxis) }),
        tooltip: {
          trigger: "axis",
          axisPointer: { type: "none" },
          confine: true,
          transitionDuration: 0,
          ...option.tooltip,
          backgroundColor: "transparent",
          borderWidth: 0,
          padding: 0,
          extraCssText: "box-shadow:none",
          formatter: (items) => this.tooltip(asList(items), numbers),
        },
        series: asList(option.series).map((series, index) => ({
          id: String(index),
          cursor: this.opens ? "pointer" : "default",
          ...series,
          ...label(series.label),
        })),
      },
      { replaceMerge: ["series"] },
    );
    if (this.opens) {
      this.host.tabIndex = 0;
      if (!this.host.hasAttribute("role")) this.host.setAttribute("role", "group");
    } else {
      this.host.removeAttribute("tabindex");
    }
  }

  tooltip(items, numbers) {
    const box = element("div", undefined, "tip");
    if (!items.length) return box;
    const { titles, values, names, notes, hint } = this.ours;
    const { dataIndex, axisValueLabel, name } = items[0];
    box.append(element("b", titles?.[dataIndex] ?? axisValueLabel ?? name));
    const spoken = [box.textContent];
    for (const item of items) {
      const value = Array.isArray(item.value) ? item.value.at(-1) : item.value;
      const text =
        values?.[item.seriesIndex]?.[dataIndex] ?? (value === null || value === undefined ? "–" : numbers.format(value));
      const called = names?.[item.seriesIndex]?.[dataIndex] ?? item.seriesName;
      const line = element("div");
      if (items.length > 1) {
        const mark = element("i");
        mark.style.background = item.color;
        line.append(mark, element("span", called), element("em", text));
      } else {
        line.append(element("span", text));
      }
      spoken.push(items.length > 1 ? `${called} ${text}` : text);
      box.append(line);
    }
    for (const note of notes?.[dataIndex] ?? []) {
      spoken.push(note);
      box.append(element("p", note));
    }
    if (hint && this.opens) box.append(element("small", hint));
    this.lastSpoken = spoken.join(", ");
    return box;
  }

  /** Follows the link behind a value. */
  open(series, index) {
    const table = document.getElementById(this.host.getAttribute("for-table"));
    const link =
      table?.querySelector(`a[data-series="${series}"][data-index="${index}"]`) ??
      table?.querySelector(`a[data-index="${index}"]:not([data-series])`);
    link?.click();
  }

  key(event) {
    if (!this.opens || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = asList(this.option.series);
    const count = Math.max(0, ...all.map((series) => series.data?.length ?? 0));
    const steps = {
      ArrowRight: () => (this.index = Math.min(count - 1, this.index + 1)),
      ArrowLeft: () => (this.index = Math.max(0, this.index - 1)),
      ArrowUp: () => (this.series = Math.min(all.length - 1, this.series + 1)),
      ArrowDown: () => (this.series = Math.max(0, this.series - 1)),
      Home: () => (this.index = 0),
      End: () => (this.index = count - 1),
      Enter: () => this.index >= 0 && this.open(this.series, this.index),
      Escape: () => this.leave(),
    };
    const step = steps[event.key];
    if (!step || !count) return;
    event.preventDefault();
    // The page has keys of its own for the arrows (periods, player).
    event.stopPropagation();
    step();
    if (event.key !== "Escape" && event.key !== "Enter") this.show();
  }

  show() {
    this.index = Math.max(0, this.index);
    // Columns that stand apart are a series of their own, which has nothing at the others' places.
    const has = ({ data }) => ![undefined, null, "-"].includes(data?.[this.index]);
    const all = asList(this.option.series);
    const seriesIndex = has(all[this.series]) ? this.series : Math.max(0, all.findIndex(has));
    this.chart.dispatchAction({ type: "downplay" });
    this.chart.dispatchAction({ type: "highlight", seriesIndex, dataIndex: this.index });
    this.chart.dispatchAction({ type: "showTip", seriesIndex, dataIndex: this.index });
    this.spoken.textContent = this.lastSpoken ?? "";
  }

  leave() {
    this.index = -1;
    this.chart.dispatchAction({ type: "downplay" });
    this.chart.dispatchAction({ type: "hideTip" });
    this.spoken.textContent = "";
  }

  update(option) {
    this.option = option;
    this.draw();
  }

  destroy() {
    charts.delete(this);
    this.stopWatchingTheme();
    this.sizes.disconnect();
    this.host.removeEventListener("keydown", this.onKey);
    this.host.removeEventListener("blur", this.onBlur);
    this.chart.dispose();
  }
}

/** Draws `option` in `host`; the returned chart can be updated with a new option and destroyed. */
export function mount(host, option) {
  return new Chart(host, option);
}
