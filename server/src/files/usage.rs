//! Usage as a workbook: a summary, a sheet by voicebot, one by campaign, one by month, one by day where the period is short. Total rows are the sums of
//! their rows.

use app::Text;
use domain::{
    DateRange, Language, Usage, format,
    usage::{RangeMonth, UsageFigures},
};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::formats::{Formats, days, units};

/// Column widths: names, then figures.
const WIDTHS: [f64; 2] = [34.0, 18.0];

/// The bytes of the workbook.
pub fn workbook(usage: &Usage, account: &str, language: Language) -> Result<Vec<u8>, XlsxError> {
    let text = Text(language);
    let formats = Formats::new(language, &usage.currency);
    let mut book = Workbook::new();
    let sheet = |name: &str, title: &str| -> Result<Worksheet, XlsxError> {
        let mut sheet = Worksheet::new();
        sheet.set_name(name)?.set_screen_gridlines(false).set_paper_size(9).set_landscape();
        sheet.set_print_fit_to_pages(1, 0);
        sheet.set_column_width(0, WIDTHS[0])?;
        for column in 1..=6 {
            sheet.set_column_width(column, WIDTHS[1])?;
        }
        sheet.write_string_with_format(0, 0, title, &formats.title)?;
        let span = format!("{} · {} · {}", account, format::range(usage.days(), language), usage.timezone);
        sheet.write_string_with_format(1, 0, span, &formats.note)?;
        if usage.pricing_again {
            sheet.write_string_with_format(2, 0, text.pricing_again(), &formats.notice)?;
        }
        Ok(sheet)
    };

    let mut summary = sheet(text.sheet_usage_summary(), text.usage_title())?;
    head(&mut summary, 3, text.usage_period(), text, &formats)?;
    let shown = |range| format::range(range, language);
    row(&mut summary, 4, &shown(usage.days()), &usage.total, &formats, false)?;
    row(&mut summary, 5, &shown(usage.previous_days()), &usage.previous.figures, &formats, false)?;
    head(&mut summary, 7, text.usage_month(), text, &formats)?;
    for (n, month) in (8..).zip(&usage.by_month) {
        row(&mut summary, n, &month.month.to_string(), &month.figures, &formats, false)?;
    }

    let mut bots = sheet(text.by_voicebot(), text.by_voicebot())?;
    let rows = usage.voicebots.iter().map(|bot| (bot.name.as_str(), &bot.figures));
    table(&mut bots, text.voicebot_column(), rows, &usage.total, text, &formats)?;

    let mut campaigns = sheet(text.by_campaign(), text.by_campaign())?;
    let rows = usage.by_campaign.iter().map(|one| (one.name.as_str(), &one.figures));
    table(&mut campaigns, text.campaign_column(), rows, &usage.total, text, &formats)?;

    let mut months = sheet(text.by_month(), text.by_month())?;
    let names: Vec<String> = usage.months.iter().map(|one| month_in(one, language)).collect();
    let rows = names.iter().map(String::as_str).zip(usage.months.iter().map(|one| &one.figures));
    table(&mut months, text.usage_month(), rows, &usage.total, text, &formats)?;

    book.push_worksheet(summary);
    book.push_worksheet(bots);
    book.push_worksheet(campaigns);
    book.push_worksheet(months);
    // A long period's trend is that of its months.
    if usage.trend.first().is_some_and(|point| point.at.len() > 7) {
        let mut trend = sheet(text.by_day(), text.by_day())?;
        let rows = usage.trend.iter().map(|point| (point.at.as_str(), &point.figures));
        table(&mut trend, text.day_column(), rows, &usage.total, text, &formats)?;
        book.push_worksheet(trend);
    }
    book.save_to_buffer()
}

/// The name of a month, with its days where the period has not all of them.
fn month_in(one: &RangeMonth, language: Language) -> String {
    let month = one.month.to_string();
    let days = DateRange { from: one.from, to: one.to };
    if one.is_whole() { month } else { format!("{month} ({})", format::range(days, language)) }
}

fn head(sheet: &mut Worksheet, at: u32, first: &str, text: Text, formats: &Formats) -> Result<(), XlsxError> {
    sheet.write_string_with_format(at, 0, first, &formats.head)?;
    let names = [
        text.sessions(),
        text.messages(),
        text.total_calls_column(),
        text.dial_time(),
        text.talk_time_answered(),
        text.cost_column(),
    ];
    for (column, name) in (1..).zip(names) {
        sheet.write_string_with_format(at, column, name, &formats.head_right)?;
    }
    Ok(())
}

fn row(
    sheet: &mut Worksheet,
    at: u32,
    name: &str,
    figures: &UsageFigures,
    formats: &Formats,
    bold: bool,
) -> Result<(), XlsxError> {
    let look = |format: &Format| if bold { format.clone().set_bold() } else { format.clone() };
    sheet.write_string_with_format(at, 0, name, &look(&formats.text))?;
    sheet.write_number_with_format(at, 1, figures.sessions as f64, &look(&formats.integer))?;
    match figures.bot_messages {
        Some(messages) => sheet.write_number_with_format(at, 2, messages as f64, &look(&formats.integer))?,
        None => sheet.write_string_with_format(at, 2, format::UNDEFINED, &look(&formats.undefined))?,
    };
    sheet.write_number_with_format(at, 3, figures.calls as f64, &look(&formats.integer))?;
    sheet.write_number_with_format(at, 4, days(figures.dial_time), &look(&formats.duration))?;
    sheet.write_number_with_format(at, 5, days(figures.talk_time), &look(&formats.duration))?;
    sheet.write_number_with_format(at, 6, units(figures.cost), &look(&formats.money))?;
    Ok(())
}

/// A table with its total row; the total is the report's own, which is the sum of the rows.
fn table<'a>(
    sheet: &mut Worksheet,
    first: &str,
    rows: impl Iterator<Item = (&'a str, &'a UsageFigures)>,
    total: &UsageFigures,
    text: Text,
    formats: &Formats,
) -> Result<(), XlsxError> {
    head(sheet, 3, first, text, formats)?;
    let mut at = 4;
    for (name, figures) in rows {
        row(sheet, at, name, figures, formats, false)?;
        at += 1;
    }
    row(sheet, at, text.total(), total, formats, true)?;
    sheet.set_freeze_panes(4, 1)?;
    Ok(())
}
