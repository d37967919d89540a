//! Voicebots: the bots that talk.

use std::collections::BTreeSet;

use domain::{Voicebot, VoicebotId};

use crate::{
    Conn, Put, Scope, StoreError, accounts, chosen,
    db::{execute, fetch_optional},
    put::checked_name,
    sql::Sql,
};

fn read((id, name): (String, String)) -> Result<Voicebot, StoreError> {
    let id = VoicebotId::new(id).map_err(|_| StoreError::Broken("id of a voicebot".to_owned()))?;
    Ok(Voicebot { id, name })
}

/// Stores a voicebot; one that is there gets the name sent now.
pub async fn put(conn: &mut Conn, scope: &Scope, voicebot: &Voicebot) -> Result<Put, StoreError> {
    let name = checked_name("name", &voicebot.name)?;
    let (key, _) = accounts::take_keys(conn, scope, 1).await?;
    let before = lookup(conn, scope, &voicebot.id).await?;
    if before.as_ref().is_some_and(|before| before.name == name) {
        return Ok(Put::Unchanged);
    }
    execute!(
        conn,
        "INSERT INTO voicebots (account_id, voicebot_key, id, name) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id, id) DO UPDATE SET name = excluded.name",
        scope.account(),
        key,
        voicebot.id.as_str(),
        name.as_str(),
    )?;
    accounts::changed(conn, scope).await?;
    Ok(if before.is_some() { Put::Updated } else { Put::Created })
}

/// All voicebots of the account, by id.
pub async fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Voicebot>, StoreError> {
    let mut sql = Sql::with(&[scope.account()]);
    sql.push("SELECT v.id, v.name FROM voicebots v WHERE v.account_id = $1");
    push_seen(&mut sql, scope);
    sql.push(" ORDER BY v.id");
    let rows: Vec<(String, String)> = sql.fetch_all(conn).await?;
    rows.into_iter().map(read).collect()
}

/// Appends the condition that a voicebot `v` is of a campaign that the scope sees, where it sees chosen ones alone.
fn push_seen(sql: &mut Sql, scope: &Scope) {
    if scope.is_limited() {
        sql.push(" AND v.voicebot_key IN (SELECT c.voicebot_key FROM campaigns c WHERE c.account_id = $1");
        chosen::push(sql, scope, "c.campaign_key");
        sql.push(")");
    }
}

/// The voicebot of this id; none where the account has no such one.
pub async fn lookup(conn: &mut Conn, scope: &Scope, id: &VoicebotId) -> Result<Option<Voicebot>, StoreError> {
    let row = fetch_optional!(
        conn,
        (String, String),
        "SELECT id, name FROM voicebots WHERE account_id = $1 AND id = $2",
        scope.account(),
        id.as_str(),
    )?;
    row.map(read).transpose()
}

/// The id of the voicebot that a person names: by its id, else by its name where no two share it.
pub async fn id_of(conn: &mut Conn, scope: &Scope, named: &str) -> Result<Option<VoicebotId>, StoreError> {
    let named_so: Vec<Voicebot> =
        list(conn, scope).await?.into_iter().filter(|it| it.id.as_str() == named || it.name == named).collect();
    let by_id = named_so.iter().find(|voicebot| voicebot.id.as_str() == named);
    let found = by_id.or_else(|| named_so.first().filter(|_| named_so.len() == 1));
    Ok(found.map(|voicebot| voicebot.id.clone()))
}

/// The number of a voicebot.
pub(crate) async fn key(conn: &mut Conn, scope: &Scope, id: &VoicebotId) -> Result<Option<i64>, StoreError> {
    let row = fetch_optional!(
        conn,
        (i64,),
        "SELECT voicebot_key FROM voicebots WHERE account_id = $1 AND id = $2",
        scope.account(),
        id.as_str(),
    )?;
    Ok(row.map(|row| row.0))
}

/// The keys of these voicebots, in any order; `None` where one of them is not the account's.
pub(crate) async fn keys(conn: &mut Conn, scope: &Scope, ids: &[VoicebotId]) -> Result<Option<Vec<i64>>, StoreError> {
    let ids: BTreeSet<&str> = ids.iter().map(VoicebotId::as_str).collect();
    if ids.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let mut sql = Sql::with(&[scope.account()]);
    sql.push("SELECT v.voicebot_key FROM voicebots v WHERE v.account_id = $1 AND v.id IN ").texts(ids.iter().copied());
    push_seen(&mut sql, scope);
    let keys: Vec<(i64,)> = sql.fetch_all(conn).await?;
    Ok((keys.len() == ids.len()).then(|| keys.into_iter().map(|(key,)| key).collect()))
}
