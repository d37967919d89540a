//! One word of the product means one thing: no two types have the same name, but those that are listed here.

use std::collections::BTreeMap;

use crate::sources::rust_sources;

/// Names that several types have, and how many: no more, and no other ones. A type that is new is named by what it is of
/// (`RepricingStep`, and not a third `Advanced`).
const SHARED: &[(&str, usize)] = &[
    ("AccountSettings", 2),
    ("Attributes", 2),
    ("CallList", 2),
    ("CampaignList", 2),
    ("CauseMeaning", 2),
    ("CellKind", 2),
    ("Change", 2),
    ("Clock", 2),
    ("Column", 11),
    ("Ending", 2),
    ("Event", 2),
    ("Failure", 2),
    ("Field", 2),
    ("Form", 2),
    ("Header", 2),
    ("Known", 2),
    ("Lines", 2),
    ("Made", 2),
    ("Meanings", 2),
    ("NameSays", 2),
    ("Order", 2),
    ("Part", 2),
    ("Parts", 2),
    ("Place", 2),
    ("Places", 2),
    ("PriceAgain", 2),
    ("Record", 2),
    ("Records", 2),
    ("Refusal", 2),
    ("Report", 2),
    ("Said", 2),
    ("Session", 2),
    ("Shared", 2),
    ("Sheets", 2),
    ("Side", 2),
    ("Source", 2),
    ("Sums", 2),
    ("Token", 2),
    ("Tokens", 2),
    ("Turn", 2),
    ("Turns", 2),
    ("Word", 2),
];

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
    let crates = ["domain", "store", "cdr", "audio", "demo"].map(|name| format!("crates/{name}/src"));
    let folders = ["app/src", "server/src", "frontend/src"].into_iter().chain(crates.iter().map(String::as_str));
    let mut names = BTreeMap::<String, usize>::new();
    for source in folders.flat_map(rust_sources).filter(|source| !source.is_tests()) {
        let code = source.code.split("#[cfg(test)]\nmod tests {").next().unwrap();
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
