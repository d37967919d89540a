//! What a request costs the server in memory, which is that of the test's own process: each test is one of its own.

use reqwest::Method;
use serde_json::Value;

use crate::harness::{Answer, Harness};

/// What no request may cost, in bytes.
const MOST_MEMORY: u64 = 100_000_000;

/// The memory of this process in bytes: now, and at most since [`forget_peak`].
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let bytes = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1_024
    };
    (bytes("VmRSS:"), bytes("VmHWM:"))
}

fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}

/// Runs a request and holds it to what one may cost. What it is sent and answered is small beside that, or counted too.
pub async fn within_memory<T>(what: &str, request: impl Future<Output = T>) -> T {
    forget_peak();
    let (before, _) = memory();
    let answer = request.await;
    let (_, peak) = memory();
    let raised = peak.saturating_sub(before);
    assert!(raised < MOST_MEMORY, "{what} raised the memory by {} MB", raised / 1_000_000);
    answer
}

/// Brings in a file of calls and stores it; gives the import.
pub async fn import(at: &Harness, query: &str, file: impl Into<reqwest::Body>) -> Value {
    let request = at.api(Method::POST, &format!("/api/v1/import?{query}")).body(file);
    let id = Answer::of(request).await.is(202).json()["id"].clone();
    at.run_due("check_import").await;
    at.run_due("store_import").await;
    at.get(&format!("/api/v1/imports/{id}")).await.is(200).json()
}
