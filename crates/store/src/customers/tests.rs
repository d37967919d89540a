//! Customers are listed as things stand: recounted here from their calls, in any order, and from an index.

use domain::{Period, customer_filter::CustomerSort, time::Zone};

use super::*;
use crate::{
    campaigns,
    support::{NINE, both_engines, call, send, shop},
};

/// The day of [`NINE`].
const TODAY: Day = Day(20_761);

/// Three customers whom nobody called, and eleven with calls of all kinds; `camp-0` has them.
async fn called(db: &crate::Db, name: &str) -> Scope {
    let scope = shop(db, name).await;
    let listed = (0..3).map(|n| crate::contacts::ContactRecord {
        id: format!("w-{n}").parse().unwrap(),
        phone: format!("09000000{n:02}"),
        name: None,
        attributes: None,
    });
    let mut conn = db.write().await.unwrap();
    crate::contacts::add(&mut conn, &scope, &"camp-0".parse().unwrap(), listed.enumerate().collect(), NINE)
        .await
        .unwrap();
    conn.commit().await.unwrap();
    let by = |who: domain::HangupBy| move |record: &mut domain::CallRecord| record.hangup_by = Some(who);
    let calls = (0..40_i64).map(|n| {
        let one = call(&format!("c-{n}")).to(&format!("kh-{}", n % 11)).later(n * 3_600_000);
        match n % 5 {
            0 => one.talked(n * 1_000).with(by(domain::HangupBy::Customer)),
            1 => one.talked(7_000).code("TC").with(by(domain::HangupBy::Bot)),
            2 => one.code("BS"),
            3 if n > 35 => one.in_progress(),
            _ => one.code("CU"),
        }
    });
    send(db, &scope, calls.collect()).await;
    scope
}

/// The latest call.
fn latest(customer: &Customer) -> Option<&domain::Call> {
    customer.latest.as_deref()
}

/// Whether a customer is one that a condition lets through.
type Is = fn(&Customer) -> bool;

both_engines! {
    async fn customers_are_listed_by_what_became_of_them(db) {
        let scope = shop(&db, "customers").await;
        let campaign = "camp-0".parse().unwrap();
        let listed = (0..7).map(|n| crate::contacts::ContactRecord {
            id: format!("w-{n}").parse().unwrap(),
            phone: format!("09000000{n:02}"),
            name: Some(format!("Chờ {n}")),
            attributes: None,
        });
        let mut conn = db.write().await.unwrap();
        crate::contacts::add(&mut conn, &scope, &campaign, listed.enumerate().collect(), NINE).await.unwrap();
        conn.commit().await.unwrap();
        send(&db, &scope, vec![call("a").talked(9_000), call("b")]).await;

        let mut conn = db.read().await.unwrap();
        for standing in CustomerStanding::ALL {
            let filter = CustomerFilter { standing, ..CustomerFilter::default() };
            let (mut seen, mut cursor, mut total) = (vec![], None, 0);
            loop {
                let request = PageRequest { limit: 3, cursor, details: false };
                let page = list(&mut conn, &scope, &campaign, &filter, TODAY, &request).await.unwrap().unwrap();
                seen.extend(page.customers);
                total = page.total.max(total);
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen.len() as u64, total, "{standing:?}");
            let all = standing == CustomerStanding::All;
            assert!(all || seen.iter().all(|customer| customer.standing == standing), "{seen:?}");
            assert_eq!(total, match standing {
                CustomerStanding::All => 9,
                CustomerStanding::NeverDialled => 7,
                _ => 1,
            });
        }
        let filter = CustomerFilter {
            standing: CustomerStanding::NeverDialled,
            q: Some("cho 3".to_owned()),
            ..CustomerFilter::default()
        };
        let found = list(&mut conn, &scope, &campaign, &filter, TODAY, &PageRequest::default()).await.unwrap().unwrap();
        assert_eq!((found.total, found.customers[0].contact.id().as_str()), (1, "w-3"));
        let nowhere = "nowhere".parse().unwrap();
        assert_eq!(list(&mut conn, &scope, &nowhere, &filter, TODAY, &PageRequest::default()).await.unwrap(), None);

        let campaign_key = campaigns::key(&mut conn, &scope, &campaign).await.unwrap().unwrap();
        if let crate::db::Tx::Sqlite(_) = conn.tx {
            let waiting = CustomerFilter { q: None, ..filter };
            let asked = Asked::new(&scope, campaign_key, &waiting, TODAY, Meanings::default());
            for backwards in [false, true] {
                let place = (CursorPlace { value: 0, key: 3, backwards }, String::new());
                let plan = select(&asked, Some(&place), 51).explain(&mut conn).await;
                assert!(plan.contains("contacts_waiting"), "whom to call is searched among all:\n{plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{plan}");
            }
        }
    }

    async fn a_page_is_read_from_an_index_in_any_order(db) {
        let scope = shop(&db, "plans").await;
        let to = |n: i64| call(&format!("c-{n}")).named(&format!("Khách {n}"), &format!("0900{n:06}")).later(n * 60_000);
        send(&db, &scope, (0..600).map(|n| to(n).talked(n * 500)).collect()).await;
        let mut conn = db.write().await.unwrap();
        // PostgreSQL would read a table this small from end to end, since that is quickest.
        if let crate::db::Tx::Postgres(tx) = &mut conn.tx {
            let settings = ["SET LOCAL enable_seqscan = off", "SET LOCAL enable_bitmapscan = off", "SET LOCAL enable_sort = off"];
            for setting in ["ANALYZE contacts", "ANALYZE calls"].into_iter().chain(settings) {
                sqlx::query(setting).execute(&mut **tx).await.unwrap();
            }
        }
        let campaign = "camp-0".parse().unwrap();
        let campaign_key = campaigns::key(&mut conn, &scope, &campaign).await.unwrap().unwrap();
        let slow = ["SCAN contacts", "TEMP B-TREE", "Seq Scan", "Sort"];
        for (descending, backwards) in [(false, false), (true, false), (true, true)] {
            let sort = CustomerSort { by: CustomerOrder::Listed, descending };
            let filter = CustomerFilter { sort, ..CustomerFilter::default() };
            let asked = Asked::new(&scope, campaign_key, &filter, TODAY, Meanings::default());
            let place = (CursorPlace { value: 0, key: 5, backwards }, String::new());
            let plan = select(&asked, Some(&place), 51).explain(&mut conn).await;
            let index = ["PRIMARY KEY", "contacts_pkey"];
            assert!(index.iter().any(|index| plan.contains(index)), "not read by {index:?}: {plan}");
            assert!(slow.iter().all(|slow| !plan.contains(slow)), "{descending} {backwards}\n{plan}");
        }
        for by in CustomerOrder::ALL {
            for period in [Period::Whole, Period::Today] {
                let filter = CustomerFilter { sort: CustomerSort { by, descending: true }, period, ..CustomerFilter::default() };
                let asked = Asked::new(&scope, campaign_key, &filter, TODAY, Meanings::default());
                let is_walked = by == CustomerOrder::Listed && period == Period::Whole;
                assert_eq!(asked.is_by_columns(period != Period::Whole), !is_walked, "{by:?} {period:?}");
                let plan = of_numbers(&asked, &[1, 2, 3]).explain(&mut conn).await;
                assert!(plan.contains("PRIMARY KEY") || plan.contains("contacts_pkey"), "{plan}");
                assert!(slow.iter().all(|slow| !plan.contains(slow)), "{plan}");
            }
        }
        // What is shown of their latest calls is found by key.
        let plan = calls::latest_calls(&scope, campaign_key, &[1, 2, 3]).explain(&mut conn).await;
        let by_key = ["SEARCH l USING INDEX calls_of_account (", "SEARCH l USING PRIMARY KEY", "calls_of_account on calls l", "calls_pkey on calls l"];
        assert!(by_key.iter().any(|index| plan.contains(index)), "{plan}");
    }

    async fn customers_are_listed_as_things_stand_in_any_order(db) {
        let scope = called(&db, "standing").await;
        let campaign: domain::CampaignId = "camp-0".parse().unwrap();
        let mut conn = db.read().await.unwrap();
        let whole = PageRequest { limit: 1_000, ..PageRequest::default() };
        let all = list(&mut conn, &scope, &campaign, &CustomerFilter::default(), TODAY, &whole).await.unwrap().unwrap();
        assert_eq!((all.customers.len(), all.total), (14, 14));
        for customer in &all.customers {
            let calls = crate::calls::of_contact(&mut conn, &scope, &campaign, customer.contact.id()).await.unwrap();
            let finished: Vec<&domain::Call> = calls.iter().filter(|call| call.class.is_some()).collect();
            assert_eq!(customer.calls as usize, finished.len());
            assert_eq!(customer.cost, finished.iter().map(|call| call.cost).sum());
            let latest = calls.last().cloned().map(|call| domain::Call { transcript: None, attributes: None, ..call });
            assert_eq!(customer.latest.as_deref(), latest.as_ref(), "{}", customer.contact.id());
        }
        let value = |customer: &Customer, by: CustomerOrder| {
            let latest = customer.latest.as_deref();
            let text = |text: Option<String>| (0, text.unwrap_or_default());
            let number = |number: Option<i64>| (number.unwrap_or(0), String::new());
            match by {
                CustomerOrder::Listed => number(None),
                CustomerOrder::LatestAt => number(latest.map(|call| call.dialed_at.0)),
                CustomerOrder::TalkTime => number(latest.map(|call| call.talk_time)),
                CustomerOrder::Code => text(latest.and_then(|call| call.result_code.as_ref().map(ToString::to_string))),
                CustomerOrder::HangupBy => text(latest.and_then(|call| call.hangup_by).map(|who| who.word().to_owned())),
                CustomerOrder::Calls => number(Some(i64::from(customer.calls))),
                CustomerOrder::Cost => number(Some(customer.cost.0)),
            }
        };
        for by in CustomerOrder::ALL {
            for descending in [false, true] {
                let filter = CustomerFilter { sort: CustomerSort { by, descending }, ..CustomerFilter::default() };
                let mut wanted: Vec<(usize, &Customer)> = all.customers.iter().enumerate().collect();
                wanted.sort_by_key(|(place, customer)| (value(customer, by), *place));
                if descending {
                    wanted.reverse();
                }
                let wanted: Vec<&str> = wanted.iter().map(|(_, customer)| customer.contact.id().as_str()).collect();
                let (mut seen, mut cursor, mut back) = (vec![], None, None);
                loop {
                    let request = PageRequest { limit: 4, cursor, details: false };
                    let page = list(&mut conn, &scope, &campaign, &filter, TODAY, &request).await.unwrap().unwrap();
                    seen.extend(page.customers.iter().map(|customer| customer.contact.id().as_str().to_owned()));
                    back = page.previous.or(back);
                    cursor = page.next;
                    if cursor.is_none() {
                        break;
                    }
                }
                assert_eq!(seen, wanted, "{}", filter.sort.to_word());
                let request = PageRequest { limit: 4, cursor: back, details: false };
                let before = list(&mut conn, &scope, &campaign, &filter, TODAY, &request).await.unwrap().unwrap();
                let before: Vec<&str> = before.customers.iter().map(|customer| customer.contact.id().as_str()).collect();
                assert_eq!(before, wanted[8..12], "back from the last page of {}", filter.sort.to_word());
            }
        }
    }

    async fn conditions_are_asked_of_the_latest_call_alone(db) {
        let scope = called(&db, "conditions").await;
        let campaign: domain::CampaignId = "camp-0".parse().unwrap();
        let mut conn = db.read().await.unwrap();
        let whole = PageRequest { limit: 1_000, ..PageRequest::default() };
        let all = list(&mut conn, &scope, &campaign, &CustomerFilter::default(), TODAY, &whole).await.unwrap().unwrap();
        let conditions: [(&str, Is); 8] = [
            ("code=TC", |one| latest(one).is_some_and(|call| call.result_code.as_ref().is_some_and(|code| code.as_str() == "TC"))),
            ("class=failed", |one| latest(one).is_some_and(|call| call.class == Some(domain::CallClass::Failed))),
            ("class=success", |one| latest(one).is_some_and(|call| call.class == Some(domain::CallClass::Success))),
            ("class=in_progress", |one| latest(one).is_some_and(|call| call.class.is_none())),
            ("hangup_by=bot", |one| latest(one).is_some_and(|call| call.hangup_by == Some(domain::HangupBy::Bot))),
            ("calls=3", |one| one.calls == 3),
            ("calls=4..", |one| one.calls >= 4),
            ("calls=0", |one| one.calls == 0),
        ];
        for (pair, is) in conditions {
            let filter = CustomerFilter::from_pairs(pair.split_once('=')).unwrap().0;
            let found = list(&mut conn, &scope, &campaign, &filter, TODAY, &whole).await.unwrap().unwrap();
            let wanted: Vec<&Customer> = all.customers.iter().filter(|one| is(one)).collect();
            assert!(!wanted.is_empty(), "{pair} lets somebody through");
            assert_eq!(found.customers.iter().collect::<Vec<_>>(), wanted, "{pair}");
            assert_eq!(found.total, wanted.len() as u64, "{pair}");
        }
        let day = Zone::HO_CHI_MINH.local(NINE).day().plus(1);
        let period = Period::Custom(domain::DateRange { from: day, to: day });
        let filter = CustomerFilter { period, ..CustomerFilter::default() };
        let found = list(&mut conn, &scope, &campaign, &filter, TODAY, &whole).await.unwrap().unwrap();
        let on_day = |one: &&Customer| latest(one).is_some_and(|call| Zone::HO_CHI_MINH.local(call.dialed_at).day() == day);
        assert_eq!(found.customers.iter().collect::<Vec<_>>(), all.customers.iter().filter(on_day).collect::<Vec<_>>());
        assert!(found.total > 0);
    }

    async fn a_customer_is_followed_over_all_campaigns_that_the_reader_sees(db) {
        let scope = shop(&db, "everywhere").await;
        let other = shop(&db, "elsewhere").await;
        let to = |id: &str, campaign: &str, phone: &str| call(id).of(campaign).to("kh-h").named("Hạnh", phone);
        let calls = vec![
            to("a", "camp-0", "0912345678").talked(10_000),
            to("b", "camp-1", "+84 912 345 678").later(60_000).talked(20_000).code("TC"),
            to("c", "camp-1", "0912 345 678").later(120_000).code("BS"),
            to("d", "camp-1", "0999999999").to("kh-d").later(180_000).talked(90_000),
            to("e", "camp-0", "0912345678").later(240_000).in_progress(),
        ];
        send(&db, &scope, calls.clone()).await;
        send(&db, &other, calls).await;
        let mut conn = db.read().await.unwrap();
        let campaign: domain::CampaignId = "camp-0".parse().unwrap();
        let (everybody, first) = (CustomerFilter::default(), PageRequest::default());
        let listed = list(&mut conn, &scope, &campaign, &everybody, TODAY, &first).await;
        let contact = listed.unwrap().unwrap().customers[0].contact.id().clone();
        let found = history(&mut conn, &scope, &campaign, &contact).await.unwrap().unwrap();
        let ids: Vec<&str> = found.calls.iter().map(|call| call.id.as_str()).collect();
        assert_eq!(ids, ["e", "c", "b", "a"]);
        assert_eq!((found.lists, found.rows.len(), found.finished(), found.talk_time), (2, 2, 3, 30_000));
        let by_code: Vec<(&str, u64)> = found.by_code.iter().map(|(code, calls)| (code.as_str(), *calls)).collect();
        assert_eq!(by_code, [("BS", 1), ("DY", 1), ("TC", 1)]);
        assert_eq!(found.cost, found.calls.iter().map(|call| call.cost).sum());
        assert_eq!(found.rows[0].campaign, campaign, "called last");
        let nobody = "nobody".parse().unwrap();
        assert_eq!(history(&mut conn, &scope, &campaign, &nobody).await.unwrap(), None);
        assert_eq!(history(&mut conn, &scope, &"nowhere".parse().unwrap(), &contact).await.unwrap(), None);
    }
}
