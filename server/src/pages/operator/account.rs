//! One account: its quotas, and inviting its owner.

use app::{
    form::Filled,
    operator::{
        AccountPage, account_page,
        forms::{INVITE_OWNER, PUT_QUOTAS, QUOTA_CALLS, QUOTA_GB, QUOTA_PEOPLE},
        quotas_seen,
    },
    settings::forms::{BY_LINK, HOW, INVITED, SEEN},
};
use axum::{
    Form,
    extract::{Path, Request, State},
    response::Response,
};
use domain::{InputError, Role, usage::Month};
use store::{
    Put, StoreError,
    audit::{Action, Event},
    figures,
    invitations::{self, NewInvitation},
    quotas::{self, Quotas},
    users,
};

use super::{FormPairs, done, pairs, shown};
use crate::{
    pages::settings::shown_once,
    web::{
        changes, database::Database, inviting, operating::Operating, problem::Problem, routes::Routes,
        state::RouterState,
    },
};

/// Bytes of a gigabyte, as sizes of files are written.
const GB: i64 = 1 << 30;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/operator/accounts/{id}", show)
        .post("/operator/accounts/{id}/quotas", put_quotas)
        .post("/operator/accounts/{id}/owners", invite)
}

async fn show(
    State(server): State<RouterState>,
    operating: Operating,
    mut database: Database,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let note = pairs(&request).into_iter().find(|(name, _)| name == "note").map(|(_, word)| word);
    let mut conn = database.read().await?;
    let (scope, account) = operating.account(&mut conn, &id).await?;
    // Its own month: what its quota and its page of usage go by.
    let month = Month::of(account.zone.local(operating.now()).day());
    let figures = figures::read(&mut conn, month, Some(account.id)).await?.pop();
    let users = users::list(&mut conn, &scope).await?;
    let is_member = users.iter().any(|user| user.email == operating.who.email && user.ends_at.is_none());
    let page = AccountPage {
        figures: figures.ok_or_else(|| Problem::not_found("account"))?,
        month,
        owners: users.into_iter().filter(|user| user.role == Role::Owner && user.ends_at.is_none()).collect(),
        invited: invitations::list(&mut conn, &scope)
            .await?
            .into_iter()
            .filter(|one| one.role == Role::Owner)
            .collect(),
        is_member,
        sends_mail: operating.context.mail.server().is_some(),
        zone: operating.who.account.zone,
        note,
    };
    drop(conn);
    Ok(shown(server, request, account_page(operating.session(), &page)).await)
}

fn page_of(id: i64) -> String {
    format!("/operator/accounts/{id}")
}

async fn put_quotas(
    operating: Operating,
    mut database: Database,
    Path(id): Path<String>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let text = operating.text();
    let mut conn = database.write().await?;
    let (scope, account) = operating.account(&mut conn, &id).await?;
    let (page, title) = (page_of(account.id), text.operator_quotas());
    let action = format!("{page}/quotas");
    let again = |filled: &Filled| operating.refused(&PUT_QUOTAS, title, &action, &page, filled);
    let values = match PUT_QUOTAS.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let before = quotas::read(&mut conn, &scope).await?;
    let now = quotas_seen(&before, text);
    if values.text(&SEEN) != now {
        let filled = PUT_QUOTAS.typed(&pairs).with_instead(&SEEN, now.clone());
        return Ok(again(&filled.failed(text.settings_changed_meanwhile(&now), &[])));
    }
    let after = Quotas {
        calls: values.number(&QUOTA_CALLS),
        recording_bytes: values.number(&QUOTA_GB).map(|gb| gb.saturating_mul(GB)),
        people: values.number(&QUOTA_PEOPLE),
    };
    if quotas::put(&mut conn, &scope, &after, operating.now()).await? != Put::Unchanged {
        let details = changes::between(Some(changes::quotas(&before)), changes::quotas(&after));
        operating.commit(conn, &scope, &Event::of(Action::QuotasChanged, "").with(details)).await?;
    }
    Ok(done(account.id, "quotas"))
}

async fn invite(
    operating: Operating,
    mut database: Database,
    Path(id): Path<String>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let (text, now) = (operating.text(), operating.now());
    let mut conn = database.write().await?;
    let (scope, account) = operating.account(&mut conn, &id).await?;
    let page = page_of(account.id);
    let action = format!("{page}/owners");
    let again = |filled: &Filled| operating.refused(&INVITE_OWNER, text.operator_invite(), &action, &page, filled);
    let values = match INVITE_OWNER.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    if values.text(&INVITED).trim().to_lowercase() == operating.who.email {
        // They would be in the account for good, without a reason and without its owners being told.
        return Ok(again(&INVITE_OWNER.typed(&pairs).failed(text.operator_invites_oneself().to_owned(), &[INVITED])));
    }
    let is_mailed = values.text(&HOW) != BY_LINK;
    let email = values.text(&INVITED).to_owned();
    let new = NewInvitation { email: email.clone(), role: Role::Owner, chosen: None, is_mailed };
    let asked = match inviting::ask(&operating.context, &mut conn, &scope, &new, now).await {
        Ok(asked) => asked,
        Err(StoreError::Invalid(_)) => {
            return Ok(again(&INVITE_OWNER.typed(&pairs).refused(&INVITED, InputError::AlreadyAUser)));
        }
        Err(StoreError::OverQuota(_, limit)) => {
            return Ok(again(&INVITE_OWNER.typed(&pairs).refused(&INVITED, InputError::NoMorePeople(limit))));
        }
        Err(error) => return Err(error.into()),
    };
    operating.commit(conn, &scope, &asked.event).await?;
    let Some(link) = asked.link else { return Ok(done(account.id, "invited")) };
    let shown = (operating.preferences(), &*operating.context);
    Ok(shown_once(shown, &email, text.people_link_shown(), &link, &page))
}
