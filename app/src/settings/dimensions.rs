//! The account's own dimensions: by what attributes its calls are told apart.

use domain::{OwnDimension, limits::OWN_DIMENSIONS, own_dimension::RESERVED_KEYS};
use leptos::prelude::*;
use store::{
    Conn,
    own_dimensions::{self, OwnTexts},
};

use super::forms::{CODE_LABEL_EN, CODE_LABEL_VI, DECLARE_DIMENSION, DIMENSION_KEY, LABEL_DIMENSION, SEEN};
use crate::{
    AppError, Text,
    components::{Icon, Press, Side, sheet},
    form::{Filled, Place},
    session::SignedIn,
    text::messages,
};

messages! {
    dimensions_lead = "Chọn tối đa 12 thuộc tính mà hệ thống gọi gửi kèm cuộc gọi hoặc khách hàng. Báo cáo tổng quan có bảng theo giá trị, danh sách cuộc gọi có bộ lọc và cột. Mỗi thuộc tính phân biệt 200 giá trị đầu tiên, còn lại là “khác”.", "Choose up to 12 attributes that the calling system sends with calls or customers. The overview gets a table by value, the call list a filter and a column. The first 200 values of each are told apart, the rest is “other”.";
    dimensions_none = "Chưa có chiều riêng nào", "No own dimensions yet";
    dimensions_new = "Khai báo chiều riêng", "Declare a dimension";
    dimensions_values = "Giá trị", "Values";
    dimensions_edit_of(name) = "Sửa {name}", "Change {name}";
    dimensions_remove = "Xoá chiều này", "Remove this dimension";
    dimensions_remove_why = "Số liệu theo chiều này mất đi; thuộc tính của cuộc gọi vẫn còn.", "Its figures go; the attributes of calls stay.";
    dimensions_full = "Đã đủ 12 chiều. Xoá một chiều để khai báo chiều khác.", "There are 12. Remove one to declare another.";
    dimensions_filling(percent) = "Đang tính cho cuộc gọi đã lưu: {percent}%. Cuộc chưa tính tạm ở dòng “–”.", "Stored calls are being counted: {percent}%. Those to come stand under “–”.";
}

pub(super) struct DimensionsPage {
    /// Each with how many values it tells apart.
    dimensions: Vec<(OwnDimension, usize)>,
    filled_percent: Option<u64>,
}

pub(super) async fn read(conn: &mut Conn, who: &SignedIn) -> Result<DimensionsPage, AppError> {
    let texts = OwnTexts::load(conn, &who.scope).await?;
    let declared = own_dimensions::list(conn, &who.scope).await?.into_iter();
    let dimensions = declared.map(|dimension| {
        let values = texts.count(dimension.number);
        (dimension, values)
    });
    let dimensions = dimensions.collect();
    Ok(DimensionsPage { dimensions, filled_percent: own_dimensions::filled_percent(conn, &who.scope).await? })
}

/// What is stored of a dimension, as the form's hidden field and the words for who comes second name it.
pub fn seen(dimension: &OwnDimension) -> String {
    format!("{} · {}", dimension.label_vi, dimension.label_en)
}

pub(super) fn view(shown: &DimensionsPage, text: Text) -> AnyView {
    let filling = shown.filled_percent.map(|percent| {
        let words = text.dimensions_filling(&percent.to_string());
        view! { <p class="notice" role="status"><Icon name="clock" /><span>{words}</span></p> }
    });
    let rows = shown.dimensions.iter().map(|(dimension, values)| row(dimension, *values, text)).collect_view();
    let table = if shown.dimensions.is_empty() {
        view! {
            <section class="panel empty">
                <span class="empty-icon"><Icon name="columns" /></span>
                <h2>{text.dimensions_none()}</h2>
                <p>{text.dimensions_lead()}</p>
            </section>
        }
        .into_any()
    } else {
        view! {
            <p class="text-muted">{text.dimensions_lead()}</p>
            <section class="panel panel-flush">
                <div class="table-scroll" tabindex="0" role="region" aria-label=text.settings_dimensions()>
                    <table class="data-table two-line stacked">
                        <thead><tr>
                            <th scope="col">{text.dimension_key()}</th>
                            <th scope="col">{text.codes_label()}</th>
                            <th scope="col" class="num">{text.dimensions_values()}</th>
                            <th scope="col" class="stick"><span class="sr-only">{text.codes_edit()}</span></th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
        }
        .into_any()
    };
    let declare = if shown.dimensions.len() >= OWN_DIMENSIONS {
        view! { <p class="text-muted">{text.dimensions_full()}</p> }.into_any()
    } else {
        // The first of the known keys that is not declared yet.
        let known =
            RESERVED_KEYS.iter().find(|(key, ..)| shown.dimensions.iter().all(|(one, _)| one.key.as_str() != *key));
        let mut filled = Filled::default();
        if let Some((key, vi, en)) = known {
            filled = filled.with(&DIMENSION_KEY, *key).with(&CODE_LABEL_VI, *vi).with(&CODE_LABEL_EN, *en);
        }
        DECLARE_DIMENSION.view("dimension-new", "/settings/dimensions/declare".to_owned(), Place::Sheet, &filled)
    };
    view! {
        <div class="stack">
            {filling}
            {table}
            <section class="panel settings-panel">
                <h2 class="panel-title">{text.dimensions_new()}</h2>
                {declare}
            </section>
        </div>
    }
    .into_any()
}

fn row(dimension: &OwnDimension, values: usize, text: Text) -> AnyView {
    let id = format!("dimension-{}", dimension.number);
    let (first, second) = match text.language() {
        domain::Language::Vi => (&dimension.label_vi, &dimension.label_en),
        domain::Language::En => (&dimension.label_en, &dimension.label_vi),
    };
    let filled = Filled::default()
        .with(&SEEN, seen(dimension))
        .with(&DIMENSION_KEY, dimension.key.as_str())
        .with(&CODE_LABEL_VI, dimension.label_vi.clone())
        .with(&CODE_LABEL_EN, dimension.label_en.clone());
    let form =
        LABEL_DIMENSION.view(&format!("{id}-form"), "/settings/dimensions/put".to_owned(), Place::Sheet, &filled);
    let press =
        Press::new("/settings/dimensions/remove").class("sheet-form").with("key", dimension.key.as_str().to_owned());
    let remove = press.button("btn text-error", text.dimensions_remove());
    let words = text.dimensions_edit_of(first);
    let body = view! { {form}<p class="text-muted">{text.dimensions_remove_why()}</p>{remove} }.into_any();
    view! {
        <tr>
            <td><code>{dimension.key.to_string()}</code></td>
            <td class="key">{first.clone()}<small>{second.clone()}</small></td>
            <td class="num">{text.int(values as u64)}</td>
            <td class="num stick">
                <button class="btn" type="button" popovertarget=id.clone() aria-label=words.clone()>{text.codes_edit()}</button>
                {sheet(&id, Side::End, words, body)}
            </td>
        </tr>
    }
    .into_any()
}
