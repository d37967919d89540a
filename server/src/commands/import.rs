//! `ringside import`.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Read},
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use cdr::{Format, Mapping, Options, ReadError};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use domain::{CallRecord, CampaignId, Code, ResultCode, time::Zone};
use indicatif::ProgressBar;
use store::{
    Db, Scope,
    ingest::{self, BatchAnswer, IngestOptions},
    result_codes,
};

use super::{
    Failure, account_named,
    import_files::NamedFile,
    import_mapping,
    import_report::{Done, Report},
    open, progress,
};
use crate::{clock, settings::Settings};

/// Calls of one transaction: large enough to be quick, small enough that others get their turn.
const BATCH: usize = 10_000;

/// The exit codes of a file of which some records were rejected, and of one of which nothing came in.
const SOME_REJECTED: u8 = 1;
const NOTHING_USABLE: u8 = 2;

/// What to read, and how.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Files of call records, as they are or in gzip, zstd, zip or a folder; - is standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The account
    #[arg(long, required_unless_present = "show_mapping")]
    account: Option<String>,
    /// The campaign of every call, whatever the file says
    #[arg(long, value_parser = |text: &str| CampaignId::new(text))]
    campaign: Option<CampaignId>,
    /// Make campaigns and voicebots that are not there
    #[arg(long)]
    create: bool,
    /// The format; else it is found out
    #[arg(long, value_parser = formats())]
    format: Option<Format>,
    /// The time zone of times that carry none
    #[arg(long, value_parser = |name: &str| Zone::new(name))]
    timezone: Option<Zone>,
    /// A file that says which column of a table is which field of a call
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Store nothing: print the mapping of a table that is guessed, or the one of --map, and the first rows as they would be
    /// stored
    #[arg(long)]
    show_mapping: bool,
    /// A file to write all to that was wrong with records, or odd about them; the screen has the first 100
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// Takes the name of a format; the help lists them all.
fn formats() -> impl TypedValueParser<Value = Format> {
    let known = Format::ALL.map(|format| PossibleValue::new(format.name()).help(format.description()));
    PossibleValuesParser::new(known).try_map(|name| Format::from_name(&name).ok_or("is not the name of a format"))
}

/// What became of all records of a file.
#[derive(Debug, Default)]
struct Counts {
    /// Errors and warnings are not kept in it: a file may have millions.
    answer: BatchAnswer,
    warnings: u64,
    /// The result codes of the calls.
    codes: BTreeSet<Code>,
}

impl Counts {
    fn stored(&self) -> u64 {
        self.answer.accepted + self.answer.updated + self.answer.unchanged
    }
}

pub(super) async fn run(settings: &Settings, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let mapping = arguments.map.as_deref().map(import_mapping::read).transpose()?;
    if let Some(format) = arguments.format.filter(|format| mapping.is_some() && *format != Format::Table) {
        return Err(Failure::new(format!("--map is for tables: the columns of the format {format} are known")));
    }
    if arguments.show_mapping {
        return show_mapping(arguments, mapping);
    }
    let db = open(settings).await?;
    let account = {
        let mut conn = db.read().await?;
        account_named(&mut conn, arguments.account.as_deref().unwrap_or_default()).await?
    };
    let account_zone = account.zone;
    let options = Options {
        format: arguments.format,
        campaign: arguments.campaign.clone(),
        timezone: arguments.timezone,
        mapping,
        ..Options::new(account_zone)
    };
    // The operator's own command.
    #[expect(clippy::disallowed_methods, reason = "a command works for the operator")]
    let scope = Scope::system(account.id);
    let report = match &arguments.report {
        Some(path) => {
            let file = File::create(path)
                .map_err(|error| Failure::new(format!("{}: cannot be written: {error}", path.display())))?;
            Some(file)
        }
        None => None,
    };
    let mut report = Report::new(report);
    let (mut rejected, mut stored) = (0, 0);
    for named in &arguments.files {
        let files = NamedFile::all_of(named)
            .map_err(|error| Failure::new(format!("{}: cannot be read: {error}", named.display())))?;
        let (found, mut read) = (files.len(), 0);
        for file in &files {
            let import = Import { db: &db, scope, create: arguments.create, options: &options, file };
            let Some(counts) = import.run(&mut report).await? else { continue };
            read += 1;
            rejected += counts.answer.rejected;
            stored += counts.stored();
        }
        if read == 0 {
            return Err(Failure::new(format!(
                "{}: none of {found} files in it is of a format that is known",
                named.display()
            )));
        }
    }
    db.close().await;
    Ok(match (stored, rejected) {
        (0, _) => ExitCode::from(NOTHING_USABLE),
        (_, 0) => ExitCode::SUCCESS,
        _ => ExitCode::from(SOME_REJECTED),
    })
}

/// Without an account times are read as in Vietnam.
fn show_mapping(arguments: &Arguments, mapping: Option<Mapping>) -> Result<ExitCode, Failure> {
    let zone = arguments.timezone.unwrap_or(Zone::HO_CHI_MINH);
    let options = Options { campaign: arguments.campaign.clone(), mapping, ..Options::new(zone) };
    for named in &arguments.files {
        let files = NamedFile::all_of(named)
            .map_err(|error| Failure::new(format!("{}: cannot be read: {error}", named.display())))?;
        import_mapping::show(&files, &options)?;
    }
    Ok(ExitCode::SUCCESS)
}

struct Import<'a> {
    db: &'a Db,
    scope: Scope,
    create: bool,
    options: &'a Options,
    file: &'a NamedFile,
}

impl Import<'_> {
    fn failed(&self, error: &ReadError) -> Failure {
        Failure::new(format!("{}: {error}", self.file.name))
    }

    /// Nothing where the file was found in a folder or an archive, and is none of call records.
    async fn run(&self, report: &mut Report) -> Result<Option<Counts>, Failure> {
        let wrong = |error: io::Error| Failure::new(format!("{}: cannot be read: {error}", self.file.name));
        let (input, total) = self.file.open().map_err(wrong)?;
        let read = Arc::new(AtomicU64::new(0));
        let input = Counted { input, read: Arc::clone(&read) };
        let bar = progress::bytes("Reading", total);
        let mut records = match cdr::read(input, self.options) {
            Ok(records) => records,
            Err(ReadError::Unknown(unknown)) if self.file.was_found => {
                bar.finish_and_clear();
                eprintln!("{}: left out: {}", self.file.name, unknown.what);
                return Ok(None);
            }
            // A workbook, or another table than the mapping's, among the files of a folder.
            Err(ReadError::Shape { format: Format::Table, reason }) if self.file.was_found => {
                bar.finish_and_clear();
                eprintln!("{}: left out: {reason}", self.file.name);
                return Ok(None);
            }
            Err(error) => return Err(self.failed(&error)),
        };
        let format = records.format();
        let mut counts = Counts::default();
        let mut batch = Vec::with_capacity(BATCH);
        let mut by_rows = None;
        while let Some(record) = records.next() {
            match record {
                Ok((line, record)) => batch.push((usize::try_from(line).unwrap_or(usize::MAX), record)),
                Err(skipped) => {
                    counts.answer.rejected += 1;
                    let about = (skipped.field.as_str(), skipped.reason.as_str());
                    let place = (self.file.name.as_str(), skipped.line);
                    report.say(&bar, place, None, about, Done::Rejected).map_err(not_reported)?;
                }
            }
            if batch.len() == BATCH {
                self.store(format, std::mem::take(&mut batch), &bar, &mut counts, report).await?;
                // A format whose calls come only when all is read: what is left is counted in calls.
                if by_rows.is_none() && total.is_some_and(|total| read.load(Relaxed) >= total) {
                    let rows = progress::bar("Storing", Some(records.reading().rows)).with_message("calls");
                    bar.finish_and_clear();
                    by_rows = Some(rows);
                }
                let done = counts.stored() + counts.answer.rejected;
                if let Some(rows) = &by_rows {
                    rows.set_position(done);
                } else {
                    bar.set_position(read.load(Relaxed));
                    bar.set_message(format!("{done} calls"));
                }
            }
        }
        self.store(format, batch, &bar, &mut counts, report).await?;
        bar.finish_and_clear();
        if let Some(rows) = by_rows {
            rows.finish_and_clear();
        }
        let reading = records.finish().map_err(|error| self.failed(&error))?;
        if counts.stored() > 0 {
            let used = |code: &ResultCode| counts.codes.contains(&code.code);
            self.declare(format.own_codes().into_iter().filter(used).collect()).await?;
        }
        let name = &self.file.name;
        println!("{name}: {reading}");
        for warning in &reading.warnings {
            println!("{name}: {warning}");
        }
        if reading.rows == 0 {
            eprintln!("{name}: holds no call records");
        }
        for said in report.finish().map_err(not_reported)? {
            println!("{name}: {said}");
        }
        let Counts { answer: BatchAnswer { accepted, updated, unchanged, rejected, .. }, warnings, .. } = counts;
        print!("{name}: {accepted} accepted, {updated} updated, {unchanged} unchanged, {rejected} rejected");
        println!("{}", if warnings > 0 { format!("; {warnings} accepted though odd") } else { String::new() });
        Ok(Some(counts))
    }

    /// Declares the codes that the account has no words of its own for.
    async fn declare(&self, codes: Vec<ResultCode>) -> Result<(), Failure> {
        if codes.is_empty() {
            return Ok(());
        }
        let mut conn = self.db.write().await?;
        let declared = result_codes::list(&mut conn, &self.scope).await?;
        for code in codes.iter().filter(|code| declared.iter().all(|known| known.code != code.code)) {
            result_codes::put(&mut conn, &self.scope, code).await?;
        }
        conn.commit().await?;
        Ok(())
    }

    async fn store(
        &self,
        format: Format,
        mut records: Vec<(usize, CallRecord)>,
        bar: &ProgressBar,
        counts: &mut Counts,
        report: &mut Report,
    ) -> Result<(), Failure> {
        if records.is_empty() {
            return Ok(());
        }
        let options = IngestOptions { create_missing: self.create, received_at: (clock::system())() };
        let mut conn = self.db.write().await?;
        if format.has_parts() {
            let ids: Vec<&str> = records.iter().map(|(_, record)| record.id.as_str()).collect();
            let stored = ingest::stored_records(&mut conn, &self.scope, &ids).await?;
            let before = records.len();
            let joined = records.into_iter().filter_map(|(line, record)| match stored.get(&record.id) {
                Some(stored) => Some((line, format.with_stored(stored, record)?)),
                None => Some((line, record)),
            });
            records = joined.collect();
            counts.answer.unchanged += (before - records.len()) as u64;
        }
        counts.codes.extend(records.iter().filter_map(|(_, record)| record.result_code.clone()));
        let mut answer = ingest::put(&mut conn, &self.scope, records, options).await?;
        conn.commit().await?;
        answer.finish();
        let name = self.file.name.as_str();
        for (said, done) in
            [(std::mem::take(&mut answer.errors), Done::Rejected), (std::mem::take(&mut answer.warnings), Done::Stored)]
        {
            if done == Done::Stored {
                counts.warnings += said.len() as u64 + answer.warnings_left_out;
            }
            for error in said {
                let about = (error.field.as_str(), error.reason.as_str());
                report.say(bar, (name, error.index as u64), error.id.as_deref(), about, done).map_err(not_reported)?;
            }
        }
        report.left_out(std::mem::take(&mut answer.errors_left_out) + std::mem::take(&mut answer.warnings_left_out));
        counts.answer.add(answer);
        Ok(())
    }
}

fn not_reported(error: io::Error) -> Failure {
    Failure::new(format!("the report cannot be written: {error}"))
}

/// Counts what was read, for the bar.
struct Counted<R> {
    input: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.read.fetch_add(read as u64, Relaxed);
        Ok(read)
    }
}
