//! The text that Prometheus reads. `deploy/` has a dashboard and alerts of these figures; a test holds that each is here.

use std::{fmt::Write, sync::atomic::AtomicU64, sync::atomic::Ordering::Relaxed, time::Duration};

use store::{
    PoolState, SerialDb, StoreError,
    figures::{self, StoredBytes},
    jobs::{self, JobCount, JobStatus},
};

use super::{BUCKETS, CallsBy, JobMetrics, Metrics, lock};

/// How long the database may take to count jobs and bytes.
const PATIENCE: Duration = Duration::from_secs(3);

/// Places that few may have at once.
#[derive(Debug, Clone, Copy)]
pub struct Places {
    /// What the label says, such as the kind of a job.
    pub of: &'static str,
    /// How many there are.
    pub limit: usize,
    /// How many nobody has.
    pub free: usize,
}

/// Room on the disk of a folder, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// What is kept there: `database`, `recordings` or `temporary`.
    pub of: &'static str,
    /// What may still be written.
    pub free: u64,
    /// The whole disk.
    pub all: u64,
}

/// What the database says of itself; nothing where it does not answer.
#[derive(Debug, Default)]
pub(super) struct DatabaseFigures {
    /// Jobs that are not done.
    pub jobs: Vec<JobCount>,
    pub bytes: Option<StoredBytes>,
    pub answers: bool,
}

impl Metrics {
    /// The text. What the database counts is left out where it does not answer.
    pub async fn render(&self, db: impl Into<SerialDb>, places: &[Places], rooms: &[Room]) -> String {
        let mut db = db.into();
        let asked = async {
            let mut conn = db.read().await?;
            let (jobs, bytes) = (jobs::counts(&mut conn).await?, figures::stored_bytes(&mut conn).await?);
            Ok::<_, StoreError>(DatabaseFigures { jobs, bytes: Some(bytes), answers: true })
        };
        let said = tokio::time::timeout(PATIENCE, asked).await;
        of(self, &db.pools(), &said.ok().and_then(Result::ok).unwrap_or_default(), places, rooms)
    }
}

/// Writes a family of figures: each row is its labels and its value.
fn family(text: &mut String, name: &str, kind: &str, help: &str, rows: &[(String, u64)]) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    for (labels, value) in rows {
        let _ = writeln!(text, "{name}{labels} {value}");
    }
}

fn one(value: u64) -> [(String, u64); 1] {
    [(String::new(), value)]
}

fn count(counter: &AtomicU64) -> [(String, u64); 1] {
    one(counter.load(Relaxed))
}

fn label(name: &str, value: &str) -> String {
    format!("{{{name}=\"{value}\"}}")
}

pub(super) fn of(
    metrics: &Metrics,
    pools: &[PoolState],
    database: &DatabaseFigures,
    places: &[Places],
    rooms: &[Room],
) -> String {
    let mut text = String::new();
    let build = [(label("version", env!("CARGO_PKG_VERSION")), 1)];
    family(&mut text, "ringside_build_info", "gauge", "The version that runs.", &build);
    process(&mut text);
    answers(&mut text, metrics);
    what_comes_in(&mut text, metrics);
    what_goes_out(&mut text, metrics);
    of_database(&mut text, metrics, pools, database);
    of_jobs(&mut text, metrics, &database.jobs);
    of_places(&mut text, places, rooms);
    text
}

/// What the system says of the process, by the names that are usual for it; only where it has `/proc`.
fn process(text: &mut String) {
    const PAGE: u64 = 4_096;
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    if let Some(pages) = statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()) {
        let help = "Memory that the process has in use.";
        family(text, "process_resident_memory_bytes", "gauge", help, &one(pages * PAGE));
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        family(text, "process_open_fds", "gauge", "Open files and connections.", &one(open.count() as u64));
    }
}

fn answers(text: &mut String, metrics: &Metrics) {
    let answers = metrics.answers.iter().enumerate();
    let answers: Vec<_> =
        answers.map(|(n, count)| (format!("{{status=\"{}xx\"}}", n + 1), count.load(Relaxed))).collect();
    let total: u64 = answers.iter().map(|(_, count)| count).sum();
    family(text, "ringside_http_answers_total", "counter", "Answers by class of status.", &answers);
    let mut below = 0;
    let _ = writeln!(
        text,
        "# HELP ringside_http_seconds Time until an answer began.\n# TYPE ringside_http_seconds histogram"
    );
    for (bound, count) in BUCKETS.iter().zip(&metrics.buckets) {
        below += count.load(Relaxed);
        let _ = writeln!(text, "ringside_http_seconds_bucket{{le=\"{}\"}} {below}", *bound as f64 / 1_000.0);
    }
    let seconds = metrics.time_us.load(Relaxed) as f64 / 1_000_000.0;
    let _ = writeln!(text, "ringside_http_seconds_bucket{{le=\"+Inf\"}} {total}");
    let _ = writeln!(text, "ringside_http_seconds_sum {seconds}\nringside_http_seconds_count {total}");
    let refusals: Vec<_> = lock(&metrics.refusals).iter().map(|(kind, count)| (label("kind", kind), *count)).collect();
    let help = "Answers that say what is wrong, by their type: urn:ringside:problem:KIND.";
    family(text, "ringside_refusals_total", "counter", help, &refusals);
    let help = "Sign-ins that failed.";
    family(text, "ringside_sign_in_failures_total", "counter", help, &count(&metrics.sign_in_failures));
    let help = "Pages that follow a running campaign.";
    family(text, "ringside_live_viewers", "gauge", help, &count(&metrics.live_viewers));
}

fn what_comes_in(text: &mut String, metrics: &Metrics) {
    let calls = lock(&metrics.calls);
    let mut rows = Vec::new();
    for by in [CallsBy::Batch, CallsBy::Import] {
        for result in ["accepted", "updated", "unchanged", "rejected"] {
            let count = calls.get(&(by, result)).copied().unwrap_or_default();
            rows.push((format!("{{by=\"{}\",result=\"{result}\"}}", by.word()), count));
        }
    }
    drop(calls);
    let help = "Records of calls by the way in which they came, and what became of them.";
    family(text, "ringside_call_records_total", "counter", help, &rows);
    family(text, "ringside_batches_total", "counter", "Batches of calls that were stored.", &count(&metrics.batches));
    let milliseconds = one(metrics.batches_us.load(Relaxed) / 1_000);
    let help = "Time that batches took, from their first byte to their answer.";
    family(text, "ringside_batch_milliseconds_total", "counter", help, &milliseconds);
    let help = "Bytes of recordings stored.";
    family(text, "ringside_recording_bytes_total", "counter", help, &count(&metrics.recording_bytes));
    family(text, "ringside_hooks_received_total", "counter", "Webhooks stored.", &count(&metrics.hooks_received));
    let help = "Webhooks refused for their signature.";
    family(text, "ringside_hooks_refused_total", "counter", help, &count(&metrics.hooks_refused));
    family(text, "ringside_hooks_read_total", "counter", "Webhooks that were read.", &count(&metrics.hooks_read));
    let help = "Webhooks that could not be read.";
    family(text, "ringside_hooks_unreadable_total", "counter", help, &count(&metrics.hooks_unreadable));
}

fn what_goes_out(text: &mut String, metrics: &Metrics) {
    let mails = lock(&metrics.mails);
    let rows = ["accepted", "refused", "later"]
        .map(|outcome| (label("outcome", outcome), mails.get(outcome).copied().unwrap_or_default()));
    drop(mails);
    let help = "Tries to send a mail, by what became of them.";
    family(text, "ringside_mails_total", "counter", help, &rows);
}

fn of_database(text: &mut String, metrics: &Metrics, pools: &[PoolState], database: &DatabaseFigures) {
    let asked = &metrics.database;
    let up = one(u64::from(database.answers));
    family(text, "ringside_database_up", "gauge", "Whether the database answers.", &up);
    let help = "Connections taken from a pool.";
    family(text, "ringside_database_transactions_total", "counter", help, &count(&asked.connections));
    let help = "Statements of requests and jobs.";
    family(text, "ringside_database_statements_total", "counter", help, &count(&asked.statements));
    let help = "Rows that requests and jobs read.";
    family(text, "ringside_database_rows_total", "counter", help, &count(&asked.rows));
    let waited = one(asked.waited_us.load(Relaxed) / 1_000);
    let help = "Time that connections were waited for.";
    family(text, "ringside_database_wait_milliseconds_total", "counter", help, &waited);
    let of_pools = |state: fn(&PoolState) -> u32| -> Vec<_> {
        pools.iter().map(|pool| (label("pool", pool.name), u64::from(state(pool)))).collect()
    };
    let help = "Connections that may be open.";
    family(text, "ringside_database_connections_limit", "gauge", help, &of_pools(|pool| pool.limit));
    let help = "Connections that are open.";
    family(text, "ringside_database_connections_open", "gauge", help, &of_pools(|pool| pool.open));
    let help = "Open connections that are not in use.";
    family(text, "ringside_database_connections_idle", "gauge", help, &of_pools(|pool| pool.idle));
    let bytes = database.bytes.map(|StoredBytes { database, recordings }| {
        [(label("of", "database"), database), (label("of", "recordings"), recordings)]
    });
    let help = "Bytes that are kept: of the database, and of recordings as their accounts have them.";
    family(text, "ringside_stored_bytes", "gauge", help, &bytes.map(Vec::from).unwrap_or_default());
}

fn of_jobs(text: &mut String, metrics: &Metrics, waiting: &[JobCount]) {
    let jobs = lock(&metrics.jobs);
    let of_jobs = |value: fn(&JobMetrics) -> u64| -> Vec<_> {
        let labels = |kind: &str, outcome: &str| format!("{{kind=\"{kind}\",outcome=\"{outcome}\"}}");
        jobs.iter().map(|((kind, outcome), runs)| (labels(kind, outcome), value(runs))).collect()
    };
    family(text, "ringside_job_runs_total", "counter", "Runs of jobs by outcome.", &of_jobs(|runs| runs.runs));
    let milliseconds = of_jobs(|runs| runs.time.as_millis() as u64);
    family(text, "ringside_job_run_milliseconds_total", "counter", "Time that runs of jobs took.", &milliseconds);
    drop(jobs);
    let stored: Vec<_> = waiting
        .iter()
        .map(|count| (format!("{{kind=\"{}\",status=\"{}\"}}", count.kind, count.status), count.jobs as u64))
        .collect();
    family(text, "ringside_jobs", "gauge", "Jobs in the database that are not done.", &stored);
    let waits = waiting.iter().filter(|count| count.status == JobStatus::Waiting.word());
    let due: Vec<_> =
        waits.filter_map(|count| Some((label("kind", &count.kind), count.first_due_at? as u64 / 1_000))).collect();
    let help = "When the first job that waits is or was due; Unix time.";
    family(text, "ringside_job_first_due_timestamp_seconds", "gauge", help, &due);
}

fn of_places(text: &mut String, places: &[Places], rooms: &[Room]) {
    let of = |value: fn(&Places) -> usize| -> Vec<_> {
        places.iter().map(|places| (label("of", places.of), value(places) as u64)).collect()
    };
    family(text, "ringside_places_limit", "gauge", "Places that few may have at once.", &of(|places| places.limit));
    let help = "Of them those that nobody has; at 0 others wait or are refused.";
    family(text, "ringside_places_free", "gauge", help, &of(|places| places.free));
    let of =
        |value: fn(&Room) -> u64| -> Vec<_> { rooms.iter().map(|room| (label("of", room.of), value(room))).collect() };
    let help = "What may still be written to the disk of a folder.";
    family(text, "ringside_disk_free_bytes", "gauge", help, &of(|room| room.free));
    family(text, "ringside_disk_bytes", "gauge", "The size of that disk.", &of(|room| room.all));
}
