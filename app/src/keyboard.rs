//! Whether a key is a shortcut. Those that are a click on one element are those of `web/keyboard.js`; the call list and the
//! player have others (`calls/keys.rs`).

/// The id of the checkbox that turns shortcuts off.
pub const SWITCH: &str = "shortcuts-on";

#[cfg(feature = "hydrate")]
pub use in_browser::{enabled, is_typing};

#[cfg(feature = "hydrate")]
mod in_browser {
    use leptos::{prelude::window, web_sys};
    use wasm_bindgen::JsCast;

    /// Where the browser remembers that shortcuts are off.
    const STORAGE_KEY: &str = "shortcuts";

    /// Whether shortcuts are on here.
    pub fn enabled() -> bool {
        let storage = window().local_storage().ok().flatten();
        storage.and_then(|storage| storage.get_item(STORAGE_KEY).ok().flatten()).as_deref() != Some("off")
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
}
