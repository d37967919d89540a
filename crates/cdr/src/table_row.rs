//! One row of a table, and what its cells say.

use crate::{
    cells::Cells,
    columns::{Column, Places, name_of},
    local_time::When,
    numbers::whole_number,
    source::Skipped,
};

/// One row of a table.
pub(crate) struct TableRow<'a, C> {
    /// The line it begins on, from 1.
    pub(crate) line: u64,
    pub(crate) cells: &'a Cells,
    pub(crate) places: Places<C>,
}

impl<'a, C: Column> TableRow<'a, C> {
    /// A column's cell; empty where there is none.
    pub(crate) fn text(&self, column: C) -> &'a str {
        self.places.get(self.cells, column)
    }

    /// The first of several columns that is not empty.
    pub(crate) fn first(&self, columns: &[C]) -> &'a str {
        columns.iter().map(|column| self.text(*column)).find(|text| !text.is_empty()).unwrap_or_default()
    }

    /// What is kept under a name of its own, of each column that is not empty.
    pub(crate) fn attributes(&self, columns: &[(&'static str, C)]) -> Vec<(&'static str, &'a str)> {
        columns.iter().map(|(name, column)| (*name, self.text(*column))).filter(|(_, text)| !text.is_empty()).collect()
    }

    /// A status in capitals; fails where there is none.
    pub(crate) fn status(&self, column: C) -> Result<String, Skipped> {
        let status = self.text(column).to_ascii_uppercase();
        if status.is_empty() {
            return Err(self.wrong(column, "is empty: the row says nothing about a call"));
        }
        Ok(status)
    }

    /// When the call began; fails where that is not said.
    pub(crate) fn start(&self, column: C) -> Result<When, Skipped> {
        match self.when(column)? {
            When::Never => Err(self.wrong(column, "is empty: when the call began is not known")),
            start => Ok(start),
        }
    }

    /// What is wrong with a column.
    pub(crate) fn wrong(&self, column: C, reason: impl Into<String>) -> Skipped {
        Skipped::new(self.line, name_of(column), reason)
    }

    /// A date and time.
    pub(crate) fn when(&self, column: C) -> Result<When, Skipped> {
        let text = self.text(column);
        When::parse(text).ok_or_else(|| self.wrong(column, format!("is no date and time: \"{}\"", shortened(text))))
    }

    /// A length of time in seconds, as milliseconds; none where the cell is empty.
    pub(crate) fn seconds(&self, column: C) -> Result<Option<i64>, Skipped> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        seconds(text).map(Some).ok_or_else(|| {
            let reason = format!("is not a number of seconds from 0 to a day: \"{}\"", shortened(text));
            self.wrong(column, reason)
        })
    }

    /// Of all cells: tells rows apart that have no id.
    pub(crate) fn fingerprint(&self) -> u128 {
        self.cells.fingerprint()
    }
}

/// Seconds, whole or with a fraction, or written `1h 2m 3s`, as milliseconds; up to a day.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    if let Some(whole) = whole_number(text) {
        return (whole <= 86_400).then_some(whole * 1_000);
    }
    let seconds = text.parse::<f64>().ok().or_else(|| with_units(text)).or_else(|| clock(text))?;
    if (0.0..=86_400.0).contains(&seconds) { Some((seconds * 1_000.0).round() as i64) } else { None }
}

/// `0:01:20`, `1:20`.
fn clock(text: &str) -> Option<f64> {
    let parts: Vec<u32> =
        text.split(':').map(|part| part.parse().ok().filter(|_| part.len() <= 2)).collect::<Option<_>>()?;
    match parts[..] {
        [h, m, s] if m < 60 && s < 60 => Some(f64::from((h * 60 + m) * 60 + s)),
        [m, s] if s < 60 => Some(f64::from(m * 60 + s)),
        _ => None,
    }
}

/// `45s`, `1m 20s`, `1h 2m 3s`, and `80s (1m 20s)`, which says it twice.
fn with_units(text: &str) -> Option<f64> {
    let text = text.split('(').next()?.trim();
    let mut seconds = 0.0;
    for part in text.split_whitespace() {
        let (number, unit) = part.split_at_checked(part.len() - 1)?;
        let unit = match unit {
            "h" => 3_600.0,
            "m" => 60.0,
            "s" => 1.0,
            _ => return None,
        };
        seconds += f64::from(number.parse::<u32>().ok()?) * unit;
    }
    (!text.is_empty()).then_some(seconds)
}

/// What a message repeats of a cell.
pub(crate) fn shortened(text: &str) -> String {
    if text.chars().count() > 40 { text.chars().take(39).chain(['…']).collect() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_whole_or_not_and_at_most_a_day() {
        assert_eq!(seconds("31"), Some(31_000));
        assert_eq!(seconds("12.345"), Some(12_345));
        for text in
            ["-1", "86401", "NaN", "inf", "1e9", "x", "", " ", "é", "1,234", "1m x", "25h", "1:75", "1:2:3:4", ":"]
        {
            assert_eq!(seconds(text), None, "{text:?}");
        }
    }

    #[test]
    fn seconds_may_be_written_with_units() {
        for (text, ms) in [
            ("45s", 45_000),
            ("1m 20s", 80_000),
            ("1h 2m 3s", 3_723_000),
            ("80s (1m 20s)", 80_000),
            ("00:01:20", 80_000),
            ("1:20", 80_000),
        ] {
            assert_eq!(seconds(text), Some(ms), "{text}");
        }
    }
}
