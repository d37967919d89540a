//! Campaigns side by side, or one campaign over a period and over another before it. The JSON is that of `GET /api/v1/compare`.

use serde::{Deserialize, Serialize};

use crate::{
    CampaignId, CampaignState, Currency, DateRange, Day, FieldError, Period, Report, Timestamp,
    against::{Against, AgainstParameters, same_weekdays},
    filter::{OtherPairs, period_of, period_pairs},
    interval::{Interval, RateDifference},
    limits::COMPARED_CAMPAIGNS,
    rate_change::RateChange,
    report::{Rate, Rates},
    usage::UsageDays,
};

/// Which campaigns, over which days: page, API and files all ask by it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ComparisonQuery {
    /// Each once, in the order of the address; the first is what the others are compared with. Up to
    /// [`COMPARED_CAMPAIGNS`].
    pub campaigns: Vec<CampaignId>,
    /// The days of every campaign.
    pub period: Period,
    /// Which days the one campaign's are compared with, where it is compared with itself.
    pub against: Option<Against>,
}

impl Against {
    /// The days of a period that have begun by `today`, and those that they are compared with; none of the whole.
    pub fn resolve(self, period: Period, today: Day) -> Option<(DateRange, DateRange)> {
        let days = period.resolve(today)?;
        let now = DateRange { from: days.from, to: days.to.min(today).max(days.from) };
        let before = match self {
            Self::Previous => {
                let begun = if now == days { period } else { Period::Custom(now) };
                UsageDays::Period(begun).resolve(today, None).previous
            }
            Self::SameWeekdays => same_weekdays(now),
            Self::Days(days) => days,
        };
        Some((now, before))
    }
}

impl ComparisonQuery {
    /// Reads the parameters of a URL (`campaign` for each, `from` and `to` or `period`; `against`, or `against_from` and `against_to`).
    /// Empty ones count as absent, a campaign that is named again counts once; a parameter that is none of these is returned to the
    /// caller.
    ///
    /// # Errors
    /// Names the parameter that cannot be read, asks for more days than [`period_of`] allows, names too many campaigns, or other days
    /// of several campaigns or of no period.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<(Self, OtherPairs<'a>), FieldError> {
        let mut query = Self::default();
        let (mut from, mut to, mut preset) = (None, None, None);
        let mut against = AgainstParameters::default();
        let mut others = Vec::new();
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            let wrong = |reason: &str| FieldError::new(name, reason);
            if against.take(name, value)? {
                continue;
            }
            match name {
                "campaign" => {
                    let id = CampaignId::new(value).map_err(|error| wrong(&error.to_string()))?;
                    if !query.campaigns.contains(&id) {
                        query.campaigns.push(id);
                    }
                    if query.campaigns.len() > COMPARED_CAMPAIGNS {
                        return Err(wrong(TOO_MANY));
                    }
                }
                "from" => from = Some(Day::typed(value).map_err(wrong)?),
                "to" => to = Some(Day::typed(value).map_err(wrong)?),
                "period" => preset = Some(Period::from_word(value).ok_or_else(|| wrong("is not a known period"))?),
                _ => others.push((name, value)),
            }
        }
        query.period = period_of(preset, from, to)?;
        query.against = against.read()?;
        if query.against.is_some() {
            if query.campaigns.len() > 1 {
                return Err(FieldError::new("against", OF_ONE));
            }
            if query.period == Period::Whole {
                return Err(FieldError::new("against", OF_DAYS));
            }
        }
        Ok((query, others))
    }

    /// The parameters of this query's URL, in a fixed order.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let campaigns = self.campaigns.iter().map(|id| ("campaign", id.to_string()));
        let against = self.against.into_iter().flat_map(Against::to_pairs);
        campaigns.chain(period_pairs(self.period)).chain(against).collect()
    }

    /// The same without one campaign.
    #[must_use]
    pub fn without(&self, campaign: &CampaignId) -> Self {
        let others = self.campaigns.iter().filter(|id| *id != campaign);
        Self { campaigns: others.cloned().collect(), ..*self }
    }

    /// The same with one campaign before the others.
    #[must_use]
    pub fn first(&self, campaign: &CampaignId) -> Self {
        let mut query = self.without(campaign);
        query.campaigns.insert(0, campaign.clone());
        query
    }
}

/// Why more campaigns are refused; the pages say it in the reader's language.
pub const TOO_MANY: &str = "may be named six times at most";
/// Why other days are refused of several campaigns.
pub const OF_ONE: &str = "is of one campaign";
/// Why other days are refused of a whole campaign.
pub const OF_DAYS: &str = "needs days to compare: from and to, or period";

/// Several campaigns over the same days; or one campaign twice, over the days that it is compared with and then over its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Comparison {
    /// IANA name of the account's zone.
    pub timezone: String,
    /// Currency of every cost.
    pub currency: Currency,
    /// When the figures were read.
    pub as_of: Timestamp,
    /// Whether stored calls of the account are being priced again: blocks and costs go on changing until that is done.
    pub pricing_again: bool,
    /// In the order in which they were asked for.
    pub campaigns: Vec<ComparedCampaign>,
    /// Of a campaign that is compared with itself, why its rates are other ones than before: each by each dimension that tells it
    /// apart. Empty of several campaigns.
    #[serde(default)]
    pub rate_changes: Vec<RateChange>,
}

/// One campaign of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ComparedCampaign {
    /// The sender's id.
    pub id: CampaignId,
    /// As people call it.
    pub name: String,
    /// The name of its voicebot.
    pub voicebot: String,
    /// Where it stands.
    pub state: CampaignState,
    /// The local days that were asked for; `null`: the campaign as a whole.
    pub days: Option<DateRange>,
    /// Its rates with their bounds, and their differences from the first campaign's.
    pub rates: ComparedRates,
    /// Every figure of its overview over the same days.
    pub report: Report,
}

/// The four rates of a report, each with its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ComparedRates {
    /// Answered ÷ calls.
    pub answer_rate: ComparedRate,
    /// (Calls − line faults) ÷ calls.
    pub network_effectiveness: ComparedRate,
    /// Customers reached ÷ customers.
    pub contact_rate: ComparedRate,
    /// Calls whose code is a goal ÷ answered calls.
    pub goal_rate: ComparedRate,
}

/// A rate of a campaign beside the same of the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ComparedRate {
    /// The counts.
    pub rate: Rate,
    /// Its 95 % interval (Wilson); `null` over a denominator of 0.
    pub interval: Option<Interval>,
    /// This rate less that of the first campaign; `null` for the first, and where either has a denominator of 0.
    pub difference: Option<RateDifference>,
}

impl ComparedRates {
    /// Of a report's rates, and of the first campaign's where this is another one.
    pub fn of(rates: &Rates, first: Option<&Rates>) -> Self {
        let compared = |rate: fn(&Rates) -> Rate| ComparedRate {
            rate: rate(rates),
            interval: rate(rates).interval(),
            difference: first.and_then(|first| rate(rates).less(rate(first))),
        };
        Self {
            answer_rate: compared(|rates| rates.answer_rate),
            network_effectiveness: compared(|rates| rates.network_effectiveness),
            contact_rate: compared(|rates| rates.contact_rate),
            goal_rate: compared(|rates| rates.goal_rate),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_survives_its_url_and_names_each_campaign_once() {
        let url = [("campaign", "b"), ("campaign", "a"), ("from", "2026-11-01"), ("to", "2026-11-04")];
        let (query, others) =
            ComparisonQuery::from_pairs(url.into_iter().chain([("campaign", "b"), ("by", "day")])).unwrap();
        assert_eq!(others, [("by", "day")]);
        assert_eq!(query.to_pairs(), url.map(|(name, value)| (name, value.to_owned())));
        let a = CampaignId::new("a").unwrap();
        assert_eq!(query.without(&a).to_pairs()[0].1, "b");
        assert_eq!(query.first(&a).campaigns.iter().map(CampaignId::as_str).collect::<Vec<_>>(), ["a", "b"]);
    }

    fn resolved(against: Against, from: &str, to: &str) -> String {
        let range = DateRange { from: from.parse().unwrap(), to: to.parse().unwrap() };
        let (now, before) = against.resolve(Period::Custom(range), "2026-11-20".parse().unwrap()).unwrap();
        format!("{}…{} {}…{}", now.from, now.to, before.from, before.to)
    }

    #[test]
    fn a_period_is_compared_with_as_many_days_and_a_month_with_the_month_before() {
        use Against::{Previous, SameWeekdays};
        assert_eq!(resolved(Previous, "2026-11-09", "2026-11-14"), "2026-11-09…2026-11-14 2026-11-03…2026-11-08");
        assert_eq!(resolved(Previous, "2026-10-01", "2026-10-31"), "2026-10-01…2026-10-31 2026-09-01…2026-09-30");
        assert_eq!(resolved(Previous, "2026-11-01", "2026-11-20"), "2026-11-01…2026-11-20 2026-10-01…2026-10-20");
        assert_eq!(
            resolved(Previous, "2026-11-01", "2026-11-30"),
            "2026-11-01…2026-11-20 2026-10-01…2026-10-20",
            "not over yet"
        );
        assert_eq!(resolved(Previous, "2024-03-01", "2024-03-31"), "2024-03-01…2024-03-31 2024-02-01…2024-02-29");
        assert_eq!(resolved(SameWeekdays, "2026-11-09", "2026-11-14"), "2026-11-09…2026-11-14 2026-11-02…2026-11-07");
        assert_eq!(resolved(SameWeekdays, "2026-11-01", "2026-11-10"), "2026-11-01…2026-11-10 2026-10-18…2026-10-27");
        assert_eq!(
            resolved(Previous, "2027-01-01", "2027-01-05"),
            "2027-01-01…2027-01-01 2026-12-31…2026-12-31",
            "to come"
        );
    }

    #[test]
    fn other_days_are_of_one_campaign_and_of_a_period() {
        let read = |text: &str| {
            let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
            ComparisonQuery::from_pairs(pairs).map(|(query, _)| query).map_err(|error| error.field)
        };
        for url in [
            "campaign=a&period=last-7-days&against=previous",
            "campaign=a&period=today&against=weekdays",
            "campaign=a&from=2026-11-01&to=2026-11-04&against_from=2026-10-01&against_to=2026-10-04",
        ] {
            let pairs: Vec<_> = read(url).unwrap().to_pairs();
            assert_eq!(pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&"), url);
        }
        let days = "period=today";
        assert_eq!(read(&format!("campaign=a&campaign=b&{days}&against=previous")), Err("against".to_owned()));
        assert_eq!(
            read("campaign=a&against=previous"),
            Err("against".to_owned()),
            "the whole campaign has nothing before it"
        );
        assert_eq!(read(&format!("campaign=a&{days}&against=yesterday")), Err("against".to_owned()));
        assert_eq!(read(&format!("campaign=a&{days}&against_from=2026-10-01")), Err("against_to".to_owned()));
        assert_eq!(
            read(&format!("campaign=a&{days}&against_from=2026-10-02&against_to=2026-10-01")),
            Err("against_to".to_owned())
        );
        assert_eq!(
            read(&format!("campaign=a&{days}&against=previous&against_from=2026-10-01")),
            Err("against".to_owned())
        );
    }

    #[test]
    fn too_many_campaigns_are_refused_by_name_and_the_same_again_is_not() {
        let ids: Vec<String> = (0..=COMPARED_CAMPAIGNS).map(|n| format!("c{n}")).collect();
        let read = |ids: &[String]| {
            let query = ComparisonQuery::from_pairs(ids.iter().map(|id| ("campaign", id.as_str())));
            query.map(|(query, _)| query.campaigns.len())
        };
        assert_eq!(read(&ids), Err(FieldError::new("campaign", TOO_MANY)));
        let (six, _) = ids.split_at(COMPARED_CAMPAIGNS);
        assert_eq!(read(&[six, &six[..1]].concat()), Ok(COMPARED_CAMPAIGNS));
    }
}
