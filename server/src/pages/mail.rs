//! Reports by mail, for people: complete a campaign, send its report, set who receives it, look at what was sent; and for
//! recipients: stop, and download what was too large.

use app::{
    Press, PressButton, Text,
    form::Filled,
    html::escaped,
    mail::{ALL, Letter, Links, SEND_AGAIN, TO, WHO, html, plain},
    recipients::{ACCOUNT_RECIPIENTS, CAMPAIGN_RECIPIENTS, EMAILS, OF_ACCOUNT},
    session::Preferences,
};
use axum::{
    Extension, Form,
    body::Body,
    extract::{Path, RawQuery, State},
    http::{HeaderValue, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use domain::{Campaign, CampaignId, CampaignState, Role, limits::MAIL_PAUSE_MS};
use serde_json::{Value, json};
use store::{
    Conn, Scope,
    audit::{self, Action, Actor, Event},
    campaigns,
    outbox::{self, MailKind, ReportAddressees, Sending},
    recipients,
};

use crate::{
    context::{Context, SharedContext},
    files::XLSX,
    mail::LINK_LASTS_MS,
    web::{
        audited::RequestActor,
        browser, changes,
        client::Client,
        database::Database,
        download::file_headers,
        editing::Editing,
        path::Id,
        problem::Problem,
        refused::{self, FormPairs},
        routes::Routes,
        security::OwnPolicy,
        session::Reader,
        small_page::small_page,
    },
};

/// What a mail may do in the page: be looked at, and open its links elsewhere.
const SANDBOXED: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; \
                         frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox";

/// After this time it is worth asking again whether the mails of a day are sent long enough ago.
const HOUR_SECONDS: i64 = 60 * 60;

pub fn routes() -> Routes {
    Routes::new()
        .post("/campaigns/{id}/complete", complete)
        .post("/campaigns/{id}/mail/send", send)
        .post("/campaigns/{id}/mail/preview", preview)
        .post("/campaigns/{id}/recipients", put_recipients)
        .get("/campaigns/{id}/mail/{mailing}/{no}", show)
        .get("/mail/stop/{account}/{mailing}/{no}/{secret}", ask_to_stop)
        .post("/mail/stop/{account}/{mailing}/{no}/{secret}", stop)
        .get("/mail/workbook/{account}/{mailing}/{secret}", workbook)
}

fn back(campaign: &CampaignId) -> Response {
    browser::see_other(&format!("{}#report-mail", app::links::campaign_path(campaign)))
}

async fn complete(editing: Editing, mut database: Database, Id(campaign): Id<CampaignId>) -> Result<Response, Problem> {
    let scope = &editing.who.scope;
    let mut conn = editing.write(&mut database).await?;
    let before = campaigns::lookup(&mut conn, scope, &campaign).await?;
    let before = before.ok_or_else(|| Problem::not_found("campaign"))?.campaign;
    editing.only(Role::Manager)?;
    if campaigns::complete(&mut conn, scope, &campaign, editing.now()).await? == Some(true) {
        let after = Campaign { state: CampaignState::Completed, ..before.clone() };
        editing.commit(conn, &changes::campaign_event(Some(&before), &after)).await?;
    }
    Ok(back(&campaign))
}

/// Sends the report again: to everybody (`who=all`), or to those who were chosen (`to`, once for each). Who chose nobody is asked
/// again: nothing goes to all by mistake.
async fn send(
    editing: Editing,
    mut database: Database,
    Id(campaign): Id<CampaignId>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let of = |name: &'static str| pairs.iter().filter(move |(given, _)| given == name).map(|(_, value)| value);
    let (values, filled) = SEND_AGAIN.read(&pairs);
    let chosen = values.several(&TO);
    let to = if of(WHO).any(|who| who == ALL) { ReportAddressees::Everybody } else { ReportAddressees::Chosen(chosen) };
    put(&editing, &mut database, &campaign, MailKind::Again, to, filled).await
}

async fn preview(editing: Editing, mut database: Database, Id(campaign): Id<CampaignId>) -> Result<Response, Problem> {
    let to = ReportAddressees::Oneself(&editing.who.email);
    put(&editing, &mut database, &campaign, MailKind::Preview, to, Filled::default()).await
}

/// Whom a report is sent to, as the log says it.
fn named(to: ReportAddressees<'_>) -> Value {
    match to {
        ReportAddressees::Everybody => json!("all"),
        ReportAddressees::Oneself(email) => json!([email]),
        ReportAddressees::Chosen(emails) => json!(emails),
    }
}

async fn put(
    editing: &Editing,
    database: &mut Database,
    campaign: &CampaignId,
    kind: MailKind,
    to: ReportAddressees<'_>,
    filled: Filled,
) -> Result<Response, Problem> {
    let scope = &editing.who.scope;
    let mut conn = editing.write(database).await?;
    let stored = campaigns::lookup(&mut conn, scope, campaign).await?.ok_or_else(|| Problem::not_found("campaign"))?;
    editing.only(Role::Manager)?;
    let (context, preferences, text) = (&*editing.context, editing.preferences(), editing.text());
    if to == ReportAddressees::Chosen(&[]) {
        return again(editing, &mut conn, &stored.campaign, filled, text.mail_choose()).await;
    }
    let (words, seconds) = match outbox::send(&mut conn, scope, campaign, kind, to, editing.now()).await? {
        Sending::Queued(_) => {
            let details = json!({"to": named(to), "preview": kind == MailKind::Preview});
            editing.commit(conn, &Event::of(Action::MailAsked, campaign.as_str()).with(details)).await?;
            return Ok(back(campaign));
        }
        Sending::NoCampaign => return Err(Problem::not_found("campaign")),
        Sending::NotCompleted => {
            let words = text.mail_not_completed();
            return Ok(refusal(context, preferences, campaign, StatusCode::CONFLICT, words));
        }
        Sending::TooSoon => (text.mail_too_soon(), MAIL_PAUSE_MS / 1_000),
        Sending::TooMany => (text.mail_too_many(), HOUR_SECONDS),
    };
    let mut response = match to {
        ReportAddressees::Chosen(_) => again(editing, &mut conn, &stored.campaign, filled, words).await?,
        _ => refusal(context, preferences, campaign, StatusCode::TOO_MANY_REQUESTS, words),
    };
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    Ok(response)
}

/// The form once more, with who was chosen and why nothing was sent.
async fn again(
    editing: &Editing,
    conn: &mut Conn,
    campaign: &Campaign,
    filled: Filled,
    words: &str,
) -> Result<Response, Problem> {
    let shared = recipients::of_account(conn, &editing.who.scope).await?;
    let all = if campaign.report_emails.is_empty() { &shared } else { &campaign.report_emails };
    let offered = all.iter().map(|address| (address.clone(), address.clone())).collect();
    // One sentence says what is wrong with the form as a whole.
    let filled = filled.without_errors().failed(words.to_owned(), &[TO]).offering(&TO, offered);
    let (path, title) = (app::links::campaign_path(&campaign.id), editing.text().mail_again_question(&campaign.name));
    Ok(editing.refused(&SEND_AGAIN, &title, &format!("{path}/mail/send"), &format!("{path}#report-mail"), &filled))
}

/// Why nothing was sent, and the way back.
fn refusal(
    context: &Context,
    preferences: Preferences,
    campaign: &CampaignId,
    status: StatusCode,
    words: &str,
) -> Response {
    let text = Text(preferences.language);
    let href = format!("{}#report-mail", app::links::campaign_path(campaign));
    let body = format!("<p>{words}</p><a class=\"link\" href=\"{}\">{}</a>", escaped(&href), text.back());
    (status, page(context, preferences, text.report_mail(), &body)).into_response()
}

async fn put_recipients(
    editing: Editing,
    mut database: Database,
    Id(campaign): Id<CampaignId>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    let scope = &editing.who.scope;
    let mut conn = editing.write(&mut database).await?;
    let own = campaigns::lookup(&mut conn, scope, &campaign).await?;
    let own = own.ok_or_else(|| Problem::not_found("campaign"))?.campaign.report_emails;
    editing.only(Role::Manager)?;
    let of_account = pairs.iter().any(|(name, value)| name == "of" && value == OF_ACCOUNT);
    let form = if of_account { ACCOUNT_RECIPIENTS } else { CAMPAIGN_RECIPIENTS };
    let values = match form.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => {
            let (title, action) = (editing.text().mail_recipients(), app::links::recipients(&campaign));
            return Ok(editing.refused(&form, title, &action, &app::links::campaign_path(&campaign), &filled));
        }
    };
    let emails = values.emails(&EMAILS);
    let (subject, before, after) = if of_account {
        let before = recipients::of_account(&mut conn, scope).await?;
        recipients::put_of_account(&mut conn, scope, emails).await?;
        ("", before, recipients::of_account(&mut conn, scope).await?)
    } else {
        recipients::put_of_campaign(&mut conn, scope, &campaign, emails).await?;
        let after = campaigns::lookup(&mut conn, scope, &campaign).await?;
        (campaign.as_str(), own, after.map(|summary| summary.campaign.report_emails).unwrap_or_default())
    };
    if before != after {
        let details = changes::between(Some(json!({"emails": before})), json!({"emails": after}));
        editing.commit(conn, &Event::of(Action::RecipientsChanged, subject).with(details)).await?;
    }
    Ok(back(&campaign))
}

/// The mail as it was sent, but for the links that are its recipient's own.
async fn show(
    State(context): State<SharedContext>,
    Reader(signed_in): Reader,
    mut database: Database,
    Extension(preferences): Extension<Preferences>,
    Path((campaign, mailing, no)): Path<(String, i64, i64)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let none = || Problem::not_found("mail");
    let campaign = CampaignId::new(campaign).map_err(|_| none())?;
    let mut conn = database.read().await?;
    let recipient = outbox::recipient(&mut conn, &signed_in.scope, &campaign, mailing, no).await?.ok_or_else(none)?;
    let contents = outbox::contents(&mut conn, &signed_in.scope, mailing).await?.ok_or_else(none)?;
    drop(conn);
    let letter: Letter = serde_json::from_str(&contents.letter).map_err(|error| Problem::internal(&error))?;
    let links = Links::default();
    let mut response = if query.as_deref() == Some("text") {
        let head = format!("{}\n\n", letter.subject);
        ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], head + &plain(&letter, &links)).into_response()
    } else {
        let text = Text(preferences.language);
        let zone = signed_in.account.zone;
        let at = text.mail_moment(zone.local(contents.composed_at));
        let head = format!(
            "<div class=\"card\" style=\"max-width:600px;margin:0 auto;padding:16px 32px;box-sizing:border-box;background:#fff;\
             border-bottom:1px solid #E2E6EB;font-family:Inter,'Segoe UI','Noto Sans',sans-serif;font-size:13px;line-height:20px\" lang=\"{}\">\
             <b class=\"ink\">{}</b><br><span class=\"muted\" style=\"color:#566172\">{}</span></div>",
            preferences.language.tag(),
            escaped(&letter.subject),
            escaped(&text.mail_shown(&context.mail.from.to_string(), &recipient, &at)),
        );
        let mail = html(&letter, &links);
        // After the opening tag of the body, which has no `>` but its last.
        let body = mail.find("<body").and_then(|at| mail[at..].find('>').map(|end| at + end + 1)).unwrap_or(0);
        Html(format!("{}{head}{}", &mail[..body], &mail[body..])).into_response()
    };
    response.extensions_mut().insert(OwnPolicy(SANDBOXED));
    Ok(response)
}

/// A link out of a mail names its account; its secret is compared by the database.
fn linked(account: i64) -> Scope {
    #[expect(
        clippy::disallowed_methods,
        reason = "the secret of the link, which only its recipient has, opens this and no more"
    )]
    Scope::system(account)
}

async fn ask_to_stop(
    State(context): State<SharedContext>,
    mut database: Database,
    Extension(preferences): Extension<Preferences>,
    uri: Uri,
    Path((account, mailing, no, secret)): Path<(i64, i64, i64, String)>,
) -> Result<Response, Problem> {
    let mut conn = database.read().await?;
    let address = outbox::recipient_of_stop(&mut conn, &linked(account), mailing, no, &secret).await?;
    let address = address.ok_or_else(|| Problem::not_found("link"))?;
    let text = Text(preferences.language);
    let button = PressButton { class: "btn btn-primary", words: text.mail_stop(), ..PressButton::default() };
    let form = Press::of_person(uri.path()).html(refused::session(&context, preferences, None), Vec::new(), button);
    let body = format!("<p>{}</p>{form}", escaped(&text.mail_stop_question(&address)));
    Ok(page(&context, preferences, text.mail_stop(), &body))
}

/// Also what a mail program sends by itself (`List-Unsubscribe-Post`), without a session.
async fn stop(
    State(context): State<SharedContext>,
    mut database: Database,
    Client(client): Client,
    Extension(preferences): Extension<Preferences>,
    Path((account, mailing, no, secret)): Path<(i64, i64, i64, String)>,
) -> Result<Response, Problem> {
    let scope = linked(account);
    let address = {
        let mut conn = database.read().await?;
        outbox::recipient_of_stop(&mut conn, &scope, mailing, no, &secret).await?
    };
    let address = address.ok_or_else(|| Problem::not_found("link"))?;
    let mut conn = database.write().await?;
    recipients::stop(&mut conn, &scope, &address).await?;
    // The recipient, whom the log knows by the address that wants no more.
    let actor = Actor { address: Some(client), ..Actor::system() };
    let event = Event::of(Action::RecipientStopped, address.clone());
    audit::record(&mut conn, &scope, &actor, &event, (context.clock)()).await?;
    conn.commit().await?;
    let text = Text(preferences.language);
    let done = format!("<p>{}</p>", escaped(&text.mail_stopped(&address)));
    Ok(page(&context, preferences, text.mail_stop(), &done))
}

fn page(context: &Context, preferences: Preferences, title: &str, body: &str) -> Response {
    Html(small_page(preferences, &context.app.assets.url("pkg/ringside.css"), title, "", body)).into_response()
}

/// The workbook that was too large for its mail.
async fn workbook(
    State(context): State<SharedContext>,
    mut database: Database,
    Extension(asker): Extension<RequestActor>,
    Client(address): Client,
    Path((account, mailing, secret)): Path<(i64, i64, String)>,
) -> Result<Response, Problem> {
    let none = || Problem::not_found("file, or no longer");
    let scope = linked(account);
    let contents = outbox::contents(&mut *database.read().await?, &scope, mailing).await?.ok_or_else(none)?;
    let is_over = (context.clock)().0 > contents.composed_at.0 + LINK_LASTS_MS;
    if contents.link_secret != secret || is_over {
        return Err(none());
    }
    // Whoever has the link: nobody knows more of them than their address.
    asker.is(scope, Actor { address: Some(address), ..Actor::system() });
    let letter: Letter = serde_json::from_str(&contents.letter).map_err(|error| Problem::internal(&error))?;
    let (object, bytes) = contents.workbook.ok_or_else(none)?;
    let stream = context.recordings.read(&object, 0, bytes).await?;
    let mut response = Body::from_stream(stream).into_response();
    response.headers_mut().extend(file_headers(XLSX, &letter.file_name));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    Ok(response)
}
