//! One word of the product means one thing: no two types have the same name, but those that are listed here.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Names that several types have, and how many: no more, and no other ones. A type that is new is named by what it is of
/// (`RepricingStep`, and not a third `Advanced`).
const SHARED: &[(&str, usize)] = &[
    ("AccountSettings", 2),
    ("Asking", 2),
    ("Attributes", 2),
    ("CallList", 2),
    ("CampaignList", 2),
    ("CauseMeaning", 2),
    ("CellKind", 2),
    ("Change", 2),
    ("Clock", 2),
    ("Column", 11),
    ("Database", 2),
    ("Done", 2),
    ("Ending", 2),
    ("Event", 2),
    ("Failure", 2),
    ("Field", 2),
    ("Foreseen", 2),
    ("Form", 2),
    ("Header", 2),
    ("Known", 2),
    ("Line", 2),
    ("Lines", 2),
    ("Live", 2),
    ("Made", 2),
    ("Meanings", 2),
    ("NameSays", 2),
    ("Operator", 2),
    ("Order", 2),
    ("Part", 2),
    ("Parts", 2),
    ("Place", 2),
    ("Places", 2),
    ("PriceAgain", 2),
    ("Read", 2),
    ("Record", 2),
    ("Records", 2),
    ("Refusal", 2),
    ("Report", 2),
    ("Run", 3),
    ("Said", 2),
    ("Sent", 2),
    ("Session", 2),
    ("Shared", 2),
    ("Sheets", 2),
    ("Side", 2),
    ("Source", 2),
    ("Sums", 2),
    ("Token", 2),
    ("Tokens", 2),
    ("Turn", 3),
    ("Turns", 2),
    ("Word", 2),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
}

/// The name of the type that a line begins; none of an associated type.
fn declared(line: &str) -> Option<&str> {
    let code = line.trim_start();
    let code = match code.strip_prefix("pub") {
        Some(rest) => {
            rest.strip_prefix('(').map_or(rest, |rest| rest.split_once(')').map_or(rest, |(_, rest)| rest)).trim_start()
        }
        None if code.starts_with("type ") && line.starts_with(' ') => return None,
        None => code,
    };
    let (kind, rest) = code.split_once(' ')?;
    let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
    (["struct", "enum", "type", "trait"].contains(&kind) && name.starts_with(|c: char| c.is_ascii_uppercase()))
        .then_some(name)
}

#[test]
fn a_type_that_is_new_has_a_name_of_its_own() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for part in ["app/src", "server/src", "frontend/src"] {
        sources(&top.join(part), &mut found);
    }
    for part in ["domain", "store", "cdr", "audio", "demo"] {
        sources(&top.join("crates").join(part).join("src"), &mut found);
    }
    let mut names = BTreeMap::<String, usize>::new();
    for path in &found {
        let source = fs::read_to_string(path).unwrap();
        let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for name in code.lines().filter_map(declared) {
            *names.entry(name.to_owned()).or_default() += 1;
        }
    }
    assert!(names.len() > 1_000, "the sources were read: {}", names.len());
    let shared: BTreeMap<&str, usize> =
        names.iter().filter(|(_, count)| **count > 1).map(|(name, count)| (name.as_str(), *count)).collect();
    let known: BTreeMap<&str, usize> = SHARED.iter().copied().collect();
    let new: Vec<_> = shared.iter().filter(|(name, count)| known.get(**name) != Some(count)).collect();
    let gone: Vec<_> = known.keys().filter(|name| !shared.contains_key(**name)).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "shared by others than are listed: {new:?}; listed and no longer shared: {gone:?}"
    );
}
