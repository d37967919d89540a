//! The head of a campaign's pages: name, state, dates, files, and the tabs.

use domain::{
    CallFilter, CampaignId, CampaignState, CampaignSummary, CustomerFilter, DateRange, Day, Period,
    filter::period_pairs, format, time::LocalTime,
};
use leptos::prelude::*;
use store::Conn;

use crate::{
    AppError, AppState,
    components::{Icon, PricingNotice, PrintButton, PrintedSource, StateBadge, printed_period},
    links,
    session::SignedIn,
    use_session, use_text,
    with_account::with_account,
};

/// What the head shows, whichever tab is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignHead {
    pub id: CampaignId,
    pub name: String,
    /// The name of its voicebot.
    pub voicebot: String,
    pub state: CampaignState,
    /// Customers on the list.
    pub customers: u64,
    /// Of them, with a finished call.
    pub dialled: u64,
    /// Of them, with a success call.
    pub reached: u64,
    /// Calls in progress now.
    pub in_progress: u64,
    /// The first and last day with a finished call.
    pub days: Option<DateRange>,
    /// When calling began or shall begin, in the account's zone.
    pub started_at: Option<LocalTime>,
    /// Now, in the account's zone.
    pub now: LocalTime,
}

impl CampaignHead {
    /// Reads the head; [`crate::AppError::NotFound`] where the account has no such campaign.
    pub async fn read(
        conn: &mut Conn,
        state: &AppState,
        signed_in: &SignedIn,
        id: &CampaignId,
    ) -> Result<Self, AppError> {
        let summary = store::campaigns::lookup(conn, &signed_in.scope, id).await?;
        Self::of(conn, state, signed_in, &summary.ok_or(AppError::NotFound)?).await
    }

    /// The head of a campaign that was read already.
    pub async fn of(
        conn: &mut Conn,
        state: &AppState,
        signed_in: &SignedIn,
        summary: &CampaignSummary,
    ) -> Result<Self, AppError> {
        let zone = signed_in.account.zone;
        let campaign = &summary.campaign;
        let now = state.now();
        let whole = state.reports.get(conn, &signed_in.scope, &campaign.id, None, now).await?;
        Ok(Self {
            id: campaign.id.clone(),
            name: campaign.name.clone(),
            voicebot: campaign.voicebot.name.clone(),
            state: campaign.state,
            customers: summary.customers,
            dialled: summary.dialled,
            reached: summary.contact_rate.numerator,
            in_progress: whole.map_or(0, |report| report.calls.in_progress),
            days: summary.first_day.zip(summary.last_day).map(|(from, to)| DateRange { from, to }),
            started_at: campaign.started_at.map(|at| zone.local(at)),
            now: zone.local(now),
        })
    }

    /// Today in the account's zone.
    pub fn today(&self) -> Day {
        self.now.day()
    }

    /// The address of the campaign's events while it may still change by itself.
    pub fn live(&self) -> Option<String> {
        let running = self.state == CampaignState::Running || self.in_progress > 0;
        running.then(|| format!("{}/live", links::campaign_path(&self.id)))
    }
}

/// Which tab is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Overview,
    /// The list of calls.
    Calls,
    /// The list of customers.
    Customers,
}

/// Breadcrumb, name, state, dates, voicebot, zone, and the report's files over a period.
#[component]
pub fn CampaignHeader(head: CampaignHead, period: Period) -> impl IntoView {
    let text = use_text();
    let language = text.language();
    let xlsx = with_account(&links::report_xlsx(&head.id, period));
    let csv = CallFilter { period, ..CallFilter::default() };
    let csv = with_account(&links::calls_csv(Some(&head.id), &csv, language));
    let timezone = use_session().person.map(|person| person.timezone);
    let dates = match (head.days, head.started_at) {
        (Some(days), _) if head.live().is_some() => text.since_day(&format::date(days.from, language)),
        (Some(days), _) => format::range(days, language),
        (None, Some(at)) => text.starts_at(&format::date_time(at, language)),
        (None, None) => text.no_calls_yet().to_owned(),
    };
    let days = if period == Period::Whole { head.days } else { period.resolve(head.today()) };
    let about = vec![head.name.clone(), printed_period(period, days, text.whole_campaign())];
    view! {
        <PrintedSource about at=head.now />
        <header>
            <nav class="breadcrumb" aria-label=text.breadcrumb()>
                <a href="/campaigns">{text.campaigns()}</a>
                <span aria-current="page" title=head.name.clone()>{head.name.clone()}</span>
            </nav>
            <div class="page-head">
                <div>
                    <div class="page-title"><h1>{head.name.clone()}</h1><StateBadge state=head.state /></div>
                    <div class="page-meta">
                        <span><Icon name="calendar" />{dates}</span>
                        <span><Icon name="bot" />{head.voicebot.clone()}</span>
                        <span><Icon name="globe" />{timezone}</span>
                    </div>
                </div>
                <div class="page-actions">
                    <a class="btn" href=links::said(Some(&head.id))><Icon name="search" />{text.said_title()}</a>
                    <PrintButton />
                    <div class="button-group" role="group" aria-label=text.export_report()>
                        <a class="btn" href=xlsx rel="external" data-export><Icon name="download" />{text.as_xlsx()}</a>
                        <a class="btn" href=csv rel="external" download>{text.as_csv()}</a>
                    </div>
                </div>
            </div>
            <PricingNotice />
        </header>
    }
    .into_any()
}

/// The tabs of a campaign; reports keep the period. `listed` is how many calls the call list has over it, `customers`
/// how many the campaign's list has.
#[component]
pub fn CampaignTabs(id: CampaignId, tab: Tab, period: Period, listed: u64, customers: u64) -> impl IntoView {
    let text = use_text();
    let current = |this: Tab| (tab == this).then_some("page");
    let overview = links::overview(&id, period);
    let calls = links::with_query(&links::calls_path(Some(&id)), period_pairs(period));
    view! {
        <nav class="tabs" aria-label=text.report_tabs()>
            <a href=overview aria-current=current(Tab::Overview)>{text.overview()}</a>
            <a href=calls aria-current=current(Tab::Calls)>
                {text.call_details()}
                <small>{text.int(listed)}</small>
            </a>
            <a href=links::customers(&id, &CustomerFilter::default()) aria-current=current(Tab::Customers)>
                {text.customers_tab()}
                <small>{text.int(customers)}</small>
            </a>
        </nav>
    }
    .into_any()
}
