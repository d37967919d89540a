//! Answered calls by talk time, with the boundaries of the tariff's blocks.

use charming::{
    Chart,
    component::{Axis, Grid},
    datatype::DataPoint,
    element::{
        AxisLabel, AxisType, Label, LabelPosition, LineStyle, LineStyleType, MarkLine, MarkLineData, MarkLineVariant,
        NameLocation, Symbol,
    },
    series::{Bar, Line},
};
use domain::{Report, Tariff};

use super::{Extras, categories, fill, finished};
use crate::{
    Text,
    names::{FINE_END, bin_title},
};

/// Where the two long bins begin. Beside columns of five seconds they would be the highest of all; they stand apart, in a grid
/// of their own, each with its number instead of a common scale.
const LONG: usize = 24;

/// More boundaries than this are a grid, not information; then only every so many are drawn.
const MOST_LINES: i64 = 6;

/// Where a talk time lies among the columns, from 0 at the left edge of the first.
fn position(ms: i64) -> f64 {
    ms as f64 / 5_000.0
}

/// Ends of blocks within the fine columns: `(block, end in ms)`. Long blocks all, short ones every so many.
fn boundaries(tariff: &Tariff) -> Vec<(i64, i64)> {
    let first = i64::from(tariff.first_block_seconds) * 1_000;
    let next = i64::from(tariff.next_block_seconds.max(1)) * 1_000;
    if first > FINE_END {
        return Vec::new();
    }
    let count = 1 + (FINE_END - first) / next;
    let every = (count + MOST_LINES - 1) / MOST_LINES;
    (1..=count).filter(|block| block % every == 0).map(|block| (block, first + (block - 1) * next)).collect()
}

/// The option. `tariff`: the one all calls were priced by, if it was one.
pub fn histogram(report: &Report, tariff: Option<&Tariff>, text: Text) -> String {
    let bins = &report.talk_time_histogram;
    let labels: Vec<String> = (0..bins.len())
        .map(|n| match n {
            24 => text.bin_minutes().to_owned(),
            25 => text.bin_long().to_owned(),
            n if n % 2 == 1 && n < 23 => ((n + 1) * 5).to_string(),
            _ => String::new(),
        })
        .collect();
    let lines: Vec<MarkLineVariant> = tariff
        .map(boundaries)
        .unwrap_or_default()
        .into_iter()
        .map(|(block, end)| {
            let name = if block == 1 { text.block_line_one().to_owned() } else { text.block_line(&block.to_string()) };
            MarkLineVariant::Simple(MarkLineData::new().name(name).x_axis(position(end)))
        })
        .collect();
    let top = if lines.is_empty() { 28 } else { 40 };
    let columns = |labels: &Vec<String>| categories(labels.clone()).axis_label(AxisLabel::new().interval(0));
    let (fine, long) = bins.split_at(LONG.min(bins.len()));
    let missing = fine.iter().map(|_| DataPoint::from("-"));
    let long = missing.chain(long.iter().map(|bin| DataPoint::from(bin.calls as i64)));
    let mut chart = Chart::new()
        .grid(Grid::new().top(top).right("24%"))
        .grid(Grid::new().top(top).left("80%"))
        .x_axis(
            columns(&labels)
                .max(LONG as i32 - 1)
                .name(text.histogram_unit())
                .name_location(NameLocation::Middle)
                .name_gap(28),
        )
        // A name without letters keeps its columns on the line of the others.
        .x_axis(
            columns(&labels)
                .grid_index(1)
                .min(LONG as i32)
                .name("\u{a0}")
                .name_location(NameLocation::Middle)
                .name_gap(28),
        )
        .y_axis(Axis::new().type_(AxisType::Value).min_interval(1).name(text.histogram_axis()))
        .y_axis(Axis::new().type_(AxisType::Value).grid_index(1).show(false))
        .series(
            Bar::new()
                .bar_width("84%")
                .item_style(fill("accent"))
                .data(fine.iter().map(|bin| bin.calls as i64).collect::<Vec<_>>()),
        )
        .series(
            Bar::new()
                .x_axis_index(1)
                .y_axis_index(1)
                .bar_width("84%")
                .item_style(fill("neutral"))
                .label(Label::new().show(true).position(LabelPosition::Top).color("var(--muted)"))
                .data(long.collect::<Vec<_>>()),
        );
    if !lines.is_empty() {
        // A category axis knows only the middle of a column. The boundaries stand on a second axis that measures.
        chart = chart.x_axis(Axis::new().type_(AxisType::Value).show(false).min(0).max(LONG as i32)).series(
            Line::new().x_axis_index(2).silent(true).data(Vec::<i64>::new()).mark_line(
                MarkLine::new()
                    .silent(true)
                    .symbol(vec![Symbol::None, Symbol::None])
                    .line_style(LineStyle::new().type_(LineStyleType::Dashed).color("var(--field)").width(1))
                    .label(Label::new().formatter("{b}"))
                    .data(lines),
            ),
        );
    }
    let titles = bins.iter().map(|bin| bin_title(bin, text)).collect();
    let values: Vec<String> = bins.iter().map(|bin| text.calls(bin.calls)).collect();
    finished(
        &chart,
        Extras {
            hint: text.chart_hint().to_owned(),
            titles,
            values: Some(vec![values.clone(), values]),
            names: None,
            line_every: None,
            unfinished: None,
        },
    )
}

#[cfg(test)]
mod tests {
    use domain::{Currency, Language, Money, Timestamp};

    use super::*;
    use crate::sample::report;

    fn tariff(first: u32, next: u32) -> Tariff {
        Tariff {
            first_block_seconds: first,
            next_block_seconds: next,
            price_first_block: Money::units(320),
            price_next_block: Money::units(320),
            currency: Currency::vnd(),
            effective_from: Timestamp(0),
            vat: None,
        }
    }

    #[test]
    fn the_histogram_as_drawn() {
        for language in [Language::Vi, Language::En] {
            let option = histogram(&report(), Some(&tariff(30, 30)), Text(language));
            let value: serde_json::Value = serde_json::from_str(&option).unwrap();
            insta::assert_json_snapshot!(format!("histogram_{}", language.tag()), value);
        }
    }

    #[test]
    fn short_blocks_are_thinned_out_and_long_ones_left_out() {
        let ends = |first, next| boundaries(&tariff(first, next));
        assert_eq!(ends(60, 60), [(1, 60_000), (2, 120_000)]);
        assert_eq!(ends(30, 30), [(1, 30_000), (2, 60_000), (3, 90_000), (4, 120_000)]);
        assert_eq!(ends(6, 6).len(), 5);
        assert_eq!(ends(6, 6)[0], (4, 24_000));
        assert!(ends(6, 1).len() <= 6);
        assert_eq!(ends(300, 60), []);
    }

    #[test]
    fn what_is_wider_than_five_seconds_does_not_set_the_scale_of_the_rest() {
        let mut report = report();
        report.talk_time_histogram[24].calls = 90_000;
        let value: serde_json::Value = serde_json::from_str(&histogram(&report, None, Text::default())).unwrap();
        let series = value["series"].as_array().unwrap();
        let drawn = |n: usize| series[n]["data"].as_array().unwrap().iter().filter_map(serde_json::Value::as_i64).max();
        assert_eq!((drawn(0), drawn(1)), (Some(700), Some(90_000)));
        let (of_fine, of_long) = (&value["xAxis"][0], &value["xAxis"][1]);
        assert_eq!(
            (of_fine["max"].as_i64(), of_long["min"].as_i64(), of_long["gridIndex"].as_f64()),
            (Some(23), Some(24), Some(1.0))
        );
    }

    #[test]
    fn nothing_in_an_option_can_end_the_script_it_stands_in() {
        assert!(!histogram(&report(), None, Text::default()).contains('<'));
    }
}
