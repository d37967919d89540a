use domain::{HangupBy, Money, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::{
    db::{execute, fetch_one},
    support::{both_engines, call, send, shop},
    verify,
};

const CHANGED: &str = "the content hash of a stored record has changed: every call that is sent again would be answered \
                       `updated`. Put the form back; or, if it must change, give it the next VERSION, keep the form of \
                       this version for comparing (as FirstForm is kept), and add new values to this test beside these";

fn minimal() -> CallRecord {
    serde_json::from_value(serde_json::json!({
        "id": "c-1", "campaign": "tet", "contact": {"phone": "0901234567"}, "dialed_at": 1_793_757_600_000_i64,
    }))
    .unwrap()
}

fn full() -> CallRecord {
    serde_json::from_value(serde_json::json!({
        "id": "c-2", "campaign": "tet", "voicebot": "bot-2",
        "contact": {"id": "kh-1", "phone": "+84 901 234 567", "name": "Nguyễn Thị Hoà"},
        "attempt": 2,
        "dialed_at": "2026-11-04T09:00:00.120+07:00",
        "answered_at": "2026-11-04T09:00:05+07:00",
        "ended_at": "2026-11-04T09:00:36.5+07:00",
        "result_code": "DY", "bot_messages": 7, "hangup_by": "customer", "cause": "16",
        "blocks": 6, "cost": "1234.5", "recording_url": "https://pbx.example/2.wav",
        "transcript": [
            {"at": 0, "speaker": "bot", "text": "Xin chào"},
            {"at": 2_500, "speaker": "customer", "text": "A lô"},
        ],
        "attributes": {
            "b": [null, true, false, 1, -1, 18_446_744_073_709_551_615_u64, 1.5, "“\u{1f4de}”"],
            "a": {"z": {}, "y": []},
        },
    }))
    .unwrap()
}

fn empty_lists() -> CallRecord {
    CallRecord { transcript: Some(Vec::new()), attributes: Some(BTreeMap::new()), ..minimal() }
}

fn hex(bytes: &[u8]) -> String {
    ContentHash(bytes.to_vec()).hex()
}

#[test]
fn the_form_does_not_change() {
    let form = concat!(
        "01",
        "0000000000000003",
        "632d31", // id c-1
        "02",
        "0000000000000003",
        "746574", // campaign tet
        "05",
        "000000000000000a",
        "30393031323334353637", // contact.phone 0901234567
        "08",
        "0000000000000008",
        "000001a1a448d900", // dialed_at
    );
    assert_eq!(hex(&canonical(&minimal())), form, "{CHANGED}");
    for (record, hash) in [
        (minimal(), "01eaf4cc90e1974658763d6427beb29dd8"),
        (empty_lists(), "01d1a0d511f9e420cdb5852ca1708f7b65"),
        (full(), "010071d80c63d9a313c0177ac7630483bb"),
    ] {
        assert_eq!(hex(ContentHash::of(&record).bytes()), hash, "{CHANGED}\n{record:?}");
    }
}

#[test]
fn the_first_form_does_not_change() {
    for (record, hash) in [
        (minimal(), "ba57dd516c98cc47fa1e5a0a3b0f3996"),
        (empty_lists(), "95cb7311de49d9d8ac9720b51953ebcc"),
        (full(), "c687b1e8e0cf024e24129d75fc20fd2c"),
    ] {
        assert_eq!(hex(&FirstForm::hash(&record)), hash, "{CHANGED}\n{record:?}");
    }
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        // The two zeros are equal and have two texts.
        any::<f64>().prop_filter("finite", |n| n.is_finite() && *n != 0.0).prop_map(Value::from),
        "[a-c\"]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-c]{0,2}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Records of few values, so that two of them often agree in a field.
fn record() -> impl Strategy<Value = CallRecord> {
    let text = || proptest::option::of("[ab]{0,2}");
    let id = || proptest::option::of("[ab]{1,2}");
    let number = || proptest::option::of(0..3_i64);
    let line = (0..3_i64, any::<bool>(), "[ab]{0,2}").prop_map(|(at, bot, text)| TranscriptLine {
        at,
        speaker: if bot { Speaker::Bot } else { Speaker::Customer },
        text,
    });
    let texts = (("[ab]{1,2}", "[ab]{1,2}"), id(), id(), text(), text(), id(), text(), text());
    let numbers =
        (number(), 0..3_i64, number(), number(), number(), number(), number(), proptest::option::of(0..3_usize));
    let lists = (
        proptest::option::of(proptest::collection::vec(line, 0..3)),
        proptest::option::of(proptest::collection::btree_map("[ab]{0,2}", json(), 0..4)),
    );
    (texts, numbers, lists).prop_map(|(texts, numbers, (transcript, attributes))| {
        let ((id, campaign), voicebot, contact, phone, name, code, cause, url) = texts;
        let (attempt, dialed, answered, ended, messages, blocks, cost, who) = numbers;
        CallRecord {
            id: id.parse().unwrap(),
            campaign: campaign.parse().unwrap(),
            voicebot: voicebot.map(|id| id.parse().unwrap()),
            contact: ContactRef { id: contact.map(|id| id.parse().unwrap()), phone, name },
            attempt: attempt.map(|n| n as u32),
            dialed_at: Timestamp(dialed),
            answered_at: answered.map(Timestamp),
            ended_at: ended.map(Timestamp),
            result_code: code.map(|code| code.to_uppercase().parse().unwrap()),
            bot_messages: messages.map(|n| n as u32),
            hangup_by: who.map(|n| [HangupBy::Customer, HangupBy::Bot, HangupBy::System][n]),
            cause,
            blocks,
            cost: cost.map(Money),
            recording_url: url,
            transcript,
            attributes,
        }
    })
}

/// `base` with one field of `other`, for each field.
fn with_each_field(base: &CallRecord, other: &CallRecord) -> Vec<CallRecord> {
    type Set = fn(&mut CallRecord, CallRecord);
    let fields: [Set; 19] = [
        |record, other| record.id = other.id,
        |record, other| record.campaign = other.campaign,
        |record, other| record.voicebot = other.voicebot,
        |record, other| record.contact.id = other.contact.id,
        |record, other| record.contact.phone = other.contact.phone,
        |record, other| record.contact.name = other.contact.name,
        |record, other| record.attempt = other.attempt,
        |record, other| record.dialed_at = other.dialed_at,
        |record, other| record.answered_at = other.answered_at,
        |record, other| record.ended_at = other.ended_at,
        |record, other| record.result_code = other.result_code,
        |record, other| record.bot_messages = other.bot_messages,
        |record, other| record.hangup_by = other.hangup_by,
        |record, other| record.cause = other.cause,
        |record, other| record.blocks = other.blocks,
        |record, other| record.cost = other.cost,
        |record, other| record.recording_url = other.recording_url,
        |record, other| record.transcript = other.transcript,
        |record, other| record.attributes = other.attributes,
    ];
    let with = |set: Set| {
        let mut record = base.clone();
        set(&mut record, other.clone());
        record
    };
    fields.into_iter().map(with).collect()
}

/// JSON text whose objects have their keys in the opposite order.
fn backwards(value: &Value) -> String {
    match value {
        Value::Array(values) => format!("[{}]", values.iter().map(backwards).collect::<Vec<_>>().join(",")),
        Value::Object(map) => {
            let entries =
                map.iter().rev().map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), backwards(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

proptest! {
    #[test]
    fn records_that_differ_in_a_field_have_other_hashes(base in record(), other in record()) {
        let hash = ContentHash::of(&base);
        for changed in with_each_field(&base, &other).into_iter().chain([other]) {
            prop_assert_eq!(changed == base, ContentHash::of(&changed) == hash, "{:?}", changed);
        }
    }

    #[test]
    fn the_order_of_keys_does_not_matter(record in record()) {
        let sent = serde_json::to_value(&record).unwrap();
        // A number's text is read as exactly the number that it was written from only as far as it has to be.
        let read: CallRecord = serde_json::from_str(&sent.to_string()).unwrap();
        let turned: CallRecord = serde_json::from_str(&backwards(&sent)).unwrap();
        prop_assert_eq!(ContentHash::of(&read), ContentHash::of(&turned));
    }

    #[test]
    fn the_first_form_is_the_json_of_the_record(record in record()) {
        // As long as no field was added since.
        let json = serde_json::to_vec(&record).unwrap();
        prop_assert_eq!(FirstForm::hash(&record), xxh3_128(&json).to_be_bytes());
    }
}

both_engines! {
    async fn calls_of_before_are_known_when_they_are_sent_again(db) {
        let scope = shop(&db, "older").await;
        let sent = |n: i64| call(&format!("c-{n}")).talked(n * 1_000).later(n).with(|record| {
            record.attributes = Some(BTreeMap::from([("order".to_owned(), Value::from(n))]));
        });
        send(&db, &scope, (0..50).map(sent).collect()).await;
        let mut conn = db.write().await.unwrap();
        for n in 0..50 {
            let hash = FirstForm::hash(&sent(n).record());
            let id = format!("c-{n}");
            let sql = "UPDATE calls SET content_hash = $3 WHERE account_id = $1 AND id = $2";
            execute!(conn, sql, scope.account(), id.as_str(), hash.as_slice()).unwrap();
        }
        conn.commit().await.unwrap();

        let again = (0..50).map(|n| if n == 7 { sent(n).code("TC") } else { sent(n) });
        // One is sent twice: as it was, and corrected.
        let answer = send(&db, &scope, again.chain([sent(8).code("TC")]).collect()).await;
        assert_eq!((answer.accepted, answer.updated, answer.unchanged), (0, 2, 49));
        let mut conn = db.read().await.unwrap();
        for n in 0..50 {
            let record = if matches!(n, 7 | 8) { sent(n).code("TC").record() } else { sent(n).record() };
            let (hash,) = fetch_one!(
                conn,
                (Vec<u8>,),
                "SELECT content_hash FROM calls WHERE account_id = $1 AND id = $2",
                scope.account(),
                record.id.as_str(),
            )
            .unwrap();
            assert_eq!(hash, ContentHash::of(&record).bytes(), "call {n} has a hash of the new form");
        }
        assert_eq!(verify::recount(&mut conn, &scope, &mut |_| {}).await.unwrap(), []);
        drop(conn);

        let answer = send(&db, &scope, (10..50).map(sent).collect()).await;
        assert_eq!((answer.accepted, answer.updated, answer.unchanged), (0, 0, 40));
        assert_eq!(answer.change, None, "nothing changed, so nobody is told");
    }
}
