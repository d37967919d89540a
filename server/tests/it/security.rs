//! What holds for every answer.

use domain::Role;
use reqwest::Method;

use crate::harness::{Answer, Harness, both_engines};

const HEADERS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
];

both_engines! {
    async fn every_answer_carries_the_security_headers(at) {
        at.stock().await;
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        for path in ["/sign-in", "/campaigns", "/campaigns/tet", "/campaigns/none", "/nothing", "/healthz", "/api/v1/campaigns", "/api/v1/nothing", "/favicon.svg"] {
            let answer = Answer::of(at.signed(Method::GET, path, &cookie).header("accept", "text/html")).await;
            for (name, value) in HEADERS {
                assert_eq!(answer.header(name), value, "{path}");
            }
            let policy = answer.header("content-security-policy");
            for part in ["script-src 'self' 'nonce-", "'wasm-unsafe-eval'", "object-src 'none'", "base-uri 'self'", "frame-ancestors 'none'", "form-action 'self'"] {
                assert!(policy.contains(part), "{path}: {policy}");
            }
            assert!(!policy.contains("'unsafe-eval'") && !policy.contains("script-src 'unsafe-inline'"), "{policy}");
            assert_eq!(answer.header("strict-transport-security"), "", "not over http");
        }
    }

    async fn the_scripts_of_a_page_carry_the_nonce_of_its_header(at) {
        let answer = Answer::of(at.bare(Method::GET, "/sign-in").header("accept", "text/html")).await.is(200);
        let policy = answer.header("content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
        assert!(nonce.len() >= 22);
        let html = answer.text();
        let scripts: Vec<_> = html.match_indices("<script").map(|(at, _)| html[at..].split('>').next().unwrap()).collect();
        assert!(!scripts.is_empty());
        for script in scripts {
            assert!(script.contains(&format!("nonce=\"{nonce}\"")) || script.contains("src="), "{script}");
        }
        let again = Answer::of(at.bare(Method::GET, "/sign-in").header("accept", "text/html")).await;
        assert!(!again.header("content-security-policy").contains(nonce), "a nonce is used once");
    }

    async fn another_site_cannot_post_with_somebodys_cookie(at) {
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let host = at.address.to_string();
        for (headers, status) in [
            (vec![("sec-fetch-site", "cross-site")], 403),
            (vec![("sec-fetch-site", "same-site")], 403),
            (vec![("origin", "https://evil.example")], 403),
            (vec![("origin", "null")], 403),
        ] {
            for path in ["/sign-out", "/sign-in", "/set-password", "/campaigns/tet/result-codes"] {
                let request = at.form(path, &[]).header("cookie", &cookie);
                let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
                assert_eq!(Answer::of(request).await.status, status, "{path} {headers:?}");
            }
        }
        let own = at.form("/sign-out", &[]).header("cookie", &cookie).header("origin", format!("http://{host}"));
        Answer::of(own).await.is(303);
    }

    async fn a_person_sees_a_sentence_and_a_program_a_problem(at) {
        let path = "/theme/pink";
        Answer::of(at.bare(Method::GET, path)).await.is_problem(404);
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let lost = at.signed(Method::GET, "/nothing/here", &cookie).header("accept", "text/html");
        assert!(Answer::of(lost).await.is(404).text().contains("lan@cty.vn"), "who is lost is still signed in");
        let page = Answer::of(at.bare(Method::GET, path).header("accept", "text/html").header("accept-language", "en")).await.is(404);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.text().contains("There is nothing at this address."), "{}", page.text());
    }

    async fn a_form_cannot_fill_the_memory(at) {
        at.user("lan@cty.vn", Role::Owner).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let long = "x".repeat(1_000_000);
        at.post_form("/sign-in", &[("email", &long)]).await.is_problem(413);
        for path in ["/campaigns/tet/result-codes", "/campaigns/tet/recipients"] {
            Answer::of(at.form(path, &[("code", &long)]).header("cookie", &cookie)).await.is_problem(413);
        }
    }

    async fn figures_are_not_open_to_the_world(at) {
        Answer::of(at.bare(Method::GET, "/metrics")).await.is_problem(404);
        Answer::of(at.bare(Method::GET, "/healthz")).await.is(200);
        Answer::of(at.bare(Method::GET, "/readyz")).await.is(200);
    }
}

#[test]
fn figures_are_for_who_has_the_token_and_cookies_over_https_are_secure() {
    crate::harness::run(async {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}/test.db", folder.path().display());
        let settings =
            [("RINGSIDE_METRICS_TOKEN", "0123456789abcdef"), ("RINGSIDE_BASE_URL", "https://calls.example.com")];
        let at = Harness::start(&database, folder, &settings).await;
        Answer::of(at.bare(Method::GET, "/metrics")).await.is_problem(401);
        Answer::of(at.bare(Method::GET, "/metrics").header("authorization", "Bearer 0123456789abcdeX"))
            .await
            .is_problem(401);
        let text = Answer::of(at.bare(Method::GET, "/metrics").header("authorization", "Bearer 0123456789abcdef"))
            .await
            .is(200);
        assert!(text.text().contains("ringside_http_answers_total{status=\"4xx\"}"));
        assert!(text.header("strict-transport-security").starts_with("max-age="));
        at.user("lan@cty.vn", Role::Viewer).await;
        let answer =
            at.post_form("/sign-in", &[("email", "lan@cty.vn"), ("password", crate::harness::PASSWORD)]).await.is(303);
        assert!(answer.header("set-cookie").contains("; Secure"));
    });
}
