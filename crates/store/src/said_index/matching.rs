//! Which calls the index names for a search.

use domain::{SaidQuery, Speaker};

use super::words;
use crate::{
    Conn, Scope, StoreError, chosen,
    dialect::{Engine, plan_by_bitmaps},
    sql::Sql,
};

/// Campaigns that a search of some is narrowed to by the index; of more, each call's is looked at.
const CAMPAIGNS: usize = 64;

/// Where calls are looked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct SaidPlaces {
    /// The campaign, or those that the reader sees; empty: all.
    pub(crate) campaigns: Vec<i64>,
    /// Local days; empty: any.
    pub(crate) days: Vec<i64>,
    /// Local day × 24 + hour.
    pub(crate) hour: Option<i64>,
    /// Calls before this one in the order newest first are passed over: when it was dialled, and its number.
    pub(crate) behind: Option<(i64, i64)>,
}

/// A call that may have what is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx_macros::FromRow)]
pub(crate) struct SaidCandidate {
    pub(crate) dialed_at: i64,
    pub(crate) call_key: i64,
    pub(crate) campaign_key: i64,
}

/// Whom the index names, at most `limit`: any of them, or, of one hour, the newest.
pub(crate) async fn candidates(
    conn: &mut Conn,
    scope: &Scope,
    query: &SaidQuery,
    places: &SaidPlaces,
    limit: usize,
) -> Result<Vec<SaidCandidate>, StoreError> {
    plan_by_bitmaps(conn, true).await?;
    let found = statement(scope, Engine::of(conn), query, places, limit).fetch_all(conn).await?;
    plan_by_bitmaps(conn, false).await?;
    Ok(found)
}

/// The statement of [`candidates`].
pub(crate) fn statement(scope: &Scope, engine: Engine, query: &SaidQuery, places: &SaidPlaces, limit: usize) -> Sql {
    let mut sql = Sql::with(&[scope.account()]);
    let wanted = expression(scope.account(), engine, query, places);
    match engine {
        Engine::Sqlite => {
            sql.push(
                "SELECT s.dialed_at, s.call_key, s.campaign_key FROM said_words w CROSS JOIN said_calls s
                 WHERE w.said_words MATCH ",
            );
            sql.text(wanted).push(" AND s.account_id = $1 AND s.call_key = w.rowid - ");
            sql.int(words::row_id(scope.account(), 0));
        }
        Engine::Postgres => {
            sql.push(
                "SELECT s.dialed_at, s.call_key, s.campaign_key FROM said_calls s
                 WHERE s.account_id = $1 AND s.words @@ CAST(",
            );
            sql.text(wanted).push(" AS TSQUERY)");
        }
    }
    match places.campaigns[..] {
        [campaign_key] => drop(sql.push(" AND s.campaign_key = ").int(campaign_key)),
        _ => chosen::push(&mut sql, scope, "s.campaign_key"),
    }
    if let Some((dialed_at, call_key)) = places.behind {
        sql.push(" AND (s.dialed_at, s.call_key) < (").int(dialed_at).push(", ").int(call_key).push(")");
    }
    if places.hour.is_some() {
        sql.push(" ORDER BY s.dialed_at DESC, s.call_key DESC");
    }
    sql.push(" LIMIT ").int(limit as i64);
    sql
}

/// What the index is asked, in the language of its engine: every part of the query, or a call that is too long to have words, and a place
/// of each kind. Words are letters and digits alone, so nothing in them means anything else.
fn expression(account: i64, engine: Engine, query: &SaidQuery, places: &SaidPlaces) -> String {
    let (and, or, next) = match engine {
        Engine::Sqlite => (" AND ", " OR ", " "),
        Engine::Postgres => (" & ", " | ", " <-> "),
    };
    let part = |part: &Vec<String>| {
        let of_account = part.iter().map(|text| words::word(account, text));
        match (engine, query.speaker) {
            (Engine::Sqlite, speaker) => {
                let column = match speaker {
                    Some(Speaker::Bot) => "bot : ",
                    Some(Speaker::Customer) => "customer : ",
                    None => "",
                };
                format!("{column}\"{}\"", of_account.collect::<Vec<_>>().join(next))
            }
            (Engine::Postgres, speaker) => {
                let weight = match speaker {
                    Some(Speaker::Bot) => ":A",
                    Some(Speaker::Customer) => ":B",
                    None => "",
                };
                let words = of_account.map(|word| format!("'{word}'{weight}"));
                format!("({})", words.collect::<Vec<_>>().join(next))
            }
        }
    };
    let mark = |mark: String| match engine {
        Engine::Sqlite => format!("\"{mark}\""),
        Engine::Postgres => format!("'{mark}'"),
    };
    let parts = query.parts().iter().map(part).collect::<Vec<_>>().join(and);
    let mut all = format!("(({parts}){or}{})", mark(words::long_mark(account)));
    let mut narrow = |kind: char, numbers: &[i64]| {
        if !numbers.is_empty() {
            let marks = numbers.iter().map(|number| mark(words::mark(account, kind, *number)));
            all += and;
            all += "(";
            all += &marks.collect::<Vec<_>>().join(or);
            all += ")";
        }
    };
    if places.campaigns.len() <= CAMPAIGNS {
        narrow('c', &places.campaigns);
    }
    narrow('d', &places.days);
    narrow('h', places.hour.as_slice());
    all
}

/// The calls of a campaign that the index names, whatever was said in them: those from this number on, in their order, at most `limit`.
pub(super) async fn of_campaign(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    from: i64,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let account = scope.account();
    let mark = words::mark(account, 'c', campaign_key);
    let mut sql = Sql::with(&[account]);
    match Engine::of(conn) {
        Engine::Sqlite => {
            sql.push("SELECT w.rowid - ")
                .int(words::row_id(account, 0))
                .push(", $1 FROM said_words w WHERE w.said_words MATCH ");
            sql.text(format!("\"{mark}\""));
            sql.push(" AND w.rowid >= ").int(words::row_id(account, from)).push(" ORDER BY w.rowid");
        }
        Engine::Postgres => {
            sql.push("SELECT s.call_key, s.account_id FROM said_calls s WHERE s.account_id = $1 AND s.words @@ CAST(");
            sql.text(format!("'{mark}'")).push(" AS TSQUERY)");
            sql.push(" AND s.call_key >= ").int(from).push(" ORDER BY s.call_key");
        }
    }
    sql.push(" LIMIT ").int(limit);
    let rows: Vec<(i64, i64)> = sql.fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
