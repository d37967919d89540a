//! Whose call a row is: its id, and the customer.

use std::collections::BTreeMap;

use domain::{
    CallId, ContactId, ContactRef, Country, FieldError, limits::ID_CHARS, phone::matching_key, search::fold_word,
};
use serde_json::Value;

use super::{noted::Noted, row::RowReader};
use crate::{
    cells::Cells,
    guess::is_phone,
    mapping::Field,
    numbers::{bare, is_withheld, split_extension},
    source::Direction,
    spreadsheet::phone_number,
    written::{seen_text, unguarded},
};

/// Digits of a phone number: those of E.164, and those that a town has.
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Whether words in the place of a number say that there is none.
fn says_none(text: &str) -> bool {
    const WORDS: [&str; 14] = [
        "khongco",
        "khongcoso",
        "khongcosdt",
        "khongcosodienthoai",
        "khongso",
        "khongsdt",
        "chuaco",
        "chuacoso",
        "chuacosdt",
        "nonumber",
        "nophone",
        "nophonenumber",
        "missing",
        "empty",
    ];
    !text.starts_with(|c: char| c.is_ascii_digit() || c == '+') && WORDS.contains(&fold_word(text).as_str())
}

impl RowReader {
    pub(super) fn identity(
        &mut self,
        cells: &Cells,
        attributes: &mut BTreeMap<String, Value>,
    ) -> Result<(CallId, ContactRef), FieldError> {
        let source = self.mapping.source.as_ref().map_or(String::new(), |source| format!("{source}:"));
        let own = self.text(cells, Field::Id).filter(|id| !id.contains(char::is_control));
        let id = match own {
            Some(id) if id.chars().count() + source.len() + 6 <= ID_CHARS => ["table:", &source, id].concat(),
            _ => {
                self.note(Noted::NoId);
                format!("table:{source}row-{:032x}", cells.fingerprint_without(self.row_number))
            }
        };
        let id = CallId::new(id).map_err(|error| FieldError::new("id", error.to_string()))?;
        let mut phone = self.phone(cells, attributes)?;
        if let Some(text) = phone.as_deref().filter(|number| !self.may_be_called(number)) {
            if self.text(cells, Field::ContactId).is_none() {
                return Err(FieldError::new("phone", format!("is no phone number: \"{text}\"")));
            }
            // Whose call it was is known without it.
            attributes.insert("phone".to_owned(), text.into());
            self.note(Noted::NoNumber);
            phone = None;
        }
        let is_withheld = phone.as_deref().is_some_and(is_withheld);
        let phone = phone.filter(|_| !is_withheld);
        let contact_id = match self.text(cells, Field::ContactId) {
            Some(text) => Some(text),
            // All who hide their number are not one customer.
            None if is_withheld => {
                self.note(Noted::Withheld);
                Some(own.unwrap_or(id.as_str()))
            }
            None if phone.is_none() => {
                let Some(own) = own else { return Err(FieldError::new("phone", "is missing")) };
                self.note(Noted::NoContact);
                Some(own)
            }
            None => None,
        };
        let contact_id = contact_id.map(ContactId::new).transpose();
        let contact = ContactRef {
            id: contact_id.map_err(|error| FieldError::new("contact_id", error.to_string()))?,
            phone,
            name: self.name(cells),
        };
        Ok((id, contact))
    }

    /// The customer's name; where no column has it, what stands before the number: `Hoa <0901234567>`.
    fn name(&self, cells: &Cells) -> Option<String> {
        let beside = || {
            let (name, number) = self.text(cells, Field::Phone)?.split_once('<')?;
            let name = name.trim().trim_matches('"');
            (!name.is_empty() && number.ends_with('>') && self.direction == Direction::Outbound).then_some(name)
        };
        self.text(cells, Field::Name).or_else(beside).map(domain::text::one_line)
    }

    /// Whether a text in the place of a number is one, or a word for one that is withheld. A call of our own may be to an extension.
    fn may_be_called(&self, number: &str) -> bool {
        // `0912***601`, `09123456xx`: several people may be meant.
        if number.contains(['*', '•', '…']) || number.to_ascii_lowercase().contains("xx") {
            return false;
        }
        let digits = number.bytes().filter(u8::is_ascii_digit);
        let is_one = |count| NUMBER_DIGITS.contains(&count) && digits.clone().any(|digit| digit != b'0');
        is_one(digits.clone().count()) || self.direction == Direction::Internal || is_withheld(number)
    }

    fn phone(&mut self, cells: &Cells, attributes: &mut BTreeMap<String, Value>) -> Result<Option<String>, FieldError> {
        const BETWEEN: [char; 5] = ['/', ',', ';', '|', '\n'];
        // Of who called, where they called us.
        let caller = self.directions.as_ref().filter(|_| self.direction == Direction::Inbound);
        let caller = caller.and_then(|directions| directions.caller(cells));
        if caller.is_none() && self.direction == Direction::Inbound && self.has_called {
            self.note(Noted::NoCaller);
        }
        let Some(text) = caller.or_else(|| self.text(cells, Field::Phone)) else { return Ok(None) };
        let text = seen_text(text);
        let text = unguarded(text.trim());
        if text.contains(BETWEEN) && text.split(BETWEEN).filter(|part| is_phone(part)).count() > 1 {
            return Err(FieldError::new("phone", "holds several numbers: which one was called?"));
        }
        let text = match split_extension(text) {
            Some((number, extension)) => {
                attributes.insert("extension".to_owned(), extension.into());
                self.note(Noted::Extension);
                number
            }
            None => text,
        };
        let dialled = phone_number(&bare(text)).map_err(|reason| FieldError::new("phone", reason))?;
        if dialled.is_put_back {
            self.note(Noted::PutBack);
        }
        let number = dialled.number;
        if number.is_empty() || says_none(&number) {
            return Ok(None);
        }
        // Only a number of as many digits as this lacks one: a mobile's, or a landline's.
        if self.mapping.repair_phones && matches!(number.len(), 9 | 10) {
            let with_zero = format!("0{number}");
            if matching_key(&number, Country::VIETNAM) == with_zero {
                self.note(Noted::ZeroAdded);
                return Ok(Some(with_zero));
            }
        }
        Ok(Some(number))
    }
}
