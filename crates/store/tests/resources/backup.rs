//! Opening a database, and copying it while it is used.

use domain::{Period, ReportQuery};
use store::{Db, StoreError, report};

use crate::support::{NOW, both_engines, call, send, shop};

both_engines! {
    async fn a_backup_is_the_database_as_it_was(db) {
        let scope = shop(&db, "a").await;
        send(&db, &scope, vec![call("c-1").talked(31_000), call("c-2")]).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copy.db");
        if !db.is_sqlite() {
            assert!(matches!(db.backup(&file).await, Err(StoreError::Invalid(_))), "pg_dump does that better");
            return;
        }
        // A transaction that is not committed is not in it, and does not hold it up.
        let writer = db.write().await.unwrap();
        db.backup(&file).await.unwrap();
        drop(writer);
        assert!(matches!(db.backup(&file).await, Err(StoreError::Invalid(_))), "a file is never overwritten");
        send(&db, &scope, vec![call("c-3")]).await;

        let copy = Db::open(&format!("sqlite://{}", file.display())).await.unwrap();
        let query = ReportQuery { campaign: "camp-0".parse().unwrap(), period: Period::Whole };
        let mut conn = copy.read().await.unwrap();
        let report = report::read(&mut conn, &scope, &query, NOW).await.unwrap().unwrap();
        assert_eq!((report.calls.total, report.talk_time), (2, 31_000));
    }

    async fn a_reader_sees_one_moment(db) {
        let scope = shop(&db, "a").await;
        send(&db, &scope, vec![call("c-1")]).await;
        let mut reader = db.read().await.unwrap();
        let before = store::accounts::revision(&mut reader, &scope).await.unwrap();
        send(&db, &scope, vec![call("c-2")]).await;
        assert!(store::calls::lookup(&mut reader, &scope, &"c-2".parse().unwrap()).await.unwrap().is_none());
        assert_eq!(store::accounts::revision(&mut reader, &scope).await.unwrap(), before);
        let mut later = db.read().await.unwrap();
        assert!(store::calls::lookup(&mut later, &scope, &"c-2".parse().unwrap()).await.unwrap().is_some());
    }

    async fn writers_of_one_account_follow_one_another(db) {
        let scope = shop(&db, "a").await;
        let batch = async |n: i64| {
            let calls = (0..20).map(|k| call(&format!("c-{n}-{k}")).to(&format!("kh-{k}")).later(n * 60_000 + k));
            send(&db, &scope, calls.collect()).await
        };
        let answers = futures::future::join_all((0..6).map(&batch)).await;
        assert!(answers.iter().all(|answer| answer.accepted == 20));
        let mut conn = db.read().await.unwrap();
        let differences = store::verify::recount(&mut conn, &scope, &mut |_| {}).await.unwrap();
        assert_eq!(differences, [], "no batch overwrote what another counted");
    }
}

#[tokio::test]
async fn an_address_of_neither_engine_is_refused_without_its_password() {
    let error = Db::open("mysql://ring:secret@db.example/x").await.unwrap_err();
    assert!(matches!(error, StoreError::Address(_)));
    assert!(!error.to_string().contains("secret"), "{error}");
}
