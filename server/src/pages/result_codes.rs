//! Declaring a result code that came with calls before anybody had said what it means.

use app::{
    Text,
    declare::{CODE, DECLARE_CODE, IS_GOAL, LABEL_EN, LABEL_VI, TO},
    session::Preferences,
};
use axum::{Extension, Form, extract::State, response::Response};
use domain::{CallClass, CampaignId, ResultCode};
use store::result_codes;

use super::managing::managing;
use crate::{
    context::SharedContext,
    web::{
        browser,
        database::Database,
        path::Id,
        problem::Problem,
        refused::{Refused, refused},
        routes::Routes,
        session::Reader,
    },
};

/// `POST /campaigns/{id}/result-codes`.
pub fn routes() -> Routes {
    Routes::new().post("/campaigns/{id}/result-codes", declare)
}

/// Defines a code of the account; every figure follows.
async fn declare(
    State(context): State<SharedContext>,
    Reader(signed_in): Reader,
    database: Database,
    Extension(preferences): Extension<Preferences>,
    Id(campaign): Id<CampaignId>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    managing(&database, &signed_in, &campaign).await?;
    let page = app::links::campaign_path(&campaign);
    let values = match DECLARE_CODE.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => {
            return Ok(refused(
                &context,
                preferences,
                &Refused {
                    form: &DECLARE_CODE,
                    title: &Text(preferences.language).define_code_title(filled.value(&CODE)),
                    action: app::links::result_codes(&campaign),
                    back: Some(after(filled.value(&TO), &page)),
                    filled: &filled,
                },
            ));
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
    let mut conn = database.write().await?;
    // Words are given to it here; what it counts as stays.
    let defined = result_codes::list(&mut conn, &signed_in.scope).await?;
    let defined = defined.into_iter().find(|defined| defined.code == definition.code);
    let definition = ResultCode { counts_as: defined.map_or_else(CallClass::default, |it| it.counts_as), ..definition };
    result_codes::put(&mut conn, &signed_in.scope, &definition, (context.clock)()).await?;
    conn.commit().await?;
    Ok(browser::see_other(after(values.text(&TO), &page)))
}

/// Where one goes afterwards: to the page the form stood on, else to the campaign's.
fn after<'a>(to: &'a str, page: &'a str) -> &'a str {
    browser::local_path(Some(if to.is_empty() { page } else { to }))
}
