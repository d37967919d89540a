//! One row: one leg of a call, kept compactly because all rows are read before the first call is known.

use xxhash_rust::xxh3::xxh3_128;

use crate::{
    cells::Cells,
    columns::{Places, name_of},
    local_time::When,
    source::Skipped,
    spreadsheet::is_rounded,
};

use super::{columns::Column, disposition::Disposition, unique_id::epoch_of};

/// The texts of a row that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    UniqueId,
    LinkedId,
    Sequence,
    Dst,
    Src,
    Clid,
    LastApp,
    AccountCode,
    UserField,
    RecordingFile,
    DstName,
    Direction,
}

const TEXTS: [Column; 12] = [
    Column::UniqueId,
    Column::LinkedId,
    Column::Sequence,
    Column::Dst,
    Column::Src,
    Column::Clid,
    Column::LastApp,
    Column::AccountCode,
    Column::UserField,
    Column::RecordingFile,
    Column::DstName,
    Column::Direction,
];

/// Which way a call goes, where the row says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Outbound,
    Inbound,
    Internal,
}

impl Direction {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "outbound" | "outgoing" | "out" => Self::Outbound,
            "inbound" | "incoming" | "in" => Self::Inbound,
            "internal" => Self::Internal,
            _ => return None,
        })
    }
}

/// One leg.
#[derive(Debug, Clone)]
pub(super) struct Leg {
    pub(super) line: u64,
    pub(super) start: When,
    pub(super) answer: When,
    pub(super) end: When,
    /// From start to end, milliseconds.
    pub(super) duration: Option<i64>,
    /// From answer to end, milliseconds.
    pub(super) billsec: Option<i64>,
    pub(super) disposition: Disposition,
    /// Of all cells: tells rows apart that have no id.
    pub(super) fingerprint: u128,
    texts: Box<str>,
    ends: [u16; TEXTS.len()],
}

impl Leg {
    /// Reads a row; fails with the column at fault.
    pub(super) fn read(line: u64, cells: &Cells, places: &Places<Column>) -> Result<Self, Skipped> {
        let cell = |column| places.get(cells, column);
        let wrong = |column: Column, reason: &str| Skipped::new(line, name_of(column), reason);
        let word = cell(Column::Disposition);
        if word.is_empty() {
            return Err(wrong(Column::Disposition, "is empty: the row says nothing about a call"));
        }
        let when = |column| {
            let text = cell(column);
            When::parse(text).ok_or_else(|| wrong(column, &format!("is no date and time: \"{}\"", shortened(text))))
        };
        let seconds = |column| {
            let text = cell(column);
            if text.is_empty() {
                return Ok(None);
            }
            seconds(text).map(Some).ok_or_else(|| {
                wrong(column, &format!("is not a number of seconds from 0 to a day: \"{}\"", shortened(text)))
            })
        };
        // The word decides, not the billed seconds: where the dialplan has answered the caller's side before it dials,
        // a BUSY or NO ANSWER row is billed too (18 of 1,430 rows of real files).
        let disposition = Disposition::parse(word).ok_or_else(|| {
            wrong(Column::Disposition, &format!("is none that Asterisk writes: \"{}\"", shortened(word)))
        })?;
        let mut texts = String::new();
        let mut ends = [0; TEXTS.len()];
        for (column, end) in TEXTS.into_iter().zip(&mut ends) {
            let text = cell(column);
            match column {
                Column::UniqueId | Column::LinkedId if is_rounded(text) => {}
                Column::Sequence => texts.push_str(text.strip_suffix(".0").unwrap_or(text)),
                _ => texts.push_str(text),
            }
            *end = u16::try_from(texts.len()).map_err(|_| wrong(column, "is too long"))?;
        }
        Ok(Self {
            line,
            start: when(Column::Start)?,
            answer: when(Column::Answer)?,
            end: when(Column::End)?,
            duration: seconds(Column::Duration)?,
            billsec: seconds(Column::Billsec)?,
            disposition,
            fingerprint: fingerprint(cells),
            texts: texts.into_boxed_str(),
            ends,
        })
    }

    /// One of the texts; empty where there is none.
    pub(super) fn text(&self, text: Text) -> &str {
        let at = text as usize;
        let start = if at == 0 { 0 } else { usize::from(self.ends[at - 1]) };
        &self.texts[start..usize::from(self.ends[at])]
    }

    /// Which way the call goes; none where the row does not say it. Grandstream writes it into `userfield`, too.
    pub(super) fn direction(&self) -> Option<Direction> {
        [Text::Direction, Text::UserField].into_iter().find_map(|text| Direction::parse(self.text(text)))
    }

    /// The number of the customer: the one that was called, or the caller of a call that came in.
    pub(super) fn customer(&self) -> &str {
        self.text(if self.direction() == Some(Direction::Inbound) { Text::Src } else { Text::Dst })
    }

    /// `userfield`, where it is the dialler's own and not a direction.
    pub(super) fn user_field(&self) -> &str {
        let text = self.text(Text::UserField);
        if Direction::parse(text).is_some() { "" } else { text }
    }

    /// What orders the rows of one call where their times do not, whatever order the file is in.
    pub(super) fn rank(&self) -> (u64, &str, &str, u128) {
        let sequence = self.text(Text::Sequence).parse().unwrap_or(u64::MAX);
        (sequence, self.text(Text::UniqueId), self.text(Text::Dst), self.fingerprint)
    }

    /// What the rows of one call have in common; none where the file has neither `linkedid` nor `uniqueid`.
    pub(super) fn call_key(&self) -> Option<&str> {
        [Text::LinkedId, Text::UniqueId].map(|text| self.text(text)).into_iter().find(|key| !key.is_empty())
    }

    /// The instant at which the row's channel was made, from its `uniqueid`: milliseconds since 1970.
    pub(super) fn epoch(&self) -> Option<i64> {
        epoch_of(self.text(Text::UniqueId))
    }

    /// Whether a dialling application made the leg.
    pub(super) fn is_dialled(&self) -> bool {
        ["Dial", "AppDial", "AppDial2"].iter().any(|app| self.text(Text::LastApp).eq_ignore_ascii_case(app))
    }
}

/// Seven digits or more: an outside number, as against an extension or a step of the dialplan (`s`, `t`, `*60`).
pub(super) fn is_phone(dst: &str) -> bool {
    dst.chars().filter(char::is_ascii_digit).count() >= 7
}

/// Seconds, whole or with a fraction, as milliseconds; up to a day.
fn seconds(text: &str) -> Option<i64> {
    let seconds: f64 = text.parse().ok()?;
    if (0.0..=86_400.0).contains(&seconds) { Some((seconds * 1_000.0).round() as i64) } else { None }
}

fn shortened(text: &str) -> String {
    if text.chars().count() > 40 { text.chars().take(39).chain(['…']).collect() } else { text.to_owned() }
}

fn fingerprint(cells: &Cells) -> u128 {
    let mut all = String::new();
    for cell in cells.iter() {
        all.push_str(cell);
        all.push('\u{1f}');
    }
    xxh3_128(all.trim_end_matches('\u{1f}').as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_whole_or_not_and_at_most_a_day() {
        assert_eq!(seconds("31"), Some(31_000));
        assert_eq!(seconds("12.345"), Some(12_345));
        for text in ["-1", "86401", "NaN", "inf", "1e9", "x"] {
            assert_eq!(seconds(text), None, "{text:?}");
        }
    }
}
