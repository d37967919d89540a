//! The forms of the pages that bring in files; the pages themselves are the application's. For managers and owners.

use app::{
    AppError, Text,
    form::Filled,
    imports::{
        BRING, CAMPAIGN, FILES, ImportForm, KEEP_WORDS, LOOK_AGAIN, MAPPING_NAME, NEW_CAMPAIGN, OTHERS,
        OTHERS_CAMPAIGN, OWN_CAMPAIGN, STORE, ZONE,
    },
    session::{Preferences, SignedIn},
};
use axum::{
    Extension, Form,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request, State},
    handler::Handler,
    response::Response,
};
use cdr::{Field, Mapping, Place};
use domain::{
    CampaignId, InputError, Role,
    import::{ImportOptions, ImportPreview, OtherCalls, ResultMeaning, TableColumns, spellings_of},
    time::Zone,
};
use serde_json::json;
use store::{
    StoreError,
    audit::{self, Action, Actor, Event},
    imports::{self, Import, ImportState, UNDOABLE},
    mappings::{self, SavedMapping},
    result_words,
};

use crate::{
    context::SharedContext,
    web::{
        actor::Acting,
        browser, changes,
        database::{Database, Snapshot},
        download::import_report,
        problem::Problem,
        refused::{self, FormPairs, Refused, RefusedForm},
        routes::Routes,
        session::Reader,
        upload::{self, UploadRequest},
    },
};

pub fn routes() -> Routes {
    // A file has a limit of its own.
    Routes::new()
        .post("/import", bring.layer(DefaultBodyLimit::disable()))
        .post("/import/{key}/check", check)
        .post("/import/{key}/store", store)
        .post("/import/{key}/drop", drop_checked)
        .post("/import/{key}/undo", undo)
        .get("/import/{key}/report", report)
}

/// To whoever does not see the page, it is not there.
fn only_managers(who: &SignedIn) -> Result<(), Problem> {
    if who.scope.role().may(Role::Manager) { Ok(()) } else { Err(Problem::not_found("address")) }
}

fn page_of(key: i64) -> String {
    format!("/import/{key}")
}

/// Takes files in, one after the other, and has each looked at.
async fn bring(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    Acting(actor): Acting,
    Extension(preferences): Extension<Preferences>,
    mut database: Database,
    request: Request,
) -> Result<Response, Problem> {
    only_managers(&who)?;
    let text = Text(preferences.language);
    let again = |filled: &Filled| {
        let (account, title) = (Some(who.scope.account()), text.imports_title());
        let (action, back) = ("/import".to_owned(), Some("/import"));
        refused::refused(&context, preferences, &Refused { form: &BRING, title, action, account, back, filled })
    };
    let no_file = || again(&Filled::default().refused(&FILES, InputError::NoFile));
    let unreadable = |_| Problem::unreadable("the form is no multipart/form-data");
    let mut form = Multipart::from_request(request, &()).await.map_err(unreadable)?;
    let mut keys = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| Problem::unreadable("the form broke off"))? {
        let Some(name) = field.file_name().filter(|_| field.name() == Some("file")).map(str::to_owned) else {
            continue;
        };
        // A form without a file sends one without a name.
        if name.is_empty() {
            continue;
        }
        let options = ImportOptions { create: true, ..ImportOptions::default() };
        let asked = UploadRequest { name, options, at_once: false, actor: actor.clone() };
        let turn = match upload::begin(&context, &who.scope, &mut database).await {
            Ok(turn) => turn,
            // Those before it are there.
            Err(problem) if problem.status().as_u16() == 429 => {
                return Ok(again(&Filled::default().failed(text.import_wrong_busy().to_owned(), &[FILES])));
            }
            Err(problem) => return Err(problem),
        };
        match upload::take(&context, &who.scope, &mut database, &asked, field).await {
            Ok(key) => keys.push(key),
            Err(problem) if problem.status().as_u16() == 422 => return Ok(no_file()),
            Err(problem) => return Err(problem),
        }
        drop(turn);
    }
    Ok(match keys[..] {
        [] => no_file(),
        [key] => browser::see_other(&page_of(key)),
        _ => browser::see_other("/import"),
    })
}

async fn found(who: &SignedIn, database: &mut Database, key: i64) -> Result<Import, Problem> {
    let import = imports::lookup(&mut *database.read().await?, &who.scope, key).await?;
    import.ok_or_else(|| Problem::not_found("import"))
}

fn read<T: serde::de::DeserializeOwned + Default>(json: Option<&str>) -> Result<T, Problem> {
    json.map_or_else(|| Ok(T::default()), serde_json::from_str).map_err(|error| Problem::internal(&error))
}

fn value<'a>(pairs: &'a FormPairs, name: &str) -> Option<&'a str> {
    let found = pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
    found.filter(|value| !value.is_empty())
}

/// Begins a step; a form that was sent twice, or of a page that is old, leads to where the import stands. `told` is what the log
/// says of it, and of whom.
async fn begin(
    context: &SharedContext,
    who: &SignedIn,
    database: &mut Database,
    key: i64,
    (from, to): (&[ImportState], ImportState),
    options: Option<&ImportOptions>,
    told: Option<(&Actor, Event)>,
) -> Result<(), Problem> {
    let options = options.map(serde_json::to_string).transpose().map_err(|error| Problem::internal(&error))?;
    let (mut conn, now) = (database.write().await?, (context.clock)());
    let is_begun = imports::begin(&mut conn, &who.scope, key, from, to, options.as_deref(), now).await?;
    if let Some((actor, event)) = told.filter(|_| is_begun) {
        audit::record(&mut conn, &who.scope, actor, &event, now).await?;
    }
    conn.commit().await?;
    Ok(())
}

/// 422 with the form, what was typed into it and what is wrong.
async fn again(
    context: &SharedContext,
    who: &SignedIn,
    preferences: Preferences,
    database: &mut Database,
    key: i64,
    refused: (ImportForm, Filled),
    pairs: FormPairs,
) -> Result<Response, Problem> {
    let session = refused::session(context, preferences, Some(who.scope.account()));
    let mut conn = database.read().await?;
    let form = app::imports::refused(&mut conn, who, session.clone(), key, refused, pairs).await;
    drop(conn);
    let (title, html) = form.map_err(|error| match error {
        AppError::NotFound => Problem::not_found("import"),
        AppError::Busy => Problem::unavailable("the database is busy"),
        AppError::Internal { reference } => Problem::broken(reference),
        error => Problem::internal(&error),
    })?;
    let form = RefusedForm { session, title, html, back: Some(page_of(key)) };
    Ok(refused::refused_form(context, preferences, form))
}

/// Has a file looked at again, with its columns told apart as somebody says.
async fn check(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    Extension(preferences): Extension<Preferences>,
    mut database: Database,
    Path(key): Path<i64>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    only_managers(&who)?;
    let import = found(&who, &mut database, key).await?;
    if import.state != ImportState::Checked {
        return Ok(browser::see_other(&page_of(key)));
    }
    let text = Text(preferences.language);
    let mut options: ImportOptions = read(Some(&import.options))?;
    let found = import.found.clone().map(ImportPreview::from).unwrap_or_default();
    let (values, mut filled) = LOOK_AGAIN.read(&pairs);
    let zone = Some(values.text(&ZONE)).filter(|zone| !zone.is_empty());
    if zone.is_some_and(|zone| Zone::new(zone).is_err()) {
        filled = filled.refused(&ZONE, InputError::NotAZone);
    }
    options.timezone = zone.map(str::to_owned);
    match (values.text(&OTHERS), values.text(&OTHERS_CAMPAIGN)) {
        // The file has no such calls.
        ("", _) => {}
        (OWN_CAMPAIGN, "") => filled = filled.refused(&OTHERS_CAMPAIGN, InputError::Missing),
        (OWN_CAMPAIGN, id) => match CampaignId::new(id) {
            Ok(id) => options.inbound = OtherCalls::Campaign(id),
            Err(_) => filled = filled.refused(&OTHERS_CAMPAIGN, InputError::NotAChoice),
        },
        (word, _) => {
            options.inbound = OtherCalls::try_from(word.to_owned()).map_err(|error| Problem::internal(&error))?;
        }
    }
    let mut is_refused = filled.is_wrong();
    if let Some(table) = &found.table {
        let mut mapping = corrected(table, &pairs);
        say_results(&mut mapping, &found, &pairs);
        if mapping.check().is_err() {
            filled = filled.failed(text.import_wrong_columns().to_owned(), &[]);
            is_refused = true;
        }
        options.mapping = Some(mapping.to_toml());
        options.mapping_name = table.mapping_name.clone();
    }
    if is_refused {
        let refused = (ImportForm::LookAgain, filled);
        return again(&context, &who, preferences, &mut database, key, refused, pairs).await;
    }
    let step = (&[ImportState::Checked][..], ImportState::Checking);
    begin(&context, &who, &mut database, key, step, Some(&options), None).await?;
    Ok(browser::see_other(&page_of(key)))
}

/// The mapping of a table as a form says it: what the form does not show stays as it was.
fn corrected(table: &TableColumns, pairs: &FormPairs) -> Mapping {
    // What is missing keeps a mapping from being one, but not from being corrected.
    let before: Mapping = toml::from_str(&table.mapping).unwrap_or_default();
    let mut mapping = Mapping { columns: std::collections::BTreeMap::new(), ..before.clone() };
    for (at, column) in table.columns.iter().enumerate() {
        let chosen = value(pairs, &format!("column-{at}"));
        let Some(field) = Field::ALL.into_iter().find(|field| Some(field.name()) == chosen) else { continue };
        let place = mapping.columns.entry(field).or_insert_with(|| Place { columns: Vec::new(), unit: None });
        place.columns.push(column.clone());
        // The unit belongs to the column.
        let had = before.columns.get(&field).filter(|had| had.columns == place.columns);
        place.unit = had.and_then(|had| had.unit);
    }
    for (field, place) in &mut mapping.columns {
        // A date stands before its time of day, wherever the file has them.
        let before = before.columns.get(field).map(|before| before.columns.as_slice()).unwrap_or_default();
        place.columns.sort_by_key(|column| before.iter().position(|known| known == column).unwrap_or(usize::MAX));
    }
    let unit = value(pairs, "unit").and_then(|unit| serde_json::from_value(unit.into()).ok());
    if let Some(unit) = unit {
        let lengths = [Field::Total, Field::Talk, Field::Ringing];
        mapping
            .columns
            .iter_mut()
            .filter(|(field, _)| lengths.contains(field))
            .for_each(|(_, place)| place.unit = Some(unit));
    }
    if pairs.iter().any(|(name, _)| name == "date_order") {
        mapping.date_order = value(pairs, "date_order").and_then(|order| serde_json::from_value(order.into()).ok());
    }
    mapping
}

/// Takes what a form says of the words for results.
fn say_results(mapping: &mut Mapping, found: &ImportPreview, pairs: &FormPairs) {
    for (at, ResultMeaning { word, .. }) in found.result_meanings().into_iter().enumerate() {
        let name = format!("word-{at}");
        if !pairs.iter().any(|(known, _)| *known == name) {
            continue;
        }
        match value(pairs, &name) {
            Some(code) => drop(mapping.results.insert(word.to_owned(), code.to_owned())),
            None => drop(mapping.results.remove(word)),
        }
    }
}

/// Has the calls stored, in the campaign that was chosen.
async fn store(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    Acting(actor): Acting,
    Extension(preferences): Extension<Preferences>,
    mut database: Database,
    Path(key): Path<i64>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    only_managers(&who)?;
    let import = found(&who, &mut database, key).await?;
    if import.state != ImportState::Checked {
        return Ok(browser::see_other(&page_of(key)));
    }
    let text = Text(preferences.language);
    let mut options: ImportOptions = read(Some(&import.options))?;
    let found = import.found.clone().map(ImportPreview::from).unwrap_or_default();
    // The page shows no such form then: it is an old one.
    if found.table.as_ref().is_some_and(|table| !table.missing.is_empty()) {
        let filled = LOOK_AGAIN.typed(&pairs).failed(text.import_wrong_columns().to_owned(), &[]);
        let refused = (ImportForm::LookAgain, filled);
        return again(&context, &who, preferences, &mut database, key, refused, pairs).await;
    }
    let (values, mut filled) = STORE.read(&pairs);
    let mut is_refused = filled.is_wrong();
    let chosen = [values.text(&NEW_CAMPAIGN), values.text(&CAMPAIGN)].into_iter().find(|id| !id.is_empty());
    options.campaign = match chosen.map(CampaignId::new) {
        Some(Ok(campaign)) => Some(campaign),
        None if !found.needs_campaign => None,
        Some(Err(_)) | None => {
            is_refused = true;
            // What is wrong with a field is said there.
            if !filled.is_wrong() {
                filled = filled.failed(text.import_wrong_campaign().to_owned(), &[CAMPAIGN, NEW_CAMPAIGN]);
            }
            None
        }
    };
    if is_refused {
        return again(&context, &who, preferences, &mut database, key, (ImportForm::Store, filled), pairs).await;
    }
    if let Some(table) = &found.table {
        options.mapping = Some(table.mapping.clone());
        let name = values.text(&MAPPING_NAME);
        if !name.is_empty() {
            let (fingerprint, mapping) = (table.fingerprint.clone(), table.mapping.clone());
            let saved = SavedMapping { name: name.to_owned(), fingerprint, mapping };
            let mut conn = database.write().await?;
            mappings::put(&mut conn, &who.scope, &saved, (context.clock)()).await?;
            conn.commit().await?;
            options.mapping_name = Some(name.to_owned());
        }
        let words = spellings_of(&table.results);
        if values.is_ticked(&KEEP_WORDS) && !words.is_empty() {
            let (mut conn, now) = (database.write().await?, (context.clock)());
            match result_words::add(&mut conn, &who.scope, &words).await {
                Ok((before, all)) => {
                    let event = changes::words_event(&before, &all);
                    audit::record(&mut conn, &who.scope, &actor, &event, now).await?;
                    conn.commit().await?;
                }
                Err(StoreError::Invalid(_)) => {
                    drop(conn);
                    let filled = filled.failed(text.import_wrong_spellings().to_owned(), &[KEEP_WORDS]);
                    return again(&context, &who, preferences, &mut database, key, (ImportForm::Store, filled), pairs)
                        .await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    let step = (&[ImportState::Checked][..], ImportState::Storing);
    let event = Event::of(Action::Imported, import.whole_name()).with(json!({"campaign": options.campaign}));
    begin(&context, &who, &mut database, key, step, Some(&options), Some((&actor, event))).await?;
    Ok(browser::see_other(&page_of(key)))
}

async fn drop_checked(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    mut database: Database,
    Path(key): Path<i64>,
) -> Result<Response, Problem> {
    only_managers(&who)?;
    found(&who, &mut database, key).await?;
    let mut conn = database.write().await?;
    imports::drop_checked(&mut conn, &who.scope, key, (context.clock)()).await?;
    conn.commit().await?;
    Ok(browser::see_other("/import"))
}

async fn undo(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    Acting(actor): Acting,
    mut database: Database,
    Path(key): Path<i64>,
) -> Result<Response, Problem> {
    only_managers(&who)?;
    let import = found(&who, &mut database, key).await?;
    let changes = imports::changes(&mut *database.read().await?, &who.scope, key).await?;
    // The page says so.
    if changes.changed_since == 0 {
        let step = (&UNDOABLE[..], ImportState::Undoing);
        let told = Some((&actor, Event::of(Action::ImportUndone, import.whole_name())));
        begin(&context, &who, &mut database, key, step, None, told).await?;
    }
    Ok(browser::see_other(&page_of(key)))
}

async fn report(
    State(context): State<SharedContext>,
    Reader(who): Reader,
    Extension(preferences): Extension<Preferences>,
    Snapshot(mut conn): Snapshot,
    Path(key): Path<i64>,
) -> Result<Response, Problem> {
    only_managers(&who)?;
    let import = imports::lookup(&mut conn, &who.scope, key).await?.ok_or_else(|| Problem::not_found("import"))?;
    drop(conn);
    import_report::send(&context, import, preferences.language, who.scope.sight()).await
}
