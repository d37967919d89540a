//! Results that are texts: what somebody wrote about a call where its code belongs.

use std::collections::BTreeMap;

pub use crate::sent_code::{CODE_CHARS, is_text, sent_code};
use crate::{CallRecord, Code, FieldError, outcome::NO_ANSWER};

/// The code of an answered call of whose result only a text is known.
pub const UNDEFINED_CODE: &str = "undefined";
/// The attribute that keeps such a text.
const NOTE: &str = "note";

impl CallRecord {
    /// Makes a note of a result that [is a text](is_text): the attribute `note`, behind what is there. The code is
    /// [`UNDEFINED_CODE`] then, and [`NO_ANSWER`] of a call that nobody answered. Gives what is to be said about it; none where the
    /// result is a code.
    pub fn keep_result_text(&mut self) -> Option<FieldError> {
        let sent = self.result_code.as_ref().map(Code::as_str).filter(|sent| is_text(sent))?;
        let code = if self.answered_at.is_some() { UNDEFINED_CODE } else { NO_ANSWER };
        let attributes = self.attributes.get_or_insert_with(BTreeMap::new);
        let note = match attributes.get(NOTE).and_then(|note| note.as_str()) {
            Some(note) => format!("{note}\n{sent}"),
            None => sent.to_owned(),
        };
        attributes.insert(NOTE.to_owned(), note.into());
        self.result_code = Code::new(code).ok();
        Some(FieldError::new(
            "result_code",
            format!("is a text and no code: it was kept as a note, and the code is {code}"),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(result: &str, answered: bool) -> CallRecord {
        let mut record = serde_json::json!({
            "id": "c", "campaign": "tet", "contact": {"phone": "0901234567"}, "dialed_at": "2026-11-03T09:00:00+07:00",
            "ended_at": "2026-11-03T09:01:00+07:00", "result_code": result,
        });
        if answered {
            record["answered_at"] = "2026-11-03T09:00:10+07:00".into();
        }
        serde_json::from_value(record).unwrap()
    }

    #[test]
    fn a_text_becomes_a_note_and_a_code_stays_one() {
        let long = "Khách nói rất lâu, ".repeat(20);
        for text in [&long, "hẹn\ngọi lại", "Khách hàng hẹn gọi lại vào thứ hai tuần sau"] {
            let mut answered = record(text, true);
            assert!(answered.keep_result_text().is_some());
            assert_eq!(answered.result_code.as_ref().unwrap().as_str(), "undefined");
            assert_eq!(answered.attributes.as_ref().unwrap()["note"], text.trim());
            assert!(answered.check().is_ok());
            assert_eq!(answered.keep_result_text(), None);

            let mut unanswered = record(text, false);
            assert!(unanswered.keep_result_text().is_some());
            assert_eq!(unanswered.result_code.unwrap().as_str(), "NA");
        }
        let code = "a".repeat(40);
        let mut short = record(&code, true);
        assert_eq!((short.keep_result_text(), short.result_code.unwrap().as_str()), (None, code.as_str()));
    }

    #[test]
    fn a_note_that_is_there_stays() {
        let mut record = record("hẹn\ngọi lại", true);
        record.attributes = Some(BTreeMap::from([("note".to_owned(), "VIP".into())]));
        record.keep_result_text();
        assert_eq!(record.attributes.unwrap()["note"], "VIP\nhẹn\ngọi lại");
    }

    #[test]
    fn a_text_that_nobody_made_a_note_of_is_refused() {
        let errors = record("hẹn\ngọi lại", true).check().unwrap_err();
        assert_eq!(errors[0].field, "result_code");
        assert!(sent_code(&format!("{}\0", "a".repeat(60))).is_err());
    }
}
