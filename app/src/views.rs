//! Addresses that can be kept under a name: pages that take filters, each read by the codec of its own address. What comes out leads
//! nowhere but to one of them, whatever came in, and names no customer.

use domain::{
    CallFilter, CampaignId, CampaignQuery, ComparisonQuery, Country, CustomerFilter, FieldError, Period, UsageDays,
    UsageQuery, filter::period_pairs, limits::VIEW_ADDRESS_CHARS, sight::may_tell_a_number,
};
use percent_encoding::percent_decode_str;

use crate::{
    Text,
    calls::{CallsAddress, decode_pairs},
    links,
    said::SaidAddress,
};

/// A page that takes filters.
#[derive(Debug, Clone, PartialEq, Eq)]
enum ViewPage {
    Campaigns,
    Overview(CampaignId),
    Customers(CampaignId),
    CallsOf(CampaignId),
    Calls,
    Said,
    Usage,
    Statistics,
    Compare,
}

/// A page and what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewAddress {
    page: ViewPage,
    pairs: Vec<(String, String)>,
    /// The campaigns that it names, in the path or beside.
    campaigns: Vec<CampaignId>,
    /// Whether what finds a customer was left out.
    pub leaves_customer_out: bool,
}

type Pairs = Vec<(&'static str, String)>;

impl ViewPage {
    fn of_path(path: &str) -> Option<Self> {
        let mut parts = path.strip_prefix('/')?.split('/');
        let (first, id, tab, more) = (parts.next()?, parts.next(), parts.next(), parts.next());
        if more.is_some() {
            return None;
        }
        let Some(id) = id else {
            return Some(match first {
                "campaigns" => Self::Campaigns,
                "calls" => Self::Calls,
                "search" => Self::Said,
                "usage" => Self::Usage,
                "statistics" => Self::Statistics,
                "compare" => Self::Compare,
                _ => return None,
            });
        };
        let id = CampaignId::new(percent_decode_str(id).decode_utf8().ok()?).ok()?;
        match (first, tab) {
            ("campaigns", None) => Some(Self::Overview(id)),
            ("campaigns", Some("customers")) => Some(Self::Customers(id)),
            ("campaigns", Some("calls")) => Some(Self::CallsOf(id)),
            _ => None,
        }
    }

    fn campaign(&self) -> Option<&CampaignId> {
        match self {
            Self::Overview(id) | Self::Customers(id) | Self::CallsOf(id) => Some(id),
            _ => None,
        }
    }

    fn path(&self) -> String {
        match self {
            Self::Campaigns => "/campaigns".to_owned(),
            Self::Overview(id) => links::campaign_path(id),
            Self::Customers(id) => format!("{}/customers", links::campaign_path(id)),
            Self::CallsOf(id) => links::calls_path(Some(id)),
            Self::Calls => links::calls_path(None),
            Self::Said => "/search".to_owned(),
            Self::Usage => "/usage".to_owned(),
            Self::Statistics => "/statistics".to_owned(),
            Self::Compare => "/compare".to_owned(),
        }
    }

    fn title(&self, text: Text) -> &'static str {
        match self {
            Self::Campaigns => text.campaigns(),
            Self::Overview(_) => text.overview(),
            Self::Customers(_) => text.customers_tab(),
            Self::CallsOf(_) | Self::Calls => text.account_calls(),
            Self::Said => text.said_title(),
            Self::Usage => text.usage_title(),
            Self::Statistics => text.statistics_title(),
            Self::Compare => text.compare_title(),
        }
    }
}

/// Of what a page says beside its filter, these, where they are words and no texts: how something is drawn or ordered.
fn words(others: &[(&str, &str)], names: &[&'static str]) -> Pairs {
    let is_word =
        |value: &str| value.len() <= 40 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let given = |wanted: &'static str| others.iter().find(|(name, value)| *name == wanted && is_word(value));
    names.iter().filter_map(|name| given(name).map(|(_, value)| (*name, (*value).to_owned()))).collect()
}

impl ViewAddress {
    /// Reads what an address asks for: a path with its query. Which page of a list it is, what is opened there and what finds a customer
    /// is left out: a view is of many, and is kept when a customer is forgotten.
    ///
    /// # Errors
    /// Where it is no page that takes filters, or its filter cannot be read.
    pub fn parse(address: &str) -> Result<Self, FieldError> {
        let wrong = |reason: &str| FieldError::new("address", reason);
        if address.chars().count() > VIEW_ADDRESS_CHARS {
            return Err(wrong("is longer than 2000 characters"));
        }
        let address = address.split('#').next().unwrap_or_default();
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let page = ViewPage::of_path(path).ok_or_else(|| {
            wrong("must be the path of a page with filters, such as /campaigns/ID/calls?period=last-7-days")
        })?;
        let decoded = decode_pairs(query);
        let pairs = || decoded.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let given = |name: &str| pairs().any(|(known, value)| known == name && !value.is_empty());
        let mut campaigns: Vec<CampaignId> = page.campaign().cloned().into_iter().collect();
        let mut leaves_customer_out = false;
        let kept: Pairs = match &page {
            ViewPage::Campaigns => CampaignQuery::from_pairs(pairs())?.0.to_pairs(),
            ViewPage::Overview(_) => {
                let (filter, others) = CallFilter::from_pairs(pairs())?;
                period_pairs(filter.period).into_iter().chain(words(&others, &["by"])).collect()
            }
            ViewPage::Customers(_) => {
                leaves_customer_out = ["q", "customer", "open"].into_iter().any(given);
                let (filter, _) = CustomerFilter::from_pairs(pairs())?;
                CustomerFilter { q: None, ..filter }.to_pairs()
            }
            ViewPage::CallsOf(_) | ViewPage::Calls => {
                leaves_customer_out = ["q", "contact"].into_iter().any(given);
                let address = CallsAddress::read(page.campaign().cloned(), query)?;
                let without = |filter: &mut CallFilter| (filter.q, filter.contact) = (None, None);
                address.filtered(without).list_pairs()
            }
            ViewPage::Said => {
                let address = SaidAddress::read(query)?;
                campaigns.extend(address.campaign.clone());
                address.pairs().into_iter().filter(|(_, value)| !value.is_empty()).collect()
            }
            ViewPage::Usage | ViewPage::Statistics => {
                let is_month = page == ViewPage::Usage;
                let otherwise = if is_month { UsageDays::LatestMonth } else { UsageDays::Period(Period::Whole) };
                let (query, others) = UsageQuery::from_pairs(pairs(), otherwise)?;
                query.to_pairs().into_iter().chain(words(&others, &["figure", "sort"])).collect()
            }
            ViewPage::Compare => {
                let (query, others) = ComparisonQuery::from_pairs(pairs())?;
                campaigns.extend(query.campaigns.iter().cloned());
                query.to_pairs().into_iter().chain(words(&others, &["by", "figure", "why"])).collect()
            }
        };
        let pairs = kept.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let parsed = Self { page, pairs, campaigns, leaves_customer_out };
        if parsed.href().len() > VIEW_ADDRESS_CHARS {
            return Err(wrong("is longer than 2000 characters"));
        }
        Ok(parsed)
    }

    /// Whether it looks for something that may be a phone number. (Ids are no texts, and may be long.)
    pub fn may_tell_a_number(&self, country: Country) -> bool {
        self.pairs.iter().any(|(name, value)| name == "q" && may_tell_a_number(value, country))
    }

    /// Where it leads: a path of the product.
    pub fn href(&self) -> String {
        links::with_query(&self.page.path(), self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// The campaigns that it names: where one of them is not seen, nothing is shown.
    pub fn campaigns(&self) -> &[CampaignId] {
        &self.campaigns
    }

    /// Whether it counts the whole account, which who sees chosen campaigns alone does not.
    pub fn is_of_account(&self) -> bool {
        matches!(self.page, ViewPage::Calls | ViewPage::Usage | ViewPage::Statistics)
    }

    /// What the page is called.
    pub fn title(&self, text: Text) -> &'static str {
        self.page.title(text)
    }

    /// What it asks for beside campaigns and how it is drawn and ordered, as a query.
    pub fn filter(&self) -> String {
        const NO_FILTERS: [&str; 6] = ["campaign", "column", "sort", "by", "figure", "why"];
        let others = self.pairs.iter().filter(|(name, _)| !NO_FILTERS.contains(&name.as_str()));
        let query = links::with_query("", others.map(|(name, value)| (name.as_str(), value.as_str())));
        query.trim_start_matches('?').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn href(address: &str) -> Option<String> {
        ViewAddress::parse(address).ok().map(|address| address.href())
    }

    #[test]
    fn an_address_is_read_by_the_page_that_it_is_of_and_a_period_stays_relative() {
        for (given, kept) in [
            ("/campaigns", "/campaigns"),
            ("/campaigns?state=running&q=T%E1%BA%BFt&cursor=x&account=7", "/campaigns?q=T%E1%BA%BFt&state=running"),
            ("/campaigns/tet?period=last-7-days&by=hour", "/campaigns/tet?period=last-7-days&by=hour"),
            (
                "/campaigns/t%2Fa%3F/calls?code=DY&open=c-1&column=cost#opened",
                "/campaigns/t%2Fa%3F/calls?code=DY&column=time&column=cost",
            ),
            (
                "/campaigns/tet/customers?standing=reached&sort=-calls",
                "/campaigns/tet/customers?standing=reached&sort=-calls",
            ),
            ("/calls?min_seconds=30", "/calls?min_talk=30000"),
            ("/search?q=dang+ky&speaker=bot&campaign=tet", "/search?q=dang%20ky&campaign=tet&speaker=bot"),
            ("/usage?month=2026-11&figure=cost&page=3", "/usage?month=2026-11&figure=cost"),
            ("/statistics?period=this-quarter&sort=-month", "/statistics?period=this-quarter&sort=-month"),
            ("/compare?campaign=a&campaign=b&by=day", "/compare?campaign=a&campaign=b&by=day"),
        ] {
            assert_eq!(href(given).as_deref(), Some(kept), "{given}");
            assert_eq!(href(kept).as_deref(), Some(kept), "{kept} is kept as it is");
        }
    }

    #[test]
    fn nothing_leads_anywhere_else() {
        for address in [
            "",
            "/",
            "//evil.example/calls",
            "/\\evil.example",
            "https://evil.example/calls",
            "javascript:alert(1)",
            "calls",
            "/calls/",
            "/calls/c-1/recording",
            "/campaigns/tet/report.xlsx",
            "/campaigns/tet/complete",
            "/campaigns/tet/calls/x",
            "/campaigns/%00",
            "/campaigns/%ff",
            "/campaigns/../settings",
            "/settings/people",
            "/sign-out",
            "/language/vi?to=//evil.example",
            "/operator",
            "/calls\r\nSet-Cookie: x",
            "/calls?period=nonsense",
            "/campaigns/tet?from=2026-11-09&to=2026-11-01",
        ] {
            assert_eq!(href(address), None, "{address:?}");
        }
        assert_eq!(href("/calls?code=%0d%0aSet-Cookie"), None);
        assert_eq!(href(&format!("/search?q={}", "a".repeat(2_100))), None);
        // What its pages do not know is not kept.
        assert_eq!(
            href("/calls?to=2026-11-02&from=2026-11-01&next=//evil.example&x=<b>").as_deref(),
            Some("/calls?from=2026-11-01&to=2026-11-02")
        );
        assert_eq!(href("/usage?figure=%22%3E%3Cb%3E").as_deref(), Some("/usage"));
    }

    #[test]
    fn no_customer_is_kept() {
        for address in [
            "/calls?q=0912345207&code=DY",
            "/calls?contact=kh-1&code=DY",
            "/campaigns/tet/customers?q=H%E1%BA%A1nh&code=DY",
            "/campaigns/tet/customers?customer=kh-1&code=DY",
        ] {
            let read = ViewAddress::parse(address).unwrap();
            assert!(read.leaves_customer_out, "{address}");
            assert!(read.href().ends_with("?code=DY"), "{}", read.href());
        }
        let said = |query: &str| {
            ViewAddress::parse(&format!("/search?q={query}")).unwrap().may_tell_a_number(Country::VIETNAM)
        };
        assert!(said("0912345207") && !said("dang+ky+2026"));
    }
}
