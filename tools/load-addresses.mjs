/*
 * What Ringside is asked under load: every page, every server function that reads, every GET of the API (by its own
 * description, so that a new one is not forgotten) and the files of one day.
 *
 * An address is {kind, label, path, headers, group}; kind is "page", "function", "api" or "file". Those of one group are measured
 * together: they are one route.
 */

/** What a browser and a program take: answers are compressed for either. */
const PAGE = { Accept: "text/html", "Accept-Encoding": "gzip, deflate, br, zstd" };
/** What this file reads itself: `fetch` unpacks only what it asked for of its own accord. */
const READ = { Accept: "text/html" };
const SCRIPT = { Accept: "application/json", "Accept-Encoding": "gzip, deflate, br, zstd" };
const PROGRAM = { Accept: "application/json", "Accept-Encoding": "gzip, deflate" };

/** What is asked for of the API's paths that have parameters or a page size; the others are asked for as they are. */
const queries = {
  "/api/v1/calls": ["?limit=50", "?limit=1000"],
  "/api/v1/campaigns/{id}/calls": ["?limit=50", "?limit=1000"],
  "/api/v1/campaigns/{id}/contacts": ["?limit=50"],
  "/api/v1/said": ["?q=alo", "?q=alo&campaign={id}"],
  "/api/v1/compare": ["?campaign={id}&campaign={other}"],
  "/api/v1/customers": ["?campaign={id}&contact={customer}"],
};

/** The pages, functions and files that are not asked for, and why. A test of the server knows every route by this file. */
export const LEFT_OUT = {
  "/": "leads on",
  "/language/{tag}": "leads on",
  "/theme/{name}": "leads on",
  "/oidc/callback": "leads on",
  "/oidc/signed-out": "leads on",
  "/oidc/start": "leads on",
  "/first-start": "gone once there is somebody",
  "/invitation": "needs a link that holds once",
  "/set-password": "needs a link that holds once",
  "/mail/stop/{account}/{mailing}/{no}/{secret}": "needs a link of a mail",
  "/mail/workbook/{account}/{mailing}/{secret}": "needs a link of a mail",
  "/live": "viewers have it open",
  "/campaigns/{id}/live": "viewers have it open",
  "/metrics": "needs a token of its own; asked for between the steps",
  "/fn/settings": "the same as the pages of /settings",
};

/** The campaign that viewers watch, which the readers leave alone. */
export const WATCHED = "load-live";

/** The overview that nobody else asks for: it is made for this answer, others are shown again for a second. */
export const OVERVIEW = "/campaigns/{id}?load={n}";

/** A file of one call that was stored, in a campaign of its own, for the addresses of imports: its id. */
async function imported(server) {
  const call = { id: "load-import", campaign: "load-import", contact: { phone: "0900000000" }, dialed_at: "2026-01-05T09:00:00+07:00", ended_at: "2026-01-05T09:00:20+07:00", result_code: "NA" };
  const answer = await server.ask("POST", "/api/v1/import?create=true&name=load.ndjson", `${JSON.stringify(call)}\n`, { "Content-Type": "application/x-ndjson" });
  const { id } = await answer.json();
  for (;;) {
    const { state } = await (await server.ask("GET", `/api/v1/imports/${id}`)).json();
    if (state !== "checking" && state !== "storing") return String(id);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A mail of a campaign of its own, which went out: the numbers of its mailing and of the mail. Somebody must take it (`mailServer`). */
async function mailed(server, cookie) {
  const { voicebots } = await (await server.ask("GET", "/api/v1/voicebots")).json();
  const id = "load-mail";
  await server.put(`/api/v1/campaigns/${id}`, { name: "Mailed", voicebot: voicebots[0].id, report_emails: ["load@ringside.example"] });
  await server.ask("POST", `/api/v1/campaigns/${id}/complete`);
  const path = new RegExp(`/campaigns/${id}/mail/(\\d+)/(\\d+)`);
  for (let attempt = 0; attempt < 150; attempt++) {
    const { deliveries } = await (await server.ask("GET", `/api/v1/campaigns/${id}/deliveries`)).json();
    if (deliveries[0]?.status === "sent") {
      const page = await (await fetch(`${server.url}/campaigns/${id}`, { headers: { ...READ, Cookie: cookie } })).text();
      const found = page.match(path);
      if (!found) throw new Error("the page of the campaign does not lead to its mail");
      return { campaign: id, mailing: found[1], no: found[2] };
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("the mail of a completed campaign did not go out");
}

/** The key of an export that is ready. */
async function exported(server, cookie, path) {
  const headers = { Accept: "application/json", Cookie: cookie };
  const { address } = await (await fetch(server.url + path, { headers })).json();
  for (let attempt = 0; attempt < 300; attempt++) {
    const { state } = await (await fetch(server.url + address, { headers })).json();
    if (state === "ready") return address.replace("/exports/", "");
    if (state === "failed") throw new Error("an export could not be made");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("an export was not ready after a minute");
}

/** The words of the parts of the settings, as an owner's page names them. */
async function partsOf(server, cookie) {
  const page = await (await fetch(`${server.url}/settings`, { headers: { ...READ, Cookie: cookie } })).text();
  const parts = new Set([...page.matchAll(/href="\/settings\/([a-z-]+)["?]/g)].map(([, part]) => part));
  if (parts.size < 11) throw new Error(`only ${[...parts].join(", ")} of the settings are there`);
  return [...parts];
}

/**
 * All addresses for a server with data in it, as an owner reads them who runs the service, too. What they lead to is found through
 * the API: the running campaign with the most calls, and a call of it that has a recording.
 */
export async function addresses(server, cookie) {
  const json = async (path) => (await server.ask("GET", path)).json();
  const { campaigns } = await json("/api/v1/campaigns?state=running&limit=100");
  const campaign = campaigns.filter(({ id }) => id !== WATCHED).reduce((most, other) => (other.calls > most.calls ? other : most)).id;
  const all = (await json("/api/v1/campaigns?limit=100")).campaigns;
  const other = all.find(({ id }) => id !== campaign && id !== WATCHED).id;
  const { calls } = await json(`/api/v1/campaigns/${campaign}/calls?recorded=true&limit=1`);
  const [call, day, customer] = [calls[0].id, calls[0].dialed_at.slice(0, 10), encodeURIComponent(calls[0].contact.id)];
  const file = await imported(server);
  const mail = await mailed(server, cookie);
  const book = await exported(server, cookie, `/campaigns/${campaign}/calls.xlsx?from=${day}&to=${day}`);
  const account = cookie.match(/ringside_session=(\d+)\./)[1];
  const fill = (path) => path.replace("/exports/{key}", `/exports/${book}`).replace("/operator/accounts/{id}", `/operator/accounts/${account}`)
    .replace("{id}/mail/{mailing}/{no}", `${mail.campaign}/mail/${mail.mailing}/${mail.no}`)
    .replace("{key}", file).replace("{id}", /^(\/api\/v1)?\/calls\//.test(path) ? call : campaign).replace("{call}", call).replace("{customer}", customer).replaceAll("{day}", day).replaceAll("{other}", other);

  const by = (kind, headers) => (path) => ({ kind, label: path, path: fill(path), headers });
  const person = { Cookie: cookie };
  const pages = [
    "/campaigns", "/campaigns/{id}", OVERVIEW, "/campaigns/{id}/customers", "/campaigns/{id}/calls", "/campaigns/{id}/calls?open={call}",
    "/calls", "/search?q=alo", "/search?q=%22xin+chao%22&campaign={id}", "/compare?campaign={id}&campaign={other}", "/usage", "/statistics", "/jobs", "/hooks", "/import", "/import/{key}", "/accounts", "/settings", "/exports/{key}",
    "/campaigns/{id}/mail/{mailing}/{no}", "/operator", "/operator/accounts/{id}", "/operator/log", "/sign-in", "/forgot-password",
  ];
  const parts = (await partsOf(server, cookie)).map((part) => ({
    kind: "page", group: "/settings/{part}", label: `/settings/${part}`, path: "/settings/{part}".replace("{part}", part), headers: { ...PAGE, ...person },
  }));
  const functions = [
    "/fn/campaigns?query=", "/fn/overview?campaign={id}", "/fn/overview?campaign={id}&tab=customers", "/fn/calls?campaign={id}&query=", "/fn/calls?query=",
    "/fn/opened-call?campaign={id}&call={call}", "/fn/call-sums?campaign={id}&query=attempt%3D2", "/fn/usage?statistics=false&query=", "/fn/usage?statistics=true&query=", "/fn/said?query=q%3Dalo", "/fn/compare?query=campaign%3D{id}%26campaign%3D{other}", "/fn/jobs", "/fn/hooks", "/fn/imports",
  ];
  const files = [
    "/campaigns/{id}/calls.csv?from={day}&to={day}", "/campaigns/{id}/calls.xlsx?from={day}&to={day}", "/campaigns/{id}/report.xlsx?from={day}&to={day}",
    "/campaigns/{id}/customers.csv?from={day}&to={day}", "/campaigns/{id}/customers.xlsx?from={day}&to={day}", "/campaigns/{id}/dimensions.csv?from={day}&to={day}", "/campaigns.csv", "/campaigns.xlsx",
    "/calls.csv?from={day}&to={day}", "/calls.xlsx?from={day}&to={day}", "/settings/log.csv", "/operator/invoices.csv", "/exports/{key}/file", "/import/{key}/report", "/usage.csv", "/usage.xlsx", "/statistics.csv", "/statistics.xlsx", "/compare.csv?campaign={id}&campaign={other}", "/compare.xlsx?campaign={id}&campaign={other}", "/calls/{id}/recording", "/calls/{id}/peaks",
  ];
  // Signed in, these lead on.
  const anybody = new Set(["/sign-in", "/forgot-password"]);
  const described = Object.entries((await json("/api/v1/openapi.json")).paths).filter(([, item]) => item.get);
  const api = described.flatMap(([path]) => (queries[path] ?? [""]).map((query) => path + query));
  const unfilled = api.map(fill).filter((path) => path.includes("{"));
  if (unfilled.length) throw new Error(`say what the parameters are of ${unfilled.join(", ")}`);
  return [
    ...pages.map((path) => by("page", anybody.has(path) ? PAGE : { ...PAGE, ...person })(path)),
    ...parts,
    ...functions.map(by("function", { ...SCRIPT, ...person })),
    ...api.map(by("api", { ...PROGRAM, Authorization: `Bearer ${server.token}` })),
    ...["/healthz", "/readyz"].map(by("api", PROGRAM)),
    ...files.map(by("file", { ...SCRIPT, Accept: "*/*", ...person })),
  ];
}
