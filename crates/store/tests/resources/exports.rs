//! Exports: rows that any process finds, one person's in one role.

use domain::{Role, Timestamp, limits::SMALL_FILE_CALLS};
use store::{
    Scope,
    exports::{self, ExportFile, ExportState, NewExport},
    jobs::{self, BuildExport, BuildLargeExport, Claim, Payload},
    users::{self, NewUser},
};

use crate::support::{NOW, both_engines, shop};

fn new(key: &str) -> NewExport<'_> {
    NewExport { key, query: "{}", calls: 7 }
}

#[expect(clippy::disallowed_methods, reason = "the user was made here")]
fn as_role(scope: &Scope, user: i64, role: Role) -> Scope {
    Scope::of_user(scope.account(), user, role)
}

both_engines! {
    async fn an_export_is_its_owners_in_the_role_it_was_asked_in(db) {
        let (account, other) = (shop(&db, "a").await, shop(&db, "b").await);
        let mut conn = db.write().await.unwrap();
        let lan = NewUser { email: "lan@cty.vn".to_owned(), name: "Lan".to_owned(), role: Role::Manager };
        let lan = users::add(&mut conn, &account, &lan, NOW).await.unwrap().key;
        let scope = as_role(&account, lan, Role::Manager);
        let export = exports::add(&mut conn, &scope, &new("k1"), NOW).await.unwrap().unwrap();
        assert_eq!((export.state, export.calls), (ExportState::Waiting, 7));
        let same = exports::add(&mut conn, &scope, &new("k2"), NOW).await.unwrap().unwrap();
        assert_eq!(same.key, "k1", "the same that still waits is joined");
        assert!(exports::lookup(&mut conn, &scope, "k1").await.unwrap().is_some());
        for stranger in [as_role(&account, lan, Role::Viewer), as_role(&account, lan + 1, Role::Manager), account, other] {
            assert_eq!(exports::lookup(&mut conn, &stranger, "k1").await.unwrap(), None);
        }

        exports::progress(&mut conn, &account, "k1", 9, 40).await.unwrap();
        let running = exports::lookup(&mut conn, &scope, "k1").await.unwrap().unwrap();
        assert_eq!((running.state, running.calls), (ExportState::Running(40), 9));
        let file = ExportFile { object: "1/x".to_owned(), bytes: 5, written: "{}".to_owned(), made_at: NOW };
        assert!(exports::finish(&mut conn, &account, "k1", &file).await.unwrap());
        assert!(!exports::finish(&mut conn, &account, "k1", &file).await.unwrap(), "once");
        exports::fail(&mut conn, &account, "k1", "R-1", NOW).await.unwrap();
        let ready = exports::lookup(&mut conn, &scope, "k1").await.unwrap().unwrap();
        assert_eq!(ready.state, ExportState::Ready(file));
        assert_eq!(exports::add(&mut conn, &scope, &new("k3"), NOW).await.unwrap().unwrap().key, "k3", "made anew");

        let old = exports::ended_before(&mut conn, &account, Timestamp(NOW.0 + 1)).await.unwrap();
        assert_eq!(old.iter().map(|old| (old.key.as_str(), old.object.as_deref())).collect::<Vec<_>>(), [("k1", Some("1/x"))]);
        exports::delete(&mut conn, &account, "k1").await.unwrap();
        assert_eq!(exports::lookup(&mut conn, &scope, "k1").await.unwrap(), None);
    }

    async fn what_takes_long_has_jobs_of_its_own(db) {
        let scope = shop(&db, "a").await;
        let mut conn = db.write().await.unwrap();
        for (key, calls) in [("small", SMALL_FILE_CALLS), ("large", SMALL_FILE_CALLS + 1)] {
            let new = NewExport { key, query: key, calls };
            exports::add(&mut conn, &scope, &new, NOW).await.unwrap().unwrap();
        }
        let now = NOW;
        for (kind, key) in [(BuildExport::KIND, "small"), (BuildLargeExport::KIND, "large")] {
            let claim = Claim { kind, lease: "l", now, until: Timestamp(now.0 + 1), limit: 9, held: &[] };
            let claimed = jobs::claim(&mut conn, &scope, &claim).await.unwrap();
            let keys: Vec<_> = claimed.iter().map(|job| job.payload::<BuildExport>().unwrap().export).collect();
            assert_eq!(keys, [key]);
        }
    }

    async fn an_account_has_a_bounded_number_of_unfinished_exports(db) {
        let scope = shop(&db, "a").await;
        let mut conn = db.write().await.unwrap();
        let mut added = 0;
        for n in 0..20 {
            let (key, query) = (format!("k{n}"), format!("{{\"n\":{n}}}"));
            let new = NewExport { key: &key, query: &query, calls: 1 };
            added += u32::from(exports::add(&mut conn, &scope, &new, NOW).await.unwrap().is_some());
        }
        assert_eq!(added, 12);
        conn.commit().await.unwrap();
        let mut conn = db.read().await.unwrap();
        assert_eq!(jobs::due_accounts(&mut conn, BuildExport::KIND, NOW, 9).await.unwrap(), [scope.account()]);
    }
}
