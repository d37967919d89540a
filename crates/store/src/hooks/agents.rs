//! What the agents, assistants and flows of other systems stand for: a campaign and a voicebot. One that nobody has said
//! anything about comes in under its own name, and is marked.

use domain::{CampaignId, HookSource, Timestamp, VoicebotId, import::OtherCalls, limits::HOOK_AGENTS};

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
    /// Which system it belongs to.
    pub source: HookSource,
    /// Its id there; empty: of calls that name none.
    pub agent: String,
    /// What the system calls it, where it says so.
    pub name: Option<String>,
    /// The campaign of its calls; none: the one that the call names, else one of its own.
    pub campaign: Option<CampaignId>,
    /// The voicebot of its calls; none: one of its own.
    pub voicebot: Option<VoicebotId>,
    /// What is done with its calls that are none to a customer.
    pub others: OtherCalls,
    /// How many of those that are known of still were left out.
    pub left_out: u64,
    /// Whether an owner has said what it stands for.
    pub is_known: bool,
}

/// What an owner says of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StandsFor {
    /// As [`Agent::campaign`].
    pub campaign: Option<CampaignId>,
    /// As [`Agent::voicebot`].
    pub voicebot: Option<VoicebotId>,
    /// As [`Agent::others`].
    pub others: OtherCalls,
}

#[derive(sqlx_macros::FromRow)]
struct StoredAgent {
    source: String,
    agent: String,
    name: Option<String>,
    campaign: Option<String>,
    voicebot: Option<String>,
    others: String,
    left_out: i64,
    is_known: bool,
}

/// All agents of the account, those that nobody has said anything about first.
pub async fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Agent>, StoreError> {
    let rows = fetch_all!(
        conn,
        StoredAgent,
        "SELECT source, agent, name, campaign, voicebot, others, is_known,
                (SELECT COUNT(*) FROM hook_calls c
                 WHERE c.account_id = $1 AND c.source = a.source AND c.agent = a.agent AND c.is_left_out) AS left_out
         FROM hook_agents a
         WHERE a.account_id = $1
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
            others: OtherCalls::try_from(row.others).map_err(|_| broken("others"))?,
            left_out: row.left_out as u64,
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
/// [`StoreError::Invalid`] for a campaign (`campaign`, `others`) or voicebot that the account has not.
pub async fn put(
    conn: &mut Conn,
    scope: &Scope,
    source: HookSource,
    agent: &str,
    stands_for: &StandsFor,
    now: Timestamp,
) -> Result<bool, StoreError> {
    accounts::take_keys(conn, scope, 0).await?;
    let StandsFor { campaign, voicebot, others } = stands_for;
    let of_others = if let OtherCalls::Campaign(id) = others { Some(id) } else { None };
    for (field, id) in [("campaign", campaign.as_ref()), ("others", of_others)] {
        if let Some(id) = id
            && campaigns::lookup(conn, scope, id).await?.is_none()
        {
            return Err(invalid(field, "is not known"));
        }
    }
    if let Some(id) = voicebot
        && voicebots::lookup(conn, scope, id).await?.is_none()
    {
        return Err(invalid("voicebot", "is not known"));
    }
    let changed = execute!(
        conn,
        "UPDATE hook_agents SET campaign = $4, voicebot = $5, others = $6, is_known = TRUE
         WHERE account_id = $1 AND source = $2 AND agent = $3",
        scope.account(),
        source.word(),
        agent,
        campaign.as_ref().map(CampaignId::as_str),
        voicebot.as_ref().map(VoicebotId::as_str),
        String::from(others.clone()),
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
