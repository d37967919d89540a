//! `ringside token add`.

use store::{Scope, tokens};

use super::{Failure, account_named, open};
use crate::{
    clock,
    secrets::{self, TOKEN_PREFIX},
    settings::Settings,
};

/// A token as it is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct Add {
    /// What it is for; unique within the account
    name: String,
    /// The account
    #[arg(long)]
    account: String,
}

pub(super) async fn add(settings: &Settings, arguments: Add) -> Result<(), Failure> {
    let db = open(settings).await?;
    let mut conn = db.write().await?;
    let account = account_named(&mut conn, &arguments.account).await?;
    let token = secrets::make(TOKEN_PREFIX, account.id);
    // The operator's own command.
    #[expect(clippy::disallowed_methods, reason = "a command works for the operator")]
    let scope = Scope::system(account.id);
    tokens::add(&mut conn, &scope, &arguments.name, &token.hash, (clock::system())()).await?;
    conn.commit().await?;
    db.close().await;
    eprintln!(
        "Added the token {:?} of {:?}. It is shown this once; only its hash is stored:",
        arguments.name, account.name
    );
    println!("{}", token.text);
    Ok(())
}
