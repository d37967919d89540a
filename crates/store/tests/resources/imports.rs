//! Imports: what one has changed is kept, and can be taken back to the last figure.

use std::collections::BTreeMap;

use domain::{CallFilter, CallRecord, CampaignId, ContactRef, Period, Report, ReportQuery, Timestamp};
use store::{
    Db, PageRequest, Scope, calls,
    contacts::ContactRecord,
    imports::{self, Changes, ImportState, ImportStep, NewImport},
    ingest::{self, BatchAnswer, Corrected, IngestOptions},
};

use crate::support::{Call, NINE, NOW, both_engines, call, send, shop};

const HOUR: i64 = 3_600_000;

async fn report(db: &Db, scope: &Scope, campaign: &str) -> Report {
    let query = ReportQuery { campaign: CampaignId::new(campaign).unwrap(), period: Period::Whole };
    let mut conn = db.read().await.unwrap();
    store::report::read(&mut conn, scope, &query, NOW).await.unwrap().unwrap()
}

/// What the lists and reports show of both campaigns.
async fn shown(db: &Db, scope: &Scope) -> (Vec<Report>, Vec<domain::Call>) {
    let reports = vec![report(db, scope, "camp-0").await, report(db, scope, "camp-1").await];
    let mut conn = db.read().await.unwrap();
    let request = PageRequest { cursor: None, limit: 1_000, details: true };
    let day = domain::time::Zone::HO_CHI_MINH.local(NOW).day();
    let page = calls::page(&mut conn, scope, None, &CallFilter::default(), day, &request).await.unwrap().unwrap();
    let differences = store::verify::recount(&mut conn, scope, &mut |_| {}).await.unwrap();
    assert_eq!(differences, []);
    (reports, page.calls)
}

async fn import(db: &Db, scope: &Scope, calls: Vec<Call>) -> (i64, BatchAnswer) {
    let mut conn = db.write().await.unwrap();
    let new = NewImport { name: "calls.csv", bytes: 7, object: "1/file", options: "{}", at_once: true };
    let key = imports::add(&mut conn, scope, &new, NOW).await.unwrap();
    let records = calls.into_iter().map(Call::record).enumerate().collect();
    let options = IngestOptions { create_missing: false, received_at: Timestamp::MAX, import: Some(key) };
    let answer = ingest::put(&mut conn, scope, records, options).await.unwrap();
    assert_eq!(answer.errors, []);
    conn.commit().await.unwrap();
    (key, answer)
}

/// Takes an import back, three calls at a time; gives how many were undone, and how many left.
async fn undo(db: &Db, scope: &Scope, key: i64) -> (u64, u64) {
    let (mut undone, mut left) = (0, 0);
    loop {
        let mut conn = db.write().await.unwrap();
        let step = imports::undo_step(&mut conn, scope, key, 3, NOW).await.unwrap();
        conn.commit().await.unwrap();
        (undone, left) = (undone + step.undone, left + step.left);
        if step.undone + step.left == 0 {
            return (undone, left);
        }
    }
}

/// To a customer who is known by a number only.
fn dialled(id: &str, phone: &str) -> Call {
    let contact = ContactRef { id: None, phone: Some(phone.to_owned()), name: None };
    call(id).with(|record| record.contact = contact)
}

fn whole(record: &mut CallRecord) {
    record.bot_messages = Some(4);
    record.blocks = Some(9);
    record.cause = Some("16".to_owned());
    record.hangup_by = Some(domain::HangupBy::Customer);
    record.recording_url = Some("https://example.com/a.wav".to_owned());
    record.attempt = Some(3);
    record.attributes = Some(BTreeMap::from([("note".to_owned(), serde_json::json!({"a": [1, 2.5]}))]));
    record.transcript =
        Some(vec![domain::TranscriptLine { at: 1_500, speaker: domain::Speaker::Bot, text: "Xin chào".to_owned() }]);
}

/// What there was before any import: redials, an own price, a transcript, one in progress.
fn before() -> Vec<Call> {
    let mut calls: Vec<Call> = (0..20_i64)
        .map(|n| {
            let one = dialled(&format!("c-{n}"), &format!("09012345{:02}", n % 7)).later(n * 5 * HOUR);
            if n % 3 == 0 { one.talked(n * 4_000) } else { one }
        })
        .collect();
    calls.push(call("whole").talked(61_000).with(whole));
    calls.push(call("live").later(200 * HOUR).in_progress());
    calls
}

both_engines! {
    async fn an_import_that_is_undone_leaves_no_trace(db) {
        let scope = shop(&db, "undone").await;
        send(&db, &scope, before()).await;
        let first = shown(&db, &scope).await;

        let brought = || {
            let mut calls: Vec<Call> = (0..10_i64)
                // Between those that are there: the redials after them are numbered anew.
                .map(|n| dialled(&format!("new-{n}"), &format!("09012345{n:02}")).later(n * 7 * HOUR).talked(40_000))
                .collect();
            // Another result, another customer, another campaign.
            calls.push(dialled("c-1", "0901234501").later(5 * HOUR).talked(50_000));
            calls.push(dialled("c-2", "0988777666").later(10 * HOUR));
            calls.push(dialled("c-4", "0901234504").later(20 * HOUR).of("camp-1"));
            calls.push(call("whole").talked(3_000));
            calls.push(call("live").later(200 * HOUR).talked(9_000));
            calls
        };
        let (key, answer) = import(&db, &scope, brought()).await;
        assert_eq!((answer.accepted, answer.updated), (10, 5));
        let second = shown(&db, &scope).await;
        assert_ne!(second, first);
        let mut conn = db.read().await.unwrap();
        let changes = imports::changes(&mut conn, &scope, key).await.unwrap();
        assert_eq!(changes, Changes { added: 10, updated: 5, changed_since: 0 });
        drop(conn);

        assert_eq!(undo(&db, &scope, key).await, (15, 0));
        assert_eq!(shown(&db, &scope).await, first);
        let again = send(&db, &scope, before()).await;
        assert_eq!((again.accepted, again.updated, again.unchanged), (0, 0, 22), "every call is as it was sent");

        let (_, answer) = import(&db, &scope, brought()).await;
        assert_eq!((answer.accepted, answer.updated), (10, 5));
        assert_eq!(shown(&db, &scope).await, second);
    }

    async fn what_was_changed_since_is_counted_and_stays(db) {
        let scope = shop(&db, "since").await;
        let (key, _) = import(&db, &scope, (0..5).map(|n| dialled(&format!("c-{n}"), "0901234567")).collect()).await;
        send(&db, &scope, vec![dialled("c-3", "0901234567").talked(8_000)]).await;
        let mut conn = db.read().await.unwrap();
        let changes = imports::changes(&mut conn, &scope, key).await.unwrap();
        assert_eq!(changes, Changes { added: 5, updated: 0, changed_since: 1 });
        drop(conn);
        assert_eq!(undo(&db, &scope, key).await, (4, 1));
        let (reports, calls) = shown(&db, &scope).await;
        assert_eq!(calls.iter().map(|call| call.id.as_str()).collect::<Vec<_>>(), ["c-3"]);
        assert_eq!((reports[0].customers.total, reports[0].calls.total), (1, 1));
    }

    async fn an_import_that_changes_a_call_twice_knows_what_was_before(db) {
        let scope = shop(&db, "twice").await;
        send(&db, &scope, vec![call("c")]).await;
        let first = shown(&db, &scope).await;
        let mut conn = db.write().await.unwrap();
        let new = NewImport { name: "f", bytes: 1, object: "1/f", options: "{}", at_once: true };
        let key = imports::add(&mut conn, &scope, &new, NOW).await.unwrap();
        for talk in [5_000, 6_000] {
            let options = IngestOptions { create_missing: false, received_at: Timestamp::MAX, import: Some(key) };
            let records = vec![(0, call("c").talked(talk).record())];
            ingest::put(&mut conn, &scope, records, options).await.unwrap();
        }
        conn.commit().await.unwrap();
        assert_eq!(undo(&db, &scope, key).await, (1, 0));
        assert_eq!(shown(&db, &scope).await, first);
    }

    async fn customers_leave_the_list_with_their_last_call_unless_somebody_listed_them(db) {
        let scope = shop(&db, "leave").await;
        let listed = |id: &str| ContactRecord {
            id: id.parse().unwrap(),
            phone: "0912345678".to_owned(),
            name: None,
            attributes: None,
        };
        let camp = CampaignId::new("camp-0").unwrap();
        let add = async |id: &str| {
            let mut conn = db.write().await.unwrap();
            let answer = store::contacts::add(&mut conn, &scope, &camp, vec![(0, listed(id))], NOW).await.unwrap().unwrap();
            conn.commit().await.unwrap();
            answer
        };
        add("kh-a").await;
        let (key, _) = import(&db, &scope, vec![call("1").to("kh-a"), call("2").to("kh-b"), call("3").to("kh-c")]).await;
        // On the list because of the call first, and then because somebody said so.
        add("kh-b").await;
        assert_eq!(report(&db, &scope, "camp-0").await.customers.total, 3);
        undo(&db, &scope, key).await;
        assert_eq!(report(&db, &scope, "camp-0").await.customers.total, 2);
        // Whoever comes next is nobody who has left.
        send(&db, &scope, vec![call("4").to("kh-d").talked(40_000)]).await;
        let (reports, _) = shown(&db, &scope).await;
        assert_eq!((reports[0].customers.total, reports[0].funnel.reached), (3, 1));
    }

    async fn whose_call_is_corrected_to_another_customer_stays_on_the_list(db) {
        let scope = shop(&db, "corrected").await;
        let totals = async || {
            let customers = report(&db, &scope, "camp-0").await.customers;
            let mut conn = db.read().await.unwrap();
            assert_eq!(store::verify::recount(&mut conn, &scope, &mut |_| ()).await.unwrap(), vec![]);
            (customers.total, customers.never_dialled)
        };
        send(&db, &scope, vec![dialled("1", "0977111222")]).await;
        send(&db, &scope, vec![dialled("1", "0977111333")]).await;
        assert_eq!(totals().await, (2, 1), "never dialled");
        // Their next call finds them, and no third.
        send(&db, &scope, vec![dialled("2", "0977111222")]).await;
        assert_eq!(totals().await, (2, 0));
        // Within one batch it is the same.
        send(&db, &scope, vec![dialled("3", "0977111444"), dialled("3", "0977111555")]).await;
        assert_eq!(totals().await, (4, 1));
        // A file that corrects, and is taken back: who was only in the correction leaves, and who got the call back leaves with it.
        let (first, _) = import(&db, &scope, vec![dialled("4", "0977111666")]).await;
        let (second, _) = import(&db, &scope, vec![dialled("4", "0977111777")]).await;
        assert_eq!(totals().await, (6, 2));
        assert_eq!(undo(&db, &scope, second).await, (1, 0));
        assert_eq!(totals().await, (5, 1));
        assert_eq!(undo(&db, &scope, first).await, (1, 0));
        assert_eq!(totals().await, (4, 1));
        // What a part of a call knew of its customer is no error that is corrected.
        let mut conn = db.write().await.unwrap();
        for phone in ["0977111888", "0977111999"] {
            let options = IngestOptions { create_missing: false, received_at: Timestamp::MAX, import: None };
            let records = vec![(0, dialled("5", phone).record())];
            ingest::put_corrected(&mut conn, &scope, records, options, Corrected::Leaves).await.unwrap();
        }
        conn.commit().await.unwrap();
        assert_eq!(totals().await, (5, 1));
    }

    async fn an_import_goes_from_state_to_state(db) {
        let scope = shop(&db, "states").await;
        let other = shop(&db, "other").await;
        let mut conn = db.write().await.unwrap();
        let new = NewImport { name: "0901234567.csv", bytes: 7, object: "1/file", options: "{}", at_once: false };
        let key = imports::add(&mut conn, &scope, &new, NINE).await.unwrap();
        assert!(imports::lookup(&mut conn, &other, key).await.unwrap().is_none(), "it is not the other account's");
        let checked = ImportStep::Found("{\"new\":1,\"unknown_voicebots\":[\"bot 0901234567\"]}".to_owned());
        assert!(imports::finish(&mut conn, &scope, key, ImportState::Checking, &checked, NOW).await.unwrap());
        assert!(!imports::finish(&mut conn, &scope, key, ImportState::Checking, &checked, NOW).await.unwrap());
        let from = [ImportState::Checked];
        let begin = async |conn: &mut store::Conn| {
            imports::begin(conn, &scope, key, &from, ImportState::Storing, Some("{\"a\":1}"), NOW).await.unwrap()
        };
        assert!(begin(&mut conn).await);
        assert!(!begin(&mut conn).await, "only once");
        let done = ImportStep::Stored("{}".to_owned(), "1/report".to_owned());
        assert!(imports::finish(&mut conn, &scope, key, ImportState::Storing, &done, NOW).await.unwrap());
        let import = imports::lookup(&mut conn, &scope, key).await.unwrap().unwrap();
        assert_eq!((import.state, import.options.as_str()), (ImportState::Done, "{\"a\":1}"));
        let found = import.found.unwrap();
        assert_eq!((import.name.as_str(), found.new), ("0901234567.csv", 1));
        // Who sees numbers masked gets none from here.
        let masked = scope.masked(true);
        let shown = imports::lookup(&mut conn, &masked, key).await.unwrap().unwrap();
        let listed = imports::list(&mut conn, &masked, None, 10).await.unwrap().remove(0);
        assert_eq!(shown, listed);
        let (name, bots) = (shown.name.as_str(), &shown.found.unwrap().unknown_voicebots);
        assert!(!name.contains("0901234567") && !bots[0].contains("0901234567"), "{name} {bots:?}");
        let later = Timestamp(NOW.0 + 1);
        assert_eq!(imports::let_go(&mut conn, &scope, NOW, NOW, later).await.unwrap(), 0);
        assert_eq!(imports::let_go(&mut conn, &scope, NOW, later, later).await.unwrap(), 1);
        let loose = store::objects::loose_before(&mut conn, &scope, Timestamp(later.0 + 1), "").await.unwrap();
        assert_eq!(loose, ["1/file", "1/report"]);
        assert_eq!(imports::list(&mut conn, &scope, None, 10).await.unwrap().len(), 1, "what happened stays listed");
    }

    async fn what_would_happen_is_what_happens(db) {
        let scope = shop(&db, "foreseen").await;
        send(&db, &scope, before()).await;
        let records = || {
            let mut calls = vec![dialled("c-1", "0901234501").talked(50_000), dialled("n", "0901234501"), call("m").of("none")];
            calls.extend(before().into_iter().skip(15));
            calls.into_iter().map(Call::record).enumerate().collect::<Vec<_>>()
        };
        let mut conn = db.write().await.unwrap();
        let words = store::result_words::ResultWords::read(&mut conn, &scope).await.unwrap();
        let checked = ingest::check(records(), &words);
        let foreseen = ingest::foresee(&mut conn, &scope, checked, Timestamp::MAX).await.unwrap();
        assert_eq!((foreseen.new, foreseen.changed, foreseen.unchanged, foreseen.rejected), (2, 1, 7, 0));
        assert_eq!(foreseen.by_class, [1, 2, 0, 0]);
        assert_eq!(foreseen.unknown_campaigns.iter().collect::<Vec<_>>(), ["none"]);
        let options = IngestOptions { create_missing: true, received_at: Timestamp::MAX, import: None };
        let answer = ingest::put(&mut conn, &scope, records(), options).await.unwrap();
        assert_eq!((answer.accepted, answer.updated, answer.unchanged), (2, 1, 7));
    }
}
