//! Tables that say something else than they seem to: pages of an API, our own number among the customers, totals, cells without a number,
//! lengths that are billed, and files with fewer columns than one before.

use super::{File, day_tables::told, options, read, try_read};
use cdr::Options;
use domain::{CallRecord, Currency, import::OtherCalls};
use rust_xlsxwriter::{Format, Workbook};

#[test]
fn pages_of_an_api_one_after_the_other_are_one_table() {
    let row = |n: usize| {
        format!(
            r#"{{"call_id":"c{n}","phone":"091234560{n}","start_time":"2026-03-02 09:0{n}:00","status":"busy","talk":0}}"#
        )
    };
    let page = |name: &str, rows: &[usize]| {
        let rows: Vec<String> = rows.iter().map(|n| row(*n)).collect();
        format!(r#"{{"errcode":0,"{name}":[{}],"next":{{"page":[1]}}}}"#, rows.join(","))
    };
    for name in ["data", "calls", "records", "rows"] {
        let pretty = page(name, &[0, 1]).replace(',', ",\n ").replace('[', "[\n");
        for text in [
            format!("{}\n{}\n", page(name, &[0, 1]), page(name, &[2, 3])),
            format!("{}{}", page(name, &[0, 1]), page(name, &[2, 3])),
            format!("{pretty}\n{}", page(name, &[2, 3])),
            format!("{}\n{}\n{}\n", page(name, &[0, 1]), row(2), row(3)),
            format!("{},\n{},\n{}", page(name, &[0, 1, 2]), page(name, &[3]), page(name, &[])),
        ] {
            let file = read(&text);
            assert_eq!(file.phones(), ["0912345600", "0912345601", "0912345602", "0912345603"], "{text}");
            assert_eq!(file.skipped, [], "{text}");
        }
    }
}

#[test]
fn our_own_number_is_no_customer_whichever_side_it_stands_on() {
    let text = "id,from,to,start_time,status,talk\n\
        a1,02473001234,0912345601,2026-03-02 09:00:00,answered,20\n\
        a2,0912345602,02473001234,2026-03-02 09:01:00,answered,10\n\
        a3,02473001234,0912345603,2026-03-02 09:02:00,busy,0\n";
    let file = read(text);
    assert_eq!(file.phones(), ["0912345601", "0912345602", "0912345603"]);
    assert_eq!(file.reading.inbound, 1);
    assert!(file.warns("inbound calls"), "{:?}", file.reading.warnings);
    let left = try_read(text, &Options { others: OtherCalls::LeaveOut, ..options() }).unwrap();
    assert_eq!(left.phones(), ["0912345601", "0912345603"]);
    // All of them came in.
    let text = "id,caller,callee,start_time,status,talk\n\
        a1,0912345601,02473001234,2026-03-02 09:00:00,answered,20\n\
        a2,0912345602,02473001234,2026-03-02 09:01:00,answered,10\n\
        a3,0912345603,02473001234,2026-03-02 09:02:00,no answer,0\n";
    assert_eq!((read(text).phones(), read(text).reading.inbound), (vec!["0912345601", "0912345602", "0912345603"], 3));
    // Of two numbers that call each other nobody can tell which is ours.
    let text = "id,from,to,start_time,status,talk\n\
        a1,02473001234,0912345601,2026-03-02 09:00:00,answered,20\n\
        a2,0912345601,02473001234,2026-03-02 09:01:00,answered,10\n";
    assert!(read(text).warns("of which nothing tells whether they are our own"));
    // FreeSWITCH's word for a call between two of our own.
    let text = "id,direction,from,to,start_time,status,talk\n\
        a1,outbound,101,0912345601,2026-03-02 09:00:00,answered,20\n\
        a2,local,101,102,2026-03-02 09:01:00,answered,10\n";
    assert_eq!(read(text).reading.internal, 1);
}

#[test]
fn a_total_that_names_its_day_is_no_call() {
    for word in [
        "Tổng",
        "Tổng ngày",
        "Cộng ngày",
        "Total",
        "Subtotal:",
        "Tổng 02/03/2026",
        "TỔNG NGÀY 02/03/2026",
        "Cộng (2 cuộc)",
    ] {
        let text = format!(
            "SĐT,Thời gian,Kết quả,Đàm thoại (s)\n\
             0912345601,02/03/2026 09:00:00,Nghe máy,20\n\
             0912345602,02/03/2026 09:05:00,Nghe máy,22\n\
             {word},02/03/2026,2,42\n\
             0912345603,13/03/2026 10:00:00,Nghe máy,30\n"
        );
        let file = read(&text);
        assert_eq!((file.records.len(), file.talk_ms(), file.skipped.len()), (3, 72_000, 0), "{word}");
        assert!(file.warns("totals or averages of others, left out: 1"), "{word}");
    }
    let text = "id,Khách,SĐT,Thời gian,Kết quả,Đàm thoại (s)\n\
        1,Công,0912345601,02/03/2026 09:00:00,Nghe máy,20\n\
        2,Công,Số ẩn,13/03/2026 09:05:00,Nghe máy,22\n\
        Tổng,,,13/03/2026,2,42\n";
    assert_eq!(read(text).records.len(), 2);
}

#[test]
fn what_is_no_number_is_no_customer() {
    let rows: Vec<String> = (0..10).map(|n| format!("g{n},091234560{n},2026-03-02 09:0{n}:00,answered,20\n")).collect();
    let odd = ["abc", "#N/A", "0", "N/A", "không có số", "09123", "0912345678901234567", "000000000"];
    let odd: Vec<String> =
        odd.iter().enumerate().map(|(n, phone)| format!("o{n},{phone},2026-03-02 10:0{n}:00,answered,5\n")).collect();
    let file = read(format!("call_id,phone,start_time,status,talk\n{}{}", rows.concat(), odd.concat()));
    // Each is a customer of its own, or rejected by its name.
    let of_own: Vec<&str> = file
        .records
        .iter()
        .filter_map(|(_, record)| record.contact.id.as_ref().map(domain::ContactId::as_str))
        .collect();
    assert_eq!(of_own, ["o3", "o4"]);
    let rejected: Vec<String> = file.skipped.iter().map(|row| format!("{} {}", row.field, row.reason)).collect();
    assert_eq!(rejected.len(), 6);
    assert!(rejected[0] == "phone is no phone number: \"abc\"", "{rejected:?}");
    assert!(rejected[1].starts_with("phone is a spreadsheet's error"), "{rejected:?}");
    assert!(file.warns("the customer is the id of the call: 2"));
    // Who is known by an id of their own needs no number.
    let text = "call_id,customer_id,phone,start_time,status,talk\n\
        a1,K1,0912345601,2026-03-02 09:00:00,answered,20\na2,K2,máy bàn,2026-03-02 09:01:00,answered,20\n";
    let file = read(text);
    assert_eq!((file.records.len(), file.skipped.len()), (2, 0));
    assert!(file.warns("the customer is known by an id: 1"));
}

#[test]
fn what_a_workbook_could_not_work_out_is_empty_and_a_sign_of_money_counts() {
    let mut book = Workbook::new();
    let dollars = Format::new().set_num_format("[$$-409]#,##0.00");
    let sheet = book.add_worksheet();
    for (at, name) in ["id", "phone", "start_time", "status", "talk", "cost", "note"].into_iter().enumerate() {
        sheet.write(0, at as u16, name).unwrap();
    }
    for n in 0..3_u32 {
        sheet.write(n + 1, 0, format!("a{n}")).unwrap();
        sheet.write(n + 1, 1, format!("091234560{n}")).unwrap();
        sheet.write(n + 1, 2, format!("2026-03-02 09:0{n}:00")).unwrap();
        sheet.write(n + 1, 3, "answered").unwrap();
        sheet.write(n + 1, 4, 20).unwrap();
        sheet.write_with_format(n + 1, 5, 0.5, &dollars).unwrap();
    }
    for (row, column) in [(2, 1), (3, 6)] {
        sheet.write_formula(row, column, rust_xlsxwriter::Formula::new("=NA()").set_result("#N/A")).unwrap();
    }
    let file = try_read(
        book.save_to_buffer().unwrap(),
        &Options { currency: Some(Currency::new("VND").unwrap()), ..options() },
    );
    let file = file.unwrap();
    assert_eq!((file.phones(), file.faults()), (vec!["0912345600", "0912345602"], vec![(3, "phone")]));
    assert!(file.warns("a spreadsheet's error in a cell"), "{:?}", file.reading.warnings);
    assert!(file.records.iter().all(|(_, record)| record.cost.is_none()));
    assert_eq!(attribute(&file, 0, "cost_currency"), "USD");
}

fn attribute(file: &File, nth: usize, name: &str) -> String {
    let attributes = file.records[nth].1.attributes.as_ref();
    attributes
        .and_then(|all| all.get(name))
        .map_or(String::new(), |value| value.as_str().map_or(value.to_string(), str::to_owned))
}

#[test]
fn a_billed_length_beside_another_is_no_talk() {
    for (header, rows) in [
        ("billed duration,talk duration", ["60,20", "0,0"]),
        ("Billable seconds,Conversation seconds", ["60,20", "0,0"]),
        ("billed_duration,duration", ["60,20", "0,0"]),
        ("Thời gian tính cước (giây),Thời gian đàm thoại (giây)", ["60,20", "0,0"]),
        ("duration,billsec", ["40,20", "25,0"]),
        ("bill_sec,answer_sec", ["60,20", "0,0"]),
    ] {
        let text = format!(
            "phone,start_time,status,{header}\n0912345601,2026-03-02 09:00:00,answered,{}\n0912345602,2026-03-02 09:01:00,no answer,{}\n",
            rows[0], rows[1]
        );
        assert_eq!(read(&text).talk_ms(), 20_000, "{header}: {:?}", read(&text).reading.warnings);
    }
    let text = "phone,start_time,status,billed duration\n0912345601,2026-03-02 09:00:00,answered,60\n0912345602,2026-03-02 09:01:00,answered,120\n";
    assert!(read(text).warns("may be rounded up"), "{:?}", read(text).reading.warnings);
}

#[test]
fn a_length_says_its_unit_in_its_name_or_in_itself() {
    for (name, cells, seconds) in [
        ("Talk time (hh:mm)", ["0:05", "0:00"], 300),
        ("Talk time (mm:ss)", ["0:05", "0:00"], 5),
        ("Đàm thoại (hh:mm:ss)", ["0:00:05", "0:00:00"], 5),
        ("Talk time (hours)", ["0.5", "0"], 1_800),
        ("Đàm thoại (phút:giây)", ["0:05", "0:00"], 5),
        ("Đàm thoại (giờ:phút)", ["0:05", "0:00"], 300),
        ("talk", ["PT1M5S", "PT0S"], 65),
        ("talk", ["1'05\"", "0'00\""], 65),
        ("talk", ["25", "-1"], 25),
    ] {
        let quoted = cells.map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
        let text = format!(
            "phone,start_time,status,{name}\n0912345601,2026-03-02 09:00:00,answered,{}\n0912345602,2026-03-02 09:01:00,busy,{}\n",
            quoted[0], quoted[1]
        );
        let file = read(&text);
        assert_eq!(
            (file.talk_ms() / 1_000, file.skipped.len()),
            (seconds, 0),
            "{name} {cells:?}: {:?}",
            file.reading.warnings
        );
        assert_eq!(file.codes(), [("ANSWERED", 1), ("BS", 1)]);
    }
    for header in [
        "Date,Appelant,Appelé,Durée,Durée de conversation,Statut",
        "Datum,Anrufer,Angerufener,Dauer,Gesprächsdauer,Status",
    ] {
        let rows: Vec<String> =
            (0..6).map(|n| format!("2026-03-02 09:0{n}:00,100,091234560{n},40,20,ANSWERED\n")).collect();
        let file = read(format!("{header}\n{}", rows.concat()));
        assert_eq!((file.talk_ms(), file.records.len()), (120_000, 6), "{header}");
    }
}

#[test]
fn a_file_with_fewer_columns_takes_nothing_away_of_what_another_has_told() {
    let with = |text: &str| -> (cdr::OwnFields, Vec<CallRecord>) {
        let mut records = cdr::read(text.as_bytes(), &options()).unwrap();
        let fields = records.own_fields().expect("a table tells of some fields");
        let all = records.by_ref().map(|record| record.unwrap().1).collect();
        (fields, all)
    };
    let header = "call_id,customer_id,phone,name,start_time,status,talk";
    let (whole, first) = with(&format!(
        "{header},recording,note,hangup_cause,Hạn nợ,bot\n\
         c1,K1,0912345601,Lan,2026-03-02 09:00:00,answered,20,https://a/1.mp3,gọi lại,NORMAL_CLEARING,5,b1\n\
         c2,K2,0912345602,Hoa,2026-03-02 09:01:00,busy,0,,,USER_BUSY,6,b1\n"
    ));
    // The same file again.
    assert_eq!(whole.with_stored(&first[0], &first[0], first[0].clone()), None);
    let (fewer, second) = with(
        "call_id,phone,start_time,status,talk\nc1,0912345601,2026-03-02 09:00:00,answered,25\nc2,0912345602,2026-03-02 09:01:00,busy,0\n",
    );
    let joined = fewer.with_stored(&first[0], &first[0], second[0].clone()).expect("the talk is another one");
    assert_eq!(joined.check().unwrap().talk_time, 25_000);
    let kept = CallRecord { answered_at: first[0].answered_at, ended_at: first[0].ended_at, ..joined };
    assert_eq!(kept, first[0]);
    assert_eq!(fewer.with_stored(&first[1], &first[1], second[1].clone()), None);
    // A cell that is there and empty says that there is nothing; of JSON what is left out says nothing.
    let (cells, third) =
        with(&format!("{header},recording,note\nc1,K1,0912345601,Lan,2026-03-02 09:00:00,answered,20,,\n"));
    let joined = cells.with_stored(&first[0], &first[0], third[0].clone()).unwrap();
    assert_eq!((joined.recording_url, joined.attributes.unwrap().contains_key("note")), (None, false));
    let (json, fourth) = with(
        "{\"call_id\":\"c1\",\"phone\":\"0912345601\",\"start_time\":\"2026-03-02 09:00:00\",\"status\":\"no answer\",\"talk\":0,\"recording\":null}\n\
         {\"call_id\":\"c2\",\"phone\":\"0912345602\",\"start_time\":\"2026-03-02 09:01:00\",\"status\":\"busy\",\"talk\":0,\"recording\":\"https://a/2.mp3\"}\n",
    );
    let joined = json.with_stored(&first[0], &first[0], fourth[0].clone()).unwrap();
    assert_eq!((joined.answered_at, joined.recording_url.as_deref()), (None, Some("https://a/1.mp3")));
}

#[test]
fn a_word_is_one_code_whoever_wrote_its_accents() {
    let text = "call_id,phone,start_time,campaign,outcome,talk\n\
        c1,0912345601,2026-03-02 09:00:00,Tết,Đồng ý,25\n\
        c2,0912345602,2026-03-02 09:01:00,Te\u{302}\u{301}t,Đo\u{302}\u{300}ng y\u{301},25\n\
        c3,0912345603,2026-03-02 09:02:00,Tết,Cũ,25\n\
        c4,0912345604,2026-03-02 09:03:00,Tết,Cu\u{303},25\n";
    let file = super::read_without_campaign(text);
    assert_eq!(file.codes(), [("Cũ", 2), ("Đồng ý", 2)]);
    assert!(file.records.iter().all(|(_, record)| record.campaign.as_str() == "Tết"));
    let own = "{\"id\":\"a\",\"campaign\":\"Te\u{302}\u{301}t\",\"contact\":{\"phone\":\"0912345601\"},\"dialed_at\":\"2026-03-02T09:00:00Z\",\"answered_at\":\"2026-03-02T09:00:05Z\",\"ended_at\":\"2026-03-02T09:00:15Z\",\"result_code\":\"Đo\u{302}\u{300}ng y\u{301}\"}\n";
    let file = super::read_without_campaign(own);
    assert_eq!((file.codes(), file.records[0].1.campaign.as_str()), (vec![("Đồng ý", 1)], "Tết"));
}

#[test]
fn costs_messages_and_numbers_of_databases_are_read() {
    let currency = |code: &str| Options { currency: Some(Currency::new(code).unwrap()), ..options() };
    let costs = |text: &str, code: &str| -> Vec<String> {
        let file = try_read(text, &currency(code)).unwrap();
        file.records.iter().map(|(_, record)| record.cost.map_or(String::new(), |cost| cost.to_string())).collect()
    };
    let text = "SĐT;Thời gian gọi;Kết quả;Số block;Thành tiền (đ)\n0912345601;02/03/2026 09:00;Nghe máy;2;1.600\n0912345602;13/03/2026 09:00;Máy bận;0;0\n";
    assert_eq!(costs(text, "VND"), ["1600", "0"]);
    let text = "phone,start_time,status,talk,Rate (VND/min),Total cost (VND)\n0912345601,2026-03-02 09:00:00,answered,60,500,1000\n0912345602,2026-03-02 09:01:00,busy,0,500,0\n";
    assert_eq!(costs(text, "VND"), ["1000", "0"]);
    let text = "phone,start_time,status,talk,cost\n0912345601,2026-03-02 09:00:00,answered,60,0.0123456\n0912345602,2026-03-02 09:01:00,busy,0,0\n";
    assert_eq!(costs(text, "USD"), ["0.012346", "0"]);
    for name in ["bot_messages", "Số tin nhắn bot"] {
        let text = format!(
            "phone,start_time,status,talk,{name}\n0912345601,2026-03-02 09:00:00,answered,60,7\n0912345602,2026-03-02 09:01:00,busy,0,\n"
        );
        let messages: Vec<Option<u32>> = read(&text).records.iter().map(|(_, record)| record.bot_messages).collect();
        assert_eq!(messages, [Some(7), None], "{name}");
    }
    let text = "{\"phone\":\"0912345601\",\"start_time\":\"2026-03-02 09:00:00\",\"status\":\"answered\",\"talk\":{\"$numberInt\":\"20\"}}\n\
        {\"phone\":\"0912345602\",\"start_time\":\"2026-03-02 09:01:00\",\"status\":\"busy\",\"talk\":{\"$numberLong\":\"0\"}}\n";
    assert_eq!(told(text)[0], "0912345601 ANSWERED 2026-03-02T02:00:00Z 0 20");
}
