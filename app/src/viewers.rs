//! What the viewers of running campaigns share: one read, one rendering and one answer per change, however many people watch.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{
    CallFilter, CampaignId, DateRange, Day, Language, Period, Report, ReportQuery, Role, Sight, Timestamp,
    rate_change::PeriodParts,
};
use store::{Conn, Scope, StoreError, calls::Counts};
use tokio::sync::OnceCell;

use crate::server_page::ServerPage;

/// Made once by whoever comes first; the others wait for that one.
type SharedMaking<V> = Arc<OnceCell<V>>;

/// More reports, or lists, than are watched at one time in practice; beyond it the memory is let go.
const MOST: usize = 256;

/// What was read at the account's present revision. Any change of the account begins anew, so that what is shown is always what is
/// stored; asking for the revision is one look-up by key.
#[derive(Debug)]
struct OfRevision<K, V>(Mutex<HashMap<K, (i64, SharedMaking<V>)>>);

impl<K, V> Default for OfRevision<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> OfRevision<K, V> {
    fn making(&self, key: K, revision: i64) -> SharedMaking<V> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST && !known.contains_key(&key) {
            known.clear();
        }
        let (of, making) = known.entry(key).or_insert_with(|| (revision, SharedMaking::default()));
        if *of != revision {
            (*of, *making) = (revision, SharedMaking::default());
        }
        Arc::clone(making)
    }
}

/// Whose figures, over which days, and whether its reader sees numbers only by their ends: values of own dimensions may hold some.
type FiguresKey<D> = (i64, CampaignId, D, bool);

/// The reports of campaigns, and what tells why the rates of one are other ones than before.
#[derive(Debug, Default)]
pub struct Reports {
    /// By account, campaign, days and sight.
    reports: OfRevision<FiguresKey<Option<DateRange>>, Option<Report>>,
    rate_parts: OfRevision<FiguresKey<DateRange>, Option<PeriodParts>>,
}

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
    ) -> Result<Option<Report>, StoreError> {
        if !store::campaigns::is_seen(conn, scope, campaign).await? {
            return Ok(None);
        }
        let revision = store::accounts::revision(conn, scope).await?;
        let key = (scope.account(), campaign.clone(), range, scope.sight().is_masked());
        let making = self.reports.making(key, revision);
        let report = making
            .get_or_try_init(|| async {
                let period = range.map_or(Period::Whole, Period::Custom);
                let query = ReportQuery { campaign: campaign.clone(), period };
                store::report::read(conn, scope, &query, now).await
            })
            .await?;
        // What was read at this revision still holds now, but for what is foreseen from now on.
        let at_now = |report: Report| match domain::time::Zone::new(&report.timezone) {
            Ok(zone) => report.at(now, zone),
            Err(_) => Report { as_of: now, ..report },
        };
        Ok(report.clone().map(at_now))
    }

    /// The calls of a campaign's days by what may change a rate, read by whoever comes first, as reports are.
    pub async fn rate_parts(
        &self,
        conn: &mut Conn,
        scope: &Scope,
        campaign: &CampaignId,
        days: DateRange,
    ) -> Result<Option<PeriodParts>, StoreError> {
        if !store::campaigns::is_seen(conn, scope, campaign).await? {
            return Ok(None);
        }
        let revision = store::accounts::revision(conn, scope).await?;
        let key = (scope.account(), campaign.clone(), days, scope.sight().is_masked());
        let making = self.rate_parts.making(key, revision);
        let parts = making.get_or_try_init(|| store::rate_parts::read(conn, scope, campaign, days)).await?;
        Ok(parts.clone())
    }
}

/// A list of calls.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct ListKey {
    account: i64,
    campaign: Option<CampaignId>,
    filter: Vec<(&'static str, String)>,
    range: Option<DateRange>,
    /// A part of a number finds nothing for who sees none.
    is_masked: bool,
}

/// What was counted of long lists.
#[derive(Debug, Default)]
pub struct CountedLists(OfRevision<ListKey, Option<Counts>>);

impl CountedLists {
    /// What there is to count of a list; none where the account has no such campaign. Whoever comes first counts on its own
    /// connection, and where that reader leaves, the next one begins anew.
    pub async fn get(
        &self,
        conn: &mut Conn,
        scope: &Scope,
        campaign: Option<&CampaignId>,
        filter: &CallFilter,
        today: Day,
    ) -> Result<Option<Counts>, StoreError> {
        // What others have counted is kept for those alone who may count it themselves.
        let may_see = match campaign {
            Some(campaign) => store::campaigns::is_seen(conn, scope, campaign).await?,
            None => !scope.is_limited(),
        };
        if !may_see {
            return store::calls::counts(conn, scope, campaign, filter, today).await;
        }
        let revision = store::accounts::revision(conn, scope).await?;
        let key = ListKey {
            account: scope.account(),
            campaign: campaign.cloned(),
            filter: filter.to_pairs(),
            range: filter.period.resolve(today),
            is_masked: scope.sight() != Sight::Whole,
        };
        let making = self.0.making(key, revision);
        let counted = making.get_or_try_init(|| store::calls::counts(conn, scope, campaign, filter, today)).await?;
        Ok(*counted)
    }
}

/// What a page that many people watch depends on, beside the account's revision.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageKey {
    pub account: i64,
    /// What a reader may see and do.
    pub role: Role,
    /// The user alone who is limited to chosen campaigns; none for those who see all.
    pub limited_user: Option<i64>,
    /// The language of its words.
    pub language: Language,
    pub campaign: CampaignId,
    /// The query of its address.
    pub query: String,
}

/// Something that is being made or was made: of which revision, and when.
#[derive(Debug)]
struct CacheEntry<V> {
    revision: i64,
    at: Timestamp,
    making: SharedMaking<V>,
}

/// What was made last for the viewers of running campaigns: those who come for the same change get the same, and the server makes it
/// once. A page says until when its data is, so it is shown for a second only.
#[derive(Debug)]
pub struct Shared<K, V>(Mutex<HashMap<K, CacheEntry<V>>>);

/// Pages as they were made last.
pub type Pages = Shared<PageKey, ServerPage>;

/// Things kept at most; a page may have some hundred kilobytes.
const MOST_SHARED: usize = 64;
/// How long one is shown again, ms.
const SHOWN_AGAIN_MS: i64 = 1_000;

impl<K, V> Default for Shared<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> Shared<K, V> {
    /// What is there of this revision, made by `make` where nobody else has made it just now.
    pub async fn get<F, E>(&self, key: K, revision: i64, now: Timestamp, make: impl FnOnce() -> F) -> Result<V, E>
    where
        F: Future<Output = Result<V, E>>,
    {
        let making = self.making(key, revision, now);
        making.get_or_try_init(make).await.cloned()
    }

    fn making(&self, key: K, revision: i64, now: Timestamp) -> SharedMaking<V> {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shared.retain(|_, made| (0..=SHOWN_AGAIN_MS).contains(&(now.0 - made.at.0)));
        if shared.len() >= MOST_SHARED && !shared.contains_key(&key) {
            shared.clear();
        }
        let made =
            shared.entry(key).or_insert_with(|| CacheEntry { revision, at: now, making: SharedMaking::default() });
        if made.revision != revision {
            *made = CacheEntry { revision, at: now, making: SharedMaking::default() };
        }
        Arc::clone(&made.making)
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
            limited_user: None,
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
        let limited = PageKey { limited_user: Some(1), ..own() };
        assert!(!Arc::ptr_eq(&first, &pages.making(limited, 7, Timestamp(1_000))), "who sees chosen campaigns alone");
        assert!(!Arc::ptr_eq(&first, &pages.making(own(), 8, Timestamp(2_000))), "another revision");
        let later = pages.making(own(), 8, Timestamp(2_000));
        assert!(!Arc::ptr_eq(&later, &pages.making(own(), 8, Timestamp(3_001))), "it says until when its data is");
    }

    #[test]
    fn viewers_of_one_revision_share_one_reading() {
        let reports = Reports::default();
        let key = || (1, CampaignId::new("tet").unwrap(), None, false);
        let first = reports.reports.making(key(), 7);
        assert!(Arc::ptr_eq(&first, &reports.reports.making(key(), 7)));
        let other = (2, CampaignId::new("tet").unwrap(), None, false);
        assert!(!Arc::ptr_eq(&first, &reports.reports.making(other, 7)), "accounts share nothing");
        let masked = (1, CampaignId::new("tet").unwrap(), None, true);
        assert!(!Arc::ptr_eq(&first, &reports.reports.making(masked, 7)), "values may hold numbers");
        let later = reports.reports.making(key(), 8);
        assert!(!Arc::ptr_eq(&first, &later));
        assert!(Arc::ptr_eq(&later, &reports.reports.making(key(), 8)));
    }
}
