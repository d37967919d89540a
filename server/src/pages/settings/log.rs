//! The log as a file.

use app::settings::{log_filter, log_said};
use axum::{
    body::Body,
    extract::RawQuery,
    response::{IntoResponse, Response},
};
use domain::Role;
use store::audit::{self, Entry};

use crate::{
    files::{
        call_csv::{harmless, local_time},
        csv_list::lines,
    },
    web::{
        audited::FileRows,
        download::{CSV, file_headers},
        editing::Editing,
        problem::Problem,
        routes::Routes,
    },
};

/// Rows of the file at most: the latest.
const ROWS: u32 = 50_000;

pub(super) fn routes() -> Routes {
    Routes::new().get("/settings/log.csv", csv)
}

async fn csv(editing: Editing, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    editing.only(Role::Owner).map_err(|_| Problem::not_found("page"))?;
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let filter = log_filter(&pairs).map_err(Problem::invalid)?;
    let entries = audit::list(&mut editing.read().await?, &editing.who.scope, &filter, None, ROWS).await?;
    let mut response = Body::from(written(&entries, &editing)).into_response();
    response.headers_mut().extend(file_headers(CSV, "log.csv"));
    response.extensions_mut().insert(FileRows(entries.len() as u64));
    Ok(response)
}

fn written(entries: &[Entry], editing: &Editing) -> Vec<u8> {
    let (zone, text) = (editing.who.account.zone, editing.text());
    let mut lines = lines("\u{feff}".as_bytes().to_vec());
    let heading = [
        "no",
        text.log_at(),
        text.log_who(),
        text.log_what(),
        text.log_subject(),
        text.log_customer(),
        text.log_details(),
        text.log_address(),
    ];
    // Into memory, which cannot fail.
    let _ = lines.write_record(heading);
    for entry in entries {
        let Entry { no, at, actor, event } = entry;
        let address = actor.address.map(|address| address.to_string()).unwrap_or_default();
        let row = [
            no.to_string(),
            local_time(*at, zone, true),
            text.actor(actor),
            text.action(event.action).to_owned(),
            event.subject.clone(),
            event.customer.clone().unwrap_or_default(),
            log_said(&event.details, zone, text),
            address,
        ];
        let _ = lines.write_record(row.map(|cell| harmless(&cell).into_owned()));
    }
    lines.into_inner().unwrap_or_default()
}
