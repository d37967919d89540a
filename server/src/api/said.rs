//! A search of what was said.

use axum::{Json, extract::RawQuery};
use domain::{Call, CampaignId, SaidQuery, Speaker, Timestamp, said::SaidLine};
use serde::Serialize;
use store::{
    PageRequest,
    said::{self, SaidHit},
};
use utoipa::ToSchema;

use crate::web::{
    database::Snapshot,
    problem::Problem,
    query::{self, Parameters},
    token::{Read, Sender},
};

/// A call in which what was looked for was said.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FoundCall {
    /// The call, without its transcript.
    call: Call,
    /// The first lines that have it, at most 5.
    lines: Vec<SaidLine>,
    /// How many more there are.
    more_lines: u32,
}

/// A page of what was found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FoundCalls {
    /// The newest first.
    calls: Vec<FoundCall>,
    /// The cursor of the next page.
    next: Option<String>,
    /// The page ended before it was full: so many transcripts were read. Calls dialled before this instant were not looked at; the next
    /// page goes on with them.
    looked_back_to: Option<Timestamp>,
    /// Stored calls whose transcripts are still being indexed, per cent done; null: all are. Those that are not are not found.
    indexed_percent: Option<u64>,
}

/// Calls in which something was said, the newest first
///
/// Words of one line in any order, and "phrases between quotation marks"; marks and capitals do not matter. A line has all of them.
#[utoipa::path(get, path = "/api/v1/said", tag = "calls",
    params(("q" = String, Query, description = "Words and \"phrases\", at most 100 characters and 12 words"),
        ("campaign" = Option<String>, Query, description = "The sender's id of a campaign; else all of the account"),
        ("speaker" = Option<String>, Query, description = "bot or customer; else anybody"),
        ("limit" = Option<u32>, Query, description = "1 to 1,000 calls; else 50"),
        ("cursor" = Option<String>, Query, description = "The `next` of the page before")),
    responses((status = 200, description = "A page", body = FoundCalls),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn find(
    Sender(scope, ..): Sender<Read>,
    Snapshot(mut conn): Snapshot,
    RawQuery(query): RawQuery,
) -> Result<Json<FoundCalls>, Problem> {
    let (mut typed, mut campaign, mut speaker) = (String::new(), None, None);
    let mut request = PageRequest::default();
    let parameters = Parameters::read(query.as_deref()).once()?;
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        match name {
            "q" => value.clone_into(&mut typed),
            "campaign" => {
                let id = CampaignId::new(value).map_err(|error| Problem::field(name, error.to_string()))?;
                campaign = Some(id);
            }
            "speaker" => {
                speaker = Some(match value {
                    "bot" => Speaker::Bot,
                    "customer" => Speaker::Customer,
                    _ => return Err(Problem::field(name, "must be bot or customer")),
                });
            }
            _ => query::page(&mut request, name, value)?,
        }
    }
    let asked = SaidQuery::new(&typed, speaker).map_err(Problem::invalid)?;
    let asked = asked.ok_or_else(|| Problem::field("q", "has no word in it"))?;
    let page = said::find(&mut conn, &scope, campaign.as_ref(), &asked, &request).await?;
    let page = page.ok_or_else(|| Problem::not_found("campaign"))?;
    let calls = page.hits.into_iter().map(|SaidHit { call, lines, more_lines }| FoundCall { call, lines, more_lines });
    Ok(Json(FoundCalls {
        calls: calls.collect(),
        next: page.next,
        looked_back_to: page.looked_back_to,
        indexed_percent: page.filling.map(store::said_index::SaidFill::percent),
    }))
}
