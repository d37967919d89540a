//! `ringside copy`: a database of either engine becomes one of the other, with its files, and everything is read there as here.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    crash::Serving,
    harness::{Answer, call, run, wav},
    place::Place,
};

/// What is compared: pages of the API, a file, a recording.
const READ: [&str; 7] = [
    "/api/v1/campaigns/tet/report",
    "/api/v1/campaigns/tet/calls?limit=500",
    "/api/v1/campaigns/tet/contacts?limit=500",
    "/api/v1/usage",
    "/api/v1/calls/c-7",
    "/api/v1/calls/c-7/recording",
    "/api/v1/people",
];

async fn read(serving: &Serving, token: &str) -> Vec<Vec<u8>> {
    let mut answers = Vec::new();
    for path in READ {
        let request = reqwest::Client::new().get(serving.url(path)).bearer_auth(token);
        let answer = Answer::as_it_is(request).await.is(200);
        // All but when it was asked.
        answers.push(match serde_json::from_slice::<Value>(&answer.bytes) {
            Ok(mut json) => {
                json.as_object_mut().map(|answer| answer.remove("as_of"));
                json.to_string().into_bytes()
            }
            Err(_) => answer.bytes,
        });
    }
    answers
}

/// Fills one place, copies it into the other one, and reads there what was read here.
async fn moves(from: &Place, to: &Place) {
    let at = from.beside(&[]).await;
    at.stock().await;
    at.user("chu@cty.vn", domain::Role::Owner).await;
    let calls: Vec<_> = (0..400)
        .map(|n| {
            let dialed = format!("2026-11-{:02}T09:{:02}:00+07:00", n % 20 + 1, n % 60);
            call(
                &format!("c-{n}"),
                &format!("kh-{}", n % 90),
                &dialed,
                4_000,
                (n % 3 > 0).then_some(n * 100),
                if n % 3 > 0 { "DY" } else { "NA" },
            )
        })
        .collect();
    at.post("/api/v1/calls", &json!(calls)).await.is(200);
    let upload = at.api(Method::PUT, "/api/v1/calls/c-7/recording").header("content-type", "audio/wav").body(wav(1));
    Answer::of(upload).await.is(201);
    let token = at.token.clone();
    at.server.db.close().await;

    let files = to.folder.path().join("data/recordings");
    let copy = |place: &Place| {
        let mut command = place.command(&["copy", "--to", &to.database]);
        command.arg("--recordings-to").arg(format!("file://{}", files.display()));
        command.output().unwrap()
    };
    // While it is served it is not copied.
    let serving = from.serve().await;
    let before = read(&serving, &token).await;
    let mut command = from.command(&["copy", "--to", &to.database]);
    command.env("RINGSIDE_LISTEN", serving.url("").trim_start_matches("http://"));
    let refused = command.output().unwrap();
    assert!(
        !refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("stop it first"),
        "{refused:?}"
    );
    serving.stop().await;

    let copied = copy(from);
    let said = String::from_utf8_lossy(&copied.stdout);
    assert!(copied.status.success(), "{said}{}", String::from_utf8_lossy(&copied.stderr));
    assert!(said.contains("every row and ") && said.contains("Copied 1 files"), "{said}");
    let there = to.serve().await;
    for (path, (was, is)) in READ.iter().zip(before.iter().zip(read(&there, &token).await)) {
        assert!(*was == is, "{path}: {} {}", String::from_utf8_lossy(was), String::from_utf8_lossy(&is));
    }
    there.stop().await;
    to.verify();
    // A second copy would mix two services.
    let again = copy(from);
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("is in use"), "{again:?}");
}

#[test]
fn a_service_moves_from_sqlite_to_postgres_and_back() {
    run(async {
        let (first, server) = (Place::on_sqlite(), Place::on_postgres().await);
        moves(&first, &server).await;
        server.remove().await;
        let (server, last) = (Place::on_postgres().await, Place::on_sqlite());
        moves(&server, &last).await;
        server.remove().await;
    });
}

#[test]
fn an_unfinished_copy_is_opened_by_nothing_else() {
    run(async {
        let place = Place::on_sqlite();
        place.printed(&["account", "add", "A"]);
        place.sql("CREATE TABLE unfinished_copy (begun BIGINT NOT NULL)").await;
        for arguments in [&["account", "list"][..], &["serve"], &["verify"]] {
            let output = place.command(arguments).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(!output.status.success() && said.contains("ringside copy"), "{arguments:?}: {said}");
        }
    });
}
