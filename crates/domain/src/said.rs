//! A search of what was said: words and phrases, found in lines of transcripts whatever marks and capitals they are written with.

use std::ops::Range;

use serde::Serialize;

use crate::{FieldError, Speaker, digits, limits, search, sight::ShownLine, text::is_unseen};

/// Characters of a word that tell it from others; of a longer one only its beginning is looked at.
const WORD_CHARS: usize = 40;
/// Marks that a phrase stands between, as keyboards and text programs write them.
const QUOTES: [char; 9] = ['"', '“', '”', '„', '‟', '«', '»', '＂', '″'];
/// What hides a number stands between two words and is none.
const HIDING: char = '•';

/// The words of a text as they are compared, and where they stand in it. What hides a number is a word that nobody looks for.
#[derive(Debug, Clone, Default)]
pub struct SaidWords {
    folded: String,
    /// Of each word where it stands in the text, and where in `folded`.
    places: Vec<(Range<usize>, Range<usize>)>,
}

impl SaidWords {
    /// Reads the words of a text: letters and digits in a row, small, without marks; digits of all scripts are one.
    pub fn read(&mut self, text: &str) {
        self.folded.clear();
        self.places.clear();
        let mut open: Option<(Range<usize>, usize, usize)> = None;
        for (at, c) in text.char_indices() {
            let end = at + c.len_utf8();
            if c.is_alphanumeric() || c == HIDING {
                let (place, _, chars) = open.get_or_insert((at..end, self.folded.len(), 0));
                place.end = end;
                if let Some(digit) = digits::ascii_digit(c) {
                    if *chars < WORD_CHARS {
                        self.folded.push(digit);
                    }
                    *chars += 1;
                } else {
                    for folded in search::folded_letters(c) {
                        if *chars < WORD_CHARS {
                            self.folded.push(folded);
                        }
                        *chars += 1;
                    }
                }
            } else if let Some((place, ..)) = open.as_mut().filter(|_| search::is_combining(c) || is_unseen(c)) {
                place.end = end;
            } else {
                self.end(open.take());
            }
        }
        self.end(open);
    }

    fn end(&mut self, open: Option<(Range<usize>, usize, usize)>) {
        if let Some((place, from, _)) = open.filter(|(_, from, _)| *from < self.folded.len()) {
            self.places.push((place, from..self.folded.len()));
        }
    }

    /// The words in their order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(|(_, folded)| &self.folded[folded.clone()])
    }

    fn word(&self, nth: usize) -> &str {
        &self.folded[self.places[nth].1.clone()]
    }
}

/// What is looked for in lines: every part must be in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidQuery {
    typed: String,
    parts: Vec<Vec<String>>,
    /// Who must have said it; anybody where none.
    pub speaker: Option<Speaker>,
}

impl SaidQuery {
    /// Reads what was typed: words, and phrases between quotation marks. `None`: there is no word in it.
    ///
    /// # Errors
    /// Where it is longer than [`limits::SEARCH_CHARS`], or has more words than [`limits::SAID_WORDS`].
    pub fn new(typed: &str, speaker: Option<Speaker>) -> Result<Option<Self>, FieldError> {
        if typed.chars().count() > limits::SEARCH_CHARS {
            return Err(FieldError::new("q", "is longer than 100 characters"));
        }
        let mut words = SaidWords::default();
        let mut parts = Vec::<Vec<String>>::new();
        let mut push = |text: &str| {
            words.read(text);
            let part: Vec<String> = words.iter().filter(|word| !word.contains(HIDING)).map(str::to_owned).collect();
            if !part.is_empty() && !parts.contains(&part) {
                parts.push(part);
            }
        };
        for (nth, piece) in typed.split(QUOTES).enumerate() {
            if nth % 2 == 1 {
                push(piece);
            } else {
                piece.split_whitespace().for_each(&mut push);
            }
        }
        if parts.iter().map(Vec::len).sum::<usize>() > limits::SAID_WORDS {
            return Err(FieldError::new("q", "has more than 12 words"));
        }
        Ok((!parts.is_empty()).then(|| Self { typed: typed.trim().to_owned(), parts, speaker }))
    }

    /// The words of the search as somebody wrote them, without spaces around them.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// The words of each part: one, or those of a phrase.
    pub fn parts(&self) -> &[Vec<String>] {
        &self.parts
    }

    /// Where a line has what is looked for, in bytes; `None`: it lacks a part.
    pub fn places(&self, speaker: Speaker, text: &str, words: &mut SaidWords) -> Option<Vec<Range<usize>>> {
        if self.speaker.is_some_and(|wanted| wanted != speaker) {
            return None;
        }
        words.read(text);
        let mut places = Vec::new();
        for part in &self.parts {
            let before = places.len();
            let last = (words.places.len() + 1).saturating_sub(part.len());
            for from in 0..last {
                if part.iter().enumerate().all(|(n, word)| words.word(from + n) == word) {
                    places.push(words.places[from].0.start..words.places[from + part.len() - 1].0.end);
                }
            }
            if places.len() == before {
                return None;
            }
        }
        places.sort_by_key(|place| (place.start, place.end));
        let mut merged = Vec::<Range<usize>>::with_capacity(places.len());
        for place in places {
            match merged.last_mut().filter(|last| place.start < last.end) {
                Some(last) => last.end = last.end.max(place.end),
                None => merged.push(place),
            }
        }
        Some(merged)
    }
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SaidPiece {
    /// What is said.
    pub text: String,
    /// Whether it is what was looked for.
    pub found: bool,
}

/// A line in which what was looked for was said, as one reader may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SaidLine {
    /// Milliseconds from the answer.
    pub at: i64,
    /// The side that speaks: voicebot or customer.
    pub speaker: Speaker,
    /// The line in pieces, which together are all of it.
    pub pieces: Vec<SaidPiece>,
}

impl SaidLine {
    /// The line with what was looked for marked; `None`: the reader sees nothing of it there.
    pub fn of(line: &ShownLine, query: &SaidQuery, words: &mut SaidWords) -> Option<Self> {
        let text = line.text.as_str();
        let places = query.places(line.speaker, text, words)?;
        let mut pieces = Vec::with_capacity(2 * places.len() + 1);
        let mut push = |from: usize, to: usize, found: bool| {
            if from < to {
                pieces.push(SaidPiece { text: text[from..to].to_owned(), found });
            }
        };
        let mut end = 0;
        for place in places {
            push(end, place.start, false);
            push(place.start, place.end, true);
            end = place.end;
        }
        push(end, text.len(), false);
        Some(Self { at: line.at, speaker: line.speaker, pieces })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Country, Sight, TranscriptLine, sight::Mask};

    fn query(typed: &str) -> SaidQuery {
        SaidQuery::new(typed, None).unwrap().unwrap()
    }

    fn found(typed: &str, text: &str) -> Option<Vec<String>> {
        let places = query(typed).places(Speaker::Bot, text, &mut SaidWords::default())?;
        Some(places.into_iter().map(|place| text[place].to_owned()).collect())
    }

    #[test]
    fn words_are_found_without_marks_and_phrases_in_their_order() {
        let text = "Dạ, anh muốn ĐĂNG KÝ gói cước ạ? Ky đăng";
        assert_eq!(found("dang ky", text).unwrap(), ["ĐĂNG", "KÝ", "Ky", "đăng"]);
        assert_eq!(found("\"dang ky\"", text).unwrap(), ["ĐĂNG KÝ"]);
        assert_eq!(found("“đăng ký” gói", text).unwrap(), ["ĐĂNG KÝ", "gói"]);
        assert_eq!(found("\"ky goi cuoc", text).unwrap(), ["KÝ gói cước"]);
        assert_eq!(found("dang-ky", text).unwrap(), ["ĐĂNG KÝ"]);
        assert_eq!(found("\"goi ky\"", text), None);
        assert_eq!(found("dang kyx", text), None);
        // With combining marks, as some programs send them.
        assert_eq!(found("dang", "đa\u{306}ng").unwrap(), ["đa\u{306}ng"]);
        assert_eq!(found("15", "ngày １５").unwrap(), ["１５"]);
    }

    #[test]
    fn what_was_typed_has_words_or_is_nothing() {
        for typed in ["", "  ", "\"\"", "?! …", "•••"] {
            assert_eq!(SaidQuery::new(typed, None).unwrap(), None, "{typed}");
        }
        assert!(SaidQuery::new(&"a".repeat(limits::SEARCH_CHARS + 1), None).is_err());
        let words = |n: usize| (0..n).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        assert!(SaidQuery::new(&words(limits::SAID_WORDS), None).is_ok());
        assert!(SaidQuery::new(&words(limits::SAID_WORDS + 1), None).is_err());
        assert_eq!(query("a a \"b c\" \"b c\"").parts(), [vec!["a"], vec!["b", "c"]]);
    }

    #[test]
    fn only_who_is_asked_for_has_said_it() {
        let of = |speaker| SaidQuery::new("da", Some(speaker)).unwrap().unwrap();
        let mut words = SaidWords::default();
        assert!(of(Speaker::Customer).places(Speaker::Customer, "Dạ", &mut words).is_some());
        assert!(of(Speaker::Customer).places(Speaker::Bot, "Dạ", &mut words).is_none());
    }

    #[test]
    fn hidden_digits_are_not_found_and_join_no_phrase() {
        let mask = Mask::new(Sight::Masked(Country::VIETNAM), ["0912345678"]);
        let line = TranscriptLine { at: 0, speaker: Speaker::Bot, text: "số 0912345678 nhé".to_owned() };
        let shown = mask.line(line);
        let mut words = SaidWords::default();
        for typed in ["0912345678", "\"so 0912345678\"", "\"so nhe\"", "•••"] {
            let line = SaidQuery::new(typed, None).unwrap().and_then(|query| SaidLine::of(&shown, &query, &mut words));
            assert_eq!(line, None, "{typed}");
        }
        assert!(SaidLine::of(&shown, &query("so nhe"), &mut words).is_some());
    }

    proptest! {
        /// What stands in a line is found in it, and the pieces are the line.
        #[test]
        fn a_piece_of_a_line_is_found(text in "(\\PC{1,8} ){1,8}", from in 0_usize..60, len in 1_usize..20) {
            let mut words = SaidWords::default();
            words.read(&text);
            let all: Vec<String> = words.iter().map(str::to_owned).collect();
            let from = from % all.len().max(1);
            let part: Vec<String> = all.into_iter().skip(from).take(len.min(limits::SAID_WORDS)).collect();
            if part.is_empty() || part.iter().any(|word| word.contains(HIDING)) {
                return Ok(());
            }
            let query = SaidQuery { typed: String::new(), parts: vec![part], speaker: None };
            let line = TranscriptLine { at: 0, speaker: Speaker::Bot, text: text.clone() };
            let shown = Mask::new(Sight::Whole, []).line(line);
            let line = SaidLine::of(&shown, &query, &mut words).unwrap();
            prop_assert_eq!(line.pieces.iter().map(|piece| piece.text.as_str()).collect::<String>(), text);
        }
    }
}
