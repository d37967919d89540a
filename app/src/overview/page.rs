//! The page's frame.

use domain::Period;
use leptos::prelude::*;

use super::{
    analysis, behind::Behind, cost, endings, foot, forecast, live, own, panel::OverviewPage, planned,
    reading::Overview, report_mail, results, talk_time,
};
use crate::{
    campaign_head::{CampaignHeader, CampaignTabs, Tab},
    components::{Icon, PeriodPicker},
    links, use_text,
};

pub fn page(overview: &Overview) -> AnyView {
    let text = use_text();
    let report = &overview.report;
    let campaign = overview.head.id.clone();
    let answered_apart = report.calls.answered != report.calls.success;
    let behind = Behind { campaign: campaign.clone(), period: overview.period, answered_apart };
    let page = OverviewPage { text, language: text.language(), overview, report, behind };
    let head = overview.head.clone();
    let listed = report.calls.total + report.calls.in_progress;
    let against = links::against_previous(&campaign, overview.period);
    let nothing = report.calls.total == 0;
    // A choice of hours or days stays while one goes through the periods.
    let keep = vec![("by".to_owned(), overview.grain.word().to_owned())];
    let keep = if overview.is_grain_chosen { keep } else { vec![] };
    view! {
        <CampaignHeader head=head.clone() period=overview.period />
        {report_mail::line(&page)}
        {live::progress(&page)}
        {foot::failed_checks(&page)}
        <div class="page-bar">
            <CampaignTabs id=campaign.clone() tab=Tab::Overview period=overview.period listed=listed customers=head.customers />
            <div class="flex flex-wrap items-center gap-2 max-w-full">
                <PeriodPicker
                    path=links::campaign_path(&campaign)
                    keep=keep
                    period=overview.period
                    shown=overview.days()
                    today=head.today()
                    whole=text.whole_campaign()
                />
                {against.map(|href| view! { <a class="btn screen-only" href=href><Icon name="columns" />{text.compare_with_before()}</a> })}
            </div>
        </div>
        {nothing.then(|| nothing_yet(&page))}
        {of_calls(cost::group(&page).into_any(), nothing)}
        {planned::panel(&page)}
        {forecast::panel(&page)}
        {of_calls(results::group(&page, vec![talk_time::panel(&page), endings::panel(&page)]).into_any(), nothing)}
        {own::group(&page).map(|group| of_calls(group, nothing))}
        {of_calls(analysis::group(&page).into_any(), nothing)}
        {foot::foot(&page)}
    }
    .into_any()
}

/// What calls come to; without any its empty frames are left out on paper, where [`nothing_yet`] says all there is to say.
fn of_calls(group: AnyView, nothing: bool) -> AnyView {
    if nothing { view! { <div class="contents screen-only">{group}</div> }.into_any() } else { group }
}

fn nothing_yet(page: &OverviewPage) -> AnyView {
    let text = page.text;
    let note = if page.in_range() { text.nothing_in_period() } else { text.not_begun() };
    let whole = page.in_range().then(|| {
        let href = links::overview(&page.behind.campaign, Period::Whole);
        view! { <a href=href>{text.see_whole_campaign()}</a> }
    });
    view! { <div class="notice" role="status"><Icon name="info" /><p>{note}</p>{whole}</div> }.into_any()
}
