//! What groups of digits are that are no phone number, as their form tells: dates, times and instants, amounts of money, versions, addresses of
//! the network, ids in hexadecimal.

use std::ops::Range;

use chrono::NaiveDate;

/// Digits that nothing seen stands between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DigitGroup {
    /// As ASCII ones.
    pub(crate) digits: String,
    /// Where they stand.
    pub(crate) place: Range<usize>,
    /// What stands between them and the group before, or the beginning of the text: a blank of any width as one, the dashes and points of
    /// all widths as `-` and `.`, a letter as itself; of what is long, its end.
    pub(crate) gap: String,
}

/// The runs of groups that belong together by what stands between them, without times of the day (`09:30:15.250`, `9h30`).
pub(crate) fn runs_without_times(
    groups: &[DigitGroup],
    belong: impl Fn(&str) -> bool,
) -> impl Iterator<Item = &[DigitGroup]> {
    let is_time: Vec<bool> = times(groups);
    let mut at = 0;
    std::iter::from_fn(move || {
        while *is_time.get(at)? {
            at += 1;
        }
        let from = at;
        at += 1;
        while at < groups.len() && !is_time[at] && belong(&groups[at].gap) {
            at += 1;
        }
        Some(&groups[from..at])
    })
}

/// Which groups are parts of a time of the day.
fn times(groups: &[DigitGroup]) -> Vec<bool> {
    let short = |group: &DigitGroup| group.digits.len() <= 2;
    let joins = |gap: &str| matches!(gap, ":" | "h" | "H" | "g");
    let mut of = vec![false; groups.len()];
    for at in 1..groups.len() {
        let (before, this) = (&groups[at - 1], &groups[at]);
        if joins(&this.gap) && short(before) && short(this) {
            (of[at - 1], of[at]) = (true, true);
        } else if of[at - 1] && before.gap == ":" && matches!(this.gap.as_str(), "." | ",") {
            // A part of a second.
            of[at] = true;
        }
    }
    of
}

/// How many groups from the first on are no number but something that is known by its form; none where they may be one. `is_of_country` says
/// which groups together have the form of a number.
pub(crate) fn other(text: &str, groups: &[DigitGroup], is_of_country: &dyn Fn(&[DigitGroup]) -> bool) -> Option<usize> {
    if groups[0].gap.ends_with('+') {
        return None;
    }
    let named = named(text, groups);
    named.or_else(|| {
        let found = amount(text, groups)
            .or_else(|| date(groups))
            .or_else(|| instant(groups))
            .or_else(|| version(text, groups))
            .or_else(|| hexadecimal(text, groups));
        found.filter(|count| !is_of_country(&groups[..*count]))
    })
}

/// How many groups from the first on are an amount whose currency stands beside it, or a share with its `%`.
pub(crate) fn named(text: &str, groups: &[DigitGroup]) -> Option<usize> {
    let amount = amount(text, groups).filter(|count| has_currency(text, &place(&groups[..*count])));
    amount.or_else(|| percentage(text, groups))
}

fn place(groups: &[DigitGroup]) -> Range<usize> {
    groups[0].place.start..groups[groups.len() - 1].place.end
}

fn number(digits: &str) -> u32 {
    digits.parse().unwrap_or(u32::MAX)
}

/// Years that dates are of where people are called: births among them.
fn is_year(digits: &str) -> bool {
    digits.len() == 4 && (1900..2100).contains(&number(digits))
}

fn is_day(year: &str, month: &str, day: &str) -> bool {
    let short = |digits: &str| digits.len() <= 2;
    is_year(year)
        && short(month)
        && short(day)
        && NaiveDate::from_ymd_opt(number(year) as i32, number(month), number(day)).is_some()
}

/// `2026-11-04`, `4.11.2026`, `20261104`, `20261104093015`, and years: `2026-2027`.
fn date(groups: &[DigitGroup]) -> Option<usize> {
    let [first, ..] = groups else { return None };
    if let [first, second, third, ..] = groups
        && second.gap == third.gap
        && matches!(second.gap.as_str(), "-" | "." | "_" | "/")
        && [[first, second, third], [third, second, first], [third, first, second]]
            .into_iter()
            .any(|[year, month, day]| is_day(&year.digits, &month.digits, &day.digits))
    {
        return Some(3);
    }
    if let [first, second, ..] = groups
        && second.gap.trim() == "-"
        && is_year(&first.digits)
        && is_year(&second.digits)
    {
        return Some(2);
    }
    let digits = first.digits.as_str();
    let is_time = |time: &str| match time.len() {
        0 => true,
        4 | 6 => number(&time[..2]) < 24 && number(&time[2..4]) < 60 && (time.len() == 4 || number(&time[4..]) < 61),
        _ => false,
    };
    let is_compact = digits.len() >= 8 && is_day(&digits[..4], &digits[4..6], &digits[6..8]) && is_time(&digits[8..]);
    is_compact.then_some(1)
}

/// Seconds or milliseconds from 1970 on, of 2017 to 2033, also with a fraction or a counter behind them: `1772417100.17`.
fn instant(groups: &[DigitGroup]) -> Option<usize> {
    let first = &groups[0].digits;
    let is_instant = matches!(first.len(), 10 | 13) && (15..20).contains(&number(&first[..2]));
    let has_fraction = groups.get(1).is_some_and(|next| next.gap == "." && next.digits.len() <= 6);
    is_instant.then_some(if has_fraction { 2 } else { 1 })
}

/// Thousands in groups, as in `16.000.000`; with blanks only where a currency is named.
fn amount(text: &str, groups: &[DigitGroup]) -> Option<usize> {
    let [first, second, ..] = groups else { return None };
    let gap = second.gap.as_str();
    let is_first = first.digits.len() <= 3 && !first.digits.starts_with('0');
    if !is_first || !matches!(gap, "." | "," | " ") {
        return None;
    }
    let thousands = groups[1..].iter().take_while(|group| group.gap == gap && group.digits.len() == 3).count();
    let count = 1 + thousands;
    let is_whole = groups.get(count).is_none_or(|next| next.gap.contains('-'));
    let is_named = gap != " " || has_currency(text, &place(&groups[..count]));
    (thousands >= 2 && is_whole && is_named).then_some(count)
}

/// Whether a currency stands beside this place.
fn has_currency(text: &str, place: &Range<usize>) -> bool {
    const BEHIND: [&str; 10] = ["₫", "đ", "đồng", "dong", "vnd", "vnđ", "usd", "eur", "$", "€"];
    const BEFORE: [char; 4] = ['₫', '$', '€', '£'];
    let after = text[place.end..].trim_start();
    let word: String = after.chars().take(6).take_while(|c| c.is_alphabetic() || BEFORE.contains(c)).collect();
    BEHIND.contains(&word.to_lowercase().as_str()) || text[..place.start].trim_end().ends_with(BEFORE)
}

/// `10.0.19045.3803`, `v1.2.345.6789`, `192.168.100.200`.
fn version(text: &str, groups: &[DigitGroup]) -> Option<usize> {
    let parts = 1 + groups[1..].iter().take_while(|group| group.gap == ".").count();
    let version = &groups[..parts];
    let is_part = |group: &DigitGroup| group.digits == "0" || !group.digits.starts_with('0');
    if parts < 3 || !version.iter().all(is_part) {
        return None;
    }
    let is_address = parts == 4 && version.iter().all(|group| number(&group.digits) < 256);
    let is_named = text[..version[0].place.start].ends_with(['v', 'V']);
    let has_zero = version.iter().any(|group| group.digits == "0");
    (is_address || is_named || has_zero).then_some(parts)
}

/// `99.9999999%`.
fn percentage(text: &str, groups: &[DigitGroup]) -> Option<usize> {
    let [first, second, rest @ ..] = groups else { return None };
    let after = &text[second.place.end..];
    // `%20` is a blank of an address.
    let is_sign =
        after.trim_start().starts_with('%') && !after.bytes().skip(1).take(2).any(|byte| byte.is_ascii_hexdigit());
    (rest.is_empty() && second.gap == "." && first.digits.len() <= 3 && is_sign).then_some(2)
}

/// Ids in hexadecimal as programs make them: UUIDs, and ones of 24 digits and more, also behind two letters. Letters among the digits tell
/// them.
fn hexadecimal(text: &str, groups: &[DigitGroup]) -> Option<usize> {
    const LENGTHS: [usize; 4] = [24, 32, 40, 64];
    const LEAST_LETTERS: usize = 4;
    let first = &groups[0].place;
    let is_of_token = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let from = text[..first.start]
        .rfind(|c| !is_of_token(c))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let to = text[first.end..].find(|c| !is_of_token(c)).map_or(text.len(), |at| first.end + at);
    let token = &text[from..to];
    let letters = token.bytes().filter(u8::is_ascii_alphabetic).count();
    let is_hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_uuid = token.len() == 36
        && token.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && token.split('-').all(is_hexadecimal);
    let plain = |token: &str| LENGTHS.contains(&token.len()) && is_hexadecimal(token);
    if letters < LEAST_LETTERS || !(is_uuid || plain(token) || token.get(2..).is_some_and(plain)) {
        return None;
    }
    Some(groups.iter().take_while(|group| group.place.end <= to).count())
}
