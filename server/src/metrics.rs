//! Figures for Prometheus, counted in memory. Labels are few and fixed: nothing that a sender writes becomes one.

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

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
    /// Sign-ins that failed.
    pub sign_in_failures: AtomicU64,
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

    /// The text that Prometheus reads.
    pub fn render(&self) -> String {
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
        family("live_viewers", "gauge", "Pages that follow a running campaign.", &one(&self.live_viewers));

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
        let text = metrics.render();
        for line in [
            "ringside_http_answers_total{status=\"2xx\"} 1",
            "ringside_http_answers_total{status=\"4xx\"} 1",
            "ringside_call_records_total{result=\"accepted\"} 5",
            "ringside_http_seconds_bucket{le=\"0.005\"} 1",
            "ringside_http_seconds_bucket{le=\"30\"} 1",
            "ringside_http_seconds_bucket{le=\"+Inf\"} 2",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }
}
