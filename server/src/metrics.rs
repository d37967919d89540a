//! Figures for Prometheus, counted in memory. Labels are few and fixed: nothing that a sender writes becomes one.

mod text;

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use store::{Cost, CostFigures, ingest::BatchAnswer};

pub use self::text::{Places, Room};

/// Upper bounds of the buckets of request times, in milliseconds.
const BUCKETS: [u64; 10] = [1, 5, 10, 25, 50, 100, 250, 1_000, 5_000, 30_000];

#[derive(Debug, Default)]
pub struct Metrics {
    /// Answers by the first digit of their status, 1 to 5.
    answers: [AtomicU64; 5],
    buckets: [AtomicU64; BUCKETS.len()],
    time_us: AtomicU64,
    /// Answers that say what is wrong, by which kind of problem it is.
    refusals: Mutex<BTreeMap<&'static str, u64>>,
    /// Records of calls by the way in which they came, and what became of them.
    calls: Mutex<BTreeMap<(CallsBy, &'static str), u64>>,
    /// Batches of calls that were stored, and how long that took, from the first byte to the answer.
    batches: AtomicU64,
    batches_us: AtomicU64,
    /// Mails by what the mail server made of them.
    mails: Mutex<BTreeMap<&'static str, u64>>,
    /// Bytes of recordings that came in.
    pub recording_bytes: AtomicU64,
    /// Pages that follow a running campaign now.
    pub live_viewers: AtomicU64,
    pub sign_in_failures: AtomicU64,
    /// Webhooks that were stored.
    pub hooks_received: AtomicU64,
    /// Webhooks that were refused for their signature.
    pub hooks_refused: AtomicU64,
    /// Webhooks whose body was read by their job, and of them those that could not be.
    pub hooks_read: AtomicU64,
    pub hooks_unreadable: AtomicU64,
    database: DatabaseMetrics,
    jobs: Mutex<BTreeMap<(&'static str, &'static str), JobMetrics>>,
}

/// By which way calls came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallsBy {
    /// A batch over HTTP.
    Batch,
    /// A file that was imported.
    Import,
}

impl CallsBy {
    fn word(self) -> &'static str {
        match self {
            Self::Batch => "batch",
            Self::Import => "import",
        }
    }
}

fn lock<T>(counts: &Mutex<T>) -> MutexGuard<'_, T> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What requests and jobs asked of the database.
#[derive(Debug, Default)]
struct DatabaseMetrics {
    connections: AtomicU64,
    statements: AtomicU64,
    rows: AtomicU64,
    waited_us: AtomicU64,
}

/// Runs of one kind of job with one outcome.
#[derive(Debug, Default)]
struct JobMetrics {
    runs: u64,
    time: Duration,
}

impl Metrics {
    pub fn answered(&self, status: u16, time: Duration) {
        if let Some(count) = self.answers.get(usize::from(status / 100).wrapping_sub(1)) {
            count.fetch_add(1, Relaxed);
        }
        let ms = time.as_millis() as u64;
        if let Some(bucket) = BUCKETS.iter().position(|bound| ms <= *bound) {
            self.buckets[bucket].fetch_add(1, Relaxed);
        }
        self.time_us.fetch_add(time.as_micros() as u64, Relaxed);
    }

    /// Counts an answer that says what is wrong.
    pub fn refused(&self, kind: &'static str) {
        *lock(&self.refusals).entry(kind).or_default() += 1;
    }

    /// Counts what became of records of calls.
    pub fn calls(&self, by: CallsBy, became: &BatchAnswer) {
        let BatchAnswer { accepted, updated, unchanged, rejected, .. } = became;
        let mut calls = lock(&self.calls);
        for (result, count) in
            [("accepted", accepted), ("updated", updated), ("unchanged", unchanged), ("rejected", rejected)]
        {
            *calls.entry((by, result)).or_default() += count;
        }
    }

    /// Counts a batch that was stored.
    pub fn batch(&self, time: Duration) {
        self.batches.fetch_add(1, Relaxed);
        self.batches_us.fetch_add(time.as_micros() as u64, Relaxed);
    }

    /// Counts a mail by what became of this try: accepted, refused for good, or to be tried again.
    pub fn mail(&self, outcome: &'static str) {
        *lock(&self.mails).entry(outcome).or_default() += 1;
    }

    /// Counts what a request or a job asked of the database.
    pub fn asked(&self, cost: CostFigures) {
        self.database.connections.fetch_add(cost.connections, Relaxed);
        self.database.statements.fetch_add(cost.statements, Relaxed);
        self.database.rows.fetch_add(cost.rows, Relaxed);
        self.database.waited_us.fetch_add(cost.waited.as_micros() as u64, Relaxed);
    }

    /// Statements of all requests and jobs so far.
    pub fn statements(&self) -> u64 {
        self.database.statements.load(Relaxed)
    }

    /// Connections that all of them took so far, each for one transaction.
    pub fn transactions(&self) -> u64 {
        self.database.connections.load(Relaxed)
    }

    /// Rows that all of them read so far.
    pub fn rows(&self) -> u64 {
        self.database.rows.load(Relaxed)
    }

    /// Counts a run of a job.
    pub fn job_ended(&self, kind: &'static str, outcome: &'static str, time: Duration, cost: &Cost) {
        self.asked(cost.figures());
        let mut jobs = lock(&self.jobs);
        let runs = jobs.entry((kind, outcome)).or_default();
        runs.runs += 1;
        runs.time += time;
    }
}

#[cfg(test)]
mod tests {
    use store::jobs::{JobCount, JobStatus};

    use super::*;

    #[test]
    fn what_was_counted_is_rendered() {
        let metrics = Metrics::default();
        metrics.answered(200, Duration::from_millis(3));
        metrics.answered(404, Duration::from_mins(2));
        metrics.calls(CallsBy::Import, &BatchAnswer { accepted: 5, ..BatchAnswer::default() });
        metrics.refused("too-many");
        metrics.mail("accepted");
        let count = |status: JobStatus, first_due_at| JobCount {
            kind: "send_mail".to_owned(),
            status: status.word().to_owned(),
            jobs: 2,
            first_due_at,
        };
        let jobs = [
            count(JobStatus::Waiting, Some(1_795_334_400_999)),
            count(JobStatus::Running, Some(1_795_334_500_000)),
            count(JobStatus::Failed, None),
        ];
        let database = text::DatabaseFigures { jobs: jobs.to_vec(), ..text::DatabaseFigures::default() };
        let places = [Places { of: "batches", limit: 4, free: 1 }];
        let text = text::of(&metrics, &[], &database, &places, &[Room { of: "temporary", free: 7, all: 9 }]);
        for line in [
            "ringside_http_answers_total{status=\"2xx\"} 1",
            "ringside_http_answers_total{status=\"4xx\"} 1",
            "ringside_call_records_total{by=\"import\",result=\"accepted\"} 5",
            "ringside_call_records_total{by=\"batch\",result=\"rejected\"} 0",
            "ringside_refusals_total{kind=\"too-many\"} 1",
            "ringside_mails_total{outcome=\"accepted\"} 1",
            "ringside_places_free{of=\"batches\"} 1",
            "ringside_disk_free_bytes{of=\"temporary\"} 7",
            "ringside_http_seconds_bucket{le=\"0.005\"} 1",
            "ringside_http_seconds_bucket{le=\"30\"} 1",
            "ringside_http_seconds_bucket{le=\"+Inf\"} 2",
            "ringside_jobs{kind=\"send_mail\",status=\"running\"} 2",
            "ringside_job_first_due_timestamp_seconds{kind=\"send_mail\"} 1795334400",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
        assert_eq!(text.matches("\nringside_job_first_due_timestamp_seconds{").count(), 1, "one that runs is not due");
    }
}
