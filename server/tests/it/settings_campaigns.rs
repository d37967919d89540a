//! Voicebots, campaigns and recipients as managers set them: what is refused, what stays, who comes second, and what the log says.

use domain::Role;
use serde_json::json;
use store::audit::{self, Action, EntryFilter};

use crate::{
    harness::{Harness, both_engines, call},
    settings::{page, send, told},
    settings_tariffs::seen,
};

/// The details of the latest entry of the log.
async fn last_details(at: &Harness) -> String {
    let mut conn = at.server.db.read().await.unwrap();
    let entries = audit::list(&mut conn, &at.scope, &EntryFilter::default(), None, 1).await.unwrap();
    app::settings::log_details(&entries[0].event.details)
}

both_engines! {
    async fn a_voicebot_is_renamed_and_keeps_its_id(at) {
        at.stock().await;
        at.user("quanly@cty.vn", Role::Manager).await;
        let manager = at.sign_in("quanly@cty.vn").await;
        let html = page(at, &manager, "/settings/voicebots").await.is(200).text();
        assert!(html.contains("Chăm sóc khách hàng") && html.contains("<code>bot"), "{html}");
        let put = async |seen: &str, name: &str| {
            send(at, &manager, "/settings/voicebots/bot/put", &[("seen", seen), ("name", name)]).await
        };
        for wrong in ["", "\u{200b}", "a\u{7}b"] {
            put("Chăm sóc khách hàng", wrong).await.is(422);
        }
        put("Chăm sóc khách hàng", "Lan <b>").await.is(303);
        assert_eq!(last_details(at).await, "name: Chăm sóc khách hàng → Lan <b>");
        let html = put("Chăm sóc khách hàng", "Hoa").await.is(422).text();
        assert!(html.contains("Lan &lt;b&gt;") && html.contains("value=\"Hoa\""), "both are shown: {html}");
        assert_eq!(at.get("/api/v1/voicebots").await.json()["voicebots"][0]["name"], "Lan <b>");
        send(at, &manager, "/settings/voicebots/khac/put", &[("seen", ""), ("name", "x")]).await.is(404);
    }

    async fn a_campaign_is_named_completed_once_and_goes_on(at) {
        at.stock().await;
        at.put("/api/v1/campaigns/a%2Fb%20%26", &json!({"name": "Hè", "voicebot": "bot"})).await.is(201);
        at.user("quanly@cty.vn", Role::Manager).await;
        let manager = at.sign_in("quanly@cty.vn").await;
        let html = page(at, &manager, "/settings/campaigns").await.is(200).text();
        assert!(html.contains("/settings/campaigns?open=tet") && html.contains("open=a%2Fb%20%26"), "{html}");
        let html = page(at, &manager, "/settings/campaigns?q=tet").await.is(200).text();
        assert!(html.contains("Tết 2027") && !html.contains("open=a%2Fb"), "{html}");
        page(at, &manager, "/settings/campaigns?open=khac").await.is(404);
        page(at, &manager, "/settings/campaigns?open=a%2Fb%20%26").await.is(200);
        let fields = [("emails", "lan@cty.vn"), ("seen", ""), ("of", "account")];
        send(at, &manager, "/settings/campaigns/tet/recipients", &fields).await.is(422);
        let fields = [("emails", "lan@cty.vn"), ("seen", "chưa có ai")];
        send(at, &manager, "/settings/campaigns/tet/recipients", &fields).await.is(303);

        let put = async |seen: &str, name: &str, state: &str| {
            send(at, &manager, "/settings/campaigns/tet/put", &[("seen", seen), ("name", name), ("state", state)]).await
        };
        put("Tết 2027 · Đang chạy", "", "running").await.is(422);
        put("Tết 2027 · Đang chạy", "Tết", "ended").await.is(422);
        let done = put("Tết 2027 · Đang chạy", "Tết", "completed").await.is(303);
        assert_eq!(done.header("location"), "/settings/campaigns?open=tet&note=saved");
        assert_eq!(last_details(at).await, "name: Tết 2027 → Tết; state: running → completed");
        let mails = async || at.get("/api/v1/campaigns/tet/deliveries").await.json()["deliveries"].as_array().unwrap().len();
        assert_eq!(mails().await, 1, "its report goes out");
        let html = put("Tết 2027 · Đang chạy", "Tết", "paused").await.is(422).text();
        assert!(html.contains("Tết · Hoàn tất") || html.contains("Tết · Hoàn thành") || html.contains("Tết · Đã xong"), "{html}");
        let now = seen(&html);
        put(&now, "Tết", "completed").await.is(303);
        assert_eq!(mails().await, 1, "it was completed already");
        put(&now, "Tết", "running").await.is(303);
        let campaign = at.get("/api/v1/campaigns/tet").await.json();
        assert_eq!((&campaign["state"], &campaign["completed_at"]), (&json!("running"), &json!(null)));
        assert_eq!(campaign["started_at"], "2026-11-01T01:00:00.000Z", "what the page does not show stays");
    }

    async fn what_was_planned_is_said_beside_what_happened(at) {
        at.stock().await;
        at.user("quanly@cty.vn", Role::Manager).await;
        let manager = at.sign_in("quanly@cty.vn").await;
        let put = async |fields: &[(&str, &str)]| send(at, &manager, "/settings/campaigns/tet/plan", fields).await;
        let none = ("seen", "chưa ghi");
        for (fields, wrong) in [
            (vec![none, ("first_day", "2026-11-02"), ("last_day", "2026-11-01")], "sau hoặc trùng ngày đầu"),
            (vec![none, ("first_day", "ngày mai")], "Hãy nhập ngày theo dạng"),
            (vec![none, ("windows", "08:00-11:30\nsáng")], "Không đọc được “sáng”"),
            (vec![none, ("windows", "13:00-17:00\n08:00-11:30")], "theo thứ tự"),
            (vec![none, ("calls_at_once", "0")], "từ 1 đến 100000"),
            (vec![none, ("redials", "NA = 3 x 30\nNA = 1 x 5")], "Mỗi mã một dòng"),
            (vec![none, ("redials", "NA: 3")], "Không đọc được “NA: 3”"),
            (vec![("seen", "khác"), ("calls_at_once", "5")], "Người khác vừa đổi"),
        ] {
            let html = put(&fields).await.is(422).text();
            assert!(html.contains(wrong), "{wrong}: {html}");
        }
        let fields = [
            none,
            ("first_day", "2026-11-01"),
            ("last_day", "2026-11-14"),
            ("windows", "8:00 - 11:30\n13:30–17:00"),
            ("calls_at_once", "5"),
            ("longest_call_seconds", "300"),
            ("redials", "NA = 3 x 30\nBS=2×15"),
        ];
        put(&fields).await.is(303);
        let said = "01/11/2026 – 14/11/2026 · 08:00–11:30, 13:30–17:00 · 5 cuộc gọi đồng thời · mỗi cuộc dài nhất 300 giây · \
                    NA: gọi lại 3 lần, cách 30 phút · BS: gọi lại 2 lần, cách 15 phút";
        let html = page(at, &manager, "/campaigns/tet").await.is(200).text();
        assert!(html.contains(said) && html.contains("Kế hoạch và thực tế"), "{html}");
        let plan = json!({"first_day": "2026-11-01", "last_day": "2026-11-14", "calls_at_once": 5, "longest_call_seconds": 300,
            "windows": [{"from": "08:00", "to": "11:30"}, {"from": "13:30", "to": "17:00"}],
            "redials": [{"code": "NA", "times": 3, "pause_minutes": 30}, {"code": "BS", "times": 2, "pause_minutes": 15}]});
        assert_eq!(at.get("/api/v1/campaigns/tet").await.json()["plan"], plan);
        let html = page(at, &manager, "/settings/campaigns?open=tet").await.is(200).text();
        assert!(html.contains("08:00-11:30") && html.contains("NA = 3 x 30"), "{html}");

        // What a platform sends along is the same; what it leaves out stays, and an empty one takes it back.
        let send_in = async |plan: &serde_json::Value| {
            let mut body = json!({"name": "Tết 2027", "voicebot": "bot"});
            if !plan.is_null() {
                body["plan"] = plan.clone();
            }
            at.put("/api/v1/campaigns/tet", &body).await
        };
        assert_eq!(send_in(&plan).await.is(200).json()["result"], "unchanged");
        assert_eq!(send_in(&json!(null)).await.is(200).json()["result"], "unchanged");
        let wrong = send_in(&json!({"windows": [{"from": "09:00", "to": "08:00"}]})).await;
        assert!(wrong.is_problem(422).to_string().contains("plan.windows[0]"));
        send_in(&json!({"hours": 3})).await.is_problem(422);
        assert_eq!(send_in(&json!({})).await.is(200).json()["result"], "updated");
        assert_eq!(at.get("/api/v1/campaigns/tet").await.json()["plan"], json!(null));
        assert!(!page(at, &manager, "/campaigns/tet").await.is(200).text().contains("Kế hoạch và thực tế"));
    }

    async fn a_campaigns_own_tariff_prices_its_calls_and_is_named_in_its_report(at) {
        at.stock().await;
        at.user("quanly@cty.vn", Role::Manager).await;
        let manager = at.sign_in("quanly@cty.vn").await;
        let html = page(at, &manager, "/settings/campaigns?open=tet").await.is(200).text();
        assert!(html.contains("31 giây = 26 block"), "the form begins with the account's: {html}");
        let fields = [("seen", ""), ("preset", "60+60"), ("price_first_block", "500"), ("price_next_block", "500"),
            ("from", "2026-11-22"), ("vat", "included")];
        send(at, &manager, "/settings/campaigns/tet/tariff", &fields).await.is(303);
        let calls = json!([call("c-1", "kh-1", "2026-11-22T09:00:00+07:00", 5_000, Some(61_000), "DY")]);
        at.post("/api/v1/calls", &calls).await.is(200);
        assert_eq!(at.get("/api/v1/campaigns/tet").await.json()["cost"], "1000");
        send(at, &manager, "/settings/campaigns/tet/tariff", &fields).await.is(422);
        let html = page(at, &manager, "/settings/campaigns?open=tet").await.is(200).text();
        assert!(html.contains("đang áp dụng"), "{html}");
        let later: Vec<_> = fields.iter().map(|(name, value)| match *name {
            "seen" => (*name, seen_of(&html, "tariff-form")),
            "from" => (*name, "2027-01-01".to_owned()),
            _ => (*name, (*value).to_owned()),
        }).collect();
        let later: Vec<(&str, &str)> = later.iter().map(|(name, value)| (*name, value.as_str())).collect();
        send(at, &manager, "/settings/campaigns/tet/tariff", &later).await.is(303);
        let overview = page(at, &manager, "/campaigns/tet").await.is(200).text();
        assert!(overview.contains("block 60 giây × 500\u{a0}₫, đã gồm VAT"), "the one that priced its calls: {overview}");
        let (_, action, about) = told(at).await.remove(0);
        assert_eq!((action, about.as_str()), (Action::TariffChanged, "tet"));
    }

    async fn recipients_are_set_and_who_stopped_is_named(at) {
        at.stock().await;
        at.user("quanly@cty.vn", Role::Manager).await;
        let manager = at.sign_in("quanly@cty.vn").await;
        let put = async |seen: &str, emails: &str| {
            send(at, &manager, "/settings/recipients/put", &[("seen", seen), ("emails", emails)]).await
        };
        let html = put("chưa có ai", "lan@cty.vn, hoa").await.is(422).text();
        assert!(html.contains("“hoa” không phải là một địa chỉ email") && html.contains("lan@cty.vn, hoa"), "{html}");
        put("chưa có ai", "lan@cty.vn; hoa@cty.vn").await.is(303);
        assert_eq!(last_details(at).await, "emails: – → lan@cty.vn, hoa@cty.vn");
        assert!(put("chưa có ai", "ba@cty.vn").await.is(422).text().contains("lan@cty.vn, hoa@cty.vn"));
        send(at, &manager, "/settings/campaigns/tet/recipients", &[("seen", "chưa có ai"), ("emails", "sep@cty.vn")]).await.is(303);
        let html = page(at, &manager, "/settings/recipients").await.is(200).text();
        assert!(html.contains("/settings/campaigns?open=tet") && html.contains("sep@cty.vn"), "{html}");
        assert!(!html.contains("Đã tự ngừng nhận"), "{html}");
        {
            let mut conn = at.server.db.write().await.unwrap();
            store::recipients::stop(&mut conn, &at.scope, "hoa@cty.vn").await.unwrap();
            let event = audit::Event::of(Action::RecipientStopped, "hoa@cty.vn");
            audit::record(&mut conn, &at.scope, &audit::Actor::system(), &event, domain::Timestamp(crate::harness::NOW)).await.unwrap();
            conn.commit().await.unwrap();
        }
        let html = page(at, &manager, "/settings/recipients").await.is(200).text();
        assert!(html.contains("Đã tự ngừng nhận") && html.contains("hoa@cty.vn"), "{html}");
        put("lan@cty.vn", "lan@cty.vn, Hoa@cty.vn").await.is(303);
        let html = page(at, &manager, "/settings/recipients").await.is(200).text();
        assert!(!html.contains("Đã tự ngừng nhận"), "who is on the list again receives again: {html}");
        let many = (0..300).map(|n| format!("nguoi{n}@cty.vn")).collect::<Vec<_>>().join(", ");
        put(&seen(&html), &many).await.is(303);
        let html = page(at, &manager, "/settings/recipients").await.is(200).text();
        put(&seen(&html), &many.replace("nguoi299", "khac")).await.is(303);
        put(&seen(&html), &many).await.is(422);
    }

    async fn viewers_open_none_of_these_parts(at) {
        at.stock().await;
        at.user("nguoixem@cty.vn", Role::Viewer).await;
        at.user("quanly@cty.vn", Role::Manager).await;
        let (viewer, manager) = (at.sign_in("nguoixem@cty.vn").await, at.sign_in("quanly@cty.vn").await);
        for part in ["tariffs", "voicebots", "campaigns", "campaigns?open=tet", "recipients"] {
            page(at, &viewer, &format!("/settings/{part}")).await.is(404);
            page(at, &manager, &format!("/settings/{part}")).await.is(200);
        }
        send(at, &viewer, "/settings/recipients/put", &[("emails", "a@b.vn")]).await.is(404);
    }
}

/// The hidden field of a form of this id.
fn seen_of(html: &str, form: &str) -> String {
    let at = html.find(&format!("id=\"{form}\"")).unwrap_or_else(|| panic!("no {form}: {html}"));
    seen(&html[at..])
}
