//! Own records as CSV.

use domain::{CallRecord, Money};

use super::{read, read_without_campaign};

const HEADER: &str = "id,campaign,voicebot,contact.id,contact.phone,contact.name,attempt,dialed_at,answered_at,ended_at,\
                      result_code,bot_messages,hangup_by,cause,blocks,cost,recording_url,transcript,attributes";

#[test]
fn every_column_is_a_field() {
    let text = format!(
        "\u{feff}{HEADER}\r\nc-1,tet-2027,bot-cskh,kh-1024,0901234567,\"Nguyễn, \"\"Hoa\"\"\",2,2026-11-04T09:15:02.120+07:00,\
         2026-11-04T09:15:11.480+07:00,1793758558910,DY,7,customer,16,8,2560.5,https://x.test/1.wav,\
         \"[{{\"\"at\"\":0,\"\"speaker\"\":\"\"bot\"\",\"\"text\"\":\"\"Dạ\"\"}}]\",\"{{\"\"script\"\":\"\"v3\"\"}}\"\r\n"
    );
    let expected: CallRecord = serde_json::from_value(serde_json::json!({
        "id": "c-1", "campaign": "tet-2027", "voicebot": "bot-cskh",
        "contact": {"id": "kh-1024", "phone": "0901234567", "name": "Nguyễn, \"Hoa\""}, "attempt": 2,
        "dialed_at": "2026-11-04T09:15:02.120+07:00", "answered_at": "2026-11-04T09:15:11.480+07:00",
        "ended_at": "2026-11-04T09:15:58.910+07:00", "result_code": "DY", "bot_messages": 7, "hangup_by": "customer",
        "cause": "16", "blocks": 8, "cost": "2560.5", "recording_url": "https://x.test/1.wav",
        "transcript": [{"at": 0, "speaker": "bot", "text": "Dạ"}], "attributes": {"script": "v3"}
    }))
    .unwrap();
    assert_eq!(read_without_campaign(text).record(), &expected);
}

#[test]
fn few_columns_in_any_order_with_any_delimiter_will_do() {
    for delimiter in [",", ";", "\t"] {
        let text =
            "dialed_at,contact.phone,attributes.script,id\n2026-11-04 09:15:02,0901,v3,c-1\n".replace(',', delimiter);
        let file = read(text);
        assert_eq!(file.times()[0], "2026-11-04T02:15:02Z");
        assert_eq!(file.record().attributes.as_ref().unwrap()["script"], "v3");
    }
}

#[test]
fn the_export_comes_back_in() {
    let header = "id,campaign,contact.phone,contact.name,dialed_at,answered_at,ended_at,result_code,class,talk_time,dial_time,\
                  blocks,cost,currency,priced_by,recording";
    let text = format!(
        "\u{feff}{header}\r\nc-1,tet,'+84901234567,'=cmd|x,2026-11-04T09:15:02+07:00,2026-11-04T09:15:11+07:00,\
         2026-11-04T09:15:58+07:00,DY,success,47000,9000,8,2560,VND,tariff,\r\n\
         c-2,tet,'+84901234568,''Hoa,2026-11-04T09:15:02+07:00,2026-11-04T09:15:11+07:00,\
         2026-11-04T09:15:58+07:00,DY,success,47000,9000,3,99.5,VND,sender,audio/wav\r\n\
         c-3,tet,'+84901234569,,2026-11-04T09:15:02+07:00,,,,,0,,0,0,VND,tariff,\r\n"
    );
    let file = read(text);
    assert_eq!(file.skipped, []);
    assert_eq!(file.phones(), ["+84901234567", "+84901234568", "+84901234569"]);
    let field = |of: fn(&CallRecord) -> String| file.records.iter().map(|(_, record)| of(record)).collect::<Vec<_>>();
    // A quote of the name's own was doubled.
    assert_eq!(field(|record| record.contact.name.clone().unwrap_or_default()), ["=cmd|x", "'Hoa", ""]);
    // A price that the tariff gave is not the sender's: it is computed again.
    assert_eq!(
        field(|record| format!("{:?} {:?}", record.blocks, record.cost.map(|Money(micros)| micros))),
        ["None None", "Some(3) Some(99500000)", "None None",]
    );
}

#[test]
fn a_bad_row_is_named_by_line_and_field() {
    let row = |cells: [&str; 5]| cells.join(",");
    let text = [
        "id,contact.phone,dialed_at,result_code,ended_at".to_owned(),
        row(["a", "0901", "1793758502121", "", ""]),
        row(["", "0901", "1793758502121", "", ""]),
        row(["b", "", "1793758502121", "", ""]),
        row(["c", "0901", "yesterday 09:15", "", ""]),
        "d,0901,1793758502121".to_owned(),
        row(["e", "0901", "1793758502122", "NA", "1793758502121"]),
        row(["\"f\nf\"", "0901", "1793758502122", "", ""]),
        row(["g", "0901", "1793758502122", "", ""]),
    ];
    for end in ["\n", "\r\n"] {
        let file = read(text.join(end));
        assert_eq!(
            file.faults(),
            [(3, "id"), (4, "contact"), (5, "dialed_at"), (6, ""), (7, "ended_at"), (8, "id")],
            "{end:?} {:#?}",
            file.skipped
        );
        assert_eq!(
            file.records.iter().map(|(line, record)| (*line, record.id.as_str())).collect::<Vec<_>>(),
            [(2, "a"), (10, "g")]
        );
    }
}

#[test]
fn text_that_is_not_utf_8_is_refused_in_its_cell_only() {
    let file = read(b"id,contact.phone,dialed_at,contact.name\na,1,1793758502120,Ho\xe0\nb,1,1793758502120,Hoa\n");
    assert_eq!((file.faults(), file.results()), (vec![(2, "contact.name")], vec![("b", "")]));
}

#[test]
fn a_quote_that_is_never_closed_is_said_and_holds_no_memory() {
    let file = read("id,contact.phone,dialed_at\na,1,1793758502120\n\"b,1,1793758502120\nc,1,1793758502120\n");
    assert_eq!(
        (file.results(), file.skipped[0].reason.as_str()),
        (vec![("a", "")], "has a quote that is never closed")
    );

    let mut text = b"id,contact.phone,dialed_at\na,1,1793758502120\n\"".to_vec();
    for _ in 0..40_000 {
        text.resize(text.len() + 999, b'x');
        text.push(b'\n');
    }
    text.extend(b"\",1,1793758502120\nb,1,1793758502120\n");
    let file = read(text);
    assert_eq!(file.results(), [("a", ""), ("b", "")]);
    assert!(file.skipped[0].reason.starts_with("is longer than 16 MiB"), "{:?}", file.skipped);
}

#[test]
fn what_a_spreadsheet_has_saved_is_read_in_the_order_that_its_rows_tell() {
    let header = "id;campaign;contact.phone;dialed_at;answered_at;ended_at;result_code;cost\n";
    for (first, second) in [
        ("02/03/2026 09:00:", "13/03/2026 09:01:"),
        ("3/2/2026 9:00:", "3/13/2026 9:01:"),
        ("2026-03-02 09:00:", "2026-03-13 09:01:"),
        ("202603020900", "202603130901"),
    ] {
        let file = read(format!(
            "{header}a;tet;0912345601;{first}00;{first}05;{first}35;DY;12,5\nb;tet;0912345602;{second}00;;{second}35;NA;\n"
        ));
        assert_eq!(file.skipped, [], "{first}");
        assert_eq!(file.times(), ["2026-03-02T02:00:00Z", "2026-03-02T02:00:05Z", "2026-03-02T02:00:35Z"], "{first}");
        assert_eq!(file.records[1].1.dialed_at.to_rfc3339(), "2026-03-13T02:01:00.000Z");
        assert_eq!(file.records[0].1.cost, Some(Money(12_500_000)));
    }
    // Where nothing tells, it is said.
    let file = read(format!("{header}a;tet;0912345601;02/03/2026 09:00;;;;\n"));
    assert_eq!(file.times()[0], "2026-03-02T02:00:00Z");
    assert!(file.warns("day and month cannot be told apart"), "{:?}", file.reading.warnings);
    // A file whose first days tell nothing is kept until one does.
    let mut late = header.to_owned();
    for n in 0..1_000 {
        late += &format!("c-{n};tet;0912345601;3/2/2026 9:00;;;;\n");
    }
    late += "d;tet;0912345601;3/13/2026 9:00;;;;\n";
    let file = read(late);
    assert_eq!((file.records.len(), file.times()[0].as_str()), (1_001, "2026-03-02T02:00:00Z"));
}

#[test]
fn a_masked_file_is_no_file_to_store() {
    let row = |cells: &str| format!("id,campaign,contact.id,contact.phone,dialed_at\n{cells},1793758502120\n");
    for (cells, field) in [("a,tet,•••3-25,0912345601", "contact.id"), ("a,tet,kh,0912 ••• 601", "contact.phone")]
    {
        assert_eq!(read(row(cells)).faults(), [(2, field)]);
    }
}
