//! Declaring a result code that came with calls before anybody had said what it means.

use app::declare::{CODE, DECLARE_CODE, IS_GOAL, LABEL_EN, LABEL_VI, TO};
use axum::{Form, response::Response};
use domain::{CallClass, CampaignId, ResultCode, Role};
use store::{Put, campaigns, result_codes};

use crate::web::{
    browser, changes, database::Database, editing::Editing, path::Id, problem::Problem, refused::FormPairs,
    routes::Routes,
};

/// `POST /campaigns/{id}/result-codes`.
pub fn routes() -> Routes {
    Routes::new().post("/campaigns/{id}/result-codes", declare)
}

/// Defines a code of the account; every figure follows.
async fn declare(
    editing: Editing,
    mut database: Database,
    Id(campaign): Id<CampaignId>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let scope = &editing.who.scope;
    campaigns::lookup(&mut *database.read().await?, scope, &campaign)
        .await?
        .ok_or_else(|| Problem::not_found("campaign"))?;
    editing.only(Role::Manager)?;
    let page = app::links::campaign_path(&campaign);
    let values = match DECLARE_CODE.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => {
            let title = editing.text().define_code_title(filled.value(&CODE));
            let (action, back) = (app::links::result_codes(&campaign), after(filled.value(&TO), &page));
            return Ok(editing.refused(&DECLARE_CODE, &title, &action, back, &filled));
        }
    };
    let code = values.code(&CODE).ok_or_else(|| Problem::field("code", "must not be empty"))?.clone();
    let definition = ResultCode {
        code,
        label_vi: values.text(&LABEL_VI).to_owned(),
        label_en: values.text(&LABEL_EN).to_owned(),
        color: None,
        is_goal: values.is_ticked(&IS_GOAL),
        counts_as: CallClass::default(),
    };
    let mut conn = editing.write(&mut database).await?;
    // Words are given to it here; what it counts as stays.
    let before = result_codes::list(&mut conn, scope).await?;
    let defined = before.iter().find(|defined| defined.code == definition.code);
    let definition = ResultCode { counts_as: defined.map_or_else(CallClass::default, |it| it.counts_as), ..definition };
    if result_codes::put(&mut conn, scope, &definition, editing.now()).await? != Put::Unchanged {
        editing.commit(conn, &changes::code_event(&before, &definition)).await?;
    }
    Ok(browser::see_other(after(values.text(&TO), &page)))
}

/// Where one goes afterwards: to the page the form stood on, else to the campaign's.
fn after<'a>(to: &'a str, page: &'a str) -> &'a str {
    browser::local_path(Some(if to.is_empty() { page } else { to }))
}
