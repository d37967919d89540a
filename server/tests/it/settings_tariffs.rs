//! Tariffs as people set them: what is refused, what stays, what is priced by which, and who comes second.

use domain::Role;
use serde_json::json;
use store::audit::{self, Action, EntryFilter};

use crate::{
    harness::{Answer, Harness, both_engines, call},
    settings::{page, send, told},
};

/// A form of a tariff of 6 + 1 seconds from the day of the tests on, with other fields instead.
fn tariff<'a>(seen: &'a str, others: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("seen", seen),
        ("preset", "6+1"),
        ("price_first_block", "320"),
        ("price_next_block", "2,5"),
        ("from", "2026-11-22"),
        ("vat", "excluded"),
    ];
    let kept = usual.into_iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name));
    kept.chain(others.iter().copied()).collect()
}

/// What a form's hidden field holds.
pub fn seen(html: &str) -> String {
    let at = html.find("name=\"seen\" value=\"").unwrap_or_else(|| panic!("no form: {html}"));
    html[at + "name=\"seen\" value=\"".len()..].split('"').next().unwrap().replace("&amp;", "&")
}

async fn add(at: &Harness, cookie: &str, fields: &[(&str, &str)]) -> Answer {
    send(at, cookie, "/settings/tariffs/add", fields).await
}

both_engines! {
    async fn an_account_without_a_price_says_so_wherever_costs_are(at) {
        at.put("/api/v1/voicebots/bot", &json!({"name": "Chăm sóc khách hàng"})).await.is(201);
        at.put("/api/v1/campaigns/tet", &json!({"name": "Tết 2027", "voicebot": "bot"})).await.is(201);
        let calls = json!([call("c-1", "kh-1", "2026-11-22T09:00:00+07:00", 5_000, Some(31_000), "NA"),
            call("c-2", "kh-2", "2026-11-22T09:00:00+07:00", 5_000, Some(31_000), "BS")]);
        at.post("/api/v1/calls", &calls).await.is(200);
        at.user("quanly@cty.vn", Role::Manager).await;
        at.user("xem@cty.vn", Role::Viewer).await;
        let (manager, viewer) = (at.sign_in("quanly@cty.vn").await, at.sign_in("xem@cty.vn").await);
        let pages = ["/campaigns", "/campaigns/tet", "/campaigns/tet/calls", "/calls", "/usage", "/statistics",
            "/compare?campaign=tet"];
        let said = "Chưa đặt giá cuộc gọi, nên mọi chi phí là 0.";
        for path in pages {
            let html = page(at, &manager, path).await.is(200).text();
            assert!(html.contains(said), "{path}");
            assert!(html.contains("Đặt bảng giá"), "{path}");
            let html = page(at, &viewer, path).await.is(200).text();
            assert!(html.contains(said) && !html.contains("Đặt bảng giá"), "{path}");
        }
        let tariff = json!({"first_block_seconds": 6, "next_block_seconds": 6, "price_first_block": "0",
            "price_next_block": "1", "currency": "VND", "effective_from": "2030-01-01T00:00:00Z"});
        assert!(at.put("/api/v1/tariffs", &tariff).await.status.is_success());
        for path in pages {
            let shown = page(at, &manager, path).await.is(200).text();
            // The calls of the campaign still have a tariff of nothing.
            assert_eq!(shown.contains(said), path == "/campaigns/tet", "{path}: somebody has set a price");
        }
    }

    async fn a_tariff_holds_from_its_day_on_and_stored_calls_keep_their_price(at) {
        at.stock().await;
        at.user("quanly@cty.vn", Role::Manager).await;
        let manager = at.sign_in("quanly@cty.vn").await;
        let before = json!([call("c-1", "kh-1", "2026-11-22T09:00:00+07:00", 5_000, Some(31_000), "DY")]);
        at.post("/api/v1/calls", &before).await.is(200);
        let html = page(at, &manager, "/settings/tariffs").await.is(200).text();
        assert!(html.contains("đang áp dụng") && html.contains("từ đầu") && html.contains("2,5\u{a0}₫"), "{html}");
        assert!(html.contains("31 giây = 26 block = 73\u{a0}₫"), "what is stored is told without scripts: {html}");

        add(at, &manager, &tariff(&seen(&html), &[])).await.is(303);
        let after = json!([call("c-2", "kh-2", "2026-11-22T00:00:00+07:00", 5_000, Some(31_000), "DY"),
            call("c-3", "kh-3", "2026-11-21T23:59:59+07:00", 5_000, Some(31_000), "DY")]);
        at.post("/api/v1/calls", &after).await.is(200);
        let cost = async |id: &str| at.get(&format!("/api/v1/calls/{id}")).await.is(200).json()["cost"].clone();
        assert_eq!(cost("c-1").await, "72.5", "it was stored before");
        assert_eq!(cost("c-2").await, "382.5", "from the first moment of the account's day on");
        assert_eq!(cost("c-3").await, "72.5", "the day before");
        let tariffs = at.get("/api/v1/tariffs").await.is(200).json();
        assert_eq!(tariffs["tariffs"][0]["effective_from"], "2026-11-21T17:00:00.000Z");
        assert_eq!((&tariffs["tariffs"][0]["vat"], &tariffs["tariffs"][1]["vat"]), (&json!("excluded"), &json!(null)));

        let html = page(at, &manager, "/settings/tariffs").await.is(200).text();
        add(at, &manager, &tariff(&seen(&html), &[("preset", "60+60"), ("from", "2027-01-01"), ("vat", "included")])).await.is(303);
        let html = page(at, &manager, "/settings/tariffs").await.is(200).text();
        let table = html.split_once("<tbody").unwrap().1;
        let (later, now) = (table.find("01/01/2027").unwrap(), table.find("22/11/2026").unwrap());
        assert!(later < now && html.contains("chưa đến") && html.contains("đã gồm VAT"), "{html}");
        let overview = page(at, &manager, "/campaigns/tet").await.is(200).text();
        assert!(overview.contains("VAT tuỳ bảng giá"), "two tariffs priced its calls: {overview}");
        let (who, action, about) = told(at).await.remove(0);
        assert_eq!((who.as_str(), action, about.as_str()), ("quanly@cty.vn", Action::TariffChanged, ""));
    }

    async fn what_is_wrong_with_a_tariff_is_said_at_its_field(at) {
        at.user("quanly@cty.vn", Role::Manager).await;
        let manager = at.sign_in("quanly@cty.vn").await;
        let now = seen(&page(at, &manager, "/settings/tariffs").await.is(200).text());
        for (wrong, words) in [
            ([("from", "21/11/2026")].as_slice(), "Ngày này đã qua"),
            (&[("price_next_block", ""), ("from", "21/11/2026")], "Ngày này đã qua"),
            (&[("from", "31/02/2027")], "Hãy nhập ngày theo dạng"),
            (&[("from", "")], "Hãy điền mục này"),
            (&[("price_first_block", "1.200")], "hiểu hai cách"),
            (&[("price_first_block", "-1")], "Hãy nhập một số tiền"),
            (&[("price_next_block", "1000000,5")], "Không được quá 1.000.000"),
            (&[("price_next_block", "")], "Hãy điền mục này"),
            (&[("preset", "7+7")], "Hãy chọn một mục"),
            (&[("preset", "own")], "Hãy điền mục này"),
            (&[("preset", "own"), ("first_block_seconds", "0"), ("next_block_seconds", "1")], "số nguyên từ 1 đến 3600"),
            (&[("vat", "maybe")], "Hãy chọn một mục"),
            // Without scripts, seconds are typed and the choice stays.
            (&[("first_block_seconds", "30"), ("preset", "6+6")], "khác với lựa chọn này"),
        ] {
            let html = add(at, &manager, &tariff(&now, wrong)).await.is(422).text();
            assert!(html.contains(words), "{wrong:?}: {html}");
            let (name, typed) = wrong.last().unwrap();
            assert!(typed.is_empty() || *name == "vat" || *name == "preset" || html.contains(&format!("value=\"{typed}\"")), "{wrong:?}: {html}");
        }
        assert_eq!(at.get("/api/v1/tariffs").await.json()["tariffs"].as_array().unwrap().len(), 1);
        let own = [("preset", "own"), ("first_block_seconds", "10"), ("next_block_seconds", "5"), ("from", "22/11/2026")];
        add(at, &manager, &tariff(&now, &own)).await.is(303);
        assert_eq!(at.get("/api/v1/tariffs").await.json()["tariffs"][0]["next_block_seconds"], 5);
    }

    async fn what_was_shown_is_confirmed_though_calls_came_in_since(at) {
        at.stock().await;
        at.user("quanly@cty.vn", Role::Manager).await;
        let manager = at.sign_in("quanly@cty.vn").await;
        let one = |n: u32| json!([call(&format!("c-{n}"), &format!("kh-{n}"), "2026-11-12T09:00:00+07:00", 5_000, Some(31_000), "DY")]);
        at.post("/api/v1/calls", &one(1)).await.is(200);
        let now = seen(&page(at, &manager, "/settings/tariffs").await.is(200).text());
        let again = [("from", "2026-11-08"), ("price_again", "true")];
        let html = add(at, &manager, &tariff(&now, &again)).await.is(422).text();
        assert!(html.contains("1 cuộc gọi đổi giá") && html.contains("Tính đến 15:00 22/11/2026"), "{html}");
        let confirmed = crate::settings::confirmed(&html);
        for n in 2..4 {
            at.post("/api/v1/calls", &one(n)).await.is(200);
        }
        add(at, &manager, &tariff(&now, &[again[0], again[1], ("confirmed", &confirmed)])).await.is(303);
        let entry = {
            let mut conn = at.server.db.read().await.unwrap();
            let filter = EntryFilter { action: Some(Action::TariffChanged), ..EntryFilter::default() };
            audit::list(&mut conn, &at.scope, &filter, None, 1).await.unwrap().remove(0)
        };
        let told = &entry.event.details["after"]["priced_again"];
        assert_eq!((&told["calls"], &told["since"]), (&json!(3), &json!(2)), "{told}");
    }

    async fn all_that_is_wrong_with_a_tariff_is_said_at_once(at) {
        at.stock().await;
        at.user("quanly@cty.vn", Role::Manager).await;
        let manager = at.sign_in("quanly@cty.vn").await;
        let wrong = [("preset", "own"), ("price_first_block", "x"), ("price_next_block", "1"), ("from", "01/11/2026")];
        let html = add(at, &manager, &wrong).await.is(422).text();
        for field in ["first_block_seconds", "next_block_seconds", "price_first_block", "from"] {
            assert!(html.contains(&format!("id=\"form-{field}-error\"")), "{field}: {html}");
        }
        // A call of a day costs too much.
        let dear = [("preset", "6+1"), ("price_first_block", "1"), ("price_next_block", "1000000"), ("from", "22/11/2026")];
        let html = add(at, &manager, &dear).await.is(422).text();
        assert!(html.contains("id=\"form-price_next_block-error\"") && html.contains("10.000.000"), "{html}");
        let dear = json!({"first_block_seconds": 6, "next_block_seconds": 1, "price_first_block": "1",
            "price_next_block": "1000000", "currency": "VND", "effective_from": 0});
        at.put("/api/v1/tariffs", &dear).await.names(422, "price_next_block");
        let mut own = dear.clone();
        own.as_object_mut().unwrap().retain(|name, _| name != "currency" && name != "effective_from");
        let campaign = json!({"name": "Tết 2027", "voicebot": "bot", "tariff": own});
        at.put("/api/v1/campaigns/tet", &campaign).await.names(422, "tariff.price_next_block");
    }

    async fn stored_calls_are_priced_again_once_the_difference_was_seen(at) {
        at.stock().await;
        at.user("quanly@cty.vn", Role::Manager).await;
        let manager = at.sign_in("quanly@cty.vn").await;
        let mut given = call("c-4", "kh-4", "2026-11-12T09:00:00+07:00", 5_000, Some(31_000), "DY");
        given["cost"] = json!("999");
        let calls = json!([
            call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY"),
            call("c-2", "kh-2", "2026-11-08T00:00:00+07:00", 5_000, Some(31_000), "DY"),
            call("c-3", "kh-3", "2026-11-12T09:00:00+07:00", 5_000, None, "NA"),
            given,
        ]);
        at.post("/api/v1/calls", &calls).await.is(200);
        let cost = async |id: &str| at.get(&format!("/api/v1/calls/{id}")).await.is(200).json()["cost"].clone();
        let whole = async || at.get("/api/v1/campaigns/tet/report").await.is(200).json()["cost"].clone();
        assert_eq!(whole().await, "1144");
        let now = seen(&page(at, &manager, "/settings/tariffs").await.is(200).text());
        let again = [("from", "2026-11-08"), ("price_again", "true")];
        // Nothing is done before the difference was seen, nor where another one was.
        let html = add(at, &manager, &tariff(&now, &again)).await.is(422).text();
        let said = "Từ 08/11/2026, 1 cuộc gọi đổi giá: chi phí 1.072\u{a0}₫ thành 1.382\u{a0}₫ (chênh lệch 310\u{a0}₫).";
        assert!(html.contains(said) && html.contains("1 cuộc gọi giữ giá"), "{html}");
        let confirmed = crate::settings::confirmed(&html);
        // What was read of another tariff, or long ago, confirms nothing.
        let of_another = confirmed.replacen('+', "+1", 1);
        add(at, &manager, &tariff(&now, &[again[0], again[1], ("confirmed", &of_another)])).await.is(422);
        at.pass(60 * 60 * 1_000 + 1);
        add(at, &manager, &tariff(&now, &[again[0], again[1], ("confirmed", &confirmed)])).await.is(422);
        at.pass(-(60 * 60 * 1_000 + 1));
        add(at, &manager, &tariff(&now, &[again[0], again[1], ("confirmed", "1 1 2")])).await.is(422);
        assert_eq!(whole().await, "1144");
        assert_eq!(at.get("/api/v1/tariffs").await.json()["tariffs"].as_array().unwrap().len(), 1);
        add(at, &manager, &tariff(&now, &[again[0], again[1], ("confirmed", &confirmed)])).await.is(303);
        let html = page(at, &manager, "/settings/tariffs").await.is(200).text();
        assert!(html.contains("Đang tính lại giá"), "{html}");
        // Wherever costs are, it is said that they are not the last word.
        let priced = ["/campaigns", "/campaigns/tet", "/campaigns/tet/calls", "/campaigns/tet/customers", "/campaigns/tet/customers?customer=kh-1",
            "/calls", "/usage", "/statistics"];
        let says = async |path: &str| {
            page(at, &manager, path).await.is(200).text().contains("Đang tính lại giá các cuộc gọi đã lưu")
        };
        for path in priced {
            assert!(says(path).await, "{path}");
        }
        let reports = ["/api/v1/campaigns/tet/report", "/api/v1/usage"];
        for path in reports {
            assert_eq!(at.get(path).await.is(200).json()["pricing_again"], true, "{path}");
        }
        assert_eq!(at.run_due("price_again").await, 1);
        for path in priced {
            assert!(!says(path).await, "{path}");
        }
        for path in reports {
            assert_eq!(at.get(path).await.is(200).json()["pricing_again"], false, "{path}");
        }
        assert_eq!((cost("c-1").await, cost("c-2").await), (json!("72.5"), json!("382.5")));
        assert_eq!((cost("c-4").await, whole().await), (json!("999"), json!("1454")));
        assert!(!page(at, &manager, "/settings/tariffs").await.text().contains("Đang tính lại giá"));
        let entry = {
            let mut conn = at.server.db.read().await.unwrap();
            let filter = EntryFilter { action: Some(Action::TariffChanged), ..EntryFilter::default() };
            audit::list(&mut conn, &at.scope, &filter, None, 1).await.unwrap().remove(0)
        };
        assert_eq!(entry.actor.name, "quanly@cty.vn");
        assert_eq!(entry.event.details["after"]["priced_again"], json!({"calls": 1, "since": 0, "before": "1071.5", "after": "1381.5"}));

        // Of a campaign alone.
        let html = page(at, &manager, "/settings/campaigns?open=tet").await.is(200).text();
        let now = seen(&html[html.find("id=\"tariff-form\"").unwrap()..]);
        let others = [("from", "2026-11-01"), ("price_again", "true"), ("preset", "60+60"), ("price_first_block", "100")];
        let html = send(at, &manager, "/settings/campaigns/tet/tariff", &tariff(&now, &others)).await.is(422).text();
        assert!(html.contains("2 cuộc gọi đổi giá: chi phí 1.454\u{a0}₫ thành 1.199\u{a0}₫"), "{html}");
    }

    async fn who_sets_a_tariff_second_is_told(at) {
        at.user("quanly@cty.vn", Role::Manager).await;
        at.user("nguoixem@cty.vn", Role::Viewer).await;
        let (manager, viewer) = (at.sign_in("quanly@cty.vn").await, at.sign_in("nguoixem@cty.vn").await);
        let now = seen(&page(at, &manager, "/settings/tariffs").await.is(200).text());
        add(at, &viewer, &tariff(&now, &[])).await.is(404);
        page(at, &viewer, "/settings/tariffs").await.is(404);
        add(at, &manager, &tariff(&now, &[])).await.is(303);
        let html = add(at, &manager, &tariff(&now, &[("price_first_block", "330")])).await.is(422).text();
        assert!(html.contains("320\u{a0}₫") && html.contains("value=\"330\""), "both are shown: {html}");
        let again = seen(&html);
        add(at, &manager, &tariff(&again, &[("price_first_block", "330")])).await.is(303);
        let tariffs = at.get("/api/v1/tariffs").await.json();
        assert_eq!((tariffs["tariffs"].as_array().unwrap().len(), &tariffs["tariffs"][0]["price_first_block"]), (2, &json!("330")));
        let told = told(at).await;
        assert_eq!(told.iter().filter(|(_, action, _)| *action == Action::TariffChanged).count(), 2);
        let same = seen(&page(at, &manager, "/settings/tariffs").await.text());
        add(at, &manager, &tariff(&same, &[("price_first_block", "330")])).await.is(303);
        assert_eq!(self::told(at).await.len(), told.len(), "what changes nothing is not told");
    }
}
