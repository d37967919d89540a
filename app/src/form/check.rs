//! What came back from a form, checked by its rules.

use std::borrow::Cow;

use domain::{Code, Day, InputError, Money, input};

use super::{BETWEEN, Field, Filled, Form, Kind};

/// What a form brought, each field by its rule. Asking for a field of another form gives what an empty one holds.
#[derive(Debug, Default)]
pub struct Values(Vec<(&'static str, FieldValue)>);

#[derive(Debug)]
enum FieldValue {
    Text(String),
    Code(Code),
    Emails(Vec<String>),
    Several(Vec<String>),
    Ticked,
    Number(i64),
    Amount(Money),
    Day(Day),
}

impl Values {
    fn value(&self, field: &Field) -> Option<&FieldValue> {
        self.0.iter().find(|(name, _)| *name == field.name).map(|(_, value)| value)
    }

    /// A line, an address, a password or the value of a choice.
    pub fn text(&self, field: &Field) -> &str {
        match self.value(field) {
            Some(FieldValue::Text(text)) => text,
            _ => "",
        }
    }

    /// An identifier; none where the field was left empty.
    pub fn code(&self, field: &Field) -> Option<&Code> {
        match self.value(field) {
            Some(FieldValue::Code(code)) => Some(code),
            _ => None,
        }
    }

    pub fn emails(&self, field: &Field) -> &[String] {
        match self.value(field) {
            Some(FieldValue::Emails(emails)) => emails,
            _ => &[],
        }
    }

    /// What was ticked of a field of [`Kind::Several`]: whoever takes it looks whether it was offered.
    pub fn several(&self, field: &Field) -> &[String] {
        match self.value(field) {
            Some(FieldValue::Several(chosen)) => chosen,
            _ => &[],
        }
    }

    /// Whether it was ticked.
    pub fn is_ticked(&self, field: &Field) -> bool {
        matches!(self.value(field), Some(FieldValue::Ticked))
    }

    /// A number; none where the field was left empty.
    pub fn number(&self, field: &Field) -> Option<i64> {
        match self.value(field) {
            Some(FieldValue::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// An amount; none where the field was left empty.
    pub fn amount(&self, field: &Field) -> Option<Money> {
        match self.value(field) {
            Some(FieldValue::Amount(amount)) => Some(*amount),
            _ => None,
        }
    }

    /// A day; none where the field was left empty.
    pub fn day(&self, field: &Field) -> Option<Day> {
        match self.value(field) {
            Some(FieldValue::Day(day)) => Some(*day),
            _ => None,
        }
    }
}

/// What came back under a name. A browser sends each once; of more, the first counts.
fn typed<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(given, _)| given == name).map_or("", |(_, value)| value.as_str())
}

/// What came back for a field: of one of which several may be ticked, all of them.
fn of_field<'a>(pairs: &'a [(String, String)], field: &Field) -> Cow<'a, str> {
    if !matches!(field.kind, Kind::Several) {
        return Cow::Borrowed(typed(pairs, field.name));
    }
    let ticked = pairs.iter().filter(|(given, value)| given == field.name && !value.is_empty());
    let ticked: Vec<&str> = ticked.map(|(_, value)| value.as_str()).collect();
    Cow::Owned(ticked.join(BETWEEN))
}

impl Form {
    /// Checks what came back. What breaks a rule is refused as a whole, to be shown again with what was typed.
    pub fn parse(&self, pairs: &[(String, String)]) -> Result<Values, Filled> {
        let (values, filled) = self.read(pairs);
        if filled.is_wrong() { Err(filled) } else { Ok(values) }
    }

    /// What of a form keeps the rules, and the form as it is shown again with what does not. Whoever has rules of their own beside those
    /// of the fields adds what breaks them ([`Filled::refused`]), so that everything that is wrong is said at once.
    pub fn read(&self, pairs: &[(String, String)]) -> (Values, Filled) {
        let typed = |name: &str| typed(pairs, name);
        let mut values = Vec::with_capacity(self.fields.len());
        let mut errors = Vec::new();
        for field in self.fields {
            match field.read(&of_field(pairs, field), typed) {
                Ok(value) => values.extend(value.map(|value| (field.name, value))),
                Err(error) => errors.push((field.name, error)),
            }
        }
        (Values(values), Filled { errors, ..self.typed(pairs) })
    }

    /// What was typed, without what never goes back into a page.
    pub fn typed(&self, pairs: &[(String, String)]) -> Filled {
        let kept = self.fields.iter().filter(|field| !field.is_secret());
        kept.fold(Filled::default(), |filled, field| filled.with(field, of_field(pairs, field)))
    }
}

impl Field {
    /// Reads one field; `others` gives what was typed elsewhere. None: it may be empty, and is.
    fn read<'a>(&self, typed: &str, others: impl Fn(&str) -> &'a str) -> Result<Option<FieldValue>, InputError> {
        if typed.trim().is_empty() {
            return match self.kind {
                Kind::Checkbox => Ok(None),
                Kind::Several if self.required => Err(InputError::NothingTicked),
                _ if self.required => Err(InputError::Missing),
                _ => Ok(None),
            };
        }
        let value = match self.kind {
            Kind::Line { max } | Kind::Known { max, .. } | Kind::Secret { max } | Kind::Offered { max } => {
                FieldValue::Text(input::line(typed, max)?)
            }
            Kind::Text { max, .. } => FieldValue::Text(input::lines(typed, max)?),
            Kind::Code => FieldValue::Code(input::code(typed)?),
            Kind::UserEmail => FieldValue::Text(input::email(typed)?),
            Kind::Emails { max } => match input::emails(typed, max)? {
                emails if emails.is_empty() && self.required => return Err(InputError::Missing),
                emails => FieldValue::Emails(emails),
            },
            Kind::CurrentPassword => {
                input::current_password(typed)?;
                FieldValue::Text(typed.to_owned())
            }
            Kind::NewPassword => {
                input::new_password(typed)?;
                FieldValue::Text(typed.to_owned())
            }
            Kind::RepeatedPassword(name) if others(name) == typed => FieldValue::Text(typed.to_owned()),
            Kind::RepeatedPassword(_) => return Err(InputError::Differs),
            Kind::Checkbox => FieldValue::Ticked,
            Kind::Select(choices) if choices.iter().any(|(value, _)| *value == typed) => {
                FieldValue::Text(typed.to_owned())
            }
            Kind::Select(_) => return Err(InputError::NotAChoice),
            Kind::Number { min, max } => FieldValue::Number(input::number(typed, min, max)?),
            Kind::Amount { max } => FieldValue::Amount(input::amount(typed, max)?),
            Kind::Day => FieldValue::Day(input::day(typed)?),
            Kind::Several => FieldValue::Several(typed.split(BETWEEN).map(str::to_owned).collect()),
            // Text is no file.
            Kind::Files => return Err(InputError::NoFile),
        };
        Ok(Some(value))
    }
}
