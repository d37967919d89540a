//! Chart options: pure functions from a report to what ECharts draws, as JSON. Made on the server, so that the browser
//! carries no chart builder; `web/charts.js` draws them.
//!
//! Labels arrive formatted, colours are the names of tokens, and every value is also in a table of the page.

mod curves;
mod histogram;
mod trend;
mod usage;

pub use curves::{CURVE_TOKENS, Curve, curves};
pub use histogram::histogram;
pub use trend::trend;
pub use usage::{Before, Drawn, UsageColumn, usage};

use charming::{
    Chart,
    component::Axis,
    element::{AxisType, ItemStyle},
};
use serde_json::{Value, json};

/// What `web/charts.js` reads beside ECharts' own fields.
struct Extras {
    hint: String,
    titles: Vec<String>,
    /// The text of each series' values; the number in the page's language where it is none.
    values: Option<Vec<Vec<String>>>,
    /// What each series' values are called in the tooltip; the series' name where it is none.
    names: Option<Vec<Vec<String>>>,
    /// A vertical line after every so many categories; charming's type has no such interval.
    line_every: Option<usize>,
    /// The column that goes on: its day or month is not over.
    unfinished: Option<usize>,
}

/// The widest column: a chart of three days is three columns, not three walls.
const WIDEST: u32 = 48;

/// The option as JSON.
fn finished(chart: &Chart, extras: Extras) -> String {
    // Charming writes its own types; that cannot fail.
    let mut option = serde_json::to_value(chart).unwrap_or_default();
    if let Some(series) = option.get_mut("series").and_then(Value::as_array_mut) {
        // ECharts has the field, charming's type does not.
        for bar in series.iter_mut().filter(|series| series["type"] == "bar") {
            bar["barMaxWidth"] = json!(WIDEST);
            // Hatched, as the strip of months is.
            if let Some(value) = extras.unfinished.and_then(|at| bar["data"].get_mut(at)) {
                let decal = json!({"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 3], "rotation": -0.785,
                    "color": "var(--surface)"});
                *value = json!({"value": value.take(), "itemStyle": {"decal": decal}});
            }
        }
    }
    if let (Some(every), Some(axis)) = (extras.line_every, option.get_mut("xAxis")) {
        let axis = if axis.is_array() { &mut axis[0] } else { axis };
        axis["splitLine"] = json!({ "show": true, "interval": every - 1 });
    }
    let mut ringside = json!({ "hint": extras.hint, "titles": extras.titles });
    if let Some(values) = extras.values {
        ringside["values"] = json!(values);
    }
    if let Some(names) = extras.names {
        ringside["names"] = json!(names);
    }
    option["ringside"] = ringside;
    // Within a script element, `<` could only begin an end tag or a comment; as \u003c it is the same JSON.
    option.to_string().replace('<', "\\u003c")
}

/// What is noted at a place of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartNote {
    /// The place, from 0.
    pub at: usize,
    /// What stands at its line.
    pub label: String,
    /// What its tooltip says besides.
    pub texts: Vec<String>,
}

/// A chart with a line at each place where something is noted.
pub fn with_notes(option: String, notes: &[ChartNote]) -> String {
    if notes.is_empty() {
        return option;
    }
    // What was written above; that cannot fail.
    let mut option: Value = serde_json::from_str(&option).unwrap_or_default();
    let lines: Vec<Value> = notes.iter().map(|note| json!({"name": note.label, "xAxis": note.at})).collect();
    option["series"][0]["markLine"] = json!({
        "silent": true,
        "symbol": ["none", "none"],
        "lineStyle": {"type": "dashed", "width": 1, "color": "var(--accent)"},
        "label": {"formatter": "{b}", "color": "var(--accent)"},
        "data": lines,
    });
    // The labels stand above the columns.
    if let Some(grid) = option.get_mut("grid") {
        let grid = if grid.is_array() { &mut grid[0] } else { grid };
        grid["top"] = json!(26);
    }
    let texts = notes.iter().map(|note| (note.at.to_string(), json!(note.texts)));
    option["ringside"]["notes"] = Value::Object(texts.collect());
    option.to_string().replace('<', "\\u003c")
}

fn categories(labels: Vec<String>) -> Axis {
    Axis::new().type_(AxisType::Category).data(labels)
}

fn fill(token: &str) -> ItemStyle {
    ItemStyle::new().color(format!("var(--{token}-fill)"))
}
