//! Single-key shortcuts: a key does what a click on the element with that `data-key` would do, so that every shortcut
//! is also a link, a button or a field, and works on whatever page shows it.
//!
//! Keys are nothing while a field has the focus or a modifier is held, and can be turned off (WCAG 2.1.4).

/// Where the browser remembers that shortcuts are off.
#[cfg(feature = "hydrate")]
const STORAGE_KEY: &str = "shortcuts";

/// The id of the checkbox that turns shortcuts off.
pub const SWITCH: &str = "shortcuts-on";

/// The `data-key` of a key event's key; none for keys that are no shortcuts here.
#[cfg(any(feature = "hydrate", test))]
fn data_key(key: &str) -> Option<String> {
    match key {
        "/" | "?" | "ArrowLeft" | "ArrowRight" => Some(key.to_owned()),
        _ => {
            let mut chars = key.chars();
            let only = chars.next().filter(char::is_ascii_alphabetic)?;
            chars.next().is_none().then(|| only.to_ascii_lowercase().to_string())
        }
    }
}

/// Listens for the life of the document; does nothing on the server.
pub fn listen() {
    #[cfg(feature = "hydrate")]
    in_browser::listen();
}

/// Other listeners (the call list, the player) ask whether shortcuts are on here, and whether a key is one.
#[cfg(feature = "hydrate")]
pub use in_browser::{enabled, is_typing};

#[cfg(feature = "hydrate")]
mod in_browser {
    use leptos::prelude::*;
    use leptos::web_sys;
    use wasm_bindgen::JsCast;

    fn storage() -> Option<web_sys::Storage> {
        window().local_storage().ok().flatten()
    }

    pub fn enabled() -> bool {
        storage().and_then(|storage| storage.get_item(super::STORAGE_KEY).ok().flatten()).as_deref() != Some("off")
    }

    /// The checkbox of the list of shortcuts; the server made it, so it is not a component's.
    fn switch() {
        let switch = document().get_element_by_id(super::SWITCH);
        if let Some(switch) = switch.and_then(|element| element.dyn_into::<web_sys::HtmlInputElement>().ok()) {
            switch.set_checked(enabled());
        }
        let handle = window_event_listener(leptos::ev::change, |event| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
            if let Some(switch) = target.filter(|element| element.id() == super::SWITCH)
                && let Some(storage) = storage()
            {
                // A full or forbidden storage only means that the choice is not remembered.
                let _ = storage.set_item(super::STORAGE_KEY, if switch.checked() { "on" } else { "off" });
            }
        });
        on_cleanup(move || handle.remove());
    }

    /// Whether a key belongs to a field, a dialog or a modifier, and so is no shortcut.
    pub fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
        if event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return true;
        }
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let field = "input, select, textarea, dialog, [contenteditable]";
        target.is_some_and(|element| element.closest(field).ok().flatten().is_some())
    }

    /// Language and theme come back to the page one is on, which the server that wrote the link may not know any more.
    fn come_back_here(link: &web_sys::Element) {
        let Some(href) = link.get_attribute("href") else { return };
        let Some((path, _)) = href.split_once("?to=") else { return };
        let location = window().location();
        let here = format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
        let _ = link.set_attribute("href", &format!("{path}?to={}", crate::links::encoded(&here)));
    }

    pub fn listen() {
        Effect::new(|_| switch());
        let handle = window_event_listener(leptos::ev::keydown, |event| {
            if is_typing(&event) || !enabled() || (event.shift_key() && event.key() != "?") {
                return;
            }
            let Some(key) = super::data_key(&event.key()) else { return };
            // Two elements may carry one key (desktop and phone); the one that is shown takes it.
            let Ok(found) = document().query_selector_all(&format!("[data-key=\"{key}\"]")) else { return };
            for n in 0..found.length() {
                let Some(element) = found.item(n).and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok()) else {
                    continue;
                };
                if key != "?"
                    && element.offset_parent().is_none()
                    && element.closest("[popover]").ok().flatten().is_none()
                {
                    continue;
                }
                event.prevent_default();
                if element.tag_name() == "INPUT" {
                    let _ = element.focus();
                } else {
                    element.click();
                }
                break;
            }
        });
        on_cleanup(move || handle.remove());
        // The router follows a link and leaves the page in place, and with it the popover that the link was in.
        let clicks = window_event_listener(leptos::ev::click, |event| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            let closest = |selector: &str| target.as_ref().and_then(|element| element.closest(selector).ok().flatten());
            if let Some(setting) = closest("a[href^='/language/'], a[href^='/theme/']") {
                come_back_here(&setting);
            }
            let link = closest("[popover] a[href]");
            let popover = link.and_then(|link| link.closest("[popover]").ok().flatten());
            if let Some(popover) = popover.and_then(|popover| popover.dyn_into::<web_sys::HtmlElement>().ok()) {
                // It is closed already when the link was followed by its key.
                let _ = popover.hide_popover();
            }
        });
        on_cleanup(move || clicks.remove());
    }
}

#[cfg(test)]
mod tests {
    use super::data_key;

    #[test]
    fn only_letters_and_four_signs_are_shortcuts() {
        assert_eq!(data_key("D").as_deref(), Some("d"));
        assert_eq!(data_key("/").as_deref(), Some("/"));
        assert_eq!(data_key("ArrowLeft").as_deref(), Some("ArrowLeft"));
        assert_eq!(data_key("Enter"), None);
        assert_eq!(data_key("1"), None);
        assert_eq!(data_key("é"), None);
    }
}
