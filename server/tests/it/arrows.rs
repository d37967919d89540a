//! The server's folders use each other in one direction (docs/ARCHITECTURE.md): read from the sources.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use crate::sources::{repository, rust_sources};

/// From the inside to the outside: a module uses only what stands before it. What stands in one line stands side by side: such
/// modules do not use each other.
const ORDER: [&[&str]; 15] = [
    &["holding_body"],
    &["clock", "connections", "failure", "live", "metrics", "rendering", "secrets", "site", "traces", "turns"],
    &["passwords", "reading_turns", "settings", "shared_answer"],
    &["attempts", "disks", "first_start", "sealing"],
    &["recordings", "files", "sso"],
    &["importing"],
    &["readiness"],
    &["hooks"],
    &["mail"],
    &["context"],
    &["jobs"],
    &["web"],
    &["pages", "api"],
    &["router"],
    &["commands"],
];

/// The sources below a folder of the repository, each beside the module of the crate that it belongs to.
fn by_module(folder: &str) -> Vec<(String, String)> {
    let root = repository().join(folder);
    let sources = rust_sources(folder).into_iter().filter(|source| !source.is_tests());
    let module = |path: &Path| {
        let inside = path.strip_prefix(&root).unwrap();
        let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
        first.trim_end_matches(".rs").to_owned()
    };
    sources.map(|source| (module(&source.path), source.code)).collect()
}

/// The modules that the code of a source names behind `from`: `crate::a::…` and `crate::{a::…, b}`. What a comment refers to is
/// not used.
fn used(source: &str, from: &str) -> BTreeSet<String> {
    let source: String =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect();
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut modules = BTreeSet::new();
    let parts: Vec<&str> = source.split(from).collect();
    for pair in parts.windows(2) {
        let (before, rest) = (pair[0], pair[1]);
        // `super::super::`: what is named is not beside, but above.
        if before.is_empty() {
            continue;
        }
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
    let found = by_module("server/src");
    let place: BTreeMap<&str, usize> =
        ORDER.iter().enumerate().flat_map(|(n, modules)| modules.iter().map(move |module| (*module, n))).collect();
    let mut wrong = BTreeSet::new();
    for (module, source) in &found {
        if ["lib", "main"].contains(&module.as_str()) {
            continue;
        }
        let own = place.get(module.as_str()).unwrap_or_else(|| panic!("{module}: say in ORDER where it stands"));
        for used in used(source, "crate::") {
            if let Some(other) = place.get(used.as_str())
                && used != *module
                && other >= own
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

/// What a handler and the functions below it read and write with borrows the request's database, so that nobody asks for a second connection
/// while they hold one (docs/ARCHITECTURE.md, Invariants 2). Only the pool would get around that.
#[test]
fn no_handler_names_the_pool() {
    let found = by_module("server/src");
    let (mut seen, mut naming) = (0, BTreeSet::new());
    for (module, source) in
        found.iter().filter(|(module, _)| ["pages", "api", "web", "files", "hooks"].contains(&module.as_str()))
    {
        let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        let code = code.take_while(|line| *line != "#[cfg(test)]");
        let words = code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'));
        seen += 1;
        if words.into_iter().any(|word| word == "Db") {
            naming.insert(module.as_str());
        }
    }
    // The state of the router, and that a token is used, which nobody waits for.
    assert!(
        seen > 50 && naming == BTreeSet::from(["web"]),
        "{naming:?} name store::Db; take a store::SerialDb or a ConnGuard"
    );
}

/// From the database to bytes, and from bytes to the database: whoever answers a request puts that into HTTP.
#[test]
fn files_mails_jobs_and_imports_know_no_http() {
    let (mut seen, mut naming) = (0, BTreeSet::new());
    for (module, source) in by_module("server/src") {
        if !["files", "mail", "jobs", "importing"].contains(&module.as_str()) {
            continue;
        }
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        let mut words = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'));
        seen += 1;
        if words.any(|word| word == "axum") {
            naming.insert(module);
        }
    }
    assert!(seen > 30 && naming.is_empty(), "{naming:?} name axum; answers are made in web/ (of {seen} files)");
}

/// Takes away what uses nothing that is left, again and again: what stays uses each other.
fn circles(mut uses: BTreeMap<String, BTreeSet<String>>) -> BTreeMap<String, BTreeSet<String>> {
    while let Some(free) = uses.iter().find(|(_, used)| used.is_empty()).map(|(module, _)| module.clone()) {
        uses.remove(&free);
        for others in uses.values_mut() {
            others.remove(&free);
        }
    }
    uses
}

#[test]
fn no_two_modules_of_the_pages_use_each_other() {
    let found = by_module("app/src");
    let modules: BTreeSet<&str> =
        found.iter().map(|(module, _)| module.as_str()).filter(|name| *name != "lib").collect();
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (module, source) in &found {
        let known =
            used(source, "crate::").into_iter().filter(|name| modules.contains(name.as_str()) && name != module);
        uses.entry(module.clone()).or_default().extend(known);
    }
    let mut circles = circles(uses);
    circles.remove("lib");
    assert!(modules.len() > 20 && circles.is_empty(), "these use each other: {circles:?}");
}

/// The folders below this one, and it.
fn folders(folder: PathBuf) -> Vec<PathBuf> {
    let inner = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let inner: Vec<PathBuf> = inner.flat_map(folders).collect();
    std::iter::once(folder).chain(inner).collect()
}

/// The sources of a module that stands in this folder, each with how a path that leads to the modules beside it begins.
fn sources_of_module(folder: &Path, module: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let file = folder.join(format!("{module}.rs"));
    if file.exists() {
        found.push((fs::read_to_string(file).unwrap(), "super::".to_owned()));
    }
    let inner = folder.join(module);
    if !inner.is_dir() {
        return found;
    }
    for place in folders(inner) {
        let depth = place.strip_prefix(folder).unwrap().components().count();
        for entry in fs::read_dir(&place).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "rs") || path.ends_with("tests.rs") {
                continue;
            }
            // What stands in mod.rs is the folder itself, and one step less away.
            let steps = if path.ends_with("mod.rs") { depth } else { depth + 1 };
            found.push((fs::read_to_string(&path).unwrap(), "super::".repeat(steps)));
        }
    }
    found
}

/// What a module that stands in this folder of a crate's sources names of the modules beside it, from where it is or from the crate on.
fn used_beside(root: &Path, folder: &Path, module: &str) -> BTreeSet<String> {
    let inside = folder.strip_prefix(root).unwrap().components().map(|part| part.as_os_str().to_str().unwrap());
    let from_crate: String = std::iter::once("crate").chain(inside).flat_map(|part| [part, "::"]).collect();
    let sources = sources_of_module(folder, module);
    sources.iter().flat_map(|(source, beside)| [used(source, beside), used(source, &from_crate)]).flatten().collect()
}

/// The circles among the files of each folder of a crate's sources, and how many files there are.
fn circles_of(root: &Path) -> (Vec<String>, usize) {
    let (mut found, mut seen) = (Vec::new(), 0);
    for folder in folders(root.to_owned()) {
        let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let modules: BTreeSet<String> = entries
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .filter(|name| !["mod", "lib", "main", "tests"].contains(&name.as_str()))
            .collect();
        let uses = modules.iter().map(|module| {
            let beside = used_beside(root, &folder, module);
            (module.clone(), beside.intersection(&modules).filter(|other| *other != module).cloned().collect())
        });
        let circles = circles(uses.collect());
        if !circles.is_empty() {
            found.push(format!("in {}: {circles:?}", folder.display()));
        }
        seen += modules.len();
    }
    (found, seen)
}

#[test]
fn no_two_files_of_one_folder_use_each_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (crate_of, at_least) in [
        ("../app", 100),
        (".", 100),
        ("../crates/domain", 35),
        ("../crates/audio", 10),
        ("../crates/cdr", 50),
        ("../crates/demo", 10),
    ] {
        let (circles, seen) = circles_of(&root.join(crate_of).join("src"));
        assert!(circles.is_empty(), "these use each other {circles:#?}");
        assert!(seen > at_least, "the sources of {crate_of} were read: {seen}");
    }
}

/// The store's layers, from the inside to the outside: a module uses its own layer and those before it. Within a layer, tables refer to
/// each other: a customer's calls, a call's customer.
const STORE: [(&str, &[&str]); 9] = [
    ("words", &["cost", "cursor", "error", "network_file_system", "put", "quota", "scope"]),
    (
        "database",
        &["bulk", "copying", "db", "dialect", "live", "one_conn", "readiness", "request", "schema", "sql", "sums"],
    ),
    (
        "account",
        &[
            "account_totals",
            "accounts",
            "audit",
            "chosen",
            "exports",
            "jobs",
            "mappings",
            "meanings",
            "objects",
            "own_dimensions",
            "pricing",
            "result_words",
            "tariffs",
            "tokens",
            "views",
            "voicebots",
        ],
    ),
    ("people", &["invitations", "operators", "password_links", "people", "quotas", "sessions", "sso", "users"]),
    ("sums", &["endings", "own_sums", "planned", "rollup", "timeline", "usage_rollup"]),
    ("index", &["customer_columns", "said_index", "search_index"]),
    ("campaigns", &["campaigns", "day_notes", "outbox", "recipients"]),
    (
        "changes",
        &[
            "call_notes",
            "contacts",
            "erasure",
            "hooks",
            "imports",
            "ingest",
            "own_filling",
            "recording_credentials",
            "recording_fetches",
            "recording_files",
            "recordings",
            "repricing",
            "result_codes",
            "verify",
        ],
    ),
    ("readings", &["calls", "customers", "figures", "forecast", "rate_parts", "report", "said", "seen", "usage"]),
];

/// What goes against them, and why it stays.
const AGAINST: [(&str, &str, &str); 3] = [
    ("jobs", "imports", "who has a job tried again opens the import again that was given up with it"),
    ("quotas", "hooks", "once there is room, webhooks that were refused for the lack of it are read again"),
    ("quotas", "recordings", "a recording that takes the place of another one needs less room"),
];

/// Which module the names of the crate's root are of (`pub use db::{Conn, Db}` in lib.rs).
fn modules_of_names(lib: &str) -> BTreeMap<String, String> {
    let lines = lib.lines().filter_map(|line| line.strip_prefix("pub use ")?.strip_suffix(';')?.split_once("::"));
    let each = |(module, names): (&str, &str)| {
        let module = module.to_owned();
        let names = names.rsplit("::").next().unwrap_or_default().trim_matches(['{', '}']).to_owned();
        names.split(", ").map(|name| (name.to_owned(), module.clone())).collect::<Vec<_>>()
    };
    lines.flat_map(each).collect()
}

#[test]
fn the_layers_of_the_store_go_one_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/store/src");
    let place: BTreeMap<&str, usize> =
        STORE.iter().enumerate().flat_map(|(n, (_, modules))| modules.iter().map(move |module| (*module, n))).collect();
    let of_names = modules_of_names(&fs::read_to_string(root.join("lib.rs")).unwrap());
    let found = by_module("crates/store/src");
    let (mut wrong, mut kept, mut seen) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (module, source) in found.iter().filter(|(module, _)| module != "lib") {
        // Its tests may make what it does not use itself.
        let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let own = place.get(module.as_str()).unwrap_or_else(|| panic!("{module}: say in STORE in which layer it is"));
        seen.insert(module.as_str());
        for used in used(source, "crate::") {
            let used = of_names.get(&used).unwrap_or(&used);
            if place.get(used.as_str()).is_some_and(|other| other > own) {
                match AGAINST.iter().find(|(from, to, _)| from == module && to == used) {
                    Some(known) => drop(kept.insert(known.1)),
                    None => drop(wrong.insert(format!("{module} uses {used}"))),
                }
            }
        }
    }
    assert_eq!(seen, place.keys().copied().collect(), "what is listed is there");
    assert!(wrong.is_empty(), "against the layers of the store: {wrong:#?}");
    assert_eq!(kept.len(), AGAINST.len(), "what is said to go against them does");
}

#[test]
fn the_documentation_has_the_layers_of_the_store() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/ARCHITECTURE.md")).unwrap();
    let table = text.split("### The store's layers").nth(1).unwrap().split("\n#").next().unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | ")).skip(1);
    let said: Vec<(&str, Vec<&str>)> = rows
        .filter(|(layer, _)| !layer.starts_with('-'))
        .map(|(layer, modules)| (layer, modules.split('`').skip(1).step_by(2).collect()))
        .collect();
    assert_eq!(said, STORE.map(|(layer, modules)| (layer, modules.to_vec())));
}

/// What stands in one of the store's folders is one thing taken apart, and those parts go one way.
#[test]
fn no_two_files_of_one_folder_of_the_store_use_each_other() {
    let store = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/store/src");
    let (mut circles, seen) = circles_of(&store);
    circles.retain(|circle| !circle.starts_with(&format!("in {}:", store.display())));
    assert!(circles.is_empty() && seen > 100, "of {seen} files these use each other {circles:#?}");
}
