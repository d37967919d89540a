//! Calls as they were sent in, for who adds to them.

use std::collections::HashMap;

use domain::{
    CallId, CallRecord, CampaignId, Code, ContactId, ContactRef, HangupBy, Money, Timestamp, VoicebotId,
    sight::LoggedId,
};
use serde::de::DeserializeOwned;

use crate::{
    Scope, StoreError, accounts,
    db::{Conn, fetch_all},
    dialect::texts_of_json,
};

/// A call with all that was sent of it.
#[derive(sqlx_macros::FromRow)]
struct StoredRecord {
    id: String,
    campaign: String,
    voicebot: String,
    contact: String,
    contact_key: Option<String>,
    phone: Option<String>,
    name: Option<String>,
    attempt: i64,
    attempt_given: bool,
    dialed_at: i64,
    answered_at: Option<i64>,
    ended_at: Option<i64>,
    result_code: Option<String>,
    bot_messages: Option<i64>,
    hangup_by: Option<String>,
    cause: Option<String>,
    blocks: i64,
    cost: i64,
    price_given: bool,
    recording_url: Option<String>,
    transcript: Option<String>,
    attributes: Option<String>,
}

/// The stored calls of these ids, each as a record that stores the same again. It locks the account until the end of the transaction, so that what is stored then builds on what was read.
pub async fn stored_records(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[&str],
) -> Result<HashMap<CallId, CallRecord>, StoreError> {
    accounts::take_keys(conn, scope, 0).await?;
    known_records(conn, scope, ids).await
}

/// As [`stored_records`], for who only looks.
pub async fn known_records(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[&str],
) -> Result<HashMap<CallId, CallRecord>, StoreError> {
    let rows = read(conn, scope, ids).await?;
    rows.into_iter().map(|row| row.record().map(|record| (record.id.clone(), record))).collect()
}

/// A stored call, for a file that tells of some of its fields.
#[derive(Debug, Clone, PartialEq)]
pub struct WholeCall {
    /// The record that stores the same again.
    pub sent: CallRecord,
    /// The same with what follows from it, as files show it: the number of the attempt, the customer's id, the price.
    pub shown: CallRecord,
}

/// The stored calls of these ids with all that is known of them. [`detail_bytes`] tells how large that is.
pub async fn whole_calls(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[&str],
) -> Result<HashMap<CallId, WholeCall>, StoreError> {
    let calls = read(conn, scope, ids).await?.into_iter().map(|row| {
        let (attempt, customer) = (u32::try_from(row.attempt).ok(), ContactId::new(&row.contact).ok());
        let (blocks, cost) = (row.blocks, Money(row.cost));
        let sent = row.record()?;
        let contact = ContactRef { id: customer, ..sent.contact.clone() };
        let shown = CallRecord { contact, attempt, blocks: Some(blocks), cost: Some(cost), ..sent.clone() };
        Ok((sent.id.clone(), WholeCall { sent, shown }))
    });
    calls.collect()
}

/// How long transcript and attributes of the stored calls of these ids are, in characters; those without any are left out.
pub async fn detail_bytes(conn: &mut Conn, scope: &Scope, ids: &[&str]) -> Result<HashMap<String, u64>, StoreError> {
    let sql = format!(
        "SELECT calls.id, CAST(COALESCE(LENGTH(call_details.transcript), 0)
                             + COALESCE(LENGTH(call_details.attributes), 0) AS BIGINT) AS length
         FROM calls
         JOIN call_details ON call_details.account_id = $1 AND call_details.call_key = calls.call_key
         WHERE calls.account_id = $1 AND calls.id IN ({})",
        texts_of_json(conn, "$2"),
    );
    let list = serde_json::json!(ids).to_string();
    let rows = fetch_all!(conn, (String, i64), sqlx::AssertSqlSafe(sql.as_str()), scope.account(), list.as_str())?;
    Ok(rows.into_iter().map(|(id, length)| (id, u64::try_from(length).unwrap_or(0))).collect())
}

/// Has what is stored stay as it is read, until the end of the transaction.
pub async fn hold(conn: &mut Conn, scope: &Scope) -> Result<(), StoreError> {
    accounts::take_keys(conn, scope, 0).await.map(drop)
}

/// The stored calls of these ids, each as a record that stores the same again.
pub(crate) async fn whole_records(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[&str],
) -> Result<HashMap<String, CallRecord>, StoreError> {
    let rows = read(conn, scope, ids).await?;
    rows.into_iter().map(|row| Ok((row.id.clone(), row.record()?))).collect()
}

async fn read(conn: &mut Conn, scope: &Scope, ids: &[&str]) -> Result<Vec<StoredRecord>, StoreError> {
    let statement = format!(
        "SELECT calls.id, campaigns.id AS campaign, voicebots.id AS voicebot, contacts.id AS contact,
                contacts.phone_key AS contact_key, COALESCE(calls.phone, contacts.phone) AS phone, contacts.name,
                calls.attempt, calls.attempt_given, calls.dialed_at, calls.answered_at, calls.ended_at,
                calls.result_code, calls.bot_messages, calls.hangup_by, calls.cause, calls.blocks, calls.cost,
                calls.price_given, calls.recording_url, call_details.transcript, call_details.attributes
         FROM calls
         JOIN campaigns ON campaigns.account_id = $1 AND campaigns.campaign_key = calls.campaign_key
         JOIN voicebots ON voicebots.account_id = $1 AND voicebots.voicebot_key = calls.voicebot_key
         JOIN contacts ON contacts.account_id = $1 AND contacts.campaign_key = calls.campaign_key
                      AND contacts.contact_no = calls.contact_no
         LEFT JOIN call_details ON call_details.account_id = $1 AND call_details.call_key = calls.call_key
         WHERE calls.account_id = $1 AND calls.id IN ({})",
        texts_of_json(conn, "$2"),
    );
    let list = serde_json::json!(ids).to_string();
    fetch_all!(conn, StoredRecord, sqlx::AssertSqlSafe(statement.as_str()), scope.account(), list.as_str())
}

impl StoredRecord {
    fn record(self) -> Result<CallRecord, StoreError> {
        let broken = |what: &str| StoreError::Broken(format!("{what} of call {}", LoggedId(&self.id)));
        // A customer who came by a call that named a number only has that number's key for an id.
        let contact = Some(self.contact).filter(|id| self.contact_key.as_ref() != Some(id));
        Ok(CallRecord {
            id: CallId::new(&self.id).map_err(|_| broken("id"))?,
            campaign: CampaignId::new(&self.campaign).map_err(|_| broken("campaign"))?,
            voicebot: Some(VoicebotId::new(&self.voicebot).map_err(|_| broken("voicebot"))?),
            contact: ContactRef {
                id: contact.map(ContactId::new).transpose().map_err(|_| broken("customer"))?,
                phone: self.phone,
                name: self.name,
            },
            attempt: self
                .attempt_given
                .then(|| u32::try_from(self.attempt))
                .transpose()
                .map_err(|_| broken("attempt"))?,
            dialed_at: Timestamp(self.dialed_at),
            answered_at: self.answered_at.map(Timestamp),
            ended_at: self.ended_at.map(Timestamp),
            result_code: self.result_code.map(Code::new).transpose().map_err(|_| broken("result code"))?,
            bot_messages: self.bot_messages.map(u32::try_from).transpose().map_err(|_| broken("messages"))?,
            hangup_by: match self.hangup_by {
                Some(word) => Some(HangupBy::from_word(&word).ok_or_else(|| broken("hang-up"))?),
                None => None,
            },
            cause: self.cause,
            blocks: self.price_given.then_some(self.blocks),
            cost: self.price_given.then_some(Money(self.cost)),
            recording_url: self.recording_url,
            transcript: parsed(self.transcript.as_deref()).map_err(|_| broken("transcript"))?,
            attributes: parsed(self.attributes.as_deref()).map_err(|_| broken("attributes"))?,
        })
    }
}

fn parsed<T: DeserializeOwned>(json: Option<&str>) -> serde_json::Result<Option<T>> {
    json.map(serde_json::from_str).transpose()
}
