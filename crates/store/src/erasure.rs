//! A customer is forgotten, by number: names, numbers, ids, attributes, what was said and how it sounded go; calls and the place on
//! lists stay without them, so that no total changes.
//!
//! It goes step by step, each a transaction of a bounded size that leaves `verify` clean. Who is called by the number is found anew with
//! each step, so what comes in meanwhile goes, too. Calls that were dialled to the number in another customer's name lose it and what was said.
//! At the end go the files that may hold the customer: exports, workbooks of mails, files that were imported.
//!
//! Calls keep the hash of what was sent: sent again as it was, a call is known, and nothing comes back. What cannot go is the log, whose
//! rows name ids of calls and customers.

#[cfg(test)]
mod tests;

use domain::{CallId, Country, FieldError, HookSource, Timestamp, phone};

use crate::{
    Conn, Scope, StoreError, accounts, call_notes,
    db::{execute, fetch_all, fetch_one, fetch_optional},
    dialect::{integers_of_json, texts_of_json},
    imports,
    jobs::{self, EraseCustomers},
    objects, own_filling, recordings, said_index, search_index,
};

/// How many calls a step changes at most.
const CALLS: i64 = 200;
/// How many a step looks at that were dialled to other numbers than their customers have.
const LOOKED_AT: i64 = 5_000;
/// Of several that are asked for, one job works on all.
const JOB: &str = "erasure";
/// Fewer digits are in ids by chance.
const DIGITS_OF_AN_ID: usize = 7;

/// What is taken out, or would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ErasureCounts {
    /// Places on lists of campaigns.
    pub customers: u64,
    /// Calls that lost something, or were of them.
    pub calls: u64,
    /// Of them, those with something said or with attributes.
    pub transcripts: u64,
    /// Of them, those with a recording.
    pub recordings: u64,
    /// Exports, workbooks of mails and imported files, which may hold the customer.
    pub files: u64,
}

/// An erasure: under way, or a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Its number in the account.
    pub key: i64,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// What it has taken out.
    pub counts: ErasureCounts,
}

/// A call that is to lose what it says of a person.
#[derive(Debug, sqlx_macros::FromRow)]
struct ErasedCall {
    call_key: i64,
    campaign_key: i64,
    contact_no: i64,
    id: String,
    has_details: bool,
    recorded: bool,
}

/// The number in the form by which customers are found.
///
/// # Errors
/// [`StoreError::Invalid`] where it is none.
fn key_of(typed: &str, country: Country) -> Result<String, StoreError> {
    let number =
        phone::check(typed).map_err(|error| StoreError::Invalid(FieldError::new("phone", error.to_string())))?;
    Ok(phone::matching_key(number, country))
}

/// Says what forgetting a number would take out, but for files: the customers with it, and calls that were dialled to it.
///
/// # Errors
/// [`StoreError::Invalid`] where it is no number.
pub async fn preview(conn: &mut Conn, scope: &Scope, typed: &str) -> Result<ErasureCounts, StoreError> {
    let country = accounts::country(conn, scope).await?;
    let key = key_of(typed, country)?;
    let (customers,) = fetch_one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM contacts WHERE account_id = $1 AND phone_key = $2",
        scope.account(),
        key.as_str(),
    )?;
    let (calls, transcripts, recordings) = fetch_one!(
        conn,
        (i64, i64, i64),
        "SELECT COUNT(*), COUNT(CASE WHEN c.has_details THEN 1 END), COUNT(CASE WHEN c.recorded THEN 1 END)
         FROM contacts n
         JOIN calls c ON c.account_id = $1 AND c.campaign_key = n.campaign_key AND c.contact_no = n.contact_no
         WHERE n.account_id = $1 AND n.phone_key = $2",
        scope.account(),
        key.as_str(),
    )?;
    let of = i64::cast_unsigned;
    let mut counts = ErasureCounts {
        customers: of(customers),
        calls: of(calls),
        transcripts: of(transcripts),
        recordings: of(recordings),
        files: 0,
    };
    let mut after = (i64::MIN, 0);
    loop {
        let (found, last) = dialled(conn, scope, &key, country, after).await?;
        for call in found {
            // Those of the customers themselves are counted.
            let (own,) = fetch_one!(
                conn,
                (i64,),
                "SELECT COUNT(*) FROM contacts
                 WHERE account_id = $1 AND campaign_key = $2 AND contact_no = $3 AND phone_key = $4",
                scope.account(),
                call.campaign_key,
                call.contact_no,
                key.as_str(),
            )?;
            if own == 0 {
                counts.calls += 1;
                counts.transcripts += u64::from(call.has_details);
                counts.recordings += u64::from(call.recorded);
            }
        }
        match last {
            Some(last) => after = last,
            None => return Ok(counts),
        }
    }
}

/// Calls behind a place that were dialled to the number though their customer's is another one, and where the look ended; none: at the end.
async fn dialled(
    conn: &mut Conn,
    scope: &Scope,
    key: &str,
    country: Country,
    after: (i64, i64),
) -> Result<(Vec<ErasedCall>, Option<(i64, i64)>), StoreError> {
    #[derive(Debug, sqlx_macros::FromRow)]
    struct DialledCall {
        dialed_at: i64,
        phone: String,
        #[sqlx(flatten)]
        call: ErasedCall,
    }
    let rows = fetch_all!(
        conn,
        DialledCall,
        "SELECT dialed_at, phone, call_key, campaign_key, contact_no, id, has_details, recorded FROM calls
         WHERE account_id = $1 AND (dialed_at, call_key) > ($2, $3) AND phone IS NOT NULL
         ORDER BY dialed_at, call_key
         LIMIT $4",
        scope.account(),
        after.0,
        after.1,
        LOOKED_AT,
    )?;
    let last = rows.last().map(|row| (row.dialed_at, row.call.call_key));
    let found = rows.into_iter().filter(|row| phone::matching_key(&row.phone, country) == key);
    Ok((found.map(|row| row.call).collect(), last))
}

/// Has a number forgotten; gives the number of the erasure. The caller tells the log.
///
/// # Errors
/// [`StoreError::Invalid`] where it is no number.
pub async fn begin(conn: &mut Conn, scope: &Scope, typed: &str, now: Timestamp) -> Result<i64, StoreError> {
    let key = key_of(typed, accounts::country(conn, scope).await?)?;
    let (erasure, _) = accounts::take_keys(conn, scope, 1).await?;
    execute!(
        conn,
        "INSERT INTO erasures (account_id, erasure_key, asked_at, phone_key) VALUES ($1, $2, $3, $4)",
        scope.account(),
        erasure,
        now.0,
        key.as_str(),
    )?;
    jobs::enqueue(conn, scope, &EraseCustomers {}, Some(JOB), now, now).await?;
    Ok(erasure)
}

/// The account's erasures, the latest first; at most `limit`.
pub async fn list(conn: &mut Conn, scope: &Scope, limit: u32) -> Result<Vec<Erasure>, StoreError> {
    let rows = fetch_all!(
        conn,
        ErasureRow,
        "SELECT erasure_key, asked_at, ended_at, customers, calls, transcripts, recordings, files FROM erasures
         WHERE account_id = $1
         ORDER BY erasure_key DESC
         LIMIT $2",
        scope.account(),
        i64::from(limit),
    )?;
    Ok(rows.into_iter().map(ErasureRow::read).collect())
}

#[derive(Debug, sqlx_macros::FromRow)]
struct ErasureRow {
    erasure_key: i64,
    asked_at: i64,
    ended_at: Option<i64>,
    customers: i64,
    calls: i64,
    transcripts: i64,
    recordings: i64,
    files: i64,
}

impl ErasureRow {
    fn read(self) -> Erasure {
        Erasure {
            key: self.erasure_key,
            asked_at: Timestamp(self.asked_at),
            ended_at: self.ended_at.map(Timestamp),
            counts: ErasureCounts {
                customers: self.customers.cast_unsigned(),
                calls: self.calls.cast_unsigned(),
                transcripts: self.transcripts.cast_unsigned(),
                recordings: self.recordings.cast_unsigned(),
                files: self.files.cast_unsigned(),
            },
        }
    }
}

/// What a step came to.
#[derive(Debug, Default)]
pub struct ErasureStep {
    /// Objects that nothing refers to any more, to be deleted after the commit.
    pub objects: Vec<String>,
    /// The erasure that is over with it, and what it took out: the caller tells the log.
    pub ended: Option<(i64, ErasureCounts)>,
    /// Whether nothing is left to do.
    pub is_over: bool,
}

#[derive(Debug, sqlx_macros::FromRow)]
struct ErasureProgressRow {
    erasure_key: i64,
    phone_key: String,
    of_customer: i64,
    dialed_at: i64,
    call_key: i64,
}

/// Where the next step of an erasure begins.
#[derive(Debug, Clone, Copy)]
struct ErasureCursor {
    /// The last call of the customer who is worked on.
    of_customer: i64,
    /// The last call that was looked at when no customer was left.
    dialled: (i64, i64),
}

impl ErasureProgressRow {
    fn at(&self) -> ErasureCursor {
        ErasureCursor { of_customer: self.of_customer, dialled: (self.dialed_at, self.call_key) }
    }
}

/// Takes out what is next within the caller's transaction, which holds the account's lock from here on.
pub async fn advance(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<ErasureStep, StoreError> {
    accounts::changed(conn, scope).await?;
    let first = fetch_optional!(
        conn,
        ErasureProgressRow,
        "SELECT erasure_key, phone_key, of_customer, dialed_at, call_key FROM erasures
         WHERE account_id = $1 AND phone_key IS NOT NULL
         ORDER BY erasure_key LIMIT 1",
        scope.account(),
    )?;
    let Some(under) = first else { return Ok(ErasureStep { is_over: true, ..ErasureStep::default() }) };
    let customer = fetch_optional!(
        conn,
        (i64, i64),
        "SELECT campaign_key, contact_no FROM contacts
         WHERE account_id = $1 AND phone_key = $2
         ORDER BY campaign_key, contact_no LIMIT 1",
        scope.account(),
        under.phone_key.as_str(),
    )?;
    if let Some((campaign_key, contact_no)) = customer {
        return of_customer(conn, scope, &under, (campaign_key, contact_no), now).await;
    }
    let country = accounts::country(conn, scope).await?;
    let at = under.at();
    let (found, last) = dialled(conn, scope, &under.phone_key, country, at.dialled).await?;
    let (counts, mut objects) = take_out(conn, scope, &under.phone_key, &found, now).await?;
    let blocks = found.iter().map(|call| (call.campaign_key, call.contact_no));
    for (campaign_key, contact_no) in blocks {
        search_index::forget_customer(conn, scope, campaign_key, contact_no).await?;
    }
    add(conn, scope, &under, counts, ErasureCursor { dialled: last.unwrap_or(at.dialled), ..at }).await?;
    if last.is_some() {
        return Ok(ErasureStep { objects, ..ErasureStep::default() });
    }
    let files = let_files_go(conn, scope, now).await?;
    let counts = ErasureCounts { files: files.len() as u64, ..ErasureCounts::default() };
    objects.extend(files);
    add(conn, scope, &under, counts, at).await?;
    execute!(
        conn,
        "UPDATE erasures SET phone_key = NULL, ended_at = $3 WHERE account_id = $1 AND erasure_key = $2",
        scope.account(),
        under.erasure_key,
        now.0,
    )?;
    // What was taken out of the index comes back without them.
    search_index::enqueue(conn, scope, true, now).await?;
    let done = list(conn, scope, u32::MAX).await?.into_iter().find(|one| one.key == under.erasure_key);
    let counts = done.map(|done| done.counts).unwrap_or_default();
    Ok(ErasureStep { objects, ended: Some((under.erasure_key, counts)), is_over: false })
}

/// The next calls of a customer; the customer themselves when there are none any more.
async fn of_customer(
    conn: &mut Conn,
    scope: &Scope,
    under: &ErasureProgressRow,
    (campaign_key, contact_no): (i64, i64),
    now: Timestamp,
) -> Result<ErasureStep, StoreError> {
    let calls = fetch_all!(
        conn,
        ErasedCall,
        "SELECT call_key, campaign_key, contact_no, id, has_details, recorded FROM calls
         WHERE account_id = $1 AND campaign_key = $2 AND contact_no = $3 AND call_key > $4
         ORDER BY call_key LIMIT $5",
        scope.account(),
        campaign_key,
        contact_no,
        under.of_customer,
        CALLS,
    )?;
    if let Some(last) = calls.last() {
        let at = ErasureCursor { of_customer: last.call_key, ..under.at() };
        let (counts, objects) = take_out(conn, scope, &under.phone_key, &calls, now).await?;
        add(conn, scope, under, counts, at).await?;
        return Ok(ErasureStep { objects, ..ErasureStep::default() });
    }
    execute!(
        conn,
        "UPDATE contacts
         SET id = 'erased-' || CAST(campaign_key AS TEXT) || '-' || CAST(contact_no AS TEXT), phone = NULL, phone_key = NULL,
             name = NULL, search = '', attributes = NULL
         WHERE account_id = $1 AND campaign_key = $2 AND contact_no = $3",
        scope.account(),
        campaign_key,
        contact_no,
    )?;
    own_filling::take_away_customer(conn, scope, (campaign_key, contact_no)).await?;
    execute!(
        conn,
        "DELETE FROM import_names WHERE account_id = $1 AND campaign_key = $2 AND contact_no = $3",
        scope.account(),
        campaign_key,
        contact_no,
    )?;
    search_index::forget_customer(conn, scope, campaign_key, contact_no).await?;
    let counts = ErasureCounts { customers: 1, ..ErasureCounts::default() };
    add(conn, scope, under, counts, ErasureCursor { of_customer: 0, ..under.at() }).await?;
    Ok(ErasureStep::default())
}

/// Adds to what an erasure took out, and says how far it is.
async fn add(
    conn: &mut Conn,
    scope: &Scope,
    under: &ErasureProgressRow,
    counts: ErasureCounts,
    ErasureCursor { of_customer, dialled }: ErasureCursor,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE erasures
         SET customers = customers + $3, calls = calls + $4, transcripts = transcripts + $5, recordings = recordings + $6,
             files = files + $7, of_customer = $8, dialed_at = $9, call_key = $10
         WHERE account_id = $1 AND erasure_key = $2",
        scope.account(),
        under.erasure_key,
        counts.customers as i64,
        counts.calls as i64,
        counts.transcripts as i64,
        counts.recordings as i64,
        counts.files as i64,
        of_customer,
        dialled.0,
        dialled.1,
    )?;
    Ok(())
}

/// Takes out of calls what they say of a person; gives how much it was, and the objects of their recordings.
async fn take_out(
    conn: &mut Conn,
    scope: &Scope,
    phone_key: &str,
    calls: &[ErasedCall],
    now: Timestamp,
) -> Result<(ErasureCounts, Vec<String>), StoreError> {
    let mut counts = ErasureCounts { calls: calls.len() as u64, ..ErasureCounts::default() };
    let mut objects = Vec::new();
    if calls.is_empty() {
        return Ok((counts, objects));
    }
    for call in calls {
        counts.transcripts += u64::from(call.has_details);
        if call.recorded {
            let id = CallId::new(call.id.clone()).map_err(|_| StoreError::Broken("id of a call".to_owned()))?;
            objects.extend(recordings::delete(conn, scope, &id, now).await?.unwrap_or_default());
            counts.recordings += 1;
        }
    }
    let keys: Vec<i64> = calls.iter().map(|call| call.call_key).collect();
    said_index::take_out(conn, scope, &keys).await?;
    call_notes::forget(conn, scope, &keys).await?;
    let keys = serde_json::json!(keys).to_string();
    for table in ["call_details", "recording_fetches"] {
        let sql =
            format!("DELETE FROM {table} WHERE account_id = $1 AND call_key IN ({})", integers_of_json(conn, "$2"));
        execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), keys.as_str())?;
    }
    let ids: Vec<&str> = calls.iter().map(|call| call.id.as_str()).collect();
    forget_webhooks(conn, scope, &ids).await?;
    let ids = serde_json::json!(ids).to_string();
    let sql = format!("DELETE FROM import_calls WHERE account_id = $1 AND call_id IN ({})", texts_of_json(conn, "$2"));
    execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), ids.as_str())?;
    let sql = format!(
        "UPDATE calls SET phone = NULL, recording_url = NULL, has_details = FALSE
         WHERE account_id = $1 AND id IN ({})",
        texts_of_json(conn, "$2")
    );
    execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), ids.as_str())?;
    let named: Vec<&str> = calls.iter().map(|call| call.id.as_str()).collect();
    own_filling::take_away(conn, scope, &named).await?;
    // An id that holds the number is one, too.
    let digits = phone_key.trim_start_matches('0');
    if digits.len() >= DIGITS_OF_AN_ID && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let sql = format!(
            "UPDATE calls SET id = 'erased-' || CAST(call_key AS TEXT)
             WHERE account_id = $1 AND id IN ({}) AND id LIKE '%' || $3 || '%'",
            texts_of_json(conn, "$2")
        );
        execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), ids.as_str(), digits)?;
    }
    Ok((counts, objects))
}

/// Forgets what webhooks have said of calls: read again, they would bring it back.
async fn forget_webhooks(conn: &mut Conn, scope: &Scope, ids: &[&str]) -> Result<(), StoreError> {
    for source in HookSource::ALL {
        // Our id of a call is the system's, for most with the system's word before it.
        let prefix = format!("{}:", source.word());
        let of_source: Vec<&str> = ids.iter().filter_map(|id| id.strip_prefix(&prefix)).collect();
        let of_source: Vec<&str> = if source == HookSource::Generic {
            of_source.into_iter().chain(ids.iter().copied()).collect()
        } else {
            of_source
        };
        if of_source.is_empty() {
            continue;
        }
        let list = serde_json::json!(of_source).to_string();
        for table in ["hook_calls", "hook_bodies"] {
            let sql = format!(
                "DELETE FROM {table} WHERE account_id = $1 AND source = $2 AND call IN ({})",
                texts_of_json(conn, "$3")
            );
            execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), source.word(), list.as_str())?;
        }
    }
    Ok(())
}

/// Lets go of all files that may hold a customer: exports, workbooks of mails, and what was imported, which cannot be undone from then
/// on. Gives the objects.
async fn let_files_go(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<Vec<String>, StoreError> {
    let mut gone: Vec<String> = fetch_all!(
        conn,
        (String,),
        "SELECT object FROM exports WHERE account_id = $1 AND object IS NOT NULL
         UNION ALL
         SELECT workbook FROM mailings WHERE account_id = $1 AND workbook IS NOT NULL
         UNION ALL
         SELECT object FROM imports WHERE account_id = $1 AND object IS NOT NULL AND status IN ('done', 'undone', 'failed')
         UNION ALL
         SELECT report FROM imports WHERE account_id = $1 AND report IS NOT NULL AND status IN ('done', 'undone', 'failed')",
        scope.account(),
    )?
    .into_iter()
    .map(|row| row.0)
    .collect();
    gone.sort_unstable();
    gone.dedup();
    for object in &gone {
        objects::loosen(conn, scope, object, now).await?;
    }
    for sql in [
        "DELETE FROM exports WHERE account_id = $1",
        "UPDATE mailings SET workbook = NULL, workbook_bytes = NULL WHERE account_id = $1 AND workbook IS NOT NULL",
    ] {
        execute!(conn, sql, scope.account())?;
    }
    imports::told::forget_all(conn, scope).await?;
    while imports::let_go(conn, scope, Timestamp(i64::MIN), Timestamp(i64::MAX), now).await? > 0 {}
    Ok(gone)
}
