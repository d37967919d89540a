//! `ringside recordings`.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::ExitCode,
};

use audio::Raw;
use cdr::Format;
use domain::{CallId, limits::RECORDING_BYTES, text::one_line, time::Zone};
use store::{Db, Scope, SerialDb, recording_files, recordings as stored};
use walkdir::WalkDir;

use super::{
    Failure, account_named, open, progress,
    recording_names::{self, NameSays, Pattern},
};
use crate::{
    clock,
    recordings::{
        Recordings,
        keeping::{KeepError, Keeper, UploadedRecording},
    },
    settings::Settings,
    turns::Turns,
};

/// The exit codes where some files were not stored, and where none was.
const SOME_LEFT: u8 = 1;
const NOTHING_USABLE: u8 = 2;

/// Which files, and how their names are read.
#[derive(Debug, clap::Args)]
pub(super) struct RecordingsArguments {
    /// A folder of recordings, read with the folders in it
    folder: PathBuf,
    /// The account, by the name it is registered by
    #[arg(long)]
    account: String,
    /// How the files are named: {id}, {phone}, {date} and {time} (in the account's time zone), * for anything; such as
    /// "{date}-{time}_{phone}*". Else the id of a call is looked for anywhere in a name, and then what VICIdial writes
    #[arg(long, value_parser = |text: &str| Pattern::new(text))]
    pattern: Option<Pattern>,
    /// Store nothing: say which call each file is of
    #[arg(long)]
    dry_run: bool,
    /// Store a file also where its call has another recording
    #[arg(long)]
    replace: bool,
}

/// What became of a file.
enum FileOutcome {
    Stored(CallId),
    /// The call has this recording.
    WasThere,
    /// The file was left out, for this reason.
    Left(String),
}

pub(super) async fn run(settings: &Settings, arguments: &RecordingsArguments) -> Result<ExitCode, Failure> {
    let files = files(&arguments.folder)?;
    let db = open(settings).await?;
    let account = account_named(&mut db.read().await?, &arguments.account).await?;
    let recordings = Recordings::open(&settings.recordings).map_err(Failure::new)?;
    let (probes, clock) = (Turns::new(1, 1), clock::system());
    let mut matching = Matching {
        db: &db,
        keeper: Keeper { db: SerialDb::from(&db), recordings: &recordings, probes: &probes, clock: &clock },
        // The operator's own command.
        #[expect(clippy::disallowed_methods, reason = "a command works for the operator")]
        scope: Scope::system(account.id),
        zone: account.zone,
        arguments,
    };
    let bar = progress::bar("Matching", Some(files.len() as u64)).with_message("files");
    let (mut new, mut were_there, mut left) = (0_u64, 0_u64, 0_u64);
    for file in &files {
        let name = one_line(&file.strip_prefix(&arguments.folder).unwrap_or(file).display().to_string());
        let done = matching.store(file).await?;
        let said = match &done {
            FileOutcome::Stored(call) => format!("{name}: call {call}"),
            FileOutcome::WasThere => String::new(),
            FileOutcome::Left(reason) => format!("{name}: left out: {reason}"),
        };
        if !said.is_empty() {
            bar.suspend(|| println!("{said}"));
        }
        *match done {
            FileOutcome::Stored(_) => &mut new,
            FileOutcome::WasThere => &mut were_there,
            FileOutcome::Left(_) => &mut left,
        } += 1;
        bar.inc(1);
    }
    bar.finish_and_clear();
    db.close().await;
    let verb = if arguments.dry_run { "would be stored" } else { "stored" };
    println!("{} files: {new} {verb}, {were_there} were there before, {left} left out", files.len());
    Ok(match (new + were_there, left) {
        (0, _) => ExitCode::from(NOTHING_USABLE),
        (_, 0) => ExitCode::SUCCESS,
        _ => ExitCode::from(SOME_LEFT),
    })
}

/// The files of a folder in the order of their names, without hidden ones.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let wrong = |error: walkdir::Error| Failure::new(format!("{}: cannot be read: {error}", folder.display()));
    let is_hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter();
    let shown = entries.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.file_name()));
    let files = shown.filter(|entry| entry.as_ref().map_or(true, |entry| entry.file_type().is_file()));
    files.map(|entry| Ok(entry.map_err(wrong)?.into_path())).collect()
}

struct Matching<'a> {
    db: &'a Db,
    keeper: Keeper<'a>,
    scope: Scope,
    zone: Zone,
    arguments: &'a RecordingsArguments,
}

impl Matching<'_> {
    async fn store(&mut self, path: &Path) -> Result<FileOutcome, Failure> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let call = match self.call(&name).await? {
            Ok(call) => call,
            Err(reason) => return Ok(FileOutcome::Left(reason)),
        };
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let (bytes, file) = match opened {
            Ok(opened) => opened,
            Err(error) => return Ok(FileOutcome::Left(format!("it cannot be read: {error}"))),
        };
        if bytes > RECORDING_BYTES {
            return Ok(FileOutcome::Left("it is larger than 512 MiB".to_owned()));
        }
        let before = {
            let mut conn = self.db.read().await?;
            stored::lookup(&mut conn, &self.scope, &call).await?
        };
        match before {
            Some(before) if before.bytes == bytes => return Ok(FileOutcome::WasThere),
            Some(_) if !self.arguments.replace => {
                let reason = format!("call {call} has another recording; --replace stores this one in its place");
                return Ok(FileOutcome::Left(reason));
            }
            _ => {}
        }
        if self.arguments.dry_run {
            return Ok(FileOutcome::Stored(call));
        }
        match self.keeper.keep(&self.scope, &call, UploadedRecording { file, bytes, raw: Raw::of_name(&name) }).await {
            Ok(_) => Ok(FileOutcome::Stored(call)),
            Err(KeepError::NotAudio(reason)) => Ok(FileOutcome::Left(format!("it {reason}"))),
            Err(KeepError::NoCall) => Ok(FileOutcome::Left(format!("call {call} was deleted"))),
            Err(error) => Err(Failure::new(format!("{}: {error}", path.display()))),
        }
    }

    /// The call that a file of this name is of, or why it is of none.
    async fn call(&self, name: &str) -> Result<Result<CallId, String>, Failure> {
        let said = match &self.arguments.pattern {
            Some(pattern) => vec![pattern.read(name)],
            None => recording_names::read(name),
        };
        let mut conn = self.db.read().await?;
        let mut reason = "its name does not say of which call it is".to_owned();
        for said in said {
            match said {
                NameSays::Nothing => {}
                NameSays::Ids(ids) => {
                    let plain: Vec<&str> = ids.iter().map(String::as_str).collect();
                    let mut known = recording_files::known_ids(&mut conn, &self.scope, &plain).await?;
                    if known.is_empty() {
                        // Calls of other systems' files are called by the system and their id there.
                        let named = |format: Format| ids.iter().map(move |id| format!("{}:{id}", format.name()));
                        let named: Vec<String> = Format::ALL.into_iter().flat_map(named).collect();
                        let named: Vec<&str> = named.iter().map(String::as_str).collect();
                        known = recording_files::known_ids(&mut conn, &self.scope, &named).await?;
                    }
                    let length =
                        |id: &CallId| ids.iter().filter(|said| id.as_str().ends_with(*said)).map(String::len).max();
                    let longest = known.iter().filter_map(length).max();
                    let mut found = known.into_iter().filter(|id| length(id) == longest);
                    match (found.next(), found.next()) {
                        (Some(call), None) => return Ok(Ok(call)),
                        (Some(one), Some(other)) => {
                            let (one, other) = if one < other { (one, other) } else { (other, one) };
                            return Ok(Err(format!("its name has the ids of two calls, {one} and {other}")));
                        }
                        (None, _) => "no call has an id that is in its name".clone_into(&mut reason),
                    }
                }
                NameSays::PhoneAt(phone, wall_ms) => {
                    let at = self.zone.instant(wall_ms);
                    let mut calls = recording_files::of_phone_around(&mut conn, &self.scope, &phone, at).await?;
                    match calls.len() {
                        0 => "no call to its number had begun and not ended at its time".clone_into(&mut reason),
                        1 => return Ok(Ok(calls.remove(0))),
                        n => return Ok(Err(format!("{n} calls to its number may be meant, {} among them", calls[0]))),
                    }
                }
            }
        }
        Ok(Err(reason))
    }
}
