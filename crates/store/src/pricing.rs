//! The tariffs of an account, and what a call costs by them.

use std::collections::HashMap;

use domain::{CallClass, CallRecord, Currency, Money, Tariff, Timestamp, call::CheckedCall};

use crate::{
    Scope, StoreError,
    db::{Conn, fetch_all},
    tariffs::CampaignTariffRow,
};

/// All tariffs of an account, by campaign (0: the account's default), oldest first.
#[derive(Debug, Default)]
pub(crate) struct Prices(HashMap<i64, Vec<Tariff>>);

impl Prices {
    /// Reads the tariffs that calls of the account are priced by.
    pub(crate) async fn load(conn: &mut Conn, scope: &Scope) -> Result<Self, StoreError> {
        let rows = fetch_all!(
            conn,
            CampaignTariffRow,
            "SELECT campaign_key, effective_from, first_block_seconds, next_block_seconds, price_first_block,
                    price_next_block, vat
             FROM tariffs
             WHERE account_id = $1
             ORDER BY campaign_key, effective_from",
            scope.account(),
        )?;
        let mut prices = Self::default();
        for row in rows {
            // Every tariff of an account is in the account's currency; prices are compared, not shown, here.
            prices.0.entry(row.campaign_key).or_default().push(row.tariff.read(&Currency::vnd()));
        }
        Ok(prices)
    }

    /// The campaign's own tariff in effect at an instant, else the account's.
    fn in_effect(&self, campaign_key: i64, at: Timestamp) -> Option<&Tariff> {
        let latest = |key| self.0.get(&key).and_then(|list| list.iter().rfind(|tariff| tariff.effective_from <= at));
        latest(campaign_key).or_else(|| latest(0))
    }

    /// These with another one of a campaign, or of the account (0).
    pub(crate) fn with(mut self, campaign_key: i64, tariff: Tariff) -> Self {
        let list = self.0.entry(campaign_key).or_default();
        list.retain(|set| set.effective_from != tariff.effective_from);
        list.push(tariff);
        list.sort_by_key(|tariff| tariff.effective_from);
        self
    }

    /// Blocks and cost of an answered call whose sender said neither; nothing where no tariff is in effect.
    pub(crate) fn of_talk(&self, campaign_key: i64, dialed_at: Timestamp, talk_time: i64) -> (i64, Money) {
        self.in_effect(campaign_key, dialed_at).map_or((0, Money::ZERO), |tariff| {
            let blocks = tariff.blocks(talk_time);
            (blocks, tariff.cost(blocks))
        })
    }

    /// Blocks and cost of a call: as the sender gave them, else by the tariff in effect when it was dialled.
    /// `None` where that needs a tariff and there is none.
    pub(crate) fn of(&self, campaign_key: i64, record: &CallRecord, checked: &CheckedCall) -> Option<(i64, Money)> {
        if checked.class != Some(CallClass::Success) {
            return Some((record.blocks.unwrap_or(0), record.cost.unwrap_or(Money::ZERO)));
        }
        if let (Some(blocks), Some(cost)) = (record.blocks, record.cost) {
            return Some((blocks, cost));
        }
        let Some(tariff) = self.in_effect(campaign_key, record.dialed_at) else {
            let given = record.blocks.is_some() || record.cost.is_some();
            return given.then(|| (record.blocks.unwrap_or(0), record.cost.unwrap_or(Money::ZERO)));
        };
        let blocks = record.blocks.unwrap_or_else(|| tariff.blocks(checked.talk_time));
        Some((blocks, record.cost.unwrap_or_else(|| tariff.cost(blocks))))
    }
}
