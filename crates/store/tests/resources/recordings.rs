//! Recordings of calls.

use domain::{CallFilter, CallId, Timestamp, credential::Scheme, limits::RECORDING_CREDENTIALS};
use store::{
    PageRequest, Put, calls, objects,
    recording_credentials::{self, Credential},
    recordings,
    recordings::{PlayableObject, StoredRecording},
};

use crate::support::{NINE, NOW, both_engines, call, send, shop};

fn recording(object: &str) -> StoredRecording {
    StoredRecording {
        object: object.to_owned(),
        content_type: "audio/wav".to_owned(),
        bytes: 480_044,
        duration: Some(30_000),
        peaks: Some(vec![vec![0.0, 0.5, 1.0], vec![0.25]]),
        playable: None,
        stored_at: NINE,
    }
}

/// One that is stored twice: as it was sent, and as it is played.
fn converted(object: &str) -> StoredRecording {
    let playable = PlayableObject { object: format!("{object}-played"), bytes: 1_200_044 };
    StoredRecording { content_type: "audio/gsm".to_owned(), playable: Some(playable), ..recording(object) }
}

both_engines! {
    async fn a_recording_belongs_to_its_call_until_it_is_replaced_or_deleted(db) {
        let scope = shop(&db, "a").await;
        send(&db, &scope, vec![call("c-1").talked(30_000), call("c-2")]).await;
        let id: CallId = "c-1".parse().unwrap();
        let mut conn = db.write().await.unwrap();
        assert_eq!(recordings::put(&mut conn, &scope, &"c-9".parse().unwrap(), &recording("x")).await.unwrap(), None);
        assert_eq!(recordings::lookup(&mut conn, &scope, &id).await.unwrap(), None);
        assert_eq!(recordings::put(&mut conn, &scope, &id, &recording("one")).await.unwrap(), Some(vec![]));
        assert_eq!(recordings::lookup(&mut conn, &scope, &id).await.unwrap(), Some(recording("one")));
        let replaced = recordings::put(&mut conn, &scope, &id, &recording("two")).await.unwrap();
        assert_eq!(replaced, Some(vec!["one".to_owned()]));
        let shown = calls::lookup(&mut conn, &scope, &id).await.unwrap().unwrap().recording.unwrap();
        assert_eq!((shown.content_type.as_str(), shown.bytes, shown.duration), ("audio/wav", 480_044, Some(30_000)));
        conn.commit().await.unwrap();

        // A corrected call keeps its recording.
        send(&db, &scope, vec![call("c-1").talked(31_000)]).await;
        let today = domain::time::Zone::new("Asia/Ho_Chi_Minh").unwrap().local(NOW).day();
        let recorded = async || {
            let mut conn = db.read().await.unwrap();
            let filter = CallFilter { recorded: Some(true), ..CallFilter::default() };
            let campaign = "camp-0".parse().unwrap();
            let page = calls::page(&mut conn, &scope, Some(&campaign), &filter, today, &PageRequest::default()).await;
            page.unwrap().unwrap().calls.into_iter().map(|call| call.id.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(recorded().await, ["c-1"]);

        let mut conn = db.write().await.unwrap();
        assert_eq!(recordings::delete(&mut conn, &scope, &id, NOW).await.unwrap(), Some(vec!["two".to_owned()]));
        assert_eq!(recordings::delete(&mut conn, &scope, &id, NOW).await.unwrap(), None);
        conn.commit().await.unwrap();
        assert_eq!(recorded().await, Vec::<String>::new());
    }

    async fn what_is_played_in_place_of_a_recording_goes_with_it(db) {
        let scope = shop(&db, "a").await;
        send(&db, &scope, vec![call("c-1").talked(30_000)]).await;
        let id: CallId = "c-1".parse().unwrap();
        let mut conn = db.write().await.unwrap();
        recordings::put(&mut conn, &scope, &id, &converted("one")).await.unwrap().unwrap();
        assert_eq!(recordings::lookup(&mut conn, &scope, &id).await.unwrap(), Some(converted("one")));
        let replaced = recordings::put(&mut conn, &scope, &id, &converted("two")).await.unwrap().unwrap();
        assert_eq!(replaced, ["one", "one-played"]);
        let replaced = recordings::put(&mut conn, &scope, &id, &recording("three")).await.unwrap().unwrap();
        assert_eq!(replaced, ["two", "two-played"]);
        assert_eq!(recordings::lookup(&mut conn, &scope, &id).await.unwrap(), Some(recording("three")));
        recordings::put(&mut conn, &scope, &id, &converted("four")).await.unwrap().unwrap();
        assert_eq!(recordings::delete(&mut conn, &scope, &id, NINE).await.unwrap().unwrap(), ["four", "four-played"]);
        let loose = objects::loose_before(&mut conn, &scope, NOW, "").await.unwrap();
        assert_eq!(loose, ["four", "four-played", "one", "one-played", "three", "two", "two-played"]);
    }

    async fn what_nothing_refers_to_is_found_again(db) {
        let (scope, stranger) = (shop(&db, "a").await, shop(&db, "b").await);
        send(&db, &scope, vec![call("c-1").talked(30_000)]).await;
        let id: CallId = "c-1".parse().unwrap();
        let later = Timestamp(NOW.0 + 1);
        let loose = async |scope| {
            let mut conn = db.read().await.unwrap();
            objects::loose_before(&mut conn, scope, later, "").await.unwrap()
        };
        // Each is said to be loose before it is stored; "lost" is of a process that was killed after that.
        let mut conn = db.write().await.unwrap();
        for object in ["lost", "one", "two"] {
            objects::loosen(&mut conn, &scope, object, NINE).await.unwrap();
        }
        assert_eq!(objects::loose_before(&mut conn, &scope, NINE, "").await.unwrap(), Vec::<String>::new());
        recordings::put(&mut conn, &scope, &id, &recording("one")).await.unwrap().unwrap();
        conn.commit().await.unwrap();
        assert_eq!(loose(&scope).await, ["lost", "two"]);
        let mut conn = db.write().await.unwrap();
        recordings::put(&mut conn, &scope, &id, &recording("two")).await.unwrap().unwrap();
        conn.commit().await.unwrap();
        assert_eq!(loose(&scope).await, ["lost", "one"]);
        let mut conn = db.write().await.unwrap();
        objects::refer(&mut conn, &scope, "lost").await.unwrap();
        recordings::delete(&mut conn, &scope, &id, NOW).await.unwrap().unwrap();
        conn.commit().await.unwrap();
        assert_eq!(loose(&scope).await, ["one", "two"]);
        assert_eq!(loose(&stranger).await, Vec::<String>::new());
        let mut conn = db.read().await.unwrap();
        assert_eq!(objects::loose_before(&mut conn, &scope, later, "one").await.unwrap(), ["two"]);
    }

    async fn an_account_keeps_one_credential_of_each_server_and_so_many_at_most(db) {
        let (own, other) = (shop(&db, "own").await, shop(&db, "other").await);
        let credential = |host: &str, name: &str| Credential {
            host: host.to_owned(),
            scheme: Scheme::Basic,
            name: name.to_owned(),
            sealed_secret: vec![0, 255],
            changed_at: NINE,
        };
        let mut conn = db.write().await.unwrap();
        for n in 0..RECORDING_CREDENTIALS {
            let put = recording_credentials::put(&mut conn, &own, &credential(&format!("{n:02}.vn"), "a")).await.unwrap();
            assert_eq!(put, Put::Created);
        }
        assert!(recording_credentials::put(&mut conn, &own, &credential("one-more.vn", "a")).await.is_err());
        assert_eq!(recording_credentials::put(&mut conn, &own, &credential("07.vn", "b")).await.unwrap(), Put::Updated);
        assert_eq!(recording_credentials::put(&mut conn, &other, &credential("07.vn", "c")).await.unwrap(), Put::Created);
        let stored = recording_credentials::list(&mut conn, &own).await.unwrap();
        assert_eq!((stored.len(), &stored[7]), (RECORDING_CREDENTIALS, &credential("07.vn", "b")));
        assert!(recording_credentials::delete(&mut conn, &own, "07.vn").await.unwrap());
        assert!(!recording_credentials::delete(&mut conn, &own, "07.vn").await.unwrap());
        assert_eq!(recording_credentials::list(&mut conn, &other).await.unwrap(), [credential("07.vn", "c")]);
        conn.commit().await.unwrap();
    }
}
