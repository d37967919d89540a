//! The account's own settings.

use axum::{Json, extract::State, response::Response};
use domain::{Country, Currency, FieldError, Language, histogram::ShortCall};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{
    Conn, Put, Scope, StoreError, accounts,
    audit::{Action, Event},
    recording_fetches,
};
use utoipa::ToSchema;

use super::{PutAnswer, put_answer};
use crate::{
    context::SharedContext,
    web::{
        changes,
        database::{Database, Snapshot},
        json::Record,
        problem::Problem,
        token::{Manage, Sender},
    },
};

/// What is set of the account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccountSettings {
    /// What its people call it.
    name: String,
    /// The language of its mails and of pages before somebody chose one.
    #[schema(value_type = String, example = "vi")]
    language: &'static str,
    /// Where its customers are (ISO 3166): how numbers are read that name no country.
    #[schema(value_type = String, example = "VN")]
    country: String,
    /// Its time zone: calls belong to days of it, so it stays once there are some.
    #[schema(example = "Asia/Ho_Chi_Minh")]
    timezone: String,
    /// The currency of its tariffs, which stays once there are calls.
    #[schema(value_type = String, example = "VND")]
    currency: Currency,
    /// Whether recordings that calls name by address are fetched.
    fetch_recordings: bool,
    /// From how many seconds of talk on a call is no short one: 5 or 10.
    #[schema(example = 5)]
    short_call_seconds: u8,
}

async fn read(conn: &mut Conn, scope: &Scope) -> Result<AccountSettings, StoreError> {
    let account = accounts::lookup(conn, scope).await?;
    Ok(AccountSettings {
        language: account.language.tag(),
        country: account.country.to_string(),
        timezone: account.zone.name().to_owned(),
        fetch_recordings: recording_fetches::is_enabled(conn, scope).await?,
        short_call_seconds: account.short_call.seconds(),
        name: account.name,
        currency: account.currency,
    })
}

/// What of the account is changed. What is left out stays as it was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountBody {
    /// Its name, 1 to 300 characters.
    #[serde(default)]
    name: Option<String>,
    /// `vi` or `en`.
    #[serde(default)]
    language: Option<String>,
    /// Where its customers are, while it has none.
    #[serde(default)]
    country: Option<String>,
    /// The zone of its days, by its IANA name, while it has no calls.
    #[serde(default)]
    timezone: Option<String>,
    /// The currency of its prices, while it has no calls.
    #[serde(default)]
    currency: Option<String>,
    /// Whether recordings that calls name by address are fetched, those of stored calls as well.
    #[serde(default)]
    fetch_recordings: Option<bool>,
    /// From how many seconds of talk on a call is no short one: 5 or 10.
    #[serde(default)]
    short_call_seconds: Option<i64>,
}

/// The account's own settings
#[utoipa::path(get, path = "/api/v1/account", tag = "managing",
    responses((status = 200, description = "All of them", body = AccountSettings),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn lookup(
    Sender(scope, ..): Sender<Manage>,
    Snapshot(mut conn): Snapshot,
) -> Result<Json<AccountSettings>, Problem> {
    Ok(Json(read(&mut conn, &scope).await?))
}

/// Changes the account's own settings
#[utoipa::path(put, path = "/api/v1/account", tag = "managing", request_body = AccountBody,
    responses((status = 200, description = "What became of it", body = PutAnswer),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Record(body): Record<AccountBody>,
) -> Result<Response, Problem> {
    let AccountBody { name, language, country, timezone, currency, fetch_recordings, short_call_seconds } = body;
    let wrong = |field: &str, reason: &str| Problem::invalid(FieldError::new(field, reason));
    let short_call = short_call_seconds
        .map(|seconds| ShortCall::from_seconds(seconds).ok_or_else(|| wrong("short_call_seconds", "must be 5 or 10")));
    let short_call = short_call.transpose()?;
    let language = language.map(|tag| tag.parse::<Language>().map_err(|reason| wrong("language", reason)));
    let country = country.map(|word| Country::new(&word).map_err(|reason| wrong("country", &reason.to_string())));
    let currency = currency.map(|code| Currency::new(code).map_err(|reason| wrong("currency", reason)));
    let (language, country, currency) = (language.transpose()?, country.transpose()?, currency.transpose()?);
    let (scope, now) = (&sender.0, (context.clock)());
    let mut conn = sender.write(&mut database).await?;
    let (account, before) = (accounts::lookup(&mut conn, scope).await?, read(&mut conn, scope).await?);
    let settings = accounts::AccountSettings {
        name: name.unwrap_or(account.name),
        language: language.unwrap_or(account.language),
        short_call: short_call.unwrap_or(account.short_call),
    };
    accounts::put_settings(&mut conn, scope, &settings).await?;
    if let Some(country) = country {
        accounts::put_country(&mut conn, scope, country).await?;
    }
    if timezone.is_some() || currency.is_some() {
        let timezone = timezone.as_deref().unwrap_or(account.zone.name());
        accounts::put_zone(&mut conn, scope, timezone, &currency.unwrap_or(account.currency)).await?;
    }
    if let Some(enabled) = fetch_recordings.filter(|enabled| *enabled != before.fetch_recordings) {
        recording_fetches::set_enabled(&mut conn, scope, enabled, now).await?;
    }
    let after = read(&mut conn, scope).await?;
    let (before, after) = (said(&before), said(&after));
    if before == after {
        return Ok(put_answer(Put::Unchanged));
    }
    let event = Event::of(Action::AccountChanged, "").with(changes::between(Some(before), after));
    sender.commit(conn, &event, now).await?;
    Ok(put_answer(Put::Updated))
}

/// What can be changed, as the log says it.
fn said(account: &AccountSettings) -> Value {
    json!({
        "name": account.name,
        "language": account.language,
        "country": account.country,
        "timezone": account.timezone,
        "currency": account.currency,
        "fetch_recordings": account.fetch_recordings,
        "short_call_seconds": account.short_call_seconds,
    })
}
