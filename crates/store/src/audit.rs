//! Who did what in an account: rows are added, in the transaction of what they tell of, and never changed.
//!
//! Each row carries the SHA-256 of the hash before it and of its own fields, so that a row that was changed, taken out or put
//! in shows ([`check`]). What cannot show: that the last rows and the note of the last one were both put back.

mod appending;
pub mod of_operators;
pub mod of_service;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use domain::{Timestamp, phone};
use serde_json::Value;
use sha2::{Digest, Sha256};

use self::appending::{Log, append};
use crate::{
    Conn, Scope, StoreError,
    db::{execute, fetch_all, fetch_optional},
    sql::Sql,
};

/// How long one reads by a token before it is told of again, ms.
pub const AGAIN_MS: i64 = 60 * 60 * 1_000;
/// After a pause as long as this, who listens to a recording or takes parts of it does so again, ms.
pub const LISTENING_MS: i64 = 30 * 60 * 1_000;
/// The hash before the first row's.
const FIRST_HASH: [u8; 32] = [0; 32];
/// The longest text of a field that others make, in characters.
const MAX_CHARS: usize = 500;

/// Who may do something that the log tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorKind {
    /// A signed-in person.
    User,
    /// An API token.
    Token,
    /// The operator's command or page.
    Operator,
    /// The service by itself.
    System,
}

impl ActorKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::User, Self::Token, Self::Operator, Self::System];

    /// The word in the database and in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Token => "token",
            Self::Operator => "operator",
            Self::System => "system",
        }
    }

    /// The one whose [`Self::word`] this is; none for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Who did it, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// A person, a token, an operator or the service itself.
    pub kind: ActorKind,
    /// The address of a user or of an operator on a page, the name of a token; else empty.
    pub name: String,
    /// The network address that asked.
    pub address: Option<IpAddr>,
}

impl Actor {
    /// A person.
    pub fn user(email: &str, address: IpAddr) -> Self {
        Self { kind: ActorKind::User, name: email.to_owned(), address: Some(address) }
    }

    /// The operator's command.
    pub fn operator() -> Self {
        Self { kind: ActorKind::Operator, name: String::new(), address: None }
    }

    /// A person on the operator's pages.
    pub fn operating(email: &str, address: IpAddr) -> Self {
        Self { kind: ActorKind::Operator, name: email.to_owned(), address: Some(address) }
    }

    /// The service by itself.
    pub fn system() -> Self {
        Self { kind: ActorKind::System, name: String::new(), address: None }
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }

        impl Action {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word in the database, addresses and files.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

actions! {
    /// Somebody signed in. Subject: none.
    SignIn = "sign_in";
    /// Somebody gave a wrong password. Subject: none.
    SignInFailed = "sign_in_failed";
    /// Somebody has shown who they are, and was not let in. Subject: none.
    SignInRefused = "sign_in_refused";
    /// A group of the provider belongs to the account, or no longer. Subject: the group.
    SsoGroupChanged = "sso_group_changed";
    /// Whether passwords are forbidden was changed. Subject: none.
    PasswordsForbidden = "passwords_forbidden";
    /// The last owner has left their group, and stayed. Subject: who.
    LastOwnerKept = "last_owner_kept";
    /// Somebody signed out, or ended sessions. Subject: whose.
    SessionsEnded = "sessions_ended";
    /// Somebody set a password. Subject: whose.
    PasswordSet = "password_set";
    /// Somebody was sent a link to set a password. Subject: who.
    PasswordLink = "password_link";
    /// Somebody was asked to belong to the account. Subject: who.
    UserInvited = "user_invited";
    /// An invitation was taken back. Subject: whose.
    InvitationRemoved = "invitation_removed";
    /// Somebody belongs to the account. Subject: who.
    UserAdded = "user_added";
    /// What a user may do was changed. Subject: whose.
    UserChanged = "user_changed";
    /// A user was taken out of the account. Subject: who.
    UserRemoved = "user_removed";
    /// A token was made. Subject: its name.
    TokenAdded = "token_added";
    /// A token was taken back. Subject: its name.
    TokenRemoved = "token_removed";
    /// The account's own settings were changed. Subject: none.
    AccountChanged = "account_changed";
    /// A campaign's settings were changed. Subject: its id.
    CampaignChanged = "campaign_changed";
    /// A voicebot's settings were changed. Subject: its id.
    VoicebotChanged = "voicebot_changed";
    /// A result code was defined or changed. Subject: the code.
    ResultCodeChanged = "result_code_changed";
    /// An own dimension was declared, changed or removed. Subject: its key.
    DimensionChanged = "dimension_changed";
    /// The spellings of result codes were changed. Subject: none.
    ResultWordsChanged = "result_words_changed";
    /// A tariff was set. Subject: the campaign's id, or none for the account's.
    TariffChanged = "tariff_changed";
    /// A page that the account keeps under a name was kept, renamed or taken away. Subject: its name.
    ViewChanged = "view_changed";
    /// What is noted on a day was changed. Subject: the campaign's id, or none for the account's.
    DayNoteChanged = "day_note_changed";
    /// A note on a call was written or taken away. Subject: the call's id.
    CallNoteChanged = "call_note_changed";
    /// The recipients of reports were changed. Subject: the campaign's id, or none for the account's.
    RecipientsChanged = "recipients_changed";
    /// Somebody wanted no more reports, by the link in a mail, and was taken off every list. Subject: who.
    RecipientStopped = "recipient_stopped";
    /// A connection was made or changed. Subject: its name.
    HookChanged = "hook_changed";
    /// The settings of fetching recordings were changed. Subject: the server's name, or none.
    RecordingSettingsChanged = "recording_settings_changed";
    /// A recording was played. Subject: the call's id.
    RecordingPlayed = "recording_played";
    /// A recording was downloaded. Subject: the call's id.
    RecordingDownloaded = "recording_downloaded";
    /// A recording was deleted. Subject: the call's id.
    RecordingDeleted = "recording_deleted";
    /// A list or report was taken as a file. Subject: which.
    Exported = "exported";
    /// Whole numbers of customers were read by a token. Subject: the campaign's id, or the path where they are of several.
    PhonesRead = "phones_read";
    /// Somebody had a report sent, or a preview of it. Subject: the campaign's id.
    MailAsked = "mail_asked";
    /// A report was sent by mail. Subject: the campaign's id.
    MailSent = "mail_sent";
    /// A file of calls was stored. Subject: its name.
    Imported = "imported";
    /// An import was taken back. Subject: its name.
    ImportUndone = "import_undone";
    /// A customer is to be forgotten. Subject: the number of the erasure.
    ErasureAsked = "erasure_asked";
    /// A customer was forgotten. Subject: the number of the erasure.
    CustomerErased = "customer_erased";
    /// A job was run again. Subject: none.
    JobRetried = "job_retried";
    /// Somebody had every stored total recounted and corrected. Subject: none.
    RecountAsked = "recount_asked";
    /// Stored totals were not what the calls say, and were corrected. Subject: none.
    TotalsCorrected = "totals_corrected";
    /// The account was made. Subject: none.
    AccountMade = "account_made";
    /// The quotas of the account were set. Subject: none.
    QuotasChanged = "quotas_changed";
    /// A person was marked as an operator, in the log of the service. Subject: who.
    OperatorMarked = "operator_marked";
    /// The mark was taken from a person, in the log of the service. Subject: whom.
    OperatorUnmarked = "operator_unmarked";
    /// A copy of the whole database was made, in the log of the service. Subject: the file.
    BackupMade = "backup_made";
    /// An operator entered the account for a while. Subject: who.
    OperatorEntered = "operator_entered";
    /// An operator who had entered the account left it. Subject: who.
    OperatorLeft = "operator_left";
}

impl Action {
    /// Whether it is in the log of the service ([`of_service`]), and in no account's.
    pub fn is_of_service(self) -> bool {
        matches!(self, Self::OperatorMarked | Self::OperatorUnmarked | Self::BackupMade)
    }

    /// The one whose [`Self::word`] this is; none for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.word() == word)
    }
}

/// What was done, and to what.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What was done.
    pub action: Action,
    /// What it was done to; see [`Action`].
    pub subject: String,
    /// The customer's id, where it was about one.
    pub customer: Option<String>,
    /// An object; `before` and `after` of a change.
    pub details: Value,
}

impl Event {
    /// Of something, without details.
    pub fn of(action: Action, subject: impl Into<String>) -> Self {
        Self { action, subject: subject.into(), customer: None, details: Value::Object(serde_json::Map::new()) }
    }

    /// With details, which must be an object.
    #[must_use]
    pub fn with(self, details: Value) -> Self {
        Self { details, ..self }
    }

    /// Whether it is a change after which everything is as before.
    fn changes_nothing(&self) -> bool {
        let (before, after) = (self.details.get("before"), self.details.get("after"));
        before.is_some() && before == after
    }

    /// With the id of the customer whom it is about; none where it is about no single one.
    #[must_use]
    pub fn about(self, customer: Option<&str>) -> Self {
        Self { customer: customer.map(str::to_owned), ..self }
    }
}

/// A row of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// 1, 2, 3 … without a gap.
    pub no: i64,
    /// When it was done.
    pub at: Timestamp,
    /// Who, and from where; an address that is none (where the database was changed by hand) is left out.
    pub actor: Actor,
    /// What was done, and to what.
    pub event: Event,
}

#[derive(Debug, Clone, sqlx_macros::FromRow)]
struct EntryRow {
    entry_no: i64,
    at: i64,
    actor_kind: String,
    actor: String,
    address: String,
    action: String,
    subject: String,
    customer: Option<String>,
    details: String,
    hash: Vec<u8>,
}

impl EntryRow {
    /// SHA-256 over the hash before and each field with its length before it, so that no two rows read the same.
    fn hash_after(&self, before: &[u8]) -> [u8; 32] {
        let mut hasher = Sha256::new();
        let (no, at) = (self.entry_no.to_be_bytes(), self.at.to_be_bytes());
        let customer = self.customer.as_ref().map(|customer| format!("+{customer}")).unwrap_or_default();
        let texts =
            [&self.actor_kind, &self.actor, &self.address, &self.action, &self.subject, &customer, &self.details];
        let fields = [before, &no, &at].into_iter().chain(texts.into_iter().map(String::as_bytes));
        for field in fields {
            hasher.update((field.len() as u64).to_be_bytes());
            hasher.update(field);
        }
        hasher.finalize().into()
    }

    /// The row of this number that tells of an event, after the row with this hash.
    fn after(before: &[u8], entry_no: i64, actor: &Actor, event: &Event, now: Timestamp) -> Self {
        let mut row = Self {
            entry_no,
            at: now.0,
            actor_kind: actor.kind.word().to_owned(),
            actor: cut(&actor.name),
            address: actor.address.map(|address| address.to_string()).unwrap_or_default(),
            action: event.action.word().to_owned(),
            subject: cut(&event.subject),
            customer: event.customer.as_deref().map(cut),
            details: event.details.to_string(),
            hash: Vec::new(),
        };
        row.hash = row.hash_after(before).to_vec();
        row
    }

    /// Goes through rows that come after the row `last` with the hash `before`, and has both be those of the last of them. What is wrong.
    fn follow(rows: Vec<Self>, before: &mut Vec<u8>, last: &mut i64) -> Option<String> {
        for row in rows {
            if row.entry_no != *last + 1 {
                return Some(format!("entry {} follows entry {last}", row.entry_no));
            }
            if row.hash != row.hash_after(before) {
                return Some(format!("entry {} does not follow from the one before it", row.entry_no));
            }
            (*before, *last) = (row.hash, row.entry_no);
        }
        None
    }

    /// What is wrong where the last row is not the one that was noted.
    fn ends(noted: i64, noted_hash: &[u8], last: i64, hash: &[u8]) -> Option<String> {
        (noted != last || noted_hash != hash).then(|| format!("the last entry is {last}, and was {noted}"))
    }

    fn read(self) -> Result<Entry, StoreError> {
        let broken = |what: &str| StoreError::Broken(format!("{what} of entry {} of the log", self.entry_no));
        Ok(Entry {
            no: self.entry_no,
            at: Timestamp(self.at),
            actor: Actor {
                kind: ActorKind::from_word(&self.actor_kind).ok_or_else(|| broken("actor"))?,
                address: self.address.parse().ok(),
                name: self.actor,
            },
            event: Event {
                action: Action::from_word(&self.action).ok_or_else(|| broken("action"))?,
                subject: self.subject,
                customer: self.customer,
                details: serde_json::from_str(&self.details).map_err(|_| broken("details"))?,
            },
        })
    }
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_CHARS).collect()
}

/// Adds a row, in the caller's transaction: what is told of and the row are committed together, or neither is. A change after which
/// everything is as before is none, and not told of.
pub async fn record(
    conn: &mut Conn,
    scope: &Scope,
    actor: &Actor,
    event: &Event,
    now: Timestamp,
) -> Result<(), StoreError> {
    if event.changes_nothing() {
        return Ok(());
    }
    make_head(conn, scope.account()).await?;
    append(conn, Log::OfAccount(scope.account()), actor, event, now).await
}

/// The last row that an account's log has. Whoever changes it has it locked, before it is read: rows of one account follow one another.
async fn make_head(conn: &mut Conn, account: i64) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO audit_heads (account_id, entry_no, hash) VALUES ($1, 0, $2) ON CONFLICT (account_id) DO NOTHING",
        account,
        FIRST_HASH.as_slice(),
    )?;
    Ok(())
}

/// As [`record`], unless the same was told a while ago ([`is_recorded`]); of several who tell it at once, one does.
pub async fn record_once(
    conn: &mut Conn,
    scope: &Scope,
    actor: &Actor,
    event: &Event,
    now: Timestamp,
) -> Result<(), StoreError> {
    make_head(conn, scope.account()).await?;
    execute!(conn, "UPDATE audit_heads SET entry_no = entry_no WHERE account_id = $1", scope.account())?;
    if is_recorded(conn, scope, actor, event, now).await? {
        return Ok(());
    }
    record(conn, scope, actor, event, now).await
}

/// Whether the same was told of the same actor a while ago: of a recording with the same details (the session) less than [`LISTENING_MS`] ago, so that
/// ten ranges of one listening are one row; of anything else less than [`AGAIN_MS`].
pub async fn is_recorded(
    conn: &mut Conn,
    scope: &Scope,
    actor: &Actor,
    event: &Event,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let is_listening = matches!(event.action, Action::RecordingPlayed | Action::RecordingDownloaded);
    let again = if is_listening { LISTENING_MS } else { AGAIN_MS };
    let details = if is_listening { event.details.to_string() } else { String::new() };
    let row = fetch_optional!(
        conn,
        (i64,),
        "SELECT entry_no FROM audit_entries
         WHERE account_id = $1 AND subject = $2 AND action = $3 AND actor_kind = $4 AND actor = $5 AND address = $6
           AND at > $7 AND at <= $8 AND ($9 = '' OR details = $9)
         ORDER BY entry_no DESC
         LIMIT 1",
        scope.account(),
        cut(&event.subject),
        event.action.word(),
        actor.kind.word(),
        cut(&actor.name),
        actor.address.map(|address| address.to_string()).unwrap_or_default(),
        now.0 - again,
        now.0,
        details,
    )?;
    Ok(row.is_some())
}

/// Which rows of the log are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntryFilter {
    /// By a user or token whose name holds this, or from a network address that holds it.
    pub actor: Option<String>,
    /// Of this kind.
    pub action: Option<Action>,
    /// About something whose name holds this: a call's id, a campaign's, an address.
    pub subject: Option<String>,
    /// About a customer whose id holds this, or who has this number, however it is written.
    pub customer: Option<String>,
}

/// The number that was typed, in the form by which customers are found; none where it is a name or a part.
fn number_in(typed: &str, scope: &Scope) -> Option<String> {
    let number = phone::check(typed).ok()?;
    let is_typed = number.chars().all(|c| c.is_ascii_digit() || " +-.()".contains(c));
    is_typed.then(|| phone::matching_key(number, scope.country()))
}

/// A page of the log, the latest first: at most `limit` rows before the row `before`, where that is given.
pub async fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &EntryFilter,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    let mut sql = Sql::with(&[scope.account()]);
    sql.push("SELECT entry_no, at, actor_kind, actor, address, action, subject, customer, details, hash");
    push_from(&mut sql, scope, filter);
    if let Some(before) = before {
        sql.push(" AND entry_no < ").int(before);
    }
    sql.push(" ORDER BY entry_no DESC LIMIT ").int(i64::from(limit));
    let rows: Vec<EntryRow> = sql.fetch_all(conn).await?;
    rows.into_iter().map(EntryRow::read).collect()
}

/// How many rows of the log a filter lets through; of more than `most` it says `most`.
pub async fn count(conn: &mut Conn, scope: &Scope, filter: &EntryFilter, most: u32) -> Result<u64, StoreError> {
    let mut sql = Sql::with(&[scope.account()]);
    sql.push("SELECT COUNT(*) FROM (SELECT entry_no");
    push_from(&mut sql, scope, filter);
    sql.push(" LIMIT ").int(i64::from(most)).push(") found");
    Ok(sql.fetch_one::<(i64,)>(conn).await?.0.cast_unsigned())
}

/// Appends the table and what is asked of its rows.
fn push_from(sql: &mut Sql, scope: &Scope, filter: &EntryFilter) {
    sql.push(" FROM audit_entries WHERE account_id = $1");
    if let Some(actor) = &filter.actor {
        sql.push(" AND (").holds("actor", &cut(actor)).push(" OR ").holds("address", &cut(actor)).push(")");
    }
    if let Some(action) = filter.action {
        sql.push(" AND action = ").text(action.word());
    }
    if let Some(subject) = &filter.subject {
        sql.push(" AND ").holds("subject", &cut(subject));
    }
    if let Some(customer) = &filter.customer {
        sql.push(" AND (").holds("customer", &cut(customer));
        // As the customers are now; of those who are gone the log has what their id was.
        if let Some(key) = number_in(customer, scope) {
            sql.push(" OR customer IN ").texts(phone::spellings(&key, scope.country()));
            sql.push(" OR customer IN (SELECT id FROM contacts WHERE account_id = $1 AND phone_key = ")
                .text(key)
                .push(")");
        }
        sql.push(")");
    }
}

/// What is wrong with the log of an account; nothing where each row follows from the one before it.
pub async fn check(conn: &mut Conn, scope: &Scope) -> Result<Option<String>, StoreError> {
    const PORTION: i64 = 1_000;
    let account = scope.account();
    let (mut before, mut last) = (FIRST_HASH.to_vec(), 0);
    loop {
        let rows = fetch_all!(
            conn,
            EntryRow,
            "SELECT entry_no, at, actor_kind, actor, address, action, subject, customer, details, hash
             FROM audit_entries
             WHERE account_id = $1 AND entry_no > $2
             ORDER BY entry_no
             LIMIT $3",
            account,
            last,
            PORTION,
        )?;
        if rows.is_empty() {
            break;
        }
        if let Some(wrong) = EntryRow::follow(rows, &mut before, &mut last) {
            return Ok(Some(wrong));
        }
    }
    let head = fetch_optional!(
        conn,
        (i64, Vec<u8>),
        "SELECT entry_no, hash FROM audit_heads WHERE account_id = $1",
        account,
    )?;
    let (noted, hash) = head.unwrap_or((0, FIRST_HASH.to_vec()));
    Ok(EntryRow::ends(noted, &hash, last, &before))
}
