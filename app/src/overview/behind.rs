//! The calls behind a figure: every number of the overview leads to exactly the calls that it counts.

use domain::{
    CallClass, CallFilter, CampaignId, Code, CustomerFilter, DateRange, OwnFilter, Period,
    cause::{CauseFilter, HangupFilter},
    filter::{ClassFilter, CustomerStanding, TALKED_FROM},
    outcome::{LINE_FAULT, SYSTEM_CODES},
    report::{CodeCount, TrendPoint},
};

use crate::links;

/// Makes addresses of calls of one report: its campaign and its period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    pub campaign: CampaignId,
    /// The period of the report.
    pub period: Period,
    /// Whether some answered calls may count as something else than a success, so that the two lead to other calls.
    pub answered_apart: bool,
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

    /// Calls that are not over yet.
    pub fn in_progress(&self) -> String {
        self.address(|filter| filter.classes = vec![ClassFilter::InProgress])
    }

    /// Calls of some classes.
    pub fn classes(&self, classes: &[CallClass]) -> String {
        self.address(|filter| filter.classes = classes.iter().copied().map(ClassFilter::Class).collect())
    }

    /// Answered calls, whatever their codes count as.
    pub fn answered(&self) -> String {
        self.address(|filter| self.narrow_to_answered(filter))
    }

    /// Only an answered call has a talk time.
    fn narrow_to_answered(&self, filter: &mut CallFilter) {
        if self.answered_apart {
            filter.min_talk = Some(0);
        } else {
            filter.classes = vec![ClassFilter::Class(CallClass::Success)];
        }
    }

    /// Finished calls that nobody answered.
    pub fn unanswered(&self) -> String {
        if self.answered_apart {
            self.codes(&SYSTEM_CODES.map(Code::new).into_iter().flatten().collect::<Vec<_>>())
        } else {
            self.classes(&[CallClass::Failed, CallClass::Error])
        }
    }

    /// Finished calls without a line fault, whose codes these are.
    pub fn without_line_fault(&self, counts: &[CodeCount]) -> String {
        if self.answered_apart {
            let codes = counts.iter().map(|count| &count.code).filter(|code| code.as_str() != LINE_FAULT);
            self.codes(&codes.cloned().collect::<Vec<_>>())
        } else {
            self.classes(&[CallClass::Success, CallClass::Failed])
        }
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

    /// Answered calls with `from ≤ talk time < to`, ms.
    pub fn talk_bin(&self, from: i64, to: Option<i64>) -> String {
        self.address(|filter| {
            self.narrow_to_answered(filter);
            if from > 0 || to.is_some() {
                filter.min_talk = (from > 0).then_some(from);
            }
            filter.max_talk = to.map(|to| to - 1);
        })
    }

    /// Answered calls with a recording.
    pub fn recorded(&self) -> String {
        self.address(|filter| {
            self.narrow_to_answered(filter);
            filter.recorded = Some(true);
        })
    }

    /// Finished calls of a point of the trend, of one class or all.
    pub fn moment(&self, point: &TrendPoint, class: Option<CallClass>) -> String {
        let hour = point.at.get(11..).and_then(|hour| hour.parse::<u8>().ok());
        self.address(|filter| {
            if let Some(days) = point.days() {
                // The first and the last month have only the days of the period.
                let range = if let Period::Custom(range) = self.period { range } else { days };
                let days = DateRange { from: days.from.max(range.from), to: days.to.min(range.to) };
                filter.period = Period::Custom(days);
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

    /// Finished calls, or the answered ones, of a part of all: an hour, a weekday.
    pub fn part(&self, is_answered: bool, narrow: impl FnOnce(&mut CallFilter)) -> String {
        self.address(|filter| {
            if is_answered {
                self.narrow_to_answered(filter);
            } else {
                filter.classes = finished();
            }
            narrow(filter);
        })
    }

    /// Calls that reached their customer for the first time, at the `k`-th attempt.
    pub fn newly_reached(&self, k: u32) -> String {
        self.address(|filter| {
            filter.attempts = vec![k];
            filter.newly_reached = true;
        })
    }

    /// Finished calls that one of these sides ended for one of these causes; of either, none stands for any.
    pub fn ended(&self, by: &[HangupFilter], causes: &[CauseFilter]) -> String {
        self.address(|filter| {
            filter.classes = finished();
            filter.hangup_by = by.to_vec();
            filter.causes = causes.to_vec();
        })
    }

    /// Answered calls that this side ended for this cause.
    pub fn ended_answered(&self, by: HangupFilter, cause: &CauseFilter) -> String {
        self.address(|filter| {
            filter.min_talk = Some(0);
            filter.hangup_by = vec![by];
            filter.causes = vec![cause.clone()];
        })
    }

    /// Finished calls at a place of an own dimension.
    pub fn own(&self, own: OwnFilter) -> String {
        self.address(|filter| {
            filter.classes = finished();
            filter.own = vec![own];
        })
    }

    /// Answered calls at it.
    pub fn own_answered(&self, own: OwnFilter) -> String {
        self.address(|filter| {
            self.narrow_to_answered(filter);
            filter.own = vec![own];
        })
    }

    /// Success calls at it.
    pub fn own_success(&self, own: OwnFilter) -> String {
        self.address(|filter| {
            filter.classes = vec![ClassFilter::Class(CallClass::Success)];
            filter.own = vec![own];
        })
    }

    /// Calls at it with one of `goals`.
    pub fn own_goals(&self, own: OwnFilter, goals: &[Code]) -> String {
        self.address(|filter| {
            filter.codes = goals.to_vec();
            filter.own = vec![own];
        })
    }

    /// Calls at it that reached their customer for the first time.
    pub fn own_newly_reached(&self, own: OwnFilter) -> String {
        self.address(|filter| {
            filter.newly_reached = true;
            filter.own = vec![own];
        })
    }

    /// Finished calls outside the days and hours of the plan.
    pub fn outside_plan(&self) -> String {
        self.address(|filter| filter.outside_plan = true)
    }

    /// Redials that the rules of the plan do not allow.
    pub fn beyond_rule(&self) -> String {
        self.address(|filter| filter.beyond_rule = true)
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
        links::customers(&self.campaign, &CustomerFilter { standing, ..CustomerFilter::default() })
    }
}

fn finished() -> Vec<ClassFilter> {
    CallClass::ALL.into_iter().map(ClassFilter::Class).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn behind(period: Period) -> Behind {
        Behind { campaign: CampaignId::new("tet").unwrap(), period, answered_apart: false }
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
    fn answered_calls_are_told_from_success_calls_where_they_are_not_the_same() {
        let apart = Behind { answered_apart: true, ..behind(Period::Whole) };
        assert_eq!(behind(Period::Whole).answered(), "/campaigns/tet/calls?class=success");
        assert_eq!(apart.answered(), "/campaigns/tet/calls?min_talk=0");
        assert_eq!(apart.unanswered(), "/campaigns/tet/calls?code=BS&code=NA&code=CU");
        assert_eq!(apart.talk_bin(0, Some(5_000)), "/campaigns/tet/calls?max_talk=4999");
        assert_eq!(apart.talk_bin(300_000, None), "/campaigns/tet/calls?min_talk=300000");
        assert_eq!(apart.recorded(), "/campaigns/tet/calls?min_talk=0&recorded=true");
        let counts = crate::sample::report().by_code;
        assert!(!apart.without_line_fault(&counts).contains("code=CU"));
    }

    #[test]
    fn a_column_of_the_trend_is_what_it_counts() {
        let point = |at: &str| TrendPoint { at: at.to_owned(), ..crate::sample::report().trend.remove(0) };
        let whole = behind(Period::Whole);
        assert_eq!(
            whole.moment(&point("2026-11-04T09"), Some(CallClass::Failed)),
            "/campaigns/tet/calls?from=2026-11-04&to=2026-11-04&class=failed&hour=9"
        );
        assert_eq!(
            whole.moment(&point("2026-11-04"), None),
            "/campaigns/tet/calls?from=2026-11-04&to=2026-11-04&class=success&class=failed&class=error"
        );
        let failed = Some(CallClass::Failed);
        assert_eq!(
            whole.moment(&point("2026-11"), failed),
            "/campaigns/tet/calls?from=2026-11-01&to=2026-11-30&class=failed"
        );
        assert_eq!(
            whole.moment(&point("2026"), failed),
            "/campaigns/tet/calls?from=2026-01-01&to=2026-12-31&class=failed"
        );
        let range = DateRange::new("2025-06-01".parse().unwrap(), "2026-11-04".parse().unwrap()).unwrap();
        assert_eq!(
            behind(Period::Custom(range)).moment(&point("2026-11"), failed),
            "/campaigns/tet/calls?from=2026-11-01&to=2026-11-04&class=failed"
        );
    }

    #[test]
    fn reached_customers_have_one_call_each_over_the_whole_campaign() {
        assert_eq!(behind(Period::Whole).reached(), "/campaigns/tet/calls?newly_reached=true");
        assert_eq!(behind(Period::Today).reached(), "/campaigns/tet/calls?period=today&class=success");
        assert_eq!(behind(Period::Whole).newly_reached(2), "/campaigns/tet/calls?attempt=2&newly_reached=true");
    }
}
