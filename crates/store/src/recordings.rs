//! Recordings: what is known of the audio of a call. The audio itself is in the object store.

use domain::{CallId, Timestamp, sight::LoggedId};

use crate::{
    Conn, Scope, StoreError, account_totals, accounts, chosen,
    db::{execute, fetch_all, fetch_optional},
    dialect::integers_of_json,
    objects, quotas, recording_fetches,
    rollup::{self, HourKey},
};

/// A recording as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRecording {
    /// Its name in the object store.
    pub object: String,
    /// The media type that fits what was sent.
    pub content_type: String,
    /// Bytes of the file as it is stored.
    pub bytes: u64,
    /// Its length in milliseconds, where it could be read.
    pub duration: Option<i64>,
    /// One list of loudness values from 0 to 1 per channel, for the waveform.
    pub peaks: Option<Vec<Vec<f32>>>,
    /// What browsers play in its place, where they do not play what was sent.
    pub playable: Option<PlayableObject>,
    /// When it was stored.
    pub stored_at: Timestamp,
}

/// A recording as browsers play it: WAV with PCM of 16 bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayableObject {
    /// Its name in the object store.
    pub object: String,
    /// Bytes of the file as it is stored.
    pub bytes: u64,
}

impl StoredRecording {
    /// The names of all that is stored of it.
    pub fn objects(&self) -> Vec<String> {
        let playable = self.playable.iter().map(|playable| playable.object.clone());
        std::iter::once(self.object.clone()).chain(playable).collect()
    }
}

/// Notes the recording of a call, whose objects are no longer [loose](objects). `None`: no such call. Else the objects that it
/// replaces, if any, to be deleted after the commit, and loose from then on.
///
/// # Errors
/// [`StoreError::OverQuota`] where the account has no room for it; the caller must not commit then.
pub async fn put(
    conn: &mut Conn,
    scope: &Scope,
    call: &CallId,
    recording: &StoredRecording,
) -> Result<Option<Vec<String>>, StoreError> {
    accounts::take_keys(conn, scope, 0).await?;
    let Some(call_key) = mark(conn, scope, call, true).await? else { return Ok(None) };
    let (mut before, freed) = stored_objects(conn, scope, call_key).await?;
    let playable_bytes = recording.playable.as_ref().map_or(0, |playable| playable.bytes);
    let bytes = recording.bytes.saturating_add(playable_bytes) as i64;
    quotas::take_bytes(conn, scope, bytes, freed, recording.stored_at).await?;
    let peaks = recording.peaks.as_ref().map(|peaks| serde_json::json!(peaks).to_string());
    execute!(
        conn,
        "INSERT INTO recordings (account_id, call_key, object, content_type, bytes, duration, peaks, stored_at,
                                 playable_object, playable_bytes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (account_id, call_key) DO UPDATE
         SET object = excluded.object, content_type = excluded.content_type, bytes = excluded.bytes,
             duration = excluded.duration, peaks = excluded.peaks, stored_at = excluded.stored_at,
             playable_object = excluded.playable_object, playable_bytes = excluded.playable_bytes",
        scope.account(),
        call_key,
        recording.object.as_str(),
        recording.content_type.as_str(),
        recording.bytes as i64,
        recording.duration,
        peaks,
        recording.stored_at.0,
        recording.playable.as_ref().map(|playable| playable.object.as_str()),
        recording.playable.as_ref().map(|playable| playable.bytes as i64),
    )?;
    recording_fetches::settle(conn, scope, call_key, recording.stored_at).await?;
    let kept = recording.objects();
    for object in &kept {
        objects::refer(conn, scope, object).await?;
    }
    before.retain(|object| !kept.contains(object));
    for object in &before {
        objects::loosen(conn, scope, object, recording.stored_at).await?;
    }
    accounts::changed(conn, scope).await?;
    Ok(Some(before))
}

/// As [`put`], of a recording that was fetched from an address. Nothing is noted, and `None` given, where it is no longer to be
/// fetched from there: its call was sent again meanwhile with another address or none, or somebody brought it.
pub async fn put_fetched(
    conn: &mut Conn,
    scope: &Scope,
    call: &CallId,
    url: &str,
    recording: &StoredRecording,
) -> Result<Option<Vec<String>>, StoreError> {
    // As calls that come in do: none changes the address between the look and the commit.
    accounts::take_keys(conn, scope, 0).await?;
    if recording_fetches::is_wanted(conn, scope, call, url).await? {
        put(conn, scope, call, recording).await
    } else {
        Ok(None)
    }
}

#[derive(Debug, sqlx_macros::FromRow)]
struct RecordingRow {
    campaign_key: i64,
    object: String,
    content_type: String,
    bytes: i64,
    duration: Option<i64>,
    peaks: Option<String>,
    stored_at: i64,
    playable_object: Option<String>,
    playable_bytes: Option<i64>,
}

/// The stored recording of a call, where it has one and the reader may see the call.
pub async fn lookup(conn: &mut Conn, scope: &Scope, call: &CallId) -> Result<Option<StoredRecording>, StoreError> {
    let row = fetch_optional!(
        conn,
        RecordingRow,
        "SELECT c.campaign_key, r.object, r.content_type, r.bytes, r.duration, r.peaks, r.stored_at, r.playable_object,
                r.playable_bytes
         FROM calls c
         JOIN recordings r ON r.account_id = $1 AND r.call_key = c.call_key
         WHERE c.account_id = $1 AND c.id = $2",
        scope.account(),
        call.as_str(),
    )?;
    let Some(row) = row else { return Ok(None) };
    if !chosen::sees(conn, scope, row.campaign_key).await? {
        return Ok(None);
    }
    let peaks = row.peaks.map(|json| serde_json::from_str(&json)).transpose();
    Ok(Some(StoredRecording {
        peaks: peaks.map_err(|_| StoreError::Broken(format!("peaks of call {}", LoggedId(call.as_str()))))?,
        object: row.object,
        content_type: row.content_type,
        bytes: row.bytes as u64,
        duration: row.duration,
        playable: row
            .playable_object
            .zip(row.playable_bytes)
            .map(|(object, bytes)| PlayableObject { object, bytes: bytes as u64 }),
        stored_at: Timestamp(row.stored_at),
    }))
}

/// Forgets the recording of a call; its objects are to be deleted after the commit, and [loose](objects) from then on. `None`:
/// there is none.
pub async fn delete(
    conn: &mut Conn,
    scope: &Scope,
    call: &CallId,
    now: Timestamp,
) -> Result<Option<Vec<String>>, StoreError> {
    accounts::take_keys(conn, scope, 0).await?;
    let Some(call_key) = mark(conn, scope, call, false).await? else { return Ok(None) };
    let (before, freed) = stored_objects(conn, scope, call_key).await?;
    if before.is_empty() {
        return Ok(None);
    }
    account_totals::add_recording_bytes(conn, scope.account(), -freed).await?;
    execute!(conn, "DELETE FROM recordings WHERE account_id = $1 AND call_key = $2", scope.account(), call_key)?;
    for object in &before {
        objects::loosen(conn, scope, object, now).await?;
    }
    accounts::changed(conn, scope).await?;
    Ok(Some(before))
}

/// Forgets the recordings of calls that go; their objects are [loose](objects) from then on.
pub(crate) async fn delete_of_calls(
    conn: &mut Conn,
    scope: &Scope,
    call_keys: &[i64],
    now: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let keys = serde_json::json!(call_keys).to_string();
    let of_calls = |table: &str, conn: &Conn| {
        let keys = integers_of_json(conn, "$2");
        format!("DELETE FROM {table} WHERE account_id = $1 AND call_key IN ({keys})")
    };
    let sql = of_calls("recording_fetches", conn);
    execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), keys.as_str())?;
    let sql = of_calls("recordings", conn) + " RETURNING object, playable_object, bytes + COALESCE(playable_bytes, 0)";
    let sql = sqlx::AssertSqlSafe(sql.as_str());
    let rows = fetch_all!(conn, (String, Option<String>, i64), sql, scope.account(), keys.as_str())?;
    let freed: i64 = rows.iter().map(|(.., bytes)| bytes).sum();
    account_totals::add_recording_bytes(conn, scope.account(), -freed).await?;
    let objects: Vec<String> =
        rows.into_iter().flat_map(|(object, playable, _)| std::iter::once(object).chain(playable)).collect();
    for object in &objects {
        objects::loosen(conn, scope, object, now).await?;
    }
    Ok(objects)
}

/// A call, and where its recording is counted.
#[derive(Debug, sqlx_macros::FromRow)]
struct MarkedRow {
    call_key: i64,
    #[sqlx(flatten)]
    counted: HourKey,
}

/// Says whether a call has a recording, and counts it where that is new. Gives the call's key; `None`: no such call.
async fn mark(conn: &mut Conn, scope: &Scope, call: &CallId, recorded: bool) -> Result<Option<i64>, StoreError> {
    let changed = fetch_optional!(
        conn,
        MarkedRow,
        "UPDATE calls SET recorded = $3 WHERE account_id = $1 AND id = $2 AND recorded <> $3
         RETURNING call_key, campaign_key, day, hour, voicebot_key, COALESCE(result_code, '') AS code",
        scope.account(),
        call.as_str(),
        recorded,
    )?;
    if let Some(MarkedRow { call_key, counted }) = changed {
        rollup::count_recording(conn, scope, counted, recorded).await?;
        return Ok(Some(call_key));
    }
    let sql = "SELECT call_key FROM calls WHERE account_id = $1 AND id = $2";
    Ok(fetch_optional!(conn, (i64,), sql, scope.account(), call.as_str())?.map(|row| row.0))
}

/// The names of what is stored of a call's recording, and its bytes; empty where there is none.
async fn stored_objects(conn: &mut Conn, scope: &Scope, call_key: i64) -> Result<(Vec<String>, i64), StoreError> {
    let row = fetch_optional!(
        conn,
        (String, Option<String>, i64),
        "SELECT object, playable_object, bytes + COALESCE(playable_bytes, 0)
         FROM recordings WHERE account_id = $1 AND call_key = $2",
        scope.account(),
        call_key,
    )?;
    let Some((object, playable, bytes)) = row else { return Ok((Vec::new(), 0)) };
    Ok((std::iter::once(object).chain(playable).collect(), bytes))
}
