//! Calls over time: columns of success, failed and error, from the bottom.

use charming::{
    Chart,
    component::{Axis, Grid},
    element::{AxisLabel, AxisType},
    series::Bar,
};
use domain::{CallClass, format, report::TrendPoint, time::LocalTime};

use super::{Extras, categories, fill, finished};
use crate::{
    Text,
    names::{day_and_hour, month_name, point_title},
};

/// Up to this many days by hour carry their weekdays.
const NAMED_DAYS: usize = 8;
/// Up to this many days each carries its weekday.
const DAYS_WITH_WEEKDAY: usize = 14;

/// Whether the points are of more than one year, so that a day alone does not say which.
fn spans_years(points: &[TrendPoint]) -> bool {
    let year = |point: Option<&TrendPoint>| point.and_then(|point| point.at.get(..4).map(str::to_owned));
    year(points.first()) != year(points.last())
}

fn label(point: &TrendPoint, points: usize, with_year: bool, text: Text) -> String {
    let language = text.language();
    match day_and_hour(point) {
        None => point.at.parse().map_or_else(|_| point.at.clone(), month_name),
        Some((day, None | Some(0))) if points <= DAYS_WITH_WEEKDAY || point.at.len() > 10 => {
            format!("{} {}", format::weekday(day.weekday(), language), format::day_month(day, language))
        }
        Some((day, None)) if with_year => format::date(day, language),
        Some((day, None)) => format::day_month(day, language),
        Some((_, Some(hour))) => format!("{hour:02}:00"),
    }
}

/// How many hours each day has, where the points are the hours of more than one day.
fn hours_of_several_days(points: &[TrendPoint]) -> Option<usize> {
    let first = points.first().filter(|point| point.at.len() > 10)?;
    let hours = points.iter().take_while(|point| point.at.get(..10) == first.at.get(..10)).count();
    (hours < points.len()).then_some(hours)
}

fn days_in_the_middle(points: &[TrendPoint], hours: usize, text: Text) -> Vec<String> {
    let language = text.language();
    let days = points.len() / hours.max(1);
    let name = |point: &TrendPoint| {
        let Some((day, _)) = day_and_hour(point) else { return point.at.clone() };
        let date = format::day_month(day, language);
        // More names than these would not stand beside each other with their weekdays.
        if days <= NAMED_DAYS { format!("{} {date}", format::weekday(day.weekday(), language)) } else { date }
    };
    points
        .iter()
        .enumerate()
        .map(|(n, point)| if n % hours == hours / 2 { name(point) } else { String::new() })
        .collect()
}

/// The point that a moment of the account's clock is in.
fn point_of(points: &[TrendPoint], now: LocalTime) -> Option<usize> {
    let moment = format!("{}T{:02}", now.day(), now.hour());
    points.iter().position(|point| moment.starts_with(&point.at))
}

/// `goes_on` is now, where calls of the campaign still come.
pub fn trend(points: &[TrendPoint], goes_on: Option<LocalTime>, text: Text) -> String {
    // Hours of several days: each day is named once, in its middle, and a line stands between days.
    let per_day = hours_of_several_days(points);
    let with_year = spans_years(points);
    let column = |class: CallClass, token: &str, count: fn(&TrendPoint) -> u64| {
        Bar::new()
            .name(text.class(class))
            .stack("calls")
            .bar_width("76%")
            .item_style(fill(token))
            .data(points.iter().map(|point| count(point) as i64).collect::<Vec<_>>())
    };
    let chart = Chart::new()
        .grid(Grid::new().top(12))
        .x_axis(match per_day {
            Some(hours) => categories(days_in_the_middle(points, hours, text)).axis_label(AxisLabel::new().interval(0)),
            None => categories(points.iter().map(|point| label(point, points.len(), with_year, text)).collect()),
        })
        .y_axis(Axis::new().type_(AxisType::Value).min_interval(1))
        .series(column(CallClass::Success, "success", |point| point.success))
        .series(column(CallClass::Failed, "failed", |point| point.failed))
        .series(column(CallClass::Error, "error", |point| point.error));
    let titles = points.iter().map(|point| point_title(point, text)).collect();
    let extras = Extras {
        hint: text.chart_hint().to_owned(),
        titles,
        values: None,
        names: None,
        line_every: per_day,
        unfinished: goes_on.and_then(|now| point_of(points, now)),
    };
    finished(&chart, extras)
}

#[cfg(test)]
mod tests {
    use domain::{Language, Money};

    use super::*;
    use crate::sample::report;

    #[test]
    fn the_trend_as_drawn() {
        for language in [Language::Vi, Language::En] {
            let value: serde_json::Value = serde_json::from_str(&trend(&report().trend, None, Text(language))).unwrap();
            insta::assert_json_snapshot!(format!("trend_{}", language.tag()), value);
        }
    }

    #[test]
    fn hours_of_several_days_name_each_day_once_between_lines() {
        let hours: Vec<TrendPoint> = report()
            .trend
            .iter()
            .take(3)
            .flat_map(|day| (8..17).map(|hour| TrendPoint { at: format!("{}T{hour:02}", day.at), ..day.clone() }))
            .collect();
        let value: serde_json::Value = serde_json::from_str(&trend(&hours, None, Text(Language::Vi))).unwrap();
        let axis = if value["xAxis"].is_array() { &value["xAxis"][0] } else { &value["xAxis"] };
        let named = axis["data"].as_array().unwrap().iter().filter(|name| *name != "").count();
        assert_eq!(named, 3);
        assert_eq!(axis["splitLine"]["interval"], 8, "a line after each nine columns");
        assert_eq!(hours_of_several_days(&hours[..9]), None, "one day has no days to tell apart");
    }

    #[test]
    fn the_column_that_goes_on_is_hatched_and_no_other() {
        let points = report().trend;
        let last: domain::Day = points.last().unwrap().at.parse().unwrap();
        let noon = LocalTime { wall_ms: i64::from(last.0) * domain::time::DAY_MS + 43_200_000, offset_minutes: 420 };
        let hatched = |points: &[TrendPoint]| {
            let value: serde_json::Value =
                serde_json::from_str(&trend(points, Some(noon), Text(Language::Vi))).unwrap();
            let series = value["series"].as_array().unwrap().clone();
            series
                .iter()
                .map(|bars| bars["data"].as_array().unwrap().iter().position(serde_json::Value::is_object))
                .collect::<Vec<_>>()
        };
        assert_eq!(hatched(&points), vec![Some(points.len() - 1); 3]);
        assert_eq!(hatched(&points[..points.len() - 1]), [None; 3]);
        let hours: Vec<TrendPoint> =
            (11..14).map(|hour| TrendPoint { at: format!("{last}T{hour:02}"), ..points[0].clone() }).collect();
        assert_eq!(hatched(&hours), [Some(1); 3]);
    }

    #[test]
    fn days_of_several_years_say_which() {
        let first = report().trend.remove(0);
        let days = |year: i32| (1..=20).map(move |day| format!("{year}-08-{day:02}"));
        let points: Vec<_> = days(2017).chain(days(2018)).map(|at| TrendPoint { at, ..first.clone() }).collect();
        let labels = |points: &[TrendPoint]| {
            let value: serde_json::Value = serde_json::from_str(&trend(points, None, Text(Language::Vi))).unwrap();
            let axis = if value["xAxis"].is_array() { &value["xAxis"][0] } else { &value["xAxis"] };
            axis["data"].as_array().unwrap().first().unwrap().as_str().unwrap().to_owned()
        };
        assert_eq!(labels(&points), "01/08/2017");
        assert_eq!(labels(&points[..20]), "01/08");
    }

    #[test]
    fn an_hour_is_named_with_its_day() {
        let point = TrendPoint {
            at: "2026-11-09T09".to_owned(),
            calls: 0,
            answered: 0,
            success: 0,
            failed: 0,
            error: 0,
            talk_time: 0,
            blocks: 0,
            cost: Money::ZERO,
        };
        assert_eq!(point_title(&point, Text(Language::Vi)), "Thứ Hai 09/11/2026, 09:00–10:00");
        assert_eq!(point_title(&point, Text(Language::En)), "Monday 9 Nov 2026, 09:00–10:00");
        assert_eq!(label(&point, 24, false, Text(Language::Vi)), "09:00");
        let month = TrendPoint { at: "2026-11".to_owned(), ..point.clone() };
        assert_eq!(point_title(&month, Text(Language::Vi)), "Tháng 11/2026");
        assert_eq!(label(&month, 24, true, Text(Language::Vi)), "11/2026");
        let year = TrendPoint { at: "2026".to_owned(), ..point };
        assert_eq!(
            (point_title(&year, Text(Language::Vi)).as_str(), label(&year, 24, true, Text(Language::Vi)).as_str()),
            ("2026", "2026")
        );
    }
}
