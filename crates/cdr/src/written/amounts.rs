//! Amounts of money, and the currencies beside them or in the names of their columns.

use std::borrow::Cow;

use domain::Currency;

use super::plain::{Decimal, plain_number};

/// What stands beside amounts for their currency.
const CURRENCIES: [(&str, &str); 24] = [
    ("VND", "vnd"),
    ("VND", "vnđ"),
    ("VND", "đ"),
    ("VND", "₫"),
    ("VND", "đồng"),
    ("VND", "dong"),
    ("USD", "usd"),
    ("USD", "us$"),
    ("USD", "$"),
    ("EUR", "eur"),
    ("EUR", "€"),
    ("GBP", "gbp"),
    ("GBP", "£"),
    ("SGD", "sgd"),
    ("THB", "thb"),
    ("INR", "inr"),
    ("INR", "₹"),
    ("JPY", "jpy"),
    ("KRW", "krw"),
    ("IDR", "idr"),
    ("PHP", "php"),
    ("MYR", "myr"),
    ("CNY", "cny"),
    ("AUD", "aud"),
];

fn currency_of(word: &str) -> Option<Currency> {
    let word = word.trim_matches(['.', ' ']).to_lowercase();
    let code = CURRENCIES.iter().find(|(_, known)| *known == word)?.0;
    Currency::new(code).ok()
}

/// The number of an amount and the currency that is written before or after it, if one is; none where something else is.
pub(crate) fn amount(text: &str) -> Option<(Cow<'_, str>, Option<Currency>)> {
    let text = text.trim().trim_start_matches('\'');
    let is_digit = |c: char| c.is_ascii_digit();
    let (first, last) = (text.find(is_digit)?, text.rfind(is_digit)?);
    let (before, number, after) = (&text[..first], &text[first..=last], &text[last + 1..]);
    let is_negative = before.contains(['-', '−']);
    let before = before.trim_matches(['-', '−', '+', ' ', '\u{a0}']);
    let currency = match (before, after.trim()) {
        ("", "") => None,
        (word, "") | ("", word) => Some(currency_of(word)?),
        (word, other) => Some(currency_of(word).filter(|currency| currency_of(other).as_ref() == Some(currency))?),
    };
    let number = if is_negative { Cow::Owned(format!("-{number}")) } else { Cow::Borrowed(number) };
    Some((number, currency))
}

/// A column's name without the currency at its end (`Cost (VND)`, `Cước gọi (đ)`, `price_usd`), and that currency.
pub(crate) fn named_currency(name: &str) -> Option<(&str, Currency)> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '₫' | '$' | '€' | '£' | '₹');
    let name = name.trim_end_matches(|c: char| !is_part(c));
    let start = name.char_indices().rev().take_while(|(_, c)| is_part(*c)).last()?.0;
    let currency = currency_of(&name[start..])?;
    let rest = name[..start].trim_end_matches(|c: char| !c.is_alphanumeric());
    (!rest.is_empty()).then_some((rest, currency))
}

/// Whether a number is written with points between its thousands, and nothing else: `1.200`, `1.234.567`.
pub(crate) fn has_grouping_points(number: &str) -> bool {
    number.contains('.') && !number.contains(',') && plain_number(number, Decimal::Comma).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_may_have_its_currency_beside_it() {
        let read = |text: &str| {
            amount(text).map(|(number, currency)| (number.into_owned(), currency.map(|currency| currency.to_string())))
        };
        let said = |number: &str, currency: &str| {
            Some((number.to_owned(), (!currency.is_empty()).then(|| currency.to_owned())))
        };
        for (text, expected) in [
            ("1.200,5 đ", said("1.200,5", "VND")),
            ("1,200VNĐ", said("1,200", "VND")),
            ("-$0.0130", said("-0.0130", "USD")),
            ("$ -0.5", said("-0.5", "USD")),
            ("$5 USD", said("5", "USD")),
            ("320.5", said("320.5", "")),
            ("5 đ USD", None),
            ("5 phút", None),
            ("free", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        let named = |name| named_currency(name).map(|(rest, currency)| (rest, currency.to_string()));
        for (name, rest) in
            [("Cost (VND)", "Cost"), ("Cước gọi (đ)", "Cước gọi"), ("phí VNĐ", "phí"), ("price ₫", "price")]
        {
            assert_eq!(named(name), Some((rest, "VND".to_owned())), "{name}");
        }
        assert_eq!((named("price_usd"), named("cost"), named("VND")), (Some(("price", "USD".to_owned())), None, None));
        let grouped = ["1.200", "1.234.567", "12.5", "1200", "1.200,5"].map(has_grouping_points);
        assert_eq!(grouped, [true, true, false, false, false]);
    }
}
