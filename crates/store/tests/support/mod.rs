//! What the tests of the store share: every test runs on both engines, on an account with two campaigns.
//!
//! The PostgreSQL half makes a database for each test on the server named by `RINGSIDE_TEST_POSTGRES_URL`, and drops it
//! afterwards. Without a server the tests fail: a store that was tried on one engine only is half tried.

// Each test program uses a part of this.
#![allow(dead_code, unused_imports, unused_macros)]

pub(crate) mod statements;

use std::{
    future::Future,
    panic::{AssertUnwindSafe, resume_unwind},
    sync::atomic::{AtomicU32, Ordering},
};

use domain::{
    CallClass, CallRecord, CampaignId, Code, ContactRef, Country, Currency, Language, Money, ResultCode, Tariff,
    Timestamp, Voicebot,
};
use futures::FutureExt;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use store::{
    Db, Scope,
    accounts::NewAccount,
    campaigns::CampaignInput,
    ingest::{BatchAnswer, IngestOptions},
};

/// Runs each test on SQLite and on PostgreSQL, with an empty database.
macro_rules! both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn on_either($db: store::Db) $body

            #[tokio::test]
            async fn sqlite() {
                $crate::support::on_sqlite(on_either).await;
            }

            #[tokio::test]
            async fn postgres() {
                $crate::support::on_postgres(on_either).await;
            }
        }
    )+};
}
pub(crate) use both_engines;

const MISSING: &str = "RINGSIDE_TEST_POSTGRES_URL is not set: `make test` starts a server and sets it, or set it to the \
                       address of a PostgreSQL 15 or newer whose user may create databases";

pub(crate) async fn on_sqlite<F: Future<Output = ()>>(test: impl FnOnce(Db) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap();
    statements::record();
    test(db.clone()).await;
    db.close().await;
    statements::check();
}

pub(crate) async fn on_postgres<F: Future<Output = ()>>(test: impl FnOnce(Db) -> F) {
    on_server(std::env::var("RINGSIDE_TEST_POSTGRES_URL").expect(MISSING), test).await;
}

/// Through a socket of this machine, where rows are copied.
pub(crate) async fn on_postgres_socket<F: Future<Output = ()>>(test: impl FnOnce(Db) -> F) {
    const MISSING: &str = "RINGSIDE_TEST_POSTGRES_SOCKET_URL is not set: `make test` sets it, or set it to the address of the \
                           same server through its socket, postgres://USER@localhost/postgres?host=/run/postgresql";
    on_server(std::env::var("RINGSIDE_TEST_POSTGRES_SOCKET_URL").expect(MISSING), test).await;
}

async fn on_server<F: Future<Output = ()>>(server: String, test: impl FnOnce(Db) -> F) {
    static DATABASES: AtomicU32 = AtomicU32::new(0);
    let name = format!("ringside_test_{}_{}", std::process::id(), DATABASES.fetch_add(1, Ordering::Relaxed));
    let mut admin = PgConnection::connect(&server).await.expect("RINGSIDE_TEST_POSTGRES_URL leads to a server");
    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    admin.execute(AssertSqlSafe(drop.clone())).await.unwrap();
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0"))).await.unwrap();

    let db = Db::open(&address_of(&server, &name)).await.unwrap();
    statements::record();
    let outcome = AssertUnwindSafe(test(db.clone())).catch_unwind().await;
    db.close().await;
    admin.execute(AssertSqlSafe(drop)).await.unwrap();
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
    statements::check();
}

/// The address of another database on the same server.
fn address_of(server: &str, database: &str) -> String {
    let (address, options) = server.split_once('?').map_or((server, None), |(a, o)| (a, Some(o)));
    let host = address.find("://").map_or(0, |at| at + 3);
    let end = address[host..].find('/').map_or(address.len(), |at| host + at);
    let options = options.map(|options| format!("?{options}")).unwrap_or_default();
    format!("{}/{database}{options}", &address[..end])
}

/// 2026-11-04T09:00+07:00, a Wednesday: when the builders' calls are dialled unless a test says otherwise.
pub(crate) const NINE: Timestamp = Timestamp(1_793_757_600_000);
/// 2026-11-22T15:00+07:00, after every call of the builders.
pub(crate) const NOW: Timestamp = Timestamp(1_795_334_400_000);

/// An account (đồng, Vietnam's time) with a tariff of 6 + 1 seconds at 10 and 2.5 đồng, the codes DY (a goal) and TC,
/// the voicebot `bot`, and the campaigns `camp-0` and `camp-1` without customers.
pub(crate) async fn shop(db: &Db, name: &str) -> Scope {
    shop_in(db, name, "Asia/Ho_Chi_Minh").await
}

/// As [`shop`], in another zone.
pub(crate) async fn shop_in(db: &Db, name: &str, timezone: &str) -> Scope {
    let mut conn = db.write().await.unwrap();
    let account = NewAccount {
        name: name.to_owned(),
        timezone: timezone.to_owned(),
        currency: Currency::vnd(),
        language: Language::Vi,
        country: Country::VIETNAM,
    };
    let account = store::accounts::add(&mut conn, &account, NINE).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "the account is made here")]
    let scope = Scope::system(account.id);
    let tariff = Tariff {
        first_block_seconds: 6,
        next_block_seconds: 1,
        price_first_block: Money::units(10),
        price_next_block: Money(2_500_000),
        currency: Currency::vnd(),
        effective_from: Timestamp::MIN,
        vat: None,
    };
    store::tariffs::put_default(&mut conn, &scope, &tariff).await.unwrap();
    for (code, label, is_goal) in [("DY", "Đồng ý", true), ("TC", "Từ chối", false)] {
        let (label_vi, label_en) = (label.to_owned(), label.to_owned());
        let code = ResultCode {
            code: Code::new(code).unwrap(),
            label_vi,
            label_en,
            color: None,
            is_goal,
            counts_as: CallClass::Success,
        };
        store::result_codes::put(&mut conn, &scope, &code, NINE).await.unwrap();
    }
    let voicebot = Voicebot { id: "bot".parse().unwrap(), name: "Chăm sóc khách hàng".to_owned() };
    store::voicebots::put(&mut conn, &scope, &voicebot).await.unwrap();
    for (id, name) in [("camp-0", "Nhắc nợ tháng 11"), ("camp-1", "Ưu đãi Tết")] {
        store::campaigns::put(&mut conn, &scope, &campaign(id, name), NINE).await.unwrap();
    }
    conn.commit().await.unwrap();
    scope
}

/// A campaign of `bot` with nothing that may be left out.
pub(crate) fn campaign(id: &str, name: &str) -> CampaignInput {
    CampaignInput {
        id: CampaignId::new(id).unwrap(),
        name: name.to_owned(),
        voicebot: "bot".parse().unwrap(),
        state: None,
        started_at: None,
        report_emails: None,
        tariff: None,
        plan: None,
    }
}

/// Builds a record: `call("c-1").to("kh-1").at(NINE).talked(31_000)`.
#[derive(Debug, Clone)]
pub(crate) struct Call(CallRecord);

/// A call of `camp-0` at [`NINE`] that rang for 5 s without an answer (NA).
pub(crate) fn call(id: &str) -> Call {
    Call(CallRecord {
        id: id.parse().unwrap(),
        campaign: CampaignId::new("camp-0").unwrap(),
        voicebot: None,
        contact: ContactRef { id: Some(format!("kh-{id}").parse().unwrap()), phone: None, name: None },
        attempt: None,
        dialed_at: NINE,
        answered_at: None,
        ended_at: Some(Timestamp(NINE.0 + 5_000)),
        result_code: Some(Code::new("NA").unwrap()),
        bot_messages: None,
        hangup_by: None,
        cause: None,
        blocks: None,
        cost: None,
        recording_url: None,
        transcript: None,
        attributes: None,
    })
}

impl Call {
    /// Of another campaign.
    pub(crate) fn of(mut self, campaign: &str) -> Self {
        self.0.campaign = campaign.parse().unwrap();
        self
    }

    /// To another customer than one of its own.
    pub(crate) fn to(mut self, contact: &str) -> Self {
        self.0.contact.id = Some(contact.parse().unwrap());
        self
    }

    /// To a customer with a name and a number.
    pub(crate) fn named(mut self, name: &str, phone: &str) -> Self {
        self.0.contact.name = Some(name.to_owned());
        self.0.contact.phone = Some(phone.to_owned());
        self
    }

    /// Dialled at another time; answer and end move along.
    pub(crate) fn at(mut self, dialed_at: Timestamp) -> Self {
        let later = dialed_at.0 - self.0.dialed_at.0;
        self.0.dialed_at = dialed_at;
        for at in [&mut self.0.answered_at, &mut self.0.ended_at].into_iter().flatten() {
            at.0 += later;
        }
        self
    }

    /// Dialled so many milliseconds later.
    pub(crate) fn later(self, milliseconds: i64) -> Self {
        let at = Timestamp(self.0.dialed_at.0 + milliseconds);
        self.at(at)
    }

    /// Answered after 5 s, talked for so many milliseconds, and ended with DY.
    pub(crate) fn talked(mut self, milliseconds: i64) -> Self {
        let answered = Timestamp(self.0.dialed_at.0 + 5_000);
        self.0.answered_at = Some(answered);
        self.0.ended_at = Some(Timestamp(answered.0 + milliseconds));
        self.code("DY")
    }

    /// Ended with another code.
    pub(crate) fn code(mut self, code: &str) -> Self {
        self.0.result_code = Some(code.parse().unwrap());
        self
    }

    /// With 9 blocks and a cost that its sender gave.
    pub(crate) fn costing(mut self, cost: Money) -> Self {
        self.0.blocks = Some(9);
        self.0.cost = Some(cost);
        self
    }

    /// Still in progress.
    pub(crate) fn in_progress(mut self) -> Self {
        (self.0.answered_at, self.0.ended_at, self.0.result_code) = (None, None, None);
        self
    }

    /// With whatever else.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut CallRecord)) -> Self {
        change(&mut self.0);
        self
    }

    /// The record.
    pub(crate) fn record(self) -> CallRecord {
        self.0
    }
}

/// Stores calls in one transaction and insists that none is rejected.
pub(crate) async fn send(db: &Db, scope: &Scope, calls: Vec<Call>) -> BatchAnswer {
    let mut conn = db.write().await.unwrap();
    let records = calls.into_iter().map(Call::record).enumerate().collect();
    let options = IngestOptions { create_missing: false, received_at: Timestamp::MAX, import: None };
    let answer = store::ingest::put(&mut conn, scope, records, options).await.unwrap();
    conn.commit().await.unwrap();
    assert_eq!(answer.errors, [], "the builders' calls keep the rules");
    answer
}
