//! The server's folders use each other in one direction (docs/ARCHITECTURE.md): read from the sources.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// From the inside to the outside: a module uses only what stands before it. What stands in one line stands side by side: such
/// modules do not use each other.
const ORDER: [&[&str]; 13] = [
    &["clock", "connections", "failure", "live", "metrics", "rendering", "secrets", "site", "turns"],
    &["passwords", "settings", "shared_answer"],
    &["attempts", "first_start", "sealing"],
    &["recordings", "files", "sso"],
    &["importing"],
    &["readiness"],
    &["hooks"],
    &["mail", "context"],
    &["jobs"],
    &["web"],
    &["pages", "api"],
    &["router"],
    &["commands"],
];
/// The context holds the mail server, and mails are composed with the context. One circle, on purpose.
const TOGETHER: [&str; 2] = ["mail", "context"];

fn sources(folder: &Path, found: &mut Vec<(String, String)>, root: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found, root);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            let inside = path.strip_prefix(root).unwrap();
            let module = inside.components().next().unwrap().as_os_str().to_str().unwrap();
            found.push((module.trim_end_matches(".rs").to_owned(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The modules of this crate that the code of a source names, `crate::a::…` and `crate::{a::…, b}`. What a comment refers to is
/// not used.
fn used(source: &str) -> BTreeSet<String> {
    let source: String =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect();
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut modules = BTreeSet::new();
    for rest in source.split("crate::").skip(1) {
        let Some(list) = rest.strip_prefix('{') else {
            modules.insert(word(rest));
            continue;
        };
        let (mut depth, mut start) = (0, true);
        for (at, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                c if start && !c.is_whitespace() => {
                    modules.insert(word(&list[at..]));
                    start = false;
                }
                _ => {}
            }
        }
    }
    modules
}

#[test]
fn the_arrows_between_the_servers_folders_go_one_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found, &root);
    let place: BTreeMap<&str, usize> =
        ORDER.iter().enumerate().flat_map(|(n, modules)| modules.iter().map(move |module| (*module, n))).collect();
    let mut wrong = BTreeSet::new();
    for (module, source) in &found {
        if ["lib", "main"].contains(&module.as_str()) {
            continue;
        }
        let own = place.get(module.as_str()).unwrap_or_else(|| panic!("{module}: say in ORDER where it stands"));
        for used in used(source) {
            let together = TOGETHER.contains(&module.as_str()) && TOGETHER.contains(&used.as_str());
            if let Some(other) = place.get(used.as_str())
                && used != *module
                && other >= own
                && !together
            {
                wrong.insert(format!("{module} uses {used}"));
            }
        }
    }
    assert!(found.len() > 60, "the sources were read");
    assert!(wrong.is_empty(), "against the order of the folders: {wrong:?}");
}

#[test]
fn the_documentation_has_the_modules_in_their_order() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/ARCHITECTURE.md")).unwrap();
    let table = text.split("### The server's folders").nth(1).unwrap().split("\n### ").next().unwrap();
    let cells = table.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    let said: Vec<&str> = cells
        .flat_map(|cell| cell.split('`'))
        .filter_map(|word| word.strip_suffix(".rs").or_else(|| word.strip_suffix('/')))
        .collect();
    let place = |module: &str| ORDER.iter().position(|line| line.contains(&module));
    let places: Vec<_> =
        said.iter().map(|module| place(module).unwrap_or_else(|| panic!("there is no {module}"))).collect();
    assert!(places.is_sorted(), "not in their order: {said:?}");
    assert_eq!(said.iter().collect::<BTreeSet<_>>(), ORDER.iter().flat_map(|line| line.iter()).collect());
}

#[test]
fn no_two_modules_of_the_pages_use_each_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/src");
    let mut found = Vec::new();
    sources(&root, &mut found, &root);
    let modules: BTreeSet<&str> =
        found.iter().map(|(module, _)| module.as_str()).filter(|name| *name != "lib").collect();
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (module, source) in &found {
        let known = used(source).into_iter().filter_map(|name| modules.get(name.as_str()).copied());
        uses.entry(module.as_str()).or_default().extend(known.filter(|name| name != module));
    }
    // A module that nothing left uses goes; what stays in the end is a circle.
    while let Some(free) = uses.keys().copied().find(|module| uses[module].is_empty()) {
        uses.remove(free);
        for others in uses.values_mut() {
            others.remove(free);
        }
    }
    uses.remove("lib");
    assert!(modules.len() > 20 && uses.is_empty(), "these use each other: {uses:?}");
}
