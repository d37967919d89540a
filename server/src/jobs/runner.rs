//! Claims jobs that are due, runs them, and says what became of them. It sleeps until somebody enqueues one, or the next
//! is due by the clock.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use domain::Timestamp;
use store::{
    Cost, Db, Scope, StoreError,
    jobs::{self, Claim, ClaimedJob, JobOutcome},
};
use tokio::{
    sync::watch,
    task::{Id, JoinError, JoinSet},
};
use tracing::Instrument;

use super::{GIVE_UP_THEMSELVES, JobEnd, JobError, JobKind, KINDS, Task};
use crate::{
    context::SharedContext,
    failure::{chain, new_reference},
    secrets, traces,
};

/// How long a claim holds, and how often it is extended while the job runs. A job whose process died is due again after it.
#[derive(Debug, Clone, Copy)]
struct Lease {
    lasts: Duration,
    extended_every: Duration,
}

const LEASE: Lease = Lease { lasts: Duration::from_mins(1), extended_every: Duration::from_secs(20) };
/// The longest sleep: a notification between processes can be lost.
const LONGEST_SLEEP: Duration = Duration::from_mins(5);
/// The pause after the database could not be asked.
const DATABASE_PAUSE: Duration = Duration::from_secs(2);
/// The pause where all that is due is of accounts that have as many as they may: one of these that ends wakes the runner, but
/// what another account's next try is due for, it must look for.
const HELD_BACK_PAUSE: Duration = Duration::from_secs(2);
/// Accounts among which a kind takes turns at one look.
const ACCOUNTS_AT_ONCE: u32 = 16;

/// Runs jobs until `stop` resolves. Then none is begun any more; those that can begin anew elsewhere are given back, and
/// the others end before this does.
pub async fn run(db: Db, context: SharedContext, stop: impl Future<Output = ()>) {
    match context.mail.setup() {
        app::MailSetup::Ready => {}
        app::MailSetup::Unset => tracing::warn!("RINGSIDE_SMTP_URL is not set: mails wait in the outbox"),
        app::MailSetup::Wrong(_, why) => tracing::error!("RINGSIDE_SMTP_URL {why}: mails wait in the outbox"),
    }
    Runner::new(db, context, &KINDS, LEASE).run_until(stop).await;
}

/// Runs what is due now of one kind, and what that enqueues for now, to its end; gives how many jobs were run.
pub async fn run_due(db: &Db, context: &SharedContext, kind: &str) -> Result<usize, StoreError> {
    let mut runner = Runner::new(db.clone(), SharedContext::clone(context), &KINDS, LEASE);
    for (slots, other) in runner.slots.iter_mut().zip(&KINDS) {
        if other.name != kind {
            *slots = 0;
        }
    }
    let mut count = 0;
    loop {
        runner.start_due().await?;
        let Some(ended) = runner.running.join_next_with_id().await else { return Ok(count) };
        runner.ended(ended);
        count += 1;
    }
}

struct Runner {
    db: Db,
    context: SharedContext,
    kinds: &'static [JobKind],
    lease: Lease,
    running: JoinSet<()>,
    /// What runs, with the place of its kind in `kinds`.
    held: HashMap<Id, (usize, ClaimedJob)>,
    /// How many more of each kind may run.
    slots: Vec<usize>,
    stopping: watch::Sender<bool>,
}

impl Runner {
    fn new(db: Db, context: SharedContext, kinds: &'static [JobKind], lease: Lease) -> Self {
        let slots = kinds.iter().map(|kind| kind.at_once).collect();
        let stopping = watch::Sender::new(false);
        Self { db, context, kinds, lease, running: JoinSet::new(), held: HashMap::new(), slots, stopping }
    }

    async fn run_until(mut self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            let sleep = self.look().await;
            tracing::trace!(?sleep, "The runner of jobs sleeps");
            tokio::select! {
                () = &mut stop => break,
                () = self.db.jobs_enqueued() => tracing::trace!("The runner looks for jobs: it was woken"),
                Some(ended) = self.running.join_next_with_id() => {
                    self.ended(ended);
                    tracing::trace!("The runner looks for jobs: one ended");
                }
                () = tokio::time::sleep(sleep) => tracing::trace!("The runner looks for jobs: it is time"),
            }
        }
        self.stopping.send_replace(true);
        while self.running.join_next().await.is_some() {}
    }

    /// Starts what is due; gives how long nothing else is, unless somebody enqueues it.
    async fn look(&mut self) -> Duration {
        match self.start_due().await {
            Ok(next) => self.time_until(next),
            Err(error) => {
                tracing::warn!(cause = %error, "Jobs could not be looked for; it is tried again");
                DATABASE_PAUSE
            }
        }
    }

    /// Claims and starts what is due and has room; gives when the next job with room is due.
    async fn start_due(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let mut next: Option<Timestamp> = None;
        for (nth, kind) in self.kinds.iter().enumerate() {
            if !(kind.is_possible)(&self.context) {
                continue;
            }
            let mut is_held_back = false;
            while self.slots[nth] > 0 {
                let claimed;
                (claimed, is_held_back) = self.claim(nth, kind, self.slots[nth]).await?;
                if claimed.is_empty() {
                    break;
                }
                for job in claimed {
                    self.slots[nth] -= 1;
                    let (db, context) = (self.db.clone(), SharedContext::clone(&self.context));
                    let run = JobRun { kind, lease: self.lease, stopping: self.stopping.subscribe() };
                    let started = self.running.spawn(run.execute(db, context, job.clone()));
                    self.held.insert(started.id(), (nth, job));
                }
            }
            if self.slots[nth] > 0 {
                let due = jobs::next_due(&mut self.db.read().await?, kind.name).await?;
                let now = (self.context.clock)();
                let due = due.map(|due| if is_held_back { due.max(after(now, HELD_BACK_PAUSE)) } else { due });
                next = [next, due].into_iter().flatten().min();
            }
        }
        Ok(next)
    }

    /// Claims jobs of the `nth` kind: one of each account before a second one of any. Besides, whether there are some of
    /// accounts that have as many of them as they may.
    async fn claim(&self, nth: usize, kind: &JobKind, limit: usize) -> Result<(Vec<ClaimedJob>, bool), StoreError> {
        let now = (self.context.clock)();
        let accounts = jobs::due_accounts(&mut self.db.read().await?, kind.name, now, ACCOUNTS_AT_ONCE).await?;
        let each = limit.div_ceil(accounts.len().max(1));
        let (mut claimed, mut is_held_back) = (Vec::new(), false);
        let held: Vec<_> = self.held.values().map(|(_, job)| job).collect();
        for account in accounts {
            let room = limit - claimed.len();
            if room == 0 {
                break;
            }
            let running = self.held.values().filter(|(of, job)| *of == nth && job.account == account).count();
            let own = kind.of_an_account.saturating_sub(running);
            if own == 0 {
                is_held_back = true;
                continue;
            }
            let lease = secrets::random_text::<12>();
            let (until, limit) = (after(now, self.lease.lasts), each.min(room).min(own) as u32);
            let claim = Claim { kind: kind.name, lease: &lease, now, until, limit, held: &held };
            let mut conn = self.db.write().await?;
            claimed.extend(jobs::claim(&mut conn, &scope_of(account), &claim).await?);
            conn.commit().await?;
        }
        Ok((claimed, is_held_back))
    }

    fn time_until(&self, next: Option<Timestamp>) -> Duration {
        let Some(next) = next else { return LONGEST_SLEEP };
        let ms = (next.0 - (self.context.clock)().0).max(0);
        Duration::from_millis(ms as u64).min(LONGEST_SLEEP)
    }

    fn ended(&mut self, ended: Result<(Id, ()), JoinError>) {
        let id = match ended {
            Ok((id, ())) => id,
            // A run that panics is caught below; this is the runner's own.
            Err(error) => {
                tracing::error!(cause = %error, "The runner of a job ended");
                error.id()
            }
        };
        if let Some((nth, _)) = self.held.remove(&id) {
            self.slots[nth] += 1;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the runner works for every account that has jobs")]
fn scope_of(account: i64) -> Scope {
    Scope::system(account)
}

fn after(now: Timestamp, time: Duration) -> Timestamp {
    Timestamp(now.0 + time.as_millis() as i64)
}

/// How one job is run.
struct JobRun {
    kind: &'static JobKind,
    lease: Lease,
    stopping: watch::Receiver<bool>,
}

impl JobRun {
    /// Runs a claimed job while its lease is extended, and says what became of it.
    async fn execute(self, db: Db, context: SharedContext, job: ClaimedJob) {
        let kind = self.kind;
        let (account, key, attempt) = (job.account, job.key, job.attempt);
        let id = format!("{account}-{key}");
        let name = tracing::field::Empty;
        let span = tracing::info_span!("job", id, kind = kind.name, account, attempt, otel.name = name);
        traces::name(&span, || kind.name.to_owned());
        let cost = Arc::new(Cost::default());
        let counted = db.counting(&cost);
        let task = Task { db: counted, context, scope: scope_of(account), job, retries: kind.retries };
        let since = Instant::now();
        let outcome = self.run_and_say(&task).instrument(span.clone()).await;
        let time = since.elapsed();
        task.context.metrics.job_ended(kind.name, outcome, time, &cost);
        let _in_span = span.enter();
        traces::end(&span, cost.figures());
        let (ms, statements, rows) = (time.as_millis() as u64, cost.statements(), cost.rows());
        tracing::debug!(outcome, ms, statements, rows, "A job of kind {} ended as {outcome} in {ms} ms", kind.name);
    }

    async fn run_and_say(self, task: &Task) -> &'static str {
        if !GIVE_UP_THEMSELVES.contains(&self.kind.name)
            && let Err(broken) = task.unbroken()
        {
            return say(task, &failed(task, &broken.to_string())).await;
        }
        // A task of its own, so that a panic ends the run and not the runner.
        let mut run = JoinSet::new();
        run.spawn((self.kind.run)(task.clone()).in_current_span());
        let ended = tokio::select! {
            ended = run.join_next() => ended,
            () = lost(task, self.lease) => {
                tracing::warn!("A job was held by another process before it ended here; it is stopped");
                run.shutdown().await;
                return "lost";
            }
            () = self.given_back() => {
                run.shutdown().await;
                let outcome = JobOutcome::Retry(task.now(), "the server was stopped".to_owned());
                return say(task, &outcome).await;
            }
        };
        let outcome = match ended {
            Some(Ok(Ok(JobEnd::Said(word)))) => return word,
            Some(Ok(Ok(JobEnd::Say(outcome)))) => outcome,
            Some(Ok(Err(error))) => failed(task, &error.to_string()),
            Some(Err(panic)) => failed(task, &chain(&panic)),
            None => return "lost",
        };
        say(task, &outcome).await
    }

    /// Resolves when the server stops, for what another process may begin anew.
    async fn given_back(mut self) {
        if self.kind.ends_first || self.stopping.wait_for(|stopping| *stopping).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Says what became of a job, and gives the word for it.
async fn say(task: &Task, outcome: &JobOutcome) -> &'static str {
    let word = match outcome {
        JobOutcome::Done(_) | JobOutcome::Again(..) => "done",
        JobOutcome::Retry(..) => "retry",
        JobOutcome::Failed(_) => "failed",
    };
    let said = async {
        let mut conn = task.db.write().await?;
        let held = task.finish(&mut conn, outcome).await?;
        conn.commit().await?;
        Ok::<_, StoreError>(held)
    };
    match said.await {
        Ok(true) => word,
        Ok(false) => "lost",
        // It is due again when its lease ends, and is written to be repeated.
        Err(error) => {
            tracing::warn!(cause = chain(&error), "What became of a job could not be stored");
            "lost"
        }
    }
}

/// What is said of a run that failed: another try, or that it is given up.
fn failed(task: &Task, cause: &str) -> JobOutcome {
    let reference = new_reference();
    if let Some(at) = task.next_try() {
        tracing::warn!(reference, cause, "A job failed and is tried again");
        JobOutcome::Retry(at, reference)
    } else {
        tracing::error!(reference, cause, "A job failed and is given up");
        JobOutcome::Failed(reference)
    }
}

/// Extends the lease again and again; resolves when another process has the job.
async fn lost(task: &Task, lease: Lease) {
    loop {
        tokio::time::sleep(lease.extended_every).await;
        let extended = async {
            let mut conn = task.db.write().await?;
            let held = jobs::extend(&mut conn, &task.scope, &task.job, after(task.now(), lease.lasts)).await?;
            conn.commit().await?;
            Ok::<_, StoreError>(held)
        };
        match extended.await {
            Ok(true) => {}
            Ok(false) => return,
            // Nobody else can claim it while the database cannot be written.
            Err(error) => tracing::warn!(cause = chain(&error), "The lease of a job could not be extended"),
        }
    }
}

impl From<JobError> for String {
    fn from(error: JobError) -> Self {
        error.to_string()
    }
}

#[cfg(test)]
mod tests;
