//! Making and revoking API tokens.

use app::{
    form::Filled,
    settings::forms::{ADD_TOKEN, MASKED, MAY_AUDIO, MAY_MANAGE, MAY_READ, MAY_WRITE, TOKEN_NAME},
};
use axum::{Form, response::Response};
use domain::{InputError, Role, TokenScope};
use serde::Deserialize;
use serde_json::json;
use store::{
    StoreError,
    audit::{Action, Event},
    tokens::{self, NewToken},
};

use super::{FormPairs, done, shown_once};
use crate::{
    secrets::{self, TOKEN_PREFIX},
    web::{database::Database, editing::Editing, problem::Problem, routes::Routes},
};

const PAGE: &str = "/settings/tokens";
const ADD: &str = "/settings/tokens/add";

pub(super) fn routes() -> Routes {
    Routes::new().post(ADD, add).post("/settings/tokens/remove", remove)
}

async fn add(editing: Editing, mut database: Database, Form(pairs): Form<FormPairs>) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let text = editing.text();
    let again = |filled: &Filled| editing.refused(&ADD_TOKEN, text.tokens_new(), ADD, PAGE, filled);
    let (values, mut filled) = ADD_TOKEN.read(&pairs);
    if ![&MAY_WRITE, &MAY_READ, &MAY_AUDIO, &MAY_MANAGE].into_iter().any(|field| values.is_ticked(field)) {
        filled = filled.refused(&MAY_WRITE, InputError::NothingTicked);
    }
    if filled.is_wrong() {
        return Ok(again(&filled));
    }
    let ticked = [
        (&MAY_WRITE, TokenScope::Write),
        (&MAY_READ, TokenScope::Read),
        (&MAY_AUDIO, TokenScope::Audio),
        (&MAY_MANAGE, TokenScope::Manage),
    ];
    let scopes = ticked.into_iter().filter(|(field, _)| values.is_ticked(field)).map(|(_, scope)| scope);
    let token = NewToken {
        name: values.text(&TOKEN_NAME).to_owned(),
        scopes: scopes.collect(),
        is_masked: values.is_ticked(&MASKED),
    };
    let secret = secrets::make(TOKEN_PREFIX, editing.who.scope.account());
    let mut conn = editing.write(&mut database).await?;
    match tokens::add(&mut conn, &editing.who.scope, &token, &secret.hash, editing.now()).await {
        Ok(()) => {}
        Err(StoreError::Invalid(error)) => {
            let typed = ADD_TOKEN.typed(&pairs);
            return Ok(again(&if error.field == TOKEN_NAME.name() {
                typed.refused(&TOKEN_NAME, InputError::Taken)
            } else {
                typed.refused(&MAY_WRITE, InputError::NothingTicked)
            }));
        }
        Err(error) => return Err(error.into()),
    }
    let details = json!({"scopes": token.scopes, "masked": token.is_masked});
    editing.commit(conn, &Event::of(Action::TokenAdded, token.name.clone()).with(details)).await?;
    Ok(shown_once(editing.looks(), &token.name, text.tokens_shown_once(), &secret.text, PAGE))
}

#[derive(Debug, Deserialize)]
struct RevokeForm {
    name: String,
}

async fn remove(
    editing: Editing,
    mut database: Database,
    Form(RevokeForm { name }): Form<RevokeForm>,
) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let mut conn = editing.write(&mut database).await?;
    if !tokens::delete(&mut conn, &editing.who.scope, &name).await? {
        return Err(Problem::not_found("token"));
    }
    editing.commit(conn, &Event::of(Action::TokenRemoved, name)).await?;
    Ok(done(PAGE, "revoked"))
}
