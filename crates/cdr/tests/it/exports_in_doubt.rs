//! Exports of diallers and CRMs in which a column is easily taken for something else: days with their weekday, states kept beside the
//! call, results of several attempts in a row, lengths under the name of the answer.

use super::{File, options, read, try_read};

fn codes(file: &File) -> Vec<&str> {
    file.results().into_iter().map(|(_, code)| code).collect()
}

#[test]
fn a_day_with_its_weekday_has_its_time_in_another_column() {
    for (header, day) in [("Date,Time", "Tue 03/17/2026"), ("Ngày gọi,Giờ gọi", "\"Thứ 3, 17/03/2026\"")] {
        let file = read(format!("Phone,{header},Status\n0912345601,{day},9:05 AM,answered\n"));
        assert_eq!(file.records[0].1.dialed_at.to_rfc3339(), "2026-03-17T02:05:00.000Z", "{header}");
    }
}

#[test]
fn a_length_that_is_0_by_either_result_is_the_talk() {
    let call = |n: usize, outcome: &str, status: &str, length: usize| {
        format!(
            r#"{{"call":{{"id":"c{n}","to":"091234560{n}","status":"{status}","duration":{length}}},"analysis":{{"outcome":{outcome}}},"created_at":"2026-03-1{n}T09:05:00+07:00"}}"#
        )
    };
    let calls = [call(1, "\"Quan tâm\"", "answered", 21), call(2, "null", "no answer", 0)];
    let file = read(format!("[{}]", calls.join(",")));
    assert_eq!((codes(&file), file.talk_ms()), (vec!["Quan tâm", "NA"], 21_000));
}

#[test]
fn what_a_sender_keeps_beside_its_calls_is_not_theirs() {
    let file = read(
        r#"[{"id":"c1","phone":"0912345601","start_time":"2026-03-11T02:05:00Z","status":"answered","talk":20,"metadata":{"status":"synced","id":"m1","name":"x","cost":350000,"duration":999}},
            {"id":"c2","phone":"0912345602","start_time":"2026-03-12T02:05:00Z","status":"answered","talk":21,"metadata":{"status":"synced","id":"m2","name":"y","cost":350000,"duration":999}}]"#,
    );
    let record = &file.records[0].1;
    assert_eq!((codes(&file), file.talk_ms()), (vec!["ANSWERED"; 2], 41_000));
    assert_eq!((record.id.as_str(), record.contact.name.as_deref(), record.cost), ("table:c1", None, None));
    // Where nothing else tells it, it does.
    let file = read(
        r#"[{"id":"c1","to":"0912345601","start_time":"2026-03-11T02:05:00Z","talk":20,"variables":{"outcome":"HOT"}}]"#,
    );
    assert_eq!(codes(&file), ["HOT"]);
}

#[test]
fn results_of_several_attempts_in_a_row_are_asked_for() {
    let text = "SĐT,Ngày,Lần 1,Lần 2\n0912345601,13/03/2026,Không nghe máy,Nghe máy\n0912345602,13/03/2026,Máy bận,\n";
    let said = cdr::read(text.as_bytes(), &options()).err().expect("two calls in a row").to_string();
    assert!(said.contains("\"Lần 1\" and \"Lần 2\" are the results of two"), "{said}");
    // Levels of one result are none.
    let file = read("SĐT,Ngày gọi,Kết quả 1,Kết quả 2\n0912345601,13/03/2026,Nghe máy,Quan tâm\n");
    assert_eq!(file.records.len(), 1);
}

#[test]
fn a_length_under_the_name_of_picking_up_is_no_talk() {
    let file = read(
        "SĐT,Thời gian gọi,Kết quả,Thời gian nhấc máy,Tổng thời lượng\n0912345601,13/03/2026 09:05:00,Nghe máy,00:00:05,00:00:26\n\
         0912345602,13/03/2026 09:06:00,Không nghe máy,00:00:00,00:00:09\n",
    );
    assert_eq!(file.talk_ms(), 21_000);
    assert!(file.warns("the talk, or how long it rang"), "{:?}", file.reading.warnings);
}

#[test]
fn the_time_of_a_record_goes_after_that_of_the_call() {
    let file = read(
        "Ngày tạo,Ngày cập nhật,SĐT,Ngày gọi gần nhất,Kết quả\n01/03/2026 08:00:00,21/03/2026 08:00:00,0912345601,13/03/2026 09:05:00,Nghe máy\n",
    );
    assert_eq!(file.records[0].1.dialed_at.to_rfc3339(), "2026-03-13T02:05:00.000Z");
    assert!(file.warns("Ngày gọi gần nhất"), "{:?}", file.reading.warnings);
}

#[test]
fn an_expense_that_is_the_same_whatever_came_of_the_call_is_not_its_cost() {
    let dong = cdr::Options { currency: Some(domain::Currency::vnd()), ..options() };
    let rows = |cost: fn(usize) -> usize| {
        let row = |n: usize| {
            let (result, talk) = if n % 2 == 1 { ("Nghe máy", 20 + n) } else { ("Không nghe máy", 0) };
            format!("091234560{n},1{n}/03/2026 09:05:00,{result},{talk},{}\n", cost(n))
        };
        format!("SĐT,Thời gian gọi,Kết quả,Đàm thoại (giây),Chi phí\n{}", (0..6).map(row).collect::<String>())
    };
    let file = try_read(rows(|_| 50_000), &dong).unwrap();
    assert!(file.records.iter().all(|(_, record)| record.cost.is_none()));
    assert!(file.warns("\"Chi phí\" was not taken for what the calls cost"), "{:?}", file.reading.warnings);
    let file = try_read(rows(|n| if n % 2 == 1 { 300 + n } else { 50 }), &dong).unwrap();
    assert_eq!(file.records[1].1.cost.unwrap().to_string(), "301");
}

#[test]
fn an_end_whose_clocks_are_of_another_zone_is_left_out_and_that_is_said() {
    let file = read(
        "call_id,phone,start_time,end_time_utc,status,talk\nc1,0912345601,2026-03-11 09:05:00,2026-03-11 02:05:30,answered,20\n",
    );
    assert_eq!((file.records.len(), file.talk_ms()), (1, 20_000));
    assert!(file.warns("its clocks are of another zone than those of \"start_time\""), "{:?}", file.reading.warnings);
    // A name that says how its times are written is that of a time all the same.
    let file = read(
        "SĐT,Tạo lúc,Ngày gọi (dd/mm/yyyy hh:mm),Kết quả\n0912345601,01/03/2026 08:00,13/03/2026 09:05,Nghe máy\n",
    );
    assert_eq!(file.records[0].1.dialed_at.to_rfc3339(), "2026-03-13T02:05:00.000Z");
}

#[test]
fn one_mistyped_day_in_the_first_of_several_tables_turns_no_dates_round() {
    let header = "SĐT,Thời gian gọi,Kết quả\n";
    let row = |n: usize, day: &str| format!("091234560{n},{day}/2026 09:05:00,Nghe máy\n");
    let (first, second) = (row(1, "02/03") + &row(2, "03/25"), row(3, "14/03") + &row(4, "15/03"));
    let file = read(format!("{header}{first}{header}{second}"));
    let days: Vec<String> =
        file.records.iter().map(|(_, record)| record.dialed_at.to_rfc3339()[5..10].to_owned()).collect();
    assert_eq!((days, file.faults()), (vec!["03-02".into(), "03-14".into(), "03-15".into()], vec![(3, "dialed_at")]));
}
