//! Tables of no known format: columns mapped or guessed, results by their words, rows as they are.

use std::fmt::Write;

use cdr::{DateOrder, Field, Format, Mapping, OrderBasis, ReadError};

use super::{File, options, read, try_read};

/// Reads by a mapping file.
fn mapped(table: &str, mapping: &str) -> File {
    let mapping = Mapping::from_toml(mapping).unwrap_or_else(|error| panic!("{error}"));
    try_read(table, &cdr::Options { mapping: Some(mapping), ..options() }).unwrap_or_else(|error| panic!("{error}"))
}

fn refusal(bytes: impl AsRef<[u8]>) -> String {
    match cdr::read(bytes.as_ref(), &options()) {
        Ok(records) => panic!("{}", records.reading()),
        Err(error) => error.to_string(),
    }
}

fn has_warning(file: &File, words: &str) -> bool {
    file.reading.warnings.iter().any(|warning| warning.contains(words))
}

const VIETNAMESE: &str = "\u{feff}STT;Mã cuộc gọi;Chiến dịch;Khách hàng;Số điện thoại;Ngày gọi;Thời lượng đàm thoại;Kết quả;Ghi âm;Hạn nợ\r\n\
    1;c-001;Nhắc nợ T11;Nguyễn Thị Hoà;901234567;04/11/2026 09:15:02;00:45;Hẹn gọi lại;https://rec/1.mp3;30/11/2026\r\n\
    2;c-002;Nhắc nợ T11;Trần Văn Ư;0901234568;04/11/2026 09:16:00;0;Không nghe máy;;15/11/2026\r\n\
    3;c-003;Nhắc nợ T11;Lê An;'0901234569;13/11/2026 09:17:00;00:00;Thuê bao;;11/15/2026\r\n\
    4;c-004;Nhắc nợ T11;Lê Bình;84901234560.0;04/11/2026 09:18:00;0;Máy bận;;\r\n";

#[test]
fn a_vietnamese_table_comes_in_by_the_names_of_its_columns() {
    let file = super::read_without_campaign(VIETNAMESE);
    assert_eq!((file.reading.format, file.skipped.as_slice()), (Format::Table, &[][..]), "{:?}", file.reading);
    let expected =
        [("table:c-001", "Hẹn gọi lại"), ("table:c-002", "NA"), ("table:c-003", "CU"), ("table:c-004", "BS")];
    assert_eq!(file.results(), expected);
    assert_eq!(file.phones(), ["0901234567", "0901234568", "0901234569", "84901234560"]);
    // 4 November, 9:15 in Vietnam; 45 s of talk after a dial time that nobody knows.
    assert_eq!(file.times(), ["2026-11-04T02:15:02Z", "2026-11-04T02:15:02Z", "2026-11-04T02:15:47Z"]);
    assert_eq!(file.reading.date_order, Some((DateOrder::DayMonthYear, OrderBasis::Values)));
    let first = &file.records[0].1;
    assert_eq!(first.campaign.as_str(), "Nhắc nợ T11");
    assert_eq!(first.contact.name.as_deref(), Some("Nguyễn Thị Hoà"));
    assert_eq!(first.recording_url.as_deref(), Some("https://rec/1.mp3"));
    // A due date is no date of the call, and stays as it is written.
    let due: Vec<_> =
        file.records.iter().map(|(_, call)| call.attributes.clone().unwrap().get("Hạn nợ").cloned()).collect();
    assert_eq!(due, [Some("30/11/2026".into()), Some("15/11/2026".into()), Some("11/15/2026".into()), None]);
    assert_eq!(file.records[1].1.cause.as_deref(), Some("Không nghe máy"));
    for said in ["columns were guessed: ", "leading 0, which was put back: 1", "dial time is not known", "time zone"] {
        assert!(has_warning(&file, said), "{said}: {:?}", file.reading.warnings);
    }
}

#[test]
fn names_without_accents_and_in_english_are_known_whatever_the_delimiter() {
    let rows = [
        ["SDT", "Ngay gio", "Thoi luong (giay)", "Trang thai"],
        ["0901234567", "2026-11-04 09:15:02", "45", "Da nghe may"],
        ["0901234568", "2026-11-04 09:16:02", "30", "khong nghe may"],
    ];
    for delimiter in [",", ";", "\t", "|"] {
        for end in ["\n", "\r\n", "\r"] {
            let text: String = rows.iter().map(|row| row.join(delimiter) + end).collect();
            let file = read(&text);
            let codes: Vec<&str> = file.results().into_iter().map(|result| result.1).collect();
            assert_eq!(codes, ["ANSWERED", "NA"], "{text}");
            // Only the length of the whole call is known, also of the one that rang.
            assert_eq!(file.times(), ["2026-11-04T02:15:02Z", "2026-11-04T02:15:47Z", "2026-11-04T02:15:47Z"]);
            assert!(has_warning(&file, "talk time is not known: they end with the answer: 1"));
            assert!(has_warning(&file, "without an id"));
        }
    }
    let english = "Call ID,Customer Phone,Customer Name,Start Time,Answer Time,End Time,Status,Hangup By,Cost\n\
        a1,+84901234567,Hoa,2026-11-04T09:15:02+07:00,2026-11-04T09:15:10+07:00,2026-11-04T09:15:40+07:00,SALE,customer,320.5\n\
        a2,+84901234568,An,2026-11-04T09:15:02+07:00,,2026-11-04T09:15:30+07:00,NO_ANSWER,system,0\n";
    let file = read(english);
    assert_eq!(file.results(), [("table:a1", "SALE"), ("table:a2", "NA")]);
    assert_eq!(file.times(), ["2026-11-04T02:15:02Z", "2026-11-04T02:15:10Z", "2026-11-04T02:15:40Z"]);
    let first = &file.records[0].1;
    assert_eq!((first.hangup_by, first.cost), (Some(domain::HangupBy::Customer), "320.5".parse().ok()));
}

#[test]
fn day_and_month_are_told_apart_by_a_row_far_behind_the_first() {
    let mut text = "phone,date,time,result,talk\n".to_owned();
    for minute in 0..110_000 {
        let (hour, rest) = (minute / 60 % 24, minute % 60);
        let _ = writeln!(text, "0901234567,4/11/2026,{hour}:{rest:02}:00,done {minute},5");
    }
    // The year's first rows that tell may come after as many as are kept; then the rows alone that tell are refused.
    let file = read(&text);
    assert_eq!((file.records.len(), file.reading.date_order.unwrap().1), (110_000, OrderBasis::Default));
    text.truncate(text.match_indices('\n').nth(2_000).unwrap().0 + 1);
    text.push_str("0901234567,11/13/2026,9:00:00,done,5\n");
    let file = read(&text);
    assert_eq!(file.reading.date_order, Some((DateOrder::MonthDayYear, OrderBasis::Values)));
    assert_eq!(file.times()[0], "2026-04-10T17:00:00Z");
    assert_eq!((file.records.len(), file.skipped.len()), (2_001, 0));
    let file = read("phone,date,result,talk\n0901234567,4/11/2026 9:00,done,5\n");
    assert_eq!(file.reading.date_order, Some((DateOrder::DayMonthYear, OrderBasis::Default)));
    assert!(has_warning(&file, "day and month cannot be told apart"));
    let mapping = "date_order = \"mdy\"\nzone = \"UTC\"\n[columns]\nphone = \"phone\"\ndialed_at = \"date\"\nresult = \"result\"\ntalk = \"talk\"";
    let file = mapped("phone,date,result,talk\n0901234567,4/11/2026 9:00,done,5\n", mapping);
    assert_eq!(file.times()[0], "2026-04-11T09:00:00Z");
    assert_eq!(file.reading.date_order, Some((DateOrder::MonthDayYear, OrderBasis::Given)));
}

#[test]
fn an_unknown_word_is_never_a_success_and_is_named_with_its_count() {
    let file = read(
        "phone,start_time,status\n0901234567,2026-11-04 09:15,hot\n0901234568,2026-11-04 09:16,hot\n\
         0901234569,2026-11-04 09:17,INTERESTED\n0901234560,2026-11-04 09:18,REJECTED\n0901234561,2026-11-04 09:19,pending\n",
    );
    assert_eq!(file.faults(), [(2, "result"), (3, "result"), (5, "result")]);
    assert_eq!(file.records.len(), 1);
    assert_eq!((file.records[0].1.result_code.as_ref().unwrap().as_str(), file.reading.left_out), ("INTERESTED", 1));
    assert!(has_warning(&file, "\"hot\" has no meaning that is known; rows that say it, rejected: 2"));
    // Talk proves that somebody answered.
    let file = read(
        "phone,start_time,status,talk_time\n0901234567,2026-11-04 09:15,hot,5\n0901234568,2026-11-04 09:16,hot,0\n",
    );
    assert_eq!((file.results()[0].1, file.faults()), ("hot", vec![(3, "result")]));
    let mapping = "[columns]\nphone = \"phone\"\ndialed_at = \"start_time\"\nresult = \"status\"\n[results]\nHOT = \"K1\"\nold = \"skip\"";
    let file =
        mapped("phone,start_time,status\n0901234567,2026-11-04 09:15,hot\n0901234568,2026-11-04 09:16,Old\n", mapping);
    assert_eq!((file.results()[0].1, file.records.len(), file.reading.left_out), ("K1", 1, 1));
}

#[test]
fn yes_and_no_are_results_under_a_name_that_asks_whether_somebody_answered() {
    let codes = |file: &File| file.results().iter().map(|result| result.1.to_owned()).collect::<Vec<_>>();
    let rows = [("Có", "Đồng ý"), ("Không", ""), ("có", ""), ("KHÔNG", "")];
    for answered in ["Bắt máy", "Nghe máy?", "Khách bắt máy", "Answered"] {
        let mut text = format!("SĐT,Tên khách,{answered},Ngày gọi,Kết quả\n");
        for (n, (answer, result)) in rows.into_iter().enumerate() {
            let _ = writeln!(text, "090123456{n},An,{answer},04/11/2026 09:1{n},{result}");
        }
        let file = read(&text);
        assert_eq!(codes(&file), ["Đồng ý", "NA", "ANSWERED", "NA"], "{answered}: {:?}", file.skipped);
        assert_eq!(file.records[0].1.contact.name.as_deref(), Some("An"));
    }
    let file = read("SĐT,Ngày gọi,Bắt máy\n0901234567,13/11/2026 09:15,x\n0901234568,13/11/2026 09:16,0\n");
    assert_eq!(codes(&file), ["ANSWERED", "NA"], "{:?}", file.skipped);
    // Under another name they say nothing.
    refusal("SĐT,Ngày gọi,Đã cọc\n0901234567,13/11/2026 09:15,Có\n");
}

#[test]
fn a_text_as_outcome_is_kept_as_a_note() {
    let text = "Khách hàng đang lái xe, hẹn gọi lại vào chiều thứ sáu sau 17 giờ";
    let file = read(format!(
        "Thời gian,SĐT,Kết quả\n04/11/2026 09:15,0901234567,\"{text}\"\n13/11/2026 09:15,0901234568,\"Line one\nline two\"\n\
         14/11/2026 09:15,0901234569,\"Không nghe máy, đã gọi hai lần trong ngày và sẽ gọi lại\"\n"
    ));
    let codes: Vec<&str> = file.results().into_iter().map(|result| result.1).collect();
    assert_eq!(codes, ["undefined", "undefined", "NA"]);
    let notes: Vec<String> = file
        .records
        .iter()
        .map(|(_, call)| call.attributes.as_ref().unwrap()["note"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(notes[..2], [text.to_owned(), "Line one\nline two".to_owned()]);
    assert!(notes[2].starts_with("Không nghe máy"));
    assert!(has_warning(&file, "taken for answered ones (code undefined): nothing else tells: 2"));
    assert!(file.reading.format.own_codes().iter().any(|code| code.code.as_str() == "undefined"));
}

#[test]
fn a_length_that_is_0_wherever_nobody_answered_is_the_talk() {
    let file = read(
        "phone,time,duration,status\n0901234567,2026-11-04 09:15:00,45,hot\n0901234568,2026-11-04 09:16:00,0,busy\n\
         0901234569,2026-11-04 09:17:00,0,no-answer\n",
    );
    assert_eq!(file.results().into_iter().map(|result| result.1).collect::<Vec<_>>(), ["hot", "BS", "NA"]);
    assert_eq!(file.records[0].1.check().unwrap().talk_time, 45_000);
    // Where the unanswered have a length, it is the whole call's, and proves nothing.
    let file = read(
        "phone,time,duration,status\n0901234567,2026-11-04 09:15:00,45,hot\n0901234568,2026-11-04 09:16:00,20,busy\n",
    );
    assert_eq!((file.faults(), file.results()[0].1), (vec![(2, "result")], "BS"));
    assert_eq!(file.records[0].1.check().unwrap().ring_time, 20_000);
}

#[test]
fn a_voicebots_log_of_sessions_comes_in_without_numbers() {
    let file = read(
        "session_id,start_time,end_time,duration_seconds,lead_score,summary,conversation\n\
         s-1,2026-11-04T09:15:02.123456,2026-11-04T09:16:02.5,60,7,Wants it,\"Agent: Chào anh\nUser: Vâng\"\n\
         s-2,2026-11-04T09:17:02.123456,2026-11-04T09:18:02.5,\"Agent: Chào chị\nUser: Ai đấy?\",60,7,Asks who\n",
    );
    assert_eq!(file.results(), [("table:s-1", "ANSWERED"), ("table:s-2", "ANSWERED")], "{:?}", file.skipped);
    assert_eq!(file.records.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4]);
    for ((_, call), said) in file.records.iter().zip(["Vâng", "Ai đấy?"]) {
        assert_eq!(call.contact.id.as_ref().map(domain::ContactId::as_str), call.id.as_str().strip_prefix("table:"));
        assert_eq!(
            (call.transcript.as_ref().unwrap()[1].text.as_str(), call.check().unwrap().bot_messages),
            (said, Some(1))
        );
        assert_eq!(call.attributes.as_ref().unwrap()["lead_score"], "7");
    }
    assert!(has_warning(&file, "columns beside it shifted: 1"));
    assert!(has_warning(&file, "the customer is the id of the call: 2"));
}

#[test]
fn a_table_without_a_header_is_told_by_what_it_holds() {
    let row = |phone: &str, minute: u32, code: &str, answered: bool| {
        let at = |second: u32| format!("2026-11-04 09:{minute:02}:{second:02}");
        let answer = if answered { at(9) } else { String::new() };
        format!("{phone},Hoa,chị,Vay,5000000,12/05/2026,-,{},{code},{answer},{},path>end,dạ\n", at(1), at(40))
    };
    let text: String = [
        row("901234567", 1, "ANSWERED", true),
        row("901234568", 2, "NO ANSWER", false),
        row("901234569", 3, "BUSY", false),
    ]
    .concat();
    let file = read(&text);
    let codes: Vec<&str> = file.results().into_iter().map(|result| result.1).collect();
    assert_eq!((codes, file.phones()), (vec!["ANSWERED", "NA", "BS"], vec!["0901234567", "0901234568", "0901234569"]));
    assert_eq!(file.times(), ["2026-11-04T02:01:01Z", "2026-11-04T02:01:09Z", "2026-11-04T02:01:40Z"]);
    assert_eq!(file.records[0].1.attributes.as_ref().unwrap()["#6"], "12/05/2026");
    assert!(has_warning(&file, "check the column \"#11\": taken for ended_at"));
    let mapping = "header = false\n[columns]\nphone = \"#1\"\ndialed_at = \"#8\"\nresult = \"#9\"\nended_at = \"#11\"";
    assert_eq!(mapped(&text, mapping).records.len(), 3);
}

#[test]
fn a_header_may_stand_again_in_another_order_and_under_titles() {
    let file = read(
        "BÁO CÁO CUỘC GỌI\nTừ ngày 01/11/2026\n\nSĐT,Ngày gọi,Kết quả\n0901234567,2026-11-04 09:15,NA\nSĐT,Ngày gọi,Kết quả\n\
         0901234568,2026-11-04 09:16,NA\nNgày gọi,Kết quả,SĐT\n2026-11-04 09:17,BS,0901234569\n",
    );
    assert_eq!(file.phones(), ["0901234567", "0901234568", "0901234569"], "{:?}", file.skipped);
    assert_eq!((file.reading.rows, file.skipped.len(), file.records[2].0), (3, 0, 9));
}

#[test]
fn rows_of_other_columns_are_what_was_said_in_the_calls_or_are_named() {
    let table = "Date,Time,Call SID,Phone,Outcome,Summary\nCA1,2026-11-04T09:15:03,hello,hi,greet\n\
         2026-11-04,09:15:02,CA1,+84901234567,HOT,\"No,\nthanks\"\nCA1,2026-11-04T09:15:05,no,bye,end\n\
         2026-11-04,09:16:02,CA2,+84901234568,NO_ANSWER\nx,Category,CA3,+84901234569,OUTCOME,y,z\n\
         CA9,2026-11-04T09:15:05,who,me,end\n2026-11-04,09:17:02,CA4,+84901234568,HOT,x\n";
    let file = read(table);
    // What the customer said proves that somebody answered; of CA4 nothing does.
    assert_eq!(file.results(), [("table:CA1", "HOT"), ("table:CA2", "NA")], "{:?}", file.skipped);
    let said: Vec<(i64, &str)> =
        file.records[0].1.transcript.iter().flatten().map(|line| (line.at, line.text.as_str())).collect();
    assert_eq!(said, [(1_000, "hello"), (1_000, "hi"), (3_000, "no"), (3_000, "bye")]);
    assert_eq!(file.records[0].1.check().unwrap().bot_messages, Some(2));
    assert_eq!(file.faults(), [(7, ""), (9, "result")]);
    assert_eq!(file.reading.rows, 7);
    assert!(
        has_warning(&file, "rows of 5 columns were taken for what was said") && has_warning(&file, "not in the file")
    );
    // By a mapping without turns they are rows like any other.
    let mapping =
        "[columns]\nid = \"Call SID\"\nphone = \"Phone\"\ndialed_at = [\"Date\", \"Time\"]\nresult = \"Outcome\"";
    let file = mapped(table, mapping);
    assert_eq!((file.results(), file.faults().len()), (vec![("table:CA2", "NA")], 6));
    let turns = "\n[turns]\nwidth = 5\nid = \"#1\"\nat = \"#2\"\ncustomer = \"#4\"\nbot = \"#3\"";
    let file = mapped(table, &format!("{mapping}{turns}"));
    assert_eq!(file.records[0].1.transcript.as_ref().unwrap()[0].text, "hi");
}

#[test]
fn flat_json_is_a_table() {
    for text in [
        "{\"sdt\":\"0901234567\",\"ngay_goi\":\"2026-11-04 09:15:02\",\"ket_qua\":\"HOT\",\"dam_thoai\":30,\"x\":{\"y\":1}}\n\
         {\"sdt\":901234568,\"ngay_goi\":1793758562000,\"ket_qua\":\"busy\",\"dam_thoai\":0}\n",
        "[{\"sdt\":\"0901234567\",\"ngay_goi\":\"2026-11-04 09:15:02\",\"ket_qua\":\"HOT\",\"dam_thoai\":30,\"x\":{\"y\":1}},\n\
         {\"sdt\":901234568,\"ngay_goi\":1793758562000,\"ket_qua\":\"busy\",\"dam_thoai\":0}]",
    ] {
        let file = read(text);
        let codes: Vec<&str> = file.results().into_iter().map(|result| result.1).collect();
        assert_eq!((codes, file.phones()), (vec!["HOT", "BS"], vec!["0901234567", "0901234568"]), "{text}");
        assert_eq!(file.records[1].1.dialed_at.to_rfc3339(), "2026-11-04T02:16:02.000Z");
        assert_eq!(file.records[0].1.attributes.as_ref().unwrap()["x.y"], "1");
    }
}

#[test]
fn what_is_no_table_of_calls_is_refused_with_its_columns() {
    for (text, columns) in [
        ("hour,calls,answered\n0,193,192\n7,7,7\n", "hour, calls, answered"),
        ("age,job,contact,day,month,duration,y\n58,management,unknown,5,may,261,no\n", "age, job, contact"),
        ("CALL ID,TIMESTAMP,DISPOSITION,ANI,DNIS\n1,2026-09-03 10:00,No Answer,8329178826,2813240116\n", "CALL ID"),
        ("name,phone,signed_up\nHoa,0901234567,2026-11-04 09:15\n", "name, phone, signed_up"),
        ("phone,start_time,duration\n0901234567,2026-11-04 09:15,45\n", "phone, start_time, duration"),
    ] {
        let said = refusal(text);
        assert!(said.contains(columns), "{said}");
    }
    let mapping =
        Mapping::from_toml("[columns]\nphone = \"Tel\"\ndialed_at = \"start_time\"\ntalk = \"duration\"").unwrap();
    let table = "phone,start_time,duration\n0901234567,2026-11-04 09:15,45\n";
    let options = cdr::Options { mapping: Some(mapping), ..options() };
    match try_read(table, &options) {
        Err(ReadError::Shape { format: Format::Table, reason }) => {
            assert!(reason.contains("\"Tel\" (phone)") && reason.contains("phone, start_time, duration"), "{reason}");
        }
        other => panic!("{:?}", other.map(|file| file.reading)),
    }
    let mapping = "[columns]\nphone = \"phone\"\ndialed_at = \"start_time\"\ntalk = \"duration\"";
    assert_eq!(mapped(table, mapping).record().check().unwrap().talk_time, 45_000);
}

#[test]
fn faulty_rows_are_named_by_their_line_and_field() {
    let mapping =
        "[columns]\nid = \"id\"\nphone = \"phone\"\ndialed_at = \"start_time\"\ntalk = \"talk\"\nresult = \"result\"";
    let file = mapped(
        "id,phone,start_time,talk,result\na,8.4901E+10,2026-11-04 09:15,5,x\nb,0901234567,soon,5,x\nc,0901234567,2026-11-04 09:15,long,x\n\
         d,0901234567,2026-11-04 09:15,5,x\nd,0901234567,2026-11-04 09:15,5,x\nd,0901234567,2026-11-04 09:15,6,x\n\
         e,,2026-11-04 09:15,5,x\nf,0901234567,,5,x\ng,0901\x00234567,2026-11-04 09:15,5,x\nh,0901234567,2026-11-04 09:15,-5,x\n\
         ,,,,\ni,\"0901234567,2026-11-04 09:15,5,x\n",
        mapping,
    );
    let expected = [
        (2, "phone"),
        (3, "dialed_at"),
        (4, "talk"),
        (7, "id"),
        (9, "dialed_at"),
        (10, "phone"),
        (11, "talk"),
        (13, ""),
    ];
    assert_eq!(file.faults(), expected);
    assert_eq!(file.results(), [("table:d", "x"), ("table:e", "x")]);
    assert_eq!((file.reading.rows, file.reading.duplicates), (11, 1));
}

#[test]
fn a_sample_shows_the_guess_with_its_reasons_and_the_rows_as_they_would_be_stored() {
    let sample = cdr::sample(VIETNAMESE.as_bytes(), 2, &options()).unwrap();
    assert_eq!((sample.columns.len(), sample.rows.len(), sample.missing.len()), (10, 2, 0));
    assert_eq!(sample.rows[1].as_ref().unwrap().1.result_code.as_ref().unwrap().as_str(), "NA");
    let guess = sample.guess.unwrap();
    let text = guess.to_toml();
    assert!(
        text.contains("phone = \"Số điện thoại\"") && text.contains("# by its name and by what it holds (sure)"),
        "{text}"
    );
    // What was guessed is read as a mapping file, and gives the same calls.
    let mapping = Mapping::from_toml(&text).unwrap();
    assert_eq!(mapping, guess.mapping);
    let options = cdr::Options { mapping: Some(mapping), ..options() };
    assert_eq!(try_read(VIETNAMESE, &options).unwrap().records, read(VIETNAMESE).records);
    assert_eq!(sample.fingerprint, cdr::fingerprint(&sample.columns));
    // What is missing is said, with the part that could be guessed.
    let sample = cdr::sample("phone,when,x\n0901234567,soon,1\n".as_bytes(), 20, &super::options()).unwrap();
    assert_eq!((sample.rows.len(), sample.missing.len()), (0, 3));
    let text = sample.guess.unwrap().to_toml();
    assert!(text.contains("# Missing: a column that tells when") && text.contains("phone = \"phone\""), "{text}");
}

#[test]
fn a_guess_names_each_field_once() {
    let sample = cdr::sample(VIETNAMESE.as_bytes(), 1, &options()).unwrap();
    let fields: Vec<Field> = sample.guess.unwrap().mapping.columns.keys().copied().collect();
    let expected = [
        Field::Id,
        Field::Campaign,
        Field::Phone,
        Field::Name,
        Field::DialedAt,
        Field::Talk,
        Field::Result,
        Field::RecordingUrl,
        Field::Attributes,
    ];
    assert_eq!(fields, expected);
}

/// A workbook with a title above its header, times as a spreadsheet keeps them, and a sheet of something else before it.
fn workbook() -> Vec<u8> {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let at = |text: &str| ExcelDateTime::parse_from_str(text).unwrap();
    let (day, clock) = (Format::new().set_num_format("dd/mm/yyyy hh:mm:ss"), Format::new().set_num_format("[h]:mm:ss"));
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("Hướng dẫn").unwrap().write(0, 0, "Danh sách cuộc gọi").unwrap();
    let sheet = workbook.add_worksheet().set_name("Cuộc gọi").unwrap();
    sheet.write(0, 0, "BÁO CÁO THÁNG 11").unwrap();
    for (column, name) in ["SĐT", "Thời gian gọi", "Thời lượng đàm thoại", "Kết quả", "Ghi chú"].into_iter().enumerate()
    {
        sheet.write(2, column as u16, name).unwrap();
    }
    sheet.write(3, 0, 901_234_567).unwrap();
    sheet.write_with_format(3, 1, at("2026-11-04T09:15:02"), &day).unwrap();
    sheet.write_with_format(3, 2, at("00:01:20"), &clock).unwrap();
    sheet.write(3, 3, "Quan tâm").unwrap();
    sheet.write(3, 4, "dòng một\ndòng hai").unwrap();
    sheet.write(4, 0, "0901234568").unwrap();
    // A serial number that nobody has formatted: 2026-11-04 09:16:00.
    sheet.write(4, 1, 46_330.386_111_111_11).unwrap();
    sheet.write(4, 2, 0).unwrap();
    sheet.write(4, 3, "Không nghe máy").unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_is_read_from_its_first_sheet_with_calls() {
    let bytes = workbook();
    assert_eq!(cdr::detect(&bytes), Ok(Format::Table));
    let file = read(&bytes);
    assert_eq!(
        file.results().into_iter().map(|result| result.1).collect::<Vec<_>>(),
        ["Quan tâm", "NA"],
        "{:?}",
        file.skipped
    );
    assert_eq!(file.phones(), ["0901234567", "0901234568"]);
    assert_eq!(file.times(), ["2026-11-04T02:15:02Z", "2026-11-04T02:15:02Z", "2026-11-04T02:16:22Z"]);
    assert_eq!(file.records[1].1.dialed_at.to_rfc3339(), "2026-11-04T02:16:00.000Z");
    assert_eq!(file.records.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4, 5]);
    assert_eq!(file.records[0].1.attributes.as_ref().unwrap()["note"], "dòng một\ndòng hai");
    assert!(file.reading.shape.contains("Cuộc gọi"), "{}", file.reading.shape);
    let sheet = |name: &str| {
        let text = format!(
            "sheet = \"{name}\"\n[columns]\nphone = \"SĐT\"\ndialed_at = \"Thời gian gọi\"\nresult = \"Kết quả\""
        );
        let mapping = Some(Mapping::from_toml(&text).unwrap());
        cdr::read(bytes.as_slice(), &cdr::Options { mapping, ..options() }).err().map(|error| error.to_string())
    };
    assert_eq!(sheet("Cuộc gọi"), None);
    let said = sheet("x").unwrap();
    assert!(said.contains("its sheets are Hướng dẫn, Cuộc gọi"), "{said}");
}

#[test]
fn a_broken_workbook_is_refused() {
    let bytes = workbook();
    for at in [5, 40, bytes.len() / 2, bytes.len() - 30] {
        let mut broken = bytes.clone();
        broken[at..].iter_mut().take(12).for_each(|byte| *byte ^= 0x5a);
        if let Ok(records) = cdr::read(broken.as_slice(), &options()) {
            assert!(records.count() <= 2);
        }
        let said = refusal(&bytes[..at]);
        assert!(!said.is_empty());
    }
    let said = refusal(b"PK\x03\x04....xl/workbook.xml");
    assert!(said.contains("the workbook cannot be read"), "{said}");
}

/// A workbook of these parts, as some program may write it.
fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    use std::io::{Cursor, Write};
    use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (n, (name, text)) in parts.iter().enumerate() {
        let method = [CompressionMethod::Stored, CompressionMethod::Deflated][n % 2];
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Days are counted from 1904, texts stand in the cells or are shared in runs, places are left out, a title spans columns.
fn odd_workbook(date1904: &str) -> Vec<u8> {
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"http://x/relationships/{kind}\" Target=\"{target}\"/>")
    };
    let relations = [
        relation("a", "worksheet", "worksheets/hidden.xml"),
        relation("b", "worksheet", "/xl/worksheets/Calls.xml"),
        relation("c", "sharedStrings", "texts.xml"),
        relation("d", "styles", "styles.xml"),
    ];
    let workbook = format!(
        "<x:workbook xmlns:x=\"x\" xmlns:r=\"r\"><x:workbookPr date1904='{date1904}'/><x:sheets>\
         <x:sheet name=\"Cũ\" state=\"hidden\" r:id=\"a\"/><x:sheet name=\"A &amp; B\" r:id=\"b\"/></x:sheets></x:workbook>"
    );
    let sheet = "<worksheet><dimension ref=\"A1:F7\"/><sheetData>\
         <row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>BÁO CÁO</t></is></c><c r=\"B1\"/><c r=\"C1\"/></row>\
         <row r=\"3\"><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c t=\"s\"><v>2</v></c><c t=\"s\"><v>3</v></c></row>\
         <row r=\"4\"><c r=\"A4\" t=\"str\"><f>A1&amp;B1</f><v>0901234567</v></c><c r=\"B4\" s=\"1\"><v>44868.38543981</v></c>\
         <c r=\"C4\" s=\"2\"><v>0.00092592592</v></c><c r=\"D4\" t=\"s\"><v>4</v></c></row>\
         <row r=\"5\"/>\
         <row r=\"7\"><c r=\"A7\" s=\"3\"><v>901234568</v></c><c r=\"B7\" t=\"d\"><v>2026-11-04T09:16:00</v></c>\
         <c r=\"C7\" t=\"e\"><v>#N/A</v></c><c r=\"D7\" t=\"inlineStr\"><is><r><t>Không </t></r><r><t xml:space=\"preserve\"> nghe máy</t></r></is></c></row>\
         </sheetData><mergeCells><mergeCell ref=\"A1:C1\"/></mergeCells></worksheet>";
    zipped(&[
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", &relation("m", "officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", &workbook),
        ("xl/_rels/workbook.xml.rels", &relations.concat()),
        (
            "xl/styles.xml",
            "<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"dd/mm/yyyy hh:mm:ss\"/>\
             <numFmt numFmtId=\"171\" formatCode=\"&quot;d&quot;0\"/></numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>\
             <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/><xf numFmtId=\"46\"/><xf numFmtId=\"171\"/></cellXfs></styleSheet>",
        ),
        (
            "xl/texts.xml",
            "<sst><si><t>SĐT</t></si><si><t>Thời gian gọi</t></si><si><r><t>Thời lượng </t></r><r><t> đàm thoại</t></r>\
             <rPh><t>x</t></rPh></si><si><t>Kết quả</t></si><si><t>Quan tâm_x000D_</t></si></sst>",
        ),
        ("xl/worksheets/hidden.xml", "<worksheet><sheetData/></worksheet>"),
        ("xl/worksheets/Calls.xml", sheet),
    ])
}

#[test]
fn a_workbook_is_read_as_its_cells_are_shown() {
    for (date1904, day) in [("1", "2026-11-04"), ("0", "2022-11-03")] {
        let file = read(odd_workbook(date1904));
        assert_eq!(file.skipped, [], "{:?}", file.reading);
        let lines: Vec<u64> = file.records.iter().map(|(line, _)| *line).collect();
        assert_eq!((lines, file.phones()), (vec![4, 7], vec!["0901234567", "0901234568"]));
        let codes: Vec<&str> = file.results().into_iter().map(|(_, code)| code).collect();
        assert_eq!(codes, ["Quan tâm", "NA"]);
        assert_eq!(file.records[0].1.dialed_at.to_rfc3339(), format!("{day}T02:15:02.000Z"));
        assert_eq!(file.records[1].1.dialed_at.to_rfc3339(), "2026-11-04T02:16:00.000Z");
        let talk = file.records[0].1.ended_at.unwrap().0 - file.records[0].1.answered_at.unwrap().0;
        assert_eq!(talk, 80_000);
        assert!(file.reading.shape.contains("A & B"), "{}", file.reading.shape);
    }
}

#[test]
fn a_workbook_that_cannot_be_read_row_by_row_is_refused_by_its_name() {
    let opendocument =
        zipped(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<a/>")]);
    for (bytes, said) in [(opendocument, "(ODS)"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0".to_vec(), "(XLS)")] {
        let refused = cdr::detect(&bytes).unwrap_err().what;
        assert!(refused.contains(said) && refused.contains("CSV"), "{refused}");
    }
}

#[test]
fn codes_that_differ_by_case_and_blanks_are_one() {
    let row = |n: u32, code: &str, answered: &str| {
        format!("c{n},tet,090123456{n},2026-03-02T02:00:0{n}Z,{answered},2026-03-02T02:01:00Z,{code}\n")
    };
    let answered = "2026-03-02T02:00:30Z";
    let rows = [
        row(1, "Xanh", answered),
        row(2, "xanh", answered),
        row(3, " XANH ", answered),
        row(4, "đỏ", answered),
        row(5, "na", ""),
        row(6, "Na", ""),
        row(7, "NA", ""),
        row(8, "bs", ""),
    ];
    let file = format!("id,campaign,contact.phone,dialed_at,answered_at,ended_at,result_code\n{}", rows.concat());
    let codes = |options: &cdr::Options| -> Vec<String> {
        let file = try_read(&file, options).unwrap();
        assert_eq!(file.skipped, []);
        file.results().into_iter().map(|(_, code)| code.to_owned()).collect()
    };
    assert_eq!(codes(&options()), ["Xanh", "Xanh", "Xanh", "đỏ", "NA", "NA", "NA", "BS"]);
    let own = ["XANH", "Đỏ", "Na"].map(|code| domain::Code::new(code).unwrap()).to_vec();
    let own = cdr::Options { codes: own, ..options() };
    assert_eq!(codes(&own), ["XANH", "XANH", "XANH", "Đỏ", "NA", "NA", "NA", "BS"]);
    // In a table a word may stand for a code however that is written.
    let table = "Số điện thoại,Thời gian gọi,Thời lượng đàm thoại,Kết quả\n0901234561,2026-03-02 09:00:00,40,HOT\n\
                 0901234562,2026-03-02 09:00:01,40,hot\n0901234563,2026-03-02 09:00:02,0,hụt\n";
    let mapping = "[columns]\nphone = \"Số điện thoại\"\ndialed_at = \"Thời gian gọi\"\ntalk = \"Thời lượng đàm thoại\"\n\
                   result = \"Kết quả\"\n[results]\n\"hụt\" = \"na\"\n";
    let file = mapped(table, mapping);
    let results: Vec<&str> = file.results().into_iter().map(|(_, code)| code).collect();
    assert_eq!(results, ["HOT", "HOT", "NA"]);
}

#[test]
fn a_header_is_not_dropped_for_what_the_columns_hold() {
    let rows: Vec<String> = (0..10)
        .map(|n| {
            format!("2026-03-02 09:0{n}:00,2026-03-02 09:0{n}:20,2026-03-02 09:0{n}:40,100,091234560{n},40,20,ANSWERED,{}.1,out\n", 1_772_416_800 + n * 60)
        })
        .collect();
    let rows = rows.concat();
    for header in [
        "Start,Answer,End,From,To,Duration,Billsec,Disposition,UniqueID,Context",
        "Start,Answer,End,From,To,Duration,Billsec,Disposition,Id,Route",
    ] {
        let file = read(format!("{header}\n{rows}"));
        let expected: Vec<String> = (0..10).map(|n| format!("091234560{n}")).collect();
        assert_eq!((file.phones(), file.skipped.len()), (expected.iter().map(String::as_str).collect(), 0), "{header}");
        assert_eq!(file.talk_ms(), 200_000, "{header}");
    }
    // Nor are times numbers where there is no header.
    if let Ok(file) = try_read(&rows, &options()) {
        assert!(file.phones().iter().all(|phone| !phone.contains(':')), "{:?}", file.phones());
    }
}
