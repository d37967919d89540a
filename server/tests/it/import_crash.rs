//! An import and its undoing go on where they were when the process was killed: nothing is lost, nothing is counted twice.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection};

use crate::{
    commands::program,
    crash::Serving,
    harness::{Harness, call, run},
};

/// Calls of several transactions.
const CALLS: i64 = 45_000;

struct Place {
    folder: tempfile::TempDir,
    token: String,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/data/ringside.db", folder.path().display());
        let at = Harness::start(&address, tempfile::tempdir().unwrap(), &[]).await;
        at.stock().await;
        at.server.db.close().await;
        Self { folder, token: at.token.clone() }
    }

    async fn serve(&self) -> Serving {
        Serving::start_by(program(self.folder.path(), &["serve"])).await
    }

    fn api(&self, serving: &Serving, method: Method, path: &str) -> RequestBuilder {
        let request = Client::new().request(method, serving.url(path));
        request.header("authorization", format!("Bearer {}", self.token))
    }

    async fn json(&self, request: RequestBuilder) -> Value {
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    async fn conn(&self) -> SqliteConnection {
        let file = self.folder.path().join("data/ringside.db");
        SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap()
    }

    /// Waits until a step has begun and is not over.
    async fn until_between(&self, state: &str, count: &str, holds: impl Fn(i64) -> bool) {
        let mut conn = self.conn().await;
        loop {
            let now: String = sqlx::query_scalar("SELECT status FROM imports").fetch_one(&mut conn).await.unwrap();
            assert_eq!(now, state, "the step was too quick to be met");
            let counted: i64 = sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut conn).await.unwrap();
            if holds(counted) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// The minute of a killed process' lease is over.
    async fn lease_ends(&self) {
        let sql = "UPDATE jobs SET due_at = 1 WHERE kind IN ('store_import', 'undo_import') AND due_at IS NOT NULL";
        self.conn().await.execute(sql).await.unwrap();
    }

    /// The import once it is in this state.
    async fn reaches(&self, serving: &Serving, id: &Value, state: &str) -> Value {
        loop {
            let import = self.json(self.api(serving, Method::GET, &format!("/api/v1/imports/{id}"))).await;
            match import["state"].as_str().unwrap() {
                now if now == state => return import,
                "storing" | "undoing" => tokio::time::sleep(Duration::from_millis(50)).await,
                other => panic!("{other}: {import}"),
            }
        }
    }
}

#[test]
fn an_import_and_its_undoing_survive_a_kill() {
    run(async {
        let place = Place::new().await;
        let serving = place.serve().await;
        let calls = (0..CALLS).map(|n| {
            let dialed = format!("2026-11-{:02}T09:{:02}:00+07:00", n % 20 + 1, n % 60);
            call(&format!("c-{n}"), &format!("kh-{}", n % 9_000), &dialed, 4_000, Some(9_000), "DY").to_string()
        });
        let file = calls.collect::<Vec<_>>().join("\n");
        let brought = place.json(place.api(&serving, Method::POST, "/api/v1/import?name=own.ndjson").body(file)).await;
        let id = brought["id"].clone();
        place.until_between("storing", "SELECT COUNT(*) FROM calls", |calls| (1..CALLS).contains(&calls)).await;
        serving.kill();
        place.lease_ends().await;
        let serving = place.serve().await;
        let done = place.reaches(&serving, &id, "done").await;
        let stored = &done["stored"];
        assert_eq!(
            json!([stored["accepted"], stored["updated"], stored["unchanged"], stored["rejected"]]),
            json!([CALLS, 0, 0, 0]),
            "what the killed process has stored counts as new, too"
        );
        let report = place.json(place.api(&serving, Method::GET, "/api/v1/campaigns/tet/report")).await;
        assert_eq!(json!([report["calls"]["total"], report["customers"]["total"]]), json!([CALLS, 9_000]));

        place.json(place.api(&serving, Method::POST, &format!("/api/v1/imports/{id}/undo"))).await;
        place.until_between("undoing", "SELECT COUNT(*) FROM calls", |calls| (1..CALLS).contains(&calls)).await;
        serving.kill();
        place.lease_ends().await;
        let serving = place.serve().await;
        place.reaches(&serving, &id, "undone").await;
        let report = place.json(place.api(&serving, Method::GET, "/api/v1/campaigns/tet/report")).await;
        assert_eq!(json!([report["calls"]["total"], report["customers"]["total"]]), json!([0, 0]));
        serving.stop().await;
        let verified = program(place.folder.path(), &["verify"]).output().unwrap();
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    });
}
