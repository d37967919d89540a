//! `ringside user add`.

use domain::{Role, Timestamp};
use store::{
    Scope, password_links,
    users::{self, NewUser},
};

use super::{Failure, account_named, open, role};
use crate::{
    clock,
    secrets::{self, NO_PREFIX},
    settings::Settings,
};

/// How long a link to set a password holds.
const LINK_HOURS: i64 = 72;

/// A user as it is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct Add {
    /// The e-mail address to sign in with
    email: String,
    /// The account
    #[arg(long)]
    account: String,
    /// owner, manager or viewer
    #[arg(long, value_parser = role)]
    role: Role,
    /// How the user is addressed; else what stands before the @
    #[arg(long)]
    name: Option<String>,
    /// Count from this instant instead of now: that of `ringside demo --at`
    #[arg(long, value_name = "INSTANT")]
    at: Option<Timestamp>,
}

pub(super) async fn add(settings: &Settings, arguments: Add) -> Result<(), Failure> {
    let Add { email, account, role, name, at } = arguments;
    let db = open(settings).await?;
    let now = at.unwrap_or_else(|| (clock::system())());
    let mut conn = db.write().await?;
    let account = account_named(&mut conn, &account).await?;
    // The operator's own command.
    #[expect(clippy::disallowed_methods, reason = "a command works for the operator")]
    let scope = Scope::system(account.id);
    let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or(&email).to_owned());
    let user = users::add(&mut conn, &scope, &NewUser { email, name, role }, now).await?;
    let link = secrets::make(NO_PREFIX, account.id);
    let until = Timestamp(now.0 + LINK_HOURS * 3_600_000);
    password_links::add(&mut conn, &scope, user.key, &link.hash, until).await?;
    conn.commit().await?;
    db.close().await;
    eprintln!(
        "Added {} as {} of {:?}. Whoever opens this link sets the password; it holds {LINK_HOURS} h:",
        user.email,
        role.word(),
        account.name
    );
    println!("{}/set-password?link={}", settings.base_url, link.text);
    Ok(())
}
