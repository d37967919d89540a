/*
 * Exports as toasts: begun from a[data-export], followed by asking the server how far they are, kept in sessionStorage
 * so that a page that is loaded anew goes on showing them. All words come from the server.
 */
import { STAYS, corner, element, icon, leave } from "./toasts.js";

const PAUSE = 700;

const known = () => JSON.parse(sessionStorage.exports ?? "[]");
const keep = (addresses) => {
  if (addresses.length) sessionStorage.exports = JSON.stringify(addresses);
  else sessionStorage.removeItem("exports");
};
const forget = (address) => keep(known().filter((other) => other !== address));

async function ask(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw Object.assign(new Error(`${address}: ${answer.status}`), { status: answer.status });
  return answer.json();
}

const looks = { running: ["spinner", "is-accent", "spinner"], ready: ["check-circle", "is-success"], failed: ["x-circle", "is-error"] };

/** A toast of one export, and how to change what it says. */
function toast(onClose) {
  const body = element("div", "");
  const title = body.appendChild(element("b", ""));
  const bar = body.appendChild(element("span", "progress"));
  bar.setAttribute("role", "progressbar");
  bar.ariaValueMin = "0";
  bar.ariaValueMax = "100";
  // Every step read out would be noise: the bar tells it to who asks.
  const note = body.appendChild(element("p", ""));
  const actions = element("div", "flex items-start gap-2");
  const close = element("button", "icon-button");
  close.type = "button";
  close.append(icon("x"));
  close.addEventListener("click", onClose);
  const box = element("div", "toast");
  let shown = "";
  const show = (job) => {
    title.textContent = bar.ariaLabel = job.title;
    note.textContent = job.note;
    note.setAttribute("aria-live", job.state === "running" ? "off" : "polite");
    close.ariaLabel = job.close;
    bar.hidden = job.state !== "running";
    bar.style.setProperty("--w", `${job.percent}%`);
    bar.ariaValueNow = String(job.percent);
    if (shown === job.state) return;
    shown = job.state;
    const [name, tone, turning] = looks[job.state];
    box.className = `toast ${tone}`;
    actions.replaceChildren(close);
    if (job.step) {
      const link = element("a", "link", job.step[1]);
      link.href = job.step[0];
      link.rel = "external";
      if (job.state === "ready") link.download = "";
      else link.dataset.export = "";
      actions.prepend(link);
    }
    box.replaceChildren(icon(name, turning), body, actions);
  };
  return { box, show };
}

/** Follows an export to its end. `mine`: it was begun on this page, so its file is fetched by itself. */
async function follow(first, mine) {
  const { address } = first;
  let open = true;
  const { box, show } = toast(() => {
    open = false;
    forget(address);
    box.remove();
  });
  show(first);
  // Most files are there before anybody could read that they are being made.
  const later = setTimeout(() => open && corner().append(box), mine ? 250 : 0);
  let job = first;
  while (open && job.state === "running") {
    await new Promise((done) => setTimeout(done, job === first ? 150 : PAUSE));
    try {
      job = await ask(address);
    } catch (error) {
      // It has expired, or the server was started anew; anything else may pass.
      if ([401, 404].includes(error.status)) {
        forget(address);
        clearTimeout(later);
        box.remove();
        return;
      }
      job = { ...job };
    }
    show(job);
  }
  if (!open) return;
  forget(address);
  if (job.state !== "ready" || !mine) return;
  const link = element("a", "");
  link.href = job.step[0];
  link.rel = "external";
  link.download = "";
  link.click();
  setTimeout(() => leave(box), STAYS);
}

/** Begins the export of this link. Where the server will not, the link is followed: the server says why on a page. */
export async function begin(href) {
  const job = await ask(href);
  if (!known().includes(job.address)) {
    keep([...known(), job.address]);
    follow(job, true);
  }
}

/** Shows the exports that were begun before this page was loaded. */
export function resume() {
  for (const address of known()) {
    ask(address).then((job) => follow(job, false), () => forget(address));
  }
}
