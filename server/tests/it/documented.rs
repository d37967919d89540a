//! What the documentation promises is there, and what is there is in the documentation.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::CommandFactory;
use server::commands::Cli;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files below these folders whose names end so, each with its text.
fn texts(folders: &[&str], extension: &str) -> Vec<(PathBuf, String)> {
    let root = root();
    let mut found = Vec::new();
    for folder in folders {
        for entry in walkdir::WalkDir::new(root.join(folder)) {
            let path = entry.unwrap().into_path();
            let is_made =
                path.components().any(|part| part.as_os_str() == "target" || part.as_os_str() == "node_modules");
            if !is_made && path.extension().is_some_and(|known| known == extension) {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "no .{extension} in {folders:?}");
    found
}

fn documentation() -> String {
    let mut all = fs::read_to_string(root().join("README.md")).unwrap();
    all.extend(texts(&["docs"], "md").into_iter().map(|(_, text)| text));
    all
}

/// What is typed behind `ringside` for each command that does something.
fn commands(command: &clap::Command, before: &str, found: &mut Vec<String>) {
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        let typed = format!("{before} {}", inner.get_name());
        if inner.get_subcommands().next().is_some() {
            commands(inner, &typed, found);
        } else {
            found.push(typed);
        }
    }
}

#[test]
fn every_command_is_in_the_documentation() {
    let (documentation, mut typed) = (documentation(), Vec::new());
    commands(&Cli::command(), "ringside", &mut typed);
    let missing: Vec<_> = typed.iter().filter(|typed| !documentation.contains(typed.as_str())).collect();
    assert!(typed.len() > 30 && missing.is_empty(), "in no file of docs: {missing:?}");
}

#[test]
fn tests_that_findings_name_are_there() {
    let findings = fs::read_to_string(root().join("docs/FINDINGS.md")).unwrap();
    let mut sources = texts(&["crates", "server", "app", "frontend"], "rs");
    sources.extend(texts(&["end2end"], "ts"));
    let names = findings.split('`').skip(1).step_by(2);
    let mut seen = 0;
    for name in names.filter(|name| !name.contains(['/', ' ', '-']) || name.ends_with(".rs") || name.ends_with(".ts")) {
        let is_file = |end: &str| name.ends_with(end) && !name.contains('…');
        let is_there = if is_file(".rs") || is_file(".ts") {
            sources.iter().any(|(path, _)| path.ends_with(name))
        } else if name.matches('_').count() >= 3 {
            // What is cut is told by its beginning or its end.
            let (begin, end) = (name.trim_end_matches('…'), name.trim_start_matches('…'));
            let wanted = match (begin == name, end == name) {
                (true, true) => format!("fn {name}("),
                (false, _) => format!("fn {begin}"),
                (true, false) => format!("{end}("),
            };
            sources.iter().any(|(_, text)| text.contains(&wanted))
        } else {
            continue;
        };
        assert!(is_there, "docs/FINDINGS.md names {name}");
        seen += 1;
    }
    assert!(seen > 50, "names were read: {seen}");
}

#[test]
fn documents_that_sources_name_are_there() {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || "/_-.".contains(c);
    for (path, text) in texts(&["crates", "server", "app", "frontend"], "rs") {
        for line in text.lines().filter(|line| line.trim_start().starts_with("//")) {
            for (at, _) in line.match_indices(".md") {
                let before = &line[..at];
                let name = &before[before
                    .rfind(|c| !is_of_name(c))
                    .map_or(0, |c| c + before[c..].chars().next().unwrap().len_utf8())..];
                let is_there =
                    [root().join("docs"), root()].iter().any(|folder| folder.join(format!("{name}.md")).exists());
                assert!(name.is_empty() || is_there, "{} names {name}.md", path.display());
            }
        }
    }
}
