//! Recordings of calls.

use domain::{CallFilter, CallId};
use store::{
    PageRequest, calls,
    recordings::{self, Announced, StoredRecording},
};

use crate::support::{NINE, NOW, both_engines, call, send, shop};

fn recording(object: &str) -> StoredRecording {
    StoredRecording {
        object: object.to_owned(),
        content_type: "audio/wav".to_owned(),
        bytes: 480_044,
        duration: Some(30_000),
        peaks: Some(vec![vec![0.0, 0.5, 1.0], vec![0.25]]),
        stored_at: NINE,
    }
}

both_engines! {
    async fn a_recording_belongs_to_its_call_until_it_is_replaced_or_deleted(db) {
        let scope = shop(&db, "a").await;
        send(&db, &scope, vec![call("c-1").talked(30_000), call("c-2")]).await;
        let id: CallId = "c-1".parse().unwrap();
        let mut conn = db.write().await.unwrap();
        assert_eq!(recordings::put(&mut conn, &scope, &"c-9".parse().unwrap(), &recording("x")).await.unwrap(), None);
        assert_eq!(recordings::lookup(&mut conn, &scope, &id).await.unwrap(), None);
        assert_eq!(recordings::put(&mut conn, &scope, &id, &recording("one")).await.unwrap(), Some(None));
        assert_eq!(recordings::lookup(&mut conn, &scope, &id).await.unwrap(), Some(recording("one")));
        let replaced = recordings::put(&mut conn, &scope, &id, &recording("two")).await.unwrap();
        assert_eq!(replaced, Some(Some("one".to_owned())));
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
        assert_eq!(recordings::delete(&mut conn, &scope, &id).await.unwrap(), Some("two".to_owned()));
        assert_eq!(recordings::delete(&mut conn, &scope, &id).await.unwrap(), None);
        conn.commit().await.unwrap();
        assert_eq!(recorded().await, Vec::<String>::new());
    }
    async fn an_announced_recording_is_listed_until_one_is_stored_and_displaces_none(db) {
        let scope = shop(&db, "a").await;
        send(&db, &scope, vec![call("c-1").talked(30_000), call("c-2").talked(9_000), call("c-3").talked(5_000)]).await;
        let [first, second, third] = ["c-1", "c-2", "c-3"].map(|id| id.parse::<CallId>().unwrap());
        let announced = |call: &CallId| Announced { call: call.clone(), bytes: 144_058, duration: 9_000 };
        let mut conn = db.write().await.unwrap();
        recordings::put(&mut conn, &scope, &first, &recording("one")).await.unwrap().unwrap();
        let all = [&first, &second, &"c-9".parse().unwrap()].map(announced);
        recordings::announce(&mut conn, &scope, "audio/wav", &all, NINE).await.unwrap();
        recordings::announce(&mut conn, &scope, "audio/wav", &all, NINE).await.unwrap();
        assert_eq!(recordings::lookup(&mut conn, &scope, &first).await.unwrap(), Some(recording("one")));
        let waiting = recordings::lookup(&mut conn, &scope, &second).await.unwrap().unwrap();
        assert_eq!((waiting.object.as_str(), waiting.bytes, waiting.duration), ("", 144_058, Some(9_000)));
        let shown = calls::lookup(&mut conn, &scope, &second).await.unwrap().unwrap().recording.unwrap();
        assert_eq!((shown.content_type.as_str(), shown.bytes), ("audio/wav", 144_058));
        assert_eq!(calls::lookup(&mut conn, &scope, &third).await.unwrap().unwrap().recording, None);
        assert_eq!(recordings::put(&mut conn, &scope, &second, &recording("two")).await.unwrap(), Some(None));
        assert_eq!(recordings::lookup(&mut conn, &scope, &second).await.unwrap(), Some(recording("two")));
        conn.commit().await.unwrap();
    }
}
