//! What was brought so far, and the way to bring more.

use domain::{
    format,
    import::{ImportPreview, ImportResult},
};
use leptos::prelude::*;
use store::imports::Import;

use super::{forms, reading::ImportList, words};
use crate::{
    Text,
    components::Icon,
    form::{Filled, Place},
    links, reasons, use_text,
};

pub(super) fn page(list: &ImportList) -> AnyView {
    let text = use_text();
    let place = Place::Panel { icon: "upload", is_main: true };
    let bring = forms::BRING.view("bring", "/import".to_owned(), place, &Filled::default());
    let body = if list.imports.is_empty() { none(text) } else { rows(list, text) };
    let next = list.next.map(|before| {
        let href = links::with_query("/import", [("before", before.to_string())]);
        view! {
            <div class="table-foot">
                <span></span>
                <nav class="button-group" aria-label=text.pages()>
                    <a class="btn" href=href>{text.next_page()}<Icon name="chevron-right" /></a>
                </nav>
            </div>
        }
    });
    view! {
        <header class="page-head">
            <div>
                <div class="page-title"><h1>{text.imports_title()}</h1></div>
                <div class="page-meta"><span>{text.imports_lead()}</span></div>
            </div>
        </header>
        <section class="panel">{bring}</section>
        <section class="group">
            <div class="group-head"><h2>{text.import_history()}</h2></div>
            {body}
            {next}
        </section>
    }
    .into_any()
}

fn none(text: Text) -> AnyView {
    view! {
        <section class="panel empty">
            <span class="empty-icon"><Icon name="upload" /></span>
            <h2>{text.import_none()}</h2>
            <p>{text.import_none_why()}</p>
        </section>
    }
    .into_any()
}

fn rows(list: &ImportList, text: Text) -> AnyView {
    let rows = list.imports.iter().map(|(import, found, stored)| {
        let language = text.language();
        let (state, badge) = words::state(import.state, found.as_ref(), text);
        let by = import.user.map_or_else(
            || text.import_by_program().to_owned(),
            |user| list.users.get(&user).cloned().unwrap_or_default(),
        );
        let progress = import.state.is_busy().then(|| progress(import, state));
        view! {
            <tr>
                <td class="key"><a class="link" href=format!("/import/{}", import.key)>{import.name.as_str().to_owned()}</a></td>
                <td class="num nowrap" data-label=text.import_size()>{format::file_size(import.bytes, language)}</td>
                <td class="nowrap" data-label=text.import_when()>{format::date_time(list.zone.local(import.asked_at), language)}</td>
                <td data-label=text.import_by()>{by}</td>
                <td><span class=badge>{state}</span>{progress}</td>
                <td>{result(import, found.as_ref(), stored.as_ref(), text)}</td>
            </tr>
        }
    });
    view! {
        <div class="panel panel-flush">
            <div class="table-scroll" tabindex="0" role="region" aria-label=text.import_history()>
            <table class="data-table stacked">
                <thead>
                    <tr>
                        <th scope="col">{text.import_file()}</th>
                        <th scope="col" class="num">{text.import_size()}</th>
                        <th scope="col">{text.import_when()}</th>
                        <th scope="col">{text.import_by()}</th>
                        <th scope="col">{text.job_status()}</th>
                        <th scope="col">{text.import_result()}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
            </div>
        </div>
    }
    .into_any()
}

/// How far a step is.
pub(super) fn progress(import: &Import, label: &'static str) -> AnyView {
    let percent = import.percent.to_string();
    view! {
        <span class="progress is-accent" role="progressbar" aria-label=label aria-valuemin="0" aria-valuemax="100"
            aria-valuenow=percent.clone() style=format!("--w:{percent}%")></span>
    }
    .into_any()
}

/// What came of an import, in a line.
fn result(import: &Import, found: Option<&ImportPreview>, stored: Option<&ImportResult>, text: Text) -> String {
    let counts = |counts: [(u64, &str); 4]| {
        let some = counts.into_iter().filter(|(count, _)| *count > 0);
        some.map(|(count, what)| counted(count, what, text)).collect::<Vec<_>>().join(" · ")
    };
    match (import.failure.as_ref(), stored, found) {
        (Some(failure), ..) => reasons::in_language(failure.as_str(), text.language()).into_owned(),
        (None, Some(stored), _) => counts([
            (stored.accepted, text.import_new()),
            (stored.updated, text.import_changed()),
            (stored.unchanged, text.import_unchanged()),
            (stored.rejected, text.import_rejected()),
        ]),
        (None, None, Some(found)) => counts([
            (found.new, text.import_new()),
            (found.changed, text.import_changed()),
            (found.unchanged, text.import_unchanged()),
            (found.rejected, text.import_rejected()),
        ]),
        (None, None, None) => String::new(),
    }
}

fn counted(count: u64, what: &str, text: Text) -> String {
    format!("{} {}", text.int(count), what.to_lowercase())
}
