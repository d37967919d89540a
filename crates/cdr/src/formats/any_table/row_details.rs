//! What else a row tells of its call: cost, recording, what was said, notes.

use std::{borrow::Cow, collections::BTreeMap};

use domain::{
    HangupBy, Money, TranscriptLine,
    limits::{CAUSE_CHARS, TRANSCRIPT_LINE_CHARS, TRANSCRIPT_LINES},
    search::fold_word,
};
use serde_json::Value;

use super::{
    noted::Noted,
    row::{RowReader, cell},
};
use crate::{
    cells::Cells,
    mapping::Field,
    spoken::lines,
    written::{Decimal, amount, is_error_cell, is_nothing, plain_number},
};

impl RowReader {
    /// Columns kept under their names, and notes: `texts` are what stood in the place of a result.
    pub(super) fn keep_attributes(&self, cells: &Cells, texts: &[String], attributes: &mut BTreeMap<String, Value>) {
        for at in self.bound.places(Field::Attributes) {
            let text = cell(cells, *at);
            if !text.is_empty()
                && !is_error_cell(text)
                && let Some(name) = self.names.get(*at)
            {
                attributes.insert(name.clone(), Value::from(text));
            }
        }
        let notes = self.bound.places(Field::Note).iter().map(|at| cell(cells, *at)).filter(|text| !is_nothing(text));
        let notes: Vec<&str> = texts.iter().map(String::as_str).chain(notes).collect();
        if !notes.is_empty() {
            attributes.insert("note".to_owned(), notes.join("\n").into());
        }
    }

    /// The switch's cause, else the word that was read as the result.
    pub(super) fn cause(
        &self,
        cells: &Cells,
        word: Option<String>,
        attributes: &mut BTreeMap<String, Value>,
    ) -> Option<String> {
        self.text(cells, Field::Cause).map(str::to_owned).or(word).and_then(|cause| {
            let is_long = cause.chars().nth(CAUSE_CHARS).is_some();
            if is_long || cause.contains(char::is_control) {
                attributes.insert("cause".to_owned(), cause.into());
                return None;
            }
            Some(cause)
        })
    }

    pub(super) fn hangup_by(&self, cells: &Cells, attributes: &mut BTreeMap<String, Value>) -> Option<HangupBy> {
        const WORDS: [(HangupBy, &[&str]); 4] = [
            (
                HangupBy::Customer,
                &[
                    "customer",
                    "user",
                    "client",
                    "human",
                    "lead",
                    "khach",
                    "khachhang",
                    "kh",
                    "nguoinghe",
                    "thecustomer",
                ],
            ),
            // Platforms call their voicebot an agent; who means a person says so.
            (HangupBy::Bot, &["bot", "voicebot", "callbot", "agent", "assistant", "ai", "robot", "thevoicebot"]),
            (
                HangupBy::Agent,
                &["humanagent", "theagent", "operator", "nhanvien", "dienthoaivien", "dtv", "tongdaivien", "tuvanvien"],
            ),
            (
                HangupBy::System,
                &["system", "thesystem", "network", "platform", "carrier", "hethong", "nhamang", "tongdai"],
            ),
        ];
        let text = self.text(cells, Field::HangupBy)?;
        let key = fold_word(text);
        let known = WORDS.iter().find(|(_, words)| words.contains(&key.as_str())).map(|(who, _)| *who);
        if known.is_none() {
            attributes.insert("hangup_by".to_owned(), text.into());
        }
        known
    }

    /// How many messages the voicebot sent; what is no such number is kept as an attribute.
    pub(super) fn bot_messages(&mut self, cells: &Cells, attributes: &mut BTreeMap<String, Value>) -> Option<u32> {
        let text = self.text(cells, Field::BotMessages)?;
        let number = text.strip_suffix(".0").unwrap_or(text).parse().ok();
        if number.is_none() {
            attributes.insert("bot_messages".to_owned(), text.into());
        }
        number
    }

    pub(super) fn cost(&mut self, cells: &Cells, attributes: &mut BTreeMap<String, Value>) -> Option<Money> {
        let text = self.text(cells, Field::Cost)?;
        let is_grouped = self.costs.is_grouped && text.contains('.');
        let decimal = if is_grouped { Decimal::Comma } else { self.mapping.decimal() };
        let read = amount(text).and_then(|(number, said)| {
            let plain = plain_number(&number, decimal)?;
            let cost = to_millionths(plain.trim_start_matches('-')).parse::<Money>().ok()?;
            Some((cost, said.or_else(|| self.costs.named.clone())))
        });
        let Some((cost, currency)) = read else {
            attributes.insert("cost".to_owned(), text.into());
            self.note(Noted::CostUnread);
            return None;
        };
        if is_grouped {
            self.note(Noted::CostGrouped);
        }
        match currency {
            None => self.note(Noted::CostAssumed),
            Some(currency) if self.costs.own.as_ref() == Some(&currency) => {}
            Some(currency) => {
                attributes.insert("cost".to_owned(), cost.to_string().into());
                attributes.insert("cost_currency".to_owned(), currency.as_str().into());
                self.note(Noted::CostKeptApart);
                return None;
            }
        }
        Some(cost)
    }

    pub(super) fn recording_url(&mut self, cells: &Cells, attributes: &mut BTreeMap<String, Value>) -> Option<String> {
        let text = self.text(cells, Field::RecordingUrl)?;
        let linked = text.strip_prefix("=HYPERLINK(\"").and_then(|rest| rest.split('"').next());
        let url = linked.unwrap_or(text);
        if url.starts_with("http://") || url.starts_with("https://") {
            return Some(url.to_owned());
        }
        self.note(Noted::NoAddress);
        attributes.insert("recording".to_owned(), text.into());
        None
    }

    pub(super) fn transcript(
        &mut self,
        cells: &Cells,
        attributes: &mut BTreeMap<String, Value>,
    ) -> Option<Vec<TranscriptLine>> {
        let text = self.text(cells, Field::Transcript)?;
        let Some(mut lines) = lines(text) else {
            self.note(Noted::NoSpeakers);
            attributes.insert("transcript".to_owned(), text.into());
            return None;
        };
        self.note(Noted::NoTimes);
        let is_long = |text: &str| text.chars().nth(TRANSCRIPT_LINE_CHARS).is_some();
        if lines.len() > TRANSCRIPT_LINES || lines.iter().any(|line| is_long(&line.text)) {
            self.note(Noted::TranscriptCut);
            lines.truncate(TRANSCRIPT_LINES);
            for line in lines.iter_mut().filter(|line| is_long(&line.text)) {
                line.text = line.text.chars().take(TRANSCRIPT_LINE_CHARS).collect();
            }
        }
        Some(lines)
    }
}

/// A plain number of at most six digits after the point, as money has: what is finer is rounded half up.
fn to_millionths(number: &str) -> Cow<'_, str> {
    const DIGITS: usize = 6;
    let Some((units, fraction)) = number.split_once('.').filter(|(_, fraction)| fraction.len() > DIGITS) else {
        return Cow::Borrowed(number);
    };
    let rounds_up = fraction.as_bytes()[DIGITS] >= b'5';
    let Ok(micros) = format!("{units}{}", &fraction[..DIGITS]).parse::<i64>() else { return Cow::Borrowed(number) };
    let micros = micros + i64::from(rounds_up);
    Cow::Owned(format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_finer_than_money_is_rounded() {
        for (number, rounded) in [
            ("0.0123456", "0.012346"),
            ("0.0123454", "0.012345"),
            ("1.9999999", "2.000000"),
            ("12.5", "12.5"),
            ("12", "12"),
        ] {
            assert_eq!(to_millionths(number), rounded);
        }
    }
}
