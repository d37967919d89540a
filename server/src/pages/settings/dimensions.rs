//! Declaring the account's own dimensions.

use app::{
    form::{Filled, Form as PageForm},
    settings::{
        dimension_seen,
        forms::{CODE_LABEL_EN, CODE_LABEL_VI, DECLARE_DIMENSION, DIMENSION_KEY, LABEL_DIMENSION, SEEN},
    },
};
use axum::{Form, response::Response};
use domain::{InputError, Role, limits::OWN_DIMENSIONS, own_dimension::DimensionKey};
use serde::Deserialize;
use store::{Put, StoreError, own_dimensions};

use super::{FormPairs, done};
use crate::web::{changes, database::Database, editing::Editing, problem::Problem, routes::Routes};

const PAGE: &str = "/settings/dimensions";
const DECLARE: &str = "/settings/dimensions/declare";
const PUT: &str = "/settings/dimensions/put";

pub(super) fn routes() -> Routes {
    Routes::new().post(DECLARE, declare).post(PUT, put).post("/settings/dimensions/remove", remove)
}

async fn declare(editing: Editing, database: Database, Form(pairs): Form<FormPairs>) -> Result<Response, Problem> {
    store(editing, database, &DECLARE_DIMENSION, DECLARE, &pairs).await
}

async fn put(editing: Editing, database: Database, Form(pairs): Form<FormPairs>) -> Result<Response, Problem> {
    store(editing, database, &LABEL_DIMENSION, PUT, &pairs).await
}

async fn store(
    editing: Editing,
    mut database: Database,
    form: &PageForm,
    action: &str,
    pairs: &FormPairs,
) -> Result<Response, Problem> {
    editing.only(Role::Manager)?;
    let (scope, text) = (&editing.who.scope, editing.text());
    let again = |filled: &Filled| editing.refused(form, text.settings_dimensions(), action, PAGE, filled);
    let values = match form.parse(pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let typed = || form.typed(pairs);
    let Ok(key) = DimensionKey::new(values.text(&DIMENSION_KEY)) else {
        return Ok(again(&typed().refused(&DIMENSION_KEY, InputError::Missing)));
    };
    let labels = (values.text(&CODE_LABEL_VI), values.text(&CODE_LABEL_EN));
    let mut conn = editing.write(&mut database).await?;
    let before = own_dimensions::list(&mut conn, scope).await?;
    let stored = before.iter().find(|dimension| dimension.key == key);
    if action == DECLARE {
        if stored.is_some() {
            return Ok(again(&typed().refused(&DIMENSION_KEY, InputError::Taken)));
        }
        if before.len() >= OWN_DIMENSIONS {
            return Ok(again(&typed().failed(text.dimensions_full().to_owned(), &[])));
        }
    } else {
        let now = dimension_seen(stored.ok_or_else(|| Problem::not_found("dimension"))?);
        if values.text(&SEEN) != now {
            let filled = typed().with_instead(&SEEN, now.clone()).failed(text.settings_changed_meanwhile(&now), &[]);
            return Ok(again(&filled));
        }
    }
    match own_dimensions::put(&mut conn, scope, &key, labels, editing.now()).await {
        Ok(Put::Unchanged) => {}
        Ok(_) => {
            let after = own_dimensions::list(&mut conn, scope).await?;
            editing.commit(conn, &changes::dimension_event(&before, &after, &key)).await?;
        }
        // A label of nothing but characters that nobody sees.
        Err(StoreError::Invalid(error)) => {
            let field = if error.field == CODE_LABEL_EN.name() { &CODE_LABEL_EN } else { &CODE_LABEL_VI };
            return Ok(again(&typed().refused(field, InputError::Missing)));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(PAGE, "saved"))
}

#[derive(Debug, Deserialize)]
struct RemoveDimensionForm {
    key: String,
}

async fn remove(
    editing: Editing,
    mut database: Database,
    Form(RemoveDimensionForm { key }): Form<RemoveDimensionForm>,
) -> Result<Response, Problem> {
    editing.only(Role::Manager)?;
    let (scope, none) = (&editing.who.scope, || Problem::not_found("dimension"));
    let key = DimensionKey::new(&key).map_err(|_| none())?;
    let mut conn = editing.write(&mut database).await?;
    let before = own_dimensions::list(&mut conn, scope).await?;
    if !own_dimensions::delete(&mut conn, scope, &key).await? {
        return Err(none());
    }
    let after = own_dimensions::list(&mut conn, scope).await?;
    editing.commit(conn, &changes::dimension_event(&before, &after, &key)).await?;
    Ok(done(PAGE, "removed"))
}
