//! `make load` asks for every address that is read, or says why it does not (tools/load-addresses.mjs).

use reqwest::Method;

const ADDRESSES: &str = include_str!("../../../tools/load-addresses.mjs");

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
