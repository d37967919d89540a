//! One call as a row of the table, and as a card on a phone.

use leptos::{ev::MouseEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    address::recording_href,
    context::{COLUMNS, CallsPage},
    list::{CallRow, Standing},
    opened::Opened,
    playback::{Track, use_playback},
    tag::code_tag,
};
use crate::{Text, components::Icon, use_text};

/// A click that the page answers itself. With a modifier the browser opens the link in its own way.
fn is_plain(event: &MouseEvent) -> bool {
    !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() || event.button() != 0)
}

/// Opens or closes a call in its place. The link itself carries `#opened`, which brings the page back to the row where
/// there are no scripts; with them the page does not move at all.
fn open_in_place(page: CallsPage, row: &CallRow) -> impl Fn(MouseEvent) + use<> {
    let navigate = use_navigate();
    let id = row.id.clone();
    move |event: MouseEvent| {
        if is_plain(&event) {
            event.prevent_default();
            navigate(&page.toggled(&id), NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
    }
}

fn who(row: &CallRow, text: Text) -> String {
    row.who().unwrap_or(text.unnamed_customer()).to_owned()
}

/// The badge of how a call stands.
#[component]
fn StandingBadge(standing: Standing) -> impl IntoView {
    let text = use_text();
    let name = match standing {
        Standing::Ended(class) => text.class(class),
        Standing::InProgress => text.in_progress(),
    };
    let icon = match standing {
        Standing::Ended(domain::CallClass::Success) => Some("check"),
        Standing::Ended(domain::CallClass::Failed) => Some("phone-missed"),
        Standing::Ended(domain::CallClass::Error) => Some("warning"),
        Standing::InProgress => None,
    };
    view! {
        <span class=format!("badge {}{}", standing.tone(), if icon.is_none() { " badge-dot" } else { "" })>
            {icon.map(|name| view! { <Icon name /> })}
            {name}
        </span>
    }
}

/// ▶: a link to the recording, which the browser plays itself without scripts; with them the player does.
#[component]
fn PlayButton(row: CallRow, class: &'static str) -> impl IntoView {
    let text = use_text();
    let playback = use_playback();
    let track = StoredValue::new(Track::of(&row));
    let name = who(&row, text);
    let id = StoredValue::new(row.id.clone());
    let is_playing = Memo::new(move |_| id.with_value(|id| playback.is_playing(id)));
    let label = move || if is_playing.get() { text.pause_recording(&name) } else { text.play_recording(&name) };
    view! {
        <a class=class class:is-playing=is_playing role="button" rel="external" href=recording_href(&row.id) aria-label=label
            on:click=move |event| {
                if let Some(track) = track.get_value().filter(|_| is_plain(&event)) {
                    event.prevent_default();
                    playback.toggle(track);
                }
            }>
            <Show when=move || is_playing.get() fallback=|| view! { <Icon name="play" /> }>
                <Icon name="pause" />
            </Show>
        </a>
    }
}

/// A value, or a faint dash where there is none.
fn or_dash(value: Option<String>) -> impl IntoView {
    match value {
        Some(value) => leptos::either::Either::Left(value),
        None => leptos::either::Either::Right(view! { <span class="undefined">"–"</span> }),
    }
}

/// A row of the table, and under it what it opens.
#[component]
pub fn Row(row: CallRow) -> impl IntoView {
    let text = use_text();
    let page = expect_context::<CallsPage>();
    let playback = use_playback();
    let id = StoredValue::new(row.id.clone());
    let is_open = Memo::new(move |_| id.with_value(|id| page.is_open(id)));
    let is_loaded = Memo::new(move |_| id.with_value(|id| playback.has(id)));
    let href = move || format!("{}#opened", id.with_value(|id| page.toggled(id)));
    let name = who(&row, text);
    let has_recording = row.recording.is_some();
    let zero = |is_zero: bool| if is_zero { "num undefined" } else { "num" };
    let recording = recording_href(&row.id);
    let day = (!row.is_day_known).then(|| view! { " "<span class="text-muted">{row.day.clone()}</span> });
    let play = row.clone();
    let is_unbilled = row.blocks.as_deref().is_none_or(|blocks| blocks == "0");
    view! {
        <tr class="row-link" class:row-open=is_open class:row-current=is_loaded data-row
            id=move || is_open.get().then_some("opened")>
            <td class="text-muted w-7">
                <Show when=move || is_open.get() fallback=|| view! { <Icon name="chevron-right" /> }>
                    <Icon name="chevron-down" />
                </Show>
            </td>
            <td class="nowrap">{row.time.clone()}{day}</td>
            <td class="key">
                <a class="block max-w-[128px] truncate" title=name.clone() href=href aria-expanded=move || is_open.get().to_string() data-call=row.id.to_string()
                    on:click=open_in_place(page, &row)>{name.clone()}</a>
                {row.campaign.clone().map(|campaign| view! {
                    <small class="block max-w-[148px] truncate" title=campaign.clone()>{campaign.clone()}</small>
                })}
            </td>
            <td class="nowrap text-muted">{or_dash(row.phone.clone())}</td>
            <td class="num">{row.attempt}</td>
            <td><StandingBadge standing=row.standing /></td>
            <td>
                {row.code.as_ref().map(|code| view! {
                    <span class="flex items-center gap-2 max-w-[148px]">
                        {code_tag(code)}
                        <span class="truncate" title=code.label.clone()>{code.label.clone()}</span>
                    </span>
                })}
            </td>
            <td class="num text-muted">{or_dash(row.ring.clone())}</td>
            <td class="num">{or_dash(row.talk.clone())}</td>
            <td class="num">{or_dash(row.messages.clone())}</td>
            <td class=zero(is_unbilled)>{or_dash(row.blocks.clone())}</td>
            <td class=zero(row.is_free)>{or_dash(row.cost.clone())}</td>
            <td>
                {if has_recording {
                    view! {
                        <span class="rowactions">
                            <PlayButton row=play class="icon-button" />
                            <a class="icon-button" download href=format!("{recording}?download")
                                aria-label=text.download_recording(&name)>
                                <Icon name="download" />
                            </a>
                        </span>
                    }.into_any()
                } else {
                    view! { <span class="undefined" title=text.no_recording()>"–"</span> }.into_any()
                }}
            </td>
        </tr>
        {move || is_open.get().then(|| view! {
            <tr class="row-detail">
                <td colspan=COLUMNS><Opened call=id.get_value() /></td>
            </tr>
        })}
    }
}

/// A card of the phone's list, and under it what it opens.
#[component]
pub fn Card(row: CallRow) -> impl IntoView {
    let text = use_text();
    let page = expect_context::<CallsPage>();
    let playback = use_playback();
    let id = StoredValue::new(row.id.clone());
    let is_open = Memo::new(move |_| id.with_value(|id| page.is_open(id)));
    let is_loaded = Memo::new(move |_| id.with_value(|id| playback.has(id)));
    let href = move || format!("{}#opened-card", id.with_value(|id| page.toggled(id)));
    let side = match (&row.talk, row.standing) {
        (Some(talk), _) => (Some(talk.clone()), row.cost.clone()),
        (None, Standing::Ended(class)) => {
            (Some(text.class(class).to_owned()), row.code.as_ref().map(|code| code.label.clone()))
        }
        (None, Standing::InProgress) => (Some(text.in_progress().to_owned()), None),
    };
    let talked = row.talk.is_some();
    // A card has no room for the seconds and the day.
    let when = if row.is_day_known {
        row.time.clone()
    } else {
        format!("{} {}", row.time.get(..5).unwrap_or(&row.time), row.day)
    };
    view! {
        <li class="call-card" class:row-open=is_open class:row-current=is_loaded data-row
            id=move || is_open.get().then_some("opened-card")>
            <div class="min-w-0">
                <div class="call-card-name">
                    {row.code.as_ref().map(code_tag)}
                    <a class="truncate" href=href aria-expanded=move || is_open.get().to_string() data-call=row.id.to_string()
                        on:click=open_in_place(page, &row)>{who(&row, text)}</a>
                </div>
                <div class="call-card-meta">
                    <span>{when}</span>
                    {row.campaign.clone().map(|campaign| view! { <span class="truncate">{campaign}</span> })}
                    {row.phone.clone().map(|phone| view! { <span>{phone}</span> })}
                    <span>{text.nth_attempt(&row.attempt.to_string())}</span>
                </div>
            </div>
            <div class="call-card-side">
                {if talked { view! { <b>{side.0}</b> }.into_any() } else { view! { <span>{side.0}</span> }.into_any() }}
                <div>{side.1}</div>
            </div>
            {row.recording.is_some().then(|| view! { <PlayButton row=row.clone() class="play-button" /> })}
        </li>
        {move || is_open.get().then(|| view! { <li class="bg-canvas border-b border-line"><Opened call=id.get_value() /></li> })}
    }
}
