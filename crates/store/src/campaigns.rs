//! Campaigns: one voicebot calling one list of customers. How they are stored and completed; what is read of several, by the
//! pages of a list and for their names, is in the files below.

mod listing;
mod names;

use domain::{
    Campaign, CampaignId, CampaignState, Currency, FieldError, Money, Plan, Tariff, Timestamp, Vat, VoicebotId, search,
};
use serde::Deserialize;

pub use self::{
    listing::{CampaignFilter, CampaignPage, CampaignTotals, all, list, lookup},
    names::{id_of, latest_names, names, names_of},
};
use crate::{
    Conn, Put, Scope, StoreError, accounts, chosen,
    db::{execute, fetch_optional},
    outbox,
    put::{checked_name, invalid},
    recipients, tariffs, voicebots,
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
    /// A tariff of its own; `None`: it has the account's.
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
