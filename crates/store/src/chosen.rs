//! Users who see but the campaigns that were chosen for them ([`Scope::is_limited`]): no other one is found, and nothing that
//! counts others in is read.

use crate::{Conn, Scope, StoreError, db::fetch_optional, sql::Sql};

/// Whether the scope sees a campaign of its account.
pub(crate) async fn sees(conn: &mut Conn, scope: &Scope, campaign_key: i64) -> Result<bool, StoreError> {
    if !scope.is_limited() {
        return Ok(true);
    }
    let row = fetch_optional!(
        conn,
        (i64,),
        "SELECT campaign_key FROM user_campaigns WHERE account_id = $1 AND user_key = $2 AND campaign_key = $3",
        scope.account(),
        scope.user(),
        campaign_key,
    )?;
    Ok(row.is_some())
}

/// Refuses a reading of the whole account.
pub(crate) fn whole_account(scope: &Scope) -> Result<(), StoreError> {
    if scope.is_limited() { Err(StoreError::Hidden) } else { Ok(()) }
}

/// Appends the condition that `column` is the key of a campaign that the scope sees; `$1` is the account.
pub(crate) fn push(sql: &mut Sql, scope: &Scope, column: &'static str) {
    if scope.is_limited() {
        sql.push(" AND ").push(column);
        sql.push(" IN (SELECT l.campaign_key FROM user_campaigns l WHERE l.account_id = $1 AND l.user_key = ");
        sql.int(scope.user().unwrap_or_default()).push(")");
    }
}
