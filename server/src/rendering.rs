//! Threads on which pages are made, beside those that answer: a page of many rows keeps a thread busy from its beginning to its end,
//! and on two cores two such pages would keep everybody waiting, also who asks whether the server is alive. The system shares the
//! cores among the threads.

use std::{io, thread::available_parallelism};

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};
use tracing::Instrument;

/// Stack of each thread, in bytes: rendering a page nests as deeply as its components do, in an unoptimised build with large frames.
/// Only the part of a stack that is used takes memory.
pub const RENDER_STACK: usize = 16 * 1024 * 1024;

/// Where pages are made.
#[derive(Debug)]
pub struct Rendering {
    /// Always there, but while it is dropped.
    runtime: Option<Runtime>,
    threads: usize,
}

impl Rendering {
    /// As many threads as there are cores.
    ///
    /// # Errors
    /// The system gives no threads.
    pub fn new() -> io::Result<Self> {
        // Before leptos_axum sets its own; of several servers in one process the first one's stays, which is the same.
        if Executor::init_custom_executor(WithSpan).is_err() {
            tracing::debug!(
                "Leptos has an executor already: of another server in this process, or docs/ARCHITECTURE.md, Couplings"
            );
        }
        let threads = available_parallelism().map_or(1, usize::from);
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("pages")
            .thread_stack_size(RENDER_STACK)
            .enable_all()
            .build()?;
        Ok(Self { runtime: Some(runtime), threads })
    }

    /// How many threads there are.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Makes a page, to its end also where nobody waits for it any more: what its resources work with would be disposed of under their
    /// hands otherwise. It takes milliseconds. What is logged of it belongs to the request that asks for it.
    pub fn spawn<T: Send + 'static>(&self, page: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        let page = page.in_current_span();
        match &self.runtime {
            Some(runtime) => runtime.spawn(page),
            None => tokio::spawn(page),
        }
    }
}

/// Begins the tasks of a page (its resources, each of which reads for itself) within the span of their request, as tokio alone would
/// not: what they log has its number, account and route.
struct WithSpan;

impl CustomExecutor for WithSpan {
    fn spawn(&self, task: PinnedFuture<()>) {
        drop(tokio::spawn(task.in_current_span()));
    }

    fn spawn_local(&self, task: PinnedLocalFuture<()>) {
        drop(tokio::task::spawn_local(task.in_current_span()));
    }

    fn poll_local(&self) {}
}

impl Drop for Rendering {
    fn drop(&mut self) {
        // It may be dropped on a thread that must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
