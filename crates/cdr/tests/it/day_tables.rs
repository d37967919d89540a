//! Tables whose times stand in several columns: a day and clocks, clocks over midnight, zones and epochs beside local times, and years
//! of two digits.

use super::{options, read, try_read, zone};
use cdr::Options;
use domain::{CallRecord, Timestamp};

/// Of each call: number, code, dial start, seconds of ringing (of answered calls) and of talk; then what was rejected.
pub(super) fn told(text: &str) -> Vec<String> {
    told_with(text, &options())
}

fn told_with(text: &str, options: &Options) -> Vec<String> {
    let file = match try_read(text, options) {
        Ok(file) => file,
        Err(error) => return vec![error.to_string()],
    };
    let said = |record: &CallRecord| {
        let who = record
            .contact
            .phone
            .as_deref()
            .or(record.contact.id.as_ref().map(domain::ContactId::as_str))
            .unwrap_or_default();
        let code = record.result_code.as_ref().map_or("", |code| code.as_str());
        let at = record.dialed_at.to_rfc3339().replace(".000Z", "Z");
        let ring = record.answered_at.map_or("-".to_owned(), |at| ((at.0 - record.dialed_at.0) / 1_000).to_string());
        format!("{who} {code} {at} {ring} {}", record.check().unwrap().talk_time / 1_000)
    };
    let calls = file.records.iter().map(|(_, record)| said(record));
    calls.chain(file.skipped.iter().map(|row| format!("{}: {}", row.line, row.field))).collect()
}

#[test]
fn a_time_of_day_is_an_instant_of_its_row_and_no_length() {
    let answered = "0912345601 ANSWERED 2026-03-02T02:00:00Z 5 20";
    let unanswered = "0912345602 NA 2026-03-13T02:01:00Z - 0";
    for header in [
        "id,SĐT,Ngày,Giờ gọi,Giờ nghe,Giờ kết thúc,Kết quả",
        "id,phone,Date,Start,Answer,End,status",
        "id,phone,Date,Dial time,Answer time,End time,status",
        "id,SĐT,Ngày gọi,Giờ gọi,Giờ trả lời,Giờ kết thúc,Kết quả",
        "id,SĐT,Ngày,Bắt đầu,Bắt máy,Kết thúc,Kết quả",
        "id,SĐT,Ngày,Bắt đầu,Nhấc máy,Cúp máy,Kết quả",
        "id,phone,Day,Start time,Pickup,Hangup,Result",
    ] {
        let header = header.replace("Day,", "Date,");
        let text = format!(
            "{header}\nc1,0912345601,02/03/2026,09:00:00,09:00:05,09:00:25,Nghe máy\nc2,0912345602,13/03/2026,09:01:00,,09:01:30,Không nghe máy\n"
        );
        let told = told(&text);
        let is_answer_known = told == [answered, unanswered];
        assert!(is_answer_known, "{header}: {told:?} {:?}", read(&text).reading.warnings);
    }
    // Beside a whole dial start.
    let text = "id,SĐT,Thời gian gọi,Giờ nghe máy,Giờ kết thúc,Kết quả\n\
        c1,0912345601,02/03/2026 09:00:00,09:00:05,09:00:25,Nghe máy\n\
        c2,0912345602,13/03/2026 09:01:00,,09:01:30,Không nghe máy\n";
    assert_eq!(told(text), [answered, unanswered]);
    for header in
        ["id,phone,dialed,answered,ended,status", "id,phone,when,pick up,finish,status", "id,phone,start,A,B,status"]
    {
        let text = format!(
            "{header}\nc1,0912345601,2026-03-02 09:00:00,09:00:05,09:00:25,answered\nc2,0912345602,2026-03-13 09:01:00,,09:01:30,no answer\n"
        );
        let told = told(&text);
        // Under names that say nothing they are at least no lengths.
        let expected = if header.contains('A') { "0912345601 ANSWERED 2026-03-02T02:00:00Z 0 0" } else { answered };
        assert_eq!(told, [expected, unanswered], "{header}: {:?}", read(&text).reading.warnings);
    }
    let text = "Call ID,Customer Phone,Call Date,Ring Start,Talk Start,Talk End,Outcome\n\
        a,0912345601,2026-03-02,09:00:00 AM,09:00:05 AM,09:00:25 AM,Answered\n\
        b,0912345602,2026-03-13,09:01:00 AM,,09:01:30 AM,No answer\n";
    assert_eq!(told(text), [answered, unanswered], "{:?}", read(text).reading.warnings);
    let text = "Begin,Pick up,Finish,Source,Destination,State\n\
        2026-03-02 09:00:00,2026-03-02 09:00:05,2026-03-02 09:00:25,100,0912345601,ANSWERED\n\
        2026-03-13 09:01:00,,2026-03-13 09:01:30,100,0912345602,NO ANSWER\n";
    assert_eq!(told(text), [answered, unanswered]);
    // Without names.
    let text = "c1,0912345601,02/03/2026,09:00:00,09:00:05,09:00:25,Nghe máy\n\
        c2,0912345602,13/03/2026,09:01:00,,09:01:30,Không nghe máy\n";
    assert_eq!(told(text), [answered, unanswered]);
    // A length that is called one, and holds times of day, is asked for.
    let text = "id,SĐT,Ngày,Giờ gọi,Đàm thoại,Kết quả\n\
        c1,0912345601,02/03/2026,09:00:00,09:00:05,Nghe máy\n\
        c2,0912345602,13/03/2026,10:01:00,10:01:08,Nghe máy\n";
    assert!(told(text)[0].contains("Đàm thoại"), "{:?}", told(text));
    // One that holds lengths is none.
    let text = "id,SĐT,Ngày,Giờ gọi,Thời gian nghe máy,Kết quả\n\
        c1,0912345601,02/03/2026,09:00:00,00:00:20,Nghe máy\n\
        c2,0912345602,13/03/2026,10:01:00,00:00:00,Không nghe máy\n";
    assert_eq!(told(text), ["0912345601 ANSWERED 2026-03-02T02:00:00Z 0 20", "0912345602 NA 2026-03-13T03:01:00Z - 0"]);
}

#[test]
fn times_of_day_pass_midnight_forward() {
    let text = "id,SĐT,Ngày,Giờ gọi,Giờ nghe,Giờ kết thúc,Kết quả\n\
        c1,0912345601,02/03/2026,23:59:50,23:59:55,00:00:15,Nghe máy\n\
        c2,0912345602,13/03/2026,23:59:58,00:00:03,00:01:03,Nghe máy\n\
        c3,0912345603,13/03/2026,09:01:00,,09:01:30,Không nghe máy\n\
        c4,0912345604,13/03/2026,23:59:50,00:00:00,00:00:10,Nghe máy\n\
        c5,0912345605,13/03/2026,09:03:00,00:00:00,09:03:20,Máy bận\n";
    assert_eq!(
        told(text),
        [
            "0912345601 ANSWERED 2026-03-02T16:59:50Z 5 20",
            "0912345602 ANSWERED 2026-03-13T16:59:58Z 5 60",
            "0912345603 NA 2026-03-13T02:01:00Z - 0",
            "0912345604 ANSWERED 2026-03-13T16:59:50Z 10 10",
            "0912345605 BS 2026-03-13T02:03:00Z - 0",
        ]
    );
}

#[test]
fn a_day_with_midnight_is_a_day_and_a_clock_may_have_the_day_of_no_day() {
    for (day, clock) in [
        ("2026-03-02T00:00:00", "09:00:00"),
        ("2026-03-02 00:00:00", "1899-12-30 09:00:00"),
        ("2026-03-02T00:00:00.000Z", "9:00:00 AM"),
        ("2026-03-02", "1899-12-30T09:00:00.000Z"),
        ("02/03/2026 0:00", "09:00"),
    ] {
        let later = day.replace("03-02", "03-25").replace("02/03", "25/03");
        for header in ["id,Phone,Date,Time,Status,Talk (s)", "id,SĐT,Ngày gọi,Giờ gọi,Kết quả,Đàm thoại (s)"]
        {
            let text =
                format!("{header}\na1,0912345601,{day},{clock},Answered,20\na2,0912345602,{later},{clock},Busy,0\n");
            let expected = ["0912345601 ANSWERED 2026-03-02T02:00:00Z 0 20", "0912345602 BS 2026-03-25T02:00:00Z - 0"];
            assert_eq!(told(&text), expected, "{text}");
        }
    }
    // A day of which the clock is missing is no midnight.
    let text =
        "id,SĐT,Ngày gọi,Giờ gọi,Kết quả\na1,0912345601,02/03/2026,09:00,Nghe máy\na2,0912345602,25/03/2026,,Máy bận\n";
    assert_eq!(told(text), ["0912345601 ANSWERED 2026-03-02T02:00:00Z 0 0", "3: dialed_at"]);
}

#[test]
fn an_epoch_or_an_offset_beside_a_local_time_tells_its_zone() {
    let rows = |further: &[&str; 2]| {
        format!(
            "c0,0912345600,2026-03-02 11:00:00,{},answered,20\nc1,0912345601,2026-03-02 11:05:00,{},busy,0\n",
            further[0], further[1]
        )
    };
    let tokyo = ["0912345600 ANSWERED 2026-03-02T02:00:00Z 0 20", "0912345601 BS 2026-03-02T02:05:00Z - 0"];
    for (name, further) in [
        ("start_epoch", ["1772416800", "1772417100"]),
        ("timestamp", ["1772416800", "1772417100"]),
        ("unix", ["1772416800123", "1772417100456"]),
        ("utc_offset", ["+09:00", "+09:00"]),
        ("UTC offset", ["+9", "+9"]),
        ("gmt_offset", ["540", "540"]),
        ("tz", ["Asia/Tokyo", "GMT+9"]),
    ] {
        let text = format!("call_id,phone,start_time,{name},status,talk\n{}", rows(&further));
        assert_eq!(told(&text), tokyo, "{name}: {:?}", read(&text).reading.warnings);
        assert!(!read(&text).warns("nothing in the file tells its time zone"), "{name}");
    }
    // Each row has its own.
    let mixed = ["0912345600 ANSWERED 2026-03-02T02:00:00Z 0 20", "0912345601 BS 2026-03-02T11:05:00Z - 0"];
    for (name, further) in [("Timezone", ["Asia/Tokyo", "UTC"]), ("epoch", ["1772416800", "1772449500"])] {
        let text = format!("call_id,phone,start_time,{name},status,talk\n{}", rows(&further));
        assert_eq!(told(&text), mixed, "{name}");
    }
    let text = format!("call_id,phone,start_time,Timezone,status,talk\n{}", rows(&["Asia/Tokyo", "Mars"]));
    assert_eq!(told(&text), [tokyo[0], "3: zone"]);
    // What a person says goes before a zone, and not before an epoch.
    let given = Options { timezone: Some(zone("UTC")), ..options() };
    let text = format!("call_id,phone,start_time,Timezone,status,talk\n{}", rows(&["Asia/Tokyo", "Asia/Tokyo"]));
    assert!(told_with(&text, &given)[0].contains("2026-03-02T11:00:00Z"));
    // Answer and end are on the same clocks.
    let text = "call_id,phone,start_time,answer_time,end_time,start_epoch,status\n\
        c0,0912345600,2026-03-02 11:00:00,2026-03-02 11:00:05,2026-03-02 11:00:25,1772416800,answered\n\
        c1,0912345601,2026-03-02 11:05:00,,2026-03-02 11:05:25,1772417100,busy\n";
    assert_eq!(told(text), ["0912345600 ANSWERED 2026-03-02T02:00:00Z 5 20", tokyo[1]]);
}

#[test]
fn years_of_two_digits_may_stand_first() {
    let days = |days: &[&str]| -> Vec<String> {
        let rows: Vec<String> =
            days.iter().enumerate().map(|(n, day)| format!("c{n},091234560{n},{day} 09:00,answered,20\n")).collect();
        let text = format!("id,phone,start_time,status,talk\n{}", rows.concat());
        // 2026-11-30.
        let options = Options { latest: Some(Timestamp(1_796_000_000_000)), ..options() };
        told_with(&text, &options)
            .iter()
            .map(|told| told.split(' ').nth(2).unwrap_or(told).replace("T02:00:00Z", ""))
            .collect()
    };
    assert_eq!(days(&["26-03-02", "26-03-25", "26-10-31"]), ["2026-03-02", "2026-03-25", "2026-10-31"]);
    assert_eq!(days(&["26-03-15", "26-03-16"]), ["2026-03-15", "2026-03-16"]);
    assert_eq!(days(&["26/10/31"]), ["2026-10-31"]);
    assert_eq!(days(&["02/03/26", "13/03/26"]), ["2026-03-02", "2026-03-13"]);
    assert_eq!(days(&["03/02/26", "03/13/26"]), ["2026-03-02", "2026-03-13"]);
    assert_eq!(days(&["31-10-26"]), ["2026-10-31"]);
}
