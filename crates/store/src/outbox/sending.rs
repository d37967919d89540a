//! Reports that a person sends, and how often they may.

use std::collections::HashMap;

use domain::{
    CampaignId, CampaignState, Timestamp, email,
    limits::{MAIL_PAUSE_MS, MAILS_BY_HAND_A_DAY, MAILS_OF_A_REPORT_A_DAY},
    time::DAY_MS,
};

use super::{MailKind, add};
use crate::{Conn, Scope, StoreError, accounts, campaigns, db::fetch_all, put::invalid, recipients};

/// Which recipients of a campaign get the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportAddressees<'a> {
    /// Everybody who receives it.
    Everybody,
    /// Of those who receive it, these.
    Chosen(&'a [String]),
    /// Who asked for it.
    Oneself(&'a str),
}

/// What became of a request to send a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// There is no such campaign.
    NoCampaign,
    /// It has not ended, so its report has not gone out: there is nothing to send again.
    NotCompleted,
    /// It goes to so many.
    Queued(u64),
    /// Somebody sent it to one of those who were chosen less than [`MAIL_PAUSE_MS`] ago; nothing is sent.
    TooSoon,
    /// It was sent to one of those who were chosen as often as it may be in a day, or the account has sent as much as it may;
    /// nothing is sent.
    TooMany,
}

/// Sends a report again, or as a preview; within the limits of what people may send, which do not hold for what the completion
/// of a campaign sends. [`ReportAddressees::Everybody`] leaves out whom it may not be sent to yet, and is refused where that leaves nobody.
///
/// # Errors
/// [`StoreError::Invalid`] for an address of [`ReportAddressees::Chosen`] that does not receive the report.
pub async fn send(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignId,
    kind: MailKind,
    to: ReportAddressees<'_>,
    now: Timestamp,
) -> Result<Sending, StoreError> {
    // Locks the account: two who press at once get one report after the other.
    accounts::take_keys(conn, scope, 0).await?;
    let Some((key, own)) = campaigns::key_and_emails(conn, scope, campaign).await? else {
        return Ok(Sending::NoCampaign);
    };
    if kind == MailKind::Again
        && campaigns::lookup(conn, scope, campaign)
            .await?
            .is_some_and(|found| found.campaign.state != CampaignState::Completed)
    {
        return Ok(Sending::NotCompleted);
    }
    let mut all = match to {
        ReportAddressees::Everybody => recipients::of_campaign(conn, scope, &own).await?,
        ReportAddressees::Chosen(chosen) => {
            let is_chosen = |known: &str| chosen.iter().any(|address| address.eq_ignore_ascii_case(known));
            let mut all = recipients::of_campaign(conn, scope, &own).await?;
            if !chosen.iter().all(|address| all.iter().any(|known| known.eq_ignore_ascii_case(address))) {
                return Err(invalid("to", "does not receive this campaign's report"));
            }
            all.retain(|known| is_chosen(known));
            all
        }
        ReportAddressees::Oneself(address) => vec![email::parse(address).map_err(|reason| invalid("to", reason))?],
    };
    if kind != MailKind::Completion {
        let is_everybody = to == ReportAddressees::Everybody;
        if let Some(refused) = refused(conn, scope, key, &mut all, is_everybody, now).await? {
            return Ok(refused);
        }
    }
    let added = add(conn, scope, key, kind, &all, now).await?;
    accounts::changed(conn, scope).await?;
    Ok(Sending::Queued(added))
}

/// Why a report may not be sent to these now. Those of `everybody` to whom it may not are taken out of them; only where that
/// leaves nobody, it is refused. What lies in the future, since the clock was set back, does not count.
async fn refused(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    to: &mut Vec<String>,
    is_everybody: bool,
    now: Timestamp,
) -> Result<Option<Sending>, StoreError> {
    let sent = fetch_all!(
        conn,
        (i64, String, i64),
        "SELECT g.campaign_key, m.recipient, g.queued_at
         FROM mailings g
         JOIN mails m ON m.account_id = $1 AND m.mailing_key = g.mailing_key
         WHERE g.account_id = $1 AND g.queued_at > $2 AND g.queued_at <= $3 AND g.kind <> 'completion'",
        scope.account(),
        now.0 - DAY_MS,
        now.0,
    )?;
    let mut times: HashMap<String, (usize, i64)> = HashMap::new();
    for (_, recipient, queued_at) in sent.iter().filter(|(key, ..)| *key == campaign_key) {
        let (count, last) = times.entry(recipient.to_ascii_lowercase()).or_insert((0, *queued_at));
        *count += 1;
        *last = (*last).max(*queued_at);
    }
    let why_not = |address: &str| match times.get(&address.to_ascii_lowercase())? {
        (count, _) if *count >= MAILS_OF_A_REPORT_A_DAY => Some(Sending::TooMany),
        (_, last) if *last > now.0 - MAIL_PAUSE_MS => Some(Sending::TooSoon),
        _ => None,
    };
    let refusals: Vec<_> = to.iter().filter_map(|address| why_not(address)).collect();
    if is_everybody && refusals.len() < to.len() {
        to.retain(|address| why_not(address).is_none());
    } else if let Some(first) = refusals.first() {
        // That it takes a day matters more than that it takes a minute.
        return Ok(Some(if refusals.contains(&Sending::TooMany) { Sending::TooMany } else { *first }));
    }
    Ok((sent.len() + to.len() > MAILS_BY_HAND_A_DAY).then_some(Sending::TooMany))
}
