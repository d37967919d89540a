//! Tables whose columns name the zone of their clocks, in whatever words, and clocks of two zones side by side.

use super::{File, options, read};

fn dialed(file: &File) -> Vec<String> {
    file.records.iter().map(|(_, record)| record.dialed_at.to_rfc3339()).collect()
}

#[test]
fn a_zone_that_a_name_says_in_words_is_that_of_its_clocks() {
    for (name, at) in [
        ("Start Time ET", "2026-03-02T02:00:00.000Z"),
        ("Start (Eastern Time)", "2026-03-02T02:00:00.000Z"),
        ("Start (Tokyo time)", "2026-03-01T12:00:00.000Z"),
        ("UTC start time", "2026-03-01T21:00:00.000Z"),
        ("Thời gian gọi (múi giờ 0)", "2026-03-01T21:00:00.000Z"),
        ("Thời gian gọi (giờ Việt Nam)", "2026-03-01T14:00:00.000Z"),
        ("Start (WITA)", "2026-03-01T13:00:00.000Z"),
        // Says nothing.
        ("Start (local time)", "2026-03-01T14:00:00.000Z"),
        ("Start Time", "2026-03-01T14:00:00.000Z"),
    ] {
        let file = read(format!("call_id,phone,{name},status,talk\nc1,0912345601,2026-03-01 21:00:00,answered,20\n"));
        assert_eq!(dialed(&file), [at], "{name}");
    }
    for name in ["Giờ gọi (giờ Mỹ)", "Start Time CST", "Start (CAT)"] {
        let text = format!("call_id,phone,{name},status,talk\nc1,0912345601,2026-03-01 21:00:00,answered,20\n");
        let said = cdr::read(text.as_bytes(), &options()).err().expect("nobody knows the zone").to_string();
        assert!(said.contains("the zone of the column"), "{said}");
    }
    // The zone may stand in the name of the clock and not in that of the day.
    let file = read("SĐT,Ngày gọi,Giờ gọi (UTC),Kết quả\n0912345601,13/03/2026,02:05,Nghe máy\n");
    assert_eq!(dialed(&file), ["2026-03-13T02:05:00.000Z"]);
}

#[test]
fn clocks_beside_those_of_utc_are_in_the_zone_that_these_tell() {
    // An account of Vietnam, a site in Tokyo.
    let file = read(
        "call_id,phone,start_time,start_time_utc,end_time,status\n\
         c1,0912345601,2026-03-02 11:00:00,2026-03-02 02:00:00,2026-03-02 11:01:00,answered\n\
         c2,0912345602,2026-03-02 11:05:00,2026-03-02 02:05:00,2026-03-02 11:05:30,no answer\n",
    );
    assert_eq!(dialed(&file), ["2026-03-02T02:00:00.000Z", "2026-03-02T02:05:00.000Z"]);
    assert_eq!(file.records[0].1.ended_at.unwrap().to_rfc3339(), "2026-03-02T02:01:00.000Z");
    // With the answer in UTC alone nothing else is needed.
    let file = read(
        "call_id,phone,start_time,start_time_utc,end_time_utc,status\n\
         c1,0912345601,2026-03-02 11:00:00,2026-03-02 02:00:00,2026-03-02 02:01:00,answered\n",
    );
    assert_eq!(dialed(&file), ["2026-03-02T02:00:00.000Z"]);
    assert_eq!(file.records[0].1.ended_at.unwrap().to_rfc3339(), "2026-03-02T02:01:00.000Z");
    // An instant with its offset tells the zone as an epoch does.
    let file = read(
        "call_id,phone,start_time,start_time,status,talk\n\
         c1,0912345601,2026-03-02 11:00:00,2026-03-02T02:00:00Z,answered,20\n\
         c2,0912345602,2026-03-02 11:05:00,2026-03-02T02:05:00Z,no answer,0\n",
    );
    assert_eq!(dialed(&file), ["2026-03-02T02:00:00.000Z", "2026-03-02T02:05:00.000Z"]);
}
