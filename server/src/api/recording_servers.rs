//! Servers that give recordings only to whom they know, and how each is told who asks. Secrets are taken and never told.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use domain::{
    InputError, Timestamp, credential,
    credential::Scheme,
    limits::{HOOK_SECRET_CHARS, NAME_CHARS},
};
use serde::{Deserialize, Serialize};
use store::recording_credentials;
use utoipa::ToSchema;

use super::{PutAnswer, connections::checked, put_answer};
use crate::{
    context::SharedContext,
    web::{
        connecting::{self, AskedServer},
        database::{Database, Snapshot},
        json::Record,
        problem::Problem,
        token::{Manage, Sender},
    },
};

/// A server that keeps recordings.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecordingServer {
    /// Its name.
    #[schema(example = "api.twilio.com")]
    host: String,
    /// How it is told who asks: `basic`, `bearer` or `header`.
    scheme: &'static str,
    /// The user of `basic`, the header of `header`.
    user: Option<String>,
    /// When that was set.
    changed_at: Timestamp,
}

/// The servers that recordings are fetched from with a credential.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecordingServers {
    recording_servers: Vec<RecordingServer>,
}

/// The servers of recordings that are told who asks
#[utoipa::path(get, path = "/api/v1/recording-servers", tag = "managing",
    responses((status = 200, description = "All of them, by name, without secrets", body = RecordingServers),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    Sender(scope, ..): Sender<Manage>,
    Snapshot(mut conn): Snapshot,
) -> Result<Json<RecordingServers>, Problem> {
    let listed = recording_credentials::list(&mut conn, &scope).await?.into_iter();
    let listed = listed.map(|one| RecordingServer {
        host: one.host,
        scheme: one.scheme.word(),
        user: Some(one.name).filter(|name| !name.is_empty()),
        changed_at: one.changed_at,
    });
    Ok(Json(RecordingServers { recording_servers: listed.collect() }))
}

/// How a server is told who asks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordingServerBody {
    /// `basic` (a user and a password), `bearer` (a token) or `header` (a header of a name of its own).
    scheme: String,
    /// The user of `basic`, the header of `header`; else left out.
    #[serde(default)]
    user: Option<String>,
    /// The password, key or token.
    #[schema(write_only)]
    secret: String,
}

fn wrong(field: &str, error: &InputError) -> Problem {
    Problem::field(
        field,
        match error {
            InputError::NotAHost => "is not the name of a server",
            InputError::NotAHeader => "is not the name of a header that may say who asks",
            _ => "is missing",
        },
    )
}

/// Keeps how a server of recordings is told who asks; what it did not give out for want of that is tried anew
#[utoipa::path(put, path = "/api/v1/recording-servers/{host}", tag = "managing", request_body = RecordingServerBody,
    params(("host" = String, Path, description = "Its name")),
    responses((status = 201, description = "It is new", body = PutAnswer), (status = 200, description = "It was there", body = PutAnswer),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Path(host): Path<String>,
    Record(RecordingServerBody { scheme, user, secret }): Record<RecordingServerBody>,
) -> Result<Response, Problem> {
    let host = credential::host(&host).map_err(|error| wrong("host", &error))?;
    let scheme =
        Scheme::from_word(&scheme).ok_or_else(|| Problem::field("scheme", "must be basic, bearer or header"))?;
    let user = user.unwrap_or_default();
    checked("user", &user, NAME_CHARS)?;
    checked("secret", &secret, HOOK_SECRET_CHARS)?;
    if secret.is_empty() {
        return Err(wrong("secret", &InputError::Missing));
    }
    let name = match scheme {
        Scheme::Bearer if !user.is_empty() => return Err(Problem::field("user", "is not for bearer")),
        Scheme::Bearer => String::new(),
        Scheme::Basic | Scheme::Header if user.is_empty() => return Err(wrong("user", &InputError::Missing)),
        Scheme::Basic => user,
        Scheme::Header => credential::header(&user).map_err(|error| wrong("user", &error))?,
    };
    let asked = AskedServer { host: &host, scheme, name: &name, secret: &secret };
    let now = (context.clock)();
    let mut conn = sender.write(&mut database).await?;
    let (put, event) = connecting::put_server(&mut conn, &sender.0, &context.sealer, &asked, now).await?;
    sender.commit_all(conn, event.as_slice(), now).await?;
    Ok(put_answer(put))
}

/// Forgets how a server of recordings is told who asks
#[utoipa::path(delete, path = "/api/v1/recording-servers/{host}", tag = "managing",
    params(("host" = String, Path, description = "Its name")),
    responses((status = 204, description = "It is forgotten"),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "It is not known", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Path(host): Path<String>,
) -> Result<StatusCode, Problem> {
    let mut conn = sender.write(&mut database).await?;
    let event = connecting::remove_server(&mut conn, &sender.0, &host).await?;
    let event = event.ok_or_else(|| Problem::not_found("server of recordings"))?;
    sender.commit(conn, &event, (context.clock)()).await?;
    Ok(StatusCode::NO_CONTENT)
}
