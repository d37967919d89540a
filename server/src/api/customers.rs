//! The customers on a campaign's list: a page of them as JSON, all of them as CSV.

use axum::{
    Json,
    extract::{RawQuery, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use domain::{Call, CampaignId, Code, ContactId, Customer, Money};
use serde::Serialize;
use store::{
    accounts,
    customers::{self, CustomerHistory, HistoryRow},
};
use utoipa::ToSchema;

use crate::{
    context::SharedContext,
    files::XLSX,
    web::{
        accepts, browser,
        database::{Database, Snapshot},
        download,
        path::Id,
        problem::Problem,
        query::Parameters,
        token::{Read, Sender},
    },
};

/// A page of customers.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CustomerList {
    /// In the order that was asked for.
    customers: Vec<Customer>,
    /// The cursor of the next page.
    next: Option<String>,
    /// How many the filter lets through, on all pages.
    total: u64,
}

/// The customers on a campaign's list as things stand; `Accept: text/csv` streams all of them, a workbook holds them too
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/contacts", tag = "campaigns",
    params(("id" = String, Path, description = "The sender's id of the campaign"),
        ("standing" = Option<String>, Query, description = "reached, tried or never_dialled; else everybody"),
        ("q" = Option<String>, Query, description = "Part of the phone or name"),
        ("from" = Option<String>, Query, description = "First local day of the latest call"),
        ("to" = Option<String>, Query, description = "Last local day of the latest call, included"),
        ("period" = Option<String>, Query, description = "A preset instead of days: today, yesterday, last-7-days, last-30-days, this-month, last-month, this-quarter, this-year"),
        ("code" = Vec<String>, Query, description = "Result codes of the latest call, repeatable"),
        ("class" = Vec<String>, Query, description = "Of the latest call: success, failed, error or in_progress, repeatable"),
        ("hangup_by" = Vec<String>, Query, description = "Who ended the latest call: customer, bot, agent or system, repeatable"),
        ("calls" = Option<String>, Query, description = "Finished calls: 3, or 3.. for three or more"),
        ("sort" = Option<String>, Query, description = "listed (else), latest_at, talk_time, result_code, hangup_by, calls or cost, with - for descending"),
        ("limit" = Option<u32>, Query, description = "1 to 1,000; else 50"),
        ("cursor" = Option<String>, Query, description = "The `next` of the page before"),
        ("header" = Option<String>, Query, description = "Of a CSV: fields (else), or vi or en for people")),
    responses((status = 200, description = "A page, or all of it as CSV", content(
            (CustomerList = "application/json"), (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(context): State<SharedContext>,
    Sender(scope, ..): Sender<Read>,
    mut database: Database,
    Id(campaign): Id<CampaignId>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let vary = [(header::VARY, "accept")];
    if accepts(&headers, "text/csv") {
        return Ok((vary, download::customers::csv(database, &context, &scope, &campaign, query.as_deref()).await?)
            .into_response());
    }
    if accepts(&headers, XLSX) {
        let language = browser::preferences(&headers, None).language;
        let made = download::customers::workbook(database, &context, &scope, &campaign, language, query.as_deref());
        return Ok((vary, made.await?).into_response());
    }
    let (filter, request) = Parameters::read(query.as_deref()).once()?.customer_list()?;
    let mut conn = database.read().await?;
    let today = accounts::lookup(&mut conn, &scope).await?.zone.local((context.clock)()).day();
    let page = customers::list(&mut conn, &scope, &campaign, &filter, today, &request).await?;
    let page = page.ok_or_else(|| Problem::not_found("campaign"))?;
    Ok((vary, Json(CustomerList { customers: page.customers, next: page.next, total: page.total })).into_response())
}

/// A customer on one list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OnList {
    /// The sender's id of the campaign.
    #[schema(value_type = String)]
    campaign: CampaignId,
    /// What people call the campaign.
    campaign_name: String,
    /// The customer as that list has them; `latest` is left to `newest`.
    customer: Customer,
}

/// Finished calls with one code.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OfCode {
    /// The result code that these calls ended with.
    #[schema(value_type = String)]
    code: Code,
    /// How many finished calls ended so.
    calls: u64,
}

/// A customer over all campaigns.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct History {
    /// The lists that somebody with this number is on, those called last first; at most 200.
    lists: Vec<OnList>,
    /// On how many lists.
    on_lists: u64,
    /// Finished calls over all of them.
    calls: u64,
    /// Σ talk time, ms.
    talk_time: i64,
    /// Σ blocks charged.
    blocks: i64,
    /// Σ cost, in micro-units of the account's currency.
    #[schema(value_type = String)]
    cost: Money,
    /// Finished calls by result code, the commonest first; sums to `calls`.
    by_code: Vec<OfCode>,
    /// The newest calls, at most 200, without transcripts.
    newest: Vec<Call>,
}

/// One customer over all campaigns: whoever has the same number on a list
#[utoipa::path(get, path = "/api/v1/customers", tag = "campaigns",
    params(("campaign" = String, Query, description = "The sender's id of a campaign that the customer is on the list of"),
        ("contact" = String, Query, description = "The sender's id of the customer there")),
    responses((status = 200, description = "What became of them", body = History),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn history(
    Sender(scope, ..): Sender<Read>,
    Snapshot(mut conn): Snapshot,
    RawQuery(query): RawQuery,
) -> Result<Json<History>, Problem> {
    let (mut campaign, mut contact) = (None, None);
    for (name, value) in Parameters::read(query.as_deref()).once()?.iter() {
        match name {
            "campaign" => campaign = Some(CampaignId::new(value).map_err(|e| Problem::field(name, e.to_string()))?),
            "contact" => contact = Some(ContactId::new(value).map_err(|e| Problem::field(name, e.to_string()))?),
            _ => return Err(Problem::field(name, "is not a known parameter")),
        }
    }
    let campaign = campaign.ok_or_else(|| Problem::field("campaign", "is missing"))?;
    let contact = contact.ok_or_else(|| Problem::field("contact", "is missing"))?;
    let found = customers::history(&mut conn, &scope, &campaign, &contact).await?;
    let found = found.ok_or_else(|| Problem::not_found("customer"))?;
    let calls = found.finished();
    let CustomerHistory { rows, lists: on_lists, by_code, talk_time, blocks, cost, calls: newest } = found;
    let list = |HistoryRow { campaign, campaign_name, customer }| OnList { campaign, campaign_name, customer };
    Ok(Json(History {
        lists: rows.into_iter().map(list).collect(),
        on_lists,
        calls,
        talk_time,
        blocks,
        cost,
        by_code: by_code.into_iter().map(|(code, calls)| OfCode { code, calls }).collect(),
        newest,
    }))
}
