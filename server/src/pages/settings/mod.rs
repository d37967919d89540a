//! The forms of the settings; the pages themselves are the application's.

mod account;
mod log;
mod people;
mod sign_in;
mod tariffs;
mod tokens;

use app::html::escaped;
use axum::response::{Html, IntoResponse, Response};

use crate::web::{browser, editing::Editing, routes::Routes, small_page::small_page};

/// What a form brought.
type Pairs = Vec<(String, String)>;

/// The routes.
pub fn routes() -> Routes {
    account::routes()
        .merge(people::routes())
        .merge(tokens::routes())
        .merge(tariffs::routes())
        .merge(sign_in::routes())
        .merge(log::routes())
}

/// Back to a part of the settings, which says what was done.
fn done(part: &str, note: &str) -> Response {
    browser::see_other(&app::links::with_query(part, [("note", note)]))
}

/// A page that shows a secret once, to be copied.
fn shown_once(editing: &Editing, title: &str, why: &str, secret: &str, back: &str) -> Response {
    let text = editing.text();
    let content = format!(
        "<p>{}</p><input class=\"input\" type=\"text\" readonly value=\"{}\" aria-label=\"{}\" spellcheck=\"false\" \
         autofocus><a class=\"btn\" href=\"{}\">{}</a>",
        escaped(why),
        escaped(secret),
        escaped(title),
        escaped(back),
        text.back(),
    );
    let stylesheet = editing.context.app.assets.url("pkg/ringside.css");
    Html(small_page(editing.preferences(), &stylesheet, title, "", &content)).into_response()
}
