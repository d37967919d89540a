//! How a row says that its call ended: from the words of its result columns, and from what else proves an answer.

use std::collections::HashMap;

use domain::{
    Code, FieldError,
    outcome::{NO_ANSWER, SYSTEM_CODES},
    search::fold_word,
};

use crate::{
    ending::ANSWERED_CODE,
    mapping::{Field, Mapping, SKIP},
    result_words::{Said, said},
    spellings::system_code_spelled,
};

/// The result code of a call whose result is told in a text and in no word.
pub(crate) use domain::result_text::UNDEFINED_CODE;

/// What else than the result tells whether somebody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    Answered,
    NotAnswered,
    Unknown,
}

/// How a call ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) code: Code,
    /// The word or text that was read as this code, where it is another.
    pub(crate) word: Option<String>,
    /// Texts in the place of words.
    pub(crate) texts: Vec<String>,
    /// What was taken for granted, if anything.
    pub(crate) assumed: Option<&'static str>,
    /// A cause beside the result may say it better.
    pub(crate) is_vague: bool,
}

/// What comes of the result columns.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ended(Ended),
    NoCall,
    /// A word without a meaning that is known.
    Unknown(String),
    Refused(FieldError),
}

/// What words mean: those of a mapping, then those that are known.
#[derive(Clone)]
pub(crate) struct Meanings {
    given: HashMap<String, Given>,
    /// Cells that were looked up; a file has few words.
    known: HashMap<String, Word>,
    /// The result columns hold texts, so a few words in them are a short text and no code.
    is_text: bool,
}

#[derive(Debug, Clone)]
enum Given {
    Skip,
    Code(Code),
}

#[derive(Debug, Clone)]
enum Word {
    Given(Given),
    Said(Said),
}

/// Words of a short text.
const TEXT_WORDS: usize = 3;
/// Cells whose meaning is remembered.
const MOST_KNOWN: usize = 1_000;
/// Bytes of such a cell.
const KNOWN_BYTES: usize = 200;

pub(crate) const NO_RESULT: &str = "calls without a result and without talk, stored as not answered (NA)";
const NO_WORD: &str = "calls without a result that were answered, stored as ANSWERED";
const TEXT_UNPROVED: &str =
    "calls whose result is a text, taken for answered ones (code undefined): nothing else tells";
const TEXT_UNANSWERED: &str = "calls whose result is a text and that have no talk, stored as not answered (NA)";
pub(crate) const DOUBTFUL: &str =
    "words that may be a customer's or the line's, read as the line's: the calls have no talk";

impl Meanings {
    pub(crate) fn of(mapping: &Mapping) -> Self {
        let given = mapping.results.iter().filter_map(|(word, code)| {
            let code = system_code_spelled(code).unwrap_or(code);
            let meaning = if code == SKIP { Given::Skip } else { Given::Code(Code::new(code).ok()?) };
            Some((fold_word(word), meaning))
        });
        Self { given: given.collect(), known: HashMap::new(), is_text: false }
    }

    /// Looks at the first cells of the result columns: whether they hold texts.
    pub(crate) fn look<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        let (mut filled, mut texts) = (0, 0);
        for cell in cells {
            let said = said(cell);
            filled += usize::from(said != Said::Nothing);
            texts += usize::from(said == Said::Text);
        }
        self.is_text = texts > 0 && texts * 5 >= filled;
    }

    fn word(&mut self, cell: &str) -> Word {
        if let Some(word) = self.known.get(cell) {
            return word.clone();
        }
        let given = self.given.get(&fold_word(cell)).filter(|_| !cell.is_empty());
        let word = given.map_or_else(|| Word::Said(said(cell)), |given| Word::Given(given.clone()));
        if self.known.len() < MOST_KNOWN && cell.len() <= KNOWN_BYTES {
            self.known.insert(cell.to_owned(), word.clone());
        }
        word
    }

    /// How the call of a row ended, by the cells of its result columns.
    pub(crate) fn outcome<'a>(&mut self, cells: impl Iterator<Item = &'a str>, proof: Proof) -> Outcome {
        let mut unanswered: Option<(&'static str, &str)> = None;
        let mut own: Option<(Code, &str)> = None;
        let (mut is_conversation, mut is_answered) = (false, None);
        let (mut failed, mut doubtful, mut word) = (None, None, None);
        let mut texts = Vec::new();
        for cell in cells {
            let said = match self.word(cell) {
                Word::Given(Given::Skip) => return Outcome::NoCall,
                // That somebody answered is less than what another column says of it.
                Word::Given(Given::Code(code)) if code.as_str() == ANSWERED_CODE => Said::Answered(ANSWERED_CODE),
                Word::Given(Given::Code(code)) => {
                    if let Some(system) = SYSTEM_CODES.into_iter().find(|system| *system == code.as_str()) {
                        unanswered = unanswered.or(Some((system, cell)));
                    } else {
                        own = own.or(Some((code, cell)));
                        is_conversation = true;
                    }
                    continue;
                }
                Word::Said(said) => said,
            };
            match said {
                Said::Nothing => {}
                Said::NoCall => return Outcome::NoCall,
                Said::Unanswered(code) => {
                    unanswered = unanswered.or(Some((code, cell)));
                    if cell.contains(char::is_whitespace) && (cell.chars().nth(40).is_some() || cell.contains('\n')) {
                        texts.push(cell.to_owned());
                    }
                }
                Said::Failed(code) => failed = failed.or(Some((code, cell))),
                Said::Doubtful(code) => doubtful = doubtful.or(Some((code, cell))),
                Said::Answered(code) => is_answered = is_answered.or(Some((code, cell))),
                Said::Conversation => {
                    is_conversation = true;
                    own = own.or(Code::new(cell.trim()).ok().map(|code| (code, cell)));
                }
                Said::Word if self.is_text && cell.split_whitespace().count() >= TEXT_WORDS => {
                    texts.push(cell.to_owned());
                }
                Said::Word => word = word.or(Some(cell)),
                Said::Text => texts.push(cell.to_owned()),
            }
        }
        let ended = |code: &str, word: Option<&str>, assumed| match Code::new(code) {
            Ok(code) => {
                let word = word.filter(|word| *word != code.as_str()).map(str::to_owned);
                let is_vague = assumed == Some(DOUBTFUL);
                Outcome::Ended(Ended { code, word, texts: texts.clone(), assumed, is_vague })
            }
            Err(error) => Outcome::Refused(FieldError::new(Field::Result.name(), error.to_string())),
        };
        let is_proved = proof == Proof::Answered || is_answered.is_some() || is_conversation;
        // Why a call failed says more than that it did.
        let is_vague = unanswered.is_none() && doubtful.is_none() && failed.is_some();
        if let Some((code, cell)) = unanswered.or(failed.and(doubtful)).or(failed) {
            return match own {
                Some((_, other)) if is_conversation => {
                    let reason = format!("says both \"{}\" and \"{}\"", cell.trim(), other.trim());
                    Outcome::Refused(FieldError::new(Field::Result.name(), reason))
                }
                _ => match ended(code, Some(cell), None) {
                    Outcome::Ended(ended) => Outcome::Ended(Ended { is_vague, ..ended }),
                    other => other,
                },
            };
        }
        if let Some((code, cell)) = own {
            return ended(code.as_str(), Some(cell), None);
        }
        match (doubtful, word) {
            (Some((_, cell)), _) if is_proved => {
                // A reason that is longer than a code stays as the cause.
                let is_code = Code::new(cell.trim()).is_ok();
                return if is_code { ended(cell.trim(), None, None) } else { ended(ANSWERED_CODE, Some(cell), None) };
            }
            (Some((code, cell)), _) if proof == Proof::NotAnswered => return ended(code, Some(cell), Some(DOUBTFUL)),
            (_, Some(cell)) if is_proved => return ended(cell.trim(), None, None),
            (Some((_, cell)), _) | (None, Some(cell)) => return Outcome::Unknown(cell.trim().to_owned()),
            (None, None) => {}
        }
        match (is_answered, texts.is_empty(), proof) {
            (Some((code, cell)), true, _) => ended(code, Some(cell), None),
            (Some(_), false, _) | (None, false, Proof::Answered) => ended(UNDEFINED_CODE, None, None),
            (None, false, Proof::Unknown) => ended(UNDEFINED_CODE, None, Some(TEXT_UNPROVED)),
            (None, false, Proof::NotAnswered) => ended(NO_ANSWER, None, Some(TEXT_UNANSWERED)),
            (None, true, Proof::Answered) => ended(ANSWERED_CODE, None, Some(NO_WORD)),
            (None, true, Proof::NotAnswered) => ended(NO_ANSWER, None, Some(NO_RESULT)),
            (None, true, Proof::Unknown) => {
                let reason = "is empty, and nothing else tells whether somebody answered";
                Outcome::Refused(FieldError::new(Field::Result.name(), reason))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(cells: &[&str], proof: Proof) -> String {
        let mut mapping = Mapping::default();
        for (word, code) in [("Nóng", "HOT"), ("Trượt", "NA"), ("Test", "skip"), ("Hụt", "na")] {
            mapping.results.insert(word.to_owned(), code.to_owned());
        }
        match Meanings::of(&mapping).outcome(cells.iter().copied(), proof) {
            Outcome::Ended(ended) => ended.code.to_string(),
            Outcome::NoCall => "no call".to_owned(),
            Outcome::Unknown(word) => format!("? {word}"),
            Outcome::Refused(error) => error.reason,
        }
    }

    #[test]
    fn a_word_without_a_meaning_is_a_result_only_of_a_call_that_was_answered() {
        use Proof::{Answered, NotAnswered, Unknown};
        for (cells, proof, expected) in [
            (&["Không nghe máy"][..], Answered, "NA"),
            (&["NO_ANSWER"], Unknown, "NA"),
            (&["gold"], Answered, "gold"),
            (&["gold"], Unknown, "? gold"),
            (&["gold"], NotAnswered, "? gold"),
            (&["Completed", "gold"], Unknown, "gold"),
            (&["Completed", "Không nghe máy"], Unknown, "NA"),
            (&["Không nghe máy", ""], Unknown, "NA"),
            (&["NOT_INTERESTED"], Unknown, "NOT_INTERESTED"),
            (&["Từ chối"], Answered, "Từ chối"),
            (&["Từ chối"], NotAnswered, "BS"),
            (&["Từ chối"], Unknown, "? Từ chối"),
            (&["Failed", "busy"], Unknown, "BS"),
            (&["Failed", "NA"], Unknown, "NA"),
            (&["no answer", "Failed"], NotAnswered, "NA"),
            (&["Failed"], Unknown, "CU"),
            (&["Failed", "rejected"], Unknown, "BS"),
            (&["Failed", "gold"], Unknown, "CU"),
            (&["nong"], Unknown, "HOT"),
            (&["TRƯỢT"], Answered, "NA"),
            (&["Hụt"], Answered, "NA"),
            (&["test"], Answered, "no call"),
            (&["Chưa gọi"], Unknown, "no call"),
            (&["Nóng", "Máy bận"], Unknown, "says both \"Máy bận\" and \"Nóng\""),
            (&[""], Answered, "ANSWERED"),
            (&[], NotAnswered, "NA"),
            (&[""], Unknown, "is empty, and nothing else tells whether somebody answered"),
        ] {
            assert_eq!(code(cells, proof), expected, "{cells:?} {proof:?}");
        }
    }

    #[test]
    fn a_text_is_no_code() {
        let text = "Khách hàng đang lái xe, hẹn gọi lại vào chiều thứ sáu sau 17 giờ";
        assert_eq!(code(&[text], Proof::Answered), "undefined");
        assert_eq!(code(&[text], Proof::Unknown), "undefined");
        assert_eq!(code(&[text], Proof::NotAnswered), "NA");
        assert_eq!(code(&["gold", text], Proof::Answered), "gold");
        let short = "Khách hẹn gọi lại chiều mai";
        assert_eq!(code(&[short], Proof::Unknown), format!("? {short}"));
        // Among texts it is one.
        let mut meanings = Meanings::of(&Mapping::default());
        meanings.look([text, short, "gold", "busy"].into_iter());
        let outcome =
            |cell: &'static str, meanings: &mut Meanings| match meanings.outcome([cell].into_iter(), Proof::Unknown) {
                Outcome::Ended(ended) => ended.code.to_string(),
                other => format!("{other:?}"),
            };
        assert_eq!(outcome(short, &mut meanings), "undefined");
        assert_eq!(outcome("gold", &mut meanings), "Unknown(\"gold\")");
    }
}
