//! Pages, files, forms and server functions, tried as nobody, as a stranger of another account, and as each role. That every route is
//! tried by strangers, `another_account.rs` sees to.

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Harness, account, both_engines, call, user, wav};

/// Requests of the API with an id of the first account in them: a stranger's token gets 404 for each.
const OF_AN_ID: [(&str, &str); 12] = [
    ("GET", "/api/v1/campaigns/tet"),
    ("POST", "/api/v1/campaigns/tet/contacts"),
    ("GET", "/api/v1/campaigns/tet/contacts"),
    ("POST", "/api/v1/campaigns/tet/complete"),
    ("GET", "/api/v1/campaigns/tet/report"),
    ("GET", "/api/v1/campaigns/tet/calls"),
    ("GET", "/api/v1/campaigns/tet/deliveries"),
    ("GET", "/api/v1/calls/c-1"),
    ("PUT", "/api/v1/calls/c-1/recording"),
    ("GET", "/api/v1/calls/c-1/recording"),
    ("HEAD", "/api/v1/calls/c-1/recording"),
    ("DELETE", "/api/v1/calls/c-1/recording"),
];
/// Requests of the API that make or list things of the token's own account: a stranger sees and changes only their own.
const OF_AN_ACCOUNT: [(&str, &str); 13] = [
    ("PUT", "/api/v1/voicebots/bot"),
    ("GET", "/api/v1/voicebots"),
    ("PUT", "/api/v1/result-codes/DY"),
    ("GET", "/api/v1/result-codes"),
    ("PUT", "/api/v1/result-words"),
    ("GET", "/api/v1/result-words"),
    ("PUT", "/api/v1/tariffs"),
    ("GET", "/api/v1/tariffs"),
    ("PUT", "/api/v1/campaigns/tet"),
    ("GET", "/api/v1/campaigns"),
    ("GET", "/api/v1/usage"),
    ("POST", "/api/v1/calls"),
    ("GET", "/api/v1/calls"),
];
pub const PUBLIC_API: &str = "/api/v1/openapi.json";

/// Pages and files for people: as nobody one is sent to sign in; of another account they are 404.
pub const PAGES_OF_AN_ID: [&str; 11] = [
    "/campaigns/tet",
    "/campaigns/tet/calls",
    "/campaigns/tet/calls.csv",
    "/campaigns/tet/calls.xlsx",
    "/campaigns/tet/report.xlsx",
    "/campaigns/tet/customers",
    "/campaigns/tet/customers.csv",
    "/campaigns/tet/customers.xlsx",
    "/campaigns/tet/live",
    "/calls/c-1/recording",
    "/calls/c-1/peaks",
];
/// Forms of people about a campaign or a call: as nobody one is sent to sign in, of another account it is 404, and a viewer may not.
const FORMS_OF_AN_ID: [(&str, &[(&str, &str)]); 6] = [
    ("/campaigns/tet/recipients", &[("emails", "a@khac.vn"), ("of", "campaign")]),
    ("/campaigns/tet/mail/preview", &[]),
    ("/campaigns/tet/complete", &[]),
    ("/campaigns/tet/mail/send", &[("to", "a@khac.vn")]),
    ("/calls/c-1/recording/again", &[("back", "/calls")]),
    DECLARE_CODE,
];
/// The same of the settings; what they do for managers, settings_campaigns.rs says.
const SETTINGS_OF_AN_ID: [(&str, &[(&str, &str)]); 5] = [
    ("/settings/voicebots/bot/put", &[("seen", "Chăm sóc khách hàng"), ("name", "Khác")]),
    ("/settings/campaigns/tet/put", &[("seen", "Tết 2027 · Đang chạy"), ("name", "Khác"), ("state", "completed")]),
    ("/settings/campaigns/tet/plan", &[("seen", "chưa ghi"), ("calls_at_once", "5")]),
    ("/settings/campaigns/tet/recipients", &[("seen", "chưa có ai"), ("emails", "a@khac.vn")]),
    (
        "/settings/campaigns/tet/tariff",
        &[("preset", "6+6"), ("price_first_block", "1"), ("price_next_block", "1"), ("from", "2027-01-01")],
    ),
];
const DECLARE_CODE: (&str, &[(&str, &str)]) =
    ("/campaigns/tet/result-codes", &[("code", "DY"), ("label_vi", "Không"), ("label_en", "No")]);
pub const PAGES: [&str; 14] = [
    "/campaigns",
    "/campaigns.csv",
    "/campaigns.xlsx",
    "/",
    "/calls",
    "/calls.csv",
    "/calls.xlsx",
    "/live",
    "/usage",
    "/usage.csv",
    "/usage.xlsx",
    "/statistics",
    "/statistics.csv",
    "/statistics.xlsx",
];
const PUBLIC_PAGES: [&str; 4] = ["/sign-in", "/set-password", "/healthz", "/readyz"];

/// Server functions by their paths (all of them read), and the arguments with which each is asked for something of the first account.
pub const READING: [(&str, &[(&str, &str)]); 12] = [
    ("/fn/usage", &[("statistics", "false"), ("query", "month=2026-11")]),
    ("/fn/campaigns", &[("query", "")]),
    ("/fn/overview", &[("campaign", "tet")]),
    ("/fn/overview", &[("campaign", "tet"), ("tab", "customers"), ("query", "standing=reached")]),
    ("/fn/overview", &[("campaign", "tet"), ("tab", "customers"), ("query", "open=kh-1")]),
    ("/fn/said", &[("query", "q=alo")]),
    ("/fn/calls", &[("campaign", "tet"), ("query", "")]),
    ("/fn/calls", &[("query", "")]),
    ("/fn/call-sums", &[("campaign", "tet"), ("query", "attempt=1")]),
    ("/fn/call-sums", &[("query", "attempt=1")]),
    ("/fn/opened-call", &[("campaign", "tet"), ("call", "c-1")]),
    ("/fn/opened-call", &[("call", "c-1")]),
];

pub async fn call_function(at: &Harness, path: &str, arguments: &[(&str, &str)], cookie: &str) -> Answer {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(arguments).finish();
    let request = at.bare(Method::GET, &format!("{path}?{query}"));
    Answer::of(request.header("cookie", cookie).header("accept", "application/json")).await
}

pub async fn fill(at: &Harness) {
    at.stock().await;
    at.post("/api/v1/calls", &json!([call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY")]))
        .await
        .is(200);
    let upload = at.api(Method::PUT, "/api/v1/calls/c-1/recording").header("content-type", "audio/wav").body(wav(1));
    Answer::of(upload).await.is(201);
}

fn body(path: &str) -> Value {
    match path {
        "/api/v1/voicebots/bot" => json!({"name": "Của người khác"}),
        "/api/v1/result-codes/DY" => json!({"label_vi": "a", "label_en": "b"}),
        "/api/v1/result-words" => json!({"words": {"BUSY": "DY"}}),
        "/api/v1/tariffs" => json!({"first_block_seconds": 1, "next_block_seconds": 1, "price_first_block": "9",
            "price_next_block": "9", "currency": "VND", "effective_from": 0}),
        "/api/v1/campaigns/tet" => json!({"name": "Của người khác", "voicebot": "bot"}),
        "/api/v1/calls" => json!([call("c-1", "kh-9", "2026-11-05T09:00:00+07:00", 5_000, None, "BS")]),
        _ => json!([]),
    }
}

async fn ask(at: &Harness, method: &str, path: &str, token: Option<&str>) -> Answer {
    let mut request = at.bare(method.parse().unwrap(), path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = if path.ends_with("/recording") && method == "PUT" {
        request.header("content-type", "audio/wav").body(wav(1))
    } else if method == "PUT" || method == "POST" {
        request.header("content-type", "application/json").body(body(path).to_string())
    } else {
        request
    };
    Answer::of(request).await
}

/// Everything of the first account, as its own token sees it.
async fn everything(at: &Harness) -> Vec<Value> {
    let mut seen = Vec::new();
    for path in [
        "/api/v1/voicebots",
        "/api/v1/result-codes",
        "/api/v1/result-words",
        "/api/v1/tariffs",
        "/api/v1/campaigns",
        "/api/v1/campaigns/tet/report",
        "/api/v1/campaigns/tet/calls",
        "/api/v1/calls/c-1",
    ] {
        seen.push(at.get(path).await.is(200).json());
    }
    assert!(at.get("/api/v1/calls/c-1/recording").await.is(200).bytes == wav(1));
    seen
}

both_engines! {
    async fn without_a_valid_token_the_api_answers_401(at) {
        fill(at).await;
        let before = everything(at).await;
        let (account, secret) = at.token.trim_start_matches("rs_").split_once('.').unwrap();
        let other_account = format!("rs_{}.{secret}", account.parse::<i64>().unwrap() + 1);
        let changed = format!("{}A", &at.token[..at.token.len() - 1]);
        let changed = if changed == at.token { format!("{}B", &at.token[..at.token.len() - 1]) } else { changed };
        let routes = server::router::list().into_iter().map(|(method, path)| (method.to_string(), path));
        for (method, path) in routes.filter(|(_, path)| path.starts_with("/api/") && path != PUBLIC_API) {
            let (method, path) = (method.as_str(), path.replace(['{', '}'], ""));
            for token in [None, Some(""), Some("rs_"), Some("rs_1.x"), Some(other_account.as_str()), Some(changed.as_str())] {
                let answer = ask(at, method, &path, token).await;
                assert_eq!(answer.status, 401, "{method} {path} {token:?}");
                assert!(answer.header("www-authenticate").starts_with("Bearer"), "{method} {path}");
            }
        }
        ask(at, "GET", PUBLIC_API, None).await.is(200);
        assert_eq!(everything(at).await, before);
    }

    async fn a_stranger_with_a_token_finds_and_changes_nothing(at) {
        fill(at).await;
        let before = everything(at).await;
        let (_, stranger) = account(&at.server.db, "Công ty Khác").await;
        for (method, path) in OF_AN_ID {
            let answer = ask(at, method, path, Some(&stranger)).await;
            assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text());
        }
        for (method, path) in OF_AN_ACCOUNT {
            let answer = ask(at, method, path, Some(&stranger)).await;
            assert!(answer.status.is_success(), "{method} {path}: {}", answer.text());
            assert!(!answer.text().contains("Tết 2027") && !answer.text().contains("Chăm sóc"), "{method} {path}");
        }
        assert_eq!(everything(at).await, before, "the stranger's own things have the same ids and are others");
    }

    async fn nobody_reads_no_page_and_no_file(at) {
        fill(at).await;
        for path in PAGES_OF_AN_ID.iter().chain(&PAGES) {
            let answer = Answer::of(at.bare(Method::GET, path).header("accept", "text/html,*/*")).await;
            assert_eq!(answer.status, 303, "{path}");
            assert!(answer.header("location").starts_with("/sign-in"), "{path}");
            let answer = Answer::of(at.bare(Method::GET, path).header("accept", "*/*")).await;
            assert_eq!(answer.status, 401, "{path}");
            let forged = Answer::of(at.signed(Method::GET, path, &format!("ringside_session=1.{}", "A".repeat(43)))).await;
            assert_eq!(forged.status, 401, "{path}");
        }
        for path in PUBLIC_PAGES {
            // Without a link there is nothing to set.
            let status = if path == "/set-password" { 410 } else { 200 };
            Answer::of(at.bare(Method::GET, path).header("accept", "text/html")).await.is(status);
        }
        // A token is for programs, not for pages.
        Answer::of(at.api(Method::GET, "/calls/c-1/recording")).await.is(401);
    }

    async fn another_accounts_pages_are_404_for_every_role(at) {
        fill(at).await;
        let (stranger, _) = account(&at.server.db, "Công ty Khác").await;
        for role in Role::ALL {
            let email = format!("{}@khac.vn", role.word());
            user(&at.server.db, &stranger, &email, role).await;
            let cookie = at.sign_in(&email).await;
            for path in PAGES_OF_AN_ID {
                let answer = Answer::of(at.signed(Method::GET, path, &cookie).header("accept", "text/html")).await;
                assert_eq!(answer.status, 404, "{path} as {role:?}");
                assert!(!answer.text().contains("Tết 2027"), "{path} as {role:?}");
            }
            for path in PAGES.iter().filter(|path| **path != "/live") {
                let answer = Answer::of(at.signed(Method::GET, path, &cookie).header("accept", "text/html")).await;
                assert!(answer.status.is_success() || answer.status.is_redirection(), "{path} as {role:?}");
                for theirs in ["Tết 2027", "c-1", "kh-1"] {
                    assert!(!answer.text().contains(theirs), "{path} as {role:?} shows {theirs}");
                }
            }
        }
    }

    async fn an_export_is_for_who_asked_for_it(at) {
        fill(at).await;
        at.user("chu@cty.vn", Role::Owner).await;
        at.user("nguoikhac@cty.vn", Role::Owner).await;
        let (stranger, _) = account(&at.server.db, "Công ty Khác").await;
        user(&at.server.db, &stranger, "lan@khac.vn", Role::Owner).await;
        let (own, colleague, foreign) =
            (at.sign_in("chu@cty.vn").await, at.sign_in("nguoikhac@cty.vn").await, at.sign_in("lan@khac.vn").await);
        for list in ["/campaigns/tet/calls.xlsx", "/calls.xlsx"] {
            let begun = at.signed(Method::GET, list, &own).header("accept", "application/json");
            let address = Answer::of(begun).await.is(202).json()["address"].as_str().unwrap().to_owned();
            assert!(address.starts_with("/exports/"), "{address}");
            for path in [address.clone(), format!("{address}/file")] {
                Answer::of(at.bare(Method::GET, &path)).await.is(401);
                for cookie in [&colleague, &foreign] {
                    Answer::of(at.signed(Method::GET, &path, cookie)).await.is(404);
                }
            }
            Answer::of(at.signed(Method::GET, &address, &own)).await.is(200);
        }
    }

    async fn every_role_reads_the_pages_of_its_account(at) {
        fill(at).await;
        for role in Role::ALL {
            let email = format!("{}@cty.vn", role.word());
            at.user(&email, role).await;
            let cookie = at.sign_in(&email).await;
            for path in PAGES_OF_AN_ID {
                // The stream of a live page has no end: its begin is enough.
                let response = at.signed(Method::GET, path, &cookie).header("accept", "text/html").send().await.unwrap();
                assert_eq!(response.status(), 200, "{path} as {role:?}");
            }
            let list = Answer::of(at.signed(Method::GET, "/campaigns", &cookie).header("accept", "text/html")).await.is(200);
            assert!(list.text().contains("Tết 2027"), "as {role:?}");
        }
    }

    async fn forms_about_a_campaign_are_for_its_managers_and_owners(at) {
        fill(at).await;
        let everything_and_mails = async || {
            let mut seen = everything(at).await;
            seen.push(at.get("/api/v1/campaigns/tet/deliveries").await.is(200).json());
            seen
        };
        let before = everything_and_mails().await;
        let (stranger, _) = account(&at.server.db, "Công ty Khác").await;
        user(&at.server.db, &stranger, "lan@khac.vn", Role::Owner).await;
        let foreign = at.sign_in("lan@khac.vn").await;
        at.user("viewer@cty.vn", Role::Viewer).await;
        let viewer = at.sign_in("viewer@cty.vn").await;
        for (path, fields) in FORMS_OF_AN_ID.into_iter().chain(SETTINGS_OF_AN_ID) {
            at.post_form(path, fields).await.is(401);
            Answer::of(at.form(path, fields).header("cookie", &foreign)).await.is(404);
            // The settings are hidden from who may not change them; the campaign's own page is not.
            let refused = if path.starts_with("/settings/") { 404 } else { 403 };
            Answer::of(at.form(path, fields).header("cookie", &viewer)).await.is(refused);
            let from_elsewhere = at.form(path, fields).header("cookie", &viewer).header("sec-fetch-site", "cross-site");
            Answer::of(from_elsewhere).await.is(403);
        }
        assert_eq!(everything_and_mails().await, before);
        // Nobody guesses a mail, nor the links in it.
        for path in ["/mail/stop/1/1/0/x", "/mail/workbook/1/1/x"] {
            Answer::of(at.bare(Method::GET, path)).await.is(404);
        }
        Answer::of(at.bare(Method::POST, "/mail/stop/1/1/0/x")).await.is(404);
        Answer::of(at.signed(Method::GET, "/campaigns/tet/mail/1/0", &foreign)).await.is(404);
        Answer::of(at.bare(Method::GET, "/campaigns/tet/mail/1/0")).await.is(401);
        at.user("manager@cty.vn", Role::Manager).await;
        let manager = at.sign_in("manager@cty.vn").await;
        for (path, fields) in FORMS_OF_AN_ID {
            let answer = Answer::of(at.form(path, fields).header("cookie", &manager)).await;
            let to = match path {
                path if path == DECLARE_CODE.0 => "/campaigns/tet",
                path if path.starts_with("/calls/") => "/calls",
                _ => "/campaigns/tet#report-mail",
            };
            assert_eq!((answer.status.as_u16(), answer.header("location")), (303, to), "{path}");
        }
        let mails = at.get("/api/v1/campaigns/tet/deliveries").await.is(200).json();
        let kinds: Vec<_> = mails["deliveries"].as_array().unwrap().iter().map(|mail| mail["kind"].clone()).collect();
        assert_eq!(kinds, ["again", "completion", "preview"]);
    }

    async fn jobs_are_for_the_owners_of_their_account(at) {
        fill(at).await;
        let (stranger, _) = account(&at.server.db, "Công ty Khác").await;
        user(&at.server.db, &stranger, "lan@khac.vn", Role::Owner).await;
        let foreign = at.sign_in("lan@khac.vn").await;
        // A number that only the first account has.
        let key = {
            let mut conn = at.server.db.write().await.unwrap();
            let job = store::jobs::VerifyAccount::new(false);
            let now = domain::Timestamp(crate::harness::NOW);
            store::jobs::enqueue(&mut conn, &at.scope, &job, None, now, now).await.unwrap();
            let key = store::jobs::list(&mut conn, &at.scope, None, None, 1).await.unwrap().jobs[0].key;
            conn.commit().await.unwrap();
            key
        };
        let retry = format!("/jobs/{key}/retry");
        let forms = [retry.as_str(), "/jobs/verify"];
        Answer::of(at.bare(Method::GET, "/jobs").header("accept", "text/html")).await.is(303);
        call_function(at, "/fn/jobs", &[], "").await.is(401);
        for path in forms {
            at.post_form(path, &[]).await.is(401);
        }
        for (role, status) in [(Role::Viewer, 404), (Role::Manager, 404), (Role::Owner, 200)] {
            let email = format!("{}@cty.vn", role.word());
            at.user(&email, role).await;
            let cookie = at.sign_in(&email).await;
            Answer::of(at.signed(Method::GET, "/jobs", &cookie).header("accept", "text/html")).await.is(status);
            call_function(at, "/fn/jobs", &[], &cookie).await.is(status);
            for path in forms {
                let answer = Answer::of(at.form(path, &[]).header("cookie", &cookie)).await;
                assert_eq!(answer.status, if status == 200 { 303 } else { 404 }, "{path} as {role:?}");
            }
        }
        Answer::of(at.form(&retry, &[]).header("cookie", &foreign)).await.is(404);
        let seen = Answer::of(at.signed(Method::GET, "/jobs", &foreign).header("accept", "text/html")).await.is(200);
        assert!(!seen.text().contains("Đối chiếu số liệu với cuộc gọi"), "the other account's recount");
    }

    async fn server_functions_answer_only_their_own_account(at) {
        fill(at).await;
        let before = everything(at).await;
        let (stranger, _) = account(&at.server.db, "Công ty Khác").await;
        user(&at.server.db, &stranger, "lan@khac.vn", Role::Owner).await;
        let foreign = at.sign_in("lan@khac.vn").await;
        for (path, arguments) in READING {
            call_function(at, path, arguments, "").await.is(401);
            let answer = call_function(at, path, arguments, &foreign).await;
            let of_an_id = arguments.iter().any(|(name, _)| ["campaign", "call"].contains(name));
            assert_eq!(answer.status, if of_an_id { 404 } else { 200 }, "{path}: {}", answer.text());
            assert!(!answer.text().contains("Tết 2027"), "{path}: {}", answer.text());
        }
        assert_eq!(everything(at).await, before);
    }

    async fn a_viewer_reads_and_changes_nothing_and_the_others_may(at) {
        fill(at).await;
        let before = everything(at).await;
        for (role, may_change) in [(Role::Viewer, false), (Role::Manager, true), (Role::Owner, true)] {
            let email = format!("{}@cty.vn", role.word());
            at.user(&email, role).await;
            let cookie = at.sign_in(&email).await;
            for (path, arguments) in READING {
                let answer = call_function(at, path, arguments, &cookie).await.is(200);
                assert!(path.ends_with("opened-call") || path.ends_with("call-sums") || answer.text().contains("Tết 2027"), "{path}: {}", answer.text());
            }
            let (path, fields) = DECLARE_CODE;
            Answer::of(at.form(path, fields).header("cookie", &cookie)).await.is(if may_change { 303 } else { 403 });
            assert_eq!(everything(at).await == before, !may_change, "as {role:?}");
        }
    }
}
