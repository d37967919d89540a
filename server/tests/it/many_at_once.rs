//! Many readers at once: every address that reads, 64 at a time, on a pool of two connections. A request that held one
//! connection and waited for another would stop them all.

use std::sync::Arc;

use domain::{DateRange, Period, ReportQuery, Role, Timestamp, limits::STREAMS_OF_A_SESSION};
use futures::{StreamExt, TryStreamExt};
use reqwest::Method;
use serde_json::json;
use store::{
    Cost,
    jobs::{CheckImport, Payload, StoreImport},
};

use crate::{
    harness::{Answer, Harness, NOW, PostgresDatabase, account, both_engines, call, run, wav},
    operator::mark,
    strangers::READING,
};

const AT_ONCE: usize = 64;
const METRICS: &str = "a token of the operator's monitoring";
const SETTINGS: [(&str, &str); 2] = [("RINGSIDE_DATABASE_CONNECTIONS", "2"), ("RINGSIDE_METRICS_TOKEN", METRICS)];

/// What each route's parameters are in this test, with the queries that it is asked with, and the status that it answers; a route that
/// cannot be read by 64 at once says why not.
fn addresses(path: &str, export: &str, mailing: &Mailing) -> Result<(Vec<String>, u16), &'static str> {
    let mut queries: Vec<String> = READING
        .iter()
        .filter(|(known, _)| *known == path)
        .map(|(_, arguments)| format!("?{}", serde_urlencoded(arguments)))
        .collect();
    match path {
        "/campaigns/{id}/live" | "/live" => return Err("it has no end: tried below"),
        "/set-password" => return Err("it needs a link: signing_in.rs"),
        "/first-start" => return Err("it needs a key: first_start.rs"),
        "/oidc/start" | "/oidc/callback" => return Err("it needs a provider: sso"),
        "/" => return Ok((vec!["/".to_owned()], 303)),
        "/language/{tag}" => return Ok((vec!["/language/vi".to_owned(), "/language/en?to=/calls".to_owned()], 303)),
        "/theme/{name}" => return Ok((vec!["/theme/dark".to_owned()], 303)),
        "/oidc/signed-out" => return Ok((vec![path.to_owned()], 303)),
        "/api/v1/customers" => queries.push("?campaign=tet&contact=kh-1".to_owned()),
        "/invitation" => queries.push(mailing.invitation.clone()),
        "/campaigns/{id}/calls" | "/calls" => queries.extend(["", "?call=c-1", "?q=kh-1"].map(str::to_owned)),
        "/fn/imports" => queries.extend(["?key=&query=".to_owned(), format!("?key={}&query=", mailing.import)]),
        "/import/{key}" => {
            return Ok((vec![format!("/import/{}", mailing.import), format!("/import/{}", mailing.checked)], 200));
        }
        "/settings/{part}" => {
            return Ok((app::settings::parts().map(|part| format!("/settings/{part}")).collect(), 200));
        }
        "/fn/settings" => queries.extend(app::settings::parts().map(|part| format!("?part={part}&query="))),
        _ => {}
    }
    if queries.is_empty() {
        queries.push(String::new());
    }
    let of_calls = path.starts_with("/calls/") || path.starts_with("/api/v1/calls/");
    let filled = path
        .replace("/operator/accounts/{id}", &format!("/operator/accounts/{}", mailing.account))
        .replace("/exports/{key}", &format!("/exports/{export}"))
        .replace("{key}", &mailing.import.to_string())
        .replace("{account}", &mailing.account.to_string())
        .replace("{mailing}", &mailing.key.to_string())
        .replace("{no}", "0")
        .replace("{id}", if of_calls { "c-1" } else { "tet" });
    let secret = if path.starts_with("/mail/workbook") { &mailing.link_secret } else { &mailing.stop_secret };
    let filled = filled.replace("{secret}", secret);
    assert!(!filled.contains('{'), "{path}: say what its parameters are");
    Ok((queries.into_iter().map(|query| format!("{filled}{query}")).collect(), 200))
}

fn serde_urlencoded(arguments: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(arguments).finish()
}

/// A mail that was sent, with the secrets of its links; an import that is stored, and one that waits for being confirmed; the query of
/// the link of an invitation.
#[derive(Default)]
struct Mailing {
    import: i64,
    checked: i64,
    invitation: String,
    account: i64,
    key: i64,
    stop_secret: String,
    link_secret: String,
}

async fn fill(at: &Harness) {
    at.stock().await;
    at.put("/api/v1/campaigns/khac", &json!({"name": "Khác", "voicebot": "bot"})).await.is(201);
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
        account: at.scope.account(),
        key: mail.mailing,
        stop_secret,
        link_secret: contents.link_secret,
        ..Mailing::default()
    }
}

/// Another account with the same in it. An account's readers have half of the connections: of one account alone, another connection
/// would always be free for whoever asked for a second one.
struct Neighbour {
    token: String,
    cookie: String,
}

async fn neighbours(at: &mut Harness) -> Vec<Neighbour> {
    let mut neighbours = Vec::new();
    for n in 1..=3 {
        let (scope, token) = account(&at.server.db, &format!("Công ty {n}")).await;
        let own = (std::mem::replace(&mut at.scope, scope), std::mem::replace(&mut at.token, token));
        fill(at).await;
        let email = format!("chu{n}@cty.vn");
        at.user(&email, Role::Owner).await;
        let cookie = at.sign_in(&email).await;
        at.scope = own.0;
        neighbours.push(Neighbour { token: std::mem::replace(&mut at.token, own.1), cookie });
    }
    neighbours
}

/// Whether each account has something of its own at this address.
fn is_common(path: &str) -> bool {
    !["{key}", "{secret}", "{account}", "{mailing}"].iter().any(|own| path.contains(own))
        && !path.starts_with("/operator")
        && !["/metrics", "/invitation"].contains(&path)
}

async fn everything_is_read_by_64_at_once(at: &mut Harness) {
    let neighbours = neighbours(at).await;
    let at = &*at;
    fill(at).await;
    at.user("chu@cty.vn", Role::Owner).await;
    mark(at, "chu@cty.vn").await;
    let cookie = at.sign_in("chu@cty.vn").await;
    let mut mailing = send_mail(at).await;
    let file = json!([call("i-1", "kh-1", "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), "DY")]).to_string();
    let import = Answer::of(at.api(Method::POST, "/api/v1/import?name=own.json").body(file)).await.is(202).json();
    mailing.import = import["id"].as_i64().unwrap();
    assert_eq!(at.run_due(StoreImport::KIND).await, 1);
    let file = json!([call("i-2", "kh-1", "2026-11-06T09:00:00+07:00", 4_000, Some(9_000), "DY")]).to_string();
    let form = at.api(Method::POST, "/api/v1/import?name=waits.json&check=true").body(file);
    mailing.checked = Answer::of(form).await.is(202).json()["id"].as_i64().unwrap();
    at.run_due(CheckImport::KIND).await;
    let asked = json!({"email": "lan@cty.vn", "role": "viewer", "link": true});
    let link = at.post("/api/v1/people", &asked).await.is(201).json()["link"].as_str().unwrap().to_owned();
    mailing.invitation = format!("?{}", link.split_once('?').unwrap().1);
    let asked = at.signed(Method::GET, "/campaigns/tet/calls.xlsx", &cookie).header("accept", "application/json");
    let export = Answer::of(asked).await.is(202).json()["address"].as_str().unwrap().to_owned();
    assert_eq!(at.build_exports().await, 1);
    let export = export.trim_start_matches("/exports/");

    let of_own_import = format!("key={}", mailing.import);
    let mut tried = 0;
    for (method, path) in server::router::list() {
        if method != Method::GET {
            continue;
        }
        let Ok((addresses, status)) = addresses(&path, export, &mailing) else { continue };
        for address in addresses {
            let (path, address) = (&path, &address);
            let asking = |n: usize| {
                let neighbour = (n % 4).checked_sub(1).map(|turn| &neighbours[turn]);
                // Who has nothing there keeps a connection busy by something else.
                let (asked, status) = match neighbour {
                    Some(_) if !is_common(path) || address.contains(&of_own_import) => {
                        ("/fn/overview?campaign=tet", 200)
                    }
                    _ => (address.as_str(), status),
                };
                let by_program = asked.starts_with("/api/");
                let by_script = asked.starts_with("/fn/");
                let token = neighbour.map_or(&at.token, |neighbour| &neighbour.token);
                let cookie = neighbour.map_or(&cookie, |neighbour| &neighbour.cookie);
                let request = if asked == "/metrics" {
                    at.bare(Method::GET, asked).bearer_auth(METRICS)
                } else if by_program {
                    at.bare(Method::GET, asked).bearer_auth(token)
                } else {
                    at.signed(Method::GET, asked, cookie)
                };
                let request = if by_script { request.header("accept", "application/json") } else { request };
                let as_page = n / 4 % 2 == 1 && !by_program && !by_script;
                let request = if as_page { request.header("accept", "text/html") } else { request };
                async move {
                    let answer = Answer::of(request).await;
                    // A page that leads on says it to scripts in a header of its own, with 200.
                    let leads_on = status == 303 && [200, 302].contains(&answer.status.as_u16());
                    assert!(answer.status == status || leads_on, "{path} ({address}): {}", answer.text());
                }
            };
            futures::stream::iter(0..AT_ONCE).map(asking).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
            tried += 1;
        }
    }
    assert!(tried > 100, "only {tried} addresses were tried");

    // Streams: all of them begin, though none of them ends; a session has a part of them at most.
    let sessions = [cookie.clone(), at.sign_in("chu@cty.vn").await];
    assert!(AT_ONCE <= sessions.len() * STREAMS_OF_A_SESSION);
    for path in ["/live", "/campaigns/tet/live"] {
        let begin = |n: usize| at.signed(Method::GET, path, &sessions[n % sessions.len()]).send();
        let streams: Vec<_> =
            futures::stream::iter(0..AT_ONCE).map(begin).buffer_unordered(AT_ONCE).try_collect().await.unwrap();
        assert!(streams.iter().all(|stream| stream.status() == 200), "{path}");
        Answer::of(at.signed(Method::GET, "/campaigns/tet", &cookie).header("accept", "text/html")).await.is(200);
    }
}

#[test]
fn sqlite_answers_64_readers_of_anything_with_two_connections() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/test.db", folder.path().display());
        let mut at = Harness::start(&address, folder, &SETTINGS).await;
        everything_is_read_by_64_at_once(&mut at).await;
        at.server.db.close().await;
    });
}

#[test]
fn postgres_answers_64_readers_of_anything_with_two_connections() {
    run(async {
        let database = PostgresDatabase::create().await;
        let mut at = Harness::start(&database.address, tempfile::tempdir().unwrap(), &SETTINGS).await;
        everything_is_read_by_64_at_once(&mut at).await;
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
