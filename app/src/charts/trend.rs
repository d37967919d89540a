//! Calls over time: columns of success, failed and error, from the bottom.

use charming::{
    Chart,
    component::{Axis, Grid},
    element::AxisType,
    series::Bar,
};
use domain::{CallClass, Report, format, report::TrendPoint};

use super::{Extras, categories, fill, finished};
use crate::{
    Text,
    overview::names::{day_and_hour, point_title},
};

/// Up to this many days each carries its weekday.
const DAYS_WITH_WEEKDAY: usize = 14;

fn label(point: &TrendPoint, points: usize, text: Text) -> String {
    let language = text.language();
    match day_and_hour(point) {
        None => point.at.clone(),
        Some((day, None | Some(0))) if points <= DAYS_WITH_WEEKDAY || point.at.len() > 10 => {
            format!("{} {}", format::weekday(day.weekday(), language), format::day_month(day, language))
        }
        Some((day, None)) => format::day_month(day, language),
        Some((_, Some(hour))) => format!("{hour:02}:00"),
    }
}

/// The option.
pub fn trend(report: &Report, text: Text) -> String {
    let points = &report.trend;
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
        .x_axis(categories(points.iter().map(|point| label(point, points.len(), text)).collect()))
        .y_axis(Axis::new().type_(AxisType::Value).min_interval(1))
        .series(column(CallClass::Success, "success", |point| point.success))
        .series(column(CallClass::Failed, "failed", |point| point.failed))
        .series(column(CallClass::Error, "error", |point| point.error));
    let titles = points.iter().map(|point| point_title(point, text)).collect();
    finished(&chart, Extras { hint: text.chart_hint().to_owned(), titles, values: None })
}

#[cfg(test)]
mod tests {
    use domain::{Language, Money};

    use super::*;
    use crate::overview::sample::report;

    #[test]
    fn the_trend_as_drawn() {
        for language in [Language::Vi, Language::En] {
            let value: serde_json::Value = serde_json::from_str(&trend(&report(), Text(language))).unwrap();
            insta::assert_json_snapshot!(format!("trend_{}", language.tag()), value);
        }
    }

    #[test]
    fn an_hour_is_named_with_its_day() {
        let point = TrendPoint {
            at: "2026-11-09T09".to_owned(),
            calls: 0,
            success: 0,
            failed: 0,
            error: 0,
            talk_time: 0,
            blocks: 0,
            cost: Money::ZERO,
        };
        assert_eq!(point_title(&point, Text(Language::Vi)), "Thứ Hai 09/11/2026, 09:00–10:00");
        assert_eq!(point_title(&point, Text(Language::En)), "Monday 9 Nov 2026, 09:00–10:00");
        assert_eq!(label(&point, 24, Text(Language::Vi)), "09:00");
    }
}
