//! Jobs: enqueued in the deciding transaction, one process's until its lease ends, done once.

use domain::Timestamp;
use store::{
    Db, Scope,
    jobs::{self, BuildExport, Claim, ClaimedJob, JobOutcome, JobPlace, JobStatus, Payload, Retried, VerifyAccount},
};

use crate::support::{NOW, both_engines, shop};

fn at(seconds: i64) -> Timestamp {
    Timestamp(NOW.0 + seconds * 1_000)
}

fn export(name: &str) -> BuildExport {
    BuildExport { export: name.to_owned() }
}

async fn enqueue(db: &Db, scope: &Scope, name: &str, once: Option<&str>, due: Timestamp) -> bool {
    let mut conn = db.write().await.unwrap();
    let added = jobs::enqueue(&mut conn, scope, &export(name), once, due, at(0)).await.unwrap();
    conn.commit().await.unwrap();
    added
}

async fn claim(db: &Db, scope: &Scope, lease: &str, now: Timestamp, limit: u32) -> Vec<ClaimedJob> {
    claim_of(db, scope, BuildExport::KIND, lease, now, limit).await
}

async fn claim_of(
    db: &Db,
    scope: &Scope,
    kind: &'static str,
    lease: &str,
    now: Timestamp,
    limit: u32,
) -> Vec<ClaimedJob> {
    let claim = Claim { kind, lease, now, until: Timestamp(now.0 + 60_000), limit, held: &[] };
    let mut conn = db.write().await.unwrap();
    let claimed = jobs::claim(&mut conn, scope, &claim).await.unwrap();
    conn.commit().await.unwrap();
    claimed
}

/// Asks for one recount, for a minute.
fn one_recount(lease: &str, now: Timestamp) -> Claim<'_> {
    Claim { kind: VerifyAccount::KIND, lease, now, until: Timestamp(now.0 + 60_000), limit: 1, held: &[] }
}

async fn finish(db: &Db, scope: &Scope, job: &ClaimedJob, outcome: JobOutcome, now: Timestamp) -> bool {
    let mut conn = db.write().await.unwrap();
    let held = jobs::finish(&mut conn, scope, job, &outcome, now).await.unwrap();
    conn.commit().await.unwrap();
    held
}

fn names(claimed: &[ClaimedJob]) -> Vec<String> {
    claimed.iter().map(|job| job.payload::<BuildExport>().unwrap().export).collect()
}

both_engines! {
    async fn a_job_is_one_processs_until_its_lease_ends(db) {
        let (scope, other) = (shop(&db, "a").await, shop(&db, "b").await);
        assert!(enqueue(&db, &scope, "x", None, at(0)).await);
        assert!(enqueue(&db, &scope, "later", None, at(3_600)).await);
        assert!(claim(&db, &other, "o", at(1), 9).await.is_empty(), "another account's");
        assert!(claim(&db, &scope, "early", at(-1), 9).await.is_empty());
        let first = claim(&db, &scope, "one", at(0), 9).await;
        assert_eq!(names(&first), ["x"]);
        assert!(claim(&db, &scope, "two", at(59), 9).await.is_empty());
        // Extended, it is held longer.
        let mut conn = db.write().await.unwrap();
        assert!(jobs::extend(&mut conn, &scope, &first[0], at(100)).await.unwrap());
        assert!(!jobs::extend(&mut conn, &other, &first[0], at(900)).await.unwrap());
        conn.commit().await.unwrap();
        assert!(claim(&db, &scope, "two", at(99), 9).await.is_empty());
        // Its process died: another one has it, and the first one's word counts no more.
        let second = claim(&db, &scope, "two", at(100), 9).await;
        assert_eq!((names(&second), second[0].attempt), (vec!["x".to_owned()], 2));
        assert!(!finish(&db, &scope, &first[0], JobOutcome::Failed("late".to_owned()), at(101)).await);
        assert!(!finish(&db, &other, &second[0], JobOutcome::Failed("other".to_owned()), at(101)).await);
        assert!(finish(&db, &scope, &second[0], JobOutcome::Done("made".to_owned()), at(101)).await);
        assert!(claim(&db, &scope, "three", at(3_599), 9).await.is_empty());
        let mut conn = db.read().await.unwrap();
        assert_eq!(jobs::next_due(&mut conn, BuildExport::KIND).await.unwrap(), Some(at(3_600)));
    }

    async fn two_processes_that_claim_at_once_share_the_jobs(db) {
        let scope = shop(&db, "a").await;
        for n in 0..20 {
            enqueue(&db, &scope, &format!("{n:02}"), None, at(0)).await;
        }
        let claiming = async |lease: &'static str| {
            let mut all = Vec::new();
            loop {
                let claimed = claim(&db, &scope, lease, at(1), 3).await;
                if claimed.is_empty() {
                    return all;
                }
                all.extend(names(&claimed));
            }
        };
        let (one, two) = futures::join!(claiming("one"), claiming("two"));
        let mut all = [one, two].concat();
        all.sort();
        assert_eq!(all, (0..20).map(|n| format!("{n:02}")).collect::<Vec<_>>(), "each once");
    }

    async fn a_key_keeps_out_a_second_job_until_the_first_is_over(db) {
        let scope = shop(&db, "a").await;
        assert!(enqueue(&db, &scope, "first", Some("k"), at(0)).await);
        assert!(!enqueue(&db, &scope, "second", Some("k"), at(0)).await);
        assert!(enqueue(&db, &scope, "other", Some("l"), at(5)).await);
        let claimed = claim(&db, &scope, "one", at(0), 9).await;
        assert!(!enqueue(&db, &scope, "third", Some("k"), at(0)).await, "it is running");
        assert!(finish(&db, &scope, &claimed[0], JobOutcome::Done(String::new()), at(1)).await);
        assert!(enqueue(&db, &scope, "fourth", Some("k"), at(0)).await);
    }

    async fn what_is_rolled_back_was_never_enqueued_and_what_is_committed_wakes(db) {
        let scope = shop(&db, "a").await;
        // The account's own jobs woke already.
        db.jobs_enqueued().await;
        let mut conn = db.write().await.unwrap();
        jobs::enqueue(&mut conn, &scope, &export("x"), None, at(0), at(0)).await.unwrap();
        drop(conn);
        assert!(claim(&db, &scope, "one", at(1), 9).await.is_empty());
        assert!(futures::FutureExt::now_or_never(db.jobs_enqueued()).is_none(), "nothing was said");
        enqueue(&db, &scope, "y", None, at(0)).await;
        db.jobs_enqueued().await;
    }

    async fn a_job_that_fails_says_why_and_runs_again_when_it_is_told_to(db) {
        let (scope, other) = (shop(&db, "a").await, shop(&db, "b").await);
        // Nothing else than the job is given up with one of this kind.
        let mut conn = db.write().await.unwrap();
        jobs::enqueue(&mut conn, &scope, &VerifyAccount::new(true), Some("k"), at(0), at(0)).await.unwrap();
        conn.commit().await.unwrap();
        let claim = async |lease, now| claim_of(&db, &scope, VerifyAccount::KIND, lease, now, 9).await.remove(0);
        let job = claim("one", at(0)).await;
        assert!(finish(&db, &scope, &job, JobOutcome::Retry(at(60), "R-1".to_owned()), at(1)).await);
        let job = claim("two", at(60)).await;
        assert_eq!(job.attempt, 2);
        assert!(finish(&db, &scope, &job, JobOutcome::Failed("R-2".to_owned()), at(61)).await);

        let mut conn = db.write().await.unwrap();
        let failed = jobs::list(&mut conn, &scope, Some(JobStatus::Failed), None, 9).await.unwrap().jobs;
        assert_eq!(failed.iter().map(|job| job.last_words.as_deref()).collect::<Vec<_>>(), [Some("R-2")]);
        assert!(jobs::list(&mut conn, &other, Some(JobStatus::Failed), None, 9).await.unwrap().jobs.is_empty());
        let count = jobs::counts(&mut conn).await.unwrap();
        assert!(count.iter().any(|of| (of.kind.as_str(), of.status.as_str(), of.jobs) == (VerifyAccount::KIND, "failed", 1)));
        assert_eq!(jobs::retry(&mut conn, &other, job.key, at(70)).await.unwrap(), Retried::NoSuch, "not theirs");
        assert_eq!(jobs::retry(&mut conn, &scope, job.key, at(70)).await.unwrap(), Retried::Again(VerifyAccount::KIND.to_owned()));
        conn.commit().await.unwrap();
        let again = claim("three", at(70)).await;
        assert_eq!((again.key, again.attempt), (job.key, 1), "its tries are counted anew");
        let mut conn = db.write().await.unwrap();
        assert_eq!(jobs::retry(&mut conn, &scope, job.key, at(71)).await.unwrap(), Retried::NothingToDo, "it is running");
    }

    async fn what_is_changed_while_a_job_runs_is_read_by_another_one_behind_it(db) {
        let scope = shop(&db, "a").await;
        let ask = async |now| {
            let mut conn = db.write().await.unwrap();
            jobs::enqueue_after(&mut conn, &scope, &export("x"), "k", now, now).await.unwrap();
            conn.commit().await.unwrap();
        };
        let waiting = async || {
            let mut conn = db.read().await.unwrap();
            jobs::list(&mut conn, &scope, Some(JobStatus::Waiting), None, 9).await.unwrap().jobs
                .iter().filter(|job| job.kind == BuildExport::KIND).count()
        };
        for _ in 0..3 {
            ask(at(0)).await;
            assert_eq!(waiting().await, 1, "one that waits reads what is there when it begins");
        }
        let first = claim(&db, &scope, "one", at(0), 9).await.remove(0);
        for _ in 0..3 {
            ask(at(1)).await;
            assert_eq!(waiting().await, 1, "one that runs may have read what was there before");
        }
        finish(&db, &scope, &first, JobOutcome::Done(String::new()), at(2)).await;
        assert_eq!(claim(&db, &scope, "two", at(2), 9).await.len(), 1);
    }

    async fn a_job_that_was_superseded_is_not_retried_beside_its_successor(db) {
        let scope = shop(&db, "a").await;
        enqueue(&db, &scope, "old", Some("k"), at(0)).await;
        let old = claim(&db, &scope, "one", at(0), 9).await.remove(0);
        finish(&db, &scope, &old, JobOutcome::Failed(String::new()), at(1)).await;
        assert!(enqueue(&db, &scope, "new", Some("k"), at(2)).await);
        let mut conn = db.write().await.unwrap();
        assert_eq!(jobs::retry(&mut conn, &scope, old.key, at(3)).await.unwrap(), Retried::NothingToDo);
    }

    async fn how_far_a_job_is_outlives_its_process_and_old_jobs_are_forgotten(db) {
        let scope = shop(&db, "a").await;
        let mut conn = db.write().await.unwrap();
        let begin = VerifyAccount::new(true);
        jobs::enqueue(&mut conn, &scope, &begin, Some("verify"), at(0), at(0)).await.unwrap();
        let job = jobs::claim(&mut conn, &scope, &one_recount("one", at(0))).await.unwrap().remove(0);
        let far = VerifyAccount { repair: true, done: 7, calls: 90, differences: 2, found: 0 };
        assert!(jobs::save(&mut conn, &scope, &job, &far).await.unwrap());
        let again = jobs::claim(&mut conn, &scope, &one_recount("two", at(60))).await.unwrap().remove(0);
        assert_eq!(again.payload::<VerifyAccount>().unwrap(), far);
        assert!(!jobs::save(&mut conn, &scope, &job, &begin).await.unwrap(), "the first one's lease is over");
        let done = JobOutcome::Done("counted".to_owned());
        assert!(jobs::finish(&mut conn, &scope, &again, &done, at(61)).await.unwrap());
        assert_eq!(jobs::delete_old(&mut conn, &scope, at(61)).await.unwrap(), 0);
        assert_eq!(jobs::delete_old(&mut conn, &scope, at(62)).await.unwrap(), 1);
    }

    async fn a_job_that_its_claimer_still_runs_is_held_anew_and_not_claimed_twice(db) {
        let scope = shop(&db, "a").await;
        let mut conn = db.write().await.unwrap();
        let begin = VerifyAccount::new(true);
        jobs::enqueue(&mut conn, &scope, &begin, Some("verify"), at(0), at(0)).await.unwrap();
        let job = jobs::claim(&mut conn, &scope, &one_recount("one", at(0))).await.unwrap().remove(0);
        let held = [&job];
        let with_held = |now| Claim { held: &held, ..one_recount("two", now) };
        assert_eq!(jobs::claim(&mut conn, &scope, &with_held(at(60))).await.unwrap(), []);
        assert_eq!(jobs::next_due(&mut conn, VerifyAccount::KIND).await.unwrap(), Some(at(120)));
        let again = JobOutcome::Retry(at(61), "once more".to_owned());
        assert!(jobs::finish(&mut conn, &scope, &job, &again, at(61)).await.unwrap(), "its word counts");
        // What has ended is claimed, though its claimer does not know that yet.
        let second = jobs::claim(&mut conn, &scope, &with_held(at(61))).await.unwrap().remove(0);
        assert_eq!((second.key, second.attempt), (job.key, 2));
    }

    async fn a_list_of_jobs_is_read_page_by_page(db) {
        let scope = shop(&db, "a").await;
        for n in 0..5 {
            enqueue(&db, &scope, &n.to_string(), None, at(n)).await;
        }
        let mut conn = db.read().await.unwrap();
        let (mut before, mut keys) = (None, Vec::new());
        loop {
            let page = jobs::list(&mut conn, &scope, None, before, 2).await.unwrap();
            keys.extend(page.jobs.iter().map(|job| job.key));
            // As it stands in an address.
            before = page.next.map(|place| place.to_string().parse::<JobPlace>().unwrap());
            if before.is_none() {
                break;
            }
        }
        assert_eq!(keys.len(), 6, "and the account's own, which tidies");
        assert!(keys.windows(2).all(|pair| pair[0] > pair[1]), "{keys:?}");
        drop(conn);
        // What webhooks wake has a key below all others, and is the latest all the same.
        let mut conn = db.write().await.unwrap();
        jobs::wake(&mut conn, &scope, &export("late"), "late", -7, at(9)).await.unwrap();
        conn.commit().await.unwrap();
        let page = jobs::list(&mut db.read().await.unwrap(), &scope, None, None, 1).await.unwrap();
        assert_eq!(page.jobs[0].key, -7);
        for wrong in ["", "7", "7.", ".7", "7.x", "7.7.7"] {
            assert!(wrong.parse::<JobPlace>().is_err(), "{wrong}");
        }
    }
}
