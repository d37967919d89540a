//! A call whose rows stand in several files: see [`crate::parts`].

use std::cmp::Reverse;

use domain::CallRecord;

use crate::parts::{self, talked};

use super::disposition::Disposition;

/// See `Format::with_stored`.
pub(crate) fn with_stored(stored: &CallRecord, read: CallRecord) -> Option<CallRecord> {
    parts::with_stored(stored, read, |record| {
        let disposition = record.cause.as_deref().and_then(Disposition::parse).unwrap_or(Disposition::Failed);
        (Reverse(disposition), talked(record))
    })
}
