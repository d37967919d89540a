//! What stands in the body of a webhook or an API's answer, whatever it is written as: numbers as texts, texts as numbers.

use std::borrow::Cow;

use domain::FieldError;

use crate::node::Node;

/// One body; paths have dots, such as `call.customer.number`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Body<'a>(pub(crate) &'a Node<'a>);

impl<'a> Body<'a> {
    /// The value at a path; none where it is missing or null.
    pub(crate) fn at(self, path: &str) -> Option<&'a Node<'a>> {
        let found = if path.bytes().any(|byte| byte == b'.') {
            path.split('.').try_fold(self.0, |value, name| value.get(name))
        } else {
            self.0.get(path)
        };
        found.filter(|value| !matches!(value, Node::Null))
    }

    /// The object at a path, or this one where there is none: bodies stand in an envelope or not.
    pub(crate) fn within(self, path: &str) -> Self {
        self.at(path).filter(|value| value.is_object()).map_or(self, Body)
    }

    pub(crate) fn has(self, path: &str) -> bool {
        self.at(path).is_some()
    }

    /// A text or a number as text; none where it is blank.
    pub(crate) fn text(self, path: &str) -> Option<Cow<'a, str>> {
        match self.at(path)? {
            Node::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(Cow::Borrowed),
            Node::Number(number) => Some(Cow::Owned(number.to_string())),
            _ => None,
        }
    }

    /// The first of several paths that has a text.
    pub(crate) fn first(self, paths: &[&str]) -> Option<Cow<'a, str>> {
        paths.iter().find_map(|path| self.text(path))
    }

    /// Whether a text is this word, in whatever case.
    pub(crate) fn is(self, path: &str, word: &str) -> bool {
        self.text(path).is_some_and(|text| text.eq_ignore_ascii_case(word))
    }

    /// `true`, `"true"`, `1`.
    pub(crate) fn is_true(self, path: &str) -> bool {
        matches!(self.at(path), Some(Node::Bool(true))) || self.is(path, "true") || self.is(path, "1")
    }

    /// A number, also one in a text, with or without separators of thousands; fails where it is neither.
    pub(crate) fn number(self, path: &str) -> Result<Option<f64>, FieldError> {
        if let Some(number) = self.at(path).and_then(Node::number) {
            return Ok(Some(number));
        }
        let Some(text) = self.text(path) else { return Ok(None) };
        let number = text.parse().or_else(|_| without_separators(&text).parse());
        match number {
            Ok(number) if f64::is_finite(number) => Ok(Some(number)),
            _ => Err(FieldError::new(path, format!("is not a number: \"{text}\""))),
        }
    }

    /// Seconds as milliseconds; fails where they are negative or more than a day.
    pub(crate) fn seconds(self, path: &str) -> Result<Option<i64>, FieldError> {
        self.span(path, 1_000.0)
    }

    /// A length of time as milliseconds, of which a unit has so many.
    pub(crate) fn span(self, path: &str, unit_ms: f64) -> Result<Option<i64>, FieldError> {
        match self.number(path)?.map(|number| number * unit_ms) {
            None => Ok(None),
            Some(ms) if (0.0..=86_400_000.0).contains(&ms) => Ok(Some(ms.round() as i64)),
            Some(_) => Err(FieldError::new(path, "is no length of a call: it is negative or more than a day")),
        }
    }
}

/// `1,234.5` as `1234.5`; other texts as they are.
fn without_separators(text: &str) -> String {
    let whole = text.split('.').next().unwrap_or_default();
    let mut groups = whole.trim_start_matches('-').split(',');
    let is_first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
    if is_first && groups.all(|group| group.len() == 3) { text.replace(',', "") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_be_texts() {
        let text = r#"{"a": "1,234.5", "b": 7, "c": {"d": " 2 "}, "e": "", "f": null, "g": "1,2"}"#;
        let value = Node::parse(text).unwrap();
        let body = Body(&value);
        assert_eq!(body.number("a"), Ok(Some(1234.5)));
        assert_eq!((body.seconds("b"), body.seconds("c.d")), (Ok(Some(7_000)), Ok(Some(2_000))));
        assert_eq!((body.number("e"), body.number("f"), body.number("c.x")), (Ok(None), Ok(None), Ok(None)));
        assert!(body.number("g").is_err() && body.seconds("a").is_ok());
    }
}
