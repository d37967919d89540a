//! One import: what it is, and where it stands.

use domain::{
    CampaignId, format,
    import::{Done, FileReading, ReasonCount, Stored},
};
use leptos::prelude::*;
use store::imports::{Changes, ImportState};

use super::{checked, list::progress, reading::OneImport, words};
use crate::{
    Text,
    components::{CloseButton, Icon},
    form::sent_to,
    links, reasons, use_text,
};

pub(super) fn page(one: &OneImport) -> AnyView {
    let text = use_text();
    let language = text.language();
    let import = &one.import;
    let (state, badge) = words::state(import.state, text);
    let body = match import.state {
        ImportState::Checking | ImportState::Storing | ImportState::Undoing => busy(one, state, text),
        ImportState::Checked => checked::page(one, text),
        ImportState::Done => done(one, text),
        ImportState::Failed => failed(one, text),
        ImportState::Undone => undone(one, text),
        ImportState::Dropped => again(text),
    };
    view! {
        <header class="page-head">
            <div>
                <nav class="breadcrumb" aria-label=text.breadcrumb()>
                    <a href="/import">{text.imports_title()}</a>
                    <span aria-current="page">{import.name.clone()}</span>
                </nav>
                <div class="page-title"><h1>{import.name.clone()}</h1><span class=badge>{state}</span></div>
                <div class="page-meta">
                    <span>{format::file_size(import.bytes, language)}</span>
                    <span><Icon name="clock" />{format::date_time(one.zone.local(import.asked_at), language)}</span>
                    <span>{one.user.clone().unwrap_or_else(|| text.import_by_program().to_owned())}</span>
                </div>
            </div>
        </header>
        {body}
    }
    .into_any()
}

fn busy(one: &OneImport, state: &'static str, text: Text) -> AnyView {
    view! {
        <section class="panel stack" aria-busy="true">
            <p role="status">{state}"… "{format!("{}%", one.import.percent)}</p>
            {progress(&one.import, state)}
            <p class="field-note">{text.import_leave()}</p>
            {(one.import.state == ImportState::Checking).then(|| checked::drop_form(one.import.key, text))}
        </section>
    }
    .into_any()
}

fn undone(one: &OneImport, text: Text) -> AnyView {
    let left = (one.import.left > 0).then(|| {
        let said = text.import_left_calls(&text.calls(one.import.left));
        view! { <p class="notice is-failed" role="status"><Icon name="info" /><span>{said}</span></p> }
    });
    view! { {left}{again(text)} }.into_any()
}

fn again(text: Text) -> AnyView {
    view! { <p><a class="btn" href="/import"><Icon name="upload" />{text.import_again()}</a></p> }.into_any()
}

fn failed(one: &OneImport, text: Text) -> AnyView {
    let why = reasons::shown(one.import.failure.as_deref().unwrap_or_default(), text);
    let Changes { added, updated, .. } = one.changes;
    // What came before the place where the file broke.
    let stored = (added + updated > 0).then(|| {
        view! {
            <section class="panel stack">
                <p>{text.import_stored_before(&text.calls(added + updated))}</p>
                <div>{undo(one.import.key, one.changes, text)}</div>
            </section>
        }
    });
    view! {
        <p class="notice is-error" role="alert"><Icon name="error" /><span>{why}</span></p>
        {stored}
        {again(text)}
    }
    .into_any()
}

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

fn done(one: &OneImport, text: Text) -> AnyView {
    let fallback = Stored::default();
    let stored = one.stored.as_ref().unwrap_or(&fallback);
    let campaigns = stored.campaigns.iter().filter_map(|id| {
        let id = CampaignId::new(id).ok()?;
        Some(view! { <a class="link" href=links::campaign_path(&id)>{id.to_string()}</a>" " })
    });
    let report = one.import.report.is_some().then(|| {
        let href = crate::sent_to::taken_from(&format!("/import/{}/report", one.import.key));
        view! { <a class="btn" href=href rel="external" download=""><Icon name="download" />{text.import_report()}</a> }
    });
    view! {
        <div class="panel kpi-row">
            {figure(text.import_new(), stored.accepted, "", text)}
            {figure(text.import_changed(), stored.updated, text.import_changed_why(), text)}
            {figure(text.import_unchanged(), stored.unchanged, text.import_unchanged_why(), text)}
            {figure(text.import_rejected(), stored.rejected, "", text)}
            {(stored.over_quota > 0).then(|| figure(text.import_over_quota(), stored.over_quota, text.import_over_quota_why(), text))}
        </div>
        <section class="panel stack">
            <p><b>{text.import_campaigns()}</b>": "{campaigns.collect_view()}</p>
            <div class="flex flex-wrap items-center gap-2">
                <a class="btn" href="/import"><Icon name="upload" />{text.import_again()}</a>
                {report}
                {undo(one.import.key, one.changes, text)}
            </div>
        </section>
        {files(&stored.files, text)}
        {reasons(&stored.reasons, text)}
    }
    .into_any()
}

fn undo(key: i64, changes: Changes, text: Text) -> AnyView {
    let Changes { added, updated, changed_since } = changes;
    if changed_since > 0 {
        return view! { <span class="text-muted">{text.import_changed_since(&text.calls(changed_since))}</span> }
            .into_any();
    }
    if added + updated == 0 {
        return ().into_any();
    }
    view! {
        <button class="btn" type="button" popovertarget="undo"><Icon name="undo" />{text.import_undo()}</button>
        <div class="popover" popover id="undo" role="dialog" aria-labelledby="undo-title">
            <div class="popover-head"><span id="undo-title">{text.import_undo_title()}</span><CloseButton target="undo" /></div>
            <p>{text.import_undo_why(&text.calls(added), &text.calls(updated))}</p>
            <form class="sheet-form" method="post" action=sent_to(&format!("/import/{key}/undo"))>
                <div class="dialog-foot"><button class="btn btn-error" type="submit">{text.import_undo()}</button></div>
            </form>
        </div>
    }
    .into_any()
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
