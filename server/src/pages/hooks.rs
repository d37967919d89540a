//! The forms of the page of webhooks; the page itself is one of the application's.

use app::{
    Text,
    form::{Field as AskedField, Filled, Form as AskedForm, Values},
    hooks::forms::{
        ADD_HOOK, AGENT, AGENT_SOURCE, CAMPAIGN, MAKE_SECRET, MAPPING, NAME, OTHERS, OTHERS_CAMPAIGN, SECRET,
        SET_AGENT, SET_MAPPING, SET_SECRET, SOURCE, VOICEBOT,
    },
    imports::OWN_CAMPAIGN,
    session::{Preferences, SignedIn},
};
use axum::{
    Extension, Form,
    extract::{Path, State},
    response::Response,
};
use cdr::Mapping;
use domain::{CampaignId, HookSource, InputError, Role, SecretOrigin, VoicebotId, import::OtherCalls};
use serde_json::json;
use store::{
    StoreError,
    audit::{self, Action, Event},
    hooks::{
        self, NewHook,
        agents::{self, StandsFor},
        bodies,
    },
};

use crate::{
    context::SharedContext,
    hooks::KEY_PREFIX,
    sealing::{SealError, Sealer},
    secrets,
    web::{
        actor::Acting,
        browser,
        database::Database,
        problem::Problem,
        refused::{FormPairs, Refused, refused},
        routes::Routes,
        session::Reader,
    },
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

/// To whoever does not see the page, it is not there.
pub(super) fn only_owners(who: &SignedIn) -> Result<(), Problem> {
    if who.scope.role().may(Role::Owner) { Ok(()) } else { Err(Problem::not_found("address")) }
}

/// A form that is sent back to its sender.
pub(super) struct SentForm<'a> {
    pub(super) context: &'a SharedContext,
    pub(super) preferences: Preferences,
    pub(super) form: &'a AskedForm,
    pub(super) action: String,
    pub(super) account: i64,
}

impl SentForm<'_> {
    pub(super) fn refused(&self, filled: &Filled) -> Response {
        let text = Text(self.preferences.language);
        let title = match self.action.rsplit('/').next() {
            Some("secret") => text.hook_change_secret(),
            Some("mapping") => text.hook_change_mapping(),
            Some("agents") => text.hooks_agents(),
            Some("credentials") => text.credential_add(),
            _ => text.hook_new(),
        };
        let (form, action) = (self.form, self.action.clone());
        refused(
            self.context,
            self.preferences,
            &Refused { form, title, action, account: Some(self.account), back: Some(PAGE), filled },
        )
    }
}

/// The secret that was typed, or a new one where that was asked; none: webhooks are not signed. Fails where a system gives its
/// secret itself, and none was typed.
fn secret_of(values: &Values, source: HookSource) -> Result<Option<String>, InputError> {
    match (values.text(&SECRET), values.is_ticked(&MAKE_SECRET), source.secret_origin()) {
        ("", false, _) => Ok(None),
        ("", true, SecretOrigin::Chosen) => Ok(Some(secrets::random_text::<32>())),
        ("", true, SecretOrigin::Given) => Err(InputError::Missing),
        (secret, ..) => Ok(Some(secret.to_owned())),
    }
}

fn sealed(sealer: &Sealer, account: i64, secret: Option<String>) -> Result<Option<Vec<u8>>, Problem> {
    secret.map(|secret| sealer.seal(account, &secret)).transpose().map_err(|error| not_sealed(&error))
}

pub(super) fn not_sealed(error: &SealError) -> Problem {
    tracing::error!(cause = %error, "A secret cannot be kept");
    Problem::unavailable("secrets cannot be kept: the operator has to set RINGSIDE_SECRET_KEY")
}

async fn add(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    Acting(actor): Acting,
    database: Database,
    Extension(preferences): Extension<Preferences>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    only_owners(&who)?;
    let asked =
        SentForm { context: &context, preferences, account: who.account.id, form: &ADD_HOOK, action: PAGE.to_owned() };
    let (values, mut filled) = ADD_HOOK.read(&pairs);
    let source = HookSource::from_word(values.text(&SOURCE));
    let secret = source.map_or(Ok(None), |source| secret_of(&values, source));
    if let Err(error) = &secret {
        filled = filled.refused(&SECRET, error.clone());
    }
    let (Some(source), Ok(secret), false) = (source, secret, filled.is_wrong()) else {
        return Ok(asked.refused(&filled));
    };
    let account = who.scope.account();
    let sealed_secret = sealed(&context.sealer, account, secret)?;
    let key = secrets::make(KEY_PREFIX, account);
    let sealed_key = context.sealer.seal(account, &key.text).map_err(|error| not_sealed(&error))?;
    let hook = NewHook {
        source,
        name: values.text(&NAME),
        hash: &key.hash,
        sealed_key: &sealed_key,
        sealed_secret: sealed_secret.as_deref(),
    };
    let mut conn = database.write().await?;
    hooks::add(&mut conn, &who.scope, &hook, (context.clock)()).await?;
    let event = Event::of(Action::HookChanged, values.text(&NAME)).with(json!({"added": source.word()}));
    audit::record(&mut conn, &who.scope, &actor, &event, (context.clock)()).await?;
    conn.commit().await?;
    Ok(browser::see_other(PAGE))
}

async fn set_secret(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    Acting(actor): Acting,
    database: Database,
    Extension(preferences): Extension<Preferences>,
    Path(key): Path<i64>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    only_owners(&who)?;
    let found = hooks::lookup(&mut database.read().await?, &who.scope, key).await?;
    let hook = found.ok_or_else(|| Problem::not_found("connection"))?;
    let asked = SentForm {
        context: &context,
        preferences,
        account: who.account.id,
        form: &SET_SECRET,
        action: format!("/hooks/{key}/secret"),
    };
    let values = match SET_SECRET.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(asked.refused(&filled)),
    };
    let secret = match secret_of(&values, hook.source) {
        Ok(secret) => secret,
        Err(error) => return Ok(asked.refused(&SET_SECRET.typed(&pairs).refused(&SECRET, error))),
    };
    let sealed = sealed(&context.sealer, who.scope.account(), secret)?;
    let mut conn = database.write().await?;
    hooks::set_secret(&mut conn, &who.scope, key, sealed.as_deref()).await?;
    let event =
        Event::of(Action::HookChanged, hook.name).with(json!({"changed": "secret", "signed": sealed.is_some()}));
    audit::record(&mut conn, &who.scope, &actor, &event, (context.clock)()).await?;
    conn.commit().await?;
    Ok(browser::see_other(PAGE))
}

/// Sets how the bodies of `generic` are read, and has those read again that could not be.
async fn set_mapping(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    Acting(actor): Acting,
    database: Database,
    Extension(preferences): Extension<Preferences>,
    Path(key): Path<i64>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    only_owners(&who)?;
    let asked = SentForm {
        context: &context,
        preferences,
        account: who.account.id,
        form: &SET_MAPPING,
        action: format!("/hooks/{key}/mapping"),
    };
    let values = match SET_MAPPING.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(asked.refused(&filled)),
    };
    let mapping = values.text(&MAPPING);
    if let Err(error) = Mapping::from_toml(mapping) {
        let words = app::reasons::each_line_in_language(&error.to_string(), preferences.language);
        let filled = SET_MAPPING.typed(&pairs).failed(words, &[MAPPING]);
        return Ok(asked.refused(&filled));
    }
    let mut conn = database.write().await?;
    let found = hooks::lookup(&mut conn, &who.scope, key).await?;
    let hook = found.ok_or_else(|| Problem::not_found("connection"))?;
    if !hooks::set_mapping(&mut conn, &who.scope, key, mapping).await? {
        return Err(Problem::not_found("connection"));
    }
    bodies::read_again(&mut conn, &who.scope, Some(key), (context.clock)()).await?;
    let event = Event::of(Action::HookChanged, hook.name).with(json!({"changed": "mapping"}));
    audit::record(&mut conn, &who.scope, &actor, &event, (context.clock)()).await?;
    conn.commit().await?;
    Ok(browser::see_other(PAGE))
}

async fn revoke(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    Acting(actor): Acting,
    database: Database,
    Path(key): Path<i64>,
) -> Result<Response, Problem> {
    only_owners(&who)?;
    let mut conn = database.write().await?;
    let found = hooks::lookup(&mut conn, &who.scope, key).await?;
    let hook = found.ok_or_else(|| Problem::not_found("connection"))?;
    if !hooks::revoke(&mut conn, &who.scope, key, (context.clock)()).await? {
        return Err(Problem::not_found("connection"));
    }
    let event = Event::of(Action::HookChanged, hook.name).with(json!({"revoked": true}));
    audit::record(&mut conn, &who.scope, &actor, &event, (context.clock)()).await?;
    conn.commit().await?;
    Ok(browser::see_other(PAGE))
}

async fn read_again(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    database: Database,
) -> Result<Response, Problem> {
    only_owners(&who)?;
    let mut conn = database.write().await?;
    bodies::read_again(&mut conn, &who.scope, None, (context.clock)()).await?;
    conn.commit().await?;
    Ok(browser::see_other(PAGE))
}

async fn set_agent(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    Acting(actor): Acting,
    database: Database,
    Extension(preferences): Extension<Preferences>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    only_owners(&who)?;
    let asked = SentForm {
        context: &context,
        preferences,
        account: who.account.id,
        form: &SET_AGENT,
        action: "/hooks/agents".to_owned(),
    };
    let values = match SET_AGENT.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(asked.refused(&filled)),
    };
    let source =
        HookSource::from_word(values.text(&AGENT_SOURCE)).ok_or_else(|| Problem::field("source", "is not known"))?;
    // A line of at most so many characters without control characters is an id.
    let text = |field| Some(values.text(field)).filter(|text| !text.is_empty());
    let campaign = text(&CAMPAIGN).and_then(|id| CampaignId::new(id).ok());
    let voicebot = text(&VOICEBOT).and_then(|id| VoicebotId::new(id).ok());
    let mut conn = database.write().await?;
    let others = match (values.text(&OTHERS), values.text(&OTHERS_CAMPAIGN)) {
        (OWN_CAMPAIGN, "") => {
            return Ok(asked.refused(&SET_AGENT.typed(&pairs).refused(&OTHERS_CAMPAIGN, InputError::Missing)));
        }
        (OWN_CAMPAIGN, id) => OtherCalls::try_from(id.to_owned()),
        ("", _) => Ok(OtherCalls::Import),
        (word, _) => OtherCalls::try_from(word.to_owned()),
    };
    let others = others.map_err(|error| Problem::field("others", error.to_string()))?;
    let stands_for = StandsFor { campaign, voicebot, others };
    let now = (context.clock)();
    match agents::put(&mut conn, &who.scope, source, values.text(&AGENT), &stands_for, now).await {
        Ok(true) => {}
        Ok(false) => return Err(Problem::not_found("agent")),
        Err(StoreError::Invalid(error)) => {
            let fields = [&CAMPAIGN, &VOICEBOT, &OTHERS_CAMPAIGN];
            let is_at = |field: &&&AskedField| field.name().starts_with(error.field.as_str());
            let field = fields.iter().find(is_at).unwrap_or(&&CAMPAIGN);
            return Ok(asked.refused(&SET_AGENT.typed(&pairs).refused(field, InputError::NotAChoice)));
        }
        Err(error) => return Err(error.into()),
    }
    let event = Event::of(Action::HookChanged, values.text(&AGENT))
        .with(json!({"agent_of": source.word(), "campaign": stands_for.campaign, "voicebot": stands_for.voicebot,
            "others": stands_for.others}));
    audit::record(&mut conn, &who.scope, &actor, &event, (context.clock)()).await?;
    conn.commit().await?;
    Ok(browser::see_other(PAGE))
}
