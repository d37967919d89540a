//! What the call list asks the server.

use domain::{CallId, CampaignId};
use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::list::{CallList, OpenedCall};
use crate::AppError;

/// A page of a campaign's calls, or of the account's. `query` is the address's own: filter, order and cursor.
#[server(ReadCallList, prefix = "/fn", endpoint = "calls", input = GetUrl, client = crate::page_client::PageClient)]
pub async fn call_list(campaign: Option<CampaignId>, query: String) -> Result<CallList, AppError> {
    let (who, mut conn) = crate::request::begin_read().await?;
    super::read::list(&mut conn, &who, campaign, &query).await
}

/// A call as it is shown when its row is opened, on the list of its campaign or of the account.
#[server(ReadOpenedCall, prefix = "/fn", endpoint = "opened-call", input = GetUrl, client = crate::page_client::PageClient)]
pub async fn opened_call(campaign: Option<CampaignId>, call: CallId) -> Result<OpenedCall, AppError> {
    let (who, mut conn) = crate::request::begin_read().await?;
    super::read::opened(&mut conn, &who, campaign.as_ref(), &call).await
}

/// The sums of a list, as they stand over its table, where its page came before they were counted.
#[server(ReadCallSums, prefix = "/fn", endpoint = "call-sums", input = GetUrl, client = crate::page_client::PageClient)]
pub async fn call_sums(campaign: Option<CampaignId>, query: String) -> Result<String, AppError> {
    let (who, mut conn) = crate::request::begin_read().await?;
    super::read::sums(&mut conn, &who, campaign, &query).await
}
