//! A sender with hundreds of result codes that nobody has declared.

use domain::Role;
use serde_json::{Value, json};

use crate::{
    harness::{both_engines, call},
    strangers::call_function,
};

both_engines! {
    async fn five_hundred_codes_are_a_few_lines_until_they_are_asked_for(at) {
        at.stock().await;
        let record = |n: usize| {
            let (id, code) = (format!("c-{n}"), format!("K{n:03}"));
            call(&id, &format!("kh-{n}"), "2026-11-04T09:00:00+07:00", 5_000, Some(9_000), &code)
        };
        let calls: Vec<Value> = (0..500).map(record).collect();
        assert_eq!(at.post("/api/v1/calls", &json!(calls)).await.is(200).json()["accepted"], 500);
        at.user("lan@cty.vn", Role::Manager).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let overview = call_function(at, "/fn/overview", &[("campaign", "tet")], &cookie).await.is(200).json();
        let page = overview["html"].as_str().unwrap();
        // What is closed is what stands between `<details` and its end.
        let open: String = page
            .split("<details")
            .enumerate()
            .map(|(n, part)| if n == 0 { part } else { part.split_once("</details>").map_or("", |(_, rest)| rest) })
            .collect();
        let count = |text: &str, what: &str| text.matches(what).count();
        // One more says how the calls ended.
        assert_eq!((count(&open, "bar-row"), count(page, "bar-row")), (12 + 1, 500 + 1));
        // Each form has a button that opens it and one that closes it.
        assert_eq!((count(&open, "popovertarget=\"declare-"), count(page, "popovertarget=\"declare-")), (24, 1_000));
        assert!(open.contains("488 mã nữa"), "the note says how many more");
    }
}
