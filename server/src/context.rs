//! What handlers and jobs work with: clock, object store, mail server, settings, figures. The database is not among it:
//! handlers and jobs are given it, and hand on the connection that is to be used.

use std::{net::IpAddr, sync::Arc, time::Duration};

use app::{
    AppState,
    viewers::{Pages, Reports, Shared},
};
use domain::limits::{
    BATCHES_AT_ONCE, BATCHES_OF_AN_ACCOUNT, FETCHES_AT_ONCE, FETCHES_OF_A_SERVER, LISTS_AT_ONCE, LISTS_OF_AN_ACCOUNT,
    PROBES_AT_ONCE, PROBES_OF_AN_ACCOUNT, SLICES_OF_AN_ACCOUNT, SMALL_FILE_CALLS, SMALL_WORKBOOKS_AT_ONCE,
    SMALL_WORKBOOKS_OF_AN_ACCOUNT, UPLOADS_AT_ONCE, UPLOADS_OF_AN_ACCOUNT, WAITING_BATCHES,
    WAITING_BATCHES_OF_AN_ACCOUNT, WORKBOOKS_AT_ONCE, WORKBOOKS_OF_AN_ACCOUNT,
};
use store::{Db, SerialDb};
use tokio::time::Instant;

use crate::{
    attempts::{Attempts, TryLater},
    clock::Clock,
    first_start::FirstStart,
    hooks::Inbox,
    live::LiveRegistry,
    mail::{Composer, Mailer},
    metrics::{Metrics, Places},
    passwords::Passwords,
    readiness::Readiness,
    reading_turns::ReadingTurns,
    recordings::{Recordings, fetch_places::FetchPlaces, keeping::Keeper},
    rendering::Rendering,
    sealing::Sealer,
    settings::Settings,
    shared_answer::{AnswerKey, SharedAnswer},
    site::Site,
    sso::Provider,
    turns::Turns,
};

/// Of so many connections one may read the slices of long lists; the others are left to pages.
const CONNECTIONS_PER_SLICE: u32 = 4;

/// What handlers and jobs share.
pub struct Context {
    pub clock: Clock,
    /// The object store: recordings, exports, workbooks of mails.
    pub recordings: Recordings,
    /// Whether the server can work.
    pub readiness: Readiness,
    /// Figures for monitoring.
    pub metrics: Metrics,
    /// Viewers of running campaigns.
    pub live: Arc<LiveRegistry>,
    /// The latest answer to each question of viewers, shared by all who ask the same.
    pub(crate) answers: Shared<AnswerKey, SharedAnswer>,
    /// Webhooks on their way into the database.
    pub(crate) hooks: Inbox,
    /// Encrypts the secrets of connections.
    pub(crate) sealer: Arc<Sealer>,
    /// The provider of single sign-on, if there is one.
    pub(crate) provider: Option<Provider>,
    /// Sends mails through the configured SMTP server, a few at a time.
    pub mail: Mailer,
    /// State of the crate `app`.
    pub app: AppState,
    pub(crate) settings: Settings,
    pub(crate) passwords: Passwords,
    pub(crate) attempts: Attempts,
    pub(crate) site: Site,
    /// Where pages are made.
    pub rendering: Rendering,
    /// The way in while there is nobody.
    pub first_start: FirstStart,
    /// Permits for reading requests, by account.
    pub reading: Arc<ReadingTurns>,
    /// Batches that are received or wait.
    pub(crate) waiting_batches: Turns,
    /// Batches in memory.
    pub(crate) batches: Turns,
    /// Files of calls that are received.
    pub(crate) uploads: Turns,
    /// Recordings that are read through.
    pub(crate) probes: Turns,
    /// Recordings that are fetched.
    pub(crate) fetches: Arc<FetchPlaces>,
    /// Workbooks of few calls that are made for who waits for them.
    small_workbooks: Turns,
    /// Workbooks of more than [`SMALL_FILE_CALLS`] calls.
    large_workbooks: Turns,
    /// Long lists that are sent.
    pub(crate) lists: Turns,
    /// Slices of them that are read.
    pub(crate) slices: Arc<Turns>,
}

/// The context as handlers and jobs get it.
pub type SharedContext = Arc<Context>;

/// The program, put together. Handlers get less of it: `web::state::RouterState`.
#[derive(Clone)]
pub struct Server {
    pub db: Db,
    pub context: SharedContext,
}

impl Server {
    /// Puts the server together; nothing listens yet.
    pub fn new(db: Db, clock: Clock, recordings: Recordings, settings: Settings) -> Result<Self, String> {
        let passwords = Passwords::new().map_err(|error| format!("passwords cannot be hashed: {error}"))?;
        let site = Site::embedded();
        let rendering = Rendering::new().map_err(|error| format!("there are no threads to make pages on: {error}"))?;
        let mail = Mailer::new(settings.smtp_url.as_deref(), &settings.mail_from);
        let sealer = Arc::new(Sealer::new(&settings));
        let opener = Arc::clone(&sealer);
        let unseal: app::state::Unseal = Arc::new(move |account, sealed| opener.open(account, sealed).ok());
        let provider = settings.oidc.clone().map(|oidc| Provider::new(oidc, &settings.base_url));
        let app = AppState {
            sso: provider.as_ref().map(|provider| provider.name().into()),
            clock: Arc::clone(&clock),
            assets: Arc::new(site.assets()),
            reports: Arc::new(Reports::default()),
            counts: Arc::default(),
            counted_at_once: u64::from(settings.counted_at_once),
            pages: Arc::new(Pages::default()),
            mail: mail.setup(),
            base_url: settings.base_url.as_str().into(),
            unseal,
        };
        let connections = settings.database_options().connections;
        let slices_at_once = (connections / CONNECTIONS_PER_SLICE).max(1) as usize;
        let context = Context {
            live: Arc::default(),
            answers: Shared::default(),
            hooks: Inbox::default(),
            sealer,
            provider,
            mail,
            clock,
            recordings,
            settings,
            readiness: Readiness::default(),
            metrics: Metrics::default(),
            app,
            passwords,
            attempts: Attempts::default(),
            site,
            rendering,
            first_start: FirstStart::default(),
            reading: Arc::new(ReadingTurns::new(connections)),
            waiting_batches: Turns::new(WAITING_BATCHES, WAITING_BATCHES_OF_AN_ACCOUNT),
            uploads: Turns::new(UPLOADS_AT_ONCE, UPLOADS_OF_AN_ACCOUNT),
            batches: Turns::new(BATCHES_AT_ONCE, BATCHES_OF_AN_ACCOUNT),
            probes: Turns::new(PROBES_AT_ONCE, PROBES_OF_AN_ACCOUNT),
            fetches: Arc::new(FetchPlaces::new(FETCHES_AT_ONCE, FETCHES_OF_A_SERVER)),
            small_workbooks: Turns::new(SMALL_WORKBOOKS_AT_ONCE, SMALL_WORKBOOKS_OF_AN_ACCOUNT),
            large_workbooks: Turns::new(WORKBOOKS_AT_ONCE, WORKBOOKS_OF_AN_ACCOUNT),
            lists: Turns::new(LISTS_AT_ONCE, LISTS_OF_AN_ACCOUNT),
            slices: Arc::new(Turns::new(slices_at_once, SLICES_OF_AN_ACCOUNT)),
        };
        Ok(Self { db, context: Arc::new(context) })
    }
}

impl Context {
    /// What the operator has set.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What stores recordings.
    pub fn keeper(&self, db: impl Into<SerialDb>) -> Keeper<'_> {
        Keeper { db: db.into(), recordings: &self.recordings, probes: &self.probes, clock: &self.clock }
    }

    /// What puts mails together.
    pub fn composer<'a>(&'a self, db: &'a Db) -> Composer<'a> {
        Composer { db, clock: &self.clock, recordings: &self.recordings, settings: &self.settings, post: &self.mail }
    }

    /// The turns of workbooks of about so many rows: those of few do not wait for those of many.
    pub(crate) fn workbook_turns(&self, rows: u64) -> &Turns {
        if rows <= SMALL_FILE_CALLS { &self.small_workbooks } else { &self.large_workbooks }
    }

    /// All limits on concurrency, with their free places, for `/metrics`.
    pub fn places(&self) -> [Places; 8] {
        let of = |of, turns: &Turns| {
            let (limit, free) = turns.state();
            Places { of, limit, free }
        };
        [
            of("waiting_batches", &self.waiting_batches),
            of("batches", &self.batches),
            of("uploads", &self.uploads),
            of("probes", &self.probes),
            of("lists", &self.lists),
            of("slices", &self.slices),
            of("small_workbooks", &self.small_workbooks),
            of("large_workbooks", &self.large_workbooks),
        ]
    }

    /// How long an attempt to sign in must wait before it is looked at; it takes a turn.
    pub fn sign_in_turn(&self, email: &str, address: IpAddr, now: Instant) -> Result<Duration, TryLater> {
        self.attempts.turn(email, address, now)
    }
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;

    use super::*;
    use crate::turns::Full;

    #[tokio::test]
    async fn an_account_takes_its_part_of_each_kind_of_turns_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let variables = [
            ("RINGSIDE_DATABASE_URL", format!("sqlite://{}/test.db", folder.path().display())),
            ("RINGSIDE_RECORDINGS", format!("file://{}/recordings", folder.path().display())),
        ];
        let settings = Settings::read(variables.map(|(name, value)| (name.to_owned(), value)), "").unwrap();
        let db = Db::open(&settings.database_url).await.unwrap();
        let recordings = Recordings::open(&settings.recordings).unwrap();
        let server = Server::new(db, Arc::new(|| Timestamp(0)), recordings, settings).unwrap();
        let context = &server.context;
        let slices = (context.settings.database_options().connections / CONNECTIONS_PER_SLICE) as usize;
        for (turns, all, own) in [
            (&context.waiting_batches, WAITING_BATCHES, WAITING_BATCHES_OF_AN_ACCOUNT),
            (&context.batches, BATCHES_AT_ONCE, BATCHES_OF_AN_ACCOUNT),
            (&context.uploads, UPLOADS_AT_ONCE, UPLOADS_OF_AN_ACCOUNT),
            (&context.probes, PROBES_AT_ONCE, PROBES_OF_AN_ACCOUNT),
            (context.workbook_turns(SMALL_FILE_CALLS), SMALL_WORKBOOKS_AT_ONCE, SMALL_WORKBOOKS_OF_AN_ACCOUNT),
            (context.workbook_turns(SMALL_FILE_CALLS + 1), WORKBOOKS_AT_ONCE, WORKBOOKS_OF_AN_ACCOUNT),
            (&context.lists, LISTS_AT_ONCE, LISTS_OF_AN_ACCOUNT),
            (&*context.slices, slices, SLICES_OF_AN_ACCOUNT),
        ] {
            let mut taken: Vec<_> = (0..own).map(|_| turns.try_take(1).unwrap()).collect();
            assert_eq!(turns.try_take(1).unwrap_err(), Full::OfAccount);
            taken.extend((own..all).map(|n| turns.try_take(n as i64 + 2).unwrap()));
            assert_eq!(turns.try_take(0).unwrap_err(), Full::All);
        }
        // A long workbook holds up no short one, of the same account either.
        let _long = context.workbook_turns(u64::MAX).try_take(1).unwrap();
        context.workbook_turns(0).try_take(1).unwrap();
    }
}
