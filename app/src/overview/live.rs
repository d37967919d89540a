//! How far a campaign that has not ended is, over the whole campaign, whatever period is shown below.

use domain::{CallFilter, CampaignState, filter::ClassFilter, format};
use leptos::prelude::*;

use super::panel::OverviewPage;
use crate::shares::tenths;
use crate::{
    components::{Icon, StateBadge},
    links,
};

/// The line of progress; nothing for a campaign that has ended or has not begun.
pub fn progress(page: &OverviewPage) -> Option<AnyView> {
    let head = &page.overview.head;
    let state = head.state;
    if !matches!(state, CampaignState::Running | CampaignState::Paused) {
        return None;
    }
    let text = page.text;
    let (customers, dialled, reached) = (head.customers, head.dialled, head.reached);
    let parts = [
        ("is-success", text.reached(), reached),
        ("is-neutral", text.tried(), dialled.saturating_sub(reached)),
        ("is-remaining", text.never_dialled(), customers.saturating_sub(dialled)),
    ];
    let bars = parts
        .iter()
        .map(|(tone, _, count)| view! { <i class=*tone style=format!("--w:{}%", tenths(*count, customers))></i> })
        .collect_view();
    let legend = parts
        .iter()
        .map(|(tone, label, count)| {
            view! { <span><i class=format!("dot {tone}")></i>{*label}" "<b>{page.int(*count)}</b></span> }
        })
        .collect_view();
    let filter = CallFilter { classes: vec![ClassFilter::InProgress], ..CallFilter::default() };
    let open = (head.in_progress > 0).then(|| {
        let href = links::calls(Some(&head.id), &filter);
        let label = text.in_progress_calls(&text.calls(head.in_progress));
        view! { <a class="figure-link" href=href>{label}</a> }
    });
    let updated = head.live().map(|_| {
        let at = text.updated_live(&format::time_with_seconds(head.now));
        view! { <span class="panel-note screen-only inline-flex items-center gap-1"><Icon name="refresh" small=true />{at}</span> }
    });
    Some(
        view! {
            <section class="panel" aria-labelledby="progress-title">
                <div class="panel-head">
                    <div class="panel-title">
                        <h2 class="text-panel" id="progress-title">{text.progress_of_campaign()}</h2>
                        <StateBadge state=state />
                    </div>
                    {updated}
                </div>
                <div class="stacked-bar" aria-hidden="true">{bars}</div>
                <div class="legend mt-2">{legend}{open}</div>
            </section>
        }
        .into_any(),
    )
}
