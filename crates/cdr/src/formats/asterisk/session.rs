//! Ids of sessions that Grandstream makes of the instant and the caller: `1772416800000-0901234567`. An id is shown and kept where numbers
//! are not, so the number in it is replaced by a mark of 16 bits, which tells callers of one millisecond apart and tells nobody who they are.

use domain::{CallId, CallRecord};
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use crate::{
    numbers::is_phone,
    parts::{DST, attribute},
};

const PREFIX: &str = "asterisk:";
/// What the mark begins with; no switch writes it into an id.
const MARK: &str = "-#";

/// The id of a call by what its rows have in common.
pub(super) fn id_of(key: &str) -> String {
    match with_number(key) {
        Some((instant, number)) => [PREFIX, instant, MARK, &mark(number)].concat(),
        None => [PREFIX, key].concat(),
    }
}

/// The instant and the number of a session's id, where that is an outside one.
fn with_number(key: &str) -> Option<(&str, &str)> {
    let (instant, number) = key.split_once('-')?;
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_outside = is_digits(number.strip_prefix('+').unwrap_or(number)) && is_phone(number) && number.len() <= 16;
    (is_digits(instant) && (10..=16).contains(&instant.len()) && is_outside).then_some((instant, number))
}

fn mark(number: &str) -> String {
    format!("{:04x}", xxh3_64(number.as_bytes()) as u16)
}

/// The attribute with the serial number of the switch, which stands before the ids of its calls.
pub(super) const SERIAL: &str = "sn";

/// The id that an earlier version gave to a call: of a session the one with the number, found by the numbers that its record knows; of a
/// call of a Yeastar the one without its serial number.
pub(crate) fn former_id(record: &CallRecord) -> Option<CallId> {
    let key = record.id.as_str().strip_prefix(PREFIX)?;
    if let Some(id) = key.strip_prefix(attribute(record, SERIAL)).and_then(|id| id.strip_prefix('-')) {
        return CallId::new([PREFIX, id].concat()).ok();
    }
    let (instant, marked) = key.split_once(MARK)?;
    let attribute = |name: &str| record.attributes.as_ref().and_then(|known| known.get(name)).and_then(Value::as_str);
    let numbers = [record.contact.phone.as_deref(), attribute("src"), attribute(DST)];
    let number = numbers.into_iter().flatten().find(|number| mark(number) == marked)?;
    CallId::new([PREFIX, instant, "-", number].concat()).ok()
}

/// Whether a call that is stored under the id of [`former_id`] is the one that was read.
pub(crate) fn is_former(stored: &CallRecord, read: &CallRecord) -> bool {
    let is_of_serial = !attribute(read, SERIAL).is_empty();
    !is_of_serial || (stored.contact.phone == read.contact.phone && stored.dialed_at == read.dialed_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_of_a_caller_stands_in_an_id() {
        let id = id_of("1772416800000-0901234567");
        assert!(!id.contains("0901234567") && id.starts_with("asterisk:1772416800000-#"), "{id}");
        assert_ne!(id, id_of("1772416800000-0901234568"));
        for key in [
            "1772416800000-201",
            "1504279981.1",
            "pbx-hanoi-1504279981.17",
            "mikopbx-1504279981.17_gh4X",
            "a-0901234567",
        ] {
            assert_eq!(id_of(key), format!("asterisk:{key}"));
        }
    }

    #[test]
    fn the_former_id_is_found_by_the_numbers_of_the_call() {
        let record = |phone: &str, src: &str| -> CallRecord {
            serde_json::from_value(serde_json::json!({
                "id": id_of("1772416800000-0901234567"), "campaign": "tet", "contact": {"phone": phone}, "dialed_at": 1,
                "attributes": {"src": src},
            }))
            .unwrap()
        };
        let former = CallId::new("asterisk:1772416800000-0901234567").unwrap();
        assert_eq!(former_id(&record("0901234567", "100")), Some(former.clone()));
        assert_eq!(former_id(&record("02873000000", "0901234567")), Some(former));
        assert_eq!(former_id(&record("0901234599", "100")), None);
    }
}
