//! What is set may be taken away, or set otherwise, until something uses it.

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use store::audit::Action;

use crate::{
    harness::{Answer, Harness, both_engines, call},
    settings::{page, send, told},
};

async fn delete(at: &Harness, path: &str) -> Answer {
    Answer::of(at.api(Method::DELETE, path)).await
}

/// What stands in a list of the API under this name.
async fn all(at: &Harness, path: &str, list: &str, name: &str) -> Vec<Value> {
    let answer = at.get(path).await.is(200).json();
    answer[list].as_array().unwrap().iter().map(|entry| entry[name].clone()).collect()
}

/// How often the log tells of a code.
async fn codes_told(at: &Harness) -> usize {
    told(at).await.iter().filter(|(_, action, _)| *action == Action::ResultCodeChanged).count()
}

both_engines! {
    async fn a_code_goes_until_a_call_has_it(at) {
        at.stock().await;
        at.user("xem@cty.vn", Role::Viewer).await;
        at.user("quanly@cty.vn", Role::Manager).await;
        let (viewer, manager) = (at.sign_in("xem@cty.vn").await, at.sign_in("quanly@cty.vn").await);
        let label = json!({"label_vi": "Nhầm", "label_en": "Mistyped"});
        for code in ["M1", "M2"] {
            at.put(&format!("/api/v1/result-codes/{code}"), &label).await.is(201);
        }
        at.post("/api/v1/calls", &json!([call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(9_000), "DY")])).await.is(200);
        let before = codes_told(at).await;
        let remove = async |cookie: &str, code: &str| send(at, cookie, "/settings/codes/remove", &[("code", code)]).await;
        remove(&viewer, "M1").await.is(404);
        let answer = remove(&manager, "M1").await.is(303);
        assert!(answer.header("location").ends_with("note=removed"), "{}", answer.header("location"));
        remove(&manager, "M1").await.is(404);
        delete(at, "/api/v1/result-codes/M2").await.is(204);
        delete(at, "/api/v1/result-codes/M2").await.is_problem(404);
        assert_eq!(codes_told(at).await, before + 2);

        let answer = remove(&manager, "DY").await.is(303);
        assert!(answer.header("location").ends_with("note=in-use"), "{}", answer.header("location"));
        delete(at, "/api/v1/result-codes/DY").await.is_problem(422);
        let codes = all(at, "/api/v1/result-codes", "result_codes", "code").await;
        assert!(codes.contains(&json!("DY")) && !codes.contains(&json!("M1")) && !codes.contains(&json!("M2")), "{codes:?}");
        let html = page(at, &manager, "/settings/codes?note=in-use").await.is(200).text();
        assert!(html.contains("Đồng ý"), "{html}");
    }

    async fn a_tariff_goes_until_a_call_has_it(at) {
        at.stock().await;
        at.user("xem@cty.vn", Role::Viewer).await;
        at.user("quanly@cty.vn", Role::Manager).await;
        let (viewer, manager) = (at.sign_in("xem@cty.vn").await, at.sign_in("quanly@cty.vn").await);
        // 1 January of two years in Vietnam.
        let (next, later) = (1_798_736_400_000_i64, 1_830_272_400_000_i64);
        for from in [next, later] {
            let tariff = json!({"first_block_seconds": 60, "next_block_seconds": 60, "price_first_block": "100",
                "price_next_block": "100", "currency": "VND", "effective_from": from});
            at.put("/api/v1/tariffs", &tariff).await.is(201);
        }
        let remove = async |cookie: &str, from: i64| {
            send(at, cookie, "/settings/tariffs/remove", &[("from", &from.to_string())]).await
        };
        remove(&viewer, next).await.is(404);
        assert!(remove(&manager, next).await.is(303).header("location").ends_with("note=removed"));
        remove(&manager, next).await.is(404);
        delete(at, &format!("/api/v1/tariffs?effective_from={later}")).await.is(204);
        delete(at, &format!("/api/v1/tariffs?effective_from={later}")).await.is_problem(404);
        assert!(remove(&manager, 0).await.is(303).header("location").ends_with("note=in-use"));
        delete(at, "/api/v1/tariffs?effective_from=0").await.names(422, "effective_from");
        delete(at, "/api/v1/tariffs").await.names(422, "effective_from");
        let tariffs = all(at, "/api/v1/tariffs", "tariffs", "effective_from").await;
        assert_eq!(tariffs.len(), 1, "{tariffs:?}");

        // Of a day that is over, while there are no calls; one call is dialled under the earlier of two.
        let tariff = |from: &str| json!({"first_block_seconds": 60, "next_block_seconds": 60, "price_first_block": "100",
            "price_next_block": "100", "currency": "VND", "effective_from": from});
        let (first, second) = ("2026-11-01T00:00:00+07:00", "2026-11-10T00:00:00+07:00");
        for from in [first, second] {
            at.put("/api/v1/tariffs", &tariff(from)).await.is(201);
        }
        let calls = json!([call("c-1", "kh-1", "2026-11-05T09:00:00+07:00", 5_000, Some(31_000), "DY")]);
        at.post("/api/v1/calls", &calls).await.is(200);
        at.put("/api/v1/tariffs", &tariff("2025-01-01T00:00:00+07:00")).await.names(422, "effective_from");
        assert_eq!(at.put("/api/v1/tariffs", &tariff(first)).await.is(200).json()["result"], "unchanged");
        let html = page(at, &manager, "/settings/tariffs").await.is(200).text();
        assert_eq!(html.matches("action=\"/settings/tariffs/remove").count(), 1, "{html}");
        let removed = |from: &str| format!("/api/v1/tariffs?effective_from={}", form_urlencoded::byte_serialize(from.as_bytes()).collect::<String>());
        delete(at, &removed(first)).await.names(422, "effective_from");
        delete(at, &removed(second)).await.is(204);
        delete(at, &removed(second)).await.is_problem(404);
    }

    async fn zone_and_currency_are_set_until_the_first_call(at) {
        at.stock().await;
        at.user("chu@cty.vn", Role::Owner).await;
        at.user("quanly@cty.vn", Role::Manager).await;
        let (owner, manager) = (at.sign_in("chu@cty.vn").await, at.sign_in("quanly@cty.vn").await);
        let put = async |cookie: &str, seen: &str, zone: &str, currency: &str| {
            let fields = [("seen", seen), ("timezone", zone), ("currency", currency)];
            send(at, cookie, "/settings/account/zone", &fields).await
        };
        let before = "Asia/Ho_Chi_Minh · VND";
        put(&manager, before, "Asia/Tokyo", "JPY").await.is(404);
        let html = put(&owner, before, "Asia/Hanoi", "VN").await.is(422).text();
        assert!(html.contains("value=\"Asia/Hanoi\"") && html.contains("value=\"VN\""), "{html}");
        put(&owner, before, "Asia/Tokyo", "jpy").await.is(303);
        let html = put(&owner, before, "Asia/Seoul", "KRW").await.is(422).text();
        assert!(html.contains("Asia/Tokyo · JPY") && html.contains("Asia/Seoul"), "both are shown: {html}");
        let account = at.get("/api/v1/account").await.is(200).json();
        assert_eq!((&account["timezone"], &account["currency"]), (&json!("Asia/Tokyo"), &json!("JPY")));

        let sent = json!([call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(9_000), "DY")]);
        at.post("/api/v1/calls", &sent).await.is(200);
        put(&owner, "Asia/Tokyo · JPY", "Asia/Ho_Chi_Minh", "VND").await.is(422);
        let html = page(at, &owner, "/settings/account").await.is(200).text();
        assert!(html.contains("Asia/Tokyo") && !html.contains("/settings/account/zone"), "{html}");
    }
}
