//! One's own sign-in: name, password, sessions.

use domain::time::Zone;
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use store::{
    Conn, Scope, accounts,
    sessions::{self, ListedSession},
    users,
};

use super::{
    forms::{CHANGE_PASSWORD, OWN_NAME, SET_NAME},
    sso,
    texts::at,
};
use crate::{
    AppError, AppState, Text,
    components::Press,
    form::{Filled, Place},
    session::SignedIn,
    text::messages,
};

messages! {
    own_name = "Hồ sơ của bạn", "Your profile";
    own_password = "Đổi mật khẩu", "Change the password";
    own_password_why = "Các phiên đăng nhập khác của bạn sẽ kết thúc.", "Your other sessions end.";
    own_password_none = "Bạn chưa có mật khẩu: bạn đăng nhập một lần (SSO). Muốn có mật khẩu, hãy dùng “Quên mật khẩu” ở trang đăng nhập.", "You have no password: you come by single sign-on. To have one, use “Forgot password” on the sign-in page.";
    own_sessions = "Nơi bạn đang đăng nhập", "Where you are signed in";
    own_this = "Phiên này", "This one";
    own_device = "Thiết bị", "Device";
    own_account = "Tài khoản", "Account";
    own_address = "Địa chỉ IP", "IP address";
    own_begun = "Đăng nhập lúc", "Signed in";
    own_ends = "Hết hạn", "Ends";
    own_end = "Kết thúc", "End";
    own_end_others = "Kết thúc mọi phiên khác", "End all others";
    own_unknown_device = "Không rõ", "Unknown";
}

pub(super) struct OwnSignInPage {
    name: String,
    sessions: Vec<ListedSession>,
    /// What the accounts of the sessions are called, where there are several.
    accounts: BTreeMap<i64, String>,
    current: [u8; 32],
    zone: Zone,
    has_password: bool,
    sso: Option<sso::SsoPage>,
}

pub(super) async fn read(conn: &mut Conn, who: &SignedIn) -> Result<OwnSignInPage, AppError> {
    let now = (AppState::get()?.clock)();
    let (mut sessions, mut has_password) = (Vec::new(), false);
    if let Some(user) = who.scope.user() {
        sessions = sessions::list(conn, &who.email, now).await?;
        has_password = users::lookup(conn, &who.scope, user).await?.is_some_and(|user| user.has_password);
    }
    let sso = sso::read(conn, who).await?;
    let mut accounts = BTreeMap::new();
    for account in sessions.iter().map(|session| session.account).collect::<BTreeSet<i64>>() {
        #[expect(
            clippy::disallowed_methods,
            reason = "an account of the person who asks, in which they have a session"
        )]
        let scope = Scope::system(account);
        accounts.insert(account, accounts::lookup(conn, &scope).await?.name);
    }
    Ok(OwnSignInPage {
        name: who.name.clone(),
        sessions,
        accounts,
        current: who.session,
        zone: who.account.zone,
        has_password,
        sso,
    })
}

/// The name of a session in a form: half of its hash, by which nobody gets in.
pub fn session_id(hash: &[u8; 32]) -> String {
    let (half, _) = hash.split_first_chunk().unwrap_or((&[0; 16], &[]));
    format!("{:032x}", u128::from_be_bytes(*half))
}

/// Browser and system out of a `User-Agent`, as people call them.
fn device(agent: &str, text: Text) -> String {
    let first =
        |names: &[(&str, &'static str)]| names.iter().find(|(part, _)| agent.contains(part)).map(|(_, name)| *name);
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("coc_coc", "Cốc Cốc"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => text.own_unknown_device().to_owned(),
    }
}

pub(super) fn view(shown: &OwnSignInPage, text: Text) -> AnyView {
    let filled = Filled::default().with(&OWN_NAME, shown.name.clone());
    let name = SET_NAME.view("own-name", "/settings/sign-in/name".to_owned(), Place::Sheet, &filled);
    let password = if shown.has_password {
        let action = "/settings/sign-in/password".to_owned();
        let form = CHANGE_PASSWORD.view("own-password", action, Place::Sheet, &Filled::default());
        view! { <p class="text-muted">{text.own_password_why()}</p>{form} }.into_any()
    } else {
        view! { <p class="text-muted">{text.own_password_none()}</p> }.into_any()
    };
    let is_of_several = shown.accounts.len() > 1;
    let rows = shown.sessions.iter().map(|session| row(session, shown, text)).collect_view();
    let others =
        (shown.sessions.len() > 1).then(|| Press::new("/settings/sign-in/end").button("btn", text.own_end_others()));
    view! {
        <div class="stack">
            <section class="panel settings-panel"><h2 class="panel-title">{text.own_name()}</h2>{name}</section>
            <section class="panel settings-panel">
                <h2 class="panel-title">{text.own_password()}</h2>
                {password}
            </section>
            <section class="panel panel-flush">
                <div class="panel-head"><h2 class="panel-title">{text.own_sessions()}</h2>{others}</div>
                <div class="table-scroll" tabindex="0" role="region" aria-label=text.own_sessions()>
                    <table class="data-table stacked">
                        <thead><tr>
                            <th scope="col">{text.own_device()}</th>
                            {is_of_several.then(|| view! { <th scope="col">{text.own_account()}</th> })}
                            <th scope="col">{text.own_address()}</th>
                            <th scope="col">{text.own_begun()}</th>
                            <th scope="col">{text.own_ends()}</th>
                            <th scope="col" class="stick"><span class="sr-only">{text.own_end()}</span></th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
            {shown.sso.as_ref().map(|shown| sso::view(shown, text))}
        </div>
    }
    .into_any()
}

fn row(session: &ListedSession, shown: &OwnSignInPage, text: Text) -> AnyView {
    let ListedSession { account, hash, device: from, times, .. } = session;
    let account = shown.accounts.get(account).filter(|_| shown.accounts.len() > 1).cloned();
    let end = if *hash == shown.current {
        view! { <span class="badge is-success">{text.own_this()}</span> }.into_any()
    } else {
        Press::new("/settings/sign-in/end").with("session", session_id(hash)).button("btn", text.own_end())
    };
    let ends = times.expires_at.min(times.ends_at);
    view! {
        <tr>
            <td class="key" title=from.agent.clone()>{device(&from.agent, text)}</td>
            {account.map(|account| view! { <td data-label=text.own_account()>{account}</td> })}
            <td data-label=text.own_address()>{from.address.clone()}</td>
            <td class="nowrap" data-label=text.own_begun()>{at(times.begun_at, shown.zone, text)}</td>
            <td class="nowrap" data-label=text.own_ends()>{at(ends, shown.zone, text)}</td>
            <td class="num stick">{end}</td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::Language;

    use super::*;

    #[test]
    fn browsers_are_called_as_people_call_them() {
        let text = Text(Language::En);
        for (agent, name) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0",
                "Edge · Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
                "Safari · iPhone",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox · Linux"),
            ("curl/8.5.0", "Unknown"),
        ] {
            assert_eq!(device(agent, text), name, "{agent}");
        }
    }
}
