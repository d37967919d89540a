//! Badges, tags and initials.

use domain::CallClass;
#[cfg(feature = "ssr")]
use domain::CampaignState;
#[cfg(feature = "ssr")]
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::Icon;
use super::icon_html;
use crate::{Text, html::escaped};
#[cfg(feature = "ssr")]
use crate::{use_session, use_text};

/// The tone class of a call class: one colour, one meaning.
pub fn tone(class: CallClass) -> &'static str {
    match class {
        CallClass::Success => "is-success",
        CallClass::Failed => "is-failed",
        CallClass::Error => "is-error",
    }
}

/// Where a campaign stands, in word and colour.
#[cfg(feature = "ssr")]
#[component]
pub fn StateBadge(state: CampaignState) -> impl IntoView {
    let (class, icon) = match state {
        CampaignState::Running => ("badge badge-dot is-accent", None),
        CampaignState::Paused => ("badge is-neutral", Some("pause")),
        CampaignState::Scheduled => ("badge is-neutral", Some("clock")),
        CampaignState::Completed => ("badge is-success", Some("check")),
    };
    view! { <span class=class>{icon.map(|name| view! { <Icon name=name /> })}{use_text().state(state)}</span> }
        .into_any()
}

/// A result code in the tint of its class; amber with a sign where the account has not defined it.
#[cfg(feature = "ssr")]
#[component]
pub fn CodeTag(#[prop(into)] code: String, class: CallClass, #[prop(default = true)] defined: bool) -> impl IntoView {
    let html = code_tag_html(&code, class, defined, use_text(), &use_session().icons);
    view! { <span class="contents" inner_html=html></span> }
}

/// The tag of a code as text; `icons` is where the sprite is.
pub fn code_tag_html(code: &str, class: CallClass, defined: bool, text: Text, icons: &str) -> String {
    // The style sheet cuts a long one.
    let whole = (code.chars().count() > 12).then_some(code);
    let shown = escaped(code);
    if defined {
        let title = whole.map(|code| format!(" title=\"{}\"", escaped(code))).unwrap_or_default();
        return format!("<span class=\"code-tag {}\"{title}><span>{shown}</span></span>", tone(class));
    }
    let (why, icon) = (escaped(text.undefined_code()), icon_html(icons, "warning"));
    let title = whole.map_or_else(|| why.clone(), |code| format!("{}: {why}", escaped(code)));
    format!(
        "<span class=\"code-tag is-failed\" title=\"{title}\"><span>{shown}</span>{icon}<span class=\"sr-only\">{why}</span></span>"
    )
}

/// One or two initials of a name, for its avatar.
pub fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let picked: Vec<&str> = match words.as_slice() {
        [] => vec![],
        [one] => vec![one],
        [first, .., last] => vec![first, last],
    };
    picked.into_iter().filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_those_of_the_first_and_last_word() {
        assert_eq!(initials("An Tâm"), "AT");
        assert_eq!(initials("nguyễn thị hoa"), "NH");
        assert_eq!(initials("demo"), "D");
        assert_eq!(initials(""), "");
    }
}
