//! Pages that follow a running campaign.

use leptos::prelude::*;

/// Counts the changes of what the page shows, at most one a second; 0 until the first. `path` is the address of the
/// campaign's event stream, or none where there is nothing to follow.
pub fn use_changes(path: Signal<Option<String>>) -> ReadSignal<u32> {
    let (changes, set_changes) = signal(0);
    #[cfg(feature = "hydrate")]
    in_browser::follow(path, set_changes);
    #[cfg(not(feature = "hydrate"))]
    let _ = (path, set_changes);
    changes
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use std::{cell::Cell, rc::Rc, time::Duration};

    use leptos::{prelude::*, web_sys};
    use wasm_bindgen::{JsCast, closure::Closure};

    /// The pause between two updates of a page, ms.
    const PAUSE_MS: f64 = 950.0;
    /// Over how long the viewers of one change spread their requests, ms.
    const SPREAD_MS: f64 = 250.0;

    /// An open stream; closed when dropped.
    struct Stream {
        source: web_sys::EventSource,
        // Kept alive as long as the stream may call it.
        _on_change: Closure<dyn Fn()>,
    }

    impl Drop for Stream {
        fn drop(&mut self) {
            self.source.close();
        }
    }

    pub fn follow(path: Signal<Option<String>>, changes: WriteSignal<u32>) {
        let open = StoredValue::new_local(None::<Stream>);
        Effect::new(move |_| open.set_value(path.get().and_then(|path| stream(&path, changes))));
        on_cleanup(move || {
            open.try_update_value(Option::take);
        });
    }

    fn stream(path: &str, changes: WriteSignal<u32>) -> Option<Stream> {
        let source = web_sys::EventSource::new(path).ok()?;
        let (waiting, last) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(f64::MIN)));
        let on_change = Closure::<dyn Fn()>::new(move || {
            // Further changes within the second are shown by the same read.
            if waiting.replace(true) {
                return;
            }
            // The first change of a quiet second is shown soon: not by all viewers in the same instant.
            let spread = js_sys::Math::random() * SPREAD_MS;
            let pause = (last.get() + PAUSE_MS - js_sys::Date::now()).max(spread);
            let (waiting, last) = (Rc::clone(&waiting), Rc::clone(&last));
            set_timeout(
                move || {
                    waiting.set(false);
                    last.set(js_sys::Date::now());
                    changes.try_update(|n| *n += 1);
                },
                Duration::from_millis(pause as u64),
            );
        });
        source.add_event_listener_with_callback("change", on_change.as_ref().unchecked_ref()).ok()?;
        Some(Stream { source, _on_change: on_change })
    }
}
