//! What a full disk, a lock or a store that is gone look like from outside: an honest answer, `/readyz` says what it
//! is, nothing is half stored, and all works again by itself when the cause is gone.

use reqwest::{Client, Method};
use serde_json::{Value, json};
use sqlx::{Connection, Executor, SqliteConnection};

use crate::{
    commands::program,
    crash::Serving,
    disks::{Disk, Frozen},
    harness::{Answer, Harness, PostgresDatabase, both_engines, call, run, wav},
};

/// `/readyz` says that it is this.
pub async fn is_not_ready(at: &Harness, what: &str) {
    let answer = Answer::of(at.bare(Method::GET, "/readyz")).await;
    let problem = answer.is_problem(503);
    assert!(problem["detail"].as_str().unwrap().contains(what), "{problem}");
    Answer::of(at.bare(Method::GET, "/healthz")).await.is(200);
}

pub async fn is_ready(at: &Harness) {
    Answer::of(at.bare(Method::GET, "/readyz")).await.is(200);
}

/// 503, and when to ask again.
pub fn is_unavailable(answer: &Answer) {
    answer.is_problem(503);
    assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
}

pub async fn put_voicebot(at: &Harness, id: &str) -> Answer {
    at.put(&format!("/api/v1/voicebots/{id}"), &json!({"name": "B"})).await
}

pub async fn voicebots(at: &Harness) -> usize {
    at.get("/api/v1/voicebots").await.is(200).json()["voicebots"].as_array().unwrap().len()
}

pub fn batch(name: &str, calls: usize) -> Value {
    let one = |k: usize| {
        let id = format!("{name}-{k}");
        call(&id, &format!("kh-{id}"), "2026-11-04T09:00:00+07:00", 5_000, Some(9_000), "DY")
    };
    (0..calls).map(one).collect()
}

pub async fn stored_calls(at: &Harness) -> u64 {
    at.get("/api/v1/campaigns/tet/report").await.is(200).json()["calls"]["total"].as_u64().unwrap()
}

/// Sends batches, each by how many came before it, until one is refused; gives how many were stored, and the refusal.
pub async fn until_refused(send: impl AsyncFn(u64) -> Answer) -> (u64, Answer) {
    for batches in 0..1_000 {
        let answer = send(batches).await;
        if answer.status != 200 {
            return (batches, answer);
        }
    }
    panic!("the disk is never full");
}

/// The program with an account, and what a test asks it with.
struct Program {
    folder: tempfile::TempDir,
    token: String,
    client: Client,
    serving: Serving,
    disk: Disk,
}

const SQLITE: &str = "sqlite://data/ringside.db";
/// Megabytes of a small disk.
const MEGABYTES: u32 = 24;

impl Program {
    /// With the campaign `tet`, on this database; its folder `small` (`data`, or `temporary`) is on a disk of its own.
    async fn start(database: &str, small: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let temporary = folder.path().join("temporary");
        std::fs::create_dir(&temporary).unwrap();
        let plain = |arguments: &[&str]| {
            let mut command = program(folder.path(), arguments);
            command.env("RINGSIDE_DATABASE_URL", database).env("TMPDIR", &temporary);
            command
        };
        let said = |arguments: &[&str]| {
            let output = plain(arguments).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        };
        said(&["account", "add", "A"]);
        let token = said(&["token", "add", "t", "--account", "A"]);
        let mut command = plain(&[]);
        // A file that becomes too large is an error to it, and no signal.
        let disk = Disk::of(&mut command, &folder.path().join(small), MEGABYTES, "trap '' XFSZ; ");
        let serving = Serving::start_by(command).await;
        let program = Self { folder, token, client: Client::builder().build().unwrap(), serving, disk };
        program.put("/api/v1/voicebots/bot", json!({"name": "B"})).await.is(201);
        program.put("/api/v1/campaigns/tet", json!({"name": "T", "voicebot": "bot"})).await.is(201);
        program
    }

    async fn send(&self, method: Method, path: &str, media: &str, body: Vec<u8>) -> Answer {
        let request = self.client.request(method, self.serving.url(path)).bearer_auth(&self.token);
        Answer::of(request.header("content-type", media).body(body)).await
    }

    async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, "application/json", body.to_string().into_bytes()).await
    }

    async fn batch(&self, name: &str) -> Answer {
        self.send(Method::POST, "/api/v1/calls", "application/json", batch(name, 250).to_string().into_bytes()).await
    }

    async fn get(&self, path: &str, accept: &str) -> Answer {
        Answer::of(self.client.get(self.serving.url(path)).bearer_auth(&self.token).header("accept", accept)).await
    }
}

#[test]
fn a_full_disk_is_said_nothing_is_half_written_and_with_room_all_works_again() {
    run(async {
        let at = Program::start(SQLITE, "data").await;
        at.get("/readyz", "*/*").await.is(200);
        at.disk.fill(&at.serving, 3_000_000, 4_000_000);
        let (batches, refused) = until_refused(async |batches| at.batch(&format!("c-{batches}")).await).await;
        let problem = refused.is_problem(507);
        assert!(problem["reference"].as_str().unwrap().starts_with("R-"));
        assert!(!problem.to_string().contains("database"), "{problem}");
        let not_ready = at.get("/readyz", "*/*").await.is_problem(503);
        assert!(not_ready["detail"].as_str().unwrap().contains("the disk of the database has no room"), "{not_ready}");
        at.batch(&format!("c-{batches}")).await.is_problem(507);
        let upload = async || at.send(Method::PUT, "/api/v1/calls/c-0-0/recording", "audio/wav", wav(200)).await;
        upload().await.is_problem(507);
        // What is there can be read.
        let report = at.get("/api/v1/campaigns/tet/report", "application/json").await.is(200).json();
        assert_eq!(report["calls"]["total"], batches * 250);

        at.disk.empty(&at.serving);
        at.get("/readyz", "*/*").await.is(200);
        at.batch(&format!("c-{batches}")).await.is(200);
        upload().await.is(201);
        let stored = (batches + 1) * 250;
        let verify = at.disk.beside(&at.serving, program(at.folder.path(), &["verify"])).output().unwrap();
        let said = String::from_utf8(verify.stdout).unwrap();
        assert!(verify.status.success() && said.contains(&format!("Recounted {stored} calls")), "{stored}: {said}");
        at.serving.stop().await;
    });
}

#[test]
fn on_sqlite_a_full_temporary_folder_is_said_and_with_room_all_works_again() {
    run(async { is_said_where_the_temporary_folder_is_full(Program::start(SQLITE, "temporary").await).await });
}

#[test]
fn on_postgres_a_full_temporary_folder_is_said_and_with_room_all_works_again() {
    run(async {
        let database = PostgresDatabase::create().await;
        is_said_where_the_temporary_folder_is_full(Program::start(&database.address, "temporary").await).await;
        database.remove().await;
    });
}

async fn is_said_where_the_temporary_folder_is_full(at: Program) {
    at.batch("c").await.is(200);
    let workbook = async || at.get("/api/v1/campaigns/tet/calls", server::files::XLSX).await;
    // Less than the sheet takes while it is made.
    at.disk.fill(&at.serving, 50_000, 100_000);
    workbook().await.is_problem(507);
    let not_ready = at.get("/readyz", "*/*").await.is_problem(503);
    assert!(not_ready["detail"].as_str().unwrap().contains("the temporary folder has no room"), "{not_ready}");
    let upload = async || at.send(Method::PUT, "/api/v1/calls/c-0/recording", "audio/wav", wav(10)).await;
    upload().await.is_problem(507);
    at.get("/api/v1/calls/c-0/recording", "*/*").await.is_problem(404);
    at.disk.empty(&at.serving);
    at.get("/readyz", "*/*").await.is(200);
    assert!(workbook().await.is(200).bytes.starts_with(b"PK"));
    upload().await.is(201);
    at.serving.stop().await;
}

/// While somebody else holds a lock.
pub async fn writing_is_busy_and_reading_is_not(at: &Harness) {
    for answer in futures::future::join_all(["a", "b", "c"].map(|id| put_voicebot(at, id))).await {
        is_unavailable(&answer);
    }
    assert_eq!(voicebots(at).await, 0, "reading waits for nobody");
}

#[test]
fn a_database_that_somebody_else_has_locked_is_busy() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/test.db", folder.path().display());
        let at = Harness::start(&address, folder, &[]).await;
        let mut other = SqliteConnection::connect(&address).await.unwrap();
        other.execute("BEGIN IMMEDIATE").await.unwrap();
        is_not_ready(&at, "the database is locked").await;
        writing_is_busy_and_reading_is_not(&at).await;
        other.execute("ROLLBACK").await.unwrap();
        is_ready(&at).await;
        put_voicebot(&at, "a").await.is(201);
        assert_eq!(voicebots(&at).await, 1);
        at.server.db.close().await;
    });
}

#[test]
fn a_file_that_may_only_be_read_is_read() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/test.db", folder.path().display());
        let at = Harness::start(&address, folder, &[]).await;
        put_voicebot(&at, "a").await.is(201);
        let reading = at.another_by(&format!("{address}?mode=ro"), &[]).await;
        is_unavailable(&put_voicebot(&reading, "b").await);
        is_not_ready(&reading, "the database cannot be written to").await;
        assert_eq!(voicebots(&reading).await, 1);
        put_voicebot(&at, "b").await.is(201);
        assert_eq!(voicebots(&reading).await, 2);
        reading.server.db.close().await;
        at.server.db.close().await;
    });
}

/// As on a disk that the system has made read-only, since something is wrong with it.
#[test]
fn files_that_may_not_be_changed_any_more_are_said_and_found_again() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let (path, address) = (folder.path().to_owned(), format!("sqlite://{}/test.db", folder.path().display()));
        let at = Harness::start(&address, folder, &[]).await;
        at.stock().await;
        at.post("/api/v1/calls", &batch("before", 250)).await.is(200);
        for round in 0..2 {
            let Some(frozen) = Frozen::files(&path) else { return };
            is_unavailable(&put_voicebot(&at, "a").await);
            is_not_ready(&at, "the database cannot be written to").await;
            is_unavailable(&at.post("/api/v1/calls", &batch("c", 250)).await);
            is_not_ready(&at, "the database cannot be written to").await;
            assert_eq!(stored_calls(&at).await, 250 * (round + 1), "what is there is read, and nothing is half stored");
            drop(frozen);
            is_ready(&at).await;
            put_voicebot(&at, &format!("b-{round}")).await.is(201);
            at.post("/api/v1/calls", &batch(&format!("d-{round}"), 250)).await.is(200);
        }
        at.server.db.close().await;
    });
}

both_engines! {
    /// The same, while a file comes in.
    async fn a_folder_of_recordings_that_goes_during_an_upload_is_said_and_nothing_is_half_stored(at) {
        at.stock().await;
        at.post("/api/v1/calls", &batch("c", 1)).await.is(200);
        let sound = wav(60);
        let upload = async |goes: bool| {
            let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(1);
            let body = reqwest::Body::wrap_stream(futures::stream::unfold(receiver, async |mut receiver| {
                Some((receiver.recv().await?, receiver))
            }));
            let request = at.api(Method::PUT, "/api/v1/calls/c-0/recording").header("content-type", "audio/wav").body(body);
            let (folder, away) = (at.folder.path().join("recordings"), at.folder.path().join("away"));
            let sending = async {
                let pieces: Vec<_> = sound.chunks(sound.len() / 8 + 1).map(<[u8]>::to_vec).collect();
                for (n, piece) in pieces.into_iter().enumerate() {
                    if goes && n == 4 {
                        std::fs::rename(&folder, &away).unwrap();
                        std::fs::write(&folder, "no folder").unwrap();
                    }
                    if sender.send(Ok(piece)).await.is_err() {
                        break;
                    }
                }
                drop(sender);
            };
            let (answer, ()) = futures::join!(Answer::of(request), sending);
            if goes {
                is_not_ready(at, "the store of recordings").await;
                std::fs::remove_file(&folder).unwrap();
                std::fs::rename(&away, &folder).unwrap();
            }
            answer
        };
        // There is a folder once something was stored.
        is_ready(at).await;
        upload(false).await.is(201);
        let before = at.get("/api/v1/calls/c-0/recording").await.is(200).bytes;
        is_unavailable(&upload(true).await);
        assert_eq!(at.get("/api/v1/calls/c-0/recording").await.is(200).bytes, before, "the one before is there");
        is_ready(at).await;
        upload(false).await.is(200);
    }

    /// The disk that recordings are on is gone, or another thing is in its place.
    async fn a_folder_of_recordings_that_is_gone_is_said_and_found_again(at) {
        at.stock().await;
        at.post("/api/v1/calls", &batch("c", 2)).await.is(200);
        let upload = async |id: &str| {
            let request = at.api(Method::PUT, &format!("/api/v1/calls/{id}/recording"));
            Answer::of(request.header("content-type", "audio/wav").body(wav(1))).await
        };
        upload("c-0").await.is(201);
        is_ready(at).await;
        let (folder, away) = (at.folder.path().join("recordings"), at.folder.path().join("away"));
        std::fs::rename(&folder, &away).unwrap();
        std::fs::write(&folder, "no folder").unwrap();
        is_not_ready(at, "the store of recordings").await;
        is_unavailable(&upload("c-1").await);
        is_unavailable(&at.get("/api/v1/calls/c-0/recording").await);
        let import = Answer::of(at.api(Method::POST, "/api/v1/import?campaign=tet").body("x")).await;
        is_unavailable(&import);
        // Nothing is half stored, and what needs no recordings goes on.
        assert_eq!(at.get("/api/v1/calls/c-1").await.is(200).json()["recording"], Value::Null);
        assert_eq!(at.get("/api/v1/imports").await.is(200).json()["imports"], json!([]));
        at.post("/api/v1/calls", &batch("d", 2)).await.is(200);
        assert_eq!(stored_calls(at).await, 4);
        std::fs::remove_file(&folder).unwrap();
        std::fs::rename(&away, &folder).unwrap();
        is_ready(at).await;
        upload("c-1").await.is(201);
        at.get("/api/v1/calls/c-0/recording").await.is(200);
    }

    async fn who_asks_whether_it_is_ready_again_and_again_keeps_nobody_from_writing(at) {
        let asking = futures::future::join_all((0..64).map(|_| is_ready(at)));
        let writing = async {
            for n in 0..20 {
                put_voicebot(at, &format!("b-{n}")).await.is(201);
            }
        };
        futures::join!(asking, writing);
    }
}
