//! One customer over all campaigns of the account: whoever has the same number on any list that the reader sees.

use std::collections::HashMap;

use domain::{Call, CampaignId, Code, CodeMeanings, ContactId, Currency, Customer, Money};

use super::{COLUMNS, CustomerRow, counters, reached};
use crate::{Conn, Scope, StoreError, accounts, calls, chosen, meanings::Meanings, sql::Sql};

/// The most lists and calls that are shown; the sums are over all.
const SHOWN: i64 = 200;

/// What a customer is on one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// Whose list it is.
    pub campaign: CampaignId,
    /// What people call the campaign.
    pub campaign_name: String,
    /// The customer on its list.
    pub customer: Customer,
}

/// What became of a customer over all campaigns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerHistory {
    /// The lists that they are on, those called last first; at most 200. The customer that was asked for is among them.
    pub rows: Vec<HistoryRow>,
    /// On how many lists they are.
    pub lists: u64,
    /// Finished calls of each code, the commonest first; of all lists.
    pub by_code: Vec<(Code, u64)>,
    /// Σ talk time, ms.
    pub talk_time: i64,
    /// Σ blocks charged.
    pub blocks: i64,
    /// Σ cost, in micro-units of the account's currency.
    pub cost: Money,
    /// The newest calls, at most 200, without transcripts.
    pub calls: Vec<Call>,
}

impl CustomerHistory {
    /// Finished calls: those in progress are in no class.
    pub fn finished(&self) -> u64 {
        self.by_code.iter().map(|(_, calls)| calls).sum()
    }
}

/// The calls of one code.
#[derive(Debug, sqlx_macros::FromRow)]
struct CustomerCodeRow {
    code: String,
    calls: i64,
    talk_time: i64,
    blocks: i64,
    cost: i64,
}

/// Which rows of `contacts` belong to the history: all with this number, or the one customer without a number. `n` is `contacts`; `$1` is
/// the account.
struct HistoryRows<'a> {
    scope: &'a Scope,
    campaign_key: i64,
    contact_no: i64,
    phone_key: Option<String>,
}

impl HistoryRows<'_> {
    fn sql(&self) -> Sql {
        Sql::with(&[self.scope.account()])
    }

    fn push(&self, sql: &mut Sql) {
        sql.push(" WHERE n.account_id = $1");
        if let Some(key) = &self.phone_key {
            sql.push(" AND n.phone_key = ").text(key.as_str());
        } else {
            sql.push(" AND n.campaign_key = ").int(self.campaign_key);
            sql.push(" AND n.contact_no = ").int(self.contact_no);
        }
        chosen::push(sql, self.scope, "n.campaign_key");
    }

    fn rows(&self, meanings: &Meanings) -> Sql {
        let mut sql = self.sql();
        sql.push("SELECT ").push(COLUMNS).push(reached(meanings)).push(" AS reached FROM contacts n");
        self.push(&mut sql);
        sql.push(" ORDER BY latest_at DESC, campaign_key DESC, contact_no LIMIT ").int(SHOWN);
        sql
    }

    fn lists(&self) -> Sql {
        let mut sql = self.sql();
        sql.push("SELECT COUNT(*) FROM contacts n");
        self.push(&mut sql);
        sql
    }

    fn codes(&self) -> Sql {
        let mut sql = self.sql();
        sql.push(
            "SELECT c.result_code AS code, COUNT(*) AS calls, CAST(SUM(c.talk_time) AS BIGINT) AS talk_time,
                    CAST(SUM(c.blocks) AS BIGINT) AS blocks, CAST(SUM(c.cost) AS BIGINT) AS cost",
        );
        sql.push(CALLS);
        self.push(&mut sql);
        sql.push(" AND c.result_code IS NOT NULL GROUP BY c.result_code");
        sql
    }
}

/// The calls of the customers `n`.
const CALLS: &str = " FROM contacts n
    JOIN calls c ON c.account_id = $1 AND c.campaign_key = n.campaign_key AND c.contact_no = n.contact_no";

/// Reads a customer of a campaign over all campaigns that the reader sees. `None`: no such campaign or customer.
pub async fn history(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignId,
    contact: &ContactId,
) -> Result<Option<CustomerHistory>, StoreError> {
    let Some(counters) = counters(conn, scope, campaign).await? else { return Ok(None) };
    let campaign_key = counters.campaign_key;
    let mut sql = Sql::with(&[scope.account(), campaign_key]);
    sql.push(
        "SELECT contact_no, phone_key FROM contacts WHERE account_id = $1 AND campaign_key = $2 AND contact_no = (",
    );
    calls::push_contact(&mut sql, contact);
    sql.push(")");
    let Some((contact_no, phone_key)) = sql.fetch_all::<(i64, Option<String>)>(conn).await?.pop() else {
        return Ok(None);
    };
    let whose = HistoryRows { scope, campaign_key, contact_no, phone_key };
    let currency = accounts::lookup(conn, scope).await?.currency;
    let meanings = Meanings::load(conn, scope).await?;
    let (lists,): (i64,) = whose.lists().fetch_one(conn).await?;
    let customers: Vec<CustomerRow> = whose.rows(&meanings).fetch_all(conn).await?;
    let names = names(conn, scope, customers.iter().map(|row| row.campaign_key)).await?;
    let mut rows = Vec::with_capacity(customers.len());
    for row in customers {
        let Some((campaign, campaign_name)) = names.get(&row.campaign_key).cloned() else { continue };
        rows.push(HistoryRow { campaign, campaign_name, customer: row.read(scope.sight())? });
    }
    let mut history = CustomerHistory {
        rows,
        lists: i64::cast_unsigned(lists),
        by_code: Vec::new(),
        talk_time: 0,
        blocks: 0,
        cost: Money::ZERO,
        calls: newest(conn, &whose, &currency, meanings.now()).await?,
    };
    for row in whose.codes().fetch_all_by_keys::<CustomerCodeRow>(conn).await? {
        history.talk_time += row.talk_time;
        history.blocks += row.blocks;
        history.cost += Money(row.cost);
        let code = Code::new(row.code).map_err(|_| StoreError::Broken("code of a call".to_owned()))?;
        history.by_code.push((code, i64::cast_unsigned(row.calls)));
    }
    history.by_code.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    Ok(Some(history))
}

/// Ids and names of campaigns, by their keys.
async fn names(
    conn: &mut Conn,
    scope: &Scope,
    keys: impl Iterator<Item = i64>,
) -> Result<HashMap<i64, (CampaignId, String)>, StoreError> {
    let mut sql = Sql::with(&[scope.account()]);
    sql.push("SELECT campaign_key, id, name FROM campaigns WHERE account_id = $1 AND campaign_key IN ").ints(keys);
    let rows: Vec<(i64, String, String)> = sql.fetch_all(conn).await?;
    let read = |(key, id, name): (i64, String, String)| {
        let id = CampaignId::new(id).map_err(|_| StoreError::Broken("id of a campaign".to_owned()))?;
        Ok((key, (id, name)))
    };
    rows.into_iter().map(read).collect()
}

async fn newest(
    conn: &mut Conn,
    whose: &HistoryRows<'_>,
    currency: &Currency,
    meanings: &CodeMeanings,
) -> Result<Vec<Call>, StoreError> {
    calls::newest(conn, whose.scope, newest_calls(whose), currency, meanings).await
}

fn newest_calls(whose: &HistoryRows<'_>) -> Sql {
    calls::reading(whose.sql(), |sql| {
        sql.push("(SELECT c.*").push(CALLS);
        whose.push(sql);
        sql.push(" ORDER BY c.dialed_at DESC, c.call_key DESC LIMIT ").int(SHOWN).push(")");
    })
}

/// How PostgreSQL reads a customer, for the tests.
#[cfg(test)]
pub(crate) async fn explain_history(conn: &mut Conn, scope: &Scope, campaign_key: i64) -> [String; 2] {
    let whose = HistoryRows { scope, campaign_key, contact_no: 1, phone_key: Some("84900000001".to_owned()) };
    [newest_calls(&whose).explain_by_keys(conn).await, whose.codes().explain_by_keys(conn).await]
}
