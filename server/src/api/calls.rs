//! Calls: batches in, lists and single calls out.

use std::time::Instant;

use axum::{
    Extension, Json,
    extract::{RawQuery, Request, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use domain::{Call, CallFilter, CallId, CallRecord, CampaignId};
use futures::StreamExt;
use serde::Serialize;
use store::{
    Scope, StoreError, account_totals, accounts, calls,
    ingest::{self, BatchAnswer, BatchLeft, IngestOptions},
    quotas::{self, Quota},
    result_words::ResultWords,
};
use utoipa::{IntoParams, ToSchema};

use super::batch;
use crate::{
    context::{Context, SharedContext},
    files::{XLSX, call_list::WorkbookQuery},
    metrics::CallsBy,
    web::{
        accepts,
        audited::AboutCampaign,
        browser,
        database::{Database, Snapshot},
        download,
        path::Id,
        problem::Problem,
        query::Parameters,
        token::{Read, Sender, Write},
    },
};

/// Stores calls
///
/// What the answer says is durable; sending a batch again is safe.
#[utoipa::path(post, path = "/api/v1/calls", tag = "calls",
    request_body(description = "At most 64 MiB or 100,000 records; `Content-Encoding: gzip` or `zstd`", content(
        (Vec<CallRecord> = "application/json"), (CallRecord = "application/x-ndjson"))),
    responses((status = 200, description = "What became of each", body = BatchAnswer),
        (status = 403, description = "Every call is new, and beyond the account's quota of its month (`over-quota`); where others are stored, 200 says in `over_quota` how many were not", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The account has as many batches under way as it may have; `Retry-After` says when to send it again", body = Problem, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong; nothing was stored", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn add(
    State(context): State<SharedContext>,
    Sender(scope, ..): Sender<Write>,
    mut database: Database,
    request: Request,
) -> Result<Json<BatchAnswer>, Problem> {
    let since = Instant::now();
    let (mut batch, _turn) = batch::read(&context, &scope, request).await?;
    let options = IngestOptions { create_missing: false, received_at: (context.clock)(), import: None };
    let words = ResultWords::read(&mut *database.read().await?, &scope).await?;
    let mut portions = std::pin::pin!(batch.checked(words).peekable());
    let mut answer = BatchAnswer::default();
    loop {
        // What is stored first is parsed and checked before others have to wait for it.
        portions.as_mut().peek().await;
        let storing = async {
            let mut conn = database.write_in_line().await?;
            let (stored, left) = ingest::put_some(&mut conn, &scope, portions.as_mut(), options).await?;
            if left == BatchLeft::Nothing {
                account_totals::refused(&mut conn, &scope, options.received_at, batch.refused(), 0).await?;
            }
            conn.commit().await?;
            Ok::<_, StoreError>((stored, left))
        };
        let (stored, left) = storing.await.map_err(|error| Problem::from(error).after_records(answer.records()))?;
        context.metrics.calls(CallsBy::Batch, &stored);
        answer.add(stored);
        if left == BatchLeft::Nothing {
            break;
        }
    }
    context.metrics.calls(CallsBy::Batch, &BatchAnswer { rejected: batch.refused(), ..BatchAnswer::default() });
    context.metrics.batch(since.elapsed());
    let answer = batch.finish(answer);
    if answer.is_over_quota() {
        let limit = quotas::read(&mut *database.read().await?, &scope).await?.calls.unwrap_or_default();
        return Err(Problem::over_quota(Quota::Calls, limit));
    }
    Ok(Json(answer))
}

/// A page of calls.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CallList {
    /// In the order that was asked for.
    calls: Vec<Call>,
    /// The cursor of the next page.
    next: Option<String>,
    /// How many the filter lets through, on all pages.
    total: u64,
    /// How many customers they were to, each counted once. Only of a campaign: each has customers of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    customers: Option<u64>,
}

/// The parameters of a call list, as they are described; `Parameters::call_list` reads them.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "a description of what is read by hand")]
struct CallListQuery {
    /// First local day
    from: Option<String>,
    /// Last local day, included
    to: Option<String>,
    /// A preset instead of from and to
    period: Option<String>,
    /// The sender's ids of voicebots; repeatable
    voicebot: Option<Vec<String>>,
    /// Result codes; repeatable
    code: Option<Vec<String>>,
    /// success, failed, error, in_progress; repeatable
    class: Option<Vec<String>>,
    /// Attempt numbers; repeatable
    attempt: Option<Vec<u32>>,
    /// customer, bot, agent, system, or unknown where nobody said; repeatable
    hangup_by: Option<Vec<String>>,
    /// Causes as they were sent, unknown, or other for those that figures do not tell apart; `=` before a cause says it as it stands;
    /// repeatable
    cause: Option<Vec<String>>,
    /// Where the call stands in an own dimension: its number and that of a value, `other` or `none`, as in `1.5`.
    own: Option<Vec<String>>,
    /// Talk time of answered calls at least, ms
    min_talk: Option<i64>,
    /// Talk time of answered calls at most, ms
    max_talk: Option<i64>,
    /// Part of the customer's phone or name
    q: Option<String>,
    /// With or without a recording
    recorded: Option<bool>,
    /// One customer
    contact: Option<String>,
    /// 1 (Monday) to 7; repeatable
    weekday: Option<Vec<u8>>,
    /// Local hours, 0 to 23; repeatable
    hour: Option<Vec<u8>>,
    /// Calls of customers whom a success call of the period reached, or none
    reached: Option<bool>,
    /// Only calls of customers who talked for over 30 s in the period
    talked: Option<bool>,
    /// Only each customer's first success call of a campaign
    newly_reached: Option<bool>,
    /// Only calls outside the days and hours of the campaign's plan
    outside_plan: Option<bool>,
    /// Only redials that the rules of the campaign's plan do not allow
    beyond_rule: Option<bool>,
    /// dialed_at, talk_time or cost, with - for descending; else -dialed_at
    sort: Option<String>,
    /// 1 to 1,000; else 50
    limit: Option<u32>,
    /// The `next` of the page before
    cursor: Option<String>,
    /// Of a CSV: fields (else), or vi or en for people
    header: Option<String>,
}

/// The call list of a campaign; `Accept: text/csv` streams all of it, the media type of XLSX gives a workbook
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/calls", tag = "calls",
    params(("id" = String, Path, description = "The sender's id of the campaign"),
        CallListQuery),
    responses((status = 200, description = "A page, or all of it as CSV, or as a workbook with the figures of its period", content(
            (CallList = "application/json"), (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(context): State<SharedContext>,
    Sender(scope, ..): Sender<Read>,
    database: Database,
    Id(campaign): Id<CampaignId>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    answer(database, &context, &scope, Some(campaign), query.as_deref(), &headers).await
}

/// The calls of the whole account, with the filters of a campaign's call list; CSV and workbook as there
///
/// `customers` is left out: each campaign has customers of its own. `contact` is the customer of this id in every campaign.
#[utoipa::path(get, path = "/api/v1/calls", tag = "calls",
    params(CallListQuery),
    responses((status = 200, description = "A page, or all of it as CSV, or as a workbook with its sums", content(
            (CallList = "application/json"), (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list_of_account(
    State(context): State<SharedContext>,
    Sender(scope, ..): Sender<Read>,
    database: Database,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    answer(database, &context, &scope, None, query.as_deref(), &headers).await
}

async fn answer(
    mut database: Database,
    context: &Context,
    scope: &Scope,
    campaign: Option<CampaignId>,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let vary = [(header::VARY, "accept")];
    if accepts(headers, XLSX) {
        let filter = Parameters::read(query).once()?.filter()?;
        return Ok((vary, xlsx(database, context, scope, headers, campaign, filter).await?).into_response());
    }
    if accepts(headers, "text/csv") {
        return Ok(
            (vary, download::calls::csv(database, context, scope, campaign.as_ref(), query).await?).into_response()
        );
    }
    let (filter, request) = Parameters::read(query).once()?.call_list()?;
    let mut conn = database.read().await?;
    let account = accounts::lookup(&mut conn, scope).await?;
    let today = account.zone.local((context.clock)()).day();
    let page = calls::page(&mut conn, scope, campaign.as_ref(), &filter, today, &request).await?;
    let page = page.ok_or_else(|| Problem::not_found("campaign"))?;
    Ok((vary, Json(CallList { calls: page.calls, next: page.next, total: page.total, customers: page.sums.customers }))
        .into_response())
}

/// The workbook of these calls, in the language that is asked for, else the account's.
pub(super) async fn xlsx(
    mut database: Database,
    context: &Context,
    scope: &Scope,
    headers: &HeaderMap,
    campaign: Option<CampaignId>,
    filter: CallFilter,
) -> Result<Response, Problem> {
    let (account, calls) = {
        let mut conn = database.read().await?;
        let account = accounts::lookup(&mut conn, scope).await?;
        let today = account.zone.local((context.clock)()).day();
        let sums = calls::sums(&mut conn, scope, campaign.as_ref(), &filter, today).await?;
        (account, sums.ok_or_else(|| Problem::not_found("campaign"))?.calls)
    };
    let language = browser::preferences(headers, Some(account.language)).language;
    let query = WorkbookQuery::filtered(campaign, filter, language);
    download::calls::workbook(database, context, scope, account.zone, &query, calls).await
}

/// One call with its transcript and attributes
#[utoipa::path(get, path = "/api/v1/calls/{id}", tag = "calls",
    params(("id" = String, Path, description = "The sender's id")),
    responses((status = 200, description = "The call", body = Call),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn lookup(
    Sender(scope, ..): Sender<Read>,
    Snapshot(mut conn): Snapshot,
    Id(id): Id<CallId>,
) -> Result<Response, Problem> {
    let id = calls::named(&mut conn, &scope, &id).await?;
    let call = calls::lookup(&mut conn, &scope, &id).await?.ok_or_else(|| Problem::not_found("call"))?;
    let about = Extension(AboutCampaign(call.campaign.clone()));
    Ok((about, Json(call)).into_response())
}
