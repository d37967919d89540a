//! What the reader makes of files, from bytes to records.

mod arbitrary;
mod asterisk;
mod asterisk_family;
mod asterisk_faults;
mod asterisk_legs;
mod asterisk_quoting;
mod asterisk_time;
mod columns_beside;
mod columns_in_doubt;
mod contact_centres;
mod cpaas;
mod csv;
mod day_tables;
mod detect;
mod dialler_tables;
mod directions;
mod exports_in_doubt;
mod foreign_tables;
mod freeswitch;
mod freeswitch_tables;
mod json;
mod json_array;
mod mapped_bodies;
mod modules;
mod odd_tables;
mod offices;
mod packed;
mod samples;
mod shared_files;
mod shared_platforms;
mod shared_switches;
mod sql_dumps;
mod strangers;
mod tables;
mod unseen_tables;
mod vicidial;
mod vietnamese_platforms;
mod voice_platforms;
mod zones_in_names;

use std::collections::BTreeMap;

use cdr::{Format, Options, ReadError, Reading, Skipped};
use domain::{CallRecord, CampaignId, Code, time::Zone};

/// What came of a file.
#[derive(Debug, PartialEq)]
struct File {
    records: Vec<(u64, CallRecord)>,
    skipped: Vec<Skipped>,
    reading: Reading,
}

impl File {
    /// Id and result code of each call.
    fn results(&self) -> Vec<(&str, &str)> {
        self.records
            .iter()
            .map(|record| (record.1.id.as_str(), record.1.result_code.as_ref().map_or("", Code::as_str)))
            .collect()
    }

    /// How many calls have each result code.
    fn codes(&self) -> Vec<(&str, usize)> {
        let mut codes = BTreeMap::new();
        for (_, code) in self.results() {
            *codes.entry(code).or_default() += 1;
        }
        codes.into_iter().collect()
    }

    fn talk_ms(&self) -> i64 {
        self.records.iter().map(|(_, record)| record.check().unwrap().talk_time).sum()
    }

    /// Whether a warning says all of this.
    fn warns(&self, what: &str) -> bool {
        self.reading.warnings.iter().any(|said| said.contains(what))
    }

    fn phones(&self) -> Vec<&str> {
        self.records.iter().map(|(_, record)| record.contact.phone.as_deref().unwrap_or_default()).collect()
    }

    /// Line and field of each skipped row.
    fn faults(&self) -> Vec<(u64, &str)> {
        self.skipped.iter().map(|row| (row.line, row.field.as_str())).collect()
    }

    fn record(&self) -> &CallRecord {
        assert_eq!((self.records.len(), &self.skipped[..]), (1, &[][..]), "{:?}", self.reading);
        &self.records[0].1
    }

    /// Dial start, answer and end of the first record.
    fn times(&self) -> [String; 3] {
        let record = &self.records[0].1;
        [Some(record.dialed_at), record.answered_at, record.ended_at]
            .map(|at| at.map(domain::Timestamp::to_rfc3339).unwrap_or_default().replace(".000Z", "Z"))
    }
}

fn zone(name: &str) -> Zone {
    Zone::new(name).unwrap()
}

/// An account in Vietnam, every call of campaign `tet`.
fn options() -> Options {
    Options { campaign: Some(CampaignId::new("tet").unwrap()), ..Options::new(zone("Asia/Ho_Chi_Minh")) }
}

/// Reads a file by one thread, and by several that are given two rows at a time, which must come to the same.
fn try_read(bytes: impl AsRef<[u8]>, options: &Options) -> Result<File, ReadError> {
    let by = |threads| {
        let options = Options { threads, portion: 2, ..options.clone() };
        try_read_once(bytes.as_ref(), &options)
    };
    let (alone, together) = (by(1), by(3));
    match (&alone, &together) {
        (Ok(alone), Ok(together)) => assert_eq!(alone, together),
        (Err(alone), Err(together)) => assert_eq!(alone.to_string(), together.to_string()),
        (alone, together) => panic!("by one thread {alone:?}, by several {together:?}"),
    }
    alone
}

fn try_read_once(bytes: impl AsRef<[u8]>, options: &Options) -> Result<File, ReadError> {
    let mut records = cdr::read(bytes.as_ref(), options)?;
    let (mut good, mut skipped) = (Vec::new(), Vec::new());
    while let Some(item) = records.next() {
        match item {
            Ok((line, record)) => {
                assert_eq!(record.faults(), [], "what is given out keeps the rules");
                // What the result of an own record means is for its account to say.
                if !matches!(records.format(), Format::Ndjson | Format::Csv) {
                    record.check().expect("what is given out keeps the rules");
                }
                good.push((line, record));
            }
            Err(row) => skipped.push(row),
        }
    }
    let reading = records.finish()?;
    assert_eq!((reading.calls, reading.skipped), (good.len() as u64, skipped.len() as u64));
    Ok(File { records: good, skipped, reading })
}

fn read(bytes: impl AsRef<[u8]>) -> File {
    try_read(bytes, &options()).unwrap()
}

/// As read by an account of its own, which has given no campaign.
fn read_without_campaign(bytes: impl AsRef<[u8]>) -> File {
    try_read(bytes, &Options::new(zone("Asia/Ho_Chi_Minh"))).unwrap()
}

fn forced(format: Format) -> Options {
    Options { format: Some(format), ..options() }
}

/// All orders of so many things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(count - 1);
    let with = |order: &Vec<usize>, at: usize| [&order[..at], &[count - 1], &order[at..]].concat();
    shorter.iter().flat_map(|order| (0..count).map(move |at| with(order, at))).collect()
}

/// Reads the rows of one call from one file, and from a file each in every order: always the same comes of it, and what was read
/// already adds nothing.
fn read_in_parts(header: &str, rows: &[impl AsRef<str>]) -> CallRecord {
    let all: String = rows.iter().map(AsRef::as_ref).collect();
    let file = read(format!("{header}{all}"));
    let (whole, format) = (file.record(), file.reading.format);
    let parts: Vec<CallRecord> =
        rows.iter().map(|row| read(format!("{header}{}", row.as_ref())).record().clone()).collect();
    for order in orders(parts.len()) {
        let mut stored = parts[order[0]].clone();
        for at in &order[1..] {
            stored = format.with_stored(&stored, parts[*at].clone()).expect("a row that was not known");
        }
        assert_eq!(&stored, whole, "{order:?}");
        for part in &parts {
            assert_eq!(format.with_stored(&stored, part.clone()), None, "{order:?}");
        }
        assert_eq!(format.with_stored(&stored, whole.clone()).as_ref(), Some(whole));
    }
    whole.clone()
}
