//! `ringside doctor`: whether all is as the program needs it, one line for each thing, with what to do where it is not. It changes nothing,
//! and works beside a server that runs or before the first start.

use std::{
    fmt,
    net::IpAddr,
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use domain::Timestamp;
use serde_json::{Value, json};
use store::{
    Db, FoundDatabase, Outage, StoreError,
    jobs::{self, JobStatus},
};

use super::{Failure, open};
use crate::{
    clock, disks,
    mail::Mailer,
    metrics::Room,
    recordings::{Recordings, check_room},
    settings::{RecordingsPlace, SettingError, Settings},
};

/// How long each thing that is asked may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Below so many bytes that are left, or so many per cent, a disk is nearly full; and below so many it is.
const LITTLE_ROOM: (u64, u64) = (1 << 30, 5);
const NO_ROOM: u64 = 100 << 20;
/// How far the clocks of this machine and of the database may be apart, ms.
const CLOCKS_MS: u64 = 2_000;
/// How long after it was due a job that waits is the sign that nobody runs jobs, ms.
const LATE_MS: i64 = 10 * 60 * 1_000;
/// No program of this kind ran before, ms: 2025-01-01.
const FIRST_MS: i64 = 1_735_689_600_000;

/// How the findings are printed.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct DoctorArguments {
    /// As JSON, for programs
    #[arg(long)]
    pub(super) json: bool,
}

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CheckStanding {
    Good,
    /// It works, and somebody may want it otherwise.
    Notice,
    Wrong,
}

impl CheckStanding {
    fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Notice => "notice",
            Self::Wrong => "WRONG",
        }
    }
}

/// What was found of one thing, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    thing: &'static str,
    standing: CheckStanding,
    found: String,
    remedy: String,
}

impl Finding {
    fn good(thing: &'static str, found: impl Into<String>) -> Self {
        Self { thing, standing: CheckStanding::Good, found: found.into(), remedy: String::new() }
    }

    fn notice(thing: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { thing, standing: CheckStanding::Notice, found: found.into(), remedy: remedy.into() }
    }

    fn wrong(thing: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { thing, standing: CheckStanding::Wrong, found: found.into(), remedy: remedy.into() }
    }

    fn to_json(&self) -> Value {
        json!({
            "thing": self.thing,
            "standing": self.standing.word().to_lowercase(),
            "found": self.found,
            "remedy": self.remedy,
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        write!(f, "{:<7} {:<11} {}", self.standing.word(), self.thing, one_line(&self.found))?;
        if !self.remedy.is_empty() {
            write!(f, " → {}", one_line(&self.remedy))?;
        }
        Ok(())
    }
}

fn print(findings: &[Finding], arguments: DoctorArguments) -> ExitCode {
    if arguments.json {
        println!("{:#}", Value::Array(findings.iter().map(Finding::to_json).collect()));
    } else {
        for finding in findings {
            println!("{finding}");
        }
    }
    let is_wrong = findings.iter().any(|finding| finding.standing == CheckStanding::Wrong);
    if is_wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// What is said where the settings cannot be read: nothing else can be looked at.
pub(super) fn of_wrong_settings(error: &SettingError, arguments: DoctorArguments) -> ExitCode {
    let remedy = "set it right; docs/OPERATIONS.md, \"Settings\", has all names. The rest is looked at then";
    print(&[Finding::wrong("settings", error.to_string(), remedy)], arguments)
}

pub(super) async fn run(settings: &Settings, arguments: DoctorArguments) -> Result<ExitCode, Failure> {
    let mut findings = vec![of_settings(settings)];
    let (found, database) = of_database(settings).await;
    findings.extend(database);
    findings.push(of_clock(settings, found.as_ref()));
    let (store, temporary, mail, proxy, provider) = tokio::join!(
        of_store(settings),
        of_temporary_folder(),
        of_mail(settings),
        of_proxies(settings),
        of_provider(settings)
    );
    findings.extend([store, temporary]);
    findings.extend(disks::rooms(settings).into_iter().map(of_disk));
    findings.extend([mail, proxy]);
    findings.extend(provider);
    Ok(print(&findings, arguments))
}

fn of_settings(settings: &Settings) -> Finding {
    let Settings { listen, base_url, .. } = settings;
    let found = format!("listens at {listen}, people use {base_url}");
    let is_postgres = disks::database_file(&settings.database_url).is_none();
    if is_postgres && settings.secret_key.is_none() {
        let remedy = "set RINGSIDE_SECRET_KEY, the same for all servers: webhooks and links in mails need it";
        return Finding::notice("settings", format!("{found}; there is no key for secrets"), remedy);
    }
    if !base_url.is_https() && !is_loopback(base_url.as_str()) {
        let remedy = "let a proxy with TLS stand before it, and set RINGSIDE_BASE_URL to https://…";
        return Finding::notice(
            "settings",
            format!("{found}: without https, passwords can be read on the way"),
            remedy,
        );
    }
    if !listen.ip().is_loopback() && is_loopback(base_url.as_str()) {
        let remedy = "set RINGSIDE_BASE_URL to the address that people use: links in mails lead there";
        return Finding::notice("settings", format!("{found}, which is this machine alone"), remedy);
    }
    Finding::good("settings", found)
}

fn is_loopback(address: &str) -> bool {
    let host = address.split_once("://").map_or(address, |(_, host)| host);
    let host = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What is there at the address, and what it says of its work.
async fn of_database(settings: &Settings) -> (Option<FoundDatabase>, Vec<Finding>) {
    let thing = "database";
    let looked = tokio::time::timeout(PATIENCE, Db::look(&settings.database_url)).await;
    let found = match looked {
        Ok(Ok(Some(found))) => found,
        Ok(Ok(None)) => {
            let remedy = "ringside serve makes it at its first start";
            return (None, vec![Finding::notice(thing, "there is none at this address yet", remedy)]);
        }
        Ok(Err(error)) => {
            let remedy =
                "RINGSIDE_DATABASE_URL names it: is the server there, the password right, the folder readable?";
            return (None, vec![Finding::wrong(thing, error.to_string(), remedy)]);
        }
        Err(_) => {
            let remedy = "is the server that RINGSIDE_DATABASE_URL names there, and reached from here?";
            return (None, vec![Finding::wrong(thing, "it does not answer", remedy)]);
        }
    };
    let FoundDatabase { engine, schema, newest, .. } = &found;
    let findings = match schema {
        None => vec![Finding::notice(thing, format!("{engine}, empty"), "ringside serve makes its tables")],
        Some(schema) if schema > newest => {
            let found = format!("{engine}, schema {schema}: made by a newer program, this one knows {newest}");
            vec![Finding::wrong(thing, found, "run the program that made it, or a newer one")]
        }
        Some(schema) if schema < newest => {
            let found = format!("{engine}, schema {schema} of {newest}");
            vec![Finding::notice(thing, found, "the next start of ringside serve changes it: make a copy before")]
        }
        Some(schema) => of_present_database(settings, &format!("{engine}, schema {schema}")).await,
    };
    (Some(found), findings)
}

/// A database of this program's schema: whether it can be written to, and what its jobs do.
async fn of_present_database(settings: &Settings, found: &str) -> Vec<Finding> {
    let thing = "database";
    let since = Instant::now();
    let db = match open(settings).await {
        Ok(db) => db,
        Err(error) => return vec![Finding::wrong(thing, error.to_string(), "see the log of the server")],
    };
    let written = db.check_writable(PATIENCE).await;
    let ms = since.elapsed().as_millis();
    let mut findings = vec![match written {
        Ok(()) => Finding::good(thing, format!("{found}; could be written to within {ms} ms")),
        Err(error) => {
            let remedy = match error.outage() {
                Some(Outage::Full) => "make room on its disk",
                Some(Outage::ReadOnly) => "let its user write to it: file, folder and disk; on PostgreSQL, the primary",
                Some(Outage::Busy) => "another process holds its lock: ringside import or verify beside a server?",
                _ => "see the log of the database",
            };
            Finding::wrong(thing, format!("{found}; it cannot be written to: {error}"), remedy)
        }
    }];
    findings.push(
        of_jobs(&db)
            .await
            .unwrap_or_else(|error| Finding::wrong("jobs", error.to_string(), "the database does not say what waits")),
    );
    db.close().await;
    findings
}

async fn of_jobs(db: &Db) -> Result<Finding, StoreError> {
    let counts = jobs::counts(&mut db.read().await?).await?;
    let sum = |status: JobStatus| -> i64 {
        counts.iter().filter(|count| count.status == status.word()).map(|count| count.jobs).sum()
    };
    let (waiting, failed) = (sum(JobStatus::Waiting), sum(JobStatus::Failed));
    let found = format!("{waiting} wait, {} run, {failed} were given up", sum(JobStatus::Running));
    let now = (clock::system())();
    let waits = counts.iter().filter(|count| count.status == JobStatus::Waiting.word());
    let latest = waits.filter_map(|count| Some((now.0 - count.first_due_at?, count.kind.as_str()))).max();
    if let Some((late, kind)) = latest.filter(|(late, _)| *late > LATE_MS) {
        let found = format!("{found}; {kind} was due {} minutes ago", late / 60_000);
        return Ok(Finding::wrong("jobs", found, "nobody runs them: is ringside serve running on this database?"));
    }
    Ok(if failed > 0 {
        Finding::notice(
            "jobs",
            found,
            "ringside jobs list --status failed says why, ringside jobs retry runs one again",
        )
    } else {
        Finding::good("jobs", found)
    })
}

fn of_clock(settings: &Settings, database: Option<&FoundDatabase>) -> Finding {
    let now = (clock::system())();
    let remedy =
        "set the clock, and keep it by NTP (timedatectl set-ntp true): sessions, links and signatures go by it";
    if now.0 < FIRST_MS {
        return Finding::wrong("clock", "it stands before the year 2025", remedy);
    }
    if let Some(clock) = database.and_then(|database| database.clock) {
        let apart = clock.0.abs_diff(now.0);
        let found = format!("{apart} ms apart from the database's");
        return if apart > CLOCKS_MS { Finding::wrong("clock", found, remedy) } else { Finding::good("clock", found) };
    }
    let written = disks::database_file(&settings.database_url).and_then(written_at);
    match written.filter(|written| written.0 > now.0 + LATE_MS) {
        Some(_) => {
            Finding::wrong("clock", "the database was written to later than now: the clock was set back", remedy)
        }
        None => Finding::good("clock", "it agrees with the files of the database"),
    }
}

/// When a file was changed last.
fn written_at(file: &Path) -> Option<Timestamp> {
    let since = file.metadata().ok()?.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(Timestamp(since.as_millis() as i64))
}

async fn of_store(settings: &Settings) -> Finding {
    let thing = "recordings";
    let (place, remedy) = match &settings.recordings {
        RecordingsPlace::Folder(folder) => (
            format!("the folder {}", folder.display()),
            "RINGSIDE_RECORDINGS names it: let the program's user write there, and make room",
        ),
        RecordingsPlace::Bucket { bucket, .. } => (
            format!("the bucket {bucket}"),
            "AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY say where it is and who asks",
        ),
    };
    if let RecordingsPlace::Folder(folder) = &settings.recordings
        && !folder.exists()
    {
        return Finding::notice(thing, format!("{place} is not there yet"), "ringside serve makes it");
    }
    let store = match Recordings::open(&settings.recordings) {
        Ok(store) => store,
        Err(error) => return Finding::wrong(thing, error, remedy),
    };
    match tokio::time::timeout(PATIENCE, store.check()).await {
        Ok(Ok(())) => Finding::good(thing, format!("{place} answers")),
        Ok(Err(error)) => Finding::wrong(thing, format!("{place}: {}", crate::failure::chain(&error)), remedy),
        Err(_) => Finding::wrong(thing, format!("{place} does not answer"), remedy),
    }
}

async fn of_temporary_folder() -> Finding {
    let folder = std::env::temp_dir();
    match check_room(folder.clone()).await {
        Ok(()) => Finding::good("temporary", format!("{} takes files", folder.display())),
        Err(error) => {
            let remedy = "uploads and workbooks are made there: TMPDIR names another folder";
            Finding::wrong("temporary", format!("{}: {error}", folder.display()), remedy)
        }
    }
}

fn of_disk(room: Room) -> Finding {
    let Room { of, free, all } = room;
    let gb = |bytes: u64| format!("{:.1} GB", bytes as f64 / f64::from(1 << 30));
    let found = format!("{of}: {} of {} free", gb(free), gb(all));
    let (least, percent) = LITTLE_ROOM;
    if free < NO_ROOM {
        Finding::wrong("disk", found, "make room: nothing can be stored before long")
    } else if free < least || free < all / 100 * percent {
        Finding::notice("disk", found, "make room, or move it to a larger disk")
    } else {
        Finding::good("disk", found)
    }
}

async fn of_mail(settings: &Settings) -> Finding {
    let post = Mailer::new(settings.smtp_url.as_deref(), &settings.mail_from);
    let Some(server) = post.server() else {
        return match post.setup() {
            app::MailSetup::Wrong(_, why) => Finding::wrong(
                "mail",
                format!("the mail server's address {why}"),
                "set RINGSIDE_SMTP_URL and RINGSIDE_MAIL_FROM",
            ),
            _ => Finding::notice("mail", "no mail server is set: mails wait", "set RINGSIDE_SMTP_URL"),
        };
    };
    let place = server.place();
    match server.greet().await {
        Ok(()) => Finding::good("mail", format!("{place} takes our mails, from {}", post.from)),
        Err(why) => {
            let remedy =
                "RINGSIDE_SMTP_URL: name, port, tls, user and password; a % or @ of a password is percent-encoded";
            Finding::wrong("mail", format!("{place}: {why}"), remedy)
        }
    }
}

/// Whether people reach the server by the address that is set, and whether a proxy on the way is believed.
async fn of_proxies(settings: &Settings) -> Finding {
    let Settings { listen, base_url, trusted_proxies, .. } = settings;
    let reached = match answers(&format!("{base_url}/healthz")).await {
        Ok(200) => format!("{base_url} answers"),
        Ok(status) => {
            let remedy =
                "does the proxy pass requests to RINGSIDE_LISTEN? docs/OPERATIONS.md, \"Reverse proxy with TLS\"";
            return Finding::wrong("proxies", format!("{base_url} answers with {status}"), remedy);
        }
        Err(why) => {
            let remedy =
                "is ringside serve running, and the proxy before it? From this machine its name may lead elsewhere";
            return Finding::notice("proxies", format!("{base_url}: {why}"), remedy);
        }
    };
    if base_url.is_https() && !listen.ip().is_loopback() && trusted_proxies.is_empty() {
        let remedy = "name it by RINGSIDE_TRUSTED_PROXIES: else all its clients are one to the limits of sign-ins";
        return Finding::notice(
            "proxies",
            format!("{reached}; no proxy beside those of this machine is believed"),
            remedy,
        );
    }
    let named = trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let believed = if named.is_empty() { "those of this machine".to_owned() } else { format!("this machine, {named}") };
    Finding::good("proxies", format!("{reached}; believed are {believed}"))
}

/// The provider of single sign-on, where one is set.
async fn of_provider(settings: &Settings) -> Option<Finding> {
    let issuer = &settings.oidc.as_ref()?.issuer;
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    Some(match answers(&address).await {
        Ok(200) => Finding::good("sign-on", format!("{issuer} answers")),
        Ok(status) => {
            Finding::wrong("sign-on", format!("{address} answers with {status}"), "RINGSIDE_OIDC_ISSUER names it")
        }
        Err(why) => {
            Finding::wrong("sign-on", format!("{issuer}: {why}"), "is it reached from here, its certificate known?")
        }
    })
}

/// The status that an address answers with.
async fn answers(address: &str) -> Result<u16, String> {
    let client = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build();
    let client = client.map_err(|error| error.to_string())?;
    let answer = client.get(address).send().await;
    answer.map(|answer| answer.status().as_u16()).map_err(|error| {
        if error.is_timeout() {
            "it does not answer in time".to_owned()
        } else if error.is_connect() {
            "nothing can be connected to there".to_owned()
        } else {
            "the connection broke off".to_owned()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_line_and_says_what_to_do() {
        let finding = Finding::wrong("mail", "no\nanswer", "set it");
        assert_eq!(finding.to_string(), "WRONG   mail        no answer → set it");
        assert_eq!(finding.to_json()["standing"], "wrong");
        assert_eq!(Finding::good("disk", "room").to_string(), "ok      disk        room");
    }

    #[test]
    fn a_disk_is_full_long_before_its_last_byte() {
        let standing = |free, all| of_disk(Room { of: "temporary", free, all }).standing;
        assert_eq!(standing(50 << 20, 100 << 30), CheckStanding::Wrong);
        assert_eq!(standing(500 << 20, 1 << 30), CheckStanding::Notice);
        assert_eq!(standing(4 << 30, 100 << 30), CheckStanding::Notice);
        assert_eq!(standing(40 << 30, 100 << 30), CheckStanding::Good);
    }

    #[test]
    fn an_address_of_this_machine_is_known() {
        for own in ["http://127.0.0.1:3000", "http://localhost", "http://[::1]:3000"] {
            assert!(is_loopback(own), "{own}");
        }
        for other in ["https://calls.example.com", "http://10.0.0.1:3000", "http://localhost.example.com"] {
            assert!(!is_loopback(other), "{other}");
        }
    }
}
