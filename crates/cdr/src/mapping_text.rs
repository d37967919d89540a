//! A mapping as the file that a person reads and corrects.

use std::fmt::Write;

use crate::mapping::{Field, Mapping, Place};

impl Mapping {
    /// The mapping file; [`Mapping::from_toml`] reads it.
    pub fn to_toml(&self) -> String {
        self.to_toml_with(|_| None)
    }

    /// The mapping file, with a comment above each field that has something to be said about.
    pub(crate) fn to_toml_with(&self, comment: impl Fn(Field) -> Option<String>) -> String {
        let mut text = String::new();
        let mut line = |key: &str, value: String| {
            let _ = writeln!(text, "{key} = {value}");
        };
        if let Some(source) = &self.source {
            line("source", quoted(source));
        }
        if !self.header {
            line("header", "false".to_owned());
        }
        if let Some(sheet) = &self.sheet {
            line("sheet", quoted(sheet));
        }
        if let Some(word) = self.date_order.and_then(word_of) {
            line("date_order", quoted(&word));
        }
        if let Some(zone) = &self.zone {
            line("zone", quoted(zone));
        }
        if let Some(word) = self.decimal.and_then(word_of) {
            line("decimal", quoted(&word));
        }
        if !self.repair_phones {
            line("repair_phones", "false".to_owned());
        }
        text.push_str(if text.is_empty() { "[columns]\n" } else { "\n[columns]\n" });
        for field in Field::ALL {
            let Some(place) = self.columns.get(&field) else { continue };
            if let Some(comment) = comment(field) {
                let _ = writeln!(text, "# {}", domain::text::one_line(&comment));
            }
            let _ = writeln!(text, "{field} = {}", written(place));
        }
        if !self.results.is_empty() {
            text.push_str("\n[results]\n");
            for (word, code) in &self.results {
                let _ = writeln!(text, "{} = {}", quoted(word), quoted(code));
            }
        }
        if let Some(turns) = &self.turns {
            let _ = writeln!(text, "\n[turns]\nwidth = {}", turns.width);
            for (name, column) in turns.columns() {
                if let Some(column) = column {
                    let _ = writeln!(text, "{name} = {}", quoted(column));
                }
            }
        }
        text
    }
}

fn written(place: &Place) -> String {
    let columns: Vec<String> = place.columns.iter().map(|name| quoted(name)).collect();
    match (place.unit.and_then(word_of), &columns[..]) {
        (Some(unit), [column]) => format!("{{ column = {column}, unit = {} }}", quoted(&unit)),
        (None, [column]) => column.clone(),
        _ => format!("[{}]", columns.join(", ")),
    }
}

/// The word that serde has for a value of an enum.
fn word_of(value: impl serde::Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

/// A text of TOML, which is one of JSON but for one control character.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        local_time::DateOrder,
        mapping::Turns,
        written::{Decimal, Unit},
    };

    #[test]
    fn what_is_written_is_read_again() {
        let odd = "a \"b\" \\ \t\n\u{7f}\u{1}ễ = #";
        let mut mapping = Mapping {
            source: Some("bot".to_owned()),
            header: false,
            sheet: Some(odd.to_owned()),
            date_order: Some(DateOrder::DayMonthYear),
            zone: Some("Asia/Ho_Chi_Minh".to_owned()),
            decimal: Some(Decimal::Comma),
            repair_phones: false,
            ..Mapping::default()
        };
        mapping.turns =
            Some(Turns { width: 3, id: "#1".to_owned(), at: None, customer: Some("#3".to_owned()), bot: None });
        mapping.results.insert(odd.to_owned(), "NA".to_owned());
        for field in Field::ALL {
            mapping.columns.insert(field, Place::of(&[odd]));
        }
        mapping.columns.insert(Field::DialedAt, Place::of(&["#1", "b"]));
        mapping.columns.insert(Field::Talk, Place { unit: Some(Unit::MinutesSeconds), ..Place::of(&[odd]) });
        let text = mapping.to_toml_with(|field| Some(format!("why\n{field}")));
        assert_eq!(Mapping::from_toml(&text), Ok(mapping), "{text}");
    }
}
