//! Calls come in: one transaction changes the calls, the customers' standing and every rollup.
//!
//! Most calls are new and later than all others of their customer: these are appended, and the rollups only grow.
//! A customer with a corrected call, or one that arrives out of order, is worked out anew from all of their calls.
//!
//! A batch comes in portions ([`put_all`]): what can be said of records without the database is said on another thread
//! ([`check`]) while the portion before is stored, and the rollups are written once, at the end.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::{CallClass, CallRecord, FieldError, Money, Timestamp, call::CheckedCall, phone, time::Zone};
use futures::{Stream, StreamExt};
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

use crate::{
    Scope, StoreError, accounts,
    bulk::{Column, insert_rows},
    contacts::Directory,
    db::{Conn, execute, fetch_all, fetch_one},
    dialect::{integers_of_json, plan_lookups, texts_of_json},
    live::{self, Change},
    pricing::Prices,
    rollup::Deltas,
    timeline::{CALL_COLUMNS, CallRow, Flags, walk},
};

/// How a batch is taken in.
#[derive(Debug, Clone, Copy)]
pub struct IngestOptions {
    /// Make campaigns and voicebots that are not there, instead of rejecting their calls (`import --create`).
    pub create_missing: bool,
    /// When it arrived.
    pub now: Timestamp,
}

/// What is wrong with, or odd about, one record of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordError {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Its id, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The field.
    pub field: String,
    /// Why.
    pub reason: String,
}

impl RecordError {
    /// An error of a record.
    pub fn new(index: usize, id: Option<&str>, error: &FieldError) -> Self {
        Self { index, id: id.map(str::to_owned), field: error.field.clone(), reason: error.reason.clone() }
    }
}

/// What became of a batch; every record is in exactly one of the four counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct BatchAnswer {
    /// New.
    pub accepted: u64,
    /// Known, with other content: replaced.
    pub updated: u64,
    /// Known, with the same content.
    pub unchanged: u64,
    /// Broke a rule; see `errors`.
    pub rejected: u64,
    /// What was wrong; one for each broken rule.
    pub errors: Vec<RecordError>,
    /// What was accepted though it is odd.
    pub warnings: Vec<RecordError>,
    /// To be announced after the commit.
    #[serde(skip)]
    pub change: Option<Change>,
}

impl BatchAnswer {
    /// Counts a record with one error as rejected.
    pub fn reject(&mut self, error: RecordError) {
        self.rejected += 1;
        self.errors.push(error);
    }
}

/// A campaign as a batch needs it.
#[derive(Debug, Clone, Copy)]
struct Target {
    campaign_key: i64,
    voicebot_key: i64,
}

/// A call as it is known by its id.
#[derive(Debug, Clone, sqlx::FromRow)]
struct Known {
    id: String,
    campaign_key: i64,
    call_key: i64,
    contact_no: i64,
    recorded: bool,
    content_hash: Vec<u8>,
}

/// A record that keeps the rules, on its way to a row.
struct Pending {
    index: usize,
    record: CallRecord,
    checked: CheckedCall,
    target: Target,
    voicebot_key: i64,
    customer: usize,
    hash: Vec<u8>,
}

/// A record that keeps the rules, as far as it can tell by itself.
#[derive(Debug)]
struct Ready {
    index: usize,
    record: CallRecord,
    checked: CheckedCall,
    /// [`content_hash`].
    hash: Vec<u8>,
}

/// Records of which all is known that the database is not needed for; made by [`check`].
#[derive(Debug, Default)]
pub struct CheckedRecords {
    ready: Vec<Ready>,
    answer: BatchAnswer,
}

impl CheckedRecords {
    /// Counts a record that could not even be read as rejected.
    pub fn reject(&mut self, error: RecordError) {
        self.answer.reject(error);
    }
}

/// Checks records one by one; each carries its place in the batch. It takes time and no database: do it on any thread.
pub fn check(records: Vec<(usize, CallRecord)>) -> CheckedRecords {
    let mut all = CheckedRecords { ready: Vec::with_capacity(records.len()), ..CheckedRecords::default() };
    for (index, record) in records {
        match record.check() {
            Ok(checked) => {
                let hash = content_hash(&record);
                all.ready.push(Ready { index, record, checked, hash });
            }
            Err(errors) => {
                all.answer.rejected += 1;
                let errors = errors.iter().map(|error| RecordError::new(index, Some(record.id.as_str()), error));
                all.answer.errors.extend(errors);
            }
        }
    }
    all
}

/// Stores a batch of calls within the caller's transaction. `records` carry their place in the batch; the answer names
/// each bad one, and the others are stored. The caller commits and then announces `change`.
pub async fn put(
    conn: &mut Conn,
    scope: &Scope,
    records: Vec<(usize, CallRecord)>,
    options: IngestOptions,
) -> Result<BatchAnswer, StoreError> {
    put_all(conn, scope, std::pin::pin!(futures::stream::iter([check(records)])), options).await
}

/// As [`put`], for a batch that comes in portions.
pub async fn put_all(
    conn: &mut Conn,
    scope: &Scope,
    mut portions: impl Stream<Item = CheckedRecords> + Unpin + Send,
    options: IngestOptions,
) -> Result<BatchAnswer, StoreError> {
    let mut ingest = Ingest { scope, options, vocabulary: None, deltas: Deltas::default(), revision: None };
    let mut answer = BatchAnswer::default();
    while let Some(portion) = portions.next().await {
        let stored = ingest.put(conn, portion).await?;
        answer.accepted += stored.accepted;
        answer.updated += stored.updated;
        answer.unchanged += stored.unchanged;
        answer.rejected += stored.rejected;
        answer.errors.extend(stored.errors);
        answer.warnings.extend(stored.warnings);
    }
    answer.change = ingest.finish(conn).await?;
    Ok(answer)
}

/// What records refer to, as far as it was asked for.
struct Vocabulary {
    zone: Zone,
    prices: Prices,
    goals: HashSet<String>,
    voicebots: HashMap<String, i64>,
    targets: HashMap<String, Target>,
    /// Customers on each campaign's list. The campaigns' own counters follow at the end.
    sizes: HashMap<i64, i64>,
    /// Whether it was said that calls have no price.
    has_warned_of_price: bool,
}

impl Vocabulary {
    async fn load(conn: &mut Conn, scope: &Scope) -> Result<Self, StoreError> {
        let account = accounts::lookup(conn, scope).await?;
        let zone =
            Zone::new(&account.timezone).map_err(|_| StoreError::Broken(format!("time zone {}", account.timezone)))?;
        Ok(Self {
            zone,
            prices: Prices::load(conn, scope).await?,
            goals: goals(conn, scope).await?,
            voicebots: HashMap::new(),
            targets: HashMap::new(),
            sizes: HashMap::new(),
            has_warned_of_price: false,
        })
    }

    /// Reads the campaigns and voicebots of these records that are not here yet.
    async fn find(&mut self, conn: &mut Conn, scope: &Scope, records: &[Ready]) -> Result<(), StoreError> {
        let ids: BTreeSet<&str> = records.iter().map(|ready| ready.record.campaign.as_str()).collect();
        let ids: Vec<&str> = ids.into_iter().filter(|id| !self.targets.contains_key(*id)).collect();
        if !ids.is_empty() {
            let sql = format!(
                "SELECT id, campaign_key, voicebot_key, contacts FROM campaigns WHERE account_id = $1 AND id IN ({})",
                texts_of_json(conn, "$2"),
            );
            let list = serde_json::json!(ids).to_string();
            let sql = sqlx::AssertSqlSafe(sql.as_str());
            for (id, campaign_key, voicebot_key, contacts) in
                fetch_all!(conn, (String, i64, i64, i64), sql, scope.account(), list.as_str())?
            {
                self.targets.insert(id, Target { campaign_key, voicebot_key });
                self.sizes.insert(campaign_key, contacts);
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

/// A batch that is being stored, portion by portion.
struct Ingest<'a> {
    scope: &'a Scope,
    options: IngestOptions,
    vocabulary: Option<Vocabulary>,
    deltas: Deltas,
    /// The account's revision, once something was written.
    revision: Option<i64>,
}

impl Ingest<'_> {
    async fn put(&mut self, conn: &mut Conn, portion: CheckedRecords) -> Result<BatchAnswer, StoreError> {
        let CheckedRecords { ready, mut answer } = portion;
        if ready.is_empty() {
            return Ok(answer);
        }
        let scope = self.scope;
        // Taking keys locks the account: batches of one account follow one another, so none sees half of another.
        let (first_key, revision) = accounts::take_keys(conn, scope, ready.len() as i64).await?;
        plan_lookups(conn).await?;
        if self.options.create_missing {
            create_missing(conn, scope, &ready, self.options.now).await?;
        }
        let mut vocabulary = match self.vocabulary.take() {
            Some(vocabulary) => vocabulary,
            None => Vocabulary::load(conn, scope).await?,
        };
        vocabulary.find(conn, scope, &ready).await?;
        let known = known_calls(conn, scope, &ready).await?;
        let sizes = std::mem::take(&mut vocabulary.sizes);
        let contacts = ready.iter().filter_map(|ready| {
            let target = vocabulary.targets.get(ready.record.campaign.as_str())?;
            Some((target.campaign_key, &ready.record.contact))
        });
        let mut directory = Directory::load(conn, scope, sizes, contacts).await?;
        let mut calls = pending(ready, &vocabulary, &known, &mut directory, &mut answer);

        let mut batch = Batch { scope, vocabulary: &vocabulary, known, directory, deltas: &mut self.deltas };
        // Oldest first, so that a batch in any order appends to its customers' calls.
        calls.sort_by_key(|call| call.record.dialed_at);
        let (rows, unpriced) = batch.rows(&calls, first_key);
        let rows = batch.place(conn, rows).await?;
        let is_changed = !rows.is_empty();
        let sizes = batch.write(conn, rows, &calls).await?;
        vocabulary.sizes = sizes;
        if let Some((index, id)) = unpriced.filter(|_| !vocabulary.has_warned_of_price) {
            // Said once for a batch: an account without a tariff would hear it of every call.
            let warning =
                FieldError::new("dialed_at", "lies before every tariff: such calls have 0 blocks and no cost");
            answer.warnings.push(RecordError::new(index, Some(&id), &warning));
            vocabulary.has_warned_of_price = true;
        }
        self.vocabulary = Some(vocabulary);
        if is_changed {
            self.revision = Some(revision);
        }
        Ok(answer)
    }

    /// Writes the rollups, and tells other processes.
    async fn finish(self, conn: &mut Conn) -> Result<Option<Change>, StoreError> {
        let Some(revision) = self.revision else { return Ok(None) };
        self.deltas.write(conn, self.scope).await?;
        let change = Change { account: self.scope.account(), revision };
        live::publish(conn, change).await?;
        Ok(Some(change))
    }
}

/// The calls that are to be stored: those that are new or have other content, the last of each id. The others are counted.
fn pending(
    ready: Vec<Ready>,
    vocabulary: &Vocabulary,
    known: &HashMap<String, Known>,
    directory: &mut Directory,
    answer: &mut BatchAnswer,
) -> Vec<Pending> {
    let mut places = HashMap::<String, usize>::with_capacity(ready.len());
    let mut calls = Vec::<Pending>::with_capacity(ready.len());
    for Ready { index, record, checked, hash } in ready {
        let id = record.id.to_string();
        let reject = |field: &str, reason: &str| RecordError::new(index, Some(&id), &FieldError::new(field, reason));
        let Some(&target) = vocabulary.targets.get(record.campaign.as_str()) else {
            answer.reject(reject("campaign", "is not known; send it first"));
            continue;
        };
        let voicebot_key = match &record.voicebot {
            None => target.voicebot_key,
            Some(id) => {
                let Some(key) = vocabulary.voicebots.get(id.as_str()) else {
                    answer.reject(reject("voicebot", "is not known; send it first"));
                    continue;
                };
                *key
            }
        };
        answer.warnings.extend(checked.warnings.iter().map(|warning| RecordError::new(index, Some(&id), warning)));
        let earlier = places.get(&id).copied();
        let before = earlier.map(|at| &calls[at].hash).or_else(|| known.get(&id).map(|call| &call.content_hash));
        if before == Some(&hash) {
            answer.unchanged += 1;
            continue;
        }
        if before.is_some() {
            answer.updated += 1;
        } else {
            answer.accepted += 1;
        }
        let customer = directory.resolve(target.campaign_key, &record.contact);
        let call = Pending { index, record, checked, target, voicebot_key, customer, hash };
        if let Some(at) = earlier {
            calls[at] = call;
        } else {
            places.insert(id, calls.len());
            calls.push(call);
        }
    }
    calls
}

/// XXH3-128 of the record as it was sent (its fields in a fixed order).
fn content_hash(record: &CallRecord) -> Vec<u8> {
    let text = serde_json::to_vec(record).unwrap_or_default();
    xxh3_128(&text).to_be_bytes().to_vec()
}

/// The codes of the account that are a goal.
pub(crate) async fn goals(conn: &mut Conn, scope: &Scope) -> Result<HashSet<String>, StoreError> {
    let rows = fetch_all!(
        conn,
        (String,),
        "SELECT code FROM result_codes WHERE account_id = $1 AND is_goal",
        scope.account(),
    )?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

async fn create_missing(conn: &mut Conn, scope: &Scope, records: &[Ready], now: Timestamp) -> Result<(), StoreError> {
    let mut wanted = BTreeMap::<&str, &str>::new();
    for Ready { record, .. } in records {
        let voicebot = record.voicebot.as_ref().map_or("imported", |id| id.as_str());
        wanted.entry(record.campaign.as_str()).or_insert(voicebot);
    }
    let named: BTreeSet<&str> =
        records.iter().filter_map(|ready| ready.record.voicebot.as_ref()).map(domain::VoicebotId::as_str).collect();
    for id in wanted.values().copied().chain(named).collect::<BTreeSet<_>>() {
        let (key, _) = accounts::take_keys(conn, scope, 1).await?;
        execute!(
            conn,
            "INSERT INTO voicebots (account_id, voicebot_key, id, name) VALUES ($1, $2, $3, $3)
             ON CONFLICT (account_id, id) DO NOTHING",
            scope.account(),
            key,
            id,
        )?;
    }
    for (id, voicebot) in wanted {
        let (key, _) = accounts::take_keys(conn, scope, 1).await?;
        execute!(
            conn,
            "INSERT INTO campaigns (account_id, campaign_key, id, name, search, voicebot_key, state, listed_at,
                                    report_emails, contacts, dialled, reached, talked, goal, success, failed, error,
                                    in_progress, blocks, cost)
             SELECT $1, $2, $3, $3, $4, voicebot_key, 'running', $6, '[]', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
             FROM voicebots WHERE account_id = $1 AND id = $5
             ON CONFLICT (account_id, id) DO NOTHING",
            scope.account(),
            key,
            id,
            domain::search::fold(id),
            voicebot,
            now.0,
        )?;
    }
    Ok(())
}

async fn known_calls(conn: &mut Conn, scope: &Scope, records: &[Ready]) -> Result<HashMap<String, Known>, StoreError> {
    let ids: Vec<&str> = records.iter().map(|ready| ready.record.id.as_str()).collect();
    let sql = format!(
        "SELECT id, campaign_key, call_key, contact_no, recorded, content_hash
         FROM calls WHERE account_id = $1 AND id IN ({})",
        texts_of_json(conn, "$2"),
    );
    let list = serde_json::json!(ids).to_string();
    let rows = fetch_all!(conn, Known, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), list.as_str())?;
    Ok(rows.into_iter().map(|call| (call.id.clone(), call)).collect())
}

/// A portion of a batch while it is worked on.
struct Batch<'a> {
    scope: &'a Scope,
    vocabulary: &'a Vocabulary,
    known: HashMap<String, Known>,
    directory: Directory,
    deltas: &'a mut Deltas,
}

impl Batch<'_> {
    /// The rows of the calls, not yet numbered; and the id of one that no tariff prices.
    fn rows(&self, calls: &[Pending], first_key: i64) -> (Vec<CallRow>, Option<(usize, String)>) {
        let mut unpriced = None;
        let rows = calls.iter().zip(first_key..).map(|(call, new_key)| {
            let Pending { index, record, checked, target, voicebot_key, customer, hash } = call;
            let known = self.known.get(record.id.as_str());
            let customer = &self.directory.customers[*customer];
            let local = self.vocabulary.zone.local(record.dialed_at);
            let price = self.vocabulary.prices.of(target.campaign_key, record, checked);
            if price.is_none() {
                unpriced.get_or_insert_with(|| (*index, record.id.to_string()));
            }
            let (blocks, cost) = price.unwrap_or((0, Money::ZERO));
            let own = |dialled: &str| {
                customer
                    .phone
                    .as_deref()
                    .is_some_and(|phone| phone::matching_key(phone) == phone::matching_key(dialled))
            };
            CallRow {
                campaign_key: target.campaign_key,
                dialed_at: record.dialed_at.0,
                call_key: known.map_or(new_key, |known| known.call_key),
                id: record.id.to_string(),
                voicebot_key: *voicebot_key,
                contact_no: customer.contact_no,
                phone: record.contact.phone.as_deref().filter(|dialled| !own(dialled)).map(|p| p.trim().to_owned()),
                attempt: record.attempt.map_or(0, i64::from),
                attempt_given: record.attempt.is_some(),
                answered_at: record.answered_at.map(|at| at.0),
                ended_at: record.ended_at.map(|at| at.0),
                result_code: record.result_code.as_ref().map(ToString::to_string),
                class: checked.class.map(|class: CallClass| class.index() as i64),
                talk_time: checked.talk_time,
                dial_time: checked.dial_time,
                ring_time: checked.ring_time,
                bot_messages: checked.bot_messages.map(i64::from),
                hangup_by: record.hangup_by.map(|who| who.word().to_owned()),
                cause: record.cause.clone(),
                blocks,
                cost: cost.0,
                price_given: record.blocks.is_some() || record.cost.is_some(),
                recording_url: record.recording_url.clone(),
                recorded: known.is_some_and(|known| known.recorded),
                newly_reached: false,
                day: i64::from(local.day().0),
                hour: i64::from(local.hour()),
                has_details: record.transcript.is_some() || record.attributes.is_some(),
                content_hash: hash.clone(),
            }
        });
        let rows = rows.collect();
        (rows, unpriced)
    }

    /// Puts the rows into their customers' calls: numbers them and counts what changes.
    async fn place(&mut self, conn: &mut Conn, mut rows: Vec<CallRow>) -> Result<Vec<CallRow>, StoreError> {
        let mut anew = BTreeSet::new();
        for row in &rows {
            if let Some(known) = self.known.get(&row.id) {
                anew.insert((known.campaign_key, known.contact_no));
                anew.insert((row.campaign_key, row.contact_no));
            }
        }
        for row in &rows {
            let last = self.customer(row)?.standing.last_dialed_at;
            if last.is_some_and(|last| row.dialed_at < last) {
                anew.insert((row.campaign_key, row.contact_no));
            }
        }
        self.directory.load_numbers(conn, self.scope, &anew).await?;

        let mut replaced = BTreeMap::<(i64, i64), Vec<CallRow>>::new();
        for row in &mut rows {
            let key = (row.campaign_key, row.contact_no);
            if anew.contains(&key) {
                replaced.entry(key).or_default().push(row.clone());
                continue;
            }
            let at = self.directory.at(key.0, key.1).ok_or_else(|| unknown_customer(key))?;
            let customer = &mut self.directory.customers[at];
            customer.standing.take(row, &self.vocabulary.goals);
            customer.changed = true;
            self.deltas.add_call(row);
            self.deltas.add_day_flags(key.0, row.day, key.1, row.flags(&self.vocabulary.goals));
        }
        let ids: HashSet<String> = rows.iter().map(|row| row.id.clone()).collect();
        let placed = self.work_out(conn, &anew, replaced, &ids).await?;
        for row in &mut rows {
            if let Some(numbered) = placed.get(&row.id) {
                *row = numbered.clone();
            }
        }
        Ok(rows)
    }

    fn customer(&self, row: &CallRow) -> Result<&crate::contacts::Customer, StoreError> {
        let key = (row.campaign_key, row.contact_no);
        let at = self.directory.at(key.0, key.1).ok_or_else(|| unknown_customer(key))?;
        Ok(&self.directory.customers[at])
    }

    /// Works customers out anew from all their calls: those stored, without the ids in `ids`, and those in `replaced`.
    /// Stored calls whose number or first-success mark changes are updated. Returns the rows of `replaced`, numbered.
    async fn work_out(
        &mut self,
        conn: &mut Conn,
        anew: &BTreeSet<(i64, i64)>,
        mut replaced: BTreeMap<(i64, i64), Vec<CallRow>>,
        ids: &HashSet<String>,
    ) -> Result<HashMap<String, CallRow>, StoreError> {
        let mut placed = HashMap::new();
        let mut stored = stored_calls(conn, self.scope, anew).await?;
        for &key in anew {
            let before = stored.remove(&key).unwrap_or_default();
            for call in &before {
                self.deltas.subtract_call(call);
            }
            let mut days: BTreeMap<i64, Flags> = before.iter().map(|call| (call.day, Flags::default())).collect();
            let old: HashMap<String, (i64, bool)> =
                before.iter().map(|call| (call.id.clone(), (call.attempt, call.newly_reached))).collect();
            let mut after: Vec<CallRow> = before.into_iter().filter(|call| !ids.contains(&call.id)).collect();
            after.extend(replaced.remove(&key).unwrap_or_default());
            let (standing, days_after) = walk(&mut after, &self.vocabulary.goals);
            days.extend(days_after);
            for (day, flags) in days {
                self.deltas.set_day_flags(key.0, day, key.1, flags);
            }
            for call in after {
                self.deltas.add_call(&call);
                if ids.contains(&call.id) {
                    placed.insert(call.id.clone(), call);
                } else if old.get(&call.id) != Some(&(call.attempt, call.newly_reached)) {
                    execute!(
                        conn,
                        "UPDATE calls SET attempt = $3, newly_reached = $4 WHERE account_id = $1 AND id = $2",
                        self.scope.account(),
                        call.id.as_str(),
                        call.attempt,
                        call.newly_reached,
                    )?;
                }
            }
            let at = self.directory.at(key.0, key.1).ok_or_else(|| unknown_customer(key))?;
            let customer = &mut self.directory.customers[at];
            customer.standing = standing;
            customer.changed = true;
        }
        Ok(placed)
    }

    /// Writes calls, their details and customers; the rollups follow at the end of the batch. Gives the number of customers
    /// on each campaign's list.
    async fn write(
        self,
        conn: &mut Conn,
        rows: Vec<CallRow>,
        calls: &[Pending],
    ) -> Result<HashMap<i64, i64>, StoreError> {
        let replaced: Vec<&Known> = rows.iter().filter_map(|row| self.known.get(&row.id)).collect();
        if !replaced.is_empty() {
            let ids = serde_json::json!(replaced.iter().map(|call| &call.id).collect::<Vec<_>>()).to_string();
            let keys = serde_json::json!(replaced.iter().map(|call| call.call_key).collect::<Vec<_>>()).to_string();
            let sql = format!("DELETE FROM calls WHERE account_id = $1 AND id IN ({})", texts_of_json(conn, "$2"));
            execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), self.scope.account(), ids.as_str())?;
            let numbers = integers_of_json(conn, "$2");
            let sql = format!("DELETE FROM call_details WHERE account_id = $1 AND call_key IN ({numbers})");
            execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), self.scope.account(), keys.as_str())?;
        }
        let keys: HashMap<&str, i64> =
            rows.iter().filter(|row| row.has_details).map(|row| (row.id.as_str(), row.call_key)).collect();
        write_details(conn, self.scope, calls, &keys).await?;
        drop(keys);
        write_calls(conn, self.scope, rows).await?;
        self.directory.write(conn, self.scope, self.deltas).await
    }
}

fn unknown_customer((campaign_key, contact_no): (i64, i64)) -> StoreError {
    StoreError::Broken(format!("calls of contact {contact_no} of campaign {campaign_key}, which is not on its list"))
}

/// All calls of the customers, by customer.
async fn stored_calls(
    conn: &mut Conn,
    scope: &Scope,
    customers: &BTreeSet<(i64, i64)>,
) -> Result<HashMap<(i64, i64), Vec<CallRow>>, StoreError> {
    let mut by_campaign = BTreeMap::<i64, Vec<i64>>::new();
    for (campaign_key, contact_no) in customers {
        by_campaign.entry(*campaign_key).or_default().push(*contact_no);
    }
    let mut calls = HashMap::<(i64, i64), Vec<CallRow>>::new();
    for (campaign_key, numbers) in by_campaign {
        let sql = format!(
            "SELECT {CALL_COLUMNS} FROM calls WHERE account_id = $1 AND campaign_key = $2 AND contact_no IN ({})",
            integers_of_json(conn, "$3"),
        );
        let list = serde_json::json!(numbers).to_string();
        let sql = sqlx::AssertSqlSafe(sql.as_str());
        for call in fetch_all!(conn, CallRow, sql, scope.account(), campaign_key, list.as_str())? {
            calls.entry((campaign_key, call.contact_no)).or_default().push(call);
        }
    }
    Ok(calls)
}

async fn write_details(
    conn: &mut Conn,
    scope: &Scope,
    calls: &[Pending],
    keys: &HashMap<&str, i64>,
) -> Result<(), StoreError> {
    let (mut call_keys, mut transcripts, mut attributes) = (vec![], vec![], vec![]);
    for Pending { record, .. } in calls {
        let Some(key) = keys.get(record.id.as_str()) else { continue };
        call_keys.push(*key);
        transcripts.push(record.transcript.as_ref().map(|lines| serde_json::json!(lines).to_string()));
        attributes.push(record.attributes.as_ref().map(|map| serde_json::json!(map).to_string()));
    }
    let columns = vec![
        ("account_id", Column::Int(vec![scope.account(); call_keys.len()])),
        ("call_key", Column::Int(call_keys)),
        ("transcript", Column::OptText(transcripts)),
        ("attributes", Column::OptText(attributes)),
    ];
    insert_rows(conn, "call_details", columns, "").await
}

async fn write_calls(conn: &mut Conn, scope: &Scope, rows: Vec<CallRow>) -> Result<(), StoreError> {
    let int = |value: fn(&CallRow) -> i64| Column::Int(rows.iter().map(value).collect());
    let opt_int = |value: fn(&CallRow) -> Option<i64>| Column::OptInt(rows.iter().map(value).collect());
    let flag = |value: fn(&CallRow) -> bool| Column::Bool(rows.iter().map(value).collect());
    let opt_text =
        |value: fn(&CallRow) -> &Option<String>| Column::OptText(rows.iter().map(|r| value(r).clone()).collect());
    let columns = vec![
        ("account_id", Column::Int(vec![scope.account(); rows.len()])),
        ("campaign_key", int(|r| r.campaign_key)),
        ("dialed_at", int(|r| r.dialed_at)),
        ("call_key", int(|r| r.call_key)),
        ("id", Column::Text(rows.iter().map(|r| r.id.clone()).collect())),
        ("voicebot_key", int(|r| r.voicebot_key)),
        ("contact_no", int(|r| r.contact_no)),
        ("phone", opt_text(|r| &r.phone)),
        ("attempt", int(|r| r.attempt)),
        ("attempt_given", flag(|r| r.attempt_given)),
        ("answered_at", opt_int(|r| r.answered_at)),
        ("ended_at", opt_int(|r| r.ended_at)),
        ("result_code", opt_text(|r| &r.result_code)),
        ("class", opt_int(|r| r.class)),
        ("talk_time", int(|r| r.talk_time)),
        ("dial_time", int(|r| r.dial_time)),
        ("ring_time", int(|r| r.ring_time)),
        ("bot_messages", opt_int(|r| r.bot_messages)),
        ("hangup_by", opt_text(|r| &r.hangup_by)),
        ("cause", opt_text(|r| &r.cause)),
        ("blocks", int(|r| r.blocks)),
        ("cost", int(|r| r.cost)),
        ("price_given", flag(|r| r.price_given)),
        ("recording_url", opt_text(|r| &r.recording_url)),
        ("recorded", flag(|r| r.recorded)),
        ("newly_reached", flag(|r| r.newly_reached)),
        ("day", int(|r| r.day)),
        ("hour", int(|r| r.hour)),
        ("has_details", flag(|r| r.has_details)),
        ("content_hash", Column::Bytes(rows.iter().map(|r| r.content_hash.clone()).collect())),
    ];
    insert_rows(conn, "calls", columns, "").await
}

/// Works out anew every customer with a call of this code, after its `is_goal` was changed in this transaction.
pub(crate) async fn recount_goals(conn: &mut Conn, scope: &Scope, code: &str) -> Result<(), StoreError> {
    let vocabulary = Vocabulary::load(conn, scope).await?;
    let mut deltas = Deltas::default();
    let campaigns = fetch_all!(
        conn,
        (i64,),
        "SELECT DISTINCT campaign_key FROM rollup_hours WHERE account_id = $1 AND code = $2",
        scope.account(),
        code,
    )?;
    for (campaign_key,) in campaigns {
        let customers = fetch_all!(
            conn,
            (i64, i64),
            "SELECT DISTINCT campaign_key, contact_no FROM calls
             WHERE account_id = $1 AND campaign_key = $2 AND result_code = $3",
            scope.account(),
            campaign_key,
            code,
        )?;
        let anew: BTreeSet<(i64, i64)> = customers.into_iter().collect();
        let (size,) = fetch_one!(
            conn,
            (i64,),
            "SELECT contacts FROM campaigns WHERE account_id = $1 AND campaign_key = $2",
            scope.account(),
            campaign_key,
        )?;
        let sizes = HashMap::from([(campaign_key, size)]);
        let mut directory = Directory::load(conn, scope, sizes, std::iter::empty()).await?;
        directory.load_numbers(conn, scope, &anew).await?;
        let (known, deltas) = (HashMap::new(), &mut deltas);
        let mut batch = Batch { scope, vocabulary: &vocabulary, known, directory, deltas };
        batch.work_out(conn, &anew, BTreeMap::new(), &HashSet::new()).await?;
        batch.write(conn, Vec::new(), &[]).await?;
    }
    deltas.write(conn, scope).await
}
