//! Long lists that are sent as CSV, and that nobody reads.

use domain::{Role, limits::LISTS_OF_AN_ACCOUNT};
use reqwest::{Client, Method, Response};
use serde_json::json;

use crate::harness::{Answer, Harness, PostgresDatabase, account, call, run};

const CONNECTIONS: (&str, &str) = ("RINGSIDE_DATABASE_CONNECTIONS", "2");
/// With long names, more than lies on the way between a server and a reader who takes nothing.
const CALLS: usize = 12_000;

async fn fill(at: &Harness) {
    at.stock().await;
    let calls: Vec<_> = (0..CALLS)
        .map(|n| {
            let mut call = call(&format!("c-{n}"), &format!("kh-{n}"), "2026-11-04T09:00:00+07:00", 5_000, None, "NA");
            call["contact"]["name"] = json!("ễ".repeat(300));
            call["cause"] = json!("c".repeat(128));
            call
        })
        .collect();
    at.post("/api/v1/calls", &json!(calls)).await.is(200);
}

/// Asks for a list by a connection of its own, and reads nothing of it.
async fn ask(at: &Harness, token: &str) -> Response {
    let request = Client::new().get(at.url("/api/v1/campaigns/tet/calls")).header("accept", "text/csv");
    request.bearer_auth(token).send().await.unwrap()
}

async fn lists_that_nobody_reads_hold_nothing(at: &Harness) {
    fill(at).await;
    at.user("lan@cty.vn", Role::Viewer).await;
    let cookie = at.sign_in("lan@cty.vn").await;
    let mut unread = Vec::new();
    for _ in 0..LISTS_OF_AN_ACCOUNT {
        let response = ask(at, &at.token).await;
        assert_eq!(response.status(), 200);
        unread.push(response);
    }
    // Others wait for the end of one of them, and are refused where none comes.
    let refused = futures::future::join_all((0..84).map(|_| ask(at, &at.token))).await;
    for response in refused {
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            bytes: response.bytes().await.unwrap().to_vec(),
        }
        .is_problem(429);
    }
    let (waits, ()) = tokio::join!(ask(at, &at.token), async { drop(unread.pop()) });
    assert_eq!(waits.status(), 200);
    unread.push(waits);
    // The same, and others, go on reading.
    let (_, other) = account(&at.server.db, "B").await;
    for _ in 0..4 {
        Answer::of(at.signed(Method::GET, "/campaigns/tet", &cookie).header("accept", "text/html")).await.is(200);
        Answer::of(at.bare(Method::GET, "/api/v1/campaigns").bearer_auth(&other)).await.is(200);
    }
    let few = at.api(Method::GET, "/api/v1/campaigns/tet/calls?contact=kh-1").header("accept", "text/csv");
    assert_eq!(Answer::of(few).await.is(200).text().lines().count(), 2, "a short list has a place");
    while at.server.db.pools().iter().any(|pool| pool.open > pool.idle) {
        tokio::task::yield_now().await;
    }
    // Who reads at last gets all of it.
    let late = unread.pop().unwrap().text().await.unwrap();
    assert_eq!(late.lines().count(), 1 + CALLS);
    // And who leaves gives the place back.
    drop(unread);
    assert_eq!(ask(at, &at.token).await.status(), 200);
}

#[test]
fn on_sqlite_lists_that_nobody_reads_hold_nothing() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/test.db", folder.path().display());
        let at = Harness::start(&address, folder, &[CONNECTIONS]).await;
        lists_that_nobody_reads_hold_nothing(&at).await;
        at.server.db.close().await;
    });
}

#[test]
fn on_postgres_lists_that_nobody_reads_hold_nothing() {
    run(async {
        let database = PostgresDatabase::create().await;
        let at = Harness::start(&database.address, tempfile::tempdir().unwrap(), &[CONNECTIONS]).await;
        lists_that_nobody_reads_hold_nothing(&at).await;
        at.server.db.close().await;
        database.remove().await;
    });
}
