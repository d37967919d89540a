//! Single sign-on in an account: which groups of the provider belong to it, and whether passwords open it. For its owners.

use domain::Role;
use leptos::prelude::*;
use store::{
    Conn, sessions,
    sso::{self, Group},
};

use super::forms::{ROLE, SEEN};
use crate::{
    AppError, AppState, Text,
    components::{Head, Press, data_table},
    form::{Field, Filled, Form, Kind, Place},
    session::SignedIn,
    text::messages,
};

messages! {
    sso_title = "Đăng nhập một lần (SSO)", "Single sign-on";
    sso_lead(name) = "Ai thuộc một nhóm dưới đây ở {name} thì vào được tài khoản này, với vai trò của nhóm, từ lần đăng nhập tới. Ra khỏi nhóm thì hết quyền. Người được thêm bằng tay không đổi.", "Whoever is in one of these groups of {name} comes into this account with the group's role, from their next sign-in on. Who leaves the group loses it. People who were added by hand stay as they are.";
    sso_unset = "Người vận hành chưa bật đăng nhập một lần.", "The operator has not set up single sign-on.";
    sso_group = "Nhóm", "Group";
    sso_group_note = "Viết đúng như ở nhà cung cấp; phân biệt hoa thường.", "As the provider writes it; capitals count.";
    sso_group_add = "Lưu nhóm", "Save the group";
    sso_group_remove = "Gỡ", "Remove";
    sso_no_groups = "Chưa có nhóm nào", "No groups yet";
    sso_passwords = "Mật khẩu", "Passwords";
    sso_passwords_allowed = "Mật khẩu cũng mở được tài khoản này.", "Passwords open this account, too.";
    sso_passwords_forbidden = "Tài khoản này chỉ nhận đăng nhập một lần; ai đăng nhập bằng mật khẩu không vào được. Tài khoản khác của họ không đổi.", "This account is opened by single sign-on alone: who signs in with a password does not get in. Their other accounts stay open.";
    sso_passwords_forbid = "Cấm mật khẩu", "Forbid passwords";
    sso_passwords_forbid_why = "Các phiên đã đăng nhập bằng mật khẩu sẽ kết thúc.", "Sessions that were begun with a password end.";
    sso_passwords_allow = "Cho dùng mật khẩu", "Allow passwords";
    sso_passwords_by_sso = "Chỉ cấm được khi bạn đang đăng nhập bằng SSO, để không ai bị khoá ở ngoài.", "You can forbid them only while you are signed in by single sign-on, so that nobody is locked out.";
}

/// The longest name of a group, in characters.
const GROUP_CHARS: usize = sso::GROUP_CHARS;
pub const GROUP: Field =
    Field::new("group", Text::sso_group, Kind::Line { max: GROUP_CHARS }).required().note(Text::sso_group_note);
/// Says what its people may do.
pub const PUT_GROUP: Form = Form { fields: &[SEEN, GROUP, ROLE], submit: Text::sso_group_add };

/// A group as the form's hidden field names it.
pub fn seen(group: &Group) -> String {
    format!("{} = {}", group.name, group.role.word())
}

pub(super) struct SsoPage {
    provider: Option<String>,
    groups: Vec<Group>,
    forbids_passwords: bool,
    is_by_sso: bool,
}

/// For owners; where nothing is set and there is no provider, there is nothing to show.
pub(super) async fn read(conn: &mut Conn, who: &SignedIn) -> Result<Option<SsoPage>, AppError> {
    if !who.scope.role().may(Role::Owner) {
        return Ok(None);
    }
    let provider = AppState::get()?.sso.map(|name| name.to_string());
    let groups = sso::groups(conn, &who.scope).await?;
    let forbids_passwords = sso::forbids_passwords(conn, &who.scope).await?;
    if provider.is_none() && groups.is_empty() && !forbids_passwords {
        return Ok(None);
    }
    let is_by_sso = sessions::sso_of(conn, who.account.id, &who.session).await?.is_some();
    Ok(Some(SsoPage { provider, groups, forbids_passwords, is_by_sso }))
}

pub(super) fn view(shown: &SsoPage, text: Text) -> AnyView {
    let lead = shown.provider.as_ref().map_or_else(|| text.sso_unset().to_owned(), |name| text.sso_lead(name));
    let filled = Filled::default().with(&ROLE, Role::Viewer.word());
    let form = PUT_GROUP.view("sso-group", "/settings/sign-in/groups".to_owned(), Place::Sheet, &filled);
    view! {
        <section class="panel panel-flush">
            <div class="panel-head"><h2 class="panel-title">{text.sso_title()}</h2></div>
            <p class="text-muted settings-note">{lead}</p>
            {groups(shown, text)}
        </section>
        <section class="panel settings-panel">{form}</section>
        {passwords(shown, text)}
    }
    .into_any()
}

fn groups(shown: &SsoPage, text: Text) -> AnyView {
    if shown.groups.is_empty() {
        return view! { <p class="text-muted settings-note">{text.sso_no_groups()}</p> }.into_any();
    }
    let rows = shown.groups.iter().map(|Group { name, role }| {
        let label = format!("{}: {name}", text.sso_group_remove());
        let button = view! { <button class="btn" type="submit" aria-label=label>{text.sso_group_remove()}</button> };
        view! {
            <tr>
                <td class="key"><span class="clip">{name.clone()}</span></td>
                <td>{text.role(*role)}</td>
                <td class="num stick">
                    {Press::new("/settings/sign-in/groups/remove").with("group", name.clone()).view(button.into_any())}
                </td>
            </tr>
        }
    });
    let heads = [Head::Text(text.sso_group()), Head::Text(text.user_role()), Head::Buttons(text.sso_group_remove())];
    data_table(text.sso_title(), "", &heads, rows.collect_view())
}

fn passwords(shown: &SsoPage, text: Text) -> AnyView {
    let (state, words, value) = if shown.forbids_passwords {
        (text.sso_passwords_forbidden(), text.sso_passwords_allow(), "false")
    } else {
        (text.sso_passwords_allowed(), text.sso_passwords_forbid(), "true")
    };
    let may = shown.forbids_passwords || shown.is_by_sso;
    let why = (!shown.forbids_passwords)
        .then(|| if may { text.sso_passwords_forbid_why() } else { text.sso_passwords_by_sso() });
    let form = may.then(|| Press::new("/settings/sign-in/passwords").with("forbidden", value).button("btn", words));
    view! {
        <section class="panel settings-panel">
            <h2 class="panel-title">{text.sso_passwords()}</h2>
            <p>{state}</p>
            {why.map(|why| view! { <p class="text-muted">{why}</p> })}
            {form}
        </section>
    }
    .into_any()
}
