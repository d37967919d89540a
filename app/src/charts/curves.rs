//! Curves of several things over the same places, told apart by colour and by the way the line is drawn.

use charming::{
    Chart,
    component::{Axis, Grid},
    element::{AxisType, ItemStyle, LineStyle, LineStyleType, Symbol},
    series::Line,
};

use super::{Drawn, Extras, categories, finished};
use crate::Text;

/// One of them; a gap where it has no value.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    pub name: String,
    pub values: Vec<Option<Drawn>>,
}

/// Colours of the curves in their order, which begin anew after the last.
pub const CURVE_TOKENS: [&str; 6] = ["accent-fill", "success-fill", "failed-fill", "error-fill", "ink", "neutral-fill"];

/// The option. `is_count`: the axis has whole numbers only.
pub fn curves(curves: Vec<Curve>, labels: Vec<String>, titles: Vec<String>, is_count: bool, text: Text) -> String {
    let axis = Axis::new().type_(AxisType::Value);
    let mut chart = Chart::new().grid(Grid::new().top(12)).x_axis(categories(labels)).y_axis(if is_count {
        axis.min_interval(1)
    } else {
        axis
    });
    let mut values = Vec::new();
    let tokens = CURVE_TOKENS.into_iter().cycle();
    for (n, (curve, token)) in curves.into_iter().zip(tokens).enumerate() {
        let color = format!("var(--{token})");
        // Whoever does not tell the colours apart, and paper, has the strokes.
        let stroke = [LineStyleType::Solid, LineStyleType::Dashed, LineStyleType::Dotted][n % 3];
        // A number that is none is a gap: JSON has null for it.
        let heights: Vec<f64> =
            curve.values.iter().map(|value| value.as_ref().map_or(f64::NAN, |(height, _)| *height)).collect();
        let written =
            |value: Option<Drawn>| value.map_or_else(|| domain::format::UNDEFINED.to_owned(), |(_, text)| text);
        values.push(curve.values.into_iter().map(written).collect());
        chart = chart.series(
            Line::new()
                .name(curve.name)
                .symbol(Symbol::Circle)
                .symbol_size(5)
                .line_style(LineStyle::new().type_(stroke).width(2).color(color.clone()))
                .item_style(ItemStyle::new().color(color))
                .data(heights),
        );
    }
    finished(
        &chart,
        Extras {
            hint: text.chart_hint().to_owned(),
            titles,
            values: Some(values),
            names: None,
            line_every: None,
            unfinished: None,
        },
    )
}

#[cfg(test)]
mod tests {
    use domain::Language;

    use super::*;

    #[test]
    fn curves_as_drawn() {
        let drawn = |n: u32| Some((f64::from(n), n.to_string()));
        let both = vec![
            Curve { name: "Thu nợ 11".to_owned(), values: vec![drawn(3), None, drawn(5)] },
            Curve { name: "Thu nợ 12".to_owned(), values: vec![None, drawn(7), drawn(0)] },
        ];
        let places = |text: &str| (1..4).map(|n| format!("{text}{n}")).collect::<Vec<_>>();
        let option = curves(both, places(""), places("Ngày thứ "), true, Text(Language::Vi));
        let value: serde_json::Value = serde_json::from_str(&option).unwrap();
        assert_eq!(
            value["series"][0]["data"],
            serde_json::json!([3.0, null, 5.0]),
            "a day without calls is a gap, not a zero"
        );
        insta::assert_json_snapshot!("curves_vi", value);
    }
}
