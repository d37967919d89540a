//! The workbook of a call list: the calls, and before them a sheet of figures. For a campaign's calls that is the
//! campaign's overview, for the account's the counts and sums of the list.
//!
//! Calls are read by keyset pages and go through a bounded channel to a thread of their own, which writes them to a
//! temporary file of the sheet and packs that in the end: the memory does not grow with the number of calls, and no
//! answer to a slow receiver keeps the database waiting.
//!
//! Figures and call sheet are read from one snapshot. It is let go after [`SNAPSHOT`], so that a long export does not
//! keep SQLite's log or PostgreSQL's dead rows for minutes. What is read afterwards is another snapshot: if the account's
//! revision is still the same, nothing can differ. If it is not, the sums of the calls that were written are compared with
//! those of the list as it is at the end, where the figures are read again; a difference is said on their sheet.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufWriter, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use app::{Text, day_notes::NotedDays};
use domain::{
    Call, CallFilter, CampaignId, CampaignSummary, Code, CodeMeanings, Currency, Language, Money, Period, Report,
    ReportQuery, Timestamp, time::Zone,
};
use rust_xlsxwriter::{DocProperties, Workbook, XlsxError};
use serde::{Deserialize, Serialize};
use store::{
    PageRequest, Scope, SerialDb, Snapshots, StoreError, accounts, calls, campaigns, day_notes, report, result_codes,
    voicebots,
};
use tokio::{sync::mpsc, task::JoinError};

use super::{
    call_sheets::{CallSheets, EXCEL_ROWS},
    columns::Labels,
    list_sheet::{self, Summary},
    overview_sheet::{self, Note, OverviewSheetInput},
};
use crate::failure::FULL;

/// How long one snapshot of the database is read from.
const SNAPSHOT: Duration = Duration::from_secs(10);
/// Calls read and written at once.
const SLICE: u32 = 1_000;
/// Slices that wait to be written.
const SLICES_AHEAD: usize = 4;
/// From so many calls on, a file is packed for speed: it becomes a fifth larger and is made in half the time.
const PACK_QUICKLY: u64 = 100_000;

/// Which workbook. Kept with an export as JSON, the filter as the parameters of an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkbookQuery {
    /// The campaign; none for the calls of the account.
    pub campaign: Option<CampaignId>,
    /// Which calls the call sheet holds; the overview is over their period.
    #[serde(with = "as_parameters")]
    pub filter: CallFilter,
    /// The language of its words.
    pub language: Language,
    /// How much at once.
    #[serde(skip)]
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

impl WorkbookQuery {
    /// The campaign over a period, all calls.
    pub fn whole(campaign: CampaignId, period: Period, language: Language) -> Self {
        Self::filtered(Some(campaign), CallFilter { period, ..CallFilter::default() }, language)
    }

    /// The calls of a campaign, or of the account, that a filter lets through.
    pub fn filtered(campaign: Option<CampaignId>, filter: CallFilter, language: Language) -> Self {
        Self { campaign, filter, language, limits: Limits::default() }
    }

    /// The name under which it is saved.
    pub fn file_name(&self, today: domain::Day) -> String {
        format!("{}-{today}.xlsx", self.campaign.as_ref().map_or("calls", CampaignId::as_str))
    }
}

/// A filter as the parameters of an address, which every version of the program reads.
mod as_parameters {
    use domain::CallFilter;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub fn serialize<S: Serializer>(filter: &CallFilter, serializer: S) -> Result<S::Ok, S::Error> {
        filter.to_pairs().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<CallFilter, D::Error> {
        let pairs = Vec::<(String, String)>::deserialize(deserializer)?;
        let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        CallFilter::from_pairs(pairs)
            .map(|(filter, _)| filter)
            .map_err(|error| D::Error::custom(format_args!("{} {}", error.field, error.reason)))
    }
}

/// How far a workbook is; shared with whoever shows it.
#[derive(Debug, Default)]
pub struct WorkbookProgress {
    /// Calls that will be written, once they are counted.
    pub total: AtomicU64,
    /// Calls written so far.
    pub written: AtomicU64,
    /// Bytes of the packed file so far.
    pub packed: AtomicU64,
    /// Whether all calls are read.
    pub packing: AtomicBool,
    /// Whether nobody waits for it any more.
    is_left: AtomicBool,
}

/// Whoever waits for a workbook: what is left by them is not packed to its end.
struct WorkbookWaiter(Arc<WorkbookProgress>);

impl Drop for WorkbookWaiter {
    fn drop(&mut self) {
        self.0.is_left.store(true, Relaxed);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishedWorkbook {
    /// The file's size.
    pub bytes: u64,
    pub calls: u64,
    /// Whether the call sheet and the figures are of the same calls.
    pub agrees: bool,
    /// When its figures were read; none in what was written before this was kept.
    #[serde(default)]
    pub as_of: Option<Timestamp>,
}

/// Why a workbook could not be made.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the workbook cannot be written")]
    Workbook(#[source] XlsxError),
    /// The file, or one of those that it is made from.
    #[error("the file cannot be written")]
    File(#[from] std::io::Error),
    /// The thread that writes ended before its time.
    #[error("the thread that writes the workbook ended")]
    Ended,
}

impl From<XlsxError> for FileError {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::IoError(error) | XlsxError::TempFileError(_, error) => Self::File(error),
            XlsxError::ZipError(error) => Self::File(error.into()),
            error => Self::Workbook(error),
        }
    }
}

impl From<JoinError> for FileError {
    /// `rust_xlsxwriter` panics where it cannot write the temporary file of a sheet; what the system said stands in its words.
    fn from(ended: JoinError) -> Self {
        let Ok(panic) = ended.try_into_panic() else { return Self::Ended };
        let words = panic.downcast_ref::<String>().map_or("", String::as_str);
        let said = FULL.into_iter().find(|kind| words.contains(&format!("kind: {kind:?}")));
        said.map_or(Self::Ended, |kind| Self::File(kind.into()))
    }
}

/// Writes the workbook of a whole campaign, in this language, to this empty file; `None`: the account has no such campaign. Phone
/// numbers are shown as `scope`'s role may see them. Gives the figures that it holds, so that a mail beside it says the
/// same.
pub async fn write_campaign(
    db: impl Into<SerialDb>,
    scope: &Scope,
    campaign: &CampaignId,
    language: Language,
    now: Timestamp,
    file: &File,
) -> Result<Option<(FinishedWorkbook, CampaignSummary, Report)>, FileError> {
    let asked = WorkbookQuery::whole(campaign.clone(), Period::Whole, language);
    let Some((written, found)) = write_with_figures(db.into(), scope, &asked, now, file, &Arc::default()).await? else {
        return Ok(None);
    };
    match found.figures {
        Figures::Campaign(of) => Ok(Some((written, of.0, of.1))),
        Figures::Account(_) => Ok(None),
    }
}

/// Writes a workbook to an empty file. `None`: the account has no such campaign.
pub async fn write(
    db: impl Into<SerialDb>,
    scope: &Scope,
    asked: &WorkbookQuery,
    now: Timestamp,
    file: &File,
    progress: &Arc<WorkbookProgress>,
) -> Result<Option<FinishedWorkbook>, FileError> {
    let written = write_with_figures(db.into(), scope, asked, now, file, progress).await?;
    Ok(written.map(|(written, _)| written))
}

async fn write_with_figures(
    db: SerialDb,
    scope: &Scope,
    asked: &WorkbookQuery,
    now: Timestamp,
    file: &File,
    progress: &Arc<WorkbookProgress>,
) -> Result<Option<(FinishedWorkbook, ListTotals)>, FileError> {
    let mut reading = ListReading::begin(db, scope, asked, now).await?;
    let Some(found) = reading.found().await? else { return Ok(None) };
    progress.total.store(found.listed.calls, Relaxed);
    let output = BufWriter::new(file.try_clone()?);
    let _waiting = WorkbookWaiter(Arc::clone(progress));
    let (sender, receiver) = mpsc::channel(SLICES_AHEAD);
    let packed = Packing { output, progress: Arc::clone(progress) };
    let writing = Writing::new(asked, &found, reading.zone, reading.currency.clone(), reading.labels().await?);
    let writer = tokio::task::spawn_blocking(move || writing.run(receiver, packed));
    let outcome = reading.pass_on(found, &sender, progress).await;
    drop(sender);
    // If writing failed, reading only saw that nobody listened any more: the writer's error is the reason.
    writer.await??;
    let (calls, agrees, found) = outcome?;
    Ok(Some((FinishedWorkbook { bytes: file.metadata()?.len(), calls, agrees, as_of: Some(now) }, found)))
}

/// What the writing thread gets.
enum ToWriter {
    Calls(Vec<Call>),
    /// All calls are there; the figures that they belong to.
    Finish(Front),
}

/// The sheet before the calls.
enum Front {
    Campaign(Box<OverviewSheetInput>),
    Account(Box<Summary>),
}

/// What is read at the begin, and again at the end where something changed meanwhile.
struct ListTotals {
    figures: Figures,
    listed: ListSums,
}

/// The figures that stand before the calls.
enum Figures {
    /// Of the campaign, over the period of the list.
    Campaign(Box<(CampaignSummary, Report)>),
    /// Of the account's list itself: its calls by code, those in progress under ''.
    Account(Vec<(String, u64)>),
}

/// What the written calls and the list must agree in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct ListSums {
    calls: u64,
    talk_time: i64,
    blocks: i64,
    cost: i64,
}

/// Sums and codes of the rows so far, for the line of totals.
#[derive(Default)]
struct WrittenCalls {
    sums: ListSums,
    /// Finished calls by code.
    codes: BTreeMap<Code, u64>,
}

impl WrittenCalls {
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
    fn agrees_with(&self, found: &ListTotals, filter: &CallFilter) -> bool {
        let (is_comparable, codes): (bool, BTreeMap<&str, u64>) = match &found.figures {
            Figures::Campaign(of) => {
                let codes = of.1.by_code.iter().filter(|code| code.calls > 0);
                (!filter.is_narrowed(), codes.map(|code| (code.code.as_str(), code.calls)).collect())
            }
            Figures::Account(codes) => {
                let codes = codes.iter().filter(|(code, calls)| !code.is_empty() && *calls > 0);
                (true, codes.map(|(code, calls)| (code.as_str(), *calls)).collect())
            }
        };
        let written: BTreeMap<&str, u64> = self.codes.iter().map(|(code, calls)| (code.as_str(), *calls)).collect();
        self.sums == found.listed && (!is_comparable || written == codes)
    }
}

struct ListReading<'a> {
    snapshots: Snapshots,
    scope: &'a Scope,
    asked: &'a WorkbookQuery,
    now: Timestamp,
    zone: Zone,
    currency: Currency,
    /// What the codes meant when the file was begun.
    meanings: CodeMeanings,
    since: Instant,
    revision: i64,
}

impl<'a> ListReading<'a> {
    async fn begin(
        db: SerialDb,
        scope: &'a Scope,
        asked: &'a WorkbookQuery,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut snapshots = db.snapshots();
        let conn = snapshots.present().await?;
        // The first statement is what fixes the snapshot.
        let revision = accounts::revision(conn, scope).await?;
        let account = accounts::lookup(conn, scope).await?;
        let zone = account.zone;
        let currency = account.currency;
        let meanings = CodeMeanings::of(&result_codes::list(conn, scope).await?);
        Ok(Self { snapshots, scope, asked, now, zone, currency, meanings, since: Instant::now(), revision })
    }

    async fn labels(&mut self) -> Result<Labels, StoreError> {
        let (scope, campaign) = (self.scope, self.asked.campaign.as_ref());
        Labels::read(self.snapshots.present().await?, scope, campaign).await
    }

    /// What is in the present snapshot.
    async fn found(&mut self) -> Result<Option<ListTotals>, StoreError> {
        let (scope, now, asked) = (self.scope, self.now, self.asked);
        let WorkbookQuery { campaign, filter, .. } = asked;
        let today = self.zone.local(now).day();
        let conn = self.snapshots.present().await?;
        let figures = if let Some(id) = campaign {
            let Some(summary) = campaigns::lookup(conn, scope, id).await? else { return Ok(None) };
            let query = ReportQuery { campaign: id.clone(), period: filter.period };
            let Some(report) = report::read(conn, scope, &query, now).await? else { return Ok(None) };
            Figures::Campaign(Box::new((summary, report)))
        } else {
            let codes = calls::count_by_code(conn, scope, None, filter, today).await?;
            Figures::Account(codes.unwrap_or_default())
        };
        let sums = calls::sums(conn, scope, campaign.as_ref(), filter, today).await?;
        let Some(calls::CallSums { calls, talk_time, blocks, cost, .. }) = sums else { return Ok(None) };
        let listed = ListSums { calls, talk_time, blocks, cost: cost.0 };
        Ok(Some(ListTotals { figures, listed }))
    }

    /// Begins another snapshot where the present one has served long enough; whether it is a different state.
    async fn renew(&mut self) -> Result<bool, StoreError> {
        if self.since.elapsed() < self.asked.limits.snapshot {
            return Ok(false);
        }
        self.snapshots.end();
        let conn = self.snapshots.present().await?;
        self.since = Instant::now();
        let before = self.revision;
        self.revision = accounts::revision(conn, self.scope).await?;
        Ok(self.revision != before)
    }

    /// Reads all calls and passes them on, then the overview: how many calls, whether they are those of the figures, and
    /// these.
    async fn pass_on(
        mut self,
        mut found: ListTotals,
        to: &mpsc::Sender<ToWriter>,
        progress: &WorkbookProgress,
    ) -> Result<(u64, bool, ListTotals), FileError> {
        let WorkbookQuery { campaign, filter, .. } = self.asked;
        let today = self.zone.local(self.now).day();
        let (mut written, mut changed) = (WrittenCalls::default(), false);
        let mut request = PageRequest { limit: self.asked.limits.slice, ..PageRequest::default() };
        loop {
            changed |= self.renew().await?;
            let scope = self.scope;
            let conn = self.snapshots.present().await?;
            let by = &self.meanings;
            let slice = calls::slice(conn, scope, campaign.as_ref(), filter, today, &request, by).await?;
            // A campaign cannot be deleted; if it ever can, the list ends here, and the sums tell.
            let Some(slice) = slice else { break };
            slice.calls.iter().for_each(|call| written.add(call));
            to.send(ToWriter::Calls(slice.calls)).await.map_err(|_| FileError::Ended)?;
            progress.written.store(written.sums.calls, Relaxed);
            request.cursor = slice.next;
            if request.cursor.is_none() {
                break;
            }
        }
        if changed && let Some(now) = self.found().await? {
            found = now;
        }
        // The calls stand there by the meanings of the beginning.
        let scope = self.scope;
        let meanings = CodeMeanings::of(&result_codes::list(self.snapshots.present().await?, scope).await?);
        let agrees = written.agrees_with(&found, filter) && meanings == self.meanings;
        let front = self.front(&found, written.sums, agrees).await?;
        // The snapshot ends before the file is packed.
        self.snapshots.end();
        progress.packing.store(true, Relaxed);
        to.send(ToWriter::Finish(front)).await.map_err(|_| FileError::Ended)?;
        Ok((written.sums.calls, agrees, found))
    }

    async fn front(&mut self, found: &ListTotals, written: ListSums, agrees: bool) -> Result<Front, StoreError> {
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
        if self.scope.sight().is_masked() {
            notes.push(Note { text: text.workbook_masked().to_owned(), warns: false });
        }
        if !agrees {
            let text = text.workbook_moved(&calls, &text.calls(found.listed.calls));
            notes.push(Note { text, warns: true });
        }
        let scope = self.scope;
        let account = accounts::lookup(self.snapshots.present().await?, scope).await?;
        if account.pricing_again {
            notes.push(Note { text: text.pricing_again().to_owned(), warns: true });
        }
        let codes = result_codes::list(self.snapshots.present().await?, scope).await?;
        let of_days = match &found.figures {
            Figures::Campaign(of) => {
                let range = filter.period.resolve(self.zone.local(self.now).day());
                let conn = self.snapshots.present().await?;
                let written = day_notes::list(conn, scope, Some(&of.0.campaign.id), range).await?;
                NotedDays::of_trend(written.unwrap_or_default(), &of.1.trend)
            }
            Figures::Account(_) => NotedDays::default(),
        };
        Ok(match &found.figures {
            Figures::Campaign(of) => Front::Campaign(Box::new(OverviewSheetInput {
                noted: of_days,
                has_goals: codes.iter().any(|code| code.is_goal),
                in_range: filter.period != Period::Whole,
                campaign: of.0.clone(),
                report: of.1.clone(),
                zone: self.zone,
                notes,
            })),
            Figures::Account(counts) => {
                let bots = voicebots::list(self.snapshots.present().await?, scope).await?;
                let bots = bots.into_iter().filter(|bot| filter.voicebots.contains(&bot.id)).map(|bot| bot.name);
                let ListSums { talk_time, blocks, cost, .. } = found.listed;
                Front::Account(Box::new(Summary {
                    days: filter.period.resolve(self.zone.local(self.now).day()),
                    voicebots: bots.collect(),
                    counts: counts.clone(),
                    codes,
                    talk_time,
                    blocks,
                    cost: Money(cost),
                    as_of: self.zone.local(self.now),
                    account,
                    notes,
                }))
            }
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
    fn new(asked: &WorkbookQuery, found: &ListTotals, zone: Zone, currency: Currency, labels: Labels) -> Self {
        let mut workbook = Workbook::new();
        let (title, currency) = match &found.figures {
            Figures::Campaign(of) => (of.0.campaign.name.as_str(), of.1.currency.clone()),
            Figures::Account(_) => (Text(asked.language).account_calls(), currency),
        };
        let properties = DocProperties::new().set_title(title).set_company("Ringside");
        workbook.set_properties(&properties);
        workbook.set_zip_compression_level(if found.listed.calls >= PACK_QUICKLY { 1 } else { 6 });
        // The figures are the first sheet, which is filled last, when it is certain which figures belong to the calls.
        workbook.add_worksheet();
        let sheets = CallSheets::new(asked.language, zone, currency, labels, asked.limits.sheet_rows);
        Self { workbook, sheets, language: asked.language }
    }

    fn run(mut self, mut messages: mpsc::Receiver<ToWriter>, output: Packing) -> Result<(), FileError> {
        while let Some(message) = messages.blocking_recv() {
            match message {
                ToWriter::Calls(calls) => self.sheets.write(&mut self.workbook, &calls)?,
                ToWriter::Finish(front) => {
                    self.sheets.finish(&mut self.workbook)?;
                    let sheet = self.workbook.worksheet_from_index(0)?;
                    match front {
                        Front::Campaign(overview) => overview_sheet::write(sheet, &overview, Text(self.language))?,
                        Front::Account(summary) => list_sheet::write(sheet, &summary, Text(self.language))?,
                    }
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
    progress: Arc<WorkbookProgress>,
}

impl Write for Packing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.progress.is_left.load(Relaxed) {
            return Err(std::io::Error::other("nobody waits for the workbook"));
        }
        let written = self.output.write(bytes)?;
        self.progress.packed.fetch_add(written as u64, Relaxed);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.output.flush()
    }
}
