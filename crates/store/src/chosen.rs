//! Users who see but what was chosen for them ([`Scope::is_limited`]): no other campaign is found, and nothing that counts others in
//! is read.

use std::{collections::BTreeSet, str::FromStr};

use domain::{CampaignId, Role, VoicebotId, limits};
use sqlx::AssertSqlSafe;

use crate::{
    Conn, Scope, StoreError,
    db::{execute, fetch_all, fetch_one, fetch_optional},
    dialect,
    put::invalid,
    sql::Sql,
};

/// What of an account a limited viewer sees. Nothing of both: no campaign at all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chosen {
    /// Campaigns that were named one by one.
    pub campaigns: Vec<CampaignId>,
    /// Every campaign of these voicebots, those to come among them.
    pub voicebots: Vec<VoicebotId>,
}

impl Chosen {
    /// These ids, where there are any lists at all: how a caller that has two optional lists says what is seen.
    pub fn of(campaigns: Option<Vec<CampaignId>>, voicebots: Option<Vec<VoicebotId>>) -> Option<Self> {
        if campaigns.is_none() && voicebots.is_none() {
            return None;
        }
        Some(Self { campaigns: campaigns.unwrap_or_default(), voicebots: voicebots.unwrap_or_default() })
    }
}

/// Refuses to limit somebody else than a viewer.
pub(crate) fn only_viewers(role: Role, chosen: Option<&Chosen>) -> Result<(), StoreError> {
    match chosen {
        Some(_) if role != Role::Viewer => Err(invalid("campaigns", "can be chosen for viewers alone")),
        _ => Ok(()),
    }
}

/// What was chosen for a user; empty where nothing was, also where the user sees everything. Both by id.
pub async fn of_user(conn: &mut Conn, scope: &Scope, user_key: i64) -> Result<Chosen, StoreError> {
    let campaigns = ids_of(
        conn,
        scope,
        user_key,
        "SELECT c.id FROM user_campaigns l
         JOIN campaigns c ON c.account_id = $1 AND c.campaign_key = l.campaign_key
         WHERE l.account_id = $1 AND l.user_key = $2
         ORDER BY c.id",
    )
    .await?;
    let voicebots = ids_of(
        conn,
        scope,
        user_key,
        "SELECT v.id FROM user_voicebots l
         JOIN voicebots v ON v.account_id = $1 AND v.voicebot_key = l.voicebot_key
         WHERE l.account_id = $1 AND l.user_key = $2
         ORDER BY v.id",
    )
    .await?;
    Ok(Chosen { campaigns, voicebots })
}

async fn ids_of<T: FromStr>(
    conn: &mut Conn,
    scope: &Scope,
    user_key: i64,
    sql: &'static str,
) -> Result<Vec<T>, StoreError> {
    let rows = fetch_all!(conn, (String,), sql, scope.account(), user_key)?;
    let id = |(text,): (String,)| {
        text.parse().map_err(|_| StoreError::Broken("id of what was chosen for a user".to_owned()))
    };
    rows.into_iter().map(id).collect()
}

/// Refuses more than may be chosen, and what is not there.
pub(crate) async fn check(conn: &mut Conn, scope: &Scope, chosen: &Chosen) -> Result<(), StoreError> {
    let campaigns: BTreeSet<&str> = chosen.campaigns.iter().map(CampaignId::as_str).collect();
    let voicebots: BTreeSet<&str> = chosen.voicebots.iter().map(VoicebotId::as_str).collect();
    for (field, table, ids) in [("campaigns", "campaigns", campaigns), ("voicebots", "voicebots", voicebots)] {
        if ids.len() > limits::CHOSEN {
            return Err(invalid(field, "are more than 500; a voicebot stands for all of its campaigns"));
        }
        let sql = format!(
            "SELECT COUNT(*) FROM {table} WHERE account_id = $1 AND id IN ({})",
            dialect::texts_of_json(conn, "$2")
        );
        let json = serde_json::json!(ids).to_string();
        let (found,) = fetch_one!(conn, (i64,), AssertSqlSafe(sql.as_str()), scope.account(), json.as_str())?;
        if found != ids.len() as i64 {
            return Err(invalid(field, "names one that is not there"));
        }
    }
    Ok(())
}

/// Chooses for a user, in place of what was chosen before.
///
/// # Errors
/// Where a campaign or a voicebot is not there.
pub(crate) async fn set(conn: &mut Conn, scope: &Scope, user_key: i64, chosen: &Chosen) -> Result<(), StoreError> {
    check(conn, scope, chosen).await?;
    forget(conn, scope, user_key).await?;
    let campaigns: BTreeSet<&str> = chosen.campaigns.iter().map(CampaignId::as_str).collect();
    let voicebots: BTreeSet<&str> = chosen.voicebots.iter().map(VoicebotId::as_str).collect();
    let texts = dialect::texts_of_json(conn, "$3");
    let put_campaigns = format!(
        "INSERT INTO user_campaigns (account_id, user_key, campaign_key)
         SELECT account_id, $2, campaign_key FROM campaigns WHERE account_id = $1 AND id IN ({texts})"
    );
    let put_voicebots = format!(
        "INSERT INTO user_voicebots (account_id, user_key, voicebot_key)
         SELECT account_id, $2, voicebot_key FROM voicebots WHERE account_id = $1 AND id IN ({texts})"
    );
    for (ids, sql) in [(campaigns, put_campaigns), (voicebots, put_voicebots)] {
        if ids.is_empty() {
            continue;
        }
        let json = serde_json::json!(ids).to_string();
        execute!(conn, AssertSqlSafe(sql.as_str()), scope.account(), user_key, json.as_str())?;
    }
    Ok(())
}

/// Forgets what was chosen for a user.
pub(crate) async fn forget(conn: &mut Conn, scope: &Scope, user_key: i64) -> Result<(), StoreError> {
    let account = scope.account();
    execute!(conn, "DELETE FROM user_campaigns WHERE account_id = $1 AND user_key = $2", account, user_key)?;
    execute!(conn, "DELETE FROM user_voicebots WHERE account_id = $1 AND user_key = $2", account, user_key)?;
    Ok(())
}

/// Whether the scope sees a campaign of its account.
pub(crate) async fn sees(conn: &mut Conn, scope: &Scope, campaign_key: i64) -> Result<bool, StoreError> {
    if !scope.is_limited() {
        return Ok(true);
    }
    let row = fetch_optional!(
        conn,
        (i64,),
        "SELECT campaign_key FROM user_campaigns WHERE account_id = $1 AND user_key = $2 AND campaign_key = $3
         UNION ALL
         SELECT c.campaign_key FROM campaigns c
         JOIN user_voicebots l ON l.account_id = $1 AND l.voicebot_key = c.voicebot_key
         WHERE c.account_id = $1 AND l.user_key = $2 AND c.campaign_key = $3",
        scope.account(),
        scope.user(),
        campaign_key,
    )?;
    Ok(row.is_some())
}

/// The keys of the campaigns that the scope sees, in their order; `None`: all of the account.
pub(crate) async fn keys(conn: &mut Conn, scope: &Scope) -> Result<Option<Vec<i64>>, StoreError> {
    if !scope.is_limited() {
        return Ok(None);
    }
    let mut sql = Sql::with(&[scope.account()]);
    sql.push("SELECT campaign_key, account_id FROM campaigns WHERE account_id = $1");
    push(&mut sql, scope, "campaign_key");
    sql.push(" ORDER BY campaign_key");
    let rows: Vec<(i64, i64)> = sql.fetch_all(conn).await?;
    Ok(Some(rows.into_iter().map(|row| row.0).collect()))
}

/// Refuses a reading of the whole account.
pub(crate) fn whole_account(scope: &Scope) -> Result<(), StoreError> {
    if scope.is_limited() { Err(StoreError::Hidden) } else { Ok(()) }
}

/// Appends the condition that `column` is the key of a campaign that the scope sees; `$1` is the account.
pub(crate) fn push(sql: &mut Sql, scope: &Scope, column: &'static str) {
    if scope.is_limited() {
        let user = scope.user().unwrap_or_default();
        sql.push(" AND ").push(column);
        sql.push(" IN (SELECT l.campaign_key FROM user_campaigns l WHERE l.account_id = $1 AND l.user_key = ");
        sql.int(user).push(
            " UNION ALL SELECT s.campaign_key FROM campaigns s
              JOIN user_voicebots b ON b.account_id = $1 AND b.voicebot_key = s.voicebot_key
              WHERE s.account_id = $1 AND b.user_key = ",
        );
        sql.int(user).push(")");
    }
}
