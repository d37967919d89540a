//! Numbers of every country, by the metadata of libphonenumber. The server alone has it: pages get numbers as they are shown.

use std::{cell::RefCell, collections::HashMap};

use phonenumber::{PhoneNumber, country::Id, metadata::DATABASE};

use crate::{Country, text};

/// Digits of a number that is worth looking at: fewer are those of an extension or a service.
const LEAST_DIGITS: usize = 7;
/// Digits that an international number has at most (ITU-T E.164), and those dialled before it.
const MOST_DIGITS: usize = 20;
/// Keys that a thread remembers: the same number is asked for several times while its call is stored, and a look takes up to
/// 20 µs.
const REMEMBERED: usize = 8_192;

thread_local! {
    static KEYS: RefCell<HashMap<(Country, String), Option<String>>> = RefCell::default();
}

/// How the numbers of a country are written.
struct NumberingPlan {
    id: Id,
    /// The country's code, as `84`.
    code: u16,
    /// Whether a 0 is dialled before a number within the country. In others, such as the United States or Singapore, it is dialled
    /// with the country's code or with nothing before it.
    has_zero: bool,
}

fn plan(country: Country) -> Option<NumberingPlan> {
    let metadata = DATABASE.by_id(country.as_str())?;
    let id = country.as_str().parse().ok()?;
    Some(NumberingPlan { id, code: metadata.country_code(), has_zero: metadata.national_prefix() == Some("0") })
}

pub(crate) fn is_known(country: Country) -> bool {
    plan(country).is_some()
}

/// The number without anything before it, and whether it is one of the account's country.
fn significant(number: &PhoneNumber, plan: &NumberingPlan) -> (String, bool) {
    let national = number.national();
    let zeros = "0".repeat(usize::from(national.zeros()));
    (format!("{zeros}{}", national.value()), number.code().value() == plan.code)
}

/// Reads a number as somebody in the country would dial it; nothing where it is none that exists.
fn read(phone: &str, plan: &NumberingPlan) -> Option<PhoneNumber> {
    if phone.chars().any(char::is_alphabetic) {
        return None;
    }
    let digits: String = phone.chars().filter_map(text::digit).collect();
    if !(LEAST_DIGITS..=MOST_DIGITS).contains(&digits.len()) {
        return None;
    }
    let is_international = phone.trim_start().starts_with(['+', '＋']);
    let valid = |text: String| phonenumber::parse(Some(plan.id), text).ok().filter(phonenumber::is_valid);
    if is_international {
        return valid(format!("+{digits}"));
    }
    // `00` is understood everywhere, also where another prefix is dialled.
    let abroad = digits.strip_prefix("00").and_then(|rest| valid(format!("+{rest}")));
    // A number may begin with the digits of its country's code.
    abroad.or_else(|| valid(digits.clone())).or_else(|| valid(format!("+{}{digits}", plan.code)))
}

/// The form under which spellings of one number meet: within the country with its 0, else with the code of its country, which
/// begins with no 0. None where it is no such number.
pub(crate) fn key(phone: &str, country: Country) -> Option<String> {
    let asked = (country, phone.to_owned());
    if let Some(known) = KEYS.with_borrow(|keys| keys.get(&asked).cloned()) {
        return known;
    }
    let plan = plan(country)?;
    let key = read(phone, &plan).map(|number| {
        let (significant, is_own) = significant(&number, &plan);
        if is_own && plan.has_zero {
            format!("0{significant}")
        } else {
            format!("{}{significant}", number.code().value())
        }
    });
    KEYS.with_borrow_mut(|keys| {
        if keys.len() >= REMEMBERED {
            keys.clear();
        }
        keys.insert(asked, key.clone());
    });
    key
}

/// A number of the country as it is written within it, in digits; none for others.
pub(crate) fn national(phone: &str, country: Country) -> Option<String> {
    let plan = plan(country)?;
    let (significant, is_own) = significant(&read(phone, &plan)?, &plan);
    is_own.then(|| if plan.has_zero { format!("0{significant}") } else { significant })
}

/// What was typed of the beginning of a number, in the form of [`key`].
pub(crate) fn beginning(typed: &str, country: Country) -> Option<String> {
    let plan = plan(country)?;
    let digits: String = typed.chars().filter_map(text::digit).collect();
    let own =
        typed.trim_start().starts_with('+').then(|| digits.strip_prefix(&plan.code.to_string()).map(str::to_owned));
    Some(match own.flatten() {
        Some(rest) if plan.has_zero => format!("0{}", rest.trim_start_matches('0')),
        _ => digits,
    })
}

/// How a number with this key may have been written, without blanks.
pub(crate) fn spellings(key: &str, country: Country) -> Vec<String> {
    let mut all = vec![key.to_owned()];
    let Some(plan) = plan(country) else { return all };
    let code = plan.code.to_string();
    let own = if plan.has_zero { key.strip_prefix('0') } else { key.strip_prefix(&code) };
    match own {
        Some(rest) => {
            all.push(rest.to_owned());
            all.extend(["+", "", "00"].map(|before| format!("{before}{code}{rest}")));
        }
        None => all.extend(["+", "00"].map(|before| format!("{before}{key}"))),
    }
    all
}
