//! Figures for Prometheus, counted in memory. Labels are few and fixed: nothing that a sender writes becomes one.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use store::{
    Cost, CostFigures, Db, PoolState,
    jobs::{self, JobCount, JobStatus},
};

/// How long the database may take to count jobs.
const PATIENCE: Duration = Duration::from_secs(3);

/// Upper bounds of the buckets of request times, in milliseconds.
const BUCKETS: [u64; 10] = [1, 5, 10, 25, 50, 100, 250, 1_000, 5_000, 30_000];

/// All figures.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Answers by the first digit of their status, 1 to 5.
    answers: [AtomicU64; 5],
    buckets: [AtomicU64; BUCKETS.len()],
    time_us: AtomicU64,
    /// Records of calls by what became of them.
    pub calls_accepted: AtomicU64,
    /// See `calls_accepted`.
    pub calls_updated: AtomicU64,
    /// See `calls_accepted`.
    pub calls_unchanged: AtomicU64,
    /// See `calls_accepted`.
    pub calls_rejected: AtomicU64,
    /// Bytes of recordings that came in.
    pub recording_bytes: AtomicU64,
    /// Pages that follow a running campaign now.
    pub live_viewers: AtomicU64,
    pub sign_in_failures: AtomicU64,
    /// Webhooks that were stored.
    pub hooks_received: AtomicU64,
    /// Webhooks that were refused for their signature.
    pub hooks_refused: AtomicU64,
    database: DatabaseMetrics,
    jobs: Mutex<BTreeMap<(&'static str, &'static str), JobMetrics>>,
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
    /// Counts an answer.
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

    /// Rows that all of them read so far.
    pub fn rows(&self) -> u64 {
        self.database.rows.load(Relaxed)
    }

    /// Counts a run of a job.
    pub fn job_ended(&self, kind: &'static str, outcome: &'static str, time: Duration, cost: &Cost) {
        self.asked(cost.figures());
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = jobs.entry((kind, outcome)).or_default();
        runs.runs += 1;
        runs.time += time;
    }

    /// The text that Prometheus reads. Jobs that wait are counted by the database; where it does not answer, they are left
    /// out.
    pub async fn render(&self, db: &Db) -> String {
        let waiting = async {
            let mut conn = db.read().await?;
            jobs::counts(&mut conn).await
        };
        let waiting = tokio::time::timeout(PATIENCE, waiting).await;
        let waiting = waiting.ok().and_then(Result::ok).unwrap_or_default();
        self.text(&db.pools(), &waiting)
    }

    fn text(&self, pools: &[PoolState], waiting: &[JobCount]) -> String {
        let mut text = String::new();
        let mut family = |name: &str, kind: &str, help: &str, rows: &[(String, u64)]| {
            let _ = writeln!(text, "# HELP ringside_{name} {help}\n# TYPE ringside_{name} {kind}");
            for (labels, value) in rows {
                let _ = writeln!(text, "ringside_{name}{labels} {value}");
            }
        };
        let answers = self.answers.iter().enumerate();
        let answers: Vec<_> =
            answers.map(|(n, count)| (format!("{{status=\"{}xx\"}}", n + 1), count.load(Relaxed))).collect();
        let total: u64 = answers.iter().map(|(_, count)| count).sum();
        family("http_answers_total", "counter", "Answers by class of status.", &answers);
        let calls = [
            ("accepted", &self.calls_accepted),
            ("updated", &self.calls_updated),
            ("unchanged", &self.calls_unchanged),
            ("rejected", &self.calls_rejected),
        ]
        .map(|(result, count)| (format!("{{result=\"{result}\"}}"), count.load(Relaxed)));
        family("call_records_total", "counter", "Records of calls sent in, by what became of them.", &calls);
        let one = |count: &AtomicU64| [(String::new(), count.load(Relaxed))];
        family("recording_bytes_total", "counter", "Bytes of recordings stored.", &one(&self.recording_bytes));
        family("sign_in_failures_total", "counter", "Sign-ins that failed.", &one(&self.sign_in_failures));
        family("hooks_received_total", "counter", "Webhooks stored.", &one(&self.hooks_received));
        family("hooks_refused_total", "counter", "Webhooks refused for their signature.", &one(&self.hooks_refused));
        family("live_viewers", "gauge", "Pages that follow a running campaign.", &one(&self.live_viewers));
        let asked = &self.database;
        family("database_transactions_total", "counter", "Connections taken from a pool.", &one(&asked.connections));
        family("database_statements_total", "counter", "Statements of requests and jobs.", &one(&asked.statements));
        family("database_rows_total", "counter", "Rows that requests and jobs read.", &one(&asked.rows));
        let waited = [(String::new(), asked.waited_us.load(Relaxed) / 1_000)];
        family("database_wait_milliseconds_total", "counter", "Time that connections were waited for.", &waited);
        let of_pools = |state: fn(&PoolState) -> u32| -> Vec<_> {
            pools.iter().map(|pool| (format!("{{pool=\"{}\"}}", pool.name), u64::from(state(pool)))).collect()
        };
        family("database_connections_limit", "gauge", "Connections that may be open.", &of_pools(|pool| pool.limit));
        family("database_connections_open", "gauge", "Connections that are open.", &of_pools(|pool| pool.open));
        family(
            "database_connections_idle",
            "gauge",
            "Open connections that are not in use.",
            &of_pools(|pool| pool.idle),
        );
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let of_jobs = |value: fn(&JobMetrics) -> u64| -> Vec<_> {
            let labels = |kind: &str, outcome: &str| format!("{{kind=\"{kind}\",outcome=\"{outcome}\"}}");
            jobs.iter().map(|((kind, outcome), runs)| (labels(kind, outcome), value(runs))).collect()
        };
        family("job_runs_total", "counter", "Runs of jobs by outcome.", &of_jobs(|runs| runs.runs));
        let milliseconds = of_jobs(|runs| runs.time.as_millis() as u64);
        family("job_run_milliseconds_total", "counter", "Time that runs of jobs took.", &milliseconds);
        drop(jobs);
        let stored: Vec<_> = waiting
            .iter()
            .map(|count| (format!("{{kind=\"{}\",status=\"{}\"}}", count.kind, count.status), count.jobs as u64))
            .collect();
        family("jobs", "gauge", "Jobs in the database that are not done.", &stored);
        let waits = waiting.iter().filter(|count| count.status == JobStatus::Waiting.word());
        let due: Vec<_> = waits
            .filter_map(|count| Some((format!("{{kind=\"{}\"}}", count.kind), count.first_due_at? as u64 / 1_000)))
            .collect();
        let help = "When the first job that waits is or was due; Unix time.";
        family("job_first_due_timestamp_seconds", "gauge", help, &due);

        let mut below = 0;
        let _ = writeln!(
            text,
            "# HELP ringside_http_seconds Time until an answer began.\n# TYPE ringside_http_seconds histogram"
        );
        for (bound, count) in BUCKETS.iter().zip(&self.buckets) {
            below += count.load(Relaxed);
            let _ = writeln!(text, "ringside_http_seconds_bucket{{le=\"{}\"}} {below}", *bound as f64 / 1_000.0);
        }
        let seconds = self.time_us.load(Relaxed) as f64 / 1_000_000.0;
        let _ = writeln!(text, "ringside_http_seconds_bucket{{le=\"+Inf\"}} {total}");
        let _ = writeln!(text, "ringside_http_seconds_sum {seconds}\nringside_http_seconds_count {total}");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_rendered() {
        let metrics = Metrics::default();
        metrics.answered(200, Duration::from_millis(3));
        metrics.answered(404, Duration::from_mins(2));
        metrics.calls_accepted.fetch_add(5, Relaxed);
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
        let text = metrics.text(&[], &jobs);
        for line in [
            "ringside_http_answers_total{status=\"2xx\"} 1",
            "ringside_http_answers_total{status=\"4xx\"} 1",
            "ringside_call_records_total{result=\"accepted\"} 5",
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
