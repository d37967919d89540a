//! An import is taken back, step by step.

use std::collections::BTreeMap;

use domain::Timestamp;

use super::told;
use crate::{
    Conn, Scope, StoreError, accounts,
    db::{execute, fetch_all},
    dialect::plan_lookups,
    ingest::{self, Corrected, IngestOptions},
    live::{self, Change},
    search_index,
};

#[derive(sqlx_macros::FromRow)]
struct KeptCall {
    call_id: String,
    record_before: Option<String>,
    hash_before: Option<String>,
    is_untouched: bool,
}

/// What a step of undoing did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UndoStep {
    /// Calls that are as they were before the import.
    pub undone: u64,
    /// Calls that somebody has changed meanwhile: they stay as they are.
    pub left: u64,
    /// Customers whose names were looked at.
    pub names: u64,
    /// Objects of recordings, to be deleted after the commit.
    pub objects: Vec<String>,
}

impl UndoStep {
    /// Whether there was nothing to do any more.
    pub fn is_last(&self) -> bool {
        self.undone + self.left + self.names == 0
    }
}

/// Takes back up to `limit` calls of an import: those that it added are removed, those that it changed become what they were. Once
/// there are none, customers get the names back that only the import has changed, and campaigns that it made go where nothing else is in them.
/// After a step that [is the last](UndoStep::is_last) all is done; what was left is counted with the import. A step that was committed is not
/// done again.
pub async fn undo_step(
    conn: &mut Conn,
    scope: &Scope,
    import: i64,
    limit: u32,
    now: Timestamp,
) -> Result<UndoStep, StoreError> {
    let (_, revision) = accounts::take_keys(conn, scope, 0).await?;
    // Each call that it kept is found by its id; else PostgreSQL, which knows nothing of a new import, compares it with every call.
    plan_lookups(conn).await?;
    let kept = fetch_all!(
        conn,
        KeptCall,
        "SELECT i.call_id, i.record_before, i.hash_before, c.id IS NOT NULL AS is_untouched
         FROM import_calls i
         LEFT JOIN calls c ON c.account_id = $1 AND c.id = i.call_id AND c.content_hash = i.hash
         WHERE i.account_id = $1 AND i.import_key = $2
         ORDER BY i.call_id LIMIT $3",
        scope.account(),
        import,
        i64::from(limit),
    )?;
    let mut step = UndoStep::default();
    if kept.is_empty() {
        step.names = undo_names(conn, scope, import, limit).await?;
        if step.names == 0 {
            told::forget(conn, scope, import).await?;
            remove_campaigns(conn, scope, import, revision).await?;
        }
        return Ok(step);
    }
    let (untouched, touched): (Vec<&KeptCall>, Vec<&KeptCall>) = kept.iter().partition(|call| call.is_untouched);
    step.left = touched.len() as u64;
    let (changed, added): (Vec<&KeptCall>, Vec<&KeptCall>) =
        untouched.into_iter().partition(|call| call.record_before.is_some());
    let added: Vec<&str> = added.into_iter().map(|call| call.call_id.as_str()).collect();
    if !added.is_empty() {
        step.objects = ingest::remove(conn, scope, &added, now).await?;
        step.undone += added.len() as u64;
    }
    if !changed.is_empty() {
        let broken = |_| StoreError::Broken(format!("what was before import {import}"));
        let records = changed.iter().filter_map(|call| call.record_before.as_deref()).map(serde_json::from_str);
        let records = records.enumerate().map(|(at, record)| Ok((at, record.map_err(broken)?)));
        let records = records.collect::<Result<Vec<_>, StoreError>>()?;
        let options = IngestOptions { create_missing: false, received_at: Timestamp::MAX, import: None };
        let answer = ingest::put_corrected(conn, scope, records, options, Corrected::TakenBack).await?;
        step.undone += answer.accepted + answer.updated + answer.unchanged;
        step.left += answer.rejected;
        let hashes: BTreeMap<&str, String> =
            changed.iter().filter_map(|call| Some((call.call_id.as_str(), call.hash_before.clone()?))).collect();
        ingest::set_hashes(conn, scope, &hashes).await?;
    }
    // They are the first of its calls. By a list of ids PostgreSQL, which has not counted them yet, would read all of them for each.
    if let Some(last) = kept.last() {
        execute!(
            conn,
            "DELETE FROM import_calls WHERE account_id = $1 AND import_key = $2 AND call_id <= $3",
            scope.account(),
            import,
            last.call_id.as_str(),
        )?;
    }
    if step.left > 0 {
        // With the step: a killed process counts none of them twice, and forgets none.
        execute!(
            conn,
            "UPDATE imports SET left_calls = left_calls + $3 WHERE account_id = $1 AND import_key = $2",
            scope.account(),
            import,
            step.left as i64,
        )?;
    }
    Ok(step)
}

/// Gives up to so many customers their names back; gives how many were looked at.
async fn undo_names(conn: &mut Conn, scope: &Scope, import: i64, limit: u32) -> Result<u64, StoreError> {
    let names = fetch_all!(
        conn,
        (i64, i64, Option<String>, bool),
        "SELECT n.campaign_key, n.contact_no, n.name_before, c.contact_no IS NOT NULL
         FROM import_names n
         LEFT JOIN contacts c ON c.account_id = $1 AND c.campaign_key = n.campaign_key AND c.contact_no = n.contact_no
                              AND c.name = n.name_since
         WHERE n.account_id = $1 AND n.import_key = $2
         ORDER BY n.campaign_key, n.contact_no LIMIT $3",
        scope.account(),
        import,
        i64::from(limit),
    )?;
    let Some(&(campaign_key, contact_no, ..)) = names.last() else { return Ok(0) };
    let count = names.len() as u64;
    let untouched = names.into_iter().filter(|(.., is_untouched)| *is_untouched);
    let untouched = untouched.map(|(campaign_key, contact_no, name, _)| ((campaign_key, contact_no), name)).collect();
    ingest::rename_back(conn, scope, untouched).await?;
    execute!(
        conn,
        "DELETE FROM import_names
         WHERE account_id = $1 AND import_key = $2 AND (campaign_key < $3 OR campaign_key = $3 AND contact_no <= $4)",
        scope.account(),
        import,
        campaign_key,
        contact_no,
    )?;
    Ok(count)
}

/// Removes the campaigns that an import has made, in which nothing is and of which nobody has said anything, and the voicebots that were
/// made with them.
async fn remove_campaigns(conn: &mut Conn, scope: &Scope, import: i64, revision: i64) -> Result<(), StoreError> {
    let made = fetch_all!(
        conn,
        (i64,),
        "SELECT DISTINCT c.voicebot_key FROM import_campaigns i
         JOIN campaigns c ON c.account_id = $1 AND c.campaign_key = i.campaign_key
         WHERE i.account_id = $1 AND i.import_key = $2",
        scope.account(),
        import,
    )?;
    let removed = execute!(
        conn,
        "DELETE FROM campaigns
         WHERE account_id = $1 AND name = id AND state = 'completed' AND started_at IS NULL AND plan IS NULL
           AND report_emails = '[]' AND contacts = 0
           AND campaign_key IN (SELECT i.campaign_key FROM import_campaigns i WHERE i.account_id = $1 AND i.import_key = $2)
           AND NOT EXISTS (SELECT 1 FROM calls c
                           WHERE c.account_id = $1 AND c.campaign_key = campaigns.campaign_key)
           AND NOT EXISTS (SELECT 1 FROM contacts c
                           WHERE c.account_id = $1 AND c.campaign_key = campaigns.campaign_key)
           AND NOT EXISTS (SELECT 1 FROM tariffs t
                           WHERE t.account_id = $1 AND t.campaign_key = campaigns.campaign_key)
           AND NOT EXISTS (SELECT 1 FROM mailings m
                           WHERE m.account_id = $1 AND m.campaign_key = campaigns.campaign_key)
           AND NOT EXISTS (SELECT 1 FROM user_campaigns u WHERE u.account_id = $1 AND u.campaign_key = campaigns.campaign_key)
           AND NOT EXISTS (SELECT 1 FROM day_notes n WHERE n.account_id = $1 AND n.campaign_key = campaigns.campaign_key)
           AND NOT EXISTS (SELECT 1 FROM hook_agents a
                           WHERE a.account_id = $1 AND (a.campaign = campaigns.id OR a.others = campaigns.id))",
        scope.account(),
        import,
    )?;
    for (voicebot_key,) in made {
        remove_voicebot(conn, scope, import, voicebot_key).await?;
    }
    if removed > 0 {
        search_index::forget_campaigns_of(conn, scope, import).await?;
        live::publish(conn, Change { account: scope.account(), revision }).await?;
    }
    execute!(conn, "DELETE FROM import_campaigns WHERE account_id = $1 AND import_key = $2", scope.account(), import,)?;
    Ok(())
}

/// Removes a voicebot that was made while an import was stored, where nothing is of it and nobody has named it. Keys are given in the order in
/// which things are made.
async fn remove_voicebot(conn: &mut Conn, scope: &Scope, import: i64, voicebot_key: i64) -> Result<(), StoreError> {
    if voicebot_key < import {
        return Ok(());
    }
    let unnamed = ingest::unnamed_voicebot(accounts::lookup(conn, scope).await?.language);
    execute!(
        conn,
        "DELETE FROM voicebots
         WHERE account_id = $1 AND voicebot_key = $2 AND (name = id OR (id = $3 AND name = $4))
           AND NOT EXISTS (SELECT 1 FROM campaigns c WHERE c.account_id = $1 AND c.voicebot_key = $2)
           AND NOT EXISTS (SELECT 1 FROM rollup_hours h WHERE h.account_id = $1 AND h.voicebot_key = $2 AND h.calls > 0)
           AND NOT EXISTS (SELECT 1 FROM user_voicebots u WHERE u.account_id = $1 AND u.voicebot_key = $2)
           AND NOT EXISTS (SELECT 1 FROM hook_agents a WHERE a.account_id = $1 AND a.voicebot = voicebots.id)",
        scope.account(),
        voicebot_key,
        ingest::UNNAMED_VOICEBOT,
        unnamed,
    )?;
    Ok(())
}
