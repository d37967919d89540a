//! Recordings in a bucket: against a server that speaks S3 (moto, from the Python package index).

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::json;

use crate::{
    harness::{Answer, Harness, call, run, wav},
    proxy::{Mode, Proxy},
};

const MISSING: &str = "no S3 server to test with: `make setup` (or `make test`) installs tools/requirements-test.txt into \
                       target/test-python; or name one that is started with `-H HOST -p PORT` by RINGSIDE_TEST_S3_SERVER";

/// A running server; stopped when dropped.
struct S3 {
    child: Child,
    address: String,
}

impl S3 {
    async fn start() -> Self {
        let installed = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/test-python/bin/moto_server");
        let program = std::env::var_os("RINGSIDE_TEST_S3_SERVER").map_or(installed, PathBuf::from);
        assert!(program.exists(), "{MISSING}");
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(program);
        let child =
            command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        let s3 = Self { child: child.spawn().expect(MISSING), address: format!("http://127.0.0.1:{port}") };
        let begin = Instant::now();
        while reqwest::get(format!("{}/moto-api/", s3.address)).await.is_err() {
            assert!(begin.elapsed() < Duration::from_mins(1), "the S3 server does not come up");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        s3
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn recordings_live_in_a_bucket() {
    // The usual variables of S3 clients are read from the environment, which a test cannot set for itself: it starts
    // this test again with them.
    if std::env::var_os("RINGSIDE_TEST_S3_INNER").is_none() {
        run(async {
            let _ = rustls::crypto::ring::default_provider().install_default();
            let s3 = S3::start().await;
            // The address of the proxy that the test puts in front of it.
            let proxy = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let endpoint = format!("http://{proxy}");
            let mut again = Command::new(std::env::current_exe().unwrap());
            again.args(["--exact", "s3::recordings_live_in_a_bucket", "--nocapture"]);
            again.envs([
                ("RINGSIDE_TEST_S3_INNER", s3.address.trim_start_matches("http://")),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_ENDPOINT", endpoint.as_str()),
                ("AWS_ALLOW_HTTP", "true"),
                ("AWS_READ_TIMEOUT", "3s"),
            ]);
            let output = tokio::task::spawn_blocking(move || again.output().unwrap()).await.unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && text.contains("1 passed"), "{text}");
        });
        return;
    }
    run(async {
        let upstream = std::env::var("RINGSIDE_TEST_S3_INNER").unwrap();
        let endpoint = std::env::var("AWS_ENDPOINT").unwrap();
        let proxy = Proxy::start(endpoint.trim_start_matches("http://"), &upstream).await;
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}/test.db", folder.path().display());
        let at = Harness::start(&database, folder, &[("RINGSIDE_RECORDINGS", "s3://calls/of/ringside")]).await;
        let bucket = format!("http://{upstream}/calls");
        let client = reqwest::Client::new();
        // The bucket is not there yet: not ready, and a recording is refused without a trace.
        at.stock().await;
        at.post("/api/v1/calls", &json!([call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(9_000), "DY")]))
            .await
            .is(200);
        let path = "/api/v1/calls/c-1/recording";
        let put = async |body: Vec<u8>| {
            Answer::of(at.api(Method::PUT, path).header("content-type", "audio/wav").body(body)).await
        };
        put(wav(1)).await.is_problem(503);
        at.get(path).await.is_problem(404);
        client.put(&bucket).send().await.unwrap().error_for_status().unwrap();
        Answer::of(at.bare(Method::GET, "/readyz")).await.is(200);

        let objects = async || {
            let list = client
                .get(format!("{bucket}?list-type=2&prefix=of/ringside/"))
                .send()
                .await
                .unwrap()
                .text()
                .await
                .unwrap();
            list.matches("<Key>").count()
        };
        put(wav(1)).await.is(201);
        assert_eq!(objects().await, 1);
        let part = Answer::of(at.api(Method::GET, path).header("range", "bytes=44-53")).await.is(206);
        assert!(part.bytes == wav(1)[44..54]);
        // Large enough for several parts.
        let large = wav(600);
        assert!(large.len() > 2 * 8 * 1024 * 1024);
        put(large.clone()).await.is(200);
        assert!(at.get(path).await.is(200).bytes == large);
        assert_eq!(objects().await, 1, "the old one is deleted");
        let end = Answer::of(at.api(Method::GET, path).header("range", "bytes=-10")).await.is(206);
        assert!(end.bytes == large[large.len() - 10..]);
        // A store that is gone, and one that does not answer.
        put(wav(2)).await.is(200);
        for mode in [Mode::Drop, Mode::Stall] {
            proxy.set(mode);
            let refused = put(wav(1)).await;
            refused.is_problem(503);
            assert_ne!(refused.header("retry-after"), "");
            at.get(path).await.is_problem(503);
            let problem = Answer::of(at.bare(Method::GET, "/readyz")).await.is_problem(503);
            assert_eq!(problem["detail"], "the store of recordings does not answer");
            at.get("/api/v1/calls/c-1").await.is(200);
            proxy.set(Mode::Pass);
            Answer::of(at.bare(Method::GET, "/readyz")).await.is(200);
            assert!(at.get(path).await.is(200).bytes == wav(2), "what was there before is there");
            assert_eq!(objects().await, 1, "nothing else is");
        }
        Answer::of(at.api(Method::DELETE, path)).await.is(204);
        assert_eq!(objects().await, 0);
    });
}
