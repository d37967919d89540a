//! The keys of the call list and the player that are more than a click on one element: those are links and buttons with
//! a `data-key` (see [`crate::keyboard`]).

use domain::CallId;
use leptos::{prelude::*, web_sys};
use wasm_bindgen::JsCast;

use super::{
    context::CallsPage,
    playback::{Playback, SKIP_SECONDS, use_playback},
    row::{CARD_ANCHOR, PLAY, ROW, ROW_ANCHOR, play_label},
};
use crate::{keyboard, use_session, use_text};

/// Puts on the rows what changes of them while they stay: where their links lead, which call is open, which one plays.
/// New rows are written as things stand.
pub fn keep_rows_up_to_date(page: CallsPage) {
    let (playback, text, icons) = (use_playback(), use_text(), use_session().icons);
    Effect::new(move |known: Option<Option<CallId>>| {
        page.address.track();
        let loaded = playback.track.with(|track| track.as_ref().map(|track| track.call.clone()));
        let playing = loaded.clone().filter(|_| playback.is_playing.get());
        let Some(before) = known else { return loaded };
        for row in elements("[data-row]") {
            let Ok(Some(link)) = row.query_selector(&format!("[{ROW}]")) else { continue };
            let Some(call) = link.get_attribute(ROW).and_then(|id| CallId::new(id).ok()) else { continue };
            let anchor = if row.tag_name() == "TR" { ROW_ANCHOR } else { CARD_ANCHOR };
            let is_open = page.is_open(&call);
            set(&link, "href", &format!("{}#{anchor}", page.toggled(&call)));
            set(&link, "aria-expanded", &is_open.to_string());
            let classes = row.class_list();
            let _ = classes.toggle_with_force("row-open", is_open);
            let _ = classes.toggle_with_force("row-current", loaded.as_ref() == Some(&call));
            if is_open {
                row.set_id(anchor);
            } else {
                let _ = row.remove_attribute("id");
            }
        }
        for button in elements(&format!("[{PLAY}]")) {
            let is_playing =
                playing.as_ref().is_some_and(|call| button.get_attribute(PLAY).as_deref() == Some(call.as_str()));
            if button.class_list().contains("is-playing") == is_playing {
                continue;
            }
            let _ = button.class_list().toggle_with_force("is-playing", is_playing);
            let who = button.get_attribute("data-who").unwrap_or_default();
            set(&button, "aria-label", &play_label(text, &who, is_playing));
            if let Ok(Some(icon)) = button.query_selector("use") {
                set(&icon, "href", &format!("{icons}#{}", if is_playing { "pause" } else { "play" }));
            }
        }
        // The transcript that is open is the one of what is heard: it goes on with the recording.
        if let (Some(before), Some(now)) = (before, &loaded)
            && before != *now
            && page.is_open(&before)
        {
            click(&format!("[{ROW}=\"{now}\"]"));
        }
        loaded
    });
}

/// An attribute cannot be set only where its name is none.
fn set(element: &web_sys::Element, name: &str, value: &str) {
    let _ = element.set_attribute(name, value);
}

/// Space, Shift+arrows, speed and Esc, for the life of the document.
pub fn listen_for_player() {
    let playback = use_playback();
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() == "Escape" {
            // A field, a dialog or a popover closes first; then the opened call.
            let busy = event.default_prevented() || is_shown(":popover-open, dialog[open]");
            if !busy && !is_field(&event) && !click("[data-close-call]") {
                playback.close();
            }
            return;
        }
        if keyboard::is_typing(&event) || !keyboard::enabled() {
            return;
        }
        let handled = match event.key().as_str() {
            " " => space(playback),
            "ArrowLeft" if event.shift_key() => moved(playback, -SKIP_SECONDS),
            "ArrowRight" if event.shift_key() => moved(playback, SKIP_SECONDS),
            "+" | "=" => faster(playback, 1),
            "-" | "−" => faster(playback, -1),
            _ => false,
        };
        if handled {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Keys while the focus is within the player: the arrows belong to it, not to the period; Space presses no slider.
pub fn within_player(event: &web_sys::KeyboardEvent, playback: Playback) {
    let on_select = event.target().is_some_and(|target| target.dyn_ref::<web_sys::HtmlSelectElement>().is_some());
    let on_volume = focused().is_some_and(|element| element.class_list().contains("player-volume"));
    if event.ctrl_key() || event.meta_key() || event.alt_key() || on_select {
        return;
    }
    let handled = match event.key().as_str() {
        "ArrowLeft" if !on_volume => moved(playback, -SKIP_SECONDS),
        "ArrowRight" if !on_volume => moved(playback, SKIP_SECONDS),
        " " => space(playback),
        "+" | "=" => faster(playback, 1),
        "-" => faster(playback, -1),
        "Escape" => {
            playback.close();
            true
        }
        _ => false,
    };
    if handled {
        event.prevent_default();
    }
}

/// J and K, for as long as the list is on the page: they move the focus, so that Enter opens the row as any link.
pub fn listen_for_rows() {
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        if keyboard::is_typing(&event) || !keyboard::enabled() || event.shift_key() {
            return;
        }
        let by = match event.key().as_str() {
            "j" | "J" => 1,
            "k" | "K" => -1,
            _ => return,
        };
        if focus_row(by) {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Space presses what has the focus if that is a button; else it plays the chosen row, or plays on and pauses.
fn space(playback: Playback) -> bool {
    let focused = focused();
    let is = |selector: &str| focused.as_ref().is_some_and(|element| element.matches(selector).unwrap_or(false));
    if is("button, summary, [role=\"button\"]:not(a)") {
        return false;
    }
    if is("a[role=\"button\"]") {
        if let Some(element) = focused.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            element.click();
        }
        return true;
    }
    let chosen = focused.and_then(|element| element.get_attribute(ROW));
    let chosen = chosen.and_then(|id| playback.find(&id));
    match chosen {
        Some(track) if !playback.is_playing.get_untracked() => playback.toggle(track),
        _ if playback.track.with_untracked(Option::is_none) => return false,
        _ => playback.play_or_pause(),
    }
    true
}

fn moved(playback: Playback, seconds: f64) -> bool {
    let is_loaded = playback.track.with_untracked(Option::is_some);
    if is_loaded {
        playback.skip(seconds);
    }
    is_loaded
}

fn faster(playback: Playback, by: isize) -> bool {
    let is_loaded = playback.track.with_untracked(Option::is_some);
    if is_loaded {
        playback.change_speed(by);
    }
    is_loaded
}

/// Moves the focus to the next (1) or previous (−1) row; to the first where none has it.
fn focus_row(by: i32) -> bool {
    // The table and the phone's cards hold the same rows; only one of them is shown.
    let rows: Vec<web_sys::HtmlElement> =
        elements(&format!("a[{ROW}]")).into_iter().filter(|row| row.offset_parent().is_some()).collect();
    let here = focused().and_then(|element| {
        let row = element.closest("[data-row]").ok().flatten()?;
        rows.iter().position(|other| row.contains(Some(other)))
    });
    let next = match here {
        Some(place) => i32::try_from(place).unwrap_or(0) + by,
        None => 0,
    };
    let Some(row) = usize::try_from(next).ok().and_then(|next| rows.get(next)) else { return false };
    row.focus().is_ok()
}

fn focused() -> Option<web_sys::Element> {
    document().active_element()
}

fn elements(selector: &str) -> Vec<web_sys::HtmlElement> {
    let Ok(found) = document().query_selector_all(selector) else { return vec![] };
    (0..found.length()).filter_map(|n| found.item(n)?.dyn_into().ok()).collect()
}

fn is_shown(selector: &str) -> bool {
    document().query_selector(selector).ok().flatten().is_some()
}

fn is_field(event: &web_sys::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|element| element.matches("input, select, textarea").unwrap_or(false))
}

/// Clicks the first shown element; whether there was one.
fn click(selector: &str) -> bool {
    let found = elements(selector).into_iter().find(|element| element.offset_parent().is_some());
    found.inspect(web_sys::HtmlElement::click).is_some()
}
