//! Who was asked to belong to an account and has not said yes. The store sees only the hash of a link's secret part.
//!
//! Nobody belongs to an account before they accepted: an owner who passes a link on learns no password of a person that other
//! accounts know.

use domain::{Role, Timestamp};

use crate::{
    Chosen, Conn, Scope, StoreError, User, accounts, chosen,
    db::{execute, fetch_all, fetch_optional},
    people,
    put::invalid,
    quotas,
    users::{self, NewUser},
};

/// Somebody who was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The account that they are asked into.
    pub account: i64,
    /// The address; lower case.
    pub email: String,
    /// What they will be allowed to do.
    pub role: Role,
    /// What alone they will see; `None`: everything.
    pub chosen: Option<Chosen>,
    /// Whether the link goes by mail; else it was given to who asked, to pass on.
    pub is_mailed: bool,
    /// When they were asked.
    pub invited_at: Timestamp,
    /// Until when the link holds.
    pub expires_at: Timestamp,
}

/// Somebody to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// Their e-mail address, by which they will sign in.
    pub email: String,
    /// What they will be allowed to do.
    pub role: Role,
    /// What alone they will see, to which only viewers may be limited; `None`: everything.
    pub chosen: Option<Chosen>,
    /// Whether the link goes by mail.
    pub is_mailed: bool,
}

#[derive(Debug, sqlx_macros::FromRow)]
struct InvitationRow {
    account_id: i64,
    email: String,
    role: String,
    campaigns: Option<String>,
    voicebots: Option<String>,
    mailed: bool,
    invited_at: i64,
    expires_at: i64,
}

fn read(row: InvitationRow) -> Result<Invitation, StoreError> {
    let broken = |what: &str| StoreError::Broken(format!("{what} of an invitation"));
    let campaigns = row.campaigns.map(|json| serde_json::from_str(&json)).transpose();
    let voicebots = row.voicebots.map(|json| serde_json::from_str(&json)).transpose();
    Ok(Invitation {
        account: row.account_id,
        role: Role::from_word(&row.role).ok_or_else(|| broken("role"))?,
        chosen: Chosen::of(campaigns.map_err(|_| broken("campaigns"))?, voicebots.map_err(|_| broken("voicebots"))?),
        email: row.email,
        is_mailed: row.mailed,
        invited_at: Timestamp(row.invited_at),
        expires_at: Timestamp(row.expires_at),
    })
}

/// Asks somebody; who was asked before is asked anew, and the link of before is over. Without `hash` there is no link yet
/// ([`set_link`]).
///
/// # Errors
/// Where they belong to the account already, somebody else than a viewer is limited, or the account has as many people as it may
/// have.
pub async fn put(
    conn: &mut Conn,
    scope: &Scope,
    invitation: &NewInvitation,
    hash: Option<&[u8; 32]>,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<Invitation, StoreError> {
    let email = people::address(&invitation.email)?;
    if users::lookup_email(conn, scope, &email).await?.is_some() {
        return Err(invalid("email", "belongs to a user of this account"));
    }
    let chosen = invitation.chosen.as_ref();
    chosen::only_viewers(invitation.role, chosen)?;
    if let Some(chosen) = chosen {
        chosen::check(conn, scope, chosen).await?;
    }
    accounts::lock(conn, scope).await?;
    if lookup(conn, scope, &email).await?.is_none() {
        quotas::take_person(conn, scope, now).await?;
    }
    let campaigns = chosen.map(|chosen| serde_json::json!(chosen.campaigns).to_string());
    let voicebots = chosen.map(|chosen| serde_json::json!(chosen.voicebots).to_string());
    execute!(
        conn,
        "INSERT INTO invitations (account_id, email, role, campaigns, voicebots, secret_hash, mailed, invited_by, invited_at,
                                  expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (account_id, email) DO UPDATE
         SET role = excluded.role, campaigns = excluded.campaigns, voicebots = excluded.voicebots,
             secret_hash = excluded.secret_hash, mailed = excluded.mailed, invited_by = excluded.invited_by,
             invited_at = excluded.invited_at, expires_at = excluded.expires_at",
        scope.account(),
        email.as_str(),
        invitation.role.word(),
        campaigns.as_deref(),
        voicebots.as_deref(),
        hash.map(<[u8; 32]>::as_slice),
        invitation.is_mailed,
        scope.user(),
        now.0,
        expires_at.0,
    )?;
    let stored = lookup(conn, scope, &email).await?;
    stored.ok_or_else(|| StoreError::Broken("invitation is not there".to_owned()))
}

/// Sets the link of an invitation, in place of the one before. `false`: nobody with this address is asked.
pub async fn set_link(conn: &mut Conn, scope: &Scope, email: &str, hash: &[u8; 32]) -> Result<bool, StoreError> {
    let set = execute!(
        conn,
        "UPDATE invitations SET secret_hash = $3 WHERE account_id = $1 AND email = $2",
        scope.account(),
        email,
        hash.as_slice(),
    )?;
    Ok(set > 0)
}

/// The invitation of an address.
pub async fn lookup(conn: &mut Conn, scope: &Scope, email: &str) -> Result<Option<Invitation>, StoreError> {
    let row = fetch_optional!(
        conn,
        InvitationRow,
        "SELECT account_id, email, role, campaigns, voicebots, mailed, invited_at, expires_at FROM invitations
         WHERE account_id = $1 AND email = $2",
        scope.account(),
        email,
    )?;
    row.map(read).transpose()
}

/// The invitation that a link is of; `None` where it is unknown, used or over.
pub async fn find(
    conn: &mut Conn,
    account: i64,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Invitation>, StoreError> {
    let row = fetch_optional!(
        conn,
        InvitationRow,
        "SELECT account_id, email, role, campaigns, voicebots, mailed, invited_at, expires_at FROM invitations
         WHERE account_id = $1 AND secret_hash = $2 AND expires_at > $3",
        account,
        hash.as_slice(),
        now.0,
    )?;
    row.map(read).transpose()
}

/// Uses a link up: its person, new or known, belongs to the account. `name` is how a new one is addressed. `None`: there is no
/// such link any more. The caller has made sure that it is the person who accepts.
pub async fn accept(
    conn: &mut Conn,
    account: i64,
    hash: &[u8; 32],
    name: &str,
    now: Timestamp,
) -> Result<Option<User>, StoreError> {
    let Some(invitation) = find(conn, account, hash, now).await? else { return Ok(None) };
    #[expect(clippy::disallowed_methods, reason = "the link names its account")]
    let scope = Scope::system(account);
    // Of two that accept at once, one gets in.
    if !delete(conn, &scope, &invitation.email).await? {
        return Ok(None);
    }
    let new = NewUser { email: invitation.email, name: name.to_owned(), role: invitation.role };
    let user = users::add_invited(conn, &scope, &new, now).await?;
    if let Some(chosen) = invitation.chosen {
        users::set_access(conn, &scope, user.key, user.role, Some(&chosen)).await?;
    }
    if invitation.is_mailed {
        people::confirm(conn, &user.email, now).await?;
    }
    accounts::changed(conn, &scope).await?;
    users::lookup(conn, &scope, user.key).await
}

/// Who was asked and has not answered, by address.
pub async fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Invitation>, StoreError> {
    let rows = fetch_all!(
        conn,
        InvitationRow,
        "SELECT account_id, email, role, campaigns, voicebots, mailed, invited_at, expires_at FROM invitations
         WHERE account_id = $1
         ORDER BY email",
        scope.account(),
    )?;
    rows.into_iter().map(read).collect()
}

/// Takes an invitation back. `false`: nobody with this address is asked.
pub async fn delete(conn: &mut Conn, scope: &Scope, email: &str) -> Result<bool, StoreError> {
    let deleted =
        execute!(conn, "DELETE FROM invitations WHERE account_id = $1 AND email = $2", scope.account(), email)?;
    Ok(deleted > 0)
}
