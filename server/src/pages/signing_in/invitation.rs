//! Accepting an invitation. Who is new sets a name and a password; who has a password signs in with it first: a link that was
//! passed on gives nobody the password of a person that other accounts know.

use app::{
    Press, PressButton, Text,
    form::Filled,
    html::escaped,
    session::{Preferences, SignedIn},
    sign_in::{ACCEPT_INVITATION, JOIN, LINK, NAME, PASSWORD},
};
use axum::{
    Form,
    extract::{Extension, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use store::{
    Conn, Scope, StoreError, User, accounts,
    audit::{self, Action, Actor, Event},
    invitations::{self, Invitation},
    people, sessions, sso, users,
};

use super::{BY_PROVIDER_ALONE, RETRY_SECONDS, enter, later, may_enter, status_of, tell_each};
use crate::{
    context::{Context, SharedContext},
    passwords::{self, Network},
    secrets,
    web::{
        browser,
        client::Client,
        database::Database,
        problem::Problem,
        refused::{self, FormPairs, Refused, form_alone, refused},
        routes::Routes,
        session::{self, Opening, SessionKey},
        small_page::{Switches, form_page},
    },
};

const PAGE: &str = "/invitation";

pub(super) fn routes() -> Routes {
    Routes::new().get(PAGE, show).post(PAGE, accept)
}

#[derive(Debug, Deserialize)]
struct InvitationQuery {
    #[serde(default)]
    link: String,
}

/// An invitation whose link holds, and whom it is for.
struct OpenInvitation {
    invitation: Invitation,
    hash: [u8; 32],
    account: String,
    /// Whether they must show that it is them by signing in; see [`must_sign_in`].
    is_known: bool,
}

async fn found(conn: &mut Conn, context: &Context, link: &str) -> Result<Option<OpenInvitation>, StoreError> {
    let Some((account, hash)) = secrets::read(secrets::NO_PREFIX, link) else { return Ok(None) };
    let Some(invitation) = invitations::find(conn, account, &hash, (context.clock)()).await? else { return Ok(None) };
    #[expect(clippy::disallowed_methods, reason = "the link was right")]
    let scope = Scope::system(account);
    let is_known = must_sign_in(conn, &invitation).await?;
    let account = accounts::lookup(conn, &scope).await?.name;
    Ok(Some(OpenInvitation { invitation, hash, account, is_known }))
}

/// Whether the link alone does not let somebody set the password of its person: who has one or comes by the provider is known by
/// that; and whoever belongs to another account and has none yet is known by their mail, which a link that was passed on does not
/// show.
async fn must_sign_in(conn: &mut Conn, invitation: &Invitation) -> Result<bool, StoreError> {
    let person = people::find(conn, &invitation.email).await?;
    let is_known = person.is_some_and(|person| person.password_hash.is_some() || !invitation.is_mailed);
    Ok(is_known || sso::is_linked(conn, &invitation.email).await?)
}

/// What the page says above its form.
fn lead(found: &OpenInvitation, text: Text) -> String {
    let Invitation { email, role, .. } = &found.invitation;
    let of = escaped(&text.invitation_of(&found.account, text.role(*role)));
    let whom = escaped(&text.invitation_for(email));
    format!("<p><b>{of}</b><br><span class=\"text-muted\">{whom}</span></p>")
}

async fn show(
    State(context): State<SharedContext>,
    mut database: Database,
    Extension(preferences): Extension<Preferences>,
    signed_in: Option<Extension<SignedIn>>,
    Query(InvitationQuery { link }): Query<InvitationQuery>,
) -> Result<Response, Problem> {
    let text = Text(preferences.language);
    let Some(found) = found(&mut *database.read().await?, &context, &link).await? else {
        return Ok(over(&context, preferences));
    };
    let filled = Filled::default().with(&LINK, &link);
    let here = app::links::with_query(PAGE, [("link", link.as_str())]);
    let of_form = |form, lead: &str| {
        let form = Refused {
            form,
            title: text.invitation_title(),
            action: PAGE.to_owned(),
            account: None,
            back: None,
            filled: &filled,
        };
        Html(form_alone(&context, preferences, &form, lead, Some(&here))).into_response()
    };
    let lead = lead(&found, text);
    Ok(match signed_in {
        _ if !found.is_known => {
            of_form(&ACCEPT_INVITATION, &format!("{lead}<p class=\"text-muted\">{}</p>", text.invitation_lead()))
        }
        Some(Extension(who)) if who.email == found.invitation.email => of_form(&JOIN, &lead),
        Some(_) => {
            let button = PressButton { class: "btn", words: text.sign_out(), ..PressButton::default() };
            let leave =
                Press::of_person("/sign-out").html(refused::session(&context, preferences, None), Vec::new(), button);
            let body = format!("{lead}<p>{}</p>{leave}", text.invitation_other());
            page(&context, preferences, StatusCode::OK, &here, &body)
        }
        None => {
            let to = app::links::with_query("/sign-in", [("email", found.invitation.email.as_str()), ("to", &here)]);
            let (why, words) = (text.invitation_known_lead(), text.invitation_sign_in());
            let button =
                format!("<p>{why}</p><p><a class=\"btn btn-primary\" href=\"{}\">{words}</a></p>", escaped(&to));
            page(&context, preferences, StatusCode::OK, &here, &format!("{lead}{button}"))
        }
    })
}

fn page(context: &Context, preferences: Preferences, status: StatusCode, here: &str, body: &str) -> Response {
    let assets = &context.app.assets;
    let (style, script, icons) = (assets.url("pkg/ringside.css"), assets.url("pkg/form.js"), assets.url("icons.svg"));
    let title = Text(preferences.language).invitation_title();
    let switches = Switches { here, icons: &icons };
    (status, Html(form_page(preferences, &style, &script, title, body, Some(switches)))).into_response()
}

/// The link is unknown, used or over.
fn over(context: &Context, preferences: Preferences) -> Response {
    let text = Text(preferences.language);
    let (why, sign_in) = (text.invitation_over(), text.back_to_sign_in());
    let body = format!("<p class=\"notice is-failed\">{why}</p><a class=\"link\" href=\"/sign-in\">{sign_in}</a>");
    page(context, preferences, StatusCode::GONE, "/invitation?link=", &body)
}

async fn accept(
    State(context): State<SharedContext>,
    mut database: Database,
    Extension(preferences): Extension<Preferences>,
    (signed_in, key): (Option<Extension<SignedIn>>, Option<Extension<SessionKey>>),
    Client(address): Client,
    headers: HeaderMap,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let text = Text(preferences.language);
    let link = pairs.iter().find(|(name, _)| name == LINK.name()).map(|(_, value)| value.clone()).unwrap_or_default();
    let Some(found) = found(&mut *database.read().await?, &context, &link).await? else {
        return Ok(over(&context, preferences));
    };
    let email = &found.invitation.email;
    let (name, password) = if found.is_known {
        // The form is shown to nobody else; a session that ended meanwhile leads to signing in.
        if signed_in.is_none_or(|Extension(who)| who.email != *email) {
            return Ok(browser::see_other(&app::links::with_query(PAGE, [("link", link.as_str())])));
        }
        (String::new(), None)
    } else {
        let again = |filled: &Filled| {
            let title = text.invitation_title();
            let form =
                Refused { form: &ACCEPT_INVITATION, title, action: PAGE.to_owned(), account: None, back: None, filled };
            refused(&context, preferences, &form)
        };
        let values = match ACCEPT_INVITATION.parse(&pairs) {
            Ok(values) => values,
            Err(filled) => return Ok(again(&filled)),
        };
        let typed = Filled::default().with(&LINK, &link).with(&NAME, values.text(&NAME));
        if let Err(error) = passwords::check(values.text(&PASSWORD), email, values.text(&NAME), &found.account) {
            return Ok(again(&typed.refused(&PASSWORD, error)));
        }
        match context.passwords.hash(Network::of(address), values.text(&PASSWORD).to_owned()).await {
            Ok(hashed) => (values.text(&NAME).to_owned(), Some(hashed.map_err(|error| Problem::internal(&error))?)),
            Err(full) => {
                let filled = typed.failed(text.many_sign_in().to_owned(), &[]);
                return Ok(later(again(&filled), status_of(full), RETRY_SECONDS));
            }
        }
    };
    let Some(user) = join(&mut database, &context, &found, &name, password, address).await? else {
        return Ok(over(&context, preferences));
    };
    let mut conn = database.write().await?;
    let device = session::device(&headers, address);
    // Who is known accepts in a session of their own; in whose browser somebody new opens the link does not matter.
    let mut ended = None;
    let opening = match key.filter(|_| found.is_known) {
        Some(Extension(key)) => {
            let opening = Opening::after(&mut conn, &key, device).await?;
            // The browser has one session; that of before would go on where nobody sees it.
            sessions::delete(&mut conn, key.account, &key.hash).await?;
            ended = Some(key.hash);
            opening
        }
        None => Opening { keep: true, device, ..Opening::default() },
    };
    if !may_enter(&mut conn, &user, opening.sso.is_some()).await? {
        drop(conn);
        let to = app::links::with_query("/sign-in", [("error", BY_PROVIDER_ALONE)]);
        return Ok(browser::see_other(&to));
    }
    let cookie = enter(conn, &context, &user, &opening, address).await?;
    if let Some(hash) = ended {
        context.live.end_session(hash);
    }
    let mut response = browser::see_other("/");
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Takes them in, with the password that they set, and tells of it.
async fn join(
    database: &mut Database,
    context: &Context,
    found: &OpenInvitation,
    name: &str,
    password: Option<String>,
    address: std::net::IpAddr,
) -> Result<Option<User>, StoreError> {
    let Invitation { account, email, role, .. } = &found.invitation;
    let now = (context.clock)();
    let mut conn = database.write().await?;
    // Somebody with this address may have set one since the form was shown, or been taken into another account.
    if password.is_some() && must_sign_in(&mut conn, &found.invitation).await? {
        return Ok(None);
    }
    let has_set_password = password.is_some();
    let name = if name.is_empty() { email.as_str() } else { name };
    let Some(user) = invitations::accept(&mut conn, *account, &found.hash, name, now).await? else { return Ok(None) };
    if let Some(password) = password {
        people::set_name(&mut conn, email, name).await?;
        people::set_password(&mut conn, email, &password).await?;
    }
    #[expect(clippy::disallowed_methods, reason = "the link was right")]
    let scope = Scope::of_user(user.account, user.key, user.role);
    let event = Event::of(Action::UserAdded, email.clone()).with(serde_json::json!({"role": role.word()}));
    audit::record(&mut conn, &scope, &Actor::user(email, address), &event, now).await?;
    if has_set_password {
        let (users, actor) = (users::all_memberships(&mut conn, email).await?, Actor::user(email, address));
        tell_each(&mut conn, &users, &actor, &Event::of(Action::PasswordSet, email.clone()), now).await?;
    }
    conn.commit().await?;
    Ok(Some(user))
}
