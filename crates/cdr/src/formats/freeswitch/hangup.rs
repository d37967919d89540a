//! Who hung up, from the far end's or the switch's own message that ended a leg.

use domain::HangupBy;

/// `recv_bye`, `recv_cancel`, `recv_refuse` came from the far end, `send_…` from the switch: who that is, on a leg to
/// the customer.
pub(super) fn hung_up(disposition: &str) -> Option<HangupBy> {
    if disposition.starts_with("recv_") {
        Some(HangupBy::Customer)
    } else if disposition.starts_with("send_") {
        Some(HangupBy::Bot)
    } else {
        None
    }
}
