//! Who belongs to an account: inviting, links and what they let whom do, and what somebody may do.

use domain::{Role, Timestamp};
use store::{
    audit::{self, Action, EntryFilter},
    jobs::{Payload, SendNotice},
    users,
};

use crate::{
    harness::{Harness, NOW, PASSWORD, account, both_engines, user},
    mail::{MailServer, header, on_both},
    settings::{NEW_PASSWORD, link_in, page, send, shown, told},
};

both_engines! {
    async fn an_owner_invites_by_a_link_and_the_person_joins_once(at) {
        at.stock().await;
        at.user("chu@cty.vn", Role::Owner).await;
        let owner = at.sign_in("chu@cty.vn").await;
        let fields = [("email", "Lan@Cty.vn"), ("role", "viewer"), ("sees", "named"), ("campaigns", "Tết 2027"), ("how", "link")];
        let html = send(at, &owner, "/settings/people/invite", &fields).await.is(200).text();
        let link = shown(&html).split_once("/invitation").map(|(_, query)| format!("/invitation{query}")).unwrap();
        assert!(page(at, &owner, "/settings/people").await.is(200).text().contains("lan@cty.vn"));

        let html = page(at, "", &link).await.is(200).text();
        assert!(html.contains("Công ty Thử") && html.contains("Người xem") && html.contains("lan@cty.vn"), "{html}");
        let secret = link.split_once("link=").unwrap().1.to_owned();
        let join = async |password: &str| {
            let fields = [("link", secret.as_str()), ("name", "Lan <b>"), ("password", password), ("repeat", password)];
            at.post_form("/invitation", &fields).await
        };
        for (password, wrong) in [("ngắn", "ít nhất 10 ký tự"), ("lan@cty.vn1", "dễ đoán"), ("matkhau123456", "dễ đoán")] {
            let html = join(password).await.is(422).text();
            assert!(html.contains(wrong) && html.contains("Lan &lt;b&gt;"), "{password}: {html}");
        }
        let joined = join(NEW_PASSWORD).await.is(303);
        let lan = joined.header("set-cookie").split(';').next().unwrap().to_owned();
        page(at, &lan, "/settings/people").await.is(404);
        assert_eq!(join(NEW_PASSWORD).await.status, 410, "a link is used once");
        page(at, "", &link).await.is(410);
        let html = page(at, &owner, "/settings/people").await.is(200).text();
        assert!(html.contains("Lan &lt;b&gt;") && html.contains("1 chiến dịch"), "{html}");

        let told = told(at).await;
        let said: Vec<_> = told.iter().map(|(who, action, about)| (who.as_str(), *action, about.as_str())).collect();
        assert_eq!(said[..4], [
            ("lan@cty.vn", Action::SignIn, ""),
            ("lan@cty.vn", Action::PasswordSet, "lan@cty.vn"),
            ("lan@cty.vn", Action::UserAdded, "lan@cty.vn"),
            ("chu@cty.vn", Action::UserInvited, "lan@cty.vn"),
        ]);
    }

    async fn a_link_that_is_passed_on_sets_no_password_of_whom_another_account_knows(at) {
        at.user("chu@cty.vn", Role::Owner).await;
        let owner = at.sign_in("chu@cty.vn").await;
        // Another account's owner, who has not set a password yet.
        let (other, _) = account(&at.server.db, "Công ty Khác").await;
        {
            let mut conn = at.server.db.write().await.unwrap();
            let new = users::NewUser { email: "lan@khac.vn".to_owned(), name: "Lan".to_owned(), role: Role::Owner };
            users::add(&mut conn, &other, &new, Timestamp(NOW)).await.unwrap();
            conn.commit().await.unwrap();
        }
        let fields = [("email", "lan@khac.vn"), ("role", "viewer"), ("sees", "all"), ("how", "link")];
        let link = shown(&send(at, &owner, "/settings/people/invite", &fields).await.is(200).text());
        let secret = link.split_once("link=").unwrap().1.to_owned();
        let taken = [("link", secret.as_str()), ("name", "x"), ("password", NEW_PASSWORD), ("repeat", NEW_PASSWORD)];
        for cookie in ["", &owner] {
            send(at, cookie, "/invitation", &taken).await.is(303);
        }
        let signed_in = at.post_form("/sign-in", &[("email", "lan@khac.vn"), ("password", NEW_PASSWORD)]).await;
        assert!(signed_in.header("location").contains("error=wrong"));
        let html = page(at, "", &format!("/invitation?link={secret}")).await.is(200).text();
        assert!(html.contains("/sign-in?email=lan%40khac.vn"), "{html}");
    }

    async fn a_link_that_is_passed_on_gives_nobody_the_password_of_a_known_person(at) {
        at.user("chu@cty.vn", Role::Owner).await;
        let owner = at.sign_in("chu@cty.vn").await;
        let (other, _) = account(&at.server.db, "Công ty Khác").await;
        user(&at.server.db, &other, "lan@cty.vn", Role::Owner).await;
        let fields = [("email", "lan@cty.vn"), ("role", "manager"), ("sees", "all"), ("how", "link")];
        let link = shown(&send(at, &owner, "/settings/people/invite", &fields).await.is(200).text());
        let secret = link.split_once("link=").unwrap().1.to_owned();
        // The owner, who has the link, gets neither in nor a password set.
        let taken = [("link", secret.as_str()), ("name", "x"), ("password", NEW_PASSWORD), ("repeat", NEW_PASSWORD)];
        for cookie in ["", &owner] {
            send(at, cookie, "/invitation", &taken).await.is(303);
            assert!(page(at, cookie, &format!("/invitation?link={secret}")).await.is(200).text().contains("lan@cty.vn"));
        }
        let signed_in = at.post_form("/sign-in", &[("email", "lan@cty.vn"), ("password", NEW_PASSWORD)]).await;
        assert!(signed_in.header("location").contains("error=wrong"));
        // Who is asked signs in as ever, joins, and changes from one account to the other.
        let lan = at.sign_in("lan@cty.vn").await;
        let joined = send(at, &lan, "/invitation", &[("link", secret.as_str())]).await.is(303);
        let lan = joined.header("set-cookie").split(';').next().unwrap().to_owned();
        let html = page(at, &lan, "/accounts").await.is(200).text();
        assert!(html.contains("Công ty Thử") && html.contains("Công ty Khác"), "{html}");
        let switched = send(at, &lan, "/accounts", &[("account", &other.account().to_string())]).await.is(303);
        page(at, &lan, "/campaigns").await.is(303);
        let lan = switched.header("set-cookie").split(';').next().unwrap().to_owned();
        page(at, &lan, "/settings/people").await.is(200);
        send(at, &lan, "/accounts", &[("account", "987654")]).await.is(404);
        let (third, _) = account(&at.server.db, "Công ty Lạ").await;
        user(&at.server.db, &third, "ai@la.vn", Role::Owner).await;
        send(at, &lan, "/accounts", &[("account", &third.account().to_string())]).await.is(404);
    }

    async fn a_link_out_of_a_mail_says_whose_account_it_is_of(at) {
        at.stock().await;
        let here = at.scope.account();
        at.user("lan@cty.vn", Role::Viewer).await;
        let (other, _) = account(&at.server.db, "Công ty Khác").await;
        let there = other.account();
        user(&at.server.db, &other, "lan@cty.vn", Role::Owner).await;
        let (third, _) = account(&at.server.db, "Công ty Lạ").await;
        // Who is not signed in comes to the account of the link, whichever was the last one.
        let link = format!("/campaigns/tet?period=last-7-days&account={here}");
        let to = page(at, "", &link).await.is(303).header("location").to_owned();
        assert!(to.starts_with("/sign-in?to=") && to.contains("account%3D"), "{to}");
        for (account, to) in [(there, format!("/campaigns?account={there}")), (here, link.clone())] {
            let fields = [("email", "lan@cty.vn"), ("password", PASSWORD), ("to", to.as_str())];
            let signed_in = at.post_form("/sign-in", &fields).await.is(303);
            assert_eq!(signed_in.header("location"), to);
            let lan = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
            let html = page(at, &lan, "/campaigns").await.is(200).text();
            assert_eq!(html.contains("Công ty Khác"), account == there, "{html}");
        }
        let fields = [("email", "lan@cty.vn"), ("password", PASSWORD), ("to", "/campaigns?account=1x")];
        at.post_form("/sign-in", &fields).await.is(303);
        let fields = [("email", "lan@cty.vn"), ("password", PASSWORD), ("to", link.as_str())];
        let lan = at.post_form("/sign-in", &fields).await.is(303).header("set-cookie").split(';').next().unwrap().to_owned();
        // In its account, the address is that of the page.
        assert_eq!(page(at, &lan, &link).await.is(303).header("location"), "/campaigns/tet?period=last-7-days");
        // In another one, it is asked and said.
        let of_there = format!("/campaigns/tet?account={there}&period=today");
        let html = page(at, &lan, &of_there).await.is(409).text();
        assert!(html.contains("“Công ty Khác”") && html.contains("/campaigns/tet?period=today"), "{html}");
        let switched = send(at, &lan, "/accounts", &[("account", &there.to_string()), ("to", "/campaigns/tet?period=today")]).await.is(303);
        assert_eq!(switched.header("location"), "/campaigns/tet?period=today");
        // An account that is not theirs is as one that is not there.
        let lan = switched.header("set-cookie").split(';').next().unwrap().to_owned();
        let not_theirs = page(at, &lan, &format!("/campaigns?account={}", third.account())).await.is(404).text();
        assert!(!not_theirs.contains("Công ty Lạ"), "{not_theirs}");
        let nobodys = page(at, &lan, "/campaigns?account=999999").await.is(404).text();
        // But for the way back to it, in another language.
        let nobodys = nobodys.replace("account%3D999999", &format!("account%3D{}", third.account()));
        assert_eq!(nobodys, not_theirs, "whether there is such an account is not told");
        assert!(not_theirs.contains("không ở trong đó") && !not_theirs.contains("Tết 2027"), "{not_theirs}");
    }

    async fn a_link_that_was_passed_on_is_over_once_its_person_belongs_elsewhere_too(at) {
        at.user("chu@cty.vn", Role::Owner).await;
        let lan = at.user("lan@cty.vn", Role::Viewer).await;
        let owner = at.sign_in("chu@cty.vn").await;
        // There is no mail server: the owner is shown the link.
        let link = shown(&send(at, &owner, &format!("/settings/people/{lan}/reset"), &[]).await.is(200).text());
        let secret = link.split_once("link=").unwrap().1;
        let (other, _) = account(&at.server.db, "Công ty Khác").await;
        let mut conn = at.server.db.write().await.unwrap();
        let new = users::NewUser { email: "lan@cty.vn".to_owned(), name: "Lan".to_owned(), role: Role::Owner };
        users::add(&mut conn, &other, &new, Timestamp(NOW)).await.unwrap();
        conn.commit().await.unwrap();
        let fields = [("link", secret), ("password", NEW_PASSWORD), ("repeat", NEW_PASSWORD)];
        let answer = at.post_form("/set-password", &fields).await.is(303);
        assert!(answer.header("location").contains("error=link"), "{answer:?}");
        send(at, &owner, &format!("/settings/people/{lan}/reset"), &[]).await.is(403);
    }

    async fn an_owner_changes_what_somebody_may_do_and_the_last_owner_stays(at) {
        at.stock().await;
        let chu = at.user("chu@cty.vn", Role::Owner).await;
        let lan = at.user("lan@cty.vn", Role::Viewer).await;
        let (owner, viewer) = (at.sign_in("chu@cty.vn").await, at.sign_in("lan@cty.vn").await);
        let access = |key: i64| format!("/settings/people/{key}/access");
        let (seen, all, named) = (("seen", "Người xem"), ("sees", "all"), ("sees", "named"));
        send(at, &viewer, &access(lan), &[seen, ("role", "owner")]).await.is(404);
        for (fields, wrong) in [
            (vec![seen, ("role", "boss"), all], "Hãy chọn một mục"),
            (vec![seen, ("role", "manager"), named, ("campaigns", "tet")], "phạm vi của người xem"),
            (vec![seen, ("role", "viewer"), named, ("campaigns", "tet\nkhông có")], "Không có chiến dịch “không có”"),
            (vec![seen, ("role", "viewer"), named, ("voicebots", "không có")], "Không có voicebot “không có”"),
            // Nobody sees more, or nothing, by a slip.
            (vec![seen, ("role", "viewer"), all, ("campaigns", "tet")], "Chỉ những mục ghi bên dưới”, hoặc"),
            (vec![seen, ("role", "viewer"), named, ("campaigns", " ")], "ít nhất một chiến dịch"),
        ] {
            let html = send(at, &owner, &access(lan), &fields).await.is(422).text();
            assert!(html.contains(wrong), "{wrong}: {html}");
        }
        send(at, &owner, &access(lan), &[seen, ("role", "viewer"), named, ("campaigns", " tet \n\n")]).await.is(303);
        // Somebody else saves what they saw before.
        let html = send(at, &owner, &access(lan), &[seen, ("role", "manager"), all]).await.is(422).text();
        assert!(html.contains("Người khác vừa đổi") && html.contains("Người xem: tet"), "{html}");
        send(at, &owner, &access(lan), &[("seen", "Người xem: tet"), ("role", "viewer"), named, ("voicebots", "Chăm sóc khách hàng")]).await.is(303);
        let html = page(at, &owner, "/settings/people").await.is(200).text();
        assert!(html.contains("chiến dịch của 1 voicebot"), "{html}");
        send(at, &owner, &access(lan), &[("seen", "Người xem: voicebot bot"), ("role", "manager"), all]).await.is(303);
        let html = send(at, &owner, &access(chu), &[("seen", "Chủ tài khoản"), ("role", "viewer"), all]).await.is(422).text();
        assert!(html.contains("cần ít nhất một chủ tài khoản"), "{html}");
        send(at, &owner, &format!("/settings/people/{chu}/remove"), &[]).await.is(422);
        send(at, &owner, "/settings/people/999/remove", &[]).await.is(404);
        send(at, &owner, &format!("/settings/people/{lan}/remove"), &[]).await.is(303);
        page(at, &viewer, "/campaigns").await.is(303);
        let details: Vec<String> = {
            let mut conn = at.server.db.read().await.unwrap();
            let filter = EntryFilter { action: Some(Action::UserChanged), ..EntryFilter::default() };
            let entries = audit::list(&mut conn, &at.scope, &filter, None, 10).await.unwrap();
            entries.iter().map(|entry| app::settings::log_details(&entry.event.details)).collect()
        };
        assert_eq!(details, ["role: viewer → manager; voicebots: bot → –", "campaigns: tet → –; voicebots: – → bot", "campaigns: – → tet"]);
    }
}

#[test]
fn who_forgot_their_password_gets_a_link_that_works_once() {
    on_both(async |at: &Harness, smtp: &MailServer| {
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let ask = async |email: &str| {
            let answer = at.post_form("/forgot-password", &[("email", email)]).await.is(303);
            answer.header("location").to_owned()
        };
        assert_eq!(ask("khongco@cty.vn").await, ask("Lan@cty.vn").await, "the answer tells nothing");
        // Who was told so can rely on it.
        assert_eq!(at.number("SELECT COUNT(*) FROM jobs WHERE kind = 'send_notice'").await, 1);
        assert_eq!(at.run_due(SendNotice::KIND).await, 1);
        let mails = smtp.mails();
        assert_eq!(mails.len(), 1);
        assert_eq!(
            (mails[0]["to"][0].as_str().unwrap(), header(&mails[0], "subject")),
            ("lan@cty.vn", "Đặt lại mật khẩu Ringside")
        );
        let link = link_in(&mails[0]);
        page(at, "", &link).await.is(200);
        let secret = link.split_once("link=").unwrap().1;
        let fields = [("link", secret), ("password", NEW_PASSWORD), ("repeat", NEW_PASSWORD)];
        at.post_form("/set-password", &fields).await.is(303);
        page(at, &cookie, "/campaigns").await.is(303);
        let again = at.post_form("/set-password", &fields).await.is(303);
        assert!(again.header("location").contains("error=link"));
        let mut conn = at.server.db.read().await.unwrap();
        assert!(store::people::find(&mut conn, "lan@cty.vn").await.unwrap().unwrap().is_confirmed);
    });
}

#[test]
fn an_invitation_by_mail_is_sent_again_and_the_first_link_is_over() {
    on_both(async |at: &Harness, smtp: &MailServer| {
        at.user("chu@cty.vn", Role::Owner).await;
        let owner = at.sign_in("chu@cty.vn").await;
        let fields = [("email", "lan@cty.vn"), ("role", "owner"), ("sees", "all"), ("how", "mail")];
        assert_eq!(
            send(at, &owner, "/settings/people/invite", &fields).await.is(303).header("location"),
            "/settings/people?note=invited"
        );
        assert_eq!(at.run_due(SendNotice::KIND).await, 1);
        // Nobody's mailbox is filled: however often they are asked, a mail goes out once a minute.
        for _ in 0..3 {
            send(at, &owner, "/settings/invitations/again", &[("email", "lan@cty.vn")]).await.is(303);
        }
        assert_eq!(at.run_due(SendNotice::KIND).await, 0);
        at.pass(60_000);
        assert_eq!(at.run_due(SendNotice::KIND).await, 1);
        let links: Vec<String> = smtp.mails().iter().map(link_in).collect();
        page(at, "", &links[0]).await.is(410);
        page(at, "", &links[1]).await.is(200);
        send(at, &owner, "/settings/invitations/remove", &[("email", "lan@cty.vn")]).await.is(303);
        page(at, "", &links[1]).await.is(410);
        let mut conn = at.server.db.read().await.unwrap();
        assert_eq!(users::list(&mut conn, &at.scope).await.unwrap().len(), 1);
    });
}
