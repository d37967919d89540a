//! Workbooks for people: what is small is sent at once, what takes longer is an export that they can leave and come back
//! to. A page of its own shows it without scripts; `web/exports.js` shows the same as a toast.

use std::{path::Path, sync::Arc};

use app::{Text, mail::escaped, session::Preferences};
use axum::{
    Extension, Json, Router,
    body::Body,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::{CallFilter, CampaignId, Language, format, time::Zone};
use serde::Serialize;
use store::{PageRequest, Scope, accounts, calls};
use tokio_util::io::ReaderStream;

use super::{Shared, file_headers, problem::Problem, read_only, session::Reader, small_page::small_page};
use crate::{
    api::{Id, Pairs},
    files::{
        call_list::{Asked, FileError},
        exports::{Export, Standing, TooMany},
    },
};

/// The media type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Up to so many calls a workbook is sent at once: it takes less than a second.
const AT_ONCE: u64 = 20_000;

/// The routes.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/campaigns/{id}/report.xlsx", read_only(report))
        .route("/campaigns/{id}/calls.xlsx", read_only(list))
        .route("/calls.xlsx", read_only(list_of_account))
        .route("/exports/{key}", read_only(show))
        .route("/exports/{key}/file", read_only(file))
}

async fn report(
    State(server): State<Shared>,
    Reader(signed_in): Reader,
    Extension(preferences): Extension<Preferences>,
    Id(campaign): Id<CampaignId>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let period = Pairs::read(query.as_deref()).period()?;
    let asked = Asked::whole(campaign, period, preferences.language);
    export(&server, &signed_in.scope, asked, &headers).await
}

async fn list(
    State(server): State<Shared>,
    Reader(signed_in): Reader,
    Extension(preferences): Extension<Preferences>,
    Id(campaign): Id<CampaignId>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let filter = Pairs::read(query.as_deref()).filter()?;
    let asked = Asked::filtered(Some(campaign), filter, preferences.language);
    export(&server, &signed_in.scope, asked, &headers).await
}

async fn list_of_account(
    State(server): State<Shared>,
    Reader(signed_in): Reader,
    Extension(preferences): Extension<Preferences>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let filter = Pairs::read(query.as_deref()).filter()?;
    let asked = Asked::filtered(None, filter, preferences.language);
    export(&server, &signed_in.scope, asked, &headers).await
}

/// The file, or the way to the export that makes it. Who asks for JSON (the page's script) always gets an export.
async fn export(server: &Shared, scope: &Scope, asked: Asked, headers: &HeaderMap) -> Result<Response, Problem> {
    let by_script = crate::api::accepts(headers, "application/json");
    let calls = count(server, scope, asked.campaign.as_ref(), &asked.filter).await?;
    if calls <= AT_ONCE && !by_script {
        return send_now(server, scope, &asked).await;
    }
    let language = asked.language;
    let begun = server.exports.begin(&server.db, &server.clock, scope, asked, calls);
    let export = begun.map_err(|TooMany| {
        Problem::unavailable("too many exports of this account are being made; wait until one of them is ready")
    })?;
    if by_script {
        let zone = zone(server, scope).await?;
        return Ok((StatusCode::ACCEPTED, Json(Shown::of(&export, language, zone))).into_response());
    }
    Ok(super::browser::see_other(&address(&export)))
}

/// How many calls the list has; 404 where there is no such campaign.
async fn count(
    server: &Shared,
    scope: &Scope,
    campaign: Option<&CampaignId>,
    filter: &CallFilter,
) -> Result<u64, Problem> {
    let zone = zone(server, scope).await?;
    let mut conn = server.db.read().await?;
    let today = zone.local((server.clock)()).day();
    let one = PageRequest { limit: 1, ..PageRequest::default() };
    let page = calls::page(&mut conn, scope, campaign, filter, today, &one).await?;
    page.map(|page| page.total).ok_or_else(|| Problem::not_found("campaign"))
}

async fn zone(server: &Shared, scope: &Scope) -> Result<Zone, Problem> {
    let mut conn = server.db.read().await?;
    Ok(app::state::zone_of(&accounts::lookup(&mut conn, scope).await?))
}

/// Makes a workbook and sends it, whatever its size.
pub async fn send_now(server: &Shared, scope: &Scope, asked: &Asked) -> Result<Response, Problem> {
    let now = (server.clock)();
    let zone = zone(server, scope).await?;
    let made = server.exports.at_once(&server.db, scope, asked, now).await?;
    let file = made.ok_or_else(|| Problem::not_found("campaign"))?;
    // Once it is open, the file may be deleted: what is open is sent to its end.
    send(&file, &file_name(asked, zone, now)).await
}

fn file_name(asked: &Asked, zone: Zone, now: domain::Timestamp) -> String {
    let name = asked.campaign.as_ref().map_or("calls", CampaignId::as_str);
    format!("{name}-{}.xlsx", zone.local(now).day())
}

async fn send(file: &Path, name: &str) -> Result<Response, Problem> {
    let file = tokio::fs::File::open(file).await.map_err(|error| Problem::internal(&error))?;
    let bytes = file.metadata().await.map_err(|error| Problem::internal(&error))?.len();
    let mut response = Body::from_stream(ReaderStream::with_capacity(file, 64 * 1024)).into_response();
    response.headers_mut().extend(file_headers(XLSX, name));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    Ok(response)
}

async fn file(
    State(server): State<Shared>,
    Reader(signed_in): Reader,
    axum::extract::Path(key): axum::extract::Path<String>,
) -> Result<Response, Problem> {
    let zone = zone(&server, &signed_in.scope).await?;
    let export = server.exports.lookup(&signed_in.scope, &key, (server.clock)());
    let export = export.ok_or_else(|| Problem::not_found("export"))?;
    let file = export.file().ok_or_else(|| Problem::not_found("file yet"))?;
    send(&file, &file_name(&export.asked, zone, export.asked_at)).await
}

async fn show(
    State(server): State<Shared>,
    Reader(signed_in): Reader,
    Extension(preferences): Extension<Preferences>,
    axum::extract::Path(key): axum::extract::Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let zone = zone(&server, &signed_in.scope).await?;
    let export = server.exports.lookup(&signed_in.scope, &key, (server.clock)());
    let export = export.ok_or_else(|| Problem::not_found("export"))?;
    let shown = Shown::of(&export, preferences.language, zone);
    if !super::browser::accepts_html(&headers) {
        return Ok(Json(shown).into_response());
    }
    let stylesheet = server.app.assets.url("pkg/ringside.css");
    Ok(Html(shown.page(&export, preferences, &stylesheet)).into_response())
}

fn address(export: &Export) -> String {
    format!("/exports/{}", export.key)
}

/// An export as the page's script shows it.
#[derive(Debug, Serialize)]
struct Shown {
    /// Where it is asked about again.
    address: String,
    /// `running`, `ready` or `failed`.
    state: &'static str,
    /// 0 to 100.
    percent: u64,
    /// What is so.
    title: String,
    /// More about it.
    note: String,
    /// The next step and its words: the file, or another try.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<(String, &'static str)>,
    /// What the button that hides it is called.
    close: &'static str,
}

impl Shown {
    fn of(export: &Arc<Export>, language: Language, zone: Zone) -> Self {
        let text = Text(language);
        let title = text.exporting(&text.calls(export.calls()));
        let again = || (again(&export.asked), text.export_again());
        let (state, percent, title, note, step) = match export.standing() {
            Standing::Waiting => ("running", 0, title, text.export_waits().to_owned(), None),
            Standing::Running(percent) => {
                let shown = format!("{percent}%");
                ("running", percent, title, text.export_progress(&shown), None)
            }
            Standing::Ready(written, until) => {
                let (rows, size) = (text.int(written.calls), format::file_size(written.bytes, language));
                let facts =
                    if written.agrees { text.export_agrees(&rows, &size) } else { text.export_moved(&rows, &size) };
                let kept = text.export_kept_until(&format::time(zone.local(until)));
                let step = (format!("{}/file", address(export)), text.export_download());
                ("ready", 100, text.export_ready().to_owned(), format!("{facts}. {kept}"), Some(step))
            }
            Standing::Failed(reference) => {
                let why = text.export_failed_why(&reference);
                ("failed", 0, text.export_failed().to_owned(), why, Some(again()))
            }
        };
        Self { address: address(export), state, percent, title, note, step, close: text.close() }
    }

    /// The page that shows it without scripts; it asks again by itself while the file is being made.
    fn page(&self, export: &Export, preferences: Preferences, stylesheet: &str) -> String {
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
            back = escaped(&back(&export.asked)),
            back_words = text.export_back(),
        );
        small_page(preferences, stylesheet, &self.title, refresh, &content)
    }
}

/// The address that asks for the same again.
fn again(asked: &Asked) -> String {
    app::links::calls_xlsx(asked.campaign.as_ref(), &asked.filter)
}

/// The page from which it was asked for.
fn back(asked: &Asked) -> String {
    match &asked.campaign {
        Some(campaign) => app::links::campaign_path(campaign),
        None => app::links::calls(None, &asked.filter),
    }
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Store(error) => error.into(),
            error if error.is_unwritable() => Self::unwritable(&error),
            error => Self::internal(&error),
        }
    }
}
