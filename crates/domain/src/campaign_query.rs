//! What is asked of the list of campaigns: page, API and files all ask by it. As with calls, [`CampaignQuery::from_pairs`] and
//! [`CampaignQuery::to_pairs`] are the only codec of its address.

use crate::{
    CampaignState, Day, FieldError, Period, VoicebotId,
    filter::{OtherPairs, period_of, period_pairs, search_text},
    sort::sort_words,
};

/// What the list of campaigns is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CampaignOrder {
    /// When it began, else when it was stored.
    #[default]
    Dates,
    /// Customers on the list.
    Customers,
    /// Reached ÷ customers; without customers it is below 0.
    ContactRate,
    /// Finished calls.
    Calls,
    /// Answered calls ÷ finished calls; without calls it is below 0.
    AnswerRate,
    /// Blocks charged, of finished calls.
    Blocks,
    /// What finished calls cost, in micro-units of the account's currency.
    Cost,
}

impl CampaignOrder {
    /// In the order of the columns.
    pub const ALL: [Self; 7] =
        [Self::Customers, Self::ContactRate, Self::Calls, Self::AnswerRate, Self::Blocks, Self::Cost, Self::Dates];

    /// The word in URLs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dates => "dates",
            Self::Customers => "customers",
            Self::ContactRate => "contact_rate",
            Self::Calls => "calls",
            Self::AnswerRate => "answer_rate",
            Self::Blocks => "blocks",
            Self::Cost => "cost",
        }
    }
}

/// The order of the list of campaigns. Ties are broken by the order of storing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CampaignSort {
    /// What is compared.
    pub by: CampaignOrder,
    /// Largest first.
    pub descending: bool,
}

impl Default for CampaignSort {
    /// Newest first.
    fn default() -> Self {
        Self { by: CampaignOrder::Dates, descending: true }
    }
}

sort_words!(CampaignSort, CampaignOrder);

/// Which campaigns, in which order. What is empty or `None` lets everything through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CampaignQuery {
    /// Part of the name or id.
    pub q: Option<String>,
    /// Campaigns in any of these states.
    pub states: Vec<CampaignState>,
    /// Campaigns that this voicebot calls for.
    pub voicebot: Option<VoicebotId>,
    /// Campaigns with calls on these local days, or begun on them.
    pub period: Period,
    /// By what they are ordered, and which way.
    pub sort: CampaignSort,
}

impl CampaignQuery {
    /// Reads the parameters of a URL (`q`, `state`, `voicebot`, `from` and `to` or `period`, `sort`). Empty ones count as
    /// absent; one that is none of these is returned to the caller.
    ///
    /// # Errors
    /// Names the parameter that cannot be read, or asks for more days than [`period_of`] allows.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<(Self, OtherPairs<'a>), FieldError> {
        let mut query = Self::default();
        let (mut from, mut to, mut preset) = (None, None, None);
        let mut others = Vec::new();
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            let wrong = |reason: &str| FieldError::new(name, reason);
            match name {
                "q" => query.q = search_text(name, value)?,
                "state" => query.states.push(
                    CampaignState::from_word(value)
                        .ok_or_else(|| wrong("must be scheduled, running, paused or completed"))?,
                ),
                "voicebot" => query.voicebot = Some(VoicebotId::new(value).map_err(|error| wrong(&error.to_string()))?),
                "from" => from = Some(Day::typed(value).map_err(wrong)?),
                "to" => to = Some(Day::typed(value).map_err(wrong)?),
                "period" => preset = Some(Period::from_word(value).ok_or_else(|| wrong("is not a known period"))?),
                "sort" => {
                    query.sort = CampaignSort::from_word(value).ok_or_else(|| {
                        let words = CampaignOrder::ALL.map(CampaignOrder::word).join(", ");
                        FieldError::new(name, format!("must be one of {words}, with - for descending"))
                    })?;
                }
                _ => others.push((name, value)),
            }
        }
        query.period = period_of(preset, from, to)?;
        Ok((query, others))
    }

    /// The parameters of this query's URL, in a fixed order; defaults are left out.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs: Vec<_> = self.q.clone().map(|q| ("q", q)).into_iter().collect();
        pairs.extend(self.states.iter().map(|state| ("state", state.word().to_owned())));
        pairs.extend(self.voicebot.as_ref().map(|id| ("voicebot", id.to_string())));
        pairs.extend(period_pairs(self.period));
        if self.sort != CampaignSort::default() {
            pairs.push(("sort", self.sort.to_word()));
        }
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
    fn a_query_survives_its_url_and_a_wrong_parameter_is_named() {
        let url = [
            ("q", "Tết"),
            ("state", "running"),
            ("voicebot", "bot"),
            ("from", "2026-11-01"),
            ("to", "2026-11-04"),
            ("sort", "-cost"),
        ];
        let (query, others) = CampaignQuery::from_pairs(url.into_iter().chain([("cursor", "x")])).unwrap();
        assert_eq!(others, [("cursor", "x")]);
        assert_eq!(query.to_pairs(), url.map(|(name, value)| (name, value.to_owned())));
        assert!(query.is_narrowed());
        let sorted = CampaignQuery { sort: query.sort, ..CampaignQuery::default() };
        assert!(!sorted.is_narrowed(), "an order hides nothing");
        assert_eq!(CampaignQuery::from_pairs([("q", ""), ("state", "")]).unwrap().0, CampaignQuery::default());
        let long = "x".repeat(101);
        for (name, value) in [("state", "asleep"), ("q", long.as_str()), ("sort", "name"), ("period", "aeon")] {
            assert_eq!(CampaignQuery::from_pairs([(name, value)]).unwrap_err().field, name);
        }
        let reversed = CampaignQuery::from_pairs([("from", "2026-11-02"), ("to", "2026-11-01")]);
        assert_eq!(reversed.unwrap_err().field, "to");
    }

    #[test]
    fn every_order_has_a_word() {
        for by in CampaignOrder::ALL {
            for descending in [false, true] {
                let sort = CampaignSort { by, descending };
                assert_eq!(CampaignSort::from_word(&sort.to_word()), Some(sort));
            }
        }
    }
}
