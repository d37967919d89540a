//! `ringside verify`: the reports are read from stored totals; this proves that they are what the calls say.

use std::process::ExitCode;

use store::{
    PageRequest, Scope, accounts, audit,
    campaigns::{self, CampaignFilter},
    verify::{self, Progress},
};

use super::{Failure, open, progress};
use crate::settings::Settings;

pub(super) async fn run(settings: &Settings, repair: bool) -> Result<ExitCode, Failure> {
    let db = open(settings).await?;
    let accounts = {
        let mut conn = db.read().await?;
        accounts::list(&mut conn).await?
    };
    let (mut calls, mut found, mut changed_logs) = (0, 0, 0);
    for account in &accounts {
        // The operator's own command.
        #[expect(clippy::disallowed_methods, reason = "a command works for the operator")]
        let scope = Scope::system(account.id);
        let mut conn = db.read().await?;
        let request = PageRequest { limit: 1, ..PageRequest::default() };
        let total = campaigns::list(&mut conn, &scope, &CampaignFilter::default(), &request).await?.totals.calls;
        let bar = progress::bar("Recounting", Some(total)).with_message("calls");
        let mut tell = |progress| {
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
            for step in &steps {
                differences.extend(verify::step(&db, &scope, step, true, &mut tell).await?);
            }
        } else {
            differences.extend(verify::recount(&mut conn, &scope, &mut tell).await?);
        }
        bar.finish_and_clear();
        for difference in &differences {
            println!(
                "{}: campaign {}, {}: {} is stored, {} are the calls",
                difference.account, difference.campaign, difference.what, difference.stored, difference.recounted
            );
        }
        found += differences.len();
        let log = audit::check(&mut db.read().await?, &scope).await?;
        if let Some(what) = &log {
            println!("{}: the log was changed: {what}", account.name);
        }
        changed_logs += usize::from(log.is_some());
    }
    db.close().await;
    let (accounts, calls) = (accounts.len(), calls);
    if found == 0 {
        println!("Recounted {calls} calls of {accounts} accounts: every stored total agrees");
    } else if repair {
        println!("Recounted {calls} calls of {accounts} accounts: {found} totals differed and are corrected");
    } else {
        println!("Recounted {calls} calls of {accounts} accounts: {found} totals differ; --repair corrects them");
    }
    // Nobody can put a log right.
    Ok(if (found == 0 || repair) && changed_logs == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
