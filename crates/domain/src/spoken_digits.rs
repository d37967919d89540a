//! Digits that are said in words, as speech recognition writes numbers: `không chín một hai`, `oh nine one two`.

use std::ops::Range;

use crate::search::fold;

/// Words for digits in Vietnamese and English, in the form of [`fold`].
const DIGITS: [(&str, char); 27] = [
    ("khong", '0'),
    ("mot", '1'),
    ("hai", '2'),
    ("ba", '3'),
    ("bon", '4'),
    ("tu", '4'),
    ("nam", '5'),
    ("lam", '5'),
    ("nham", '5'),
    ("sau", '6'),
    ("bay", '7'),
    ("tam", '8'),
    ("chin", '9'),
    ("zero", '0'),
    ("oh", '0'),
    ("o", '0'),
    ("nought", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
    ("niner", '9'),
];
/// Tens: `ninety two` is 92, `ninety` alone 90.
const TENS: [(&str, char); 8] = [
    ("twenty", '2'),
    ("thirty", '3'),
    ("forty", '4'),
    ("fifty", '5'),
    ("sixty", '6'),
    ("seventy", '7'),
    ("eighty", '8'),
    ("ninety", '9'),
];
/// What people say between the groups of a number.
const FILLERS: [&str; 14] =
    ["a", "u", "da", "va", "roi", "nhe", "nha", "la", "and", "then", "uh", "um", "dash", "cham"];
/// The longest of these words in bytes, with the marks of its letters.
const LONGEST: usize = 24;

/// What a word says, where numbers are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Digit(char),
    Ten(char),
    /// Behind a digit: `chín mươi hai`.
    Tens,
    /// So many of the digit that follows.
    Times(usize),
    Filler,
}

fn said(word: &str) -> Option<Said> {
    if word.len() > LONGEST {
        return None;
    }
    let folded = fold(word);
    let of = |words: &[(&str, char)]| words.iter().find(|(known, _)| *known == folded).map(|(_, digit)| *digit);
    of(&DIGITS).map(Said::Digit).or_else(|| of(&TENS).map(Said::Ten)).or_else(|| match folded.as_str() {
        "muoi" => Some(Said::Tens),
        "double" => Some(Said::Times(2)),
        "triple" => Some(Said::Times(3)),
        word if FILLERS.contains(&word) => Some(Said::Filler),
        _ => None,
    })
}

/// The runs of digits of a text, those in words among them, with where each stands; other words end a run. Only runs with `least` digits
/// and more, at least one of them in a word, are given.
pub(crate) fn runs(text: &str, least: usize) -> Vec<(String, Vec<Range<usize>>)> {
    let mut all: Vec<(String, Vec<Range<usize>>)> = Vec::new();
    let mut run = DigitRun::default();
    let is_of_word = |c: char| c.is_alphabetic() || matches!(c, '\u{300}'..='\u{36f}');
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        if let Some(digit) = crate::digits::ascii_digit(c) {
            run.push(digit, at..at + c.len_utf8());
        } else if is_of_word(c) {
            let mut end = at + c.len_utf8();
            while let Some((_, next)) = rest.next_if(|(_, next)| is_of_word(*next)) {
                end += next.len_utf8();
            }
            let place = at..end;
            match said(&text[place.clone()]) {
                Some(Said::Digit(digit)) => run.say(digit, place),
                Some(Said::Ten(digit)) => {
                    run.say(digit, place.clone());
                    run.zero = Some(place);
                }
                // `mười hai` is 12, `chín mươi hai` 92.
                Some(Said::Tens) => {
                    if !run.ends_in_word {
                        run.say('1', place.clone());
                    }
                    run.zero = Some(place);
                }
                Some(Said::Times(times)) => run.times = times,
                Some(Said::Filler) => {}
                None => all.extend(run.take(least)),
            }
        } else if c == '\n' {
            all.extend(run.take(least));
        } else if !c.is_whitespace() {
            run.end_tens();
        }
    }
    all.extend(run.take(least));
    all
}

/// Digits that were said one after the other.
#[derive(Default)]
struct DigitRun {
    digits: String,
    places: Vec<Range<usize>>,
    has_words: bool,
    ends_in_word: bool,
    /// Where a word for tens stands behind which no digit has come yet.
    zero: Option<Range<usize>>,
    times: usize,
}

impl DigitRun {
    fn push(&mut self, digit: char, place: Range<usize>) {
        self.zero = None;
        self.ends_in_word = false;
        self.digits.push(digit);
        self.places.push(place);
    }

    fn say(&mut self, digit: char, place: Range<usize>) {
        for _ in 0..std::mem::take(&mut self.times).max(1) {
            self.push(digit, place.clone());
        }
        (self.has_words, self.ends_in_word) = (true, true);
    }

    /// Behind tens no digit comes any more.
    fn end_tens(&mut self) {
        if let Some(place) = self.zero.take() {
            self.push('0', place);
        }
    }

    fn take(&mut self, least: usize) -> Option<(String, Vec<Range<usize>>)> {
        self.end_tens();
        let run = std::mem::take(self);
        (run.has_words && run.digits.len() >= least).then_some((run.digits, run.places))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_found_in_words_of_both_languages() {
        for (text, digits) in [
            ("Số em là không chín một hai, ba bốn năm, hai không bảy ạ", "0912345207"),
            ("khong chin mot hai ba bon nam", "0912345"),
            ("KHÔNG CHÍN MỐT HAI BA TƯ LĂM", "0912345"),
            ("không chín một hai rồi ba bốn năm nhé", "0912345"),
            ("0912 ba bốn năm 207", "0912345207"),
            ("chín mươi hai ba tư", "9234"),
            ("chín mươi, ba mươi lăm", "9035"),
            ("oh nine one two, three four five", "0912345"),
            ("zero nine double two triple three", "0922333"),
            ("ninety two thirty five", "9235"),
            ("kho\u{302}ng chi\u{301}n mo\u{323}\u{302}t hai", "0912"),
        ] {
            let runs = runs(text, 4);
            assert_eq!(runs.iter().map(|(digits, _)| digits.as_str()).collect::<Vec<_>>(), [digits], "{text}");
        }
        for none in ["Không, em bận năm nay", "0912345207", "một hai", "", "không chín\nmột hai"] {
            assert!(runs(none, 4).is_empty(), "{none}");
        }
    }
}
