//! The runner with kinds of its own, on a database in a file.

use std::sync::{
    LazyLock,
    atomic::{AtomicI64, AtomicU32, Ordering::Relaxed},
};

use domain::{Country, Currency, Language};
use store::{
    accounts::{self, NewAccount},
    jobs::{BuildExport, Job, JobStatus, Payload, SendMail, TidyAccount, VerifyAccount},
};
use tokio::sync::{Notify, oneshot};

use super::*;
use crate::{
    context::{Context, Server},
    jobs::Retries,
    recordings::Recordings,
    settings::Settings,
};

const NOW: Timestamp = Timestamp(1_795_334_400_000);
const HOUR_MS: i64 = 60 * 60_000;
/// So often that a test need not wait for it.
const SHORT: Lease = Lease { lasts: Duration::from_mins(1), extended_every: Duration::from_millis(5) };

const fn kind(
    name: &'static str,
    run: fn(Task) -> futures::future::BoxFuture<'static, Result<JobEnd, JobError>>,
) -> JobKind {
    JobKind {
        name,
        at_once: 2,
        of_an_account: 2,
        retries: Retries { pauses_min: &[1], give_up_min: 60 },
        is_possible: |_: &Context| true,
        ends_first: false,
        run,
    }
}

async fn add_account(db: &Db, name: &str) -> Scope {
    let mut conn = db.write().await.unwrap();
    let (name, timezone) = (name.to_owned(), "Asia/Ho_Chi_Minh".to_owned());
    let new =
        NewAccount { name, timezone, currency: Currency::vnd(), language: Language::Vi, country: Country::VIETNAM };
    let account = accounts::add(&mut conn, &new, NOW).await.unwrap();
    conn.commit().await.unwrap();
    scope_of(account.id)
}

struct Place {
    server: Server,
    scope: Scope,
    time: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

impl Place {
    async fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let variables = [
            ("RINGSIDE_DATABASE_URL", format!("sqlite://{}/test.db", folder.path().display())),
            ("RINGSIDE_RECORDINGS", format!("file://{}/recordings", folder.path().display())),
        ];
        let settings = Settings::read(variables.map(|(name, value)| (name.to_owned(), value)), "").unwrap();
        let db = Db::open(&settings.database_url).await.unwrap();
        let recordings = Recordings::open(&settings.recordings).unwrap();
        let time = Arc::new(AtomicI64::new(NOW.0));
        let clock = Arc::clone(&time);
        let server = Server::new(db, Arc::new(move || Timestamp(clock.load(Relaxed))), recordings, settings).unwrap();
        let scope = add_account(&server.db, "A").await;
        let place = Self { server, scope, time, _folder: folder };
        // Every account has one; it comes back in an hour.
        assert_eq!(run_due(&place.server.db, &place.server.context, TidyAccount::KIND).await.unwrap(), 1);
        place
    }

    async fn account(&self, name: &str) -> Scope {
        add_account(&self.server.db, name).await
    }

    async fn enqueue(&self, payload: &impl Payload, due: Timestamp) {
        let mut conn = self.server.db.write().await.unwrap();
        assert!(jobs::enqueue(&mut conn, &self.scope, payload, None, due, NOW).await.unwrap());
        conn.commit().await.unwrap();
    }

    fn runner(&self, kinds: &'static [JobKind], lease: Lease) -> Runner {
        Runner::new(self.server.db.clone(), SharedContext::clone(&self.server.context), kinds, lease)
    }

    /// The latest job of a kind.
    async fn job(&self, kind: &str) -> Job {
        let mut conn = self.server.db.read().await.unwrap();
        let page = jobs::list(&mut conn, &self.scope, None, None, 100).await.unwrap();
        page.jobs.into_iter().find(|job| job.kind == kind).unwrap()
    }

    async fn until(&self, kind: &str, status: JobStatus) -> Job {
        loop {
            let job = self.job(kind).await;
            if job.status == status {
                return job;
            }
            tokio::task::yield_now().await;
        }
    }

    async fn until_tried(&self, kind: &str) -> Job {
        loop {
            let job = self.job(kind).await;
            if job.finished_at.is_some() {
                return job;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Another process claims what is due after the lease.
    async fn claim_elsewhere(&self, kind: &str) -> ClaimedJob {
        let now = after(NOW, Duration::from_mins(2));
        let claim = Claim { kind, lease: "another", now, until: after(now, LEASE.lasts), limit: 1, held: &[] };
        let mut conn = self.server.db.write().await.unwrap();
        let claimed = jobs::claim(&mut conn, &self.scope, &claim).await.unwrap().remove(0);
        conn.commit().await.unwrap();
        claimed
    }
}

fn export() -> BuildExport {
    BuildExport { export: "nothing".to_owned() }
}

#[tokio::test]
async fn it_sleeps_until_the_next_job_is_due_and_no_longer_than_a_notification_may_be_lost() {
    let place = Place::new().await;
    let mut runner = place.runner(&super::super::KINDS, LEASE);
    assert_eq!(runner.look().await, LONGEST_SLEEP, "the next one in an hour");
    place.enqueue(&VerifyAccount::new(false), Timestamp(NOW.0 + 42_000)).await;
    assert_eq!(runner.look().await, Duration::from_secs(42));
    place.time.fetch_add(41_999, Relaxed);
    assert_eq!(runner.look().await, Duration::from_millis(1));
    assert!(runner.held.is_empty());
    place.time.fetch_add(1, Relaxed);
    assert_eq!(runner.look().await, LONGEST_SLEEP, "it runs, and its end wakes the runner");
    assert_eq!(runner.held.len(), 1);
}

#[tokio::test]
async fn an_account_that_asks_for_many_leaves_places_to_the_others() {
    static KINDS: [JobKind; 1] =
        [JobKind { of_an_account: 1, ..kind(BuildExport::KIND, |_| Box::pin(std::future::pending())) }];
    let place = Place::new().await;
    let mut runner = place.runner(&KINDS, LEASE);
    for _ in 0..20 {
        place.enqueue(&export(), NOW).await;
    }
    assert_eq!(runner.look().await, HELD_BACK_PAUSE, "what is due is due for nobody now");
    assert_eq!(runner.held.len(), 1);
    let other = place.account("B").await;
    let mut conn = place.server.db.write().await.unwrap();
    assert!(jobs::enqueue(&mut conn, &other, &export(), None, NOW, NOW).await.unwrap());
    conn.commit().await.unwrap();
    runner.look().await;
    let mut accounts: Vec<_> = runner.held.values().map(|(_, job)| job.account).collect();
    accounts.sort_unstable();
    assert_eq!(accounts, [place.scope.account(), other.account()]);
}

#[tokio::test]
async fn without_work_it_asks_the_database_nothing() {
    let place = Place::new().await;
    let cost = Arc::new(Cost::default());
    let db = place.server.db.counting(&cost);
    let runner = Runner::new(db, SharedContext::clone(&place.server.context), &super::super::KINDS, LEASE);
    let running = tokio::spawn(runner.run_until(std::future::pending()));
    // Which accounts have some, and when the next is due; there is no mail server.
    let context = &place.server.context;
    let a_look = 2 * super::super::KINDS.iter().filter(|kind| (kind.is_possible)(context)).count() as u64;
    let looked = async |times: u64| {
        while cost.statements() < times * a_look {
            tokio::task::yield_now().await;
        }
        // A time in which it could do more than that.
        for _ in 0..200 {
            place.job(TidyAccount::KIND).await;
        }
        assert_eq!(cost.statements(), times * a_look);
    };
    // What was enqueued before it started is remembered.
    looked(2).await;
    place.enqueue(&VerifyAccount::new(false), Timestamp(NOW.0 + HOUR_MS)).await;
    looked(3).await;
    running.abort();
}

#[tokio::test]
async fn a_job_that_panics_is_tried_again_and_the_runner_goes_on() {
    static KINDS: [JobKind; 2] = [
        kind(BuildExport::KIND, |_| Box::pin(async { panic!("a fault") })),
        kind(VerifyAccount::KIND, |_| Box::pin(async { Ok(JobEnd::Say(JobOutcome::Done("well".to_owned()))) })),
    ];
    let place = Place::new().await;
    let running = tokio::spawn(place.runner(&KINDS, LEASE).run_until(std::future::pending()));
    // More than may run at once: a panic gives its place back.
    for _ in 0..5 {
        place.enqueue(&export(), NOW).await;
        let job = place.until_tried(BuildExport::KIND).await;
        assert_eq!((job.status, job.attempts), (JobStatus::Waiting, 1));
        assert_eq!(job.due_at, Some(Timestamp(NOW.0 + 60_000)));
        assert!(job.last_words.unwrap().starts_with("R-"), "a reference, and not the panic's words");
    }
    place.enqueue(&VerifyAccount::new(false), NOW).await;
    assert_eq!(place.until(VerifyAccount::KIND, JobStatus::Done).await.last_words.as_deref(), Some("well"));
    running.abort();
}

#[tokio::test]
async fn a_job_that_kills_its_process_again_and_again_is_tried_as_one_that_failed() {
    static RAN: AtomicU32 = AtomicU32::new(0);
    static KINDS: [JobKind; 1] = [kind(VerifyAccount::KIND, |_| {
        Box::pin(async {
            RAN.fetch_add(1, Relaxed);
            Ok(JobEnd::Say(JobOutcome::Done(String::new())))
        })
    })];
    let place = Place::new().await;
    place.enqueue(&VerifyAccount::new(false), NOW).await;
    // Processes that claim it and are never heard of again.
    for n in 0..=super::super::BROKEN_OFF_AT_MOST {
        let now = Timestamp(place.time.load(Relaxed));
        let lease = format!("killed {n}");
        let claim = Claim {
            kind: VerifyAccount::KIND,
            lease: &lease,
            now,
            until: after(now, LEASE.lasts),
            limit: 1,
            held: &[],
        };
        let mut conn = place.server.db.write().await.unwrap();
        let claimed = jobs::claim(&mut conn, &place.scope, &claim).await.unwrap().remove(0);
        conn.commit().await.unwrap();
        assert_eq!((claimed.attempt, claimed.is_broken_off), (n + 1, n > 0));
        place.time.fetch_add(61_000, Relaxed);
    }
    let running = tokio::spawn(place.runner(&KINDS, LEASE).run_until(std::future::pending()));
    let job = place.until_tried(VerifyAccount::KIND).await;
    let now = place.time.load(Relaxed);
    assert_eq!((job.status, job.due_at), (JobStatus::Waiting, Some(Timestamp(now + 60_000))), "after a pause");
    assert_eq!(RAN.load(Relaxed), 0, "it would have killed this process, too");
    running.abort();
}

#[tokio::test]
async fn a_job_whose_lease_was_lost_is_stopped_and_its_word_does_not_count() {
    static STOPPED: LazyLock<(Notify, Notify)> = LazyLock::new(Default::default);
    struct Guard;
    impl Drop for Guard {
        fn drop(&mut self) {
            STOPPED.1.notify_one();
        }
    }
    static KINDS: [JobKind; 1] = [kind(BuildExport::KIND, |_| {
        Box::pin(async {
            let _guard = Guard;
            STOPPED.0.notify_one();
            std::future::pending().await
        })
    })];
    let place = Place::new().await;
    let running = tokio::spawn(place.runner(&KINDS, SHORT).run_until(std::future::pending()));
    place.enqueue(&export(), NOW).await;
    STOPPED.0.notified().await;
    let theirs = place.claim_elsewhere(BuildExport::KIND).await;
    STOPPED.1.notified().await;
    let job = place.job(BuildExport::KIND).await;
    assert_eq!((job.status, job.attempts, job.finished_at), (JobStatus::Running, 2, None));
    let mut conn = place.server.db.write().await.unwrap();
    assert!(jobs::extend(&mut conn, &place.scope, &theirs, NOW).await.unwrap(), "it is still theirs");
    running.abort();
}

#[tokio::test]
async fn a_job_that_ends_after_its_lease_says_nothing() {
    static ENDS: LazyLock<(Notify, Notify)> = LazyLock::new(Default::default);
    static KINDS: [JobKind; 1] = [kind(BuildExport::KIND, |_| {
        Box::pin(async {
            ENDS.0.notify_one();
            ENDS.1.notified().await;
            Ok(JobEnd::Say(JobOutcome::Failed("mine".to_owned())))
        })
    })];
    let place = Place::new().await;
    let mut runner = place.runner(&KINDS, LEASE);
    place.enqueue(&export(), NOW).await;
    runner.look().await;
    ENDS.0.notified().await;
    let theirs = place.claim_elsewhere(BuildExport::KIND).await;
    ENDS.1.notify_one();
    let ended = runner.running.join_next_with_id().await.unwrap();
    runner.ended(ended);
    assert_eq!(place.job(BuildExport::KIND).await.status, JobStatus::Running);
    let mut conn = place.server.db.write().await.unwrap();
    let (done, now) = (JobOutcome::Done("theirs".to_owned()), NOW);
    assert!(jobs::finish(&mut conn, &place.scope, &theirs, &done, now).await.unwrap());
    conn.commit().await.unwrap();
    assert_eq!(place.job(BuildExport::KIND).await.last_words.as_deref(), Some("theirs"));
}

#[tokio::test]
async fn a_job_that_runs_here_is_not_begun_a_second_time_when_its_lease_ends() {
    static BEGUN: AtomicU32 = AtomicU32::new(0);
    static ENDS: LazyLock<(Notify, Notify)> = LazyLock::new(Default::default);
    static KINDS: [JobKind; 1] = [kind(SendMail::KIND, |_| {
        Box::pin(async {
            BEGUN.fetch_add(1, Relaxed);
            ENDS.0.notify_one();
            ENDS.1.notified().await;
            Ok(JobEnd::Say(JobOutcome::Done("sent".to_owned())))
        })
    })];
    let place = Place::new().await;
    let mut runner = place.runner(&KINDS, LEASE);
    place.enqueue(&SendMail { mailing: 1, no: 0 }, NOW).await;
    runner.look().await;
    ENDS.0.notified().await;
    // The database was locked, or the machine asleep: nothing was extended.
    place.time.fetch_add(2 * 60_000, Relaxed);
    assert_eq!(runner.look().await, LEASE.lasts, "it is held anew");
    assert_eq!((runner.held.len(), place.job(SendMail::KIND).await.attempts), (1, 1));
    ENDS.1.notify_one();
    let ended = runner.running.join_next_with_id().await.unwrap();
    assert_eq!(place.job(SendMail::KIND).await.status, JobStatus::Done, "its word counts");
    runner.ended(ended);
    assert_eq!(BEGUN.load(Relaxed), 1);
    assert!(runner.held.is_empty());
}

#[tokio::test]
async fn when_the_server_stops_what_can_begin_anew_is_given_back_and_the_rest_ends() {
    static STARTED: LazyLock<(Notify, Notify)> = LazyLock::new(Default::default);
    static KINDS: [JobKind; 2] = [
        kind(BuildExport::KIND, |_| {
            Box::pin(async {
                STARTED.0.notify_one();
                std::future::pending().await
            })
        }),
        JobKind {
            ends_first: true,
            ..kind(SendMail::KIND, |_| {
                Box::pin(async {
                    STARTED.0.notify_one();
                    STARTED.1.notified().await;
                    Ok(JobEnd::Say(JobOutcome::Done("sent".to_owned())))
                })
            })
        },
    ];
    let place = Place::new().await;
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(place.runner(&KINDS, LEASE).run_until(async {
        let _ = stopped.await;
    }));
    place.enqueue(&export(), NOW).await;
    STARTED.0.notified().await;
    place.enqueue(&SendMail { mailing: 1, no: 0 }, NOW).await;
    STARTED.0.notified().await;
    stop.send(()).unwrap();
    let given_back = place.until(BuildExport::KIND, JobStatus::Waiting).await;
    assert_eq!(given_back.due_at, Some(NOW), "another process begins it at once");
    assert_eq!(place.job(SendMail::KIND).await.status, JobStatus::Running);
    // Nothing is begun any more.
    assert!(!running.is_finished());
    STARTED.1.notify_one();
    running.await.unwrap();
    assert_eq!(place.job(SendMail::KIND).await.status, JobStatus::Done);
    assert_eq!(place.job(BuildExport::KIND).await.attempts, 1);
}
