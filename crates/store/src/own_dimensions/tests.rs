use std::collections::BTreeMap;

use domain::{
    CallClass, CallFilter, Code, Day, OwnFilter, Period, Report, ReportQuery, ResultCode, Role, own_dimension::OwnPlace,
};
use serde_json::{Value, json};

use super::*;
use crate::{
    Db, PageRequest, calls, erasure, own_filling, report, result_codes,
    support::{Call, NOW, both_engines, call, send, shop},
    verify::{self, RecountStep},
};

fn key(text: &str) -> DimensionKey {
    DimensionKey::new(text).unwrap()
}

async fn declare(db: &Db, scope: &Scope, text: &str) -> Result<Put, StoreError> {
    let mut conn = db.write().await.unwrap();
    let put = super::put(&mut conn, scope, &key(text), ("Nhãn", "Label"), NOW).await;
    conn.commit().await.unwrap();
    put
}

async fn fill(db: &Db, scope: &Scope) -> u64 {
    let mut calls = 0;
    loop {
        let mut conn = db.write().await.unwrap();
        let step = own_filling::advance(&mut conn, scope).await.unwrap();
        conn.commit().await.unwrap();
        calls += step.calls;
        if step.is_over {
            return calls;
        }
    }
}

async fn report_of(db: &Db, scope: &Scope) -> Report {
    let query = ReportQuery { campaign: "camp-0".parse().unwrap(), period: Period::Whole };
    report::read(&mut db.read().await.unwrap(), scope, &query, NOW).await.unwrap().unwrap()
}

/// Calls by the text of the value, or the word of the place, of the first dimension.
async fn values(db: &Db, scope: &Scope) -> BTreeMap<String, u64> {
    let report = report_of(db, scope).await;
    let values = report.own_dimensions[0].values.iter();
    values.map(|value| (value.text.clone().unwrap_or_else(|| value.value.clone()), value.calls)).collect()
}

async fn is_right(db: &Db, scope: &Scope) {
    let found = verify::recount(&mut db.read().await.unwrap(), scope, &mut |_| {}).await.unwrap();
    assert_eq!(found, []);
}

impl Call {
    fn saying(self, attributes: Value) -> Self {
        self.with(|record| record.attributes = serde_json::from_value(attributes).unwrap())
    }
}

fn map<const N: usize>(pairs: [(&str, u64); N]) -> BTreeMap<String, u64> {
    pairs.into_iter().map(|(value, calls)| (value.to_owned(), calls)).collect()
}

both_engines! {
    async fn two_hundred_values_are_told_apart_and_stay_so(db) {
        let scope = shop(&db, "many").await;
        declare(&db, &scope, "script").await.unwrap();
        let value = |n: usize, value: usize| call(&format!("c-{n}")).later(n as i64).saying(json!({"script": format!("v{value}")}));
        send(&db, &scope, (0..450).map(|n| value(n, n)).collect()).await;
        let first = values(&db, &scope).await;
        assert_eq!((first.len(), first["other"]), (201, 250));
        is_right(&db, &scope).await;
        // The calls of the first hundred values go to one that was beyond: its place is decided, and theirs are not given again.
        send(&db, &scope, (0..100).map(|n| value(n, 300)).collect()).await;
        let then = values(&db, &scope).await;
        assert_eq!((then.len(), then["other"]), (101, 350));
        send(&db, &scope, (0..100).map(|n| value(n, n)).collect()).await;
        assert_eq!(values(&db, &scope).await, first);
        // Longer ones and others that are no texts are among the others; what says nothing is none.
        let odd = [json!("x".repeat(10_000)), json!(["v1"]), json!({"v": 1}), json!(""), json!(null), json!("  ")];
        let odd = odd.into_iter().enumerate().map(|(n, odd)| call(&format!("o-{n}")).later(1_000 + n as i64).saying(json!({"script": odd})));
        send(&db, &scope, odd.collect()).await;
        let then = values(&db, &scope).await;
        assert_eq!((then["other"], then["none"]), (253, 3));
        is_right(&db, &scope).await;
    }

    async fn what_is_declared_later_fills_the_past_and_rows_sum_to_the_whole_meanwhile(db) {
        let scope = shop(&db, "later").await;
        let one = |n: usize| call(&format!("c-{n:04}")).later(n as i64).saying(json!({"list": if n < 600 { "A" } else { "B" }}));
        send(&db, &scope, (0..1_100).map(one).collect()).await;
        declare(&db, &scope, "list").await.unwrap();
        assert_eq!(values(&db, &scope).await, map([("none", 1_100)]));
        let mut conn = db.write().await.unwrap();
        own_filling::advance(&mut conn, &scope).await.unwrap();
        conn.commit().await.unwrap();
        let report = report_of(&db, &scope).await;
        assert_eq!(report.own_dimensions[0].filled_percent, Some(45));
        assert_eq!(values(&db, &scope).await, map([("B", 500), ("none", 600)]));
        is_right(&db, &scope).await;
        // What comes meanwhile has its value at once, and is not counted twice.
        send(&db, &scope, vec![one(3), call("new").later(5_000).saying(json!({"list": "A"}))]).await;
        assert_eq!(values(&db, &scope).await["A"], 1, "the third is as it was");
        assert_eq!(fill(&db, &scope).await, 600);
        assert_eq!(values(&db, &scope).await, map([("A", 601), ("B", 500)]));
        assert_eq!(report_of(&db, &scope).await.own_dimensions[0].filled_percent, None);
        is_right(&db, &scope).await;
    }

    async fn twelve_may_be_declared_and_a_removed_one_is_another_when_it_comes_again(db) {
        let scope = shop(&db, "twelve").await;
        for n in 0..12 {
            assert_eq!(declare(&db, &scope, &format!("k{n}")).await.unwrap(), Put::Created);
        }
        assert_eq!(declare(&db, &scope, "k3").await.unwrap(), Put::Unchanged);
        let error = declare(&db, &scope, "one too many").await.unwrap_err();
        assert!(matches!(&error, StoreError::Invalid(error) if error.field == "key"), "{error:?}");
        send(&db, &scope, vec![call("c-1").saying(json!({"k0": "x"})), call("c-2").later(1)]).await;
        // A key that nobody sent.
        let report = report_of(&db, &scope).await;
        assert_eq!(report.own_dimensions[5].values.iter().map(|value| (value.value.as_str(), value.calls)).collect::<Vec<_>>(), [("none", 2)]);
        let mut conn = db.write().await.unwrap();
        assert!(super::delete(&mut conn, &scope, &key("k0")).await.unwrap());
        assert!(!super::delete(&mut conn, &scope, &key("k0")).await.unwrap());
        conn.commit().await.unwrap();
        is_right(&db, &scope).await;
        // Its calls are corrected while they still name it.
        send(&db, &scope, vec![call("c-1").talked(9_000).saying(json!({"k0": "x"}))]).await;
        is_right(&db, &scope).await;
        let filter = CallFilter { own: vec![OwnFilter { dimension: 1, place: OwnPlace::Told(2) }], ..CallFilter::default() };
        let campaign = "camp-0".parse().unwrap();
        let refused = calls::sums(&mut db.read().await.unwrap(), &scope, Some(&campaign), &filter, Day(0)).await.unwrap_err();
        assert!(matches!(&refused, StoreError::Invalid(error) if error.field == "own"), "{refused:?}");
        declare(&db, &scope, "k0").await.unwrap();
        fill(&db, &scope).await;
        let last = report_of(&db, &scope).await.own_dimensions.pop().unwrap();
        assert_eq!((last.dimension.number, last.dimension.key.as_str(), last.values.len()), (13, "k0", 2));
        is_right(&db, &scope).await;
    }

    async fn what_is_wrong_is_found_and_put_right(db) {
        let scope = shop(&db, "wrong").await;
        declare(&db, &scope, "script").await.unwrap();
        fill(&db, &scope).await;
        let one = |n: usize| call(&format!("c-{n}")).later(n as i64).talked(4_000).saying(json!({"script": format!("v{}", n % 2)}));
        send(&db, &scope, (0..40).map(one).collect()).await;
        let right = report_of(&db, &scope).await.own_dimensions;
        for sql in [
            "UPDATE rollup_own SET calls = calls + 1, cost = cost - 5 WHERE account_id = $1",
            "DELETE FROM rollup_own WHERE account_id = $1",
            "INSERT INTO rollup_own (account_id, campaign_key, dimension_no, day, value_no, code, calls, cost, newly_reached, next_newly_reached) SELECT $1, campaign_key, dimension_no, day + 1, value_no, code, 1, 0, 0, 0 FROM rollup_own WHERE account_id = $1",
            "UPDATE calls SET own_values = NULL WHERE account_id = $1 AND id < 'c-2'",
            "UPDATE calls SET own_values = ',1=9,' WHERE account_id = $1",
        ] {
            let mut conn = db.write().await.unwrap();
            execute!(&mut conn, sql, scope.account()).unwrap();
            conn.commit().await.unwrap();
            for step in [RecountStep::Own, RecountStep::Campaign("camp-0".parse().unwrap()), RecountStep::Own] {
                verify::step(&db, &scope, &step, true, &mut |_| {}).await.unwrap();
            }
            is_right(&db, &scope).await;
            assert_eq!(report_of(&db, &scope).await.own_dimensions, right, "{sql}");
        }
    }

    async fn a_code_that_is_changed_moves_who_reached_a_customer_first(db) {
        let scope = shop(&db, "codes").await;
        declare(&db, &scope, "script").await.unwrap();
        let (first, second) = (call("c-1").to("kh").talked(4_000).code("TC"), call("c-2").to("kh").later(60_000).talked(9_000));
        send(&db, &scope, vec![first.saying(json!({"script": "v1"})), second.saying(json!({"script": "v2"}))]).await;
        let newly = async || {
            let report = report_of(&db, &scope).await;
            let values = report.own_dimensions[0].values.iter();
            let mut newly: Vec<_> = values.map(|value| (value.text.clone().unwrap(), value.newly_reached, value.success)).collect();
            newly.sort();
            newly
        };
        let said = |v1: (u64, u64), v2: (u64, u64)| vec![("v1".to_owned(), v1.0, v1.1), ("v2".to_owned(), v2.0, v2.1)];
        assert_eq!(newly().await, said((1, 1), (0, 1)));
        for (counts_as, expected) in [(CallClass::Failed, said((0, 0), (1, 1))), (CallClass::Success, said((1, 1), (0, 1)))] {
            let code = ResultCode {
                code: Code::new("TC").unwrap(), label_vi: "x".to_owned(), label_en: "x".to_owned(), color: None, is_goal: false, counts_as,
            };
            let mut conn = db.write().await.unwrap();
            result_codes::put(&mut conn, &scope, &code, NOW).await.unwrap();
            conn.commit().await.unwrap();
            assert_eq!(newly().await, expected);
            is_right(&db, &scope).await;
        }
    }

    async fn who_is_forgotten_leaves_no_value(db) {
        let scope = shop(&db, "forgotten").await;
        declare(&db, &scope, "address").await.unwrap();
        let one = |id: &str, phone: &str, address: &str| call(id).to(&format!("kh-{phone}")).named("Hồng", phone).saying(json!({"address": address}));
        send(&db, &scope, vec![one("c-1", "0901234567", "số 5"), one("c-2", "0907654321", "số 6").later(1)]).await;
        let mut conn = db.write().await.unwrap();
        erasure::begin(&mut conn, &scope, "0901234567", NOW).await.unwrap();
        conn.commit().await.unwrap();
        loop {
            let mut conn = db.write().await.unwrap();
            let step = erasure::advance(&mut conn, &scope, NOW).await.unwrap();
            conn.commit().await.unwrap();
            is_right(&db, &scope).await;
            if step.is_over {
                break;
            }
        }
        assert_eq!(values(&db, &scope).await, map([("số 6", 1), ("none", 1)]));
        let texts = OwnTexts::load(&mut db.read().await.unwrap(), &scope).await.unwrap();
        assert_eq!(texts.values(1, Sight::Whole), [(3, "số 6".to_owned())]);
    }

    async fn who_sees_no_numbers_sees_none_in_values(db) {
        let scope = shop(&db, "masked").await;
        declare(&db, &scope, "caller_id").await.unwrap();
        send(&db, &scope, vec![call("c-1").saying(json!({"caller_id": "0912345678"}))]).await;
        #[expect(clippy::disallowed_methods, reason = "a viewer of the account")]
        let viewer = Scope::of_user(scope.account(), 1, Role::Viewer);
        let report = report_of(&db, &viewer).await;
        let text = report.own_dimensions[0].values[0].text.clone().unwrap();
        assert!(!text.contains("345678"), "{text}");
        let campaign = "camp-0".parse().unwrap();
        let filter = CallFilter { own: vec![OwnFilter { dimension: 1, place: OwnPlace::Told(2) }], ..CallFilter::default() };
        let asked = PageRequest { limit: 10, ..PageRequest::default() };
        let page = calls::page(&mut db.read().await.unwrap(), &viewer, Some(&campaign), &filter, Day(0), &asked).await.unwrap().unwrap();
        assert_eq!(page.calls.len(), 1);
        let shown = page.calls[0].own[0].text.as_deref().unwrap();
        assert!(!shown.contains("345678"), "{shown}");
    }
}
