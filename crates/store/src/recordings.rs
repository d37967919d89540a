//! Recordings: what is known of the audio of a call. The audio itself is in the object store.

use std::collections::HashMap;

use domain::{CallId, Timestamp};

use crate::{
    Conn, Scope, StoreError, accounts,
    bulk::{self, Column},
    db::{execute, fetch_all, fetch_optional},
    dialect::texts_of_json,
};

/// A recording as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRecording {
    /// Its name in the object store; empty while the recording is only announced (see [`announce`]).
    pub object: String,
    /// The media type it was sent with.
    pub content_type: String,
    /// Its size.
    pub bytes: u64,
    /// Its length in milliseconds, where it could be read.
    pub duration: Option<i64>,
    /// One list of loudness values from 0 to 1 per channel, for the waveform.
    pub peaks: Option<Vec<Vec<f32>>>,
    /// When it was stored.
    pub stored_at: Timestamp,
}

/// A recording of which there are no bytes yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// Its call.
    pub call: CallId,
    /// The size that it will have.
    pub bytes: u64,
    /// The length that it will have, ms.
    pub duration: i64,
}

/// Notes recordings that are made, and [`put`], when somebody first asks for them. Calls that are not there, or have a
/// recording, are left out.
pub async fn announce(
    conn: &mut Conn,
    scope: &Scope,
    content_type: &str,
    announced: &[Announced],
    now: Timestamp,
) -> Result<(), StoreError> {
    if announced.is_empty() {
        return Ok(());
    }
    accounts::take_keys(conn, scope, 0).await?;
    let of_calls: HashMap<&str, &Announced> = announced.iter().map(|one| (one.call.as_str(), one)).collect();
    let sql = format!(
        "UPDATE calls SET recorded = TRUE WHERE account_id = $1 AND id IN ({}) AND NOT recorded RETURNING call_key, id",
        texts_of_json(conn, "$2"),
    );
    let ids = serde_json::json!(of_calls.keys().collect::<Vec<_>>()).to_string();
    let marked = fetch_all!(conn, (i64, String), sqlx::AssertSqlSafe(sql.as_str()), scope.account(), ids.as_str())?;
    let found: Vec<(i64, &Announced)> =
        marked.iter().filter_map(|(key, id)| Some((*key, *of_calls.get(id.as_str())?))).collect();
    if found.is_empty() {
        return Ok(());
    }
    let columns = vec![
        ("account_id", Column::Int(vec![scope.account(); found.len()])),
        ("call_key", Column::Int(found.iter().map(|(key, _)| *key).collect())),
        ("object", Column::Text(vec![String::new(); found.len()])),
        ("content_type", Column::Text(vec![content_type.to_owned(); found.len()])),
        ("bytes", Column::Int(found.iter().map(|(_, one)| one.bytes as i64).collect())),
        ("duration", Column::Int(found.iter().map(|(_, one)| one.duration).collect())),
        ("stored_at", Column::Int(vec![now.0; found.len()])),
    ];
    bulk::insert_rows(conn, "recordings", columns, "").await?;
    accounts::changed(conn, scope).await
}

/// Notes the recording of a call. `None`: no such call. `Some(object)`: the one it replaces, to be deleted after the
/// commit.
pub async fn put(
    conn: &mut Conn,
    scope: &Scope,
    call: &CallId,
    recording: &StoredRecording,
) -> Result<Option<Option<String>>, StoreError> {
    accounts::take_keys(conn, scope, 0).await?;
    let Some(call_key) = mark(conn, scope, call, true).await? else { return Ok(None) };
    let before = object(conn, scope, call_key).await?;
    let peaks = recording.peaks.as_ref().map(|peaks| serde_json::json!(peaks).to_string());
    execute!(
        conn,
        "INSERT INTO recordings (account_id, call_key, object, content_type, bytes, duration, peaks, stored_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (account_id, call_key) DO UPDATE
         SET object = excluded.object, content_type = excluded.content_type, bytes = excluded.bytes,
             duration = excluded.duration, peaks = excluded.peaks, stored_at = excluded.stored_at",
        scope.account(),
        call_key,
        recording.object.as_str(),
        recording.content_type.as_str(),
        recording.bytes as i64,
        recording.duration,
        peaks,
        recording.stored_at.0,
    )?;
    accounts::changed(conn, scope).await?;
    Ok(Some(before.filter(|before| !before.is_empty() && *before != recording.object)))
}

/// The recording of a call.
pub async fn lookup(conn: &mut Conn, scope: &Scope, call: &CallId) -> Result<Option<StoredRecording>, StoreError> {
    let row = fetch_optional!(
        conn,
        (String, String, i64, Option<i64>, Option<String>, i64),
        "SELECT r.object, r.content_type, r.bytes, r.duration, r.peaks, r.stored_at
         FROM calls c
         JOIN recordings r ON r.account_id = c.account_id AND r.call_key = c.call_key
         WHERE c.account_id = $1 AND c.id = $2",
        scope.account(),
        call.as_str(),
    )?;
    let Some((object, content_type, bytes, duration, peaks, stored_at)) = row else { return Ok(None) };
    let peaks = peaks.map(|json| serde_json::from_str(&json)).transpose();
    Ok(Some(StoredRecording {
        peaks: peaks.map_err(|_| StoreError::Broken(format!("peaks of call {call}")))?,
        object,
        content_type,
        bytes: bytes as u64,
        duration,
        stored_at: Timestamp(stored_at),
    }))
}

/// Forgets the recording of a call; its object, unless its name is empty, is to be deleted after the commit. `None`: there
/// is none.
pub async fn delete(conn: &mut Conn, scope: &Scope, call: &CallId) -> Result<Option<String>, StoreError> {
    accounts::take_keys(conn, scope, 0).await?;
    let Some(call_key) = mark(conn, scope, call, false).await? else { return Ok(None) };
    let before = fetch_optional!(
        conn,
        (String,),
        "DELETE FROM recordings WHERE account_id = $1 AND call_key = $2 RETURNING object",
        scope.account(),
        call_key,
    )?;
    if before.is_some() {
        accounts::changed(conn, scope).await?;
    }
    Ok(before.map(|row| row.0))
}

async fn mark(conn: &mut Conn, scope: &Scope, call: &CallId, recorded: bool) -> Result<Option<i64>, StoreError> {
    let row = fetch_optional!(
        conn,
        (i64,),
        "UPDATE calls SET recorded = $3 WHERE account_id = $1 AND id = $2 RETURNING call_key",
        scope.account(),
        call.as_str(),
        recorded,
    )?;
    Ok(row.map(|row| row.0))
}

async fn object(conn: &mut Conn, scope: &Scope, call_key: i64) -> Result<Option<String>, StoreError> {
    let row = fetch_optional!(
        conn,
        (String,),
        "SELECT object FROM recordings WHERE account_id = $1 AND call_key = $2",
        scope.account(),
        call_key,
    )?;
    Ok(row.map(|row| row.0))
}
