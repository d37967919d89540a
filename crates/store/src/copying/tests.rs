//! A copy is what was copied, whichever engines both are of.

use domain::{Period, ReportQuery, SaidQuery, Speaker, TranscriptLine};

use super::*;
use crate::{
    PageRequest, report, said, said_index,
    support::{NOW, call, on_postgres, on_sqlite, send, shop},
    verify,
};

async fn all_agree(copying: &mut Copying<'_>) -> u64 {
    let mut rows = 0;
    for nth in 0..copying.tables() {
        let table = copying.copy(nth, &mut |_| {}).await.unwrap();
        assert!(table.agrees && table.rows == table.copied, "{table:?}");
        rows += table.rows;
    }
    rows
}

/// Copies an account with calls, breaks off in the middle, and goes on.
async fn is_copied(from: &Db, to: &Db) {
    let scope = shop(from, "An Tâm").await;
    let calls = (0..300_i64).map(|n| {
        let one = call(&format!("c-{n}")).named(&format!("Hoà {n}"), &format!("0900{:06}", n % 70)).later(n * 60_000);
        let one = if n % 3 == 0 { one.talked(n * 1_000) } else { one.code("BS") };
        let said = |text: &str| vec![TranscriptLine { at: 0, speaker: Speaker::Bot, text: text.to_owned() }];
        one.with(|record| record.transcript = (n % 50 == 0).then(|| said("Dạ em chào anh")))
    });
    send(from, &scope, calls.collect()).await;
    let mut copying = Copying::begin(from, to).await.unwrap();
    for nth in 0..copying.tables() / 2 {
        copying.copy(nth, &mut |_| {}).await.unwrap();
    }
    drop(copying);
    assert!(is_unfinished(&mut to.read().await.unwrap()).await.unwrap());
    let mut copying = Copying::begin(from, to).await.unwrap();
    assert!(all_agree(&mut copying).await > 300);
    let mut conn = to.write().await.unwrap();
    said_index::begin(&mut conn, &scope).await.unwrap();
    while !said_index::advance(&mut conn, &scope).await.unwrap().is_over {}
    conn.commit().await.unwrap();
    copying.end().await.unwrap();
    let mut copy = to.read().await.unwrap();
    assert!(!is_unfinished(&mut copy).await.unwrap());
    let query = ReportQuery { campaign: "camp-0".parse().unwrap(), period: Period::Whole };
    let of_source = report::read(&mut from.read().await.unwrap(), &scope, &query, NOW).await.unwrap();
    assert_eq!(report::read(&mut copy, &scope, &query, NOW).await.unwrap(), of_source);
    assert_eq!(verify::recount(&mut copy, &scope, &mut |_| {}).await.unwrap(), []);
    let query = SaidQuery::new("\"em chao\"", None).unwrap().unwrap();
    let found = said::find(&mut copy, &scope, None, &query, &PageRequest::default()).await.unwrap().unwrap();
    assert_eq!((found.hits.len(), found.filling), (6, None));
    drop(copy);
    // It goes on by itself: keys are given from where they were.
    send(to, &scope, vec![call("c-new").talked(9_000)]).await;
    assert_eq!(verify::recount(&mut to.read().await.unwrap(), &scope, &mut |_| {}).await.unwrap(), []);
    // What is in use is left alone.
    let refused = Copying::begin(from, to).await;
    assert!(matches!(refused, Err(StoreError::Invalid(_))), "{refused:?}");
}

#[tokio::test]
async fn a_database_moves_to_postgres() {
    on_sqlite(async |from| on_postgres(async |to| is_copied(&from, &to).await).await).await;
}

#[tokio::test]
async fn a_database_moves_back_to_sqlite() {
    on_postgres(async |from| on_sqlite(async |to| is_copied(&from, &to).await).await).await;
}

#[tokio::test]
async fn a_row_that_differs_is_told() {
    on_sqlite(async |from| {
        on_sqlite(async |to| {
            let scope = shop(&from, "An Tâm").await;
            send(&from, &scope, vec![call("c-1").talked(9_000)]).await;
            let mut copying = Copying::begin(&from, &to).await.unwrap();
            all_agree(&mut copying).await;
            let mut conn = to.write().await.unwrap();
            run(&mut conn, "UPDATE calls SET talk_time = talk_time + 1").await.unwrap();
            conn.commit().await.unwrap();
            let mut differ = Vec::new();
            for nth in 0..copying.tables() {
                let table = copying.copy(nth, &mut |_| {}).await.unwrap();
                differ.extend((!table.agrees).then_some(table.name));
            }
            assert_eq!(differ, ["calls"]);
        })
        .await;
    })
    .await;
}
