//! A provider that signs what it is told, and a browser that goes to it and comes back.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::to_bytes,
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use reqwest::{Method, Url};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::{Answer, Harness, NOW};

pub const CLIENT: &str = "ringside";
pub const SECRET: &str = "bí mật của Ringside";

/// A key of the provider's.
pub struct Key {
    pair: EcdsaKeyPair,
    pub id: &'static str,
}

impl Key {
    pub fn new(id: &'static str) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        Self { pair, id }
    }

    fn published(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..65]));
        json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": self.id, "x": x, "y": y})
    }

    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", encoded(header), encoded(claims));
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    pub fn token(&self, claims: &Value) -> String {
        self.sign(&json!({"alg": "ES256", "kid": self.id}), claims)
    }
}

pub fn encoded(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

/// What the provider does next.
pub struct Doing {
    /// The keys that it publishes.
    pub keys: Vec<Value>,
    /// The ID token that it gives for a code.
    pub id_token: String,
    /// What it tells besides; none: there is no such address.
    pub user_info: Option<Value>,
    /// The challenge of the code that is under way (PKCE).
    pub challenge: String,
    /// Whether it can be used.
    pub mood: Mood,
    /// The paths that it was asked for.
    pub asked: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Well,
    Down,
    Endless,
    Elsewhere,
}

#[derive(Clone)]
pub struct Provider {
    pub issuer: String,
    pub key: Arc<Key>,
    pub doing: Arc<Mutex<Doing>>,
}

impl Provider {
    /// One that listens.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let provider = Self::at(address);
        let answering = provider.clone();
        let answer = move |request: Request| {
            let provider = answering.clone();
            async move { provider.answer(request).await }
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        provider
    }

    fn at(address: SocketAddr) -> Self {
        let key = Arc::new(Key::new("first"));
        let doing = Doing {
            keys: vec![key.published()],
            id_token: String::new(),
            user_info: None,
            challenge: String::new(),
            mood: Mood::Well,
            asked: Vec::new(),
        };
        Self { issuer: format!("http://{address}"), key, doing: Arc::new(Mutex::new(doing)) }
    }

    async fn answer(&self, request: Request) -> Response {
        let path = request.uri().path().to_owned();
        let mood = {
            let mut doing = self.doing.lock().unwrap();
            doing.asked.push(path.clone());
            doing.mood
        };
        match mood {
            Mood::Down => return StatusCode::BAD_GATEWAY.into_response(),
            Mood::Endless => return vec![b' '; 3 << 20].into_response(),
            Mood::Elsewhere => return (StatusCode::FOUND, [(header::LOCATION, "/elsewhere")]).into_response(),
            Mood::Well => {}
        }
        let as_json = |value: Value| ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response();
        match path.as_str() {
            "/.well-known/openid-configuration" => as_json(self.metadata()),
            "/keys" => as_json(json!({"keys": self.doing.lock().unwrap().keys})),
            "/user" => match &self.doing.lock().unwrap().user_info {
                Some(told) => as_json(told.clone()),
                None => StatusCode::NOT_FOUND.into_response(),
            },
            "/token" => {
                let known = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{}", form_encoded(SECRET))));
                let is_known = request
                    .headers()
                    .get(header::AUTHORIZATION)
                    .is_some_and(|value| value.as_bytes() == known.as_bytes());
                let body = to_bytes(request.into_body(), 1 << 16).await.unwrap();
                let given: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
                let of = |name: &str| {
                    given.iter().find(|(given, _)| given == name).map_or("", |(_, value)| value).to_owned()
                };
                let doing = self.doing.lock().unwrap();
                let proven = URL_SAFE_NO_PAD.encode(Sha256::digest(of("code_verifier"))) == doing.challenge;
                if !is_known || !proven || of("code") != "code" || of("grant_type") != "authorization_code" {
                    return (StatusCode::BAD_REQUEST, as_json(json!({"error": "invalid_grant"}))).into_response();
                }
                as_json(
                    json!({"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": doing.id_token}),
                )
            }
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    }

    fn metadata(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        json!({
            "issuer": self.issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
            "jwks_uri": at("/keys"), "userinfo_endpoint": at("/user"), "end_session_endpoint": at("/end?of=a"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256", "none", "HS256"],
        })
    }

    /// The environment of a server that knows it.
    pub fn settings(&self) -> [(&str, &str); 4] {
        [
            ("RINGSIDE_OIDC_ISSUER", self.issuer.as_str()),
            ("RINGSIDE_OIDC_CLIENT_ID", CLIENT),
            ("RINGSIDE_OIDC_CLIENT_SECRET", SECRET),
            ("RINGSIDE_OIDC_NAME", "Cty ID"),
        ]
    }

    /// How often it was asked for this path.
    pub fn asked_for(&self, path: &str) -> usize {
        self.doing.lock().unwrap().asked.iter().filter(|asked| *asked == path).count()
    }

    pub fn feels(&self, mood: Mood) {
        self.doing.lock().unwrap().mood = mood;
    }

    /// Publishes this key alone.
    pub fn publishes(&self, key: &Key) {
        self.doing.lock().unwrap().keys = vec![key.published()];
    }

    /// Claims of Lan, who is in these groups.
    pub fn lan(&self, begun: &Begun, groups: &[&str]) -> Value {
        let now = NOW / 1_000;
        json!({
            "iss": self.issuer, "aud": CLIENT, "sub": "lan-1", "iat": now, "exp": now + 300, "nonce": begun.nonce,
            "sid": "phien-1", "email": "Lan@Cty.vn", "email_verified": true, "name": "Nguyễn Lan", "groups": groups,
        })
    }

    /// Lan signs in, and comes back with what `change` makes of her token.
    pub async fn signs_in(&self, at: &Harness, groups: &[&str], change: impl FnOnce(&mut Value)) -> Answer {
        let begun = Begun::at(at, "/campaigns?q=a").await;
        let mut claims = self.lan(&begun, groups);
        change(&mut claims);
        self.gives(&begun, self.key.token(&claims));
        begun.comes_back(at).await
    }

    /// The next code is exchanged for this token.
    pub fn gives(&self, begun: &Begun, id_token: String) {
        let mut doing = self.doing.lock().unwrap();
        (doing.id_token, doing.challenge) = (id_token, begun.challenge.clone());
    }

    /// Says by the back channel that somebody signed out.
    pub async fn says_signed_out(&self, at: &Harness, token: &str) -> Answer {
        at.post_form("/oidc/backchannel-logout", &[("logout_token", token)]).await
    }
}

fn form_encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A sign-in that a browser has begun.
pub struct Begun {
    pub state: String,
    pub nonce: String,
    pub challenge: String,
    pub cookie: String,
}

impl Begun {
    pub async fn at(at: &Harness, to: &str) -> Self {
        let path = app::links::with_query("/oidc/start", [("to", to)]);
        let answer = Answer::of(at.bare(Method::GET, &path)).await.is(303);
        let address = Url::parse(answer.header("location")).unwrap();
        let of =
            |name: &str| address.query_pairs().find(|(given, _)| given == name).map(|(_, value)| value.into_owned());
        assert_eq!(of("response_type").as_deref(), Some("code"), "{address}");
        assert_eq!(of("code_challenge_method").as_deref(), Some("S256"), "{address}");
        assert_eq!(of("client_id").as_deref(), Some(CLIENT), "{address}");
        assert_eq!(of("scope").as_deref(), Some("openid profile email"), "{address}");
        assert!(of("redirect_uri").unwrap().ends_with("/oidc/callback"), "{address}");
        let cookie = answer.header("set-cookie").to_owned();
        for part in ["ringside_sso=", "; HttpOnly", "; SameSite=Lax", "; Max-Age=600"] {
            assert!(cookie.contains(part), "{part}: {cookie}");
        }
        Self {
            state: of("state").unwrap(),
            nonce: of("nonce").unwrap(),
            challenge: of("code_challenge").unwrap(),
            cookie: cookie.split(';').next().unwrap().to_owned(),
        }
    }

    pub async fn comes_back(&self, at: &Harness) -> Answer {
        self.comes_with(at, &[("code", "code"), ("state", &self.state)], &self.cookie).await
    }

    pub async fn comes_with(&self, at: &Harness, query: &[(&str, &str)], cookie: &str) -> Answer {
        let path = app::links::with_query("/oidc/callback", query.iter().copied());
        let request = at.bare(Method::GET, &path).header("cookie", cookie).header("accept", "text/html");
        Answer::of(request.timeout(Duration::from_secs(30))).await
    }
}

/// The session's cookie of an answer that lets in.
#[track_caller]
pub fn session_of(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    session(answer).unwrap_or_else(|| panic!("no session: {answer:?}"))
}

/// The session's cookie, if one was given.
pub fn session(answer: &Answer) -> Option<String> {
    let cookies = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    cookies
        .filter_map(|cookie| cookie.split(';').next())
        .find(|cookie| cookie.starts_with("ringside_session="))
        .map(str::to_owned)
}
