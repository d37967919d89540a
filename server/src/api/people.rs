//! Who belongs to the account, and who is asked to.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{CampaignId, Role, Timestamp, VoicebotId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    Chosen, Conn, Put, Scope, StoreError, User,
    audit::{Action, Event},
    chosen,
    invitations::{self, NewInvitation},
    jobs::{self, SendNotice},
    users,
};
use utoipa::ToSchema;

use super::{PutAnswer, put_answer};
use crate::{
    context::SharedContext,
    web::{
        changes,
        database::{Database, Snapshot},
        inviting::{self, StoredInvitation},
        json::Record,
        problem::Problem,
        token::{Manage, Sender},
    },
};

/// Somebody who belongs to the account, or is asked to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Person)]
pub(super) struct Member {
    /// Their address.
    email: String,
    /// How they are addressed; none before they have accepted.
    name: Option<String>,
    /// What they may do.
    #[schema(value_type = String, example = "viewer")]
    role: Role,
    /// The campaigns alone that a viewer sees, beside those of `voicebots`; none of both: all of them.
    campaigns: Option<Vec<CampaignId>>,
    /// The voicebots whose campaigns alone a viewer sees, those to come among them.
    voicebots: Option<Vec<VoicebotId>>,
    /// When they last opened a page.
    seen_at: Option<Timestamp>,
    /// Until when the invitation holds of somebody who has not accepted.
    invited_until: Option<Timestamp>,
}

/// Everybody of the account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct People {
    /// Who belongs to the account, by address, then who is asked to.
    people: Vec<Member>,
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
        let chosen = chosen_of(&mut conn, &scope, &user).await?;
        let (name, seen_at) = (Some(user.name), user.seen_at);
        people.push(Member { name, seen_at, ..Member::of(user.email, user.role, chosen) });
    }
    for asked in invitations::list(&mut conn, &scope).await? {
        let invited_until = Some(asked.expires_at);
        people.push(Member { invited_until, ..Member::of(asked.email, asked.role, asked.chosen) });
    }
    Ok(Json(People { people }))
}

impl Member {
    /// Who has this address, and what they may do and see.
    fn of(email: String, role: Role, chosen: Option<Chosen>) -> Self {
        let (campaigns, voicebots) = chosen.map(|chosen| (chosen.campaigns, chosen.voicebots)).unzip();
        Self { email, name: None, role, campaigns, voicebots, seen_at: None, invited_until: None }
    }
}

/// What alone a user sees, where that is limited.
async fn chosen_of(conn: &mut Conn, scope: &Scope, user: &User) -> Result<Option<Chosen>, StoreError> {
    Ok(if user.is_limited { Some(chosen::of_user(conn, scope, user.key).await?) } else { None })
}

/// Who is asked to join, and as what.
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
    /// The voicebots whose campaigns alone a viewer will see.
    #[serde(default)]
    voicebots: Option<Vec<VoicebotId>>,
    /// The link is answered, to be passed on; else it goes by mail.
    #[serde(default)]
    link: bool,
}

/// Somebody who was asked to join, and has not answered.
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
    mut database: Database,
    Record(InvitationBody { email, role, campaigns, voicebots, link }): Record<InvitationBody>,
) -> Result<Response, Problem> {
    let (scope, now) = (&sender.0, (context.clock)());
    only_giving_own(scope, role)?;
    let new = NewInvitation { email, role, chosen: Chosen::of(campaigns, voicebots), is_mailed: !link };
    let mut conn = sender.write(&mut database).await?;
    let StoredInvitation { event, link, until } = inviting::ask(&context, &mut conn, scope, &new, now).await?;
    sender.commit(conn, &event, now).await?;
    Ok((StatusCode::CREATED, Json(Invited { link, until })).into_response())
}

/// What somebody may do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleBody {
    /// What they may do.
    #[schema(value_type = String, example = "viewer")]
    role: Role,
    /// The campaigns alone that a viewer sees, beside those of `voicebots`; absent both: what they saw before.
    #[serde(default)]
    campaigns: Option<Vec<CampaignId>>,
    /// The voicebots whose campaigns alone a viewer sees, those to come among them.
    #[serde(default)]
    voicebots: Option<Vec<VoicebotId>>,
    /// `true`: a viewer who was limited sees everything from now on.
    #[serde(default)]
    everything: bool,
}

/// Who has this address in the account.
async fn person(conn: &mut Conn, scope: &Scope, email: &str) -> Result<User, Problem> {
    users::lookup_email(conn, scope, email).await?.ok_or_else(|| Problem::not_found("person"))
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
    mut database: Database,
    Path(email): Path<String>,
    Record(RoleBody { role, campaigns, voicebots, everything }): Record<RoleBody>,
) -> Result<Response, Problem> {
    let scope = &sender.0;
    only_giving_own(scope, role)?;
    let mut conn = sender.write(&mut database).await?;
    let user = person(&mut conn, scope, &email).await?;
    let named = Chosen::of(campaigns, voicebots);
    if everything && named.is_some() {
        return Err(Problem::field("everything", "must be left out where campaigns or voicebots are named"));
    }
    let chosen = chosen_of(&mut conn, scope, &user).await?;
    let before = inviting::access(user.role, chosen.as_ref());
    let chosen = inviting::chosen_now(named, everything, chosen, role);
    users::set_access(&mut conn, scope, user.key, role, chosen.as_ref()).await?;
    let user = person(&mut conn, scope, &email).await?;
    let after = inviting::access(user.role, chosen_of(&mut conn, scope, &user).await?.as_ref());
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
    mut database: Database,
    Path(email): Path<String>,
) -> Result<StatusCode, Problem> {
    let (scope, now) = (&sender.0, (context.clock)());
    let mut conn = sender.write(&mut database).await?;
    if let Some(user) = users::lookup_email(&mut conn, scope, &email).await? {
        if !users::delete(&mut conn, scope, user.key).await? {
            return Err(Problem::not_found("person"));
        }
        let details = json!({"role": user.role.word()});
        sender.commit(conn, &Event::of(Action::UserRemoved, user.email).with(details), now).await?;
        context.live.end_sessions_of(scope.account(), user.key);
        return Ok(StatusCode::NO_CONTENT);
    }
    let email = email.trim().to_lowercase();
    if !invitations::delete(&mut conn, scope, &email).await? {
        return Err(Problem::not_found("person"));
    }
    sender.commit(conn, &Event::of(Action::InvitationRemoved, email), now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all sessions of somebody in the account
#[utoipa::path(delete, path = "/api/v1/people/{email}/sessions", tag = "managing",
    params(("email" = String, Path, description = "Their address")),
    responses((status = 204, description = "They have to sign in again"),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "They do not belong to the account", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn end_sessions(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Path(email): Path<String>,
) -> Result<StatusCode, Problem> {
    let (scope, now) = (&sender.0, (context.clock)());
    let mut conn = sender.write(&mut database).await?;
    let user = person(&mut conn, scope, &email).await?;
    let ended = users::end_sessions(&mut conn, scope, user.key).await?;
    let event = Event::of(Action::SessionsEnded, user.email).with(json!({"sessions": ended}));
    sender.commit(conn, &event, now).await?;
    context.live.end_sessions_of(scope.account(), user.key);
    Ok(StatusCode::NO_CONTENT)
}

/// Has a link to set the password mailed to somebody
#[utoipa::path(post, path = "/api/v1/people/{email}/password-link", tag = "managing",
    params(("email" = String, Path, description = "Their address")),
    responses((status = 202, description = "It is mailed"),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "They do not belong to the account", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "No mail server is set", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn send_password_link(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Path(email): Path<String>,
) -> Result<StatusCode, Problem> {
    let (scope, now) = (&sender.0, (context.clock)());
    let mut conn = sender.write(&mut database).await?;
    let user = person(&mut conn, scope, &email).await?;
    // A link lets in wherever the person belongs to: it goes to their own mailbox alone.
    if context.mail.server().is_none() {
        return Err(Problem::conflict(
            "no mail server is set; the page of people, or ringside user link, makes a link to pass on",
        ));
    }
    let notice = SendNotice::password_link(&user.email);
    jobs::enqueue(&mut conn, scope, &notice, Some(&notice.once_key()), now, now).await?;
    sender.commit(conn, &Event::of(Action::PasswordLink, user.email), now).await?;
    Ok(StatusCode::ACCEPTED)
}
