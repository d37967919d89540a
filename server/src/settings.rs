//! Settings: the environment, then `ringside.toml`, then the default. A wrong one stops the start and is named.

use std::{fmt, net::SocketAddr, path::PathBuf};

use ipnet::IpNet;
use openidconnect::url::{Host, Url};

/// The file beside which the program was started.
pub const FILE: &str = "ringside.toml";

/// Every setting: its name in the file; in the environment it is `RINGSIDE_` and the name in capitals.
const NAMES: [&str; 24] = [
    "database_url",
    "database_connections",
    "counted_at_once",
    "listen",
    "connections",
    "base_url",
    "trusted_proxies",
    "recordings",
    "private_networks",
    "smtp_url",
    "mail_from",
    "mail_attached_mb",
    "log",
    "metrics_listen",
    "metrics_token",
    "otlp_endpoint",
    "secret_key",
    "oidc_issuer",
    "oidc_client_id",
    "oidc_client_secret",
    "oidc_name",
    "oidc_groups_claim",
    "oidc_scopes",
    "oidc_trust_email",
];

/// What the program was told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `sqlite://FILE` or `postgres://…`.
    pub database_url: String,
    /// Connections to the database at most.
    pub database_connections: u32,
    /// Calls that are read to count a list before its page comes; lists of more are counted after it.
    pub counted_at_once: u32,
    /// Where the web server listens.
    pub listen: SocketAddr,
    /// Connections to the web server at most.
    pub connections: u32,
    /// How people reach it, without a slash at the end.
    pub base_url: BaseUrl,
    /// Reverse proxies that may say on whose behalf they ask, beside those of this machine.
    pub trusted_proxies: Vec<IpNet>,
    /// Where recordings are kept.
    pub recordings: RecordingsPlace,
    /// Networks that are not public and from which recordings may be fetched.
    pub private_networks: Vec<IpNet>,
    /// The mail server; none: mails are kept and shown as not sent.
    pub smtp_url: Option<String>,
    /// The sender of mails.
    pub mail_from: String,
    /// The largest workbook that goes with a mail, in bytes; above, the mail links to it. Servers refuse mails of more
    /// than about 25 MB.
    pub mail_attached_bytes: u64,
    /// What is logged, such as `info` or `info,server=debug`.
    pub log: String,
    /// A listener of its own for `/metrics`.
    pub metrics_listen: Option<SocketAddr>,
    /// The bearer token that opens `/metrics` on the main listener.
    pub metrics_token: Option<String>,
    /// The collector that traces are sent to, by OTLP over HTTP.
    pub otlp_endpoint: Option<String>,
    /// Encrypts the secrets of webhooks in the database; none: a file beside an embedded database does.
    pub secret_key: Option<String>,
    /// The provider of single sign-on.
    pub oidc: Option<OidcSettings>,
}

/// The provider by which people sign in (OpenID Connect).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcSettings {
    /// What it calls itself; discovery begins here.
    pub issuer: String,
    /// What it calls this server.
    pub client_id: String,
    /// By what this server shows that it is.
    pub client_secret: String,
    /// How people call it.
    pub name: String,
    /// The claim that holds a person's groups.
    pub groups_claim: String,
    /// What it is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// Whether an address is known to be the person's where it does not say so.
    pub trusts_email: bool,
}

/// `http://host:port` or `https://host`, as people type it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Whether people come by https, so that cookies may be kept to it.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads an address; a path, query or user is refused.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        let text = text.trim_end_matches('/');
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        match host {
            Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(Self(text.to_owned())),
            _ => Err("is not an address such as https://calls.example.com"),
        }
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where recordings are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordingsPlace {
    /// A folder of this computer.
    Folder(PathBuf),
    /// A bucket of an S3-speaking store; its keys and endpoint come from the usual `AWS_…` variables.
    Bucket {
        bucket: String,
        /// What every object's name begins with; may be empty.
        prefix: String,
    },
}

impl RecordingsPlace {
    /// Reads `file://FOLDER` or `s3://BUCKET/PREFIX`; the error says what is wrong.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        if let Some(folder) = text.strip_prefix("file://").filter(|folder| !folder.is_empty()) {
            return Ok(Self::Folder(PathBuf::from(folder)));
        }
        let place = text.strip_prefix("s3://").unwrap_or_default();
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        if bucket.is_empty() {
            return Err("is neither file://FOLDER nor s3://BUCKET/PREFIX");
        }
        Ok(Self::Bucket { bucket: bucket.to_owned(), prefix: prefix.trim_matches('/').to_owned() })
    }
}

/// A setting that stops the start, as one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} {reason}")]
pub struct SettingError {
    name: String,
    reason: String,
}

impl SettingError {
    fn new(name: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { name: name.into(), reason: reason.into() }
    }
}

/// The values as they were written, and where.
struct WrittenSettings<'a> {
    environment: Vec<(String, String)>,
    file: toml::Table,
    file_name: &'a str,
}

impl WrittenSettings<'_> {
    /// The value and how to name it in an error.
    fn get(&self, name: &str) -> Result<Option<(String, String)>, SettingError> {
        let variable = format!("RINGSIDE_{}", name.to_uppercase());
        // An empty variable is how a container's template says "not set".
        if let Some((_, value)) = self.environment.iter().find(|(key, value)| *key == variable && !value.is_empty()) {
            return Ok(Some((variable, value.clone())));
        }
        let named = format!("{name} in {}", self.file_name);
        match self.file.get(name) {
            None => Ok(None),
            Some(toml::Value::String(value)) => Ok(Some((named, value.clone()))),
            Some(_) => Err(SettingError::new(named, "must be a text in quotes")),
        }
    }

    fn read<T, E: fmt::Display>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, SettingError> {
        let Some((named, value)) = self.get(name)? else { return Ok(None) };
        parse(&value).map(Some).map_err(|reason| SettingError::new(named, reason.to_string()))
    }
}

impl Settings {
    /// How the database is opened.
    pub fn database_options(&self) -> store::DbOptions {
        store::DbOptions { connections: self.database_connections }
    }

    /// Reads the environment and the file in the current folder.
    pub fn load() -> Result<Self, SettingError> {
        let file = match std::fs::read_to_string(FILE) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(SettingError::new(FILE, format!("cannot be read: {error}"))),
        };
        Self::read(std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))), &file)
    }

    /// Reads the given variables and the text of a file.
    pub fn read(variables: impl IntoIterator<Item = (String, String)>, file: &str) -> Result<Self, SettingError> {
        // `RINGSIDE_TEST_…` belongs to the tests, which start this program, too.
        let environment: Vec<_> = variables
            .into_iter()
            .filter(|(key, _)| key.starts_with("RINGSIDE_") && !key.starts_with("RINGSIDE_TEST_"))
            .collect();
        for (key, _) in &environment {
            if !NAMES.iter().any(|name| *key == format!("RINGSIDE_{}", name.to_uppercase())) {
                return Err(SettingError::new(key, "is not a setting of Ringside"));
            }
        }
        let file: toml::Table = file.parse().map_err(|error: toml::de::Error| {
            SettingError::new(
                FILE,
                format!("is not valid TOML: {}", error.message().lines().next().unwrap_or_default()),
            )
        })?;
        if let Some(name) = file.keys().find(|key| !NAMES.contains(&key.as_str())) {
            return Err(SettingError::new(format!("{name} in {FILE}"), "is not a setting of Ringside"));
        }
        let written = WrittenSettings { environment, file, file_name: FILE };

        let address =
            |text: &str| text.parse::<SocketAddr>().map_err(|_| "is not an address and port such as 127.0.0.1:3000");
        let listen = written.read("listen", address)?.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000)));
        let base_url = match written.read("base_url", BaseUrl::new)? {
            Some(base_url) => base_url,
            None => BaseUrl(format!("http://{listen}")),
        };
        let metrics_token = written.read("metrics_token", |text| {
            if text.len() < 16 {
                Err("is shorter than 16 characters: it would be guessed")
            } else {
                Ok(text.to_owned())
            }
        })?;
        let secret_key = written.read("secret_key", |text| {
            if text.chars().count() < 32 {
                Err("is shorter than 32 characters: it would be guessed")
            } else {
                Ok(text.to_owned())
            }
        })?;
        let oidc = oidc(&written)?;
        let database_url =
            written.read("database_url", database)?.unwrap_or_else(|| "sqlite://data/ringside.db".to_owned());
        if oidc.is_some() && secret_key.is_none() && !database_url.starts_with("sqlite:") {
            let reason = "is needed for single sign-on with PostgreSQL, the same for all servers";
            return Err(SettingError::new("RINGSIDE_SECRET_KEY", reason));
        }
        Ok(Self {
            database_url,
            database_connections: written.read("database_connections", connections)?.unwrap_or(10),
            counted_at_once: written.read("counted_at_once", calls)?.unwrap_or(100_000),
            listen,
            connections: written.read("connections", web_connections)?.unwrap_or(domain::limits::CONNECTIONS),
            base_url,
            trusted_proxies: written.read("trusted_proxies", networks)?.unwrap_or_default(),
            recordings: written
                .read("recordings", RecordingsPlace::new)?
                .unwrap_or_else(|| RecordingsPlace::Folder(PathBuf::from("data/recordings"))),
            private_networks: written.read("private_networks", networks)?.unwrap_or_default(),
            // A wrong one does not stop the start: mails wait, and the pages say why.
            smtp_url: written.read("smtp_url", |text| Ok::<_, &str>(text.to_owned()))?,
            mail_from: written
                .read("mail_from", mail_address)?
                .unwrap_or_else(|| "Ringside <ringside@localhost>".to_owned()),
            mail_attached_bytes: written.read("mail_attached_mb", megabytes)?.unwrap_or(20_000_000),
            log: written.read("log", log_filter)?.unwrap_or_else(|| "info".to_owned()),
            metrics_listen: written.read("metrics_listen", address)?,
            metrics_token,
            otlp_endpoint: written.read("otlp_endpoint", collector)?,
            secret_key,
            oidc,
        })
    }
}

/// The provider, where its settings are there.
fn oidc(written: &WrittenSettings<'_>) -> Result<Option<OidcSettings>, SettingError> {
    let text = |text: &str| Ok::<_, &str>(text.to_owned());
    let Some(issuer) = written.read("oidc_issuer", issuer)? else { return Ok(None) };
    let needed = |name: &str| {
        let missing =
            || SettingError::new(format!("RINGSIDE_{}", name.to_uppercase()), "is needed beside RINGSIDE_OIDC_ISSUER");
        written.read(name, text)?.ok_or_else(missing)
    };
    let words = |text: &str| Ok::<_, &str>(text.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    let scopes = written.read("oidc_scopes", words)?;
    Ok(Some(OidcSettings {
        client_id: needed("oidc_client_id")?,
        client_secret: needed("oidc_client_secret")?,
        name: written.read("oidc_name", provider_name)?.unwrap_or_else(|| "SSO".to_owned()),
        groups_claim: written.read("oidc_groups_claim", text)?.unwrap_or_else(|| "groups".to_owned()),
        scopes: scopes.unwrap_or_else(|| vec!["profile".to_owned(), "email".to_owned()]),
        trusts_email: written.read("oidc_trust_email", yes_or_no)?.unwrap_or(false),
        issuer,
    }))
}

fn issuer(text: &str) -> Result<String, &'static str> {
    match Url::parse(text) {
        Ok(url) if is_safe_address(&url) && url.query().is_none() && url.fragment().is_none() => Ok(text.to_owned()),
        _ => Err("is not an address such as https://id.example.com, with https but on this machine"),
    }
}

/// Whether nobody between can read what is sent to an address: `https`, or of this machine.
pub fn is_safe_address(url: &Url) -> bool {
    let is_own = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_own)
}

fn collector(text: &str) -> Result<String, &'static str> {
    if !cfg!(feature = "otel") {
        return Err("needs a program that was built with the feature otel");
    }
    match Url::parse(text) {
        Ok(url) if ["http", "https"].contains(&url.scheme()) && url.host().is_some() && url.query().is_none() => {
            Ok(text.to_owned())
        }
        _ => Err("is not an address such as http://127.0.0.1:4318"),
    }
}

fn provider_name(text: &str) -> Result<String, &'static str> {
    let is_short = (1..=40).contains(&text.chars().count());
    if is_short && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err("is longer than 40 characters")
    }
}

fn yes_or_no(text: &str) -> Result<bool, &'static str> {
    text.parse().map_err(|_| "is neither true nor false")
}

fn database(text: &str) -> Result<String, &'static str> {
    let known = ["sqlite:", "postgres://", "postgresql://"];
    if known.iter().any(|scheme| text.strip_prefix(scheme).is_some_and(|rest| !rest.trim_matches('/').is_empty())) {
        Ok(text.to_owned())
    } else {
        Err("is neither sqlite://FILE nor postgres://USER@HOST/DATABASE")
    }
}

fn calls(text: &str) -> Result<u32, &'static str> {
    text.parse().map_err(|_| "is not a number of calls such as 100000")
}

fn connections(text: &str) -> Result<u32, &'static str> {
    text.parse().ok().filter(|count| (2..=1_000).contains(count)).ok_or("is not a whole number from 2 to 1000")
}

fn web_connections(text: &str) -> Result<u32, &'static str> {
    text.parse().ok().filter(|count| (16..=100_000).contains(count)).ok_or("is not a whole number from 16 to 100000")
}

/// Addresses or networks between commas or blanks.
fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let parts = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty());
    let network = |part: &str| {
        let address = part.parse::<std::net::IpAddr>().map(IpNet::from);
        address.or_else(|_| part.parse()).map_err(|_| format!("has {part:?}, which is no address such as 10.0.0.0/8"))
    };
    parts.map(network).collect()
}

fn mail_address(text: &str) -> Result<String, &'static str> {
    let address = text.rsplit_once('<').map_or(text, |(_, rest)| rest.trim_end_matches('>')).trim();
    match address.split_once('@') {
        Some((user, host)) if !user.is_empty() && !host.is_empty() && !address.contains(char::is_whitespace) => {
            Ok(text.to_owned())
        }
        _ => Err("is not an address such as Ringside <calls@example.com>"),
    }
}

fn megabytes(text: &str) -> Result<u64, &'static str> {
    let megabytes = text.parse::<u64>().ok().filter(|megabytes| *megabytes <= 100);
    megabytes.map(|megabytes| megabytes * 1_000_000).ok_or("is not a whole number of megabytes from 0 to 100")
}

fn log_filter(text: &str) -> Result<String, String> {
    match text.parse::<tracing_subscriber::filter::Targets>() {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err("is not a filter such as info or info,server=debug".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)], file: &str) -> Result<Settings, String> {
        let variables = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Settings::read(variables, file).map_err(|error| error.to_string())
    }

    #[test]
    fn the_environment_comes_before_the_file_and_the_file_before_the_default() {
        let file = "listen = \"127.0.0.1:4000\"\nmail_from = \"a@b.vn\"";
        let settings = read(&[("RINGSIDE_LISTEN", "0.0.0.0:5000"), ("PATH", "/bin")], file).unwrap();
        assert_eq!(settings.listen.port(), 5000);
        assert_eq!(settings.mail_from, "a@b.vn");
        assert_eq!(settings.database_url, "sqlite://data/ringside.db");
        assert_eq!(settings.base_url.as_str(), "http://0.0.0.0:5000");
    }

    #[test]
    fn a_wrong_setting_is_named_in_one_line() {
        for (name, value) in [
            ("RINGSIDE_LISTEN", "3000"),
            ("RINGSIDE_DATABASE_URL", "mysql://x"),
            ("RINGSIDE_DATABASE_URL", "sqlite://"),
            ("RINGSIDE_BASE_URL", "calls.example.com"),
            ("RINGSIDE_BASE_URL", "https://example.com/calls"),
            ("RINGSIDE_RECORDINGS", "ftp://x"),
            ("RINGSIDE_MAIL_FROM", "nobody"),
            ("RINGSIDE_MAIL_ATTACHED_MB", "20MB"),
            ("RINGSIDE_MAIL_ATTACHED_MB", "101"),
            ("RINGSIDE_LOG", "server=loud"),
            ("RINGSIDE_METRICS_LISTEN", "9090"),
            ("RINGSIDE_METRICS_TOKEN", "short"),
            ("RINGSIDE_SECRET_KEY", "thirty-one characters of secret"),
            ("RINGSIDE_CONNECTIONS", "15"),
            ("RINGSIDE_DATABASE_CONNECTIONS", "1"),
            ("RINGSIDE_DATABASE_CONNECTIONS", "1001"),
            ("RINGSIDE_COUNTED_AT_ONCE", "many"),
            ("RINGSIDE_LISTNE", "127.0.0.1:1"),
            ("RINGSIDE_OIDC_ISSUER", "id.cty.vn"),
            ("RINGSIDE_OIDC_ISSUER", "http://id.cty.vn"),
            ("RINGSIDE_OIDC_ISSUER", "https://id.cty.vn?a=b"),
        ] {
            let error = read(&[(name, value)], "").unwrap_err();
            assert!(error.starts_with(name) && !error.contains('\n'), "{error}");
        }
        for file in ["listne = \"x\"", "listen = 3000", "listen = "] {
            let error = read(&[], file).unwrap_err();
            assert!(error.contains("ringside.toml") && !error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn a_provider_is_set_as_a_whole() {
        let issuer = ("RINGSIDE_OIDC_ISSUER", "https://id.cty.vn/realms/a");
        let (id, secret) = (("RINGSIDE_OIDC_CLIENT_ID", "ringside"), ("RINGSIDE_OIDC_CLIENT_SECRET", "bí mật"));
        assert_eq!(read(&[], "").unwrap().oidc, None);
        for (given, missing) in
            [(vec![issuer], "RINGSIDE_OIDC_CLIENT_ID"), (vec![issuer, id], "RINGSIDE_OIDC_CLIENT_SECRET")]
        {
            let error = read(&given, "").unwrap_err();
            assert!(error.starts_with(missing), "{error}");
        }
        let oidc = read(&[issuer, id, secret], "oidc_scopes = \"email groups\"\noidc_trust_email = \"true\"")
            .unwrap()
            .oidc
            .unwrap();
        assert_eq!((oidc.name.as_str(), oidc.groups_claim.as_str()), ("SSO", "groups"));
        assert_eq!((oidc.scopes, oidc.trusts_email), (vec!["email".to_owned(), "groups".to_owned()], true));
        let served = ("RINGSIDE_DATABASE_URL", "postgres://db/x");
        let error = read(&[issuer, id, secret, served], "").unwrap_err();
        assert!(error.starts_with("RINGSIDE_SECRET_KEY"), "{error}");
        for own in ["http://localhost:8080", "http://127.0.0.1/", "http://[::1]:9"] {
            read(&[("RINGSIDE_OIDC_ISSUER", own), id, secret], "").unwrap();
        }
    }

    #[test]
    fn recordings_are_kept_in_a_folder_or_a_bucket() {
        assert_eq!(RecordingsPlace::new("file://data/x"), Ok(RecordingsPlace::Folder(PathBuf::from("data/x"))));
        let bucket = RecordingsPlace::Bucket { bucket: "b".to_owned(), prefix: "p/q".to_owned() };
        assert_eq!(RecordingsPlace::new("s3://b/p/q/"), Ok(bucket));
    }
}
