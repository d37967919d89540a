//! Accounts, users, sessions, links and tokens.

use domain::{Country, Currency, Language, Role, Timestamp};
use store::{
    Db, Scope, StoreError, User,
    accounts::{self, NewAccount},
    password_links,
    sessions::{self, Found, Times},
    tokens,
    users::{self, NewUser},
};

use crate::support::{NINE, both_engines, shop};

const COOKIE: [u8; 32] = [7; 32];
const LINK: [u8; 32] = [8; 32];
const LATER: Timestamp = Timestamp(NINE.0 + 3_600_000);
/// Ends an hour after nine unless it is used, and two hours after nine in any case.
const TIMES: Times =
    Times { begun_at: NINE, used_at: NINE, expires_at: LATER, ends_at: Timestamp(NINE.0 + 2 * 3_600_000) };

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

    async fn one_address_signs_in_to_one_account(db) {
        let (a, b) = (shop(&db, "a").await, shop(&db, "b").await);
        let hoa = user(&db, &a, " Hoa@Example.VN").await.unwrap();
        assert_eq!((hoa.email.as_str(), hoa.account, hoa.password_hash.as_deref()), ("hoa@example.vn", a.account(), None));
        assert_eq!(field(user(&db, &b, "hoa@example.vn").await.unwrap_err()), "email");
        assert_eq!(field(user(&db, &a, "hoa").await.unwrap_err()), "email");
        let mut conn = db.read().await.unwrap();
        assert_eq!(users::find_by_email(&mut conn, "HOA@example.vn").await.unwrap(), Some(hoa.clone()));
        for nobody in ["lan@example.vn", "", "hoa@example.vn\0", "' OR 1=1 --"] {
            assert_eq!(users::find_by_email(&mut conn, nobody).await.unwrap(), None, "{nobody:?}");
        }
        assert_eq!(users::list(&mut conn, &a).await.unwrap(), [hoa]);
        assert_eq!(users::list(&mut conn, &b).await.unwrap(), []);
    }

    async fn a_session_lasts_until_it_ends(db) {
        let scope = shop(&db, "a").await;
        let hoa = user(&db, &scope, "hoa@example.vn").await.unwrap();
        let account = scope.account();
        let mut conn = db.write().await.unwrap();
        sessions::add(&mut conn, &scope, hoa.key, &COOKIE, &TIMES).await.unwrap();
        let found = sessions::find(&mut conn, account, &COOKIE, NINE).await.unwrap().session().unwrap();
        assert_eq!((found.user.key, found.account.name.as_str(), found.times), (hoa.key, "a", TIMES));
        assert_eq!(sessions::find(&mut conn, account, &COOKIE, LATER).await.unwrap(), Found::Over);
        assert_eq!(sessions::find(&mut conn, account, &[0; 32], NINE).await.unwrap(), Found::Nothing);
        assert_eq!(sessions::find(&mut conn, account + 1, &COOKIE, NINE).await.unwrap(), Found::Nothing);

        let much_later = Timestamp(LATER.0 + 1);
        sessions::extend(&mut conn, account, &COOKIE, LATER, much_later).await.unwrap();
        let found = sessions::find(&mut conn, account, &COOKIE, LATER).await.unwrap().session().unwrap();
        assert_eq!(found.times, Times { used_at: LATER, expires_at: much_later, ..TIMES });
        assert_eq!(sessions::delete_expired(&mut conn, &scope, LATER).await.unwrap(), 0);
        assert_eq!(sessions::delete_expired(&mut conn, &scope, much_later).await.unwrap(), 1);

        sessions::add(&mut conn, &scope, hoa.key, &COOKIE, &TIMES).await.unwrap();
        sessions::delete(&mut conn, account, &COOKIE).await.unwrap();
        assert_eq!(sessions::find(&mut conn, account, &COOKIE, NINE).await.unwrap(), Found::Nothing);
    }

    async fn a_session_ends_however_often_it_is_extended(db) {
        let scope = shop(&db, "a").await;
        let hoa = user(&db, &scope, "hoa@example.vn").await.unwrap();
        let account = scope.account();
        let mut conn = db.write().await.unwrap();
        sessions::add(&mut conn, &scope, hoa.key, &COOKIE, &TIMES).await.unwrap();
        let last = Timestamp(TIMES.ends_at.0 - 1);
        sessions::extend(&mut conn, account, &COOKIE, LATER, Timestamp(TIMES.ends_at.0 + 3_600_000)).await.unwrap();
        let found = sessions::find(&mut conn, account, &COOKIE, last).await.unwrap().session().unwrap();
        assert_eq!(found.times.expires_at, TIMES.ends_at);
        assert_eq!(sessions::find(&mut conn, account, &COOKIE, TIMES.ends_at).await.unwrap(), Found::Over);
    }

    async fn a_session_of_the_future_is_over(db) {
        let scope = shop(&db, "a").await;
        let hoa = user(&db, &scope, "hoa@example.vn").await.unwrap();
        let account = scope.account();
        let mut conn = db.write().await.unwrap();
        sessions::add(&mut conn, &scope, hoa.key, &COOKIE, &TIMES).await.unwrap();
        // The clock of another server, and one that was set back.
        let (behind, set_back) = (Timestamp(NINE.0 - 60_000), Timestamp(NINE.0 - 3_600_000));
        assert!(sessions::find(&mut conn, account, &COOKIE, behind).await.unwrap().session().is_some());
        assert_eq!(sessions::find(&mut conn, account, &COOKIE, set_back).await.unwrap(), Found::Over);
        assert_eq!(sessions::delete_expired(&mut conn, &scope, behind).await.unwrap(), 0);
        assert_eq!(sessions::delete_expired(&mut conn, &scope, set_back).await.unwrap(), 1);
    }

    async fn a_link_sets_one_password_once(db) {
        let scope = shop(&db, "a").await;
        let hoa = user(&db, &scope, "hoa@example.vn").await.unwrap();
        let account = scope.account();
        let mut conn = db.write().await.unwrap();
        password_links::add(&mut conn, &scope, hoa.key, &LINK, LATER).await.unwrap();
        assert!(password_links::find(&mut conn, account, &LINK, LATER).await.unwrap().is_none(), "it is over then");
        assert!(password_links::take(&mut conn, account, &LINK, LATER).await.unwrap().is_none());
        assert_eq!(password_links::find(&mut conn, account, &LINK, NINE).await.unwrap(), Some(hoa.clone()));
        assert_eq!(password_links::take(&mut conn, account, &LINK, NINE).await.unwrap(), Some(hoa));
        assert_eq!(password_links::take(&mut conn, account, &LINK, NINE).await.unwrap(), None);
    }

    async fn a_new_password_ends_what_the_old_one_began(db) {
        let scope = shop(&db, "a").await;
        let hoa = user(&db, &scope, "hoa@example.vn").await.unwrap();
        let lan = user(&db, &scope, "lan@example.vn").await.unwrap();
        let account = scope.account();
        let mut conn = db.write().await.unwrap();
        sessions::add(&mut conn, &scope, hoa.key, &COOKIE, &TIMES).await.unwrap();
        sessions::add(&mut conn, &scope, lan.key, &[9; 32], &TIMES).await.unwrap();
        password_links::add(&mut conn, &scope, hoa.key, &LINK, LATER).await.unwrap();
        assert!(users::set_password(&mut conn, &scope, hoa.key, "$argon2id$…").await.unwrap());
        assert_eq!(sessions::find(&mut conn, account, &COOKIE, NINE).await.unwrap(), Found::Nothing);
        assert!(password_links::find(&mut conn, account, &LINK, NINE).await.unwrap().is_none());
        let others = sessions::find(&mut conn, account, &[9; 32], NINE).await.unwrap();
        assert!(others.session().is_some(), "others stay signed in");
        let hash = users::lookup(&mut conn, &scope, hoa.key).await.unwrap().unwrap().password_hash;
        assert_eq!(hash.as_deref(), Some("$argon2id$…"));
        assert!(users::delete(&mut conn, &scope, hoa.key).await.unwrap());
        assert_eq!(users::lookup(&mut conn, &scope, hoa.key).await.unwrap(), None);
    }

    async fn a_token_lets_in_until_it_is_taken_back(db) {
        let scope = shop(&db, "a").await;
        let mut conn = db.write().await.unwrap();
        tokens::add(&mut conn, &scope, "nền tảng gọi", &COOKIE, NINE).await.unwrap();
        assert_eq!(field(tokens::add(&mut conn, &scope, "nền tảng gọi", &LINK, NINE).await.unwrap_err()), "name");
        assert!(tokens::find(&mut conn, scope.account(), &COOKIE).await.unwrap().is_some());
        assert!(tokens::find(&mut conn, scope.account(), &LINK).await.unwrap().is_none());
        assert!(tokens::find(&mut conn, scope.account() + 1, &COOKIE).await.unwrap().is_none());
        let names: Vec<String> = tokens::list(&mut conn, &scope).await.unwrap().into_iter().map(|t| t.name).collect();
        assert_eq!(names, ["nền tảng gọi"]);
        assert!(tokens::delete(&mut conn, &scope, "nền tảng gọi").await.unwrap());
        assert!(!tokens::delete(&mut conn, &scope, "nền tảng gọi").await.unwrap());
        assert!(tokens::find(&mut conn, scope.account(), &COOKIE).await.unwrap().is_none());
    }
}
