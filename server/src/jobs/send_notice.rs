//! Mails a link about signing in. The link is made here: its secret is in the mail and nowhere else. A mail that is sent twice
//! (its process was killed before it could say so) holds a link that works; that of the first invitation is over then.

use app::{
    Text,
    links::Outside,
    mail::notice::{About, Notice},
};
use domain::{Account, Timestamp};
use store::{
    accounts, invitations,
    jobs::{JobOutcome, SendNotice},
    password_links,
    quotas::{Near, Quota},
    users,
};

use super::{Ended, JobError, Task};
use crate::{mail::Answer, mail::compose, secrets};

/// Mails sent at once by a process.
pub(super) const AT_ONCE: usize = 2;
/// How long a link to set a password holds that somebody asked for, ms: an hour.
pub const PASSWORD_LASTS_MS: i64 = 60 * 60 * 1_000;

pub(super) async fn run(task: Task) -> Result<Ended, JobError> {
    let notice: SendNotice = task.job.payload()?;
    let Some(server) = task.context.mail.server() else {
        return Ok(Ended::Say(ended(&task, Answer::NotNow("Ringside: no mail server is set".to_owned()))));
    };
    let Some((to, letter)) = written(&task, &notice).await? else {
        // They belong to the account by now, or the invitation was taken back.
        return Ok(Ended::Say(JobOutcome::Done(String::new())));
    };
    let answer = match compose::notice(&task.context, &to, &letter, task.now()) {
        Ok((envelope, bytes)) => server.send(&envelope, &bytes).await,
        Err(why) => Answer::Refused(format!("Ringside: {why}")),
    };
    Ok(Ended::Say(ended(&task, answer)))
}

/// Makes the link, and the mail around it.
async fn written(task: &Task, notice: &SendNotice) -> Result<Option<(String, Notice)>, JobError> {
    let (scope, now) = (&task.scope, task.now());
    let link = secrets::make(secrets::NO_PREFIX, scope.account());
    let mut conn = task.db.write().await?;
    let account = accounts::lookup(&mut conn, scope).await?;
    let base = task.context.settings().base_url.as_str();
    let (to, about, page, until) = match notice {
        SendNotice::Invitation { email } => {
            let Some(invitation) = invitations::lookup(&mut conn, scope, email).await? else { return Ok(None) };
            invitations::set_link(&mut conn, scope, email, &link.hash).await?;
            (email, About::Invitation(invitation.role), "/invitation", invitation.expires_at)
        }
        SendNotice::PasswordLink { email } => {
            let Some(user) = users::lookup_email(&mut conn, scope, email).await? else { return Ok(None) };
            let until = Timestamp(now.0 + PASSWORD_LASTS_MS);
            password_links::add(&mut conn, scope, user.key, &link.hash, until, true).await?;
            (email, About::Password, "/set-password", until)
        }
        SendNotice::QuotaNear { email, quota, limit, used, .. } => {
            let Some(quota) = Quota::from_word(quota) else { return Ok(None) };
            let is_owner = users::lookup_email(&mut conn, scope, email).await?.is_some();
            let page =
                if is_owner { Outside::page(base, account.id, "/usage") } else { Outside::operator(base, account.id) };
            let near = Near { quota, limit: *limit, used: *used };
            return Ok(Some(letter(email, About::Quota(near), page, now, &account)));
        }
        SendNotice::Entered { email, by, reason, role, until } => {
            let about = About::Entered { by, reason, role: *role };
            let page = Outside::page(base, account.id, "/settings/log");
            return Ok(Some(letter(email, about, page, *until, &account)));
        }
    };
    conn.commit().await?;
    Ok(Some(letter(to, about, Outside::of_secret(base, page, &link.text), until, &account)))
}

/// A mail to somebody, which leads to a page.
fn letter(to: &str, about: About<'_>, page: Outside, until: Timestamp, account: &Account) -> (String, Notice) {
    let notice = Notice::new(about, &account.name, page, until, account.zone, Text(account.language));
    (to.to_owned(), notice)
}

fn ended(task: &Task, answer: Answer) -> JobOutcome {
    match (answer, task.next_try()) {
        (Answer::Accepted(words), _) => JobOutcome::Done(words),
        (Answer::NotNow(why), Some(at)) => JobOutcome::Retry(at, why),
        (Answer::NotNow(why) | Answer::Refused(why), _) => JobOutcome::Failed(why),
    }
}
