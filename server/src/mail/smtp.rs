//! The mail server: how it is addressed, and what its answers mean.

use std::{
    collections::HashMap,
    error::Error,
    fmt, io,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use app::MailSetup;
use lettre::{
    Address,
    address::Envelope,
    message::Mailbox,
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Tls, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
        response::Response,
    },
};
use percent_encoding::percent_decode_str;
use reqwest::Url;
use tokio::sync::Semaphore;

use super::{MailingContents, line};

/// How long a server may take until it is ready for a mail, unless the setting says otherwise.
const TIMEOUT: Duration = Duration::from_mins(5);
/// The longest that the setting may say.
const MAX_TIMEOUT_SECONDS: u64 = 300;
/// How long a mail may take to be sent and accepted, unless the setting says otherwise (RFC 5321, 4.5.3.2.6: ten minutes for the
/// answer). Who gives up earlier sends again what a slow server has taken.
const ACCEPTANCE: Duration = Duration::from_mins(10);
/// What is said where a server did not answer in time.
const NO_ANSWER: &str = "no answer in time";
/// How long it may take to be let in, where nothing is to be sent.
const GREETING: Duration = Duration::from_secs(10);
/// How long the goodbye to a mail server may take; nobody waits for it.
const QUIT_TIMEOUT: Duration = Duration::from_secs(5);
/// Mails sent at once, large ones counted as all of them.
const AT_ONCE: usize = 4;
/// The longest answer of a mail server that is kept, in characters.
const MAX_ANSWER: usize = 500;

/// Sends mails through the configured SMTP server, a few at a time.
pub struct Mailer {
    server: Result<MailServer, MailSetup>,
    pub from: Mailbox,
    /// Turns in which mails are sent.
    pub turns: Semaphore,
    /// What mail servers said of mails that they accepted, until the database has taken it: such a mail is not sent again.
    accepted: Mutex<HashMap<JobKey, String>>,
    /// What the latest mailing holds: read and encoded once, not for each of its recipients.
    pub(super) latest: tokio::sync::Mutex<Option<((i64, i64), MailingContents)>>,
}

/// Account and number of the job that sends a mail.
pub type JobKey = (i64, i64);

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailer({:?})", self.setup())
    }
}

/// A mail server that can be asked.
#[derive(Clone)]
pub struct MailServer {
    host: String,
    port: u16,
    tls: Tls,
    login: Option<Credentials>,
    timeout: Duration,
    acceptance: Duration,
}

/// What a mail server made of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmtpAnswer {
    /// It accepted it, with these words.
    Accepted(String),
    /// It refused it for good.
    Refused(String),
    /// It did not take it now, or could not be asked.
    NotNow(String),
}

impl SmtpAnswer {
    /// In one word, for monitoring.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Accepted(_) => "accepted",
            Self::Refused(_) => "refused",
            Self::NotNow(_) => "later",
        }
    }
}

impl Mailer {
    /// By the settings. What is wrong with them is kept for the pages: it does not keep the program from starting.
    ///
    /// # Panics
    /// Never: the address that stands in for a wrong one is one.
    pub fn new(url: Option<&str>, from: &str) -> Self {
        let nobody = || Mailbox::new(None, Address::new("ringside", "localhost").expect("it is an address"));
        let (from, wrong) = match from.parse::<Mailbox>() {
            Ok(from) => (from, None),
            Err(_) => (
                nobody(),
                Some(MailSetup::Wrong(
                    "(RINGSIDE_MAIL_FROM) không phải địa chỉ email",
                    "(RINGSIDE_MAIL_FROM) is not an e-mail address",
                )),
            ),
        };
        let server = match (wrong, url) {
            (Some(wrong), _) => Err(wrong),
            (None, None) => Err(MailSetup::Unset),
            (None, Some(url)) => MailServer::new(url).map_err(|(vi, en)| MailSetup::Wrong(vi, en)),
        };
        Self {
            server,
            from,
            turns: Semaphore::new(AT_ONCE),
            accepted: Mutex::default(),
            latest: tokio::sync::Mutex::default(),
        }
    }

    /// What a mail server said when it accepted the mail of this job, where that is not stored yet.
    pub fn accepted(&self, key: JobKey) -> Option<String> {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
    }

    /// Remembers that a mail was accepted.
    pub fn remember(&self, key: JobKey, words: String) {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner).insert(key, words);
    }

    /// Forgets it: it is stored.
    pub fn forget(&self, key: JobKey) {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }

    /// Whether mails go out.
    pub fn setup(&self) -> MailSetup {
        self.server.as_ref().err().copied().unwrap_or(MailSetup::Ready)
    }

    /// The server, where mails go out.
    pub fn server(&self) -> Option<MailServer> {
        self.server.as_ref().ok().cloned()
    }
}

type WrongAddress = (&'static str, &'static str);

/// Why a mail was not handed over.
#[derive(Debug)]
enum NotHandedOver {
    /// There is no line to the server.
    Line(io::Error),
    /// What the server said, or did not say.
    Smtp(SmtpError),
    /// It took too long.
    Late,
}

impl From<io::Error> for NotHandedOver {
    fn from(error: io::Error) -> Self {
        Self::Line(error)
    }
}

impl From<SmtpError> for NotHandedOver {
    fn from(error: SmtpError) -> Self {
        Self::Smtp(error)
    }
}

impl MailServer {
    /// Reads `smtp://` (STARTTLS where the server offers it; required where there is a password) or `smtps://` (TLS from
    /// the first byte), with `user:password@`, `:port`, and `?tls=required`, `?tls=none` `?timeout=SECONDS` or `?acceptance=SECONDS`.
    fn new(text: &str) -> Result<Self, WrongAddress> {
        let url = Url::parse(text).map_err(|_| {
            (
                "không phải địa chỉ dạng smtp://nguoidung:matkhau@mail.congty.vn:587",
                "is not an address such as smtp://user:password@mail.example.com:587",
            )
        })?;
        let is_tls = match url.scheme() {
            "smtps" => true,
            "smtp" => false,
            _ => return Err(("phải bắt đầu bằng smtp:// hoặc smtps://", "must begin with smtp:// or smtps://")),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(("thiếu tên máy chủ", "names no server"))?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let login = (!url.username().is_empty())
            .then(|| Credentials::new(decoded(url.username()), decoded(url.password().unwrap_or_default())));
        let mut starttls = if login.is_some() { "required" } else { "opportunistic" }.to_owned();
        let (mut timeout, mut acceptance) = (TIMEOUT, ACCEPTANCE);
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "tls" if matches!(value.as_ref(), "required" | "opportunistic" | "none") => {
                    starttls = value.into_owned();
                }
                "timeout" => {
                    let seconds = value.parse().ok().filter(|seconds| (1..=MAX_TIMEOUT_SECONDS).contains(seconds));
                    timeout =
                        Duration::from_secs(seconds.ok_or((
                            "có timeout không nằm trong 1–300 giây",
                            "has a timeout outside 1 to 300 seconds",
                        ))?);
                }
                "acceptance" => {
                    let seconds = value.parse().ok().filter(|seconds| (1..=ACCEPTANCE.as_secs()).contains(seconds));
                    acceptance = Duration::from_secs(seconds.ok_or((
                        "có acceptance không nằm trong 1–600 giây",
                        "has an acceptance outside 1 to 600 seconds",
                    ))?);
                }
                _ => {
                    return Err((
                        "có tham số lạ; chỉ nhận tls, timeout và acceptance",
                        "has an unknown parameter; tls, timeout and acceptance are known",
                    ));
                }
            }
        }
        let parameters = || {
            TlsParameters::new(host.clone())
                .map_err(|_| ("có tên máy chủ không dùng được với TLS", "names a server that TLS cannot check"))
        };
        let tls = match (is_tls, starttls.as_str()) {
            (true, _) => Tls::Wrapper(parameters()?),
            (false, "required") => Tls::Required(parameters()?),
            (false, "none") => Tls::None,
            (false, _) => Tls::Opportunistic(parameters()?),
        };
        let port = url.port().unwrap_or(match (is_tls, login.is_some()) {
            (true, _) => 465,
            (false, true) => 587,
            (false, false) => 25,
        });
        Ok(Self { host, port, tls, login, timeout, acceptance })
    }

    /// Its name and port.
    pub fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Whether it lets us in, by TLS and login as they are set; nothing is sent. Says in its words why not.
    pub async fn greet(&self) -> Result<(), String> {
        let mut connection = match tokio::time::timeout(self.timeout.min(GREETING), self.connect()).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(NotHandedOver::Line(error))) => return Err(words_of(&format!("no connection: {error}"))),
            Ok(Err(NotHandedOver::Smtp(error))) => return Err(words_of(&crate::failure::chain(&error))),
            Ok(Err(NotHandedOver::Late)) | Err(_) => return Err(NO_ANSWER.to_owned()),
        };
        let _ = tokio::time::timeout(QUIT_TIMEOUT, connection.abort()).await;
        Ok(())
    }

    /// Hands a mail over. Not by lettre's transport, which waits for the answer to `QUIT` before it tells of the acceptance:
    /// what was accepted then looked as if it were not, and was sent again.
    async fn hand_over(&self, envelope: &Envelope, message: &[u8]) -> Result<Response, NotHandedOver> {
        let begun = async {
            let mut connection = self.connect().await?;
            begin(&mut connection, envelope, message).await?;
            Ok::<_, NotHandedOver>(connection)
        };
        let mut connection = tokio::time::timeout(self.timeout, begun).await.map_err(|_| NotHandedOver::Late)??;
        let sending = tokio::time::timeout(self.acceptance, connection.message(message)).await;
        let response = sending.map_err(|_| NotHandedOver::Late)??;
        tokio::spawn(async move {
            let _ = tokio::time::timeout(QUIT_TIMEOUT, connection.abort()).await;
        });
        Ok(response)
    }

    /// A connection, by TLS and signed in where these are set.
    async fn connect(&self) -> Result<AsyncSmtpConnection, NotHandedOver> {
        let hello = ClientId::default();
        let line = line::open(&self.host, self.port, matches!(self.tls, Tls::Wrapper(_))).await?;
        let mut connection = AsyncSmtpConnection::connect_with_transport(line, &hello).await?;
        match &self.tls {
            Tls::Required(parameters) => connection.starttls(parameters.clone(), &hello).await?,
            Tls::Opportunistic(parameters) if connection.can_starttls() => {
                connection.starttls(parameters.clone(), &hello).await?;
            }
            _ => {}
        }
        if let Some(login) = &self.login {
            connection.auth(DEFAULT_MECHANISMS, login).await?;
        }
        Ok(connection)
    }

    /// Sends one mail over a connection of its own.
    pub async fn send(&self, envelope: &Envelope, message: &[u8]) -> SmtpAnswer {
        let error = match self.hand_over(envelope, message).await {
            Ok(response) => {
                let words = response.message().collect::<Vec<_>>().join(" ");
                return SmtpAnswer::Accepted(words_of(&format!("{} {words}", response.code())));
            }
            Err(NotHandedOver::Smtp(error)) => error,
            Err(NotHandedOver::Line(error)) => {
                return SmtpAnswer::NotNow(words_of(&format!("no connection: {error}")));
            }
            Err(NotHandedOver::Late) => return SmtpAnswer::NotNow(NO_ANSWER.to_owned()),
        };
        let said = error.source().map(ToString::to_string).unwrap_or_default();
        match error.status() {
            // Refused at signing in: that is our trouble, not the mail's, and somebody will mend it.
            Some(code) if ["530", "534", "535", "538"].contains(&code.to_string().as_str()) => {
                SmtpAnswer::NotNow(words_of(&format!("{code} {said}")))
            }
            Some(code) if error.is_permanent() => SmtpAnswer::Refused(words_of(&format!("{code} {said}"))),
            Some(code) => SmtpAnswer::NotNow(words_of(&format!("{code} {said}"))),
            None if error.is_timeout() => SmtpAnswer::NotNow(NO_ANSWER.to_owned()),
            None => SmtpAnswer::NotNow(words_of(&error.to_string())),
        }
    }
}

/// Says from whom a mail comes and whom it is for, and asks to send it.
async fn begin(connection: &mut AsyncSmtpConnection, envelope: &Envelope, message: &[u8]) -> Result<(), SmtpError> {
    let can = |extension| connection.server_info().supports_feature(extension);
    let mut parameters = Vec::new();
    // What a server does not offer it may take all the same, or refuses by name.
    if !envelope.to().iter().chain(envelope.from()).all(|address| AsRef::<str>::as_ref(address).is_ascii())
        && can(Extension::SmtpUtfEight)
    {
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !message.is_ascii() && can(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    connection.command(Mail::new(envelope.from().cloned(), parameters)).await?;
    for recipient in envelope.to() {
        connection.command(Rcpt::new(recipient.clone(), Vec::new())).await?;
    }
    connection.command(Data).await?;
    Ok(())
}

/// A mail server's words on one line, not longer than one can read; nothing that controls a terminal.
fn words_of(text: &str) -> String {
    let text = text.split(|c: char| c.is_control() || c.is_whitespace()).filter(|part| !part.is_empty());
    text.collect::<Vec<_>>().join(" ").chars().take(MAX_ANSWER).collect()
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::*;

    #[test]
    fn an_address_that_cannot_be_used_is_kept_and_named() {
        let setup = |url: Option<&str>| Mailer::new(url, "Ringside <calls@example.com>").setup();
        assert_eq!(setup(None), MailSetup::Unset);
        for good in [
            "smtp://mail.example.com",
            "smtps://u:p%40ss@mail.example.com:465",
            "smtp://127.0.0.1:2525?timeout=2&tls=none",
        ] {
            assert_eq!(setup(Some(good)), MailSetup::Ready, "{good}");
        }
        for bad in [
            "mail.example.com",
            "http://mail.example.com",
            "smtp://",
            "smtp://h?x=1",
            "smtp://h?timeout=0",
            "smtp://h?acceptance=601",
            "smtp://h:port",
        ] {
            let wrong = setup(Some(bad));
            let MailSetup::Wrong(vi, en) = wrong else { panic!("{bad} is taken") };
            assert!(!vi.is_empty() && !en.is_empty());
        }
        assert!(matches!(Mailer::new(Some("smtp://h"), "no address").setup(), MailSetup::Wrong(..)));
    }

    /// A server that says this, and then the same for as long as somebody listens.
    async fn endless(greeting: &'static str) -> MailServer {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(b"220").await.unwrap();
            while stream.write_all(greeting.as_bytes()).await.is_ok() {}
        });
        MailServer::new(&format!("smtp://127.0.0.1:{port}?timeout=60&tls=none")).unwrap()
    }

    #[tokio::test]
    async fn a_mail_server_that_never_stops_talking_is_left() {
        let from: Address = "a@example.com".parse().unwrap();
        let envelope = Envelope::new(Some(from.clone()), vec![from]).unwrap();
        // A line without an end, and lines without an end.
        for greeting in [" hello", "-hello\r\n220"] {
            let server = endless(greeting).await;
            let answer = server.send(&envelope, b"Subject: hello\r\n\r\nhello").await;
            let SmtpAnswer::NotNow(words) = answer else { panic!("{answer:?}") };
            assert_ne!(words, "no answer in time", "it listened for a minute");
        }
    }

    #[test]
    fn words_are_on_one_line() {
        assert_eq!(words_of("550 5.1.1\r\n no \u{1b}[31msuch\tuser"), "550 5.1.1 no [31msuch user");
        assert_eq!(words_of(&"x".repeat(9_000)).len(), MAX_ANSWER);
    }
}
