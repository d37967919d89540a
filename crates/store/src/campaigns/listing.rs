//! Campaigns with their totals: one, a page of those that a filter lets through, all of them. What is shown stands in the
//! campaigns' own rows; only the first and last day come from a rollup.

use domain::{
    Campaign, CampaignId, CampaignOrder, CampaignQuery, CampaignSort, CampaignState, CampaignSummary, Currency,
    DateRange, Day, Money, Rate, Tariff, Timestamp, Voicebot, VoicebotId, time::Zone,
};

use super::stored_plan;
use crate::{
    Conn, PageRequest, Scope, StoreError, accounts, chosen,
    cursor::{CursorPlace, ListName},
    sql::{Sql, holding_folded},
    tariffs,
};

/// Which campaigns. What is empty or `None` lets everything through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CampaignFilter {
    /// Part of the name or id.
    pub q: Option<String>,
    /// Campaigns in any of these states; empty: in all.
    pub states: Vec<CampaignState>,
    /// Campaigns that this voicebot calls for.
    pub voicebot: Option<VoicebotId>,
    /// Campaigns with calls on these local days, or begun on them.
    pub range: Option<DateRange>,
    /// The order.
    pub sort: CampaignSort,
}

impl CampaignFilter {
    /// What a query means when today is `today`.
    pub fn of(query: &CampaignQuery, today: Day) -> Self {
        Self {
            q: query.q.clone(),
            states: query.states.clone(),
            voicebot: query.voicebot.clone(),
            range: query.period.resolve(today),
            sort: query.sort,
        }
    }
}

/// Totals over all campaigns that a filter lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CampaignTotals {
    /// Customers on the lists.
    pub customers: u64,
    /// Customers with a finished call.
    pub dialled: u64,
    /// Customers reached ÷ customers on the lists.
    pub contact_rate: Rate,
    /// Finished calls.
    pub calls: u64,
    /// Answered calls ÷ finished calls.
    pub answer_rate: Rate,
    /// Blocks charged, of finished calls.
    pub blocks: i64,
    /// What finished calls cost, in micro-units of the account's currency.
    pub cost: Money,
}

/// A page of the campaign list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignPage {
    /// In the order of the filter.
    pub campaigns: Vec<CampaignSummary>,
    /// The cursor of the page after this one.
    pub next: Option<String>,
    /// The cursor of the page before this one.
    pub previous: Option<String>,
    /// How many campaigns the filter lets through, on all pages.
    pub total: u64,
    /// How many campaigns are in each state, whichever states are asked for; in the order of [`CampaignState::ALL`].
    pub states: Vec<(CampaignState, u64)>,
    /// Over all pages.
    pub totals: CampaignTotals,
}

/// One row of the list.
#[derive(Debug, sqlx_macros::FromRow)]
struct SummaryRow {
    campaign_key: i64,
    id: String,
    name: String,
    voicebot: String,
    voicebot_name: String,
    state: String,
    started_at: Option<i64>,
    completed_at: Option<i64>,
    listed_at: i64,
    report_emails: String,
    plan: Option<String>,
    contacts: i64,
    dialled: i64,
    reached: i64,
    answered: i64,
    failed: i64,
    error: i64,
    blocks: i64,
    cost: i64,
    first_day: Option<i64>,
    last_day: Option<i64>,
}

/// Billionths of a rate, by which campaigns are compared: the same whole number in every engine, and one that a cursor holds.
const RATE_UNIT: i64 = 1_000_000_000;

/// What campaigns are sorted by, of a row of `campaigns`; [`sorted_by`] says the same of a row that was read.
fn order_column(by: CampaignOrder) -> &'static str {
    match by {
        CampaignOrder::Dates => "c.listed_at",
        CampaignOrder::Customers => "c.contacts",
        CampaignOrder::ContactRate => "CASE WHEN c.contacts = 0 THEN -1 ELSE c.reached * 1000000000 / c.contacts END",
        CampaignOrder::Calls => "c.answered + c.failed + c.error",
        CampaignOrder::AnswerRate => {
            "CASE WHEN c.answered + c.failed + c.error = 0 THEN -1
                  ELSE c.answered * 1000000000 / (c.answered + c.failed + c.error) END"
        }
        CampaignOrder::Blocks => "c.blocks",
        CampaignOrder::Cost => "c.cost",
    }
}

fn sorted_by(row: &SummaryRow, by: CampaignOrder) -> i64 {
    let rate = |part: i64, whole: i64| if whole == 0 { -1 } else { part * RATE_UNIT / whole };
    let calls = row.answered + row.failed + row.error;
    match by {
        CampaignOrder::Dates => row.listed_at,
        CampaignOrder::Customers => row.contacts,
        CampaignOrder::ContactRate => rate(row.reached, row.contacts),
        CampaignOrder::Calls => calls,
        CampaignOrder::AnswerRate => rate(row.answered, calls),
        CampaignOrder::Blocks => row.blocks,
        CampaignOrder::Cost => row.cost,
    }
}

/// The first and last day come from the ends of a campaign's rollup: one step into its index each.
const SUMMARY: &str = "
    SELECT c.campaign_key, c.id, c.name, v.id AS voicebot, v.name AS voicebot_name, c.state, c.started_at,
           c.completed_at, c.listed_at, c.report_emails, c.plan, c.contacts, c.dialled, c.reached, c.answered, c.failed,
           c.error, c.blocks, c.cost,
           (SELECT r.day FROM rollup_hours r
            WHERE r.account_id = $1 AND r.campaign_key = c.campaign_key AND r.code <> ''
            ORDER BY r.day LIMIT 1) AS first_day,
           (SELECT r.day FROM rollup_hours r
            WHERE r.account_id = $1 AND r.campaign_key = c.campaign_key AND r.code <> ''
            ORDER BY r.day DESC LIMIT 1) AS last_day
    FROM ";
const SUMMARY_JOIN: &str = " c JOIN voicebots v ON v.account_id = $1 AND v.voicebot_key = c.voicebot_key";

impl SummaryRow {
    fn read(self, tariff: Option<Tariff>) -> Result<CampaignSummary, StoreError> {
        let broken = |what: &str| StoreError::Broken(format!("{what} of campaign {}", self.campaign_key));
        let calls = (self.answered + self.failed + self.error) as u64;
        Ok(CampaignSummary {
            campaign: Campaign {
                state: CampaignState::from_word(&self.state).ok_or_else(|| broken("state"))?,
                report_emails: serde_json::from_str(&self.report_emails).map_err(|_| broken("report_emails"))?,
                id: CampaignId::new(self.id.as_str()).map_err(|_| broken("id"))?,
                voicebot: Voicebot {
                    id: VoicebotId::new(self.voicebot.as_str()).map_err(|_| broken("voicebot"))?,
                    name: self.voicebot_name,
                },
                name: self.name,
                started_at: self.started_at.map(Timestamp),
                completed_at: self.completed_at.map(Timestamp),
                tariff,
                plan: stored_plan(self.plan)?,
            },
            customers: self.contacts as u64,
            dialled: self.dialled as u64,
            contact_rate: Rate::new(self.reached as u64, self.contacts as u64),
            calls,
            answer_rate: Rate::new(self.answered as u64, calls),
            blocks: self.blocks,
            cost: Money(self.cost),
            first_day: self.first_day.map(|day| Day(day as i32)),
            last_day: self.last_day.map(|day| Day(day as i32)),
        })
    }
}

async fn summaries(
    conn: &mut Conn,
    scope: &Scope,
    rows: Vec<SummaryRow>,
    currency: &Currency,
) -> Result<Vec<CampaignSummary>, StoreError> {
    let keys = || rows.iter().map(|row| row.campaign_key);
    let (Some(first), Some(last)) = (keys().min(), keys().max()) else { return Ok(Vec::new()) };
    let mut tariffs = tariffs::of_campaigns(conn, scope, first, last, currency).await?;
    rows.into_iter()
        .map(|row| {
            let tariff = tariffs.remove(&row.campaign_key);
            row.read(tariff)
        })
        .collect()
}

/// One campaign with its totals.
pub async fn lookup(conn: &mut Conn, scope: &Scope, id: &CampaignId) -> Result<Option<CampaignSummary>, StoreError> {
    let currency = accounts::lookup(conn, scope).await?.currency;
    let mut sql = Sql::with(&[scope.account()]);
    sql.push(SUMMARY).push("campaigns").push(SUMMARY_JOIN);
    sql.push(" WHERE c.account_id = $1 AND c.id = ").text(id.as_str());
    chosen::push(&mut sql, scope, "c.campaign_key");
    let rows = sql.fetch_all(conn).await?;
    Ok(summaries(conn, scope, rows, &currency).await?.pop())
}

/// A page of the campaigns.
pub async fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &CampaignFilter,
    request: &PageRequest,
) -> Result<CampaignPage, StoreError> {
    let limit = request.checked_limit()?;
    let list = ListName::new("campaigns", scope.account(), 0, &filter.sort.to_word());
    let place = request.place(&list)?;
    let account = accounts::lookup(conn, scope).await?;
    let rows = rows(conn, scope, filter, account.zone, place, Some(limit + 1)).await?;
    let (rows, next, previous) = list.cut(rows, limit, place, |row| (sorted_by(row, filter.sort.by), row.campaign_key));
    let campaigns = summaries(conn, scope, rows, &account.currency).await?;
    Ok(CampaignPage { next, previous, ..counted(conn, scope, filter, account.zone, campaigns).await? })
}

/// All campaigns of a filter on one page, for files.
pub async fn all(conn: &mut Conn, scope: &Scope, filter: &CampaignFilter) -> Result<CampaignPage, StoreError> {
    let account = accounts::lookup(conn, scope).await?;
    let rows = rows(conn, scope, filter, account.zone, None, None).await?;
    let campaigns = summaries(conn, scope, rows, &account.currency).await?;
    counted(conn, scope, filter, account.zone, campaigns).await
}

/// Up to `limit` campaigns from `place` on, in its direction. They are found and sorted first; only those of the page are
/// joined with what else is shown of them.
async fn rows(
    conn: &mut Conn,
    scope: &Scope,
    filter: &CampaignFilter,
    zone: Zone,
    place: Option<CursorPlace>,
    limit: Option<usize>,
) -> Result<Vec<SummaryRow>, StoreError> {
    let column = order_column(filter.sort.by);
    let descending = filter.sort.descending != place.is_some_and(|place| place.backwards);
    let mut sql = Sql::with(&[scope.account()]);
    sql.push(SUMMARY).push("(SELECT * FROM campaigns c WHERE c.account_id = $1");
    push_filter(&mut sql, scope, filter, zone);
    if !filter.states.is_empty() {
        sql.push(" AND c.state IN ").texts(filter.states.iter().map(|state| state.word()));
    }
    if let Some(place) = place {
        sql.push(" AND (").push(column).push(", c.campaign_key) ").push(if descending { "< (" } else { "> (" });
        sql.int(place.value).push(", ").int(place.key).push(")");
    }
    sql.push(" ORDER BY ").push(column);
    sql.push(if descending { " DESC, c.campaign_key DESC" } else { ", c.campaign_key" });
    if let Some(limit) = limit {
        sql.push(" LIMIT ").int(limit as i64);
    }
    sql.push(")").push(SUMMARY_JOIN);
    let mut rows: Vec<SummaryRow> = sql.fetch_all(conn).await?;
    // The join may have shuffled them.
    rows.sort_by_key(|row| (sorted_by(row, filter.sort.by), row.campaign_key));
    if descending {
        rows.reverse();
    }
    Ok(rows)
}

/// A page with the counts over all pages beside its campaigns.
async fn counted(
    conn: &mut Conn,
    scope: &Scope,
    filter: &CampaignFilter,
    zone: Zone,
    campaigns: Vec<CampaignSummary>,
) -> Result<CampaignPage, StoreError> {
    let counts = counts(conn, scope, filter, zone).await?;
    let states = CampaignState::ALL
        .into_iter()
        .map(|state| {
            (state, counts.iter().filter(|row| row.state == state.word()).map(|row| row.campaigns as u64).sum())
        })
        .collect();
    let asked =
        |row: &&StateCounts| filter.states.is_empty() || filter.states.iter().any(|state| state.word() == row.state);
    let sum = |figure: fn(&StateCounts) -> i64| counts.iter().filter(asked).map(figure).sum::<i64>();
    let calls = sum(|row| row.calls) as u64;
    let customers = sum(|row| row.contacts) as u64;
    let totals = CampaignTotals {
        customers,
        dialled: sum(|row| row.dialled) as u64,
        contact_rate: Rate::new(sum(|row| row.reached) as u64, customers),
        calls,
        answer_rate: Rate::new(sum(|row| row.answered) as u64, calls),
        blocks: sum(|row| row.blocks),
        cost: Money(sum(|row| row.cost)),
    };
    let total = sum(|row| row.campaigns) as u64;
    Ok(CampaignPage { campaigns, next: None, previous: None, total, states, totals })
}

#[derive(Debug, sqlx_macros::FromRow)]
struct StateCounts {
    state: String,
    campaigns: i64,
    contacts: i64,
    dialled: i64,
    reached: i64,
    answered: i64,
    calls: i64,
    blocks: i64,
    cost: i64,
}

async fn counts(
    conn: &mut Conn,
    scope: &Scope,
    filter: &CampaignFilter,
    zone: Zone,
) -> Result<Vec<StateCounts>, StoreError> {
    let mut sql = Sql::with(&[scope.account()]);
    sql.push(
        "SELECT c.state, COUNT(*) AS campaigns,
                CAST(SUM(c.contacts) AS BIGINT) AS contacts, CAST(SUM(c.dialled) AS BIGINT) AS dialled,
                CAST(SUM(c.reached) AS BIGINT) AS reached, CAST(SUM(c.answered) AS BIGINT) AS answered,
                CAST(SUM(c.answered + c.failed + c.error) AS BIGINT) AS calls,
                CAST(SUM(c.blocks) AS BIGINT) AS blocks, CAST(SUM(c.cost) AS BIGINT) AS cost
         FROM campaigns c
         WHERE c.account_id = $1",
    );
    push_filter(&mut sql, scope, filter, zone);
    sql.push(" GROUP BY c.state");
    sql.fetch_all(conn).await
}

/// Appends all conditions but the states; only campaigns that the scope sees are counted, whoever asks for what.
fn push_filter(sql: &mut Sql, scope: &Scope, filter: &CampaignFilter, zone: Zone) {
    chosen::push(sql, scope, "c.campaign_key");
    if let Some(q) = filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        let folded = holding_folded(q);
        sql.push(" AND (c.search LIKE ").text(folded.as_str()).push(" ESCAPE '\\' OR LOWER(c.id) LIKE ");
        sql.text(folded).push(" ESCAPE '\\')");
    }
    if let Some(voicebot) = &filter.voicebot {
        sql.push(" AND c.voicebot_key IN (SELECT b.voicebot_key FROM voicebots b WHERE b.account_id = $1 AND b.id = ");
        sql.text(voicebot.as_str()).push(")");
    }
    if let Some(range) = filter.range {
        let start = |day: Day| zone.instant(i64::from(day.0) * domain::time::DAY_MS).0;
        let (from, to) = (start(range.from), start(range.to.plus(1)));
        sql.push(
            " AND (EXISTS (SELECT 1 FROM rollup_hours r
                           WHERE r.account_id = $1 AND r.campaign_key = c.campaign_key AND r.day BETWEEN ",
        );
        sql.int(i64::from(range.from.0)).push(" AND ").int(i64::from(range.to.0));
        sql.push(") OR (c.started_at >= ").int(from).push(" AND c.started_at < ").int(to);
        // One that nobody has begun is found by when it was stored.
        sql.push(
            ") OR (c.started_at IS NULL AND c.answered + c.failed + c.error + c.in_progress = 0 AND c.listed_at >= ",
        );
        sql.int(from).push(" AND c.listed_at < ").int(to).push("))");
    }
}
