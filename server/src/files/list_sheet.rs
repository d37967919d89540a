//! What stands before the calls of the account in their workbook: which calls they are, their sums, and how they ended.

use app::Text;
use domain::{Account, CodeMeanings, DateRange, Money, ResultCode, format, report::CallCounts, time::LocalTime};
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::{
    formats::{Formats, days, units},
    overview_sheet::Note,
};

/// What the sheet shows.
pub struct Summary {
    pub account: Account,
    /// The days of the list; none for all.
    pub days: Option<DateRange>,
    /// The names of the voicebots of the list; none for all.
    pub voicebots: Vec<String>,
    /// Calls by code; '' counts those in progress.
    pub counts: Vec<(String, u64)>,
    /// The account's result codes.
    pub codes: Vec<ResultCode>,
    /// Σ talk time, ms.
    pub talk_time: i64,
    /// Σ blocks charged.
    pub blocks: i64,
    /// Σ cost, in micro-units of the account's currency.
    pub cost: Money,
    /// When it was made.
    pub as_of: LocalTime,
    /// What is to be said about the call sheet.
    pub notes: Vec<Note>,
}

/// Widths of the columns, in characters.
const WIDTHS: [f64; 5] = [34.0, 16.0, 16.0, 14.0, 12.0];

pub fn write(sheet: &mut Worksheet, summary: &Summary, text: Text) -> Result<(), XlsxError> {
    let language = text.language();
    let formats = Formats::new(language, &summary.account.currency);
    sheet.set_name(text.sheet_overview())?.set_screen_gridlines(false).set_paper_size(9).set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    for (column, width) in (0..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    sheet.set_row_height(0, 26)?;
    sheet.write_string_with_format(0, 0, text.account_calls(), &formats.title)?;
    let period = summary.days.map_or_else(|| text.all_time().to_owned(), |days| format::range(days, language));
    let bots =
        if summary.voicebots.is_empty() { text.all_voicebots().to_owned() } else { summary.voicebots.join(", ") };
    let zone = summary.account.zone.name();
    let until = text.data_until(&format::moment(summary.as_of, language), zone);
    let lines = [
        ([summary.account.name.as_str(), &period, &bots].join(" · "), false),
        (format!("{} · {until}", text.workbook_zone(zone, &format::offset(summary.as_of.offset_minutes))), false),
    ];
    let notes = summary.notes.iter().map(|note| (note.text.clone(), note.warns));
    let mut row = 1;
    for (line, warns) in lines.into_iter().chain(notes) {
        sheet.write_string_with_format(row, 0, line, if warns { &formats.notice } else { &formats.note })?;
        row += 1;
    }

    row += 1;
    let meanings = CodeMeanings::of(&summary.codes);
    let counts = CallCounts::by_code(&meanings, summary.counts.iter().map(|(code, calls)| (code.as_str(), *calls)));
    sheet.write_string_with_format(row, 0, text.report_figure(), &formats.head)?;
    sheet.write_string_with_format(row, 1, text.report_value(), &formats.head_right)?;
    let figures = [
        (text.total_calls(), counts.total as f64, &formats.integer),
        (text.success_calls(), counts.success as f64, &formats.integer),
        (text.failed_calls(), counts.failed as f64, &formats.integer),
        (text.error_calls(), counts.error as f64, &formats.integer),
        (text.calls_in_progress(), counts.in_progress as f64, &formats.integer),
        (text.total_talk_time(), days(summary.talk_time), &formats.duration),
        (text.blocks_used(), summary.blocks as f64, &formats.integer),
        (text.total_cost(), units(summary.cost), &formats.money),
    ];
    for (name, value, format) in figures {
        row += 1;
        sheet.write_string_with_format(row, 0, name, &formats.text)?;
        sheet.write_number_with_format(row, 1, value, format)?;
    }
    by_code(sheet, row + 2, summary, &meanings, counts.total, text, &formats)
}

/// Finished calls by result code, those with most calls first.
fn by_code(
    sheet: &mut Worksheet,
    first: u32,
    summary: &Summary,
    meanings: &CodeMeanings,
    total: u64,
    text: Text,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let heads = [
        (text.label_column(), &formats.head),
        (text.code_column(), &formats.head_listed),
        (text.class_column(), &formats.head_listed),
        (text.calls_column(), &formats.head_right),
        (text.share_column(), &formats.head_right),
    ];
    for (column, (name, format)) in (0..).zip(heads) {
        sheet.write_string_with_format(first, column, name, format)?;
    }
    let mut counts: Vec<&(String, u64)> =
        summary.counts.iter().filter(|(code, calls)| !code.is_empty() && *calls > 0).collect();
    counts.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    for (row, (code, calls)) in (first + 1..).zip(counts) {
        let known = summary.codes.iter().find(|known| known.code.as_str() == code);
        let label = known.map_or(text.undefined_code(), |known| text.language().pick(&known.label_vi, &known.label_en));
        sheet.write_string_with_format(row, 0, label, &formats.text)?;
        sheet.write_string_with_format(row, 1, code, &formats.listed)?;
        sheet.write_string_with_format(row, 2, text.class(meanings.class_of(code)), &formats.listed)?;
        sheet.write_number_with_format(row, 3, *calls as f64, &formats.integer)?;
        if total > 0 {
            sheet.write_number_with_format(row, 4, *calls as f64 / total as f64, &formats.percent)?;
        }
    }
    Ok(())
}
