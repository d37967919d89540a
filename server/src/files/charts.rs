//! Native charts of the overview sheet: they draw the cells beside them, and follow when somebody changes these.

use app::Text;
use domain::{CallClass, Report};
use rust_xlsxwriter::{
    Chart, ChartAxisTickType, ChartFont, ChartFormat, ChartLegendPosition, ChartLine, ChartPoint, ChartSolidFill,
    ChartType, Color, Worksheet, XlsxError,
};

use super::{formats::colours, overview_sheet::Places};

/// Pixels of a chart.
const WIDTH: u32 = 660;
const HEIGHT: u32 = 300;
/// Pixels of a row of the sheet.
const ROW_PIXELS: u32 = 20;
/// Rows from one chart to the next.
const GAP_ROWS: u32 = 2;
/// The row of the first chart.
const FIRST_ROW: u32 = 4;

/// The rows of a table, its first and last.
type Rows = (u32, u32);

fn fill(colour: u32) -> ChartFormat {
    let mut format = ChartFormat::new();
    format.set_solid_fill(ChartSolidFill::new().set_color(Color::RGB(colour))).set_no_border();
    format
}

fn colour(class: CallClass) -> u32 {
    match class {
        CallClass::Success => colours::SUCCESS,
        CallClass::Failed => colours::FAILED,
        CallClass::Error => colours::ERROR,
    }
}

fn font(size: u8) -> ChartFont {
    let mut font = ChartFont::new();
    font.set_name("Arial").set_size(size).set_color(Color::RGB(colours::MUTED));
    font
}

/// An empty chart in the sheet's style.
fn chart(kind: ChartType, title: &str) -> Chart {
    let mut chart = Chart::new(kind);
    let mut bold = font(12);
    bold.set_bold().set_color(Color::RGB(colours::INK));
    chart.title().set_name(title).set_font(&bold);
    chart.set_width(WIDTH).set_height(HEIGHT).set_alt_text(title);
    let mut hair = ChartLine::new();
    hair.set_color(Color::RGB(colours::LINE)).set_width(0.75);
    chart.chart_area().set_format(ChartFormat::new().set_border(&hair));
    chart.legend().set_font(&font(9));
    chart.x_axis().set_font(&font(9)).set_major_tick_type(ChartAxisTickType::None);
    chart.x_axis().set_format(ChartFormat::new().set_line(&hair));
    chart.y_axis().set_font(&font(9)).set_num_format("#,##0").set_major_tick_type(ChartAxisTickType::None);
    chart.y_axis().set_major_gridlines(true).set_major_gridlines_line(&hair).set_min(0);
    chart.y_axis().set_format(ChartFormat::new().set_no_line());
    chart
}

/// Puts the charts of the tables that there are one below the other, from `column` on.
pub fn insert(
    sheet: &mut Worksheet,
    places: &Places,
    column: u16,
    report: &Report,
    text: Text,
) -> Result<(), XlsxError> {
    let name = text.sheet_overview();
    let mut row = FIRST_ROW;
    let mut put = |chart: Option<Chart>| -> Result<(), XlsxError> {
        if let Some(chart) = chart {
            sheet.insert_chart(row, column, &chart)?;
            row += HEIGHT / ROW_PIXELS + GAP_ROWS;
        }
        Ok(())
    };
    put(places.codes.map(|rows| by_code(name, rows, report, text)))?;
    put(places.trend.map(|rows| {
        let mut chart = stacked(ChartType::ColumnStacked, name, rows, text.calls_over_time(), text);
        let hourly = report.trend.first().is_some_and(|point| point.at.len() > 10);
        chart.x_axis().set_num_format(if hourly { "dd/mm hh:mm" } else { "dd/mm" }).set_text_axis(true);
        chart
    }))?;
    put(places.bins.map(|rows| plain(ChartType::Column, name, rows, text.talk_time_title())))?;
    put(places.attempts.map(|rows| {
        let mut chart = stacked(ChartType::BarStacked, name, rows, text.by_attempt(), text);
        chart.x_axis().set_reverse();
        chart
    }))?;
    put(places.funnel.map(|rows| {
        let mut chart = plain(ChartType::Bar, name, rows, text.funnel());
        chart.x_axis().set_reverse();
        chart
    }))
}

/// Bars by code, each in the colour of its class.
fn by_code(sheet: &str, (first, last): Rows, report: &Report, text: Text) -> Chart {
    let mut chart = chart(ChartType::Bar, text.call_results());
    let points: Vec<ChartPoint> =
        report.by_code.iter().map(|code| ChartPoint::new().set_format(&mut fill(colour(code.class)))).collect();
    chart
        .add_series()
        .set_name(text.calls_chart())
        .set_categories((sheet, first, 0, last, 0))
        .set_values((sheet, first, 3, last, 3))
        .set_points(&points)
        .set_gap(40);
    chart.legend().set_hidden();
    chart.x_axis().set_reverse();
    chart
}

/// Success, failed and error of each row: the three columns after the first.
fn stacked(kind: ChartType, sheet: &str, (first, last): Rows, title: &str, text: Text) -> Chart {
    let mut chart = chart(kind, title);
    for class in CallClass::ALL {
        let column = class.index() as u16 + 1;
        chart
            .add_series()
            .set_name(text.class(class))
            .set_categories((sheet, first, 0, last, 0))
            .set_values((sheet, first, column, last, column))
            .set_format(&mut fill(colour(class)))
            .set_gap(30);
    }
    chart.legend().set_position(ChartLegendPosition::Top);
    chart
}

/// The second column of a table.
fn plain(kind: ChartType, sheet: &str, (first, last): Rows, title: &str) -> Chart {
    let mut chart = chart(kind, title);
    chart
        .add_series()
        .set_categories((sheet, first, 0, last, 0))
        .set_values((sheet, first, 1, last, 1))
        .set_format(&mut fill(colours::ACCENT))
        .set_gap(25);
    chart.legend().set_hidden();
    chart
}
