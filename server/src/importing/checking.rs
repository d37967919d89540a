//! A file is looked at: what it is, and what storing its calls would do.

use std::{collections::BTreeMap, fs::File};

use cdr::{Format, Mapping, Options, OwnFields, ReadError};
use domain::{
    CallClass, CallRecord, CampaignId, Timestamp,
    import::{CampaignCalls, Done, ImportPreview, SHOWN_CALLS, SHOWN_CAMPAIGNS, TableColumns},
};
use store::{
    Db, Scope, StoreError,
    ingest::{self, BatchForesight, RecordError},
    mappings::{self, SavedMapping},
    quotas,
    result_words::ResultWords,
};

use super::{
    ImportError, Portion, Portions, StillWanted, file_reading,
    named_file::NamedFile,
    own, refused,
    report::{ImportReport, ReportLine},
    storing::{FileProgress, KnownIds, Listener, joined},
};

/// What a file is looked at for.
pub struct Checking<'a> {
    pub db: &'a Db,
    pub scope: &'a Scope,
    /// How the file is read.
    pub options: &'a Options,
    /// The name of the mapping in the options, where it is one of the account's.
    pub mapping_name: Option<&'a str>,
    /// When the file is looked at: calls of later than this are refused.
    pub received_at: Timestamp,
}

impl Checking<'_> {
    /// Looks at a file, or at those in an archive. What cannot be read is said in what was found.
    pub async fn look(
        &self,
        file: File,
        name: &str,
        report: &mut ImportReport,
        listener: &mut impl Listener,
    ) -> Result<ImportPreview, ImportError> {
        let mut found = ImportPreview::default();
        let files = match NamedFile::brought(file, name) {
            Ok(files) => files,
            Err(error) => {
                found.files.push(refused(name, &format!("cannot be read: {error}")));
                return Ok(found);
            }
        };
        let words = ResultWords::read(&mut self.db.read().await?, self.scope).await?;
        for file in &files {
            let (mut options, table) = self.columns(file).await?;
            // Of several files that are tables, the first is the one whose columns are shown.
            let is_missing = table.as_ref().is_some_and(|table| !table.missing.is_empty());
            if found.table.is_none() {
                found.table = table;
            }
            if is_missing {
                found.files.push(refused(&file.name, "columns have to be told apart"));
                continue;
            }
            if options.campaign.is_none() && self.names_no_campaign(file, &options).await? {
                found.needs_campaign = true;
                options.campaign = CampaignId::new("?").ok();
            }
            let mut portions = Portions::of(file, &options).await?;
            let total = portions.total;
            let mut done = 0;
            while let Some(portion) = portions.next().await {
                let (bytes, rows) = ((portion.bytes, total), portion.rows);
                done += (portion.records.len() + portion.skipped.len()) as u64;
                self.portion(&file.name, portion, &words, &mut found, report).await?;
                listener.progress(FileProgress { bytes, done, rows }).await?;
            }
            match portions.finish().await? {
                Ok(reading) => found.files.push(file_reading(&file.name, &reading)),
                Err(error) => found.files.push(refused(&file.name, &error.to_string())),
            }
        }
        if found.needs_campaign {
            found.campaigns.clear();
        }
        if files.is_empty() {
            found.files.push(refused(name, "holds no files"));
        }
        self.over_quota(&mut found).await?;
        found.reasons = report.finish().map_err(ImportError::Report)?;
        Ok(found)
    }

    /// Finds the calls for which the quota has no room.
    async fn over_quota(&self, found: &mut ImportPreview) -> Result<(), ImportError> {
        let months = found.by_month.keys().map(|month| i64::from(month.0)).collect();
        let room = quotas::room_of_months(&mut self.db.read().await?, self.scope, &months).await?;
        let Some(room) = room else { return Ok(()) };
        let over = found.by_month.iter().filter_map(|(month, calls)| {
            let left = room.get(&i64::from(month.0)).copied().unwrap_or(0);
            (*calls > left).then(|| (*month, *calls - left))
        });
        found.over_quota = over.collect();
        Ok(())
    }

    /// Whether the first rows are no calls because nothing says of which campaign they are.
    async fn names_no_campaign(&self, file: &NamedFile, options: &Options) -> Result<bool, ImportError> {
        let mut portions = Portions::of(file, options).await?;
        let first = portions.next().await;
        let names_none = |portion: Portion| {
            portion.records.is_empty() && portion.skipped.iter().any(|skipped| skipped.field == "campaign")
        };
        Ok(first.is_some_and(names_none))
    }

    /// The columns of a table of no known format, and the options to read it with: by the mapping in the options, else by the one
    /// that the account has kept for such a header, else by what is guessed.
    async fn columns(&self, file: &NamedFile) -> Result<(Options, Option<TableColumns>), ImportError> {
        let mut options = self.options.clone();
        let sampled = sample(file, &options).await?;
        let Some(sampled) = sampled else { return Ok((options, None)) };
        let mut table = TableColumns {
            columns: sampled.columns,
            fingerprint: sampled.fingerprint,
            mapping: options.mapping.as_ref().map(Mapping::to_toml).unwrap_or_default(),
            fields: options.mapping.as_ref().map(fields).unwrap_or_default(),
            mapping_name: self.mapping_name.map(str::to_owned),
            missing: sampled.missing,
            results: options.mapping.as_ref().map(results).unwrap_or_default(),
        };
        if options.mapping.is_none() {
            if let Some((name, mapping)) = kept_mapping(self.db, self.scope, &table.fingerprint).await? {
                (table.mapping, table.fields) = (mapping.to_toml(), fields(&mapping));
                table.mapping_name = Some(name);
                options.mapping = Some(mapping);
                table.missing = sample(file, &options).await?.map(|sampled| sampled.missing).unwrap_or_default();
            } else if let Some(guess) = sampled.guess {
                (table.mapping, table.fields) = (guess.to_toml(), fields(&guess));
            }
        }
        Ok((options, Some(table)))
    }

    async fn portion(
        &self,
        name: &str,
        portion: Portion,
        words: &ResultWords,
        found: &mut ImportPreview,
        report: &mut ImportReport,
    ) -> Result<(), ImportError> {
        let Portion { format, own_fields, records, skipped, .. } = portion;
        for skipped in &skipped {
            let (field, reason) = (skipped.field.as_str(), skipped.reason.as_str());
            let line = ReportLine { place: (name, skipped.line), id: None, field, reason, done: Done::Rejected };
            report.say(&line).map_err(ImportError::Report)?;
        }
        found.rejected += skipped.len() as u64;
        for (_, record) in &records {
            note(record, found);
        }
        let fields = own_fields.as_deref();
        let records =
            records.into_iter().map(|(line, record)| (usize::try_from(line).unwrap_or(usize::MAX), record)).collect();
        // Not in the head of the loop, which would hold the connection for as long.
        let portions =
            own::portions(&mut self.db.read().await?, self.scope, fields.is_some() || format.has_events(), records)
                .await?;
        for records in portions {
            let foreseen = self.foresee((format, fields), records, words.clone(), !found.needs_campaign).await?;
            add(name, foreseen, found, report)?;
        }
        Ok(())
    }

    async fn foresee(
        &self,
        (format, fields): (Format, Option<&OwnFields>),
        mut records: Vec<(usize, CallRecord)>,
        words: ResultWords,
        has_campaign: bool,
    ) -> Result<BatchForesight, ImportError> {
        let mut conn = self.db.read().await?;
        let mut unchanged = 0;
        if format.has_parts() || !has_campaign {
            let ids = KnownIds::of(format, &records);
            let stored = ingest::known_records(&mut conn, self.scope, &ids.all()).await?;
            ids.keep(format, &mut records, &stored);
            if !has_campaign {
                // As if they were put where they are.
                for (_, record) in &mut records {
                    if let Some(stored) = stored.get(&record.id) {
                        record.campaign = stored.campaign.clone();
                    }
                }
            }
            if format.has_parts() {
                (records, unchanged) = joined(format, records, &stored);
            }
        }
        if let Some(fields) = fields {
            (records, unchanged) = own::with_stored(&mut conn, self.scope, fields, records).await?;
        }
        let checked = tokio::task::spawn_blocking(move || ingest::check(records, &words));
        let checked = checked.await.map_err(|_| ImportError::Panicked)?;
        let mut foreseen = ingest::foresee(&mut conn, self.scope, checked, self.received_at).await?;
        foreseen.unchanged += unchanged;
        Ok(foreseen)
    }
}

/// Adds what storing these records would do.
fn add(
    name: &str,
    foreseen: BatchForesight,
    found: &mut ImportPreview,
    report: &mut ImportReport,
) -> Result<(), ImportError> {
    for (errors, done) in [(&foreseen.errors, Done::Rejected), (&foreseen.warnings, Done::Stored)] {
        for RecordError { index, id, field, reason } in errors {
            let line = ReportLine { place: (name, *index as u64), id: id.as_deref(), field, reason, done };
            report.say(&line).map_err(ImportError::Report)?;
        }
    }
    for (month, calls) in &foreseen.by_month {
        *found.by_month.entry(*month).or_default() += calls;
    }
    found.new += foreseen.new;
    found.changed += foreseen.changed;
    found.unchanged += foreseen.unchanged;
    found.rejected += foreseen.rejected;
    let [success, failed, error] = CallClass::ALL.map(|class| foreseen.by_class[class.index()]);
    found.success += success;
    found.failed += failed;
    found.error += error;
    found.in_progress += foreseen.by_class[CallClass::ALL.len()];
    for unknown in &foreseen.unknown_campaigns {
        if let Some(campaign) = found.campaigns.get_mut(unknown) {
            campaign.is_known = false;
        }
    }
    for unknown in foreseen.unknown_voicebots {
        if found.unknown_voicebots.len() < SHOWN_CAMPAIGNS && !found.unknown_voicebots.contains(&unknown) {
            found.unknown_voicebots.push(unknown);
        }
    }
    Ok(())
}

/// What is shown of the calls themselves.
fn note(record: &CallRecord, found: &mut ImportPreview) {
    found.first = Some(found.first.map_or(record.dialed_at, |first| first.min(record.dialed_at)));
    found.last = Some(found.last.map_or(record.dialed_at, |last| last.max(record.dialed_at)));
    if let Some(campaign) = found.campaigns.get_mut(record.campaign.as_str()) {
        campaign.calls += 1;
    } else if found.campaigns.len() < SHOWN_CAMPAIGNS {
        found.campaigns.insert(record.campaign.to_string(), CampaignCalls { calls: 1, is_known: true });
    }
    if found.calls.len() < SHOWN_CALLS {
        found.calls.push(CallRecord { transcript: None, attributes: None, ..record.clone() });
    }
}

/// What a look at the header of a table tells.
struct Sampled {
    columns: Vec<String>,
    fingerprint: String,
    guess: Option<Mapping>,
    missing: Vec<String>,
}

/// Looks at a file that is read as a table, which may be because nothing else is known of it; none where it is of another
/// format, or cannot be read at all, which reading it will say.
async fn sample(file: &NamedFile, options: &Options) -> Result<Option<Sampled>, ImportError> {
    let (file, options) = (file.clone(), options.clone());
    let wanted = StillWanted::new();
    let reader = wanted.reader();
    let look = move || {
        let open = || file.open().map(|(input, _)| reader.of(input)).map_err(ReadError::Io);
        let format = match (options.format, &options.mapping) {
            (Some(format), _) => Ok(format),
            (None, Some(_)) => Ok(Format::Table),
            (None, None) => cdr::format_of(open()?),
        };
        // Nobody can say of which columns calls are made that are not there.
        if let Err(ReadError::Unknown(unknown)) = &format
            && unknown.is_header_alone
        {
            return Ok(None);
        }
        let is_known = format.is_ok();
        if format.is_ok_and(|format| format != Format::Table) {
            return Ok(None);
        }
        let sample = cdr::sample(open()?, 0, &options)?;
        // One column is no table: a text, or a file of another kind.
        let is_table = is_known || sample.columns.len() > 1;
        Ok::<_, ReadError>(is_table.then(|| Sampled {
            columns: sample.columns,
            fingerprint: sample.fingerprint,
            guess: sample.guess.map(|guess| guess.mapping),
            missing: sample.missing,
        }))
    };
    let looked = tokio::task::spawn_blocking(look).await.map_err(|_| ImportError::Panicked)?;
    drop(wanted);
    Ok(looked.unwrap_or(None))
}

/// The mapping that the account has kept for tables with this header, and its name. One that this version cannot read is not
/// used, and the columns are guessed.
async fn kept_mapping(db: &Db, scope: &Scope, fingerprint: &str) -> Result<Option<(String, Mapping)>, StoreError> {
    let kept = mappings::find(&mut db.read().await?, scope, fingerprint).await?;
    Ok(kept.and_then(|SavedMapping { name, mapping, .. }| Some((name, Mapping::from_toml(&mapping).ok()?))))
}

/// The mapping that the account has kept for a file, where it is a table of no known format.
pub async fn mapping_of(
    db: &Db,
    scope: &Scope,
    file: &NamedFile,
    options: &Options,
) -> Result<Option<Mapping>, ImportError> {
    let Some(sampled) = sample(file, options).await? else { return Ok(None) };
    Ok(kept_mapping(db, scope, &sampled.fingerprint).await?.map(|(_, mapping)| mapping))
}

/// The words of which somebody has said what they mean. Yes and no mean something under the name of their column alone.
fn results(mapping: &Mapping) -> BTreeMap<String, String> {
    let said = mapping.results.iter().filter(|(word, _)| !cdr::is_yes_or_no(word));
    said.map(|(word, code)| (word.clone(), code.clone())).collect()
}

/// The columns of each field, by its name.
fn fields(mapping: &Mapping) -> BTreeMap<String, Vec<String>> {
    mapping.columns.iter().map(|(field, place)| (field.name().to_owned(), place.columns.clone())).collect()
}
