//! JSON of which only the known names are kept: a platform's call has hundreds of values, and a report needs thirty.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Names under which archives and answers hold one body or a list of them; they are kept for every platform.
pub(crate) const WRAPPERS: [&str; 18] = [
    "body",
    "message",
    "data",
    "payload",
    "json",
    "event",
    "query",
    "params",
    "calls",
    "objects",
    "items",
    "results",
    "records",
    "conversations",
    "recordings",
    "list",
    "_embedded",
    "Call",
];

/// The names that are kept, at whatever depth they stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names {
    /// Their objects lose what is not named.
    pub(crate) read: &'static [&'static str],
    /// Kept as they are, with all that is in them.
    pub(crate) whole: &'static [&'static str],
}

impl Names {
    /// Parses a JSON text; fails where it is none.
    pub(crate) fn parse(self, text: &[u8]) -> Result<Value, serde_json::Error> {
        let mut input = serde_json::Deserializer::from_slice(text);
        let value = self.deserialize(&mut input)?;
        input.end()?;
        Ok(value)
    }

    pub(crate) fn has(self, name: &str) -> bool {
        [self.read, self.whole, &WRAPPERS].iter().any(|names| is_among(name, names))
    }
}

impl<'de> DeserializeSeed<'de> for Names {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Names {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(self)? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut kept = Map::new();
        while let Some(name) = map.next_key_seed(Name(self))? {
            match name {
                Kept::Read(name) => drop(kept.insert(name, map.next_value_seed(self)?)),
                Kept::Whole(name) => drop(kept.insert(name, map.next_value()?)),
                Kept::Not => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(kept.into())
    }
}

/// As `contains`, but most names are told apart by their first byte and length.
fn is_among(name: &str, names: &[&str]) -> bool {
    let first = name.as_bytes().first();
    names.iter().any(|known| known.len() == name.len() && known.as_bytes().first() == first && *known == name)
}

/// Reads a name, and copies it only where it is kept.
struct Name(Names);

enum Kept {
    Read(String),
    Whole(String),
    Not,
}

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Kept;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Kept, D::Error> {
        input.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Kept;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Kept, E> {
        Ok(if is_among(name, self.0.read) || is_among(name, &WRAPPERS) {
            Kept::Read(name.to_owned())
        } else if is_among(name, self.0.whole) {
            Kept::Whole(name.to_owned())
        } else {
            Kept::Not
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_names_are_kept() {
        let names = Names { read: &["a", "b"], whole: &["w"] };
        let text = r#"{"a":{"x":1,"b":[{"y":2,"a":"3"}]},"x":{"a":1},"w":{"x":1.5}}"#;
        assert_eq!(names.parse(text.as_bytes()).unwrap().to_string(), r#"{"a":{"b":[{"a":"3"}]},"w":{"x":1.5}}"#);
        assert!(names.parse(b"{\"x\":}").is_err() && names.parse(b"{} {}").is_err());
        assert!(names.parse(["{\"a\":".repeat(10_000), "}".repeat(10_000)].concat().as_bytes()).is_err());
    }
}
