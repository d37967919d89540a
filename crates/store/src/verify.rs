//! Recounts every stored total from the calls and compares: the proof that reports may read rollups.
//!
//! [`recount`] compares an account in one snapshot. [`steps`] and [`step`] do the same piece by piece, and put right what
//! differs while calls come in: see [`repair`] for how that is exact.

mod campaign;
mod repair;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use domain::{Account, CampaignId, time::Zone};
use serde::{Deserialize, Serialize};

use self::campaign::RecountedCampaign;
use crate::{
    Db, Scope, StoreError, account_totals, accounts,
    db::{Conn, fetch_all, fetch_one},
    meanings::Meanings,
    own_filling,
    said_index::{self, WrongSaid},
    sums::{RollupKey, Sums},
    usage_rollup::{self, AllUsage, Codes, Usages},
};

/// A stored total that is not what the calls say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalDifference {
    /// What its people call the account.
    pub account: String,
    /// The campaign's id; `–` for totals of the account.
    pub campaign: String,
    /// Which total, such as `rollup_days campaign_key 3 day 2026-11-04 code DY`.
    pub what: String,
    /// What is stored; `–` where nothing is.
    pub stored: String,
    /// What the calls say; `–` where they say nothing.
    pub recounted: String,
}

/// What can be recounted by itself. Steps are independent of one another, and may be repeated; the usage of the account is
/// compared with the hours of its campaigns, so it comes after them, and what is left of calls that are no more goes before the words of
/// the others are compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecountStep {
    /// The calls, customers and rollups of one campaign.
    Campaign(CampaignId),
    /// The usage of the account, by voicebot, code and campaign.
    Usage,
    /// What the search of what was said has of calls that are no more.
    SaidGone,
    /// What the search of what was said has of the calls of one campaign.
    Said(CampaignId),
    /// The values of the account's own dimensions that its calls have.
    Own,
}

/// What a recount tells of while it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many calls were read since it was last told. Calls that are counted again are not told of again.
    Read(u64),
    /// A transaction that puts something right was committed, and changed about so many rows.
    Written(u64),
}

/// What differences are found in.
struct FoundDifferences {
    account: String,
    campaign: String,
    found: Vec<TotalDifference>,
}

impl FoundDifferences {
    fn compare_said(&mut self, wrong: &WrongSaid) {
        let found = [
            ("said_calls, words of calls that differ from their transcripts", wrong.calls.len()),
            ("said_calls, calls in which nothing was said", wrong.others.len()),
            ("said_words, calls that are in no row", wrong.strays.len()),
        ];
        for (what, count) in found.into_iter().filter(|(_, count)| *count > 0) {
            self.differ(what.to_owned(), count.to_string(), "0".to_owned());
        }
    }

    fn compare_own(&mut self, wrong: &[String]) {
        if !wrong.is_empty() {
            let what = "calls own_values, calls that differ from their attributes".to_owned();
            self.differ(what, wrong.len().to_string(), "0".to_owned());
        }
    }

    fn compare_storage(&mut self, storage: Storage) {
        if storage.missing() != 0 {
            let what = "account_totals recording_bytes".to_owned();
            self.differ(what, storage.stored.to_string(), storage.recounted.to_string());
        }
    }

    fn new(account: &str, campaign: &str) -> Self {
        Self { account: account.to_owned(), campaign: campaign.to_owned(), found: Vec::new() }
    }

    fn differ(&mut self, what: String, stored: String, recounted: String) {
        let (account, campaign) = (self.account.clone(), self.campaign.clone());
        self.found.push(TotalDifference { account, campaign, what, stored, recounted });
    }

    /// Compares two maps key by key.
    fn compare<K: Ord, V: PartialEq>(
        &mut self,
        table: &str,
        stored: &BTreeMap<K, V>,
        recounted: &BTreeMap<K, V>,
        key_text: impl Fn(&K) -> String,
        text: impl Fn(&V) -> String,
    ) {
        let keys: BTreeSet<&K> = stored.keys().chain(recounted.keys()).collect();
        for key in keys {
            let (before, after) = (stored.get(key), recounted.get(key));
            if before != after {
                let show = |value: Option<&V>| value.map_or_else(|| "–".to_owned(), &text);
                self.differ(format!("{table} {}", key_text(key)), show(before), show(after));
            }
        }
    }

    fn compare_sums<K: RollupKey, S: Sums>(
        &mut self,
        table: &str,
        stored: &BTreeMap<K, S>,
        recounted: &BTreeMap<K, S>,
    ) {
        self.compare(table, stored, recounted, K::text, S::text);
    }

    fn compare_usage(&mut self, stored: &AllUsage, recounted: &AllUsage) {
        self.compare_sums("usage_days", &stored.days, &recounted.days);
        self.compare_sums("usage_codes", &stored.codes, &recounted.codes);
        self.compare_sums("usage_campaign_days", &stored.campaign_days, &recounted.campaign_days);
        self.compare_sums("usage_campaign_months", &stored.campaign_months, &recounted.campaign_months);
        self.compare_sums("usage_months", &stored.months, &recounted.months);
        self.compare_sums("usage_account_codes", &stored.account_codes, &recounted.account_codes);
    }
}

/// The bytes of an account's recordings: as they are kept count of, and as the recordings say.
#[derive(Debug, Clone, Copy)]
struct Storage {
    stored: i64,
    recounted: i64,
}

impl Storage {
    async fn read(conn: &mut Conn, scope: &Scope) -> Result<Self, StoreError> {
        let (recounted,) = fetch_one!(
            conn,
            (i64,),
            "SELECT CAST(COALESCE(SUM(bytes + COALESCE(playable_bytes, 0)), 0) AS BIGINT)
             FROM recordings WHERE account_id = $1",
            scope.account(),
        )?;
        Ok(Self { stored: account_totals::recording_bytes(conn, scope).await?, recounted })
    }

    /// What must be added for it to be right.
    fn missing(self) -> i64 {
        self.recounted - self.stored
    }
}

/// What a recount goes by.
struct RecountRules {
    account: Account,
    zone: Zone,
    meanings: Meanings,
}

impl RecountRules {
    async fn load(conn: &mut Conn, scope: &Scope) -> Result<Self, StoreError> {
        let account = accounts::lookup(conn, scope).await?;
        let zone = account.zone;
        Ok(Self { zone, meanings: Meanings::load(conn, scope).await?, account })
    }
}

/// Compares every total of an account with its calls, within the caller's transaction, and changes nothing.
pub async fn recount(
    conn: &mut Conn,
    scope: &Scope,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Vec<TotalDifference>, StoreError> {
    let rules = RecountRules::load(conn, scope).await?;
    let mut found = Vec::new();
    let (mut usages, mut codes) = (Usages::new(), Codes::new());
    for campaign in RecountedCampaign::all(conn, scope).await? {
        let mut checked = campaign.check(conn, scope, &rules, progress).await?;
        found.append(&mut checked.found);
        // Voicebots call for several campaigns.
        usages.append(&mut checked.usages);
        usage_rollup::add_codes(&mut codes, &checked.hours);
    }
    let mut of_account = FoundDifferences::new(&rules.account.name, "–");
    let stored = AllUsage::stored(conn, scope.account()).await?;
    of_account.compare_usage(&stored, &AllUsage::of(usages, codes));
    of_account.compare_storage(Storage::read(conn, scope).await?);
    of_account.compare_said(&said_index::gone(conn, scope).await?);
    of_account.compare_own(&own_filling::wrong(conn, scope).await?);
    found.append(&mut of_account.found);
    for campaign in RecountedCampaign::all(conn, scope).await? {
        let mut of_campaign = FoundDifferences::new(&rules.account.name, &campaign.id);
        of_campaign.compare_said(&said_index::wrong(conn, scope, campaign.key).await?);
        found.append(&mut of_campaign.found);
    }
    Ok(found)
}

/// The steps that together recount an account, in their order.
pub async fn steps(conn: &mut Conn, scope: &Scope) -> Result<Vec<RecountStep>, StoreError> {
    let campaigns = fetch_all!(
        conn,
        (String,),
        "SELECT id FROM campaigns WHERE account_id = $1 ORDER BY campaign_key",
        scope.account(),
    )?;
    let id = |id| CampaignId::new(id).map_err(|_| StoreError::Broken("id of a campaign".to_owned()));
    let campaigns: Vec<CampaignId> = campaigns.into_iter().map(|(text,)| id(text)).collect::<Result<_, _>>()?;
    let mut steps: Vec<RecountStep> = campaigns.iter().cloned().map(RecountStep::Campaign).collect();
    steps.extend([RecountStep::Usage, RecountStep::Own, RecountStep::SaidGone]);
    steps.extend(campaigns.into_iter().map(RecountStep::Said));
    Ok(steps)
}

/// Does one step: compares in one snapshot, and with `repair` puts right what differs, in transactions of few rows each, so
/// that batches of calls go in between. Returns what differed in the first snapshot; nothing where there is no such campaign.
///
/// A step that is broken off leaves what it has put right; done again, it goes on with what is left. Without `repair` the
/// usage differs, too, where the hours of a campaign do.
pub async fn step(
    db: &Db,
    scope: &Scope,
    step: &RecountStep,
    repair: bool,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Vec<TotalDifference>, StoreError> {
    match step {
        RecountStep::Campaign(id) => repair::campaign(db, scope, id, repair, progress).await,
        RecountStep::Usage => repair::usage(db, scope, repair, progress).await,
        RecountStep::SaidGone => repair::said(db, scope, None, repair, progress).await,
        RecountStep::Said(id) => repair::said(db, scope, Some(id), repair, progress).await,
        RecountStep::Own => repair::own(db, scope, repair, progress).await,
    }
}
