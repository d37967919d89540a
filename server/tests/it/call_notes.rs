//! Notes on calls: who reads and writes them, how much of a number they tell whom, and that they go with the customer.

use domain::{
    Role,
    limits::{CALL_NOTE_CHARS, CALL_NOTES},
};
use reqwest::Method;
use serde_json::json;
use store::{Chosen, audit::Action, users};

use crate::{
    harness::{Answer, Harness, both_engines, call},
    settings::{page, send, told},
};

const NUMBER: &str = "0912345207";

async fn fill(at: &Harness) -> [String; 3] {
    at.stock().await;
    let mut one = call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY");
    one["contact"] = json!({"id": "kh-1", "phone": NUMBER, "name": "Chị Hồng"});
    let other = call("c-2", "kh-2", "2026-11-05T10:00:00+07:00", 5_000, None, "NA");
    at.post("/api/v1/calls", &json!([one, other])).await.is(200);
    let mut cookies = Vec::new();
    for (email, role) in [("chu@cty.vn", Role::Owner), ("quanly@cty.vn", Role::Manager), ("xem@cty.vn", Role::Viewer)] {
        at.user(email, role).await;
        cookies.push(at.sign_in(email).await);
    }
    cookies.try_into().unwrap()
}

/// The number of the latest note of `c-1`.
async fn latest(at: &Harness) -> i64 {
    let notes = at.get("/api/v1/calls/c-1/notes").await.is(200).json();
    notes["notes"].as_array().unwrap().last().unwrap()["number"].as_i64().unwrap()
}

both_engines! {
    async fn a_note_is_shown_with_its_call_and_signed_in_the_list(at) {
        let [owner, manager, viewer] = fill(at).await;
        let list = page(at, &viewer, "/campaigns/tet/calls").await.is(200).text();
        assert!(!list.contains("Có ghi chú"), "{list}");
        let back = "/campaigns/tet/calls?open=c-1";
        let noted = send(at, &viewer, "/calls/c-1/notes", &[("text", "gọi lại <b>chiều nay</b>"), ("back", back)]).await.is(303);
        assert_eq!(noted.header("location"), back);
        assert_eq!(told(at).await[0], ("xem@cty.vn".to_owned(), Action::CallNoteChanged, "c-1".to_owned()));
        send(at, &manager, "/calls/c-1/notes", &[("text", "đã gọi"), ("back", "//evil.example")]).await.is(303);
        for (who, address) in [(&owner, back), (&viewer, back), (&manager, "/calls?open=c-1")] {
            let html = page(at, who, address).await.is(200).text();
            assert!(html.contains("gọi lại &lt;b&gt;chiều nay") && html.contains("đã gọi") && html.contains("Lan, "), "{html}");
            assert!(html.contains("Có ghi chú"), "{html}");
        }
        let of_other = page(at, &viewer, "/campaigns/tet/calls?open=c-2").await.is(200).text();
        assert!(!of_other.contains("đã gọi"), "{of_other}");

        // Whoever wrote it takes it away, and managers.
        let by_manager = latest(at).await;
        send(at, &viewer, &format!("/calls/c-1/notes/{by_manager}/remove"), &[]).await.is(403);
        send(at, &viewer, &format!("/calls/c-2/notes/{by_manager}/remove"), &[]).await.is(404);
        send(at, &owner, &format!("/calls/c-1/notes/{by_manager}/remove"), &[("back", back)]).await.is(303);
        let by_viewer = latest(at).await;
        send(at, &viewer, &format!("/calls/c-1/notes/{by_viewer}/remove"), &[]).await.is(303);
        send(at, &viewer, &format!("/calls/c-1/notes/{by_viewer}/remove"), &[]).await.is(404);
        let list = page(at, &viewer, "/campaigns/tet/calls").await.is(200).text();
        assert!(!list.contains("Có ghi chú"), "{list}");
    }

    async fn what_a_note_tells_of_a_number_is_masked_and_a_hidden_call_has_none(at) {
        let [_, manager, viewer] = fill(at).await;
        send(at, &manager, "/calls/c-1/notes", &[("text", "gọi số 0912 345 207 sau 17 giờ")]).await.is(303);
        let html = page(at, &manager, "/campaigns/tet/calls?open=c-1").await.is(200).text();
        assert!(html.contains("0912 345 207 sau"), "{html}");
        let html = page(at, &viewer, "/campaigns/tet/calls?open=c-1").await.is(200).text();
        assert!(html.contains("sau 17 giờ") && !html.contains("345 207"), "{html}");
        at.put("/api/v1/campaigns/khac", &json!({"name": "Khác", "voicebot": "bot"})).await.is(201);
        let mut conn = at.server.db.write().await.unwrap();
        let user = users::lookup_email(&mut conn, &at.scope, "xem@cty.vn").await.unwrap().unwrap();
        let chosen = Chosen::of(Some(vec!["khac".parse().unwrap()]), None);
        users::set_access(&mut conn, &at.scope, user.key, Role::Viewer, chosen.as_ref()).await.unwrap();
        conn.commit().await.unwrap();
        send(at, &viewer, "/calls/c-1/notes", &[("text", "x")]).await.is(404);
        send(at, &viewer, "/calls/none/notes", &[("text", "x")]).await.is(404);
    }

    async fn notes_go_with_the_customer_and_stay_with_a_call_that_is_corrected(at) {
        let [owner, manager, _] = fill(at).await;
        send(at, &manager, "/calls/c-1/notes", &[("text", "chị Hồng dặn gọi lại")]).await.is(303);
        let mut corrected = call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(32_000), "DY");
        corrected["contact"] = json!({"id": "kh-1", "phone": NUMBER, "name": "Chị Hồng"});
        at.post("/api/v1/calls", &json!([corrected])).await.is(200);
        assert!(page(at, &owner, "/calls?open=c-1").await.is(200).text().contains("chị Hồng dặn"));
        let mut conn = at.server.db.write().await.unwrap();
        store::erasure::begin(&mut conn, &at.scope, NUMBER, domain::Timestamp(crate::harness::NOW)).await.unwrap();
        conn.commit().await.unwrap();
        at.run_due("erase_customers").await;
        assert_eq!(at.number("SELECT COUNT(*) FROM call_notes").await, 0);
        assert!(!page(at, &owner, "/settings/log").await.is(200).text().contains("dặn gọi lại"), "nor does the log have it");
    }

    async fn a_note_on_a_call_has_a_length_and_notes_a_number(at) {
        let [_, manager, _] = fill(at).await;
        let post = async |text: String| at.post("/api/v1/calls/c-1/notes", &json!({"text": text})).await;
        post("ế".repeat(CALL_NOTE_CHARS)).await.is(201);
        post("ế".repeat(CALL_NOTE_CHARS + 1)).await.names(422, "text");
        post("\u{200b}".to_owned()).await.names(422, "text");
        for n in 1..CALL_NOTES {
            post(format!("{n}")).await.is(201);
        }
        post("thêm".to_owned()).await.names(422, "notes");
        let html = send(at, &manager, "/calls/c-1/notes", &[("text", "thêm")]).await.is(422).text();
        assert!(html.contains("đã đủ 50 ghi chú"), "{html}");
        send(at, &manager, "/calls/c-1/notes", &[("text", "")]).await.is(422);
        at.post("/api/v1/calls/none/notes", &json!({"text": "x"})).await.is_problem(404);
        let path = format!("/api/v1/calls/c-1/notes/{}", latest(at).await);
        Answer::of(at.api(Method::DELETE, &path)).await.is(204);
        Answer::of(at.api(Method::DELETE, &path)).await.is_problem(404);
    }
}
