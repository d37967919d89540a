//! The forms of the settings; the pages themselves are the application's.

mod account;
mod campaigns;
mod codes;
mod dimensions;
mod erasure;
mod log;
mod people;
mod recipients;
mod sign_in;
mod sso;
mod tariffs;
mod tokens;
mod views;
mod voicebots;

use app::{
    Text,
    form::{Field, Filled},
    html::escaped,
    session::Preferences,
};
use axum::response::{Html, IntoResponse, Response};
use domain::InputError;
use store::StoreError;

use crate::{
    context::Context,
    web::{browser, refused::FormPairs, routes::Routes, small_page::form_page},
};

/// How long what was shown of a change can be confirmed, ms: an hour.
const CONFIRMED_LASTS_MS: i64 = 60 * 60 * 1_000;

pub fn routes() -> Routes {
    account::routes()
        .merge(codes::routes())
        .merge(dimensions::routes())
        .merge(people::routes())
        .merge(tokens::routes())
        .merge(tariffs::routes())
        .merge(views::routes())
        .merge(voicebots::routes())
        .merge(campaigns::routes())
        .merge(recipients::routes())
        .merge(sign_in::routes())
        .merge(sso::routes())
        .merge(erasure::routes())
        .merge(log::routes())
}

/// Back to a page of the settings, which says what was done.
fn done(page: &str, note: &str) -> Response {
    let between = if page.contains('?') { '&' } else { '?' };
    browser::see_other(&format!("{page}{between}note={note}"))
}

/// A name that holds nothing but characters that nobody sees, which the store alone tells.
fn refused_by_store(typed: Filled, name: &Field, error: StoreError) -> Result<Filled, StoreError> {
    match error {
        StoreError::Invalid(error) if error.field == name.name() => Ok(typed.refused(name, InputError::Missing)),
        other => Err(other),
    }
}

/// A page that shows a secret once, to be copied.
pub(super) fn shown_once(
    (preferences, context): (Preferences, &Context),
    title: &str,
    why: &str,
    secret: &str,
    back: &str,
) -> Response {
    let text = Text(preferences.language);
    let body = format!(
        "<p>{why}</p><textarea class=\"textarea shown-once\" id=\"secret\" readonly rows=\"3\" aria-label=\"{title}\" \
         spellcheck=\"false\" autofocus>{secret}</textarea>\
         <button class=\"btn btn-primary\" type=\"button\" data-copies=\"secret\">{copy}</button>\
         <p class=\"field-note\" id=\"secret-copied\" role=\"status\" data-words=\"{copied}\"></p>\
         <a class=\"link\" href=\"{back}\">{words}</a>",
        why = escaped(why),
        secret = escaped(secret),
        title = escaped(title),
        copy = text.copy(),
        copied = text.copied(),
        back = escaped(back),
        words = text.back(),
    );
    let assets = &context.app.assets;
    let (style, script) = (assets.url("pkg/ringside.css"), assets.url("pkg/form.js"));
    Html(form_page(preferences, &style, &script, title, &body, None)).into_response()
}
