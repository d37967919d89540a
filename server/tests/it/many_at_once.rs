//! Many readers at once: every address that reads, 64 at a time, on a pool of two connections. A request that held one
//! connection and waited for another would stop them all.

use std::{collections::BTreeMap, sync::Arc};

use domain::{DateRange, Period, ReportQuery, Role, Timestamp};
use futures::{StreamExt, TryStreamExt};
use reqwest::Method;
use serde_json::json;
use store::{
    Cost,
    jobs::{Payload, StoreImport},
};

use crate::{
    harness::{Answer, Harness, NOW, PostgresDatabase, both_engines, call, run, wav},
    operator::mark,
};

const AT_ONCE: usize = 64;
const METRICS: &str = "a token of the operator's monitoring";
const SETTINGS: [(&str, &str); 2] = [("RINGSIDE_DATABASE_CONNECTIONS", "2"), ("RINGSIDE_METRICS_TOKEN", METRICS)];

/// What each route's parameters are in this test, and the query that it needs; a route that cannot be read by 64 at once says
/// why not.
fn address(path: &str, export: &str, mailing: &Mailing) -> Result<String, &'static str> {
    let queries: BTreeMap<&str, &str> = BTreeMap::from([
        ("/api/v1/customers", "?campaign=tet&contact=kh-1"),
        ("/fn/usage", "?statistics=false&query=month%3D2026-11"),
        ("/fn/overview", "?campaign=tet"),
        ("/fn/calls", "?campaign=tet&query="),
        ("/fn/campaigns", "?query="),
        ("/fn/opened-call", "?campaign=tet&call=c-1"),
        ("/fn/call-sums", "?campaign=tet&query=attempt%3D1"),
        ("/campaigns/{id}/calls", "?call=c-1"),
        ("/mail/stop/{account}/{mailing}/{no}/{secret}", ""),
        ("/fn/imports", "?key=&query="),
        ("/fn/settings", "?part=log&query="),
    ]);
    match path {
        "/campaigns/{id}/live" | "/live" => return Err("it has no end: tried below"),
        "/invitation" => return Err("it needs a link: settings.rs"),
        "/first-start" => return Err("it needs a key: first_start.rs"),
        "/language/{tag}" | "/theme/{name}" | "/" | "/oidc/signed-out" => return Err("it leads on"),
        "/oidc/start" | "/oidc/callback" => return Err("it needs a provider: sso"),
        _ => {}
    }
    let of_calls = path.starts_with("/calls/") || path.starts_with("/api/v1/calls/");
    let filled = path
        .replace("/operator/accounts/{id}", &format!("/operator/accounts/{}", mailing.account))
        .replace("/exports/{key}", &format!("/exports/{export}"))
        .replace("{key}", &mailing.import.to_string())
        .replace("{account}", &mailing.account.to_string())
        .replace("{mailing}", &mailing.key.to_string())
        .replace("{no}", "0")
        // The part that reads most.
        .replace("{part}", "log")
        .replace("{id}", if of_calls { "c-1" } else { "tet" });
    let secret = if path.starts_with("/mail/workbook") { &mailing.link_secret } else { &mailing.stop_secret };
    let filled = filled.replace("{secret}", secret);
    assert!(!filled.contains('{'), "{path}: say what its parameters are");
    Ok(filled + queries.get(path).copied().unwrap_or_default())
}

/// A mail that was sent, with the secrets of its links; and an import.
struct Mailing {
    import: i64,
    account: i64,
    key: i64,
    stop_secret: String,
    link_secret: String,
}

async fn fill(at: &Harness) {
    at.stock().await;
    let calls: Vec<_> = (1..=200)
        .map(|n| {
            let talk = (n % 3 > 0).then_some(n * 500);
            let dialed = format!("2026-11-{:02}T09:{:02}:00+07:00", n % 20 + 1, n % 60);
            call(&format!("c-{n}"), &format!("kh-{n}"), &dialed, 4_000, talk, if n % 3 > 0 { "DY" } else { "NA" })
        })
        .collect();
    at.post("/api/v1/calls", &json!(calls)).await.is(200);
    let upload = at.api(Method::PUT, "/api/v1/calls/c-1/recording").header("content-type", "audio/wav").body(wav(1));
    Answer::of(upload).await.is(201);
}

/// Completes the campaign and keeps its mail as sent.
async fn send_mail(at: &Harness) -> Mailing {
    let emails = json!({"name": "Tết 2027", "voicebot": "bot", "report_emails": ["a@antam.vn"]});
    at.put("/api/v1/campaigns/tet", &emails).await.is(200);
    at.post("/api/v1/campaigns/tet/complete", &json!({})).await.is(200);
    let (db, context) = (&at.server.db, &at.server.context);
    assert_eq!(server::jobs::send_mail::keep_only(db, context, &at.scope, "250 kept").await.unwrap(), 1);
    let mut conn = db.read().await.unwrap();
    let campaign = "tet".parse().unwrap();
    let mail = store::outbox::deliveries(&mut conn, &at.scope, &campaign).await.unwrap().unwrap().remove(0);
    let contents = store::outbox::contents(&mut conn, &at.scope, mail.mailing).await.unwrap().unwrap();
    let stop_secret = at.stop_secret(mail.mailing).await;
    Mailing {
        import: 0,
        account: at.scope.account(),
        key: mail.mailing,
        stop_secret,
        link_secret: contents.link_secret,
    }
}

async fn everything_is_read_by_64_at_once(at: &Harness) {
    fill(at).await;
    at.user("chu@cty.vn", Role::Owner).await;
    mark(at, "chu@cty.vn").await;
    let cookie = at.sign_in("chu@cty.vn").await;
    let mut mailing = send_mail(at).await;
    let file = json!([call("i-1", "kh-1", "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), "DY")]).to_string();
    let import = Answer::of(at.api(Method::POST, "/api/v1/import?name=own.json").body(file)).await.is(202).json();
    mailing.import = import["id"].as_i64().unwrap();
    assert_eq!(at.run_due(StoreImport::KIND).await, 1);
    let asked = at.signed(Method::GET, "/campaigns/tet/calls.xlsx", &cookie).header("accept", "application/json");
    let export = Answer::of(asked).await.is(202).json()["address"].as_str().unwrap().to_owned();
    assert_eq!(at.build_exports().await, 1);
    let export = export.trim_start_matches("/exports/");

    let mut tried = 0;
    for (method, path) in server::router::list() {
        if method != Method::GET {
            continue;
        }
        let Ok(address) = address(&path, export, &mailing) else { continue };
        let asking = |n: usize| {
            let by_program = path.starts_with("/api/");
            let request =
                if by_program { at.api(Method::GET, &address) } else { at.signed(Method::GET, &address, &cookie) };
            let by_script = path.starts_with("/fn/");
            let request =
                if path == "/metrics" { at.bare(Method::GET, &address).bearer_auth(METRICS) } else { request };
            let request = if by_script { request.header("accept", "application/json") } else { request };
            let as_page = n % 2 == 1 && !by_program && !by_script;
            let request = if as_page { request.header("accept", "text/html") } else { request };
            async move { Answer::of(request).await }
        };
        let answers: Vec<Answer> =
            futures::stream::iter(0..AT_ONCE).map(asking).buffer_unordered(AT_ONCE).collect().await;
        for answer in answers {
            assert_eq!(answer.status, 200, "{path} ({address}): {}", answer.text());
        }
        tried += 1;
    }
    assert!(tried > 40, "only {tried} routes were tried");

    // Streams: all of them begin, though none of them ends.
    for path in ["/live", "/campaigns/tet/live"] {
        let begin = |_| async move {
            let response = at.signed(Method::GET, path, &at.sign_in("chu@cty.vn").await).send().await?;
            assert_eq!(response.status(), 200, "{path}");
            Ok::<_, reqwest::Error>(response)
        };
        let streams: Vec<_> = futures::stream::iter(0..8).map(begin).buffer_unordered(8).try_collect().await.unwrap();
        assert_eq!(streams.len(), 8);
        Answer::of(at.signed(Method::GET, "/campaigns/tet", &cookie).header("accept", "text/html")).await.is(200);
    }
}

#[test]
fn sqlite_answers_64_readers_of_anything_with_two_connections() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/test.db", folder.path().display());
        let at = Harness::start(&address, folder, &SETTINGS).await;
        everything_is_read_by_64_at_once(&at).await;
        at.server.db.close().await;
    });
}

#[test]
fn postgres_answers_64_readers_of_anything_with_two_connections() {
    run(async {
        let database = PostgresDatabase::create().await;
        let at = Harness::start(&database.address, tempfile::tempdir().unwrap(), &SETTINGS).await;
        everything_is_read_by_64_at_once(&at).await;
        at.server.db.close().await;
        database.remove().await;
    });
}

/// What one reader of a page asks of the database, and what a hundred ask after one change.
async fn a_hundred_viewers_cost_one_read(at: &Harness) {
    fill(at).await;
    at.user("chu@cty.vn", Role::Owner).await;
    let cookie = at.sign_in("chu@cty.vn").await;
    let overview = || Answer::of(at.signed(Method::GET, "/fn/overview?campaign=tet", &cookie));
    let change = async |n: i64| {
        let dialed = format!("2026-11-21T10:00:{:02}+07:00", n % 60);
        let record = call(&format!("d-{n}"), &format!("kh-{n}"), &dialed, 4_000, Some(9_000), "DY");
        at.post("/api/v1/calls", &json!([record])).await.is(200);
    };
    let cost = async |viewers: usize| {
        let before = at.server.context.metrics.statements();
        let asked = futures::stream::iter(0..viewers).map(|_| overview()).buffer_unordered(AT_ONCE);
        let answers: Vec<Answer> = asked.collect().await;
        assert!(answers.iter().all(|answer| answer.status == 200));
        at.server.context.metrics.statements() - before
    };
    change(1).await;
    let first = cost(1).await;
    let known = cost(1).await;
    assert!(known < first, "{known} statements where nothing changed, {first} after a change");
    change(2).await;
    let hundred = cost(100).await;
    // Whoever comes after the first asks who they are and which revision it is, and nothing of the report.
    assert!(known <= KNOWN_COSTS, "{known}");
    assert!(
        hundred <= first + 99 * known,
        "{hundred} statements for a hundred viewers; {first} for the first, {known} later"
    );
}

/// The statements of a reader of a page that somebody has read since the last change (docs/PERFORMANCE.md, "Under load").
const KNOWN_COSTS: u64 = 5;

#[test]
fn a_report_is_read_once_for_a_hundred_viewers_on_sqlite() {
    run(crate::harness::on_sqlite(async |at| a_hundred_viewers_cost_one_read(at).await));
}

#[test]
fn a_report_is_read_once_for_a_hundred_viewers_on_postgres() {
    run(crate::harness::on_postgres(async |at| a_hundred_viewers_cost_one_read(at).await));
}

both_engines! {
    /// However many calls there are: docs/ARCHITECTURE.md, "How a report goes out".
    async fn a_report_costs_ten_statements_and_a_plan_two_more(at) {
        fill(at).await;
        let cost = Arc::new(Cost::default());
        let db = at.server.db.counting(&cost);
        let range = |from: &str, to: &str| Period::Custom(DateRange { from: from.parse().unwrap(), to: to.parse().unwrap() });
        let periods = [Period::Whole, Period::Last7Days, range("2026-11-01", "2026-11-30"), range("2026-11-02", "2026-11-02"), range("2024-01-01", "2026-11-30")];
        let mut most = 0;
        for (plan, allowed) in [(json!({}), 10), (json!({"first_day": "2026-11-02", "redials": [{"code": "NA", "times": 1, "pause_minutes": 90}]}), 12,)] {
            at.put("/api/v1/campaigns/tet", &json!({"name": "Tết 2027", "voicebot": "bot", "plan": plan})).await.is(200);
            for period in periods {
                let before = cost.statements();
                let query = ReportQuery { campaign: "tet".parse().unwrap(), period };
                store::report::read(&mut db.read().await.unwrap(), &at.scope, &query, Timestamp(NOW)).await.unwrap().unwrap();
                let asked = cost.statements() - before;
                assert!(asked <= allowed, "{asked} statements for {query:?}");
                most = most.max(asked);
            }
        }
        assert_eq!(most, 12, "what the documents say is not too much");
    }
}
