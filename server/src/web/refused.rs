//! The answer to a form that broke a rule: the same form with what was typed and what is wrong, on a page of its own.
//!
//! A page of its own, also where the form stood in a popover: it works without scripts, and its address (that of the form) is
//! none that the pages' router knows. Around it `pages::framed` puts the frame of the page that it came from.

use app::{
    Session, Text,
    form::{Filled, Form},
    html::escaped,
    session::Preferences,
};
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

use super::small_page::{Switches, form_page};
use crate::context::Context;

/// What a form brought, as it was sent: names and values in their order.
pub type FormPairs = Vec<(String, String)>;

/// A form that is shown again.
pub struct Refused<'a> {
    pub form: &'a Form,
    pub title: &'a str,
    /// Where it is sent.
    pub action: String,
    /// The account that it is for; none of one that changes nothing of an account.
    pub account: Option<i64>,
    /// Where one goes who gives it up; none where there is no such place.
    pub back: Option<&'a str>,
    /// What `parse` gave back.
    pub filled: &'a Filled,
}

/// In an answer's extensions: the form that was refused, for the frame that its page has.
#[derive(Debug, Clone)]
pub struct RefusedForm {
    /// What the page around it is made with.
    pub session: Session,
    /// What it is about.
    pub title: String,
    pub html: String,
    /// Where one goes who gives it up.
    pub back: Option<String>,
}

/// 422 with the form.
pub fn refused(context: &Context, preferences: Preferences, of: &Refused<'_>) -> Response {
    let alone = form_alone(context, preferences, of, "", None);
    let session = session(context, preferences, of.account);
    let html = of.form.refused(session.clone(), "form", of.action.clone(), of.filled);
    unprocessable(alone, RefusedForm { session, title: of.title.to_owned(), html, back: of.back.map(str::to_owned) })
}

/// 422 with a form that was written already, on a page of its own and for the frame.
pub fn refused_form(context: &Context, preferences: Preferences, form: RefusedForm) -> Response {
    let assets = &context.app.assets;
    let (style, script) = (assets.url("pkg/ringside.css"), assets.url("pkg/form.js"));
    unprocessable(form_page(preferences, &style, &script, &form.title, &form.html, None), form)
}

fn unprocessable(alone: String, form: RefusedForm) -> Response {
    let mut response = (StatusCode::UNPROCESSABLE_ENTITY, Html(alone)).into_response();
    response.extensions_mut().insert(form);
    response
}

/// What a form is written with.
pub fn session(context: &Context, preferences: Preferences, account: Option<i64>) -> Session {
    let Preferences { language, theme } = preferences;
    Session { language, theme, person: None, account, icons: context.app.assets.url("icons.svg") }
}

/// The form on a page of its own, under a lead in HTML. `here` is the page's address, where one can come back to it.
pub fn form_alone(
    context: &Context,
    preferences: Preferences,
    of: &Refused<'_>,
    lead: &str,
    here: Option<&str>,
) -> String {
    let assets = &context.app.assets;
    let session = session(context, preferences, of.account);
    let icons = session.icons.clone();
    let form = of.form.refused(session, "form", of.action.clone(), of.filled);
    let back = of.back.map(|back| {
        let words = Text(preferences.language).back();
        format!("<a class=\"link\" href=\"{}\">{words}</a>", escaped(back))
    });
    let body = format!("{lead}{form}{}", back.unwrap_or_default());
    let script = assets.url("pkg/form.js");
    let switches = here.map(|here| Switches { here, icons: &icons });
    form_page(preferences, &assets.url("pkg/ringside.css"), &script, of.title, &body, switches)
}
