//! Bars for long work: how far, how fast, how long still. On a terminal only; a log file gets the summary.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar for so many things; without a number, a count that grows.
pub(super) fn bar(what: &'static str, total: Option<u64>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (
            ProgressBar::new(total),
            "{prefix} {bar:30} {percent:>3} %  {human_pos} of {human_len} {msg}, {per_sec}, {eta} left",
        ),
        None => (ProgressBar::new_spinner(), "{prefix} {spinner} {human_pos} {msg}, {per_sec}, {elapsed} so far"),
    };
    styled(bar, template, what)
}

/// A bar for bytes; without a number, a count that grows.
pub(super) fn bytes(what: &'static str, total: Option<u64>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (
            ProgressBar::new(total),
            "{prefix} {bar:30} {percent:>3} %  {bytes} of {total_bytes} {msg}, {bytes_per_sec}, {eta} left",
        ),
        None => (ProgressBar::new_spinner(), "{prefix} {spinner} {bytes} {msg}, {bytes_per_sec}, {elapsed} so far"),
    };
    styled(bar, template, what)
}

fn styled(bar: ProgressBar, template: &str, what: &'static str) -> ProgressBar {
    let bar = match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    };
    bar.enable_steady_tick(Duration::from_millis(200));
    bar.with_prefix(what)
}
