//! What else a sender keeps with a call or a customer: names and JSON values of their own, within limits.
//!
//! The limits hold while the JSON is read: a list of zeros takes sixteen times its text as values, so what is too large must
//! not be built first.

use std::{cell::Cell, collections::BTreeMap, fmt};

use serde::{
    Deserializer,
    de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::limits::{ATTRIBUTES, ATTRIBUTES_BYTES, ATTRIBUTES_DEPTH, LIST_BYTES, OBJECT_BYTES, VALUE_BYTES};

/// Names and what they stand for.
pub type Attributes = BTreeMap<String, Value>;

const TOO_MANY: &str = "has more than 100 entries";
const TOO_LARGE: &str = "is larger than 64 KiB";
const TOO_DEEP: &str = "nests lists and objects more than 16 deep";

/// Reads attributes or `null`, as a field's `deserialize_with`.
///
/// # Errors
/// As soon as a limit is reached; says which.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Attributes>, D::Error> {
    deserializer.deserialize_option(Entries)
}

/// Bytes that attributes take in memory, as [`ATTRIBUTES_BYTES`] counts them.
pub fn bytes(attributes: &Attributes) -> usize {
    attributes.iter().map(|(name, value)| name.len() + bytes_of(value)).sum()
}

fn bytes_of(value: &Value) -> usize {
    let inside = match value {
        Value::String(text) => text.len(),
        Value::Array(values) => LIST_BYTES + values.iter().map(bytes_of).sum::<usize>(),
        Value::Object(map) => {
            OBJECT_BYTES + map.iter().map(|(name, value)| name.len() + bytes_of(value)).sum::<usize>()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    VALUE_BYTES + inside
}

/// Why attributes that came from elsewhere than [`deserialize`] (the columns of a file) are too large, if they are.
pub fn fault(attributes: &Attributes) -> Option<&'static str> {
    if attributes.len() > ATTRIBUTES {
        return Some(TOO_MANY);
    }
    (bytes(attributes) > ATTRIBUTES_BYTES).then_some(TOO_LARGE)
}

/// Takes from a budget; whether there was so much.
fn take(budget: &Cell<usize>, bytes: usize) -> bool {
    let left = budget.get().checked_sub(bytes);
    budget.set(left.unwrap_or(0));
    left.is_some()
}

/// All of them.
struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Option<Attributes>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let budget = Cell::new(ATTRIBUTES_BYTES);
        let mut attributes = Attributes::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = BoundedValue { budget: &budget, depth: 0 };
            value.spend(name.len())?;
            let value = map.next_value_seed(value)?;
            attributes.insert(name, value);
            if attributes.len() > ATTRIBUTES {
                return Err(de::Error::custom(TOO_MANY));
            }
        }
        Ok(Some(attributes))
    }
}

/// One value, from what is left of the budget.
#[derive(Clone, Copy)]
struct BoundedValue<'a> {
    budget: &'a Cell<usize>,
    /// How many lists and objects stand around it.
    depth: usize,
}

impl BoundedValue<'_> {
    fn spend<E: de::Error>(&self, bytes: usize) -> Result<(), E> {
        if take(self.budget, bytes) { Ok(()) } else { Err(E::custom(TOO_LARGE)) }
    }

    fn plain<E: de::Error>(self, value: Value) -> Result<Value, E> {
        self.spend(VALUE_BYTES)?;
        Ok(value)
    }

    /// What stands in this list or object, which takes so many bytes besides.
    fn inside<E: de::Error>(self, bytes: usize) -> Result<Self, E> {
        self.spend(VALUE_BYTES + bytes)?;
        if self.depth == ATTRIBUTES_DEPTH {
            return Err(E::custom(TOO_DEEP));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for BoundedValue<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for BoundedValue<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        self.plain(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        self.plain(value.into())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        self.plain(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        self.plain(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        self.plain(value.into())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        self.spend(VALUE_BYTES + text.len())?;
        Ok(text.into())
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Value, E> {
        self.spend(VALUE_BYTES + text.len())?;
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inside = self.inside(LIST_BYTES)?;
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(inside)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inside = self.inside(OBJECT_BYTES)?;
        let mut values = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            inside.spend(name.len())?;
            values.insert(name, map.next_value_seed(inside)?);
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Kept {
        #[serde(default, deserialize_with = "deserialize")]
        attributes: Option<Attributes>,
    }

    fn read(attributes: &str) -> Result<Option<Attributes>, String> {
        let read = serde_json::from_str::<Kept>(&format!("{{\"attributes\":{attributes}}}"));
        read.map(|kept| kept.attributes).map_err(|error| error.to_string())
    }

    #[test]
    fn every_value_is_kept_as_it_is() {
        let all = json!({"a": null, "b": true, "c": -1, "d": 18_446_744_073_709_551_615_u64, "e": 0.5, "f": "ế\n",
            "g": [1, [2, {}]], "h": {"i": {"j": []}}});
        assert_eq!(json!(read(&all.to_string()).unwrap()), all);
        assert_eq!(read("null").unwrap(), None);
        assert_eq!(serde_json::from_str::<Kept>("{}").unwrap().attributes, None);
        assert!(read("[1]").is_err() && read("\"text\"").is_err());
    }

    #[test]
    fn each_limit_holds_at_its_value_and_not_one_over() {
        let entries = |count: usize| (0..count).map(|n| (n.to_string(), json!(n))).collect::<Attributes>();
        let text = |bytes: usize| Attributes::from([("k".to_owned(), json!("x".repeat(bytes)))]);
        let zeros = |count: usize| Attributes::from([("k".to_owned(), json!(vec![0; count]))]);
        let deep = |depth: usize| format!("{{\"k\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        for (at, over, said) in [
            (entries(ATTRIBUTES), entries(ATTRIBUTES + 1), TOO_MANY),
            (text(ATTRIBUTES_BYTES - 33), text(ATTRIBUTES_BYTES - 32), TOO_LARGE),
            (zeros(ATTRIBUTES_BYTES / 32 - 5), zeros(ATTRIBUTES_BYTES / 32 - 4), TOO_LARGE),
        ] {
            assert_eq!(read(&json!(at).to_string()).unwrap(), Some(at.clone()));
            assert_eq!(fault(&at), None);
            let error = read(&json!(over).to_string()).unwrap_err();
            assert!(error.starts_with(said), "{error}");
            assert_eq!(fault(&over), Some(said));
        }
        assert!(read(&deep(ATTRIBUTES_DEPTH)).is_ok());
        let error = read(&deep(ATTRIBUTES_DEPTH + 1)).unwrap_err();
        assert!(error.starts_with(TOO_DEEP), "{error}");
    }
}
