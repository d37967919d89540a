//! `ringside account usage`: what the operator's pages show of all accounts, for programs.

use std::io::Write;

use app::Text;
use domain::{Account, Language, usage::Month};
use serde_json::{Value, json};
use store::{
    figures::{self, AccountFigures, AccountUse},
    quotas::Quotas,
};

use super::{Failure, account_named, open};
use crate::{clock, files::invoices, settings::Settings, web::changes};

/// Of which month, and as what.
#[derive(Debug, clap::Args)]
pub(super) struct UsageArguments {
    /// The account; without it, all of them
    account: Option<String>,
    /// The month, such as 2026-11, by each account's own zone; else the present one
    #[arg(long, value_name = "YYYY-MM", value_parser = |text: &str| text.parse::<Month>().map_err(|_| "must be a month such as 2026-11"))]
    month: Option<Month>,
    /// The file for invoices, as the operator's page has it
    #[arg(long)]
    csv: bool,
    /// The language of its first line: vi or en
    #[arg(long, requires = "csv", default_value = "vi")]
    language: Language,
}

/// An account and what it may use.
pub(super) fn described(account: &Account, quotas: &Quotas) -> Value {
    json!({
        "id": account.id,
        "name": account.registered,
        "called": account.name,
        "timezone": account.zone.name(),
        "currency": account.currency.as_str(),
        "language": account.language.tag(),
        "country": account.country.as_str(),
        "quotas": changes::quotas(quotas),
    })
}

/// Times in milliseconds, money as a decimal of the account's currency.
fn used(usage: &AccountUse) -> Value {
    json!({
        "calls": usage.calls,
        "in_progress": usage.open,
        "talk_ms": usage.talk_time,
        "dial_ms": usage.dial_time,
        "blocks": usage.blocks,
        "cost": usage.cost.to_string(),
        "refused": usage.refused,
        "over_quota": usage.over_quota,
    })
}

fn line(figures: &AccountFigures, month: Month) -> Value {
    let mut line = described(&figures.account, &figures.quotas);
    let rest = json!({
        "month": month.to_string(),
        "in_month": used(&figures.month),
        "in_all": used(&figures.total),
        "recording_bytes": figures.recording_bytes,
        "people": figures.people,
        "received_at": figures.received_at,
        "failed_mails": figures.failed_mails,
        "failed_jobs": figures.failed_jobs,
        "undefined_codes": figures.undefined_codes,
    });
    if let (Value::Object(line), Value::Object(rest)) = (&mut line, rest) {
        line.extend(rest);
    }
    line
}

pub(super) async fn run(settings: &Settings, arguments: UsageArguments) -> Result<(), Failure> {
    let UsageArguments { account, month, csv, language } = arguments;
    let (db, now) = (open(settings).await?, (clock::system())());
    let mut conn = db.read().await?;
    let one = match &account {
        Some(name) => Some(account_named(&mut conn, name).await?),
        None => None,
    };
    let zone = one.as_ref().map_or(domain::time::Zone::HO_CHI_MINH, |account| account.zone);
    let month = month.unwrap_or_else(|| Month::of(zone.local(now).day()));
    let accounts = figures::read(&mut conn, month, one.map(|account| account.id)).await?;
    let vat = figures::vat(&mut conn, month).await?;
    drop(conn);
    db.close().await;
    if csv {
        std::io::stdout().write_all(&invoices::csv(&accounts, month, &vat, Text(language)))?;
    } else {
        let lines = accounts.iter().map(|figures| line(figures, month));
        println!("{:#}", Value::Array(lines.collect()));
    }
    Ok(())
}
