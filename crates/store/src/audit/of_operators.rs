//! What operators did to accounts, from the logs of all of them: accounts made, owners invited, quotas set, accounts entered and left;
//! and who was marked as one, from the log of the service. What they did inside, while they belonged to an account, is in its log alone.

use domain::Timestamp;

use super::{Entry, EntryRow};
use crate::{Conn, StoreError, sql::Sql};

/// A row, and whose log it stands in.
#[derive(Debug, Clone, PartialEq)]
pub struct OfAccount {
    /// The account's number; 0 for the service itself.
    pub account: i64,
    /// The row.
    pub entry: Entry,
}

/// Where a page of the list ends: instant, account, number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogEnd {
    /// When.
    pub at: Timestamp,
    /// In which account's log.
    pub account: i64,
    /// Which row of it.
    pub no: i64,
}

#[derive(Debug, sqlx_macros::FromRow)]
struct OperatorsEntryRow {
    account_id: i64,
    #[sqlx(flatten)]
    entry: EntryRow,
}

/// A page of them, the latest first: at most `limit` before the place `before`, where that is given.
pub async fn list(conn: &mut Conn, before: Option<LogEnd>, limit: u32) -> Result<Vec<OfAccount>, StoreError> {
    let rows: Vec<OperatorsEntryRow> = statement(before, limit).fetch_all(conn).await?;
    rows.into_iter().map(|row| Ok(OfAccount { account: row.account_id, entry: row.entry.read()? })).collect()
}

fn statement(before: Option<LogEnd>, limit: u32) -> Sql {
    let mut sql = Sql::with(&[]);
    // Each part by its own index, and no more of it than a page.
    sql.push(
        "SELECT * FROM
         (SELECT account_id, entry_no, at, actor_kind, actor, address, action, subject, customer, details, hash
          FROM audit_entries
          WHERE (action IN ('account_made', 'operator_entered', 'operator_left', 'quotas_changed')
                 OR (action = 'user_invited' AND actor_kind = 'operator'))",
    );
    if let Some(LogEnd { at, account, no }) = before {
        sql.push(" AND (at, account_id, entry_no) < (").int(at.0).push(", ").int(account).push(", ").int(no).push(")");
    }
    sql.push(" ORDER BY at DESC, account_id DESC, entry_no DESC LIMIT ").int(i64::from(limit));
    sql.push(
        ") of_accounts
         UNION ALL
         SELECT * FROM
         (SELECT CAST(0 AS BIGINT) AS account_id, entry_no, at, actor_kind, actor, address, action, subject,
                 CAST(NULL AS TEXT) AS customer, details, hash
          FROM service_entries",
    );
    if let Some(LogEnd { at, account, no }) = before {
        // Its rows are of account 0: of the same instant, they come after all others.
        let no = if account == 0 { no } else { i64::MAX };
        sql.push(" WHERE (at, entry_no) < (").int(at.0).push(", ").int(no).push(")");
    }
    sql.push(" ORDER BY at DESC, entry_no DESC LIMIT ").int(i64::from(limit));
    sql.push(") of_service ORDER BY at DESC, account_id DESC, entry_no DESC LIMIT ").int(i64::from(limit));
    sql
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::both_engines;

    both_engines! {
        async fn the_list_of_all_accounts_is_read_by_its_index(db) {
            let mut conn = db.read().await.unwrap();
            let place = LogEnd { at: Timestamp(1), account: 1, no: 1 };
            for before in [None, Some(place)] {
                let plan = statement(before, 50).explain(&mut conn).await;
                // Of an empty table PostgreSQL may choose either way.
                assert!(!db.is_sqlite() || plan.contains("audit_entries_of_operators"), "{plan}");
            }
        }
    }
}
