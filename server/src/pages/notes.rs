//! Notes on days: of a campaign, or of the whole account.

use app::{
    day_notes::{ADD_NOTE, CHANGE_NOTE, NOTE_DAY, NOTE_OF, NOTE_TEXT, OF_ACCOUNT, TO},
    form::Filled,
    settings::forms::SEEN,
};
use axum::{Form, extract::Path, response::Response};
use domain::{CampaignId, InputError, Role, limits::DAY_NOTES, sight::may_tell_a_number};
use store::{
    Conn, StoreError, campaigns,
    day_notes::{self, DayNote},
};

use crate::web::{
    browser, changes, database::Database, editing::Editing, path::Id, problem::Problem, refused::FormPairs,
    routes::Routes,
};

pub fn routes() -> Routes {
    Routes::new()
        .post("/campaigns/{id}/notes", add_of_campaign)
        .post("/notes", add_of_account)
        .post("/notes/{key}/put", change)
        .post("/notes/{key}/remove", remove)
}

/// Who writes, as it is said beside what they wrote.
fn writer(editing: &Editing) -> &str {
    if editing.who.name.is_empty() { &editing.who.email } else { &editing.who.name }
}

async fn add_of_campaign(
    editing: Editing,
    mut database: Database,
    Id(campaign): Id<CampaignId>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    if !campaigns::is_seen(&mut *database.read().await?, &editing.who.scope, &campaign).await? {
        return Err(Problem::not_found("campaign"));
    }
    add(&editing, &mut database, Some(&campaign), &pairs).await
}

async fn add_of_account(
    editing: Editing,
    mut database: Database,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    add(&editing, &mut database, None, &pairs).await
}

async fn add(
    editing: &Editing,
    database: &mut Database,
    campaign: Option<&CampaignId>,
    pairs: &FormPairs,
) -> Result<Response, Problem> {
    editing.only(Role::Manager)?;
    let (scope, text) = (&editing.who.scope, editing.text());
    let page = campaign.map_or_else(|| "/usage".to_owned(), app::links::campaign_path);
    let action = campaign.map_or_else(|| "/notes".to_owned(), |_| format!("{page}/notes"));
    let again = |filled: Filled| {
        let filled = if campaign.is_some() { filled } else { filled.without(&[NOTE_OF]) };
        let back = after(filled.value(&TO), &page).to_owned();
        editing.refused(&ADD_NOTE, text.day_note_add(), &action, &back, &filled)
    };
    let values = match ADD_NOTE.parse(pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(filled)),
    };
    let typed = || ADD_NOTE.typed(pairs);
    let Some(day) = values.day(&NOTE_DAY) else { return Ok(again(typed().refused(&NOTE_DAY, InputError::Missing))) };
    let noted = match checked(editing, values.text(&NOTE_TEXT), &typed)? {
        Ok(noted) => noted,
        Err(filled) => return Ok(again(filled)),
    };
    let of = campaign.filter(|_| values.text(&NOTE_OF) != OF_ACCOUNT);
    let mut conn = editing.write(database).await?;
    match day_notes::add(&mut conn, scope, of, (day, &noted), writer(editing), editing.now()).await {
        Ok(Some(_)) => {}
        Ok(None) => return Err(Problem::not_found("campaign")),
        Err(StoreError::Invalid(_)) => {
            let words = text.day_notes_too_many(&text.int(DAY_NOTES as u64));
            return Ok(again(typed().failed(words, &[])));
        }
        Err(error) => return Err(error.into()),
    }
    editing.commit(conn, &changes::note_event(of, day, None, Some(&noted))).await?;
    Ok(browser::see_other(after(values.text(&TO), &page)))
}

/// What is noted as it is kept; the form again where it may not be.
fn checked(editing: &Editing, sent: &str, typed: &dyn Fn() -> Filled) -> Result<Result<String, Filled>, StoreError> {
    let noted = match day_notes::text_of(sent) {
        Ok(noted) => noted,
        // It holds nothing that is seen.
        Err(StoreError::Invalid(_)) => return Ok(Err(typed().refused(&NOTE_TEXT, InputError::Missing))),
        Err(error) => return Err(error),
    };
    // Whoever sees the day reads it, whatever they may see of customers; and it stays when one of them is forgotten.
    if may_tell_a_number(&noted, editing.who.scope.country()) {
        let words = editing.text().day_note_tells_a_number().to_owned();
        return Ok(Err(typed().failed(words, &[NOTE_TEXT])));
    }
    Ok(Ok(noted))
}

/// Where one goes afterwards.
fn after<'a>(to: &'a str, page: &'a str) -> &'a str {
    browser::local_path(Some(if to.is_empty() { page } else { to }))
}

/// The page that shows a note first.
fn page_of(note: &DayNote) -> String {
    note.campaign.as_ref().map_or_else(|| "/usage".to_owned(), app::links::campaign_path)
}

async fn lookup(conn: &mut Conn, editing: &Editing, key: i64) -> Result<DayNote, Problem> {
    let note = day_notes::lookup(conn, &editing.who.scope, key).await?.ok_or_else(|| Problem::not_found("note"))?;
    editing.only(Role::Manager)?;
    Ok(note)
}

async fn change(
    editing: Editing,
    mut database: Database,
    Path(key): Path<i64>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let (scope, text) = (&editing.who.scope, editing.text());
    let mut conn = editing.write(&mut database).await?;
    let before = lookup(&mut conn, &editing, key).await?;
    let page = page_of(&before);
    let again = |filled: Filled| {
        let back = after(filled.value(&TO), &page).to_owned();
        let day = domain::format::date(before.day, text.language());
        editing.refused(&CHANGE_NOTE, &text.day_note_change_of(&day), &format!("/notes/{key}/put"), &back, &filled)
    };
    let values = match CHANGE_NOTE.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(filled)),
    };
    let typed = || CHANGE_NOTE.typed(&pairs);
    let stored = before.text.as_str();
    if values.text(&SEEN) != stored {
        let filled = typed().with_instead(&SEEN, stored);
        return Ok(again(filled.failed(text.settings_changed_meanwhile(stored), &[])));
    }
    let noted = match checked(&editing, values.text(&NOTE_TEXT), &typed)? {
        Ok(noted) => noted,
        Err(filled) => return Ok(again(filled)),
    };
    if noted != stored {
        day_notes::change(&mut conn, scope, key, &noted, writer(&editing), editing.now()).await?;
        let event = changes::note_event(before.campaign.as_ref(), before.day, Some(stored), Some(&noted));
        editing.commit(conn, &event).await?;
    }
    Ok(browser::see_other(after(values.text(&TO), &page)))
}

async fn remove(
    editing: Editing,
    mut database: Database,
    Path(key): Path<i64>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let mut conn = editing.write(&mut database).await?;
    let before = lookup(&mut conn, &editing, key).await?;
    day_notes::delete(&mut conn, &editing.who.scope, key).await?;
    let event = changes::note_event(before.campaign.as_ref(), before.day, Some(before.text.as_str()), None);
    editing.commit(conn, &event).await?;
    let to = pairs.iter().find(|(name, _)| name == TO.name()).map_or("", |(_, to)| to);
    Ok(browser::see_other(after(to, &page_of(&before))))
}
