//! Which format a file is of, and how others are refused.

use cdr::{Format, Options, ReadError, detect};
use domain::time::Zone;

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

#[test]
fn a_table_that_has_some_of_our_names_is_any_table_unless_it_is_said_to_be_ours() {
    let foreign = "id,campaign,phone,name,dialed_at,talk,result\n\
                   1,tet,0901234567,Lan,2026-11-05 09:00:00,42,answered\n";
    assert_eq!(detect(foreign.as_bytes()).unwrap(), Format::Table);
    let read = try_read(foreign, &Options::new(Zone::HO_CHI_MINH)).unwrap();
    assert_eq!(read.reading.calls, 1, "{:?}", read.reading);
    match try_read(foreign, &forced(Format::Csv)) {
        Err(ReadError::Shape { format: Format::Csv, reason }) => assert!(reason.contains("\"phone\" is not a field")),
        other => panic!("{:?}", other.map(|read| read.reading.calls)),
    }
    // As the export has it, and in another order.
    for ours in ["id;dialed_at;campaign;contact.phone;class;attributes.x\n", "\"dialed_at\",\"contact.id\",\"id\"\n"] {
        assert_eq!(detect(ours.as_bytes()).unwrap(), Format::Csv, "{ours}");
    }
}

#[test]
fn a_table_has_so_many_columns() {
    let names = |count: usize| (0..count).map(|n| format!("c{n}")).collect::<Vec<_>>().join(",");
    let wide = |count: usize| format!("id,dialed_at,contact.phone,campaign,{}\n1,2\n", names(count - 4));
    let begun = std::time::Instant::now();
    for text in [wide(1_001), wide(1_000_000)] {
        for format in [None, Some(Format::Csv), Some(Format::Table)] {
            let options = Options { format, ..Options::new(Zone::HO_CHI_MINH) };
            let error = try_read(&text, &options).err().unwrap().to_string();
            assert!(error.contains("has more than 1,000 columns"), "{format:?}: {}", &error[..error.len().min(300)]);
        }
        let error = cdr::sample(text.as_bytes(), 0, &Options::new(Zone::HO_CHI_MINH)).err().unwrap().to_string();
        assert!(error.contains("has more than 1,000 columns"), "{}", &error[..error.len().min(300)]);
    }
    let cdr = format!("calldate,src,dst,duration,billsec,disposition,uniqueid,{}\n", names(994));
    let error = try_read(&cdr, &forced(Format::Asterisk)).err().unwrap().to_string();
    assert!(error.contains("has more than 1,000 columns"), "{}", &error[..error.len().min(300)]);
    assert!(begun.elapsed().as_secs() < 60, "a million names take no longer than a million names do");

    // One row of a table does no harm to the others.
    let table = format!("phone,dialed_at,result\n0901234567,2026-11-05 09:00,answered\n{}\n", ",".repeat(1_001));
    let options = Options { campaign: Some("tet".parse().unwrap()), ..forced(Format::Table) };
    let rows = "0901234568,2026-11-05 09:01,answered\n".repeat(30);
    let table = table.replacen("answered\n", &format!("answered\n{rows}"), 1);
    let read = try_read(&table, &options).unwrap();
    assert_eq!(read.reading.skipped, 1, "{:?}", read.reading);
}

#[test]
fn what_is_no_text_is_refused_by_what_it_is() {
    let gzip = |bytes: &[u8]| {
        use std::io::Write;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let table = b"phone,dialed_at,result\n0901234567,2026-11-05 09:00,answered\n";
    let files: [(Vec<u8>, &str); 8] = [
        (b"\x89PNG\r\n\x1a\n,;,;\n,;,;\n".to_vec(), "PNG"),
        (b"\xff\xd8\xff\xe0,JFIF,1\n,a,b\n".to_vec(), "JPEG"),
        (b"%PDF-1.7\n1,2,3\n4,5,6\n".to_vec(), "PDF"),
        (b"\x7fELF,2,1\n,3,4\n".to_vec(), "a program"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1,a\n,b\n".to_vec(), "XLS"),
        (gzip(&gzip(table)), "compressed"),
        ([b"a,b\n1,2\n".as_slice(), &[0; 100]].concat(), "bytes of 0"),
        ([b"PK\x03\x04,a,b\n".as_slice(), table].concat(), "compressed"),
    ];
    for (file, said) in &files {
        for format in [None, Some(Format::Table)] {
            let options = Options { format, ..Options::new(Zone::HO_CHI_MINH) };
            let read = cdr::read(file.as_slice(), &options).err().unwrap().to_string();
            let sampled = cdr::sample(file.as_slice(), 0, &options).err().unwrap().to_string();
            assert!(read.contains(said) && sampled.contains(said), "{said}: {read}; {sampled}");
        }
    }
    assert!(cdr::sample(gzip(table).as_slice(), 0, &Options::new(Zone::HO_CHI_MINH)).is_ok());
}
