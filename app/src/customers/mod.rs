//! A campaign's customers as things stand: whom its figures count, what became of the latest call to each, and one customer over
//! all campaigns.

mod attempts;
mod filters;
mod one;
mod page;

use domain::{CampaignId, ContactId, Customer, CustomerFilter, FieldError, ResultCode};
use store::{Conn, PageRequest, calls, customers, result_codes};

use crate::{
    AppError, AppState, Session, Text,
    calls::{CallRow, CallWords, decode_pairs},
    campaign_head::CampaignHead,
    links,
    server_page::{ServerPage, rendered},
    session::SignedIn,
};

/// Rows of a page.
const LIMIT: u32 = 50;

/// A customer and what is shown of the latest call to them.
struct ShownCustomer {
    customer: Customer,
    latest: Option<CallRow>,
    hangup_by: Option<domain::HangupBy>,
}

/// The customer whose attempts are shown, and these.
struct OpenedCustomer {
    contact: ContactId,
    calls: Vec<CallRow>,
}

/// What the page shows.
struct Customers {
    head: CampaignHead,
    filter: CustomerFilter,
    rows: Vec<ShownCustomer>,
    opened: Option<OpenedCustomer>,
    /// Where the page begins.
    cursor: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    /// On all pages.
    total: u64,
    /// Finished calls and those in progress, for the tab beside.
    calls: u64,
    /// Whether numbers are masked.
    masked: bool,
    codes: Vec<ResultCode>,
    words: CallWords,
}

impl Customers {
    /// This page with the attempts of a customer, or without any.
    fn opening(&self, contact: Option<&ContactId>) -> String {
        let pairs = self.filter.to_pairs().into_iter().chain(self.cursor.clone().map(|cursor| ("cursor", cursor)));
        let pairs = pairs.chain(contact.map(|contact| (OPEN, contact.to_string())));
        links::with_query(&format!("{}/customers", links::campaign_path(&self.head.id)), pairs)
    }
}

/// The parameter of the customer whose attempts are shown.
const OPEN: &str = "open";
/// The parameter of the customer who is shown over all campaigns.
const CUSTOMER: &str = "customer";

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
    let other = |wanted: &str| others.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned());
    let contact = |name: &str| other(name).map(|id| ContactId::new(id).map_err(|_| AppError::NotFound)).transpose();
    let codes = result_codes::list(conn, &who.scope).await?;
    let words = CallWords::new(who, &codes);
    if let Some(contact) = contact(CUSTOMER)? {
        return one::read(conn, state, who, session, &campaign, &contact, words).await;
    }
    let cursor = other("cursor");
    let head = CampaignHead::read(conn, state, who, &campaign).await?;
    let whole = state.reports.get(conn, &who.scope, &campaign, None, state.now()).await?;
    let calls = whole.map_or(0, |report| report.calls.total + report.calls.in_progress);
    let request = PageRequest { limit: LIMIT, cursor: cursor.clone(), details: false };
    let page = customers::list(conn, &who.scope, &campaign, &filter, head.today(), &request).await?;
    let page = page.ok_or(AppError::NotFound)?;
    let opened = match contact(OPEN)? {
        Some(contact) => {
            let calls = calls::of_contact(conn, &who.scope, &campaign, &contact).await?;
            Some(OpenedCustomer { contact, calls: calls.iter().rev().map(|call| words.row(call)).collect() })
        }
        None => None,
    };
    let text = Text(session.language);
    let row = |customer: Customer| {
        let latest = customer.latest.as_deref();
        ShownCustomer {
            latest: latest.map(|call| words.row(call)),
            hangup_by: latest.and_then(|call| call.hangup_by),
            customer,
        }
    };
    let shown = Customers {
        filter,
        rows: page.customers.into_iter().map(row).collect(),
        opened,
        cursor,
        previous: page.previous,
        next: page.next,
        total: page.total,
        calls,
        masked: who.scope.sight().is_masked(),
        codes,
        words,
        head,
    };
    Ok(ServerPage {
        title: text.page_title(&format!("{} · {}", text.customers_tab(), shown.head.name)),
        live: shown.head.live(),
        html: rendered(session, || page::page(&shown)),
    })
}
