//! Numbers are read by the country of the account: spellings of one are one customer, and each finds the others.

use domain::{CallFilter, CampaignId, ContactRef, Country, CustomerFilter, Role, time::Zone};
use store::{Db, PageRequest, Put, Scope, StoreError, accounts, calls, customers};

use crate::support::{Call, NOW, both_engines, call, send, shop};

/// A country, a number there in several spellings, and beginnings of it that somebody types.
const NUMBERS: [(&str, &[&str], &[&str]); 4] = [
    (
        "VN",
        &["0987654321", "+84987654321", "84987654321", "0084 987 654 321", "+84 (0)987-654-321", "987654321"],
        &["+84 987 6", "09876"],
    ),
    (
        "US",
        &["4155552671", "+14155552671", "14155552671", "011 1 415 555 2671", "+1 (415) 555-2671"],
        &["+1 415 55", "415555"],
    ),
    (
        "IN",
        &["09198765432", "+919198765432", "919198765432", "0091 91987 65432", "9198765432"],
        &["+91 9198", "091987", "91987"],
    ),
    ("SG", &["81234567", "+6581234567", "6581234567", "0065 8123 4567"], &["+65 812", "8123"]),
];

async fn shop_of(db: &Db, country: &str) -> Scope {
    let scope = shop(db, country).await;
    let mut conn = db.write().await.unwrap();
    let country = Country::new(country).unwrap();
    accounts::put_country(&mut conn, &scope, country).await.unwrap();
    conn.commit().await.unwrap();
    scope.in_country(country)
}

fn to_number(id: &str, phone: &str) -> Call {
    let contact = ContactRef { id: None, phone: Some(phone.to_owned()), name: None };
    call(id).with(|record| record.contact = contact)
}

both_engines! {
    async fn spellings_of_a_number_are_one_customer_and_find_each_other(db) {
        let campaign: CampaignId = "camp-0".parse().unwrap();
        for (country, spellings, beginnings) in NUMBERS {
            let scope = shop_of(&db, country).await;
            let sent = spellings.iter().enumerate();
            let sent = sent.map(|(n, phone)| to_number(&format!("c-{n}"), phone).later(n as i64 * 60_000)).collect();
            send(&db, &scope, sent).await;
            // Another number of as many digits.
            let last = spellings[0].chars().next_back().unwrap();
            let other = format!("{}{}", &spellings[0][..spellings[0].len() - 1], if last == '9' { '8' } else { '9' });
            send(&db, &scope, vec![to_number("other", &other)]).await;
            #[expect(clippy::disallowed_methods, reason = "somebody who may not see numbers")]
            let viewer = Scope::of_user(scope.account(), 1, Role::Viewer).in_country(scope.country());
            let mut conn = db.read().await.unwrap();
            let request = PageRequest::default();
            let all = customers::list(&mut conn, &scope, &campaign, &CustomerFilter::default(), domain::Day(0), &request).await;
            assert_eq!(all.unwrap().unwrap().customers.len(), 2, "{country}");
            for (reader, q) in spellings.iter().flat_map(|q| [(scope, q), (viewer, q)]).chain(beginnings.iter().map(|q| (scope, q))) {
                let is_whole = spellings.contains(q);
                let filter = CustomerFilter { q: Some((*q).to_owned()), ..CustomerFilter::default() };
                let found = customers::list(&mut conn, &reader, &campaign, &filter, domain::Day(0), &request).await.unwrap().unwrap();
                assert_eq!(found.customers.len(), if is_whole { 1 } else { 2 }, "{country} {q} {:?}", reader.role());
                let filter = CallFilter { q: Some((*q).to_owned()), ..CallFilter::default() };
                let today = Zone::HO_CHI_MINH.local(NOW).day();
                let found = calls::page(&mut conn, &reader, Some(&campaign), &filter, today, &request).await.unwrap().unwrap();
                let expected = spellings.len() + usize::from(!is_whole);
                assert_eq!(found.calls.len(), expected, "{country} {q} {:?}", reader.role());
            }
        }
    }

    async fn a_country_stays_once_there_are_customers(db) {
        let scope = shop(&db, "a").await;
        let mut conn = db.write().await.unwrap();
        let us = Country::new("us").unwrap();
        assert_eq!(accounts::lookup(&mut conn, &scope).await.unwrap().country, Country::VIETNAM);
        assert_eq!(accounts::put_country(&mut conn, &scope, us).await.unwrap(), Put::Updated);
        assert_eq!(accounts::put_country(&mut conn, &scope, us).await.unwrap(), Put::Unchanged);
        assert_eq!(accounts::lookup(&mut conn, &scope).await.unwrap().country, us);
        conn.commit().await.unwrap();
        send(&db, &scope, vec![call("c-1")]).await;
        let mut conn = db.write().await.unwrap();
        let refused = accounts::put_country(&mut conn, &scope, Country::VIETNAM).await.unwrap_err();
        assert!(matches!(&refused, StoreError::Invalid(error) if error.field == "country"), "{refused}");
        assert_eq!(accounts::put_country(&mut conn, &scope, us).await.unwrap(), Put::Unchanged);
    }
}
