//! A running campaign's pages follow new calls.

use std::time::Duration;

use domain::Role;
use futures::StreamExt;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, Harness, both_engines, call};

/// An open stream of events.
pub struct Events {
    bytes: std::pin::Pin<Box<dyn futures::Stream<Item = reqwest::Result<bytes::Bytes>> + Send>>,
    text: String,
}

impl Events {
    pub async fn open(at: &Harness, cookie: &str, last: Option<&str>) -> Self {
        let request = at.signed(Method::GET, "/campaigns/tet/live", cookie);
        let request = if let Some(last) = last { request.header("last-event-id", last) } else { request };
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no", "a proxy would keep events back");
        Self { bytes: Box::pin(response.bytes_stream()), text: String::new() }
    }

    /// The next event; `None` when the stream has ended.
    pub async fn next(&mut self) -> Option<String> {
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

    async fn a_viewer_of_chosen_campaigns_is_told_of_nothing_else(at) {
        at.stock().await;
        at.put("/api/v1/campaigns/kin", &json!({"name": "Kín", "voicebot": "bot"})).await.is(201);
        let lan = at.user("lan@cty.vn", Role::Viewer).await;
        {
            let mut conn = at.server.db.write().await.unwrap();
            let chosen = store::Chosen::of(Some(vec!["tet".parse().unwrap()]), None);
            store::users::set_access(&mut conn, &at.scope, lan, Role::Viewer, chosen.as_ref()).await.unwrap();
            conn.commit().await.unwrap();
        }
        at.user("xem@cty.vn", Role::Viewer).await;
        let (limited, all) = (at.sign_in("lan@cty.vn").await, at.sign_in("xem@cty.vn").await);
        let (mut limited, mut all) = (Events::open(at, &limited, None).await, Events::open(at, &all, None).await);
        let hello = limited.next().await.unwrap();
        all.next().await.unwrap();
        let mut hidden = call("c-kin", "kh-2", "2026-11-22T14:59:00+07:00", 5_000, None, "NA");
        hidden["campaign"] = json!("kin");
        at.post("/api/v1/calls", &json!([hidden])).await.is(200);
        all.until(latest(at).await).await;
        store(at, "c-1").await;
        all.until(latest(at).await).await;
        // The first event that the limited one gets is of what they see, and its number is not the account's.
        let event = limited.next().await.unwrap();
        assert!(event.contains("event: change") && revision(&event) > latest(at).await, "{event}");
        assert_ne!(hello.lines().find(|line| line.starts_with("id: ")), event.lines().find(|line| line.starts_with("id: ")));
        // Cut off, and nothing of theirs has changed since: nothing is told, though others changed.
        let seen = revision(&event).to_string();
        let mut hidden = call("c-kin-2", "kh-2", "2026-11-22T14:59:30+07:00", 5_000, None, "NA");
        hidden["campaign"] = json!("kin");
        at.post("/api/v1/calls", &json!([hidden])).await.is(200);
        let cookie = at.sign_in("lan@cty.vn").await;
        let hello = Events::open(at, &cookie, Some(&seen)).await.next().await.unwrap();
        assert!(!hello.contains("event: change"), "{hello}");
        // A correction that changes no sum is a change.
        let mut corrected = call("c-1", "kh-1", "2026-11-22T14:59:00+07:00", 5_000, None, "NA");
        corrected["cause"] = json!("480");
        at.post("/api/v1/calls", &json!([corrected])).await.is(200);
        let hello = Events::open(at, &cookie, Some(&seen)).await.next().await.unwrap();
        assert!(hello.contains("event: change"), "{hello}");
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
