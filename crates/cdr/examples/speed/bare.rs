//! Reading that does nothing: what the crates csv and serde_json take for the columns of a file, as texts of their own.
//!
//! A row of a table is read as serde reads a struct of the header's columns: each is found by its name, and its cell is a `String`; a
//! row of a file without a header is a list of `String`s. An object of JSON is read as structs of its names would be: a text is a
//! `String`, a number is a number, and no name is kept. What neither crate reads, a log of addresses, is split by csv at its `&`.

use std::{
    cell::RefCell,
    fmt,
    fs::File,
    hint::black_box,
    io::{BufRead, BufReader},
};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::{Failure, samples::Sample};

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As a table with a header, whose cells stand between these.
    Columns(u8),
    /// As a table without one.
    Cells(u8),
    /// As one JSON object a line.
    Objects,
}

impl Kind {
    pub fn of(sample: &Sample) -> Self {
        match sample.name.rsplit('.').next() {
            Some("csv") => {
                let delimiter = [b'\t', b';', b'|'].into_iter().find(|byte| sample.header.as_bytes().contains(byte));
                Self::Columns(delimiter.unwrap_or(b','))
            }
            Some("lines") => Self::Cells(b','),
            Some("txt") => Self::Cells(b'&'),
            _ => Self::Objects,
        }
    }

    pub fn name(self) -> String {
        match self {
            Self::Columns(delimiter) => format!("columns:{delimiter}"),
            Self::Cells(delimiter) => format!("cells:{delimiter}"),
            Self::Objects => "objects:0".to_owned(),
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        let (kind, delimiter) = name.split_once(':')?;
        let delimiter = delimiter.parse().ok()?;
        Some(match kind {
            "columns" => Self::Columns(delimiter),
            "cells" => Self::Cells(delimiter),
            _ => Self::Objects,
        })
    }
}

/// Reads all of a file; how many rows it has.
pub fn read(kind: Kind, input: File) -> Result<u64, Failure> {
    let mut builder = csv::ReaderBuilder::new();
    let mut rows = 0;
    match kind {
        Kind::Columns(delimiter) => {
            let mut reader = builder.delimiter(delimiter).from_reader(input);
            let names = reader.headers()?.iter().map(str::to_owned).collect();
            NAMES.with(|known| known.replace(names));
            for row in reader.deserialize::<Row>() {
                black_box(row?);
                rows += 1;
            }
        }
        Kind::Cells(delimiter) => {
            let mut reader = builder.has_headers(false).flexible(true).delimiter(delimiter).from_reader(input);
            for row in reader.deserialize::<Vec<String>>() {
                black_box(row?);
                rows += 1;
            }
        }
        Kind::Objects => {
            let (mut input, mut line) = (BufReader::with_capacity(64 * 1024, input), Vec::new());
            while input.read_until(b'\n', &mut line)? > 0 {
                black_box(serde_json::from_slice::<Owned>(&line)?);
                rows += 1;
                line.clear();
            }
        }
    }
    Ok(rows)
}

thread_local! {
    /// The names of the columns.
    static NAMES: RefCell<Vec<String>> = RefCell::default();
}

/// The cells of a row.
struct Row(#[expect(dead_code, reason = "nothing is done with them")] Vec<String>);

/// A name, where it is this one of [`NAMES`].
struct Name(usize);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<bool, D::Error> {
        input.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<bool, E> {
        self.visit_bytes(name.as_bytes())
    }

    fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<bool, E> {
        Ok(NAMES.with_borrow(|names| names.get(self.0).is_some_and(|known| known.as_bytes() == name)))
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct OfRow;
        impl<'de> Visitor<'de> for OfRow {
            type Value = Row;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
                let mut cells = Vec::with_capacity(32);
                while let Some(is_known) = map.next_key_seed(Name(cells.len()))? {
                    assert!(is_known, "a column has another name");
                    cells.push(map.next_value()?);
                }
                Ok(Row(cells))
            }
        }
        input.deserialize_struct("Row", &[], OfRow)
    }
}

/// A value of JSON without its names.
#[expect(dead_code, reason = "nothing is done with them")]
enum Owned {
    None,
    Bool(bool),
    Number(f64),
    Text(String),
    Values(Vec<Owned>),
}

impl<'de> Deserialize<'de> for Owned {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct OfValue;
        impl<'de> Visitor<'de> for OfValue {
            type Value = Owned;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_unit<E>(self) -> Result<Owned, E> {
                Ok(Owned::None)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Owned, E> {
                Ok(Owned::Bool(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Owned, E> {
                Ok(Owned::Number(value as f64))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Owned, E> {
                Ok(Owned::Number(value as f64))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Owned, E> {
                Ok(Owned::Number(value))
            }

            fn visit_str<E>(self, value: &str) -> Result<Owned, E> {
                Ok(Owned::Text(value.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Owned, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = seq.next_element()? {
                    values.push(value);
                }
                Ok(Owned::Values(values))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Owned, A::Error> {
                let mut values = Vec::with_capacity(16);
                while let Some(name) = map.next_key_seed(Name(0))? {
                    black_box(name);
                    values.push(map.next_value()?);
                }
                Ok(Owned::Values(values))
            }
        }
        input.deserialize_any(OfValue)
    }
}
