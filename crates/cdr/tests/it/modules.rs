//! The modules of the crate use each other in one direction.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// The sources by their modules' paths: `formats::asterisk::row`; empty for the crate's root.
fn sources(folder: &Path, module: &str, into: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
        let inner = |name: &str| if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") };
        if path.is_dir() {
            sources(&path, &inner(&name), into);
        } else if let Some(stem) = name.strip_suffix(".rs") {
            let module = if matches!(stem, "lib" | "mod") { module.to_owned() } else { inner(stem) };
            into.insert(module, fs::read_to_string(&path).unwrap());
        }
    }
}

/// The paths that begin with `crate` or `super`, one for each name in braces.
fn paths(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for root in ["crate::", "super::"] {
        for (at, _) in code.match_indices(root) {
            expand("", &code[at..], &mut found);
        }
    }
    found
}

/// Reads one path (`a::b`, `a::{b, c::d}`) at the start of `code` into `found`; gives what follows it.
fn expand<'a>(before: &str, code: &'a str, found: &mut Vec<String>) -> &'a str {
    let end = code.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').unwrap_or(code.len());
    let path = format!("{before}{}", &code[..end]);
    let mut rest = &code[end..];
    if !path.ends_with("::") || !rest.starts_with('{') {
        found.push(path);
        return rest;
    }
    while let Some(inner) = rest.strip_prefix(['{', ',']) {
        rest = inner.trim_start();
        if !rest.starts_with('}') {
            rest = expand(&path, rest, found).trim_start();
        }
    }
    rest.strip_prefix('}').unwrap_or(rest)
}

/// The module that a path of `module` leads to: the longest part of it that is one.
fn target(module: &str, path: &str, modules: &BTreeSet<String>) -> String {
    let mut at: Vec<&str> = module.split("::").filter(|name| !name.is_empty()).collect();
    for name in path.split("::") {
        match name {
            "crate" => at.clear(),
            "super" => drop(at.pop()),
            name => at.push(name),
        }
    }
    while !modules.contains(&at.join("::")) {
        at.pop();
    }
    at.join("::")
}

/// A module uses those it declares; so what a child needs of its parent belongs into a module of its own.
#[test]
fn modules_use_each_other_in_one_direction() {
    let mut files = BTreeMap::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files);
    let modules: BTreeSet<String> = files.keys().cloned().collect();
    let mut left: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (module, text) in &files {
        // Tests stand at the end, and use all of their own module.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let used = paths(&code.join("\n")).into_iter().map(|path| target(module, &path, &modules));
        let declared = code
            .iter()
            .filter_map(|line| line.trim().strip_suffix(';')?.split_once("mod "))
            .map(|(_, name)| if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") });
        let used: BTreeSet<String> = used.chain(declared).filter(|used| used != module).collect();
        left.insert(module, used);
    }
    assert!(left[""].contains("records") && left["records"].contains("formats"), "the sources were not read: {left:?}");
    // Modules that use nothing which is left are taken away until there are none; those in a cycle stay.
    while let Some(module) = left.iter().find(|(_, used)| used.iter().all(|used| !left.contains_key(used.as_str()))) {
        let module = *module.0;
        left.remove(module);
    }
    assert!(left.is_empty(), "these modules use each other in a cycle, or use one that is in it: {left:#?}");
}
