//! Pages that follow a running campaign.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU32, Ordering::Relaxed},
};

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use crate::{AppError, use_text, with_account::with_account};

/// The changes of what a page shows, and whether they still come.
#[derive(Debug, Clone, Copy)]
pub struct Live {
    /// The address of the event stream, or none where there is nothing to follow.
    path: RwSignal<Option<String>>,
    /// How many changes there have been, at most one a second.
    changes: RwSignal<u32>,
    /// How often in a row an update could not be read.
    failures: RwSignal<u32>,
}

impl Live {
    /// Follows nothing until [`Live::follow`] says what.
    pub fn new() -> Self {
        Self { path: RwSignal::new(None), changes: RwSignal::new(0), failures: RwSignal::new(0) }
    }

    /// Follows this stream of events from now on.
    pub fn follow(self, path: Option<String>) {
        if self.path.with_untracked(|before| *before != path) {
            self.path.set(path);
        }
    }

    /// What tells of changes: `web/elements.js` listens, waits out the second, says where nothing comes any more, and
    /// tries again.
    pub fn view(self) -> AnyView {
        let words = use_text().connection_lost();
        let changed = move |_| self.read_again();
        view! {
            <ringside-live class="live-note" role="status" data-words=words data-path=move || self.path.get().map(|path| with_account(&path))
                data-failures=move || self.failures.get().to_string() on:change=changed></ringside-live>
        }
        .into_any()
    }

    /// Reads everything anew.
    pub fn read_again(self) {
        self.changes.update(|n| *n += 1);
    }

    /// Something that is read for what `of` says, and anew with every change; `keep` puts into an update what shall stay of
    /// what is shown. Where an update cannot be read, all of it stays, and it is tried again by itself.
    pub fn resource<K, T, R>(
        self,
        of: impl Fn() -> K + Send + Sync + 'static,
        read: impl Fn(K) -> R + Send + Sync + 'static,
        keep: impl Fn(&T, &mut T) + Copy + Send + Sync + 'static,
    ) -> Resource<Result<T, AppError>>
    where
        K: PartialEq + Clone + Send + Sync + 'static,
        T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
        R: Future<Output = Result<T, AppError>> + Send + 'static,
    {
        let kept = Arc::new(OnceLock::<Resource<Result<T, AppError>>>::new());
        let itself = Arc::clone(&kept);
        let seen = AtomicU32::new(0);
        let source = move || (of(), self.changes.get());
        let resource = Resource::new(source, move |(key, changes)| {
            // Read for another address, it is no update.
            let is_update = seen.swap(changes, Relaxed) != changes;
            let (reading, kept) = (read(key), Arc::clone(&kept));
            async move {
                let mut read = reading.await;
                let shown = kept.get().filter(|_| is_update).and_then(|kept| kept.try_get_untracked()).flatten();
                let shown = shown.and_then(Result::ok);
                let is_kept = shown.is_some() && matches!(read, Err(AppError::Busy | AppError::Internal { .. }));
                self.count(is_kept);
                match (shown, &mut read) {
                    (Some(shown), Ok(read)) => keep(&shown, read),
                    (Some(shown), Err(_)) if is_kept => return Ok(shown),
                    _ => {}
                }
                read
            }
        });
        // Set once, just here.
        let _ = itself.set(resource);
        resource
    }

    /// Counts the updates that could not be read since the last one that could.
    fn count(self, has_failed: bool) {
        let failures = self.failures.try_get_untracked().unwrap_or_default();
        let now = if has_failed { failures + 1 } else { 0 };
        if now != failures {
            self.failures.try_set(now);
        }
    }
}
