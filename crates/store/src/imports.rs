//! Imports: files of calls that were brought in. A job looks at the file (`check_import`), another stores its calls
//! (`store_import`) and keeps which calls it added or changed, so that a third can take it all back (`undo_import`).

pub mod told;
mod undo;

pub use undo::{UndoStep, undo_step};

use domain::{
    Timestamp,
    import_sight::{ShownFound, ShownStored},
    limits::UNFINISHED_IMPORTS,
    sight::{ShownText, Sight},
};

use crate::{
    Conn, Scope, StoreError, accounts,
    bulk::{BulkColumn, insert_rows},
    db::{execute, fetch_all, fetch_one, fetch_optional},
    dialect::{self, texts_of_json},
    jobs::{self, CheckImport, StoreImport, UndoImport},
};

/// How long an import can be undone, and its file and report are kept, after it has ended, ms: 30 days.
pub const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// How long a file that was looked at waits for somebody to say what is to be done with it, ms: 7 days.
pub const CHECKED_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// The file is being looked at.
    Checking,
    /// Somebody has to say what is to be done with it.
    Checked,
    /// Its calls are being stored.
    Storing,
    /// Its calls are stored.
    Done,
    /// What it did is being taken back.
    Undoing,
    /// What it did was taken back.
    Undone,
    /// Nobody wanted it.
    Dropped,
    /// It cannot be read, or was given up.
    Failed,
}

impl ImportState {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Checking,
        Self::Checked,
        Self::Storing,
        Self::Done,
        Self::Undoing,
        Self::Undone,
        Self::Dropped,
        Self::Failed,
    ];

    /// The word in JSON and the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Checking => "checking",
            Self::Checked => "checked",
            Self::Storing => "storing",
            Self::Done => "done",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
            Self::Dropped => "dropped",
            Self::Failed => "failed",
        }
    }

    /// The one whose [`Self::word`] this is; none for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether a job is at work on it.
    pub fn is_busy(self) -> bool {
        matches!(self, Self::Checking | Self::Storing | Self::Undoing)
    }
}

/// The states from which an import can be undone: a file that broke in the middle has stored what came before.
pub const UNDOABLE: [ImportState; 2] = [ImportState::Done, ImportState::Failed];

/// A file of calls that somebody brought in, and how far it is, as the reader may see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// Its number in the account.
    pub key: i64,
    /// The user who brought it; none: a program.
    pub user: Option<i64>,
    /// The file's name as it was uploaded, as this reader may see it.
    pub name: ShownText,
    whole_name: String,
    /// Bytes of the file as it was uploaded.
    pub bytes: u64,
    /// The file in the object store, until nobody needs it any more.
    pub object: Option<String>,
    /// JSON: how it is read.
    pub options: String,
    /// Where it stands.
    pub state: ImportState,
    /// When it was brought.
    pub asked_at: Timestamp,
    /// When its present state began, unless a job is at work on it.
    pub ended_at: Option<Timestamp>,
    /// How far the present step is, 0 to 100.
    pub percent: u8,
    /// What was found in the file; none, too, where an earlier version has written what this one cannot read.
    pub found: Option<ShownFound>,
    /// What became of its calls; none as of `found`.
    pub stored: Option<ShownStored>,
    /// What was wrong or odd, line by line: a file in the object store, as long as the import can be undone.
    pub report: Option<String>,
    /// Why it was given up.
    pub failure: Option<ShownText>,
    /// Calls that undoing has left as they are: something else has changed them since.
    pub left: u64,
}

#[derive(sqlx_macros::FromRow)]
struct StoredImport {
    import_key: i64,
    user_key: Option<i64>,
    name: String,
    bytes: i64,
    object: Option<String>,
    options: String,
    status: String,
    asked_at: i64,
    ended_at: Option<i64>,
    percent: i64,
    found: Option<String>,
    stored: Option<String>,
    report: Option<String>,
    failure: Option<String>,
    left_calls: i64,
}

const COLUMNS: &str = "import_key, user_key, name, bytes, object, options, status, asked_at, ended_at, percent, found, \
                       stored, report, failure, left_calls";

impl Import {
    /// The file's name for the log of the account, which tells owners what was done, whoever did it; and for reading the file.
    pub fn whole_name(&self) -> &str {
        &self.whole_name
    }

    fn shown(row: StoredImport, sight: Sight) -> Result<Self, StoreError> {
        let state = ImportState::from_word(&row.status);
        Ok(Self {
            key: row.import_key,
            user: row.user_key,
            name: ShownText::new(row.name.clone(), sight),
            whole_name: row.name,
            bytes: row.bytes as u64,
            object: row.object,
            options: row.options,
            state: state.ok_or_else(|| StoreError::Broken("status of an import".to_owned()))?,
            asked_at: Timestamp(row.asked_at),
            ended_at: row.ended_at.map(Timestamp),
            percent: row.percent.clamp(0, 100) as u8,
            found: parsed(row.found.as_deref()).map(|found| ShownFound::new(found, sight)),
            stored: parsed(row.stored.as_deref()).map(|stored| ShownStored::new(stored, sight)),
            report: row.report,
            failure: row.failure.map(|failure| ShownText::new(failure, sight)),
            left: row.left_calls as u64,
        })
    }
}

/// JSON that an earlier version has written may lack what this one reads.
fn parsed<T: serde::de::DeserializeOwned>(json: Option<&str>) -> Option<T> {
    serde_json::from_str(json?).ok()
}

/// A file that was brought.
#[derive(Debug, Clone, Copy)]
pub struct NewImport<'a> {
    /// The file's name as it was sent, on one line.
    pub name: &'a str,
    /// Bytes of the file.
    pub bytes: u64,
    /// Its name in the object store, where it is [loose](crate::objects).
    pub object: &'a str,
    /// JSON: how it is read.
    pub options: &'a str,
    /// Whether it is stored at once; else it is looked at first.
    pub at_once: bool,
}

/// Whether another file may be brought: an account has so many at a time that jobs are at work on.
pub async fn has_room(conn: &mut Conn, scope: &Scope) -> Result<bool, StoreError> {
    let (busy,) = fetch_one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM imports
         WHERE account_id = $1 AND status IN ('checking', 'storing', 'undoing')",
        scope.account(),
    )?;
    Ok(busy < UNFINISHED_IMPORTS as i64)
}

/// Adds an import of the scope's user and the job that looks at it or stores it; gives its number.
pub async fn add(conn: &mut Conn, scope: &Scope, new: &NewImport<'_>, now: Timestamp) -> Result<i64, StoreError> {
    let (key, _) = accounts::take_keys(conn, scope, 1).await?;
    let state = if new.at_once { ImportState::Storing } else { ImportState::Checking };
    execute!(
        conn,
        "INSERT INTO imports (account_id, import_key, user_key, name, bytes, object, options, status, asked_at, percent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)",
        scope.account(),
        key,
        scope.user(),
        new.name,
        new.bytes as i64,
        new.object,
        new.options,
        state.word(),
        now.0,
    )?;
    crate::objects::refer(conn, scope, new.object).await?;
    enqueue(conn, scope, key, state, now).await?;
    Ok(key)
}

async fn enqueue(
    conn: &mut Conn,
    scope: &Scope,
    import: i64,
    state: ImportState,
    now: Timestamp,
) -> Result<(), StoreError> {
    let once = import.to_string();
    match state {
        ImportState::Checking => jobs::enqueue(conn, scope, &CheckImport { import }, Some(&once), now, now).await?,
        ImportState::Storing => jobs::enqueue(conn, scope, &StoreImport { import }, Some(&once), now, now).await?,
        ImportState::Undoing => jobs::enqueue(conn, scope, &UndoImport { import }, Some(&once), now, now).await?,
        _ => false,
    };
    Ok(())
}

/// An import of the account.
pub async fn lookup(conn: &mut Conn, scope: &Scope, key: i64) -> Result<Option<Import>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM imports WHERE account_id = $1 AND import_key = $2");
    let row = fetch_optional!(conn, StoredImport, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), key)?;
    row.map(|row| Import::shown(row, scope.sight())).transpose()
}

/// The account's imports, the newest first, those older than the number `before`.
pub async fn list(conn: &mut Conn, scope: &Scope, before: Option<i64>, limit: u32) -> Result<Vec<Import>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM imports WHERE account_id = $1 AND import_key < $2 ORDER BY import_key DESC LIMIT $3"
    );
    let sql = sqlx::AssertSqlSafe(sql.as_str());
    let before = before.unwrap_or(i64::MAX);
    let rows = fetch_all!(conn, StoredImport, sql, scope.account(), before, i64::from(limit))?;
    rows.into_iter().map(|row| Import::shown(row, scope.sight())).collect()
}

/// Has a step begun by a job: from a state that allows it, with other options where some are given. `false`: the import is not
/// in one of these states.
pub async fn begin(
    conn: &mut Conn,
    scope: &Scope,
    key: i64,
    from: &[ImportState],
    to: ImportState,
    options: Option<&str>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let from: Vec<&str> = from.iter().map(|state| state.word()).collect();
    let sql = format!(
        "UPDATE imports SET status = $3, options = COALESCE($4, options), percent = 0, ended_at = NULL, failure = NULL
         WHERE account_id = $1 AND import_key = $2 AND status IN ({})",
        texts_of_json(conn, "$5"),
    );
    let from = serde_json::json!(from).to_string();
    let sql = sqlx::AssertSqlSafe(sql.as_str());
    let begun = execute!(conn, sql, scope.account(), key, to.word(), options, from.as_str())? > 0;
    if begun {
        enqueue(conn, scope, key, to, now).await?;
    }
    Ok(begun)
}

/// Has an import that was given up be in this step again; its job is the caller's to enqueue. `false`: it went another way, or its
/// file is gone.
pub(crate) async fn reopen(conn: &mut Conn, scope: &Scope, key: i64, step: ImportState) -> Result<bool, StoreError> {
    let reopened = execute!(
        conn,
        "UPDATE imports SET status = $3, percent = 0, ended_at = NULL, failure = NULL
         WHERE account_id = $1 AND import_key = $2 AND status IN ('failed', $3) AND (object IS NOT NULL OR $3 = 'undoing')",
        scope.account(),
        key,
        step.word(),
    )?;
    if reopened > 0 {
        accounts::changed(conn, scope).await?;
    }
    Ok(reopened > 0)
}

/// Says how far the present step is, 0 to 100 per cent.
pub async fn progress(conn: &mut Conn, scope: &Scope, key: i64, percent: u8) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE imports SET percent = $3 WHERE account_id = $1 AND import_key = $2",
        scope.account(),
        key,
        i64::from(percent.min(100)),
    )?;
    accounts::changed(conn, scope).await
}

/// The outcome of a step of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportStep {
    /// The file was looked at: JSON.
    Found(String),
    /// Its calls are stored: JSON, and the object of the report, which is [loose](crate::objects). The file is needed no more.
    Stored(String, String),
    /// The import was undone.
    Undone,
    /// It cannot be read or was given up: why.
    Failed(String),
}

/// Ends the present step, if the import still is in it.
pub async fn finish(
    conn: &mut Conn,
    scope: &Scope,
    key: i64,
    during: ImportState,
    step: &ImportStep,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (state, found, stored, failure) = match step {
        ImportStep::Found(found) => (ImportState::Checked, Some(found), None, None),
        ImportStep::Stored(stored, _) => (ImportState::Done, None, Some(stored), None),
        ImportStep::Undone => (ImportState::Undone, None, None, None),
        ImportStep::Failed(why) => (ImportState::Failed, None, None, Some(why)),
    };
    let report = match step {
        ImportStep::Stored(_, report) => Some(report.as_str()),
        _ => None,
    };
    let ended = execute!(
        conn,
        "UPDATE imports SET status = $4, found = COALESCE($5, found), stored = COALESCE($6, stored), failure = $7,
                percent = 100, ended_at = $8, report = COALESCE($9, report)
         WHERE account_id = $1 AND import_key = $2 AND status = $3",
        scope.account(),
        key,
        during.word(),
        state.word(),
        found.map(String::as_str),
        stored.map(String::as_str),
        failure.map(String::as_str),
        now.0,
        report,
    )?;
    if ended > 0 {
        if let Some(report) = report {
            crate::objects::refer(conn, scope, report).await?;
            loosen_file(conn, scope, key, now).await?;
        }
        accounts::changed(conn, scope).await?;
    }
    Ok(ended > 0)
}

/// Lets a file go that nobody wants stored, also while it is still looked at: the job ends by itself. `false`: it is not waiting
/// for that, or some of it is stored.
pub async fn drop_checked(conn: &mut Conn, scope: &Scope, key: i64, now: Timestamp) -> Result<bool, StoreError> {
    let dropped = execute!(
        conn,
        "UPDATE imports SET status = 'dropped', ended_at = $3
         WHERE account_id = $1 AND import_key = $2 AND status IN ('checking', 'checked', 'failed')
           AND NOT EXISTS (SELECT 1 FROM import_calls c WHERE c.account_id = $1 AND c.import_key = $2)",
        scope.account(),
        key,
        now.0,
    )?;
    if dropped > 0 {
        loosen_file(conn, scope, key, now).await?;
    }
    Ok(dropped > 0)
}

async fn loosen_file(conn: &mut Conn, scope: &Scope, key: i64, now: Timestamp) -> Result<(), StoreError> {
    let file = fetch_optional!(
        conn,
        (Option<String>,),
        "SELECT object FROM imports WHERE account_id = $1 AND import_key = $2",
        scope.account(),
        key,
    )?;
    if let Some((Some(object),)) = file {
        crate::objects::loosen(conn, scope, &object, now).await?;
        execute!(
            conn,
            "UPDATE imports SET object = NULL WHERE account_id = $1 AND import_key = $2",
            scope.account(),
            key,
        )?;
    }
    Ok(())
}

async fn loosen_report(conn: &mut Conn, scope: &Scope, key: i64, now: Timestamp) -> Result<(), StoreError> {
    let report = fetch_optional!(
        conn,
        (Option<String>,),
        "SELECT report FROM imports WHERE account_id = $1 AND import_key = $2",
        scope.account(),
        key,
    )?;
    if let Some((Some(object),)) = report {
        crate::objects::loosen(conn, scope, &object, now).await?;
        execute!(
            conn,
            "UPDATE imports SET report = NULL WHERE account_id = $1 AND import_key = $2",
            scope.account(),
            key,
        )?;
    }
    Ok(())
}

/// Lets go of what old imports keep: files that nobody has wanted stored since `checked_before`, and files and former records of
/// imports that ended before `ended_before`. What happened stays listed. Gives how many there were; at most 100 at a time.
pub async fn let_go(
    conn: &mut Conn,
    scope: &Scope,
    checked_before: Timestamp,
    ended_before: Timestamp,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let old = fetch_all!(
        conn,
        (i64, String),
        "SELECT import_key, status FROM imports
         WHERE account_id = $1 AND (object IS NOT NULL OR report IS NOT NULL)
           AND ((status = 'checked' AND ended_at < $2)
                OR (status IN ('done', 'undone', 'failed') AND ended_at < $3))
         ORDER BY import_key LIMIT 100",
        scope.account(),
        checked_before.0,
        ended_before.0,
    )?;
    for (key, status) in &old {
        if status == ImportState::Checked.word() {
            drop_checked(conn, scope, *key, now).await?;
            continue;
        }
        loosen_file(conn, scope, *key, now).await?;
        loosen_report(conn, scope, *key, now).await?;
        for sql in [
            "DELETE FROM import_calls WHERE account_id = $1 AND import_key = $2",
            "DELETE FROM import_names WHERE account_id = $1 AND import_key = $2",
            "DELETE FROM import_campaigns WHERE account_id = $1 AND import_key = $2",
        ] {
            execute!(conn, sql, scope.account(), key)?;
        }
    }
    Ok(old.len() as u64)
}

/// A call that an import adds or changes.
#[derive(Debug)]
pub(crate) struct ChangedCall {
    pub(crate) id: String,
    /// The record as it was, and its hash; none: the call is new.
    pub(crate) before: Option<(domain::CallRecord, Vec<u8>)>,
    /// The hash that it has been stored with by this import.
    pub(crate) hash: Vec<u8>,
}

/// Keeps which calls an import adds or changes. What a call was before the import stays what it was, when the import changes it
/// again.
pub(crate) async fn keep_calls(
    conn: &mut Conn,
    scope: &Scope,
    import: i64,
    calls: Vec<ChangedCall>,
) -> Result<(), StoreError> {
    let rows = calls.len();
    let (mut ids, mut records, mut hashes_before, mut hashes) = (vec![], vec![], vec![], vec![]);
    for ChangedCall { id, before, hash } in calls {
        let (record, hash_before) = before.unzip();
        ids.push(id);
        records.push(record.map(|record| serde_json::json!(record).to_string()));
        hashes_before.push(hash_before.as_deref().map(hex));
        hashes.push(hash);
    }
    let columns = vec![
        ("account_id", BulkColumn::Int(vec![scope.account(); rows])),
        ("import_key", BulkColumn::Int(vec![import; rows])),
        ("call_id", BulkColumn::Text(ids)),
        ("record_before", BulkColumn::OptText(records)),
        ("hash_before", BulkColumn::OptText(hashes_before)),
        ("hash", BulkColumn::Bytes(hashes)),
    ];
    let conflict = " ON CONFLICT (account_id, import_key, call_id) DO UPDATE SET hash = excluded.hash";
    insert_rows(conn, "import_calls", columns, conflict).await
}

/// A customer whose name an import has changed.
#[derive(Debug)]
pub(crate) struct Renamed {
    pub(crate) campaign_key: i64,
    pub(crate) contact_no: i64,
    pub(crate) before: Option<String>,
    pub(crate) since: String,
}

/// Keeps which names an import changes. What a name was before it stays what it was, when the import changes it again.
pub(crate) async fn keep_names(
    conn: &mut Conn,
    scope: &Scope,
    import: i64,
    names: Vec<Renamed>,
) -> Result<(), StoreError> {
    if names.is_empty() {
        return Ok(());
    }
    let rows = names.len();
    let columns = vec![
        ("account_id", BulkColumn::Int(vec![scope.account(); rows])),
        ("import_key", BulkColumn::Int(vec![import; rows])),
        ("campaign_key", BulkColumn::Int(names.iter().map(|name| name.campaign_key).collect())),
        ("contact_no", BulkColumn::Int(names.iter().map(|name| name.contact_no).collect())),
        ("name_before", BulkColumn::OptText(names.iter().map(|name| name.before.clone()).collect())),
        ("name_since", BulkColumn::Text(names.into_iter().map(|name| name.since).collect())),
    ];
    let conflict = " ON CONFLICT (account_id, import_key, campaign_key, contact_no) DO UPDATE
                     SET name_since = excluded.name_since";
    insert_rows(conn, "import_names", columns, conflict).await
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What an import has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changes {
    /// Calls that it added.
    pub added: u64,
    /// Calls that it changed.
    pub updated: u64,
    /// Calls of these that are no longer as it left them.
    pub changed_since: u64,
}

/// What an import has changed, and how much of it has been changed since.
pub async fn changes(conn: &mut Conn, scope: &Scope, import: i64) -> Result<Changes, StoreError> {
    dialect::plan_for_any(conn, true).await?;
    let (all, updated, untouched) = fetch_one!(
        conn,
        (i64, i64, i64),
        "SELECT COUNT(*), COUNT(i.record_before), COUNT(c.id)
         FROM import_calls i
         LEFT JOIN calls c ON c.account_id = $1 AND c.id = i.call_id AND c.content_hash = i.hash
         WHERE i.account_id = $1 AND i.import_key = $2",
        scope.account(),
        import,
    )?;
    dialect::plan_for_any(conn, false).await?;
    Ok(Changes { added: (all - updated) as u64, updated: updated as u64, changed_since: (all - untouched) as u64 })
}
