/*
 * Two custom elements whose code comes after the first paint, on a phone when it is needed:
 *
 * <ringside-chart class="chart" for-table="id" aria-label="One-sentence summary" style="--h:240px">
 *   <script type="application/json">{ an ECharts option }</script>
 * </ringside-chart>
 *
 * <ringside-waveform data-for="id of the audio element" data-src="/calls/c-1/peaks" data-duration="55.2">
 * </ringside-waveform>
 *
 * Both draw into a shadow root, so that the children the server wrote stay as they are for hydration.
 */

/*
 * <a href="/campaigns/tet/calls.xlsx" data-export>: the file is made while one goes on, and shown as a toast. Where the
 * script cannot come, the link is followed: the server sends the file, or a page that waits for it.
 *
 * <a href="…" data-copied="The link is copied">: the address is copied, and that is said. Where it cannot be copied (a page
 * without TLS), the link is followed: then it stands in the address bar.
 */
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-export], a[data-copied]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const { copied } = link.dataset;
  const done = copied
    ? import("./toasts.js").then(({ copy }) => copy(link.href, copied))
    : import("./exports.js").then(({ begin }) => begin(link.href));
  done.catch(() => location.assign(link.href));
});
/*
 * While the server is out of reach, what would show another page is left undone: it would take away what is shown and have nothing
 * to put in its place. <p id="offline" data-words="No network"> says so until there is a network. Offline alone is not out of reach:
 * the server may be on the same machine.
 */
let isReached = false;
const offline = (is) => {
  const note = document.getElementById("offline");
  if (note) note.textContent = is ? note.dataset.words : "";
};
for (const kind of ["click", "submit"]) {
  addEventListener(
    kind,
    async (event) => {
      const { target, submitter } = event;
      const link = target.closest?.("a[href]:not([href^='#'])");
      if (navigator.onLine || isReached || (kind === "click" && !link)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      isReached = await fetch("/healthz", { cache: "no-store" }).then(({ ok }) => ok, () => false);
      if (!isReached) offline(true);
      else if (link) link.click();
      else target.requestSubmit(submitter);
    },
    true,
  );
}
addEventListener("online", () => offline());
addEventListener("offline", () => (isReached = false));

/*
 * A long list that fits needs no scroll box of its own; without one its head stays at the window's top (style/tables.css).
 * Whether it fits, in which language and with which columns, tells only the table as it is laid out.
 */
const fit = () => {
  for (const list of document.querySelectorAll(".table-long")) list.toggleAttribute("data-fits", list.scrollWidth <= list.clientWidth);
};
addEventListener("scroll", fit, { passive: true });
addEventListener("resize", fit);

/* <button data-print>: the page on paper, or as a PDF, with all its charts. */
document.addEventListener("click", async ({ target }) => {
  if (!target.closest?.("[data-print]")) return;
  await Promise.allSettled(allCharts().map((chart) => chart.drawn()));
  print();
});
/*
 * A key clicks the button of its popover (web/keyboard.js), which has no focus then: it takes it, so that it has it again when
 * the popover is closed. The popover itself takes the focus by its autofocus.
 */
document.addEventListener(
  "click",
  ({ target, detail }) => {
    const button = !detail && document.activeElement === document.body && target.closest?.("[data-key][popovertarget]");
    if (button) button.focus({ preventScroll: true });
  },
  true,
);
// Where the browser does not begin there by itself (style/parts.css).
if (!CSS.supports("scroll-initial-target", "nearest")) {
  for (const tab of document.querySelectorAll(".tabs > [aria-current='page']")) {
    tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 32;
  }
}
// Exports that were begun on a page before.
if (sessionStorage.exports) import("./exports.js").then(({ resume }) => resume());

/** The next moment at which the browser has painted what it has. */
export const afterPaint = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

/*
 * What a large window does at once a phone does when nobody has touched it for a while, or when it is needed: it has a
 * slow processor, which then is not there for who taps.
 */
export const isPhone = matchMedia("(width < 768px)").matches;
/* So long nobody has touched it since its page is complete; and however much one scrolls, no later than that. */
const [ALONE, AT_MOST] = [3000, 10_000];
let alone = null;
/** The next moment at which a phone is left alone. */
export const leftAlone = () =>
  (alone ??= new Promise((done) => {
    const idle = globalThis.requestIdleCallback ?? setTimeout;
    const over = new AbortController();
    const { signal } = over;
    let timer;
    let last;
    const isOver = () => {
      over.abort();
      clearTimeout(timer);
      clearTimeout(last);
      alone = null;
      done();
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => idle(isOver), ALONE);
    };
    const complete = () => {
      last = setTimeout(isOver, AT_MOST);
      for (const kind of ["pointerdown", "scroll"]) addEventListener(kind, wait, { capture: true, passive: true, signal });
      wait();
    };
    if (document.readyState === "complete") complete();
    else addEventListener("load", complete, { signal });
  }));

/* On a phone charts are drawn before one comes to them, the others when it is left alone. */
const near = new IntersectionObserver(
  (seen) => {
    for (const { isIntersecting, target } of seen) if (isIntersecting) target.drawn();
  },
  { rootMargin: isPhone ? "300px" : "9999px" },
);
/** The module that draws charts, once it has come. */
let charts;
/* One chart after the other, each in a task of its own: the page answers in between. */
let turns = Promise.resolve();
const turn = () => (turns = turns.then(() => new Promise((done) => setTimeout(done))));
const allCharts = () => [...document.querySelectorAll("ringside-chart")];

/*
 * Draws its JSON, again whenever that changes, with a module that comes with the first chart. `:state(drawn)` tells
 * style/print.css which ones are; of the others it shows the tables.
 */
class Chart extends HTMLElement {
  #drawing = null;
  #isWanted = false;
  #internals = this.attachInternals();
  #observer = new MutationObserver(() => this.#isWanted && this.drawn());

  connectedCallback() {
    this.#observer.observe(this, { childList: true, subtree: true, characterData: true });
    near.observe(this);
    if (isPhone) leftAlone().then(() => this.isConnected && !this.#isWanted && this.drawn());
  }

  disconnectedCallback() {
    near.unobserve(this);
    this.#observer.disconnect();
    this.#drawing?.destroy();
    this.#drawing = null;
    this.#isWanted = false;
    this.#internals.states.delete("drawn");
  }

  /** What the server wrote into the element; null while there is nothing to draw. */
  #data() {
    const text = this.querySelector('script[type="application/json"]')?.textContent?.trim();
    return text ? JSON.parse(text) : null;
  }

  /** Draws it; resolves when it is done. */
  async drawn() {
    this.#isWanted = true;
    near.unobserve(this);
    charts ??= await import("./charts.js");
    await turn();
    this.draw();
  }

  /** Draws it now, where that can be. */
  draw() {
    // The element may have left the page while the module came.
    const option = charts && this.isConnected ? this.#data() : null;
    if (!option) return;
    if (this.#drawing) this.#drawing.update(option);
    else this.#drawing = charts.mount(this, option);
    this.#internals.states.add("drawn");
  }
}

customElements.define("ringside-chart", Chart);
// Before the listener of charts.js, which draws those that are there anew.
addEventListener("beforeprint", () => allCharts().forEach((chart) => chart.draw()));

customElements.define(
  "ringside-calendar",
  class extends HTMLElement {
    /** The calendar comes when its sheet is opened for the first time. */
    connectedCallback() {
      this.sheet = this.closest("[popover]");
      this.open = async ({ newState }) => {
        if (newState !== "open") return;
        const { mount } = await import("./calendar.js");
        this.calendar ??= mount(this);
        this.calendar.show();
      };
      this.sheet?.addEventListener("beforetoggle", this.open);
    }
    disconnectedCallback() {
      this.sheet?.removeEventListener("beforetoggle", this.open);
    }
  },
);

/*
 * <ringside-live data-path="/campaigns/tet/live" data-words="Connection lost, trying again" data-failures="0"> tells its page
 * by "change" when to read itself anew: at most once a second, and not all pages in the same instant. Its words show while
 * no changes come, or what was read anew did not (data-failures counts that); then it tries again by itself.
 */
customElements.define(
  "ringside-live",
  class extends HTMLElement {
    static observedAttributes = ["data-path", "data-failures"];
    #source = null;
    #coming = 0;
    #opening = 0;
    #told = -Infinity;
    #lost = false;

    connectedCallback() {
      this.#open();
    }

    disconnectedCallback() {
      this.#close();
      clearTimeout(this.#coming);
      this.#coming = 0;
    }

    attributeChangedCallback(name, before, now) {
      if (!this.isConnected || before === now) return;
      if (name === "data-path") this.#open();
      else if (now > 0) this.#tell(3000);
      this.#say();
    }

    #close() {
      this.#source?.close();
      this.#source = null;
      clearTimeout(this.#opening);
      this.#opening = 0;
    }

    #open() {
      this.#close();
      const { path } = this.dataset;
      if (!path) {
        this.#lost = false;
        return;
      }
      const source = new EventSource(path);
      this.#source = source;
      source.addEventListener("change", () => this.#tell(0));
      source.addEventListener("open", () => {
        clearTimeout(this.#opening);
        this.#opening = 0;
        if (this.#lost) this.#tell(0);
        this.#lost = false;
        this.#say();
      });
      // A stream that ends comes back within two seconds: only one that does not is worth a word.
      source.addEventListener("error", () => {
        // Refused: the page is of another account than the one that is open now, or nobody is signed in. It finds out by reading.
        if (source.readyState === EventSource.CLOSED) this.#tell(0);
        this.#opening ||= setTimeout(() => {
          this.#opening = 0;
          this.#lost = true;
          this.#say();
          // Where it was refused, the browser gives up.
          if (source.readyState === EventSource.CLOSED) this.#open();
        }, 4000);
      });
    }

    #tell(pause) {
      if (this.#coming) return;
      pause = Math.max(pause, this.#told + 950 - performance.now(), Math.random() * 250);
      this.#coming = setTimeout(() => {
        this.#coming = 0;
        this.#told = performance.now();
        this.dispatchEvent(new Event("change"));
      }, pause);
    }

    #say() {
      const words = this.#lost || this.dataset.failures > 0 ? this.dataset.words : "";
      if (this.textContent !== words) this.textContent = words;
    }
  },
);

/*
 * <ringside-count data-src="/fn/call-sums?…" data-failed="Count again">Counting…</ringside-count> asks for what takes longer to
 * count than its page to come, and shows it in its own place. For who leaves, nothing is counted on.
 */
customElements.define(
  "ringside-count",
  class extends HTMLElement {
    static observedAttributes = ["data-src"];
    #asked = null;

    connectedCallback() {
      this.#ask();
    }

    attributeChangedCallback() {
      if (this.isConnected) this.#ask();
    }

    disconnectedCallback() {
      this.#asked?.abort();
    }

    async #ask() {
      this.#asked?.abort();
      const asked = new AbortController();
      this.#asked = asked;
      try {
        const answer = await fetch(this.dataset.src, { signal: asked.signal });
        // Another account is open: the whole page says so.
        if (answer.status === 409) document.querySelector("ringside-live")?.dispatchEvent(new Event("change"));
        if (!answer.ok) throw new Error(`${answer.status}`);
        this.innerHTML = await answer.json();
      } catch {
        if (asked.signal.aborted) return;
        const again = document.createElement("button");
        Object.assign(again, { type: "button", className: "link", textContent: this.dataset.failed });
        again.addEventListener("click", () => this.#ask());
        this.replaceChildren(again);
      }
    }
  },
);

customElements.define(
  "ringside-waveform",
  class extends HTMLElement {
    static observedAttributes = ["data-src"];
    #waveform = null;
    #turn = 0;

    connectedCallback() {
      this.#draw();
    }

    attributeChangedCallback() {
      if (this.isConnected) this.#draw();
    }

    disconnectedCallback() {
      this.#clear();
    }

    #clear() {
      this.#turn += 1;
      this.#waveform?.destroy();
      this.#waveform = null;
      delete this.dataset.lanes;
    }

    async #draw() {
      this.#clear();
      const turn = this.#turn;
      const { src } = this.dataset;
      if (!src) return;
      const [{ mount }, answer] = await Promise.all([import("./player.js"), fetch(src)]);
      // Without peaks there is no picture; the recording plays all the same.
      const peaks = answer.ok ? await answer.json() : [];
      // Another recording may have been chosen, or the player closed, while this one's peaks came.
      if (turn !== this.#turn || !this.isConnected || peaks.length === 0) return;
      const audio = document.getElementById(this.dataset.for);
      this.#waveform = mount(this, audio, peaks, Number(this.dataset.duration) || audio.duration || undefined);
      this.dataset.lanes = String(peaks.length);
    }
  },
);
