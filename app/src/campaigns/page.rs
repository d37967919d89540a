//! The page around the list: title, search, states, period, and what stands there when there is nothing.

use domain::{CampaignState, format};
use leptos::prelude::*;

use super::{
    reading::{Asked, CampaignList},
    rows,
};
use crate::{
    components::{Icon, PeriodPicker},
    links, use_session, use_text,
};

/// The whole page.
pub fn page(list: &CampaignList) -> AnyView {
    let text = use_text();
    let running = list.in_state(CampaignState::Running);
    let zone = use_session().person.map(|person| person.timezone).unwrap_or_default();
    let updated = text.updated_at(&format::time_with_seconds(list.now));
    let live = (running > 0).then(|| {
        let said = text.running_now(&text.campaigns_counted(running));
        view! { <span><i class="dot is-accent"></i>{said}</span> }
    });
    let body = if list.campaigns.is_empty() { empty(list) } else { rows::rows(list) };
    let keep = Asked { period: domain::Period::Whole, ..list.asked.clone() }.pairs();
    view! {
        <header class="page-head">
            <div>
                <div class="page-title"><h1>{text.campaigns()}</h1></div>
                <div class="page-meta">
                    {live}
                    <span>{updated}</span>
                    <span><Icon name="globe" />{zone}</span>
                </div>
            </div>
        </header>
        <div class="flex flex-wrap items-center gap-2">
            {search(list)}
            {states(list)}
            <div class="ml-auto max-w-full">
                <PeriodPicker
                    path="/campaigns".to_owned()
                    keep=keep
                    period=list.asked.period
                    shown=list.range
                    today=list.now.day()
                    whole=text.all_time()
                    without_days=text.all_time()
                />
            </div>
        </div>
        {body}
    }
    .into_any()
}

fn search(list: &CampaignList) -> AnyView {
    let text = use_text();
    let others = Asked { q: None, ..list.asked.clone() }.pairs();
    let hidden =
        others.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
    let typed = list.asked.q.clone().unwrap_or_default();
    view! {
        <form method="get" action="/campaigns" role="search" class="w-full sm:w-auto">
            {hidden}
            <label class="search sm:w-65">
                <Icon name="search" />
                <input type="search" name="q" value=typed maxlength="100" placeholder=text.search_campaigns()
                    aria-label=text.search_campaigns() data-key="/" />
                <kbd class="kbd" aria-hidden="true">"/"</kbd>
            </label>
        </form>
    }
    .into_any()
}

fn states(list: &CampaignList) -> AnyView {
    let text = use_text();
    let all: u64 = list.states.iter().map(|(_, count)| count).sum();
    let choice = |state: Option<CampaignState>, label: &'static str, count: u64| {
        let href = links::with_query("/campaigns", Asked { state, ..list.asked.clone() }.pairs());
        let current = (list.asked.state == state).then_some("true");
        view! { <a href=href aria-current=current>{label}" "<small>{text.int(count)}</small></a> }.into_any()
    };
    let mut choices = vec![choice(None, text.all_states(), all)];
    for (state, count) in &list.states {
        if *count > 0 || list.asked.state == Some(*state) {
            choices.push(choice(Some(*state), text.state(*state), *count));
        }
    }
    view! { <nav class="segmented" aria-label=text.state_filter()>{choices}</nav> }.into_any()
}

fn empty(list: &CampaignList) -> AnyView {
    let text = use_text();
    let (icon, title, why) = if list.asked.is_narrowed() {
        ("filter", text.no_match_title(), text.no_match_why())
    } else {
        ("megaphone", text.no_campaigns_title(), text.no_campaigns_why())
    };
    let step = list.asked.is_narrowed().then(
        || view! { <div class="empty-actions"><a class="btn" href="/campaigns">{text.drop_all_filters()}</a></div> },
    );
    view! {
        <section class="panel empty">
            <span class="empty-icon"><Icon name=icon /></span>
            <h2>{title}</h2>
            <p>{why}</p>
            {step}
        </section>
    }
    .into_any()
}
