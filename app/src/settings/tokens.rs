//! The API tokens of the account.

use domain::time::Zone;
use leptos::prelude::*;
use store::{
    Conn,
    tokens::{self, Token},
};

use super::{
    forms::{ADD_TOKEN, MAY_AUDIO, MAY_READ, MAY_WRITE},
    texts::at,
};
use crate::{
    AppError, Text,
    components::{Head, Icon, Question, Side, sheet, table_panel},
    form::{Filled, Place},
    session::SignedIn,
    text::messages,
};

messages! {
    tokens_new = "Tạo token", "New token";
    tokens_lead = "Chương trình của bạn gửi dữ liệu vào và đọc báo cáo bằng token. Mỗi nơi một token: thu hồi một token không ảnh hưởng nơi khác.", "Programs send data in and read reports with a token. Give each its own: revoking one leaves the others alone.";
    tokens_none = "Chưa có token nào", "No tokens yet";
    tokens_scopes = "Quyền", "Permissions";
    tokens_phones = "Số điện thoại", "Phone numbers";
    tokens_whole = "đầy đủ", "full";
    tokens_masked = "che", "masked";
    tokens_shown_once = "Sao chép token ngay bây giờ: nó chỉ hiện một lần, Ringside không lưu lại.", "Copy the token now: it is shown this once, Ringside does not keep it.";
    tokens_made = "Tạo lúc", "Created";
    tokens_used = "Dùng gần nhất", "Last used";
    tokens_revoke = "Thu hồi", "Revoke";
    tokens_revoke_why = "Chương trình đang dùng token này sẽ không gửi hay đọc được gì nữa. Không khôi phục được.", "Programs that use this token can no longer send or read anything. This cannot be undone.";
}

pub(super) struct TokensPage {
    tokens: Vec<Token>,
    zone: Zone,
}

pub(super) async fn read(conn: &mut Conn, who: &SignedIn) -> Result<TokensPage, AppError> {
    Ok(TokensPage { tokens: tokens::list(conn, &who.scope).await?, zone: who.account.zone })
}

pub(super) fn view(shown: &TokensPage, text: Text) -> AnyView {
    let filled = [&MAY_WRITE, &MAY_READ, &MAY_AUDIO]
        .into_iter()
        .fold(Filled::default(), |filled, field| filled.with(field, "true"));
    let form = ADD_TOKEN.view("new-token-form", "/settings/tokens/add".to_owned(), Place::Sheet, &filled);
    let body = if shown.tokens.is_empty() {
        view! {
            <section class="panel empty">
                <span class="empty-icon"><Icon name="link" /></span>
                <h2>{text.tokens_none()}</h2>
            </section>
        }
        .into_any()
    } else {
        rows(shown, text)
    };
    view! {
        <div class="stack">
            <div class="flex flex-wrap items-center justify-between gap-3">
                <p class="text-muted">{text.tokens_lead()}</p>
                <button class="btn btn-primary" type="button" popovertarget="new-token">
                    <Icon name="plus" />{text.tokens_new()}
                </button>
            </div>
            {sheet("new-token", Side::End, text.tokens_new().to_owned(), form)}
            {body}
        </div>
    }
    .into_any()
}

fn rows(shown: &TokensPage, text: Text) -> AnyView {
    let rows = shown.tokens.iter().enumerate().map(|(n, token)| {
        let scopes =
            token.scopes.iter().map(|scope| view! { <span class="badge">{scope.word()}</span>" " }).collect_view();
        let phones = if token.is_masked { text.tokens_masked() } else { text.tokens_whole() };
        let used = token.used_at.map_or_else(|| text.settings_never().to_owned(), |when| at(when, shown.zone, text));
        let id = format!("token-{n}-revoke");
        let question = Question {
            id: &id,
            about: token.name.clone(),
            why: text.tokens_revoke_why().to_owned(),
            words: text.tokens_revoke(),
            action: "/settings/tokens/remove".to_owned(),
            with: Some(("name", token.name.clone())),
        };
        view! {
            <tr>
                <td class="key">{token.name.clone()}</td>
                <td data-label=text.tokens_scopes()>{scopes}</td>
                <td data-label=text.tokens_phones()>{phones}</td>
                <td class="nowrap" data-label=text.tokens_made()>{at(token.created_at, shown.zone, text)}</td>
                <td class="nowrap" data-label=text.tokens_used()>{used}</td>
                <td class="num stick">
                    <button class="btn" type="button" popovertarget=id.clone()
                        aria-label=format!("{}: {}", text.tokens_revoke(), token.name)>
                        {text.tokens_revoke()}
                    </button>
                    {question.sheet(Side::End)}
                </td>
            </tr>
        }
    });
    let heads = [
        Head::Text(text.token_name()),
        Head::Text(text.tokens_scopes()),
        Head::Text(text.tokens_phones()),
        Head::Text(text.tokens_made()),
        Head::Text(text.tokens_used()),
        Head::Buttons(text.tokens_revoke()),
    ];
    table_panel(text.settings_tokens(), "stacked", &heads, rows.collect_view())
}
