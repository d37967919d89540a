//! A running campaign's pages follow new calls.

use std::time::Duration;

use domain::Role;
use futures::StreamExt;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, Harness, both_engines, call};

/// An open stream of events.
struct Events {
    bytes: std::pin::Pin<Box<dyn futures::Stream<Item = reqwest::Result<bytes::Bytes>> + Send>>,
    text: String,
}

impl Events {
    async fn open(at: &Harness, cookie: &str, last: Option<&str>) -> Self {
        let request = at.signed(Method::GET, "/campaigns/tet/live", cookie);
        let request = if let Some(last) = last { request.header("last-event-id", last) } else { request };
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no", "a proxy would keep events back");
        Self { bytes: Box::pin(response.bytes_stream()), text: String::new() }
    }

    /// The next event; `None` when the stream has ended.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(event);
            }
            // Long beyond any pause of the server's: a test that hangs fails instead.
            let chunk =
                tokio::time::timeout(Duration::from_mins(1), self.bytes.next()).await.expect("an event or the end");
            self.text.push_str(std::str::from_utf8(&chunk?.ok()?).unwrap());
        }
    }
}

impl Events {
    /// Reads on to the change of this revision; how many events it took. What is silent between is no change.
    async fn until(&mut self, latest: i64) -> u64 {
        for count in 1.. {
            let event = self.next().await.expect("the stream goes on");
            assert!(event.contains("event: change"), "{event}");
            if revision(&event) >= latest {
                return count;
            }
        }
        unreachable!("an endless count")
    }
}

/// The account's revision now.
async fn latest(at: &Harness) -> i64 {
    let mut conn = at.server.db.read().await.unwrap();
    store::accounts::revision(&mut conn, &at.scope).await.unwrap()
}

fn revision(event: &str) -> i64 {
    event.lines().find_map(|line| line.strip_prefix("data: ")).expect("data").parse().unwrap()
}

async fn store(at: &Harness, id: &str) {
    let batch = json!([call(id, "kh-1", "2026-11-22T14:59:00+07:00", 5_000, None, "NA")]);
    at.post("/api/v1/calls", &batch).await.is(200);
}

both_engines! {
    async fn a_new_call_is_told_to_every_viewer_and_nothing_else_is(at) {
        at.stock().await;
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let mut first = Events::open(at, &cookie, None).await;
        let mut second = Events::open(at, &cookie, None).await;
        let hello = first.next().await.unwrap();
        assert!(hello.contains("retry: 2000") && !hello.contains("event: change"), "{hello}");
        second.next().await.unwrap();
        store(at, "c-1").await;
        let latest = latest(at).await;
        first.until(latest).await;
        second.until(latest).await;
    }

    async fn many_changes_are_few_events(at) {
        at.stock().await;
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let mut events = Events::open(at, &cookie, None).await;
        events.next().await.unwrap();
        let begin = std::time::Instant::now();
        for n in 0..30 {
            store(at, &format!("c-{n}")).await;
        }
        let count = events.until(latest(at).await).await;
        // One at once and then at most one a second.
        assert!(count <= begin.elapsed().as_secs() + 2, "{count} events");
    }

    async fn who_was_cut_off_is_told_what_was_missed(at) {
        at.stock().await;
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let hello = Events::open(at, &cookie, None).await.next().await.unwrap();
        let seen = hello.lines().find_map(|line| line.strip_prefix("id: ")).unwrap().to_owned();
        store(at, "c-1").await;
        let mut again = Events::open(at, &cookie, Some(&seen)).await;
        assert!(again.next().await.unwrap().contains("event: change"));
    }

    async fn a_stream_ends_with_its_session(at) {
        at.stock().await;
        at.user("lan@cty.vn", Role::Viewer).await;
        let (cookie, other) = (at.sign_in("lan@cty.vn").await, at.sign_in("lan@cty.vn").await);
        let mut ended = Events::open(at, &cookie, None).await;
        let mut stays = Events::open(at, &other, None).await;
        ended.next().await.unwrap();
        stays.next().await.unwrap();
        Answer::of(at.form("/sign-out", &[]).header("cookie", &cookie)).await.is(303);
        assert_eq!(ended.next().await, None);
        store(at, "c-1").await;
        stays.until(latest(at).await).await;
        at.server.context.live.end_all();
        assert_eq!(stays.next().await, None, "the server stops");
    }
}
