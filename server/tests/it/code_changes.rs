//! What a code counts as is changed on many stored calls: while batches come in, while many read, and over a kill.

use std::{
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    time::Duration,
};

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};

use crate::{
    commands::program,
    crash::Serving,
    harness::{Harness, PostgresDatabase, call, run},
};

/// More than are counted anew in the request itself.
const CALLS: usize = 24_000;
const READERS: usize = 64;

fn calls(from: usize, n: usize) -> Value {
    let one = |n: usize| {
        let dialed = format!("2026-11-{:02}T09:{:02}:{:02}+07:00", n % 20 + 1, n / 60 % 60, n % 60);
        let (code, talk) = match n % 4 {
            0 => ("NA", None),
            1 => ("DY", Some(40_000)),
            _ => ("SC", Some(3_000 + n as i64 % 50_000)),
        };
        call(&format!("c-{n}"), &format!("kh-{}", n * 7 % 9_001), &dialed, 4_000, talk, code)
    };
    json!((from..from + n).map(one).collect::<Vec<_>>())
}

/// Whether everything in a report goes by one meaning of SC; `true`: the new one.
fn is_changed(report: &Value) -> bool {
    let rows = |part: &str| report[part].as_array().unwrap().clone();
    let n = |value: &Value| value.as_u64().unwrap();
    let sum = |part: &str, figure: &str| rows(part).iter().map(|row| n(&row[figure])).sum::<u64>();
    let class = |wanted: &str| {
        rows("by_code").iter().filter(|row| row["class"] == wanted).map(|row| n(&row["calls"])).sum::<u64>()
    };
    for figure in ["success", "failed", "error"] {
        let counted = n(&report["calls"][figure]);
        assert_eq!(counted, class(figure), "{figure} by code");
        assert_eq!(counted, sum("by_attempt", figure), "{figure} by attempt");
        assert_eq!(counted, sum("trend", figure), "{figure} by day");
    }
    assert_eq!(sum("heatmap", "success"), n(&report["calls"]["success"]));
    assert_eq!(sum("heatmap", "answered"), n(&report["calls"]["answered"]));
    assert_eq!(sum("by_attempt", "newly_reached"), n(&report["customers"]["reached"]));
    assert_eq!(report["funnel"]["reached"], report["customers"]["reached"]);
    let sc = rows("by_code").into_iter().find(|row| row["code"] == "SC").unwrap();
    sc["class"] == "failed"
}

struct Place {
    folder: tempfile::TempDir,
    token: String,
    /// The database's address.
    address: String,
}

/// The database, beside the program that works with it.
enum Beside {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Beside {
    async fn text(&mut self, sql: &'static str) -> Option<String> {
        match self {
            Self::Sqlite(conn) => sqlx::query_scalar(sql).fetch_optional(conn).await.unwrap(),
            Self::Postgres(conn) => sqlx::query_scalar(sql).fetch_optional(conn).await.unwrap(),
        }
    }

    async fn number(&mut self, sql: &'static str) -> i64 {
        match self {
            Self::Sqlite(conn) => sqlx::query_scalar(sql).fetch_one(conn).await.unwrap(),
            Self::Postgres(conn) => sqlx::query_scalar(sql).fetch_one(conn).await.unwrap(),
        }
    }

    async fn execute(&mut self, sql: &'static str) {
        match self {
            Self::Sqlite(conn) => conn.execute(sql).await.map(drop).unwrap(),
            Self::Postgres(conn) => conn.execute(sql).await.map(drop).unwrap(),
        }
    }
}

impl Place {
    /// On SQLite.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/data/ringside.db", folder.path().display());
        Self::on(folder, address).await
    }

    async fn on(folder: tempfile::TempDir, address: String) -> Self {
        let at = Harness::start(&address, tempfile::tempdir().unwrap(), &[]).await;
        at.stock().await;
        at.server.db.close().await;
        Self { folder, token: at.token.clone(), address }
    }

    fn program(&self, argument: &str) -> std::process::Command {
        let mut program = program(self.folder.path(), &[argument]);
        program.env("RINGSIDE_DATABASE_URL", &self.address);
        program
    }

    async fn serve(&self) -> Serving {
        Serving::start_by(self.program("serve")).await
    }

    fn api(&self, client: &Client, serving: &Serving, method: Method, path: &str) -> RequestBuilder {
        client.request(method, serving.url(path)).header("authorization", format!("Bearer {}", self.token))
    }

    async fn report(&self, client: &Client, serving: &Serving, query: &str) -> Value {
        let path = format!("/api/v1/campaigns/tet/report{query}");
        let answer = self.api(client, serving, Method::GET, &path).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    async fn post(&self, client: &Client, serving: &Serving, calls: &Value) {
        let request = self.api(client, serving, Method::POST, "/api/v1/calls").body(calls.to_string());
        let answer = request.header("content-type", "application/json").send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    async fn count_short_calls_as(&self, client: &Client, serving: &Serving, class: &str) -> Value {
        let body = json!({"label_vi": "Cuộc gọi ngắn", "label_en": "Short call", "counts_as": class});
        let request = self.api(client, serving, Method::PUT, "/api/v1/result-codes/SC").body(body.to_string());
        let answer = request.header("content-type", "application/json").send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    async fn is_coming(&self, client: &Client, serving: &Serving) -> bool {
        let answer = self.api(client, serving, Method::GET, "/api/v1/result-codes").send().await.unwrap();
        let codes: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        !codes["coming"].as_array().unwrap().is_empty()
    }

    async fn beside(&self) -> Beside {
        if self.address.starts_with("sqlite:") {
            Beside::Sqlite(SqliteConnection::connect(&self.address).await.unwrap())
        } else {
            Beside::Postgres(PgConnection::connect(&self.address).await.unwrap())
        }
    }

    fn verify(&self) {
        let verified = self.program("verify").output().unwrap();
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    }

    /// Waits until the change is in this phase.
    async fn until(&self, phase: &str) {
        let mut beside = self.beside().await;
        loop {
            let now = beside.text("SELECT phase FROM code_changes").await;
            assert!(now.is_some(), "the change was too quick to be met {phase}");
            if now.as_deref() == Some(phase) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

#[test]
fn on_sqlite_a_change_of_a_code_survives_kills_before_and_after_it_is_in_force() {
    run(async { a_change_survives_kills(&Place::new().await).await });
}

#[test]
fn on_postgres_a_change_of_a_code_survives_kills_before_and_after_it_is_in_force() {
    run(async {
        let database = PostgresDatabase::create().await;
        a_change_survives_kills(&Place::on(tempfile::tempdir().unwrap(), database.address.clone()).await).await;
        database.remove().await;
    });
}

async fn a_change_survives_kills(place: &Place) {
    let client = Client::new();
    let mut serving = place.serve().await;
    for from in (0..CALLS).step_by(4_000) {
        place.post(&client, &serving, &calls(from, 4_000)).await;
    }
    let old = place.report(&client, &serving, "").await;
    assert!(!is_changed(&old));
    let answer = place.count_short_calls_as(&client, &serving, "failed").await;
    assert_eq!((&answer["result"], &answer["meaning"]), (&json!("created"), &json!("under_way")));
    for phase in ["preparing", "settling"] {
        place.until(phase).await;
        serving.kill();
        place.verify();
        let sql = "UPDATE jobs SET due_at = 1 WHERE kind = 'change_codes' AND due_at IS NOT NULL";
        place.beside().await.execute(sql).await;
        serving = place.serve().await;
    }
    let mut beside = place.beside().await;
    while beside.number("SELECT COUNT(*) FROM code_changes").await > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let new = place.report(&client, &serving, "").await;
    assert!(is_changed(&new));
    assert_eq!(old["calls"]["answered"], new["calls"]["answered"]);
    assert_eq!(old["cost"], new["cost"]);
    serving.stop().await;
    place.verify();
}

#[test]
fn many_who_read_while_a_code_is_changed_see_old_or_new_figures_and_no_mixture() {
    run(async {
        let (place, client) = (Place::new().await, Client::new());
        let serving = place.serve().await;
        for from in (0..CALLS).step_by(4_000) {
            place.post(&client, &serving, &calls(from, 4_000)).await;
        }
        let is_over = AtomicBool::new(false);
        let reading = async |n: usize| {
            let query = ["", "?from=2026-11-01&to=2026-11-20"][n % 2];
            let (mut reports, mut changed) = (0, false);
            loop {
                let over = is_over.load(SeqCst);
                let report = place.report(&client, &serving, query).await;
                if n % 2 == 1 {
                    // In a range that holds every call it is the same figures, by other rollups.
                    assert!(report["customers"]["total"].as_u64().unwrap() > 0);
                }
                let now = is_changed(&report);
                assert!(now || !changed, "what was in force stays so");
                changed = now;
                reports += 1;
                if over {
                    assert!(changed);
                    return reports;
                }
            }
        };
        let changing = async {
            place.count_short_calls_as(&client, &serving, "failed").await;
            let mut n = CALLS;
            while place.is_coming(&client, &serving).await || n < CALLS + 2_000 {
                // New calls, and some of those that are stored once more, with other codes.
                place.post(&client, &serving, &calls(n, 200)).await;
                let mut again = calls(n % 5_000, 100);
                for call in again.as_array_mut().unwrap().iter_mut().filter(|call| call["answered_at"].is_number()) {
                    call["result_code"] = json!(["SC", "DY"][n / 200 % 2]);
                }
                place.post(&client, &serving, &again).await;
                n += 200;
            }
            is_over.store(true, SeqCst);
        };
        let (reports, ()) = futures::join!(futures::future::join_all((0..READERS).map(reading)), changing);
        assert!(reports.iter().all(|reports| *reports > 1), "{reports:?}");
        serving.stop().await;
        place.verify();
    });
}
