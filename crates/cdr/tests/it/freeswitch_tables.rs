//! Tables of FreeSWITCH (`mod_cdr_csv`, `mod_cdr_pg_csv`) and FusionPBX.

use cdr::{Format, ZoneBasis};
use domain::HangupBy;

use super::{File, read, read_in_parts, read_without_campaign};

const A: &str = "aaaaaaaa-0000-11f0-9b4c-000000000001";

fn is_freeswitch(file: &File) {
    assert_eq!(file.reading.format, Format::FreeSwitch, "{:?}", file.reading);
}

#[test]
fn the_templates_are_known_by_times_cause_and_id() {
    let times =
        "\"2026-03-02 09:00:00\",\"2026-03-02 09:00:10\",\"2026-03-02 09:00:40\",\"40\",\"30\",\"NORMAL_CLEARING\"";
    let rows = [
        format!("\"Bot\",\"100\",\"0901234567\",\"default\",{times},\"{A}\",\"\",\"tet\",\"PCMU\",\"PCMU\"\n"),
        format!(
            "\"Bot \"x\" y\",\"100\",\"0901234567\",\"default\",{times},\"{A}\",\"\", \"tet\",\"PCMU\",\"PCMU\",\"ua\"\n"
        ),
        format!(
            "\"10.0.0.1\",\"Bot\",\"100\",\"0901234567\",\"default\",{times},\"{A}\",\"\",\"tet\",\"PCMU\",\"PCMU\"\n"
        ),
        format!(
            "\"tet\",\"100\",\"0901234567\",\"default\",\"100\",\"sofia/x\",\"sofia/y\",\"bridge\",\"z\",{times},\"3\",\"{A}\",\"\"\n"
        ),
        format!("INSERT INTO cdr VALUES (\"Bot\",\"100\",\"0901234567\",\"default\",{times},\"{A}\",\"\", \"tet\");\n"),
    ];
    for row in rows {
        let file = read_without_campaign(&row);
        is_freeswitch(&file);
        let record = file.record();
        assert_eq!(file.times(), ["2026-03-02T02:00:00Z", "2026-03-02T02:00:10Z", "2026-03-02T02:00:40Z"], "{row}");
        assert_eq!((record.campaign.as_str(), file.phones()), ("tet", vec!["0901234567"]), "{row}");
        assert_eq!(record.id.as_str(), format!("freeswitch:{A}"));
        assert_eq!(file.reading.zone.as_ref().map(|zone| zone.basis), Some(ZoneBasis::Account));
    }
}

#[test]
fn a_spreadsheets_minutes_are_made_up_for_by_the_seconds() {
    let row = |id: &str, cause: &str, answer: &str, billsec: u32| {
        format!(
            "Outbound Call,0901234567,&,default,2026/3/2 9:00,{answer},2026/3/2 9:01,75,{billsec},{cause},{id},,,,\n"
        )
    };
    let file = read([row(A, "USER_BUSY", "", 0), row(A, "NORMAL_CLEARING", "2026/3/2 9:00", 50)].concat());
    is_freeswitch(&file);
    // One id twice: the better one counts.
    assert_eq!(file.results(), [(format!("freeswitch:{A}").as_str(), "ANSWERED")]);
    assert_eq!((file.talk_ms(), file.phones()), (50_000, vec!["0901234567"]));
    assert_eq!(file.times()[2], "2026-03-02T02:01:15Z");
}

/// Legs of a dump of PostgreSQL: an announcement answers the caller's leg, the customer's is another one.
const DUMP: &str = r#"--
-- PostgreSQL database dump
--
SET standard_conforming_strings = on;
CREATE TABLE public.users (id integer, name text);
CREATE TABLE public.cdr (
    id integer NOT NULL,
    caller_id_number character varying,
    destination_number character varying,
    start_stamp timestamp with time zone,
    answer_stamp timestamp with time zone,
    end_stamp timestamp with time zone,
    duration integer, billsec integer,
    hangup_cause text, uuid uuid, bleg_uuid uuid, accountcode text, call_link_id text
);
COPY public.users (id, name) FROM stdin;
1	O'Brien; "x"
\.
COPY public.cdr (id, caller_id_number, destination_number, start_stamp, answer_stamp, end_stamp, duration, billsec, hangup_cause, uuid, bleg_uuid, accountcode, call_link_id) FROM stdin;
1	100	0901234501	2026-03-02 10:00:02+08	\N	2026-03-02 10:00:30+08	28	0	NO_ANSWER	b1	\N	tet	L1
2	100	0901234501	2026-03-02 10:00:00+08	2026-03-02 10:00:00+08	2026-03-02 10:00:31+08	31	31	NORMAL_CLEARING	a1	\N	tet	L1
3	100	0901234502	2026-03-02 10:01:00+08	2026-03-02 10:01:00+08	2026-03-02 10:01:50+08	50	50	NORMAL_CLEARING	a2	b2	tet	\N
4	100	0901234502	2026-03-02 10:01:04+08	2026-03-02 10:01:20+08	2026-03-02 10:01:50+08	46	30	NORMAL_CLEARING	b2	\N	tet	\N
5	100	0901234503	2026-03-02 10:02:00+08	\N	2026-03-02 10:02:03+08	3	0	USER_BUSY	a3	\N	tet	\N
6	100	0901234504	2026-03-02 10:03:05+08	2026-03-02 10:03:00+08	2026-03-02 10:03:25+08	20	25	MEDIA_TIMEOUT	a4	\N	tet	\N
7	100	0901234505	2026-03-02 10:04:05+08
\.
"#;

#[test]
fn in_a_dump_of_postgresql_the_b_leg_decides() {
    let file = read_without_campaign(DUMP);
    is_freeswitch(&file);
    let mut results = file.results();
    results.sort_unstable();
    assert_eq!(
        results,
        [
            ("freeswitch:L1", "NA"),
            ("freeswitch:a2", "ANSWERED"),
            ("freeswitch:a3", "BS"),
            ("freeswitch:a4", "ANSWERED"),
        ]
    );
    // 30 s with the customer, and 25 s on the leg that began after it was answered.
    assert_eq!((file.talk_ms(), file.reading.rows), (55_000, 7));
    assert_eq!(file.times()[0], "2026-03-02T02:00:02Z");
    assert_eq!(file.faults().len(), 1, "{:?}", file.skipped);
}

#[test]
fn fusionpbx_says_how_a_call_ended_and_which_way_it_went() {
    let header = "xml_cdr_uuid,direction,caller_id_name,caller_id_number,caller_destination,destination_number,start_stamp,answer_stamp,end_stamp,start_epoch,answer_epoch,end_epoch,duration,billsec,hangup_cause,sip_hangup_disposition,status,record_path,record_name,accountcode\n";
    let row = |id: &str, direction: &str, answer: &str, cause: &str, disposition: &str, status: &str| {
        format!(
            "{id},{direction},Lan \"VIP\" Anh,0901234567,,100,2026-03-02 09:00:00,,2026-03-02 09:00:40,1772416800,{answer},1772416840,40,0,{cause},{disposition},{status},/var/rec,a.wav,tet\n"
        )
    };
    let text = [
        header.to_owned(),
        row("f1", "inbound", "1772416810", "NORMAL_CLEARING", "recv_bye", "answered"),
        row("f2", "inbound", "1772416810", "NORMAL_CLEARING", "", "voicemail"),
        row("f3", "outbound", "", "NO_ANSWER", "", "no_answer"),
        row("f4", "outbound", "", "ORIGINATOR_CANCEL", "", "cancelled"),
        row("f5", "outbound", "", "CALL_REJECTED", "", "failed"),
        row("f6", "local", "", "USER_BUSY", "", "busy"),
        row("f7", "outbound", "", "USER_BUSY", "", "mystery"),
        row("f8", "outbound", "0", "USER_BUSY", "", ""),
    ]
    .concat();
    let file = read_without_campaign(&text);
    is_freeswitch(&file);
    let codes: Vec<&str> = file.results().iter().map(|(_, code)| *code).collect();
    assert_eq!(codes, ["ANSWERED", "MACHINE", "NA", "NA", "CU", "BS", "BS"]);
    assert_eq!((file.phones()[0], file.phones()[2]), ("0901234567", "100"));
    let record = &file.records[0].1;
    // The caller of a call that came in is the customer, and it was the far end of this leg that hung up.
    assert_eq!((record.hangup_by, record.contact.name.as_deref()), (Some(HangupBy::Customer), Some("Lan \"VIP\" Anh")));
    assert_eq!(record.attributes.as_ref().unwrap()["recordingfile"], "/var/rec/a.wav");
    assert_eq!(file.talk_ms(), 60_000);
    assert!(file.skipped[0].reason.contains("mystery"), "{:?}", file.skipped);
    assert!(
        file.warns("inbound calls, of which the caller is taken for the customer: 2") && file.warns("internal calls")
    );
}

#[test]
fn a_table_of_asterisk_is_none_of_freeswitch() {
    let row = "\"\",\"100\",\"0901234567\",\"out\",\"x\",\"PJSIP/1\",\"PJSIP/2\",\"Dial\",\"\",\"2026-03-02 09:00:00\",\"\",\"2026-03-02 09:00:40\",40,0,\"NO ANSWER\",\"DOCUMENTATION\",\"1772416800.0\",\"\"\n";
    assert_eq!(read(row).reading.format, Format::Asterisk);
}

#[test]
fn the_leg_that_began_first_is_the_callers_in_whatever_file_it_stands() {
    let row = |second: u32, answer: &str, end: u32, billsec: u32, cause: &str, ids: [&str; 2]| {
        let [uuid, other] = ids.map(|id| format!("aaaaaaaa-0000-11f0-9b4c-0000000000{id}"));
        format!(
            "\"Bot\",\"1000\",\"0912345601\",\"default\",\"2026-03-02 09:00:{second:02}\",\"{answer}\",\"2026-03-02 09:01:{end:02}\",\"60\",\"{billsec}\",\"{cause}\",\"{uuid}\",\"{other}\",\"tet\",\"PCMU\",\"PCMU\"\n"
        )
    };
    let caller = row(0, "2026-03-02 09:00:02", 0, 58, "NORMAL_CLEARING", ["a1", "b1"]);
    let busy = row(2, "", 2, 0, "USER_BUSY", ["b1", "a1"]);
    let silent = row(2, "", 2, 0, "NO_ANSWER", ["b1", "a1"]);
    let later = row(9, "2026-03-02 09:00:20", 9, 40, "NORMAL_CLEARING", ["b2", "a1"]);
    let result = |rows: &[String]| {
        let call = read_in_parts("", rows);
        let code = call.result_code.as_ref().unwrap().to_string();
        (code, call.check().unwrap().talk_time)
    };
    assert_eq!(result(&[caller.clone(), busy.clone()]), ("BS".to_owned(), 0));
    assert_eq!(result(&[caller.clone(), silent]), ("NA".to_owned(), 0));
    // Whichever file comes first, none of the three is the caller's but the one that began first.
    assert_eq!(result(&[caller.clone(), busy, later]), ("ANSWERED".to_owned(), 40_000));
    // The second was answered, and the third was not.
    let talked = row(2, "2026-03-02 09:00:05", 2, 57, "NORMAL_CLEARING", ["b1", "a1"]);
    let tried = row(9, "", 9, 0, "NO_ANSWER", ["b2", "a1"]);
    assert_eq!(result(&[caller, talked, tried]), ("ANSWERED".to_owned(), 57_000));
}

#[test]
fn one_of_two_rows_may_be_cut() {
    let row = |n: u32| {
        format!(
            "\"Bot\",\"1000\",\"091234560{n}\",\"default\",\"2026-03-02 09:0{n}:00\",\"2026-03-02 09:0{n}:40\",\"2026-03-02 09:0{n}:50\",\"50\",\"10\",\"NORMAL_CLEARING\",\"6f1c2b1e-77aa-4123-8000-55555555550{n}\",\"\",\"tet\",\"PCMU\",\"PCMU\"\n"
        )
    };
    let whole = format!("{}{}", row(1), row(2));
    for cut in [20, 60, 100] {
        let file = read(&whole[..whole.len() - cut]);
        is_freeswitch(&file);
        assert_eq!(file.results()[0], ("freeswitch:6f1c2b1e-77aa-4123-8000-555555555501", "ANSWERED"), "{cut}");
        assert!(file.results().len() == 1 || cut == 20, "{cut}: {:?}", file.results());
    }
}
