//! Sends one mail of the outbox: composed once for its mailing, sent by SMTP without a transaction, and marked together with
//! the job's end ([`accepted`]).

use std::time::{Duration, Instant};

use domain::Timestamp;
use store::{
    Db, Scope, StoreError,
    jobs::{self, Claim, JobOutcome, SendMail},
    outbox::{self, BeginMail, BegunMail, MailOutcome},
    users,
};

use super::{JobEnd, JobError, Task, accepted};
use crate::{
    context::{Context, SharedContext},
    failure::chain,
    mail::{MailingContents, SmtpAnswer},
    secrets,
};

/// Mails sent at once by a process.
pub(super) const AT_ONCE: usize = 4;
/// From this size of the workbook on, in base64, they go one after the other: each is in memory three times while it is
/// sent.
const LARGE: usize = 5_000_000;
/// For how many times as long as a mail took its place stays empty, and for how long at most: hundreds of mails are no
/// hurry, most of the time belongs to the calls that come in meanwhile.
const PAUSE_FACTOR: u32 = 4;
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

pub(super) async fn run(task: Task) -> Result<JobEnd, JobError> {
    let SendMail { mailing, no } = task.job.payload()?;
    if let Some(words) = accepted::before(&task) {
        return Ok(accepted::store(&task, Some((mailing, no)), words).await?);
    }
    let since = Instant::now();
    let Some(mail) = begin(&task.db, &task.context, &task.scope, mailing, no).await? else {
        return Ok(JobEnd::Say(JobOutcome::Done(String::new())));
    };
    let sent = match task.context.composer(&task.db).contents(&task.scope, &mail).await {
        Ok(sent) => Some(sent),
        Err(error) => {
            tracing::error!(mailing, cause = chain(&error), "A report could not be put together");
            None
        }
    };
    let answer = send(&task, &mail, sent.as_ref()).await?;
    task.context.metrics.mail(answer.word());
    let ended = match answer {
        SmtpAnswer::Accepted(words) => {
            let to = masked(&mail.recipient);
            tracing::info!(mailing, attempt = mail.attempt, to, "The report of a campaign was sent to {to}");
            accepted::store(&task, Some((mailing, no)), words).await?
        }
        SmtpAnswer::Refused(why) => mark(&task, &mail, None, why).await?,
        SmtpAnswer::NotNow(why) => mark(&task, &mail, task.next_try(), why).await?,
    };
    tokio::time::sleep((since.elapsed() * PAUSE_FACTOR).min(LONGEST_PAUSE)).await;
    Ok(ended)
}

async fn begin(
    db: &Db,
    context: &Context,
    scope: &Scope,
    mailing: i64,
    no: i64,
) -> Result<Option<BegunMail>, StoreError> {
    let with = BeginMail {
        now: (context.clock)(),
        random: secrets::random_text::<24>,
        domain: context.mail.from.email.domain(),
    };
    let mut conn = db.write().await?;
    let mail = outbox::begin(&mut conn, scope, mailing, no, &with).await?;
    conn.commit().await?;
    Ok(mail)
}

async fn send(task: &Task, mail: &BegunMail, sent: Option<&MailingContents>) -> Result<SmtpAnswer, StoreError> {
    let Some(server) = task.context.mail.server() else {
        return Ok(SmtpAnswer::NotNow("Ringside: no mail server is set".to_owned()));
    };
    let is_user = {
        let user = users::lookup_email(&mut task.db.read().await?, &task.scope, &mail.recipient).await?;
        user.is_some()
    };
    let Some(sent) = sent else {
        return Ok(SmtpAnswer::NotNow("Ringside: the report could not be put together; the log says why".to_owned()));
    };
    let large = sent.workbook.as_ref().is_some_and(|body| body.len() > LARGE);
    let turns = if large { AT_ONCE as u32 } else { 1 };
    let _turn = task.context.mail.turns.acquire_many(turns).await;
    Ok(match task.context.composer(&task.db).message(&task.scope, mail, sent, is_user, task.now()) {
        Ok((envelope, bytes)) => server.send(&envelope, &bytes).await,
        Err(why) => SmtpAnswer::Refused(format!("Ringside: {why}")),
    })
}

/// Says that a mail was not accepted: tried again at `next`, or given up.
async fn mark(task: &Task, mail: &BegunMail, next: Option<Timestamp>, why: String) -> Result<JobEnd, StoreError> {
    let (mailing, attempt, to) = (mail.mailing, mail.attempt, masked(&mail.recipient));
    let (of_mail, of_job, word) = if let Some(at) = next {
        tracing::warn!(mailing, attempt, to, why, "A report could not be sent to {to} yet");
        (MailOutcome::Later(at, why.clone()), JobOutcome::Retry(at, why), "retry")
    } else {
        tracing::error!(mailing, attempt, to, why, "A report could not be sent to {to}");
        (MailOutcome::Failed(why.clone()), JobOutcome::Failed(why), "failed")
    };
    let mut conn = task.db.write().await?;
    outbox::mark(&mut conn, &task.scope, mailing, mail.no, &of_mail, task.now()).await?;
    if !task.finish(&mut conn, &of_job).await? {
        // Another process has it: what becomes of the mail is its to say.
        return Ok(JobEnd::Said("lost"));
    }
    conn.commit().await?;
    Ok(JobEnd::Said(word))
}

/// Composes what waits and keeps it as sent with these words, for the demo: nothing leaves the machine.
pub async fn keep_only(db: &Db, context: &SharedContext, scope: &Scope, words: &str) -> Result<usize, StoreError> {
    let (lease, now) = (secrets::random_text::<12>(), (context.clock)());
    let kind = <SendMail as jobs::Payload>::KIND;
    let claim = Claim { kind, lease: &lease, now, until: Timestamp(now.0 + 60_000), limit: 100, held: &[] };
    let mut conn = db.write().await?;
    let claimed = jobs::claim(&mut conn, scope, &claim).await?;
    conn.commit().await?;
    for job in &claimed {
        let SendMail { mailing, no } = job.payload()?;
        let Some(mail) = begin(db, context, scope, mailing, no).await? else { continue };
        let (of_mail, of_job) = match context.composer(db).contents(scope, &mail).await {
            Ok(_) => (MailOutcome::Sent(words.to_owned()), JobOutcome::Done(words.to_owned())),
            Err(error) => {
                tracing::error!(cause = chain(&error), "The demo's report could not be put together");
                let why = "the report could not be put together".to_owned();
                (MailOutcome::Failed(why.clone()), JobOutcome::Failed(why))
            }
        };
        let mut conn = db.write().await?;
        outbox::mark(&mut conn, scope, mailing, no, &of_mail, now).await?;
        jobs::finish(&mut conn, scope, job, &of_job, now).await?;
        conn.commit().await?;
    }
    Ok(claimed.len())
}

/// An address as a log may show it: `b…@antam.vn`.
fn masked(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    format!("{}…@{domain}", local.chars().next().unwrap_or('?'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_does_not_say_whom() {
        assert_eq!(masked("baocao@antam.vn"), "b…@antam.vn");
        assert_eq!(masked("đạt@antam.vn"), "đ…@antam.vn");
    }
}
