//! Pages that follow a running campaign: one read per change, however many people watch.

#[cfg(feature = "ssr")]
pub use server_side::{PageKey, Pages, Reports};

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

#[cfg(feature = "ssr")]
mod server_side {
    use std::{
        collections::HashMap,
        sync::{Arc, Mutex, PoisonError},
    };

    use domain::{CampaignId, DateRange, Language, Period, Report, ReportQuery, Role, Timestamp};
    use store::{Conn, Scope};
    use tokio::sync::OnceCell;

    use crate::{AppError, server_page::ServerPage};

    /// One report: account, campaign, days.
    type Key = (i64, CampaignId, Option<DateRange>);
    /// Read once by whoever comes first; the others wait for that one.
    type Reading = Arc<OnceCell<Option<Report>>>;

    /// More reports than are watched at one time in practice; beyond it the memory is let go.
    const MOST: usize = 256;

    /// The reports of the account's present revision. Any change of the account begins new ones, so that a report shown
    /// is always what is stored; asking for the revision is one look-up by key.
    #[derive(Debug, Default)]
    pub struct Reports(Mutex<HashMap<Key, (i64, Reading)>>);

    impl Reports {
        /// The report of a campaign over these days; none where the account has no such campaign. Whoever comes first reads it on
        /// its own connection, the others wait with theirs: nobody needs a second one.
        pub async fn get(
            &self,
            conn: &mut Conn,
            scope: &Scope,
            campaign: &CampaignId,
            range: Option<DateRange>,
            now: Timestamp,
        ) -> Result<Option<Report>, AppError> {
            let revision = store::accounts::revision(conn, scope).await?;
            let reading = self.reading((scope.account(), campaign.clone(), range), revision);
            let report = reading
                .get_or_try_init(|| async {
                    let period = range.map_or(Period::Whole, Period::Custom);
                    let query = ReportQuery { campaign: campaign.clone(), period };
                    store::report::read(conn, scope, &query, now).await
                })
                .await?;
            // What was read at this revision still holds now.
            Ok(report.clone().map(|report| Report { as_of: now, ..report }))
        }

        fn reading(&self, key: Key, revision: i64) -> Reading {
            let mut readings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if readings.len() >= MOST && !readings.contains_key(&key) {
                readings.clear();
            }
            let (known, reading) = readings.entry(key).or_insert_with(|| (revision, Reading::default()));
            if *known != revision {
                *known = revision;
                *reading = Reading::default();
            }
            Arc::clone(reading)
        }
    }

    /// What a page that many people watch depends on, beside the account's revision.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    pub struct PageKey {
        /// The account.
        pub account: i64,
        /// What a reader may see and do.
        pub role: Role,
        /// The language of its words.
        pub language: Language,
        /// The campaign.
        pub campaign: CampaignId,
        /// The query of its address.
        pub query: String,
    }

    /// Made once by whoever comes first.
    type Making = Arc<OnceCell<ServerPage>>;

    /// A page that is being made or was made: of which revision, and when.
    #[derive(Debug)]
    struct MadePage {
        revision: i64,
        at: Timestamp,
        making: Making,
    }

    /// Pages of running campaigns as they were made last: the viewers who come for the same change get the same page, and the
    /// server reads and renders it once. A page says until when its data is, so it is shown for a second only.
    #[derive(Debug, Default)]
    pub struct Pages(Mutex<HashMap<PageKey, MadePage>>);

    /// Pages kept at most; each may have some hundred kilobytes.
    const MOST_PAGES: usize = 64;
    /// How long a page is shown again, ms.
    const SHOWN_AGAIN_MS: i64 = 1_000;

    impl Pages {
        /// The page of this revision, made by `make` where nobody else has made it just now.
        pub async fn get<F>(
            &self,
            key: PageKey,
            revision: i64,
            now: Timestamp,
            make: impl FnOnce() -> F,
        ) -> Result<ServerPage, AppError>
        where
            F: Future<Output = Result<ServerPage, AppError>>,
        {
            let making = self.making(key, revision, now);
            making.get_or_try_init(make).await.cloned()
        }

        fn making(&self, key: PageKey, revision: i64, now: Timestamp) -> Making {
            let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            pages.retain(|_, page| (0..=SHOWN_AGAIN_MS).contains(&(now.0 - page.at.0)));
            if pages.len() >= MOST_PAGES && !pages.contains_key(&key) {
                pages.clear();
            }
            let page = pages.entry(key).or_insert_with(|| MadePage { revision, at: now, making: Making::default() });
            if page.revision != revision {
                *page = MadePage { revision, at: now, making: Making::default() };
            }
            Arc::clone(&page.making)
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_page_is_shared_within_a_second_by_readers_who_may_see_the_same() {
            let pages = Pages::default();
            let key = |account, role, query: &str| PageKey {
                account,
                role,
                language: Language::Vi,
                campaign: CampaignId::new("tet").unwrap(),
                query: query.to_owned(),
            };
            let own = || key(1, Role::Viewer, "");
            let first = pages.making(own(), 7, Timestamp(1_000));
            assert!(Arc::ptr_eq(&first, &pages.making(own(), 7, Timestamp(2_000))));
            for other in [key(2, Role::Viewer, ""), key(1, Role::Owner, ""), key(1, Role::Viewer, "from=2026-11-01")] {
                assert!(!Arc::ptr_eq(&first, &pages.making(other, 7, Timestamp(1_000))));
            }
            assert!(!Arc::ptr_eq(&first, &pages.making(own(), 8, Timestamp(2_000))), "another revision");
            let later = pages.making(own(), 8, Timestamp(2_000));
            assert!(!Arc::ptr_eq(&later, &pages.making(own(), 8, Timestamp(3_001))), "it says until when its data is");
        }

        #[test]
        fn viewers_of_one_revision_share_one_reading() {
            let reports = Reports::default();
            let key = || (1, CampaignId::new("tet").unwrap(), None);
            let first = reports.reading(key(), 7);
            assert!(Arc::ptr_eq(&first, &reports.reading(key(), 7)));
            let other = (2, CampaignId::new("tet").unwrap(), None);
            assert!(!Arc::ptr_eq(&first, &reports.reading(other, 7)), "accounts share nothing");
            let later = reports.reading(key(), 8);
            assert!(!Arc::ptr_eq(&first, &later));
            assert!(Arc::ptr_eq(&later, &reports.reading(key(), 8)));
        }
    }
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use std::{cell::Cell, rc::Rc, time::Duration};

    use leptos::{prelude::*, web_sys};
    use wasm_bindgen::{JsCast, closure::Closure};

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
        let waiting = Rc::new(Cell::new(false));
        let on_change = Closure::<dyn Fn()>::new(move || {
            // Further changes within the second are shown by the same read.
            if waiting.replace(true) {
                return;
            }
            let waiting = Rc::clone(&waiting);
            set_timeout(
                move || {
                    waiting.set(false);
                    changes.try_update(|n| *n += 1);
                },
                Duration::from_millis(950),
            );
        });
        source.add_event_listener_with_callback("change", on_change.as_ref().unchecked_ref()).ok()?;
        Some(Stream { source, _on_change: on_change })
    }
}
