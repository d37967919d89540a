//! Columns of which their names tell less than they seem to: prices, names of colleagues, days beside other instants, units in a row of
//! their own, sheets with dates in different orders.

use super::{File, options, read, try_read};

fn codes(file: &File) -> Vec<&str> {
    file.results().into_iter().map(|(_, code)| code).collect()
}

/// A table of so many calls that were answered, each a day and some seconds after the one before.
fn answered(header: &str, calls: usize, rest: impl Fn(usize) -> String) -> String {
    let row = |n: usize| format!("09123456{n:02},{}/03/2026 09:05:00,Nghe máy,{},{}\n", 10 + n, 20 + 7 * n, rest(n));
    format!("SĐT,Thời gian gọi,Kết quả,Đàm thoại (giây),{header}\n{}", (0..calls).map(row).collect::<String>())
}

#[test]
fn a_sum_that_does_not_go_with_the_talk_is_no_cost_and_that_is_said() {
    let dong = cdr::Options { currency: Some(domain::Currency::vnd()), ..options() };
    let orders = [350_000, 199_000, 420_000, 150_000, 275_000, 99_000];
    for (name, why) in
        [("Tổng tiền", "it does not grow with the talk"), ("Thành tiền", "it does not grow with the talk")]
    {
        let file = try_read(answered(name, 6, |n| orders[n].to_string()), &dong).unwrap();
        assert!(file.records.iter().all(|(_, record)| record.cost.is_none()), "{name}");
        assert!(file.warns(why), "{:?}", file.reading.warnings);
    }
    let file = try_read(answered("Tổng tiền", 3, |n| format!("{}.000.000", 12 + n)), &dong).unwrap();
    assert_eq!(file.records.len(), 3);
    assert!(file.warns("its amounts are larger than any call's"), "{:?}", file.reading.warnings);
    // What grows with the talk is the call's, and of a few calls nothing tells.
    let file = try_read(answered("Tổng tiền", 6, |n| (600 + 100 * n).to_string()), &dong).unwrap();
    assert_eq!(file.records[5].1.cost.unwrap().to_string(), "1100");
    let file = try_read(answered("Tổng tiền", 2, |n| orders[n].to_string()), &dong).unwrap();
    assert!(file.warns("nothing tells whether they are the calls'"), "{:?}", file.reading.warnings);
}

#[test]
fn the_customers_name_is_the_one_that_says_so() {
    let name = |header: &str, cells: &str| {
        let text = format!("SĐT,{header},Thời gian gọi,Kết quả\n0912345601,{cells},13/03/2026 09:05:00,Nghe máy\n");
        read(text).records[0].1.contact.name.clone().unwrap_or_default()
    };
    assert_eq!(name("Họ tên,Tên khách hàng", "Lan NV,Chị Hoa"), "Chị Hoa");
    assert_eq!(name("Khách hàng,Tên khách hàng", "KH0,Chị Hoa"), "Chị Hoa");
    assert_eq!(name("Họ tên", "Chị Hoa"), "Chị Hoa");
    let row = |n: usize| format!("09123456{n:02},Lan,{}/03/2026 09:05:00,Nghe máy\n", 10 + n);
    let rows: String = (0..8).map(row).collect();
    let file = read(format!("SĐT,Họ tên,Thời gian gọi,Kết quả\n{rows}"));
    assert!(file.warns("they may be those of colleagues"), "{:?}", file.reading.warnings);
}

#[test]
fn a_row_of_units_under_the_header_tells_them() {
    let file = read(
        "Mã cuộc gọi,SĐT,Thời gian gọi,Kết quả,Đàm thoại\n,,,,(phút)\nc1,0912345601,13/03/2026 09:05:00,Nghe máy,2\n\
         c2,0912345602,13/03/2026 09:06:00,Máy bận,0\n",
    );
    assert_eq!((file.records.len(), file.talk_ms()), (2, 120_000));
}

#[test]
fn a_day_beside_the_instant_of_something_else_is_the_calls() {
    let rows = |at: fn(usize) -> String| {
        let row = |n: usize| format!("09123456{n:02},{}/03/2026,{},Nghe máy,9\n", 10 + n, at(n));
        format!("SĐT,Ngày gọi,Thời gian,Kết quả,Đàm thoại (giây)\n{}", (0..4).map(row).collect::<String>())
    };
    let file = read(rows(|n| format!("{}/03/2026 17:00:00", 20 + n)));
    assert_eq!(file.records[0].1.dialed_at.to_rfc3339(), "2026-03-09T17:00:00.000Z");
    assert!(file.warns("every call is at midnight"), "{:?}", file.reading.warnings);
    let file = read(rows(|n| format!("{}/03/2026 17:00:00", 10 + n)));
    assert_eq!(file.records[0].1.dialed_at.to_rfc3339(), "2026-03-10T10:00:00.000Z");
    // The step of a script is no time of day.
    let file = read("SĐT,Ngày gọi,Bắt đầu,Kết quả\n0912345601,13/03/2026,Chào hỏi,Nghe máy\n");
    assert_eq!(file.records.len(), 1);
}

#[test]
fn a_sheet_whose_dates_prove_another_order_is_read_by_it() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for (name, dates) in [
        ("T3", ["13/03/2026 09:05:00", "14/03/2026 09:05:00", "05/03/2026 09:05:00"]),
        ("T4", ["04/05/2026 09:05:00", "04/06/2026 09:05:00", "04/25/2026 09:05:00"]),
        ("T5", ["01/05/2026 09:05:00", "02/05/2026 09:05:00", "25/05/2026 09:05:00"]),
    ] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        for (column, title) in ["SĐT", "Thời gian gọi", "Kết quả", "Đàm thoại (giây)"].into_iter().enumerate()
        {
            sheet.write(0, column as u16, title).unwrap();
        }
        for (row, date) in dates.into_iter().enumerate() {
            let row = row as u32 + 1;
            sheet.write(row, 0, format!("091234560{row}")).unwrap();
            sheet.write(row, 1, date).unwrap();
            sheet.write(row, 2, "Nghe máy").unwrap();
            sheet.write(row, 3, 20).unwrap();
        }
    }
    let file = read(workbook.save_to_buffer().unwrap());
    let days: Vec<String> =
        file.records.iter().map(|(_, record)| record.dialed_at.to_rfc3339()[5..10].to_owned()).collect();
    assert_eq!(days, ["03-13", "03-14", "03-05", "04-05", "04-06", "04-25", "05-01", "05-02", "05-25"]);
    assert!(file.warns("the dates of the sheet \"T4\" are read as M/D/Y"), "{:?}", file.reading.warnings);
    // The same where exports were put behind each other.
    let header = "SĐT,Thời gian gọi,Kết quả\n";
    let row = |n: usize, day: &str| format!("091234560{n},{day}/2026 09:05:00,Nghe máy\n");
    let (first, second) = (row(1, "13/03") + &row(2, "05/03"), row(3, "04/05") + &row(4, "04/25"));
    let file = read(format!("{header}{first}{header}{second}"));
    let days: Vec<String> =
        file.records.iter().map(|(_, record)| record.dialed_at.to_rfc3339()[5..10].to_owned()).collect();
    assert_eq!(days, ["03-13", "03-05", "04-05", "04-25"]);
}

#[test]
fn an_extension_is_no_part_of_a_number_and_midnight_has_no_evening() {
    let file = read(
        "call_id,phone,start_time,status,talk\nc1,0912345601 x12,2026-03-11 09:05:00,answered,20\n\
         c2,\"0912345601,,12\",2026-03-11 09:06:00,answered,20\nc3,0912345601/1,2026-03-11 09:07:00,answered,20\n\
         c4,0912345601,2026-03-11 09:08:00,answered,20\n",
    );
    assert!(file.records.iter().all(|(_, record)| record.contact.phone.as_deref() == Some("0912345601")));
    assert!(file.warns("an extension behind them"), "{:?}", file.reading.warnings);
    let file = read(
        "call_id,phone,start_time,status,talk\nc1,0912345601,13/03/2026 12:05 tối,answered,20\n\
         c2,0912345602,14/03/2026 11:05 tối,answered,20\nc3,0912345603,15/03/2026 12:05 trưa,answered,20\n",
    );
    assert_eq!(file.faults(), [(2, "dialed_at")]);
    assert_eq!(file.records[1].1.dialed_at.to_rfc3339(), "2026-03-15T05:05:00.000Z");
}

#[test]
fn what_a_customer_is_says_nothing_of_the_call() {
    for state in ["Mới", "Active", "VIP"] {
        let row = |n: usize| format!("091234560{n},1{n}/03/2026 09:05:00,{state},Nghe máy,2{n}\n");
        let rows: String = (0..6).map(row).collect();
        let file = read(format!("SĐT,Thời gian gọi,Trạng thái,Kết quả,Đàm thoại (giây)\n{rows}"));
        assert_eq!(codes(&file), ["ANSWERED"; 6], "{state}");
    }
    // What came of the call is kept though all were answered.
    let row = |n: usize| format!("091234560{n},1{n}/03/2026 09:05:00,Nghe máy,HOT,2{n}\n");
    let rows: String = (0..6).map(row).collect();
    let file = read(format!("SĐT,Thời gian gọi,Trạng thái,Kết quả,Đàm thoại (giây)\n{rows}"));
    assert_eq!(codes(&file), ["HOT"; 6]);
}

#[test]
fn objects_that_lack_a_recording_have_its_address_and_its_length() {
    let file = read(
        r#"[{"id":"c0","phone":"0912345600","recording":null,"start_time":"2026-03-10T09:05:00+07:00","status":"no answer"},
            {"id":"c1","phone":"0912345601","recording":{"public_url":"https://x.vn/1","duration":21},"start_time":"2026-03-11T09:05:00+07:00","status":"answered"}]"#,
    );
    assert_eq!(file.records[1].1.recording_url.as_deref(), Some("https://x.vn/1"));
    assert_eq!(file.talk_ms(), 21_000);
    assert!(file.warns("the length of the recordings"), "{:?}", file.reading.warnings);
    let recorder =
        |n: usize| format!("6f1c2b1e-0d3a-4c55-9b1e-00000000000{n},091234560{n},1{n}/03/2026 09:05:00,Nghe máy\n");
    let file = read(format!("recorder_id,SĐT,Thời gian gọi,Kết quả\n{}", (0..3).map(recorder).collect::<String>()));
    assert!(file.records[0].1.id.as_str().starts_with("table:6f1c"));
}

#[test]
fn columns_that_pandas_has_told_apart_are_of_two_calls() {
    let text = "SĐT,thời gian gọi,kết quả,thời gian gọi.1,kết quả.1\n\
                0912345600,10/03/2026 09:05:00,Nghe máy,10/03/2026 14:05:00,Không nghe máy\n";
    let said = cdr::read(text.as_bytes(), &options()).err().expect("two calls in a row").to_string();
    assert!(said.contains("are the times of two"), "{said}");
}

#[test]
fn rows_that_end_early_and_withhold_their_number_are_guessed_by_as_well() {
    let row = |n: usize| {
        let day = 10 + n;
        if n % 2 == 1 {
            format!("09123456{n:02},{day}/03/2026 09:05:00,Nghe máy,{},https://pbx.vn/r/{n}.mp3\n", 20 + n)
        } else {
            format!("Ẩn số,{day}/03/2026 09:05:00,Không nghe máy,0\n")
        }
    };
    let rows: String = (0..12).map(row).collect();
    let file = read(format!("SĐT,Thời gian gọi,Kết quả,Thời lượng,Ghi âm\n{rows}"));
    assert_eq!((file.records.len(), file.talk_ms()), (12, 156_000), "{:?}", file.reading.warnings);
}
