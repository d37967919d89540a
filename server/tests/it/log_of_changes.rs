//! What programs and forms change is told in the account's log, and what changes nothing is not.

use domain::Role;
use reqwest::Method;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use store::audit::{self, Action, EntryFilter};

use crate::{
    harness::{Answer, Harness, both_engines, call, wav},
    settings::{page, send, told},
};

/// The details of the latest entry of a kind.
async fn details(at: &Harness, action: Action) -> String {
    let mut conn = at.server.db.read().await.unwrap();
    let filter = EntryFilter { action: Some(action), ..EntryFilter::default() };
    let entries = audit::list(&mut conn, &at.scope, &filter, None, 1).await.unwrap();
    app::settings::log_details(&entries[0].event.details)
}

/// Takes the log's table away, as whoever has the database may; the server finds out by asking.
async fn rename(at: &Harness, from: &str, to: &str) {
    let sql = AssertSqlSafe(format!("ALTER TABLE {from} RENAME TO {to}"));
    if let Some(file) = at.database.strip_prefix("sqlite://") {
        let mut conn = SqliteConnection::connect(&format!("sqlite://{file}")).await.unwrap();
        conn.execute(sql).await.unwrap();
        conn.close().await.unwrap();
    } else {
        let mut conn = PgConnection::connect(&at.database).await.unwrap();
        conn.execute(sql).await.unwrap();
        conn.close().await.unwrap();
    }
}

both_engines! {
    async fn what_cannot_be_told_is_not_sent_and_not_done(at) {
        at.stock().await;
        let calls = json!([call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY")]);
        at.post("/api/v1/calls", &calls).await.is(200);
        let upload = at.api(Method::PUT, "/api/v1/calls/c-1/recording").header("content-type", "audio/wav").body(wav(1));
        Answer::of(upload).await.is(201);
        at.user("chu@cty.vn", Role::Owner).await;
        let owner = at.sign_in("chu@cty.vn").await;
        let taken = ["/campaigns/tet/calls.csv", "/campaigns/tet/report.xlsx", "/calls/c-1/recording", "/calls/c-1/recording?download", "/usage.csv", "/settings/log.csv"];
        rename(at, "audit_entries", "audit_elsewhere").await;
        for path in taken {
            let answer = page(at, &owner, path).await;
            assert!(answer.status.is_server_error(), "{path}: {answer:?}");
            let text = String::from_utf8_lossy(&answer.bytes).into_owned();
            assert!(!text.contains("kh-1") && !answer.bytes.starts_with(b"RIFF") && !answer.bytes.starts_with(b"PK"), "{path}: {text}");
        }
        // Whole numbers by a token, and a change.
        let read = at.get("/api/v1/campaigns/tet/calls").await;
        assert!(read.status.is_server_error() && !read.text().contains("kh-1"), "{read:?}");
        let renamed = send(at, &owner, "/settings/voicebots/bot/put", &[("seen", "Chăm sóc khách hàng"), ("name", "Bot mới")]).await;
        assert!(renamed.status.is_server_error(), "{renamed:?}");
        rename(at, "audit_elsewhere", "audit_entries").await;
        assert_eq!(at.get("/api/v1/voicebots").await.is(200).json()["voicebots"][0]["name"], "Chăm sóc khách hàng");
        for path in taken {
            page(at, &owner, path).await.is(200);
        }
        let mut conn = at.server.db.read().await.unwrap();
        assert_eq!(audit::check(&mut conn, &at.scope).await.unwrap(), None);
    }

    async fn what_a_program_defines_is_told_once(at) {
        at.stock().await;
        let tariff = json!({"first_block_seconds": 6, "next_block_seconds": 1, "price_first_block": "10",
            "price_next_block": "2.5", "currency": "VND", "effective_from": 5, "vat": "excluded"});
        for _ in 0..2 {
            at.put("/api/v1/voicebots/bot", &json!({"name": "Lan"})).await.is(200);
            at.put("/api/v1/result-codes/DY", &json!({"label_vi": "Ừ", "label_en": "Yes", "is_goal": true})).await.is(200);
            at.put("/api/v1/result-words", &json!({"words": {"HẸN LẠI": "DY"}})).await.is(200);
            assert!(at.put("/api/v1/tariffs", &tariff).await.status.is_success());
            at.put("/api/v1/campaigns/tet", &json!({"name": "Tết", "voicebot": "bot", "state": "paused"})).await.is(200);
            at.post("/api/v1/campaigns/tet/complete", &json!({})).await.is(200);
            at.put("/api/v1/campaigns/tet", &json!({"name": "Tết", "voicebot": "bot"})).await.is(200);
        }
        let told = told(at).await;
        let told: Vec<_> = told.iter().map(|(who, action, about)| (who.as_str(), *action, about.as_str())).collect();
        // In the second round the campaign goes on and is completed again.
        assert_eq!(told[..7], [
            ("test", Action::CampaignChanged, "tet"),
            ("test", Action::CampaignChanged, "tet"),
            ("test", Action::CampaignChanged, "tet"),
            ("test", Action::CampaignChanged, "tet"),
            ("test", Action::TariffChanged, ""),
            ("test", Action::ResultWordsChanged, ""),
            ("test", Action::ResultCodeChanged, "DY"),
        ]);
        assert_eq!(details(at, Action::CampaignChanged).await, "state: paused → completed");
        assert_eq!(details(at, Action::VoicebotChanged).await, "name: Chăm sóc khách hàng → Lan");
        assert!(details(at, Action::TariffChanged).await.contains("vat: – → excluded"));
        assert!(details(at, Action::ResultWordsChanged).await.contains("HẸN LẠI = DY"));
    }

    async fn the_forms_of_a_campaigns_page_are_told(at) {
        at.stock().await;
        at.user("quanly@cty.vn", Role::Manager).await;
        let manager = at.sign_in("quanly@cty.vn").await;
        for _ in 0..2 {
            for (path, fields) in [
                ("/campaigns/tet/recipients", [("of", "campaign"), ("emails", "a@khac.vn"), ("x", "")]),
                ("/campaigns/tet/recipients", [("of", "account"), ("emails", "b@khac.vn"), ("x", "")]),
                ("/campaigns/tet/complete", [("x", ""), ("y", ""), ("z", "")]),
                ("/campaigns/tet/result-codes", [("code", "TC"), ("label_vi", "Không"), ("label_en", "No")]),
            ] {
                send(at, &manager, path, &fields).await.is(303);
            }
        }
        let told: Vec<_> = told(at).await.into_iter().take(5).map(|(_, action, about)| (action, about)).collect();
        let expected = [
            (Action::ResultCodeChanged, "TC"),
            (Action::CampaignChanged, "tet"),
            (Action::RecipientsChanged, ""),
            (Action::RecipientsChanged, "tet"),
            (Action::SignIn, ""),
        ];
        assert_eq!(told, expected.map(|(action, about)| (action, about.to_owned())));
    }

    async fn imports_and_connections_are_told(at) {
        at.stock().await;
        at.user("chu@cty.vn", Role::Owner).await;
        let owner = at.sign_in("chu@cty.vn").await;
        let file = "id,campaign,phone,dialed_at,answered_at,ended_at,result_code\n";
        let request = at.api(Method::POST, "/api/v1/import?name=thang11.csv").header("content-type", "text/csv").body(file);
        Answer::of(request).await.is(202);
        send(at, &owner, "/hooks", &[("source", "generic"), ("name", "CRM")]).await.is(303);
        send(at, &owner, "/hooks/recordings", &[("fetch", "yes")]).await.is(303);
        let told: Vec<_> = told(at).await.into_iter().take(3).collect();
        assert_eq!(told, [
            ("chu@cty.vn".to_owned(), Action::RecordingSettingsChanged, String::new()),
            ("chu@cty.vn".to_owned(), Action::HookChanged, "CRM".to_owned()),
            ("test".to_owned(), Action::Imported, "thang11.csv".to_owned()),
        ]);
    }
}
