//! What the records of a batch refer to: campaigns, voicebots, prices, meanings of codes. Each is read once for a batch.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{Country, Language, Timestamp, time::Zone};

use super::Ready;
use crate::{
    Scope, StoreError, accounts,
    contacts::Directory,
    db::{Conn, execute, fetch_all},
    dialect::texts_of_json,
    meanings::Meanings,
    own_dimensions::ToldDimensions,
    pricing::Prices,
};

/// A campaign as a batch needs it.
#[derive(Debug, Clone, Copy)]
pub(super) struct CampaignTarget {
    pub(super) campaign_key: i64,
    pub(super) voicebot_key: i64,
}

/// What records refer to, as far as it was asked for.
pub(super) struct Vocabulary {
    pub(super) zone: Zone,
    pub(super) country: Country,
    pub(super) prices: Prices,
    pub(super) meanings: Meanings,
    /// The account's own dimensions.
    pub(super) told: ToldDimensions,
    pub(super) voicebots: HashMap<String, i64>,
    pub(super) targets: HashMap<String, CampaignTarget>,
    /// The next contact number of each campaign. What is stored with the campaigns follows at the end.
    pub(super) next_numbers: HashMap<i64, i64>,
    /// Whether it was said that calls have no price.
    pub(super) has_warned_of_price: bool,
}

impl Vocabulary {
    pub(super) async fn load(conn: &mut Conn, scope: &Scope) -> Result<Self, StoreError> {
        let account = accounts::lookup(conn, scope).await?;
        Ok(Self {
            zone: account.zone,
            country: account.country,
            prices: Prices::load(conn, scope).await?,
            meanings: Meanings::load(conn, scope).await?,
            told: ToldDimensions::load(conn, scope).await?,
            voicebots: HashMap::new(),
            targets: HashMap::new(),
            next_numbers: HashMap::new(),
            has_warned_of_price: false,
        })
    }

    /// A directory of no customers.
    pub(super) fn directory(&self) -> Directory {
        Directory::new(self.country, self.meanings.is_settling())
    }

    /// Reads the campaigns and voicebots of these records that are not here yet.
    pub(super) async fn find(&mut self, conn: &mut Conn, scope: &Scope, records: &[Ready]) -> Result<(), StoreError> {
        let ids: BTreeSet<&str> = records.iter().map(|ready| ready.record.campaign.as_str()).collect();
        let ids: Vec<&str> = ids.into_iter().filter(|id| !self.targets.contains_key(*id)).collect();
        if !ids.is_empty() {
            let sql = format!(
                "SELECT id, campaign_key, voicebot_key, next_contact_no
                 FROM campaigns WHERE account_id = $1 AND id IN ({})",
                texts_of_json(conn, "$2"),
            );
            let list = serde_json::json!(ids).to_string();
            let sql = sqlx::AssertSqlSafe(sql.as_str());
            for (id, campaign_key, voicebot_key, next) in
                fetch_all!(conn, (String, i64, i64, i64), sql, scope.account(), list.as_str())?
            {
                self.targets.insert(id, CampaignTarget { campaign_key, voicebot_key });
                self.next_numbers.insert(campaign_key, next);
            }
        }
        let named = records.iter().filter_map(|ready| ready.record.voicebot.as_ref());
        if named.into_iter().any(|id| !self.voicebots.contains_key(id.as_str())) {
            let rows = fetch_all!(
                conn,
                (String, i64),
                "SELECT id, voicebot_key FROM voicebots WHERE account_id = $1",
                scope.account(),
            )?;
            self.voicebots = rows.into_iter().collect();
        }
        Ok(())
    }
}

/// The voicebot of campaigns that are made from records which name none.
pub(crate) const UNNAMED_VOICEBOT: &str = "imported";

/// What that one is called, until somebody calls it otherwise.
pub(crate) fn unnamed_voicebot(language: Language) -> &'static str {
    match language {
        Language::Vi => "Không rõ voicebot",
        Language::En => "Voicebot not known",
    }
}

/// Makes the voicebots and campaigns that these records name and the account does not have. A file tells what was: a campaign
/// made from it began with its first call and ended with its last, until somebody says that it goes on.
///
/// An import keeps which campaigns it has made.
pub(super) async fn create_missing(
    conn: &mut Conn,
    scope: &Scope,
    records: &[Ready],
    import: Option<i64>,
) -> Result<(), StoreError> {
    let mut wanted = BTreeMap::<&str, (&str, Timestamp, Timestamp)>::new();
    for Ready { record, .. } in records {
        let voicebot = record.voicebot.as_ref().map_or(UNNAMED_VOICEBOT, |id| id.as_str());
        let end = record.ended_at.unwrap_or(record.dialed_at);
        let (_, first, last) = wanted.entry(record.campaign.as_str()).or_insert((voicebot, record.dialed_at, end));
        (*first, *last) = (record.dialed_at.min(*first), end.max(*last));
    }
    let named: BTreeSet<&str> =
        records.iter().filter_map(|ready| ready.record.voicebot.as_ref()).map(domain::VoicebotId::as_str).collect();
    for id in wanted.values().map(|(voicebot, ..)| *voicebot).chain(named).collect::<BTreeSet<_>>() {
        let (key, _) = accounts::take_keys(conn, scope, 1).await?;
        let name =
            if id == UNNAMED_VOICEBOT { unnamed_voicebot(accounts::lookup(conn, scope).await?.language) } else { id };
        execute!(
            conn,
            "INSERT INTO voicebots (account_id, voicebot_key, id, name) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account_id, id) DO NOTHING",
            scope.account(),
            key,
            id,
            name,
        )?;
    }
    for (id, (voicebot, first, last)) in wanted {
        let (key, _) = accounts::take_keys(conn, scope, 1).await?;
        execute!(
            conn,
            "INSERT INTO campaigns (account_id, campaign_key, id, name, search, voicebot_key, state, completed_at,
                                    listed_at, report_emails, contacts, dialled, reached, talked, goal, answered,
                                    failed, error, in_progress, blocks, cost)
             SELECT $1, $2, $3, $3, $4, voicebot_key, 'completed', $7, $6, '[]', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
             FROM voicebots WHERE account_id = $1 AND id = $5
             ON CONFLICT (account_id, id) DO UPDATE
             SET completed_at = CASE WHEN campaigns.completed_at < excluded.completed_at
                                     THEN excluded.completed_at ELSE campaigns.completed_at END,
                 listed_at = CASE WHEN campaigns.started_at IS NULL AND excluded.listed_at < campaigns.listed_at
                                  THEN excluded.listed_at ELSE campaigns.listed_at END
             WHERE campaigns.state = 'completed'",
            scope.account(),
            key,
            id,
            domain::search::fold(id),
            voicebot,
            first.0,
            last.0,
        )?;
        if let Some(import) = import {
            // The key is in use where it was not there.
            execute!(
                conn,
                "INSERT INTO import_campaigns (account_id, import_key, campaign_key)
                 SELECT $1, $2, campaign_key FROM campaigns WHERE account_id = $1 AND campaign_key = $3",
                scope.account(),
                import,
                key,
            )?;
        }
    }
    Ok(())
}
