//! Reads the webhooks of an account in the order in which they came, and stores the calls that they tell of: what is known of a
//! call is kept between them, so that one call comes of all its webhooks, whatever comes first or twice.
//!
//! It ends when nothing waits, and is added again by the next webhook (`store::jobs::wake`).

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::atomic::Ordering::Relaxed,
    time::Duration,
};

use cdr::Direction;
use domain::{
    Account, CallRecord, CampaignId, Code, FieldError, HookSource, Timestamp, Voicebot, VoicebotId,
    import::OtherCalls,
    limits::{HOOK_AGENTS, HOOK_BYTES, HOOKS_PER_READ, NAME_CHARS},
};
use store::{
    Conn, Scope, StoreError, account_totals, accounts,
    campaigns::{self, CampaignInput},
    hooks::{
        self,
        agents::{self, Agent, StandsFor},
        bodies::{self, WaitingBody},
        calls::{self, KnownLeg},
    },
    ingest::{self, Corrected, IngestOptions},
    jobs::{self, JobOutcome},
    result_codes,
    result_words::ResultWords,
    voicebots,
};

use super::{JobEnd, JobError, Task};
use crate::hooks::{WebhookPart, WebhookReader};

/// Bodies that are read together have so many bytes at most: what they say is in memory until it is stored, and takes many times
/// their text.
const MOST_BYTES: usize = HOOK_BYTES as usize;
/// So many webhooks at once are the sign that more come.
const BUSY_FROM: usize = 4;
/// The pause after a look while many come.
const PAUSE: Duration = Duration::from_millis(100);
/// After so many transactions other accounts have their turn.
const TRANSACTIONS: usize = 50;

pub(super) async fn run(task: Task) -> Result<JobEnd, JobError> {
    let mut is_busy = false;
    for _ in 0..TRANSACTIONS {
        let read = read_waiting(&task).await?;
        if read == HOOKS_PER_READ || make_due(&task).await? {
            continue;
        }
        if read >= BUSY_FROM || is_busy {
            // More will have come by then, and cost one commit together.
            tokio::time::sleep(PAUSE).await;
        }
        is_busy = read >= BUSY_FROM;
        if read > 0 {
            continue;
        }
        let mut conn = task.db.write().await?;
        if !jobs::remove(&mut conn, &task.scope, &task.job).await? {
            return Ok(JobEnd::Said("lost"));
        }
        // Whatever comes from now on finds no job, and adds one.
        if !bodies::has_work(&mut conn, &task.scope).await? {
            conn.commit().await?;
            return Ok(JobEnd::Said("done"));
        }
    }
    Ok(JobEnd::Say(JobOutcome::Again(task.now(), String::new())))
}

/// Who reads what: systems with a format by the system, others by their address.
type Readers = BTreeMap<(HookSource, i64), Result<WebhookReader, FieldError>>;

fn place(source: HookSource, hook: i64) -> (HookSource, i64) {
    (source, if source == HookSource::Generic { hook } else { 0 })
}

/// What bodies of an account are read by.
struct Settled {
    account: Account,
    /// By the addresses of `generic`.
    mappings: HashMap<i64, String>,
    /// The account's own spellings of result codes.
    spellings: Vec<(Code, Code)>,
}

impl Settled {
    async fn read(conn: &mut Conn, scope: &Scope) -> Result<Self, StoreError> {
        Ok(Self {
            account: accounts::lookup(conn, scope).await?,
            mappings: hooks::mappings(conn, scope).await?.into_iter().collect(),
            spellings: ResultWords::read(conn, scope).await?.into_spellings(),
        })
    }

    fn reader(&self, source: HookSource, hook: i64) -> Result<WebhookReader, FieldError> {
        let reader = WebhookReader::new(source, hook, self.mappings.get(&hook).map(String::as_str), &self.account)?;
        Ok(reader.with_spellings(&self.spellings))
    }
}

/// A body and what it says.
struct ReadBody {
    key: i64,
    place: (HookSource, i64),
    parts: Result<Vec<WebhookPart>, FieldError>,
}

/// A name as names are kept, of what a system calls something; none where nothing is left of it.
fn clean(name: &str) -> Option<String> {
    let name: String = domain::text::one_line(name).chars().take(NAME_CHARS).collect();
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// Reads bodies that wait; gives how many.
async fn read_waiting(task: &Task) -> Result<usize, JobError> {
    let mut conn = task.db.read().await?;
    let waiting = bodies::waiting(&mut conn, &task.scope, HOOKS_PER_READ, MOST_BYTES).await?;
    let count = waiting.len();
    if count == 0 {
        return Ok(0);
    }
    let settled = Settled::read(&mut conn, &task.scope).await?;
    drop(conn);
    let (readers, said) = tokio::task::spawn_blocking(move || parse(waiting, &settled)).await?;
    let mut conn = task.db.write().await?;
    let mut making = HookMaking::begin(&mut conn, task.scope, task.now()).await?;
    let mut outcomes = BTreeMap::new();
    for (place, reader) in &readers {
        let Ok(reader) = reader else { continue };
        let parts = parts_of(&said, *place);
        let touched = merge(&mut conn, &task.scope, reader, parts, task.now()).await?;
        for (call, parts) in touched {
            let made = making.make(&mut conn, reader, parts).await?;
            outcomes.insert((*place, call), made);
        }
    }
    let outcomes = making.put(&mut conn, outcomes).await?;
    let unreadable = said.iter().filter(|said| said.parts.is_err()).count() as u64;
    account_totals::refused(&mut conn, &task.scope, task.now(), unreadable, 0).await?;
    for said in &said {
        said.mark(&mut conn, &task.scope, &outcomes).await?;
    }
    let has_unread = bodies::has_unread(&mut conn, &task.scope).await?;
    for (((source, _), call), outcome) in &outcomes {
        if outcome.is_ok() && has_unread {
            bodies::mark_call_read(&mut conn, &task.scope, *source, call).await?;
        }
    }
    conn.commit().await?;
    task.context.metrics.hooks_read.fetch_add(count as u64, Relaxed);
    task.context.metrics.hooks_unreadable.fetch_add(unreadable, Relaxed);
    Ok(count)
}

fn parse(waiting: Vec<WaitingBody>, settled: &Settled) -> (Readers, Vec<ReadBody>) {
    let mut readers = Readers::new();
    let mut all = Vec::with_capacity(waiting.len());
    for WaitingBody { key, hook, source, body } in waiting {
        let place = place(source, hook);
        let reader = readers.entry(place).or_insert_with(|| settled.reader(source, hook));
        let parts = reader.as_ref().map_err(FieldError::clone).and_then(|reader| reader.parts(&body));
        all.push(ReadBody { key, place, parts });
    }
    (readers, all)
}

/// What the bodies that one reader reads say.
fn parts_of(said: &[ReadBody], place: (HookSource, i64)) -> Vec<&WebhookPart> {
    said.iter().filter(|said| said.place == place).filter_map(|said| said.parts.as_ref().ok()).flatten().collect()
}

impl ReadBody {
    /// Says what became of the body: as bad as the worst of its calls.
    async fn mark(&self, conn: &mut Conn, scope: &Scope, outcomes: &Outcomes) -> Result<(), StoreError> {
        let parts = match &self.parts {
            Ok(parts) => parts,
            Err(error) => return bodies::mark_unread(conn, scope, self.key, None, &words(error)).await,
        };
        for part in parts {
            if let Some(Err(error)) = outcomes.get(&(self.place, part.call().to_owned())) {
                return bodies::mark_unread(conn, scope, self.key, Some(part.call()), &words(error)).await;
            }
        }
        bodies::mark_read(conn, scope, self.key, parts.first().map(WebhookPart::call)).await
    }
}

fn words(error: &FieldError) -> String {
    format!("{} {}", error.field, error.reason).trim().to_owned()
}

/// Adds what these parts say to what is known of their calls, and keeps it; gives all legs of each call.
async fn merge(
    conn: &mut Conn,
    scope: &Scope,
    reader: &WebhookReader,
    parts: Vec<&WebhookPart>,
    now: Timestamp,
) -> Result<BTreeMap<String, Vec<WebhookPart>>, JobError> {
    let mut by_call = BTreeMap::<&str, Vec<&WebhookPart>>::new();
    for part in parts {
        by_call.entry(part.call()).or_default().push(part);
    }
    let ids: Vec<&str> = by_call.keys().copied().collect();
    let mut known = calls::legs(conn, scope, reader.source(), &ids).await?;
    let (mut all, mut all_changed) = (BTreeMap::new(), Vec::new());
    for (call, parts) in by_call {
        let kept = known.remove(call).unwrap_or_default();
        let mut legs: BTreeMap<String, WebhookPart> =
            kept.into_iter().filter_map(|leg| Some((leg.leg, reader.kept(call, &leg.said)?))).collect();
        let mut changed = BTreeSet::new();
        for part in parts {
            let joined = match legs.remove(part.leg()) {
                Some(known) => reader.joined(known, part.clone()),
                None => part.clone(),
            };
            legs.insert(part.leg().to_owned(), joined);
            changed.insert(part.leg());
        }
        for leg in changed {
            let part = &legs[leg];
            let agent = reader.agent(part).unwrap_or_default();
            all_changed.push(KnownLeg { call: call.to_owned(), leg: leg.to_owned(), agent, said: part.said()? });
        }
        all.insert(call.to_owned(), legs.into_values().collect());
    }
    calls::put(conn, scope, reader.source(), all_changed, now).await?;
    Ok(all)
}

/// Makes calls again whose agents stand for something else now. `false`: there are none.
async fn make_due(task: &Task) -> Result<bool, JobError> {
    if calls::due(&mut task.db.read().await?, &task.scope, 1).await?.is_empty() {
        return Ok(false);
    }
    let mut conn = task.db.write().await?;
    let mut making = HookMaking::begin(&mut conn, task.scope, task.now()).await?;
    let due = calls::due(&mut conn, &task.scope, HOOKS_PER_READ).await?;
    let settled = Settled::read(&mut conn, &task.scope).await?;
    let readers: Vec<WebhookReader> = HookSource::ALL
        .into_iter()
        .filter(|source| *source != HookSource::Generic)
        .map(|source| (source, 0))
        .chain(settled.mappings.keys().map(|hook| (HookSource::Generic, *hook)))
        .filter_map(|(source, hook)| settled.reader(source, hook).ok())
        .collect();
    let mut outcomes = BTreeMap::new();
    for (source, call) in due {
        if let Some(reader) = readers.iter().find(|reader| reader.source() == source && reader.has(&call)) {
            let legs = calls::legs(&mut conn, &task.scope, source, &[&call]).await?.remove(&call).unwrap_or_default();
            let parts = legs.into_iter().filter_map(|leg| reader.kept(&call, &leg.said)).collect();
            let made = making.make(&mut conn, reader, parts).await?;
            outcomes.insert(((source, 0), call.clone()), made);
        }
        calls::mark_made(&mut conn, &task.scope, source, &call).await?;
    }
    making.put(&mut conn, outcomes).await?;
    conn.commit().await?;
    Ok(true)
}

/// What became of calls, by reader and id: a record, or none yet.
type Outcomes = BTreeMap<((HookSource, i64), String), Result<(), FieldError>>;
type HookRecords = BTreeMap<((HookSource, i64), String), Result<Option<CallRecord>, FieldError>>;

/// Makes records of calls, and the campaigns, voicebots and codes that they name.
struct HookMaking {
    scope: Scope,
    now: Timestamp,
    agents: BTreeMap<(HookSource, String), Agent>,
    codes: BTreeSet<Code>,
    campaigns: BTreeSet<CampaignId>,
    voicebots: BTreeSet<VoicebotId>,
}

impl HookMaking {
    async fn begin(conn: &mut Conn, scope: Scope, now: Timestamp) -> Result<Self, StoreError> {
        hooks::lock(conn, &scope).await?;
        let agents = agents::list(conn, &scope).await?.into_iter();
        let codes = result_codes::list(conn, &scope).await?.into_iter();
        Ok(Self {
            scope,
            now,
            agents: agents.map(|agent| ((agent.source, agent.agent.clone()), agent)).collect(),
            codes: codes.map(|code| code.code).collect(),
            campaigns: BTreeSet::new(),
            voicebots: BTreeSet::new(),
        })
    }

    async fn make(
        &mut self,
        conn: &mut Conn,
        reader: &WebhookReader,
        parts: Vec<WebhookPart>,
    ) -> Result<Result<Option<CallRecord>, FieldError>, StoreError> {
        let source = reader.source();
        let agent = parts.iter().find_map(|part| reader.agent(part));
        let shown = parts.iter().find_map(WebhookPart::agent_name).and_then(clean);
        let own = agent.clone().unwrap_or_else(|| source.word().to_owned());
        let place = (source, agent.unwrap_or_default());
        let Some(StandsFor { campaign, voicebot, others }) = self.stands_for(conn, &place, shown.as_deref()).await?
        else {
            let reason = format!("is one of more than {HOOK_AGENTS}, which is the most");
            return Ok(Err(FieldError::new("agent", reason)));
        };
        let mut of_agent = campaign;
        if Direction::of_legs(parts.iter().map(WebhookPart::direction)) != Direction::Outbound {
            let is_left_out = others == OtherCalls::LeaveOut;
            if let Some(call) = parts.first().map(WebhookPart::call) {
                calls::mark_left_out(conn, &self.scope, source, call, is_left_out).await?;
            }
            match others {
                OtherCalls::Import => {}
                OtherCalls::LeaveOut => return Ok(Ok(None)),
                OtherCalls::Campaign(id) => of_agent = Some(id),
            }
        }
        let wrong = |field: &str| FieldError::new(field, "has no id that can be kept");
        let said = || parts.iter().find_map(|part| reader.campaign(part));
        let Some(campaign) = of_agent.or_else(said).or_else(|| CampaignId::new(&own).ok()) else {
            return Ok(Err(wrong("campaign")));
        };
        let Some(voicebot) = voicebot.or_else(|| VoicebotId::new(&own).ok()) else {
            return Ok(Err(wrong("voicebot")));
        };
        let mut record = match reader.call(parts, &campaign) {
            Ok(Some(record)) => record,
            none => return Ok(none),
        };
        let own = if place.1.is_empty() { None } else { clean(&own) };
        let name = shown.or(own).unwrap_or_else(|| source.name().to_owned());
        match self.add_missing(conn, (&campaign, &voicebot), &name).await {
            // A rule of names that its system has not.
            Err(StoreError::Invalid(error)) => return Ok(Err(error)),
            added => added?,
        }
        self.declare(conn, reader, &record).await?;
        record.campaign = campaign;
        record.voicebot = Some(voicebot);
        Ok(Ok(Some(record)))
    }

    /// What an agent stands for, as far as somebody has said it; one that was not met before is noted. None: there are too many.
    async fn stands_for(
        &mut self,
        conn: &mut Conn,
        place: &(HookSource, String),
        name: Option<&str>,
    ) -> Result<Option<StandsFor>, StoreError> {
        if let Some(known) = self.agents.get(place) {
            let Agent { campaign, voicebot, others, .. } = known.clone();
            return Ok(Some(StandsFor { campaign, voicebot, others }));
        }
        let (source, id) = place;
        if !agents::meet(conn, &self.scope, *source, id, name, self.now).await? {
            return Ok(None);
        }
        let (agent, name) = (id.clone(), name.map(str::to_owned));
        let StandsFor { campaign, voicebot, others } = StandsFor::default();
        let met = Agent { source: *source, agent, name, campaign, voicebot, others, left_out: 0, is_known: false };
        self.agents.insert(place.clone(), met);
        Ok(Some(StandsFor::default()))
    }

    /// Adds the campaign and the voicebot that are not there, under the agent's name. A campaign goes on.
    async fn add_missing(
        &mut self,
        conn: &mut Conn,
        (campaign, voicebot): (&CampaignId, &VoicebotId),
        name: &str,
    ) -> Result<(), StoreError> {
        if !self.voicebots.contains(voicebot) {
            if voicebots::lookup(conn, &self.scope, voicebot).await?.is_none() {
                let new = Voicebot { id: voicebot.clone(), name: name.to_owned() };
                voicebots::put(conn, &self.scope, &new).await?;
            }
            self.voicebots.insert(voicebot.clone());
        }
        if !self.campaigns.contains(campaign) {
            if campaigns::lookup(conn, &self.scope, campaign).await?.is_none() {
                let is_own = campaign.as_str() == voicebot.as_str();
                let new = CampaignInput {
                    id: campaign.clone(),
                    name: clean(campaign.as_str()).filter(|_| !is_own).unwrap_or_else(|| name.to_owned()),
                    voicebot: voicebot.clone(),
                    state: None,
                    started_at: None,
                    report_emails: None,
                    tariff: None,
                    plan: None,
                };
                campaigns::put(conn, &self.scope, &new, self.now).await?;
            }
            self.campaigns.insert(campaign.clone());
        }
        Ok(())
    }

    /// Declares the code of a call that the reader has given it, where the account has not.
    async fn declare(
        &mut self,
        conn: &mut Conn,
        reader: &WebhookReader,
        record: &CallRecord,
    ) -> Result<(), StoreError> {
        let Some(code) = record.result_code.as_ref().filter(|code| !self.codes.contains(*code)) else { return Ok(()) };
        if let Some(own) = reader.own_codes().into_iter().find(|own| own.code == *code) {
            result_codes::put(conn, &self.scope, &own, self.now).await?;
        }
        self.codes.insert(code.clone());
        Ok(())
    }

    /// Stores the records; gives what became of each call.
    async fn put(self, conn: &mut Conn, records: HookRecords) -> Result<Outcomes, StoreError> {
        let (mut outcomes, mut batch, mut places) = (Outcomes::new(), Vec::new(), Vec::new());
        for (place, made) in records {
            match made {
                Ok(Some(record)) => {
                    batch.push((places.len(), record));
                    places.push(place.clone());
                    outcomes.insert(place, Ok(()));
                }
                Ok(None) => drop(outcomes.insert(place, Ok(()))),
                Err(error) => drop(outcomes.insert(place, Err(error))),
            }
        }
        if batch.is_empty() {
            return Ok(outcomes);
        }
        let options = IngestOptions { create_missing: false, received_at: self.now, import: None };
        let answer = ingest::put_corrected(conn, &self.scope, batch, options, Corrected::Leaves).await?;
        for error in answer.errors {
            if let Some(place) = places.get(error.index) {
                outcomes.insert(place.clone(), Err(FieldError::new(error.field, error.reason)));
            }
        }
        Ok(outcomes)
    }
}
