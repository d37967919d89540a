//! The page: what is asked for, and the calls in which it was said.

use domain::{Speaker, format, limits::SEARCH_CHARS, said::SaidLine};
use leptos::prelude::*;
use store::said::{SaidHit, SaidPage};

use super::reading::{SPEAKERS, SaidReading};
use crate::{
    calls::{CallRow, code_tag},
    components::{Asking, Icon, PrintedSource, asking},
    links,
    text::messages,
    use_text,
};

messages! {
    said_lead = "Tìm từ và cụm từ trong lời thoại của cuộc gọi", "Find words and phrases in what was said in calls";
    said_hint = "Từ, hoặc “cụm từ” trong ngoặc kép", "Words, or a “phrase” in quotation marks";
    said_label = "Tìm trong lời thoại", "Search what was said";
    said_where = "Chiến dịch", "Campaign";
    said_all_campaigns = "Tất cả chiến dịch", "All campaigns";
    said_who = "Người nói", "Speaker";
    said_anybody = "Bất kỳ ai", "Anybody";
    said_find = "Tìm", "Search";
    said_begin = "Gõ từ cần tìm", "Type what to look for";
    said_begin_why = "Không cần dấu: “dang ky” cũng tìm thấy “đăng ký”. Mọi từ phải nằm trong cùng một câu.", "Without marks, too: “dang ky” finds “đăng ký”. All words must be in one line.";
    said_no_words = "Chưa có từ nào để tìm", "There is no word to look for";
    said_nothing = "Không ai nói như vậy", "Nobody said so";
    said_nothing_why = "Thử ít từ hơn, bỏ ngoặc kép, hoặc tìm ở mọi chiến dịch.", "Try fewer words, leave the quotation marks out, or search all campaigns.";
    said_not_yet = "Chưa thấy trong các cuộc gọi đã xem", "Not found in the calls looked at so far";
    said_looked_back(at) = "Đã tìm đến các cuộc gọi lúc {at}.", "Calls back to {at} were looked at.";
    said_look_on = "Tìm tiếp cuộc gọi cũ hơn", "Look through older calls";
    said_filling(percent) = "Đang lập chỉ mục lời thoại của các cuộc gọi cũ: {percent} %. Cuộc gọi chưa được lập chỉ mục thì chưa tìm thấy.", "What was said in older calls is still being indexed: {percent} %. Calls that are not yet indexed are not found.";
    said_more_lines(n) = "và {n} câu nữa trong cuộc gọi này", "and {n} more lines of this call";
    said_open(time) = "Mở cuộc gọi tại {time}", "Open the call at {time}";
    said_first_page = "Về đầu", "First page";
}

pub(super) fn page(shown: &SaidReading) -> AnyView {
    let text = use_text();
    let filling = shown.filling.map(|percent| {
        let words = text.said_filling(&percent.to_string());
        view! { <p class="notice is-neutral" role="status"><Icon name="clock" /><span>{words}</span></p> }
    });
    let body = match &shown.found {
        Some(found) if !found.hits.is_empty() => {
            let hits = found.hits.iter().map(|hit| call(shown, hit));
            view! { <ol class="said-calls">{hits.collect_view()}</ol> }.into_any()
        }
        Some(found) if found.next.is_some() => empty(text.said_not_yet(), None),
        Some(_) => empty(text.said_nothing(), Some(text.said_nothing_why())),
        None if shown.address.typed.is_empty() => empty(text.said_begin(), Some(text.said_begin_why())),
        None => empty(text.said_no_words(), Some(text.said_begin_why())),
    };
    let about = vec![text.said_title().to_owned(), shown.address.typed.clone()];
    view! {
        <PrintedSource about at=shown.as_of />
        <header class="page-head">
            <div>
                <div class="page-title"><h1>{text.said_title()}</h1></div>
                <div class="page-meta">
                    <span>{text.said_lead()}</span>
                    <span><Icon name="globe" />{shown.zone.name()}</span>
                </div>
            </div>
        </header>
        {form(shown)}
        {filling}
        {body}
        {shown.found.as_ref().map(|found| foot(shown, found))}
    }
    .into_any()
}

/// What is looked for, where, and by whom it was said.
fn form(shown: &SaidReading) -> AnyView {
    let text = use_text();
    let address = &shown.address;
    let speaker = SPEAKERS.into_iter().find(|(speaker, _)| Some(*speaker) == address.speaker).map(|(_, word)| word);
    let speakers = SPEAKERS.map(|(speaker, word)| (word.to_owned(), who(speaker).to_owned())).to_vec();
    let campaign = address.campaign.as_ref().map(domain::CampaignId::as_str);
    let body = view! {
        <label class="said-field said-words">
            <span>{text.said_label()}</span>
            <input class="input" type="search" name="q" value=address.typed.clone() maxlength=SEARCH_CHARS
                placeholder=text.said_hint() autocomplete="off" spellcheck="false" />
        </label>
        {asking::choice("said-field", ("campaign", text.said_where()), text.said_all_campaigns(), shown.choices.clone(), campaign)}
        {asking::choice("said-field", ("speaker", text.said_who()), text.said_anybody(), speakers, speaker)}
        <button class="btn btn-primary" type="submit"><Icon name="search" />{text.said_find()}</button>
    };
    Asking::new("/search", "said-form screen-only").search().view(body.into_any())
}

fn who(speaker: Speaker) -> &'static str {
    let text = use_text();
    match speaker {
        Speaker::Bot => text.voicebot(),
        Speaker::Customer => text.customer(),
    }
}

/// A call, with the lines that were found.
fn call(shown: &SaidReading, hit: &SaidHit) -> AnyView {
    let text = use_text();
    let row: CallRow = shown.words.row(&hit.call);
    let customer = row.who().unwrap_or_else(|| text.unnamed_customer()).to_owned();
    let phone = row.name.is_some().then(|| row.phone.clone()).flatten();
    let campaign = shown.names.get(&hit.call.campaign).cloned();
    let dialled = shown.zone.local(hit.call.dialed_at);
    let when = format!("{} {}", format::date(dialled.day(), text.language()), format::time_with_seconds(dialled));
    let lines = hit.lines.iter().map(|found| line(hit, found));
    let more = (hit.more_lines > 0).then(|| {
        view! { <p class="said-more">{text.said_more_lines(&text.int(u64::from(hit.more_lines)))}</p> }
    });
    view! {
        <li class="panel said-call">
            <div class="said-head">
                <a class="figure-link" href=links::call_at(&hit.call, None)><b>{customer}</b></a>
                <span class="text-muted">{phone}</span>
                {row.code.as_ref().map(code_tag)}
                <span class="text-muted said-where">
                    <span class="nowrap">{when}</span>
                    {campaign.map(|name| view! { <a class="link" href=links::campaign_path(&hit.call.campaign)>{name}</a> })}
                </span>
            </div>
            <ul class="said-lines">{lines.collect_view()}</ul>
            {more}
        </li>
    }
    .into_any()
}

/// A line; it leads to the call at that second.
fn line(hit: &SaidHit, found: &SaidLine) -> AnyView {
    let text = use_text();
    // The start of a line is never rounded up into the next second.
    let time = format::clock_duration(found.at / 1_000 * 1_000);
    let pieces = found.pieces.iter().map(|piece| {
        if piece.found {
            view! { <mark>{piece.text.clone()}</mark> }.into_any()
        } else {
            view! { {piece.text.clone()} }.into_any()
        }
    });
    let title = text.said_open(&time);
    view! {
        <li class="turn">
            <a href=links::call_at(&hit.call, Some(found.at)) title=title>
                <span class="turn-time">{time}</span>
                <span class="turn-who" class:is-bot=found.speaker == Speaker::Bot>{who(found.speaker)}</span>
                <span class="turn-text">{pieces.collect_view()}</span>
            </a>
        </li>
    }
    .into_any()
}

fn empty(title: &'static str, why: Option<&'static str>) -> AnyView {
    view! {
        <section class="panel empty">
            <span class="empty-icon"><Icon name="search" /></span>
            <h2>{title}</h2>
            {why.map(|why| view! { <p>{why}</p> })}
        </section>
    }
    .into_any()
}

/// How far it was looked, and the ways to the next page and back to the first.
fn foot(shown: &SaidReading, found: &SaidPage) -> AnyView {
    let text = use_text();
    let language = text.language();
    let note = found.looked_back_to.map(|at| text.said_looked_back(&format::moment(shown.zone.local(at), language)));
    let first = shown.address.cursor.is_some().then(|| links::with_query("/search", shown.address.pairs()));
    let next = found
        .next
        .clone()
        .map(|cursor| links::with_query("/search", shown.address.pairs().into_iter().chain([("cursor", cursor)])));
    let words = if found.looked_back_to.is_some() { text.said_look_on() } else { text.next_page() };
    if first.is_none() && next.is_none() {
        return ().into_any();
    }
    view! {
        <div class="table-foot">
            <span>{note}</span>
            <nav class="button-group" aria-label=text.pages()>
                {first.map(|href| view! { <a class="btn" href=href>{text.said_first_page()}</a> })}
                {next.map(|href| view! { <a class="btn" href=href>{words}<Icon name="chevron-right" /></a> })}
            </nav>
        </div>
    }
    .into_any()
}
