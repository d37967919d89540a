//! Notes on days: which trends they mark, who writes them, and who is told that somebody else did.

use domain::{
    Role,
    limits::{DAY_NOTE_CHARS, DAY_NOTES},
};
use reqwest::Method;
use serde_json::{Value, json};
use store::{Chosen, audit::Action, day_notes, users};

use crate::{
    harness::{Answer, Harness, both_engines, call},
    settings::{page, send, told},
};

const V4: &str = "kịch bản v4 từ đây";

async fn fill(at: &Harness) -> [String; 2] {
    at.stock().await;
    let calls = json!([
        call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY"),
        call("c-2", "kh-2", "2026-11-05T10:00:00+07:00", 5_000, None, "NA"),
    ]);
    at.post("/api/v1/calls", &calls).await.is(200);
    at.user("quanly@cty.vn", Role::Manager).await;
    at.user("xem@cty.vn", Role::Viewer).await;
    [at.sign_in("quanly@cty.vn").await, at.sign_in("xem@cty.vn").await]
}

/// What the chart of the trend is given.
fn chart(html: &str) -> Value {
    let chart = html.split("for-table=\"trend-table\"").nth(1).unwrap_or_else(|| panic!("no trend: {html}"));
    let option = chart.split("<script type=\"application/json\">").nth(1).unwrap().split("</script>").next().unwrap();
    serde_json::from_str(option).unwrap()
}

async fn notes(at: &Harness, query: &str) -> Value {
    at.get(&format!("/api/v1/notes{query}")).await.is(200).json()["notes"].clone()
}

both_engines! {
    async fn a_note_marks_every_trend_that_shows_its_day(at) {
        let [manager, viewer] = fill(at).await;
        let plain = page(at, &viewer, "/campaigns/tet").await.is(200).text();
        assert!(!plain.contains("Ghi chú"), "a viewer is asked for nothing: {plain}");
        let added = send(at, &manager, "/campaigns/tet/notes", &[("day", "04/11/2026"), ("text", V4), ("of", "campaign"), ("to", "/campaigns/tet?period=this-month")]).await.is(303);
        assert_eq!(added.header("location"), "/campaigns/tet?period=this-month");
        assert_eq!(told(at).await[0], ("quanly@cty.vn".to_owned(), Action::DayNoteChanged, "tet".to_owned()));
        send(at, &manager, "/notes", &[("day", "05/11/2026"), ("text", "đổi tổng đài")]).await.is(303);
        // Of the whole account, written on a campaign's page; and one of a day that nothing shows.
        send(at, &manager, "/campaigns/tet/notes", &[("day", "05/11/2026"), ("text", "giá mới"), ("of", "account")]).await.is(303);
        send(at, &manager, "/notes", &[("day", "05/11/2019"), ("text", "khai trương")]).await.is(303);

        let html = page(at, &viewer, "/campaigns/tet?by=day").await.is(200).text();
        let option = chart(&html);
        assert_eq!(option["series"][0]["markLine"]["data"], json!([{"name": "1", "xAxis": 0}, {"name": "2, 3", "xAxis": 1}]));
        assert_eq!(option["ringside"]["notes"], json!({"0": [V4], "1": ["đổi tổng đài", "giá mới"]}));
        let table = html.split("id=\"trend-table\"").nth(1).unwrap();
        assert!(table.contains("đổi tổng đài · giá mới") && table.contains("Ghi chú"), "{table}");
        assert!(html.contains("Lan, ") && !html.contains("khai trương") && !html.contains("Sửa ghi chú"), "{html}");
        let of_day = page(at, &viewer, "/campaigns/tet?from=2026-11-05&to=2026-11-05").await.is(200).text();
        assert!(!of_day.contains(V4) && chart(&of_day)["ringside"]["notes"].as_object().unwrap().len() == 1, "{of_day}");

        // Usage shows what is of the whole account; a note of a campaign is no business of its.
        for path in ["/usage?month=2026-11", "/statistics?from=2026-11-01&to=2026-11-30"] {
            let html = page(at, &viewer, path).await.is(200).text();
            assert_eq!(chart(&html)["ringside"]["notes"], json!({"4": ["đổi tổng đài", "giá mới"]}), "{path}");
            assert!(!html.contains(V4), "{path}");
        }
        // Of another campaign, only what is of all.
        at.put("/api/v1/campaigns/khac", &json!({"name": "Khác", "voicebot": "bot"})).await.is(201);
        let of = |notes: &Value| notes.as_array().unwrap().iter().map(|note| note["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(of(&notes(at, "?campaign=khac").await), ["khai trương", "đổi tổng đài", "giá mới"]);
        assert_eq!(of(&notes(at, "").await), ["khai trương", V4, "đổi tổng đài", "giá mới"]);
        at.get("/api/v1/notes?campaign=none").await.is_problem(404);
    }

    async fn managers_write_and_the_second_of_two_is_told(at) {
        let [manager, viewer] = fill(at).await;
        for (path, fields) in [("/campaigns/tet/notes", vec![("day", "04/11/2026"), ("text", V4)]), ("/notes", vec![("day", "04/11/2026"), ("text", V4)])] {
            send(at, &viewer, path, &fields).await.is(403);
        }
        send(at, &manager, "/campaigns/none/notes", &[("day", "04/11/2026"), ("text", V4)]).await.is(404);
        for (day, text) in [("", V4), ("31/02/2026", V4), ("04/11/2026", ""), ("04/11/2026", "\u{200b}"), ("04/11/2026", "gọi lại 0912345207")] {
            send(at, &manager, "/campaigns/tet/notes", &[("day", day), ("text", text)]).await.is(422);
        }
        send(at, &manager, "/campaigns/tet/notes", &[("day", "04/11/2026"), ("text", V4), ("to", "//evil.example")]).await.is(303);
        let number = notes(at, "?campaign=tet").await[0]["number"].as_i64().unwrap();
        let put = async |who: &str, seen: &str, text: &str| send(at, who, &format!("/notes/{number}/put"), &[("seen", seen), ("text", text)]).await;
        put(&viewer, V4, "x").await.is(403);
        put(&manager, V4, "v5 <b>").await.is(303);
        let html = put(&manager, V4, "v6").await.is(422).text();
        assert!(html.contains("v5 &lt;b&gt;") && html.contains("value=\"v6\""), "both are shown: {html}");
        put(&manager, "v5 <b>", "").await.is(422);
        let written = notes(at, "").await[0].clone();
        assert_eq!((&written["text"], &written["written_by"], &written["day"]), (&json!("v5 <b>"), &json!("Lan"), &json!("2026-11-04")));
        let html = page(at, &manager, "/campaigns/tet").await.is(200).text();
        assert!(html.contains("v5 &lt;b&gt;") && !html.contains("v5 <b>"), "{html}");
        assert_eq!(chart(&html)["ringside"]["notes"]["0"], json!(["v5 <b>"]));
        send(at, &viewer, &format!("/notes/{number}/remove"), &[]).await.is(403);
        let gone = send(at, &manager, &format!("/notes/{number}/remove"), &[("to", "/usage")]).await.is(303);
        assert_eq!(gone.header("location"), "/usage");
        send(at, &manager, &format!("/notes/{number}/remove"), &[]).await.is(404);
        assert_eq!(notes(at, "").await, json!([]));
        assert_eq!(told(at).await.iter().filter(|(_, action, _)| *action == Action::DayNoteChanged).count(), 3);
    }

    async fn who_sees_chosen_campaigns_reads_their_notes_and_those_of_all(at) {
        let [manager, viewer] = fill(at).await;
        at.put("/api/v1/campaigns/khac", &json!({"name": "Khác", "voicebot": "bot"})).await.is(201);
        let number = at.post("/api/v1/notes", &json!({"campaign": "khac", "day": "2026-11-04", "text": "kín"})).await.is(201).json()["number"].as_i64().unwrap();
        at.post("/api/v1/notes", &json!({"campaign": "tet", "day": "2026-11-04", "text": V4})).await.is(201);
        at.post("/api/v1/notes", &json!({"day": "2026-11-04", "text": "chung"})).await.is(201);
        let mut conn = at.server.db.write().await.unwrap();
        let user = users::lookup_email(&mut conn, &at.scope, "xem@cty.vn").await.unwrap().unwrap();
        let chosen = Chosen::of(Some(vec!["tet".parse().unwrap()]), None);
        users::set_access(&mut conn, &at.scope, user.key, Role::Viewer, chosen.as_ref()).await.unwrap();
        conn.commit().await.unwrap();
        let html = page(at, &viewer, "/campaigns/tet").await.is(200).text();
        assert_eq!(chart(&html)["ringside"]["notes"]["0"], json!([V4, "chung"]));
        assert!(!html.contains("kín"), "{html}");
        // What is of a campaign that they do not see is not there for them; of what they see, they may not.
        send(at, &viewer, &format!("/notes/{number}/remove"), &[]).await.is(404);
        send(at, &viewer, "/campaigns/khac/notes", &[("day", "04/11/2026"), ("text", "x")]).await.is(404);
        send(at, &manager, &format!("/notes/{number}/remove"), &[]).await.is(303);
    }

    async fn programs_write_notes_too(at) {
        fill(at).await;
        let note = at.post("/api/v1/notes", &json!({"campaign": "tet", "day": "2026-11-04", "text": " v4 "})).await.is(201).json();
        assert_eq!((&note["text"], &note["campaign"]), (&json!("v4"), &json!("tet")));
        let path = format!("/api/v1/notes/{}", note["number"]);
        for (wrong, field) in [(json!({"text": ""}), "text"), (json!({"text": "0912 345 207"}), "text")] {
            at.put(&path, &wrong).await.names(422, field);
        }
        at.post("/api/v1/notes", &json!({"campaign": "none", "day": "2026-11-04", "text": "v4"})).await.names(422, "campaign");
        let before = told(at).await.len();
        at.put(&path, &json!({"text": "v4"})).await.is(200);
        assert_eq!(told(at).await.len(), before, "it is as it was");
        assert_eq!(at.put(&path, &json!({"text": "v5"})).await.is(200).json()["text"], "v5");
        Answer::of(at.api(Method::DELETE, &path)).await.is(204);
        Answer::of(at.api(Method::DELETE, &path)).await.is_problem(404);
        at.put(&path, &json!({"text": "v6"})).await.is_problem(404);
    }

    async fn a_note_has_a_length_and_notes_a_number(at) {
        let [manager, _] = fill(at).await;
        let post = async |text: String| at.post("/api/v1/notes", &json!({"campaign": "tet", "day": "2026-11-04", "text": text})).await;
        post("ế".repeat(DAY_NOTE_CHARS)).await.is(201);
        post("ế".repeat(DAY_NOTE_CHARS + 1)).await.names(422, "text");
        let mut conn = at.server.db.write().await.unwrap();
        let tet = "tet".parse().unwrap();
        for _ in 1..DAY_NOTES {
            let now = domain::Timestamp(crate::harness::NOW);
            day_notes::add(&mut conn, &at.scope, Some(&tet), ("2026-11-04".parse().unwrap(), "x"), "Lan", now).await.unwrap();
        }
        conn.commit().await.unwrap();
        post("thêm".to_owned()).await.names(422, "notes");
        let html = send(at, &manager, "/campaigns/tet/notes", &[("day", "04/11/2026"), ("text", "thêm")]).await.is(422).text();
        assert!(html.contains("Đã đủ 500 ghi chú"), "{html}");
        // Of the account there may be as many beside.
        send(at, &manager, "/notes", &[("day", "04/11/2026"), ("text", "thêm")]).await.is(303);
    }
}
