//! Many readers at once: every address that reads, 64 at a time, on a pool of two connections. A request that held one
//! connection and waited for another would stop them all.

use std::sync::Arc;

use domain::{DateRange, Period, ReportQuery, Role, Timestamp, limits::STREAMS_OF_A_SESSION};
use futures::{StreamExt, TryStreamExt};
use reqwest::Method;
use serde_json::json;
use store::Cost;

use crate::{
    every_address::Places,
    harness::{Answer, Harness, NOW, PostgresDatabase, both_engines, call, run, wav},
    operator::mark,
    sources::{RustSource, rust_sources},
};

const AT_ONCE: usize = 64;
/// Each of them asks for a part of the 64.
const ACCOUNTS: usize = 4;
/// The campaign of [`fill`] that is not completed.
const RUNNING: &str = "khac";
/// What customers' whole numbers are read by in lists, as `server::web::audited` has them.
const WITH_PHONES: [&str; 5] = [
    "/api/v1/calls",
    "/api/v1/calls/{id}",
    "/api/v1/campaigns/{id}/calls",
    "/api/v1/campaigns/{id}/contacts",
    "/api/v1/customers",
];
const METRICS: &str = "a token of the operator's monitoring";
const SETTINGS: [(&str, &str); 2] = [("RINGSIDE_DATABASE_CONNECTIONS", "2"), ("RINGSIDE_METRICS_TOKEN", METRICS)];

/// Two campaigns, of which `khac` stays the one that runs, with calls in which something is said.
async fn fill(at: &Harness) {
    at.stock().await;
    at.put("/api/v1/campaigns/khac", &json!({"name": "Khác", "voicebot": "bot"})).await.is(201);
    let calls: Vec<_> = (1..=200)
        .map(|n| {
            let talk = (n % 3 > 0).then_some(n * 500);
            let dialed = format!("2026-11-{:02}T09:{:02}:00+07:00", n % 20 + 1, n % 60);
            let code = if n % 3 > 0 { "DY" } else { "NA" };
            let mut record = call(&format!("c-{n}"), &format!("kh-{n}"), &dialed, 4_000, talk, code);
            if n % 2 == 0 {
                record["campaign"] = json!("khac");
            }
            if talk.is_some() {
                record["transcript"] = json!([
                    {"at": 0, "speaker": "bot", "text": "Alo em chào chị"},
                    {"at": 300, "speaker": "customer", "text": "Alo"},
                ]);
            }
            record
        })
        .collect();
    at.post("/api/v1/calls", &json!(calls)).await.is(200);
    let upload = at.api(Method::PUT, "/api/v1/calls/c-1/recording").header("content-type", "audio/wav").body(wav(1));
    Answer::of(upload).await.is(201);
}

/// One account, with a session and a token.
struct Account {
    at: Harness,
    owner: String,
    cookie: String,
    places: Places,
}

impl Account {
    async fn new(at: Harness, n: usize) -> Self {
        fill(&at).await;
        let owner = format!("chu-{n}@cty.vn");
        at.user(&owner, Role::Owner).await;
        mark(&at, &owner).await;
        let cookie = at.sign_in(&owner).await;
        let record = call("i", "kh-1", "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), "DY");
        let places = Places::make(&at, &cookie, &record).await;
        Self { at, owner, cookie, places }
    }

    /// A request as it comes of whom the route is for; of people, every other one is for a page.
    fn ask(
        &self,
        path: &str,
        (address, accept): &(String, Option<&'static str>),
        nth: usize,
    ) -> reqwest::RequestBuilder {
        let request = if path == "/metrics" {
            self.at.bare(Method::GET, address).bearer_auth(METRICS)
        } else if path.starts_with("/api/") {
            self.at.api(Method::GET, address)
        } else {
            self.at.signed(Method::GET, address, &self.cookie)
        };
        match accept {
            Some(accept) => request.header("accept", *accept),
            None if path.starts_with("/fn/") => request.header("accept", "application/json"),
            None if nth / ACCOUNTS % 2 == 1 => request.header("accept", "text/html"),
            None => request,
        }
    }
}

/// What a route answers; 200 but where it leads on, or is not for who is signed in.
fn status(path: &str) -> u16 {
    match path {
        "/" | "/language/{tag}" | "/theme/{name}" | "/oidc/signed-out" => 303,
        // There is somebody already, and nobody has a link: tried in first_start.rs and signing_in.rs.
        "/first-start" | "/set-password" => 410,
        // There is no provider of single sign-on: tried in sso.
        "/oidc/start" | "/oidc/callback" => 404,
        _ => 200,
    }
}

/// How many transactions an address may take, one after the other: what a page, a server function or a request of the API shows is of one
/// snapshot. Before whole numbers are sent it is looked up whether the log has been told of them, and else it is told; of files and recordings,
/// too, and they go out in slices.
fn transactions(path: &str, accept: Option<&str>) -> u64 {
    let is_file = accept.is_some()
        || [".csv", ".xlsx", "/recording", "/file"].iter().any(|end| path.ends_with(end))
        || ["/import/{key}/report", "/api/v1/imports/{key}/report"].contains(&path)
        || path.starts_with("/mail/workbook/");
    match path {
        _ if is_file => 4,
        path if WITH_PHONES.contains(&path) => 3,
        _ => 1,
    }
}

/// What an answer must hold where something is there to be found: else an address would be tried that reads nothing.
fn must_hold(path: &str, address: &str) -> Option<&'static str> {
    let (is_searched, of_running) = (address.contains("q=alo"), address.contains(RUNNING));
    match path {
        "/search" if is_searched => Some("<mark>"),
        "/fn/said" => Some("<mark>"),
        "/api/v1/said" => Some("\"found\":true"),
        "/campaigns/{id}" if of_running => Some("id=\"forecast\""),
        "/api/v1/campaigns/{id}/report" if of_running => Some("\"forecast\":{"),
        _ => None,
    }
}

async fn everything_is_read_by_64_at_once(at: Harness) {
    // An account's readers have half of the connections: of one account alone, another connection would always be free for whoever
    // asked for a second one.
    let mut accounts = Vec::new();
    for n in 1..ACCOUNTS {
        accounts.push(Account::new(at.of_account(&format!("Công ty {n}")).await, n).await);
    }
    accounts.push(Account::new(at, 0).await);
    let (mut routes, mut addresses, mut found) = (0, 0, 0);
    // That a token is used is noted once in a while.
    accounts[0].at.get("/api/v1/campaigns").await.is(200);
    for (method, path) in server::router::list() {
        // Streams have no end: tried below.
        if method != Method::GET || path.ends_with("/live") {
            continue;
        }
        let asked: Vec<_> = accounts.iter().map(|account| account.places.addresses(&path)).collect();
        for (nth_address, address) in asked[0].iter().enumerate() {
            // Alone: what a page shows is of one snapshot.
            let before = accounts[0].at.server.context.metrics.transactions();
            let answer = Answer::of(accounts[0].ask(&path, address, ACCOUNTS)).await;
            let taken = accounts[0].at.server.context.metrics.transactions() - before;
            assert!(taken <= transactions(&path, address.1), "{taken} transactions of {path} {address:?}");
            if address.1.is_none()
                && let Some(text) = must_hold(&path, &address.0)
            {
                assert!(answer.text().contains(text), "{text} is not in {address:?}: {}", answer.text());
                found += 1;
            }
            let asking = |nth: usize| {
                let (account, address) = (&accounts[nth % ACCOUNTS], &asked[nth % ACCOUNTS][nth_address]);
                let (request, path) = (account.ask(&path, address, nth), &path);
                async move {
                    let answer = Answer::of(request).await;
                    // A page that leads on says it to scripts in a header of its own, with 200.
                    let leads_on = status(path) == 303 && [200, 302].contains(&answer.status.as_u16());
                    assert!(
                        answer.status == status(path) || leads_on,
                        "{path} {address:?}: {} {}",
                        answer.status,
                        answer.text()
                    );
                }
            };
            futures::stream::iter(0..AT_ONCE).map(asking).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
            addresses += 1;
        }
        routes += 1;
    }
    assert!(routes > 85 && addresses > 150, "only {routes} routes were tried, by {addresses} addresses");
    assert!(found >= 7, "only {found} answers had to hold something");

    // Streams: all of them begin, though none of them ends; a session has a part of them at most.
    let account = &accounts[0];
    let sessions = [account.cookie.clone(), account.at.sign_in(&account.owner).await];
    assert!(AT_ONCE <= sessions.len() * STREAMS_OF_A_SESSION);
    for path in ["/live", "/campaigns/tet/live"] {
        let begin = |n: usize| account.at.signed(Method::GET, path, &sessions[n % sessions.len()]).send();
        let streams: Vec<_> =
            futures::stream::iter(0..AT_ONCE).map(begin).buffer_unordered(AT_ONCE).try_collect().await.unwrap();
        assert!(streams.iter().all(|stream| stream.status() == 200), "{path}");
        let page = account.at.signed(Method::GET, "/campaigns/tet", &account.cookie).header("accept", "text/html");
        Answer::of(page).await.is(200);
    }
    account.at.server.db.close().await;
}

#[test]
fn sqlite_answers_64_readers_of_anything_with_two_connections() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/test.db", folder.path().display());
        everything_is_read_by_64_at_once(Harness::start(&address, folder, &SETTINGS).await).await;
    });
}

#[test]
fn postgres_answers_64_readers_of_anything_with_two_connections() {
    run(async {
        let database = PostgresDatabase::create().await;
        let at = Harness::start(&database.address, tempfile::tempdir().unwrap(), &SETTINGS).await;
        everything_is_read_by_64_at_once(at).await;
        database.remove().await;
    });
}

const OVERVIEW: [&str; 2] = ["/fn/overview?campaign=tet", "/campaigns/tet"];
/// The same of the comparison of a campaign with itself, which says why its rates are other ones, too.
const COMPARED: [&str; 2] = [
    "/fn/compare?query=campaign%3Dtet%26from%3D2026-11-11%26to%3D2026-11-20%26against%3Dprevious",
    "/compare?campaign=tet&from=2026-11-11&to=2026-11-20&against=previous",
];

/// What one reader of a page asks of the database, and what a hundred ask after one change. The page is asked for as it is opened, and
/// what it takes anew.
async fn a_hundred_viewers_cost_one_read(at: &Harness, paths: [&str; 2], known_costs: u64) {
    let cookie = at.sign_in("chu@cty.vn").await;
    let open = |nth: usize| {
        let is_function = nth.is_multiple_of(2);
        let accept = if is_function { "application/json" } else { "text/html" };
        Answer::of(at.signed(Method::GET, paths[nth % 2], &cookie).header("accept", accept))
    };
    let change = async |n: i64| {
        let dialed = format!("2026-11-21T10:00:{:02}+07:00", n % 60);
        let id = format!("d-{n}-{}", paths[0]);
        let record = call(&id, &format!("kh-{n}"), &dialed, 4_000, Some(9_000), "DY");
        at.post("/api/v1/calls", &json!([record])).await.is(200);
    };
    let cost = async |viewers: usize| {
        let before = at.server.context.metrics.statements();
        let asked = futures::stream::iter(0..viewers).map(open).buffer_unordered(AT_ONCE);
        let answers: Vec<Answer> = asked.collect().await;
        assert!(answers.iter().all(|answer| answer.status == 200));
        at.server.context.metrics.statements() - before
    };
    change(1).await;
    assert!(open(0).await.text().contains("2026"), "something is shown");
    change(2).await;
    let first = cost(1).await;
    let known = cost(1).await;
    assert!(known < first, "{known} statements where nothing changed, {first} after a change");
    change(3).await;
    let hundred = cost(100).await;
    // Whoever comes after the first asks who they are and which revision it is, and nothing of the report.
    assert_eq!(known, known_costs, "{paths:?}");
    assert!(
        hundred <= first + 99 * known,
        "{hundred} statements for a hundred viewers; {first} for the first, {known} later"
    );
}

/// The statements of a reader of a page that somebody has read since the last change (docs/PERFORMANCE.md, "Under load").
const KNOWN_COSTS: u64 = 5;
/// Of the comparison: for each of two periods the campaign and whether its report and its parts are those of today, then what else may be
/// chosen.
const KNOWN_COSTS_COMPARED: u64 = 24;

both_engines! {
    async fn a_report_and_a_comparison_are_read_once_for_a_hundred_viewers(at) {
        fill(at).await;
        at.user("chu@cty.vn", Role::Owner).await;
        a_hundred_viewers_cost_one_read(at, OVERVIEW, KNOWN_COSTS).await;
        a_hundred_viewers_cost_one_read(at, COMPARED, KNOWN_COSTS_COMPARED).await;
    }
}

both_engines! {
    /// However many calls there are: docs/ARCHITECTURE.md, "How a report goes out".
    async fn a_report_costs_eleven_statements_a_plan_two_more_and_a_forecast_five(at) {
        fill(at).await;
        let cost = Arc::new(Cost::default());
        let db = at.server.db.counting(&cost);
        let range = |from: &str, to: &str| Period::Custom(DateRange { from: from.parse().unwrap(), to: to.parse().unwrap() });
        let periods = [Period::Whole, Period::Last7Days, range("2026-11-01", "2026-11-30"), range("2026-11-02", "2026-11-02"), range("2024-01-01", "2026-11-30")];
        let mut most = 0;
        let (none, plan) = (json!({}), json!({"first_day": "2026-11-02", "redials": [{"code": "NA", "times": 1, "pause_minutes": 90}]}));
        // The rules of a plan say how often customers are called at most, which is not looked for then.
        for (plan, state, allowed) in [(&none, "paused", 11), (&plan, "paused", 13), (&none, "running", 16), (&plan, "running", 17)] {
            at.put("/api/v1/campaigns/tet", &json!({"name": "Tết 2027", "voicebot": "bot", "plan": plan, "state": state})).await.is(200);
            for period in periods {
                let before = cost.statements();
                let query = ReportQuery { campaign: "tet".parse().unwrap(), period };
                store::report::read(&mut db.read().await.unwrap(), &at.scope, &query, Timestamp(NOW)).await.unwrap().unwrap();
                let asked = cost.statements() - before;
                assert!(asked <= allowed, "{asked} statements for {query:?}");
                most = most.max(asked);
            }
        }
        assert_eq!(most, 17, "what the documents say is not too much");
    }
}

/// Read from the sources: no function takes the request's connection twice, as two arguments that are extractors. The types keep a handler
/// from a second connection once it has one; which extractors it names is its own.
#[test]
fn no_handler_names_two_ways_to_the_database() {
    const WAYS: [&str; 2] = ["Database", "Snapshot"];
    let mut taking = 0;
    for RustSource { path, code } in rust_sources("server/src") {
        for function in code.split("fn ").skip(1) {
            let arguments = function.split_once(['{', ';']).map_or(function, |(head, _)| head);
            let words = arguments.split(|c: char| !c.is_alphanumeric() && c != '_');
            // `Snapshot(conn): Snapshot` names it twice for one.
            let patterns = WAYS.iter().map(|way| arguments.matches(&format!("{way}(")).count()).sum::<usize>();
            let ways = words.filter(|word| WAYS.contains(word)).count() - patterns;
            assert!(ways < 2, "{}: {arguments}", path.display());
            taking += ways;
        }
    }
    assert!(taking > 100, "{taking} functions take the database");
}

/// Read from the sources: the request's snapshot is asked for by the first line of a server function, and by nothing that it calls.
#[test]
fn a_server_function_begins_to_read_once_in_its_first_line() {
    let mut functions = 0;
    for RustSource { path, code } in rust_sources("app/src") {
        let lines: Vec<&str> = code.lines().map(str::trim).collect();
        for (no, line) in lines.iter().enumerate().filter(|(_, line)| line.contains("begin_read()")) {
            if line.starts_with("pub(crate) async fn begin_read()") {
                continue;
            }
            let begun = (0..no).rev().find(|&no| lines[no].starts_with("pub async fn ")).map(|no| lines[no - 1]);
            let is_first = lines[no - 1].contains("-> Result<") && lines[no - 1].ends_with('{');
            assert!(
                is_first && begun.is_some_and(|line| line.starts_with("#[server")),
                "{}:{}",
                path.display(),
                no + 1
            );
            functions += 1;
        }
    }
    assert!(functions > 10, "{functions} functions read");
}
