//! What the log says of a request is known at its end: also of what is sent in slices.

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use store::jobs::{self, Payload, VerifyAccount};

use crate::{
    harness::{Answer, both_engines, call},
    hostile_texts::{listen_to_the_log, logged},
};

/// A number in a line of the log.
fn number(line: &str, name: &str) -> u64 {
    let (_, after) = line.split_once(&format!(" {name}=")).unwrap_or_else(|| panic!("no {name}: {line}"));
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("{name}: {line}"))
}

both_engines! {
    async fn a_file_that_is_sent_in_slices_is_logged_and_counted_with_all_its_rows(at) {
        const CALLS: usize = 5_000;
        listen_to_the_log();
        at.stock().await;
        let all: Vec<Value> = (0..CALLS)
            .map(|n| call(&format!("c-{n}"), &format!("kh-{n}"), "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), "DY"))
            .collect();
        at.post("/api/v1/calls", &json!(all)).await.is(200);
        at.user("chu@cty.vn", Role::Owner).await;
        let cookie = at.sign_in("chu@cty.vn").await;
        let before = at.server.context.metrics.rows();
        let file = Answer::of(at.signed(Method::GET, "/campaigns/tet/calls.csv", &cookie)).await.is(200);
        assert_eq!(file.text().lines().count(), CALLS + 1);
        // The line is written once the last of the file has gone.
        let line = loop {
            let found = |line: &&str| line.contains("/campaigns/{id}/calls.csv was answered with 200");
            if let Some(line) = logged().lines().find(found) {
                break line.to_owned();
            }
            tokio::task::yield_now().await;
        };
        assert!(number(&line, "rows") >= CALLS as u64, "{line}");
        assert!(number(&line, "account") == at.scope.account() as u64 && number(&line, "sent_ms") >= number(&line, "ms"), "{line}");
        assert!(at.server.context.metrics.rows() - before >= CALLS as u64);
    }

    async fn a_job_is_logged_with_its_account_and_what_it_cost(at) {
        listen_to_the_log();
        at.stock().await;
        let (mut conn, now) = (at.server.db.write().await.unwrap(), (at.server.context.clock)());
        jobs::enqueue(&mut conn, &at.scope, &VerifyAccount::new(true), None, now, now).await.unwrap();
        conn.commit().await.unwrap();
        at.run_due(VerifyAccount::KIND).await;
        let account = at.scope.account();
        let is_its = |line: &&str| line.contains("A job of kind verify_account ended as done") && line.contains(&format!(" account={account}"));
        let logged = logged();
        let line = logged.lines().find(is_its).unwrap_or_else(|| panic!("{logged}"));
        assert!(line.contains(&format!("job{{id=\"{account}-")) && line.contains(" kind=\"verify_account\""), "{line}");
        assert!(number(line, "statements") > 3 && number(line, "attempt") == 1, "{line}");
        let (_, _) = (number(line, "ms"), number(line, "rows"));
    }
}
