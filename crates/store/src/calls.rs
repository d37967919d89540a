//! Calls as they are listed and opened.

mod conditions;
mod counting;
mod customers;
mod details;
mod finding;
mod listed;
mod row;
mod spans;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use domain::{
    Call, CallFilter, CallId, CampaignId, CodeMeanings, ContactId, Currency, Day, Money, filter::CallOrder,
    sight::CallPlace,
};

pub(crate) use self::conditions::push_contact;
pub use self::counting::Counts;
use self::{counting::CountWanted, finding::RowSource, listed::ResolvedList, row::ListedCall};
use crate::{
    Conn, PageRequest, Scope, StoreError, accounts, campaigns, chosen,
    db::fetch_optional,
    dialect::Engine,
    meanings::Meanings,
    own_dimensions::OwnTexts,
    sql::Sql,
    sums::{Keyed, key},
    usage_rollup::CodeSums,
};

key! {
    /// Of calls by code alone; '' is that of calls in progress.
    CodeOf { code: String }
}

/// Sums over all calls that a filter lets through. Calls in progress are counted among `calls`, and add nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallSums {
    /// How many calls, those in progress among them.
    pub calls: u64,
    /// How many customers they were to, each once; `None` over several campaigns, each of which has customers of its own.
    pub customers: Option<u64>,
    /// Σ talk time, ms.
    pub talk_time: i64,
    /// Σ blocks that the calls were charged as.
    pub blocks: i64,
    /// Σ cost, in micro-units of the account's currency.
    pub cost: Money,
}

/// A page of a campaign's calls, or of the account's.
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

/// A page of a list whose sums may come later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedPage {
    /// In the order of the filter.
    pub calls: Vec<Call>,
    /// The cursor of the page after this one.
    pub next: Option<String>,
    /// The cursor of the page before this one.
    pub previous: Option<String>,
    /// What was counted of the whole list.
    pub counts: Counts,
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
    sql.push(row::SELECT_WITH_DETAILS).push("calls").push(row::JOIN_WITH_DETAILS);
    sql.push(" WHERE c.account_id = $1 AND c.id = ").text(id.as_str());
    chosen::push(&mut sql, scope, "c.campaign_key");
    let Some(row) = sql.fetch_all::<ListedCall>(conn).await?.pop() else { return Ok(None) };
    let meanings = Meanings::load(conn, scope).await?;
    let own = OwnTexts::load(conn, scope).await?;
    row.read(&currency, meanings.now(), &own, scope.sight()).map(Some)
}

/// The sender's id of a call that a reader names: who may not see numbers names a call whose id tells one by its place.
pub async fn named(conn: &mut Conn, scope: &Scope, id: &CallId) -> Result<CallId, StoreError> {
    let place = CallPlace::of_id(id).filter(|_| scope.sight().is_masked());
    let Some(CallPlace { campaign_key, dialed_at, call_key }) = place else { return Ok(id.clone()) };
    let row = fetch_optional!(
        conn,
        (String,),
        "SELECT id FROM calls WHERE account_id = $1 AND campaign_key = $2 AND dialed_at = $3 AND call_key = $4",
        scope.account(),
        campaign_key,
        dialed_at.0,
        call_key,
    )?;
    row.map_or_else(
        || Ok(id.clone()),
        |(id,)| CallId::new(id).map_err(|_| StoreError::Broken("id of a call".to_owned())),
    )
}

/// The sender's id of a call's customer, for the log of the account.
pub async fn customer_of(conn: &mut Conn, scope: &Scope, id: &CallId) -> Result<Option<String>, StoreError> {
    let mut sql = Sql::with(&[scope.account()]);
    sql.push(
        "SELECT k.id FROM calls c
         JOIN contacts k ON k.account_id = $1 AND k.campaign_key = c.campaign_key AND k.contact_no = c.contact_no
         WHERE c.account_id = $1 AND c.id = ",
    );
    sql.text(id.as_str());
    Ok(sql.fetch_all::<(String,)>(conn).await?.pop().map(|row| row.0))
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
    let mut rows: Vec<ListedCall> = sql.fetch_all_by_keys(conn).await?;
    rows.sort_by_key(|row| (row.dialed_at, row.call_key));
    let meanings = Meanings::load(conn, scope).await?;
    let own = OwnTexts::load(conn, scope).await?;
    rows.into_iter().map(|row| row.read(&currency, meanings.now(), &own, scope.sight())).collect()
}

/// The latest call of each of these customers of a campaign, by their numbers on the list.
pub(crate) async fn latest_of(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    numbers: &[i64],
    currency: &Currency,
    meanings: &CodeMeanings,
) -> Result<HashMap<i64, Call>, StoreError> {
    if numbers.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<ListedCall> = latest_calls(scope, campaign_key, numbers).fetch_all_by_keys(conn).await?;
    rows.into_iter()
        .map(|row| {
            let contact_no = row.contact_no;
            Ok((contact_no, row.read(currency, meanings, &OwnTexts::default(), scope.sight())?))
        })
        .collect()
}

/// The statement that finds these customers' latest calls, each by its key.
pub(crate) fn latest_calls(scope: &Scope, campaign_key: i64, numbers: &[i64]) -> Sql {
    let mut sql = Sql::with(&[scope.account(), campaign_key]);
    sql.push(row::SELECT).push(
        "(SELECT l.* FROM contacts n
          JOIN calls l ON l.account_id = $1 AND l.campaign_key = n.campaign_key AND l.dialed_at = n.latest_at
               AND l.call_key = n.latest_key
          WHERE n.account_id = $1 AND n.campaign_key = $2 AND n.contact_no IN ",
    );
    sql.ints(numbers.iter().copied()).push(")").push(row::JOIN);
    sql
}

/// The statement that reads the calls which `push_calls` names.
pub(crate) fn reading(mut sql: Sql, push_calls: impl FnOnce(&mut Sql)) -> Sql {
    sql.push(row::SELECT);
    push_calls(&mut sql);
    sql.push(row::JOIN);
    sql
}

/// The calls of such a statement, in the order newest first.
pub(crate) async fn newest(
    conn: &mut Conn,
    scope: &Scope,
    sql: Sql,
    currency: &Currency,
    meanings: &CodeMeanings,
) -> Result<Vec<Call>, StoreError> {
    let mut rows: Vec<ListedCall> = sql.fetch_all_by_keys(conn).await?;
    rows.sort_by_key(|row| std::cmp::Reverse((row.dialed_at, row.call_key)));
    let own = OwnTexts::default();
    rows.into_iter().map(|row| row.read(currency, meanings, &own, scope.sight())).collect()
}

/// Calls with their transcripts, the newest first, by what the index of what was said has of them: when they were dialled, their number and
/// their campaign's.
pub(crate) async fn with_transcripts(
    conn: &mut Conn,
    scope: &Scope,
    keys: &[(i64, i64, i64)],
) -> Result<Vec<(i64, Call)>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let currency = accounts::lookup(conn, scope).await?.currency;
    let meanings = Meanings::load(conn, scope).await?;
    let engine = Engine::of(conn);
    let mut sql = Sql::with(&[scope.account()]);
    sql.push(row::SELECT_WITH_DETAILS).push(
        "(SELECT f.* FROM
            (SELECT CAST(value ->> 0 AS BIGINT) AS found_at, CAST(value ->> 1 AS BIGINT) AS found_key,
                    CAST(value ->> 2 AS BIGINT) AS found_campaign FROM ",
    );
    sql.push(engine.rows_of_json()).text(serde_json::json!(keys).to_string()).push(engine.end_of_rows_of_json());
    sql.push(
        ") w CROSS JOIN calls f
          WHERE f.account_id = $1 AND f.campaign_key = w.found_campaign AND f.dialed_at = w.found_at
            AND f.call_key = w.found_key)",
    );
    sql.push(row::JOIN_WITH_DETAILS);
    let mut rows: Vec<ListedCall> = sql.fetch_all_by_keys(conn).await?;
    rows.sort_by_key(|row| std::cmp::Reverse((row.dialed_at, row.call_key)));
    let own = OwnTexts::default();
    let read = |row: ListedCall| Ok((row.call_key, row.read(&currency, meanings.now(), &own, scope.sight())?));
    rows.into_iter().map(read).collect()
}

/// How many calls that a filter lets through have which result code; those in progress have the code ''. `None`: no such
/// campaign. Without a campaign: all calls of the account.
pub async fn count_by_code(
    conn: &mut Conn,
    scope: &Scope,
    campaign: Option<&CampaignId>,
    filter: &CallFilter,
    today: Day,
) -> Result<Option<Vec<(String, u64)>>, StoreError> {
    let Some(listed) = ResolvedList::resolve(conn, scope, campaign, filter, today).await? else { return Ok(None) };
    let counts = listed.by_customers().by_code().fetch_all::<Keyed<CodeOf, CodeSums>>(conn).await?;
    Ok(Some(counts.into_iter().map(|row| (row.key.code, i64::cast_unsigned(row.sums.calls))).collect()))
}

/// A page of a campaign's calls; without a campaign, of the account's. `today` is what the filter's period counts from.
/// `None`: no such campaign.
pub async fn page(
    conn: &mut Conn,
    scope: &Scope,
    campaign: Option<&CampaignId>,
    filter: &CallFilter,
    today: Day,
    request: &PageRequest,
) -> Result<Option<CallPage>, StoreError> {
    let page = counted_page(conn, scope, campaign, filter, today, request, None).await?;
    let Some(CountedPage { calls, next, previous, counts }) = page else { return Ok(None) };
    let sums = counts.sums.unwrap_or_default();
    Ok(Some(CallPage { calls, next, previous, total: sums.calls, sums }))
}

/// As [`page`], with what can be counted of the list by reading `most` calls, and with how many of it there are by class.
pub async fn counted_page(
    conn: &mut Conn,
    scope: &Scope,
    campaign: Option<&CampaignId>,
    filter: &CallFilter,
    today: Day,
    request: &PageRequest,
    most: Option<u64>,
) -> Result<Option<CountedPage>, StoreError> {
    let limit = request.checked_limit()?;
    let Some(mut listed) = ResolvedList::resolve(conn, scope, campaign, filter, today).await? else { return Ok(None) };
    let place = request.place(&listed.list)?;
    let spans = counting::spans(conn, &listed).await?;
    let wanted = most.map_or(CountWanted::All, CountWanted::Within);
    let counts = counting::count(conn, &listed.by_customers(), spans.as_ref(), wanted).await?;
    listed.is_level = counts.sums.is_some_and(|sums| match filter.sort.by {
        CallOrder::DialedAt => false,
        CallOrder::TalkTime => sums.talk_time == 0,
        CallOrder::Cost => sums.cost.0 == 0,
    });
    let found = counts.sums.map(|sums| sums.calls.cast_signed());
    let mut rows = listed.find(conn, place, limit + 1, spans.as_ref(), found).await?;
    let limit = if request.details { details::add(conn, scope, &mut rows, limit).await? } else { limit };
    let (rows, next, previous) = listed.list.cut(rows, limit, place, |row| (listed.value(row), row.call_key));
    let calls = rows
        .into_iter()
        .map(|row| row.read(&listed.currency, listed.meanings.now(), &listed.own, scope.sight()))
        .collect::<Result<_, _>>()?;
    Ok(Some(CountedPage { calls, next, previous, counts }))
}

/// The sums of a list, and its calls by class, however many calls are read for them. `None`: no such campaign.
pub async fn counts(
    conn: &mut Conn,
    scope: &Scope,
    campaign: Option<&CampaignId>,
    filter: &CallFilter,
    today: Day,
) -> Result<Option<Counts>, StoreError> {
    let Some(listed) = ResolvedList::resolve(conn, scope, campaign, filter, today).await? else { return Ok(None) };
    let spans = counting::spans(conn, &listed).await?;
    counting::count(conn, &listed.by_customers(), spans.as_ref(), CountWanted::All).await.map(Some)
}

/// The sums of a list without its customers, however many calls are read for them. `None`: no such campaign.
pub async fn sums(
    conn: &mut Conn,
    scope: &Scope,
    campaign: Option<&CampaignId>,
    filter: &CallFilter,
    today: Day,
) -> Result<Option<CallSums>, StoreError> {
    let Some(listed) = ResolvedList::resolve(conn, scope, campaign, filter, today).await? else { return Ok(None) };
    let spans = counting::spans(conn, &listed).await?;
    Ok(counting::count(conn, &listed.by_customers(), spans.as_ref(), CountWanted::Sums).await?.sums)
}

/// The next calls of a list that is read to its end, without counting it each time. `request.cursor` is the `next` of
/// the slice before; its calls come without details. `meanings` are those that the whole list goes by, whatever is changed while
/// it is read. `None`: no such campaign.
pub async fn slice(
    conn: &mut Conn,
    scope: &Scope,
    campaign: Option<&CampaignId>,
    filter: &CallFilter,
    today: Day,
    request: &PageRequest,
    meanings: &CodeMeanings,
) -> Result<Option<CallSlice>, StoreError> {
    let limit = request.checked_limit()?;
    let Some(mut listed) = ResolvedList::resolve(conn, scope, campaign, filter, today).await? else { return Ok(None) };
    listed.meanings.read_by(meanings);
    let place = request.place(&listed.list)?;
    // Read to its end, the list is sifted once; each slice of it would be sorted anew.
    let rows = listed.fetch(conn, place, limit + 1, RowSource::Sifted).await?;
    let (rows, next, _) = listed.list.cut(rows, limit, place, |row| (listed.value(row), row.call_key));
    let calls = rows
        .into_iter()
        .map(|row| row.read(&listed.currency, listed.meanings.now(), &listed.own, scope.sight()))
        .collect::<Result<_, _>>()?;
    Ok(Some(CallSlice { calls, next }))
}
