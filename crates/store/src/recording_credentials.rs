//! Credentials for servers that give recordings only to whom they know. The secrets are encrypted by whoever calls: the key is not
//! in the database.

use domain::{Timestamp, credential::Scheme, limits::RECORDING_CREDENTIALS};

use crate::{
    Conn, Put, Scope, StoreError,
    db::{execute, fetch_all, fetch_one},
    put::invalid,
    recording_fetches,
};

/// What a server is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// The name of the server ([`domain::credential::host`]).
    pub host: String,
    /// How the credential is sent (Basic, Bearer or a header).
    pub scheme: Scheme,
    /// The user of [`Scheme::Basic`], the header of [`Scheme::Header`]; else empty.
    pub name: String,
    /// The password or token, encrypted.
    pub sealed_secret: Vec<u8>,
    /// When it was set.
    pub changed_at: Timestamp,
}

#[derive(sqlx_macros::FromRow)]
struct StoredCredential {
    host: String,
    scheme: String,
    name: String,
    sealed_secret: Vec<u8>,
    changed_at: i64,
}

/// All of the account by their hosts.
pub async fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Credential>, StoreError> {
    let rows = fetch_all!(
        conn,
        StoredCredential,
        "SELECT host, scheme, name, sealed_secret, changed_at FROM recording_credentials WHERE account_id = $1 ORDER BY host",
        scope.account(),
    )?;
    let read = |row: StoredCredential| {
        let scheme = Scheme::from_word(&row.scheme)
            .ok_or_else(|| StoreError::Broken(format!("recording_credentials.scheme of {}", row.host)))?;
        let StoredCredential { host, name, sealed_secret, changed_at, .. } = row;
        Ok(Credential { host, scheme, name, sealed_secret, changed_at: Timestamp(changed_at) })
    };
    rows.into_iter().map(read).collect()
}

/// Keeps a credential in place of what its host had. What servers did not give out for want of one is tried anew.
///
/// # Errors
/// [`StoreError::Invalid`] where the account has [`RECORDING_CREDENTIALS`] of other hosts.
pub async fn put(conn: &mut Conn, scope: &Scope, credential: &Credential) -> Result<Put, StoreError> {
    let (others, same) = fetch_one!(
        conn,
        (i64, i64),
        "SELECT COUNT(CASE WHEN host <> $2 THEN 1 END), COUNT(CASE WHEN host = $2 THEN 1 END)
         FROM recording_credentials
         WHERE account_id = $1",
        scope.account(),
        credential.host.as_str(),
    )?;
    if others >= RECORDING_CREDENTIALS as i64 {
        let reason = format!("is one more than the {RECORDING_CREDENTIALS} that an account may have credentials for");
        return Err(invalid("host", &reason));
    }
    execute!(
        conn,
        "INSERT INTO recording_credentials (account_id, host, scheme, name, sealed_secret, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (account_id, host) DO UPDATE
         SET scheme = excluded.scheme, name = excluded.name, sealed_secret = excluded.sealed_secret,
             changed_at = excluded.changed_at",
        scope.account(),
        credential.host.as_str(),
        credential.scheme.word(),
        credential.name.as_str(),
        credential.sealed_secret.as_slice(),
        credential.changed_at.0,
    )?;
    recording_fetches::again_with_credentials(conn, scope, credential.changed_at).await?;
    Ok(if same > 0 { Put::Updated } else { Put::Created })
}

/// Forgets the credential of a host. `false`: there is none.
pub async fn delete(conn: &mut Conn, scope: &Scope, host: &str) -> Result<bool, StoreError> {
    let sql = "DELETE FROM recording_credentials WHERE account_id = $1 AND host = $2";
    Ok(execute!(conn, sql, scope.account(), host)? > 0)
}
