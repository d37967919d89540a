//! Money: integer millionths of the currency unit, rounded only when shown.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Millionths in one currency unit.
pub const MICROS: i64 = 1_000_000;

/// An amount in millionths of the currency unit. Its text form is a plain decimal (`"1234.5"`), never rounded.
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
    /// No money.
    pub const ZERO: Self = Self(0);

    /// Whole currency units.
    pub fn units(units: i64) -> Self {
        Self(units * MICROS)
    }

    /// Rounds half away from zero to `minor_digits` digits after the point; the result counts minor units.
    ///
    /// Source: reports.md §4 ("rounded, half away from zero, to the currency's minor unit, only when shown").
    pub fn rounded_minor(self, minor_digits: u32) -> i64 {
        let step = MICROS / 10_i64.pow(minor_digits.min(6));
        let half = step / 2;
        let magnitude = (self.0.unsigned_abs() + half as u64) / step as u64;
        if self.0 < 0 { -(magnitude as i64) } else { magnitude as i64 }
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
        Self(self.0 + other.0)
    }
}

impl std::ops::AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl std::iter::Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |a, b| a + b)
    }
}

/// An ISO 4217 currency code.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(example = "VND"))]
pub struct Currency(String);

impl Currency {
    /// Parses three capital letters.
    pub fn new(code: impl Into<String>) -> Result<Self, &'static str> {
        let code = code.into();
        if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) {
            Ok(Self(code))
        } else {
            Err("is not a currency code of three capital letters, such as VND")
        }
    }

    /// Vietnamese đồng, the default.
    pub fn vnd() -> Self {
        Self("VND".to_owned())
    }

    /// The three letters.
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
    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::new(code)
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

    proptest! {
        #[test]
        fn money_survives_its_text_form(micros in -9_000_000_000_000_000_000_i64..9_000_000_000_000_000_000) {
            prop_assert_eq!(Money(micros).to_string().parse::<Money>(), Ok(Money(micros)));
        }
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
