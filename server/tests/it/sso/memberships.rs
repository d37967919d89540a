//! What groups give and take, and whom an address finds.

use domain::{Role, Timestamp};
use serde_json::json;
use store::{Chosen, people as directory, sso, users};

use super::{
    people,
    provider::{Provider, session, session_of},
    told, with,
};
use crate::harness::{Answer, Harness, NOW, account, both_engines, user};

const LAN: &str = "lan@cty.vn";

/// Those of the log that are about people.
async fn changes(at: &Harness) -> Vec<(&'static str, String)> {
    let told = told(at).await.into_iter().filter(|(action, ..)| *action != "sign_in");
    told.map(|(action, _, details)| (action, details)).collect()
}

async fn has_password(at: &Harness) -> bool {
    let person = directory::find(&mut at.server.db.read().await.unwrap(), LAN).await.unwrap();
    person.unwrap().password_hash.is_some()
}

both_engines! {
    async fn groups_change_what_they_gave(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        at.user("chu@cty.vn", Role::Owner).await;
        let of_lan = async || people(at).await.into_iter().find(|(email, _)| email == LAN).map(|(_, role)| role);
        for (groups, role) in [(&["xem"][..], Role::Viewer), (&["xem", "chu", "quan-ly"], Role::Owner), (&["quan-ly"], Role::Manager)] {
            session_of(&provider.signs_in(&known, groups, |_| {}).await);
            assert_eq!(of_lan().await, Some(role), "{groups:?}");
        }
        let cookie = session_of(&provider.signs_in(&known, &["quan-ly"], |_| {}).await);
        let gone = provider.signs_in(&known, &["nhom-la"], |_| {}).await;
        assert_eq!((gone.status.as_u16(), session(&gone)), (403, None));
        assert_eq!(of_lan().await, None);
        let page = Answer::of(at.signed(reqwest::Method::GET, "/campaigns", &cookie).header("accept", "text/html")).await;
        assert_eq!(page.status, 303, "the session has ended with it");
        let changes = changes(at).await;
        assert_eq!(changes.iter().map(|(action, _)| *action).collect::<Vec<_>>(), ["user_added", "user_changed", "user_changed", "user_removed"]);
        assert!(changes[1].1.contains("\"before\":{\"role\":\"viewer\"}"), "{changes:?}");
        // Nothing is left of them but the log; they may come again.
        assert!(!sso::is_linked(&mut at.server.db.read().await.unwrap(), LAN).await.unwrap());
        session_of(&provider.signs_in(&known, &["xem"], |_| {}).await);
        assert_eq!(of_lan().await, Some(Role::Viewer));
    }

    async fn who_was_taken_in_by_hand_stays_as_they_are(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        at.user(LAN, Role::Manager).await;
        for groups in [&["chu"][..], &["xem"], &[]] {
            session_of(&provider.signs_in(&known, groups, |_| {}).await);
            assert_eq!(people(at).await, [(LAN.to_owned(), Role::Manager)], "{groups:?}");
        }
        assert_eq!(changes(at).await, []);
    }

    async fn the_last_owner_stays(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        session_of(&provider.signs_in(&known, &["chu"], |_| {}).await);
        for groups in [&["xem"][..], &[]] {
            session_of(&provider.signs_in(&known, groups, |_| {}).await);
            assert_eq!(people(at).await, [(LAN.to_owned(), Role::Owner)], "{groups:?}");
        }
        let kept = changes(at).await.into_iter().filter(|(action, _)| *action == "last_owner_kept").count();
        assert_eq!(kept, 2, "the log says so");
    }

    async fn where_passwords_are_forbidden_an_owner_of_the_provider_stays(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        let hoa = at.user("hoa@cty.vn", Role::Owner).await;
        session_of(&provider.signs_in(&known, &["chu"], |_| {}).await);
        known.put("/api/v1/sign-in", &json!({"passwords_forbidden": true})).await.is(200);
        session_of(&provider.signs_in(&known, &[], |_| {}).await);
        assert!(people(at).await.contains(&(LAN.to_owned(), Role::Owner)), "the other owner would not get in");
        let removed = Answer::of(at.api(reqwest::Method::DELETE, &format!("/api/v1/people/{LAN}"))).await;
        assert_eq!(removed.status, 422, "{}", removed.text());
        let mut conn = at.server.db.write().await.unwrap();
        assert!(users::delete(&mut conn, &at.scope, hoa).await.unwrap());
        conn.commit().await.unwrap();
    }

    async fn a_limited_viewer_keeps_their_limits(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        at.stock().await;
        session_of(&provider.signs_in(&known, &["xem"], |_| {}).await);
        let lan = async || users::lookup_email(&mut at.server.db.read().await.unwrap(), &at.scope, LAN).await.unwrap();
        let key = lan().await.unwrap().key;
        let mut conn = at.server.db.write().await.unwrap();
        let chosen = Chosen { campaigns: vec!["tet".parse().unwrap()], voicebots: Vec::new() };
        users::set_access(&mut conn, &at.scope, key, Role::Viewer, Some(&chosen)).await.unwrap();
        conn.commit().await.unwrap();
        for groups in [&["xem"][..], &["chu"]] {
            session_of(&provider.signs_in(&known, groups, |_| {}).await);
            let lan = lan().await.unwrap();
            assert_eq!((lan.role, lan.is_limited), (Role::Viewer, true), "{groups:?}");
        }
        provider.signs_in(&known, &[], |_| {}).await.is(403);
        assert_eq!(lan().await, None);
    }

    async fn groups_of_several_accounts_give_several(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        let (other, _) = account(&at.server.db, "Công ty Khác").await;
        user(&at.server.db, &other, "chu@khac.vn", Role::Owner).await;
        let mut conn = at.server.db.write().await.unwrap();
        sso::put_group(&mut conn, &other, "khac", Role::Manager).await.unwrap();
        conn.commit().await.unwrap();
        let of_lan = async || {
            let users = users::all_memberships(&mut at.server.db.read().await.unwrap(), LAN).await.unwrap();
            let mut accounts: Vec<(i64, Role)> = users.into_iter().map(|user| (user.account, user.role)).collect();
            accounts.sort_by_key(|(account, _)| *account);
            accounts
        };
        let (own, other) = ((at.scope.account(), Role::Viewer), (other.account(), Role::Manager));
        for (groups, accounts) in [(&["xem", "khac"][..], vec![own, other]), (&["xem"], vec![own]), (&["khac"], vec![other])] {
            session_of(&provider.signs_in(&known, groups, |_| {}).await);
            assert_eq!(of_lan().await, accounts, "{groups:?}");
        }
    }

    async fn an_address_finds_a_person_only_where_it_is_theirs(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        at.user(LAN, Role::Owner).await;
        let refused = provider.signs_in(&known, &["xem"], |claims| claims["email_verified"] = json!(false)).await;
        assert_eq!((refused.status.as_u16(), session(&refused)), (403, None));
        assert_eq!(told(at).await.last().map(|told| (told.0, told.2.clone())), Some(("sign_in_refused", "{\"reason\":\"the email is not verified\"}".to_owned())));
        assert!(has_password(at).await);
        // The password of who never showed that they read the mail goes: somebody may have set it in wait.
        let waiting = at.sign_in(LAN).await;
        session_of(&provider.signs_in(&known, &["xem"], |_| {}).await);
        assert!(!has_password(at).await);
        let page = Answer::of(at.signed(reqwest::Method::GET, "/campaigns", &waiting).header("accept", "text/html")).await;
        assert_eq!(page.status, 303, "and the sessions with it");
        // From then on it is the provider's name for them that counts, and not the address.
        let other = provider.signs_in(&known, &["xem"], |claims| { claims["email"] = json!("moi@cty.vn"); claims["email_verified"] = json!(false); }).await;
        session_of(&other);
        assert_eq!(people(at).await, [(LAN.to_owned(), Role::Owner)]);
    }

    async fn a_password_of_who_reads_the_mail_stays(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        at.user(LAN, Role::Viewer).await;
        let mut conn = at.server.db.write().await.unwrap();
        directory::confirm(&mut conn, LAN, Timestamp(NOW)).await.unwrap();
        conn.commit().await.unwrap();
        session_of(&provider.signs_in(&known, &["xem"], |_| {}).await);
        assert!(has_password(at).await);
        at.sign_in(LAN).await;
    }

    async fn a_link_that_was_passed_on_sets_no_password_of_who_comes_by_the_provider(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        session_of(&provider.signs_in(&known, &["xem"], |_| {}).await);
        let (other, token) = account(&at.server.db, "Công ty Khác").await;
        let invite = at.bare(reqwest::Method::POST, "/api/v1/people").header("authorization", format!("Bearer {token}"));
        let body = json!({"email": LAN, "role": "viewer", "link": true}).to_string();
        let link = Answer::of(invite.header("content-type", "application/json").body(body)).await.is(201).json();
        let secret = link["link"].as_str().unwrap().split_once("link=").unwrap().1.to_owned();
        let fields = [("link", secret.as_str()), ("name", "Kẻ gian"), ("password", "con đường xa lắm"), ("repeat", "con đường xa lắm")];
        let answer = at.post_form("/invitation", &fields).await.is(303);
        assert!(answer.header("location").starts_with("/invitation"), "{answer:?}");
        assert!(!has_password(at).await);
        assert_eq!(users::list(&mut at.server.db.read().await.unwrap(), &other).await.unwrap(), []);
    }
}
