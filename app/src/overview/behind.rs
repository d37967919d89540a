//! The calls behind a figure: every number of the overview leads to exactly the calls that it counts.

use domain::{
    CallClass, CallFilter, CampaignId, Code, CustomerFilter, DateRange, Day, Period,
    filter::{ClassFilter, CustomerStanding, TALKED_FROM},
};

use crate::links;

/// Makes addresses of calls of one report: its campaign and its period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// The campaign.
    pub campaign: CampaignId,
    /// The period of the report.
    pub period: Period,
}

impl Behind {
    fn address(&self, narrow: impl FnOnce(&mut CallFilter)) -> String {
        let mut filter = CallFilter { period: self.period, ..CallFilter::default() };
        narrow(&mut filter);
        links::calls(Some(&self.campaign), &filter)
    }

    /// Finished calls; those in progress are in no figure.
    pub fn finished(&self) -> String {
        self.address(|filter| filter.classes = finished())
    }

    /// Calls of some classes.
    pub fn classes(&self, classes: &[CallClass]) -> String {
        self.address(|filter| filter.classes = classes.iter().copied().map(ClassFilter::Class).collect())
    }

    /// Calls with one of these codes.
    pub fn codes(&self, codes: &[Code]) -> String {
        self.address(|filter| filter.codes = codes.to_vec())
    }

    /// One call for each customer reached: over the whole campaign the call that reached them first. In a date range a
    /// customer may have been reached before, so there it is all success calls.
    pub fn reached(&self) -> String {
        if self.period == Period::Whole {
            self.address(|filter| filter.newly_reached = true)
        } else {
            self.classes(&[CallClass::Success])
        }
    }

    /// Finished calls of customers whom no call of the period reached.
    pub fn tried(&self) -> String {
        self.address(|filter| {
            filter.reached = Some(false);
            filter.classes = finished();
        })
    }

    /// Success calls with `from ≤ talk time < to`, ms.
    pub fn talk_bin(&self, from: i64, to: Option<i64>) -> String {
        self.address(|filter| {
            filter.classes = vec![ClassFilter::Class(CallClass::Success)];
            filter.min_talk = (from > 0).then_some(from);
            filter.max_talk = to.map(|to| to - 1);
        })
    }

    /// Finished calls of a day or an hour of the trend (`2026-11-04`, `2026-11-04T09`), of one class or all.
    pub fn moment(&self, at: &str, class: Option<CallClass>) -> String {
        let day = at.get(..10).and_then(|day| day.parse::<Day>().ok());
        let hour = at.get(11..).and_then(|hour| hour.parse::<u8>().ok());
        self.address(|filter| {
            if let Some(day) = day {
                filter.period = Period::Custom(DateRange { from: day, to: day });
            }
            filter.hours = hour.into_iter().collect();
            filter.classes = class.map_or_else(finished, |class| vec![ClassFilter::Class(class)]);
        })
    }

    /// Finished calls of an hour of the week.
    pub fn hour_of_week(&self, weekday: u8, hour: u8) -> String {
        self.address(|filter| {
            filter.weekdays = vec![weekday];
            filter.hours = vec![hour];
            filter.classes = finished();
        })
    }

    /// Finished calls that were a customer's `k`-th, of one class or all.
    pub fn attempt(&self, k: u32, class: Option<CallClass>) -> String {
        self.address(|filter| {
            filter.attempts = vec![k];
            filter.classes = class.map_or_else(finished, |class| vec![ClassFilter::Class(class)]);
        })
    }

    /// Calls that reached their customer for the first time, at the `k`-th attempt.
    pub fn newly_reached(&self, k: u32) -> String {
        self.address(|filter| {
            filter.attempts = vec![k];
            filter.newly_reached = true;
        })
    }

    /// Success calls that talked for more than 30 s.
    pub fn talked(&self) -> String {
        self.address(|filter| {
            filter.classes = vec![ClassFilter::Class(CallClass::Success)];
            filter.min_talk = Some(TALKED_FROM);
        })
    }

    /// Calls with one of `goals`, of customers who talked for more than 30 s in one call or another.
    pub fn goal(&self, goals: &[Code]) -> String {
        self.address(|filter| {
            filter.codes = goals.to_vec();
            filter.talked = true;
        })
    }

    /// The customers that the report is of: over the whole campaign its list, in a date range those called in it.
    pub fn customers(&self) -> String {
        if self.period == Period::Whole { self.listed(CustomerStanding::All) } else { self.finished() }
    }

    /// Customers on the campaign's list, whom there need be no call of.
    pub fn listed(&self, standing: CustomerStanding) -> String {
        links::customers(&self.campaign, &CustomerFilter { standing, q: None })
    }
}

fn finished() -> Vec<ClassFilter> {
    CallClass::ALL.into_iter().map(ClassFilter::Class).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn behind(period: Period) -> Behind {
        Behind { campaign: CampaignId::new("tet").unwrap(), period }
    }

    #[test]
    fn every_link_keeps_the_period_and_leaves_out_calls_in_progress() {
        let week = behind(Period::Last7Days);
        assert_eq!(week.finished(), "/campaigns/tet/calls?period=last-7-days&class=success&class=failed&class=error");
        assert_eq!(
            week.talk_bin(5_000, Some(10_000)),
            "/campaigns/tet/calls?period=last-7-days&class=success&min_talk=5000&max_talk=9999"
        );
        assert_eq!(
            week.talk_bin(300_000, None),
            "/campaigns/tet/calls?period=last-7-days&class=success&min_talk=300000"
        );
        assert_eq!(
            week.hour_of_week(7, 9),
            "/campaigns/tet/calls?period=last-7-days&class=success&class=failed&class=error&weekday=7&hour=9"
        );
    }

    #[test]
    fn a_column_of_the_trend_is_its_day_or_its_hour() {
        let whole = behind(Period::Whole);
        assert_eq!(
            whole.moment("2026-11-04T09", Some(CallClass::Failed)),
            "/campaigns/tet/calls?from=2026-11-04&to=2026-11-04&class=failed&hour=9"
        );
        assert_eq!(
            whole.moment("2026-11-04", None),
            "/campaigns/tet/calls?from=2026-11-04&to=2026-11-04&class=success&class=failed&class=error"
        );
    }

    #[test]
    fn reached_customers_have_one_call_each_over_the_whole_campaign() {
        assert_eq!(behind(Period::Whole).reached(), "/campaigns/tet/calls?newly_reached=true");
        assert_eq!(behind(Period::Today).reached(), "/campaigns/tet/calls?period=today&class=success");
        assert_eq!(behind(Period::Whole).newly_reached(2), "/campaigns/tet/calls?attempt=2&newly_reached=true");
    }
}
