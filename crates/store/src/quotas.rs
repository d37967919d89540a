//! How much an account may use: calls that begin in a month, bytes of recordings, people. The operator says it.
//!
//! A call counts in the month of the account's zone in which it began, as in every report and on the invoice, whenever it comes
//! in. What is used is kept count of in the transaction that uses it, under the account's lock: batches that come at once never
//! exceed a quota together. What is known may always be corrected; where a correction brings a call into another month, it takes
//! room there.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use domain::{CallId, Role, Timestamp, time::Zone, usage::Month};

pub use crate::quota::Quota;
use crate::{
    Conn, Put, Scope, StoreError, account_totals, accounts,
    db::{execute, fetch_all, fetch_one, fetch_optional},
    dialect::integers_of_json,
    hooks::bodies,
    jobs::{self, SendNotice},
    operators, recordings, users,
};

/// A quota of which so many percent are used is told of.
pub const NEAR_PERCENT: i64 = 80;

/// What an account may use at most; none: as much as it likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx_macros::FromRow)]
pub struct Quotas {
    /// Calls that begin in a month of the account's zone.
    pub calls: Option<i64>,
    /// Bytes of recordings that are kept, as sent and as browsers play them.
    pub recording_bytes: Option<i64>,
    /// People who belong to it for good or are invited.
    pub people: Option<i64>,
}

impl Quotas {
    /// The bound of one of them.
    pub fn of(&self, quota: Quota) -> Option<i64> {
        match quota {
            Quota::Calls => self.calls,
            Quota::Recordings => self.recording_bytes,
            Quota::People => self.people,
        }
    }
}

/// How much of each quota an account has used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QuotaUse {
    /// Calls that began in the month, finished or not.
    pub calls: i64,
    /// Bytes of all stored recordings, whatever the month.
    pub recording_bytes: i64,
    /// People who belong to it for good or are invited.
    pub people: i64,
}

impl QuotaUse {
    /// What is used of one of them.
    pub fn of(&self, quota: Quota) -> i64 {
        match quota {
            Quota::Calls => self.calls,
            Quota::Recordings => self.recording_bytes,
            Quota::People => self.people,
        }
    }
}

/// A quota that is used up, or nearly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NearQuota {
    /// The quota that is near its end, or at it.
    pub quota: Quota,
    /// How much may be used.
    pub limit: i64,
    /// How much is used of it, in its unit.
    pub used: i64,
}

impl NearQuota {
    /// The quota, if at least [`NEAR_PERCENT`] of it is used.
    pub(crate) fn of(quota: Quota, limit: Option<i64>, used: i64) -> Option<Self> {
        let limit = limit?;
        let is_near = i128::from(used) * 100 >= i128::from(limit) * i128::from(NEAR_PERCENT);
        is_near.then_some(Self { quota, limit, used })
    }

    /// Whether nothing is left.
    pub fn is_used_up(&self) -> bool {
        self.used >= self.limit
    }
}

/// The account's quotas; `None` in each that the operator has not limited.
pub async fn read(conn: &mut Conn, scope: &Scope) -> Result<Quotas, StoreError> {
    let row = fetch_optional!(
        conn,
        Quotas,
        "SELECT calls, recording_bytes, people FROM quotas WHERE account_id = $1",
        scope.account(),
    )?;
    Ok(row.unwrap_or_default())
}

/// Sets the account's quotas. Webhooks that could not be read, perhaps since a quota was used up, are read once more.
pub async fn put(conn: &mut Conn, scope: &Scope, quotas: &Quotas, now: Timestamp) -> Result<Put, StoreError> {
    // Of two who set them, one comes first; and no batch counts by half of them.
    accounts::lock(conn, scope).await?;
    if read(conn, scope).await? == *quotas {
        return Ok(Put::Unchanged);
    }
    execute!(
        conn,
        "INSERT INTO quotas (account_id, calls, recording_bytes, people) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id) DO UPDATE
         SET calls = excluded.calls, recording_bytes = excluded.recording_bytes, people = excluded.people",
        scope.account(),
        quotas.calls,
        quotas.recording_bytes,
        quotas.people,
    )?;
    bodies::read_again(conn, scope, None, now).await?;
    Ok(Put::Updated)
}

/// What the account uses in the month of `now`.
pub async fn used(conn: &mut Conn, scope: &Scope, zone: Zone, now: Timestamp) -> Result<QuotaUse, StoreError> {
    let month = Month::of(zone.local(now).day());
    let calls = calls_of_months(conn, scope, &BTreeSet::from([i64::from(month.0)])).await?;
    Ok(QuotaUse {
        calls: calls.values().sum(),
        recording_bytes: account_totals::recording_bytes(conn, scope).await?,
        people: people(conn, scope).await?,
    })
}

/// The quotas of which so much is used that it is worth being told.
pub async fn near(conn: &mut Conn, scope: &Scope, zone: Zone, now: Timestamp) -> Result<Vec<NearQuota>, StoreError> {
    let quotas = read(conn, scope).await?;
    if quotas == Quotas::default() {
        return Ok(Vec::new());
    }
    let used = used(conn, scope, zone, now).await?;
    Ok(Quota::ALL.into_iter().filter_map(|quota| NearQuota::of(quota, quotas.of(quota), used.of(quota))).collect())
}

/// How many calls began in each of these months.
async fn calls_of_months(
    conn: &mut Conn,
    scope: &Scope,
    months: &BTreeSet<i64>,
) -> Result<BTreeMap<i64, i64>, StoreError> {
    let sql = format!(
        "SELECT month, calls + open FROM usage_months WHERE account_id = $1 AND month IN ({})",
        integers_of_json(conn, "$2"),
    );
    let list = serde_json::json!(months).to_string();
    let rows = fetch_all!(conn, (i64, i64), sqlx::AssertSqlSafe(sql.as_str()), scope.account(), list.as_str())?;
    Ok(rows.into_iter().collect())
}

/// How many more calls there is room for in each of these months; none: as many as one likes.
pub async fn room_of_months(
    conn: &mut Conn,
    scope: &Scope,
    months: &BTreeSet<i64>,
) -> Result<Option<BTreeMap<i64, u64>>, StoreError> {
    let Some(limit) = read(conn, scope).await?.calls else { return Ok(None) };
    let stored = calls_of_months(conn, scope, months).await?;
    let left = |month: &i64| (limit - stored.get(month).copied().unwrap_or(0)).max(0).unsigned_abs();
    Ok(Some(months.iter().map(|month| (*month, left(month))).collect()))
}

/// How many people belong to the account for good, or are invited.
async fn people(conn: &mut Conn, scope: &Scope) -> Result<i64, StoreError> {
    let (people,) = fetch_one!(
        conn,
        (i64,),
        "SELECT (SELECT COUNT(*) FROM users WHERE account_id = $1 AND ends_at IS NULL)
              + (SELECT COUNT(*) FROM invitations WHERE account_id = $1)",
        scope.account(),
    )?;
    Ok(people)
}

/// The calls that a batch may add, kept count of while it is taken in. The account is locked until its end.
#[derive(Debug, Default)]
pub(crate) struct CallQuota {
    /// Known once something was taken in.
    quotas: Option<Quotas>,
    /// Of each month: how many calls there are, those that the batch adds among them.
    months: BTreeMap<i64, i64>,
    /// The months to which it adds.
    grown: BTreeSet<i64>,
}

impl CallQuota {
    /// Reads what is needed for calls that begin in these months.
    pub(crate) async fn prepare(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        months: impl Iterator<Item = Month>,
    ) -> Result<(), StoreError> {
        let quotas = match self.quotas {
            Some(quotas) => quotas,
            None => read(conn, scope).await?,
        };
        self.quotas = Some(quotas);
        if quotas.calls.is_none() {
            return Ok(());
        }
        let months = months.map(|month| i64::from(month.0)).filter(|month| !self.months.contains_key(month));
        let unknown: BTreeSet<i64> = months.collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let stored = calls_of_months(conn, scope, &unknown).await?;
        self.months.extend(unknown.into_iter().map(|month| (month, stored.get(&month).copied().unwrap_or(0))));
        Ok(())
    }

    fn limit(&self) -> Option<i64> {
        self.quotas.and_then(|quotas| quotas.calls)
    }

    /// Whether there is room for one more call in this month, which is taken.
    pub(crate) fn take(&mut self, month: Month) -> bool {
        let Some(limit) = self.limit() else { return true };
        let month = i64::from(month.0);
        let calls = self.months.entry(month).or_default();
        if *calls >= limit {
            // Whoever is refused should have been told before: an operator may have set the quota below what was used.
            self.grown.insert(month);
            return false;
        }
        *calls += 1;
        self.grown.insert(month);
        true
    }

    /// Makes room in the month that a call is not in any more.
    pub(crate) fn give(&mut self, month: Month) {
        if let Some(calls) = self.months.get_mut(&i64::from(month.0)) {
            *calls -= 1;
        }
    }

    /// Tells of the months of which enough is used. `true`: somebody is told.
    pub(crate) async fn tell(self, conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<bool, StoreError> {
        let (limit, mut is_told) = (self.limit(), false);
        for month in self.grown {
            let used = self.months.get(&month).copied().unwrap_or(0);
            if let Some(near) = NearQuota::of(Quota::Calls, limit, used) {
                is_told |= tell(conn, scope, near, month, now).await?;
            }
        }
        Ok(is_told)
    }
}

/// Makes room for a recording in place of one of `freed` bytes; the caller has locked the account.
///
/// # Errors
/// [`StoreError::OverQuota`] where it would take more than there is room for.
pub(crate) async fn take_bytes(
    conn: &mut Conn,
    scope: &Scope,
    bytes: i64,
    freed: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let limit = read(conn, scope).await?.recording_bytes;
    if let Some(limit) = limit {
        let used = account_totals::recording_bytes(conn, scope).await? - freed + bytes;
        if used > limit && bytes > freed {
            return Err(StoreError::OverQuota(Quota::Recordings, limit));
        }
        if let Some(near) = NearQuota::of(Quota::Recordings, Some(limit), used) {
            let month = this_month(conn, scope, now).await?;
            tell(conn, scope, near, month, now).await?;
        }
    }
    account_totals::add_recording_bytes(conn, scope.account(), bytes - freed).await
}

/// Whether there is room for a recording of a call of so many bytes, before it is received. What [`recordings::put`] finds then counts.
///
/// # Errors
/// [`StoreError::OverQuota`] where there is none.
pub async fn check_recording(conn: &mut Conn, scope: &Scope, call: &CallId, bytes: u64) -> Result<(), StoreError> {
    let Some(limit) = read(conn, scope).await?.recording_bytes else { return Ok(()) };
    let before = recordings::lookup(conn, scope, call).await?;
    let freed = before.map_or(0, |before| before.bytes + before.playable.map_or(0, |playable| playable.bytes)) as i64;
    let used = account_totals::recording_bytes(conn, scope).await? - freed;
    let is_over = i64::try_from(bytes).map_or(true, |bytes| used.saturating_add(bytes) > limit && bytes > freed);
    if is_over { Err(StoreError::OverQuota(Quota::Recordings, limit)) } else { Ok(()) }
}

/// Finds room for one more person; the caller has locked the account.
///
/// # Errors
/// [`StoreError::OverQuota`] where there is none.
pub(crate) async fn take_person(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<(), StoreError> {
    let Some(limit) = read(conn, scope).await?.people else { return Ok(()) };
    let used = people(conn, scope).await? + 1;
    if used > limit {
        return Err(StoreError::OverQuota(Quota::People, limit));
    }
    if let Some(near) = NearQuota::of(Quota::People, Some(limit), used) {
        let month = this_month(conn, scope, now).await?;
        tell(conn, scope, near, month, now).await?;
    }
    Ok(())
}

async fn this_month(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<i64, StoreError> {
    let zone = accounts::lookup(conn, scope).await?.zone;
    Ok(i64::from(Month::of(zone.local(now).day()).0))
}

/// Has owners and operators told, once a month for each quota. `false`: they were.
async fn tell(conn: &mut Conn, scope: &Scope, near: NearQuota, month: i64, now: Timestamp) -> Result<bool, StoreError> {
    let is_first = execute!(
        conn,
        "INSERT INTO quota_notices (account_id, quota, month, told_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id, quota, month) DO NOTHING",
        scope.account(),
        near.quota.word(),
        month,
        now.0,
    )?;
    if is_first == 0 {
        return Ok(false);
    }
    let NearQuota { quota, limit, used } = near;
    for email in owners_and_operators(conn, scope).await? {
        let notice = SendNotice::QuotaNear { email, quota: quota.word().to_owned(), month, limit, used };
        jobs::enqueue(conn, scope, &notice, Some(&notice.once_key()), now, now).await?;
    }
    Ok(true)
}

/// The addresses of the account's lasting owners and of all operators, each once.
async fn owners_and_operators(conn: &mut Conn, scope: &Scope) -> Result<BTreeSet<String>, StoreError> {
    let users = users::list(conn, scope).await?.into_iter();
    let owners = users.filter(|user| user.role == Role::Owner && user.ends_at.is_none()).map(|user| user.email);
    let mut emails: BTreeSet<String> = owners.collect();
    emails.extend(operators::list(conn).await?.into_iter().map(|operator| operator.email));
    Ok(emails)
}
