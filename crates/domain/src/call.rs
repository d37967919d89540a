//! Calls: as a sender writes them, and as they are shown.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use crate::{
    CallClass, CallId, CampaignId, Code, ContactId, Currency, Money, ShownContact, Timestamp, VoicebotId, attributes,
    limits, phone, result_text::sent_code, time::DAY_MS,
};

/// What is wrong with one field of a record. `field` is a dotted path such as `contact.phone`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field's path.
    pub field: String,
    /// Why, as a phrase that follows the field's name.
    pub reason: String,
}

impl FieldError {
    /// A reason for a field. Both may repeat what a sender wrote, and are cut to what an answer repeats of it.
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        let cut = |text: String| match limits::repeated(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(cut) => cut,
        };
        Self { field: cut(field.into()), reason: cut(reason.into()) }
    }

    /// The same of a field that stands within another: `windows[1]` within `plan` is `plan.windows[1]`.
    #[must_use]
    pub fn within(self, outer: &str) -> Self {
        Self::new(format!("{outer}.{}", self.field), self.reason)
    }
}

/// Whom a call is for: `phone` or `id` or both.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ContactRef {
    /// The sender's id of the customer.
    #[serde(default)]
    pub id: Option<ContactId>,
    /// The number dialled, as the sender writes it.
    #[serde(default)]
    pub phone: Option<String>,
    /// The customer's name.
    #[serde(default)]
    pub name: Option<String>,
}

/// Who speaks a line of the transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum Speaker {
    /// The voicebot.
    Bot,
    /// The customer.
    Customer,
}

/// One line of a transcript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TranscriptLine {
    /// Milliseconds from the answer.
    pub at: i64,
    /// Who speaks.
    pub speaker: Speaker,
    /// What is said.
    pub text: String,
}

/// Who hung up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum HangupBy {
    /// The customer.
    Customer,
    /// The voicebot.
    #[serde(alias = "voicebot")]
    Bot,
    /// The person whom the call was passed on to.
    Agent,
    /// The line or the platform.
    #[serde(alias = "network", alias = "platform")]
    System,
}

impl HangupBy {
    /// In the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Customer, Self::Bot, Self::Agent, Self::System];
    /// Why another word is refused.
    pub const WORDS: &str = "must be customer, bot, agent or system";

    /// The word in JSON and the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Bot => "bot",
            Self::Agent => "agent",
            Self::System => "system",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|who| who.word() == word)
    }
}

/// One call as it is sent in (`POST /api/v1/calls`). [`CallRecord::check`] holds its rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CallRecord {
    /// The sender's id of the call.
    pub id: CallId,
    /// The campaign it belongs to.
    pub campaign: CampaignId,
    /// The voicebot that spoke; absent: the campaign's.
    #[serde(default)]
    pub voicebot: Option<VoicebotId>,
    /// Whom it was for.
    pub contact: ContactRef,
    /// Which attempt to reach this customer it was, from 1; absent: counted.
    #[serde(default)]
    pub attempt: Option<u32>,
    /// When dialling began.
    pub dialed_at: Timestamp,
    /// When the customer answered.
    #[serde(default)]
    pub answered_at: Option<Timestamp>,
    /// When it ended; together with `result_code`, or neither (in progress).
    #[serde(default)]
    pub ended_at: Option<Timestamp>,
    /// How it ended. Blanks around it are cut.
    #[serde(default, deserialize_with = "without_blanks")]
    pub result_code: Option<Code>,
    /// Replies of the bot; absent: the bot's lines of the transcript; neither: unknown.
    #[serde(default)]
    pub bot_messages: Option<u32>,
    /// Who hung up.
    #[serde(default)]
    pub hangup_by: Option<HangupBy>,
    /// The switch's own cause, such as a Q.850 number or a SIP status.
    #[serde(default)]
    pub cause: Option<String>,
    /// Blocks charged by the sender; absent: computed by the tariff.
    #[serde(default)]
    pub blocks: Option<i64>,
    /// Cost charged by the sender; absent: computed by the tariff.
    #[serde(default)]
    pub cost: Option<Money>,
    /// Where the sender keeps a recording (http or https).
    #[serde(default)]
    pub recording_url: Option<String>,
    /// What was said.
    #[serde(default)]
    pub transcript: Option<Vec<TranscriptLine>>,
    /// Whatever else the sender wants to keep with it; at most 100 entries and 64 KiB.
    #[serde(default, deserialize_with = "attributes::deserialize")]
    pub attributes: Option<BTreeMap<String, serde_json::Value>>,
}

/// What follows from a record that keeps the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedCall {
    /// How the line ended: a success here is an answered call, whatever its account counts the code as. None while in progress.
    pub class: Option<CallClass>,
    /// From the answer to the end of an answered call; else 0. Milliseconds.
    pub talk_time: i64,
    /// From dial start to the answer of an answered call; else 0. Milliseconds.
    pub dial_time: i64,
    /// From dial start to the end of another finished call; else 0. Milliseconds.
    pub ring_time: i64,
    /// Replies of the bot, where known.
    pub bot_messages: Option<u32>,
    /// What was accepted though it is odd.
    pub warnings: Vec<FieldError>,
}

fn without_blanks<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Code>, D::Error> {
    let sent = Option::<Cow<'_, str>>::deserialize(deserializer)?;
    sent.map(|sent| sent_code(&sent).map_err(serde::de::Error::custom)).transpose()
}

fn too_long(text: Option<&String>, limit: usize) -> bool {
    text.is_some_and(|text| is_longer(text, limit))
}

/// Whether a text has more characters, which have a byte or more each.
fn is_longer(text: &str, limit: usize) -> bool {
    text.len() > limit && text.chars().count() > limit
}

/// No call was dialled before the year 2000: an earlier time is one in seconds.
const FIRST_DIAL: Timestamp = Timestamp(946_684_800_000);

impl CallRecord {
    /// Names the rules of docs/API.md ("A call") that it breaks whatever its result means, the first
    /// [`limits::ERRORS_PER_RECORD`]: its account may have a meaning of its own for it.
    pub fn faults(&self) -> Vec<FieldError> {
        let mut errors = self.text_errors();
        errors.extend(self.number_errors());
        errors.extend(self.time_errors());
        errors.truncate(limits::ERRORS_PER_RECORD);
        errors
    }

    /// Applies all rules; names the broken ones, the first [`limits::ERRORS_PER_RECORD`].
    pub fn check(&self) -> Result<CheckedCall, Vec<FieldError>> {
        let mut errors = self.faults();
        if let Some(Err(error)) = self.result_code.as_ref().map(|code| Code::new(code.as_str())) {
            errors.push(FieldError::new("result_code", error.to_string()));
        }
        let class = self.result_code.as_ref().map(|code| CallClass::unless_changed(code.as_str()));
        if class == Some(CallClass::Success) && self.answered_at.is_none() {
            errors.push(FieldError::new("answered_at", "is missing: the result code says that the customer answered"));
        }
        if !errors.is_empty() {
            errors.truncate(limits::ERRORS_PER_RECORD);
            return Err(errors);
        }

        let mut warnings = Vec::new();
        let (dialed, ended) = (self.dialed_at.0, self.ended_at.unwrap_or(self.dialed_at).0);
        let (talk_time, dial_time, ring_time) = match (class, self.answered_at) {
            (Some(CallClass::Success), Some(answered)) => (ended - answered.0, answered.0 - dialed, 0),
            (Some(_), answered) => {
                if answered.is_some() {
                    let reason = "is ignored: the result code says that nobody answered; talk time is 0";
                    warnings.push(FieldError::new("answered_at", reason));
                }
                (0, 0, ended - dialed)
            }
            (None, _) => (0, 0, 0),
        };
        let spoken = self
            .transcript
            .as_ref()
            .map(|lines| lines.iter().filter(|line| line.speaker == Speaker::Bot).count() as u32);
        let bot_messages = self.bot_messages.or(spoken);
        Ok(CheckedCall { class, talk_time, dial_time, ring_time, bot_messages, warnings })
    }

    fn text_errors(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, reason: &str| errors.push(FieldError::new(field, reason));
        match &self.contact.phone {
            Some(text) => {
                if let Err(error) = phone::check(text) {
                    wrong("contact.phone", &error.to_string());
                }
            }
            None if self.contact.id.is_none() => wrong("contact", "needs a phone or an id"),
            None => {}
        }
        let texts =
            [("contact.name", &self.contact.name), ("cause", &self.cause), ("recording_url", &self.recording_url)];
        for (field, text) in texts {
            // PostgreSQL has no such text; found here, it costs the sender one record and not the batch.
            if text.as_ref().is_some_and(|text| text.contains('\0')) {
                wrong(field, "holds a NUL character");
            }
        }
        if too_long(self.contact.name.as_ref(), limits::NAME_CHARS) {
            wrong("contact.name", "is longer than 300 characters");
        }
        if too_long(self.cause.as_ref(), limits::CAUSE_CHARS) {
            wrong("cause", "is longer than 128 characters");
        }
        if let Some(url) = &self.recording_url {
            if !(url.starts_with("https://") || url.starts_with("http://")) {
                wrong("recording_url", "is not an http or https address");
            } else if is_longer(url, limits::URL_CHARS) {
                wrong("recording_url", "is longer than 2048 characters");
            }
        }
        if let Some(lines) = &self.transcript {
            if lines.len() > limits::TRANSCRIPT_LINES {
                wrong("transcript", "has more than 5000 lines");
            }
            for (n, line) in lines.iter().enumerate().take(limits::TRANSCRIPT_LINES) {
                if !(0..=DAY_MS).contains(&line.at) {
                    wrong(&format!("transcript[{n}].at"), "is not within 24 hours of the answer");
                }
                if is_longer(&line.text, limits::TRANSCRIPT_LINE_CHARS) {
                    wrong(&format!("transcript[{n}].text"), "is longer than 10000 characters");
                }
            }
        }
        if let Some(fault) = self.attributes.as_ref().and_then(attributes::fault) {
            wrong("attributes", fault);
        }
        errors
    }

    fn number_errors(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, reason: &str| errors.push(FieldError::new(field, reason));
        if self.attempt.is_some_and(|k| !(1..=limits::ATTEMPT).contains(&k)) {
            wrong("attempt", "must be 1 to 1000");
        }
        if self.bot_messages.is_some_and(|n| n > limits::BOT_MESSAGES) {
            wrong("bot_messages", "must be 0 to 100000");
        }
        if self.blocks.is_some_and(|n| !(0..=limits::BLOCKS).contains(&n)) {
            wrong("blocks", "must be 0 to 86400");
        }
        if self.cost.is_some_and(|cost| !(0..=Money::units(limits::COST_UNITS).0).contains(&cost.0)) {
            wrong("cost", "must be 0 to 1000000");
        }
        if self.ended_at.is_none() && (self.blocks.is_some() || self.cost.is_some()) {
            let field = if self.blocks.is_some() { "blocks" } else { "cost" };
            wrong(field, "cannot be known while the call is in progress");
        }
        errors
    }

    fn time_errors(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, reason: &str| errors.push(FieldError::new(field, reason));
        let times =
            [("dialed_at", Some(self.dialed_at)), ("answered_at", self.answered_at), ("ended_at", self.ended_at)];
        for (field, at) in times {
            if at.is_some_and(|at| !(Timestamp::MIN..=Timestamp::MAX).contains(&at)) {
                wrong(field, "lies outside the years 1970 to 2199 (is it in seconds or microseconds?)");
                return errors;
            }
        }
        if self.dialed_at < FIRST_DIAL {
            wrong("dialed_at", "lies before the year 2000: is it in seconds? Integers are milliseconds");
            return errors;
        }
        if self.answered_at.is_some_and(|at| at < self.dialed_at) {
            wrong("answered_at", "lies before dialed_at");
        }
        match (self.ended_at, &self.result_code) {
            (Some(_), None) => wrong("result_code", "is missing, though ended_at is there"),
            (None, Some(_)) => wrong("ended_at", "is missing, though result_code is there"),
            (None, None) => {}
            (Some(ended), Some(_)) => {
                if ended < self.dialed_at {
                    wrong("ended_at", "lies before dialed_at");
                } else if self.answered_at.is_some_and(|at| ended < at) {
                    wrong("ended_at", "lies before answered_at");
                } else if ended.0 - self.dialed_at.0 > DAY_MS {
                    wrong("ended_at", "lies more than 24 hours after dialed_at");
                }
            }
        }
        errors
    }
}

/// Where a call's blocks and cost came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum PricedBy {
    /// Computed by the tariff in effect when it was dialled.
    Tariff,
    /// Given by the sender (blocks, cost or both).
    Sender,
}

/// Where the fetching of a recording from its address stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingFetchStatus {
    /// It is tried when it is due.
    Waiting,
    /// A recording is stored.
    Stored,
    /// It was given up.
    Failed,
}

impl RecordingFetchStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Stored, Self::Failed];

    /// The word in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Stored => "stored",
            Self::Failed => "failed",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// What the last try to fetch a recording failed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingFetchReason {
    /// Its address is not of http or https.
    Address,
    /// Its server has no public address, and its network is not one that the operator names.
    Private,
    /// It is larger than a recording may be.
    TooLarge,
    /// It is redirected again and again.
    Redirects,
    /// The name of its server cannot be resolved.
    Name,
    /// The HTTP status of the answer.
    Status(u16),
    /// Its server cannot be reached, or stopped sending.
    Network,
    /// It did not come within the time that it may take.
    TooSlow,
    /// What came is a text, or nothing: perhaps it is not there yet.
    NotYet,
    /// What came is no recording that can be played.
    NotAudio,
    /// The credential for its server was encrypted by another key than this server has.
    Credential,
    /// The account has no room for it by its quota.
    OverQuota,
}

impl RecordingFetchReason {
    /// Those without a number, and their words in the database.
    const WORDS: [(Self, &'static str); 11] = [
        (Self::Address, "address"),
        (Self::Private, "private"),
        (Self::TooLarge, "too_large"),
        (Self::Redirects, "redirects"),
        (Self::Name, "name"),
        (Self::Network, "network"),
        (Self::TooSlow, "too_slow"),
        (Self::NotYet, "not_yet"),
        (Self::NotAudio, "not_audio"),
        (Self::Credential, "credential"),
        (Self::OverQuota, "over_quota"),
    ];

    /// The word in the database; a status is its number.
    pub fn word(self) -> String {
        match self {
            Self::Status(status) => status.to_string(),
            reason => Self::WORDS
                .iter()
                .find(|(known, _)| *known == reason)
                .map_or_else(String::new, |(_, word)| (*word).into()),
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        let known = Self::WORDS.iter().find(|(_, known)| *known == word).map(|(reason, _)| *reason);
        known.or_else(|| word.parse().ok().map(Self::Status))
    }

    /// Whether it may be there another time.
    pub fn may_pass(self) -> bool {
        !matches!(
            self,
            Self::Address | Self::Private | Self::TooLarge | Self::NotAudio | Self::Credential | Self::OverQuota
        )
    }
}

/// A stored recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Recording {
    /// The media type that fits what was sent.
    pub content_type: String,
    /// Its size.
    pub bytes: u64,
    /// Its length in milliseconds.
    pub duration: Option<i64>,
}

/// A call as it is shown to one reader: what was sent plus what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Call {
    /// See [`CallRecord::id`].
    pub id: CallId,
    /// See [`CallRecord::campaign`].
    pub campaign: CampaignId,
    /// The voicebot that spoke.
    pub voicebot: VoicebotId,
    /// Whom it was for.
    pub contact: ShownContact,
    /// Which attempt it was.
    pub attempt: u32,
    /// When dialling began.
    pub dialed_at: Timestamp,
    /// When the customer answered.
    pub answered_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How it ended; none while in progress.
    pub result_code: Option<Code>,
    /// The class that follows from the code.
    pub class: Option<CallClass>,
    /// Talk time, ms.
    pub talk_time: i64,
    /// From dial start to the answer of a success call, ms.
    pub dial_time: Option<i64>,
    /// Replies of the bot, where known.
    pub bot_messages: Option<u32>,
    /// Who hung up.
    pub hangup_by: Option<HangupBy>,
    /// The switch's cause.
    pub cause: Option<String>,
    /// Blocks charged, by the tariff in effect when it was dialled or as the sender said; 0 while it goes on.
    pub blocks: i64,
    /// What was charged, in micro-units of `currency`; `priced_by` says by whom.
    pub cost: Money,
    /// Currency of the cost.
    pub currency: Currency,
    /// Where blocks and cost came from.
    pub priced_by: PricedBy,
    /// Where the sender keeps a recording.
    pub recording_url: Option<String>,
    /// The recording stored here.
    pub recording: Option<Recording>,
    /// What was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript: Option<Vec<TranscriptLine>>,
    /// What else the sender keeps with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<BTreeMap<String, serde_json::Value>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-04T00:00:00Z.
    const AT: i64 = 1_793_750_400_000;

    fn record(json: serde_json::Value) -> CallRecord {
        let mut base =
            serde_json::json!({"id": "c-1", "campaign": "tet", "contact": {"phone": "0901234567"}, "dialed_at": 1000});
        base.as_object_mut().unwrap().extend(json.as_object().unwrap().clone());
        // Times are written from then on.
        for field in ["dialed_at", "answered_at", "ended_at"] {
            if let Some(ms) = base[field].as_i64().filter(|ms| *ms >= 0) {
                base[field] = (AT + ms).into();
            }
        }
        serde_json::from_value(base).unwrap()
    }

    fn fields(json: serde_json::Value) -> Vec<String> {
        record(json).check().map_or_else(|errors| errors.into_iter().map(|e| e.field).collect(), |_| vec![])
    }

    #[test]
    fn times_follow_from_the_record() {
        let checked =
            record(serde_json::json!({"answered_at": 9000, "ended_at": 40000, "result_code": "DY"})).check().unwrap();
        assert_eq!((checked.talk_time, checked.dial_time, checked.ring_time), (31_000, 8_000, 0));
        let checked = record(serde_json::json!({"ended_at": 40000, "result_code": "NA"})).check().unwrap();
        assert_eq!((checked.talk_time, checked.dial_time, checked.ring_time), (0, 0, 39_000));
    }

    #[test]
    fn awkward_records_are_rejected_by_field() {
        assert_eq!(
            fields(serde_json::json!({"answered_at": 9000, "ended_at": 8000, "result_code": "DY"})),
            ["ended_at"]
        );
        assert_eq!(
            fields(serde_json::json!({"answered_at": 500, "ended_at": 8000, "result_code": "DY"})),
            ["answered_at"]
        );
        assert_eq!(fields(serde_json::json!({"ended_at": 86_401_001, "result_code": "NA"})), ["ended_at"]);
        assert_eq!(fields(serde_json::json!({"ended_at": 8000, "result_code": "DY"})), ["answered_at"]);
        assert_eq!(fields(serde_json::json!({"ended_at": 8000})), ["result_code"]);
        assert_eq!(fields(serde_json::json!({"result_code": "NA"})), ["ended_at"]);
        assert_eq!(fields(serde_json::json!({"contact": {}})), ["contact"]);
        assert_eq!(fields(serde_json::json!({"dialed_at": -1})), ["dialed_at"]);
        assert_eq!(fields(serde_json::json!({"attempt": 0})), ["attempt"]);
        for phone in ["8.4901E+10", "9,1E+11", "918287463433.0", "84E+9"] {
            assert_eq!(fields(serde_json::json!({"contact": {"phone": phone}})), ["contact.phone"], "{phone}");
        }
        assert_eq!(fields(serde_json::json!({})), Vec::<String>::new());
    }

    #[test]
    fn a_busy_call_with_an_answer_time_is_accepted_with_a_warning() {
        let checked =
            record(serde_json::json!({"answered_at": 9000, "ended_at": 40000, "result_code": "BS"})).check().unwrap();
        assert_eq!((checked.class, checked.talk_time), (Some(CallClass::Failed), 0));
        assert_eq!(checked.warnings.len(), 1);
    }

    #[test]
    fn a_time_in_seconds_is_refused() {
        let mut call = record(serde_json::json!({}));
        call.dialed_at = Timestamp(1_772_416_800);
        let errors = call.check().unwrap_err();
        assert_eq!(errors.len(), 1);
        assert!(errors[0].field == "dialed_at" && errors[0].reason.contains("seconds"), "{errors:?}");
    }

    #[test]
    fn blanks_around_a_code_are_no_part_of_it() {
        let call = record(serde_json::json!({"ended_at": 40000, "result_code": " NA\u{a0}"}));
        assert_eq!(call.result_code.unwrap().as_str(), "NA");
    }

    #[test]
    fn each_limit_of_a_record_holds_at_its_value_and_not_one_over() {
        use serde_json::{Value, json};
        let text = |chars: usize| json!("ế".repeat(chars));
        let url = |chars: usize| json!(format!("https://{}", "x".repeat(chars - 8)));
        let lines = |count: usize, chars: usize| vec![json!({"at": 0, "speaker": "bot", "text": text(chars)}); count];
        let phone = |chars: usize| json!({"phone": "9".repeat(chars)});
        let name = |chars: usize| json!({"phone": "0901234567", "name": text(chars)});
        let attempts = limits::ATTEMPT;
        let cases: [(&str, &str, [Value; 2]); 9] = [
            ("contact", "contact.phone", [limits::PHONE_CHARS, limits::PHONE_CHARS + 1].map(phone)),
            ("contact", "contact.name", [limits::NAME_CHARS, limits::NAME_CHARS + 1].map(name)),
            ("cause", "cause", [limits::CAUSE_CHARS, limits::CAUSE_CHARS + 1].map(text)),
            ("recording_url", "recording_url", [limits::URL_CHARS, limits::URL_CHARS + 1].map(url)),
            ("attempt", "attempt", [attempts, attempts + 1].map(Value::from)),
            ("bot_messages", "bot_messages", [limits::BOT_MESSAGES, limits::BOT_MESSAGES + 1].map(Value::from)),
            ("blocks", "blocks", [limits::BLOCKS, limits::BLOCKS + 1].map(Value::from)),
            ("cost", "cost", [limits::COST_UNITS, limits::COST_UNITS + 1].map(|cost| cost.to_string().into())),
            (
                "transcript",
                "transcript",
                [limits::TRANSCRIPT_LINES, limits::TRANSCRIPT_LINES + 1].map(|n| lines(n, 1).into()),
            ),
        ];
        let of = |field: &str, value: &Value| fields(json!({"ended_at": 40_000, "result_code": "NA", field: value}));
        for (field, named, [at, over]) in &cases {
            assert_eq!(of(field, at), [""; 0], "{field}");
            assert_eq!(of(field, over), [*named], "{field}");
        }
        let line = |chars| Value::from(lines(1, chars));
        assert_eq!(of("transcript", &line(limits::TRANSCRIPT_LINE_CHARS)), [""; 0]);
        assert_eq!(of("transcript", &line(limits::TRANSCRIPT_LINE_CHARS + 1)), ["transcript[0].text"]);
        assert!(
            CallId::new("ế".repeat(limits::ID_CHARS)).is_ok() && CallId::new("ế".repeat(limits::ID_CHARS + 1)).is_err()
        );
    }

    #[test]
    fn messages_are_sent_counted_or_unknown() {
        let lines = serde_json::json!([{"at": 0, "speaker": "bot", "text": "a"}, {"at": 5, "speaker": "customer", "text": "b"}]);
        assert_eq!(record(serde_json::json!({"transcript": lines})).check().unwrap().bot_messages, Some(1));
        assert_eq!(
            record(serde_json::json!({"transcript": lines, "bot_messages": 7})).check().unwrap().bot_messages,
            Some(7)
        );
        assert_eq!(record(serde_json::json!({})).check().unwrap().bot_messages, None);
    }
}
