//! What people note on a day, for a campaign or for the whole account: whatever shows the day over time is marked with it.

use domain::{
    CampaignId, DateRange, Day, Timestamp,
    limits::{DAY_NOTE_CHARS, DAY_NOTES},
    sight::ShownText,
    text,
};

use crate::{
    Conn, Scope, StoreError, accounts, campaigns, chosen,
    db::{execute, fetch_all, fetch_one, fetch_optional},
    put::invalid,
};

/// What somebody noted on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayNote {
    /// Its number in the account.
    pub key: i64,
    /// The campaign that it is of; none: it is of the whole account.
    pub campaign: Option<CampaignId>,
    /// A local day of the account.
    pub day: Day,
    /// What is noted.
    pub text: ShownText,
    /// Who wrote it as it stands.
    pub written_by: String,
    /// When it was written so.
    pub written_at: Timestamp,
}

#[derive(Debug, sqlx_macros::FromRow)]
struct NoteRow {
    note_key: i64,
    campaign_key: Option<i64>,
    campaign: Option<String>,
    day: i64,
    text: String,
    written_by: String,
    written_at: i64,
}

impl NoteRow {
    fn read(self, scope: &Scope) -> Result<DayNote, StoreError> {
        let broken = || StoreError::Broken(format!("note {}", self.note_key));
        let campaign = self.campaign.map(CampaignId::new).transpose().map_err(|_| broken())?;
        Ok(DayNote {
            key: self.note_key,
            campaign,
            day: Day(i32::try_from(self.day).map_err(|_| broken())?),
            text: ShownText::new(self.text, scope.sight()),
            written_by: self.written_by,
            written_at: Timestamp(self.written_at),
        })
    }
}

/// Those of a campaign and of the whole account, or the latter alone, by day; of some days, or of all. None: no such campaign.
pub async fn list(
    conn: &mut Conn,
    scope: &Scope,
    campaign: Option<&CampaignId>,
    days: Option<DateRange>,
) -> Result<Option<Vec<DayNote>>, StoreError> {
    let key = match campaign {
        None => None,
        Some(id) => match campaigns::key(conn, scope, id).await? {
            None => return Ok(None),
            found => found,
        },
    };
    let (from, to) = days.map_or((i64::MIN, i64::MAX), |days| (i64::from(days.from.0), i64::from(days.to.0)));
    let rows = fetch_all!(
        conn,
        NoteRow,
        "SELECT n.note_key, n.campaign_key, c.id AS campaign, n.day, n.text, n.written_by, n.written_at
         FROM day_notes n
         LEFT JOIN campaigns c ON c.account_id = $1 AND c.campaign_key = n.campaign_key
         WHERE n.account_id = $1 AND (n.campaign_key IS NULL OR n.campaign_key = $2) AND n.day >= $3 AND n.day <= $4
         ORDER BY n.day, n.note_key",
        scope.account(),
        key,
        from,
        to,
    )?;
    rows.into_iter().map(|row| row.read(scope)).collect::<Result<_, _>>().map(Some)
}

/// All of the account, by day.
pub async fn all(conn: &mut Conn, scope: &Scope) -> Result<Vec<DayNote>, StoreError> {
    chosen::whole_account(scope)?;
    let rows = fetch_all!(
        conn,
        NoteRow,
        "SELECT n.note_key, n.campaign_key, c.id AS campaign, n.day, n.text, n.written_by, n.written_at
         FROM day_notes n
         LEFT JOIN campaigns c ON c.account_id = $1 AND c.campaign_key = n.campaign_key
         WHERE n.account_id = $1
         ORDER BY n.day, n.note_key",
        scope.account(),
    )?;
    rows.into_iter().map(|row| row.read(scope)).collect()
}

/// One by its number; none where it is of a campaign that is not seen.
pub async fn lookup(conn: &mut Conn, scope: &Scope, key: i64) -> Result<Option<DayNote>, StoreError> {
    let row = fetch_optional!(
        conn,
        NoteRow,
        "SELECT n.note_key, n.campaign_key, c.id AS campaign, n.day, n.text, n.written_by, n.written_at
         FROM day_notes n
         LEFT JOIN campaigns c ON c.account_id = $1 AND c.campaign_key = n.campaign_key
         WHERE n.account_id = $1 AND n.note_key = $2",
        scope.account(),
        key,
    )?;
    let Some(row) = row else { return Ok(None) };
    if let Some(campaign) = row.campaign_key
        && !chosen::sees(conn, scope, campaign).await?
    {
        return Ok(None);
    }
    row.read(scope).map(Some)
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
    if kept.chars().count() > DAY_NOTE_CHARS {
        return Err(invalid("text", &format!("is longer than {DAY_NOTE_CHARS} characters")));
    }
    Ok(kept)
}

/// Notes something on a day, of a campaign or of the whole account; gives the number. None: no such campaign.
///
/// # Errors
/// [`StoreError::Invalid`] where the text is none, or there are as many as there may be (`notes`).
pub async fn add(
    conn: &mut Conn,
    scope: &Scope,
    campaign: Option<&CampaignId>,
    (day, text): (Day, &str),
    by: &str,
    now: Timestamp,
) -> Result<Option<i64>, StoreError> {
    let text = text_of(text)?;
    let campaign = match campaign {
        None => None,
        Some(id) => match campaigns::key(conn, scope, id).await? {
            None => return Ok(None),
            found => found,
        },
    };
    let (key, _) = accounts::take_keys(conn, scope, 1).await?;
    let (kept,) = fetch_one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM day_notes WHERE account_id = $1 AND COALESCE(campaign_key, 0) = $2",
        scope.account(),
        campaign.unwrap_or_default(),
    )?;
    if kept >= DAY_NOTES as i64 {
        return Err(invalid("notes", &format!("are {DAY_NOTES} already")));
    }
    execute!(
        conn,
        "INSERT INTO day_notes (account_id, note_key, campaign_key, day, text, written_by, written_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        scope.account(),
        key,
        campaign,
        i64::from(day.0),
        text.as_str(),
        by,
        now.0,
    )?;
    accounts::changed(conn, scope).await?;
    Ok(Some(key))
}

/// Has a note say something else; whoever does has written it.
///
/// # Errors
/// [`StoreError::Invalid`] where the text is none.
pub async fn change(
    conn: &mut Conn,
    scope: &Scope,
    key: i64,
    text: &str,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let text = text_of(text)?;
    execute!(
        conn,
        "UPDATE day_notes SET text = $3, written_by = $4, written_at = $5 WHERE account_id = $1 AND note_key = $2",
        scope.account(),
        key,
        text.as_str(),
        by,
        now.0,
    )?;
    accounts::changed(conn, scope).await
}

/// Takes a note away.
pub async fn delete(conn: &mut Conn, scope: &Scope, key: i64) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM day_notes WHERE account_id = $1 AND note_key = $2", scope.account(), key)?;
    accounts::changed(conn, scope).await
}
