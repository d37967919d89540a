//! Signing in and setting a password: plain forms that the server answers, on pages that only a full load reaches.

use domain::format;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    Text,
    components::Icon,
    form::{Field, Filled, Form, Kind, Place},
    frame::{LanguageSwitch, ProductMark, ThemeSwitch, left_as_found},
    use_text,
};

/// The sign-in form. `?to=` is where to go afterwards, `?error=` what went wrong, `?email=` what was typed.
#[component]
pub fn SignIn() -> impl IntoView {
    let text = use_text();
    view! {
        <Title text=text.page_title(text.sign_in()) />
        <div class="contents" inner_html=left_as_found(sign_in_page)></div>
    }
}

fn sign_in_page() -> AnyView {
    let text = use_text();
    let query = use_query_map().get_untracked();
    let to = query.get("to").filter(|to| is_own_path(to)).unwrap_or_default();
    let error = query.get("error").map(|error| match error.as_str() {
        "wait" => {
            let seconds = query.get("wait").and_then(|wait| wait.parse::<u32>().ok()).unwrap_or(60);
            text.too_many_attempts(&format::short_duration(i64::from(seconds) * 1_000, text.language()))
        }
        "session" => text.session_over().to_owned(),
        _ => text.wrong_sign_in().to_owned(),
    });
    let note = query.get("note").and_then(|note| match note.as_str() {
        "signed-out" => Some(text.signed_out_note()),
        "password-set" => Some(text.password_set_note()),
        _ => None,
    });
    let failed = error.is_some();
    let email = query.get("email").unwrap_or_default();
    view! {
        <SignInPage title=text.sign_in() lead=text.sign_in_lead()>
            <form class="panel" method="post" action="/sign-in">
                {error.map(|error| view! { <p class="notice is-error" role="alert"><Icon name="error" /><span>{error}</span></p> })}
                {note.map(|note| view! { <p class="notice is-success" role="status"><Icon name="check-circle" /><span>{note}</span></p> })}
                <input type="hidden" name="to" value=to />
                <div class="field">
                    <label for="email">{text.email()}</label>
                    <input class="input" id="email" name="email" type="email" required autocomplete="username"
                        autofocus=email.is_empty() value=email.clone() aria-invalid=failed.then_some("true") />
                </div>
                <div class="field">
                    <label for="password">{text.password()}</label>
                    <input class="input" id="password" name="password" type="password" required
                        autocomplete="current-password" autofocus=!email.is_empty() aria-invalid=failed.then_some("true")
                        aria-describedby="password-help" />
                </div>
                <label class="check">
                    <input class="checkbox" type="checkbox" name="keep" value="true" checked />
                    {text.keep_signed_in()}
                </label>
                <button class="btn btn-primary btn-wide" type="submit">{text.sign_in()}</button>
                <p class="field-note" id="password-help">{text.password_help()}</p>
            </form>
        </SignInPage>
    }
    .into_any()
}

/// The secret of the one-time link.
pub const LINK: Field = Field::new("link", Text::set_password, Kind::Line { max: 1_000 }).hidden();
/// The password.
pub const PASSWORD: Field =
    Field::new("password", Text::new_password, Kind::NewPassword).required().note(Text::new_password_note);
/// The password, once more.
pub const REPEATED: Field = Field::new("repeat", Text::repeat_password, Kind::RepeatedPassword("password")).required();

/// The form behind a one-time link.
pub const SET_PASSWORD: Form = Form { fields: &[LINK, PASSWORD, REPEATED], submit: Text::save_password };

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
        view! { <p class="notice is-error" role="alert"><Icon name="error" /><span>{text.link_used()}</span></p> }
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
