//! Mails a link about signing in, or what somebody must know. The link is made here: its secret is in the mail and stored nowhere.
//! One request has one link: a mail that is sent twice (its process was killed before it could say so) holds the same one, and has
//! the same Message-ID. Without a key for secrets (docs/OPERATIONS.md, `RINGSIDE_SECRET_KEY`) a link cannot be made again; then the
//! second mail holds another one, and that of the first is over.

use app::{
    Text,
    links::Outside,
    mail::notice::{About, Notice},
};
use domain::Timestamp;
use store::{
    Conn, StoreError, User, accounts, invitations,
    jobs::{self, JobOutcome, MadeLink, SendNotice},
    operators, password_links,
    quotas::{NearQuota, Quota},
    users,
};

use super::{JobEnd, JobError, Task, accepted};
use crate::{
    failure::chain,
    mail::SmtpAnswer,
    sealing::SealError,
    secrets::{self, Secret},
};

/// Mails sent at once by a process.
pub(super) const AT_ONCE: usize = 2;
/// How long a link to set a password holds that somebody asked for, ms: an hour.
pub const PASSWORD_LASTS_MS: i64 = 60 * 60 * 1_000;

pub(super) async fn run(task: Task) -> Result<JobEnd, JobError> {
    if let Some(words) = accepted::before(&task) {
        return Ok(accepted::store(&task, None, words).await?);
    }
    let notice: SendNotice = task.job.payload()?;
    let Some(server) = task.context.mail.server() else {
        return Ok(JobEnd::Say(later(&task, "Ringside: no mail server is set".to_owned())));
    };
    let Some(WrittenNotice { to, letter, message_id }) = written(&task, &notice).await? else {
        // They belong to the account by now, the invitation was taken back, or the link was used.
        return Ok(JobEnd::Say(JobOutcome::Done(String::new())));
    };
    let answer = match task.context.composer(&task.db).notice(&to, &letter, message_id, task.now()) {
        Ok((envelope, bytes)) => server.send(&envelope, &bytes).await,
        Err(why) => SmtpAnswer::Refused(format!("Ringside: {why}")),
    };
    task.context.metrics.mail(answer.word());
    match answer {
        SmtpAnswer::Accepted(words) => Ok(accepted::store(&task, None, words).await?),
        SmtpAnswer::NotNow(why) => Ok(JobEnd::Say(later(&task, why))),
        SmtpAnswer::Refused(why) => Ok(JobEnd::Say(JobOutcome::Failed(why))),
    }
}

/// A mail that is to be sent.
struct WrittenNotice {
    to: String,
    letter: Notice,
    message_id: String,
}

/// Makes the link, and the mail around it. None where nothing is to be sent any more.
async fn written(task: &Task, notice: &SendNotice) -> Result<Option<WrittenNotice>, JobError> {
    let (scope, now) = (&task.scope, task.now());
    let mut conn = task.db.write().await?;
    let account = accounts::lookup(&mut conn, scope).await?;
    let base = task.context.settings().base_url.as_str();
    let (to, about, page, until, link) = match notice {
        SendNotice::Invitation { email } => {
            let Some(invitation) = invitations::lookup(&mut conn, scope, email).await? else { return Ok(None) };
            // Who is asked anew gets another link.
            let (link, _) = make_link(task, invitation.invited_at);
            invitations::set_link(&mut conn, scope, email, &link.hash).await?;
            let page = Outside::of_secret(base, "/invitation", &link.text);
            (email, About::Invitation(invitation.role), page, invitation.expires_at, Some(link.hash))
        }
        SendNotice::PasswordLink { email, link } => {
            let Some(user) = users::lookup_email(&mut conn, scope, email).await? else { return Ok(None) };
            let until = Timestamp(now.0 + PASSWORD_LASTS_MS);
            let Some(link) = one_link(task, &mut conn, &user, *link, until).await? else { return Ok(None) };
            let page = Outside::of_secret(base, "/set-password", &link.text);
            (email, About::Password, page, until, Some(link.hash))
        }
        SendNotice::QuotaNear { email, quota, limit, used, .. } => {
            let Some(quota) = Quota::from_word(quota) else { return Ok(None) };
            // Who runs the service sets another quota; an owner asks for one.
            let to_operator = operators::list(&mut conn).await?.iter().any(|operator| operator.email == *email);
            let page = if to_operator {
                Outside::operator(base, account.id)
            } else {
                Outside::page(base, account.id, "/usage")
            };
            let near = NearQuota { quota, limit: *limit, used: *used };
            (email, About::Quota { near, to_operator }, page, now, None)
        }
        SendNotice::Entered { email, by, reason, role, until } => {
            let about = About::Entered { by, reason, role: *role };
            (email, about, Outside::page(base, account.id, "/settings/log"), *until, None)
        }
    };
    conn.commit().await?;
    let letter = Notice::new(about, &account.name, page, until, account.zone, Text(account.language));
    let words = format!("{} {} {} {link:?}", account.id, task.job.key, notice.once_key());
    Ok(Some(WrittenNotice { to: to.clone(), letter, message_id: task.context.composer(&task.db).message_id(&words) }))
}

/// The link of this job that is made at this time: always the same, so that a mail that is sent twice holds the same. Where there is
/// no key to make it of, another one, of now.
fn make_link(task: &Task, at: Timestamp) -> (Secret, Timestamp) {
    let account = task.scope.account();
    match task.context.sealer.derive(account, &format!("link {} {}", task.job.key, at.0)) {
        Ok(bytes) => (secrets::of_bytes(secrets::NO_PREFIX, account, &bytes), at),
        Err(error) => {
            if !matches!(error, SealError::NoKey) {
                tracing::warn!(cause = chain(&error), "There is no key to make a link of that could be made again");
            }
            (secrets::make(secrets::NO_PREFIX, account), task.now())
        }
    }
}

/// The one link of a job that sets a password: the one of an earlier try where that still holds and can be
/// made again, else another one in its place. None where it was used: then nobody waits for a mail.
async fn one_link(
    task: &Task,
    conn: &mut Conn,
    user: &User,
    before: Option<MadeLink>,
    until: Timestamp,
) -> Result<Option<Secret>, StoreError> {
    let (scope, now) = (&task.scope, task.now());
    let (mut link, mut made_at) = make_link(task, before.map_or(now, |before| before.made_at));
    let is_same = before.is_some_and(|before| before.hash == link.hash);
    if !(is_same && password_links::extend(conn, scope, &link.hash, until, now).await?) {
        if let Some(before) = before {
            let was_there = password_links::remove(conn, scope, &before.hash).await?;
            if !was_there && now < before.until {
                return Ok(None);
            }
            (link, made_at) = make_link(task, now);
        }
        password_links::add(conn, scope, user.key, &link.hash, until, true).await?;
    }
    let made = MadeLink { made_at, until, hash: link.hash };
    let notice = SendNotice::PasswordLink { email: user.email.clone(), link: Some(made) };
    let is_held = jobs::save(conn, scope, &task.job, &notice).await?;
    Ok(is_held.then_some(link))
}

fn later(task: &Task, why: String) -> JobOutcome {
    match task.next_try() {
        Some(at) => JobOutcome::Retry(at, why),
        None => JobOutcome::Failed(why),
    }
}
