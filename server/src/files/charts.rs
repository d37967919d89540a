//! Native charts of the overview sheet: they draw the cells beside them, and follow when somebody changes these.

use app::Text;
use domain::{CallClass, Report};
use rust_xlsxwriter::{
    Chart, ChartAxisLabelPosition, ChartAxisTickType, ChartDataLabel, ChartFont, ChartFormat, ChartLegendPosition,
    ChartLine, ChartPoint, ChartSolidFill, ChartType, Color, Worksheet, XlsxError,
};

use super::formats::colours;

/// Pixels of a chart.
const WIDTH: u32 = 620;
const HEIGHT: u32 = 300;
/// Pixels of a row of the sheet.
const ROW_PIXELS: u32 = 20;
/// Rows from one chart to the next.
const GAP_ROWS: u32 = 1;
/// The row of the first chart.
const FIRST_ROW: u32 = 4;
/// The first row below the third chart.
pub const ROWS_OF_THREE: u32 = FIRST_ROW + 3 * (HEIGHT / ROW_PIXELS + GAP_ROWS);

/// The column of the histogram's table with the ends of its bins.
const BIN_ENDS: u16 = 3;

/// The rows of a table, its first and last.
type ChartRows = (u32, u32);

/// Where tables stand, for the charts.
#[derive(Default)]
pub struct TablePlaces {
    /// First and last row of the table of codes, and the rows of each class in it.
    pub codes: Option<(u32, u32)>,
    /// Of the histogram.
    pub bins: Option<(u32, u32)>,
    pub attempts: Option<(u32, u32)>,
    pub trend: Option<(u32, u32)>,
    pub funnel: Option<(u32, u32)>,
}

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
    // The axis of a bar chart's values lies below it.
    let lying = matches!(kind, ChartType::Bar | ChartType::BarStacked);
    let values = if lying { chart.x_axis() } else { chart.y_axis() };
    values.set_font(&font(9)).set_num_format("#,##0").set_major_tick_type(ChartAxisTickType::None);
    values.set_major_gridlines(true).set_major_gridlines_line(&hair).set_min(0);
    values.set_format(ChartFormat::new().set_no_line());
    if lying {
        // The first row of the table is the uppermost bar; the numbers stay below.
        values.set_label_position(ChartAxisLabelPosition::High);
        chart.y_axis().set_reverse();
    }
    let names = if lying { chart.y_axis() } else { chart.x_axis() };
    names.set_font(&font(9)).set_major_gridlines(false).set_major_tick_type(ChartAxisTickType::None);
    names.set_format(ChartFormat::new().set_line(&hair));
    chart
}

/// Puts the charts of the tables that there are one below the other, from `column` on.
pub fn insert(
    sheet: &mut Worksheet,
    places: &TablePlaces,
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
    put(places.bins.map(|rows| {
        let mut chart = plain(ChartType::Column, name, (rows, BIN_ENDS), text.talk_time_title());
        let mut small = font(9);
        small.set_bold();
        chart.x_axis().set_name(text.bin_end()).set_name_font(&small).set_label_interval(2);
        chart
    }))?;
    put(places.attempts.map(|rows| stacked(ChartType::BarStacked, name, rows, text.by_attempt(), text)))?;
    put(places.funnel.map(|rows| plain(ChartType::Bar, name, (rows, 0), text.funnel())))
}

/// Bars by code, each in the colour of its class.
fn by_code(sheet: &str, (first, last): ChartRows, report: &Report, text: Text) -> Chart {
    let mut chart = chart(ChartType::Bar, text.call_results());
    let points: Vec<ChartPoint> =
        report.by_code.iter().map(|code| ChartPoint::new().set_format(&mut fill(colour(code.class)))).collect();
    chart
        .add_series()
        .set_name(text.calls_chart())
        .set_categories((sheet, first, 0, last, 0))
        .set_values((sheet, first, 3, last, 3))
        .set_points(&points)
        .set_data_label(&counts())
        .set_gap(40);
    chart.legend().set_hidden();
    chart.x_axis().set_hidden(true).set_major_gridlines(false);
    chart
}

/// Success, failed and error of each row: the three columns after the first.
fn stacked(kind: ChartType, sheet: &str, (first, last): ChartRows, title: &str, text: Text) -> Chart {
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

/// The second column of a table; `names` is the column that names its rows.
fn plain(kind: ChartType, sheet: &str, ((first, last), names): (ChartRows, u16), title: &str) -> Chart {
    let mut chart = chart(kind, title);
    let series = chart.add_series();
    series
        .set_categories((sheet, first, names, last, names))
        .set_values((sheet, first, 1, last, 1))
        .set_format(&mut fill(colours::ACCENT))
        .set_gap(25);
    if matches!(kind, ChartType::Bar) {
        series.set_data_label(&counts());
        chart.x_axis().set_hidden(true).set_major_gridlines(false);
    }
    chart.legend().set_hidden();
    chart
}

/// The numbers at the ends of bars.
fn counts() -> ChartDataLabel {
    let mut label = ChartDataLabel::new();
    label.show_value().set_num_format("#,##0").set_font(&font(9));
    label
}
