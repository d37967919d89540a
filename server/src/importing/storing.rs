//! The calls of a file are stored, each portion in a transaction of its own.

use std::collections::{BTreeSet, HashMap};

use cdr::{Format, Options, OwnFields, Reading};
use domain::{CallId, CallRecord, Code, ResultCode, import::Done};
use store::{
    Conn, Db, Scope, StoreError, account_totals,
    ingest::{self, BatchAnswer, Corrected, Ingest, IngestOptions, PORTION_RECORDS, RecordError},
    result_codes,
    result_words::ResultWords,
};

use super::{
    ImportError, Portion, Portions, is_passed_over,
    named_file::NamedFile,
    own,
    report::{ImportReport, ReportLine},
    told,
};

/// Where calls are stored, and how.
pub struct Storing<'a> {
    pub db: &'a Db,
    pub scope: &'a Scope,
    /// How the files are read.
    pub options: &'a Options,
    /// Whether campaigns and voicebots that are not there are made; and the import that can be undone.
    pub ingest: IngestOptions,
}

/// What became of the records of a file.
#[derive(Debug, Default)]
pub struct RecordCounts {
    /// How many of each; errors and warnings are not kept in it: a file may have millions.
    pub answer: BatchAnswer,
    /// Calls that are odd.
    pub warnings: u64,
    /// The campaigns of the calls.
    pub campaigns: BTreeSet<String>,
    codes: BTreeSet<Code>,
}

impl RecordCounts {
    /// Calls that are in the database.
    pub fn stored(&self) -> u64 {
        self.answer.accepted + self.answer.updated + self.answer.unchanged
    }
}

/// How far a file is.
#[derive(Debug, Clone, Copy)]
pub struct FileProgress {
    /// Bytes that were read, and how many there are where that is known.
    pub bytes: (u64, Option<u64>),
    /// Records that were stored or rejected.
    pub done: u64,
    /// Rows that were read.
    pub rows: u64,
}

/// Who is told while a file is stored.
pub trait Listener: Send {
    /// Something is wrong with a record, or odd about it: as it is in the report, and what was done about it.
    fn said(&mut self, line: &str, done: Done);
    /// Notes how far reading has come, for the page that shows the import.
    fn progress(&mut self, progress: FileProgress) -> impl Future<Output = Result<(), StoreError>> + Send;
}

impl Storing<'_> {
    /// Stores the calls of a file; adds to `counts` what became of its records, also where it cannot be read to its end. `Err`
    /// within: it was found in a folder or an archive and is none of call records; why.
    pub async fn file(
        &self,
        file: &NamedFile,
        counts: &mut RecordCounts,
        report: &mut ImportReport,
        listener: &mut impl Listener,
    ) -> Result<Result<Reading, String>, ImportError> {
        let mut portions = Portions::of(file, self.options).await?;
        let total = portions.total;
        while let Some(portion) = portions.next().await {
            let (bytes, rows) = ((portion.bytes, total), portion.rows);
            let portion = told::with_others(self.db, self.scope, self.options, self.ingest, portion).await?;
            self.portion(&file.name, portion, counts, report, listener).await?;
            listener.progress(FileProgress { bytes, done: counts.stored() + counts.answer.rejected, rows }).await?;
        }
        let reading = match portions.finish().await? {
            Ok(reading) => reading,
            Err(error) if is_passed_over(file, &error) => return Ok(Err(error.to_string())),
            Err(error) => return Err(ImportError::Unreadable(file.name.clone(), error)),
        };
        if counts.stored() > 0 {
            let used = |code: &ResultCode| counts.codes.contains(&code.code);
            self.declare(reading.format.own_codes().into_iter().filter(used).collect()).await?;
        }
        Ok(Ok(reading))
    }

    async fn portion(
        &self,
        name: &str,
        portion: Portion,
        counts: &mut RecordCounts,
        report: &mut ImportReport,
        listener: &mut impl Listener,
    ) -> Result<(), ImportError> {
        let Portion { format, own_fields, records, skipped, .. } = portion;
        for skipped in &skipped {
            counts.answer.rejected += 1;
            let (field, reason) = (skipped.field.as_str(), skipped.reason.as_str());
            let line = ReportLine { place: (name, skipped.line), id: None, field, reason, done: Done::Rejected };
            let said = report.say(&line).map_err(ImportError::Report)?;
            listener.said(&said, Done::Rejected);
        }
        if records.is_empty() && skipped.is_empty() {
            return Ok(());
        }
        let refused = skipped.len() as u64;
        let records = records.into_iter().map(|(line, record)| (usize::try_from(line).unwrap_or(usize::MAX), record));
        let mut answer = self.store((format, own_fields.as_deref()), records.collect(), refused, counts).await?;
        let told = [
            (std::mem::take(&mut answer.errors), Done::Rejected),
            (std::mem::take(&mut answer.warnings), Done::Stored),
        ];
        for (errors, done) in told {
            if done == Done::Stored {
                counts.warnings += errors.len() as u64 + answer.warnings_left_out;
            }
            for error in &errors {
                let RecordError { index, id, field, reason } = error;
                let line = ReportLine { place: (name, *index as u64), id: id.as_deref(), field, reason, done };
                let said = report.say(&line).map_err(ImportError::Report)?;
                listener.said(&said, done);
            }
        }
        report.left_out(std::mem::take(&mut answer.errors_left_out) + std::mem::take(&mut answer.warnings_left_out));
        counts.answer.add(answer);
        Ok(())
    }

    async fn store(
        &self,
        (format, fields): (Format, Option<&OwnFields>),
        records: Vec<(usize, CallRecord)>,
        refused: u64,
        counts: &mut RecordCounts,
    ) -> Result<BatchAnswer, StoreError> {
        let (mut answer, mut left, mut refused) = (BatchAnswer::default(), records.into_iter(), refused);
        loop {
            let mut conn = self.db.write().await?;
            let words = ResultWords::read(&mut conn, self.scope).await?;
            // Rows and events of a call may stand in several files; what one file knows of its customer is no error that the next corrects.
            let corrected = if format.has_parts() { Corrected::Leaves } else { Corrected::Stays };
            let ingest = Ingest::new(self.scope, self.ingest).correcting(corrected);
            let (mut ingest, mut stored) = (ingest, BatchAnswer::default());
            while left.len() > 0 {
                let some = left.by_ref().take(PORTION_RECORDS).collect();
                for some in own::portions(&mut conn, self.scope, fields.is_some() || format.has_events(), some).await? {
                    let some = self.noted(&mut conn, (format, fields), some, counts).await?;
                    stored.add(ingest.put(&mut conn, ingest::check(some, &words)).await?);
                }
                // As of batches: who waits for the writer goes in between.
                if conn.keeps_others_waiting() {
                    break;
                }
            }
            ingest.finish(&mut conn, &mut stored).await?;
            let refused = std::mem::take(&mut refused);
            account_totals::refused(&mut conn, self.scope, self.ingest.received_at, refused, 0).await?;
            conn.commit().await?;
            answer.add(stored);
            if left.len() == 0 {
                break;
            }
        }
        answer.finish();
        Ok(answer)
    }

    /// Records as they are stored: with what is stored of their calls, where a format has these in several files, or a file tells of
    /// some of their fields. Notes whose they are.
    async fn noted(
        &self,
        conn: &mut Conn,
        (format, fields): (Format, Option<&OwnFields>),
        mut records: Vec<(usize, CallRecord)>,
        counts: &mut RecordCounts,
    ) -> Result<Vec<(usize, CallRecord)>, StoreError> {
        if format.has_parts() {
            let ids = KnownIds::of(format, &records);
            let stored = ingest::stored_records(conn, self.scope, &ids.all()).await?;
            ids.keep(format, &mut records, &stored);
            let unchanged;
            (records, unchanged) = joined(format, records, &stored);
            counts.answer.unchanged += unchanged;
        }
        if let Some(fields) = fields {
            ingest::hold(conn, self.scope).await?;
            let unchanged;
            (records, unchanged) = own::with_stored(conn, self.scope, fields, records).await?;
            counts.answer.unchanged += unchanged;
        }
        counts.codes.extend(records.iter().filter_map(|(_, record)| record.result_code.clone()));
        for (_, record) in &records {
            if !counts.campaigns.contains(record.campaign.as_str()) {
                counts.campaigns.insert(record.campaign.to_string());
            }
        }
        Ok(records)
    }

    /// Declares the codes that the account has no words of its own for.
    async fn declare(&self, codes: Vec<ResultCode>) -> Result<(), StoreError> {
        if codes.is_empty() {
            return Ok(());
        }
        let mut conn = self.db.write().await?;
        let declared = result_codes::list(&mut conn, self.scope).await?;
        for code in codes.iter().filter(|code| declared.iter().all(|known| known.code != code.code)) {
            result_codes::put(&mut conn, self.scope, code, self.ingest.received_at).await?;
        }
        conn.commit().await?;
        Ok(())
    }
}

/// The ids under which records may be stored: their own, and those that an earlier version gave them.
pub(super) struct KnownIds {
    own: Vec<CallId>,
    former: HashMap<CallId, CallId>,
}

impl KnownIds {
    pub(super) fn of(format: Format, records: &[(usize, CallRecord)]) -> Self {
        let former = records.iter().filter_map(|(_, record)| Some((record.id.clone(), format.former_id(record)?)));
        Self { own: records.iter().map(|(_, record)| record.id.clone()).collect(), former: former.collect() }
    }

    pub(super) fn all(&self) -> Vec<&str> {
        self.own.iter().chain(self.former.values()).map(CallId::as_str).collect()
    }

    /// A call that is stored under its former id keeps that.
    pub(super) fn keep(
        &self,
        format: Format,
        records: &mut [(usize, CallRecord)],
        stored: &HashMap<CallId, CallRecord>,
    ) {
        if self.former.is_empty() {
            return;
        }
        for (_, record) in records {
            let is_it = |former: &&CallId| stored.get(*former).is_some_and(|stored| format.is_former(stored, record));
            let former = self.former.get(&record.id).filter(is_it);
            if let Some(former) = former.filter(|_| !stored.contains_key(&record.id)) {
                record.id = former.clone();
            }
        }
    }
}

/// Adds records to what is stored of their calls, of a format whose calls may stand in several files. Gives those that have
/// something to add, and how many have not.
pub(super) fn joined(
    format: Format,
    records: Vec<(usize, CallRecord)>,
    stored: &HashMap<CallId, CallRecord>,
) -> (Vec<(usize, CallRecord)>, u64) {
    let before = records.len();
    let joined = records.into_iter().filter_map(|(line, record)| match stored.get(&record.id) {
        Some(stored) => Some((line, format.with_stored(stored, record)?)),
        None => Some((line, record)),
    });
    let joined: Vec<_> = joined.collect();
    let unchanged = (before - joined.len()) as u64;
    (joined, unchanged)
}
