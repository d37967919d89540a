//! Addresses of the pages. Ids are percent-encoded, filters go through their one codec.

use domain::{CallFilter, CampaignId, CustomerFilter, FieldError, Language, Period, filter::period_pairs};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but RFC 3986's unreserved characters.
const RESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A value as it stands in a path or a query: everything but RFC 3986's unreserved characters is encoded.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, &RESERVED).to_string()
}

/// `path?a=b&c=d`, or the path alone.
pub fn with_query<N: AsRef<str>, V: AsRef<str>>(path: &str, pairs: impl IntoIterator<Item = (N, V)>) -> String {
    let mut out = path.to_owned();
    for (n, (name, value)) in pairs.into_iter().enumerate() {
        out.push(if n == 0 { '?' } else { '&' });
        out.push_str(&encoded(name.as_ref()));
        out.push('=');
        out.push_str(&encoded(value.as_ref()));
    }
    out
}

/// The parameter by which a link that leaves the product says whose account it is of.
pub const ACCOUNT: &str = "account";

/// The header by which a page says the same when it asks a server function.
pub const ACCOUNT_HEADER: &str = "ringside-account";

/// An address for a mail or a note: outside of the product, where nobody knows which account its reader is in, so that it says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside(String);

impl Outside {
    /// The address of a page of an account.
    pub fn page(base_url: &str, account: i64, path: &str) -> Self {
        Self(format!("{base_url}{}", of_account(path, account)))
    }

    /// The address of a page that a secret opens, whoever is signed in; the secret begins with its account.
    pub fn of_secret(base_url: &str, path: &str, secret: &str) -> Self {
        Self(format!("{base_url}{}", with_query(path, [("link", secret)])))
    }

    /// The address of what the operator sees of an account.
    pub fn operator(base_url: &str, account: i64) -> Self {
        Self(format!("{base_url}/operator/accounts/{account}"))
    }
}

impl From<Outside> for String {
    fn from(outside: Outside) -> Self {
        outside.0
    }
}

/// An address that says of which account it is.
pub fn of_account(path: &str, account: i64) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}{ACCOUNT}={account}")
}

/// The period of an address, by the codec of the filters.
pub fn period_of(from: Option<String>, to: Option<String>, preset: Option<String>) -> Result<Period, FieldError> {
    let given = [("from", from), ("to", to), ("period", preset)];
    let pairs = given.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?)));
    CallFilter::from_pairs(pairs).map(|(filter, _)| filter.period)
}

/// The path of a campaign's overview.
pub fn campaign_path(id: &CampaignId) -> String {
    format!("/campaigns/{}", encoded(id.as_str()))
}

/// Whether a path is that of a page to sign in on or to set a password.
pub(crate) fn is_of_signing_in(path: &str) -> bool {
    matches!(path, "/sign-in" | "/set-password")
}

/// Where the recipients of a campaign's report, or of all, are put.
pub fn recipients(id: &CampaignId) -> String {
    campaign_path(id) + "/recipients"
}

/// Where a result code that was met in a campaign is declared.
pub fn result_codes(id: &CampaignId) -> String {
    campaign_path(id) + "/result-codes"
}

/// A campaign's overview over a period.
pub fn overview(id: &CampaignId, period: Period) -> String {
    with_query(&campaign_path(id), period_pairs(period))
}

/// A campaign's period beside the one before it; none of the whole campaign, which has nothing before it.
#[cfg(feature = "ssr")]
pub fn against_previous(id: &CampaignId, period: Period) -> Option<String> {
    let against = Some(domain::against::Against::Previous);
    let query = domain::ComparisonQuery { campaigns: vec![id.clone()], period, against };
    (period != Period::Whole).then(|| with_query("/compare", query.to_pairs()))
}

/// The path of a campaign's calls; without a campaign, of all calls of the account.
pub fn calls_path(campaign: Option<&CampaignId>) -> String {
    campaign.map(campaign_path).unwrap_or_default() + "/calls"
}

/// A call among those of its campaign, opened; with the player where something was said, ms from the answer.
#[cfg(feature = "ssr")]
pub fn call_at(call: &domain::Call, at: Option<i64>) -> String {
    let pairs = [("open", call.id.to_string())].into_iter().chain(at.map(|at| ("at", at.to_string())));
    let anchor = if at.is_some() { "#said" } else { "#opened" };
    with_query(&calls_path(Some(&call.campaign)), pairs) + anchor
}

/// What was said in calls of a campaign, to be searched.
#[cfg(feature = "ssr")]
pub fn said(campaign: Option<&CampaignId>) -> String {
    with_query("/search", campaign.map(|id| ("campaign", id.to_string())))
}

/// The calls of a campaign, or of the account, through a filter.
pub fn calls(campaign: Option<&CampaignId>, filter: &CallFilter) -> String {
    with_query(&calls_path(campaign), filter.to_pairs())
}

/// A campaign's customers through a filter.
pub fn customers(id: &CampaignId, filter: &CustomerFilter) -> String {
    with_query(&format!("{}/customers", campaign_path(id)), filter.to_pairs())
}

/// The workbook of a campaign's customers through a filter.
pub fn customers_xlsx(id: &CampaignId, filter: &CustomerFilter) -> String {
    with_query(&format!("{}/customers.xlsx", campaign_path(id)), filter.to_pairs())
}

/// A customer of a campaign over all campaigns.
#[cfg(feature = "ssr")]
pub fn customer(id: &CampaignId, contact: &domain::ContactId) -> String {
    with_query(&format!("{}/customers", campaign_path(id)), [("customer", contact.to_string())])
}

/// The CSV of a campaign's customers through a filter, its first line in this language.
pub fn customers_csv(id: &CampaignId, filter: &CustomerFilter, language: Language) -> String {
    let pairs = filter.to_pairs().into_iter().chain([("header", language.tag().to_owned())]);
    with_query(&format!("{}/customers.csv", campaign_path(id)), pairs)
}

/// The CSV of these calls through a filter, its first line in this language.
pub fn calls_csv(campaign: Option<&CampaignId>, filter: &CallFilter, language: Language) -> String {
    let pairs = filter.to_pairs().into_iter().chain([("header", language.tag().to_owned())]);
    with_query(&format!("{}.csv", calls_path(campaign)), pairs)
}

/// The workbook of a campaign over a period: its figures and all its calls.
pub fn report_xlsx(id: &CampaignId, period: Period) -> String {
    with_query(&format!("{}/report.xlsx", campaign_path(id)), period_pairs(period))
}

/// The workbook of these calls through a filter.
pub fn calls_xlsx(campaign: Option<&CampaignId>, filter: &CallFilter) -> String {
    with_query(&format!("{}.xlsx", calls_path(campaign)), filter.to_pairs())
}

/// The page of what is kept under a name.
#[cfg(feature = "ssr")]
pub const SAVED_VIEWS: &str = "/settings/views";
/// Its parameter of the page that somebody comes from, which can be kept there.
#[cfg(feature = "ssr")]
pub const TO: &str = "to";

/// The page of what is kept under a name, for who comes from `here`.
#[cfg(feature = "ssr")]
pub fn saved_views(here: &str) -> String {
    if here.starts_with(SAVED_VIEWS) { SAVED_VIEWS.to_owned() } else { with_query(SAVED_VIEWS, [(TO, here)]) }
}

/// The path that sets a cookie (language, theme) and comes back to `to`.
pub fn setting(kind: &str, value: &str, to: &str) -> String {
    with_query(&format!("/{kind}/{value}"), [("to", to)])
}

#[cfg(test)]
mod tests {
    use domain::{CallClass, filter::ClassFilter};

    use super::*;

    #[test]
    fn ids_and_filters_cannot_break_out_of_their_place() {
        let id = CampaignId::new("tết/2027?a=b#c").unwrap();
        let filter = CallFilter {
            classes: vec![ClassFilter::Class(CallClass::Success)],
            q: Some("Hạnh & 90%".to_owned()),
            ..CallFilter::default()
        };
        assert_eq!(
            calls(Some(&id), &filter),
            "/campaigns/t%E1%BA%BFt%2F2027%3Fa%3Db%23c/calls?class=success&q=H%E1%BA%A1nh%20%26%2090%25"
        );
        assert_eq!(overview(&id, Period::Whole), "/campaigns/t%E1%BA%BFt%2F2027%3Fa%3Db%23c");
    }
}
