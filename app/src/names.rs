//! Names of the buckets that charts and their tables share.

use domain::{
    Currency, Day, Language, Money, Month, Tariff, Vat, format,
    report::{TalkBin, TrendPoint},
};

use crate::Text;

/// Where the columns of five seconds end, ms.
pub const FINE_END: i64 = 120_000;

/// The title of a bin: `30 đến dưới 35 giây`, `từ 5 phút trở lên`.
pub fn bin_title(bin: &TalkBin, text: Text) -> String {
    let language = text.language();
    let seconds = |ms: i64| format::integer(ms / 1_000, language);
    match bin.to {
        Some(to) if to <= FINE_END => {
            format!("{}\u{a0}{}", text.bin_range(&seconds(bin.from), &seconds(to)), language.pick("giây", "s"))
        }
        Some(to) => text.bin_range(&format::short_duration(bin.from, language), &format::short_duration(to, language)),
        None => text.bin_open(&format::short_duration(bin.from, language)),
    }
}

/// The title of a class of duration: `Dưới 5 giây`, `5 – 15 giây`, `Từ 30 giây`.
pub fn duration_title(class: &TalkBin, text: Text) -> String {
    let seconds = |ms: i64| (ms / 1_000).to_string();
    match class.to {
        Some(to) if class.from == 0 => text.duration_under(&seconds(to)),
        Some(to) => text.duration_between(&seconds(class.from), &seconds(to)),
        None => text.duration_from(&seconds(class.from)),
    }
}

/// A point's day, and its hour where the trend is by hour.
pub fn day_and_hour(point: &TrendPoint) -> Option<(Day, Option<u8>)> {
    let day = point.at.get(..10)?.parse().ok()?;
    Some((day, point.at.get(11..).and_then(|hour| hour.parse().ok())))
}

/// A month as numbers: `11/2026`.
pub fn month_name(month: Month) -> String {
    format!("{:02}/{}", month.number(), month.year())
}

/// The full name of a point: `Thứ Hai 09/11/2026`, `Thứ Hai 09/11/2026, 09:00–10:00`, `Tháng 11/2026`, `2026`.
pub fn point_title(point: &TrendPoint, text: Text) -> String {
    let language = text.language();
    if let Ok(month) = point.at.parse::<Month>() {
        return text.month_named(&month_name(month));
    }
    let Some((day, hour)) = day_and_hour(point) else { return point.at.clone() };
    let day = format!("{} {}", format::weekday_name(day.weekday(), language), format::date(day, language));
    match hour {
        Some(hour) => format!("{day}, {hour:02}:00–{:02}:00", hour + 1),
        None => day,
    }
}

/// A price to its last digit, which may be finer than the currency's minor unit: `2,5 ₫`.
pub fn price_name(price: Money, currency: &Currency, language: Language) -> String {
    let own = price.to_string().split_once('.').map_or(0, |(_, parts)| parts.len() as u32);
    let digits = own.max(currency.minor_digits());
    let number = format::decimal(price.rounded_minor(digits), digits, language);
    format::NumberPart { number, ..format::money_part(price, currency, language) }.joined()
}

/// A tariff in a few words: `block 30 giây × 320 ₫`.
pub fn tariff_name(tariff: &Tariff, text: Text) -> String {
    let language = text.language();
    let price = |money| price_name(money, &tariff.currency, language);
    let (first, next) = (tariff.first_block_seconds, tariff.next_block_seconds);
    if first == next && tariff.price_first_block == tariff.price_next_block {
        text.tariff_even(&first.to_string(), &price(tariff.price_first_block))
    } else {
        text.tariff_uneven(
            &first.to_string(),
            &price(tariff.price_first_block),
            &next.to_string(),
            &price(tariff.price_next_block),
        )
    }
}

/// How the prices of these tariffs are meant: `chưa gồm VAT`.
pub fn vat_name(tariffs: &[Tariff], text: Text) -> &'static str {
    match tariffs {
        [first, others @ ..] if others.iter().any(|other| other.vat != first.vat) => text.vat_mixed(),
        [Tariff { vat: Some(Vat::Included), .. }, ..] => text.vat_included(),
        [Tariff { vat: Some(Vat::Excluded), .. }, ..] => text.vat_excluded(),
        _ => text.vat_unsaid(),
    }
}
