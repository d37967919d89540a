use domain::{CallId, time::Zone};

use super::*;
use crate::{
    Db,
    ingest::{self, BatchAnswer, IngestOptions},
    invitations::{self, NewInvitation},
    recordings::{self, StoredRecording},
    support::{Call, NINE, NOW, both_engines, call, shop},
    users::NewUser,
    verify,
};

const DAY: i64 = 86_400_000;

async fn allow(db: &Db, scope: &Scope, quotas: Quotas) {
    let mut conn = db.write().await.unwrap();
    put(&mut conn, scope, &quotas, NOW).await.unwrap();
    conn.commit().await.unwrap();
}

async fn send(db: &Db, scope: &Scope, calls: Vec<Call>) -> BatchAnswer {
    let mut conn = db.write().await.unwrap();
    let records = calls.into_iter().map(Call::record).enumerate().collect();
    let options = IngestOptions { create_missing: false, received_at: NOW, import: None };
    let answer = ingest::put(&mut conn, scope, records, options).await.unwrap();
    conn.commit().await.unwrap();
    answer
}

fn counts(answer: &BatchAnswer) -> (u64, u64, u64, u64) {
    (answer.accepted, answer.updated, answer.unchanged, answer.over_quota)
}

async fn of_month(db: &Db, scope: &Scope, month: &str) -> i64 {
    let month: Month = month.parse().unwrap();
    let months = BTreeSet::from([i64::from(month.0)]);
    calls_of_months(&mut db.read().await.unwrap(), scope, &months).await.unwrap().values().sum()
}

async fn is_verified(db: &Db, scope: &Scope) {
    let found = verify::recount(&mut db.read().await.unwrap(), scope, &mut |_| {}).await.unwrap();
    assert_eq!(found, []);
}

/// The notices that were enqueued, by quota and month, and to whom.
async fn told(db: &Db, scope: &Scope) -> Vec<String> {
    let mut conn = db.read().await.unwrap();
    let page = jobs::list(&mut conn, scope, None, None, 100).await.unwrap();
    let mut told: Vec<String> =
        page.jobs.into_iter().filter(|job| job.kind == "send_notice").map(|job| job.key.to_string()).collect();
    told.sort();
    told
}

fn recording(bytes: u64, playable: Option<u64>) -> StoredRecording {
    StoredRecording {
        object: format!("o-{bytes}"),
        content_type: "audio/wav".to_owned(),
        bytes,
        duration: None,
        peaks: None,
        playable: playable.map(|bytes| recordings::PlayableObject { object: format!("p-{bytes}"), bytes }),
        stored_at: NOW,
    }
}

async fn keep(db: &Db, scope: &Scope, id: &str, recording: &StoredRecording) -> Result<(), StoreError> {
    let id: CallId = id.parse().unwrap();
    let mut conn = db.write().await.unwrap();
    recordings::put(&mut conn, scope, &id, recording).await?.expect("the call is there");
    conn.commit().await
}

both_engines! {
    async fn new_calls_beyond_the_quota_of_their_month_are_refused_and_known_ones_corrected(db) {
        let scope = shop(&db, "calls").await;
        allow(&db, &scope, Quotas { calls: Some(3), ..Quotas::default() }).await;
        let first = send(&db, &scope, vec![call("c-1"), call("c-2").in_progress(), call("c-3"), call("c-4")]).await;
        assert_eq!(counts(&first), (3, 0, 0, 1), "{first:?}");
        assert_eq!((first.errors[0].index, first.errors[0].field.as_str()), (3, "dialed_at"));
        // Corrected, sent again, ended: all of it goes on; a new one does not.
        let again = send(&db, &scope, vec![call("c-1").talked(31_000), call("c-2"), call("c-3"), call("c-5")]).await;
        assert_eq!(counts(&again), (0, 2, 1, 1), "{again:?}");
        assert!(!again.is_over_quota());
        let none = send(&db, &scope, vec![call("c-6"), call("c-7")]).await;
        assert!(none.is_over_quota(), "{none:?}");
        assert_eq!(of_month(&db, &scope, "2026-11").await, 3);
        // Another month has a quota of its own, by the zone of the account: November begins at 17:00 UTC.
        let edge = |id: &str, ms: i64| call(id).at(Timestamp("2026-11-01T00:00:00+07:00".parse::<Timestamp>().unwrap().0 + ms));
        let month = send(&db, &scope, vec![edge("d-1", -1), edge("d-2", 0)]).await;
        assert_eq!(counts(&month), (1, 0, 0, 1), "{month:?}");
        assert_eq!((of_month(&db, &scope, "2026-11").await, of_month(&db, &scope, "2026-10").await), (3, 1));
        // One that is corrected into a full month is not taken, though it is known.
        let moved = send(&db, &scope, vec![edge("d-1", DAY)]).await;
        assert_eq!(counts(&moved), (0, 0, 0, 1), "{moved:?}");
        assert_eq!((of_month(&db, &scope, "2026-11").await, of_month(&db, &scope, "2026-10").await), (3, 1));
        // Within its month it is.
        let corrected = send(&db, &scope, vec![edge("d-1", -2)]).await;
        assert_eq!(counts(&corrected), (0, 1, 0, 0), "{corrected:?}");
        allow(&db, &scope, Quotas::default()).await;
        assert_eq!(counts(&send(&db, &scope, vec![call("c-6"), call("c-7")]).await), (2, 0, 0, 0));
        is_verified(&db, &scope).await;
    }

    async fn batches_that_come_at_once_never_exceed_the_quota_together(db) {
        let scope = shop(&db, "at once").await;
        allow(&db, &scope, Quotas { calls: Some(50), ..Quotas::default() }).await;
        let batch = |n: usize| (0..20).map(|k| call(&format!("c-{n}-{k}"))).collect::<Vec<_>>();
        let all = futures::future::join_all((0..6).map(|n| send(&db, &scope, batch(n)))).await;
        let accepted: u64 = all.iter().map(|answer| answer.accepted).sum();
        let refused: u64 = all.iter().map(|answer| answer.over_quota).sum();
        assert_eq!((accepted, refused), (50, 70));
        assert_eq!(of_month(&db, &scope, "2026-11").await, 50);
        is_verified(&db, &scope).await;
    }

    async fn owners_and_operators_are_told_once_a_month_of_each_quota(db) {
        let scope = shop(&db, "told").await;
        let mut conn = db.write().await.unwrap();
        for email in ["chu@cty.vn", "hai@cty.vn"] {
            let new = NewUser { email: email.to_owned(), name: "Lan".to_owned(), role: Role::Owner };
            let user = users::add(&mut conn, &scope, &new, NINE).await.unwrap();
            users::set_password(&mut conn, &scope, user.key, "hash").await.unwrap();
        }
        operators::add(&mut conn, "hai@cty.vn", &crate::audit::Actor::operator(), NINE).await.unwrap();
        conn.commit().await.unwrap();
        allow(&db, &scope, Quotas { calls: Some(10), ..Quotas::default() }).await;
        send(&db, &scope, (0..7).map(|n| call(&format!("c-{n}"))).collect()).await;
        assert_eq!(told(&db, &scope).await.len(), 0, "70 %");
        send(&db, &scope, vec![call("c-7")]).await;
        assert_eq!(told(&db, &scope).await.len(), 2, "each once, though one of them is both");
        send(&db, &scope, (8..20).map(|n| call(&format!("c-{n}"))).collect()).await;
        assert_eq!(told(&db, &scope).await.len(), 2, "once a month");
        let zone = Zone::new("Asia/Ho_Chi_Minh").unwrap();
        let near = near(&mut db.read().await.unwrap(), &scope, zone, NOW).await.unwrap();
        assert_eq!(near, [NearQuota { quota: Quota::Calls, limit: 10, used: 10 }]);
        assert!(near[0].is_used_up());
        // The next month is another one.
        send(&db, &scope, (0..9).map(|n| call(&format!("d-{n}")).later(-30 * DAY)).collect()).await;
        assert_eq!(told(&db, &scope).await.len(), 4);
    }

    async fn recordings_beyond_the_quota_are_refused_and_smaller_ones_replace_larger_ones(db) {
        let scope = shop(&db, "recordings").await;
        send(&db, &scope, vec![call("c-1"), call("c-2"), call("c-3")]).await;
        allow(&db, &scope, Quotas { recording_bytes: Some(1_000), ..Quotas::default() }).await;
        keep(&db, &scope, "c-1", &recording(400, Some(300))).await.unwrap();
        let refused = keep(&db, &scope, "c-2", &recording(301, None)).await.unwrap_err();
        assert!(matches!(refused, StoreError::OverQuota(Quota::Recordings, 1_000)), "{refused}");
        keep(&db, &scope, "c-2", &recording(300, None)).await.unwrap();
        let bytes = async || account_totals::recording_bytes(&mut db.read().await.unwrap(), &scope).await.unwrap();
        assert_eq!(bytes().await, 1_000);
        keep(&db, &scope, "c-1", &recording(500, None)).await.unwrap();
        assert_eq!(bytes().await, 800, "one that is replaced makes room");
        // Set below what is kept: what is there stays, a smaller one may come in its place, a larger one not.
        allow(&db, &scope, Quotas { recording_bytes: Some(10), ..Quotas::default() }).await;
        keep(&db, &scope, "c-1", &recording(450, None)).await.unwrap();
        assert!(keep(&db, &scope, "c-1", &recording(451, None)).await.is_err());
        assert!(keep(&db, &scope, "c-3", &recording(1, None)).await.is_err());
        is_verified(&db, &scope).await;
        let mut conn = db.write().await.unwrap();
        recordings::delete(&mut conn, &scope, &"c-1".parse().unwrap(), NOW).await.unwrap().unwrap();
        conn.commit().await.unwrap();
        assert_eq!(bytes().await, 300);
        is_verified(&db, &scope).await;
    }

    async fn people_are_counted_with_invitations_and_without_who_entered_for_a_while(db) {
        let scope = shop(&db, "people").await;
        let add = async |email: &str| {
            let mut conn = db.write().await.unwrap();
            let new = NewUser { email: email.to_owned(), name: "Lan".to_owned(), role: Role::Viewer };
            users::add(&mut conn, &scope, &new, NOW).await?;
            conn.commit().await
        };
        let invite = async |email: &str| {
            let mut conn = db.write().await.unwrap();
            let new = NewInvitation { email: email.to_owned(), role: Role::Viewer, chosen: None, is_mailed: false };
            invitations::put(&mut conn, &scope, &new, Some(&[7; 32]), NOW, Timestamp(NOW.0 + DAY)).await?;
            conn.commit().await
        };
        add("a@cty.vn").await.unwrap();
        allow(&db, &scope, Quotas { people: Some(2), ..Quotas::default() }).await;
        invite("b@cty.vn").await.unwrap();
        invite("b@cty.vn").await.expect("who is asked again is one person");
        for refused in [invite("c@cty.vn").await, add("c@cty.vn").await] {
            assert!(matches!(refused, Err(StoreError::OverQuota(Quota::People, 2))), "{refused:?}");
        }
        let mut conn = db.write().await.unwrap();
        operators::enter(&mut conn, &scope, "op@dich-vu.vn", Role::Owner, Timestamp(NOW.0 + 1), NOW).await.unwrap();
        let joined = invitations::accept(&mut conn, scope.account(), &[7; 32], "B", NOW).await.unwrap();
        assert!(joined.is_some(), "who was counted when invited gets in");
        assert_eq!(people(&mut conn, &scope).await.unwrap(), 2);
        conn.commit().await.unwrap();
        let all = futures::future::join_all(["d@cty.vn", "e@cty.vn"].map(invite)).await;
        assert!(all.iter().all(Result::is_err));
        allow(&db, &scope, Quotas { people: Some(3), ..Quotas::default() }).await;
        let all = futures::future::join_all(["d@cty.vn", "e@cty.vn"].map(invite)).await;
        assert_eq!(all.iter().filter(|one| one.is_ok()).count(), 1, "of two at once, one");
    }
}
