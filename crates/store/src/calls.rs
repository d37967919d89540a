//! Calls as they are listed and opened.

mod conditions;
mod counting;
mod customers;
mod details;
mod row;
mod spans;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, sync::Arc};

use domain::{
    Call, CallFilter, CallId, CampaignId, CodeMeanings, ContactId, Currency, DateRange, Day, Money, Plan,
    filter::CallOrder, sight::CallPlace, time::Zone,
};

use crate::{
    Conn, PageRequest, Scope, StoreError, accounts, campaigns, chosen,
    cursor::{CursorPlace, ListName},
    db::fetch_optional,
    meanings::Meanings,
    put::invalid,
    search_index::{self, Few, Found},
    sql::{Search, Sql},
    sums::{Keyed, key},
    usage_rollup::CodeSums,
    voicebots,
};
use conditions::Asking;
pub(crate) use conditions::push_contact;
pub use counting::Counts;
use counting::Wanted;
use row::ListedCall;
use spans::{Span, Spans};

key! {
    /// Of calls by code alone; '' is that of calls in progress.
    CodeOf { code: String }
}

/// Sums over all calls that a filter lets through. Calls in progress are counted among `calls`, and add nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallSums {
    /// How many.
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
    sql.push(row::SELECT).push("calls").push(row::JOIN_WITH_DETAILS);
    sql.push(" WHERE c.account_id = $1 AND c.id = ").text(id.as_str());
    chosen::push(&mut sql, scope, "c.campaign_key");
    let Some(row) = sql.fetch_all::<ListedCall>(conn).await?.pop() else { return Ok(None) };
    let meanings = Meanings::load(conn, scope).await?;
    row.read(&currency, meanings.now(), scope.sight()).map(Some)
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
    let mut rows: Vec<ListedCall> = sql.fetch_all(conn).await?;
    rows.sort_by_key(|row| (row.dialed_at, row.call_key));
    let meanings = Meanings::load(conn, scope).await?;
    rows.into_iter().map(|row| row.read(&currency, meanings.now(), scope.sight())).collect()
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
    let rows: Vec<ListedCall> = latest_calls(scope, campaign_key, numbers).fetch_all(conn).await?;
    rows.into_iter()
        .map(|row| {
            let contact_no = row.contact_no;
            Ok((contact_no, row.read(currency, meanings, scope.sight())?))
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

/// Whether the account has calls.
pub async fn is_any(conn: &mut Conn, scope: &Scope) -> Result<bool, StoreError> {
    let sql = "SELECT call_key FROM calls WHERE account_id = $1 LIMIT 1";
    Ok(fetch_optional!(conn, (i64,), sql, scope.account())?.is_some())
}

/// The calls that a statement names, in the order newest first.
pub(crate) async fn newest(
    conn: &mut Conn,
    scope: &Scope,
    mut sql: Sql,
    push_calls: impl FnOnce(&mut Sql),
    currency: &Currency,
    meanings: &CodeMeanings,
) -> Result<Vec<Call>, StoreError> {
    sql.push(row::SELECT);
    push_calls(&mut sql);
    sql.push(row::JOIN);
    let mut rows: Vec<ListedCall> = sql.fetch_all(conn).await?;
    rows.sort_by_key(|row| std::cmp::Reverse((row.dialed_at, row.call_key)));
    rows.into_iter().map(|row| row.read(currency, meanings, scope.sight())).collect()
}

/// A list of calls, resolved: what the campaign, the voicebots, the period and the zone mean.
#[derive(Clone)]
struct Listed<'a> {
    scope: &'a Scope,
    /// None for the calls of the whole account.
    campaign_key: Option<i64>,
    filter: &'a CallFilter,
    voicebots: Vec<i64>,
    range: Option<DateRange>,
    zone: Zone,
    list: ListName,
    currency: Currency,
    meanings: Meanings,
    /// Whom the filter's search finds, if it searches.
    found: Option<Arc<Found>>,
    /// What the campaign was set to do, where the filter asks for it.
    plan: Plan,
    /// Whether all calls of the filter are known to have 0 in the column of the order, as calls that nobody answered have.
    is_level: bool,
}

impl<'a> Listed<'a> {
    /// `None`: no such campaign. A voicebot that the account does not have is refused: what it named would be an empty
    /// list that looks like an answer.
    async fn resolve(
        conn: &mut Conn,
        scope: &'a Scope,
        campaign: Option<&CampaignId>,
        filter: &'a CallFilter,
        today: Day,
    ) -> Result<Option<Self>, StoreError> {
        let account = accounts::lookup(conn, scope).await?;
        let campaign_key = if let Some(campaign) = campaign {
            let Some(key) = campaigns::key(conn, scope, campaign).await? else { return Ok(None) };
            Some(key)
        } else {
            chosen::whole_account(scope)?;
            None
        };
        let plan = match campaign.filter(|_| filter.asks_for_plan()) {
            Some(campaign) => campaigns::plan(conn, scope, campaign).await?.unwrap_or_default(),
            None => Plan::default(),
        };
        if campaign.is_none() && filter.asks_for_plan() {
            let field = if filter.outside_plan { "outside_plan" } else { "beyond_rule" };
            return Err(invalid(field, "is of one campaign's calls: each campaign has a plan of its own"));
        }
        let voicebots = voicebots::keys(conn, scope, &filter.voicebots).await?;
        let voicebots = voicebots.ok_or_else(|| invalid("voicebot", "is not a voicebot of this account"))?;
        let zone = account.zone;
        let range = filter.period.resolve(today);
        let sort = filter.sort.to_word();
        let list = match campaign_key {
            Some(key) => ListName::new("calls", scope.account(), key, &sort),
            None => ListName::new("account calls", scope.account(), 0, &sort),
        };
        let meanings = Meanings::load(conn, scope).await?;
        let currency = account.currency;
        let found = match filter.q.as_deref() {
            Some(q) => {
                let search = Search::of(q, scope);
                Some(Arc::new(search_index::find(conn, scope, campaign_key, &search, true).await?))
            }
            None => None,
        };
        Ok(Some(Self {
            found,
            scope,
            campaign_key,
            filter,
            voicebots,
            range,
            zone,
            list,
            currency,
            meanings,
            plan,
            is_level: false,
        }))
    }

    /// A statement whose `$1` is the account and whose `$2` the campaign, if there is one.
    fn sql(&self) -> Sql {
        match self.campaign_key {
            Some(campaign_key) => Sql::with(&[self.scope.account(), campaign_key]),
            None => Sql::with(&[self.scope.account()]),
        }
    }

    /// Whose rows, of the calls and of every rollup.
    fn of(&self) -> &'static str {
        match self.campaign_key {
            Some(_) => " WHERE account_id = $1 AND campaign_key = $2",
            None => " WHERE account_id = $1",
        }
    }

    /// The customers that the filter's search finds, where they are few.
    fn few(&self) -> Option<&Few> {
        match self.found.as_deref() {
            Some(Found::Few(few)) => Some(few),
            _ => None,
        }
    }

    /// The same list, whose calls are found by the customers whom the search finds, where it is known who all of these are.
    fn by_customers(&self) -> Self {
        match self.found.as_deref() {
            Some(Found::Middling(few, _)) => Self { found: Some(Arc::new(Found::Few(few.clone()))), ..self.clone() },
            _ => self.clone(),
        }
    }

    /// Appends the calls, or those of the few customers that the search finds, and whose they are; the filter's other conditions
    /// may follow.
    fn push_from(&self, sql: &mut Sql) {
        let few = self.few();
        if let Some(few) = few {
            few.push_before(sql);
        }
        sql.push("calls").push(self.of());
        if let Some(few) = few {
            sql.push(search_index::JOINED);
            if !few.is_whole() {
                sql.push(" AND (f.found_whole = 1 OR ");
                Search::of(self.filter.q.as_deref().unwrap_or_default(), self.scope).push_on_dialled(sql);
                sql.push(")");
            }
        }
    }

    /// Up to `rows` calls from `place` on, in the direction of `place`. The page's rows are found first, by index and
    /// already in order; only they are joined with what else is shown of them.
    fn select(&self, place: Option<CursorPlace>, rows: usize, reading: RowSource) -> Sql {
        let column = self.filter.sort.by.word();
        let descending = self.descending(place);
        let mut sql = self.sql();
        sql.push(row::SELECT).push("(SELECT calls.* FROM ");
        self.push_from(&mut sql);
        conditions::push(&mut sql, self);
        conditions::push_customers(&mut sql, self, Asking::Each);
        let by_time = self.filter.sort.by == CallOrder::DialedAt;
        if let RowSource::Within(span) = reading {
            let begins = by_time && place.is_some_and(|place| span.from <= place.value && place.value < span.to);
            let (from, to) = (!begins || descending, !begins || !descending);
            conditions::push_span(&mut sql, span, from, to);
        } else if let Some(range) = self.range.filter(|_| by_time || reading == RowSource::Sorted) {
            let bounded = place.is_some() && by_time;
            let (from, to) = (!bounded || descending, !bounded || !descending);
            conditions::push_instants(&mut sql, range, self.zone, from, to);
        }
        if self.is_level {
            // Found at once by the index, from whose other end they may lie behind all others.
            sql.push(" AND ").push(column).push(" = 0");
        }
        if let Some(place) = place.filter(|place| self.is_level && place.value == 0) {
            sql.push(" AND call_key ").push(if descending { "< " } else { "> " }).int(place.key);
        } else if let Some(place) = place {
            sql.push(" AND (").push(column).push(", call_key) ").push(if descending { "< (" } else { "> (" });
            sql.int(place.value).push(", ").int(place.key).push(")");
        }
        sql.push(" ORDER BY ").push(column).push(if descending { " DESC, call_key DESC" } else { ", call_key" });
        sql.push(" LIMIT ").int(rows as i64);
        sql.push(")").push(row::JOIN);
        sql
    }

    /// The direction in which rows are read from a place.
    fn descending(&self, place: Option<CursorPlace>) -> bool {
        self.filter.sort.descending != place.is_some_and(|place| place.backwards)
    }

    /// Every condition, for a statement that reads all calls of the filter.
    fn push_all(&self, sql: &mut Sql) {
        conditions::push(sql, self);
        let asking = if self.few().is_some() { Asking::Each } else { Asking::AtOnce };
        conditions::push_customers(sql, self, asking);
        if let Some(range) = self.range {
            conditions::push_instants(sql, range, self.zone, true, true);
        }
    }

    fn value(&self, row: &ListedCall) -> i64 {
        match self.filter.sort.by {
            CallOrder::DialedAt => row.dialed_at,
            CallOrder::TalkTime => row.talk_time,
            CallOrder::Cost => row.cost,
        }
    }

    /// Puts rows into the order in which they are read from `place`: a join may shuffle them, and sorting a page here spares
    /// the engine a sorting step that would hide a missing index from the tests.
    fn order(&self, rows: &mut [ListedCall], place: Option<CursorPlace>) {
        rows.sort_by_key(|row| (self.value(row), row.call_key));
        if self.descending(place) {
            rows.reverse();
        }
    }

    /// The rows of [`Self::select`] in the order in which they are read.
    async fn fetch(
        &self,
        conn: &mut Conn,
        place: Option<CursorPlace>,
        rows: usize,
        reading: RowSource,
    ) -> Result<Vec<ListedCall>, StoreError> {
        let mut rows: Vec<ListedCall> = self.select(place, rows, reading).fetch_all(conn).await?;
        self.order(&mut rows, place);
        Ok(rows)
    }

    /// As [`Self::fetch`], by whichever way reads the fewest calls, as far as rollups tell: the list in its order until the
    /// page is full, or the times that hold calls of the filter.
    async fn find(
        &self,
        conn: &mut Conn,
        place: Option<CursorPlace>,
        rows: usize,
        spans: Option<&Spans>,
        found: Option<i64>,
    ) -> Result<Vec<ListedCall>, StoreError> {
        let by_time = self.filter.sort.by == CallOrder::DialedAt;
        if self.few().is_some() {
            return self.fetch(conn, place, rows, RowSource::Sorted).await;
        }
        if let Some(spans) = spans {
            let mut sifted = i128::from(spans.all) * rows as i128 / i128::from(spans.matching.max(1));
            if let Some(Found::Many(one_in) | Found::Middling(_, one_in)) = self.found.as_deref() {
                sifted *= i128::from(*one_in);
            }
            if let Some(Found::Middling(few, _)) = self.found.as_deref()
                && sifted > few.customers.len() as i128
            {
                return self.by_customers().fetch(conn, place, rows, RowSource::Sorted).await;
            }
            if by_time && sifted > SIFTED {
                return self.fetch_by_time(conn, place, rows, spans).await;
            } else if !by_time && i128::from(spans.calls()) < sifted {
                return self.fetch_sorted(conn, place, rows, spans).await;
            }
        }
        let reading = match found {
            Some(found) if self.sorts(conn, found, rows).await? => RowSource::Sorted,
            _ => RowSource::Sifted,
        };
        self.fetch(conn, place, rows, reading).await
    }

    /// Reads the spans one after the other, in the direction of `place`, until there are enough rows.
    async fn fetch_by_time(
        &self,
        conn: &mut Conn,
        place: Option<CursorPlace>,
        rows: usize,
        spans: &Spans,
    ) -> Result<Vec<ListedCall>, StoreError> {
        let descending = self.descending(place);
        let mut found = Vec::new();
        // What comes later is read in larger parts: where rows are few, few are where one has looked already.
        let mut most = FIRST_PART;
        let mut left = spans.times.clone();
        if let Some(place) = place {
            left.retain(|span| if descending { span.from <= place.value } else { place.value < span.to });
        }
        while found.len() < rows {
            let Some(span) = spans::take(&mut left, most, descending) else { break };
            most = most.saturating_mul(4);
            found.extend(self.fetch(conn, place, rows - found.len(), RowSource::Within(span)).await?);
        }
        Ok(found)
    }

    /// Reads all spans, and sorts what is in them.
    async fn fetch_sorted(
        &self,
        conn: &mut Conn,
        place: Option<CursorPlace>,
        rows: usize,
        spans: &Spans,
    ) -> Result<Vec<ListedCall>, StoreError> {
        let (mut found, mut left) = (Vec::new(), spans.times.clone());
        while let Some(span) = spans::take(&mut left, i64::MAX, false) {
            found.extend(self.fetch(conn, place, rows, RowSource::Within(span)).await?);
        }
        self.order(&mut found, place);
        found.truncate(rows);
        Ok(found)
    }

    /// Whether a page of the filter's `found` calls is found sooner by sorting those of its period than by sifting all calls
    /// in the order of the list: sifting reads as many for each row of the page as there are calls for each one found.
    async fn sorts(&self, conn: &mut Conn, found: i64, rows: usize) -> Result<bool, StoreError> {
        if self.range.is_none() || self.filter.sort.by == CallOrder::DialedAt {
            return Ok(false);
        }
        let mut sql = self.sql();
        sql.push("SELECT CAST(COALESCE(SUM(answered + failed + error + in_progress), 0) AS BIGINT) FROM campaigns");
        sql.push(self.of());
        let (all,): (i64,) = sql.fetch_one(conn).await?;
        Ok(i128::from(found) * i128::from(found) < i128::from(all) * rows as i128)
    }

    /// Calls and sums by code, from a rollup where one can tell, else by reading the calls; in progress is the code ''.
    fn by_code(&self) -> Sql {
        let mut sql = self.sql();
        if let Some(rollup) = conditions::rollup(self) {
            sql.push("SELECT code, CAST(SUM(calls) AS BIGINT) AS calls,").push(row::SUMS);
            sql.push(" FROM ").push(rollup).push(self.of());
            conditions::push_on_rollup(&mut sql, self);
            sql.push(" GROUP BY code");
        } else {
            sql.push("SELECT COALESCE(result_code, '') AS code, COUNT(*) AS calls,").push(row::SUMS);
            sql.push(" FROM ");
            self.push_from(&mut sql);
            self.push_all(&mut sql);
            sql.push(" GROUP BY result_code");
        }
        sql
    }
}

/// How the rows of a page are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowSource {
    /// All calls in the order of the list, until there are enough that the filter lets through.
    Sifted,
    /// The calls of the period, sorted.
    Sorted,
    /// Those of a time: in the order of dialling, or sorted.
    Within(Span),
}

/// Calls that are read to find a page without asking where its calls are, in the order of dialling.
const SIFTED: i128 = 2_000;
/// Calls that are read first where they are asked for.
const FIRST_PART: i64 = 4_000;

/// How many calls that a filter lets through have which result code; those in progress have the code ''. `None`: no such
/// campaign. Without a campaign: all calls of the account.
pub async fn count_by_code(
    conn: &mut Conn,
    scope: &Scope,
    campaign: Option<&CampaignId>,
    filter: &CallFilter,
    today: Day,
) -> Result<Option<Vec<(String, u64)>>, StoreError> {
    let Some(listed) = Listed::resolve(conn, scope, campaign, filter, today).await? else { return Ok(None) };
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
    let Some(mut listed) = Listed::resolve(conn, scope, campaign, filter, today).await? else { return Ok(None) };
    let place = request.place(&listed.list)?;
    let spans = counting::spans(conn, &listed).await?;
    let wanted = most.map_or(Wanted::All, Wanted::Within);
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
        .map(|row| row.read(&listed.currency, listed.meanings.now(), scope.sight()))
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
    let Some(listed) = Listed::resolve(conn, scope, campaign, filter, today).await? else { return Ok(None) };
    let spans = counting::spans(conn, &listed).await?;
    counting::count(conn, &listed.by_customers(), spans.as_ref(), Wanted::All).await.map(Some)
}

/// The sums of a list without its customers, however many calls are read for them. `None`: no such campaign.
pub async fn sums(
    conn: &mut Conn,
    scope: &Scope,
    campaign: Option<&CampaignId>,
    filter: &CallFilter,
    today: Day,
) -> Result<Option<CallSums>, StoreError> {
    let Some(listed) = Listed::resolve(conn, scope, campaign, filter, today).await? else { return Ok(None) };
    let spans = counting::spans(conn, &listed).await?;
    Ok(counting::count(conn, &listed.by_customers(), spans.as_ref(), Wanted::Sums).await?.sums)
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
    let Some(mut listed) = Listed::resolve(conn, scope, campaign, filter, today).await? else { return Ok(None) };
    listed.meanings.read_by(meanings);
    let place = request.place(&listed.list)?;
    // Read to its end, the list is sifted once; each slice of it would be sorted anew.
    let rows = listed.fetch(conn, place, limit + 1, RowSource::Sifted).await?;
    let (rows, next, _) = listed.list.cut(rows, limit, place, |row| (listed.value(row), row.call_key));
    let calls = rows
        .into_iter()
        .map(|row| row.read(&listed.currency, listed.meanings.now(), scope.sight()))
        .collect::<Result<_, _>>()?;
    Ok(Some(CallSlice { calls, next }))
}
