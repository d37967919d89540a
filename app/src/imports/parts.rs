//! Parts of the page of one file that several of its states show.

use domain::import::{Done, FileReading, ReasonCount};
use leptos::prelude::*;

use super::words;
use crate::{
    Text,
    components::{Icon, Press},
    reasons,
};

/// A figure of a row of them.
pub(super) fn figure(label: &'static str, count: u64, sub: &'static str, text: Text) -> AnyView {
    view! {
        <div class="kpi kpi-small">
            <span class="kpi-label">{label}</span>
            <span class="kpi-value">{text.int(count)}</span>
            <span class="kpi-sub">{sub}</span>
        </div>
    }
    .into_any()
}

/// Lets the file go.
pub(super) fn drop_form(key: i64, text: Text) -> AnyView {
    let button =
        view! { <button class="btn btn-ghost" type="submit"><Icon name="trash" />{text.import_drop()}</button> };
    Press::new(&format!("/import/{key}/drop")).view(button.into_any())
}

/// What the files are, and what the reader noticed.
pub(super) fn files(files: &[FileReading], text: Text) -> AnyView {
    let each = files.iter().map(|file| {
        let name = (files.len() > 1).then(|| view! { <h3 class="panel-title">{file.name.clone()}</h3> });
        let warnings = (!file.warnings.is_empty()).then(|| {
            let lines = file.warnings.iter().map(|line| view! { <li>{reasons::shown(line, text)}</li> });
            view! {
                <details class="as-table" open>
                    <summary>{text.import_remarks()}</summary>
                    <ul class="remarks">{lines.collect_view()}</ul>
                </details>
            }
        });
        view! { <section class="panel stack">{name}{facts(file, text)}{warnings}</section> }
    });
    let each = each.collect_view();
    let title = if files.len() > 1 { text.import_files_in_it() } else { text.import_read_as() };
    view! {
        <section class="group" aria-labelledby="read-as">
            <div class="group-head"><h2 id="read-as">{title}</h2></div>
            {each}
        </section>
    }
    .into_any()
}

fn facts(file: &FileReading, text: Text) -> AnyView {
    if let Some(refused) = &file.refused {
        let why = reasons::shown(refused, text);
        return view! { <p class="notice is-failed"><Icon name="file-missing" /><span>{why}</span></p> }.into_any();
    }
    let assumed =
        |assumed: bool, words: &'static str| assumed.then(|| view! { <small class="text-failed">" — "{words}</small> });
    let fact = |label: &'static str, value: AnyView| view! { <div><dt>{label}</dt><dd>{value}</dd></div> }.into_any();
    let said = |value: String| view! { {value} }.into_any();
    let format = file.format.clone().unwrap_or_default();
    // The shape of a table begins with the word, too.
    let shape = reasons::in_language(&file.shape, text.language());
    let format = match file.shape.strip_prefix(&format) {
        Some(_) => shape.into_owned(),
        None if shape.is_empty() => format,
        None => format!("{format}, {shape}"),
    };
    let mut facts = vec![
        fact(text.import_format(), said(format)),
        fact(text.import_rows(), said(text.import_rows_are(&text.int(file.rows), &text.calls(file.calls)))),
    ];
    for (count, label) in [
        (file.duplicates, text.import_duplicates()),
        (file.left_out, text.import_left_out()),
        (file.inbound, text.import_inbound()),
        (file.internal, text.import_internal()),
        (file.voicemail, text.import_voicemail()),
    ] {
        if count > 0 {
            facts.push(fact(label, said(text.int(count))));
        }
    }
    if let Some(zone) = &file.zone {
        let note = assumed(file.zone_is_assumed, text.import_zone_assumed());
        facts.push(fact(text.import_zone(), view! { {zone.clone()}{note} }.into_any()));
    }
    if let Some(order) = &file.date_order {
        let note = assumed(file.order_is_assumed, text.import_order_assumed());
        facts.push(fact(text.import_order(), view! { {words::date_order(order, text)}{note} }.into_any()));
    }
    view! { <dl class="figures">{facts}</dl> }.into_any()
}

/// What was wrong or odd, by reason.
pub(super) fn reasons(reasons: &[ReasonCount], text: Text) -> AnyView {
    if reasons.is_empty() {
        return ().into_any();
    }
    let rows = reasons.iter().map(|count| {
        let done = match count.done {
            Some(Done::Rejected) => text.import_was_rejected(),
            Some(Done::Stored) => text.import_was_stored(),
            None => "",
        };
        let reason = match &count.reason {
            Some(reason) => reasons::shown(reason, text),
            None => text.import_other_reasons().into_any(),
        };
        view! {
            <tr><td>{reason}</td><td>{done}</td><td class="num">{text.int(count.lines)}</td></tr>
        }
    });
    view! {
        <section class="group">
            <div class="group-head"><h2>{text.import_reasons()}</h2></div>
            <div class="panel panel-flush">
                <div class="table-scroll" tabindex="0" role="region" aria-label=text.import_reasons()>
                <table class="data-table">
                    <thead>
                        <tr>
                            <th scope="col">{text.import_reason()}</th>
                            <th scope="col">{text.import_what_done()}</th>
                            <th scope="col" class="num">{text.import_lines()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
                </div>
            </div>
        </section>
    }
    .into_any()
}
