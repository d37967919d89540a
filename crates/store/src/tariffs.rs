//! Tariffs: of the account, and of campaigns that have their own.

use std::collections::{HashMap, HashSet};

use domain::{CampaignId, Currency, Money, Tariff, Timestamp, Vat};

use crate::{
    Conn, Put, Scope, StoreError, accounts,
    db::{execute, fetch_all, fetch_optional},
    put::invalid,
};

/// The `campaign_key` of the account's default tariffs.
const DEFAULT: i64 = 0;

/// The prices in a row of `tariffs`.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub(crate) struct TariffRow {
    effective_from: i64,
    first_block_seconds: i64,
    next_block_seconds: i64,
    price_first_block: i64,
    price_next_block: i64,
    vat: Option<String>,
}

/// The same with the campaign that the tariff is of.
#[derive(Debug, sqlx_macros::FromRow)]
pub(crate) struct CampaignTariffRow {
    pub(crate) campaign_key: i64,
    #[sqlx(flatten)]
    pub(crate) tariff: TariffRow,
}

impl TariffRow {
    fn of(tariff: &Tariff) -> Self {
        Self {
            effective_from: tariff.effective_from.0,
            first_block_seconds: i64::from(tariff.first_block_seconds),
            next_block_seconds: i64::from(tariff.next_block_seconds),
            price_first_block: tariff.price_first_block.0,
            price_next_block: tariff.price_next_block.0,
            vat: tariff.vat.map(|vat| vat.word().to_owned()),
        }
    }

    pub(crate) fn read(self, currency: &Currency) -> Tariff {
        Tariff {
            first_block_seconds: self.first_block_seconds as u32,
            next_block_seconds: self.next_block_seconds as u32,
            price_first_block: Money(self.price_first_block),
            price_next_block: Money(self.price_next_block),
            currency: currency.clone(),
            effective_from: Timestamp(self.effective_from),
            vat: self.vat.as_deref().and_then(Vat::from_word),
        }
    }
}

/// Sets the account's tariff from an instant on. Calls that are stored keep their price.
pub async fn put_default(conn: &mut Conn, scope: &Scope, tariff: &Tariff) -> Result<Put, StoreError> {
    accounts::take_keys(conn, scope, 0).await?;
    let currency = accounts::lookup(conn, scope).await?.currency;
    put_checked(conn, scope, DEFAULT, tariff, &currency, "").await
}

/// The tariffs of the account that no call has, by when they take effect: none was dialled while they were in effect. The first of all is none
/// of them: what is dialled needs a price.
pub async fn without_calls(conn: &mut Conn, scope: &Scope) -> Result<HashSet<Timestamp>, StoreError> {
    let rows = fetch_all!(
        conn,
        (i64,),
        "SELECT t.effective_from
         FROM tariffs t
         WHERE t.account_id = $1 AND t.campaign_key = 0
           AND EXISTS (SELECT 1 FROM tariffs b
                       WHERE b.account_id = $1 AND b.campaign_key = 0 AND b.effective_from < t.effective_from)
           AND NOT EXISTS (SELECT 1 FROM calls c
                           WHERE c.account_id = $1 AND c.dialed_at >= t.effective_from
                             AND c.dialed_at < COALESCE((SELECT MIN(n.effective_from) FROM tariffs n
                                                         WHERE n.account_id = $1 AND n.campaign_key = 0
                                                           AND n.effective_from > t.effective_from), $2))",
        scope.account(),
        i64::MAX,
    )?;
    Ok(rows.into_iter().map(|(from,)| Timestamp(from)).collect())
}

/// Takes a tariff of the account away that no call has. `false`: there is none from that instant on.
///
/// # Errors
/// Where calls were dialled while it was in effect, and where it is the first.
pub async fn delete_default(conn: &mut Conn, scope: &Scope, effective_from: Timestamp) -> Result<bool, StoreError> {
    accounts::take_keys(conn, scope, 0).await?;
    if !list(conn, scope).await?.iter().any(|tariff| tariff.effective_from == effective_from) {
        return Ok(false);
    }
    if !without_calls(conn, scope).await?.contains(&effective_from) {
        return Err(invalid(
            "effective_from",
            "is of the first tariff, or of one that calls were dialled under: they have its price",
        ));
    }
    let sql = "DELETE FROM tariffs WHERE account_id = $1 AND campaign_key = 0 AND effective_from = $2";
    let deleted = execute!(conn, sql, scope.account(), effective_from.0)?;
    if deleted > 0 {
        accounts::changed(conn, scope).await?;
    }
    Ok(deleted > 0)
}

/// Sets a campaign's own tariff. The caller has locked the account.
pub(crate) async fn put_of_campaign(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    tariff: &Tariff,
    currency: &Currency,
) -> Result<Put, StoreError> {
    put_checked(conn, scope, campaign_key, tariff, currency, "tariff.").await
}

async fn put_checked(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    tariff: &Tariff,
    currency: &Currency,
    field_prefix: &str,
) -> Result<Put, StoreError> {
    let wrong = |field: &str, reason: &str| invalid(&format!("{field_prefix}{field}"), reason);
    tariff.check().map_err(|(field, reason)| wrong(field, reason))?;
    if tariff.currency != *currency {
        return Err(wrong("currency", &format!("must be {currency}, the currency of the account")));
    }
    if !(Timestamp::MIN..=Timestamp::MAX).contains(&tariff.effective_from) {
        return Err(wrong("effective_from", "lies outside the years 1970 to 2199"));
    }
    let row = TariffRow::of(tariff);
    let before = fetch_optional!(
        conn,
        TariffRow,
        "SELECT effective_from, first_block_seconds, next_block_seconds, price_first_block, price_next_block, vat
         FROM tariffs
         WHERE account_id = $1 AND campaign_key = $2 AND effective_from = $3",
        scope.account(),
        campaign_key,
        row.effective_from,
    )?;
    if before.as_ref() == Some(&row) {
        return Ok(Put::Unchanged);
    }
    execute!(
        conn,
        "INSERT INTO tariffs (account_id, campaign_key, effective_from, first_block_seconds, next_block_seconds,
                              price_first_block, price_next_block, vat)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (account_id, campaign_key, effective_from) DO UPDATE
         SET first_block_seconds = excluded.first_block_seconds, next_block_seconds = excluded.next_block_seconds,
             price_first_block = excluded.price_first_block, price_next_block = excluded.price_next_block,
             vat = excluded.vat",
        scope.account(),
        campaign_key,
        row.effective_from,
        row.first_block_seconds,
        row.next_block_seconds,
        row.price_first_block,
        row.price_next_block,
        row.vat.as_deref(),
    )?;
    Ok(if before.is_some() { Put::Updated } else { Put::Created })
}

/// The account's default tariffs, the latest first.
pub async fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Tariff>, StoreError> {
    let currency = accounts::lookup(conn, scope).await?.currency;
    let rows = fetch_all!(
        conn,
        TariffRow,
        "SELECT effective_from, first_block_seconds, next_block_seconds, price_first_block, price_next_block, vat
         FROM tariffs
         WHERE account_id = $1 AND campaign_key = 0
         ORDER BY effective_from DESC",
        scope.account(),
    )?;
    Ok(rows.into_iter().map(|row| row.read(&currency)).collect())
}

/// A campaign's own tariffs, the latest first; none where it has none, or there is no such campaign.
pub async fn list_of_campaign(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignId,
) -> Result<Vec<Tariff>, StoreError> {
    let currency = accounts::lookup(conn, scope).await?.currency;
    let rows = fetch_all!(
        conn,
        TariffRow,
        "SELECT t.effective_from, t.first_block_seconds, t.next_block_seconds, t.price_first_block, t.price_next_block,
                t.vat
         FROM tariffs t
         JOIN campaigns c ON c.account_id = $1 AND c.campaign_key = t.campaign_key
         WHERE t.account_id = $1 AND c.id = $2
         ORDER BY t.effective_from DESC",
        scope.account(),
        campaign.as_str(),
    )?;
    Ok(rows.into_iter().map(|row| row.read(&currency)).collect())
}

/// The latest own tariff of each campaign that has one, among the campaigns whose keys are `first..=last`.
pub(crate) async fn of_campaigns(
    conn: &mut Conn,
    scope: &Scope,
    first: i64,
    last: i64,
    currency: &Currency,
) -> Result<HashMap<i64, Tariff>, StoreError> {
    let rows = fetch_all!(
        conn,
        CampaignTariffRow,
        "SELECT campaign_key, effective_from, first_block_seconds, next_block_seconds, price_first_block,
                price_next_block, vat
         FROM tariffs
         WHERE account_id = $1 AND campaign_key BETWEEN $2 AND $3 AND campaign_key > 0
         ORDER BY campaign_key, effective_from",
        scope.account(),
        first,
        last,
    )?;
    // In order: the latest of a campaign replaces the ones before it.
    Ok(rows.into_iter().map(|row| (row.campaign_key, row.tariff.read(currency))).collect())
}
