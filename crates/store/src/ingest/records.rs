//! Calls as they were sent in, for who adds to them.

use std::collections::HashMap;

use domain::{CallId, CallRecord, CampaignId, Code, ContactRef, Timestamp};

use crate::{
    Scope, StoreError, accounts,
    db::{Conn, fetch_all},
    dialect::texts_of_json,
};

#[derive(sqlx_macros::FromRow)]
struct StoredRecord {
    id: String,
    campaign: String,
    phone: Option<String>,
    name: Option<String>,
    dialed_at: i64,
    answered_at: Option<i64>,
    ended_at: Option<i64>,
    result_code: Option<String>,
    cause: Option<String>,
    recording_url: Option<String>,
    attributes: Option<String>,
}

/// The stored calls of these ids, with what a switch's record has of a call: times, customer, result, cause, recording and
/// attributes. It locks the account until the end of the transaction, so that what is stored then builds on what was read.
pub async fn stored_records(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[&str],
) -> Result<HashMap<CallId, CallRecord>, StoreError> {
    accounts::take_keys(conn, scope, 0).await?;
    let statement = format!(
        "SELECT calls.id, campaigns.id AS campaign, COALESCE(calls.phone, contacts.phone) AS phone, contacts.name,
                calls.dialed_at, calls.answered_at, calls.ended_at, calls.result_code, calls.cause, calls.recording_url,
                call_details.attributes
         FROM calls
         JOIN campaigns ON campaigns.account_id = $1 AND campaigns.campaign_key = calls.campaign_key
         JOIN contacts ON contacts.account_id = $1 AND contacts.campaign_key = calls.campaign_key
                      AND contacts.contact_no = calls.contact_no
         LEFT JOIN call_details ON call_details.account_id = $1 AND call_details.call_key = calls.call_key
         WHERE calls.account_id = $1 AND calls.id IN ({})",
        texts_of_json(conn, "$2"),
    );
    let list = serde_json::json!(ids).to_string();
    let rows = fetch_all!(conn, StoredRecord, sqlx::AssertSqlSafe(statement.as_str()), scope.account(), list.as_str())?;
    rows.into_iter()
        .map(|row| {
            let record = row.record()?;
            Ok((record.id.clone(), record))
        })
        .collect()
}

impl StoredRecord {
    fn record(self) -> Result<CallRecord, StoreError> {
        let attributes = self.attributes.as_deref().map(serde_json::from_str).transpose();
        Ok(CallRecord {
            id: CallId::new(&self.id).map_err(|error| StoreError::Broken(error.to_string()))?,
            campaign: CampaignId::new(&self.campaign).map_err(|error| StoreError::Broken(error.to_string()))?,
            voicebot: None,
            contact: ContactRef { id: None, phone: self.phone, name: self.name },
            attempt: None,
            dialed_at: Timestamp(self.dialed_at),
            answered_at: self.answered_at.map(Timestamp),
            ended_at: self.ended_at.map(Timestamp),
            result_code: self
                .result_code
                .map(|code| Code::new(&code).map_err(|error| StoreError::Broken(error.to_string())))
                .transpose()?,
            bot_messages: None,
            hangup_by: None,
            cause: self.cause,
            blocks: None,
            cost: None,
            recording_url: self.recording_url,
            transcript: None,
            attributes: attributes.map_err(|error| StoreError::Broken(error.to_string()))?,
        })
    }
}
