//! What is asked of an import of a file, and what it came to: the JSON that is stored with it, that the API answers and the
//! pages show.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    CampaignId, Timestamp,
    call::CallRecord,
    id::{Code, IdError},
    outcome::{SYSTEM_CODES, word_key},
    usage::Month,
};

/// Reasons that are counted apart; the others are counted together.
pub const REASONS: usize = 20;
/// Calls that are shown as they would be stored.
pub const SHOWN_CALLS: usize = 20;
/// Words for results without a meaning that are shown.
pub const SHOWN_WORDS: usize = 30;
/// Campaigns of a file that are listed.
pub const SHOWN_CAMPAIGNS: usize = 100;

/// What is done with calls that are none to a customer: those that came in, those between two of our own, and those to a mailbox of
/// our own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum OtherCalls {
    /// They are stored as the others; who called is the customer of one that came in.
    #[default]
    Import,
    /// They are left out.
    LeaveOut,
    /// They are stored in this campaign.
    Campaign(CampaignId),
}

impl TryFrom<String> for OtherCalls {
    type Error = IdError;

    /// `import`, `leave`, or the id of a campaign.
    fn try_from(text: String) -> Result<Self, IdError> {
        Ok(match text.as_str() {
            "import" => Self::Import,
            "leave" => Self::LeaveOut,
            _ => Self::Campaign(CampaignId::new(text)?),
        })
    }
}

impl From<OtherCalls> for String {
    fn from(other: OtherCalls) -> Self {
        match other {
            OtherCalls::Import => "import".to_owned(),
            OtherCalls::LeaveOut => "leave".to_owned(),
            OtherCalls::Campaign(id) => id.to_string(),
        }
    }
}

/// How a file is read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportOptions {
    /// The name of its format; none: it is found out.
    pub format: Option<String>,
    /// The campaign of every call, whatever the file says.
    pub campaign: Option<CampaignId>,
    /// What is done with calls that came in, and internal ones.
    pub inbound: OtherCalls,
    /// The IANA name of the zone of times that carry none.
    pub timezone: Option<String>,
    /// Which column of a table is which field, as TOML.
    pub mapping: Option<String>,
    /// The name under which that mapping is kept.
    pub mapping_name: Option<String>,
    /// Whether campaigns and voicebots that are not there are made.
    pub create: bool,
}

/// What was done about something that was wrong or odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Done {
    /// The record is not stored.
    Rejected,
    /// The record is stored as it is.
    Stored,
}

/// How often something was wrong or odd.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReasonCount {
    /// What; none: whatever is not counted apart.
    pub reason: Option<String>,
    /// What was done about it.
    pub done: Option<Done>,
    /// In how many lines.
    pub lines: u64,
}

/// What a file of calls is, or why it is none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FileReading {
    /// Its name; of one in a folder or an archive, with the way to it.
    pub name: String,
    /// The name of its format.
    pub format: Option<String>,
    /// Which of the format's shapes it is.
    pub shape: String,
    /// Rows without header and empty lines.
    pub rows: u64,
    /// Calls that they are.
    pub calls: u64,
    /// Rows that are no calls as they are.
    pub skipped: u64,
    /// Rows that repeat others.
    pub duplicates: u64,
    /// Calls left out because they were never dialled or still go on.
    pub left_out: u64,
    /// Calls that came in, whatever was done with them.
    #[serde(default)]
    pub inbound: u64,
    /// Calls between two of our own, whatever was done with them.
    #[serde(default)]
    pub internal: u64,
    /// Calls from one of our own to a mailbox of our own, whatever was done with them.
    #[serde(default)]
    pub voicemail: u64,
    /// The zone in which times were read that carry none.
    pub zone: Option<String>,
    /// Whether nothing in the file tells that zone.
    pub zone_is_assumed: bool,
    /// The order of day and month in dates, where that was a question.
    pub date_order: Option<String>,
    /// Whether nothing in the file tells that order.
    pub order_is_assumed: bool,
    /// What whoever brings it in should know.
    pub warnings: Vec<String>,
    /// Why nothing of it was read, or not all of it.
    pub refused: Option<String>,
    /// Words for results of which nobody knows what they mean, whose rows are rejected; the most frequent first.
    #[serde(default)]
    pub unknown_words: Vec<UnknownWord>,
}

/// A word for a result of which nobody knows what it means.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UnknownWord {
    /// As the file writes it.
    pub word: String,
    /// In how many rows.
    pub rows: u64,
}

/// A table whose columns are not known by its format.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TableColumns {
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Under which a mapping of such a table is found again.
    pub fingerprint: String,
    /// The columns of each field, by its name.
    pub fields: BTreeMap<String, Vec<String>>,
    /// The mapping that it was read by, as TOML.
    pub mapping: String,
    /// The account's name of that mapping; none: it is guessed, or was given with the file.
    pub mapping_name: Option<String>,
    /// What somebody has to say before calls can be made of it.
    pub missing: Vec<String>,
    /// The words whose meaning somebody has said, and the code that each stands for, or `skip`.
    #[serde(default)]
    pub results: BTreeMap<String, String>,
}

/// The word in [`TableColumns::results`] for rows that are no calls.
pub const SKIPPED_RESULT: &str = "skip";

/// Of words with their meanings those that a whole account could understand so, and the code of each: neither words for rows that are no
/// calls, nor codes that are themselves, nor the system's.
pub fn spellings_of(results: &BTreeMap<String, String>) -> BTreeMap<Code, Code> {
    let spelling = |(word, code): (&String, &String)| {
        let is_own = code != SKIPPED_RESULT && word != code && !SYSTEM_CODES.contains(&word.as_str());
        Some((Code::new(word.as_str()).ok()?, Code::new(code.as_str()).ok()?))
            .filter(|_| is_own && !word_key(word).is_empty())
    };
    results.iter().filter_map(spelling).collect()
}

/// A word for a result whose meaning somebody can say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultMeaning<'a> {
    /// As the file writes it.
    pub word: &'a str,
    /// In how many rows, where nobody knows what it means.
    pub rows: Option<u64>,
    /// The code that it was said to stand for, or [`SKIPPED_RESULT`].
    pub code: Option<&'a str>,
}

/// Calls that a file has of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CampaignCalls {
    /// How many calls have it.
    pub calls: u64,
    /// Whether the account has the campaign.
    pub is_known: bool,
}

/// What was found in a file, and what storing it would do.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ImportPreview {
    /// The files; several where it is an archive.
    pub files: Vec<FileReading>,
    /// Its columns, where it is a table of no known format.
    pub table: Option<TableColumns>,
    /// Calls that are new.
    pub new: u64,
    /// Calls that are known with other content.
    pub changed: u64,
    /// Calls that are known as they are.
    pub unchanged: u64,
    /// Records that would be rejected.
    pub rejected: u64,
    /// Calls that are new to a month: those that are new, and those that are moved to it.
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, u64>))]
    pub by_month: BTreeMap<Month, u64>,
    /// Those of them for which the account's quota of the month has no room, as it was when the file was looked at: they would be
    /// rejected.
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, u64>))]
    pub over_quota: BTreeMap<Month, u64>,
    /// New and changed calls that connected.
    pub success: u64,
    /// Those that did not.
    pub failed: u64,
    /// Those that broke off.
    pub error: u64,
    /// Those that still go on.
    pub in_progress: u64,
    /// Dial start of the first call.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub first: Option<Timestamp>,
    /// Dial start of the last.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub last: Option<Timestamp>,
    /// Whether the file does not say which campaign its calls are of: then it was looked at as if they were of one.
    pub needs_campaign: bool,
    /// The campaigns of its calls by their ids, at most [`SHOWN_CAMPAIGNS`].
    pub campaigns: BTreeMap<String, CampaignCalls>,
    /// Voicebots that the account does not have.
    pub unknown_voicebots: Vec<String>,
    /// What is wrong or odd, most frequent first.
    pub reasons: Vec<ReasonCount>,
    /// The first calls as they would be stored, without what was said in them.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<Object>))]
    pub calls: Vec<CallRecord>,
}

impl ImportPreview {
    /// Whether nothing of what was brought can be read, and nobody can change that by saying which column is what.
    pub fn is_unreadable(&self) -> bool {
        let is_missing = self.table.as_ref().is_some_and(|table| !table.missing.is_empty());
        !self.files.is_empty() && self.files.iter().all(|file| file.refused.is_some()) && !is_missing
    }

    /// The words of a table whose meaning somebody can say: first those that nobody knows, then those of which it was said.
    pub fn result_meanings(&self) -> Vec<ResultMeaning<'_>> {
        let Some(table) = &self.table else { return Vec::new() };
        let mut meanings: Vec<ResultMeaning<'_>> = Vec::new();
        for UnknownWord { word, rows } in self.files.iter().flat_map(|file| &file.unknown_words) {
            match meanings.iter_mut().find(|known| known.word == word) {
                Some(known) => known.rows = Some(known.rows.unwrap_or_default() + rows),
                None => meanings.push(ResultMeaning { word, rows: Some(*rows), code: None }),
            }
        }
        for (word, code) in &table.results {
            match meanings.iter_mut().find(|known| known.word == word) {
                Some(known) => known.code = Some(code),
                None => meanings.push(ResultMeaning { word, rows: None, code: Some(code) }),
            }
        }
        meanings
    }
}

/// What became of a file's calls.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ImportResult {
    /// The files; several where it is an archive.
    pub files: Vec<FileReading>,
    /// Calls that are new.
    pub accepted: u64,
    /// Calls that were known with other content.
    pub updated: u64,
    /// Calls that were known as they are.
    pub unchanged: u64,
    /// Records that are not stored.
    pub rejected: u64,
    /// Of them, new calls beyond the account's quota of their month.
    pub over_quota: u64,
    /// Calls that are odd.
    pub warnings: u64,
    /// The campaigns of its calls by their ids, at most [`SHOWN_CAMPAIGNS`].
    pub campaigns: Vec<String>,
    /// What was wrong or odd, most frequent first.
    pub reasons: Vec<ReasonCount>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_whose_meaning_can_be_said_are_those_of_all_files_once() {
        let word = |word: &str, rows| UnknownWord { word: word.to_owned(), rows };
        let file = |unknown_words| FileReading { unknown_words, ..FileReading::default() };
        let mut found = ImportPreview {
            files: vec![file(vec![word("Lạ", 5), word("Kẹt", 2)]), file(vec![word("Lạ", 1)])],
            ..ImportPreview::default()
        };
        assert_eq!(found.result_meanings(), [], "of what is no table nobody says anything");
        let results = [("Nóng", "HOT"), ("Kẹt", "BS")].map(|(word, code)| (word.to_owned(), code.to_owned()));
        found.table = Some(TableColumns { results: results.into(), ..TableColumns::default() });
        let meaning = |word, rows, code| ResultMeaning { word, rows, code };
        let expected =
            [meaning("Lạ", Some(6), None), meaning("Kẹt", Some(2), Some("BS")), meaning("Nóng", None, Some("HOT"))];
        assert_eq!(found.result_meanings(), expected);
    }

    #[test]
    fn an_account_keeps_words_for_codes_and_no_others() {
        let results = [("Nóng", "HOT"), ("Thử", "skip"), ("GOLD", "GOLD"), ("NA", "BS"), ("--", "NA"), ("Kẹt", "BS")];
        let results = results.map(|(word, code)| (word.to_owned(), code.to_owned())).into();
        let kept = spellings_of(&results);
        let kept: Vec<_> = kept.iter().map(|(word, code)| (word.as_str(), code.as_str())).collect();
        assert_eq!(kept, [("Kẹt", "BS"), ("Nóng", "HOT")]);
    }

    #[test]
    fn what_cannot_be_read_at_all_is_told_from_what_somebody_has_to_explain() {
        let file =
            |refused: Option<&str>| FileReading { refused: refused.map(str::to_owned), ..FileReading::default() };
        let mut found = ImportPreview { files: vec![file(Some("a picture"))], ..ImportPreview::default() };
        assert!(found.is_unreadable());
        found.table = Some(TableColumns { missing: vec!["when".to_owned()], ..TableColumns::default() });
        assert!(!found.is_unreadable());
        found = ImportPreview { files: vec![file(Some("a picture")), file(None)], ..ImportPreview::default() };
        assert!(!found.is_unreadable() && !ImportPreview::default().is_unreadable());
    }
}
