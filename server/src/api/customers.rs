//! The customers on a campaign's list: a page of them as JSON, all of them as CSV.

use axum::{
    Json,
    body::Body,
    extract::RawQuery,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use domain::{CampaignId, Customer, CustomerFilter, Role, phone, time::Zone};
use serde::Serialize;
use store::{PageRequest, Scope, StoreError, accounts, customers};
use utoipa::ToSchema;

use super::{Id, Pairs, Sender, Server, accepts, calls::UnknownZone, csv::harmless};
use crate::http::{
    self, Shared,
    problem::{Problem, chain, new_reference},
};

/// Customers read and written at once.
const SLICE: u32 = 1_000;

/// A page of customers.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CustomerList {
    /// In the order of the list.
    customers: Vec<Customer>,
    /// The cursor of the next page.
    next: Option<String>,
    /// How many the filter lets through, on all pages.
    total: u64,
}

/// The customers on a campaign's list; `Accept: text/csv` streams all of them
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/contacts", tag = "campaigns",
    params(("id" = String, Path, description = "The sender's id of the campaign"),
        ("standing" = Option<String>, Query, description = "reached, tried or never_dialled; else everybody"),
        ("q" = Option<String>, Query, description = "Part of the phone or name"),
        ("limit" = Option<u32>, Query, description = "1 to 1,000; else 50"),
        ("cursor" = Option<String>, Query, description = "The `next` of the page before")),
    responses((status = 200, description = "A page, or all of it as CSV", content(
            (CustomerList = "application/json"), (String = "text/csv"))),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    server: Server,
    Sender(scope): Sender,
    Id(campaign): Id<CampaignId>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let vary = [(header::VARY, "accept")];
    if accepts(&headers, "text/csv") {
        return Ok((vary, answer_csv(&server.0, &scope, &campaign, query.as_deref()).await?).into_response());
    }
    let (filter, request) = Pairs::read(query.as_deref()).customer_list()?;
    let mut conn = server.db.read().await?;
    let page = customers::list(&mut conn, &scope, &campaign, &filter, &request).await?;
    let page = page.ok_or_else(|| Problem::not_found("campaign"))?;
    Ok((vary, Json(CustomerList { customers: page.customers, next: page.next, total: page.total })).into_response())
}

/// What a stream of customers reads on with.
struct Rest {
    server: Shared,
    scope: Scope,
    campaign: CampaignId,
    filter: CustomerFilter,
    zone: Zone,
}

impl Rest {
    /// The rows at a cursor, and the next cursor; `None`: no such campaign.
    async fn slice(&self, cursor: Option<String>) -> Result<Option<(Vec<u8>, Option<String>)>, StoreError> {
        let request = PageRequest { limit: SLICE, cursor, details: false };
        let mut conn = self.server.db.read().await?;
        let page = customers::list(&mut conn, &self.scope, &self.campaign, &self.filter, &request).await?;
        let Some(page) = page else { return Ok(None) };
        let mut rows = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        let masked = !self.scope.role().may(Role::Manager);
        for customer in &page.customers {
            // Writing to memory cannot fail, and every row has the header's length.
            let _ = rows.write_record(row(customer, masked, self.zone));
        }
        Ok(Some((rows.into_inner().unwrap_or_default(), page.next)))
    }
}

fn row(customer: &Customer, masked: bool, zone: Zone) -> [String; 6] {
    let text = |text: Option<&str>| text.map(|text| harmless(text).into_owned()).unwrap_or_default();
    let phone = customer.phone.as_deref().map(|phone| if masked { phone::masked(phone) } else { phone.to_owned() });
    [
        text(Some(customer.id.as_str())),
        text(phone.as_deref()),
        text(customer.name.as_deref()),
        customer.standing.word().unwrap_or_default().to_owned(),
        customer.attempts.to_string(),
        customer.last_dialed_at.map(|at| zone.local(at).to_rfc3339()).unwrap_or_default(),
    ]
}

/// Answers with all customers that the query's filter lets through, page by page while they are sent.
pub async fn answer_csv(
    server: &Shared,
    scope: &Scope,
    campaign: &CampaignId,
    query: Option<&str>,
) -> Result<Response, Problem> {
    let (filter, _) = Pairs::read(query).customer_list()?;
    let account = {
        let mut conn = server.db.read().await?;
        accounts::lookup(&mut conn, scope).await?
    };
    let zone = Zone::new(&account.timezone).map_err(|_| Problem::internal(&UnknownZone(account.timezone.clone())))?;
    let rest = Rest { server: server.clone(), scope: *scope, campaign: campaign.clone(), filter, zone };
    let (first, next) = rest.slice(None).await?.ok_or_else(|| Problem::not_found("campaign"))?;
    let begin = [b"\xEF\xBB\xBFid,phone,name,standing,attempts,last_dialed_at\r\n".as_slice(), &first].concat();
    let name = format!("{campaign}-customers-{}.csv", zone.local((server.clock)()).day());
    let rows = futures::stream::try_unfold((rest, next), async |(rest, cursor)| {
        let Some(cursor) = cursor else { return Ok(None) };
        let read = rest.slice(Some(cursor)).await.map_err(|error| {
            // The status is sent already: the only honest end is a broken one.
            let reference = new_reference();
            tracing::error!(reference, cause = chain(&error), "A CSV of customers broke off");
            std::io::Error::other("the list cannot be read to its end")
        })?;
        Ok(read.map(|(bytes, next)| (Bytes::from(bytes), (rest, next))))
    });
    let begin = futures::stream::once(async { Ok::<_, std::io::Error>(Bytes::from(begin)) });
    let mut response = Body::from_stream(futures::StreamExt::chain(begin, rows)).into_response();
    response.headers_mut().extend(http::file_headers(http::CSV, &name));
    Ok(response)
}
