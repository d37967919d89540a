//! Numbers, money, durations and dates as people read them, in both languages (docs/METRICS.md, "Rates and rounding").
//!
//! Rounding happens here and nowhere else: what comes in is exact. Plain string building, no locale tables, because
//! the browser carries this code too.

use crate::{
    Currency, DateRange, Day, Language, Money, Rate,
    time::{DAY_MS, LocalTime},
};

/// What stands where a figure is undefined.
pub const UNDEFINED: &str = "–";

/// `9.070` in Vietnamese, `9,070` in English.
pub fn integer(n: i64, language: Language) -> String {
    let digits = n.unsigned_abs().to_string();
    let separator = language.pick('.', ',');
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        out.push('−');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// An integer of `10^-digits`: `12345, 2` is `123,45` / `123.45`.
pub fn decimal(n: i64, digits: u32, language: Language) -> String {
    if digits == 0 {
        return integer(n, language);
    }
    let one = 10_u64.pow(digits);
    let (whole, rest) = (n.unsigned_abs() / one, n.unsigned_abs() % one);
    let sign = if n < 0 { "−" } else { "" };
    let point = language.pick(',', '.');
    format!("{sign}{}{point}{rest:0width$}", integer(whole as i64, language), width = digits as usize)
}

/// Thousandths as a percentage with one decimal: `44,0%` / `44.0%`.
pub fn percent(permille: u64, language: Language) -> String {
    format!("{}%", decimal(permille as i64, 1, language))
}

/// A rate as a percentage with one decimal; [`UNDEFINED`] over nothing.
pub fn rate(rate: Rate, language: Language) -> String {
    rate.permille().map_or_else(|| UNDEFINED.to_owned(), |permille| percent(permille, language))
}

/// A rate in whole percent, for the cells of a heatmap.
pub fn whole_percent(rate: Rate) -> String {
    let (n, d) = (u128::from(rate.numerator), u128::from(rate.denominator));
    if d == 0 { UNDEFINED.to_owned() } else { format!("{}%", (n * 200 + d) / (2 * d)) }
}

/// A quotient with `digits` decimals, rounded half up; [`UNDEFINED`] over nothing.
pub fn quotient(numerator: u64, denominator: u64, digits: u32, language: Language) -> String {
    if denominator == 0 {
        return UNDEFINED.to_owned();
    }
    let (n, d) = (u128::from(numerator) * 10_u128.pow(digits), u128::from(denominator));
    decimal(((2 * n + d) / (2 * d)) as i64, digits, language)
}

/// A number and the unit that is shown smaller beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberPart {
    /// With the separators of its language, such as `2.420.160`.
    pub number: String,
    /// Such as `₫` or `phút`; empty where the number has none.
    pub unit: String,
    /// Whether the unit stands before the number (`VND 2,420,160`).
    pub unit_first: bool,
}

impl NumberPart {
    /// A number with its unit after it.
    pub fn new(number: String, unit: &str) -> Self {
        Self { number, unit: unit.to_owned(), unit_first: false }
    }

    /// Number and unit, with a space that does not break.
    pub fn joined(&self) -> String {
        joined(std::slice::from_ref(self))
    }
}

fn joined(parts: &[NumberPart]) -> String {
    let texts: Vec<String> = parts
        .iter()
        .map(|part| match (part.unit.is_empty(), part.unit_first) {
            (true, _) => part.number.clone(),
            (false, true) => format!("{}\u{a0}{}", part.unit, part.number),
            (false, false) => format!("{}\u{a0}{}", part.number, part.unit),
        })
        .collect();
    texts.join(" ")
}

/// Money rounded half away from zero to the currency's minor unit: number and unit.
pub fn money_part(money: Money, currency: &Currency, language: Language) -> NumberPart {
    let digits = currency.minor_digits();
    let number = decimal(money.rounded_minor(digits), digits, language);
    let symbol = match (language, currency.as_str()) {
        (Language::Vi, "VND") => "₫",
        (_, code) => code,
    };
    NumberPart { number, unit: symbol.to_owned(), unit_first: language == Language::En }
}

/// `2.420.160 ₫` / `VND 2,420,160`, with a space that does not break.
pub fn money(money: Money, currency: &Currency, language: Language) -> String {
    joined(&[money_part(money, currency, language)])
}

/// Seconds below a minute with one decimal (`40,8 giây`), minutes and seconds above (`2 phút 14 giây`), hours from an hour on
/// (`3 giờ 2 phút 5 giây`); what is 0 at the end is left out.
pub fn short_duration_parts(ms: i64, language: Language) -> Vec<NumberPart> {
    let ms = ms.max(0);
    let (hour, minute, second) = language.pick(("giờ", "phút", "giây"), ("h", "min", "s"));
    // 59.96 s is 60.0 when rounded to tenths, and that is a minute.
    let tenths = (ms + 50) / 100;
    if ms == 0 {
        return vec![NumberPart::new("0".to_owned(), second)];
    }
    if tenths < 600 {
        return vec![NumberPart::new(decimal(tenths, 1, language), second)];
    }
    let seconds = (ms + 500) / 1_000;
    let parts = [(seconds / 3_600, hour), (seconds / 60 % 60, minute), (seconds % 60, second)];
    let first = usize::from(seconds < 3_600);
    let last = parts.iter().rposition(|(n, _)| *n > 0).unwrap_or(first);
    parts[first..=last].iter().map(|(n, unit)| NumberPart::new(integer(*n, language), unit)).collect()
}

/// See [`short_duration_parts`].
pub fn short_duration(ms: i64, language: Language) -> String {
    joined(&short_duration_parts(ms, language))
}

/// A total, or a time to wait: hours and minutes from an hour on (`45 giờ 12 phút`), minutes and seconds from a minute on, else whole
/// seconds (`12 giây`). Of means alone there are tenths.
pub fn total_duration_parts(ms: i64, language: Language) -> Vec<NumberPart> {
    let seconds = (ms.max(0) + 500) / 1_000;
    if seconds < 60 {
        return vec![NumberPart::new(integer(seconds, language), language.pick("giây", "s"))];
    }
    // 59 min 59.6 s shows as an hour, not as 60 minutes.
    if seconds < 3_600 {
        return short_duration_parts(seconds * 1_000, language);
    }
    let (hour, minute) = language.pick(("giờ", "phút"), ("h", "min"));
    let minutes = (ms + 30_000) / 60_000;
    vec![
        NumberPart::new(integer(minutes / 60, language), hour),
        NumberPart::new(integer(minutes % 60, language), minute),
    ]
}

/// See [`total_duration_parts`].
pub fn total_duration(ms: i64, language: Language) -> String {
    joined(&total_duration_parts(ms, language))
}

/// Whole seconds in words, for the small print: `162.731 giây` / `162,731 s`.
pub fn seconds(ms: i64, language: Language) -> String {
    format!("{}\u{a0}{}", integer((ms.max(0) + 500) / 1_000, language), language.pick("giây", "s"))
}

/// As tables and the player show it, in both languages: `00:55`, `1:02:09`.
pub fn clock_duration(ms: i64) -> String {
    let seconds = (ms.max(0) + 500) / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes:02}:{seconds:02}") }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Year, month (1 to 12) and day of the month.
pub fn calendar(day: Day) -> (i32, u32, u32) {
    use chrono::Datelike;
    let date = day.date();
    (date.year(), date.month(), date.day())
}

fn month_name(month: u32) -> &'static str {
    MONTHS.get(month as usize - 1).copied().unwrap_or_default()
}

/// `14/11/2026` / `14 Nov 2026`.
pub fn date(day: Day, language: Language) -> String {
    let (y, m, d) = calendar(day);
    match language {
        Language::Vi => format!("{d:02}/{m:02}/{y}"),
        Language::En => format!("{d} {} {y}", month_name(m)),
    }
}

/// Without the year: `14/11` / `14 Nov`.
pub fn day_month(day: Day, language: Language) -> String {
    let (_, m, d) = calendar(day);
    match language {
        Language::Vi => format!("{d:02}/{m:02}"),
        Language::En => format!("{d} {}", month_name(m)),
    }
}

/// `16:57`.
pub fn time(at: LocalTime) -> String {
    let minutes = at.wall_ms.rem_euclid(DAY_MS) / 60_000;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// `16:57:24`.
pub fn time_with_seconds(at: LocalTime) -> String {
    format!("{}:{:02}", time(at), at.wall_ms.rem_euclid(60_000) / 1_000)
}

/// `16:57 14/11/2026` / `14 Nov 2026, 16:57`.
pub fn date_time(at: LocalTime, language: Language) -> String {
    match language {
        Language::Vi => format!("{} {}", time(at), date(at.day(), language)),
        Language::En => format!("{}, {}", date(at.day(), language), time(at)),
    }
}

/// In a sentence, with seconds: `16:57:24 ngày 14/11/2026` / `14 Nov 2026, 16:57:24`.
pub fn moment(at: LocalTime, language: Language) -> String {
    match language {
        Language::Vi => format!("{} ngày {}", time_with_seconds(at), date(at.day(), language)),
        Language::En => format!("{}, {}", date(at.day(), language), time_with_seconds(at)),
    }
}

/// `09/11 – 14/11/2026` / `9 – 14 Nov 2026`; both years only where they differ; one day alone.
pub fn range(range: DateRange, language: Language) -> String {
    let ((y1, m1, d1), (y2, m2, d2)) = (calendar(range.from), calendar(range.to));
    let last = date(range.to, language);
    if range.from == range.to {
        last
    } else if y1 != y2 {
        format!("{} – {last}", date(range.from, language))
    } else {
        match language {
            Language::Vi => format!("{d1:02}/{m1:02} – {d2:02}/{m2:02}/{y2}"),
            Language::En if m1 == m2 => format!("{d1} – {last}"),
            Language::En => format!("{d1} {} – {last}", month_name(m1)),
        }
    }
}

/// `T2` … `T7`, `CN` / `Mon` … `Sun`, from 1 (Monday) to 7.
pub fn weekday(weekday: u8, language: Language) -> &'static str {
    const VI: [&str; 7] = ["T2", "T3", "T4", "T5", "T6", "T7", "CN"];
    const EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let index = usize::from(weekday.clamp(1, 7) - 1);
    language.pick(VI[index], EN[index])
}

/// `Thứ Hai` … `Chủ nhật` / `Monday` … `Sunday`.
pub fn weekday_name(weekday: u8, language: Language) -> &'static str {
    const VI: [&str; 7] = ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"];
    const EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let index = usize::from(weekday.clamp(1, 7) - 1);
    language.pick(VI[index], EN[index])
}

/// `GMT+7`, `GMT+5:45`, `GMT`.
pub fn offset(minutes: i32) -> String {
    let sign = if minutes < 0 { '−' } else { '+' };
    let (hours, rest) = (minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60);
    match (hours, rest) {
        (0, 0) => "GMT".to_owned(),
        (hours, 0) => format!("GMT{sign}{hours}"),
        (hours, rest) => format!("GMT{sign}{hours}:{rest:02}"),
    }
}

/// `612 KB`, `1,4 MB` in powers of 1024.
pub fn file_size(bytes: u64, language: Language) -> String {
    let tenths =
        |unit: u64| decimal(((u128::from(bytes) * 20 + u128::from(unit)) / (2 * u128::from(unit))) as i64, 1, language);
    match bytes {
        0..1_024 => format!("{bytes}\u{a0}B"),
        1_024..1_048_576 => format!("{}\u{a0}KB", integer(((bytes + 512) / 1_024) as i64, language)),
        1_048_576..1_073_741_824 => format!("{}\u{a0}MB", tenths(1_048_576)),
        _ => format!("{}\u{a0}GB", tenths(1_073_741_824)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{En, Vi};

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    /// Spaces that do not break, as plain ones, so that the expectations can be read.
    fn plain(text: String) -> String {
        text.replace('\u{a0}', " ")
    }

    #[test]
    fn integers_are_grouped_by_three() {
        for (n, vi, en) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1_000, "1.000", "1,000"),
            (9_070, "9.070", "9,070"),
            (-1_234_567, "−1.234.567", "−1,234,567"),
            (i64::MIN, "−9.223.372.036.854.775.808", "−9,223,372,036,854,775,808"),
        ] {
            assert_eq!(integer(n, Vi), vi);
            assert_eq!(integer(n, En), en);
        }
    }

    #[test]
    fn percentages_have_one_decimal() {
        assert_eq!(percent(440, Vi), "44,0%");
        assert_eq!(percent(440, En), "44.0%");
        assert_eq!(percent(1_000, Vi), "100,0%");
        assert_eq!(percent(2, Vi), "0,2%");
        assert_eq!(rate(Rate::new(3_989, 9_070), Vi), "44,0%");
        assert_eq!(rate(Rate::new(0, 0), Vi), "–");
        assert_eq!(whole_percent(Rate::new(1, 200)), "1%");
        assert_eq!(whole_percent(Rate::new(0, 0)), "–");
        assert_eq!(quotient(7_563, 3_989, 2, Vi), "1,90");
        assert_eq!(quotient(1, 0, 2, Vi), "–");
    }

    #[test]
    fn money_is_rounded_half_away_from_zero_to_its_minor_unit() {
        let (vnd, usd) = (Currency::vnd(), Currency::new("USD").unwrap());
        let micro = |n: i64| Money(n);
        assert_eq!(plain(money(Money::units(2_420_160), &vnd, Vi)), "2.420.160 ₫");
        assert_eq!(plain(money(Money::units(2_420_160), &vnd, En)), "VND 2,420,160");
        assert_eq!(plain(money(micro(500_000), &vnd, Vi)), "1 ₫");
        assert_eq!(plain(money(micro(-500_000), &vnd, Vi)), "−1 ₫");
        assert_eq!(plain(money(micro(499_999), &vnd, Vi)), "0 ₫");
        assert_eq!(plain(money(micro(1_005_000), &usd, Vi)), "1,01 USD");
        assert_eq!(plain(money(micro(1_234_567_890_000), &usd, En)), "USD 1,234,567.89");
    }

    #[test]
    fn durations_round_up_into_the_next_unit() {
        let short = |ms| (plain(short_duration(ms, Vi)), plain(short_duration(ms, En)));
        assert_eq!(short(40_795), ("40,8 giây".into(), "40.8 s".into()));
        assert_eq!(short(134_000), ("2 phút 14 giây".into(), "2 min 14 s".into()));
        assert_eq!(short(10_925_000), ("3 giờ 2 phút 5 giây".into(), "3 h 2 min 5 s".into()));
        assert_eq!(short(10_805_000).0, "3 giờ 0 phút 5 giây");
        assert_eq!(short(3_600_000).0, "1 giờ");
        assert_eq!(short(59_949).0, "59,9 giây");
        assert_eq!(short(59_950).0, "1 phút");
        assert_eq!(short(119_500).0, "2 phút");
        assert_eq!(short(0).0, "0 giây");
        assert_eq!(short(20).0, "0,0 giây");
        let total = |ms| (plain(total_duration(ms, Vi)), plain(total_duration(ms, En)));
        assert_eq!(total(162_731_000), ("45 giờ 12 phút".into(), "45 h 12 min".into()));
        for (ms, words) in
            [(0, "0 giây"), (499, "0 giây"), (12_000, "12 giây"), (59_499, "59 giây"), (59_500, "1 phút")]
        {
            assert_eq!(total(ms).0, words);
        }
        assert_eq!(total(3_599_499).0, "59 phút 59 giây");
        assert_eq!(total(3_599_500).0, "1 giờ 0 phút");
        assert_eq!(total(4_000_000_000).0, "1.111 giờ 7 phút");
        assert_eq!(total(7_169_999).0, "1 giờ 59 phút");
        assert_eq!(total(7_170_000).0, "2 giờ 0 phút");
        assert_eq!(clock_duration(55_000), "00:55");
        assert_eq!(clock_duration(3_729_000), "1:02:09");
        assert_eq!(clock_duration(59_500), "01:00");
        assert_eq!(plain(seconds(162_731_400, Vi)), "162.731 giây");
    }

    #[test]
    fn dates_and_ranges() {
        let range = |from: &str, to: &str, language| super::range(DateRange { from: day(from), to: day(to) }, language);
        assert_eq!(date(day("2026-11-04"), Vi), "04/11/2026");
        assert_eq!(date(day("2026-11-04"), En), "4 Nov 2026");
        assert_eq!(range("2026-11-09", "2026-11-14", Vi), "09/11 – 14/11/2026");
        assert_eq!(range("2026-11-09", "2026-11-14", En), "9 – 14 Nov 2026");
        assert_eq!(range("2026-10-30", "2026-11-02", En), "30 Oct – 2 Nov 2026");
        assert_eq!(range("2026-12-30", "2027-01-02", Vi), "30/12/2026 – 02/01/2027");
        assert_eq!(range("2026-12-30", "2027-01-02", En), "30 Dec 2026 – 2 Jan 2027");
        assert_eq!(range("2026-11-09", "2026-11-09", Vi), "09/11/2026");
        assert_eq!(day_month(day("2026-11-04"), Vi), "04/11");
        assert_eq!(day_month(day("2026-11-04"), En), "4 Nov");
        assert_eq!((weekday(1, Vi), weekday(7, Vi), weekday(7, En)), ("T2", "CN", "Sun"));
        assert_eq!(weekday_name(3, Vi), "Thứ Tư");
    }

    #[test]
    fn times_are_those_of_the_wall_clock() {
        let at = LocalTime { wall_ms: 1_794_675_444_000, offset_minutes: 420 };
        assert_eq!(time(at), "16:57");
        assert_eq!(date_time(at, Vi), "16:57 14/11/2026");
        assert_eq!(date_time(at, En), "14 Nov 2026, 16:57");
        assert_eq!(moment(at, Vi), "16:57:24 ngày 14/11/2026");
        assert_eq!(moment(at, En), "14 Nov 2026, 16:57:24");
        assert_eq!(offset(420), "GMT+7");
        assert_eq!(offset(345), "GMT+5:45");
        assert_eq!(offset(-570), "GMT−9:30");
        assert_eq!(offset(0), "GMT");
    }

    #[test]
    fn file_sizes() {
        assert_eq!(plain(file_size(900, Vi)), "900 B");
        assert_eq!(plain(file_size(626_688, Vi)), "612 KB");
        assert_eq!(plain(file_size(1_468_006, Vi)), "1,4 MB");
        assert_eq!(plain(file_size(3 << 30, En)), "3.0 GB");
    }
}
