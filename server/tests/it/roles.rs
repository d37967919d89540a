//! Every route as everybody is answered: pages by role, the API by what a token may do. The tables are kept beside this file, for
//! people to read through; a route that is new stands in them before it is merged.

use std::fmt::Write;

use domain::{Role, Timestamp, TokenScope};
use reqwest::Method;
use serde_json::json;
use server::secrets;
use store::{
    Chosen,
    audit::{self, Actor, EntryFilter},
    operators,
    tokens::{self, NewToken},
    users,
};

use crate::harness::{Answer, Harness, NOW, account, both_engines, call, user, wav};

/// A campaign that the limited viewer does not see, and one that they do, with a call that has a recording each.
async fn fill(at: &Harness) {
    at.stock().await;
    at.put("/api/v1/campaigns/khac", &json!({"name": "Khác", "voicebot": "bot"})).await.is(201);
    at.post("/api/v1/calls", &json!([call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY")]))
        .await
        .is(200);
    let upload = at.api(Method::PUT, "/api/v1/calls/c-1/recording").header("content-type", "audio/wav").body(wav(1));
    Answer::of(upload).await.is(201);
}

/// A route with its parameters filled in.
fn filled(path: &str, person: i64) -> String {
    let path = match path {
        "/campaigns/{id}/mail/{mailing}/{no}" => "/campaigns/tet/mail/1/1",
        path => path,
    };
    path.replace("/campaigns/{id}", "/campaigns/tet")
        .replace("/calls/{id}", "/calls/c-1")
        .replace("/voicebots/{id}", "/voicebots/bot")
        .replace("/people/{key}", &format!("/people/{person}"))
        .replace("/operator/accounts/{id}", "/operator/accounts/1")
        .replace("{part}", "people")
        .replace("{tag}", "en")
        .replace("{name}", "dark")
        .replace("{code}", "DY")
        .replace("{dimension}", "script")
        .replace("{email}", "nobody@cty.vn")
        .replace("{number}", "999")
        .replace("{host}", "pbx.cty.vn")
        .replace("{source}", "generic")
        .replace("{account}", "1")
        .replace("{mailing}", "1")
        .replace("{no}", "1")
        .replace("{secret}", "x")
        .replace("{key}", "999")
}

/// Of a function, what it is asked.
fn query(path: &str) -> &'static str {
    match path {
        "/fn/usage" => "?statistics=false&query=",
        "/fn/overview" => "?campaign=tet",
        "/fn/compare" => "?query=campaign%3Dtet%26campaign%3Dkhac",
        "/compare" | "/compare.csv" | "/compare.xlsx" | "/api/v1/compare" => "?campaign=tet&campaign=khac",
        "/fn/said" => "?query=q%3Dalo",
        "/search" | "/api/v1/said" => "?q=alo",
        "/fn/calls" | "/fn/campaigns" => "?query=",
        "/fn/opened-call" => "?call=c-1",
        "/fn/call-sums" => "?query=attempt%3D1",
        "/fn/imports" | "/fn/hooks" | "/fn/jobs" => "?query=&language=vi",
        "/fn/settings" => "?part=people&query=",
        _ => "",
    }
}

/// Names and values of a form.
type Fields = &'static [(&'static str, &'static str)];

/// What is sent to forms so that they do what they are there for; `seen` is read from the page that shows the form.
const FORMS: &[(&str, &str, Fields)] = &[
    ("/settings/account/put", "/settings/account", &[("name", "Công ty Mới"), ("language", "vi"), ("short_call", "5")]),
    ("/settings/voicebots/bot/put", "/settings/voicebots", &[("name", "Bot mới")]),
    ("/settings/campaigns/tet/put", "/settings/campaigns?open=tet", &[("name", "Tết mới"), ("state", "running")]),
    ("/settings/campaigns/tet/plan", "/settings/campaigns?open=tet", &[("calls_at_once", "5")]),
    ("/settings/campaigns/tet/recipients", "/settings/campaigns?open=tet", &[("emails", "a@cty.vn")]),
    ("/settings/campaigns/tet/tariff", "/settings/campaigns?open=tet", TARIFF),
    ("/settings/tariffs/add", "/settings/tariffs", TARIFF),
    ("/settings/recipients/put", "/settings/recipients", &[("emails", "b@cty.vn")]),
    ("/settings/dimensions/declare", "", &[("key", "list"), ("label_vi", "Danh sách"), ("label_en", "List")]),
    (
        "/settings/dimensions/put",
        "/settings/dimensions",
        &[("key", "list"), ("label_vi", "Danh bạ"), ("label_en", "Lists")],
    ),
    ("/settings/codes/words", "/settings/codes", &[("words", "bận rồi = BS")]),
    (
        "/settings/views/add",
        "",
        &[("address", "/calls?period=last-7-days"), ("name", "Tuần này"), ("whose", "account")],
    ),
    ("/settings/views/add", "", &[("address", "/calls"), ("name", "Mọi cuộc"), ("whose", "own"), ("start", "true")]),
    ("/settings/views/start", "", &[]),
    ("/settings/people/invite", "", &[("email", "moi@cty.vn"), ("role", "viewer"), ("sees", "all"), ("how", "link")]),
    ("/settings/invitations/again", "", &[("email", "moi@cty.vn")]),
    ("/settings/invitations/remove", "", &[("email", "moi@cty.vn")]),
    ("/settings/tokens/add", "", &[("name", "kho"), ("read", "true")]),
    ("/settings/tokens/remove", "", &[("name", "kho")]),
    ("/campaigns/tet/recipients", "", &[("of", "campaign"), ("emails", "c@cty.vn")]),
    (
        "/campaigns/tet/result-codes",
        "",
        &[("code", "XX"), ("label_vi", "Lạ"), ("label_en", "Odd"), ("to", "/campaigns/tet")],
    ),
    ("/campaigns/tet/notes", "", &[("day", "04/11/2026"), ("text", "kịch bản v4 từ đây")]),
    ("/calls/c-1/notes", "", &[("text", "khách muốn gọi lại")]),
    ("/notes", "", &[("day", "04/11/2026"), ("text", "đổi tổng đài")]),
    ("/campaigns/tet/complete", "", &[]),
    ("/campaigns/tet/mail/preview", "", &[]),
    ("/hooks", "", &[("source", "generic"), ("name", "Tổng đài"), ("secret", ""), ("make_secret", "")]),
    ("/hooks/recordings", "", &[("fetch", "yes")]),
    ("/hooks/credentials", "", &[("vendor", "basic"), ("host", "pbx.cty.vn"), ("user", "u"), ("secret", "s")]),
    ("/hooks/credentials/remove", "", &[("host", "pbx.cty.vn")]),
    ("/jobs/verify", "", &[]),
];
const TARIFF: Fields = &[
    ("preset", "6+1"),
    ("price_first_block", "320"),
    ("price_next_block", "2,5"),
    ("from", "22/11/2026"),
    ("vat", "excluded"),
];

/// The same of requests of the API.
pub fn body(method: &Method, path: &str) -> serde_json::Value {
    match (method.as_str(), path) {
        ("PUT", "/api/v1/account") => json!({"language": "en"}),
        ("PUT", "/api/v1/voicebots/{id}") => json!({"name": "Bot"}),
        ("PUT", "/api/v1/result-codes/{code}") => json!({"label_vi": "Nhận", "label_en": "Yes", "is_goal": true}),
        ("PUT", "/api/v1/result-words") => json!({"words": {"BUSY": "BS", "rớt": "CU"}}),
        ("PUT", "/api/v1/tariffs") => {
            json!({"first_block_seconds": 30, "next_block_seconds": 30, "price_first_block": "9",
            "price_next_block": "9", "currency": "VND", "effective_from": 1_798_736_400_000_i64})
        }
        ("PUT", "/api/v1/campaigns/{id}") => json!({"name": "Tết 2028", "voicebot": "bot", "state": "running"}),
        ("POST", "/api/v1/calls/{id}/notes") => json!({"text": "khách muốn gọi lại"}),
        ("POST", "/api/v1/notes") => json!({"day": "2026-11-04", "text": "v4"}),
        ("PUT", "/api/v1/notes/{number}") => json!({"text": "v5"}),
        ("PUT", "/api/v1/views/{name}") => json!({"address": "/campaigns?state=running"}),
        ("PUT", "/api/v1/recipients") => json!({"emails": ["d@cty.vn"]}),
        ("POST", "/api/v1/tokens") => json!({"name": "mới", "scopes": ["read"]}),
        ("POST", "/api/v1/people") => json!({"email": "nobody@cty.vn", "role": "viewer", "link": true}),
        ("POST", "/api/v1/hooks") => json!({"name": "Tổng đài", "source": "generic"}),
        ("PUT", "/api/v1/recording-servers/{host}") => json!({"scheme": "bearer", "secret": "s"}),
        ("POST", "/api/v1/tariffs/price-again") => {
            json!({"tariff": {"first_block_seconds": 30, "next_block_seconds": 30, "price_first_block": "8",
            "price_next_block": "8", "currency": "VND", "effective_from": 0}, "dry_run": false})
        }
        ("POST", "/api/v1/calls") => json!([call("c-2", "kh-2", "2026-11-04T09:00:00+07:00", 5_000, None, "NA")]),
        ("POST", "/api/v1/campaigns/{id}/contacts") => json!([{"id": "kh-9", "phone": "0912345678"}]),
        _ => json!({}),
    }
}

/// The words of the actions that were told since the entry of this number, the first first; and the number of the last.
async fn told_since(at: &Harness, no: i64) -> (String, i64) {
    let mut conn = at.server.db.read().await.unwrap();
    let entries = audit::list(&mut conn, &at.scope, &EntryFilter::default(), None, 10).await.unwrap();
    let last = entries.first().map_or(no, |entry| entry.no);
    let words: Vec<&str> =
        entries.iter().rev().filter(|entry| entry.no > no).map(|entry| entry.event.action.word()).collect();
    (words.join(" "), last)
}

/// What the hidden field of the form with this action holds.
fn seen_of(html: &str, action: &str) -> String {
    let form = html.find(&format!("action=\"{action}?account=")).unwrap_or_else(|| panic!("no form {action}: {html}"));
    crate::settings_tariffs::seen(&html[form..])
}

/// The status alone: events go on for as long as somebody listens.
async fn status(request: reqwest::RequestBuilder) -> u16 {
    Answer::begun(request).await.status().as_u16()
}

both_engines! {
    async fn every_page_and_form_by_role(at) {
        fill(at).await;
        let (other, _) = account(&at.server.db, "Công ty Khác").await;
        user(&at.server.db, &other, "la@khac.vn", Role::Owner).await;
        let mut people = vec![("nobody", String::new()), ("stranger", at.sign_in("la@khac.vn").await)];
        // Who runs the service belongs to another account, and has entered none.
        user(&at.server.db, &other, "vanhanh@khac.vn", Role::Viewer).await;
        {
            let mut conn = at.server.db.write().await.unwrap();
            operators::add(&mut conn, "vanhanh@khac.vn", &Actor::operator(), Timestamp(NOW)).await.unwrap();
            conn.commit().await.unwrap();
        }
        people.push(("operator", at.sign_in("vanhanh@khac.vn").await));
        for (name, role) in [("viewer", Role::Viewer), ("limited", Role::Viewer), ("manager", Role::Manager), ("owner", Role::Owner)] {
            let email = format!("{name}@cty.vn");
            let key = at.user(&email, role).await;
            if name == "limited" {
                let mut conn = at.server.db.write().await.unwrap();
                let chosen = Chosen::of(Some(vec!["khac".parse().unwrap()]), None);
                users::set_access(&mut conn, &at.scope, key, role, chosen.as_ref()).await.unwrap();
                conn.commit().await.unwrap();
            }
            people.push((name, at.sign_in(&email).await));
        }
        let mut routes: Vec<(Method, String)> = server::router::list();
        routes.retain(|(_, path)| !path.starts_with("/api/"));
        // What ends sessions comes last.
        routes.sort_by_key(|(method, path)| (path == "/sign-out", path.clone(), method.to_string()));
        let (mut table, mut taken_out) = (String::new(), 0);
        let names: Vec<&str> = people.iter().map(|(name, _)| *name).collect();
        writeln!(table, "{:<62} {}", "", names.iter().map(|name| format!("{name:>9}")).collect::<Vec<_>>().concat()).unwrap();
        for (method, path) in &routes {
            let mut line = format!("{:<62} ", format!("{method} {path}"));
            for (_, cookie) in &people {
                // Whoever is taken out, is taken out once.
                taken_out += 1;
                let person = if path.contains("/people/{key}") {
                    at.user(&format!("person{taken_out}@cty.vn"), Role::Viewer).await
                } else {
                    0
                };
                let address = format!("{}{}", filled(path, person), query(path));
                let request = if *method == Method::POST {
                    at.form(&address, &[]).header("cookie", cookie)
                } else {
                    at.signed(method.clone(), &address, cookie)
                };
                let accept = if path.starts_with("/fn/") { "application/json" } else { "text/html" };
                let status = status(request.header("accept", accept)).await;
                write!(line, "{status:>9}").unwrap();
            }
            writeln!(table, "{line}").unwrap();
        }
        insta::assert_snapshot!("pages_by_role", table);
    }

    async fn what_each_route_tells_the_log(at) {
        fill(at).await;
        let key = at.user("lan@cty.vn", Role::Viewer).await;
        at.user("owner@cty.vn", Role::Owner).await;
        let owner = at.sign_in("owner@cty.vn").await;
        let mut table = String::new();
        let (_, mut no) = told_since(at, 0).await;
        let mut tell = async |at: &Harness, what: String, status: u16| {
            let (words, last) = told_since(at, no).await;
            no = last;
            let words = if words.is_empty() { "–" } else { &words };
            writeln!(table, "{what:<58} {status} {words}").unwrap();
        };
        let mut routes = server::router::list();
        routes.sort_by_key(|(method, path)| (*method != Method::GET, path.clone(), method.to_string()));
        // What is looked at, played and taken out: by a person, and by a token.
        for (method, path) in routes.iter().filter(|(method, _)| *method == Method::GET) {
            let address = format!("{}{}", filled(path, key), query(path));
            let request = if path.starts_with("/api/") { at.api(method.clone(), &address) } else { at.signed(method.clone(), &address, &owner) };
            let accept = if path.starts_with("/fn/") || path.starts_with("/api/") { "application/json" } else { "text/html" };
            let status = status(request.header("accept", accept)).await;
            tell(at, format!("{method} {path}"), status).await;
        }
        // What is changed, by what each form is there for.
        for (action, from, fields) in FORMS {
            let mut fields = fields.to_vec();
            let html = if from.is_empty() { String::new() } else { Answer::of(at.signed(Method::GET, from, &owner).header("accept", "text/html")).await.is(200).text() };
            let seen = if html.is_empty() { String::new() } else { seen_of(&html, action) };
            if !html.is_empty() {
                fields.push(("seen", &seen));
            }
            let status = status(at.form(action, &fields).header("cookie", &owner)).await;
            tell(at, format!("POST {action}"), status).await;
        }
        for what in ["access", "sign-out", "reset", "remove"] {
            let fields = [("seen", "Người xem"), ("role", "manager"), ("sees", "all")];
            let status = status(at.form(&format!("/settings/people/{key}/{what}"), &fields).header("cookie", &owner)).await;
            tell(at, format!("POST /settings/people/{{key}}/{what}"), status).await;
        }
        for (method, path) in routes.iter().filter(|(method, path)| *method != Method::GET && path.starts_with("/api/")) {
            let request = at.api(method.clone(), &filled(path, key).replace("/tokens/dark", "/tokens/m%E1%BB%9Bi"));
            let status = status(request.header("content-type", "application/json").body(body(method, path).to_string())).await;
            tell(at, format!("{method} {path}"), status).await;
        }
        insta::assert_snapshot!("told_by_route", table);
    }

    async fn every_request_of_the_api_by_what_a_token_may_do(at) {
        fill(at).await;
        let (_, stranger) = account(&at.server.db, "Công ty Khác").await;
        let mut senders = vec![("none", String::new()), ("stranger", stranger)];
        for scope in TokenScope::ALL {
            let secret = secrets::make(secrets::TOKEN_PREFIX, at.scope.account());
            let new = NewToken { name: scope.word().to_owned(), scopes: vec![scope], is_masked: false };
            let mut conn = at.server.db.write().await.unwrap();
            tokens::add(&mut conn, &at.scope, &new, &secret.hash, Timestamp(NOW)).await.unwrap();
            conn.commit().await.unwrap();
            senders.push((scope.word(), secret.text));
        }
        let mut routes: Vec<(Method, String)> = server::router::list();
        routes.retain(|(_, path)| path.starts_with("/api/"));
        // What is read comes before what is taken away.
        routes.sort_by_key(|(method, path)| (*method == Method::DELETE, path.clone(), method.to_string()));
        let mut table = String::new();
        let names = senders.iter().map(|(name, _)| format!("{name:>9}")).collect::<Vec<_>>().concat();
        writeln!(table, "{:<46} {names}", "").unwrap();
        for (method, path) in &routes {
            let mut line = format!("{:<46} ", format!("{method} {path}"));
            for (_, token) in &senders {
                let mut request = at.bare(method.clone(), &filled(path, 0));
                if !token.is_empty() {
                    request = request.header("authorization", format!("Bearer {token}"));
                }
                if *method == Method::PUT || *method == Method::POST {
                    request = request.header("content-type", "application/json").body("{\"no\": 1}");
                }
                write!(line, "{:>9}", status(request).await).unwrap();
            }
            writeln!(table, "{line}").unwrap();
        }
        insta::assert_snapshot!("api_by_scope", table);
    }
}
