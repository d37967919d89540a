//! Dumps of databases other than MySQL's.

use cdr::Format;

use super::{options, read, try_read};

#[test]
fn call_records_of_asterisk_are_read_from_the_lines_of_a_copy() {
    let dump = "--\n-- PostgreSQL database dump\n--\nSET standard_conforming_strings = on;\nCREATE TABLE public.cdr (calldate timestamp, clid text);\n\
        COPY public.cdr (calldate, clid, src, dst, duration, billsec, disposition, uniqueid) FROM stdin;\n\
        2026-03-02 09:00:00\t\"Lan\\tAnh\" <100>\t100\t0901234501\t30\t20\tANSWERED\t1772416800.1\r\n\
        2026-03-02 09:01:00\t\\N\t100\t0901234502\t30\t0\tNO ANSWER\t1772416860.2\r\n\
        \\.\n\nSELECT 1;\n";
    let file = read(dump);
    assert_eq!(file.reading.format, Format::Asterisk);
    assert_eq!(file.results(), [("asterisk:1772416800.1", "ANSWERED"), ("asterisk:1772416860.2", "NA")]);
    assert_eq!(file.records[0].0, 7);
    // The end is missing: what is whole comes in.
    let file = read(&dump[..dump.find("\t0901234502").unwrap()]);
    assert_eq!((file.results().len(), file.faults()), (1, vec![(8, "")]));
}

#[test]
fn a_backslash_means_nothing_in_a_dump_of_sqlite() {
    let dump = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n\
        CREATE TABLE cdr (calldate text, clid text, src text, dst text, duration int, billsec int, disposition text, uniqueid text);\n\
        INSERT INTO cdr VALUES('2026-03-02 09:00:00','a\\','100','0901234501',30,20,'ANSWERED','1772416800.1');\n\
        INSERT INTO \"cdr\" VALUES('2026-03-02 09:01:00','it''s','100','0901234502',30,0,'BUSY','1772416860.2');\nCOMMIT;\n";
    let file = read(dump);
    assert_eq!(file.results(), [("asterisk:1772416800.1", "ANSWERED"), ("asterisk:1772416860.2", "BS")]);
}

#[test]
fn a_dump_of_other_tables_is_refused() {
    let dump = "COPY public.users (id, name) FROM stdin;\n1\tx\n\\.\n";
    assert!(try_read(dump, &options()).is_err());
}
