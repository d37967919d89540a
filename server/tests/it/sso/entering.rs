//! An operator whom the provider shows in enters an account for a while, and signs out, here or there.

use domain::{Role, time::DAY_MS};
use reqwest::Method;
use serde_json::json;
use store::{audit::ActorKind, operators, sso, users};

use super::{
    provider::{CLIENT, Provider, session_of},
    told, with,
};
use crate::{
    harness::{Answer, Harness, NOW, account, both_engines, user},
    operator::mark,
    settings::{page, send},
};

const HOUR: i64 = 3_600_000;
const LAN: &str = "lan@cty.vn";

/// An account in which the group `van-hanh` are viewers: whoever runs the service is at home there.
async fn home(at: &Harness) -> store::Scope {
    let (home, _) = account(&at.server.db, "Dịch vụ").await;
    let mut conn = at.server.db.write().await.unwrap();
    sso::put_group(&mut conn, &home, "van-hanh", Role::Viewer).await.unwrap();
    conn.commit().await.unwrap();
    home
}

/// Lan signs in at home by the provider, and runs the service.
async fn operator(at: &Harness, known: &Harness, provider: &Provider) -> String {
    let cookie = session_of(&provider.signs_in(known, &["van-hanh"], |_| {}).await);
    mark(at, LAN).await;
    cookie
}

async fn enter(known: &Harness, cookie: &str, role: &str) -> Answer {
    let path = format!("/operator/accounts/{}/enter", known.scope.account());
    send(known, cookie, &path, &[("reason", "Giúp đọc báo cáo"), ("role", role)]).await
}

fn cookie_of(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn is_in(at: &Harness, cookie: &str) -> bool {
    page(at, cookie, "/campaigns").await.status == 200
}

both_engines! {
    async fn who_comes_by_the_provider_enters_signs_out_of_both_and_begins_at_home_again(at) {
        at.stock().await;
        at.user("chu@cty.vn", Role::Owner).await;
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        home(at).await;
        let cookie = operator(at, &known, &provider).await;
        let inside = cookie_of(&enter(&known, &cookie, "viewer").await.is(303));
        page(&known, &inside, "/campaigns/tet").await.is(200);
        assert!(!is_in(&known, &cookie).await, "the session of before has ended");
        // Out: the provider is told, too, though it was another account that it had let them into.
        let out = Answer::of(known.form("/sign-out", &[]).header("cookie", &inside)).await.is(200);
        assert!(out.header("refresh").contains("&id_token_hint=ey"), "{out:?}");
        assert!(!is_in(&known, &inside).await);
        // Who comes back is at home, though the hour is not over; and goes in again as an operator.
        let cookie = session_of(&provider.signs_in(&known, &["van-hanh"], |_| {}).await);
        assert!(!page(&known, &cookie, "/campaigns").await.is(200).text().contains("Tết 2027"));
        let inside = cookie_of(&send(&known, &cookie, "/accounts", &[("account", &at.scope.account().to_string())]).await.is(303));
        page(&known, &inside, "/campaigns/tet").await.is(200);
        let mut conn = at.server.db.read().await.unwrap();
        let entries = store::audit::list(&mut conn, &at.scope, &store::audit::EntryFilter::default(), None, 100).await.unwrap();
        drop(conn);
        let signed_in: Vec<_> = entries.iter().filter(|one| one.event.action.word() == "sign_in").collect();
        assert_eq!(signed_in.len(), 2, "{entries:?}");
        assert!(signed_in.iter().all(|one| one.actor.kind == ActorKind::Operator && one.actor.name == LAN), "{signed_in:?}");
        // A link names the account: that is a choice, and the log says the same.
        Answer::of(known.form("/sign-out", &[]).header("cookie", &inside)).await.is(200);
        // The provider says that they signed out: they are out of the account they entered.
        let cookie = session_of(&provider.signs_in(&known, &["van-hanh"], |_| {}).await);
        let inside = cookie_of(&send(&known, &cookie, "/accounts", &[("account", &at.scope.account().to_string())]).await.is(303));
        let now = NOW / 1_000;
        let said = json!({
            "iss": provider.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": "m-1", "sub": "lan-1", "sid": "phien-1",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        });
        provider.says_signed_out(&known, &provider.key.token(&said)).await.is(200);
        assert!(!is_in(&known, &inside).await);
        assert_eq!(told(at).await.last().map(|last| (last.0, last.1.clone())), Some(("sessions_ended", LAN.to_owned())));
    }

    async fn the_session_of_who_leaves_goes_on_for_as_long_as_the_provider_gave(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        home(at).await;
        let cookie = operator(at, &known, &provider).await;
        known.pass(HOUR);
        let inside = cookie_of(&enter(&known, &cookie, "viewer").await.is(303));
        known.pass(HOUR / 2);
        let back = send(&known, &inside, "/operator/leave", &[]).await.is(303);
        assert_eq!(back.header("location"), "/operator?note=left");
        let cookie = cookie_of(&back);
        // Not by the hour of the account that they have left.
        known.pass(HOUR);
        assert!(is_in(&known, &cookie).await);
        // And no longer than it was given at first.
        known.pass(DAY_MS / 2 - HOUR * 5 / 2);
        assert!(!is_in(&known, &cookie).await);
    }

    async fn where_passwords_are_forbidden_no_operator_enters_by_one(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        let home = home(at).await;
        session_of(&provider.signs_in(&known, &["chu"], |_| {}).await);
        let mut conn = at.server.db.write().await.unwrap();
        sso::forbid_passwords(&mut conn, &at.scope, true, Some(&provider.issuer)).await.unwrap();
        conn.commit().await.unwrap();
        user(&at.server.db, &home, "van-hanh@dich-vu.vn", Role::Viewer).await;
        mark(at, "van-hanh@dich-vu.vn").await;
        let cookie = known.sign_in("van-hanh@dich-vu.vn").await;
        let before = told(at).await.len();
        let refused = enter(&known, &cookie, "owner").await.is(422);
        assert!(refused.text().contains("đăng nhập một lần"), "{}", refused.text());
        assert!(is_in(&known, &cookie).await, "they stay where they are");
        assert_eq!(told(at).await.len(), before);
        let users = users::list(&mut at.server.db.read().await.unwrap(), &at.scope).await.unwrap();
        assert!(users.iter().all(|user| user.email != "van-hanh@dich-vu.vn"), "{users:?}");
        // Their own account may forbid them while they are inside another one: then there is no way back but by the provider.
        let (third, _) = account(&at.server.db, "Công ty Ba").await;
        let path = format!("/operator/accounts/{}/enter", third.account());
        let inside = cookie_of(&send(&known, &cookie, &path, &[("reason", "Giúp đọc báo cáo"), ("role", "viewer")]).await.is(303));
        session_of(&provider.signs_in(&known, &["chu", "van-hanh"], |_| {}).await);
        let mut conn = at.server.db.write().await.unwrap();
        let lan = users::lookup_email(&mut conn, &home, LAN).await.unwrap().unwrap();
        users::set_access(&mut conn, &home, lan.key, Role::Owner, None).await.unwrap();
        sso::forbid_passwords(&mut conn, &home, true, Some(&provider.issuer)).await.unwrap();
        conn.commit().await.unwrap();
        let out = send(&known, &inside, "/operator/leave", &[]).await.is(303);
        assert_eq!(out.header("location"), "/sign-in?note=signed-out");
        assert!(out.header("set-cookie").starts_with("ringside_session=;"), "{out:?}");
    }

    async fn who_entered_for_an_hour_is_no_owner_to_whom_an_account_could_be_left(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        at.user("chu@cty.vn", Role::Owner).await;
        home(at).await;
        let cookie = operator(at, &known, &provider).await;
        let inside = cookie_of(&enter(&known, &cookie, "owner").await.is(303));
        let put = known.api(Method::PUT, "/api/v1/sign-in").header("content-type", "application/json");
        let put = Answer::of(put.body(json!({"passwords_forbidden": true}).to_string())).await;
        assert_eq!(put.status, 422, "{}", put.text());
        assert!(put.text().contains("single sign-on"), "{}", put.text());
        assert!(is_in(&known, &inside).await);
        let mut conn = at.server.db.write().await.unwrap();
        let taken = operators::remove(&mut conn, LAN, &store::audit::Actor::operator(), domain::Timestamp(NOW)).await.unwrap();
        conn.commit().await.unwrap();
        assert!(taken && !is_in(&known, &inside).await, "who is no operator any more is out");
    }
}
