//! The outbox: written with the completion, together with the jobs that send; what was accepted stays so.

use domain::{CampaignId, Timestamp, limits};
use store::{
    StoreError, campaigns,
    jobs::{self, Claim, Payload, SendMail},
    outbox::{self, BeginMail, MailKind, MailOutcome, MailStatus, ReportAddressees, Sending},
    recipients,
};

use crate::support::{NOW, both_engines, shop};

fn at(minutes: i64) -> Timestamp {
    Timestamp(NOW.0 + minutes * 60_000)
}

fn begun(now: Timestamp) -> BeginMail<'static> {
    BeginMail { now, random: || "r".to_owned(), domain: "ringside.example" }
}

fn claim(now: Timestamp) -> Claim<'static> {
    Claim { kind: SendMail::KIND, lease: "one", now, until: Timestamp(now.0 + 60_000), limit: 10, held: &[] }
}

both_engines! {
    async fn each_recipient_gets_one_mail_and_one_job(db) {
        let (scope, other) = (shop(&db, "a").await, shop(&db, "b").await);
        let campaign: CampaignId = "camp-0".parse().unwrap();
        let mut conn = db.write().await.unwrap();
        let emails = ["x@antam.vn".to_owned(), "X@antam.vn".to_owned(), "y@antam.vn".to_owned()];
        recipients::put_of_account(&mut conn, &scope, &emails).await.unwrap();
        assert_eq!(campaigns::complete(&mut conn, &scope, &campaign, at(0)).await.unwrap(), Some(true));
        assert_eq!(campaigns::complete(&mut conn, &scope, &campaign, at(0)).await.unwrap(), Some(false));
        conn.commit().await.unwrap();

        let mut conn = db.write().await.unwrap();
        assert!(jobs::due_accounts(&mut conn, SendMail::KIND, at(-1), 9).await.unwrap().is_empty());
        assert_eq!(jobs::due_accounts(&mut conn, SendMail::KIND, at(0), 9).await.unwrap(), [scope.account()]);
        let claimed = jobs::claim(&mut conn, &scope, &claim(at(0))).await.unwrap();
        let mails: Vec<SendMail> = claimed.iter().map(|job| job.payload().unwrap()).collect();
        assert_eq!(mails.len(), 2, "one for each address");
        let SendMail { mailing, no } = mails[0];
        assert!(outbox::begin(&mut conn, &other, mailing, no, &begun(at(0))).await.unwrap().is_none());
        let first = outbox::begin(&mut conn, &scope, mailing, no, &begun(at(0))).await.unwrap().unwrap();
        assert_eq!((first.recipient.as_str(), first.attempt), ("x@antam.vn", 1));
        // Another try, after the first one's process died: under the same Message-ID.
        let second = outbox::begin(&mut conn, &scope, mailing, no, &begun(at(2))).await.unwrap().unwrap();
        assert_eq!((second.attempt, &second.message_id), (2, &first.message_id));
        outbox::mark(&mut conn, &scope, mailing, no, &MailOutcome::Sent("250 OK".to_owned()), at(3)).await.unwrap();
        outbox::mark(&mut conn, &scope, mailing, no, &MailOutcome::Failed("late".to_owned()), at(4)).await.unwrap();
        assert!(outbox::begin(&mut conn, &scope, mailing, no, &begun(at(5))).await.unwrap().is_none(), "it was sent");
        let later = MailOutcome::Later(at(40), "421".to_owned());
        outbox::mark(&mut conn, &scope, mails[1].mailing, mails[1].no, &later, at(5)).await.unwrap();
        let mails_now = outbox::deliveries(&mut conn, &scope, &campaign).await.unwrap().unwrap();
        let states: Vec<_> = mails_now.iter().map(|mail| (mail.kind, mail.status, mail.next_at)).collect();
        assert_eq!(states, [(MailKind::Completion, MailStatus::Sent, None), (MailKind::Completion, MailStatus::Waiting, Some(at(40)))]);

        // Who stops gets nothing more, not even what waits.
        recipients::stop(&mut conn, &scope, "y@antam.vn").await.unwrap();
        let stopped = outbox::begin(&mut conn, &scope, mails[1].mailing, mails[1].no, &begun(at(60))).await.unwrap();
        assert!(stopped.is_none());
        assert_eq!(recipients::of_account(&mut conn, &scope).await.unwrap(), ["x@antam.vn"]);
        assert_eq!(outbox::deliveries(&mut conn, &other, &"nope".parse().unwrap()).await.unwrap(), None);
    }

    async fn a_report_is_sent_again_only_to_who_receives_it_and_not_too_often(db) {
        let scope = shop(&db, "a").await;
        let (campaign, other): (CampaignId, CampaignId) = ("camp-0".parse().unwrap(), "camp-1".parse().unwrap());
        let mut conn = db.write().await.unwrap();
        // Nothing goes again that has not gone.
        let sent = outbox::send(&mut conn, &scope, &campaign, MailKind::Again, ReportAddressees::Everybody, at(0)).await.unwrap();
        assert_eq!(sent, Sending::NotCompleted);
        for completed in [&campaign, &other] {
            campaigns::complete(&mut conn, &scope, completed, at(0)).await.unwrap();
        }
        recipients::put_of_account(&mut conn, &scope, &["x@antam.vn".to_owned(), "y@antam.vn".to_owned()]).await.unwrap();
        let x = ["X@antam.vn".to_owned()];
        let c = &mut conn;
        let sent = outbox::send(c, &scope, &campaign, MailKind::Again, ReportAddressees::Chosen(&x), at(0)).await.unwrap();
        assert_eq!(sent, Sending::Queued(1));
        let known = outbox::deliveries(c, &scope, &campaign).await.unwrap().unwrap();
        assert_eq!(known.iter().map(|mail| mail.recipient.as_str()).collect::<Vec<_>>(), ["x@antam.vn"]);
        for strangers in [vec!["z@khac.vn".to_owned()], vec!["x@antam.vn".to_owned(), "z@khac.vn".to_owned()]] {
            let refused = outbox::send(c, &scope, &campaign, MailKind::Again, ReportAddressees::Chosen(&strangers), at(9)).await;
            assert!(matches!(refused, Err(StoreError::Invalid(error)) if error.field == "to"));
        }
        // Once a minute; "all" are those who have not just had it. Another report is another one.
        let just_before = Timestamp(at(1).0 - 1);
        let again = outbox::send(c, &scope, &campaign, MailKind::Again, ReportAddressees::Chosen(&x), just_before).await.unwrap();
        assert_eq!(again, Sending::TooSoon);
        let sent = outbox::send(c, &scope, &campaign, MailKind::Again, ReportAddressees::Everybody, just_before).await.unwrap();
        assert_eq!(sent, Sending::Queued(1));
        let known = outbox::deliveries(c, &scope, &campaign).await.unwrap().unwrap();
        let mut reached: Vec<_> = known.iter().map(|mail| mail.recipient.as_str()).collect();
        reached.sort_unstable();
        assert_eq!(reached, ["x@antam.vn", "y@antam.vn"], "x only once");
        let again = outbox::send(c, &scope, &campaign, MailKind::Again, ReportAddressees::Everybody, just_before).await.unwrap();
        assert_eq!(again, Sending::TooSoon);
        let sent = outbox::send(c, &scope, &other, MailKind::Again, ReportAddressees::Chosen(&x), just_before).await.unwrap();
        assert_eq!(sent, Sending::Queued(1));
        // Five times a day.
        for minute in 2..6 {
            let sent = outbox::send(c, &scope, &campaign, MailKind::Again, ReportAddressees::Chosen(&x), at(minute)).await.unwrap();
            assert_eq!(sent, Sending::Queued(1), "{minute}");
        }
        let both = [x[0].clone(), "y@antam.vn".to_owned()];
        let sent = outbox::send(c, &scope, &campaign, MailKind::Again, ReportAddressees::Chosen(&both), at(60)).await.unwrap();
        assert_eq!(sent, Sending::TooMany);
        let sent = outbox::send(c, &scope, &campaign, MailKind::Again, ReportAddressees::Everybody, at(60)).await.unwrap();
        assert_eq!(sent, Sending::Queued(1), "to y, who had it once");
        let sent = outbox::send(c, &scope, &campaign, MailKind::Again, ReportAddressees::Everybody, at(24 * 60)).await.unwrap();
        assert_eq!(sent, Sending::Queued(2), "the first was sent a day ago");
        // A clock that was set back by a year keeps nobody waiting for a year.
        let sent = outbox::send(c, &scope, &campaign, MailKind::Again, ReportAddressees::Everybody, at(-365 * 24 * 60)).await.unwrap();
        assert_eq!(sent, Sending::Queued(2));
        let none = "none".parse().unwrap();
        let sent = outbox::send(c, &scope, &none, MailKind::Again, ReportAddressees::Everybody, at(0)).await.unwrap();
        assert_eq!(sent, Sending::NoCampaign);
    }

    async fn an_account_sends_only_so_many_mails_by_hand_in_a_day(db) {
        let scope = shop(&db, "a").await;
        let mut conn = db.write().await.unwrap();
        let all: Vec<String> = (0..limits::EMAILS).map(|n| format!("x{n}@antam.vn")).collect();
        let campaigns: [CampaignId; 2] = ["camp-0".parse().unwrap(), "camp-1".parse().unwrap()];
        for completed in &campaigns {
            campaigns::complete(&mut conn, &scope, completed, at(0)).await.unwrap();
        }
        recipients::put_of_account(&mut conn, &scope, &all).await.unwrap();
        for campaign in &campaigns {
            let sent = outbox::send(&mut conn, &scope, campaign, MailKind::Again, ReportAddressees::Everybody, at(0)).await.unwrap();
            assert_eq!(sent, Sending::Queued(limits::EMAILS as u64));
        }
        let preview = ReportAddressees::Oneself("lan@cty.vn");
        let sent = outbox::send(&mut conn, &scope, &campaigns[0], MailKind::Preview, preview, at(9)).await.unwrap();
        assert_eq!(sent, Sending::TooMany);
        // What nobody sends by hand is not held up.
        let sent = outbox::send(&mut conn, &scope, &campaigns[0], MailKind::Completion, ReportAddressees::Everybody, at(9)).await.unwrap();
        assert_eq!(sent, Sending::Queued(limits::EMAILS as u64));
        let sent = outbox::send(&mut conn, &scope, &campaigns[0], MailKind::Preview, preview, at(24 * 60)).await.unwrap();
        assert_eq!(sent, Sending::Queued(1));
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
        assert!(jobs::due_accounts(&mut conn, SendMail::KIND, at(9), 9).await.unwrap().is_empty());
        assert_eq!(outbox::deliveries(&mut conn, &scope, &campaign).await.unwrap(), Some(vec![]));
    }
}
