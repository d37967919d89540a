//! `ringside account add`.

use domain::{Currency, Language, time::Zone};
use store::accounts::{self, NewAccount};

use super::{Failure, open};
use crate::{clock, settings::Settings};

/// An account as it is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct Add {
    /// Its name; --account takes it elsewhere
    name: String,
    /// Its time zone: calls belong to days and hours of it, for good
    #[arg(long, default_value = "Asia/Ho_Chi_Minh", value_parser = zone)]
    timezone: String,
    /// The currency of its tariffs
    #[arg(long, default_value = "VND", value_parser = |text: &str| Currency::new(text))]
    currency: Currency,
    /// The language of its mails and of pages before somebody chose one: vi or en
    #[arg(long, default_value = "vi", value_parser = language)]
    language: Language,
}

fn zone(name: &str) -> Result<String, &'static str> {
    Zone::new(name).map(|zone| zone.name().to_owned())
}

fn language(tag: &str) -> Result<Language, &'static str> {
    Language::from_tag(tag).ok_or("must be vi or en")
}

pub(super) async fn add(settings: &Settings, arguments: Add) -> Result<(), Failure> {
    let Add { name, timezone, currency, language } = arguments;
    let db = open(settings).await?;
    let mut conn = db.write().await?;
    let account =
        accounts::add(&mut conn, &NewAccount { name, timezone, currency, language }, (clock::system())()).await?;
    conn.commit().await?;
    db.close().await;
    println!("Added the account {:?}: time zone {}, currency {}", account.name, account.zone.name(), account.currency);
    Ok(())
}
