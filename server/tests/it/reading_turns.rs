//! Readers of one account, however many they are, leave connections to those of others.

use std::pin::pin;

use domain::Role;
use futures::FutureExt;
use reqwest::Method;
use server::secrets;

use crate::harness::{Answer, account, both_engines};

both_engines! {
    async fn readers_wait_for_those_of_their_own_account_and_for_nobody_else(at) {
        at.stock().await;
        at.user("a@cty.vn", Role::Owner).await;
        let cookie = at.sign_in("a@cty.vn").await;
        let (_, other) = account(&at.server.db, "Another").await;
        let page = || Answer::of(at.signed(Method::GET, "/campaigns", &cookie).header("accept", "text/html"));
        let program = || at.get("/api/v1/campaigns");
        let of_another = || Answer::of(at.bare(Method::GET, "/api/v1/campaigns").bearer_auth(&other));
        // From now on it is known whose these are.
        page().await.is(200);
        program().await.is(200);
        of_another().await.is(200);

        let (_, session) = secrets::read(secrets::NO_PREFIX, cookie.split_once('=').unwrap().1).unwrap();
        let line = at.server.context.reading.line(&session);
        let mut turns = Vec::new();
        while let Some(Some(turn)) = line.acquire().now_or_never() {
            turns.push(turn);
        }
        assert_eq!(turns.len(), 5, "half of the connections");

        let (mut page, mut program) = (pin!(page()), pin!(program()));
        for _ in 0..3 {
            tokio::select! {
                biased;
                _ = &mut page => panic!("a page of the account did not wait"),
                _ = &mut program => panic!("a program of the account did not wait"),
                answer = of_another() => { answer.is(200); }
            }
        }
        // What changes something does not wait for readers, and what reads nothing waits for nobody.
        at.put("/api/v1/voicebots/b", &serde_json::json!({"name": "B"})).await.is(201);
        Answer::of(at.bare(Method::GET, "/readyz")).await.is(200);
        drop(turns);
        page.await.is(200);
        program.await.is(200);
    }
}
