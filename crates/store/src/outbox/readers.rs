//! Who of those that a report goes to may see numbers whole.

use std::collections::HashSet;

use crate::{Conn, Scope, StoreError, db::fetch_all, users};

/// The addresses, in small letters, of the account's people who see masked numbers.
pub(super) async fn masked(conn: &mut Conn, scope: &Scope) -> Result<HashSet<String>, StoreError> {
    let people = users::list(conn, scope).await?.into_iter();
    let masked = people.filter(|user| user.role.sight(scope.country()).is_masked());
    Ok(masked.map(|user| user.email.to_ascii_lowercase()).collect())
}

/// Whether the workbook of a mailing has masked numbers: where it goes to anybody who sees them so. [`add`](super::add) puts nobody
/// else into such a mailing.
pub async fn is_masked(conn: &mut Conn, scope: &Scope, mailing: i64) -> Result<bool, StoreError> {
    let sql = "SELECT recipient FROM mails WHERE account_id = $1 AND mailing_key = $2";
    let recipients = fetch_all!(conn, (String,), sql, scope.account(), mailing)?;
    let masked = masked(conn, scope).await?;
    Ok(recipients.iter().any(|(recipient,)| masked.contains(&recipient.to_ascii_lowercase())))
}
