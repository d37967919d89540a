//! Tables as people really send them: totals and titles among the rows, costs with their currency, serial numbers of days with a
//! comma, sheets that go on in others, lengths whose unit nobody says.

use domain::Currency;

use super::{File, options, read, try_read};

fn refusal(bytes: impl AsRef<[u8]>) -> String {
    match cdr::read(bytes.as_ref(), &options()) {
        Ok(records) => panic!("{}", records.reading()),
        Err(error) => error.to_string(),
    }
}

/// As read by an account that counts in dong.
fn in_dong(text: &str) -> File {
    try_read(text, &cdr::Options { currency: Some(Currency::vnd()), ..options() }).unwrap()
}

fn codes(file: &File) -> Vec<&str> {
    file.results().into_iter().map(|(_, code)| code).collect()
}

fn dialed(file: &File) -> Vec<String> {
    file.records.iter().map(|(_, record)| record.dialed_at.to_rfc3339().replace(".000Z", "Z")).collect()
}

fn costs(file: &File) -> Vec<Option<String>> {
    file.records.iter().map(|(_, record)| record.cost.map(|cost| cost.to_string())).collect()
}

fn some(texts: &[&str]) -> Vec<Option<String>> {
    texts.iter().map(|text| Some((*text).to_owned())).collect()
}

#[test]
fn serial_numbers_of_days_may_have_a_comma_and_their_clock_a_column_of_its_own() {
    let file = read(
        "Ngày gọi;SĐT;Đàm thoại (giây);Kết quả\n46330,385439815;0901234567;5;Quan tâm\n46330,5;0901234568;0;Máy bận\n",
    );
    assert_eq!(
        (dialed(&file), file.skipped.len()),
        (vec!["2026-11-04T02:15:02Z".into(), "2026-11-04T05:00:00Z".into()], 0)
    );
    let file = read(
        "SĐT;Ngày gọi;Giờ gọi;TG đàm thoại;KQ gọi\n0901234567;46330;0,385439815;0,00092593;Quan tâm\n\
         0901234568;46330;0,5;0;Máy bận\n",
    );
    assert_eq!(dialed(&file), ["2026-11-04T02:15:02Z", "2026-11-04T05:00:00Z"], "{:?}", file.skipped);
    // The length is a part of a day, too, and it is said.
    assert_eq!(file.talk_ms(), 80_000);
    assert!(file.warns("parts of a day"), "{:?}", file.reading.warnings);
}

#[test]
fn a_cost_says_its_currency_in_its_cell_or_in_the_name_of_its_column() {
    let table = |name: &str, cells: [&str; 3]| {
        let row = |n: usize| format!("090123456{n};2026-11-04 09:1{n}:00;{};5;Quan tâm\n", cells[n]);
        let rows = [0, 1, 2].map(row).concat();
        in_dong(&format!("SĐT;Thời gian gọi;{name};Đàm thoại (giây);Kết quả\n{rows}"))
    };
    for (name, cells, expected) in [
        ("Cước gọi", ["1.200,5 đ", "850 đ", "0 đ"], ["1200.5", "850", "0"]),
        ("Cost (VND)", ["1,200", "850", "0"], ["1200", "850", "0"]),
        ("Chi phí (đ)", ["1.200", "12.850.000đ", "950"], ["1200", "12850000", "950"]),
        ("Cost", ["VND 1.5", "0.25 VND", "2"], ["1.5", "0.25", "2"]),
    ] {
        let file = table(name, cells);
        // The largest is more than a call may cost, and its row is named.
        let expected: Vec<&str> = expected.into_iter().filter(|cost| *cost != "12850000").collect();
        assert_eq!(costs(&file), some(&expected), "{name}: {:?} {:?}", file.skipped, file.reading.warnings);
    }
    assert!(
        table("Chi phí", ["1.200", "2.400", "0"]).warns("separators of thousands: their currency has no fractions: 2")
    );
    // Another currency is not the account's, and is never taken for it.
    for (name, cells) in [("Price (USD)", ["0.05", "$0.02", "0"]), ("Price", ["$0.05", "0.02 USD", "$0"])] {
        let file = table(name, cells);
        assert_eq!(costs(&file), [None, None, None], "{name}");
        let attributes = file.records[1].1.attributes.as_ref().unwrap();
        assert_eq!((&attributes["cost"], &attributes["cost_currency"]), (&"0.02".into(), &"USD".into()));
        assert!(file.warns("costs that are not in the account's currency"));
    }
}

#[test]
fn totals_titles_and_signatures_are_no_calls_and_no_faults() {
    let file = read(
        "SĐT,Tên KH,Thời gian gọi,Đàm thoại (giây),Kết quả\n0901234567,An,04/11/2026 09:15:02,5,Quan tâm\n\
         Cộng ngày 04/11,,,5,\n0901234568,Tổng,13/11/2026 09:16:02,7,Quan tâm\nCộng ngày 13/11,,,7,\n\
         Tổng cộng,,,12,2 cuộc\nTrung bình:,,,6,\n,,,,\nNgười lập biểu,,,,\nTổng số cuộc gọi: 2\n",
    );
    assert_eq!((file.records.len(), file.skipped.as_slice()), (2, &[][..]), "{:?}", file.reading.warnings);
    assert_eq!((file.talk_ms(), file.reading.joined, file.reading.rows), (12_000, 6, 8));
    assert!(file.warns("totals or averages of others, left out: 5") && file.warns("no calls, left out: 1"));
    // What is cut off is no note.
    let file = read("phone,name,start_time,talk,result\n0901234567,An,2026-11-04 09:15:02,5,HOT\nabc");
    assert_eq!(file.faults(), [(3, "")]);
    // A customer whose name begins so is one.
    let file = read("phone,name,start_time,talk,result\n0901234567,Total Gas,2026-11-04 09:15:02,5,HOT\n");
    assert_eq!(file.records.len(), 1);
}

#[test]
fn a_row_that_was_never_dialled_needs_no_time() {
    let file = read(
        "SĐT,Trạng thái,Thời gian gọi,Đàm thoại (giây)\n0901234567,Nghe máy,2026-11-04 09:15:02,5\n0901234568,Chưa gọi,,\n",
    );
    assert_eq!((file.records.len(), file.skipped.len(), file.reading.left_out), (1, 0, 1));
}

#[test]
fn sheets_that_go_on_in_others_are_read_to_the_last() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let header = ["SĐT", "Thời gian gọi", "Đàm thoại (giây)", "Kết quả"];
    let mut turned = header;
    turned.swap(0, 3);
    let sheets: [(&str, &[&[&str]]); 5] = [
        ("Tổng hợp", &[&["Tuần", "Số cuộc"], &["1", "2"]]),
        ("Tuần 1", &[&header, &["0901234561", "2026-11-04 09:15:02", "5", "Quan tâm"]]),
        ("Ghi chú", &[&["Chỉ gọi giờ hành chính"]]),
        (
            "Tuần 2",
            &[&["BÁO CÁO"], &header, &["0901234562", "2026-11-11 09:15:02", "0", "Máy bận"], &["090", "x", "5", "y"]],
        ),
        ("Tuần 3", &[&turned, &["Máy bận", "2026-11-18 09:15:02", "0", "0901234563"]]),
    ];
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                sheet.write(row as u32, column as u16, *cell).unwrap();
            }
        }
    }
    let file = read(workbook.save_to_buffer().unwrap());
    assert_eq!(file.phones(), ["0901234561", "0901234562", "0901234563"], "{:?}", file.reading.warnings);
    assert_eq!(file.records.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3, 2]);
    assert_eq!(file.faults(), [(4, "Tuần 2: dialed_at")]);
    assert!(file.warns("read as well: \"Tuần 2\", \"Tuần 3\"") && file.warns("not read: \"Ghi chú\""));
}

#[test]
fn a_length_whose_unit_cannot_be_told_is_asked_for() {
    let table = |name: &str, lengths: [&str; 3], ends: bool| {
        let end = |text: &'static str| if ends { text } else { "" };
        let (name_of_end, ends) = (
            if ends { ",End time" } else { "" },
            [end(",2026-11-04 09:02:17"), end(",2026-11-04 09:11:09"), end(",2026-11-04 09:20:52")],
        );
        let row = |n: usize| format!("090123456{n},2026-11-04 09:{n}0:00,{},HOT{}\n", lengths[n], ends[n]);
        let rows = [0, 1, 2].map(row).concat();
        format!("phone,start time,{name},result{name_of_end}\n{rows}")
    };
    // Hours of talk; minutes or seconds; minutes that are rounded up.
    for (lengths, ends, why) in [
        (["125000", "65000", "42000"], false, "as seconds its numbers are hours"),
        (["2.0833", "1.0833", "0.7000"], false, "may be those of minutes"),
        (["3", "2", "1"], true, "rounded up"),
    ] {
        let said = refusal(table("talk", lengths, ends));
        assert!(said.contains("the unit of the column \"talk\"") && said.contains(why), "{said}");
        // Whoever knows it says it.
        let mapping = "[columns]\nphone = \"phone\"\ndialed_at = \"start time\"\nresult = \"result\"\ntalk = { column = \"talk\", unit = \"s\" }";
        let options = cdr::Options { mapping: Some(cdr::Mapping::from_toml(mapping).unwrap()), ..options() };
        let lengths = try_read(table("talk", lengths, ends), &options).map(|file| file.records.len());
        assert!(lengths.is_ok());
    }
    // The instants tell it.
    let file = read(table("talk", ["125000", "65000", "42000"], true));
    assert_eq!(file.talk_ms(), 232_000);
    assert!(file.warns("milliseconds, as the instants of the rows say"));
    assert_eq!(read(table("talk", ["125", "65", "42"], true)).talk_ms(), 232_000);
    assert_eq!(read(table("talk (min)", ["2.0833", "1.0833", "0.7000"], false)).talk_ms(), 124_998 + 64_998 + 42_000);
}

#[test]
fn numbers_are_found_among_what_nobody_sees_and_two_in_a_cell_are_refused() {
    let file = read(
        "Điện thoại,Thời gian gọi,Đàm thoại (giây),Kết quả\n\u{200b}0901234567\u{200b},2026-11-04 09:15:02,5,Quan tâm\n\
         \u{202a}0901\u{a0}234\u{a0}568\u{202c},2026-11-04\u{a0}09:16:02,5,Quan tâm\n'0901234569,2026-11-04 09:17:02,5,Quan tâm\n\
         0901234560/0911111111,2026-11-04 09:18:02,5,Quan tâm\n",
    );
    assert_eq!(file.phones(), ["0901234567", "0901 234 568", "0901234569"]);
    assert_eq!(file.faults(), [(5, "phone")]);
}

#[test]
fn a_second_column_of_the_same_name_is_named() {
    let file = read(
        "Tên,SĐT,Tên,SĐT,Thời gian gọi,Đàm thoại (giây),Kết quả\nAn,0901234567,Tổng đài,02473001234,2026-11-04 09:15:02,5,Quan tâm\n",
    );
    assert_eq!(file.phones(), ["0901234567"]);
    assert!(file.warns("also possible: SĐT (4)"), "{:?}", file.reading.warnings);
}

#[test]
fn dates_of_which_a_spreadsheet_swapped_some_are_pointed_out() {
    let rows = |dates: &[&str]| {
        let row = |(n, date): (usize, &&str)| format!("090123456{n},{date} 09:15:00,5,HOT\n");
        format!("phone,start time,talk,result\n{}", dates.iter().enumerate().map(row).collect::<String>())
    };
    let said = "has probably swapped day and month";
    let swapped = read(rows(&["2026-04-11", "2026-05-11", "2026-12-11", "13/11/2026", "25/11/2026"]));
    assert!(swapped.warns(said), "{:?}", swapped.reading.warnings);
    for sound in [
        &["2026-04-11", "2026-05-11", "2026-12-11", "13/11/2026", "05/11/2026"],
        &["2026-11-04", "2026-11-05", "2026-11-12", "2026-11-13", "25/11/2026"],
    ] {
        assert!(!read(rows(sound)).warns(said), "{sound:?}");
    }
}

#[test]
fn a_column_for_each_result_is_left_to_a_person() {
    let said = refusal(
        "SĐT,Ngày gọi,Nghe máy,Không nghe,Máy bận\n0901234567,2026-11-04 09:15,x,,\n0901234568,2026-11-04 09:16,,x,\n\
         0901234569,2026-11-04 09:17,,,x\n",
    );
    assert!(said.contains("are a column for each"), "{said}");
}

#[test]
fn words_with_more_behind_them_are_known() {
    let file = read(
        "SĐT,Thời gian gọi,Đàm thoại (giây),Kết quả\n0901234561,2026-11-04 09:15:02,5,Nghe máy - đồng ý\n\
         0901234562,2026-11-04 09:15:02,0,Không nghe máy (3 lần)\n0901234563,2026-11-04 09:15:02,0,Máy bận - gọi lại sau\n\
         0901234564,2026-11-04 09:15:02,0,Thuê bao / tắt máy\n",
    );
    assert_eq!(codes(&file), ["Nghe máy - đồng ý", "NA", "BS", "CU"]);
}

#[test]
fn utf_16_without_a_mark_is_read() {
    let text = "SĐT\tTên KH\tThời gian gọi\tĐàm thoại (giây)\tKết quả\r\n0901234567\tNguyễn Thị Hoà\t2026-11-04 09:15:02\t5\tQuan tâm\r\n";
    for is_little in [true, false] {
        let bytes: Vec<u8> = text
            .encode_utf16()
            .flat_map(|unit| if is_little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect();
        let file = read(&bytes);
        assert_eq!(file.record().contact.name.as_deref(), Some("Nguyễn Thị Hoà"));
    }
}

#[test]
fn a_doubtful_result_is_what_the_cause_beside_it_says_and_a_cause_alone_is_a_result() {
    let file = read(
        "To,Time,Duration,End Reason,Session Outcome\n+84901234561,2026-11-04 09:15:02,0:05,user_hangup,Successful\n\
         +84901234562,2026-11-04 09:16:02,0:00,dial_no_answer,Unsuccessful\n+84901234563,2026-11-04 09:17:02,0:00,dial_busy,Unsuccessful\n\
         +84901234564,2026-11-04 09:18:02,0:00,dial_failed,Unsuccessful\n+84901234565,2026-11-04 09:18:02,0:00,who_knows,Unsuccessful\n",
    );
    assert_eq!(
        (codes(&file), file.talk_ms()),
        (vec!["ANSWERED", "NA", "BS", "CU", "CU"], 5_000),
        "{:?}",
        file.reading.warnings
    );
    assert!(file.warns("read as the line's: the calls have no talk: 1"));
    let file = read(
        "Assistant Phone Number,Customer Phone Number,Ended Reason,Start Time,Duration\n\
         +12125550102,+84901234561,customer-ended-call,2026-11-04 09:15:02,0:05\n\
         +12125550102,+84901234562,customer-did-not-answer,2026-11-04 09:16:02,N/A\n",
    );
    assert_eq!((file.phones(), codes(&file)), (vec!["+84901234561", "+84901234562"], vec!["ANSWERED", "NA"]));
}

#[test]
fn a_web_page_under_the_name_of_a_workbook_is_refused_by_its_name() {
    assert!(refusal("<html><table><tr><td>Phone</td></tr></table></html>").contains("a web page (HTML)"));
}

#[test]
fn a_column_may_say_which_way_calls_go() {
    let table = "Từ,Đến,Hướng,Thời gian bắt đầu,Đàm thoại (giây),Trạng thái\n\
        02473001234,0901234561,Gọi ra,2026-11-04 09:15:02,5,Nghe máy\n0901234562,02473001234,Gọi đến,2026-11-04 09:16:02,7,Nghe máy\n\
        101,102,Nội bộ,2026-11-04 09:17:02,7,Nghe máy\n";
    let file = read(table);
    assert_eq!(file.phones(), ["0901234561", "0901234562", "102"], "{:?}", file.reading.warnings);
    assert_eq!((file.reading.inbound, file.reading.internal), (1, 1));
    let options = cdr::Options { others: domain::import::OtherCalls::LeaveOut, ..options() };
    let file = try_read(table, &options).unwrap();
    assert_eq!((file.phones(), file.talk_ms()), (vec!["0901234561"], 5_000));
}

#[test]
fn a_column_may_say_the_zone_of_the_others() {
    let table = |zones: [&str; 2]| {
        format!(
            "phone,start time,timezone,talk,result\n0901234561,2026-11-04 02:15:02,{},5,HOT\n0901234562,2026-11-04 02:16:02,{},5,HOT\n",
            zones[0], zones[1]
        )
    };
    for (zones, at) in [
        (["UTC", "UTC"], "2026-11-04T02:15:02Z"),
        (["GMT+7", "GMT+7"], "2026-11-03T19:15:02Z"),
        (["Asia/Tokyo", "Asia/Tokyo"], "2026-11-03T17:15:02Z"),
    ] {
        assert_eq!(dialed(&read(table(zones)))[0], at, "{zones:?}");
    }
}

#[test]
fn lengths_that_a_spreadsheet_took_for_hours_are_asked_for() {
    let said = refusal(
        "phone,start time,talk,result\n0901234561,2026-11-04 02:15:02,01:05:00,HOT\n0901234562,2026-11-04 02:16:02,02:05:00,HOT\n\
         0901234563,2026-11-04 02:17:02,00:42:00,HOT\n",
    );
    assert!(said.contains("taken minutes for hours"), "{said}");
}
