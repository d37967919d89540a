//! Lists of calls that take longer to count than their pages to come: the page says so, and the sums come after it.

use domain::Role;
use serde_json::json;

use crate::{
    harness::{Harness, both_engines, call},
    settings::page,
    strangers::call_function,
};

/// Three days of calls, two attempts for each of forty customers.
async fn fill(at: &Harness) {
    at.stock().await;
    let calls: Vec<_> = (0..80)
        .map(|n| {
            let day = 4 + n % 3;
            let mut call = call(
                &format!("c-{n}"),
                &format!("kh-{}", n % 40),
                &format!("2026-11-{day:02}T09:{:02}:00+07:00", n % 60),
                5_000,
                (n % 4 == 0).then_some(31_000),
                if n % 4 == 0 { "DY" } else { "NA" },
            );
            call["attempt"] = json!(1 + n / 40);
            call
        })
        .collect();
    at.post("/api/v1/calls", &json!(calls)).await.is(200);
}

/// What stands between `from` and the next `to`.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    text.split_once(from)?.1.split_once(to).map(|(found, _)| found)
}

/// A text without its markup.
fn words(html: &str) -> String {
    let parts = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    parts.collect::<String>().replace('\u{a0}', " ")
}

both_engines! {
    async fn the_sums_of_a_long_list_come_after_its_page(at) {
        fill(at).await;
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let slow = at.another(&[("RINGSIDE_COUNTED_AT_ONCE", "10")]).await;
        let asked_for = "<ringside-count";
        for of in ["/campaigns/tet", ""] {
            for query in ["attempt=2", "attempt=1&class=success", "min_talk=1000", "attempt=2&from=2026-11-04&to=2026-11-05"] {
                let path = format!("{of}/calls?{query}");
                let counted = page(at, &cookie, &path).await.is(200).text();
                assert!(!counted.contains(asked_for), "{path}");
                let sums = |html: &str| words(between(html, "aria-label=\"Tổng của bộ lọc\"", "</div>").unwrap().split_once('>').unwrap().1);
                let sums_at_once = sums(&counted);
                let later = page(&slow, &cookie, &path).await.is(200).text();
                let source = between(&later, "<ringside-count", "</ringside-count>").and_then(|element| between(element, "data-src=\"", "\"")).unwrap_or_else(|| panic!("{path} counts at once"));
                let source = source.replace("&amp;", "&");
                // The rows do not wait for the sums, and are the same.
                assert_eq!(later.matches("data-row").count(), counted.matches("data-row").count(), "{path}");
                let arguments = form_urlencoded::parse(source.split_once('?').unwrap().1.as_bytes()).into_owned().collect::<Vec<_>>();
                let arguments: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let answer = call_function(&slow, "/fn/call-sums", &arguments, &cookie).await.is(200).json();
                let masked = "Số điện thoại được che theo vai trò của bạn";
                assert_eq!(words(answer.as_str().unwrap()), sums_at_once.replace(masked, ""), "{path}");
                // Without scripts, the list is counted by a link.
                let href = between(&later, "<ringside-count", "</ringside-count>").and_then(|element| between(element, "<noscript>", "</noscript>")).and_then(|link| between(link, "href=\"", "\"")).unwrap().replace("&amp;", "&");
                let by_link = page(&slow, &cookie, &href).await.is(200).text();
                assert_eq!(sums(&by_link), sums_at_once, "{href}");
            }
        }
        // Of a code, all is known but the customers.
        let later = page(&slow, &cookie, "/campaigns/tet/calls?code=NA").await.is(200).text();
        assert!(later.contains(asked_for) && words(&later).contains("60 cuộc gọi"), "{later}");
        // What nothing is filtered from is known from the rollups.
        let whole = page(&slow, &cookie, "/campaigns/tet/calls").await.is(200).text();
        assert!(!whole.contains(asked_for));
    }

    async fn what_was_counted_is_counted_anew_after_a_change(at) {
        fill(at).await;
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let count = || call_function(at, "/fn/call-sums", &[("campaign", "tet"), ("query", "attempt=2")], &cookie);
        assert!(words(count().await.is(200).json().as_str().unwrap()).starts_with("40 cuộc gọi"));
        let mut more = call("c-more", "kh-1", "2026-11-07T09:00:00+07:00", 5_000, None, "NA");
        more["attempt"] = json!(2);
        at.post("/api/v1/calls", &json!([more])).await.is(200);
        assert!(words(count().await.is(200).json().as_str().unwrap()).starts_with("41 cuộc gọi"));
        call_function(at, "/fn/call-sums", &[("query", "attempt=zwei")], &cookie).await.is(422);
    }
}
