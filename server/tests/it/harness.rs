//! A server on a free port with one account, and what the tests ask it with.

use std::{
    net::SocketAddr,
    panic::{AssertUnwindSafe, resume_unwind},
    sync::{
        Arc, Once,
        atomic::{AtomicI64, AtomicU32, Ordering::Relaxed},
    },
};

use async_compression::tokio::write::{GzipEncoder, ZstdEncoder};
use domain::{Country, Currency, Language, Role, Timestamp, TokenScope};
use futures::FutureExt;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use server::{connections, context::Server, passwords, recordings::Recordings, secrets, settings::Settings};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use store::{
    Db, Scope,
    accounts::{self, NewAccount},
    tokens::{self, NewToken},
    users::{self, NewUser},
};
use tokio::io::AsyncWriteExt;

/// 2026-11-22T15:00+07:00: the time of every test server, unless the test moves it.
pub const NOW: i64 = 1_795_334_400_000;
/// What every user of the tests signs in with.
pub const PASSWORD: &str = "mật khẩu rất dài";

/// Runs each test on SQLite and on PostgreSQL, with a server on an empty database.
macro_rules! both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($at:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn on_either($at: &$crate::harness::Harness) $body

            #[test]
            fn sqlite() {
                $crate::harness::run($crate::harness::on_sqlite(async |at| on_either(at).await));
            }

            #[test]
            fn postgres() {
                $crate::harness::run($crate::harness::on_postgres(async |at| on_either(at).await));
            }
        }
    )+};
}
pub(crate) use both_engines;

const MISSING: &str = "RINGSIDE_TEST_POSTGRES_URL is not set: `make test` starts a server and sets it, or set it to the \
                       address of a PostgreSQL 15 or newer whose user may create databases";

/// A running server, an account and its token.
pub struct Harness {
    pub server: Server,
    pub address: SocketAddr,
    pub scope: Scope,
    pub token: String,
    time: Arc<AtomicI64>,
    client: reqwest::Client,
    /// The address of its database.
    pub database: String,
    pub folder: tempfile::TempDir,
}

/// Runs a test as the program runs: pages nest deeply, so its threads have room.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    let stack = server::rendering::RENDER_STACK;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_stack_size(stack).enable_all().build();
    runtime.unwrap().block_on(test)
}

pub async fn on_sqlite(test: impl AsyncFnOnce(&Harness)) {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite://{}/test.db", folder.path().display());
    let harness = Harness::start(&address, folder, &[]).await;
    test(&harness).await;
    harness.server.db.close().await;
}

pub async fn on_postgres(test: impl AsyncFnOnce(&Harness)) {
    let database = PostgresDatabase::create().await;
    let harness = Harness::start(&database.address, tempfile::tempdir().unwrap(), &[]).await;
    let outcome = AssertUnwindSafe(test(&harness)).catch_unwind().await;
    harness.server.db.close().await;
    database.remove().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// A database of one test.
pub struct PostgresDatabase {
    pub address: String,
    name: String,
    admin: PgConnection,
}

impl PostgresDatabase {
    pub async fn create() -> Self {
        static DATABASES: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("RINGSIDE_TEST_POSTGRES_URL").expect(MISSING);
        let name = format!("ringside_http_{}_{}", std::process::id(), DATABASES.fetch_add(1, Relaxed));
        let mut admin = PgConnection::connect(&server).await.expect("RINGSIDE_TEST_POSTGRES_URL leads to a server");
        admin.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))).await.unwrap();
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0"))).await.unwrap();
        let (before, _) = server.rsplit_once('/').unwrap();
        Self { address: format!("{before}/{name}"), name, admin }
    }

    pub async fn remove(mut self) {
        self.admin.execute(AssertSqlSafe(format!("DROP DATABASE {} WITH (FORCE)", self.name))).await.unwrap();
    }
}

impl Harness {
    /// A server without an account of its own on a database that another one may use, too.
    pub async fn start_beside(database: &str, folder: tempfile::TempDir, settings: &[(&str, &str)]) -> Server {
        Self::start_beside_at(database, folder, settings, Timestamp(NOW)).await
    }

    /// The same at another time.
    pub async fn start_beside_at(
        database: &str,
        folder: tempfile::TempDir,
        settings: &[(&str, &str)],
        now: Timestamp,
    ) -> Server {
        let clock: server::clock::Clock = Arc::new(move || now);
        Self::server(database, &folder, settings, clock).await
    }

    /// A server on this database; `settings` are environment variables beside those that every test server has.
    pub async fn start(database: &str, folder: tempfile::TempDir, settings: &[(&str, &str)]) -> Self {
        let time = Arc::new(AtomicI64::new(NOW));
        let server = Self::server(database, &folder, settings, clock_of(&time)).await;
        let address = listen(&server).await;
        let (scope, token) = account(&server.db, "Công ty Thử").await;
        Self { server, address, scope, token, time, client: client(), database: database.to_owned(), folder }
    }

    /// The same server, asked by another account, with a token of its own.
    pub async fn of_account(&self, name: &str) -> Self {
        let (scope, token) = account(&self.server.db, name).await;
        let (server, time, client) = (self.server.clone(), Arc::clone(&self.time), self.client.clone());
        let (database, folder) = (self.database.clone(), tempfile::tempdir().unwrap());
        Self { server, address: self.address, scope, token, time, client, database, folder }
    }

    /// Another server on the same database, for the same account, at the same time.
    pub async fn another(&self, settings: &[(&str, &str)]) -> Self {
        self.another_by(&self.database, settings).await
    }

    /// The same, which reaches the database by this address.
    pub async fn another_by(&self, database: &str, settings: &[(&str, &str)]) -> Self {
        let (folder, time) = (tempfile::tempdir().unwrap(), Arc::clone(&self.time));
        let server = Self::server(database, &folder, settings, clock_of(&time)).await;
        let address = listen(&server).await;
        let (scope, token, database) = (self.scope, self.token.clone(), database.to_owned());
        Self { server, address, scope, token, time, client: client(), database, folder }
    }

    async fn server(
        database: &str,
        folder: &tempfile::TempDir,
        settings: &[(&str, &str)],
        clock: server::clock::Clock,
    ) -> Server {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let mut variables = vec![
            ("RINGSIDE_DATABASE_URL".to_owned(), database.to_owned()),
            ("RINGSIDE_SECRET_KEY".to_owned(), crate::hooks::SECRET_KEY.to_owned()),
            ("RINGSIDE_RECORDINGS".to_owned(), format!("file://{}/recordings", folder.path().display())),
        ];
        for (name, value) in settings {
            variables.retain(|(known, _)| known != name);
            variables.push(((*name).to_owned(), (*value).to_owned()));
        }
        let settings = Settings::read(variables, "").unwrap();
        let db = Db::open_with(&settings.database_url, settings.database_options()).await.unwrap();
        let recordings = Recordings::open(&settings.recordings).unwrap();
        Server::new(db, clock, recordings, settings).unwrap()
    }

    /// Runs SQL beside the server, on a connection of its own.
    pub async fn beside(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.database.starts_with("sqlite:") {
            sqlx::SqliteConnection::connect(&self.database).await.unwrap().execute(sql).await.unwrap();
        } else {
            PgConnection::connect(&self.database).await.unwrap().execute(sql).await.unwrap();
        }
    }

    /// The number that a query beside the server gives.
    pub async fn number(&self, sql: &str) -> i64 {
        let query = AssertSqlSafe(sql.to_owned());
        if self.database.starts_with("sqlite:") {
            let mut conn = sqlx::SqliteConnection::connect(&self.database).await.unwrap();
            sqlx::query_scalar(query).fetch_one(&mut conn).await.unwrap()
        } else {
            let mut conn = PgConnection::connect(&self.database).await.unwrap();
            sqlx::query_scalar(query).fetch_one(&mut conn).await.unwrap()
        }
    }

    /// Nothing of a table gets this status, until [`Self::may_become`] says otherwise.
    pub async fn cannot_become(&self, status: &str, table: &str) {
        self.beside(&if self.database.starts_with("sqlite:") {
            format!(
                "CREATE TRIGGER cannot_become BEFORE UPDATE OF status ON {table} WHEN NEW.status = '{status}'
                 BEGIN SELECT RAISE(ABORT, 'not yet'); END"
            )
        } else {
            format!(
                "CREATE OR REPLACE FUNCTION not_yet() RETURNS trigger LANGUAGE plpgsql AS
                     $$ BEGIN RAISE EXCEPTION 'not yet'; END $$;
                 CREATE TRIGGER cannot_become BEFORE UPDATE OF status ON {table} FOR EACH ROW
                     WHEN (NEW.status = '{status}') EXECUTE FUNCTION not_yet()"
            )
        })
        .await;
    }

    /// See [`Self::cannot_become`].
    pub async fn may_become(&self, table: &str) {
        let of = if self.database.starts_with("sqlite:") { String::new() } else { format!(" ON {table}") };
        self.beside(&format!("DROP TRIGGER cannot_become{of}")).await;
    }

    /// The secret of the stop link of the first mail of a mailing, which only the mail has.
    pub async fn stop_secret(&self, mailing: i64) -> String {
        let sql = "SELECT stop_secret FROM mails WHERE account_id = $1 AND mailing_key = $2 AND mail_no = 0";
        let row: (String,) = if let Some(file) = self.database.strip_prefix("sqlite://") {
            let mut conn = sqlx::SqliteConnection::connect(&format!("sqlite://{file}")).await.unwrap();
            sqlx::query_as(sql).bind(self.scope.account()).bind(mailing).fetch_one(&mut conn).await.unwrap()
        } else {
            let mut conn = PgConnection::connect(&self.database).await.unwrap();
            sqlx::query_as(sql).bind(self.scope.account()).bind(mailing).fetch_one(&mut conn).await.unwrap()
        };
        row.0
    }

    /// Makes the exports that wait; gives how many.
    pub async fn build_exports(&self) -> usize {
        let kind = <store::jobs::BuildExport as store::jobs::Payload>::KIND;
        self.run_due(kind).await
    }

    /// Runs the jobs of a kind that are due; gives how many.
    pub async fn run_due(&self, kind: &str) -> usize {
        server::jobs::run_due(&self.server.db, &self.server.context, kind).await.unwrap()
    }

    /// Moves the server's clock.
    pub fn pass(&self, ms: i64) {
        self.time.fetch_add(ms, Relaxed);
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A request without anything.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    /// A request with the account's token.
    pub fn api(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).header("authorization", format!("Bearer {}", self.token))
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.api(Method::GET, path)).await
    }

    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        Answer::of(self.api(method, path).header("content-type", "application/json").body(body.to_string())).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, body).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    /// The voicebot `bot`, the goal code DY, a tariff of 6 + 1 seconds at 10 and 2.5 đồng, the campaign `tet`.
    pub async fn stock(&self) {
        self.put("/api/v1/voicebots/bot", &json!({"name": "Chăm sóc khách hàng"})).await.is(201);
        let code = json!({"label_vi": "Đồng ý", "label_en": "Agreed", "is_goal": true});
        self.put("/api/v1/result-codes/DY", &code).await.is(201);
        let tariff = json!({"first_block_seconds": 6, "next_block_seconds": 1, "price_first_block": "10",
            "price_next_block": "2.5", "currency": "VND", "effective_from": 0});
        let put = self.put("/api/v1/tariffs", &tariff).await;
        assert!(put.status.is_success(), "{put:?}");
        let campaign = json!({"name": "Tết 2027", "voicebot": "bot", "started_at": "2026-11-01T08:00:00+07:00"});
        self.put("/api/v1/campaigns/tet", &campaign).await.is(201);
    }

    /// A user of the account who can sign in.
    pub async fn user(&self, email: &str, role: Role) -> i64 {
        user(&self.server.db, &self.scope, email, role).await
    }

    /// Signs in and gives the cookie.
    pub async fn sign_in(&self, email: &str) -> String {
        let answer = self.post_form("/sign-in", &[("email", email), ("password", PASSWORD), ("keep", "true")]).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"), "{answer:?}");
        answer.header("set-cookie").split(';').next().unwrap().to_owned()
    }

    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        Answer::of(self.form(path, fields)).await
    }

    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.bare(Method::POST, path).header("content-type", "application/x-www-form-urlencoded").body(body)
    }

    /// A request with a session's cookie.
    pub fn signed(&self, method: Method, path: &str, cookie: &str) -> RequestBuilder {
        self.bare(method, path).header("cookie", cookie)
    }
}

fn clock_of(time: &Arc<AtomicI64>) -> server::clock::Clock {
    let time = Arc::clone(time);
    Arc::new(move || Timestamp(time.load(Relaxed)))
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// Serves on a free port.
async fn listen(server: &Server) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(server::live::pass_on(server.db.clone(), Arc::clone(&server.context.live)));
    let (router, connections) = (server::router::router(server), server.context.settings().connections);
    tokio::spawn(connections::serve(listener, router, connections, std::future::pending()));
    address
}

/// Another account with a token of its own.
pub async fn account(db: &Db, name: &str) -> (Scope, String) {
    account_in(db, name, "Asia/Ho_Chi_Minh").await
}

/// As [`account`], in a zone.
pub async fn account_in(db: &Db, name: &str, timezone: &str) -> (Scope, String) {
    let mut conn = db.write().await.unwrap();
    let new = NewAccount {
        name: name.to_owned(),
        timezone: timezone.to_owned(),
        currency: Currency::vnd(),
        language: Language::Vi,
        country: Country::VIETNAM,
    };
    let account = accounts::add(&mut conn, &new, Timestamp(NOW)).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "the account is made here")]
    let scope = Scope::system(account.id);
    let token = secrets::make(secrets::TOKEN_PREFIX, account.id);
    let all = NewToken { name: "test".to_owned(), scopes: TokenScope::ALL.to_vec(), is_masked: false };
    tokens::add(&mut conn, &scope, &all, &token.hash, Timestamp(NOW)).await.unwrap();
    conn.commit().await.unwrap();
    (scope, token.text)
}

pub async fn user(db: &Db, scope: &Scope, email: &str, role: Role) -> i64 {
    let mut conn = db.write().await.unwrap();
    let new = NewUser { email: email.to_owned(), name: "Lan".to_owned(), role };
    let user = users::add(&mut conn, scope, &new, Timestamp(NOW)).await.unwrap();
    let hash = passwords::hash_now(PASSWORD).unwrap();
    users::set_password(&mut conn, scope, user.key, &hash).await.unwrap();
    conn.commit().await.unwrap();
    user.key
}

/// A finished call of `tet` as it is sent.
pub fn call(id: &str, contact: &str, dialed_at: &str, ring_ms: i64, talk_ms: Option<i64>, code: &str) -> Value {
    let dialed: Timestamp = dialed_at.parse().unwrap();
    let answered = talk_ms.map(|_| dialed.0 + ring_ms);
    json!({
        "id": id, "campaign": "tet", "contact": {"id": contact, "phone": format!("09{:0>8}", contact.trim_start_matches("kh-"))},
        "dialed_at": dialed_at, "answered_at": answered, "ended_at": dialed.0 + ring_ms + talk_ms.unwrap_or(0),
        "result_code": code,
    })
}

pub async fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzipEncoder::new(Vec::new());
    encoder.write_all(bytes).await.unwrap();
    encoder.shutdown().await.unwrap();
    encoder.into_inner()
}

pub async fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZstdEncoder::new(Vec::new());
    encoder.write_all(bytes).await.unwrap();
    encoder.shutdown().await.unwrap();
    encoder.into_inner()
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Vec<u8>,
}

/// The account of the session whose cookie a request carries.
pub fn account_of_cookie(cookie: &str) -> Option<i64> {
    cookie.split_once("ringside_session=")?.1.split('.').next()?.parse().ok()
}

/// Forms of pages carry the account that the page was of: here, the one of the session.
fn for_its_account(request: &mut reqwest::Request) {
    let cookie = request.headers().get("cookie").and_then(|value| value.to_str().ok());
    let account = cookie.and_then(account_of_cookie);
    let url = request.url_mut();
    let says = url.query_pairs().any(|(name, _)| name == app::links::ACCOUNT);
    if let Some(account) = account
        && !says
        && !url.path().starts_with("/api/")
    {
        url.query_pairs_mut().append_pair(app::links::ACCOUNT, &account.to_string());
    }
}

impl Answer {
    /// The answer to a request; a form is sent for the account of its session unless its address says for another one.
    pub async fn of(request: RequestBuilder) -> Self {
        Self::of_response(Self::begun(request).await).await
    }

    /// As [`Self::of`], without its body, which may have no end.
    pub async fn begun(request: RequestBuilder) -> Response {
        let (client, request) = request.build_split();
        let mut request = request.unwrap();
        if request.method() == Method::POST {
            for_its_account(&mut request);
        }
        client.execute(request).await.unwrap()
    }

    /// The answer to a request as it is.
    pub async fn as_it_is(request: RequestBuilder) -> Self {
        Self::of_response(request.send().await.unwrap()).await
    }

    pub async fn of_response(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, bytes: response.bytes().await.unwrap().to_vec() }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The status must be this one.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    /// It must be a problem of this status that shows nothing of the inside; gives the problem.
    #[track_caller]
    pub fn is_problem(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let problem = self.json();
        assert_eq!(problem["status"], status, "{problem}");
        for field in ["type", "title", "detail"] {
            assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {problem}");
        }
        let text = self.text();
        for inside in ["sqlx", "SELECT", "INSERT", ".rs:", "panicked", "/tmp/", "serde", "CallRecord", "struct "] {
            assert!(!text.contains(inside), "the answer shows {inside}: {text}");
        }
        problem
    }

    /// It must be a problem that names this field; gives the reason.
    #[track_caller]
    pub fn names(&self, status: u16, field: &str) -> String {
        let problem = self.is_problem(status);
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        let named = errors.iter().find(|error| error["field"] == field);
        named.unwrap_or_else(|| panic!("{field} is not named: {problem}"))["reason"].as_str().unwrap().to_owned()
    }
}

/// A WAV file of two channels at 8 kHz: a tone that grows on the left, silence on the right.
pub fn wav(seconds: u32) -> Vec<u8> {
    let frames = 8_000 * seconds;
    let mut data = Vec::with_capacity(frames as usize * 4);
    for n in 0..frames {
        let loudness = f64::from(n) / f64::from(frames);
        let tone = (f64::from(n) * 440.0 * std::f64::consts::TAU / 8_000.0).sin() * loudness * 30_000.0;
        data.extend_from_slice(&(tone as i16).to_le_bytes());
        data.extend_from_slice(&0_i16.to_le_bytes());
    }
    let mut file = Vec::from(*b"RIFF");
    file.extend_from_slice(&(36 + data.len() as u32).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    file.extend_from_slice(&8_000_u32.to_le_bytes());
    file.extend_from_slice(&32_000_u32.to_le_bytes());
    file.extend_from_slice(b"\x04\0\x10\0data");
    file.extend_from_slice(&(data.len() as u32).to_le_bytes());
    file.extend_from_slice(&data);
    file
}
