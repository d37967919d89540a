//! Files that a stranger made up, with the right calls written down beforehand, and that were read wrongly.

use std::fmt::Write;

use domain::import::OtherCalls;

use super::{Options, options, read, try_read, unseen_tables::told, zone};

/// What it is, the file, and what it comes to.
type Told = (&'static str, &'static str, &'static str);

fn all_told(files: &[Told]) {
    let mut wrong = Vec::new();
    for (name, text, expected) in files {
        let told = std::panic::catch_unwind(|| told(text)).unwrap_or_else(|_| "not read".to_owned());
        if told != *expected {
            wrong.push(format!("== {name}\n{told}\n-- expected\n{expected}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

const ZEROS: &[Told] = &[
    (
        "dates of zeros",
        "call_id,phone,start_time,answer_time,end_time,status\n\
         abc1,0912345601,2026-03-02 08:00:00,2026-03-02 08:00:09,2026-03-02 08:00:39,answered\n\
         abc2,0912345602,2026-03-02 08:01:00,0000-00-00 00:00:00,2026-03-02 08:01:30,no answer\n\
         abc3,0912345603,2026-03-02 08:02:00,1970-01-01 08:00:00,2026-03-02 08:02:30,busy\n\
         abc4,0912345604,2026-03-02 08:03:00,1970-01-01T00:00:00Z,2026-03-02 08:03:30,busy\n",
        "0912345601 ANSWERED 2026-03-02T01:00:00Z 30\n0912345602 NA 2026-03-02T01:01:00Z 0\n\
         0912345603 BS 2026-03-02T01:02:00Z 0\n0912345604 BS 2026-03-02T01:03:00Z 0",
    ),
    (
        "epochs",
        "phone,start_epoch,answer_epoch,end_epoch,status\n0912345601,1772416800,1772416809,1772416839,answered\n\
         0912345602,1772416900,0,1772416930,no answer\n0912345603,1772417000,0,1772417030,busy\n",
        "0912345601 ANSWERED 2026-03-02T02:00:00Z 30\n0912345602 NA 2026-03-02T02:01:40Z 0\n\
         0912345603 BS 2026-03-02T02:03:20Z 0",
    ),
    (
        "milliseconds in JSON",
        "{\"phone\":\"0912345601\",\"start_ms\":1772416800000,\"answer_ms\":1772416809000,\"end_ms\":1772416839000,\"status\":\"answered\"}\n\
         {\"phone\":\"0912345602\",\"start_ms\":1772416900000,\"answer_ms\":0,\"end_ms\":1772416930000,\"status\":\"no answer\"}\n",
        "0912345601 ANSWERED 2026-03-02T02:00:00Z 30\n0912345602 NA 2026-03-02T02:01:40Z 0",
    ),
    (
        "seconds under short names",
        "{\"phone\":\"0912345601\",\"start_ts\":1772416800,\"answer_ts\":1772416809,\"end_ts\":1772416839,\"status\":\"answered\"}\n\
         {\"phone\":\"0912345602\",\"start_ts\":1772416900,\"answer_ts\":0,\"end_ts\":1772416930,\"status\":\"no answer\"}\n\
         {\"phone\":\"0912345603\",\"start_ts\":1772416900,\"answer_ts\":0,\"end_ts\":1772416930,\"status\":\"no answer\"}\n",
        "0912345601 ANSWERED 2026-03-02T02:00:00Z 30\n0912345602 NA 2026-03-02T02:01:40Z 0\n\
         0912345603 NA 2026-03-02T02:01:40Z 0",
    ),
    (
        "names that nobody knows",
        "phone,t1,t2,t3,status\n0912345601,2026-03-02 08:00:00,2026-03-02 08:00:09,2026-03-02 08:00:39,answered\n\
         0912345602,2026-03-02 08:01:00,0000-00-00 00:00:00,2026-03-02 08:01:30,no answer\n\
         0912345603,2026-03-02 08:02:00,0000-00-00 00:00:00,2026-03-02 08:02:30,busy\n",
        "0912345601 ANSWERED 2026-03-02T01:00:00Z 30\n0912345602 NA 2026-03-02T01:01:00Z 0\n\
         0912345603 BS 2026-03-02T01:02:00Z 0",
    ),
    (
        "nobody answered at all",
        "phone,start_time,answer_time,end_time\n0912345601,2026-03-02 08:00:00,0,2026-03-02 08:00:39\n\
         0912345602,2026-03-02 08:01:00,0,2026-03-02 08:01:30\n",
        "0912345601 NA 2026-03-02T01:00:00Z 0\n0912345602 NA 2026-03-02T01:01:00Z 0",
    ),
];

#[test]
fn a_zero_for_never_is_no_time_and_its_column_holds_times() {
    all_told(ZEROS);
    let file = read(ZEROS[0].1);
    assert_eq!(file.times(), ["2026-03-02T01:00:00Z", "2026-03-02T01:00:09Z", "2026-03-02T01:00:39Z"]);
}

#[test]
fn words_for_which_way_a_call_went_are_known_or_said() {
    let table = |out: &str, into: &str| {
        format!(
            "id,direction,from,to,start_time,talk,status\nq1,{out},02473001234,0912345601,2026-03-02 08:00:00,25,answered\n\
             q2,{into},0912345602,02473001234,2026-03-02 08:01:00,15,answered\nq3,{out},02473001234,0912345603,2026-03-02 08:02:00,0,busy\n"
        )
    };
    let leave = |text: String| try_read(text, &Options { others: OtherCalls::LeaveOut, ..options() }).unwrap();
    for (out, into) in [
        ("CALLOUT", "CALLIN"),
        ("Cuộc gọi ra", "Cuộc gọi vào"),
        ("Gọi đi", "Gọi đến"),
        ("O", "I"),
        ("OUT", "IN"),
        ("0", "1"),
        ("1", "0"),
        ("Outbound call", "Inbound call"),
    ] {
        let file = leave(table(out, into));
        assert_eq!((file.phones(), file.reading.inbound), (vec!["0912345601", "0912345603"], 1), "{out} {into}");
    }
    let file = leave(table("north", "south"));
    assert_eq!(file.records.len(), 3);
    assert!(file.warns("\"north\"") && file.warns("\"south\""), "{:?}", file.reading.warnings);
    // One word that is not known leaves the others what they are.
    let file = leave(table("outbound", "inbound") + "q4,south,02473001234,0912345604,2026-03-02 08:03:00,0,busy\n");
    assert_eq!((file.records.len(), file.reading.inbound), (3, 1));
    assert!(file.warns("\"south\"") && !file.warns("\"outbound\""), "{:?}", file.reading.warnings);
}

const CAUSES: &[Told] = &[
    (
        "names with the talk beside them",
        "phone,start_time,billsec,hangup_cause\n0912345601,2026-03-02 09:00:00,20,NORMAL_CLEARING\n0912345602,2026-03-02 09:01:00,0,USER_BUSY\n\
         0912345603,2026-03-02 09:02:00,0,NORMAL_CLEARING\n0912345604,2026-03-02 09:03:00,0,NO_ROUTE_DESTINATION\n\
         0912345605,2026-03-02 09:04:00,0,ORIGINATOR_CANCEL\n0912345606,2026-03-02 09:05:00,12,USER_BUSY\n",
        "0912345601 ANSWERED 2026-03-02T02:00:00Z 20\n0912345602 BS 2026-03-02T02:01:00Z 0\n0912345603 NA 2026-03-02T02:02:00Z 0\n\
         0912345604 CU 2026-03-02T02:03:00Z 0\n0912345605 NA 2026-03-02T02:04:00Z 0\n0912345606 ANSWERED 2026-03-02T02:05:00Z 12",
    ),
    (
        "names with an answer beside them",
        "phone,start_time,answer_time,end_time,hangup_cause\n0912345601,2026-03-02 09:00:00,2026-03-02 09:00:10,2026-03-02 09:00:30,NORMAL_CLEARING\n\
         0912345602,2026-03-02 09:01:00,,2026-03-02 09:01:20,NORMAL_CLEARING\n\
         0912345603,2026-03-02 09:03:00,2026-03-02 09:03:10,2026-03-02 09:03:30,USER_BUSY\n\
         0912345604,2026-03-02 09:04:00,,2026-03-02 09:04:30,ORIGINATOR_CANCEL\n",
        "0912345601 ANSWERED 2026-03-02T02:00:00Z 20\n0912345602 NA 2026-03-02T02:01:00Z 0\n0912345603 ANSWERED 2026-03-02T02:03:00Z 20\n\
         0912345604 NA 2026-03-02T02:04:00Z 0",
    ),
    (
        "numbers of Q.850",
        "phone,start_time,billsec,hangup_cause\n0912345601,2026-03-02 09:00:00,20,16\n0912345602,2026-03-02 09:01:00,0,17\n\
         0912345603,2026-03-02 09:02:00,0,19\n0912345604,2026-03-02 09:03:00,0,1\n0912345605,2026-03-02 09:04:00,0,16\n\
         0912345606,2026-03-02 09:05:00,0,21\n0912345607,2026-03-02 09:06:00,0,18\n0912345608,2026-03-02 09:07:00,0,34\n\
         0912345609,2026-03-02 09:08:00,0,31\n0912345610,2026-03-02 09:09:00,0,27\n",
        "0912345601 ANSWERED 2026-03-02T02:00:00Z 20\n0912345602 BS 2026-03-02T02:01:00Z 0\n0912345603 NA 2026-03-02T02:02:00Z 0\n\
         0912345604 CU 2026-03-02T02:03:00Z 0\n0912345605 NA 2026-03-02T02:04:00Z 0\n0912345606 BS 2026-03-02T02:05:00Z 0\n\
         0912345607 NA 2026-03-02T02:06:00Z 0\n0912345608 CU 2026-03-02T02:07:00Z 0\n0912345609 CU 2026-03-02T02:08:00Z 0\n\
         0912345610 CU 2026-03-02T02:09:00Z 0",
    ),
    (
        "codes of SIP",
        "phone,start_time,sip_code,talk\n0912345601,2026-03-02 08:00:00,200,25\n0912345602,2026-03-02 08:01:00,486,0\n\
         0912345603,2026-03-02 08:02:00,480,0\n0912345604,2026-03-02 08:03:00,404,0\n0912345605,2026-03-02 08:04:00,487,0\n\
         0912345606,2026-03-02 08:05:00,603,0\n0912345607,2026-03-02 08:06:00,408,0\n",
        "0912345601 ANSWERED 2026-03-02T01:00:00Z 25\n0912345602 BS 2026-03-02T01:01:00Z 0\n0912345603 NA 2026-03-02T01:02:00Z 0\n\
         0912345604 CU 2026-03-02T01:03:00Z 0\n0912345605 NA 2026-03-02T01:04:00Z 0\n0912345606 BS 2026-03-02T01:05:00Z 0\n\
         0912345607 NA 2026-03-02T01:06:00Z 0",
    ),
    (
        "codes of SIP and nothing else",
        "phone,start_time,sip_code\n0912345601,2026-03-02 08:00:00,200\n0912345602,2026-03-02 08:01:00,486\n",
        "0912345601 ANSWERED 2026-03-02T01:00:00Z 0\n0912345602 BS 2026-03-02T01:01:00Z 0",
    ),
    (
        "words of SIP as results",
        "phone,start_time,status,talk\n0912345601,2026-03-02 08:00:00,200 OK,25\n0912345602,2026-03-02 08:01:00,486 Busy Here,0\n\
         0912345603,2026-03-02 08:02:00,480 Temporarily Unavailable,0\n0912345604,2026-03-02 08:03:00,404 Not Found,0\n\
         0912345605,2026-03-02 08:04:00,503 Service Unavailable,0\n0912345606,2026-03-02 08:05:00,487 Request Terminated,0\n\
         0912345607,2026-03-02 08:06:00,486,0\n0912345608,2026-03-02 08:07:00,603 Decline,0\n",
        "0912345601 ANSWERED 2026-03-02T01:00:00Z 25\n0912345602 BS 2026-03-02T01:01:00Z 0\n0912345603 NA 2026-03-02T01:02:00Z 0\n\
         0912345604 CU 2026-03-02T01:03:00Z 0\n0912345605 CU 2026-03-02T01:04:00Z 0\n0912345606 NA 2026-03-02T01:05:00Z 0\n\
         0912345607 BS 2026-03-02T01:06:00Z 0\n0912345608 BS 2026-03-02T01:07:00Z 0",
    ),
    (
        "words with the number of the cause behind them",
        "phone,start_time,status,talk\n0912345601,2026-03-02 08:00:00,ANSWERED (16),25\n0912345602,2026-03-02 08:01:00,NO ANSWER (19),0\n\
         0912345603,2026-03-02 08:02:00,Busy (17),0\n",
        "0912345601 ANSWERED 2026-03-02T01:00:00Z 25\n0912345602 NA 2026-03-02T01:01:00Z 0\n0912345603 BS 2026-03-02T01:02:00Z 0",
    ),
    (
        "a result of its own beside codes",
        "phone,start_time,talk,status,sip_code\n0912345601,2026-03-02 08:00:00,25,answered,200\n0912345602,2026-03-02 08:01:00,0,,486\n\
         0912345603,2026-03-02 08:02:00,0,,404\n",
        "0912345601 ANSWERED 2026-03-02T01:00:00Z 25\n0912345602 BS 2026-03-02T01:01:00Z 0\n0912345603 CU 2026-03-02T01:02:00Z 0",
    ),
];

#[test]
fn causes_and_codes_of_sip_tell_why_nobody_answered_and_nothing_of_calls_that_were() {
    all_told(CAUSES);
}

#[test]
fn a_zone_may_stand_in_the_name_of_a_column_or_in_a_column_of_its_own() {
    let start = |text: String| {
        let file = try_read(text, &Options { account_zone: zone("Asia/Ho_Chi_Minh"), ..options() }).unwrap();
        assert!(!file.warns("nothing in the file tells its time zone"), "{:?}", file.reading.warnings);
        file.times()[0].clone()
    };
    for name in [
        "Start (GMT+9)",
        "Start time (GMT+9)",
        "Start (UTC+9)",
        "Start UTC+9",
        "Start [UTC+09:00]",
        "Start (Asia/Tokyo)",
        "Start (+09:00)",
        "start_time GMT+0900",
    ] {
        let text = format!("phone,{name},status,talk\n0912345601,2026-03-02 09:00:00,answered,20\n");
        assert_eq!(start(text), "2026-03-02T00:00:00Z", "{name}");
    }
    for said in ["UTC+9", "GMT+9", "+09:00", "Asia/Tokyo", "UTC+09:00"] {
        let text = format!(
            "phone,Start,Timezone,status,talk\n0912345601,2026-03-02 09:00:00,{said},answered,20\n0912345602,2026-03-02 09:01:00,{said},busy,0\n"
        );
        assert_eq!(start(text), "2026-03-02T00:00:00Z", "{said}");
    }
    let half = "phone,Start (GMT+5:30),status,talk\n0912345601,2026-03-02 09:00:00,answered,20\n".to_owned();
    assert_eq!(start(half), "2026-03-02T03:30:00Z");
    let west = "phone,Start (UTC-3),status,talk\n0912345601,2026-03-02 09:00:00,answered,20\n".to_owned();
    assert_eq!(start(west), "2026-03-02T12:00:00Z");
}

#[test]
fn calls_above_a_second_header_are_read_by_the_first() {
    for n in 1..=4 {
        let row = |at: usize| format!("091234560{at},2026-03-02 09:0{at}:00,answered,20\n");
        let rows = (0..n).map(row).collect::<Vec<_>>().concat();
        let text = format!(
            "phone,start_time,status,talk\n{rows}status,talk,phone,start_time\nanswered,7,0912345700,2026-03-02 10:00:00\n\
             busy,0,0912345701,2026-03-02 10:01:00\nanswered,9,0912345702,2026-03-02 10:02:00\n"
        );
        let file = read(text);
        assert_eq!((file.records.len(), file.skipped.len()), (n + 3, 0), "{n}: {:?}", file.reading.warnings);
        assert_eq!(file.talk_ms(), 16_000 + 20_000 * n as i64, "{n}");
    }
    // A line of groups above the header is none of its own.
    let text = "Khách,,Cuộc gọi,\nphone,name,start_time,status\n0912345601,Hoa,2026-03-02 09:00:00,answered\n";
    assert_eq!(read(text).records.len(), 1);
    // What stands above a header and is a call is named.
    let text = "0912345601,2026-03-02 09:00:00,answered,20\nstatus,talk,phone,start_time\nanswered,7,0912345700,2026-03-02 10:00:00\n";
    let file = read(text);
    assert_eq!((file.records.len(), file.faults()), (1, vec![(1, "")]));
}

const MEDIUM: &[Told] = &[
    (
        "yes and no beside a reason in Vietnamese",
        "Số ĐT,Thời điểm gọi,Nghe máy,Giây đàm thoại,Lý do\n0912345601,2026-03-02 08:00:00,Có,25,\n0912345602,2026-03-02 08:01:00,Không,0,Máy bận\n\
         0912345603,2026-03-02 08:02:00,Không,0,Không trả lời\n0912345604,2026-03-02 08:03:00,Không,0,Sai số\n",
        "0912345601 ANSWERED 2026-03-02T01:00:00Z 25\n0912345602 BS 2026-03-02T01:01:00Z 0\n0912345603 NA 2026-03-02T01:02:00Z 0\n\
         0912345604 CU 2026-03-02T01:03:00Z 0",
    ),
    (
        "check boxes beside a length",
        "Phone,Called at,Answered,Duration,Notes\n0912345601,2026-03-02 09:00:00,TRUE,25,ok\n0912345602,2026-03-02 09:05:00,FALSE,0,\n",
        "0912345601 ANSWERED 2026-03-02T02:00:00Z 25\n0912345602 NA 2026-03-02T02:05:00Z 0",
    ),
    (
        "foreign JSON with our word for the dial time",
        "[{\"phone\":\"0912345601\",\"dialed_at\":\"2026-03-02 08:00:00\",\"status\":\"answered\",\"talk\":25},\n\
         {\"phone\":\"0912345602\",\"dialed_at\":\"2026-03-02 08:01:00\",\"status\":\"busy\",\"talk\":0}]\n",
        "0912345601 ANSWERED 2026-03-02T01:00:00Z 25\n0912345602 BS 2026-03-02T01:01:00Z 0",
    ),
    (
        "numbers as formulas without quotes around them",
        "phone,dialed_at,status,talk\n=\"0912345601\",2026-03-02 08:00:00,answered,25\n=\"0912345602\",2026-03-02 08:01:00,busy,0\n",
        "0912345601 ANSWERED 2026-03-02T01:00:00Z 25\n0912345602 BS 2026-03-02T01:01:00Z 0",
    ),
];

#[test]
fn other_tables_are_read_as_a_person_reads_them() {
    all_told(MEDIUM);
    for name in [
        "Giây đàm thoại",
        "Conversation seconds",
        "Billed seconds",
        "Billable duration",
        "Speaking time",
        "call_duration_talk",
        "Duration after answer",
        "Active call time",
    ] {
        let text = format!(
            "phone,called_at,status,{name}\n0912345601,2026-03-02 08:00:00,answered,25\n0912345602,2026-03-02 08:01:00,busy,0\n"
        );
        assert_eq!(read(text).talk_ms(), 25_000, "{name}");
    }
    for name in ["answered_time", "Lúc bắt máy", "Lúc nghe máy", "Connected on"] {
        let text = format!(
            "phone,start_time,{name},end_time,status\n0912345601,2026-03-02 09:00:00,2026-03-02 09:00:10,2026-03-02 09:00:30,answered\n\
             0912345602,2026-03-02 09:01:00,,2026-03-02 09:01:30,busy\n"
        );
        assert_eq!(read(text).talk_ms(), 20_000, "{name}");
    }
}

#[test]
fn an_id_that_stands_twice_takes_it_from_no_other_call() {
    for n in [5, 20, 100] {
        let mut text = "call_id,phone,start_time,status,talk\n".to_owned();
        for at in 0..n {
            let (id, minute, second) = (1000 + at * 7, at / 60, at % 60);
            let _ = writeln!(text, "CG/{id},09123450{at:02},2026-03-02 09:{minute:02}:{second:02},answered,20");
        }
        text += "CG/1021,0912345003,2026-03-02 09:00:03,answered,25\n";
        let file = read(text);
        assert_eq!((file.records.len(), file.faults()), (n, vec![(n as u64 + 2, "id")]), "{n}");
        assert!(file.results()[0].0.ends_with("CG/1000"));
    }
}

const NEIGHBOURS: &[Told] = &[
    (
        "what a customer is, beside what came of the call, under one name",
        "phone,status,dialed_at,status,talk\n0912345601,active,2026-03-02 08:00:00,answered,25\n\
         0912345602,active,2026-03-02 08:01:00,busy,0\n",
        "0912345601 ANSWERED 2026-03-02T01:00:00Z 25\n0912345602 BS 2026-03-02T01:01:00Z 0",
    ),
    (
        "what came of the call, beside whether it was one",
        "phone,status,dialed_at,outcome,talk\n0912345601,completed,2026-03-02 08:00:00,gold,25\n\
         0912345602,busy,2026-03-02 08:01:00,nocontact,0\n0912345603,completed,2026-03-02 08:02:00,silver,5\n",
        "0912345601 gold 2026-03-02T01:00:00Z 25\n0912345602 BS 2026-03-02T01:01:00Z 0\n\
         0912345603 silver 2026-03-02T01:02:00Z 5",
    ),
    (
        "minutes",
        "phone,start_time,status,minutes\n0912345601,2026-03-02 09:00:00,answered,2\n0912345602,2026-03-02 09:01:00,busy,0\n",
        "0912345601 ANSWERED 2026-03-02T02:00:00Z 120\n0912345602 BS 2026-03-02T02:01:00Z 0",
    ),
    (
        "our extension beside the one number",
        "ext,Số gọi,dialed_at,status,talk\n100,0912345601,2026-03-02 08:00:00,answered,25\n\
         100,0912345602,2026-03-02 08:01:00,busy,0\n",
        "0912345601 ANSWERED 2026-03-02T01:00:00Z 25\n0912345602 BS 2026-03-02T01:01:00Z 0",
    ),
    (
        "our number beside the customer's",
        "Thời gian,Số gọi đi,Số khách,Đàm thoại,Trạng thái\n2026-03-02 08:00:00,02473001234,0912345601,20,Thành công\n\
         2026-03-02 08:01:00,02473001234,0912345602,0,Bận\n",
        "0912345601 ANSWERED 2026-03-02T01:00:00Z 20\n0912345602 BS 2026-03-02T01:01:00Z 0",
    ),
    (
        "one that must not be called, and was not",
        "phone,start_time,status,talk\n0912345601,2026-03-02 08:00:00,OK,25\n0912345602,2026-03-02 08:01:00,DNC,0\n\
         0912345603,2026-03-02 08:02:00,DNC,5\n",
        "0912345601 ANSWERED 2026-03-02T01:00:00Z 25\n0912345603 DNC 2026-03-02T01:02:00Z 5",
    ),
    (
        "sessions in one of which nothing was said",
        "session_id,start_time,end_time,duration_seconds,summary,conversation\n\
         s1,2026-03-02T09:00:00.5,2026-03-02T09:01:00.5,60,tốt,\"Agent: Chào\nUser: Vâng\"\n\
         s2,2026-03-02T09:05:00,2026-03-02T09:05:10,10,no conversation,\n",
        " ANSWERED 2026-03-02T02:00:00.500Z 0\n ANSWERED 2026-03-02T02:05:00Z 0",
    ),
    (
        "one id twice in two rows",
        "Mã cuộc gọi,phone,start_time,status,talk\nCG/1,0912345601,2026-03-02 09:00:00,answered,20\n\
         CG/1,0912345601,2026-03-02 09:00:00,answered,25\n",
        "0912345601 ANSWERED 2026-03-02T02:00:00Z 20\n\
         3: id stands in an earlier row with other values: is it the id of a call?",
    ),
    (
        "what a database's client prints, of calls of a switch",
        "+---------------------+------------+----------+---------+-------------+\n\
         | calldate            | dst        | duration | billsec | disposition |\n\
         +---------------------+------------+----------+---------+-------------+\n\
         | 2026-03-02 09:00:00 | 0912345601 |       40 |      30 | ANSWERED    |\n\
         | 2026-03-02 09:05:00 | 0912345602 |       40 |       0 | NO ANSWER   |\n\
         +---------------------+------------+----------+---------+-------------+\n2 rows in set (0.00 sec)\n",
        "0912345601 ANSWERED 2026-03-02T02:00:00Z 30\n0912345602 NA 2026-03-02T02:05:00Z 0",
    ),
    (
        "what a database's client prints, of any table",
        "+------------+---------------------+----------+------+\n\
         | phone      | start_time          | status   | talk |\n\
         +------------+---------------------+----------+------+\n\
         | 0912345601 | 2026-03-02 09:00:00 | answered |   30 |\n\
         | 0912345602 | 2026-03-02 09:05:00 | busy     |    0 |\n\
         +------------+---------------------+----------+------+\n2 rows in set (0.00 sec)\n",
        "0912345601 ANSWERED 2026-03-02T02:00:00Z 30\n0912345602 BS 2026-03-02T02:05:00Z 0",
    ),
    (
        "sums below the rows of a switch",
        "calldate,src,dst,duration,billsec,disposition,uniqueid\n\
         2026-03-02 09:00:00,100,0912345601,30,20,ANSWERED,1772416800.1\n,,,30,20,,\nTotal,,,30,20,,\nTổng cộng,,,30,20,,\n",
        "0912345601 ANSWERED 2026-03-02T02:00:00Z 20",
    ),
];

#[test]
fn tables_beside_those_that_were_read_wrongly_are_read_rightly() {
    all_told(NEIGHBOURS);
    let talk = |name: &str, seconds: &str| {
        told(format!(
            "phone,dialed_at,status,{name}\n0912345601,2026-03-02 08:00:00,answered,{seconds}\n0912345602,2026-03-02 08:01:00,busy,0\n"
        ))
    };
    for (name, cell, seconds) in [
        ("TG thoại", "25", 25),
        ("duration_billed", "25", 25),
        ("Conversation (s)", "25", 25),
        ("connected_seconds", "25", 25),
        ("call_time_after_answer", "25", 25),
        ("Phút đàm thoại", "2", 120),
        ("Số phút nghe", "\"1,5\"", 90),
    ] {
        let expected =
            format!("0912345601 ANSWERED 2026-03-02T01:00:00Z {seconds}\n0912345602 BS 2026-03-02T01:01:00Z 0");
        assert_eq!(talk(name, cell), expected, "{name}");
    }
    // What only happens to be 0 there is no length.
    assert!(talk("points", "25").contains("01:00:00Z 0"));
    for never in ["--:--:--", "00:00:00"] {
        let text = format!(
            "id,phone,start_time,answer_time,end_time,status\nc1,0912345601,2026-03-02 08:00:00,2026-03-02 08:00:09,2026-03-02 08:00:39,answered\n\
             c2,0912345602,2026-03-02 08:01:00,{never},2026-03-02 08:01:30,no answer\n"
        );
        let expected = "0912345601 ANSWERED 2026-03-02T01:00:00Z 30\n0912345602 NA 2026-03-02T01:01:00Z 0";
        assert_eq!(told(text), expected, "{never}");
    }
}

#[test]
fn an_instant_may_be_written_without_marks() {
    for written in [
        "20260302080000",
        "20260302 080000",
        "20260302T080000",
        "20260302T010000Z",
        "20260302-080000",
        "202603020800",
        "20260302 08:00:00",
        "2026.03.02 08:00:00",
        "\"Mar 2, 2026, 8:00 AM\"",
        "Mon Mar 02 2026 08:00:00 GMT+0700 (Indochina Time)",
        "\"2 thg 3, 2026 08:00\"",
    ] {
        let text =
            format!("phone,start_time,status,talk\n0912345601,{written},answered,25\n0912345602,{written},busy,0\n");
        let expected = "0912345601 ANSWERED 2026-03-02T01:00:00Z 25\n0912345602 BS 2026-03-02T01:00:00Z 0";
        assert_eq!(told(text), expected, "{written}");
    }
    let two = "Ngày,Giờ,SĐT,Kết quả,Đàm thoại\n20260302,080000,0912345601,Nghe máy,25\n20260302,080105,0912345602,Máy bận,0\n";
    let expected = "0912345601 ANSWERED 2026-03-02T01:00:00Z 25\n0912345602 BS 2026-03-02T01:01:05Z 0";
    assert_eq!(told(two), expected);
}

#[test]
fn a_refusal_names_the_columns_below_titles() {
    let table = "Thời gian,Số gọi đi,Hotline,Đàm thoại,Trạng thái\n2026-03-02 08:00:00,02473001234,0912345601,20,Thành công\n\
                 2026-03-02 08:01:00,02473001234,0912345602,0,Bận\n";
    for title in ["", "BÁO CÁO CUỘC GỌI THÁNG 3,,,,\n", "BÁO CÁO THÁNG 3,,,,\nCông ty ABC,,,,\n,,,,\n"] {
        let refusal = cdr::detect(format!("{title}{table}").as_bytes()).unwrap_err().to_string();
        let says = ["which number is the customer's", "Số gọi đi, Hotline"].map(|what| refusal.contains(what));
        assert_eq!(says, [true, true], "{title}: {refusal}");
    }
}

#[test]
fn exports_of_platforms_pages_are_tables_too() {
    all_told(&[
        (
            "Retell, whose reason says more than that a call has ended",
            "Time,Call Duration,Type,Cost,Call ID,Disconnection Reason,Call Status,From,To\n\
             03/02/2026 08:00,0:25,phone_call,$0.05,call_1a2b3c4d5e6f70,user_hangup,ended,+842473001234,+84912345601\n\
             03/02/2026 08:01,0:00,phone_call,$0.00,call_1a2b3c4d5e6f71,dial_no_answer,not_connected,+842473001234,+84912345602\n\
             03/13/2026 08:02,0:00,phone_call,$0.00,call_1a2b3c4d5e6f72,dial_busy,not_connected,+842473001234,+84912345603\n\
             03/13/2026 08:03,0:00,phone_call,$0.00,call_1a2b3c4d5e6f73,dial_failed,not_connected,+842473001234,+84912345604\n\
             03/13/2026 08:04,0:12,phone_call,$0.01,call_1a2b3c4d5e6f74,voicemail_reached,ended,+842473001234,+84912345605\n",
            "+84912345601 ANSWERED 2026-03-02T01:00:00Z 25\n+84912345602 NA 2026-03-02T01:01:00Z 0\n\
             +84912345603 BS 2026-03-13T01:02:00Z 0\n+84912345604 CU 2026-03-13T01:03:00Z 0\n\
             +84912345605 MACHINE 2026-03-13T01:04:00Z 12",
        ),
        (
            "from and to in Vietnamese, beside which way",
            "Thời gian bắt đầu,Từ số,Đến số,Hướng gọi,Thời lượng,Trạng thái\n\
             2026-03-02 08:00:00,02473001234,0912345601,Gọi ra,25,Thành công\n\
             2026-03-02 08:01:00,02473001234,0912345602,Gọi ra,0,Không nghe máy\n",
            "0912345601 ANSWERED 2026-03-02T01:00:00Z 25\n0912345602 NA 2026-03-02T01:01:00Z 0",
        ),
        (
            "rows within an answer",
            "{\"success\":true,\"data\":{\"total\":2,\"rows\":[{\"phone\":\"0912345601\",\"startedAt\":\"2026-03-02T01:00:00Z\",\"talkTime\":25,\"status\":\"answered\"},\
             {\"phone\":\"0912345602\",\"startedAt\":\"2026-03-02T01:01:00Z\",\"talkTime\":0,\"status\":\"no_answer\"}]}}",
            "0912345601 ANSWERED 2026-03-02T01:00:00Z 25\n0912345602 NA 2026-03-02T01:01:00Z 0",
        ),
        (
            "lengths of a switch as clocks",
            "calldate,src,dst,duration,billsec,disposition,uniqueid\n\
             2026-03-02 09:00:00,100,0912345601,00:00:30,00:00:20,ANSWERED,1772416800.1\n",
            "0912345601 ANSWERED 2026-03-02T02:00:00Z 20",
        ),
    ]);
}
