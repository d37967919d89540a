//! Sessions of signed-in users. The store sees only the hash of a cookie's secret part.

use domain::{Account, Timestamp};

use crate::{
    Conn, Scope, StoreError, User, accounts,
    db::{execute, fetch_all, fetch_optional},
    users,
};

/// How far the clocks of servers on one database may be apart, in milliseconds. What was used later than that after now was used
/// before a clock was set back, and nobody knows how long ago.
const AHEAD_MS: i64 = 5 * 60 * 1_000;

/// When a session began and when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionTimes {
    /// When somebody signed in.
    pub begun_at: Timestamp,
    /// When it was begun or last extended.
    pub used_at: Timestamp,
    /// When it ends unless it is extended.
    pub expires_at: Timestamp,
    /// When it ends, however often it is extended.
    pub ends_at: Timestamp,
}

impl SessionTimes {
    /// Whether it is over at `now`. One that was used in the future is: the clock was set back, and without that it may have
    /// ended already.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at <= now || self.ends_at <= now || self.used_at.0 > now.0 + AHEAD_MS
    }
}

/// What a secret leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundSession {
    /// There is no such session.
    Nothing,
    /// A session that is over and may be deleted.
    Over,
    /// One that lasts, and whose it is.
    Session(Box<Session>),
}

impl FoundSession {
    /// The session, if there is one.
    pub fn session(self) -> Option<Session> {
        match self {
            Self::Session(session) => Some(*session),
            Self::Nothing | Self::Over => None,
        }
    }
}

/// A session that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who signed in.
    pub user: User,
    /// The account that is open in it: a person may belong to several.
    pub account: Account,
    /// When it began and when it ends.
    pub times: SessionTimes,
}

/// Whose session of a provider ([`crate::sso`]) a session was begun by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleSignOn {
    /// The provider's `iss`, as its tokens write it.
    pub issuer: String,
    /// What the provider calls the person.
    pub subject: String,
    /// What it calls their session there, where it says so.
    pub sid: Option<String>,
    /// What it is shown when they sign out; encrypted.
    pub id_token: Option<Vec<u8>>,
}

/// A session that a provider ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedSession {
    /// The account that it was in.
    pub account: i64,
    /// The key of the person's row in that account.
    pub user_key: i64,
    /// The hash of its secret.
    pub hash: [u8; 32],
}

#[derive(Debug, sqlx_macros::FromRow)]
struct StoredTimes {
    user_key: i64,
    shut: bool,
    begun_at: i64,
    used_at: i64,
    expires_at: i64,
    ends_at: i64,
}

/// Where somebody signed in, as their list of sessions shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Device {
    /// What the browser says it is (`User-Agent`), shortened.
    pub agent: String,
    /// The address that the sign-in came from, as text.
    pub address: String,
}

/// A session as its person sees it among others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSession {
    /// The account that it opens.
    pub account: i64,
    /// The person as a user of it.
    pub user_key: i64,
    /// The hash of its secret, by which it is ended; nobody gets in with it.
    pub hash: [u8; 32],
    /// Where it was begun.
    pub device: Device,
    /// When it began and when it ends.
    pub times: SessionTimes,
}

/// Begins a session of a user of the account; with `sso`, of somebody whom the provider has shown in.
pub async fn add(
    conn: &mut Conn,
    scope: &Scope,
    user_key: i64,
    hash: &[u8; 32],
    times: &SessionTimes,
    device: &Device,
    sso: Option<&SingleSignOn>,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO sessions (account_id, secret_hash, user_key, begun_at, used_at, expires_at, ends_at, agent, address,
                               sso_issuer, sso_subject, sso_sid, sso_id_token)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        scope.account(),
        hash.as_slice(),
        user_key,
        times.begun_at.0,
        times.used_at.0,
        times.expires_at.0,
        times.ends_at.0,
        device.agent.as_str(),
        device.address.as_str(),
        sso.map(|sso| sso.issuer.as_str()),
        sso.map(|sso| sso.subject.as_str()),
        sso.and_then(|sso| sso.sid.as_deref()),
        sso.and_then(|sso| sso.id_token.as_deref()),
    )?;
    Ok(())
}

/// By whom of which provider a session was begun; `None`: with a password, or there is no such session.
pub async fn sso_of(conn: &mut Conn, account: i64, hash: &[u8; 32]) -> Result<Option<SingleSignOn>, StoreError> {
    let row = fetch_optional!(
        conn,
        (String, String, Option<String>, Option<Vec<u8>>),
        "SELECT sso_issuer, sso_subject, sso_sid, sso_id_token FROM sessions
         WHERE account_id = $1 AND secret_hash = $2 AND sso_issuer IS NOT NULL AND sso_subject IS NOT NULL",
        account,
        hash.as_slice(),
    )?;
    Ok(row.map(|(issuer, subject, sid, id_token)| SingleSignOn { issuer, subject, sid, id_token }))
}

/// When a session ends, however often it is extended, by itself: an operator's time in an account may be over before. `None`: there
/// is no such session.
pub async fn own_end(conn: &mut Conn, account: i64, hash: &[u8; 32]) -> Result<Option<Timestamp>, StoreError> {
    let row = fetch_optional!(
        conn,
        (i64,),
        "SELECT ends_at FROM sessions WHERE account_id = $1 AND secret_hash = $2",
        account,
        hash.as_slice(),
    )?;
    Ok(row.map(|(ends_at,)| Timestamp(ends_at)))
}

/// Ends what somebody of a provider began, in all accounts: their sessions of `sid`, or all of `subject`, or of `sid` whosever they
/// are. Those of a subject that do not say their `sid` may be any.
pub async fn end_of_provider(
    conn: &mut Conn,
    issuer: &str,
    subject: Option<&str>,
    sid: Option<&str>,
) -> Result<Vec<EndedSession>, StoreError> {
    if subject.is_none() && sid.is_none() {
        return Ok(Vec::new());
    }
    let rows = fetch_all!(
        conn,
        (i64, i64, Vec<u8>),
        "DELETE FROM sessions
         WHERE sso_issuer = $1
           AND (CAST($2 AS TEXT) IS NULL OR sso_subject = $2)
           AND (CAST($3 AS TEXT) IS NULL OR sso_sid = $3 OR (sso_sid IS NULL AND CAST($2 AS TEXT) IS NOT NULL))
         RETURNING account_id, user_key, secret_hash",
        issuer,
        subject,
        sid,
    )?;
    let ended = |(account, user_key, hash): (i64, i64, Vec<u8>)| {
        let hash = hash.try_into().map_err(|_| StoreError::Broken("hash of a session".to_owned()))?;
        Ok(EndedSession { account, user_key, hash })
    };
    rows.into_iter().map(ended).collect()
}

/// Ends the account's sessions that were begun with a password.
pub(crate) async fn end_by_password(conn: &mut Conn, scope: &Scope) -> Result<u64, StoreError> {
    execute!(conn, "DELETE FROM sessions WHERE account_id = $1 AND sso_issuer IS NULL", scope.account())
}

#[derive(Debug, sqlx_macros::FromRow)]
struct ListedRow {
    account_id: i64,
    user_key: i64,
    secret_hash: Vec<u8>,
    begun_at: i64,
    used_at: i64,
    expires_at: i64,
    ends_at: i64,
    agent: String,
    address: String,
}

/// A person's sessions that go on, in all accounts, the one last used first.
pub async fn list(conn: &mut Conn, email: &str, now: Timestamp) -> Result<Vec<ListedSession>, StoreError> {
    let rows = fetch_all!(
        conn,
        ListedRow,
        "SELECT s.account_id, s.user_key, s.secret_hash, s.begun_at, s.used_at, s.expires_at, s.ends_at, s.agent, s.address
         FROM users u
         JOIN sessions s ON s.account_id = u.account_id AND s.user_key = u.user_key
         WHERE u.email = $1
         ORDER BY s.used_at DESC, s.begun_at DESC, s.account_id",
        email,
    )?;
    let read = |row: ListedRow| {
        let hash = row.secret_hash.try_into().map_err(|_| StoreError::Broken("hash of a session".to_owned()))?;
        let times = SessionTimes {
            begun_at: Timestamp(row.begun_at),
            used_at: Timestamp(row.used_at),
            expires_at: Timestamp(row.expires_at),
            ends_at: Timestamp(row.ends_at),
        };
        let (account, user_key) = (row.account_id, row.user_key);
        Ok(ListedSession { account, user_key, hash, device: Device { agent: row.agent, address: row.address }, times })
    };
    let sessions: Vec<ListedSession> = rows.into_iter().map(read).collect::<Result<_, StoreError>>()?;
    Ok(sessions.into_iter().filter(|session| !session.times.is_over(now)).collect())
}

/// Ends a session of a user. `false`: they have no such session.
pub async fn end(conn: &mut Conn, scope: &Scope, user_key: i64, hash: &[u8; 32]) -> Result<bool, StoreError> {
    let ended = execute!(
        conn,
        "DELETE FROM sessions WHERE account_id = $1 AND user_key = $2 AND secret_hash = $3",
        scope.account(),
        user_key,
        hash.as_slice(),
    )?;
    Ok(ended > 0)
}

/// Whose session it is.
pub async fn find(conn: &mut Conn, account: i64, hash: &[u8; 32], now: Timestamp) -> Result<FoundSession, StoreError> {
    let row = fetch_optional!(
        conn,
        StoredTimes,
        "SELECT s.user_key, s.sso_issuer IS NULL AND a.passwords_forbidden AS shut,
                s.begun_at, s.used_at, s.expires_at, s.ends_at
         FROM sessions s
         JOIN accounts a ON a.account_id = $1
         WHERE s.account_id = $1 AND s.secret_hash = $2",
        account,
        hash.as_slice(),
    )?;
    let Some(row) = row else { return Ok(FoundSession::Nothing) };
    let times = SessionTimes {
        begun_at: Timestamp(row.begun_at),
        used_at: Timestamp(row.used_at),
        expires_at: Timestamp(row.expires_at),
        ends_at: Timestamp(row.ends_at),
    };
    if row.shut || times.is_over(now) {
        return Ok(FoundSession::Over);
    }
    #[expect(clippy::disallowed_methods, reason = "the session names its account")]
    let scope = Scope::system(account);
    let Some(user) = users::lookup(conn, &scope, row.user_key).await? else { return Ok(FoundSession::Nothing) };
    if user.is_over(now) {
        return Ok(FoundSession::Over);
    }
    // Of who entered the account for a while, it ends with that.
    let bounded = |at: Timestamp| user.ends_at.map_or(at, |ends_at| ends_at.min(at));
    let times = SessionTimes { expires_at: bounded(times.expires_at), ends_at: bounded(times.ends_at), ..times };
    let account = accounts::lookup(conn, &scope).await?;
    Ok(FoundSession::Session(Box::new(Session { user, account, times })))
}

/// Lets a session go on until `expires_at`, but not beyond its end.
pub async fn extend(
    conn: &mut Conn,
    account: i64,
    hash: &[u8; 32],
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE sessions SET used_at = $3, expires_at = CASE WHEN $4 < ends_at THEN $4 ELSE ends_at END
         WHERE account_id = $1 AND secret_hash = $2",
        account,
        hash.as_slice(),
        now.0,
        expires_at.0,
    )?;
    Ok(())
}

/// Ends a session. `false`: it has ended already.
pub async fn delete(conn: &mut Conn, account: i64, hash: &[u8; 32]) -> Result<bool, StoreError> {
    let sql = "DELETE FROM sessions WHERE account_id = $1 AND secret_hash = $2";
    Ok(execute!(conn, sql, account, hash.as_slice())? > 0)
}

/// Forgets the account's sessions that are over.
pub async fn delete_expired(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<u64, StoreError> {
    execute!(
        conn,
        "DELETE FROM sessions WHERE account_id = $1 AND (expires_at <= $2 OR ends_at <= $2 OR used_at > $3)",
        scope.account(),
        now.0,
        now.0 + AHEAD_MS,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_over_at_either_of_its_ends_and_where_the_clock_was_set_back() {
        let at = Timestamp;
        let times =
            SessionTimes { begun_at: at(0), used_at: at(100_000), expires_at: at(200_000), ends_at: at(300_000) };
        assert!(!times.is_over(at(199_999)) && times.is_over(at(200_000)));
        // However long it was extended for.
        let extended = SessionTimes { expires_at: at(400_000), ..times };
        assert!(!extended.is_over(at(299_999)) && extended.is_over(at(300_000)));
        let used = SessionTimes { used_at: at(AHEAD_MS + 150_000), ..times };
        assert!(!used.is_over(at(150_000)) && used.is_over(at(149_999)));
    }
}
