use std::collections::BTreeMap;

use domain::{CallFilter, Period, Report, ReportQuery};
use serde_json::json;

use super::*;
use crate::{
    Db, PageRequest, calls,
    db::fetch_all,
    support::{Call, NOW, both_engines, call, send, shop},
    verify,
};

const NUMBER: &str = "0901 234 567";
const OTHER: &str = "0909999999";

/// A call with everything that says of a person.
fn telling(one: Call, words: &str) -> Call {
    let words = words.to_owned();
    one.with(move |record| {
        record.recording_url = Some(format!("https://pbx.example/{words}.wav"));
        record.attributes = Some(BTreeMap::from([("address".to_owned(), json!(format!("số 5 {words}")))]));
    })
}

/// Somebody on two lists, whose number was dialled in another customer's name as well, and others.
async fn called(db: &Db, name: &str) -> Scope {
    let scope = shop(db, name).await;
    let later = |n: i64| n * 3_600_000;
    let mut all: Vec<Call> = (0..7)
        .map(|n| {
            let one = telling(call(&format!("c-{n}")).to("kh-1").named("Nguyễn Thị Hồng", NUMBER), "hong");
            if n % 2 == 0 { one.later(later(n)).talked(n * 1_000 + 3_000) } else { one.later(later(n)) }
        })
        .collect();
    all.push(telling(call("d-1").of("camp-1").to("khach").named("Chị Hồng", "+84901234567").talked(9_000), "hong"));
    all.push(telling(call("cdr-0901234567-1").of("camp-1").to("khach").later(later(1)), "hong"));
    for n in 0..5 {
        all.push(telling(
            call(&format!("e-{n}")).to("kh-2").named("Trần Văn Đĩnh", OTHER).later(later(n)).talked(8_000),
            "dinh",
        ));
    }
    send(db, &scope, all).await;
    // The list has another number of theirs than this call was dialled to.
    let dialled = call("e-9").to("kh-2").later(later(9)).talked(4_000).with(|record| {
        record.contact.phone = Some("0084901234567".to_owned());
    });
    send(db, &scope, vec![telling(dialled, "hong")]).await;
    scope
}

async fn report(db: &Db, scope: &Scope, campaign: &str) -> Report {
    let mut conn = db.read().await.unwrap();
    let query = ReportQuery { campaign: campaign.parse().unwrap(), period: Period::Whole };
    crate::report::read(&mut conn, scope, &query, NOW).await.unwrap().unwrap()
}

async fn clean(db: &Db, scope: &Scope) {
    let mut conn = db.read().await.unwrap();
    assert_eq!(verify::recount(&mut conn, scope, &mut |_| {}).await.unwrap(), []);
}

/// Texts of all tables that hold what senders say, of this account.
async fn texts(db: &Db, scope: &Scope) -> String {
    let mut conn = db.read().await.unwrap();
    let mut found = Vec::new();
    for sql in [
        "SELECT id || ' ' || COALESCE(phone, '') || ' ' || COALESCE(phone_key, '') || ' ' || COALESCE(name, '') || ' ' || search
                || ' ' || COALESCE(attributes, '') FROM contacts WHERE account_id = $1",
        "SELECT id || ' ' || COALESCE(phone, '') || ' ' || COALESCE(recording_url, '') FROM calls WHERE account_id = $1",
        "SELECT COALESCE(transcript, '') || ' ' || COALESCE(attributes, '') FROM call_details WHERE account_id = $1",
        "SELECT url FROM recording_fetches WHERE account_id = $1",
        "SELECT COALESCE(phone_key, '') FROM erasures WHERE account_id = $1",
    ] {
        let rows: Vec<(String,)> = fetch_all!(conn, (String,), sql, scope.account()).unwrap();
        found.extend(rows.into_iter().map(|row| row.0));
    }
    found.join("\n")
}

/// How many calls a search finds.
async fn hits(db: &Db, scope: &Scope, q: &str) -> u64 {
    let mut conn = db.read().await.unwrap();
    let filter = CallFilter { q: Some(q.to_owned()), ..CallFilter::default() };
    let request = PageRequest { limit: 50, ..PageRequest::default() };
    let page = calls::page(&mut conn, scope, None, &filter, domain::Day(20_761), &request).await.unwrap().unwrap();
    page.calls.len() as u64
}

async fn index(db: &Db, scope: &Scope) {
    for block in
        search_index::behind(&mut db.read().await.unwrap(), scope, search_index::IndexBehind::Some).await.unwrap()
    {
        search_index::index(db, scope, block).await.unwrap();
    }
}

/// Goes on until nothing is left; looks after each step.
async fn erase(db: &Db, scope: &Scope) -> Vec<(i64, ErasureCounts)> {
    let mut ended = Vec::new();
    loop {
        let mut conn = db.write().await.unwrap();
        let step = advance(&mut conn, scope, NOW).await.unwrap();
        conn.commit().await.unwrap();
        clean(db, scope).await;
        ended.extend(step.ended);
        if step.is_over {
            return ended;
        }
    }
}

async fn ask(db: &Db, scope: &Scope, number: &str) -> i64 {
    let mut conn = db.write().await.unwrap();
    let key = begin(&mut conn, scope, number, NOW).await.unwrap();
    conn.commit().await.unwrap();
    key
}

both_engines! {
    async fn who_is_forgotten_is_in_no_table_and_no_total_changes(db) {
        let (scope, stranger) = (called(&db, "a").await, called(&db, "b").await);
        index(&db, &scope).await;
        index(&db, &stranger).await;
        let before = (report(&db, &scope, "camp-0").await, report(&db, &scope, "camp-1").await);
        let of_stranger = texts(&db, &stranger).await;
        assert_eq!((hits(&db, &scope, "hong").await, hits(&db, &scope, "234567").await), (9, 10));

        let counts = preview(&mut db.read().await.unwrap(), &scope, "84901234567").await.unwrap();
        assert_eq!((counts.customers, counts.calls, counts.transcripts), (2, 10, 10));
        let key = ask(&db, &scope, "+84 901.234.567").await;
        assert_eq!(erase(&db, &scope).await, [(key, counts)], "what was shown before is what was done");

        assert_eq!(report(&db, &scope, "camp-0").await, before.0);
        assert_eq!(report(&db, &scope, "camp-1").await, before.1);
        let left = texts(&db, &scope).await;
        for gone in ["901234567", "234 567", "Hồng", "hong", "kh-1", "khach", "c-1 hong"] {
            assert!(!left.contains(gone), "{gone}: {left}");
        }
        // Whose number it is not stays who they are, but for what was said when the number was dialled.
        assert!(left.contains("Trần Văn Đĩnh") && left.contains(OTHER) && left.contains("số 5 dinh"), "{left}");
        assert_eq!(texts(&db, &stranger).await, of_stranger, "another account");
        for _ in 0..2 {
            assert_eq!((hits(&db, &scope, "hong").await, hits(&db, &scope, "234567").await), (0, 0));
            assert_eq!(hits(&db, &scope, "dinh").await, 6);
            index(&db, &scope).await;
            clean(&db, &scope).await;
        }
        let listed = list(&mut db.read().await.unwrap(), &scope, 9).await.unwrap();
        assert_eq!((listed.len(), listed[0].counts, listed[0].ended_at), (1, counts, Some(NOW)));
        // No part of a name is left in the index: nobody has it.
        let parts: Vec<(i64,)> = fetch_all!(
            db.read().await.unwrap(), (i64,),
            "SELECT part FROM search_parts WHERE account_id = $1", scope.account()
        ).unwrap();
        let all: Vec<(i64,)> = fetch_all!(
            db.read().await.unwrap(), (i64,),
            "SELECT part FROM search_parts WHERE account_id = $1", stranger.account()
        ).unwrap();
        assert!(parts.len() < all.len(), "{} {}", parts.len(), all.len());
    }

    async fn what_comes_again_as_it_was_brings_nothing_back(db) {
        let scope = called(&db, "a").await;
        ask(&db, &scope, NUMBER).await;
        erase(&db, &scope).await;
        let left = texts(&db, &scope).await;
        let again = telling(call("c-0").to("kh-1").named("Nguyễn Thị Hồng", NUMBER), "hong").talked(3_000);
        assert_eq!(send(&db, &scope, vec![again]).await.unchanged, 1);
        assert_eq!(texts(&db, &scope).await, left);
        // Another call is somebody whom the sender knows still: a new customer, until they are forgotten, too.
        send(&db, &scope, vec![call("c-new").to("kh-1").named("Nguyễn Thị Hồng", NUMBER).later(999_000)]).await;
        clean(&db, &scope).await;
        let key = ask(&db, &scope, NUMBER).await;
        let ended = erase(&db, &scope).await;
        assert_eq!((ended[0].0, ended[0].1.customers, ended[0].1.calls), (key, 1, 1));
        assert!(!texts(&db, &scope).await.contains("Hồng"));
    }

    async fn a_number_that_nobody_has_is_none(db) {
        let scope = called(&db, "a").await;
        let counts = preview(&mut db.read().await.unwrap(), &scope, "0987654321").await.unwrap();
        assert_eq!(counts, ErasureCounts::default());
        for none in ["", "   ", "8.49E+10"] {
            let mut conn = db.write().await.unwrap();
            assert!(matches!(begin(&mut conn, &scope, none, NOW).await, Err(StoreError::Invalid(_))), "{none:?}");
            drop(conn);
            assert!(preview(&mut db.read().await.unwrap(), &scope, none).await.is_err());
        }
        assert_eq!(erase(&db, &scope).await, []);
    }
}
