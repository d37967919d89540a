//! Notes on calls.

use app::call_notes::{ADD_CALL_NOTE, BACK, CALL_NOTE, NOTE_BACK, path};
use axum::{Form, extract::Path, response::Response};
use domain::{CallId, InputError, Role, limits::CALL_NOTES};
use serde_json::json;
use store::{
    StoreError,
    audit::{Action, Event},
    call_notes, calls,
};

use crate::web::{
    browser, database::Database, editing::Editing, path::Id, problem::Problem, refused::FormPairs, routes::Routes,
};

pub fn routes() -> Routes {
    Routes::new().post("/calls/{id}/notes", add).post("/calls/{id}/notes/{key}/remove", remove)
}

async fn add(
    editing: Editing,
    mut database: Database,
    Id(shown): Id<CallId>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let (scope, text) = (&editing.who.scope, editing.text());
    let mut conn = editing.write(&mut database).await?;
    let call = calls::named(&mut conn, scope, &shown).await?;
    if call_notes::list(&mut conn, scope, &call).await?.is_none() {
        return Err(Problem::not_found("call"));
    }
    let again = |filled: app::form::Filled| {
        let back = browser::local_path(Some(filled.value(&NOTE_BACK))).to_owned();
        editing.refused(&ADD_CALL_NOTE, text.call_notes(), &path(&shown), &back, &filled)
    };
    let values = match ADD_CALL_NOTE.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(filled)),
    };
    let typed = || ADD_CALL_NOTE.typed(&pairs);
    let who = &editing.who;
    let by = if who.name.is_empty() { &who.email } else { &who.name };
    match call_notes::add(&mut conn, scope, &call, values.text(&CALL_NOTE), by, editing.now()).await {
        Ok(Some(_)) => {}
        Ok(None) => return Err(Problem::not_found("call")),
        Err(StoreError::Invalid(error)) if error.field == CALL_NOTE.name() => {
            return Ok(again(typed().refused(&CALL_NOTE, InputError::Missing)));
        }
        Err(StoreError::Invalid(_)) => {
            return Ok(again(typed().failed(text.call_notes_too_many(&text.int(CALL_NOTES as u64)), &[])));
        }
        Err(error) => return Err(error.into()),
    }
    // What is noted is not told: the log is never changed, and a customer may be forgotten.
    editing.commit(conn, &Event::of(Action::CallNoteChanged, call.as_str()).with(json!({"added": true}))).await?;
    Ok(browser::see_other(browser::local_path(Some(values.text(&NOTE_BACK)))))
}

async fn remove(
    editing: Editing,
    mut database: Database,
    Path((shown, key)): Path<(String, i64)>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let scope = &editing.who.scope;
    let shown = CallId::new(shown).map_err(|_| Problem::not_found("call"))?;
    let mut conn = editing.write(&mut database).await?;
    let call = calls::named(&mut conn, scope, &shown).await?;
    let notes = call_notes::list(&mut conn, scope, &call).await?.unwrap_or_default();
    let note = notes.into_iter().find(|note| note.key == key).ok_or_else(|| Problem::not_found("note"))?;
    if !note.is_own {
        editing.only(Role::Manager)?;
    }
    call_notes::delete(&mut conn, scope, &call, key).await?;
    editing.commit(conn, &Event::of(Action::CallNoteChanged, call.as_str()).with(json!({"removed": true}))).await?;
    let back = pairs.iter().find(|(name, _)| name == BACK).map(|(_, back)| back.as_str());
    Ok(browser::see_other(browser::local_path(back)))
}
