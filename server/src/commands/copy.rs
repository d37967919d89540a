//! `ringside copy`: from one database to another, of whichever engine, with the files that it refers to.

use std::process::ExitCode;

use clap::Args;
use domain::{Period, ReportQuery, Timestamp, UsageDays, UsageQuery, against::Against};
use store::{
    Conn, Db, PageRequest, Scope, StoreError, accounts,
    campaigns::{self, CampaignFilter},
    copying::Copying,
    report, said_index, usage,
};

use super::{Failure, health, open, progress, scope_of};
use crate::{
    clock,
    recordings::Recordings,
    settings::{RecordingsPlace, Settings},
};

#[derive(Debug, Args)]
pub(super) struct CopyArguments {
    /// The database to copy into, sqlite://FILE or postgres://…: empty, or that of a copy that broke off
    #[arg(long)]
    to: String,
    /// The store to copy recordings and other files into, file://FOLDER or s3://BUCKET/PREFIX; without it they stay where they are
    #[arg(long, value_parser = RecordingsPlace::new)]
    recordings_to: Option<RecordingsPlace>,
}

pub(super) async fn run(settings: &Settings, arguments: &CopyArguments) -> Result<ExitCode, Failure> {
    if health::run(settings).await.is_ok() {
        return Err(Failure::new(format!(
            "a server of these settings answers at {}: stop it first, or what comes in meanwhile is lost, and mails go out twice",
            settings.listen
        )));
    }
    if arguments.to == settings.database_url {
        return Err(Failure::new("--to names the database that is copied"));
    }
    let from = open(settings).await?;
    let to = Db::open_with(&arguments.to, settings.database_options()).await?;
    let mut copying = Copying::begin(&from, &to).await?;
    let (mut rows, mut differ) = (0, Vec::new());
    let bar = progress::bar("Copying", None).with_message("rows");
    for nth in 0..copying.tables() {
        let table = copying.copy(nth, &mut |read| bar.inc(read)).await?;
        rows += table.rows;
        if !table.agrees {
            differ.push(format!("{}: {} rows, {} in the copy", table.name, table.rows, table.copied));
        }
    }
    bar.finish_and_clear();
    if !differ.is_empty() {
        println!("{}", differ.join("\n"));
        println!("These tables differ: the database was changed since the copy was begun. Copy into an empty one");
        return Ok(ExitCode::FAILURE);
    }
    let files = match &arguments.recordings_to {
        Some(place) => Some(copy_files(settings, place).await?),
        None => None,
    };
    let (reports, differ) = compare(copying.source(), &to).await?;
    if !differ.is_empty() {
        println!("{}", differ.join("\n"));
        println!("These figures differ, though every row is the same. Please report it; the copy stays unfinished");
        return Ok(ExitCode::FAILURE);
    }
    let bar = progress::bar("Indexing what was said", None).with_message("calls");
    index_said(copying.source(), &to, &mut |calls| bar.inc(calls)).await?;
    bar.finish_and_clear();
    copying.end().await?;
    from.close().await;
    to.close().await;
    println!("Copied {rows} rows; every row and {reports} reports agree");
    match files {
        Some(files) => println!("Copied {files}"),
        None => println!("Recordings and other files stay in {:?}; --recordings-to copies them", settings.recordings),
    }
    println!(
        "Next: set RINGSIDE_DATABASE_URL (and RINGSIDE_RECORDINGS), keep RINGSIDE_SECRET_KEY or data/secret.key, and start the server"
    );
    Ok(ExitCode::SUCCESS)
}

async fn copy_files(settings: &Settings, place: &RecordingsPlace) -> Result<String, Failure> {
    let from = Recordings::open(&settings.recordings).map_err(Failure::new)?;
    let to = Recordings::open(place).map_err(Failure::new)?;
    let bar = progress::bytes("Copying", None).with_message("of files");
    let copied = from.copy_to(&to, &mut |bytes| bar.inc(bytes)).await;
    bar.finish_and_clear();
    let copied = copied.map_err(|error| Failure::new(crate::failure::chain(&error)))?;
    Ok(format!("{} files of {} bytes, {} of which were there", copied.objects, copied.bytes, copied.were_there))
}

/// Puts what was said in calls into the index of the copy, which is of another form in each engine; begun again it goes on.
async fn index_said(source: &mut Conn, to: &Db, told: &mut (dyn FnMut(u64) + Send)) -> Result<(), StoreError> {
    for account in accounts::list(source).await? {
        let scope = scope_of(&account);
        let mut conn = to.write().await?;
        said_index::begin(&mut conn, &scope).await?;
        conn.commit().await?;
        loop {
            let mut conn = to.write().await?;
            let step = said_index::advance(&mut conn, &scope).await?;
            conn.commit().await?;
            if step.is_over {
                break;
            }
            told(step.calls);
        }
    }
    Ok(())
}

/// Reads every campaign's report and every account's usage on both sides; gives how many there were, and those that differ.
async fn compare(source: &mut Conn, to: &Db) -> Result<(usize, Vec<String>), StoreError> {
    let now = (clock::system())();
    let (mut reports, mut differ) = (0, Vec::new());
    let mut copy = to.read().await?;
    for account in accounts::list(source).await? {
        let scope = scope_of(&account);
        let (usage, of_copy) = (usage_of(source, &scope, now).await?, usage_of(&mut copy, &scope, now).await?);
        reports += 1;
        if usage != of_copy {
            differ.push(format!("{}: usage", account.registered));
        }
        let mut request = PageRequest { limit: 100, ..PageRequest::default() };
        loop {
            let page = campaigns::list(source, &scope, &CampaignFilter::default(), &request).await?;
            for summary in page.campaigns {
                let campaign = summary.campaign.id;
                let query = ReportQuery { campaign: campaign.clone(), period: Period::Whole };
                let report = report::read(source, &scope, &query, now).await?;
                reports += 1;
                if report != report::read(&mut copy, &scope, &query, now).await? {
                    differ.push(format!("{}: campaign {campaign}", account.registered));
                }
            }
            let Some(next) = page.next else { break };
            request.cursor = Some(next);
        }
    }
    Ok((reports, differ))
}

async fn usage_of(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<Option<domain::Usage>, StoreError> {
    let query = UsageQuery { days: UsageDays::Period(Period::Whole), voicebot: None, against: Against::default() };
    usage::read(conn, scope, &query, now).await
}
