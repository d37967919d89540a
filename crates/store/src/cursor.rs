//! Cursors: where a page of a list ends, as an opaque text. Lists page by key, never by offset, so that a page is as
//! quick at the end of a list as at its beginning and no row is repeated or skipped when others come in.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::limits::PAGE_ROWS;
use xxhash_rust::xxh3::xxh3_64;

use crate::{StoreError, put::invalid};

/// Changes when the meaning of a cursor's bytes does.
const VERSION: u8 = 1;

/// Which page of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// How many rows, 1 to 1,000.
    pub limit: u32,
    /// Where: a page's `next` or `previous`; none for the first page.
    pub cursor: Option<String>,
    /// Whether the calls of a page come with their transcripts and attributes, which may end the page before its limit.
    pub details: bool,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { limit: 50, cursor: None, details: false }
    }
}

impl PageRequest {
    pub(crate) fn checked_limit(&self) -> Result<usize, StoreError> {
        if (1..=PAGE_ROWS).contains(&self.limit) {
            Ok(self.limit as usize)
        } else {
            Err(invalid("limit", "must be 1 to 1000"))
        }
    }

    /// The place that the cursor names, if it was made by this list.
    pub(crate) fn place(&self, list: &ListName) -> Result<Option<CursorPlace>, StoreError> {
        self.cursor.as_deref().map(|text| list.read(text).ok_or(StoreError::Cursor)).transpose()
    }

    /// As [`Self::place`], with the row's text where the list is sorted by one.
    pub(crate) fn place_and_text(&self, list: &ListName) -> Result<Option<(CursorPlace, String)>, StoreError> {
        self.cursor.as_deref().map(|text| list.read_with_text(text).ok_or(StoreError::Cursor)).transpose()
    }
}

/// A place in a list, right before or after a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CursorPlace {
    /// What the list is sorted by, of the row.
    pub value: i64,
    /// The row's number, which breaks ties.
    pub key: i64,
    /// Whether the page is the one before the row.
    pub backwards: bool,
}

/// The list that a cursor belongs to: a cursor of another list is refused, not misread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListName(String);

impl ListName {
    /// `sort` names the order, `parent` whatever else the list is of.
    pub(crate) fn new(name: &'static str, account: i64, parent: i64, sort: &str) -> Self {
        Self(format!("{name}:{account}:{parent}:{sort}"))
    }

    fn checksum(&self, bytes: &[u8]) -> [u8; 8] {
        let mut sealed = bytes.to_vec();
        sealed.extend_from_slice(self.0.as_bytes());
        xxh3_64(&sealed).to_be_bytes()
    }

    /// The text of a place.
    pub(crate) fn write(&self, place: CursorPlace) -> String {
        self.write_with_text(place, "")
    }

    /// The text of a place in a list that is sorted by a text.
    fn write_with_text(&self, place: CursorPlace, text: &str) -> String {
        let mut bytes = vec![VERSION, u8::from(place.backwards)];
        bytes.extend_from_slice(&place.value.to_be_bytes());
        bytes.extend_from_slice(&place.key.to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
        let checksum = self.checksum(&bytes);
        bytes.extend_from_slice(&checksum);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn read(&self, text: &str) -> Option<CursorPlace> {
        self.read_with_text(text).filter(|(_, text)| text.is_empty()).map(|(place, _)| place)
    }

    fn read_with_text(&self, text: &str) -> Option<(CursorPlace, String)> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (content, checksum) = bytes.split_at_checked(bytes.len().checked_sub(8)?)?;
        let (numbers, text) = content.split_at_checked(18)?;
        if numbers[0] != VERSION || self.checksum(content) != checksum {
            return None;
        }
        let number = |at: usize| numbers[at..at + 8].try_into().map(i64::from_be_bytes).ok();
        let place = CursorPlace { value: number(2)?, key: number(10)?, backwards: numbers[1] == 1 };
        Some((place, String::from_utf8(text.to_vec()).ok()?))
    }

    /// The rows of a page out of up to `limit + 1` that were read in the direction of `place`, and the cursors of the
    /// pages after and before it.
    pub(crate) fn cut<T>(
        &self,
        rows: Vec<T>,
        limit: usize,
        place: Option<CursorPlace>,
        position: impl Fn(&T) -> (i64, i64),
    ) -> (Vec<T>, Option<String>, Option<String>) {
        let position = |row: &T| {
            let (value, key) = position(row);
            (value, String::new(), key)
        };
        self.cut_with_text(rows, limit, place, position)
    }

    /// As [`Self::cut`], of a list that may be sorted by a text.
    pub(crate) fn cut_with_text<T>(
        &self,
        mut rows: Vec<T>,
        limit: usize,
        place: Option<CursorPlace>,
        position: impl Fn(&T) -> (i64, String, i64),
    ) -> (Vec<T>, Option<String>, Option<String>) {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let backwards = place.is_some_and(|place| place.backwards);
        if backwards {
            rows.reverse();
        }
        let (has_next, has_previous) = if backwards { (true, more) } else { (more, place.is_some()) };
        let at = |row: Option<&T>, backwards| {
            let (value, text, key) = position(row?);
            Some(self.write_with_text(CursorPlace { value, key, backwards }, &text))
        };
        let next = if has_next { at(rows.last(), false) } else { None };
        let previous = if has_previous { at(rows.first(), true) } else { None };
        (rows, next, previous)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list() -> ListName {
        ListName::new("calls", 1, 7, "-dialed_at")
    }

    proptest! {
        #[test]
        fn a_cursor_names_its_place(value: i64, key: i64, backwards: bool) {
            let place = CursorPlace { value, key, backwards };
            prop_assert_eq!(list().read(&list().write(place)), Some(place));
        }

        #[test]
        fn a_cursor_of_a_list_by_text_holds_the_text(text: String, key: i64, backwards: bool) {
            let place = CursorPlace { value: 0, key, backwards };
            let cursor = list().write_with_text(place, &text);
            prop_assert_eq!(list().read_with_text(&cursor), Some((place, text.clone())));
            prop_assert_eq!(list().read(&cursor).is_some(), text.is_empty());
        }

        #[test]
        fn a_changed_cursor_is_refused(value: i64, key: i64, at in 0_usize..35, with in "[A-Za-z0-9_-]") {
            let text = list().write(CursorPlace { value, key, backwards: false });
            let mut changed = text.clone();
            changed.replace_range(at..=at, &with);
            prop_assume!(changed != text);
            prop_assert_eq!(list().read(&changed), None);
        }
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        let text = list().write(CursorPlace { value: 5, key: 6, backwards: false });
        for other in [
            ListName::new("calls", 2, 7, "-dialed_at"),
            ListName::new("calls", 1, 8, "-dialed_at"),
            ListName::new("calls", 1, 7, "dialed_at"),
            ListName::new("campaigns", 1, 7, "-dialed_at"),
        ] {
            assert_eq!(other.read(&text), None);
        }
        for nonsense in ["", "x", "💥", "AAAA"] {
            assert_eq!(list().read(nonsense), None);
        }
    }
}
