//! `ringside jobs`: what runs later, of all accounts, for the operator.

use domain::{Language, format};
use serde_json::json;
use store::{
    Scope, accounts,
    audit::{self, Action, Actor, Event},
    jobs::{self, JobStatus, Retried},
};

use super::{Failure, account_named, open};
use crate::{clock, settings::Settings};

/// Which jobs to list.
#[derive(Debug, clap::Args)]
pub(super) struct ListJobs {
    /// Only those of this account
    #[arg(long)]
    account: Option<String>,
    /// Only those that are waiting, running, done or failed
    #[arg(long, value_parser = status)]
    status: Option<JobStatus>,
    /// How many of each account, the latest first
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    limit: u32,
}

/// Which job to run again.
#[derive(Debug, clap::Args)]
pub(super) struct Retry {
    /// The job's number, as the list shows it
    job: i64,
    /// The account whose job it is, by the name it is registered by
    #[arg(long)]
    account: String,
}

fn status(word: &str) -> Result<JobStatus, String> {
    JobStatus::from_word(word).ok_or_else(|| "must be waiting, running, done or failed".to_owned())
}

#[expect(clippy::disallowed_methods, reason = "a command works for the operator")]
fn scope_of(account: i64) -> Scope {
    Scope::system(account)
}

pub(super) async fn list(settings: &Settings, arguments: ListJobs) -> Result<(), Failure> {
    let db = open(settings).await?;
    let mut conn = db.read().await?;
    let accounts = match &arguments.account {
        Some(name) => vec![account_named(&mut conn, name).await?],
        None => accounts::list(&mut conn).await?,
    };
    for account in accounts {
        let page = jobs::list(&mut conn, &scope_of(account.id), arguments.status, None, arguments.limit).await?;
        for job in page.jobs {
            let at = |at| format::date_time(account.zone.local(at), Language::En);
            let due = job.due_at.map_or_else(String::new, |due| format!(", runs {}", at(due)));
            let said = job.last_words.as_deref().filter(|words| !words.is_empty());
            let said = said.map_or_else(String::new, |words| format!(": {words}"));
            println!(
                "{}\t{}\t{}\t{}, enqueued {}, {} tries{due}{said}",
                account.registered,
                job.key,
                job.kind,
                job.status.word(),
                at(job.queued_at),
                job.attempts
            );
        }
    }
    drop(conn);
    db.close().await;
    Ok(())
}

pub(super) async fn retry(settings: &Settings, arguments: Retry) -> Result<(), Failure> {
    let db = open(settings).await?;
    let mut conn = db.write().await?;
    let account = account_named(&mut conn, &arguments.account).await?;
    let now = (clock::system())();
    let scope = scope_of(account.id);
    match jobs::retry(&mut conn, &scope, arguments.job, now).await? {
        Retried::NoSuch => return Err(Failure::new(format!("the account has no job {}", arguments.job))),
        Retried::NothingToDo => {
            return Err(Failure::new(
                "the job is running or done, another one took its place, or what it was for is gone",
            ));
        }
        Retried::Again(kind) => {
            let event = Event::of(Action::JobRetried, "").with(json!({"job": kind}));
            audit::record(&mut conn, &scope, &Actor::operator(), &event, now).await?;
            conn.commit().await?;
        }
    }
    db.close().await;
    println!("Job {} runs as soon as a server does", arguments.job);
    Ok(())
}
