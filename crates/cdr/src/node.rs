//! JSON that borrows from the text that it is read from: a platform's call has hundreds of values, and a report needs thirty.

use std::{borrow::Cow, cell::Cell, fmt};

use domain::limits::{NODE_BYTES, VALUE_BYTES};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::pruned::{KeptPart, KnownNames};

/// A value of JSON.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    /// Names and values in the order of the text; of a name that is there twice the last one holds.
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

impl<'a> Node<'a> {
    /// Parses a JSON text; none where it is none.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        Self::within_limits(text).ok()
    }

    /// As [`Self::parse`], saying why it is none.
    ///
    /// # Errors
    /// Where it is none, or holds more than [`NODE_BYTES`].
    pub(crate) fn within_limits(text: &'a str) -> Result<Self, serde_json::Error> {
        let (mut input, budget) = (serde_json::Deserializer::from_str(text), Budget::default());
        let value = Whole(&budget).deserialize(&mut input)?;
        input.end().map(|()| value)
    }

    /// Parses a JSON text, of which only the known names are kept; fails where it is none.
    pub(crate) fn pruned(text: &'a [u8], names: &KnownNames) -> Result<Self, serde_json::Error> {
        let budget = Budget::default();
        let pruned = Pruned { names, budget: &budget };
        // Looked at once, it need not be looked at text by text; what is passed over may be anything.
        if let Ok(text) = std::str::from_utf8(text) {
            let mut input = serde_json::Deserializer::from_str(text);
            let value = pruned.deserialize(&mut input)?;
            return input.end().map(|()| value);
        }
        let mut input = serde_json::Deserializer::from_slice(text);
        let value = pruned.deserialize(&mut input)?;
        input.end().map(|()| value)
    }

    /// What an object has under a name.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(entries) = self else { return None };
        let first = name.as_bytes().first();
        // Most names are told apart by their length and first byte; most of those that are not are one text.
        let is = |known: &str| {
            known.len() == name.len()
                && known.as_bytes().first() == first
                && (std::ptr::eq(known, name) || known == name)
        };
        entries.iter().rev().find(|(known, _)| is(known)).map(|(_, value)| value)
    }

    /// The number, where it is one, and not a text of it.
    pub(crate) fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { number.as_f64() } else { None }
    }

    pub(crate) fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// The values of a list; none of anything else.
    pub(crate) fn list(&self) -> Option<&[Self]> {
        if let Self::List(values) = self { Some(values) } else { None }
    }

    /// The same as a value that owns all of it.
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(is) => Value::Bool(*is),
            Self::Number(number) => Value::Number(number.clone()),
            Self::Text(text) => Value::from(text.as_ref()),
            Self::List(values) => values.iter().map(Self::to_value).collect(),
            Self::Object(entries) => {
                let entries = entries.iter().map(|(name, value)| (name.as_ref().to_owned(), value.to_value()));
                Value::Object(entries.collect::<Map<String, Value>>())
            }
        }
    }
}

/// As JSON.
impl fmt::Display for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_value().fmt(f)
    }
}

/// What an object takes, whatever is in it: as a node, or as a [`Value`] that owns its names.
const OBJECT: usize = 20 * VALUE_BYTES;
/// What a list takes.
const LIST: usize = 5 * VALUE_BYTES;
/// Names of an object of a platform for which there is room from the beginning: most have no more that are kept.
const KNOWN: usize = 8;
/// What one more value of either takes; lists grow by doubling.
const ENTRY: usize = 2 * VALUE_BYTES;

/// What is left of the memory that a text may take: a list of empty objects takes three hundred times its text.
struct Budget(Cell<usize>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(NODE_BYTES))
    }
}

impl Budget {
    fn spend<E: Error>(&self, bytes: usize) -> Result<(), E> {
        let left = self.0.get().checked_sub(bytes).ok_or_else(|| E::custom(TOO_MUCH))?;
        self.0.set(left);
        Ok(())
    }
}

/// Why a text is refused that holds more.
pub(crate) const TOO_MUCH: &str = "holds more values than one call may";

/// Reads all of a value.
#[derive(Clone, Copy)]
struct Whole<'b>(&'b Budget);

impl Whole<'_> {
    fn spend<E: Error>(self, bytes: usize) -> Result<(), E> {
        self.0.spend(bytes)
    }
}

/// Reads what has a known name.
#[derive(Clone, Copy)]
struct Pruned<'b> {
    names: &'b KnownNames,
    budget: &'b Budget,
}

impl Pruned<'_> {
    fn spend<E: Error>(self, bytes: usize) -> Result<(), E> {
        self.budget.spend(bytes)
    }
}

/// The methods of a visitor for what has nothing in it.
macro_rules! visit_plain {
    () => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("JSON")
        }

        fn visit_bool<E>(self, value: bool) -> Result<Node<'de>, E> {
            Ok(Node::Bool(value))
        }

        fn visit_i64<E>(self, value: i64) -> Result<Node<'de>, E> {
            Ok(Node::Number(value.into()))
        }

        fn visit_u64<E>(self, value: u64) -> Result<Node<'de>, E> {
            Ok(Node::Number(value.into()))
        }

        fn visit_f64<E>(self, value: f64) -> Result<Node<'de>, E> {
            Ok(Number::from_f64(value).map_or(Node::Null, Node::Number))
        }

        fn visit_str<E>(self, value: &str) -> Result<Node<'de>, E> {
            Ok(Node::Text(Cow::Owned(value.to_owned())))
        }

        fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Node<'de>, E> {
            Ok(Node::Text(Cow::Borrowed(value)))
        }

        fn visit_unit<E>(self) -> Result<Node<'de>, E> {
            Ok(Node::Null)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node<'de>, A::Error> {
            let mut values = Vec::new();
            self.spend(LIST)?;
            while let Some(value) = seq.next_element_seed(self)? {
                self.spend(ENTRY)?;
                values.push(value);
            }
            Ok(Node::List(values))
        }
    };
}

impl<'de> DeserializeSeed<'de> for Whole<'_> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Node<'de>, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Whole<'_> {
    type Value = Node<'de>;

    visit_plain!();

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node<'de>, A::Error> {
        let mut entries = Vec::new();
        self.spend(OBJECT)?;
        while let Some(name) = map.next_key_seed(AnyName)? {
            self.spend(ENTRY)?;
            entries.push((name, map.next_value_seed(self)?));
        }
        Ok(Node::Object(entries))
    }
}

impl<'de> DeserializeSeed<'de> for Pruned<'_> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Node<'de>, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Pruned<'_> {
    type Value = Node<'de>;

    visit_plain!();

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node<'de>, A::Error> {
        let mut entries = Vec::with_capacity(KNOWN);
        self.spend(KNOWN * ENTRY)?;
        while let Some(kept) = map.next_key_seed(Name(self.names))? {
            let (name, value) = match kept {
                Some((name, KeptPart::Read)) => (name, map.next_value_seed(self)?),
                Some((name, KeptPart::Whole)) => (name, map.next_value_seed(Whole(self.budget))?),
                None => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            self.spend(ENTRY)?;
            entries.push((Cow::Borrowed(name), value));
        }
        Ok(Node::Object(entries))
    }
}

/// Reads a name as it is.
struct AnyName;

impl<'de> DeserializeSeed<'de> for AnyName {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Cow<'de, str>, D::Error> {
        input.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for AnyName {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(name.to_owned()))
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(name))
    }
}

/// Reads a name, and what is to be kept under it.
struct Name<'n>(&'n KnownNames);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<(&'static str, KeptPart)>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<(&'static str, KeptPart)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.find(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pruned::Names;

    #[test]
    fn only_known_names_are_kept() {
        let names = Names { read: &["a", "b"], whole: &["w"] }.known();
        let kept = |text: &str| Node::pruned(text.as_bytes(), &names).map(|node| node.to_string());
        let text = r#"{"a":{"x":1,"b":[{"y":2,"a":"3"}]},"x":{"a":1},"w":{"x":1.5}}"#;
        assert_eq!(kept(text).unwrap(), r#"{"a":{"b":[{"a":"3"}]},"w":{"x":1.5}}"#);
        assert!(kept("{\"x\":}").is_err() && kept("{} {}").is_err());
        assert!(kept(&["{\"a\":".repeat(10_000), "}".repeat(10_000)].concat()).is_err());
        let passed_over = b"{\"x\":\"\xff\",\"a\":1}";
        assert_eq!(Node::pruned(passed_over, &names).unwrap().to_string(), r#"{"a":1}"#);
    }

    #[test]
    fn a_text_that_would_take_much_memory_is_refused_at_its_limit() {
        let empty = |objects: usize| format!("{{\"w\":[{}{{}}]}}", "{},".repeat(objects - 1));
        // The object around it, its name, the list.
        let (one, rest) = (OBJECT + ENTRY, OBJECT + ENTRY + LIST);
        let most = (NODE_BYTES - rest) / one;
        assert!(Node::within_limits(&empty(most)).is_ok());
        let refused = Node::within_limits(&empty(most + 1)).unwrap_err();
        assert!(refused.to_string().starts_with(TOO_MUCH), "{refused}");
        for names in [Names { read: &["w"], whole: &[] }, Names { read: &[], whole: &["w"] }] {
            let refused = Node::pruned(empty(most * 2).as_bytes(), &names.known()).unwrap_err();
            assert!(refused.to_string().starts_with(TOO_MUCH), "{refused}");
        }
        // What nobody keeps takes nothing.
        let none = Names { read: &["a"], whole: &[] }.known();
        assert!(Node::pruned(empty(most * 2).as_bytes(), &none).is_ok());
    }

    #[test]
    fn a_node_is_what_serde_json_reads() {
        let text = r#"{"a":[1,-2,1.5,1e300,true,null,"\u00e9\n",""],"b":{"c":{},"b":18446744073709551615},"a":"2"}"#;
        let node = Node::parse(text).unwrap();
        assert_eq!(node.to_value(), serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(node.get("a"), Some(&Node::Text("2".into())));
        for wrong in ["", "{", "[1,]", "{} {}", "nul"] {
            assert_eq!(Node::parse(wrong), None, "{wrong}");
        }
    }
}
