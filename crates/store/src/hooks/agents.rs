//! What the agents, assistants and flows of other systems stand for: a campaign and a voicebot. One that nobody has said
//! anything about comes in under its own name, and is marked.

use domain::{CampaignId, HookSource, Timestamp, VoicebotId, limits::HOOK_AGENTS};

use super::{bodies, source_of};
use crate::{
    Conn, Scope, StoreError, accounts, campaigns,
    db::{execute, fetch_all, fetch_one},
    put::invalid,
    voicebots,
};

/// An agent of another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// The system.
    pub source: HookSource,
    /// Its id there; empty: of calls that name none.
    pub agent: String,
    /// Its name there.
    pub name: Option<String>,
    /// The campaign of its calls; none: the one that the call names, else one of its own.
    pub campaign: Option<CampaignId>,
    /// The voicebot of its calls; none: one of its own.
    pub voicebot: Option<VoicebotId>,
    /// Whether an owner has said what it stands for.
    pub is_known: bool,
}

#[derive(sqlx_macros::FromRow)]
struct StoredAgent {
    source: String,
    agent: String,
    name: Option<String>,
    campaign: Option<String>,
    voicebot: Option<String>,
    is_known: bool,
}

/// All agents of the account, those that nobody has said anything about first.
pub async fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Agent>, StoreError> {
    let rows = fetch_all!(
        conn,
        StoredAgent,
        "SELECT source, agent, name, campaign, voicebot, is_known FROM hook_agents
         WHERE account_id = $1
         ORDER BY is_known, source, agent",
        scope.account(),
    )?;
    let broken = |what: &str| StoreError::Broken(format!("{what} of an agent"));
    let read = |row: StoredAgent| {
        Ok(Agent {
            source: source_of(&row.source)?,
            agent: row.agent,
            name: row.name,
            campaign: row.campaign.map(CampaignId::new).transpose().map_err(|_| broken("campaign"))?,
            voicebot: row.voicebot.map(VoicebotId::new).transpose().map_err(|_| broken("voicebot"))?,
            is_known: row.is_known,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Notes that an agent was met, if it is new. `false`: the account has [`HOOK_AGENTS`] of this system already.
pub async fn meet(
    conn: &mut Conn,
    scope: &Scope,
    source: HookSource,
    agent: &str,
    name: Option<&str>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (count,) = fetch_one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM hook_agents WHERE account_id = $1 AND source = $2",
        scope.account(),
        source.word(),
    )?;
    if count >= HOOK_AGENTS as i64 {
        return Ok(false);
    }
    execute!(
        conn,
        "INSERT INTO hook_agents (account_id, source, agent, name, seen_at, is_known) VALUES ($1, $2, $3, $4, $5, FALSE)
         ON CONFLICT (account_id, source, agent) DO NOTHING",
        scope.account(),
        source.word(),
        agent,
        name,
        now.0,
    )?;
    Ok(true)
}

/// Says what an agent stands for; its calls are made again. `false`: no such agent was met.
///
/// # Errors
/// [`StoreError::Invalid`] for a campaign or voicebot that the account has not.
pub async fn put(
    conn: &mut Conn,
    scope: &Scope,
    source: HookSource,
    agent: &str,
    (campaign, voicebot): (Option<&CampaignId>, Option<&VoicebotId>),
    now: Timestamp,
) -> Result<bool, StoreError> {
    accounts::take_keys(conn, scope, 0).await?;
    if let Some(id) = campaign
        && campaigns::lookup(conn, scope, id).await?.is_none()
    {
        return Err(invalid("campaign", "is not known"));
    }
    if let Some(id) = voicebot
        && voicebots::lookup(conn, scope, id).await?.is_none()
    {
        return Err(invalid("voicebot", "is not known"));
    }
    let changed = execute!(
        conn,
        "UPDATE hook_agents SET campaign = $4, voicebot = $5, is_known = TRUE
         WHERE account_id = $1 AND source = $2 AND agent = $3",
        scope.account(),
        source.word(),
        agent,
        campaign.map(CampaignId::as_str),
        voicebot.map(VoicebotId::as_str),
    )?;
    if changed == 0 {
        return Ok(false);
    }
    execute!(
        conn,
        "UPDATE hook_calls SET is_due = TRUE WHERE account_id = $1 AND source = $2 AND agent = $3",
        scope.account(),
        source.word(),
        agent,
    )?;
    bodies::wake(conn, scope, now).await?;
    Ok(true)
}
