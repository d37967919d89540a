//! A deserializer in which an object is an object. Those that serde derives take an array, too, for the fields of a struct in their
//! order: `{"plan": []}` would be a plan of nothing. Here an array in the place of a struct is refused, however deep it lies;
//! everything else goes through as it is.

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected, VariantAccess,
    Visitor,
};

/// Reads a value whose objects are objects.
pub fn read<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::deserialize(BodyObjects(deserializer))
}

/// What it says around a part of the parser: a deserializer, an access to a value, or a seed.
pub struct BodyObjects<T>(pub T);

/// The visitor of a value.
struct ObjectVisitor<V> {
    visitor: V,
    /// Whether it is of a struct.
    is_struct: bool,
}

impl<V> ObjectVisitor<V> {
    fn any(visitor: V) -> Self {
        Self { visitor, is_struct: false }
    }

    fn of_struct(visitor: V) -> Self {
        Self { visitor, is_struct: true }
    }
}

macro_rules! forward {
    ($($method:ident($($argument:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($argument,)* ObjectVisitor::any(visitor))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for BodyObjects<D> {
    type Error = D::Error;

    forward! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_identifier();
        deserialize_ignored_any();
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct(name, fields, ObjectVisitor::of_struct(visitor))
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

macro_rules! visit {
    ($($method:ident($type:ty);)*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.visitor.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for ObjectVisitor<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.visitor.expecting(formatter)
    }

    visit! {
        visit_bool(bool);
        visit_i8(i8);
        visit_i16(i16);
        visit_i32(i32);
        visit_i64(i64);
        visit_i128(i128);
        visit_u8(u8);
        visit_u16(u16);
        visit_u32(u32);
        visit_u64(u64);
        visit_u128(u128);
        visit_f32(f32);
        visit_f64(f64);
        visit_char(char);
        visit_str(&str);
        visit_borrowed_str(&'de str);
        visit_string(String);
        visit_bytes(&[u8]);
        visit_borrowed_bytes(&'de [u8]);
        visit_byte_buf(Vec<u8>);
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(BodyObjects(deserializer))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(BodyObjects(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        if self.is_struct {
            return Err(A::Error::invalid_type(Unexpected::Seq, &self));
        }
        self.visitor.visit_seq(BodyObjects(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(BodyObjects(entries))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(BodyObjects(variant))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for BodyObjects<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(BodyObjects(deserializer))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for BodyObjects<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(BodyObjects(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for BodyObjects<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(BodyObjects(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for BodyObjects<A> {
    type Error = A::Error;
    type Variant = BodyObjects<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        self.0.variant_seed(seed).map(|(value, variant)| (value, BodyObjects(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for BodyObjects<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(BodyObjects(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(len, ObjectVisitor::any(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, ObjectVisitor::of_struct(visitor))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        #[serde(default)]
        n: u32,
        #[serde(default)]
        of: Option<Box<Inner>>,
        #[serde(default)]
        list: Vec<Inner>,
        #[serde(default)]
        pairs: Vec<(u32, u32)>,
        #[serde(default)]
        one: Option<One>,
        #[serde(default)]
        any: Value,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    enum One {
        Word,
        Tuple(u32, u32),
        Struct { n: u32 },
    }

    fn parsed(value: &Value) -> Result<Inner, String> {
        let text = value.to_string();
        let mut deserializer = serde_json::Deserializer::from_str(&text);
        read(&mut deserializer).map_err(|error: serde_json::Error| error.to_string())
    }

    #[test]
    fn arrays_are_arrays_and_objects_are_objects_at_every_depth() {
        for right in [
            json!({}),
            json!({"n": 1, "of": null, "list": [], "any": [1, {"a": [2]}]}),
            json!({"of": {"list": [{"n": 2}, {"of": {"n": 3}}]}, "pairs": [[1, 2]]}),
            json!({"one": "Word"}),
            json!({"one": {"Tuple": [1, 2]}}),
            json!({"one": {"Struct": {"n": 1}}}),
        ] {
            let expected: Inner = serde_json::from_value(right.clone()).unwrap();
            assert_eq!(parsed(&right), Ok(expected), "{right}");
        }
        for wrong in [
            json!([]),
            json!({"of": []}),
            json!({"of": [1]}),
            json!({"list": [[]]}),
            json!({"list": [{"of": [1, null]}]}),
            json!({"of": {"list": [{"n": 1}, []]}}),
            json!({"one": {"Struct": [1]}}),
        ] {
            assert!(serde_json::from_str::<Inner>(&wrong.to_string()).is_ok(), "serde alone takes {wrong}");
            let error = parsed(&wrong).unwrap_err();
            assert!(error.starts_with("invalid type: sequence, expected struct"), "{wrong}: {error}");
        }
    }
}
