//! What a mailing's mails hold: made once, kept, and put together for each recipient.

use std::time::SystemTime;

use app::{
    Text, links,
    mail::{Attached, Letter, Links, Source, compared, html, letter, notice::Notice, plain},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use domain::{Timestamp, time::DAY_MS};
use futures::TryStreamExt;
use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Attachment, Body, MessageBuilder, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use sha2::{Digest, Sha256};
use store::{
    Db, Scope, StoreError, accounts, objects,
    outbox::{self, BegunMail, Contents, MailKind},
    tariffs,
};

use super::Mailer;
use crate::{
    clock::Clock,
    files::{
        XLSX,
        call_list::{FileError, write_campaign},
        temporary_file,
    },
    recordings::{Recordings, StorageError},
    secrets,
    settings::Settings,
};

/// How long the link to a workbook that is too large for a mail opens it.
pub const LINK_LASTS_MS: i64 = 14 * DAY_MS;

/// Why a mail could not be put together; none of it is the recipient's doing.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the workbook cannot be made")]
    Workbook(#[from] FileError),
    #[error("the workbook cannot be kept or read")]
    Storage(#[from] StorageError),
    #[error("the workbook cannot be read")]
    Read(#[from] object_store::Error),
    #[error("the spooled workbook cannot be made")]
    Spool(#[from] std::io::Error),
    #[error("the mail's texts cannot be kept")]
    Json(#[from] serde_json::Error),
    #[error("the campaign is not there")]
    Gone,
}

/// The contents of a mailing as its mails share them.
#[derive(Debug, Clone)]
pub struct MailingContents {
    pub letter: Letter,
    /// The workbook, where it goes with the mail: written as it stands in mails, once for all recipients.
    pub workbook: Option<Body>,
    /// The path of the link to a workbook that is too large.
    pub download: Option<String>,
}

/// What puts mails together.
#[derive(Clone, Copy)]
pub struct Composer<'a> {
    pub db: &'a Db,
    pub clock: &'a Clock,
    /// Where workbooks are kept.
    pub recordings: &'a Recordings,
    /// What the operator has set: the address of the pages, and how large a workbook goes with a mail.
    pub settings: &'a Settings,
    /// Who sends, and what was put together last.
    pub post: &'a Mailer,
}

impl Composer<'_> {
    /// The contents of a mailing: those that were kept, or new ones, which are kept before anything is sent. Mails of one mailing
    /// that are sent at once wait for the first of them.
    pub async fn contents(&self, scope: &Scope, mail: &BegunMail) -> Result<MailingContents, ComposeError> {
        let key = (scope.account(), mail.mailing);
        let mut latest = self.post.latest.lock().await;
        if let Some((_, sent)) = latest.as_ref().filter(|(of, _)| *of == key) {
            return Ok(sent.clone());
        }
        // Two workbooks are not kept in memory at once.
        *latest = None;
        let sent = self.read_or_compose(scope, mail).await?;
        *latest = Some((key, sent.clone()));
        Ok(sent)
    }

    async fn read_or_compose(&self, scope: &Scope, mail: &BegunMail) -> Result<MailingContents, ComposeError> {
        let kept = outbox::contents(&mut self.db.read().await?, scope, mail.mailing).await?;
        let kept = match kept {
            Some(kept) => kept,
            None => self.compose(scope, mail).await?,
        };
        let letter: Letter = serde_json::from_str(&kept.letter)?;
        let mut sent = MailingContents { letter, workbook: None, download: None };
        if let Some((object, bytes)) = &kept.workbook {
            if *bytes <= self.settings.mail_attached_bytes {
                sent.workbook = Some(self.attachment(object, *bytes).await?);
            } else {
                let (account, mailing) = (scope.account(), mail.mailing);
                sent.download = Some(format!("/mail/workbook/{account}/{mailing}/{}", kept.link_secret));
            }
        }
        Ok(sent)
    }

    /// The workbook in base64.
    async fn attachment(&self, object: &str, bytes: u64) -> Result<Body, ComposeError> {
        let parts: Vec<bytes::Bytes> = self.recordings.read(object, 0, bytes).await?.try_collect().await?;
        Ok(Body::new(parts.concat()))
    }

    async fn compose(&self, scope: &Scope, mail: &BegunMail) -> Result<Contents, ComposeError> {
        let now = (self.clock)();
        let account = accounts::lookup(&mut self.db.read().await?, scope).await?;
        let is_masked = outbox::is_masked(&mut self.db.read().await?, scope, mail.mailing).await?;
        let reader = scope.in_country(account.country).masked(is_masked);
        let file = temporary_file()?;
        let written = write_campaign(self.db, &reader, &mail.campaign, account.language, now, &file).await?;
        // The mail says what its workbook says, though calls may have come in since.
        let (written, campaign, report) = written.ok_or(ComposeError::Gone)?;
        let bytes = written.bytes;
        let object = Recordings::new_name(scope.account());
        let mut conn = self.db.write().await?;
        objects::loosen(&mut conn, scope, &object, now).await?;
        conn.commit().await?;
        self.recordings.put(&object, file).await?;

        let attached = if bytes <= self.settings.mail_attached_bytes {
            Attached::File(bytes)
        } else {
            Attached::Link(bytes, Timestamp(now.0 + LINK_LASTS_MS))
        };
        let (own, defaults) = {
            let mut conn = self.db.read().await?;
            let own = tariffs::list_of_campaign(&mut conn, scope, &mail.campaign).await?;
            (own, tariffs::list(&mut conn, scope).await?)
        };
        let zone = account.zone;
        let source = Source {
            account: &account.name,
            account_id: account.id,
            campaign: &campaign,
            report: &report,
            tariffs: &app::tariffs_of(&own, &report, &defaults, zone, now),
            zone,
            base_url: self.settings.base_url.as_str(),
            preview: mail.kind == MailKind::Preview,
            attached,
        };
        let contents = Contents {
            composed_at: now,
            letter: serde_json::to_string(&letter(&source, Text(account.language)))?,
            figures: serde_json::to_string(&compared(&report))?,
            workbook: Some((object.clone(), bytes)),
            link_secret: secrets::random_text::<32>(),
        };
        let mut conn = self.db.write().await?;
        if outbox::put_contents(&mut conn, scope, mail.mailing, &contents).await? {
            conn.commit().await?;
            return Ok(contents);
        }
        // Another server composed it meanwhile: all recipients get the same.
        let kept = outbox::contents(&mut conn, scope, mail.mailing).await?;
        drop(conn);
        self.recordings.delete(&object).await;
        kept.ok_or(ComposeError::Gone)
    }

    /// A mail about signing in, as it goes out; the address may be one that cannot be written into a mail: then why.
    pub fn notice(
        &self,
        to: &str,
        notice: &Notice,
        message_id: String,
        now: Timestamp,
    ) -> Result<(Envelope, Vec<u8>), String> {
        let to: Address = to.parse().map_err(|error| format!("{error}"))?;
        let both = MultiPart::alternative()
            .singlepart(SinglePart::plain(notice.plain()))
            .singlepart(SinglePart::html(notice.html()));
        let message = self
            .begun(&to, &notice.subject, notice.language, now)
            .message_id(Some(message_id))
            .multipart(both)
            .map_err(|error| error.to_string())?;
        Ok((self.enveloped(to)?, message.formatted()))
    }

    /// A Message-ID, with its brackets, that is always the same of the same words: mail stores that drop duplicates by it show a mail
    /// once that had to be sent again. Those of another installation have another address.
    pub fn message_id(&self, words: &str) -> String {
        let of = format!("{} {words}", self.settings.base_url);
        format!("<{}@{}>", URL_SAFE_NO_PAD.encode(Sha256::digest(of)), self.post.from.email.domain())
    }

    /// What every mail begins with.
    fn begun(&self, to: &Address, subject: &str, language: &str, now: Timestamp) -> MessageBuilder {
        let date = SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(now.0.max(0) as u64);
        Message::builder()
            .from(self.post.from.clone())
            .to(to.clone().into())
            .raw_header(encoded_header("Subject", subject))
            .date(date)
            .raw_header(header("Auto-Submitted", "auto-generated".to_owned()))
            .raw_header(header("Content-Language", language.to_owned()))
    }

    fn enveloped(&self, to: Address) -> Result<Envelope, String> {
        Envelope::new(Some(self.post.from.email.clone()), vec![to]).map_err(|error| error.to_string())
    }

    /// The mail as it goes to one recipient; the address may be one that cannot be written into a mail: then why.
    pub fn message(
        &self,
        scope: &Scope,
        mail: &BegunMail,
        sent: &MailingContents,
        is_user: bool,
        now: Timestamp,
    ) -> Result<(Envelope, Vec<u8>), String> {
        let base = self.settings.base_url.as_str();
        // Whoever is on a list stops by the link. A preview goes to who asked for it, who may be on none.
        let stop = (!is_user || mail.kind != MailKind::Preview).then(|| {
            let (account, mailing, no) = (scope.account(), mail.mailing, mail.no);
            format!("{base}/mail/stop/{account}/{mailing}/{no}/{}", links::encoded(&mail.stop_secret))
        });
        let links = Links { stop: stop.clone(), download: sent.download.as_ref().map(|path| format!("{base}{path}")) };
        let to: Address = mail.recipient.parse().map_err(|error| format!("{error}"))?;
        let mut builder =
            self.begun(&to, &sent.letter.subject, &sent.letter.language, now).message_id(Some(mail.message_id.clone()));
        if let Some(stop) = stop {
            builder = builder
                .raw_header(header("List-Unsubscribe", format!("<{stop}>")))
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
        let both = MultiPart::alternative()
            .singlepart(SinglePart::plain(plain(&sent.letter, &links)))
            .singlepart(SinglePart::html(html(&sent.letter, &links)));
        let message = match &sent.workbook {
            None => builder.multipart(both),
            Some(workbook) => {
                let xlsx = ContentType::parse(XLSX).map_err(|error| error.to_string())?;
                let file = Attachment::new(sent.letter.file_name.clone()).body(workbook.clone(), xlsx);
                builder.multipart(MultiPart::mixed().multipart(both).singlepart(file))
            }
        };
        let message = message.map_err(|error| error.to_string())?;
        Ok((self.enveloped(to)?, message.formatted()))
    }
}

/// A header whose every word is encoded (RFC 2047). Written as it is, a text that looks like an encoded word would be decoded by
/// whoever reads it, and say something else.
fn encoded_header(name: &'static str, text: &str) -> HeaderValue {
    // In base64 and with what frames it, a word of so many bytes leaves room for the header's name on a line of 76.
    const WORD_BYTES: usize = 39;
    let mut words = vec![String::new()];
    for c in text.chars() {
        match words.last_mut().filter(|word| word.len() + c.len_utf8() <= WORD_BYTES) {
            Some(word) => word.push(c),
            None => words.push(c.to_string()),
        }
    }
    let words: Vec<String> = words.iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word))).collect();
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), text.to_owned(), words.join("\r\n "))
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}
