//! The description of the API is what the API is.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{both_engines, call};

/// Every request of the API. A new one is added here.
pub const ROUTES: [(&str, &str); 80] = [
    ("GET", "/api/v1/openapi.json"),
    ("PUT", "/api/v1/voicebots/{id}"),
    ("GET", "/api/v1/voicebots"),
    ("PUT", "/api/v1/result-codes/{code}"),
    ("GET", "/api/v1/result-codes"),
    ("PUT", "/api/v1/result-words"),
    ("GET", "/api/v1/result-words"),
    ("PUT", "/api/v1/tariffs"),
    ("GET", "/api/v1/tariffs"),
    ("PUT", "/api/v1/campaigns/{id}"),
    ("GET", "/api/v1/campaigns"),
    ("GET", "/api/v1/campaigns/{id}"),
    ("POST", "/api/v1/campaigns/{id}/contacts"),
    ("GET", "/api/v1/campaigns/{id}/contacts"),
    ("GET", "/api/v1/customers"),
    ("POST", "/api/v1/campaigns/{id}/complete"),
    ("GET", "/api/v1/campaigns/{id}/report"),
    ("GET", "/api/v1/campaigns/{id}/deliveries"),
    ("GET", "/api/v1/campaigns/{id}/calls"),
    ("GET", "/api/v1/compare"),
    ("GET", "/api/v1/dimensions"),
    ("PUT", "/api/v1/dimensions/{dimension}"),
    ("DELETE", "/api/v1/dimensions/{dimension}"),
    ("GET", "/api/v1/campaigns/{id}/dimensions"),
    ("GET", "/api/v1/usage"),
    ("POST", "/api/v1/calls"),
    ("GET", "/api/v1/calls"),
    ("GET", "/api/v1/calls/{id}"),
    ("GET", "/api/v1/said"),
    ("PUT", "/api/v1/calls/{id}/recording"),
    ("GET", "/api/v1/calls/{id}/recording"),
    ("DELETE", "/api/v1/calls/{id}/recording"),
    ("POST", "/api/v1/import"),
    ("GET", "/api/v1/imports"),
    ("GET", "/api/v1/imports/{key}"),
    ("DELETE", "/api/v1/imports/{key}"),
    ("POST", "/api/v1/imports/{key}/store"),
    ("POST", "/api/v1/imports/{key}/undo"),
    ("GET", "/api/v1/imports/{key}/report"),
    ("GET", "/api/v1/mappings"),
    ("PUT", "/api/v1/mappings/{name}"),
    ("DELETE", "/api/v1/mappings/{name}"),
    ("GET", "/api/v1/sign-in"),
    ("PUT", "/api/v1/sign-in"),
    ("GET", "/api/v1/account"),
    ("PUT", "/api/v1/account"),
    ("GET", "/api/v1/recipients"),
    ("PUT", "/api/v1/recipients"),
    ("DELETE", "/api/v1/recipients"),
    ("GET", "/api/v1/calls/{id}/notes"),
    ("POST", "/api/v1/calls/{id}/notes"),
    ("DELETE", "/api/v1/calls/{id}/notes/{number}"),
    ("GET", "/api/v1/notes"),
    ("POST", "/api/v1/notes"),
    ("PUT", "/api/v1/notes/{number}"),
    ("DELETE", "/api/v1/notes/{number}"),
    ("GET", "/api/v1/views"),
    ("PUT", "/api/v1/views/{name}"),
    ("DELETE", "/api/v1/views/{name}"),
    ("GET", "/api/v1/tokens"),
    ("POST", "/api/v1/tokens"),
    ("DELETE", "/api/v1/tokens/{name}"),
    ("GET", "/api/v1/people"),
    ("POST", "/api/v1/people"),
    ("PUT", "/api/v1/people/{email}"),
    ("DELETE", "/api/v1/people/{email}"),
    ("DELETE", "/api/v1/result-codes/{code}"),
    ("DELETE", "/api/v1/tariffs"),
    ("DELETE", "/api/v1/people/{email}/sessions"),
    ("POST", "/api/v1/people/{email}/password-link"),
    ("GET", "/api/v1/hooks"),
    ("POST", "/api/v1/hooks"),
    ("PUT", "/api/v1/hooks/{number}"),
    ("DELETE", "/api/v1/hooks/{number}"),
    ("GET", "/api/v1/hook-agents"),
    ("PUT", "/api/v1/hook-agents"),
    ("GET", "/api/v1/recording-servers"),
    ("PUT", "/api/v1/recording-servers/{host}"),
    ("DELETE", "/api/v1/recording-servers/{host}"),
    ("POST", "/api/v1/tariffs/price-again"),
];

/// The requests that the description has.
pub fn described() -> BTreeSet<(String, String)> {
    let description = serde_json::to_value(server::api::description()).unwrap();
    let paths = description["paths"].as_object().unwrap().clone();
    let methods = |path: &String, item: &Value| {
        let path = path.clone();
        item.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(|(path, item)| methods(path, item)).collect()
}

#[test]
fn every_request_is_described() {
    let known: BTreeSet<_> = ROUTES.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(described(), known, "a request of the API is described in one place and not in the other");
}

#[test]
fn every_request_says_how_it_may_fail() {
    let description = serde_json::to_value(server::api::description()).unwrap();
    for (method, path) in ROUTES.into_iter().filter(|(_, path)| !path.ends_with("/openapi.json")) {
        let responses = &description["paths"][path][method.to_lowercase()]["responses"];
        let mut statuses = vec!["401", "422", "503"];
        if method != "GET" {
            statuses.push("507");
        }
        // Those that wait for a turn.
        if ["/api/v1/calls", "/api/v1/campaigns/{id}/contacts"].contains(&path) && method == "POST" {
            statuses.push("429");
        }
        for status in statuses {
            let schema = &responses[status]["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/Problem", "{method} {path}: {status}");
            assert!(responses[status]["description"].as_str().is_some_and(|text| !text.is_empty()));
        }
    }
    assert!(
        description["paths"]["/api/v1/openapi.json"]["get"]["responses"]["401"].is_null(),
        "it is open to everybody"
    );
}

#[test]
fn every_schema_that_is_referred_to_is_there() {
    let description = serde_json::to_value(server::api::description()).unwrap();
    let text = description.to_string();
    let schemas = description["components"]["schemas"].as_object().unwrap();
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name} is referred to and not there");
    }
}

/// Names of an object's fields that its schema does not have.
fn unknown_fields(description: &Value, schema: &Value, value: &Value, path: &str, unknown: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return unknown_fields(description, &description["components"]["schemas"][name], value, path, unknown);
    }
    let variants: Vec<&Value> =
        ["oneOf", "allOf", "anyOf"].iter().filter_map(|key| schema[key].as_array()).flatten().collect();
    match value {
        Value::Array(items) => {
            for item in items {
                let of_items = variants.iter().copied().chain([schema]).find(|schema| schema["items"].is_object());
                unknown_fields(description, &of_items.unwrap_or(schema)["items"], item, path, unknown);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                let path = format!("{path}.{name}");
                match property(description, schema, name) {
                    Some(found) => unknown_fields(description, &found, field, &path, unknown),
                    None => unknown.push(path),
                }
            }
        }
        _ => {}
    }
}

fn property(description: &Value, schema: &Value, name: &str) -> Option<Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        let reference = reference.rsplit('/').next().unwrap();
        return property(description, &description["components"]["schemas"][reference], name);
    }
    if schema["properties"][name].is_object() {
        return Some(schema["properties"][name].clone());
    }
    if schema["additionalProperties"].is_object() || schema["propertyNames"].is_object() {
        return Some(json!({}));
    }
    let variants = ["oneOf", "allOf", "anyOf"].iter().filter_map(|key| schema[key].as_array()).flatten();
    let mut variants = variants;
    variants.find_map(|variant| property(description, variant, name))
}

both_engines! {
    async fn what_is_answered_has_no_field_that_is_not_described(at) {
        at.stock().await;
        let mut record = call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY");
        record["transcript"] = json!([{"at": 0, "speaker": "bot", "text": "Dạ"}]);
        at.post("/api/v1/calls", &json!([record, {"id": 5}])).await.is(200);
        let description = at.bare(Method::GET, "/api/v1/openapi.json");
        let description = crate::harness::Answer::of(description).await.is(200).json();
        assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
        for (path, real) in [
            ("/api/v1/voicebots", "/api/v1/voicebots"),
            ("/api/v1/result-codes", "/api/v1/result-codes"),
            ("/api/v1/result-words", "/api/v1/result-words"),
            ("/api/v1/tariffs", "/api/v1/tariffs"),
            ("/api/v1/campaigns", "/api/v1/campaigns"),
            ("/api/v1/campaigns/{id}", "/api/v1/campaigns/tet"),
            ("/api/v1/campaigns/{id}/report", "/api/v1/campaigns/tet/report"),
            ("/api/v1/campaigns/{id}/calls", "/api/v1/campaigns/tet/calls"),
            ("/api/v1/calls/{id}", "/api/v1/calls/c-1"),
        ] {
            let schema = &description["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
            assert!(schema.is_object(), "{path} has no described answer");
            let mut unknown = Vec::new();
            unknown_fields(&description, schema, &at.get(real).await.is(200).json(), "", &mut unknown);
            assert_eq!(unknown, Vec::<String>::new(), "{path}");
        }
    }
}
