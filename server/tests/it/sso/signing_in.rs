//! Which answers of the provider are believed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    people,
    provider::{Begun, CLIENT, Key, Mood, Provider, SECRET, encoded, session, session_of},
    told, with,
};
use crate::{
    harness::{Answer, Harness, NOW, account, both_engines},
    hostile_texts::{listen_to_the_log, logged},
};

/// What the page says of an answer that is not believed.
#[track_caller]
fn is_refused(answer: &Answer, words: &str) {
    assert_eq!(answer.status, 403, "{}", answer.text());
    assert_eq!(session(answer), None, "{answer:?}");
    let html = answer.text();
    assert!(html.contains(words), "{words}: {html}");
    assert!(html.contains("Mã tham chiếu: "), "{html}");
    assert!(html.contains("href=\"/oidc/start") && html.contains("href=\"/sign-in"), "{html}");
    for secret in ["lan@cty.vn", "lan-1", "access", "eyJ"] {
        assert!(!html.to_lowercase().contains(secret), "{secret}: {html}");
    }
}

/// Makes a token of claims.
type Forge<'a> = dyn Fn(&Value) -> String + 'a;

const NOT_BELIEVED: &str = "Câu trả lời của Cty ID không hợp lệ";
const AGAIN: &str = "Hãy bắt đầu lại.";

async fn page(at: &Harness, cookie: &str) -> Answer {
    Answer::of(at.signed(Method::GET, "/campaigns", cookie).header("accept", "text/html")).await
}

both_engines! {
    async fn who_is_in_a_group_comes_in_and_goes_where_they_wanted(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        let html = Answer::of(known.bare(Method::GET, "/sign-in?to=/campaigns%3Fq%3Da").header("accept", "text/html")).await.is(200).text();
        assert!(html.contains("href=\"/oidc/start?to=%2Fcampaigns%3Fq%3Da\"") && html.contains("Đăng nhập bằng Cty ID"), "{html}");
        let answer = provider.signs_in(&known, &["xem"], |_| {}).await;
        assert_eq!(answer.header("location"), "/campaigns?q=a");
        let cookie = session_of(&answer);
        assert!(page(&known, &cookie).await.is(200).text().contains("lan@cty.vn"));
        assert_eq!(people(at).await, [("lan@cty.vn".to_owned(), Role::Viewer)]);
        let told = told(at).await;
        assert_eq!(told[0].0, "user_added");
        assert!(told[0].2.contains("\"new_person\":true"), "{told:?}");
        assert_eq!((told[1].0, told[1].2.as_str()), ("sign_in", "{\"by\":\"single sign-on\"}"));
        assert_eq!(told.len(), 2, "{told:?}");
        // Again: nothing is new.
        session_of(&provider.signs_in(&known, &["xem", "ai-do"], |_| {}).await);
        assert_eq!(super::told(at).await.len(), 3);
        // Half a day, whoever uses it how much: then the groups are looked at again.
        known.pass(domain::time::DAY_MS / 2 - 1);
        page(&known, &cookie).await.is(200);
        known.pass(1);
        page(&known, &cookie).await.is(303);
    }

    async fn the_account_of_the_page_that_was_wanted_is_opened(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        let (other, _) = account(&at.server.db, "Công ty Khác").await;
        let mut conn = at.server.db.write().await.unwrap();
        store::sso::put_group(&mut conn, &other, "khac", Role::Viewer).await.unwrap();
        conn.commit().await.unwrap();
        for account in [at.scope.account(), other.account(), at.scope.account()] {
            let to = format!("/campaigns?account={account}");
            let begun = Begun::at(&known, &to).await;
            provider.gives(&begun, provider.key.token(&provider.lan(&begun, &["xem", "khac"])));
            let answer = begun.comes_back(&known).await.is(303);
            assert_eq!(answer.header("location"), to);
            assert_eq!(crate::harness::account_of_cookie(&session_of(&answer)), Some(account));
        }
    }

    async fn who_has_no_room_is_told_so(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        let mut conn = at.server.db.write().await.unwrap();
        let none = store::quotas::Quotas { people: Some(0), ..store::quotas::Quotas::default() };
        store::quotas::put(&mut conn, &at.scope, &none, domain::Timestamp(NOW)).await.unwrap();
        conn.commit().await.unwrap();
        is_refused(&provider.signs_in(&known, &["xem"], |_| {}).await, "đã đủ người");
        assert_eq!(people(at).await, []);
        let last = told(at).await.pop().unwrap();
        assert_eq!(last.0, "sign_in_refused");
        assert!(last.2.contains("the account has its 0 people"), "{last:?}");
        // Another account of their groups has room: they come in there.
        let (other, _) = account(&at.server.db, "Công ty Khác").await;
        let mut conn = at.server.db.write().await.unwrap();
        store::sso::put_group(&mut conn, &other, "khac", Role::Viewer).await.unwrap();
        conn.commit().await.unwrap();
        session_of(&provider.signs_in(&known, &["xem", "khac"], |_| {}).await);
    }

    async fn where_one_goes_is_of_this_server(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        for to in ["https://evil.example", "//evil.example", "/\\evil.example", "/sign-out", &format!("/{}", "x".repeat(2_000))] {
            let begun = Begun::at(&known, to).await;
            provider.gives(&begun, provider.key.token(&provider.lan(&begun, &["xem"])));
            assert_eq!(begun.comes_back(&known).await.is(303).header("location"), "/", "{to}");
        }
    }

    async fn a_token_that_is_not_right_lets_nobody_in(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        let now = NOW / 1_000;
        let changes: [(&str, Value); 13] = [
            ("nonce", json!("of-another")),
            ("nonce", json!(null)),
            ("aud", json!("another")),
            ("aud", json!([CLIENT, "another"])),
            ("azp", json!("another")),
            ("iss", json!("https://another.example")),
            ("iss", json!(format!("{}/", provider.issuer))),
            ("exp", json!(now - 61)),
            ("exp", json!(null)),
            ("iat", json!(now + 600)),
            ("at_hash", json!("bm90LXRoZS1vbmU")),
            ("sub", json!("")),
            ("sub", json!("x".repeat(256))),
        ];
        for (name, value) in changes {
            let answer = provider.signs_in(&known, &["chu"], |claims| claims[name] = value.clone()).await;
            is_refused(&answer, NOT_BELIEVED);
        }
        let forged: [(&str, Box<Forge<'_>>); 9] = [
            ("alg none", Box::new(|claims| format!("{}.{}.", encoded(&json!({"alg": "none"})), encoded(claims)))),
            ("alg none with a signature", Box::new(|claims| provider.key.sign(&json!({"alg": "none"}), claims))),
            ("a shared secret", Box::new(|claims| {
                let message = format!("{}.{}", encoded(&json!({"alg": "HS256"})), encoded(claims));
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
                let tag = ring::hmac::sign(&key, message.as_bytes());
                format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag))
            })),
            ("another key of the same name", Box::new(|claims| Key::new("first").token(claims))),
            ("an unknown key", Box::new(|claims| Key::new("second").token(claims))),
            ("another algorithm", Box::new(|claims| provider.key.sign(&json!({"alg": "RS256", "kid": "first"}), claims))),
            ("a critical extension", Box::new(|claims| provider.key.sign(&json!({"alg": "ES256", "kid": "first", "crit": ["x"], "x": 1}), claims))),
            ("another text under the signature", Box::new(|claims| {
                let token = provider.key.token(claims);
                let parts: Vec<&str> = token.split('.').collect();
                let mut other = claims.clone();
                other["sub"] = json!("hoa-1");
                format!("{}.{}.{}", parts[0], encoded(&other), parts[2])
            })),
            ("no token", Box::new(|_| "nothing".to_owned())),
        ];
        for (what, forge) in forged {
            let begun = Begun::at(&known, "/").await;
            let claims = provider.lan(&begun, &["chu"]);
            provider.gives(&begun, forge(&claims));
            let answer = begun.comes_back(&known).await;
            assert_eq!(answer.status, 403, "{what}: {}", answer.text());
            is_refused(&answer, NOT_BELIEVED);
        }
        assert_eq!((people(at).await, told(at).await), (vec![], vec![]), "nobody came in");
        // The same without a fault.
        session_of(&provider.signs_in(&known, &["chu"], |claims| claims["exp"] = json!(now - 59)).await);
    }

    async fn the_log_says_why_and_nothing_of_the_person(at) {
        listen_to_the_log();
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        let now = NOW / 1_000;
        let faults: [(&str, Value, &str); 8] = [
            ("nonce", json!("of-another"), "its nonce is of another sign-in"),
            ("aud", json!("another"), "its audience is another one"),
            ("iss", json!("https://another.example"), "its issuer is another one"),
            ("exp", json!(now - 61), "it has expired"),
            ("groups", json!(["nhom-la"]), "no group belongs to an account"),
            ("email_verified", json!(false), "the email is not verified"),
            ("alg", json!("none"), "it is not signed"),
            ("kid", json!("second"), "its key is unknown"),
        ];
        for (name, value, reason) in faults {
            let begun = Begun::at(&known, "/").await;
            let mut claims = provider.lan(&begun, &["chu"]);
            let mut header = json!({"alg": "ES256", "kid": "first"});
            let changed = if ["alg", "kid"].contains(&name) { &mut header } else { &mut claims };
            changed[name] = value;
            let id_token = provider.key.sign(&header, &claims);
            provider.gives(&begun, id_token.clone());
            let html = begun.comes_back(&known).await.is(403).text();
            let reference = html.split("Mã tham chiếu: ").nth(1).unwrap().split('<').next().unwrap().to_owned();
            let log = logged();
            let line = log.lines().find(|line| line.contains(&reference)).unwrap_or_else(|| panic!("{reference}: {log}"));
            assert!(line.contains(reason), "{reason}: {line}");
            for secret in ["lan@", "lan-1", "phien-1", "Nguyễn", "access_token", &begun.state, &begun.nonce, &id_token] {
                assert!(!log.to_lowercase().contains(&secret.to_lowercase()), "{secret}: {log}");
            }
        }
    }

    async fn an_answer_is_of_the_browser_that_asked_in_time_and_once(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        let ready = async || {
            let begun = Begun::at(&known, "/").await;
            provider.gives(&begun, provider.key.token(&provider.lan(&begun, &["xem"])));
            begun
        };
        let begun = ready().await;
        let answer = |state: String| [("code", "code".to_owned()), ("state", state)];
        let borrowed = answer(begun.state.clone());
        let query: Vec<(&str, &str)> = borrowed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        // Another browser, with nothing or with a sign-in of its own.
        is_refused(&begun.comes_with(&known, &query, "").await, AGAIN);
        is_refused(&begun.comes_with(&known, &query, "ringside_sso=x").await, AGAIN);
        let other = ready().await;
        is_refused(&begun.comes_with(&known, &query, &other.cookie).await, AGAIN);
        is_refused(&begun.comes_with(&known, &[("code", "code")], &begun.cookie).await, AGAIN);
        // Another provider answers (RFC 9207), or this one with an error.
        let mixed = [query[0], query[1], ("iss", "https://evil.example")];
        is_refused(&begun.comes_with(&known, &mixed, &begun.cookie).await, NOT_BELIEVED);
        let denied = [("error", "access_denied"), query[1]];
        is_refused(&begun.comes_with(&known, &denied, &begun.cookie).await, "hoặc bạn đã dừng lại");
        // A code that was begun by somebody else has another challenge.
        is_refused(&begun.comes_back(&known).await, NOT_BELIEVED);
        let begun = ready().await;
        session_of(&begun.comes_back(&known).await);
        let again = begun.comes_back(&known).await;
        is_refused(&again, AGAIN);
        assert!(again.header("set-cookie").starts_with("ringside_sso=;"), "it is used up: {again:?}");
        // On another server of the same key, too.
        let third = at.another(&provider.settings()).await;
        is_refused(&begun.comes_back(&third).await, AGAIN);
        let begun = ready().await;
        session_of(&begun.comes_back(&third).await);
        let begun = ready().await;
        known.pass(600_001);
        is_refused(&begun.comes_back(&known).await, AGAIN);
    }

    async fn without_an_account_a_person_is_told_what_to_do(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        let refused = provider.signs_in(&known, &["nhom-la"], |_| {}).await;
        is_refused(&refused, "chưa thuộc tài khoản nào ở đây");
        is_refused(&provider.signs_in(&known, &[], |claims| claims["groups"] = json!(7)).await, "chưa thuộc tài khoản nào");
        // What one is called must be one's own.
        is_refused(&provider.signs_in(&known, &["xem"], |claims| claims["email_verified"] = json!(false)).await, "chưa xác nhận địa chỉ email");
        let without = |name: &'static str| move |claims: &mut Value| { claims.as_object_mut().unwrap().remove(name); };
        is_refused(&provider.signs_in(&known, &["xem"], without("email_verified")).await, "chưa xác nhận địa chỉ email");
        is_refused(&provider.signs_in(&known, &["xem"], without("email")).await, "không cho biết địa chỉ email");
        is_refused(&provider.signs_in(&known, &["xem"], |claims| claims["email"] = json!("lan")).await, "không cho biết địa chỉ email");
        assert_eq!(people(at).await, []);
        let trusting = [provider.settings().as_slice(), &[("RINGSIDE_OIDC_TRUST_EMAIL", "true")]].concat();
        let trusting = at.another(&trusting).await;
        session_of(&provider.signs_in(&trusting, &["xem"], without("email_verified")).await);
    }

    async fn what_the_token_leaves_out_is_asked_for(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        let short = |claims: &mut Value| {
            for name in ["groups", "email", "email_verified", "name"] {
                claims.as_object_mut().unwrap().remove(name);
            }
        };
        is_refused(&provider.signs_in(&known, &[], short).await, "không cho biết địa chỉ email");
        let told = json!({"sub": "hoa-1", "email": "hoa@cty.vn", "email_verified": true, "groups": ["chu"]});
        provider.doing.lock().unwrap().user_info = Some(told);
        is_refused(&provider.signs_in(&known, &[], short).await, NOT_BELIEVED);
        let told = json!({"sub": "lan-1", "email": "lan@cty.vn", "email_verified": true, "groups": ["quan-ly", "xem"]});
        provider.doing.lock().unwrap().user_info = Some(told);
        session_of(&provider.signs_in(&known, &[], short).await);
        assert_eq!(people(at).await, [("lan@cty.vn".to_owned(), Role::Manager)]);
    }

    async fn a_provider_that_is_down_keeps_nobody_with_a_password_out(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        at.user("hoa@cty.vn", Role::Viewer).await;
        for mood in [Mood::Down, Mood::Endless, Mood::Elsewhere] {
            provider.feels(mood);
            let known = at.another(&provider.settings()).await;
            let answer = Answer::of(known.bare(Method::GET, "/oidc/start").header("accept", "text/html")).await.is(503);
            assert!(answer.text().contains("Cty ID hiện không trả lời") && !answer.header("retry-after").is_empty(), "{}", answer.text());
            known.sign_in("hoa@cty.vn").await;
            assert_eq!(provider.asked_for("/elsewhere"), 0, "no redirect is followed");
        }
        // It is asked again once it is well, without a restart.
        let answer = Answer::of(known.bare(Method::GET, "/oidc/start").header("accept", "text/html")).await;
        assert_eq!(answer.status, 503);
        let asked = provider.doing.lock().unwrap().asked.len();
        Answer::of(known.bare(Method::GET, "/oidc/start")).await.is(503);
        assert_eq!(provider.doing.lock().unwrap().asked.len(), asked, "not at once");
        provider.feels(Mood::Well);
        let well = async || Answer::of(known.bare(Method::GET, "/oidc/start")).await.status == 303;
        tokio::time::timeout(std::time::Duration::from_secs(20), async {
            while !well().await {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("it is asked again");
        // Down while somebody is there: what is known of it goes on.
        let begun = Begun::at(&known, "/").await;
        provider.feels(Mood::Down);
        Begun::at(&known, "/").await;
        let down = begun.comes_back(&known).await.is(503);
        assert!(down.text().contains("đăng nhập bằng mật khẩu"), "{}", down.text());
    }

    async fn new_keys_are_read_once(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        session_of(&provider.signs_in(&known, &["xem"], |_| {}).await);
        assert_eq!(provider.asked_for("/keys"), 1);
        let second = Key::new("second");
        provider.publishes(&second);
        let with_key = async |key: &Key| {
            let begun = Begun::at(&known, "/").await;
            provider.gives(&begun, key.token(&provider.lan(&begun, &["xem"])));
            begun.comes_back(&known).await
        };
        session_of(&with_key(&second).await);
        assert_eq!((provider.asked_for("/keys"), provider.asked_for("/.well-known/openid-configuration")), (2, 1));
        is_refused(&with_key(&provider.key).await, NOT_BELIEVED);
        is_refused(&with_key(&Key::new("third")).await, NOT_BELIEVED);
        assert_eq!(provider.asked_for("/keys"), 2, "whoever sends other keys makes no requests");
    }

    async fn without_a_provider_there_are_no_such_pages(at) {
        for path in ["/oidc/start", "/oidc/callback?code=a&state=b"] {
            Answer::of(at.bare(Method::GET, path)).await.is_problem(404);
        }
        at.post_form("/oidc/backchannel-logout", &[("logout_token", "a.b.c")]).await.is_problem(404);
        let html = Answer::of(at.bare(Method::GET, "/sign-in").header("accept", "text/html")).await.is(200).text();
        assert!(!html.contains("/oidc/"), "{html}");
        let back = Answer::of(at.bare(Method::GET, "/oidc/signed-out")).await.is(303);
        assert_eq!(back.header("location"), "/sign-in?note=signed-out");
    }
}
