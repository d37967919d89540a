//! Which format a file is of, and how others are refused.

use cdr::{Format, ReadError, detect};

use super::{forced, try_read};

#[test]
fn the_first_bytes_tell_the_format() {
    for (head, format) in [
        ("{\"id\":\"c-1\",\"dialed_at\":1}\n", Format::Ndjson),
        ("\u{feff} \n[\n  {\"id\":\"c-1\",\n \"dialed_at\":1", Format::Ndjson),
        ("\u{feff}id,campaign,contact.phone,dialed_at\n", Format::Csv),
        ("\"dialed_at\";\"id\"\r\n", Format::Csv),
        ("calldate,src,dst,duration,billsec,disposition\n", Format::Asterisk),
        ("24/08/17 09:32,41000,4502,20,0,NO ANSWER\r24/08/17 09:28,1,2,331,328,ANSWERED", Format::Asterisk),
        (
            r#"{"start":"2026-11-04 09:15:02","dst":"1","duration":1,"billsec":0,"disposition":"BUSY"}"#,
            Format::Asterisk,
        ),
        (
            "-- MySQL dump\nINSERT INTO cdr (calldate,dst,duration,billsec,disposition) VALUES (1,2,3,4,'BUSY');",
            Format::Asterisk,
        ),
        ("{\n\t\"core-uuid\":\t\"x\",\n\t\"variables\":\t{", Format::FreeSwitch),
        ("<?xml version=\"1.0\"?>\n<cdr core-uuid=\"x\"><channel_data>", Format::FreeSwitch),
        ("cdr=%3C%3Fxml", Format::FreeSwitch),
        ("call_date\tphone_number_dialed\tstatus\tlength_in_sec\r\n", Format::Vicidial),
        ("switch,callid,destination_number,starting_date,duration,billsec,hangup_cause_id\n", Format::CdrStats),
        ("[{\"pk\":1,\"model\":\"dialer_cdr.voipcall\",", Format::Newfies),
        ("historyid,time-start,time-answered,time-end,reason-terminated,from-no,to-no\n", Format::ThreeCx),
        ("id,number_dialed,status,call_length,call_date,term_reason\n", Format::Convoso),
    ] {
        assert_eq!(detect(head.as_bytes()), Ok(format), "{head}");
    }
}

#[test]
fn an_unknown_file_is_refused_with_the_known_formats() {
    for (head, what) in [
        (&b""[..], "empty"),
        (b" \r\n\t", "empty"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"\xff\xfei\0d\0", "UTF-16"),
        (b"hello", "no format"),
        (b"{\"message\":{\"call\":{\"id\":\"x\"}}}", "no format"),
        (b"CREATE TABLE users (id int); INSERT INTO users VALUES (1);", "no format"),
        (b"CALL ID,TIMESTAMP,CAMPAIGN,DISPOSITION,ANI\n1,2026-09-03 10:00,x,Consult Set,8329178826\n", "no format"),
        (b"id,name\n1,x\n", "no format"),
        (
            b"[{\"start\":\"2026-03-02 09:00:00\",\"dst\":\"1\",\"billsec\":1,\"duration\":1,\"status\":\"human\"}]",
            "no format",
        ),
        (b"<cdrs><call/></cdrs>", "no format"),
        (b"{\"variables\":{\"name\":\"x\"}}", "no format"),
        (b"CREATE TABLE cdr (calldate text);\nCOPY x (y) FROM stdin;\n1\n\\.\n", "no format"),
    ] {
        let refusal = detect(head).unwrap_err();
        assert_eq!(refusal.known, Format::ALL);
        let said = refusal.to_string();
        assert!(said.contains(what) && Format::ALL.iter().all(|format| said.contains(format.name())), "{said}");
    }
}

#[test]
fn a_format_has_one_name() {
    for format in Format::ALL {
        assert_eq!(Format::from_name(format.name()), Some(format));
    }
    assert_eq!(Format::from_name("ASTERISK"), None);
}

#[test]
fn a_file_that_is_not_of_the_format_given_is_refused_with_the_reason() {
    let refused = |bytes: &str, format| match try_read(bytes, &forced(format)) {
        Err(ReadError::Shape { format: refused, reason }) => {
            assert_eq!(refused, format);
            reason
        }
        Err(other) => panic!("{other}"),
        Ok(file) => panic!("{}", file.reading),
    };
    assert!(refused("a,b\n1,2\n", Format::Asterisk).contains("neither its header"));
    assert!(refused("-- dump\nINSERT INTO users VALUES (1);", Format::Asterisk).contains("no INSERT"));
    assert!(refused("id,dialed_at,campaign,contact.phone,speed\n", Format::Csv).contains("\"speed\""));
    assert!(refused("id,dialed_at,id,contact.phone\n", Format::Csv).contains("twice"));
    assert!(refused("id,contact.phone\n", Format::Csv).contains("\"dialed_at\" is missing"));
    assert!(refused("id,dialed_at\n", Format::Csv).contains("one is needed"));
    // NDJSON has no header to refuse: each line is.
    assert_eq!(try_read("a\nb\n", &forced(Format::Ndjson)).unwrap().faults(), [(1, ""), (2, "")]);
}
