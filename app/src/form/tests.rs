use domain::{InputError, Language};

use super::{Field, Filled, Form, Kind, Place};
use crate::{
    Session, Text,
    declare::DECLARE_CODE,
    recipients::ACCOUNT_RECIPIENTS,
    server_page::rendered,
    sign_in::{CURRENT_PASSWORD, EMAIL, KEEP, SET_PASSWORD, SIGN_IN},
};

const NAME: Field = Field::new("name", Text::label_vi, Kind::Line { max: 300 }).required();
const NOTE: Field = Field::new("note", Text::label_en, Kind::Line { max: 5 }).note(Text::new_password_note);
const KEY: Field = Field::new("key", Text::result_code, Kind::Code).required().hidden();
const EMAILS: Field = Field::new("emails", Text::email, Kind::Emails { max: 2 });
const PASSWORD: Field = Field::new("password", Text::new_password, Kind::NewPassword).required();
const REPEATED: Field = Field::new("repeat", Text::repeat_password, Kind::RepeatedPassword("password")).required();
const GOAL: Field = Field::new("goal", Text::code_is_goal, Kind::Checkbox);
const THEME: Field =
    Field::new("theme", Text::theme, Kind::Select(&[("light", Text::theme_light), ("dark", Text::theme_dark)]));
const DAYS: Field = Field::new("days", Text::today, Kind::Number { min: 1, max: 31 });
const FROM: Field = Field::new("from", Text::from_day, Kind::Day).note(Text::new_password_note);
const ALL: Form =
    Form { fields: &[KEY, NAME, NOTE, EMAILS, PASSWORD, REPEATED, GOAL, THEME, DAYS, FROM], submit: Text::apply };

/// What to do where an update of Leptos breaks it.
const TEXTAREA: &str = "what was typed into a textarea must stand there escaped once: Leptos writes `inner_html` as it is, and \
                        `within_textarea` of form/view.rs escapes it; whichever changed, the other has to (docs/ARCHITECTURE.md, Couplings)";

const RIGHT: [(&str, &str); 10] = [
    ("key", "DY"),
    ("name", " Đồng ý "),
    ("note", ""),
    ("emails", "a@b.vn; c@d.vn"),
    ("password", "một mật khẩu mới"),
    ("repeat", "một mật khẩu mới"),
    ("goal", "true"),
    ("theme", "dark"),
    ("days", "31"),
    ("from", "4/11/2026"),
];

/// What is right, but for some fields.
fn but(others: &[(&str, &str)]) -> Vec<(String, String)> {
    let kept = RIGHT.iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name));
    kept.chain(others).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn html(language: Language, place: Place, filled: &Filled) -> String {
    html_of(ALL, "all", language, place, filled)
}

fn html_of(form: Form, id: &'static str, language: Language, place: Place, filled: &Filled) -> String {
    let session = Session { language, ..Session::default() };
    let html = rendered(session, || form.view(id, "/all?a=b&c=d".to_owned(), place, filled));
    // Leptos' own marks between texts.
    html.replace("<!>", "")
}

fn tag(html: &str, attribute: &str) -> String {
    let at = html.find(attribute).unwrap_or_else(|| panic!("no {attribute}: {html}"));
    let begin = html[..at].rfind('<').unwrap();
    html[begin..].split_inclusive('>').next().unwrap().to_owned()
}

#[test]
fn what_keeps_to_the_rules_is_read() {
    let values = ALL.parse(&but(&[("unknown", "x")])).unwrap();
    assert_eq!(values.code(&KEY).unwrap().as_str(), "DY");
    assert_eq!((values.text(&NAME), values.text(&NOTE)), ("Đồng ý", ""));
    assert_eq!(values.emails(&EMAILS), ["a@b.vn", "c@d.vn"]);
    assert_eq!(values.text(&PASSWORD), "một mật khẩu mới");
    assert!(values.is_ticked(&GOAL));
    assert_eq!((values.text(&THEME), values.number(&DAYS)), ("dark", Some(31)));
    assert_eq!(values.day(&FROM), "2026-11-04".parse().ok());
    let empty = [("note", ""), ("emails", " "), ("theme", ""), ("days", "")];
    let values = ALL.parse(&but(&empty)).unwrap();
    assert_eq!((values.number(&DAYS), values.emails(&EMAILS).len(), values.text(&THEME)), (None, 0, ""));
}

#[test]
fn each_field_says_the_rule_that_it_breaks() {
    for (name, typed, error) in [
        ("key", "", InputError::Missing),
        ("key", "a\u{0}b", InputError::Control),
        ("name", " ", InputError::Missing),
        ("note", "sáu chữ", InputError::TooLong(5)),
        ("note", "a\nb", InputError::Control),
        ("emails", "a@b.vn, x", InputError::NotAnAddress("x".to_owned())),
        ("emails", "a@b.vn c@d.vn e@f.vn", InputError::TooManyAddresses(2)),
        ("repeat", "khác", InputError::Differs),
        ("theme", "pink", InputError::NotAChoice),
        ("days", "32", InputError::NotANumber(1, 31)),
        ("from", "11/31/2026", InputError::NotADay),
    ] {
        let refused = ALL.parse(&but(&[(name, typed)])).unwrap_err();
        let field = ALL.fields.iter().find(|field| field.name == name).unwrap();
        assert_eq!(refused.error(field), Some(&error), "{name}={typed:?}");
        assert_eq!(refused.errors.len(), 1, "{name}={typed:?}: {:?}", refused.errors);
    }
    let short = ALL.parse(&but(&[("password", "ngắn"), ("repeat", "ngắn")])).unwrap_err();
    assert_eq!(short.errors, [("password", InputError::PasswordTooShort)]);
    let nothing = ALL.parse(&[]).unwrap_err();
    assert_eq!(
        nothing.errors.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        ["key", "name", "password", "repeat"],
        "only what is required is missed"
    );
}

#[test]
fn the_rules_are_the_browsers_own_constraints_with_our_words() {
    let html = html(Language::En, Place::Page, &Filled::default().with(&KEY, "DY").with(&GOAL, "true"));
    let has = |field: &str, parts: &[&str]| {
        let tag = tag(&html, field);
        for part in parts {
            assert!(tag.contains(part), "{part}: {tag}");
        }
    };
    assert!(html.contains("action=\"/all?a=b&amp;c=d\""), "{html}");
    has("name=\"key\"", &["type=\"hidden\"", "value=\"DY\""]);
    has(
        "name=\"name\"",
        &["required", "maxlength=\"300\"", "data-value-missing=\"Please fill this in.\"", "autofocus"],
    );
    has("name=\"note\"", &["maxlength=\"5\"", "aria-describedby=\"all-note-note all-note-error\""]);
    has("name=\"emails\"", &["<textarea", "data-one=", "data-custom-error=\"“{}” is not an email address.\""]);
    has("name=\"password\"", &["type=\"password\"", "minlength=\"10\"", "autocomplete=\"new-password\""]);
    has("name=\"repeat\"", &["data-same-as=\"all-password\"", "data-custom-error=\"The two passwords"]);
    has("name=\"goal\"", &["type=\"checkbox\"", "checked"]);
    has("name=\"days\"", &["type=\"number\"", "min=\"1\"", "max=\"31\"", "data-range-overflow=\"Please enter"]);
    has("name=\"from\"", &["type=\"text\"", "pattern=", "placeholder=\"day/month/year\""]);
    assert!(html.contains("As day/month/year. At least 10 characters"), "{html}");
    assert!(html.contains("<label for=\"all-name\">Vietnamese label</label>"), "{html}");
    assert!(!html.contains("aria-invalid") && !html.contains("role=\"alert\""), "nothing is wrong yet: {html}");
}

#[test]
fn what_was_typed_stays_and_cannot_break_out() {
    let hostile = "\"><script>alert(1)</script>";
    let typed =
        [("name", ""), ("note", hostile), ("emails", hostile), ("key", hostile), ("theme", "dark"), ("days", "99")];
    let refused = ALL.parse(&but(&typed)).unwrap_err();
    for (language, missing) in [(Language::Vi, "Hãy điền mục này."), (Language::En, "Please fill this in.")] {
        let html = html(language, Place::Page, &refused);
        assert!(!html.contains("<script"), "{html}");
        assert_eq!(html.matches("value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\"").count(), 2, "{html}");
        assert!(html.contains("\n&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;</textarea>"), "{html}");
        assert!(!html.contains("mật khẩu mới"), "a password does not come back: {html}");
        assert!(tag(&html, "value=\"dark\"").contains("selected") && tag(&html, "value=\"99\"").contains("days"));
        assert!(tag(&html, "name=\"goal\"").contains("checked"));
        assert!(tag(&html, "name=\"name\"").contains("aria-invalid=\"true\""));
        assert!(html.contains(&format!("id=\"all-name-error\" class=\"field-error\">{missing}</p>")), "{html}");
        // The summary has the focus, not a field, and leads to each.
        assert!(tag(&html, "role=\"alert\"").contains("autofocus"), "{html}");
        assert_eq!(html.matches("autofocus").count(), 1, "{html}");
        assert!(html.contains("<a href=\"#all-name\">"), "{html}");
    }
}

#[test]
fn what_only_the_database_knows_is_said_at_its_field() {
    let filled = Filled::default().with(&NAME, "Lan").refused(&NAME, InputError::NotAChoice);
    let html = html(Language::En, Place::Sheet, &filled);
    assert!(html.contains("id=\"all-name-error\" class=\"field-error\">Please choose one of the list.</p>"), "{html}");
}

#[test]
fn who_signs_in_gives_one_address_and_a_password_of_any_length() {
    let parse = |email: &str, password: &str| {
        let pairs = [("email", email), ("password", password)];
        SIGN_IN.parse(&pairs.map(|(name, value)| (name.to_owned(), value.to_owned())))
    };
    let values = parse(" Lan@cty.vn ", " ngắn ").unwrap();
    assert_eq!((values.text(&EMAIL), values.text(&CURRENT_PASSWORD)), ("Lan@cty.vn", " ngắn "));
    assert!(!values.is_ticked(&KEEP));
    let refused = parse("lan@cty.vn hoa@cty.vn", &"x".repeat(1_001)).unwrap_err();
    let both = InputError::NotAnAddress("lan@cty.vn hoa@cty.vn".to_owned());
    assert_eq!(refused.errors, [("email", both), ("password", InputError::PasswordTooLong)]);
    assert_eq!(refused.value(&CURRENT_PASSWORD), "", "a password does not come back");

    let html = html_of(SIGN_IN, "in", Language::En, Place::Page, &Filled::default());
    for (field, parts) in [
        ("name=\"email\"", ["type=\"email\"", "autocomplete=\"username\"", "data-type-mismatch=\"“{}” is not"]),
        ("name=\"password\"", ["type=\"password\"", "autocomplete=\"current-password\"", "required"]),
    ] {
        for part in parts {
            assert!(tag(&html, field).contains(part), "{part}: {html}");
        }
    }
    assert!(!html.contains("minlength"), "what was set under another rule may be typed: {html}");
}

#[test]
fn what_no_single_field_is_to_blame_for_is_said_above_and_those_that_may_be_point_to_it() {
    let failed = Filled::default().with(&EMAIL, "lan@cty.vn").failed("Not right.".to_owned(), &[EMAIL]);
    let html = html_of(SIGN_IN, "in", Language::En, Place::Page, &failed);
    let alert = tag(&html, "role=\"alert\"");
    assert!(alert.contains("id=\"in-failure\"") && !alert.contains("autofocus"), "{html}");
    assert!(html.contains("Not right."), "{html}");
    let email = tag(&html, "name=\"email\"");
    assert!(email.contains("aria-invalid=\"true\""), "{email}");
    assert!(email.contains("aria-describedby=\"in-failure in-email-error\""), "{email}");
    let password = tag(&html, "name=\"password\"");
    assert!(!password.contains("aria-invalid") && !password.contains("in-failure"), "{password}");
    assert!(password.contains("autofocus"), "the first that is still to be filled in: {html}");
    assert_eq!(html.matches("autofocus").count(), 1, "{html}");
}

#[test]
fn a_page_whose_form_is_full_begins_at_its_first_field() {
    let full = Filled::default().with(&NAME, "Lan").with(&PASSWORD, "x").with(&REPEATED, "x");
    let html = html(Language::En, Place::Page, &full);
    assert!(tag(&html, "autofocus").contains("name=\"name\""), "{html}");
}

#[test]
fn each_name_stands_once_in_a_form() {
    for form in [ALL, DECLARE_CODE, ACCOUNT_RECIPIENTS, SET_PASSWORD, SIGN_IN] {
        let names: std::collections::BTreeSet<_> = form.fields.iter().map(|field| field.name).collect();
        assert_eq!(names.len(), form.fields.len(), "{form:?}");
    }
}

#[test]
fn a_day_stands_in_its_field_as_people_write_it() {
    for (given, shown) in [("2026-11-04", "04/11/2026"), ("4/11/26", "4/11/26")] {
        let html = html(Language::En, Place::Sheet, &Filled::default().with(&FROM, given));
        assert!(tag(&html, "name=\"from\"").contains(&format!("value=\"{shown}\"")), "{html}");
    }
}

#[test]
fn what_is_to_be_confirmed_says_so_and_its_button_has_the_focus() {
    let filled = Filled::default().with(&NAME, "Lan").to_confirm("It moves 12 calls.".to_owned(), Text::print);
    let html = html(Language::En, Place::Page, &filled);
    assert!(html.contains("It moves 12 calls.") && !html.contains("is-error"), "{html}");
    assert!(tag(&html, "autofocus").contains("type=\"submit\""), "{html}");
    assert!(html.contains("Print / PDF</button>"), "{html}");
    assert_eq!(html.matches("autofocus").count(), 1, "{html}");
}

#[test]
fn a_text_of_several_lines_cannot_end_its_field() {
    const LINES: Field = Field::new("lines", Text::label_vi, Kind::Text { max: 99, rows: 2 });
    const LISTS: Form = Form { fields: &[LINES, EMAILS], submit: Text::apply };
    let hostile = "a\n</textarea><script>alert(1)</script>";
    let filled = Filled::default().with(&LINES, hostile).with(&EMAILS, hostile);
    let html = html_of(LISTS, "lists", Language::En, Place::Sheet, &filled);
    assert_eq!((html.matches("</textarea>").count(), html.contains("<script")), (2, false), "{TEXTAREA}: {html}");
    assert_eq!(html.matches("\na\n&lt;/textarea&gt;").count(), 2, "{TEXTAREA}: {html}");
}
