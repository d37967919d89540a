//! How a row says that its call ended: from the words of its result columns, and from what else proves an answer.

use std::collections::HashMap;

use domain::{
    Code, FieldError,
    outcome::{NO_ANSWER, SYSTEM_CODES, word_key},
    search::fold_word,
};

use super::noted::Noted;
use crate::{
    ending::ANSWERED_CODE,
    guess::is_yes_or_no,
    mapping::{Field, Mapping, SKIP},
    result_words::{WordSays, is_busy_alone, is_do_not_call, is_under_way, word_says},
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
    pub(crate) assumed: Option<Noted>,
    /// A cause beside the result may say it better.
    pub(crate) is_vague: bool,
}

/// What comes of the result columns.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RowOutcome {
    Ended(Ended),
    NoCall,
    /// A word without a meaning that is known.
    Unknown(String),
    Refused(FieldError),
}

/// What words mean: those of a mapping, then the account's own spellings, then those that are known.
#[derive(Clone)]
pub(crate) struct Meanings {
    /// Of the mapping, by the words as they are spelled ([`word_key`]), …
    given: HashMap<String, GivenMeaning>,
    /// … and in whatever spelling ([`fold_word`]).
    given_plain: HashMap<String, GivenMeaning>,
    /// Of the account, by the words as they are spelled.
    of_account: HashMap<String, Code>,
    /// Cells that were looked up, …
    first: Vec<(String, Word)>,
    /// … those after the first few.
    known: HashMap<String, Word>,
    /// The result columns hold texts, so a few words in them are a short text and no code.
    is_text: bool,
    /// They tell of the line and of nothing that was said, so a word that may be either is the line's.
    is_of_line: bool,
}

#[derive(Debug, Clone)]
enum GivenMeaning {
    Skip,
    Code(Code),
}

#[derive(Debug, Clone)]
enum Word {
    Given(GivenMeaning),
    Known(WordSays),
}

/// Words of a short text.
const TEXT_WORDS: usize = 3;
/// Cells that are compared one by one, which takes less than a hash where they are few.
const FIRST_KNOWN: usize = 12;
/// Cells whose meaning is remembered.
const MOST_KNOWN: usize = 1_000;
/// Bytes of such a cell.
const KNOWN_BYTES: usize = 200;

impl Meanings {
    pub(crate) fn of(mapping: &Mapping, spellings: &[(Code, Code)]) -> Self {
        let given = mapping.results.iter().filter_map(|(word, code)| {
            let code = system_code_spelled(code).unwrap_or(code);
            let meaning = if code == SKIP { GivenMeaning::Skip } else { GivenMeaning::Code(Code::new(code).ok()?) };
            Some((word, meaning))
        });
        let given: Vec<_> = given.collect();
        // The system's codes mean themselves, whatever an account says.
        let of_account = spellings.iter().filter(|(word, _)| !SYSTEM_CODES.contains(&word.as_str()));
        Self {
            given: given.iter().map(|(word, meaning)| (word_key(word), meaning.clone())).collect(),
            given_plain: given.into_iter().map(|(word, meaning)| (fold_word(word), meaning)).collect(),
            of_account: of_account.map(|(word, code)| (word_key(word.as_str()), code.clone())).collect(),
            first: Vec::new(),
            known: HashMap::new(),
            is_text: false,
            is_of_line: false,
        }
    }

    /// What somebody has said of a word.
    fn given(&self, cell: &str) -> Option<GivenMeaning> {
        let key = word_key(cell);
        let of_account = || self.of_account.get(&key).cloned().map(GivenMeaning::Code);
        let plain = || self.given_plain.get(&fold_word(cell)).cloned();
        // Of marks alone, such as `-`, no key is left.
        let exact = self.given.get(&key).filter(|_| !key.is_empty()).cloned();
        exact.or_else(plain).or_else(of_account).filter(|_| !cell.is_empty())
    }

    /// Whether somebody has said what a word means.
    pub(crate) fn is_given(&self, cell: &str) -> bool {
        self.given(cell).is_some()
    }

    /// Looks at the first cells of the result columns: whether they hold texts, and whether they tell of the line alone.
    pub(crate) fn look<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        let (mut filled, mut texts) = (0, 0);
        let (mut has_answered, mut has_others) = (false, false);
        for cell in cells {
            let said = word_says(cell);
            filled += usize::from(said != WordSays::Nothing);
            texts += usize::from(said == WordSays::Text);
            has_answered |= matches!(said, WordSays::Answered(_));
            has_others |= matches!(said, WordSays::Text | WordSays::Word | WordSays::Conversation);
        }
        self.is_text = texts > 0 && texts * 5 >= filled;
        self.is_of_line = has_answered && !has_others;
    }

    fn word(&mut self, cell: &str) -> Word {
        // Nearly every cell is one of a few words.
        if let Some((_, word)) = self.first.iter().find(|(known, _)| known == cell) {
            return word.clone();
        }
        if let Some(word) = self.known.get(cell) {
            return word.clone();
        }
        let word = self.given(cell).map_or_else(|| Word::Known(word_says(cell)), Word::Given);
        if self.first.len() < FIRST_KNOWN && cell.len() <= KNOWN_BYTES {
            self.first.push((cell.to_owned(), word.clone()));
        } else if self.known.len() < MOST_KNOWN && cell.len() <= KNOWN_BYTES {
            self.known.insert(cell.to_owned(), word.clone());
        }
        word
    }

    /// How the call of a row ended, by the cells of its result columns.
    #[expect(clippy::too_many_lines, reason = "one rule after the other, in the order in which they hold")]
    pub(crate) fn outcome<'a>(&mut self, cells: impl Iterator<Item = &'a str>, proof: Proof) -> RowOutcome {
        let mut unanswered: Option<(&'static str, &str)> = None;
        let mut own: Option<(Code, &str)> = None;
        let (mut is_conversation, mut is_answered) = (false, None);
        let (mut failed, mut doubtful, mut word) = (None, None, None);
        let mut no_call = None;
        let mut texts = Vec::new();
        for cell in cells {
            let said = match self.word(cell) {
                Word::Given(GivenMeaning::Skip) => return RowOutcome::NoCall,
                // That somebody answered is less than what another column says of it.
                Word::Given(GivenMeaning::Code(code)) if code.as_str() == ANSWERED_CODE => {
                    WordSays::Answered(ANSWERED_CODE)
                }
                // Why nobody answered, another column may say.
                Word::Given(GivenMeaning::Code(code)) if code.as_str() == NO_ANSWER && is_yes_or_no(cell) => {
                    WordSays::Failed(NO_ANSWER)
                }
                Word::Given(GivenMeaning::Code(code)) => {
                    if let Some(system) = SYSTEM_CODES.into_iter().find(|system| *system == code.as_str()) {
                        unanswered = unanswered.or(Some((system, cell)));
                    } else {
                        own = own.or(Some((code, cell)));
                        is_conversation = true;
                    }
                    continue;
                }
                Word::Known(said) => said,
            };
            match said {
                WordSays::Nothing => {}
                WordSays::NoCall if is_under_way(cell) => return RowOutcome::NoCall,
                WordSays::NoCall => no_call = no_call.or(Some(cell)),
                WordSays::Unanswered(code) => {
                    unanswered = unanswered.or(Some((code, cell)));
                    if cell.contains(char::is_whitespace) && (cell.chars().nth(40).is_some() || cell.contains('\n')) {
                        texts.push(cell.to_owned());
                    }
                }
                WordSays::Failed(code) => failed = failed.or(Some((code, cell))),
                WordSays::Doubtful(code) => doubtful = doubtful.or(Some((code, cell))),
                WordSays::Answered(code) => is_answered = is_answered.or(Some((code, cell))),
                // It was never dialled.
                WordSays::Conversation if proof == Proof::NotAnswered && is_do_not_call(cell) => {
                    return RowOutcome::NoCall;
                }
                WordSays::Conversation => {
                    is_conversation = true;
                    own = own.or(Code::new(cell.trim()).ok().map(|code| (code, cell)));
                }
                WordSays::Word if self.is_text && cell.split_whitespace().count() >= TEXT_WORDS => {
                    texts.push(cell.to_owned());
                }
                WordSays::Word => word = word.or(Some(cell)),
                WordSays::Text => texts.push(cell.to_owned()),
            }
        }
        if let Some(cell) = no_call {
            // A ticket that waits for somebody is of a call that was made, where something proves that or another column tells how it ended.
            let is_told = is_answered.is_some() || is_conversation || unanswered.is_some();
            match proof {
                _ if is_told => {}
                Proof::Answered => word = word.or(Some(cell)),
                Proof::NotAnswered | Proof::Unknown => return RowOutcome::NoCall,
            }
        }
        let ended = |code: &str, word: Option<&str>, assumed| match Code::new(code) {
            Ok(code) => {
                let word = word.filter(|word| *word != code.as_str()).map(str::to_owned);
                let is_vague = matches!(assumed, Some(Noted::Doubtful | Noted::LineUnproved));
                RowOutcome::Ended(Ended { code, word, texts: texts.clone(), assumed, is_vague })
            }
            Err(error) => RowOutcome::Refused(FieldError::new(Field::Result.name(), error.to_string())),
        };
        let is_proved = proof == Proof::Answered || is_answered.is_some() || is_conversation;
        // Why a call failed says more than that it did.
        let is_vague = unanswered.is_none() && doubtful.is_none() && failed.is_some();
        if let Some((code, cell)) = unanswered.or(failed.and(doubtful)).or(failed) {
            return match own {
                Some((_, other)) if is_conversation => {
                    let reason = format!("says both \"{}\" and \"{}\"", cell.trim(), other.trim());
                    RowOutcome::Refused(FieldError::new(Field::Result.name(), reason))
                }
                _ => match ended(code, Some(cell), None) {
                    RowOutcome::Ended(ended) => RowOutcome::Ended(Ended { is_vague, ..ended }),
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
            (Some((code, cell)), _) if proof == Proof::NotAnswered => {
                return ended(code, Some(cell), Some(Noted::Doubtful));
            }
            (Some((code, cell)), None) if self.is_of_line || is_busy_alone(cell) => {
                return ended(code, Some(cell), Some(Noted::LineUnproved));
            }
            (_, Some(cell)) if is_proved => return ended(cell.trim(), None, None),
            (Some((_, cell)), _) | (None, Some(cell)) => return RowOutcome::Unknown(cell.trim().to_owned()),
            (None, None) => {}
        }
        match (is_answered, texts.is_empty(), proof) {
            (Some((code, cell)), true, Proof::NotAnswered) => ended(code, Some(cell), Some(Noted::AnsweredWithoutTalk)),
            (Some((code, cell)), true, _) => ended(code, Some(cell), None),
            (Some(_), false, _) | (None, false, Proof::Answered) => ended(UNDEFINED_CODE, None, None),
            (None, false, Proof::Unknown) => ended(UNDEFINED_CODE, None, Some(Noted::TextUnproved)),
            (None, false, Proof::NotAnswered) => ended(NO_ANSWER, None, Some(Noted::TextUnanswered)),
            (None, true, Proof::Answered) => ended(ANSWERED_CODE, None, Some(Noted::NoWord)),
            (None, true, Proof::NotAnswered) => ended(NO_ANSWER, None, Some(Noted::NoResult)),
            (None, true, Proof::Unknown) => {
                let reason = "is empty, and nothing else tells whether somebody answered";
                RowOutcome::Refused(FieldError::new(Field::Result.name(), reason))
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
        match Meanings::of(&mapping, &[]).outcome(cells.iter().copied(), proof) {
            RowOutcome::Ended(ended) => ended.code.to_string(),
            RowOutcome::NoCall => "no call".to_owned(),
            RowOutcome::Unknown(word) => format!("? {word}"),
            RowOutcome::Refused(error) => error.reason,
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
            (&["Bận"], Unknown, "BS"),
            (&["Bận"], NotAnswered, "BS"),
            (&["Bận"], Answered, "Bận"),
            (&["Bận", "gold"], Unknown, "? Bận"),
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
            (&["Chưa gọi", "failed"], NotAnswered, "no call"),
            (&["Nghe máy", "Chờ xử lý"], Answered, "ANSWERED"),
            (&["Không nghe máy", "Chưa gọi"], NotAnswered, "NA"),
            (&["pending"], Answered, "pending"),
            (&["pending"], NotAnswered, "no call"),
            (&["ringing"], Answered, "no call"),
            (&["Nghe máy", "in progress"], Answered, "no call"),
            (&["DNC"], NotAnswered, "no call"),
            (&["Do not call"], Answered, "Do not call"),
            (&["DNC"], Unknown, "DNC"),
            (&["Nóng", "Máy bận"], Unknown, "says both \"Máy bận\" and \"Nóng\""),
            (&[""], Answered, "ANSWERED"),
            (&[], NotAnswered, "NA"),
            (&[""], Unknown, "is empty, and nothing else tells whether somebody answered"),
        ] {
            assert_eq!(code(cells, proof), expected, "{cells:?} {proof:?}");
        }
    }

    #[test]
    fn what_a_mapping_says_goes_before_the_accounts_spellings_and_these_before_what_is_known() {
        let spelling = |word: &str, code: &str| (Code::new(word).unwrap(), Code::new(code).unwrap());
        let spellings =
            [spelling("Máy lạ", "CU"), spelling("nóng", "WARM"), spelling("Bận", "HẸN"), spelling("NA", "X")];
        let mut mapping = Mapping::default();
        mapping.results.insert("Nóng".to_owned(), "HOT".to_owned());
        let mut meanings = Meanings::of(&mapping, &spellings);
        for (cell, code) in [("MÁY LẠ", "CU"), ("nóng", "HOT"), ("bận", "HẸN"), ("NA", "NA")] {
            match meanings.outcome([cell].into_iter(), Proof::Unknown) {
                RowOutcome::Ended(ended) => assert_eq!(ended.code.as_str(), code, "{cell}"),
                other => panic!("{cell}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_word_that_may_be_a_customers_is_the_lines_among_words_of_the_line() {
        let code = |cells: &[&'static str], cell: &'static str| {
            let mut meanings = Meanings::of(&Mapping::default(), &[]);
            meanings.look(cells.iter().copied());
            match meanings.outcome([cell].into_iter(), Proof::Unknown) {
                RowOutcome::Ended(ended) => format!("{} {:?}", ended.code, ended.assumed),
                other => format!("{other:?}"),
            }
        };
        assert_eq!(code(&["Answered", "No answer", "Rejected"], "Rejected"), "BS Some(LineUnproved)");
        // Who agrees may refuse as well.
        assert_eq!(code(&["Answered", "Đồng ý", "Từ chối"], "Từ chối"), "Unknown(\"Từ chối\")");
        assert_eq!(code(&["No answer", "Rejected"], "Rejected"), "Unknown(\"Rejected\")");
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
        let mut meanings = Meanings::of(&Mapping::default(), &[]);
        meanings.look([text, short, "gold", "busy"].into_iter());
        let outcome =
            |cell: &'static str, meanings: &mut Meanings| match meanings.outcome([cell].into_iter(), Proof::Unknown) {
                RowOutcome::Ended(ended) => ended.code.to_string(),
                other => format!("{other:?}"),
            };
        assert_eq!(outcome(short, &mut meanings), "undefined");
        assert_eq!(outcome("gold", &mut meanings), "Unknown(\"gold\")");
    }
}
