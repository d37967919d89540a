//! Recordings that are fetched from the addresses that calls name.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{
    Router,
    http::{HeaderMap, HeaderName, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use domain::{
    CallId,
    call::{RecordingFetchReason as Reason, RecordingFetchStatus as Status},
};
use serde_json::json;
use store::{
    jobs::{FetchRecordings, Payload},
    quotas::{self, Quotas},
    recording_credentials,
    recording_fetches::{self, Fetch},
};
use tokio::sync::Semaphore;

use crate::harness::{Answer, Harness, PostgresDatabase, call, run, wav};

const MINUTE_MS: i64 = 60_000;

/// A vendor's server, which counts what it is asked for.
async fn vendor(asked: Arc<AtomicU32>) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = async move |uri: Uri, headers: HeaderMap| -> Response {
        let told = |name: HeaderName| headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let nth = asked.fetch_add(1, Relaxed);
        match uri.path() {
            "/there.wav" => wav(3).into_response(),
            // A signed address elsewhere, as of S3.
            "/moved" => (StatusCode::FOUND, [(header::LOCATION, "/there.wav?signature=x")]).into_response(),
            "/inside" => (StatusCode::FOUND, [(header::LOCATION, "http://169.254.169.254/latest")]).into_response(),
            "/round" => (StatusCode::FOUND, [(header::LOCATION, "/round")]).into_response(),
            "/speech.gsm" => [0xd0; 33 * 50].into_response(),
            "/late.wav" if nth > 0 => wav(1).into_response(),
            // Each way to tell who asks.
            "/basic" if told(header::AUTHORIZATION) == "Basic QUMxOnrDsw==" => wav(2).into_response(),
            "/bearer" if told(header::AUTHORIZATION) == "Bearer khoa" => wav(2).into_response(),
            "/header" if told(HeaderName::from_static("x-api-key")) == "khoa" => wav(2).into_response(),
            "/basic" | "/bearer" | "/header" => StatusCode::UNAUTHORIZED.into_response(),
            // To a server that the credential is not of.
            "/elsewhere" => {
                let place = format!("http://localhost:{port}/told", port = address.port());
                (StatusCode::FOUND, [(header::LOCATION, place)]).into_response()
            }
            "/told" if told(header::AUTHORIZATION).is_empty() => wav(2).into_response(),
            "/page" => "<html><body>It is being prepared</body></html>".into_response(),
            "/noise.bin" => vec![0; 10_000].into_response(),
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    address
}

/// Runs a test on a server that may fetch from this machine, on each engine.
fn on_both(test: impl AsyncFn(&Harness)) {
    run(async {
        let allowed = [("RINGSIDE_PRIVATE_NETWORKS", "127.0.0.0/8")];
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}/test.db", folder.path().display());
        let at = Harness::start(&database, folder, &allowed).await;
        test(&at).await;
        at.server.db.close().await;
        let database = PostgresDatabase::create().await;
        let at = Harness::start(&database.address, tempfile::tempdir().unwrap(), &allowed).await;
        test(&at).await;
        at.server.db.close().await;
        database.remove().await;
    });
}

async fn enable(at: &Harness, enabled: bool) -> u64 {
    let mut conn = at.server.db.write().await.unwrap();
    let now = (at.server.context.clock)();
    let waiting = recording_fetches::set_enabled(&mut conn, &at.scope, enabled, now).await.unwrap();
    conn.commit().await.unwrap();
    waiting
}

/// Sends a call whose recording is at this address.
async fn send(at: &Harness, id: &str, url: &str) {
    let mut record = call(id, &format!("kh-{id}"), "2026-11-04T09:00:00+07:00", 5_000, Some(3_000), "DY");
    record["recording_url"] = json!(url);
    at.post("/api/v1/calls", &json!([record])).await.is(200);
}

/// Sends it without an address.
async fn send_without(at: &Harness, id: &str) {
    let record = call(id, &format!("kh-{id}"), "2026-11-04T09:00:00+07:00", 5_000, Some(3_000), "DY");
    at.post("/api/v1/calls", &json!([record])).await.is(200);
}

async fn state(at: &Harness, id: &str) -> Option<Fetch> {
    let call: CallId = id.parse().unwrap();
    recording_fetches::lookup(&mut at.server.db.read().await.unwrap(), &at.scope, &call).await.unwrap()
}

async fn recording(at: &Harness, id: &str) -> Answer {
    at.get(&format!("/api/v1/calls/{id}/recording")).await
}

#[test]
fn a_recording_is_fetched_from_its_address_where_that_is_wanted() {
    on_both(async |at| {
        let asked = Arc::<AtomicU32>::default();
        let vendor = vendor(Arc::clone(&asked)).await;
        at.stock().await;
        send(at, "before", &format!("http://{vendor}/there.wav")).await;
        assert_eq!((state(at, "before").await, at.run_due(FetchRecordings::KIND).await), (None, 0));
        // Calls that are there already, and those that come later.
        assert_eq!(enable(at, true).await, 1);
        for (id, path) in [("moved", "moved"), ("gsm", "speech.gsm")] {
            send(at, id, &format!("http://{vendor}/{path}")).await;
        }
        assert_eq!(state(at, "moved").await.unwrap().status, Status::Waiting);
        assert_eq!(at.run_due(FetchRecordings::KIND).await, 1, "one job for all");
        assert!(recording(at, "before").await.is(200).bytes == wav(3));
        assert!(recording(at, "moved").await.is(200).bytes == wav(3));
        assert_eq!(recording(at, "gsm").await.is(200).header("content-type"), "audio/gsm");
        let stored = Some(Fetch { status: Status::Stored, reason: None, due_at: None });
        assert_eq!(state(at, "moved").await, stored);
        assert_eq!(asked.load(Relaxed), 4);
        // Sent again with the same address: nothing is fetched twice.
        send(at, "moved", &format!("http://{vendor}/moved")).await;
        assert_eq!((at.run_due(FetchRecordings::KIND).await, asked.load(Relaxed)), (0, 4));
        enable(at, false).await;
        send(at, "after", &format!("http://{vendor}/there.wav")).await;
        assert_eq!(state(at, "after").await, None);
    });
}

#[test]
fn what_is_not_there_yet_is_tried_for_hours_and_what_never_comes_is_not() {
    on_both(async |at| {
        let vendor = vendor(Arc::default()).await;
        at.stock().await;
        enable(at, true).await;
        send(at, "late", &format!("http://{vendor}/late.wav")).await;
        at.run_due(FetchRecordings::KIND).await;
        let failed = state(at, "late").await.unwrap();
        assert_eq!((failed.status, failed.reason), (Status::Waiting, Some(Reason::Status(404))));
        // Another call comes while the job waits for its next try, and is fetched at once.
        send(at, "now", &format!("http://{vendor}/there.wav")).await;
        at.run_due(FetchRecordings::KIND).await;
        recording(at, "now").await.is(200);
        recording(at, "late").await.is(404);
        at.pass(MINUTE_MS);
        at.run_due(FetchRecordings::KIND).await;
        recording(at, "late").await.is(200);

        send(at, "page", &format!("http://{vendor}/page")).await;
        at.run_due(FetchRecordings::KIND).await;
        for pause in [1, 5, 15, 60, 360] {
            let waiting = state(at, "page").await.unwrap();
            assert_eq!((waiting.status, waiting.reason), (Status::Waiting, Some(Reason::NotYet)), "{pause}");
            at.pass(pause * MINUTE_MS - 1);
            assert_eq!(at.run_due(FetchRecordings::KIND).await, 0, "{pause}");
            at.pass(1);
            assert_eq!(at.run_due(FetchRecordings::KIND).await, 1, "{pause}");
        }
        let given_up = Fetch { status: Status::Failed, reason: Some(Reason::NotYet), due_at: None };
        assert_eq!(state(at, "page").await, Some(given_up));
        at.user("lan@cty.vn", domain::Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let opened = at.signed(reqwest::Method::GET, "/fn/opened-call?campaign=tet&call=page", &cookie);
        let shown = Answer::of(opened).await.is(200).json()["fetching"].clone();
        assert_eq!(shown, "Không tải được ghi âm: máy chủ chưa gửi ghi âm.");
        // Once more, by hand; and by another address.
        let mut conn = at.server.db.write().await.unwrap();
        let now = (at.server.context.clock)();
        let page: CallId = "page".parse().unwrap();
        assert_eq!(recording_fetches::again(&mut conn, &at.scope, Some(&page), now).await.unwrap(), 1);
        assert_eq!(recording_fetches::again(&mut conn, &at.scope, None, now).await.unwrap(), 0);
        conn.commit().await.unwrap();
        assert_eq!(at.run_due(FetchRecordings::KIND).await, 1);
        assert_eq!(state(at, "page").await.unwrap().status, Status::Waiting);
        send(at, "page", &format!("http://{vendor}/there.wav")).await;
        assert_eq!(at.run_due(FetchRecordings::KIND).await, 1);
        recording(at, "page").await.is(200);

        for (id, url, reason) in [
            ("noise", format!("http://{vendor}/noise.bin"), Reason::NotAudio),
            ("inside", format!("http://{vendor}/inside"), Reason::Private),
            ("private", "http://10.0.0.1/a.wav".to_owned(), Reason::Private),
        ] {
            send(at, id, &url).await;
            at.run_due(FetchRecordings::KIND).await;
            let given_up = Fetch { status: Status::Failed, reason: Some(reason), due_at: None };
            assert_eq!(state(at, id).await, Some(given_up), "{id}");
        }
        send(at, "round", &format!("http://{vendor}/round")).await;
        at.run_due(FetchRecordings::KIND).await;
        assert_eq!(state(at, "round").await.unwrap().reason, Some(Reason::Redirects));
        // Whoever brings it, it is there.
        let put = at.api(reqwest::Method::PUT, "/api/v1/calls/round/recording").header("content-type", "audio/wav");
        Answer::of(put.body(wav(1))).await.is(201);
        assert_eq!(state(at, "round").await.unwrap().status, Status::Stored);
        at.pass(MINUTE_MS);
        at.run_due(FetchRecordings::KIND).await;
        assert!(recording(at, "round").await.is(200).bytes == wav(1));
    });
}

/// Sends a form of the page of connections as somebody who is signed in.
async fn form(at: &Harness, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    Answer::of(at.form(path, fields).header("cookie", format!("{cookie}; lang=en")).header("accept", "text/html")).await
}

async fn page(at: &Harness, cookie: &str, path: &str) -> String {
    let cookie = format!("{cookie}; lang=en");
    Answer::of(at.signed(reqwest::Method::GET, path, &cookie).header("accept", "text/html")).await.is(200).text()
}

#[test]
fn an_owner_says_what_is_fetched_and_what_servers_are_told() {
    on_both(async |at| {
        let vendor = vendor(Arc::default()).await;
        at.stock().await;
        at.user("chu@cty.vn", domain::Role::Owner).await;
        let owner = at.sign_in("chu@cty.vn").await;
        let ids = ["basic", "bearer", "header", "elsewhere"];
        for id in ids {
            send(at, id, &format!("http://{vendor}/{id}")).await;
        }
        form(at, &owner, "/hooks/recordings", &[("fetch", "perhaps")]).await.is(422);
        form(at, &owner, "/hooks/recordings", &[("fetch", "yes")]).await.is(303);
        at.run_due(FetchRecordings::KIND).await;
        assert_eq!(state(at, "basic").await.unwrap().reason, Some(Reason::Status(401)));
        assert_eq!(state(at, "elsewhere").await.unwrap().status, Status::Stored);
        assert!(page(at, &owner, "/hooks").await.contains("3 to be fetched"));

        // One credential of a host at a time; what waits for it is tried at once.
        for (id, vendor, user, secret) in [
            ("basic", "basic", "AC1", "zó"),
            ("bearer", "bearer", "", "khoa"),
            ("header", "header", "X-API-Key", "khoa"),
        ] {
            let fields = [("vendor", vendor), ("host", "http://127.0.0.1/x"), ("user", user), ("secret", secret)];
            form(at, &owner, "/hooks/credentials", &fields).await.is(303);
            assert_eq!(at.run_due(FetchRecordings::KIND).await, 1, "{id}");
            assert_eq!(state(at, id).await.unwrap().status, Status::Stored, "{id}");
        }
        // Sent on to another server, it is not told.
        form(
            at,
            &owner,
            "/hooks/credentials",
            &[("vendor", "basic"), ("host", "127.0.0.1"), ("user", "AC1"), ("secret", "zó")],
        )
        .await
        .is(303);
        send(at, "elsewhere-2", &format!("http://{vendor}/elsewhere")).await;
        at.run_due(FetchRecordings::KIND).await;
        assert_eq!(state(at, "elsewhere-2").await.unwrap().status, Status::Stored);
        let html = page(at, &owner, "/hooks").await;
        assert!(html.contains("the password of AC1") && !html.contains("zó"), "{html}");
        // The database has no secret in the open.
        let mut conn = at.server.db.read().await.unwrap();
        let [stored] = recording_credentials::list(&mut conn, &at.scope).await.unwrap().try_into().unwrap();
        drop(conn);
        assert_eq!((stored.host.as_str(), stored.name.as_str()), ("127.0.0.1", "AC1"));
        assert!(!stored.sealed_secret.windows(3).any(|bytes| bytes == "zó".as_bytes()));

        let wrong = [("vendor", "header"), ("host", "127.0.0.1"), ("user", "host"), ("secret", "khoa-bi-mat")];
        let html = form(at, &owner, "/hooks/credentials", &wrong).await.is(422).text();
        assert!(html.contains("Please enter the name of an HTTP header") && !html.contains("khoa-bi-mat"), "{html}");
        form(at, &owner, "/hooks/credentials/remove", &[("host", "127.0.0.1")]).await.is(303);
        form(at, &owner, "/hooks/credentials/remove", &[("host", "127.0.0.1")]).await.is(404);
    });
}

#[test]
fn what_was_given_up_is_tried_again_by_who_may() {
    on_both(async |at| {
        let vendor = vendor(Arc::default()).await;
        at.stock().await;
        enable(at, true).await;
        send(at, "noise", &format!("http://{vendor}/noise.bin")).await;
        at.run_due(FetchRecordings::KIND).await;
        for (email, role) in [
            ("xem@cty.vn", domain::Role::Viewer),
            ("ql@cty.vn", domain::Role::Manager),
            ("chu@cty.vn", domain::Role::Owner),
        ] {
            at.user(email, role).await;
        }
        let (viewer, manager) = (at.sign_in("xem@cty.vn").await, at.sign_in("ql@cty.vn").await);
        let (action, opened) = ("/calls/noise/recording/again", "/campaigns/tet/calls?open=noise");
        assert!(!page(at, &viewer, opened).await.contains(action));
        assert!(page(at, &manager, opened).await.contains(action));
        form(at, &viewer, action, &[("back", opened)]).await.is(403);
        form(at, &manager, "/calls/nothing/recording/again", &[]).await.is(404);
        assert_eq!(state(at, "noise").await.unwrap().status, Status::Failed);
        let answer = form(at, &manager, action, &[("back", opened)]).await.is(303);
        assert_eq!(answer.header("location"), opened);
        assert_eq!(state(at, "noise").await.unwrap().status, Status::Waiting);
        assert_eq!(form(at, &manager, action, &[("back", "//evil.vn")]).await.is(303).header("location"), "/");
        at.run_due(FetchRecordings::KIND).await;

        let owner = at.sign_in("chu@cty.vn").await;
        let html = page(at, &owner, "/hooks").await;
        assert!(
            html.contains("1 could not be fetched") && html.contains("what came is no recording that plays"),
            "{html}"
        );
        form(at, &manager, "/hooks/recordings/again", &[]).await.is(404);
        form(at, &owner, "/hooks/recordings/again", &[]).await.is(303);
        assert_eq!(at.run_due(FetchRecordings::KIND).await, 1);
    });
}

#[test]
fn beyond_the_quota_a_recording_is_given_up_until_there_is_room() {
    on_both(async |at| {
        let vendor = vendor(Arc::default()).await;
        at.stock().await;
        enable(at, true).await;
        let allow = async |bytes: Option<i64>| {
            let mut conn = at.server.db.write().await.unwrap();
            let quotas = Quotas { recording_bytes: bytes, ..Quotas::default() };
            quotas::put(&mut conn, &at.scope, &quotas, (at.server.context.clock)()).await.unwrap();
            conn.commit().await.unwrap();
        };
        allow(Some(1_000)).await;
        send(at, "beyond", &format!("http://{vendor}/there.wav")).await;
        at.run_due(FetchRecordings::KIND).await;
        let given_up = Fetch { status: Status::Failed, reason: Some(Reason::OverQuota), due_at: None };
        assert_eq!(state(at, "beyond").await, Some(given_up));
        recording(at, "beyond").await.is(404);
        // Whoever has it tried again, once there is room, gets it.
        allow(None).await;
        let mut conn = at.server.db.write().await.unwrap();
        let now = (at.server.context.clock)();
        assert_eq!(recording_fetches::again(&mut conn, &at.scope, None, now).await.unwrap(), 1);
        conn.commit().await.unwrap();
        at.run_due(FetchRecordings::KIND).await;
        assert!(recording(at, "beyond").await.is(200).bytes == wav(3));
    });
}

/// A server whose answers come when they are let go, and how often it was asked.
async fn slow_vendor() -> (SocketAddr, Arc<AtomicU32>, Arc<Semaphore>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (asked, let_go) = (Arc::<AtomicU32>::default(), Arc::new(Semaphore::new(0)));
    let (counted, gate) = (Arc::clone(&asked), Arc::clone(&let_go));
    let answer = async move |uri: Uri| -> Response {
        if uri.path().starts_with("/slow") {
            counted.fetch_add(1, Relaxed);
            gate.acquire().await.unwrap().forget();
            return wav(7).into_response();
        }
        wav(3).into_response()
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    (address, asked, let_go)
}

/// Waits until something holds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), waiting).await.expect(what);
}

#[test]
fn what_comes_from_an_address_that_the_call_no_longer_names_is_not_kept() {
    on_both(async |at| {
        let (vendor, asked, let_go) = slow_vendor().await;
        at.stock().await;
        enable(at, true).await;
        let slow = format!("http://{vendor}/slow.wav");
        send(at, "moved", &slow).await;
        send(at, "gone", &slow).await;
        let meanwhile = async {
            until("both are asked for", async || asked.load(Relaxed) == 2).await;
            send(at, "moved", &format!("http://{vendor}/there.wav")).await;
            send_without(at, "gone").await;
            let_go.add_permits(2);
        };
        tokio::join!(at.run_due(FetchRecordings::KIND), meanwhile);
        at.run_due(FetchRecordings::KIND).await;
        assert!(recording(at, "moved").await.is(200).bytes == wav(3), "the new one, and not the old one");
        assert_eq!(state(at, "moved").await.unwrap().status, Status::Stored);
        recording(at, "gone").await.is(404);
        assert_eq!(state(at, "gone").await, None);

        // Before it was asked for.
        send(at, "never", &slow).await;
        assert_eq!(state(at, "never").await.unwrap().status, Status::Waiting);
        send_without(at, "never").await;
        assert_eq!(state(at, "never").await, None);
        at.run_due(FetchRecordings::KIND).await;
        assert_eq!(asked.load(Relaxed), 2);
        recording(at, "never").await.is(404);
        // What is there stays there.
        send_without(at, "moved").await;
        recording(at, "moved").await.is(200);
    });
}

#[test]
fn a_slow_server_holds_up_what_it_has_itself() {
    on_both(async |at| {
        let (vendor, asked, let_go) = slow_vendor().await;
        at.stock().await;
        enable(at, true).await;
        for n in 0..6 {
            send(at, &format!("slow-{n}"), &format!("http://{vendor}/slow.wav?{n}")).await;
        }
        let other = format!("http://localhost:{}/there.wav", vendor.port());
        send(at, "other", &other).await;
        let is_stored =
            async |id: &'static str| state(at, id).await.is_some_and(|fetch| fetch.status == Status::Stored);
        let meanwhile = async {
            until("what is elsewhere does not wait", async || is_stored("other").await).await;
            assert_eq!(asked.load(Relaxed), 2, "the account asks a server for two at once");
            // What comes in while the slow ones are under way does not wait either.
            send(at, "later", &other).await;
            until("what came in is seen", async || is_stored("later").await).await;
            assert_eq!(asked.load(Relaxed), 2);
            let_go.add_permits(6);
        };
        tokio::join!(at.run_due(FetchRecordings::KIND), meanwhile);
        for n in 0..6 {
            recording(at, &format!("slow-{n}")).await.is(200);
        }
    });
}
