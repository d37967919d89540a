//! Signing in and setting a password, on pages that only a full load reaches.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    Text,
    components::{Icon, Title},
    form::{Field, Filled, Form, Kind, Place},
    frame::{LanguageSwitch, ProductMark, ThemeSwitch, left_as_found},
    use_text,
};

/// The longest address of a page to come back to, in characters.
const MAX_TO: usize = 2_000;
/// `?keep=` of who does not want to stay signed in.
pub const NOT_KEPT: &str = "false";

/// Where one goes afterwards.
pub const TO: Field = Field::new("to", Text::back, Kind::Line { max: MAX_TO }).hidden();
/// Who signs in.
pub const EMAIL: Field = Field::new("email", Text::email, Kind::UserEmail).required();
pub const CURRENT_PASSWORD: Field = Field::new("password", Text::password, Kind::CurrentPassword).required();
/// Whether the session outlives the browser.
pub const KEEP: Field = Field::new("keep", Text::keep_signed_in, Kind::Checkbox);

/// The form that one signs in with.
pub const SIGN_IN: Form = Form { fields: &[TO, EMAIL, CURRENT_PASSWORD, KEEP], submit: Text::sign_in };

/// The page to sign in on. `?to=` is where to go afterwards, `?error=` what went wrong, `?email=` and `?keep=` what was
/// typed and ticked.
#[component]
pub fn SignIn() -> impl IntoView {
    let text = use_text();
    view! {
        <Title text=text.page_title(text.sign_in()) />
        <div class="contents" inner_html=left_as_found(sign_in_page)></div>
    }
}

/// In the context of the page to sign in on: whether nobody is there yet, and the server waits for its first start.
#[derive(Debug, Clone, Copy)]
pub struct FirstStartWaits(pub bool);

/// How to begin, where nobody is there yet; the key is in the server's output alone.
#[cfg(feature = "ssr")]
fn first_start(text: Text) -> Option<AnyView> {
    let waits = use_context::<FirstStartWaits>().is_some_and(|FirstStartWaits(waits)| waits);
    waits.then(|| {
        view! {
            <p class="notice" role="note"><Icon name="info" /><span>{text.first_start_waits()}</span></p>
        }
        .into_any()
    })
}

#[cfg(not(feature = "ssr"))]
fn first_start(_: Text) -> Option<AnyView> {
    None
}

fn sign_in_page() -> AnyView {
    let text = use_text();
    let query = use_query_map().get_untracked();
    // Nobody could put right what is hidden: an address that the form would refuse is left out.
    let to = query.get("to").filter(|to| is_own_path(to) && to.chars().count() <= MAX_TO).unwrap_or_default();
    let keep = query.get("keep").is_none_or(|keep| keep != NOT_KEPT);
    let email = query.get("email").unwrap_or_default();
    let filled = Filled::default().with(&TO, to).with(&EMAIL, email).with(&KEEP, keep.to_string());
    let filled = match query.get("error").as_deref() {
        None => filled,
        #[cfg(feature = "ssr")]
        Some("single-sign-on") => filled.failed(text.sso_alone().to_owned(), &[]),
        Some("session") => filled.failed(text.session_over().to_owned(), &[]),
        Some(_) => filled.failed(text.wrong_sign_in().to_owned(), &[EMAIL, CURRENT_PASSWORD]),
    };
    let note = query.get("note").and_then(|note| match note.as_str() {
        "signed-out" => Some(text.signed_out_note()),
        "password-set" => Some(text.password_set_note()),
        _ => None,
    });
    view! {
        <SignInPage title=text.sign_in() lead=text.sign_in_lead()>
            <div class="panel">
                {note.map(|note| view! { <p class="notice is-success" role="status"><Icon name="check-circle" /><span>{note}</span></p> })}
                {first_start(text)}
                {by_provider(&filled)}
                {SIGN_IN.view("sign-in", "/sign-in".to_owned(), Place::Page, &filled)}
                <p class="mt-4"><a class="link" href="/forgot-password" rel="external">{text.forgot_password()}</a></p>
            </div>
        </SignInPage>
    }
    .into_any()
}

/// The way in by the operator's provider, where there is one. A link and no form: browsers follow no redirect to another server from
/// a form (`form-action`).
#[cfg(feature = "ssr")]
fn by_provider(filled: &Filled) -> Option<AnyView> {
    let (text, name) = (use_text(), crate::AppState::get().ok()?.sso?);
    let to = [("to", filled.value(&TO))].into_iter().filter(|(_, to)| !to.is_empty());
    let href = crate::links::with_query("/oidc/start", to);
    Some(
        view! {
            <a class="btn btn-wide" href=href rel="external">{text.sso_sign_in(&name)}</a>
            <p class="text-muted text-center my-3">{text.sso_or()}</p>
        }
        .into_any(),
    )
}

#[cfg(not(feature = "ssr"))]
fn by_provider(_: &Filled) -> Option<AnyView> {
    None
}

/// The secret of the one-time link.
pub const LINK: Field = Field::new("link", Text::set_password, Kind::Line { max: 1_000 }).hidden();
pub const PASSWORD: Field =
    Field::new("password", Text::new_password, Kind::NewPassword).required().note(Text::new_password_note);
/// The password, once more.
pub const REPEATED: Field = Field::new("repeat", Text::repeat_password, Kind::RepeatedPassword("password")).required();

/// The form behind a one-time link.
pub const SET_PASSWORD: Form = Form { fields: &[LINK, PASSWORD, REPEATED], submit: Text::save_password };

/// Asks for such a link.
pub const FORGOT_PASSWORD: Form = Form { fields: &[EMAIL], submit: Text::send_link };

/// How somebody new is addressed.
pub const NAME: Field = Field::new("name", Text::your_name, Kind::Line { max: domain::limits::NAME_CHARS }).required();
/// Accepts an invitation as somebody new.
pub const ACCEPT_INVITATION: Form = Form { fields: &[LINK, NAME, PASSWORD, REPEATED], submit: Text::join };
/// Accepts it as who is signed in.
pub const JOIN: Form = Form { fields: &[LINK], submit: Text::join };

/// The page behind a one-time link. `?link=` is the secret; `?error=` says that it is over.
#[component]
pub fn SetPassword() -> impl IntoView {
    let text = use_text();
    view! {
        <Title text=text.page_title(text.set_password()) />
        <div class="contents" inner_html=left_as_found(set_password_page)></div>
    }
}

fn set_password_page() -> AnyView {
    let text = use_text();
    let query = use_query_map().get_untracked();
    let link = query.get("link").unwrap_or_default();
    // A used link cannot be tried again, so the form would only disappoint.
    let dead = link.is_empty() || query.get("error").is_some();
    let content = if dead {
        view! {
            <p class="notice is-error" role="alert"><Icon name="error" /><span>{text.link_used()}</span></p>
            <a class="btn btn-primary" href="/forgot-password" rel="external">{text.ask_for_link()}</a>
            <a class="link" href="/sign-in" rel="external">{text.back_to_sign_in()}</a>
        }
        .into_any()
    } else {
        let filled = Filled::default().with(&LINK, link);
        SET_PASSWORD.view("set-password", "/set-password".to_owned(), Place::Page, &filled)
    };
    view! {
        <SignInPage title=text.set_password() lead=text.set_password_lead()>
            <div class="panel">{content}</div>
        </SignInPage>
    }
    .into_any()
}

/// Whether `?to=` stays on this site: one slash, and no second one or backslash that would name another host.
fn is_own_path(to: &str) -> bool {
    let mut chars = to.chars();
    chars.next() == Some('/') && !matches!(chars.next(), Some('/' | '\\')) && !to.contains(char::is_control)
}

#[component]
fn SignInPage(title: &'static str, lead: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="sign-in">
            <header class="sign-in-top">
                <ProductMark />
                <div><LanguageSwitch /><ThemeSwitch /></div>
            </header>
            <main class="sign-in-box" id="content">
                <h1>{title}</h1>
                <p class="text-muted">{lead}</p>
                {children().into_any()}
            </main>
            <footer class="sign-in-foot"><span>"Ringside " {env!("CARGO_PKG_VERSION")}</span></footer>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::is_own_path;

    #[test]
    fn after_signing_in_one_stays_on_this_site() {
        assert!(is_own_path("/campaigns/tet?from=2026-11-01"));
        for elsewhere in ["", "campaigns", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb"] {
            assert!(!is_own_path(elsewhere), "{elsewhere}");
        }
    }
}
