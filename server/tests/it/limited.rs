//! A viewer who sees chosen campaigns alone: on every route, nothing of the others, and nothing that counts them in.

use domain::Role;
use reqwest::Method;
use serde_json::json;
use store::{Chosen, users};

use crate::{
    harness::{Answer, Harness, both_engines, call, wav},
    settings::page,
    strangers::{PAGES, PAGES_OF_AN_ID, READING, call_function},
};

/// Two campaigns with a call each, of voicebots and codes of their own; a viewer of `tet` alone.
async fn fill(at: &Harness) -> String {
    at.stock().await;
    at.put("/api/v1/voicebots/bot-kin", &json!({"name": "Voicebot kín"})).await.is(201);
    at.put("/api/v1/campaigns/kin", &json!({"name": "Chiến dịch kín", "voicebot": "bot-kin"})).await.is(201);
    let mut hidden = call("c-kin", "kh-kin", "2026-11-04T09:00:00+07:00", 5_000, Some(91_000), "DY");
    hidden["campaign"] = json!("kin");
    hidden["voicebot"] = json!("bot-kin");
    let seen = call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY");
    at.post("/api/v1/calls", &json!([seen, hidden])).await.is(200);
    for id in ["c-1", "c-kin"] {
        let path = format!("/api/v1/calls/{id}/recording");
        Answer::of(at.api(Method::PUT, &path).header("content-type", "audio/wav").body(wav(1))).await.is(201);
    }
    let lan = at.user("lan@cty.vn", Role::Viewer).await;
    limit(at, lan, Some(&["tet"])).await;
    at.sign_in("lan@cty.vn").await
}

pub async fn limit(at: &Harness, user: i64, campaigns: Option<&[&str]>) {
    let campaigns = campaigns.map(|ids| ids.iter().map(|id| id.parse().unwrap()).collect());
    choose(at, user, Chosen::of(campaigns, None)).await;
}

async fn choose(at: &Harness, user: i64, chosen: Option<Chosen>) {
    let mut conn = at.server.db.write().await.unwrap();
    users::set_access(&mut conn, &at.scope, user, Role::Viewer, chosen.as_ref()).await.unwrap();
    conn.commit().await.unwrap();
}

/// What tells of the hidden campaign: its names, its calls, and sums with its calls in them.
fn tells(text: &str) -> Option<&'static str> {
    ["kín", "kin\"", "c-kin", "kh-kin", "bot-kin"].into_iter().find(|word| text.contains(word))
}

both_engines! {
    async fn nothing_of_another_campaign_is_found(at) {
        let lan = fill(at).await;
        // Whoever sees all fills what pages share.
        at.user("chu@cty.vn", Role::Viewer).await;
        let all = at.sign_in("chu@cty.vn").await;
        for path in PAGES_OF_AN_ID {
            let hidden = path.replace("/tet", "/kin").replace("/c-1", "/c-kin");
            page(at, &lan, &hidden).await.is(404);
            // Events go on for as long as somebody listens.
            if path.ends_with("/live") {
                continue;
            }
            page(at, &all, &hidden).await.is(200);
            let seen = page(at, &lan, path).await.is(200);
            if !seen.header("content-type").starts_with("audio/") {
                assert_eq!(tells(&seen.text()), None, "{path}: {}", seen.text());
            }
        }
        for (path, arguments) in READING {
            let hidden: Vec<(&str, &str)> = arguments
                .iter()
                .map(|(name, value)| (*name, match *value { "tet" => "kin", "c-1" => "c-kin", other => other }))
                .collect();
            if hidden != arguments {
                call_function(at, path, &hidden, &all).await.is(200);
                call_function(at, path, &hidden, &lan).await.is(404);
            }
            // What is kept of who sees all is not for who does not.
            call_function(at, path, arguments, &all).await.is(200);
            let answer = call_function(at, path, arguments, &lan).await;
            if path == "/fn/call-sums" && !arguments.iter().any(|(name, _)| *name == "campaign") {
                assert_eq!(answer.status, 404, "the sums of the whole account: {answer:?}");
            }
            assert!([200, 404].contains(&answer.status.as_u16()), "{path} {arguments:?}: {answer:?}");
            assert_eq!(tells(&answer.text()), None, "{path} {arguments:?}: {}", answer.text());
        }
    }

    async fn the_pages_of_the_whole_account_are_not_there(at) {
        let lan = fill(at).await;
        // The events of the account say that something changed, not what, for as long as somebody listens.
        for path in PAGES.into_iter().filter(|path| *path != "/live") {
            let answer = page(at, &lan, path).await;
            let is_of_campaigns = path.starts_with("/campaigns");
            let expected: &[u16] = if is_of_campaigns { &[200] } else { &[302, 404] };
            assert!(expected.contains(&answer.status.as_u16()), "{path}: {answer:?}");
            assert_eq!(tells(&answer.text()), None, "{path}: {}", answer.text());
        }
        for path in ["/import", "/hooks", "/jobs", "/settings/people", "/settings/log", "/settings/log.csv"] {
            let answer = page(at, &lan, path).await;
            assert_eq!(answer.status, 404, "{path}: {answer:?}");
        }
        let html = page(at, &lan, "/settings").await.is(200).text();
        assert!(html.contains("Đổi mật khẩu") && !html.contains("/settings/people"), "{html}");
    }

    async fn a_voicebot_of_another_campaign_is_none(at) {
        let lan = fill(at).await;
        let asked = async |voicebot: &str| page(at, &lan, &format!("/campaigns/tet/calls.csv?voicebot={voicebot}")).await.status;
        assert_eq!(asked("bot").await, 200);
        assert_eq!(asked("bot-kin").await, asked("no-such-bot").await);
    }

    async fn whoever_sees_a_voicebot_sees_its_campaigns_and_those_to_come(at) {
        let lan = fill(at).await;
        let user = {
            let mut conn = at.server.db.read().await.unwrap();
            users::lookup_email(&mut conn, &at.scope, "lan@cty.vn").await.unwrap().unwrap().key
        };
        choose(at, user, Chosen::of(None, Some(vec!["bot".parse().unwrap()]))).await;
        page(at, &lan, "/campaigns/tet").await.is(200);
        page(at, &lan, "/campaigns/kin").await.is(404);
        page(at, &lan, "/campaigns/tet/calls").await.is(200);
        page(at, &lan, "/usage").await.is(404);
        page(at, &lan, "/campaigns/moi").await.is(404);
        at.put("/api/v1/campaigns/moi", &json!({"name": "Chiến dịch mới", "voicebot": "bot"})).await.is(201);
        page(at, &lan, "/campaigns/moi").await.is(200);
        let csv = page(at, &lan, "/campaigns.csv").await.is(200).text();
        assert!(csv.contains("Tết 2027") && csv.contains("Chiến dịch mới") && tells(&csv).is_none(), "{csv}");
        // Another voicebot's campaign that is chosen beside: both are seen. One that goes to another voicebot is not any more.
        choose(at, user, Chosen::of(Some(vec!["kin".parse().unwrap()]), Some(vec!["bot".parse().unwrap()]))).await;
        page(at, &lan, "/campaigns/kin").await.is(200);
        at.put("/api/v1/campaigns/moi", &json!({"name": "Chiến dịch mới", "voicebot": "bot-kin"})).await.is(200);
        page(at, &lan, "/campaigns/moi").await.is(404);
        page(at, &lan, "/campaigns/tet").await.is(200);
    }

    async fn who_else_reads_of_a_campaign_is_not_told(at) {
        let lan = fill(at).await;
        at.put("/api/v1/recipients", &json!({"emails": ["giamdoc@cty.vn"]})).await;
        at.post("/api/v1/campaigns/tet/complete", &json!({})).await.is(200);
        at.user("chu@cty.vn", Role::Viewer).await;
        let all = at.sign_in("chu@cty.vn").await;
        assert!(page(at, &all, "/campaigns/tet").await.is(200).text().contains("giamdoc@cty.vn"));
        assert!(!page(at, &lan, "/campaigns/tet").await.is(200).text().contains("giamdoc@cty.vn"));
    }

    async fn totals_count_the_chosen_campaigns_alone(at) {
        let lan = fill(at).await;
        let csv = page(at, &lan, "/campaigns.csv").await.is(200).text();
        // The heading and one campaign; sums stand on the page.
        assert_eq!(csv.lines().count(), 2, "{csv}");
        let list = call_function(at, "/fn/campaigns", &[("query", "")], &lan).await.is(200).text();
        assert!(list.contains("1 chiến dịch") || list.contains("Tết 2027"), "{list}");
        assert!(!list.contains("2 chiến dịch"), "{list}");
    }

    async fn a_choice_that_is_taken_back_holds_at_once(at) {
        let lan = fill(at).await;
        page(at, &lan, "/campaigns/tet").await.is(200);
        let user = {
            let mut conn = at.server.db.read().await.unwrap();
            users::lookup_email(&mut conn, &at.scope, "lan@cty.vn").await.unwrap().unwrap().key
        };
        limit(at, user, Some(&["kin"])).await;
        page(at, &lan, "/campaigns/tet").await.is(404);
        page(at, &lan, "/campaigns/kin").await.is(200);
        limit(at, user, Some(&[])).await;
        page(at, &lan, "/campaigns/kin").await.is(404);
        limit(at, user, None).await;
        page(at, &lan, "/calls").await.is(200);
    }

    async fn an_export_that_was_made_before_is_not_given_any_more(at) {
        at.stock().await;
        let calls = json!([call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY")]);
        at.post("/api/v1/calls", &calls).await.is(200);
        let user = at.user("lan@cty.vn", Role::Viewer).await;
        let lan = at.sign_in("lan@cty.vn").await;
        let asked = at.signed(Method::GET, "/calls.xlsx", &lan).header("accept", "application/json");
        let address = Answer::of(asked).await.is(202).json()["address"].as_str().unwrap().to_owned();
        assert_eq!(at.build_exports().await, 1);
        page(at, &lan, &format!("{address}/file")).await.is(200);
        limit(at, user, Some(&["tet"])).await;
        page(at, &lan, &format!("{address}/file")).await.is(404);
    }
}
