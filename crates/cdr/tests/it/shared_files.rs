//! Real files of systems, which are not ours to pass on: their figures were counted by an independent script. Whoever has them names their
//! folder by `RINGSIDE_TEST_FILES`; without it these tests look at nothing. Everything that the files show is also tested with small files of
//! this crate's own.

use std::{collections::BTreeSet, fs, path::PathBuf};

use cdr::{DateOrder, Format, OrderBasis, ZoneBasis};

use super::{File, options, read};

/// The folder of the real files; none where nobody has named one.
pub(super) fn shared() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("RINGSIDE_TEST_FILES").map(PathBuf::from) else {
        eprintln!("RINGSIDE_TEST_FILES names no folder of real files: only the crate's own are tried");
        return None;
    };
    assert!(folder.is_dir(), "RINGSIDE_TEST_FILES: {} is no folder", folder.display());
    Some(folder)
}

fn asterisk(name: &str) -> Option<File> {
    let file = read(fs::read(shared()?.join("asterisk").join(name)).unwrap());
    assert_eq!(file.reading.format, Format::Asterisk);
    let ids: BTreeSet<&str> = file.records.iter().map(|(_, record)| record.id.as_str()).collect();
    assert_eq!(ids.len(), file.records.len(), "two calls have one id");
    Some(file)
}

fn talk_seconds(file: &File) -> i64 {
    file.talk_ms() / 1_000
}

/// Offset, rows that agree, of how many, and where it is from.
fn zone(file: &File) -> (Option<i32>, u64, u64, ZoneBasis) {
    let zone = file.reading.zone.as_ref().unwrap();
    (zone.offset_minutes, zone.agreeing, zone.of, zone.basis)
}

#[test]
fn rows_of_freepbx_17_are_grouped_by_linkedid_and_its_junk_rows_are_named() {
    let Some(file) = asterisk("freepbx17_asteriskcdrdb_cdr_lab_Oscar6262.masked.csv") else { return };
    assert_eq!((file.reading.rows, file.reading.calls, file.reading.skipped), (574, 371, 38));
    assert_eq!(file.codes(), [("ANSWERED", 331), ("CU", 18), ("NA", 22)]);
    assert_eq!(talk_seconds(&file), 10_341);
    assert_eq!(zone(&file), (Some(0), 536, 536, ZoneBasis::Records));
    assert!(file.skipped.iter().all(|row| row.field == "disposition"), "{:?}", file.skipped);
}

#[test]
fn a_table_without_header_in_d_m_y_is_read_as_such_because_all_rows_agree() {
    let Some(file) = asterisk("freepbx_cdr_dmy_noheader_apspoliveira.masked.csv") else { return };
    assert_eq!((file.reading.rows, file.reading.calls, file.reading.skipped), (856, 856, 0));
    assert_eq!(file.codes(), [("ANSWERED", 747), ("BS", 1), ("CU", 44), ("NA", 64)]);
    assert_eq!(talk_seconds(&file), 154_105);
    assert_eq!(file.reading.date_order, Some((DateOrder::DayMonthYear, OrderBasis::Epochs)));
    assert_eq!(zone(&file), (Some(60), 856, 856, ZoneBasis::Records));
    assert_eq!(file.times()[0], "2017-09-01T15:33:01Z");
}

#[test]
fn cdr_custom_in_the_sample_order_is_three_hours_east() {
    let Some(file) = asterisk("Master_cdr_custom_order_KelySaina.csv") else { return };
    assert_eq!(file.codes(), [("ANSWERED", 11), ("NA", 3)]);
    assert_eq!(talk_seconds(&file), 78);
    assert_eq!(zone(&file), (Some(180), 14, 14, ZoneBasis::Records));
    // 18 s until the answer, 13 s billed.
    assert_eq!(file.times(), ["2023-07-25T22:51:32Z", "2023-07-25T22:51:50Z", "2023-07-25T22:52:03Z"]);
}

#[test]
fn six_columns_with_cr_line_ends_are_in_the_accounts_zone_for_nothing_tells() {
    let Some(file) = asterisk("cdr_six_columns_CR_line_endings.masked.csv") else { return };
    assert_eq!(file.codes(), [("ANSWERED", 19), ("BS", 2), ("NA", 4)]);
    assert_eq!(talk_seconds(&file), 4_352);
    assert_eq!(file.reading.date_order, Some((DateOrder::DayMonthYear, OrderBasis::Values)));
    assert_eq!(zone(&file), (Some(420), 0, 0, ZoneBasis::Account));
    assert_eq!(file.times()[0], "2017-08-24T02:32:00Z");
}

#[test]
fn a_hundred_rows_of_freepbx_may_be_the_end_of_more() {
    let Some(file) = asterisk("cdr_six_columns_CR_line_endings_lab.csv") else { return };
    assert_eq!(file.codes(), [("ANSWERED", 99), ("NA", 1)]);
    assert_eq!(talk_seconds(&file), 729);
    assert_eq!(file.reading.date_order, Some((DateOrder::DayMonthYear, OrderBasis::Default)));
    assert!(file.reading.warnings.iter().any(|said| said.contains("exactly 100 rows")), "{:?}", file.reading.warnings);
}

/// A file of another system must be refused by name: read as something else, its figures would be wrong silently.
#[test]
fn files_of_other_systems_are_not_taken_for_a_known_format() {
    let Some(folder) = shared() else { return };
    let mut tried = 0;
    for folder in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        // `shared_switches` has these.
        let own = ["asterisk", "freeswitch", "vicidial", "cdrstats", "newfies"];
        if !folder.is_dir() || own.iter().any(|own| folder.ends_with(own)) {
            continue;
        }
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            // Their own tests read these: `shared_platforms`.
            if super::shared_platforms::knows(&path) {
                continue;
            }
            let found = cdr::read(fs::File::open(&path).unwrap(), &options()).map(|records| records.reading());
            assert!(found.is_err(), "{} was read: {found:?}", path.display());
            tried += 1;
        }
    }
    assert!(tried > 20, "only {tried} files");
}
