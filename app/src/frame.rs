//! The frame around the pages: sidebar on a desktop, top and bottom bar on a phone.

use domain::Role;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    calls,
    components::{CloseButton, Icon, Press, Shortcuts, initials},
    links,
    session::Theme,
    use_session, use_text,
};

/// Sidebar, bars and player around the pages of a signed-in user; nothing around the sign-in pages.
///
/// What never changes while the document lives is the server's alone ([`left_as_found`]): it costs the browser nothing.
#[component]
pub fn Frame(children: Children) -> impl IntoView {
    let text = use_text();
    let session = use_session();
    let path = use_location().pathname;
    let signs_in = path.with_untracked(|path| links::is_of_signing_in(path));
    let pages = children().into_any();
    if signs_in {
        return pages;
    }
    if session.person.is_none() {
        // An address that leads nowhere, seen by nobody who is known.
        return view! {
            <div class="sign-in">
                <header class="sign-in-top" inner_html=left_as_found(|| view! { <ProductMark /> }.into_any())></header>
                <main class="sign-in-box" id="content" tabindex="-1">{pages}</main>
            </div>
        }
        .into_any();
    }
    let at = move || path.with(|path| if section(path) == path.as_str() { "list" } else { "campaign" });
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| path.with(|path| in_browser::mark(section(path))));
    view! {
        <div class="app">
            <a class="skip-link" href="#content" rel="external">{text.skip_to_content()}</a>
            <aside class="sidebar" inner_html=left_as_found(|| view! { <Sidebar /> }.into_any())></aside>
            <div>
                <header class="topbar group" data-at=at inner_html=left_as_found(|| view! { <Topbar /> }.into_any())>
                </header>
                <main class="content" id="content" tabindex="-1">
                    <div class="contents" inner_html=left_as_found(notices)></div>
                    {pages}
                </main>
            </div>
            <div class="contents" inner_html=left_as_found(|| view! { <Bottombar /><Shortcuts /><Offline /> }.into_any())></div>
            <calls::Player />
        </div>
    }
    .into_any()
}

/// Says, by `web/elements.js`, why a link is not followed while the browser is offline.
#[component]
fn Offline() -> impl IntoView {
    view! { <p class="live-note" id="offline" role="status" data-words=use_text().offline()></p> }
}

/// What is said above every page: the server's alone.
fn notices() -> AnyView {
    let notices = use_session().person.map(|person| person.notices).filter(|notices| !notices.is_empty());
    notices.map(|html| view! { <div class="frame-notices" inner_html=html></div> }).into_any()
}

/// The destination of the navigation that a page belongs to.
fn section(path: &str) -> &'static str {
    match path {
        "/usage" => "/usage",
        "/statistics" => "/statistics",
        "/calls" => "/calls",
        "/search" => "/search",
        "/jobs" => "/jobs",
        path if path.starts_with("/import") => "/import",
        "/hooks" => "/hooks",
        path if path.starts_with("/settings") => "/settings",
        path if path.starts_with("/operator") => "/operator",
        path if path == "/" || path.starts_with("/campaigns") => "/campaigns",
        // An address that leads nowhere.
        _ => "",
    }
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use leptos::{prelude::document, web_sys::Element};
    use wasm_bindgen::JsCast;

    /// Marks where one is in the navigation, which the server alone renders.
    pub fn mark(section: &str) {
        let Ok(links) = document().query_selector_all(".nav > a, .bottombar > a, #phone-menu > a") else { return };
        for link in (0..links.length()).filter_map(|n| links.get(n)?.dyn_into::<Element>().ok()) {
            // An attribute that cannot be set leaves a mark too many, nothing worse.
            if link.get_attribute("href").as_deref() != Some(section) {
                let _ = link.remove_attribute("aria-current");
                continue;
            }
            let _ = link.set_attribute("aria-current", "page");
            // The bottom bar has no room for the whole name.
            let named = link.get_attribute("title").or_else(|| link.text_content());
            if let Ok(Some(title)) = document().query_selector(".topbar-title") {
                title.set_text_content(named.as_deref());
            }
        }
    }
}

/// HTML that only the server makes and the browser leaves as it found it: for what is there from the first byte of the
/// document to its last, because only a full load changes it.
pub fn left_as_found(view: impl FnOnce() -> AnyView) -> String {
    #[cfg(feature = "ssr")]
    {
        view().to_html()
    }
    #[cfg(not(feature = "ssr"))]
    {
        let _ = view;
        String::new()
    }
}

/// The path and query of the page being made, to come back to. After the router has moved on, the links that carry it
/// are put right when they are clicked (`web/keyboard.js`).
fn here() -> String {
    let location = use_location();
    let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
    if search.is_empty() { path } else { format!("{path}?{}", search.trim_start_matches('?')) }
}

#[component]
fn Sidebar() -> impl IntoView {
    let text = use_text();
    let Some(person) = use_session().person else { return ().into_any() };
    let name = if person.name.is_empty() { person.email.clone() } else { person.name.clone() };
    view! {
        <ProductMark />
            <a class="account-switch" href="/accounts" rel="external" title=text.accounts_title()>
                <span class="avatar avatar-square" aria-hidden="true">{initials(&person.account)}</span>
                <span>{person.account.clone()}<small>{person.timezone.clone()}</small></span>
                <Icon name="chevrons" small=true />
            </a>
            <nav class="nav" aria-label=text.main_navigation()>
                {destinations(false)}
                {way("nav-item", "/search", "search", text.said_title())}
                {kept_pages("nav-item")}
            </nav>
            <div class="sidebar-foot">
                <div class="nav">
                    {imports("nav-item")}
                    {of_owners("nav-item")}
                    {settings("nav-item")}
                    {of_operators("nav-item")}
                    <button class="nav-item" type="button" popovertarget="shortcuts" data-key="?">
                        <Icon name="help" />
                        {text.shortcuts()}
                        <kbd class="kbd">"?"</kbd>
                    </button>
                </div>
                <div class="sidebar-settings">
                    <LanguageSwitch />
                    <ThemeSwitch />
                </div>
                <div class="user-line">
                    <span class="avatar" aria-hidden="true">{initials(&name)}</span>
                    <span>{name}<small>{person.email.clone()}</small></span>
                    <SignOut />
                </div>
            </div>
    }
    .into_any()
}

/// The way to bring in files, for who may.
fn imports(class: &'static str) -> Option<AnyView> {
    let text = use_text();
    let may = use_session().person.is_some_and(|person| person.role.may(Role::Manager));
    may.then(|| way(class, "/import", "upload", text.imports_title()))
}

/// The way to the settings: everybody has those of their own sign-in.
fn settings(class: &'static str) -> AnyView {
    let text = use_text();
    way(class, "/settings", "settings", text.settings())
}

/// A link of the navigation, marked where one is.
fn way(class: &'static str, href: &'static str, icon: &'static str, words: &'static str) -> AnyView {
    let current = (section(&use_location().pathname.get_untracked()) == href).then_some("page");
    view! { <a class=class href=href aria-current=current><Icon name=icon />{words}</a> }.into_any()
}

/// The way to the pages that are kept under a name. It carries the page that one is on, which can be kept there (`web/keyboard.js`).
fn kept_pages(class: &'static str) -> AnyView {
    #[cfg(feature = "ssr")]
    {
        let href = links::saved_views(&here());
        let words = use_text().settings_views();
        view! { <a class=class href=href data-keeps-page=""><Icon name="bookmark" />{words}</a> }.into_any()
    }
    #[cfg(not(feature = "ssr"))]
    {
        let _ = class;
        ().into_any()
    }
}

/// The ways to the connections and the jobs of the account, for its owners.
fn of_owners(class: &'static str) -> Option<AnyView> {
    let text = use_text();
    let is_owner = use_session().person.is_some_and(|person| person.role.may(Role::Owner));
    is_owner.then(|| {
        view! {
            {way(class, "/hooks", "link", text.hooks_title())}
            {way(class, "/jobs", "clock", text.jobs_title())}
        }
        .into_any()
    })
}

/// The way to the pages of who runs the service, which the server alone makes: a full load.
fn of_operators(class: &'static str) -> Option<AnyView> {
    let text = use_text();
    let is_operator = use_session().person.is_some_and(|person| person.is_operator);
    let current = (section(&use_location().pathname.get_untracked()) == "/operator").then_some("page");
    is_operator.then(|| {
        view! {
            <a class=class href="/operator" rel="external" aria-current=current>
                <Icon name="users" />{text.operator_pages()}
            </a>
        }
        .into_any()
    })
}

/// On a phone: where one is, the way back, and the settings that the sidebar holds on a desktop.
#[component]
fn Topbar() -> impl IntoView {
    let text = use_text();
    let person = use_session().person;
    view! {
        // Which of the two is there follows the header's data-at, which the browser keeps.
        <a class="icon-button group-data-[at=list]:hidden!" href="/campaigns" aria-label=text.back()>
            <Icon name="arrow-left" />
        </a>
        <a class="icon-button group-data-[at=campaign]:hidden!" href="/campaigns" aria-label="Ringside">
            <Mark />
        </a>
        <span class="topbar-title">{match section(&use_location().pathname.get_untracked()) {
            "/usage" => text.usage_title(),
            "/statistics" => text.statistics_title(),
            "/calls" => text.account_calls(),
            "/search" => text.said_title(),
            "/jobs" => text.jobs_title(),
            "/import" => text.imports_title(),
            "/hooks" => text.hooks_title(),
            "/settings" => text.settings(),
            "/operator" => text.operator_pages(),
            "/campaigns" => text.campaigns(),
            _ => "Ringside",
        }}</span>
        <button class="icon-button" type="button" popovertarget="phone-menu" aria-label=text.more_actions()>
            <Icon name="more" />
        </button>
        <div class="popover popover-end" popover id="phone-menu">
            <div class="popover-head">
                <span>{person.map(|person| person.account)}</span>
                <CloseButton target="phone-menu" />
            </div>
            <div class="sidebar-settings">
                <LanguageSwitch />
                <ThemeSwitch />
            </div>
            {way("menu-item", "/search", "search", text.said_title())}
            {kept_pages("menu-item")}
            {imports("menu-item")}
            {of_owners("menu-item")}
            {settings("menu-item")}
            {of_operators("menu-item")}
            <a class="menu-item" href="/accounts" rel="external"><Icon name="list" />{text.accounts_title()}</a>
            <SignOutLine />
        </div>
    }
}

/// On a phone: the destinations.
#[component]
fn Bottombar() -> impl IntoView {
    let text = use_text();
    view! {
        <nav class="bottombar" aria-label=text.main_navigation()>
            {destinations(true)}
        </nav>
    }
}

/// The links of the navigation; `short` names them in a word, under which the whole name is their title.
fn destinations(short: bool) -> impl IntoView {
    let text = use_text();
    let path = use_location().pathname.get_untracked();
    // Who sees chosen campaigns alone has no pages of the whole account.
    let shown = if use_session().person.is_some_and(|person| person.is_limited) { 1 } else { 4 };
    let all = [
        ("/campaigns", "megaphone", text.campaigns(), text.campaigns()),
        ("/calls", "phone", text.account_calls(), text.account_calls()),
        ("/usage", "receipt", text.usage_title(), text.usage_short()),
        ("/statistics", "chart", text.statistics_title(), text.statistics_short()),
    ];
    all.into_iter()
        .take(shown)
        .map(|(href, icon, name, word)| {
            let current = (section(&path) == href).then_some("page");
            let (class, shown, title) = if short { ("", word, Some(name)) } else { ("nav-item", name, None) };
            view! {
                <a class=class href=href title=title aria-current=current>
                    <Icon name=icon />
                    {shown}
                </a>
            }
        })
        .collect_view()
}

/// The mark and the name; a link to the first page.
#[component]
pub fn ProductMark() -> impl IntoView {
    view! {
        <a class="product-mark" href="/campaigns">
            <Mark />
            "Ringside"
        </a>
    }
}

#[component]
fn Mark() -> impl IntoView {
    view! {
        <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
            <rect width="24" height="24" rx="6" fill="var(--accent)" />
            <g fill="none" stroke="var(--on-accent)" stroke-width="2.2" stroke-linecap="round">
                <path d="M6.5 11.5a6 6 0 0 1 6 6" />
                <path d="M6.5 6.5a11 11 0 0 1 11 11" />
            </g>
            <circle cx="7.8" cy="16.2" r="1.7" fill="var(--on-accent)" />
        </svg>
    }
}

/// The top of a page outside of the application: the mark, and with an address to come back to, language and theme.
#[cfg(feature = "ssr")]
pub fn plain_top(session: crate::Session, here: Option<&str>) -> String {
    crate::server_page::rendered(session, || {
        let switches = here.map(|here| view! { <div>{language_switch(here)}{theme_switch(here)}</div> });
        view! { <header class="sign-in-top"><ProductMark />{switches}</header> }.into_any()
    })
}

/// `VI | EN`: links that set a cookie and come back.
#[component]
pub fn LanguageSwitch() -> impl IntoView {
    language_switch(&here())
}

fn language_switch(here: &str) -> AnyView {
    use domain::Language;
    let text = use_text();
    let choice = |language: Language, label: &'static str, name: &'static str| {
        let href = links::setting("language", language.tag(), here);
        view! {
            <a class="min-w-8" href=href rel="external" lang=language.tag() hreflang=language.tag() aria-label=name
                aria-current=(text.language() == language).then_some("true")>{label}</a>
        }
    };
    view! {
        <div class="segmented segmented-small segmented-fill" role="group" aria-label=text.language_label()>
            {choice(Language::Vi, "VI", "VI, Tiếng Việt")}
            {choice(Language::En, "EN", "EN, English")}
        </div>
    }
    .into_any()
}

/// Light, as the device says, dark: links that set a cookie and come back.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    theme_switch(&here())
}

fn theme_switch(here: &str) -> AnyView {
    let text = use_text();
    let chosen = use_session().theme;
    let choice = |theme: Theme| {
        let (icon, name) = match theme {
            Theme::Light => ("sun", text.theme_light()),
            Theme::System => ("monitor", text.theme_system()),
            Theme::Dark => ("moon", text.theme_dark()),
        };
        let href = links::setting("theme", theme.word(), here);
        view! {
            <a class="min-w-8" href=href rel="external" title=name aria-label=name aria-current=(chosen == theme).then_some("true")>
                <Icon name=icon />
            </a>
        }
    };
    view! {
        <div class="segmented segmented-small segmented-fill" role="group" aria-label=text.theme()>
            {Theme::ALL.map(choice).collect_view()}
        </div>
    }
    .into_any()
}

#[component]
fn SignOut() -> impl IntoView {
    let text = use_text();
    let button = view! {
        <button class="icon-button" type="submit" title=text.sign_out() aria-label=text.sign_out()>
            <Icon name="log-out" />
        </button>
    };
    Press::of_person("/sign-out").view(button.into_any())
}

#[component]
fn SignOutLine() -> impl IntoView {
    let text = use_text();
    let email = use_session().person.map(|person| person.email);
    let button = view! {
        <button class="menu-item" type="submit">
            <Icon name="log-out" />
            <span>{text.sign_out()}<small>{email}</small></span>
        </button>
    };
    Press::of_person("/sign-out").view(button.into_any())
}

#[cfg(test)]
mod tests {
    use super::section;

    #[test]
    fn a_page_belongs_to_its_destination_and_an_address_that_leads_nowhere_to_none() {
        for (path, destination) in [
            ("/", "/campaigns"),
            ("/campaigns/tet/calls", "/campaigns"),
            ("/import/12", "/import"),
            ("/settings/log", "/settings"),
            ("/jobs", "/jobs"),
            ("/no-such-page", ""),
        ] {
            assert_eq!(section(path), destination, "{path}");
        }
    }
}
