//! What is read of columns is read by their keys.

use super::*;
use crate::{
    db::Tx,
    support::{both_engines, call, send, shop},
};

both_engines! {
    async fn columns_are_found_by_their_keys(db) {
        let scope = shop(&db, "keys").await;
        for part in 0..20 {
            send(&db, &scope, (0..20).map(|n| call(&format!("c-{part}-{n}")).talked(n * 1_000)).collect()).await;
        }
        let mut conn = db.write().await.unwrap();
        if let Tx::Postgres(tx) = &mut conn.tx {
            // PostgreSQL would read tables this small from end to end, since that is quickest.
            for setting in ["SET LOCAL enable_seqscan = off", "SET LOCAL enable_bitmapscan = off"] {
                sqlx::query(setting).execute(&mut **tx).await.unwrap();
            }
        }
        let statements = [
            reading::columns_of(&scope, 3, &(0..=15), &[KeptColumn::Listed, KeptColumn::Cost]),
            reading::changes_in(&scope, 3, &(0..=15)),
            reading::stored_block(&scope, (3, 1)),
        ];
        for sql in statements {
            let plan = sql.clone().explain(&mut conn).await;
            for slow in ["SCAN", "TEMP B-TREE", "Seq Scan", "Sort"] {
                assert!(!plan.contains(slow), "{slow}: {sql:?}\n{plan}");
            }
        }
    }
}
