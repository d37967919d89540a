//! Lists are read by index and in order, on both engines: nothing is scanned, nothing is sorted.

use domain::{CallFilter, Period, filter::CallOrder, time::Zone};

use super::*;
use crate::support::{NINE, both_engines, call, send, shop};

fn sorts() -> impl Iterator<Item = domain::CallSort> {
    [CallOrder::DialedAt, CallOrder::TalkTime, CallOrder::Cost]
        .into_iter()
        .flat_map(|by| [true, false].map(|descending| domain::CallSort { by, descending }))
}

both_engines! {
    async fn a_page_is_read_from_an_index_in_order(db) {
        let scope = shop(&db, "plans").await;
        send(&db, &scope, (0..40).map(|n| call(&format!("c-{n}")).later(n * 60_000)).collect()).await;
        let mut conn = db.read().await.unwrap();
        // PostgreSQL would read a table this small from end to end, since that is quickest.
        if let crate::db::Tx::Postgres(tx) = &mut conn.tx {
            for setting in ["SET LOCAL enable_seqscan = off", "SET LOCAL enable_bitmapscan = off"] {
                sqlx::query(setting).execute(&mut **tx).await.unwrap();
            }
        }
        let campaign_key = campaigns::key(&mut conn, &scope, &"camp-0".parse().unwrap()).await.unwrap().unwrap();
        let zone = Zone::new("Asia/Ho_Chi_Minh").unwrap();
        let today = zone.local(NINE).day();
        for sort in sorts() {
            for backwards in [None, Some(false), Some(true)] {
                for period in [Period::Whole, Period::Today] {
                    if period != Period::Whole && sort.by != CallOrder::DialedAt {
                        // A period's calls, sorted, or the sorted list, sifted: the engine may choose.
                        continue;
                    }
                    let filter = CallFilter { sort, period, ..CallFilter::default() };
                    let listed = Listed::new(&scope, campaign_key, &filter, today, zone);
                    let place = backwards.map(|backwards| Place { value: NINE.0, key: 5, backwards });
                    let plan = listed.select(place, 51, false).explain(&mut conn).await;
                    let asked = format!("{} {place:?} {period:?}\n{plan}", sort.to_word());
                    for slow in ["SCAN calls", "TEMP B-TREE", "Seq Scan on calls", "Sort"] {
                        assert!(!plan.contains(slow), "{slow}: give the list an index that it can use: {asked}");
                    }
                    let index = match sort.by {
                        CallOrder::DialedAt => ["SEARCH calls USING PRIMARY KEY", "calls_pkey"],
                        CallOrder::TalkTime => ["calls_talk_time"; 2],
                        CallOrder::Cost => ["calls_cost"; 2],
                    };
                    assert!(index.iter().any(|index| plan.contains(index)), "not read by {index:?}: {asked}");
                    // A page in the middle of the list begins there, and does not skip what lies before it.
                    let (by, plan) = (sort.by.word(), plan.replace(", ", ","));
                    let begins = place.is_none() || plan.contains(&format!("({by},call_key)"));
                    assert!(begins, "does not begin at its place: {asked}");
                }
            }
        }
    }

    async fn one_customers_calls_are_found_by_the_customer(db) {
        let scope = shop(&db, "plans").await;
        let mut conn = db.read().await.unwrap();
        let campaign_key = campaigns::key(&mut conn, &scope, &"camp-0".parse().unwrap()).await.unwrap().unwrap();
        let zone = Zone::new("Asia/Ho_Chi_Minh").unwrap();
        let filter = CallFilter { contact: Some("kh-1".parse().unwrap()), ..CallFilter::default() };
        let listed = Listed::new(&scope, campaign_key, &filter, zone.local(NINE).day(), zone);
        if let crate::db::Tx::Sqlite(_) = conn.tx {
            // PostgreSQL goes by what is in the tables, which here is nothing.
            for sql in [listed.select(None, 51, false), listed.sums()] {
                let plan = sql.explain(&mut conn).await;
                assert!(plan.contains("calls_contact"), "the whole campaign is read for one customer:\n{plan}");
            }
        }
    }

    async fn calls_are_counted_by_class_as_the_list_counts_them(db) {
        let scope = shop(&db, "classes").await;
        let calls = ["DY", "K9", "NA", "BS", "BS", "CU"].iter().enumerate();
        let mut sent: Vec<_> = calls.map(|(n, code)| call(&format!("c-{n}")).talked(1_000).code(code).later(n as i64)).collect();
        sent.push(call("c-live").in_progress());
        send(&db, &scope, sent).await;
        let mut conn = db.read().await.unwrap();
        let campaign = "camp-0".parse().unwrap();
        let today = Zone::new("Asia/Ho_Chi_Minh").unwrap().local(NINE).day();
        // The first is answered by the rollups, the second by the calls.
        for filter in [CallFilter::default(), CallFilter { attempts: (1..=20).collect(), ..CallFilter::default() }] {
            let counts = count_by_class(&mut conn, &scope, &campaign, &filter, today).await.unwrap().unwrap();
            assert_eq!((counts.success, counts.failed, counts.error, counts.in_progress), (2, 3, 1, 1), "{filter:?}");
            let page = page(&mut conn, &scope, &campaign, &filter, today, &PageRequest::default()).await.unwrap().unwrap();
            assert_eq!(page.total, counts.total + counts.in_progress);
        }
        let nowhere = "nowhere".parse().unwrap();
        let counts = count_by_class(&mut conn, &scope, &nowhere, &CallFilter::default(), today).await.unwrap();
        assert_eq!(counts, None);
    }
}
