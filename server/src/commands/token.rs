//! `ringside token add`, `list` and `remove`.

use domain::TokenScope;
use store::{
    audit::{self, Action, Actor, Event},
    tokens::{self, NewToken},
};

use super::{Failure, account_named, open, scope_of};
use crate::{
    clock,
    secrets::{self, TOKEN_PREFIX},
    settings::Settings,
};

/// A token as it is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct AddToken {
    /// What it is for; unique within the account
    name: String,
    /// The account, by the name it is registered by
    #[arg(long)]
    account: String,
    /// What it may do: write, read, audio, manage
    #[arg(long, value_delimiter = ',', default_value = "write,read,audio", value_parser = scope)]
    scopes: Vec<TokenScope>,
    /// How it sees customers' phone numbers
    #[arg(long, value_enum, default_value = "whole")]
    phones: Phones,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Phones {
    Whole,
    Masked,
}

fn scope(word: &str) -> Result<TokenScope, &'static str> {
    TokenScope::from_word(word).ok_or("must be write, read, audio or manage")
}

pub(super) async fn add(settings: &Settings, arguments: AddToken) -> Result<(), Failure> {
    let AddToken { name, account, scopes, phones } = arguments;
    let (db, now) = (open(settings).await?, (clock::system())());
    let mut conn = db.write().await?;
    let account = account_named(&mut conn, &account).await?;
    let secret = secrets::make(TOKEN_PREFIX, account.id);
    let scope = scope_of(&account);
    let token = NewToken { name, scopes, is_masked: phones == Phones::Masked };
    tokens::add(&mut conn, &scope, &token, &secret.hash, now).await?;
    let details = serde_json::json!({"scopes": token.scopes, "masked": token.is_masked});
    let event = Event::of(Action::TokenAdded, token.name.clone()).with(details);
    audit::record(&mut conn, &scope, &Actor::operator(), &event, now).await?;
    conn.commit().await?;
    db.close().await;
    let name = token.name;
    eprintln!("Added the token {name:?} of {:?}. It is shown this once; only its hash is stored:", account.registered);
    println!("{}", secret.text);
    Ok(())
}

/// The tokens of an account.
#[derive(Debug, clap::Args)]
pub(super) struct ListTokens {
    /// The account, by the name it is registered by
    #[arg(long)]
    account: String,
}

pub(super) async fn list(settings: &Settings, arguments: ListTokens) -> Result<(), Failure> {
    let db = open(settings).await?;
    let mut conn = db.read().await?;
    let account = account_named(&mut conn, &arguments.account).await?;
    for token in tokens::list(&mut conn, &scope_of(&account)).await? {
        let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.word()).collect();
        let phones = if token.is_masked { "masked" } else { "whole" };
        let used = token.used_at.map_or("never used".to_owned(), |at| format!("used {at}"));
        println!("{}\t{}\tphones {phones}\tmade {}\t{used}", token.name, scopes.join(","), token.created_at);
    }
    drop(conn);
    db.close().await;
    Ok(())
}

/// A token of an account.
#[derive(Debug, clap::Args)]
pub(super) struct TokenArguments {
    /// What it is called where tokens are listed
    name: String,
    /// The account, by the name it is registered by
    #[arg(long)]
    account: String,
}

pub(super) async fn remove(settings: &Settings, arguments: TokenArguments) -> Result<(), Failure> {
    let (db, now) = (open(settings).await?, (clock::system())());
    let mut conn = db.write().await?;
    let account = account_named(&mut conn, &arguments.account).await?;
    let scope = scope_of(&account);
    if !tokens::delete(&mut conn, &scope, &arguments.name).await? {
        return Err(Failure::new(format!("the account has no token {:?}", arguments.name)));
    }
    let event = Event::of(Action::TokenRemoved, arguments.name.trim());
    audit::record(&mut conn, &scope, &Actor::operator(), &event, now).await?;
    conn.commit().await?;
    db.close().await;
    println!("The token {:?} of {:?} lets nobody in any more", arguments.name, account.registered);
    Ok(())
}
