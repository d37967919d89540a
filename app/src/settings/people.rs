//! Who belongs to the account, who was asked to, and what each may do.

use std::collections::BTreeMap;

use domain::{CampaignId, Role, VoicebotId, time::Zone};
use leptos::prelude::*;
use store::{
    Chosen, Conn, User, chosen,
    invitations::{self, Invitation},
    jobs::{self, SendNotice},
    users,
};

use super::{
    forms::{ACCESS, ALL, BY_LINK, BY_MAIL, CAMPAIGNS, HOW, INVITE, NAMED, ROLE, SEEN, SEES, VOICEBOTS},
    texts::at,
};
use crate::{
    AppError, AppState, MailSetup, Text,
    components::{Icon, Press, Question, Side, initials, sheet},
    form::{Filled, Place},
    session::SignedIn,
    text::messages,
};

messages! {
    people_invite = "Mời người dùng", "Invite somebody";
    people_name = "Người dùng", "Person";
    people_seen = "Đăng nhập gần nhất", "Last signed in";
    people_you = "bạn", "you";
    people_no_password = "Chưa đặt mật khẩu", "No password yet";
    people_limited_voicebot = "chiến dịch của 1 voicebot", "campaigns of 1 voicebot";
    people_limited_voicebots(n) = "chiến dịch của {n} voicebot", "campaigns of {n} voicebots";
    people_edit = "Sửa", "Change";
    people_edit_access = "Sửa quyền", "Change what somebody may do";
    people_edit_of(name) = "Sửa quyền của {name}", "What {name} may do";
    people_reset = "Gửi liên kết đặt mật khẩu", "Send a link to set the password";
    people_sign_out = "Kết thúc mọi phiên đăng nhập", "End all sessions";
    people_remove = "Gỡ khỏi tài khoản", "Remove from the account";
    people_remove_of(name) = "Gỡ {name} khỏi tài khoản?", "Remove {name} from the account?";
    people_remove_why = "Người này không vào được tài khoản nữa. Những gì họ đã làm vẫn còn trong nhật ký.", "They cannot enter the account any more. What they did stays in the log.";
    people_last_owner = "Chủ tài khoản cuối cùng không đổi vai trò và không gỡ được.", "The last owner keeps the role and cannot be removed.";
    people_invited = "Đã mời, chưa tham gia", "Invited, not accepted";
    people_until(at) = "liên kết dùng được đến {at}", "the link works until {at}";
    people_mail_failed(why) = "Email không gửi được: {why}", "The mail could not be sent: {why}";
    people_take_back = "Huỷ lời mời", "Cancel invitation";
    people_take_back_why = "Liên kết trong lời mời sẽ không dùng được nữa.", "The link of the invitation no longer works.";
    people_ask_again = "Mời lại", "Invite again";
    people_link_shown = "Gửi liên kết này cho người ấy. Liên kết chỉ hiện một lần và chỉ dùng được một lần.", "Pass this link on. It is shown this once and works once.";
    people_entered(at) = "Người vận hành, vào tạm đến {at}", "Operator, entered until {at}";
    people_more = "Thao tác", "Actions";
}

/// What the page shows.
pub(super) struct PeoplePage {
    users: Vec<(User, Chosen)>,
    invitations: Vec<Invitation>,
    /// Why mails were given up, by the keys of their jobs.
    failures: BTreeMap<String, String>,
    own: Option<i64>,
    owners: usize,
    sends_mail: bool,
    zone: Zone,
}

pub(super) async fn read(conn: &mut Conn, who: &SignedIn, _pairs: &[(String, String)]) -> Result<PeoplePage, AppError> {
    let mut users = Vec::new();
    for user in users::list(conn, &who.scope).await? {
        let chosen =
            if user.is_limited { chosen::of_user(conn, &who.scope, user.key).await? } else { Chosen::default() };
        users.push((user, chosen));
    }
    Ok(PeoplePage {
        owners: users.iter().filter(|(user, _)| user.role == Role::Owner && user.ends_at.is_none()).count(),
        users,
        invitations: invitations::list(conn, &who.scope).await?,
        failures: jobs::failures::<SendNotice>(conn, &who.scope).await?,
        own: who.scope.user(),
        sends_mail: matches!(AppState::get()?.mail, MailSetup::Ready),
        zone: who.account.zone,
    })
}

/// What a user may do, as the form's hidden field and the words for who comes second name it.
pub fn seen(user: &User, chosen: &Chosen, text: Text) -> String {
    let role = text.role(user.role);
    if !user.is_limited {
        return role.to_owned();
    }
    let ids = chosen.campaigns.iter().map(CampaignId::as_str);
    let voicebots = chosen.voicebots.iter().map(|id| format!("voicebot {id}"));
    format!("{role}: {}", ids.map(str::to_owned).chain(voicebots).collect::<Vec<_>>().join(", "))
}

/// An id on each line.
fn lines<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    ids.collect::<Vec<_>>().join("\n")
}

pub(super) fn view(shown: &PeoplePage, text: Text) -> AnyView {
    let how = if shown.sends_mail { BY_MAIL } else { BY_LINK };
    let filled = Filled::default().with(&ROLE, Role::Viewer.word()).with(&SEES, ALL).with(&HOW, how);
    let invite = INVITE.view("invite-form", "/settings/people/invite".to_owned(), Place::Sheet, &filled);
    let rows = shown.users.iter().map(|(user, chosen)| row(user, chosen, shown, text)).collect_view();
    view! {
        <div class="stack">
            <div class="flex justify-end">
                <button class="btn btn-primary" type="button" popovertarget="invite">
                    <Icon name="plus" />{text.people_invite()}
                </button>
                {sheet("invite", Side::End, text.people_invite().to_owned(), invite)}
            </div>
            <section class="panel panel-flush">
                <div class="table-scroll" tabindex="0" role="region" aria-label=text.settings_people()>
                    <table class="data-table two-line settings-table stacked">
                        <thead><tr>
                            <th scope="col">{text.people_name()}</th>
                            <th scope="col">{text.user_role()}</th>
                            <th scope="col">{text.people_seen()}</th>
                            <th scope="col" class="stick"><span class="sr-only">{text.people_more()}</span></th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
            {invited(shown, text)}
        </div>
    }
    .into_any()
}

/// How many campaigns and voicebots somebody is limited to.
fn limits(chosen: &Chosen, text: Text) -> String {
    let [campaigns, voicebots] = [chosen.campaigns.len(), chosen.voicebots.len()].map(|n| n as u64);
    let campaigns = (campaigns > 0 || voicebots == 0).then(|| text.campaigns_counted(campaigns));
    let voicebots = match voicebots {
        0 => None,
        1 => Some(text.people_limited_voicebot().to_owned()),
        n => Some(text.people_limited_voicebots(&text.int(n))),
    };
    campaigns.into_iter().chain(voicebots).collect::<Vec<_>>().join(", ")
}

fn row(user: &User, chosen: &Chosen, shown: &PeoplePage, text: Text) -> AnyView {
    let key = user.key;
    let is_own = shown.own == Some(key);
    let you = is_own.then(|| view! { <span class="badge is-accent">{text.people_you()}</span> });
    let seen_at = user.seen_at.map_or_else(|| text.settings_never().to_owned(), |when| at(when, shown.zone, text));
    let by_sso = user.is_by_sso.then(|| view! { " "<span class="badge">"SSO"</span> });
    let no_password = (!user.has_password && !user.is_by_sso).then(|| {
        view! { <span class="badge is-failed">{text.people_no_password()}</span> }
    });
    let limited = user.is_limited.then(|| view! { <small>{limits(chosen, text)}</small> });
    let is_last_owner = user.role == Role::Owner && user.ends_at.is_none() && shown.owners == 1;
    let entered = user.ends_at.map(|ends_at| {
        let until = text.people_entered(&at(ends_at, shown.zone, text));
        view! { " "<span class="badge is-failed">{until}</span> }
    });
    let id = format!("user-{key}");
    let access = if is_last_owner {
        view! { <p class="text-muted">{text.people_last_owner()}</p> }.into_any()
    } else {
        let filled = Filled::default()
            .with(&SEEN, seen(user, chosen, text))
            .with(&ROLE, user.role.word())
            .with(&SEES, if user.is_limited { NAMED } else { ALL })
            .with(&CAMPAIGNS, lines(chosen.campaigns.iter().map(CampaignId::as_str)))
            .with(&VOICEBOTS, lines(chosen.voicebots.iter().map(VoicebotId::as_str)));
        ACCESS.view(&format!("{id}-form"), format!("/settings/people/{key}/access"), Place::Sheet, &filled)
    };
    let act = |path: &str, class: &'static str, words: &'static str| {
        Press::new(&format!("/settings/people/{key}/{path}")).button(class, words)
    };
    let remove = (!is_last_owner).then(|| {
        let id = format!("{id}-remove");
        let question = Question {
            id: &id,
            about: text.people_remove_of(&user.name),
            why: text.people_remove_why().to_owned(),
            words: text.people_remove(),
            action: format!("/settings/people/{key}/remove"),
            with: None,
        };
        view! {
            <button class="btn btn-wide text-error" type="button" popovertarget=id.clone()>{text.people_remove()}</button>
            {question.sheet(Side::End)}
        }
    });
    let body = view! {
        {access}
        <div class="sheet-more">
            {act("reset", "btn btn-wide", text.people_reset())}
            {act("sign-out", "btn btn-wide", text.people_sign_out())}
            {remove}
        </div>
    }
    .into_any();
    view! {
        <tr>
            <td class="key">
                <span class="flex items-center gap-2">
                    <span class="avatar" aria-hidden="true">{initials(&user.name)}</span>
                    <span class="person">
                        <span class="flex flex-wrap items-center gap-2">{user.name.clone()}{you}</span>
                        <small>{user.email.clone()}</small>
                    </span>
                </span>
            </td>
            <td class="nowrap">{text.role(user.role)}{by_sso}{limited}{entered}</td>
            <td data-label=text.people_seen()>{seen_at}" "{no_password}</td>
            <td class="num stick">
                <button class="btn" type="button" popovertarget=id.clone()>{text.people_edit()}</button>
                {sheet(&id, Side::End, text.people_edit_of(&user.name), body)}
            </td>
        </tr>
    }
    .into_any()
}

fn invited(shown: &PeoplePage, text: Text) -> Option<AnyView> {
    if shown.invitations.is_empty() {
        return None;
    }
    let rows = shown.invitations.iter().enumerate().map(|(n, invitation)| {
        let Invitation { email, role, expires_at, chosen, .. } = invitation;
        let limited = chosen.as_ref().map(|chosen| view! { <small>{limits(chosen, text)}</small> });
        let failure = shown.failures.get(&SendNotice::Invitation { email: email.clone() }.once_key());
        let failure = failure.map(|why| view! { <small class="text-error">{text.people_mail_failed(why)}</small> });
        let (again, take_back) = (text.people_ask_again(), text.people_take_back());
        let send_again = view! { <button class="btn" type="submit" aria-label=format!("{again}: {email}")>{again}</button> };
        let id = format!("invitation-{n}-remove");
        let question = Question {
            id: &id,
            about: email.clone(),
            why: text.people_take_back_why().to_owned(),
            words: take_back,
            action: "/settings/invitations/remove".to_owned(),
            with: Some(("email", email.clone())),
        };
        view! {
            <tr>
                <td class="key">{email.clone()}<small>{text.people_until(&at(*expires_at, shown.zone, text))}</small>{failure}</td>
                <td>{text.role(*role)}{limited}</td>
                <td class="num stick"><span class="flex justify-end gap-2">
                    {Press::new("/settings/invitations/again").with("email", email.clone()).view(send_again.into_any())}
                    <button class="btn" type="button" popovertarget=id.clone() aria-label=format!("{take_back}: {email}")>
                        {take_back}
                    </button>
                </span>{question.sheet(Side::End)}</td>
            </tr>
        }
    });
    Some(
        view! {
            <section class="panel panel-flush">
                <div class="panel-head"><h2 class="panel-title">{text.people_invited()}</h2></div>
                <div class="table-scroll" tabindex="0" role="region" aria-label=text.people_invited()>
                    <table class="data-table two-line settings-table stacked"><tbody>{rows.collect_view()}</tbody></table>
                </div>
            </section>
        }
        .into_any(),
    )
}
