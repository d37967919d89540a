//! What is done later: one file for each kind of job, one line for each in [`KINDS`], and the runner that claims them.
//!
//! A job may run more than once (its process may be killed at any step), so every kind is written to be repeated: what it
//! did is found again by a name that does not change, and said in the same transaction as the job's end.

mod accepted;
mod build_export;
mod change_codes;
mod check_import;
mod erase_customers;
mod fetch_recordings;
mod fill_dimensions;
mod import_steps;
mod index_customers;
mod index_said;
mod price_again;
mod read_hooks;
mod runner;
pub mod send_mail;
pub mod send_notice;
mod store_import;
mod tidy_account;
mod undo_import;
mod verify_account;

use std::{error::Error, fmt};

use domain::{
    Timestamp,
    limits::{FETCHES_AT_ONCE, IMPORTS_AT_ONCE, WORKBOOKS_AT_ONCE, WORKBOOKS_OF_AN_ACCOUNT},
};
use futures::future::BoxFuture;
use store::{
    Conn, Db, Scope, StoreError,
    jobs::{
        self, BuildExport, BuildLargeExport, ChangeCodes, CheckImport, ClaimedJob, EraseCustomers, FetchRecordings,
        FillDimensions, IndexCustomers, IndexSaid, JobOutcome, Payload, PriceAgain, ReadHooks, SendMail, SendNotice,
        StoreImport, TidyAccount, UndoImport, VerifyAccount,
    },
};

use crate::context::{Context, SharedContext};

pub use self::runner::{run, run_due};

const MINUTE_MS: i64 = 60_000;
/// So many tries in a row may end with their process, which is killed now and then for no fault of theirs. One more, and it counts as a
/// try that failed: it would take down one process after the other.
const BROKEN_OFF_AT_MOST: u32 = 3;
/// Kinds that give up something of their own with the job, and so say themselves what becomes of it.
const GIVE_UP_THEMSELVES: [&str; 5] =
    [BuildExport::KIND, BuildLargeExport::KIND, CheckImport::KIND, StoreImport::KIND, UndoImport::KIND];

/// A kind of job and how it is run.
pub struct JobKind {
    /// Its name in the database.
    pub name: &'static str,
    /// How many run at once in a process.
    at_once: usize,
    /// Of them those of one account: the rest is left to the others, also while they have none.
    of_an_account: usize,
    /// When it is tried again.
    retries: Retries,
    /// Whether this process can run it at all now; else they wait.
    is_possible: fn(&Context) -> bool,
    /// Whether a run that is under way ends before the server stops; else it is stopped, and begun anew elsewhere.
    ends_first: bool,
    run: fn(Task) -> BoxFuture<'static, Result<JobEnd, JobError>>,
}

/// Every kind. A new one: a payload in `store::jobs`, a file beside this one, a line here.
pub static KINDS: [JobKind; 17] = [
    JobKind {
        name: SendMail::KIND,
        at_once: send_mail::AT_ONCE,
        of_an_account: send_mail::AT_ONCE,
        // A day, as mail servers do it; the pauses then stay at an hour.
        retries: Retries { pauses_min: &[1, 5, 15, 60], give_up_min: 24 * 60 },
        is_possible: |context| context.mail.server().is_some(),
        // Cut off, nobody would know whether the mail server has accepted it.
        ends_first: true,
        run: |task| Box::pin(send_mail::run(task)),
    },
    JobKind {
        name: SendNotice::KIND,
        at_once: send_notice::AT_ONCE,
        of_an_account: send_notice::AT_ONCE,
        // Somebody waits for it; later than that they have asked again.
        retries: Retries { pauses_min: &[1, 5, 15, 60], give_up_min: 24 * 60 },
        is_possible: |context| context.mail.server().is_some(),
        ends_first: true,
        run: |task| Box::pin(send_notice::run(task)),
    },
    JobKind {
        name: BuildExport::KIND,
        // Each keeps a core and a reader of the database busy.
        at_once: WORKBOOKS_AT_ONCE,
        of_an_account: WORKBOOKS_OF_AN_ACCOUNT,
        retries: EXPORT_RETRIES,
        is_possible: |_| true,
        ends_first: false,
        run: |task| Box::pin(build_export::run(task)),
    },
    JobKind {
        name: BuildLargeExport::KIND,
        at_once: WORKBOOKS_AT_ONCE,
        of_an_account: WORKBOOKS_OF_AN_ACCOUNT,
        retries: EXPORT_RETRIES,
        is_possible: |_| true,
        ends_first: false,
        run: |task| Box::pin(build_export::run_large(task)),
    },
    JobKind {
        name: FetchRecordings::KIND,
        // They wait for servers; what is fetched at once has places of its own.
        at_once: FETCHES_AT_ONCE,
        of_an_account: 1,
        // Of this machine's own faults; how often a recording is tried is its own matter.
        retries: Retries { pauses_min: &[1, 5, 15, 60], give_up_min: i64::MAX / MINUTE_MS },
        is_possible: |_| true,
        ends_first: false,
        run: |task| Box::pin(fetch_recordings::run(task)),
    },
    JobKind {
        name: TidyAccount::KIND,
        at_once: 1,
        of_an_account: 1,
        // It must come back whatever happens.
        retries: Retries { pauses_min: &[10, 60], give_up_min: i64::MAX / MINUTE_MS },
        is_possible: |_| true,
        ends_first: false,
        run: |task| Box::pin(tidy_account::run(task)),
    },
    JobKind {
        name: VerifyAccount::KIND,
        at_once: 1,
        of_an_account: 1,
        retries: Retries { pauses_min: &[1, 10, 60], give_up_min: 24 * 60 },
        is_possible: |_| true,
        ends_first: false,
        run: |task| Box::pin(verify_account::run(task)),
    },
    JobKind {
        name: CheckImport::KIND,
        at_once: IMPORTS_AT_ONCE,
        of_an_account: 1,
        retries: IMPORT_RETRIES,
        is_possible: |_| true,
        ends_first: false,
        run: |task| Box::pin(check_import::run(task)),
    },
    JobKind {
        name: StoreImport::KIND,
        at_once: IMPORTS_AT_ONCE,
        // One after the other: a second file may be the first one corrected.
        of_an_account: 1,
        retries: IMPORT_RETRIES,
        is_possible: |_| true,
        ends_first: false,
        run: |task| Box::pin(store_import::run(task)),
    },
    JobKind {
        name: UndoImport::KIND,
        at_once: 1,
        of_an_account: 1,
        retries: IMPORT_RETRIES,
        is_possible: |_| true,
        ends_first: false,
        run: |task| Box::pin(undo_import::run(task)),
    },
    JobKind {
        name: ReadHooks::KIND,
        // They write to the database in turns anyway.
        at_once: 4,
        of_an_account: 1,
        // What came in must be read whatever happens.
        retries: Retries { pauses_min: &[0, 1], give_up_min: i64::MAX / MINUTE_MS },
        is_possible: |_| true,
        ends_first: false,
        run: |task| Box::pin(read_hooks::run(task)),
    },
    JobKind {
        name: ChangeCodes::KIND,
        // Between its steps others write; several accounts would only take turns.
        at_once: 2,
        of_an_account: 1,
        // What was asked for must come into force whatever happens.
        retries: Retries { pauses_min: &[0, 1, 5], give_up_min: i64::MAX / MINUTE_MS },
        is_possible: |_| true,
        ends_first: false,
        run: |task| Box::pin(change_codes::run(task)),
    },
    JobKind {
        name: PriceAgain::KIND,
        at_once: 2,
        of_an_account: 1,
        // As for `ChangeCodes`: calls priced by two tariffs would stay so if it were given up.
        retries: Retries { pauses_min: &[0, 1, 5], give_up_min: i64::MAX / MINUTE_MS },
        is_possible: |_| true,
        ends_first: false,
        run: |task| Box::pin(price_again::run(task)),
    },
    JobKind {
        name: EraseCustomers::KIND,
        at_once: 2,
        of_an_account: 1,
        // Who asked to be forgotten is, whatever happens.
        retries: Retries { pauses_min: &[0, 1, 5], give_up_min: i64::MAX / MINUTE_MS },
        is_possible: |_| true,
        ends_first: false,
        run: |task| Box::pin(erase_customers::run(task)),
    },
    JobKind {
        name: IndexCustomers::KIND,
        // A core for a moment, time and again, while calls come in.
        at_once: 1,
        of_an_account: 1,
        // Until it is done searches read more, and find the same.
        retries: Retries { pauses_min: &[1, 10, 60], give_up_min: 24 * 60 },
        is_possible: |_| true,
        ends_first: false,
        run: |task| Box::pin(index_customers::run(task)),
    },
    JobKind {
        name: IndexSaid::KIND,
        at_once: 1,
        of_an_account: 1,
        // Until it is done searches say how far it is: it must end some day.
        retries: Retries { pauses_min: &[0, 1, 5], give_up_min: i64::MAX / MINUTE_MS },
        is_possible: |_| true,
        ends_first: false,
        run: |task| Box::pin(index_said::run(task)),
    },
    JobKind {
        name: FillDimensions::KIND,
        at_once: 1,
        of_an_account: 1,
        // Until it is done pages say how far it is: it must end some day.
        retries: Retries { pauses_min: &[0, 1, 5], give_up_min: i64::MAX / MINUTE_MS },
        is_possible: |_| true,
        ends_first: false,
        run: |task| Box::pin(fill_dimensions::run(task)),
    },
];

/// Somebody waits for it, and what stands in its way may pass: a database that is busy, a store that does not answer.
const IMPORT_RETRIES: Retries = Retries { pauses_min: &[0, 1, 5, 15], give_up_min: 6 * 60 };

/// Somebody waits for it.
const EXPORT_RETRIES: Retries = Retries { pauses_min: &[0, 1], give_up_min: 5 };

/// After which pauses a job is tried again, the last one again and again, and for how long.
#[derive(Debug, Clone, Copy)]
struct Retries {
    pauses_min: &'static [i64],
    give_up_min: i64,
}

impl Retries {
    /// When a job is tried again after its `attempt`-th try, from 1; `None`: it is given up.
    fn next(self, attempt: u32, first: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let nth = (attempt.max(1) as usize - 1).min(self.pauses_min.len().saturating_sub(1));
        let next = now.0.saturating_add(self.pauses_min.get(nth).copied().unwrap_or(60) * MINUTE_MS);
        (next - first.0 <= self.give_up_min.saturating_mul(MINUTE_MS)).then_some(Timestamp(next))
    }
}

/// A claimed job with what it works with.
#[derive(Clone)]
pub struct Task {
    /// The database; transactions are counted as the job's.
    pub db: Db,
    pub context: SharedContext,
    /// The account it works for.
    pub scope: Scope,
    /// What was claimed.
    pub job: ClaimedJob,
    retries: Retries,
}

impl Task {
    pub fn now(&self) -> Timestamp {
        (self.context.clock)()
    }

    /// When it is tried again if it fails now; `None`: it would be given up.
    pub fn next_try(&self) -> Option<Timestamp> {
        self.retries.next(self.job.attempt, self.job.queued_at, self.now())
    }

    /// Refuses another try where several have ended with their process.
    pub(super) fn unbroken(&self) -> Result<(), BrokenOff> {
        let is_broken = self.job.is_broken_off && self.job.attempt > BROKEN_OFF_AT_MOST;
        if is_broken { Err(BrokenOff(self.job.attempt - 1)) } else { Ok(()) }
    }

    /// Says in the caller's transaction what became of the job. `false`: the lease was over, and another process has it; the
    /// caller must not commit what that process may do again.
    pub async fn finish(&self, conn: &mut Conn, outcome: &JobOutcome) -> Result<bool, StoreError> {
        jobs::finish(conn, &self.scope, &self.job, outcome, self.now()).await
    }
}

/// A job whose tries end with their process.
#[derive(Debug, thiserror::Error)]
#[error(
    "its process ended in the middle of it, after {0} tries: is memory short, or does it meet a fault of the program?"
)]
pub(super) struct BrokenOff(u32);

/// How a run ended.
#[derive(Debug)]
pub enum JobEnd {
    /// The runner shall say this of the job.
    Say(JobOutcome),
    /// It was said already, together with what was done.
    Said(&'static str),
}

/// What a run failed with. The log gets the chain of causes, the job's last words a reference.
#[derive(Debug)]
pub struct JobError(Box<dyn Error + Send + Sync>);

impl<E: Error + Send + Sync + 'static> From<E> for JobError {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

impl fmt::Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::failure::chain(self.0.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use domain::Language;

    use super::*;

    #[test]
    fn mails_are_tried_for_a_day_in_pauses_that_grow_to_an_hour() {
        let retries = KINDS.iter().find(|kind| kind.name == SendMail::KIND).unwrap().retries;
        let (mut now, first) = (Timestamp(0), Timestamp(0));
        let mut minutes = Vec::new();
        for attempt in 1.. {
            let Some(next) = retries.next(attempt, first, now) else { break };
            minutes.push((next.0 - now.0) / MINUTE_MS);
            now = next;
        }
        assert_eq!(minutes[..6], [1, 5, 15, 60, 60, 60]);
        assert!(now.0 <= 24 * 60 * MINUTE_MS && now.0 > 23 * 60 * MINUTE_MS, "{now:?}");
    }

    #[test]
    fn every_payload_has_a_runner_and_words_in_both_languages() {
        let payloads = include_str!("../../../crates/store/src/jobs/payload.rs");
        let kinds: Vec<&str> = payloads
            .split("const KIND: &'static str = \"")
            .skip(1)
            .map(|rest| &rest[..rest.find('"').unwrap()])
            .collect();
        assert_eq!(kinds.len(), KINDS.len());
        for kind in kinds {
            assert!(KINDS.iter().any(|known| known.name == kind), "{kind} has no line in KINDS");
            for language in [Language::Vi, Language::En] {
                assert!(app::jobs::in_words(kind, app::Text(language)).is_some(), "{kind} has no words for owners");
            }
        }
        for kind in GIVE_UP_THEMSELVES {
            assert!(KINDS.iter().any(|known| known.name == kind));
        }
    }

    #[test]
    fn pauses_of_every_kind_grow_or_stay_until_it_is_given_up_or_for_ever() {
        const ATTEMPTS: u32 = 2_000;
        for kind in &KINDS {
            let (mut now, mut pause, mut attempt) = (Timestamp(0), 0, 1);
            while let Some(next) = kind.retries.next(attempt, Timestamp(0), now) {
                assert!(next.0 - now.0 >= pause, "{}: {pause} ms, then {}", kind.name, next.0 - now.0);
                (pause, now, attempt) = (next.0 - now.0, next, attempt + 1);
                if attempt == ATTEMPTS {
                    break;
                }
            }
            let is_for_ever = kind.retries.give_up_min == i64::MAX / MINUTE_MS;
            assert_eq!(attempt == ATTEMPTS, is_for_ever, "{} ends after {attempt} attempts", kind.name);
            assert!(
                is_for_ever || now.0 <= kind.retries.give_up_min * MINUTE_MS,
                "{} goes on until {now:?}",
                kind.name
            );
        }
    }

    #[test]
    fn tidying_is_never_given_up() {
        let retries = KINDS.iter().find(|kind| kind.name == TidyAccount::KIND).unwrap().retries;
        assert!(retries.next(1_000, Timestamp(0), Timestamp(i64::MAX / 2)).is_some());
    }
}
