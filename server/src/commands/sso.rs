//! `ringside sso list`, `group`, `remove` and `passwords`.

use domain::Role;
use serde_json::json;
use store::{
    Put,
    audit::{self, Action, Actor, Event},
    sso,
};

use super::{Failure, account_named, open, role, scope_of};
use crate::{clock, settings::Settings};

#[derive(Debug, clap::Args)]
pub(super) struct AccountArgument {
    /// The account, by the name it is registered by
    #[arg(long)]
    account: String,
}

/// A group of the provider.
#[derive(Debug, clap::Args)]
pub(super) struct GroupArguments {
    /// The group, as the provider writes it
    group: String,
    #[command(flatten)]
    of: AccountArgument,
}

/// A group and what its people may do.
#[derive(Debug, clap::Args)]
pub(super) struct AddGroup {
    /// The group, as the provider writes it
    #[arg(value_name = "GROUP")]
    name: String,
    /// owner, manager or viewer
    #[arg(value_parser = role)]
    role: Role,
    #[command(flatten)]
    of: AccountArgument,
}

/// Whether passwords open an account.
#[derive(Debug, clap::Args)]
pub(super) struct PasswordArguments {
    /// allow, or forbid once an owner has signed in by single sign-on
    #[arg(value_enum)]
    what: PasswordChoice,
    #[command(flatten)]
    of: AccountArgument,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum PasswordChoice {
    Allow,
    Forbid,
}

pub(super) async fn list(settings: &Settings, AccountArgument { account }: AccountArgument) -> Result<(), Failure> {
    let db = open(settings).await?;
    let mut conn = db.read().await?;
    let scope = scope_of(&account_named(&mut conn, &account).await?);
    for group in sso::groups(&mut conn, &scope).await? {
        println!("{}\t{}", group.name, group.role.word());
    }
    if sso::forbids_passwords(&mut conn, &scope).await? {
        println!("passwords are forbidden");
    }
    drop(conn);
    db.close().await;
    Ok(())
}

pub(super) async fn put_group(
    settings: &Settings,
    AddGroup { name: group, role, of }: AddGroup,
) -> Result<(), Failure> {
    let (db, now) = (open(settings).await?, (clock::system())());
    let mut conn = db.write().await?;
    let account = account_named(&mut conn, &of.account).await?;
    let scope = scope_of(&account);
    let before = sso::groups(&mut conn, &scope).await?.into_iter().find(|known| known.name == group.trim());
    if sso::put_group(&mut conn, &scope, &group, role).await? != Put::Unchanged {
        let before = before.map(|before| before.role.word());
        let details = json!({"before": {"role": before}, "after": {"role": role.word()}});
        let event = Event::of(Action::SsoGroupChanged, group.trim()).with(details);
        audit::record(&mut conn, &scope, &Actor::operator(), &event, now).await?;
    }
    conn.commit().await?;
    db.close().await;
    println!("Who is in {group:?} is {} of {:?} from their next sign-in on", role.word(), account.registered);
    Ok(())
}

pub(super) async fn remove_group(
    settings: &Settings,
    GroupArguments { group, of }: GroupArguments,
) -> Result<(), Failure> {
    let (db, now) = (open(settings).await?, (clock::system())());
    let mut conn = db.write().await?;
    let account = account_named(&mut conn, &of.account).await?;
    let scope = scope_of(&account);
    let before = sso::groups(&mut conn, &scope).await?.into_iter().find(|known| known.name == group);
    let before = before.ok_or_else(|| Failure::new(format!("the account has no group {group:?}")))?;
    sso::delete_group(&mut conn, &scope, &group).await?;
    let details = json!({"before": {"role": before.role.word()}, "after": {"role": null}});
    let event = Event::of(Action::SsoGroupChanged, group.clone()).with(details);
    audit::record(&mut conn, &scope, &Actor::operator(), &event, now).await?;
    conn.commit().await?;
    db.close().await;
    println!("{group:?} gives nothing in {:?} any more", account.registered);
    Ok(())
}

pub(super) async fn passwords(
    settings: &Settings,
    PasswordArguments { what, of }: PasswordArguments,
) -> Result<(), Failure> {
    let (db, now) = (open(settings).await?, (clock::system())());
    let mut conn = db.write().await?;
    let account = account_named(&mut conn, &of.account).await?;
    let scope = scope_of(&account);
    let forbidden = what == PasswordChoice::Forbid;
    let issuer = settings.oidc.as_ref().map(|oidc| oidc.issuer.as_str());
    if sso::forbid_passwords(&mut conn, &scope, forbidden, issuer).await? != Put::Unchanged {
        let details = json!({"before": {"forbidden": !forbidden}, "after": {"forbidden": forbidden}});
        let event = Event::of(Action::PasswordsForbidden, "").with(details);
        audit::record(&mut conn, &scope, &Actor::operator(), &event, now).await?;
    }
    conn.commit().await?;
    db.close().await;
    let said = if forbidden { "is opened by single sign-on alone" } else { "is opened by passwords, too" };
    println!("{:?} {said}", account.registered);
    Ok(())
}
