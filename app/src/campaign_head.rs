//! The head of a campaign's pages: name, state, dates, files, and the tabs.

use domain::{CampaignId, CampaignSummary, DateRange, Day, Period, filter::period_pairs, format, time::LocalTime};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    components::{Icon, StateBadge},
    links, use_session, use_text,
};

/// What the head shows, whichever tab is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignHead {
    /// The campaign with its totals over the whole campaign.
    pub summary: CampaignSummary,
    /// Calls in progress now.
    pub in_progress: u64,
    /// When calling began, in the account's zone.
    pub started_at: Option<LocalTime>,
    /// When it was completed, in the account's zone.
    pub completed_at: Option<LocalTime>,
    /// Now, in the account's zone.
    pub now: LocalTime,
}

impl CampaignHead {
    /// Reads the head; [`crate::AppError::NotFound`] where the account has no such campaign.
    #[cfg(feature = "ssr")]
    pub async fn read(
        state: &crate::AppState,
        signed_in: &crate::session::SignedIn,
        id: &CampaignId,
    ) -> Result<Self, crate::AppError> {
        let zone = crate::state::zone_of(&signed_in.account);
        let mut conn = state.db.read().await?;
        let summary = store::campaigns::lookup(&mut conn, &signed_in.scope, id).await?;
        drop(conn);
        let summary = summary.ok_or(crate::AppError::NotFound)?;
        let now = state.now();
        let whole = state.reports.get(&state.db, &signed_in.scope, id, None, now).await?;
        Ok(Self {
            in_progress: whole.map_or(0, |report| report.calls.in_progress),
            started_at: summary.campaign.started_at.map(|at| zone.local(at)),
            completed_at: summary.campaign.completed_at.map(|at| zone.local(at)),
            now: zone.local(now),
            summary,
        })
    }

    /// Today in the account's zone.
    pub fn today(&self) -> Day {
        self.now.day()
    }

    /// The first and last day with a finished call.
    pub fn days(&self) -> Option<DateRange> {
        self.summary.first_day.zip(self.summary.last_day).map(|(from, to)| DateRange { from, to })
    }

    /// The address of the campaign's events while it may still change by itself.
    pub fn live(&self) -> Option<String> {
        let running = self.summary.campaign.state == domain::CampaignState::Running || self.in_progress > 0;
        running.then(|| format!("{}/live", links::campaign_path(&self.summary.campaign.id)))
    }
}

/// Which tab is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// The overview.
    Overview,
    /// The list of calls.
    Calls,
}

/// Breadcrumb, name, state, dates, voicebot, zone and files. `csv` is the address of the calls' file.
#[component]
pub fn CampaignHeader(head: CampaignHead, csv: String) -> impl IntoView {
    let text = use_text();
    let language = text.language();
    let campaign = head.summary.campaign.clone();
    let timezone = use_session().person.map(|person| person.timezone);
    let dates = match (head.days(), head.completed_at) {
        (Some(days), Some(_)) => format::range(days, language),
        (Some(days), None) if head.live().is_some() => text.since_day(&format::date(days.from, language)),
        (Some(days), None) => format::range(days, language),
        (None, _) => match head.started_at {
            Some(at) => text.starts_at(&format::date_time(at, language)),
            None => text.no_calls_yet().to_owned(),
        },
    };
    view! {
        <header>
            <nav class="breadcrumb" aria-label=text.breadcrumb()>
                <a href="/campaigns">{text.campaigns()}</a>
                <span aria-current="page">{campaign.name.clone()}</span>
            </nav>
            <div class="page-head">
                <div>
                    <div class="page-title"><h1>{campaign.name.clone()}</h1><StateBadge state=campaign.state /></div>
                    <div class="page-meta">
                        <span><Icon name="calendar" />{dates}</span>
                        <span><Icon name="bot" />{campaign.voicebot.name.clone()}</span>
                        <span><Icon name="globe" />{timezone}</span>
                    </div>
                </div>
                <div class="page-actions">
                    <a class="btn" href=csv download rel="external"><Icon name="download" />{text.calls_as_csv()}</a>
                </div>
            </div>
        </header>
    }
    .into_any()
}

/// The tabs of a campaign; both keep the period. `listed` is how many calls the call list has over it.
#[component]
pub fn CampaignTabs(id: CampaignId, tab: Tab, period: Period, listed: u64) -> impl IntoView {
    let text = use_text();
    let current = |this: Tab| (tab == this).then_some("page");
    let overview = links::overview(&id, period);
    let calls = links::with_query(&format!("{}/calls", links::campaign_path(&id)), period_pairs(period));
    view! {
        <nav class="tabs" aria-label=text.report_tabs()>
            <a href=overview aria-current=current(Tab::Overview)>{text.overview()}</a>
            <a href=calls aria-current=current(Tab::Calls)>
                {text.call_details()}
                <small>{text.int(listed)}</small>
            </a>
        </nav>
    }
    .into_any()
}
