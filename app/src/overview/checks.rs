//! The checks at the foot of the overview: every figure that is split must add up to itself.

use domain::{Money, Report};

/// One check, computed from the report that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// What is compared.
    pub of: CheckOf,
    /// The sum of the parts.
    pub parts: i128,
    /// The figure itself.
    pub whole: i128,
}

/// What a check compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckOf {
    /// The three classes and all calls.
    Classes,
    /// The result codes and all calls.
    Codes,
    /// Reached, tried and never dialled, and all customers.
    Customers,
    /// The histogram and the answered calls.
    Histogram,
    /// The four classes of duration and the answered calls.
    Durations,
    /// How calls ended and all calls.
    Endings,
    /// The attempts and all calls.
    Attempts,
    /// The attempts' cost and the cost, in millionths.
    AttemptCost,
    /// The trend and all calls.
    Trend,
    /// The trend's cost and the cost, in millionths.
    TrendCost,
    /// The heatmap and all calls.
    Heatmap,
    /// The values of an own dimension and all calls.
    Own,
}

impl CheckOf {
    /// Whether it compares money.
    pub fn is_money(self) -> bool {
        matches!(self, Self::AttemptCost | Self::TrendCost)
    }
}

impl Check {
    /// Whether both sides agree.
    pub fn holds(self) -> bool {
        self.parts == self.whole
    }
}

/// The sums of a report that must agree, each with both sides.
pub fn checks(report: &Report) -> Vec<Check> {
    let calls = i128::from(report.calls.total);
    let count = |parts: u64| i128::from(parts);
    let money = |amounts: &mut dyn Iterator<Item = Money>| amounts.map(|amount| i128::from(amount.0)).sum::<i128>();
    let cost = i128::from(report.cost.0);
    let customers = report.customers;
    let rows = [
        (CheckOf::Classes, count(report.calls.success + report.calls.failed + report.calls.error), calls),
        (CheckOf::Codes, count(report.by_code.iter().map(|row| row.calls).sum()), calls),
        (
            CheckOf::Customers,
            count(customers.reached + customers.tried + customers.never_dialled),
            count(customers.total),
        ),
        (
            CheckOf::Histogram,
            count(report.talk_time_histogram.iter().map(|bin| bin.calls).sum()),
            count(report.calls.answered),
        ),
        (
            CheckOf::Durations,
            count(report.duration_classes.iter().map(|class| class.calls).sum()),
            count(report.calls.answered),
        ),
        (CheckOf::Endings, count(report.endings.iter().map(|ending| ending.calls).sum()), calls),
        (CheckOf::Attempts, count(report.by_attempt.iter().map(|row| row.calls).sum()), calls),
        (CheckOf::AttemptCost, money(&mut report.by_attempt.iter().map(|row| row.cost)), cost),
        (CheckOf::Trend, count(report.trend.iter().map(|point| point.calls).sum()), calls),
        (CheckOf::TrendCost, money(&mut report.trend.iter().map(|point| point.cost)), cost),
        (CheckOf::Heatmap, count(report.heatmap.iter().map(|cell| cell.calls).sum()), calls),
    ];
    let own = report
        .own_dimensions
        .iter()
        .map(|of| (CheckOf::Own, count(of.values.iter().map(|value| value.calls).sum()), calls));
    rows.into_iter().chain(own).map(|(of, parts, whole)| Check { of, parts, whole }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::report;

    /// Takes something away from a report.
    type Loss = fn(&mut Report);

    #[test]
    fn a_report_whose_parts_add_up_passes() {
        assert!(checks(&report()).iter().all(|check| check.holds()), "{:?}", checks(&report()));
    }

    #[test]
    fn a_call_lost_from_any_split_is_seen() {
        let lost: [(CheckOf, Loss); 8] = [
            (CheckOf::Classes, |report| report.calls.error -= 1),
            (CheckOf::Codes, |report| report.by_code[0].calls -= 1),
            (CheckOf::Customers, |report| report.customers.tried -= 1),
            (CheckOf::Histogram, |report| report.talk_time_histogram[1].calls -= 1),
            (CheckOf::Durations, |report| report.duration_classes[3].calls -= 1),
            (CheckOf::Endings, |report| report.endings[0].calls -= 1),
            (CheckOf::TrendCost, |report| report.trend[0].cost.0 -= 1),
            (CheckOf::Heatmap, |report| report.heatmap[0].calls -= 1),
        ];
        for (of, lose) in lost {
            let mut broken = report();
            lose(&mut broken);
            let failed: Vec<CheckOf> =
                checks(&broken).iter().filter(|check| !check.holds()).map(|check| check.of).collect();
            assert_eq!(failed, [of]);
        }
    }
}
