//! Accounts: the customer organisations.

mod likeness;

use domain::{Account, Country, Currency, Language, Money, Tariff, Timestamp, histogram::ShortCall, time::Zone};

use self::likeness::likeness;
use crate::{
    Conn, Put, Scope, StoreError,
    db::{execute, fetch_all, fetch_one, fetch_optional},
    jobs,
    live::{self, Change},
    put::{checked_name, invalid},
    tariffs,
};

/// An account to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Its name; no two accounts share one.
    pub name: String,
    /// IANA name of its time zone.
    pub timezone: String,
    /// The currency of its tariffs and costs.
    pub currency: Currency,
    /// The language of its mails.
    pub language: Language,
    /// Where its customers are.
    pub country: Country,
}

#[derive(Debug, sqlx_macros::FromRow)]
struct StoredAccount {
    account_id: i64,
    name: String,
    own_name: Option<String>,
    timezone: String,
    currency: String,
    language: String,
    country: String,
    short_call_seconds: i64,
    pricing_again: bool,
    without_price: bool,
}

fn read(stored: StoredAccount) -> Result<Account, StoreError> {
    let StoredAccount {
        account_id: id,
        name: registered,
        own_name,
        timezone,
        currency,
        language,
        country,
        short_call_seconds,
        pricing_again,
        without_price,
    } = stored;
    let broken = |what: &str| StoreError::Broken(format!("{what} of account {id}"));
    Ok(Account {
        id,
        name: own_name.unwrap_or_else(|| registered.clone()),
        registered,
        // The only place that reads the zone's name: whoever has the account has its zone.
        zone: Zone::new(&timezone).map_err(|_| broken(&format!("time zone {timezone}")))?,
        currency: Currency::try_from(currency).map_err(|_| broken("currency"))?,
        language: Language::from_tag(&language).ok_or_else(|| broken("language"))?,
        country: Country::new(&country).map_err(|_| broken("country"))?,
        short_call: ShortCall::from_seconds(short_call_seconds).ok_or_else(|| broken("short_call_seconds"))?,
        pricing_again,
        without_price,
    })
}

/// Adds an account, with a default tariff of 6 + 6 seconds at no price: blocks are counted from the first call on, and
/// cost nothing until somebody says what.
pub async fn add(conn: &mut Conn, account: &NewAccount, now: Timestamp) -> Result<Account, StoreError> {
    let name = checked_name("name", &account.name)?;
    let zone = Zone::new(&account.timezone).map_err(|reason| invalid("timezone", reason))?;
    refuse_alike(conn, &name, None).await?;
    // Two programs that add at once may choose the same number: the later one finds no row inserted, and tries the next.
    let mut id = None;
    for _ in 0..8 {
        if find_by_name(conn, &name).await?.is_some() {
            return Err(invalid("name", "belongs to another account"));
        }
        id = fetch_optional!(
            conn,
            (i64,),
            "INSERT INTO accounts (account_id, name, timezone, currency, language, country, next_key, revision, created_at)
             SELECT COALESCE(MAX(account_id), 0) + 1, $1, $2, $3, $4, $5, 1, 0, $6 FROM accounts WHERE 1 = 1
             ON CONFLICT DO NOTHING
             RETURNING account_id",
            name.as_str(),
            zone.name(),
            account.currency.as_str(),
            account.language.tag(),
            account.country.as_str(),
            now.0,
        )?;
        if id.is_some() {
            break;
        }
    }
    let (id,) = id.ok_or_else(|| StoreError::Broken("accounts.account_id: no number is free".to_owned()))?;
    #[expect(clippy::disallowed_methods, reason = "the account is made here")]
    let scope = Scope::system(id);
    let tariff = Tariff {
        first_block_seconds: 6,
        next_block_seconds: 6,
        price_first_block: Money::ZERO,
        price_next_block: Money::ZERO,
        currency: account.currency.clone(),
        effective_from: Timestamp::MIN,
        vat: None,
    };
    let added = tariffs::put_default(conn, &scope, &tariff).await?;
    debug_assert_eq!(added, Put::Created);
    jobs::enqueue(conn, &scope, &jobs::TidyAccount {}, Some("tidy"), now, now).await?;
    lookup(conn, &scope).await
}

/// Refuses a name that looks like one of another account: whoever runs the service would take one for the other.
async fn refuse_alike(conn: &mut Conn, name: &str, but: Option<i64>) -> Result<(), StoreError> {
    let wanted = likeness(name);
    let others = list(conn).await?.into_iter().filter(|account| Some(account.id) != but);
    let mut names = others.flat_map(|account| [account.registered, account.name]);
    if names.any(|other| likeness(&other) == wanted) {
        return Err(invalid("name", "looks like the name of another account"));
    }
    Ok(())
}

/// The account that is registered by a name.
pub async fn find_by_name(conn: &mut Conn, name: &str) -> Result<Option<Account>, StoreError> {
    let row = fetch_optional!(
        conn,
        StoredAccount,
        "SELECT account_id, name, own_name, timezone, currency, language, country, short_call_seconds,
                EXISTS (SELECT 1 FROM repricings r WHERE r.account_id = accounts.account_id) AS pricing_again,
                NOT EXISTS (SELECT 1 FROM tariffs t WHERE t.account_id = accounts.account_id AND t.price_first_block + t.price_next_block > 0) AS without_price
         FROM accounts
         WHERE name = $1",
        name.trim(),
    )?;
    row.map(read).transpose()
}

/// The account of the scope.
///
/// # Errors
/// Where there is no such account, or the database fails.
pub async fn lookup(conn: &mut Conn, scope: &Scope) -> Result<Account, StoreError> {
    let row = fetch_optional!(
        conn,
        StoredAccount,
        "SELECT account_id, name, own_name, timezone, currency, language, country, short_call_seconds,
                EXISTS (SELECT 1 FROM repricings r WHERE r.account_id = $1) AS pricing_again,
                NOT EXISTS (SELECT 1 FROM tariffs t WHERE t.account_id = $1 AND t.price_first_block + t.price_next_block > 0) AS without_price
         FROM accounts
         WHERE account_id = $1",
        scope.account(),
    )?;
    read(row.ok_or_else(|| no_account(scope))?)
}

/// All accounts, for the operator's commands.
pub async fn list(conn: &mut Conn) -> Result<Vec<Account>, StoreError> {
    let rows = fetch_all!(
        conn,
        StoredAccount,
        "SELECT account_id, name, own_name, timezone, currency, language, country, short_call_seconds,
                EXISTS (SELECT 1 FROM repricings r WHERE r.account_id = accounts.account_id) AS pricing_again,
                NOT EXISTS (SELECT 1 FROM tariffs t WHERE t.account_id = accounts.account_id AND t.price_first_block + t.price_next_block > 0) AS without_price
         FROM accounts
         ORDER BY account_id",
    )?;
    rows.into_iter().map(read).collect()
}

/// Grows with every change that a report can show.
pub async fn revision(conn: &mut Conn, scope: &Scope) -> Result<i64, StoreError> {
    let row = fetch_optional!(conn, (i64,), "SELECT revision FROM accounts WHERE account_id = $1", scope.account())?;
    row.map(|row| row.0).ok_or_else(|| no_account(scope))
}

/// What of an account can be changed at any time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSettings {
    /// What its people call it.
    pub name: String,
    /// The language of its mails.
    pub language: Language,
    /// From how long on a call is no short one.
    pub short_call: ShortCall,
}

impl AccountSettings {
    /// As they are now, to change some of them.
    pub fn of(account: &Account) -> Self {
        Self { name: account.name.clone(), language: account.language, short_call: account.short_call }
    }
}

/// Changes the settings of the account. Whoever runs the service keeps the name that it is registered by, so that nobody learns
/// from a refused name which other accounts there are. Its time zone and currency stay: days and prices are stored in them.
pub async fn put_settings(conn: &mut Conn, scope: &Scope, settings: &AccountSettings) -> Result<Put, StoreError> {
    let settings = AccountSettings { name: checked_name("name", &settings.name)?, ..settings.clone() };
    let before = AccountSettings::of(&lookup(conn, scope).await?);
    if before == settings {
        return Ok(Put::Unchanged);
    }
    let AccountSettings { name, language, short_call } = settings;
    execute!(
        conn,
        "UPDATE accounts
         SET own_name = CASE WHEN name = $2 THEN NULL ELSE $2 END, language = $3, short_call_seconds = $4
         WHERE account_id = $1",
        scope.account(),
        name.as_str(),
        language.tag(),
        i64::from(short_call.seconds()),
    )?;
    if before.short_call != short_call {
        // Reports say the calls by it.
        changed(conn, scope).await?;
    }
    Ok(Put::Updated)
}

/// Registers the account by another name, which its people see from then on. For whoever runs the service.
///
/// # Errors
/// Where it looks like the name of another account.
pub async fn register(conn: &mut Conn, scope: &Scope, name: &str) -> Result<(), StoreError> {
    let name = checked_name("name", name)?;
    refuse_alike(conn, &name, Some(scope.account())).await?;
    execute!(
        conn,
        "UPDATE accounts SET name = $2, own_name = NULL WHERE account_id = $1",
        scope.account(),
        name.as_str(),
    )?;
    Ok(())
}

/// Puts the account into a time zone and gives it a currency. Prices of its tariffs stay the numbers that they are.
///
/// # Errors
/// Where a call is stored: it belongs to a day and hour of the zone, at a price in the currency.
pub async fn put_zone(conn: &mut Conn, scope: &Scope, timezone: &str, currency: &Currency) -> Result<Put, StoreError> {
    let zone = Zone::new(timezone).map_err(|reason| invalid("timezone", reason))?;
    // Who stores calls waits until this is over.
    take_keys(conn, scope, 0).await?;
    let before = lookup(conn, scope).await?;
    if before.zone.name() == zone.name() && before.currency == *currency {
        return Ok(Put::Unchanged);
    }
    if has_calls(conn, scope).await? {
        let field = if before.currency == *currency { "timezone" } else { "currency" };
        return Err(invalid(field, "cannot be changed: the account has calls, which are stored by it"));
    }
    execute!(
        conn,
        "UPDATE accounts SET timezone = $2, currency = $3 WHERE account_id = $1",
        scope.account(),
        zone.name(),
        currency.as_str(),
    )?;
    changed(conn, scope).await?;
    Ok(Put::Updated)
}

/// The country of the account.
pub(crate) async fn country(conn: &mut Conn, scope: &Scope) -> Result<Country, StoreError> {
    lookup(conn, scope).await.map(|account| account.country)
}

/// Puts the account into a country.
///
/// # Errors
/// Where it has customers: their numbers are kept in the form of the country that it was in.
pub async fn put_country(conn: &mut Conn, scope: &Scope, country: Country) -> Result<Put, StoreError> {
    // Who adds customers waits until this is over.
    take_keys(conn, scope, 0).await?;
    if self::country(conn, scope).await? == country {
        return Ok(Put::Unchanged);
    }
    if has_customers(conn, scope).await? {
        return Err(invalid("country", "cannot be changed: the account has customers, whose numbers are read by it"));
    }
    execute!(conn, "UPDATE accounts SET country = $2 WHERE account_id = $1", scope.account(), country.as_str())?;
    Ok(Put::Updated)
}

/// Whether the account has calls.
pub async fn has_calls(conn: &mut Conn, scope: &Scope) -> Result<bool, StoreError> {
    // In the order of an index: of an account with a good part of all calls, PostgreSQL would else read the table, whose beginning may be
    // others'.
    let sql = "SELECT call_key FROM calls WHERE account_id = $1 ORDER BY dialed_at, call_key LIMIT 1";
    Ok(fetch_optional!(conn, (i64,), sql, scope.account())?.is_some())
}

/// Whether the account has customers.
pub async fn has_customers(conn: &mut Conn, scope: &Scope) -> Result<bool, StoreError> {
    // In the order of an index, as whether there are calls.
    let sql = "SELECT contact_no FROM contacts WHERE account_id = $1 ORDER BY campaign_key, contact_no LIMIT 1";
    Ok(fetch_optional!(conn, (i64,), sql, scope.account())?.is_some())
}

fn no_account(scope: &Scope) -> StoreError {
    StoreError::Broken(format!("account {} is not there", scope.account()))
}

/// Takes `n` numbers for new rows and the next revision: `(first number, revision)`.
///
/// TRICKY: this also locks the account until the end of the transaction (on PostgreSQL; SQLite has one writer anyway), so
/// that whoever calls it first reads nothing that another writer of the account is changing.
pub(crate) async fn take_keys(conn: &mut Conn, scope: &Scope, n: i64) -> Result<(i64, i64), StoreError> {
    let row = fetch_optional!(
        conn,
        (i64, i64),
        "UPDATE accounts SET next_key = next_key + $2, revision = revision + 1
         WHERE account_id = $1
         RETURNING next_key - $2, revision",
        scope.account(),
        n,
    )?;
    row.ok_or_else(|| no_account(scope))
}

/// Locks the account until the end of the transaction, so that nobody changes what is read in it before it is changed.
pub async fn lock(conn: &mut Conn, scope: &Scope) -> Result<(), StoreError> {
    execute!(conn, "UPDATE accounts SET revision = revision WHERE account_id = $1", scope.account())?;
    Ok(())
}

/// Gives the account its next revision, which is announced when the transaction commits.
pub(crate) async fn changed(conn: &mut Conn, scope: &Scope) -> Result<(), StoreError> {
    let (_, revision) = take_keys(conn, scope, 0).await?;
    live::publish(conn, Change { account: scope.account(), revision }).await
}

/// Whether the database answers.
pub async fn ping(conn: &mut Conn) -> Result<(), StoreError> {
    fetch_one!(conn, (i64,), "SELECT COUNT(*) FROM accounts").map(|_| ())
}
