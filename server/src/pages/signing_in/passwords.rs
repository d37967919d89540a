//! Setting a password by a link, and asking for such a link.

use std::time::Duration;

use app::{
    Text,
    form::Filled,
    html::escaped,
    session::Preferences,
    sign_in::{EMAIL, FORGOT_PASSWORD, LINK, PASSWORD, SET_PASSWORD},
};
use axum::{
    Form,
    extract::{Extension, Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use domain::{InputError, Timestamp};
use serde::Deserialize;
use store::{
    Scope, StoreError, accounts,
    audit::{self, Action, Actor, Event},
    jobs::{self, SendNotice},
    password_links, people, users,
};
use tokio::time::Instant;

use super::{RETRY_SECONDS, later, shown_again, status_of, tell_each};
use crate::{
    attempts::TryLater,
    context::SharedContext,
    jobs::send_notice::PASSWORD_LASTS_MS,
    passwords::{self, Network},
    secrets,
    web::{
        browser,
        client::Client,
        database::Database,
        problem::Problem,
        refused::{FormPairs, Refused, form_alone},
        routes::Routes,
        small_page::{Switches, form_page},
    },
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .post("/set-password", set_password)
        .get("/forgot-password", ask_whose)
        .post("/forgot-password", forgot_password)
}

/// The least time between two mails to a person, ms: whoever asks for links to others does not fill their mailbox.
const PAUSE_MS: i64 = 3 * 60_000;
/// The answer to who asks for a link comes after this time, or twice as long, and so on: writing a job takes a few milliseconds.
const PACE: Duration = Duration::from_secs(1);
const PAGE: &str = "/forgot-password";
/// What `?note=` says after the form was sent.
const SENT: &str = "sent";

#[derive(Debug, Deserialize)]
struct ForgotPasswordQuery {
    #[serde(default)]
    note: String,
}

/// The page that asks for whom a link shall be mailed.
async fn ask_whose(
    State(context): State<SharedContext>,
    Extension(preferences): Extension<Preferences>,
    Query(ForgotPasswordQuery { note }): Query<ForgotPasswordQuery>,
) -> Response {
    let text = Text(preferences.language);
    let (class, words) = if context.mail.server().is_none() {
        ("notice is-failed", text.no_mail_note())
    } else if note == SENT {
        ("notice is-success", text.link_sent_note())
    } else {
        ("text-muted", text.forgot_password_lead())
    };
    let lead = format!("<p class=\"{class}\" role=\"status\">{}</p>", escaped(words));
    // Without mail there is nothing to ask for, and once it was asked the link is on its way.
    if context.mail.server().is_none() || note == SENT {
        let assets = &context.app.assets;
        let (style, script, icons) =
            (assets.url("pkg/ringside.css"), assets.url("pkg/form.js"), assets.url("icons.svg"));
        let body = format!("{lead}<a class=\"link\" href=\"/sign-in\">{}</a>", text.back_to_sign_in());
        let switches = Switches { here: PAGE, icons: &icons };
        let page = form_page(preferences, &style, &script, text.forgot_password(), &body, Some(switches));
        return Html(page).into_response();
    }
    let form = Refused {
        form: &FORGOT_PASSWORD,
        title: text.forgot_password(),
        action: PAGE.to_owned(),
        account: None,
        back: Some("/sign-in"),
        filled: &Filled::default(),
    };
    Html(form_alone(&context, preferences, &form, &lead, Some(PAGE))).into_response()
}

async fn set_password(
    State(context): State<SharedContext>,
    mut database: Database,
    Extension(preferences): Extension<Preferences>,
    Client(address): Client,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let again = |filled: &Filled| {
        shown_again(&context, preferences, &SET_PASSWORD, Text::set_password, "/set-password", filled)
    };
    let values = match SET_PASSWORD.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let link = values.text(&LINK);
    let over = || browser::see_other(&app::links::with_query("/set-password", [("link", link), ("error", "link")]));
    let Some((account, hash)) = secrets::read(secrets::NO_PREFIX, link) else { return Ok(over()) };
    // A link that is over must not buy argon2's work.
    let (found, called, before) = {
        let mut conn = database.read().await?;
        let Some(found) = password_links::find(&mut conn, account, &hash, (context.clock)()).await? else {
            return Ok(over());
        };
        #[expect(clippy::disallowed_methods, reason = "the account of the link, which was found")]
        let scope = Scope::of_user(account, found.user.key, found.user.role);
        let before = people::find(&mut conn, &found.user.email).await?.and_then(|person| person.password_hash);
        (found, accounts::lookup(&mut conn, &scope).await?.name, before)
    };
    let filled = Filled::default().with(&LINK, link);
    if let Err(error) = passwords::check(values.text(&PASSWORD), &found.user.email, &found.user.name, &called) {
        return Ok(again(&filled.refused(&PASSWORD, error)));
    }
    let (network, typed) = (Network::of(address), values.text(&PASSWORD));
    let not_now = |full| {
        let words = Text(preferences.language).many_sign_in().to_owned();
        later(again(&filled.clone().failed(words, &[])), status_of(full), RETRY_SECONDS)
    };
    if before.is_some() {
        match context.passwords.verify(network, before, typed.to_owned()).await {
            Ok(false) => {}
            Ok(true) => return Ok(again(&filled.refused(&PASSWORD, InputError::PasswordAsBefore))),
            Err(full) => return Ok(not_now(full)),
        }
    }
    let password = match context.passwords.hash(network, typed.to_owned()).await {
        Ok(hashed) => hashed.map_err(|error| Problem::internal(&error))?,
        Err(full) => return Ok(not_now(full)),
    };
    let now = (context.clock)();
    let mut conn = database.write().await?;
    let Some(taken) = password_links::take(&mut conn, account, &hash, now).await? else { return Ok(over()) };
    let user = taken.user;
    if taken.is_mailed {
        people::confirm(&mut conn, &user.email, now).await?;
    } else {
        people::unconfirm(&mut conn, &user.email).await?;
    }
    people::set_password(&mut conn, &user.email, &password).await?;
    let actor = Actor::user(&user.email, address);
    let users = users::all_memberships(&mut conn, &user.email).await?;
    tell_each(&mut conn, &users, &actor, &Event::of(Action::PasswordSet, user.email.clone()), now).await?;
    conn.commit().await?;
    for user in users {
        context.live.end_sessions_of(user.account, user.key);
    }
    Ok(browser::see_other("/sign-in?note=password-set"))
}

/// Has a link mailed to who asks: when they are told so, the job is stored. The answer is the same whether the address is known or
/// not, and comes as soon.
async fn forgot_password(
    State(context): State<SharedContext>,
    mut database: Database,
    Extension(preferences): Extension<Preferences>,
    Client(address): Client,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let again = |filled: &Filled| {
        shown_again(&context, preferences, &FORGOT_PASSWORD, Text::forgot_password, "/forgot-password", filled)
    };
    let values = match FORGOT_PASSWORD.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let email = values.text(&EMAIL).to_lowercase();
    // In turns of their own: who asks for links must not keep anybody from signing in.
    let wait = match context.sign_in_turn(&format!("forgot {email}"), address, Instant::now()) {
        Ok(wait) => wait,
        Err(TryLater(wait)) => {
            let text = Text(preferences.language);
            let said =
                domain::format::total_duration(wait.as_secs().max(1).cast_signed() * 1_000, preferences.language);
            let filled = Filled::default().with(&EMAIL, email).failed(text.too_many_attempts(&said), &[]);
            return Ok(later(again(&filled), StatusCode::TOO_MANY_REQUESTS, wait.as_secs().max(1)));
        }
    };
    tokio::time::sleep(wait).await;
    let begin = Instant::now();
    ask_for_link(&mut database, &context, &email, address).await?;
    tokio::time::sleep_until(told_at(PACE, begin, Instant::now())).await;
    Ok(browser::see_other(&app::links::with_query("/forgot-password", [("note", SENT)])))
}

/// When the answer goes out: at a full `pace` after the beginning, so that nobody sees whether something was written.
pub(super) fn told_at(pace: Duration, begin: Instant, done: Instant) -> Instant {
    let paces = (done - begin).as_nanos() / pace.as_nanos() + 1;
    begin + pace * u32::try_from(paces).unwrap_or(u32::MAX)
}

/// Whether the address is known or not, it takes one transaction that writes, and waits for its turn alike.
async fn ask_for_link(
    database: &mut Database,
    context: &SharedContext,
    email: &str,
    address: std::net::IpAddr,
) -> Result<(), StoreError> {
    let now = (context.clock)();
    let mut conn = database.write().await?;
    let users = users::all_memberships(&mut conn, email).await?;
    // Not in the name of an account that they entered as an operator.
    let Some(user) = users.iter().find(|user| user.ends_at.is_none()) else { return Ok(()) };
    #[expect(clippy::disallowed_methods, reason = "nothing goes out but a mail to the person")]
    let scope = Scope::system(user.account);
    let notice = SendNotice::password_link(&user.email);
    let once = notice.once_key();
    let last = password_links::latest(&mut conn, &scope, user.key).await?;
    let due = last.map_or(now, |until| now.max(Timestamp(until.0 - PASSWORD_LASTS_MS + PAUSE_MS)));
    if jobs::enqueue(&mut conn, &scope, &notice, Some(&once), due, now).await? {
        let event = Event::of(Action::PasswordLink, user.email.clone());
        audit::record(&mut conn, &scope, &Actor::user(&user.email, address), &event, now).await?;
    }
    conn.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_comes_at_a_full_pace() {
        let begin = Instant::now();
        for (ms, told) in [(0, 1_000), (3, 1_000), (999, 1_000), (1_000, 2_000), (9_500, 10_000)] {
            assert_eq!(told_at(PACE, begin, begin + Duration::from_millis(ms)) - begin, Duration::from_millis(told));
        }
    }
}
