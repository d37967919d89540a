//! One spelling of each result code: `Xanh`, `xanh` and ` XANH ` are one code, however the rows of a file write it.

use std::collections::HashMap;

use domain::{Code, outcome::SYSTEM_CODES};

/// Spellings that are remembered; a file has few codes.
const MOST_SPELLINGS: usize = 10_000;
/// Spellings that are compared one by one, which takes less than a hash where they are few.
const FIRST_MET: usize = 12;

/// The spellings that were met, and the one of each code that holds: the account's, else the first of the file.
#[derive(Debug, Default)]
pub(crate) struct Spellings {
    /// The code of each of the first few spellings, as of the others.
    first: Vec<(String, Option<Code>)>,
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
        // Nearly every code is one of a few.
        if let Some((_, other)) = self.first.iter().find(|(known, _)| known == code.as_str()) {
            return other.clone();
        }
        if let Some(known) = self.met.get(code.as_str()) {
            return known.clone();
        }
        if self.met.len() >= MOST_SPELLINGS {
            return None;
        }
        let first = self.codes.entry(key(code.as_str())).or_insert_with(|| code.clone());
        let other = (first != code).then(|| first.clone());
        if self.first.len() < FIRST_MET {
            self.first.push((code.as_str().to_owned(), other.clone()));
        } else {
            self.met.insert(code.as_str().to_owned(), other.clone());
        }
        other
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
