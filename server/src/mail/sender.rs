//! Sends what is due: claims under a lease, sends without a transaction, says what became of it.

use std::time::{Duration, Instant};

use domain::{Timestamp, time::DAY_MS};
use futures::{StreamExt, future::BoxFuture};
use store::{
    Scope, StoreError,
    outbox::{self, Claimed, Claiming, Outcome},
    users,
};

use super::{
    compose::{self, LINK_LASTS_MS, Sent},
    smtp::{Answer, MailServer},
};
use crate::{
    http::{Shared, problem::chain},
    secrets,
};

/// How long a claim holds: longer than composing and sending take. A sender that died is replaced after it.
pub const LEASE_MS: i64 = 30 * 60_000;
/// Mails claimed at once by a process, all of one account.
const BATCH: i64 = 4;
/// From this size of the workbook on, in base64, they go one after the other: each is in memory three times while it is
/// sent.
const LARGE: usize = 5_000_000;
/// After which pauses a mail is tried again; then hourly.
const PAUSES_MIN: [i64; 4] = [1, 5, 15, 60];
/// How long a mail is tried.
const TRIED_FOR_MS: i64 = DAY_MS;
/// For how many times as long as a batch took the next one waits, and for how long at most: a mail server that answers
/// slowly keeps nobody else's mails for minutes.
const PAUSE_FACTOR: u32 = 4;
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// How often the outbox is looked at where nobody knocks: another process may have put something in.
const POLL: Duration = Duration::from_secs(5);

/// When a mail is tried again after its `attempt`-th try, from 1; `None`: it has been tried for a day.
fn next_try(attempt: u32, first: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let pause = PAUSES_MIN.get(attempt.max(1) as usize - 1).unwrap_or(&60);
    let next = Timestamp(now.0 + pause * 60_000);
    (next.0 - first.0 <= TRIED_FOR_MS).then_some(next)
}

/// Sends mails for as long as the server runs.
pub async fn work(server: Shared) {
    match server.mail.setup() {
        app::MailSetup::Ready => {}
        app::MailSetup::Unset => tracing::warn!("RINGSIDE_SMTP_URL is not set: mails wait in the outbox"),
        app::MailSetup::Wrong(_, why) => tracing::error!("RINGSIDE_SMTP_URL {why}: mails wait in the outbox"),
    }
    let mut last = None;
    loop {
        let since = Instant::now();
        match send_due_after(&server, &mut last).await {
            Ok(0) => last = None,
            Ok(_) => {
                // Hundreds of mails are no hurry: most of the time belongs to the calls that come in meanwhile.
                tokio::time::sleep((since.elapsed() * PAUSE_FACTOR).min(LONGEST_PAUSE)).await;
                continue;
            }
            Err(error) => tracing::warn!(cause = %error, "The outbox could not be read; it is tried again"),
        }
        tokio::select! {
            () = server.mail.wake.notified() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

/// Account and mailing, and what its mails hold: read and encoded once, not for each batch of its recipients.
type Last = Option<((i64, i64), Sent)>;

/// Sends what is due now, at most one batch of each account; gives how many mails were tried. Does nothing where no mail
/// server is set.
pub async fn send_due(server: &Shared) -> Result<usize, StoreError> {
    send_due_after(server, &mut None).await
}

async fn send_due_after(server: &Shared, last: &mut Last) -> Result<usize, StoreError> {
    let Some(smtp) = server.mail.server() else { return Ok(0) };
    let accounts = outbox::due_accounts(&mut server.db.read().await?, (server.clock)()).await?;
    let mut tried = 0;
    for account in accounts {
        #[expect(clippy::disallowed_methods, reason = "the sender works for every account that has mails to send")]
        let scope = Scope::system(account);
        tried += send_batch(server, &smtp, &scope, last).await?;
    }
    Ok(tried)
}

/// Deletes the workbooks whose links are over; gives how many. Their mails are long sent, or given up.
///
/// The file goes first: if it stays, or the process ends in between, the row still names it, and it is tried again.
pub async fn delete_old_workbooks(server: &Shared) -> Result<usize, StoreError> {
    let before = Timestamp((server.clock)().0 - LINK_LASTS_MS);
    let old = outbox::workbooks_before(&mut server.db.read().await?, before).await?;
    for kept in &old {
        if !server.recordings.delete(&kept.object).await {
            continue;
        }
        #[expect(clippy::disallowed_methods, reason = "the server keeps every account's files")]
        let scope = Scope::system(kept.account);
        let mut conn = server.db.write().await?;
        outbox::forget_workbook(&mut conn, &scope, kept.mailing).await?;
        conn.commit().await?;
    }
    Ok(old.len())
}

/// Composes what is due and keeps it as sent with these words, for the demo: nothing leaves the machine.
pub async fn keep_only(server: &Shared, scope: &Scope, words: &str) -> Result<usize, StoreError> {
    let lease = secrets::random_text::<12>();
    let claimed = claim(server, scope, &lease).await?;
    for mail in &claimed {
        let outcome = match compose::contents(server, scope, mail).await {
            Ok(_) => Outcome::Sent(words.to_owned()),
            Err(error) => {
                tracing::error!(cause = chain(&error), "The demo's report could not be put together");
                Outcome::Failed("the report could not be put together".to_owned())
            }
        };
        let mut conn = server.db.write().await?;
        outbox::mark(&mut conn, scope, mail, &lease, &outcome, (server.clock)()).await?;
        conn.commit().await?;
    }
    Ok(claimed.len())
}

async fn claim(server: &Shared, scope: &Scope, lease: &str) -> Result<Vec<Claimed>, StoreError> {
    let now = (server.clock)();
    let claiming = Claiming {
        lease,
        now,
        until: Timestamp(now.0 + LEASE_MS),
        random: secrets::random_text::<24>,
        domain: server.mail.from.email.domain(),
        limit: BATCH,
    };
    let mut conn = server.db.write().await?;
    let claimed = outbox::claim(&mut conn, scope, &claiming).await?;
    conn.commit().await?;
    Ok(claimed)
}

async fn send_batch(server: &Shared, smtp: &MailServer, scope: &Scope, last: &mut Last) -> Result<usize, StoreError> {
    let lease = secrets::random_text::<12>();
    let claimed = claim(server, scope, &lease).await?;
    // Those of one mailing come together and hold the same.
    for of_one in claimed.chunk_by(|one, next| one.mailing == next.mailing) {
        let mailing = of_one[0].mailing;
        let key = (scope.account(), mailing);
        if last.as_ref().is_none_or(|(of, _)| *of != key) {
            *last = match compose::contents(server, scope, &of_one[0]).await {
                Ok(sent) => Some((key, sent)),
                Err(error) => {
                    tracing::error!(mailing, cause = chain(&error), "A report could not be put together");
                    None
                }
            };
        }
        let sent = last.as_ref().map(|(_, sent)| sent);
        let large = sent.and_then(|sent| sent.workbook.as_ref()).is_some_and(|body| body.len() > LARGE);
        let at_once = if large { 1 } else { BATCH as usize };
        let mut sending: Vec<BoxFuture<'_, Result<(), StoreError>>> = Vec::with_capacity(of_one.len());
        for mail in of_one {
            sending.push(Box::pin(try_one(server, smtp, scope, mail, sent, &lease)));
        }
        let done: Vec<_> = futures::stream::iter(sending).buffer_unordered(at_once).collect().await;
        done.into_iter().collect::<Result<(), _>>()?;
    }
    Ok(claimed.len())
}

async fn try_one(
    server: &Shared,
    smtp: &MailServer,
    scope: &Scope,
    mail: &Claimed,
    sent: Option<&Sent>,
    lease: &str,
) -> Result<(), StoreError> {
    let is_user = {
        let mut conn = server.db.read().await?;
        let user = users::find_by_email(&mut conn, &mail.recipient).await?;
        user.is_some_and(|user| user.account == scope.account())
    };
    let answer = match sent.map(|sent| compose::message(server, scope, mail, sent, is_user, (server.clock)())) {
        None => Answer::NotNow("Ringside: the report could not be put together; the log says why".to_owned()),
        Some(Err(why)) => Answer::Refused(format!("Ringside: {why}")),
        Some(Ok((envelope, bytes))) => smtp.send(&envelope, &bytes).await,
    };
    let now = (server.clock)();
    let outcome = match answer {
        Answer::Accepted(words) => Outcome::Sent(words),
        Answer::Refused(words) => Outcome::Failed(words),
        Answer::NotNow(words) => match next_try(mail.attempt, mail.first_tried_at, now) {
            Some(at) => Outcome::Later(at, words),
            None => Outcome::Failed(words),
        },
    };
    let to = masked(&mail.recipient);
    let (mailing, attempt) = (mail.mailing, mail.attempt);
    match &outcome {
        Outcome::Sent(_) => tracing::info!(mailing, attempt, to, "The report of a campaign was sent to {to}"),
        Outcome::Later(_, why) => tracing::warn!(mailing, attempt, to, why, "A report could not be sent to {to} yet"),
        Outcome::Failed(why) => tracing::error!(mailing, attempt, to, why, "A report could not be sent to {to}"),
    }
    let mut conn = server.db.write().await?;
    let kept = outbox::mark(&mut conn, scope, mail, lease, &outcome, now).await?;
    conn.commit().await?;
    if !kept {
        tracing::warn!(
            mailing,
            to,
            "A mail was sent longer than its lease held; what became of it is another's to say"
        );
    }
    Ok(())
}

/// An address as a log may show it: `b…@antam.vn`.
pub(crate) fn masked(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    format!("{}…@{domain}", local.chars().next().unwrap_or('?'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_after_a_day() {
        let (mut now, first) = (Timestamp(0), Timestamp(0));
        let mut minutes = Vec::new();
        for attempt in 1.. {
            let Some(next) = next_try(attempt, first, now) else { break };
            minutes.push((next.0 - now.0) / 60_000);
            now = next;
        }
        assert_eq!(minutes[..6], [1, 5, 15, 60, 60, 60]);
        assert!(minutes[4..].iter().all(|pause| *pause == 60));
        assert!(now.0 <= DAY_MS && now.0 > DAY_MS - 60 * 60_000, "{now:?}");
    }

    #[test]
    fn a_log_does_not_say_whom() {
        assert_eq!(masked("baocao@antam.vn"), "b…@antam.vn");
        assert_eq!(masked("đạt@antam.vn"), "đ…@antam.vn");
    }
}
