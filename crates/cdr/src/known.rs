//! Values that events say of a call, each with how late it was said.

use std::{
    borrow::Cow,
    cmp::Ordering,
    collections::BTreeMap,
    fmt::{self, Debug},
};

use domain::{HangupBy, TranscriptLine};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::{assumed::Assumed, ending::Unanswered, node::Node, packed::Packed};

/// Where an event stands among those of its call: its own time in milliseconds or its sequence number.
pub(crate) type Order = i64;

/// A value, and how late it was said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Known<T> {
    pub(crate) order: Order,
    pub(crate) value: T,
}

impl<'a, T: Packed<'a>> Packed<'a> for Known<T> {
    fn pack(&self, into: &mut Vec<u8>) {
        // Of most platforms one event tells all, so most orders are 0.
        Some(self.order).filter(|order| *order != 0).pack(into);
        self.value.pack(into);
    }

    fn unpack(from: &mut &'a [u8]) -> Option<Self> {
        let order = Option::<Order>::unpack(from)?.unwrap_or_default();
        Some(Self { order, value: Packed::unpack(from)? })
    }
}

impl<T: Debug> Known<T> {
    /// The later of both; of two at once always the same one.
    pub(crate) fn later(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        match (a, b) {
            (Some(a), Some(b)) => Some(if a.place(&b).is_ge() { a } else { b }),
            (a, b) => a.or(b),
        }
    }

    /// The earlier of both.
    pub(crate) fn earlier(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        match (a, b) {
            (Some(a), Some(b)) => Some(if a.place(&b).is_le() { a } else { b }),
            (a, b) => a.or(b),
        }
    }

    fn place(&self, other: &Self) -> Ordering {
        let by_value = || format!("{:?}", self.value).cmp(&format!("{:?}", other.value));
        self.order.cmp(&other.order).then_with(by_value)
    }
}

/// A value that is kept as an attribute.
#[derive(Clone, PartialEq)]
pub(crate) enum Kept<'a> {
    Text(Cow<'a, str>),
    Value(Value),
}

/// As the value: of two that are said at once it tells which is kept.
impl Debug for Kept<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "String({text:?})"),
            Self::Value(value) => value.fmt(f),
        }
    }
}

impl<'a> Kept<'a> {
    /// As a body has it.
    pub(crate) fn of(node: &'a Node<'a>) -> Self {
        match node {
            Node::Text(text) => Self::Text(Cow::Borrowed(text)),
            node => Self::Value(node.to_value()),
        }
    }

    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Text(text) => Value::String(text.into_owned()),
            Self::Value(value) => value,
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Value(value) => value.as_str(),
        }
    }
}

impl<'a> From<&'a str> for Kept<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<Value> for Kept<'_> {
    fn from(value: Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text.into()),
            value => Self::Value(value),
        }
    }
}

impl<'a> Packed<'a> for Kept<'a> {
    fn pack(&self, into: &mut Vec<u8>) {
        match self {
            Self::Text(text) => {
                into.push(0);
                text.pack(into);
            }
            Self::Value(value) => {
                into.push(1);
                value.pack(into);
            }
        }
    }

    fn unpack(from: &mut &'a [u8]) -> Option<Self> {
        Some(match u8::unpack(from)? {
            0 => Self::Text(Packed::unpack(from)?),
            _ => Self::Value(Packed::unpack(from)?),
        })
    }
}

/// Attributes, by their names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Named<'a, T>(Vec<(Cow<'a, str>, T)>);

impl<T> Default for Named<'_, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'a, T> Named<'a, T> {
    pub(crate) fn insert(&mut self, name: Cow<'a, str>, value: T) {
        match self.place(&name) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (name, value)),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&T> {
        self.place(name).ok().map(|at| &self.0[at].1)
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<T> {
        self.place(name).ok().map(|at| self.0.remove(at).1)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_ref().cmp(name))
    }
}

impl<'a, T> IntoIterator for Named<'a, T> {
    type Item = (Cow<'a, str>, T);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T: Packed<'a>> Packed<'a> for Named<'a, T> {
    fn pack(&self, into: &mut Vec<u8>) {
        self.0.pack(into);
    }

    fn unpack(from: &mut &'a [u8]) -> Option<Self> {
        Packed::unpack(from).map(Self)
    }
}

impl<'a, T> Named<'a, T> {
    /// The same, said with this order.
    pub(crate) fn known(self, order: Order) -> Named<'a, Known<T>> {
        Named(self.0.into_iter().map(|(name, value)| (name, Known { order, value })).collect())
    }
}

impl<'a, T> FromIterator<(Cow<'a, str>, T)> for Named<'a, T> {
    fn from_iter<I: IntoIterator<Item = (Cow<'a, str>, T)>>(entries: I) -> Self {
        let mut named = Self::default();
        entries.into_iter().for_each(|(name, value)| named.insert(name, value));
        named
    }
}

/// As a map, in which a call of several events is kept between them.
impl Serialize for Named<'_, Known<Kept<'_>>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let known = |known: &Known<Kept<'_>>| Known { order: known.order, value: known.value.clone().into_value() };
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, known(value))))
    }
}

impl<'de> Deserialize<'de> for Named<'_, Known<Kept<'_>>> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = BTreeMap::<String, Known<Value>>::deserialize(deserializer)?;
        let kept = |known: Known<Value>| Known { order: known.order, value: Kept::from(known.value) };
        Ok(Self(map.into_iter().map(|(name, known)| (Cow::Owned(name), kept(known))).collect()))
    }
}

/// What may borrow from the text that it was read from.
pub(crate) trait Borrowing {
    /// The same, which borrows nothing.
    type Owned;

    fn into_owned(self) -> Self::Owned;
}

impl Borrowing for Cow<'_, str> {
    type Owned = Cow<'static, str>;

    fn into_owned(self) -> Cow<'static, str> {
        Cow::Owned(self.into_owned())
    }
}

impl Borrowing for Kept<'_> {
    type Owned = Kept<'static>;

    fn into_owned(self) -> Self::Owned {
        match self {
            Self::Text(text) => Kept::Text(Borrowing::into_owned(text)),
            Self::Value(value) => Kept::Value(value),
        }
    }
}

impl<T: Borrowing> Borrowing for Named<'_, T> {
    type Owned = Named<'static, T::Owned>;

    fn into_owned(self) -> Self::Owned {
        Named(self.0.into_iter().map(|(name, value)| (Borrowing::into_owned(name), value.into_owned())).collect())
    }
}

impl<A: Borrowing, B: Borrowing> Borrowing for (A, B) {
    type Owned = (A::Owned, B::Owned);

    fn into_owned(self) -> Self::Owned {
        (self.0.into_owned(), self.1.into_owned())
    }
}

impl<T: Borrowing> Borrowing for Known<T> {
    type Owned = Known<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        Known { order: self.order, value: self.value.into_owned() }
    }
}

impl<T: Borrowing> Borrowing for Option<T> {
    type Owned = Option<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        self.map(Borrowing::into_owned)
    }
}

macro_rules! borrow_nothing {
    ($($type:ty),+) => {
        $(impl Borrowing for $type {
            type Owned = Self;

            fn into_owned(self) -> Self {
                self
            }
        })+
    };
}

borrow_nothing!((), bool, i64, u32, HangupBy, Unanswered, Vec<TranscriptLine>, Vec<Assumed>);
