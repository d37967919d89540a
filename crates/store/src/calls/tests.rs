//! Lists are read by index and in order, on both engines: nothing is scanned, nothing is sorted.

use std::sync::Arc;

use domain::{CallClass, CallFilter, DateRange, Period, filter::CallOrder, time::Zone};

use super::{spans::Span, *};
use crate::{
    cursor::CursorPlace,
    search_index::SearchMatches,
    support::{NINE, both_engines, call, send, shop},
};

fn sorts() -> impl Iterator<Item = domain::CallSort> {
    CallOrder::ALL.into_iter().flat_map(|by| [true, false].map(|descending| domain::CallSort { by, descending }))
}

both_engines! {
    async fn a_page_is_read_from_an_index_in_order(db) {
        let scope = shop(&db, "plans").await;
        let mut calls: Vec<_> = (0..40).map(|n| call(&format!("c-{n}")).later(n * 60_000).talked(n * 1_000)).collect();
        calls.extend((0..400).map(|n| call(&format!("other-{n}")).of("camp-1").later(n * 6_000).talked(n * 100)));
        send(&db, &scope, calls).await;
        let mut conn = db.write().await.unwrap();
        // PostgreSQL would read a table this small from end to end, since that is quickest.
        if let crate::db::Tx::Postgres(tx) = &mut conn.tx {
            for setting in ["ANALYZE calls", "SET LOCAL enable_seqscan = off", "SET LOCAL enable_bitmapscan = off"] {
                sqlx::query(setting).execute(&mut **tx).await.unwrap();
            }
        }
        let campaign = "camp-0".parse().unwrap();
        let today = Zone::new("Asia/Ho_Chi_Minh").unwrap().local(NINE).day();
        for (of, sort) in [Some(&campaign), None].into_iter().flat_map(|of| sorts().map(move |sort| (of, sort))) {
            for backwards in [None, Some(false), Some(true)] {
                for period in [Period::Whole, Period::Today] {
                    let filter = CallFilter { sort, period, ..CallFilter::default() };
                    let listed = ResolvedList::resolve(&mut conn, &scope, of, &filter, today).await.unwrap().unwrap();
                    // In the middle of the list.
                    let value = match sort.by {
                        CallOrder::DialedAt => NINE.0 + 20 * 60_000,
                        CallOrder::TalkTime => 20_000,
                        CallOrder::Cost => 45_000_000,
                    };
                    let place = backwards.map(|backwards| CursorPlace { value, key: 5, backwards });
                    let plan = listed.select(place, 51, RowSource::Sifted).explain(&mut conn).await;
                    let asked = format!("{of:?} {} {place:?} {period:?}\n{plan}", sort.to_word());
                    for slow in ["SCAN calls", "TEMP B-TREE", "Seq Scan on calls", "Sort"] {
                        assert!(!plan.contains(slow), "{slow}: give the list an index that it can use: {asked}");
                    }
                    let index = match (sort.by, of) {
                        (CallOrder::DialedAt, Some(_)) => ["SEARCH calls USING PRIMARY KEY", "calls_pkey"],
                        (CallOrder::TalkTime, Some(_)) => ["calls_talk_time"; 2],
                        (CallOrder::Cost, Some(_)) => ["calls_cost"; 2],
                        (CallOrder::DialedAt, None) => ["INDEX calls_of_account (", "calls_of_account on"],
                        (CallOrder::TalkTime, None) => ["calls_of_account_talk_time"; 2],
                        (CallOrder::Cost, None) => ["calls_of_account_cost"; 2],
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

    async fn a_cause_is_one_line_that_turns_no_text_around(db) {
        let scope = shop(&db, "turned").await;
        let told = |id: &str, cause: &'static str| call(id).with(move |record| record.cause = Some(cause.to_owned()));
        send(&db, &scope, vec![told("c-1", "16\u{202e}=X\u{2066} \u{200b}a "), told("c-2", "\u{202e}")]).await;
        let mut conn = db.read().await.unwrap();
        for (id, cause) in [("c-1", Some("16=X a")), ("c-2", None)] {
            let stored = lookup(&mut conn, &scope, &id.parse().unwrap()).await.unwrap().unwrap();
            assert_eq!(stored.cause.as_deref(), cause, "{id}");
        }
    }

    async fn one_customers_calls_are_found_by_the_customer(db) {
        let scope = shop(&db, "plans").await;
        let mut conn = db.read().await.unwrap();
        let campaign = "camp-0".parse().unwrap();
        let zone = Zone::new("Asia/Ho_Chi_Minh").unwrap();
        let filter = CallFilter { contact: Some("kh-1".parse().unwrap()), ..CallFilter::default() };
        for of in [Some(&campaign), None] {
            let listed = ResolvedList::resolve(&mut conn, &scope, of, &filter, zone.local(NINE).day()).await;
            let listed = listed.unwrap().unwrap();
            if let crate::db::Tx::Sqlite(_) = conn.tx {
                // PostgreSQL goes by what is in the tables, which here is nothing.
                for sql in [listed.select(None, 51, RowSource::Sorted), listed.by_code()] {
                    let plan = sql.explain(&mut conn).await;
                    assert!(plan.contains("calls_contact"), "all calls of {of:?} are read for one customer:\n{plan}");
                }
            }
        }
    }

    async fn customers_of_a_filter_are_counted_once_each(db) {
        let scope = shop(&db, "distinct").await;
        // Three days; customers who are reached on one day and not on another, talked to, called just now.
        let mut calls = Vec::new();
        for n in 0..90_i64 {
            let (day, customer) = (n % 3, (n * 7) % 23);
            let one = call(&format!("c-{n}")).to(&format!("kh-{customer}")).later(day * 86_400_000 + n * 60_000);
            calls.push(match (n * 5 + customer) % 7 {
                0 => one.talked(45_000),
                1 => one.talked(30_000),
                2 => one.talked(31_000).code("TC"),
                3 => one.code("CU"),
                _ => one,
            });
        }
        calls.push(call("live-1").to("kh-1").later(2 * 86_400_000).in_progress());
        calls.push(call("live-2").to("kh-new").later(2 * 86_400_000).in_progress());
        send(&db, &scope, calls).await;
        let mut conn = db.read().await.unwrap();
        let campaign: domain::CampaignId = "camp-0".parse().unwrap();
        let first = Zone::new("Asia/Ho_Chi_Minh").unwrap().local(NINE).day();
        let range = |from, to| Period::Custom(DateRange { from: first.plus(from), to: first.plus(to) });
        for period in [Period::Whole, range(0, 0), range(1, 2), range(0, 2), range(9, 9)] {
            let everything = CallFilter { period, ..CallFilter::default() };
            let request = PageRequest { limit: 1_000, ..PageRequest::default() };
            let all = page(&mut conn, &scope, Some(&campaign), &everything, first, &request).await.unwrap().unwrap().calls;
            let customers = |is: &dyn Fn(&Call) -> bool| -> std::collections::BTreeSet<_> {
                all.iter().filter(|call| is(call)).map(|call| call.contact.id().clone()).collect()
            };
            let success = |call: &Call| call.class == Some(CallClass::Success);
            let reached = customers(&success);
            let talked = customers(&|call| success(call) && call.talk_time > 30_000);
            for query in [
                "", "class=success", "class=success&class=failed&class=error", "class=failed", "class=in_progress",
                "class=success&min_talk=30001", "class=success&min_talk=30000", "min_talk=30001", "max_talk=5000",
                "class=failed&min_talk=30001", "attempt=1", "code=TC", "hour=9",
                "class=success&class=failed&class=error&class=in_progress", "newly_reached=true",
            ] {
                for of_customers in ["", "reached=true", "reached=false", "talked=true", "reached=true&talked=true", "reached=false&talked=true"] {
                    let text = format!("{query}&{of_customers}");
                    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
                    let filter = CallFilter { period, ..CallFilter::from_pairs(pairs).unwrap().0 };
                    let found = page(&mut conn, &scope, Some(&campaign), &filter, first, &request).await.unwrap().unwrap();
                    let distinct: std::collections::BTreeSet<_> = found.calls.iter().map(|call| call.contact.id().clone()).collect();
                    assert_eq!(found.sums.customers, Some(distinct.len() as u64), "{text} {period:?}");
                    assert_eq!(found.sums.calls, found.calls.len() as u64, "{text} {period:?}");
                    if of_customers.contains("reached=false") {
                        assert!(distinct.is_disjoint(&reached), "{text} {period:?}");
                    } else if of_customers.contains("talked") {
                        assert!(distinct.is_subset(&talked), "{text} {period:?}");
                    }
                    if query.is_empty() && of_customers == "talked=true" {
                        assert_eq!(distinct, talked);
                    }
                }
            }
        }
    }

    async fn customers_are_found_by_index_and_not_by_reading_all_calls(db) {
        let scope = shop(&db, "plans").await;
        let mut conn = db.read().await.unwrap();
        let campaign = "camp-0".parse().unwrap();
        let zone = Zone::new("Asia/Ho_Chi_Minh").unwrap();
        let today = zone.local(NINE).day();
        if let crate::db::Tx::Sqlite(_) = conn.tx {
            for period in [Period::Whole, Period::Today] {
                let filter = CallFilter { period, reached: Some(false), talked: true, ..CallFilter::default() };
                let listed = ResolvedList::resolve(&mut conn, &scope, Some(&campaign), &filter, today).await.unwrap().unwrap();
                let plan = listed.select(None, 51, RowSource::Sorted).explain(&mut conn).await;
                assert!(plan.contains("SEARCH o USING INDEX calls_contact"), "a page asks for each customer:\n{plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{plan}");
                let plan = customers::open(&listed).explain(&mut conn).await;
                assert!(plan.contains("calls_open"), "calls in progress are searched among all:\n{plan}");
                for sql in [listed.by_code(), customers::distinct(&listed)] {
                    let plan = sql.explain(&mut conn).await;
                    assert!(plan.contains("SEARCH calls USING") && !plan.contains("SCAN"), "{plan}");
                    assert!(!plan.contains("CORRELATED"), "a sum asks once for all customers:\n{plan}");
                }
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
            let counts = counts(&mut conn, &scope, Some(&campaign), &filter, today).await.unwrap().unwrap().by_class.unwrap();
            assert_eq!((counts.success, counts.failed, counts.error, counts.in_progress), (2, 3, 1, 1), "{filter:?}");
            let page = page(&mut conn, &scope, Some(&campaign), &filter, today, &PageRequest::default()).await.unwrap().unwrap();
            assert_eq!(page.total, counts.total + counts.in_progress);
        }
        let nowhere = "nowhere".parse().unwrap();
        let counts = counts(&mut conn, &scope, Some(&nowhere), &CallFilter::default(), today).await.unwrap();
        assert_eq!(counts, None);
    }

    async fn a_page_is_the_same_however_its_calls_are_found(db) {
        let scope = shop(&db, "spans").await;
        // Seventy hours with a pause of ten; some codes are rare, some calls are recorded, at other attempts, in progress.
        let mut sent = Vec::new();
        for n in 0..400_i64 {
            let hours = if n < 200 { 0 } else { 10 };
            let one = call(&format!("c-{n}")).to(&format!("kh-{}", n * 7 % 61)).later(n * 600_000 + hours * 3_600_000);
            sent.push(match n {
                _ if n % 97 == 13 => one.talked(91_000).code("HIEM"),
                _ if n % 31 == 5 => one.in_progress(),
                _ => match n % 5 {
                    0 => one.talked(n * 100),
                    1 => one.talked(12_000).code("TC"),
                    2 => one.code("CU"),
                    _ => one.code("BS"),
                },
            });
        }
        send(&db, &scope, sent).await;
        let mut conn = db.read().await.unwrap();
        let campaign: CampaignId = "camp-0".parse().unwrap();
        let first = Zone::new("Asia/Ho_Chi_Minh").unwrap().local(NINE).day();
        let of_two_days = Period::Custom(DateRange { from: first.plus(1), to: first.plus(2) });
        for (of, period) in [Some(&campaign), None].into_iter().flat_map(|of| [(of, Period::Whole), (of, of_two_days)]) {
            for query in [
                "code=HIEM", "code=HIEM&class=failed", "code=TC&hour=3", "class=error", "class=in_progress", "attempt=1",
                "attempt=2&code=HIEM", "min_talk=90000", "max_talk=4000", "recorded=true", "recorded=false&hour=11", "weekday=3",
                "newly_reached=true", "code=NIRGENDS", "min_talk=40000&hour=7&hour=8",
            ] {
                let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
                let filter = CallFilter { period, ..CallFilter::from_pairs(pairs).unwrap().0 };
                for sort in sorts() {
                    let filter = CallFilter { sort, ..filter.clone() };
                    let listed = ResolvedList::resolve(&mut conn, &scope, of, &filter, first).await.unwrap().unwrap();
                    let found = spans::find(&mut conn, &listed).await.unwrap();
                    let about = format!("{of:?} {query} {period:?} {}", sort.to_word());
                    let whole = listed.fetch(&mut conn, None, 1_000, RowSource::Sifted).await.unwrap();
                    assert!(whole.len() as i64 <= found.matching, "{about}");
                    let keys = |rows: &[ListedCall]| rows.iter().map(|row| row.call_key).collect::<Vec<_>>();
                    let middle = whole.get(whole.len() / 2).map(|row| (listed.value(row), row.call_key));
                    for place in [None, Some(false), Some(true)] {
                        let place = place.map(|backwards| {
                            let (value, key) = middle.unwrap_or_default();
                            CursorPlace { value, key, backwards }
                        });
                        let expected = keys(&listed.fetch(&mut conn, place, 7, RowSource::Sifted).await.unwrap());
                        let sorted = listed.fetch_sorted(&mut conn, place, 7, &found).await.unwrap();
                        assert_eq!(keys(&sorted), expected, "{about} {place:?}");
                        if sort.by == CallOrder::DialedAt {
                            let by_time = listed.fetch_by_time(&mut conn, place, 7, &found).await.unwrap();
                            assert_eq!(keys(&by_time), expected, "{about} {place:?}");
                        }
                    }
                    if whole.iter().all(|row| listed.value(row) == 0) && sort.by != CallOrder::DialedAt {
                        let level = ResolvedList { is_level: true, ..listed.clone() };
                        let place = middle.map(|(value, key)| CursorPlace { value, key, backwards: false });
                        let expected = keys(&listed.fetch(&mut conn, place, 7, RowSource::Sifted).await.unwrap());
                        let found = level.fetch(&mut conn, place, 7, RowSource::Sifted).await.unwrap();
                        assert_eq!(keys(&found), expected, "{about}");
                        if let crate::db::Tx::Sqlite(_) = conn.tx {
                            let plan = level.select(place, 7, RowSource::Sifted).explain(&mut conn).await;
                            assert!(plan.contains("=? AND call_key") && !plan.contains("TEMP B-TREE"), "{about}:\n{plan}");
                        }
                    }
                    let all = counting::read_calls(&mut conn, &listed, Some(&found)).await.unwrap();
                    let expected: Vec<Keyed<CodeOf, CodeSums>> = listed.by_code().fetch_all(&mut conn).await.unwrap();
                    let expected: std::collections::BTreeMap<_, _> =
                        expected.into_iter().filter(|row| row.sums.calls > 0).map(|row| (row.key.code, row.sums)).collect();
                    let read = all.iter().filter(|(_, of_code)| of_code.sums.calls > 0);
                    assert_eq!(read.map(|(code, of_code)| (code.clone(), of_code.sums)).collect::<std::collections::BTreeMap<_, _>>(), expected, "{about}");
                    if of.is_some() {
                        let customers = customers::by_calls(&mut conn, &listed).await.unwrap();
                        assert_eq!(counting::customers_of(&listed, &all), customers, "{about}");
                    }
                }
            }
        }
    }

    async fn what_would_read_too_many_calls_is_left_to_be_counted_later(db) {
        let scope = shop(&db, "later").await;
        let sent = (0..90).map(|n| call(&format!("c-{n}")).to(&format!("kh-{}", n % 40)).later(n * 60_000));
        send(&db, &scope, sent.map(|one| one.code("BS")).collect()).await;
        let mut conn = db.read().await.unwrap();
        let campaign: CampaignId = "camp-0".parse().unwrap();
        let today = Zone::new("Asia/Ho_Chi_Minh").unwrap().local(NINE).day();
        let request = PageRequest::default();
        // Sums by code are in a rollup, customers of a code are not; of attempts neither is. Few whom a search finds are counted at once.
        for (query, knows_sums, lacks_customers) in
            [("code=BS", true, true), ("attempt=1", false, false), ("q=kh", true, false)]
        {
            let filter = CallFilter::from_pairs(query.split('&').filter_map(|pair| pair.split_once('='))).unwrap().0;
            let mut page = async |most| counted_page(&mut conn, &scope, Some(&campaign), &filter, today, &request, most).await;
            let whole = page(None).await.unwrap().unwrap();
            let least = page(Some(10)).await.unwrap().unwrap();
            assert_eq!(least.calls, whole.calls, "{query}: the rows are there at once");
            assert_eq!(least.counts.sums.is_some(), knows_sums, "{query}");
            assert_eq!(least.counts.lacks_customers, lacks_customers, "{query}");
            let enough = page(Some(90)).await.unwrap().unwrap();
            assert_eq!(enough.counts, whole.counts, "{query}");
            let later = counts(&mut conn, &scope, Some(&campaign), &filter, today).await.unwrap().unwrap();
            assert_eq!(later, whole.counts, "{query}");
            let sums = sums(&mut conn, &scope, Some(&campaign), &filter, today).await.unwrap().unwrap();
            assert_eq!(CallSums { customers: whole.counts.sums.unwrap().customers, ..sums }, whole.counts.sums.unwrap(), "{query}");
        }
    }

    async fn the_calls_of_few_customers_are_found_by_them_and_those_of_many_in_order(db) {
        let scope = shop(&db, "searched").await;
        let to = |n: i64| call(&format!("c-{n}")).named(&format!("Khách {n}"), &format!("0900{n:06}")).later(n * 60_000);
        send(&db, &scope, (0..600).map(to).collect()).await;
        let mut conn = db.write().await.unwrap();
        // PostgreSQL would put a table this small into memory, since that is quickest.
        if let crate::db::Tx::Postgres(tx) = &mut conn.tx {
            for setting in ["ANALYZE calls", "ANALYZE contacts", "SET LOCAL enable_seqscan = off", "SET LOCAL enable_bitmapscan = off", "SET LOCAL enable_hashjoin = off", "SET LOCAL enable_mergejoin = off"] {
                sqlx::query(setting).execute(&mut **tx).await.unwrap();
            }
        }
        let campaign: CampaignId = "camp-0".parse().unwrap();
        let today = Zone::new("Asia/Ho_Chi_Minh").unwrap().local(NINE).day();
        for (of, sort) in [Some(&campaign), None].into_iter().flat_map(|of| sorts().map(move |sort| (of, sort))) {
            let filter = CallFilter { q: Some("khach 17".to_owned()), sort, ..CallFilter::default() };
            let few = ResolvedList::resolve(&mut conn, &scope, of, &filter, today).await.unwrap().unwrap();
            assert_eq!(few.few().map(|few| few.customers.len()), Some(11), "17 and 170 to 179");
            for sql in [few.select(None, 51, RowSource::Sorted), few.by_code(), customers::distinct(&few)] {
                let plan = sql.explain(&mut conn).await;
                for slow in ["SCAN calls", "SCAN contacts", "Seq Scan on calls", "Seq Scan on contacts"] {
                    assert!(!plan.contains(slow), "{slow}: {of:?} {}\n{plan}", sort.to_word());
                }
                assert!(plan.contains("calls_contact"), "not found by their customers: {of:?} {}\n{plan}", sort.to_word());
            }
            let Some(SearchMatches::Few(found)) = few.found.as_deref().cloned() else { panic!("they are few") };
            let spans = counting::spans(&mut conn, &few).await.unwrap();
            let wanted = few.find(&mut conn, None, 5, spans.as_ref(), None).await.unwrap();
            let wanted: Vec<i64> = wanted.iter().map(|row| row.call_key).collect();
            let counted = counting::count(&mut conn, &few, spans.as_ref(), counting::CountWanted::All).await.unwrap();
            for one_in in [1, 50] {
                let middling = ResolvedList { found: Some(Arc::new(SearchMatches::Middling(found.clone(), one_in))), ..few.clone() };
                let page = middling.find(&mut conn, None, 5, spans.as_ref(), None).await.unwrap();
                assert_eq!(page.iter().map(|row| row.call_key).collect::<Vec<_>>(), wanted, "{of:?} {}", sort.to_word());
                let by_customers = middling.by_customers();
                let counts = counting::count(&mut conn, &by_customers, spans.as_ref(), counting::CountWanted::All).await.unwrap();
                assert_eq!(counts, counted);
            }
            let many = ResolvedList { found: Some(Arc::new(SearchMatches::Many(1))), ..few };
            let plan = many.select(None, 51, RowSource::Sifted).explain(&mut conn).await;
            for slow in ["SCAN calls", "TEMP B-TREE FOR ORDER", "Seq Scan", "Sort"] {
                assert!(!plan.contains(slow), "{slow}: {of:?} {}\n{plan}", sort.to_word());
            }
            let all = many.fetch(&mut conn, None, 51, RowSource::Sifted).await.unwrap();
            assert_eq!(all.len(), 11, "the same are found by asking each call's customer");
            let counts = counting::count(&mut conn, &many, spans.as_ref(), counting::CountWanted::All).await.unwrap();
            assert_eq!(counts, counted, "the same are counted by going through all customers");
            let plan = counting::sought_among(&many, &crate::sql::Search::of("khach 17", &scope), 1, 0).explain(&mut conn).await;
            for slow in ["SCAN contacts", "Seq Scan"] {
                assert!(!plan.contains(slow), "{plan}");
            }
        }
    }

    async fn a_part_of_the_calls_is_read_by_the_order_of_dialling(db) {
        let scope = shop(&db, "parts").await;
        let mut conn = db.read().await.unwrap();
        let campaign: CampaignId = "camp-0".parse().unwrap();
        let today = Zone::new("Asia/Ho_Chi_Minh").unwrap().local(NINE).day();
        if let crate::db::Tx::Sqlite(_) = conn.tx {
            let filter = CallFilter { attempts: vec![2], ..CallFilter::default() };
            for (of, index) in [(Some(&campaign), "PRIMARY KEY"), (None, "calls_of_account")] {
                let listed = ResolvedList::resolve(&mut conn, &scope, of, &filter, today).await.unwrap().unwrap();
                let span = Span { from: NINE.0, to: NINE.0 + 1, calls: 1 };
                for sql in [
                    counting::part(&listed, span),
                    counting::one_by_one(&listed, span),
                    listed.select(None, 51, RowSource::Within(span)),
                ] {
                    let plan = sql.explain(&mut conn).await.replace(", ", ",");
                    assert!(plan.contains(index) && plan.contains("dialed_at>? AND dialed_at<?"), "{plan}");
                }
            }
        }
    }
}
