//! Files that are compressed, or UTF-16.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};

use super::{options, read, try_read};

const ROWS: &str = "calldate,src,dst,duration,billsec,disposition,uniqueid,dst_cnam\n\
                    2026-03-02 09:00:00,100,0901234501,40,20,ANSWERED,1772416800.1,Nguyễn Thị Hoà\n\
                    2026-03-02 09:10:00,100,0901234502,40,0,BUSY,1772417400.2,Đức\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_compressed_or_utf_16_file_is_read_as_what_is_in_it() {
    let plain = read(ROWS);
    let utf_16 = |bom: &[u8], unit: fn(u16) -> [u8; 2]| {
        bom.iter().copied().chain(ROWS.encode_utf16().flat_map(unit)).collect::<Vec<u8>>()
    };
    let little = utf_16(b"\xff\xfe", u16::to_le_bytes);
    let parts = ROWS.split_at(100);
    for packed in [
        gzip(ROWS.as_bytes()),
        // Rotated logs are put together so.
        [gzip(parts.0.as_bytes()), gzip(parts.1.as_bytes())].concat(),
        zstd::encode_all(ROWS.as_bytes(), 3).unwrap(),
        gzip(&["\u{feff}".as_bytes(), ROWS.as_bytes()].concat()),
        utf_16(b"\xfe\xff", u16::to_be_bytes),
        gzip(&little),
        little,
    ] {
        let file = read(packed);
        assert_eq!((&file.records, &file.skipped), (&plain.records, &plain.skipped));
    }
}

#[test]
fn what_is_packed_twice_or_broken_is_refused_by_name() {
    let refused = |bytes: Vec<u8>| try_read(bytes, &options()).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refused(gzip(&gzip(ROWS.as_bytes()))).contains("compressed"));
    assert!(refused(gzip(&[])).contains("empty"));
    let whole = gzip(ROWS.repeat(50).as_bytes());
    assert!(refused(whole[..whole.len() / 2].to_vec()).contains("reading failed"));
    assert!(refused(b"\x1f\x8b\x08garbage that is none".to_vec()).contains("reading failed"));
}
