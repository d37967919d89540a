//! How many customers the calls of a filter were to, each counted once: from counters and day bitmaps where these can
//! tell, else by counting the calls.

use std::collections::BTreeSet;

use domain::{
    CallClass, CallFilter, CodeMeanings, DateRange,
    filter::{ClassFilter, TALKED_FROM},
};
use roaring::RoaringBitmap;

use super::listed::ResolvedList;
use crate::{
    Conn, StoreError,
    db::fetch_one,
    rollup::{DayCustomers, customers_of_days},
    sql::Sql,
};

/// Calls whose customers are counted already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CountedCalls {
    /// All calls, with those in progress.
    All,
    /// All finished calls.
    Finished,
    /// Success calls.
    Success,
    /// Success calls of more than 30 s.
    Talked,
}

impl CountedCalls {
    /// What a filter's own conditions on calls amount to; `None` where its calls must be counted.
    fn of(filter: &CallFilter, meanings: &CodeMeanings) -> Option<Self> {
        let plain = CallFilter {
            period: filter.period,
            sort: filter.sort,
            classes: filter.classes.clone(),
            min_talk: filter.min_talk,
            reached: filter.reached,
            talked: filter.talked,
            ..CallFilter::default()
        };
        if *filter != plain {
            return None;
        }
        let classes: BTreeSet<ClassFilter> = filter.classes.iter().copied().collect();
        let finished = CallClass::ALL.map(ClassFilter::Class);
        let is_finished = finished.iter().all(|class| classes.contains(class));
        let only_success = classes.len() == 1 && classes.contains(&ClassFilter::Class(CallClass::Success));
        let with_success = classes.is_empty() || classes.contains(&ClassFilter::Class(CallClass::Success));
        match filter.min_talk {
            None if classes.is_empty() || classes.len() > finished.len() => Some(Self::All),
            None if is_finished => Some(Self::Finished),
            None if only_success => Some(Self::Success),
            Some(TALKED_FROM) if only_success => Some(Self::Talked),
            // A talk time is that of an answered call, whatever other classes are asked for; all of these are successes where no
            // code is changed.
            Some(TALKED_FROM) if with_success && meanings.is_unchanged() => Some(Self::Talked),
            _ => None,
        }
    }
}

/// How many customers there are, as far as they are counted already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CustomerCount {
    /// So many; `None` for the list of an account: a customer belongs to a campaign.
    Counted(Option<u64>),
    /// The calls must be read.
    ByCalls,
}

/// Counts them; `calls` is how many calls the filter lets through.
pub(super) async fn count(conn: &mut Conn, listed: &ResolvedList<'_>, calls: u64) -> Result<CustomerCount, StoreError> {
    let filter = listed.filter;
    let Some(campaign_key) = listed.campaign_key else { return Ok(CustomerCount::Counted(None)) };
    if filter.newly_reached || calls == 0 {
        // Nobody is reached for the first time twice.
        return Ok(CustomerCount::Counted(Some(calls)));
    }
    let customers = match (CountedCalls::of(filter, listed.meanings.now()), listed.range) {
        (Some(counted), Some(range)) => by_days(conn, listed, campaign_key, range, counted).await?,
        (Some(counted), None) => of_campaign(conn, listed, campaign_key, counted).await?,
        (None, _) => return Ok(CustomerCount::ByCalls),
    };
    Ok(CustomerCount::Counted(Some(customers)))
}

/// By one statement that reads the calls.
pub(super) async fn by_calls(conn: &mut Conn, listed: &ResolvedList<'_>) -> Result<u64, StoreError> {
    let (customers,): (i64,) = distinct(listed).fetch_one(conn).await?;
    Ok(i64::cast_unsigned(customers))
}

/// The statement that counts the customers of the filter's calls.
pub(super) fn distinct(listed: &ResolvedList<'_>) -> Sql {
    let mut sql = listed.sql();
    sql.push("SELECT COUNT(DISTINCT contact_no) FROM ");
    listed.push_from(&mut sql);
    listed.push_all(&mut sql);
    sql
}

/// The statement that finds the customers with a call in progress; there are never many.
pub(super) fn open(listed: &ResolvedList<'_>) -> Sql {
    let mut sql = listed.sql();
    sql.push("SELECT DISTINCT contact_no FROM calls").push(listed.of()).push(" AND class IS NULL");
    if let Some(range) = listed.range {
        sql.push(" AND day BETWEEN ").int(i64::from(range.from.0)).push(" AND ").int(i64::from(range.to.0));
    }
    sql
}

/// From the bitmaps of the days.
async fn by_days(
    conn: &mut Conn,
    listed: &ResolvedList<'_>,
    campaign_key: i64,
    range: DateRange,
    counted: CountedCalls,
) -> Result<u64, StoreError> {
    let (from, to) = (i64::from(range.from.0), i64::from(range.to.0));
    let mut all = DayCustomers::default();
    for (_, day) in customers_of_days(conn, listed.scope, campaign_key, from, to).await? {
        all.unite(&day);
    }
    let DayCustomers { dialled, reached, talked, goal: _ } = all;
    let mut customers = match counted {
        CountedCalls::All => {
            let open = open(listed).fetch_all::<(i64,)>(conn).await?;
            &dialled | open.into_iter().map(|(contact_no,)| contact_no as u32).collect::<RoaringBitmap>()
        }
        CountedCalls::Finished => dialled,
        CountedCalls::Success => reached.clone(),
        CountedCalls::Talked => talked.clone(),
    };
    match listed.filter.reached {
        Some(true) => customers &= &reached,
        Some(false) => customers -= &reached,
        None => {}
    }
    if listed.filter.talked {
        customers &= &talked;
    }
    Ok(customers.len())
}

/// From the campaign's counters: whoever was talked to was reached, whoever was reached was dialled.
async fn of_campaign(
    conn: &mut Conn,
    listed: &ResolvedList<'_>,
    campaign_key: i64,
    counted: CountedCalls,
) -> Result<u64, StoreError> {
    let (dialled, reached, talked) = fetch_one!(
        conn,
        (i64, i64, i64),
        "SELECT dialled, reached, talked FROM campaigns WHERE account_id = $1 AND campaign_key = $2",
        listed.scope.account(),
        campaign_key,
    )?;
    let counters = match (counted, listed.filter.reached, listed.filter.talked) {
        (CountedCalls::Talked | CountedCalls::Success, Some(false), _) | (_, Some(false), true) => 0,
        (CountedCalls::Talked, _, _) | (_, _, true) => talked,
        (CountedCalls::Success, _, _) | (_, Some(true), _) => reached,
        (_, Some(false), _) => dialled - reached,
        (_, None, _) => dialled,
    };
    // Who is being called for the first time just now is not counted as dialled.
    let waits = matches!(counted, CountedCalls::All) && listed.filter.reached != Some(true) && !listed.filter.talked;
    let first_calls = if waits {
        let (first,) = fetch_one!(
            conn,
            (i64,),
            "SELECT COUNT(DISTINCT c.contact_no)
             FROM calls c
             JOIN contacts k ON k.account_id = $1 AND k.campaign_key = c.campaign_key
                  AND k.contact_no = c.contact_no
             WHERE c.account_id = $1 AND c.campaign_key = $2 AND c.class IS NULL AND NOT k.dialled",
            listed.scope.account(),
            campaign_key,
        )?;
        first
    } else {
        0
    };
    Ok(i64::cast_unsigned(counters + first_calls))
}
