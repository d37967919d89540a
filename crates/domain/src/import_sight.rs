//! What an import came to as one reader may see it: whoever sees numbers masked finds none in what was found in a file either.

use std::ops::Deref;

use serde::Serialize;

use crate::{
    CallId, CallRecord, ContactId,
    import::{FileReading, ImportPreview, ImportResult, ReasonCount, TableColumns, UnknownWord},
    sight::{Mask, ShownPhone, ShownText, Sight},
};

/// What was found in a file, as one reader may see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ShownFound(ImportPreview);

impl Deref for ShownFound {
    type Target = ImportPreview;

    fn deref(&self) -> &ImportPreview {
        &self.0
    }
}

impl From<ShownFound> for ImportPreview {
    fn from(shown: ShownFound) -> Self {
        shown.0
    }
}

impl ShownFound {
    /// What may be shown of it.
    pub fn new(found: ImportPreview, sight: Sight) -> Self {
        if !sight.is_masked() {
            return Self(found);
        }
        Self(ImportPreview {
            files: found.files.into_iter().map(|file| shown_file(file, sight)).collect(),
            table: found.table.map(|table| shown_table(table, sight)),
            campaigns: found.campaigns.into_iter().map(|(id, calls)| (shown(id, sight), calls)).collect(),
            unknown_voicebots: shown_all(found.unknown_voicebots, sight),
            reasons: shown_reasons(found.reasons, sight),
            calls: found.calls.into_iter().map(|call| shown_call(call, sight)).collect(),
            ..found
        })
    }
}

/// What became of a file's calls, as one reader may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ShownStored(ImportResult);

impl Deref for ShownStored {
    type Target = ImportResult;

    fn deref(&self) -> &ImportResult {
        &self.0
    }
}

impl From<ShownStored> for ImportResult {
    fn from(shown: ShownStored) -> Self {
        shown.0
    }
}

impl ShownStored {
    /// What may be shown of it.
    pub fn new(stored: ImportResult, sight: Sight) -> Self {
        if !sight.is_masked() {
            return Self(stored);
        }
        Self(ImportResult {
            files: stored.files.into_iter().map(|file| shown_file(file, sight)).collect(),
            campaigns: shown_all(stored.campaigns, sight),
            reasons: shown_reasons(stored.reasons, sight),
            ..stored
        })
    }
}

fn shown(text: String, sight: Sight) -> String {
    ShownText::new(text, sight).into()
}

fn shown_all(texts: Vec<String>, sight: Sight) -> Vec<String> {
    texts.into_iter().map(|text| shown(text, sight)).collect()
}

fn shown_reasons(reasons: Vec<ReasonCount>, sight: Sight) -> Vec<ReasonCount> {
    let reason = |count: ReasonCount| ReasonCount { reason: count.reason.map(|text| shown(text, sight)), ..count };
    reasons.into_iter().map(reason).collect()
}

fn shown_file(file: FileReading, sight: Sight) -> FileReading {
    FileReading {
        name: shown(file.name, sight),
        shape: shown(file.shape, sight),
        warnings: shown_all(file.warnings, sight),
        refused: file.refused.map(|why| shown(why, sight)),
        unknown_words: file
            .unknown_words
            .into_iter()
            .map(|unknown| UnknownWord { word: shown(unknown.word, sight), ..unknown })
            .collect(),
        ..file
    }
}

/// A table without a header has a row for one.
fn shown_table(table: TableColumns, sight: Sight) -> TableColumns {
    TableColumns {
        columns: shown_all(table.columns, sight),
        fields: table.fields.into_iter().map(|(field, columns)| (field, shown_all(columns, sight))).collect(),
        mapping: shown(table.mapping, sight),
        missing: shown_all(table.missing, sight),
        results: table.results.into_iter().map(|(word, code)| (shown(word, sight), shown(code, sight))).collect(),
        ..table
    }
}

/// A call that is not stored has no place that could stand for an id which tells a number.
fn shown_call(call: CallRecord, sight: Sight) -> CallRecord {
    let mask = Mask::new(sight, call.contact.phone.as_deref());
    let text = |text: String| String::from(mask.text(text));
    let mut contact = call.contact;
    contact.phone = contact.phone.map(|phone| ShownPhone::new(phone, sight).as_str().to_owned());
    contact.name = contact.name.map(text);
    contact.id = contact.id.and_then(|id| ContactId::new(text(id.to_string())).ok());
    let id = CallId::new(text(call.id.to_string())).unwrap_or_else(|_| call.id.clone());
    CallRecord {
        id,
        contact,
        cause: call.cause.map(text),
        recording_url: call.recording_url.map(text),
        transcript: None,
        attributes: None,
        ..call
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Country;

    #[test]
    fn whoever_sees_no_numbers_finds_none_in_what_was_found() {
        let call = json!({
            "id": "20261104-0987654321-x", "campaign": "tet", "dialed_at": 1,
            "contact": {"id": "0987654321", "phone": "0987654321", "name": "Lan 0987 654 321"},
            "cause": "busy 0987654321", "recording_url": "https://pbx/84987654321.wav", "attributes": {"a": "0987654321"},
        });
        let found = json!({
            "files": [{"name": "0987654321.csv", "warnings": ["0987654321"], "refused": "0987654321", "shape": "",
                "rows": 1, "calls": 1, "skipped": 0, "duplicates": 0, "left_out": 0, "zone_is_assumed": false,
                "order_is_assumed": false,
                "unknown_words": [{"word": "gọi 0987654321", "rows": 2}]}],
            "table": {"columns": ["0987654321"], "fingerprint": "", "fields": {"phone": ["0987654321"]},
                "mapping": "phone = \"0987654321\"", "missing": ["0987654321"],
                "results": {"gọi 0987654321": "NA"}},
            "reasons": [{"reason": "phone: \"098 765 4321\" is odd", "done": "rejected", "lines": 1}],
            "unknown_voicebots": ["bot-0987654321"], "campaigns": {"0987654321": {"calls": 1, "is_known": true}},
            "calls": [call], "rejected": 7,
        });
        let found: ImportPreview = serde_json::from_value(found).unwrap();
        let whole = serde_json::to_value(ShownFound::new(found.clone(), Sight::Whole)).unwrap();
        assert_eq!(whole, serde_json::to_value(&found).unwrap());
        let masked = serde_json::to_value(ShownFound::new(found, Sight::Masked(Country::VIETNAM))).unwrap();
        let text = masked.to_string();
        for part in ["987654", "765432", "654321", "654 321", "765 4321"] {
            assert!(!text.contains(part), "{part}: {text}");
        }
        assert_eq!(masked["calls"][0]["contact"]["phone"], "0987 ••• 321");
        assert_eq!(masked["rejected"], 7);
    }
}
