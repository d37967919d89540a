//! What a change of a code's meaning would do, without doing it.

use domain::{CodeMeanings, ResultCode, filter::TALKED_FROM};

use crate::{Conn, Scope, StoreError, db::fetch_all, meanings::Meanings, sql::Sql};

/// What a change of a code's meaning moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moved {
    /// Stored calls that count as something else.
    pub calls: u64,
    /// Customers who become reached or are not any more, or talked to for over 30 s, or at the goal.
    pub customers: u64,
}

/// Says how many calls and customers this definition of a code would move, exactly, of those stored now. Calls are counted by
/// rollups; of customers, the calls of campaigns with the code are read.
pub async fn foresee(conn: &mut Conn, scope: &Scope, code: &ResultCode) -> Result<Moved, StoreError> {
    let now = Meanings::load(conn, scope).await?.now().clone();
    let mut next = now.clone();
    next.set(code.code.as_str(), code.counts_as, code.is_goal);
    if next == now {
        return Ok(Moved::default());
    }
    let campaigns = fetch_all!(
        conn,
        (i64, i64),
        "SELECT campaign_key, CAST(SUM(calls) AS BIGINT) FROM rollup_days
         WHERE account_id = $1 AND code = $2
         GROUP BY campaign_key",
        scope.account(),
        code.code.as_str(),
    )?;
    let mut moved = Moved::default();
    for (campaign_key, calls) in campaigns {
        let (customers,): (i64,) = customers(scope, campaign_key, code, [&now, &next]).fetch_one(conn).await?;
        moved.calls += i64::cast_unsigned(calls);
        moved.customers += i64::cast_unsigned(customers);
    }
    Ok(moved)
}

/// The statement that counts the customers of a campaign who stand elsewhere by the other meanings.
fn customers(scope: &Scope, campaign_key: i64, code: &ResultCode, meanings: [&CodeMeanings; 2]) -> Sql {
    let mut sql = Sql::with(&[scope.account(), campaign_key]);
    sql.push(
        "SELECT COUNT(*) FROM (
             SELECT contact_no FROM calls
             WHERE account_id = $1 AND campaign_key = $2 AND class = 0 AND contact_no IN (
                 SELECT c.contact_no FROM calls c
                 WHERE c.account_id = $1 AND c.campaign_key = $2 AND c.result_code = ",
    );
    sql.text(code.code.as_str()).push(") GROUP BY contact_no HAVING ");
    differ(&mut sql, meanings, success);
    sql.push(" OR ");
    differ(&mut sql, meanings, talked);
    sql.push(" OR ");
    // At the goal is who was talked to for long and has a call of a goal.
    differ_in_both(&mut sql, meanings);
    sql.push(") moved");
    sql
}

fn success(sql: &mut Sql, meanings: &CodeMeanings) {
    sql.push("result_code NOT IN ").texts(meanings.not_success());
}

fn talked(sql: &mut Sql, meanings: &CodeMeanings) {
    sql.push("talk_time >= ").int(TALKED_FROM).push(" AND ");
    success(sql, meanings);
}

fn goal(sql: &mut Sql, meanings: &CodeMeanings) {
    // No code is empty.
    sql.push("result_code IN ").texts(std::iter::once("").chain(meanings.goals()));
}

fn has(sql: &mut Sql, meanings: &CodeMeanings, what: fn(&mut Sql, &CodeMeanings)) {
    sql.push("MAX(CASE WHEN ");
    what(sql, meanings);
    sql.push(" THEN 1 ELSE 0 END)");
}

fn differ(sql: &mut Sql, [now, next]: [&CodeMeanings; 2], what: fn(&mut Sql, &CodeMeanings)) {
    has(sql, now, what);
    sql.push(" <> ");
    has(sql, next, what);
}

fn differ_in_both(sql: &mut Sql, [now, next]: [&CodeMeanings; 2]) {
    has(sql, now, talked);
    sql.push(" * ");
    has(sql, now, goal);
    sql.push(" <> ");
    has(sql, next, talked);
    sql.push(" * ");
    has(sql, next, goal);
}
