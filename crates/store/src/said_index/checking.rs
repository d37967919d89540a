//! Whether the index has what was said in every call, and what is put right where it has not.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use roaring::RoaringTreemap;

use super::{
    matching::of_campaign,
    transcripts::Transcripts,
    words::{SaidPlace, SpokenCall},
    writing::{put_stored, take_out, take_out_strays, take_out_words},
};
use crate::{
    Conn, Db, Scope, StoreError, accounts,
    db::{fetch_all, fetch_optional},
    dialect::{Engine, integers_of_json},
    sql::Sql,
};

/// Calls that are compared at once, and put right in a transaction.
const CALLS: i64 = 500;
/// Calls that the words name and that are read at once.
const NAMED: i64 = 1 << 18;

/// What of the index is not what calls say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct WrongSaid {
    /// Calls whose words it lacks, or has otherwise, and when they were dialled.
    pub(crate) calls: BTreeMap<i64, i64>,
    /// Calls that it has though nothing was said in them, or they are no more.
    pub(crate) others: BTreeSet<i64>,
    /// Campaign and call of what it names, and has no row of.
    pub(crate) strays: BTreeSet<(i64, i64)>,
}

impl WrongSaid {
    pub(crate) fn is_right(&self) -> bool {
        self.calls.is_empty() && self.others.is_empty() && self.strays.is_empty()
    }
}

/// A row of `said_calls`.
#[derive(Debug, sqlx_macros::FromRow)]
struct SaidRow {
    #[sqlx(flatten)]
    place: SaidPlace,
    words_hash: i64,
}

/// A call as it is stored.
#[derive(Debug, sqlx_macros::FromRow)]
struct CheckedPlace {
    #[sqlx(flatten)]
    place: SaidPlace,
    has_details: bool,
}

/// Compares what the index has of a campaign with its calls, within the caller's snapshot. What is held of a call that is right is a bit.
pub(crate) async fn wrong(conn: &mut Conn, scope: &Scope, campaign_key: i64) -> Result<WrongSaid, StoreError> {
    // Those that the job has not come to are in the index or not.
    let filled = fetch_optional!(
        conn,
        (i64, i64),
        "SELECT dialed_at, call_key FROM said_fills WHERE account_id = $1",
        scope.account(),
    )?;
    let mut wrong = WrongSaid::default();
    // The calls that have a row and that the words must name.
    let mut unnamed = RoaringTreemap::new();
    let mut place = (i64::MAX, i64::MAX);
    loop {
        let calls = fetch_all!(
            conn,
            CheckedPlace,
            "SELECT call_key, campaign_key, dialed_at, day * 24 + hour AS hour, has_details FROM calls
             WHERE account_id = $1 AND campaign_key = $2 AND (dialed_at, call_key) < ($3, $4)
             ORDER BY dialed_at DESC, call_key DESC
             LIMIT $5",
            scope.account(),
            campaign_key,
            place.0,
            place.1,
            CALLS,
        )?;
        let Some(last) = calls.last() else { break };
        place = (last.place.dialed_at, last.place.call_key);
        let keys: Vec<i64> = calls.iter().map(|call| call.place.call_key).collect();
        let rows = rows_of(conn, scope, &keys).await?;
        let told: Vec<i64> = calls.iter().filter(|call| call.has_details).map(|call| call.place.call_key).collect();
        let mut expected = HashMap::new();
        let places: HashMap<i64, SaidPlace> = calls.iter().map(|call| (call.place.call_key, call.place)).collect();
        let mut transcripts = Transcripts::new(&told);
        while let Some(portion) = transcripts.next(conn, scope).await? {
            for (key, lines) in portion.of {
                if let Some(call) = SpokenCall::read(places[&key], &lines) {
                    expected.insert(key, call.hash());
                }
            }
        }
        for call in &calls {
            let key = call.place.call_key;
            let is_due = filled.is_none_or(|filled| (call.place.dialed_at, key) >= filled);
            match (expected.get(&key), rows.get(&key)) {
                (Some(hash), Some(row)) => {
                    if row.place != call.place || row.words_hash != *hash {
                        wrong.calls.insert(key, call.place.dialed_at);
                    }
                    unnamed.insert(key.cast_unsigned());
                }
                (Some(_), None) if is_due => drop(wrong.calls.insert(key, call.place.dialed_at)),
                (None, Some(_)) => {
                    wrong.others.insert(key);
                }
                _ => {}
            }
        }
    }
    let mut from = 0;
    loop {
        let named = of_campaign(conn, scope, campaign_key, from, NAMED).await?;
        let Some(last) = named.last() else { break };
        from = last + 1;
        for key in named {
            let is_known = unnamed.remove(key.cast_unsigned());
            if !is_known && !wrong.calls.contains_key(&key) && !wrong.others.contains(&key) {
                wrong.strays.insert((campaign_key, key));
            }
        }
    }
    let unnamed: Vec<i64> = unnamed.into_iter().map(u64::cast_signed).collect();
    for keys in unnamed.chunks(CALLS as usize) {
        for (key, row) in rows_of(conn, scope, keys).await? {
            wrong.calls.entry(key).or_insert(row.place.dialed_at);
        }
    }
    let strays: Vec<i64> = wrong.strays.iter().map(|(_, key)| *key).collect();
    for keys in strays.chunks(CALLS as usize) {
        // Those that have a row here are of a call that is elsewhere now, or of none.
        let rows = rows_of(conn, scope, keys).await?;
        let here = rows.values().filter(|row| row.place.campaign_key == campaign_key);
        for row in here {
            wrong.strays.remove(&(campaign_key, row.place.call_key));
        }
    }
    Ok(wrong)
}

/// Rows of the index of calls that are no more, or stand elsewhere, whatever the campaign. They are looked at before the campaigns: what is
/// taken away with such a row is put back where the call is.
pub(crate) async fn gone(conn: &mut Conn, scope: &Scope) -> Result<WrongSaid, StoreError> {
    let rows = fetch_all!(
        conn,
        (i64,),
        "SELECT s.call_key FROM said_calls s
         LEFT JOIN calls c ON c.account_id = $1 AND c.campaign_key = s.campaign_key AND c.dialed_at = s.dialed_at
              AND c.call_key = s.call_key
         WHERE s.account_id = $1 AND c.call_key IS NULL",
        scope.account(),
    )?;
    Ok(WrongSaid { others: rows.into_iter().map(|row| row.0).collect(), ..WrongSaid::default() })
}

async fn rows_of(conn: &mut Conn, scope: &Scope, keys: &[i64]) -> Result<HashMap<i64, SaidRow>, StoreError> {
    let sql = format!(
        "SELECT call_key, campaign_key, dialed_at, hour, words_hash FROM said_calls
         WHERE account_id = $1 AND call_key IN ({})",
        integers_of_json(conn, "$2"),
    );
    let list = serde_json::json!(keys).to_string();
    let rows = fetch_all!(conn, SaidRow, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), list.as_str())?;
    Ok(rows.into_iter().map(|row| (row.place.call_key, row)).collect())
}

/// Puts right what was found wrong, as calls are by then, in transactions of few calls each; `written` is told of each.
pub(crate) async fn put_right(
    db: &Db,
    scope: &Scope,
    wrong: &WrongSaid,
    written: &mut (dyn FnMut(u64) + Send),
) -> Result<(), StoreError> {
    // Those that are no more have no time at which they could be found.
    let others = wrong.others.iter().map(|key| (*key, i64::MIN));
    let all: Vec<(i64, i64)> = wrong.calls.iter().map(|(key, at)| (*key, *at)).chain(others).collect();
    for some in all.chunks(CALLS as usize) {
        let mut conn = db.write().await?;
        accounts::lock(&mut conn, scope).await?;
        let engine = Engine::of(&conn);
        let mut sql = Sql::with(&[scope.account()]);
        sql.push("SELECT c.call_key, c.campaign_key, c.dialed_at, c.day * 24 + c.hour AS hour FROM ");
        sql.push("(SELECT CAST(value ->> 0 AS BIGINT) AS wrong_key, CAST(value ->> 1 AS BIGINT) AS wrong_at FROM ");
        sql.push(engine.rows_of_json()).text(serde_json::json!(some).to_string()).push(engine.end_of_rows_of_json());
        sql.push(
            ") w CROSS JOIN calls c
             WHERE c.account_id = $1 AND c.dialed_at = w.wrong_at AND c.call_key = w.wrong_key AND c.has_details",
        );
        let places: Vec<SaidPlace> = sql.fetch_all_by_keys(&mut conn).await?;
        let keys: Vec<i64> = some.iter().map(|(key, _)| *key).collect();
        take_out(&mut conn, scope, &keys).await?;
        // Where the row is lost, the words may still be there.
        take_out_words(&mut conn, scope, &places).await?;
        put_stored(&mut conn, scope, &places).await?;
        conn.commit().await?;
        written(keys.len() as u64);
    }
    let strays: Vec<(i64, i64)> = wrong.strays.iter().copied().collect();
    for some in strays.chunks(CALLS as usize) {
        let mut conn = db.write().await?;
        accounts::lock(&mut conn, scope).await?;
        take_out_strays(&mut conn, scope, some).await?;
        conn.commit().await?;
        written(some.len() as u64);
    }
    Ok(())
}
