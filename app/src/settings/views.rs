//! Pages that are kept under a name: the one that somebody comes from can be kept, those that are can be renamed, dropped or begun with.

use std::collections::HashMap;

use domain::{
    CampaignId, Role,
    limits::{VIEW_ADDRESS_CHARS, VIEW_NAME_CHARS},
};
use leptos::prelude::*;
use store::{
    Conn, StoreError, campaigns,
    views::{self, SavedView, ViewOwner},
};

use super::{forms::SEEN, log_filter::filter_said};
use crate::{
    AppError, Text,
    components::{Head, Icon, Press, Question, Side, data_table, sheet},
    form::{Field, Filled, Form, Kind, Place, Words},
    links,
    session::SignedIn,
    text::messages,
    views::ViewAddress,
};

pub const PAGE: &str = links::SAVED_VIEWS;

/// The page that is kept, and what it asks for.
pub const VIEW_ADDRESS: Field =
    Field::new("address", Text::views_page, Kind::Line { max: VIEW_ADDRESS_CHARS }).required().hidden();
pub const VIEW_NAME: Field = Field::new("name", Text::views_name, Kind::Line { max: VIEW_NAME_CHARS }).required();
/// Whose it is; viewers keep pages for themselves alone.
pub const VIEW_WHOSE: Field = Field::new("whose", Text::views_whose, Kind::Select(WHOSE));
const WHOSE: &[(&str, Words)] = &[(OWN, Text::views_for_me), (OF_ACCOUNT, Text::views_for_account)];
const OWN: &str = "own";
/// Of everybody in the account.
pub const OF_ACCOUNT: &str = "account";
/// Whether one begins with it.
pub const VIEW_START: Field = Field::new("start", Text::views_begin_with, Kind::Checkbox);
/// Keeps a page.
pub const SAVE_VIEW: Form =
    Form { fields: &[VIEW_ADDRESS, VIEW_NAME, VIEW_WHOSE, VIEW_START], submit: Text::views_save };
/// Calls a kept page otherwise.
pub const RENAME_VIEW: Form = Form { fields: &[SEEN, VIEW_NAME], submit: Text::setting_save };

messages! {
    views_lead = "Lưu một trang cùng bộ lọc của nó dưới một cái tên. Khoảng thời gian như “7 ngày qua” luôn tính từ hôm nay.", "Keep a page with its filters under a name. A period such as “last 7 days” is always counted from today.";
    views_how = "Muốn lưu: mở trang, lọc, rồi chọn “Trang đã lưu” trong menu.", "To keep one: open a page, set its filters, then choose “Saved views” in the menu.";
    views_none = "Chưa lưu trang nào", "No saved views yet";
    views_save_this = "Lưu trang vừa xem", "Keep the page you came from";
    views_cannot = "Trang vừa xem không có bộ lọc để lưu. Có thể lưu: danh sách chiến dịch, tổng quan, cuộc gọi, khách hàng, tìm lời thoại, so sánh, sử dụng và thống kê.", "The page you came from has no filters to keep. These can be kept: the list of campaigns, overviews, calls, customers, searches of what was said, comparisons, usage and statistics.";
    views_without_customer = "Chữ dùng để tìm một khách hàng không được lưu.", "What was typed to find a customer is not kept.";
    views_name = "Tên", "Name";
    views_page = "Trang", "Page";
    views_filter = "Bộ lọc", "Filters";
    views_whose = "Dùng cho", "For";
    views_for_me = "Riêng tôi", "Myself";
    views_for_account = "Cả tài khoản", "Everybody in the account";
    views_begin_with = "Mở trang này đầu tiên mỗi khi tôi vào Ringside", "Open this page first whenever I come to Ringside";
    views_save = "Lưu trang", "Keep this page";
    views_mine = "Của tôi", "Mine";
    views_of_account = "Của tài khoản", "The account's";
    views_start = "Trang mở đầu", "Start page";
    views_make_start = "Mở đầu tiên", "Start with it";
    views_make_start_of(name) = "Mở đầu tiên: {name}", "Start with {name}";
    views_no_start = "Thôi mở đầu tiên", "No longer start with it";
    views_rename = "Đổi tên", "Rename";
    views_rename_of(name) = "Đổi tên {name}", "Rename {name}";
    views_remove = "Bỏ", "Remove";
    views_remove_of(name) = "Bỏ {name}", "Remove {name}";
    views_remove_why = "Trang và số liệu vẫn còn, chỉ cái tên đã lưu này bị bỏ.", "The page and its figures stay; only what is kept under this name goes.";
    views_remove_why_account = "Mọi người trong tài khoản sẽ không còn thấy trang đã lưu này.", "Nobody in the account sees this saved view any more.";
    views_gone = "Chiến dịch không còn, hoặc bạn không xem được", "The campaign is gone, or you do not see it";
    views_unreadable = "Bộ lọc này không còn dùng được", "These filters cannot be used any more";
    views_too_many(limit) = "Đã đủ {limit} trang. Hãy bỏ bớt một trang.", "There are {limit} already. Please remove one first.";
    views_tells_a_number = "Tên và nội dung tìm không được chứa số điện thoại của khách hàng.", "Neither the name nor what is searched may hold a customer's phone number.";
    views_not_a_page = "Trang này không lưu được.", "This page cannot be kept.";
    views_actions = "Thao tác", "Actions";
}

/// A kept page as its reader may go there.
struct ShownView {
    view: SavedView,
    /// None: it cannot be read any more.
    address: Option<ViewAddress>,
    /// Whether its campaigns are there, and seen.
    is_there: bool,
}

pub(super) struct ViewsPage {
    views: Vec<ShownView>,
    start: Option<i64>,
    /// The page that is kept, where somebody comes from one.
    asked: Option<Result<ViewAddress, ()>>,
    names: HashMap<CampaignId, String>,
    may_keep_for_account: bool,
}

/// Whether whoever asks sees all that a kept page is of.
///
/// # Errors
/// Where the database cannot be read.
pub async fn is_there(conn: &mut Conn, who: &SignedIn, address: &ViewAddress) -> Result<bool, StoreError> {
    let names = campaigns::names(conn, &who.scope, address.campaigns()).await?;
    Ok(sees(who, address, &names))
}

fn sees(who: &SignedIn, address: &ViewAddress, names: &HashMap<CampaignId, String>) -> bool {
    let is_seen = address.campaigns().iter().all(|id| names.contains_key(id));
    is_seen && !(who.scope.is_limited() && address.is_of_account())
}

pub(super) async fn read(conn: &mut Conn, who: &SignedIn, pairs: &[(String, String)]) -> Result<ViewsPage, AppError> {
    let kept = views::list(conn, &who.scope).await?;
    let start = views::start(conn, &who.scope).await?.map(|view| view.key);
    // Who comes from the settings came to look at what is kept.
    let from =
        pairs.iter().find(|(name, value)| name == links::TO && !value.is_empty() && !value.starts_with("/settings"));
    let asked = from.map(|(_, address)| ViewAddress::parse(address).map_err(|_| ()));
    let parsed: Vec<_> = kept.into_iter().map(|view| (ViewAddress::parse(&view.address).ok(), view)).collect();
    let addresses = parsed.iter().filter_map(|(address, _)| address.as_ref()).chain(asked.iter().flatten());
    let ids: Vec<&CampaignId> = addresses.flat_map(ViewAddress::campaigns).collect();
    let names = campaigns::names(conn, &who.scope, ids).await?;
    let shown = parsed.into_iter().map(|(address, view)| {
        let is_there = address.as_ref().is_some_and(|address| sees(who, address, &names));
        ShownView { view, address, is_there }
    });
    // What the account keeps of campaigns that somebody does not see, they do not see either: its name may tell.
    let is_limited = who.scope.is_limited();
    let views = shown.filter(|one| one.is_there || !is_limited || one.view.owner == ViewOwner::Reader).collect();
    // A page that is not there for who comes from it is none.
    let asked =
        asked.map(|asked| asked.and_then(|address| if sees(who, &address, &names) { Ok(address) } else { Err(()) }));
    Ok(ViewsPage { views, start, asked, names, may_keep_for_account: who.scope.role().may(Role::Manager) })
}

/// What a page is of: its title, and the campaigns that it names.
fn about(address: &ViewAddress, names: &HashMap<CampaignId, String>, text: Text) -> String {
    let campaigns = address.campaigns().iter().filter_map(|id| names.get(id).cloned());
    std::iter::once(address.title(text).to_owned()).chain(campaigns).collect::<Vec<_>>().join(" · ")
}

pub(super) fn view(shown: &ViewsPage, text: Text) -> AnyView {
    let of = |owner: ViewOwner| shown.views.iter().filter(move |one| one.view.owner == owner).collect::<Vec<_>>();
    let (mine, of_account) = (of(ViewOwner::Reader), of(ViewOwner::Account));
    let lists = if mine.is_empty() && of_account.is_empty() {
        view! {
            <section class="panel empty">
                <span class="empty-icon"><Icon name="list" /></span>
                <h2>{text.views_none()}</h2>
                <p>{text.views_how()}</p>
            </section>
        }
        .into_any()
    } else {
        view! { {table(shown, text.views_mine(), &mine, text)}{table(shown, text.views_of_account(), &of_account, text)} }
            .into_any()
    };
    view! {
        <div class="stack">
            <p class="text-muted">{text.views_lead()}</p>
            {shown.asked.as_ref().map(|asked| keep(shown, asked.as_ref().ok(), text))}
            {lists}
        </div>
    }
    .into_any()
}

/// The form that keeps the page that somebody comes from.
fn keep(shown: &ViewsPage, address: Option<&ViewAddress>, text: Text) -> AnyView {
    let Some(address) = address else {
        return view! { <p class="notice is-neutral"><Icon name="info" /><span>{text.views_cannot()}</span></p> }
            .into_any();
    };
    let filled = Filled::default().with(&VIEW_ADDRESS, address.href());
    let filled = if shown.may_keep_for_account { filled } else { filled.without(&[VIEW_WHOSE]) };
    let form =
        SAVE_VIEW.view("view-save", format!("{PAGE}/add"), Place::Panel { icon: "bookmark", is_main: true }, &filled);
    view! {
        <section class="panel settings-panel">
            <h2 class="panel-title">{text.views_save_this()}</h2>
            <p>
                <a class="link" href=address.href()>{about(address, &shown.names, text)}</a>
                <br />
                <span class="text-muted">{text.views_filter()}": "{filter_said(&address.filter(), text)}</span>
            </p>
            {address.leaves_customer_out.then(|| view! { <p class="text-muted">{text.views_without_customer()}</p> })}
            {form}
        </section>
    }
    .into_any()
}

fn table(shown: &ViewsPage, title: &'static str, views: &[&ShownView], text: Text) -> Option<AnyView> {
    if views.is_empty() {
        return None;
    }
    let rows = views.iter().map(|one| row(shown, one, text)).collect_view();
    let heads = [
        Head::Text(text.views_name()),
        Head::Text(text.views_page()),
        Head::Text(text.views_filter()),
        Head::Text(text.views_start()),
        Head::Buttons(text.views_actions()),
    ];
    Some(
        view! {
            <section class="panel panel-flush">
                <div class="panel-head"><h2 class="panel-title">{title}</h2></div>
                {data_table(title, "stacked", &heads, rows)}
            </section>
        }
        .into_any(),
    )
}

fn row(shown: &ViewsPage, one: &ShownView, text: Text) -> AnyView {
    let SavedView { key, owner, name, .. } = &one.view;
    let link = match &one.address {
        Some(address) if one.is_there => view! { <a class="link" href=address.href()>{name.clone()}</a> }.into_any(),
        _ => view! { <span>{name.clone()}</span> }.into_any(),
    };
    let page = match &one.address {
        Some(address) if one.is_there => about(address, &shown.names, text),
        Some(_) => text.views_gone().to_owned(),
        None => text.views_unreadable().to_owned(),
    };
    let filter = one.address.as_ref().filter(|_| one.is_there);
    let filter = filter.map_or_else(|| "–".to_owned(), |address| filter_said(&address.filter(), text));
    let is_start = shown.start == Some(*key);
    let start = if is_start {
        let press = Press::new(&format!("{PAGE}/start")).button("btn", text.views_no_start());
        view! { <span class="badge is-success">{text.views_start()}</span>{press} }.into_any()
    } else if one.is_there {
        let label = text.views_make_start_of(name);
        let button = view! { <button class="btn" type="submit" aria-label=label>{text.views_make_start()}</button> };
        Press::new(&format!("{PAGE}/{key}/start")).view(button.into_any())
    } else {
        view! { "–" }.into_any()
    };
    let is_theirs = *owner == ViewOwner::Reader || shown.may_keep_for_account;
    view! {
        <tr>
            <td class="key">{link}</td>
            <td class="wrap" data-label=text.views_page()>{page}</td>
            <td class="wrap" data-label=text.views_filter()>{filter}</td>
            <td data-label=text.views_start()><div class="view-actions at-start">{start}</div></td>
            <td class="num stick">{is_theirs.then(|| changing(one, text))}</td>
        </tr>
    }
    .into_any()
}

/// The buttons of who may change it.
fn changing(one: &ShownView, text: Text) -> AnyView {
    let SavedView { key, owner, name, .. } = &one.view;
    let (rename_id, remove_id) = (format!("view-{key}-name"), format!("view-{key}-remove"));
    let filled = Filled::default().with(&SEEN, name.clone()).with(&VIEW_NAME, name.clone());
    let form = RENAME_VIEW.view(&format!("{rename_id}-form"), format!("{PAGE}/{key}/put"), Place::Sheet, &filled);
    let why = match owner {
        ViewOwner::Reader => text.views_remove_why(),
        ViewOwner::Account => text.views_remove_why_account(),
    };
    let question = Question {
        id: &remove_id,
        about: text.views_remove_of(name),
        why: why.to_owned(),
        words: text.views_remove(),
        action: format!("{PAGE}/{key}/remove"),
        with: None,
    };
    view! {
        <div class="view-actions">
            <button class="btn" type="button" popovertarget=rename_id.clone() aria-label=text.views_rename_of(name)>
                {text.views_rename()}
            </button>
            {sheet(&rename_id, Side::End, text.views_rename_of(name), form)}
            <button class="btn" type="button" popovertarget=remove_id.clone() aria-label=text.views_remove_of(name)>
                {text.views_remove()}
            </button>
            {question.sheet(Side::End)}
        </div>
    }
    .into_any()
}
