//! How people come into the account: groups of single sign-on, and whether passwords do.

use std::collections::BTreeMap;

use axum::{Json, extract::State, response::Response};
use domain::Role;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{
    Conn, Put, Scope, StoreError,
    audit::{self, Action, Event},
    sso,
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

/// How people come in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SignInSettings {
    /// Whether the operator has set a provider.
    single_sign_on: bool,
    /// Groups of the provider, and what their people may do in the account.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"ringside-admins": "owner"}))]
    groups: BTreeMap<String, Role>,
    /// Whether sessions that were begun with a password do not enter the account.
    passwords_forbidden: bool,
}

/// How people come in; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignInBody {
    /// All groups, 200 at most; they hold from the next sign-in of their people on.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, String>>, example = json!({"ringside-admins": "owner"}))]
    groups: Option<BTreeMap<String, Role>>,
    /// Whether passwords are forbidden; only once an owner has come by single sign-on.
    #[serde(default)]
    passwords_forbidden: Option<bool>,
}

/// How people come into the account
#[utoipa::path(get, path = "/api/v1/sign-in", tag = "managing",
    responses((status = 200, description = "Groups of single sign-on, and whether passwords are forbidden", body = SignInSettings),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn read(
    State(context): State<SharedContext>,
    Sender(scope, ..): Sender<Manage>,
    Snapshot(mut conn): Snapshot,
) -> Result<Json<SignInSettings>, Problem> {
    Ok(Json(SignInSettings {
        single_sign_on: context.provider.is_some(),
        groups: groups(&mut conn, &scope).await?,
        passwords_forbidden: sso::forbids_passwords(&mut conn, &scope).await?,
    }))
}

async fn groups(conn: &mut Conn, scope: &Scope) -> Result<BTreeMap<String, Role>, StoreError> {
    Ok(sso::groups(conn, scope).await?.into_iter().map(|group| (group.name, group.role)).collect())
}

/// Says how people come into the account
#[utoipa::path(put, path = "/api/v1/sign-in", tag = "managing", request_body = SignInBody,
    responses((status = 200, description = "What became of it", body = PutAnswer),
        (status = 403, description = "The token may not manage, or not give such a role", body = Problem, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Record(SignInBody { groups: wanted, passwords_forbidden }): Record<SignInBody>,
) -> Result<Response, Problem> {
    let (scope, now) = (&sender.0, (context.clock)());
    let gives_more = |roles: &BTreeMap<String, Role>| roles.values().any(|role| role.may(Role::Manager));
    if scope.sight().is_masked() && wanted.as_ref().is_some_and(gives_more) {
        return Err(Problem::forbidden("this token sees masked numbers, and cannot make somebody who sees them whole"));
    }
    let mut conn = sender.write(&mut database).await?;
    let mut events = Vec::new();
    if let Some(wanted) = wanted {
        let before = groups(&mut conn, scope).await?;
        for name in before.keys().filter(|name| !wanted.contains_key(*name)) {
            sso::delete_group(&mut conn, scope, name).await?;
            events.push(group_event(name, before.get(name).copied(), None));
        }
        for (name, role) in &wanted {
            if sso::put_group(&mut conn, scope, name, *role).await? != Put::Unchanged {
                events.push(group_event(name, before.get(name).copied(), Some(*role)));
            }
        }
    }
    if let Some(forbidden) = passwords_forbidden {
        let issuer = context.provider.as_ref().map(crate::sso::Provider::issuer);
        if sso::forbid_passwords(&mut conn, scope, forbidden, issuer).await? != Put::Unchanged {
            let details = changes::between(Some(json!({"forbidden": !forbidden})), json!({"forbidden": forbidden}));
            events.push(Event::of(Action::PasswordsForbidden, "").with(details));
        }
    }
    let Some(last) = events.pop() else { return Ok(put_answer(Put::Unchanged)) };
    for event in &events {
        audit::record(&mut conn, scope, &sender.1, event, now).await?;
    }
    sender.commit(conn, &last, now).await?;
    Ok(put_answer(Put::Updated))
}

fn group_event(name: &str, before: Option<Role>, after: Option<Role>) -> Event {
    let of = |role: Option<Role>| json!({"role": role.map_or(Value::Null, |role| role.word().into())});
    Event::of(Action::SsoGroupChanged, name).with(changes::between(Some(of(before)), of(after)))
}
