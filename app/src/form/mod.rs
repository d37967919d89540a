//! One way to make a form: described once as a constant, checked by one set of rules in the browser and on the server.
//!
//! ```ignore
//! const NAME: Field = Field::new("name", Text::voicebot_name, Kind::Line { max: 300 }).required();
//! pub const VOICEBOT: Form = Form { fields: &[NAME], submit: Text::save };
//!
//! VOICEBOT.view("voicebot", action, Place::Sheet, &Filled::default().with(&NAME, "Hotline")) // in a page
//! let values = VOICEBOT.parse(&pairs)?;                                                      // what came back
//! values.text(&NAME);
//! ```
//!
//! [`Form::view`] writes the rules as the browser's own constraints, with the words for each beside the field;
//! `web/form.js` shows those words as one types. [`Form::parse`] checks the same on the server: what it refuses is a
//! [`Filled`] with what was typed and what is wrong, from which the same form is shown again (`server::web::refused`).
//! `docs/recipes/add-a-settings-form.md` is the way to a new one.

mod check;
#[cfg(feature = "ssr")]
mod pressed;
#[cfg(all(test, feature = "ssr"))]
mod tests;
mod view;
mod words;

use domain::InputError;

pub use crate::with_account::with_account;
pub use check::Values;
#[cfg(feature = "ssr")]
pub use pressed::PressButton;
pub use view::{Beside, Place};

use crate::Text;

/// Stands between what is ticked in a field of [`Kind::Several`].
const BETWEEN: &str = "\n";

/// A text of the interface: a method of [`Text`].
pub type Words = fn(Text) -> &'static str;

/// A form: what it asks for, and what its button says.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// In the order in which they are shown.
    pub fields: &'static [Field],
    pub submit: Words,
}

/// One thing that a form asks for.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    name: &'static str,
    label: Words,
    note: Option<Words>,
    kind: Kind,
    required: bool,
    hidden: bool,
    is_code: bool,
    lang: Option<&'static str>,
}

/// What a field holds, with its rule of [`domain::input`].
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// One line of at most so many characters.
    Line {
        /// The most characters.
        max: usize,
    },
    /// One line, for which the browser offers what is known, found by a part of it or of its name.
    Known {
        /// The most characters.
        max: usize,
        list: Known,
    },
    /// One line that never goes back into a page: a key of another system.
    Secret {
        /// The most characters.
        max: usize,
    },
    /// A text of several lines.
    Text {
        /// The most characters.
        max: usize,
        /// Lines that are seen at once.
        rows: u32,
    },
    /// An identifier ([`domain::Code`]).
    Code,
    /// The e-mail address that somebody signs in with; browsers keep it together with the password.
    UserEmail,
    /// E-mail addresses, one on each line, or between commas, semicolons or blanks.
    Emails {
        /// The most addresses.
        max: usize,
    },
    /// The password that somebody signs in with. It never goes back into a page.
    CurrentPassword,
    /// A password that is set. It never goes back into a page.
    NewPassword,
    /// The password of the field of this name, once more.
    RepeatedPassword(&'static str),
    /// Ticked or not.
    Checkbox,
    /// One of these: each its value and its text.
    Select(&'static [(&'static str, Words)]),
    /// A whole number within these bounds, both included.
    Number {
        min: i64,
        max: i64,
    },
    /// An amount of money.
    Amount {
        /// The greatest, in whole units.
        max: i64,
    },
    Day,
    /// One of what the page offers ([`Filled::offering`]), at most so many characters. Whoever takes it looks whether it is there.
    Offered {
        /// The most characters.
        max: usize,
    },
    /// Any number of what the page offers, each ticked by itself.
    Several,
    /// One or more files. A form with such a field is sent as `multipart/form-data`, which whoever takes it reads.
    Files,
}

/// What is known of a kind, by codes or names that are the same in all languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Time zones, by the names of IANA.
    Zones,
    /// Countries, by two letters.
    Countries,
    /// Currencies, by three letters.
    Currencies,
}

impl Field {
    /// A field that may be left empty. `name` is the form's own; pairs of other names are passed over.
    pub const fn new(name: &'static str, label: Words, kind: Kind) -> Self {
        Self { name, label, note: None, kind, required: false, hidden: false, is_code: false, lang: None }
    }

    /// Its name in the form.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// One that may not be left empty.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// One that the page fills in and nobody sees: which thing the form is about, where to go afterwards.
    #[must_use]
    pub const fn hidden(self) -> Self {
        Self { hidden: true, ..self }
    }

    /// A sentence under the field.
    #[must_use]
    pub const fn note(self, note: Words) -> Self {
        Self { note: Some(note), ..self }
    }

    /// One that holds what programs read: shown with letters of one width.
    #[must_use]
    pub const fn code(self) -> Self {
        Self { is_code: true, ..self }
    }

    /// The language that is typed here, where it is not the page's.
    #[must_use]
    pub const fn lang(self, tag: &'static str) -> Self {
        Self { lang: Some(tag), ..self }
    }

    /// Whether what is typed here is never shown again.
    fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Secret { .. } | Kind::CurrentPassword | Kind::NewPassword | Kind::RepeatedPassword(_))
    }
}

/// What a form is shown with: what is stored the first time; after it was refused, what was typed and what is wrong.
#[derive(Debug, Clone, Default)]
pub struct Filled {
    values: Vec<(&'static str, String)>,
    errors: Vec<(&'static str, InputError)>,
    failure: Option<FormFailure>,
    of_page: Box<OfPage>,
}

/// What of a form only its page can say, by the names of the fields.
#[derive(Debug, Clone, Default)]
struct OfPage {
    offered: Vec<(&'static str, Vec<(String, String)>)>,
    notes: Vec<(&'static str, String)>,
    absent: Vec<&'static str>,
}

/// Something wrong that no rule of one field tells.
#[derive(Debug, Clone)]
struct FormFailure {
    words: String,
    /// The fields that may be to blame.
    fields: Vec<&'static str>,
    /// Nothing is wrong: on the button that does it, once this was read.
    confirm: Option<Words>,
}

impl Filled {
    /// With this in a field; `true` ticks a checkbox.
    #[must_use]
    pub fn with(mut self, field: &Field, value: impl Into<String>) -> Self {
        self.values.push((field.name, value.into()));
        self
    }

    /// With this in a field, whatever it held.
    #[must_use]
    pub fn with_instead(mut self, field: &Field, value: impl Into<String>) -> Self {
        self.values.retain(|(name, _)| *name != field.name);
        self.with(field, value)
    }

    /// With something wrong that the rules of the fields do not tell. Of a field with which something is wrong already, that stays.
    #[must_use]
    pub fn refused(mut self, field: &Field, error: InputError) -> Self {
        self.errors.push((field.name, error));
        self
    }

    /// With something wrong that no rule of one field tells, said above the form. The fields that may be to blame are marked
    /// and point to it.
    #[must_use]
    pub fn failed(mut self, words: String, blamed: &[Field]) -> Self {
        let fields = blamed.iter().map(|field| field.name).collect();
        self.failure = Some(FormFailure { words, fields, confirm: None });
        self
    }

    /// Without what is wrong with single fields.
    #[must_use]
    pub fn without_errors(mut self) -> Self {
        self.errors.clear();
        self
    }

    /// With what comes of it, to be read before it is done; `submit` is on the button that does it, which has the focus.
    #[must_use]
    pub fn to_confirm(mut self, words: String, submit: Words) -> Self {
        self.failure = Some(FormFailure { words, fields: Vec::new(), confirm: Some(submit) });
        self
    }

    /// With these to choose from in a field of [`Kind::Offered`] or [`Kind::Several`]: each its value and its text.
    #[must_use]
    pub fn offering(mut self, field: &Field, choices: Vec<(String, String)>) -> Self {
        self.of_page.offered.push((field.name, choices));
        self
    }

    /// With a sentence under the field that only this page can say, in place of the field's own.
    #[must_use]
    pub fn noted(mut self, field: &Field, note: String) -> Self {
        self.of_page.notes.push((field.name, note));
        self
    }

    /// Without these fields: what they ask for is no question here.
    #[must_use]
    pub fn without(mut self, fields: &[Field]) -> Self {
        self.of_page.absent.extend(fields.iter().map(|field| field.name));
        self
    }

    /// Whether anything is wrong with a field.
    pub fn is_wrong(&self) -> bool {
        !self.errors.is_empty()
    }

    fn confirm(&self) -> Option<Words> {
        self.failure.as_ref()?.confirm
    }

    /// What the field holds.
    pub fn value(&self, field: &Field) -> &str {
        let found = self.values.iter().find(|(name, _)| *name == field.name);
        found.map_or("", |(_, value)| value)
    }

    /// What is wrong with the field.
    pub fn error(&self, field: &Field) -> Option<&InputError> {
        self.errors.iter().find(|(name, _)| *name == field.name).map(|(_, error)| error)
    }

    fn offered(&self, field: &Field) -> &[(String, String)] {
        let found = self.of_page.offered.iter().find(|(name, _)| *name == field.name);
        found.map_or(&[], |(_, choices)| choices)
    }

    fn is_blamed(&self, field: &Field) -> bool {
        self.failure.as_ref().is_some_and(|failure| failure.fields.contains(&field.name))
    }
}
