//! Values as bytes, for rows that are kept in a file until their call is whole.

use std::{borrow::Cow, collections::BTreeMap};

use domain::{HangupBy, Speaker, TranscriptLine};
use serde_json::Value;

/// What can be written as bytes and read again; nothing but what was written is read. It may borrow from the bytes.
pub(crate) trait Packed<'a>: Sized {
    fn pack(&self, into: &mut Vec<u8>);

    /// Takes the value from the front; none where the bytes are not those of one.
    fn unpack(from: &mut &'a [u8]) -> Option<Self>;
}

macro_rules! numbers {
    ($($number:ty),+) => {
        $(impl Packed<'_> for $number {
            fn pack(&self, into: &mut Vec<u8>) {
                into.extend_from_slice(&self.to_le_bytes());
            }

            fn unpack(from: &mut &[u8]) -> Option<Self> {
                let (bytes, rest) = from.split_first_chunk()?;
                *from = rest;
                Some(Self::from_le_bytes(*bytes))
            }
        })+
    };
}

numbers!(u8, u16, u32, u64, u128, i64);

/// A struct by its fields, one after the other.
macro_rules! packed {
    ($type:ty { $($field:ident),+ $(,)? }) => {
        impl<'a> $crate::packed::Packed<'a> for $type {
            fn pack(&self, into: &mut Vec<u8>) {
                $($crate::packed::Packed::pack(&self.$field, into);)+
            }

            fn unpack(from: &mut &'a [u8]) -> Option<Self> {
                Some(Self { $($field: $crate::packed::Packed::unpack(from)?),+ })
            }
        }
    };
}

/// A struct of which most values are missing: its fields, then the optional ones that are there, told by a bit each.
macro_rules! packed_sparse {
    ($type:ty { $($field:ident),+; $($option:ident),+ $(,)? }) => {
        impl<'a> $crate::packed::Packed<'a> for $type {
            fn pack(&self, into: &mut Vec<u8>) {
                let (mut there, mut bit) = (0_u64, 1_u64);
                $(
                    there |= if self.$option.is_some() { bit } else { 0 };
                    bit <<= 1;
                )+
                debug_assert!(bit > 0, "more fields than bits");
                there.pack(into);
                $($crate::packed::Packed::pack(&self.$field, into);)+
                $(
                    if let Some(value) = &self.$option {
                        $crate::packed::Packed::pack(value, into);
                    }
                )+
            }

            fn unpack(from: &mut &'a [u8]) -> Option<Self> {
                let (there, mut bit) = (u64::unpack(from)?, 1_u64);
                let mut value = Self { $($field: $crate::packed::Packed::unpack(from)?,)+ ..Self::default() };
                $(
                    if there & bit != 0 {
                        value.$option = Some($crate::packed::Packed::unpack(from)?);
                    }
                    bit <<= 1;
                )+
                (bit > 0).then_some(value)
            }
        }
    };
}

/// An enum without values, by a list of all it can be.
macro_rules! packed_words {
    ($type:ty: $($word:ident),+ $(,)?) => {
        impl $crate::packed::Packed<'_> for $type {
            fn pack(&self, into: &mut Vec<u8>) {
                into.push(*self as u8);
            }

            fn unpack(from: &mut &[u8]) -> Option<Self> {
                let number: u8 = $crate::packed::Packed::unpack(from)?;
                [$(Self::$word),+].into_iter().find(|word| *word as u8 == number)
            }
        }
    };
}

pub(crate) use packed;
pub(crate) use packed_sparse;
pub(crate) use packed_words;

packed_words!(HangupBy: Customer, Bot, Agent, System);
packed_words!(Speaker: Bot, Customer);
packed!(TranscriptLine { at, speaker, text });

impl Packed<'_> for () {
    fn pack(&self, _: &mut Vec<u8>) {}

    fn unpack(_: &mut &[u8]) -> Option<Self> {
        Some(())
    }
}

impl Packed<'_> for bool {
    fn pack(&self, into: &mut Vec<u8>) {
        into.push(u8::from(*self));
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        u8::unpack(from).map(|byte| byte != 0)
    }
}

/// As a [`String`] is packed.
pub(crate) fn pack_text(text: &str, into: &mut Vec<u8>) {
    (text.len() as u32).pack(into);
    into.extend_from_slice(text.as_bytes());
}

/// Takes a text from the front without a copy.
pub(crate) fn unpack_text<'a>(from: &mut &'a [u8]) -> Option<&'a str> {
    let length = u32::unpack(from)? as usize;
    let (text, rest) = from.split_at_checked(length)?;
    *from = rest;
    std::str::from_utf8(text).ok()
}

impl Packed<'_> for String {
    fn pack(&self, into: &mut Vec<u8>) {
        pack_text(self, into);
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        unpack_text(from).map(str::to_owned)
    }
}

impl<'a> Packed<'a> for Cow<'a, str> {
    fn pack(&self, into: &mut Vec<u8>) {
        pack_text(self, into);
    }

    fn unpack(from: &mut &'a [u8]) -> Option<Self> {
        unpack_text(from).map(Cow::Borrowed)
    }
}

impl<'a> Packed<'a> for Cow<'a, [u8]> {
    fn pack(&self, into: &mut Vec<u8>) {
        (self.len() as u32).pack(into);
        into.extend_from_slice(self);
    }

    fn unpack(from: &mut &'a [u8]) -> Option<Self> {
        let length = u32::unpack(from)? as usize;
        let (bytes, rest) = from.split_at_checked(length)?;
        *from = rest;
        Some(Cow::Borrowed(bytes))
    }
}

impl Packed<'_> for Value {
    fn pack(&self, into: &mut Vec<u8>) {
        match self {
            // Most are texts, which need no parsing.
            Self::String(text) => {
                into.push(0);
                text.pack(into);
            }
            value => {
                into.push(1);
                value.to_string().pack(into);
            }
        }
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        match u8::unpack(from)? {
            0 => String::unpack(from).map(Self::String),
            _ => serde_json::from_str(unpack_text(from)?).ok(),
        }
    }
}

impl<'a, T: Packed<'a>> Packed<'a> for Option<T> {
    fn pack(&self, into: &mut Vec<u8>) {
        into.push(u8::from(self.is_some()));
        if let Some(value) = self {
            value.pack(into);
        }
    }

    fn unpack(from: &mut &'a [u8]) -> Option<Self> {
        Some(if bool::unpack(from)? { Some(T::unpack(from)?) } else { None })
    }
}

impl<'a, A: Packed<'a>, B: Packed<'a>> Packed<'a> for (A, B) {
    fn pack(&self, into: &mut Vec<u8>) {
        self.0.pack(into);
        self.1.pack(into);
    }

    fn unpack(from: &mut &'a [u8]) -> Option<Self> {
        Some((A::unpack(from)?, B::unpack(from)?))
    }
}

impl<'a, T: Packed<'a>> Packed<'a> for Vec<T> {
    fn pack(&self, into: &mut Vec<u8>) {
        (self.len() as u32).pack(into);
        for value in self {
            value.pack(into);
        }
    }

    fn unpack(from: &mut &'a [u8]) -> Option<Self> {
        let length = u32::unpack(from)? as usize;
        // Each is a byte at least.
        let mut values = Vec::with_capacity(length.min(from.len()));
        for _ in 0..length {
            values.push(T::unpack(from)?);
        }
        Some(values)
    }
}

impl<'a, T: Packed<'a>> Packed<'a> for BTreeMap<String, T> {
    fn pack(&self, into: &mut Vec<u8>) {
        (self.len() as u32).pack(into);
        for (name, value) in self {
            name.pack(into);
            value.pack(into);
        }
    }

    fn unpack(from: &mut &'a [u8]) -> Option<Self> {
        (0..u32::unpack(from)?).map(|_| Some((String::unpack(from)?, T::unpack(from)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_packed_is_unpacked() {
        let value = (
            ("Hoà".to_owned(), Some(-5_i64)),
            (vec![json!({"a": [1, null]}), json!("x")], BTreeMap::from([("k".to_owned(), true)])),
        );
        let mut bytes = Vec::new();
        value.pack(&mut bytes);
        let mut from = bytes.as_slice();
        assert_eq!((Packed::unpack(&mut from), from), (Some(value.clone()), &[][..]));
        // Half of it is nothing.
        let unpack =
            |mut from: &[u8]| <((String, Option<i64>), (Vec<Value>, BTreeMap<String, bool>))>::unpack(&mut from);
        assert!((0..bytes.len()).all(|end| unpack(&bytes[..end]).is_none()));
    }
}
