//! Every route as everybody is answered: pages by role, the API by what a token may do. The tables are kept beside this file, for
//! people to read through; a route that is new stands in them before it is merged.

use std::fmt::Write;

use domain::{Role, Timestamp, TokenScope};
use reqwest::Method;
use serde_json::json;
use server::secrets;
use store::{
    Chosen,
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
        .replace("{part}", "people")
        .replace("{tag}", "en")
        .replace("{name}", "dark")
        .replace("{code}", "DY")
        .replace("{email}", "nobody@cty.vn")
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
        "/fn/calls" | "/fn/campaigns" => "?query=",
        "/fn/opened-call" => "?call=c-1",
        "/fn/imports" | "/fn/hooks" | "/fn/jobs" => "?query=&language=vi",
        "/fn/settings" => "?part=people&query=",
        _ => "",
    }
}

/// The status alone: events go on for as long as somebody listens.
async fn status(request: reqwest::RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

both_engines! {
    async fn every_page_and_form_by_role(at) {
        fill(at).await;
        let (other, _) = account(&at.server.db, "Công ty Khác").await;
        user(&at.server.db, &other, "la@khac.vn", Role::Owner).await;
        let mut people = vec![("nobody", String::new()), ("stranger", at.sign_in("la@khac.vn").await)];
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
