//! `ringside hook add`, `list` and `revoke`: addresses that webhooks come to, as owners make them on the page of connections.

use domain::HookSource;
use serde_json::{Value, json};
use store::{
    audit::{self, Actor},
    hooks::{self, Hook},
};

use super::{Failure, account_named, open, scope_of};
use crate::{clock, sealing::Sealer, settings::Settings, web::connecting};

/// An address as it is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct AddHook {
    /// How it is called
    name: String,
    /// The account, by the name it is registered by
    #[arg(long)]
    account: String,
    /// The system that sends, such as vapi, twilio or generic
    #[arg(long, value_parser = source)]
    source: HookSource,
    /// Take signed webhooks alone: by a new secret, which the system is given, or by the system's own, on standard input
    #[arg(long, value_enum)]
    secret: Option<SecretChoice>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum SecretChoice {
    New,
    Stdin,
}

fn source(word: &str) -> Result<HookSource, String> {
    HookSource::from_word(word).ok_or_else(|| {
        let words: Vec<&str> = HookSource::ALL.iter().map(|source| source.word()).collect();
        format!("must be one of {}", words.join(", "))
    })
}

/// The secret that webhooks are signed with; none where they are not.
fn asked_secret(source: HookSource, secret: Option<SecretChoice>) -> Result<Option<String>, Failure> {
    let mut typed = String::new();
    if secret == Some(SecretChoice::Stdin) {
        std::io::stdin().read_line(&mut typed)?;
        if typed.trim().is_empty() {
            return Err(Failure::new("standard input holds no secret"));
        }
    }
    let asked = connecting::secret_of(typed.trim(), secret == Some(SecretChoice::New), source);
    asked.map_err(|_| Failure::new(format!("{} gives the secret itself: --secret stdin", source.name())))
}

pub(super) async fn add(settings: &Settings, arguments: AddHook) -> Result<(), Failure> {
    let AddHook { name, account, source, secret } = arguments;
    let secret = asked_secret(source, secret)?;
    let (db, now) = (open(settings).await?, (clock::system())());
    let mut conn = db.write().await?;
    let account = account_named(&mut conn, &account).await?;
    let (scope, sealer) = (scope_of(&account), Sealer::new(settings));
    let new = (source, name.as_str(), secret.as_deref());
    let made = connecting::add(&mut conn, &scope, (settings, &sealer), new, now).await?;
    audit::record(&mut conn, &scope, &Actor::operator(), &made.event, now).await?;
    conn.commit().await?;
    db.close().await;
    let (name, source) = (name.trim(), source.word());
    println!(
        "{:#}",
        json!({"number": made.number, "name": name, "source": source, "address": made.address, "secret": secret})
    );
    Ok(())
}

/// The addresses of an account.
#[derive(Debug, clap::Args)]
pub(super) struct ListHooks {
    /// The account, by the name it is registered by
    #[arg(long)]
    account: String,
    /// Print addresses and secrets, too
    #[arg(long)]
    secrets: bool,
}

pub(super) async fn list(settings: &Settings, ListHooks { account, secrets }: ListHooks) -> Result<(), Failure> {
    let db = open(settings).await?;
    let mut conn = db.read().await?;
    let account = account_named(&mut conn, &account).await?;
    let listed = hooks::list(&mut conn, &scope_of(&account)).await?;
    drop(conn);
    db.close().await;
    let sealer = Sealer::new(settings);
    let opened = |sealed: &[u8]| sealer.open(account.id, sealed).map_err(|error| Failure::new(error.to_string()));
    let mut lines = Vec::new();
    for hook in &listed {
        let mut line = described(hook);
        if secrets {
            line["address"] = json!(connecting::address(settings, &opened(&hook.sealed_key)?, hook.source));
            line["secret"] = json!(hook.sealed_secret.as_deref().map(opened).transpose()?);
        }
        lines.push(line);
    }
    println!("{:#}", Value::Array(lines));
    Ok(())
}

fn described(hook: &Hook) -> Value {
    json!({
        "number": hook.key,
        "name": hook.name,
        "source": hook.source.word(),
        "signed": hook.sealed_secret.is_some(),
        "received": hook.received,
        "received_at": hook.received_at,
        "refused": hook.refused,
        "refused_at": hook.refused_at,
        "refused_why": hook.refused_why,
    })
}

/// An address of an account.
#[derive(Debug, clap::Args)]
pub(super) struct HookArguments {
    /// Its number in the list
    number: i64,
    /// The account, by the name it is registered by
    #[arg(long)]
    account: String,
}

pub(super) async fn revoke(
    settings: &Settings,
    HookArguments { number, account }: HookArguments,
) -> Result<(), Failure> {
    let (db, now) = (open(settings).await?, (clock::system())());
    let mut conn = db.write().await?;
    let account = account_named(&mut conn, &account).await?;
    let scope = scope_of(&account);
    let found = hooks::lookup(&mut conn, &scope, number).await?;
    let hook = found.ok_or_else(|| Failure::new(format!("the account has no connection {number}")))?;
    if let Some(event) = connecting::revoke(&mut conn, &scope, &hook, now).await? {
        audit::record(&mut conn, &scope, &Actor::operator(), &event, now).await?;
    }
    conn.commit().await?;
    db.close().await;
    println!("Nothing more is taken at {:?} of {:?}", hook.name, account.registered);
    Ok(())
}
