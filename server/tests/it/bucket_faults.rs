//! A bucket that fails, or whose client leaves: nothing of our own breaks, and nothing stays half uploaded.

use std::{process::Command, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::Timestamp;
use reqwest::Method;
use serde_json::json;
use tokio::sync::watch;

use crate::harness::{Answer, Harness, NOW, PostgresDatabase, call, run, wav};

/// What the bucket does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Works,
    /// It answers 500.
    Fails,
    /// It takes the begin of an upload, and answers 500 to its parts.
    FailsAtParts,
    /// It never answers to a part.
    HangsAtParts,
    /// It never answers.
    Hangs,
}

/// As much of S3 as an upload needs; it keeps nothing but what it was asked.
struct Bucket {
    mode: watch::Sender<Mode>,
    asked: watch::Sender<Vec<String>>,
}

impl Bucket {
    async fn start(address: &str) -> Arc<Self> {
        let bucket = Arc::new(Self { mode: watch::Sender::new(Mode::Works), asked: watch::Sender::default() });
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&bucket));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        bucket
    }

    /// Requests so far of this method whose address holds these words.
    fn times(asked: &[String], method: &Method, words: &str) -> usize {
        asked.iter().filter(|asked| asked.starts_with(method.as_str()) && asked.contains(words)).count()
    }

    async fn until_asked(&self, method: Method, words: &str, times: usize) {
        let mut asked = self.asked.subscribe();
        asked.wait_for(|asked| Self::times(asked, &method, words) >= times).await.unwrap();
    }
}

async fn answer(State(bucket): State<Arc<Bucket>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let mode = *bucket.mode.borrow();
    bucket.asked.send_modify(|asked| asked.push(format!("{} {}", parts.method, parts.uri)));
    let is_part = query.contains("partNumber");
    match mode {
        Mode::Fails => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Mode::FailsAtParts if is_part => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Mode::HangsAtParts if is_part => std::future::pending().await,
        Mode::Hangs => std::future::pending().await,
        _ => {}
    }
    match parts.method {
        Method::POST if query.contains("uploads") => {
            let begun = "<InitiateMultipartUploadResult><UploadId>one</UploadId></InitiateMultipartUploadResult>";
            Body::from(begun).into_response()
        }
        Method::PUT => [("etag", "\"1\"")].into_response(),
        Method::DELETE => StatusCode::NO_CONTENT.into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

#[test]
fn on_sqlite_a_bucket_that_fails_is_503_and_nothing_stays_half_uploaded() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/test.db", folder.path().display());
    nothing_stays_half_uploaded("on_sqlite_a_bucket_that_fails_is_503_and_nothing_stays_half_uploaded", async || {
        (database.clone(), None)
    });
}

#[test]
fn on_postgres_a_bucket_that_fails_is_503_and_nothing_stays_half_uploaded() {
    nothing_stays_half_uploaded("on_postgres_a_bucket_that_fails_is_503_and_nothing_stays_half_uploaded", async || {
        let database = PostgresDatabase::create().await;
        (database.address.clone(), Some(database))
    });
}

/// The test of this name, on this database.
fn nothing_stays_half_uploaded(name: &str, database: impl AsyncFnOnce() -> (String, Option<PostgresDatabase>)) {
    // As for the tests against a whole server of that kind, the variables are those of the process.
    if std::env::var_os("RINGSIDE_TEST_BUCKET_INNER").is_none() {
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let endpoint = format!("http://{address}");
        let mut again = Command::new(std::env::current_exe().unwrap());
        again.args(["--exact", &format!("bucket_faults::{name}"), "--nocapture"]).envs([
            ("RINGSIDE_TEST_BUCKET_INNER", "1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT", endpoint.as_str()),
            ("AWS_ALLOW_HTTP", "true"),
            // Of the tests: who waits for a bucket that hangs waits less long.
            ("AWS_READ_TIMEOUT", "300ms"),
        ]);
        let output = again.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && text.contains("1 passed"), "{text}");
        return;
    }
    run(async {
        let endpoint = std::env::var("AWS_ENDPOINT").unwrap();
        let bucket = Bucket::start(endpoint.trim_start_matches("http://")).await;
        let (address, database) = database().await;
        let folder = tempfile::tempdir().unwrap();
        let at = Harness::start(&address, folder, &[("RINGSIDE_RECORDINGS", "s3://calls/of/ringside")]).await;
        at.stock().await;
        at.post("/api/v1/calls", &json!([call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(9_000), "DY")]))
            .await
            .is(200);
        let path = "/api/v1/calls/c-1/recording";
        let upload = |body: Vec<u8>| at.api(Method::PUT, path).header("content-type", "audio/wav").body(body);
        let loose = async || {
            let mut conn = at.server.db.read().await.unwrap();
            store::objects::loose_before(&mut conn, &at.scope, Timestamp(NOW + 1), "").await.unwrap().len()
        };
        let readyz = async || Answer::of(at.bare(Method::GET, "/readyz")).await;
        Answer::of(upload(wav(1))).await.is(201);
        assert_eq!(loose().await, 0);
        readyz().await.is(200);
        for (n, mode) in [Mode::Fails, Mode::Hangs].into_iter().enumerate() {
            bucket.mode.send_replace(mode);
            let refused = [Answer::of(upload(wav(1))).await, at.get(path).await];
            for answer in refused {
                answer.is_problem(503);
                assert_ne!(answer.header("retry-after"), "");
            }
            assert_eq!(loose().await, n + 1, "nobody knows whether it has that one");
            let not_ready = readyz().await.is_problem(503);
            assert!(not_ready["detail"].as_str().unwrap().contains("the store of recordings"), "{not_ready}");
            Answer::of(at.bare(Method::GET, "/healthz")).await.is(200);
        }
        // By itself, once it works again.
        bucket.mode.send_replace(Mode::Works);
        readyz().await.is(200);
        Answer::of(upload(wav(1))).await.is(200);

        let large = wav(600);
        assert!(large.len() > 2 * 8 * 1024 * 1024, "it goes in parts");
        bucket.mode.send_replace(Mode::FailsAtParts);
        Answer::of(upload(large.clone())).await.is_problem(503);
        bucket.until_asked(Method::DELETE, "uploadId=one", 1).await;
        // The sender leaves in the middle.
        bucket.mode.send_replace(Mode::HangsAtParts);
        let parts = Bucket::times(&bucket.asked.borrow(), &Method::PUT, "partNumber");
        tokio::select! {
            answer = upload(large).send() => panic!("{answer:?}"),
            () = bucket.until_asked(Method::PUT, "partNumber", parts + 2) => {}
        }
        bucket.until_asked(Method::DELETE, "uploadId=one", 2).await;
        at.server.db.close().await;
        if let Some(database) = database {
            database.remove().await;
        }
    });
}
