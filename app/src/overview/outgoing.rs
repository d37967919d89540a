//! What the page says about the report's mails, read from the outbox.

use domain::{CampaignSummary, Report, account::Role, time::Zone};
use store::{
    Conn,
    outbox::{self, MailDelivery, MailKind, MailStatus},
    recipients,
};

use crate::{AppError, AppState, MailSetup, mail::compared, session::SignedIn};

/// The mails of a campaign, and who receives its report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The campaign's own recipients.
    pub own: Vec<String>,
    /// The account's, which are used where it has none.
    pub shared: Vec<String>,
    /// Every mail, the newest mailing first.
    pub deliveries: Vec<MailDelivery>,
    /// Whether the figures are others than in the latest mail.
    pub changed: bool,
    /// Whether mails go out.
    pub setup: MailSetup,
    /// Whether this person sends reports.
    pub may_send: bool,
    pub zone: Zone,
}

impl Outgoing {
    /// Reads it; `whole` are the figures of the whole campaign now. Whoever sees chosen campaigns alone is not told who else reads
    /// of them.
    pub async fn read(
        conn: &mut Conn,
        state: &AppState,
        signed_in: &SignedIn,
        summary: &CampaignSummary,
        whole: &Report,
    ) -> Result<Option<Self>, AppError> {
        let scope = &signed_in.scope;
        if scope.is_limited() {
            return Ok(None);
        }
        let deliveries = outbox::deliveries(conn, scope, &summary.campaign.id).await?.unwrap_or_default();
        let shared = recipients::of_account(conn, scope).await?;
        let latest = deliveries.iter().find(|mail| mail.kind != MailKind::Preview && mail.status == MailStatus::Sent);
        let contents = match latest {
            Some(mail) => outbox::contents(conn, scope, mail.mailing).await?,
            None => None,
        };
        // Figures that an older version wrote, and this one cannot read, say nothing about a change.
        let read = |figures: &str| serde_json::from_str::<Report>(figures).ok();
        let mailed = contents.and_then(|contents| read(&contents.figures));
        // As they would be kept, since not everything of a report is.
        let now = serde_json::to_string(&compared(whole)).ok().and_then(|figures| read(&figures));
        Ok(Some(Self {
            own: summary.campaign.report_emails.clone(),
            shared,
            deliveries,
            changed: mailed.is_some() && mailed != now,
            setup: state.mail,
            may_send: scope.role().may(Role::Manager),
            zone: signed_in.account.zone,
        }))
    }

    /// To whom the report goes.
    pub fn recipients(&self) -> &[String] {
        if self.own.is_empty() { &self.shared } else { &self.own }
    }

    /// Whether the report goes to this address.
    pub fn receives(&self, address: &str) -> bool {
        self.recipients().iter().any(|known| known.eq_ignore_ascii_case(address))
    }

    /// The mails of the latest mailing that is no preview.
    pub fn latest(&self) -> Vec<&MailDelivery> {
        let reports = || self.deliveries.iter().filter(|mail| mail.kind != MailKind::Preview);
        let newest = reports().next().map(|mail| mail.mailing);
        reports().filter(|mail| Some(mail.mailing) == newest).collect()
    }

    /// Whether something will change by itself: a mail is on its way.
    pub fn is_under_way(&self) -> bool {
        self.deliveries.iter().any(|mail| matches!(mail.status, MailStatus::Waiting | MailStatus::Sending))
    }
}
