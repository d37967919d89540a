//! Whether the index has what was said in every call, and what is put right where it has not.

use std::collections::{BTreeMap, BTreeSet, HashMap};

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

/// Compares the index of an account with its calls, within the caller's snapshot.
pub(crate) async fn wrong(conn: &mut Conn, scope: &Scope) -> Result<WrongSaid, StoreError> {
    // Those that the job has not come to are in the index or not.
    let filled = fetch_optional!(
        conn,
        (i64, i64),
        "SELECT dialed_at, call_key FROM said_fills WHERE account_id = $1",
        scope.account(),
    )?;
    let mut wrong = WrongSaid::default();
    // Of each campaign the calls that must be in the index.
    let mut of_campaigns = HashMap::<i64, BTreeMap<i64, i64>>::new();
    let mut place = (i64::MAX, i64::MAX);
    loop {
        let calls = fetch_all!(
            conn,
            CheckedPlace,
            "SELECT call_key, campaign_key, dialed_at, day * 24 + hour AS hour, has_details FROM calls
             WHERE account_id = $1 AND (dialed_at, call_key) < ($2, $3)
             ORDER BY dialed_at DESC, call_key DESC
             LIMIT $4",
            scope.account(),
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
                    of_campaigns.entry(call.place.campaign_key).or_default().insert(key, call.place.dialed_at);
                }
                (Some(_), None) if is_due => drop(wrong.calls.insert(key, call.place.dialed_at)),
                (None, Some(_)) => {
                    wrong.others.insert(key);
                }
                _ => {}
            }
        }
    }
    orphans(conn, scope, &mut wrong).await?;
    let campaigns =
        fetch_all!(conn, (i64,), "SELECT campaign_key FROM campaigns WHERE account_id = $1", scope.account(),)?;
    for (campaign_key,) in campaigns {
        let named: BTreeSet<i64> = of_campaign(conn, scope, campaign_key).await?.into_iter().collect();
        let must = of_campaigns.remove(&campaign_key).unwrap_or_default();
        let unnamed = must.iter().filter(|(key, _)| !named.contains(key));
        wrong.calls.extend(unnamed.map(|(key, dialed_at)| (*key, *dialed_at)));
        let strays = named.iter().filter(|key| !must.contains_key(key));
        let strays = strays.filter(|key| !wrong.calls.contains_key(key) && !wrong.others.contains(key));
        let strays: Vec<(i64, i64)> = strays.map(|key| (campaign_key, *key)).collect();
        wrong.strays.extend(strays);
    }
    Ok(wrong)
}

/// Rows of the index of calls that are no more.
async fn orphans(conn: &mut Conn, scope: &Scope, wrong: &mut WrongSaid) -> Result<(), StoreError> {
    let rows = fetch_all!(
        conn,
        (i64,),
        "SELECT s.call_key FROM said_calls s
         LEFT JOIN calls c ON c.account_id = $1 AND c.campaign_key = s.campaign_key AND c.dialed_at = s.dialed_at
              AND c.call_key = s.call_key
         WHERE s.account_id = $1 AND c.call_key IS NULL",
        scope.account(),
    )?;
    wrong.others.extend(rows.into_iter().map(|row| row.0).filter(|key| !wrong.calls.contains_key(key)));
    Ok(())
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
    if !wrong.strays.is_empty() {
        let mut conn = db.write().await?;
        accounts::lock(&mut conn, scope).await?;
        take_out_strays(&mut conn, scope, &wrong.strays).await?;
        conn.commit().await?;
        written(wrong.strays.len() as u64);
    }
    Ok(())
}
