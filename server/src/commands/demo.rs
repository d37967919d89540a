//! `ringside demo`: a fresh account with months of calls, taken in as the API takes them, and a campaign that goes on
//! while one watches.

use std::{
    io::{Seek, Write},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use ::demo::Demo;
use domain::{CallRecord, CampaignId, CampaignState, Role, Timestamp};
use futures::{StreamExt, TryStreamExt};
use store::{
    Db, Scope,
    accounts::{self, NewAccount},
    campaigns::{self, CampaignInput, TariffInput},
    contacts::{self, ContactRecord},
    ingest::{self, IngestOptions},
    outbox, result_codes, tariffs,
    users::{self, NewUser},
    voicebots,
};

use super::{
    Failure, progress,
    serve::{self, Listeners},
};
use crate::{
    clock::{self, Clock},
    context::Server,
    jobs::send_mail,
    passwords,
    recordings::{Recordings, keeping::UploadedRecording},
    secrets,
    settings::{RecordingsPlace, Settings},
};

/// Calls of one transaction.
const BATCH: usize = 10_000;
/// The seed of the voices.
const VOICES: u64 = 1;
const EMAIL: &str = "demo@ringside.example";

/// How the demo is made.
#[derive(Debug, clap::Args)]
pub(super) struct DemoArguments {
    /// The same seed makes the same data
    #[arg(long, default_value_t = 2027)]
    seed: u64,
    /// Keep the demo's files here instead of in a temporary folder; it must be empty or not be there
    #[arg(long)]
    folder: Option<PathBuf>,
    /// The instant at which the demo begins, such as 2026-11-04T10:30:00+07:00; its time then passes as ours does. Without
    /// it the demo begins now; in the evening, at night and on days of rest in Vietnam, in the last afternoon of calls
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    at: Option<Timestamp>,
}

/// The years that the demo's months may lie in: 2000 to 2189.
const YEARS: std::ops::Range<i64> = 946_684_800_000..6_942_585_600_000;

fn instant(text: &str) -> Result<Timestamp, &'static str> {
    let at: Timestamp = text.parse()?;
    if YEARS.contains(&at.0) { Ok(at) } else { Err("lies outside the years 2000 to 2189") }
}

pub(super) async fn run(mut settings: Settings, arguments: &DemoArguments) -> Result<(), Failure> {
    let temporary = tempfile::Builder::new().prefix("ringside-demo-").tempdir()?;
    let folder = match &arguments.folder {
        Some(folder) => {
            if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
                return Err(Failure::new(format!("{} is not empty", folder.display())));
            }
            folder.clone()
        }
        None => temporary.path().to_owned(),
    };
    settings.database_url = format!("sqlite://{}", folder.join("ringside.db").display());
    settings.recordings = RecordingsPlace::Folder(folder.join("recordings"));
    let system = clock::system();
    let now = system();
    let present = arguments.at.unwrap_or_else(|| ::demo::lively_present(now));
    let clock = if present == now { system } else { clock::starting_at(present) };
    let db = Db::open_with(&settings.database_url, settings.database_options()).await?;
    let kept = Recordings::open(&settings.recordings).map_err(Failure::new)?;
    let server = Server::new(db, Arc::clone(&clock), kept, settings).map_err(Failure::new)?;
    // Before the work: a port that is taken is said at once.
    let listeners = Listeners::bind(&server).await?;

    let password = secrets::random_text::<9>();
    let demo = Demo::new(arguments.seed, clock());
    let scope = fill(&server, &demo, &password).await?;
    if arguments.at.is_none() && present != now {
        eprintln!("Nobody is called at this hour in Vietnam: the demo's time is the last afternoon of calls.");
    }
    println!("Ringside demo: {} sign in as {EMAIL} password {password}", server.context.settings.base_url);

    let running = demo.campaigns().into_iter().find(|campaign| campaign.state == CampaignState::Running);
    if let Some(campaign) = running {
        tokio::spawn(play(server.clone(), demo, scope, campaign.id));
    }
    serve::until_stopped(server, listeners, serve::stop_signal()).await
}

/// Stores everything up to the demo's present.
async fn fill(server: &Server, demo: &Demo, password: &str) -> Result<Scope, Failure> {
    let now = (server.context.clock)();
    let account = demo.account();
    let db = &server.db;
    let mut conn = db.write().await?;
    let new = NewAccount {
        name: account.name,
        timezone: account.zone.name().to_owned(),
        currency: account.currency,
        language: account.language,
        country: account.country,
    };
    let account = accounts::add(&mut conn, &new, now).await?;
    // The demo is the operator's own.
    #[expect(clippy::disallowed_methods, reason = "a command works for the operator")]
    let scope = Scope::system(account.id);
    let owner = NewUser { email: EMAIL.to_owned(), name: "Demo".to_owned(), role: Role::Owner };
    let owner = users::add(&mut conn, &scope, &owner, now).await?;
    let hash = passwords::hash_now(password).map_err(|error| Failure::new(error.to_string()))?;
    users::set_password(&mut conn, &scope, owner.key, &hash).await?;
    for voicebot in demo.voicebots() {
        voicebots::put(&mut conn, &scope, &voicebot).await?;
    }
    for code in demo.result_codes() {
        result_codes::put(&mut conn, &scope, &code, now).await?;
    }
    for tariff in demo.tariffs() {
        tariffs::put_default(&mut conn, &scope, &tariff).await?;
    }
    conn.commit().await?;

    let campaigns = demo.campaigns();
    let bar = progress::bar("Making the demo", Some(campaigns.len() as u64)).with_message("campaigns");
    for campaign in campaigns {
        let id = campaign.id.clone();
        let mut conn = db.write().await?;
        let input = CampaignInput {
            id: id.clone(),
            name: campaign.name,
            voicebot: campaign.voicebot.id,
            state: Some(campaign.state),
            started_at: campaign.started_at,
            report_emails: Some(campaign.report_emails),
            tariff: campaign.tariff.map(|tariff| TariffInput {
                first_block_seconds: tariff.first_block_seconds,
                next_block_seconds: tariff.next_block_seconds,
                price_first_block: tariff.price_first_block,
                price_next_block: tariff.price_next_block,
                currency: Some(tariff.currency),
                effective_from: Some(tariff.effective_from),
                vat: tariff.vat,
            }),
            plan: campaign.plan,
        };
        campaigns::put(&mut conn, &scope, &input, campaign.completed_at.unwrap_or(now)).await?;
        let customers = demo.contacts(&id).into_iter().enumerate().filter_map(|(n, contact)| {
            let record = ContactRecord { id: contact.id?, phone: contact.phone?, name: contact.name, attributes: None };
            Some((n, record))
        });
        let answer = contacts::add(&mut conn, &scope, &id, customers.collect(), now).await?;
        expect_all("customers", answer.map_or(0, |answer| answer.rejected))?;
        let mut calls = demo.calls(&id).enumerate().peekable();
        while calls.peek().is_some() {
            let batch: Vec<_> = calls.by_ref().take(BATCH).collect();
            store_calls(&mut conn, &scope, batch, now).await?;
        }
        conn.commit().await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    keep_recordings(server, demo, scope).await?;
    keep_mail(server, demo, &scope).await?;
    Ok(scope)
}

/// Puts the report of the campaign that ended last among what was sent, so that its mail can be read on the page. It goes
/// to nobody: the demo's addresses are made up.
async fn keep_mail(server: &Server, demo: &Demo, scope: &Scope) -> Result<(), Failure> {
    let ended = demo.campaigns().into_iter().filter(|campaign| campaign.state == CampaignState::Completed);
    let Some(campaign) = ended.max_by_key(|campaign| campaign.completed_at) else { return Ok(()) };
    let mut conn = server.db.write().await?;
    let (kind, to) = (outbox::MailKind::Completion, outbox::ReportAddressees::Everybody);
    outbox::send(&mut conn, scope, &campaign.id, kind, to, (server.context.clock)()).await?;
    conn.commit().await?;
    while send_mail::keep_only(&server.db, &server.context, scope, "250 demo: the mail stays here, it went to nobody")
        .await?
        > 0
    {}
    Ok(())
}

/// Makes and stores the recordings of calls that have one, on all cores.
async fn keep_recordings(server: &Server, demo: &Demo, scope: Scope) -> Result<(), Failure> {
    let calls: Vec<CallRecord> = demo.campaigns().iter().flat_map(|campaign| demo.recorded(&campaign.id)).collect();
    let bar = progress::bar("Making the demo", Some(calls.len() as u64)).with_message("recordings");
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    futures::stream::iter(calls)
        .map(|call| keep_recording(server.clone(), scope, call))
        .buffer_unordered(cores)
        .try_for_each(async |()| {
            bar.inc(1);
            Ok(())
        })
        .await?;
    bar.finish_and_clear();
    Ok(())
}

async fn keep_recording(server: Server, scope: Scope, call: CallRecord) -> Result<(), Failure> {
    let id = call.id.clone();
    let making = tokio::task::spawn_blocking(move || {
        let bytes = ::demo::recording(&call, VOICES);
        let mut file = tempfile::tempfile()?;
        file.write_all(&bytes)?;
        file.rewind()?;
        Ok::<_, std::io::Error>((file, bytes.len() as u64))
    });
    let (file, bytes) = making.await.map_err(|error| Failure::new(error.to_string()))??;
    let kept = server.context.keeper(&server.db).keep(&scope, &id, UploadedRecording { file, bytes, raw: None }).await;
    kept.map_err(|error| Failure::new(format!("the recording of {id} cannot be stored: {error}")))?;
    Ok(())
}

async fn store_calls(
    conn: &mut store::Conn,
    scope: &Scope,
    batch: Vec<(usize, CallRecord)>,
    received_at: Timestamp,
) -> Result<(), Failure> {
    let options = IngestOptions { create_missing: false, received_at, import: None };
    let answer = ingest::put(conn, scope, batch, options).await?;
    if let Some(error) = answer.errors.first() {
        tracing::error!(call = error.id, field = error.field, reason = error.reason, "A call of the demo is not valid");
    }
    expect_all("calls", answer.rejected)
}

/// The demo breaks no rule; if it does, it says so instead of showing less.
fn expect_all(what: &str, rejected: u64) -> Result<(), Failure> {
    if rejected == 0 { Ok(()) } else { Err(Failure::new(format!("{rejected} {what} of the demo were rejected"))) }
}

/// Lets the running campaign go on: every event is stored when its time has come.
async fn play(server: Server, demo: Demo, scope: Scope, campaign: CampaignId) {
    let clock: Clock = Arc::clone(&server.context.clock);
    let mut events = demo.live(&campaign, clock()).peekable();
    while let Some(event) = events.next() {
        let wait = event.at.0 - clock().0;
        if wait > 0 {
            tokio::time::sleep(Duration::from_millis(wait as u64)).await;
        }
        let mut batch = vec![(0, event.record)];
        // What is due by now comes in one batch, as a platform would send it.
        while let Some(due) = events.next_if(|next| next.at <= clock() && batch.len() < BATCH) {
            batch.push((batch.len(), due.record));
        }
        let heard: Vec<CallRecord> =
            batch.iter().map(|(_, call)| call).filter(|call| ::demo::keeps_recording(call)).cloned().collect();
        let stored = async {
            let mut conn = server.db.write().await?;
            store_calls(&mut conn, &scope, batch, clock()).await?;
            conn.commit().await?;
            for call in heard {
                keep_recording(server.clone(), scope, call).await?;
            }
            Ok::<_, Failure>(())
        };
        if let Err(failure) = stored.await {
            tracing::error!(cause = %failure, "The demo's running campaign cannot go on");
            return;
        }
    }
}
