//! The commands of the program.

mod account;
mod account_usage;
mod api;
mod backup;
mod copy;
mod demo;
mod doctor;
mod erase;
mod health;
mod hook;
mod import;
mod import_mapping;
mod jobs;
mod operator;
mod progress;
mod recording_names;
mod recordings;
pub mod serve;
mod sso;
mod token;
mod user;
mod verify;

use std::{fmt, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use domain::{Account, Role};
use store::{Conn, Db, Outage, Scope, StoreError, accounts, copying};

use crate::{
    settings::{SettingError, Settings},
    web::connecting::NotSet,
};

const SETTINGS: &str = "\
Settings:
  RINGSIDE_DATABASE_URL    sqlite://FILE or postgres://…  [sqlite://data/ringside.db]
  RINGSIDE_DATABASE_CONNECTIONS                           connections at most  [10]
  RINGSIDE_COUNTED_AT_ONCE calls read to count a list before its page comes  [100000]
  RINGSIDE_LISTEN          address and port               [127.0.0.1:3000]
  RINGSIDE_CONNECTIONS     connections to it at most      [4096]
  RINGSIDE_BASE_URL        how people reach it            [http://LISTEN]
  RINGSIDE_TRUSTED_PROXIES addresses or networks of reverse proxies beside those of this machine
  RINGSIDE_RECORDINGS      file://FOLDER or s3://BUCKET/PREFIX with AWS_…  [file://data/recordings]
  RINGSIDE_PRIVATE_NETWORKS networks that are not public from which recordings may be fetched
  RINGSIDE_SMTP_URL, RINGSIDE_MAIL_FROM                   the mail server and the sender
  RINGSIDE_MAIL_ATTACHED_MB                               the largest workbook in a mail  [20]
  RINGSIDE_LOG             such as info,server=debug      [info]
  RINGSIDE_METRICS_LISTEN, RINGSIDE_METRICS_TOKEN         who may read GET /metrics
  RINGSIDE_OTLP_ENDPOINT   a collector of OpenTelemetry that traces are sent to
  RINGSIDE_SECRET_KEY      encrypts webhooks' secrets     [data/secret.key; PostgreSQL needs it]
  RINGSIDE_OIDC_ISSUER, RINGSIDE_OIDC_CLIENT_ID, RINGSIDE_OIDC_CLIENT_SECRET
                           single sign-on by OpenID Connect
  RINGSIDE_OIDC_NAME, RINGSIDE_OIDC_GROUPS_CLAIM, RINGSIDE_OIDC_SCOPES, RINGSIDE_OIDC_TRUST_EMAIL
                           on the button, and what is believed  [SSO, groups, profile email, false]";

/// Call records in, campaign reports out.
///
/// Settings come from the environment (RINGSIDE_…), then ringside.toml, then the default.
#[derive(Debug, Parser)]
#[command(name = "ringside", version, after_help = SETTINGS)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the web application and the API
    Serve,
    /// Ask the server of these settings whether it is ready; ends with 1 if it is not
    Health,
    /// Look whether settings, database, recordings, mail, clock, disks and proxies are as they must be; ends with 1 if not
    Doctor(doctor::DoctorArguments),
    /// Serve a fresh demo account with months of calls and a campaign that is running now
    Demo(demo::DemoArguments),
    /// Read call records into an account
    Import(import::ImportArguments),
    /// Store a folder of recordings with the calls that they are of
    Recordings(recordings::RecordingsArguments),
    /// Manage accounts
    #[command(subcommand)]
    Account(AccountCommand),
    /// Manage the users of an account
    #[command(subcommand)]
    User(UserCommand),
    /// Manage who runs the service for all accounts
    #[command(subcommand)]
    Operator(OperatorCommand),
    /// Manage the API tokens of an account
    #[command(subcommand)]
    Token(TokenCommand),
    /// Manage the addresses that webhooks of an account come to
    #[command(subcommand)]
    Hook(HookCommand),
    /// Read and set what the API does, without a token
    Api(api::ApiArguments),
    /// Say who comes into an account by single sign-on
    #[command(subcommand)]
    Sso(SsoCommand),
    /// See what runs later and what became of it; docs/OPERATIONS.md lists the kinds
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// Recount every stored total from the calls and report each difference
    Verify {
        /// Correct what differs
        #[arg(long)]
        repair: bool,
    },
    /// Forget a customer by number: names, numbers, conversations and recordings go, anonymous calls stay
    Erase(erase::EraseArguments),
    /// Move to another database, of either engine, and another store of recordings: everything is copied and compared
    Copy(copy::CopyArguments),
    /// Write a consistent copy of the embedded database while it runs
    Backup {
        /// The file to write; it must not be there yet
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum AccountCommand {
    /// Add an account
    Add(account::AddAccount),
    /// List all accounts, what they use this month and what they may
    List(account::ListAccounts),
    /// Print what accounts used in a month and in all: JSON, or the CSV for invoices
    Usage(account_usage::UsageArguments),
    /// Change the name, the language or the quotas of an account
    Set(account::SetAccount),
    /// Say where its customers are, while it has none
    Country(account::InCountry),
    /// Say whether the recordings that calls name by address are fetched
    Recordings(account::FetchArguments),
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Add a user and print a one-time link to set the password
    Add(user::AddUser),
    /// List the users of an account
    List(user::ListUsers),
    /// Print a one-time link to set a user's password
    Link(user::UserArguments),
    /// Say what a user may do
    Role(user::Access),
    /// End all sessions of a user in an account
    SignOut(user::UserArguments),
    /// Take a user out of an account
    Remove(user::UserArguments),
}

#[derive(Debug, Subcommand)]
enum OperatorCommand {
    /// Mark a person who signs in
    Add(operator::PersonArguments),
    /// Take the mark from a person, also from the last operator
    Remove(operator::PersonArguments),
    /// List all operators
    List(operator::ListOperators),
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Make an API token and print it, this once
    Add(token::AddToken),
    /// List the tokens of an account: what they may do, when they were last used
    List(token::ListTokens),
    /// Take a token back
    Remove(token::TokenArguments),
}

#[derive(Debug, Subcommand)]
enum HookCommand {
    /// Make an address and print it, with its secret, as JSON
    Add(hook::AddHook),
    /// List the addresses of an account as JSON
    List(hook::ListHooks),
    /// Take nothing more at an address
    Revoke(hook::HookArguments),
}

#[derive(Debug, Subcommand)]
enum SsoCommand {
    /// List the groups of an account, and whether passwords are forbidden
    List(sso::AccountArgument),
    /// Say what the people of a group may do
    Group(sso::AddGroup),
    /// Take a group out of an account
    Remove(sso::GroupArguments),
    /// Say whether passwords open the account
    Passwords(sso::PasswordArguments),
}

#[derive(Debug, Subcommand)]
enum JobsCommand {
    /// List jobs, the latest first
    List(jobs::ListJobs),
    /// Run a job that failed, or waits for its next try, now
    Retry(jobs::Retry),
}

/// Why a command ended without success: one line for whoever typed it.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure in these words.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Libraries' messages may have several lines.
        f.write_str(&self.0.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error.outage() {
            Some(Outage::Full) => Self(format!("the disk of the database is full: {error}")),
            Some(Outage::ReadOnly) => Self(format!("the database cannot be written to: {error}")),
            _ => Self(error.to_string()),
        }
    }
}

impl From<NotSet> for Failure {
    fn from(error: NotSet) -> Self {
        match error {
            NotSet::Store(error) => error.into(),
            NotSet::Sealing(error) => Self(error.to_string()),
        }
    }
}

impl From<SettingError> for Failure {
    fn from(error: SettingError) -> Self {
        Self(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

impl Cli {
    /// Runs the command; what went wrong is printed as one line.
    pub fn run(self) -> ExitCode {
        keep_files_private();
        end_quietly_without_a_reader();
        match self.try_run() {
            Ok(code) => code,
            Err(failure) => {
                eprintln!("ringside: {failure}");
                ExitCode::FAILURE
            }
        }
    }

    fn try_run(self) -> Result<ExitCode, Failure> {
        let settings = match (Settings::load(), &self.command) {
            (Err(error), Command::Doctor(arguments)) => return Ok(doctor::of_wrong_settings(&error, *arguments)),
            (settings, _) => settings?,
        };
        // Mails are rendered here, pages on threads of their own.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .thread_stack_size(crate::rendering::RENDER_STACK)
            .build()?;
        // Fails only where a provider was installed before, which is then this one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sent = start_log(&settings, runtime.handle())?;
        let code = runtime.block_on(self.command.run(settings));
        sent.end();
        let code = code?;
        // Nobody waits for a thread that still reads a recording.
        runtime.shutdown_background();
        Ok(code)
    }
}

/// What the program writes (database, recordings, temporary files, copies) is for its own user.
fn keep_files_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// A reader of what is printed may leave (`ringside account list | head`): that is no panic. The exit code is the one of a program that
/// ended by SIGPIPE, which Rust ignores.
fn end_quietly_without_a_reader() {
    const SIGPIPE: i32 = 13;
    let otherwise = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let said = panic.payload_as_str().unwrap_or_default();
        if said.starts_with("failed printing to std") && said.contains("Broken pipe") {
            std::process::exit(128 + SIGPIPE);
        }
        otherwise(panic);
    }));
}

impl Command {
    async fn run(self, settings: Settings) -> Result<ExitCode, Failure> {
        match self {
            Self::Serve => serve::run(settings).await?,
            Self::Health => health::run(&settings).await?,
            Self::Doctor(arguments) => return doctor::run(&settings, arguments).await,
            Self::Demo(arguments) => demo::run(settings, &arguments).await?,
            Self::Import(arguments) => return import::run(&settings, &arguments).await,
            Self::Recordings(arguments) => return recordings::run(&settings, &arguments).await,
            Self::Account(AccountCommand::Add(arguments)) => account::add(&settings, arguments).await?,
            Self::Account(AccountCommand::Country(arguments)) => account::put_country(&settings, arguments).await?,
            Self::Account(AccountCommand::Recordings(arguments)) => account::recordings(&settings, arguments).await?,
            Self::Account(AccountCommand::List(arguments)) => account::list(&settings, arguments).await?,
            Self::Account(AccountCommand::Usage(arguments)) => account_usage::run(&settings, arguments).await?,
            Self::Account(AccountCommand::Set(arguments)) => account::set(&settings, arguments).await?,
            Self::User(UserCommand::Add(arguments)) => user::add(&settings, arguments).await?,
            Self::User(UserCommand::List(arguments)) => user::list(&settings, arguments).await?,
            Self::User(UserCommand::Link(arguments)) => user::link(&settings, arguments).await?,
            Self::User(UserCommand::Role(arguments)) => user::set_access(&settings, arguments).await?,
            Self::User(UserCommand::SignOut(arguments)) => user::sign_out(&settings, arguments).await?,
            Self::User(UserCommand::Remove(arguments)) => user::remove(&settings, arguments).await?,
            Self::Operator(OperatorCommand::Add(arguments)) => operator::add(&settings, arguments).await?,
            Self::Operator(OperatorCommand::Remove(arguments)) => operator::remove(&settings, arguments).await?,
            Self::Operator(OperatorCommand::List(arguments)) => operator::list(&settings, arguments).await?,
            Self::Token(TokenCommand::Add(arguments)) => token::add(&settings, arguments).await?,
            Self::Token(TokenCommand::List(arguments)) => token::list(&settings, arguments).await?,
            Self::Token(TokenCommand::Remove(arguments)) => token::remove(&settings, arguments).await?,
            Self::Hook(HookCommand::Add(arguments)) => hook::add(&settings, arguments).await?,
            Self::Hook(HookCommand::List(arguments)) => hook::list(&settings, arguments).await?,
            Self::Hook(HookCommand::Revoke(arguments)) => hook::revoke(&settings, arguments).await?,
            Self::Api(arguments) => api::run(settings, arguments).await?,
            Self::Sso(SsoCommand::List(arguments)) => sso::list(&settings, arguments).await?,
            Self::Sso(SsoCommand::Group(arguments)) => sso::put_group(&settings, arguments).await?,
            Self::Sso(SsoCommand::Remove(arguments)) => sso::remove_group(&settings, arguments).await?,
            Self::Sso(SsoCommand::Passwords(arguments)) => sso::passwords(&settings, arguments).await?,
            Self::Jobs(JobsCommand::List(arguments)) => jobs::list(&settings, arguments).await?,
            Self::Jobs(JobsCommand::Retry(arguments)) => jobs::retry(&settings, arguments).await?,
            Self::Verify { repair } => return verify::run(&settings, repair).await,
            Self::Erase(arguments) => erase::run(&settings, arguments).await?,
            Self::Copy(arguments) => return copy::run(&settings, &arguments).await,
            Self::Backup { file } => backup::run(&settings, &file).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Traces that are sent, where they are.
struct SentTraces {
    #[cfg(feature = "otel")]
    traces: Option<crate::traces::Traces>,
}

impl SentTraces {
    fn end(&self) {
        #[cfg(feature = "otel")]
        if let Some(traces) = &self.traces {
            traces.end();
        }
    }
}

/// The log goes to standard error: standard output belongs to what commands print. Its spans go to a collector, where one is named.
fn start_log(settings: &Settings, runtime: &tokio::runtime::Handle) -> Result<SentTraces, Failure> {
    use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};
    let filter: Targets =
        settings.log.parse().map_err(|_| Failure::new("RINGSIDE_LOG is not a filter such as info"))?;
    // The decoders log every file that is not audio as an error of theirs; its sender is told.
    let filter = filter.with_target("symphonia", tracing::level_filters::LevelFilter::OFF);
    // Logs the value of a parameter of the database's address that it does not know: perhaps a password. The store says that there
    // is one.
    let filter = filter.with_target("sqlx_postgres::options", tracing::level_filters::LevelFilter::OFF);
    // Says with each start of PostgreSQL's that a table is there which is made where it is not.
    let filter = filter.with_target("sqlx::postgres::notice", tracing::level_filters::LevelFilter::WARN);
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let lines = tracing_subscriber::fmt::layer().with_ansi(is_terminal).with_writer(std::io::stderr);
    // The filter is of the whole registry, not of the layer: a filter of a layer remembers that something was asked for and is not
    // wanted (sqlx asks with each statement on PostgreSQL), and drops the next line that is.
    let registry = tracing_subscriber::registry().with(filter).with(lines);
    #[cfg(feature = "otel")]
    {
        // What sends traces logs of itself: a failure to send must not become a span that is sent.
        let begin = |collector: &String| crate::traces::Traces::begin(collector, runtime.clone()).map_err(Failure::new);
        let traces = settings.otlp_endpoint.as_ref().map(begin).transpose()?;
        let layer = traces.as_ref().map(crate::traces::Traces::layer);
        registry.with(layer).try_init().map_err(|error| Failure::new(error.to_string()))?;
        Ok(SentTraces { traces })
    }
    #[cfg(not(feature = "otel"))]
    {
        let _ = runtime;
        registry.try_init().map_err(|error| Failure::new(error.to_string()))?;
        Ok(SentTraces {})
    }
}

async fn open(settings: &Settings) -> Result<Db, Failure> {
    let db = Db::open_with(&settings.database_url, settings.database_options()).await?;
    if copying::is_unfinished(&mut db.read().await?).await? {
        let words = "a copy into this database was begun and has not ended: run the same `ringside copy` again, or take an empty database";
        return Err(Failure::new(words));
    }
    Ok(db)
}

async fn account_named(conn: &mut Conn, name: &str) -> Result<Account, Failure> {
    let found = accounts::find_by_name(conn, name).await?;
    found.ok_or_else(|| Failure::new(format!("there is no account {name:?}; ringside account add makes one")))
}

/// An account as the operator's commands work for it.
#[expect(clippy::disallowed_methods, reason = "a command works for the operator")]
fn scope_of(account: &Account) -> Scope {
    Scope::system(account.id)
}

fn role(word: &str) -> Result<Role, String> {
    Role::from_word(word).ok_or_else(|| "must be owner, manager or viewer".to_owned())
}
