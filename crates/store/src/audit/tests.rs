//! The log: written with what it tells of, and never changed unseen.

use domain::Timestamp;
use serde_json::json;
use sqlx::AssertSqlSafe;

use crate::{
    Db, Scope,
    audit::{self, Action, Actor, ActorKind, EntryFilter, Event},
    db::execute,
    support::{NINE, both_engines, call, send, shop},
};

fn hoa() -> Actor {
    Actor::user("hoa@example.vn", "203.0.113.5".parse().unwrap())
}

async fn record(db: &Db, scope: &Scope, actor: &Actor, event: &Event, at: Timestamp) {
    let mut conn = db.write().await.unwrap();
    audit::record(&mut conn, scope, actor, event, at).await.unwrap();
    conn.commit().await.unwrap();
}

/// What the check says after somebody has changed the database by hand.
async fn after(db: &Db, scope: &Scope, sql: &'static str) -> String {
    let mut conn = db.write().await.unwrap();
    execute!(conn, AssertSqlSafe(sql)).unwrap();
    let said = audit::check(&mut conn, scope).await.unwrap();
    drop(conn);
    said.expect("it was noticed")
}

both_engines! {
    async fn a_customer_is_found_by_their_number_however_it_is_written(db) {
        let scope = shop(&db, "a").await;
        send(&db, &scope, vec![call("c-1").to("kh-7").named("Lan", "0901234561"), call("c-2").to("kh-8").named("Hoa", "0901234562")]).await;
        for customer in ["kh-7", "0901234561", "kh-8"] {
            let played = Event::of(Action::RecordingPlayed, customer).about(Some(customer));
            record(&db, &scope, &hoa(), &played, NINE).await;
        }
        let mut conn = db.read().await.unwrap();
        for typed in ["0901234561", "+84901234561", "0901 234-561", "84 901 234 561"] {
            let filter = EntryFilter { customer: Some(typed.to_owned()), ..EntryFilter::default() };
            let found = audit::list(&mut conn, &scope, &filter, None, 10).await.unwrap();
            let about: Vec<_> = found.iter().map(|entry| entry.event.subject.as_str()).collect();
            assert_eq!(about, ["0901234561", "kh-7"], "{typed}");
        }
    }

    async fn rows_are_found_by_who_what_and_about_what(db) {
        let (scope, stranger) = (shop(&db, "a").await, shop(&db, "b").await);
        let played = Event::of(Action::RecordingPlayed, "c-1").about(Some("kh-1"));
        let changed = Event::of(Action::UserChanged, "lan@example.vn")
            .with(serde_json::json!({"before": {"role": "viewer"}, "after": {"role": "owner"}}));
        record(&db, &scope, &hoa(), &played, NINE).await;
        record(&db, &scope, &Actor::operator(), &changed, Timestamp(NINE.0 + 1)).await;
        record(&db, &stranger, &hoa(), &played, NINE).await;

        let mut conn = db.read().await.unwrap();
        let all = audit::list(&mut conn, &scope, &EntryFilter::default(), None, 10).await.unwrap();
        assert_eq!(all.iter().map(|entry| entry.no).collect::<Vec<_>>(), [2, 1], "the latest first, its own alone");
        assert_eq!((all[0].actor.kind, &all[0].event), (ActorKind::Operator, &changed));
        assert_eq!((&all[1].actor, &all[1].event, all[1].at), (&hoa(), &played, NINE));
        let filters = [
            EntryFilter { actor: Some("hoa@example.vn".to_owned()), ..EntryFilter::default() },
            EntryFilter { action: Some(Action::RecordingPlayed), ..EntryFilter::default() },
            EntryFilter { subject: Some("c-1".to_owned()), ..EntryFilter::default() },
            EntryFilter { customer: Some("kh-1".to_owned()), ..EntryFilter::default() },
            // A part, in any case.
            EntryFilter { actor: Some("HOA".to_owned()), ..EntryFilter::default() },
            EntryFilter { actor: Some("203.0.113".to_owned()), ..EntryFilter::default() },
            EntryFilter { subject: Some("C-".to_owned()), ..EntryFilter::default() },
            EntryFilter { customer: Some("KH".to_owned()), ..EntryFilter::default() },
        ];
        for filter in filters {
            let found = audit::list(&mut conn, &scope, &filter, None, 10).await.unwrap();
            assert_eq!(found.iter().map(|entry| entry.no).collect::<Vec<_>>(), [1], "{filter:?}");
        }
        for nobody in ["%", "_", "hoa@example.com"] {
            let filter = EntryFilter { actor: Some(nobody.to_owned()), ..EntryFilter::default() };
            assert_eq!(audit::list(&mut conn, &scope, &filter, None, 10).await.unwrap(), [], "{nobody}");
        }
        let rest = audit::list(&mut conn, &scope, &EntryFilter::default(), Some(2), 10).await.unwrap();
        assert_eq!(rest.len(), 1);
        assert_eq!(audit::check(&mut conn, &scope).await.unwrap(), None);
    }

    async fn one_listening_is_told_of_once(db) {
        let scope = shop(&db, "a").await;
        let of = |session: &str| Event::of(Action::RecordingPlayed, "c-1").with(json!({"session": session}));
        let played = of("a1");
        record(&db, &scope, &hoa(), &played, NINE).await;
        let read = Event::of(Action::PhonesRead, "tet").with(json!({"address": "/api/v1/calls"}));
        record(&db, &scope, &hoa(), &read, NINE).await;
        let mut conn = db.read().await.unwrap();
        let soon = Timestamp(NINE.0 + audit::LISTENING_MS - 1);
        assert!(!audit::is_recorded(&mut conn, &scope, &hoa(), &of("b2"), soon).await.unwrap(), "in another session");
        let read = Event::of(Action::PhonesRead, "tet").with(json!({"address": "/api/v1/customers"}));
        let within = Timestamp(NINE.0 + audit::AGAIN_MS - 1);
        assert!(audit::is_recorded(&mut conn, &scope, &hoa(), &read, within).await.unwrap());
        assert!(audit::is_recorded(&mut conn, &scope, &hoa(), &played, soon).await.unwrap());
        let later = Timestamp(NINE.0 + audit::LISTENING_MS);
        assert!(!audit::is_recorded(&mut conn, &scope, &hoa(), &played, later).await.unwrap());
        let elsewhere = Actor::user("hoa@example.vn", "203.0.113.6".parse().unwrap());
        assert!(!audit::is_recorded(&mut conn, &scope, &elsewhere, &played, soon).await.unwrap());
        let loaded = Event::of(Action::RecordingDownloaded, "c-1");
        assert!(!audit::is_recorded(&mut conn, &scope, &hoa(), &loaded, soon).await.unwrap());
    }

    async fn what_was_changed_by_hand_shows(db) {
        let scope = shop(&db, "a").await;
        for n in 0..3 {
            record(&db, &scope, &hoa(), &Event::of(Action::SignIn, ""), Timestamp(NINE.0 + n)).await;
        }
        for (sql, said) in [
            ("UPDATE audit_entries SET address = '198.51.100.1' WHERE entry_no = 2", "entry 2 does not follow"),
            ("UPDATE audit_entries SET at = at - 1 WHERE entry_no = 3", "entry 3 does not follow"),
            ("DELETE FROM audit_entries WHERE entry_no = 2", "entry 3 follows entry 1"),
            ("DELETE FROM audit_entries WHERE entry_no = 1", "entry 2 follows entry 0"),
            ("DELETE FROM audit_entries WHERE entry_no = 3", "the last entry is 2, and was 3"),
            ("DELETE FROM audit_entries", "the last entry is 0, and was 3"),
        ] {
            let found = after(&db, &scope, sql).await;
            assert!(found.contains(said), "{sql}: {found}");
        }
        assert_eq!(audit::check(&mut db.read().await.unwrap(), &scope).await.unwrap(), None, "nothing was committed");
    }

    async fn what_is_not_committed_leaves_no_row_and_no_gap(db) {
        let scope = shop(&db, "a").await;
        let mut conn = db.write().await.unwrap();
        audit::record(&mut conn, &scope, &hoa(), &Event::of(Action::SignIn, ""), NINE).await.unwrap();
        drop(conn);
        record(&db, &scope, &hoa(), &Event::of(Action::SignIn, ""), NINE).await;
        let mut conn = db.read().await.unwrap();
        let all = audit::list(&mut conn, &scope, &EntryFilter::default(), None, 10).await.unwrap();
        assert_eq!(all.iter().map(|entry| entry.no).collect::<Vec<_>>(), [1]);
        assert_eq!(audit::check(&mut conn, &scope).await.unwrap(), None);
    }
}
