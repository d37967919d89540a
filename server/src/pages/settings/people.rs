//! Inviting people, what each may do, and taking them out.

use app::{
    form::{Field, Filled, Form as AskedForm, Values},
    settings::{
        forms::{ACCESS, BY_LINK, CAMPAIGNS, HOW, INVITE, INVITED, NAMED, ROLE, SEEN, SEES, VOICEBOTS},
        user_seen,
    },
};
use axum::{Form, extract::Path, response::Response};
use domain::{InputError, Role, Timestamp, time::DAY_MS};
use serde::Deserialize;
use serde_json::json;
use store::{
    Chosen, Conn, ConnGuard, StoreError, User,
    audit::{Action, Event},
    campaigns, chosen,
    invitations::{self, Invitation, NewInvitation},
    jobs::{self, SendNotice},
    password_links, users, voicebots,
};

use super::{FormPairs, done, shown_once};
use crate::{
    secrets,
    web::{changes, database::Database, editing::Editing, inviting, problem::Problem, routes::Routes},
};

const PAGE: &str = "/settings/people";
const ADD: &str = "/settings/people/invite";
/// How long a link to set a password holds that an owner passes on, ms.
const LINK_LASTS_MS: i64 = 3 * DAY_MS;

pub(super) fn routes() -> Routes {
    Routes::new()
        .post(ADD, invite)
        .post("/settings/people/{key}/access", set_access)
        .post("/settings/people/{key}/reset", reset)
        .post("/settings/people/{key}/sign-out", sign_out)
        .post("/settings/people/{key}/remove", remove)
        .post("/settings/invitations/again", invite_again)
        .post("/settings/invitations/remove", take_back)
}

/// The role that was chosen.
fn role_of(values: &Values) -> Role {
    Role::from_word(values.text(&ROLE)).unwrap_or(Role::Viewer)
}

/// What was chosen for a viewer, each by its id or its name; `None`: everything. What is wrong is put into `filled`.
async fn chosen_by(
    conn: &mut Conn,
    editing: &Editing,
    values: &Values,
    mut filled: Filled,
) -> Result<(Option<Chosen>, Filled), StoreError> {
    let scope = &editing.who.scope;
    let (campaigns, voicebots) = (lines(values.text(&CAMPAIGNS)), lines(values.text(&VOICEBOTS)));
    let is_limited = values.text(&SEES) == NAMED;
    let names_none = campaigns.is_empty() && voicebots.is_empty();
    let is_viewer = role_of(values) == Role::Viewer;
    let wrong = match (is_limited, names_none) {
        (false, true) => return Ok((None, filled)),
        (false, false) => Some(InputError::ChosenAndAll),
        (true, _) if !is_viewer => Some(InputError::ForViewersOnly),
        (true, true) => Some(InputError::NothingChosen),
        (true, false) => None,
    };
    if let Some(error) = wrong {
        filled = filled.refused(&SEES, error);
    }
    let shortened = |name: &str| name.chars().take(100).collect();
    let mut chosen = Chosen::default();
    for name in campaigns {
        match campaigns::id_of(conn, scope, name).await? {
            Some(id) if chosen.campaigns.contains(&id) => {}
            Some(id) => chosen.campaigns.push(id),
            None => filled = filled.refused(&CAMPAIGNS, InputError::NoSuchCampaign(shortened(name))),
        }
    }
    for name in voicebots {
        match voicebots::id_of(conn, scope, name).await? {
            Some(id) if chosen.voicebots.contains(&id) => {}
            Some(id) => chosen.voicebots.push(id),
            None => filled = filled.refused(&VOICEBOTS, InputError::NoSuchVoicebot(shortened(name))),
        }
    }
    Ok((Some(chosen), filled))
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// The field that the store found wrong.
fn field_at_fault(field: &str) -> (&'static Field, InputError) {
    match field {
        "email" => (&INVITED, InputError::AlreadyAUser),
        "campaigns" => (&SEES, InputError::ForViewersOnly),
        _ => (&ROLE, InputError::LastOwner),
    }
}

fn again(editing: &Editing, form: &AskedForm, action: &str, filled: &Filled) -> Response {
    let text = editing.text();
    let title = if action == ADD { text.people_invite() } else { text.people_edit_access() };
    editing.refused(form, title, action, PAGE, filled)
}

async fn invite(editing: Editing, mut database: Database, Form(pairs): Form<FormPairs>) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let (values, filled) = INVITE.read(&pairs);
    let mut conn = editing.write(&mut database).await?;
    let (chosen, filled) = chosen_by(&mut conn, &editing, &values, filled).await?;
    if filled.is_wrong() {
        return Ok(again(&editing, &INVITE, ADD, &filled));
    }
    let is_mailed = values.text(&HOW) != BY_LINK;
    let new = NewInvitation { email: values.text(&INVITED).to_owned(), role: role_of(&values), chosen, is_mailed };
    match send(&editing, conn, &new).await {
        Ok(Some(link)) => Ok(shown_once(editing.looks(), &new.email, editing.text().people_link_shown(), &link, PAGE)),
        Ok(None) => Ok(done(PAGE, "invited")),
        Err(StoreError::Invalid(error)) => {
            let (field, error) = field_at_fault(&error.field);
            Ok(again(&editing, &INVITE, ADD, &INVITE.typed(&pairs).refused(field, error)))
        }
        Err(StoreError::OverQuota(_, limit)) => {
            let filled = INVITE.typed(&pairs).refused(&INVITED, InputError::NoMorePeople(limit));
            Ok(again(&editing, &INVITE, ADD, &filled))
        }
        Err(error) => Err(error.into()),
    }
}

/// Asks somebody; commits. Returns the link, where it is passed on.
async fn send(editing: &Editing, mut conn: ConnGuard<'_>, new: &NewInvitation) -> Result<Option<String>, StoreError> {
    let asked = inviting::ask(&editing.context, &mut conn, &editing.who.scope, new, editing.now()).await?;
    editing.commit(conn, &asked.event).await?;
    Ok(asked.link)
}

#[derive(Debug, Deserialize)]
struct AddressForm {
    email: String,
}

async fn invite_again(
    editing: Editing,
    mut database: Database,
    Form(AddressForm { email }): Form<AddressForm>,
) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let mut conn = editing.write(&mut database).await?;
    let found = invitations::lookup(&mut conn, &editing.who.scope, &email).await?;
    let before = found.ok_or_else(|| Problem::not_found("invitation"))?;
    let Invitation { email, role, chosen, is_mailed, .. } = before;
    let new = NewInvitation { email, role, chosen, is_mailed };
    Ok(match send(&editing, conn, &new).await? {
        Some(link) => shown_once(editing.looks(), &new.email, editing.text().people_link_shown(), &link, PAGE),
        None => done(PAGE, "invited"),
    })
}

async fn take_back(
    editing: Editing,
    mut database: Database,
    Form(AddressForm { email }): Form<AddressForm>,
) -> Result<Response, Problem> {
    editing.only(Role::Owner)?;
    let mut conn = editing.write(&mut database).await?;
    if !invitations::delete(&mut conn, &editing.who.scope, &email).await? {
        return Err(Problem::not_found("invitation"));
    }
    editing.commit(conn, &Event::of(Action::InvitationRemoved, email)).await?;
    Ok(done(PAGE, "removed"))
}

async fn found(conn: &mut Conn, editing: &Editing, key: i64) -> Result<User, Problem> {
    editing.only(Role::Owner)?;
    users::lookup(conn, &editing.who.scope, key).await?.ok_or_else(|| Problem::not_found("user"))
}

async fn set_access(
    editing: Editing,
    mut database: Database,
    Path(key): Path<i64>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let (scope, text) = (&editing.who.scope, editing.text());
    let mut conn = editing.write(&mut database).await?;
    let user = found(&mut conn, &editing, key).await?;
    let action = format!("/settings/people/{key}/access");
    let (values, filled) = ACCESS.read(&pairs);
    let (chosen, filled) = chosen_by(&mut conn, &editing, &values, filled).await?;
    if filled.is_wrong() {
        return Ok(again(&editing, &ACCESS, &action, &filled));
    }
    let typed = || ACCESS.typed(&pairs);
    let before = chosen::of_user(&mut conn, scope, key).await?;
    let now = user_seen(&user, &before, text);
    if values.text(&SEEN) != now {
        let filled = typed().with_instead(&SEEN, now.clone()).failed(text.settings_changed_meanwhile(&now), &[]);
        return Ok(again(&editing, &ACCESS, &action, &filled));
    }
    let role = role_of(&values);
    match users::set_access(&mut conn, scope, key, role, chosen.as_ref()).await {
        Ok(_) => {}
        Err(StoreError::Invalid(error)) => {
            let (field, error) = field_at_fault(&error.field);
            return Ok(again(&editing, &ACCESS, &action, &typed().refused(field, error)));
        }
        Err(error) => return Err(error.into()),
    }
    let before = inviting::access(user.role, user.is_limited.then_some(&before));
    let after = inviting::access(role, chosen.as_ref());
    if before == after {
        return Ok(done(PAGE, "saved"));
    }
    let details = changes::between(Some(before), after);
    editing.commit(conn, &Event::of(Action::UserChanged, user.email).with(details)).await?;
    // Whoever watches a campaign does so by the role of before.
    editing.context.live.end_sessions_of(scope.account(), key);
    // Who is no owner any more does not see this page.
    let is_out = editing.who.scope.user() == Some(key) && !role.may(Role::Owner);
    Ok(done(if is_out { "/settings/sign-in" } else { PAGE }, "saved"))
}

/// Has a link to set the password mailed. Where no mail goes out, the owner gets it to pass on: but of a person who belongs to this
/// account alone, since the link lets in wherever the person does.
async fn reset(editing: Editing, mut database: Database, Path(key): Path<i64>) -> Result<Response, Problem> {
    let (scope, text, now) = (&editing.who.scope, editing.text(), editing.now());
    let mut conn = editing.write(&mut database).await?;
    let user = found(&mut conn, &editing, key).await?;
    let event = Event::of(Action::PasswordLink, user.email.clone());
    if editing.context.mail.server().is_some() {
        let notice = SendNotice::password_link(&user.email);
        jobs::enqueue(&mut conn, scope, &notice, Some(&notice.once_key()), now, now).await?;
        editing.commit(conn, &event).await?;
        return Ok(done(PAGE, "link"));
    }
    // One who runs the service is known to all accounts.
    if user.is_operator || users::all_memberships(&mut conn, &user.email).await?.len() > 1 {
        return Err(Problem::forbidden(
            "this person belongs to other accounts, too: a link can only be mailed to them, and no mail server is set",
        ));
    }
    let link = secrets::make(secrets::NO_PREFIX, scope.account());
    password_links::add(&mut conn, scope, key, &link.hash, Timestamp(now.0 + LINK_LASTS_MS), false).await?;
    editing.commit(conn, &event).await?;
    let base = &editing.context.settings().base_url;
    let link = format!("{base}/set-password?link={}", app::links::encoded(&link.text));
    Ok(shown_once(editing.looks(), &user.email, text.people_link_shown(), &link, PAGE))
}

async fn sign_out(editing: Editing, mut database: Database, Path(key): Path<i64>) -> Result<Response, Problem> {
    let mut conn = editing.write(&mut database).await?;
    let user = found(&mut conn, &editing, key).await?;
    let ended = users::end_sessions(&mut conn, &editing.who.scope, key).await?;
    let event = Event::of(Action::SessionsEnded, user.email).with(json!({"sessions": ended}));
    editing.commit(conn, &event).await?;
    editing.context.live.end_sessions_of(editing.who.scope.account(), key);
    Ok(done(PAGE, "signed-out"))
}

async fn remove(editing: Editing, mut database: Database, Path(key): Path<i64>) -> Result<Response, Problem> {
    let mut conn = editing.write(&mut database).await?;
    let user = found(&mut conn, &editing, key).await?;
    match users::delete(&mut conn, &editing.who.scope, key).await {
        Ok(_) => {}
        Err(StoreError::Invalid(error)) => {
            let chosen = chosen::of_user(&mut conn, &editing.who.scope, key).await?;
            let (field, error) = field_at_fault(&error.field);
            let filled = Filled::default()
                .with(&SEEN, user_seen(&user, &chosen, editing.text()))
                .with(&ROLE, user.role.word())
                .refused(field, error);
            return Ok(again(&editing, &ACCESS, &format!("/settings/people/{key}/access"), &filled));
        }
        Err(error) => return Err(error.into()),
    }
    let event = Event::of(Action::UserRemoved, user.email).with(json!({"role": user.role.word()}));
    editing.commit(conn, &event).await?;
    editing.context.live.end_sessions_of(editing.who.scope.account(), key);
    Ok(done(PAGE, "removed"))
}
