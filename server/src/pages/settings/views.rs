//! Pages that are kept under a name.

use app::{
    form::{Filled, Form as AskedForm},
    settings::{
        forms::SEEN,
        views::{OF_ACCOUNT, PAGE, RENAME_VIEW, SAVE_VIEW, VIEW_ADDRESS, VIEW_NAME, VIEW_START, VIEW_WHOSE, is_there},
    },
    views::ViewAddress,
};
use axum::{Form, extract::Path, response::Response};
use domain::{InputError, Role, limits::SAVED_VIEWS, sight::may_tell_a_number};
use serde_json::json;
use store::{
    Conn, ConnGuard, StoreError,
    audit::{Action, Event},
    views::{self, SavedView, ViewOwner},
};

use super::{FormPairs, done, refused_by_store};
use crate::web::{changes, database::Database, editing::Editing, problem::Problem, routes::Routes};

pub(super) fn routes() -> Routes {
    Routes::new()
        .post("/settings/views/add", add)
        .post("/settings/views/start", start_as_everybody)
        .post("/settings/views/{key}/put", rename)
        .post("/settings/views/{key}/remove", remove)
        .post("/settings/views/{key}/start", start)
}

/// One that whoever asks has.
async fn lookup(conn: &mut Conn, editing: &Editing, key: i64) -> Result<SavedView, Problem> {
    views::lookup(conn, &editing.who.scope, key).await?.ok_or_else(|| Problem::not_found("saved view"))
}

/// One that whoever asks may change.
async fn to_change(conn: &mut Conn, editing: &Editing, key: i64) -> Result<SavedView, Problem> {
    let view = lookup(conn, editing, key).await?;
    if view.owner == ViewOwner::Account {
        editing.only(Role::Manager)?;
    }
    Ok(view)
}

/// What changes something of everybody's is told in the log.
async fn commit(
    editing: &Editing,
    conn: ConnGuard<'_>,
    owner: ViewOwner,
    event: impl FnOnce() -> Event,
) -> Result<(), StoreError> {
    match owner {
        ViewOwner::Reader => conn.commit().await,
        ViewOwner::Account => editing.commit(conn, &event()).await,
    }
}

fn again(editing: &Editing, form: &AskedForm, action: &str, filled: &Filled) -> Response {
    editing.refused(form, editing.text().settings_views(), action, PAGE, filled)
}

async fn add(editing: Editing, mut database: Database, Form(pairs): Form<FormPairs>) -> Result<Response, Problem> {
    const ADD: &str = "/settings/views/add";
    let (scope, text) = (&editing.who.scope, editing.text());
    let is_manager = scope.role().may(Role::Manager);
    let again = |filled: Filled| {
        let filled = if is_manager { filled } else { filled.without(&[VIEW_WHOSE]) };
        again(&editing, &SAVE_VIEW, ADD, &filled)
    };
    let values = match SAVE_VIEW.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(filled)),
    };
    let typed = || SAVE_VIEW.typed(&pairs);
    let owner = if values.text(&VIEW_WHOSE) == OF_ACCOUNT { ViewOwner::Account } else { ViewOwner::Reader };
    if owner == ViewOwner::Account {
        editing.only(Role::Manager)?;
    }
    let Ok(address) = ViewAddress::parse(values.text(&VIEW_ADDRESS)) else {
        return Ok(again(typed().failed(text.views_not_a_page().to_owned(), &[])));
    };
    let name = values.text(&VIEW_NAME);
    let country = scope.country();
    if may_tell_a_number(name, country) || address.may_tell_a_number(country) {
        return Ok(again(typed().failed(text.views_tells_a_number().to_owned(), &[VIEW_NAME])));
    }
    let mut conn = editing.write(&mut database).await?;
    // As an address that leads nowhere: who guesses ids learns nothing.
    if !is_there(&mut conn, &editing.who, &address).await? {
        return Ok(again(typed().failed(text.views_not_a_page().to_owned(), &[])));
    }
    let name = match views::name_of(name) {
        Ok(name) => name,
        Err(error) => return Ok(again(refused_by_store(typed(), &VIEW_NAME, error)?)),
    };
    if views::named(&mut conn, scope, owner, &name).await?.is_some() {
        return Ok(again(typed().refused(&VIEW_NAME, InputError::Taken)));
    }
    let key = match views::put(&mut conn, scope, owner, &name, &address.href()).await {
        Ok((_, key)) => key,
        Err(StoreError::Invalid(_)) => {
            let words = text.views_too_many(&text.int(SAVED_VIEWS as u64));
            return Ok(again(typed().failed(words, &[])));
        }
        Err(error) => return Err(error.into()),
    };
    if values.is_ticked(&VIEW_START) {
        let view = lookup(&mut conn, &editing, key).await?;
        views::set_start(&mut conn, scope, Some(&view)).await?;
    }
    commit(&editing, conn, owner, || changes::view_event(&name, None, Some(&address.href()))).await?;
    Ok(done(PAGE, "saved"))
}

async fn rename(
    editing: Editing,
    mut database: Database,
    Path(key): Path<i64>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let (scope, text) = (&editing.who.scope, editing.text());
    let mut conn = editing.write(&mut database).await?;
    let before = to_change(&mut conn, &editing, key).await?;
    let action = format!("{PAGE}/{key}/put");
    let again = |filled: &Filled| again(&editing, &RENAME_VIEW, &action, filled);
    let values = match RENAME_VIEW.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let typed = || RENAME_VIEW.typed(&pairs);
    if values.text(&SEEN) != before.name {
        let filled = typed().with_instead(&SEEN, before.name.clone());
        return Ok(again(&filled.failed(text.settings_changed_meanwhile(&before.name), &[])));
    }
    let name = values.text(&VIEW_NAME);
    if may_tell_a_number(name, scope.country()) {
        return Ok(again(&typed().failed(text.views_tells_a_number().to_owned(), &[VIEW_NAME])));
    }
    match views::rename(&mut conn, scope, &before, name).await {
        Ok(true) => {}
        Ok(false) => return Ok(again(&typed().refused(&VIEW_NAME, InputError::Taken))),
        Err(error) => return Ok(again(&refused_by_store(typed(), &VIEW_NAME, error)?)),
    }
    let after = lookup(&mut conn, &editing, key).await?;
    let event = || {
        let details = changes::between(Some(json!({"name": before.name})), json!({"name": after.name}));
        Event::of(Action::ViewChanged, after.name.as_str()).with(details)
    };
    commit(&editing, conn, before.owner, event).await?;
    Ok(done(PAGE, "saved"))
}

async fn remove(editing: Editing, mut database: Database, Path(key): Path<i64>) -> Result<Response, Problem> {
    let mut conn = editing.write(&mut database).await?;
    let view = to_change(&mut conn, &editing, key).await?;
    views::delete(&mut conn, &editing.who.scope, &view).await?;
    commit(&editing, conn, view.owner, || changes::view_event(&view.name, Some(&view.address), None)).await?;
    Ok(done(PAGE, "removed"))
}

async fn start(editing: Editing, mut database: Database, Path(key): Path<i64>) -> Result<Response, Problem> {
    let mut conn = editing.write(&mut database).await?;
    let view = lookup(&mut conn, &editing, key).await?;
    views::set_start(&mut conn, &editing.who.scope, Some(&view)).await?;
    conn.commit().await?;
    Ok(done(PAGE, "saved"))
}

async fn start_as_everybody(editing: Editing, mut database: Database) -> Result<Response, Problem> {
    let mut conn = editing.write(&mut database).await?;
    views::set_start(&mut conn, &editing.who.scope, None).await?;
    conn.commit().await?;
    Ok(done(PAGE, "saved"))
}
