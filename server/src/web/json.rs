//! JSON from outside: every mistake is named by its field, in words that hold nothing of the parser's.

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use domain::{
    FieldError,
    limits::{BODY_BYTES, repeated},
};
use serde::de::DeserializeOwned;

use crate::web::{objects, problem::Problem};

pub struct Record<T>(pub T);

/// Why bytes are no record.
#[derive(Debug)]
pub enum Unreadable {
    /// They are not JSON.
    NotJson(String),
    /// They are JSON, but this field is wrong.
    Field(FieldError),
}

/// Whether the body is said to be JSON.
pub fn is_json(headers: &HeaderMap) -> bool {
    media_type(headers).is_some_and(|media| media == "application/json" || media.ends_with("+json"))
}

/// The media type without its parameters, in lower case.
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?.to_ascii_lowercase();
    let mut parts = text.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default().to_owned();
    // JSON is UTF-8 (RFC 8259 §8.1); what says that it is not, is not read as if it were.
    let charset = parts.find_map(|part| part.strip_prefix("charset=")).map(|name| name.trim_matches('"'));
    charset.is_none_or(|name| ["utf-8", "utf8", "us-ascii"].contains(&name)).then_some(media)
}

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Record<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::unsupported("send JSON with Content-Type: application/json"));
        }
        let bytes = read_whole(request.into_body()).await?;
        match parse(&bytes) {
            Ok(record) => Ok(Self(record)),
            Err(Unreadable::NotJson(reason)) => Err(Problem::unreadable(format!("the body is not JSON: {reason}"))),
            Err(Unreadable::Field(error)) => Err(Problem::invalid(error)),
        }
    }
}

async fn read_whole(body: Body) -> Result<bytes::Bytes, Problem> {
    axum::body::to_bytes(body, BODY_BYTES).await.map_err(|error| {
        if std::error::Error::source(&error)
            .is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>)
        {
            Problem::too_large("the body is larger than 1 MiB")
        } else {
            Problem::unreadable("the body broke off")
        }
    })
}

/// Parses one record; the fast way first, and again with its path only where it fails.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    // The parser would take an array for a record's fields in their order.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(match serde_json::from_slice::<serde::de::IgnoredAny>(bytes) {
            Ok(_) => Unreadable::Field(FieldError::new("body", "must be an object, not an array")),
            Err(error) => Unreadable::NotJson(error.to_string()),
        });
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let record = objects::read(&mut deserializer).and_then(|record| deserializer.end().map(|()| record));
    let error: serde_json::Error = match record {
        Ok(record) => return Ok(record),
        Err(error) => error,
    };
    // Where one of several words must stand, the parser takes another value for no value at all.
    let is_another_value =
        error.to_string().starts_with(NO_VALUE) && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok();
    if (error.is_syntax() || error.is_eof()) && !is_another_value {
        return Err(Unreadable::NotJson(error.to_string()));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, T>(objects::BodyObjects(&mut deserializer)) {
        Ok(record) => Ok(record),
        Err(error) => Err(Unreadable::Field(field_error(&error.path().to_string(), &error.inner().to_string()))),
    }
}

/// What the parser says where it finds no value, or not one of the words that it expects.
const NO_VALUE: &str = "expected value";

/// The id that a bad record names, where one can be read.
pub fn id_of(bytes: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct NamedElement {
        id: String,
    }
    let named: NamedElement = serde_json::from_slice(bytes).ok()?;
    Some(named.id.chars().take(domain::limits::ID_CHARS).collect())
}

/// Turns the parser's message into a field and a reason.
fn field_error(path: &str, message: &str) -> FieldError {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    let path = if path == "." { "" } else { path };
    let quoted = |after: &str| message.strip_prefix(after)?.split('`').next();
    if let Some(name) = quoted("missing field `") {
        return FieldError::new(join(path, name), "is missing");
    }
    if let Some(name) = quoted("unknown field `") {
        // The path ends with the unknown field's name only where the parser had already entered it.
        let parent = path.strip_suffix(name).map_or(path, |parent| parent.trim_end_matches('.'));
        return FieldError::new(join(parent, name), "is not a known field");
    }
    if let Some(name) = quoted("duplicate field `") {
        return FieldError::new(
            join(path.strip_suffix(name).unwrap_or(path).trim_end_matches('.'), name),
            "is there twice",
        );
    }
    let field = if path.is_empty() { "body" } else { path };
    if message == NO_VALUE {
        return FieldError::new(field, "must be a text");
    }
    if message.starts_with("unknown variant `") {
        let known = message.split_once("expected ").map_or("", |(_, known)| known.trim_start_matches("one of "));
        return FieldError::new(field, format!("must be {}", known.replace('`', "")));
    }
    for prefix in ["invalid type: ", "invalid value: "] {
        if let Some((found, expected)) = message.strip_prefix(prefix).and_then(|rest| rest.split_once(", expected ")) {
            let found = match found {
                "sequence" => "an array".into(),
                "map" => "an object".into(),
                found => repeated(found),
            };
            return FieldError::new(field, format!("must be {}, not {found}", in_words(expected)));
        }
    }
    FieldError::new(field, message)
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// What the parser expected, without the program's own names.
fn in_words(expected: &str) -> String {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more".to_owned(),
        "i32" | "i64" => "a whole number".to_owned(),
        "a sequence" => "an array".to_owned(),
        "a map" => "an object".to_owned(),
        text if text.starts_with("struct ") || text.contains(" struct ") => "an object".to_owned(),
        text if text.starts_with("enum ") || text.ends_with(" identifier") => "a text".to_owned(),
        text => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use domain::CallRecord;

    use super::*;

    fn wrong(json: &str) -> (String, String) {
        match parse::<CallRecord>(json.as_bytes()) {
            Err(Unreadable::Field(error)) => (error.field, error.reason),
            other => panic!("{json}: {other:?}"),
        }
    }

    #[test]
    fn a_mistake_is_named_by_its_field() {
        let with =
            |extra: &str| format!(r#"{{"id":"c","campaign":"t","contact":{{"phone":"1"}},"dialed_at":1000{extra}}}"#);
        let (field, reason) = wrong(r#"{"id":"c","campaign":"t","dialed_at":1}"#);
        assert_eq!((field.as_str(), reason.as_str()), ("contact", "is missing"));
        let (field, reason) = wrong(&with(r#","colour":"red""#));
        assert_eq!((field.as_str(), reason.as_str()), ("colour", "is not a known field"));
        let (field, reason) = wrong(r#"{"id":"c","campaign":"t","contact":{"phone":"1","fax":"2"},"dialed_at":1000}"#);
        assert_eq!((field.as_str(), reason.as_str()), ("contact.fax", "is not a known field"));
        let (field, reason) = wrong(&with(r#","attempt":"two""#));
        assert_eq!(
            (field.as_str(), reason.as_str()),
            ("attempt", r#"must be a whole number, 0 or more, not string "two""#)
        );
        let (field, reason) = wrong(&with(r#","hangup_by":"dog""#));
        assert_eq!(field, "hangup_by");
        assert!(reason.starts_with("must be customer, bot"), "{reason}");
        for value in ["null", "7", "[]", "true"] {
            #[derive(Debug, serde::Deserialize)]
            struct Scopes {
                #[expect(dead_code, reason = "it is never there")]
                scopes: Vec<domain::TokenScope>,
            }
            let json = format!(r#"{{"scopes":["read",{value}]}}"#);
            match parse::<Scopes>(json.as_bytes()) {
                Err(Unreadable::Field(error)) => assert_eq!(error.field, "scopes[1]", "{value}: {error:?}"),
                other => panic!("{value}: {other:?}"),
            }
        }
        let (field, reason) = wrong(&with(
            r#","transcript":[{"at":0,"speaker":"bot","text":"a"},{"at":"x","speaker":"bot","text":"a"}]"#,
        ));
        assert_eq!(field, "transcript[1].at");
        assert!(reason.contains("a whole number"), "{reason}");
        let (field, reason) = wrong(&with(r#","cost":"1,5""#));
        assert_eq!((field.as_str(), reason.as_str()), ("cost", "is not a decimal number such as \"1234.5\""));
        let (field, reason) = wrong(&with(&format!(r#","voicebot":"{}""#, "x".repeat(129))));
        assert_eq!((field.as_str(), reason.as_str()), ("voicebot", "is longer than 128 characters"));
        let (field, reason) = wrong("[]");
        assert_eq!(field, "body");
        assert!(!reason.contains("CallRecord"), "{reason}");
    }

    #[test]
    fn an_array_is_no_object() {
        let with = |contact: &str| format!(r#"{{"id":"c","campaign":"t","contact":{contact},"dialed_at":1000}}"#);
        for array in ["[]", r#"["kh-1","0912345678"]"#] {
            let wrong = wrong(&with(array));
            assert_eq!(wrong, ("contact".to_owned(), "must be an object, not an array".to_owned()));
        }
        let line = r#"{"id":"c","campaign":"t","contact":{"phone":"1"},"dialed_at":1,"transcript":[[0,"bot","a"]]}"#;
        assert_eq!(wrong(line).0, "transcript[0]");
    }

    #[test]
    fn what_is_not_json_is_told_apart() {
        for text in ["", "{", "{\"id\":}", "nonsense", "\u{0}"] {
            assert!(matches!(parse::<CallRecord>(text.as_bytes()), Err(Unreadable::NotJson(_))), "{text}");
        }
        assert_eq!(id_of(br#"{"id":"c-1","colour":[1,{"a":2}]}"#).as_deref(), Some("c-1"));
        assert_eq!(id_of(b"{"), None);
    }
}
