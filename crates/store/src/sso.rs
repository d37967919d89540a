//! Single sign-on: whom the operator's provider shows in, and what groups of it mean in an account.
//!
//! Who comes from a provider is found before an account is known: what is asked by the provider's names takes no scope.

mod memberships;

use domain::{Role, Timestamp};
use sqlx::AssertSqlSafe;

use crate::{
    Conn, Put, Scope, StoreError, accounts,
    db::{execute, fetch_all, fetch_one, fetch_optional},
    dialect,
    put::{checked_name, invalid},
    sessions,
};

pub use memberships::{Entrance, Newcomer, enter};

/// Groups that an account may have.
const MAX_GROUPS: i64 = 200;
/// The longest name of a group, in characters.
pub const GROUP_CHARS: usize = 256;

/// A group of the provider and what its people may do in the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// As the provider writes it; capitals count.
    pub name: String,
    /// What its people may do.
    pub role: Role,
}

fn role_of(word: &str) -> Result<Role, StoreError> {
    Role::from_word(word).ok_or_else(|| StoreError::Broken("role of a group".to_owned()))
}

/// The groups of the account, by name.
pub async fn groups(conn: &mut Conn, scope: &Scope) -> Result<Vec<Group>, StoreError> {
    let rows = fetch_all!(
        conn,
        (String, String),
        "SELECT name, role FROM sso_groups WHERE account_id = $1 ORDER BY name",
        scope.account(),
    )?;
    rows.into_iter().map(|(name, role)| Ok(Group { role: role_of(&role)?, name })).collect()
}

/// Says what the people of a group may do in the account. It holds from their next sign-in on.
///
/// # Errors
/// Where the name is none, or the account has too many.
pub async fn put_group(conn: &mut Conn, scope: &Scope, name: &str, role: Role) -> Result<Put, StoreError> {
    let name = checked_name("group", name)?;
    if name.chars().count() > GROUP_CHARS {
        return Err(invalid("group", "is too long"));
    }
    accounts::take_keys(conn, scope, 0).await?;
    let known = groups(conn, scope).await?;
    let before = known.iter().find(|group| group.name == name).map(|group| group.role);
    if before == Some(role) {
        return Ok(Put::Unchanged);
    }
    if before.is_none() && known.len() as i64 >= MAX_GROUPS {
        return Err(invalid("group", "is one too many: an account has 200 at most"));
    }
    execute!(
        conn,
        "INSERT INTO sso_groups (account_id, name, role) VALUES ($1, $2, $3)
         ON CONFLICT (account_id, name) DO UPDATE SET role = excluded.role",
        scope.account(),
        name.as_str(),
        role.word(),
    )?;
    Ok(if before.is_some() { Put::Updated } else { Put::Created })
}

/// Takes a group out of the account; its people leave it when they next sign in. `false`: it has no such group.
pub async fn delete_group(conn: &mut Conn, scope: &Scope, name: &str) -> Result<bool, StoreError> {
    Ok(execute!(conn, "DELETE FROM sso_groups WHERE account_id = $1 AND name = $2", scope.account(), name)? > 0)
}

/// What groups give: each account with the greatest role, by account.
async fn roles_of(conn: &mut Conn, groups: &[String]) -> Result<Vec<(i64, Role)>, StoreError> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let names = serde_json::json!(groups).to_string();
    let texts = dialect::texts_of_json(conn, "$1");
    let sql = format!("SELECT account_id, role FROM sso_groups WHERE name IN ({texts}) ORDER BY account_id");
    let rows = fetch_all!(conn, (i64, String), AssertSqlSafe(sql.as_str()), names.as_str())?;
    let mut given: Vec<(i64, Role)> = Vec::new();
    for (account, role) in rows {
        let role = role_of(&role)?;
        match given.last_mut().filter(|(of, _)| *of == account) {
            Some((_, greatest)) if role.may(*greatest) => *greatest = role,
            Some(_) => {}
            None => given.push((account, role)),
        }
    }
    Ok(given)
}

/// Whether sessions that were begun with a password do not enter the account.
pub async fn forbids_passwords(conn: &mut Conn, scope: &Scope) -> Result<bool, StoreError> {
    let row = fetch_optional!(
        conn,
        (bool,),
        "SELECT passwords_forbidden FROM accounts WHERE account_id = $1",
        scope.account(),
    )?;
    Ok(row.is_some_and(|(forbidden,)| forbidden))
}

/// Says whether passwords are forbidden; the account's sessions that were begun with one end where they are.
///
/// # Errors
/// Where they would be, and no owner has come by the provider `issuer` yet: nobody could open it again.
pub async fn forbid_passwords(
    conn: &mut Conn,
    scope: &Scope,
    forbidden: bool,
    issuer: Option<&str>,
) -> Result<Put, StoreError> {
    accounts::take_keys(conn, scope, 0).await?;
    if forbids_passwords(conn, scope).await? == forbidden {
        return Ok(Put::Unchanged);
    }
    if forbidden && !has_linked_owner(conn, scope, issuer.unwrap_or_default()).await? {
        return Err(invalid("passwords", "cannot be forbidden before an owner has signed in by single sign-on"));
    }
    execute!(conn, "UPDATE accounts SET passwords_forbidden = $2 WHERE account_id = $1", scope.account(), forbidden,)?;
    if forbidden {
        sessions::end_by_password(conn, scope).await?;
    }
    Ok(Put::Updated)
}

/// Whether an owner who stays is known to the provider.
async fn has_linked_owner(conn: &mut Conn, scope: &Scope, issuer: &str) -> Result<bool, StoreError> {
    let (owners,) = fetch_one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM users
         WHERE account_id = $1 AND role = 'owner' AND ends_at IS NULL
           AND EXISTS (SELECT 1 FROM sso_identities i WHERE i.email = users.email AND i.issuer = $2)",
        scope.account(),
        issuer,
    )?;
    Ok(owners > 0)
}

/// The address of the person whom a provider calls this.
pub async fn person_of(conn: &mut Conn, issuer: &str, subject: &str) -> Result<Option<String>, StoreError> {
    let row = fetch_optional!(
        conn,
        (String,),
        "SELECT email FROM sso_identities WHERE issuer = $1 AND subject = $2",
        issuer,
        subject,
    )?;
    Ok(row.map(|(email,)| email))
}

/// Whether a person comes by a provider.
pub async fn is_linked(conn: &mut Conn, email: &str) -> Result<bool, StoreError> {
    let (linked,) = fetch_one!(conn, (i64,), "SELECT COUNT(*) FROM sso_identities WHERE email = $1", email)?;
    Ok(linked > 0)
}

async fn link(conn: &mut Conn, issuer: &str, subject: &str, email: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO sso_identities (issuer, subject, email, linked_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (issuer, subject) DO UPDATE SET email = excluded.email, linked_at = excluded.linked_at",
        issuer,
        subject,
        email,
        now.0,
    )?;
    Ok(())
}

/// Uses up what may be shown once, and forgets what is too old to be shown. `false`: it was used before; of two that use it at once,
/// one does.
pub async fn use_once(
    conn: &mut Conn,
    hash: &[u8; 32],
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    execute!(conn, "DELETE FROM sso_used WHERE expires_at <= $1", now.0)?;
    let used = execute!(
        conn,
        "INSERT INTO sso_used (hash, expires_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING",
        hash.as_slice(),
        expires_at.0,
    )?;
    Ok(used > 0)
}
