//! Forgetting a customer: what it takes out is shown, then it is confirmed.

use app::{
    Text,
    form::Filled,
    settings::{
        erasure::{ERASE, PHONE, words},
        forms::CONFIRMED,
    },
};
use axum::{Form, response::Response};
use domain::{InputError, Role, Timestamp};
use serde_json::json;
use store::{
    StoreError,
    audit::{Action, Event},
    erasure::{self, ErasureCounts},
};

use super::{CONFIRMED_LASTS_MS, FormPairs, done};
use crate::web::{database::Database, editing::Editing, problem::Problem, routes::Routes};

const PAGE: &str = "/settings/erasure";
const BEGIN: &str = "/settings/erasure/begin";

pub(super) fn routes() -> Routes {
    Routes::new().post(BEGIN, begin)
}

/// What somebody confirms: this number, of which they were told not long ago.
struct Shown<'a> {
    at: Timestamp,
    phone: &'a str,
}

impl<'a> Shown<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (at, phone) = text.split_once('/')?;
        Some(Self { at: Timestamp(at.parse().ok()?), phone })
    }

    fn written(&self) -> String {
        format!("{}/{}", self.at.0, self.phone)
    }

    fn is_of(&self, phone: &str, now: Timestamp) -> bool {
        self.phone == phone && (0..=CONFIRMED_LASTS_MS).contains(&(now.0 - self.at.0))
    }
}

async fn begin(editing: Editing, mut database: Database, Form(pairs): Form<FormPairs>) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let (scope, text, now) = (&editing.who.scope, editing.text(), editing.now());
    let again = |filled: &Filled| editing.refused(&ERASE, text.settings_erasure(), BEGIN, PAGE, filled);
    let values = match ERASE.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let phone = values.text(&PHONE);
    // Many calls may be read: nobody who writes waits for it.
    let mut conn = database.read().await?;
    let counts = match erasure::preview(&mut conn, scope, phone).await {
        Ok(counts) => counts,
        Err(StoreError::Invalid(_)) => {
            return Ok(again(&ERASE.typed(&pairs).refused(&PHONE, InputError::NotANumberToDial)));
        }
        Err(error) => return Err(error.into()),
    };
    drop(conn);
    if counts == ErasureCounts::default() {
        return Ok(again(&ERASE.typed(&pairs).failed(text.erasure_nothing().to_owned(), &[PHONE])));
    }
    let is_confirmed = Shown::read(values.text(&CONFIRMED)).is_some_and(|shown| shown.is_of(phone, now));
    if !is_confirmed {
        let confirmed = Shown { at: now, phone }.written();
        let filled = ERASE.typed(&pairs).with_instead(&CONFIRMED, confirmed);
        return Ok(again(&filled.to_confirm(words(&counts, text), Text::erasure_do)));
    }
    let mut conn = editing.write(&mut database).await?;
    let key = erasure::begin(&mut conn, scope, phone, now).await?;
    let details = json!({"customers": counts.customers, "calls": counts.calls});
    editing.commit(conn, &Event::of(Action::ErasureAsked, key.to_string()).with(details)).await?;
    Ok(done(PAGE, "erasing"))
}
