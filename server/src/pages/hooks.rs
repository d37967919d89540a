//! The forms of the page of webhooks; the page itself is one of the application's.

use app::{
    form::{Field as AskedField, Filled, Form as AskedForm},
    hooks::forms::{
        ADD_HOOK, AGENT, AGENT_SOURCE, CAMPAIGN, MAKE_SECRET, MAPPING, NAME, OTHERS, OTHERS_CAMPAIGN, SECRET,
        SET_AGENT, SET_MAPPING, SET_SECRET, SOURCE, VOICEBOT,
    },
    imports::OWN_CAMPAIGN,
};
use axum::{Form, extract::Path, response::Response};
use cdr::Mapping;
use domain::{CampaignId, HookSource, InputError, Role, VoicebotId, import::OtherCalls};
use serde_json::json;
use store::{
    Conn, ConnGuard, StoreError,
    audit::{Action, Event},
    hooks::{self, Hook, agents::StandsFor, bodies},
};

use crate::web::{
    browser,
    connecting::{self, AgentSet, secret_of},
    database::Database,
    editing::Editing,
    problem::Problem,
    refused::FormPairs,
    routes::Routes,
};

pub(super) const PAGE: &str = "/hooks";

pub fn routes() -> Routes {
    Routes::new()
        .post("/hooks", add)
        .post("/hooks/{key}/secret", set_secret)
        .post("/hooks/{key}/mapping", set_mapping)
        .post("/hooks/{key}/revoke", revoke)
        .post("/hooks/agents", set_agent)
        .post("/hooks/read-again", read_again)
}

/// A form that is sent back to its sender.
pub(super) fn refused(editing: &Editing, form: &AskedForm, action: &str, filled: &Filled) -> Response {
    let text = editing.text();
    let title = match action.rsplit('/').next() {
        Some("secret") => text.hook_change_secret(),
        Some("mapping") => text.hook_change_mapping(),
        Some("agents") => text.hooks_agents(),
        Some("credentials") => text.credential_add(),
        _ => text.hook_new(),
    };
    editing.refused(form, title, action, PAGE, filled)
}

/// Commits what was changed, where something was.
pub(super) async fn done(editing: &Editing, conn: ConnGuard<'_>, event: Option<Event>) -> Result<Response, Problem> {
    if let Some(event) = event {
        editing.commit(conn, &event).await?;
    }
    Ok(browser::see_other(PAGE))
}

async fn found(conn: &mut Conn, editing: &Editing, key: i64) -> Result<Hook, Problem> {
    let found = hooks::lookup(conn, &editing.who.scope, key).await?;
    found.ok_or_else(|| Problem::not_found("connection"))
}

async fn add(editing: Editing, mut database: Database, Form(pairs): Form<FormPairs>) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let (values, mut filled) = ADD_HOOK.read(&pairs);
    let source = HookSource::from_word(values.text(&SOURCE));
    let secret =
        source.map_or(Ok(None), |source| secret_of(values.text(&SECRET), values.is_ticked(&MAKE_SECRET), source));
    if let Err(error) = &secret {
        filled = filled.refused(&SECRET, error.clone());
    }
    let (Some(source), Ok(secret), false) = (source, secret, filled.is_wrong()) else {
        return Ok(refused(&editing, &ADD_HOOK, PAGE, &filled));
    };
    let mut conn = editing.write(&mut database).await?;
    let (scope, with) = (&editing.who.scope, (editing.context.settings(), &*editing.context.sealer));
    let new = (source, values.text(&NAME), secret.as_deref());
    let made = connecting::add(&mut conn, scope, with, new, editing.now()).await?;
    done(&editing, conn, Some(made.event)).await
}

async fn set_secret(
    editing: Editing,
    mut database: Database,
    Path(key): Path<i64>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let mut conn = editing.write(&mut database).await?;
    let hook = found(&mut conn, &editing, key).await?;
    let again = |filled: &Filled| refused(&editing, &SET_SECRET, &format!("/hooks/{key}/secret"), filled);
    let values = match SET_SECRET.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let secret = match secret_of(values.text(&SECRET), values.is_ticked(&MAKE_SECRET), hook.source) {
        Ok(secret) => secret,
        Err(error) => return Ok(again(&SET_SECRET.typed(&pairs).refused(&SECRET, error))),
    };
    let (scope, sealer) = (&editing.who.scope, &editing.context.sealer);
    let event = connecting::set_secret(&mut conn, scope, sealer, &hook, secret.as_deref()).await?;
    done(&editing, conn, event).await
}

/// Sets how the bodies of `generic` are read, and has those read again that could not be.
async fn set_mapping(
    editing: Editing,
    mut database: Database,
    Path(key): Path<i64>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let again = |filled: &Filled| refused(&editing, &SET_MAPPING, &format!("/hooks/{key}/mapping"), filled);
    let values = match SET_MAPPING.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let mapping = values.text(&MAPPING);
    if let Err(error) = Mapping::from_toml(mapping) {
        let words = app::reasons::each_line_in_language(&error.to_string(), editing.preferences().language);
        return Ok(again(&SET_MAPPING.typed(&pairs).failed(words, &[MAPPING])));
    }
    let mut conn = editing.write(&mut database).await?;
    let hook = found(&mut conn, &editing, key).await?;
    if hook.source != HookSource::Generic {
        return Err(Problem::not_found("connection"));
    }
    let event = connecting::set_mapping(&mut conn, &editing.who.scope, &hook, mapping, editing.now()).await?;
    done(&editing, conn, event).await
}

async fn revoke(editing: Editing, mut database: Database, Path(key): Path<i64>) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let mut conn = editing.write(&mut database).await?;
    let hook = found(&mut conn, &editing, key).await?;
    let event = connecting::revoke(&mut conn, &editing.who.scope, &hook, editing.now()).await?;
    done(&editing, conn, event).await
}

async fn read_again(editing: Editing, mut database: Database) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let mut conn = editing.write(&mut database).await?;
    let again = bodies::read_again(&mut conn, &editing.who.scope, None, editing.now()).await?;
    let event = Event::of(Action::HookChanged, "").with(json!({"read_again": again}));
    done(&editing, conn, (again > 0).then_some(event)).await
}

async fn set_agent(
    editing: Editing,
    mut database: Database,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let again = |filled: &Filled| refused(&editing, &SET_AGENT, "/hooks/agents", filled);
    let values = match SET_AGENT.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let source =
        HookSource::from_word(values.text(&AGENT_SOURCE)).ok_or_else(|| Problem::field("source", "is not known"))?;
    // A line of at most so many characters without control characters is an id.
    let text = |field| Some(values.text(field)).filter(|text| !text.is_empty());
    let campaign = text(&CAMPAIGN).and_then(|id| CampaignId::new(id).ok());
    let voicebot = text(&VOICEBOT).and_then(|id| VoicebotId::new(id).ok());
    let others = match (values.text(&OTHERS), values.text(&OTHERS_CAMPAIGN)) {
        (OWN_CAMPAIGN, "") => {
            return Ok(again(&SET_AGENT.typed(&pairs).refused(&OTHERS_CAMPAIGN, InputError::Missing)));
        }
        (OWN_CAMPAIGN, id) => OtherCalls::try_from(id.to_owned()),
        ("", _) => Ok(OtherCalls::Import),
        (word, _) => OtherCalls::try_from(word.to_owned()),
    };
    let others = others.map_err(|error| Problem::field("others", error.to_string()))?;
    let stands_for = StandsFor { campaign, voicebot, others };
    let (scope, of) = (&editing.who.scope, (source, values.text(&AGENT)));
    let mut conn = editing.write(&mut database).await?;
    match connecting::set_agent(&mut conn, scope, of, &stands_for, editing.now()).await {
        Ok(AgentSet::Changed(event)) => done(&editing, conn, Some(event)).await,
        Ok(AgentSet::Unchanged) => done(&editing, conn, None).await,
        Ok(AgentSet::Unknown) => Err(Problem::not_found("agent")),
        Err(StoreError::Invalid(error)) => {
            let fields = [&CAMPAIGN, &VOICEBOT, &OTHERS_CAMPAIGN];
            let is_at = |field: &&&AskedField| field.name().starts_with(error.field.as_str());
            let field = fields.iter().find(is_at).unwrap_or(&&CAMPAIGN);
            Ok(again(&SET_AGENT.typed(&pairs).refused(field, InputError::NotAChoice)))
        }
        Err(error) => Err(error.into()),
    }
}
