//! Connections of webhooks, and what the agents of other systems stand for. The key in an address and what webhooks are signed with are
//! told once, when they are made.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cdr::Mapping;
use domain::{
    CampaignId, HookSource, Timestamp, VoicebotId,
    import::OtherCalls,
    limits::{HOOK_MAPPING_CHARS, HOOK_SECRET_CHARS, ID_CHARS},
};
use serde::{Deserialize, Serialize};
use store::{
    Conn, Put, Scope,
    hooks::{
        self,
        agents::{self, StandsFor},
    },
};
use utoipa::ToSchema;

use super::{PutAnswer, PutResult, put_answer};
use crate::{
    context::SharedContext,
    web::{
        connecting::{self, AgentSet},
        database::{Database, Snapshot},
        json::Record,
        problem::Problem,
        token::{Manage, Sender},
    },
};

/// A connection, without what lets in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HookAnswer {
    /// The number by which it is changed and removed.
    number: i64,
    /// How it is called.
    name: String,
    /// The system that sends.
    #[schema(example = "generic")]
    source: &'static str,
    /// Whether it takes signed webhooks alone.
    signed: bool,
    /// How bodies of `generic` are read, TOML.
    mapping: Option<String>,
    /// When it was made.
    created_at: Timestamp,
    /// Webhooks that came.
    received: u64,
    /// When the last one did.
    received_at: Option<Timestamp>,
    /// Webhooks that were refused, because their signature was wrong.
    refused: u64,
    /// When the last one was.
    refused_at: Option<Timestamp>,
}

/// The connections of the account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Hooks {
    hooks: Vec<HookAnswer>,
}

/// The account's connections of webhooks
#[utoipa::path(get, path = "/api/v1/hooks", tag = "managing",
    responses((status = 200, description = "All of them, by number, without keys and secrets", body = Hooks),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    Sender(scope, ..): Sender<Manage>,
    Snapshot(mut conn): Snapshot,
) -> Result<Json<Hooks>, Problem> {
    let listed = hooks::list(&mut conn, &scope).await?.into_iter();
    let listed = listed.map(|hook| HookAnswer {
        number: hook.key,
        name: hook.name,
        source: hook.source.word(),
        signed: hook.sealed_secret.is_some(),
        mapping: hook.mapping,
        created_at: hook.created_at,
        received: hook.received,
        received_at: hook.received_at,
        refused: hook.refused,
        refused_at: hook.refused_at,
    });
    Ok(Json(Hooks { hooks: listed.collect() }))
}

/// A connection to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HookBody {
    /// How it is called, 1 to 300 characters.
    name: String,
    /// The system that sends: `generic`, or one of its own such as `vapi`.
    source: String,
    /// What its webhooks are signed with, of systems that give it themselves.
    #[serde(default)]
    #[schema(write_only)]
    secret: Option<String>,
    /// Whether a secret is made, of systems that are given it.
    #[serde(default)]
    make_secret: bool,
}

/// A connection that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MadeHook {
    /// The number by which it is changed and removed.
    number: i64,
    /// Where webhooks are sent to; it is told this once.
    address: String,
    /// What they are signed with, where it was made; it is told this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

fn source_of(word: &str) -> Result<HookSource, Problem> {
    HookSource::from_word(word).ok_or_else(|| {
        let words: Vec<&str> = HookSource::ALL.iter().map(|source| source.word()).collect();
        Problem::field("source", format!("must be one of {}", words.join(", ")))
    })
}

/// The secret that is asked for, and whether it was made here.
fn secret_of(given: Option<String>, make: bool, source: HookSource) -> Result<(Option<String>, bool), Problem> {
    let given = given.unwrap_or_default();
    checked("secret", &given, HOOK_SECRET_CHARS)?;
    if !given.is_empty() && make {
        return Err(Problem::field("make_secret", "must be left out where secret is given"));
    }
    let reason = "is not for this system, which gives the secret itself";
    let secret = connecting::secret_of(&given, make, source).map_err(|_| Problem::field("make_secret", reason))?;
    Ok((secret, make))
}

/// Refuses a line that is too long or holds what no line does.
pub(super) fn checked(field: &str, text: &str, most: usize) -> Result<(), Problem> {
    if text.chars().count() > most {
        return Err(Problem::field(field, format!("is longer than {most} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(Problem::field(field, "has a control character"));
    }
    Ok(())
}

/// Makes a connection of webhooks
#[utoipa::path(post, path = "/api/v1/hooks", tag = "managing", request_body = HookBody,
    responses((status = 201, description = "It is made", body = MadeHook),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn add(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Record(HookBody { name, source, secret, make_secret }): Record<HookBody>,
) -> Result<Response, Problem> {
    let (source, now) = (source_of(&source)?, (context.clock)());
    let (secret, is_made) = secret_of(secret, make_secret, source)?;
    let mut conn = sender.write(&mut database).await?;
    let (with, new) = ((context.settings(), &*context.sealer), (source, name.as_str(), secret.as_deref()));
    let made = connecting::add(&mut conn, &sender.0, with, new, now).await?;
    sender.commit(conn, &made.event, now).await?;
    let answer = MadeHook { number: made.number, address: made.address, secret: secret.filter(|_| is_made) };
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// What of a connection is changed. What is left out stays as it was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HookChange {
    /// What its webhooks are signed with from now on.
    #[serde(default)]
    #[schema(write_only)]
    secret: Option<String>,
    /// Whether another secret is made.
    #[serde(default)]
    make_secret: bool,
    /// `false`: webhooks need no signature any more.
    #[serde(default)]
    signed: Option<bool>,
    /// How bodies of `generic` are read, TOML; those that could not be read are read again.
    #[serde(default)]
    mapping: Option<String>,
}

/// A connection that was changed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangedHook {
    result: PutResult,
    /// What its webhooks are signed with, where it was made; it is told this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

async fn found(conn: &mut Conn, scope: &Scope, number: &str) -> Result<hooks::Hook, Problem> {
    let none = || Problem::not_found("connection");
    let number: i64 = number.parse().map_err(|_| none())?;
    hooks::lookup(conn, scope, number).await?.ok_or_else(none)
}

/// Changes what webhooks of a connection are signed with, and how they are read
#[utoipa::path(put, path = "/api/v1/hooks/{number}", tag = "managing", request_body = HookChange,
    params(("number" = String, Path, description = "Its number")),
    responses((status = 200, description = "What became of it", body = ChangedHook),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Path(number): Path<String>,
    Record(HookChange { secret, make_secret, signed, mapping }): Record<HookChange>,
) -> Result<Response, Problem> {
    let (scope, now) = (&sender.0, (context.clock)());
    let mut conn = sender.write(&mut database).await?;
    let hook = found(&mut conn, scope, &number).await?;
    let (secret, is_made) = secret_of(secret, make_secret, hook.source)?;
    match (signed, &secret) {
        (Some(false), Some(_)) => return Err(Problem::field("signed", "must not be false where there is a secret")),
        (Some(true), None) if hook.sealed_secret.is_none() => return Err(Problem::field("secret", "is missing")),
        _ => {}
    }
    let mut events = Vec::new();
    if secret.is_some() || signed == Some(false) {
        events.extend(connecting::set_secret(&mut conn, scope, &context.sealer, &hook, secret.as_deref()).await?);
    }
    if let Some(mapping) = &mapping {
        if mapping.chars().count() > HOOK_MAPPING_CHARS {
            return Err(Problem::field("mapping", format!("is longer than {HOOK_MAPPING_CHARS} characters")));
        }
        Mapping::from_toml(mapping).map_err(|error| Problem::field("mapping", error.to_string()))?;
        events.extend(connecting::set_mapping(&mut conn, scope, &hook, mapping, now).await?);
    }
    let result = if events.is_empty() { PutResult::Unchanged } else { PutResult::Updated };
    sender.commit_all(conn, &events, now).await?;
    Ok(Json(ChangedHook { result, secret: secret.filter(|_| is_made) }).into_response())
}

/// Takes nothing more at a connection
#[utoipa::path(delete, path = "/api/v1/hooks/{number}", tag = "managing",
    params(("number" = String, Path, description = "Its number")),
    responses((status = 204, description = "Nothing more is taken that is sent to it; what came is read"),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Path(number): Path<String>,
) -> Result<StatusCode, Problem> {
    let (scope, now) = (&sender.0, (context.clock)());
    let mut conn = sender.write(&mut database).await?;
    let hook = found(&mut conn, scope, &number).await?;
    let event = connecting::revoke(&mut conn, scope, &hook, now).await?;
    sender.commit_all(conn, event.as_slice(), now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An agent, assistant or flow of another system.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KnownAgent {
    /// The system that it calls from, such as `vapi`.
    #[schema(example = "vapi")]
    source: &'static str,
    /// Its id there; empty: of calls that name none.
    agent: String,
    /// What it is called in that system.
    name: Option<String>,
    /// The campaign of its calls; none: the one that the call names, else one of its own.
    campaign: Option<CampaignId>,
    /// The voicebot of its calls; none: one of its own.
    voicebot: Option<VoicebotId>,
    /// What is done with its calls that are none to a customer: `import`, `leave`, or the campaign that they are put into.
    #[schema(value_type = String, example = "leave")]
    others: OtherCalls,
    /// How many of those that are known of still were left out.
    left_out: u64,
    /// Whether somebody has said what it stands for.
    known: bool,
}

/// The agents that webhooks named, and those that somebody declared.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Agents {
    agents: Vec<KnownAgent>,
}

/// The agents of other systems whose calls came, and what they stand for
#[utoipa::path(get, path = "/api/v1/hook-agents", tag = "managing",
    responses((status = 200, description = "All of them, those that nobody has said anything about first", body = Agents),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list_agents(
    Sender(scope, ..): Sender<Manage>,
    Snapshot(mut conn): Snapshot,
) -> Result<Json<Agents>, Problem> {
    let listed = agents::list(&mut conn, &scope).await?.into_iter();
    let listed = listed.map(|one| KnownAgent {
        source: one.source.word(),
        agent: one.agent,
        name: one.name,
        campaign: one.campaign,
        voicebot: one.voicebot,
        others: one.others,
        left_out: one.left_out,
        known: one.is_known,
    });
    Ok(Json(Agents { agents: listed.collect() }))
}

/// What an agent stands for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AgentBody {
    /// The system that it calls from, such as `vapi`.
    source: String,
    /// Its id there; empty: of calls that name none.
    agent: String,
    /// The campaign of its calls; none: the one that the call names, else one of its own.
    #[serde(default)]
    campaign: Option<CampaignId>,
    /// The voicebot of its calls; none: one of its own.
    #[serde(default)]
    voicebot: Option<VoicebotId>,
    /// What is done with its calls that are none to a customer: `import`, `leave`, or the campaign that they are put into.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "leave")]
    others: OtherCalls,
}

/// Says what an agent of another system stands for; its calls are made again
#[utoipa::path(put, path = "/api/v1/hook-agents", tag = "managing", request_body = AgentBody,
    responses((status = 200, description = "What became of it", body = PutAnswer),
        (status = 403, description = "The token may not manage", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such agent was met", body = Problem, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put_agent(
    State(context): State<SharedContext>,
    sender: Sender<Manage>,
    mut database: Database,
    Record(AgentBody { source, agent, campaign, voicebot, others }): Record<AgentBody>,
) -> Result<Response, Problem> {
    checked("agent", &agent, ID_CHARS)?;
    let (source, stands_for, now) = (source_of(&source)?, StandsFor { campaign, voicebot, others }, (context.clock)());
    let mut conn = sender.write(&mut database).await?;
    match connecting::set_agent(&mut conn, &sender.0, (source, &agent), &stands_for, now).await? {
        AgentSet::Unknown => Err(Problem::not_found("agent")),
        AgentSet::Unchanged => Ok(put_answer(Put::Unchanged)),
        AgentSet::Changed(event) => {
            sender.commit(conn, &event, now).await?;
            Ok(put_answer(Put::Updated))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_a_line_of_so_many_characters() {
        assert!(checked("secret", "a b", 3).is_ok());
        for wrong in ["abcd", "a\nb"] {
            assert!(checked("secret", wrong, 3).is_err(), "{wrong}");
        }
    }
}
