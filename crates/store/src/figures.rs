//! What all accounts use, for who runs the service: read from rollups and small tables over all accounts, never from calls. Nothing of
//! what is in an account is among it. As [`crate::accounts::list`], it takes no scope.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use domain::{Account, Money, Timestamp, Vat, outcome::KNOWN_CODES, usage::Month};

use crate::{
    Conn, StoreError, accounts,
    db::{fetch_all, fetch_one},
    dialect,
    jobs::{Payload, SendMail, SendNotice},
    quotas::{NearQuota, Quota, Quotas},
    sql::Sql,
};

/// What an account used in a month, or in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccountUse {
    /// Finished calls, as on the page of usage.
    pub calls: u64,
    /// Calls in progress, which are in no other figure.
    pub open: u64,
    /// Talk time in milliseconds.
    pub talk_time: i64,
    /// Dial time in milliseconds.
    pub dial_time: i64,
    /// Blocks that the calls were charged as.
    pub blocks: i64,
    /// What they cost, in the account's currency.
    pub cost: Money,
    /// Records that were not taken in, by when they came.
    pub refused: u64,
    /// Of them, new calls beyond the quota.
    pub over_quota: u64,
}

impl AccountUse {
    /// Calls that began, finished or in progress: what the quota bounds and invoices count.
    pub fn begun(&self) -> u64 {
        self.calls + self.open
    }
}

/// An account as who runs the service sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountFigures {
    /// Whose figures they are.
    pub account: Account,
    /// In the month that was asked for, by the account's zone.
    pub month: AccountUse,
    /// Over all months.
    pub total: AccountUse,
    /// Bytes of recordings that are kept.
    pub recording_bytes: u64,
    /// When a new or changed call came in last; none since this is kept.
    pub received_at: Option<Timestamp>,
    /// Mails that were given up in the last 30 days.
    pub failed_mails: u64,
    /// Other jobs that were given up in the last 30 days.
    pub failed_jobs: u64,
    /// Codes of calls that nobody has defined.
    pub undefined_codes: u64,
    /// People who belong to it for good or are invited.
    pub people: u64,
    /// What it may use.
    pub quotas: Quotas,
}

impl AccountFigures {
    /// What is used of a quota; of calls, in the month that was asked for.
    pub fn used(&self, quota: Quota) -> i64 {
        let used = match quota {
            Quota::Calls => self.month.begun(),
            Quota::Recordings => self.recording_bytes,
            Quota::People => self.people,
        };
        used as i64
    }

    /// The quotas of which enough is used to be told of.
    pub fn near(&self) -> Vec<NearQuota> {
        let near = |quota| NearQuota::of(quota, self.quotas.of(quota), self.used(quota));
        Quota::ALL.into_iter().filter_map(near).collect()
    }
}

#[derive(Debug, Default, sqlx_macros::FromRow)]
struct UsageRow {
    account_id: i64,
    calls: i64,
    open: i64,
    talk_time: i64,
    dial_time: i64,
    blocks: i64,
    cost: i64,
    month_calls: i64,
    month_open: i64,
    month_talk_time: i64,
    month_dial_time: i64,
    month_blocks: i64,
    month_cost: i64,
}

/// Adds a condition on the one account that is asked for.
fn only(sql: &mut Sql, account: Option<i64>, column: &'static str) {
    if let Some(account) = account {
        sql.push(" AND ").push(column).push(" = ").int(account);
    }
}

/// Usage by account, of the month `$1` and in all.
fn usage(month: Month, account: Option<i64>) -> Sql {
    let mut sql = Sql::with(&[i64::from(month.0)]);
    sql.push(
        "SELECT account_id, CAST(SUM(calls) AS BIGINT) AS calls, CAST(SUM(open) AS BIGINT) AS open,
                CAST(SUM(talk_time) AS BIGINT) AS talk_time, CAST(SUM(dial_time) AS BIGINT) AS dial_time,
                CAST(SUM(blocks) AS BIGINT) AS blocks, CAST(SUM(cost) AS BIGINT) AS cost,
                CAST(SUM(CASE WHEN month = $1 THEN calls ELSE 0 END) AS BIGINT) AS month_calls,
                CAST(SUM(CASE WHEN month = $1 THEN open ELSE 0 END) AS BIGINT) AS month_open,
                CAST(SUM(CASE WHEN month = $1 THEN talk_time ELSE 0 END) AS BIGINT) AS month_talk_time,
                CAST(SUM(CASE WHEN month = $1 THEN dial_time ELSE 0 END) AS BIGINT) AS month_dial_time,
                CAST(SUM(CASE WHEN month = $1 THEN blocks ELSE 0 END) AS BIGINT) AS month_blocks,
                CAST(SUM(CASE WHEN month = $1 THEN cost ELSE 0 END) AS BIGINT) AS month_cost
         FROM usage_months WHERE month >= 0",
    );
    only(&mut sql, account, "account_id");
    sql.push(" GROUP BY account_id");
    sql
}

/// Refused records by account: of the month `$1`, and in all.
fn refused(month: Month, account: Option<i64>) -> Sql {
    let mut sql = Sql::with(&[i64::from(month.0)]);
    sql.push(
        "SELECT account_id, CAST(SUM(records) AS BIGINT) AS records, CAST(SUM(over_quota) AS BIGINT) AS over_quota,
                CAST(SUM(CASE WHEN month = $1 THEN records ELSE 0 END) AS BIGINT) AS of_month,
                CAST(SUM(CASE WHEN month = $1 THEN over_quota ELSE 0 END) AS BIGINT) AS over_of_month
         FROM refused_months WHERE month >= 0",
    );
    only(&mut sql, account, "account_id");
    sql.push(" GROUP BY account_id");
    sql
}

/// Jobs that were given up, by account and kind.
fn failed(account: Option<i64>) -> Sql {
    let mut sql = Sql::with(&[]);
    // The second condition is the index's own.
    sql.push("SELECT account_id, kind, COUNT(*) FROM jobs WHERE status = 'failed' AND status <> 'done'");
    only(&mut sql, account, "account_id");
    sql.push(" GROUP BY account_id, kind");
    sql
}

/// Codes of calls that the account has not defined.
fn undefined(account: Option<i64>) -> Sql {
    let mut sql = Sql::with(&[]);
    sql.push(
        "SELECT c.account_id, c.code FROM usage_account_codes c
         WHERE c.code <> '' AND c.calls > 0
           AND NOT EXISTS (SELECT 1 FROM result_codes r WHERE r.account_id = c.account_id AND r.code = c.code)",
    );
    only(&mut sql, account, "c.account_id");
    sql
}

/// People by account: those who belong to it for good, and those who are invited.
fn people(account: Option<i64>) -> [Sql; 2] {
    let counted = |text: &'static str| {
        let mut sql = Sql::with(&[]);
        sql.push(text);
        only(&mut sql, account, "account_id");
        sql.push(" GROUP BY account_id");
        sql
    };
    [
        counted("SELECT account_id, COUNT(*) FROM users WHERE ends_at IS NULL"),
        counted("SELECT account_id, COUNT(*) FROM invitations WHERE expires_at > 0"),
    ]
}

/// The figures of all accounts, or of one, in the order of their numbers.
pub async fn read(conn: &mut Conn, month: Month, account: Option<i64>) -> Result<Vec<AccountFigures>, StoreError> {
    let known = accounts::list(conn).await?;
    let empty = |account: Account| AccountFigures {
        account,
        month: AccountUse::default(),
        total: AccountUse::default(),
        recording_bytes: 0,
        received_at: None,
        failed_mails: 0,
        failed_jobs: 0,
        undefined_codes: 0,
        people: 0,
        quotas: Quotas::default(),
    };
    let wanted = known.into_iter().filter(|one| account.is_none_or(|id| id == one.id));
    let mut all: BTreeMap<i64, AccountFigures> = wanted.map(|account| (account.id, empty(account))).collect();
    let usages: Vec<UsageRow> = usage(month, account).fetch_all(conn).await?;
    for row in usages {
        let Some(figures) = all.get_mut(&row.account_id) else { continue };
        figures.total = AccountUse {
            calls: row.calls as u64,
            open: row.open as u64,
            talk_time: row.talk_time,
            dial_time: row.dial_time,
            blocks: row.blocks,
            cost: Money(row.cost),
            ..AccountUse::default()
        };
        figures.month = AccountUse {
            calls: row.month_calls as u64,
            open: row.month_open as u64,
            talk_time: row.month_talk_time,
            dial_time: row.month_dial_time,
            blocks: row.month_blocks,
            cost: Money(row.month_cost),
            ..AccountUse::default()
        };
    }
    read_intake(conn, month, account, &mut all).await?;
    let jobs: Vec<(i64, String, i64)> = failed(account).fetch_all(conn).await?;
    for (id, kind, count) in jobs {
        let Some(figures) = all.get_mut(&id) else { continue };
        let is_mail = [SendMail::KIND, SendNotice::KIND].contains(&kind.as_str());
        let counted = if is_mail { &mut figures.failed_mails } else { &mut figures.failed_jobs };
        *counted += count as u64;
    }
    let codes: Vec<(i64, String)> = undefined(account).fetch_all(conn).await?;
    for (id, code) in codes {
        if let Some(figures) = all.get_mut(&id).filter(|_| !KNOWN_CODES.contains(&code.as_str())) {
            figures.undefined_codes += 1;
        }
    }
    for sql in people(account) {
        let counts: Vec<(i64, i64)> = sql.fetch_all(conn).await?;
        for (id, count) in counts {
            if let Some(figures) = all.get_mut(&id) {
                figures.people += count as u64;
            }
        }
    }
    Ok(all.into_values().collect())
}

/// Records of an account that were not taken in, of all time and of the month.
#[derive(Debug, sqlx_macros::FromRow)]
struct RefusedRow {
    account_id: i64,
    records: i64,
    over_quota: i64,
    of_month: i64,
    over_of_month: i64,
}

/// What came in, what is kept, and what may be used.
async fn read_intake(
    conn: &mut Conn,
    month: Month,
    account: Option<i64>,
    all: &mut BTreeMap<i64, AccountFigures>,
) -> Result<(), StoreError> {
    let rows: Vec<RefusedRow> = refused(month, account).fetch_all(conn).await?;
    for RefusedRow { account_id, records, over_quota, of_month, over_of_month } in rows {
        let Some(figures) = all.get_mut(&account_id) else { continue };
        (figures.total.refused, figures.total.over_quota) = (records as u64, over_quota as u64);
        (figures.month.refused, figures.month.over_quota) = (of_month as u64, over_of_month as u64);
    }
    let totals = fetch_all!(
        conn,
        (i64, i64, Option<i64>),
        "SELECT account_id, recording_bytes, received_at FROM account_totals"
    )?;
    for (id, bytes, received_at) in totals {
        let Some(figures) = all.get_mut(&id) else { continue };
        (figures.recording_bytes, figures.received_at) = (bytes as u64, received_at.map(Timestamp));
    }
    let quotas = fetch_all!(
        conn,
        (i64, Option<i64>, Option<i64>, Option<i64>),
        "SELECT account_id, calls, recording_bytes, people FROM quotas",
    )?;
    for (id, calls, recording_bytes, people) in quotas {
        if let Some(figures) = all.get_mut(&id) {
            figures.quotas = Quotas { calls, recording_bytes, people };
        }
    }
    Ok(())
}

/// A row of tariffs.
#[derive(Debug, sqlx_macros::FromRow)]
struct VatRow {
    account_id: i64,
    campaign_key: i64,
    effective_from: i64,
    is_free: bool,
    vat: Option<String>,
}

/// How the prices are meant by which calls of a month may have been priced: of each account that had any. One that says nothing is
/// among them as `None`; tariffs without a price are left out.
pub async fn vat(conn: &mut Conn, month: Month) -> Result<BTreeMap<i64, BTreeSet<Option<&'static str>>>, StoreError> {
    let rows = fetch_all!(
        conn,
        VatRow,
        "SELECT account_id, campaign_key, effective_from, price_first_block = 0 AND price_next_block = 0 AS is_free, vat
         FROM tariffs
         ORDER BY account_id, campaign_key, effective_from",
    )?;
    let zones: BTreeMap<i64, _> = accounts::list(conn).await?.into_iter().map(|one| (one.id, one.zone)).collect();
    let mut all = BTreeMap::<i64, BTreeSet<Option<&'static str>>>::new();
    for (n, row) in rows.iter().enumerate() {
        let Some(zone) = zones.get(&row.account_id) else { continue };
        let next =
            rows.get(n + 1).filter(|next| (next.account_id, next.campaign_key) == (row.account_id, row.campaign_key));
        let first_of = |at: i64| Month::of(zone.local(Timestamp(at.max(0))).day());
        let begins = first_of(row.effective_from);
        // One that is followed before the month begins prices nothing of it.
        let is_over =
            next.is_some_and(|next| zone.local(Timestamp(next.effective_from.max(0))).day() <= month.days().from);
        if !row.is_free && begins <= month && !is_over {
            let said = row.vat.as_deref().and_then(Vat::from_word).map(Vat::word);
            all.entry(row.account_id).or_default().insert(said);
        }
    }
    Ok(all)
}

/// Bytes that are kept for all accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoredBytes {
    /// Of the database: its file, or what PostgreSQL says of it.
    pub database: u64,
    /// Of recordings, as sent and as browsers play them.
    pub recordings: u64,
}

/// How many bytes are kept, over all accounts: for monitoring.
pub async fn stored_bytes(conn: &mut Conn) -> Result<StoredBytes, StoreError> {
    let size = dialect::database_bytes(conn);
    let (database,) = fetch_one!(conn, (i64,), size)?;
    let sql = "SELECT CAST(COALESCE(SUM(recording_bytes), 0) AS BIGINT) FROM account_totals";
    let (recordings,) = fetch_one!(conn, (i64,), sql)?;
    Ok(StoredBytes { database: database.cast_unsigned(), recordings: recordings.cast_unsigned() })
}
