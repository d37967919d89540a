//! One call as a row of the table, and as a card on a phone.
//!
//! What a row shows is written as text, by the same functions on the server and in the browser: built as views, the elements of
//! fifty rows and fifty cards took more than half of the server's time for the page. So the list as a whole
//! answers what is pressed in a row ([`on_click`]), and puts on the rows that stay what changes of them
//! ([`super::keys::keep_rows_up_to_date`]).

use std::fmt::Write;

use domain::{CallClass, CallId};
use leptos::{ev::MouseEvent, prelude::*};
#[cfg(feature = "hydrate")]
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    address::{download_href, recording_href},
    context::{COLUMNS, CallsPage},
    list::{CallRow, CodeShown, Standing},
    opened::Opened,
    playback::use_playback,
    tag::code_tag_html,
};
use crate::{Session, Text, components::icon_html, html::escaped, use_session, use_text};

/// The attribute with the id of a row's call, on the link that opens it.
#[cfg(feature = "hydrate")]
pub const ROW: &str = "data-call";
/// The attribute with the id of a row's call, on the button that plays it.
#[cfg(feature = "hydrate")]
pub const PLAY: &str = "data-play";

/// The call of the element with this attribute that was pressed.
#[cfg(feature = "hydrate")]
fn pressed(event: &MouseEvent, attribute: &str) -> Option<CallId> {
    use wasm_bindgen::JsCast;

    let target = event.target()?.dyn_into::<leptos::web_sys::Element>().ok()?;
    let id = target.closest(&format!("[{attribute}]")).ok()??.get_attribute(attribute)?;
    CallId::new(id).ok()
}

/// Answers clicks on the rows' links: opens or closes a call in its place, plays or pauses a recording. With a modifier the
/// browser opens the link in its own way. The link itself carries `#opened`, which brings the page back to the row where there
/// are no scripts; with them the page does not move at all.
#[cfg(feature = "hydrate")]
pub fn on_click(page: CallsPage) -> impl Fn(MouseEvent) {
    let (navigate, playback) = (use_navigate(), use_playback());
    move |event: MouseEvent| {
        if event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() || event.button() != 0 {
            return;
        }
        if let Some(call) = pressed(&event, ROW) {
            event.prevent_default();
            navigate(&page.toggled(&call), NavigateOptions { scroll: false, ..NavigateOptions::default() });
        } else if let Some(track) = pressed(&event, PLAY).and_then(|call| page.track(&call)) {
            event.prevent_default();
            playback.toggle(track);
        }
    }
}

/// On the server nothing is pressed.
#[cfg(not(feature = "hydrate"))]
pub fn on_click(_page: CallsPage) -> impl Fn(MouseEvent) {
    |_| {}
}

/// How a row stands at the moment it is written.
struct RowState<'a> {
    row: &'a CallRow,
    text: Text,
    icons: &'a str,
    /// Where its link leads.
    href: String,
    is_open: bool,
    is_playing: bool,
}

impl RowState<'_> {
    fn icon(&self, name: &str) -> String {
        icon_html(self.icons, name)
    }

    fn who(&self) -> &str {
        self.row.who().unwrap_or(self.text.unnamed_customer())
    }

    /// The link that opens the call.
    fn link(&self, class: &str) -> String {
        let (who, href) = (escaped(self.who()), escaped(&self.href));
        let (id, is_open) = (escaped(self.row.id.as_str()), self.is_open);
        let noted = if self.row.is_noted { self.noted() } else { String::new() };
        format!(
            "{noted}<a class=\"{class}\" title=\"{who}\" href=\"{href}\" aria-expanded=\"{is_open}\" data-call=\"{id}\">{who}</a>"
        )
    }

    /// The sign of a call that somebody noted something on.
    fn noted(&self) -> String {
        let (words, icon) = (self.text.call_noted(), self.icon("pencil"));
        format!("<span class=\"noted\" title=\"{words}\">{icon}<span class=\"sr-only\">{words}</span></span> ")
    }

    /// ▶: a link to the recording, which the browser plays itself without scripts; with them the player does.
    fn play_button(&self, class: &str) -> String {
        let (href, id) = (escaped(&recording_href(&self.row.id)), escaped(self.row.id.as_str()));
        let (class_now, icon) = if self.is_playing { (" is-playing", "pause") } else { ("", "play") };
        let label = escaped(&play_label(self.text, self.who(), self.is_playing));
        // The name is for the label that takes this one's place.
        let (who, icon) = (escaped(self.who()), self.icon(icon));
        format!(
            "<a class=\"{class}{class_now}\" role=\"button\" rel=\"external\" href=\"{href}\" aria-label=\"{label}\" \
             data-play=\"{id}\" data-who=\"{who}\">{icon}</a>"
        )
    }

    /// ▶ and the download, side by side; none where there is no recording.
    fn recording_buttons(&self, play: &str) -> Option<String> {
        self.row.recording?;
        let download = escaped(&download_href(&self.row.id));
        let label = escaped(&self.text.download_recording(self.who()));
        let (play, icon) = (self.play_button(play), self.icon("download"));
        Some(format!(
            "<span class=\"rowactions\">{play}<a class=\"icon-button\" download href=\"{download}\" aria-label=\"{label}\">{icon}</a></span>"
        ))
    }

    /// The badge of how the call stands.
    fn badge(&self) -> String {
        let standing = self.row.standing;
        let (name, icon) = match standing {
            Standing::Ended(class) => {
                let icon = match class {
                    CallClass::Success => "check",
                    CallClass::Failed => "phone-missed",
                    CallClass::Error => "warning",
                };
                (self.text.class(class), Some(icon))
            }
            Standing::InProgress => (self.text.in_progress(), None),
        };
        let dot = if icon.is_none() { " badge-dot" } else { "" };
        let icon = icon.map(|icon| self.icon(icon)).unwrap_or_default();
        format!("<span class=\"badge {}{dot}\">{icon}{}</span>", standing.tone(), escaped(name))
    }

    fn code_tag(&self, code: &CodeShown) -> String {
        code_tag_html(code, self.text, self.icons)
    }
}

/// Parts of a row for pages that only the server makes.
#[cfg(feature = "ssr")]
pub(crate) struct RowParts {
    /// The badge of how the call stands.
    pub(crate) badge: String,
    /// The tag of its code; empty while it is in progress.
    pub(crate) tag: String,
    /// ▶ and ⬇ in a table; empty where there is no recording.
    pub(crate) buttons: String,
    /// The same on a card.
    pub(crate) card_buttons: String,
}

#[cfg(feature = "ssr")]
impl RowParts {
    /// The parts of a row.
    pub(crate) fn of(row: &CallRow) -> Self {
        let (text, Session { icons, .. }) = (use_text(), use_session());
        let written = RowState { row, text, icons: &icons, href: String::new(), is_open: false, is_playing: false };
        Self {
            badge: written.badge(),
            tag: row.code.as_ref().map(|code| written.code_tag(code)).unwrap_or_default(),
            buttons: written.recording_buttons("icon-button").unwrap_or_default(),
            card_buttons: written.recording_buttons("play-button").unwrap_or_default(),
        }
    }
}

/// The calls of a page that only the server makes, for the player: it walks through those with a recording in this order.
#[cfg(feature = "ssr")]
pub(crate) fn recordings_of_page<'a>(rows: impl Iterator<Item = &'a CallRow>) -> AnyView {
    let rows: Vec<&CallRow> = rows.filter(|row| row.recording.is_some()).collect();
    // Nothing in a text ends the element.
    let json = serde_json::to_string(&rows).unwrap_or_default().replace('<', "\\u003c");
    view! { <script type="application/json" id=RECORDINGS inner_html=json></script> }.into_any()
}

/// The id of the element of [`recordings_of_page`].
const RECORDINGS: &str = "recordings";

/// Plays what is pressed on a page that only the server made; where the list of calls is, that answers for itself.
#[cfg(feature = "hydrate")]
pub fn listen_for_recordings() {
    use super::playback::Track;

    let playback = use_playback();
    let handle = window_event_listener(leptos::ev::click, move |event| {
        if event.default_prevented() || event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0
        {
            return;
        }
        let Some(call) = pressed(&event, PLAY) else { return };
        let json = document().get_element_by_id(RECORDINGS).and_then(|element| element.text_content());
        let rows = json.and_then(|json| serde_json::from_str::<Vec<CallRow>>(&json).ok());
        let Some(rows) = rows else { return };
        playback.follow(rows.iter().filter_map(Track::of).collect(), None, true);
        if let Some(track) = playback.find(call.as_str()) {
            event.prevent_default();
            playback.toggle(track);
        }
    });
    // For the life of the document.
    std::mem::forget(handle);
}

/// The cells of the table's row.
fn cells(written: &RowState<'_>) -> String {
    let row = written.row;
    let mut out = String::with_capacity(3_072);
    let is_unbilled = row.blocks.as_deref().is_none_or(|blocks| blocks == "0");
    let zero = |is_zero: bool| if is_zero { "num undefined" } else { "num" };
    let day = (!row.is_day_known).then(|| format!(" <span class=\"text-muted\">{}</span>", escaped(&row.day)));
    let campaign = row.campaign.as_deref().map(|name| {
        let name = escaped(name);
        format!("<small class=\"clip\" title=\"{name}\">{name}</small>")
    });
    let result = row.code.as_ref().map(|code| {
        let (tag, label) = (written.code_tag(code), escaped(&code.label));
        format!("<span class=\"result\">{tag}<span class=\"clip\" title=\"{label}\">{label}</span></span>")
    });
    let recording = written.recording_buttons("icon-button").unwrap_or_else(|| {
        format!("<span class=\"undefined\" title=\"{}\">–</span>", escaped(written.text.no_recording()))
    });
    let cells = [
        ("text-muted w-7 turns", written.icon("chevron-right")),
        ("when", escaped(&row.time) + &day.unwrap_or_default()),
        ("key", written.link("clip") + &campaign.unwrap_or_default()),
        ("nowrap text-muted", or_dash(row.phone.as_deref())),
        ("num", row.attempt.to_string()),
        ("", written.badge()),
        ("", result.unwrap_or_default()),
        ("num text-muted", or_dash(row.ring.as_deref())),
        ("num", or_dash(row.talk.as_deref())),
        ("num", or_dash(row.messages.as_deref())),
        (zero(is_unbilled), or_dash(row.blocks.as_deref())),
        (zero(row.is_free), or_dash(row.cost.as_deref())),
        ("", or_dash(row.hangup_by.as_deref())),
        ("", or_dash(row.cause.as_deref())),
        ("", or_dash(row.own.as_deref())),
        ("stick", recording),
    ];
    for (class, html) in cells {
        let _ = write!(out, "<td class=\"{class}\">{html}</td>");
    }
    out
}

/// What a card shows.
fn card(written: &RowState<'_>) -> String {
    let (row, text) = (written.row, written.text);
    let label = || row.code.as_ref().map(|code| code.label.as_str());
    let (first, second) = match (row.talk.as_deref(), row.standing) {
        (Some(talk), _) => (format!("<b>{}</b>", escaped(talk)), row.cost.as_deref()),
        (None, Standing::Ended(class)) => (format!("<span>{}</span>", escaped(text.class(class))), label()),
        (None, Standing::InProgress) => (format!("<span>{}</span>", escaped(text.in_progress())), None),
    };
    // A card has no room for the seconds and the day.
    let when = if row.is_day_known {
        escaped(&row.time)
    } else {
        escaped(&format!("{} {}", row.time.get(..5).unwrap_or(&row.time), row.day))
    };
    let tag = row.code.as_ref().map(|code| written.code_tag(code)).unwrap_or_default();
    let attempt = text.nth_attempt(&row.attempt.to_string());
    let campaign = row.campaign.as_deref().map(|name| format!("<span>{}</span>", escaped(name)));
    let phone = row.phone.as_deref().map(|phone| format!("<span>{}</span>", escaped(phone)));
    // The buttons' place is kept where there is no recording.
    let recording = written.recording_buttons("play-button");
    format!(
        "<div class=\"min-w-0\"><div class=\"call-card-name\">{tag}{link}</div><div class=\"call-card-meta\"><span>{when}</span>\
         {campaign}{phone}<span>{attempt}</span></div></div>\
         <div class=\"call-card-side\">{first}<div>{second}</div></div>{recording}",
        link = written.link(""),
        campaign = campaign.unwrap_or_default(),
        phone = phone.unwrap_or_default(),
        attempt = escaped(&attempt),
        second = escaped(second.unwrap_or_default()),
        recording = recording.unwrap_or_else(|| "<span class=\"rowactions\"></span>".to_owned()),
    )
}

/// What ▶ does for this customer's call.
pub fn play_label(text: Text, who: &str, is_playing: bool) -> String {
    if is_playing { text.pause_recording(who) } else { text.play_recording(who) }
}

/// A value, or a faint dash where there is none.
fn or_dash(value: Option<&str>) -> String {
    value.map_or_else(|| "<span class=\"undefined\">–</span>".to_owned(), escaped)
}

/// What a row or a card shows and its classes, as things stand: what changes of them while they stay is put on them by
/// [`super::keys::keep_rows_up_to_date`]. In a document that the server made it is there already, and is not written again.
fn written(row: &CallRow, kind: &'static str, write: fn(&RowState<'_>) -> String) -> (String, String, bool) {
    let (page, playback) = (expect_context::<CallsPage>(), use_playback());
    untrack(|| {
        let is_open = page.is_open(&row.id);
        if is_taken_over() {
            return (String::new(), String::new(), is_open);
        }
        let anchor = if kind == "row-link" { ROW_ANCHOR } else { CARD_ANCHOR };
        let Session { icons, .. } = use_session();
        let html = write(&RowState {
            row,
            text: use_text(),
            icons: &icons,
            href: format!("{}#{anchor}", page.toggled(&row.id)),
            is_open,
            is_playing: playback.is_playing(&row.id),
        });
        let state = |is: bool, class: &'static str| if is { class } else { "" };
        let class = format!("{kind}{}{}", state(is_open, " row-open"), state(playback.has(&row.id), " row-current"));
        (html, class, is_open)
    })
}

/// Whether the browser is taking over what the server made.
fn is_taken_over() -> bool {
    cfg!(feature = "hydrate") && Owner::current_shared_context().is_some_and(|context| context.during_hydration())
}

/// A row of the table.
pub fn row(row: &CallRow) -> AnyView {
    let (html, class, is_open) = written(row, "row-link", cells);
    view! { <tr class=class data-row id=is_open.then_some(ROW_ANCHOR) inner_html=html></tr> }.into_any()
}

/// What a row of the table opens, under it.
pub fn row_opened(call: CallId) -> AnyView {
    view! { <tr class="row-detail"><td colspan=COLUMNS><Opened call /></td></tr> }.into_any()
}

/// A card of the phone's list.
pub fn card_of(row: &CallRow) -> AnyView {
    let (html, class, is_open) = written(row, "call-card", card);
    view! { <li class=class data-row id=is_open.then_some(CARD_ANCHOR) inner_html=html></li> }.into_any()
}

/// What a card opens, under it.
pub fn card_opened(call: CallId) -> AnyView {
    view! { <li class="bg-canvas border-b border-line"><Opened call /></li> }.into_any()
}

/// Where a link that opens a call leads to on the page: its row, and its card.
pub const ROW_ANCHOR: &str = "opened";
/// See [`ROW_ANCHOR`].
pub const CARD_ANCHOR: &str = "opened-card";
