//! `make load` asks for every address that is read, or says why it does not (tools/load-addresses.mjs).

use std::collections::BTreeSet;

use reqwest::Method;

const ADDRESSES: &str = include_str!("../../../tools/load-addresses.mjs");
const LOAD: &str = include_str!("../../../docs/LOAD.md");
/// Addresses that have come since the tables of docs/LOAD.md were measured: the next `make load` has them, and they go from here.
const NOT_MEASURED_YET: [&str; 11] = [
    "/api/v1/calls/{id}/notes",
    "/api/v1/campaigns/{id}/dimensions",
    "/api/v1/dimensions",
    "/api/v1/notes",
    "/api/v1/said?q=alo",
    "/api/v1/said?q=alo&campaign={id}",
    "/api/v1/views",
    "/campaigns/{id}/dimensions.csv?from={day}&to={day}",
    "/fn/said?query=q%3Dalo",
    "/search?q=%22xin+chao%22&campaign={id}",
    "/search?q=alo",
];

/// The addresses of a JavaScript text that stand between quotes, without their queries.
fn quoted(text: &str) -> Vec<&str> {
    let between = text.split('"').skip(1).step_by(2);
    between.filter(|text| text.starts_with('/')).map(|text| text.split('?').next().unwrap_or_default()).collect()
}

#[test]
fn every_address_that_is_read_is_put_under_load() {
    let (before, after) = ADDRESSES.split_once("export const LEFT_OUT = {").unwrap();
    let (left_out, after) = after.split_once("};").unwrap();
    let (left_out, asked) = (quoted(left_out), [quoted(before), quoted(after)].concat());
    // Those of the API are read from its own description.
    let routes: Vec<String> = server::router::list()
        .into_iter()
        .filter(|(method, path)| *method == Method::GET && !path.starts_with("/api/"))
        .map(|(_, path)| path)
        .collect();
    let untold: Vec<&String> =
        routes.iter().filter(|path| asked.contains(&path.as_str()) == left_out.contains(&path.as_str())).collect();
    assert!(untold.is_empty(), "neither asked for nor left out, or both: {untold:?}");
    let gone: Vec<&&str> = left_out.iter().filter(|path| !routes.iter().any(|route| route == **path)).collect();
    assert!(gone.is_empty(), "these are no routes: {gone:?}");
}

/// The texts between quotes of what stands between these two.
fn listed<'a>(from: &str, to: &str) -> Vec<&'a str> {
    let (_, rest) = ADDRESSES.split_once(from).unwrap_or_else(|| panic!("no {from}"));
    rest.split_once(to).unwrap().0.split('"').skip(1).step_by(2).collect()
}

/// The addresses as the tables name them.
fn labels() -> BTreeSet<String> {
    let mut labels = BTreeSet::from([listed("export const OVERVIEW = ", ";")[0].to_owned()]);
    for list in ["const pages = [", "const functions = [", "const files = ["] {
        labels.extend(listed(list, "];").into_iter().map(str::to_owned));
    }
    let queries = ADDRESSES.split_once("const queries = {").unwrap().1.split_once("};").unwrap().0;
    let queries: Vec<Vec<&str>> = queries.lines().map(|line| line.split('"').skip(1).step_by(2).collect()).collect();
    let routes =
        server::router::list().into_iter().filter(|(method, path)| *method == Method::GET && path.starts_with("/api/"));
    for (_, path) in routes {
        match queries.iter().find(|line| line.first() == Some(&path.as_str())) {
            Some(line) => labels.extend(line[1..].iter().map(|query| format!("{path}{query}"))),
            None => drop(labels.insert(path)),
        }
    }
    labels
}

#[test]
fn every_address_under_load_has_a_row_in_the_tables() {
    let rows: BTreeSet<&str> =
        LOAD.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |")).map(|(label, _)| label).collect();
    let labels = labels();
    assert!(labels.len() > 70, "the addresses were read: {labels:?}");
    let lacking: Vec<&String> = labels
        .iter()
        .filter(|label| !rows.contains(label.as_str()) && !NOT_MEASURED_YET.contains(&label.as_str()))
        .collect();
    assert!(lacking.is_empty(), "docs/LOAD.md has no row of {lacking:#?}");
    let gone: Vec<&&str> = NOT_MEASURED_YET.iter().filter(|label| !labels.contains(**label)).collect();
    assert!(gone.is_empty(), "nobody asks for {gone:?}");
}
