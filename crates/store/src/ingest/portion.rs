//! A portion of a batch: which of its records are new, whose calls they are, and what they change.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::{
    CallClass, CallRecord, FieldError, Money, Timestamp, attributes::Attributes, call::CheckedCall, phone, text,
    usage::Month,
};

use super::{
    BatchAnswer, Corrected, Ready, RecordError,
    content_hash::{Content, ContentHash},
    cost_room::CostRoom,
    records::whole_records,
    vocabulary::{CampaignTarget, Vocabulary},
};
use crate::{
    Scope, StoreError,
    bulk::{BulkColumn, insert_rows},
    contacts::Directory,
    db::{Conn, execute, fetch_all},
    dialect::{integers_of_json, texts_of_json},
    imports,
    own_dimensions::ToldDimensions,
    quotas::CallQuota,
    rollup::Deltas,
    said_index::{self, SaidPlace, SpokenCall},
    search_index,
    timeline::{CALL_COLUMNS, CustomerCall, DayFlags, walk},
};

/// Why a new call is not taken in, nor one that is moved to another month.
const OVER_QUOTA: &str = "is in a month for which the account's quota of calls is used up";
/// Why a call is not taken in that would make sums of costs too large.
const OVER_COST: &str = "would bring the costs of the account's calls beyond 9000000000000";

/// A call as it is known by its id.
#[derive(Debug, Clone, sqlx_macros::FromRow)]
pub(super) struct KnownCall {
    pub(super) id: String,
    pub(super) campaign_key: i64,
    pub(super) call_key: i64,
    pub(super) contact_no: i64,
    pub(super) dialed_at: i64,
    recorded: bool,
    pub(super) content_hash: Vec<u8>,
}

/// A record that keeps the rules, on its way to a row.
pub(super) struct Pending {
    index: usize,
    pub(super) record: CallRecord,
    checked: CheckedCall,
    target: CampaignTarget,
    voicebot_key: i64,
    customer: usize,
    hash: ContentHash,
}

/// The calls that are to be stored: those that are new or have other content, the last of each id. The others are counted.
/// Besides, the hashes of those that are stored with the same content and a hash of an earlier form.
pub(super) fn pending(
    ready: Vec<Ready>,
    vocabulary: &Vocabulary,
    known: &HashMap<String, KnownCall>,
    (directory, corrections): (&mut Directory, &mut ContactCorrections),
    (quota, costs): (&mut CallQuota, &mut CostRoom),
    answer: &mut BatchAnswer,
) -> (Vec<Pending>, HashMap<String, ContentHash>) {
    let mut by_earlier_form = HashMap::new();
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
        let earlier = places.get(&id).copied();
        let before = earlier.map(|at| calls[at].hash.bytes());
        let before = before.or_else(|| known.get(&id).map(|call| call.content_hash.as_slice()));
        let compared = before.map(|before| hash.compare(&record, before));
        if matches!(compared, None | Some(Content::Other)) {
            let month_of = |at: Timestamp| Month::of(vocabulary.zone.local(at).day());
            let earlier = earlier.map(|at| calls[at].record.dialed_at);
            let before = earlier.or_else(|| known.get(&id).map(|call| Timestamp(call.dialed_at))).map(month_of);
            let month = month_of(record.dialed_at);
            if let Some((_, cost)) = vocabulary.prices.of(target.campaign_key, &record, &checked)
                && !costs.take(cost)
            {
                answer.reject(reject("cost", OVER_COST));
                continue;
            }
            if before != Some(month) && !quota.take(month) {
                answer.over_quota += 1;
                answer.reject(reject("dialed_at", OVER_QUOTA));
                continue;
            }
            if let Some(before) = before.filter(|before| *before != month) {
                quota.give(before);
            }
        }
        answer.warn(checked.warnings.iter().map(|warning| RecordError::new(index, Some(&id), warning)));
        match compared {
            None => answer.accepted += 1,
            Some(Content::Other) => answer.updated += 1,
            Some(Content::Same) => {
                answer.unchanged += 1;
                continue;
            }
            Some(Content::SameByEarlierForm) => {
                answer.unchanged += 1;
                by_earlier_form.insert(id, hash);
                continue;
            }
        }
        let customer = directory.resolve(target.campaign_key, &record.contact);
        if corrections.how == Corrected::Stays {
            match (earlier.map(|at| &calls[at]), known.get(&id)) {
                (Some(before), _)
                    if before.target.campaign_key == target.campaign_key && before.customer != customer =>
                {
                    directory.set_corrected(before.customer, true);
                }
                (None, Some(before)) if before.campaign_key == target.campaign_key => {
                    let now = directory.customers[customer].contact_no;
                    corrections
                        .stored
                        .extend((before.contact_no != now).then_some((before.campaign_key, before.contact_no)));
                }
                _ => {}
            }
        }
        let call = Pending { index, record, checked, target, voicebot_key, customer, hash };
        if let Some(at) = earlier {
            calls[at] = call;
        } else {
            places.insert(id, calls.len());
            calls.push(call);
        }
    }
    (calls, by_earlier_form)
}

/// The calls of these ids that are stored.
pub(super) async fn known_calls(
    conn: &mut Conn,
    scope: &Scope,
    ids: impl Iterator<Item = &str>,
) -> Result<HashMap<String, KnownCall>, StoreError> {
    let ids: Vec<&str> = ids.collect();
    let sql = format!(
        "SELECT id, campaign_key, call_key, contact_no, dialed_at, recorded, content_hash
         FROM calls WHERE account_id = $1 AND id IN ({})",
        texts_of_json(conn, "$2"),
    );
    let list = serde_json::json!(ids).to_string();
    let rows = fetch_all!(conn, KnownCall, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), list.as_str())?;
    Ok(rows.into_iter().map(|call| (call.id.clone(), call)).collect())
}

/// Whose calls turn out to be others'.
#[derive(Debug, Default)]
pub(super) struct ContactCorrections {
    /// What becomes of them.
    pub(super) how: Corrected,
    /// Those who stay on the list, by campaign and number, of calls that were stored.
    pub(super) stored: BTreeSet<(i64, i64)>,
}

/// Where calls stand in the account's own dimensions; values that are new are taken in.
pub(super) fn own_values(
    calls: &[Pending],
    directory: &Directory,
    told: &mut ToldDimensions,
) -> Result<Vec<Option<String>>, StoreError> {
    if told.is_empty() {
        return Ok(vec![None; calls.len()]);
    }
    let values = calls.iter().map(|call| {
        let customer = &directory.customers[call.customer];
        let of_customer: Option<Attributes> = customer
            .attributes
            .as_deref()
            .map(serde_json::from_str)
            .transpose()
            .map_err(|_| StoreError::Broken("attributes of a customer".to_owned()))?;
        Ok(told.place(call.record.attributes.as_ref(), of_customer.as_ref()).stored())
    });
    values.collect()
}

/// A portion of a batch while it is worked on.
pub(super) struct BatchPortion<'a> {
    pub(super) scope: &'a Scope,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) known: HashMap<String, KnownCall>,
    pub(super) directory: Directory,
    pub(super) deltas: &'a mut Deltas,
    pub(super) corrections: ContactCorrections,
}

impl BatchPortion<'_> {
    /// The rows of the calls, not yet numbered; and the id of one that no tariff prices.
    /// `own` are their values of the account's own dimensions.
    pub(super) fn rows(
        &self,
        calls: &[Pending],
        own: Vec<Option<String>>,
        first_key: i64,
    ) -> (Vec<CustomerCall>, Option<(usize, String)>) {
        let mut unpriced = None;
        let rows = calls.iter().zip(own).zip(first_key..).map(|((call, own_values), new_key)| {
            let Pending { index, record, checked, target, voicebot_key, customer, hash } = call;
            let known = self.known.get(record.id.as_str());
            let customer = &self.directory.customers[*customer];
            let local = self.vocabulary.zone.local(record.dialed_at);
            let price = self.vocabulary.prices.of(target.campaign_key, record, checked);
            if price.is_none() {
                unpriced.get_or_insert_with(|| (*index, record.id.to_string()));
            }
            let (blocks, cost) = price.unwrap_or((0, Money::ZERO));
            let key = |phone: &str| phone::matching_key(phone, self.vocabulary.country);
            let own = |dialled: &str| {
                customer.phone.as_deref().is_some_and(|phone| phone == dialled || key(phone) == key(dialled))
            };
            CustomerCall {
                next_newly_reached: None,
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
                cause: record.cause.as_deref().map(text::one_line).filter(|cause| !cause.is_empty()),
                blocks,
                cost: cost.0,
                price_given: record.blocks.is_some() || record.cost.is_some(),
                recording_url: record.recording_url.clone(),
                recorded: known.is_some_and(|known| known.recorded),
                newly_reached: false,
                day: i64::from(local.day().0),
                hour: i64::from(local.hour()),
                minute: i64::from(local.minute_of_day()),
                redial_code: None,
                redial_nth: 0,
                redial_pause: 0,
                has_details: record.transcript.is_some() || record.attributes.is_some(),
                own_values,
                content_hash: hash.bytes().to_vec(),
            }
        });
        let rows = rows.collect();
        (rows, unpriced)
    }

    /// Puts the rows into their customers' calls: numbers them and counts what changes.
    pub(super) async fn place(
        &mut self,
        conn: &mut Conn,
        mut rows: Vec<CustomerCall>,
    ) -> Result<Vec<CustomerCall>, StoreError> {
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
        self.keep_corrected(&rows)?;

        let mut replaced = BTreeMap::<(i64, i64), Vec<CustomerCall>>::new();
        for row in &mut rows {
            let key = (row.campaign_key, row.contact_no);
            if anew.contains(&key) {
                replaced.entry(key).or_default().push(row.clone());
                continue;
            }
            let at = self.directory.at(key.0, key.1).ok_or_else(|| unknown_customer(key))?;
            let customer = &mut self.directory.customers[at];
            let rules = self.vocabulary.meanings.rules(key);
            customer.standing.take(row, rules);
            customer.changed = true;
            self.deltas.add_call(row, rules);
            self.deltas.add_day_flags(key.0, row.day, key.1, DayFlags::of(row, rules));
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

    /// Keeps customers on the list whose calls are corrected to others of the campaign; where that is taken back, lets go of those who get
    /// their calls again.
    fn keep_corrected(&mut self, rows: &[CustomerCall]) -> Result<(), StoreError> {
        let mut changed: BTreeMap<(i64, i64), bool> = self.corrections.stored.iter().map(|key| (*key, true)).collect();
        if self.corrections.how == Corrected::TakenBack {
            let known = rows.iter().filter(|row| self.known.contains_key(&row.id));
            changed.extend(known.map(|row| ((row.campaign_key, row.contact_no), false)));
        }
        for (key, corrected) in changed {
            let at = self.directory.at(key.0, key.1).ok_or_else(|| unknown_customer(key))?;
            self.directory.set_corrected(at, corrected);
        }
        Ok(())
    }

    fn customer(&self, row: &CustomerCall) -> Result<&crate::contacts::TimelineCustomer, StoreError> {
        let key = (row.campaign_key, row.contact_no);
        let at = self.directory.at(key.0, key.1).ok_or_else(|| unknown_customer(key))?;
        Ok(&self.directory.customers[at])
    }

    /// Works customers out anew from all their calls: those stored, without the ids in `ids`, and those in `replaced`.
    /// Stored calls whose number or first-success mark changes are updated. Returns the rows of `replaced`, numbered.
    pub(super) async fn work_out(
        &mut self,
        conn: &mut Conn,
        anew: &BTreeSet<(i64, i64)>,
        mut replaced: BTreeMap<(i64, i64), Vec<CustomerCall>>,
        ids: &HashSet<String>,
    ) -> Result<HashMap<String, CustomerCall>, StoreError> {
        let mut placed = HashMap::new();
        let mut stored = stored_calls(conn, self.scope, anew).await?;
        for &key in anew {
            let rules = self.vocabulary.meanings.rules(key);
            let mut before = stored.remove(&key).unwrap_or_default();
            let derived = |call: &CustomerCall| {
                let redial = (call.redial_code.clone(), call.redial_nth, call.redial_pause);
                (call.attempt, call.newly_reached, call.next_newly_reached, redial)
            };
            let old: HashMap<String, _> = before.iter().map(|call| (call.id.clone(), derived(call))).collect();
            for call in &mut before {
                if self.vocabulary.meanings.is_settling() {
                    call.settle();
                }
                self.deltas.subtract_call(call, rules);
            }
            let mut days: BTreeMap<i64, DayFlags> = before.iter().map(|call| (call.day, DayFlags::default())).collect();
            let mut after: Vec<CustomerCall> = before.into_iter().filter(|call| !ids.contains(&call.id)).collect();
            after.extend(replaced.remove(&key).unwrap_or_default());
            let (standing, days_after) = walk(&mut after, rules);
            days.extend(days_after);
            for (day, flags) in days {
                self.deltas.set_day_flags(key.0, day, key.1, flags);
            }
            for call in after {
                self.deltas.add_call(&call, rules);
                if ids.contains(&call.id) {
                    placed.insert(call.id.clone(), call);
                } else if old.get(&call.id) != Some(&derived(&call)) {
                    execute!(
                        conn,
                        "UPDATE calls
                         SET attempt = $3, newly_reached = $4, next_newly_reached = $5, redial_code = $6, redial_nth = $7,
                             redial_pause = $8
                         WHERE account_id = $1 AND id = $2",
                        self.scope.account(),
                        call.id.as_str(),
                        call.attempt,
                        call.newly_reached,
                        call.next_newly_reached,
                        call.redial_code.as_deref(),
                        call.redial_nth,
                        call.redial_pause,
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

    /// Keeps for an import which calls it adds or changes, and what they were before it.
    pub(super) async fn keep_before(
        &self,
        conn: &mut Conn,
        import: i64,
        rows: &[CustomerCall],
    ) -> Result<(), StoreError> {
        let known: Vec<&str> =
            rows.iter().map(|row| row.id.as_str()).filter(|id| self.known.contains_key(*id)).collect();
        let mut before =
            if known.is_empty() { HashMap::new() } else { whole_records(conn, self.scope, &known).await? };
        let calls = rows.iter().map(|row| {
            let before = before.remove(row.id.as_str()).zip(self.known.get(&row.id));
            let before = before.map(|(record, known)| (record, known.content_hash.clone()));
            imports::ChangedCall { id: row.id.clone(), before, hash: row.content_hash.clone() }
        });
        let calls = calls.collect();
        imports::keep_calls(conn, self.scope, import, calls).await?;
        let renamed = self.directory.renamed().filter_map(|(customer, before)| {
            let since = customer.name.clone()?;
            Some(imports::Renamed {
                campaign_key: customer.campaign_key,
                contact_no: customer.contact_no,
                before: before.0.clone(),
                since,
            })
        });
        imports::keep_names(conn, self.scope, import, renamed.collect()).await
    }

    /// Writes calls, their details and customers; the rollups follow at the end of the batch. Gives the next contact number
    /// of each campaign.
    pub(super) async fn write(
        self,
        conn: &mut Conn,
        rows: Vec<CustomerCall>,
        calls: &[Pending],
    ) -> Result<HashMap<i64, i64>, StoreError> {
        delete_calls(conn, self.scope, rows.iter().filter_map(|row| self.known.get(&row.id))).await?;
        let places: HashMap<&str, SaidPlace> =
            rows.iter().filter(|row| row.has_details).map(|row| (row.id.as_str(), said_place(row))).collect();
        write_details(conn, self.scope, calls, &places).await?;
        let spoken = calls.iter().filter_map(|Pending { record, .. }| {
            let (place, lines) = (places.get(record.id.as_str())?, record.transcript.as_ref()?);
            SpokenCall::read(*place, lines)
        });
        said_index::put(conn, self.scope, spoken.collect()).await?;
        drop(places);
        // The search finds these calls' customers by the other number, too.
        let dialled = rows.iter().filter(|row| row.phone.is_some());
        let dialled = dialled.map(|row| (row.campaign_key, row.contact_no)).collect();
        write_calls(conn, self.scope, rows).await?;
        search_index::note_changed(conn, self.scope, dialled).await?;
        self.directory.write(conn, self.scope, self.deltas).await
    }
}

/// Deletes calls with their details and what the search has of them; recordings stay.
pub(super) async fn delete_calls(
    conn: &mut Conn,
    scope: &Scope,
    calls: impl Iterator<Item = &KnownCall>,
) -> Result<(), StoreError> {
    let (ids, keys): (Vec<&str>, Vec<i64>) = calls.map(|call| (call.id.as_str(), call.call_key)).unzip();
    if ids.is_empty() {
        return Ok(());
    }
    said_index::take_out(conn, scope, &keys).await?;
    let (ids, keys) = (serde_json::json!(ids).to_string(), serde_json::json!(keys).to_string());
    let sql = format!("DELETE FROM calls WHERE account_id = $1 AND id IN ({})", texts_of_json(conn, "$2"));
    execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), ids.as_str())?;
    let numbers = integers_of_json(conn, "$2");
    let sql = format!("DELETE FROM call_details WHERE account_id = $1 AND call_key IN ({numbers})");
    execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), keys.as_str())?;
    Ok(())
}

/// Where the index of what was said has a call.
fn said_place(row: &CustomerCall) -> SaidPlace {
    let CustomerCall { call_key, campaign_key, dialed_at, .. } = *row;
    SaidPlace { call_key, campaign_key, dialed_at, hour: row.day * 24 + row.hour }
}

fn unknown_customer((campaign_key, contact_no): (i64, i64)) -> StoreError {
    StoreError::Broken(format!("calls of contact {contact_no} of campaign {campaign_key}, which is not on its list"))
}

/// All calls of the customers, by customer.
pub(crate) async fn stored_calls(
    conn: &mut Conn,
    scope: &Scope,
    customers: &BTreeSet<(i64, i64)>,
) -> Result<HashMap<(i64, i64), Vec<CustomerCall>>, StoreError> {
    let mut by_campaign = BTreeMap::<i64, Vec<i64>>::new();
    for (campaign_key, contact_no) in customers {
        by_campaign.entry(*campaign_key).or_default().push(*contact_no);
    }
    let mut calls = HashMap::<(i64, i64), Vec<CustomerCall>>::new();
    for (campaign_key, numbers) in by_campaign {
        let sql = format!(
            "SELECT {CALL_COLUMNS} FROM calls WHERE account_id = $1 AND campaign_key = $2 AND contact_no IN ({})",
            integers_of_json(conn, "$3"),
        );
        let list = serde_json::json!(numbers).to_string();
        let sql = sqlx::AssertSqlSafe(sql.as_str());
        for call in fetch_all!(conn, CustomerCall, sql, scope.account(), campaign_key, list.as_str())? {
            calls.entry((campaign_key, call.contact_no)).or_default().push(call);
        }
    }
    Ok(calls)
}

async fn write_details(
    conn: &mut Conn,
    scope: &Scope,
    calls: &[Pending],
    places: &HashMap<&str, SaidPlace>,
) -> Result<(), StoreError> {
    let (mut call_keys, mut transcripts, mut attributes) = (vec![], vec![], vec![]);
    for Pending { record, .. } in calls {
        let Some(place) = places.get(record.id.as_str()) else { continue };
        call_keys.push(place.call_key);
        transcripts.push(record.transcript.as_ref().map(|lines| serde_json::json!(lines).to_string()));
        attributes.push(record.attributes.as_ref().map(|map| serde_json::json!(map).to_string()));
    }
    let columns = vec![
        ("account_id", BulkColumn::Int(vec![scope.account(); call_keys.len()])),
        ("call_key", BulkColumn::Int(call_keys)),
        ("transcript", BulkColumn::OptText(transcripts)),
        ("attributes", BulkColumn::OptText(attributes)),
    ];
    insert_rows(conn, "call_details", columns, "").await
}

async fn write_calls(conn: &mut Conn, scope: &Scope, rows: Vec<CustomerCall>) -> Result<(), StoreError> {
    let int = |value: fn(&CustomerCall) -> i64| BulkColumn::Int(rows.iter().map(value).collect());
    let opt_int = |value: fn(&CustomerCall) -> Option<i64>| BulkColumn::OptInt(rows.iter().map(value).collect());
    let flag = |value: fn(&CustomerCall) -> bool| BulkColumn::Bool(rows.iter().map(value).collect());
    let opt_text = |value: fn(&CustomerCall) -> &Option<String>| {
        BulkColumn::OptText(rows.iter().map(|r| value(r).clone()).collect())
    };
    let columns = vec![
        ("account_id", BulkColumn::Int(vec![scope.account(); rows.len()])),
        ("campaign_key", int(|r| r.campaign_key)),
        ("dialed_at", int(|r| r.dialed_at)),
        ("call_key", int(|r| r.call_key)),
        ("id", BulkColumn::Text(rows.iter().map(|r| r.id.clone()).collect())),
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
        ("next_newly_reached", BulkColumn::OptBool(rows.iter().map(|r| r.next_newly_reached).collect())),
        ("day", int(|r| r.day)),
        ("hour", int(|r| r.hour)),
        ("minute", int(|r| r.minute)),
        ("redial_code", opt_text(|r| &r.redial_code)),
        ("redial_nth", int(|r| r.redial_nth)),
        ("redial_pause", int(|r| r.redial_pause)),
        ("has_details", flag(|r| r.has_details)),
        ("own_values", opt_text(|r| &r.own_values)),
        ("content_hash", BulkColumn::Bytes(rows.iter().map(|r| r.content_hash.clone()).collect())),
    ];
    insert_rows(conn, "calls", columns, "").await
}
