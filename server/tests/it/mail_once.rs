//! What a mail server has accepted is not sent again while the program runs, whatever happens to the database or the line.

use std::sync::Arc;

use sqlx::{Connection, Executor, SqliteConnection};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::{Notify, watch},
};

use crate::{harness::run, mail::MailServer, mail_crash::Place};

/// What the log says as often as marking fails.
const COULD_NOT: &str = "A mail was accepted, but that could not be stored yet";

/// A mail server that counts the mails that came in whole, and has its own ways.
struct Scripted {
    url: String,
    came: watch::Receiver<usize>,
    /// Lets one mail be answered.
    answer: Arc<Notify>,
}

impl Scripted {
    /// `answers_quit`: else it keeps the line open and says nothing.
    async fn start(answers_quit: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        // Who waits for an answer to QUIT waits as long, and takes the mail for not sent.
        let url = format!("smtp://{}?timeout=4", listener.local_addr().unwrap());
        let (counted, came) = watch::channel(0);
        let answer = Arc::<Notify>::default();
        let turn = Arc::clone(&answer);
        tokio::spawn(async move {
            let counted = Arc::new(counted);
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (counted, turn) = (Arc::clone(&counted), Arc::clone(&turn));
                tokio::spawn(async move {
                    // A line that drops is no fault of the test's.
                    let _ = talk(stream, answers_quit, &counted, &turn).await;
                });
            }
        });
        Self { url, came, answer }
    }

    async fn has(&self, mails: usize) {
        self.came.clone().wait_for(|came| *came >= mails).await.unwrap();
    }
}

async fn talk(
    stream: TcpStream,
    answers_quit: bool,
    counted: &watch::Sender<usize>,
    turn: &Notify,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream);
    lines.write_all(b"220 test\r\n").await?;
    let mut in_mail = false;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let answer = match line.trim_end() {
            "." if in_mail => {
                in_mail = false;
                counted.send_modify(|came| *came += 1);
                turn.notified().await;
                "250 2.0.0 accepted\r\n"
            }
            _ if in_mail => continue,
            "DATA" => {
                in_mail = true;
                "354 go on\r\n"
            }
            "QUIT" => {
                if !answers_quit {
                    std::future::pending::<()>().await;
                }
                "221 bye\r\n"
            }
            _ => "250 OK\r\n",
        };
        lines.write_all(answer.as_bytes()).await?;
    }
}

#[test]
fn a_mail_that_cannot_be_marked_is_not_sent_again_and_marked_when_it_can_be() {
    run(async {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (place, smtp) = (Place::new(), Scripted::start(true).await);
        let serving = place.serve(&smtp.url).await;
        place.complete(&serving).await;
        smtp.has(1).await;
        let file = place.folder.path().join("data/ringside.db").display().to_string();
        let mut other = SqliteConnection::connect(&format!("sqlite://{file}")).await.unwrap();
        other.execute("BEGIN IMMEDIATE").await.unwrap();
        smtp.answer.notify_one();
        // The lock outlasts the time for which the program waits for it.
        serving.logged(COULD_NOT, 1).await;
        // Then the lock goes, but marking fails still; and the job's lease is over.
        other
            .execute(
                "CREATE TRIGGER cannot_mark BEFORE UPDATE OF status ON mails WHEN NEW.status = 'sent'
                 BEGIN SELECT RAISE(ABORT, 'not yet'); END",
            )
            .await
            .unwrap();
        other.execute("UPDATE jobs SET due_at = 1 WHERE kind = 'send_mail'").await.unwrap();
        other.execute("COMMIT").await.unwrap();
        loop {
            let due: i64 = sqlx::query_scalar("SELECT due_at FROM jobs WHERE kind = 'send_mail'")
                .fetch_one(&mut other)
                .await
                .unwrap();
            if due > 1 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        // If it were sent again, it would be answered.
        smtp.answer.notify_one();
        serving.logged(COULD_NOT, 4).await;
        other.execute("DROP TRIGGER cannot_mark").await.unwrap();
        let mail = place.settled(&serving).await;
        assert_eq!(mail["status"], "sent", "{mail}");
        assert_eq!(mail["answer"], "250 2.0.0 accepted", "{mail}");
        assert_eq!(*smtp.came.borrow(), 1);
        // Nor by another process later.
        serving.stop().await;
        let later = MailServer::start();
        assert_eq!(place.a_day_later(&later).await.0, "sent");
        assert_eq!(later.mails().len(), 0);
    });
}

#[test]
fn a_mail_server_that_does_not_say_goodbye_has_accepted_the_mail_all_the_same() {
    run(async {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (place, smtp) = (Place::new(), Scripted::start(false).await);
        let serving = place.serve(&smtp.url).await;
        smtp.answer.notify_one();
        place.complete(&serving).await;
        let mail = place.settled(&serving).await;
        assert_eq!(mail["status"], "sent", "{mail}");
        serving.stop().await;
        let later = MailServer::start();
        assert_eq!(place.a_day_later(&later).await.0, "sent");
        assert_eq!((*smtp.came.borrow(), later.mails().len()), (1, 0));
    });
}

#[test]
fn a_mail_that_is_under_way_ends_before_the_server_stops() {
    run(async {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (place, smtp) = (Place::new(), Scripted::start(true).await);
        let serving = place.serve(&smtp.url).await;
        place.complete(&serving).await;
        smtp.has(1).await;
        serving.terminate();
        serving.logged("Stopping: requests that are under way may end", 1).await;
        smtp.answer.notify_one();
        serving.ended().await;
        let later = MailServer::start();
        assert_eq!(place.a_day_later(&later).await.0, "sent");
        assert_eq!((*smtp.came.borrow(), later.mails().len()), (1, 0));
    });
}
