//! `ringside account add`, `list`, `set`, `country` and `recordings`.

use domain::{Country, Currency, Language, Timestamp, histogram::ShortCall, time::Zone};
use serde_json::json;
use store::{
    Conn, Put, Scope, StoreError,
    accounts::{self, AccountSettings, NewAccount},
    audit::{self, Action, Actor, Event},
    quotas::{self, Quota, Quotas},
    recording_fetches,
};

use super::{Failure, account_named, account_usage, open, scope_of};
use crate::{
    clock,
    settings::Settings,
    web::{changes, connecting},
};

/// An account as it is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct AddAccount {
    /// Its name; --account takes it elsewhere
    name: String,
    /// Its time zone: calls belong to days and hours of it, so it can be changed only while there are none
    #[arg(long, default_value = "Asia/Ho_Chi_Minh", value_parser = zone)]
    timezone: String,
    /// The currency of its tariffs
    #[arg(long, default_value = "VND", value_parser = |text: &str| Currency::new(text))]
    currency: Currency,
    /// The language of its mails and of pages before somebody chose one: vi or en
    #[arg(long, default_value = "vi")]
    language: Language,
    /// Where its customers are, by two letters (ISO 3166): how numbers are read that name no country
    #[arg(long, default_value = "VN", value_parser = |text: &str| Country::new(text))]
    country: Country,
    /// What becomes of recordings that calls name by address: fetched and kept here, or left where they are
    #[arg(long, value_enum, default_value = "fetch")]
    recordings: NamedRecordings,
    #[command(flatten)]
    limits: QuotaArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum NamedRecordings {
    Fetch,
    Leave,
}

fn zone(name: &str) -> Result<String, &'static str> {
    Zone::new(name).map(|zone| zone.name().to_owned())
}

pub(super) async fn add(settings: &Settings, arguments: AddAccount) -> Result<(), Failure> {
    let AddAccount { name, timezone, currency, language, country, recordings, limits } = arguments;
    let db = open(settings).await?;
    let mut conn = db.write().await?;
    let now = (clock::system())();
    let new = NewAccount { name, timezone, currency, language, country };
    let account = accounts::add(&mut conn, &new, now).await?;
    let scope = scope_of(&account);
    if recordings == NamedRecordings::Fetch {
        recording_fetches::set_enabled(&mut conn, &scope, true, now).await?;
    }
    audit::record(&mut conn, &scope, &Actor::operator(), &changes::account_made(&account), now).await?;
    limits.put(&mut conn, &scope, now).await?;
    conn.commit().await?;
    db.close().await;
    let (zone, currency, country) = (account.zone.name(), &account.currency, account.country);
    println!("Added the account {:?}: time zone {zone}, currency {currency}, country {country}", account.registered);
    Ok(())
}

/// How a list of all accounts is printed.
#[derive(Debug, clap::Args)]
pub(super) struct ListAccounts {
    /// As JSON, for programs
    #[arg(long)]
    json: bool,
}

pub(super) async fn list(settings: &Settings, ListAccounts { json }: ListAccounts) -> Result<(), Failure> {
    let db = open(settings).await?;
    let mut conn = db.read().await?;
    let (now, mut printed) = ((clock::system())(), Vec::new());
    for account in accounts::list(&mut conn).await? {
        let scope = scope_of(&account);
        let used = quotas::used(&mut conn, &scope, account.zone, now).await?;
        let quotas = quotas::read(&mut conn, &scope).await?;
        if json {
            printed.push(account_usage::described(&account, &quotas));
            continue;
        }
        let of =
            |quota: Quota, unit: i64| format!("{} of {}", used.of(quota) / unit, shown_limit(quotas.of(quota), unit));
        let (zone, currency, language) = (account.zone.name(), &account.currency, account.language.tag());
        let (calls, gb, people) = (of(Quota::Calls, 1), of(Quota::Recordings, GB), of(Quota::People, 1));
        print!("{}\t{zone}\t{currency}\t{language}\t{}", account.registered, account.country);
        println!("\tcalls this month: {calls}\tGB of recordings: {gb}\tpeople: {people}");
    }
    drop(conn);
    db.close().await;
    if json {
        println!("{:#}", serde_json::Value::Array(printed));
    }
    Ok(())
}

fn short_call(text: &str) -> Result<ShortCall, &'static str> {
    text.parse().ok().and_then(ShortCall::from_seconds).ok_or("must be 5 or 10")
}

/// What is changed of an account.
#[derive(Debug, clap::Args)]
pub(super) struct SetAccount {
    /// The account, by the name it is registered by
    account: String,
    /// Its new name
    #[arg(long)]
    name: Option<String>,
    /// The language of its mails and of pages before somebody chose one: vi or en
    #[arg(long)]
    language: Option<Language>,
    /// The zone of its days, while it has no calls
    #[arg(long, value_parser = zone)]
    timezone: Option<String>,
    /// The currency of its prices, while it has no calls
    #[arg(long, value_parser = |text: &str| Currency::new(text))]
    currency: Option<Currency>,
    /// From how many seconds of talk on a call is no short one: 5 or 10
    #[arg(long, value_name = "SECONDS", value_parser = short_call)]
    short_call: Option<ShortCall>,
    #[command(flatten)]
    limits: QuotaArguments,
}

/// How much an account may use.
#[derive(Debug, clap::Args)]
struct QuotaArguments {
    /// Calls that may begin in a month, or none for no limit
    #[arg(long, value_name = "N", value_parser = limit)]
    calls: Option<Limit>,
    /// GB of recordings that may be kept, or none for no limit
    #[arg(long, value_name = "N", value_parser = limit)]
    gb: Option<Limit>,
    /// People who may belong to it or be invited, or none for no limit
    #[arg(long, value_name = "N", value_parser = limit)]
    people: Option<Limit>,
}

impl QuotaArguments {
    /// Sets those that were given, and tells the log of it. Gives what each of them was, and is now, for whoever set it.
    async fn put(&self, conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<Vec<SetValue>, StoreError> {
        let before = quotas::read(conn, scope).await?;
        let after = Quotas {
            calls: self.calls.map_or(before.calls, |Limit(limit)| limit),
            recording_bytes: self.gb.map_or(before.recording_bytes, |Limit(gb)| gb.map(|gb| gb.saturating_mul(GB))),
            people: self.people.map_or(before.people, |Limit(limit)| limit),
        };
        let given = [
            (self.calls.is_some(), "calls that may begin in a month", Quota::Calls, 1),
            (self.gb.is_some(), "GB of recordings", Quota::Recordings, GB),
            (self.people.is_some(), "people", Quota::People, 1),
        ];
        let of = |quotas: &Quotas, quota, unit| shown_limit(quotas.of(quota), unit);
        let set = given.into_iter().filter(|(given, ..)| *given);
        let set =
            set.map(|(_, name, quota, unit)| SetValue::new(name, of(&before, quota, unit), of(&after, quota, unit)));
        let set = set.collect();
        if quotas::put(conn, scope, &after, now).await? != Put::Unchanged {
            let event = Event::of(Action::QuotasChanged, "");
            let event = event.with(changes::between(Some(changes::quotas(&before)), changes::quotas(&after)));
            audit::record(conn, scope, &Actor::operator(), &event, now).await?;
        }
        Ok(set)
    }
}

/// Something of an account that was set, as it is told to who set it.
struct SetValue {
    name: &'static str,
    before: String,
    after: String,
}

impl SetValue {
    fn new(name: &'static str, before: impl ToString, after: impl ToString) -> Self {
        Self { name, before: before.to_string(), after: after.to_string() }
    }
}

impl std::fmt::Display for SetValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, before, after } = self;
        if before == after {
            write!(f, "{name}: {after}, as before")
        } else {
            write!(f, "{name}: {after} (before: {before})")
        }
    }
}

/// A quota as it is printed, in its unit.
fn shown_limit(limit: Option<i64>, unit: i64) -> String {
    limit.map_or_else(|| "no limit".to_owned(), |limit| (limit / unit).to_string())
}

/// Bytes of a gigabyte, as sizes of files are written.
const GB: i64 = 1 << 30;
/// The largest quota.
const MOST: i64 = 1_000_000_000_000;

/// A quota as it is asked for.
#[derive(Debug, Clone, Copy)]
struct Limit(Option<i64>);

fn limit(text: &str) -> Result<Limit, &'static str> {
    if text == "none" {
        return Ok(Limit(None));
    }
    let number = text.parse().ok().filter(|number| (0..=MOST).contains(number));
    number.map(|number| Limit(Some(number))).ok_or("must be a whole number, or none")
}

pub(super) async fn set(settings: &Settings, arguments: SetAccount) -> Result<(), Failure> {
    let SetAccount { account, name, language, timezone, currency, short_call, limits } = arguments;
    let (db, now) = (open(settings).await?, (clock::system())());
    let mut conn = db.write().await?;
    let account = account_named(&mut conn, &account).await?;
    let scope = scope_of(&account);
    let quotas = limits.put(&mut conn, &scope, now).await?;
    if let Some(name) = &name {
        accounts::register(&mut conn, &scope, name).await?;
    }
    if timezone.is_some() || currency.is_some() {
        let timezone = timezone.as_deref().unwrap_or(account.zone.name());
        let currency = currency.as_ref().unwrap_or(&account.currency);
        accounts::put_zone(&mut conn, &scope, timezone, currency).await?;
    }
    let known = accounts::lookup(&mut conn, &scope).await?;
    let settings = AccountSettings {
        name: known.name.clone(),
        language: language.unwrap_or(known.language),
        short_call: short_call.unwrap_or(known.short_call),
    };
    accounts::put_settings(&mut conn, &scope, &settings).await?;
    let mut details = changes::of_settings(&AccountSettings::of(&account), &settings);
    if account.registered != known.registered {
        details["before"]["registered"] = json!(account.registered);
        details["after"]["registered"] = json!(known.registered);
    }
    if (account.zone.name(), &account.currency) != (known.zone.name(), &known.currency) {
        for (when, of) in [("before", &account), ("after", &known)] {
            details[when]["timezone"] = json!(of.zone.name());
            details[when]["currency"] = json!(of.currency);
        }
    }
    if details["before"] != details["after"] {
        let event = Event::of(Action::AccountChanged, "").with(details);
        audit::record(&mut conn, &scope, &Actor::operator(), &event, now).await?;
    }
    conn.commit().await?;
    db.close().await;
    let seconds = |of: ShortCall| format!("{} s", of.seconds());
    let of_account = [
        (name.is_some(), SetValue::new("name", &account.registered, &known.registered)),
        (language.is_some(), SetValue::new("language", account.language.tag(), settings.language.tag())),
        (timezone.is_some(), SetValue::new("time zone", account.zone.name(), known.zone.name())),
        (currency.is_some(), SetValue::new("currency", &account.currency, &known.currency)),
        (
            short_call.is_some(),
            SetValue::new("short calls are under", seconds(account.short_call), seconds(settings.short_call)),
        ),
    ];
    let of_account = of_account.into_iter().filter(|(given, _)| *given).map(|(_, value)| value);
    let set: Vec<SetValue> = of_account.chain(quotas).collect();
    if set.is_empty() {
        println!("Nothing was set of the account {:?}: see ringside help account set", known.registered);
    } else {
        println!("The account {:?}:", known.registered);
        for value in &set {
            println!("  {value}");
        }
    }
    Ok(())
}

/// Where the customers of an account are.
#[derive(Debug, clap::Args)]
pub(super) struct InCountry {
    /// The account, by the name it is registered by
    account: String,
    /// The country by two letters (ISO 3166)
    #[arg(value_parser = |text: &str| Country::new(text))]
    country: Country,
}

pub(super) async fn put_country(settings: &Settings, arguments: InCountry) -> Result<(), Failure> {
    let InCountry { account, country } = arguments;
    let (db, now) = (open(settings).await?, (clock::system())());
    let mut conn = db.write().await?;
    let account = account_named(&mut conn, &account).await?;
    let scope = scope_of(&account);
    accounts::put_country(&mut conn, &scope, country).await?;
    let details = changes::between(
        Some(json!({"country": account.country.to_string()})),
        json!({"country": country.to_string()}),
    );
    let event = Event::of(Action::AccountChanged, "").with(details);
    audit::record(&mut conn, &scope, &Actor::operator(), &event, now).await?;
    conn.commit().await?;
    db.close().await;
    println!("The customers of {:?} are in {country}", account.registered);
    Ok(())
}

/// Whether recordings are fetched.
#[derive(Debug, clap::Args)]
pub(super) struct FetchArguments {
    /// The account, by the name it is registered by
    account: String,
    /// fetch: from now on, those of stored calls as well; leave: no longer; retry: those that were given up, once more
    #[arg(value_enum)]
    what: FetchSetting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FetchSetting {
    Fetch,
    Leave,
    Retry,
}

pub(super) async fn recordings(settings: &Settings, arguments: FetchArguments) -> Result<(), Failure> {
    let FetchArguments { account, what } = arguments;
    let (db, now) = (open(settings).await?, (clock::system())());
    let mut conn = db.write().await?;
    let account = account_named(&mut conn, &account).await?;
    let scope = scope_of(&account);
    let (event, said) = match what {
        FetchSetting::Fetch => {
            let (waiting, event) = connecting::set_fetched(&mut conn, &scope, true, now).await?;
            let name = &account.registered;
            (event, format!("Recordings of {name:?} are fetched from their addresses: {waiting} of stored calls"))
        }
        FetchSetting::Leave => {
            let (_, event) = connecting::set_fetched(&mut conn, &scope, false, now).await?;
            (event, format!("Recordings of {:?} are left where they are", account.registered))
        }
        FetchSetting::Retry => {
            let (waiting, event) = connecting::fetch_again(&mut conn, &scope, None, now).await?;
            (event, format!("{waiting} recordings of {:?} are fetched once more", account.registered))
        }
    };
    if let Some(event) = event {
        audit::record(&mut conn, &scope, &Actor::operator(), &event, now).await?;
    }
    conn.commit().await?;
    db.close().await;
    println!("{said}");
    Ok(())
}
