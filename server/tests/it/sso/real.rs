//! The whole way with a real provider: `oidc-provider` in `real.mjs`, which `npm ci` installs.

use std::{collections::BTreeMap, process::Stdio};

use domain::Role;
use reqwest::{Client, Method, StatusCode, Url, redirect::Policy};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use super::{people, provider::session, told, with_groups};
use crate::harness::{Answer, Harness, NOW, PASSWORD, both_engines};

/// What Ringside calls itself where nobody says otherwise.
const ORIGIN: &str = "http://127.0.0.1:3000";

/// The provider, while it runs.
struct Provider {
    issuer: String,
    client: Client,
    _process: Child,
}

impl Provider {
    async fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/sso/real.mjs");
        let mut process = Command::new("node")
            .args([script, ORIGIN, &NOW.to_string()])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node runs the provider; `npm ci` installs it");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let issuer = loop {
            let line = lines.next_line().await.unwrap().expect("the provider says where it listens: has `npm ci` run?");
            if line.starts_with("http://") {
                break line;
            }
        };
        // What it says later is read, so that it never waits.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { issuer, client, _process: process }
    }

    fn settings(&self) -> [(&str, &str); 5] {
        [
            ("RINGSIDE_OIDC_ISSUER", self.issuer.as_str()),
            ("RINGSIDE_OIDC_CLIENT_ID", "ringside"),
            ("RINGSIDE_OIDC_CLIENT_SECRET", "secret-of-ringside"),
            ("RINGSIDE_OIDC_NAME", "Cty ID"),
            ("RINGSIDE_OIDC_SCOPES", "email profile groups"),
        ]
    }

    async fn is_told(&self, path: &str, body: String) {
        let answer = self.client.put(format!("{}{path}", self.issuer)).body(body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }

    /// Lan is who signs in next, in these groups.
    async fn has(&self, groups: &[&str]) {
        let person = json!({"sub": "lan-1", "email": "lan@cty.vn", "email_verified": true, "name": "Nguyễn Lan", "groups": groups});
        self.is_told("/person", person.to_string()).await;
    }
}

/// A browser, with what the provider has it keep.
#[derive(Default)]
struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Goes to an address of the provider's and on, until it is sent elsewhere. Gives that address, or the page.
    async fn goes(
        &mut self,
        provider: &Provider,
        method: Method,
        address: &str,
        form: &[(&str, &str)],
    ) -> Result<Url, String> {
        let (mut method, mut address) = (method, Url::parse(address).unwrap());
        let mut body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        for _ in 0..12 {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let request = provider.client.request(method.clone(), address.clone()).header("cookie", cookies.join("; "));
            let request =
                request.header("content-type", "application/x-www-form-urlencoded").header("accept", "text/html");
            let answer = request.body(std::mem::take(&mut body)).send().await.unwrap();
            for cookie in answer.headers().get_all("set-cookie") {
                let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
                if value.is_empty() {
                    self.cookies.remove(name);
                } else {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
            let Some(to) = answer.headers().get("location").map(|to| address.join(to.to_str().unwrap()).unwrap())
            else {
                return Err(answer.text().await.unwrap());
            };
            if to.origin().ascii_serialization() != provider.issuer {
                return Ok(to);
            }
            (method, address) = (Method::GET, to);
        }
        panic!("it goes round and round: {address}");
    }

    /// Presses the button on the sign-in page.
    async fn signs_in(&mut self, provider: &Provider, at: &Harness) -> Answer {
        let begun = Answer::of(at.bare(Method::GET, "/oidc/start?to=/calls")).await.is(303);
        let kept = begun.header("set-cookie").split(';').next().unwrap().to_owned();
        let back = self.goes(provider, Method::GET, begun.header("location"), &[]).await.expect("it comes back");
        assert!(back.as_str().starts_with(&format!("{ORIGIN}/oidc/callback?")), "{back}");
        let path = format!("{}?{}", back.path(), back.query().unwrap_or_default());
        Answer::of(at.bare(Method::GET, &path).header("cookie", kept).header("accept", "text/html")).await
    }
}

fn came_in(answer: &Answer) -> String {
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/calls"), "{}", answer.text());
    session(answer).unwrap()
}

async fn is_in(at: &Harness, cookie: &str) -> bool {
    Answer::of(at.signed(Method::GET, "/campaigns", cookie).header("accept", "text/html")).await.status == 200
}

both_engines! {
    async fn somebody_of_a_real_provider_comes_and_goes(at) {
        let provider = Provider::start().await;
        let known = at.another(&provider.settings()).await;
        with_groups(at).await;
        provider.is_told("/listens", known.url("")).await;
        at.user("chu@cty.vn", Role::Owner).await;
        let lan = async || people(at).await.into_iter().find(|(email, _)| email == "lan@cty.vn").map(|(_, role)| role);

        // The first time makes the person; what groups give follows them.
        for (groups, role) in [(&["xem"][..], Role::Viewer), (&["chu", "khac"], Role::Owner)] {
            provider.has(groups).await;
            came_in(&Browser::default().signs_in(&provider, &known).await);
            assert_eq!(lan().await, Some(role), "{groups:?}");
        }
        provider.has(&["khac"]).await;
        let refused = Browser::default().signs_in(&provider, &known).await.is(403);
        assert!(refused.text().contains("chưa thuộc tài khoản nào ở đây"), "{}", refused.text());
        assert_eq!((lan().await, session(&refused)), (None, None));

        // Passwords are forbidden by who came so.
        provider.has(&["chu"]).await;
        let mut browser = Browser::default();
        let first = came_in(&browser.signs_in(&provider, &known).await);
        let forbidden = known.form("/settings/sign-in/passwords", &[("forbidden", "true")]).header("cookie", &first);
        Answer::of(forbidden).await.is(303);
        let refused = known.post_form("/sign-in", &[("email", "chu@cty.vn"), ("password", PASSWORD)]).await.is(303);
        assert!(refused.header("location").starts_with("/sign-in?error=single-sign-on"), "{refused:?}");

        // Signing out here signs out there, and there wherever else one came in by the same session.
        let second = came_in(&browser.signs_in(&provider, &known).await);
        assert!(is_in(&known, &first).await && is_in(&known, &second).await);
        let out = Answer::of(known.form("/sign-out", &[]).header("cookie", &first)).await.is(200);
        let to = out.header("refresh").strip_prefix("0; url=").unwrap().to_owned();
        let page = browser.goes(&provider, Method::GET, &to, &[]).await.expect_err("it asks whether to sign out");
        let secret = page.split("name=\"xsrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let confirm = format!("{}/session/end/confirm", provider.issuer);
        let back = browser.goes(&provider, Method::POST, &confirm, &[("xsrf", secret), ("logout", "yes")]).await;
        assert_eq!(back.expect("it comes back").as_str(), format!("{ORIGIN}/oidc/signed-out"));
        assert!(!is_in(&known, &first).await && !is_in(&known, &second).await);
        let ended: Vec<Value> = told(at).await.into_iter().filter(|told| told.0 == "sessions_ended").map(|told| json!(told.1)).collect();
        assert_eq!(ended, ["lan@cty.vn"]);
    }
}
