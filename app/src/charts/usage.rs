//! Sessions over time: columns, with the period before as a dashed line where its days stand beside these.

use charming::{
    Chart,
    component::{Axis, Grid},
    element::{AxisType, LineStyle, LineStyleType},
    series::{Bar, Line},
};

use super::{Extras, categories, fill, finished};
use crate::Text;

/// A column: its label on the axis, its title, its sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Below the column.
    pub label: String,
    /// In its tooltip.
    pub title: String,
    /// Its height.
    pub sessions: i64,
}

/// The option; `before` are the sessions of the period before, named, in the order of the columns.
pub fn usage(columns: &[Column], before: Option<(String, Vec<i64>)>, text: Text) -> String {
    let mut chart = Chart::new()
        .grid(Grid::new().top(12))
        .x_axis(categories(columns.iter().map(|column| column.label.clone()).collect()))
        .y_axis(Axis::new().type_(AxisType::Value).min_interval(1))
        .series(
            Bar::new()
                .name(text.sessions())
                .bar_width("76%")
                .item_style(fill("accent"))
                .data(columns.iter().map(|column| column.sessions).collect::<Vec<_>>()),
        );
    if let Some((name, sessions)) = before {
        chart = chart.series(
            Line::new()
                .name(name)
                .line_style(LineStyle::new().type_(LineStyleType::Dashed).width(1.5).color("var(--muted)"))
                .data(sessions),
        );
    }
    let titles = columns.iter().map(|column| column.title.clone()).collect();
    finished(&chart, Extras { hint: text.chart_hint().to_owned(), titles, values: None, line_every: None })
}
