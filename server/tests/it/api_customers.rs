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
        assert_eq!(first(&fields), "id,phone,name,standing,attempts,last_dialed_at,calls,cost,currency,class,result_code,result_label,talk_time,hangup_by,cause,recording,call");
        assert!(first(&vi).starts_with("Mã khách hàng,Số điện thoại,Tên khách hàng,Trạng thái,Số lần gọi,Cuộc gọi gần nhất,"), "{vi}");
        assert!(first(&en).starts_with("Customer ID,Phone,Customer name,Standing,Attempts,Latest call,"), "{en}");
        assert_eq!(fields.lines().count(), vi.lines().count());
        assert!(fields.contains(",reached,") && fields.contains("+07:00"), "{fields}");
        assert!(vi.contains(",Đã tiếp cận,") && en.contains(",Reached,"), "{vi}{en}");
        assert!(!vi.contains("+07:00") && vi.contains("2026-11-0"), "{vi}");
        let wrong = at.bare(Method::GET, "/api/v1/campaigns/tet/contacts?header=fr").bearer_auth(&at.token);
        Answer::of(wrong.header("accept", "text/csv")).await.is(422);
    }

    async fn customers_come_with_their_latest_call_in_any_order_and_in_a_workbook(at) {
        fill(at).await;
        let all = at.get("/api/v1/campaigns/tet/contacts?sort=-latest_at").await.is(200).json();
        let rows = all["customers"].as_array().unwrap();
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        let sum: u64 = rows.iter().map(|one| one["calls"].as_u64().unwrap()).sum();
        assert_eq!(sum, report["calls"]["total"].as_u64().unwrap(), "the calls of all customers are all calls");
        for one in rows.iter().filter(|one| !one["latest"].is_null()) {
            let calls = at.get(&format!("/api/v1/campaigns/tet/calls?contact={}", one["id"].as_str().unwrap())).await.is(200).json();
            assert_eq!(one["latest"]["id"], calls["calls"][0]["id"], "{one}");
        }
        let times: Vec<&str> = rows.iter().filter_map(|one| one["latest"]["dialed_at"].as_str()).collect();
        assert!(times.len() > 1 && times.is_sorted_by(|a, b| a >= b), "{times:?}");
        assert!(rows.last().unwrap()["latest"].is_null(), "who was never called comes last");
        for (query, field) in [("sort=name", "sort"), ("calls=many", "calls"), ("hangup_by=me", "hangup_by"), ("from=2026-02-30", "from")] {
            at.get(&format!("/api/v1/campaigns/tet/contacts?{query}")).await.names(422, field);
        }
        // A cursor of one order is none of another.
        let next = at.get("/api/v1/campaigns/tet/contacts?sort=-cost&limit=2").await.is(200).json();
        let cursor = next["next"].as_str().unwrap();
        at.get(&format!("/api/v1/campaigns/tet/contacts?sort=-cost&limit=2&cursor={cursor}")).await.is(200);
        at.get(&format!("/api/v1/campaigns/tet/contacts?sort=cost&limit=2&cursor={cursor}")).await.names(422, "cursor");

        let xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        let workbook = at.api(Method::GET, "/api/v1/campaigns/tet/contacts?sort=-latest_at").header("accept", xlsx);
        let workbook = Answer::of(workbook).await.is(200);
        let mut book: calamine::Xlsx<_> = calamine::Reader::new(std::io::Cursor::new(workbook.bytes)).unwrap();
        let name = calamine::Reader::sheet_names(&book)[0].clone();
        let range = calamine::Reader::worksheet_range(&mut book, &name).unwrap();
        let ids: Vec<String> = range.rows().skip(1).map(|row| row[0].to_string()).collect();
        let listed: Vec<&str> = rows.iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!(ids, listed);

        // One customer over all campaigns; those of another account are nobody's here.
        let called = rows[0]["id"].as_str().unwrap();
        let one = at.get(&format!("/api/v1/customers?campaign=tet&contact={called}")).await.is(200).json();
        assert_eq!((&one["calls"], &one["cost"]), (&rows[0]["calls"], &rows[0]["cost"]), "{one}");
        assert_eq!(one["newest"][0]["id"], rows[0]["latest"]["id"]);
        at.get("/api/v1/customers?campaign=tet&contact=nobody").await.is_problem(404);
        at.get("/api/v1/customers?campaign=tet").await.names(422, "contact");
        let (_, token) = crate::harness::account(&at.server.db, "Công ty Khác").await;
        let stranger = at.bare(Method::GET, &format!("/api/v1/customers?campaign=tet&contact={called}")).bearer_auth(&token);
        Answer::of(stranger).await.is_problem(404);
        at.user("xem@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("xem@cty.vn").await;
        for query in ["open", "customer"] {
            let path = format!("/campaigns/tet/customers?{query}={called}");
            let html = Answer::of(at.signed(Method::GET, &path, &cookie).header("accept", "text/html")).await.is(200).text();
            assert!(html.contains("id=\"recordings\"") || html.contains("<table"), "{html}");
        }
    }

    async fn a_viewer_sees_masked_numbers_and_a_manager_whole_ones(at) {
        fill(at).await;
        for (role, whole) in [(Role::Viewer, false), (Role::Manager, true)] {
            let email = format!("{}@cty.vn", role.word());
            at.user(&email, role).await;
            let cookie = at.sign_in(&email).await;
            for path in ["/campaigns/tet/customers", "/campaigns/tet/customers.csv", "/campaigns/tet/customers?sort=-latest_at&calls=0"] {
                let answer = Answer::of(at.signed(Method::GET, path, &cookie).header("accept", "text/html,*/*")).await.is(200);
                assert_eq!(answer.text().contains("0900000003"), whole, "{path} as {role:?}");
            }
        }
    }
}
