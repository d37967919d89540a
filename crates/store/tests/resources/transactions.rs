//! Connections are in no transaction when somebody gets them.

use domain::Voicebot;
use futures::FutureExt;
use store::voicebots;

use crate::support::{both_engines, shop};

both_engines! {
    async fn who_leaves_while_a_transaction_begins_leaves_none_behind(db) {
        let scope = shop(&db, "a").await;
        for polls in 0..40 {
            let mut begins: Vec<_> = (0..10).map(|_| Box::pin(db.read())).collect();
            for _ in 0..polls {
                for begin in &mut begins {
                    // One that has begun is not asked again.
                    if let Some(begun) = begin.as_mut().now_or_never() {
                        drop(begun.unwrap());
                        *begin = Box::pin(db.read());
                    }
                }
                tokio::task::yield_now().await;
            }
            drop(begins);
            for n in 0..20 {
                let mut conn = db.write().await.unwrap();
                let bot = Voicebot { id: "bot".parse().unwrap(), name: format!("{polls} {n}") };
                voicebots::put(&mut conn, &scope, &bot).await.unwrap();
                conn.commit().await.unwrap();
            }
        }
    }
}
