//! Own records as JSON.

use cdr::{Format, Options, ZoneBasis};
use domain::CampaignId;

use super::{forced, options, read, read_without_campaign, try_read, zone};

const CALL: &str = r#"{"id": "c-20261104-000017", "campaign": "tet-2027", "voicebot": "bot-cskh",
 "contact": {"id": "kh-1024", "phone": "+84901234567", "name": "Nguyễn Thị Hoa"}, "attempt": 2,
 "dialed_at": "2026-11-04T09:15:02.120+07:00", "answered_at": "2026-11-04T09:15:11.480+07:00",
 "ended_at": "2026-11-04T09:15:58.910+07:00", "result_code": "DY", "bot_messages": 7,
 "hangup_by": "customer", "cause": "16", "blocks": null, "cost": "1250.5", "recording_url": null,
 "transcript": [{"at": 0, "speaker": "bot", "text": "Dạ em chào chị [1]."}], "attributes": {"script": "v3"}}"#;

fn call(id: &str) -> String {
    format!(r#"{{"id":"{id}","campaign":"tet","contact":{{"phone":"0901234567"}},"dialed_at":1793758502120}}"#)
}

#[test]
fn a_record_is_read_as_the_api_reads_it() {
    let expected: domain::CallRecord = serde_json::from_str(CALL).unwrap();
    let one_line = CALL.replace('\n', "");
    assert_eq!(read_without_campaign(&one_line).record(), &expected);
    assert_eq!(read_without_campaign(format!("[{CALL}]")).record(), &expected);
    // Printed over several lines, and one after the other.
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(CALL).unwrap()).unwrap();
    let file = read_without_campaign(format!("{pretty}\n{pretty}{one_line}"));
    assert_eq!(file.records.iter().map(|(_, record)| record).collect::<Vec<_>>(), [&expected; 3]);
    assert_eq!(file.reading.shape, "objects over several lines");
}

#[test]
fn lines_and_elements_have_their_line_numbers() {
    let lines = format!("\n{}\r\n\n{}\n", call("a"), call("b"));
    let array = format!(" \n[{},\n\n{}\n]\n", call("a"), call("b"));
    for (text, numbers, shape) in [(lines, [2, 4], "one object a line"), (array, [2, 4], "one array")] {
        let file = read(&text);
        assert_eq!(file.records.iter().map(|record| record.0).collect::<Vec<_>>(), numbers, "{text}");
        assert_eq!(file.reading.shape, shape);
    }
    assert_eq!(try_read("[]", &forced(Format::Ndjson)).unwrap().reading.rows, 0);
}

#[test]
fn a_bad_line_is_named_by_its_field_and_the_others_are_read() {
    let bad = [
        (r#"{"id":"a""#, ""),
        (r"[1]", ""),
        (r#"{"id":"","campaign":"t","contact":{"phone":"1"},"dialed_at":1793758502120}"#, "id"),
        (r#"{"id":"a","campaign":"t","contact":{"phone":"1","mail":"x"},"dialed_at":1793758502120}"#, "contact.mail"),
        (r#"{"id":"a","campaign":"t","contact":{"phone":1},"dialed_at":1793758502120}"#, "contact.phone"),
        (r#"{"id":"a","campaign":"t","contact":{"phone":""},"dialed_at":1793758502120}"#, "contact.phone"),
        (r#"{"id":"a","campaign":"t","contact":"1","dialed_at":1793758502120}"#, "contact"),
        (r#"{"id":"a","campaign":"t","dialed_at":1793758502120}"#, "contact"),
        (r#"{"id":"a","campaign":"t","contact":{"phone":"1"}}"#, "dialed_at"),
        (r#"{"id":"a","campaign":"t","contact":{"phone":"1"},"dialed_at":"yesterday"}"#, "dialed_at"),
        (r#"{"id":"a","campaign":"t","contact":{"phone":"1"},"dialed_at":1793758502120,"cost":12}"#, "cost"),
        (r#"{"id":"a","campaign":"t","contact":{"phone":"1"},"dialed_at":1793758502120,"class":"success"}"#, "class"),
        (r#"{"id":"a","id":"b","campaign":"t","contact":{"phone":"1"},"dialed_at":1793758502120}"#, "id"),
        (
            r#"{"id":"a","campaign":"t","contact":{"phone":"1"},"dialed_at":1793758502120,"ended_at":1793758502121}"#,
            "result_code",
        ),
    ];
    let mut text = call("first");
    for (line, _) in bad {
        text.push('\n');
        text.push_str(line);
    }
    text.push('\n');
    text.push_str(&call("last"));
    let file = read(&text);
    let expected: Vec<(u64, &str)> = (2..).zip(bad.map(|(_, field)| field)).collect();
    assert_eq!(file.faults(), expected, "{:#?}", file.skipped);
    assert_eq!(file.results(), [("first", ""), ("last", "")]);
}

#[test]
fn a_time_without_a_zone_is_the_accounts_or_the_one_given() {
    let line = r#"{"id":"a","campaign":"t","contact":{"phone":"1"},"dialed_at":"2026-11-04T09:15:02"}"#;
    let file = read(line);
    assert_eq!(file.times()[0], "2026-11-04T02:15:02Z");
    let said = file.reading.zone.unwrap();
    assert_eq!((said.name.as_str(), said.basis), ("Asia/Ho_Chi_Minh", ZoneBasis::Account));
    assert!(file.reading.warnings[0].starts_with("times without a zone"), "{:?}", file.reading.warnings);

    let given = Options { timezone: Some(zone("Asia/Kathmandu")), ..options() };
    let file = try_read(line, &given).unwrap();
    assert_eq!(file.times()[0], "2026-11-04T03:30:02Z");
    assert_eq!(file.reading.zone.unwrap().basis, ZoneBasis::Given);
}

#[test]
fn the_campaign_given_is_that_of_every_record() {
    let without = r#"{"id":"a","contact":{"phone":"1"},"dialed_at":1793758502120}"#;
    assert_eq!(read_without_campaign(without).faults(), [(1, "campaign")]);
    let tet = CampaignId::new("tet").unwrap();
    assert_eq!(read(without).record().campaign, tet);
    assert_eq!(read(without.replace("\"contact\"", "\"campaign\":\"other\",\"contact\"")).record().campaign, tet);
}

#[test]
fn an_array_that_does_not_end_is_said_and_what_follows_one_is_read() {
    let cut = read(format!("[{},\n{}", call("a"), &call("b")[..40]));
    assert_eq!((cut.results(), cut.faults()), (vec![("a", "")], vec![(2, ""), (2, "")]));
    let trailing = read(format!("[{}]\n{}", call("a"), call("b")));
    assert_eq!((trailing.results(), trailing.faults()), (vec![("a", ""), ("b", "")], vec![]));
}

/// A reader that makes an endless file and counts what was taken from it.
struct Endless<'a> {
    piece: &'a [u8],
    at: usize,
    left: usize,
}

impl std::io::Read for Endless<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let size = buffer.len().min(self.left);
        for byte in &mut buffer[..size] {
            *byte = self.piece[self.at % self.piece.len()];
            self.at += 1;
        }
        self.left -= size;
        Ok(size)
    }
}

#[test]
fn a_record_without_end_is_cut_and_what_follows_is_read() {
    let start = format!("{}\n{{\"id\":\"", call("a"));
    let end = format!("\n{}\n", call("b"));
    let long = Endless { piece: b"x", at: 0, left: 17 * 1024 * 1024 };
    let input = std::io::Read::chain(std::io::Read::chain(start.as_bytes(), long), end.as_bytes());
    let mut records = cdr::read(input, &options()).unwrap();
    let items: Vec<_> = records.by_ref().map(|item| item.map(|(line, _)| line).map_err(|row| row.reason)).collect();
    assert_eq!(items, [Ok(1), Err("is longer than 16 MiB".to_owned()), Ok(3)]);
}

#[test]
fn a_failing_disk_is_no_end_of_file() {
    struct Failing;
    impl std::io::Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    for format in [Format::Ndjson, Format::Csv] {
        let start = match format {
            Format::Csv => format!("id,contact.phone,dialed_at\n{}", "a,1,1793758502120\n".repeat(20_000)),
            _ => format!("{}\n", call("a")).repeat(2_000),
        };
        let mut records = cdr::read(std::io::Read::chain(start.as_bytes(), Failing), &options()).unwrap();
        assert!(records.by_ref().count() > 0);
        assert!(records.finish().unwrap_err().to_string().contains("the disk is gone"));
    }
}
