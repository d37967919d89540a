//! Signing out at the provider and here.

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::sso;

use super::{
    provider::{CLIENT, Key, Provider, encoded, session_of},
    told, with,
};
use crate::harness::{Answer, Harness, NOW, account, both_engines};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

fn message(provider: &Provider, jti: &str) -> Value {
    let now = NOW / 1_000;
    json!({
        "iss": provider.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": jti, "sub": "lan-1", "sid": "phien-1",
        "events": {EVENT: {}},
    })
}

async fn is_in(at: &Harness, cookie: &str) -> bool {
    Answer::of(at.signed(Method::GET, "/campaigns", cookie).header("accept", "text/html")).await.status == 200
}

both_engines! {
    async fn who_signs_out_at_the_provider_is_out(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        at.user("hoa@cty.vn", Role::Viewer).await;
        let hoa = at.sign_in("hoa@cty.vn").await;
        let first = session_of(&provider.signs_in(&known, &["xem"], |_| {}).await);
        let second = session_of(&provider.signs_in(&known, &["xem"], |claims| claims["sid"] = json!("phien-2")).await);
        let said = provider.says_signed_out(&known, &provider.key.token(&message(&provider, "m-1"))).await.is(200);
        assert_eq!(said.header("cache-control"), "no-store");
        assert_eq!((is_in(at, &first).await, is_in(at, &second).await, is_in(at, &hoa).await), (false, true, true));
        let last = told(at).await.pop().unwrap();
        assert_eq!((last.0, last.1.as_str()), ("sessions_ended", "lan@cty.vn"));
        // Without a session's name all of them.
        let first = session_of(&provider.signs_in(&known, &["xem"], |_| {}).await);
        let mut all = message(&provider, "m-2");
        all.as_object_mut().unwrap().remove("sid");
        provider.says_signed_out(&known, &provider.key.token(&all)).await.is(200);
        assert_eq!((is_in(at, &first).await, is_in(at, &second).await, is_in(at, &hoa).await), (false, false, true));
        // By the session's name alone.
        let first = session_of(&provider.signs_in(&known, &["xem"], |_| {}).await);
        let mut one = message(&provider, "m-3");
        one.as_object_mut().unwrap().remove("sub");
        provider.says_signed_out(&known, &provider.key.sign(&json!({"alg": "ES256", "typ": "logout+jwt"}), &one)).await.is(200);
        assert!(!is_in(at, &first).await);
        // Nobody is there any more: that is no fault.
        provider.says_signed_out(&known, &provider.key.token(&message(&provider, "m-4"))).await.is(200);
    }

    async fn who_goes_to_another_account_is_out_of_it_as_well(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        let (other, _) = account(&at.server.db, "Công ty Khác").await;
        let mut conn = at.server.db.write().await.unwrap();
        sso::put_group(&mut conn, &other, "khac", Role::Viewer).await.unwrap();
        conn.commit().await.unwrap();
        let cookie = session_of(&provider.signs_in(&known, &["xem", "khac"], |_| {}).await);
        known.pass(3_600_000);
        let gone = Answer::of(known.form("/accounts", &[("account", &other.account().to_string())]).header("cookie", &cookie)).await;
        let there = session_of(&gone);
        assert!(is_in(at, &there).await);
        // It ends when the one before would have: going to and fro is no way around the groups.
        known.pass(domain::time::DAY_MS / 2 - 3_600_000);
        assert!(!is_in(at, &there).await);
        known.pass(-domain::time::DAY_MS / 2);
        let cookie = session_of(&provider.signs_in(&known, &["xem", "khac"], |_| {}).await);
        let gone = Answer::of(known.form("/accounts", &[("account", &at.scope.account().to_string())]).header("cookie", &cookie)).await;
        let there = session_of(&gone);
        provider.says_signed_out(&known, &provider.key.token(&message(&provider, "m-1"))).await.is(200);
        assert!(!is_in(at, &there).await);
    }

    async fn a_message_that_is_not_right_ends_nothing(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        let cookie = session_of(&provider.signs_in(&known, &["xem"], |_| {}).await);
        let id_token = provider.doing.lock().unwrap().id_token.clone();
        let now = NOW / 1_000;
        let changes: [(&str, Value); 16] = [
            ("iss", json!("https://another.example")),
            ("aud", json!("another")),
            ("aud", json!(["another"])),
            ("iat", json!(now - 601)),
            ("iat", json!(now + 61)),
            ("iat", json!(null)),
            ("exp", json!(now - 61)),
            ("events", json!({})),
            ("events", json!({EVENT: true})),
            ("events", json!([EVENT])),
            ("nonce", json!("any")),
            ("jti", json!(null)),
            ("jti", json!("")),
            ("sub", json!("x".repeat(256))),
            ("sid", json!("a\u{0}b")),
            ("sid", json!(7)),
        ];
        for (n, (name, value)) in changes.into_iter().enumerate() {
            let mut claims = message(&provider, &format!("m-{n}"));
            claims[name] = value.clone();
            let said = provider.says_signed_out(&known, &provider.key.token(&claims)).await;
            assert_eq!(said.status, 400, "{name}: {value}: {}", said.text());
            assert_eq!(said.json()["error"], "invalid_request");
            assert!(!said.text().contains("lan"), "{}", said.text());
        }
        let right = message(&provider, "m-x");
        let mut of_nobody = right.clone();
        of_nobody["sub"].take();
        of_nobody["sid"].take();
        for token in [
            String::new(),
            "a.b.c".to_owned(),
            "x".repeat(20_000),
            id_token,
            provider.key.token(&of_nobody),
            format!("{}.{}.", encoded(&json!({"alg": "none"})), encoded(&right)),
            Key::new("first").token(&right),
            Key::new("second").token(&right),
            provider.key.sign(&json!({"alg": "HS256", "kid": "first"}), &right),
            provider.key.sign(&json!({"alg": "RS256", "kid": "first"}), &right),
            provider.key.sign(&json!({"alg": "ES256", "kid": "first", "crit": ["x"]}), &right),
            provider.key.sign(&json!({"alg": "ES256", "kid": "first", "typ": "at+jwt"}), &right),
        ] {
            provider.says_signed_out(&known, &token).await.is(400);
        }
        known.post_form("/oidc/backchannel-logout", &[]).await.is(400);
        assert!(is_in(at, &cookie).await);
        // Once.
        let token = provider.key.token(&right);
        provider.says_signed_out(&known, &token).await.is(200);
        assert!(!is_in(at, &cookie).await);
        let cookie = session_of(&provider.signs_in(&known, &["xem"], |_| {}).await);
        provider.says_signed_out(&known, &token).await.is(400);
        assert!(is_in(at, &cookie).await);
    }

    async fn who_signs_out_here_is_sent_to_sign_out_there(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        at.user("hoa@cty.vn", Role::Viewer).await;
        let hoa = known.sign_in("hoa@cty.vn").await;
        let out = Answer::of(known.form("/sign-out", &[]).header("cookie", &hoa)).await.is(303);
        assert_eq!(out.header("location"), "/sign-in?note=signed-out", "who came with a password has nothing there");
        let cookie = session_of(&provider.signs_in(&known, &["xem"], |_| {}).await);
        let out = Answer::of(known.form("/sign-out", &[]).header("cookie", &cookie)).await.is(200);
        let to = out.header("refresh").strip_prefix("0; url=").unwrap().to_owned();
        assert!(to.starts_with(&format!("{}/end?of=a&client_id=ringside&post_logout_redirect_uri=", provider.issuer)), "{to}");
        let hint = to.split_once("&id_token_hint=").unwrap().1;
        let id_token = provider.doing.lock().unwrap().id_token.clone();
        assert_eq!(Sha256::digest(hint), Sha256::digest(&id_token));
        assert!(to.contains("%2Foidc%2Fsigned-out"), "{to}");
        assert!(out.text().contains("đang được đăng xuất ở Cty ID"), "{}", out.text());
        assert!(out.header("set-cookie").starts_with("ringside_session=;") && !out.header("clear-site-data").is_empty());
        assert!(!is_in(at, &cookie).await);
        // From another account, too.
        let (other, _) = account(&at.server.db, "Công ty Khác").await;
        let mut conn = at.server.db.write().await.unwrap();
        sso::put_group(&mut conn, &other, "khac", Role::Viewer).await.unwrap();
        conn.commit().await.unwrap();
        let cookie = session_of(&provider.signs_in(&known, &["xem", "khac"], |_| {}).await);
        let gone = Answer::of(known.form("/accounts", &[("account", &other.account().to_string())]).header("cookie", &cookie)).await;
        let out = Answer::of(known.form("/sign-out", &[]).header("cookie", session_of(&gone))).await.is(200);
        assert!(out.header("refresh").contains("&id_token_hint=ey"), "{out:?}");
        // A server that does not know the provider ends what is its own.
        let cookie = session_of(&provider.signs_in(&known, &["xem"], |_| {}).await);
        Answer::of(at.form("/sign-out", &[]).header("cookie", &cookie)).await.is(303);
        assert!(!is_in(at, &cookie).await);
    }
}
