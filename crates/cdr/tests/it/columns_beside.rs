//! Tables whose columns are easily taken for others: sheets that end with their last cell, states of tickets, sums of orders, numbers of rows,
//! fields of agents, lengths in two units.

use super::{File, options, read, try_read};

fn refusal(bytes: &str) -> String {
    match cdr::read(bytes.as_bytes(), &options()) {
        Ok(records) => panic!("{}", records.reading()),
        Err(error) => error.to_string(),
    }
}

fn codes(file: &File) -> Vec<&str> {
    file.results().into_iter().map(|(_, code)| code).collect()
}

/// A table of so many calls, of which every second one was answered.
fn table(header: &str, calls: usize, row: impl Fn(usize, bool) -> String) -> String {
    let rows: Vec<String> = (0..calls).map(|n| row(n, n % 2 == 1)).collect();
    format!("{header}\n{}\n", rows.join("\n"))
}

#[test]
fn rows_that_end_with_their_last_cell_are_guessed_by_as_well() {
    let header = "SĐT,Thời gian gọi,Kết quả,Thời lượng,Ghi âm";
    let row = |n: usize, is_answered: bool| {
        let start = format!("09123456{n:02},{}/03/2026 09:05:00", 10 + n);
        if is_answered {
            format!("{start},Nghe máy,{},https://pbx.vn/r/{n}.mp3", 20 + n)
        } else {
            format!("{start},Không nghe máy,0")
        }
    };
    let file = read(table(header, 12, row));
    // 0 wherever nobody answered: it is the talk.
    assert_eq!((file.records.len(), file.talk_ms()), (12, (1..12).step_by(2).map(|n| 20 + n).sum::<i64>() * 1_000));
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (at, line) in table(header, 12, row).lines().enumerate() {
        for (column, cell) in line.split(',').enumerate() {
            sheet.write(at as u32, column as u16, cell).unwrap();
        }
    }
    let file = read(workbook.save_to_buffer().unwrap());
    assert_eq!((file.records.len(), file.talk_ms()), (12, 156_000), "{:?}", file.reading.warnings);
}

#[test]
fn the_state_of_a_ticket_takes_no_call_away() {
    let header = "Mã cuộc gọi,SĐT,Thời gian gọi,Kết quả,Trạng thái,Đàm thoại (giây)";
    let states = ["Chưa xử lý", "Chờ xử lý", "Chưa gọi", "Đang xử lý"];
    let file = read(table(header, 4, |n, is_answered| {
        let (result, talk) = if is_answered { ("Nghe máy", 25) } else { ("Không nghe máy", 0) };
        format!("c{n},091234560{n},1{n}/03/2026 09:05:00,{result},{},{talk}", states[n])
    }));
    assert_eq!((codes(&file), file.talk_ms()), (vec!["NA", "ANSWERED", "NA", "ANSWERED"], 50_000));
    // Alone it holds where nothing proves an answer.
    let file = read(
        "call_id,phone,start_time,status,talk\nc1,0912345601,2026-03-11 09:05:00,pending,25\nc2,0912345602,2026-03-11 09:06:00,pending,0\n\
         c3,0912345603,2026-03-11 09:07:00,ringing,5\nc4,0912345604,2026-03-11 09:08:00,answered,5\n",
    );
    assert_eq!((codes(&file), file.reading.left_out), (vec!["pending", "ANSWERED"], 2));
}

#[test]
fn a_fraction_of_three_digits_is_one() {
    let file = read(
        "Mã cuộc gọi;SĐT;Thời gian gọi;Kết quả;Đàm thoại (giây)\nc1;0912345601;11/03/2026 09:05:00;Nghe máy;1,125\n\
         c2;0912345602;13/03/2026 09:05:00;Nghe máy;10,250\nc3;0912345603;13/03/2026 09:05:00;Không nghe máy;0\n",
    );
    assert_eq!(file.talk_ms(), 11_375);
    // Programs write points before three digits, too.
    let file =
        read("call_id;phone;start_time;status;talk_seconds\nc1;0912345601;2026-03-11 09:05:00;answered;21.121\n");
    assert_eq!(file.talk_ms(), 21_121);
    let dollars = cdr::Options { currency: Some(domain::Currency::new("USD").unwrap()), ..options() };
    let text = "call_id;phone;start_time;status;talk;Cost (USD)\nc1;0912345601;2026-03-02 09:01:00;answered;20;0,125\n";
    let file = try_read(text, &dollars).unwrap();
    assert_eq!(file.records[0].1.cost.unwrap().to_string(), "0.125");
}

#[test]
fn a_zone_by_its_abbreviation_is_known_or_refused_by_name() {
    let table = |zone: &str| {
        format!("call_id,phone,start_time,timezone,status,talk\nc1,0912345601,2026-03-01 18:00:00,{zone},answered,20\n")
    };
    let dialed = |file: &File| file.records.iter().map(|(_, record)| record.dialed_at.to_rfc3339()).collect::<Vec<_>>();
    for (zone, at) in
        [("PST", "2026-03-02T02:00:00.000Z"), ("EDT", "2026-03-01T22:00:00.000Z"), ("CEST", "2026-03-01T16:00:00.000Z")]
    {
        assert_eq!(dialed(&read(table(zone))), [at], "{zone}");
        let file =
            read(format!("call_id,phone,Start ({zone}),status,talk\nc1,0912345601,2026-03-01 18:00:00,answered,20\n"));
        assert_eq!(dialed(&file), [at], "{zone}");
    }
    // Of India, Ireland or Israel.
    let file = read(table("IST"));
    assert_eq!((file.records.len(), file.skipped.len()), (0, 1));
    let said = refusal("call_id,phone,Start (IST),status,talk\nc1,0912345601,2026-03-01 18:00:00,answered,20\n");
    assert!(said.contains("the zone of the column \"Start (IST)\""), "{said}");
}

#[test]
fn two_calls_in_a_row_are_refused_by_name() {
    let said = refusal(
        "SĐT,Thời gian gọi,Kết quả,Đàm thoại (giây),Thời gian gọi,Kết quả,Đàm thoại (giây)\n\
         0912345600,10/03/2026 09:05:00,Nghe máy,20,10/03/2026 14:05:00,Không nghe máy,0\n",
    );
    assert!(
        said.contains("one call in each row: \"Thời gian gọi\" and \"Thời gian gọi (5)\" are the times of two"),
        "{said}"
    );
}

#[test]
fn what_a_customer_ordered_is_no_cost_of_the_call() {
    for name in ["Tổng tiền", "Thành tiền", "Price", "Phí"] {
        let file = read(table(
            &format!("SĐT,Thời gian gọi,Kết quả,Đàm thoại (giây),{name}"),
            6,
            |n, is_answered| {
                let (result, talk) = if is_answered { ("Nghe máy", 25) } else { ("Không nghe máy", 0) };
                format!("091234560{n},1{n}/03/2026 09:05:00,{result},{talk},{}", 350_000 + n)
            },
        ));
        assert!(file.records.iter().all(|(_, record)| record.cost.is_none()), "{name}");
        assert!(file.records[0].1.attributes.as_ref().unwrap().contains_key(name), "{name}");
    }
    // What is paid for talking alone is.
    let dong = cdr::Options { currency: Some(domain::Currency::vnd()), ..options() };
    let text = "SĐT,Thời gian gọi,Kết quả,Đàm thoại (giây),Thành tiền\n0912345600,13/03/2026 09:05:00,Nghe máy,25,600\n0912345601,13/03/2026 09:06:00,Không nghe máy,0,0\n";
    assert_eq!(try_read(text, &dong).unwrap().records[0].1.cost.unwrap().to_string(), "600");
}

#[test]
fn the_number_of_a_row_is_no_part_of_what_a_call_is_known_by() {
    let ids = |first: usize| {
        let file = read(table("STT,SĐT,Thời gian gọi,Kết quả,Đàm thoại (giây)", 4, |n, is_answered| {
            let (result, talk) = if is_answered { ("Nghe máy", 25) } else { ("Không nghe máy", 0) };
            format!("{},09123456{:02},{}/03/2026 09:05:00,{result},{talk}", n + 1, first + n, 10 + first + n)
        }));
        file.records.iter().map(|(_, record)| record.id.to_string()).collect::<Vec<_>>()
    };
    // The last two of one file are the first two of the next.
    assert_eq!(ids(0)[2..], ids(2)[..2]);
}

#[test]
fn of_links_that_of_the_sound_is_the_recording() {
    let file = read(
        "SĐT,Thời gian gọi,Kết quả,Đàm thoại (giây),,\n\
         0912345601,2026-03-11 09:05:00,Nghe máy,25,https://crm.vn/lead/1,https://pbx.vn/rec/a1.mp3\n",
    );
    assert_eq!(file.records[0].1.recording_url.as_deref(), Some("https://pbx.vn/rec/a1.mp3"));
    let file = read(
        "SĐT,Thời gian gọi,Kết quả,Đàm thoại (giây),Zalo\n0912345601,2026-03-11 09:05:00,Nghe máy,25,https://zalo.me/0912345601\n",
    );
    assert_eq!(file.records[0].1.recording_url, None);
}

#[test]
fn attempts_and_the_products_own_words_are_read() {
    let file = read(
        "SĐT,Thời gian gọi,Kết quả,Lần gọi,Đàm thoại (giây)\n0912345601,2026-03-11 09:05:00,Cuộc gọi ngắn,Lần 2,3\n\
         0912345602,2026-03-11 09:06:00,Điện thoại viên không bắt máy,lần thứ 3,9\n0912345603,2026-03-11 09:07:00,Điện thoại viên cúp máy,1,9\n",
    );
    // The account's spellings make codes of them.
    let meant =
        file.records.iter().map(|(_, record)| domain::outcome::WordMeaning::of(record.result_code.as_ref().unwrap()));
    let code = |code: &str| domain::outcome::WordMeaning::Code(domain::Code::new(code).unwrap());
    assert_eq!(meant.collect::<Vec<_>>(), [code("SC"), code("ANP"), code("AHU")]);
    assert_eq!(file.records.iter().map(|(_, record)| record.attempt).collect::<Vec<_>>(), [Some(2), Some(3), Some(1)]);
}

#[test]
fn fields_of_objects_beside_the_customer_are_not_the_customers() {
    let file = read(
        r#"[{"id":"c0","agent":{"id":"a0","name":"Lan","phone":"02438221000","status":"busy"},"call":{"status":"answered"},"customer":{"id":"k0","name":"N0","phone":"0912345600"},"recording":{"url":"https://pbx.vn/a.wav","duration":19},"start_time":"2026-03-02T09:00:00+07:00","talk":20},
            {"id":"c1","agent":{"id":"a1","name":"Mai","phone":"02438221001","status":"busy"},"call":{"status":"answered"},"customer":{"id":"k1","name":"N1","phone":"0912345601"},"recording":{"url":"https://pbx.vn/b.wav","duration":19},"start_time":"2026-03-02T09:01:00+07:00","talk":20}]"#,
    );
    let record = &file.records[0].1;
    assert_eq!(
        (record.id.as_str(), record.contact.phone.as_deref(), record.contact.name.as_deref()),
        ("table:c0", Some("0912345600"), Some("N0"))
    );
    assert_eq!(record.contact.id.as_ref().map(domain::ContactId::as_str), Some("k0"));
    assert_eq!((codes(&file), file.talk_ms()), (vec!["ANSWERED", "ANSWERED"], 40_000));
    let file = read(
        r#"[{"id":"c0","customer":"0912345600","status":{"id":1,"name":"Answered"},"start_time":"2026-03-02T09:00:00+07:00","talk":20},
            {"id":"c1","customer":"0912345601","status":{"id":2,"name":"No answer"},"start_time":"2026-03-02T09:01:00+07:00","talk":0}]"#,
    );
    assert_eq!((codes(&file), file.records[0].1.contact.name.as_deref()), (vec!["ANSWERED", "NA"], None));
}

#[test]
fn lengths_in_two_units_are_the_finer_one_or_asked_for() {
    let with = |header: &str, cells: [&str; 2]| {
        let row = |n: usize, cells: &str| format!("091234560{n},2026-03-11 09:0{n}:00,Nghe máy,{cells}\n");
        format!("SĐT,Thời gian gọi,Kết quả,{header}\n{}{}", row(1, cells[0]), row(2, cells[1]))
    };
    for (header, cells) in [("Phút,Giây", ["1,5", "2,10"]), ("Đàm thoại (phút),Đàm thoại (giây)", ["1,5", "1,10"])]
    {
        let said = refusal(&with(header, cells));
        assert!(said.contains("one column with the length") && said.contains("are its parts"), "{said}");
    }
    let file = read(with("Đàm thoại (phút),Đàm thoại (giây)", ["2,66", "4,200"]));
    assert_eq!(file.talk_ms(), 266_000);
    let said = refusal(
        r#"[{"phone":"0912345600","start_time":"2026-03-02T09:00:00+07:00","status":"answered","talk":{"hours":0,"minutes":1,"seconds":5}}]"#,
    );
    assert!(said.contains("talk.hours, talk.minutes, talk.seconds are its parts"), "{said}");
    let said = refusal(&table("SĐT,Thời gian gọi,Kết quả,Đàm thoại (mm:ss)", 8, |n, is_answered| {
        let (result, talk) = if is_answered { ("Nghe máy", n) } else { ("Không nghe máy", 0) };
        format!("091234560{n},1{n}/03/2026 09:05:00,{result},{talk}:{}:00", if talk > 0 { "05" } else { "00" })
    }));
    assert!(said.contains("the unit of the column \"Đàm thoại (mm:ss)\""), "{said}");
}

#[test]
fn a_number_that_is_masked_and_a_clock_that_is_not_read_are_named() {
    let file = read(
        "SĐT,Thời gian gọi,Kết quả,Đàm thoại (giây)\n0912345601,2026-03-11 09:05:00,Nghe máy,25\n0912***601,2026-03-11 09:05:00,Nghe máy,25\n\
         09123456xx,2026-03-11 09:06:00,Nghe máy,25\n0912345602,2026-03-11 09:06:00,Nghe máy,25\n0912345603,2026-03-11 09:06:00,Nghe máy,25\n",
    );
    assert_eq!(file.faults(), [(3, "phone"), (4, "phone")]);
    let said = refusal("SĐT,Ngày gọi,Giờ gọi,Kết quả,Đàm thoại (giây)\n0912345601,13/03/2026,9g05,Nghe máy,25\n");
    assert!(said.contains("the time of day: what stands under \"Giờ gọi\""), "{said}");
}

#[test]
fn a_list_that_is_sorted_by_its_results_is_guessed_by_all_of_them() {
    for answered_first in [true, false] {
        let row = |n: usize| {
            let start = format!("09123{n:05},{}/03/2026 09:05:00", 10 + n % 19);
            if (n < 260) == answered_first {
                format!("{start},Nghe máy,20")
            } else {
                format!("{start},Không nghe máy,0")
            }
        };
        let rows: Vec<String> = (0..520).map(row).collect();
        let file = read(format!("SĐT,Thời gian gọi,Kết quả,Thời lượng\n{}\n", rows.join("\n")));
        assert_eq!((file.records.len(), file.talk_ms()), (520, 260 * 20_000), "answered first: {answered_first}");
    }
}

#[test]
fn a_count_of_turns_is_no_talk() {
    for name in ["Số lượt thoại", "Số lần nghe máy", "Tỷ lệ nghe (%)", "Talk ratio", "Answered count"] {
        let file = read(table(
            &format!("Mã cuộc gọi,SĐT,Thời gian gọi,Kết quả,{name},Thời lượng"),
            6,
            |n, is_answered| {
                let (result, count, length) = if is_answered { ("Nghe máy", 9, 30) } else { ("Máy bận", 0, 0) };
                format!("c{n},091234560{n},1{n}/03/2026 09:05:00,{result},{count},{length}")
            },
        ));
        assert_eq!(file.talk_ms(), 90_000, "{name}");
    }
}

#[test]
fn what_is_the_same_in_all_rows_is_neither_the_time_nor_the_customer() {
    let file = read(table(
        "Thời gian bắt đầu,Điện thoại,Thời gian gọi,Di động KH,Kết quả,Đàm thoại (giây)",
        6,
        |n, is_answered| {
            let (result, talk) = if is_answered { ("Nghe máy", 25) } else { ("Không nghe máy", 0) };
            format!("01/03/2026 08:00:00,02438221234,1{n}/03/2026 09:05:00,091234560{n},{result},{talk}")
        },
    ));
    let record = &file.records[3].1;
    assert_eq!(record.dialed_at.to_rfc3339(), "2026-03-13T02:05:00.000Z");
    assert_eq!(record.contact.phone.as_deref(), Some("0912345603"));
}

#[test]
fn an_address_or_a_contract_is_no_id_of_a_call() {
    for (name, value) in
        [("Email", "khach{}@gmail.com"), ("Mã hợp đồng", "HD-2026-00000{}"), ("Số tài khoản", "1903300000000{}A")]
    {
        let file = read(table(
            &format!("{name},SĐT,Thời gian gọi,Kết quả,Đàm thoại (giây)"),
            6,
            |n, is_answered| {
                let (result, talk) = if is_answered { ("Nghe máy", 25) } else { ("Không nghe máy", 0) };
                format!("{},091234560{n},1{n}/03/2026 09:05:00,{result},{talk}", value.replace("{}", &n.to_string()))
            },
        ));
        assert!(file.records.iter().all(|(_, record)| record.id.as_str().starts_with("table:row-")), "{name}");
    }
}

#[test]
fn lengths_of_hours_are_asked_for_and_words_without_talk_are_counted() {
    let said = refusal(&table("call_id,phone,start_time,status,talk", 6, |n, _| {
        format!("c{n},091234560{n},2026-03-1{n} 09:05:00,answered,{}", 5_600 + 700 * n)
    }));
    assert!(said.contains("as seconds its numbers are hours"), "{said}");
    let file = read(table("call_id,phone,start_time,status,talk", 6, |n, is_answered| {
        format!("c{n},091234560{n},2026-03-1{n} 09:05:00,completed,{}", if is_answered { 20 } else { 0 })
    }));
    assert!(
        file.warns("say that somebody answered though they have no talk; the word holds: 3"),
        "{:?}",
        file.reading.warnings
    );
}

#[test]
fn how_often_a_customer_was_called_in_all_is_no_attempt() {
    let file = read(
        "SĐT,Thời gian gọi,Kết quả,Số lần gọi,Đàm thoại (giây)\n0912345601,2026-03-11 09:05:00,Không nghe máy,2,0\n\
         0912345601,2026-03-12 09:05:00,Nghe máy,2,9\n0912345602,2026-03-11 09:07:00,Nghe máy,1,9\n",
    );
    assert!(file.records.iter().all(|(_, record)| record.attempt.is_none()));
}

#[test]
fn a_sheet_whose_last_cells_are_empty_is_whole() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in [
        &["SĐT", "Thời gian gọi", "Đàm thoại (giây)", "Kết quả"][..],
        &["0912345601", "2026-03-11 09:05:00", "9", "Nghe máy"],
        &["0912345602", "2026-03-11 09:06:00", "0"],
    ]
    .iter()
    .enumerate()
    {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write(row as u32, column as u16, *cell).unwrap();
        }
    }
    let file = read(workbook.save_to_buffer().unwrap());
    assert_eq!((codes(&file), file.skipped.len()), (vec!["ANSWERED", "NA"], 0));
}

#[test]
fn what_is_the_same_in_all_rows_stays_where_it_names_the_call_or_the_customer() {
    // A batch that was dialled in one minute, and its customers' days.
    let file =
        read(table("SĐT,Thời gian gọi,Ngày tạo,Kết quả,Đàm thoại (giây)", 6, |n, is_answered| {
            let (result, talk) = if is_answered { ("Nghe máy", 25) } else { ("Không nghe máy", 0) };
            format!("091234560{n},10/03/2026 09:00:00,0{}/03/2026 08:00:00,{result},{talk}", n + 1)
        }));
    assert!(file.records.iter().all(|(_, record)| record.dialed_at.to_rfc3339() == "2026-03-10T02:00:00.000Z"));
    // All calls to one customer.
    for other in ["Số gọi ra", "SĐT nhân viên", "CCCD"] {
        let file = read(table(
            &format!("SĐT,{other},Thời gian gọi,Kết quả,Đàm thoại (giây)"),
            6,
            |n, is_answered| {
                let (result, talk) = if is_answered { ("Nghe máy", 25) } else { ("Không nghe máy", 0) };
                format!("0912345601,0243822122{n},1{n}/03/2026 09:00:00,{result},{talk}")
            },
        ));
        assert!(
            file.records.iter().all(|(_, record)| record.contact.phone.as_deref() == Some("0912345601")),
            "{other}"
        );
    }
}

#[test]
fn ids_under_any_other_name_and_rows_that_differ_by_their_number_alone_stay_apart() {
    let uuid = |n: usize| format!("6f1c2b1e-0d3a-4c55-9b1e-00000000000{n}");
    for name in ["request_id", "Mã giao dịch", "uid", "Mã phiếu"] {
        let file = read(table(
            &format!("{name},SĐT,Thời gian gọi,Kết quả,Đàm thoại (giây)"),
            4,
            |n, is_answered| {
                let (result, talk) = if is_answered { ("Nghe máy", 25) } else { ("Không nghe máy", 0) };
                format!("{},091234560{n},1{n}/03/2026 09:00:00,{result},{talk}", uuid(n))
            },
        ));
        assert_eq!(file.records[0].1.id.as_str(), format!("table:{}", uuid(0)), "{name}");
    }
    let file = read(
        "STT,SĐT,Ngày gọi,Kết quả\n1,0912345601,13/03/2026,Không nghe máy\n2,0912345601,13/03/2026,Không nghe máy\n\
         3,0912345601,13/03/2026,Không nghe máy\n4,0912345602,13/03/2026,Nghe máy\n",
    );
    assert_eq!(file.records.len(), 4);
}

#[test]
fn zones_of_sales_and_words_in_brackets_refuse_nothing() {
    let file = read(
        "call_id,phone,start_time,Zone,status,talk\nc1,0912345601,2026-03-01 18:00:00,EAST,answered,20\nc2,0912345602,2026-03-01 18:00:00,WEST,answered,20\n",
    );
    assert_eq!(file.records.len(), 2);
    let file = read("call_id,phone,Start (TEST),status,talk\nc1,0912345601,2026-03-01 18:00:00,answered,20\n");
    assert_eq!(file.records.len(), 1);
    // `Thời gian` may be a length beside a day.
    let file = read(
        "SĐT,Ngày gọi,Thời gian,Kết quả\n0912345601,13/03/2026,25,Nghe máy\n0912345602,13/03/2026,0,Không nghe máy\n",
    );
    assert_eq!(file.records.len(), 2);
}

#[test]
fn costs_of_each_attempt_and_of_billing_are_the_calls() {
    let dong = cdr::Options { currency: Some(domain::Currency::vnd()), ..options() };
    let text = table("SĐT,Thời gian gọi,Kết quả,Đàm thoại (giây),Price", 6, |n, is_answered| {
        let (result, talk, price) = if is_answered { ("Nghe máy", 25, 300) } else { ("Không nghe máy", 0, 50) };
        format!("091234560{n},1{n}/03/2026 09:05:00,{result},{talk},{price}")
    });
    let file = try_read(text, &dong).unwrap();
    assert_eq!(file.records[1].1.cost.unwrap().to_string(), "300");
    let text = r#"[{"id":"c0","phone":"0912345600","start_time":"2026-03-02T09:00:00+07:00","status":{"code":2,"name":"Nghe máy"},"talk":20,"billing":{"cost":105}}]"#;
    let file = try_read(text, &dong).unwrap();
    assert_eq!((codes(&file), file.records[0].1.cost.unwrap().to_string()), (vec!["ANSWERED"], "105".to_owned()));
}

#[test]
fn addresses_under_a_name_for_sound_are_recordings_and_pages_are_none() {
    let url = |name: &str, address: &str| {
        let file = read(format!(
            "SĐT,Thời gian gọi,Kết quả,Đàm thoại (giây),{name}\n0912345601,2026-03-11 09:05:00,Nghe máy,25,{address}\n"
        ));
        file.records[0].1.recording_url.clone()
    };
    for name in ["Link nghe", "voice_url", "Sound", "File nghe"] {
        assert_eq!(url(name, "https://pbx.vn/d/1").as_deref(), Some("https://pbx.vn/d/1"), "{name}");
    }
    for page in ["https://shop.vn/invoice/1", "https://crm.zoho.com/records/1", "https://voicecrm.vn/lead/1"] {
        assert_eq!(url("Link", page), None, "{page}");
    }
}
