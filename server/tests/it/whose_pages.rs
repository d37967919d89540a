//! What a page takes beside itself (figures that it reads anew, events, recordings, files) is of the account that the page is of, or is
//! refused: a tab from before its person opened another account shows nothing of that one.

use domain::Role;
use reqwest::Method;
use serde_json::json;

use crate::{
    harness::{Answer, Harness, account, account_of_cookie, both_engines, call, user, wav},
    settings::page,
    sources::{RustSource, rust_sources},
    strangers::{PAGES, PAGES_OF_AN_ID, READING},
};

const LAN: &str = "lan@cty.vn";

/// Two accounts that call what they have the same; who belongs to both, and has the first one open.
async fn twins(at: &Harness) -> (String, i64) {
    at.stock().await;
    let (other, token) = account(&at.server.db, "Công ty Khác").await;
    let calls = json!([call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY")]);
    let send = async |method: Method, path: &str, body: &serde_json::Value| {
        let request = at.bare(method, path).header("authorization", format!("Bearer {token}"));
        let sent = Answer::of(request.header("content-type", "application/json").body(body.to_string())).await;
        assert!(sent.status.is_success(), "{path}: {sent:?}");
    };
    send(Method::PUT, "/api/v1/voicebots/bot", &json!({"name": "Bot của Khác"})).await;
    send(Method::PUT, "/api/v1/campaigns/tet", &json!({"name": "Tết của Khác", "voicebot": "bot"})).await;
    send(Method::POST, "/api/v1/calls", &calls).await;
    at.post("/api/v1/calls", &calls).await.is(200);
    let upload = at.api(Method::PUT, "/api/v1/calls/c-1/recording").header("content-type", "audio/wav").body(wav(1));
    Answer::of(upload).await.is(201);
    at.user(LAN, Role::Owner).await;
    user(&at.server.db, &other, LAN, Role::Owner).await;
    let cookie = at.sign_in(LAN).await;
    let fields = [("account", at.scope.account().to_string())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let opened = Answer::of(at.form("/accounts", &fields).header("cookie", &cookie)).await.is(303);
    (opened.header("set-cookie").split(';').next().unwrap().to_owned(), other.account())
}

fn with_account(path: &str, account: i64) -> String {
    app::links::of_account(path, account)
}

both_engines! {
    async fn functions_of_a_page_of_another_account_answer_nothing_of_the_one_that_is_open(at) {
        let (cookie, other) = twins(at).await;
        let open = at.scope.account();
        assert_eq!(account_of_cookie(&cookie), Some(open));
        let more = [("/fn/jobs", &[][..]), ("/fn/hooks", &[]), ("/fn/imports", &[]), ("/fn/settings", &[("part", "account")])];
        for (path, arguments) in READING.into_iter().chain(more) {
            let path = app::links::with_query(path, arguments.iter().copied());
            let ask = async |account: Option<i64>| {
                let request = at.signed(Method::GET, &path, &cookie).header("accept", "application/json");
                let request = account.into_iter().fold(request, |request, account| request.header(app::links::ACCOUNT_HEADER, account.to_string()));
                Answer::as_it_is(request).await
            };
            let own = ask(Some(open)).await.is(200);
            assert_eq!(own.status, ask(None).await.status, "{path}");
            for stranger in [other, 987_654] {
                let refused = ask(Some(stranger)).await.is(409);
                assert_eq!(refused.text(), "\"AnotherAccount\"", "{path}: a page knows it by this");
            }
            // The script that counts a list has the account in the address.
            let request = at.signed(Method::GET, &with_account(&path, other), &cookie).header("accept", "application/json");
            Answer::as_it_is(request).await.is(409);
            let request = at.signed(Method::GET, &with_account(&path, open), &cookie).header("accept", "application/json");
            Answer::as_it_is(request).await.is(200);
        }
    }

    async fn events_recordings_and_files_are_of_the_account_of_their_page(at) {
        let (cookie, other) = twins(at).await;
        let open = at.scope.account();
        let begun = async |path: &str, accept: &str| {
            Answer::begun(at.signed(Method::GET, path, &cookie).header("accept", accept)).await
        };
        for path in ["/live", "/campaigns/tet/live", "/calls/c-1/recording", "/calls/c-1/peaks", "/campaigns/tet/calls.csv", "/calls.xlsx", "/usage.csv", "/settings/log.csv"] {
            assert_eq!(begun(&with_account(path, open), "*/*").await.status(), 200, "{path}");
            let refused = begun(&with_account(path, other), "*/*").await;
            assert_eq!(refused.status(), 409, "{path}");
            assert!(!refused.text().await.unwrap().contains("Khác"), "{path}");
            // Whoever follows a link by hand is asked, and nothing is taken out meanwhile.
            let asked = Answer::of_response(begun(&with_account(path, other), "text/html").await).await.is(409);
            assert!(asked.text().contains("Công ty Khác"), "{path}: {}", asked.text());
        }
        // A part of a recording is asked for where it is, without a way round.
        let part = at.signed(Method::GET, &with_account("/calls/c-1/recording", open), &cookie).header("range", "bytes=0-99");
        assert_eq!(Answer::of(part).await.is(206).bytes.len(), 100);
    }

    async fn all_that_a_page_takes_beside_itself_carries_its_account(at) {
        let (cookie, _) = twins(at).await;
        let (open, mut found) = (at.scope.account(), 0);
        let more = ["/settings/log", "/campaigns/tet/calls?open=c-1", "/campaigns/tet/customers?open=kh-1"];
        let pages = PAGES.iter().chain(PAGES_OF_AN_ID.iter()).copied().chain(more);
        let is_beside = |path: &str| {
            let ends = [".csv", ".xlsx", "/recording", "/peaks", "/live", "/report"];
            ends.iter().any(|end| path.ends_with(end)) || path.starts_with("/fn/")
        };
        for path in pages.filter(|path| *path != "/" && !is_beside(path)) {
            let html = page(at, &cookie, path).await.is(200).text();
            for attribute in [" href=\"", " data-src=\"", " data-path=\"", " src=\""] {
                for address in html.split(attribute).skip(1).map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&")) {
                    let (bare, query) = address.split_once('?').unwrap_or((&address, ""));
                    if is_beside(bare) {
                        let query = query.split('#').next().unwrap();
                        assert!(query.split('&').any(|pair| pair == format!("account={open}")), "{path}: {address}");
                        found += 1;
                    }
                }
            }
        }
        assert!(found > 20, "{found}");
    }
}

/// Read from the sources: whatever the browser asks a server function, it says of which account its page is.
#[test]
fn every_server_function_is_asked_by_the_client_that_says_the_account() {
    let mut found = 0;
    for RustSource { path, code } in rust_sources("app/src") {
        for function in code.split("#[server(").skip(1) {
            let attributes = function.split(")]").next().unwrap();
            let client = "client = crate::page_client::PageClient";
            assert!(attributes.contains(client), "{}: {attributes}", path.display());
            found += 1;
        }
    }
    assert_eq!(found, server::router::list().iter().filter(|(_, path)| path.starts_with("/fn/")).count());
}
