//! Naming voicebots.

use app::{
    form::Filled,
    links::encoded,
    settings::{
        campaign_forms::{VOICEBOT, VOICEBOT_NAME},
        forms::SEEN,
    },
};
use axum::{Form, response::Response};
use domain::{Role, Voicebot, VoicebotId};
use serde_json::json;
use store::{
    Put,
    audit::{Action, Event},
    voicebots,
};

use super::{FormPairs, done, refused_by_store};
use crate::web::{changes, database::Database, editing::Editing, path::Id, problem::Problem, routes::Routes};

const PAGE: &str = "/settings/voicebots";

pub(super) fn routes() -> Routes {
    Routes::new().post("/settings/voicebots/{id}/put", put)
}

async fn put(
    editing: Editing,
    mut database: Database,
    Id(id): Id<VoicebotId>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let (scope, text) = (&editing.who.scope, editing.text());
    let mut conn = editing.write(&mut database).await?;
    let before = voicebots::lookup(&mut conn, scope, &id).await?.ok_or_else(|| Problem::not_found("voicebot"))?;
    editing.only(Role::Manager)?;
    let action = format!("{PAGE}/{}/put", encoded(id.as_str()));
    let again = |filled: &Filled| editing.refused(&VOICEBOT, text.settings_voicebots(), &action, PAGE, filled);
    let values = match VOICEBOT.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let typed = || VOICEBOT.typed(&pairs);
    if values.text(&SEEN) != before.name {
        let filled = typed().with_instead(&SEEN, before.name.clone());
        return Ok(again(&filled.failed(text.settings_changed_meanwhile(&before.name), &[])));
    }
    let named = Voicebot { id, name: values.text(&VOICEBOT_NAME).to_owned() };
    match voicebots::put(&mut conn, scope, &named).await {
        Ok(Put::Unchanged) => {}
        Ok(_) => {
            let after = voicebots::lookup(&mut conn, scope, &named.id).await?.map(|voicebot| voicebot.name);
            let details = changes::between(Some(json!({"name": before.name})), json!({"name": after}));
            editing.commit(conn, &Event::of(Action::VoicebotChanged, named.id.as_str()).with(details)).await?;
        }
        Err(error) => return Ok(again(&refused_by_store(typed(), &VOICEBOT_NAME, error)?)),
    }
    Ok(done(PAGE, "saved"))
}
