//! The address of a call list: its filter, its page and the opened call. It is read and written here only, so that a
//! link that somebody sends shows the same calls to somebody else.

use domain::{CallFilter, CallId, CampaignId, FieldError};

use super::columns::ShownColumns;
use crate::{links, with_account::with_account};

/// What the address of the call list says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallsAddress {
    /// The campaign; none for the calls of the whole account.
    pub campaign: Option<CampaignId>,
    pub filter: CallFilter,
    /// Which page of them; the first without.
    pub cursor: Option<String>,
    pub open: Option<CallId>,
    /// Where the opened call is to be listened to, ms from the answer.
    pub at: Option<i64>,
    /// Which columns are shown.
    pub columns: ShownColumns,
    /// Whether all is counted before the page comes, however long that takes: for readers without scripts.
    pub counted: bool,
}

/// The fields of the filter's form that are typed in seconds and kept in milliseconds.
pub const MIN_SECONDS: &str = "min_seconds";
/// See [`CallsAddress::counted`].
const COUNTED: &str = "counted";
/// The parameter of a column.
const COLUMN: &str = "column";
pub const MAX_SECONDS: &str = "max_seconds";

impl CallsAddress {
    /// Reads the query of an address (what follows the `?`). Parameters that mean nothing here are passed over: links
    /// come back from mails with other people's marks on them.
    pub fn read(campaign: Option<CampaignId>, query: &str) -> Result<Self, FieldError> {
        let pairs = decode_pairs(query);
        let (mut filter, others) = CallFilter::from_pairs(pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())))?;
        let (mut cursor, mut open, mut at, mut counted) = (None, None, None, false);
        for (name, value) in others {
            match name {
                "cursor" => cursor = Some(value.to_owned()),
                COUNTED => counted = true,
                "open" => open = Some(CallId::new(value).map_err(|e| FieldError::new(name, e.to_string()))?),
                "at" => at = value.parse().ok(),
                MIN_SECONDS => filter.min_talk = Some(milliseconds(name, value)?),
                MAX_SECONDS => filter.max_talk = Some(milliseconds(name, value)?),
                _ => {}
            }
        }
        let columns = pairs.iter().filter(|(name, _)| name == COLUMN).map(|(_, word)| word.as_str());
        let columns = ShownColumns::read(columns);
        Ok(Self { campaign, filter, cursor, open, at, columns, counted })
    }

    /// The list alone: what decides which calls are shown, without the opened one.
    pub fn list_query(&self) -> String {
        links::with_query("", self.list_pairs()).trim_start_matches('?').to_owned()
    }

    pub fn href(&self) -> String {
        let mut pairs = self.list_pairs();
        pairs.extend(self.open.as_ref().map(|open| ("open", open.to_string())));
        links::with_query(&self.path(), pairs)
    }

    /// The path, for forms.
    pub fn path(&self) -> String {
        links::calls_path(self.campaign.as_ref())
    }

    /// The parameters of the list: filter, columns and page.
    pub fn list_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = self.filter.to_pairs();
        pairs.extend(self.column_pairs());
        pairs.extend(self.cursor.clone().map(|cursor| ("cursor", cursor)));
        pairs.extend(self.counted.then(|| (COUNTED, "yes".to_owned())));
        pairs
    }

    /// The parameters of the columns, for forms that keep them.
    pub fn column_pairs(&self) -> impl Iterator<Item = (&'static str, String)> + use<> {
        self.columns.words().into_iter().map(|word| (COLUMN, word.to_owned()))
    }

    /// Another filter: it starts on its first page with nothing opened.
    #[must_use]
    pub fn filtered(&self, change: impl FnOnce(&mut CallFilter)) -> Self {
        let mut filter = self.filter.clone();
        change(&mut filter);
        Self {
            campaign: self.campaign.clone(),
            filter,
            cursor: None,
            open: None,
            at: None,
            columns: self.columns,
            counted: false,
        }
    }

    /// The same list with another call opened, or none.
    #[must_use]
    pub fn opened(&self, open: Option<CallId>) -> Self {
        Self { open, at: None, ..self.clone() }
    }

    /// Another page of the list.
    #[must_use]
    pub fn paged(&self, cursor: Option<String>) -> Self {
        Self { cursor, open: None, at: None, ..self.clone() }
    }
}

/// The path of a call's recording.
pub fn recording_path(call: &CallId) -> String {
    format!("/calls/{}/recording", links::encoded(call.as_str()))
}

/// The address at which a page plays it.
pub fn recording_href(call: &CallId) -> String {
    with_account(&recording_path(call))
}

/// The address of the same as a file.
pub fn download_href(call: &CallId) -> String {
    with_account(&(recording_path(call) + "?download"))
}

/// The address of the peaks of a call's recording.
pub fn peaks_href(call: &CallId) -> String {
    with_account(&format!("/calls/{}/peaks", links::encoded(call.as_str())))
}

fn milliseconds(field: &str, seconds: &str) -> Result<i64, FieldError> {
    // A comma is the decimal point of the people who type it.
    let number = seconds.trim().replace(',', ".").parse::<f64>().ok().filter(|n| (0.0..=86_400.0).contains(n));
    number.map(|n| (n * 1_000.0).round() as i64).ok_or_else(|| FieldError::new(field, "must be 0 to 86400 seconds"))
}

/// The pairs of a query as a form writes it: `+` is a blank. The router's own map decodes twice, which would turn a
/// search for `100%25` into one for `100%`.
pub fn decode_pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.trim_start_matches('?').as_bytes()).into_owned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> CallsAddress {
        CallsAddress::read(Some(CampaignId::new("tết 2027/a").unwrap()), query).unwrap()
    }

    #[test]
    fn an_address_survives_being_written_and_read() {
        let address = read(
            "code=DY&code=K9&q=H%E1%BA%A1nh+100%25+%2B84&column=time&column=cost&cursor=a.b%3D&open=c%2F1&sort=-cost",
        );
        assert_eq!(address.filter.q.as_deref(), Some("Hạnh 100% +84"));
        assert_eq!(address.open.as_ref().map(CallId::as_str), Some("c/1"));
        let href = address.href();
        let (path, query) = href.split_once('?').unwrap();
        assert_eq!(path, "/campaigns/t%E1%BA%BFt%202027%2Fa/calls");
        assert_eq!(read(query), address);
    }

    #[test]
    fn another_filter_starts_on_its_first_page_with_nothing_opened() {
        let address = read("cursor=x&open=c-1&attempt=2").filtered(|filter| filter.recorded = Some(true));
        assert_eq!((&address.cursor, &address.open), (&None, &None));
        assert!(address.href().ends_with("/calls?attempt=2&recorded=true"));
    }

    #[test]
    fn the_calls_of_the_account_have_a_path_of_their_own() {
        let address = CallsAddress::read(None, "voicebot=bot-1&open=c-1").unwrap();
        assert_eq!(address.href(), "/calls?voicebot=bot-1&open=c-1");
    }

    #[test]
    fn the_form_speaks_seconds_and_the_address_milliseconds() {
        let address = read("min_seconds=30&max_seconds=120,5&code=");
        assert_eq!((address.filter.min_talk, address.filter.max_talk), (Some(30_000), Some(120_500)));
        assert!(CallsAddress::read(None, "min_seconds=x").is_err());
    }

    #[test]
    fn broken_percent_signs_stand_for_themselves() {
        assert_eq!(decode_pairs("q=100%")[0].1, "100%");
        assert_eq!(decode_pairs("q=%zz%4")[0].1, "%zz%4");
        assert_eq!(decode_pairs("q=%é")[0].1, "%é");
    }
}
