//! A call whose rows stand in several files: see [`crate::parts`]. The record says whose leg it tells of, so that the customer's decides
//! in whatever file it stands.

use std::cmp::Reverse;

use domain::CallRecord;

use crate::{
    numbers::{is_extension, is_phone},
    parts::{self, CUSTOMER, DST, PartRank, TimesOf, attribute, called, side, talked},
};

use super::{
    disposition::Disposition,
    row::{APPLICATION, MENU, OWN, is_dialling},
};

/// See `Format::with_stored`.
pub(crate) fn with_stored(stored: &CallRecord, read: CallRecord) -> Option<CallRecord> {
    parts::with_stored(stored, read, TimesOf::AllRows, |record, other| {
        let disposition = record.cause.as_deref().and_then(Disposition::parse).unwrap_or(Disposition::Failed);
        let whose = match side_of(record) {
            MENU => 0,
            own if side_of(other) == CUSTOMER && is_own_beside(record, own, other) => 1,
            _ => 2,
        };
        PartRank { whose, among_equals: (Reverse(disposition), talked(record)) }
    })
}

/// Whose leg a record tells of. Those that an earlier version has stored do not say it; of them a number outside that was dialled is
/// the customer's.
fn side_of(record: &CallRecord) -> &str {
    let is_dialled = || is_dialling(attribute(record, "lastapp")) && attribute(record, DST).is_empty();
    match side(record) {
        "" if is_dialled() && record.contact.phone.as_deref().is_some_and(is_phone) => CUSTOMER,
        side => side,
    }
}

/// Whether a record tells of a leg of our own beside that of the customer, of whom the other one tells: as
/// `AsteriskLeg::is_own_beside`, of what two records know.
fn is_own_beside(record: &CallRecord, side: &str, customers: &CallRecord) -> bool {
    match side {
        OWN => true,
        APPLICATION => called(record) == called(customers),
        "" => {
            let is_phone_of_ours = is_dialling(attribute(record, "lastapp")) && is_extension(called(record));
            let leads_there =
                called(record) == attribute(customers, "src") || attribute(record, "src") == called(customers);
            is_phone_of_ours && leads_there
        }
        _ => false,
    }
}
