//! An export lives on: through a kill of the process at each step, a restart, and in every process on the same database.

use std::{io::Cursor, time::Duration};

use calamine::{Reader, Xlsx};
use domain::Role;
use reqwest::{Client, Method, Response, redirect::Policy};
use serde_json::{Value, json};

use crate::{
    crash::Serving,
    harness::{Answer, Harness, PASSWORD, PostgresDatabase, call, run},
    place::{Place, on_each_engine},
};

const EMAIL: &str = "lan@cty.vn";
/// So many calls take the program long enough to be stopped while it writes them.
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

/// The program at a place with a campaign of so many calls, and somebody who is signed in.
struct Exporting<'p> {
    place: &'p Place,
    calls: usize,
    cookie: String,
}

impl<'p> Exporting<'p> {
    async fn new(place: &'p Place, calls: usize) -> Self {
        let at = place.beside(&[]).await;
        fill(&at, calls).await;
        at.server.db.close().await;
        // By the clock of the program.
        let serving = place.serve().await;
        let fields = [("email", EMAIL), ("password", PASSWORD), ("keep", "true")];
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request =
            client().post(serving.url("/sign-in")).header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(body).send().await.unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        serving.stop().await;
        Self { place, calls, cookie }
    }

    async fn serve(&self) -> Serving {
        self.place.serve().await
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

    /// The state of the only export, and the state and tries of the only job that makes one.
    async fn states(&self) -> (String, String, i64) {
        let sql = "SELECT e.status, j.status, j.attempts FROM exports e, jobs j WHERE j.kind = 'build_export'";
        let mut rows: Vec<(String, String, i64)> = self.place.rows(sql).await;
        assert_eq!(rows.len(), 1, "one export and one job");
        rows.remove(0)
    }

    async fn lease_ends(&self) {
        self.place.lease_ends("build_export").await;
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
        assert_eq!(self.place.objects().len(), 1, "{:?}", self.place.objects());
        bytes
    }
}

/// A process has the job that makes the export.
const IS_RUNNING: &str = "SELECT COUNT(*) FROM jobs WHERE kind = 'build_export' AND status = 'running'";

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

on_each_engine! {
    async fn an_export_that_waited_when_the_process_was_killed_is_made_by_the_next_one(place) {
        let exporting = Exporting::new(place, 30).await;
        let claims = "NEW.kind = 'build_export' AND NEW.status = 'running'";
        place.fails("nobody_claims", "BEFORE UPDATE OF status ON jobs", claims).await;
        let serving = exporting.serve().await;
        let address = exporting.begin(&serving).await;
        serving.logged("Jobs could not be looked for", 1).await;
        serving.kill();
        assert_eq!(exporting.states().await, ("waiting".to_owned(), "waiting".to_owned(), 0));
        place.without("nobody_claims", "jobs").await;
        let serving = exporting.serve().await;
        exporting.is_finished(&serving, &address, 1).await;
    }

    async fn an_export_that_was_being_made_when_the_process_was_killed_is_made_anew(place) {
        let exporting = Exporting::new(place, 30).await;
        place.hold_up("BEFORE UPDATE OF percent ON exports", "NEW.status = 'running'").await;
        let serving = exporting.serve().await;
        let address = exporting.begin(&serving).await;
        place.until(IS_RUNNING).await;
        serving.kill();
        place.let_go("exports").await;
        assert_ne!(exporting.states().await.0, "ready");
        assert!(place.objects().is_empty());
        exporting.lease_ends().await;
        let serving = exporting.serve().await;
        exporting.is_finished(&serving, &address, 2).await;
    }

    async fn a_file_that_was_kept_when_the_process_was_killed_is_written_over(place) {
        let exporting = Exporting::new(place, 30).await;
        place.hold_up("BEFORE UPDATE OF status ON exports", "NEW.status = 'ready'").await;
        let serving = exporting.serve().await;
        let address = exporting.begin(&serving).await;
        place.until(IS_RUNNING).await;
        // Under its own name, it is whole.
        while !place.objects().iter().any(|object| !object.to_string_lossy().contains('#')) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        serving.kill();
        place.let_go("exports").await;
        assert_ne!(exporting.states().await.0, "ready");
        exporting.lease_ends().await;
        let serving = exporting.serve().await;
        exporting.is_finished(&serving, &address, 2).await;
    }

    async fn a_finished_export_is_there_after_a_kill(place) {
        let exporting = Exporting::new(place, 30).await;
        let serving = exporting.serve().await;
        let address = exporting.begin(&serving).await;
        let before = exporting.is_finished(&serving, &address, 1).await;
        serving.kill();
        let serving = exporting.serve().await;
        assert_eq!(exporting.is_finished(&serving, &address, 1).await, before);
    }

    async fn a_restart_gives_an_export_back_and_the_next_process_makes_it_at_once(place) {
        let exporting = Exporting::new(place, MANY).await;
        let serving = exporting.serve().await;
        let address = exporting.begin(&serving).await;
        place.until(IS_RUNNING).await;
        serving.stop().await;
        let (export, job, _) = exporting.states().await;
        assert_ne!(export, "ready");
        assert_eq!(job, "waiting", "the next one need not wait for the lease's end");
        let serving = exporting.serve().await;
        exporting.is_finished(&serving, &address, 2).await;
    }

    async fn who_comes_second_does_not_delete_the_file_of_who_was_first(place) {
        let exporting = Exporting::new(place, 30).await;
        // As another process would do it, which has had the job for longer than the lease.
        let is_first = "UPDATE exports SET status = 'ready', object = account_id || '/export-' || export_key, bytes = 100,
                          ended_at = asked_at, written = '{\"bytes\": 100, \"calls\": 30, \"agrees\": true}';";
        place.also("another_is_first", "AFTER UPDATE OF percent ON exports", "NEW.percent >= 0", is_first).await;
        let serving = exporting.serve().await;
        exporting.begin(&serving).await;
        place.until("SELECT COUNT(*) FROM jobs WHERE kind = 'build_export' AND status = 'done'").await;
        assert_eq!(place.objects().len(), 1);
        serving.kill();
    }
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
