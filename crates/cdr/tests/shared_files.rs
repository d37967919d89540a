//! The real files that are kept beside the repository, where they are there: their figures were counted independently
//! (`cdr-formats.md`). Everything they show is also tested with small files of this crate's own.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use cdr::{DateOrder, Format, Options, OrderBasis, Reading, ZoneBasis};
use domain::{CallRecord, CampaignId, time::Zone};

fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    folder.is_dir().then_some(folder)
}

fn options() -> Options {
    Options { campaign: Some(CampaignId::new("tet").unwrap()), ..Options::new(Zone::new("Asia/Ho_Chi_Minh").unwrap()) }
}

struct File {
    records: Vec<CallRecord>,
    skipped: Vec<cdr::Skipped>,
    reading: Reading,
}

fn read(path: &Path, options: &Options) -> File {
    let mut records = cdr::read(fs::File::open(path).unwrap(), options).unwrap();
    let (mut good, mut skipped) = (Vec::new(), Vec::new());
    for item in &mut records {
        match item {
            Ok((_, record)) => {
                record.check().unwrap();
                good.push(record);
            }
            Err(row) => skipped.push(row),
        }
    }
    let ids: BTreeSet<&str> = good.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(ids.len(), good.len(), "two calls have one id");
    File { records: good, skipped, reading: records.finish().unwrap() }
}

fn codes(file: &File) -> BTreeMap<&str, usize> {
    let mut codes = BTreeMap::new();
    for record in &file.records {
        *codes.entry(record.result_code.as_ref().unwrap().as_str()).or_default() += 1;
    }
    codes
}

fn zone(file: &File) -> (Option<i32>, u64, u64, ZoneBasis) {
    let zone = file.reading.zone.as_ref().unwrap();
    (zone.offset_minutes, zone.agreeing, zone.of, zone.basis)
}

#[test]
fn explore() {
    let Some(folder) = shared() else { return };
    for entry in fs::read_dir(folder.join("asterisk")).unwrap() {
        let path = entry.unwrap().path();
        let file = read(&path, &options());
        println!("{} {}\n  {:?}\n {:?}", path.display(), file.reading, codes(&file), file.reading.warnings);
        println!("{:?}", file.skipped.iter().filter(|s| s.field != "disposition").collect::<Vec<_>>());
        println!("{}", serde_json::to_string(&file.records[0]).unwrap());
    }
}
