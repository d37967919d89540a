//! How cells look, and numbers as Excel counts them.

use domain::{
    Currency, Language, Money,
    money::MICROS,
    time::{DAY_MS, LocalTime},
};
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

/// Colours of the light theme (`style/tokens.css`), as they are on a white sheet.
pub mod colours {
    /// Text.
    pub const INK: u32 = 0x0018_212C;
    /// Text beside figures.
    pub const MUTED: u32 = 0x0056_6172;
    pub const LINE: u32 = 0x00E2_E6EB;
    /// Heads of tables.
    pub const CANVAS: u32 = 0x00F6_F7F9;
    pub const SUCCESS: u32 = 0x001F_9E80;
    pub const FAILED: u32 = 0x00D0_8318;
    pub const ERROR: u32 = 0x00D4_524A;
    pub const ACCENT: u32 = 0x004A_7FD6;
    /// The lightest cell of the heatmap.
    pub const HEAT_LOW: u32 = 0x00EE_F3FB;
    /// The darkest.
    pub const HEAT_HIGH: u32 = 0x0072_99DF;
    /// What is to be noticed.
    pub const NOTICE: u32 = 0x00FD_F1DC;
}

/// The days between Excel's day 0 and 1970-01-01.
const EXCEL_EPOCH_DAYS: i64 = 25_569;

/// A duration as Excel counts it: in days.
pub fn days(ms: i64) -> f64 {
    ms as f64 / DAY_MS as f64
}

/// A wall clock as Excel counts it; sheets know no zones.
pub fn serial(at: LocalTime) -> f64 {
    (at.wall_ms + EXCEL_EPOCH_DAYS * DAY_MS) as f64 / DAY_MS as f64
}

/// An amount in currency units: exact to 15 digits, as every number of a sheet.
pub fn units(money: Money) -> f64 {
    money.0 as f64 / MICROS as f64
}

/// The formats of a workbook.
pub struct Formats {
    /// Text, for good: `@` keeps what is typed over it text, too.
    pub text: Format,
    /// The same beside numbers.
    pub listed: Format,
    /// `9.070`.
    pub integer: Format,
    /// `0:00:55`.
    pub duration: Format,
    /// Seconds with one decimal: `40,8`.
    pub seconds: Format,
    /// Date and time to the second.
    pub time: Format,
    /// The account's currency.
    pub money: Format,
    pub day: Format,
    /// A day and an hour.
    pub moment: Format,
    /// What stands for a figure that does not exist.
    pub undefined: Format,
    /// `44,0%`.
    pub percent: Format,
    /// `44%`.
    pub whole_percent: Format,
    /// Of parts of a difference, to the last millionth.
    pub fine_percent: Format,
    /// The head of a column.
    pub head: Format,
    /// The head of a column of numbers.
    pub head_right: Format,
    /// The head of a column of text beside numbers.
    pub head_listed: Format,
    /// The name of the workbook.
    pub title: Format,
    /// The name of a section.
    pub section: Format,
    /// Small print.
    pub note: Format,
    /// Small print beside numbers.
    pub note_listed: Format,
    /// Something to be noticed.
    pub notice: Format,
}

impl Formats {
    /// Those of a language and a currency. Separators follow the reader's own Excel.
    pub fn new(language: Language, currency: &Currency) -> Self {
        let base = || Format::new().set_font_name("Arial").set_font_size(10).set_font_color(Color::RGB(colours::INK));
        let digits = match currency.minor_digits() {
            0 => "#,##0".to_owned(),
            n => format!("#,##0.{}", "0".repeat(n as usize)),
        };
        let money = match (language, currency.as_str()) {
            (Language::Vi, "VND") => format!("{digits}\\ \"₫\""),
            (Language::Vi, code) => format!("{digits}\\ \"{code}\""),
            (Language::En, code) => format!("\"{code}\"\\ {digits}"),
        };
        let head = base()
            .set_bold()
            .set_font_color(Color::RGB(colours::MUTED))
            .set_background_color(Color::RGB(colours::CANVAS))
            .set_border_bottom(FormatBorder::Thin)
            .set_border_bottom_color(Color::RGB(colours::LINE))
            .set_align(FormatAlign::VerticalCenter);
        Self {
            text: base().set_num_format("@").set_quote_prefix(),
            listed: base().set_num_format("@").set_quote_prefix().set_align(FormatAlign::Left).set_indent(1),
            integer: base().set_num_format("#,##0"),
            duration: base().set_num_format("[h]:mm:ss"),
            seconds: base().set_num_format(language.pick("0.0\\ \"giây\"", "0.0\\ \"s\"")),
            time: base()
                .set_num_format(language.pick("dd/mm/yyyy hh:mm:ss", "d mmm yyyy hh:mm:ss"))
                .set_align(FormatAlign::Left),
            day: base().set_num_format(language.pick("dd/mm/yyyy", "d mmm yyyy")).set_align(FormatAlign::Left),
            moment: base()
                .set_num_format(language.pick("dd/mm/yyyy hh:mm", "d mmm yyyy hh:mm"))
                .set_align(FormatAlign::Left),
            undefined: base().set_align(FormatAlign::Right),
            money: base().set_num_format(money),
            percent: base().set_num_format("0.0%"),
            whole_percent: base().set_num_format("0%"),
            fine_percent: base().set_num_format("0.0000%"),
            head_right: head.clone().set_align(FormatAlign::Right),
            head_listed: head.clone().set_align(FormatAlign::Left).set_indent(1),
            head,
            title: base().set_bold().set_font_size(16).set_num_format("@").set_quote_prefix(),
            section: base().set_bold().set_font_size(12).set_align(FormatAlign::Bottom),
            note: base().set_font_color(Color::RGB(colours::MUTED)).set_num_format("@").set_quote_prefix(),
            note_listed: base()
                .set_font_color(Color::RGB(colours::MUTED))
                .set_num_format("@")
                .set_quote_prefix()
                .set_align(FormatAlign::Left)
                .set_indent(1),
            notice: base().set_background_color(Color::RGB(colours::NOTICE)).set_num_format("@").set_quote_prefix(),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::time::Zone;

    use super::*;

    #[test]
    fn a_local_time_is_excels_date_and_comes_back_to_the_millisecond() {
        let zone = Zone::new("Asia/Ho_Chi_Minh").unwrap();
        let at = zone.local("2026-11-04T09:15:02.120+07:00".parse().unwrap());
        let serial = serial(at);
        // 2026-11-04 is day 46,330 of Excel.
        assert_eq!(serial.floor() as i64, 46_330);
        let back = (serial * DAY_MS as f64).round() as i64 - EXCEL_EPOCH_DAYS * DAY_MS;
        assert_eq!(back, at.wall_ms);
        assert_eq!((days(47_430) * DAY_MS as f64).round() as i64, 47_430);
        assert!((units(Money(2_500_000)) - 2.5).abs() < f64::EPSILON);
    }
}
