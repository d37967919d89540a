//! Users: people as they belong to an account.

use domain::{Role, Timestamp};

use crate::{
    Chosen, Conn, Scope, StoreError, accounts, chosen,
    db::{execute, fetch_all, fetch_one, fetch_optional},
    exports, people,
    put::invalid,
    quotas, views,
};

/// A person who belongs to an account.
// Each is a fact of its own.
#[allow(clippy::struct_excessive_bools)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its number within the account.
    pub key: i64,
    /// The person's address; lower case.
    pub email: String,
    /// How the person is addressed.
    pub name: String,
    /// What they may do in the account.
    pub role: Role,
    /// Whether they see but what was chosen for them ([`crate::chosen::of_user`]).
    pub is_limited: bool,
    /// The account that they are in by this.
    pub account: i64,
    /// When they last signed in to it.
    pub seen_at: Option<Timestamp>,
    /// Whether the person has a password: who has none was asked to set one and has not yet, or signs in by the provider alone.
    pub has_password: bool,
    /// Whether they belong to the account because of a group of the provider ([`crate::sso`]), and leave it with it.
    pub is_by_sso: bool,
    /// When they belong to it no more: an operator who entered it for a while. None: they do for good.
    pub ends_at: Option<Timestamp>,
    /// Whether they run the service ([`crate::operators`]).
    pub is_operator: bool,
}

impl User {
    /// Whether they belong to the account no more.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.ends_at.is_some_and(|ends_at| ends_at <= now)
    }
}

/// A user to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Signs in with it.
    pub email: String,
    /// How the person is addressed, where they are new; else they keep their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

// A row has the columns that its table has.
#[allow(clippy::struct_excessive_bools)]
#[derive(Debug, sqlx_macros::FromRow)]
pub(crate) struct StoredUser {
    account_id: i64,
    user_key: i64,
    email: String,
    name: String,
    role: String,
    limited: bool,
    seen_at: Option<i64>,
    has_password: bool,
    by_sso: bool,
    ends_at: Option<i64>,
    is_operator: bool,
}

pub(crate) fn read(stored: StoredUser) -> Result<User, StoreError> {
    let StoredUser {
        account_id,
        user_key,
        email,
        name,
        role,
        limited,
        seen_at,
        has_password,
        by_sso,
        ends_at,
        is_operator,
    } = stored;
    let role = Role::from_word(&role).ok_or_else(|| StoreError::Broken(format!("role of user {user_key}")))?;
    Ok(User {
        key: user_key,
        email,
        name,
        role,
        is_limited: limited,
        account: account_id,
        seen_at: seen_at.map(Timestamp),
        has_password,
        is_by_sso: by_sso,
        ends_at: ends_at.map(Timestamp),
        is_operator,
    })
}

/// Adds a person to the account; who is new has no password yet.
///
/// # Errors
/// Where they belong to it already, or the account has as many people as it may have.
pub async fn add(conn: &mut Conn, scope: &Scope, user: &NewUser, now: Timestamp) -> Result<User, StoreError> {
    accounts::lock(conn, scope).await?;
    quotas::take_person(conn, scope, now).await?;
    add_invited(conn, scope, user, now).await
}

/// As [`add`], for who was counted when they were invited.
pub(crate) async fn add_invited(
    conn: &mut Conn,
    scope: &Scope,
    user: &NewUser,
    now: Timestamp,
) -> Result<User, StoreError> {
    insert(conn, scope, user, None, now).await
}

/// Adds an operator who enters the account until `ends_at`.
pub(crate) async fn add_until(
    conn: &mut Conn,
    scope: &Scope,
    email: &str,
    role: Role,
    ends_at: Timestamp,
    now: Timestamp,
) -> Result<User, StoreError> {
    let user = NewUser { email: email.to_owned(), name: email.to_owned(), role };
    insert(conn, scope, &user, Some(ends_at), now).await
}

async fn insert(
    conn: &mut Conn,
    scope: &Scope,
    user: &NewUser,
    ends_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<User, StoreError> {
    let email = people::address(&user.email)?;
    let is_new = people::add(conn, &email, &user.name, now).await?;
    if !is_new {
        // Links that somebody may pass on were of who belongs to their account alone: now they would let in here, too.
        people::end_passed_on_links(conn, &email).await?;
    }
    let (key, _) = accounts::take_keys(conn, scope, 1).await?;
    let added = execute!(
        conn,
        "INSERT INTO users (account_id, user_key, email, role, created_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (account_id, email) DO NOTHING",
        scope.account(),
        key,
        email.as_str(),
        user.role.word(),
        now.0,
        ends_at.map(|at| at.0),
    )?;
    if added == 0 {
        return Err(invalid("email", "belongs to a user of this account"));
    }
    lookup(conn, scope, key).await?.ok_or_else(|| StoreError::Broken(format!("user {key} is not there")))
}

/// The memberships of the person with an address, those that are over ([`User::is_over`]) among them: accounts that they belong to for good
/// come before those that they entered as an operator, and of these the last one signed in to first.
pub async fn all_memberships(conn: &mut Conn, email: &str) -> Result<Vec<User>, StoreError> {
    // What is no address is nobody's; it may hold what the database cannot read.
    let Ok(email) = people::address(email) else { return Ok(Vec::new()) };
    let rows = fetch_all!(
        conn,
        StoredUser,
        "SELECT u.account_id, u.user_key, u.email, p.name, u.role, u.limited, u.seen_at,
                p.password_hash IS NOT NULL AS has_password, u.by_sso, u.ends_at,
                p.operator_since IS NOT NULL AS is_operator
         FROM users u
         JOIN people p ON p.email = u.email
         WHERE u.email = $1
         ORDER BY u.ends_at IS NOT NULL, COALESCE(u.seen_at, 0) DESC, u.account_id",
        email,
    )?;
    rows.into_iter().map(read).collect()
}

/// Those of [`all_memberships`] that last at `now`.
pub async fn memberships(conn: &mut Conn, email: &str, now: Timestamp) -> Result<Vec<User>, StoreError> {
    let mut users = all_memberships(conn, email).await?;
    users.retain(|user| !user.is_over(now));
    Ok(users)
}

/// Somebody of the account by their key; none where they have left it.
pub async fn lookup(conn: &mut Conn, scope: &Scope, user_key: i64) -> Result<Option<User>, StoreError> {
    let row = fetch_optional!(
        conn,
        StoredUser,
        "SELECT u.account_id, u.user_key, u.email, p.name, u.role, u.limited, u.seen_at,
                p.password_hash IS NOT NULL AS has_password, u.by_sso, u.ends_at,
                p.operator_since IS NOT NULL AS is_operator
         FROM users u
         JOIN people p ON p.email = u.email
         WHERE u.account_id = $1 AND u.user_key = $2",
        scope.account(),
        user_key,
    )?;
    row.map(read).transpose()
}

/// The user with an address.
pub async fn lookup_email(conn: &mut Conn, scope: &Scope, email: &str) -> Result<Option<User>, StoreError> {
    let users = all_memberships(conn, email).await?;
    Ok(users.into_iter().find(|user| user.account == scope.account()))
}

/// All users of the account, by address.
pub async fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<User>, StoreError> {
    let rows = fetch_all!(
        conn,
        StoredUser,
        "SELECT u.account_id, u.user_key, u.email, p.name, u.role, u.limited, u.seen_at,
                p.password_hash IS NOT NULL AS has_password, u.by_sso, u.ends_at,
                p.operator_since IS NOT NULL AS is_operator
         FROM users u
         JOIN people p ON p.email = u.email
         WHERE u.account_id = $1
         ORDER BY u.email",
        scope.account(),
    )?;
    rows.into_iter().map(read).collect()
}

/// Says what a user may do: a role, and of a viewer what alone they see (`None`: everything). Their sessions go on with it.
/// `false`: no such user.
///
/// # Errors
/// Where it would leave the account without an owner, limits somebody else than a viewer, or names a campaign or a voicebot that
/// is not there.
pub async fn set_access(
    conn: &mut Conn,
    scope: &Scope,
    user_key: i64,
    role: Role,
    chosen: Option<&Chosen>,
) -> Result<bool, StoreError> {
    let account = scope.account();
    // Of two owners who make each other viewers, one comes first.
    accounts::take_keys(conn, scope, 0).await?;
    let Some(user) = lookup(conn, scope, user_key).await? else { return Ok(false) };
    if role != Role::Owner {
        keep_an_owner(conn, scope, &user, "role").await?;
    }
    chosen::only_viewers(role, chosen)?;
    execute!(
        conn,
        "UPDATE users SET role = $3, limited = $4 WHERE account_id = $1 AND user_key = $2",
        account,
        user_key,
        role.word(),
        chosen.is_some(),
    )?;
    match chosen {
        Some(chosen) => chosen::set(conn, scope, user_key, chosen).await?,
        None => chosen::forget(conn, scope, user_key).await?,
    }
    exports::disown(conn, scope, user_key).await?;
    Ok(true)
}

/// Refuses to take the role or the access of an account's last owner who gets in: where passwords are forbidden, one who comes by the
/// provider.
async fn keep_an_owner(conn: &mut Conn, scope: &Scope, user: &User, field: &str) -> Result<(), StoreError> {
    // Who entered for a while is no owner whom the account could be left to.
    if user.role != Role::Owner || user.ends_at.is_some() {
        return Ok(());
    }
    let (others,) = fetch_one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM users u
         JOIN accounts a ON a.account_id = $1
         WHERE u.account_id = $1 AND u.role = 'owner' AND u.user_key <> $2 AND u.ends_at IS NULL
           AND (NOT a.passwords_forbidden OR EXISTS (SELECT 1 FROM sso_identities i WHERE i.email = u.email))",
        scope.account(),
        user.key,
    )?;
    if others > 0 { Ok(()) } else { Err(invalid(field, "is that of the last owner")) }
}

/// Notes that a user signed in.
pub async fn seen(conn: &mut Conn, scope: &Scope, user_key: i64, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE users SET seen_at = $3 WHERE account_id = $1 AND user_key = $2",
        scope.account(),
        user_key,
        now.0,
    )?;
    Ok(())
}

/// Sets the password of a user's person, in all accounts; see [`people::set_password`]. `false`: no such user.
pub async fn set_password(conn: &mut Conn, scope: &Scope, user_key: i64, hash: &str) -> Result<bool, StoreError> {
    let Some(user) = lookup(conn, scope, user_key).await? else { return Ok(false) };
    people::set_password(conn, &user.email, hash).await
}

/// Ends the user's sessions in this account. Returns how many.
pub async fn end_sessions(conn: &mut Conn, scope: &Scope, user_key: i64) -> Result<u64, StoreError> {
    execute!(conn, "DELETE FROM sessions WHERE account_id = $1 AND user_key = $2", scope.account(), user_key)
}

/// Takes a user out of the account; a person who belongs to no other is forgotten. `false`: no such user.
///
/// # Errors
/// Where it is the last owner.
pub async fn delete(conn: &mut Conn, scope: &Scope, user_key: i64) -> Result<bool, StoreError> {
    let account = scope.account();
    accounts::take_keys(conn, scope, 0).await?;
    let Some(user) = lookup(conn, scope, user_key).await? else { return Ok(false) };
    keep_an_owner(conn, scope, &user, "user").await?;
    end_sessions(conn, scope, user_key).await?;
    exports::disown(conn, scope, user_key).await?;
    execute!(conn, "DELETE FROM password_links WHERE account_id = $1 AND user_key = $2", account, user_key)?;
    chosen::forget(conn, scope, user_key).await?;
    views::forget_of(conn, scope, user_key).await?;
    let deleted = execute!(conn, "DELETE FROM users WHERE account_id = $1 AND user_key = $2", account, user_key)?;
    people::forget_stray(conn, &user.email).await?;
    Ok(deleted > 0)
}
