//! Signing in and out, and setting a password by a link; all as a browser without scripts does it.

use domain::{Role, Timestamp, time::DAY_MS};
use reqwest::Method;
use server::secrets;
use store::password_links;

use crate::harness::{Answer, Harness, NOW, PASSWORD, both_engines, run};

async fn page(at: &Harness, cookie: &str) -> Answer {
    Answer::of(at.signed(Method::GET, "/campaigns", cookie).header("accept", "text/html")).await
}

/// The tag of the field of this name.
fn field_named(html: &str, name: &str) -> String {
    let at = html.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no {name}: {html}"));
    html[html[..at].rfind('<').unwrap()..].split_inclusive('>').next().unwrap().to_owned()
}

/// A link for a user, as `ringside user add` makes it.
async fn link(at: &Harness, user: i64, until: i64) -> String {
    let link = secrets::make(secrets::NO_PREFIX, at.scope.account());
    let mut conn = at.server.db.write().await.unwrap();
    password_links::add(&mut conn, &at.scope, user, &link.hash, Timestamp(until), false).await.unwrap();
    conn.commit().await.unwrap();
    link.text
}

/// A page as somebody sees it who is not signed in.
async fn page_at(at: &Harness, path: &str) -> Answer {
    Answer::of(at.bare(Method::GET, path).header("accept", "text/html").header("accept-language", "vi")).await
}

both_engines! {
    async fn one_signs_in_reads_and_signs_out(at) {
        at.user("lan@cty.vn", Role::Viewer).await;
        let nobody = page(at, "").await.is(303);
        assert_eq!(nobody.header("location"), "/sign-in?to=%2Fcampaigns");

        let fields = [("email", " Lan@Cty.VN "), ("password", PASSWORD), ("to", "/campaigns?q=a%20b"), ("keep", "true")];
        let answer = at.post_form("/sign-in", &fields).await.is(303);
        assert_eq!(answer.header("location"), "/campaigns?q=a%20b");
        let cookie = answer.header("set-cookie").to_owned();
        for part in ["ringside_session=", "; HttpOnly", "; SameSite=Lax", "; Max-Age=2592000", "; Path=/"] {
            assert!(cookie.contains(part), "{part}: {cookie}");
        }
        assert!(!cookie.contains("Secure"), "over plain http a Secure cookie would not come back");
        let cookie = cookie.split(';').next().unwrap();
        let html = page(at, cookie).await.is(200).text();
        assert!(html.contains("lan@cty.vn"), "the page says who is signed in");

        let out = Answer::of(at.form("/sign-out", &[]).header("cookie", cookie)).await.is(303);
        assert!(out.header("set-cookie").starts_with("ringside_session=;") && out.header("set-cookie").contains("Max-Age=0"));
        assert_eq!(out.header("clear-site-data"), "\"cache\", \"storage\"");
        page(at, cookie).await.is(303);
    }

    async fn a_failure_does_not_tell_whether_the_address_is_known(at) {
        at.user("lan@cty.vn", Role::Viewer).await;
        let failed = async |email: &str, password: &str| {
            let answer = at.post_form("/sign-in", &[("email", email), ("password", password)]).await.is(303);
            assert!(answer.headers.get("set-cookie").is_none());
            answer.header("location").replace(&app::links::encoded(email), "…")
        };
        assert_eq!(failed("lan@cty.vn", "wrong").await, "/sign-in?error=wrong&email=…&keep=false");
        assert_eq!(failed("nobody@cty.vn", "wrong").await, "/sign-in?error=wrong&email=…&keep=false");
        let answer = async |email: &str| {
            let answer = at.post_form("/sign-in", &[("email", email), ("password", "")]).await.is(422);
            answer.text().replace(email, "…")
        };
        assert_eq!(answer("lan@cty.vn").await, answer("nobody@cty.vn").await);
    }

    async fn a_failure_comes_back_to_the_form_as_it_was(at) {
        let fields = [("email", "lan@cty.vn"), ("password", "wrong"), ("to", "/campaigns?q=a"), ("keep", "true")];
        let wrong = at.post_form("/sign-in", &fields).await.is(303).header("location").to_owned();
        let form = async |path: &str| {
            let request = at.bare(Method::GET, path).header("accept", "text/html").header("accept-language", "en");
            Answer::of(request).await.is(200).text()
        };
        let html = form(&wrong).await;
        assert!(html.contains("The email or the password is not right."), "{html}");
        for (field, part) in [
            ("email", "value=\"lan@cty.vn\""),
            ("email", "aria-invalid=\"true\""),
            ("password", "aria-invalid=\"true\""),
            ("password", "aria-describedby=\"sign-in-failure sign-in-password-error\""),
            ("password", "autofocus"),
            ("to", "value=\"/campaigns?q=a\""),
            ("keep", "checked"),
        ] {
            assert!(field_named(&html, field).contains(part), "{field} {part}: {html}");
        }
        let html = form(&format!("{wrong}&keep=false")).await;
        assert!(!field_named(&html, "keep").contains("checked"), "who did not want it is not kept: {html}");

        let html = form("/sign-in").await;
        assert!(!html.contains("role=\"alert\"") && !html.contains("aria-invalid"), "{html}");
        assert!(field_named(&html, "email").contains("autofocus"), "{html}");
        assert!(field_named(&html, "keep").contains("checked"), "{html}");
        // Nobody could shorten what is hidden.
        let html = form(&format!("/sign-in?to=/{}", "x".repeat(2_000))).await;
        assert!(!field_named(&html, "to").contains("xxx"), "{html}");
    }

    async fn what_breaks_a_rule_is_said_at_its_field_and_is_no_attempt(at) {
        at.user("lan@cty.vn", Role::Viewer).await;
        let typed = [("email", "lan@cty"), ("password", " "), ("to", "/campaigns?q=a")];
        for _ in 0..30 {
            let html = at.post_form("/sign-in", &typed).await.is(422).text();
            assert!(html.contains("<h1>Đăng nhập</h1>"), "{html}");
            for wrong in ["“lan@cty” không phải là một địa chỉ email.", "Hãy điền mục này."] {
                assert!(html.contains(wrong), "{wrong}: {html}");
            }
            assert!(field_named(&html, "email").contains("value=\"lan@cty\""), "{html}");
            assert!(field_named(&html, "to").contains("value=\"/campaigns?q=a\""), "{html}");
            assert!(!field_named(&html, "keep").contains("checked"), "{html}");
        }
        let long = "x".repeat(1_001);
        let html = at.post_form("/sign-in", &[("email", "lan@cty.vn"), ("password", &long)]).await.is(422).text();
        assert!(html.contains("Mật khẩu quá dài.") && !html.contains("xxx"), "{html}");
        at.sign_in("lan@cty.vn").await;
        assert_eq!(at.server.context.metrics.sign_in_failures.load(std::sync::atomic::Ordering::Relaxed), 0);
    }

    async fn nobody_is_sent_to_another_site(at) {
        at.user("lan@cty.vn", Role::Viewer).await;
        for to in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
            let answer = at.post_form("/sign-in", &[("email", "lan@cty.vn"), ("password", PASSWORD), ("to", to)]).await.is(303);
            assert_eq!(answer.header("location"), "/", "{to}");
            for path in ["/language/en", "/theme/dark"] {
                let path = format!("{path}?to={}", app::links::encoded(to));
                assert_eq!(Answer::of(at.bare(Method::GET, &path)).await.is(303).header("location"), "/", "{path}");
            }
        }
    }

    async fn a_session_lasts_30_days_from_its_last_use(at) {
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        at.pass(20 * DAY_MS);
        let extended = page(at, &cookie).await.is(200);
        assert!(extended.header("set-cookie").contains("Max-Age=2592000"), "{:?}", extended.headers);
        assert_eq!(page(at, &cookie).await.is(200).header("set-cookie"), "", "once a day is enough");
        at.pass(29 * DAY_MS);
        page(at, &cookie).await.is(200);
        at.pass(31 * DAY_MS);
        page(at, &cookie).await.is(303);
    }

    async fn a_session_ends_after_90_days_however_much_it_is_used(at) {
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        for _ in 0..4 {
            at.pass(20 * DAY_MS);
            page(at, &cookie).await.is(200);
        }
        at.pass(5 * DAY_MS);
        let last = page(at, &cookie).await.is(200);
        assert!(last.header("set-cookie").contains("; Max-Age=432000;"), "the browser forgets it with the server: {:?}", last.headers);
        at.pass(5 * DAY_MS);
        page(at, &cookie).await.is(303);
    }

    async fn a_clock_that_is_set_back_does_not_keep_a_session_alive(at) {
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        at.pass(20 * DAY_MS);
        page(at, &cookie).await.is(200);
        // Another server's clock may be somewhat behind.
        at.pass(-60_000);
        page(at, &cookie).await.is(200);
        at.pass(-10 * DAY_MS);
        page(at, &cookie).await.is(303);
        at.pass(11 * DAY_MS);
        page(at, &cookie).await.is(303);
    }

    async fn a_session_that_is_not_kept_ends_with_the_browser(at) {
        at.user("lan@cty.vn", Role::Viewer).await;
        let answer = at.post_form("/sign-in", &[("email", "lan@cty.vn"), ("password", PASSWORD)]).await.is(303);
        let cookie = answer.header("set-cookie").to_owned();
        assert!(!cookie.contains("Max-Age"), "{cookie}");
        let cookie = cookie.split(';').next().unwrap();
        page(at, cookie).await.is(200);
        at.pass(DAY_MS);
        page(at, cookie).await.is(303);
    }

    async fn a_link_sets_the_password_once_and_ends_old_sessions(at) {
        let user = at.user("lan@cty.vn", Role::Manager).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let link = link(at, user, NOW + 72 * 3_600_000).await;
        let new = "bốn từ chẳng liên quan";
        let set = async |password: &str, repeat: &str| {
            at.post_form("/set-password", &[("link", &link), ("password", password), ("repeat", repeat)]).await
        };
        for (password, repeat, wrong) in [
            ("short", "short", "Mật khẩu cần ít nhất 10 ký tự."),
            (new, "another password", "Hai mật khẩu không giống nhau."),
            (&"x".repeat(1_001), &"x".repeat(1_001), "Mật khẩu quá dài."),
            ("            ", "            ", "Hãy điền mục này."),
            ("aaaaaaaaaaaa", "aaaaaaaaaaaa", "Mật khẩu cần ít nhất 4 ký tự khác nhau, không tính dấu cách."),
            ("matkhau123456", "matkhau123456", "Mật khẩu này dễ đoán"),
            ("Lan@Cty.vn  ", "Lan@Cty.vn  ", "Mật khẩu không được là địa chỉ email của bạn."),
            (PASSWORD, PASSWORD, "Đây là mật khẩu hiện tại."),
        ] {
            let html = set(password, repeat).await.is(422).text();
            assert!(html.contains(wrong), "{wrong}: {html}");
            assert!(html.contains(&format!("name=\"link\" value=\"{link}\"")), "it can be tried again: {html}");
            assert!(!html.contains(&format!("value=\"{password}\"")), "a password does not come back");
        }
        let shown = async |link: &str| page_at(at, &format!("/set-password?link={link}")).await;
        assert!(shown(&link).await.is(200).text().contains("name=\"password\""));
        assert_eq!(set(new, new).await.is(303).header("location"), "/sign-in?note=password-set");
        // Whoever opens it again is told before they type anything.
        let html = shown(&link).await.is(410).text();
        assert!(html.contains("href=\"/forgot-password\"") && !html.contains("name=\"password\""), "{html}");
        assert!(set(new, new).await.is(303).header("location").ends_with("&error=link"), "a link is used once");
        page(at, &cookie).await.is(303);
        let old = at.post_form("/sign-in", &[("email", "lan@cty.vn"), ("password", PASSWORD)]).await;
        assert!(old.header("location").contains("error=wrong"));
        let fresh = at.post_form("/sign-in", &[("email", "lan@cty.vn"), ("password", new)]).await;
        assert_eq!(fresh.header("location"), "/");
    }

    async fn a_link_holds_72_hours_and_cannot_be_guessed(at) {
        let user = at.user("lan@cty.vn", Role::Manager).await;
        let link = link(at, user, NOW + 72 * 3_600_000).await;
        let set = async |link: &str| {
            let fields = [("link", link), ("password", "bốn từ chẳng liên quan"), ("repeat", "bốn từ chẳng liên quan")];
            at.post_form("/set-password", &fields).await.is(303).header("location").to_owned()
        };
        let other = secrets::make(secrets::NO_PREFIX, at.scope.account()).text;
        for wrong in ["", "x", other.as_str()] {
            assert!(set(wrong).await.contains("error=link"), "{wrong}");
            page_at(at, &format!("/set-password?link={wrong}")).await.is(410);
        }
        page_at(at, &format!("/set-password?link={link}")).await.is(200);
        at.pass(73 * 3_600_000);
        page_at(at, &format!("/set-password?link={link}")).await.is(410);
        assert!(set(&link).await.contains("error=link"));
    }

    async fn a_stranger_who_guesses_is_sent_away_and_the_owner_gets_in(at) {
        at.user("lan@cty.vn", Role::Viewer).await;
        let from = |address: &'static str, password: &'static str| {
            let request = at.form("/sign-in", &[("email", "Lan@cty.vn"), ("password", password), ("to", "/usage")]);
            request.header("x-forwarded-for", address).header("accept", "text/html").header("accept-language", "en")
        };
        // Who mistypes does not wait.
        for _ in 0..3 {
            assert!(Answer::of(from("203.0.113.9", "wrong")).await.is(303).header("location").contains("error=wrong"));
        }
        // Those that come at once take their turns before anybody looks at them.
        let (stranger, now) = ("203.0.113.9".parse().unwrap(), tokio::time::Instant::now());
        let turns = (0..200).map(|_| at.server.context.sign_in_turn("lan@cty.vn", stranger, now));
        let looked_at = turns.flatten().count();
        assert!(looked_at < 10, "{looked_at}");
        let refused = Answer::of(from("203.0.113.9", PASSWORD)).await.is(429);
        assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 10), "{:?}", refused.headers);
        assert_eq!(refused.header("set-cookie"), "");
        let html = refused.text();
        assert!(html.contains("Too many attempts. Please try again in"), "{html}");
        for (field, part) in [("email", "value=\"lan@cty.vn\""), ("to", "value=\"/usage\"")] {
            assert!(field_named(&html, field).contains(part), "{field}: {html}");
        }
        assert!(!html.contains(PASSWORD), "{html}");
        // The owner comes from elsewhere, also in the stranger's neighbourhood.
        for elsewhere in ["198.51.100.1", "203.0.113.10"] {
            let owner = Answer::of(from(elsewhere, PASSWORD)).await.is(303);
            assert_eq!(owner.header("location"), "/usage");
        }
        assert_eq!(at.server.context.metrics.sign_in_failures.load(std::sync::atomic::Ordering::Relaxed), 3);
    }
}

/// Of addresses behind a proxy that is trusted, the one before it counts.
#[test]
fn the_limits_of_signing_in_go_by_who_stands_before_a_trusted_proxy() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/test.db", folder.path().display());
        let at = Harness::start(&address, folder, &[("RINGSIDE_TRUSTED_PROXIES", "10.0.0.0/8")]).await;
        at.user("lan@cty.vn", Role::Viewer).await;
        let (stranger, now) = ("203.0.113.9".parse().unwrap(), tokio::time::Instant::now());
        let turns = (0..200).map(|_| at.server.context.sign_in_turn("lan@cty.vn", stranger, now));
        assert!(turns.flatten().count() < 10);
        for (from, status) in [("203.0.113.9, 10.1.2.3", 429), ("198.51.100.1, 10.1.2.3", 303)] {
            let request = at.form("/sign-in", &[("email", "lan@cty.vn"), ("password", PASSWORD)]);
            Answer::of(request.header("x-forwarded-for", from).header("accept", "text/html")).await.is(status);
        }
        at.server.db.close().await;
    });
}
