//! What the list shows, read from the store.

use domain::{CampaignQuery, CampaignState, CampaignSummary, DateRange, Money, Rate, Voicebot, time::LocalTime};
use store::{Conn, PageRequest, campaigns::CampaignFilter};

use crate::{AppError, AppState, session::SignedIn};

/// The last row: sums over all pages, rates computed anew from the counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Customers on the lists.
    pub customers: u64,
    /// Reached ÷ customers.
    pub contact_rate: Rate,
    /// Finished calls.
    pub calls: u64,
    /// Success ÷ calls.
    pub answer_rate: Rate,
    /// Blocks charged, of finished calls.
    pub blocks: i64,
    /// What finished calls cost, in micro-units of the account's currency.
    pub cost: Money,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignList {
    /// What was asked for.
    pub asked: CampaignQuery,
    /// The account's voicebots, for the chooser.
    pub voicebots: Vec<Voicebot>,
    /// The days that the period means.
    pub range: Option<DateRange>,
    /// In the order of the query.
    pub campaigns: Vec<CampaignSummary>,
    /// The cursor of the next page.
    pub next: Option<String>,
    /// The cursor of the page before.
    pub previous: Option<String>,
    /// Campaigns on all pages.
    pub total: u64,
    /// Campaigns in each state, whichever is asked for.
    pub states: Vec<(CampaignState, u64)>,
    /// Over all pages.
    pub totals: Totals,
    /// Now, in the account's zone.
    pub now: LocalTime,
}

impl CampaignList {
    pub fn in_state(&self, state: CampaignState) -> u64 {
        self.states.iter().filter(|(this, _)| *this == state).map(|(_, count)| count).sum()
    }

    /// The events to follow: those of any running campaign tell of every change of the account.
    pub fn live(&self) -> Option<String> {
        let running = |row: &&CampaignSummary| row.campaign.state == CampaignState::Running;
        let row = self.campaigns.iter().find(running)?;
        Some(format!("{}/live", crate::links::campaign_path(&row.campaign.id)))
    }
}

/// Rows of a page.
const LIMIT: u32 = 50;

/// Reads it; `query` is that of the address.
pub(super) async fn read(
    conn: &mut Conn,
    app: &AppState,
    signed_in: &SignedIn,
    query: &str,
) -> Result<CampaignList, AppError> {
    let pairs = crate::calls::decode_pairs(query);
    let read = CampaignQuery::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let (asked, others) = read.map_err(AppError::invalid)?;
    let cursor = others.iter().find(|(name, _)| *name == "cursor").map(|(_, cursor)| (*cursor).to_owned());
    let now = signed_in.account.zone.local(app.now());
    let filter = CampaignFilter::of(&asked, now.day());
    let request = PageRequest { limit: LIMIT, cursor, details: false };
    let page = store::campaigns::list(conn, &signed_in.scope, &filter, &request).await?;
    let totals = page.totals;
    Ok(CampaignList {
        voicebots: store::voicebots::list(conn, &signed_in.scope).await?,
        range: filter.range,
        asked,
        campaigns: page.campaigns,
        next: page.next,
        previous: page.previous,
        total: page.total,
        states: page.states,
        totals: Totals {
            customers: totals.customers,
            contact_rate: totals.contact_rate,
            calls: totals.calls,
            answer_rate: totals.answer_rate,
            blocks: totals.blocks,
            cost: totals.cost,
        },
        now,
    })
}
