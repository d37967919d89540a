//! The page of a campaign's calls, and that of all calls of the account.

use domain::{CallFilter, CallId, CampaignId, Period, filter::CallOrder};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};

use super::{
    address::CallsAddress,
    context::{COLUMNS, CallsPage},
    filters::{Filters, SearchField, Segments},
    held::{Waiting, hold, is_in_use},
    list::{CallList, CallRow},
    playback::{Track, rest_of, use_playback},
    row::{card_of, card_opened, on_click, row, row_opened},
    server::{call_list, opened_call},
};
use crate::{
    AppError,
    components::{FailureView, Icon},
    links,
    live::Live,
    server_page::{part, shown},
    use_text,
    with_account::with_account,
};

/// The calls of the campaign that the address names; without one, of the account.
#[component]
pub fn CallsOfAddress() -> impl IntoView {
    let params = use_params_map();
    let location = use_location();
    let of_account = |path: &str| path == "/calls";
    let mine = location.pathname.with_untracked(|path| of_account(path));
    let read = Memo::new(move |before: Option<&Result<CallsAddress, AppError>>| {
        // While the router changes to another page, this one is still there and sees its address: it is not for us.
        let ours = location.pathname.with(|path| path.ends_with("/calls") && of_account(path) == mine);
        if let Some(before) = before.filter(|_| !ours) {
            return before.clone();
        }
        let id = params.with(|params| params.get("id"));
        let campaign = id.map(CampaignId::new).transpose().map_err(|_| AppError::NotFound)?;
        location.search.with(|query| CallsAddress::read(campaign, query)).map_err(AppError::invalid)
    });
    let failure = Memo::new(move |_| read.with(|read| read.as_ref().err().cloned()));
    move || match failure.get() {
        Some(error) => view! { <FailureView error /> }.into_any(),
        None => view! { <Calls read /> }.into_any(),
    }
}

/// The page of an address that could be read.
#[component]
fn Calls(read: Memo<Result<CallsAddress, AppError>>) -> impl IntoView {
    let address = Memo::new(move |before: Option<&CallsAddress>| match (read.get(), before) {
        (Ok(address), _) => address,
        (Err(_), Some(before)) => before.clone(),
        (Err(_), None) => unreachable!("this component stands only where the address could be read"),
    });
    let campaign = Memo::new(move |_| address.with(|address| address.campaign.clone()));
    let query = Memo::new(move |_| address.with(CallsAddress::list_query));
    let live = Live::new();
    let open = Memo::new(move |_| address.with(|address| address.open.clone()));
    let take = StoredValue::new(false);
    let list = live.resource(
        move || (campaign.get(), query.get()),
        |(campaign, query)| call_list(campaign, query),
        move |shown, read| {
            let is_read = open.with_untracked(Option::is_some) || is_in_use();
            hold(shown, read, is_read && !take.get_value());
            take.set_value(false);
        },
    );
    let opened = live.resource(
        move || (campaign.get(), open.get()),
        |(campaign, open)| async move {
            match open {
                Some(call) => opened_call(campaign, call).await.map(Some),
                None => Ok(None),
            }
        },
        |_, _| (),
    );
    let page = CallsPage { address, list, live, take, sent_to: StoredValue::new(None), opened };
    provide_context(page);
    let playback = use_playback();
    Effect::new(move |before: Option<Option<(Option<CampaignId>, String)>>| {
        let before = before.flatten();
        if list.with(|list| matches!(list, Some(Err(_)))) {
            live.follow(None);
        }
        let read = list.with(|list| {
            let list = list.as_ref()?.as_ref().ok()?;
            let of = (list.head.campaign.clone(), list.query.clone());
            let queue = list.rows.iter().filter_map(Track::of).collect::<Vec<_>>();
            Some((of, queue, rest_of(list), list.head.live.clone()))
        });
        // While nothing can be read, the player keeps the list that it has.
        let Some((of, queue, rest, path)) = read else { return before };
        playback.follow(queue, rest, before.as_ref() != Some(&of));
        live.follow(path);
        Some(of)
    });
    #[cfg(feature = "hydrate")]
    {
        super::keys::listen_for_rows();
        super::keys::keep_rows_up_to_date(page);
    }
    let failure = move || {
        list.with(|list| match list {
            Some(Err(error)) => Some(error.clone()),
            _ => None,
        })
    };
    view! {
        {live.view()}
        <Transition>
            <Show when=move || list.with(|list| matches!(list, Some(Ok(_))))>
                <Body />
            </Show>
            {move || failure().map(|error| view! { <FailureView error /> })}
        </Transition>
    }
}

/// The campaign's head, the tabs and the period.
#[component]
fn Head() -> impl IntoView {
    let page = expect_context::<CallsPage>();
    // Opening a call changes the address and nothing up here.
    let head = Memo::new(move |_| {
        page.list.with(|list| list.as_ref().and_then(|list| list.as_ref().ok().map(|list| list.head.clone())))
    });
    move || head.get().map(|head| shown(head.title, head.html))
}

/// The page of calls, once it is there.
#[component]
fn Body() -> impl IntoView {
    let page = expect_context::<CallsPage>();
    let is_empty =
        Memo::new(move |_| page.of_list(|list| list.rows.is_empty()) && page.address.with(|a| a.open.is_none()));
    // What is shown answers another question than the address asks by now.
    let is_awaited = Memo::new(move |_| {
        let asked = page.address.with(|address| (address.campaign.clone(), address.list_query()));
        page.of_list(|list| (list.head.campaign.clone(), list.query.clone()) != asked)
    });
    view! {
        <Head />
        <div class="flex flex-wrap items-center gap-2">
            <SearchField />
            <Segments />
        </div>
        <div class="flex flex-wrap items-center gap-2">
            <Filters />
            <span class="ml-auto only-desktop inline-flex gap-2"><Chooser /><ExportLinks /></span>
        </div>
        <div class="stack list-answer" aria-busy=move || is_awaited.get().then_some("true")>
            <SumsLine />
            <Show when=move || !is_empty.get() fallback=|| view! { <Empty /> }>
                <Waiting />
                <Table />
                <Cards />
                <Foot />
            </Show>
        </div>
    }
}

/// The columns to choose from.
#[component]
fn Chooser() -> impl IntoView {
    let page = expect_context::<CallsPage>();
    let chooser = Memo::new(move |_| page.of_list(|list| list.chooser.clone()));
    move || part(chooser.get())
}

/// How many calls the filter lets through, once they are counted.
fn calls_of(page: CallsPage) -> Option<u64> {
    page.of_list(|list| list.sums.calls)
}

/// The files with every call of the filter, and how many they are.
#[component]
fn ExportLinks() -> impl IntoView {
    let text = use_text();
    let page = expect_context::<CallsPage>();
    let xlsx = move || {
        page.address.with(|address| with_account(&links::calls_xlsx(address.campaign.as_ref(), &address.filter)))
    };
    let csv = move || {
        page.address.with(|address| {
            with_account(&links::calls_csv(address.campaign.as_ref(), &address.filter, text.language()))
        })
    };
    view! {
        <div class="button-group max-lg:w-full max-lg:*:flex-1" role="group" aria-label=text.export_calls()>
            <a class="btn" rel="external" data-export href=xlsx>
                <Icon name="download" />
                {text.as_xlsx()}
                {move || calls_of(page).map(|calls| view! { <small>{text.csv_rows(&text.int(calls))}</small> })}
            </a>
            <a class="btn" rel="external" download href=csv>{text.as_csv()}</a>
        </div>
    }
}

/// The sums, or what asks for them.
#[component]
fn SumsLine() -> impl IntoView {
    let page = expect_context::<CallsPage>();
    let html = Memo::new(move |_| page.of_list(|list| list.sums.html.clone()));
    move || part(html.get())
}

/// The row of the opened call, if it is on no row of this page.
fn elsewhere(page: CallsPage) -> Option<CallRow> {
    let open = page.address.with(|address| address.open.clone())?;
    if page.of_list(|list| list.rows.iter().any(|row| row.id == open)) {
        return None;
    }
    page.opened.with(|opened| match opened {
        Some(Ok(Some(opened))) if opened.row.id == open => Some(opened.row.clone()),
        _ => None,
    })
}

/// What stands one below the other in the table, and in the cards' list.
#[derive(Clone, PartialEq, Eq, Hash)]
enum ListLine {
    Call(Box<CallRow>),
    /// What the row above opens.
    Opened(CallId),
}

/// The lines of the page; the opened call first where it is on another page.
fn lines(page: CallsPage) -> Vec<ListLine> {
    let rows = elsewhere(page).into_iter().chain(page.of_list(|list| list.rows.clone()));
    let open = page.address.with(|address| address.open.clone());
    rows.flat_map(|row| {
        let opened = open.clone().filter(|open| *open == row.id).map(ListLine::Opened);
        std::iter::once(ListLine::Call(Box::new(row))).chain(opened)
    })
    .collect()
}

#[component]
fn Table() -> impl IntoView {
    let text = use_text();
    let page = expect_context::<CallsPage>();
    let column = |name: &'static str, class: &'static str| view! { <th scope="col" class=class>{name}</th> };
    let sorted = move |name: &'static str, by: CallOrder, class: &'static str| {
        let order = move || page.address.with(|address| address.filter.sort);
        let direction = move || (order().by == by).then(|| if order().descending { "descending" } else { "ascending" });
        // Largest first is what one looks for; a second choice turns it round.
        let href = move || {
            page.filtered(|filter| {
                let descending = filter.sort.by != by || !filter.sort.descending;
                filter.sort = domain::CallSort { by, descending };
            })
        };
        view! {
            <th scope="col" class=class aria-sort=direction>
                <a class="sort" href=href data-noscroll>{name}</a>
            </th>
        }
    };
    view! {
        <div class="panel panel-flush only-desktop">
            // Paper has the rows of the page alone.
            <p class="print-only rows-printed">
                {move || calls_of(page).map(|calls| text.shown_of(&text.int(page.of_list(|list| list.rows.len() as u64)), &text.calls(calls)))}
            </p>
            <div class="table-scroll table-long" tabindex="0" role="region"
                aria-label=move || calls_of(page).map_or(text.account_calls().to_owned(), |calls| text.calls_table(&text.calls(calls)))>
                <table class=move || format!("calls-table data-table {}", page.address.with(|address| address.columns.classes()))>
                    <thead>
                        <tr>
                            <th scope="col"><span class="sr-only">{text.column_open()}</span></th>
                            {sorted(text.column_time(), CallOrder::DialedAt, "")}
                            {column(text.column_customer(), "")}
                            {column(text.column_phone(), "")}
                            {column(text.column_attempt(), "num")}
                            {column(text.column_status(), "")}
                            {column(text.column_code(), "")}
                            {column(text.column_ring(), "num")}
                            {sorted(text.column_talk(), CallOrder::TalkTime, "num")}
                            {column(text.column_messages(), "num")}
                            {column(text.column_blocks(), "num")}
                            {sorted(text.column_cost(), CallOrder::Cost, "num")}
                            {column(text.column_hangup(), "")}
                            {column(text.column_cause(), "")}
                            {column(text.column_own(), "")}
                            {column(text.column_recording(), "stick")}
                        </tr>
                    </thead>
                    <tbody on:click=on_click(page)>
                        {move || elsewhere(page).map(|_| view! {
                            <tr><td colspan=COLUMNS class="text-muted">{text.not_on_page()}</td></tr>
                        })}
                        <For each=move || lines(page) key=ListLine::clone children=|line| match line {
                            ListLine::Call(call) => row(&call),
                            ListLine::Opened(call) => row_opened(call),
                        } />
                    </tbody>
                </table>
            </div>
        </div>
    }
}

#[component]
fn Cards() -> impl IntoView {
    let page = expect_context::<CallsPage>();
    view! {
        <ul class="call-cards only-phone" on:click=on_click(page)>
            <For each=move || lines(page) key=ListLine::clone children=|line| match line {
                ListLine::Call(call) => card_of(&call),
                ListLine::Opened(call) => card_opened(call),
            } />
        </ul>
    }
}

#[component]
fn Foot() -> impl IntoView {
    let text = use_text();
    let page = expect_context::<CallsPage>();
    let span = move || {
        page.of_list(|list| {
            let at = |row: &CallRow| format!("{} {}", row.time, row.day);
            let (first, last) = (list.rows.first().map(at)?, list.rows.last().map(at)?);
            Some(format!("{} · {}", text.page_span(&first, &last), text.page_size(&list.page_size.to_string())))
        })
    };
    let turn = move |name: &'static str, icon: &'static str, forward: bool, cursor: fn(&CallList) -> Option<String>| {
        let href = move || {
            let cursor = page.of_list(cursor)?;
            Some(page.address.with(|address| address.paged(Some(cursor)).href()))
        };
        view! {
            <a class="btn" href=href rel=if forward { "next" } else { "prev" }
                aria-disabled=move || page.of_list(cursor).is_none().then_some("true")>
                {(!forward).then(|| view! { <Icon name=icon /> })}
                {name}
                {forward.then(|| view! { <Icon name=icon /> })}
            </a>
        }
    };
    view! {
        <div class="table-foot">
            <span>{span}</span>
            <div class="flex items-center gap-3 max-lg:w-full">
                <span class="only-desktop inline-flex items-center gap-1.5" aria-hidden="true">
                    <kbd class="kbd">"J"</kbd>
                    <kbd class="kbd">"K"</kbd>
                    {text.choose_row()}
                </span>
                <nav class="button-group max-lg:w-full max-lg:*:flex-1" aria-label=text.list_pages()>
                    {turn(text.previous_page(), "chevron-left", false, |list| list.previous.clone())}
                    {turn(text.next_page(), "chevron-right", true, |list| list.next.clone())}
                </nav>
            </div>
            <div class="only-phone w-full"><ExportLinks /></div>
        </div>
    }
}

/// Why there is nothing, and what to do about it.
#[component]
fn Empty() -> impl IntoView {
    let text = use_text();
    let page = expect_context::<CallsPage>();
    let filter = move || page.address.with(|address| address.filter.clone());
    let in_period = move || page.of_list(|list| list.calls_in_period);
    move || {
        let filter = filter();
        let (title, why, step) = if filter.is_narrowed() && in_period() > 0 {
            let all = page.filtered(|filter| {
                *filter = CallFilter { period: filter.period, sort: filter.sort, ..CallFilter::default() };
            });
            (text.no_match(), text.no_calls_match_why(&text.calls(in_period())), Some((all, text.clear_filters())))
        } else if filter.period == Period::Whole {
            (text.no_calls(), text.no_calls_why().to_owned(), None)
        } else {
            let whole = page.filtered(|filter| *filter = CallFilter::default());
            let of_campaign = page.address.with(|address| address.campaign.is_some());
            let name = if of_campaign { text.whole_campaign_calls() } else { text.see_all_days() };
            (text.no_match(), text.no_calls_in_period().to_owned(), Some((whole, name)))
        };
        view! {
            <section class="panel empty">
                <span class="empty-icon"><Icon name="filter" /></span>
                <h2>{title}</h2>
                <p>{why}</p>
                {step.map(|(href, name)| view! { <div class="empty-actions"><a class="btn" href=href>{name}</a></div> })}
            </section>
        }
    }
}
