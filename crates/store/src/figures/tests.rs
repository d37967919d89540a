use domain::{UsageDays, UsageQuery};

use super::*;
use crate::{
    Scope, account_totals,
    ingest::{self, IngestOptions},
    quotas,
    support::{Call, NINE, NOW, both_engines, call, shop, shop_in},
    usage as usage_of,
};

const DAY: i64 = 86_400_000;

async fn send(db: &crate::Db, scope: &Scope, calls: Vec<Call>) {
    let mut conn = db.write().await.unwrap();
    let records = calls.into_iter().map(Call::record).enumerate().collect();
    let options = IngestOptions { create_missing: false, received_at: NOW, import: None };
    ingest::put(&mut conn, scope, records, options).await.unwrap();
    conn.commit().await.unwrap();
}

both_engines! {
    async fn the_figures_of_a_month_are_those_of_the_accounts_own_page(db) {
        let vietnam = shop(&db, "Việt Nam").await;
        let samoa = shop_in(&db, "Samoa", "Pacific/Apia").await;
        // Around the end of October in both zones.
        let calls = |by: i64| {
            (0..60_i64).map(move |n| {
                let one = call(&format!("c-{n}")).later(-DAY * 5 + n * 3 * 3_600_000);
                match n % 4 {
                    0 => one.talked(n * by),
                    1 => one.talked(1_000).code("LẠ"),
                    2 => one.in_progress(),
                    _ => one,
                }
            })
        };
        send(&db, &vietnam, calls(1_711).collect()).await;
        send(&db, &samoa, calls(2_333).collect()).await;
        let mut conn = db.read().await.unwrap();
        for month in ["2026-10", "2026-11", "2026-12"] {
            let month: Month = month.parse().unwrap();
            let all = read(&mut conn, month, None).await.unwrap();
            assert_eq!(all.len(), 2);
            for (scope, figures) in [&vietnam, &samoa].into_iter().zip(&all) {
                assert_eq!(figures.account.id, scope.account());
                let query = UsageQuery { days: UsageDays::Month(month), voicebot: None, against: domain::against::Against::default() };
                let own = usage_of::read(&mut conn, scope, &query, NOW).await.unwrap().unwrap().total;
                let AccountUse { calls, talk_time, dial_time, blocks, cost, .. } = figures.month;
                assert_eq!(
                    (calls, talk_time, dial_time, blocks, cost),
                    (own.calls, own.talk_time, own.dial_time, own.sessions, own.cost),
                    "{month} of {}", figures.account.name
                );
                assert_eq!((figures.total.calls, figures.total.open), (45, 15));
                assert_eq!(figures.undefined_codes, 1, "LẠ; NA and DY are known");
                assert_eq!(figures.received_at, Some(NOW));
                assert_eq!(read(&mut conn, month, Some(scope.account())).await.unwrap().as_slice(), std::slice::from_ref(figures));
            }
        }
    }

    async fn what_is_refused_counts_in_the_month_in_which_it_came(db) {
        let scope = shop(&db, "refused").await;
        let mut conn = db.write().await.unwrap();
        quotas::put(&mut conn, &scope, &Quotas { calls: Some(1), ..Quotas::default() }, NOW).await.unwrap();
        account_totals::refused(&mut conn, &scope, Timestamp(NOW.0 - 40 * DAY), 3, 0).await.unwrap();
        conn.commit().await.unwrap();
        send(&db, &scope, vec![call("c-1"), call("c-2"), call("c-3").of("nowhere"), call("c-4").at(Timestamp(NINE.0 - 400 * DAY))]).await;
        let figures = read(&mut db.read().await.unwrap(), "2026-11".parse().unwrap(), None).await.unwrap().pop().unwrap();
        assert_eq!((figures.month.refused, figures.month.over_quota, figures.total.refused), (2, 1, 5));
        assert_eq!(figures.month.calls, 1);
        assert_eq!(figures.near().len(), 1);
    }

    async fn no_list_reads_calls(db) {
        shop(&db, "plans").await;
        let mut conn = db.read().await.unwrap();
        let month: Month = "2026-11".parse().unwrap();
        for account in [None, Some(1)] {
            let [of_users, of_invitations] = people(account);
            for sql in [usage(month, account), refused(month, account), failed(account), undefined(account), of_users, of_invitations] {
                let plan = sql.explain(&mut conn).await;
                for large in ["calls ", "calls\n", "contacts", "customer_days", "rollup_", "usage_days", "usage_codes", "recordings"] {
                    assert!(!plan.contains(&format!("SCAN {large}")) && !plan.contains(&format!("on {large}")), "{plan}");
                }
            }
        }
        let plan = failed(None).explain(&mut conn).await;
        // Of an empty table PostgreSQL may choose either way.
        assert!(!db.is_sqlite() || plan.contains("INDEX jobs_not_done"), "all jobs are read for those that failed:\n{plan}");
        for sql in [usage(month, Some(1)), refused(month, Some(1))] {
            let plan = sql.explain(&mut conn).await;
            assert!(!db.is_sqlite() || plan.contains("SEARCH"), "{plan}");
        }
    }

    async fn vat_is_what_the_tariffs_of_the_month_say(db) {
        let scope = shop(&db, "vat").await;
        let put = async |from: &str, price: i64, said: Option<Vat>| {
            let mut conn = db.write().await.unwrap();
            let tariff = domain::Tariff {
                first_block_seconds: 6, next_block_seconds: 6, price_first_block: Money::units(price), price_next_block: Money::units(price),
                currency: domain::Currency::vnd(), effective_from: from.parse().unwrap(), vat: said,
            };
            crate::tariffs::put_default(&mut conn, &scope, &tariff).await.unwrap();
            conn.commit().await.unwrap();
        };
        put("2026-10-01T00:00:00+07:00", 10, Some(Vat::Included)).await;
        put("2026-11-15T00:00:00+07:00", 12, Some(Vat::Excluded)).await;
        put("2027-01-01T00:00:00+07:00", 0, None).await;
        let said = async |month: &str| {
            let all = vat(&mut db.read().await.unwrap(), month.parse().unwrap()).await.unwrap();
            all.get(&scope.account()).map(|said| said.iter().copied().collect::<Vec<_>>()).unwrap_or_default()
        };
        assert_eq!(said("2026-09").await, [None], "the shop's own says nothing");
        assert_eq!(said("2026-10").await, [Some("included")]);
        assert_eq!(said("2026-11").await, [Some("excluded"), Some("included")]);
        assert_eq!(said("2026-12").await, [Some("excluded")]);
        assert_eq!(said("2027-01").await, Vec::<Option<&str>>::new(), "what is free needs no VAT");
    }
}
