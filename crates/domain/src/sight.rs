//! What a reader may see of personal data. The store decides it once, where a row becomes a value ([`Mask`]); pages, files
//! and the API print what they get, and there is no way back from a masked value to its digits.

use std::{borrow::Cow, collections::BTreeMap, fmt, ops::Deref};

use serde::Serialize;

use crate::{
    CallId, ContactId, Country, Speaker, Timestamp, TranscriptLine, digits, hidden_numbers::without_numbers, phone,
};

/// How much of customers' phone numbers a reader may see; see [`Role::sight`](crate::Role::sight).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sight {
    /// Everything.
    Whole,
    /// The ends of a number alone, as it is written in this country.
    Masked(Country),
}

impl Sight {
    /// Whether numbers are masked.
    pub fn is_masked(self) -> bool {
        matches!(self, Self::Masked(_))
    }
}

/// A phone number as one reader may see it: whole, or `0912 ••• 207`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ShownPhone(String);

impl ShownPhone {
    /// A stored number as it may be shown.
    pub fn new(stored: String, sight: Sight) -> Self {
        Self(match sight {
            Sight::Whole => stored,
            Sight::Masked(country) => phone::masked(&stored, country),
        })
    }

    /// What may be shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShownPhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that people or programs wrote, as one reader may see it: whole, or without whatever may be a phone number. What is written about a
/// customer loses more of theirs ([`Mask::text`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ShownText(String);

impl ShownText {
    /// A text as it may be shown.
    pub fn new(text: String, sight: Sight) -> Self {
        Mask::new(sight, []).text(text)
    }

    /// What may be shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for ShownText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<ShownText> for String {
    fn from(text: ShownText) -> Self {
        text.0
    }
}

/// Whether a text has something in it that may be a phone number: what is shown to everybody, whatever they may see, is not taken with one.
pub fn may_tell_a_number(text: &str, country: Country) -> bool {
    ShownText::new(text.to_owned(), Sight::Masked(country)).as_str() != text
}

/// What one side said until the other spoke, as one reader may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownLine {
    /// Milliseconds from the answer.
    pub at: i64,
    /// The side that speaks: voicebot or customer.
    pub speaker: Speaker,
    /// What is said.
    pub text: ShownText,
}

/// A call's id as one reader may see it: the sender's own, or its [`CallPlace`] where that tells a number. It leads to the call as the
/// sender's own does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ShownCallId(CallId);

impl Deref for ShownCallId {
    type Target = CallId;

    fn deref(&self) -> &CallId {
        &self.0
    }
}

/// What else a sender keeps with a call or a customer, for a reader who may see numbers: it may be anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ShownAttributes(BTreeMap<String, serde_json::Value>);

impl Deref for ShownAttributes {
    type Target = BTreeMap<String, serde_json::Value>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// An id of a sender's as the server's log may hold it. Many are made of the number that was called: whatever may be one is
/// hidden, and a key of the database beside it tells which it is.
#[derive(Debug, Clone, Copy)]
pub struct LoggedId<'a>(pub &'a str);

impl fmt::Display for LoggedId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_numbers(self.0, &[], None))
    }
}

/// Where a customer stands in the database. Written as `•••3-25`, it is the id of a customer whose own id tells a number: the
/// same each time, good for a filter, and made of nothing that the number could be found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactPlace {
    /// The key of the campaign's row.
    pub campaign_key: i64,
    /// The customer's number on the campaign's list.
    pub contact_no: i64,
}

impl ContactPlace {
    /// Reads an id that was made of a place; `None` for a sender's own id.
    pub fn of_id(id: &ContactId) -> Option<Self> {
        let (campaign_key, contact_no) = id.as_str().strip_prefix(phone::HIDDEN)?.split_once('-')?;
        Some(Self { campaign_key: campaign_key.parse().ok()?, contact_no: contact_no.parse().ok()? })
    }

    fn id(self) -> Option<ContactId> {
        ContactId::new(format!("{}{}-{}", phone::HIDDEN, self.campaign_key, self.contact_no)).ok()
    }
}

/// Where a call stands in the database. Written as `•••3-1793758511000-17`, it is the id of a call whose own id tells a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallPlace {
    /// Its campaign, by the number that the database gave it.
    pub campaign_key: i64,
    /// When it was dialled.
    pub dialed_at: Timestamp,
    /// The call, by the number that the database gave it.
    pub call_key: i64,
}

impl CallPlace {
    /// Reads an id that was made of a place; `None` for a sender's own id.
    pub fn of_id(id: &CallId) -> Option<Self> {
        let (campaign_key, rest) = id.as_str().strip_prefix(phone::HIDDEN)?.split_once('-')?;
        let (dialed_at, call_key) = rest.rsplit_once('-')?;
        let dialed_at = Timestamp(dialed_at.parse().ok()?);
        Some(Self { campaign_key: campaign_key.parse().ok()?, dialed_at, call_key: call_key.parse().ok()? })
    }

    fn id(self) -> Option<CallId> {
        let Self { campaign_key, dialed_at, call_key } = self;
        CallId::new(format!("{}{campaign_key}-{}-{call_key}", phone::HIDDEN, dialed_at.0)).ok()
    }
}

/// The form in which a text is compared with numbers, of whatever script its digits are.
fn key(text: &str, country: Country) -> String {
    phone::matching_key(&digits::with_ascii_digits(text), country)
}

/// Hides numbers from a reader who may not see them: those of one customer, and whatever else may be a whole one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    sight: Sight,
    /// The numbers in the form of [`phone::matching_key`]; none for a reader who may see them.
    numbers: Vec<String>,
}

impl Mask {
    /// For these stored numbers and this reader.
    pub fn new<'a>(sight: Sight, numbers: impl IntoIterator<Item = &'a str>) -> Self {
        let numbers = match sight {
            Sight::Whole => Vec::new(),
            Sight::Masked(country) => numbers.into_iter().map(|number| key(number, country)).collect(),
        };
        Self { sight, numbers }
    }

    /// What the reader may see.
    pub fn sight(&self) -> Sight {
        self.sight
    }

    /// A text that people or programs wrote (a name, an address, what was said), without six digits in a row of the customer's numbers, and
    /// without whatever may be another whole one.
    pub fn text(&self, text: String) -> ShownText {
        let Sight::Masked(country) = self.sight else { return ShownText(text) };
        ShownText(match without_numbers(&text, &self.numbers, Some(country)) {
            Cow::Borrowed(_) => text,
            Cow::Owned(hidden) => hidden,
        })
    }

    /// What was said.
    pub fn line(&self, line: TranscriptLine) -> ShownLine {
        ShownLine { at: line.at, speaker: line.speaker, text: self.text(line.text) }
    }

    /// A call's id, or its place where the id is a number, holds one or was made of one.
    pub fn call_id(&self, id: CallId, contact: &ContactId, place: CallPlace) -> ShownCallId {
        let Sight::Masked(country) = self.sight else { return ShownCallId(id) };
        let own = phone::is_national(contact.as_str(), country).then(|| key(contact.as_str(), country));
        let numbers: Vec<String> = self.numbers.iter().cloned().chain(own).collect();
        // A place is never too long for an id.
        ShownCallId(if tells(id.as_str(), &numbers, country) { place.id().unwrap_or(id) } else { id })
    }

    /// What else is kept, from its stored JSON; nothing of it for a reader who may not see numbers, and so it is not parsed either.
    ///
    /// # Errors
    /// Where the JSON is no object.
    pub fn attributes(&self, stored: Option<&str>) -> Result<Option<ShownAttributes>, serde_json::Error> {
        match self.sight {
            Sight::Whole => stored.map(|stored| serde_json::from_str(stored).map(ShownAttributes)).transpose(),
            Sight::Masked(_) => Ok(None),
        }
    }

    /// The customer's id, or their place where the id is a number, holds one or was made of one.
    fn id(&self, id: ContactId, place: ContactPlace) -> ContactId {
        let Sight::Masked(country) = self.sight else { return id };
        // A place is never too long for an id.
        if tells(id.as_str(), &self.numbers, country) { place.id().unwrap_or(id) } else { id }
    }
}

/// Whether an id tells a number: one of these, or anybody's.
fn tells(id: &str, numbers: &[String], country: Country) -> bool {
    phone::is_national(id, country)
        || numbers.contains(&key(id, country))
        || matches!(without_numbers(id, numbers, Some(country)), Cow::Owned(_))
}

/// A customer as stored, on the way to one reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredContact {
    /// The sender's id, or the number where they gave none.
    pub id: ContactId,
    /// The number.
    pub phone: Option<String>,
    /// What the sender calls them.
    pub name: Option<String>,
    /// Stands for an id that may not be shown.
    pub place: ContactPlace,
}

/// A customer as one reader may see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ShownContact {
    /// The sender's id of the customer.
    id: ContactId,
    /// The number to dial, where it is known.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    phone: Option<ShownPhone>,
    /// The customer's name, where it is known.
    name: Option<String>,
}

impl ShownContact {
    /// What may be shown of a stored customer.
    pub fn new(stored: StoredContact, mask: &Mask) -> Self {
        let StoredContact { id, phone, name, place } = stored;
        Self {
            id: mask.id(id, place),
            phone: phone.map(|phone| ShownPhone::new(phone, mask.sight)),
            name: name.map(|name| mask.text(name).into()),
        }
    }

    /// The id; it filters calls as the sender's own does.
    pub fn id(&self) -> &ContactId {
        &self.id
    }

    /// The number, where it is known.
    pub fn phone(&self) -> Option<&ShownPhone> {
        self.phone.as_ref()
    }

    /// The name, where it is known.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(id: &str, phone: Option<&str>, name: &str, sight: Sight) -> [String; 3] {
        let stored = StoredContact {
            id: id.parse().unwrap(),
            phone: phone.map(str::to_owned),
            name: Some(name.to_owned()),
            place: ContactPlace { campaign_key: 3, contact_no: 25 },
        };
        let shown = ShownContact::new(stored, &Mask::new(sight, phone));
        let json = serde_json::to_value(&shown).unwrap();
        ["id", "phone", "name"].map(|field| json[field].as_str().unwrap_or_default().to_owned())
    }

    #[test]
    fn who_may_see_numbers_sees_what_is_stored() {
        let stored = ["0912345207", "+84 912 345 207", "Anh Hùng 0912345207"];
        assert_eq!(shown(stored[0], Some(stored[1]), stored[2], Sight::Whole), stored);
    }

    #[test]
    fn whoever_may_not_finds_the_number_in_no_field() {
        for id in ["0912345207", "+84912345207", "912 345 207", "KH-0912345207", "x345207"] {
            let [id, phone, name] =
                shown(id, Some("+84 912 345 207"), "Anh Hùng 0912.345.207", Sight::Masked(Country::VIETNAM));
            assert_eq!([id, phone, name], ["•••3-25", "0912 ••• 207", "Anh Hùng •••"]);
        }
        assert_eq!(shown("0912345207", None, "Hùng", Sight::Masked(Country::VIETNAM)), ["•••3-25", "", "Hùng"]);
        assert_eq!(shown("s", Some("S"), "Hùng", Sight::Masked(Country::VIETNAM))[0], "•••3-25");
        assert_eq!(
            shown("kh-20261104", Some("0912345207"), "Hùng 2", Sight::Masked(Country::VIETNAM)),
            ["kh-20261104", "0912 ••• 207", "Hùng 2"]
        );
    }

    #[test]
    fn digits_of_other_scripts_are_masked_as_the_usual_ones() {
        let scripts = ["０９１２３４５２０７", "٠٩١٢٣٤٥٢٠٧", "०९१२३४५२०७", "𝟎𝟗𝟏𝟐𝟑𝟒𝟓𝟐𝟎𝟕", "0912345207"];
        let call = CallPlace { campaign_key: 3, dialed_at: Timestamp(1), call_key: 17 };
        for number in scripts {
            for phone in scripts {
                for id in [number.to_owned(), format!("i{number}"), format!("i{number}-2")] {
                    let contact = shown(&id, Some(phone), &format!("A {number}"), Sight::Masked(Country::VIETNAM));
                    assert_eq!(contact, ["•••3-25", "0912 ••• 207", "A •••"], "{id} {phone}");
                    let mask = Mask::new(Sight::Masked(Country::VIETNAM), [phone]);
                    let id = mask.call_id(id.parse().unwrap(), &"kh-1".parse().unwrap(), call);
                    assert_eq!(id.as_str(), "•••3-1-17");
                }
            }
            let mask = Mask::new(Sight::Masked(Country::VIETNAM), []);
            let id = mask.call_id(format!("x-{number}").parse().unwrap(), &number.parse().unwrap(), call);
            assert_eq!(id.as_str(), "•••3-1-17", "{number}");
        }
    }

    #[test]
    fn whoever_may_not_finds_no_number_in_the_id_of_a_call() {
        let place = CallPlace { campaign_key: 3, dialed_at: Timestamp(1_793_758_511_000), call_key: 17 };
        let shown = |id: &str, phone: Option<&str>, contact: &str, sight: Sight| {
            let mask = Mask::new(sight, phone);
            mask.call_id(id.parse().unwrap(), &contact.parse().unwrap(), place).to_string()
        };
        let masked = Sight::Masked(Country::VIETNAM);
        let hidden = "•••3-1793758511000-17";
        for id in ["call-0912345678-x", "asterisk:1772417100000-912345678", "q600-84912345678-20261104", "0987654321"] {
            assert_eq!(shown(id, Some("0912345678"), "kh-1", masked), hidden, "{id}");
            assert_eq!(shown(id, Some("0912345678"), "kh-1", Sight::Whole), id);
        }
        // Of a customer whose id is the only number.
        assert_eq!(shown("x-912345678", None, "0912345678", masked), hidden);
        assert_eq!(shown("asterisk:1772417100.17", Some("0912345678"), "kh-1", masked), "asterisk:1772417100.17");
        assert_eq!(CallPlace::of_id(&hidden.parse().unwrap()), Some(place));
        for id in ["3-1-17", "•••", "•••3-25", "•••a-1-2", "c-1"] {
            assert_eq!(CallPlace::of_id(&id.parse().unwrap()), None, "{id}");
        }
    }

    #[test]
    fn a_log_holds_no_number_that_an_id_is_made_of() {
        for (id, logged) in [("20261104-0987654321-x", "20261104-•••-x"), ("+84 987 654 321", "+•••"), ("c-17", "c-17")]
        {
            assert_eq!(LoggedId(id).to_string(), logged);
        }
    }

    #[test]
    fn a_text_of_nobody_known_has_no_number_for_who_may_not_see_one() {
        let text = "\"0987 654 321\" is no time";
        assert_eq!(ShownText::new(text.to_owned(), Sight::Whole).as_str(), text);
        let masked = ShownText::new(text.to_owned(), Sight::Masked(Country::VIETNAM));
        assert_eq!(masked.as_str(), "\"•••\" is no time");
    }

    #[test]
    fn a_place_is_read_from_the_id_made_of_it() {
        let place = ContactPlace { campaign_key: 3, contact_no: 25 };
        assert_eq!(ContactPlace::of_id(&place.id().unwrap()), Some(place));
        for id in ["3-25", "•••", "•••a-1", "kh-1"] {
            assert_eq!(ContactPlace::of_id(&id.parse().unwrap()), None, "{id}");
        }
    }
}
