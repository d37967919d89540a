//! Which customers of a campaign's list, and in which order. As with [`CallFilter`](crate::CallFilter), [`CustomerFilter::from_pairs`]
//! and [`CustomerFilter::to_pairs`] are the only codec of its address.

use serde::{Deserialize, Serialize};

use crate::{
    Code, Day, FieldError, HangupBy, Period,
    filter::{ClassFilter, CustomerStanding, OtherPairs, period_of, period_pairs, search_text},
    sort::sort_words,
};

/// The most calls that a filter can ask for.
const MOST_CALLS: u32 = 1_000;

/// How often a customer was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimesCalled {
    /// So many finished calls.
    Exactly(u32),
    /// As many or more.
    AtLeast(u32),
}

impl TimesCalled {
    /// The form in URLs: `3`, or `3..` for three or more.
    pub fn to_word(self) -> String {
        match self {
            Self::Exactly(calls) => calls.to_string(),
            Self::AtLeast(calls) => format!("{calls}.."),
        }
    }

    /// Reads what [`Self::to_word`] writes; none for anything else.
    pub fn from_word(word: &str) -> Option<Self> {
        let number = |text: &str| text.parse().ok().filter(|calls: &u32| *calls <= MOST_CALLS);
        match word.strip_suffix("..") {
            Some(least) => number(least).map(Self::AtLeast),
            None => number(word).map(Self::Exactly),
        }
    }
}

/// What a list of customers is sorted by. Ties are broken by the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CustomerOrder {
    /// The order in which they came to the list.
    Listed,
    /// Dial start of the latest call; who was never called comes before all others.
    LatestAt,
    /// Talk time of the latest call.
    TalkTime,
    /// Result code of the latest call.
    Code,
    /// Who ended the latest call.
    HangupBy,
    /// Number of finished calls.
    Calls,
    /// Cost of all calls so far.
    Cost,
}

impl CustomerOrder {
    /// All orders.
    pub const ALL: [Self; 7] =
        [Self::Listed, Self::LatestAt, Self::TalkTime, Self::Code, Self::HangupBy, Self::Calls, Self::Cost];

    /// The word in URLs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::LatestAt => "latest_at",
            Self::TalkTime => "talk_time",
            Self::Code => "result_code",
            Self::HangupBy => "hangup_by",
            Self::Calls => "calls",
            Self::Cost => "cost",
        }
    }
}

/// The order of a list of customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CustomerSort {
    /// What is compared.
    pub by: CustomerOrder,
    /// Largest first.
    pub descending: bool,
}

impl Default for CustomerSort {
    /// As they came to the list.
    fn default() -> Self {
        Self { by: CustomerOrder::Listed, descending: false }
    }
}

sort_words!(CustomerSort, CustomerOrder);

/// Which customers of a campaign's list; also the URL of that list. What is asked of calls is asked of each customer's latest.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CustomerFilter {
    /// What became of them over the whole campaign.
    pub standing: CustomerStanding,
    /// Part of the phone or the name.
    pub q: Option<String>,
    /// Local days of the latest call's dial start.
    pub period: Period,
    /// Result codes of the latest call.
    pub codes: Vec<Code>,
    /// Classes of the latest call.
    pub classes: Vec<ClassFilter>,
    /// Who ended the latest call.
    pub hangup_by: Vec<HangupBy>,
    /// How often they were called.
    pub calls: Option<TimesCalled>,
    /// The order.
    pub sort: CustomerSort,
}

impl CustomerFilter {
    /// As [`CallFilter::from_pairs`](crate::CallFilter::from_pairs).
    ///
    /// # Errors
    /// Names the parameter that cannot be read.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<(Self, OtherPairs<'a>), FieldError> {
        let mut filter = Self::default();
        let (mut from, mut to, mut preset) = (None, None, None);
        let mut others = Vec::new();
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            let wrong = |reason: &str| FieldError::new(name, reason);
            match name {
                "from" => from = Some(Day::typed(value).map_err(wrong)?),
                "to" => to = Some(Day::typed(value).map_err(wrong)?),
                "period" => preset = Some(Period::from_word(value).ok_or_else(|| wrong("is not a known period"))?),
                "standing" => {
                    let known = CustomerStanding::ALL.into_iter().find(|standing| standing.word() == Some(value));
                    filter.standing = known.ok_or_else(|| wrong("must be reached, tried or never_dialled"))?;
                }
                "q" => filter.q = search_text(name, value)?,
                "code" => filter.codes.push(Code::new(value).map_err(|error| wrong(&error.to_string()))?),
                "class" => {
                    let class = ClassFilter::from_word(value);
                    filter.classes.push(class.ok_or_else(|| wrong("must be success, failed, error or in_progress"))?);
                }
                "hangup_by" => {
                    let who = HangupBy::from_word(value);
                    filter.hangup_by.push(who.ok_or_else(|| wrong(HangupBy::WORDS))?);
                }
                "calls" => {
                    let calls = TimesCalled::from_word(value);
                    let reason = "must be a number from 0 to 1000, or such as 3.. for three or more";
                    filter.calls = Some(calls.ok_or_else(|| wrong(reason))?);
                }
                "sort" => {
                    let sort = CustomerSort::from_word(value);
                    let reason = "must be listed, latest_at, talk_time, result_code, hangup_by, calls or cost, \
                                  with - for descending";
                    filter.sort = sort.ok_or_else(|| wrong(reason))?;
                }
                _ => others.push((name, value)),
            }
        }
        filter.period = period_of(preset, from, to)?;
        Ok((filter, others))
    }

    /// The parameters of this filter's URL.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = period_pairs(self.period);
        pairs.extend(self.standing.word().map(|word| ("standing", word.to_owned())));
        pairs.extend(self.q.clone().map(|q| ("q", q)));
        pairs.extend(self.codes.iter().map(|code| ("code", code.to_string())));
        pairs.extend(self.classes.iter().map(|class| ("class", class.word().to_owned())));
        pairs.extend(self.hangup_by.iter().map(|who| ("hangup_by", who.word().to_owned())));
        pairs.extend(self.calls.map(|calls| ("calls", calls.to_word())));
        pairs.extend((self.sort != CustomerSort::default()).then(|| ("sort", self.sort.to_word())));
        pairs
    }

    /// Whether anything but the order narrows the list.
    pub fn is_narrowed(&self) -> bool {
        *self != Self { sort: self.sort, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_of_customers_survives_its_url_and_a_wrong_one_is_named() {
        let url = [("standing", "never_dialled"), ("q", "Hạnh"), ("cursor", "x")];
        let (filter, others) = CustomerFilter::from_pairs(url).unwrap();
        assert_eq!(others, [("cursor", "x")]);
        assert_eq!(filter.to_pairs(), [("standing", "never_dialled".to_owned()), ("q", "Hạnh".to_owned())]);
        assert_eq!(CustomerFilter::default().to_pairs(), []);
        let all = [
            ("from", "2026-11-01"),
            ("to", "2026-11-04"),
            ("standing", "tried"),
            ("q", "Hạnh"),
            ("code", "BS"),
            ("class", "failed"),
            ("class", "in_progress"),
            ("hangup_by", "customer"),
            ("calls", "3.."),
            ("sort", "-latest_at"),
        ];
        let (filter, others) = CustomerFilter::from_pairs(all).unwrap();
        assert!(others.is_empty() && filter.is_narrowed());
        assert_eq!(filter.to_pairs(), all.map(|(name, value)| (name, value.to_owned())));
        let sorted = CustomerFilter { sort: filter.sort, ..CustomerFilter::default() };
        assert!(!sorted.is_narrowed());
        for (name, value) in [
            ("standing", "all"),
            ("class", "ok"),
            ("code", " "),
            ("hangup_by", "nobody"),
            ("calls", "-1"),
            ("calls", "1001"),
            ("calls", "..3"),
            ("sort", "name"),
            ("from", "31/02/2026"),
            ("period", "aeon"),
        ] {
            assert_eq!(CustomerFilter::from_pairs([(name, value)]).unwrap_err().field, name, "{value}");
        }
    }
}
