//! The head: name, zone, which month or range, which voicebot, the files.

use domain::{Month, UsageQuery, against::Against, format};
use leptos::prelude::*;

use super::panel::UsagePage;
use crate::{
    components::{Asking, Icon, PeriodPicker, PricingNotice, PrintButton, PrintedSource, against_days, against_links},
    names::month_name,
};

pub fn head(page: &UsagePage) -> AnyView {
    let (text, shown) = (page.text, page.shown);
    let lead = if shown.statistics { text.statistics_lead() } else { text.usage_lead() };
    let until = format::moment(shown.as_of, page.language);
    let bot = shown.voicebots.iter().find(|bot| Some(&bot.id) == shown.query.voicebot.as_ref());
    let bot = bot.map_or_else(|| text.all_voicebots().to_owned(), |bot| bot.name.clone());
    let about = vec![shown.title(text).to_owned(), page.range(page.usage.days()), bot];
    view! {
        <PrintedSource about at=shown.as_of />
        <header class="page-head">
            <div>
                <div class="page-title"><h1>{shown.title(text)}</h1></div>
                <div class="page-meta">
                    <span>{lead}</span>
                    <span>{text.fact_until()}" "{until}</span>
                    <span><Icon name="globe" />{page.usage.timezone.clone()}</span>
                </div>
            </div>
            <div class="page-actions"><PrintButton />{files(page)}</div>
        </header>
        <PricingNotice />
        <div class="flex flex-wrap items-center gap-2">
            {chooser(page)}
            <div class="ml-auto max-w-full flex flex-wrap items-center gap-2">
                {against(page)}
                {if shown.statistics { range(page) } else { month(page) }}
            </div>
        </div>
    }
    .into_any()
}

fn files(page: &UsagePage) -> AnyView {
    let (text, shown) = (page.text, page.shown);
    let link = |kind: &'static str, label: &'static str| {
        let href = crate::with_account::with_account(&shown.file(kind, page.language));
        view! { <a class="btn" href=href rel="external" download=""><Icon name="download" />{label}</a> }
    };
    view! { {link("csv", text.download_usage_csv())}{link("xlsx", text.download_usage_xlsx())} }.into_any()
}

/// One voicebot, or all: a form, so that it works without scripts and with the keyboard.
fn chooser(page: &UsagePage) -> AnyView {
    let (text, shown) = (page.text, page.shown);
    let chosen = shown.query.voicebot.clone();
    let options = shown.voicebots.iter().map(|bot| {
        let selected = chosen.as_ref() == Some(&bot.id);
        view! { <option value=bot.id.to_string() selected=selected>{bot.name.clone()}</option> }
    });
    let keep = domain::UsageQuery { voicebot: None, ..shown.query.clone() }.to_pairs();
    let keep = keep.into_iter().chain(shown.drawn_pair()).chain(shown.sort_pair());
    let body = view! {
        <select class="select" name="voicebot" aria-label=text.voicebot_label()>
            <option value="">{text.all_voicebots()}</option>
            {options.collect_view()}
        </select>
        <button class="btn" type="submit">{text.show()}</button>
    };
    Asking::new(shown.path(), "flex items-center gap-2").keeping(keep).view(body.into_any())
}

/// Which days these are compared with; said on the button, chosen below it.
fn against(page: &UsagePage) -> AnyView {
    let (text, shown) = (page.text, page.shown);
    let before = page.range(page.usage.previous_days());
    let without = UsageQuery { against: Against::default(), ..shown.query.clone() };
    let keep = without.to_pairs().into_iter().chain(shown.drawn_pair()).chain(shown.sort_pair()).collect();
    view! {
        <button class="btn screen-only" type="button" popovertarget="against">
            <span class="text-muted">{text.compare_days()}</span>
            <span class="truncate">{before}</span>
            <Icon name="chevron-down" />
        </button>
        <div class="popover popover-end against" popover id="against">
            <nav aria-label=text.compare_days()>
                {against_links("menu-item", Some(shown.query.against), |against| shown.compared(against))}
            </nav>
            {against_days(shown.path(), keep, Some(page.usage.previous_days()))}
        </div>
    }
    .into_any()
}

fn range(page: &UsagePage) -> AnyView {
    let shown = page.shown;
    let other = shown.of_other_days();
    let keep = other.voicebot.iter().map(|id| ("voicebot", id.to_string()));
    let keep =
        keep.chain((other.against != Against::default()).then(|| other.against.to_pairs()).into_iter().flatten());
    let keep = keep.chain(shown.drawn_pair()).chain(shown.sort_pair());
    let keep = keep.map(|(name, value)| (name.to_owned(), value)).collect();
    view! {
        <PeriodPicker
            path=shown.path().to_owned()
            keep=keep
            period=shown.period()
            shown=Some(page.usage.days())
            today=shown.today()
            whole=page.text.latest_month()
        />
    }
    .into_any()
}

/// ‹ month ›, and a list of the months from the first with calls to this one.
fn month(page: &UsagePage) -> AnyView {
    let (text, shown) = (page.text, page.shown);
    let month = shown.month();
    let this = Month::of(shown.today());
    let (first, last) =
        shown.months.map_or((month, month), |(first, last)| (first.min(month), last.max(this).max(month)));
    let arrow = |to: Month, icon: &'static str, name: &'static str, key: &'static str| {
        if (first..=last).contains(&to) {
            let href = shown.of_month(to);
            view! { <a class="btn btn-square" href=href aria-label=name title=name data-key=key><Icon name=icon /></a> }
                .into_any()
        } else {
            view! {
                <span class="btn btn-square" role="link" aria-disabled="true" aria-label=name><Icon name=icon /></span>
            }
            .into_any()
        }
    };
    let choices = (first.0..=last.0).rev().map(Month).map(|choice| {
        let current = (choice == month).then_some("true");
        view! {
            <a class="menu-item" href=shown.of_month(choice) aria-current=current>
                {text.month_named(&month_name(choice))}
            </a>
        }
    });
    let label = text.month_named(&month_name(month));
    view! {
        <div class="button-group">
            {arrow(month.plus(-1), "chevron-left", text.month_previous(), "ArrowLeft")}
            <button class="btn" type="button" popovertarget="months"
                aria-label=format!("{}: {label}", text.choose_month())>
                <Icon name="calendar" />
                <span class="truncate">{label.clone()}</span>
                <Icon name="chevron-down" />
            </button>
            {arrow(month.plus(1), "chevron-right", text.month_next(), "ArrowRight")}
        </div>
        <nav class="popover popover-end" popover id="months" aria-label=text.choose_month()>
            <div class="months" tabindex="0">{choices.collect_view()}</div>
        </nav>
    }
    .into_any()
}
