//! What the overview shows, read from the store.

use domain::{
    CampaignId, CampaignSummary, Code, DateRange, Language, Period, Report, Tariff, Timestamp,
    report::TrendPoint,
    time::{DAY_MS, LocalTime, Zone},
};

use store::Conn;

use super::outgoing::Outgoing;
use crate::{AppError, AppState, Text, campaign_head::CampaignHead, charts, session::SignedIn};

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
    /// The points of the trend.
    pub points: Vec<TrendPoint>,
    /// What the points are.
    pub grain: Grain,
    /// Whether the address asked for it.
    pub is_grain_chosen: bool,
    /// Whether the other grain can be chosen.
    pub has_grains: bool,
    /// The option of the trend.
    pub trend: String,
    /// The option of the histogram.
    pub histogram: String,
}

/// What a column of the trend counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// An hour.
    Hour,
    /// A day.
    Day,
}

impl Grain {
    /// The word in the address.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Hour, Self::Day].into_iter().find(|grain| grain.word() == word)
    }
}

/// The points of a report's trend, and whether there is a choice; without one, or where none was made, they are the
/// report's own.
fn points(report: &Report, asked: Option<Grain>) -> (Vec<TrendPoint>, Grain, bool) {
    let is_hourly = report.trend.first().is_some_and(|point| point.at.len() > 10);
    let own = if is_hourly { Grain::Hour } else { Grain::Day };
    let days = report.from.zip(report.to).map_or(0, |(from, to)| DateRange { from, to }.days());
    let has_grains = days > 1 && !report.by_hour.is_empty();
    let points = match asked.filter(|_| has_grains) {
        Some(Grain::Hour) => report.by_hour.clone(),
        Some(Grain::Day) if is_hourly => by_day(&report.trend),
        _ => return (report.trend.clone(), own, has_grains),
    };
    (points, asked.unwrap_or(own), has_grains)
}

/// Hours added up to days.
fn by_day(hours: &[TrendPoint]) -> Vec<TrendPoint> {
    let mut days: Vec<TrendPoint> = Vec::new();
    for hour in hours {
        let at = hour.at.get(..10).unwrap_or(&hour.at);
        match days.last_mut().filter(|day| day.at == at) {
            Some(day) => {
                day.calls += hour.calls;
                day.answered += hour.answered;
                day.success += hour.success;
                day.failed += hour.failed;
                day.error += hour.error;
                day.talk_time += hour.talk_time;
                day.blocks += hour.blocks;
                day.cost += hour.cost;
            }
            None => days.push(TrendPoint { at: at.to_owned(), ..hour.clone() }),
        }
    }
    days
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
    conn: &mut Conn,
    state: &AppState,
    signed_in: &SignedIn,
    language: Language,
    campaign: &CampaignId,
    period: Period,
    grain: Option<Grain>,
) -> Result<Overview, AppError> {
    let zone = signed_in.account.zone;
    let summary = store::campaigns::lookup(conn, &signed_in.scope, campaign).await?;
    let summary = summary.ok_or(AppError::NotFound)?;
    let defaults = store::tariffs::list(conn, &signed_in.scope).await?;
    let codes = store::result_codes::list(conn, &signed_in.scope).await?;
    let head = CampaignHead::of(conn, state, signed_in, &summary).await?;
    let now = state.now();
    let range = period.resolve(zone.local(now).day());
    let report = state.reports.get(conn, &signed_in.scope, campaign, range, now).await?;
    let report = report.ok_or(AppError::NotFound)?;
    let tariffs = tariffs_of(&summary, &report, defaults, zone, now);
    let whole = state.reports.get(conn, &signed_in.scope, campaign, None, now).await?;
    let whole = whole.ok_or(AppError::NotFound)?;
    let outgoing = Outgoing::read(conn, state, signed_in, &summary, &whole).await?;

    let text = Text(language);
    let only_tariff = if let [only] = tariffs.as_slice() { Some(only) } else { None };
    let is_grain_chosen = grain.is_some();
    let (points, grain, has_grains) = points(&report, grain);
    Ok(Overview {
        trend: charts::trend(&points, text),
        points,
        grain,
        is_grain_chosen,
        has_grains,
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
    fn the_trend_is_the_reports_own_or_that_of_the_grain_asked_for() {
        let mut report = crate::sample::report();
        let own = report.trend.clone();
        assert_eq!(points(&report, Some(Grain::Hour)), (own.clone(), Grain::Day, false), "no hours, no choice");
        report.by_hour = own
            .iter()
            .flat_map(|day| [9, 10].map(|hour| TrendPoint { at: format!("{}T{hour:02}", day.at), ..day.clone() }))
            .collect();
        assert_eq!(points(&report, None), (own.clone(), Grain::Day, true));
        assert_eq!(points(&report, Some(Grain::Hour)).0.len(), 2 * own.len());
        let days = by_day(&report.by_hour);
        assert_eq!(days.len(), own.len());
        assert!(days.iter().zip(&own).all(|(day, own)| day.at == own.at && day.calls == 2 * own.calls));
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
