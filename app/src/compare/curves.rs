//! How the campaigns went over time: a curve for each, over the same dates or over their own days from the first on.

use std::collections::BTreeMap;

use domain::{Comparison, ComparisonQuery, Day, Month, Rate, format, money::MICROS, report::TrendPoint};

use crate::{Text, charts, names::month_name};

/// What the curves stand over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CurveAxis {
    /// The dates, or months and years where a campaign has more days than its report lists.
    #[default]
    Date,
    /// The first day of each campaign, the second, and so on.
    DayOfCampaign,
}

impl CurveAxis {
    pub const ALL: [Self; 2] = [Self::Date, Self::DayOfCampaign];

    /// Where nobody has chosen one: two periods of a campaign lie above each other.
    pub fn of(query: &ComparisonQuery) -> Self {
        if query.against.is_some() { Self::DayOfCampaign } else { Self::default() }
    }

    /// The word in the address.
    pub fn word(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::DayOfCampaign => "day",
        }
    }

    /// The one whose [`Self::word`] this is.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|axis| axis.word() == word)
    }
}

/// What the curves are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CurveFigure {
    #[default]
    Calls,
    Answered,
    AnswerRate,
    TalkTime,
    Cost,
}

impl CurveFigure {
    pub const ALL: [Self; 5] = [Self::Calls, Self::Answered, Self::AnswerRate, Self::TalkTime, Self::Cost];

    /// The word in the address.
    pub fn word(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Answered => "answered",
            Self::AnswerRate => "answer_rate",
            Self::TalkTime => "talk_time",
            Self::Cost => "cost",
        }
    }

    /// The one whose [`Self::word`] this is.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|figure| figure.word() == word)
    }

    pub fn name(self, text: Text) -> &'static str {
        match self {
            Self::Calls => text.calls_column(),
            Self::Answered => text.answered_calls(),
            Self::AnswerRate => text.answer_rate(),
            Self::TalkTime => text.talk_time_column(),
            Self::Cost => text.cost_column(),
        }
    }

    /// What the numbers of the axis are, where their name does not say it.
    pub fn unit(self, comparison: &Comparison, text: Text) -> String {
        match self {
            Self::Calls | Self::Answered => String::new(),
            Self::AnswerRate => "%".to_owned(),
            Self::TalkTime => text.hours_unit().to_owned(),
            Self::Cost => comparison.currency.to_string(),
        }
    }

    /// Its height at a point and how it is written; none where there is nothing to divide by.
    fn of(self, point: &TrendPoint, comparison: &Comparison, text: Text) -> Option<charts::Drawn> {
        let language = text.language();
        Some(match self {
            Self::Calls => (point.calls as f64, text.int(point.calls)),
            Self::Answered => (point.answered as f64, text.int(point.answered)),
            Self::AnswerRate => {
                let rate = Rate::new(point.answered, point.calls);
                (rate.permille()? as f64 / 10.0, format::rate(rate, language))
            }
            Self::TalkTime => (point.talk_time as f64 / 3_600_000.0, format::total_duration(point.talk_time, language)),
            Self::Cost => {
                (point.cost.0 as f64 / MICROS as f64, format::money(point.cost, &comparison.currency, language))
            }
        })
    }
}

/// A place on the axis, and the point of each campaign there; none where a campaign has no such day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurvePlace {
    /// Below the axis.
    pub label: String,
    /// In full.
    pub title: String,
    pub points: Vec<Option<TrendPoint>>,
}

/// Whether every campaign's trend is of days or hours, so that its days can be counted from the first on.
pub fn has_days(comparison: &Comparison) -> bool {
    comparison.campaigns.iter().all(|one| one.report.trend.first().is_none_or(|point| point.at.len() >= 10))
}

/// The places of an axis, in their order; over dates where the days cannot be counted.
pub fn places(comparison: &Comparison, axis: CurveAxis, text: Text) -> Vec<CurvePlace> {
    let trends = || comparison.campaigns.iter().map(|one| one.report.trend.as_slice());
    // The coarsest of them: a month cannot be taken apart into days.
    let length = trends().filter_map(|trend| trend.first()).map(|point| point.at.len().min(10)).min().unwrap_or(10);
    let trends: Vec<Vec<TrendPoint>> = trends().map(|trend| TrendPoint::added_up(trend, length)).collect();
    let mut places: BTreeMap<i64, CurvePlace> = BTreeMap::new();
    let by_day = axis == CurveAxis::DayOfCampaign && length == 10;
    for (n, trend) in trends.iter().enumerate() {
        let first = trend.first().and_then(|point| point.at.parse::<Day>().ok());
        for point in trend {
            let Some((place, label, title)) = place_of(point, first.filter(|_| by_day), text) else { continue };
            let none = || CurvePlace { label, title, points: vec![None; trends.len()] };
            if let Some(at) = places.entry(place).or_insert_with(none).points.get_mut(n) {
                *at = Some(point.clone());
            }
        }
    }
    places.into_values().collect()
}

/// Where a point stands, its label and its title; `first` is the first day of its campaign where days are counted from it.
fn place_of(point: &TrendPoint, first: Option<Day>, text: Text) -> Option<(i64, String, String)> {
    let language = text.language();
    match point.at.len() {
        10 => {
            let day: Day = point.at.parse().ok()?;
            if let Some(first) = first {
                let n = i64::from(day.0 - first.0) + 1;
                return Some((n, n.to_string(), text.day_of_campaign(&n.to_string())));
            }
            let title = format!("{} {}", format::weekday_name(day.weekday(), language), format::date(day, language));
            Some((i64::from(day.0), format::day_month(day, language), title))
        }
        7 => {
            let month: Month = point.at.parse().ok()?;
            let name = month_name(month);
            Some((i64::from(month.0), name.clone(), text.month_named(&name)))
        }
        _ => point.at.parse().ok().map(|year: i64| (year, point.at.clone(), point.at.clone())),
    }
}

/// The option of the chart.
pub fn option(
    places: &[CurvePlace],
    names: Vec<String>,
    comparison: &Comparison,
    figure: CurveFigure,
    text: Text,
) -> String {
    let curves = names.into_iter().enumerate().map(|(n, name)| {
        let drawn = |place: &CurvePlace| figure.of(place.points.get(n)?.as_ref()?, comparison, text);
        charts::Curve { name, values: places.iter().map(drawn).collect() }
    });
    let labels = places.iter().map(|place| place.label.clone()).collect();
    let titles = places.iter().map(|place| place.title.clone()).collect();
    let is_count = matches!(figure, CurveFigure::Calls | CurveFigure::Answered);
    charts::curves(curves.collect(), labels, titles, is_count, text)
}

/// How a point is written in the table: a dash where the campaign has no such day, or nothing to divide by.
pub fn written(point: Option<&TrendPoint>, comparison: &Comparison, figure: CurveFigure, text: Text) -> String {
    point
        .and_then(|point| figure.of(point, comparison, text))
        .map_or_else(|| format::UNDEFINED.to_owned(), |(_, text)| text)
}

#[cfg(test)]
mod tests {
    use domain::{CampaignState, Language, comparison::ComparedCampaign, comparison::ComparedRates};

    use super::*;
    use crate::sample::report;

    /// Campaigns whose trends are these points, each with as many calls as its place from 1 on.
    fn comparison(trends: &[&[&str]]) -> Comparison {
        let sample = report();
        let campaign = |(n, trend): (usize, &&[&str])| {
            let point =
                |(calls, at): (u64, &&str)| TrendPoint { at: (*at).to_owned(), calls, ..sample.trend[0].clone() };
            let report = domain::Report { trend: (1..).zip(*trend).map(point).collect(), ..sample.clone() };
            ComparedCampaign {
                id: domain::CampaignId::new(format!("c{n}")).unwrap(),
                name: format!("C{n}"),
                voicebot: "Bot".to_owned(),
                state: CampaignState::Completed,
                days: None,
                rates: ComparedRates::of(&report.rates, None),
                report,
            }
        };
        Comparison {
            timezone: sample.timezone.clone(),
            currency: sample.currency.clone(),
            as_of: sample.as_of,
            pricing_again: false,
            rate_changes: vec![],
            campaigns: trends.iter().enumerate().map(campaign).collect(),
        }
    }

    fn drawn(trends: &[&[&str]], axis: CurveAxis) -> Vec<(String, Vec<Option<u64>>)> {
        let places = places(&comparison(trends), axis, Text(Language::Vi));
        let calls =
            |place: &CurvePlace| place.points.iter().map(|point| point.as_ref().map(|point| point.calls)).collect();
        places.iter().map(|place| (place.label.clone(), calls(place))).collect()
    }

    #[test]
    fn days_stand_by_date_or_counted_from_each_campaigns_first() {
        let trends: [&[&str]; 2] = [&["2026-12-31", "2027-01-01"], &["2027-01-01", "2027-01-02"]];
        let by_date = [("31/12", [Some(1), None]), ("01/01", [Some(2), Some(1)]), ("02/01", [None, Some(2)])];
        let expected = |rows: &[(&str, [Option<u64>; 2])]| {
            rows.iter().map(|(label, calls)| ((*label).to_owned(), calls.to_vec())).collect::<Vec<_>>()
        };
        assert_eq!(drawn(&trends, CurveAxis::Date), expected(&by_date));
        let by_day = [("1", [Some(1), Some(1)]), ("2", [Some(2), Some(2)])];
        assert_eq!(drawn(&trends, CurveAxis::DayOfCampaign), expected(&by_day));
    }

    #[test]
    fn hours_are_added_up_to_days_and_days_to_months_where_another_campaign_has_months() {
        let hours: &[&str] = &["2026-11-04T09", "2026-11-04T10"];
        assert_eq!(drawn(&[hours], CurveAxis::DayOfCampaign), [("1".to_owned(), vec![Some(3)])]);
        let months: &[&str] = &["2026-10", "2026-11"];
        let rows = [("10/2026".to_owned(), vec![None, Some(1)]), ("11/2026".to_owned(), vec![Some(3), Some(2)])];
        assert_eq!(drawn(&[hours, months], CurveAxis::DayOfCampaign), rows);
        assert!(!has_days(&comparison(&[hours, months])) && has_days(&comparison(&[hours, &[]])));
    }
}
