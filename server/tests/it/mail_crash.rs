//! Mails through a kill of the process: at each step nothing is lost, and nothing comes twice but in the one window that
//! SMTP leaves open, where it comes with the same Message-ID.

use std::time::Duration;

use domain::time::DAY_MS;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

use crate::{
    crash::Serving,
    harness::run,
    mail::{MailServer, header, send_due},
    place::{Place, on_each_engine},
};

/// The program at a place with an account, its token, and a campaign with one recipient.
pub struct Mailing<'p> {
    pub place: &'p Place,
    pub token: String,
}

impl<'p> Mailing<'p> {
    pub fn new(place: &'p Place) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        place.printed(&["account", "add", "A"]);
        Self { place, token: place.printed(&["token", "add", "t", "--account", "A"]) }
    }

    pub async fn serve(&self, smtp: &str) -> Serving {
        self.serve_with(smtp, &[]).await
    }

    pub async fn serve_with(&self, smtp: &str, variables: &[(&str, &str)]) -> Serving {
        let mail = [("RINGSIDE_SMTP_URL", smtp), ("RINGSIDE_MAIL_FROM", "a@ringside.example")];
        self.place.serve_with(&[&mail, variables].concat()).await
    }

    pub async fn send(&self, serving: &Serving, method: Method, path: &str, body: Value) -> Value {
        let request = Client::new().request(method, serving.url(path)).bearer_auth(&self.token);
        let answer = request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default()
    }

    pub async fn complete(&self, serving: &Serving) {
        self.send(serving, Method::PUT, "/api/v1/voicebots/bot", json!({"name": "B"})).await;
        let campaign = json!({"name": "T", "voicebot": "bot", "report_emails": ["a@antam.vn"]});
        self.send(serving, Method::PUT, "/api/v1/campaigns/tet", campaign).await;
        self.send(serving, Method::POST, "/api/v1/campaigns/tet/complete", json!({})).await;
    }

    /// Waits until the mail is no longer on its first way; gives it.
    pub async fn settled(&self, serving: &Serving) -> Value {
        loop {
            let answer = self.send(serving, Method::GET, "/api/v1/campaigns/tet/deliveries", json!({})).await;
            let mail = answer["deliveries"][0].clone();
            if mail["status"] != "sending" && mail["attempts"] == 1 {
                return mail;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends what is due after a day, when every lease is over, in a server on the same files; gives the mail's state.
    pub async fn a_day_later(&self, smtp: &MailServer) -> (String, Option<String>) {
        let recordings = format!("file://{}", self.place.folder.path().join("data/recordings").display());
        let settings = [
            ("RINGSIDE_SMTP_URL", smtp.url()),
            ("RINGSIDE_MAIL_FROM", "a@ringside.example".to_owned()),
            ("RINGSIDE_RECORDINGS", recordings),
        ];
        let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let later = crate::harness::Harness::start_beside_at(
            &self.place.database,
            tempfile::tempdir().unwrap(),
            &settings,
            domain::Timestamp((server::clock::system())().0 + DAY_MS),
        )
        .await;
        send_due(&later).await;
        later.db.close().await;
        self.place.rows("SELECT status, message_id FROM mails").await.remove(0)
    }
}

/// A mail server that talks until it is told to stop: the `at` of a test.
#[derive(Clone, Copy, PartialEq)]
enum Until {
    /// It takes the connection and says nothing: the mail is claimed.
    Connected,
    /// It takes the whole mail and does not answer.
    Data,
}

/// Resolves once it is so far; gives the connection, which keeps it so.
async fn stuck(listener: &TcpListener, until: Until) -> (tokio::net::TcpStream, String) {
    let (stream, _) = listener.accept().await.unwrap();
    if until == Until::Connected {
        return (stream, String::new());
    }
    let mut lines = BufReader::new(stream);
    let mut mail = String::new();
    lines.write_all(b"220 test\r\n").await.unwrap();
    loop {
        let mut line = String::new();
        assert!(lines.read_line(&mut line).await.unwrap() > 0, "the sender went away");
        let answer = if line.starts_with("DATA") { "354 go on\r\n" } else { "250 OK\r\n" };
        lines.write_all(answer.as_bytes()).await.unwrap();
        if line.starts_with("DATA") {
            break;
        }
    }
    loop {
        let mut line = String::new();
        assert!(lines.read_line(&mut line).await.unwrap() > 0, "the sender went away");
        if line == ".\r\n" {
            return (lines.into_inner(), mail);
        }
        mail.push_str(&line);
    }
}

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}?timeout=100", listener.local_addr().unwrap());
    (listener, url)
}

fn message_id(mail: &str) -> &str {
    mail.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().trim()
}

on_each_engine! {
    async fn killed_between_claim_and_send_the_mail_goes_out_once(place) {
        let mailing = Mailing::new(place);
        let (listener, url) = listener().await;
        let serving = mailing.serve(&url).await;
        mailing.complete(&serving).await;
        let _connection = stuck(&listener, Until::Connected).await;
        serving.kill();
        let smtp = MailServer::start();
        assert_eq!(mailing.a_day_later(&smtp).await.0, "sent");
        assert_eq!(smtp.mails().len(), 1);
    }

    async fn killed_before_the_answer_came_the_mail_comes_again_with_the_same_message_id(place) {
        let mailing = Mailing::new(place);
        let (listener, url) = listener().await;
        let serving = mailing.serve(&url).await;
        mailing.complete(&serving).await;
        let (_connection, first) = stuck(&listener, Until::Data).await;
        serving.kill();
        let smtp = MailServer::start();
        let (status, stored) = mailing.a_day_later(&smtp).await;
        let mails = smtp.mails();
        assert_eq!((status.as_str(), mails.len()), ("sent", 1));
        assert_eq!(header(&mails[0], "Message-ID"), message_id(&first), "this is the window, and one mail to a mailbox");
        assert_eq!(stored.as_deref(), Some(message_id(&first)));
    }

    async fn killed_between_the_answer_and_its_mark_the_mail_comes_again_with_the_same_message_id(place) {
        let mailing = Mailing::new(place);
        let (listener, url) = listener().await;
        // The answer comes, and its marking is held up.
        place.hold_up("BEFORE UPDATE OF status ON mails", "NEW.status = 'sent'").await;
        let serving = mailing.serve(&url).await;
        mailing.complete(&serving).await;
        let (mut connection, first) = stuck(&listener, Until::Data).await;
        connection.write_all(b"250 accepted\r\n").await.unwrap();
        // The sender has read the answer once it says good-bye or hangs up.
        let mut rest = String::new();
        let _ = BufReader::new(&mut connection).read_line(&mut rest).await;
        serving.kill();
        place.let_go("mails").await;
        let smtp = MailServer::start();
        let (status, _) = mailing.a_day_later(&smtp).await;
        let mails = smtp.mails();
        assert_eq!((status.as_str(), mails.len()), ("sent", 1));
        assert_eq!(header(&mails[0], "Message-ID"), message_id(&first));
    }

    async fn killed_after_the_mark_nothing_comes_again(place) {
        let (mailing, smtp) = (Mailing::new(place), MailServer::start());
        let serving = mailing.serve(&smtp.url()).await;
        mailing.complete(&serving).await;
        assert_eq!(mailing.settled(&serving).await["status"], "sent");
        serving.kill();
        assert_eq!(mailing.a_day_later(&smtp).await.0, "sent");
        assert_eq!(smtp.mails().len(), 1);
    }

    async fn killed_at_the_mark_of_a_notice_it_comes_again_as_the_same_mail(place) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        place.printed(&["account", "add", "A"]);
        place.printed(&["user", "add", "lan@cty.vn", "--account", "A", "--role", "viewer"]);
        let (listener, url) = listener().await;
        place.hold_up("BEFORE UPDATE OF status ON jobs", "NEW.kind = 'send_notice' AND NEW.status = 'done'").await;
        let serve = async |url: &str| {
            // Mails of one address of the service have its ids, on whatever port it is started anew.
            let base = ("RINGSIDE_BASE_URL", "http://calls.example");
            place.serve_with(&[("RINGSIDE_SMTP_URL", url), ("RINGSIDE_MAIL_FROM", "a@ringside.example"), base]).await
        };
        let serving = serve(&url).await;
        let asked = Client::new().post(serving.url("/forgot-password")).header("origin", "http://calls.example");
        let asked = asked.header("content-type", "application/x-www-form-urlencoded").body("email=lan%40cty.vn");
        assert!(asked.send().await.unwrap().status().is_success());
        let (mut connection, first) = stuck(&listener, Until::Data).await;
        connection.write_all(b"250 accepted\r\n").await.unwrap();
        let mut rest = String::new();
        let _ = BufReader::new(&mut connection).read_line(&mut rest).await;
        serving.kill();
        place.let_go("jobs").await;
        assert_eq!(place.number("SELECT COUNT(*) FROM jobs WHERE kind = 'send_notice' AND status = 'running'").await, 1);
        place.lease_ends("send_notice").await;
        let smtp = MailServer::start();
        let serving = serve(&smtp.url()).await;
        place.until("SELECT COUNT(*) FROM jobs WHERE kind = 'send_notice' AND status = 'done'").await;
        let mails = smtp.mails();
        assert_eq!(mails.len(), 1);
        assert_eq!(header(&mails[0], "Message-ID"), message_id(&first));
        serving.stop().await;
    }

    async fn killed_before_the_claim_nothing_is_lost(place) {
        let (mailing, smtp) = (Mailing::new(place), MailServer::start());
        // There is no mail server yet.
        let serving = mailing.serve("smtp://").await;
        mailing.complete(&serving).await;
        serving.kill();
        assert_eq!(mailing.a_day_later(&smtp).await.0, "sent");
        assert_eq!(smtp.mails().len(), 1);
    }
}

#[test]
fn a_mail_goes_by_tls_from_the_first_byte_to_a_server_that_is_trusted() {
    run(async {
        let smtp = MailServer::start_with(&["ringside", "secret", "tls"]);
        let certificate = smtp.certificate().display().to_string();
        let trusted = [("SSL_CERT_FILE", certificate.as_str())];
        for (variables, status) in [(&trusted[..], "sent"), (&[][..], "waiting")] {
            let place = Place::on_sqlite();
            let mailing = Mailing::new(&place);
            let address = format!("smtps://ringside:secret@127.0.0.1:{}", smtp.port());
            let serving = mailing.serve_with(&address, variables).await;
            mailing.complete(&serving).await;
            let mail = mailing.settled(&serving).await;
            assert_eq!(mail["status"], status, "{mail}");
        }
        assert_eq!(smtp.mails().len(), 1);
    });
}

#[test]
fn a_mail_goes_by_starttls_with_a_login_and_a_wrong_login_is_no_fault_of_the_mail() {
    run(async {
        let smtp = MailServer::start_with(&["ringside", "mật khẩu"]);
        let certificate = smtp.certificate().display().to_string();
        let trusted = [("SSL_CERT_FILE", certificate.as_str())];
        let port = smtp.port();
        for (login, variables, status, words) in [
            ("ringside:m%E1%BA%ADt%20kh%E1%BA%A9u", &trusted[..], "sent", "250 2.0.0 kept"),
            ("ringside:wrong", &trusted[..], "waiting", "535 "),
            ("ringside:m%E1%BA%ADt%20kh%E1%BA%A9u", &[][..], "waiting", ""),
        ] {
            let place = Place::on_sqlite();
            let mailing = Mailing::new(&place);
            let serving = mailing.serve_with(&format!("smtp://{login}@127.0.0.1:{port}"), variables).await;
            mailing.complete(&serving).await;
            let mail = mailing.settled(&serving).await;
            assert_eq!(mail["status"], status, "{mail}");
            assert!(mail["answer"].as_str().unwrap().starts_with(words), "{mail}");
        }
        assert_eq!(smtp.mails().len(), 1);
    });
}
