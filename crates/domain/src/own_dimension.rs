//! Own dimensions: keys of attributes by which an account tells its calls apart, such as the version of a script or the list that a
//! customer came from (docs/METRICS.md, "Own dimensions").

use std::{collections::BTreeMap, fmt::Write as _};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    CallClass, CodeMeanings, Language, Money,
    interval::Interval,
    limits::{OWN_KEY_CHARS, OWN_VALUE_CHARS},
    outcome::{LINE_FAULT, is_answered},
    rate::Rate,
    sight::ShownText,
};

/// The key of an attribute by which calls are told apart: 1 to [`OWN_KEY_CHARS`] characters, without blanks around them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DimensionKey(String);

/// Why a text is no key of a dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DimensionKeyError {
    /// It is empty or only blanks.
    #[error("must not be empty")]
    Empty,
    /// It is longer than [`OWN_KEY_CHARS`].
    #[error("is longer than 100 characters")]
    TooLong,
    /// It holds a control character.
    #[error("holds a control character")]
    Control,
}

impl DimensionKey {
    /// Reads a key; blanks around it are cut.
    ///
    /// # Errors
    /// Where it is empty, too long or holds a control character.
    pub fn new(text: &str) -> Result<Self, DimensionKeyError> {
        let key = text.trim();
        if key.is_empty() {
            return Err(DimensionKeyError::Empty);
        }
        if key.chars().any(char::is_control) {
            return Err(DimensionKeyError::Control);
        }
        if key.chars().count() > OWN_KEY_CHARS {
            return Err(DimensionKeyError::TooLong);
        }
        Ok(Self(key.to_owned()))
    }

    /// The labels, Vietnamese and English, of a key that is known from the start.
    pub fn known_labels(&self) -> Option<(&'static str, &'static str)> {
        RESERVED_KEYS.iter().find(|(key, ..)| *key == self.0).map(|(_, vi, en)| (*vi, *en))
    }

    /// The attribute's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for DimensionKey {
    type Error = DimensionKeyError;
    fn try_from(text: String) -> Result<Self, DimensionKeyError> {
        Self::new(&text)
    }
}

impl std::str::FromStr for DimensionKey {
    type Err = DimensionKeyError;
    fn from_str(text: &str) -> Result<Self, DimensionKeyError> {
        Self::new(text)
    }
}

impl From<DimensionKey> for String {
    fn from(key: DimensionKey) -> Self {
        key.0
    }
}

impl std::fmt::Display for DimensionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Keys whose labels are known from the start, Vietnamese and English: senders of any kind mean the same by them.
pub const RESERVED_KEYS: [(&str, &str, &str); 4] = [
    ("script", "Kịch bản", "Script"),
    ("list", "Danh sách", "List"),
    ("caller_id", "Số gọi ra", "Caller number"),
    ("agent_version", "Phiên bản bot", "Bot version"),
];

/// A dimension that an account has declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OwnDimension {
    /// Its number in the account, from 1; that of a removed one is not given again.
    pub number: u32,
    /// The attribute.
    pub key: DimensionKey,
    /// What it is called in Vietnamese.
    pub label_vi: String,
    /// What it is called in English.
    pub label_en: String,
}

impl OwnDimension {
    /// What it is called in a language.
    pub fn label(&self, language: Language) -> &str {
        language.pick(&self.label_vi, &self.label_en)
    }
}

/// Where a call stands in a dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OwnPlace {
    /// A value that is told apart, by its number, from [`OwnPlace::FIRST`].
    Told(u32),
    /// A value that is not.
    Other,
    /// Neither the call nor its customer has one.
    None,
}

impl OwnPlace {
    /// The number of the first value that is told apart.
    pub const FIRST: u32 = 2;
    const OTHER: u32 = 1;

    /// As it is kept with a call and in sums; `None` is kept as nothing.
    pub fn number(self) -> Option<u32> {
        match self {
            Self::Told(number) => Some(number),
            Self::Other => Some(Self::OTHER),
            Self::None => None,
        }
    }

    /// What [`Self::number`] stands for.
    pub fn of_number(number: u32) -> Self {
        match number {
            0 => Self::None,
            Self::OTHER => Self::Other,
            told => Self::Told(told),
        }
    }

    /// The word in addresses and JSON: `other`, `none`, or the number.
    pub fn word(self) -> String {
        match self {
            Self::Told(number) => number.to_string(),
            Self::Other => "other".to_owned(),
            Self::None => "none".to_owned(),
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        match word {
            "other" => Some(Self::Other),
            "none" => Some(Self::None),
            number => number.parse().ok().filter(|number| *number >= Self::FIRST).map(Self::Told),
        }
    }
}

/// Calls that stand at one of these places of a dimension; in addresses `3.17`, `3.other` or `3.none`, once for each place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OwnFilter {
    /// The dimension's number.
    pub dimension: u32,
    /// Where its calls stand.
    pub place: OwnPlace,
}

impl OwnFilter {
    /// Why another word is refused.
    pub const WORDS: &str = "must be such as 1.5, 1.other or 1.none";

    /// The word in addresses.
    pub fn to_word(self) -> String {
        format!("{}.{}", self.dimension, self.place.word())
    }

    /// Reads [`Self::to_word`].
    pub fn from_word(word: &str) -> Option<Self> {
        let (dimension, place) = word.split_once('.')?;
        let dimension = dimension.parse().ok().filter(|number| *number > 0)?;
        Some(Self { dimension, place: OwnPlace::from_word(place)? })
    }
}

impl TryFrom<String> for OwnFilter {
    type Error = &'static str;
    fn try_from(word: String) -> Result<Self, &'static str> {
        Self::from_word(&word).ok_or(Self::WORDS)
    }
}

impl From<OwnFilter> for String {
    fn from(filter: OwnFilter) -> Self {
        filter.to_word()
    }
}

/// What an attribute says of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenValue {
    /// A text that may be told apart: no blanks around it, at most [`OWN_VALUE_CHARS`] characters.
    Text(String),
    /// Something that cannot be: a longer text, a list, an object.
    Unfit,
}

impl GivenValue {
    /// Reads an attribute; none of what says nothing: `null`, a text of blanks.
    pub fn of(value: &Value) -> Option<Self> {
        let text = match value {
            Value::Null => return None,
            Value::String(text) => text.trim().to_owned(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            Value::Array(_) | Value::Object(_) => return Some(Self::Unfit),
        };
        if text.is_empty() {
            return None;
        }
        let is_long = text.len() > OWN_VALUE_CHARS && text.chars().count() > OWN_VALUE_CHARS;
        // PostgreSQL has no text with a NUL.
        Some(if is_long || text.contains('\0') { Self::Unfit } else { Self::Text(text) })
    }
}

/// Where a call stands in the dimensions of its account, by their numbers; those in which it has no value are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CallPlaces(BTreeMap<u32, u32>);

impl CallPlaces {
    /// Puts the call somewhere in a dimension.
    pub fn set(&mut self, dimension: u32, place: OwnPlace) {
        match place.number() {
            Some(number) => drop(self.0.insert(dimension, number)),
            None => drop(self.0.remove(&dimension)),
        }
    }

    /// Where it stands in a dimension.
    pub fn of(&self, dimension: u32) -> OwnPlace {
        self.0.get(&dimension).map_or(OwnPlace::None, |number| OwnPlace::of_number(*number))
    }

    /// Dimensions and numbers of values.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        self.0.iter().map(|(dimension, value)| (*dimension, *value))
    }

    /// As it is stored: `,1=5,3=1,`; none where there is nothing.
    pub fn stored(&self) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let mut text = String::from(",");
        for (dimension, value) in &self.0 {
            // Into memory, which cannot fail.
            let _ = write!(text, "{dimension}={value},");
        }
        Some(text)
    }

    /// Reads [`Self::stored`]; what is broken is left out, which `verify` finds.
    pub fn read(text: &str) -> Self {
        let pair = |pair: &str| {
            let (dimension, value) = pair.split_once('=')?;
            Some((dimension.parse().ok()?, value.parse().ok()?))
        };
        Self(text.split(',').filter_map(pair).collect())
    }

    /// What a call at this place has within its [`Self::stored`] text.
    pub fn part(dimension: u32, number: u32) -> String {
        format!(",{dimension}={number},")
    }
}

/// Finished calls at one place of a dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OwnValueResult {
    /// The number of the value, `other` or `none`; with the dimension's number before it, as in `1.5`, it is the `own` of a call list.
    pub value: String,
    /// The value as it was sent, without what may be a phone number where that may not be seen; `null` of `other` and `none`.
    pub text: Option<String>,
    /// Finished calls.
    pub calls: u64,
    /// Answered calls.
    pub answered: u64,
    /// Success calls.
    pub success: u64,
    /// Calls whose code is a goal.
    pub goals: u64,
    /// Σ cost, in micro-units of the report's currency.
    pub cost: Money,
    /// Customers whose first success call has the value.
    pub newly_reached: u64,
    /// Answered ÷ calls.
    pub answer_rate: Rate,
    /// Its 95 % interval (Wilson); `null` without calls.
    pub answer_interval: Option<Interval>,
    /// Goals ÷ answered calls.
    pub goal_rate: Rate,
    /// Its 95 % interval (Wilson); `null` without answered calls.
    pub goal_interval: Option<Interval>,
}

/// The calls of a report by the values of one dimension: they sum to all calls of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OwnDimensionResult {
    /// Whose values these are.
    #[serde(flatten)]
    pub dimension: OwnDimension,
    /// Values with calls, the most calls first; then `other` and `none`, where they have some.
    pub values: Vec<OwnValueResult>,
    /// Calls of before it was declared that were given their values so far, per cent; `null` once it is all. Until then the others stand
    /// under `none`.
    pub filled_percent: Option<u64>,
}

/// What is summed of the calls at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OwnSums {
    /// Finished calls.
    pub calls: u64,
    /// Answered calls.
    pub answered: u64,
    /// Calls that ended with CU.
    pub line_faults: u64,
    /// Success calls.
    pub success: u64,
    /// Calls whose code is a goal.
    pub goals: u64,
    /// Σ cost.
    pub cost: Money,
    /// Customers whose first success call is among them.
    pub newly_reached: u64,
}

impl OwnSums {
    /// Of so many calls that ended with a code.
    pub fn of_code(code: &str, meanings: &CodeMeanings, calls: u64, cost: Money, newly_reached: u64) -> Self {
        let when = |is: bool| if is { calls } else { 0 };
        Self {
            calls,
            answered: when(is_answered(code)),
            line_faults: when(code == LINE_FAULT),
            success: when(meanings.class_of(code) == CallClass::Success),
            goals: when(meanings.is_goal(code)),
            cost,
            newly_reached,
        }
    }

    /// Adds others.
    pub fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.answered += other.answered;
        self.line_faults += other.line_faults;
        self.success += other.success;
        self.goals += other.goals;
        self.cost += other.cost;
        self.newly_reached += other.newly_reached;
    }

    /// These without others that are among them. Of sums that a repair has still to put right nothing less than nothing comes.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self {
            calls: self.calls.saturating_sub(other.calls),
            answered: self.answered.saturating_sub(other.answered),
            line_faults: self.line_faults.saturating_sub(other.line_faults),
            success: self.success.saturating_sub(other.success),
            goals: self.goals.saturating_sub(other.goals),
            cost: self.cost - other.cost,
            newly_reached: self.newly_reached.saturating_sub(other.newly_reached),
        }
    }

    /// As a report says it.
    pub fn result(self, place: OwnPlace, text: Option<String>) -> OwnValueResult {
        let (answer_rate, goal_rate) = (Rate::new(self.answered, self.calls), Rate::new(self.goals, self.answered));
        OwnValueResult {
            value: place.word(),
            text,
            calls: self.calls,
            answered: self.answered,
            success: self.success,
            goals: self.goals,
            cost: self.cost,
            newly_reached: self.newly_reached,
            answer_rate,
            answer_interval: answer_rate.interval(),
            goal_rate,
            goal_interval: goal_rate.interval(),
        }
    }
}

/// Where a call stands in one dimension, as one reader may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ShownOwnValue {
    /// Whose value it is.
    #[serde(skip)]
    pub dimension: OwnDimension,
    /// Where it stands.
    #[serde(skip)]
    pub place: OwnPlace,
    /// The dimension's key.
    pub key: DimensionKey,
    /// The number of the value, or `other`.
    pub value: String,
    /// The value, without what may be a phone number where that may not be seen; `null` of `other`.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub text: Option<ShownText>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn attributes_give_texts_without_blanks_and_nothing_else_that_is_told_apart() {
        let text = |text: &str| Some(GivenValue::Text(text.to_owned()));
        assert_eq!(GivenValue::of(&json!("  v4 ế ")), text("v4 ế"));
        assert_eq!(GivenValue::of(&json!(4.5)), text("4.5"));
        assert_eq!(GivenValue::of(&json!(true)), text("true"));
        assert_eq!(GivenValue::of(&json!(null)), None);
        assert_eq!(GivenValue::of(&json!(" \n ")), None);
        assert_eq!(GivenValue::of(&json!("ế".repeat(200))), text(&"ế".repeat(200)));
        for unfit in [json!("x".repeat(201)), json!("x".repeat(10_000)), json!([1]), json!({}), json!("a\0b")] {
            assert_eq!(GivenValue::of(&unfit), Some(GivenValue::Unfit), "{unfit}");
        }
    }

    #[test]
    fn places_survive_their_column_and_filters_their_address() {
        let mut places = CallPlaces::default();
        assert_eq!(places.stored(), None);
        places.set(3, OwnPlace::Other);
        places.set(1, OwnPlace::Told(5));
        places.set(2, OwnPlace::Told(7));
        places.set(2, OwnPlace::None);
        let stored = places.stored().unwrap();
        assert_eq!(stored, ",1=5,3=1,");
        assert_eq!(CallPlaces::read(&stored), places);
        assert!(stored.contains(&CallPlaces::part(1, 5)) && !stored.contains(&CallPlaces::part(1, 51)));
        assert_eq!([1, 2, 3].map(|n| places.of(n)), [OwnPlace::Told(5), OwnPlace::None, OwnPlace::Other]);
        for word in ["1.5", "12.other", "3.none"] {
            assert_eq!(OwnFilter::from_word(word).unwrap().to_word(), word);
        }
        for wrong in ["", "1", "1.", "1.1", "0.5", "1.x", "a.5", "1.-2", "99999999999.2"] {
            assert_eq!(OwnFilter::from_word(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn keys_have_no_blanks_around_them_and_a_limit() {
        assert_eq!(DimensionKey::new(" kịch bản ").unwrap().as_str(), "kịch bản");
        assert_eq!(DimensionKey::new(" "), Err(DimensionKeyError::Empty));
        assert!(DimensionKey::new(&"ế".repeat(100)).is_ok());
        assert_eq!(DimensionKey::new(&"ế".repeat(101)), Err(DimensionKeyError::TooLong));
        assert_eq!(DimensionKey::new("a\nb"), Err(DimensionKeyError::Control));
    }
}
