//! Calls as they are listed and opened.

mod conditions;
mod customers;
mod row;
#[cfg(test)]
mod tests;

use domain::{
    Call, CallClass, CallFilter, CallId, CampaignId, ContactId, DateRange, Day, Money, filter::CallOrder,
    report::CallCounts, time::Zone,
};

use crate::{
    Conn, PageRequest, Scope, StoreError, accounts, campaigns,
    cursor::{List, Place},
    sql::Sql,
};
use conditions::Asking;
use row::CallRow;

/// Sums over all calls that a filter lets through. Calls in progress are counted among `calls`, and add nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallSums {
    /// How many.
    pub calls: u64,
    /// How many customers they were to; each once.
    pub customers: u64,
    /// Σ talk time, ms.
    pub talk_time: i64,
    /// Σ blocks.
    pub blocks: i64,
    /// Σ cost.
    pub cost: Money,
}

/// A page of a campaign's calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallPage {
    /// In the order of the filter.
    pub calls: Vec<Call>,
    /// The cursor of the page after this one.
    pub next: Option<String>,
    /// The cursor of the page before this one.
    pub previous: Option<String>,
    /// How many calls the filter lets through, on all pages.
    pub total: u64,
    /// Over all pages.
    pub sums: CallSums,
}

/// A part of a list that is read to its end, for files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallSlice {
    /// In the order of the filter.
    pub calls: Vec<Call>,
    /// The cursor of the slice after this one; none at the end.
    pub next: Option<String>,
}

/// One call with its transcript and attributes.
pub async fn lookup(conn: &mut Conn, scope: &Scope, id: &CallId) -> Result<Option<Call>, StoreError> {
    let currency = accounts::lookup(conn, scope).await?.currency;
    let mut sql = Sql::with(&[scope.account()]);
    sql.push(row::SELECT).push("calls").push(row::JOIN_WITH_DETAILS);
    sql.push(" WHERE c.account_id = $1 AND c.id = ").text(id.as_str());
    let row = sql.fetch_all::<CallRow>(conn).await?.pop();
    row.map(|row| row.read(&currency)).transpose()
}

/// All calls of one customer, oldest first, without transcripts. Empty where there is no such campaign or customer.
pub async fn of_contact(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignId,
    contact: &ContactId,
) -> Result<Vec<Call>, StoreError> {
    let currency = accounts::lookup(conn, scope).await?.currency;
    let Some(campaign_key) = campaigns::key(conn, scope, campaign).await? else { return Ok(Vec::new()) };
    let mut sql = Sql::with(&[scope.account(), campaign_key]);
    sql.push(row::SELECT).push("calls").push(row::JOIN);
    sql.push(" WHERE c.account_id = $1 AND c.campaign_key = $2 AND c.contact_no = (");
    conditions::push_contact(&mut sql, contact);
    sql.push(")");
    let mut rows: Vec<CallRow> = sql.fetch_all(conn).await?;
    rows.sort_by_key(|row| (row.dialed_at, row.call_key));
    rows.into_iter().map(|row| row.read(&currency)).collect()
}

/// A list of calls, resolved: what the campaign, the period and the zone mean.
struct Listed<'a> {
    scope: &'a Scope,
    campaign_key: i64,
    filter: &'a CallFilter,
    range: Option<DateRange>,
    zone: Zone,
    list: List,
}

impl<'a> Listed<'a> {
    fn new(scope: &'a Scope, campaign_key: i64, filter: &'a CallFilter, today: Day, zone: Zone) -> Self {
        let list = List::new("calls", scope.account(), campaign_key, &filter.sort.to_word());
        Self { scope, campaign_key, filter, range: filter.period.resolve(today), zone, list }
    }

    /// Up to `rows` calls from `place` on, in the direction of `place`. The page's rows are found first, by index and
    /// already in order; only they are joined with what else is shown of them.
    fn select(&self, place: Option<Place>, rows: usize, details: bool) -> Sql {
        let column = self.filter.sort.by.word();
        let against = place.is_some_and(|place| place.backwards);
        let descending = self.filter.sort.descending != against;
        let mut sql = Sql::with(&[self.scope.account(), self.campaign_key]);
        sql.push(row::SELECT).push("(SELECT * FROM calls WHERE account_id = $1 AND campaign_key = $2");
        conditions::push(&mut sql, self.filter, self.range);
        conditions::push_customers(&mut sql, self.filter, self.range, Asking::Each);
        if let Some(range) = self.range {
            let bounded = place.is_some() && self.filter.sort.by == CallOrder::DialedAt;
            let (from, to) = (!bounded || descending, !bounded || !descending);
            conditions::push_instants(&mut sql, range, self.zone, from, to);
        }
        if let Some(place) = place {
            sql.push(" AND (").push(column).push(", call_key) ").push(if descending { "< (" } else { "> (" });
            sql.int(place.value).push(", ").int(place.key).push(")");
        }
        sql.push(" ORDER BY ").push(column).push(if descending { " DESC, call_key DESC" } else { ", call_key" });
        sql.push(" LIMIT ").int(rows as i64);
        sql.push(")").push(if details { row::JOIN_WITH_DETAILS } else { row::JOIN });
        sql
    }

    /// Every condition, for a statement that reads all calls of the filter.
    fn push_all(&self, sql: &mut Sql) {
        conditions::push(sql, self.filter, self.range);
        conditions::push_customers(sql, self.filter, self.range, Asking::AtOnce);
        if let Some(range) = self.range {
            conditions::push_instants(sql, range, self.zone, true, true);
        }
    }

    fn value(&self, row: &CallRow) -> i64 {
        match self.filter.sort.by {
            CallOrder::DialedAt => row.dialed_at,
            CallOrder::TalkTime => row.talk_time,
            CallOrder::Cost => row.cost,
        }
    }

    /// The rows of [`Self::select`] in the order in which they were read: a join may shuffle them, and sorting a page
    /// here spares the engine a sorting step that would hide a missing index from the tests.
    async fn fetch(
        &self,
        conn: &mut Conn,
        place: Option<Place>,
        rows: usize,
        details: bool,
    ) -> Result<Vec<CallRow>, StoreError> {
        let mut rows: Vec<CallRow> = self.select(place, rows, details).fetch_all(conn).await?;
        rows.sort_by_key(|row| (self.value(row), row.call_key));
        if self.filter.sort.descending != place.is_some_and(|place| place.backwards) {
            rows.reverse();
        }
        Ok(rows)
    }

    /// The sums, from the rollups where these can tell, else by counting the calls.
    fn sums(&self) -> Sql {
        let mut sql = Sql::with(&[self.scope.account(), self.campaign_key]);
        if conditions::rollup_can_answer(self.filter) {
            sql.push("SELECT CAST(COALESCE(SUM(calls), 0) AS BIGINT),");
            sql.push(row::SUMS).push(" FROM rollup_hours WHERE account_id = $1 AND campaign_key = $2");
            conditions::push_on_rollup(&mut sql, self.filter, self.range);
        } else {
            sql.push("SELECT COUNT(*),");
            sql.push(row::SUMS).push(" FROM calls WHERE account_id = $1 AND campaign_key = $2");
            self.push_all(&mut sql);
        }
        sql
    }

    /// How many calls have which code; in progress is the code ''.
    fn codes(&self) -> Sql {
        let mut sql = Sql::with(&[self.scope.account(), self.campaign_key]);
        if conditions::rollup_can_answer(self.filter) {
            sql.push("SELECT code, CAST(SUM(calls) AS BIGINT) FROM rollup_hours");
            sql.push(" WHERE account_id = $1 AND campaign_key = $2");
            conditions::push_on_rollup(&mut sql, self.filter, self.range);
            sql.push(" GROUP BY code");
        } else {
            sql.push("SELECT COALESCE(result_code, ''), COUNT(*) FROM calls");
            sql.push(" WHERE account_id = $1 AND campaign_key = $2");
            self.push_all(&mut sql);
            sql.push(" GROUP BY result_code");
        }
        sql
    }
}

/// How many calls of each class a filter lets through, in one reading, for the counts beside a list.
/// `None`: no such campaign.
pub async fn count_by_class(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignId,
    filter: &CallFilter,
    today: Day,
) -> Result<Option<CallCounts>, StoreError> {
    let account = accounts::lookup(conn, scope).await?;
    let Some(campaign_key) = campaigns::key(conn, scope, campaign).await? else { return Ok(None) };
    let listed = Listed::new(scope, campaign_key, filter, today, zone_of(&account)?);
    let mut counts = CallCounts::default();
    for (code, calls) in listed.codes().fetch_all::<(String, i64)>(conn).await? {
        let calls = i64::cast_unsigned(calls);
        if code.is_empty() {
            counts.in_progress += calls;
            continue;
        }
        counts.total += calls;
        match CallClass::of(&code) {
            CallClass::Success => counts.success += calls,
            CallClass::Failed => counts.failed += calls,
            CallClass::Error => counts.error += calls,
        }
    }
    Ok(Some(counts))
}

/// A page of a campaign's calls. `today` is what the filter's period counts from. `None`: no such campaign.
pub async fn page(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignId,
    filter: &CallFilter,
    today: Day,
    request: &PageRequest,
) -> Result<Option<CallPage>, StoreError> {
    let limit = request.checked_limit()?;
    let account = accounts::lookup(conn, scope).await?;
    let Some(campaign_key) = campaigns::key(conn, scope, campaign).await? else { return Ok(None) };
    let listed = Listed::new(scope, campaign_key, filter, today, zone_of(&account)?);
    let place = request.place(&listed.list)?;
    let rows = listed.fetch(conn, place, limit + 1, request.details).await?;
    let (rows, next, previous) = listed.list.cut(rows, limit, place, |row| (listed.value(row), row.call_key));
    let calls = rows.into_iter().map(|row| row.read(&account.currency)).collect::<Result<_, _>>()?;
    let (count, talk_time, blocks, cost) = listed.sums().fetch_one(conn).await?;
    let calls_of_filter = i64::cast_unsigned(count);
    let customers = customers::count(conn, &listed, calls_of_filter).await?;
    let sums = CallSums { calls: calls_of_filter, customers, talk_time, blocks, cost: Money(cost) };
    Ok(Some(CallPage { calls, next, previous, total: sums.calls, sums }))
}

/// The next calls of a list that is read to its end, without counting it each time. `request.cursor` is the `next` of
/// the slice before. `None`: no such campaign.
pub async fn slice(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignId,
    filter: &CallFilter,
    today: Day,
    request: &PageRequest,
) -> Result<Option<CallSlice>, StoreError> {
    let limit = request.checked_limit()?;
    let account = accounts::lookup(conn, scope).await?;
    let Some(campaign_key) = campaigns::key(conn, scope, campaign).await? else { return Ok(None) };
    let listed = Listed::new(scope, campaign_key, filter, today, zone_of(&account)?);
    let place = request.place(&listed.list)?;
    let rows = listed.fetch(conn, place, limit + 1, request.details).await?;
    let (rows, next, _) = listed.list.cut(rows, limit, place, |row| (listed.value(row), row.call_key));
    let calls = rows.into_iter().map(|row| row.read(&account.currency)).collect::<Result<_, _>>()?;
    Ok(Some(CallSlice { calls, next }))
}

fn zone_of(account: &domain::Account) -> Result<Zone, StoreError> {
    Zone::new(&account.timezone).map_err(|_| StoreError::Broken(format!("time zone {}", account.timezone)))
}
