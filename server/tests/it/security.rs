//! What holds for every answer.

use domain::Role;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, Harness, both_engines, call, wav};

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

    async fn no_answer_is_kept_by_a_cache(at) {
        at.stock().await;
        let record = call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY");
        at.post("/api/v1/calls", &json!([record])).await.is(200);
        let upload = at.api(Method::PUT, "/api/v1/calls/c-1/recording").header("content-type", "audio/wav").body(wav(1));
        Answer::of(upload).await.is(201);
        at.user("chu@cty.vn", Role::Owner).await;
        let cookie = at.sign_in("chu@cty.vn").await;
        let mut routes = server::router::list();
        // What is deleted could not be read any more.
        routes.sort_by_key(|(method, _)| !method.is_safe());
        routes.extend([(Method::GET, "/nothing".to_owned()), (Method::GET, "/api/v1/nothing".to_owned()), (Method::DELETE, "/campaigns".to_owned())]);
        for (method, route) in &routes {
            let of_call = route.contains("/calls/{id}");
            let path = route.replace("{id}", if of_call { "c-1" } else { "tet" }).replace("{code}", "DY").replace("{tag}", "en");
            let path = path.replace("{name}", "dark").replace("{key}", "1").replace("{account}", "1").replace("{mailing}", "1");
            let path = path.replace("{part}", "people").replace("{email}", "ai@cty.vn").replace("{no}", "0").replace("{secret}", "x").replace("{source}", "vapi");
            let path = path.replace("{number}", "1").replace("{host}", "pbx.cty.vn").replace("{dimension}", "script");
            assert!(!path.contains('{'), "{path}: say what its parameters are");
            let form = |request: reqwest::RequestBuilder| {
                let request = request.header("content-type", "application/x-www-form-urlencoded");
                if method.is_safe() { request } else { request.body("") }
            };
            let asked = [
                form(at.bare(method.clone(), &path)),
                // Signing out is the end.
                form(at.signed(method.clone(), &path, if path == "/sign-out" { "" } else { &cookie })).header("accept", "text/html"),
                form(at.signed(method.clone(), &path, if path == "/sign-out" { "" } else { &cookie })),
                at.api(method.clone(), &path).header("content-type", "application/json").body(if method.is_safe() { "" } else { "{}" }),
            ];
            for request in asked {
                // The stream of a live page has no end: its head is enough.
                let response = Answer::begun(request).await;
                let (status, said) = (response.status(), response.headers().get("cache-control").map(|value| value.to_str().unwrap()));
                let is_audio = response.headers().get("content-type").is_some_and(|value| value == "audio/wav");
                if is_audio {
                    // A player asks for it again by its tag.
                    assert_eq!(said, Some("private, no-cache"), "{method} {path}: {status}");
                } else {
                    assert!(said.is_some_and(|said| said.contains("no-store")), "{method} {path}: {status} {said:?}");
                }
            }
        }
        let file = Answer::of(at.bare(Method::GET, "/favicon.svg")).await;
        assert_eq!(file.header("cache-control").starts_with("public"), file.status == 200, "{:?}", file.headers);
    }

    async fn the_operator_says_how_many_connections_the_database_gets(at) {
        let another = at.another(&[("RINGSIDE_DATABASE_CONNECTIONS", "3")]).await;
        // On SQLite those that read, on PostgreSQL all.
        assert_eq!(another.server.db.pools()[0].limit, 3);
        another.server.db.close().await;
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
        let cookie = answer.header("set-cookie").to_owned();
        // What a browser asks of this prefix: Secure, the path /, and no domain.
        assert!(cookie.starts_with("__Host-ringside_session=") && cookie.contains("; Secure"), "{cookie}");
        assert!(cookie.contains("; Path=/;") && !cookie.contains("Domain"), "{cookie}");
        let cookie = cookie.split(';').next().unwrap();
        let page = async |cookie: &str| {
            Answer::of(at.signed(Method::GET, "/campaigns", cookie).header("accept", "text/html")).await.status.as_u16()
        };
        assert_eq!(page(cookie).await, 200);
        assert_eq!(page(cookie.trim_start_matches("__Host-")).await, 303, "another host could have set it");
        let out = Answer::of(at.form("/sign-out", &[]).header("cookie", cookie)).await.is(303);
        assert!(out.header("set-cookie").starts_with("__Host-ringside_session=;"), "{:?}", out.headers);
        assert_eq!(page(cookie).await, 303);
    });
}
