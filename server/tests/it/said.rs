//! A search of what was said, on the page and in the API: what is found, what a reader may see of it, and where it leads.

use domain::Role;
use serde_json::{Value, json};

use crate::{
    harness::{Harness, both_engines, call},
    limited::limit,
    settings::page,
};

fn saying(id: &str, minute: u32, lines: &[&str]) -> Value {
    let mut one = call(id, "kh-1", &format!("2026-11-04T09:{minute:02}:00+07:00"), 5_000, Some(31_000), "DY");
    one["contact"] = json!({"id": "kh-1", "phone": "0912345678", "name": "Chị Hồng"});
    let line = |(n, text): (usize, &&str)| json!({"at": n * 4_000, "speaker": if n % 2 == 0 { "bot" } else { "customer" }, "text": text});
    one["transcript"] = lines.iter().enumerate().map(line).collect();
    one
}

async fn fill(at: &Harness) {
    at.stock().await;
    at.put("/api/v1/campaigns/khac", &json!({"name": "Khác", "voicebot": "bot"})).await.is(201);
    let mut other = saying("c-3", 30, &["Alo, đăng ký <b>ngay</b> nhé"]);
    other["campaign"] = json!("khac");
    at.post(
        "/api/v1/calls",
        &json!([
            saying("c-1", 10, &["Dạ em chào chị, chị muốn ĐĂNG KÝ không ạ?", "Ừ, gọi số 0912345678", "Dạ vâng"]),
            saying("c-2", 20, &["Chị ký rồi ạ?", "đăng gì?"]),
            other,
        ]),
    )
    .await
    .is(200);
}

fn ids(answer: &Value) -> Vec<&str> {
    answer["calls"].as_array().unwrap().iter().map(|one| one["call"]["id"].as_str().unwrap()).collect()
}

both_engines! {
    async fn calls_are_found_by_what_was_said(at) {
        fill(at).await;
        let found = async |query: &str| at.get(&format!("/api/v1/said?{query}")).await.is(200).json();
        assert_eq!(ids(&found("q=dang+ky").await), ["c-3", "c-1"]);
        assert_eq!(ids(&found("q=%22dang+ky%22&campaign=tet").await), ["c-1"]);
        assert_eq!(ids(&found("q=%C4%91%C4%83ng&speaker=customer").await), ["c-2"]);
        let first = found("q=dang+ky&limit=1").await;
        let next = first["next"].as_str().unwrap();
        assert_eq!((ids(&first), ids(&found(&format!("q=dang+ky&limit=1&cursor={next}")).await)), (vec!["c-3"], vec!["c-1"]));
        let one = &found("q=%22chao+chi%22").await["calls"][0];
        assert_eq!(one["lines"], json!([{"at": 0, "speaker": "bot", "pieces": [
            {"text": "Dạ em ", "found": false}, {"text": "chào chị", "found": true}, {"text": ", chị muốn ĐĂNG KÝ không ạ?", "found": false},
        ]}]));
        assert_eq!((one["more_lines"].as_u64(), one["call"].get("transcript"), &one["call"]["contact"]["name"]), (Some(0), None, &json!("Chị Hồng")));
        for (query, field) in [("q=", "q"), ("q=%22%22", "q"), ("q=a&speaker=x", "speaker"), ("q=a&x=1", "x"), ("q=a&q=b", "q"), ("q=a&limit=0", "limit")] {
            at.get(&format!("/api/v1/said?{query}")).await.names(422, field);
        }
        at.get("/api/v1/said?q=a&campaign=none").await.is_problem(404);
        at.get(&format!("/api/v1/said?q=b&cursor={next}")).await.names(422, "cursor");
    }

    async fn the_page_marks_the_words_and_leads_to_the_second(at) {
        fill(at).await;
        at.user("xem@cty.vn", Role::Manager).await;
        let cookie = at.sign_in("xem@cty.vn").await;
        let html = page(at, &cookie, "/search?q=%22dang+ky%22").await.is(200).text();
        assert!(html.contains("<mark>ĐĂNG KÝ") && html.contains("&lt;b&gt;ngay&lt;/b&gt;") && html.contains("Chị Hồng"), "{html}");
        assert!(html.contains("/campaigns/tet/calls?open=c-1&amp;at=0#said"), "{html}");
        let html = page(at, &cookie, "/campaigns/tet/calls?open=c-1&at=8000").await.is(200).text();
        let line = html.split("id=\"said\"").nth(1).unwrap();
        assert!(line.split("</li>").next().unwrap().contains("Dạ vâng"), "{line}");
        for (query, words) in [("", "Gõ từ cần tìm"), ("?q=%22%22", "Chưa có từ nào"), ("?q=khongcogi", "Không ai nói như vậy")] {
            assert!(page(at, &cookie, &format!("/search{query}")).await.is(200).text().contains(words), "{query}");
        }
        page(at, &cookie, "/search?q=a&campaign=none").await.is(404);
    }

    async fn a_viewer_sees_and_finds_what_a_viewer_may(at) {
        fill(at).await;
        let user = at.user("xem@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("xem@cty.vn").await;
        assert!(at.get("/api/v1/said?q=0912345678").await.is(200).json()["calls"].as_array().unwrap().len() == 1);
        let html = page(at, &cookie, "/search?q=0912345678").await.is(200).text();
        assert!(html.contains("Không ai nói như vậy"), "{html}");
        let html = page(at, &cookie, "/search?q=goi").await.is(200).text();
        assert!(html.contains("số •••") && !html.contains("345678"), "{html}");
        limit(at, user, Some(&["khac"])).await;
        let html = page(at, &cookie, "/search?q=dang").await.is(200).text();
        assert!(html.contains("open=c-3") && !html.contains("c-1") && !html.contains("Tết 2027"), "{html}");
        page(at, &cookie, "/search?q=dang&campaign=tet").await.is(404);
    }
}
