//! Threads on which pages are made, beside those that answer: a page of many rows keeps a thread busy from its beginning to its end,
//! and on two cores two such pages would keep everybody waiting, also who asks whether the server is alive. The system shares the
//! cores among the threads.

use std::{io, thread::available_parallelism};

use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};

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
    /// hands otherwise. It takes milliseconds.
    pub fn spawn<T: Send + 'static>(&self, page: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        match &self.runtime {
            Some(runtime) => runtime.spawn(page),
            None => tokio::spawn(page),
        }
    }
}

impl Drop for Rendering {
    fn drop(&mut self) {
        // It may be dropped on a thread that must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
