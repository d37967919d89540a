//! Which fields of a call a file of Ringside's own, or a table, tells of: what a file has no column for stays as it is stored.

use std::collections::{BTreeMap, BTreeSet};

use domain::{CallRecord, ContactId, ContactRef, FieldError, Timestamp};
use serde_json::Value;

/// What stands for hidden digits in files of those who may not see numbers whole.
const MASK: &str = "•••";
/// Whether a value is a number or the like that a cell shows as this text.
fn is_shown_as(stored: &Value, text: &str) -> bool {
    serde_json::to_string(stored).is_ok_and(|shown| shown == text)
}

/// Refuses a call of a file that is masked: a hidden number would be stored in the place of the whole one.
pub(crate) fn unmasked(record: CallRecord) -> Result<CallRecord, FieldError> {
    let ContactRef { id, phone, name } = &record.contact;
    let texts = [
        ("id", Some(record.id.as_str())),
        ("contact.id", id.as_ref().map(ContactId::as_str)),
        ("contact.phone", phone.as_deref()),
        ("contact.name", name.as_deref()),
        ("cause", record.cause.as_deref()),
    ];
    let masked = texts.iter().find(|(_, text)| text.is_some_and(|text| text.contains(MASK))).map(|(field, _)| *field);
    match masked {
        Some(field) => Err(FieldError::new(field, "is masked: import a file of somebody who sees numbers whole")),
        None => Ok(record),
    }
}

type Attributes = BTreeMap<String, Value>;

/// The fields of calls that a file tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFields {
    told: Told,
    /// Attributes that have columns of their own.
    attributes: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    /// Those that have a column: an empty cell says that there is nothing.
    Columns(BTreeSet<String>),
    /// Those that a record has: what it leaves out, it says nothing of.
    Given,
    /// As [`Told::Given`], with times to the second.
    ToTheSecond,
    /// Of a table of another system: those that have a column, as of [`Told::Columns`], and those that a row may have, as of
    /// [`Told::Given`]. `has_cause`: one of its columns has the cause; else that is the word for the result.
    Table { columns: BTreeSet<&'static str>, given: BTreeSet<&'static str>, has_cause: bool },
}

impl OwnFields {
    /// Of a table with these columns, each called as the field is, dotted for nesting.
    pub(crate) fn of_columns<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let told: BTreeSet<String> = names.map(str::to_owned).collect();
        let attributes = told.iter().filter_map(|name| name.strip_prefix("attributes.")).map(str::to_owned).collect();
        Self { told: Told::Columns(told), attributes }
    }

    /// Of records that leave out what is not theirs to say.
    pub(crate) fn of_given() -> Self {
        Self { told: Told::Given, attributes: BTreeSet::new() }
    }

    /// Of the list that people get, which leaves things out, too, and has its times to the second.
    pub(crate) fn of_list() -> Self {
        Self { told: Told::ToTheSecond, attributes: BTreeSet::new() }
    }

    /// Of a table of another system, by the fields of which an empty cell says that there is nothing, those that a row may leave out, and its
    /// columns that are attributes.
    pub(crate) fn of_table(
        columns: BTreeSet<&'static str>,
        given: BTreeSet<&'static str>,
        attributes: BTreeSet<String>,
    ) -> Self {
        let has_cause = columns.contains("cause") || given.contains("cause");
        Self { told: Told::Table { columns, given, has_cause }, attributes }
    }

    /// What is to be stored of a call that is stored already, when it was read from such a file; nothing where that tells nothing
    /// new. `sent` is what its sender said, `shown` what a file of it says: besides what follows from the former (the number of the
    /// attempt, the price by the tariff). What stands in the file as it is shown is not said anew.
    pub fn with_stored(&self, sent: &CallRecord, shown: &CallRecord, read: CallRecord) -> Option<CallRecord> {
        let ContactRef { id, phone, name } = read.contact;
        let cause = match &self.told {
            // The word for another result is the cause of that.
            Told::Table { has_cause: false, .. } if read.result_code == sent.result_code => sent.cause.clone(),
            Told::Table { has_cause: false, .. } => read.cause,
            _ => self.of("cause", sent.cause.as_ref(), shown.cause.as_ref(), read.cause),
        };
        let joined = CallRecord {
            id: sent.id.clone(),
            campaign: read.campaign,
            voicebot: self.of("voicebot", sent.voicebot.as_ref(), shown.voicebot.as_ref(), read.voicebot),
            contact: ContactRef {
                id: self.of("contact.id", sent.contact.id.as_ref(), shown.contact.id.as_ref(), id),
                phone: self.of("contact.phone", sent.contact.phone.as_ref(), shown.contact.phone.as_ref(), phone),
                name: self.of("contact.name", sent.contact.name.as_ref(), shown.contact.name.as_ref(), name),
            },
            attempt: self.of("attempt", sent.attempt.as_ref(), shown.attempt.as_ref(), read.attempt),
            dialed_at: self.time(read.dialed_at, Some(sent.dialed_at)),
            answered_at: self.of(
                "answered_at",
                sent.answered_at.as_ref(),
                shown.answered_at.as_ref(),
                read.answered_at.map(|at| self.time(at, shown.answered_at)),
            ),
            ended_at: self.of(
                "ended_at",
                sent.ended_at.as_ref(),
                shown.ended_at.as_ref(),
                read.ended_at.map(|at| self.time(at, shown.ended_at)),
            ),
            result_code: self.of(
                "result_code",
                sent.result_code.as_ref(),
                shown.result_code.as_ref(),
                read.result_code,
            ),
            bot_messages: self.of(
                "bot_messages",
                sent.bot_messages.as_ref(),
                shown.bot_messages.as_ref(),
                read.bot_messages,
            ),
            hangup_by: self.of("hangup_by", sent.hangup_by.as_ref(), shown.hangup_by.as_ref(), read.hangup_by),
            cause,
            blocks: self.of("blocks", sent.blocks.as_ref(), shown.blocks.as_ref(), read.blocks),
            cost: self.of("cost", sent.cost.as_ref(), shown.cost.as_ref(), read.cost),
            recording_url: self.of(
                "recording_url",
                sent.recording_url.as_ref(),
                shown.recording_url.as_ref(),
                read.recording_url,
            ),
            transcript: self.of("transcript", sent.transcript.as_ref(), shown.transcript.as_ref(), read.transcript),
            attributes: if matches!(self.told, Told::Table { .. })
                || !self.attributes.is_empty() && !self.tells("attributes", false)
            {
                self.with_columns(sent, read.attributes)
            } else {
                self.of("attributes", sent.attributes.as_ref(), shown.attributes.as_ref(), read.attributes)
            },
        };
        (joined != *sent).then_some(joined)
    }

    fn of<T: Clone + PartialEq>(&self, name: &str, sent: Option<&T>, shown: Option<&T>, read: Option<T>) -> Option<T> {
        if self.tells(name, read.is_some()) && read.as_ref() != shown { read } else { sent.cloned() }
    }

    /// The stored instant where the one that was read is that to the second.
    fn time(&self, read: Timestamp, shown: Option<Timestamp>) -> Timestamp {
        let is_same = |shown: &Timestamp| self.told == Told::ToTheSecond && (shown.0 - read.0).abs() < 1_000;
        shown.filter(is_same).unwrap_or(read)
    }

    fn tells(&self, name: &str, is_given: bool) -> bool {
        match &self.told {
            Told::Columns(names) => names.contains(name),
            Told::Given | Told::ToTheSecond => is_given,
            Told::Table { columns, given, .. } => columns.contains(name) || (is_given && given.contains(name)),
        }
    }

    /// The stored attributes, those that have columns as these say.
    fn with_columns(&self, sent: &CallRecord, read: Option<Attributes>) -> Option<Attributes> {
        let mut read = read.unwrap_or_default();
        let mut attributes = sent.attributes.clone().unwrap_or_default();
        for name in &self.attributes {
            match read.remove(name) {
                // A cell is a text, whatever was sent: the number that it shows is still that.
                Some(Value::String(text)) if attributes.get(name).is_some_and(|stored| is_shown_as(stored, &text)) => {}
                Some(value) => drop(attributes.insert(name.clone(), value)),
                None => drop(attributes.remove(name)),
            }
        }
        // What follows from other columns: a cost in another currency, a text in the place of a result.
        attributes.extend(read);
        if attributes.is_empty() && sent.attributes.is_none() { None } else { Some(attributes) }
    }
}
