//! `POST /oidc/backchannel-logout`: the provider says that somebody signed out there.

use axum::{
    Form, Json,
    extract::{DefaultBodyLimit, State, rejection::FormRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::Timestamp;
use serde::Deserialize;
use serde_json::json;
use store::{
    Conn, Scope, StoreError,
    audit::{self, Action, Actor, ActorKind, Event},
    sessions::{self, EndedSession},
    sso, users,
};

use crate::{
    context::SharedContext,
    failure::{chain, new_reference},
    sso::{Refusal, SsoError},
    web::{client::Client, database::Database, problem::Problem, routes::Routes},
};

/// The largest message.
const MAX_BYTES: usize = 64 * 1_024;

/// The route. The provider is known by what it signs.
pub fn routes() -> Routes {
    Routes::new().post("/oidc/backchannel-logout", end).map(|router| router.layer(DefaultBodyLimit::max(MAX_BYTES)))
}

#[derive(Debug, Deserialize)]
struct LogoutForm {
    logout_token: String,
}

async fn end(
    State(context): State<SharedContext>,
    mut database: Database,
    Client(address): Client,
    message: Result<Form<LogoutForm>, FormRejection>,
) -> Result<Response, Problem> {
    let provider = context.provider.as_ref().ok_or_else(|| Problem::not_found("address"))?;
    let now = (context.clock)();
    let Ok(Form(LogoutForm { logout_token })) = message else { return Ok(refused(Refusal::Form)) };
    let signed_out = match provider.signed_out(&logout_token, now).await {
        Ok(signed_out) => signed_out,
        Err(SsoError::Refused(refusal)) => return Ok(refused(refusal)),
        Err(error @ SsoError::Down(_)) => {
            tracing::error!(cause = chain(&error), "The provider of single sign-on cannot be used");
            return Err(Problem::unavailable("the provider's keys cannot be read now; send the same again"));
        }
    };
    let mut conn = database.write().await?;
    if !sso::use_once(&mut conn, &signed_out.hash, signed_out.until, now).await? {
        return Ok(refused(Refusal::Replayed));
    }
    let (subject, sid) = (signed_out.subject.as_deref(), signed_out.sid.as_deref());
    let ended = sessions::end_of_provider(&mut conn, provider.issuer(), subject, sid).await?;
    let actor = Actor { kind: ActorKind::System, name: String::new(), address: Some(address) };
    for session in &ended {
        tell(&mut conn, session, &actor, now).await?;
    }
    conn.commit().await?;
    for session in ended {
        context.live.end_session(session.hash);
    }
    Ok(answer(StatusCode::OK, "{}".into_response()))
}

async fn tell(conn: &mut Conn, session: &EndedSession, actor: &Actor, now: Timestamp) -> Result<(), StoreError> {
    #[expect(clippy::disallowed_methods, reason = "a session of the account was ended")]
    let scope = Scope::system(session.account);
    let user = users::lookup(conn, &scope, session.user_key).await?;
    let whose = user.map(|user| user.email).unwrap_or_default();
    let event = Event::of(Action::SessionsEnded, whose).with(json!({"sessions": 1, "by": "single sign-on"}));
    audit::record(conn, &scope, actor, &event, now).await
}

/// 400, as the provider expects it (Back-Channel Logout 1.0, §2.8).
fn refused(refusal: Refusal) -> Response {
    let reference = new_reference();
    tracing::warn!(reference, reason = %refusal, "A message of signing out was not believed");
    let body = json!({"error": "invalid_request", "error_description": format!("{refusal} ({reference})")});
    answer(StatusCode::BAD_REQUEST, Json(body).into_response())
}

fn answer(status: StatusCode, mut response: Response) -> Response {
    *response.status_mut() = status;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
