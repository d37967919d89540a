//! Whatever bytes come, reading ends and does not panic; what is written is what is read.

use std::{collections::BTreeMap, fmt::Write};

use cdr::Format;
use domain::{
    CallId, CallRecord, CampaignId, Code, ContactId, ContactRef, HangupBy, Money, Speaker, Timestamp, TranscriptLine,
    VoicebotId,
};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{forced, options, read_without_campaign, try_read};

/// Pieces that the formats give a meaning to, so that noise gets further than the first refusal.
const PIECES: &[&str] = &[
    "\"",
    "\"\"",
    ",",
    ";",
    "\t",
    "\r",
    "\n",
    "\r\n",
    "\\",
    "\\N",
    "'",
    "NULL",
    "(",
    ")",
    "[",
    "{",
    "}",
    "]",
    ":",
    "--",
    "/*",
    "*/",
    "`",
    "id",
    "dialed_at",
    "\"dialed_at\"",
    "contact.phone",
    "INSERT INTO cdr ",
    "VALUES",
    "CREATE TABLE ",
    "(calldate,dst,duration,billsec,disposition)",
    "calldate,src,dst,duration,billsec,disposition\n",
    "calldate,clid,src,dst,lastapp,duration,billsec,disposition,uniqueid,linkedid,sequence\n",
    "24/08/17 09:32",
    "1/9/2017 16:33:01",
    "2026-11-04 09:15:02",
    "0000-00-00 00:00:00",
    "1504279981.1",
    "9.1E+11",
    "31",
    "0",
    "-1",
    "1e400",
    "ANSWERED",
    "NO ANSWER",
    "BUSY",
    "Dial",
    "0901234567",
    "{\"call\":{\"id\":\"v\"},\"endedReason\":\"customer-busy\",\"endedAt\":1793758502120}",
    "{\"call_id\":\"r\",\"disconnection_reason\":\"user_hangup\",\"start_timestamp\":1793758502120}",
    "CallSid=CA1&CallStatus=completed&Timestamp=2026-11-04 02:15:02Z&To=%2B84901234567&CallDuration=",
    "{\"uuid\":\"u\",\"conversation_uuid\":\"c\",\"status\":\"busy\",\"to\":\"84901234567\",\"timestamp\":\"2026-11-04T02:15:02Z\"}",
    "[",
    "//",
    "é",
    "\u{feff}",
    "ễ",
];

fn noise() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        9 => select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..8),
    ];
    vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

fn text() -> impl Strategy<Value = String> {
    // Not blank, which a cell cannot tell from absent.
    "[a-zA-Z0-9À-ỹ'\"=+@,;\\\\{][ -~À-ỹ\n\r\t]{0,20}".prop_map(|text| text.trim_end().to_owned())
}

fn record() -> impl Strategy<Value = CallRecord> {
    let id = "[a-zA-Z0-9_.:,\"-]{1,40}";
    let times = (946_684_800_000..7_000_000_000_000_i64, 0..40_000_i64, 0..80_000_i64);
    let ending = option::of(prop_oneof![Just("BS"), Just("NA"), Just("CU"), Just("DY"), Just("ANSWERED")]);
    let contact = (option::of(id), "[+0-9a-z'*#][0-9 +-]{0,20}", option::of(text()));
    let line = (0..1_000_i64, prop_oneof![Just(Speaker::Bot), Just(Speaker::Customer)], ".{0,20}")
        .prop_map(|(at, speaker, text)| TranscriptLine { at, speaker, text });
    let rest = (
        option::of(1..1_000_u32),
        option::of(0..1_000_u32),
        option::of(select(vec![HangupBy::Customer, HangupBy::Bot, HangupBy::System])),
        option::of(text()),
        option::of((0..86_400_i64, 0..1_000_000_000_i64)),
        option::of(vec(line, 0..4)),
        option::of(prop::collection::btree_map("[a-z]{1,5}", ".{0,9}", 0..3)),
        option::of(id),
    );
    (id, id, contact, times, ending, rest).prop_map(|(id, campaign, contact, (dialed, ring, talk), code, rest)| {
        let (attempt, bot_messages, hangup_by, cause, price, transcript, attributes, voicebot) = rest;
        let is_answered = code.is_some_and(|code| !["BS", "NA", "CU"].contains(&code));
        let price = price.filter(|_| code.is_some());
        CallRecord {
            id: CallId::new(id).unwrap(),
            campaign: CampaignId::new(campaign).unwrap(),
            voicebot: voicebot.map(|id| VoicebotId::new(id).unwrap()),
            contact: ContactRef {
                id: contact.0.map(|id| ContactId::new(id).unwrap()),
                phone: Some(contact.1),
                name: contact.2,
            },
            attempt,
            dialed_at: Timestamp(dialed),
            answered_at: is_answered.then_some(Timestamp(dialed + ring)),
            ended_at: code.map(|_| Timestamp(dialed + ring + talk)),
            result_code: code.map(|code| Code::new(code).unwrap()),
            bot_messages,
            hangup_by,
            cause,
            blocks: price.map(|price| price.0),
            cost: price.map(|price| Money(price.1)),
            recording_url: None,
            transcript,
            attributes: attributes.map(|map| map.into_iter().map(|(k, v)| (k, v.into())).collect::<BTreeMap<_, _>>()),
        }
    })
}

/// A CSV as the export writes it: every text quoted, a guard before what looks like a formula.
fn csv(records: &[CallRecord]) -> String {
    let names = [
        "id",
        "campaign",
        "voicebot",
        "contact.id",
        "contact.phone",
        "contact.name",
        "attempt",
        "dialed_at",
        "answered_at",
        "ended_at",
        "result_code",
        "bot_messages",
        "hangup_by",
        "cause",
        "blocks",
        "cost",
        "transcript",
        "attributes",
    ];
    let mut csv = format!("\u{feff}{}\r\n", names.join(","));
    for record in records {
        let json = serde_json::to_value(record).unwrap();
        let cells = names.map(|name| {
            let value = name.split('.').fold(&json, |value, part| &value[part]);
            let text = match value {
                serde_json::Value::Null => String::new(),
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) { "'" } else { "" };
            format!("\"{guard}{}\"", text.replace('"', "\"\""))
        });
        let _ = write!(csv, "{}\r\n", cells.join(","));
    }
    csv
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_read_to_an_end(bytes in noise()) {
        for format in Format::ALL {
            if let Ok(file) = try_read(&bytes, &forced(format)) {
                let lines = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64 + 1;
                prop_assert!(file.records.iter().all(|(line, _)| (1..=lines).contains(line)));
            }
        }
        let _ = cdr::detect(&bytes);
    }

    #[test]
    fn rows_after_a_header_are_read_to_an_end(bytes in noise()) {
        for header in [
            "calldate,clid,src,dst,lastapp,duration,billsec,disposition,uniqueid,linkedid,sequence\n",
            "24/08/17 09:32,41000,4502,20,0,NO ANSWER\n24/08/17 09:32,41000,4502,20,0,NO ANSWER\n",
            "INSERT INTO cdr (calldate,dst,duration,billsec,disposition) VALUES ",
        ] {
            let bytes = [header.as_bytes(), &bytes].concat();
            let _ = try_read(bytes, &forced(Format::Asterisk));
        }
        for header in [
            "uuid,destination_number,start_stamp,answer_stamp,end_stamp,hangup_cause,billsec\n",
            "COPY cdr (uuid, destination_number, start_stamp, answer_stamp, end_stamp, hangup_cause) FROM stdin;\n",
            "{\"core-uuid\":\"\",\"variables\":{",
            "<cdr core-uuid=\"\"><variables>",
            "cdr=%7B",
        ] {
            let bytes = [header.as_bytes(), &bytes].concat();
            let _ = try_read(bytes, &forced(Format::FreeSwitch));
        }
        let row = "0901234567,04/11/2026,09:15,5,x,Agent: a,\n".repeat(3);
        for header in ["SĐT,Ngày,Giờ,Đàm thoại,Kết quả,Hội thoại,Ghi chú\n", "phone;date;time;talk;result;transcript;note\n"] {
            let rows = if header.contains(';') { row.replace(',', ";") } else { row.clone() };
            let bytes = [header.as_bytes(), rows.as_bytes(), &bytes].concat();
            let _ = try_read(bytes.as_slice(), &forced(Format::Table));
            let _ = cdr::sample(bytes.as_slice(), 20, &options());
        }
    }

    #[test]
    fn any_text_is_no_mapping_or_one_that_can_be_written(text in ".{0,60}", bytes in noise()) {
        let table = format!("[columns]\nphone = {text:?}\ndialed_at = [\"#2\", {text:?}]\ntalk = \"#3\"\nresult = \"#4\"\n");
        for text in [&text, &table, &String::from_utf8_lossy(&bytes).into_owned()] {
            if let Ok(mapping) = cdr::Mapping::from_toml(text) {
                prop_assert_eq!(cdr::Mapping::from_toml(&mapping.to_toml()), Ok(mapping.clone()));
                let mapping = Some(mapping);
                let _ = try_read(&bytes, &cdr::Options { mapping, ..options() });
            }
        }
    }

    #[test]
    fn records_come_back_from_ndjson_and_csv(records in vec(record(), 1..5)) {
        let expected: Vec<&CallRecord> = records.iter().collect();
        let lines: Vec<String> = records.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
        for text in [lines.join("\n"), format!("[{}]", lines.join(",\n")), csv(&records)] {
            let file = read_without_campaign(&text);
            prop_assert_eq!(&file.skipped, &[], "{}", text);
            let read: Vec<&CallRecord> = file.records.iter().map(|(_, record)| record).collect();
            prop_assert_eq!(&read, &expected, "{}", text);
        }
    }
}
