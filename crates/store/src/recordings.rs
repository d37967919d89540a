//! Recordings: what is known of the audio of a call. The audio itself is in the object store.

use domain::{CallId, Timestamp};

use crate::{
    Conn, Scope, StoreError, accounts,
    db::{execute, fetch_all, fetch_optional},
    dialect::integers_of_json,
    objects,
};

/// A recording as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRecording {
    /// Its name in the object store.
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

/// Notes the recording of a call, whose object is no longer [loose](objects). `None`: no such call. `Some(object)`: the one it
/// replaces, to be deleted after the commit, and loose from then on.
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
    objects::refer(conn, scope, &recording.object).await?;
    let before = before.filter(|before| *before != recording.object);
    if let Some(before) = &before {
        objects::loosen(conn, scope, before, recording.stored_at).await?;
    }
    accounts::changed(conn, scope).await?;
    Ok(Some(before))
}

/// A row of `recordings`.
#[derive(Debug, sqlx_macros::FromRow)]
struct RecordingRow {
    object: String,
    content_type: String,
    bytes: i64,
    duration: Option<i64>,
    peaks: Option<String>,
    stored_at: i64,
}

/// The recording of a call.
pub async fn lookup(conn: &mut Conn, scope: &Scope, call: &CallId) -> Result<Option<StoredRecording>, StoreError> {
    let row = fetch_optional!(
        conn,
        RecordingRow,
        "SELECT r.object, r.content_type, r.bytes, r.duration, r.peaks, r.stored_at
         FROM calls c
         JOIN recordings r ON r.account_id = c.account_id AND r.call_key = c.call_key
         WHERE c.account_id = $1 AND c.id = $2",
        scope.account(),
        call.as_str(),
    )?;
    let Some(row) = row else { return Ok(None) };
    let peaks = row.peaks.map(|json| serde_json::from_str(&json)).transpose();
    Ok(Some(StoredRecording {
        peaks: peaks.map_err(|_| StoreError::Broken(format!("peaks of call {call}")))?,
        object: row.object,
        content_type: row.content_type,
        bytes: row.bytes as u64,
        duration: row.duration,
        stored_at: Timestamp(row.stored_at),
    }))
}

/// Forgets the recording of a call; its object is to be deleted after the commit, and [loose](objects) from then on. `None`:
/// there is none.
pub async fn delete(
    conn: &mut Conn,
    scope: &Scope,
    call: &CallId,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    accounts::take_keys(conn, scope, 0).await?;
    let Some(call_key) = mark(conn, scope, call, false).await? else { return Ok(None) };
    let before = fetch_optional!(
        conn,
        (String,),
        "DELETE FROM recordings WHERE account_id = $1 AND call_key = $2 RETURNING object",
        scope.account(),
        call_key,
    )?;
    if let Some((object,)) = &before {
        objects::loosen(conn, scope, object, now).await?;
        accounts::changed(conn, scope).await?;
    }
    Ok(before.map(|row| row.0))
}

/// Forgets the recordings of calls that go; their objects are [loose](objects) from then on.
pub(crate) async fn delete_of_calls(
    conn: &mut Conn,
    scope: &Scope,
    call_keys: &[i64],
    now: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let sql = format!(
        "DELETE FROM recordings WHERE account_id = $1 AND call_key IN ({}) RETURNING object",
        integers_of_json(conn, "$2"),
    );
    let keys = serde_json::json!(call_keys).to_string();
    let rows = fetch_all!(conn, (String,), sqlx::AssertSqlSafe(sql.as_str()), scope.account(), keys.as_str())?;
    for (object,) in &rows {
        objects::loosen(conn, scope, object, now).await?;
    }
    Ok(rows.into_iter().map(|row| row.0).collect())
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
