//! What a request costs the server in memory, which is that of the test's own process: each test is one of its own.

use peak_alloc::PeakAlloc;
use reqwest::Method;
use serde_json::Value;

use crate::harness::{Answer, Harness};

/// What no request may cost, in bytes.
const MOST_MEMORY: usize = 100_000_000;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Runs a request and holds it to what one may cost. What it is sent and answered is small beside that, or counted too.
///
/// Bytes that are allocated are counted, which are the same on every machine. Resident memory is not: of a first request it
/// is mostly pages of the program that are read from disk. What SQLite allocates is bounded by its cache.
pub async fn within_memory<T>(what: &str, request: impl Future<Output = T>) -> T {
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    let answer = request.await;
    let raised = ALLOCATOR.peak_usage().saturating_sub(before);
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
