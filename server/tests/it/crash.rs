//! What was answered survives a kill of the process.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use reqwest::Client;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::{
    commands::program,
    harness::{call, run},
};

/// The program, serving; killed when dropped.
pub struct Serving {
    child: Child,
    address: String,
    log: watch::Receiver<Vec<String>>,
}

impl Serving {
    async fn start(folder: &std::path::Path) -> Self {
        Self::start_by(program(folder, &["serve"])).await
    }

    pub async fn start_by(mut command: std::process::Command) -> Self {
        // A free port: taken and given back, for the program to take.
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let mut child = command.env("RINGSIDE_LISTEN", &address).stderr(Stdio::piped()).spawn().unwrap();
        let (lines, log) = watch::channel(Vec::new());
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                lines.send_modify(|lines| lines.push(line));
            }
        });
        let serving = Self { child, address, log };
        let client = Client::builder().build().unwrap();
        let begin = Instant::now();
        while client.get(serving.url("/readyz")).send().await.is_err() {
            assert!(begin.elapsed() < Duration::from_mins(1), "the server does not come up");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        serving
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Resolves once the log has said this so often.
    pub async fn logged(&self, words: &str, times: usize) {
        self.logged_so(|lines| lines.iter().filter(|line| line.contains(words)).count() >= times).await;
    }

    /// Resolves once this holds for the lines of the log. What never comes shall not hang the tests.
    pub async fn logged_so(&self, holds: impl Fn(&[String]) -> bool) {
        let mut log = self.log.clone();
        let logged = log.wait_for(|lines| holds(lines));
        let came = tokio::time::timeout(Duration::from_mins(2), logged).await.is_ok_and(|waited| waited.is_ok());
        assert!(came, "it was not logged; what was: {:#?}", self.log.borrow());
    }

    /// How many lines of the log say this by now.
    pub fn times_logged(&self, words: &str) -> usize {
        self.log.borrow().iter().filter(|line| line.contains(words)).count()
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How large a file of the process may become, in bytes: what a full disk looks like to it.
    pub fn limit_files(&self, bytes: Option<u64>) {
        let limit = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
        let arguments = [format!("--pid={}", self.child.id()), format!("--fsize={limit}:")];
        assert!(std::process::Command::new("prlimit").args(arguments).status().unwrap().success());
    }

    /// How many files the process may have open.
    pub fn open_files(&self) -> u64 {
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", self.child.id())).unwrap();
        let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
        line.split_whitespace().nth(3).unwrap().parse().unwrap()
    }

    /// SIGTERM.
    pub fn terminate(&self) {
        let pid = self.child.id().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// SIGTERM; resolves when it has ended by itself.
    pub async fn stop(self) {
        self.terminate();
        self.ended().await;
    }

    /// Resolves when it has ended by itself.
    pub async fn ended(mut self) {
        let status = tokio::task::spawn_blocking(move || self.child.wait().unwrap()).await.unwrap();
        assert!(status.success(), "{status}");
    }

    /// SIGKILL: no handler, no clean-up.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn printed(folder: &std::path::Path, arguments: &[&str]) -> String {
    let output = program(folder, arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_batch_that_was_answered_survives_a_kill_in_the_middle_of_the_next_ones() {
    run(async {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        printed(folder.path(), &["account", "add", "A"]);
        let token = printed(folder.path(), &["token", "add", "t", "--account", "A"]);
        let client = Client::builder().build().unwrap();
        let mut answered = 0;
        for round in 0..3 {
            let serving = Serving::start(folder.path()).await;
            let base = serving.url("");
            let send = async |method: reqwest::Method, path: &str, body: Value| {
                let request = client.request(method, format!("{base}{path}")).bearer_auth(&token);
                request.header("content-type", "application/json").body(body.to_string()).send().await
            };
            send(reqwest::Method::PUT, "/api/v1/voicebots/bot", json!({"name": "B"})).await.unwrap();
            send(reqwest::Method::PUT, "/api/v1/campaigns/tet", json!({"name": "T", "voicebot": "bot"})).await.unwrap();
            let batch = |n: usize| {
                let id = |k: usize| format!("r{round}-b{n}-{k}");
                json!(
                    (0..200)
                        .map(|k| call(
                            &id(k),
                            &format!("kh-{k}"),
                            "2026-11-04T09:00:00+07:00",
                            5_000,
                            Some(9_000),
                            "DY"
                        ))
                        .collect::<Vec<_>>()
                )
            };
            // One after the other until the server is gone.
            let sending = async {
                let mut stored = 0;
                for n in 0.. {
                    match send(reqwest::Method::POST, "/api/v1/calls", batch(n)).await {
                        Ok(response) if response.status() == 200 => stored += 200,
                        _ => break,
                    }
                }
                stored
            };
            let killing = async {
                tokio::time::sleep(Duration::from_millis(300 + 170 * round)).await;
                serving.kill();
            };
            let (stored, ()) = futures::join!(sending, killing);
            answered += stored;
        }
        assert!(answered > 0);
        let serving = Serving::start(folder.path()).await;
        let report = client.get(serving.url("/api/v1/campaigns/tet/report")).bearer_auth(&token).send().await.unwrap();
        let report: Value = serde_json::from_slice(&report.bytes().await.unwrap()).unwrap();
        let total = report["calls"]["total"].as_u64().unwrap();
        // The batch that was under way when the kill came may be there whole or not at all.
        assert!(
            (answered..=answered + 3 * 200).contains(&total) && total.is_multiple_of(200),
            "{answered} answered, {total} there"
        );
        drop(serving);
        assert!(printed(folder.path(), &["verify"]).contains("every stored total agrees"));
    });
}

#[test]
fn a_kill_in_the_middle_of_a_large_batch_leaves_whole_portions_and_sending_it_again_adds_the_rest() {
    const CALLS: u64 = 20_000;
    run(async {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let tokens = ["A", "B"].map(|account| {
            printed(folder.path(), &["account", "add", account]);
            printed(folder.path(), &["token", "add", "t", "--account", account])
        });
        let client = Client::builder().build().unwrap();
        let send = async |serving: &Serving, token: &str, method: reqwest::Method, path: &str, body: String| {
            let request = client.request(method, serving.url(path)).bearer_auth(token);
            request.header("content-type", "application/json").body(body).send().await
        };
        let put = async |serving: &Serving, token: &str, path: &str, body: Value| {
            send(serving, token, reqwest::Method::PUT, path, body.to_string()).await.unwrap()
        };
        let calls = (0..CALLS).map(|n| {
            call(&format!("c-{n}"), &format!("kh-{n}"), "2026-11-04T09:00:00+07:00", 5_000, Some(9_000), "DY")
        });
        let batch = Value::Array(calls.collect()).to_string();
        let serving = Serving::start(folder.path()).await;
        put(&serving, &tokens[0], "/api/v1/voicebots/bot", json!({"name": "B"})).await;
        put(&serving, &tokens[0], "/api/v1/campaigns/tet", json!({"name": "T", "voicebot": "bot"})).await;
        let report = async |serving: &Serving| {
            let request = client.get(serving.url("/api/v1/campaigns/tet/report")).bearer_auth(&tokens[0]);
            let bytes = request.send().await.unwrap().bytes().await.unwrap();
            serde_json::from_slice::<Value>(&bytes).unwrap()["calls"]["total"].as_u64().unwrap()
        };
        let under_way = client.post(serving.url("/api/v1/calls")).bearer_auth(&tokens[0]).body(batch.clone());
        let under_way = under_way.header("content-type", "application/json").send();
        // Somebody else writes until the first portions are there.
        let killed = async {
            for n in 0.. {
                put(&serving, &tokens[1], "/api/v1/voicebots/bot", json!({"name": n.to_string()})).await;
                if report(&serving).await > 0 {
                    break;
                }
            }
            serving.kill();
        };
        let (answer, ()) = futures::join!(under_way, killed);
        assert!(answer.is_err(), "it was killed before the end");

        let serving = Serving::start(folder.path()).await;
        let before = report(&serving).await;
        assert!(before.is_multiple_of(2_000) && (1..CALLS).contains(&before), "{before}");
        let again = send(&serving, &tokens[0], reqwest::Method::POST, "/api/v1/calls", batch).await.unwrap();
        let again: Value = serde_json::from_slice(&again.bytes().await.unwrap()).unwrap();
        assert_eq!((&again["unchanged"], &again["accepted"]), (&json!(before), &json!(CALLS - before)));
        assert_eq!(report(&serving).await, CALLS);
        drop(serving);
        assert!(printed(folder.path(), &["verify"]).contains("every stored total agrees"));
    });
}

#[test]
fn a_kill_in_the_middle_of_an_upload_leaves_no_file_of_it() {
    run(async {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let temporary = folder.path().join("temporary");
        std::fs::create_dir(&temporary).unwrap();
        printed(folder.path(), &["account", "add", "A"]);
        let token = printed(folder.path(), &["token", "add", "t", "--account", "A"]);
        let mut command = program(folder.path(), &["serve"]);
        command.env("TMPDIR", &temporary);
        let serving = Serving::start_by(command).await;
        let client = Client::builder().build().unwrap();
        let send = async |method: reqwest::Method, path: &str, body: Value| {
            let request = client.request(method, serving.url(path)).bearer_auth(&token);
            let answer = request.header("content-type", "application/json").body(body.to_string()).send().await;
            assert!(answer.unwrap().status().is_success(), "{path}");
        };
        send(reqwest::Method::PUT, "/api/v1/voicebots/bot", json!({"name": "B"})).await;
        send(reqwest::Method::PUT, "/api/v1/campaigns/tet", json!({"name": "T", "voicebot": "bot"})).await;
        let one = call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(9_000), "DY");
        send(reqwest::Method::POST, "/api/v1/calls", json!([one])).await;
        // More than lies on the way: when all of it was taken, most has been received.
        let (told, is_sent) = tokio::sync::oneshot::channel();
        let begin = futures::stream::iter((0..32).map(|_| Ok::<_, std::io::Error>(vec![0_u8; 1024 * 1024])));
        let end = futures::stream::once(async {
            told.send(()).unwrap();
            std::future::pending().await
        });
        let body = reqwest::Body::wrap_stream(futures::StreamExt::chain(begin, end));
        let request = client.put(serving.url("/api/v1/calls/c-1/recording")).bearer_auth(&token);
        let upload = tokio::spawn(request.header("content-type", "audio/wav").body(body).send());
        is_sent.await.unwrap();
        serving.kill();
        let left: Vec<_> = std::fs::read_dir(&temporary).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(left, Vec::<std::ffi::OsString>::new());
        upload.await.unwrap().unwrap_err();
    });
}

#[test]
fn the_server_stops_when_it_is_asked_to() {
    run(async {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        Serving::start(folder.path()).await.stop().await;
        assert!(printed(folder.path(), &["verify"]).contains("every stored total agrees"));
    });
}

#[test]
fn the_demo_says_where_it_is_and_how_to_sign_in() {
    let folder = tempfile::tempdir().unwrap();
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut command = program(folder.path(), &["demo"]);
    let mut child =
        command.env("RINGSIDE_LISTEN", &address).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let line = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    let rest = line.strip_prefix(&format!("Ringside demo: http://{address} sign in as ")).expect(&line);
    let (email, password) = rest.split_once(" password ").expect(&line);
    run(async {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("email", email)
            .append_pair("password", password)
            .finish();
        let request = client
            .post(format!("http://{address}/sign-in"))
            .header("content-type", "application/x-www-form-urlencoded");
        let response = request.body(body).send().await.unwrap();
        assert_eq!(response.headers()["location"], "/");
        let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let page = client
            .get(format!("http://{address}/campaigns"))
            .header("cookie", cookie)
            .header("accept", "text/html")
            .send()
            .await
            .unwrap();
        let page = page.text().await.unwrap();
        assert!(page.matches("/campaigns/").count() >= 20, "the demo's campaigns are listed");
    });
    child.kill().unwrap();
    child.wait().unwrap();
}
