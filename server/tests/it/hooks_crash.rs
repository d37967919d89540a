//! Webhooks through a kill of the process: what was answered is a call, however far its reading was.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::SeqCst},
};

use domain::{HookSource, time::DAY_MS};
use futures::StreamExt;
use store::{Db, Scope, accounts, jobs::Payload};

use crate::{crash::Serving, harness::Harness, hook_bodies::CASES, hooks::add_hook, place::on_each_engine};

/// Sends webhooks of different calls, many at once, until the server is gone; gives the numbers of those that were answered.
async fn send_until_killed(serving: Serving, path: &str, body: &str, kill_after: usize) -> Vec<usize> {
    let (client, url) = (reqwest::Client::new(), serving.url(path));
    let is_killed = Arc::new(AtomicBool::new(false));
    let send = |n: usize| {
        let (client, url, body) = (client.clone(), url.clone(), body.replace("{ID}", &format!("k-{n}")));
        let is_killed = Arc::clone(&is_killed);
        async move {
            if is_killed.load(SeqCst) {
                return None;
            }
            let answer = client.post(url).header("content-type", "application/json").body(body).send().await.ok()?;
            (answer.status() == 200).then_some(n)
        }
    };
    let mut sending = futures::stream::iter(0..100_000).map(send).buffer_unordered(32);
    let (mut serving, mut answered) = (Some(serving), Vec::new());
    while let Some(one) = sending.next().await {
        answered.extend(one);
        if answered.len() >= kill_after
            && let Some(serving) = serving.take()
        {
            serving.kill();
            is_killed.store(true, SeqCst);
        }
    }
    answered
}

on_each_engine! {
    async fn no_webhook_that_was_answered_is_lost_by_a_kill_and_none_becomes_two_calls(place) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        place.printed(&["account", "add", "A"]);
        let scope;
        let path = {
            let db = Db::open(&place.database).await.unwrap();
            let account = accounts::list(&mut db.read().await.unwrap()).await.unwrap().remove(0);
            #[expect(clippy::disallowed_methods, reason = "the account was made here")]
            let of = Scope::system(account.id);
            scope = of;
            let path = add_hook(&db, &scope, HookSource::Vapi, None).await;
            db.close().await;
            path
        };
        let body = CASES.iter().find(|case| case.source == HookSource::Vapi).unwrap().bodies[1];
        let mut answered = Vec::new();
        // Killed early, and again while it reads what the first one left.
        for kill_after in [20, 150] {
            let more = send_until_killed(place.serve().await, &path, body, kill_after).await;
            assert!(more.len() >= kill_after, "{}", more.len());
            answered.extend(more);
        }
        answered.sort_unstable();
        answered.dedup();

        // A day later every lease is over.
        let later = Harness::start_beside_at(
            &place.database,
            tempfile::tempdir().unwrap(),
            &[],
            domain::Timestamp((server::clock::system())().0 + DAY_MS),
        )
        .await;
        server::jobs::run_due(&later.db, &later.context, store::jobs::ReadHooks::KIND).await.unwrap();
        let mut conn = later.db.read().await.unwrap();
        assert!(!store::hooks::bodies::has_work(&mut conn, &scope).await.unwrap());
        let ids: Vec<String> = answered.iter().map(|n| format!("vapi:k-{n}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let stored = store::ingest::stored_records(&mut later.db.write().await.unwrap(), &scope, &ids).await.unwrap();
        assert_eq!(stored.len(), answered.len(), "each that was answered is one call");
        drop(conn);
        later.db.close().await;
    }
}
