//! The part of the page about recordings that are fetched from the addresses that calls name.

use domain::{call::RecordingFetchReason, credential::Scheme, format, time::Zone};
use leptos::prelude::*;
use store::{recording_credentials::Credential, recording_fetches::Backlog};

use super::{
    recording_forms::{SET_CREDENTIAL, VENDOR},
    table::table,
};
use crate::{
    Text,
    components::{Icon, Press, Question, Side, sheet},
    form::{Filled, Place},
    text::messages,
};

messages! {
    fetches_title = "Ghi âm ở hệ thống khác", "Recordings in other systems";
    fetches_on = "Ghi âm được tải về từ địa chỉ ghi trong cuộc gọi.", "Recordings are fetched from the addresses that calls name.";
    fetches_off = "Ghi âm không được tải về; cuộc gọi chỉ giữ địa chỉ.", "Recordings are not fetched; calls keep the address alone.";
    fetches_begin = "Bắt đầu tải về", "Fetch them";
    fetches_end = "Ngừng tải về", "Stop fetching";
    fetches_waiting(n) = "{n} đang chờ tải", "{n} to be fetched";
    fetches_failed(n) = "{n} không tải được", "{n} could not be fetched";
    fetches_many(n) = "hơn {n}", "more than {n}";
    fetches_again = "Thử tải lại", "Try again";
    fetches_reason = "Lý do", "Reason";
    fetches_calls = "Cuộc gọi", "Calls";
    fetches_unknown = "không rõ lý do", "for an unknown reason";
    credentials_title = "Thông tin đăng nhập", "Credentials";
    credentials_why = "Dành cho máy chủ yêu cầu đăng nhập mới cho tải ghi âm. Được mã hoá, chỉ gửi đến đúng máy chủ đó.", "For servers that require a sign-in. Encrypted, and sent to that server alone.";
    credential_add = "Thêm máy chủ", "Add a server";
    credential_by = "Cách đăng nhập", "By";
    credential_by_basic(user) = "mật khẩu của {user}", "the password of {user}";
    credential_by_bearer = "token (Bearer)", "a bearer token";
    credential_by_header(name) = "tiêu đề {name}", "the header {name}";
    credential_changed = "Cập nhật", "Changed";
    credential_remove_why = "Ghi âm trên máy chủ này sẽ không tải được nữa nếu máy chủ yêu cầu đăng nhập. Ghi âm đã tải vẫn còn.", "Recordings of this server can no longer be fetched if it requires a sign-in. Those that were fetched stay.";
    credential_remove_it = "Xoá", "Remove";
    credential_remove(host) = "Xoá thông tin đăng nhập của {host}", "Remove the credential of {host}";
}

/// What the part shows.
pub(super) struct Fetching {
    pub(super) is_enabled: bool,
    pub(super) backlog: Backlog,
    pub(super) credentials: Vec<Credential>,
}

pub(super) fn part(shown: &Fetching, zone: Zone, text: Text) -> AnyView {
    let (state, next, label) = if shown.is_enabled {
        (text.fetches_on(), "no", text.fetches_end())
    } else {
        (text.fetches_off(), "yes", text.fetches_begin())
    };
    let counted = |n: u64| {
        let int = text.int(n);
        if n < Backlog::MOST { int } else { text.fetches_many(&int) }
    };
    let (waiting, failed) = (shown.backlog.waiting, shown.backlog.given_up());
    let waiting = (waiting > 0).then(|| view! { <span>{text.fetches_waiting(&counted(waiting))}</span> });
    let failures = (failed > 0).then(|| failures(&shown.backlog, text.fetches_failed(&counted(failed)), text));
    view! {
        <section class="panel stack" aria-labelledby="fetches">
            <div class="panel-head">
                <h2 id="fetches">{text.fetches_title()}</h2>
                {Press::new("/hooks/recordings").with("fetch", next).button("btn", label)}
            </div>
            <div class="page-meta"><span>{state}</span>{waiting}</div>
            {failures}
        </section>
        {credentials(&shown.credentials, zone, text)}
    }
    .into_any()
}

fn failures(backlog: &Backlog, title: String, text: Text) -> AnyView {
    let row = |(reason, count): &(Option<RecordingFetchReason>, u64)| {
        let reason = reason.map_or_else(|| text.fetches_unknown().to_owned(), |reason| text.fetch_reason(reason));
        view! { <tr><td>{reason}</td><td class="num">{text.int(*count)}</td></tr> }
    };
    let rows = backlog.failed.iter().map(row).collect_view();
    let again = view! { <button class="btn" type="submit"><Icon name="refresh" />{text.fetches_again()}</button> };
    view! {
        <div class="flex flex-wrap items-center gap-2">
            <span class="badge is-failed">{title.clone()}</span>
            {Press::new("/hooks/recordings/again").view(again.into_any())}
        </div>
        <div class="table-scroll" tabindex="0" role="region" aria-label=title>
            <table class="data-table">
                <thead>
                    <tr>
                        <th scope="col">{text.fetches_reason()}</th>
                        <th scope="col" class="num">{text.fetches_calls()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn credentials(stored: &[Credential], zone: Zone, text: Text) -> AnyView {
    let filled = Filled::default().with(&VENDOR, "twilio");
    let form = SET_CREDENTIAL.view("credential-form", "/hooks/credentials".to_owned(), Place::Sheet, &filled);
    let aside = view! {
        <button class="btn" type="button" popovertarget="new-credential">
            <Icon name="plus" />
            {text.credential_add()}
        </button>
        {sheet("new-credential", Side::End, text.credential_add().to_owned(), form)}
    };
    let row = |(n, credential): (usize, &Credential)| {
        let by = match credential.scheme {
            Scheme::Basic => text.credential_by_basic(&credential.name),
            Scheme::Bearer => text.credential_by_bearer().to_owned(),
            Scheme::Header => text.credential_by_header(&credential.name),
        };
        let remove = text.credential_remove(&credential.host);
        let id = format!("credential-{n}-remove");
        let question = Question {
            id: &id,
            about: remove.clone(),
            why: text.credential_remove_why().to_owned(),
            words: text.credential_remove_it(),
            action: "/hooks/credentials/remove".to_owned(),
            with: Some(("host", credential.host.clone())),
        };
        view! {
            <tr>
                <td>{credential.host.clone()}</td>
                <td>{by}</td>
                <td>{format::date_time(zone.local(credential.changed_at), text.language())}</td>
                <td class="num stick">
                    <button class="icon-button" type="button" popovertarget=id.clone() aria-label=remove.clone() title=remove>
                        <Icon name="x" />
                    </button>
                    {question.sheet(Side::End)}
                </td>
            </tr>
        }
    };
    if stored.is_empty() {
        return view! {
            <section class="panel stack" aria-labelledby="credentials">
                <div class="panel-head"><h2 id="credentials">{text.credentials_title()}</h2>{aside}</div>
                <p class="field-note">{text.credentials_why()}</p>
            </section>
        }
        .into_any();
    }
    let head = view! {
        <th scope="col">{text.credential_vendor()}</th>
        <th scope="col">{text.credential_by()}</th>
        <th scope="col">{text.credential_changed()}</th>
        <th scope="col" class="stick"><span class="sr-only">{text.credential_add()}</span></th>
    };
    let rows = stored.iter().enumerate().map(row).collect_view().into_any();
    table("credentials", text.credentials_title().to_owned(), head.into_any(), rows, aside.into_any())
}
