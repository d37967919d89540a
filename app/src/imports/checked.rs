//! A file that was looked at: what would come of it, and what has to be said before.

use domain::{
    CallRecord, format,
    import::{ImportPreview, TableColumns},
};
use leptos::prelude::*;

use super::{
    ImportForm, columns, forms,
    parts::{drop_form, figure, files, reasons},
    reading::OneImport,
};
use crate::{
    Text,
    components::{CodeTag, Icon},
    form::Place,
    names::month_name,
};

pub(super) fn page(one: &OneImport, text: Text) -> AnyView {
    let fallback = ImportPreview::default();
    let found = one.found.as_ref().unwrap_or(&fallback);
    let is_missing = found.table.as_ref().is_some_and(|table: &TableColumns| !table.missing.is_empty());
    let figures = (!is_missing).then(|| {
        view! {
            <div class="panel kpi-row">
                {figure(text.import_new(), found.new, "", text)}
                {figure(text.import_changed(), found.changed, text.import_changed_why(), text)}
                {figure(text.import_unchanged(), found.unchanged, text.import_unchanged_why(), text)}
                {figure(text.import_rejected(), found.rejected, if found.rejected > 0 { text.import_rejected_why() } else { "" }, text)}
            </div>
        }
    });
    let columns = found.table.as_ref().map(|table| columns::form(one, found, table, text));
    let is_readable = found.files.iter().any(|file| file.refused.is_none());
    let columns = columns.or_else(|| is_readable.then(|| columns::zone_form(one, found, text)));
    // What a person has to say comes before what they confirm.
    let has_unknown = found.files.iter().any(|file| !file.unknown_words.is_empty());
    let (before, after) = if is_missing || has_unknown { (columns, None) } else { (None, columns) };
    view! {
        {figures}
        {over_quota(found, text)}
        {before}
        {(!is_missing).then(|| store(one, found, text))}
        {(!is_missing).then(|| first_calls(one, found, text))}
        {(!is_missing).then(|| files(&found.files, text))}
        {reasons(&found.reasons, text)}
        {after}
        {is_missing.then(|| drop_form(one.import.key, text))}
    }
    .into_any()
}

/// The form that was refused, with what was typed into it and what is wrong.
pub(super) fn again(one: &OneImport, form: ImportForm, text: Text) -> AnyView {
    let fallback = ImportPreview::default();
    let found = one.found.as_ref().unwrap_or(&fallback);
    match (form, found.table.as_ref()) {
        (ImportForm::Store, _) => store(one, found, text),
        (ImportForm::LookAgain, Some(table)) => columns::form(one, found, table, text),
        (ImportForm::LookAgain, None) => columns::zone_form(one, found, text),
    }
}

/// Says of which months the quota has no room for all the calls.
fn over_quota(found: &ImportPreview, text: Text) -> Option<AnyView> {
    if found.over_quota.is_empty() {
        return None;
    }
    let months =
        found.over_quota.iter().map(|(month, calls)| text.import_over_month(&text.calls(*calls), &month_name(*month)));
    let months: Vec<String> = months.collect();
    let words = text.import_beyond_quota(&months.join(", "));
    Some(view! { <p class="notice is-failed" role="note"><Icon name="warning" /><span>{words}</span></p> }.into_any())
}

/// What the file would bring, and where to.
fn store(one: &OneImport, found: &ImportPreview, text: Text) -> AnyView {
    let language = text.language();
    let key = one.import.key;
    if found.new + found.changed + found.unchanged == 0 {
        return view! {
            <section class="panel stack"><p>{text.import_nothing_to_store()}</p>{drop_form(key, text)}</section>
        }
        .into_any();
    }
    let classes = [
        (text.success(), found.success),
        (text.failed(), found.failed),
        (text.error(), found.error),
        (text.import_in_progress(), found.in_progress),
    ];
    let classes = classes.into_iter().filter(|(_, count)| *count > 0);
    let classes: Vec<String> = classes.map(|(label, count)| format!("{label} {}", text.int(count))).collect();
    let period = found.first.zip(found.last).map(|(first, last)| {
        let at = |at| format::date_time(one.zone.local(at), language);
        view! { <div><dt>{text.import_period()}</dt><dd>{at(first)}" – "{at(last)}</dd></div> }
    });
    let place = Place::Panel { icon: "check", is_main: true };
    let form = forms::STORE.view("store", format!("/import/{key}/store"), place, &forms::store(one, found, text));
    view! {
        <section class="panel stack" aria-labelledby="into">
            <dl class="figures">
                <div><dt>{text.import_classes()}</dt><dd>{classes.join(" · ")}</dd></div>
                {period}
            </dl>
            <h2 class="panel-title" id="into">{text.import_into()}</h2>
            {form}
            {drop_form(key, text)}
        </section>
    }
    .into_any()
}

/// The first calls as they would be stored.
fn first_calls(one: &OneImport, found: &ImportPreview, text: Text) -> AnyView {
    if found.calls.is_empty() {
        return ().into_any();
    }
    let rows = found.calls.iter().map(|call| row(call, one, found, text)).collect_view();
    let title = text.import_first_calls(&text.int(found.calls.len() as u64));
    let campaign = (!found.needs_campaign).then(|| view! { <th scope="col">{text.import_campaigns()}</th> });
    view! {
        <section class="group">
            <div class="group-head"><h2>{title.clone()}</h2></div>
            <div class="panel panel-flush">
                <div class="table-scroll" tabindex="0" role="region" aria-label=title>
                <table class="data-table stacked">
                    <thead>
                        <tr>
                            <th scope="col">{text.field_dialed_at()}</th>
                            <th scope="col">{text.field_phone()}</th>
                            <th scope="col">{text.field_name()}</th>
                            <th scope="col">{text.field_result()}</th>
                            <th scope="col" class="num">{text.field_talk()}</th>
                            {campaign}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                </div>
            </div>
        </section>
    }
    .into_any()
}

fn row(call: &CallRecord, one: &OneImport, found: &ImportPreview, text: Text) -> AnyView {
    let language = text.language();
    let phone = call.contact.phone.clone().or_else(|| call.contact.id.as_ref().map(ToString::to_string));
    let talk = call
        .answered_at
        .zip(call.ended_at)
        .map(|(answered, ended)| format::short_duration((ended.0 - answered.0).max(0), language));
    let code = call.result_code.clone().map(|code| {
        let class = one.meanings.class_of(code.as_str());
        view! { <CodeTag code=code.to_string() class=class /> }
    });
    let campaign = (!found.needs_campaign)
        .then(|| view! { <td data-label=text.import_campaigns()>{call.campaign.to_string()}</td> });
    view! {
        <tr>
            <td class="nowrap" data-label=text.field_dialed_at()>{format::moment(one.zone.local(call.dialed_at), language)}</td>
            <td class="nowrap" data-label=text.field_phone()>{phone}</td>
            <td data-label=text.field_name()>{call.contact.name.clone()}</td>
            <td data-label=text.field_result()>{code}</td>
            <td class="num nowrap" data-label=text.field_talk()>{talk}</td>
            {campaign}
        </tr>
    }
    .into_any()
}
