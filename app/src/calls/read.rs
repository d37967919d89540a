//! Reads a page of calls and an opened call from the store, with what stands around them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    Call, CallFilter, CallId, CampaignId, Code, CodeMeanings, DateRange, Period, ResultCode, Role, Timestamp, Voicebot,
    call::RecordingFetchStatus, report::CallCounts, time::LocalTime,
};
use leptos::prelude::*;
use store::{
    Conn, PageRequest, accounts, call_notes, calls, campaigns,
    own_dimensions::{self, OwnTexts},
    recording_fetches, result_codes, tariffs, usage, voicebots,
};

use super::{
    address::CallsAddress,
    choices::{self, Choices},
    list::{CallList, CallRow, CodeShown, ListHead, OpenedCall, StandingCounts, Sums},
    notes, sums,
    words::CallWords,
};
use crate::{
    AppError, AppState, Session, Text,
    campaign_head::{CampaignHead, CampaignHeader, CampaignTabs, Tab},
    components::{Asking, Icon, PeriodPicker, PricingNotice, PrintButton, PrintedSource, printed_period},
    html::escaped,
    links,
    server_page::rendered,
    session::SignedIn,
};

/// Rows of a page.
const PAGE_SIZE: u32 = 50;

/// What stands around the rows, and differs between a campaign's list and the account's.
struct ListFrame {
    head: ListHead,
    choices: Choices,
    /// All calls of the period.
    standings: StandingCounts,
}

/// A page of a campaign's calls, or of the account's.
pub async fn list(
    conn: &mut Conn,
    who: &SignedIn,
    campaign: Option<CampaignId>,
    query: &str,
) -> Result<CallList, AppError> {
    let address = CallsAddress::read(campaign, query).map_err(AppError::invalid)?;
    let state = AppState::get()?;
    let codes = result_codes::list(conn, &who.scope).await?;
    let words = CallWords::new(who, &codes);
    let today = state.today(words.zone);
    let (campaign, filter) = (address.campaign.as_ref(), &address.filter);

    let asked = PageRequest { limit: PAGE_SIZE, cursor: address.cursor.clone(), details: false };
    let most = (!address.counted).then_some(state.counted_at_once);
    let page = calls::counted_page(conn, &who.scope, campaign, filter, today, &asked, most).await?;
    let page = page.ok_or(AppError::NotFound)?;
    let range = filter.period.resolve(today);
    // A campaign's list needs them only to name those of its filter.
    let bots = if campaign.is_some() && filter.voicebots.is_empty() {
        vec![]
    } else {
        voicebots::list(conn, &who.scope).await?
    };
    let around = match campaign {
        Some(campaign) => around_campaign(conn, &state, who, campaign, &address, &words).await?,
        None => around_account(conn, who, &address, &words, &codes, &bots, state.now()).await?,
    };
    let standings = page.counts.by_class.map(StandingCounts::from);
    let revision = accounts::revision(conn, &who.scope).await?;
    let names = if campaign.is_some() {
        HashMap::new()
    } else {
        let of_page: BTreeSet<&CampaignId> = page.calls.iter().map(|call| &call.campaign).collect();
        campaigns::names(conn, &who.scope, of_page).await?
    };
    let is_day_known = range.is_some_and(|range| range.days() == 1);
    let row = |call: &Call| CallRow { is_day_known, campaign: names.get(&call.campaign).cloned(), ..words.row(call) };
    let rows: Vec<CallRow> = page.calls.iter().map(row).collect();
    let contact = filter
        .contact
        .as_ref()
        .map(|id| rows.first().and_then(|row| row.who().map(str::to_owned)).unwrap_or_else(|| id.to_string()));
    let chosen = bots.into_iter().filter(|bot| filter.voicebots.contains(&bot.id)).map(|bot| bot.name);
    let chosen = chosen.collect::<Vec<_>>().join(", ");
    let (shown_in, asked_for) = (Session::of_request(), address.clone());
    let hangups = around.choices.endings.asked_sides(filter);
    let causes = around.choices.endings.asked_causes(filter);
    let own = around.choices.asked_own(filter);
    let (choices, asked_of) = (around.choices, filter.clone());
    Ok(CallList {
        choices: rendered(shown_in.clone(), move || choices.view(&asked_of)),
        hangups,
        causes,
        own,
        chooser: rendered(shown_in, move || super::chooser::chooser(&asked_for)),
        head: around.head,
        query: query.to_owned(),
        rows,
        waiting: None,
        previous: page.previous,
        next: page.next,
        page_size: PAGE_SIZE,
        sums: Sums {
            calls: page.counts.sums.map(|sums| sums.calls),
            html: sums::line(&page.counts, &address, &words, revision),
        },
        standings,
        voicebots: chosen,
        calls_in_period: around.standings.all,
        contact,
        masked: words.masked,
    })
}

/// The sums of a list that were not counted with its page, as they stand over the table.
pub async fn sums(
    conn: &mut Conn,
    who: &SignedIn,
    campaign: Option<CampaignId>,
    query: &str,
) -> Result<String, AppError> {
    let address = CallsAddress::read(campaign, query).map_err(AppError::invalid)?;
    let state = AppState::get()?;
    let words = CallWords::new(who, &[]);
    let today = state.today(words.zone);
    let counts = state.counts.get(conn, &who.scope, address.campaign.as_ref(), &address.filter, today).await?;
    let counts = counts.ok_or(AppError::NotFound)?;
    Ok(sums::counted(&counts, &words))
}

/// The campaign's head, and what its report counts anyway.
async fn around_campaign(
    conn: &mut Conn,
    state: &AppState,
    who: &SignedIn,
    campaign: &CampaignId,
    address: &CallsAddress,
    words: &CallWords,
) -> Result<ListFrame, AppError> {
    let head = CampaignHead::read(conn, state, who, campaign).await?;
    let range = address.filter.period.resolve(head.today());
    let period = state.reports.get(conn, &who.scope, campaign, range, state.now()).await?;
    let period = period.ok_or(AppError::NotFound)?;
    let shown = range.or_else(|| Some(DateRange { from: period.from?, to: period.to? }));
    let standings = StandingCounts::from(period.calls);
    Ok(ListFrame {
        head: over_the_list(head, address, shown, standings.all),
        choices: Choices {
            codes: period.by_code.iter().map(|count| (words.code(&count.code), count.calls)).collect(),
            attempts: period.by_attempt.iter().map(|result| (result.attempt, Some(result.calls))).collect(),
            endings: choices::of_report(&period.endings, &address.filter, words.text),
            own: choices::own_of_report(&period.own_dimensions, &address.filter, words.text),
        },
        standings,
    })
}

/// Attempts to choose from in the list of the account, where they are not counted: more are rarely made.
const ATTEMPTS_OFFERED: u32 = 5;

/// The head of the account's list, and its calls of the period by code.
async fn around_account(
    conn: &mut Conn,
    who: &SignedIn,
    address: &CallsAddress,
    words: &CallWords,
    defined: &[ResultCode],
    bots: &[Voicebot],
    now: Timestamp,
) -> Result<ListFrame, AppError> {
    let now = words.local(now);
    let filter = &address.filter;
    let all = CallFilter { period: filter.period, voicebots: filter.voicebots.clone(), ..CallFilter::default() };
    let counts = calls::count_by_code(conn, &who.scope, None, &all, now.day()).await?.unwrap_or_default();
    let meanings = CodeMeanings::of(defined);
    let standings = StandingCounts::from(CallCounts::by_code(
        &meanings,
        counts.iter().map(|(code, calls)| (code.as_str(), *calls)),
    ));
    let unused = defined.iter().map(|code| (code.code.clone(), 0));
    let used = counts.iter().filter_map(|(code, calls)| Some((Code::new(code.as_str()).ok()?, *calls)));
    let mut codes: BTreeMap<Code, u64> = unused.collect();
    codes.extend(used);
    let mut codes: Vec<(CodeShown, u64)> = codes.into_iter().map(|(code, calls)| (words.code(&code), calls)).collect();
    codes.sort_by_key(|(_, calls)| std::cmp::Reverse(*calls));
    let days = usage::days(conn, &who.scope).await?;
    Ok(ListFrame {
        head: over_the_accounts_list(who, address, bots, days, now),
        choices: Choices {
            codes,
            attempts: (1..=ATTEMPTS_OFFERED).map(|attempt| (attempt, None)).collect(),
            endings: choices::of_account(store::endings::causes(conn, &who.scope).await?, filter, words.text),
            own: choices::own_of_account(
                &own_dimensions::list(conn, &who.scope).await?,
                &OwnTexts::load(conn, &who.scope).await?,
                who.scope.sight(),
                words.text,
            ),
        },
        standings,
    })
}

/// The head of the account's list: its name, one voicebot or all, and the period. Each keeps the rest of the filter.
fn over_the_accounts_list(
    who: &SignedIn,
    address: &CallsAddress,
    bots: &[Voicebot],
    days: Option<DateRange>,
    now: LocalTime,
) -> ListHead {
    let (session, filter, today) = (Session::of_request(), &address.filter, now.day());
    let text = Text(session.language);
    let shown = filter.period.resolve(today).or(days);
    // New calls are dialled now: a list of other days does not wait for them.
    let live = filter.period.resolve(today).is_none_or(|range| range.contains(today)).then(|| "/live".to_owned());
    let named = |pairs: Vec<(&'static str, String)>| {
        let pairs = pairs.into_iter().chain(address.column_pairs());
        pairs.map(|(name, value)| (name.to_owned(), value)).collect::<Vec<_>>()
    };
    let keep = named(CallFilter { period: Period::Whole, ..filter.clone() }.to_pairs());
    let keep_of_bots = named(CallFilter { voicebots: vec![], ..filter.clone() }.to_pairs());
    let chosen = filter.voicebots.clone();
    let options = bots.iter().map(|bot| {
        let selected = chosen.contains(&bot.id);
        view! { <option value=bot.id.to_string() selected=selected>{bot.name.clone()}</option> }
    });
    let options = options.collect_view();
    let (path, period, zone) = (address.path(), filter.period, who.account.zone.name());
    let html = rendered(session, move || {
        let about = vec![text.account_calls().to_owned(), printed_period(period, shown, text.all_time())];
        let bots = Asking::new(path.clone(), "flex items-center gap-2").keeping(keep_of_bots);
        let chosen_bot = view! {
            <select class="select" name="voicebot" aria-label=text.voicebot_label()>
                <option value="">{text.all_voicebots()}</option>
                {options}
            </select>
            <button class="btn" type="submit">{text.show()}</button>
        };
        view! {
            <PrintedSource about at=now />
            <header class="page-head">
                <div>
                    <div class="page-title"><h1>{text.account_calls()}</h1></div>
                    <div class="page-meta">
                        <span>{text.account_calls_lead()}</span>
                        <span><Icon name="globe" />{zone}</span>
                    </div>
                </div>
                <div class="page-actions">
                    <a class="btn" href=links::said(None)><Icon name="search" />{text.said_title()}</a>
                    <PrintButton />
                </div>
            </header>
            <PricingNotice />
            <div class="flex flex-wrap items-center gap-2">
                {bots.view(chosen_bot.into_any())}
                <div class="ml-auto max-w-full">
                    <PeriodPicker path keep period shown today whole=text.all_time() />
                </div>
            </div>
        }
        .into_any()
    });
    ListHead { campaign: None, title: text.page_title(text.account_calls()), html, live }
}

/// The campaign's head, the tabs and the period, which keeps the rest of the filter.
fn over_the_list(head: CampaignHead, address: &CallsAddress, shown: Option<DateRange>, listed: u64) -> ListHead {
    let (session, filter) = (Session::of_request(), &address.filter);
    let text = Text(session.language);
    let (id, live, customers) = (head.id.clone(), head.live(), head.customers);
    let title = text.page_title(&format!("{} · {}", text.call_details(), head.name));
    let path = address.path();
    let keep = CallFilter { period: Period::Whole, ..filter.clone() }.to_pairs();
    let keep = keep.into_iter().chain(address.column_pairs());
    let keep = keep.map(|(name, value)| (name.to_owned(), value)).collect::<Vec<_>>();
    let (today, period, of) = (head.today(), filter.period, id.clone());
    let html = rendered(session, move || {
        view! {
            // The report's files have every call of the period; those of the filter are beside the table.
            <CampaignHeader head period />
            <div class="page-bar">
                <CampaignTabs id=of tab=Tab::Calls period listed customers />
                <PeriodPicker path keep period shown today whole=text.whole_campaign() />
            </div>
        }
        .into_any()
    });
    ListHead { campaign: Some(id), title, html, live }
}

impl From<CallCounts> for StandingCounts {
    fn from(counts: CallCounts) -> Self {
        Self {
            all: counts.total + counts.in_progress,
            success: counts.success,
            failed: counts.failed,
            error: counts.error,
            in_progress: counts.in_progress,
        }
    }
}

/// A call as it is shown when its row is opened. On a campaign's list it must be one of that campaign.
pub async fn opened(
    conn: &mut Conn,
    who: &SignedIn,
    campaign: Option<&CampaignId>,
    id: &CallId,
) -> Result<OpenedCall, AppError> {
    let stored = calls::named(conn, &who.scope, id).await?;
    let call = calls::lookup(conn, &who.scope, &stored).await?.ok_or(AppError::NotFound)?;
    if campaign.is_some_and(|campaign| call.campaign != *campaign) {
        return Err(AppError::NotFound);
    }
    let words = CallWords::new(who, &result_codes::list(conn, &who.scope).await?);
    let mut attempts = calls::of_contact(conn, &who.scope, &call.campaign, call.contact.id()).await?;
    attempts.sort_by_key(|call| (call.attempt, call.dialed_at));
    let of = campaigns::lookup(conn, &who.scope, &call.campaign).await?.map(|summary| summary.campaign);
    let beside = of.as_ref().filter(|_| campaign.is_none());
    let beside = beside.map(|of| (links::campaign_path(&of.id), of.name.clone()));
    let own = match of.and_then(|campaign| campaign.tariff) {
        Some(_) => tariffs::list_of_campaign(conn, &who.scope, &call.campaign).await?,
        None => Vec::new(),
    };
    let defaults = tariffs::list(conn, &who.scope).await?;
    let charge = words.charge(&call, own.iter().chain(&defaults));
    let opened = words.opened(&call, &attempts, charge);
    let fetch = if opened.kept_by_sender { recording_fetches::lookup(conn, &who.scope, &stored).await? } else { None };
    let was_given_up = fetch.as_ref().is_some_and(|fetch| fetch.status == RecordingFetchStatus::Failed);
    let may_fetch_again = was_given_up && who.scope.role().may(Role::Manager);
    let fetching = fetch.and_then(|fetch| words.fetching(&fetch));
    // A link that was made by who sees the id leads whoever does not to the same row.
    let row = CallRow { id: id.clone(), ..opened.row };
    let written = call_notes::list(conn, &who.scope, &stored).await?.unwrap_or_default();
    let back = links::with_query(&links::calls_path(campaign), [("open", id.as_str())]);
    let may_remove = who.scope.role().may(Role::Manager);
    let notes = notes::html(Session::of_request(), id, written, who.account.zone, (&back, may_remove));
    // Written here: the browser's part has no room for it.
    let own = row.own.as_deref().map(|own| format!("<p class=\"text-muted mt-4\">{}</p>", escaped(own)));
    let notes = own.unwrap_or_default() + &notes;
    Ok(OpenedCall { row, campaign: beside, fetching, may_fetch_again, notes, ..opened })
}
