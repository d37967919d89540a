//! The outbox: written with the completion, claimed by one at a time, marked only while the claim holds.

use domain::{CampaignId, Timestamp};
use store::{
    campaigns,
    outbox::{self, Claiming, Kind, MailStatus, Outcome},
    recipients,
};

use crate::support::{NOW, both_engines, shop};

fn at(minutes: i64) -> Timestamp {
    Timestamp(NOW.0 + minutes * 60_000)
}

fn claiming(lease: &str, now: Timestamp) -> Claiming<'_> {
    let until = Timestamp(now.0 + 30 * 60_000);
    Claiming { lease, now, until, random: || "r".to_owned(), domain: "ringside.example", limit: 10 }
}

both_engines! {
    async fn a_mail_is_one_senders_until_its_lease_ends(db) {
        let (scope, other) = (shop(&db, "a").await, shop(&db, "b").await);
        let campaign: CampaignId = "camp-0".parse().unwrap();
        let mut conn = db.write().await.unwrap();
        let emails = ["x@antam.vn".to_owned(), "X@antam.vn".to_owned(), "y@antam.vn".to_owned()];
        recipients::put_of_account(&mut conn, &scope, &emails).await.unwrap();
        assert_eq!(campaigns::complete(&mut conn, &scope, &campaign, at(0)).await.unwrap(), Some(true));
        assert_eq!(campaigns::complete(&mut conn, &scope, &campaign, at(0)).await.unwrap(), Some(false));
        conn.commit().await.unwrap();

        let mut conn = db.write().await.unwrap();
        assert!(outbox::due_accounts(&mut conn, at(-1)).await.unwrap().is_empty());
        assert_eq!(outbox::due_accounts(&mut conn, at(0)).await.unwrap(), [scope.account()]);
        assert!(outbox::claim(&mut conn, &other, &claiming("o", at(0))).await.unwrap().is_empty());
        let first = outbox::claim(&mut conn, &scope, &claiming("one", at(0))).await.unwrap();
        assert_eq!(first.iter().map(|mail| mail.recipient.as_str()).collect::<Vec<_>>(), ["x@antam.vn", "y@antam.vn"]);
        assert!(outbox::claim(&mut conn, &scope, &claiming("two", at(29))).await.unwrap().is_empty());
        // The lease is over: another one has them, under the same Message-ID, and the first one's word counts no more.
        let second = outbox::claim(&mut conn, &scope, &claiming("two", at(30))).await.unwrap();
        assert_eq!((second.len(), second[0].attempt, &second[0].message_id), (2, 2, &first[0].message_id));
        let sent = Outcome::Sent("250 OK".to_owned());
        assert!(!outbox::mark(&mut conn, &scope, &first[0], "one", &sent, at(31)).await.unwrap());
        assert!(!outbox::mark(&mut conn, &other, &second[0], "two", &sent, at(31)).await.unwrap());
        assert!(outbox::mark(&mut conn, &scope, &second[0], "two", &sent, at(31)).await.unwrap());
        let later = Outcome::Later(at(40), "421".to_owned());
        assert!(outbox::mark(&mut conn, &scope, &second[1], "two", &later, at(31)).await.unwrap());
        assert!(outbox::claim(&mut conn, &scope, &claiming("three", at(39))).await.unwrap().is_empty());
        let mails = outbox::deliveries(&mut conn, &scope, &campaign).await.unwrap().unwrap();
        let states: Vec<_> = mails.iter().map(|mail| (mail.kind, mail.status, mail.next_at)).collect();
        assert_eq!(states, [(Kind::Completion, MailStatus::Sent, None), (Kind::Completion, MailStatus::Waiting, Some(at(40)))]);

        // Who stops gets nothing more, not even what waits.
        recipients::stop(&mut conn, &scope, "y@antam.vn").await.unwrap();
        assert!(outbox::claim(&mut conn, &scope, &claiming("three", at(60))).await.unwrap().is_empty());
        assert_eq!(recipients::of_account(&mut conn, &scope).await.unwrap(), ["x@antam.vn"]);
        assert_eq!(outbox::deliveries(&mut conn, &other, &"nope".parse().unwrap()).await.unwrap(), None);
    }

    async fn what_is_not_committed_sends_nothing(db) {
        let scope = shop(&db, "a").await;
        let campaign: CampaignId = "camp-0".parse().unwrap();
        let mut conn = db.write().await.unwrap();
        recipients::put_of_campaign(&mut conn, &scope, &campaign, &["x@antam.vn".to_owned()]).await.unwrap();
        conn.commit().await.unwrap();
        let mut conn = db.write().await.unwrap();
        campaigns::complete(&mut conn, &scope, &campaign, at(0)).await.unwrap();
        drop(conn);
        let mut conn = db.read().await.unwrap();
        assert!(outbox::due_accounts(&mut conn, at(9)).await.unwrap().is_empty());
        assert_eq!(outbox::deliveries(&mut conn, &scope, &campaign).await.unwrap(), Some(vec![]));
    }
}
