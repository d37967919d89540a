//! The documentation against the program: what it lists is there, and what is there is listed.

use std::{collections::BTreeSet, fs};

use clap::{Command, CommandFactory};
use reqwest::Method;
use server::commands::Cli;

use crate::{
    harness::{Answer, Harness, run},
    sources::{files, repository},
};

const API: &str = include_str!("../../../docs/API.md");
const FINDINGS: &str = include_str!("../../../docs/FINDINGS.md");
const OPERATIONS: &str = include_str!("../../../docs/OPERATIONS.md");
const README: &str = include_str!("../../../README.md");
const PAYLOADS: &str = include_str!("../../../crates/store/src/jobs/payload.rs");
const JOBS_PAGE: &str = include_str!("../../../app/src/jobs/page.rs");

/// All of them as one text.
fn text_of(folders: &[&str], endings: &[&str]) -> String {
    let files = folders.iter().flat_map(|folder| files(folder, endings));
    files.map(|file| fs::read_to_string(file).unwrap()).collect::<Vec<_>>().join("\n")
}

/// What stands between backticks.
fn named(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// What is below a heading, up to the next one of its rank.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no heading {heading}"));
    let rank = heading.split(' ').next().unwrap();
    rest.split_once(&format!("\n{rank} ")).map_or(rest, |(section, _)| section)
}

/// The first cells of the tables of a text.
fn first_cells(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| line.starts_with("| ")).map(|line| line.split('|').nth(1).unwrap())
}

#[test]
fn every_command_is_shown_by_an_example_or_a_table() {
    fn walk(command: &Command, words: &str, lacking: &mut Vec<String>, docs: &str) {
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
            let words = format!("{words} {}", sub.get_name());
            if sub.has_subcommands() {
                walk(sub, &words, lacking, docs);
            } else if !docs.contains(&words) {
                lacking.push(words);
            }
        }
    }
    let docs = text_of(&["docs"], &["md"]) + README;
    let mut lacking = Vec::new();
    walk(&Cli::command(), "ringside", &mut lacking, &docs);
    assert!(lacking.is_empty(), "no document tells of {lacking:?}");
}

#[test]
fn every_request_of_the_api_stands_in_its_tables() {
    let _runtime = tokio::runtime::Runtime::new().unwrap();
    let mut listed = BTreeSet::new();
    for cell in first_cells(API) {
        let mut methods = Vec::new();
        // `GET`, `PUT /path`: each method of a path.
        for text in named(cell) {
            let (method, path) = text.split_once(' ').unwrap_or((text, ""));
            if !["GET", "HEAD", "PUT", "POST", "DELETE"].contains(&method) {
                continue;
            }
            methods.push(method);
            if path.starts_with('/') {
                listed.extend(methods.drain(..).map(|method| (method.to_owned(), path.to_owned())));
            }
        }
    }
    let routes = server::router::list().into_iter().filter(|(_, path)| path.starts_with("/api/"));
    let routes: BTreeSet<(String, String)> = routes.map(|(method, path)| (method.to_string(), path)).collect();
    let lacking: Vec<_> = routes.difference(&listed).collect();
    assert!(lacking.is_empty(), "docs/API.md has no row of {lacking:?}");
    let gone: Vec<_> =
        listed.difference(&routes).filter(|(method, path)| method != "HEAD" && path.starts_with("/api/")).collect();
    assert!(gone.is_empty(), "docs/API.md has rows of what is not there: {gone:?}");
}

#[test]
fn every_figure_for_prometheus_stands_in_the_table() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/test.db", folder.path().display());
        let at = Harness::start(&address, folder, &[("RINGSIDE_METRICS_TOKEN", "a token of the monitoring")]).await;
        let request = at.bare(Method::GET, "/metrics").bearer_auth("a token of the monitoring");
        let text = Answer::of(request).await.is(200).text();
        let told: BTreeSet<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
            .filter(|name| name.starts_with("ringside_"))
            .collect();
        assert!(told.len() > 15, "{text}");
        let listed: BTreeSet<&str> = first_cells(section(OPERATIONS, "## Health"))
            .flat_map(named)
            .filter(|name| name.starts_with("ringside_"))
            .collect();
        assert_eq!(listed, told, "the table of docs/OPERATIONS.md, \"Health\" (left), and /metrics (right)");
        at.server.db.close().await;
    });
}

/// The kinds of jobs, each with its type, as the payloads say them.
fn payloads() -> Vec<(String, String)> {
    let mut kinds = Vec::new();
    for of_type in PAYLOADS.split("impl Payload for ").skip(1) {
        let (name, rest) = of_type.split_once(' ').unwrap();
        let (_, kind) = rest.split_once("KIND: &'static str = \"").unwrap();
        kinds.push((name.to_owned(), kind.split('"').next().unwrap().to_owned()));
    }
    kinds
}

#[test]
fn every_kind_of_job_is_run_has_words_and_is_described() {
    let kinds = payloads();
    let run: BTreeSet<&str> = server::jobs::KINDS.iter().map(|kind| kind.name).collect();
    assert_eq!(
        kinds.iter().map(|(_, kind)| kind.as_str()).collect::<BTreeSet<_>>(),
        run,
        "a line of KINDS for each payload"
    );
    let described: BTreeSet<&str> = first_cells(section(OPERATIONS, "## Jobs")).flat_map(named).collect();
    assert_eq!(described, run, "docs/OPERATIONS.md, \"Jobs\"");
    for (name, kind) in &kinds {
        let has_words =
            JOBS_PAGE.lines().any(|line| line.contains(&format!("{name}::KIND")) && line.contains("=> text."));
        assert!(has_words, "{kind} has no words in app/src/jobs/page.rs");
    }
}

#[test]
fn no_kind_of_job_is_left_out_when_processes_are_killed() {
    let tests = text_of(&["server/tests/it"], &["rs"]);
    let killing: String = files("server/tests/it", &["rs"])
        .into_iter()
        .filter(|file| {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            name.ends_with("_crash.rs") || name == "code_changes.rs"
        })
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    assert!(tests.len() > killing.len());
    for (name, kind) in payloads() {
        // Large workbooks are made by the code of small ones; mails are known by what the mail server gets.
        let is_tried = ["build_large_export", "send_mail"].contains(&kind.as_str())
            || killing.contains(&format!("\"{kind}\""))
            || killing.contains(&format!("'{kind}'"))
            || killing.contains(&format!("{name}::KIND"));
        assert!(is_tried, "no process is killed while it runs {kind}: server/tests/it/jobs_crash.rs");
    }
}

#[test]
fn what_keeps_a_finding_mended_is_there() {
    let sources = text_of(&["server", "crates", "app"], &["rs"]);
    let names: BTreeSet<String> = ["server", "crates", "app", "end2end"]
        .iter()
        .flat_map(|folder| files(folder, &["rs", "ts"]))
        .map(|file| file.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let mut lacking = Vec::new();
    for name in named(FINDINGS) {
        let file = name.rsplit('/').next().unwrap();
        if name.contains('…') || name.contains(' ') {
            // A part of a name: its rest must be one.
            let part = name.trim_matches('…');
            let is_there = part.contains(' ') || part.starts_with('.') || sources.contains(part);
            if !is_there {
                lacking.push(name);
            }
        } else if [".rs", ".ts"].iter().any(|ending| name.ends_with(ending)) {
            if !names.contains(file) {
                lacking.push(name);
            }
        } else if name.contains('_')
            && !sources.contains(&format!("fn {name}("))
            && !sources.contains(&format!("mod {name} "))
        {
            lacking.push(name);
        }
    }
    assert!(lacking.is_empty(), "docs/FINDINGS.md names what is not there: {lacking:?}");
    // Tests of pages are named by the beginnings of their titles.
    let pages = text_of(&["end2end"], &["ts"]);
    let kept_by = FINDINGS.lines().filter_map(|line| line.trim_end_matches([' ', '|']).rsplit('|').next());
    let titles = kept_by.filter(|cell| cell.contains(".spec.ts`")).flat_map(|cell| cell.split('"').skip(1).step_by(2));
    let gone: Vec<&str> = titles.filter(|title| title.split('…').any(|part| !pages.contains(part.trim()))).collect();
    assert!(gone.is_empty(), "no test of pages is called {gone:?}");
}

/// Every document of the project is in its repository: a name of one that is not leads nowhere.
#[test]
fn no_source_names_a_document_that_is_not_there() {
    let folders = ["server", "crates", "app", "frontend", "tools", "web", "docs", "end2end", "style"];
    let mut lost = Vec::new();
    for file in folders.iter().flat_map(|folder| files(folder, &["rs", "mjs", "ts", "js", "css", "md", "sh", "sql"])) {
        let text = fs::read_to_string(&file).unwrap();
        let words = text.split(|c: char| !(c.is_alphanumeric() || "./-_".contains(c)));
        let words = words.map(|word| word.trim_end_matches('.'));
        // A file that a test makes.
        for word in
            words.filter(|word| word.len() > 3 && word.rsplit('.').next() == Some("md") && *word != "logs/README.md")
        {
            let beside = file.parent().unwrap().join(word);
            let known = [repository().join(word), repository().join("docs").join(word), beside];
            if !known.iter().any(|path| path.is_file()) {
                lost.push(format!("{}: {word}", file.strip_prefix(repository()).unwrap().display()));
            }
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn a_newcomer_is_led_to_every_recipe() {
    let read_on = section(README, "## Read on");
    for wanted in ["add a job", "add a settings form", "add an output"] {
        assert!(read_on.contains(wanted), "README, \"Read on\": {wanted}");
    }
    let architecture = include_str!("../../../docs/ARCHITECTURE.md");
    for recipe in files("docs/recipes", &["md"]) {
        let name = recipe.file_name().unwrap().to_string_lossy().into_owned();
        assert!(architecture.contains(&format!("recipes/{name}")), "docs/ARCHITECTURE.md does not lead to {name}");
    }
}
