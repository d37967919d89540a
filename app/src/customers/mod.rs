//! A campaign's customers: whom its figures count, those among them of whom there is no call.

mod page;

use domain::{CampaignId, Customer, CustomerFilter, FieldError};
use store::{Conn, PageRequest, customers};

use crate::{
    AppError, AppState, Session, Text,
    calls::decode_pairs,
    campaign_head::CampaignHead,
    server_page::{ServerPage, rendered},
    session::SignedIn,
};

/// Rows of a page.
const LIMIT: u32 = 50;

/// What the page shows.
struct Customers {
    head: CampaignHead,
    filter: CustomerFilter,
    rows: Vec<Customer>,
    previous: Option<String>,
    next: Option<String>,
    /// On all pages.
    total: u64,
    /// Finished calls and those in progress, for the tab beside.
    calls: u64,
    /// Whether numbers are masked.
    masked: bool,
    zone: domain::time::Zone,
}

/// Reads the page of an address; `query` is what follows its `?`.
pub async fn read(
    conn: &mut Conn,
    state: &AppState,
    who: &SignedIn,
    session: Session,
    campaign: CampaignId,
    query: &str,
) -> Result<ServerPage, AppError> {
    let pairs = decode_pairs(query);
    let (filter, others) = CustomerFilter::from_pairs(pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())))
        .map_err(|error: FieldError| AppError::invalid(error))?;
    let cursor = others.into_iter().find(|(name, _)| *name == "cursor").map(|(_, value)| value.to_owned());
    let head = CampaignHead::read(conn, state, who, &campaign).await?;
    let whole = state.reports.get(conn, &who.scope, &campaign, None, state.now()).await?;
    let calls = whole.map_or(0, |report| report.calls.total + report.calls.in_progress);
    let request = PageRequest { limit: LIMIT, cursor, details: false };
    let page = customers::list(conn, &who.scope, &campaign, &filter, &request).await?;
    let page = page.ok_or(AppError::NotFound)?;
    let text = Text(session.language);
    let shown = Customers {
        filter,
        rows: page.customers,
        previous: page.previous,
        next: page.next,
        total: page.total,
        calls,
        masked: who.scope.sight().is_masked(),
        zone: who.account.zone,
        head,
    };
    Ok(ServerPage {
        title: text.page_title(&format!("{} · {}", text.customers_tab(), shown.head.name)),
        live: shown.head.live(),
        html: rendered(session, || page::page(&shown)),
    })
}
