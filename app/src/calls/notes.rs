//! What people noted on a call, in the opened call, and the form to note more. The server makes it.

use domain::{CallId, limits::CALL_NOTE_CHARS, time::Zone};
use leptos::prelude::*;
use store::call_notes::NoteOnCall;

use crate::{
    Session, Text,
    components::Press,
    form::{Field, Form, Kind},
    links,
    server_page::rendered,
    text::messages,
};

/// Where one goes afterwards: the list with the call opened.
pub const BACK: &str = "back";
/// The same, in the form.
pub const NOTE_BACK: Field = Field::new(BACK, Text::back, Kind::Line { max: 2_000 }).hidden();
pub const CALL_NOTE: Field = Field::new("text", Text::call_note_text, Kind::Line { max: CALL_NOTE_CHARS }).required();
/// Notes something on a call.
pub const ADD_CALL_NOTE: Form = Form { fields: &[NOTE_BACK, CALL_NOTE], submit: Text::call_note_save };

messages! {
    call_notes = "Ghi chú", "Notes";
    call_note_text = "Ghi chú cho cuộc gọi này", "Note on this call";
    call_note_save = "Lưu ghi chú", "Save the note";
    call_note_remove = "Bỏ", "Remove";
    call_note_remove_by(who) = "Bỏ ghi chú của {who}", "Remove the note by {who}";
    call_notes_too_many(limit) = "Cuộc gọi này đã đủ {limit} ghi chú.", "This call has {limit} notes already.";
}

/// The path that notes of a call are sent to.
pub fn path(call: &CallId) -> String {
    format!("/calls/{}/notes", links::encoded(call.as_str()))
}

/// The notes as HTML. `back` is the list with the call opened, `may_remove` whether the reader may take away what others wrote.
pub fn html(
    session: Session,
    call: &CallId,
    notes: Vec<NoteOnCall>,
    zone: Zone,
    (back, may_remove): (&str, bool),
) -> String {
    let (action, back) = (path(call), back.to_owned());
    let text = Text(session.language);
    rendered(session, move || {
        let items = notes.iter().map(|note| {
            let at = domain::format::date_time(zone.local(note.written_at), text.language());
            let remove = (note.is_own || may_remove).then(|| {
                let label = text.call_note_remove_by(&note.written_by);
                let button =
                    view! { <button class="link" type="submit" aria-label=label>{text.call_note_remove()}</button> };
                Press::new(&format!("{action}/{}/remove", note.key))
                    .class("screen-only")
                    .with(BACK, back.clone())
                    .view(button.into_any())
            });
            view! {
                <li>
                    <span class="wrap-anywhere">{note.text.as_str().to_owned()}</span>
                    <small class="text-muted">{text.day_note_by(&note.written_by, &at)}</small>
                    {remove}
                </li>
            }
        });
        let items = (!notes.is_empty()).then(|| view! { <ul class="call-notes">{items.collect_view()}</ul> });
        // A list has the opened call twice, in its row and on its card: nothing in it has an id.
        let field = view! {
            <label class="field">
                <span>{text.call_note_text()}</span>
                <input class="input" type="text" name=CALL_NOTE.name() required maxlength=CALL_NOTE_CHARS autocomplete="off" />
            </label>
            <button class="btn" type="submit">{text.call_note_save()}</button>
        };
        let form = Press::new(&action).class("call-note").with(BACK, back.clone()).view(field.into_any());
        view! {
            <h2 class="section-label mt-4">{text.call_notes()}</h2>
            {items}
            <div class="screen-only">{form}</div>
        }
        .into_any()
    })
}
