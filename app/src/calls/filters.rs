//! Search, classes and the other filters. Every one is a link or a GET form on the address; scripts only save the
//! reload, and the search the Enter.

use std::time::Duration;

use domain::{CallClass, CallFilter, filter::ClassFilter, format};
use leptos::{ev::SubmitEvent, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    address::{CallsAddress, MAX_SECONDS, MIN_SECONDS},
    context::CallsPage,
    list::StandingCounts,
};
use crate::{
    Text,
    components::{Icon, LiveAsking},
    server_page::part,
    use_text,
};

/// How long after the last letter the search begins by itself.
const AFTER_TYPING: Duration = Duration::from_millis(300);
/// Where the form of the filters is.
const PANEL: &str = "call-filters";

/// The parts of the address that a form does not show, as hidden fields.
fn hidden(address: &CallsAddress, change: fn(&mut CallFilter)) -> impl IntoView + use<> {
    // The first page: what the form asks for is another list.
    let fields = address
        .filtered(change)
        .list_pairs()
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    fields.collect_view()
}

/// Searches names and numbers.
#[component]
pub fn SearchField() -> impl IntoView {
    let text = use_text();
    let page = expect_context::<CallsPage>();
    let navigate = use_navigate();
    let input = NodeRef::<html::Input>::new();
    let asked = Memo::new(move |_| page.address.with(|address| address.filter.q.clone()));
    let search = move |replace: bool| {
        let typed = input.get_untracked().map(|input| input.value()).unwrap_or_default();
        let typed = Some(typed.trim().to_owned()).filter(|typed| !typed.is_empty());
        if typed != asked.get_untracked() {
            let href = page.filtered(|filter| filter.q = typed);
            navigate(&href, NavigateOptions { scroll: false, replace, ..NavigateOptions::default() });
        }
    };
    let on_submit = {
        let search = search.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            search(false);
        }
    };
    let on_input = debounce(AFTER_TYPING, move |_| search(true));
    // What the address says, unless somebody is just typing.
    Effect::new(move || {
        let asked = asked.get().unwrap_or_default();
        if let Some(input) = input.get() {
            let is_typing = document().active_element().is_some_and(|element| element.is_same_node(Some(&input)));
            if !is_typing && input.value() != asked {
                input.set_value(&asked);
            }
        }
    });
    let others = move || page.address.with(|address| hidden(address, |filter| filter.q = None));
    let path = Signal::derive(move || page.address.with(CallsAddress::path));
    let body = view! {
        {others}
        <label class="search">
            <Icon name="search" />
            <span class="sr-only">{text.search_label()}</span>
            <input node_ref=input type="search" name="q" maxlength="100" autocomplete="off" data-key="/"
                placeholder=text.search_calls() value=asked.get_untracked() on:input=on_input />
            <kbd class="kbd">"/"</kbd>
        </label>
    };
    let element = NodeRef::new();
    let form = LiveAsking { path, class: "w-full lg:w-[272px]", is_search: true, popover: None, element };
    form.view(on_submit, body.into_any())
}

/// All, success, failed, error, and in progress where there are any.
#[component]
pub fn Segments() -> impl IntoView {
    let text = use_text();
    let page = expect_context::<CallsPage>();
    let counts = move || page.of_list(|list| list.standings);
    let is_any_in_progress = move || counts().is_some_and(|counts| counts.in_progress > 0);
    let segment = move |name: &'static str,
                        tone: Option<&'static str>,
                        classes: Vec<ClassFilter>,
                        count: fn(StandingCounts) -> u64| {
        let classes = StoredValue::new(classes);
        let is_current = move || {
            page.address
                .with(|address| classes.with_value(|classes| address.filter.classes == *classes))
                .then_some("true")
        };
        let href = move || page.filtered(|filter| filter.classes = classes.get_value());
        view! {
            <a href=href aria-current=is_current data-noscroll>
                {tone.map(|tone| view! { <i class=format!("dot {tone}")></i> })}
                {name}
                {move || counts().map(|counts| view! { <small>{text.int(count(counts))}</small> })}
            </a>
        }
    };
    let class = move |class: CallClass, count: fn(StandingCounts) -> u64| {
        segment(text.class(class), Some(crate::components::tone(class)), vec![ClassFilter::Class(class)], count)
    };
    let has_live = Memo::new(move |_| {
        is_any_in_progress() || page.address.with(|address| address.filter.classes == [ClassFilter::InProgress])
    });
    view! {
        <div class="segmented" role="group" aria-label=text.call_status()>
            {segment(text.all_calls(), None, vec![], |counts| counts.all)}
            {class(CallClass::Success, |counts| counts.success)}
            {class(CallClass::Failed, |counts| counts.failed)}
            {class(CallClass::Error, |counts| counts.error)}
            <Show when=move || has_live.get()>
                {segment(text.in_progress(), Some("is-accent"), vec![ClassFilter::InProgress], |counts| counts.in_progress)}
            </Show>
        </div>
    }
}

/// A filter that is on: what it says, and the list without it.
struct Chip {
    field: &'static str,
    value: String,
    without: CallFilter,
}

/// `asked` are the voicebots, who hung up, the causes and the own values of the filter.
fn chips(filter: &CallFilter, contact: Option<String>, asked: [String; 4], text: Text) -> Vec<Chip> {
    let [voicebots, hung_up, why, own] = asked;
    let language = text.language();
    let mut chips = Vec::new();
    let mut chip = |field: &'static str, value: String, change: fn(&mut CallFilter)| {
        let mut without = filter.clone();
        change(&mut without);
        chips.push(Chip { field, value, without });
    };
    let seconds = |ms: i64| {
        let exact = ms % 1_000 == 0 && ms < 60_000;
        if exact { format::seconds(ms, language) } else { format::short_duration(ms, language) }
    };
    if let Some(q) = &filter.q {
        chip(text.filter_search(), format!("“{q}”"), |filter| filter.q = None);
    }
    // One class alone is what the segments say.
    if filter.classes.len() > 1 {
        let names = filter.classes.iter().map(|class| match class {
            ClassFilter::Class(class) => text.class(*class),
            ClassFilter::InProgress => text.in_progress(),
        });
        chip(text.filter_status(), names.collect::<Vec<_>>().join(", "), |filter| filter.classes.clear());
    }
    if !filter.voicebots.is_empty() {
        chip(text.voicebot_label(), voicebots, |filter| filter.voicebots.clear());
    }
    if !filter.codes.is_empty() {
        let codes: Vec<&str> = filter.codes.iter().map(domain::Code::as_str).collect();
        chip(text.filter_code(), codes.join(", "), |filter| filter.codes.clear());
    }
    if !filter.attempts.is_empty() {
        chip(text.filter_attempt(), listed(&filter.attempts, u32::to_string), |filter| filter.attempts.clear());
    }
    if !filter.hangup_by.is_empty() {
        chip(text.filter_hangup(), hung_up, |filter| filter.hangup_by.clear());
    }
    if !filter.causes.is_empty() {
        chip(text.filter_cause(), why, |filter| filter.causes.clear());
    }
    if !filter.own.is_empty() {
        chip(text.column_own(), own, |filter| filter.own.clear());
    }
    match (filter.min_talk, filter.max_talk) {
        (Some(min), Some(max)) => {
            chip(text.filter_talk(), format!("{} – {}", seconds(min), seconds(max)), |filter| {
                (filter.min_talk, filter.max_talk) = (None, None);
            });
        }
        (Some(min), None) => chip(text.filter_talk(), format!("≥ {}", seconds(min)), |filter| filter.min_talk = None),
        (None, Some(max)) => chip(text.filter_talk(), format!("≤ {}", seconds(max)), |filter| filter.max_talk = None),
        (None, None) => {}
    }
    if let Some(recorded) = filter.recorded {
        let value = if recorded { text.recording_yes() } else { text.recording_no() };
        chip(text.filter_recording(), value.to_owned(), |filter| filter.recorded = None);
    }
    if let Some(id) = &filter.contact {
        let name = contact.unwrap_or_else(|| id.to_string());
        chip(text.filter_customer(), name, |filter| filter.contact = None);
    }
    if !filter.weekdays.is_empty() {
        let days = listed(&filter.weekdays, |day| format::weekday(*day, language).to_owned());
        chip(text.filter_weekday(), days, |filter| filter.weekdays.clear());
    }
    if !filter.hours.is_empty() {
        let hours = listed(&filter.hours, |hour| format!("{hour:02}:00–{hour:02}:59"));
        chip(text.filter_hour(), hours, |filter| filter.hours.clear());
    }
    if let Some(reached) = filter.reached {
        let value = if reached { text.customers_reached() } else { text.customers_not_reached() };
        chip(text.filter_customer(), value.to_owned(), |filter| filter.reached = None);
    }
    if filter.talked {
        chip(text.filter_customer(), text.customers_talked().to_owned(), |filter| filter.talked = false);
    }
    if filter.outside_plan {
        chip(text.filter_calls(), text.outside_plan().to_owned(), |filter| filter.outside_plan = false);
    }
    if filter.beyond_rule {
        chip(text.filter_calls(), text.beyond_rule().to_owned(), |filter| filter.beyond_rule = false);
    }
    if filter.newly_reached {
        chip(text.filter_calls(), text.first_success().to_owned(), |filter| filter.newly_reached = false);
    }
    chips
}

fn listed<T>(values: &[T], show: impl Fn(&T) -> String) -> String {
    values.iter().map(show).collect::<Vec<_>>().join(", ")
}

/// The filters that are on, and the way to more.
#[component]
pub fn Filters() -> impl IntoView {
    let text = use_text();
    let page = expect_context::<CallsPage>();
    // Memos, because a running campaign's changes read the list anew, and an open panel stays beside its button.
    let contact = Memo::new(move |_| page.of_list(|list| list.contact.clone()));
    let named = Memo::new(move |_| {
        page.of_list(|list| [list.voicebots.clone(), list.hangups.clone(), list.causes.clone(), list.own.clone()])
    });
    let shown = move || {
        let filter = page.address.with(|address| address.filter.clone());
        let chips = chips(&filter, contact.get(), named.get(), text);
        let with = |filter: CallFilter| page.filtered(|old| *old = filter);
        let several = (chips.len() > 1).then(|| {
            with(CallFilter {
                period: filter.period,
                sort: filter.sort,
                classes: if filter.classes.len() > 1 { vec![] } else { filter.classes.clone() },
                ..CallFilter::default()
            })
        });
        let chips = chips.into_iter().map(|chip| {
            let name = format!("{} {}", chip.field, chip.value);
            view! {
                <span class="chip">
                    <button type="button" popovertarget=PANEL>{chip.field}<b>{chip.value}</b></button>
                    <a class="chip-x" href=with(chip.without) aria-label=text.remove_filter(&name) data-noscroll>
                        <Icon name="x" />
                    </a>
                </span>
            }
        });
        view! {
            {chips.collect_view()}
            <button class="chip-add" type="button" popovertarget=PANEL>
                <Icon name="plus" />
                {text.add_filter()}
            </button>
            {several.map(|href| view! { <a class="chip-add" href=href data-noscroll>{text.clear_all()}</a> })}
        }
    };
    view! {
        <div class="chips" role="group" aria-label=text.filters()>{shown}</div>
        <Panel />
    }
}

/// The form of the filters; what it does not show goes along as hidden fields.
#[component]
fn Panel() -> impl IntoView {
    let text = use_text();
    let page = expect_context::<CallsPage>();
    let form = NodeRef::<html::Form>::new();
    #[cfg(feature = "hydrate")]
    let navigate = use_navigate();
    let on_submit = move |event: SubmitEvent| {
        #[cfg(feature = "hydrate")]
        if let Some(address) = in_browser::address_of(&event, &page.address.get_untracked()) {
            event.prevent_default();
            in_browser::hide(form);
            navigate(&address, NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
        let _ = &event;
    };
    let path = Signal::derive(move || page.address.with(CallsAddress::path));
    let choices = Memo::new(move |_| page.of_list(|list| list.choices.clone()));
    let others = move || {
        page.address.with(|address| {
            hidden(address, |filter| {
                (filter.codes, filter.attempts) = (vec![], vec![]);
                (filter.hangup_by, filter.causes, filter.own) = (vec![], vec![], vec![]);
                (filter.min_talk, filter.max_talk, filter.recorded) = (None, None, None);
            })
        })
    };
    let body = view! {
        <div class="sheet-form">
            {others}
            {move || part(choices.get())}
            <TalkTime />
            <WithRecording />
            <div class="dialog-foot">
                <button class="btn btn-ghost" type="button" popovertarget=PANEL popovertargetaction="hide">
                    {text.cancel()}
                </button>
                <button class="btn btn-primary" type="submit">{text.apply()}</button>
            </div>
        </div>
    };
    let popover = Some((PANEL, text.filters()));
    let asking = LiveAsking { path, class: "popover", is_search: false, popover, element: form };
    asking.view(on_submit, body.into_any())
}

/// A checkbox or radio button of the form: what the address says, until somebody changes it.
#[component]
fn Choice(
    kind: &'static str,
    name: &'static str,
    #[prop(into)] value: String,
    #[prop(into)] is_chosen: Signal<bool>,
) -> impl IntoView {
    let class = if kind == "checkbox" { "checkbox" } else { "" };
    view! {
        <input class=class type=kind name=name value=value checked=is_chosen.get_untracked()
            prop:checked=move || is_chosen.get() />
    }
}

#[component]
fn TalkTime() -> impl IntoView {
    let text = use_text();
    let page = expect_context::<CallsPage>();
    let field = move |label: &'static str, name: &'static str, ms: fn(&CallFilter) -> Option<i64>| {
        let seconds = move || {
            let ms = page.address.with(|address| ms(&address.filter));
            ms.map(|ms| (ms as f64 / 1_000.0).to_string()).unwrap_or_default()
        };
        view! {
            <label class="field">
                <span class="field-note">{label}</span>
                <input class="input" type="number" name=name min="0" max="86400" step="any" inputmode="decimal"
                    value=untrack(seconds) prop:value=seconds />
            </label>
        }
    };
    view! {
        <fieldset>
            <legend class="font-semibold mb-1">{text.filter_talk()}</legend>
            <div class="grid grid-cols-2 gap-2">
                {field(text.seconds_from(), MIN_SECONDS, |filter| filter.min_talk)}
                {field(text.seconds_to(), MAX_SECONDS, |filter| filter.max_talk)}
            </div>
        </fieldset>
    }
}

#[component]
fn WithRecording() -> impl IntoView {
    let text = use_text();
    let page = expect_context::<CallsPage>();
    let option = move |label: &'static str, value: &'static str, recorded: Option<bool>| {
        let is_chosen = Signal::derive(move || page.address.with(|address| address.filter.recorded == recorded));
        view! { <label><Choice kind="radio" name="recorded" value is_chosen />{label}</label> }
    };
    view! {
        <fieldset>
            <legend class="font-semibold mb-1">{text.filter_recording()}</legend>
            <div class="segmented segmented-fill w-full">
                {option(text.recording_any(), "", None)}
                {option(text.recording_yes(), "true", Some(true))}
                {option(text.recording_no(), "false", Some(false))}
            </div>
        </fieldset>
    }
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use leptos::{ev::SubmitEvent, html, prelude::*, web_sys};
    use wasm_bindgen::JsCast;

    use crate::calls::address::CallsAddress;

    /// The address that a submitted form means, written as any other: without empty fields, talk time in milliseconds.
    /// None where a field holds what it may not; the server says so then.
    pub fn address_of(event: &SubmitEvent, address: &CallsAddress) -> Option<String> {
        let form: web_sys::HtmlFormElement = event.target()?.dyn_into().ok()?;
        let data = web_sys::FormData::new_with_form(&form).ok()?;
        let query = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
        let query = String::from(query.to_string());
        CallsAddress::read(address.campaign.clone(), &query).ok().map(|address| address.href())
    }

    /// Closes the form's popover.
    pub fn hide(form: NodeRef<html::Form>) {
        if let Some(form) = form.get_untracked() {
            // It is closed already when it was submitted from outside.
            let _ = form.hide_popover();
        }
    }
}
