//! The customers of a campaign: pages, standings, the same as CSV; numbers masked for a viewer.

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Harness, both_engines, call};

/// Five customers on the list whom nobody called, one reached, one called and not reached.
async fn fill(at: &Harness) {
    at.stock().await;
    let listed: Vec<Value> = (0..5)
        .map(|n| json!({"id": format!("w-{n}"), "phone": format!("09000000{n:02}"), "name": format!("Chờ {n}")}))
        .collect();
    at.post("/api/v1/campaigns/tet/contacts", &json!(listed)).await.is(200);
    let calls = json!([
        call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY"),
        call("c-2", "kh-1", "2026-11-05T09:00:00+07:00", 5_000, None, "NA"),
        call("c-3", "kh-2", "2026-11-05T10:00:00+07:00", 5_000, None, "NA"),
    ]);
    at.post("/api/v1/calls", &calls).await.is(200);
}

both_engines! {
    async fn customers_are_listed_page_by_page_and_as_csv(at) {
        fill(at).await;
        for (standing, count) in [("", 7), ("standing=reached", 1), ("standing=tried", 1), ("standing=never_dialled", 5)] {
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = at.get(&format!("/api/v1/campaigns/tet/contacts?limit=2&{standing}{cursor}")).await.is(200).json();
                assert_eq!(page["total"], count, "{standing}");
                seen.extend(page["customers"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()));
                let Some(next) = page["next"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(seen.len(), count, "{standing}");
            let csv = at.api(Method::GET, &format!("/api/v1/campaigns/tet/contacts?{standing}")).header("accept", "text/csv");
            let csv = Answer::of(csv).await.is(200);
            let text = csv.text();
            let rows: Vec<&str> = text.lines().skip(1).filter_map(|row| row.split(',').next()).collect();
            assert_eq!(rows, seen, "{standing}");
        }
        let found = at.get("/api/v1/campaigns/tet/contacts?q=cho%203").await.is(200).json();
        assert_eq!(found["customers"][0]["standing"], "never_dialled");
        assert_eq!(found["customers"][0]["attempts"], 0);
        at.get("/api/v1/campaigns/tet/contacts?standing=asleep").await.names(422, "standing");
        at.get("/api/v1/campaigns/tet/contacts?colour=red").await.names(422, "colour");
    }

    async fn a_list_of_calls_says_how_many_customers_they_were_to(at) {
        fill(at).await;
        for (query, calls, customers) in [
            ("", 3, 2),
            ("?from=2026-11-05&to=2026-11-05", 2, 2),
            ("?from=2026-11-05&to=2026-11-05&reached=false", 2, 2),
            ("?reached=false", 1, 1),
            ("?talked=true", 2, 1),
            ("?class=success", 1, 1),
        ] {
            let page = at.get(&format!("/api/v1/campaigns/tet/calls{query}")).await.is(200).json();
            assert_eq!((&page["total"], &page["customers"]), (&json!(calls), &json!(customers)), "{query}");
        }
    }

    async fn the_csv_for_people_has_their_words_and_times(at) {
        fill(at).await;
        let csv = async |header: &str| {
            let path = format!("/api/v1/campaigns/tet/contacts?header={header}");
            let request = at.bare(Method::GET, &path).bearer_auth(&at.token).header("accept", "text/csv");
            Answer::of(request).await.is(200).text().trim_start_matches('\u{feff}').to_owned()
        };
        let (fields, vi, en) = (csv("fields").await, csv("vi").await, csv("en").await);
        let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        assert_eq!(first(&fields), "id,phone,name,standing,attempts,last_dialed_at");
        assert_eq!(first(&vi), "Mã khách hàng,Số điện thoại,Tên khách hàng,Trạng thái,Số lần gọi,Cuộc gọi gần nhất");
        assert_eq!(first(&en), "Customer ID,Phone,Customer name,Standing,Attempts,Latest call");
        assert_eq!(fields.lines().count(), vi.lines().count());
        assert!(fields.contains(",reached,") && fields.contains("+07:00"), "{fields}");
        assert!(vi.contains(",Đã tiếp cận,") && en.contains(",Reached,"), "{vi}{en}");
        assert!(!vi.contains("+07:00") && vi.contains("2026-11-0"), "{vi}");
        let wrong = at.bare(Method::GET, "/api/v1/campaigns/tet/contacts?header=fr").bearer_auth(&at.token);
        Answer::of(wrong.header("accept", "text/csv")).await.is(422);
    }

    async fn a_viewer_sees_masked_numbers_and_a_manager_whole_ones(at) {
        fill(at).await;
        for (role, whole) in [(Role::Viewer, false), (Role::Manager, true)] {
            let email = format!("{}@cty.vn", role.word());
            at.user(&email, role).await;
            let cookie = at.sign_in(&email).await;
            for path in ["/campaigns/tet/customers", "/campaigns/tet/customers.csv"] {
                let answer = Answer::of(at.signed(Method::GET, path, &cookie).header("accept", "text/html,*/*")).await.is(200);
                assert_eq!(answer.text().contains("0900000003"), whole, "{path} as {role:?}");
            }
        }
    }
}
