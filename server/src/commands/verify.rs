//! `ringside verify`: the reports are read from stored totals; this proves that they are what the calls say.

use std::process::ExitCode;

use domain::{Account, Timestamp};
use serde_json::json;
use store::{
    Db, PageRequest, Scope, StoreError, accounts,
    audit::{self, Action, Actor, Event, of_service},
    campaigns::{self, CampaignFilter},
    verify::{self, Progress},
};

use super::{Failure, open, progress};
use crate::{clock, settings::Settings};

pub(super) async fn run(settings: &Settings, repair: bool) -> Result<ExitCode, Failure> {
    let db = open(settings).await?;
    let accounts = {
        let mut conn = db.read().await?;
        accounts::list(&mut conn).await?
    };
    let (mut calls, mut found, mut changed_logs, mut unread) = (0, 0, 0, 0);
    let now = (clock::system())();
    if let Some(what) = of_service::check(&mut db.read().await?).await? {
        println!("The log of the service was changed: {what}");
        changed_logs += 1;
    }
    for account in &accounts {
        match of_account(&db, account, repair, now).await {
            Ok(recounted) => {
                calls += recounted.calls;
                found += recounted.found;
                changed_logs += usize::from(recounted.is_log_changed);
            }
            // What is wrong with one account says nothing of the others.
            Err(error) if error.outage().is_none() => {
                println!("{}: cannot be recounted: {error}", account.registered);
                unread += 1;
            }
            Err(error) => return Err(error.into()),
        }
    }
    db.close().await;
    let accounts = accounts.len() - unread;
    if found == 0 {
        println!("Recounted {calls} calls of {accounts} accounts: every stored total agrees");
    } else if repair {
        println!("Recounted {calls} calls of {accounts} accounts: {found} totals differed and are corrected");
    } else {
        println!("Recounted {calls} calls of {accounts} accounts: {found} totals differ; --repair corrects them");
    }
    // Nobody can put a log right.
    Ok(if (found == 0 || repair) && changed_logs == 0 && unread == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What recounting an account came to.
struct Recounted {
    calls: u64,
    found: usize,
    is_log_changed: bool,
}

/// Tells the log of an account what the operator's command did.
async fn tell(db: &Db, scope: &Scope, event: Event, now: Timestamp) -> Result<(), StoreError> {
    let mut conn = db.write().await?;
    audit::record(&mut conn, scope, &Actor::operator(), &event, now).await?;
    conn.commit().await
}

/// Recounts an account, and says what differs.
async fn of_account(db: &Db, account: &Account, repair: bool, now: Timestamp) -> Result<Recounted, StoreError> {
    // The operator's own command.
    #[expect(clippy::disallowed_methods, reason = "a command works for the operator")]
    let scope = Scope::system(account.id);
    let mut conn = db.read().await?;
    let request = PageRequest { limit: 1, ..PageRequest::default() };
    let total = campaigns::list(&mut conn, &scope, &CampaignFilter::default(), &request).await?.totals.calls;
    let bar = progress::bar("Recounting", Some(total)).with_message("calls");
    let mut calls = 0;
    let mut count = |progress| {
        if let Progress::Read(read) = progress {
            bar.inc(read);
            calls += read;
        }
    };
    let mut differences = Vec::new();
    if repair {
        let steps = verify::steps(&mut conn, &scope).await?;
        // Each step has transactions of its own, so that calls come in between.
        drop(conn);
        tell(db, &scope, Event::of(Action::RecountAsked, ""), now).await?;
        for step in &steps {
            let found = verify::step(db, &scope, step, false, &mut count).await?;
            if found.is_empty() {
                continue;
            }
            // Told before it is done: a process that is killed in the middle leaves nothing put right of which the log does not tell.
            let event = Event::of(Action::TotalsCorrected, "").with(json!({"differences": found.len()}));
            tell(db, &scope, event, now).await?;
            verify::step(db, &scope, step, true, &mut |_| {}).await?;
            differences.extend(found);
        }
    } else {
        differences.extend(verify::recount(&mut conn, &scope, &mut count).await?);
        drop(conn);
    }
    bar.finish_and_clear();
    for difference in &differences {
        println!(
            "{}: campaign {}, {}: {} is stored, {} are the calls",
            difference.account, difference.campaign, difference.what, difference.stored, difference.recounted
        );
    }
    let log = audit::check(&mut db.read().await?, &scope).await?;
    if let Some(what) = &log {
        println!("{}: the log was changed: {what}", account.registered);
    }
    Ok(Recounted { calls, found: differences.len(), is_log_changed: log.is_some() })
}
