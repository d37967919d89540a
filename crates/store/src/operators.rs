//! Operators: who runs the service for all accounts. The mark is on the person and no membership: it shows how much accounts use,
//! and nothing of what is in them. As [`crate::people`], these statements take no scope.

use domain::{Role, Timestamp};
use serde_json::json;

use crate::{
    Conn, Scope, StoreError, accounts,
    audit::{self, Action, Actor, Event, of_service},
    db::{execute, fetch_all},
    people,
    put::invalid,
    sso,
    users::{self, User},
};

/// How long an operator who enters an account belongs to it, ms: an hour.
pub const ENTERED_LASTS_MS: i64 = 60 * 60 * 1_000;

/// Somebody who runs the service.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct Operator {
    /// Their address; lower case.
    pub email: String,
    /// How they are addressed.
    pub name: String,
    marked_at: i64,
}

impl Operator {
    /// When they became one.
    pub fn since(&self) -> Timestamp {
        Timestamp(self.marked_at)
    }
}

/// Marks a person. Links to set their password that somebody was to pass on are over: who has one would be an operator. `false`:
/// they are marked already. The log of the service tells of it, as of [`remove`].
///
/// # Errors
/// Where there is no such person, or they have neither set a password nor come by the provider yet: whoever has a link to set it would
/// be an operator.
pub async fn add(conn: &mut Conn, email: &str, actor: &Actor, now: Timestamp) -> Result<bool, StoreError> {
    let person = people::find(conn, email).await?.ok_or_else(|| invalid(email, "belongs to nobody who signs in"))?;
    if person.password_hash.is_none() && !sso::is_linked(conn, &person.email).await? {
        return Err(invalid(email, "belongs to somebody who has set no password yet, nor come by single sign-on"));
    }
    let marked = execute!(
        conn,
        "UPDATE people SET operator_since = $2 WHERE email = $1 AND operator_since IS NULL",
        person.email.as_str(),
        now.0,
    )?;
    people::end_passed_on_links(conn, &person.email).await?;
    if marked > 0 {
        of_service::record(conn, actor, &Event::of(Action::OperatorMarked, person.email), now).await?;
    }
    Ok(marked > 0)
}

/// Takes the mark from a person. What they entered for a while ends with it. `false`: they have none.
pub async fn remove(conn: &mut Conn, email: &str, actor: &Actor, now: Timestamp) -> Result<bool, StoreError> {
    let email = people::address(email)?;
    let unmarked = execute!(
        conn,
        "UPDATE people SET operator_since = NULL WHERE email = $1 AND operator_since IS NOT NULL",
        email.as_str(),
    )?;
    if unmarked > 0 {
        for user in users::all_memberships(conn, &email).await?.into_iter().filter(|user| user.ends_at.is_some()) {
            #[expect(clippy::disallowed_methods, reason = "an account that the person entered as an operator")]
            let scope = Scope::system(user.account);
            let over_at = user.ends_at.filter(|ends_at| *ends_at <= now);
            tell_left(conn, &scope, actor, &email, over_at, now).await?;
            users::delete(conn, &scope, user.key).await?;
        }
        of_service::record(conn, actor, &Event::of(Action::OperatorUnmarked, email.clone()), now).await?;
        people::forget_stray(conn, &email).await?;
    }
    Ok(unmarked > 0)
}

/// All operators, by address.
pub async fn list(conn: &mut Conn) -> Result<Vec<Operator>, StoreError> {
    fetch_all!(
        conn,
        Operator,
        "SELECT email, name, operator_since AS marked_at FROM people WHERE operator_since IS NOT NULL ORDER BY email",
    )
}

/// Lets an operator into an account until `ends_at`. Who entered it before enters anew.
///
/// # Errors
/// Where they belong to it for good.
pub async fn enter(
    conn: &mut Conn,
    scope: &Scope,
    email: &str,
    role: Role,
    ends_at: Timestamp,
    now: Timestamp,
) -> Result<User, StoreError> {
    accounts::lock(conn, scope).await?;
    if let Some(before) = users::lookup_email(conn, scope, email).await? {
        if before.ends_at.is_none() {
            return Err(invalid("email", "belongs to a user of this account"));
        }
        let over_at = before.ends_at.filter(|ends_at| *ends_at <= now);
        tell_left(conn, scope, &Actor::system(), email, over_at, now).await?;
        users::delete(conn, scope, before.key).await?;
    }
    users::add_until(conn, scope, email, role, ends_at, now).await
}

/// Takes out who entered the account for a while that is over, and tells the log of each, with the instant at which it was over.
/// Gives how many. The first who notices does it, a request of theirs or a job.
pub async fn leave_over(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<u64, StoreError> {
    // Of two who notice, one comes first.
    accounts::lock(conn, scope).await?;
    let mut left = 0;
    for user in users::list(conn, scope).await? {
        let Some(ends_at) = user.ends_at.filter(|ends_at| *ends_at <= now) else { continue };
        tell_left(conn, scope, &Actor::system(), &user.email, Some(ends_at), now).await?;
        users::delete(conn, scope, user.key).await?;
        left += 1;
    }
    Ok(left)
}

/// Tells the log of an account that an operator who had entered it is out: they left, or by itself when their time was over.
pub async fn tell_left(
    conn: &mut Conn,
    scope: &Scope,
    actor: &Actor,
    email: &str,
    over_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let event = Event::of(Action::OperatorLeft, email);
    let event = match over_at {
        Some(over_at) => event.with(json!({"over_at": over_at.to_string()})),
        None => event,
    };
    audit::record(conn, scope, actor, &event, now).await
}
