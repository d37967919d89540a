//! Calls of Ringside's own files that are stored already: of what a file has no column for, what is stored stays.

use cdr::OwnFields;
use domain::CallRecord;
use store::{Conn, Scope, StoreError, ingest};

/// Characters of transcripts and attributes of stored calls that are in memory at once, about.
const DETAILS: u64 = 4 * 1024 * 1024;

/// Records, each with its line.
type Records = Vec<(usize, CallRecord)>;

/// Records in portions whose stored calls are small enough to be in memory together: as they are where nothing of them is read.
pub(super) async fn portions(
    conn: &mut Conn,
    scope: &Scope,
    has_details: bool,
    records: Records,
) -> Result<Vec<Records>, StoreError> {
    if !has_details {
        return Ok(vec![records]);
    }
    let lengths = ingest::detail_bytes(conn, scope, &ids(&records)).await?;
    let (mut portions, mut portion, mut together) = (Vec::new(), Vec::new(), 0);
    for (line, record) in records {
        let length = lengths.get(record.id.as_str()).copied().unwrap_or(0);
        if together > 0 && together + length > DETAILS {
            portions.push(std::mem::take(&mut portion));
            together = 0;
        }
        together += length;
        portion.push((line, record));
    }
    portions.push(portion);
    Ok(portions)
}

/// Records as they are stored, with what their file says nothing of; and how many of them say nothing new.
pub(super) async fn with_stored(
    conn: &mut Conn,
    scope: &Scope,
    fields: &OwnFields,
    records: Records,
) -> Result<(Records, u64), StoreError> {
    let stored = ingest::whole_calls(conn, scope, &ids(&records)).await?;
    let before = records.len();
    let joined = records.into_iter().filter_map(|(line, record)| match stored.get(&record.id) {
        Some(call) => Some((line, fields.with_stored(&call.sent, &call.shown, record)?)),
        None => Some((line, record)),
    });
    let joined: Records = joined.collect();
    let unchanged = (before - joined.len()) as u64;
    Ok((joined, unchanged))
}

fn ids(records: &Records) -> Vec<&str> {
    records.iter().map(|(_, record)| record.id.as_str()).collect()
}
