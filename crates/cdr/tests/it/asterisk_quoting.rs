//! Broken quoting, line ends and cells of real files.

use super::read;

#[test]
fn every_spelling_of_the_callers_name_leaves_the_other_columns_where_they_are() {
    let header = "calldate,clid,src,dst,duration,billsec,disposition,uniqueid\n";
    for clid in [
        r#""""Name"" <1115>""#,
        r#""""Nguyen, Hoa"" <1115>""#,
        r#"""Name" <1115>""#,
        r#"""Nguyen, Hoa" <1115>""#,
        r#""User 10" <114>"#,
        r#""""""""" <client1>"#,
        r#""""" <client1>"#,
        r#""\"Nguyen, Hoa\" <1115>""#,
        "<1115>",
        "NULL",
        "",
    ] {
        for quote in ["", "\""] {
            let cell = |text: &str| format!("{quote}{text}{quote}");
            let row = [
                &cell("2026-11-04 09:00:00"),
                clid,
                &cell("1115"),
                &cell("0901234567"),
                &cell("5"),
                &cell("0"),
                &cell("BUSY"),
                &cell("1793757600.1"),
            ];
            let file = read(format!("{header}{}\n", row.join(",")));
            assert_eq!(file.results(), [("asterisk:1793757600.1", "BS")], "{clid}");
            assert_eq!(file.phones(), ["0901234567"], "{clid}");
            let attributes = file.record().attributes.as_ref().unwrap();
            assert_eq!(attributes["src"], "1115", "{clid}");
            let kept = attributes.get("clid").map_or("", |text| text.as_str().unwrap());
            assert!(kept.contains("Hoa") == clid.contains("Hoa"), "{clid} became {kept}");
        }
    }
}

#[test]
fn all_line_ends_a_bom_and_blank_lines_are_read() {
    let lines = [
        "calldate,src,dst,duration,billsec,disposition",
        "2026-11-04 09:00:00,1,0901,5,0,BUSY",
        "",
        "2026-11-04 09:00:01,1,0902,5,0,BUSY",
    ];
    for end in ["\n", "\r\n", "\r"] {
        for bom in ["", "\u{feff}"] {
            let file = read(format!("{bom}{}", lines.join(end)));
            assert_eq!(file.records.iter().map(|record| record.0).collect::<Vec<_>>(), [2, 4], "{end:?}");
        }
    }
}

#[test]
fn phones_that_became_numbers_are_phones_again() {
    let text = "calldate,dst,duration,billsec,disposition,uniqueid\n\
                2026-11-04 09:00:00,918287463433.0,5,0,BUSY,1793757600.1\n\
                2026-11-04 09:00:00,9.18287463433E+11,5,0,BUSY,1793757600.2\n\
                2026-11-04 09:00:00,+84901234567,5.0,0.0,BUSY,1793757600.3\n";
    assert_eq!(read(text).phones(), ["918287463433", "918287463433", "+84901234567"]);
}

#[test]
fn a_header_in_the_middle_and_empty_cells_at_the_end_are_no_rows() {
    let header = "calldate,src,dst,duration,billsec,disposition\n";
    let text = format!("{header}2026-11-04 09:00:00,1,0901,5,0,BUSY,,\n{header}2026-11-04 09:00:01,1,0902,5,0,BUSY\n");
    let file = read(text);
    assert_eq!((file.reading.rows, file.reading.calls, file.reading.skipped), (2, 2, 0));
}

#[test]
fn names_in_latin_1_are_read() {
    let mut text =
        b"calldate,clid,dst,duration,billsec,disposition\n2026-11-04 09:00:00,\"H\xf4\" <1>,0901,5,0,BUSY\n".to_vec();
    assert_eq!(read(&text).record().attributes.as_ref().unwrap()["clid"], "Hô <1>");
    // A line that is far too long is passed over; the next one is read.
    text.extend(vec![b'x'; 100_000]);
    text.extend(b"\n2026-11-04 09:00:05,a,0902,5,0,BUSY\n");
    let file = read(&text);
    assert_eq!((file.faults(), file.reading.calls), (vec![(3, "")], 2));
}
