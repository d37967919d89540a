//! Who receives the reports of campaigns without recipients of their own.

use app::{
    form::Filled,
    settings::{
        campaign_forms::{SHARED_EMAILS, SHARED_RECIPIENTS, recipients_seen},
        forms::SEEN,
    },
};
use axum::{Form, response::Response};
use domain::Role;
use serde_json::json;
use store::{
    audit::{Action, Event},
    recipients,
};

use super::{FormPairs, done};
use crate::web::{changes, database::Database, editing::Editing, problem::Problem, routes::Routes};

const PAGE: &str = "/settings/recipients";
const PUT: &str = "/settings/recipients/put";

pub(super) fn routes() -> Routes {
    Routes::new().post(PUT, put)
}

async fn put(editing: Editing, mut database: Database, Form(pairs): Form<FormPairs>) -> Result<Response, Problem> {
    editing.only(Role::Manager)?;
    let (scope, text) = (&editing.who.scope, editing.text());
    let again = |filled: &Filled| editing.refused(&SHARED_RECIPIENTS, text.mail_recipients(), PUT, PAGE, filled);
    let values = match SHARED_RECIPIENTS.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let mut conn = editing.write(&mut database).await?;
    let before = recipients::of_account(&mut conn, scope).await?;
    let now = recipients_seen(&before, text);
    if values.text(&SEEN) != now {
        let filled = SHARED_RECIPIENTS.typed(&pairs).with_instead(&SEEN, now.clone());
        return Ok(again(&filled.failed(text.settings_changed_meanwhile(&now), &[])));
    }
    recipients::put_of_account(&mut conn, scope, values.emails(&SHARED_EMAILS)).await?;
    let after = recipients::of_account(&mut conn, scope).await?;
    if after != before {
        let details = changes::between(Some(json!({"emails": before})), json!({"emails": after}));
        editing.commit(conn, &Event::of(Action::RecipientsChanged, "").with(details)).await?;
    }
    Ok(done(PAGE, "saved"))
}
