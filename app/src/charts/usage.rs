//! A figure of usage over time: columns, with the period before as a dashed line where its days stand beside these.

use charming::{
    Chart,
    component::{Axis, Grid},
    element::{AxisType, ItemStyle, LineStyle, LineStyleType},
    series::{Bar, Line},
};

use super::{Extras, categories, fill, finished};
use crate::Text;

/// A column: its label on the axis, its title, its value.
#[derive(Debug, Clone, PartialEq)]
pub struct UsageColumn {
    /// Below the column.
    pub label: String,
    /// In its tooltip.
    pub title: String,
    /// Its height and how it is written.
    pub value: Drawn,
    /// Whether its day or month goes on.
    pub is_unfinished: bool,
}

/// A value as a height (a count, hours, currency units) and as people read it.
pub type Drawn = (f64, String);

/// The values of the period before, in the order of the columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Before {
    pub name: String,
    /// The day of each value.
    pub days: Vec<String>,
    pub values: Vec<Drawn>,
}

/// The option. `is_count`: the axis has whole numbers only.
pub fn usage(name: &str, columns: &[UsageColumn], before: Option<Before>, is_count: bool, text: Text) -> String {
    let axis = Axis::new().type_(AxisType::Value);
    let mut values = vec![columns.iter().map(|column| column.value.1.clone()).collect::<Vec<_>>()];
    let mut chart = Chart::new()
        .grid(Grid::new().top(12))
        .x_axis(categories(columns.iter().map(|column| column.label.clone()).collect()))
        .y_axis(if is_count { axis.min_interval(1) } else { axis })
        .series(
            Bar::new()
                .name(name)
                .bar_width("76%")
                .item_style(fill("accent"))
                .data(columns.iter().map(|column| column.value.0).collect::<Vec<_>>()),
        );
    let mut names = None;
    if let Some(Before { name: period, days, values: before }) = before {
        let (heights, texts): (Vec<f64>, Vec<String>) = before.into_iter().unzip();
        values.push(texts);
        names = Some(vec![vec![name.to_owned(); columns.len()], days]);
        chart = chart.series(
            Line::new()
                .name(period)
                .line_style(LineStyle::new().type_(LineStyleType::Dashed).width(1.5).color("var(--muted)"))
                // The marker of the tooltip has the colour of the line.
                .item_style(ItemStyle::new().color("var(--muted)"))
                .data(heights),
        );
    }
    let unfinished = columns.iter().position(|column| column.is_unfinished);
    let titles = columns.iter().map(|column| column.title.clone()).collect();
    let hint = text.chart_hint().to_owned();
    finished(&chart, Extras { hint, titles, values: Some(values), names, line_every: None, unfinished })
}

#[cfg(test)]
mod tests {
    use domain::Language;

    use super::*;

    #[test]
    fn usage_as_drawn() {
        let drawn = |sessions: u32| (f64::from(sessions), format!("{sessions} block"));
        let column = |day: u32, sessions| UsageColumn {
            label: format!("{day:02}/11"),
            title: format!("Thứ Hai {day:02}/11/2026"),
            value: drawn(sessions),
            is_unfinished: day == 3,
        };
        let columns: Vec<UsageColumn> =
            [(1, 0), (2, 9_070), (3, 12)].map(|(day, sessions)| column(day, sessions)).into();
        let before = Before {
            name: "29/10 – 31/10/2026".to_owned(),
            days: ["29/10/2026", "30/10/2026", "31/10/2026"].map(str::to_owned).into(),
            values: [5, 0, 7].map(drawn).into(),
        };
        for (name, before, language) in
            [("usage_vi", Some(before), Language::Vi), ("usage_alone_en", None, Language::En)]
        {
            let value: serde_json::Value =
                serde_json::from_str(&usage("Sessions", &columns, before, true, Text(language))).unwrap();
            insta::assert_json_snapshot!(name, value);
        }
    }
}
