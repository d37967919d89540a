//! The rows of the list: a table on a desktop, cards on a phone.

use domain::{
    CampaignId, CampaignOrder, CampaignQuery, CampaignSort, CampaignState, CampaignSummary, Currency, DateRange,
    Period, Rate, format,
};
use leptos::prelude::*;

use super::reading::CampaignList;
use crate::{
    Text,
    components::{Explained, Icon, Info, StateBadge},
    links,
    overview::behind::Behind,
    use_session, use_text,
};

/// A measure for a style: one decimal, with a point.
fn width(rate: Rate) -> String {
    let permille = rate.permille().unwrap_or(0);
    format!("--w:{}.{}%", permille / 10, permille % 10)
}

fn currency() -> Currency {
    use_session().person.map_or_else(Currency::vnd, |person| person.currency)
}

/// Table, cards, note and pages.
pub fn rows(list: &CampaignList) -> AnyView {
    let text = use_text();
    let shown = list.campaigns.len() as u64;
    let note = if list.asked.period == Period::Whole {
        text.counted_in_each().to_owned()
    } else {
        format!("{} {}", text.whole_campaign_figures(), text.counted_in_each())
    };
    let page = |cursor: &Option<String>, icon: &'static str, label: &'static str, first: bool| {
        let pairs = list.asked.to_pairs().into_iter();
        let href = cursor.clone().map(|cursor| links::with_query("/campaigns", pairs.chain([("cursor", cursor)])));
        let icon = view! { <Icon name=icon /> };
        let inside = if first { view! { {icon}{label} }.into_any() } else { view! { {label}{icon} }.into_any() };
        match href {
            Some(href) => view! { <a class="btn" href=href>{inside}</a> }.into_any(),
            None => view! { <span class="btn" role="link" aria-disabled="true">{inside}</span> }.into_any(),
        }
    };
    let pages = (list.next.is_some() || list.previous.is_some()).then(|| {
        view! {
            <nav class="button-group" aria-label=text.pages()>
                {page(&list.previous, "chevron-left", text.previous_page(), true)}
                {page(&list.next, "chevron-right", text.next_page(), false)}
            </nav>
        }
    });
    view! {
        <div class="panel panel-flush only-wide">{table(list)}</div>
        <ul class="call-cards only-narrow">{total_card(list)}{list.campaigns.iter().map(card).collect_view()}</ul>
        <div class="table-foot">
            <span>{note}</span>
            <span class="flex items-center gap-3">
                {text.shown_of(&text.int(shown), &text.campaigns_counted(list.total))}
                {pages}
            </span>
        </div>
    }
    .into_any()
}

/// The name of what the list is sorted by: that of its column.
pub fn order_name(by: CampaignOrder, text: Text) -> &'static str {
    match by {
        CampaignOrder::Customers => text.customers_column(),
        CampaignOrder::ContactRate => text.reached_column(),
        CampaignOrder::Calls => text.calls_column(),
        CampaignOrder::AnswerRate => text.answered_column(),
        CampaignOrder::Blocks => text.blocks_column(),
        CampaignOrder::Cost => text.cost_column(),
        CampaignOrder::Dates => text.dates_column(),
    }
}

/// The head of a column: a link that sorts by it, the largest first, and the smallest first when it does already. `rule` is an ⓘ
/// beside it.
fn head(list: &CampaignList, by: CampaignOrder, rule: Option<AnyView>) -> AnyView {
    let sort = list.asked.sort;
    let is_sorted = sort.by == by;
    let next = CampaignSort { by, descending: !(is_sorted && sort.descending) };
    let href = links::with_query("/campaigns", CampaignQuery { sort: next, ..list.asked.clone() }.to_pairs());
    let aria = is_sorted.then_some(if sort.descending { "descending" } else { "ascending" });
    view! {
        <th scope="col" class="num" aria-sort=aria>
            <a class="sort" href=href data-noscroll>{order_name(by, use_text())}</a>
            {rule.map(|rule| view! { " "{rule} })}
        </th>
    }
    .into_any()
}

/// The head of the table, with the rules of its two rates.
fn heads(list: &CampaignList) -> AnyView {
    let text = use_text();
    let rate = |id: &'static str, by: CampaignOrder, rule: &'static str, of: Rate| {
        let formula = (of.denominator > 0).then(|| {
            let (n, d) = (text.int(of.numerator), text.int(of.denominator));
            (format!("{n} ÷ {d}"), format::rate(of, text.language()))
        });
        let zone = use_session().person.map(|person| person.timezone).unwrap_or_default();
        let until = format::moment(list.now, text.language());
        let facts = vec![(text.fact_zone().to_owned(), zone), (text.fact_until().to_owned(), until)];
        let name = order_name(by, text).to_owned();
        let what = Explained { name, rule: rule.to_owned(), formula, facts, more: None };
        head(list, by, Some(view! { <Info id=id what=what /> }.into_any()))
    };
    let number = |by: CampaignOrder| head(list, by, None);
    view! {
        <tr>
            <th scope="col">{text.campaign_and_voicebot()}</th>
            <th scope="col">{text.state_column()}</th>
            {number(CampaignOrder::Customers)}
            {rate("reached", CampaignOrder::ContactRate, text.contact_rate_rule(), list.totals.contact_rate)}
            {number(CampaignOrder::Calls)}
            {rate("answered", CampaignOrder::AnswerRate, text.answer_rate_rule(), list.totals.answer_rate)}
            {number(CampaignOrder::Blocks)}
            {number(CampaignOrder::Cost)}
            {number(CampaignOrder::Dates)}
        </tr>
    }
    .into_any()
}

fn table(list: &CampaignList) -> AnyView {
    let text = use_text();
    let language = text.language();
    let totals = list.totals;
    view! {
        <div class="table-scroll table-long" tabindex="0" role="region" aria-label=text.campaigns()>
            <table class="data-table two-line">
                <thead>{heads(list)}</thead>
                <tbody>{list.campaigns.iter().map(row).collect_view()}</tbody>
                <tfoot>
                    <tr class="total">
                        <th scope="row" colspan="2">{text.total_of(&text.campaigns_counted(list.total))}</th>
                        <td class="num">{text.int(totals.customers)}</td>
                        <td class="num">{format::rate(totals.contact_rate, language)}</td>
                        <td class="num">{text.int(totals.calls)}</td>
                        <td class="num">{format::rate(totals.answer_rate, language)}</td>
                        <td class="num">{format::integer(totals.blocks, language)}</td>
                        <td class="num">{format::money(totals.cost, &currency(), language)}</td>
                        <td></td>
                    </tr>
                </tfoot>
            </table>
        </div>
    }
    .into_any()
}

/// The state, and for a campaign that has not ended how much of its list has been called.
fn state(summary: &CampaignSummary) -> AnyView {
    let text = use_text();
    let state = summary.campaign.state;
    let tone = match state {
        CampaignState::Running => "progress mt-1 is-accent",
        CampaignState::Paused => "progress mt-1 is-neutral",
        CampaignState::Scheduled | CampaignState::Completed => {
            return view! { <StateBadge state=state /> }.into_any();
        }
    };
    let dialled = Rate::new(summary.dialled, summary.customers);
    let share = format::whole_percent(dialled);
    view! {
        <span class="flex items-center justify-between gap-2"><StateBadge state=state /><span>{share.clone()}</span></span>
        <span class=tone style=width(dialled) role="progressbar" aria-valuemin="0" aria-valuemax="100"
            aria-valuenow=(dialled.permille().unwrap_or(0) / 10).to_string() aria-label=text.dialled_share(&share)></span>
    }
    .into_any()
}

/// `17/11 – nay`, `09/11 – 14/11/2026`.
fn dates(summary: &CampaignSummary) -> String {
    let text = use_text();
    let language = text.language();
    match summary.first_day.zip(summary.last_day) {
        None => text.not_called_yet().to_owned(),
        Some((first, _)) if summary.campaign.state == CampaignState::Running => {
            text.since_day(&format::day_month(first, language))
        }
        Some((from, to)) => format::range(DateRange { from, to }, language),
    }
}

/// A number that opens its calls; a faint 0 opens nothing.
fn opens(label: String, href: String, any: bool) -> AnyView {
    if any {
        view! { <a class="figure-link" href=href>{label}</a> }.into_any()
    } else {
        view! { <span class="undefined">{label}</span> }.into_any()
    }
}

/// Chooses it for the page of campaigns side by side; the form stands above the list.
fn tick(id: &CampaignId, name: &str) -> AnyView {
    let label = use_text().compare_tick(name);
    view! {
        <input class="compare-tick screen-only" type="checkbox" form="compare" name="campaign" value=id.to_string()
            aria-label=label.clone() title=label />
    }
    .into_any()
}

fn row(summary: &CampaignSummary) -> AnyView {
    let text = use_text();
    let language = text.language();
    let campaign = &summary.campaign;
    // The row does not say whether they are.
    let behind = Behind { campaign: campaign.id.clone(), period: Period::Whole, answered_apart: true };
    let reached = summary.contact_rate;
    let answered = summary.answer_rate;
    let any = summary.calls > 0;
    let cost = format::money(summary.cost, &currency(), language);
    view! {
        <tr class="row-link">
            <td class="key">
                <div class="ticked">
                    {tick(&campaign.id, &campaign.name)}
                    <span>
                        <a class="clip" href=links::campaign_path(&campaign.id) title=campaign.name.clone()>
                            {campaign.name.clone()}
                        </a>
                        <small class="clip" title=campaign.voicebot.name.clone()>{campaign.voicebot.name.clone()}</small>
                    </span>
                </div>
            </td>
            <td>{state(summary)}</td>
            <td class="num">{opens(text.int(summary.customers), behind.customers(), summary.customers > 0)}</td>
            <td class="num">
                <span class="cell-bar is-success" style=width(reached)></span>
                {opens(format::rate(reached, language), behind.reached(), reached.numerator > 0)}
            </td>
            <td class="num">{opens(text.int(summary.calls), behind.finished(), any)}</td>
            <td class="num">
                {opens(
                    format::rate(answered, language),
                    behind.answered(),
                    answered.numerator > 0,
                )}
            </td>
            <td class="num">{opens(format::integer(summary.blocks, language), behind.finished(), any)}</td>
            <td class="num key-figure">{opens(cost, behind.finished(), any)}</td>
            <td class="num text-muted">{dates(summary)}</td>
        </tr>
    }
    .into_any()
}

/// The whole list, above its cards: below a long one nobody would find it.
fn total_card(list: &CampaignList) -> AnyView {
    let text = use_text();
    let language = text.language();
    let totals = list.totals;
    view! {
        <li class="call-card is-total">
            <div>
                <div class="call-card-name">{text.total_of(&text.campaigns_counted(list.total))}</div>
                <div class="call-card-meta">
                    <span>{text.customers(totals.customers)}</span>
                    <span>{text.answered_column()}" "{format::rate(totals.answer_rate, language)}</span>
                </div>
            </div>
            <div class="call-card-side">
                <b>{format::money(totals.cost, &currency(), language)}</b>
                {text.calls(totals.calls)}
                <br />
                {text.reached_column()}" "{format::rate(totals.contact_rate, language)}
            </div>
        </li>
    }
    .into_any()
}

fn card(summary: &CampaignSummary) -> AnyView {
    let text = use_text();
    let language = text.language();
    let campaign = &summary.campaign;
    view! {
        <li class="call-card">
            <div>
                <div class="call-card-name">
                    {tick(&campaign.id, &campaign.name)}
                    <a class="clip" href=links::campaign_path(&campaign.id)>{campaign.name.clone()}</a>
                </div>
                <div class="call-card-meta">
                    <span class="clip">{campaign.voicebot.name.clone()}</span>
                    <span>{dates(summary)}</span>
                </div>
                <div class="mt-1 max-w-60">{state(summary)}</div>
            </div>
            <div class="call-card-side">
                <b>{format::money(summary.cost, &currency(), language)}</b>
                {text.calls(summary.calls)}
                <br />
                {text.reached_column()}" "{format::rate(summary.contact_rate, language)}
            </div>
            <Icon name="chevron-right" />
        </li>
    }
    .into_any()
}
