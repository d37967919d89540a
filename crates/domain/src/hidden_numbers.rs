//! Phone numbers in texts, taken out of what is shown to readers who may not see them. There is one rule for all that people or
//! programs wrote: no six digits in a row of the customer's own number, and nothing that may be a whole number of anybody else. What
//! is known for something else by its form (a date, an instant, an amount of money, a version, an address of the network) stays.

use std::{borrow::Cow, ops::Range};

use crate::{
    Country, digits,
    not_a_number::{self, DigitGroup},
    phone::{HIDDEN, is_national},
    spoken_digits,
    text::is_unseen,
};

/// As many digits in a row tell a number: one mask leaves fewer in a row, and few other texts have them by chance.
pub const TELLING: usize = 6;
/// Characters between two digits of the customer's own number at most, words among them: `0912, rồi 345`.
const MOST_BETWEEN: usize = 16;
/// Characters between two groups of a number that may be anybody's at most, as in `(0912) 345`; a letter ends it.
const MOST_GROUPING: usize = 3;
/// As many digits may be a whole number, whosever it is; no number is shorter where people are called.
const WHOLE: usize = 8;
/// Digits in words that make a run of digits a number that was said, whatever its form: `năm` is a year as well as a five.
const MANY_SAID: usize = 6;
/// And where it has the form of a number of the country.
const SOME_SAID: usize = 3;

/// What a text is made of, where numbers are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PhonePiece {
    /// A digit, as its ASCII one.
    Digit(char),
    /// A blank of any kind, or an encoded sign that is no digit.
    Blank,
    /// What nobody sees between two digits.
    Unseen,
    Letter,
    Sign(char),
}

/// The pieces of a text and where they stand. In a text that is read as `encoded`, one for a browser, a tag, an entity (`&#48;`) and
/// a sign in hexadecimal (`%20`) are one piece each.
fn pieces(text: &str, encoded: bool) -> impl Iterator<Item = (Range<usize>, PhonePiece)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &text[at..];
        let c = rest.chars().next()?;
        let (len, piece) = encoded.then(|| encoded_piece(rest)).flatten().unwrap_or_else(|| {
            let piece = match digits::ascii_digit(c) {
                Some(digit) => PhonePiece::Digit(digit),
                None if c.is_whitespace() => PhonePiece::Blank,
                None if is_unseen(c) || matches!(c, '\u{200c}' | '\u{200d}' | '\u{300}'..='\u{36f}') => {
                    PhonePiece::Unseen
                }
                None if c.is_alphabetic() => PhonePiece::Letter,
                None => PhonePiece::Sign(c),
            };
            (c.len_utf8(), piece)
        });
        at += len;
        Some((at - len..at, piece))
    })
}

/// A tag, an entity or a sign in hexadecimal at the beginning of a text, and how many bytes it has.
fn encoded_piece(text: &str) -> Option<(usize, PhonePiece)> {
    const LONGEST: usize = 64;
    let of_char = |c: Option<char>| c.and_then(digits::ascii_digit).map_or(PhonePiece::Blank, PhonePiece::Digit);
    match text.as_bytes()[0] {
        b'%' => {
            let code = u8::from_str_radix(text.get(1..3)?, 16).ok()?;
            Some((3, of_char(Some(char::from(code)).filter(char::is_ascii))))
        }
        b'&' => {
            let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
            let name = &text[1..end];
            let number = name.strip_prefix('#').and_then(|code| match code.strip_prefix(['x', 'X']) {
                Some(code) => u32::from_str_radix(code, 16).ok(),
                None => code.parse().ok(),
            });
            let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
            (number.is_some() || is_name).then(|| (end + 1, of_char(number.and_then(char::from_u32))))
        }
        b'<' => {
            let end = text.bytes().take(LONGEST).skip(1).position(|byte| matches!(byte, b'<' | b'>'))? + 1;
            (text.as_bytes()[end] == b'>').then_some((end + 1, PhonePiece::Blank))
        }
        _ => None,
    }
}

/// The readings of a text: as it stands, and as a browser reads it where it may be for one.
fn readings(text: &str) -> impl Iterator<Item = bool> {
    [false, true].into_iter().take(if text.contains(['%', '&', '<']) { 2 } else { 1 })
}

/// A text with [`HIDDEN`] in these places.
fn hide(text: &str, mut places: Vec<Range<usize>>) -> Cow<'_, str> {
    if places.is_empty() {
        return text.into();
    }
    places.sort_by_key(|place| place.start);
    let mut shown = String::with_capacity(text.len());
    let mut to = None;
    for place in places {
        if to.is_none_or(|to| place.start > to) {
            shown += &text[to.unwrap_or(0)..place.start];
            shown += HIDDEN;
        }
        to = to.max(Some(place.end));
    }
    shown += &text[to.unwrap_or(0)..];
    shown.into()
}

/// A text as a reader may see it who may see no number: without the places that have [`TELLING`] digits in a row of one of `numbers` (the
/// customer's, in the form of [`matching_key`](crate::phone::matching_key)), of whatever script, however they are grouped, also with words
/// between two groups, and in words; and without whatever may be another whole number, by the form of numbers in a country where that
/// is known. Shorter own numbers are found in no text: they would be found in all.
pub(crate) fn without_numbers<'a>(text: &'a str, numbers: &[String], country: Option<Country>) -> Cow<'a, str> {
    let mut hidden = Vec::new();
    for encoded in readings(text) {
        if !numbers.is_empty() {
            hidden.extend(telling(&own_runs(text, encoded), numbers));
        }
        let groups = groups(text, encoded);
        if groups.iter().map(|group| group.digits.len()).sum::<usize>() >= WHOLE {
            hidden.extend(others(text, &groups, country));
        }
    }
    let said = spoken_digits::runs(text, TELLING);
    hidden.extend(telling(&said, numbers));
    for (digits, places) in &said {
        let in_words = places.iter().filter(|place| !is_digit(&text[place.start..])).count();
        let is_of_country = country.is_some_and(|country| is_national(digits, country));
        if digits.len() >= WHOLE && in_words >= if is_of_country { SOME_SAID } else { MANY_SAID } {
            hidden.push(places[0].start..places[places.len() - 1].end);
        }
    }
    hide(text, hidden)
}

fn is_digit(text: &str) -> bool {
    text.chars().next().and_then(digits::ascii_digit).is_some()
}

/// The digits of each run that may be of a known number, and where they stand.
fn own_runs(text: &str, encoded: bool) -> Vec<(String, Vec<Range<usize>>)> {
    let mut runs: Vec<(String, Vec<Range<usize>>)> = Vec::new();
    let (mut between, mut was_blank) = (0, false);
    for (place, piece) in pieces(text, encoded) {
        match piece {
            PhonePiece::Digit(digit) => {
                match runs.last_mut().filter(|_| between <= MOST_BETWEEN) {
                    Some((digits, places)) => {
                        digits.push(digit);
                        places.push(place);
                    }
                    None => runs.push((digit.to_string(), vec![place])),
                }
                between = 0;
            }
            PhonePiece::Unseen => continue,
            // However wide, it is one.
            PhonePiece::Blank if was_blank => {}
            _ => between += 1,
        }
        was_blank = piece == PhonePiece::Blank;
    }
    runs
}

/// The places of runs of digits that have [`TELLING`] ones in a row of one of these numbers.
fn telling(runs: &[(String, Vec<Range<usize>>)], numbers: &[String]) -> Vec<Range<usize>> {
    let mut hidden = Vec::new();
    for (digits, places) in runs {
        for from in 0..(digits.len() + 1).saturating_sub(TELLING) {
            let to = from + TELLING;
            if numbers.iter().any(|number| number.contains(&digits[from..to])) {
                hidden.push(places[from].start..places[to - 1].end);
            }
        }
    }
    hidden
}

fn groups(text: &str, encoded: bool) -> Vec<DigitGroup> {
    let mut groups: Vec<DigitGroup> = Vec::new();
    let (mut gap, mut chars) = (String::new(), 0);
    let mut is_open = false;
    for (place, piece) in pieces(text, encoded) {
        let between = match piece {
            PhonePiece::Digit(digit) => {
                if let Some(group) = groups.last_mut().filter(|_| is_open) {
                    group.digits.push(digit);
                    group.place.end = place.end;
                } else {
                    let gap = std::mem::take(&mut gap);
                    groups.push(DigitGroup { digits: digit.to_string(), place, gap });
                }
                (is_open, chars) = (true, 0);
                continue;
            }
            PhonePiece::Unseen => continue,
            PhonePiece::Blank if gap.ends_with(' ') => continue,
            PhonePiece::Blank => ' ',
            PhonePiece::Sign('\u{2010}'..='\u{2015}' | '\u{2212}') => '-',
            PhonePiece::Sign('·') => '.',
            PhonePiece::Sign(c) => c,
            PhonePiece::Letter => text[place].chars().next().unwrap_or(' '),
        };
        is_open = false;
        // The end of what is long tells what stands before the next digit.
        chars += 1;
        if chars > MOST_GROUPING + 1 {
            gap.remove(0);
        }
        gap.push(between);
    }
    groups
}

/// The places of whatever may be a whole number of anybody.
fn others(text: &str, groups: &[DigitGroup], country: Option<Country>) -> Vec<Range<usize>> {
    let mut hidden = Vec::new();
    for run in not_a_number::runs_without_times(groups, grouping) {
        let number = OtherNumbers { text, run, country };
        if run.iter().map(|group| group.digits.len()).sum::<usize>() >= WHOLE {
            number.push(&mut hidden);
        }
    }
    // Signs that few numbers are grouped by, and much else is: only what has the form of a number of the country is one.
    let is_rare = |gap: &str| matches!(gap, "," | "/" | "|" | "*" | "x" | "X");
    for run in not_a_number::runs_without_times(groups, |gap| is_rare(gap) || grouping(gap)) {
        let number = OtherNumbers { text, run, country };
        if run[1..].iter().any(|group| is_rare(&group.gap)) && number.is_of_country(run) && number.other(0).is_none() {
            hidden.push(whole(run));
        }
    }
    hidden
}

/// Whether numbers are grouped by what stands between two groups. A `+` begins a number, or is a blank of an address.
fn grouping(gap: &str) -> bool {
    gap == "+" || gap.chars().count() <= MOST_GROUPING && gap.chars().all(|c| " -.()_~".contains(c))
}

fn whole(run: &[DigitGroup]) -> Range<usize> {
    run[0].place.start..run[run.len() - 1].place.end
}

/// Groups of digits of which some may be a number.
struct OtherNumbers<'a> {
    text: &'a str,
    run: &'a [DigitGroup],
    country: Option<Country>,
}

impl OtherNumbers<'_> {
    fn push(&self, hidden: &mut Vec<Range<usize>>) {
        let run = self.run;
        let is_abroad = run[0].gap.ends_with('+');
        let is_named = not_a_number::named(self.text, run) == Some(run.len());
        let is_alone = |group: &DigitGroup| self.is_of_country(std::slice::from_ref(group));
        let is_one = is_abroad || (!run.iter().any(is_alone) && self.is_of_country(run));
        if is_one && (is_abroad || !is_named) {
            hidden.push(whole(run));
            return;
        }
        let (mut from, mut at, mut digits) = (0, 0, 0);
        let mut end = |from: usize, to: usize, digits: usize| {
            if digits >= WHOLE {
                hidden.push(whole(&run[from..to]));
            }
        };
        while at < run.len() {
            // Behind a few digits it may be the rest of a number, unless it is too long for one.
            let is_apart = run[at].digits.len() > WHOLE + 1
                && matches!(run[at].gap.as_str(), "-" | "_" | ".")
                && !run[from].digits.starts_with("00");
            let other = if digits == 0 || digits >= WHOLE || is_apart { self.other(at) } else { None };
            if let Some(groups) = other {
                end(from, at, digits);
                (from, at, digits) = (at + groups, at + groups, 0);
            } else if is_alone(&run[at]) {
                end(from, at, digits);
                end(at, at + 1, WHOLE);
                (from, at, digits) = (at + 1, at + 1, 0);
            } else {
                digits += run[at].digits.len();
                at += 1;
            }
        }
        end(from, at, digits);
    }

    /// How many groups from this one on are something else, as their form tells.
    fn other(&self, at: usize) -> Option<usize> {
        let (text, rest) = (self.text, &self.run[at..]);
        not_a_number::other(text, rest, &|groups| self.is_of_country(groups))
    }

    /// Whether groups are together a number of the country by its form.
    fn is_of_country(&self, groups: &[DigitGroup]) -> bool {
        let Some(country) = self.country else { return false };
        let digits: String = groups.iter().map(|group| group.digits.as_str()).collect();
        let plus = if groups[0].gap.ends_with('+') { "+" } else { "" };
        digits.len() >= WHOLE && is_national(&[plus, &digits].concat(), country)
    }
}

#[cfg(test)]
mod tests;
