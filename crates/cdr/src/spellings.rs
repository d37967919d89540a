//! One spelling of each result code: `Xanh`, `xanh` and ` XANH ` are one code, however the rows of a file write it.

use std::collections::HashMap;

use domain::{
    CallClass, CallRecord, Code,
    outcome::{Meaning, SYSTEM_CODES, word_key},
};

/// Spellings that are remembered; a file has few codes.
const MOST_SPELLINGS: usize = 10_000;

/// The spellings that were met, and the one of each code that holds: the account's, else the first of the file.
#[derive(Debug, Default)]
pub(crate) struct Spellings {
    /// The code of each spelling; none where that is its own.
    met: HashMap<String, Option<Code>>,
    codes: HashMap<String, Code>,
}

impl Spellings {
    /// Those of the account's codes hold.
    pub(crate) fn new(codes: &[Code]) -> Self {
        let mut spellings = Self::default();
        for code in codes {
            spellings.codes.entry(key(code.as_str())).or_insert_with(|| code.clone());
        }
        spellings
    }

    /// The spelling of a code that holds, where it is another one.
    pub(crate) fn other(&mut self, code: &Code) -> Option<Code> {
        if SYSTEM_CODES.contains(&code.as_str()) {
            return None;
        }
        if let Some(known) = self.met.get(code.as_str()) {
            return known.clone();
        }
        if self.met.len() >= MOST_SPELLINGS {
            return None;
        }
        let first = self.codes.entry(key(code.as_str())).or_insert_with(|| code.clone());
        let other = (first != code).then(|| first.clone());
        self.met.insert(code.as_str().to_owned(), other.clone());
        other
    }
}

/// Words for a system code in records that say themselves what they are: a call without an answer is what its word means, as over the
/// API. (Of one with an answer the word is replaced where it is stored, which is said there.)
#[derive(Debug)]
pub(crate) struct Unanswered {
    /// What the account has said of words, by their keys.
    words: HashMap<String, Code>,
    count: u64,
}

impl Unanswered {
    /// By the account's own words.
    pub(crate) fn new(words: &[(Code, Code)]) -> Self {
        Self { words: words.iter().map(|(word, code)| (word_key(word.as_str()), code.clone())).collect(), count: 0 }
    }

    /// Puts the system code in the place of a word for it, which is kept as the cause, where the call has none.
    pub(crate) fn replace(&mut self, record: &mut CallRecord) {
        let Some(sent) = record.result_code.as_ref().filter(|_| record.answered_at.is_none()) else { return };
        if CallClass::unless_changed(sent.as_str()) != CallClass::Success {
            return;
        }
        let code = match self.words.get(&word_key(sent.as_str())) {
            Some(code) => Some(code.clone()),
            None => match Meaning::of(sent) {
                Meaning::Code(code) => Some(code),
                Meaning::Itself | Meaning::Doubtful(_) => None,
            },
        };
        if let Some(code) = code.filter(|code| CallClass::unless_changed(code.as_str()) != CallClass::Success) {
            record.cause.get_or_insert_with(|| sent.to_string());
            record.result_code = Some(code);
            self.count += 1;
        }
    }

    /// What to say about it, if anything.
    pub(crate) fn said(&self) -> Option<String> {
        let said = "calls without an answer whose result code is another word for NA, BS or CU, taken for that; the word is their cause";
        (self.count > 0).then(|| format!("{said}: {}", self.count))
    }
}

/// What spellings of one code have in common: its words in lower case.
fn key(code: &str) -> String {
    code.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The system code that a text spells in whatever case, if that is another spelling of it.
pub(crate) fn system_code_spelled(text: &str) -> Option<&'static str> {
    let word = text.trim();
    SYSTEM_CODES.into_iter().find(|code| word.eq_ignore_ascii_case(code) && text != *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_spelling_holds_unless_the_account_has_one() {
        let code = |text: &str| Code::new(text).unwrap();
        let mut spellings = Spellings::new(&[code("Quan tâm")]);
        for (met, holds) in [
            ("Xanh", "Xanh"),
            ("xanh", "Xanh"),
            (" XANH ", "Xanh"),
            ("Xanh", "Xanh"),
            ("QUAN  TÂM", "Quan tâm"),
            ("Quan tam", "Quan tam"),
            ("xanh-1", "xanh-1"),
            ("NA", "NA"),
        ] {
            let met = code(met);
            assert_eq!(spellings.other(&met).unwrap_or(met).as_str(), holds);
        }
        assert_eq!(
            ["na", " Bs ", "cu", "NA", "n a"].map(system_code_spelled),
            [Some("NA"), Some("BS"), Some("CU"), None, None]
        );
    }
}
