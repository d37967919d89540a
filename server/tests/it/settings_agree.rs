//! What can be set by page, API and command: docs/SETTINGS.md lists it, and the three agree.

use std::collections::BTreeSet;

use clap::CommandFactory;
use domain::Role;
use serde_json::{Value, json};
use server::commands::Cli;

use crate::{
    commands::program,
    harness::{Answer, Harness, both_engines},
    settings::{page, send},
};

/// A row of the table: page, API and command of a setting, each as code or a dash.
struct Listed {
    setting: String,
    ways: [Option<String>; 3],
}

fn listed() -> Vec<Listed> {
    let table = include_str!("../../../docs/SETTINGS.md");
    let rows = table
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| Setting") && !line.starts_with("| ---"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [setting, page, api, command] = cells[..] else { panic!("{row}") };
        let way = |cell: &str| match cell {
            "–" => None,
            code => Some(code.strip_prefix('`').and_then(|code| code.strip_suffix('`')).expect(row).to_owned()),
        };
        Listed { setting: setting.to_owned(), ways: [way(page), way(api), way(command)] }
    })
    .collect()
}

/// Forms that set nothing of the account: they sign in, send, bring in, look or try again.
const NO_SETTINGS: &[&str] = &[
    "/sign-in",
    "/sign-out",
    "/set-password",
    "/forgot-password",
    "/invitation",
    "/accounts",
    "/accounts/again",
    "/campaigns/{id}/mail/send",
    "/campaigns/{id}/mail/preview",
    "/calls/{id}/recording/again",
    "/mail/stop/{account}/{mailing}/{no}/{secret}",
    "/jobs/{key}/retry",
    "/jobs/verify",
    "/import",
    "/import/{key}/store",
    "/import/{key}/drop",
    "/import/{key}/undo",
    "/hooks/read-again",
    "/hooks/recordings/again",
    "/hooks/{key}/{source}",
    "/oidc/backchannel-logout",
    "/first-start",
    "/operator/accounts/{id}/enter",
    "/operator/leave",
];
/// Requests that send data.
const NO_SETTINGS_API: &[&str] = &[
    "POST /api/v1/calls",
    "POST /api/v1/campaigns/{id}/contacts",
    "PUT /api/v1/calls/{id}/recording",
    "DELETE /api/v1/calls/{id}/recording",
    "POST /api/v1/import",
    "POST /api/v1/imports/{key}/store",
    "POST /api/v1/imports/{key}/undo",
    "DELETE /api/v1/imports/{key}",
];

#[test]
fn the_list_names_every_way_and_no_other() {
    let _runtime = tokio::runtime::Runtime::new().unwrap();
    let rows = listed();
    let of = |n: usize| -> BTreeSet<String> { rows.iter().filter_map(|row| row.ways[n].clone()).collect() };
    let routes = server::router::list().into_iter().filter(|(method, _)| *method != "GET");
    let (api, forms): (BTreeSet<String>, BTreeSet<String>) = {
        let (api, forms): (Vec<_>, Vec<_>) = routes.partition(|(_, path)| path.starts_with("/api/"));
        let named = |(method, path): (reqwest::Method, String)| format!("{method} {path}");
        (api.into_iter().map(named).collect(), forms.into_iter().map(named).collect())
    };
    let other: BTreeSet<String> = NO_SETTINGS.iter().map(|path| format!("POST {path}")).collect();
    assert_eq!(of(0), forms.difference(&other).cloned().collect(), "the forms");
    let other: BTreeSet<String> = NO_SETTINGS_API.iter().map(|&request| request.to_owned()).collect();
    assert_eq!(of(1), api.difference(&other).cloned().collect(), "the requests of the API");
    for command in of(2) {
        let mut words = command.split(' ');
        assert_eq!(words.next(), Some("ringside"), "{command}");
        let mut at = &Cli::command();
        for word in words {
            at = at.find_subcommand(word).unwrap_or_else(|| panic!("{command} is no command"));
        }
    }
    for row in &rows {
        let [page, api, command] = &row.ways;
        assert!(page.is_some() || api.is_some(), "{}", row.setting);
        assert!(api.is_none() || command.is_some(), "{}: what the API sets, ringside api does", row.setting);
    }
}

/// What the operator's command is answered.
fn command(at: &Harness, method: &str, path: &str, body: Option<&Value>) -> Result<Value, String> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(folder.path(), &["api", "--account", "Công ty Thử", method, path]);
    if let Some(body) = body {
        command.arg(body.to_string());
    }
    command.env("RINGSIDE_DATABASE_URL", &at.database);
    let output = command.output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    // A log line may stand before it.
    let err = err.lines().last().unwrap_or_default().to_owned();
    if output.status.success() { Ok(serde_json::from_str(&out).unwrap_or_default()) } else { Err(err) }
}

both_engines! {
    async fn what_one_way_sets_the_others_read(at) {
        at.stock().await;
        at.user("chu@cty.vn", Role::Owner).await;
        let owner = at.sign_in("chu@cty.vn").await;
        let form = async |path: &str, fields: &[(&str, &str)]| send(at, &owner, path, fields).await.is(303);
        let put = |path: &str, body: Value| command(at, "PUT", path, Some(&body)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let both = async |path: &str, pointer: &str, wanted: Value| {
            let answered = at.get(&format!("/api/v1/{path}")).await.is(200).json();
            assert_eq!(answered.pointer(pointer), Some(&wanted), "{path} {pointer}: {answered}");
            let printed = command(at, "GET", path, None).unwrap();
            assert_eq!(printed.pointer(pointer), Some(&wanted), "ringside api: {path} {pointer}: {printed}");
        };
        let shows = async |path: &str, words: &str| {
            let html = page(at, &owner, path).await.is(200).text();
            assert!(html.contains(words), "{path} does not say {words}: {html}");
        };

        // By the page.
        form("/settings/voicebots/bot/put", &[("seen", "Chăm sóc khách hàng"), ("name", "Bot A")]).await;
        both("voicebots", "/voicebots/0/name", json!("Bot A")).await;
        form("/settings/recipients/put", &[("seen", "chưa có ai"), ("emails", "a@cty.vn")]).await;
        both("recipients", "/emails", json!(["a@cty.vn"])).await;
        form("/settings/campaigns/tet/plan", &[("seen", "chưa ghi"), ("calls_at_once", "7")]).await;
        both("campaigns/tet", "/plan/calls_at_once", json!(7)).await;
        form("/settings/codes/words", &[("seen", ""), ("words", "bận rồi = BS")]).await;
        assert!(command(at, "GET", "result-words", None).unwrap().to_string().contains("bận rồi"));

        form("/settings/account/put", &[("seen", "Công ty Thử · vi · 5 s"), ("name", "Công ty Thử"), ("language", "vi"), ("short_call", "10")]).await;
        both("account", "/short_call_seconds", json!(10)).await;
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        assert_eq!(report.pointer("/duration_classes/0/to"), Some(&json!(10_000)), "{report}");

        // By the API.
        at.put("/api/v1/account", &json!({"name": "Công ty Thử", "language": "en", "fetch_recordings": true})).await.is(200);
        both("account", "/language", json!("en")).await;
        both("account", "/fetch_recordings", json!(true)).await;
        at.put("/api/v1/account", &json!({"language": "vi"})).await.is(200);
        at.put("/api/v1/account", &json!({"short_call_seconds": 7})).await.is(422);
        at.put("/api/v1/account", &json!({"short_call_seconds": 5})).await.is(200);
        both("account", "/short_call_seconds", json!(5)).await;
        assert!(command(at, "GET", "account", None).unwrap()["name"] == "Công ty Thử", "what is left out stays");
        at.put("/api/v1/campaigns/tet", &json!({"name": "Tết B", "voicebot": "bot"})).await.is(200);
        shows("/settings/campaigns?open=tet", "Tết B").await;
        assert_eq!(command(at, "GET", "campaigns/tet", None).unwrap()["name"], "Tết B");

        // By the command.
        put("voicebots/bot", json!({"name": "Bot C"}));
        both("voicebots", "/voicebots/0/name", json!("Bot C")).await;
        shows("/settings/voicebots", "Bot C").await;
        put("result-codes/DY", json!({"label_vi": "Nhận lời", "label_en": "Accepted", "is_goal": true}));
        shows("/settings/codes", "Nhận lời").await;
        put("recipients", json!({"emails": ["c@cty.vn"]}));
        shows("/settings/recipients", "c@cty.vn").await;
        let mut set = program(std::path::Path::new("."), &["account", "set", "Công ty Thử", "--short-call", "10"]);
        assert!(set.env("RINGSIDE_DATABASE_URL", &at.database).output().unwrap().status.success());
        both("account", "/short_call_seconds", json!(10)).await;
        shows("/settings/account", "<option value=\"10\" selected>").await;
        put("tariffs", json!({"first_block_seconds": 30, "next_block_seconds": 30, "price_first_block": "400",
            "price_next_block": "400", "currency": "VND", "effective_from": "2027-01-01T00:00:00+07:00"}));
        shows("/settings/tariffs", "01/01/2027").await;
        put("people/chu@cty.vn", json!({"role": "owner"}));
        let link = command(at, "POST", "people", Some(&json!({"email": "lan@cty.vn", "role": "viewer", "link": true}))).unwrap();
        assert!(link["link"].as_str().unwrap().contains("/invitation?link="));
        shows("/settings/people", "lan@cty.vn").await;
        command(at, "DELETE", "people/lan@cty.vn", None).unwrap();
        assert!(!page(at, &owner, "/settings/people").await.text().contains("lan@cty.vn"));

        // Refused in one line, and told as the operator's in the log.
        let refused = command(at, "PUT", "people/chu@cty.vn", Some(&json!({"role": "viewer"}))).unwrap_err();
        assert!(refused.starts_with("ringside: ") && refused.contains("last owner") && refused.lines().count() == 1, "{refused}");
        assert!(command(at, "GET", "no-such", None).is_err() && command(at, "PATCH", "account", None).is_err());
        let log = Answer::of(at.signed(reqwest::Method::GET, "/settings/log.csv", &owner)).await.is(200).text();
        assert!(log.lines().any(|line| line.contains("operator") && line.contains("recipients_changed")) || log.contains("Người vận hành"), "{log}");
    }
}
