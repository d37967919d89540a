//! `ringside operator add`, `remove` and `list`.

use serde_json::{Value, json};
use store::{audit::Actor, operators};

use super::{Failure, open};
use crate::{clock, settings::Settings};

/// Whose mark as an operator is set or taken away.
#[derive(Debug, clap::Args)]
pub(super) struct PersonArguments {
    /// The e-mail address that they sign in with
    email: String,
}

pub(super) async fn add(settings: &Settings, PersonArguments { email }: PersonArguments) -> Result<(), Failure> {
    let (db, now) = (open(settings).await?, (clock::system())());
    let mut conn = db.write().await?;
    let is_new = operators::add(&mut conn, &email, &Actor::operator(), now).await?;
    conn.commit().await?;
    db.close().await;
    println!("{email} {}", if is_new { "is an operator" } else { "was an operator already" });
    Ok(())
}

pub(super) async fn remove(settings: &Settings, PersonArguments { email }: PersonArguments) -> Result<(), Failure> {
    let (db, now) = (open(settings).await?, (clock::system())());
    let mut conn = db.write().await?;
    if !operators::remove(&mut conn, &email, &Actor::operator(), now).await? {
        return Err(Failure::new(format!("{email} is no operator")));
    }
    let others = operators::list(&mut conn).await?.len();
    conn.commit().await?;
    db.close().await;
    println!("{email} is no operator any more");
    if others == 0 {
        eprintln!("There is no operator left; ringside operator add makes one");
    }
    Ok(())
}

/// How the list is printed.
#[derive(Debug, clap::Args)]
pub(super) struct ListOperators {
    /// As JSON, for programs
    #[arg(long)]
    json: bool,
}

pub(super) async fn list(settings: &Settings, ListOperators { json }: ListOperators) -> Result<(), Failure> {
    let db = open(settings).await?;
    let listed = operators::list(&mut db.read().await?).await?;
    db.close().await;
    if json {
        let lines = listed.iter().map(|one| json!({"email": one.email, "name": one.name, "since": one.since()}));
        println!("{:#}", Value::Array(lines.collect()));
        return Ok(());
    }
    for operator in listed {
        println!("{}\t{}\tsince {}", operator.email, operator.name, operator.since());
    }
    Ok(())
}
