//! Campaigns side by side as a file: a line for each campaign as CSV, a row for each figure as a workbook, as on the page.

use app::{
    Text,
    compare::{
        figures::{ComparedFigure, ComparedValue},
        why,
    },
};
use domain::{
    Comparison, DateRange, Language,
    comparison::{ComparedCampaign, ComparedRate},
    format,
    time::LocalTime,
};
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

use super::{
    call_csv::{harmless, hours},
    campaign_list::share_of_one,
    formats::{Formats, days, units},
};

/// Widths of the columns of the workbook, in characters: figures, then campaigns.
const WIDTHS: [f64; 2] = [36.0, 24.0];
/// What a rate has beside itself: the field's ending, and the names.
const BESIDE_RATES: [(&str, [&str; 2]); 3] = [
    ("_low", ["cận dưới 95%", "95% lower bound"]),
    ("_high", ["cận trên 95%", "95% upper bound"]),
    ("_difference", ["chênh lệch với chiến dịch đầu", "difference from the first campaign"]),
];

/// What stands beside a rate, in millionths of one, in the order of [`BESIDE_RATES`].
fn beside(rate: ComparedRate) -> [Option<i32>; 3] {
    let interval = rate.interval;
    [
        interval.map(|interval| interval.low),
        interval.map(|interval| interval.high),
        rate.difference.map(|found| found.difference),
    ]
}

/// Millionths as a share of one: `-0.031250`.
pub(super) fn share(millionths: i32) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    format!("{sign}{}.{:06}", millionths.unsigned_abs() / 1_000_000, millionths.unsigned_abs() % 1_000_000)
}

/// The same for people: a percentage with one decimal, of a difference as of a rate.
pub(super) fn percent(millionths: i32, language: Language) -> String {
    let permille = (u64::from(millionths.unsigned_abs()) + 500) / 1_000;
    let sign = if millionths < 0 && permille > 0 { "-" } else { "" };
    format!("{sign}{}", format::percent(permille, language))
}

/// Whether a figure is a rate; all campaigns have the same figures.
fn is_rate(figure: ComparedFigure, comparison: &Comparison) -> bool {
    comparison.campaigns.first().is_some_and(|one| matches!(figure.of(one), ComparedValue::Rate(_)))
}

/// The CSV: UTF-8 with a byte-order mark, for programs where no language is given. Rates are shares of one there, and percentages
/// for people; durations are milliseconds, and hours for people.
pub fn csv(comparison: &Comparison, language: Option<Language>) -> Vec<u8> {
    let mut writer = super::csv_list::lines("\u{feff}".into());
    let _ = writer.write_record(heading(comparison, language));
    for campaign in &comparison.campaigns {
        let _ = writer.write_record(line(campaign, comparison, language));
    }
    writer.into_inner().unwrap_or_default()
}

fn heading(comparison: &Comparison, language: Option<Language>) -> Vec<String> {
    let about: [(&str, [&str; 2]); 7] = [
        ("id", ["Mã chiến dịch", "Campaign id"]),
        ("name", ["Chiến dịch", "Campaign"]),
        ("voicebot_name", ["Voicebot", "Voicebot"]),
        ("state", ["Trạng thái", "State"]),
        ("from", ["Từ ngày", "From"]),
        ("to", ["Đến ngày", "To"]),
        ("currency", ["Tiền tệ", "Currency"]),
    ];
    let name = |field: &str, [vi, en]: [&str; 2]| language.map_or(field, |language| language.pick(vi, en)).to_owned();
    let mut names: Vec<String> = about.into_iter().map(|(field, names)| name(field, names)).collect();
    for figure in ComparedFigure::all() {
        let called = language.map_or(figure.field(), |language| figure.name(Text(language)));
        names.push(called.to_owned());
        if is_rate(figure, comparison) {
            names.extend(BESIDE_RATES.map(|(ending, [vi, en])| match language {
                None => format!("{}{ending}", figure.field()),
                Some(language) => format!("{called}, {}", language.pick(vi, en)),
            }));
        }
    }
    names
}

fn line(campaign: &ComparedCampaign, comparison: &Comparison, language: Option<Language>) -> Vec<String> {
    let day = |day: Option<domain::Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let state = language.map_or(campaign.state.word(), |language| Text(language).state(campaign.state));
    let mut cells = vec![
        harmless(campaign.id.as_str()).into_owned(),
        harmless(&campaign.name).into_owned(),
        harmless(&campaign.voicebot).into_owned(),
        state.to_owned(),
        day(campaign.report.from),
        day(campaign.report.to),
        comparison.currency.to_string(),
    ];
    for figure in ComparedFigure::all() {
        match figure.of(campaign) {
            ComparedValue::Count(n) => cells.push(n.to_string()),
            ComparedValue::Blocks(n) => cells.push(n.to_string()),
            ComparedValue::Duration(ms) => cells.push(if language.is_some() { hours(ms) } else { ms.to_string() }),
            ComparedValue::Money(money) => cells.push(money.to_string()),
            ComparedValue::Undefined => cells.push(String::new()),
            ComparedValue::Rate(compared) => {
                let rate = match language {
                    None => share_of_one(compared.rate),
                    Some(language) => compared.rate.permille().map(|permille| format::percent(permille, language)),
                };
                cells.push(rate.unwrap_or_default());
                let written = |value: i32| language.map_or_else(|| share(value), |language| percent(value, language));
                cells.extend(beside(compared).map(|value| value.map(written).unwrap_or_default()));
            }
        }
    }
    cells
}

/// Why rates are other ones than before as a CSV: a line for each value of each dimension of each rate. Parts are shares of one for
/// programs, and percentage points with four decimals for people.
pub fn parts_csv(comparison: &Comparison, language: Option<Language>) -> Vec<u8> {
    let mut writer = super::csv_list::lines("\u{feff}".into());
    let names: [(&str, [&str; 2]); 9] = [
        ("rate", ["Tỷ lệ", "Rate"]),
        ("dimension", ["Theo", "By"]),
        ("value", ["Giá trị", "Value"]),
        ("numerator_before", ["Tử số trước", "Numerator before"]),
        ("denominator_before", ["Mẫu số trước", "Denominator before"]),
        ("numerator_now", ["Tử số nay", "Numerator now"]),
        ("denominator_now", ["Mẫu số nay", "Denominator now"]),
        ("mix_part", ["Do cơ cấu, điểm %", "Mix part, pp"]),
        ("rate_part", ["Do tỷ lệ, điểm %", "Rate part, pp"]),
    ];
    let head = names.map(|(field, [vi, en])| language.map_or(field, |language| language.pick(vi, en)));
    let _ = writer.write_record(head);
    for change in &comparison.rate_changes {
        for value in &change.values {
            let [rate, by, of] = match language.map(Text) {
                None => [change.rate.word().to_owned(), change.dimension.word().into_owned(), value.value.clone()],
                Some(text) => [
                    why::rate_name(change.rate, text).to_owned(),
                    harmless(&why::dimension_name(change, text)).into_owned(),
                    why::value_name(change.dimension, value, text),
                ],
            };
            let part = |part: i32| language.map_or_else(|| share(part), |language| percent_points(part, language));
            let _ = writer.write_record([
                rate,
                by,
                harmless(&of).into_owned(),
                value.before.numerator.to_string(),
                value.before.denominator.to_string(),
                value.now.numerator.to_string(),
                value.now.denominator.to_string(),
                part(value.mix_part),
                part(value.rate_part),
            ]);
        }
    }
    writer.into_inner().unwrap_or_default()
}

/// Percentage points with the four decimals that millionths have.
fn percent_points(millionths: i32, language: Language) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    format!("{sign}{}", format::decimal(i64::from(millionths.unsigned_abs()), 4, language))
}

fn write_parts(sheet: &mut Worksheet, comparison: &Comparison, text: Text, formats: &Formats) -> Result<(), XlsxError> {
    let heads = [
        text.why_rate(),
        text.why_by(),
        text.why_value(),
        text.why_before(),
        text.report_numerator(),
        text.report_denominator(),
        text.why_now(),
        text.report_numerator(),
        text.report_denominator(),
        text.why_mix(),
        text.why_own(),
    ];
    for (column, head) in (0..).zip(heads) {
        sheet.set_column_width(column, if column < 3 { 24.0 } else { 14.0 })?;
        let format = if column < 3 { &formats.head } else { &formats.head_right };
        sheet.write_string_with_format(3, column, head, format)?;
    }
    let lines =
        comparison.rate_changes.iter().flat_map(|change| change.values.iter().map(move |value| (change, value)));
    for (row, (change, value)) in (4..).zip(lines) {
        let names = [
            why::rate_name(change.rate, text).to_owned(),
            why::dimension_name(change, text),
            why::value_name(change.dimension, value, text),
        ];
        for (column, name) in (0..).zip(names) {
            sheet.write_string_with_format(row, column, name, &formats.text)?;
        }
        for (column, rate) in [(3, value.before), (6, value.now)] {
            if rate.denominator > 0 {
                let share = rate.numerator as f64 / rate.denominator as f64;
                sheet.write_number_with_format(row, column, share, &formats.percent)?;
            } else {
                sheet.write_string_with_format(row, column, format::UNDEFINED, &formats.undefined)?;
            }
            sheet.write_number_with_format(row, column + 1, rate.numerator as f64, &formats.integer)?;
            sheet.write_number_with_format(row, column + 2, rate.denominator as f64, &formats.integer)?;
        }
        for (column, part) in [(9, value.mix_part), (10, value.rate_part)] {
            sheet.write_number_with_format(row, column, f64::from(part) / 1e6, &formats.fine_percent)?;
        }
    }
    sheet.set_freeze_panes(4, 3).map(drop)
}

/// The bytes of the workbook: the figures, and how the campaigns went over time.
pub fn workbook(
    comparison: &Comparison,
    account: &str,
    asked: Option<DateRange>,
    as_of: LocalTime,
    language: Language,
) -> Result<Vec<u8>, XlsxError> {
    let text = Text(language);
    let formats = Formats::new(language, &comparison.currency);
    let period = asked.map_or_else(|| text.compare_whole().to_owned(), |days| format::range(days, language));
    let until = text.data_until(&format::moment(as_of, language), &comparison.timezone);
    let about = format!("{account} · {period} · {until}");
    let mut book = Workbook::new();
    let sheet = |name: &str, title: &str| -> Result<Worksheet, XlsxError> {
        let mut sheet = Worksheet::new();
        sheet.set_name(name)?.set_screen_gridlines(false).set_paper_size(9).set_landscape();
        sheet.set_print_fit_to_pages(1, 0);
        sheet.write_string_with_format(0, 0, title, &formats.title)?;
        sheet.write_string_with_format(1, 0, &about, &formats.note)?;
        if comparison.pricing_again {
            sheet.write_string_with_format(2, 0, text.pricing_again(), &formats.notice)?;
        }
        Ok(sheet)
    };
    let mut figures = sheet(text.compare_title(), text.compare_title())?;
    write_figures(&mut figures, comparison, text, &formats)?;
    let mut over_time = sheet(text.compare_curves(), text.compare_curves())?;
    write_over_time(&mut over_time, comparison, text, &formats)?;
    book.push_worksheet(figures);
    book.push_worksheet(over_time);
    if !comparison.rate_changes.is_empty() {
        let mut why = sheet(text.why_title(), text.why_title())?;
        write_parts(&mut why, comparison, text, &formats)?;
        book.push_worksheet(why);
    }
    book.save_to_buffer()
}

fn write_figures(
    sheet: &mut Worksheet,
    comparison: &Comparison,
    text: Text,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let language = text.language();
    sheet.set_column_width(0, WIDTHS[0])?;
    sheet.write_string_with_format(3, 0, text.compared_figures(), &formats.head)?;
    let about = [text.voicebot_column(), text.state_column(), text.dates_column()];
    for (row, name) in (4..).zip(about) {
        sheet.write_string_with_format(row, 0, name, &formats.note)?;
    }
    for (column, campaign) in (1..).zip(&comparison.campaigns) {
        sheet.set_column_width(column, WIDTHS[1])?;
        sheet.write_string_with_format(3, column, &campaign.name, &formats.head_right)?;
        let days = campaign.report.from.zip(campaign.report.to).map(|(from, to)| DateRange { from, to });
        let days = days.map_or_else(|| format::UNDEFINED.to_owned(), |days| format::range(days, language));
        for (row, words) in (4..).zip([&campaign.voicebot, text.state(campaign.state), &days]) {
            sheet.write_string_with_format(row, column, words, &formats.undefined)?;
        }
    }
    let mut row = 7;
    for figure in ComparedFigure::all() {
        sheet.write_string_with_format(row, 0, figure.name(text), &formats.text)?;
        for (column, campaign) in (1..).zip(&comparison.campaigns) {
            let (number, format) = match figure.of(campaign) {
                ComparedValue::Count(n) => (n as f64, &formats.integer),
                ComparedValue::Blocks(n) => (n as f64, &formats.integer),
                ComparedValue::Duration(ms) => (days(ms), &formats.duration),
                ComparedValue::Money(money) => (units(money), &formats.money),
                ComparedValue::Rate(compared) if compared.rate.denominator > 0 => {
                    (compared.rate.numerator as f64 / compared.rate.denominator as f64, &formats.percent)
                }
                ComparedValue::Rate(_) | ComparedValue::Undefined => {
                    sheet.write_string_with_format(row, column, format::UNDEFINED, &formats.undefined)?;
                    continue;
                }
            };
            sheet.write_number_with_format(row, column, number, format)?;
        }
        row += 1;
        if !is_rate(figure, comparison) {
            continue;
        }
        for (n, (_, [vi, en])) in BESIDE_RATES.into_iter().enumerate() {
            sheet.write_string_with_format(row, 0, format!("    {}", language.pick(vi, en)), &formats.note)?;
            for (column, campaign) in (1..).zip(&comparison.campaigns) {
                let ComparedValue::Rate(compared) = figure.of(campaign) else { continue };
                match beside(compared)[n] {
                    Some(millionths) => {
                        sheet.write_number_with_format(row, column, f64::from(millionths) / 1e6, &formats.percent)?
                    }
                    None => sheet.write_string_with_format(row, column, format::UNDEFINED, &formats.undefined)?,
                };
            }
            row += 1;
        }
    }
    sheet.set_freeze_panes(4, 1).map(drop)
}

/// A row for each campaign and each point of its trend.
fn write_over_time(
    sheet: &mut Worksheet,
    comparison: &Comparison,
    text: Text,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let numbers = [
        text.calls_column(),
        text.answered_calls(),
        text.success(),
        text.failed(),
        text.error(),
        text.talk_time_column(),
        text.blocks_column(),
        text.cost_column(),
    ];
    sheet.set_column_width(0, WIDTHS[0])?;
    sheet.write_string_with_format(3, 0, text.campaign_column(), &formats.head)?;
    sheet.write_string_with_format(3, 1, text.time_column(), &formats.head)?;
    sheet.set_column_width(1, 16)?;
    for (column, name) in (2..).zip(numbers) {
        sheet.set_column_width(column, 16)?;
        sheet.write_string_with_format(3, column, name, &formats.head_right)?;
    }
    let points = comparison.campaigns.iter().flat_map(|one| one.report.trend.iter().map(move |point| (one, point)));
    for (row, (campaign, point)) in (4..).zip(points) {
        sheet.write_string_with_format(row, 0, &campaign.name, &formats.text)?;
        sheet.write_string_with_format(row, 1, &point.at, &formats.text)?;
        let counts = [point.calls, point.answered, point.success, point.failed, point.error];
        for (column, count) in (2..).zip(counts) {
            sheet.write_number_with_format(row, column, count as f64, &formats.integer)?;
        }
        sheet.write_number_with_format(row, 7, days(point.talk_time), &formats.duration)?;
        sheet.write_number_with_format(row, 8, point.blocks as f64, &formats.integer)?;
        sheet.write_number_with_format(row, 9, units(point.cost), &formats.money)?;
    }
    sheet.set_freeze_panes(4, 1).map(drop)
}
