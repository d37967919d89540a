//! Money: integer millionths of the currency unit, rounded only when shown.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Millionths in one currency unit.
pub const MICROS: i64 = 1_000_000;

/// An amount in millionths of the currency unit. Its text form is a plain decimal (`"1234.5"`), never rounded. Arithmetic stops at
/// the bounds of 64 bits; what is stored stays within them ([`crate::limits::ACCOUNT_COST_UNITS`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = String, example = "320.5"))]
pub struct Money(pub i64);

/// Why a text is no amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not of the form `-?digits[.digits]`.
    #[error("is not a decimal number such as \"1234.5\"")]
    NotDecimal,
    /// More than six digits after the point would be lost.
    #[error("has more than six digits after the point")]
    TooFine,
    /// Beyond ±9.2 × 10¹² units.
    #[error("is too large")]
    TooLarge,
}

impl Money {
    /// 0 micro-units.
    pub const ZERO: Self = Self(0);

    /// `units` whole units of a currency (đồng, dollars), each a million micro-units.
    pub fn units(units: i64) -> Self {
        Self(units.saturating_mul(MICROS))
    }

    /// Rounds half away from zero to `minor_digits` digits after the point; the result counts minor units.
    ///
    /// Source: docs/METRICS.md, "Rates and rounding": only what is shown is rounded.
    pub fn rounded_minor(self, minor_digits: u32) -> i64 {
        let step = MICROS.unsigned_abs() / 10_u64.pow(minor_digits.min(6));
        // A magnitude is 2^63 at most, and half a step more still fits.
        let magnitude = (self.0.unsigned_abs() + step / 2) / step;
        let magnitude = i64::try_from(magnitude).unwrap_or(i64::MAX);
        if self.0 < 0 { -magnitude } else { magnitude }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        let (units, micros) = (magnitude / MICROS as u64, magnitude % MICROS as u64);
        if micros == 0 {
            write!(f, "{sign}{units}")
        } else {
            let digits = format!("{micros:06}");
            write!(f, "{sign}{units}.{}", digits.trim_end_matches('0'))
        }
    }
}

impl FromStr for Money {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (units, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(units) || !all_digits(fraction) {
            return Err(MoneyError::NotDecimal);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > 6 {
            return Err(MoneyError::TooFine);
        }
        let units: i64 = units.parse().map_err(|_| MoneyError::TooLarge)?;
        let micros: i64 = format!("{fraction:0<6}").parse().map_err(|_| MoneyError::NotDecimal)?;
        let value = units.checked_mul(MICROS).and_then(|u| u.checked_add(micros)).ok_or(MoneyError::TooLarge)?;
        Ok(Self(if negative { -value } else { value }))
    }
}

impl TryFrom<String> for Money {
    type Error = MoneyError;
    fn try_from(text: String) -> Result<Self, MoneyError> {
        text.parse()
    }
}

impl From<Money> for String {
    fn from(money: Money) -> String {
        money.to_string()
    }
}

impl std::ops::Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::ops::Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl std::ops::AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |a, b| a + b)
    }
}

/// The currencies of ISO 4217 that people pay with.
const CODES: [&str; 155] = [
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF", "BMD",
    "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CUP",
    "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP",
    "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD",
    "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD",
    "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN",
    "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB",
    "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL",
    "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VES", "VND",
    "VUV", "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
];

/// An ISO 4217 currency code.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(example = "VND"))]
pub struct Currency(String);

impl Currency {
    /// Parses a code that is in use.
    pub fn new(code: impl Into<String>) -> Result<Self, &'static str> {
        let currency = Self::try_from(code.into())?;
        let is_known = CODES.contains(&currency.0.as_str());
        if is_known { Ok(currency) } else { Err("is not a currency of ISO 4217, such as VND") }
    }

    /// The codes that are in use, by their letters.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        CODES.into_iter()
    }

    /// Vietnamese đồng, the default.
    pub fn vnd() -> Self {
        Self("VND".to_owned())
    }

    /// The three letters of ISO 4217, such as `VND`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Digits after the point when shown (ISO 4217 minor unit): VND, JPY, KRW… 0; KWD and its like 3; others 2.
    pub fn minor_digits(&self) -> u32 {
        match self.0.as_str() {
            "VND" | "JPY" | "KRW" | "CLP" | "ISK" | "PYG" | "UGX" | "VUV" | "XAF" | "XOF" | "XPF" | "RWF" | "GNF"
            | "KMF" | "DJF" | "BIF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            _ => 2,
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = &'static str;
    /// Three capital letters: what is stored stays readable, whatever becomes of a currency.
    fn try_from(code: String) -> Result<Self, Self::Error> {
        if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) {
            Ok(Self(code))
        } else {
            Err("is not a currency code of three capital letters, such as VND")
        }
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.0
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Amounts of every size, those at the bounds among them.
    fn amounts() -> impl Strategy<Value = i64> {
        prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), -1_000_i64..1_000]
    }

    proptest! {
        #[test]
        fn money_survives_its_text_form(micros in -9_000_000_000_000_000_000_i64..9_000_000_000_000_000_000) {
            prop_assert_eq!(Money(micros).to_string().parse::<Money>(), Ok(Money(micros)));
        }

        /// Whatever the amounts: the right result, or the bound that it is beyond.
        #[test]
        fn arithmetic_neither_panics_nor_wraps(a in amounts(), b in amounts(), digits in 0_u32..9) {
            let bounded = |n: i128| Money(n.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64);
            let (wide_a, wide_b) = (i128::from(a), i128::from(b));
            prop_assert_eq!(Money(a) + Money(b), bounded(wide_a + wide_b));
            prop_assert_eq!(Money(a) - Money(b), bounded(wide_a - wide_b));
            prop_assert_eq!([Money(a), Money(b)].into_iter().sum::<Money>(), bounded(wide_a + wide_b));
            prop_assert_eq!(Money::units(a), bounded(wide_a * i128::from(MICROS)));
            let shown = Money(a).rounded_minor(digits);
            prop_assert!(shown == 0 || (shown < 0) == (a < 0));
            let _ = Money(a).to_string();
        }
    }

    #[test]
    fn a_currency_is_one_that_people_pay_with() {
        for code in ["VND", "USD", "KWD", "XOF"] {
            assert_eq!(Currency::new(code).unwrap().as_str(), code);
        }
        for code in ["ZZZ", "XXX", "XAU", "vnd", "VN", "VNDD", ""] {
            assert!(Currency::new(code).is_err(), "{code}");
        }
        assert_eq!(serde_json::from_str::<Currency>("\"ZZZ\"").unwrap().as_str(), "ZZZ", "what was stored before");
        assert!(CODES.is_sorted());
    }

    #[test]
    fn money_is_read_exactly_or_refused() {
        assert_eq!("0.000001".parse(), Ok(Money(1)));
        assert_eq!("-320".parse(), Ok(Money(-320_000_000)));
        assert_eq!("1.1000000".parse(), Ok(Money(1_100_000)));
        assert_eq!("0.0000001".parse::<Money>(), Err(MoneyError::TooFine));
        assert_eq!("9223372036855".parse::<Money>(), Err(MoneyError::TooLarge));
        for text in ["", "-", "1.", ".5", "1e3", "+1", "1,5", " 1"] {
            assert_eq!(text.parse::<Money>(), Err(MoneyError::NotDecimal), "{text:?}");
        }
    }

    #[test]
    fn shown_money_is_rounded_half_away_from_zero() {
        assert_eq!(Money(500_000).rounded_minor(0), 1);
        assert_eq!(Money(-500_000).rounded_minor(0), -1);
        assert_eq!(Money(499_999).rounded_minor(0), 0);
        assert_eq!(Money(1_005_000).rounded_minor(2), 101);
    }
}
