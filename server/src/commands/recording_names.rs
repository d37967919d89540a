//! What the name of a file says about the call that it is a recording of.

/// What a recording's file name says of its call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NameSays {
    /// The call is the one of these ids that there is; the longest first.
    Ids(Vec<String>),
    /// The number, and the wall clock in milliseconds when it began.
    PhoneAt(String, i64),
    /// Nothing that a call could be found by.
    Nothing,
}

/// Parts of a name at most that are put together to ids.
const PARTS: usize = 24;
/// Characters of an id within a name at least: shorter ones are found by chance.
const SHORTEST_ID: usize = 4;
/// A name that says when and whom, as VICIdial writes them (FULLDATE_CUSTPHONE).
const OF_VICIDIAL: &str = "{date}-{time}_{phone}*";

/// A name, with parts in braces: `{id}`, `{phone}`, `{date}`, `{time}`; `*` is anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Vec<NamePart>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum NamePart {
    Text(String),
    Any,
    Field(NameField),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NameField {
    Id,
    Phone,
    Date,
    Time,
}

const FIELDS: [(&str, NameField); 4] =
    [("{id}", NameField::Id), ("{phone}", NameField::Phone), ("{date}", NameField::Date), ("{time}", NameField::Time)];

impl Pattern {
    /// Reads a pattern from the command line.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some((name, field)) = FIELDS.into_iter().find(|(name, _)| rest.starts_with(name)) {
                parts.push(NamePart::Field(field));
                rest = &rest[name.len()..];
                continue;
            }
            rest = &rest[c.len_utf8()..];
            match (c, parts.last_mut()) {
                ('*', _) => parts.push(NamePart::Any),
                ('{' | '}', _) => return Err("knows {id}, {phone}, {date}, {time} and *".to_owned()),
                (c, Some(NamePart::Text(text))) => text.push(c),
                (c, _) => parts.push(NamePart::Text(c.to_string())),
            }
        }
        let has = |field| parts.contains(&NamePart::Field(field));
        if has(NameField::Id) || has(NameField::Phone) && has(NameField::Date) && has(NameField::Time) {
            Ok(Self(parts))
        } else {
            Err("needs {id}, or {phone}, {date} and {time}".to_owned())
        }
    }

    /// What a name without its folders says, if it is such a name; its ending may be left out of the pattern.
    pub(super) fn read(&self, name: &str) -> NameSays {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let found = [name, stem].into_iter().filter_map(|text| {
            let mut found = MatchedParts::default();
            find(&self.0, text, &mut found).then_some(found)
        });
        let mut found: Vec<MatchedParts> = found.collect();
        // An id that ends the name may have the name's ending or not.
        let mut ids: Vec<String> = found.iter_mut().filter_map(|found| found.id.take()).collect();
        ids.dedup();
        if !ids.is_empty() {
            return NameSays::Ids(ids);
        }
        let Some(found) = found.into_iter().next() else { return NameSays::Nothing };
        match found {
            MatchedParts { phone: Some(phone), date: Some(date), time: Some(time), .. } => {
                wall_clock(&date, &time).map_or(NameSays::Nothing, |at| NameSays::PhoneAt(phone, at))
            }
            _ => NameSays::Nothing,
        }
    }
}

/// What a name says without a pattern: parts of it that may be an id, or else what VICIdial writes.
pub(super) fn read(name: &str) -> Vec<NameSays> {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let is_mark = |c: char| !c.is_alphanumeric();
    // Where parts begin and end, in bytes.
    let begins = stem.char_indices().filter(|(at, c)| !is_mark(*c) && (*at == 0 || stem[..*at].ends_with(is_mark)));
    let ends = stem.char_indices().map(|(at, c)| (at + c.len_utf8(), c));
    let ends = ends.filter(|(end, c)| !is_mark(*c) && (*end == stem.len() || stem[*end..].starts_with(is_mark)));
    let (begins, ends): (Vec<usize>, Vec<usize>) =
        (begins.map(|(at, _)| at).collect(), ends.map(|(at, _)| at).collect());
    let mut ids = vec![name.to_owned(), stem.to_owned()];
    for begin in begins.iter().take(PARTS) {
        let ends = ends.iter().filter(|end| *end > begin).take(PARTS);
        ids.extend(ends.map(|end| stem[*begin..*end].to_owned()).filter(|id| id.chars().count() >= SHORTEST_ID));
    }
    ids.sort_by_key(|id| std::cmp::Reverse(id.len()));
    ids.dedup();
    let of_vicidial = Pattern::new(OF_VICIDIAL).map_or(NameSays::Nothing, |pattern| pattern.read(name));
    vec![NameSays::Ids(ids), of_vicidial]
}

#[derive(Debug, Default)]
struct MatchedParts {
    id: Option<String>,
    phone: Option<String>,
    date: Option<String>,
    time: Option<String>,
}

/// Whether all of `text` is such a name; what it says is kept. The shortest text that fits is taken for each part.
fn find(parts: &[NamePart], text: &str, found: &mut MatchedParts) -> bool {
    let Some((part, rest)) = parts.split_first() else { return text.is_empty() };
    match part {
        NamePart::Text(known) => text.strip_prefix(known.as_str()).is_some_and(|text| find(rest, text, found)),
        NamePart::Any => places(text).any(|at| find(rest, &text[at..], found)),
        NamePart::Field(field) => {
            let fits = |at: &usize| match field {
                NameField::Id => *at > 0,
                NameField::Phone => *at > 0 && text[..*at].bytes().all(|byte| byte.is_ascii_digit() || byte == b'+'),
                NameField::Date => digits(&text[..*at], 8).is_some(),
                NameField::Time => digits(&text[..*at], 6).is_some(),
            };
            // A number ends where its digits end.
            let is_whole =
                |at: &usize| *field != NameField::Phone || !text[*at..].starts_with(|c: char| c.is_ascii_digit());
            let fitting = places(text).filter(fits).filter(is_whole).find(|at| find(rest, &text[*at..], found));
            let Some(at) = fitting else { return false };
            let said = Some(text[..at].to_owned());
            match field {
                NameField::Id => found.id = said,
                NameField::Phone => found.phone = said,
                NameField::Date => found.date = said,
                NameField::Time => found.time = said,
            }
            true
        }
    }
}

/// Each place between characters, and the end.
fn places(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices().map(|(at, _)| at).chain([text.len()])
}

/// So many digits, between which marks may stand: `20261120`, `2026-11-20`.
fn digits(text: &str, count: usize) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_mark = |c: char| matches!(c, '-' | '_' | '.' | ':');
    let is_it = digits.len() == count
        && text.chars().all(|c| c.is_ascii_digit() || is_mark(c))
        && !text.starts_with(is_mark)
        && !text.ends_with(is_mark);
    is_it.then_some(digits)
}

/// Milliseconds of a wall clock, from its digits.
fn wall_clock(date: &str, time: &str) -> Option<i64> {
    let (date, time) = (digits(date, 8)?, digits(time, 6)?);
    let day: domain::Day = format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]).parse().ok()?;
    let part = |at: usize, most: i64| time[at..at + 2].parse::<i64>().ok().filter(|part| *part < most);
    let seconds = (part(0, 24)? * 60 + part(2, 60)?) * 60 + part(4, 60)?;
    Some((i64::from(day.0) * 86_400 + seconds) * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 20 November 2026, 10:00:05 on the wall, as milliseconds since 1970 (`date -u -d '2026-11-20 10:00:05' +%s`).
    const AT: i64 = 1_795_168_805_000;

    #[test]
    fn an_id_is_found_anywhere_in_a_name() {
        for (name, id) in [
            ("out-0901234567-100-20261120-100000-1761890400.12.wav", "1761890400.12"),
            ("8a4b1f0e-7d2c-4a52-9c33-1f6a2b3c4d5e.mp3", "8a4b1f0e-7d2c-4a52-9c33-1f6a2b3c4d5e"),
            ("cuộc gọi 17 c-0001.gsm", "c-0001"),
            ("c-1.wav", "c-1"),
        ] {
            let NameSays::Ids(ids) = &read(name)[0] else { panic!("{name}") };
            assert!(ids.iter().any(|found| found == id), "{name}: {ids:?}");
            assert!(ids.windows(2).all(|two| two[0].len() >= two[1].len()), "{name}: {ids:?}");
        }
    }

    #[test]
    fn vicidials_names_say_whom_and_when() {
        let said = read("20261120-100005_0901234567-all.mp3");
        assert_eq!(said[1], NameSays::PhoneAt("0901234567".to_owned(), AT));
        assert_eq!(read("20261320-100005_0901234567-all.mp3")[1], NameSays::Nothing);
        assert_eq!(read("nothing.wav")[1], NameSays::Nothing);
    }

    #[test]
    fn a_pattern_says_which_part_is_what() {
        let read = |pattern: &str, name: &str| Pattern::new(pattern).unwrap().read(name);
        assert_eq!(read("rec_{id}_*", "rec_a-7_in.wav"), NameSays::Ids(vec!["a-7".to_owned()]));
        let with_or_without = vec!["1761890400.12.wav".to_owned(), "1761890400.12".to_owned()];
        assert_eq!(read("{id}", "1761890400.12.wav"), NameSays::Ids(with_or_without));
        assert_eq!(read("{id}.wav", "1761890400.12.wav"), NameSays::Ids(vec!["1761890400.12".to_owned()]));
        let when = NameSays::PhoneAt("+84901234567".to_owned(), AT);
        assert_eq!(read("{phone} {date} {time}", "+84901234567 2026-11-20 10.00.05.wav"), when);
        assert_eq!(read("*_{date}{time}_{phone}", "bot_20261120100005_+84901234567.gsm"), when);
        assert_eq!(read("rec_{id}_*", "other.wav"), NameSays::Nothing);
        for wrong in ["{phone}", "{ids}", "*", "{phone}{date}"] {
            assert!(Pattern::new(wrong).is_err(), "{wrong}");
        }
    }
}
