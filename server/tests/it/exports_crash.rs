//! An export lives on: through a kill of the process at each step, a restart, and in every process on the same database.

use std::{io::Cursor, path::PathBuf, time::Duration};

use calamine::{Reader, Xlsx};
use domain::Role;
use reqwest::{Client, Method, Response, redirect::Policy};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection};

use crate::{
    commands::program,
    crash::Serving,
    harness::{Answer, Harness, PASSWORD, PostgresDatabase, call, run},
};

const EMAIL: &str = "lan@cty.vn";
/// So many calls take the program long enough to be met while it writes them.
const MANY: usize = 10_000;

async fn fill(at: &Harness, calls: usize) {
    at.stock().await;
    at.user(EMAIL, Role::Owner).await;
    let all: Vec<Value> = (0..calls)
        .map(|n| call(&format!("c-{n}"), &format!("kh-{n}"), "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), "DY"))
        .collect();
    for batch in all.chunks(5_000) {
        at.post("/api/v1/calls", &json!(batch)).await.is(200);
    }
}

/// A folder of the program with a campaign of so many calls.
struct Place {
    folder: tempfile::TempDir,
    calls: usize,
    cookie: String,
}

impl Place {
    async fn new(calls: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/data/ringside.db", folder.path().display());
        let at = Harness::start(&address, tempfile::tempdir().unwrap(), &[]).await;
        fill(&at, calls).await;
        at.server.db.close().await;
        let mut place = Self { folder, calls, cookie: String::new() };
        let serving = place.serve().await;
        let fields = [("email", EMAIL), ("password", PASSWORD), ("keep", "true")];
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request =
            client().post(serving.url("/sign-in")).header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(body).send().await.unwrap();
        place.cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        serving.stop().await;
        place
    }

    async fn serve(&self) -> Serving {
        Serving::start_by(program(self.folder.path(), &["serve"])).await
    }

    async fn get(&self, serving: &Serving, path: &str, accept: &str) -> Response {
        let request = client().get(serving.url(path)).header("cookie", &self.cookie).header("accept", accept);
        request.send().await.unwrap()
    }

    async fn json(&self, serving: &Serving, path: &str) -> Value {
        let answer = self.get(serving, path, "application/json").await;
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    /// Begins an export; gives its address.
    async fn begin(&self, serving: &Serving) -> String {
        self.json(serving, "/campaigns/tet/calls.xlsx").await["address"].as_str().unwrap().to_owned()
    }

    async fn sql(&self, sql: &str) {
        self.conn().await.execute(AssertSqlSafe(sql)).await.unwrap();
    }

    async fn conn(&self) -> SqliteConnection {
        let file = self.folder.path().join("data/ringside.db");
        SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap()
    }

    /// The state of the only export, and the state and tries of the only job that makes one.
    async fn states(&self) -> (String, String, i64) {
        let mut conn = self.conn().await;
        let sql = "SELECT e.status, j.status, j.attempts FROM exports e, jobs j WHERE j.kind = 'build_export'";
        let mut rows: Vec<(String, String, i64)> = sqlx::query_as(sql).fetch_all(&mut conn).await.unwrap();
        assert_eq!(rows.len(), 1, "one export and one job");
        rows.remove(0)
    }

    /// Waits until a process has the job.
    async fn until_running(&self) {
        let mut conn = self.conn().await;
        let sql = "SELECT status FROM jobs WHERE kind = 'build_export'";
        loop {
            let status: String = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
            match status.as_str() {
                "running" => return,
                "waiting" => tokio::time::sleep(Duration::from_millis(1)).await,
                other => panic!("{other}: the export was too quick to be met"),
            }
        }
    }

    /// The minute of a killed process' lease is over.
    async fn lease_ends(&self) {
        self.sql("UPDATE jobs SET due_at = 1 WHERE kind = 'build_export' AND due_at IS NOT NULL").await;
    }

    /// What is in the object store.
    fn objects(&self) -> Vec<PathBuf> {
        let folders = std::fs::read_dir(self.folder.path().join("data/recordings"));
        let folders = folders.into_iter().flatten().map(|entry| entry.unwrap().path());
        folders.flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path()).collect()
    }

    /// The same address leads to the whole file, which was kept once; gives the file.
    async fn is_finished(&self, serving: &Serving, address: &str, tries: i64) -> Vec<u8> {
        while self.json(serving, address).await["state"] == "running" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let shown = self.json(serving, address).await;
        assert_eq!(shown["state"], "ready", "{shown}");
        let file = format!("{address}/file");
        assert_eq!(shown["step"][0], file.as_str());
        let page = self.get(serving, address, "text/html").await.text().await.unwrap();
        assert!(page.contains(&format!("href=\"{file}\"")), "{page}");
        let answer = self.get(serving, &file, "*/*").await;
        assert_eq!(answer.status(), 200);
        let bytes = answer.bytes().await.unwrap().to_vec();
        assert_eq!(rows(&bytes), self.calls);
        assert_eq!(self.states().await, ("ready".to_owned(), "done".to_owned(), tries));
        assert_eq!(self.objects().len(), 1, "{:?}", self.objects());
        bytes
    }
}

fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().redirect(Policy::none()).build().unwrap()
}

/// The calls of a workbook: the rows of its sheet of calls, without the header.
fn rows(workbook: &[u8]) -> usize {
    let mut workbook = Xlsx::new(Cursor::new(workbook)).unwrap();
    let name = workbook.sheet_names().pop().unwrap();
    let sheet = workbook.worksheet_range(&name).unwrap();
    let ids = sheet.rows().filter(|row| row.iter().any(|cell| cell.to_string().starts_with("c-")));
    ids.count()
}

#[test]
fn an_export_that_waited_when_the_process_was_killed_is_made_by_the_next_one() {
    run(async {
        let place = Place::new(30).await;
        place
            .sql(
                "CREATE TRIGGER nobody_claims BEFORE UPDATE OF status ON jobs
                 WHEN NEW.kind = 'build_export' AND NEW.status = 'running'
                 BEGIN SELECT RAISE(ABORT, 'not yet'); END",
            )
            .await;
        let serving = place.serve().await;
        let address = place.begin(&serving).await;
        serving.logged("Jobs could not be looked for", 1).await;
        serving.kill();
        assert_eq!(place.states().await, ("waiting".to_owned(), "waiting".to_owned(), 0));
        place.sql("DROP TRIGGER nobody_claims").await;
        let serving = place.serve().await;
        place.is_finished(&serving, &address, 1).await;
    });
}

#[test]
fn an_export_that_was_being_made_when_the_process_was_killed_is_made_anew() {
    run(async {
        let place = Place::new(MANY).await;
        let serving = place.serve().await;
        let address = place.begin(&serving).await;
        place.until_running().await;
        serving.kill();
        assert_ne!(place.states().await.0, "ready");
        assert!(place.objects().is_empty());
        place.lease_ends().await;
        let serving = place.serve().await;
        place.is_finished(&serving, &address, 2).await;
    });
}

#[test]
fn a_file_that_was_kept_when_the_process_was_killed_is_written_over() {
    run(async {
        let place = Place::new(30).await;
        place
            .sql(
                "CREATE TRIGGER never_ready BEFORE UPDATE OF status ON exports WHEN NEW.status = 'ready'
                 BEGIN SELECT RAISE(ABORT, 'not yet'); END",
            )
            .await;
        let serving = place.serve().await;
        let address = place.begin(&serving).await;
        // The second try is followed by a pause.
        serving.logged("A job failed and is tried again", 2).await;
        assert_eq!(place.objects().len(), 1);
        serving.kill();
        assert_ne!(place.states().await.0, "ready");
        place.sql("DROP TRIGGER never_ready").await;
        place.lease_ends().await;
        let serving = place.serve().await;
        place.is_finished(&serving, &address, 3).await;
    });
}

#[test]
fn a_finished_export_is_there_after_a_kill() {
    run(async {
        let place = Place::new(30).await;
        let serving = place.serve().await;
        let address = place.begin(&serving).await;
        let before = place.is_finished(&serving, &address, 1).await;
        serving.kill();
        let serving = place.serve().await;
        assert_eq!(place.is_finished(&serving, &address, 1).await, before);
    });
}

#[test]
fn a_restart_gives_an_export_back_and_the_next_process_makes_it_at_once() {
    run(async {
        let place = Place::new(MANY).await;
        let serving = place.serve().await;
        let address = place.begin(&serving).await;
        place.until_running().await;
        serving.stop().await;
        let (export, job, _) = place.states().await;
        assert_ne!(export, "ready");
        assert_eq!(job, "waiting", "the next one need not wait for the lease's end");
        let serving = place.serve().await;
        place.is_finished(&serving, &address, 2).await;
    });
}

#[test]
fn two_servers_on_one_database_and_object_store_show_each_others_exports() {
    run(async {
        let database = PostgresDatabase::create().await;
        let kept = tempfile::tempdir().unwrap();
        let recordings = format!("file://{}", kept.path().display());
        let settings = [("RINGSIDE_RECORDINGS", recordings.as_str())];
        let one = Harness::start(&database.address, tempfile::tempdir().unwrap(), &settings).await;
        let two = one.another(&settings).await;
        fill(&one, 30).await;
        let cookie = one.sign_in(EMAIL).await;
        let ask = async |at: &Harness, path: &str, accept: &str| {
            Answer::of(at.signed(Method::GET, path, &cookie).header("accept", accept)).await
        };
        for (begins, makes) in [(&one, &one), (&one, &two), (&two, &one)] {
            let begun = ask(begins, "/campaigns/tet/calls.xlsx", "application/json").await.is(202).json();
            let address = begun["address"].as_str().unwrap();
            for at in [&one, &two] {
                assert_eq!(ask(at, address, "application/json").await.is(200).json()["state"], "running");
                ask(at, &format!("{address}/file"), "*/*").await.is(404);
            }
            assert_eq!(makes.build_exports().await, 1);
            assert_eq!(begins.build_exports().await, 0);
            let mut files = Vec::new();
            for at in [&one, &two] {
                assert_eq!(ask(at, address, "application/json").await.is(200).json()["state"], "ready");
                let page = ask(at, address, "text/html").await.is(200).text();
                assert!(page.contains(&format!("href=\"{address}/file\"")), "{page}");
                files.push(ask(at, &format!("{address}/file"), "*/*").await.is(200).bytes);
            }
            assert_eq!(rows(&files[0]), 30);
            assert_eq!(files[0], files[1]);
        }
        one.server.db.close().await;
        two.server.db.close().await;
        database.remove().await;
    });
}

#[test]
fn who_comes_second_does_not_delete_the_file_of_who_was_first() {
    run(async {
        let place = Place::new(30).await;
        // As another process would do it, which has had the job for longer than the lease.
        place
            .sql(
                "CREATE TRIGGER another_is_first AFTER UPDATE OF percent ON exports BEGIN
                   UPDATE exports SET status = 'ready', object = account_id || '/export-' || export_key, bytes = 100,
                     ended_at = asked_at, written = '{\"bytes\": 100, \"calls\": 30, \"agrees\": true}';
                 END",
            )
            .await;
        let serving = place.serve().await;
        place.begin(&serving).await;
        while place.states().await.1 != "done" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(place.objects().len(), 1);
        serving.kill();
    });
}
