//! Campaigns: one voicebot calling one list of customers.

use std::collections::HashMap;

use domain::{
    Campaign, CampaignId, CampaignOrder, CampaignQuery, CampaignSort, CampaignState, CampaignSummary, Currency,
    DateRange, Day, FieldError, Money, Plan, Rate, Tariff, Timestamp, Vat, Voicebot, VoicebotId, search, time::Zone,
};
use serde::Deserialize;

use crate::{
    Conn, PageRequest, Put, Scope, StoreError, accounts, chosen,
    cursor::{CursorPlace, ListName},
    db::{execute, fetch_all, fetch_optional},
    outbox,
    put::{checked_name, invalid},
    recipients,
    sql::{Sql, holding_folded},
    tariffs, voicebots,
};

/// A tariff of a campaign's own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TariffInput {
    /// See [`Tariff::first_block_seconds`].
    pub first_block_seconds: u32,
    /// See [`Tariff::next_block_seconds`].
    pub next_block_seconds: u32,
    /// See [`Tariff::price_first_block`].
    pub price_first_block: Money,
    /// See [`Tariff::price_next_block`].
    pub price_next_block: Money,
    /// The account's currency, which is what it means when absent.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// From when on; absent: always.
    #[serde(default)]
    pub effective_from: Option<Timestamp>,
    /// See [`Tariff::vat`].
    #[serde(default)]
    pub vat: Option<Vat>,
}

/// A campaign as it is sent in. What is left out stays as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignInput {
    /// The sender's id.
    pub id: CampaignId,
    /// What people call it; 1 to [`domain::limits::NAME_CHARS`] characters.
    pub name: String,
    /// The voicebot that calls; must be there.
    pub voicebot: VoicebotId,
    /// Where it stands; a new campaign is running.
    pub state: Option<CampaignState>,
    /// When calling began.
    pub started_at: Option<Timestamp>,
    /// Who receives its report; empty: the account's recipients.
    pub report_emails: Option<Vec<String>>,
    /// Its own tariff.
    pub tariff: Option<TariffInput>,
    /// What it is set to do; one that says nothing takes back what was said.
    pub plan: Option<Plan>,
}

impl TariffInput {
    /// As a tariff that is known, in the account's currency.
    pub fn of(tariff: &Tariff) -> Self {
        Self {
            first_block_seconds: tariff.first_block_seconds,
            next_block_seconds: tariff.next_block_seconds,
            price_first_block: tariff.price_first_block,
            price_next_block: tariff.price_next_block,
            currency: Some(tariff.currency.clone()),
            effective_from: Some(tariff.effective_from),
            vat: tariff.vat,
        }
    }
}

impl CampaignInput {
    /// A campaign as it stands: what is put of it changes nothing else.
    pub fn of(campaign: &Campaign) -> Self {
        Self {
            id: campaign.id.clone(),
            name: campaign.name.clone(),
            voicebot: campaign.voicebot.id.clone(),
            state: None,
            started_at: None,
            report_emails: None,
            tariff: None,
            plan: None,
        }
    }
}

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
    /// Blocks used.
    pub blocks: i64,
    /// Total cost.
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

/// What of a campaign a `put` can change.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
struct StoredCampaign {
    campaign_key: i64,
    name: String,
    search: String,
    voicebot_key: i64,
    state: String,
    started_at: Option<i64>,
    completed_at: Option<i64>,
    listed_at: i64,
    report_emails: String,
    plan: Option<String>,
}

/// Stores a campaign. Completing one that was there sets when, and sends its report as [`complete`] does (one that comes in
/// as completed is history, and sends nothing); a completed campaign that is sent with another state goes on.
pub async fn put(conn: &mut Conn, scope: &Scope, input: &CampaignInput, now: Timestamp) -> Result<Put, StoreError> {
    let name = checked_name("name", &input.name)?;
    let emails = input.report_emails.as_deref().map(|emails| recipients::checked("report_emails", emails));
    let emails = emails.transpose()?.map(|emails| serde_json::json!(emails).to_string());
    if input.started_at.is_some_and(|at| !(Timestamp::MIN..=Timestamp::MAX).contains(&at)) {
        return Err(invalid("started_at", "lies outside the years 1970 to 2199"));
    }
    if let Some(plan) = &input.plan {
        let at_fault = |error: FieldError| StoreError::Invalid(error.within("plan"));
        plan.check().map_err(at_fault)?;
    }
    let (new_key, _) = accounts::take_keys(conn, scope, 1).await?;
    let account = accounts::lookup(conn, scope).await?;
    let voicebot_key = voicebots::key(conn, scope, &input.voicebot).await?;
    let voicebot_key = voicebot_key.ok_or_else(|| invalid("voicebot", "is not known; send it first"))?;

    let before = stored(conn, scope, &input.id).await?;
    let mut after = before.clone().unwrap_or_else(|| StoredCampaign {
        campaign_key: new_key,
        name: String::new(),
        search: String::new(),
        voicebot_key,
        state: CampaignState::Running.word().to_owned(),
        started_at: None,
        completed_at: None,
        listed_at: now.0,
        report_emails: "[]".to_owned(),
        plan: None,
    });
    after.search = search::fold(&name);
    after.name = name;
    after.voicebot_key = voicebot_key;
    if let Some(state) = input.state {
        state.word().clone_into(&mut after.state);
        after.completed_at = (state == CampaignState::Completed).then(|| after.completed_at.unwrap_or(now.0));
    }
    if let Some(at) = input.started_at {
        after.started_at = Some(at.0);
        after.listed_at = at.0;
    }
    if let Some(emails) = emails {
        after.report_emails = emails;
    }
    if let Some(plan) = &input.plan {
        after.plan = (!plan.is_empty()).then(|| serde_json::json!(plan).to_string());
    }

    match &before {
        None => insert(conn, scope, &input.id, &after).await?,
        Some(before) if *before != after => {
            update(conn, scope, &after).await?;
            let completed = CampaignState::Completed.word();
            if after.state == completed && before.state != completed {
                send_report(conn, scope, &after, now).await?;
            }
        }
        Some(_) => {}
    }
    let mut tariff_put = Put::Unchanged;
    if let Some(given) = &input.tariff {
        let tariff = Tariff {
            first_block_seconds: given.first_block_seconds,
            next_block_seconds: given.next_block_seconds,
            price_first_block: given.price_first_block,
            price_next_block: given.price_next_block,
            currency: given.currency.clone().unwrap_or_else(|| account.currency.clone()),
            effective_from: given.effective_from.unwrap_or(Timestamp::MIN),
            vat: given.vat,
        };
        tariff_put = tariffs::put_of_campaign(conn, scope, after.campaign_key, &tariff, &account.currency).await?;
    }
    let put = match before {
        None => Put::Created,
        Some(before) if before == after && tariff_put == Put::Unchanged => return Ok(Put::Unchanged),
        Some(_) => Put::Updated,
    };
    accounts::changed(conn, scope).await?;
    Ok(put)
}

async fn stored(conn: &mut Conn, scope: &Scope, id: &CampaignId) -> Result<Option<StoredCampaign>, StoreError> {
    let found = fetch_optional!(
        conn,
        StoredCampaign,
        "SELECT campaign_key, name, search, voicebot_key, state, started_at, completed_at, listed_at, report_emails, plan
         FROM campaigns
         WHERE account_id = $1 AND id = $2",
        scope.account(),
        id.as_str(),
    )?;
    match found {
        Some(campaign) if !chosen::sees(conn, scope, campaign.campaign_key).await? => Ok(None),
        found => Ok(found),
    }
}

/// Whether the scope sees this campaign.
pub async fn is_seen(conn: &mut Conn, scope: &Scope, id: &CampaignId) -> Result<bool, StoreError> {
    Ok(key(conn, scope, id).await?.is_some())
}

async fn insert(conn: &mut Conn, scope: &Scope, id: &CampaignId, new: &StoredCampaign) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO campaigns (account_id, campaign_key, id, name, search, voicebot_key, state, started_at,
                                completed_at, listed_at, report_emails, plan, contacts, dialled, reached, talked,
                                goal, answered, failed, error, in_progress, blocks, cost)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
        scope.account(),
        new.campaign_key,
        id.as_str(),
        new.name.as_str(),
        new.search.as_str(),
        new.voicebot_key,
        new.state.as_str(),
        new.started_at,
        new.completed_at,
        new.listed_at,
        new.report_emails.as_str(),
        new.plan.as_deref(),
    )?;
    Ok(())
}

async fn update(conn: &mut Conn, scope: &Scope, new: &StoredCampaign) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE campaigns
         SET name = $3, search = $4, voicebot_key = $5, state = $6, started_at = $7, completed_at = $8,
             listed_at = $9, report_emails = $10, plan = $11
         WHERE account_id = $1 AND campaign_key = $2",
        scope.account(),
        new.campaign_key,
        new.name.as_str(),
        new.search.as_str(),
        new.voicebot_key,
        new.state.as_str(),
        new.started_at,
        new.completed_at,
        new.listed_at,
        new.report_emails.as_str(),
        new.plan.as_deref(),
    )?;
    Ok(())
}

/// Writes the report of a campaign that was completed into the outbox.
async fn send_report(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &StoredCampaign,
    now: Timestamp,
) -> Result<(), StoreError> {
    let recipients = recipients::of_campaign(conn, scope, &campaign.report_emails).await?;
    outbox::add(conn, scope, campaign.campaign_key, outbox::MailKind::Completion, &recipients, now).await?;
    Ok(())
}

/// Ends a campaign: its report goes out to its recipients. `Some(false)`: it was completed already, and nothing happens.
/// `None`: no such campaign.
pub async fn complete(
    conn: &mut Conn,
    scope: &Scope,
    id: &CampaignId,
    now: Timestamp,
) -> Result<Option<bool>, StoreError> {
    accounts::take_keys(conn, scope, 0).await?;
    let Some(before) = stored(conn, scope, id).await? else { return Ok(None) };
    if before.state == CampaignState::Completed.word() {
        return Ok(Some(false));
    }
    let state = CampaignState::Completed.word().to_owned();
    let after = StoredCampaign { state, completed_at: Some(now.0), ..before };
    update(conn, scope, &after).await?;
    send_report(conn, scope, &after, now).await?;
    accounts::changed(conn, scope).await?;
    Ok(Some(true))
}

/// The number of a campaign.
pub(crate) async fn key(conn: &mut Conn, scope: &Scope, id: &CampaignId) -> Result<Option<i64>, StoreError> {
    Ok(stored(conn, scope, id).await?.map(|campaign| campaign.campaign_key))
}

/// A plan as it is stored.
pub(crate) fn stored_plan(plan: Option<String>) -> Result<Option<Plan>, StoreError> {
    let read =
        |plan: String| serde_json::from_str(&plan).map_err(|_| StoreError::Broken("plan of a campaign".to_owned()));
    plan.map(read).transpose()
}

/// What a campaign was set to do; none where nobody has said, or there is no such campaign.
pub(crate) async fn plan(conn: &mut Conn, scope: &Scope, id: &CampaignId) -> Result<Option<Plan>, StoreError> {
    stored_plan(stored(conn, scope, id).await?.and_then(|campaign| campaign.plan))
}

/// The number of a campaign, and its own recipients as they are stored.
pub(crate) async fn key_and_emails(
    conn: &mut Conn,
    scope: &Scope,
    id: &CampaignId,
) -> Result<Option<(i64, String)>, StoreError> {
    Ok(stored(conn, scope, id).await?.map(|campaign| (campaign.campaign_key, campaign.report_emails)))
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
            WHERE r.account_id = c.account_id AND r.campaign_key = c.campaign_key AND r.code <> ''
            ORDER BY r.day LIMIT 1) AS first_day,
           (SELECT r.day FROM rollup_hours r
            WHERE r.account_id = c.account_id AND r.campaign_key = c.campaign_key AND r.code <> ''
            ORDER BY r.day DESC LIMIT 1) AS last_day
    FROM ";
const SUMMARY_JOIN: &str = " c JOIN voicebots v ON v.account_id = c.account_id AND v.voicebot_key = c.voicebot_key";

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

/// The id of the campaign that a person names: by its id, else by its name where no two share it.
pub async fn id_of(conn: &mut Conn, scope: &Scope, named: &str) -> Result<Option<CampaignId>, StoreError> {
    let rows = fetch_all!(
        conn,
        (String, String),
        "SELECT id, name FROM campaigns WHERE account_id = $1 AND (id = $2 OR name = $2)",
        scope.account(),
        named,
    )?;
    let by_id = rows.iter().find(|(id, _)| id == named);
    let found = by_id.or_else(|| rows.first().filter(|_| rows.len() == 1));
    let id = found.map(|(id, _)| CampaignId::new(id.as_str())).transpose();
    id.map_err(|_| StoreError::Broken("id of a campaign".to_owned()))
}

/// The names of these campaigns by their ids; those that the account does not have are left out.
pub async fn names<'a>(
    conn: &mut Conn,
    scope: &Scope,
    ids: impl IntoIterator<Item = &'a CampaignId>,
) -> Result<HashMap<CampaignId, String>, StoreError> {
    let mut ids = ids.into_iter().map(CampaignId::as_str).peekable();
    if ids.peek().is_none() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::with(&[scope.account()]);
    sql.push("SELECT id, name FROM campaigns WHERE account_id = $1 AND id IN ").texts(ids);
    chosen::push(&mut sql, scope, "campaign_key");
    named(sql.fetch_all(conn).await?)
}

/// The names of all campaigns of the account, or of the one, by their ids.
pub async fn names_of(
    conn: &mut Conn,
    scope: &Scope,
    campaign: Option<&CampaignId>,
) -> Result<HashMap<CampaignId, String>, StoreError> {
    let mut sql = Sql::with(&[scope.account()]);
    sql.push("SELECT id, name FROM campaigns WHERE account_id = $1");
    if let Some(campaign) = campaign {
        sql.push(" AND id = ").text(campaign.as_str());
    }
    chosen::push(&mut sql, scope, "campaign_key");
    named(sql.fetch_all(conn).await?)
}

/// Ids and names of the campaigns that were listed last, the latest first: for who has to choose one.
pub async fn latest_names(conn: &mut Conn, scope: &Scope, limit: u32) -> Result<Vec<(String, String)>, StoreError> {
    chosen::whole_account(scope)?;
    fetch_all!(
        conn,
        (String, String),
        "SELECT id, name FROM campaigns WHERE account_id = $1 ORDER BY listed_at DESC, campaign_key DESC LIMIT $2",
        scope.account(),
        i64::from(limit),
    )
}

fn named(rows: Vec<(String, String)>) -> Result<HashMap<CampaignId, String>, StoreError> {
    let name = |(id, name)| {
        let id = CampaignId::new(id).map_err(|_| StoreError::Broken("id of a campaign".to_owned()))?;
        Ok((id, name))
    };
    rows.into_iter().map(name).collect()
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
                           WHERE r.account_id = c.account_id AND r.campaign_key = c.campaign_key AND r.day BETWEEN ",
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
