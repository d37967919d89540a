//! Transcripts and attributes of a page of calls: as many as one answer may hold.

use std::collections::HashMap;

use domain::limits::PAGE_DETAIL_BYTES;

use super::row::ListedCall;
use crate::{Conn, Scope, StoreError, db::fetch_all, dialect::integers_of_json};

/// The number, transcript and attributes of a call.
type Details = (i64, Option<String>, Option<String>);

/// Adds them to the first rows, at most to `limit`; gives to how many. The others belong to the page after, as does the
/// first one that does not fit; but one call fits always.
pub(super) async fn add(
    conn: &mut Conn,
    scope: &Scope,
    rows: &mut [ListedCall],
    limit: usize,
) -> Result<usize, StoreError> {
    let keys = |rows: &[ListedCall]| serde_json::json!(rows.iter().map(|row| row.call_key).collect::<Vec<_>>());
    let among = integers_of_json(conn, "$2");
    // How large they are first: a page of a thousand could be a gigabyte.
    let sql = format!(
        "SELECT call_key, CAST(COALESCE(OCTET_LENGTH(transcript), 0) + COALESCE(OCTET_LENGTH(attributes), 0) AS BIGINT)
         FROM call_details WHERE account_id = $1 AND call_key IN ({among})"
    );
    let (sql, wanted) = (sqlx::AssertSqlSafe(sql.as_str()), keys(&rows[..rows.len().min(limit)]).to_string());
    let sizes: HashMap<i64, i64> =
        fetch_all!(conn, (i64, i64), sql, scope.account(), wanted.as_str())?.into_iter().collect();
    let count = first_that_fit(rows.iter().take(limit).map(|row| sizes.get(&row.call_key).copied().unwrap_or(0)));
    if sizes.is_empty() {
        return Ok(count);
    }
    let sql = format!(
        "SELECT call_key, transcript, attributes FROM call_details WHERE account_id = $1 AND call_key IN ({among})"
    );
    let (sql, wanted) = (sqlx::AssertSqlSafe(sql.as_str()), keys(&rows[..count]).to_string());
    let found = fetch_all!(conn, Details, sql, scope.account(), wanted.as_str())?;
    let mut found: HashMap<i64, _> =
        found.into_iter().map(|(key, transcript, attributes)| (key, (transcript, attributes))).collect();
    for row in &mut rows[..count] {
        if let Some((transcript, attributes)) = found.remove(&row.call_key) {
            (row.transcript, row.attributes) = (transcript, attributes);
        }
    }
    Ok(count)
}

/// How many of these sizes fit one page; the first one always.
fn first_that_fit(sizes: impl Iterator<Item = i64>) -> usize {
    let mut room = PAGE_DETAIL_BYTES as i64;
    let fits = |(n, size): &(usize, i64)| {
        room -= size;
        *n == 0 || room >= 0
    };
    sizes.enumerate().take_while(fits).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_before_the_call_that_does_not_fit() {
        let all = PAGE_DETAIL_BYTES as i64;
        let count = |sizes: &[i64]| first_that_fit(sizes.iter().copied());
        assert_eq!(count(&[all - 1, 1, 0, 0]), 4);
        assert_eq!(count(&[all - 1, 2, 0]), 1);
        assert_eq!(count(&[2 * all, 0]), 1, "what is too large for any page stands alone");
        assert_eq!(count(&[]), 0);
    }
}
