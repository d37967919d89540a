//! What a file of calls may cost the others, whom it may show numbers to, and what is said of steps that came too late.

use std::{
    io::{Cursor, Write},
    os::unix::fs::MetadataExt,
    time::Duration,
};

use domain::{Role, Timestamp, TokenScope};
use reqwest::Method;
use serde_json::{Value, json};
use server::{importing, secrets};
use store::{
    jobs::{CheckImport, Payload},
    tokens::{self, NewToken},
};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    harness::{Answer, Harness, NOW, both_engines, call},
    imports::{import, run, step},
};

async fn bring(at: &Harness, query: &str, file: impl Into<reqwest::Body>) -> Value {
    let answer = Answer::of(at.api(Method::POST, &format!("/api/v1/import?{query}")).body(file)).await;
    answer.is(202).json()["id"].clone()
}

async fn drop_it(at: &Harness, id: &Value) -> Answer {
    Answer::of(at.api(Method::DELETE, &format!("/api/v1/imports/{id}"))).await
}

fn archive(files: usize) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..files {
        writer.start_file(format!("{n}.csv"), SimpleFileOptions::default()).unwrap();
        if n == 0 {
            let own = "id,campaign,contact.phone,dialed_at\nc-1,tet,0901234567,2026-11-05T09:00:00+07:00\n";
            writer.write_all(own.as_bytes()).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

/// The way to the only file in the object store.
fn object(at: &Harness) -> std::path::PathBuf {
    let folder = at.folder.path().join(format!("recordings/{}", at.scope.account()));
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.into_iter().next().unwrap()
}

/// A pipe that is removed at the end of the test, also of one that fails, and lets go of a thread that waits for it to be
/// opened: the test's runtime ends only when its threads have.
struct Released(std::path::PathBuf);

impl Drop for Released {
    fn drop(&mut self) {
        // Opened for both, it never waits, not even where nobody had come to open it.
        let both = std::fs::OpenOptions::new().read(true).write(true).open(&self.0);
        let removed = std::fs::remove_file(&self.0);
        assert!(std::thread::panicking() || both.is_ok() && removed.is_ok(), "{both:?} {removed:?}");
    }
}

both_engines! {
    async fn an_archive_of_too_many_files_is_refused_by_name(at) {
        at.stock().await;
        for query in ["name=x.zip&check=true", "name=x.zip"] {
            let id = bring(at, query, archive(1_001)).await;
            run(at).await;
            let seen = import(at, &id).await.to_string();
            assert!(seen.contains("it has more than 1,000 files in it"), "{seen}");
        }
        let id = bring(at, "name=x.zip", archive(20)).await;
        run(at).await;
        let done = import(at, &id).await;
        assert_eq!((&done["state"], &done["stored"]["accepted"]), (&json!("done"), &json!(1)), "{done}");
    }

    async fn a_file_is_dropped_while_it_is_looked_at(at) {
        at.stock().await;
        let own = json!([call("c-1", "kh-1", "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), "DY")]).to_string();
        at.user("ql@cty.vn", Role::Manager).await;
        let cookie = at.sign_in("ql@cty.vn").await;
        // Before it is its turn.
        let id = bring(at, "check=true", own.clone()).await;
        let page = at.signed(Method::GET, &format!("/import/{id}"), &cookie).header("accept", "text/html");
        let page = Answer::of(page).await.is(200).text();
        assert!(page.contains(&format!("action=\"/import/{id}/drop?account={}\"", at.scope.account())), "{page}");
        drop_it(at, &id).await.is(204);
        run(at).await;
        assert_eq!(import(at, &id).await["state"], "dropped");
        drop_it(at, &id).await.is_problem(409);
        std::fs::remove_file(object(at)).unwrap();

        // While its reading does not come to an end: nobody writes into the pipe that it is read from.
        let id = bring(at, "check=true", own).await;
        let pipe = object(at);
        std::fs::remove_file(&pipe).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let _released = Released(pipe);
        let dropping = async {
            loop {
                let jobs = at.get("/api/v1/imports").await.is(200).json();
                assert_eq!(jobs["imports"][0]["state"], "checking");
                let mut conn = at.server.db.read().await.unwrap();
                let due = store::jobs::due_accounts(&mut conn, CheckImport::KIND, Timestamp(NOW), 1).await.unwrap();
                drop(conn);
                // It runs: its lease lasts beyond now.
                if due.is_empty() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            drop_it(at, &id).await.is(204);
        };
        let both = async { tokio::join!(at.run_due(CheckImport::KIND), dropping) };
        let (count, ()) = tokio::time::timeout(Duration::from_mins(1), both).await.expect("its place is free soon");
        assert_eq!((count, &import(at, &id).await["state"]), (1, &json!("dropped")));
    }

    async fn a_file_that_is_read_has_no_name_in_the_temporary_folder(at) {
        at.stock().await;
        let id = bring(at, "name=x&check=true", "a,b\n1,2\n").await;
        let name = object(at).file_name().unwrap().to_str().unwrap().to_owned();
        let object = format!("{}/{name}", at.scope.account());
        let file = importing::fetch(&at.server.context.recordings, &object, 8).await.unwrap();
        let about = file.metadata().unwrap();
        assert_eq!((about.len(), about.nlink()), (8, 0), "import {id}");
    }

    async fn what_undoing_leaves_is_counted(at) {
        at.stock().await;
        at.user("ql@cty.vn", Role::Manager).await;
        let cookie = at.sign_in("ql@cty.vn").await;
        let one = |n: usize, code: &str| {
            call(&format!("c-{n}"), &format!("kh-{n}"), "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), code)
        };
        let id = bring(at, "name=own.json", json!([one(1, "DY"), one(2, "DY"), one(3, "DY")]).to_string()).await;
        run(at).await;
        step(at, &id, "undo").await.is(202);
        // Before it is its turn, another file changes one of its calls.
        bring(at, "name=next.json", json!([one(2, "TC")]).to_string()).await;
        run(at).await;
        let undone = import(at, &id).await;
        assert_eq!((&undone["state"], &undone["left"]), (&json!("undone"), &json!(1)), "{undone}");
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        assert_eq!(report["calls"]["total"], 1);
        let said = at.get(&format!("/api/v1/imports/{id}/report")).await.is(200).text();
        assert!(said.starts_with("Not undone, because of changes made meanwhile: 1 call.\n"), "{said}");
        let page = at.signed(Method::GET, &format!("/import/{id}"), &cookie).header("accept", "text/html");
        let page = Answer::of(page).await.is(200).text();
        assert!(page.contains("Không hoàn tác, vì đã thay đổi trong lúc đó: 1 cuộc gọi."), "{page}");
        let all = bring(at, "name=all.json", json!([one(4, "DY")]).to_string()).await;
        run(at).await;
        step(at, &all, "undo").await.is(202);
        run(at).await;
        assert_eq!(import(at, &all).await["left"], 0);
    }

    async fn names_and_campaigns_of_an_import_go_with_it(at) {
        at.stock().await;
        let one = |n: usize, campaign: &str, name: &str| {
            let mut call = call(&format!("c-{campaign}-{n}"), &format!("kh-{n}"), "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), "DY");
            (call["campaign"], call["contact"]["name"]) = (json!(campaign), json!(name));
            call
        };
        let before = json!([one(1, "tet", "Hoà"), one(2, "tet", "An"), one(3, "tet", "Bình")]);
        at.post("/api/v1/calls", &before).await.is(200);
        let names = async || {
            let answer = at.get("/api/v1/campaigns/tet/contacts").await.is(200).json();
            let names = answer["customers"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned());
            names.collect::<Vec<_>>()
        };
        let file = json!([
            {"id": "n-1", "campaign": "tet", "contact": {"id": "kh-1", "name": "HOA (file)"}, "dialed_at": "2026-11-06T09:00:00+07:00"},
            {"id": "n-2", "campaign": "tet", "contact": {"id": "kh-1", "name": "HOA (again)"}, "dialed_at": "2026-11-06T09:05:00+07:00"},
            {"id": "n-3", "campaign": "tet", "contact": {"id": "kh-2", "name": "AN (file)"}, "dialed_at": "2026-11-06T09:10:00+07:00"},
            one(4, "of-the-file", "Chi"), one(5, "used-since", "Dũng"),
        ]);
        let id = bring(at, "name=own.json&create=true", file.to_string()).await;
        run(at).await;
        assert_eq!(import(at, &id).await["stored"]["accepted"], 5);
        assert_eq!(names().await, ["HOA (again)", "AN (file)", "Bình"]);
        // Meanwhile somebody gives one of them another name, and one of the campaigns gets a call of its own.
        let more = json!([
            {"id": "m-1", "campaign": "tet", "contact": {"id": "kh-2", "name": "An Nguyễn"}, "dialed_at": "2026-11-07T09:00:00+07:00"},
            one(6, "used-since", "Giang"),
        ]);
        at.post("/api/v1/calls", &more).await.is(200);
        step(at, &id, "undo").await.is(202);
        run(at).await;
        assert_eq!(import(at, &id).await["state"], "undone");
        assert_eq!(names().await, ["Hoà", "An Nguyễn", "Bình"]);
        at.get("/api/v1/campaigns/of-the-file").await.is_problem(404);
        assert_eq!(at.get("/api/v1/campaigns/used-since/report").await.is(200).json()["calls"]["total"], 1);
        let found = at.get("/api/v1/campaigns/tet/contacts?q=HOA%20(again)").await.is(200).json();
        assert_eq!(found["total"], 0, "{found}");
        // Brought in again, all of it is there again.
        bring(at, "name=own.json&create=true", file.to_string()).await;
        run(at).await;
        at.get("/api/v1/campaigns/of-the-file").await.is(200);
    }

    async fn a_step_that_came_too_late_is_told_so(at) {
        at.stock().await;
        let own = json!([call("c-1", "kh-1", "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), "DY")]).to_string();
        let id = bring(at, "check=true", own).await;
        run(at).await;
        let said = async |name: &'static str| {
            let problem = step(at, &id, name).await.is_problem(409);
            problem["detail"].as_str().unwrap().to_owned()
        };
        step(at, &id, "store").await.is(202);
        assert_eq!(said("store").await, "the import is being stored already");
        run(at).await;
        assert_eq!(said("store").await, "the import was stored already");
        step(at, &id, "undo").await.is(202);
        run(at).await;
        assert_eq!(said("undo").await, "the import was undone already");
        assert_eq!(said("store").await, "the import is undone; it must be checked");
    }

    async fn a_token_that_sees_numbers_masked_finds_none_in_imports(at) {
        at.stock().await;
        let secret = secrets::make(secrets::TOKEN_PREFIX, at.scope.account());
        let mut conn = at.server.db.write().await.unwrap();
        let masked = NewToken { name: "che".to_owned(), scopes: vec![TokenScope::Read], is_masked: true };
        tokens::add(&mut conn, &at.scope, &masked, &secret.hash, Timestamp(NOW)).await.unwrap();
        conn.commit().await.unwrap();
        let table = "id,phone,dialed_at,talk,result,name\n\
            g-0901234567,0901234567,2026-11-05 09:00:00,42,answered,Lan 0901234567\n\
            2,0901234568,x0901234568,0,busy,Mai\n";
        let checked = bring(at, "name=0901234567.csv&campaign=tet&check=true", table).await;
        let stored = bring(at, "name=0901234567.csv&campaign=tet", table).await;
        run(at).await;
        for path in ["/api/v1/imports".to_owned(), format!("/api/v1/imports/{checked}"), format!("/api/v1/imports/{stored}"), format!("/api/v1/imports/{stored}/report")] {
            let whole = at.get(&path).await.is(200).text();
            assert!(whole.contains("0901234567"), "{path}: {whole}");
            let seen = at.bare(Method::GET, &path).header("authorization", format!("Bearer {}", secret.text));
            let seen = Answer::of(seen).await.is(200);
            let names = seen.header("content-disposition").to_owned();
            let seen = seen.text() + &names;
            for part in ["0901234567", "0901234568", "901234567", "901234568"] {
                assert!(!seen.contains(part), "{path}: {seen}");
            }
        }
        let seen = at.bare(Method::GET, &format!("/api/v1/imports/{checked}"));
        let seen = Answer::of(seen.header("authorization", format!("Bearer {}", secret.text))).await.is(200).json();
        assert_eq!(seen["found"]["calls"][0]["contact"]["phone"], "0901 ••• 567", "{seen}");
    }

    async fn another_value_where_a_word_must_stand_is_named_by_its_field(at) {
        for value in [Value::Null, json!(7), json!([])] {
            let body = json!({"name": "x", "scopes": ["read", value]});
            at.post("/api/v1/tokens", &body).await.names(422, "scopes[1]");
        }
    }
}
