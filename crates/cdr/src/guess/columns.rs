//! What the first rows hold in one column.

use std::{borrow::Cow, collections::HashSet};

use crate::{
    causes::line_says,
    cells::Cells,
    local_time::When,
    numbers::{bare, split_extension},
    result_words::{WordSays, word_says},
    spoken::is_dialogue,
    spreadsheet::is_rounded,
    written::{
        Decimal, amount, compact_clock, date_alone, day_fraction, is_nothing, length, ordinal, plain_number, seen_text,
        unguarded, when, without_day_zero,
    },
};

/// The most words for results that a column under any name has.
pub(super) const RESULT_WORDS: usize = 20;

/// How many cells of a column there are of each kind.
#[derive(Debug, Clone, Default)]
pub(crate) struct Column {
    pub(crate) rows: usize,
    pub(crate) filled: usize,
    pub(crate) phones: usize,
    /// Dates with a time of day, and instants.
    pub(crate) instants: usize,
    pub(crate) dates: usize,
    /// Of the instants, those at midnight: dates that something gave a time of day.
    pub(crate) midnights: usize,
    /// Zeros in the place of a time that never came: `0`, `0000-00-00`, the first hours of 1970.
    pub(crate) nevers: usize,
    /// Causes and SIP codes for how a line ended: `USER_BUSY`, `17`, `486`.
    pub(crate) causes: usize,
    /// `09:15` and the like, which may be a time of day or a length.
    pub(crate) clocks: usize,
    /// Lengths that say their unit: `1m 20s`, `0:45`.
    pub(crate) lengths: usize,
    pub(crate) numbers: usize,
    /// Whole numbers of things that are counted, as `2`, `Lần 2`, `2nd`.
    pub(crate) ordinals: usize,
    pub(crate) urls: usize,
    /// Of these, those of files with sound, or with a word for one.
    pub(crate) recordings: usize,
    /// Words of which it is known what they say about the answer.
    pub(crate) words: usize,
    pub(crate) texts: usize,
    pub(crate) dialogues: usize,
    /// Long and without blanks, as ids are.
    pub(crate) tokens: usize,
    pub(crate) distinct: usize,
    /// Whole numbers that go up by one from row to row.
    pub(crate) is_counted: bool,
    /// Numbers such as `45,5`, which have a comma before their fraction.
    pub(crate) commas: usize,
    /// Numbers with a currency beside them: `1.200 đ`.
    pub(crate) amounts: usize,
    /// `0.385`, which may be a time of day.
    pub(crate) day_fractions: usize,
    /// `080005`, which may be one, too.
    pub(crate) compact_clocks: usize,
    /// The numbers, but those that are 0.
    pub(crate) sizes: Vec<f64>,
    /// Of these, those with two digits and more after the point.
    pub(crate) fine: usize,
    pub(crate) largest: f64,
}

impl Column {
    pub(crate) fn of(rows: &[&Cells], at: usize) -> Self {
        let mut column = Self { rows: rows.len(), ..Self::default() };
        let mut distinct = HashSet::new();
        let mut steps = 0;
        let (mut first, mut before): (Option<i64>, Option<i64>) = (None, None);
        for text in rows.iter().map(|row| unguarded(row.get(at))).filter(|text| !is_nothing(text)) {
            column.filled += 1;
            distinct.insert(text);
            column.add(text);
            let number: Option<i64> = text.parse().ok().filter(|_| text.len() < 9);
            steps += usize::from(number.zip(before).is_some_and(|(number, before)| number == before + 1));
            first = first.or(number.filter(|_| column.filled == 1));
            before = number;
        }
        column.distinct = distinct.len();
        // No campaign dials at midnight sharp and at no other time.
        if column.midnights > 0 && column.midnights == column.instants {
            column.dates += std::mem::take(&mut column.instants);
        }
        // From 0 or 1 on; numbers of a database begin anywhere.
        column.is_counted = first.is_some_and(|first| first <= 1) && steps * 10 >= (column.filled - 1) * 9;
        column
    }

    fn add(&mut self, text: &str) {
        let is_url = text.starts_with("http://") || text.starts_with("https://") || text.starts_with("=HYPERLINK(");
        self.urls += usize::from(is_url);
        self.recordings += usize::from(is_url && names_a_recording(text));
        self.phones += usize::from(is_phone(text) || is_rounded(text));
        self.texts += usize::from(text.chars().nth(40).is_some() || text.contains('\n'));
        self.dialogues += usize::from(is_dialogue(text));
        let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
        let is_token =
            text.len() >= 12 && !is_url && !text.contains('@') && has_digit && !text.contains(char::is_whitespace);
        self.tokens += usize::from(is_token);
        // A code of SIP may be any number.
        let is_number = is_digits(text);
        self.words +=
            usize::from(!is_number && !matches!(word_says(text), WordSays::Nothing | WordSays::Word | WordSays::Text));
        self.causes += usize::from(line_says(text, false).is_some());
        if !has_digit {
            return;
        }
        self.ordinals += usize::from(ordinal(text).is_some());
        let text = without_day_zero(text);
        let mut read = |text: &str| {
            plain_number(text, Decimal::Point).or_else(|| {
                let number = plain_number(text, Decimal::Comma)?;
                self.commas += 1;
                Some(number)
            })
        };
        if let Some((number, size)) = read(text).and_then(|number| Some((number.parse::<f64>().ok()?, number))) {
            self.numbers += 1;
            self.largest = self.largest.max(number);
            self.day_fractions += usize::from(day_fraction(text).is_some());
            self.compact_clocks += usize::from(compact_clock(text).is_some());
            if number != 0.0 {
                self.sizes.push(number);
                self.fine += usize::from(size.split_once('.').is_some_and(|(_, fraction)| fraction.len() > 1));
            }
        } else if let Some((number, Some(_))) = amount(text)
            && read(&number).is_some()
        {
            self.amounts += 1;
        } else if length(text, None, Decimal::Point).is_ok() {
            self.lengths += 1;
            self.clocks += usize::from(is_clock(text));
        } else if is_clock(text) {
            self.clocks += 1;
        }
        let time = when(text);
        if matches!(time, Some(When::Wall(_) | When::Instant(_))) {
            self.midnights += usize::from(date_alone(text).is_some());
        }
        match time {
            Some(When::Instant(_)) => self.instants += 1,
            // A serial number with a fraction, as all with a comma and no other sign are.
            Some(When::Wall(_))
                if text.split_once(',').is_some_and(|(days, rest)| [days, rest].into_iter().all(is_digits)) =>
            {
                self.instants += 1;
            }
            Some(When::Wall(_)) if text.contains(':') || has_clock_mark(text) || text.contains('.') => {
                // `04.11.2026` has points, too.
                if text.contains(':') || !text.matches('.').count().eq(&2) {
                    self.instants += 1;
                } else {
                    self.dates += 1;
                }
            }
            Some(When::Wall(_)) => self.dates += 1,
            Some(When::Never) => self.nevers += 1,
            None => {}
        }
    }

    /// Whether it holds instants, with or without zeros for those that never came.
    pub(crate) fn holds_instants(&self, least_percent: usize) -> bool {
        self.instants > 0 && self.instants * 100 >= (self.filled - self.nevers) * least_percent
    }

    /// Whether its cells are times of day, in whatever way they are written.
    pub(crate) fn holds_clocks(&self) -> bool {
        self.is_mostly(self.clocks + self.day_fractions + self.compact_clocks)
    }

    /// Takes its times of day for instants of a day that stands in another column.
    pub(crate) fn become_instants(&mut self) {
        self.instants = self.filled;
        self.become_nothing();
    }

    /// Takes its times of day for something that no field has.
    pub(crate) fn become_nothing(&mut self) {
        (self.clocks, self.lengths, self.numbers, self.day_fractions, self.compact_clocks) = (0, 0, 0, 0, 0);
    }

    /// Whether nothing but zeros stands in it.
    pub(crate) fn is_never(&self) -> bool {
        self.filled > 0 && self.nevers == self.filled
    }

    /// Whether most of its cells are of a kind, counted in `count`.
    pub(crate) fn is_mostly(&self, count: usize) -> bool {
        self.filled > 0 && count * 10 >= self.filled * 8
    }

    pub(crate) fn is_half(&self, count: usize) -> bool {
        self.filled > 0 && count * 2 >= self.filled
    }

    /// The number in the middle of all but 0.
    pub(crate) fn median(&self) -> Option<f64> {
        let mut sizes = self.sizes.clone();
        sizes.sort_by(f64::total_cmp);
        sizes.get(sizes.len() / 2).copied()
    }

    /// Whether its numbers are such as whole blocks of seconds give: of 6, 30 or 60.
    pub(crate) fn is_rounded_up(&self) -> bool {
        self.sizes.len() > 1 && self.sizes.iter().all(|size| size % 6.0 == 0.0)
    }

    /// Whether every row has another value.
    pub(crate) fn is_unique(&self) -> bool {
        self.filled > 0 && self.distinct == self.filled && self.filled * 10 >= self.rows * 9
    }

    /// Whether most rows have another value: of ids of calls that is enough to be some, and what stands again is told.
    pub(crate) fn is_told_apart(&self) -> bool {
        self.filled > 0 && self.distinct * 2 >= self.filled && self.filled * 10 >= self.rows * 9
    }
}

/// Whether an address is that of a file with sound by its ending, or has a word for one between its marks: a page of a customer is none.
fn names_a_recording(address: &str) -> bool {
    const ENDINGS: [&str; 12] =
        [".wav", ".mp3", ".ogg", ".opus", ".m4a", ".aac", ".gsm", ".amr", ".flac", ".webm", ".mp4", ".wma"];
    const WORDS: [&str; 11] = [
        "record",
        "recording",
        "recordings",
        "rec",
        "ghiam",
        "audio",
        "voice",
        "playback",
        "play",
        "monitor",
        "listen",
    ];
    let address = address.to_ascii_lowercase();
    let mut words = address.split(|c: char| !c.is_ascii_alphanumeric());
    ENDINGS.iter().any(|ending| address.contains(ending)) || words.any(|word| WORDS.contains(&word))
}

/// Whether an `h` or `T` stands behind a digit, as in `9h05` and `20261104T091502`: that of a weekday (`Tue 04/11/2026`, `Thứ 4`) does not.
fn has_clock_mark(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| pair[0].is_ascii_digit() && matches!(pair[1], b'h' | b'T'))
        || text.contains(" giờ ")
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `9:15`, `09:15:02`, `9:15 AM`: a time of day by its form.
pub(crate) fn is_clock(text: &str) -> bool {
    let text = seen_text(text);
    let lower = without_day_zero(text.trim()).to_lowercase();
    let halves = ["am", "pm", "sa", "ch", "sáng", "trưa", "chiều", "tối", "đêm"];
    let text = halves.iter().find_map(|half| lower.strip_suffix(half)).unwrap_or(&lower).trim();
    let parts: Vec<&str> = text.split(':').collect();
    let is_number = |part: &&str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    // `08h00`, `8h05'`.
    let by_h = || {
        let (hour, minute) = text.trim_end_matches(['p', '\'', '′']).split_once('h')?;
        Some(
            is_number(&hour)
                && (minute.is_empty() || is_number(&minute))
                && hour.parse::<u8>().is_ok_and(|hour| hour < 24),
        )
    };
    if by_h() == Some(true) {
        return true;
    }
    (2..=3).contains(&parts.len())
        && parts.iter().all(|part| is_number(&part.split('.').next().unwrap_or_default()))
        && parts[0].parse::<u8>().is_ok_and(|hour| hour < 24)
}

/// A phone number by its form: 9 to 15 digits, perhaps grouped, with a `+` or `0` before them, or as long as one
/// without.
pub(crate) fn is_phone(text: &str) -> bool {
    let text = seen_text(text);
    let text = unguarded(text.trim()).trim_start_matches('\'');
    // `Hoa <0901234567>`.
    let number = if text.ends_with('>') { bare(text) } else { Cow::Borrowed(text) };
    let text = number.strip_suffix(".0").unwrap_or(&number);
    let is_plain = |text: &str| text.chars().all(|c| c.is_ascii_digit() || " +-.()".contains(c));
    let text = if is_plain(text) { text } else { split_extension(text).map_or(text, |(number, _)| number) };
    let is_number = is_plain(text);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    // A date and a number with a fraction are grouped in other ways.
    let is_date = matches!(when(text), Some(When::Wall(_) | When::Instant(_)));
    let groups = text.matches('.').count();
    is_number && !is_date && (9..=15).contains(&digits.len()) && groups != 1 && !text.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(cells: &[&str]) -> Column {
        let rows: Vec<Cells> = cells
            .iter()
            .map(|cell| {
                let mut cells = Cells::default();
                cells.push(cell);
                cells
            })
            .collect();
        Column::of(&rows.iter().collect::<Vec<_>>(), 0)
    }

    #[test]
    fn what_a_column_holds_is_seen_in_its_cells() {
        let phones = column(&[
            "0901234567",
            "+84 901 234 568",
            "'0901234569",
            "901234560.0",
            "\u{202a}090\u{a0}1234561\u{202c}",
            "",
        ]);
        assert_eq!((phones.phones, phones.filled, phones.is_unique()), (5, 5, false));
        let costs = column(&["1.200,5 đ", "$0.02", "7 phút", "0"]);
        assert_eq!((costs.amounts, costs.commas, costs.numbers), (2, 1, 1));
        assert_eq!(column(&["46330,385", "46330.385"]).instants, 2);
        assert_eq!(column(&["0,385", "0.5"]).day_fractions, 2);
        assert_eq!(column(&["04/11/2026 09:15", "2026-11-04T09:15:02Z", "1793758502"]).instants, 3);
        assert_eq!(column(&["04/11/2026", "2026-11-04", "04.11.2026"]).dates, 3);
        assert_eq!(column(&["Tue 11/03/2026", "Thứ 4, 04/11/2026", "T4 04/11/2026"]).dates, 3);
        assert_eq!(column(&["9h15 04/11/2026", "2026-11-04T09:15", "20261104T091502"]).instants, 3);
        assert_eq!(column(&["09:15", "9:15:02", "9:15 PM"]).clocks, 3);
        assert_eq!(column(&["1m 20s", "0:45", "00:01:20"]).lengths, 3);
        assert_eq!(column(&["Máy bận", "ANSWERED", "hot"]).words, 2);
        assert!(column(&["1", "2", "3"]).is_counted && !column(&["3", "1", "9"]).is_counted);
        assert!(!column(&["1001", "1002", "1003"]).is_counted);
        for no_phone in ["2026-11-04", "1793758502", "1234567.5", "12", "-123456789", "s", "20261104091502123456"] {
            assert!(!is_phone(no_phone), "{no_phone}");
        }
    }
}
