//! One import: what it is, and where it stands.

use domain::{CampaignId, format, import::ImportResult};
use leptos::prelude::*;
use store::imports::{Changes, ImportState};

use super::{
    checked,
    list::progress,
    parts::{drop_form, figure, files, reasons},
    reading::OneImport,
    words,
};
use crate::{
    Text,
    components::{Icon, Question, Side},
    links, use_text,
};

pub(super) fn page(one: &OneImport) -> AnyView {
    let text = use_text();
    let language = text.language();
    let import = &one.import;
    let (state, badge) = words::state(import.state, one.found.as_ref(), text);
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
                    <span aria-current="page">{import.name.as_str().to_owned()}</span>
                </nav>
                <div class="page-title"><h1>{import.name.as_str().to_owned()}</h1><span class=badge>{state}</span></div>
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
            // With scripts the page hears of it by itself.
            <noscript><meta http-equiv="refresh" content="5" /></noscript>
            {(one.import.state == ImportState::Checking).then(|| drop_form(one.import.key, text))}
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
    let why = crate::reasons::shown(one.import.failure.as_ref().map_or("", |failure| failure.as_str()), text);
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

fn done(one: &OneImport, text: Text) -> AnyView {
    let fallback = ImportResult::default();
    let stored = one.stored.as_ref().unwrap_or(&fallback);
    let campaigns = stored.campaigns.iter().filter_map(|id| {
        let id = CampaignId::new(id).ok()?;
        Some(view! { <a class="link" href=links::campaign_path(&id)>{id.to_string()}</a>" " })
    });
    let report = one.import.report.is_some().then(|| {
        let href = crate::with_account::with_account(&format!("/import/{}/report", one.import.key));
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
    let question = Question {
        id: "undo",
        about: text.import_undo_title().to_owned(),
        why: text.import_undo_why(&text.calls(added), &text.calls(updated)),
        words: text.import_undo(),
        action: format!("/import/{key}/undo"),
        with: None,
    };
    view! {
        <button class="btn" type="button" popovertarget="undo"><Icon name="undo" />{text.import_undo()}</button>
        {question.sheet(Side::Start)}
    }
    .into_any()
}
