//! The page around the list: title, search, states, period, and what stands there when there is nothing.

use domain::{CampaignOrder, CampaignQuery, CampaignSort, CampaignState, Period, Role, format};
use leptos::prelude::*;

use super::{reading::CampaignList, rows};
use crate::{
    components::{Asking, Icon, PeriodPicker, PricingNotice, PrintedSource, list_files, printed_period},
    links, use_session, use_text,
};

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
    let keep = CampaignQuery { period: Period::Whole, ..list.asked.clone() }.to_pairs();
    let keep = keep.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
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
            <div class="page-actions">{compare()}{list_files("/campaigns", list.asked.to_pairs(), text.export_campaigns())}</div>
        </header>
        <PrintedSource
            about=vec![text.campaigns().to_owned(), printed_period(list.asked.period, list.range, text.all_time())]
            at=list.now
        />
        <PricingNotice />
        <div class="flex flex-wrap items-center gap-2">
            {search(list)}
            {states(list)}
            {choices(list)}
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

/// One voicebot or all, and on a phone, where no columns are to be chosen, the order: a form, so that it works without scripts.
fn choices(list: &CampaignList) -> AnyView {
    let text = use_text();
    let asked = &list.asked;
    let bots = list.voicebots.iter().map(|bot| {
        let selected = asked.voicebot.as_ref() == Some(&bot.id);
        view! { <option value=bot.id.to_string() selected=selected>{bot.name.clone()}</option> }
    });
    let orders =
        CampaignOrder::ALL.into_iter().flat_map(|by| [true, false].map(|descending| CampaignSort { by, descending }));
    let orders = orders.map(|sort| {
        let label = format!("{} {}", rows::order_name(sort.by, text), if sort.descending { "↓" } else { "↑" });
        view! { <option value=sort.to_word() selected=asked.sort == sort>{label}</option> }
    });
    let kept = CampaignQuery { voicebot: None, sort: CampaignSort::default(), ..asked.clone() };
    let body = view! {
        <select class="select min-w-44" name="voicebot" aria-label=text.voicebot_label()>
            <option value="">{text.all_voicebots()}</option>
            {bots.collect_view()}
        </select>
        <select class="select only-narrow" name="sort" aria-label=text.order_label()>{orders.collect_view()}</select>
        <button class="btn" type="submit">{text.show()}</button>
    };
    Asking::new("/campaigns", "flex flex-wrap items-center gap-2").keeping(kept.to_pairs()).view(body.into_any())
}

/// Puts those side by side that are ticked in the list.
fn compare() -> AnyView {
    let text = use_text();
    let button = view! {
        <button class="btn" type="submit" title=text.compare_why()><Icon name="columns" />{text.compare_button()}</button>
    };
    Asking::new("/compare", "screen-only").id("compare").view(button.into_any())
}

fn search(list: &CampaignList) -> AnyView {
    let text = use_text();
    let kept = CampaignQuery { q: None, ..list.asked.clone() };
    let typed = list.asked.q.clone().unwrap_or_default();
    let body = view! {
        <label class="search sm:w-65">
            <Icon name="search" />
            <input type="search" name="q" value=typed maxlength="100" placeholder=text.search_campaigns()
                aria-label=text.search_campaigns() data-key="/" />
            <kbd class="kbd" aria-hidden="true">"/"</kbd>
        </label>
    };
    Asking::new("/campaigns", "w-full sm:w-auto").search().keeping(kept.to_pairs()).view(body.into_any())
}

fn states(list: &CampaignList) -> AnyView {
    let text = use_text();
    let all: u64 = list.states.iter().map(|(_, count)| count).sum();
    let choice = |state: Option<CampaignState>, label: &'static str, count: u64| {
        let states: Vec<CampaignState> = state.into_iter().collect();
        let current = (list.asked.states == states).then_some("true");
        let href = links::with_query("/campaigns", CampaignQuery { states, ..list.asked.clone() }.to_pairs());
        view! { <a href=href aria-current=current>{label}" "<small>{text.int(count)}</small></a> }.into_any()
    };
    let mut choices = vec![choice(None, text.all_states(), all)];
    for (state, count) in &list.states {
        if *count > 0 || list.asked.states.contains(state) {
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
    let role = use_session().person.map(|person| person.role);
    let may = |needed: Role| role.is_some_and(|role| role.may(needed));
    let steps = if list.asked.is_narrowed() {
        Some(view! { <a class="btn" href="/campaigns">{text.drop_all_filters()}</a> }.into_any())
    } else {
        // What leads on to a report: a file, or a token for whatever sends calls.
        let token = may(Role::Owner).then(|| view! { <a class="btn" href="/settings/tokens">{text.make_token()}</a> });
        may(Role::Manager)
            .then(|| view! { <a class="btn btn-primary" href="/import">{text.imports_title()}</a>{token} }.into_any())
    };
    let step = steps.map(|steps| view! { <div class="empty-actions">{steps}</div> });
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
