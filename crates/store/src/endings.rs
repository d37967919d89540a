//! How calls end: who hung up, and why. Causes are texts of the senders', and a platform may write another one for each call: the
//! first of an account are told apart, the others are counted together.

use std::collections::{BTreeMap, HashMap};

use domain::{HangupBy, cause::may_be_told_apart, limits::CAUSES, report::Ending};

use crate::{
    Scope, StoreError,
    bulk::{BulkColumn, insert_rows},
    db::{Conn, fetch_all},
    sums::{Sums, key, mean, sums},
    timeline::CustomerCall,
};

key! {
    /// Key of the sums of calls by how they ended.
    EndingKey {
        campaign_key: i64,
        day: i64,
        /// '' where nobody said.
        hangup_by: String,
        /// As it was sent; '' where nobody said.
        cause: String,
    }
}

key! {
    /// Of `rollup_endings`.
    EndingRowKey {
        campaign_key: i64,
        day: i64,
        hangup_by: String,
        /// Of `causes`, [`NONE`] or [`OTHER`].
        cause_key: i64,
    }
}

sums! {
    /// Of finished calls that ended alike.
    EndingSums { calls, answered, talk_time }
}

/// The key of no cause.
const NONE: i64 = 0;
/// The key of all causes that are not told apart.
const OTHER: i64 = 1;
/// The key of the first cause that is.
const FIRST: i64 = 2;

pub(crate) type EndingTotals = BTreeMap<EndingKey, EndingSums>;
pub(crate) type EndingRows = BTreeMap<EndingRowKey, EndingSums>;

impl EndingKey {
    /// How a finished call ended.
    pub(crate) fn of(call: &CustomerCall) -> Self {
        Self {
            campaign_key: call.campaign_key,
            day: call.day,
            hangup_by: call.hangup_by.clone().unwrap_or_default(),
            cause: call.cause.clone().unwrap_or_default(),
        }
    }
}

impl EndingSums {
    /// What one finished call adds.
    pub(crate) fn of(call: &CustomerCall) -> Self {
        Self { calls: 1, answered: i64::from(call.is_answered()), talk_time: call.talk_time }
    }
}

/// The causes of an account that are told apart. One that is among them stays so, and one that came when there was no room for it
/// never gets any: which calls a row counts does not depend on the order in which they came or went.
#[derive(Debug, Default)]
pub(crate) struct Causes {
    keys: HashMap<String, i64>,
}

impl Causes {
    /// Reads the causes that the account tells apart.
    pub(crate) async fn load(conn: &mut Conn, account: i64) -> Result<Self, StoreError> {
        let rows =
            fetch_all!(conn, (String, i64), "SELECT cause, cause_key FROM causes WHERE account_id = $1", account)?;
        Ok(Self { keys: rows.into_iter().collect() })
    }

    fn key(&self, cause: &str) -> i64 {
        if cause.is_empty() { NONE } else { self.keys.get(cause).copied().unwrap_or(OTHER) }
    }

    /// Sums by the key of their cause.
    pub(crate) fn rows(&self, endings: &EndingTotals) -> EndingRows {
        let mut rows = EndingRows::new();
        for (EndingKey { campaign_key, day, hangup_by, cause }, sums) in endings {
            let (hangup_by, cause_key) = (hangup_by.clone(), self.key(cause));
            let key = EndingRowKey { campaign_key: *campaign_key, day: *day, hangup_by, cause_key };
            *rows.entry(key).or_default() += *sums;
        }
        rows
    }

    /// Takes in causes that are new, as long as there is room, within a transaction that has locked the account.
    async fn learn(&mut self, conn: &mut Conn, account: i64, endings: &EndingTotals) -> Result<(), StoreError> {
        let mut new: Vec<&str> = endings
            .keys()
            .map(|key| key.cause.as_str())
            .filter(|cause| !cause.is_empty() && !self.keys.contains_key(*cause) && may_be_told_apart(cause))
            .collect();
        new.sort_unstable();
        new.dedup();
        new.truncate(CAUSES.saturating_sub(self.keys.len()));
        let next = self.keys.values().max().map_or(FIRST, |last| last + 1);
        let new: Vec<(String, i64)> = new.into_iter().map(str::to_owned).zip(next..).collect();
        let columns = vec![
            ("account_id", BulkColumn::Int(vec![account; new.len()])),
            ("cause_key", BulkColumn::Int(new.iter().map(|(_, key)| *key).collect())),
            ("cause", BulkColumn::Text(new.iter().map(|(cause, _)| cause.clone()).collect())),
        ];
        insert_rows(conn, "causes", columns, "").await?;
        self.keys.extend(new);
        Ok(())
    }
}

/// The rows that changes of calls go into; causes that are new are stored.
pub(crate) async fn rows_of(
    conn: &mut Conn,
    account: i64,
    mut endings: EndingTotals,
) -> Result<EndingRows, StoreError> {
    // What was taken out and counted again the same.
    endings.retain(|_, sums| !sums.is_zero());
    if endings.is_empty() {
        return Ok(EndingRows::new());
    }
    let mut causes = Causes::load(conn, account).await?;
    causes.learn(conn, account, &endings).await?;
    Ok(causes.rows(&endings))
}

/// The causes of the account that are told apart.
pub async fn causes(conn: &mut Conn, scope: &Scope) -> Result<Vec<String>, StoreError> {
    let rows = fetch_all!(
        conn,
        (String,),
        "SELECT cause FROM causes WHERE account_id = $1 ORDER BY cause_key",
        scope.account(),
    )?;
    Ok(rows.into_iter().map(|(cause,)| cause).collect())
}

/// A row of the report.
#[derive(Debug, sqlx_macros::FromRow)]
struct EndingRow {
    hangup_by: String,
    cause_key: i64,
    cause: String,
    #[sqlx(flatten)]
    sums: EndingSums,
}

/// How the calls of a campaign ended on the days of `from ≤ day ≤ to`, the most calls first.
pub(crate) async fn of_days(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    from: i64,
    to: i64,
) -> Result<Vec<Ending>, StoreError> {
    let rows = fetch_all!(
        conn,
        EndingRow,
        "SELECT e.hangup_by, e.cause_key, COALESCE(c.cause, '') AS cause, e.calls, e.answered, e.talk_time
         FROM (SELECT hangup_by, cause_key, CAST(SUM(calls) AS BIGINT) AS calls,
                      CAST(SUM(answered) AS BIGINT) AS answered, CAST(SUM(talk_time) AS BIGINT) AS talk_time
               FROM rollup_endings
               WHERE account_id = $1 AND campaign_key = $2 AND day BETWEEN $3 AND $4
               GROUP BY hangup_by, cause_key) e
         LEFT JOIN causes c ON c.account_id = $1 AND c.cause_key = e.cause_key",
        scope.account(),
        campaign_key,
        from,
        to,
    )?;
    let mut endings: Vec<Ending> = rows
        .into_iter()
        .filter(|row| row.sums.calls > 0)
        .map(|EndingRow { hangup_by, cause_key, cause, sums }| Ending {
            hangup_by: HangupBy::from_word(&hangup_by),
            cause: Some(cause).filter(|cause| !cause.is_empty()),
            is_other: cause_key == OTHER,
            calls: sums.calls as u64,
            answered: sums.answered as u64,
            talk_time: sums.talk_time,
            average_talk_time: mean(sums.talk_time, sums.answered as u64),
        })
        .collect();
    endings.sort_by(|a, b| {
        let order = |one: &Ending| (std::cmp::Reverse(one.calls), one.by().word(), one.is_other, one.cause.clone());
        order(a).cmp(&order(b))
    });
    Ok(endings)
}
