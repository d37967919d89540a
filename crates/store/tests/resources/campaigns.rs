//! The campaign list, and what a campaign keeps when it is sent again.

use domain::{CampaignOrder, CampaignSort, CampaignState, DateRange, Day, Money, Rate, Timestamp, time::Zone};
use store::{
    Db, PageRequest, Put, Scope, StoreError,
    campaigns::{self, CampaignFilter, CampaignInput, CampaignPage, TariffInput},
};

use crate::support::{Call, NINE, NOW, both_engines, call, campaign, send, shop};

const DAY_MS: i64 = 86_400_000;

async fn put(db: &Db, scope: &Scope, input: &CampaignInput) -> Result<Put, StoreError> {
    let mut conn = db.write().await.unwrap();
    let put = campaigns::put(&mut conn, scope, input, NOW).await?;
    conn.commit().await?;
    Ok(put)
}

async fn list(db: &Db, scope: &Scope, filter: &CampaignFilter, request: &PageRequest) -> CampaignPage {
    let mut conn = db.read().await.unwrap();
    campaigns::list(&mut conn, scope, filter, request).await.unwrap()
}

fn ids(page: &CampaignPage) -> Vec<&str> {
    page.campaigns.iter().map(|summary| summary.campaign.id.as_str()).collect()
}

fn today() -> Day {
    Zone::new("Asia/Ho_Chi_Minh").unwrap().local(NINE).day()
}

async fn import(db: &Db, scope: &Scope, calls: Vec<Call>) {
    let mut conn = db.write().await.unwrap();
    let records = calls.into_iter().map(Call::record).enumerate().collect();
    let options =
        store::ingest::IngestOptions { create_missing: true, received_at: domain::Timestamp::MAX, import: None };
    let answer = store::ingest::put(&mut conn, scope, records, options).await.unwrap();
    assert_eq!(answer.errors, []);
    conn.commit().await.unwrap();
}

both_engines! {
    async fn an_imported_campaign_ends_with_its_last_call_unless_it_is_said_to_go_on(db) {
        let scope = shop(&db, "a").await;
        let end = async || {
            let mut conn = db.read().await.unwrap();
            let kept = campaigns::lookup(&mut conn, &scope, &"old".parse().unwrap()).await.unwrap().unwrap().campaign;
            (kept.state, kept.completed_at)
        };
        let of = |id: &str, later: i64| call(id).of("old").later(later).talked(30_000);
        let last = |later: i64| Some(Timestamp(NINE.0 + later + 35_000));
        import(&db, &scope, vec![of("c-1", 0), of("c-2", DAY_MS), of("c-3", 1_000)]).await;
        assert_eq!(end().await, (CampaignState::Completed, last(DAY_MS)));
        // A part of an earlier time moves nothing, one of a later time the end.
        import(&db, &scope, vec![of("c-4", -DAY_MS)]).await;
        assert_eq!(end().await, (CampaignState::Completed, last(DAY_MS)));
        import(&db, &scope, vec![of("c-5", 3 * DAY_MS)]).await;
        assert_eq!(end().await, (CampaignState::Completed, last(3 * DAY_MS)));
        let listed = list(&db, &scope, &CampaignFilter::default(), &PageRequest::default()).await;
        assert_eq!(ids(&listed).last(), Some(&"old"), "it is listed by when it began, not by when it was imported");
        put(&db, &scope, &CampaignInput { state: Some(CampaignState::Running), ..campaign("old", "Old") }).await.unwrap();
        import(&db, &scope, vec![of("c-6", 4 * DAY_MS)]).await;
        assert_eq!(end().await, (CampaignState::Running, None));
    }

    async fn what_is_left_out_stays_as_it_was(db) {
        let scope = shop(&db, "a").await;
        let full = CampaignInput {
            state: Some(CampaignState::Paused),
            started_at: Some(NINE),
            report_emails: Some(vec!["hoa@example.vn".to_owned(), "HOA@example.vn".to_owned(), "lan@example.vn".to_owned()]),
            tariff: Some(TariffInput {
                first_block_seconds: 6,
                next_block_seconds: 6,
                price_first_block: Money::units(90),
                price_next_block: Money::units(80),
                currency: None,
                effective_from: None,
                vat: None,
            }),
            ..campaign("tet", "Tết")
        };
        assert_eq!(put(&db, &scope, &full).await.unwrap(), Put::Created);
        assert_eq!(put(&db, &scope, &full).await.unwrap(), Put::Unchanged);
        assert_eq!(put(&db, &scope, &campaign("tet", "Tết")).await.unwrap(), Put::Unchanged);
        assert_eq!(put(&db, &scope, &campaign("tet", "Tết 2027")).await.unwrap(), Put::Updated);
        let mut conn = db.read().await.unwrap();
        let kept = campaigns::lookup(&mut conn, &scope, &full.id).await.unwrap().unwrap().campaign;
        assert_eq!((kept.name.as_str(), kept.state, kept.started_at), ("Tết 2027", CampaignState::Paused, Some(NINE)));
        assert_eq!(kept.report_emails, ["hoa@example.vn", "lan@example.vn"]);
        let tariff = kept.tariff.unwrap();
        assert_eq!((tariff.price_first_block, tariff.effective_from), (Money::units(90), Timestamp(0)));
        assert_eq!(tariff.currency.as_str(), "VND");
    }

    async fn a_campaigns_own_tariff_prices_its_calls(db) {
        let scope = shop(&db, "a").await;
        let dear = TariffInput {
            first_block_seconds: 60,
            next_block_seconds: 60,
            price_first_block: Money::units(500),
            price_next_block: Money::units(500),
            currency: None,
            effective_from: None,
            vat: None,
        };
        put(&db, &scope, &CampaignInput { tariff: Some(dear), ..campaign("camp-0", "Nhắc nợ") }).await.unwrap();
        send(&db, &scope, vec![call("c-1").talked(61_000), call("c-2").of("camp-1").talked(7_000)]).await;
        let mut conn = db.read().await.unwrap();
        let cost = |id: &'static str| id.parse::<domain::CampaignId>().unwrap();
        let own = campaigns::lookup(&mut conn, &scope, &cost("camp-0")).await.unwrap().unwrap();
        let default = campaigns::lookup(&mut conn, &scope, &cost("camp-1")).await.unwrap().unwrap();
        assert_eq!((own.blocks, own.cost), (2, Money::units(1_000)));
        assert_eq!((default.blocks, default.cost), (2, Money(12_500_000)));
    }

    async fn a_persons_mistake_names_its_field(db) {
        let scope = shop(&db, "a").await;
        let right = || campaign("x", "X");
        let tariff = |currency: &str, seconds| TariffInput {
            first_block_seconds: seconds,
            next_block_seconds: 1,
            price_first_block: Money::ZERO,
            price_next_block: Money::ZERO,
            currency: domain::Currency::new(currency).ok(),
            effective_from: None,
            vat: None,
        };
        let wrong = [
            ("name", CampaignInput { name: "  ".to_owned(), ..right() }),
            ("name", CampaignInput { name: "x".repeat(301), ..right() }),
            ("name", CampaignInput { name: "a\nb".to_owned(), ..right() }),
            ("voicebot", CampaignInput { voicebot: "nobody".parse().unwrap(), ..right() }),
            ("started_at", CampaignInput { started_at: Some(Timestamp(i64::MAX)), ..right() }),
            ("report_emails[1]", CampaignInput { report_emails: Some(vec!["a@b.vn".into(), "a@b".into()]), ..right() }),
            ("report_emails", CampaignInput { report_emails: Some(vec!["a@b.vn".into(); 501]), ..right() }),
            ("tariff.currency", CampaignInput { tariff: Some(tariff("USD", 6)), ..right() }),
            ("tariff.first_block_seconds", CampaignInput { tariff: Some(tariff("VND", 0)), ..right() }),
        ];
        for (field, input) in wrong {
            match put(&db, &scope, &input).await {
                Err(StoreError::Invalid(error)) => assert_eq!(error.field, field),
                other => panic!("{field}: {other:?}"),
            }
        }
        let mut conn = db.read().await.unwrap();
        assert_eq!(campaigns::lookup(&mut conn, &scope, &right().id).await.unwrap(), None, "nothing half stored");
    }

    async fn a_campaign_is_completed_once(db) {
        let scope = shop(&db, "a").await;
        let id = "camp-0".parse().unwrap();
        let complete = async |now| {
            let mut conn = db.write().await.unwrap();
            let done = campaigns::complete(&mut conn, &scope, &id, now).await.unwrap();
            conn.commit().await.unwrap();
            let mut conn = db.read().await.unwrap();
            (done, campaigns::lookup(&mut conn, &scope, &id).await.unwrap().unwrap().campaign.completed_at)
        };
        assert_eq!(complete(NINE).await, (Some(true), Some(NINE)));
        assert_eq!(complete(NOW).await, (Some(false), Some(NINE)), "it was completed when it was");
        let state = |state| CampaignInput { state: Some(state), ..campaign("camp-0", "Nhắc nợ tháng 11") };
        put(&db, &scope, &state(CampaignState::Running)).await.unwrap();
        put(&db, &scope, &state(CampaignState::Completed)).await.unwrap();
        assert_eq!(complete(NINE).await, (Some(false), Some(NOW)), "it was opened and completed again");
    }

    async fn the_list_is_newest_first_and_pages_both_ways(db) {
        let scope = shop(&db, "a").await;
        // Two of a day each, so that ties are there to be broken; all before the two of the shop.
        for n in 0..8 {
            let input = CampaignInput {
                started_at: Some(Timestamp(NINE.0 - (n / 2 + 1) * DAY_MS)),
                ..campaign(&format!("old-{n}"), &format!("Cũ {n}"))
            };
            put(&db, &scope, &input).await.unwrap();
        }
        let filter = CampaignFilter::default();
        let whole = list(&db, &scope, &filter, &PageRequest { limit: 1_000, ..PageRequest::default() }).await;
        let expected =
            ["camp-1", "camp-0", "old-1", "old-0", "old-3", "old-2", "old-5", "old-4", "old-7", "old-6"];
        assert_eq!(ids(&whole), expected);
        assert_eq!((whole.total, &whole.next, &whole.previous), (10, &None, &None));

        let mut request = PageRequest { limit: 3, ..PageRequest::default() };
        let (mut forwards, mut pages) = (Vec::new(), Vec::new());
        loop {
            let page = list(&db, &scope, &filter, &request).await;
            assert_eq!(page.total, 10);
            forwards.extend(ids(&page).into_iter().map(str::to_owned));
            request.cursor.clone_from(&page.next);
            pages.push(page);
            if request.cursor.is_none() {
                break;
            }
        }
        assert_eq!(forwards, expected);
        assert_eq!(pages.len(), 4);
        for n in (1..pages.len()).rev() {
            request.cursor.clone_from(&pages[n].previous);
            assert_eq!(ids(&list(&db, &scope, &filter, &request).await), ids(&pages[n - 1]), "back from page {n}");
        }
        assert_eq!(pages[0].previous, None);
    }

    async fn a_search_finds_names_without_their_marks(db) {
        let scope = shop(&db, "a").await;
        put(&db, &scope, &campaign("sale_50", "Giảm 50% cuối năm")).await.unwrap();
        for (q, found) in [
            ("nhac no", vec!["camp-0"]),
            ("ĐÃI tết", vec!["camp-1"]),
            ("50%", vec!["sale_50"]),
            ("SALE_", vec!["sale_50"]),
            ("camp", vec!["camp-1", "camp-0"]),
            ("camp_", vec![]),
            ("%", vec!["sale_50"]),
            ("'; DROP TABLE campaigns; --", vec![]),
            ("  ", vec!["sale_50", "camp-1", "camp-0"]),
        ] {
            let filter = CampaignFilter { q: Some(q.to_owned()), ..CampaignFilter::default() };
            assert_eq!(ids(&list(&db, &scope, &filter, &PageRequest::default()).await), found, "{q}");
        }
    }

    async fn totals_and_states_are_of_all_pages(db) {
        let scope = shop(&db, "a").await;
        let paused = CampaignInput { state: Some(CampaignState::Paused), ..campaign("camp-1", "Ưu đãi Tết") };
        put(&db, &scope, &paused).await.unwrap();
        put(&db, &scope, &CampaignInput { state: Some(CampaignState::Scheduled), ..campaign("next", "Sau") }).await.unwrap();
        let yesterday = Timestamp(NINE.0 - DAY_MS);
        send(&db, &scope, vec![
            call("c-1").to("kh-1").talked(31_000),
            call("c-2").to("kh-1").later(60_000).code("BS"),
            call("c-3").to("kh-2").in_progress(),
            call("c-4").of("camp-1").to("kh-1").at(yesterday).talked(6_000),
        ]).await;
        let one = PageRequest { limit: 1, ..PageRequest::default() };
        let page = list(&db, &scope, &CampaignFilter::default(), &one).await;
        assert_eq!(page.total, 3);
        assert_eq!(page.states, [
            (CampaignState::Running, 1),
            (CampaignState::Paused, 1),
            (CampaignState::Scheduled, 1),
            (CampaignState::Completed, 0),
        ]);
        let totals = page.totals;
        assert_eq!((totals.customers, totals.dialled, totals.calls), (3, 2, 3));
        assert_eq!(totals.contact_rate, Rate::new(2, 3));
        assert_eq!(totals.answer_rate, Rate::new(2, 3));
        assert_eq!((totals.blocks, totals.cost), (27, Money(82_500_000)));

        let running = CampaignFilter { states: vec![CampaignState::Running], ..CampaignFilter::default() };
        let page = list(&db, &scope, &running, &one).await;
        assert_eq!((page.total, page.states[1].1), (1, 1), "the counts show what another choice would find");
        let summary = &page.campaigns[0];
        assert_eq!((summary.customers, summary.dialled, summary.calls), (2, 1, 2));
        assert_eq!((summary.first_day, summary.last_day), (Some(today()), Some(today())));
        assert_eq!(page.totals.calls, 2);

        // Days with calls, not the days between; a campaign that has not begun is found by when it was stored.
        let days = |from: i32, to: i32| CampaignFilter {
            range: Some(DateRange { from: today().plus(from), to: today().plus(to) }),
            ..CampaignFilter::default()
        };
        let all = PageRequest::default();
        assert_eq!(ids(&list(&db, &scope, &days(0, 0), &all).await), ["camp-0"]);
        assert_eq!(ids(&list(&db, &scope, &days(-1, -1), &all).await), ["camp-1"]);
        assert_eq!(ids(&list(&db, &scope, &days(-1, 0), &all).await), ["camp-1", "camp-0"]);
        assert_eq!(ids(&list(&db, &scope, &days(18, 18), &all).await), ["next"]);
        assert_eq!(ids(&list(&db, &scope, &days(1, 17), &all).await), Vec::<&str>::new());
        let nobody = CampaignFilter { voicebot: Some("nobody".parse().unwrap()), ..CampaignFilter::default() };
        assert_eq!(list(&db, &scope, &nobody, &all).await.total, 0);
    }

    async fn every_order_pages_both_ways_and_is_that_of_its_figure(db) {
        let scope = shop(&db, "a").await;
        let mut calls = Vec::new();
        for n in 0..9_i64 {
            let id = format!("sorted-{n}");
            put(&db, &scope, &campaign(&id, &id)).await.unwrap();
            // Ties in every figure, and two without a call.
            for k in 0..[3, 0, 5, 3, 1, 0, 4, 5, 2][n as usize] {
                let one = call(&format!("c-{n}-{k}")).of(&id).to(&format!("kh-{}", k % 3)).later(k * 60_000);
                calls.push(if k % 2 == 0 { one.talked(20_000 * (n % 3 + 1)) } else { one.code("NA") });
            }
        }
        send(&db, &scope, calls).await;
        let value = |by: CampaignOrder, one: &domain::CampaignSummary| -> f64 {
            let rate = |rate: Rate| if rate.denominator == 0 { -1.0 } else { rate.numerator as f64 / rate.denominator as f64 };
            match by {
                CampaignOrder::Dates => 0.0,
                CampaignOrder::Customers => one.customers as f64,
                CampaignOrder::ContactRate => rate(one.contact_rate),
                CampaignOrder::Calls => one.calls as f64,
                CampaignOrder::AnswerRate => rate(one.answer_rate),
                CampaignOrder::Blocks => one.blocks as f64,
                CampaignOrder::Cost => one.cost.0 as f64,
            }
        };
        for by in CampaignOrder::ALL {
            for descending in [false, true] {
                let filter = CampaignFilter { sort: CampaignSort { by, descending }, ..CampaignFilter::default() };
                let whole = list(&db, &scope, &filter, &PageRequest { limit: 1_000, ..PageRequest::default() }).await;
                assert_eq!(whole.campaigns.len(), 11);
                let values: Vec<f64> = whole.campaigns.iter().map(|one| value(by, one)).collect();
                let in_order = values.windows(2).all(|pair| if descending { pair[0] >= pair[1] } else { pair[0] <= pair[1] });
                assert!(in_order, "{by:?}: {values:?}");
                let mut conn = db.read().await.unwrap();
                let all = campaigns::all(&mut conn, &scope, &filter).await.unwrap();
                assert_eq!((ids(&all), all.totals), (ids(&whole), whole.totals), "a file holds what the list shows");
                let mut request = PageRequest { limit: 4, ..PageRequest::default() };
                let (mut forwards, mut pages) = (Vec::new(), Vec::new());
                loop {
                    let page = list(&db, &scope, &filter, &request).await;
                    forwards.extend(ids(&page).into_iter().map(str::to_owned));
                    request.cursor.clone_from(&page.next);
                    pages.push(page);
                    if request.cursor.is_none() {
                        break;
                    }
                }
                assert_eq!(forwards, ids(&whole), "{by:?}");
                request.cursor.clone_from(&pages[2].previous);
                assert_eq!(ids(&list(&db, &scope, &filter, &request).await), ids(&pages[1]), "back: {by:?}");
            }
        }
    }

    async fn a_cursor_of_another_list_is_refused(db) {
        let (a, b) = (shop(&db, "a").await, shop(&db, "b").await);
        let one = PageRequest { limit: 1, ..PageRequest::default() };
        let next = list(&db, &a, &CampaignFilter::default(), &one).await.next;
        let mut conn = db.read().await.unwrap();
        let stolen = PageRequest { cursor: next, ..one };
        let refused = campaigns::list(&mut conn, &b, &CampaignFilter::default(), &stolen).await;
        assert!(matches!(refused, Err(StoreError::Cursor)));
        for limit in [0, 1_001] {
            let request = PageRequest { limit, ..PageRequest::default() };
            let refused = campaigns::list(&mut conn, &a, &CampaignFilter::default(), &request).await;
            assert!(matches!(refused, Err(StoreError::Invalid(error)) if error.field == "limit"));
        }
    }
}
