//! Files of calls: brought in, looked at, stored, undone; and the mappings of tables.

use axum::{
    Json,
    extract::{Path, RawQuery, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    Language, Timestamp,
    import::{ImportOptions, ImportPreview, ImportResult},
    import_sight::{ShownFound, ShownStored},
    limits::{BODY_BYTES, IMPORT_BYTES, PAGE_ROWS},
    sight::ShownText,
};
use serde::Serialize;
use store::{
    Scope,
    audit::{Action, Event},
    imports::{self, Changes, Import, ImportState, UNDOABLE},
    mappings::{self, SavedMapping},
};
use utoipa::ToSchema;

use super::{PutAnswer, put_answer};
use crate::{
    context::SharedContext,
    web::{
        database::{Database, Snapshot},
        download::import_report,
        problem::Problem,
        query::Parameters,
        received,
        token::{Read, Sender, Write},
        upload::{self, UploadRequest},
    },
};

/// A file that was sent in, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportAnswer {
    /// The number by which it is asked for.
    id: i64,
    /// The file's name.
    #[schema(value_type = String)]
    name: ShownText,
    /// The file's size.
    bytes: u64,
    /// `checking`, `checked` (it waits for `…/store`), `storing`, `done`, `undoing`, `undone`, `dropped` or `failed`.
    state: &'static str,
    /// How far the present step is, in per cent.
    percent: u8,
    /// When it was brought.
    asked_at: Timestamp,
    /// When its last step ended.
    ended_at: Option<Timestamp>,
    /// What was found in the file.
    #[schema(value_type = Option<ImportPreview>)]
    found: Option<ShownFound>,
    /// What became of its calls.
    #[schema(value_type = Option<ImportResult>)]
    stored: Option<ShownStored>,
    /// Why it cannot be read, or a reference to quote to the operator.
    #[schema(value_type = Option<String>)]
    failure: Option<ShownText>,
    /// Calls that undoing has left as they are, because something else changed them while it was at work.
    left: u64,
}

impl ImportAnswer {
    fn new(import: Import) -> Self {
        Self {
            id: import.key,
            name: import.name,
            bytes: import.bytes,
            state: import.state.word(),
            percent: import.percent,
            asked_at: import.asked_at,
            ended_at: import.ended_at,
            found: import.found,
            stored: import.stored,
            failure: import.failure,
            left: import.left,
        }
    }
}

/// A page of imports.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Imports {
    /// The newest first.
    imports: Vec<ImportAnswer>,
    /// What to send as `before` for the next ones.
    next: Option<i64>,
}

/// Brings in a file of calls, to be read by a job
#[utoipa::path(post, path = "/api/v1/import", tag = "imports",
    params(("name" = Option<String>, Query, description = "The file's name"),
        ("format" = Option<String>, Query, description = "The name of its format (docs/FORMATS.md); else it is found out"),
        ("campaign" = Option<String>, Query, description = "The campaign of every call, whatever the file says"),
        ("inbound" = Option<String>, Query, description = "What is done with inbound and internal calls, and those to mailboxes of your own: `import` (as the others, which is so without it), `leave`, or the id of a campaign to put them into"),
        ("timezone" = Option<String>, Query, description = "The IANA name of the zone of times that carry none"),
        ("create" = Option<bool>, Query, description = "Make campaigns and voicebots that are not there"),
        ("mapping" = Option<String>, Query, description = "The name of a mapping of the account"),
        ("check" = Option<bool>, Query, description = "Only say what would come of it; `…/store` does it")),
    request_body(content = Vec<u8>, content_type = "*/*", description = "The file, up to 5 GB: any format that `ringside import` reads, as it is or in gzip, zstd or zip"),
    responses((status = 202, description = "It is there, and a job reads it", body = ImportAnswer),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn add(
    State(context): State<SharedContext>,
    Sender(scope, actor, ..): Sender<Write>,
    mut database: Database,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Problem> {
    let mut asked = UploadRequest { name: String::new(), options: ImportOptions::default(), at_once: true, actor };
    for (name, value) in Parameters::read(query.as_deref()).iter() {
        match name {
            "name" => value.clone_into(&mut asked.name),
            "check" => asked.at_once = !upload::yes_or_no(name, value).map_err(Problem::invalid)?,
            _ if upload::parameter(&mut asked.options, name, value).map_err(Problem::invalid)? => {}
            _ => return Err(Problem::field(name, "is not a known parameter")),
        }
    }
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > IMPORT_BYTES) {
        return Err(Problem::too_large("a file is at most 5 GB; pack it, or send it in parts"));
    }
    upload::check(&scope, &mut database, &mut asked.options).await?;
    let _turn = upload::begin(&context, &scope, &mut database).await?;
    let key = upload::take(&context, &scope, &mut database, &asked, request.into_body().into_data_stream()).await?;
    let import = found(&scope, &mut database, key).await?;
    let location = format!("/api/v1/imports/{key}");
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(ImportAnswer::new(import))).into_response())
}

async fn found(scope: &Scope, database: &mut Database, key: i64) -> Result<Import, Problem> {
    let import = imports::lookup(&mut *database.read().await?, scope, key).await?;
    import.ok_or_else(|| Problem::not_found("import"))
}

/// The account's imports
#[utoipa::path(get, path = "/api/v1/imports", tag = "imports",
    params(("limit" = Option<u32>, Query, description = "How many, 1 to 1,000; 50 unless given"),
        ("before" = Option<i64>, Query, description = "Those older than this number")),
    responses((status = 200, description = "The newest first", body = Imports)))]
pub(super) async fn list(
    Sender(scope, ..): Sender<Read>,
    Snapshot(mut conn): Snapshot,
    RawQuery(query): RawQuery,
) -> Result<Json<Imports>, Problem> {
    let (mut limit, mut before) = (50, None);
    for (name, value) in Parameters::read(query.as_deref()).iter() {
        match name {
            "limit" => {
                let given = value.parse().ok().filter(|limit| (1..=PAGE_ROWS).contains(limit));
                limit = given.ok_or_else(|| Problem::field(name, "is a whole number from 1 to 1,000"))?;
            }
            "before" => {
                let given = value.parse().map_err(|_| Problem::field(name, "must be a whole number"))?;
                before = Some(given);
            }
            _ => return Err(Problem::field(name, "is not a known parameter")),
        }
    }
    let listed = imports::list(&mut conn, &scope, before, limit).await?;
    let next = listed.last().filter(|_| listed.len() == limit as usize).map(|last| last.key);
    let imports = listed.into_iter().map(ImportAnswer::new).collect();
    Ok(Json(Imports { imports, next }))
}

/// An import: how far it is, what was found, what became of its calls
#[utoipa::path(get, path = "/api/v1/imports/{key}", tag = "imports",
    params(("key" = i64, Path, description = "Its number")),
    responses((status = 200, description = "The import", body = ImportAnswer),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn lookup(
    Sender(scope, ..): Sender<Read>,
    Snapshot(mut conn): Snapshot,
    Path(key): Path<i64>,
) -> Result<Json<ImportAnswer>, Problem> {
    let import = imports::lookup(&mut conn, &scope, key).await?.ok_or_else(|| Problem::not_found("import"))?;
    Ok(Json(ImportAnswer::new(import)))
}

/// Stores the calls of a file that was looked at
#[utoipa::path(post, path = "/api/v1/imports/{key}/store", tag = "imports",
    params(("key" = i64, Path, description = "Its number")),
    responses((status = 202, description = "A job does it", body = ImportAnswer),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It does not wait for that", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn store(
    State(context): State<SharedContext>,
    sender: Sender<Write>,
    mut database: Database,
    Path(key): Path<i64>,
) -> Result<Response, Problem> {
    step(&context, &sender, &mut database, key, &[ImportState::Checked], ImportState::Storing).await
}

/// Takes back what an import did; calls that were changed since refuse it
#[utoipa::path(post, path = "/api/v1/imports/{key}/undo", tag = "imports",
    params(("key" = i64, Path, description = "Its number")),
    responses((status = 202, description = "A job does it", body = ImportAnswer),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is not stored, or its calls were changed since", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn undo(
    State(context): State<SharedContext>,
    sender: Sender<Write>,
    mut database: Database,
    Path(key): Path<i64>,
) -> Result<Response, Problem> {
    let Changes { changed_since, .. } = imports::changes(&mut *database.read().await?, &sender.0, key).await?;
    if changed_since > 0 {
        return Err(Problem::conflict(format!(
            "{changed_since} of its calls were changed since, so the import as a whole cannot be undone"
        )));
    }
    step(&context, &sender, &mut database, key, &UNDOABLE, ImportState::Undoing).await
}

async fn step(
    context: &SharedContext,
    sender: &Sender<Write>,
    database: &mut Database,
    key: i64,
    from: &[ImportState],
    to: ImportState,
) -> Result<Response, Problem> {
    let mut import = found(&sender.0, database, key).await?;
    let mut conn = database.write().await?;
    if !imports::begin(&mut conn, &sender.0, key, from, to, None, (context.clock)()).await? {
        // As it stands now: somebody may have been quicker than this request.
        let now = imports::lookup(&mut conn, &sender.0, key).await?.ok_or_else(|| Problem::not_found("import"))?;
        return Err(Problem::conflict(why_not(now.state, from, to)));
    }
    let action = if to == ImportState::Undoing { Action::ImportUndone } else { Action::Imported };
    sender.commit(conn, &Event::of(action, import.whole_name()), (context.clock)()).await?;
    (import.state, import.percent) = (to, 0);
    Ok((StatusCode::ACCEPTED, Json(ImportAnswer::new(import))).into_response())
}

/// Why a step does not begin.
fn why_not(state: ImportState, from: &[ImportState], to: ImportState) -> String {
    match (state, to) {
        (ImportState::Storing, ImportState::Storing) => "the import is being stored already".to_owned(),
        (ImportState::Done, ImportState::Storing) => "the import was stored already".to_owned(),
        (ImportState::Undoing, ImportState::Undoing) => "the import is being undone already".to_owned(),
        (ImportState::Undone, ImportState::Undoing) => "the import was undone already".to_owned(),
        _ => {
            let from = from.iter().map(|state| state.word()).collect::<Vec<_>>().join(" or ");
            format!("the import is {}; it must be {from}", state.word())
        }
    }
}

/// Lets a file go that is not to be stored, also while it is looked at
#[utoipa::path(delete, path = "/api/v1/imports/{key}", tag = "imports",
    params(("key" = i64, Path, description = "Its number")),
    responses((status = 204, description = "It is dropped"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is being stored or undone, or done", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn drop_checked(
    State(context): State<SharedContext>,
    Sender(scope, ..): Sender<Write>,
    mut database: Database,
    Path(key): Path<i64>,
) -> Result<StatusCode, Problem> {
    found(&scope, &mut database, key).await?;
    let mut conn = database.write().await?;
    if !imports::drop_checked(&mut conn, &scope, key, (context.clock)()).await? {
        let now = imports::lookup(&mut conn, &scope, key).await?.ok_or_else(|| Problem::not_found("import"))?;
        return Err(Problem::conflict(format!(
            "the import is {}; it must be checking or checked, or failed with nothing stored",
            now.state.word()
        )));
    }
    conn.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was wrong with records of the file, or odd about them, line by line
#[utoipa::path(get, path = "/api/v1/imports/{key}/report", tag = "imports",
    params(("key" = i64, Path, description = "Its number")),
    responses((status = 200, description = "`file:line: field: what was wrong: what was done`", content_type = "text/plain"),
        (status = 404, description = "There is none, or none any more", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn report(
    State(context): State<SharedContext>,
    Sender(scope, ..): Sender<Read>,
    Snapshot(mut conn): Snapshot,
    Path(key): Path<i64>,
) -> Result<Response, Problem> {
    let import = imports::lookup(&mut conn, &scope, key).await?.ok_or_else(|| Problem::not_found("import"))?;
    drop(conn);
    import_report::send(&context, import, Language::En, scope.sight()).await
}

/// What the columns of a table mean, as somebody has said it once.
#[derive(Debug, Serialize, ToSchema)]
struct MappingAnswer {
    /// The account's name for it.
    name: String,
    /// Under which tables with the same header find it.
    fingerprint: String,
    /// The mapping, as TOML.
    mapping: String,
}

/// The mappings that the account has stored.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Mappings {
    mappings: Vec<MappingAnswer>,
}

/// The account's mappings of tables
#[utoipa::path(get, path = "/api/v1/mappings", tag = "imports",
    responses((status = 200, description = "All of them, by name", body = Mappings)))]
pub(super) async fn list_mappings(
    Sender(scope, ..): Sender<Read>,
    Snapshot(mut conn): Snapshot,
) -> Result<Json<Mappings>, Problem> {
    let mappings = mappings::list(&mut conn, &scope).await?.into_iter();
    let mappings =
        mappings.map(|SavedMapping { name, fingerprint, mapping }| MappingAnswer { name, fingerprint, mapping });
    Ok(Json(Mappings { mappings: mappings.collect() }))
}

/// Keeps a mapping under a name; tables with all its columns find it by `?mapping=NAME`
#[utoipa::path(put, path = "/api/v1/mappings/{name}", tag = "imports",
    params(("name" = String, Path, description = "The account's name for it")),
    request_body(content = String, content_type = "application/toml", description = "A mapping file, as docs/MAPPINGS.md has it"),
    responses((status = 201, description = "It is new", body = PutAnswer), (status = 200, description = "There was one", body = PutAnswer),
        (status = "4XX", description = "What is wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put_mapping(
    State(context): State<SharedContext>,
    Sender(scope, ..): Sender<Write>,
    mut database: Database,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let text = received::text(request.into_body(), BODY_BYTES as u64).await?;
    let mapping = cdr::Mapping::from_toml(&text).map_err(|error| Problem::field("body", error.to_string()))?;
    // Which other columns the tables have, nobody has said: they are found by this mapping's name alone.
    let columns: Vec<String> = mapping.columns.values().flat_map(|place| place.columns.clone()).collect();
    let saved = SavedMapping { name, fingerprint: cdr::fingerprint(&columns), mapping: mapping.to_toml() };
    let mut conn = database.write().await?;
    let put = mappings::put(&mut conn, &scope, &saved, (context.clock)()).await?;
    conn.commit().await?;
    Ok(put_answer(put))
}

/// Forgets a mapping
#[utoipa::path(delete, path = "/api/v1/mappings/{name}", tag = "imports",
    params(("name" = String, Path, description = "The account's name for it")),
    responses((status = 204, description = "It is gone"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete_mapping(
    Sender(scope, ..): Sender<Write>,
    mut database: Database,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    let mut conn = database.write().await?;
    if !mappings::delete(&mut conn, &scope, &name).await? {
        return Err(Problem::not_found("mapping"));
    }
    conn.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
