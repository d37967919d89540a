//! Accounts, users, sessions, links and tokens.

use domain::{Country, Currency, Language, Role, Timestamp, TokenScope};
use store::{
    Chosen, Db, Scope, StoreError, User,
    accounts::{self, NewAccount},
    invitations::{self, NewInvitation},
    password_links, people,
    sessions::{self, Device, FoundSession, ListedSession, SessionTimes},
    tokens::{self, NewToken},
    users::{self, NewUser},
};

use crate::support::{NINE, both_engines, shop};

const COOKIE: [u8; 32] = [7; 32];
const LINK: [u8; 32] = [8; 32];
const LATER: Timestamp = Timestamp(NINE.0 + 3_600_000);
/// Ends an hour after nine unless it is used, and two hours after nine in any case.
const TIMES: SessionTimes =
    SessionTimes { begun_at: NINE, used_at: NINE, expires_at: LATER, ends_at: Timestamp(NINE.0 + 2 * 3_600_000) };

async fn user(db: &Db, scope: &Scope, email: &str) -> Result<User, StoreError> {
    let mut conn = db.write().await.unwrap();
    let new = NewUser { email: email.to_owned(), name: "Hoa".to_owned(), role: Role::Manager };
    let user = users::add(&mut conn, scope, &new, NINE).await?;
    conn.commit().await?;
    Ok(user)
}

fn field(error: StoreError) -> String {
    match error {
        StoreError::Invalid(error) => error.field,
        other => panic!("not a person's mistake: {other}"),
    }
}

both_engines! {
    async fn an_account_is_found_by_its_name(db) {
        let scope = shop(&db, "Công ty Á Châu").await;
        let mut conn = db.read().await.unwrap();
        let account = accounts::find_by_name(&mut conn, " Công ty Á Châu ").await.unwrap().unwrap();
        assert_eq!(account.id, scope.account());
        assert_eq!(account.zone.name(), "Asia/Ho_Chi_Minh");
        assert_eq!(accounts::lookup(&mut conn, &scope).await.unwrap(), account);
        assert_eq!(accounts::list(&mut conn).await.unwrap(), [account]);
        assert_eq!(accounts::find_by_name(&mut conn, "Công ty").await.unwrap(), None);
    }

    async fn an_account_has_a_name_and_a_zone_of_its_own(db) {
        shop(&db, "a").await;
        let mut conn = db.write().await.unwrap();
        for (name, timezone, wrong) in [("a", "Asia/Ho_Chi_Minh", "name"), ("", "UTC", "name"), ("b", "Mars", "timezone")] {
            let (name, timezone) = (name.to_owned(), timezone.to_owned());
            let new = NewAccount { name, timezone, currency: Currency::vnd(), language: Language::Vi, country: Country::VIETNAM };
            assert_eq!(field(accounts::add(&mut conn, &new, NINE).await.unwrap_err()), wrong);
        }
    }

    async fn a_person_belongs_to_several_accounts_by_one_address(db) {
        let (a, b) = (shop(&db, "a").await, shop(&db, "b").await);
        let hoa = user(&db, &a, " Hoa@Example.VN").await.unwrap();
        assert_eq!((hoa.email.as_str(), hoa.account, hoa.has_password), ("hoa@example.vn", a.account(), false));
        assert_eq!(field(user(&db, &a, "hoa@example.vn").await.unwrap_err()), "email");
        assert_eq!(field(user(&db, &a, "hoa").await.unwrap_err()), "email");
        let also = user(&db, &b, "hoa@example.vn").await.unwrap();
        let mut conn = db.write().await.unwrap();
        assert_eq!(users::all_memberships(&mut conn, "HOA@example.vn").await.unwrap(), [hoa.clone(), also.clone()]);
        users::seen(&mut conn, &b, also.key, NINE).await.unwrap();
        let last_first: Vec<i64> = users::all_memberships(&mut conn, "hoa@example.vn").await.unwrap().iter().map(|u| u.account).collect();
        assert_eq!(last_first, [b.account(), a.account()]);
        for nobody in ["lan@example.vn", "", "hoa@example.vn\0", "' OR 1=1 --"] {
            assert_eq!(users::all_memberships(&mut conn, nobody).await.unwrap(), [], "{nobody:?}");
            assert_eq!(people::find(&mut conn, nobody).await.unwrap(), None, "{nobody:?}");
        }
        assert_eq!(users::list(&mut conn, &a).await.unwrap(), std::slice::from_ref(&hoa));
        assert_eq!(users::lookup_email(&mut conn, &a, "HOA@example.vn").await.unwrap(), Some(hoa));
    }

    async fn a_person_is_forgotten_with_their_last_account(db) {
        let (a, b) = (shop(&db, "a").await, shop(&db, "b").await);
        let (of_a, of_b) = (user(&db, &a, "hoa@example.vn").await.unwrap(), user(&db, &b, "hoa@example.vn").await.unwrap());
        let mut conn = db.write().await.unwrap();
        assert!(users::delete(&mut conn, &a, of_a.key).await.unwrap());
        assert!(people::find(&mut conn, "hoa@example.vn").await.unwrap().is_some());
        assert!(users::delete(&mut conn, &b, of_b.key).await.unwrap());
        assert_eq!(people::find(&mut conn, "hoa@example.vn").await.unwrap(), None);
    }

    async fn the_last_owner_stays(db) {
        let scope = shop(&db, "a").await;
        let hoa = user(&db, &scope, "hoa@example.vn").await.unwrap();
        let lan = user(&db, &scope, "lan@example.vn").await.unwrap();
        let mut conn = db.write().await.unwrap();
        assert!(users::set_access(&mut conn, &scope, hoa.key, Role::Owner, None).await.unwrap());
        assert_eq!(field(users::set_access(&mut conn, &scope, hoa.key, Role::Viewer, None).await.unwrap_err()), "role");
        assert_eq!(field(users::delete(&mut conn, &scope, hoa.key).await.unwrap_err()), "user");
        assert!(users::set_access(&mut conn, &scope, lan.key, Role::Owner, None).await.unwrap());
        assert!(users::set_access(&mut conn, &scope, hoa.key, Role::Viewer, None).await.unwrap());
        assert!(users::delete(&mut conn, &scope, hoa.key).await.unwrap());
        assert!(!users::delete(&mut conn, &scope, hoa.key).await.unwrap());
    }

    async fn only_viewers_are_limited_to_campaigns_and_only_to_those_that_are_there(db) {
        let scope = shop(&db, "a").await;
        let hoa = user(&db, &scope, "hoa@example.vn").await.unwrap();
        let mut conn = db.write().await.unwrap();
        let nowhere = Chosen { campaigns: vec!["nowhere".parse().unwrap()], voicebots: Vec::new() };
        let no_bot = Chosen { campaigns: Vec::new(), voicebots: vec!["nowhere".parse().unwrap()] };
        let nothing = Chosen::default();
        assert_eq!(field(users::set_access(&mut conn, &scope, hoa.key, Role::Manager, Some(&nothing)).await.unwrap_err()), "campaigns");
        assert_eq!(field(users::set_access(&mut conn, &scope, hoa.key, Role::Viewer, Some(&nowhere)).await.unwrap_err()), "campaigns");
        assert_eq!(field(users::set_access(&mut conn, &scope, hoa.key, Role::Viewer, Some(&no_bot)).await.unwrap_err()), "voicebots");
        assert!(users::set_access(&mut conn, &scope, hoa.key, Role::Viewer, Some(&nothing)).await.unwrap());
        assert!(users::lookup(&mut conn, &scope, hoa.key).await.unwrap().unwrap().is_limited);
        assert!(users::set_access(&mut conn, &scope, hoa.key, Role::Manager, None).await.unwrap());
        assert!(!users::lookup(&mut conn, &scope, hoa.key).await.unwrap().unwrap().is_limited);
    }

    async fn who_is_asked_belongs_to_the_account_once_they_accept(db) {
        let (a, b) = (shop(&db, "a").await, shop(&db, "b").await);
        user(&db, &b, "hoa@example.vn").await.unwrap();
        let mut conn = db.write().await.unwrap();
        people::set_password(&mut conn, "hoa@example.vn", "$argon2id$…").await.unwrap();
        let asked = NewInvitation { email: "Hoa@example.vn".to_owned(), role: Role::Viewer, chosen: None, is_mailed: true };
        invitations::put(&mut conn, &a, &asked, Some(&LINK), NINE, LATER).await.unwrap();
        assert_eq!(users::list(&mut conn, &a).await.unwrap(), []);
        // Asked anew, the link of before is over.
        invitations::put(&mut conn, &a, &asked, None, NINE, LATER).await.unwrap();
        assert_eq!(invitations::find(&mut conn, a.account(), &LINK, NINE).await.unwrap(), None);
        assert!(invitations::set_link(&mut conn, &a, "hoa@example.vn", &LINK).await.unwrap());
        assert_eq!(invitations::find(&mut conn, a.account(), &LINK, LATER).await.unwrap(), None, "it is over then");
        assert_eq!(invitations::find(&mut conn, b.account(), &LINK, NINE).await.unwrap(), None);
        let user = invitations::accept(&mut conn, a.account(), &LINK, "Ai đó", NINE).await.unwrap().unwrap();
        assert_eq!((user.role, user.name.as_str(), user.has_password), (Role::Viewer, "Hoa", true), "they keep what is theirs");
        assert!(people::find(&mut conn, "hoa@example.vn").await.unwrap().unwrap().is_confirmed);
        assert_eq!(invitations::accept(&mut conn, a.account(), &LINK, "Ai đó", NINE).await.unwrap(), None);
        assert_eq!(invitations::list(&mut conn, &a).await.unwrap(), []);
        assert_eq!(field(invitations::put(&mut conn, &a, &asked, None, NINE, LATER).await.unwrap_err()), "email");
    }

    async fn a_session_lasts_until_it_ends(db) {
        let scope = shop(&db, "a").await;
        let hoa = user(&db, &scope, "hoa@example.vn").await.unwrap();
        let account = scope.account();
        let mut conn = db.write().await.unwrap();
        sessions::add(&mut conn, &scope, hoa.key, &COOKIE, &TIMES, &Device::default(), None).await.unwrap();
        let found = sessions::find(&mut conn, account, &COOKIE, NINE).await.unwrap().session().unwrap();
        assert_eq!((found.user.key, found.account.name.as_str(), found.times), (hoa.key, "a", TIMES));
        assert_eq!(sessions::find(&mut conn, account, &COOKIE, LATER).await.unwrap(), FoundSession::Over);
        assert_eq!(sessions::find(&mut conn, account, &[0; 32], NINE).await.unwrap(), FoundSession::Nothing);
        assert_eq!(sessions::find(&mut conn, account + 1, &COOKIE, NINE).await.unwrap(), FoundSession::Nothing);

        let much_later = Timestamp(LATER.0 + 1);
        sessions::extend(&mut conn, account, &COOKIE, LATER, much_later).await.unwrap();
        let found = sessions::find(&mut conn, account, &COOKIE, LATER).await.unwrap().session().unwrap();
        assert_eq!(found.times, SessionTimes { used_at: LATER, expires_at: much_later, ..TIMES });
        assert_eq!(sessions::delete_expired(&mut conn, &scope, LATER).await.unwrap(), 0);
        assert_eq!(sessions::delete_expired(&mut conn, &scope, much_later).await.unwrap(), 1);

        sessions::add(&mut conn, &scope, hoa.key, &COOKIE, &TIMES, &Device::default(), None).await.unwrap();
        sessions::delete(&mut conn, account, &COOKIE).await.unwrap();
        assert_eq!(sessions::find(&mut conn, account, &COOKIE, NINE).await.unwrap(), FoundSession::Nothing);
    }

    async fn a_session_ends_however_often_it_is_extended(db) {
        let scope = shop(&db, "a").await;
        let hoa = user(&db, &scope, "hoa@example.vn").await.unwrap();
        let account = scope.account();
        let mut conn = db.write().await.unwrap();
        sessions::add(&mut conn, &scope, hoa.key, &COOKIE, &TIMES, &Device::default(), None).await.unwrap();
        let last = Timestamp(TIMES.ends_at.0 - 1);
        sessions::extend(&mut conn, account, &COOKIE, LATER, Timestamp(TIMES.ends_at.0 + 3_600_000)).await.unwrap();
        let found = sessions::find(&mut conn, account, &COOKIE, last).await.unwrap().session().unwrap();
        assert_eq!(found.times.expires_at, TIMES.ends_at);
        assert_eq!(sessions::find(&mut conn, account, &COOKIE, TIMES.ends_at).await.unwrap(), FoundSession::Over);
    }

    async fn a_session_of_the_future_is_over(db) {
        let scope = shop(&db, "a").await;
        let hoa = user(&db, &scope, "hoa@example.vn").await.unwrap();
        let account = scope.account();
        let mut conn = db.write().await.unwrap();
        sessions::add(&mut conn, &scope, hoa.key, &COOKIE, &TIMES, &Device::default(), None).await.unwrap();
        // The clock of another server, and one that was set back.
        let (behind, set_back) = (Timestamp(NINE.0 - 60_000), Timestamp(NINE.0 - 3_600_000));
        assert!(sessions::find(&mut conn, account, &COOKIE, behind).await.unwrap().session().is_some());
        assert_eq!(sessions::find(&mut conn, account, &COOKIE, set_back).await.unwrap(), FoundSession::Over);
        assert_eq!(sessions::delete_expired(&mut conn, &scope, behind).await.unwrap(), 0);
        assert_eq!(sessions::delete_expired(&mut conn, &scope, set_back).await.unwrap(), 1);
    }

    async fn a_link_sets_one_password_once(db) {
        let scope = shop(&db, "a").await;
        let hoa = user(&db, &scope, "hoa@example.vn").await.unwrap();
        let account = scope.account();
        let mut conn = db.write().await.unwrap();
        password_links::add(&mut conn, &scope, hoa.key, &LINK, LATER, true).await.unwrap();
        assert!(password_links::find(&mut conn, account, &LINK, LATER).await.unwrap().is_none(), "it is over then");
        assert!(password_links::take(&mut conn, account, &LINK, LATER).await.unwrap().is_none());
        let link = password_links::find(&mut conn, account, &LINK, NINE).await.unwrap().unwrap();
        assert_eq!((&link.user, link.is_mailed), (&hoa, true));
        assert_eq!(password_links::take(&mut conn, account, &LINK, NINE).await.unwrap(), Some(link));
        assert_eq!(password_links::take(&mut conn, account, &LINK, NINE).await.unwrap(), None);
    }

    async fn a_new_password_ends_what_the_old_one_began(db) {
        let scope = shop(&db, "a").await;
        let hoa = user(&db, &scope, "hoa@example.vn").await.unwrap();
        let lan = user(&db, &scope, "lan@example.vn").await.unwrap();
        let account = scope.account();
        let mut conn = db.write().await.unwrap();
        sessions::add(&mut conn, &scope, hoa.key, &COOKIE, &TIMES, &Device::default(), None).await.unwrap();
        sessions::add(&mut conn, &scope, lan.key, &[9; 32], &TIMES, &Device::default(), None).await.unwrap();
        password_links::add(&mut conn, &scope, hoa.key, &LINK, LATER, false).await.unwrap();
        assert!(users::set_password(&mut conn, &scope, hoa.key, "$argon2id$…").await.unwrap());
        assert_eq!(sessions::find(&mut conn, account, &COOKIE, NINE).await.unwrap(), FoundSession::Nothing);
        assert!(password_links::find(&mut conn, account, &LINK, NINE).await.unwrap().is_none());
        let others = sessions::find(&mut conn, account, &[9; 32], NINE).await.unwrap();
        assert!(others.session().is_some(), "others stay signed in");
        let hash = people::find(&mut conn, "hoa@example.vn").await.unwrap().unwrap().password_hash;
        assert_eq!(hash.as_deref(), Some("$argon2id$…"));
        assert!(users::delete(&mut conn, &scope, hoa.key).await.unwrap());
        assert_eq!(users::lookup(&mut conn, &scope, hoa.key).await.unwrap(), None);
    }

    async fn a_session_is_listed_and_ended_by_its_user_alone(db) {
        let scope = shop(&db, "a").await;
        let hoa = user(&db, &scope, "hoa@example.vn").await.unwrap();
        let lan = user(&db, &scope, "lan@example.vn").await.unwrap();
        let mut conn = db.write().await.unwrap();
        let device = Device { agent: "Firefox".to_owned(), address: "203.0.113.5".to_owned() };
        sessions::add(&mut conn, &scope, hoa.key, &COOKIE, &TIMES, &device, None).await.unwrap();
        let listed = sessions::list(&mut conn, "hoa@example.vn", NINE).await.unwrap();
        let (account, user_key) = (scope.account(), hoa.key);
        assert_eq!(listed, [ListedSession { account, user_key, hash: COOKIE, device, times: TIMES }]);
        assert_eq!(sessions::list(&mut conn, "hoa@example.vn", LATER).await.unwrap(), [], "it is over then");
        assert_eq!(sessions::list(&mut conn, "lan@example.vn", NINE).await.unwrap(), []);
        assert!(!sessions::end(&mut conn, &scope, lan.key, &COOKIE).await.unwrap());
        assert!(sessions::end(&mut conn, &scope, hoa.key, &COOKIE).await.unwrap());
    }

    async fn sessions_of_a_person_end_in_all_accounts_but_for_one(db) {
        let (a, b) = (shop(&db, "a").await, shop(&db, "b").await);
        let (of_a, of_b) = (user(&db, &a, "hoa@example.vn").await.unwrap(), user(&db, &b, "hoa@example.vn").await.unwrap());
        let mut conn = db.write().await.unwrap();
        for (scope, user, hash) in [(&a, &of_a, &COOKIE), (&a, &of_a, &LINK), (&b, &of_b, &COOKIE)] {
            sessions::add(&mut conn, scope, user.key, hash, &TIMES, &Device::default(), None).await.unwrap();
        }
        let kept = Some((a.account(), &COOKIE));
        assert_eq!(people::end_sessions(&mut conn, "hoa@example.vn", kept).await.unwrap(), 2);
        assert!(sessions::find(&mut conn, a.account(), &COOKIE, NINE).await.unwrap().session().is_some());
        assert_eq!(sessions::find(&mut conn, b.account(), &COOKIE, NINE).await.unwrap(), FoundSession::Nothing);
        people::set_password(&mut conn, "hoa@example.vn", "$argon2id$…").await.unwrap();
        assert_eq!(sessions::find(&mut conn, a.account(), &COOKIE, NINE).await.unwrap(), FoundSession::Nothing);
    }

    async fn a_token_lets_in_until_it_is_taken_back(db) {
        let scope = shop(&db, "a").await;
        let mut conn = db.write().await.unwrap();
        let token = NewToken {
            name: "nền tảng gọi".to_owned(),
            scopes: vec![TokenScope::Read, TokenScope::Write, TokenScope::Read],
            is_masked: true,
        };
        tokens::add(&mut conn, &scope, &token, &COOKIE, NINE).await.unwrap();
        assert_eq!(field(tokens::add(&mut conn, &scope, &token, &LINK, NINE).await.unwrap_err()), "name");
        let idle = NewToken { name: "x".to_owned(), scopes: vec![], is_masked: false };
        assert_eq!(field(tokens::add(&mut conn, &scope, &idle, &LINK, NINE).await.unwrap_err()), "scopes");
        let found = tokens::find(&mut conn, scope.account(), &COOKIE, NINE).await.unwrap().unwrap();
        assert_eq!((found.scopes.as_slice(), found.is_masked, found.is_use_unnoted), ([TokenScope::Write, TokenScope::Read].as_slice(), true, true));
        assert!(tokens::find(&mut conn, scope.account(), &LINK, NINE).await.unwrap().is_none());
        assert!(tokens::find(&mut conn, scope.account() + 1, &COOKIE, NINE).await.unwrap().is_none());
        tokens::used(&mut conn, &scope, &found.name, NINE).await.unwrap();
        assert!(!tokens::find(&mut conn, scope.account(), &COOKIE, Timestamp(NINE.0 + 59_999)).await.unwrap().unwrap().is_use_unnoted);
        let listed = tokens::list(&mut conn, &scope).await.unwrap();
        assert_eq!(listed.iter().map(|token| (token.name.as_str(), token.used_at)).collect::<Vec<_>>(), [("nền tảng gọi", Some(NINE))]);
        assert!(tokens::delete(&mut conn, &scope, "nền tảng gọi").await.unwrap());
        assert!(!tokens::delete(&mut conn, &scope, "nền tảng gọi").await.unwrap());
        assert!(tokens::find(&mut conn, scope.account(), &COOKIE, NINE).await.unwrap().is_none());
    }
}
