//! What the overview shows, read from the store.

use domain::{
    CampaignId, CampaignState, Code, DateRange, Language, Period, Plan, Report, Tariff, Timestamp,
    report::TrendPoint,
    time::{DAY_MS, LocalTime, Zone},
};

use store::Conn;

use super::outgoing::Outgoing;
use crate::{AppError, AppState, Text, campaign_head::CampaignHead, charts, day_notes::NotedDays, session::SignedIn};

/// Everything that the page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    pub head: CampaignHead,
    /// Its figures over the period.
    pub report: Report,
    /// Its mails, for whoever sees the account.
    pub outgoing: Option<Outgoing>,
    /// What it was set to do.
    pub plan: Option<Plan>,
    /// What was asked for.
    pub period: Period,
    /// When the figures were read, in the account's zone.
    pub as_of: LocalTime,
    /// The tariffs in effect in the period, the latest first.
    pub tariffs: Vec<Tariff>,
    /// The codes that are goals.
    pub goals: Vec<Code>,
    pub points: Vec<TrendPoint>,
    /// What is noted on their days.
    pub noted: NotedDays,
    /// The account's.
    pub zone: Zone,
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
    Hour,
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

    /// The one whose [`Self::word`] this is; none for any other word.
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
        Some(Grain::Day) if is_hourly => TrendPoint::by_day(&report.trend),
        _ => return (report.trend.clone(), own, has_grains),
    };
    (points, asked.unwrap_or(own), has_grains)
}

impl Overview {
    /// The days that the figures are of.
    pub fn days(&self) -> Option<DateRange> {
        self.report.from.zip(self.report.to).map(|(from, to)| DateRange { from, to })
    }

    /// The address of the events to follow while the campaign or its mails may still change by themselves.
    pub fn live(&self) -> Option<String> {
        let head = &self.head;
        let is_under_way = self.outgoing.as_ref().is_some_and(Outgoing::is_under_way);
        let under_way = is_under_way.then(|| format!("{}/live", crate::links::campaign_path(&head.id)));
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
    let own = match summary.campaign.tariff {
        Some(_) => store::tariffs::list_of_campaign(conn, &signed_in.scope, campaign).await?,
        None => Vec::new(),
    };
    let codes = store::result_codes::list(conn, &signed_in.scope).await?;
    let head = CampaignHead::of(conn, state, signed_in, &summary).await?;
    let now = state.now();
    let range = period.resolve(zone.local(now).day());
    let report = state.reports.get(conn, &signed_in.scope, campaign, range, now).await?;
    let report = report.ok_or(AppError::NotFound)?;
    let tariffs = tariffs_of(&own, &report, &defaults, zone, now);
    let whole = state.reports.get(conn, &signed_in.scope, campaign, None, now).await?;
    let whole = whole.ok_or(AppError::NotFound)?;
    let outgoing = Outgoing::read(conn, state, signed_in, &summary, &whole).await?;

    let text = Text(language);
    let only_tariff = if let [only] = tariffs.as_slice() { Some(only) } else { None };
    let is_grain_chosen = grain.is_some();
    let goes_on = summary.campaign.state == CampaignState::Running;
    let (points, grain, has_grains) = points(&report, grain);
    let written = store::day_notes::list(conn, &signed_in.scope, Some(campaign), range).await?;
    let noted = NotedDays::of_trend(written.unwrap_or_default(), &points);
    Ok(Overview {
        trend: noted.marked(charts::trend(&points, goes_on.then(|| zone.local(now)), text)),
        points,
        noted,
        zone,
        grain,
        is_grain_chosen,
        has_grains,
        histogram: charts::histogram(&report, only_tariff, text),
        as_of: zone.local(report.as_of),
        goals: codes.into_iter().filter(|code| code.is_goal).map(|code| code.code).collect(),
        tariffs,
        head,
        plan: summary.campaign.plan,
        report,
        outgoing,
        period,
    })
}

/// The tariffs that priced the calls of a report: of the campaign's own and the account's, both the latest first.
pub fn tariffs_of(own: &[Tariff], report: &Report, defaults: &[Tariff], zone: Zone, now: Timestamp) -> Vec<Tariff> {
    let start = |day: domain::Day| zone.instant(i64::from(day.0) * DAY_MS);
    let first = report.from.map_or(now, start);
    let last = report.to.map_or(now, |day| Timestamp(start(day.plus(1)).0 - 1));
    in_effect(own, defaults, first, last)
}

/// The tariffs that priced calls between two instants, the latest first.
fn in_effect(own: &[Tariff], defaults: &[Tariff], first: Timestamp, last: Timestamp) -> Vec<Tariff> {
    let mut found = Vec::new();
    // Before its first own tariff took effect, a campaign was priced by the account's.
    let mut until = last;
    for tariff in own.iter().chain(defaults) {
        if tariff.effective_from > until {
            continue;
        }
        found.push(tariff.clone());
        if tariff.effective_from <= first {
            break;
        }
        until = Timestamp(tariff.effective_from.0 - 1);
    }
    found
}

#[cfg(test)]
mod tests {
    use domain::{Currency, Money};

    use super::*;

    fn tariff(from: i64) -> Tariff {
        Tariff {
            first_block_seconds: 6,
            next_block_seconds: 6,
            price_first_block: Money::units(1),
            price_next_block: Money::units(1),
            currency: Currency::vnd(),
            effective_from: Timestamp(from),
            vat: None,
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
        let days = TrendPoint::by_day(&report.by_hour);
        assert_eq!(days.len(), own.len());
        assert!(days.iter().zip(&own).all(|(day, own)| day.at == own.at && day.calls == 2 * own.calls));
    }

    #[test]
    fn only_tariffs_that_could_price_a_call_are_named() {
        let from = |own: &[i64], first, last| -> Vec<i64> {
            let of = |instants: &[i64]| instants.iter().copied().map(tariff).collect::<Vec<_>>();
            let found = in_effect(&of(own), &of(&[300, 200, 100, 0]), Timestamp(first), Timestamp(last));
            found.into_iter().map(|tariff| tariff.effective_from.0).collect()
        };
        assert_eq!(from(&[], 120, 180), [100]);
        assert_eq!(from(&[], 120, 250), [200, 100]);
        assert_eq!(from(&[], 200, 250), [200]);
        assert_eq!(from(&[110], 120, 250), [110]);
        assert_eq!(from(&[150], 120, 250), [150, 100]);
        assert_eq!(from(&[400], 120, 180), [100]);
        assert_eq!(from(&[400, 150], 160, 180), [150], "one that is set for later");
        assert_eq!(from(&[400, 150], 120, 500), [400, 150, 100]);
    }
}
