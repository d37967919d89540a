//! What programs and forms change is told in the account's log, and what changes nothing is not.

use domain::Role;
use reqwest::Method;
use serde_json::json;
use store::audit::{self, Action, EntryFilter};

use crate::{
    harness::{Answer, Harness, both_engines},
    settings::{send, told},
};

/// The details of the latest entry of a kind.
async fn details(at: &Harness, action: Action) -> String {
    let mut conn = at.server.db.read().await.unwrap();
    let filter = EntryFilter { action: Some(action), ..EntryFilter::default() };
    let entries = audit::list(&mut conn, &at.scope, &filter, None, 1).await.unwrap();
    app::settings::log_details(&entries[0].event.details)
}

both_engines! {
    async fn what_a_program_defines_is_told_once(at) {
        at.stock().await;
        let tariff = json!({"first_block_seconds": 6, "next_block_seconds": 1, "price_first_block": "10",
            "price_next_block": "2.5", "currency": "VND", "effective_from": 5, "vat": "excluded"});
        for _ in 0..2 {
            at.put("/api/v1/voicebots/bot", &json!({"name": "Lan"})).await.is(200);
            at.put("/api/v1/result-codes/DY", &json!({"label_vi": "Ừ", "label_en": "Yes", "is_goal": true})).await.is(200);
            at.put("/api/v1/result-words", &json!({"words": {"HẸN LẠI": "HL"}})).await.is(200);
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
        assert!(details(at, Action::ResultWordsChanged).await.contains("HẸN LẠI = HL"));
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
