//! Workbooks for people: what is small is sent at once, what takes longer is an export that they can leave and come back
//! to. A page of its own shows it without scripts; `web/exports.js` shows the same as a toast.

use app::{Text, html::escaped, session::Preferences};
use axum::{
    Extension, Json,
    body::Body,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::{CampaignId, Language, Timestamp, format, limits::SMALL_FILE_CALLS, time::Zone};
use serde::Serialize;
use store::{
    calls,
    exports::{self, Export, ExportState, KEPT_MS, NewExport},
};

use crate::{
    context::{Context, SharedContext},
    files::{
        XLSX,
        call_list::{FinishedWorkbook, WorkbookQuery},
    },
    secrets,
    web::{
        accepts,
        audited::FileRows,
        browser,
        database::{Database, Snapshot},
        download::{self, file_headers},
        path::Id,
        problem::Problem,
        query::Parameters,
        routes::Routes,
        session::Reader,
        small_page::small_page,
    },
};

pub fn routes() -> Routes {
    Routes::new()
        .get("/campaigns/{id}/report.xlsx", report)
        .get("/campaigns/{id}/calls.xlsx", list)
        .get("/calls.xlsx", list_of_account)
        .get("/exports/{key}", show)
        .get("/exports/{key}/file", file)
}

async fn report(
    State(context): State<SharedContext>,
    reader: Reader,
    database: Database,
    Extension(preferences): Extension<Preferences>,
    Id(campaign): Id<CampaignId>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let period = Parameters::read(query.as_deref()).period()?;
    export(context, reader, database, WorkbookQuery::whole(campaign, period, preferences.language), &headers).await
}

async fn list(
    State(context): State<SharedContext>,
    reader: Reader,
    database: Database,
    Extension(preferences): Extension<Preferences>,
    Id(campaign): Id<CampaignId>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let filter = Parameters::read(query.as_deref()).filter()?;
    let query = WorkbookQuery::filtered(Some(campaign), filter, preferences.language);
    export(context, reader, database, query, &headers).await
}

async fn list_of_account(
    State(context): State<SharedContext>,
    reader: Reader,
    database: Database,
    Extension(preferences): Extension<Preferences>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let filter = Parameters::read(query.as_deref()).filter()?;
    let query = WorkbookQuery::filtered(None, filter, preferences.language);
    export(context, reader, database, query, &headers).await
}

/// The file, or the way to the export that makes it. Who asks for JSON (the page's script) always gets an export.
async fn export(
    context: SharedContext,
    Reader(who): Reader,
    mut database: Database,
    query: WorkbookQuery,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let by_script = accepts(headers, "application/json");
    let (scope, zone, now) = (&who.scope, who.account.zone, (context.clock)());
    let calls = {
        let mut conn = database.read().await?;
        let today = zone.local(now).day();
        let sums = calls::sums(&mut conn, scope, query.campaign.as_ref(), &query.filter, today).await?;
        sums.ok_or_else(|| Problem::not_found("campaign"))?.calls
    };
    if calls <= SMALL_FILE_CALLS && !by_script {
        return download::calls::workbook(database, &context, scope, zone, &query, calls).await;
    }
    let asked = serde_json::to_string(&query).map_err(|error| Problem::internal(&error))?;
    let key = secrets::random_text::<16>();
    let mut conn = database.write().await?;
    let export = exports::add(&mut conn, scope, &NewExport { key: &key, query: &asked, calls }, now).await?;
    let export = export.ok_or_else(|| {
        Problem::unavailable("too many exports of this account are being made; wait until one of them is ready")
    })?;
    conn.commit().await?;
    if by_script {
        let shown = ExportStatus::of(&export, &query, query.language, zone)?;
        return Ok((StatusCode::ACCEPTED, Json(shown)).into_response());
    }
    Ok(browser::see_other(&address(&export)))
}

/// An export of this person, and what was asked for.
async fn lookup(
    context: &Context,
    Reader(who): &Reader,
    Snapshot(mut conn): Snapshot,
    key: &str,
) -> Result<(Export, WorkbookQuery), Problem> {
    let export = exports::lookup(&mut conn, &who.scope, key).await?;
    let export = export.filter(|export| kept_until(export).is_none_or(|until| (context.clock)() < until));
    let export = export.ok_or_else(|| Problem::not_found("export"))?;
    let query = serde_json::from_str(&export.query).map_err(|error| Problem::internal(&error))?;
    Ok((export, query))
}

/// When its file is deleted; none before there is one.
fn kept_until(export: &Export) -> Option<Timestamp> {
    match &export.state {
        ExportState::Ready(file) => Some(Timestamp(file.made_at.0 + KEPT_MS)),
        _ => None,
    }
}

async fn file(
    State(context): State<SharedContext>,
    reader: Reader,
    snapshot: Snapshot,
    Path(key): Path<String>,
) -> Result<Response, Problem> {
    let (export, query) = lookup(&context, &reader, snapshot, &key).await?;
    let ExportState::Ready(file) = &export.state else { return Err(Problem::not_found("file yet")) };
    let stream = context.recordings.read(&file.object, 0, file.bytes).await?;
    let mut response = Body::from_stream(stream).into_response();
    let today = reader.0.account.zone.local(export.asked_at).day();
    response.headers_mut().extend(file_headers(XLSX, &query.file_name(today)));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(file.bytes));
    response.extensions_mut().insert(FileRows(export.calls));
    Ok(response)
}

async fn show(
    State(context): State<SharedContext>,
    reader: Reader,
    snapshot: Snapshot,
    Extension(preferences): Extension<Preferences>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (export, query) = lookup(&context, &reader, snapshot, &key).await?;
    let shown = ExportStatus::of(&export, &query, preferences.language, reader.0.account.zone)?;
    if !browser::accepts_html(&headers) {
        return Ok(Json(shown).into_response());
    }
    let stylesheet = context.app.assets.url("pkg/ringside.css");
    Ok(Html(shown.page(&query, preferences, &stylesheet)).into_response())
}

fn address(export: &Export) -> String {
    format!("/exports/{}", export.key)
}

/// An export as the page's script shows it.
#[derive(Debug, Serialize)]
struct ExportStatus {
    /// Where it is asked about again.
    address: String,
    /// `running`, `ready` or `failed`.
    state: &'static str,
    /// 0 to 100.
    percent: u64,
    /// The state in words, such as that the file is ready.
    title: String,
    /// Rows and size of the file, how long it is kept, or why it failed.
    note: String,
    /// The next step and its words: the file, or another try.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<(String, &'static str)>,
    /// What the button that hides it is called.
    close: &'static str,
}

impl ExportStatus {
    fn of(export: &Export, query: &WorkbookQuery, language: Language, zone: Zone) -> Result<Self, Problem> {
        let text = Text(language);
        let title = text.exporting(&text.calls(export.calls));
        let (state, percent, title, note, step) = match &export.state {
            ExportState::Waiting => ("running", 0, title, text.export_waits().to_owned(), None),
            ExportState::Running(percent) => {
                let shown = format!("{percent}%");
                ("running", u64::from(*percent), title, text.export_progress(&shown), None)
            }
            ExportState::Ready(file) => {
                let written: FinishedWorkbook =
                    serde_json::from_str(&file.written).map_err(|error| Problem::internal(&error))?;
                let (rows, size) = (text.int(written.calls), format::file_size(file.bytes, language));
                // Calls may have come since: it is said what the file holds, not that it is what one sees.
                let at = format::moment(zone.local(written.as_of.unwrap_or(file.made_at)), language);
                let facts = if written.agrees {
                    text.export_made(&rows, &size, &at)
                } else {
                    text.export_moved(&rows, &size, &at)
                };
                let until = Timestamp(file.made_at.0 + KEPT_MS);
                let kept = text.export_kept_until(&format::time(zone.local(until)));
                let step = (format!("{}/file", address(export)), text.export_download());
                ("ready", 100, text.export_ready().to_owned(), format!("{facts}. {kept}"), Some(step))
            }
            ExportState::Failed(reference) => {
                let why = text.export_failed_why(reference);
                ("failed", 0, text.export_failed().to_owned(), why, Some((again(query), text.export_again())))
            }
        };
        Ok(Self { address: address(export), state, percent, title, note, step, close: text.close() })
    }

    /// The page that shows it without scripts; it asks again by itself while the file is being made.
    fn page(&self, query: &WorkbookQuery, preferences: Preferences, stylesheet: &str) -> String {
        let text = Text(preferences.language);
        let running = self.state == "running";
        // A page that reloads under the reader's hands is for those only whose browser runs no scripts (WCAG 2.2.1).
        let refresh = if running { "<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>" } else { "" };
        let (bar, step) = if running {
            let bar = format!(
                "<span class=\"progress is-accent\" style=\"--w:{0}%\" role=\"progressbar\" aria-valuenow=\"{0}\" \
                 aria-valuemin=\"0\" aria-valuemax=\"100\" aria-label=\"{1}\"></span>",
                self.percent,
                escaped(&self.title)
            );
            (bar, Some((self.address.as_str(), "btn", text.export_look_again())))
        } else {
            let step = self.step.as_ref().map(|(href, words)| (href.as_str(), "btn btn-primary", *words));
            (String::new(), step)
        };
        let step = step.map_or_else(String::new, |(href, class, words)| {
            format!("<a class=\"{class}\" href=\"{}\">{words}</a>", escaped(href))
        });
        let content = format!(
            "{bar}<p>{note}</p>{step}<a class=\"link\" href=\"{back}\">{back_words}</a>",
            note = escaped(&self.note),
            back = escaped(&back(query)),
            back_words = text.export_back(),
        );
        small_page(preferences, stylesheet, &self.title, refresh, &content)
    }
}

/// The address that asks for the same again.
fn again(query: &WorkbookQuery) -> String {
    app::links::calls_xlsx(query.campaign.as_ref(), &query.filter)
}

/// The page from which it was asked for.
fn back(query: &WorkbookQuery) -> String {
    match &query.campaign {
        Some(campaign) => app::links::campaign_path(campaign),
        None => app::links::calls(None, &query.filter),
    }
}
