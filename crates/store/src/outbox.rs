//! The outbox: reports that go out by mail, and what became of each.
//!
//! A mail is written in the transaction that decides on it, together with the job that sends it ([`jobs::SendMail`]).
//! Whoever has the job begins the mail, sends it without a transaction, and says what became of it.

mod readers;
mod sending;

use domain::{CampaignId, Timestamp};

pub use self::{
    readers::is_masked,
    sending::{ReportAddressees, Sending, send},
};
use crate::{
    Conn, Scope, StoreError, accounts,
    audit::{self, Action, Actor, Event},
    campaigns, chosen,
    db::{execute, fetch_all, fetch_optional},
    jobs, objects,
};

/// The most deliveries that a history shows.
const HISTORY: i64 = 1_000;

/// Why a report goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    /// Its campaign was completed.
    Completion,
    /// A person sent it again.
    Again,
    /// A person wanted to see it first.
    Preview,
}

impl MailKind {
    /// The word in JSON and the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Completion => "completion",
            Self::Again => "again",
            Self::Preview => "preview",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Completion, Self::Again, Self::Preview].into_iter().find(|kind| kind.word() == word)
    }
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailStatus {
    /// It will be tried, for the first time or again.
    Waiting,
    /// It is being sent now.
    Sending,
    /// The mail server accepted it.
    Sent,
    /// The mail server refused it for good, or did not take it for a day.
    Failed,
    /// Its recipient wanted no more reports before it was sent.
    Stopped,
}

impl MailStatus {
    /// The word in JSON and the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        let all = [Self::Waiting, Self::Sending, Self::Sent, Self::Failed, Self::Stopped];
        all.into_iter().find(|status| status.word() == word)
    }
}

/// Writes a report to each recipient into the outbox: part of the caller's transaction. Gives how many. The account's people who see
/// masked numbers have a mailing of their own, with a workbook that they may see.
pub(crate) async fn add(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    kind: MailKind,
    recipients: &[String],
    now: Timestamp,
) -> Result<u64, StoreError> {
    let masked = readers::masked(conn, scope).await?;
    let sees_masked = |recipient: &String| masked.contains(&recipient.to_ascii_lowercase());
    let (masked, whole): (Vec<String>, Vec<String>) = recipients.iter().cloned().partition(sees_masked);
    let added = add_mailing(conn, scope, campaign_key, kind, &whole, now).await?;
    Ok(added + add_mailing(conn, scope, campaign_key, kind, &masked, now).await?)
}

async fn add_mailing(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    kind: MailKind,
    recipients: &[String],
    now: Timestamp,
) -> Result<u64, StoreError> {
    if recipients.is_empty() {
        return Ok(0);
    }
    let (mailing, _) = accounts::take_keys(conn, scope, 1).await?;
    execute!(
        conn,
        "INSERT INTO mailings (account_id, mailing_key, campaign_key, kind, queued_at) VALUES ($1, $2, $3, $4, $5)",
        scope.account(),
        mailing,
        campaign_key,
        kind.word(),
        now.0,
    )?;
    let mut added = 0;
    for (no, recipient) in recipients.iter().enumerate() {
        let no = no as i64;
        let is_new = execute!(
            conn,
            "INSERT INTO mails (account_id, mailing_key, mail_no, recipient, status, due_at, attempts)
             VALUES ($1, $2, $3, $4, 'waiting', $5, 0)
             ON CONFLICT DO NOTHING",
            scope.account(),
            mailing,
            no,
            recipient.as_str(),
            now.0,
        )? > 0;
        if is_new {
            let once = format!("{mailing}/{no}");
            jobs::enqueue(conn, scope, &jobs::SendMail { mailing, no }, Some(&once), now, now).await?;
            added += 1;
        }
    }
    Ok(added)
}

/// A mail that is being sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BegunMail {
    /// The number of its mailing in the account.
    pub mailing: i64,
    /// Its number in it.
    pub no: i64,
    /// One e-mail address.
    pub recipient: String,
    /// The campaign it is about.
    pub campaign: CampaignId,
    /// Why it goes out.
    pub kind: MailKind,
    /// This try's number, from 1.
    pub attempt: u32,
    /// When it was tried first; now, at the first try.
    pub first_tried_at: Timestamp,
    /// `<…@…>`, the same however often it is tried.
    pub message_id: String,
    /// See [`stop_waiting`].
    pub stop_secret: String,
}

/// What a try needs from outside: the store knows neither time nor chance.
#[derive(Debug, Clone, Copy)]
pub struct BeginMail<'a> {
    /// When the try begins.
    pub now: Timestamp,
    /// Makes a random text.
    pub random: fn() -> String,
    /// What stands after the `@` of a Message-ID.
    pub domain: &'a str,
}

#[derive(Debug, sqlx_macros::FromRow)]
struct UnsentMail {
    recipient: String,
    campaign: String,
    kind: String,
    status: String,
    attempts: i64,
    first_tried_at: Option<i64>,
    message_id: Option<String>,
    stop_secret: Option<String>,
}

/// Begins a try of a mail: its Message-ID and the secret of its stop link are written before anything is sent. `None` where
/// nothing is left to send: it was sent or stopped, or there is no such mail. One that was given up is begun anew.
pub async fn begin(
    conn: &mut Conn,
    scope: &Scope,
    mailing: i64,
    no: i64,
    with: &BeginMail<'_>,
) -> Result<Option<BegunMail>, StoreError> {
    let row = fetch_optional!(
        conn,
        UnsentMail,
        "SELECT m.recipient, c.id AS campaign, g.kind, m.status, m.attempts, m.first_tried_at, m.message_id, m.stop_secret
         FROM mails m
         JOIN mailings g ON g.account_id = $1 AND g.mailing_key = m.mailing_key
         JOIN campaigns c ON c.account_id = $1 AND c.campaign_key = g.campaign_key
         WHERE m.account_id = $1 AND m.mailing_key = $2 AND m.mail_no = $3 AND m.status NOT IN ('sent', 'stopped')",
        scope.account(),
        mailing,
        no,
    )?;
    let Some(row) = row else { return Ok(None) };
    let given_up = row.status == MailStatus::Failed.word();
    let attempts = if given_up { 0 } else { row.attempts };
    let first = row.first_tried_at.filter(|_| !given_up).unwrap_or(with.now.0);
    let message_id = row.message_id.unwrap_or_else(|| format!("<{}@{}>", (with.random)(), with.domain));
    let stop_secret = row.stop_secret.unwrap_or_else(with.random);
    execute!(
        conn,
        "UPDATE mails
         SET status = 'sending', due_at = NULL, attempts = $4, first_tried_at = $5, tried_at = $6, message_id = $7,
             stop_secret = $8
         WHERE account_id = $1 AND mailing_key = $2 AND mail_no = $3",
        scope.account(),
        mailing,
        no,
        attempts + 1,
        first,
        with.now.0,
        message_id.as_str(),
        stop_secret.as_str(),
    )?;
    let broken = |what: &str| StoreError::Broken(format!("{what} of mailing {mailing}"));
    Ok(Some(BegunMail {
        mailing,
        no,
        recipient: row.recipient,
        campaign: CampaignId::new(row.campaign).map_err(|_| broken("campaign"))?,
        kind: MailKind::from_word(&row.kind).ok_or_else(|| broken("kind"))?,
        attempt: (attempts + 1) as u32,
        first_tried_at: Timestamp(first),
        message_id,
        stop_secret,
    }))
}

/// What became of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailOutcome {
    /// The mail server accepted it and said this.
    Sent(String),
    /// It is tried again then; this is why.
    Later(Timestamp, String),
    /// It is not tried again; this is why.
    Failed(String),
}

/// Says what became of a try. What was accepted stays so, whatever another try says.
pub async fn mark(
    conn: &mut Conn,
    scope: &Scope,
    mailing: i64,
    no: i64,
    outcome: &MailOutcome,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (status, due, sent, answer) = match outcome {
        MailOutcome::Sent(answer) => (MailStatus::Sent, None, Some(now.0), answer),
        MailOutcome::Later(at, answer) => (MailStatus::Waiting, Some(at.0), None, answer),
        MailOutcome::Failed(answer) => (MailStatus::Failed, None, None, answer),
    };
    let marked = execute!(
        conn,
        "UPDATE mails SET status = $4, due_at = $5, sent_at = $6, answer = $7
         WHERE account_id = $1 AND mailing_key = $2 AND mail_no = $3 AND status <> 'sent'",
        scope.account(),
        mailing,
        no,
        status.word(),
        due,
        sent,
        answer.as_str(),
    )?;
    if marked > 0 && status == MailStatus::Sent {
        tell(conn, scope, mailing, no, now).await?;
    }
    accounts::changed(conn, scope).await
}

/// Tells in the log of the account that a mail was sent, and to whom.
async fn tell(conn: &mut Conn, scope: &Scope, mailing: i64, no: i64, now: Timestamp) -> Result<(), StoreError> {
    let row = fetch_optional!(
        conn,
        (String, String),
        "SELECT m.recipient, c.id
         FROM mails m
         JOIN mailings g ON g.account_id = $1 AND g.mailing_key = m.mailing_key
         JOIN campaigns c ON c.account_id = $1 AND c.campaign_key = g.campaign_key
         WHERE m.account_id = $1 AND m.mailing_key = $2 AND m.mail_no = $3",
        scope.account(),
        mailing,
        no,
    )?;
    let Some((recipient, campaign)) = row else { return Ok(()) };
    let event = Event::of(Action::MailSent, campaign).with(serde_json::json!({"to": recipient}));
    audit::record(conn, scope, &Actor::system(), &event, now).await
}

/// What all mails of a mailing hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// When it was composed.
    pub composed_at: Timestamp,
    /// JSON: the texts of the mail.
    pub letter: String,
    /// JSON: the figures that they were made of.
    pub figures: String,
    /// The workbook in the object store, and its size in bytes.
    pub workbook: Option<(String, u64)>,
    /// Opens the workbook without signing in.
    pub link_secret: String,
}

#[derive(Debug, sqlx_macros::FromRow)]
struct StoredContents {
    composed_at: Option<i64>,
    letter: Option<String>,
    figures: Option<String>,
    workbook: Option<String>,
    workbook_bytes: Option<i64>,
    link_secret: Option<String>,
}

impl StoredContents {
    fn read(self) -> Option<Contents> {
        Some(Contents {
            composed_at: Timestamp(self.composed_at?),
            letter: self.letter?,
            figures: self.figures?,
            workbook: self.workbook.zip(self.workbook_bytes.map(|bytes| bytes as u64)),
            link_secret: self.link_secret?,
        })
    }
}

/// The contents of a mailing; `None` before they were composed, and where there is no such mailing.
pub async fn contents(conn: &mut Conn, scope: &Scope, mailing: i64) -> Result<Option<Contents>, StoreError> {
    let row = fetch_optional!(
        conn,
        StoredContents,
        "SELECT composed_at, letter, figures, workbook, workbook_bytes, link_secret FROM mailings
         WHERE account_id = $1 AND mailing_key = $2",
        scope.account(),
        mailing,
    )?;
    Ok(row.and_then(StoredContents::read))
}

/// Keeps the contents of a mailing, unless another sender was first. `false`: it was.
pub async fn put_contents(
    conn: &mut Conn,
    scope: &Scope,
    mailing: i64,
    contents: &Contents,
) -> Result<bool, StoreError> {
    let kept = execute!(
        conn,
        "UPDATE mailings
         SET composed_at = $3, letter = $4, figures = $5, workbook = $6, workbook_bytes = $7, link_secret = $8
         WHERE account_id = $1 AND mailing_key = $2 AND composed_at IS NULL",
        scope.account(),
        mailing,
        contents.composed_at.0,
        contents.letter.as_str(),
        contents.figures.as_str(),
        contents.workbook.as_ref().map(|(name, _)| name.as_str()),
        contents.workbook.as_ref().map(|(_, bytes)| *bytes as i64),
        contents.link_secret.as_str(),
    )?;
    if kept > 0
        && let Some((workbook, _)) = &contents.workbook
    {
        objects::refer(conn, scope, workbook).await?;
    }
    Ok(kept > 0)
}

/// A workbook that is kept for a mailing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptWorkbook {
    /// The number of the mailing in its account.
    pub mailing: i64,
    /// Its name in the object store.
    pub object: String,
}

/// Workbooks of the account that were composed before this instant, at most 100.
pub async fn workbooks_before(
    conn: &mut Conn,
    scope: &Scope,
    before: Timestamp,
) -> Result<Vec<KeptWorkbook>, StoreError> {
    let rows = fetch_all!(
        conn,
        (i64, String),
        "SELECT mailing_key, workbook FROM mailings
         WHERE account_id = $1 AND workbook IS NOT NULL AND composed_at < $2
         ORDER BY mailing_key
         LIMIT 100",
        scope.account(),
        before.0,
    )?;
    Ok(rows.into_iter().map(|(mailing, object)| KeptWorkbook { mailing, object }).collect())
}

/// Forgets the workbook of a mailing; its letter and figures stay.
pub async fn forget_workbook(conn: &mut Conn, scope: &Scope, mailing: i64) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE mailings SET workbook = NULL, workbook_bytes = NULL WHERE account_id = $1 AND mailing_key = $2",
        scope.account(),
        mailing,
    )?;
    Ok(())
}

/// A mail in the history of a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailDelivery {
    /// The number of its mailing in the account.
    pub mailing: i64,
    /// Its number in it.
    pub no: i64,
    /// One e-mail address.
    pub recipient: String,
    /// What made it: the completion, a preview, or somebody who sent it again.
    pub kind: MailKind,
    /// What became of it.
    pub status: MailStatus,
    /// When it was put into the outbox.
    pub queued_at: Timestamp,
    /// When it is tried next.
    pub next_at: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was tried last.
    pub tried_at: Option<Timestamp>,
    /// When the mail server accepted it.
    pub sent_at: Option<Timestamp>,
    /// The mail server's last words.
    pub answer: Option<String>,
    /// With its brackets; none before the first try.
    pub message_id: Option<String>,
    /// Whether its contents are there to be read.
    pub composed: bool,
}

#[derive(Debug, sqlx_macros::FromRow)]
struct StoredMail {
    mailing_key: i64,
    mail_no: i64,
    recipient: String,
    kind: String,
    status: String,
    queued_at: i64,
    due_at: Option<i64>,
    attempts: i64,
    tried_at: Option<i64>,
    sent_at: Option<i64>,
    answer: Option<String>,
    message_id: Option<String>,
    composed_at: Option<i64>,
}

impl StoredMail {
    fn read(self) -> Result<MailDelivery, StoreError> {
        let broken = |what: &str| StoreError::Broken(format!("{what} of mailing {}", self.mailing_key));
        let status = MailStatus::from_word(&self.status).ok_or_else(|| broken("status"))?;
        Ok(MailDelivery {
            kind: MailKind::from_word(&self.kind).ok_or_else(|| broken("kind"))?,
            mailing: self.mailing_key,
            no: self.mail_no,
            recipient: self.recipient,
            status,
            queued_at: Timestamp(self.queued_at),
            next_at: self.due_at.filter(|_| status == MailStatus::Waiting).map(Timestamp),
            attempts: self.attempts as u32,
            tried_at: self.tried_at.map(Timestamp),
            sent_at: self.sent_at.map(Timestamp),
            answer: self.answer,
            message_id: self.message_id,
            composed: self.composed_at.is_some(),
        })
    }
}

/// What became of a campaign's mails, the newest mailing first; at most 1,000. `None`: no such campaign.
pub async fn deliveries(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignId,
) -> Result<Option<Vec<MailDelivery>>, StoreError> {
    // Who else reads of a campaign is for those who see the account.
    chosen::whole_account(scope)?;
    let Some((key, _)) = campaigns::key_and_emails(conn, scope, campaign).await? else { return Ok(None) };
    let rows = fetch_all!(
        conn,
        StoredMail,
        "SELECT m.mailing_key, m.mail_no, m.recipient, g.kind, m.status, g.queued_at, m.due_at, m.attempts, m.tried_at,
                m.sent_at, m.answer, m.message_id, g.composed_at
         FROM mailings g
         JOIN mails m ON m.account_id = $1 AND m.mailing_key = g.mailing_key
         WHERE g.account_id = $1 AND g.campaign_key = $2
         ORDER BY g.mailing_key DESC, m.mail_no
         LIMIT $3",
        scope.account(),
        key,
        HISTORY,
    )?;
    rows.into_iter().map(StoredMail::read).collect::<Result<_, _>>().map(Some)
}

/// The recipient of a mail of this campaign; `None` where there is no such mail.
pub async fn recipient(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignId,
    mailing: i64,
    no: i64,
) -> Result<Option<String>, StoreError> {
    chosen::whole_account(scope)?;
    let row = fetch_optional!(
        conn,
        (String,),
        "SELECT m.recipient
         FROM mails m
         JOIN mailings g ON g.account_id = $1 AND g.mailing_key = m.mailing_key
         JOIN campaigns c ON c.account_id = $1 AND c.campaign_key = g.campaign_key
         WHERE m.account_id = $1 AND m.mailing_key = $2 AND m.mail_no = $3 AND c.id = $4",
        scope.account(),
        mailing,
        no,
        campaign.as_str(),
    )?;
    Ok(row.map(|row| row.0))
}

/// The recipient behind a link to stop; `None` where the link is none.
pub async fn recipient_of_stop(
    conn: &mut Conn,
    scope: &Scope,
    mailing: i64,
    no: i64,
    secret: &str,
) -> Result<Option<String>, StoreError> {
    let row = fetch_optional!(
        conn,
        (String,),
        "SELECT recipient FROM mails
         WHERE account_id = $1 AND mailing_key = $2 AND mail_no = $3 AND stop_secret = $4",
        scope.account(),
        mailing,
        no,
        secret,
    )?;
    Ok(row.map(|row| row.0))
}

/// What waits for an address is not sent.
pub(crate) async fn stop_waiting(conn: &mut Conn, scope: &Scope, address: &str) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE mails SET status = 'stopped', due_at = NULL
         WHERE account_id = $1 AND LOWER(recipient) = LOWER($2) AND status = 'waiting'",
        scope.account(),
        address,
    )?;
    Ok(())
}
