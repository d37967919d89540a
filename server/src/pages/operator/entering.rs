//! Entering an account for a while, and leaving it: the only way of an operator to what is in it.

use app::{
    form::Filled,
    operator::forms::{ENTER, ENTER_ROLE, REASON},
};
use axum::{
    Extension, Form,
    extract::Path,
    http::{HeaderMap, header},
    response::Response,
};
use domain::{Role, Timestamp, input};
use serde_json::json;
use store::{
    StoreError,
    audit::{Action, Actor, Event},
    jobs::{self, SendNotice},
    operators::{self, ENTERED_LASTS_MS},
    sessions, sso, users,
};

use super::FormPairs;
use crate::{
    pages::signing_in::{enter as begin, may_enter},
    web::{
        browser,
        client::Client,
        database::Database,
        editing::Editing,
        operating::Operating,
        problem::Problem,
        routes::Routes,
        session::{self, Opening, SessionKey},
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().post("/operator/accounts/{id}/enter", enter).post("/operator/leave", leave)
}

async fn enter(
    operating: Operating,
    mut database: Database,
    Path(id): Path<String>,
    Extension(key): Extension<SessionKey>,
    Client(address): Client,
    headers: HeaderMap,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let (text, now, email) = (operating.text(), operating.now(), &operating.who.email);
    let mut conn = database.write().await?;
    let (scope, account) = operating.account(&mut conn, &id).await?;
    let page = format!("/operator/accounts/{}", account.id);
    let action = format!("{page}/enter");
    let again = |filled: &Filled| operating.refused(&ENTER, text.operator_enter(), &action, &page, filled);
    let values = match ENTER.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let reason = match input::reason(values.text(&REASON)) {
        Ok(reason) => reason,
        Err(wrong) => return Ok(again(&ENTER.typed(&pairs).refused(&REASON, wrong))),
    };
    let role = Role::from_word(values.text(&ENTER_ROLE)).unwrap_or(Role::Viewer);
    let opening = Opening::after(&mut conn, &key, session::device(&headers, address)).await?;
    let opening = Opening { keep: false, ..opening };
    if opening.sso.is_none() && sso::forbids_passwords(&mut conn, &scope).await? {
        return Ok(again(&ENTER.typed(&pairs).failed(text.operator_enters_by_provider().to_owned(), &[])));
    }
    let until = Timestamp(now.0 + ENTERED_LASTS_MS);
    let user = match operators::enter(&mut conn, &scope, email, role, until, now).await {
        Ok(user) => user,
        Err(StoreError::Invalid(_)) => {
            return Ok(again(&ENTER.typed(&pairs).failed(text.operator_is_member().to_owned(), &[])));
        }
        Err(error) => return Err(error.into()),
    };
    let owners = users::list(&mut conn, &scope).await?.into_iter();
    for owner in owners.filter(|owner| owner.role == Role::Owner && owner.ends_at.is_none()) {
        let (by, reason) = (email.clone(), reason.clone());
        let notice = SendNotice::Entered { email: owner.email, by, reason, role, until };
        jobs::enqueue(&mut conn, &scope, &notice, Some(&notice.once_key()), now, now).await?;
    }
    let details = json!({"reason": reason, "role": role.word(), "until": until.to_string()});
    operating.tell(&mut conn, &scope, &Event::of(Action::OperatorEntered, email.clone()).with(details)).await?;
    // Who is in it by an earlier entry comes in anew: that one's sessions went with it.
    let is_inside = operating.who.until.is_some() && key.account == account.id;
    if !sessions::delete(&mut conn, key.account, &key.hash).await? && !is_inside {
        return Err(Problem::signed_out());
    }
    let cookie = begin(conn, &operating.context, &user, &opening, address).await?;
    operating.context.live.end_session(key.hash);
    let mut response = browser::see_other("/campaigns");
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Ends what was entered, and goes back to an account that the operator belongs to for good.
async fn leave(
    editing: Editing,
    mut database: Database,
    Extension(session_key): Extension<SessionKey>,
    Client(address): Client,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (email, now) = (editing.who.email.clone(), editing.now());
    let entered = editing.who.until.is_some().then(|| editing.who.scope.user()).flatten();
    let key = entered.ok_or_else(|| Problem::not_found("address"))?;
    let mut conn = editing.write(&mut database).await?;
    let opening = Opening::after(&mut conn, &session_key, session::device(&headers, address)).await?;
    let opening = Opening { keep: false, ..opening };
    if !users::delete(&mut conn, &editing.who.scope, key).await? {
        return Err(Problem::signed_out());
    }
    let actor = Actor::operating(&email, address);
    operators::tell_left(&mut conn, &editing.who.scope, &actor, &email, None, now).await?;
    let mut back = None;
    for user in users::memberships(&mut conn, &email, now).await?.into_iter().filter(|user| user.ends_at.is_none()) {
        if may_enter(&mut conn, &user, opening.sso.is_some()).await? {
            back = Some(user);
            break;
        }
    }
    let (to, cookie) = if let Some(user) = back {
        ("/operator?note=left", begin(conn, &editing.context, &user, &opening, address).await?)
    } else {
        conn.commit().await?;
        ("/sign-in?note=signed-out", session::no_cookie(&editing.context))
    };
    editing.context.live.end_sessions_of(editing.who.scope.account(), key);
    let mut response = browser::see_other(to);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}
