//! Name, state, plan, recipients and tariff of a campaign.

use app::{
    form::{Field, Filled, Form as AskedForm, Values},
    links::encoded,
    settings::{
        campaign_forms::{
            CAMPAIGN, CAMPAIGN_NAME, OWN_EMAILS, OWN_RECIPIENTS, PLAN, PLAN_CALLS, PLAN_FIRST, PLAN_LAST, PLAN_REDIALS,
            PLAN_SECONDS, PLAN_WINDOWS, STATE, plan_seen, read_redials, read_windows, recipients_seen,
        },
        campaign_seen, campaign_settings,
        forms::SEEN,
        tariff_forms::TARIFF,
    },
};
use axum::{Form, response::Response};
use domain::{
    Campaign, CampaignId, CampaignState, InputError, Plan, Role,
    plan::{MAX_PAUSE_MINUTES, MAX_TIMES},
};
use serde_json::json;
use store::{
    Conn, Put,
    audit::{Action, Event},
    campaigns::{self, CampaignInput, TariffInput},
    recipients, repricing, tariffs,
};

use super::{FormPairs, done, refused_by_store, tariffs as tariff_form};
use crate::web::{changes, database::Database, editing::Editing, path::Id, problem::Problem, routes::Routes};

pub(super) fn routes() -> Routes {
    Routes::new()
        .post("/settings/campaigns/{id}/put", put)
        .post("/settings/campaigns/{id}/plan", put_plan)
        .post("/settings/campaigns/{id}/recipients", put_recipients)
        .post("/settings/campaigns/{id}/tariff", put_tariff)
}

/// The campaign, for who may change it; a stranger's is not found.
async fn found(conn: &mut Conn, editing: &Editing, id: &CampaignId) -> Result<Campaign, Problem> {
    let summary = campaigns::lookup(conn, &editing.who.scope, id).await?;
    let campaign = summary.ok_or_else(|| Problem::not_found("campaign"))?.campaign;
    editing.only(Role::Manager)?;
    Ok(campaign)
}

fn again(editing: &Editing, campaign: &Campaign, form: &AskedForm, what: &str, filled: &Filled) -> Response {
    let action = format!("/settings/campaigns/{}/{what}", encoded(campaign.id.as_str()));
    let text = editing.text();
    let of = match what {
        "plan" => text.campaigns_plan(),
        "recipients" => text.campaigns_own_recipients(),
        "tariff" => text.tariffs_new(),
        _ => text.settings_campaigns(),
    };
    let title = format!("{of} · {}", campaign.name);
    editing.refused(form, &title, &action, &campaign_settings(&campaign.id), filled)
}

async fn put(
    editing: Editing,
    mut database: Database,
    Id(id): Id<CampaignId>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let (scope, text) = (&editing.who.scope, editing.text());
    let mut conn = editing.write(&mut database).await?;
    let before = found(&mut conn, &editing, &id).await?;
    let again = |filled: &Filled| again(&editing, &before, &CAMPAIGN, "put", filled);
    let values = match CAMPAIGN.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let typed = || CAMPAIGN.typed(&pairs);
    let now = campaign_seen(&before, text);
    if values.text(&SEEN) != now {
        let filled = typed().with_instead(&SEEN, now.clone());
        return Ok(again(&filled.failed(text.settings_changed_meanwhile(&now), &[])));
    }
    let name = values.text(&CAMPAIGN_NAME).to_owned();
    let state = CampaignState::from_word(values.text(&STATE));
    let input = CampaignInput { name, state, ..CampaignInput::of(&before) };
    match campaigns::put(&mut conn, scope, &input, editing.now()).await {
        Ok(Put::Unchanged) => {}
        Ok(_) => {
            let after = found(&mut conn, &editing, &id).await?;
            editing.commit(conn, &changes::campaign_event(Some(&before), &after)).await?;
        }
        Err(error) => return Ok(again(&refused_by_store(typed(), &CAMPAIGN_NAME, error)?)),
    }
    Ok(done(&campaign_settings(&id), "saved"))
}

/// The plan that a form asks for, or the fields that are wrong.
fn planned(values: &Values) -> Result<Plan, Vec<(&'static Field, InputError)>> {
    let number = |field| values.number(field).and_then(|number| u32::try_from(number).ok());
    let windows = read_windows(values.text(&PLAN_WINDOWS)).map_err(|error| (&PLAN_WINDOWS, error));
    let redials = read_redials(values.text(&PLAN_REDIALS)).map_err(|error| (&PLAN_REDIALS, error));
    let (windows, redials) = match (windows, redials) {
        (Ok(windows), Ok(redials)) => (windows, redials),
        (windows, redials) => return Err(windows.err().into_iter().chain(redials.err()).collect()),
    };
    let plan = Plan {
        first_day: values.day(&PLAN_FIRST),
        last_day: values.day(&PLAN_LAST),
        windows,
        calls_at_once: number(&PLAN_CALLS),
        longest_call_seconds: number(&PLAN_SECONDS),
        redials,
    };
    match plan.check() {
        Ok(()) => Ok(plan),
        Err(error) if error.field == "last_day" => Err(vec![(&PLAN_LAST, InputError::EndsBefore)]),
        Err(error) if error.field.starts_with("windows") => Err(vec![(&PLAN_WINDOWS, InputError::HoursCross)]),
        // Of numbers in fields of their own, the form has made sure.
        Err(_) => Err(vec![(&PLAN_REDIALS, InputError::NotARedial(MAX_TIMES, MAX_PAUSE_MINUTES))]),
    }
}

async fn put_plan(
    editing: Editing,
    mut database: Database,
    Id(id): Id<CampaignId>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let (scope, text) = (&editing.who.scope, editing.text());
    let mut conn = editing.write(&mut database).await?;
    let before = found(&mut conn, &editing, &id).await?;
    let again = |filled: &Filled| again(&editing, &before, &PLAN, "plan", filled);
    let (values, filled) = PLAN.read(&pairs);
    let plan = planned(&values);
    let wrong = plan.as_ref().err().into_iter().flatten();
    let filled = wrong.fold(filled, |filled, (field, error)| filled.refused(field, error.clone()));
    let (Ok(plan), false) = (plan, filled.is_wrong()) else { return Ok(again(&filled)) };
    let typed = || PLAN.typed(&pairs);
    let now = plan_seen(before.plan.as_ref(), text);
    if values.text(&SEEN) != now {
        let filled = typed().with_instead(&SEEN, now.clone());
        return Ok(again(&filled.failed(text.settings_changed_meanwhile(&now), &[])));
    }
    let input = CampaignInput { plan: Some(plan), ..CampaignInput::of(&before) };
    if campaigns::put(&mut conn, scope, &input, editing.now()).await? != Put::Unchanged {
        let after = found(&mut conn, &editing, &id).await?;
        editing.commit(conn, &changes::campaign_event(Some(&before), &after)).await?;
    }
    Ok(done(&campaign_settings(&id), "saved"))
}

async fn put_recipients(
    editing: Editing,
    mut database: Database,
    Id(id): Id<CampaignId>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let (scope, text) = (&editing.who.scope, editing.text());
    let mut conn = editing.write(&mut database).await?;
    let before = found(&mut conn, &editing, &id).await?;
    let again = |filled: &Filled| again(&editing, &before, &OWN_RECIPIENTS, "recipients", filled);
    let values = match OWN_RECIPIENTS.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let now = recipients_seen(&before.report_emails, text);
    if values.text(&SEEN) != now {
        let filled = OWN_RECIPIENTS.typed(&pairs).with_instead(&SEEN, now.clone());
        return Ok(again(&filled.failed(text.settings_changed_meanwhile(&now), &[])));
    }
    recipients::put_of_campaign(&mut conn, scope, &id, values.emails(&OWN_EMAILS)).await?;
    let after = found(&mut conn, &editing, &id).await?.report_emails;
    if after != before.report_emails {
        let details = changes::between(Some(json!({"emails": before.report_emails})), json!({"emails": after}));
        editing.commit(conn, &Event::of(Action::RecipientsChanged, id.as_str()).with(details)).await?;
    }
    Ok(done(&campaign_settings(&id), "saved"))
}

async fn put_tariff(
    editing: Editing,
    mut database: Database,
    Id(id): Id<CampaignId>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let scope = &editing.who.scope;
    let campaign = found(&mut *database.read().await?, &editing, &id).await?;
    let again = |filled: &Filled| again(&editing, &campaign, &TARIFF, "tariff", filled);
    let (tariff, values) = match tariff_form::asked(&editing, &pairs) {
        Ok(asked) => asked,
        Err(filled) => return Ok(again(&filled)),
    };
    let asked = tariff_form::foreseen(&editing, &mut database, Some(&id), &tariff, (&pairs, &values)).await?;
    let difference = match asked {
        Ok(difference) => difference,
        Err(filled) => return Ok(again(&filled)),
    };
    let mut conn = editing.write(&mut database).await?;
    let campaign = found(&mut conn, &editing, &id).await?;
    let stored = tariffs::list_of_campaign(&mut conn, scope, &id).await?;
    if let Some(filled) = tariff_form::second(&editing, &pairs, &values, &stored) {
        return Ok(again(&filled));
    }
    let input = CampaignInput { tariff: Some(TariffInput::of(&tariff)), ..CampaignInput::of(&campaign) };
    let put = campaigns::put(&mut conn, scope, &input, editing.now()).await?;
    if difference.is_some() {
        repricing::begin(&mut conn, scope, Some(&id), tariff.effective_from, editing.now()).await?;
    }
    if put != Put::Unchanged || difference.is_some() {
        editing.commit(conn, &tariff_form::told(id.as_str(), &stored, &tariff, difference.as_ref())).await?;
    }
    Ok(done(&campaign_settings(&id), "saved"))
}
