//! Every route there is, asked by nobody and by a stranger (the owner of another account, with a token that may do everything) with the
//! things of the first account in its address and its fields: there is no list in which a route could be forgotten.

use std::collections::BTreeMap;

use domain::{Role, Timestamp};
use reqwest::Method;
use serde_json::json;

use crate::{
    every_address::Places,
    harness::{Answer, Harness, NOW, account, both_engines, call, user, wav},
    roles,
    strangers::{PUBLIC_API, fill},
};

/// Routes that are there for somebody who is not signed in: they ask for a link, a key, a password, or nothing.
const FOR_ANYBODY: [&str; 20] = [
    "/sign-in",
    "/sign-out",
    "/forgot-password",
    "/set-password",
    "/invitation",
    "/first-start",
    "/language/{tag}",
    "/theme/{name}",
    "/oidc/start",
    "/oidc/callback",
    "/oidc/signed-out",
    "/oidc/backchannel-logout",
    "/mail/stop/{account}/{mailing}/{no}/{secret}",
    "/mail/workbook/{account}/{mailing}/{secret}",
    "/hooks/{key}/{source}",
    "/healthz",
    "/readyz",
    "/metrics",
    PUBLIC_API,
    // It leads on, to the sign-in as well.
    "/",
];

/// Requests whose parameter is the name that something shall have: with it, a stranger makes something of their own.
const NAMED_BY_WHO_ASKS: [(&str, &str); 10] = [
    ("GET", "/language/{tag}"),
    ("GET", "/theme/{name}"),
    ("GET", "/settings/{part}"),
    ("PUT", "/api/v1/voicebots/{id}"),
    ("PUT", "/api/v1/result-codes/{code}"),
    ("PUT", "/api/v1/dimensions/{dimension}"),
    ("PUT", "/api/v1/campaigns/{id}"),
    ("PUT", "/api/v1/mappings/{name}"),
    ("PUT", "/api/v1/views/{name}"),
    ("PUT", "/api/v1/recording-servers/{host}"),
];

const OWNER: &str = "chu@thu.vn";
const PERSON: &str = "lan@thu.vn";
const TOKEN: &str = "kho";
const MAPPING: &str = "may";
const NOTE: &str = "kịch bản của Thử";
const VIEW: &str = "Tuần của Thử";
const COLUMNS: &str = "[columns]\nid = \"so\"\nphone = \"sdt\"\ndialed_at = \"luc\"\nresult = \"kq\"\n";
const HOOK: &str = "Vapi của Thử";
const SERVER: &str = "pbx.thu.vn";

/// What the parameters of routes that change something are in the first account, beside those of [`Places`].
struct Things {
    places: Places,
    account: i64,
    person: i64,
    hook: i64,
    job: i64,
    view: i64,
    note: i64,
    call_note: i64,
    session: String,
    /// The owner's cookie.
    owner: String,
}

impl Things {
    async fn make(at: &Harness) -> Self {
        fill(at).await;
        at.user(OWNER, Role::Owner).await;
        let owner = at.sign_in(OWNER).await;
        let record = call("i", "kh-1", "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), "DY");
        let places = Places::make(at, &owner, &record).await;
        let person = at.user(PERSON, Role::Viewer).await;
        at.put("/api/v1/dimensions/script", &json!({})).await.is(201);
        at.post("/api/v1/tokens", &json!({"name": TOKEN, "scopes": ["read"]})).await.is(201);
        let put = at.api(Method::PUT, &format!("/api/v1/mappings/{MAPPING}"));
        Answer::of(put.header("content-type", "application/toml").body(COLUMNS)).await.is(201);
        at.put(&format!("/api/v1/views/{VIEW}"), &json!({"address": "/campaigns/tet"})).await.is(201);
        let call_note = at.post("/api/v1/calls/c-1/notes", &json!({"text": NOTE})).await.is(201).json();
        let note = at
            .post("/api/v1/notes", &json!({"campaign": "tet", "day": "2026-11-04", "text": NOTE}))
            .await
            .is(201)
            .json();
        let server = json!({"scheme": "bearer", "secret": "s"});
        at.put(&format!("/api/v1/recording-servers/{SERVER}"), &server).await.is(201);
        let hook = at.post("/api/v1/hooks", &json!({"name": HOOK, "source": "generic"})).await.is(201).json();
        let mut conn = at.server.db.write().await.unwrap();
        let job = store::jobs::VerifyAccount::new(false);
        store::jobs::enqueue(&mut conn, &at.scope, &job, None, Timestamp(NOW), Timestamp(NOW)).await.unwrap();
        let jobs = store::jobs::list(&mut conn, &at.scope, None, None, 1).await.unwrap().jobs;
        let views = store::views::list(&mut conn, &at.scope).await.unwrap();
        let sessions = store::sessions::list(&mut conn, OWNER, Timestamp(NOW)).await.unwrap();
        conn.commit().await.unwrap();
        Self {
            places,
            account: at.scope.account(),
            person,
            hook: hook["number"].as_i64().unwrap(),
            job: jobs[0].key,
            view: views[0].key,
            note: note["number"].as_i64().unwrap(),
            call_note: call_note["number"].as_i64().unwrap(),
            session: app::settings::session_id(&sessions[0].hash),
            owner,
        }
    }

    /// The addresses of a route, with the first account's things in them.
    fn addresses(&self, method: &Method, path: &str) -> Vec<String> {
        // Who has the secret of a link is let in by it: a stranger has to guess.
        let guessed = path.replace("{secret}", "x").replace("/hooks/{key}/{source}", "/hooks/1.x/generic");
        let filled = guessed
            .replace("/people/{key}", &format!("/people/{}", self.person))
            .replace("/calls/{id}/notes/{key}", &format!("/calls/c-1/notes/{}", self.call_note))
            .replace("/calls/{id}/notes/{number}", &format!("/calls/c-1/notes/{}", self.call_note))
            .replace("/notes/{key}", &format!("/notes/{}", self.note))
            .replace("/notes/{number}", &format!("/notes/{}", self.note))
            .replace("/settings/views/{key}", &format!("/settings/views/{}", self.view))
            .replace("/views/{name}", &format!("/views/{}", VIEW.replace(' ', "%20")))
            .replace("/jobs/{key}", &format!("/jobs/{}", self.job))
            .replace("/hooks/{key}", &format!("/hooks/{}", self.hook))
            .replace("/hooks/{number}", &format!("/hooks/{}", self.hook))
            .replace("/voicebots/{id}", "/voicebots/bot")
            .replace("/tokens/{name}", &format!("/tokens/{TOKEN}"))
            .replace("/mappings/{name}", &format!("/mappings/{MAPPING}"))
            .replace("{email}", PERSON)
            .replace("{host}", SERVER)
            .replace("{code}", "DY")
            .replace("{dimension}", "script");
        let addresses = self.places.addresses(&filled).into_iter().map(|(address, _)| address);
        // The secret of an invitation lets in, too.
        if *method != Method::GET || path == "/invitation" || guessed != path {
            return addresses.take(1).map(|address| address.split('?').next().unwrap().to_owned()).collect();
        }
        addresses.collect()
    }

    /// What of the first account's a form names in its fields.
    fn fields(&self, path: &str) -> Vec<(&'static str, String)> {
        let one = |name: &'static str, value: &str| vec![(name, value.to_owned())];
        match path {
            "/accounts" => one("account", &self.account.to_string()),
            "/settings/codes/remove" => one("code", "DY"),
            "/settings/dimensions/remove" => one("key", "script"),
            "/settings/tokens/remove" => one("name", TOKEN),
            "/settings/invitations/again" | "/settings/invitations/remove" => one("email", self.places.invited()),
            "/settings/sign-in/end" => one("session", &self.session),
            "/settings/people/{key}/access" => {
                [one("role", "owner"), one("sees", "all"), one("seen", "Người xem")].concat()
            }
            "/hooks/credentials/remove" => one("host", SERVER),
            "/hooks/{key}/mapping" => one("mapping", COLUMNS),
            "/campaigns/{id}/mail/send" => one("to", "a@khac.vn"),
            "/campaigns/{id}/recipients" => [one("emails", "a@khac.vn"), one("of", "campaign")].concat(),
            _ => Vec::new(),
        }
    }

    /// A request of somebody's: by token what the API answers, by session all else.
    async fn ask(&self, at: &Harness, method: &Method, (path, address): (&str, &str), who: &Asking) -> Answer {
        let by_program = path.starts_with("/api/");
        let body = match (method.as_str(), path) {
            ("PUT", "/api/v1/people/{email}") => json!({"role": "owner"}),
            ("PUT", "/api/v1/hooks/{number}") => json!({"signed": false}),
            _ => roles::body(method, path),
        };
        let fields = self.fields(path);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let request = match *method {
            Method::POST if !by_program => at.form(address, &fields),
            Method::PUT if path.ends_with("/recording") => {
                at.bare(method.clone(), address).header("content-type", "audio/wav").body(wav(1))
            }
            Method::PUT | Method::POST => {
                let request = at.bare(method.clone(), address);
                request.header("content-type", "application/json").body(body.to_string())
            }
            _ => at.bare(method.clone(), address),
        };
        let kind = if path.starts_with("/fn/") || by_program { "application/json" } else { "text/html" };
        let request = request.header("accept", kind);
        let request = match who {
            Asking::Nobody => request,
            Asking::Stranger { token, .. } if by_program => request.bearer_auth(token),
            Asking::Stranger { cookie, .. } => request.header("cookie", cookie),
        };
        let response = Answer::begun(request).await;
        if response.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream") {
            // It has no end.
            return Answer { status: response.status(), headers: response.headers().clone(), bytes: Vec::new() };
        }
        Answer::of_response(response).await
    }

    /// All that the first account's own token reads, and all that its owner's pages take.
    async fn read_all(&self, at: &Harness) -> BTreeMap<String, Vec<u8>> {
        let mut read = BTreeMap::new();
        for (method, path) in server::router::list() {
            if method != Method::GET || !(path.starts_with("/api/") || path.starts_with("/fn/")) {
                continue;
            }
            // The log tells of the files that are taken here.
            let addresses = self.addresses(&method, &path).into_iter().filter(|address| !address.contains("part=log"));
            for address in addresses {
                let request = if path.starts_with("/api/") {
                    at.api(Method::GET, &address)
                } else {
                    at.signed(Method::GET, &address, &self.owner).header("accept", "application/json")
                };
                let answer = Answer::of(request).await;
                assert_eq!(answer.status, 200, "{address}: {}", answer.text());
                read.insert(address, answer.bytes);
            }
        }
        read
    }
}

enum Asking {
    Nobody,
    Stranger { cookie: String, token: String },
}

/// What a stranger may be answered: 404 wherever a thing of the first account is named, and of their own things whatever is no failure.
fn is_answer_to_a_stranger(method: &Method, path: &str, address: &str, status: u16) -> bool {
    let is_named = NAMED_BY_WHO_ASKS.contains(&(method.as_str(), path));
    let names_in_path = path.contains('{') && !is_named;
    let names_in_query = (path.starts_with("/fn/") || path == "/api/v1/customers" || path.contains("/compare"))
        && ["campaign=tet", "call=c-1", "key="]
            .iter()
            .any(|named| address.contains(named) && !address.contains("key=&"));
    let names_in_fields = [
        "/accounts",
        "/settings/codes/remove",
        "/settings/tokens/remove",
        "/settings/invitations/again",
        "/settings/invitations/remove",
        "/hooks/credentials/remove",
    ];
    let is_of_operators = path.starts_with("/operator");
    if names_in_path
        || names_in_query
        || is_of_operators
        || (*method == Method::POST && names_in_fields.contains(&path))
    {
        return status == 404;
    }
    status < 500
}

both_engines! {
    async fn no_route_gives_or_changes_anything_of_another_account(at) {
        let things = Things::make(at).await;
        // What was read for the first time is told as used from then on.
        things.read_all(at).await;
        let before = things.read_all(at).await;
        let (other, token) = account(&at.server.db, "Công ty Khác").await;
        user(&at.server.db, &other, "la@khac.vn", Role::Owner).await;
        let stranger = Asking::Stranger { cookie: at.sign_in("la@khac.vn").await, token };

        let mut routes = server::router::list();
        // What is made under a name comes after all that is looked for, and what ends the session last.
        routes.sort_by_key(|(method, path)| {
            let is_named = NAMED_BY_WHO_ASKS.contains(&(method.as_str(), path.as_str()));
            (path == "/sign-out", is_named, *method != Method::GET, path.clone(), method.to_string())
        });
        let methods = [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH];
        let mut wrong = Vec::new();
        for (method, path) in &routes {
            for address in things.addresses(method, path) {
                let nobody = things.ask(at, method, (path, &address), &Asking::Nobody).await;
                if !FOR_ANYBODY.contains(&path.as_str()) {
                    let is_page = *method == Method::GET && !path.starts_with("/api/") && !path.starts_with("/fn/");
                    let leads_to_the_sign_in = nobody.status == 303 && nobody.header("location").starts_with("/sign-in");
                    if !(if is_page { leads_to_the_sign_in } else { nobody.status == 401 }) {
                        wrong.push(format!("{method} {address} by nobody: {}", nobody.status));
                    }
                }
                let answer = things.ask(at, method, (path, &address), &stranger).await;
                if !is_answer_to_a_stranger(method, path, &address, answer.status.as_u16()) {
                    wrong.push(format!("{method} {address} by a stranger: {}", answer.status));
                }
                for (who, answer) in [("nobody", nobody), ("a stranger", answer)] {
                    for theirs in ["Tết 2027", "Chăm sóc khách hàng", "Công ty Thử", PERSON, HOOK, VIEW, NOTE] {
                        if answer.text().contains(theirs) {
                            wrong.push(format!("{method} {address} shows {theirs} to {who}: {}", answer.status));
                        }
                    }
                }
            }
            // What is no route is none for anybody: nothing is registered beside the list.
            for other in methods.iter().filter(|method| !routes.contains(&((*method).clone(), path.clone()))) {
                let address = &things.addresses(&Method::POST, path)[0];
                let answer = things.ask(at, other, (path, address), &Asking::Nobody).await;
                if ![404, 405].contains(&answer.status.as_u16()) {
                    wrong.push(format!("{other} {address} is no route: {}", answer.status));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(routes.len() > 190, "{}", routes.len());
        let after = things.read_all(at).await;
        let changed: Vec<_> = before.iter().filter(|(address, bytes)| after.get(*address) != Some(bytes)).map(|(address, _)| address).collect();
        assert!(changed.is_empty() && before.len() == after.len(), "{changed:?}");
    }
}
