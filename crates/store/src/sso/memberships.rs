//! Somebody of the provider comes in: who they are here, and to which accounts their groups let them.
//!
//! A person is found by what the provider calls them (issuer and subject), which it gives to nobody else. The first time their
//! address finds them, and only where the provider has checked that it is theirs: else whoever may choose an address there would
//! be whom they like here. A password of such a person that was never set by who reads their mail goes: somebody may have
//! set it in wait for them.

use std::net::IpAddr;

use domain::{Role, Timestamp};
use serde_json::{Value, json};

use super::{link, person_of, roles_of};
use crate::{
    Conn, Scope, StoreError, User, accounts,
    audit::{self, Action, Actor, ActorKind, Event},
    db::execute,
    invitations, people,
    put::checked_name,
    users::{self, NewUser},
};

/// Somebody as the provider tells of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newcomer<'a> {
    /// The provider's `iss`, as its tokens write it.
    pub issuer: &'a str,
    /// What it calls them.
    pub subject: &'a str,
    /// Their address, where it tells one.
    pub email: Option<&'a str>,
    /// Whether the address is known to be theirs.
    pub is_email_verified: bool,
    /// How they are addressed; may be empty.
    pub name: &'a str,
    /// The groups that they are in.
    pub groups: &'a [String],
    /// From where they come.
    pub address: IpAddr,
}

/// What becomes of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entrance {
    /// They come in: first where they were last. Never empty.
    In(Vec<User>),
    /// No group of theirs belongs to an account, and nobody has taken them in by hand.
    NoAccount,
    /// They are new here, and the provider tells no address.
    NoEmail,
    /// They are new here, and the provider has not checked that the address is theirs.
    UnverifiedEmail,
    /// The accounts of their groups have as many people as they may have.
    NoRoom,
}

/// Finds or makes the person, and gives them what their groups give: accounts are joined, roles changed and accounts left, but for
/// those that somebody took them into by hand. All of it is told in the logs of the accounts.
pub async fn enter(conn: &mut Conn, newcomer: &Newcomer<'_>, now: Timestamp) -> Result<Entrance, StoreError> {
    let Newcomer { issuer, subject, .. } = *newcomer;
    let given = roles_of(conn, newcomer.groups).await?;
    let known = person_of(conn, issuer, subject).await?;
    let is_linked = known.is_some();
    let email = if let Some(email) = known {
        email
    } else {
        let Some(email) = newcomer.email else { return Ok(Entrance::NoEmail) };
        if !newcomer.is_email_verified {
            return Ok(Entrance::UnverifiedEmail);
        }
        let Ok(email) = people::address(email) else { return Ok(Entrance::NoEmail) };
        email
    };
    let person = people::find(conn, &email).await?;
    if person.is_none() && given.is_empty() {
        return Ok(Entrance::NoAccount);
    }
    let is_new = person.is_none();
    if is_new {
        people::add(conn, &email, name_of(newcomer.name, &email), now).await?;
    }
    let users = users::all_memberships(conn, &email).await?;
    let joins = given.iter().any(|(account, _)| users.iter().all(|user| user.account != *account));
    if person.is_some_and(|person| person.password_hash.is_some() && !person.is_confirmed) && (!is_linked || joins) {
        people::drop_password(conn, &email).await?;
    }
    if !is_linked {
        link(conn, issuer, subject, &email, now).await?;
    }
    let mut accounts: Vec<i64> = given.iter().map(|(account, _)| *account).collect();
    accounts.extend(users.iter().filter(|user| user.is_by_sso).map(|user| user.account));
    accounts.sort_unstable();
    accounts.dedup();
    #[expect(
        clippy::disallowed_methods,
        reason = "a group of the provider, or one that they were in, is of this account"
    )]
    let scopes: Vec<Scope> = accounts.into_iter().map(Scope::system).collect();
    for scope in &scopes {
        // In one order, whoever comes: of two who change accounts at once, one waits.
        accounts::lock(conn, scope).await?;
    }
    let of = |scope: &Scope| Membership { scope: *scope, email: &email, address: newcomer.address, now };
    let role_in = |scope: &Scope| given.iter().find(|(account, _)| *account == scope.account()).map(|(_, role)| *role);
    let user_in = |scope: &Scope| users.iter().find(|user| user.account == scope.account());
    // Who moves from one account to another belongs to one all the time: who belongs to none is forgotten.
    let mut has_no_room = false;
    for scope in &scopes {
        match (user_in(scope), role_in(scope)) {
            (None, Some(role)) => has_no_room |= !of(scope).join(conn, role, is_new).await?,
            (Some(user), Some(role)) => of(scope).change(conn, user, role).await?,
            _ => {}
        }
    }
    for scope in &scopes {
        if let (Some(user), None) = (user_in(scope), role_in(scope)) {
            of(scope).leave(conn, user).await?;
        }
    }
    people::forget_stray(conn, &email).await?;
    let users = users::memberships(conn, &email, now).await?;
    Ok(match users.is_empty() {
        true if has_no_room => Entrance::NoRoom,
        true => Entrance::NoAccount,
        false => Entrance::In(users),
    })
}

fn name_of<'a>(name: &'a str, email: &'a str) -> &'a str {
    let is_usable = checked_name("name", name).is_ok();
    if is_usable { name } else { email.split('@').next().unwrap_or(email) }
}

/// A person in an account.
struct Membership<'a> {
    scope: Scope,
    email: &'a str,
    address: IpAddr,
    now: Timestamp,
}

impl Membership<'_> {
    /// `false`: the account has no room for one more.
    async fn join(&self, conn: &mut Conn, role: Role, is_new: bool) -> Result<bool, StoreError> {
        let new = NewUser { email: self.email.to_owned(), name: self.email.to_owned(), role };
        let user = match users::add(conn, &self.scope, &new, self.now).await {
            Ok(user) => user,
            // The account takes nobody in; they may come into others.
            Err(StoreError::Invalid(error)) => {
                tracing::warn!(
                    account = self.scope.account(),
                    field = error.field,
                    reason = error.reason,
                    "Somebody of a group could not be taken into the account"
                );
                return Ok(true);
            }
            Err(StoreError::OverQuota(_, limit)) => {
                let reason = format!("the account has its {limit} people");
                self.tell(conn, Action::SignInRefused, json!({"reason": reason, "by": BY_SSO})).await?;
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        execute!(
            conn,
            "UPDATE users SET by_sso = TRUE WHERE account_id = $1 AND user_key = $2",
            self.scope.account(),
            user.key,
        )?;
        invitations::delete(conn, &self.scope, self.email).await?;
        self.tell(conn, Action::UserAdded, json!({"role": role.word(), "by": BY_SSO, "new_person": is_new})).await?;
        accounts::changed(conn, &self.scope).await?;
        Ok(true)
    }

    /// A viewer whom somebody has limited to campaigns stays so, whatever the group gives.
    async fn change(&self, conn: &mut Conn, user: &User, role: Role) -> Result<(), StoreError> {
        if !user.is_by_sso || user.is_limited || user.role == role {
            return Ok(());
        }
        match users::set_access(conn, &self.scope, user.key, role, None).await {
            Err(StoreError::Invalid(_)) => self.keep(conn).await,
            Err(error) => Err(error),
            Ok(_) => {
                let (before, after) = (json!({"role": user.role.word()}), json!({"role": role.word(), "by": BY_SSO}));
                self.tell(conn, Action::UserChanged, json!({"before": before, "after": after})).await
            }
        }
    }

    async fn leave(&self, conn: &mut Conn, user: &User) -> Result<(), StoreError> {
        if !user.is_by_sso {
            return Ok(());
        }
        match users::delete(conn, &self.scope, user.key).await {
            Err(StoreError::Invalid(_)) => self.keep(conn).await,
            Err(error) => Err(error),
            Ok(_) => {
                self.tell(conn, Action::UserRemoved, json!({"role": user.role.word(), "by": BY_SSO})).await?;
                accounts::changed(conn, &self.scope).await
            }
        }
    }

    async fn keep(&self, conn: &mut Conn) -> Result<(), StoreError> {
        self.tell(conn, Action::LastOwnerKept, json!({"by": BY_SSO})).await
    }

    async fn tell(&self, conn: &mut Conn, action: Action, details: Value) -> Result<(), StoreError> {
        let actor = Actor { kind: ActorKind::System, name: String::new(), address: Some(self.address) };
        audit::record(conn, &self.scope, &actor, &Event::of(action, self.email).with(details), self.now).await
    }
}

/// What the log says of what groups did.
const BY_SSO: &str = "single sign-on";
