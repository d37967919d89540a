//! What people note on a call: shown with it, to each reader as they may see the customer, and gone when the customer is forgotten.

use domain::{
    CallId, Timestamp,
    limits::{CALL_NOTE_CHARS, CALL_NOTES},
    sight::{Mask, ShownText},
    text,
};

use crate::{
    Conn, Scope, StoreError, accounts, chosen,
    db::{execute, fetch_all, fetch_one, fetch_optional},
    dialect::integers_of_json,
    put::invalid,
};

/// What somebody noted on a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteOnCall {
    /// Its number in the account.
    pub key: i64,
    /// What is noted, without the customer's number where that may not be seen.
    pub text: ShownText,
    /// Who wrote it.
    pub written_by: String,
    /// When.
    pub written_at: Timestamp,
    /// Whether the reader wrote it.
    pub is_own: bool,
}

/// A call that notes are of.
struct NotedCall {
    call_key: i64,
    mask: Mask,
}

/// The call of this id, where its campaign is seen.
async fn noted_call(conn: &mut Conn, scope: &Scope, call: &CallId) -> Result<Option<NotedCall>, StoreError> {
    let row = fetch_optional!(
        conn,
        (i64, i64, Option<String>, Option<String>),
        "SELECT c.call_key, c.campaign_key, c.phone AS dialled_phone, k.phone AS listed_phone FROM calls c
         JOIN contacts k ON k.account_id = $1 AND k.campaign_key = c.campaign_key AND k.contact_no = c.contact_no
         WHERE c.account_id = $1 AND c.id = $2",
        scope.account(),
        call.as_str(),
    )?;
    let Some((call_key, campaign_key, dialled, listed)) = row else { return Ok(None) };
    if !chosen::sees(conn, scope, campaign_key).await? {
        return Ok(None);
    }
    let mask = Mask::new(scope.sight(), [dialled.as_deref(), listed.as_deref()].into_iter().flatten());
    Ok(Some(NotedCall { call_key, mask }))
}

/// Those of a call, the first first. None: no such call.
pub async fn list(conn: &mut Conn, scope: &Scope, call: &CallId) -> Result<Option<Vec<NoteOnCall>>, StoreError> {
    let Some(NotedCall { call_key, mask }) = noted_call(conn, scope, call).await? else { return Ok(None) };
    let rows = fetch_all!(
        conn,
        (i64, Option<i64>, String, String, i64),
        "SELECT note_key, user_key, text, written_by, written_at FROM call_notes
         WHERE account_id = $1 AND call_key = $2
         ORDER BY note_key",
        scope.account(),
        call_key,
    )?;
    let notes = rows.into_iter().map(|(key, user, text, written_by, written_at)| NoteOnCall {
        key,
        text: mask.text(text),
        written_by,
        written_at: Timestamp(written_at),
        is_own: user.is_some() && user == scope.user(),
    });
    Ok(Some(notes.collect()))
}

/// A text as it is kept.
///
/// # Errors
/// [`StoreError::Invalid`] where it is none, or longer than it may be.
pub fn text_of(sent: &str) -> Result<String, StoreError> {
    let kept = text::one_line(sent);
    if kept.is_empty() {
        return Err(invalid("text", "must not be empty"));
    }
    if kept.chars().count() > CALL_NOTE_CHARS {
        return Err(invalid("text", &format!("is longer than {CALL_NOTE_CHARS} characters")));
    }
    Ok(kept)
}

/// Notes something on a call; gives the number. None: no such call.
///
/// # Errors
/// [`StoreError::Invalid`] where the text is none, or the call has as many as it may have (`notes`).
pub async fn add(
    conn: &mut Conn,
    scope: &Scope,
    call: &CallId,
    text: &str,
    by: &str,
    now: Timestamp,
) -> Result<Option<i64>, StoreError> {
    let text = text_of(text)?;
    let Some(NotedCall { call_key, .. }) = noted_call(conn, scope, call).await? else { return Ok(None) };
    let (key, _) = accounts::take_keys(conn, scope, 1).await?;
    let (kept,) = fetch_one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM call_notes WHERE account_id = $1 AND call_key = $2",
        scope.account(),
        call_key,
    )?;
    if kept >= CALL_NOTES as i64 {
        return Err(invalid("notes", &format!("are {CALL_NOTES} already")));
    }
    execute!(
        conn,
        "INSERT INTO call_notes (account_id, call_key, note_key, user_key, text, written_by, written_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        scope.account(),
        call_key,
        key,
        scope.user(),
        text.as_str(),
        by,
        now.0,
    )?;
    accounts::changed(conn, scope).await?;
    Ok(Some(key))
}

/// Takes a note of a call away. `false`: there is none.
pub async fn delete(conn: &mut Conn, scope: &Scope, call: &CallId, key: i64) -> Result<bool, StoreError> {
    let Some(NotedCall { call_key, .. }) = noted_call(conn, scope, call).await? else { return Ok(false) };
    let deleted = execute!(
        conn,
        "DELETE FROM call_notes WHERE account_id = $1 AND call_key = $2 AND note_key = $3",
        scope.account(),
        call_key,
        key,
    )?;
    accounts::changed(conn, scope).await?;
    Ok(deleted > 0)
}

/// Takes all notes of these calls away.
pub(crate) async fn forget(conn: &mut Conn, scope: &Scope, calls: &[i64]) -> Result<(), StoreError> {
    let keys = serde_json::json!(calls).to_string();
    let numbers = integers_of_json(conn, "$2");
    let sql = format!("DELETE FROM call_notes WHERE account_id = $1 AND call_key IN ({numbers})");
    execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), keys.as_str())?;
    Ok(())
}
