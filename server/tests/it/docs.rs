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

/// A recipe that leads to what is no more costs a newcomer more time than none.
#[test]
fn what_recipes_and_the_architecture_name_is_there() {
    /// Of a library.
    const OF_OTHERS: [&str; 1] = ["SsrMode::Async"];
    const FOLDERS: [&str; 9] = ["server", "crates", "app", "frontend", "tools", "web", "end2end", "style", "packaging"];
    let sources = text_of(&["server/src", "crates", "app/src", "server/tests"], &["rs"]);
    let declared: BTreeSet<&str> = sources.lines().map(declares).collect();
    let paths: Vec<String> = FOLDERS
        .iter()
        .flat_map(|folder| files(folder, &["rs", "mjs", "ts", "js", "sh", "py"]))
        .map(|path| format!("/{}", path.strip_prefix(repository()).unwrap().display()))
        .collect();
    let (mut seen, mut lost) = (0, Vec::new());
    for document in files("docs/recipes", &["md"]).into_iter().chain([repository().join("docs/ARCHITECTURE.md")]) {
        let text = fs::read_to_string(&document).unwrap();
        for name in named(&text).into_iter().flat_map(|text| text.split([' ', '(', '{', ','])) {
            // What stands for a name is none.
            if OF_OTHERS.contains(&name) || name.contains(['<', '…', '*', '=', ')', '}', '"', '&']) {
                continue;
            }
            let is_file = [".rs", ".mjs", ".ts", ".js", ".sh"].iter().any(|ending| name.ends_with(ending));
            let is_there = if is_file {
                paths.iter().any(|path| path.ends_with(&format!("/{name}")))
            } else if let Some((_, last)) = name.rsplit_once("::") {
                last.is_empty()
                    || declared.contains(last)
                    || paths.iter().any(|path| path.ends_with(&format!("/{last}.rs")))
            } else {
                continue;
            };
            seen += 1;
            if !is_there {
                lost.push(format!("{}: {name}", document.file_name().unwrap().to_string_lossy()));
            }
        }
    }
    assert!(seen > 150 && lost.is_empty(), "of {seen} these are not there: {lost:#?}");
}

/// A word without its ending, so that `is_masked` and "masks" are the same.
fn stem(word: &str) -> String {
    let word = word.to_lowercase();
    let ending = ["ing", "ies", "es", "ed", "s", "e", "y"].iter().find_map(|ending| word.strip_suffix(ending));
    ending.filter(|stem| stem.len() >= 3).map_or_else(|| word.clone(), str::to_owned)
}

/// The words of a name: `CountWanted`, `count_wanted` and `COUNT_WANTED` have the same.
fn words_of(name: &str) -> BTreeSet<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for c in name.chars() {
        if c == '_' || (c.is_uppercase() && before.is_lowercase()) {
            words.push(String::new());
        }
        if c != '_' {
            words.last_mut().unwrap().push(c);
        }
        before = c;
    }
    words.iter().map(|word| stem(word)).collect()
}

/// What a line of code declares: a type, a function, a constant, a field or a variant.
fn declares(line: &str) -> &str {
    const BEFORE: [&str; 15] = [
        "pub(crate) ",
        "pub(super) ",
        "pub ",
        "default ",
        "async ",
        "const ",
        "static ",
        "unsafe ",
        "fn ",
        "struct ",
        "enum ",
        "trait ",
        "type ",
        "mod ",
        "macro_rules! ",
    ];
    let mut rest = line.trim_start();
    while let Some(next) = BEFORE.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = next;
    }
    rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// A comment of at most three words says something that the name below it does not. Those of the crate `cdr` are not looked at yet.
#[test]
fn no_short_comment_says_its_name_again() {
    const SAYING_NOTHING: [&str; 20] = [
        "the", "a", "an", "of", "its", "it", "is", "to", "what", "was", "were", "be", "in", "their", "this", "are",
        "as", "how", "which", "one",
    ];
    let folders = [
        "app/src",
        "server/src",
        "frontend/src",
        "crates/domain/src",
        "crates/store/src",
        "crates/audio/src",
        "crates/demo/src",
    ];
    let (mut seen, mut empty) = (0, Vec::new());
    for file in folders.iter().flat_map(|folder| files(folder, &["rs"])) {
        let text = fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let comment = |no: usize| lines.get(no).and_then(|line| line.trim_start().strip_prefix("/// "));
        for no in 0..lines.len() {
            let Some(said) = comment(no) else { continue };
            // An example is one, and a figure.
            let is_alone = (no == 0 || comment(no - 1).is_none()) && comment(no + 1).is_none();
            if !is_alone || said.contains('`') || said.contains(|c: char| c.is_ascii_digit()) {
                continue;
            }
            let words: Vec<&str> = said.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
            let saying: Vec<&str> =
                words.iter().filter(|word| !SAYING_NOTHING.contains(&word.to_lowercase().as_str())).copied().collect();
            let Some(below) = lines[no + 1..].iter().find(|line| !line.trim_start().starts_with("#[")) else {
                continue;
            };
            seen += 1;
            let name = words_of(declares(below));
            if words.len() <= 3 && !saying.is_empty() && saying.iter().all(|word| name.contains(&stem(word))) {
                empty.push(format!("{}:{}: {said}", file.strip_prefix(repository()).unwrap().display(), no + 1));
            }
        }
    }
    assert!(seen > 3_000, "the sources were read: {seen}");
    assert!(empty.is_empty(), "say what the name does not, or nothing: {empty:#?}");
}
