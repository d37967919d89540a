//! The workbook of a campaign: an overview sheet and the call list.
//!
//! Calls are read by keyset pages and go through a bounded channel to a thread of their own, which writes them to a
//! temporary file of the sheet and packs that in the end: the memory does not grow with the number of calls, and no
//! answer to a slow receiver keeps the database waiting.
//!
//! Overview and call sheet are read from one snapshot. It is let go after [`SNAPSHOT`], so that a long export does not
//! keep SQLite's log or PostgreSQL's dead rows for minutes. What is read afterwards is another snapshot: if the account's
//! revision is still the same, nothing can differ. If it is not, the sums of the calls that were written are compared with
//! those of the list as it is at the end, where the report is read again; a difference is said on the overview sheet.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use app::Text;
use domain::{
    Call, CallFilter, CampaignId, CampaignSummary, Code, Currency, Language, Period, Report, ReportQuery, Role,
    Timestamp, time::Zone,
};
use rust_xlsxwriter::{DocProperties, Workbook, XlsxError};
use store::{Conn, Db, PageRequest, Scope, StoreError, accounts, calls, campaigns, report, result_codes};
use tokio::sync::mpsc;

use super::{
    call_sheets::{CallSheets, EXCEL_ROWS},
    columns::Labels,
    overview_sheet::{self, Note, Overview},
};
use crate::api::csv::seen_by;

/// How long one snapshot of the database is read from.
const SNAPSHOT: Duration = Duration::from_secs(10);
/// Calls read and written at once.
const SLICE: u32 = 1_000;
/// Slices that wait to be written.
const SLICES_AHEAD: usize = 4;
/// From so many calls on, a file is packed for speed: it becomes a fifth larger and is made in half the time.
const PACK_QUICKLY: u64 = 100_000;

/// Which workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The campaign.
    pub campaign: CampaignId,
    /// Which calls the call sheet holds; the overview is over their period.
    pub filter: CallFilter,
    /// The language of its words.
    pub language: Language,
    /// How much at once.
    pub limits: Limits,
}

/// How much is read and written at once; the tests have lower ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Rows of a sheet, its header among them.
    pub sheet_rows: u32,
    /// Calls read at once, 1 to 1,000.
    pub slice: u32,
    /// How long one snapshot of the database is read from.
    pub snapshot: Duration,
}

impl Default for Limits {
    /// Those of Excel and of a server.
    fn default() -> Self {
        Self { sheet_rows: EXCEL_ROWS, slice: SLICE, snapshot: SNAPSHOT }
    }
}

impl Asked {
    /// The campaign over a period, all calls.
    pub fn whole(campaign: CampaignId, period: Period, language: Language) -> Self {
        Self::filtered(campaign, CallFilter { period, ..CallFilter::default() }, language)
    }

    /// The calls that a filter lets through.
    pub fn filtered(campaign: CampaignId, filter: CallFilter, language: Language) -> Self {
        Self { campaign, filter, language, limits: Limits::default() }
    }
}

/// How far a workbook is; shared with whoever shows it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Calls that will be written, once they are counted.
    pub total: AtomicU64,
    /// Calls written so far.
    pub written: AtomicU64,
    /// Bytes of the packed file so far.
    pub packed: AtomicU64,
    /// Whether all calls are read.
    pub packing: AtomicBool,
}

/// A finished workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The file's size.
    pub bytes: u64,
    /// Calls in it.
    pub calls: u64,
    /// Whether the call sheet and the figures are of the same calls.
    pub agrees: bool,
}

/// Why a workbook could not be made.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The workbook or the disk.
    #[error("the workbook cannot be written")]
    Workbook(#[from] XlsxError),
    /// The file.
    #[error("the file cannot be written")]
    File(#[from] std::io::Error),
    /// The thread that writes ended before its time.
    #[error("the thread that writes the workbook ended")]
    Ended,
}

impl FileError {
    /// Whether the disk is full or may not be written to.
    pub fn is_unwritable(&self) -> bool {
        let by_disk = |error: &std::io::Error| {
            use std::io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
            matches!(error.kind(), PermissionDenied | QuotaExceeded | ReadOnlyFilesystem | StorageFull)
        };
        match self {
            Self::File(error) | Self::Workbook(XlsxError::IoError(error)) => by_disk(error),
            Self::Store(error) => error.is_unwritable(),
            _ => false,
        }
    }
}

/// Writes the workbook of a whole campaign, in this language, to this file; `None`: the account has no such campaign. Phone
/// numbers are shown as `scope`'s role may see them. Gives the figures that it holds, so that a mail beside it says the
/// same.
pub async fn write_campaign(
    db: &Db,
    scope: &Scope,
    campaign: &CampaignId,
    language: Language,
    now: Timestamp,
    file: &Path,
) -> Result<Option<(Written, CampaignSummary, Report)>, FileError> {
    let asked = Asked::whole(campaign.clone(), Period::Whole, language);
    let written = write_with_figures(db, scope, &asked, now, file, &Arc::default()).await?;
    Ok(written.map(|(written, found)| (written, found.campaign, found.report)))
}

/// Writes a workbook to a file. `None`: the account has no such campaign.
pub async fn write(
    db: &Db,
    scope: &Scope,
    asked: &Asked,
    now: Timestamp,
    file: &Path,
    progress: &Arc<Progress>,
) -> Result<Option<Written>, FileError> {
    let written = write_with_figures(db, scope, asked, now, file, progress).await?;
    Ok(written.map(|(written, _)| written))
}

async fn write_with_figures(
    db: &Db,
    scope: &Scope,
    asked: &Asked,
    now: Timestamp,
    file: &Path,
    progress: &Arc<Progress>,
) -> Result<Option<(Written, Found)>, FileError> {
    let mut reading = Reading::begin(db, scope, asked, now).await?;
    let Some(found) = reading.found().await? else { return Ok(None) };
    progress.total.store(found.listed.calls, Relaxed);
    let output = BufWriter::new(File::create(file)?);
    let (sender, receiver) = mpsc::channel(SLICES_AHEAD);
    let packed = Packing { output, progress: Arc::clone(progress) };
    let writing = Writing::new(asked, &found, reading.zone, reading.labels().await?);
    let writer = tokio::task::spawn_blocking(move || writing.run(receiver, packed));
    let outcome = reading.pass_on(found, &sender, progress).await;
    drop(sender);
    // If writing failed, reading only saw that nobody listened any more: the writer's error is the reason.
    writer.await.map_err(|_| FileError::Ended)??;
    let (calls, agrees, found) = outcome?;
    Ok(Some((Written { bytes: std::fs::metadata(file)?.len(), calls, agrees }, found)))
}

/// What the writing thread gets.
enum Message {
    Calls(Vec<Call>),
    /// All calls are there; the figures that they belong to.
    Finish(Box<Overview>),
}

/// What is read at the begin, and again at the end where something changed meanwhile.
struct Found {
    campaign: CampaignSummary,
    report: Report,
    listed: Sums,
}

/// What the written calls and the list must agree in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sums {
    calls: u64,
    talk_time: i64,
    blocks: i64,
    cost: i64,
}

/// What was written.
#[derive(Default)]
struct Counted {
    sums: Sums,
    /// Finished calls by code.
    codes: BTreeMap<Code, u64>,
}

impl Counted {
    fn add(&mut self, call: &Call) {
        self.sums.calls += 1;
        self.sums.talk_time += call.talk_time;
        self.sums.blocks += call.blocks;
        self.sums.cost += call.cost.0;
        if let Some(code) = &call.result_code {
            match self.codes.get_mut(code) {
                Some(count) => *count += 1,
                None => drop(self.codes.insert(code.clone(), 1)),
            }
        }
    }

    /// Whether these are the calls that were found: by their sums, and, where all of the period are listed, by their codes.
    fn agrees_with(&self, found: &Found, filter: &CallFilter) -> bool {
        let found_codes = found.report.by_code.iter().filter(|code| code.calls > 0);
        let found_codes: BTreeMap<Code, u64> = found_codes.map(|code| (code.code.clone(), code.calls)).collect();
        self.sums == found.listed && (filter.is_narrowed() || self.codes == found_codes)
    }
}

struct Reading<'a> {
    db: &'a Db,
    scope: &'a Scope,
    asked: &'a Asked,
    now: Timestamp,
    zone: Zone,
    conn: Conn,
    since: Instant,
    revision: i64,
}

impl<'a> Reading<'a> {
    async fn begin(db: &'a Db, scope: &'a Scope, asked: &'a Asked, now: Timestamp) -> Result<Self, StoreError> {
        let mut conn = db.read().await?;
        // The first statement is what fixes the snapshot.
        let revision = accounts::revision(&mut conn, scope).await?;
        let account = accounts::lookup(&mut conn, scope).await?;
        let zone = app::state::zone_of(&account);
        Ok(Self { db, scope, asked, now, zone, conn, since: Instant::now(), revision })
    }

    async fn labels(&mut self) -> Result<Labels, StoreError> {
        Ok(Labels::new(result_codes::list(&mut self.conn, self.scope).await?))
    }

    /// What is in the present snapshot.
    async fn found(&mut self) -> Result<Option<Found>, StoreError> {
        let Asked { campaign, filter, .. } = self.asked;
        let Some(summary) = campaigns::lookup(&mut self.conn, self.scope, campaign).await? else { return Ok(None) };
        let query = ReportQuery { campaign: campaign.clone(), period: filter.period };
        let Some(report) = report::read(&mut self.conn, self.scope, &query, self.now).await? else { return Ok(None) };
        let today = self.zone.local(self.now).day();
        let one = PageRequest { limit: 1, ..PageRequest::default() };
        let page = calls::page(&mut self.conn, self.scope, campaign, filter, today, &one).await?;
        let Some(page) = page else { return Ok(None) };
        let listed = Sums {
            calls: page.sums.calls,
            talk_time: page.sums.talk_time,
            blocks: page.sums.blocks,
            cost: page.sums.cost.0,
        };
        Ok(Some(Found { campaign: summary, report, listed }))
    }

    /// Begins another snapshot where the present one has served long enough; whether it is a different state.
    async fn renew(&mut self) -> Result<bool, StoreError> {
        if self.since.elapsed() < self.asked.limits.snapshot {
            return Ok(false);
        }
        self.conn = self.db.read().await?;
        self.since = Instant::now();
        let before = self.revision;
        self.revision = accounts::revision(&mut self.conn, self.scope).await?;
        Ok(self.revision != before)
    }

    /// Reads all calls and passes them on, then the overview: how many calls, whether they are those of the figures, and
    /// these.
    async fn pass_on(
        mut self,
        mut found: Found,
        to: &mpsc::Sender<Message>,
        progress: &Progress,
    ) -> Result<(u64, bool, Found), FileError> {
        let Asked { campaign, filter, .. } = self.asked;
        let today = self.zone.local(self.now).day();
        let (mut written, mut changed) = (Counted::default(), false);
        let mut request = PageRequest { limit: self.asked.limits.slice, ..PageRequest::default() };
        loop {
            changed |= self.renew().await?;
            let slice = calls::slice(&mut self.conn, self.scope, campaign, filter, today, &request).await?;
            // A campaign cannot be deleted; if it ever can, the list ends here, and the sums tell.
            let Some(slice) = slice else { break };
            slice.calls.iter().for_each(|call| written.add(call));
            let calls = seen_by(self.scope, slice.calls);
            to.send(Message::Calls(calls)).await.map_err(|_| FileError::Ended)?;
            progress.written.store(written.sums.calls, Relaxed);
            request.cursor = slice.next;
            if request.cursor.is_none() {
                break;
            }
        }
        if changed && let Some(now) = self.found().await? {
            found = now;
        }
        let agrees = written.agrees_with(&found, filter);
        let overview = self.overview(&found, written.sums, agrees).await?;
        // The snapshot ends before the file is packed.
        drop(self.conn);
        progress.packing.store(true, Relaxed);
        to.send(Message::Finish(Box::new(overview))).await.map_err(|_| FileError::Ended)?;
        Ok((written.sums.calls, agrees, found))
    }

    async fn overview(&mut self, found: &Found, written: Sums, agrees: bool) -> Result<Overview, StoreError> {
        let text = Text(self.asked.language);
        let filter = &self.asked.filter;
        let calls = text.calls(written.calls);
        let mut notes = Vec::new();
        if filter.is_narrowed() {
            let pairs = CallFilter { period: Period::Whole, sort: domain::CallSort::default(), ..filter.clone() };
            let pairs = pairs.to_pairs().into_iter().map(|(name, value)| format!("{name}={value}"));
            notes
                .push(Note { text: text.workbook_filter(&pairs.collect::<Vec<_>>().join(", "), &calls), warns: false });
        } else {
            notes.push(Note { text: text.workbook_whole(&calls), warns: false });
        }
        if !self.scope.role().may(Role::Manager) {
            notes.push(Note { text: text.workbook_masked().to_owned(), warns: false });
        }
        if !agrees {
            let text = text.workbook_moved(&calls, &text.calls(found.listed.calls));
            notes.push(Note { text, warns: true });
        }
        let codes = result_codes::list(&mut self.conn, self.scope).await?;
        Ok(Overview {
            has_goals: codes.iter().any(|code| code.is_goal),
            in_range: filter.period != Period::Whole,
            campaign: found.campaign.clone(),
            report: found.report.clone(),
            zone: self.zone,
            notes,
        })
    }
}

/// The side that writes, on a thread of its own.
struct Writing {
    workbook: Workbook,
    sheets: CallSheets,
    language: Language,
}

impl Writing {
    fn new(asked: &Asked, found: &Found, zone: Zone, labels: Labels) -> Self {
        let mut workbook = Workbook::new();
        let properties = DocProperties::new().set_title(&found.campaign.campaign.name).set_company("Ringside");
        workbook.set_properties(&properties);
        workbook.set_zip_compression_level(if found.listed.calls >= PACK_QUICKLY { 1 } else { 6 });
        // The overview is the first sheet and is filled last, when it is certain which figures belong to the calls.
        workbook.add_worksheet();
        let currency: Currency = found.report.currency.clone();
        let sheets = CallSheets::new(asked.language, zone, currency, labels, asked.limits.sheet_rows);
        Self { workbook, sheets, language: asked.language }
    }

    fn run(mut self, mut messages: mpsc::Receiver<Message>, output: Packing) -> Result<(), FileError> {
        while let Some(message) = messages.blocking_recv() {
            match message {
                Message::Calls(calls) => self.sheets.write(&mut self.workbook, &calls)?,
                Message::Finish(overview) => {
                    self.sheets.finish(&mut self.workbook)?;
                    let sheet = self.workbook.worksheet_from_index(0)?;
                    overview_sheet::write(sheet, &overview, Text(self.language))?;
                    let mut output = output;
                    self.workbook.save_to_writer(&mut output)?;
                    return Ok(output.flush()?);
                }
            }
        }
        // Reading broke off; its error is the one that counts.
        Ok(())
    }
}

/// The packed file, its bytes counted for whoever waits.
struct Packing {
    output: BufWriter<File>,
    progress: Arc<Progress>,
}

impl Write for Packing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.output.write(bytes)?;
        self.progress.packed.fetch_add(written as u64, Relaxed);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.output.flush()
    }
}
