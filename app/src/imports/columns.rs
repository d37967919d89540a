//! Which column of a table is which field of a call: a line for each column, with what it was taken for.

use domain::import::{FileReading, OtherCalls, TableColumns};
use leptos::prelude::*;

use super::{
    OWN_CAMPAIGN,
    reading::OneImport,
    words::{self, FIELDS},
};
use crate::{Text, components::Icon, form::sent_to, reasons};

/// The form, whose answer has the file looked at again.
pub(super) fn form(one: &OneImport, table: &TableColumns, text: Text) -> AnyView {
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
    view! {
        <section class="group">
            <div class="group-head"><h2>{text.import_columns()}</h2><span>{text.import_columns_why()}</span></div>
            <form class="panel stack" method="post" action=sent_to(&format!("/import/{}/check", one.import.key)) id="columns-form">
                {missing}{kept}
                <div class="table-scroll" tabindex="0" role="region" aria-label=text.import_columns()>
                <table class="data-table">
                    <thead><tr><th scope="col">{text.import_column()}</th><th scope="col">{text.import_field()}</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
                </div>
                <div class="field">
                    <label for="columns-order">{text.import_order()}</label>
                    <select class="select" id="columns-order" name="date_order">
                        <option value="">{text.import_order_found()}</option>
                        {orders(one, table)}
                    </select>
                </div>
                <div class="field">
                    <label for="columns-unit">{text.import_unit()}</label>
                    <select class="select" id="columns-unit" name="unit" aria-describedby="columns-unit-note">
                        <option value="">{text.import_unit_found()}</option>
                        {units(text)}
                    </select>
                    <p class="field-note" id="columns-unit-note">{text.import_unit_note()}</p>
                </div>
                {zone(one, text)}
            </form>
        </section>
    }
    .into_any()
}

/// The form of a file whose columns are known: only the zone of its times may be a question.
pub(super) fn zone_form(one: &OneImport, text: Text) -> AnyView {
    let action = format!("/import/{}/check", one.import.key);
    view! { <form class="panel stack" method="post" action=sent_to(&action) id="columns-form">{zone(one, text)}</form> }
        .into_any()
}

/// The zone of times that carry none, and the button that has the file looked at again.
fn zone(one: &OneImport, text: Text) -> AnyView {
    let others = others(one, text);
    let zone = one.typed("timezone").map(str::to_owned).or_else(|| one.options.timezone.clone()).unwrap_or_default();
    view! {
        <div class="field">
            <label for="columns-zone">{text.import_zone()}</label>
            <input class="input" type="text" id="columns-zone" name="timezone" value=zone maxlength="64"
                autocomplete="off" aria-describedby="columns-zone-note" />
            <p class="field-note" id="columns-zone-note">{text.import_zone_note()}</p>
        </div>
        {others}
        <div><button class="btn" type="submit"><Icon name="refresh" />{text.import_look_again()}</button></div>
    }
    .into_any()
}

/// What is done with calls that are none to a customer, where the file has some.
fn others(one: &OneImport, text: Text) -> Option<AnyView> {
    let files = one.found.as_ref().map(|found| found.files.as_slice()).unwrap_or_default();
    let count = |of: fn(&FileReading) -> u64| files.iter().map(of).sum::<u64>();
    let (inbound, internal) = (count(|file| file.inbound), count(|file| file.internal));
    let voicemail = count(|file| file.voicemail);
    let asked = &one.options.inbound;
    if inbound + internal + voicemail == 0 && *asked == OtherCalls::Import {
        return None;
    }
    let (chosen, campaign) = match asked {
        OtherCalls::Import => ("import", String::new()),
        OtherCalls::LeaveOut => ("leave", String::new()),
        OtherCalls::Campaign(id) => (OWN_CAMPAIGN, id.to_string()),
    };
    let chosen = one.typed("inbound").unwrap_or(chosen);
    let campaign = one.typed("inbound_campaign").map_or(campaign, str::to_owned);
    let choices = [
        ("import", text.import_others_import()),
        ("leave", text.import_others_leave()),
        (OWN_CAMPAIGN, text.import_others_campaign()),
    ];
    let choices = choices.map(|(word, label)| view! { <option value=word selected={word == chosen}>{label}</option> });
    let note = text.import_others_note(&text.int(inbound), &text.int(internal), &text.int(voicemail));
    let view = view! {
        <div class="field">
            <label for="columns-inbound">{text.import_others()}</label>
            <select class="select" id="columns-inbound" name="inbound" aria-describedby="columns-inbound-note">
                {choices.collect_view()}
            </select>
            <p class="field-note" id="columns-inbound-note">{note}</p>
        </div>
        <div class="field">
            <label for="columns-inbound-campaign">{text.import_others_into()}</label>
            <input class="input" type="text" id="columns-inbound-campaign" name="inbound_campaign" maxlength="128"
                value=campaign autocomplete="off" />
        </div>
    };
    Some(view.into_any())
}

fn row(at: usize, column: &str, one: &OneImport, table: &TableColumns, text: Text) -> AnyView {
    let taken_for = table.fields.iter().find(|(_, columns)| columns.iter().any(|known| known == column));
    let taken_for = taken_for.map_or("", |(field, _)| field.as_str());
    let taken_for = one.typed(&format!("column-{at}")).unwrap_or(taken_for);
    let options = FIELDS.iter().map(|(field, label)| {
        view! { <option value=*field selected={*field == taken_for}>{label(text)}</option> }
    });
    let unknown = words::field(taken_for, text).is_none();
    view! {
        <tr>
            <td class="key">{column.to_owned()}</td>
            <td>
                <select class="select" name=format!("column-{at}") aria-label=column.to_owned()>
                    <option value="" selected=unknown>{text.import_not_used()}</option>
                    {options.collect_view()}
                </select>
            </td>
        </tr>
    }
    .into_any()
}

fn orders(one: &OneImport, table: &TableColumns) -> AnyView {
    let given = table.mapping.lines().find_map(|line| line.strip_prefix("date_order = "));
    let given = one.typed("date_order").unwrap_or_else(|| given.unwrap_or_default().trim_matches('"'));
    let orders = [("dmy", "31/12/2026"), ("mdy", "12/31/2026"), ("ymd", "2026-12-31")];
    orders
        .map(|(order, example)| view! { <option value=order selected={order == given}>{example}</option> })
        .collect_view()
        .into_any()
}

/// The units that bare numbers may have, by their words in a mapping.
fn units(text: Text) -> AnyView {
    let units = [
        ("s", text.import_unit_seconds()),
        ("ms", text.import_unit_milliseconds()),
        ("min", text.import_unit_minutes()),
        ("d", text.import_unit_days()),
    ];
    units.map(|(unit, label)| view! { <option value=unit>{label}</option> }).collect_view().into_any()
}
