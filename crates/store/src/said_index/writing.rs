//! Calls are put into the index and taken out of it, in the transaction that changes them.

use crate::{
    Conn, Scope, StoreError,
    bulk::{BulkColumn, insert_rows},
    db::{execute, fetch_all},
    dialect::{Engine, integers_of_json},
};

use super::{
    transcripts::Transcripts,
    words::{SaidPlace, SpokenCall, mark, row_id},
};

/// Bytes of rows that one statement brings at most; one call's are brought however long they are.
const STATEMENT_BYTES: usize = 4 * 1024 * 1024;

/// Puts calls into the index that are not in it.
pub(crate) async fn put(conn: &mut Conn, scope: &Scope, mut calls: Vec<SpokenCall>) -> Result<(), StoreError> {
    // FTS5 takes what comes in the order of its numbers without writing in between.
    calls.sort_by_key(|call| call.place.call_key);
    write(conn, scope, &calls, true).await
}

/// As [`put`], of calls that are stored with what was said; gives how many had something.
pub(crate) async fn put_stored(conn: &mut Conn, scope: &Scope, places: &[SaidPlace]) -> Result<u64, StoreError> {
    each(conn, scope, places, true).await
}

/// Takes calls out of the index, those that are in it. Their transcripts are still stored as they were when they were put into it.
pub(crate) async fn take_out(conn: &mut Conn, scope: &Scope, keys: &[i64]) -> Result<(), StoreError> {
    if keys.is_empty() {
        return Ok(());
    }
    let list = serde_json::json!(keys).to_string();
    let among = integers_of_json(conn, "$2");
    if Engine::of(conn) == Engine::Sqlite {
        let sql = format!(
            "SELECT call_key, campaign_key, dialed_at, hour FROM said_calls
             WHERE account_id = $1 AND call_key IN ({among})
             ORDER BY call_key"
        );
        let sql = sqlx::AssertSqlSafe(sql.as_str());
        let places = fetch_all!(conn, SaidPlace, sql, scope.account(), list.as_str())?;
        take_out_words(conn, scope, &places).await?;
    }
    let sql = format!("DELETE FROM said_calls WHERE account_id = $1 AND call_key IN ({among})");
    execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), list.as_str())?;
    Ok(())
}

/// Takes the words of calls away, where the index has them beside its rows, as it has on SQLite.
pub(super) async fn take_out_words(conn: &mut Conn, scope: &Scope, places: &[SaidPlace]) -> Result<(), StoreError> {
    if Engine::of(conn) == Engine::Sqlite {
        each(conn, scope, places, false).await?;
    }
    Ok(())
}

/// Takes away that the index names calls of campaigns of which it has no row.
pub(super) async fn take_out_strays(conn: &mut Conn, scope: &Scope, strays: &[(i64, i64)]) -> Result<(), StoreError> {
    if Engine::of(conn) == Engine::Sqlite {
        let account = scope.account();
        let rows = strays.iter().map(|(campaign_key, call_key)| {
            serde_json::json!([row_id(account, *call_key), "", "", mark(account, 'c', *campaign_key)])
        });
        let rows = serde_json::json!(rows.collect::<Vec<_>>()).to_string();
        write_rows(conn, scope, Engine::Sqlite, rows, false).await?;
    }
    Ok(())
}

/// Adds, or takes away, the words of calls as they are stored; gives how many have some.
async fn each(conn: &mut Conn, scope: &Scope, places: &[SaidPlace], adds: bool) -> Result<u64, StoreError> {
    let mut places: Vec<&SaidPlace> = places.iter().collect();
    places.sort_by_key(|place| place.call_key);
    let keys: Vec<i64> = places.iter().map(|place| place.call_key).collect();
    let mut transcripts = Transcripts::new(&keys);
    let (mut at, mut count) = (0, 0);
    while let Some(mut portion) = transcripts.next(conn, scope).await? {
        let of_portion = places[at..at + portion.calls].iter();
        at += portion.calls;
        let calls = of_portion.filter_map(|place| {
            let lines = portion.of.remove(&place.call_key)?;
            SpokenCall::read(**place, &lines)
        });
        let calls: Vec<SpokenCall> = calls.collect();
        count += calls.len() as u64;
        write(conn, scope, &calls, adds).await?;
    }
    Ok(count)
}

/// Adds the words of calls, in the order of their numbers, or, on SQLite, takes them away.
async fn write(conn: &mut Conn, scope: &Scope, calls: &[SpokenCall], adds: bool) -> Result<(), StoreError> {
    let engine = Engine::of(conn);
    let mut rows = String::new();
    for (n, call) in calls.iter().enumerate() {
        rows.push(if rows.is_empty() { '[' } else { ',' });
        rows += &call.row(scope.account(), engine).to_string();
        if n + 1 == calls.len() || rows.len() > STATEMENT_BYTES {
            rows.push(']');
            write_rows(conn, scope, engine, std::mem::take(&mut rows), adds).await?;
        }
    }
    if engine == Engine::Sqlite && adds {
        let column = |value: fn(&SpokenCall) -> i64| BulkColumn::Int(calls.iter().map(value).collect());
        let columns = vec![
            ("account_id", BulkColumn::Int(vec![scope.account(); calls.len()])),
            ("call_key", column(|call| call.place.call_key)),
            ("campaign_key", column(|call| call.place.campaign_key)),
            ("dialed_at", column(|call| call.place.dialed_at)),
            ("hour", column(|call| call.place.hour)),
            ("words_hash", column(SpokenCall::hash)),
        ];
        insert_rows(conn, "said_calls", columns, "").await?;
    }
    Ok(())
}

async fn write_rows(
    conn: &mut Conn,
    scope: &Scope,
    engine: Engine,
    rows: String,
    adds: bool,
) -> Result<(), StoreError> {
    match (engine, adds) {
        (Engine::Sqlite, true) => execute!(
            conn,
            "INSERT INTO said_words (rowid, bot, customer, place)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1)",
            rows.as_str(),
        )?,
        (Engine::Sqlite, false) => execute!(
            conn,
            "INSERT INTO said_words (said_words, rowid, bot, customer, place)
             SELECT 'delete', value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1)",
            rows.as_str(),
        )?,
        (Engine::Postgres, _) => execute!(
            conn,
            "INSERT INTO said_calls (account_id, call_key, campaign_key, dialed_at, hour, words_hash, words)
             SELECT CAST($1 AS BIGINT), CAST(value ->> 0 AS BIGINT), CAST(value ->> 1 AS BIGINT), CAST(value ->> 2 AS BIGINT),
                    CAST(value ->> 3 AS BIGINT), CAST(value ->> 4 AS BIGINT), CAST(value ->> 5 AS TSVECTOR)
             FROM json_array_elements($2::json)",
            scope.account(),
            rows.as_str(),
        )?,
    };
    Ok(())
}
