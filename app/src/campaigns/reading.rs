//! What the list shows, read from the store.

use domain::{
    CampaignState, CampaignSummary, DateRange, FieldError, Money, Period, Rate, limits::SEARCH_CHARS, time::LocalTime,
};
use store::{Conn, PageRequest, campaigns::CampaignFilter};

use crate::{AppError, AppState, links, session::SignedIn};

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// Part of the name or id.
    pub q: Option<String>,
    /// One state; none: all.
    pub state: Option<CampaignState>,
    /// Campaigns with calls in this period.
    pub period: Period,
}

impl Asked {
    /// Whether anything narrows the list.
    pub fn is_narrowed(&self) -> bool {
        *self != Self::default()
    }

    /// The parameters of the address; the cursor is not one: another filter begins at its first page.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        pairs.extend(self.q.clone().map(|q| ("q".to_owned(), q)));
        pairs.extend(self.state.map(|state| ("state".to_owned(), state.word().to_owned())));
        let period = domain::filter::period_pairs(self.period);
        pairs.extend(period.into_iter().map(|(name, value)| (name.to_owned(), value)));
        pairs
    }
}

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
    /// Blocks used.
    pub blocks: i64,
    /// Total cost.
    pub cost: Money,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignList {
    /// What was asked for.
    pub asked: Asked,
    /// The days that the period means.
    pub range: Option<DateRange>,
    /// Newest first.
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
    /// Campaigns in a state.
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

pub(super) fn asked(
    q: Option<String>,
    state: Option<String>,
    from: Option<String>,
    to: Option<String>,
    period: Option<String>,
) -> Result<Asked, AppError> {
    let wrong = |field: &str, reason: &str| AppError::invalid(FieldError::new(field, reason));
    let q = q.map(|q| q.trim().to_owned()).filter(|q| !q.is_empty());
    if q.as_ref().is_some_and(|q| q.chars().count() > SEARCH_CHARS) {
        return Err(wrong("q", "is longer than 100 characters"));
    }
    let state = state
        .filter(|word| !word.is_empty())
        .map(|word| CampaignState::from_word(&word).ok_or_else(|| wrong("state", "is not a state of a campaign")))
        .transpose()?;
    Ok(Asked { q, state, period: links::period_of(from, to, period).map_err(AppError::invalid)? })
}

pub(super) async fn read(
    conn: &mut Conn,
    app: &AppState,
    signed_in: &SignedIn,
    asked: Asked,
    cursor: Option<String>,
) -> Result<CampaignList, AppError> {
    let now = signed_in.account.zone.local(app.now());
    let range = asked.period.resolve(now.day());
    let filter =
        CampaignFilter { q: asked.q.clone(), states: asked.state.into_iter().collect(), voicebot: None, range };
    let cursor = cursor.filter(|cursor| !cursor.is_empty());
    let request = PageRequest { limit: LIMIT, cursor, details: false };
    let page = store::campaigns::list(conn, &signed_in.scope, &filter, &request).await?;
    let totals = page.totals;
    Ok(CampaignList {
        asked,
        range,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_form_asks_for_everything_and_a_wrong_value_is_named() {
        let empty = || Some(String::new());
        assert_eq!(asked(empty(), empty(), empty(), empty(), empty()), Ok(Asked::default()));
        let field = |result: Result<Asked, AppError>| match result {
            Err(AppError::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(asked(None, Some("asleep".to_owned()), None, None, None)), "state");
        assert_eq!(field(asked(Some("x".repeat(101)), None, None, None, None)), "q");
        let (late, early) = (Some("2026-11-02".to_owned()), Some("2026-11-01".to_owned()));
        assert_eq!(field(asked(None, None, late, early, None)), "to");
    }
}
