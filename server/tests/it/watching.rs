//! What whoever watches over the service has: `ringside doctor`, the figures, and what `deploy/` makes of them.

use std::{collections::BTreeSet, fs, path::Path, process::Output};

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::{
    commands::program,
    harness::{Answer, Harness, both_engines, call, on_sqlite, run},
    hostile_texts::{listen_to_the_log, logged},
};

const TOKEN: &str = "a token of the operator's monitoring";

fn doctor(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = program(folder, &[&["doctor"], arguments].concat());
    // Where no other program of this machine answers.
    command.env("RINGSIDE_BASE_URL", "http://127.0.0.1:1");
    command.envs(variables.iter().copied()).output().unwrap()
}

/// How things stand by their names.
#[track_caller]
fn standings(output: &Output) -> Vec<(String, String)> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let found: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let word = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    found.as_array().unwrap().iter().map(|finding| (word(finding, "thing"), word(finding, "standing"))).collect()
}

#[test]
fn the_doctor_changes_nothing_and_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let before = doctor(folder.path(), &[], &["--json"]);
    let stands = standings(&before);
    for (thing, standing) in [
        ("settings", "ok"),
        ("database", "notice"),
        ("clock", "ok"),
        ("recordings", "notice"),
        ("mail", "notice"),
        ("proxies", "notice"),
    ] {
        assert!(stands.contains(&(thing.to_owned(), standing.to_owned())), "{thing}: {stands:?}");
    }
    assert!(before.status.success() && stands.iter().any(|(thing, _)| thing == "disk"), "{stands:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");

    assert!(program(folder.path(), &["account", "add", "A"]).output().unwrap().status.success());
    let present = doctor(folder.path(), &[], &["--json"]);
    let stands = standings(&present);
    assert!(stands.contains(&("database".to_owned(), "ok".to_owned())), "{stands:?}");
    assert!(stands.iter().any(|(thing, _)| thing == "jobs") && present.status.success(), "{stands:?}");

    // Each in a line of its own, with what to do.
    let silent = doctor(folder.path(), &[("RINGSIDE_SMTP_URL", "smtp://127.0.0.1:1")], &[]);
    let lines = String::from_utf8(silent.stdout).unwrap();
    let mail = lines.lines().find(|line| line.contains(" mail ")).unwrap();
    assert!(mail.starts_with("WRONG") && mail.contains("127.0.0.1:1") && mail.contains(" → "), "{lines}");
    assert_eq!(silent.status.code(), Some(1));
    let file = folder.path().join("file");
    fs::write(&file, "no folder").unwrap();
    let place = format!("file://{}", file.display());
    let stands = standings(&doctor(folder.path(), &[("RINGSIDE_RECORDINGS", &place)], &["--json"]));
    assert!(stands.contains(&("recordings".to_owned(), "wrong".to_owned())), "{stands:?}");
    let newer =
        "UPDATE _sqlx_migrations SET version = 9999 WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)";
    run(async {
        let database = format!("sqlite://{}/data/ringside.db", folder.path().display());
        let mut conn = SqliteConnection::connect(&database).await.unwrap();
        sqlx::raw_sql(newer).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    });
    let lines = String::from_utf8(doctor(folder.path(), &[], &[]).stdout).unwrap();
    assert!(lines.contains("made by a newer program"), "{lines}");
    // A wrong setting is found, not a reason to look no further into what it says.
    let wrong = doctor(folder.path(), &[("RINGSIDE_LISTEN", "nowhere")], &[]);
    let lines = String::from_utf8(wrong.stdout).unwrap();
    assert!(lines.starts_with("WRONG   settings") && lines.contains("RINGSIDE_LISTEN"), "{lines}");
    assert_eq!(wrong.status.code(), Some(1));
}

both_engines! {
    async fn the_doctor_finds_a_database_in_use_well(at) {
        at.stock().await;
        let folder = tempfile::tempdir().unwrap();
        let people = at.url("");
        let variables = [("RINGSIDE_DATABASE_URL", at.database.as_str()), ("RINGSIDE_BASE_URL", people.as_str())];
        let output = doctor(folder.path(), &variables, &["--json"]);
        let stands = standings(&output);
        // The jobs of the test are due by a clock of its own.
        for thing in ["database", "clock", "proxies"] {
            assert!(stands.contains(&(thing.to_owned(), "ok".to_owned())), "{thing}: {}", String::from_utf8_lossy(&output.stdout));
        }
    }

    async fn what_is_logged_of_a_page_that_fails_carries_the_number_of_its_request(at) {
        listen_to_the_log();
        at.stock().await;
        at.user("chu@cty.vn", Role::Owner).await;
        let cookie = at.sign_in("chu@cty.vn").await;
        let gone = "ALTER TABLE rollup_days RENAME TO rollup_days_gone";
        if at.database.starts_with("sqlite:") {
            sqlx::raw_sql(gone).execute(&mut SqliteConnection::connect(&at.database).await.unwrap()).await.unwrap();
        } else {
            sqlx::raw_sql(gone).execute(&mut PgConnection::connect(&at.database).await.unwrap()).await.unwrap();
        }
        Answer::of(at.signed(Method::GET, "/campaigns/tet", &cookie).header("accept", "text/html")).await.is(500);
        let log = logged();
        let line = log.lines().find(|line| line.contains("A page could not be made")).unwrap_or_else(|| panic!("{log}"));
        let account = format!("account={}", at.scope.account());
        for said in ["request{", "id=", "route=\"/campaigns/{id}\"", &account] {
            assert!(
                line.contains(said),
                "{said} is not in {line}: Leptos may have another version of any_spawner than Cargo.toml (docs/ARCHITECTURE.md, Couplings)"
            );
        }
    }
}

/// The names of figures that Prometheus is told.
async fn exported(at: &Harness) -> BTreeSet<String> {
    let text = Answer::of(at.bare(Method::GET, "/metrics").bearer_auth(TOKEN)).await.is(200).text();
    let mut names = BTreeSet::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.split_once(' ').unwrap();
        names.insert(name.to_owned());
        if kind == "histogram" {
            names.extend(["_bucket", "_sum", "_count"].map(|end| format!("{name}{end}")));
        }
    }
    names
}

/// The names of figures in a text.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("ringside_") || word.starts_with("process_")).map(str::to_owned).collect()
}

#[test]
fn dashboard_alerts_and_documentation_name_figures_that_there_are() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/test.db", folder.path().display());
        let at = Harness::start(&address, folder, &[("RINGSIDE_METRICS_TOKEN", TOKEN)]).await;
        let names = exported(&at).await;
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for file in
            ["deploy/grafana-dashboard.json", "deploy/prometheus-alerts.yml", "deploy/README.md", "docs/OPERATIONS.md"]
        {
            let text = fs::read_to_string(root.join(file)).unwrap();
            let missing: Vec<_> = named(&text).into_iter().filter(|name| !names.contains(name)).collect();
            // Files of the product begin so, too; what is cut ends with a line below.
            let missing: Vec<_> =
                missing.into_iter().filter(|name| !name.ends_with('_') && name != "ringside_VERSION_amd64").collect();
            assert!(missing.is_empty(), "{file} names {missing:?}, there are {names:?}");
        }
        let dashboard = fs::read_to_string(root.join("deploy/grafana-dashboard.json")).unwrap();
        let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
        assert!(dashboard["panels"].as_array().unwrap().len() > 20);
        // Whatever is counted is shown, or somebody would have to look for it.
        let shown = named(&dashboard.to_string());
        let families: Vec<_> =
            names.iter().filter(|name| name.starts_with("ringside_") && !name.contains("http_seconds")).collect();
        let hidden: Vec<_> = families.into_iter().filter(|name| !shown.contains(*name)).collect();
        assert!(hidden.is_empty(), "the dashboard does not show {hidden:?}");
        at.server.db.close().await;
    });
}

#[test]
fn what_comes_in_is_refused_and_waits_is_counted() {
    run(on_sqlite(async |at| {
        at.stock().await;
        let good = call("c-1", "kh-1", "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), "DY");
        let bad = json!({"id": "c-2", "campaign": "tet", "contact": {}, "dialed_at": "2026-11-05T09:00:00+07:00"});
        at.post("/api/v1/calls", &json!([good, bad])).await.is(200);
        at.get("/api/v1/campaigns/none").await.is_problem(404);
        let context = &at.server.context;
        let text = context.metrics.render(&at.server.db, &context.places(), &[]).await;
        for line in [
            "ringside_call_records_total{by=\"batch\",result=\"accepted\"} 1",
            "ringside_call_records_total{by=\"batch\",result=\"rejected\"} 1",
            "ringside_batches_total 1",
            "ringside_refusals_total{kind=\"not-found\"} 1",
            "ringside_database_up 1",
            "ringside_places_free{of=\"batches\"} 4",
            "ringside_stored_bytes{of=\"recordings\"} 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
        let database = text.lines().find_map(|line| line.strip_prefix("ringside_stored_bytes{of=\"database\"} "));
        assert!(database.unwrap().parse::<u64>().unwrap() > 100_000);
    }));
}
