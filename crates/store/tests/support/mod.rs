//! What the store's tests share: both engines, and an account with something in it.

use std::sync::atomic::{AtomicU32, Ordering};

use domain::{CampaignId, Currency, Language, Money, ResultCode, Tariff, Timestamp, Voicebot, VoicebotId};
use store::{Db, Scope, accounts::NewAccount, campaigns::CampaignInput};

/// Makes two tests of each: one on SQLite in a fresh file, one on PostgreSQL in a fresh database.
macro_rules! both_engines {
    ($(async fn $name:ident($db:ident) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn run($db: store::Db) $body

            #[tokio::test]
            async fn sqlite() {
                let folder = tempfile::tempdir().unwrap();
                run(super::support::sqlite(folder.path()).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                run(super::support::postgres(concat!(module_path!(), "_", stringify!($name))).await).await;
            }
        }
    )+};
}

pub(crate) use both_engines;

/// A fresh embedded database in a folder.
pub async fn sqlite(folder: &std::path::Path) -> Db {
    Db::open(&format!("sqlite://{}/ringside.db", folder.display())).await.unwrap()
}

/// A fresh database on the test server. Missing the server is a failure: what is not tried on PostgreSQL is not known
/// to work there.
pub async fn postgres(test: &str) -> Db {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("RINGSIDE_TEST_POSTGRES_URL")
        .expect("set RINGSIDE_TEST_POSTGRES_URL to a server where databases may be made; `make test` starts one");
    let short: String = test.chars().filter(char::is_ascii_alphanumeric).rev().take(30).collect();
    let name = format!("t{}_{}_{short}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed)).to_lowercase();
    let pool = sqlx::PgPool::connect(&server).await.expect("the test server answers");
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&pool).await.unwrap();
    pool.close().await;
    let (base, _) = server.rsplit_once('/').expect("the address ends in /DATABASE");
    Db::open(&format!("{base}/{name}")).await.unwrap()
}

/// A new account with a voicebot, the campaigns `camp-0` and `camp-1`, the goal code `DY` and a tariff of 6+1 seconds
/// at 10 and 2.5 đồng.
pub async fn shop(db: &Db, name: &str) -> Scope {
    let now = Timestamp(1_793_000_000_000);
    let mut conn = db.write().await.unwrap();
    let account = NewAccount {
        name: name.to_owned(),
        timezone: "Asia/Ho_Chi_Minh".to_owned(),
        currency: Currency::vnd(),
        language: Language::Vi,
    };
    let scope = Scope::system(store::accounts::add(&mut conn, &account, now).await.unwrap().id);
    let voicebot = Voicebot { id: VoicebotId::new("bot").unwrap(), name: "Bot".to_owned() };
    store::voicebots::put(&mut conn, &scope, &voicebot).await.unwrap();
    let code = ResultCode {
        code: "DY".parse().unwrap(),
        label_vi: "Đồng ý".to_owned(),
        label_en: "Agreed".to_owned(),
        color: None,
        is_goal: true,
    };
    store::result_codes::put(&mut conn, &scope, &code).await.unwrap();
    let tariff = Tariff {
        first_block_seconds: 6,
        next_block_seconds: 1,
        price_first_block: Money::units(10),
        price_next_block: Money(2_500_000),
        currency: Currency::vnd(),
        effective_from: Timestamp(0),
    };
    store::tariffs::put_default(&mut conn, &scope, &tariff).await.unwrap();
    for id in ["camp-0", "camp-1"] {
        let campaign = CampaignInput {
            id: CampaignId::new(id).unwrap(),
            name: format!("Campaign {id}"),
            voicebot: VoicebotId::new("bot").unwrap(),
            state: None,
            started_at: None,
            report_emails: None,
            tariff: None,
        };
        store::campaigns::put(&mut conn, &scope, &campaign, now).await.unwrap();
    }
    conn.commit().await.unwrap();
    scope
}
