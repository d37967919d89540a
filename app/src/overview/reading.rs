//! What the overview shows, read from the store.

use domain::{
    CampaignId, CampaignSummary, Code, DateRange, Language, Period, Report, Tariff, Timestamp,
    time::{DAY_MS, LocalTime, Zone},
};

use super::outgoing::Outgoing;
use crate::{AppError, AppState, Text, campaign_head::CampaignHead, charts, session::SignedIn, state::zone_of};

/// Everything that the page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The campaign.
    pub head: CampaignHead,
    /// Its figures over the period.
    pub report: Report,
    /// Its mails.
    pub outgoing: Outgoing,
    /// What was asked for.
    pub period: Period,
    /// When the figures were read, in the account's zone.
    pub as_of: LocalTime,
    /// The tariffs in effect in the period, the latest first.
    pub tariffs: Vec<Tariff>,
    /// The codes that are goals.
    pub goals: Vec<Code>,
    /// The option of the trend.
    pub trend: String,
    /// The option of the histogram.
    pub histogram: String,
}

impl Overview {
    /// The days that the figures are of.
    pub fn days(&self) -> Option<DateRange> {
        self.report.from.zip(self.report.to).map(|(from, to)| DateRange { from, to })
    }

    /// The address of the events to follow while the campaign or its mails may still change by themselves.
    pub fn live(&self) -> Option<String> {
        let head = &self.head;
        let under_way = self.outgoing.is_under_way().then(|| format!("{}/live", crate::links::campaign_path(&head.id)));
        head.live().or(under_way)
    }
}

/// Reads it; [`AppError::NotFound`] where the account has no such campaign.
pub(super) async fn read(
    state: &AppState,
    signed_in: &SignedIn,
    language: Language,
    campaign: &CampaignId,
    period: Period,
) -> Result<Overview, AppError> {
    let zone = zone_of(&signed_in.account);
    let mut conn = state.db.read().await?;
    let summary = store::campaigns::lookup(&mut conn, &signed_in.scope, campaign).await?;
    let summary = summary.ok_or(AppError::NotFound)?;
    let defaults = store::tariffs::list(&mut conn, &signed_in.scope).await?;
    let codes = store::result_codes::list(&mut conn, &signed_in.scope).await?;
    drop(conn);
    let head = CampaignHead::of(state, signed_in, &summary).await?;
    let now = state.now();
    let range = period.resolve(zone.local(now).day());
    let report = state.reports.get(&state.db, &signed_in.scope, campaign, range, now).await?;
    let report = report.ok_or(AppError::NotFound)?;
    let tariffs = tariffs_of(&summary, &report, defaults, zone, now);
    let whole = state.reports.get(&state.db, &signed_in.scope, campaign, None, now).await?;
    let whole = whole.ok_or(AppError::NotFound)?;
    let outgoing = Outgoing::read(state, signed_in, &summary, &whole).await?;

    let text = Text(language);
    let only_tariff = if let [only] = tariffs.as_slice() { Some(only) } else { None };
    Ok(Overview {
        trend: charts::trend(&report, text),
        histogram: charts::histogram(&report, only_tariff, text),
        as_of: zone.local(report.as_of),
        goals: codes.into_iter().filter(|code| code.is_goal).map(|code| code.code).collect(),
        tariffs,
        head,
        report,
        outgoing,
        period,
    })
}

/// The tariffs that priced the calls of a report; `defaults` are the account's, the latest first.
pub fn tariffs_of(
    campaign: &CampaignSummary,
    report: &Report,
    defaults: Vec<Tariff>,
    zone: Zone,
    now: Timestamp,
) -> Vec<Tariff> {
    let start = |day: domain::Day| zone.instant(i64::from(day.0) * DAY_MS);
    let first = report.from.map_or(now, start);
    let last = report.to.map_or(now, |day| Timestamp(start(day.plus(1)).0 - 1));
    in_effect(campaign, defaults, first, last)
}

/// The tariffs that priced calls between two instants; `defaults` are the account's, the latest first.
fn in_effect(campaign: &CampaignSummary, defaults: Vec<Tariff>, first: Timestamp, last: Timestamp) -> Vec<Tariff> {
    let own = campaign.campaign.tariff.clone().filter(|own| own.effective_from <= last);
    if let Some(own) = &own
        && own.effective_from <= first
    {
        return vec![own.clone()];
    }
    // Before its own tariff took effect, a campaign was priced by the account's.
    let until = own.as_ref().map_or(last, |own| Timestamp(own.effective_from.0 - 1));
    let mut found: Vec<Tariff> = own.into_iter().collect();
    for tariff in defaults.into_iter().filter(|tariff| tariff.effective_from <= until) {
        let reaches_back = tariff.effective_from <= first;
        found.push(tariff);
        if reaches_back {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use domain::{Campaign, CampaignState, Currency, Money, Rate, Voicebot, VoicebotId};

    use super::*;

    fn tariff(from: i64) -> Tariff {
        Tariff {
            first_block_seconds: 6,
            next_block_seconds: 6,
            price_first_block: Money::units(1),
            price_next_block: Money::units(1),
            currency: Currency::vnd(),
            effective_from: Timestamp(from),
        }
    }

    fn summary(own: Option<Tariff>) -> CampaignSummary {
        CampaignSummary {
            campaign: Campaign {
                id: CampaignId::new("c").unwrap(),
                name: "c".to_owned(),
                voicebot: Voicebot { id: VoicebotId::new("v").unwrap(), name: "v".to_owned() },
                state: CampaignState::Completed,
                started_at: None,
                completed_at: None,
                report_emails: vec![],
                tariff: own,
            },
            customers: 0,
            dialled: 0,
            contact_rate: Rate::default(),
            calls: 0,
            answer_rate: Rate::default(),
            blocks: 0,
            cost: Money::ZERO,
            first_day: None,
            last_day: None,
        }
    }

    #[test]
    fn only_tariffs_that_could_price_a_call_are_named() {
        let from = |own: Option<i64>, first, last| -> Vec<i64> {
            let defaults = vec![tariff(300), tariff(200), tariff(100), tariff(0)];
            let found = in_effect(&summary(own.map(tariff)), defaults, Timestamp(first), Timestamp(last));
            found.into_iter().map(|tariff| tariff.effective_from.0).collect()
        };
        assert_eq!(from(None, 120, 180), [100]);
        assert_eq!(from(None, 120, 250), [200, 100]);
        assert_eq!(from(None, 200, 250), [200]);
        assert_eq!(from(Some(110), 120, 250), [110]);
        assert_eq!(from(Some(150), 120, 250), [150, 100]);
        assert_eq!(from(Some(400), 120, 180), [100]);
    }
}
