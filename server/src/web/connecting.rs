//! What owners set of other systems: connections of webhooks, what their agents stand for, servers that keep recordings. By pages, the
//! API and commands: each change with what the log says of it; none where everything is as it was. The caller commits both.

use domain::{CallId, FieldError, HookSource, InputError, SecretOrigin, Timestamp, credential::Scheme};
use serde_json::json;
use store::{
    Conn, Put, Scope, StoreError,
    audit::{Action, Event},
    hooks::{
        self, Hook, NewHook,
        agents::{self, StandsFor},
        bodies,
    },
    recording_credentials::{self, Credential},
    recording_fetches,
};

use super::{changes, problem::Problem};
use crate::{
    hooks::KEY_PREFIX,
    sealing::{SealError, Sealer},
    secrets,
    settings::Settings,
};

/// Why something of another system cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum NotSet {
    /// Its secret cannot be kept.
    #[error(transparent)]
    Sealing(#[from] SealError),
    /// The store refuses it, or fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<NotSet> for Problem {
    fn from(error: NotSet) -> Self {
        match error {
            NotSet::Store(error) => error.into(),
            NotSet::Sealing(error) => {
                tracing::error!(cause = %error, "A secret cannot be kept");
                Self::unavailable("secrets cannot be kept: the operator has to set RINGSIDE_SECRET_KEY")
            }
        }
    }
}

/// What webhooks are to be signed with: the secret that was given, or a new one where that is asked; none: they are not signed.
///
/// # Errors
/// [`InputError::Missing`] where a new one is asked of a system that gives its secret itself.
pub fn secret_of(given: &str, make: bool, source: HookSource) -> Result<Option<String>, InputError> {
    match (given, make, source.secret_origin()) {
        ("", false, _) => Ok(None),
        ("", true, SecretOrigin::Chosen) => Ok(Some(secrets::random_text::<32>())),
        ("", true, SecretOrigin::Given) => Err(InputError::Missing),
        (secret, ..) => Ok(Some(secret.to_owned())),
    }
}

/// A connection that was made.
#[derive(Debug)]
pub struct Made {
    /// The number by which it is changed and removed.
    pub number: i64,
    /// Where webhooks are sent to.
    pub address: String,
    /// What the log says of it.
    pub event: Event,
}

/// Where webhooks of a connection with this key are sent to.
pub fn address(settings: &Settings, key: &str, source: HookSource) -> String {
    format!("{}/hooks/{key}/{}", settings.base_url, source.word())
}

/// Makes a connection.
pub async fn add(
    conn: &mut Conn,
    scope: &Scope,
    (settings, sealer): (&Settings, &Sealer),
    (source, name, secret): (HookSource, &str, Option<&str>),
    now: Timestamp,
) -> Result<Made, NotSet> {
    let account = scope.account();
    let key = secrets::make(KEY_PREFIX, account);
    let sealed_key = sealer.seal(account, &key.text)?;
    let sealed_secret = secret.map(|secret| sealer.seal(account, secret)).transpose()?;
    let sealed_secret = sealed_secret.as_deref();
    let new = NewHook { source, name, hash: &key.hash, sealed_key: &sealed_key, sealed_secret };
    let number = hooks::add(conn, scope, &new, now).await?;
    let event = Event::of(Action::HookChanged, name.trim());
    let event = event.with(json!({"added": source.word(), "signed": secret.is_some()}));
    Ok(Made { number, address: address(settings, &key.text, source), event })
}

/// Sets what webhooks of a connection are signed with; none: they are not.
pub async fn set_secret(
    conn: &mut Conn,
    scope: &Scope,
    sealer: &Sealer,
    hook: &Hook,
    secret: Option<&str>,
) -> Result<Option<Event>, NotSet> {
    let account = scope.account();
    // One that another key has encrypted is not known to be the same.
    let before = hook.sealed_secret.as_deref().map(|sealed| sealer.open(account, sealed).ok());
    if before == secret.map(|secret| Some(secret.to_owned())) {
        return Ok(None);
    }
    let kept = secret.map(|secret| sealer.seal(account, secret)).transpose()?;
    hooks::set_secret(conn, scope, hook.key, kept.as_deref()).await?;
    let details = json!({"changed": "secret", "signed": secret.is_some()});
    Ok(Some(Event::of(Action::HookChanged, hook.name.clone()).with(details)))
}

/// Sets how the bodies of a connection of `generic` are read, and has those read again that could not be. The caller has read the mapping.
///
/// # Errors
/// [`StoreError::Invalid`] for a connection of another system.
pub async fn set_mapping(
    conn: &mut Conn,
    scope: &Scope,
    hook: &Hook,
    mapping: &str,
    now: Timestamp,
) -> Result<Option<Event>, StoreError> {
    if hook.mapping.as_deref() == Some(mapping) {
        return Ok(None);
    }
    if !hooks::set_mapping(conn, scope, hook.key, mapping).await? {
        let reason = "is only for connections of generic";
        return Err(StoreError::Invalid(FieldError::new("mapping", reason)));
    }
    bodies::read_again(conn, scope, Some(hook.key), now).await?;
    Ok(Some(Event::of(Action::HookChanged, hook.name.clone()).with(json!({"changed": "mapping"}))))
}

/// Takes a connection back. None: it was.
pub async fn revoke(conn: &mut Conn, scope: &Scope, hook: &Hook, now: Timestamp) -> Result<Option<Event>, StoreError> {
    let is_revoked = hooks::revoke(conn, scope, hook.key, now).await?;
    Ok(is_revoked.then(|| Event::of(Action::HookChanged, hook.name.clone()).with(json!({"revoked": true}))))
}

/// What an agent was said to stand for, and by what it is called in the log.
fn agent_event(source: HookSource, agent: &str, before: Option<&StandsFor>, after: &StandsFor) -> Event {
    let said = |of: &StandsFor| json!({"campaign": of.campaign, "voicebot": of.voicebot, "others": of.others});
    let name = if agent.is_empty() { source.name().to_owned() } else { format!("{} · {agent}", source.name()) };
    let details = changes::between(before.map(said), said(after));
    Event::of(Action::HookChanged, name).with(details)
}

/// Says what an agent of another system stands for.
///
/// # Errors
/// As [`agents::put`].
pub async fn set_agent(
    conn: &mut Conn,
    scope: &Scope,
    (source, agent): (HookSource, &str),
    stands_for: &StandsFor,
    now: Timestamp,
) -> Result<AgentSet, StoreError> {
    let listed = agents::list(conn, scope).await?;
    let Some(before) = listed.into_iter().find(|one| one.source == source && one.agent == agent) else {
        return Ok(AgentSet::Unknown);
    };
    let is_known = before.is_known;
    let before = StandsFor { campaign: before.campaign, voicebot: before.voicebot, others: before.others };
    if is_known && before == *stands_for {
        return Ok(AgentSet::Unchanged);
    }
    agents::put(conn, scope, source, agent, stands_for, now).await?;
    Ok(AgentSet::Changed(agent_event(source, agent, is_known.then_some(&before), stands_for)))
}

/// The outcome of assigning an agent.
#[derive(Debug)]
pub enum AgentSet {
    /// No such agent was met.
    Unknown,
    /// The agent had this assignment already.
    Unchanged,
    /// It stands for something else now; what the log says of it.
    Changed(Event),
}

/// A server that keeps recordings, and how it is told who asks.
#[derive(Debug, Clone, Copy)]
pub struct AskedServer<'a> {
    /// Its name.
    pub host: &'a str,
    /// How the credential is sent (Basic, Bearer or a header).
    pub scheme: Scheme,
    /// The user of [`Scheme::Basic`], the header of [`Scheme::Header`]; else empty.
    pub name: &'a str,
    /// The password or token.
    pub secret: &'a str,
}

/// Keeps how a server of recordings is told who asks.
///
/// # Errors
/// As [`recording_credentials::put`].
pub async fn put_server(
    conn: &mut Conn,
    scope: &Scope,
    sealer: &Sealer,
    asked: &AskedServer<'_>,
    now: Timestamp,
) -> Result<(Put, Option<Event>), NotSet> {
    let account = scope.account();
    let stored = recording_credentials::list(conn, scope).await?;
    let is_same = stored.iter().any(|one| {
        one.host == asked.host
            && (one.scheme, one.name.as_str()) == (asked.scheme, asked.name)
            && sealer.open(account, &one.sealed_secret).is_ok_and(|secret| secret == asked.secret)
    });
    if is_same {
        return Ok((Put::Unchanged, None));
    }
    let credential = Credential {
        host: asked.host.to_owned(),
        scheme: asked.scheme,
        name: asked.name.to_owned(),
        sealed_secret: sealer.seal(account, asked.secret)?,
        changed_at: now,
    };
    let put = recording_credentials::put(conn, scope, &credential).await?;
    let event = Event::of(Action::RecordingSettingsChanged, asked.host).with(json!({"credential": "put"}));
    Ok((put, Some(event)))
}

/// Forgets how a server of recordings is told who asks. None: it was not known.
pub async fn remove_server(conn: &mut Conn, scope: &Scope, host: &str) -> Result<Option<Event>, StoreError> {
    let is_removed = recording_credentials::delete(conn, scope, host).await?;
    let event = || Event::of(Action::RecordingSettingsChanged, host).with(json!({"credential": "removed"}));
    Ok(is_removed.then(event))
}

/// Says whether recordings are fetched by their addresses, those of stored calls as well. Gives how many of these wait.
pub async fn set_fetched(
    conn: &mut Conn,
    scope: &Scope,
    fetched: bool,
    now: Timestamp,
) -> Result<(u64, Option<Event>), StoreError> {
    let was = recording_fetches::is_enabled(conn, scope).await?;
    let waiting = recording_fetches::set_enabled(conn, scope, fetched, now).await?;
    let event = || Event::of(Action::RecordingSettingsChanged, "").with(json!({"fetched": fetched}));
    Ok((waiting, (was != fetched).then(event)))
}

/// Has recordings that were given up fetched once more: of one call, or all of them. Gives how many.
pub async fn fetch_again(
    conn: &mut Conn,
    scope: &Scope,
    call: Option<&CallId>,
    now: Timestamp,
) -> Result<(u64, Option<Event>), StoreError> {
    let waiting = recording_fetches::again(conn, scope, call, now).await?;
    let details = json!({"recordings": "retry", "rows": waiting});
    let event = || Event::of(Action::RecordingSettingsChanged, call.map_or("", CallId::as_str)).with(details);
    Ok((waiting, (waiting > 0).then(event)))
}
