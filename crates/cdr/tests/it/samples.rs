//! Files of every format with calls of several rows, and cases that were once read wrongly.

use std::{fs, path::Path};

use cdr::Format;

#[path = "../samples/mod.rs"]
mod all;
#[path = "../samples/told.rs"]
mod told;

use all::Sample;
use told::{ALONE, How};

fn file(sample: &Sample, turns: u64) -> Vec<u8> {
    let mut file = sample.header.clone().into_bytes();
    (0..turns).for_each(|turn| sample.write(turn, &mut file));
    file
}

#[test]
fn a_sample_is_recognised_and_read_whole() {
    for sample in Sample::all() {
        let text = String::from_utf8(file(&sample, 20)).unwrap();
        let told = told::read(text.as_bytes(), None, ALONE).unwrap();
        let lines = text.lines().count() - sample.header.lines().count();
        assert_eq!((told.reading.format, told.reading.rows), (sample.format, lines as u64), "{}", sample.name);
        assert!(!told.records.is_empty() && told.skipped.is_empty(), "{}: {:?}", sample.name, told.skipped);
    }
}

/// Every row of a call may stand far from the others, twice, and among what is no row.
#[test]
fn where_rows_are_kept_who_reads_them_and_in_which_order_they_come_changes_no_call() {
    for sample in Sample::all() {
        let text = String::from_utf8(file(&sample, 20)).unwrap();
        let lines: Vec<&str> = text[sample.header.len()..].lines().collect();
        let mut mixed: Vec<&str> = (0..lines.len()).map(|n| lines[n * 7_919 % lines.len()]).collect();
        mixed.extend(&lines[..lines.len() / 3]);
        mixed.extend(["{\"a\":1}", "x,y", "{\"broken"]);
        let mixed = [sample.header.as_str(), &mixed.join("\n")].concat();
        let read = |bytes: &[u8], how| told::read(bytes, Some(sample.format), how).unwrap();
        for file in [text.as_bytes(), mixed.as_bytes()] {
            let whole = read(file, ALONE);
            for (memory, threads) in [(2_000, 1), (20_000, 1), (usize::MAX, 2), (20_000, 3), (2_000, 4)] {
                let how = How { memory, threads };
                assert!(read(file, how) == whole, "{} {how:?}", sample.name);
            }
        }
        let calls = |file: &[u8]| {
            let mut calls: Vec<String> = read(file, ALONE).records.into_iter().map(|(_, call)| call).collect();
            calls.sort();
            calls.dedup();
            calls
        };
        // Ids that come again are guessed to be none.
        let is_guessed = sample.format == Format::Table;
        assert!(is_guessed || calls(text.as_bytes()) == calls(mixed.as_bytes()), "{}", sample.name);
    }
}

/// What happens to files on their way: each of it to a file of every format. Every row is accounted for, whoever reads it.
#[test]
fn whatever_happens_to_a_file_every_row_is_accounted_for() {
    for sample in Sample::all() {
        let whole = file(&sample, 6);
        let text = String::from_utf8(whole.clone()).unwrap();
        let mut zeros = whole.clone();
        (40..zeros.len()).step_by(97).for_each(|at| zeros[at] = 0);
        let rows = &text[sample.header.len()..];
        let mut cases = vec![
            ("put together with itself", text.repeat(2)),
            ("a header in its middle", [&text, &sample.header, rows].concat()),
            ("a byte-order mark", format!("\u{feff}{text}")),
            ("CR LF", text.replace('\n', "\r\n")),
            ("CR alone", text.replace('\n', "\r")),
            ("a quote that is left open", text.replacen(rows.get(..1).unwrap_or(","), "\"", 1)),
            ("separators of thousands", text.replace("47", "1,047")),
            ("nested deep", [&text, &"[".repeat(10_000), "\n{\"a\":", &"{\"a\":".repeat(10_000)].concat()),
            ("nothing after its header", sample.header.clone()),
        ];
        cases.extend(
            (1..12).map(|part| ("truncated", text[..text.floor_char_boundary(text.len() * part / 12)].to_owned())),
        );
        for (what, case) in &cases {
            assert_eq!(told::check(case.as_bytes(), sample.format), Ok(()), "{}: {what}", sample.name);
        }
        assert_eq!(told::check(&zeros, sample.format), Ok(()), "{}: zero bytes", sample.name);
    }
}

#[test]
fn cases_that_were_once_read_wrongly_are_read_well() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crashes");
    for path in fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let format = Format::from_name(name.split('.').next().unwrap()).unwrap();
        assert_eq!(told::check(&fs::read(&path).unwrap(), format), Ok(()), "{name}");
    }
}
