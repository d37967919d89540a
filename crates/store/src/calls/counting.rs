//! What is counted of a list beside its page: sums, customers, and calls by class. By rollups where these can tell; else the
//! calls are read, a part at a time, so that a reader who leaves leaves nothing behind that goes on.

use std::collections::{BTreeMap, HashMap};

use domain::{CallFilter, Money, filter::ClassFilter, report::CallCounts};
use roaring::RoaringBitmap;

use super::{
    CallSums, CodeOf, ResolvedList, conditions, customers, row,
    spans::{self, Spans},
};
use crate::{
    Conn, StoreError,
    db::fetch_all,
    rollup::{DayCustomers, customers_of_days},
    search_index::SearchMatches,
    sql::{Search, Sql},
    sums::Keyed,
    usage_rollup::CodeSums,
};

/// Calls, or customers, of a part that is read at once.
const PART: i64 = 100_000;
/// To ask a call's customer takes as long as to go through so many customers.
const CUSTOMERS_FOR_A_CALL: i64 = 8;

/// What was counted of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Over all calls of the filter; `None` where that would have read too many.
    pub sums: Option<CallSums>,
    /// Whether the customers of the sums are not counted, because that would have read too many.
    pub lacks_customers: bool,
    /// Calls by class, of the filter without the classes that it asks for; `None` where that would have read too many.
    pub by_class: Option<CallCounts>,
}

/// Where the filter's calls are, where it pays to ask.
pub(super) async fn spans(conn: &mut Conn, listed: &ResolvedList<'_>) -> Result<Option<Spans>, StoreError> {
    if listed.filter.is_narrowed() && listed.filter.contact.is_none() {
        spans::find(conn, listed).await.map(Some)
    } else {
        Ok(None)
    }
}

/// How far counting goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CountWanted {
    /// Everything, by however many calls.
    All,
    /// What rollups tell, or is found by reading no more than so many calls.
    Within(u64),
    /// Everything but the customers.
    Sums,
}

/// Counts a list, `spans` being where its calls are.
pub(super) async fn count(
    conn: &mut Conn,
    listed: &ResolvedList<'_>,
    spans: Option<&Spans>,
    wanted: CountWanted,
) -> Result<Counts, StoreError> {
    let rest = CallFilter { classes: vec![], ..listed.filter.clone() };
    let of_any_class = ResolvedList { filter: &rest, ..listed.clone() };
    let is_allowed = |calls: i64| match wanted {
        CountWanted::Within(most) => calls <= most.cast_signed(),
        CountWanted::All | CountWanted::Sums => true,
    };
    if conditions::rollup(listed).is_some() {
        let by_code = of_any_class.by_code().fetch_all(conn).await?.into_iter().map(read).collect();
        let (mut sums, by_class) = sums_of(listed, &by_code);
        if wanted == CountWanted::Sums {
            return Ok(Counts { sums: Some(sums), lacks_customers: true, by_class: Some(by_class) });
        }
        let (mut lacks_customers, calls) = (false, sums.calls);
        sums.customers = match customers::count(conn, listed, calls).await? {
            customers::CustomerCount::Counted(customers) => customers,
            customers::CustomerCount::ByCalls => {
                lacks_customers = !is_allowed(spans.map_or(calls.cast_signed(), Spans::calls));
                if lacks_customers { None } else { Some(customers_of(listed, &read_calls(conn, listed, spans).await?)) }
            }
        };
        return Ok(Counts { sums: Some(sums), lacks_customers, by_class: Some(by_class) });
    }
    let spans_of_any = if rest == *listed.filter { spans.cloned() } else { self::spans(conn, &of_any_class).await? };
    if !is_allowed(to_read(listed, spans_of_any.as_ref())) {
        return Ok(Counts::default());
    }
    let found = if is_read_in_parts(listed) {
        read_calls(conn, &of_any_class, spans_of_any.as_ref()).await?
    } else {
        of_any_class.by_code().fetch_all(conn).await?.into_iter().map(read).collect()
    };
    let (mut sums, by_class) = sums_of(listed, &found);
    if wanted == CountWanted::Sums {
        return Ok(Counts { sums: Some(sums), lacks_customers: true, by_class: Some(by_class) });
    }
    sums.customers = match customers::count(conn, listed, sums.calls).await? {
        customers::CustomerCount::Counted(customers) => customers,
        customers::CustomerCount::ByCalls if is_read_in_parts(listed) => Some(customers_of(listed, &found)),
        customers::CustomerCount::ByCalls => Some(customers::by_calls(conn, listed).await?),
    };
    Ok(Counts { sums: Some(sums), lacks_customers: false, by_class: Some(by_class) })
}

/// How many calls, or customers, must be looked at.
fn to_read(listed: &ResolvedList<'_>, spans: Option<&Spans>) -> i64 {
    let Some(spans) = spans else { return 0 };
    // The calls of few customers are found by an index.
    listed.few().map_or_else(|| spans.calls(), |few| few.customers.len() as i64)
}

/// Whether the calls are read a part at a time: those of one customer, or of few whom a search finds, are not many.
fn is_read_in_parts(listed: &ResolvedList<'_>) -> bool {
    listed.few().is_none() && listed.filter.contact.is_none()
}

/// What was found under a code; '' for the calls in progress.
#[derive(Debug, Default)]
pub(super) struct CountedCode {
    pub(super) sums: CodeSums,
    /// The customers of the calls; none where they were not asked for.
    customers: RoaringBitmap,
}

pub(super) type CountsByCode = BTreeMap<String, CountedCode>;

fn read(row: Keyed<CodeOf, CodeSums>) -> (String, CountedCode) {
    (row.key.code, CountedCode { sums: row.sums, customers: RoaringBitmap::new() })
}

/// A part of the calls, under a code.
#[derive(Debug, sqlx_macros::FromRow)]
struct PartOfCode {
    #[sqlx(flatten)]
    key: CodeOf,
    #[sqlx(flatten)]
    sums: CodeSums,
    customers: Option<String>,
}

pub(super) async fn read_calls(
    conn: &mut Conn,
    listed: &ResolvedList<'_>,
    spans: Option<&Spans>,
) -> Result<CountsByCode, StoreError> {
    let mut found = CountsByCode::new();
    let mut left = spans.map(|spans| spans.times.clone()).unwrap_or_default();
    let asked = AskedCustomers::of(conn, listed).await?;
    let sought = Sought::of(conn, listed, left.iter().map(|span| span.calls).sum()).await?;
    if asked.is_some() || sought.is_some() {
        let is_counted = |call: &OneCall| {
            asked.as_ref().is_none_or(|asked| asked.has(call)) && sought.as_ref().is_none_or(|sought| sought.has(call))
        };
        while let Some(span) = spans::take(&mut left, PART, false) {
            let calls: Vec<OneCall> = match &sought {
                Some(sought) => sought.one_by_one(listed, span).fetch_all(conn).await?,
                None => one_by_one(listed, span).fetch_all(conn).await?,
            };
            for call in calls.into_iter().filter(is_counted) {
                let of_code = found.entry(call.code).or_default();
                let OneCall { talk_time, blocks, cost, .. } = call;
                of_code.sums += CodeSums { calls: 1, talk_time, blocks, cost };
                of_code.customers.insert(call.contact_no as u32);
            }
        }
        return Ok(found);
    }
    while let Some(span) = spans::take(&mut left, PART, false) {
        for part in part(listed, span).fetch_all::<PartOfCode>(conn).await? {
            let of_code = found.entry(part.key.code).or_default();
            of_code.sums += part.sums;
            let numbers = part.customers.as_deref().unwrap_or_default().split(',');
            of_code.customers.extend(numbers.filter_map(|number| number.parse::<u32>().ok()));
        }
    }
    Ok(found)
}

/// The statement that reads a part of the calls.
pub(super) fn part(listed: &ResolvedList<'_>, span: spans::Span) -> Sql {
    let mut sql = listed.sql();
    sql.push("SELECT COALESCE(result_code, '') AS code, COUNT(*) AS calls,").push(row::SUMS);
    sql.push(match listed.campaign_key {
        Some(_) => ", STRING_AGG(CAST(contact_no AS TEXT), ',') AS customers",
        None => ", CAST(NULL AS TEXT) AS customers",
    });
    sql.push(" FROM calls").push(listed.of());
    conditions::push(&mut sql, listed);
    spans::push_span(&mut sql, span, true, true);
    sql.push(" GROUP BY result_code");
    sql
}

/// What a call adds to the sums, and whose it is.
#[derive(Debug, sqlx_macros::FromRow)]
struct OneCall {
    campaign_key: i64,
    contact_no: i64,
    code: String,
    talk_time: i64,
    blocks: i64,
    cost: i64,
    /// Whether the search is about the number that was dialled; false where that is not asked.
    is_dialled: bool,
}

/// The statement that reads a part of the calls one by one, whatever the filter asks of what else became of their customers.
pub(super) fn one_by_one(listed: &ResolvedList<'_>, span: spans::Span) -> Sql {
    push_one_by_one(listed, span, None)
}

fn push_one_by_one(listed: &ResolvedList<'_>, span: spans::Span, search: Option<&Search>) -> Sql {
    let mut sql = listed.sql();
    sql.push("SELECT campaign_key, contact_no, COALESCE(result_code, '') AS code, talk_time, blocks, cost, (");
    match search {
        Some(search) => {
            sql.push("phone IS NOT NULL AND (");
            search.push_on_dialled(&mut sql);
            sql.push(")");
        }
        None => drop(sql.push("1 = 0")),
    }
    sql.push(") AS is_dialled FROM calls").push(listed.of());
    conditions::push(&mut sql, listed);
    spans::push_span(&mut sql, span, true, true);
    sql
}

/// Whom a search finds that finds many. Their lists are gone through once, which is much less than to ask each call's customer.
struct Sought {
    search: Search,
    by_campaign: HashMap<i64, RoaringBitmap>,
}

impl Sought {
    /// `None`: the filter searches for nothing, or for few, or so few `calls` are read that these are asked.
    async fn of(conn: &mut Conn, listed: &ResolvedList<'_>, calls: i64) -> Result<Option<Self>, StoreError> {
        let Some(q) = listed.filter.q.as_deref() else { return Ok(None) };
        if !matches!(listed.found.as_deref(), Some(SearchMatches::Many(_))) {
            return Ok(None);
        }
        let mut sql = listed.sql();
        sql.push("SELECT campaign_key, next_contact_no FROM campaigns").push(listed.of());
        let campaigns: Vec<(i64, i64)> = sql.fetch_all(conn).await?;
        if campaigns.iter().map(|(_, customers)| customers).sum::<i64>() / CUSTOMERS_FOR_A_CALL > calls {
            return Ok(None);
        }
        let search = Search::of(q, listed.scope);
        let mut by_campaign = HashMap::new();
        for (campaign_key, next) in campaigns {
            let customers: &mut RoaringBitmap = by_campaign.entry(campaign_key).or_default();
            for from in (0..next).step_by(PART as usize) {
                let found: Vec<(i64,)> = sought_among(listed, &search, campaign_key, from).fetch_all(conn).await?;
                customers.extend(found.into_iter().map(|(number,)| number as u32));
            }
        }
        Ok(Some(Self { search, by_campaign }))
    }

    /// As [`one_by_one`], without the search.
    fn one_by_one(&self, listed: &ResolvedList<'_>, span: spans::Span) -> Sql {
        let filter = CallFilter { q: None, ..listed.filter.clone() };
        let listed = ResolvedList { filter: &filter, found: None, ..listed.clone() };
        push_one_by_one(&listed, span, Some(&self.search))
    }

    fn has(&self, call: &OneCall) -> bool {
        let is_among = |numbers: &RoaringBitmap| numbers.contains(call.contact_no as u32);
        call.is_dialled || self.by_campaign.get(&call.campaign_key).is_some_and(is_among)
    }
}

/// The statement that asks a part of a list whom of it a search finds.
pub(super) fn sought_among(listed: &ResolvedList<'_>, search: &Search, campaign_key: i64, from: i64) -> Sql {
    let mut sql = Sql::with(&[listed.scope.account(), campaign_key]);
    sql.push("SELECT contact_no FROM contacts WHERE account_id = $1 AND campaign_key = $2 AND contact_no >= ");
    sql.int(from).push(" AND contact_no < ").int(from + PART).push(" AND ");
    search.push_on_contacts(&mut sql);
    sql
}

/// The customers of whom the filter asks that they were reached in the period, or not, or talked to. The day bitmaps say so: to ask
/// each call's customer for their other calls takes many times as long.
struct AskedCustomers {
    by_campaign: HashMap<i64, RoaringBitmap>,
    /// Whether these are let through, or all others.
    are_let_through: bool,
}

impl AskedCustomers {
    /// `None`: the filter asks nothing of the kind.
    async fn of(conn: &mut Conn, listed: &ResolvedList<'_>) -> Result<Option<Self>, StoreError> {
        let (reached, talked) = (listed.filter.reached, listed.filter.talked);
        if reached.is_none() && !talked {
            return Ok(None);
        }
        let campaigns = if let Some(key) = listed.campaign_key {
            vec![(key,)]
        } else {
            let sql = "SELECT campaign_key FROM campaigns WHERE account_id = $1";
            fetch_all!(conn, (i64,), sql, listed.scope.account())?
        };
        let (from, to) =
            listed.range.map_or((i64::MIN, i64::MAX), |range| (i64::from(range.from.0), i64::from(range.to.0)));
        let mut by_campaign = HashMap::new();
        for (campaign_key,) in campaigns {
            let mut all = DayCustomers::default();
            for (_, day) in customers_of_days(conn, listed.scope, campaign_key, from, to).await? {
                all.unite(&day);
            }
            // Whoever was talked to was reached.
            by_campaign.insert(
                campaign_key,
                match (reached, talked) {
                    (Some(false), true) => RoaringBitmap::new(),
                    (_, true) => all.talked,
                    _ => all.reached,
                },
            );
        }
        Ok(Some(Self { by_campaign, are_let_through: talked || reached == Some(true) }))
    }

    fn has(&self, call: &OneCall) -> bool {
        let is_among = |numbers: &RoaringBitmap| numbers.contains(call.contact_no as u32);
        self.by_campaign.get(&call.campaign_key).is_some_and(is_among) == self.are_let_through
    }
}

/// Whether the filter's classes let a code through.
fn is_asked_for(listed: &ResolvedList<'_>, code: &str) -> bool {
    let class = if code.is_empty() {
        ClassFilter::InProgress
    } else {
        ClassFilter::Class(listed.meanings.now().class_of(code))
    };
    listed.filter.classes.is_empty() || listed.filter.classes.contains(&class)
}

/// The sums of the filter, and the calls by class whatever class it asks for.
fn sums_of(listed: &ResolvedList<'_>, found: &CountsByCode) -> (CallSums, CallCounts) {
    let mut all = CodeSums::default();
    for (_, of_code) in found.iter().filter(|(code, _)| is_asked_for(listed, code)) {
        all += of_code.sums;
    }
    let CodeSums { calls, talk_time, blocks, cost } = all;
    let sums = CallSums { calls: calls.cast_unsigned(), customers: None, talk_time, blocks, cost: Money(cost) };
    let counts = found.iter().map(|(code, of_code)| (code.as_str(), of_code.sums.calls.cast_unsigned()));
    (sums, CallCounts::by_code(listed.meanings.now(), counts))
}

/// Customers of the filter, each once.
pub(super) fn customers_of(listed: &ResolvedList<'_>, found: &CountsByCode) -> u64 {
    let asked_for = found.iter().filter(|(code, _)| is_asked_for(listed, code));
    asked_for.fold(RoaringBitmap::new(), |all, (_, of_code)| all | &of_code.customers).len()
}
