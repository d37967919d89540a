//! Signing in by the operator's provider (OpenID Connect), and out there. All of it works without scripts.

use app::{Text, html::escaped, session::Preferences};
use axum::{
    extract::{Extension, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use store::{
    Conn, ConnGuard, User,
    audit::Actor,
    sessions::SingleSignOn,
    sso::{self, Entrance, Newcomer},
    users,
};

use super::{enter, later, note_refusal};
use crate::{
    context::{Context, SharedContext},
    failure::{chain, new_reference},
    pages::whose,
    sso::{Begun, Identity, OF_ID_TOKENS, Provider, Refusal, SsoError},
    web::{
        browser,
        client::Client,
        database::Database,
        problem::Problem,
        routes::Routes,
        session::{self, Opening},
        small_page::small_page,
    },
};

/// How long the browser keeps what it has begun, in seconds.
const KEPT_SECONDS: u64 = 600;
/// The longest address of a page to come back to, in bytes: it goes into a cookie.
const MAX_TO: usize = 1_000;
/// Seconds after which a provider that is down may be tried again.
const DOWN_SECONDS: u64 = 5;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/oidc/start", start)
        .get("/oidc/callback", come_back)
        .get("/oidc/signed-out", async || browser::see_other("/sign-in?note=signed-out"))
}

/// The cookie of a sign-in that is under way; over https, as the session's, of this host alone.
fn cookie_name(context: &Context) -> &'static str {
    if context.settings.base_url.is_https() { "__Host-ringside_sso" } else { "ringside_sso" }
}

fn cookie(context: &Context, value: &str, seconds: u64) -> HeaderValue {
    browser::set_cookie(cookie_name(context), value, Some(seconds), context.settings.base_url.is_https())
}

#[derive(Debug, Deserialize)]
struct StartQuery {
    to: Option<String>,
}

/// Sends the browser to the provider.
async fn start(
    State(context): State<SharedContext>,
    mut database: Database,
    Extension(preferences): Extension<Preferences>,
    Query(StartQuery { to }): Query<StartQuery>,
) -> Result<Response, Problem> {
    let provider = context.provider.as_ref().ok_or_else(|| Problem::not_found("address"))?;
    database.release().await;
    let to = browser::local_path(to.as_deref().filter(|to| to.len() <= MAX_TO));
    let begun = Begun::new(to, (context.clock)());
    let address = match provider.authorization_address(&begun).await {
        Ok(address) => address,
        Err(error) => return Ok(down(&context, provider, preferences, &error, to)),
    };
    let sealed = begun.seal(&context.sealer).map_err(|error| Problem::internal(&error))?;
    let mut response = browser::see_other(&address);
    response.headers_mut().append(header::SET_COOKIE, cookie(&context, &sealed, KEPT_SECONDS));
    Ok(response)
}

/// What the provider's answer carries.
#[derive(Debug, Deserialize)]
struct ProviderAnswer {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    error: Option<String>,
    /// Who answers (RFC 9207).
    iss: Option<String>,
}

/// The browser comes back from the provider.
async fn come_back(
    State(context): State<SharedContext>,
    mut database: Database,
    Extension(preferences): Extension<Preferences>,
    Client(address): Client,
    headers: HeaderMap,
    Query(answer): Query<ProviderAnswer>,
) -> Result<Response, Problem> {
    let provider = context.provider.as_ref().ok_or_else(|| Problem::not_found("address"))?;
    database.release().await;
    let carried = browser::cookie(&headers, cookie_name(&context));
    let begun = carried
        .ok_or(Refusal::NotBegun)
        .and_then(|carried| Begun::open(carried, &context.sealer, &answer.state, (context.clock)()));
    let to = begun.as_ref().map_or_else(|_| String::new(), |begun| begun.to.clone());
    let shown = match &begun {
        Ok(begun) => shown(provider, begun, answer, (context.clock)()).await,
        Err(refusal) => Err((*refusal).into()),
    };
    let came_in = match (begun, shown) {
        (Ok(begun), Ok(shown)) => {
            let device = session::device(&headers, address);
            let opening = Opening { device, ..Opening::default() };
            let coming = Coming { context: &context, provider, begun: &begun, shown: &shown };
            coming.come_in(database.write().await?, opening, address).await?.map_err(SsoError::from)
        }
        (_, Err(error)) => Err(error),
        (Err(refusal), Ok(_)) => Err(refusal.into()),
    };
    // Whatever became of it, it is used up.
    let over = cookie(&context, "", 0);
    let mut response = match came_in {
        Ok(cookie) => {
            let mut response = browser::see_other(browser::local_path(Some(to.as_str())));
            response.headers_mut().append(header::SET_COOKIE, cookie);
            response
        }
        Err(SsoError::Refused(refusal)) => refused(&context, provider, preferences, refusal, &to),
        Err(error @ SsoError::Down(_)) => down(&context, provider, preferences, &error, &to),
    };
    response.headers_mut().append(header::SET_COOKIE, over);
    Ok(response)
}

/// Who the answer is of.
async fn shown(
    provider: &Provider,
    begun: &Begun,
    answer: ProviderAnswer,
    now: domain::Timestamp,
) -> Result<Identity, SsoError> {
    if answer.iss.is_some_and(|iss| iss != provider.issuer()) {
        return Err(Refusal::Issuer.into());
    }
    if answer.error.is_some() || answer.code.is_empty() {
        return Err(Refusal::NotGranted.into());
    }
    provider.shown(begun, answer.code, now).await
}

/// Somebody whom the provider has shown in.
struct Coming<'a> {
    context: &'a Context,
    provider: &'a Provider,
    begun: &'a Begun,
    shown: &'a Identity,
}

impl Coming<'_> {
    /// Lets them in with what their groups give. What groups take away is taken from who is not let in, too.
    async fn come_in(
        &self,
        mut conn: ConnGuard<'_>,
        opening: Opening,
        address: std::net::IpAddr,
    ) -> Result<Result<HeaderValue, Refusal>, Problem> {
        let Self { context, provider, begun, shown } = *self;
        let now = (context.clock)();
        let (hash, until) = begun.used();
        if !sso::use_once(&mut conn, &hash, until, now).await? {
            return Ok(Err(Refusal::Replayed));
        }
        let newcomer = Newcomer {
            issuer: provider.issuer(),
            subject: &shown.subject,
            email: shown.email.as_deref(),
            is_email_verified: shown.is_email_verified,
            name: &shown.name,
            groups: &shown.groups,
            address,
        };
        // Whoever watches a campaign does so by the role of before.
        let before = self.users(&mut conn).await?;
        let entry = sso::enter(&mut conn, &newcomer, now).await?;
        let mut users = match entry {
            Entrance::In(users) => users,
            Entrance::NoRoom => {
                // That they were turned away is in the accounts' logs.
                conn.commit().await?;
                self.end_streams(&before, &[]);
                return Ok(Err(Refusal::NoRoom));
            }
            Entrance::NoAccount => {
                conn.commit().await?;
                self.end_streams(&before, &[]);
                return Ok(Err(Refusal::NoAccount));
            }
            Entrance::NoEmail => return self.turned_away(conn, Refusal::NoEmail, address).await,
            Entrance::UnverifiedEmail => return self.turned_away(conn, Refusal::UnverifiedEmail, address).await,
        };
        // The account of the page that they wanted, where they belong to it; else where they were last.
        whose::put_first(&mut users, &begun.to);
        let Some(user) = users.first() else { return Ok(Err(Refusal::NoAccount)) };
        let id_token = shown.hint().and_then(|token| context.sealer.seal(OF_ID_TOKENS, token).ok());
        let by = SingleSignOn {
            issuer: provider.issuer().to_owned(),
            subject: shown.subject.clone(),
            sid: shown.sid.clone(),
            id_token,
        };
        let opening = Opening { sso: Some(by), ..opening };
        let cookie = enter(conn, context, user, &opening, address).await?;
        self.end_streams(&before, &users);
        Ok(Ok(cookie))
    }

    async fn users(&self, conn: &mut Conn) -> Result<Vec<User>, Problem> {
        let email = sso::person_of(conn, self.provider.issuer(), &self.shown.subject).await?;
        Ok(match email {
            Some(email) => users::all_memberships(conn, &email).await?,
            None => Vec::new(),
        })
    }

    /// Tells owners who know the address that somebody was turned away who shows it.
    async fn turned_away(
        &self,
        mut conn: ConnGuard<'_>,
        refusal: Refusal,
        address: std::net::IpAddr,
    ) -> Result<Result<HeaderValue, Refusal>, Problem> {
        if let Some(email) = &self.shown.email {
            let users = users::all_memberships(&mut conn, email).await?;
            let actor = Actor::user(email, address);
            note_refusal(&mut conn, &users, &actor, &refusal.to_string(), (self.context.clock)()).await?;
        }
        conn.commit().await?;
        Ok(Err(refusal))
    }

    fn end_streams(&self, before: &[User], after: &[User]) {
        for user in before {
            let stays = after.iter().any(|now| (now.account, now.key, now.role) == (user.account, user.key, user.role));
            if !stays {
                self.context.live.end_sessions_of(user.account, user.key);
            }
        }
    }
}

/// What a person reads of a refusal: what they can do, and a reference under which the log has the reason.
fn refused(context: &Context, provider: &Provider, preferences: Preferences, refusal: Refusal, to: &str) -> Response {
    let reference = new_reference();
    tracing::warn!(reference, reason = %refusal, "Somebody was not let in by single sign-on");
    context.metrics.sign_in_failures.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let (text, name) = (Text(preferences.language), provider.name());
    let words = match refusal {
        Refusal::NotBegun | Refusal::State | Refusal::TooOld | Refusal::Replayed => text.sso_again().to_owned(),
        Refusal::NotGranted => text.sso_not_granted(name),
        Refusal::NoAccount => text.sso_no_account(name),
        Refusal::NoRoom => text.sso_no_room(name),
        Refusal::NoEmail => text.sso_no_email(name),
        Refusal::UnverifiedEmail => text.sso_unverified(name),
        _ => text.sso_not_believed(name),
    };
    let body = format!("<p class=\"notice is-failed\">{}</p>", escaped(&words));
    page(context, provider, preferences, StatusCode::FORBIDDEN, &body, Some(&reference), to)
}

/// The provider cannot be used now; passwords go on.
fn down(context: &Context, provider: &Provider, preferences: Preferences, error: &SsoError, to: &str) -> Response {
    let reference = new_reference();
    tracing::error!(reference, cause = chain(error), "The provider of single sign-on cannot be used");
    let words = Text(preferences.language).sso_down(provider.name());
    let body = format!("<p class=\"notice is-failed\">{}</p>", escaped(&words));
    let status = StatusCode::SERVICE_UNAVAILABLE;
    later(page(context, provider, preferences, status, &body, Some(&reference), to), status, DOWN_SECONDS)
}

fn page(
    context: &Context,
    provider: &Provider,
    preferences: Preferences,
    status: StatusCode,
    body: &str,
    reference: Option<&str>,
    to: &str,
) -> Response {
    let text = Text(preferences.language);
    let with_to = |path: &str| app::links::with_query(path, [("to", to)].into_iter().filter(|(_, to)| !to.is_empty()));
    let again = format!(
        "<p><a class=\"btn btn-primary\" href=\"{}\">{}</a></p><p><a class=\"link\" href=\"{}\">{}</a></p>",
        escaped(&with_to("/oidc/start")),
        escaped(&text.sso_sign_in(provider.name())),
        escaped(&with_to("/sign-in")),
        text.sso_other_ways(),
    );
    let reference =
        reference.map(|reference| format!("<p class=\"text-muted\">{}</p>", escaped(&text.sso_reference(reference))));
    let panel = format!("{body}{again}{}", reference.unwrap_or_default());
    let stylesheet = context.app.assets.url("pkg/ringside.css");
    (status, Html(small_page(preferences, &stylesheet, text.sign_in(), "", &panel))).into_response()
}

/// After a session was ended here: a page that leads on to where the provider ends its own. A page and no redirect: browsers
/// follow none to another server from a form (`form-action`). None where the provider has no such place.
pub(super) async fn signing_out(context: &Context, preferences: Preferences, sso: &SingleSignOn) -> Option<Response> {
    let provider = context.provider.as_ref().filter(|provider| provider.issuer() == sso.issuer)?;
    let id_token = sso.id_token.as_ref().and_then(|sealed| context.sealer.open(OF_ID_TOKENS, sealed).ok());
    let address = provider.sign_out_address(id_token).await?;
    let text = Text(preferences.language);
    let panel = format!(
        "<p>{}</p><p><a class=\"btn btn-primary\" href=\"{}\">{}</a></p>",
        escaped(&text.sso_signing_out(provider.name())),
        escaped(&address),
        text.sso_go_on(),
    );
    let stylesheet = context.app.assets.url("pkg/ringside.css");
    let page = small_page(preferences, &stylesheet, text.signed_out_note(), "", &panel);
    let mut response = Html(page).into_response();
    let refresh = HeaderValue::from_str(&format!("0; url={address}")).ok()?;
    response.headers_mut().insert(header::REFRESH, refresh);
    Some(response)
}
