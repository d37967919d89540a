//! Which column of a table is which field of a call: a line for each column, with what it was taken for.

use domain::import::{ImportPreview, TableColumns};
use leptos::prelude::*;

use super::{forms, reading::OneImport, result_words};
use crate::{
    Text,
    components::Icon,
    form::{Beside, Place},
    mapped_fields::{self, FIELDS},
    reasons,
};

/// The form, whose answer has the file looked at again.
pub(super) fn form(one: &OneImport, found: &ImportPreview, table: &TableColumns, text: Text) -> AnyView {
    let missing = (!table.missing.is_empty()).then(|| {
        let lines = table.missing.iter().map(|line| view! { <li>{reasons::shown(line, text)}</li> });
        view! {
            <div class="notice is-failed">
                <Icon name="error" />
                <div>
                    <p><b>{text.import_missing()}</b>". "{text.import_wrong_columns()}</p>
                    <ul class="remarks">{lines.collect_view()}</ul>
                </div>
            </div>
        }
    });
    let kept = table.mapping_name.as_deref().map(|name| view! { <p>{text.import_columns_kept(name)}</p> });
    let rows = table.columns.iter().enumerate().map(|(at, column)| row(at, column, one, table, text)).collect_view();
    let above = view! {
        {missing}{kept}{result_words::table(one, found, text)}
        <div class="table-scroll" tabindex="0" role="region" aria-label=text.import_columns()>
        <table class="data-table">
            <thead><tr><th scope="col">{text.import_column()}</th><th scope="col">{text.import_field()}</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
        </div>
    };
    view! {
        <section class="group">
            <div class="group-head"><h2>{text.import_columns()}</h2><span>{text.import_columns_why()}</span></div>
            <div class="panel">{look_again(one, found, Some(above.into_any()), text)}</div>
        </section>
    }
    .into_any()
}

/// The form of a file whose columns are known: only the zone of its times may be a question.
pub(super) fn zone_form(one: &OneImport, found: &ImportPreview, text: Text) -> AnyView {
    view! { <div class="panel">{look_again(one, found, None, text)}</div> }.into_any()
}

fn look_again(one: &OneImport, found: &ImportPreview, above: Option<AnyView>, text: Text) -> AnyView {
    let action = format!("/import/{}/check", one.import.key);
    let filled = forms::look_again(one, found, text);
    let place = Place::Panel { icon: "refresh", is_main: false };
    forms::LOOK_AGAIN.view_with("columns", action, place, &filled, Beside { above, ..Beside::default() })
}

fn row(at: usize, column: &str, one: &OneImport, table: &TableColumns, text: Text) -> AnyView {
    let name = format!("column-{at}");
    let taken_for = table.fields.iter().find(|(_, columns)| columns.iter().any(|known| known == column));
    let taken_for = taken_for.map_or("", |(field, _)| field.as_str());
    let taken_for = one.typed(&name).unwrap_or(taken_for);
    let options = FIELDS.iter().map(|(field, label)| {
        view! { <option value=*field selected={*field == taken_for}>{label(text)}</option> }
    });
    let unknown = mapped_fields::words(taken_for, text).is_none();
    view! {
        <tr>
            <td class="key">{column.to_owned()}</td>
            <td>
                <select class="select" name=name.clone() aria-label=column.to_owned()>
                    <option value="" selected=unknown>{text.import_not_used()}</option>
                    {options.collect_view()}
                </select>
            </td>
        </tr>
    }
    .into_any()
}
