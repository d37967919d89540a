//! Who belongs to the account, and who is asked to.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{CampaignId, FieldError, Role, Timestamp, time::DAY_MS};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    Conn, Put, Scope,
    audit::{Action, Event},
    invitations::{self, NewInvitation},
    jobs::{self, SendNotice},
    users,
};
use utoipa::ToSchema;

use super::{PutAnswer, put_answer};
use crate::{
    context::SharedContext,
    secrets,
    web::{
        changes,
        database::{Database, Snapshot},
        json::Record,
        problem::Problem,
        token::{Manage, Sender},
    },
};

/// How long an invitation holds, ms.
const INVITATION_LASTS_MS: i64 = 7 * DAY_MS;

/// Somebody who belongs to the account, or is asked to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Person {
    /// Their address.
    email: String,
    /// How they are addressed; none before they have accepted.
    name: Option<String>,
    /// What they may do.
    #[schema(value_type = String, example = "viewer")]
    role: Role,
    /// The campaigns alone that a viewer sees; none: all of them.
    campaigns: Option<Vec<CampaignId>>,
    /// When they last opened a page.
    seen_at: Option<Timestamp>,
    /// Until when the invitation holds of somebody who has not accepted.
    invited_until: Option<Timestamp>,
}

/// A list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct People {
    /// Who belongs to the account, by address, then who is asked to.
    people: Vec<Person>,
}

/// Who belongs to the account, and who is asked to
#[utoipa::path(get, path = "/api/v1/people", tag = "managing",
    responses((status = 200, description = "All of them", body = People),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    Sender(scope, ..): Sender<Manage>,
    Snapshot(mut conn): Snapshot,
) -> Result<Json<People>, Problem> {
    let mut people = Vec::new();
    for user in users::list(&mut conn, &scope).await? {
        let limits = if user.is_limited { Some(users::campaigns_of(&mut conn, &scope, user.key).await?) } else { None };
        let (name, seen_at) = (Some(user.name), user.seen_at);
        people.push(Person {
            email: user.email,
            name,
            role: user.role,
            campaigns: limits,
            seen_at,
            invited_until: None,
        });
    }
    let asked = invitations::list(&mut conn, &scope).await?.into_iter();
    people.extend(asked.map(|asked| Person {
        email: asked.email,
        name: None,
        role: asked.role,
        campaigns: asked.campaigns,
        seen_at: None,
        invited_until: Some(asked.expires_at),
    }));
    Ok(Json(People { people }))
}

/// Somebody to ask.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InvitationBody {
    /// Their address.
    email: String,
    /// What they will be allowed to do.
    #[schema(value_type = String, example = "viewer")]
    role: Role,
    /// The campaigns alone that a viewer will see.
    #[serde(default)]
    campaigns: Option<Vec<CampaignId>>,
    /// The link is answered, to be passed on; else it goes by mail.
    #[serde(default)]
    link: bool,
}

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Invited {
    /// The link to accept it by, where it was asked for; it is told this once.
    link: Option<String>,
    /// Until when it holds.
    until: Timestamp,
}

/// Who sees masked numbers makes nobody who sees them whole.
fn only_giving_own(scope: &Scope, role: Role) -> Result<(), Problem> {
    if scope.sight().is_masked() && role.may(Role::Manager) {
        return Err(Problem::forbidden("this token sees masked numbers, and cannot make somebody who sees them whole"));
    }
    Ok(())
}

/// Asks somebody to belong to the account; again: with another link
#[utoipa::path(post, path = "/api/v1/people", tag = "managing", request_body = InvitationBody,
    responses((status = 201, description = "They are asked", body = Invited),
        (status = 403, description = "The token may not manage, or not give this role", body = Problem, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn invite(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    database: Database,
    Record(InvitationBody { email, role, campaigns, link }): Record<InvitationBody>,
) -> Result<Response, Problem> {
    let (scope, now) = (&sender.0, (context.clock)());
    only_giving_own(scope, role)?;
    let until = Timestamp(now.0 + INVITATION_LASTS_MS);
    let new = NewInvitation { email, role, campaigns, is_mailed: !link };
    let secret = link.then(|| secrets::make(secrets::NO_PREFIX, scope.account()));
    let mut conn = database.write().await?;
    let hash = secret.as_ref().map(|secret| &secret.hash);
    let invitation = invitations::put(&mut conn, scope, &new, hash, now, until).await?;
    if secret.is_none() {
        let notice = SendNotice::Invitation { email: invitation.email.clone() };
        jobs::enqueue(&mut conn, scope, &notice, Some(&notice.once_key()), now, now).await?;
    }
    let details = json!({"role": role.word(), "campaigns": new.campaigns, "mailed": new.is_mailed});
    sender.commit(conn, &Event::of(Action::UserInvited, invitation.email).with(details), now).await?;
    let base = &context.settings().base_url;
    let link = secret.map(|secret| format!("{base}/invitation?link={}", app::links::encoded(&secret.text)));
    Ok((StatusCode::CREATED, Json(Invited { link, until })).into_response())
}

/// What somebody may do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleBody {
    /// What they may do.
    #[schema(value_type = String, example = "viewer")]
    role: Role,
    /// The campaigns alone that a viewer sees; absent: all of them.
    #[serde(default)]
    campaigns: Option<Vec<CampaignId>>,
}

async fn found(conn: &mut Conn, scope: &Scope, email: &str) -> Result<Option<users::User>, Problem> {
    Ok(users::lookup_email(conn, scope, email).await?)
}

/// Says what somebody may do in the account
#[utoipa::path(put, path = "/api/v1/people/{email}", tag = "managing", request_body = RoleBody,
    params(("email" = String, Path, description = "Their address")),
    responses((status = 200, description = "What became of it", body = PutAnswer),
        (status = 403, description = "The token may not manage, or not give this role", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "They do not belong to the account", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    database: Database,
    Path(email): Path<String>,
    Record(RoleBody { role, campaigns }): Record<RoleBody>,
) -> Result<Response, Problem> {
    let scope = &sender.0;
    only_giving_own(scope, role)?;
    if campaigns.is_some() && role != Role::Viewer {
        return Err(Problem::invalid(FieldError::new("campaigns", "are chosen for viewers alone")));
    }
    let mut conn = database.write().await?;
    let user = found(&mut conn, scope, &email).await?.ok_or_else(|| Problem::not_found("person"))?;
    let limits = users::campaigns_of(&mut conn, scope, user.key).await?;
    let before = json!({"role": user.role.word(), "campaigns": user.is_limited.then_some(limits)});
    users::set_access(&mut conn, scope, user.key, role, campaigns.as_deref()).await?;
    let limits = users::campaigns_of(&mut conn, scope, user.key).await?;
    let after = json!({"role": role.word(), "campaigns": campaigns.map(|_| limits)});
    if before == after {
        return Ok(put_answer(Put::Unchanged));
    }
    let details = changes::between(Some(before), after);
    sender.commit(conn, &Event::of(Action::UserChanged, user.email).with(details), (context.clock)()).await?;
    // Whoever watches a campaign does so by the role of before.
    context.live.end_sessions_of(scope.account(), user.key);
    Ok(put_answer(Put::Updated))
}

/// Takes somebody out of the account, or an invitation back
#[utoipa::path(delete, path = "/api/v1/people/{email}", tag = "managing",
    params(("email" = String, Path, description = "Their address")),
    responses((status = 204, description = "They do not belong to it any more"),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "They neither belong to it nor are asked to", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    database: Database,
    Path(email): Path<String>,
) -> Result<StatusCode, Problem> {
    let (scope, now) = (&sender.0, (context.clock)());
    let mut conn = database.write().await?;
    if let Some(user) = found(&mut conn, scope, &email).await? {
        users::delete(&mut conn, scope, user.key).await?;
        let details = json!({"role": user.role.word()});
        sender.commit(conn, &Event::of(Action::UserRemoved, user.email).with(details), now).await?;
        context.live.end_sessions_of(scope.account(), user.key);
        return Ok(StatusCode::NO_CONTENT);
    }
    let email = email.to_lowercase();
    if !invitations::delete(&mut conn, scope, &email).await? {
        return Err(Problem::not_found("person"));
    }
    sender.commit(conn, &Event::of(Action::InvitationRemoved, email), now).await?;
    Ok(StatusCode::NO_CONTENT)
}
