//! The call list: every filter lets through just the calls that it should, in order, on pages that neither repeat nor
//! skip one; and the sums over them are theirs, whether they come from the rollups or from the calls.

use domain::{
    Call, CallClass, CallFilter, CallSort, CampaignId, Day, Money, Period, Speaker, Timestamp, TranscriptLine,
    filter::{CallOrder, ClassFilter, TALKED_FROM},
    time::Zone,
};
use store::{
    Conn, Db, PageRequest, Scope, StoreError,
    calls::{self, CallPage},
    recordings::{self, StoredRecording},
};

use crate::support::{NINE, NOW, both_engines, call, send, shop};

const HOUR: i64 = 3_600_000;

fn zone() -> Zone {
    Zone::new("Asia/Ho_Chi_Minh").unwrap()
}

fn today() -> Day {
    zone().local(NOW).day()
}

async fn page(conn: &mut Conn, scope: &Scope, filter: &CallFilter, request: &PageRequest) -> CallPage {
    page_of(conn, scope, Some(&"camp-0".parse().unwrap()), filter, request).await
}

async fn page_of(
    conn: &mut Conn,
    scope: &Scope,
    campaign: Option<&CampaignId>,
    filter: &CallFilter,
    request: &PageRequest,
) -> CallPage {
    calls::page(conn, scope, campaign, filter, today(), request).await.unwrap().unwrap()
}

/// 60 calls over five days: all classes, ties in every order, redials, one in progress, some recorded, some odd phones.
/// Another campaign calls customers of the same ids, with another voicebot now and then.
async fn many(db: &Db) -> Scope {
    let scope = shop(db, "many").await;
    let mut sent = Vec::new();
    for n in 0..60_i64 {
        let code = ["DY", "NA", "TC", "BS", "CU", "K9"][n as usize % 6];
        let mut new = call(&format!("c-{n}"))
            .to(&format!("kh-{}", n % 17))
            .named(&format!("Nguyễn Văn Ánh {}", n % 17), &format!("09012345{:02}", n % 17))
            // Some dialled at the same millisecond.
            .later((n / 2) * 4 * HOUR);
        if CallClass::unless_changed(code) == CallClass::Success {
            new = new.talked((n % 4) * 20_000 + 1_000);
        }
        new = if n == 59 { new.in_progress() } else { new.code(code) };
        sent.push(new);
    }
    send(db, &scope, sent).await;
    let mut sent = Vec::new();
    for n in 0..23_i64 {
        let one = call(&format!("other-{n}")).of("camp-1").to(&format!("kh-{}", n % 9)).later((n / 2) * 7 * HOUR);
        let one = if n % 3 == 0 { one.talked(n * 3_000) } else { one };
        sent.push(one.with(|record| record.voicebot = (n % 4 == 0).then(|| "second".parse().unwrap())));
    }
    sent.push(call("other-live").of("camp-1").later(90 * HOUR).in_progress());
    let mut conn = db.write().await.unwrap();
    let second = domain::Voicebot { id: "second".parse().unwrap(), name: "Thu hồi nợ".to_owned() };
    store::voicebots::put(&mut conn, &scope, &second).await.unwrap();
    conn.commit().await.unwrap();
    send(db, &scope, sent).await;
    let mut conn = db.write().await.unwrap();
    for n in [0, 2, 12] {
        let recording = StoredRecording {
            object: format!("o-{n}"),
            content_type: "audio/wav".to_owned(),
            bytes: 10,
            duration: None,
            peaks: None,
            playable: None,
            stored_at: NINE,
        };
        let id = format!("c-{n}").parse().unwrap();
        recordings::put(&mut conn, &scope, &id, &recording).await.unwrap().unwrap();
    }
    conn.commit().await.unwrap();
    scope
}

/// Whether a call passes a filter, decided one by one in the simplest way.
fn passes(call: &Call, filter: &CallFilter, all: &[Call]) -> bool {
    let local = zone().local(call.dialed_at);
    let class = call.class.map_or(ClassFilter::InProgress, ClassFilter::Class);
    let customer = |call: &Call| (call.campaign.clone(), call.contact.id().clone());
    let success = |other: &&Call| customer(other) == customer(call) && other.class == Some(CallClass::Success);
    let first = all.iter().filter(success).min_by_key(|other| (other.dialed_at, other.attempt));
    filter.period.resolve(today()).is_none_or(|range| range.contains(local.day()))
        && (filter.voicebots.is_empty() || filter.voicebots.contains(&call.voicebot))
        && (filter.codes.is_empty() || call.result_code.as_ref().is_some_and(|code| filter.codes.contains(code)))
        && (filter.classes.is_empty() || filter.classes.contains(&class))
        && (filter.attempts.is_empty() || filter.attempts.contains(&call.attempt))
        && (!filter.bounds_talk() || call.class == Some(CallClass::Success))
        && filter.min_talk.is_none_or(|least| call.talk_time >= least)
        && filter.max_talk.is_none_or(|most| call.talk_time <= most)
        && filter.recorded.is_none_or(|recorded| call.recording.is_some() == recorded)
        && filter.contact.as_ref().is_none_or(|contact| call.contact.id() == contact)
        && (filter.weekdays.is_empty() || filter.weekdays.contains(&local.day().weekday()))
        && (filter.hours.is_empty() || filter.hours.contains(&local.hour()))
        && filter.reached.is_none_or(|reached| first.is_some() == reached)
        && (!filter.newly_reached || first.is_some_and(|first| first.id == call.id))
}

fn filters() -> Vec<CallFilter> {
    let days = |from: &str, to: &str| {
        Period::Custom(domain::DateRange { from: from.parse().unwrap(), to: to.parse().unwrap() })
    };
    let all = CallFilter::default();
    let class = |class| vec![ClassFilter::Class(class)];
    vec![
        all.clone(),
        CallFilter { period: days("2026-11-05", "2026-11-06"), ..all.clone() },
        CallFilter { period: Period::Today, ..all.clone() },
        CallFilter { period: Period::ThisMonth, ..all.clone() },
        CallFilter { codes: vec!["DY".parse().unwrap(), "BS".parse().unwrap()], ..all.clone() },
        CallFilter { voicebots: vec!["second".parse().unwrap()], ..all.clone() },
        CallFilter { voicebots: vec!["bot".parse().unwrap()], classes: class(CallClass::Success), ..all.clone() },
        CallFilter {
            voicebots: vec!["bot".parse().unwrap(), "second".parse().unwrap()],
            attempts: vec![2],
            ..all.clone()
        },
        CallFilter { classes: class(CallClass::Success), ..all.clone() },
        CallFilter { classes: class(CallClass::Failed), ..all.clone() },
        CallFilter { classes: vec![ClassFilter::InProgress], ..all.clone() },
        CallFilter { classes: vec![ClassFilter::InProgress, ClassFilter::Class(CallClass::Error)], ..all.clone() },
        CallFilter { classes: class(CallClass::Success), codes: vec!["BS".parse().unwrap()], ..all.clone() },
        CallFilter { attempts: vec![2, 3], ..all.clone() },
        CallFilter { attempts: vec![1], period: days("2026-11-04", "2026-11-05"), ..all.clone() },
        CallFilter { min_talk: Some(21_000), ..all.clone() },
        CallFilter { min_talk: Some(1), max_talk: Some(21_000), ..all.clone() },
        CallFilter { max_talk: Some(5_000), ..all.clone() },
        CallFilter { min_talk: Some(0), classes: class(CallClass::Failed), ..all.clone() },
        CallFilter { min_talk: Some(TALKED_FROM), ..all.clone() },
        CallFilter { recorded: Some(true), ..all.clone() },
        CallFilter { recorded: Some(false), ..all.clone() },
        CallFilter { contact: Some("kh-3".parse().unwrap()), ..all.clone() },
        CallFilter { contact: Some("nobody".parse().unwrap()), ..all.clone() },
        CallFilter { weekdays: vec![3, 7], ..all.clone() },
        CallFilter { weekdays: vec![4], hours: vec![9, 13], ..all.clone() },
        CallFilter { reached: Some(true), ..all.clone() },
        CallFilter { reached: Some(false), ..all.clone() },
        CallFilter { newly_reached: true, ..all.clone() },
        CallFilter { newly_reached: true, weekdays: vec![3], recorded: Some(true), ..all },
    ]
}

fn sorted(mut expected: Vec<Call>, sort: CallSort, order_of: &[String]) -> Vec<String> {
    let stored = |call: &Call| order_of.iter().position(|id| id == call.id.as_str()).unwrap();
    expected.sort_by_key(|call| {
        let value = match sort.by {
            CallOrder::DialedAt => call.dialed_at.0,
            CallOrder::TalkTime => call.talk_time,
            CallOrder::Cost => call.cost.0,
        };
        (value, stored(call))
    });
    if sort.descending {
        expected.reverse();
    }
    expected.into_iter().map(|call| call.id.to_string()).collect()
}

both_engines! {
    async fn a_stored_call_is_read_back_as_a_switch_would_send_it(db) {
        let scope = shop(&db, "read back").await;
        let attributes = std::collections::BTreeMap::from([("legs".to_owned(), serde_json::json!(["01", "02"]))]);
        let as_switch = |record: &mut domain::CallRecord| {
            record.contact = domain::ContactRef { id: None, phone: Some("0901234501".to_owned()), name: Some("Hoà".to_owned()) };
            record.cause = Some("ANSWERED".to_owned());
            record.attributes = Some(attributes.clone());
        };
        let bare = call("bare").code("NA").with(|record| record.attributes = None);
        let sent = vec![call("whole").talked(30_000).with(as_switch), bare];
        let records: Vec<domain::CallRecord> = sent.iter().cloned().map(crate::support::Call::record).collect();
        send(&db, &scope, sent).await;
        let other = shop(&db, "stranger").await;
        let mut conn = db.write().await.unwrap();
        let stored = store::ingest::stored_records(&mut conn, &scope, &["whole", "bare", "absent"]).await.unwrap();
        assert_eq!(stored.len(), 2);
        let whole = &stored[&records[0].id];
        assert_eq!(
            (&whole.contact.phone, &whole.contact.name, &whole.cause, &whole.attributes),
            (&records[0].contact.phone, &records[0].contact.name, &records[0].cause, &records[0].attributes)
        );
        assert_eq!(
            (whole.dialed_at, whole.answered_at, whole.ended_at, &whole.result_code, &whole.campaign),
            (records[0].dialed_at, records[0].answered_at, records[0].ended_at, &records[0].result_code, &records[0].campaign)
        );
        assert_eq!((&stored[&records[1].id].attributes, stored[&records[1].id].answered_at), (&None, None));
        assert_eq!(store::ingest::stored_records(&mut conn, &other, &["whole"]).await.unwrap().len(), 0);
    }

    async fn every_filter_in_every_order_pages_through_its_calls_and_sums_them(db) {
        let scope = many(&db).await;
        let mut conn = db.read().await.unwrap();
        let whole = PageRequest { limit: 1_000, ..PageRequest::default() };
        let ascending = CallFilter { sort: CallSort { by: CallOrder::DialedAt, descending: false }, ..CallFilter::default() };
        // Ties are in the order of storing, which the records' own order in the batch was.
        let others = (0..23).map(|n| format!("other-{n}")).chain(["other-live".to_owned()]);
        let stored: Vec<String> = (0..60).map(|n| format!("c-{n}")).chain(others).collect();
        let campaign: CampaignId = "camp-0".parse().unwrap();
        for (campaign, filter) in [Some(&campaign), None].into_iter().flat_map(|of| filters().into_iter().map(move |f| (of, f))) {
            let all = page_of(&mut conn, &scope, campaign, &ascending, &whole).await.calls;
            assert_eq!(all.len(), if campaign.is_some() { 60 } else { 84 });
            let expected: Vec<Call> = all.iter().filter(|call| passes(call, &filter, &all)).cloned().collect();
            let cost: Money = expected.iter().map(|call| call.cost).sum();
            for by in CallOrder::ALL {
                for descending in [false, true] {
                    let filter = CallFilter { sort: CallSort { by, descending }, ..filter.clone() };
                    let ids = sorted(expected.clone(), filter.sort, &stored);
                    let mut request = PageRequest { limit: 7, ..PageRequest::default() };
                    let (mut seen, mut backwards) = (Vec::new(), Vec::new());
                    let mut last = None;
                    for turn in 0.. {
                        assert!(turn <= ids.len() / 7 + 1, "the pages never end: {filter:?}");
                        let page = page_of(&mut conn, &scope, campaign, &filter, &request).await;
                        assert_eq!(page.sums.customers.is_some(), campaign.is_some());
                        assert_eq!(page.total, ids.len() as u64, "{filter:?}");
                        assert_eq!(page.sums.talk_time, expected.iter().map(|call| call.talk_time).sum::<i64>());
                        assert_eq!(page.sums.blocks, expected.iter().map(|call| call.blocks).sum::<i64>());
                        assert_eq!(page.sums.cost, cost);
                        seen.extend(page.calls.iter().map(|call| call.id.to_string()));
                        request.cursor.clone_from(&page.next);
                        let previous = page.previous.clone();
                        if let Some(left) = last.replace(page) {
                            let back = PageRequest { cursor: previous, ..request.clone() };
                            let before = page_of(&mut conn, &scope, campaign, &filter, &back).await;
                            backwards.push((left.calls, before.calls));
                        }
                        if request.cursor.is_none() {
                            break;
                        }
                    }
                    assert_eq!(seen, ids, "{filter:?}");
                    for (left, back) in backwards {
                        assert_eq!(left, back, "one page back: {filter:?}");
                    }
                }
            }
        }
    }

    async fn a_slice_is_the_list_without_its_sums(db) {
        let scope = many(&db).await;
        let mut conn = db.read().await.unwrap();
        let filter = CallFilter::default();
        let whole = page(&mut conn, &scope, &filter, &PageRequest { limit: 1_000, ..PageRequest::default() }).await;
        let mut request = PageRequest { limit: 25, ..PageRequest::default() };
        let mut read = Vec::new();
        let campaign = "camp-0".parse().unwrap();
        loop {
            let slice = calls::slice(&mut conn, &scope, Some(&campaign), &filter, today(), &request, &domain::CodeMeanings::default()).await.unwrap().unwrap();
            read.extend(slice.calls);
            request.cursor = slice.next;
            if request.cursor.is_none() {
                break;
            }
        }
        assert_eq!(read, whole.calls);
    }

    async fn a_search_finds_names_without_marks_and_numbers_however_written(db) {
        let scope = shop(&db, "a").await;
        send(&db, &scope, vec![
            call("c-1").named("Trần Thị Đào", "+84 901 234 567"),
            call("c-2").named("Lê Văn 100%", "0912-000-001"),
            call("c-3").with(|record| record.contact.phone = Some("SIP_hotline".to_owned())),
        ]).await;
        // Another number of the same customer was dialled this once.
        send(&db, &scope, vec![call("c-4").to("kh-c-1").later(1).with(|record| {
            record.contact.phone = Some("028 3822 9999".to_owned());
        })]).await;
        let mut conn = db.read().await.unwrap();
        for (q, found) in [
            ("dao", vec!["c-4", "c-1"]),
            ("TRAN THI đào", vec!["c-4", "c-1"]),
            ("0901234567", vec!["c-4", "c-1"]),
            ("+84901", vec!["c-4", "c-1"]),
            ("234 567", vec!["c-4", "c-1"]),
            ("0912000001", vec!["c-2"]),
            ("100%", vec!["c-2"]),
            ("%", vec!["c-2"]),
            ("sip_", vec!["c-3"]),
            ("_", vec!["c-3"]),
            ("38229999", vec!["c-4"]),
            ("' OR 1=1 --", vec![]),
            ("khong co", vec![]),
            ("khong\0co", vec![]),
        ] {
            let filter = CallFilter { q: Some(q.to_owned()), ..CallFilter::default() };
            let found_calls = page(&mut conn, &scope, &filter, &PageRequest::default()).await;
            let ids: Vec<&str> = found_calls.calls.iter().map(|call| call.id.as_str()).collect();
            assert_eq!(ids, found, "{q}");
            let of_account = page_of(&mut conn, &scope, None, &filter, &PageRequest::default()).await;
            assert_eq!(of_account.calls, found_calls.calls, "{q}");
            assert_eq!(found_calls.total, found.len() as u64, "{q}");
        }
    }

    async fn a_text_that_one_engine_cannot_hold_costs_one_record(db) {
        let scope = shop(&db, "a").await;
        let records = vec![
            (0, call("c-1").named("Hoa\0", "0901234567").record()),
            (1, call("c-2").with(|record| record.cause = Some("\0".to_owned())).record()),
            (2, call("c-3").with(|record| {
                record.attributes = Some([("a\0".to_owned(), serde_json::json!("\0"))].into());
            }).record()),
        ];
        let mut conn = db.write().await.unwrap();
        let options = store::ingest::IngestOptions { create_missing: false, received_at: domain::Timestamp::MAX, import: None };
        let answer = store::ingest::put(&mut conn, &scope, records, options).await.unwrap();
        let fields: Vec<&str> = answer.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!((answer.accepted, answer.rejected, fields), (1, 2, vec!["contact.name", "cause"]));
        let kept = calls::lookup(&mut conn, &scope, &"c-3".parse().unwrap()).await.unwrap().unwrap();
        assert_eq!(kept.attributes.unwrap()["a\0"], "\0");
    }

    async fn an_opened_call_shows_what_was_sent_and_what_follows(db) {
        let scope = shop(&db, "a").await;
        let line = TranscriptLine { at: 0, speaker: Speaker::Bot, text: "Dạ em chào chị.".to_owned() };
        let sent = call("c-1").to("kh-1").named("Hoa", "0901234567").talked(31_000).with(|record| {
            record.transcript = Some(vec![line.clone()]);
            record.attributes = Some([("script".to_owned(), serde_json::json!("v3"))].into());
            record.cause = Some("16".to_owned());
            record.hangup_by = Some(domain::HangupBy::Customer);
        });
        send(&db, &scope, vec![sent]).await;
        let mut conn = db.read().await.unwrap();
        let opened = calls::lookup(&mut conn, &scope, &"c-1".parse().unwrap()).await.unwrap().unwrap();
        let said = opened.transcript.as_deref().map(|lines| lines.iter().map(|said| (said.at, said.speaker, said.text.to_string())).collect::<Vec<_>>());
        assert_eq!(said, Some(vec![(line.at, line.speaker, line.text)]));
        assert_eq!(opened.attributes.as_ref().unwrap()["script"], "v3");
        assert_eq!((opened.talk_time, opened.dial_time, opened.bot_messages), (31_000, Some(5_000), Some(1)));
        assert_eq!((opened.blocks, opened.cost, opened.currency.as_str()), (26, Money(72_500_000), "VND"));
        assert_eq!((opened.class, opened.attempt), (Some(CallClass::Success), 1));
        assert_eq!(opened.contact.phone().map(domain::ShownPhone::as_str), Some("0901234567"));
        assert_eq!(opened.voicebot.as_str(), "bot");
        assert_eq!((opened.cause.as_deref(), opened.hangup_by), (Some("16"), Some(domain::HangupBy::Customer)));

        // A list carries transcripts only where they are asked for.
        let filter = CallFilter::default();
        let plain = page(&mut conn, &scope, &filter, &PageRequest::default()).await.calls;
        assert_eq!((&plain[0].transcript, &plain[0].attributes), (&None, &None));
        let full = page(&mut conn, &scope, &filter, &PageRequest { details: true, ..PageRequest::default() }).await;
        assert_eq!(full.calls, [opened]);
    }

    async fn a_customers_calls_are_in_order(db) {
        let scope = shop(&db, "a").await;
        send(&db, &scope, vec![
            call("c-3").to("kh-1").later(2 * HOUR),
            call("c-1").to("kh-1"),
            call("c-2").to("kh-1").later(HOUR).talked(4_000),
            call("c-4").to("kh-2"),
            call("c-5").to("kh-1").of("camp-1"),
        ]).await;
        let mut conn = db.read().await.unwrap();
        let (campaign, contact) = ("camp-0".parse().unwrap(), "kh-1".parse().unwrap());
        let timeline = calls::of_contact(&mut conn, &scope, &campaign, &contact).await.unwrap();
        let seen: Vec<(&str, u32)> = timeline.iter().map(|call| (call.id.as_str(), call.attempt)).collect();
        assert_eq!(seen, [("c-1", 1), ("c-2", 2), ("c-3", 3)]);
        let unknown = calls::of_contact(&mut conn, &scope, &campaign, &"nobody".parse().unwrap()).await.unwrap();
        assert_eq!(unknown, []);
    }

    async fn a_cursor_of_another_order_or_campaign_is_refused(db) {
        let scope = many(&db).await;
        let mut conn = db.read().await.unwrap();
        let request = PageRequest { limit: 5, ..PageRequest::default() };
        let filter = CallFilter::default();
        let cursor = page(&mut conn, &scope, &filter, &request).await.next;
        let stolen = PageRequest { cursor, ..request };
        let by_cost = CallFilter { sort: CallSort { by: CallOrder::Cost, descending: true }, ..filter.clone() };
        for (campaign, filter) in [(Some("camp-0"), &by_cost), (Some("camp-1"), &filter), (None, &filter)] {
            let campaign: Option<CampaignId> = campaign.map(|id| id.parse().unwrap());
            let refused = calls::page(&mut conn, &scope, campaign.as_ref(), filter, today(), &stolen).await;
            assert!(matches!(refused, Err(StoreError::Cursor)));
        }
        let (unknown, first) = ("nothing".parse().unwrap(), PageRequest::default());
        assert_eq!(calls::page(&mut conn, &scope, Some(&unknown), &filter, today(), &first).await.unwrap(), None);
    }

    async fn a_voicebot_of_somebody_else_is_refused_and_not_an_empty_list(db) {
        let (own, other) = (shop(&db, "a").await, shop(&db, "b").await);
        let mut conn = db.write().await.unwrap();
        let theirs = domain::Voicebot { id: "theirs".parse().unwrap(), name: "Của họ".to_owned() };
        store::voicebots::put(&mut conn, &other, &theirs).await.unwrap();
        let filter = CallFilter { voicebots: vec!["bot".parse().unwrap(), "theirs".parse().unwrap()], ..CallFilter::default() };
        let refused = calls::page(&mut conn, &own, None, &filter, today(), &PageRequest::default()).await;
        assert!(matches!(refused, Err(StoreError::Invalid(error)) if error.field == "voicebot"));
    }

    async fn days_are_the_accounts_own(db) {
        let scope = shop(&db, "a").await;
        // 23:59:59.999 and 00:00 in Vietnam; both are the 3rd in UTC.
        let midnight = NINE.0 - 9 * HOUR;
        send(&db, &scope, vec![call("c-1").at(Timestamp(midnight - 1)), call("c-2").at(Timestamp(midnight))]).await;
        let mut conn = db.read().await.unwrap();
        for (day, found) in [("2026-11-03", "c-1"), ("2026-11-04", "c-2")] {
            let day: Day = day.parse().unwrap();
            let period = Period::Custom(domain::DateRange { from: day, to: day });
            let filter = CallFilter { period, ..CallFilter::default() };
            let listed = page(&mut conn, &scope, &filter, &PageRequest::default()).await;
            assert_eq!((listed.calls[0].id.as_str(), listed.total), (found, 1));
        }
    }
}
