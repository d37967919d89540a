//! A call as it is read with what else is shown of it.

use domain::{
    Call, CallId, CampaignId, Code, CodeMeanings, ContactId, Currency, HangupBy, Money, ShownContact, Sight, Timestamp,
    TranscriptLine, VoicebotId,
    call::{PricedBy, Recording},
    outcome::is_answered,
    sight::{CallPlace, ContactPlace, Mask, StoredContact},
};
use serde::de::DeserializeOwned;

use crate::{StoreError, own_dimensions::OwnTexts};

/// What is read of a call in a list, and of what it is joined with.
macro_rules! columns {
    () => {
        "
    SELECT c.call_key, c.id, c.campaign_key, c.contact_no, p.id AS campaign, v.id AS voicebot, k.id AS contact,
           c.phone AS dialled_phone, k.phone AS listed_phone, k.name, c.attempt, c.dialed_at, c.answered_at, c.ended_at,
           c.result_code, c.talk_time, c.dial_time, c.bot_messages, c.hangup_by, c.cause, c.blocks, c.cost,
           c.price_given, c.recording_url, c.own_values, r.content_type, r.bytes, r.duration,
           EXISTS (SELECT 1 FROM call_notes o WHERE o.account_id = $1 AND o.call_key = c.call_key) AS noted"
    };
}

/// Each table has the account, `$1`, by itself: a cluster finds its shard by that, and no row of another account is ever read.
macro_rules! join {
    () => {
        " c
    JOIN campaigns p ON p.account_id = $1 AND p.campaign_key = c.campaign_key
    JOIN voicebots v ON v.account_id = $1 AND v.voicebot_key = c.voicebot_key
    JOIN contacts k ON k.account_id = $1 AND k.campaign_key = c.campaign_key AND k.contact_no = c.contact_no
    LEFT JOIN recordings r ON r.account_id = $1 AND r.call_key = c.call_key"
    };
}

/// Everything up to the source of the calls (a table or a subselect), which gets the alias `c`; `$1` is the account.
pub(super) const SELECT: &str = concat!(columns!(), ", NULL AS transcript, NULL AS attributes FROM ");
/// What the calls are joined with, for a list.
pub(super) const JOIN: &str = join!();

/// As [`SELECT`], with the transcript and attributes of a call.
pub(super) const SELECT_WITH_DETAILS: &str = concat!(columns!(), ", d.transcript, d.attributes FROM ");
/// As [`JOIN`], for [`SELECT_WITH_DETAILS`].
pub(super) const JOIN_WITH_DETAILS: &str =
    concat!(join!(), " LEFT JOIN call_details d ON d.account_id = $1 AND d.call_key = c.call_key");

/// The sums of a list; `calls` and the rollups name these columns alike.
pub(super) const SUMS: &str = "
    CAST(COALESCE(SUM(talk_time), 0) AS BIGINT) AS talk_time, CAST(COALESCE(SUM(blocks), 0) AS BIGINT) AS blocks,
    CAST(COALESCE(SUM(cost), 0) AS BIGINT) AS cost";

/// A row of `calls` with what is shown beside it.
#[derive(Debug, sqlx_macros::FromRow)]
pub(super) struct ListedCall {
    pub(super) call_key: i64,
    id: String,
    campaign: String,
    voicebot: String,
    campaign_key: i64,
    pub(super) contact_no: i64,
    contact: String,
    /// The number of this call, where it is another one than that of the list.
    dialled_phone: Option<String>,
    listed_phone: Option<String>,
    name: Option<String>,
    attempt: i64,
    pub(super) dialed_at: i64,
    answered_at: Option<i64>,
    ended_at: Option<i64>,
    result_code: Option<String>,
    pub(super) talk_time: i64,
    dial_time: i64,
    bot_messages: Option<i64>,
    hangup_by: Option<String>,
    cause: Option<String>,
    blocks: i64,
    pub(super) cost: i64,
    price_given: bool,
    recording_url: Option<String>,
    own_values: Option<String>,
    content_type: Option<String>,
    bytes: Option<i64>,
    duration: Option<i64>,
    noted: bool,
    pub(super) transcript: Option<String>,
    pub(super) attributes: Option<String>,
}

/// Reads what is stored as JSON straight into what it is: a page may hold a thousand transcripts.
fn json<T: DeserializeOwned>(text: Option<String>) -> Result<Option<T>, serde_json::Error> {
    text.map(|text| serde_json::from_str(&text)).transpose()
}

impl ListedCall {
    /// The call as this reader may see it: here, once for every page and file.
    pub(super) fn read(
        self,
        currency: &Currency,
        meanings: &CodeMeanings,
        own: &OwnTexts,
        sight: Sight,
    ) -> Result<Call, StoreError> {
        let key = self.call_key;
        let broken = |what: &str| StoreError::Broken(format!("{what} of call {key}"));
        let class = self.result_code.as_deref().map(|code| meanings.class_of(code));
        let is_answered = self.result_code.as_deref().is_some_and(is_answered);
        let recording = match (self.content_type, self.bytes) {
            (Some(content_type), Some(bytes)) => {
                Some(Recording { content_type, bytes: bytes as u64, duration: self.duration })
            }
            _ => None,
        };
        let numbers = [self.dialled_phone.as_deref(), self.listed_phone.as_deref()];
        let mask = Mask::new(sight, numbers.into_iter().flatten());
        let contact = StoredContact {
            id: ContactId::new(self.contact).map_err(|_| broken("contact"))?,
            phone: self.dialled_phone.or(self.listed_phone),
            name: self.name,
            place: ContactPlace { campaign_key: self.campaign_key, contact_no: self.contact_no },
        };
        let place = CallPlace { campaign_key: self.campaign_key, dialed_at: Timestamp(self.dialed_at), call_key: key };
        let id = mask.call_id(CallId::new(self.id).map_err(|_| broken("id"))?, &contact.id, place);
        let transcript: Option<Vec<TranscriptLine>> = json(self.transcript).map_err(|_| broken("transcript"))?;
        Ok(Call {
            id,
            campaign: CampaignId::new(self.campaign).map_err(|_| broken("campaign"))?,
            voicebot: VoicebotId::new(self.voicebot).map_err(|_| broken("voicebot"))?,
            contact: ShownContact::new(contact, &mask),
            attempt: self.attempt as u32,
            dialed_at: Timestamp(self.dialed_at),
            answered_at: self.answered_at.map(Timestamp),
            ended_at: self.ended_at.map(Timestamp),
            result_code: self.result_code.map(Code::new).transpose().map_err(|_| broken("result_code"))?,
            class,
            talk_time: self.talk_time,
            dial_time: is_answered.then_some(self.dial_time),
            bot_messages: self.bot_messages.map(|n| n as u32),
            hangup_by: self.hangup_by.as_deref().and_then(HangupBy::from_word),
            cause: self.cause.map(|cause| mask.text(cause)),
            blocks: self.blocks,
            cost: Money(self.cost),
            currency: currency.clone(),
            priced_by: if self.price_given { PricedBy::Sender } else { PricedBy::Tariff },
            recording_url: self.recording_url.map(|url| mask.text(url)),
            recording,
            is_noted: self.noted,
            transcript: transcript.map(|lines| lines.into_iter().map(|line| mask.line(line)).collect()),
            attributes: mask.attributes(self.attributes.as_deref()).map_err(|_| broken("attributes"))?,
            own: own.of_call(self.own_values.as_deref(), &mask),
        })
    }
}
