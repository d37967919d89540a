//! `ringside erase`: forgets a customer by number, as the owner's page does.

use serde_json::json;
use store::{
    audit::{self, Action, Actor, Event},
    erasure::{self, ErasureCounts},
};

use super::{Failure, account_named, open, scope_of};
use crate::{clock, settings::Settings};

#[derive(Debug, clap::Args)]
pub(super) struct EraseArguments {
    /// The customer's number
    phone: String,
    /// The account, by the name it is registered by
    #[arg(long)]
    account: String,
    /// Do it; else it is only said what would be taken out
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(
    settings: &Settings,
    EraseArguments { phone, account, yes }: EraseArguments,
) -> Result<(), Failure> {
    let (db, now) = (open(settings).await?, (clock::system())());
    let account = account_named(&mut db.read().await?, &account).await?;
    let scope = scope_of(&account);
    let counts = erasure::preview(&mut db.read().await?, &scope, &phone).await?;
    if counts == ErasureCounts::default() {
        return Err(Failure::new("the account has no customer and no call with this number"));
    }
    let ErasureCounts { customers, calls, transcripts, recordings, .. } = counts;
    let said = format!(
        "{customers} places on lists, {calls} calls, {transcripts} conversations, {recordings} recordings; exports, workbooks of mails and imported files"
    );
    if !yes {
        db.close().await;
        println!("Would be taken out: {said}. --yes does it, for good");
        return Ok(());
    }
    let mut conn = db.write().await?;
    let key = erasure::begin(&mut conn, &scope, &phone, now).await?;
    let details = json!({"customers": customers, "calls": calls});
    let event = Event::of(Action::ErasureAsked, key.to_string()).with(details);
    audit::record(&mut conn, &scope, &Actor::operator(), &event, now).await?;
    conn.commit().await?;
    db.close().await;
    println!("Erasure {key}: {said} go as soon as a server runs");
    Ok(())
}
