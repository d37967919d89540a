//! The answer to a form that broke a rule: the same form with what was typed and what is wrong, on a page of its own.
//!
//! A page of its own, also where the form stood in a popover: it works without scripts, and its address (that of the form) is
//! none that the pages' router knows.

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

/// A form that is shown again.
pub struct Refused<'a> {
    /// The form.
    pub form: &'a Form,
    /// What it is about.
    pub title: &'a str,
    /// Where it is sent.
    pub action: String,
    /// Where one goes who gives it up; none where there is no such place.
    pub back: Option<&'a str>,
    /// What `parse` gave back.
    pub filled: &'a Filled,
}

/// 422 with the form.
pub fn refused(context: &Context, preferences: Preferences, of: &Refused<'_>) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Html(form_alone(context, preferences, of, "", None))).into_response()
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
    let Preferences { language, theme } = preferences;
    let session = Session { language, theme, person: None, icons: assets.url("icons.svg") };
    let icons = session.icons.clone();
    let form = of.form.refused(session, "form", of.action.clone(), of.filled);
    let back = of.back.map(|back| {
        let words = Text(language).back();
        format!("<a class=\"link\" href=\"{}\">{words}</a>", escaped(back))
    });
    let body = format!("{lead}{form}{}", back.unwrap_or_default());
    let script = assets.url("pkg/form.js");
    let switches = here.map(|here| Switches { here, icons: &icons });
    form_page(preferences, &assets.url("pkg/ringside.css"), &script, of.title, &body, switches)
}
