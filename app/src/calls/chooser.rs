//! The form that chooses columns: a popover with a GET form, so it works without scripts.

use leptos::prelude::*;

use super::{
    address::CallsAddress,
    columns::{COLUMNS, LOCKED, ShownColumns},
};
use crate::{
    Text,
    components::{Asking, Icon},
    use_text,
};

fn name_of(word: &str, text: Text) -> &'static str {
    match word {
        "phone" => text.column_phone(),
        "attempt" => text.column_attempt(),
        "status" => text.column_status(),
        "code" => text.column_code(),
        "ring" => text.column_ring(),
        "talk" => text.column_talk(),
        "messages" => text.column_messages(),
        "blocks" => text.column_blocks(),
        "cost" => text.column_cost(),
        "hangup" => text.column_hangup(),
        "cause" => text.column_cause(),
        "own" => text.column_own(),
        _ => text.column_recording(),
    }
}

/// The button and its form.
pub fn chooser(address: &CallsAddress) -> AnyView {
    const ID: &str = "columns";
    let text = use_text();
    let path = address.path();
    let others = CallsAddress { columns: ShownColumns::default(), open: None, ..address.clone() };
    let standard = others.href();
    let shown = COLUMNS.iter().filter(|column| address.columns.has(**column)).count();
    let locked = [text.column_time(), text.column_customer()].map(|name| {
        view! {
            <label>
                <input class="checkbox" type="checkbox" checked disabled />
                <span>{name}</span>
                <Icon name="lock" />
            </label>
        }
    });
    let options = COLUMNS.map(|column| {
        view! {
            <label>
                <input class="checkbox" type="checkbox" name="column" value=column.word
                    checked=address.columns.has(column) />
                <span>{name_of(column.word, text)}</span>
                <i></i>
            </label>
        }
    });
    let count = format!("{}/{}", shown + locked.len(), COLUMNS.len() + locked.len());
    let sheet = Asking::new(path, "popover popover-end column-sheet").popover(ID, text.choose_columns());
    let sheet = sheet.keeping(others.list_pairs()).keeping([("column", LOCKED)]);
    let asked = view! {
        <div class="sheet-form">
            <fieldset>
                <legend class="font-semibold mb-1">{text.choose_columns()}</legend>
                <div class="option-list option-list-whole">{locked.collect_view()}{options.collect_view()}</div>
            </fieldset>
            <div class="dialog-foot">
                <a class="btn btn-ghost mr-auto" href=standard>{text.standard_columns()}</a>
                <button class="btn btn-ghost" type="button" popovertarget=ID popovertargetaction="hide">
                    {text.cancel()}
                </button>
                <button class="btn btn-primary" type="submit">{text.apply()}</button>
            </div>
        </div>
    };
    view! {
        <button class="btn" type="button" popovertarget=ID>
            <Icon name="columns" />
            {text.columns()}
            <small>{count}</small>
        </button>
        {sheet.view(asked.into_any())}
    }
    .into_any()
}
