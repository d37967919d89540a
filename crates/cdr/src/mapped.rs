//! Bodies of a system without a format of its own, read by a mapping of their fields. Several may tell of one call.

use std::{collections::BTreeMap, io::Cursor};

use domain::{CallRecord, FieldError, search::fold_word};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_128;

use crate::{
    any_rows::flat_fields,
    formats::open_mapped,
    mapping::{Field, Mapping},
    node::Node,
    objects::not_json,
    records::Options,
    source::Failure,
    written::is_nothing,
};

/// Calls that one body may tell of.
const MOST_OBJECTS: usize = 1_000;

/// What the bodies of a call say so far: fields and their texts, those of objects within each other under names with dots
/// (`data.id`). It can be kept between bodies as JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedBody(BTreeMap<String, String>);

impl MappedBody {
    /// What a body says: a JSON object, an array of them (one for each call), or a form.
    ///
    /// # Errors
    /// Where it is none of these.
    pub fn all_of(body: &[u8]) -> Result<Vec<Self>, FieldError> {
        let wrong = |reason: &str| FieldError::new("", reason);
        let text = String::from_utf8_lossy(body);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return Err(wrong("is empty"));
        }
        if !text.starts_with(['{', '[']) {
            let pairs = form_urlencoded::parse(text.as_bytes());
            let fields: BTreeMap<String, String> = pairs.map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
            return if text.contains('=') { Ok(vec![Self(fields)]) } else { Err(wrong("is neither JSON nor a form")) };
        }
        let value = Node::within_limits(text).map_err(|error| wrong(&not_json(&error)))?.to_value();
        let objects = match value {
            Value::Array(values) if values.len() > MOST_OBJECTS => return Err(wrong("tells of more than 1,000 calls")),
            Value::Array(values) => values,
            value => vec![value],
        };
        let of = |value: Value| match value {
            Value::Object(map) => Ok(Self(flat_fields(map).into_iter().collect())),
            _ => Err(wrong("is no JSON object, nor an array of them")),
        };
        objects.into_iter().map(of).collect()
    }

    /// The field of a mapping's column, in whatever spelling.
    fn text(&self, column: &str) -> Option<&str> {
        let by_spelling = || self.0.iter().find(|(name, _)| fold_word(name) == fold_word(column)).map(|(_, text)| text);
        self.0.get(column).or_else(by_spelling).map(|text| text.trim()).filter(|text| !is_nothing(text))
    }

    /// The first column of a mapping's field.
    fn of_field(&self, mapping: &Mapping, field: Field) -> Option<&str> {
        self.text(mapping.columns.get(&field)?.columns.first()?)
    }

    /// What tells the call apart among those of its sender: its id, else something that is made of the whole body.
    pub fn call(&self, mapping: &Mapping) -> String {
        if let Some(id) = self.of_field(mapping, Field::Id) {
            return id.to_owned();
        }
        let text: String = self.0.iter().flat_map(|(name, text)| [name, "\0", text, "\0"]).collect();
        format!("row-{:032x}", xxh3_128(text.as_bytes()))
    }

    /// The voicebot that the mapping finds in it.
    pub fn agent(&self, mapping: &Mapping) -> Option<String> {
        self.of_field(mapping, Field::Voicebot).map(str::to_owned)
    }

    /// The campaign that the mapping finds in it.
    pub fn campaign(&self, mapping: &Mapping) -> Option<String> {
        self.of_field(mapping, Field::Campaign).map(str::to_owned)
    }

    /// The fields of both. Where both have one, the later body's holds, but for those of a call that ended without an answer:
    /// `completed` after `busy` leaves it busy. A later body that says that the call goes on changes nothing either.
    #[must_use]
    pub fn joined(self, later: Self, mapping: &Mapping, options: &Options) -> Self {
        let over = |below: &Self, above: &Self| {
            let said = above.0.iter().filter(|(_, text)| !is_nothing(text));
            let said = said.map(|(name, text)| (name.clone(), text.clone()));
            Self(below.0.clone().into_iter().chain(said).collect())
        };
        let (as_before, as_now) = (over(&later, &self), over(&self, &later));
        if as_before == as_now {
            return as_now;
        }
        let is_answered = |body: &Self| {
            let call = body.whole(mapping).record(mapping, options);
            call.ok().flatten().map(|call| call.answered_at.is_some())
        };
        match (is_answered(&as_before), is_answered(&as_now)) {
            (Some(false), Some(true)) | (Some(_), None) => as_before,
            _ => as_now,
        }
    }

    /// With something in the place of what no body has said yet and every call has, so that what is said of its end can be read before the
    /// rest has come.
    fn whole(&self, mapping: &Mapping) -> Self {
        let mut whole = self.clone();
        let mut fill = |field: Field, text: &str| {
            let column = mapping.columns.get(&field).and_then(|place| place.columns.first());
            if let Some(column) = column.filter(|column| self.text(column).is_none()) {
                whole.0.retain(|name, _| name != column && fold_word(name) != fold_word(column));
                whole.0.insert(column.clone(), text.to_owned());
            }
        };
        if self.of_field(mapping, Field::ContactId).is_none() {
            fill(Field::Phone, "+84900000000");
        }
        let instants = [Field::AnsweredAt, Field::EndedAt];
        let known = instants.into_iter().find_map(|field| self.of_field(mapping, field));
        fill(Field::DialedAt, known.unwrap_or("2020-01-01 00:00:00"));
        whole
    }

    /// The record of the call; none where it goes on, or where the mapping says that it is none.
    ///
    /// # Errors
    /// Where what is known is not enough for a record, or cannot be read.
    pub fn record(&self, mapping: &Mapping, options: &Options) -> Result<Option<CallRecord>, FieldError> {
        let mut fields: Map<String, Value> =
            self.0.iter().map(|(name, text)| (name.clone(), Value::from(text.as_str()))).collect();
        // A body leaves out what it does not know.
        for column in mapping.columns.values().flat_map(|place| &place.columns) {
            if !self.0.keys().any(|name| name == column || fold_word(name) == fold_word(column)) {
                fields.insert(column.clone(), Value::from(""));
            }
        }
        let text = Value::from(fields).to_string();
        let opened = open_mapped(Box::new(Cursor::new(text.into_bytes())), &options.given(), Some(mapping));
        let mut calls = opened.map_err(|failure| match failure {
            Failure::Shape(reason) => FieldError::new("", reason),
            Failure::Io(error) => FieldError::new("", error.to_string()),
        })?;
        match calls.next() {
            None => Ok(None),
            Some(Ok((_, record))) => Ok(Some(record)),
            Some(Err(skipped)) => Err(FieldError::new(skipped.field, skipped.reason)),
        }
    }
}
