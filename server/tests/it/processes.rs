//! Several processes of the program on one database share the jobs.

use std::{collections::BTreeMap, path::Path, time::Duration};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use tokio::net::TcpListener;

use crate::{
    commands::program,
    crash::Serving,
    harness::{Harness, PostgresDatabase, call, run},
    mail::{MailServer, header},
    mail_crash::Mailing,
    place::Place,
};

/// With this, the log says when the runner looks for jobs and when it sleeps (server/src/jobs/runner.rs).
const LOG: &str = "info,server::jobs=trace,store::live=debug";

/// Resolves once so many jobs have ended, changes of other processes are followed and the runner sleeps. It looks for jobs by the clock
/// only after five minutes, unless one is due before.
async fn sleeps(serving: &Serving, ended: usize) {
    let sleeps = |lines: &[String]| {
        let count = |words: &str| lines.iter().filter(|line| line.contains(words)).count();
        let last =
            lines.iter().rfind(|line| line.contains("The runner ")).is_some_and(|line| line.contains("of jobs sleeps"));
        last && count("Other processes' changes are followed") > 0
            && count("The runner looks for jobs: one ended") >= ended
    };
    serving.logged_so(sleeps).await;
}

/// What comes within two minutes was not waited for until the clock came round.
async fn woken(done: impl Future<Output = ()>) {
    tokio::time::timeout(Duration::from_mins(2), done).await.expect("nobody woke the runner");
}

/// A database with an account and a campaign, and what the processes on it have in common.
struct Shared {
    database: String,
    token: String,
    folder: tempfile::TempDir,
}

impl Shared {
    async fn new(database: &str, recipients: &[String]) -> Self {
        let at = Harness::start(database, tempfile::tempdir().unwrap(), &[]).await;
        at.stock().await;
        let campaign = json!({"name": "T", "voicebot": "bot", "report_emails": recipients});
        at.put("/api/v1/campaigns/tet", &campaign).await.is(200);
        at.server.db.close().await;
        Self { database: database.to_owned(), token: at.token.clone(), folder: tempfile::tempdir().unwrap() }
    }

    async fn serve(&self, smtp: Option<&str>, from: &str) -> Serving {
        let mut command = program(self.folder.path(), &["serve"]);
        command.env("RINGSIDE_LOG", LOG);
        command.env("RINGSIDE_DATABASE_URL", &self.database).env("RINGSIDE_MAIL_FROM", from);
        command.env("RINGSIDE_RECORDINGS", format!("file://{}/recordings", self.folder.path().display()));
        if let Some(smtp) = smtp {
            command.env("RINGSIDE_SMTP_URL", smtp);
        }
        Serving::start_by(command).await
    }

    async fn ask(&self, serving: &Serving, method: Method, path: &str) -> Value {
        let request = Client::new().request(method, serving.url(path)).bearer_auth(&self.token);
        let answer = request.header("content-type", "application/json").body("{}").send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    async fn complete(&self, serving: &Serving) {
        self.ask(serving, Method::POST, "/api/v1/campaigns/tet/complete").await;
    }

    /// Waits until every mail is sent.
    async fn all_sent(&self, serving: &Serving) {
        loop {
            let answer = self.ask(serving, Method::GET, "/api/v1/campaigns/tet/deliveries").await;
            if answer["deliveries"].as_array().unwrap().iter().all(|mail| mail["status"] == "sent") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn addresses(local: &str, count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{local}{n}@antam.vn")).collect()
}

/// How often each address was reached.
fn reached(mails: &[Value]) -> BTreeMap<String, usize> {
    let mut reached = BTreeMap::new();
    for mail in mails {
        *reached.entry(mail["to"][0].as_str().unwrap().to_owned()).or_default() += 1;
    }
    reached
}

fn each_once(recipients: &[String]) -> BTreeMap<String, usize> {
    recipients.iter().map(|address| (address.clone(), 1)).collect()
}

#[test]
fn two_processes_send_each_mail_once() {
    run(async {
        let (database, smtp) = (PostgresDatabase::create().await, MailServer::start());
        let recipients = addresses("slow", 24);
        let shared = Shared::new(&database.address, &recipients).await;
        let one = shared.serve(Some(&smtp.url()), "a@one.example").await;
        let two = shared.serve(Some(&smtp.url()), "a@two.example").await;
        shared.complete(&one).await;
        shared.all_sent(&two).await;
        let mails = smtp.mails();
        assert_eq!(reached(&mails), each_once(&recipients));
        let by = |host: &str| mails.iter().filter(|mail| header(mail, "Message-ID").contains(host)).count();
        assert!(by("one.example") > 0 && by("two.example") > 0, "both send");
        one.kill();
        two.kill();
        database.remove().await;
    });
}

#[test]
fn two_processes_store_each_file_once() {
    run(async {
        const CALLS: usize = 200;
        let database = PostgresDatabase::create().await;
        let shared = Shared::new(&database.address, &[]).await;
        let both = [shared.serve(None, "a@one.example").await, shared.serve(None, "a@two.example").await];
        for n in 0..8 {
            let one = |nth: usize| {
                let dialed = format!("2026-11-04T09:{:02}:00+07:00", nth % 60);
                call(&format!("c-{n}-{nth}"), &format!("kh-{nth}"), &dialed, 4_000, Some(9_000), "DY").to_string()
            };
            let file = (0..CALLS).map(one).collect::<Vec<_>>().join("\n");
            let url = both[n % 2].url(&format!("/api/v1/import?name={n}.ndjson"));
            let sent = Client::new().post(url).bearer_auth(&shared.token).body(file).send().await.unwrap();
            assert_eq!(sent.status(), 202);
        }
        let imports = loop {
            let listed = shared.ask(&both[0], Method::GET, "/api/v1/imports").await;
            let imports = listed["imports"].as_array().unwrap().clone();
            if imports.iter().all(|import| import["state"] == "done") {
                break imports;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let counts = |import: &Value| {
            ["accepted", "updated", "unchanged", "rejected"].map(|count| import["stored"][count].as_u64().unwrap())
        };
        assert!(
            imports.len() == 8 && imports.iter().all(|import| counts(import) == [CALLS as u64, 0, 0, 0]),
            "{imports:?}"
        );
        for serving in &both {
            let report = shared.ask(serving, Method::GET, "/api/v1/campaigns/tet/report").await;
            assert_eq!(json!([report["calls"]["total"], report["customers"]["total"]]), json!([8 * CALLS, CALLS]));
        }
        for serving in both {
            serving.kill();
        }
        database.remove().await;
    });
}

#[test]
fn what_a_killed_process_had_claimed_another_one_ends_after_the_lease() {
    run(async {
        let (database, smtp) = (PostgresDatabase::create().await, MailServer::start());
        let recipients = addresses("a", 6);
        let shared = Shared::new(&database.address, &recipients).await;
        // Its mail server takes the connections and says nothing: it holds as many mails as it sends at once.
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}?timeout=100", silent.local_addr().unwrap());
        let one = shared.serve(Some(&url), "a@one.example").await;
        shared.complete(&one).await;
        let mut lines = Vec::new();
        while lines.len() < 4 {
            lines.push(silent.accept().await.unwrap());
        }
        one.kill();
        let two = shared.serve(Some(&smtp.url()), "a@two.example").await;
        while smtp.mails().len() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let mut other = PgConnection::connect(&database.address).await.unwrap();
        let held: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM jobs WHERE kind = 'send_mail' AND status = 'running'")
            .fetch_one(&mut other)
            .await
            .unwrap();
        assert!(held >= 4, "{held}");
        // The minute of the lease is over.
        other.execute("UPDATE jobs SET due_at = 1 WHERE kind = 'send_mail' AND due_at IS NOT NULL").await.unwrap();
        other.execute("SELECT pg_notify('ringside_changes', 'jobs')").await.unwrap();
        shared.all_sent(&two).await;
        assert_eq!(reached(&smtp.mails()), each_once(&recipients));
        two.kill();
        database.remove().await;
    });
}

/// One process has a mail server, the other one is told that a campaign is complete.
async fn is_woken(database: &str) {
    let smtp = MailServer::start();
    let recipients = addresses("a", 1);
    let shared = Shared::new(database, &recipients).await;
    let sends = shared.serve(Some(&smtp.url()), "a@one.example").await;
    let takes = shared.serve(None, "a@two.example").await;
    sleeps(&sends, 0).await;
    shared.complete(&takes).await;
    woken(shared.all_sent(&takes)).await;
    assert_eq!(reached(&smtp.mails()), each_once(&recipients));
    sends.kill();
    takes.kill();
}

#[test]
fn a_process_is_woken_by_a_job_of_another_one_on_postgresql() {
    run(async {
        let database = PostgresDatabase::create().await;
        is_woken(&database.address).await;
        database.remove().await;
    });
}

#[test]
fn a_process_is_woken_by_a_job_of_another_one_on_sqlite() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        is_woken(&format!("sqlite://{}", folder.path().join("ringside.db").display())).await;
    });
}

async fn times_tidied(file: &Path) -> i64 {
    let mut conn = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let tidied = "SELECT COUNT(*) FROM jobs WHERE kind = 'tidy_account' AND finished_at IS NOT NULL";
    sqlx::query_scalar(tidied).fetch_one(&mut conn).await.unwrap()
}

#[test]
fn a_server_is_woken_by_a_command() {
    run(async {
        let place = Place::on_sqlite();
        let mailing = Mailing::new(&place);
        let serving = mailing.serve_with("smtp://127.0.0.1:9", &[("RINGSIDE_LOG", LOG)]).await;
        let file = place.folder.path().join("data/ringside.db");
        let tidied = async |accounts: i64| {
            while times_tidied(&file).await < accounts {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tidied(1).await;
        sleeps(&serving, 1).await;
        // An account begins with a job of its own.
        crate::crash::printed(place.folder.path(), &["account", "add", "B"]);
        woken(tidied(2)).await;
        serving.kill();
    });
}
