//! Connections that say nothing keep nobody out.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
        mpsc::RecvTimeoutError,
    },
    time::Duration,
};

use domain::{
    Role,
    limits::{CONNECTIONS, STREAMS_OF_A_SESSION},
};
use futures::{StreamExt, future::Either};
use reqwest::Method;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    commands::program,
    crash::Serving,
    harness::{Answer, Harness, both_engines, call, run},
};

/// What hangs fails.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_mins(1), work).await.expect("it is not kept out")
}

async fn sqlite_with(connections: &str) -> Harness {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite://{}/test.db", folder.path().display());
    Harness::start(&address, folder, &[("RINGSIDE_CONNECTIONS", connections)]).await
}

#[test]
fn silent_connections_keep_no_reader_out() {
    run(async {
        let at = sqlite_with("16").await;
        let mut silent = Vec::new();
        for n in 0..100 {
            let mut stream = TcpStream::connect(at.address).await.unwrap();
            // Some have begun a request.
            if n % 2 == 0 {
                stream.write_all(b"GET /healthz HTTP/1.1\r\nho").await.unwrap();
            }
            silent.push(stream);
        }
        soon(Answer::of(at.bare(Method::GET, "/healthz"))).await.is(200);
        // The first of them had to go for it.
        let closed = soon(silent[0].read(&mut [0; 64])).await;
        assert!(matches!(closed, Ok(0) | Err(_)), "{closed:?}");
        at.server.db.close().await;
    });
}

#[test]
fn a_server_asks_for_as_many_files_as_its_connections_need() {
    run(async {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let program = program(folder.path(), &[]);
        let mut command = std::process::Command::new("bash");
        // As many as systems allow where nobody asks for more.
        command.args(["-c", "ulimit -S -n 1024; exec \"$0\" serve"]).arg(program.get_program());
        command.current_dir(folder.path());
        for (name, _) in program.get_envs().filter(|(_, value)| value.is_none()) {
            command.env_remove(name);
        }
        let serving = Serving::start_by(command).await;
        assert!(serving.open_files() >= 2 * u64::from(CONNECTIONS), "{}", serving.open_files());
        serving.stop().await;
    });
}

#[test]
fn a_connection_with_a_request_keeps_its_place() {
    run(async {
        let at = sqlite_with("16").await;
        at.stock().await;
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        // Its answer has no end.
        let live = at.signed(Method::GET, "/live", &cookie).send().await.unwrap();
        assert_eq!(live.status(), 200);
        let mut events = live.bytes_stream();
        soon(events.next()).await.unwrap().unwrap();
        let mut silent = Vec::new();
        for _ in 0..50 {
            silent.push(TcpStream::connect(at.address).await.unwrap());
        }
        // By a connection of its own: one that was kept may have been closed for another.
        let sent = json!([call("c", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, None, "NA")]);
        let request = reqwest::Client::new().post(at.url("/api/v1/calls")).bearer_auth(&at.token);
        let request = request.header("content-type", "application/json").body(sent.to_string());
        soon(Answer::of(request)).await.is(200);
        let event = soon(events.next()).await.expect("the stream goes on").unwrap();
        assert!(!event.is_empty());
        at.server.db.close().await;
    });
}

both_engines! {
    /// However many pages are made, who asks for something else is answered.
    async fn who_asks_for_no_page_does_not_wait_for_those_that_are_made(at) {
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let rendering = &at.server.context.rendering;
        let (begun, mut busy) = tokio::sync::mpsc::unbounded_channel();
        // On the threads that answer, nothing would go on before these pages end, no limit of time either: they end by themselves,
        // and say so.
        let given_up = Arc::new(AtomicBool::new(false));
        let made: Vec<_> = (0..rendering.threads()).map(|_| {
            let ((end, ends), begun) = (std::sync::mpsc::channel::<()>(), begun.clone());
            let given_up = Arc::clone(&given_up);
            // A page that keeps its thread busy until its end.
            drop(rendering.spawn(async move {
                begun.send(()).unwrap();
                if ends.recv_timeout(Duration::from_mins(1)) == Err(RecvTimeoutError::Timeout) {
                    given_up.store(true, SeqCst);
                }
            }));
            end
        }).collect();
        for _ in &made {
            soon(busy.recv()).await.unwrap();
        }
        assert!(!given_up.load(SeqCst), "pages are made one after the other");
        let mut page = Box::pin(Answer::of(at.signed(Method::GET, "/campaigns", &cookie).header("accept", "text/html")));
        let others = Box::pin(async {
            Answer::of(at.bare(Method::GET, "/healthz")).await.is(200);
            Answer::of(at.bare(Method::GET, "/readyz")).await.is(200);
            at.get("/api/v1/campaigns").await.is(200);
            at.put("/api/v1/voicebots/b", &json!({"name": "B"})).await.is(201);
        });
        match soon(futures::future::select(&mut page, others)).await {
            Either::Left((answer, _)) => panic!("a page was made: {}", answer.status),
            Either::Right(((), _)) => {}
        }
        assert!(!given_up.load(SeqCst), "who asks for no page has waited for the end of those that are made");
        drop(made);
        soon(page).await.is(200);
    }

    async fn a_session_follows_so_many_pages_and_no_more(at) {
        at.stock().await;
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let other = at.sign_in("lan@cty.vn").await;
        let follow = async |cookie: &str| at.signed(Method::GET, "/live", cookie).send().await.unwrap();
        let mut streams = Vec::new();
        for _ in 0..STREAMS_OF_A_SESSION {
            let stream = follow(&cookie).await;
            assert_eq!(stream.status(), 200);
            streams.push(stream);
        }
        assert_eq!(follow(&cookie).await.status(), 429);
        assert_eq!(follow(&other).await.status(), 200, "another session has its own");
    }
}
