//! What can be set by page, API and command: docs/SETTINGS.md lists it, and the three agree.

use std::collections::BTreeSet;

use clap::CommandFactory;
use domain::Role;
use serde_json::{Value, json};
use server::commands::Cli;

use crate::{
    commands::program,
    harness::{Answer, Harness, both_engines, call},
    settings::{page, send},
};

/// A row of the table: page, API and command of a setting, each as code or a dash, and why one of them is missing.
struct Listed {
    setting: String,
    ways: [Option<String>; 3],
    reason: String,
}

fn listed() -> Vec<Listed> {
    let table = include_str!("../../../docs/SETTINGS.md");
    let rows = table
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| Setting") && !line.starts_with("| ---"));
    rows.map(|row| {
        let cells: Vec<&str> =
            row.strip_prefix('|').and_then(|row| row.strip_suffix('|')).expect(row).split('|').map(str::trim).collect();
        let [setting, page, api, command, reason] = cells[..] else { panic!("{row}") };
        let way = |cell: &str| match cell {
            "–" => None,
            code => Some(code.strip_prefix('`').and_then(|code| code.strip_suffix('`')).expect(row).to_owned()),
        };
        Listed { setting: setting.to_owned(), ways: [way(page), way(api), way(command)], reason: reason.to_owned() }
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
    "/calls/{id}/notes",
    "/calls/{id}/notes/{key}/remove",
    "/mail/stop/{account}/{mailing}/{no}/{secret}",
    "/jobs/{key}/retry",
    "/jobs/verify",
    "/settings/erasure/begin",
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
    "POST /api/v1/calls/{id}/notes",
    "DELETE /api/v1/calls/{id}/notes/{number}",
    "POST /api/v1/import",
    "POST /api/v1/imports/{key}/store",
    "POST /api/v1/imports/{key}/undo",
    "DELETE /api/v1/imports/{key}",
];

/// Commands that set nothing of an account: they serve, bring in, show, try again, recount or copy.
const NO_SETTINGS_COMMANDS: &[&str] = &[
    "serve",
    "demo",
    "import",
    "recordings",
    "account list",
    "account usage",
    "user list",
    "operator list",
    "token list",
    "hook list",
    "sso list",
    "jobs list",
    "jobs retry",
    "verify",
    "erase",
    "backup",
    "copy",
    "health",
    "doctor",
];

/// All commands, as they are typed.
fn commands(of: &clap::Command, typed: &str, found: &mut BTreeSet<String>) {
    for command in of.get_subcommands() {
        let typed = format!("{typed} {}", command.get_name());
        if command.has_subcommands() { commands(command, &typed, found) } else { assert!(found.insert(typed)) }
    }
}

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
    let mut all = BTreeSet::new();
    commands(&Cli::command(), "ringside", &mut all);
    let other: BTreeSet<String> = NO_SETTINGS_COMMANDS.iter().map(|command| format!("ringside {command}")).collect();
    assert_eq!(of(2), all.difference(&other).cloned().collect(), "the commands");
    assert!(other.is_subset(&all), "{other:?}");
    for row in &rows {
        let [page, api, command] = &row.ways;
        assert!(page.is_some() || api.is_some() || command.is_some(), "{}", row.setting);
        let is_everywhere = row.ways.iter().all(Option::is_some);
        assert_eq!(row.reason.is_empty(), is_everywhere, "{}: say why one way is missing, and only then", row.setting);
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
    command.env("RINGSIDE_DATABASE_URL", &at.database).env("RINGSIDE_SECRET_KEY", crate::hooks::SECRET_KEY);
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

        // Connections, their agents, servers of recordings: none of the secrets is told again.
        let made = command(at, "POST", "hooks", Some(&json!({"name": "Tổng đài", "source": "generic", "make_secret": true}))).unwrap();
        let (address, secret) = (made["address"].as_str().unwrap(), made["secret"].as_str().unwrap());
        let number = &made["number"];
        shows("/hooks", address.split_once("/hooks/").unwrap().1).await;
        shows("/hooks", secret).await;
        let mapping = "[columns]\nid = \"so\"\nphone = \"sdt\"\ndialed_at = \"luc\"\nresult = \"kq\"\n";
        put(&format!("hooks/{number}"), json!({"mapping": mapping}));
        shows("/hooks", "luc").await;
        form(&format!("/hooks/{number}/secret"), &[("secret", "một mã khác"), ("make_secret", "")]).await;
        let listed = at.get("/api/v1/hooks").await.is(200).text();
        assert!(listed.contains("Tổng đài") && listed.contains("\"signed\":true"), "{listed}");
        for hidden in [secret, "một mã khác", address.rsplit('/').nth(1).unwrap()] {
            assert!(!listed.contains(hidden), "{listed}");
        }
        both("hooks", "/hooks/0/mapping", json!(mapping)).await;
        form("/hooks/credentials", &[("vendor", "basic"), ("host", "pbx.cty.vn"), ("user", "ghi-am"), ("secret", "mật khẩu pbx")]).await;
        both("recording-servers", "/recording_servers/0/user", json!("ghi-am")).await;
        put("recording-servers/pbx2.cty.vn", json!({"scheme": "bearer", "secret": "mật khẩu pbx2"}));
        shows("/hooks", "pbx2.cty.vn").await;
        let servers = at.get("/api/v1/recording-servers").await.is(200).text();
        assert!(!servers.contains("mật khẩu"), "{servers}");
        command(at, "DELETE", "recording-servers/pbx.cty.vn", None).unwrap();
        assert!(!page(at, &owner, "/hooks").await.text().contains("pbx.cty.vn"));
        command(at, "DELETE", &format!("hooks/{number}"), None).unwrap();
        assert!(!page(at, &owner, "/hooks").await.text().contains("Tổng đài"));

        // Stored calls priced again: foreseen first, then done.
        at.post("/api/v1/calls", &json!([call("c-9", "kh-9", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY")])).await.is(200);
        let tariff = json!({"first_block_seconds": 60, "next_block_seconds": 60, "price_first_block": "999",
            "price_next_block": "999", "currency": "VND", "effective_from": "2026-11-01T00:00:00+07:00"});
        let foreseen = command(at, "POST", "tariffs/price-again", Some(&json!({"tariff": tariff}))).unwrap();
        assert_eq!((&foreseen["changed"], &foreseen["cost_after"], &foreseen["begun"]), (&json!(1), &json!("999"), &json!(false)), "{foreseen}");
        assert!(!page(at, &owner, "/settings/tariffs").await.text().contains("999"), "nothing is done");
        let begun = command(at, "POST", "tariffs/price-again", Some(&json!({"tariff": tariff, "dry_run": false}))).unwrap();
        assert_eq!(begun["begun"], true);
        shows("/settings/tariffs", "999").await;

        // Refused in one line, and told as the operator's in the log.
        let refused = command(at, "PUT", "people/chu@cty.vn", Some(&json!({"role": "viewer"}))).unwrap_err();
        assert!(refused.starts_with("ringside: ") && refused.contains("last owner") && refused.lines().count() == 1, "{refused}");
        assert!(command(at, "GET", "no-such", None).is_err() && command(at, "PATCH", "account", None).is_err());
        let log = Answer::of(at.signed(reqwest::Method::GET, "/settings/log.csv", &owner)).await.is(200).text();
        assert!(log.lines().any(|line| line.contains("operator") && line.contains("recipients_changed")) || log.contains("Người vận hành"), "{log}");
    }

    async fn what_operators_set_agrees(at) {
        let run = |arguments: &[&str]| {
            let mut command = program(std::path::Path::new("."), arguments);
            command.env("RINGSIDE_DATABASE_URL", &at.database).env("RINGSIDE_SECRET_KEY", crate::hooks::SECRET_KEY);
            let output = command.output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{arguments:?}: {said}");
            String::from_utf8(output.stdout).unwrap()
        };
        let read = |arguments: &[&str]| serde_json::from_str::<Value>(&run(arguments)).unwrap();
        at.stock().await;
        at.user("van-hanh@dich-vu.vn", Role::Owner).await;
        run(&["operator", "add", "van-hanh@dich-vu.vn"]);
        assert_eq!(read(&["operator", "list", "--json"])[0]["email"], "van-hanh@dich-vu.vn");
        let operator = at.sign_in("van-hanh@dich-vu.vn").await;

        // An account made on the page is there for commands, and the other way round.
        let fields = [("name", "Công ty Trang"), ("country", "VN"), ("timezone", "Asia/Tokyo"), ("currency", "USD"), ("language", "en")];
        send(at, &operator, "/operator/accounts", &fields).await.is(303);
        run(&["account", "add", "Công ty Lệnh", "--timezone", "Asia/Tokyo", "--currency", "USD", "--language", "en", "--calls", "7", "--gb", "2"]);
        let accounts = read(&["account", "list", "--json"]);
        let of = |name: &str| accounts.as_array().unwrap().iter().find(|one| one["name"] == name).cloned().unwrap();
        let (mut by_page, mut by_command) = (of("Công ty Trang"), of("Công ty Lệnh"));
        assert_eq!(by_command["quotas"], json!({"calls": 7, "recording_bytes": 2_i64 << 30, "people": null}));
        let id = by_page["id"].clone();
        for one in [&mut by_page, &mut by_command] {
            for name in ["id", "name", "called", "quotas"] {
                one[name].take();
            }
        }
        assert_eq!(by_page, by_command);
        let html = page(at, &operator, "/operator").await.is(200).text();
        assert!(html.contains("Công ty Trang") && html.contains("Công ty Lệnh"), "{html}");

        // Quotas, by the page and by the command.
        let path = format!("/operator/accounts/{id}");
        let html = page(at, &operator, &path).await.is(200).text();
        let at_form = html.find(&format!("action=\"{path}/quotas")).unwrap();
        let seen = crate::settings_tariffs::seen(&html[at_form..]);
        send(at, &operator, &format!("{path}/quotas"), &[("seen", &seen), ("calls", "1000"), ("gb", "3"), ("people", "4")]).await.is(303);
        assert_eq!(read(&["account", "usage", "Công ty Trang"])[0]["quotas"], json!({"calls": 1000, "recording_bytes": 3_i64 << 30, "people": 4}));
        run(&["account", "set", "Công ty Trang", "--calls", "2000", "--people", "none"]);
        let html = page(at, &operator, &path).await.is(200).text();
        assert!(html.contains("value=\"2000\"") && html.contains("value=\"3\"") && !html.contains("value=\"4\""), "{html}");
        // Nobody's settings were touched by it.
        let log = run(&["api", "--account", "Công ty Trang", "GET", "account"]);
        assert!(log.contains("Công ty Trang"), "{log}");

        // What is used is the same figure on the page, in its file and by the command.
        let records = json!([call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY")]);
        at.post("/api/v1/calls", &records).await.is(200);
        let line = read(&["account", "usage", "Công ty Thử", "--month", "2026-11"])[0].clone();
        assert_eq!((line["in_month"]["calls"].clone(), line["in_month"]["talk_ms"].clone(), line["in_month"]["cost"].clone()), (json!(1), json!(31_000), json!("72.5")), "{line}");
        assert_eq!(line["undefined_codes"], json!(0));
        let invoices = page(at, &operator, "/operator/invoices.csv?month=2026-11").await.is(200).text();
        assert_eq!(run(&["account", "usage", "--month", "2026-11", "--csv"]), invoices);
        assert!(invoices.contains("72.5") || invoices.contains("72,5"), "{invoices}");

        // Connections of webhooks.
        let made = read(&["hook", "add", "Tổng đài", "--account", "Công ty Thử", "--source", "generic", "--secret", "new"]);
        let html = page(at, &operator, "/hooks").await.is(200).text();
        assert!(html.contains("Tổng đài"), "{html}");
        let address = made["address"].as_str().unwrap().split_once("/hooks/").unwrap().1;
        assert!(html.contains(address) && html.contains(made["secret"].as_str().unwrap()), "{html}");
        assert_eq!(read(&["hook", "list", "--account", "Công ty Thử", "--secrets"])[0]["address"], made["address"]);
        assert!(read(&["hook", "list", "--account", "Công ty Thử"])[0].get("address").is_none());
        run(&["hook", "revoke", &made["number"].to_string(), "--account", "Công ty Thử"]);
        assert!(!page(at, &operator, "/hooks").await.text().contains(address));

        // Signed out by the command, wherever they are.
        at.user("lan@cty.vn", Role::Viewer).await;
        let lan = at.sign_in("lan@cty.vn").await;
        run(&["user", "sign-out", "lan@cty.vn", "--account", "Công ty Thử"]);
        page(at, &lan, "/campaigns").await.is(303);
        let told = page(at, &operator, "/settings/log.csv").await.is(200).text();
        for action in ["Người vận hành,Kết thúc phiên đăng nhập,lan@cty.vn", "Người vận hành,Đổi kết nối,Tổng đài"] {
            assert!(told.contains(action), "{action}: {told}");
        }
        let told = page(at, &operator, "/operator/log").await.is(200).text();
        assert!(told.contains("Công ty Lệnh"), "an account that a command made is told of: {told}");
    }
}
