//! What an account may use, as programs and people meet it: the API, files, webhooks, recordings, invitations.

use domain::{HookSource, Role, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use store::{
    hooks::bodies,
    jobs::{CheckImport, Payload, ReadHooks, SendNotice, StoreImport},
    quotas::{self, Quotas},
};

use crate::{
    harness::{Answer, Harness, NOW, both_engines, call, wav},
    hook_bodies::CASES,
    hooks::add_hook,
    mail::{MailServer, header, on_both},
    operator::mark,
    settings::{page, send},
};

async fn allow(at: &Harness, quotas: Quotas) {
    let mut conn = at.server.db.write().await.unwrap();
    quotas::put(&mut conn, &at.scope, &quotas, Timestamp(NOW)).await.unwrap();
    conn.commit().await.unwrap();
}

fn calls(ids: std::ops::Range<u32>) -> Value {
    ids.map(|n| call(&format!("c-{n}"), &format!("kh-{n}"), "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY"))
        .collect()
}

both_engines! {
    async fn the_api_says_over_quota_and_takes_corrections(at) {
        at.stock().await;
        allow(at, Quotas { calls: Some(2), ..Quotas::default() }).await;
        let first = at.post("/api/v1/calls", &calls(0..3)).await.is(200).json();
        assert_eq!((&first["accepted"], &first["rejected"], &first["over_quota"]), (&json!(2), &json!(1), &json!(1)));
        assert_eq!(first["errors"][0]["reason"], "is in a month for which the account's quota of calls is used up");
        let problem = at.post("/api/v1/calls", &calls(5..8)).await.is_problem(403);
        assert_eq!(problem["type"], "urn:ringside:problem:over-quota");
        let mut corrected = calls(0..2);
        corrected[0]["result_code"] = json!("BS");
        corrected[0]["answered_at"] = Value::Null;
        let corrected = at.post("/api/v1/calls", &corrected).await.is(200).json();
        assert_eq!((&corrected["updated"], &corrected["unchanged"], corrected.get("over_quota")), (&json!(1), &json!(1), None));
        // What was refused is counted, once for each record.
        let month = "2026-11".parse().unwrap();
        let figures = store::figures::read(&mut at.server.db.read().await.unwrap(), month, None).await.unwrap().pop().unwrap();
        assert_eq!((figures.month.calls, figures.month.refused, figures.month.over_quota), (2, 4, 4));
        // A record that is none is counted as well.
        at.post("/api/v1/calls", &json!([{"id": "x"}])).await.is(200);
        let figures = store::figures::read(&mut at.server.db.read().await.unwrap(), month, None).await.unwrap().pop().unwrap();
        assert_eq!(figures.month.refused, 5);
    }

    /// Costs add up to what 64 bits hold, and no page fails by them.
    async fn calls_beyond_what_costs_can_be_added_up_to_are_refused(at) {
        at.stock().await;
        let tariff = json!({"first_block_seconds": 3600, "next_block_seconds": 3600, "price_first_block": "1000000",
            "price_next_block": "391304", "currency": "VND", "effective_from": 0});
        at.put("/api/v1/tariffs", &tariff).await.is(200);
        let mut dear = calls(0..300);
        for call in dear.as_array_mut().unwrap() {
            call["blocks"] = json!(86_400);
        }
        let answer = at.post("/api/v1/calls", &dear).await.is(200).json();
        assert_eq!((&answer["accepted"], &answer["rejected"]), (&json!(266), &json!(34)), "{answer}");
        assert_eq!((&answer["errors"][0]["field"], &answer["errors"][0]["id"]), (&json!("cost"), &json!("c-266")));
        // Nor by corrections, nor by the next batch.
        let answer = at.post("/api/v1/calls", &json!([dear[299]])).await.is(200).json();
        assert_eq!(answer["rejected"], 1, "{answer}");
        at.user("chu@cty.vn", Role::Owner).await;
        mark(at, "chu@cty.vn").await;
        let owner = at.sign_in("chu@cty.vn").await;
        for path in ["/campaigns", "/campaigns/tet", "/usage", "/usage?month=2026-11", "/statistics", "/operator", "/usage.csv", "/campaigns/tet/calls"] {
            page(at, &owner, path).await.is(200);
        }
        let cost = at.get("/api/v1/campaigns/tet/report").await.is(200).json()["cost"].clone();
        assert!(cost.as_str().unwrap().parse::<f64>().unwrap() > 8.9e12, "{cost}");
    }

    async fn a_correction_brings_no_call_into_a_month_that_is_full(at) {
        at.stock().await;
        allow(at, Quotas { calls: Some(2), ..Quotas::default() }).await;
        at.post("/api/v1/calls", &calls(0..2)).await.is(200);
        let in_october = |ids: std::ops::Range<u32>| -> Value {
            ids.map(|n| call(&format!("c-{n}"), &format!("kh-{n}"), "2026-10-04T09:00:00+07:00", 5_000, Some(31_000), "DY")).collect()
        };
        at.post("/api/v1/calls", &in_october(2..4)).await.is(200);
        // Both months are full: no call of October becomes one of November.
        let problem = at.post("/api/v1/calls", &calls(2..4)).await.is_problem(403);
        assert_eq!(problem["type"], "urn:ringside:problem:over-quota");
        // Within its month it is corrected as ever.
        let mut within = in_october(2..3);
        within[0]["dialed_at"] = json!("2026-10-05T09:00:00+07:00");
        within[0]["answered_at"] = Value::Null;
        within[0]["ended_at"] = json!("2026-10-05T09:00:30+07:00");
        within[0]["result_code"] = json!("NA");
        assert_eq!(at.post("/api/v1/calls", &within).await.is(200).json()["updated"], 1);
        // Where there is room it is taken, and given where it was, within one batch, too.
        allow(at, Quotas { calls: Some(3), ..Quotas::default() }).await;
        let mut batch = calls(2..3).as_array().unwrap().clone();
        batch.extend(in_october(5..8).as_array().unwrap().clone());
        let answer = at.post("/api/v1/calls", &Value::Array(batch)).await.is(200).json();
        assert_eq!((&answer["updated"], &answer["accepted"], &answer["over_quota"]), (&json!(1), &json!(2), &json!(1)), "{answer}");
    }

    async fn the_preview_of_an_import_says_what_goes_beyond_the_quota(at) {
        at.stock().await;
        allow(at, Quotas { calls: Some(2), ..Quotas::default() }).await;
        let file = "Số điện thoại,Giờ gọi,Giây nghe,Kết quả\n0901234567,05/11/2026 09:00:00,42,Đồng ý\n\
                    0901234568,05/11/2026 09:01:00,0,NA\n0901234569,13/11/2026 09:02:00,0,NA\n\
                    0901234569,13/10/2026 09:02:00,0,NA\n";
        let path = "/api/v1/import?name=goi.csv&campaign=tet&check=true";
        let sent = Answer::of(at.api(Method::POST, path).body(file)).await.is(202).json();
        at.run_due(CheckImport::KIND).await;
        let found = at.get(&format!("/api/v1/imports/{}", sent["id"])).await.is(200).json()["found"].clone();
        assert_eq!((&found["by_month"], &found["over_quota"]), (&json!({"2026-10": 1, "2026-11": 3}), &json!({"2026-11": 1})), "{found}");
        at.user("chu@cty.vn", Role::Owner).await;
        let owner = at.sign_in("chu@cty.vn").await;
        let html = page(at, &owner, &format!("/import/{}", sent["id"])).await.is(200).text();
        assert!(html.contains("Vượt hạn mức cuộc gọi trong tháng: 1 cuộc gọi của 11/2026"), "{html}");
    }

    async fn batches_at_once_never_exceed_the_quota(at) {
        at.stock().await;
        allow(at, Quotas { calls: Some(25), ..Quotas::default() }).await;
        let batches: Vec<Value> = (0..6).map(|n| calls(n * 10..n * 10 + 10)).collect();
        let sent = batches.iter().map(|batch| async {
            loop {
                let answer = at.post("/api/v1/calls", batch).await;
                // The account has as many batches under way as it may have.
                if answer.status != 429 {
                    return answer;
                }
                tokio::task::yield_now().await;
            }
        });
        let answers = futures::future::join_all(sent).await;
        let accepted: u64 = answers.iter().filter(|one| one.status == 200).map(|one| one.json()["accepted"].as_u64().unwrap()).sum();
        assert_eq!(accepted, 25);
        assert!(answers.iter().all(|one| [200, 403].contains(&one.status.as_u16())));
    }

    async fn webhooks_beyond_the_quota_stay_unread_and_are_read_once_there_is_room(at) {
        at.stock().await;
        allow(at, Quotas { calls: Some(0), ..Quotas::default() }).await;
        let path = add_hook(&at.server.db, &at.scope, HookSource::Vapi, None).await;
        let case = CASES.iter().find(|case| case.source == HookSource::Vapi).unwrap();
        let body = case.bodies[1].replace("{ID}", "c-1");
        Answer::of(at.bare(Method::POST, &path).header("content-type", "application/json").body(body)).await.is(200);
        at.run_due(ReadHooks::KIND).await;
        let unread = async || bodies::unread(&mut at.server.db.read().await.unwrap(), &at.scope, 10).await.unwrap();
        let (waiting, count) = unread().await;
        assert_eq!(count, 1);
        assert!(waiting[0].reason.as_deref().is_some_and(|reason| reason.contains("quota")), "{waiting:?}");
        assert_eq!(at.get("/api/v1/calls").await.is(200).json()["total"], 0);
        // A larger quota has it read again.
        allow(at, Quotas { calls: Some(1), ..Quotas::default() }).await;
        at.run_due(ReadHooks::KIND).await;
        assert_eq!(unread().await.1, 0);
        assert_eq!(at.get("/api/v1/calls").await.is(200).json()["total"], 1);
    }

    async fn an_import_says_how_many_were_beyond_the_quota(at) {
        at.stock().await;
        allow(at, Quotas { calls: Some(2), ..Quotas::default() }).await;
        let file = "Số điện thoại,Giờ gọi,Giây nghe,Kết quả\n0901234567,05/11/2026 09:00:00,42,Đồng ý\n\
                    0901234568,05/11/2026 09:01:00,0,NA\n0901234569,13/11/2026 09:02:00,0,NA\n";
        let path = "/api/v1/import?name=goi.csv&campaign=tet&create=true";
        let sent = Answer::of(at.api(Method::POST, path).body(file)).await.is(202).json();
        for kind in [CheckImport::KIND, StoreImport::KIND] {
            at.run_due(kind).await;
        }
        let stored = at.get(&format!("/api/v1/imports/{}", sent["id"])).await.is(200).json();
        let stored = &stored["stored"];
        assert_eq!((&stored["accepted"], &stored["rejected"], &stored["over_quota"]), (&json!(2), &json!(1), &json!(1)), "{stored}");
        at.user("chu@cty.vn", Role::Owner).await;
        let owner = at.sign_in("chu@cty.vn").await;
        let html = page(at, &owner, &format!("/import/{}", sent["id"])).await.is(200).text();
        assert!(html.contains("Vượt hạn mức") && html.contains("thuộc tháng đã hết hạn mức cuộc gọi"), "{html}");
    }

    async fn a_recording_without_room_is_refused_and_leaves_nothing(at) {
        at.stock().await;
        at.post("/api/v1/calls", &calls(0..2)).await.is(200);
        let bytes = wav(1).len() as i64;
        allow(at, Quotas { recording_bytes: Some(bytes), ..Quotas::default() }).await;
        let put = async |id: &str| {
            let request = at.api(Method::PUT, &format!("/api/v1/calls/{id}/recording")).header("content-type", "audio/wav");
            Answer::of(request.body(wav(1))).await
        };
        put("c-0").await.is(201);
        let problem = put("c-1").await.is_problem(403);
        assert_eq!(problem["type"], "urn:ringside:problem:over-quota");
        put("c-0").await.is(200);
        at.get("/api/v1/calls/c-1/recording").await.is(404);
        let kept = std::fs::read_dir(at.folder.path().join("recordings").join(at.scope.account().to_string())).unwrap().count();
        assert_eq!(kept, 1, "what was refused is not kept");
    }

    async fn inviting_beyond_the_quota_is_refused_at_the_field(at) {
        at.user("chu@cty.vn", Role::Owner).await;
        at.user("xem@cty.vn", Role::Viewer).await;
        let owner = at.sign_in("chu@cty.vn").await;
        allow(at, Quotas { people: Some(3), ..Quotas::default() }).await;
        let invite = async |email: &'static str| {
            send(at, &owner, "/settings/people/invite", &[("email", email), ("role", "viewer"), ("how", "link")]).await
        };
        invite("a@cty.vn").await.is(200);
        let html = invite("b@cty.vn").await.is(422).text();
        assert!(html.contains("id=\"form-email-error\" class=\"field-error\">Tài khoản đã đủ 3 người"), "{html}");
        let problem = at.post("/api/v1/people", &json!({"email": "b@cty.vn", "role": "viewer", "link": true})).await.is_problem(403);
        assert_eq!(problem["type"], "urn:ringside:problem:over-quota");
        // Owners are told on every page; others are not.
        assert!(page(at, &owner, "/campaigns").await.text().contains("Đã hết hạn mức người dùng: 3 trên 3"));
        let viewer = at.sign_in("xem@cty.vn").await;
        assert!(!page(at, &viewer, "/campaigns").await.text().contains("hạn mức"));
    }
}

#[test]
fn owners_and_operators_get_one_mail_a_month() {
    on_both(async |at: &Harness, smtp: &MailServer| {
        at.stock().await;
        at.user("chu@cty.vn", Role::Owner).await;
        at.user("van-hanh@cty.vn", Role::Viewer).await;
        mark(at, "van-hanh@cty.vn").await;
        allow(at, Quotas { calls: Some(10), ..Quotas::default() }).await;
        at.post("/api/v1/calls", &calls(0..7)).await.is(200);
        assert_eq!(at.run_due(SendNotice::KIND).await, 0, "70 %");
        at.post("/api/v1/calls", &calls(7..9)).await.is(200);
        assert_eq!(at.run_due(SendNotice::KIND).await, 2);
        at.post("/api/v1/calls", &calls(9..20)).await.is(200);
        assert_eq!(at.run_due(SendNotice::KIND).await, 0, "once a month");
        let mails = smtp.mails();
        let mut to: Vec<&str> = mails.iter().map(|mail| mail["to"][0].as_str().unwrap()).collect();
        to.sort_unstable();
        assert_eq!(to, ["chu@cty.vn", "van-hanh@cty.vn"]);
        assert_eq!(header(&mails[0], "subject"), "Hạn mức của tài khoản Công ty Thử");
        let text = mails[0]["text"].as_str().unwrap();
        assert!(text.contains("đã dùng 9 trên 10"), "{text}");
    });
}
