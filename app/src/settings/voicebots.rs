//! The account's voicebots.

use domain::Voicebot;
use leptos::prelude::*;
use store::{Conn, voicebots};

use super::{
    campaign_forms::{VOICEBOT, VOICEBOT_NAME},
    forms::SEEN,
};
use crate::{
    AppError, Text,
    components::{Icon, Side, sheet},
    form::{Filled, Place},
    links::encoded,
    session::SignedIn,
    text::messages,
};

messages! {
    voicebots_lead = "Voicebot xuất hiện khi hệ thống gọi gửi dữ liệu vào. Đổi tên ở đây, mã giữ nguyên.", "Voicebots appear as calling systems send them in. Rename them here; ids stay.";
    voicebots_none = "Chưa có voicebot nào", "No voicebots yet";
    voicebots_id = "Mã", "ID";
    voicebots_rename = "Đổi tên", "Rename";
    voicebots_rename_of(name) = "Đổi tên {name}", "Rename {name}";
}

pub(super) async fn read(conn: &mut Conn, who: &SignedIn) -> Result<Vec<Voicebot>, AppError> {
    Ok(voicebots::list(conn, &who.scope).await?)
}

pub(super) fn view(shown: &[Voicebot], text: Text) -> AnyView {
    if shown.is_empty() {
        return view! {
            <section class="panel empty">
                <span class="empty-icon"><Icon name="phone" /></span>
                <h2>{text.voicebots_none()}</h2>
                <p>{text.voicebots_lead()}</p>
            </section>
        }
        .into_any();
    }
    let rows = shown.iter().enumerate().map(|(n, voicebot)| {
        let id = format!("voicebot-{n}");
        let filled = Filled::default().with(&SEEN, voicebot.name.clone()).with(&VOICEBOT_NAME, voicebot.name.clone());
        let action = format!("/settings/voicebots/{}/put", encoded(voicebot.id.as_str()));
        let form = VOICEBOT.view(&format!("{id}-form"), action, Place::Sheet, &filled);
        let words = text.voicebots_rename_of(&voicebot.name);
        view! {
            <tr>
                <td class="key">{voicebot.name.clone()}</td>
                <td><code>{voicebot.id.to_string()}</code></td>
                <td class="num stick">
                    <button class="btn" type="button" popovertarget=id.clone() aria-label=words.clone()>{text.voicebots_rename()}</button>
                    {sheet(&id, Side::End, words, form)}
                </td>
            </tr>
        }
    });
    view! {
        <div class="stack">
            <p class="text-muted">{text.voicebots_lead()}</p>
            <section class="panel panel-flush">
                <div class="table-scroll" tabindex="0" role="region" aria-label=text.settings_voicebots()>
                    <table class="data-table stacked">
                        <thead><tr>
                            <th scope="col">{text.voicebot_name()}</th>
                            <th scope="col">{text.voicebots_id()}</th>
                            <th scope="col" class="stick"><span class="sr-only">{text.voicebots_rename()}</span></th>
                        </tr></thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table>
                </div>
            </section>
        </div>
    }
    .into_any()
}
