//! What a mail server has accepted is not sent again while the program runs, whatever happens to the database or the line.

use std::{sync::Arc, time::Duration};

use sqlx::Executor;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::{Notify, watch},
};

use crate::{
    mail::MailServer,
    mail_crash::Mailing,
    place::{Place, on_each_engine},
};

/// What the log says as often as marking fails.
const COULD_NOT: &str = "A mail was accepted, but that could not be stored yet";

/// Marking a mail as sent fails.
async fn cannot_mark(place: &Place) {
    place.fails("cannot_mark", "BEFORE UPDATE OF status ON mails", "NEW.status = 'sent'").await;
}

async fn can_mark(place: &Place) {
    place.without("cannot_mark", "mails").await;
}

/// The job's lease is over.
async fn lease_ends(place: &Place) {
    place.sql("UPDATE jobs SET due_at = 1 WHERE kind = 'send_mail'").await;
    if place.is_postgres() {
        place.sql("SELECT pg_notify('ringside_changes', 'jobs')").await;
    }
}

/// A number in the row of the mail's job.
async fn of_job(column: &str, place: &Place) -> i64 {
    place.number(&format!("SELECT {column} FROM jobs WHERE kind = 'send_mail'")).await
}

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
        let url = format!("smtp://{}?timeout=1", listener.local_addr().unwrap());
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

/// One mail came in, and another process sends none of it, a day later.
async fn was_sent_once(mailing: &Mailing<'_>, smtp: &Scripted) {
    let later = MailServer::start();
    assert_eq!(mailing.a_day_later(&later).await.0, "sent");
    assert_eq!((*smtp.came.borrow(), later.mails().len()), (1, 0));
}

on_each_engine! {
    async fn a_mail_that_cannot_be_marked_is_not_sent_again_and_marked_when_it_can_be(place) {
        let smtp = Scripted::start(true).await;
        let mailing = Mailing::new(place);
        let serving = mailing.serve(&smtp.url).await;
        mailing.complete(&serving).await;
        smtp.has(1).await;
        if place.is_postgres() {
            cannot_mark(place).await;
            lease_ends(place).await;
            smtp.answer.notify_one();
            serving.logged(COULD_NOT, 1).await;
        } else {
            let mut other = place.sqlite_beside().await;
            other.execute("BEGIN IMMEDIATE").await.unwrap();
            smtp.answer.notify_one();
            // The lock outlasts the time for which the program waits for it.
            serving.logged(COULD_NOT, 1).await;
            // Then the lock goes, but marking fails still; and the job's lease is over.
            other.execute("ROLLBACK").await.unwrap();
            cannot_mark(place).await;
            lease_ends(place).await;
        }
        while of_job("due_at", place).await == 1 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // If it were sent again, it would be answered.
        smtp.answer.notify_one();
        // A run that had ended would be followed by another one each time.
        while serving.times_logged(COULD_NOT) < 4 && *smtp.came.borrow() == 1 {
            lease_ends(place).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(of_job("attempts", place).await, 1, "the run that sent it repeats the marking");
        can_mark(place).await;
        let mail = mailing.settled(&serving).await;
        assert_eq!(mail["status"], "sent", "{mail}");
        assert_eq!(mail["answer"], "250 2.0.0 accepted", "{mail}");
        serving.stop().await;
        was_sent_once(&mailing, &smtp).await;
    }

    async fn a_later_run_of_the_job_does_not_send_what_was_accepted(place) {
        let smtp = Scripted::start(true).await;
        let mailing = Mailing::new(place);
        let serving = mailing.serve(&smtp.url).await;
        mailing.complete(&serving).await;
        smtp.has(1).await;
        // Another process takes the job over, and marking fails: what was accepted, only this process's memory knows.
        cannot_mark(place).await;
        place.sql("UPDATE jobs SET lease = 'another', due_at = due_at + 3600000 WHERE kind = 'send_mail'").await;
        smtp.answer.notify_one();
        serving.logged("A job was held by another process before it ended here", 1).await;
        // The other one has died. If the mail were sent again, it would be answered.
        smtp.answer.notify_one();
        lease_ends(place).await;
        let again = |line: &String| line.contains(COULD_NOT) && line.contains("attempt=2");
        serving.logged_so(|lines| lines.iter().any(again)).await;
        assert_eq!(*smtp.came.borrow(), 1);
        can_mark(place).await;
        let mail = mailing.settled(&serving).await;
        assert_eq!(mail["status"], "sent", "{mail}");
        serving.stop().await;
        was_sent_once(&mailing, &smtp).await;
    }

    async fn a_mail_server_that_does_not_say_goodbye_has_accepted_the_mail_all_the_same(place) {
        let smtp = Scripted::start(false).await;
        let mailing = Mailing::new(place);
        let serving = mailing.serve(&smtp.url).await;
        smtp.answer.notify_one();
        mailing.complete(&serving).await;
        let mail = mailing.settled(&serving).await;
        assert_eq!(mail["status"], "sent", "{mail}");
        serving.stop().await;
        was_sent_once(&mailing, &smtp).await;
    }

    async fn a_mail_server_that_takes_its_time_gets_the_mail_once(place) {
        let smtp = Scripted::start(true).await;
        let mailing = Mailing::new(place);
        let serving = mailing.serve(&smtp.url).await;
        mailing.complete(&serving).await;
        smtp.has(1).await;
        // Twice as long as it may take to connect: that is what is tried.
        tokio::time::sleep(Duration::from_secs(2)).await;
        smtp.answer.notify_one();
        let mail = mailing.settled(&serving).await;
        assert_eq!((&mail["status"], &mail["attempts"]), (&"sent".into(), &1.into()), "{mail}");
        serving.stop().await;
        was_sent_once(&mailing, &smtp).await;
    }

    async fn a_mail_that_is_under_way_ends_before_the_server_stops(place) {
        let smtp = Scripted::start(true).await;
        let mailing = Mailing::new(place);
        let serving = mailing.serve(&smtp.url).await;
        mailing.complete(&serving).await;
        smtp.has(1).await;
        serving.terminate();
        serving.logged("Stopping: requests that are under way may end", 1).await;
        smtp.answer.notify_one();
        serving.ended().await;
        was_sent_once(&mailing, &smtp).await;
    }
}
