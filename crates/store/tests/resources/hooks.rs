//! Webhooks: whose they are, and that none is left behind by the job that reads them.

use domain::{HookSource, Timestamp, import::OtherCalls};
use store::{
    Conn, Db, Scope,
    hooks::{
        self, NewHook,
        agents::{self, Agent, StandsFor},
        bodies::{self, Arrived},
        calls::{self, KnownLeg},
    },
    jobs::{self, Claim, ClaimedJob, JobStatus, Payload, ReadHooks},
};

use crate::support::{NINE, both_engines, shop};

const VAPI: HookSource = HookSource::Vapi;

async fn add(conn: &mut Conn, scope: &Scope, hash: u8) -> i64 {
    let hook =
        NewHook { source: VAPI, name: "Vapi", hash: &[hash; 32], sealed_key: b"key", sealed_secret: Some(b"secret") };
    hooks::add(conn, scope, &hook, NINE).await.unwrap()
}

fn arrived(scope: Scope, hook: i64, key: i64) -> Arrived {
    Arrived { scope, hook, source: VAPI, key, at: NINE, body: format!("body {key}").into_bytes() }
}

async fn keep(db: &Db, all: Vec<Arrived>) {
    let mut conn = db.write().await.unwrap();
    bodies::keep(&mut conn, all).await.unwrap();
    conn.commit().await.unwrap();
}

async fn claim(db: &Db, scope: &Scope) -> Vec<ClaimedJob> {
    let mut conn = db.write().await.unwrap();
    let claim = Claim {
        kind: ReadHooks::KIND,
        lease: "mine",
        now: NINE,
        until: Timestamp(NINE.0 + 60_000),
        limit: 5,
        held: &[],
    };
    let claimed = jobs::claim(&mut conn, scope, &claim).await.unwrap();
    conn.commit().await.unwrap();
    claimed
}

async fn jobs_of(db: &Db, scope: &Scope) -> Vec<JobStatus> {
    let listed = jobs::list(&mut db.read().await.unwrap(), scope, None, None, 10).await.unwrap().jobs;
    listed.into_iter().filter(|job| job.kind == ReadHooks::KIND).map(|job| job.status).collect()
}

both_engines! {
    async fn webhooks_are_read_by_one_job_in_the_order_in_which_they_came(db) {
        let (own, other) = (shop(&db, "own").await, shop(&db, "other").await);
        let mut conn = db.write().await.unwrap();
        let (hook, of_other) = (add(&mut conn, &own, 1).await, add(&mut conn, &other, 2).await);
        conn.commit().await.unwrap();
        keep(&db, vec![arrived(own, hook, 30), arrived(other, of_other, 20), arrived(own, hook, 10)]).await;
        keep(&db, vec![arrived(own, hook, 40)]).await;
        assert_eq!((jobs_of(&db, &own).await, jobs_of(&db, &other).await), (vec![JobStatus::Waiting], vec![JobStatus::Waiting]));

        let mut conn = db.write().await.unwrap();
        let waiting = async |conn: &mut Conn, scope, limit, bytes| {
            let waiting = bodies::waiting(conn, scope, limit, bytes).await.unwrap();
            waiting.into_iter().map(|body| (body.key, String::from_utf8(body.body).unwrap())).collect::<Vec<_>>()
        };
        let body = |key: i64| (key, format!("body {key}"));
        assert_eq!(waiting(&mut conn, &own, 9, 1_000).await, [body(10), body(30), body(40)]);
        assert_eq!(waiting(&mut conn, &own, 2, 1_000).await, [body(10), body(30)]);
        assert_eq!(waiting(&mut conn, &own, 9, 14).await, [body(10), body(30)]);
        assert_eq!(waiting(&mut conn, &own, 9, 1).await, [body(10)], "one alone may be longer");
        bodies::mark_read(&mut conn, &own, 10, Some("c-1")).await.unwrap();
        bodies::mark_unread(&mut conn, &own, 30, Some("c-1"), "no\0 end").await.unwrap();
        bodies::mark_read(&mut conn, &own, 40, None).await.unwrap();
        assert!(!bodies::has_work(&mut conn, &own).await.unwrap());
        assert_eq!(bodies::unread(&mut conn, &own, 9).await.unwrap().0[0].reason.as_deref(), Some("no end"));
        // Another account's of that id is another.
        bodies::mark_call_read(&mut conn, &other, VAPI, "c-1").await.unwrap();
        bodies::mark_call_read(&mut conn, &own, HookSource::Retell, "c-1").await.unwrap();
        assert_eq!(bodies::unread(&mut conn, &own, 9).await.unwrap().1, 1);
        assert_eq!(bodies::read_again(&mut conn, &own, Some(hook + 1), NINE).await.unwrap(), 0);
        assert_eq!(bodies::read_again(&mut conn, &own, None, NINE).await.unwrap(), 1);
        assert_eq!(waiting(&mut conn, &own, 9, 1_000).await, [body(30)], "its body was kept");
        conn.commit().await.unwrap();
        assert_eq!(jobs_of(&db, &own).await, [JobStatus::Waiting]);
    }

    async fn a_webhook_that_comes_while_the_job_ends_is_seen_or_has_a_job_of_its_own(db) {
        let own = shop(&db, "own").await;
        let mut conn = db.write().await.unwrap();
        let hook = add(&mut conn, &own, 1).await;
        conn.commit().await.unwrap();
        keep(&db, vec![arrived(own, hook, 10)]).await;
        let job = claim(&db, &own).await.remove(0);
        // It comes while the job runs: no second job, and the first one sees it when it wants to end.
        keep(&db, vec![arrived(own, hook, 20)]).await;
        assert_eq!(jobs_of(&db, &own).await, [JobStatus::Running]);
        let mut ending = db.write().await.unwrap();
        assert!(jobs::remove(&mut ending, &own, &job).await.unwrap());
        assert!(bodies::has_work(&mut ending, &own).await.unwrap());
        drop(ending);
        if !db.is_sqlite() {
            // It has come and is not committed: the end waits for it, and sees it.
            let mut coming = db.write().await.unwrap();
            bodies::keep(&mut coming, vec![arrived(own, hook, 30)]).await.unwrap();
            let ending = async {
                let mut conn = db.write().await.unwrap();
                bodies::mark_read(&mut conn, &own, 10, None).await.unwrap();
                bodies::mark_read(&mut conn, &own, 20, None).await.unwrap();
                assert!(jobs::remove(&mut conn, &own, &job).await.unwrap());
                bodies::has_work(&mut conn, &own).await.unwrap()
            };
            let (sees, ()) = futures::join!(ending, async { coming.commit().await.unwrap() });
            assert!(sees, "what was committed before the end is seen by it");
        }
        let mut ending = db.write().await.unwrap();
        for key in [10, 20, 30] {
            bodies::mark_read(&mut ending, &own, key, None).await.unwrap();
        }
        assert!(jobs::remove(&mut ending, &own, &job).await.unwrap());
        assert!(!bodies::has_work(&mut ending, &own).await.unwrap());
        ending.commit().await.unwrap();
        assert_eq!(jobs_of(&db, &own).await, []);
        keep(&db, vec![arrived(own, hook, 40)]).await;
        assert_eq!(jobs_of(&db, &own).await, [JobStatus::Waiting]);
    }

    async fn nothing_of_an_accounts_webhooks_is_found_by_another(db) {
        let (own, stranger) = (shop(&db, "own").await, shop(&db, "stranger").await);
        let mut conn = db.write().await.unwrap();
        let c = &mut conn;
        let hook = add(c, &own, 1).await;
        bodies::keep(c, vec![arrived(own, hook, 10)]).await.unwrap();
        bodies::mark_unread(c, &own, 10, None, "why").await.unwrap();
        let leg = KnownLeg { call: "c-1".to_owned(), leg: String::new(), agent: "a".to_owned(), said: "{}".to_owned() };
        calls::put(c, &own, VAPI, vec![leg.clone()], NINE).await.unwrap();
        assert!(agents::meet(c, &own, VAPI, "a", Some("Lan"), NINE).await.unwrap());

        assert!(hooks::find(c, stranger.account(), &[1; 32]).await.unwrap().is_none());
        assert!(hooks::list(c, &stranger).await.unwrap().is_empty());
        assert!(hooks::lookup(c, &stranger, hook).await.unwrap().is_none());
        assert!(!hooks::set_secret(c, &stranger, hook, None).await.unwrap());
        assert!(!hooks::set_mapping(c, &stranger, hook, "x").await.unwrap());
        assert!(!hooks::revoke(c, &stranger, hook, NINE).await.unwrap());
        assert!(bodies::last(c, &stranger, 9).await.unwrap().is_empty());
        assert_eq!(bodies::unread(c, &stranger, 9).await.unwrap(), (vec![], 0));
        assert_eq!(bodies::read_again(c, &stranger, Some(hook), NINE).await.unwrap(), 0);
        assert!(calls::legs(c, &stranger, VAPI, &["c-1"]).await.unwrap().is_empty());
        assert!(agents::list(c, &stranger).await.unwrap().is_empty());
        assert!(!agents::put(c, &stranger, VAPI, "a", &StandsFor::default(), NINE).await.unwrap());
        hooks::tidy(c, &stranger, Timestamp(i64::MAX / 2)).await.unwrap();

        let found = hooks::find(c, own.account(), &[1; 32]).await.unwrap().unwrap();
        assert_eq!((found.key, found.sealed_secret.as_deref()), (hook, Some(&b"secret"[..])));
        assert_eq!(calls::legs(c, &own, VAPI, &["c-1"]).await.unwrap()["c-1"], [leg]);
        let known = Agent {
            source: VAPI,
            agent: "a".to_owned(),
            name: Some("Lan".to_owned()),
            campaign: None,
            voicebot: None,
            others: OtherCalls::Import,
            left_out: 0,
            is_known: false,
        };
        assert_eq!(agents::list(c, &own).await.unwrap(), [known]);
        // Its calls are due once somebody has said what it is.
        assert!(calls::due(c, &own, 9).await.unwrap().is_empty());
        assert!(agents::put(c, &own, VAPI, "a", &StandsFor::default(), NINE).await.unwrap());
        assert_eq!(calls::due(c, &own, 9).await.unwrap(), [(VAPI, "c-1".to_owned())]);
        assert!(agents::list(c, &own).await.unwrap()[0].is_known);
        assert!(hooks::revoke(c, &own, hook, NINE).await.unwrap());
        assert!(hooks::find(c, own.account(), &[1; 32]).await.unwrap().is_none());
        conn.commit().await.unwrap();
    }

    async fn an_account_has_so_many_addresses_and_agents_at_most(db) {
        let own = shop(&db, "own").await;
        let mut conn = db.write().await.unwrap();
        for n in 0..domain::limits::HOOKS {
            add(&mut conn, &own, n as u8).await;
        }
        let one_more = NewHook { source: VAPI, name: "V", hash: &[255; 32], sealed_key: b"", sealed_secret: None };
        assert!(hooks::add(&mut conn, &own, &one_more, NINE).await.is_err());
        for n in 0..=domain::limits::HOOK_AGENTS {
            let is_met = agents::meet(&mut conn, &own, VAPI, &n.to_string(), None, NINE).await.unwrap();
            assert_eq!(is_met, n < domain::limits::HOOK_AGENTS);
        }
        assert!(agents::meet(&mut conn, &own, HookSource::Retell, "a", None, NINE).await.unwrap());
        drop(conn);
    }
}
