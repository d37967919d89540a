//! Calls come in: a transaction changes the calls, the customers' standing and every rollup.
//!
//! Most calls are new and later than all others of their customer: these are appended, and the rollups only grow.
//! A customer with a corrected call, or one that arrives out of order, is worked out anew from all of their calls.
//!
//! A batch comes in portions ([`put_some`]): what can be said of records without the database is said on another thread
//! ([`check`]) while the portion before is stored, and the rollups are written once, at the end of the transaction. It is one
//! transaction, unless others wait to write meanwhile, which SQLite lets one do at a time: they go between two portions.

mod content_hash;
pub(crate) mod cost_room;
mod foresight;
mod portion;
mod records;
mod removal;
mod stored_hashes;
mod vocabulary;

use domain::{
    CallRecord, FieldError, Timestamp, call::CheckedCall, limits::ERRORS_PER_ANSWER, time::DAY_MS, usage::Month,
};
use futures::{Stream, StreamExt};
use serde::Serialize;

use self::{
    content_hash::ContentHash,
    cost_room::CostRoom,
    portion::{BatchPortion, ContactCorrections, known_calls, own_values, pending},
    stored_hashes::write_hashes,
    vocabulary::{Vocabulary, create_missing},
};
use crate::{
    Scope, StoreError, account_totals, accounts,
    contacts::Directory,
    db::Conn,
    dialect::plan_lookups,
    live::{self, Change},
    quotas::CallQuota,
    recording_fetches,
    result_words::ResultWords,
    rollup::Deltas,
    search_index,
};

pub(crate) use self::portion::stored_calls;

pub(crate) use self::{
    removal::{remove, rename_back},
    stored_hashes::set_hashes,
    vocabulary::{UNNAMED_VOICEBOT, unnamed_voicebot},
};

pub use self::{
    foresight::{BatchForesight, foresee},
    records::{WholeCall, detail_bytes, hold, known_records, stored_records, whole_calls},
};

/// How a batch is taken in.
#[derive(Debug, Clone, Copy)]
pub struct IngestOptions {
    /// Make campaigns and voicebots that are not there, instead of rejecting their calls (`import --create`). Such a campaign
    /// is completed, and ends with its last call.
    pub create_missing: bool,
    /// Now. A call that is dialled more than a day later is rejected: its time is wrong, by the clock of whoever sent it or by
    /// the order of day and month. (A day, because a sender's zone may be wrong.)
    pub received_at: Timestamp,
    /// The import that brings them: what it changes is kept, so that it can be undone.
    pub import: Option<i64>,
}

/// What becomes of a customer whose call turns out to be another one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Corrected {
    /// They stay on the campaign's list: the call was corrected.
    #[default]
    Stays,
    /// They leave it with their last call: a part of the call was known, which did not name its customer.
    Leaves,
    /// As [`Self::Leaves`]; and who gets the call back stays only because of it again: a correction is taken back.
    TakenBack,
}

/// What is wrong with, or odd about, one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RecordError {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Its id, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The path of the field at fault, such as `contact.phone`.
    pub field: String,
    /// Why, as a phrase that follows the field's name.
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
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BatchAnswer {
    /// Records of calls that were not stored before.
    pub accepted: u64,
    /// Known, with other content: replaced.
    pub updated: u64,
    /// Known, with the same content.
    pub unchanged: u64,
    /// Broke a rule; see `errors`.
    pub rejected: u64,
    /// Of those rejected, new calls beyond the account's quota of their month; left out where there are none.
    #[serde(skip_serializing_if = "is_zero")]
    pub over_quota: u64,
    /// What was wrong, one for each broken rule; of the first records, at most 1,000.
    pub errors: Vec<RecordError>,
    /// How many errors there were beyond those.
    pub errors_left_out: u64,
    /// What was accepted though it is odd; of the first records, at most 1,000.
    pub warnings: Vec<RecordError>,
    /// How many warnings there were beyond those.
    pub warnings_left_out: u64,
    /// To be announced after the commit.
    #[serde(skip)]
    pub change: Option<Change>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl BatchAnswer {
    /// Whether every record was refused since the account's quota of calls is used up.
    pub fn is_over_quota(&self) -> bool {
        self.over_quota > 0 && self.rejected == self.over_quota && self.accepted + self.updated + self.unchanged == 0
    }

    /// How many records it tells of.
    pub fn records(&self) -> u64 {
        self.accepted + self.updated + self.unchanged + self.rejected
    }

    /// Counts a record with one error as rejected.
    pub fn reject(&mut self, error: RecordError) {
        self.rejected += 1;
        self.errors.push(error);
        shorten(&mut self.errors, &mut self.errors_left_out);
    }

    /// Counts a record as rejected that broke several rules.
    fn reject_for(&mut self, errors: impl Iterator<Item = RecordError>) {
        self.rejected += 1;
        self.errors.extend(errors);
        shorten(&mut self.errors, &mut self.errors_left_out);
    }

    /// Says what is odd about a record that was taken.
    fn warn(&mut self, warnings: impl Iterator<Item = RecordError>) {
        self.warnings.extend(warnings);
        shorten(&mut self.warnings, &mut self.warnings_left_out);
    }

    /// Adds what became of further records.
    pub fn add(&mut self, further: Self) {
        let Self {
            accepted,
            updated,
            unchanged,
            rejected,
            over_quota,
            errors,
            errors_left_out,
            warnings,
            warnings_left_out,
            change,
        } = further;
        self.accepted += accepted;
        self.updated += updated;
        self.unchanged += unchanged;
        self.rejected += rejected;
        self.over_quota += over_quota;
        self.errors_left_out += errors_left_out;
        self.warnings_left_out += warnings_left_out;
        self.errors.extend(errors);
        self.warn(warnings.into_iter());
        shorten(&mut self.errors, &mut self.errors_left_out);
        self.change = change.or(self.change);
    }

    /// Puts errors and warnings into the order of the records, and leaves out those beyond the limit.
    pub fn finish(&mut self) {
        keep_first(&mut self.errors, &mut self.errors_left_out);
        keep_first(&mut self.warnings, &mut self.warnings_left_out);
    }
}

/// Leaves out what is beyond the limit, now and then: errors do not come in the order of their records.
fn shorten(errors: &mut Vec<RecordError>, left_out: &mut u64) {
    if errors.len() >= 2 * ERRORS_PER_ANSWER {
        keep_first(errors, left_out);
    }
}

fn keep_first(errors: &mut Vec<RecordError>, left_out: &mut u64) {
    errors.sort_by_key(|error| error.index);
    *left_out += errors.len().saturating_sub(ERRORS_PER_ANSWER) as u64;
    errors.truncate(ERRORS_PER_ANSWER);
}

/// A record that keeps the rules, as far as it can tell by itself.
#[derive(Debug)]
struct Ready {
    index: usize,
    record: CallRecord,
    checked: CheckedCall,
    hash: ContentHash,
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

    /// Rejects the calls that are dialled more than a day after this.
    fn reject_later_than(&mut self, received_at: Timestamp) {
        let answer = &mut self.answer;
        self.ready.retain(|ready| {
            let is_later = ready.record.dialed_at.0 - DAY_MS > received_at.0;
            if is_later {
                let error = FieldError::new("dialed_at", "lies in the future");
                answer.reject(RecordError::new(ready.index, Some(ready.record.id.as_str()), &error));
            }
            !is_later
        });
    }
}

/// Checks records one by one; each carries its place in the portion, and gets the code that the account's words stand for. It takes
/// time and no database: do it on any thread.
pub fn check(records: Vec<(usize, CallRecord)>, words: &ResultWords) -> CheckedRecords {
    let mut all = CheckedRecords { ready: Vec::with_capacity(records.len()), ..CheckedRecords::default() };
    for (index, mut record) in records {
        let said = words.replace(&mut record);
        match record.check() {
            Ok(mut checked) => {
                checked.warnings.extend(said);
                let hash = ContentHash::of(&record);
                all.ready.push(Ready { index, record, checked, hash });
            }
            Err(errors) => {
                let id = Some(record.id.as_str());
                all.answer.reject_for(errors.iter().map(|error| RecordError::new(index, id, error)));
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
    put_corrected(conn, scope, records, options, Corrected::Stays).await
}

/// As [`put`], with what becomes of customers whose calls turn out to be others'.
pub async fn put_corrected(
    conn: &mut Conn,
    scope: &Scope,
    records: Vec<(usize, CallRecord)>,
    options: IngestOptions,
    corrected: Corrected,
) -> Result<BatchAnswer, StoreError> {
    let words = ResultWords::read(conn, scope).await?;
    let mut ingest = Ingest::new(scope, options).correcting(corrected);
    let mut answer = BatchAnswer::default();
    answer.add(ingest.put(conn, check(records, &words)).await?);
    ingest.finish(conn, &mut answer).await?;
    Ok(answer)
}

/// As [`put`], for a batch that comes in portions: until it ends, or others wait for this transaction to end. Then the caller
/// commits, and goes on in another one with what is left of it.
///
/// One portion at least is stored. What a batch of several portions brings is seen portion by portion then, and stays where
/// something fails later: each is told by its own answer, and sending all of it again changes nothing of what is stored.
pub async fn put_some(
    conn: &mut Conn,
    scope: &Scope,
    mut portions: impl Stream<Item = CheckedRecords> + Unpin + Send,
    options: IngestOptions,
) -> Result<(BatchAnswer, BatchLeft), StoreError> {
    let mut ingest = Ingest::new(scope, options);
    let (mut answer, mut left) = (BatchAnswer::default(), BatchLeft::Nothing);
    while let Some(portion) = portions.next().await {
        answer.add(ingest.put(conn, portion).await?);
        if conn.keeps_others_waiting() {
            left = BatchLeft::Perhaps;
            break;
        }
    }
    ingest.finish(conn, &mut answer).await?;
    Ok((answer, left))
}

/// Records of a portion at most: who waits to write waits for the end of one. It takes about a second of a slow disk.
pub const PORTION_RECORDS: usize = 2_000;

/// What is left of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchLeft {
    /// It has ended.
    Nothing,
    /// It was left in favour of others.
    Perhaps,
}

/// A batch that is being stored in one transaction, portion by portion.
pub struct Ingest<'a> {
    scope: &'a Scope,
    options: IngestOptions,
    corrected: Corrected,
    vocabulary: Option<Vocabulary>,
    deltas: Deltas,
    /// The account's revision, once something was written.
    revision: Option<i64>,
    fetches: Fetches,
    quota: CallQuota,
    costs: CostRoom,
    /// Whether there are so many new customers that they are indexed at once.
    is_worth_indexing: bool,
}

/// Whether recordings are fetched from their addresses.
#[derive(Debug, Default)]
struct Fetches {
    /// Known once a call named an address.
    is_enabled: Option<bool>,
    /// Something is to be fetched.
    is_begun: bool,
}

impl<'a> Ingest<'a> {
    /// Before its first portion.
    pub fn new(scope: &'a Scope, options: IngestOptions) -> Self {
        Self {
            scope,
            options,
            corrected: Corrected::default(),
            vocabulary: None,
            deltas: Deltas::default(),
            revision: None,
            fetches: Fetches::default(),
            quota: CallQuota::default(),
            costs: CostRoom::default(),
            is_worth_indexing: false,
        }
    }

    /// The same, with what becomes of customers whose calls turn out to be others'.
    #[must_use]
    pub fn correcting(self, corrected: Corrected) -> Self {
        Self { corrected, ..self }
    }

    /// Stores the next portion, all but what is summed, which [`Self::finish`] writes. What became of each record.
    pub async fn put(&mut self, conn: &mut Conn, mut portion: CheckedRecords) -> Result<BatchAnswer, StoreError> {
        portion.reject_later_than(self.options.received_at);
        let CheckedRecords { ready, mut answer } = portion;
        if ready.is_empty() {
            return Ok(answer);
        }
        let scope = self.scope;
        // Taking keys locks the account: batches of one account follow one another, so none sees half of another.
        let (first_key, revision) = accounts::take_keys(conn, scope, ready.len() as i64).await?;
        plan_lookups(conn).await?;
        if self.options.create_missing {
            create_missing(conn, scope, &ready, self.options.import).await?;
        }
        let mut vocabulary = match self.vocabulary.take() {
            Some(vocabulary) => vocabulary,
            None => Vocabulary::load(conn, scope).await?,
        };
        vocabulary.find(conn, scope, &ready).await?;
        let known = known_calls(conn, scope, ready.iter().map(|ready| ready.record.id.as_str())).await?;
        let zone = vocabulary.zone;
        let month_of = |at: Timestamp| Month::of(zone.local(at).day());
        // An import that is taken back puts calls where they were.
        if self.options.received_at != Timestamp::MAX {
            self.quota.prepare(conn, scope, ready.iter().map(|ready| month_of(ready.record.dialed_at))).await?;
            self.costs.prepare(conn, scope).await?;
        }
        let next_numbers = std::mem::take(&mut vocabulary.next_numbers);
        let contacts = ready.iter().filter_map(|ready| {
            let target = vocabulary.targets.get(ready.record.campaign.as_str())?;
            Some((target.campaign_key, &ready.record.contact))
        });
        let mut directory = Directory::load(conn, scope, vocabulary.directory(), next_numbers, contacts).await?;
        let mut corrections = ContactCorrections { how: self.corrected, ..ContactCorrections::default() };
        let (mut calls, by_earlier_form) = pending(
            ready,
            &vocabulary,
            &known,
            (&mut directory, &mut corrections),
            (&mut self.quota, &mut self.costs),
            &mut answer,
        );
        write_hashes(conn, scope, &by_earlier_form).await?;

        // Oldest first, so that a batch in any order appends to its customers' calls.
        calls.sort_by_key(|call| call.record.dialed_at);
        let own = own_values(&calls, &directory, &mut vocabulary.told)?;
        vocabulary.told.keep_new(conn, scope).await?;
        let mut portion =
            BatchPortion { scope, vocabulary: &vocabulary, known, directory, deltas: &mut self.deltas, corrections };
        let (rows, unpriced) = portion.rows(&calls, own, first_key);
        let rows = portion.place(conn, rows).await?;
        if let Some(import) = self.options.import {
            portion.keep_before(conn, import, &rows).await?;
        }
        let is_changed = !rows.is_empty();
        let without = rows.iter().filter(|row| !row.recorded);
        let addresses = without.filter_map(|row| Some((row.call_key, row.recording_url.clone()?))).collect();
        // Of calls that were known: it may have been an address that they no longer name.
        let no_longer = rows.iter().filter(|row| row.recording_url.is_none() && row.call_key < first_key);
        let no_longer: Vec<i64> = no_longer.map(|row| row.call_key).collect();
        self.is_worth_indexing |= portion.directory.is_worth_indexing();
        vocabulary.next_numbers = portion.write(conn, rows, &calls).await?;
        self.fetch(conn, addresses).await?;
        if !no_longer.is_empty() {
            recording_fetches::forget(conn, scope, &no_longer).await?;
        }
        if let Some((index, id)) = unpriced.filter(|_| !vocabulary.has_warned_of_price) {
            // Said once for a batch: an account without a tariff would hear it of every call.
            let warning =
                FieldError::new("dialed_at", "lies before every tariff: such calls have 0 blocks and no cost");
            answer.warn(std::iter::once(RecordError::new(index, Some(&id), &warning)));
            vocabulary.has_warned_of_price = true;
        }
        self.vocabulary = Some(vocabulary);
        if is_changed {
            self.revision = Some(revision);
        }
        Ok(answer)
    }

    /// Notes where recordings are to be fetched from, where the account has them fetched.
    async fn fetch(&mut self, conn: &mut Conn, addresses: Vec<(i64, String)>) -> Result<(), StoreError> {
        if addresses.is_empty() {
            return Ok(());
        }
        let is_enabled = match self.fetches.is_enabled {
            Some(is_enabled) => is_enabled,
            None => recording_fetches::is_enabled(conn, self.scope).await?,
        };
        self.fetches.is_enabled = Some(is_enabled);
        if is_enabled {
            recording_fetches::want(conn, self.scope, addresses, self.options.received_at).await?;
            self.fetches.is_begun = true;
        }
        Ok(())
    }

    /// Writes the rollups, and tells other processes, once before the commit; `answer` is what became of all its records, and gets the
    /// change to be announced.
    pub async fn finish(self, conn: &mut Conn, answer: &mut BatchAnswer) -> Result<(), StoreError> {
        let (scope, received_at) = (self.scope, self.options.received_at);
        answer.change = self.write_sums(conn).await?;
        // An import that is taken back receives nothing.
        if received_at != Timestamp::MAX {
            account_totals::refused(conn, scope, received_at, answer.rejected, answer.over_quota).await?;
        }
        Ok(())
    }

    async fn write_sums(self, conn: &mut Conn) -> Result<Option<Change>, StoreError> {
        let received_at = self.options.received_at;
        let Some(mut revision) = self.revision else {
            self.quota.tell(conn, self.scope, received_at).await?;
            return Ok(None);
        };
        self.deltas.write(conn, self.scope).await?;
        let mut has_jobs = false;
        // An import that is taken back receives nothing.
        if received_at != Timestamp::MAX {
            account_totals::received(conn, self.scope, received_at).await?;
            has_jobs = self.quota.tell(conn, self.scope, received_at).await?;
        }
        if self.fetches.is_begun {
            recording_fetches::begin(conn, self.scope, received_at).await?;
            has_jobs = true;
        }
        if self.is_worth_indexing && received_at != Timestamp::MAX {
            search_index::enqueue(conn, self.scope, false, received_at).await?;
            has_jobs = true;
        }
        if has_jobs {
            (_, revision) = accounts::take_keys(conn, self.scope, 0).await?;
        }
        let change = Change { account: self.scope.account(), revision };
        live::publish(conn, change).await?;
        Ok(Some(change))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(index: usize) -> RecordError {
        RecordError { index, id: None, field: "body".to_owned(), reason: "is not JSON".to_owned() }
    }

    #[test]
    fn the_first_errors_are_described_and_all_are_counted() {
        // As portions say them: each in an order of its own.
        let portion = |from: usize| {
            let mut answer = BatchAnswer::default();
            (from..from + 5_000).rev().for_each(|index| answer.reject(error(index)));
            answer
        };
        let mut answer = portion(5_000);
        answer.add(portion(0));
        answer.add(portion(10_000));
        answer.finish();
        let described: Vec<usize> = answer.errors.iter().map(|error| error.index).collect();
        assert_eq!(described, (0..ERRORS_PER_ANSWER).collect::<Vec<_>>());
        assert_eq!((answer.rejected, answer.errors_left_out), (15_000, 14_000));

        let mut at_the_limit = BatchAnswer::default();
        (0..ERRORS_PER_ANSWER).for_each(|index| at_the_limit.reject(error(index)));
        at_the_limit.finish();
        assert_eq!((at_the_limit.errors.len(), at_the_limit.errors_left_out), (ERRORS_PER_ANSWER, 0));
    }
}
