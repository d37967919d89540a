//! The list of campaigns as a file: one table of columns, as CSV and as a workbook.

use app::Text;
use domain::{CampaignState, CampaignSummary, Currency, Day, Language, Money, Rate, Timestamp, format, time::Zone};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use store::campaigns::{CampaignPage, CampaignTotals};

use super::{
    call_csv::{harmless, local_time},
    formats::{Formats, serial, units},
};

/// What the files are made of: every campaign of a filter, and what they were asked of.
pub struct CampaignTable {
    pub account: String,
    /// Whether its stored calls are being priced again.
    pub pricing_again: bool,
    /// The currency of its costs.
    pub currency: Currency,
    /// The zone of its times.
    pub zone: Zone,
    /// When they were read.
    pub as_of: Timestamp,
    /// All campaigns in the order of the list, and the sums of them.
    pub page: CampaignPage,
}

/// A cell's value, exact.
enum CampaignCell {
    Text(String),
    State(CampaignState),
    Currency,
    Number(i64),
    Rate(Rate),
    Money(Money),
    Day(Option<Day>),
    Time(Option<Timestamp>),
}

/// A column: the field, its name for people, and its width in the workbook in characters.
struct CampaignColumn {
    field: &'static str,
    names: [&'static str; 2],
    width: f64,
    cell: fn(&CampaignSummary) -> CampaignCell,
    /// Of the sums; none where they have no such figure.
    total: fn(&CampaignTotals) -> Option<CampaignCell>,
}

const fn column(
    field: &'static str,
    names: [&'static str; 2],
    width: f64,
    cell: fn(&CampaignSummary) -> CampaignCell,
    total: fn(&CampaignTotals) -> Option<CampaignCell>,
) -> CampaignColumn {
    CampaignColumn { field, names, width, cell, total }
}

fn count(n: u64) -> CampaignCell {
    CampaignCell::Number(n as i64)
}

/// The columns, in the order of the page.
const COLUMNS: [CampaignColumn; 19] = [
    column(
        "id",
        ["Mã chiến dịch", "Campaign id"],
        18.0,
        |row| CampaignCell::Text(row.campaign.id.to_string()),
        |_| None,
    ),
    column("name", ["Chiến dịch", "Campaign"], 34.0, |row| CampaignCell::Text(row.campaign.name.clone()), |_| None),
    column(
        "voicebot",
        ["Mã voicebot", "Voicebot id"],
        16.0,
        |row| CampaignCell::Text(row.campaign.voicebot.id.to_string()),
        |_| None,
    ),
    column(
        "voicebot_name",
        ["Voicebot", "Voicebot"],
        24.0,
        |row| CampaignCell::Text(row.campaign.voicebot.name.clone()),
        |_| None,
    ),
    column("state", ["Trạng thái", "State"], 14.0, |row| CampaignCell::State(row.campaign.state), |_| None),
    column(
        "customers",
        ["Khách hàng", "Customers"],
        12.0,
        |row| count(row.customers),
        |totals| Some(count(totals.customers)),
    ),
    column("dialled", ["Đã gọi", "Dialled"], 12.0, |row| count(row.dialled), |totals| Some(count(totals.dialled))),
    column(
        "reached",
        ["Khách đã tiếp cận", "Customers reached"],
        17.0,
        |row| count(row.contact_rate.numerator),
        |totals| Some(count(totals.contact_rate.numerator)),
    ),
    column(
        "contact_rate",
        ["Tỷ lệ tiếp cận", "Contact rate"],
        14.0,
        |row| CampaignCell::Rate(row.contact_rate),
        |totals| Some(CampaignCell::Rate(totals.contact_rate)),
    ),
    column("calls", ["Cuộc gọi", "Calls"], 12.0, |row| count(row.calls), |totals| Some(count(totals.calls))),
    column(
        "answered",
        ["Cuộc nghe máy", "Answered calls"],
        15.0,
        |row| count(row.answer_rate.numerator),
        |totals| Some(count(totals.answer_rate.numerator)),
    ),
    column(
        "answer_rate",
        ["Tỷ lệ nghe máy", "Answer rate"],
        14.0,
        |row| CampaignCell::Rate(row.answer_rate),
        |totals| Some(CampaignCell::Rate(totals.answer_rate)),
    ),
    column(
        "blocks",
        ["Block", "Blocks"],
        12.0,
        |row| CampaignCell::Number(row.blocks),
        |totals| Some(CampaignCell::Number(totals.blocks)),
    ),
    column(
        "cost",
        ["Chi phí", "Cost"],
        15.0,
        |row| CampaignCell::Money(row.cost),
        |totals| Some(CampaignCell::Money(totals.cost)),
    ),
    column("currency", ["Tiền tệ", "Currency"], 9.0, |_| CampaignCell::Currency, |_| None),
    column("first_day", ["Ngày gọi đầu", "First day"], 13.0, |row| CampaignCell::Day(row.first_day), |_| None),
    column("last_day", ["Ngày gọi cuối", "Last day"], 13.0, |row| CampaignCell::Day(row.last_day), |_| None),
    column(
        "started_at",
        ["Bắt đầu lúc", "Started at"],
        19.0,
        |row| CampaignCell::Time(row.campaign.started_at),
        |_| None,
    ),
    column(
        "completed_at",
        ["Kết thúc lúc", "Completed at"],
        19.0,
        |row| CampaignCell::Time(row.campaign.completed_at),
        |_| None,
    ),
];

/// A rate as a share of one, with the decimals that are shown of its percentage.
pub fn share_of_one(rate: Rate) -> Option<String> {
    rate.permille().map(|permille| format!("{}.{:03}", permille / 1_000, permille % 1_000))
}

impl CampaignTable {
    /// The CSV: UTF-8 with a byte-order mark, for programs where no language is given. Rates are shares of one there, and
    /// percentages for people.
    pub fn csv(&self, language: Option<Language>) -> Vec<u8> {
        let mut writer = super::csv_list::lines("\u{feff}".into());
        let name = |column: &CampaignColumn| match language {
            None => column.field,
            Some(language) => language.pick(column.names[0], column.names[1]),
        };
        let _ = writer.write_record(COLUMNS.iter().map(name));
        for campaign in &self.page.campaigns {
            let _ = writer.write_record(COLUMNS.iter().map(|column| self.written((column.cell)(campaign), language)));
        }
        writer.into_inner().unwrap_or_default()
    }

    fn written(&self, cell: CampaignCell, language: Option<Language>) -> String {
        match cell {
            CampaignCell::Text(text) => harmless(&text).into_owned(),
            CampaignCell::State(state) => {
                language.map_or(state.word(), |language| Text(language).state(state)).to_owned()
            }
            CampaignCell::Currency => self.currency.to_string(),
            CampaignCell::Number(n) => n.to_string(),
            CampaignCell::Money(money) => money.to_string(),
            CampaignCell::Rate(rate) => match language {
                None => share_of_one(rate),
                Some(language) => rate.permille().map(|permille| format::percent(permille, language)),
            }
            .unwrap_or_default(),
            CampaignCell::Day(day) => day.map(|day| day.to_string()).unwrap_or_default(),
            CampaignCell::Time(at) => at.map(|at| local_time(at, self.zone, language.is_some())).unwrap_or_default(),
        }
    }

    /// The bytes of the workbook: the campaigns, and a row of their sums, whose rates are computed from the counts.
    pub fn workbook(&self, language: Language) -> Result<Vec<u8>, XlsxError> {
        let text = Text(language);
        let formats = Formats::new(language, &self.currency);
        let mut book = Workbook::new();
        let mut sheet = Worksheet::new();
        sheet.set_name(text.campaigns())?.set_screen_gridlines(false).set_paper_size(9).set_landscape();
        sheet.set_print_fit_to_pages(1, 0);
        sheet.write_string_with_format(0, 0, text.campaigns(), &formats.title)?;
        let until = text.data_until(&format::moment(self.zone.local(self.as_of), language), self.zone.name());
        let campaigns = text.campaigns_counted(self.page.total);
        sheet.write_string_with_format(1, 0, format!("{} · {campaigns} · {until}", self.account), &formats.note)?;
        if self.pricing_again {
            sheet.write_string_with_format(2, 0, text.pricing_again(), &formats.notice)?;
        }
        for (at, column) in (0..).zip(&COLUMNS) {
            sheet.set_column_width(at, column.width)?;
            let is_text = ["id", "name", "voicebot", "voicebot_name", "state", "currency"].contains(&column.field);
            let format = if is_text { &formats.head } else { &formats.head_right };
            sheet.write_string_with_format(3, at, language.pick(column.names[0], column.names[1]), format)?;
        }
        let mut row = 4;
        for campaign in &self.page.campaigns {
            for (at, column) in (0..).zip(&COLUMNS) {
                self.put(&mut sheet, (row, at), (column.cell)(campaign), text, &formats, false)?;
            }
            row += 1;
        }
        self.put(&mut sheet, (row, 0), CampaignCell::Text(text.total().to_owned()), text, &formats, true)?;
        for (at, column) in (0..).zip(&COLUMNS) {
            if let Some(cell) = (column.total)(&self.page.totals) {
                self.put(&mut sheet, (row, at), cell, text, &formats, true)?;
            }
        }
        sheet.set_freeze_panes(4, 2)?;
        book.push_worksheet(sheet);
        book.save_to_buffer()
    }

    fn put(
        &self,
        sheet: &mut Worksheet,
        (row, at): (u32, u16),
        cell: CampaignCell,
        text: Text,
        formats: &Formats,
        bold: bool,
    ) -> Result<(), XlsxError> {
        let look = |format: &Format| if bold { format.clone().set_bold() } else { format.clone() };
        let (number, format) = match cell {
            CampaignCell::Text(words) => return words_in(sheet, (row, at), &words, &look(&formats.text)),
            CampaignCell::State(state) => return words_in(sheet, (row, at), text.state(state), &look(&formats.text)),
            CampaignCell::Currency => return words_in(sheet, (row, at), self.currency.as_str(), &look(&formats.text)),
            CampaignCell::Number(n) => (n as f64, &formats.integer),
            CampaignCell::Money(money) => (units(money), &formats.money),
            CampaignCell::Rate(Rate { denominator: 0, .. }) | CampaignCell::Day(None) | CampaignCell::Time(None) => {
                return Ok(());
            }
            CampaignCell::Rate(rate) => (rate.numerator as f64 / rate.denominator as f64, &formats.percent),
            CampaignCell::Day(Some(day)) => (serial_of(day), &formats.day),
            CampaignCell::Time(Some(time)) => (serial(self.zone.local(time)), &formats.time),
        };
        sheet.write_number_with_format(row, at, number, &look(format)).map(drop)
    }
}

fn words_in(sheet: &mut Worksheet, (row, at): (u32, u16), words: &str, format: &Format) -> Result<(), XlsxError> {
    sheet.write_string_with_format(row, at, words, format).map(drop)
}

fn serial_of(day: Day) -> f64 {
    serial(domain::time::LocalTime { wall_ms: i64::from(day.0) * domain::time::DAY_MS, offset_minutes: 0 })
}
