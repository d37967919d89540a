//! The rules of what people type into forms. The pages say a broken rule in the reader's language.

use std::collections::HashSet;

use crate::{Code, Day, Language, Money, email, id::IdError, limits::ID_CHARS, money::MoneyError, text};

/// The shortest password that may be set, in characters.
pub const PASSWORD_MIN_CHARS: usize = 10;
/// How many different characters it needs at least, besides blanks and not counting capitals apart.
pub const PASSWORD_MIN_DIFFERENT: usize = 4;
/// The longest, in bytes: the work of hashing it grows with it.
pub const PASSWORD_MAX_BYTES: usize = 1_000;

/// Why an input cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputError {
    /// Nothing but blanks, where something is needed.
    Missing,
    /// More than this many characters.
    TooLong(usize),
    /// A control character, a line end among them.
    Control,
    /// This is no e-mail address, be it a part of a list; shortened, without control characters.
    NotAnAddress(String),
    /// More than this many addresses.
    TooManyAddresses(usize),
    /// A password under [`PASSWORD_MIN_CHARS`].
    PasswordTooShort,
    /// A password with fewer than [`PASSWORD_MIN_DIFFERENT`] different characters: blanks, or one key held down.
    PasswordTooSimple,
    /// A password that is among the first ones that somebody would try.
    PasswordTooCommon,
    /// A password that is the address which it is for.
    PasswordIsEmail,
    /// A password over [`PASSWORD_MAX_BYTES`].
    PasswordTooLong,
    /// A password that was repeated otherwise.
    Differs,
    /// No whole number within these bounds, both included.
    NotANumber(i64, i64),
    /// No number that can be dialled.
    NotANumberToDial,
    /// None of the choices.
    NotAChoice,
    /// Nothing is ticked of what something may do.
    NothingTicked,
    /// Something else has this name.
    Taken,
    /// This is not the password.
    WrongPassword,
    /// These are no two letters of a country.
    NotACountry,
    /// This names no time zone.
    NotAZone,
    /// These are no three letters of a currency.
    NotACurrency,
    /// The account has as many people as it may have, which is so many.
    NoMorePeople(i64),
    /// Somebody with this address belongs to the account.
    AlreadyAUser,
    /// The account would be left without an owner.
    LastOwner,
    /// What somebody sees is limited for viewers alone.
    ForViewersOnly,
    /// Some are named, although everything is to be seen.
    ChosenAndAll,
    /// None is named, although only named ones are to be seen.
    NothingChosen,
    /// There is no voicebot of this id or name; shortened.
    NoSuchVoicebot(String),
    /// There is no campaign of this id or name; shortened.
    NoSuchCampaign(String),
    /// No colour as `#rrggbb`.
    NotAColour,
    /// A goal counts as success.
    NoGoal,
    /// This line is no spelling with its code; shortened.
    NotASpelling(String),
    /// This line is of a spelling that another line has already; shortened.
    SpellingTwice(String),
    /// This line gives a system code another meaning; shortened.
    SpellingOfTheSystem(String),
    /// This line names a code that is not known; shortened.
    NoSuchCode(String),
    /// More lines than this.
    TooManyLines(usize),
    /// The password that is set is the present one.
    PasswordAsBefore,
    /// This line is not as the note beside the field says; shortened.
    NotALine(String),
    /// The last day is before the first.
    EndsBefore,
    /// These hours end before they begin, or before the ones before them end.
    HoursCross,
    /// Two lines are about one code, or a number is out of its bounds: 1 to this many times, 0 to this many minutes.
    NotARedial(u32, u32),
    /// This is not the name of a server.
    NotAHost,
    /// This is not the name of a header by which a server is told who asks.
    NotAHeader,
    /// Seconds are typed that are not those of the choice.
    SecondsDiffer,
    /// This is no amount, such as 320 or 2,5.
    NotAnAmount,
    /// This may be thousands as well as a part of one: `1.200`.
    DoubtfulAmount,
    /// More than this amount in whole units.
    AmountTooLarge(i64),
    /// A call of a day would cost more than this, in whole units.
    DayTooDear(i64),
    /// No day as `4/11/2026` or `2026-11-04`.
    NotADay,
    /// A day before today.
    DayOver,
    /// No reason that tells anybody anything; see [`reason`].
    NoReason,
    /// No file, or an empty one.
    NoFile,
}

/// One line of at most `max` characters, without the blanks around it; it may be empty.
pub fn line(text: &str, max: usize) -> Result<String, InputError> {
    let text = text.trim();
    if text.chars().count() > max {
        Err(InputError::TooLong(max))
    } else if text.chars().any(char::is_control) {
        Err(InputError::Control)
    } else {
        Ok(text.to_owned())
    }
}

/// A text of at most `max` characters on several lines, whose ends are line feeds.
pub fn lines(text: &str, max: usize) -> Result<String, InputError> {
    let text = text.replace("\r\n", "\n");
    if text.chars().count() > max {
        Err(InputError::TooLong(max))
    } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        Err(InputError::Control)
    } else {
        Ok(text)
    }
}

/// The fewest characters of a reason, and the fewest words with letters.
const REASON: (usize, usize) = (10, 2);

/// Why something is done, for those who read it later: a few words. It is cut of its blanks.
///
/// # Errors
/// Where it has fewer than ten characters, or not two words with letters.
///
/// ```
/// assert_eq!(domain::input::reason(" Owner asked, ticket 12 ").as_deref(), Ok("Owner asked, ticket 12"));
/// assert!(domain::input::reason("x").is_err());
/// ```
pub fn reason(text: &str) -> Result<String, InputError> {
    let text = text.trim();
    let is_word = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    let seen = text.chars().filter(|c| !c.is_whitespace() && !crate::text::is_unseen(*c)).count();
    if text.chars().count() < REASON.0
        || seen * 2 < REASON.0
        || text.split_whitespace().filter(is_word).count() < REASON.1
    {
        return Err(InputError::NoReason);
    }
    Ok(text.to_owned())
}

/// An identifier by the rule of [`Code`], as it was typed: blanks are part of it.
pub fn code(text: &str) -> Result<Code, InputError> {
    Code::new(text).map_err(|error| match error {
        IdError::Empty => InputError::Missing,
        IdError::TooLong => InputError::TooLong(ID_CHARS),
        IdError::Control => InputError::Control,
    })
}

/// One address, without the blanks around it.
pub fn email(text: &str) -> Result<String, InputError> {
    let shown = || text.trim().chars().filter(|c| !c.is_control()).take(100).collect();
    email::parse(text).map_err(|_| InputError::NotAnAddress(shown()))
}

/// At most `max` addresses between commas, semicolons, blanks or line ends; there may be none.
pub fn emails(text: &str, max: usize) -> Result<Vec<String>, InputError> {
    let is_between = |c: char| c == ',' || c == ';' || c.is_whitespace();
    let parts = text.split(is_between).filter(|part| !part.is_empty());
    let emails: Vec<String> = parts.map(email).collect::<Result<_, _>>()?;
    if emails.len() > max { Err(InputError::TooManyAddresses(max)) } else { Ok(emails) }
}

/// A password that may be set; its blanks count, but are not enough.
pub fn new_password(text: &str) -> Result<(), InputError> {
    if text.chars().count() < PASSWORD_MIN_CHARS {
        return Err(InputError::PasswordTooShort);
    }
    current_password(text)?;
    let seen = |c: &char| !c.is_whitespace() && !c.is_control() && !text::is_unseen(*c);
    let different: HashSet<char> = text.chars().filter(seen).flat_map(char::to_lowercase).collect();
    if different.len() < PASSWORD_MIN_DIFFERENT { Err(InputError::PasswordTooSimple) } else { Ok(()) }
}

/// As [`new_password`], for who signs in with this address.
pub fn password_of(text: &str, email: &str) -> Result<(), InputError> {
    new_password(text)?;
    if text.trim().to_lowercase() == email.to_lowercase() { Err(InputError::PasswordIsEmail) } else { Ok(()) }
}

/// A password that may have been set, under whatever rule of the shortest one held then.
pub fn current_password(text: &str) -> Result<(), InputError> {
    if text.len() > PASSWORD_MAX_BYTES { Err(InputError::PasswordTooLong) } else { Ok(()) }
}

/// A whole number from `min` to `max`, written in ASCII digits.
pub fn number(text: &str, min: i64, max: i64) -> Result<i64, InputError> {
    let number = text.trim().parse::<i64>().ok().filter(|number| (min..=max).contains(number));
    number.ok_or(InputError::NotANumber(min, max))
}

/// The rule of [`amount`] as a browser's pattern; it holds no bound.
pub const AMOUNT_PATTERN: &str = r"\s*(?:0+[.,]\d{1,6}|\d+(?:[.,](?:\d{1,2}|\d{4,6}))?)\s*";

/// What [`amount`] refuses because it may be thousands or parts, as a browser's pattern.
pub const DOUBTFUL_AMOUNT_PATTERN: &str = r"\s*\d+[.,]\d{3}\s*";

/// An amount of at most `max` whole units, with a point or a comma before its parts. Three digits after either may be thousands
/// (`1.200`) or parts: they are refused, unless nothing but 0 stands before them.
pub fn amount(text: &str, max: i64) -> Result<Money, InputError> {
    let plain = text.trim().replace(',', ".");
    let amount: Money = match plain.parse() {
        Ok(amount) if !plain.starts_with('-') => amount,
        Err(MoneyError::TooLarge) => return Err(InputError::AmountTooLarge(max)),
        _ => return Err(InputError::NotAnAmount),
    };
    if let Some((units, parts)) = plain.split_once('.')
        && parts.len() == 3
        && !units.bytes().all(|digit| digit == b'0')
    {
        return Err(InputError::DoubtfulAmount);
    }
    if amount > Money::units(max) { Err(InputError::AmountTooLarge(max)) } else { Ok(amount) }
}

/// An amount as it stands in a field: [`amount`] reads the same one.
pub fn amount_text(amount: Money, language: Language) -> String {
    let text = amount.to_string();
    let Some((units, parts)) = text.split_once('.') else { return text };
    let is_doubtful = parts.len() == 3 && units != "0";
    format!("{units}{}{parts}{}", language.pick(',', '.'), if is_doubtful { "0" } else { "" })
}

/// The rule of [`day`] as a browser's pattern; it holds no length of months.
pub const DAY_PATTERN: &str = r"\s*(?:\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2})\s*";

/// A day: `4/11/2026` or `2026-11-04`.
pub fn day(text: &str) -> Result<Day, InputError> {
    Day::typed(text.trim()).map_err(|_| InputError::NotADay)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_no_blanks_around_it_and_no_line_ends_in_it() {
        assert_eq!(line("  Đồng ý ", 6), Ok("Đồng ý".to_owned()));
        assert_eq!(line("", 6), Ok(String::new()));
        assert_eq!(line("Đồng ý.", 6), Err(InputError::TooLong(6)));
        assert_eq!(line("a\nb", 6), Err(InputError::Control));
    }

    #[test]
    fn a_text_keeps_its_lines() {
        assert_eq!(lines("a\r\n\tb\n", 5), Ok("a\n\tb\n".to_owned()));
        assert_eq!(lines("a\nb\nc", 4), Err(InputError::TooLong(4)));
        assert_eq!(lines("a\0", 4), Err(InputError::Control));
    }

    #[test]
    fn addresses_stand_between_commas_semicolons_and_blanks() {
        assert_eq!(emails(" ,; \n", 2), Ok(vec![]));
        assert_eq!(emails("a@b.vn;c@d.vn,\r\n", 2), Ok(vec!["a@b.vn".to_owned(), "c@d.vn".to_owned()]));
        assert_eq!(emails("a@b.vn c@d.vn e@f.vn", 2), Err(InputError::TooManyAddresses(2)));
        assert_eq!(emails("a@b.vn, x\u{7}y", 2), Err(InputError::NotAnAddress("xy".to_owned())));
    }

    #[test]
    fn an_address_stands_alone() {
        assert_eq!(email(" Lan@Cty.VN "), Ok("Lan@Cty.VN".to_owned()));
        assert_eq!(email("a@b.vn c@d.vn\r\n"), Err(InputError::NotAnAddress("a@b.vn c@d.vn".to_owned())));
    }

    #[test]
    fn a_password_is_counted_in_characters_and_bounded_in_bytes() {
        assert_eq!(new_password("mật khẩu"), Err(InputError::PasswordTooShort));
        assert_eq!(new_password("một mật khẩu"), Ok(()));
        assert_eq!(new_password(&"ễ".repeat(334)), Err(InputError::PasswordTooLong));
        assert_eq!(current_password("x"), Ok(()));
    }

    #[test]
    fn blanks_one_key_and_the_address_are_no_password() {
        for simple in [
            "            ",
            "\u{a0}\u{2003}\u{200b}\u{3000}        ",
            "aaaaaaaaaaaa",
            "aAaAaAaAaAaA",
            "ab ab ab ab ab",
            "111111111112",
        ] {
            assert_eq!(new_password(simple), Err(InputError::PasswordTooSimple), "{simple:?}");
        }
        assert_eq!(new_password("abcdabcdabcd"), Ok(()));
        assert_eq!(password_of("Chu.Hang@cty.vn", "chu.hang@cty.vn"), Err(InputError::PasswordIsEmail));
        assert_eq!(password_of(" chu.hang@cty.vn ", "chu.hang@cty.vn"), Err(InputError::PasswordIsEmail));
        assert_eq!(password_of("chu.hang@cty.vn ok", "chu.hang@cty.vn"), Ok(()));
        assert_eq!(password_of("aaaaaaaaaaaa", "chu.hang@cty.vn"), Err(InputError::PasswordTooSimple));
    }

    #[test]
    fn a_current_password_is_bounded_in_bytes() {
        assert_eq!(current_password(&"ễ".repeat(334)), Err(InputError::PasswordTooLong));
    }

    #[test]
    fn a_number_is_whole_and_within_its_bounds() {
        assert_eq!(number(" 7 ", 1, 7), Ok(7));
        for wrong in ["", "8", "0", "1.5", "1e1", "٣"] {
            assert_eq!(number(wrong, 1, 7), Err(InputError::NotANumber(1, 7)), "{wrong}");
        }
    }

    #[test]
    fn an_amount_is_never_read_as_another_one() {
        let read = |text: &str| amount(text, 1_000_000).map(|money| money.to_string());
        for (text, amount) in [
            (" 320 ", "320"),
            ("2,5", "2.5"),
            ("2.50", "2.5"),
            ("0,125", "0.125"),
            ("1.1250", "1.125"),
            ("1000000", "1000000"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(amount), "{text}");
        }
        for (text, error) in [
            ("1.200", InputError::DoubtfulAmount),
            ("1,200", InputError::DoubtfulAmount),
            ("1.200,5", InputError::NotAnAmount),
            ("-1", InputError::NotAnAmount),
            ("", InputError::NotAnAmount),
            ("1e3", InputError::NotAnAmount),
            ("0,1234567", InputError::NotAnAmount),
            ("1000000,01", InputError::AmountTooLarge(1_000_000)),
            ("99999999999999", InputError::AmountTooLarge(1_000_000)),
        ] {
            assert_eq!(read(text), Err(error), "{text}");
        }
        for micros in [0, 1, 125_000, 1_125_000, 2_500_000, 1_200_000_000] {
            for language in [Language::Vi, Language::En] {
                assert_eq!(amount(&amount_text(Money(micros), language), 1_000_000), Ok(Money(micros)));
            }
        }
    }

    #[test]
    fn a_code_is_an_identifier() {
        assert_eq!(code("DY").map(String::from), Ok("DY".to_owned()));
        assert_eq!(code(" "), Err(InputError::Missing));
        assert_eq!(code("a\u{0}"), Err(InputError::Control));
        assert_eq!(code(&"a".repeat(129)), Err(InputError::TooLong(128)));
    }
}
