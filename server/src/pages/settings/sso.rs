//! Groups of single sign-on, and whether passwords open the account.

use app::{
    form::Filled,
    settings::{
        forms::{ROLE, SEEN},
        sso_forms::{GROUP, PUT_GROUP, seen},
    },
};
use axum::{Extension, Form, response::Response};
use domain::Role;
use serde::Deserialize;
use serde_json::json;
use store::{
    Put,
    audit::{Action, Event},
    sessions,
    sso::{self, Group},
};

use super::{FormPairs, done, refused_by_store};
use crate::web::{
    changes, database::Database, editing::Editing, problem::Problem, routes::Routes, session::SessionKey,
};

const PAGE: &str = "/settings/sign-in";
const GROUPS: &str = "/settings/sign-in/groups";

pub(super) fn routes() -> Routes {
    Routes::new()
        .post(GROUPS, put_group)
        .post("/settings/sign-in/groups/remove", remove_group)
        .post("/settings/sign-in/passwords", passwords)
}

async fn put_group(
    editing: Editing,
    mut database: Database,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let (scope, text) = (&editing.who.scope, editing.text());
    let again = |filled: &Filled| editing.refused(&PUT_GROUP, text.sso_title(), GROUPS, PAGE, filled);
    let values = match PUT_GROUP.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let role = Role::from_word(values.text(&ROLE)).unwrap_or(Role::Viewer);
    let mut conn = editing.write(&mut database).await?;
    let known = sso::groups(&mut conn, scope).await?;
    let before = known.into_iter().find(|known: &Group| known.name == values.text(&GROUP));
    // Who writes over what is there is told, once.
    if let Some(before) = before.as_ref().filter(|before| before.role != role && values.text(&SEEN) != seen(before)) {
        let now = format!("{}: {}", before.name, text.role(before.role));
        let typed = PUT_GROUP.typed(&pairs).with_instead(&SEEN, seen(before));
        return Ok(again(&typed.failed(text.settings_changed_meanwhile(&now), &[])));
    }
    match sso::put_group(&mut conn, scope, values.text(&GROUP), role).await {
        Ok(Put::Unchanged) => {}
        Ok(Put::Created | Put::Updated) => {
            let before = before.map(|before| json!({"role": before.role.word()}));
            let details = changes::between(before, json!({"role": role.word()}));
            let event = Event::of(Action::SsoGroupChanged, values.text(&GROUP)).with(details);
            editing.commit(conn, &event).await?;
        }
        Err(error) => return Ok(again(&refused_by_store(PUT_GROUP.typed(&pairs), &GROUP, error)?)),
    }
    Ok(done(PAGE, "saved"))
}

#[derive(Debug, Deserialize)]
struct RemoveGroupForm {
    group: String,
}

async fn remove_group(
    editing: Editing,
    mut database: Database,
    Form(RemoveGroupForm { group }): Form<RemoveGroupForm>,
) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let mut conn = editing.write(&mut database).await?;
    let known = sso::groups(&mut conn, &editing.who.scope).await?;
    let Some(before) = known.into_iter().find(|known| known.name == group) else { return Ok(done(PAGE, "removed")) };
    sso::delete_group(&mut conn, &editing.who.scope, &group).await?;
    let details = changes::between(Some(json!({"role": before.role.word()})), json!({"role": null}));
    editing.commit(conn, &Event::of(Action::SsoGroupChanged, group).with(details)).await?;
    Ok(done(PAGE, "removed"))
}

#[derive(Debug, Deserialize)]
struct ForbidPasswordsForm {
    forbidden: bool,
}

/// Only who is here by the provider themselves forbids passwords: they have shown that somebody gets in.
async fn passwords(
    editing: Editing,
    mut database: Database,
    Extension(key): Extension<SessionKey>,
    Form(ForbidPasswordsForm { forbidden }): Form<ForbidPasswordsForm>,
) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let scope = &editing.who.scope;
    let mut conn = editing.write(&mut database).await?;
    let issuer = editing.context.provider.as_ref().map(crate::sso::Provider::issuer);
    if forbidden {
        let by = sessions::sso_of(&mut conn, key.account, &key.hash).await?;
        if by.is_none_or(|by| Some(by.issuer.as_str()) != issuer) {
            return Err(Problem::forbidden("only who is signed in by single sign-on may forbid passwords"));
        }
    }
    if sso::forbid_passwords(&mut conn, scope, forbidden, issuer).await? == Put::Unchanged {
        return Ok(done(PAGE, "saved"));
    }
    let details = changes::between(Some(json!({"forbidden": !forbidden})), json!({"forbidden": forbidden}));
    editing.commit(conn, &Event::of(Action::PasswordsForbidden, "").with(details)).await?;
    Ok(done(PAGE, "saved"))
}
