//! Mails about signing in, and what somebody must know: what a mail server has accepted is not sent again, and one request has one
//! link, however often its mail had to be sent.

use domain::Role;
use serde_json::Value;
use server::secrets;
use store::jobs::{Payload, SendNotice};

use crate::{
    harness::Harness,
    mail::{MailServer, header, on_both},
    settings::link_in,
};

/// Has a link mailed to somebody of the account.
async fn forgot(at: &Harness) {
    at.user("lan@cty.vn", Role::Viewer).await;
    at.post_form("/forgot-password", &[("email", "lan@cty.vn")]).await.is(303);
}

/// What the last run said is lost, and its process is gone.
async fn lost(at: &Harness) {
    at.beside("UPDATE jobs SET status = 'waiting', due_at = 1, lease = NULL WHERE kind = 'send_notice'").await;
}

/// Runs the job in another process.
async fn elsewhere(at: &Harness, smtp: &MailServer, settings: &[(&str, &str)]) {
    let url = smtp.url();
    let mut all =
        vec![("RINGSIDE_SMTP_URL", url.as_str()), ("RINGSIDE_MAIL_FROM", "Báo cáo <baocao@ringside.example>")];
    all.extend(settings);
    let other = at.another(&all).await;
    assert_eq!(other.run_due(SendNotice::KIND).await, 1);
    other.server.db.close().await;
}

fn message_id(mail: &Value) -> &str {
    header(mail, "Message-ID")
}

/// Whether a link sets a password.
async fn holds(at: &Harness, link: &str) -> bool {
    let secret = link.split_once("link=").unwrap().1;
    let (account, hash) = secrets::read(secrets::NO_PREFIX, secret).unwrap();
    let (mut conn, now) = (at.server.db.read().await.unwrap(), (at.server.context.clock)());
    store::password_links::find(&mut conn, account, &hash, now).await.unwrap().is_some()
}

#[test]
fn a_notice_that_was_accepted_and_cannot_be_marked_is_not_sent_again_and_marked_when_it_can_be() {
    on_both(async |at: &Harness, smtp: &MailServer| {
        forgot(at).await;
        at.cannot_become("done", "jobs").await;
        let (db, context) = (at.server.db.clone(), std::sync::Arc::clone(&at.server.context));
        let first = tokio::spawn(async move { server::jobs::run_due(&db, &context, SendNotice::KIND).await.unwrap() });
        while smtp.mails().is_empty() {
            tokio::task::yield_now().await;
        }
        // Its lease ends, as after a lock that lasts longer, and the job is claimed anew.
        while at.number("SELECT attempts FROM jobs WHERE kind = 'send_notice'").await == 1 {
            at.beside("UPDATE jobs SET due_at = 1 WHERE kind = 'send_notice' AND attempts = 1").await;
            if first.is_finished() {
                break;
            }
            let (db, context) = (at.server.db.clone(), std::sync::Arc::clone(&at.server.context));
            tokio::spawn(async move { server::jobs::run_due(&db, &context, SendNotice::KIND).await.unwrap() });
            tokio::task::yield_now().await;
        }
        assert!(!first.is_finished(), "the run that sent it repeats the marking");
        at.may_become("jobs").await;
        first.await.unwrap();
        while at.number("SELECT COUNT(*) FROM jobs WHERE kind = 'send_notice' AND status = 'done'").await == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(smtp.mails().len(), 1);
    });
}

#[test]
fn a_notice_that_goes_out_again_is_the_same_mail_with_the_one_link() {
    on_both(async |at: &Harness, smtp: &MailServer| {
        forgot(at).await;
        assert_eq!(at.run_due(SendNotice::KIND).await, 1);
        lost(at).await;
        at.pass(60_000);
        elsewhere(at, smtp, &[]).await;
        let mails = smtp.mails();
        assert_eq!(mails.len(), 2);
        assert_eq!(message_id(&mails[0]), message_id(&mails[1]));
        assert!(message_id(&mails[0]).ends_with("@ringside.example>"), "{}", message_id(&mails[0]));
        assert_eq!(link_in(&mails[0]), link_in(&mails[1]));
        assert_eq!(at.number("SELECT COUNT(*) FROM password_links").await, 1);
        // Once it was used, nobody waits for a mail.
        let link = link_in(&mails[0]);
        let secret = link.split_once("link=").unwrap().1;
        let new = "bốn từ chẳng liên quan";
        let fields = [("link", secret), ("password", new), ("repeat", new)];
        at.post_form("/set-password", &fields).await.is(303);
        lost(at).await;
        elsewhere(at, smtp, &[]).await;
        assert_eq!(smtp.mails().len(), 2);
        assert_eq!(at.number("SELECT COUNT(*) FROM password_links").await, 0);
    });
}

#[test]
fn a_link_that_cannot_be_made_again_gives_its_place_to_another_one() {
    on_both(async |at: &Harness, smtp: &MailServer| {
        forgot(at).await;
        assert_eq!(at.run_due(SendNotice::KIND).await, 1);
        lost(at).await;
        elsewhere(at, smtp, &[("RINGSIDE_SECRET_KEY", "another key of thirty-two letters and more")]).await;
        // After an hour the link is over, and whoever asks again for the same gets one that holds an hour.
        lost(at).await;
        at.pass(2 * 3_600_000);
        elsewhere(at, smtp, &[]).await;
        let mails = smtp.mails();
        let links: Vec<String> = mails.iter().map(link_in).collect();
        assert_eq!(links.len(), 3);
        assert!(message_id(&mails[0]) != message_id(&mails[1]) && message_id(&mails[1]) != message_id(&mails[2]));
        assert_eq!(at.number("SELECT COUNT(*) FROM password_links").await, 1);
        assert!(holds(at, &links[2]).await && !holds(at, &links[0]).await && !holds(at, &links[1]).await);
    });
}

#[test]
fn an_invitation_that_goes_out_again_is_the_same_mail_with_the_same_link() {
    on_both(async |at: &Harness, smtp: &MailServer| {
        let person = serde_json::json!({"email": "moi@cty.vn", "role": "viewer"});
        let asked = at.post("/api/v1/people", &person).await;
        assert!(asked.status.is_success(), "{asked:?}");
        assert_eq!(at.run_due(SendNotice::KIND).await, 1);
        lost(at).await;
        at.pass(60_000);
        elsewhere(at, smtp, &[]).await;
        let mails = smtp.mails();
        assert_eq!((mails.len(), message_id(&mails[0])), (2, message_id(&mails[1])));
        assert_eq!(link_in(&mails[0]), link_in(&mails[1]));
    });
}

#[test]
fn a_program_has_a_link_mailed_to_a_person_of_its_account() {
    on_both(async |at: &Harness, smtp: &MailServer| {
        at.user("lan@cty.vn", Role::Viewer).await;
        let ask = async |email: &str| {
            at.post(&format!("/api/v1/people/{email}/password-link"), &serde_json::Value::Null).await
        };
        ask("khong@cty.vn").await.is_problem(404);
        for _ in 0..2 {
            ask("Lan@cty.vn").await.is(202);
        }
        assert_eq!(at.run_due(SendNotice::KIND).await, 1, "asked twice before it went out, it is one mail");
        let mails = smtp.mails();
        assert_eq!(mails.len(), 1);
        assert!(holds(at, &link_in(&mails[0])).await);
    });
}
