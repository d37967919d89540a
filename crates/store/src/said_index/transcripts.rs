//! Transcripts of many calls, as many at once as the memory is meant for.

use std::collections::HashMap;

use domain::{TranscriptLine, limits::PAGE_DETAIL_BYTES};

use crate::{Conn, Scope, StoreError, db::fetch_all, dialect::integers_of_json};

/// Calls that are asked for at once.
const AT_ONCE: usize = 250;

/// Reads the transcripts of calls in their order, a portion at a time.
#[derive(Debug)]
pub(crate) struct Transcripts<'a> {
    left: &'a [i64],
}

/// What a portion holds.
#[derive(Debug, Default)]
pub(crate) struct TranscriptPortion {
    /// How many of the calls that were asked for it is of; those without a transcript among them.
    pub(crate) calls: usize,
    /// Bytes as they are stored.
    pub(crate) bytes: usize,
    pub(crate) of: HashMap<i64, Vec<TranscriptLine>>,
}

impl<'a> Transcripts<'a> {
    pub(crate) fn new(keys: &'a [i64]) -> Self {
        Self { left: keys }
    }

    /// The next ones; `None` at the end. One is read however long it is.
    pub(crate) async fn next(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
    ) -> Result<Option<TranscriptPortion>, StoreError> {
        if self.left.is_empty() {
            return Ok(None);
        }
        let asked = &self.left[..self.left.len().min(AT_ONCE)];
        let among = integers_of_json(conn, "$2");
        let sql = format!(
            "SELECT call_key, CAST(OCTET_LENGTH(transcript) AS BIGINT) FROM call_details
             WHERE account_id = $1 AND call_key IN ({among}) AND transcript IS NOT NULL"
        );
        let list = serde_json::json!(asked).to_string();
        let sizes: HashMap<i64, i64> =
            fetch_all!(conn, (i64, i64), sqlx::AssertSqlSafe(sql.as_str()), scope.account(), list.as_str())?
                .into_iter()
                .collect();
        let mut portion = TranscriptPortion::default();
        for key in asked {
            let size = usize::try_from(sizes.get(key).copied().unwrap_or(0)).unwrap_or(usize::MAX);
            if portion.calls > 0 && portion.bytes.saturating_add(size) > PAGE_DETAIL_BYTES {
                break;
            }
            portion.bytes = portion.bytes.saturating_add(size);
            portion.calls += 1;
        }
        let (now, left) = self.left.split_at(portion.calls);
        self.left = left;
        if sizes.is_empty() {
            return Ok(Some(portion));
        }
        let sql = format!(
            "SELECT call_key, transcript FROM call_details
             WHERE account_id = $1 AND call_key IN ({among}) AND transcript IS NOT NULL"
        );
        let list = serde_json::json!(now).to_string();
        let rows = fetch_all!(conn, (i64, String), sqlx::AssertSqlSafe(sql.as_str()), scope.account(), list.as_str())?;
        for (key, text) in rows {
            let lines =
                serde_json::from_str(&text).map_err(|_| StoreError::Broken(format!("transcript of call {key}")))?;
            portion.of.insert(key, lines);
        }
        Ok(Some(portion))
    }
}
