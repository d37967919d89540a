// A real provider (oidc-provider) for the tests: `node real.mjs ORIGIN_OF_RINGSIDE [NOW_MS]`. It prints its address, and signs in
// who was last put, without asking: what a person types there is the provider's. With NOW_MS its clock stands still, as that of
// tests does; without, it goes, and its name is another host than Ringside's, as it is for people.
//
// PUT /person    {"sub": …, "groups": […], …}: who signs in next
// PUT /listens   where Ringside listens: its own name for itself leads nowhere in tests
import http from "node:http";

const [origin, at] = process.argv.slice(2);
if (at !== undefined) {
  const [RealDate, now] = [Date, Number(at)];
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      super(...(given.length === 0 ? [now] : given));
    }
    static now() {
      return now;
    }
  };
}

const { Provider } = await import("oidc-provider");

let person = { sub: "nobody" };
let listens = origin;
const people = new Map();

const server = http.createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://${at === undefined ? "localhost" : "127.0.0.1"}:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "ringside",
      client_secret: "secret-of-ringside",
      redirect_uris: [`${origin}/oidc/callback`],
      post_logout_redirect_uris: [`${origin}/oidc/signed-out`],
      backchannel_logout_uri: `${origin}/oidc/backchannel-logout`,
      backchannel_logout_session_required: true,
    },
  ],
  claims: { openid: ["sub", "sid"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
  scopes: ["openid", "email", "profile", "groups"],
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (context, form) => {
        context.body = `<html><body>${form}</body></html>`;
      },
    },
  },
  pkce: { required: () => true },
  cookies: { keys: ["a key of the tests"] },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => people.get(sub) ?? { sub } }),
  // Its own guard would keep it from this machine.
  fetch: (url, { dispatcher: _, ...options }) => fetch(String(url).replace(origin, listens), options),
});
provider.on("backchannel.error", (_, error) => console.error("back-channel", error.message, error.cause));

const answer = provider.callback();

const read = async (request) => {
  let text = "";
  for await (const part of request) text += part;
  return text;
};

server.on("request", async (request, response) => {
  try {
    if (request.method === "PUT" && request.url === "/person") {
      person = JSON.parse(await read(request));
      people.set(person.sub, person);
      response.end();
    } else if (request.method === "PUT" && request.url === "/listens") {
      listens = await read(request);
      response.end();
    } else if (request.url === "/favicon.ico") {
      response.statusCode = 204;
      response.end();
    } else if (request.url.startsWith("/interaction/")) {
      const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
      if (prompt.name === "login") {
        return await provider.interactionFinished(request, response, { login: { accountId: person.sub } });
      }
      const grant = (grantId && (await provider.Grant.find(grantId))) || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
      grant.addOIDCScope("openid email profile groups");
      const result = { consent: { grantId: await grant.save() } };
      await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
    } else {
      await answer(request, response);
    }
  } catch (error) {
    console.error(error);
    response.statusCode = 500;
    response.end();
  }
});
console.log(issuer);
