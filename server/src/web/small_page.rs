//! Pages of one panel, outside of the application: what went wrong, an export that is being made, a link out of a mail, a form
//! to correct.

use app::{
    Session, Text,
    html::escaped,
    plain_top,
    session::{Preferences, Theme},
};

/// Where language and theme are chosen on such a page.
#[derive(Debug, Clone, Copy)]
pub struct Switches<'a> {
    /// The address to come back to.
    pub here: &'a str,
    /// Where the icons are.
    pub icons: &'a str,
}

/// Such a page. `title` is text, `head` (more of the document's head) and `content` are HTML; `stylesheet` is the address of
/// the style sheet.
pub fn small_page(preferences: Preferences, stylesheet: &str, title: &str, head: &str, content: &str) -> String {
    let panel = format!("<div class=\"panel stack\" role=\"status\">{content}</div>");
    document(preferences, stylesheet, title, head, &panel, None)
}

/// Such a page with a form, and the script that checks it as one types; `content` is HTML.
pub fn form_page(
    preferences: Preferences,
    stylesheet: &str,
    script: &str,
    title: &str,
    content: &str,
    switches: Option<Switches<'_>>,
) -> String {
    let head = format!("<script type=\"module\" src=\"{script}\"></script>");
    let panel = format!("<div class=\"panel stack\">{content}</div>");
    document(preferences, stylesheet, title, &head, &panel, switches)
}

fn document(
    preferences: Preferences,
    stylesheet: &str,
    title: &str,
    head: &str,
    panel: &str,
    switches: Option<Switches<'_>>,
) -> String {
    let Preferences { language, theme } = preferences;
    let icons = switches.map_or_else(String::new, |switches| switches.icons.to_owned());
    let top = plain_top(
        Session { language, theme, person: None, account: None, icons },
        switches.map(|switches| switches.here),
    );
    let theme = match preferences.theme {
        Theme::System => String::new(),
        chosen => format!(" data-theme=\"{}\"", chosen.word()),
    };
    format!(
        "<!DOCTYPE html><html lang=\"{tag}\"{theme}><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\">{head}\
         <title>{document}</title><link rel=\"stylesheet\" href=\"{stylesheet}\">\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"></head><body><div class=\"sign-in\">{top}\
         <main class=\"sign-in-box\" id=\"content\"><h1>{heading}</h1>\
         {panel}</main></div></body></html>",
        tag = preferences.language.tag(),
        document = escaped(&Text(preferences.language).page_title(title)),
        heading = escaped(title),
    )
}
