//! The forms about recordings that are fetched from the addresses that calls name; the page is that of connections.

use app::{
    Text,
    hooks::recording_forms::{AskedCredential, HOST, SECRET, SET_CREDENTIAL},
    session::Preferences,
};
use axum::{Extension, Form, extract::State, response::Response};
use domain::{CallId, Role, limits::RECORDING_CREDENTIALS};
use serde_json::json;
use store::{
    StoreError,
    audit::{self, Action, Event},
    calls,
    recording_credentials::{self, Credential},
    recording_fetches,
};

use super::hooks::{PAGE, SentForm, not_sealed, only_owners};
use crate::{
    context::SharedContext,
    web::{
        actor::Acting, browser, database::Database, path::Id, problem::Problem, refused::FormPairs, routes::Routes,
        session::Reader,
    },
};

pub fn routes() -> Routes {
    Routes::new()
        .post("/hooks/recordings", set_enabled)
        .post("/hooks/recordings/again", all_again)
        .post("/hooks/credentials", put_credential)
        .post("/hooks/credentials/remove", remove_credential)
        .post("/calls/{id}/recording/again", one_again)
}

/// The first value of a name.
fn value<'a>(pairs: &'a FormPairs, name: &str) -> Option<&'a str> {
    pairs.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
}

async fn set_enabled(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    Acting(actor): Acting,
    database: Database,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    only_owners(&who)?;
    let enabled = match value(&pairs, "fetch") {
        Some("yes") => true,
        Some("no") => false,
        _ => return Err(Problem::field("fetch", "must be yes or no")),
    };
    let mut conn = database.write().await?;
    recording_fetches::set_enabled(&mut conn, &who.scope, enabled, (context.clock)()).await?;
    let event = Event::of(Action::RecordingSettingsChanged, "").with(json!({"fetched": enabled}));
    audit::record(&mut conn, &who.scope, &actor, &event, (context.clock)()).await?;
    conn.commit().await?;
    Ok(browser::see_other(PAGE))
}

async fn all_again(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    database: Database,
) -> Result<Response, Problem> {
    only_owners(&who)?;
    let mut conn = database.write().await?;
    recording_fetches::again(&mut conn, &who.scope, None, (context.clock)()).await?;
    conn.commit().await?;
    Ok(browser::see_other(PAGE))
}

async fn put_credential(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    Acting(actor): Acting,
    database: Database,
    Extension(preferences): Extension<Preferences>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    only_owners(&who)?;
    let action = "/hooks/credentials".to_owned();
    let form = SentForm { context: &context, preferences, account: who.account.id, form: &SET_CREDENTIAL, action };
    let values = match SET_CREDENTIAL.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(form.refused(&filled)),
    };
    let asked = match AskedCredential::of(&values) {
        Ok(asked) => asked,
        Err((field, error)) => return Ok(form.refused(&SET_CREDENTIAL.typed(&pairs).refused(field, error))),
    };
    let secret = context.sealer.seal(who.scope.account(), values.text(&SECRET));
    let credential = Credential {
        host: asked.host,
        scheme: asked.scheme,
        name: asked.name,
        sealed_secret: secret.map_err(|error| not_sealed(&error))?,
        changed_at: (context.clock)(),
    };
    let mut conn = database.write().await?;
    match recording_credentials::put(&mut conn, &who.scope, &credential).await {
        Ok(_) => {}
        Err(StoreError::Invalid(_)) => {
            let words = Text(preferences.language).credentials_full(&RECORDING_CREDENTIALS.to_string());
            return Ok(form.refused(&SET_CREDENTIAL.typed(&pairs).failed(words, &[HOST])));
        }
        Err(error) => return Err(error.into()),
    }
    let event = Event::of(Action::RecordingSettingsChanged, credential.host).with(json!({"credential": "put"}));
    audit::record(&mut conn, &who.scope, &actor, &event, (context.clock)()).await?;
    conn.commit().await?;
    Ok(browser::see_other(PAGE))
}

async fn remove_credential(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    Acting(actor): Acting,
    database: Database,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    only_owners(&who)?;
    let mut conn = database.write().await?;
    let host = value(&pairs, "host").unwrap_or_default();
    if !recording_credentials::delete(&mut conn, &who.scope, host).await? {
        return Err(Problem::not_found("credential"));
    }
    let event = Event::of(Action::RecordingSettingsChanged, host).with(json!({"credential": "removed"}));
    audit::record(&mut conn, &who.scope, &actor, &event, (context.clock)()).await?;
    conn.commit().await?;
    Ok(browser::see_other(PAGE))
}

/// Tries one recording anew, which managers may. `back` is where the button was.
async fn one_again(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    database: Database,
    Id(call): Id<CallId>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let mut conn = database.write().await?;
    calls::lookup(&mut conn, &who.scope, &call).await?.ok_or_else(|| Problem::not_found("call"))?;
    if !who.scope.role().may(Role::Manager) {
        return Err(Problem::forbidden("this is for managers and owners"));
    }
    recording_fetches::again(&mut conn, &who.scope, Some(&call), (context.clock)()).await?;
    conn.commit().await?;
    Ok(browser::see_other(browser::local_path(value(&pairs, "back"))))
}
