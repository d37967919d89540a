//! Which column of a table is which field of a call, and how its cells are written.
//!
//! A mapping is guessed ([`crate::sample`]), corrected by a person, and given again with the next file of the same
//! header, which [`fingerprint`] finds.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
    fmt,
};

use domain::{Code, limits::ID_CHARS, search::fold_word, time::Zone};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::{
    cells::Cells,
    local_time::DateOrder,
    written::{Decimal, Unit, date_alone, is_nothing, joined, unguarded},
};

/// The word in [`Mapping::results`] for rows that are no calls.
pub(crate) use domain::import::SKIPPED_RESULT as SKIP;

/// A field of a call that a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The sender's id of the call.
    Id,
    /// The id of its campaign.
    Campaign,
    /// The id of the voicebot that called.
    Voicebot,
    /// The sender's id of the customer.
    ContactId,
    /// The customer's number.
    Phone,
    /// The customer's name.
    Name,
    /// Which attempt it was.
    Attempt,
    /// When dialling began: one column, or a date and a time of day.
    DialedAt,
    /// When the customer answered, as [`Self::DialedAt`].
    AnsweredAt,
    /// When the call ended, as [`Self::DialedAt`].
    EndedAt,
    /// The dial start as an instant (seconds, milliseconds or microseconds since 1970, with an offset, or as clocks of a zone that the
    /// column's name says), which tells the zone of the row's clocks.
    Epoch,
    /// The zone of the row's clocks: its name, or its offset.
    Zone,
    /// From the dial start to the end.
    Total,
    /// From the answer to the end.
    Talk,
    /// From the dial start to the answer.
    Ringing,
    /// How it ended; of several columns, one that says that nobody answered holds.
    Result,
    /// How many messages the voicebot sent.
    BotMessages,
    /// Who hung up.
    HangupBy,
    /// The switch's cause.
    Cause,
    /// What it cost, in the account's currency.
    Cost,
    /// Where its recording is.
    RecordingUrl,
    /// What was said.
    Transcript,
    /// What somebody noted of it, kept as the attribute `note`.
    Note,
    /// Columns that are kept as attributes under their names.
    Attributes,
}

impl Field {
    /// Every field, in the order in which a mapping is written.
    pub const ALL: [Self; 24] = [
        Self::Id,
        Self::Campaign,
        Self::Voicebot,
        Self::ContactId,
        Self::Phone,
        Self::Name,
        Self::Attempt,
        Self::DialedAt,
        Self::AnsweredAt,
        Self::EndedAt,
        Self::Epoch,
        Self::Zone,
        Self::Total,
        Self::Talk,
        Self::Ringing,
        Self::Result,
        Self::BotMessages,
        Self::HangupBy,
        Self::Cause,
        Self::Cost,
        Self::RecordingUrl,
        Self::Transcript,
        Self::Note,
        Self::Attributes,
    ];

    /// The key in a mapping file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Campaign => "campaign",
            Self::Voicebot => "voicebot",
            Self::ContactId => "contact_id",
            Self::Phone => "phone",
            Self::Name => "name",
            Self::Attempt => "attempt",
            Self::DialedAt => "dialed_at",
            Self::AnsweredAt => "answered_at",
            Self::EndedAt => "ended_at",
            Self::Epoch => "epoch",
            Self::Zone => "zone",
            Self::Total => "total",
            Self::Talk => "talk",
            Self::Ringing => "ringing",
            Self::Result => "result",
            Self::BotMessages => "bot_messages",
            Self::HangupBy => "hangup_by",
            Self::Cause => "cause",
            Self::Cost => "cost",
            Self::RecordingUrl => "recording_url",
            Self::Transcript => "transcript",
            Self::Note => "note",
            Self::Attributes => "attributes",
        }
    }

    /// How many columns it may have.
    fn most_columns(self) -> usize {
        match self {
            Self::DialedAt | Self::AnsweredAt | Self::EndedAt | Self::Note => 2,
            Self::Result => 3,
            Self::Attributes => usize::MAX,
            _ => 1,
        }
    }

    pub(crate) fn is_length(self) -> bool {
        matches!(self, Self::Total | Self::Talk | Self::Ringing)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The columns of a field, by their names in the header (or `#3` for the third), and the unit of lengths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WrittenPlace", into = "WrittenPlace")]
pub struct Place {
    /// One name, or several where a field is put together: a date and a time of day, two notes.
    pub columns: Vec<String>,
    /// The unit of bare numbers, or what `1:20` means; none: seconds, minutes and seconds.
    pub unit: Option<Unit>,
}

impl Place {
    #[cfg(test)]
    pub(crate) fn of(columns: &[&str]) -> Self {
        Self { columns: columns.iter().map(|&name| name.to_owned()).collect(), unit: None }
    }
}

/// A [`Place`] as files have it.
#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "a column's name, a list of names, or a table of `column` and `unit`")]
enum WrittenPlace {
    One(String),
    Several(Vec<String>),
    Length(WrittenLength),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLength {
    column: String,
    unit: Unit,
}

impl From<WrittenPlace> for Place {
    fn from(place: WrittenPlace) -> Self {
        match place {
            WrittenPlace::One(column) => Self { columns: vec![column], unit: None },
            WrittenPlace::Several(columns) => Self { columns, unit: None },
            WrittenPlace::Length(WrittenLength { column, unit }) => Self { columns: vec![column], unit: Some(unit) },
        }
    }
}

impl From<Place> for WrittenPlace {
    fn from(Place { mut columns, unit }: Place) -> Self {
        match (unit, columns.len()) {
            (Some(unit), 1) => Self::Length(WrittenLength { column: columns.remove(0), unit }),
            (None, 1) => Self::One(columns.remove(0)),
            _ => Self::Several(columns),
        }
    }
}

/// Rows with another number of columns than the calls', each with what was said in a turn of one. Columns are numbers:
/// `#1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turns {
    /// How many columns such a row has.
    pub width: usize,
    /// The id of the call, as [`Field::Id`] has it.
    pub id: String,
    /// When it was said: the number of a column of times, as [`Field::DialedAt`] has them.
    pub at: Option<String>,
    /// What the customer said: the number of a column of text.
    pub customer: Option<String>,
    /// What the voicebot said to it.
    pub bot: Option<String>,
}

impl Turns {
    /// Its columns and their names in a mapping file.
    pub(crate) fn columns(&self) -> [(&'static str, Option<&String>); 4] {
        let [at, customer, bot] = [&self.at, &self.customer, &self.bot].map(Option::as_ref);
        [("id", Some(&self.id)), ("at", at), ("customer", customer), ("bot", bot)]
    }
}

/// How a table becomes calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// Stands in the ids of its calls, so that two systems that count from 1 do not meet.
    pub source: Option<String>,
    /// Whether the file has a line with the names of its columns; else they are `#1`, `#2` and so on.
    pub header: bool,
    /// The sheet of a workbook; none: the first that fits.
    pub sheet: Option<String>,
    /// The order of day, month and year; none: found out.
    pub date_order: Option<DateOrder>,
    /// The zone of times that carry none, an IANA name; none: the one given with the file, or the account's.
    pub zone: Option<String>,
    /// The character before the fraction of numbers; none: a point.
    pub decimal: Option<Decimal>,
    /// Whether phone numbers get back the leading 0 that a spreadsheet took.
    pub repair_phones: bool,
    /// The columns of each field.
    pub columns: BTreeMap<Field, Place>,
    /// Words for results and the code that each stands for, or `skip` for rows that are no calls.
    pub results: BTreeMap<String, String>,
    /// Rows among the calls that hold what was said in them.
    pub turns: Option<Turns>,
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            source: None,
            header: true,
            sheet: None,
            date_order: None,
            zone: None,
            decimal: None,
            repair_phones: true,
            columns: BTreeMap::new(),
            results: BTreeMap::new(),
            turns: None,
        }
    }
}

/// Why a mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the mapping cannot be used: {0}")]
pub struct MappingError(String);

impl MappingError {
    fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// Where it is no TOML, has a key or value that nobody knows (with its line), or holds too little for a call.
    pub fn from_toml(text: &str) -> Result<Self, MappingError> {
        let mapping: Self = toml::from_str(text).map_err(|error| MappingError::new(error.to_string().trim_end()))?;
        mapping.check()?;
        Ok(mapping)
    }

    /// Whether it can make calls of a table with its columns.
    ///
    /// # Errors
    /// Names what is wrong or missing.
    pub fn check(&self) -> Result<(), MappingError> {
        let wrong = |reason: String| Err(MappingError::new(reason));
        for (field, place) in &self.columns {
            let (count, most) = (place.columns.len(), field.most_columns());
            if count == 0 || count > most {
                return wrong(format!(
                    "{field} has {count} columns, and needs 1{}",
                    if most > 1 { " or more" } else { "" }
                ));
            }
            if place.unit.is_some() && !field.is_length() {
                return wrong(format!("{field} is no length of time and has no unit"));
            }
        }
        let has = |field: Field| self.columns.contains_key(&field);
        if !has(Field::DialedAt) {
            return wrong("no column is dialed_at".to_owned());
        }
        if !has(Field::Phone) && !has(Field::ContactId) && !has(Field::Id) {
            return wrong("no column is phone, contact_id or id: one is needed".to_owned());
        }
        if !self.tells_answers() {
            let fields = "result, talk, answered_at or transcript";
            return wrong(format!("nothing tells which calls were answered: a column for {fields} is needed"));
        }
        if let Some(zone) = &self.zone
            && Zone::new(zone).is_err()
        {
            return wrong(format!("zone \"{zone}\" is not the name of a time zone such as Asia/Ho_Chi_Minh"));
        }
        if let Some(source) =
            self.source.as_ref().filter(|source| Code::new(source.as_str()).is_err() || source.len() > 32)
        {
            return wrong(format!("source \"{source}\" is not a name of 1 to 32 characters"));
        }
        if let Some(turns) = &self.turns {
            let is_column = |column: &String| {
                column
                    .strip_prefix('#')
                    .and_then(|at| at.parse().ok())
                    .is_some_and(|at| (1..=turns.width).contains(&at))
            };
            if let Some((name, _)) = turns.columns().into_iter().find(|(_, at)| at.is_some_and(|at| !is_column(at))) {
                return wrong(format!("turns: {name} is no number of a column such as \"#1\", up to width"));
            }
            if !has(Field::Id) {
                return wrong("turns belong to calls by their id, and no column is id".to_owned());
            }
        }
        for (word, code) in &self.results {
            if code != SKIP && Code::new(code.as_str()).is_err() {
                return wrong(format!("results: \"{word}\" stands for no code of 1 to {ID_CHARS} characters"));
            }
        }
        Ok(())
    }

    pub(crate) fn tells_answers(&self) -> bool {
        [Field::Result, Field::Talk, Field::AnsweredAt, Field::Transcript]
            .iter()
            .any(|field| self.columns.contains_key(field))
    }

    pub(crate) fn decimal(&self) -> Decimal {
        self.decimal.unwrap_or(Decimal::Point)
    }

    pub(crate) fn unit(&self, field: Field) -> Option<Unit> {
        self.columns.get(&field).and_then(|place| place.unit)
    }

    /// Where its columns are among these names; fails with the ones that are not there.
    pub(crate) fn bind(&self, names: &[String]) -> Result<Bound, String> {
        let mut bound = Bound::default();
        let mut missing = Vec::new();
        for (field, place) in &self.columns {
            for column in &place.columns {
                match place_of(column, names) {
                    Some(at) => bound.places[*field as usize].push(at),
                    None => missing.push(format!("\"{column}\" ({field})")),
                }
            }
        }
        if missing.is_empty() { Ok(bound) } else { Err(missing.join(", ")) }
    }
}

/// A column by its name, in whatever spelling, or by its number.
fn place_of(column: &str, names: &[String]) -> Option<usize> {
    let by_spelling = || {
        let key = fold_word(column);
        names.iter().position(|name| !key.is_empty() && fold_word(name) == key)
    };
    let by_number = || {
        let number: usize = column.strip_prefix('#')?.parse().ok()?;
        (1..=names.len()).contains(&number).then(|| number - 1)
    };
    names.iter().position(|name| name == column).or_else(by_number).or_else(by_spelling)
}

/// Where the columns of a mapping are in a file, from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bound {
    places: [Vec<usize>; Field::ALL.len()],
}

impl Bound {
    pub(crate) fn places(&self, field: Field) -> &[usize] {
        &self.places[field as usize]
    }

    /// The time in one cell, or in a date's and a clock's.
    pub(crate) fn time_text<'a>(&self, cells: &'a Cells, field: Field) -> Cow<'a, str> {
        let cell = |at: usize| unguarded(cells.get(at));
        match self.places(field) {
            [at] => cell(*at).into(),
            [date, clock, ..] if !is_nothing(cell(*date)) => {
                let (date, clock) = (cell(*date), cell(*clock));
                // Of no time of day it is no time: midnight would be a guess.
                if is_nothing(clock) && !date.contains(':') {
                    return "".into();
                }
                // Whoever chose them may have begun with the time of day.
                let is_turned = date.contains(':') && !clock.contains(':') && date_alone(date).is_none();
                if is_turned { joined(clock, date).into() } else { joined(date, clock).into() }
            }
            _ => "".into(),
        }
    }

    /// Reads nothing of the columns of a field.
    pub(crate) fn leave_out(&mut self, field: Field) {
        self.places[field as usize].clear();
    }

    pub(crate) fn place(&self, field: Field) -> Option<usize> {
        self.places(field).first().copied()
    }

    /// Whether the table tells what was said in sessions, and neither of whom nor how they came about.
    pub(crate) fn is_of_sessions(&self) -> bool {
        let has = |field: Field| self.place(field).is_some();
        let told = [Field::Phone, Field::ContactId, Field::Result, Field::Talk, Field::AnsweredAt, Field::Cause];
        has(Field::Transcript) && has(Field::Id) && !told.into_iter().any(has)
    }
}

/// Names for columns in a file: those of its header, a number where there is none, and a number after a name that is
/// there twice.
pub(crate) fn column_names<'a>(header: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut known = HashSet::new();
    let names = header.enumerate().map(|(at, name)| {
        let name = domain::text::one_line(name);
        let name = if name.trim().is_empty() { format!("#{}", at + 1) } else { name.trim().to_owned() };
        let name = if known.contains(&name) { format!("{name} ({})", at + 1) } else { name };
        known.insert(name.clone());
        name
    });
    names.collect()
}

/// What two files with the same columns share, in whatever order and spelling: under it a mapping is found again. 16
/// hexadecimal digits.
pub fn fingerprint(columns: &[String]) -> String {
    let mut names: Vec<String> = columns.iter().map(|name| fold_word(name)).collect();
    names.sort();
    format!("{:016x}", xxh3_64(names.join("\n").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "[columns]\nphone = \"SĐT\"\ndialed_at = [\"Ngày\", \"Giờ\"]\nresult = \"Kết quả\"\n";

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_mapping_file_names_what_it_does_not_know() {
        assert!(Mapping::from_toml(WHOLE).is_ok());
        for (text, said) in [
            (format!("speed = 1\n{WHOLE}"), "speed"),
            (format!("{WHOLE}fone = \"a\"\n"), "fone"),
            (format!("{WHOLE}talk = {{ column = \"a\", unit = \"years\" }}\n"), "line 5"),
            (format!("{WHOLE}name = 5\n"), "a column's name"),
            (format!("{WHOLE}name = [\"a\", \"b\"]\n"), "name has 2 columns"),
            (format!("{WHOLE}name = {{ column = \"a\", unit = \"s\" }}\n"), "no unit"),
            (format!("date_order = \"ydm\"\n{WHOLE}"), "ydm"),
            (format!("zone = \"Hanoi\"\n{WHOLE}"), "Hanoi"),
            (format!("{WHOLE}[results]\n\"x\" = \"\"\n"), "\"x\""),
            ("[columns]\nphone = \"a\"\nresult = \"b\"".to_owned(), "dialed_at"),
            ("[columns]\ndialed_at = \"a\"\nresult = \"b\"".to_owned(), "phone"),
            ("[columns]\ndialed_at = \"a\"\nphone = \"b\"\ntotal = \"c\"".to_owned(), "answered"),
            (format!("{WHOLE}[turns]\nwidth = 3\nid = \"#4\"\n"), "turns: id"),
            (format!("{WHOLE}[turns]\nwidth = 3\nid = \"#1\"\n"), "no column is id"),
            ("[columns".to_owned(), "line 1"),
        ] {
            let error = Mapping::from_toml(&text).unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn columns_are_found_in_whatever_spelling_and_order_and_missing_ones_are_named() {
        let mapping = Mapping::from_toml(WHOLE).unwrap();
        let bound = mapping.bind(&names(&["ket_qua", "Giờ", "x", "NGÀY", "SĐT"])).unwrap();
        assert_eq!(bound.places(Field::DialedAt), [3, 1]);
        assert_eq!((bound.place(Field::Phone), bound.place(Field::Result)), (Some(4), Some(0)));
        let missing = mapping.bind(&names(&["SĐT", "Ngày"])).unwrap_err();
        assert_eq!(missing, "\"Giờ\" (dialed_at), \"Kết quả\" (result)");
        let by_number = Mapping::from_toml("[columns]\nphone = \"#2\"\ndialed_at = \"#1\"\ntalk = \"#3\"").unwrap();
        assert_eq!(by_number.bind(&names(&["a", "b", "c"])).unwrap().place(Field::Phone), Some(1));
        assert!(by_number.bind(&names(&["a", "b"])).is_err());
    }

    #[test]
    fn a_header_is_known_again_in_another_order_and_spelling() {
        let print = |header: &[&str]| fingerprint(&names(header));
        assert_eq!(print(&["Số điện thoại", "Ngày gọi"]), print(&["ngay_goi", "SO DIEN THOAI"]));
        assert_ne!(print(&["Số điện thoại", "Ngày gọi"]), print(&["Số điện thoại", "Ngày"]));
        assert_eq!(column_names(["a", "", "a", " b\n"].into_iter()), ["a", "#2", "a (3)", "b"]);
    }
}
