//! `ringside user add`, `list`, `link`, `role`, `sign-out` and `remove`.

use domain::{CampaignId, Role, Timestamp, VoicebotId};
use store::{
    Chosen, Conn, Scope, User,
    audit::{self, Action, Actor, Event},
    chosen, password_links, people,
    users::{self, NewUser},
};

use super::{Failure, account_named, open, role, scope_of};
use crate::{
    clock,
    secrets::{self, NO_PREFIX},
    settings::Settings,
    web::{changes, inviting},
};

/// How long a link to set a password holds.
const LINK_HOURS: i64 = 72;

/// A user as it is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct AddUser {
    /// The e-mail address to sign in with
    email: String,
    /// The account, by the name it is registered by
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

pub(super) async fn add(settings: &Settings, arguments: AddUser) -> Result<(), Failure> {
    let AddUser { email, account, role, name, at } = arguments;
    let db = open(settings).await?;
    let now = at.unwrap_or_else(|| (clock::system())());
    let mut conn = db.write().await?;
    let account = account_named(&mut conn, &account).await?;
    let scope = scope_of(&account);
    let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or(&email).to_owned());
    let known = people::find(&mut conn, &email).await?;
    let mut user = users::add(&mut conn, &scope, &NewUser { email, name, role }, now).await?;
    // Whoever set it by a link that was passed on may be somebody else.
    let is_unproved = known.is_some_and(|person| person.password_hash.is_some() && !person.is_confirmed);
    if is_unproved {
        people::drop_password(&mut conn, &user.email).await?;
        user.has_password = false;
    }
    let event = Event::of(Action::UserAdded, user.email.clone()).with(serde_json::json!({"role": role.word()}));
    audit::record(&mut conn, &scope, &Actor::operator(), &event, now).await?;
    let added = format!("Added {} as {} of {:?}.", user.email, role.word(), account.registered);
    if user.has_password {
        conn.commit().await?;
        db.close().await;
        eprintln!("{added} They sign in with the password that they have.");
        return Ok(());
    }
    let link = new_link(&mut conn, settings, &scope, &user, now).await?;
    conn.commit().await?;
    db.close().await;
    if is_unproved {
        eprintln!(
            "The password of {} was set by a link that was not mailed to them, and is over in all accounts.",
            user.email
        );
    }
    eprintln!("{added} Whoever opens this link sets the password; it holds {LINK_HOURS} h:");
    println!("{link}");
    Ok(())
}

async fn new_link(
    conn: &mut Conn,
    settings: &Settings,
    scope: &Scope,
    user: &User,
    now: Timestamp,
) -> Result<String, Failure> {
    let link = secrets::make(NO_PREFIX, scope.account());
    let until = Timestamp(now.0 + LINK_HOURS * 3_600_000);
    password_links::add(conn, scope, user.key, &link.hash, until, false).await?;
    Ok(format!("{}/set-password?link={}", settings.base_url, link.text))
}

/// A user of an account.
#[derive(Debug, clap::Args)]
pub(super) struct UserArguments {
    /// The e-mail address
    email: String,
    /// The account, by the name it is registered by
    #[arg(long)]
    account: String,
}

async fn user_named(conn: &mut Conn, scope: &Scope, email: &str) -> Result<User, Failure> {
    let found = users::lookup_email(conn, scope, email).await?;
    found.ok_or_else(|| Failure::new(format!("the account has no user {email}")))
}

pub(super) async fn link(settings: &Settings, arguments: UserArguments) -> Result<(), Failure> {
    let (db, now) = (open(settings).await?, (clock::system())());
    let mut conn = db.write().await?;
    let account = account_named(&mut conn, &arguments.account).await?;
    let scope = scope_of(&account);
    let user = user_named(&mut conn, &scope, &arguments.email).await?;
    let link = new_link(&mut conn, settings, &scope, &user, now).await?;
    let event = Event::of(Action::PasswordLink, user.email.clone());
    audit::record(&mut conn, &scope, &Actor::operator(), &event, now).await?;
    conn.commit().await?;
    db.close().await;
    eprintln!("Whoever opens this link sets the password of {}; it holds {LINK_HOURS} h:", user.email);
    println!("{link}");
    Ok(())
}

/// What a user may do.
#[derive(Debug, clap::Args)]
pub(super) struct Access {
    #[command(flatten)]
    user: UserArguments,
    /// owner, manager or viewer
    #[arg(value_parser = role)]
    role: Role,
    /// A campaign that a viewer sees, by its id; given again for more. Without it and --voicebot they see what they saw before
    #[arg(long = "campaign", value_name = "ID", value_parser = |id: &str| CampaignId::new(id).map_err(|error| error.to_string()))]
    campaigns: Vec<CampaignId>,
    /// A voicebot whose campaigns a viewer sees, by its id; given again for more
    #[arg(long = "voicebot", value_name = "ID", value_parser = |id: &str| VoicebotId::new(id).map_err(|error| error.to_string()))]
    voicebots: Vec<VoicebotId>,
    /// A viewer who was limited sees everything from now on
    #[arg(long, conflicts_with_all = ["campaigns", "voicebots"])]
    everything: bool,
}

pub(super) async fn set_access(settings: &Settings, arguments: Access) -> Result<(), Failure> {
    let Access { user, role, campaigns, voicebots, everything } = arguments;
    let (db, now) = (open(settings).await?, (clock::system())());
    let mut conn = db.write().await?;
    let account = account_named(&mut conn, &user.account).await?;
    let scope = scope_of(&account);
    let user = user_named(&mut conn, &scope, &user.email).await?;
    let chosen = Some(Chosen { campaigns, voicebots }).filter(|chosen| *chosen != Chosen::default());
    let before = chosen::of_user(&mut conn, &scope, user.key).await?;
    let before = user.is_limited.then_some(before);
    let chosen = inviting::chosen_now(chosen, everything, before.clone(), role);
    users::set_access(&mut conn, &scope, user.key, role, chosen.as_ref()).await?;
    let before = inviting::access(user.role, before.as_ref());
    let details = changes::between(Some(before), inviting::access(role, chosen.as_ref()));
    let event = Event::of(Action::UserChanged, user.email.clone()).with(details);
    audit::record(&mut conn, &scope, &Actor::operator(), &event, now).await?;
    conn.commit().await?;
    db.close().await;
    println!("{} is {} of {:?}", user.email, role.word(), account.registered);
    Ok(())
}

pub(super) async fn remove(settings: &Settings, arguments: UserArguments) -> Result<(), Failure> {
    let (db, now) = (open(settings).await?, (clock::system())());
    let mut conn = db.write().await?;
    let account = account_named(&mut conn, &arguments.account).await?;
    let scope = scope_of(&account);
    let user = user_named(&mut conn, &scope, &arguments.email).await?;
    users::delete(&mut conn, &scope, user.key).await?;
    let event = Event::of(Action::UserRemoved, user.email.clone());
    audit::record(&mut conn, &scope, &Actor::operator(), &event, now).await?;
    conn.commit().await?;
    db.close().await;
    println!("{} belongs to {:?} no more", user.email, account.registered);
    Ok(())
}

/// Ends all sessions of a user in the account, as its page does.
pub(super) async fn sign_out(settings: &Settings, arguments: UserArguments) -> Result<(), Failure> {
    let (db, now) = (open(settings).await?, (clock::system())());
    let mut conn = db.write().await?;
    let account = account_named(&mut conn, &arguments.account).await?;
    let scope = scope_of(&account);
    let user = user_named(&mut conn, &scope, &arguments.email).await?;
    let sessions = users::end_sessions(&mut conn, &scope, user.key).await?;
    let event = Event::of(Action::SessionsEnded, user.email.clone()).with(serde_json::json!({"sessions": sessions}));
    audit::record(&mut conn, &scope, &Actor::operator(), &event, now).await?;
    conn.commit().await?;
    db.close().await;
    println!("{} is signed out of {:?}: {sessions} sessions", user.email, account.registered);
    Ok(())
}

/// The users of an account.
#[derive(Debug, clap::Args)]
pub(super) struct ListUsers {
    /// The account, by the name it is registered by
    #[arg(long)]
    account: String,
}

pub(super) async fn list(settings: &Settings, arguments: ListUsers) -> Result<(), Failure> {
    let db = open(settings).await?;
    let mut conn = db.read().await?;
    let account = account_named(&mut conn, &arguments.account).await?;
    let scope = scope_of(&account);
    for user in users::list(&mut conn, &scope).await? {
        let seen = user.seen_at.map_or("never signed in".to_owned(), |at| format!("signed in {at}"));
        let password = if user.has_password { "" } else { ", no password yet" };
        let limited =
            if user.is_limited { limits(&chosen::of_user(&mut conn, &scope, user.key).await?) } else { String::new() };
        println!("{}\t{}{limited}\t{seen}{password}", user.email, user.role.word());
    }
    drop(conn);
    db.close().await;
    Ok(())
}

fn limits(chosen: &Chosen) -> String {
    let campaigns = chosen.campaigns.iter().map(CampaignId::as_str);
    let voicebots = chosen.voicebots.iter().map(|id| format!("all of voicebot {id}"));
    format!(" of {}", campaigns.map(str::to_owned).chain(voicebots).collect::<Vec<_>>().join(", "))
}
