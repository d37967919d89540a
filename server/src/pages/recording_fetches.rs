//! The forms about recordings that are fetched from the addresses that calls name; the page is that of connections.

use app::hooks::recording_forms::{AskedCredential, HOST, SECRET, SET_CREDENTIAL};
use axum::{Form, response::Response};
use domain::{CallId, Role, limits::RECORDING_CREDENTIALS};
use store::{StoreError, calls};

use super::hooks::{done, refused};
use crate::web::{
    browser,
    connecting::{self, AskedServer, NotSet},
    database::Database,
    editing::Editing,
    path::Id,
    problem::Problem,
    refused::FormPairs,
    routes::Routes,
};

const CREDENTIALS: &str = "/hooks/credentials";

pub fn routes() -> Routes {
    Routes::new()
        .post("/hooks/recordings", set_enabled)
        .post("/hooks/recordings/again", all_again)
        .post(CREDENTIALS, put_credential)
        .post("/hooks/credentials/remove", remove_credential)
        .post("/calls/{id}/recording/again", one_again)
}

/// The first value of a name.
fn value<'a>(pairs: &'a FormPairs, name: &str) -> Option<&'a str> {
    pairs.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
}

async fn set_enabled(
    editing: Editing,
    mut database: Database,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let enabled = match value(&pairs, "fetch") {
        Some("yes") => true,
        Some("no") => false,
        _ => return Err(Problem::field("fetch", "must be yes or no")),
    };
    let mut conn = editing.write(&mut database).await?;
    let (_, event) = connecting::set_fetched(&mut conn, &editing.who.scope, enabled, editing.now()).await?;
    done(&editing, conn, event).await
}

async fn all_again(editing: Editing, mut database: Database) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let mut conn = editing.write(&mut database).await?;
    let (_, event) = connecting::fetch_again(&mut conn, &editing.who.scope, None, editing.now()).await?;
    done(&editing, conn, event).await
}

async fn put_credential(
    editing: Editing,
    mut database: Database,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let values = match SET_CREDENTIAL.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(refused(&editing, &SET_CREDENTIAL, CREDENTIALS, &filled)),
    };
    let asked = match AskedCredential::of(&values) {
        Ok(asked) => asked,
        Err((field, error)) => {
            let filled = SET_CREDENTIAL.typed(&pairs).refused(field, error);
            return Ok(refused(&editing, &SET_CREDENTIAL, CREDENTIALS, &filled));
        }
    };
    let AskedCredential { host, scheme, name } = &asked;
    let asked = AskedServer { host, scheme: *scheme, name, secret: values.text(&SECRET) };
    let (scope, sealer) = (&editing.who.scope, &editing.context.sealer);
    let mut conn = editing.write(&mut database).await?;
    match connecting::put_server(&mut conn, scope, sealer, &asked, editing.now()).await {
        Ok((_, event)) => done(&editing, conn, event).await,
        Err(NotSet::Store(StoreError::Invalid(_))) => {
            let words = editing.text().credentials_full(&RECORDING_CREDENTIALS.to_string());
            let filled = SET_CREDENTIAL.typed(&pairs).failed(words, &[HOST]);
            Ok(refused(&editing, &SET_CREDENTIAL, CREDENTIALS, &filled))
        }
        Err(error) => Err(error.into()),
    }
}

async fn remove_credential(
    editing: Editing,
    mut database: Database,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let mut conn = editing.write(&mut database).await?;
    let host = value(&pairs, "host").unwrap_or_default();
    let event = connecting::remove_server(&mut conn, &editing.who.scope, host).await?;
    done(&editing, conn, Some(event.ok_or_else(|| Problem::not_found("credential"))?)).await
}

/// Tries one recording anew, which managers may. `back` is where the button was.
async fn one_again(
    editing: Editing,
    mut database: Database,
    Id(call): Id<CallId>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let scope = &editing.who.scope;
    let mut conn = editing.write(&mut database).await?;
    calls::lookup(&mut conn, scope, &call).await?.ok_or_else(|| Problem::not_found("call"))?;
    editing.only(Role::Manager)?;
    if let (_, Some(event)) = connecting::fetch_again(&mut conn, scope, Some(&call), editing.now()).await? {
        editing.commit(conn, &event).await?;
    }
    Ok(browser::see_other(browser::local_path(value(&pairs, "back"))))
}
