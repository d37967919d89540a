//! The tables by voicebot and by campaign; their total rows are the sums of their rows.

use domain::{Money, Rate, format, usage::UsageFigures};
use leptos::prelude::*;

use super::{figure::Figure, panel::UsagePage, reading::of_range};
use crate::{components::Icon, shares::tenths};

fn heads(page: &UsagePage) -> AnyView {
    Figure::ALL
        .map(|figure| view! { <th scope="col" class="num">{figure.name(page.text)}</th> })
        .into_iter()
        .collect_view()
        .into_any()
}

/// By voicebot. From the page of a month each leads to its statistics, from there to its calls.
pub fn voicebots(page: &UsagePage) -> AnyView {
    let (text, usage) = (page.text, page.usage);
    let sessions: Vec<u64> = usage.voicebots.iter().map(|bot| bot.figures.sessions.max(0) as u64).collect();
    let largest = sessions.iter().copied().max().unwrap_or(0);
    let whole: u64 = sessions.iter().sum();
    let rows = usage.voicebots.iter().zip(&sessions).map(|(bot, sessions)| {
        let href = if page.shown.statistics {
            page.calls_of_voicebot(&bot.id)
        } else {
            of_range(usage.days(), Some(bot.id.clone()))
        };
        let share = format::rate(Rate::new(*sessions, whole), page.language);
        let peak = bot.sessions_by_month.iter().copied().max().unwrap_or(0).max(1) as u64;
        let spark = bot.sessions_by_month.iter().map(|n| {
            let height = tenths((*n).max(0) as u64, peak);
            view! { <i style=format!("--v:{height}%")></i> }
        });
        view! {
            <tr class="row-link">
                <td class="key">
                    <a class="clip" href=href title=bot.name.clone()>{bot.name.clone()}</a>
                    <small>{text.campaigns_counted(bot.campaigns)}</small>
                </td>
                <td class="num" data-label=text.usage_share()>
                    <span class="cell-bar" style=format!("--w:{}%", tenths(*sessions, largest))></span>
                    {share}
                </td>
                <td class="num" data-label=text.change_column()>{page.change(Figure::Sessions, &bot.figures, &bot.previous)}</td>
                {page.cells(&bot.figures)}
                <td class="num only-wide"><span class="spark-bars" aria-hidden="true">{spark.collect_view()}</span></td>
            </tr>
        }
    });
    let campaigns = text.campaigns_counted(usage.by_campaign.len() as u64);
    view! {
        <section class="panel panel-table">
            <div class="panel-head">
                <div class="panel-title"><h2>{text.by_voicebot()}</h2></div>
                <span class="panel-note">{text.compared_with(&page.range(usage.previous_days()))}</span>
            </div>
            <div class="table-scroll" tabindex="0" role="region" aria-label=text.by_voicebot()>
                <table class="data-table two-line stacked stacked-early">
                    <thead>
                        <tr>
                            <th scope="col" class="min-w-36">{text.voicebot_column()}</th>
                            <th scope="col" class="num">{text.usage_share()}</th>
                            <th scope="col" class="num">{text.change_column()}</th>
                            {heads(page)}
                            <th scope="col" class="num only-wide">{text.twelve_months()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                    <tfoot>
                        <tr class="total">
                            <th scope="row">{text.total()}" · "{campaigns}</th>
                            <td class="num" data-label=text.usage_share()>{format::rate(Rate::new(whole, whole), page.language)}</td>
                            <td class="num" data-label=text.change_column()>
                                {page.change(Figure::Sessions, &usage.total, &usage.previous.figures)}
                            </td>
                            {page.cells(&usage.total)}
                            <td class="only-wide"></td>
                        </tr>
                    </tfoot>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// What all but the shown campaigns have together; none where all are shown.
fn others(page: &UsagePage, shown: &std::ops::Range<usize>) -> Option<AnyView> {
    let all = &page.usage.by_campaign;
    let rest = || all.iter().enumerate().filter(|(n, _)| !shown.contains(n)).map(|(_, one)| one.figures);
    let count = rest().count() as u64;
    let mut sum =
        UsageFigures { sessions: 0, bot_messages: None, calls: 0, dial_time: 0, talk_time: 0, cost: Money::ZERO };
    for one in rest() {
        sum.sessions += one.sessions;
        sum.bot_messages = sum.bot_messages.map_or(one.bot_messages, |n| Some(n + one.bot_messages.unwrap_or(0)));
        sum.calls += one.calls;
        sum.dial_time += one.dial_time;
        sum.talk_time += one.talk_time;
        sum.cost += one.cost;
    }
    (count > 0).then(|| {
        let name = page.text.more_campaigns(&page.text.campaigns_counted(count));
        view! { <tr><td class="key">{name}</td>{page.cells(&sum)}</tr> }.into_any()
    })
}

/// By campaign, those that cost most first; each leads to its finished calls on these days, of the page's voicebot.
pub fn campaigns(page: &UsagePage) -> AnyView {
    let (text, usage) = (page.text, page.usage);
    if usage.by_campaign.is_empty() {
        return ().into_any();
    }
    let shown = page.shown.campaigns_shown();
    let turn = |next: bool| {
        let (label, icon) =
            if next { (text.next_page(), "chevron-right") } else { (text.previous_page(), "chevron-left") };
        let icon = view! { <Icon name=icon /> };
        let inside = if next { view! { {label}{icon} }.into_any() } else { view! { {icon}{label} }.into_any() };
        match page.shown.page_of_campaigns(next) {
            Some(href) => view! { <a class="btn" href=href data-noscroll>{inside}</a> }.into_any(),
            None => view! { <span class="btn" role="link" aria-disabled="true">{inside}</span> }.into_any(),
        }
    };
    let all = usage.by_campaign.len();
    let foot = (shown.len() < all).then(|| {
        let span = format!("{} – {}", text.int(shown.start as u64 + 1), text.int(shown.end as u64));
        view! {
            <div class="table-foot">
                <span></span>
                <span class="flex items-center gap-3">
                    {text.shown_of(&span, &text.campaigns_counted(all as u64))}
                    <nav class="button-group" aria-label=text.pages()>{turn(false)}{turn(true)}</nav>
                </span>
            </div>
        }
    });
    let rows = usage.by_campaign[shown.clone()].iter().map(|one| {
        view! {
            <tr class="row-link">
                <td class="key"><a class="clip" href=page.calls(Some(&one.id), usage.days()) title=one.name.clone()>{one.name.clone()}</a></td>
                {page.cells(&one.figures)}
            </tr>
        }
    });
    view! {
        <section class="panel panel-table">
            <div class="panel-head"><div class="panel-title"><h2>{text.by_campaign()}</h2></div></div>
            <div class="table-scroll" tabindex="0" role="region" aria-label=text.by_campaign()>
                <table class="data-table stacked">
                    <thead><tr><th scope="col" class="min-w-44">{text.campaign_column()}</th>{heads(page)}</tr></thead>
                    <tbody>{rows.collect_view()}{others(page, &shown)}</tbody>
                    <tfoot>
                        <tr class="total">
                            <th scope="row">{text.total_of(&text.campaigns_counted(usage.by_campaign.len() as u64))}</th>
                            {page.cells(&usage.total)}
                        </tr>
                    </tfoot>
                </table>
            </div>
            {foot}
        </section>
    }
    .into_any()
}
