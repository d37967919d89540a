//! A form as HTML: labels, the rules as the browser's own constraints, the words for each, and what is wrong.
//!
//! The words stand in `data-` attributes named after the flags of the browser's `ValidityState`: `data-value-missing` is
//! said where `validity.valueMissing`. `web/form.js` needs to know no rule.

use domain::{Day, InputError, Language, email, format, input};
use leptos::prelude::*;

use super::{BETWEEN, Field, Filled, Form, Kind, Known, with_account};
use crate::{Text, components::Icon, html::escaped, use_text};

/// Lines of a field of addresses.
const EMAIL_ROWS: u32 = 4;

/// Where a form stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a popover of a page.
    Sheet,
    /// On a page that is there for it: the first field that has to be filled in has the focus, else the first one.
    Page,
    /// In a panel among other things.
    Panel {
        /// On the button, before its words.
        icon: &'static str,
        /// Whether the page is there for this first.
        is_main: bool,
    },
}

/// What a page puts into a form beside its fields and its button.
#[derive(Default)]
pub struct Beside {
    /// Above the fields.
    pub above: Option<AnyView>,
    /// Between the fields and the button.
    pub before_button: Option<AnyView>,
    /// In a sheet, before the button and after it: another way to send it comes after, since Enter presses the first.
    pub foot: Option<(AnyView, AnyView)>,
}

/// The parts of an `input` that differ by kind.
#[derive(Default)]
struct Constraints {
    r#type: &'static str,
    pattern: Option<String>,
    max_length: Option<usize>,
    min_length: Option<usize>,
    bounds: Option<(i64, i64)>,
    autocomplete: &'static str,
    input_mode: Option<&'static str>,
    placeholder: Option<&'static str>,
    /// The id of the field that this one repeats.
    same_as: Option<String>,
    pattern_words: Option<String>,
    type_words: Option<String>,
    length_words: Option<String>,
    number_words: Option<String>,
    /// What may be read in two ways, and the words for it.
    doubtful: Option<(&'static str, String)>,
    repeat_words: Option<String>,
}

impl Form {
    /// The form. `id` is its own in the document, and begins the ids of its fields.
    pub fn view(&self, id: &str, action: String, place: Place, filled: &Filled) -> AnyView {
        self.view_with(id, action, place, filled, Beside::default())
    }

    /// The form, with something beside its fields.
    pub fn view_with(&self, id: &str, action: String, place: Place, filled: &Filled, beside: Beside) -> AnyView {
        let text = use_text();
        let confirm = filled.confirm();
        let (submit, confirms) = (confirm.unwrap_or(self.submit)(text), confirm.is_some());
        let takes_focus = place == Place::Page && filled.errors.is_empty() && !confirms;
        let is_missing = |field: &&Field| field.required && filled.value(field).is_empty();
        let first = || self.shown().find(is_missing).or_else(|| self.shown().next());
        let focus = takes_focus.then(first).flatten();
        let present = self.fields.iter().filter(|field| !filled.of_page.absent.contains(&field.name));
        let fields = present.map(|field| {
            let focused = focus.is_some_and(|focus| focus.name == field.name);
            field.view(id, focused, filled, text)
        });
        let fields = fields.collect_view();
        let (first, last) = beside.foot.unzip();
        let (class, foot) = match place {
            Place::Sheet => {
                let button = view! { <button class="btn btn-primary" type="submit">{submit}</button> };
                ("sheet-form", view! { <div class="dialog-foot">{first}{button}{last}</div> }.into_any())
            }
            Place::Page => {
                let button = view! {
                    <button class="btn btn-primary btn-wide" type="submit" autofocus=confirms>{submit}</button>
                };
                ("stack", button.into_any())
            }
            Place::Panel { icon, is_main } => {
                let class = if is_main { "btn btn-primary" } else { "btn" };
                let button = view! { <button class=class type="submit"><Icon name=icon />{submit}</button> };
                ("stack", view! { <div>{button}</div> }.into_any())
            }
        };
        let has_files = self.fields.iter().any(|field| matches!(field.kind, Kind::Files));
        let encoding = has_files.then_some("multipart/form-data");
        view! {
            <form class=class id=id.to_owned() method="post" action=with_account(&action) enctype=encoding data-checked="">
                {failure(id, filled)}
                {self.summary(id, filled, text)}
                {beside.above}
                {fields}
                {beside.before_button}
                {foot}
            </form>
        }
        .into_any()
    }

    /// The form as it is shown again, rendered for an answer of its own.
    #[cfg(feature = "ssr")]
    pub fn refused(&self, session: crate::Session, id: &str, action: String, filled: &Filled) -> String {
        crate::server_page::rendered(session, || self.view(id, action, Place::Page, filled))
    }

    fn shown(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.hidden)
    }

    /// All that is wrong, each a way to its field. It has the focus, so that it is read out and the keyboard is there.
    fn summary(&self, id: &str, filled: &Filled, text: Text) -> Option<AnyView> {
        let wrong = self.fields.iter().filter_map(|field| Some((field, filled.error(field)?)));
        let wrong: Vec<(&Field, &InputError)> = wrong.collect();
        if wrong.is_empty() {
            return None;
        }
        let lines = wrong.into_iter().map(|(field, error)| {
            let (label, error) = ((field.label)(text), text.input_error(error));
            let label = if field.hidden {
                view! { {label} }.into_any()
            } else {
                view! { <a href=format!("#{}", field.id(id))>{label}</a> }.into_any()
            };
            view! { <li>{label}": "{error}</li> }
        });
        let lines = lines.collect_view();
        Some(
            view! {
                <div class="notice is-error form-errors" role="alert" tabindex="-1" autofocus>
                    <Icon name="error" />
                    <div><p>{text.form_refused()}</p><ul>{lines}</ul></div>
                </div>
            }
            .into_any(),
        )
    }
}

/// What is wrong with the form as a whole.
fn failure(id: &str, filled: &Filled) -> Option<AnyView> {
    let words = filled.failure.as_ref()?.words.clone();
    let (tone, icon) = match filled.confirm() {
        Some(_) => ("notice is-failed", "warning"),
        None => ("notice is-error", "error"),
    };
    // What a reader of code says points into its lines.
    let class = words.contains('\n').then_some("as-code");
    Some(
        view! {
            <p class=tone id=failure_id(id) role="alert"><Icon name=icon /><span class=class>{words}</span></p>
        }
        .into_any(),
    )
}

fn failure_id(form: &str) -> String {
    format!("{form}-failure")
}

/// What stands in a field of several lines. TRICKY: Leptos does not escape the text within a `textarea`, whose end a text could
/// else write.
fn within_textarea(text: &str) -> String {
    // The parser takes the first line end away.
    format!("\n{}", escaped(text))
}

impl Known {
    /// What the browser offers. Names of countries and currencies are put beside their letters by `web/form.js`, in the page's language.
    fn view(self, id: String) -> AnyView {
        let named = match self {
            Self::Zones => None,
            Self::Countries => Some("region"),
            Self::Currencies => Some("currency"),
        };
        let options: Vec<_> = self.all().into_iter().map(|value| view! { <option value=value></option> }).collect();
        view! { <datalist id=id data-named=named>{options}</datalist> }.into_any()
    }

    /// The server alone has the tables; no form with such a field is made in the browser.
    fn all(self) -> Vec<String> {
        match self {
            #[cfg(feature = "ssr")]
            Self::Zones => domain::time::Zone::names().map(str::to_owned).collect(),
            #[cfg(feature = "ssr")]
            Self::Countries => domain::Country::all().map(|country| country.to_string()).collect(),
            #[cfg(feature = "ssr")]
            Self::Currencies => domain::Currency::codes().map(str::to_owned).collect(),
            #[cfg(not(feature = "ssr"))]
            Self::Zones | Self::Countries | Self::Currencies => Vec::new(),
        }
    }
}

impl Field {
    fn id(&self, form: &str) -> String {
        format!("{form}-{}", self.name)
    }

    fn view(&self, form: &str, focused: bool, filled: &Filled, text: Text) -> AnyView {
        let value = filled.value(self).to_owned();
        if self.hidden {
            return view! { <input type="hidden" name=self.name value=value /> }.into_any();
        }
        let id = self.id(form);
        let error = filled.error(self).map(|error| text.input_error(error));
        let blamed = filled.is_blamed(self);
        let invalid = (blamed || error.is_some()).then_some("true");
        let missing = self.required.then(|| text.input_missing());
        let (note_id, error_id) = (format!("{id}-note"), format!("{id}-error"));
        let note = self.said_below(filled, text);
        let mut described = note.as_ref().map_or_else(|| error_id.clone(), |_| format!("{note_id} {error_id}"));
        if blamed {
            described = format!("{} {described}", failure_id(form));
        }
        let note = note.map(|note| view! { <p class="field-note" id=note_id>{note}</p> });
        // Empty, it is there for the script; the style sheet hides it.
        let error = view! { <p class="field-error" id=error_id>{error}</p> };
        let label = (self.label)(text);
        match self.kind {
            Kind::Checkbox => view! {
                <div class="field">
                    <label class="check">
                        <input class="checkbox" type="checkbox" id=id name=self.name value="true" checked={value == "true"}
                            aria-invalid=invalid aria-describedby=described />
                        {label}
                    </label>
                    {note}{error}
                </div>
            }
            .into_any(),
            Kind::Select(_) | Kind::Offered { .. } => {
                let options = self.options(filled, &value, text);
                view! {
                    <div class="field">
                        <label for=id.clone()>{label}</label>
                        {self.select(id, focused, (invalid, described), options, text)}
                        {note}{error}
                    </div>
                }
                .into_any()
            }
            Kind::Several => {
                let choices = self.ticks(filled, &value, invalid);
                view! {
                    <fieldset class="field field-several" id=id tabindex="-1" aria-describedby=described>
                        <legend>{label}</legend>
                        {choices}{note}{error}
                    </fieldset>
                }
                .into_any()
            }
            Kind::Files => view! {
                <div class="field">
                    <label for=id.clone()>{label}</label>
                    {self.file_drop(id, focused, (invalid, described), text)}
                    {note}{error}
                </div>
            }
            .into_any(),
            Kind::Emails { .. } => view! {
                <div class="field">
                    <label for=id.clone()>{label}</label>
                    <textarea class="textarea" id=id name=self.name rows=EMAIL_ROWS required=self.required autofocus=focused
                        spellcheck="false" autocomplete="off" inputmode="email" aria-invalid=invalid
                        aria-describedby=described data-one=email::PATTERN data-value-missing=missing
                        data-custom-error=text.input_error(&InputError::NotAnAddress("{}".to_owned())) inner_html=within_textarea(&value)></textarea>
                    {note}{error}
                </div>
            }
            .into_any(),
            Kind::Text { max, rows } => view! {
                <div class="field">
                    <label for=id.clone()>{label}</label>
                    <textarea class=if self.is_code { "textarea as-code" } else { "textarea" } id=id name=self.name rows=rows maxlength=max required=self.required
                        autofocus=focused spellcheck="false" lang=self.lang aria-invalid=invalid aria-describedby=described
                        data-value-missing=missing inner_html=within_textarea(&value)></textarea>
                    {note}{error}
                </div>
            }
            .into_any(),
            _ => {
                let input = self.input(form, (id.clone(), focused, value), (invalid, described), text);
                view! { <div class="field"><label for=id>{label}</label>{input}{note}{error}</div> }
                .into_any()
            }
        }
    }

    /// A field of one line, with its id, whether it has the focus, and what it holds; `state` is its `aria-invalid` and
    /// `aria-describedby`.
    fn input(
        &self,
        form: &str,
        (id, focused, value): (String, bool, String),
        (invalid, described): (Option<&'static str>, String),
        text: Text,
    ) -> AnyView {
        let missing = self.required.then(|| text.input_missing());
        let of = self.constraints(form, text);
        let (min, max) = of.bounds.unzip();
        let (doubtful, doubtful_words) = of.doubtful.unzip();
        // Secrets of a refused form are typed anew.
        let value = (!self.is_secret()).then(|| self.as_typed(value));
        let known = if let Kind::Known { list, .. } = self.kind { Some(list) } else { None };
        let known_id = known.map(|_| format!("{id}-known"));
        let known = known.zip(known_id.clone()).map(|(list, id)| list.view(id));
        view! {
            <input class="input" id=id name=self.name type=of.r#type value=value required=self.required
                pattern=of.pattern maxlength=of.max_length minlength=of.min_length min=min max=max
                autocomplete=of.autocomplete autofocus=focused spellcheck=self.spellcheck() lang=self.lang list=known_id
                inputmode=of.input_mode placeholder=of.placeholder aria-invalid=invalid aria-describedby=described
                data-same-as=of.same_as data-value-missing=missing
                data-pattern-mismatch=of.pattern_words data-type-mismatch=of.type_words
                data-too-short=of.length_words
                data-bad-input=of.number_words.clone() data-range-underflow=of.number_words.clone()
                data-range-overflow=of.number_words.clone() data-step-mismatch=of.number_words
                data-doubtful=doubtful data-doubtful-words=doubtful_words data-custom-error=of.repeat_words />
            {known}
        }
        .into_any()
    }

    /// What can be ticked, each by itself.
    fn ticks(&self, filled: &Filled, value: &str, invalid: Option<&'static str>) -> AnyView {
        let chosen: Vec<&str> = value.split(BETWEEN).collect();
        let choices = filled.offered(self).iter().map(|(choice, label)| {
            let checked = chosen.contains(&choice.as_str());
            view! {
                <li>
                    <label class="check">
                        <input class="checkbox" type="checkbox" name=self.name value=choice.clone() checked=checked
                            aria-invalid=invalid />
                        {label.clone()}
                    </label>
                </li>
            }
        });
        view! { <ul>{choices.collect_view()}</ul> }.into_any()
    }

    /// A choice of one; `state` is its `aria-invalid` and `aria-describedby`.
    fn select(
        &self,
        id: String,
        focused: bool,
        (invalid, described): (Option<&'static str>, String),
        options: AnyView,
        text: Text,
    ) -> AnyView {
        let missing = self.required.then(|| text.input_missing());
        view! {
            <select class="select" id=id name=self.name required=self.required autofocus=focused
                aria-invalid=invalid aria-describedby=described data-value-missing=missing>
                {options}
            </select>
        }
        .into_any()
    }

    /// What can be chosen, as elements of a `select`.
    fn options(&self, filled: &Filled, value: &str, text: Text) -> AnyView {
        let option = |choice: String, label: String| {
            let selected = choice == value;
            view! { <option value=choice selected=selected>{label}</option> }
        };
        let options: Vec<_> = match self.kind {
            Kind::Select(choices) => {
                choices.iter().map(|(choice, label)| option((*choice).to_owned(), label(text).to_owned())).collect()
            }
            _ => filled.offered(self).iter().map(|(choice, label)| option(choice.clone(), label.clone())).collect(),
        };
        options.into_any()
    }

    /// A file input under words of ours; `state` is its `aria-invalid` and `aria-describedby`.
    fn file_drop(&self, id: String, focused: bool, state: (Option<&'static str>, String), text: Text) -> AnyView {
        let (names, (invalid, described)) = (format!("{id}-names"), state);
        let missing = self.required.then(|| text.input_no_file());
        view! {
            <div class="file-drop">
                <input type="file" id=id name=self.name multiple required=self.required autofocus=focused
                    aria-invalid=invalid aria-describedby=described data-names=names.clone() data-value-missing=missing />
                <span class="btn" aria-hidden="true"><Icon name="file" />{text.choose_files()}</span>
                <span class="file-names" id=names>{text.or_drop_files()}</span>
            </div>
        }
        .into_any()
    }

    /// What is said under the field: what the page says of it, else its own note; of a day, how it is written, too.
    fn said_below(&self, filled: &Filled, text: Text) -> Option<String> {
        if let Some((_, note)) = filled.of_page.notes.iter().find(|(name, _)| *name == self.name) {
            return Some(note.clone());
        }
        let note = self.note.map(|note| note(text));
        match (self.kind, note) {
            (Kind::Day, Some(note)) => Some(format!("{} {note}", text.day_note())),
            (Kind::Day, None) => Some(text.day_note().to_owned()),
            (_, note) => note.map(str::to_owned),
        }
    }

    /// What stands in the field: a day as people write it, not as it is stored.
    fn as_typed(&self, value: String) -> String {
        match (self.kind, value.parse::<Day>()) {
            (Kind::Day, Ok(day)) => format::date(day, Language::Vi),
            _ => value,
        }
    }

    /// Addresses, codes and secrets are no words.
    fn spellcheck(&self) -> Option<&'static str> {
        let is_no_word = matches!(self.kind, Kind::UserEmail | Kind::Code | Kind::Known { .. } | Kind::Secret { .. });
        is_no_word.then_some("false")
    }

    fn constraints(&self, form: &str, text: Text) -> Constraints {
        let words = |error: InputError| Some(text.input_error(&error));
        // The script puts what is none in the place of the braces.
        let no_address = || words(InputError::NotAnAddress("{}".to_owned()));
        // `required` alone takes blanks.
        let no_blanks = |max: usize| Constraints {
            r#type: "text",
            pattern: self.required.then(|| r".*\S.*".to_owned()),
            pattern_words: self.required.then(|| text.input_missing().to_owned()),
            max_length: Some(max),
            autocomplete: "off",
            ..Constraints::default()
        };
        let password = Constraints {
            r#type: "password",
            min_length: Some(input::PASSWORD_MIN_CHARS),
            length_words: words(InputError::PasswordTooShort),
            autocomplete: "new-password",
            ..Constraints::default()
        };
        match self.kind {
            Kind::Line { max } | Kind::Known { max, .. } | Kind::Secret { max } => no_blanks(max),
            Kind::Code => no_blanks(domain::limits::ID_CHARS),
            Kind::UserEmail => Constraints {
                r#type: "email",
                pattern: Some(email::PATTERN.to_owned()),
                pattern_words: no_address(),
                type_words: no_address(),
                autocomplete: "username",
                ..Constraints::default()
            },
            Kind::CurrentPassword => {
                Constraints { r#type: "password", autocomplete: "current-password", ..Constraints::default() }
            }
            Kind::NewPassword => password,
            Kind::RepeatedPassword(name) => Constraints {
                min_length: None,
                length_words: None,
                same_as: Some(format!("{form}-{name}")),
                repeat_words: words(InputError::Differs),
                ..password
            },
            Kind::Number { min, max } => Constraints {
                r#type: "number",
                bounds: Some((min, max)),
                number_words: words(InputError::NotANumber(min, max)),
                input_mode: (min >= 0).then_some("numeric"),
                autocomplete: "off",
                ..Constraints::default()
            },
            Kind::Amount { .. } => Constraints {
                r#type: "text",
                pattern: Some(input::AMOUNT_PATTERN.to_owned()),
                pattern_words: words(InputError::NotAnAmount),
                doubtful: Some((input::DOUBTFUL_AMOUNT_PATTERN, text.input_error(&InputError::DoubtfulAmount))),
                input_mode: Some("decimal"),
                autocomplete: "off",
                ..Constraints::default()
            },
            // A field of text, since a browser writes dates in its own language and order.
            Kind::Day => Constraints {
                r#type: "text",
                pattern: Some(input::DAY_PATTERN.to_owned()),
                pattern_words: words(InputError::NotADay),
                input_mode: Some("numeric"),
                placeholder: Some(text.day_format()),
                autocomplete: "off",
                ..Constraints::default()
            },
            Kind::Checkbox
            | Kind::Select(_)
            | Kind::Several
            | Kind::Offered { .. }
            | Kind::Files
            | Kind::Text { .. }
            | Kind::Emails { .. } => Constraints::default(),
        }
    }
}
