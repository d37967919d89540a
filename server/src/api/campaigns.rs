//! Campaigns and the customers on their lists.

use axum::{
    Json,
    extract::{RawQuery, Request, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use domain::{
    CampaignId, CampaignQuery, CampaignState, CampaignSummary, Currency, Money, Plan, Timestamp, Vat, VoicebotId,
};
use serde::{Deserialize, Serialize};
use store::{
    PageRequest, Put, accounts,
    campaigns::{self, CampaignFilter, CampaignInput, TariffInput},
    contacts::{self, ContactRecord},
    ingest::BatchAnswer,
};
use utoipa::ToSchema;

use super::{PutAnswer, batch, put_answer, recipients::only_seeing_whole};
use crate::{
    context::SharedContext,
    files::XLSX,
    web::{
        accepts, browser, changes,
        database::{Database, Snapshot},
        download::{campaigns as download, usage::language_of},
        json::Record,
        path::Id,
        problem::Problem,
        query::{self, Parameters},
        token::{Read, Sender, Write},
    },
};

/// A campaign as it is put. What is left out stays as it was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CampaignBody {
    /// Its name, 1 to 300 characters.
    name: String,
    /// The voicebot that calls.
    voicebot: VoicebotId,
    /// Where it stands; a new campaign is running.
    #[serde(default)]
    state: Option<CampaignState>,
    /// When calling began.
    #[serde(default)]
    started_at: Option<Timestamp>,
    /// Who receives its report; empty: the account's recipients.
    #[serde(default)]
    report_emails: Option<Vec<String>>,
    /// Its own tariff.
    #[serde(default)]
    tariff: Option<TariffBody>,
    /// What it is set to do; `{}` takes back what was said.
    #[serde(default)]
    plan: Option<Plan>,
}

/// A campaign's own tariff.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TariffBody {
    /// Length of the first block, in seconds, 1 to 3,600.
    first_block_seconds: u32,
    /// Length of each further block, in seconds, 1 to 3,600.
    next_block_seconds: u32,
    /// Price of the first block, in units of the account's currency.
    price_first_block: Money,
    /// Price of each further block.
    price_next_block: Money,
    /// The account's currency, which is what it means when absent.
    #[serde(default)]
    currency: Option<Currency>,
    /// From when on; absent: always.
    #[serde(default)]
    effective_from: Option<Timestamp>,
    /// How both prices are meant; no figure is changed by it. Absent: nobody has said.
    #[serde(default)]
    vat: Option<Vat>,
}

impl From<TariffBody> for TariffInput {
    fn from(body: TariffBody) -> Self {
        Self {
            first_block_seconds: body.first_block_seconds,
            next_block_seconds: body.next_block_seconds,
            price_first_block: body.price_first_block,
            price_next_block: body.price_next_block,
            currency: body.currency,
            effective_from: body.effective_from,
            vat: body.vat,
        }
    }
}

/// Stores a campaign
#[utoipa::path(put, path = "/api/v1/campaigns/{id}", tag = "campaigns", request_body = CampaignBody,
    params(("id" = String, Path, description = "The sender's id")),
    responses((status = 201, description = "It is new", body = PutAnswer), (status = 200, description = "It was there", body = PutAnswer),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put(
    State(context): State<SharedContext>,
    sender: Sender<Write>,
    mut database: Database,
    Id(id): Id<CampaignId>,
    Record(body): Record<CampaignBody>,
) -> Result<Response, Problem> {
    let CampaignBody { name, voicebot, state, started_at, report_emails, tariff, plan } = body;
    let tariff = tariff.map(TariffInput::from);
    let input = CampaignInput { id, name, voicebot, state, started_at, report_emails, tariff, plan };
    let mut conn = sender.write(&mut database).await?;
    let before = campaigns::lookup(&mut conn, &sender.0, &input.id).await?.map(|before| before.campaign);
    let received_by = before.as_ref().map(|before| before.report_emails.as_slice()).unwrap_or_default();
    if input.report_emails.as_deref().is_some_and(|emails| emails != received_by) {
        only_seeing_whole(&sender.0)?;
    }
    let put = campaigns::put(&mut conn, &sender.0, &input, (context.clock)()).await?;
    if put != Put::Unchanged {
        let after = campaigns::lookup(&mut conn, &sender.0, &input.id).await?;
        let after = after.ok_or_else(|| Problem::not_found("campaign"))?.campaign;
        sender.commit(conn, &changes::campaign_event(before.as_ref(), &after), (context.clock)()).await?;
    }
    Ok(put_answer(put))
}

/// A campaign with its totals
#[utoipa::path(get, path = "/api/v1/campaigns/{id}", tag = "campaigns",
    params(("id" = String, Path, description = "The sender's id")),
    responses((status = 200, description = "It and its totals", body = CampaignSummary),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn lookup(
    Sender(scope, ..): Sender<Read>,
    Snapshot(mut conn): Snapshot,
    Id(id): Id<CampaignId>,
) -> Result<Json<CampaignSummary>, Problem> {
    let campaign = campaigns::lookup(&mut conn, &scope, &id).await?;
    campaign.map(Json).ok_or_else(|| Problem::not_found("campaign"))
}

/// A page of campaigns.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CampaignList {
    /// In the order that was asked for.
    campaigns: Vec<CampaignSummary>,
    /// The cursor of the next page.
    next: Option<String>,
    /// How many the filter lets through, on all pages.
    total: u64,
}

/// Campaigns with their totals; also as CSV, and as a workbook
///
/// As files, all of them. The newest first, unless `sort` says otherwise.
#[utoipa::path(get, path = "/api/v1/campaigns", tag = "campaigns",
    params(("q" = Option<String>, Query, description = "Part of the name or id"),
        ("state" = Option<Vec<CampaignState>>, Query, description = "States; repeatable"),
        ("voicebot" = Option<String>, Query, description = "One voicebot"),
        ("from" = Option<String>, Query, description = "With calls from this local day on"),
        ("to" = Option<String>, Query, description = "With calls up to this local day"),
        ("period" = Option<String>, Query, description = "today, yesterday, last-7-days, last-30-days, this-month, last-month, this-quarter, this-year"),
        ("sort" = Option<String>, Query, description = "customers, contact_rate, calls, answer_rate, blocks, cost or dates; - for descending"),
        ("limit" = Option<u32>, Query, description = "1 to 1,000; else 50"),
        ("cursor" = Option<String>, Query, description = "The `next` of the page before"),
        ("header" = Option<String>, Query, description = "Of a CSV: fields (else), or vi or en for people")),
    responses((status = 200, description = "A page; as files all campaigns", content(
            (CampaignList = "application/json"), (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = 422, description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(context): State<SharedContext>,
    Sender(scope, ..): Sender<Read>,
    Snapshot(mut conn): Snapshot,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let vary = [(header::VARY, "accept")];
    let (heading, pairs) = Parameters::read(query.as_deref()).once()?.without("header");
    if accepts(&headers, XLSX) || accepts(&headers, "text/csv") {
        let asked = download::query_of(&pairs)?;
        let account = accounts::lookup(&mut conn, &scope).await?;
        let list = download::listed(conn, &context, &scope, &asked).await?;
        if accepts(&headers, XLSX) {
            let language = browser::preferences(&headers, Some(account.language)).language;
            return Ok((vary, download::xlsx(list, language).await?).into_response());
        }
        return Ok((vary, download::csv(&list, language_of(heading.as_deref())?)).into_response());
    }
    let (asked, others) = CampaignQuery::from_pairs(pairs.iter()).map_err(Problem::invalid)?;
    let mut request = PageRequest::default();
    for (name, value) in others {
        query::page(&mut request, name, value)?;
    }
    let zone = accounts::lookup(&mut conn, &scope).await?.zone;
    let filter = CampaignFilter::of(&asked, zone.local((context.clock)()).day());
    let page = campaigns::list(&mut conn, &scope, &filter, &request).await?;
    let list = CampaignList { campaigns: page.campaigns, next: page.next, total: page.total };
    Ok((vary, Json(list)).into_response())
}

/// What became of a campaign that was completed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Completed {
    /// When it was completed.
    completed_at: Option<Timestamp>,
    /// Whether it was this request that completed it.
    changed: bool,
}

/// Ends a campaign, and sends its report to its recipients; again: nothing happens
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/complete", tag = "campaigns",
    params(("id" = String, Path, description = "The sender's id")),
    responses((status = 200, description = "It is completed", body = Completed),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn complete(
    State(context): State<SharedContext>,
    sender: Sender<Write>,
    mut database: Database,
    Id(id): Id<CampaignId>,
) -> Result<Json<Completed>, Problem> {
    let (mut conn, now) = (sender.write(&mut database).await?, (context.clock)());
    let none = || Problem::not_found("campaign");
    let before = campaigns::lookup(&mut conn, &sender.0, &id).await?.ok_or_else(none)?.campaign;
    let changed = campaigns::complete(&mut conn, &sender.0, &id, now).await?.ok_or_else(none)?;
    let after = campaigns::lookup(&mut conn, &sender.0, &id).await?.ok_or_else(none)?.campaign;
    if changed {
        sender.commit(conn, &changes::campaign_event(Some(&before), &after), now).await?;
    }
    Ok(Json(Completed { completed_at: after.completed_at, changed }))
}

/// A customer as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes store::contacts::ContactRecord, which is what is read")]
pub(super) struct Contact {
    /// The sender's id, unique within the campaign.
    id: String,
    /// The number to dial.
    phone: String,
    /// The customer's name.
    name: Option<String>,
    /// Whatever else the sender wants to keep; at most 100 entries and 64 KiB.
    attributes: Option<serde_json::Map<String, serde_json::Value>>,
}

/// Puts customers on a campaign's list
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/contacts", tag = "campaigns",
    params(("id" = String, Path, description = "The sender's id of the campaign")),
    request_body(description = "At most 64 MiB or 100,000 records; `Content-Encoding: gzip` or `zstd`", content(
        (Vec<Contact> = "application/json"), (Contact = "application/x-ndjson"))),
    responses((status = 200, description = "What became of each; durable", body = BatchAnswer),
        (status = 429, description = "The account has as many batches under way as it may have; `Retry-After` says when to send it again", body = Problem, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong; nothing was stored", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn add_contacts(
    State(context): State<SharedContext>,
    Sender(scope, ..): Sender<Write>,
    mut database: Database,
    Id(campaign): Id<CampaignId>,
    request: Request,
) -> Result<Json<BatchAnswer>, Problem> {
    // Whoever names no campaign of theirs need not send the whole batch to learn it.
    {
        let mut conn = database.read().await?;
        if campaigns::lookup(&mut conn, &scope, &campaign).await?.is_none() {
            return Err(Problem::not_found("campaign"));
        }
    }
    let (mut batch, _turn) = batch::read(&context, &scope, request).await?;
    let mut answer = BatchAnswer::default();
    let mut portions = batch.parsed::<ContactRecord>().peekable();
    while portions.peek().is_some() {
        // As of calls: who waits for the writer goes between two portions.
        let storing = async {
            let (mut conn, mut some) = (database.write_in_line().await?, BatchAnswer::default());
            for (records, unreadable) in portions.by_ref() {
                let stored = contacts::add(&mut conn, &scope, &campaign, records, (context.clock)()).await?;
                some.add(stored.ok_or_else(|| Problem::not_found("campaign"))?);
                for error in unreadable {
                    some.reject(error);
                }
                if conn.keeps_others_waiting() {
                    break;
                }
            }
            conn.commit().await?;
            Ok::<_, Problem>(some)
        };
        let some = storing.await.map_err(|problem| problem.after_records(answer.records()))?;
        answer.add(some);
    }
    Ok(Json(batch.finish(answer)))
}
