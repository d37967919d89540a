//! `ringside import`.

use std::{fs::File, io::ErrorKind, path::PathBuf, process::ExitCode};

use cdr::{Format, Mapping, Options};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use domain::{
    CampaignId,
    import::{Done, OtherCalls},
    time::Zone,
};
use indicatif::ProgressBar;
use store::{
    Scope, StoreError,
    ingest::{BatchAnswer, IngestOptions},
};

use super::{Failure, account_named, import_mapping, open, progress};
use crate::{
    clock,
    failure::chain,
    importing::{
        self, ImportError,
        named_file::NamedFile,
        report::{ImportReport, words},
        storing::{FileProgress, Listener, RecordCounts, Storing},
    },
    settings::Settings,
};

/// Lines that are printed; the others are counted, and all are in the file.
const PRINTED: u64 = 100;

/// The exit codes of a file of which some records were rejected, and of one of which nothing came in.
const SOME_REJECTED: u8 = 1;
const NOTHING_USABLE: u8 = 2;

/// What to read, and how.
#[derive(Debug, clap::Args)]
pub(super) struct ImportArguments {
    /// Files of call records, as they are or in gzip, zstd, zip or a folder; - is standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The account, by the name it is registered by
    #[arg(long, required_unless_present = "show_mapping")]
    account: Option<String>,
    /// The campaign of every call, whatever the file says
    #[arg(long, value_parser = |text: &str| CampaignId::new(text))]
    campaign: Option<CampaignId>,
    /// What is done with calls that came in and internal ones: import them as the others, leave them out, or put them into this
    /// campaign
    #[arg(long, value_name = "import|leave|CAMPAIGN", default_value = "import", value_parser = |text: &str| OtherCalls::try_from(text.to_owned()))]
    inbound: OtherCalls,
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

pub(super) async fn run(settings: &Settings, arguments: &ImportArguments) -> Result<ExitCode, Failure> {
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
        others: arguments.inbound.clone(),
        timezone: arguments.timezone,
        currency: Some(account.currency.clone()),
        mapping,
        latest: Some((clock::system())()),
        ..Options::new(account_zone)
    };
    // The operator's own command.
    #[expect(clippy::disallowed_methods, reason = "a command works for the operator")]
    let scope = Scope::system(account.id);
    let options = importing::with_codes(options, &mut db.read().await?, &scope).await?;
    let report = match &arguments.report {
        Some(path) => {
            let file = File::create(path)
                .map_err(|error| Failure::new(format!("{}: cannot be written: {error}", path.display())))?;
            Some(file)
        }
        None => None,
    };
    let mut report = ImportReport::new(report);
    let ingest = IngestOptions { create_missing: arguments.create, received_at: (clock::system())(), import: None };
    let storing = Storing { db: &db, scope: &scope, options: &options, ingest };
    let (mut rejected, mut stored, mut unread) = (0, 0, false);
    for named in &arguments.files {
        let unusable = |error| Failure::new(format!("{}: cannot be read: {error}", named.display()));
        let files = match NamedFile::all_of(named) {
            Ok(files) => files,
            // What the archive is, as opposed to what the system said.
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                eprintln!("ringside: {}", unusable(error));
                unread = true;
                continue;
            }
            Err(error) => return Err(unusable(error)),
        };
        let (found, mut read) = (files.len(), 0);
        for file in &files {
            let (counts, failure) = import(&storing, file, &mut report).await?;
            if let Some(failure) = failure {
                eprintln!("ringside: {failure}");
                unread = true;
            }
            let Some(counts) = counts else { continue };
            read += 1;
            rejected += counts.answer.rejected;
            stored += counts.stored();
        }
        if read == 0 && !unread {
            eprintln!("ringside: {}: {}", named.display(), ImportError::NothingKnown(found));
            unread = true;
        }
    }
    db.close().await;
    Ok(match (stored, rejected == 0 && !unread) {
        (0, _) => ExitCode::from(NOTHING_USABLE),
        (_, true) => ExitCode::SUCCESS,
        (_, false) => ExitCode::from(SOME_REJECTED),
    })
}

/// Without an account times are read as in Vietnam.
fn show_mapping(arguments: &ImportArguments, mapping: Option<Mapping>) -> Result<ExitCode, Failure> {
    let zone = arguments.timezone.unwrap_or(Zone::HO_CHI_MINH);
    let options = Options {
        campaign: arguments.campaign.clone(),
        others: arguments.inbound.clone(),
        mapping,
        latest: Some((clock::system())()),
        ..Options::new(zone)
    };
    for named in &arguments.files {
        let files = NamedFile::all_of(named)
            .map_err(|error| Failure::new(format!("{}: cannot be read: {error}", named.display())))?;
        import_mapping::show(&files, &options)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Stores a file and prints what became of it. No counts: it was found in a folder or an archive, and is none of call records. A
/// failure: it could not be read, or not to its end.
async fn import(
    storing: &Storing<'_>,
    file: &NamedFile,
    report: &mut ImportReport,
) -> Result<(Option<RecordCounts>, Option<Failure>), Failure> {
    let name = &file.name;
    let mut screen = Screen { name, bar: progress::bytes("Reading", file.size()), by_rows: None, printed: 0 };
    let mut counts = RecordCounts::default();
    let stored = storing.file(file, &mut counts, report, &mut screen).await;
    screen.clear();
    let failure = match stored {
        Ok(Ok(reading)) => {
            println!("{name}: {reading}");
            for warning in &reading.warnings {
                println!("{name}: {warning}");
            }
            if reading.rows == 0 {
                eprintln!("{name}: holds no call records");
            }
            None
        }
        Ok(Err(why)) => {
            eprintln!("{name}: left out: {why}");
            return Ok((None, None));
        }
        Err(error @ ImportError::Unreadable(..)) => Some(failed(&error)),
        Err(error) => return Err(failed(&error)),
    };
    let is_begun = counts.stored() + counts.answer.rejected > 0;
    if failure.is_some() && !is_begun {
        return Ok((None, failure));
    }
    for count in report.finish().map_err(|error| failed(&ImportError::Report(error)))? {
        let reason = count.reason.as_deref().unwrap_or("for other reasons");
        let done = count.done.map(|done| format!("{}: ", words(done))).unwrap_or_default();
        println!("{name}: {reason}: {done}{}", count.lines);
    }
    let RecordCounts {
        answer: BatchAnswer { accepted, updated, unchanged, rejected, over_quota, .. }, warnings, ..
    } = &counts;
    let part = if failure.is_some() { "before it could not be read on, " } else { "" };
    print!("{name}: {part}{accepted} accepted, {updated} updated, {unchanged} unchanged, {rejected} rejected");
    if *over_quota > 0 {
        print!(" ({over_quota} beyond the account's quota of calls)");
    }
    println!("{}", if *warnings > 0 { format!("; {warnings} accepted though odd") } else { String::new() });
    Ok((Some(counts), failure))
}

fn failed(error: &ImportError) -> Failure {
    match error {
        ImportError::Unreadable(name, error) => Failure::new(format!("{name}: {error}")),
        error => Failure::new(chain(error)),
    }
}

/// Tells who sits before it.
struct Screen<'a> {
    name: &'a str,
    bar: ProgressBar,
    by_rows: Option<ProgressBar>,
    printed: u64,
}

impl Screen<'_> {
    fn clear(&self) {
        self.bar.finish_and_clear();
        if let Some(rows) = &self.by_rows {
            rows.finish_and_clear();
        }
    }
}

impl Listener for Screen<'_> {
    fn said(&mut self, line: &str, done: Done) {
        // What is stored all the same is only counted on the screen: a file may have it in every line.
        if done == Done::Rejected && self.printed < PRINTED {
            self.printed += 1;
            self.bar.suspend(|| eprintln!("{line}"));
            if self.printed == PRINTED {
                let name = self.name;
                let more = || eprintln!("{name}: what is wrong further on is only counted; --report FILE has it all");
                self.bar.suspend(more);
            }
        }
    }

    async fn progress(
        &mut self,
        FileProgress { bytes: (read, total), done, rows }: FileProgress,
    ) -> Result<(), StoreError> {
        // A format whose calls come only when all is read: what is left is counted in calls.
        if self.by_rows.is_none() && total.is_some_and(|total| read >= total) && done < rows {
            self.bar.finish_and_clear();
            self.by_rows = Some(progress::bar("Storing", Some(rows)).with_message("calls"));
        }
        if let Some(rows) = &self.by_rows {
            rows.set_position(done);
            return Ok(());
        }
        self.bar.set_position(read);
        self.bar.set_message(format!("{done} calls"));
        Ok(())
    }
}
