//! What stands side by side: one list for the page and the files.

use domain::{
    Money,
    comparison::{ComparedCampaign, ComparedRate},
};

use crate::Text;

/// A row of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComparedFigure {
    AverageTalkTime,
    TalkTime,
    Blocks,
    Cost,
    CostPerReached,
    Customers,
    Reached,
    Tried,
    NeverDialled,
    ContactRate,
    Calls,
    Success,
    Failed,
    Error,
    InProgress,
    AnswerRate,
    NetworkEffectiveness,
    GoalRate,
}

/// A figure of a campaign, exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComparedValue {
    Count(u64),
    Blocks(i64),
    /// In ms.
    Duration(i64),
    Money(Money),
    Rate(ComparedRate),
    /// A quotient over nothing.
    Undefined,
}

impl ComparedValue {
    /// What can be compared in percent: not a rate, which is compared in points.
    pub fn number(self) -> Option<i64> {
        match self {
            Self::Count(n) => i64::try_from(n).ok(),
            Self::Blocks(n) | Self::Duration(n) => Some(n),
            Self::Money(money) => Some(money.0),
            Self::Rate(_) | Self::Undefined => None,
        }
    }
}

impl ComparedFigure {
    /// As the overview groups them: what it cost, whom it reached, how the calls ended.
    pub const GROUPS: [&'static [Self]; 3] = [
        &[Self::AverageTalkTime, Self::TalkTime, Self::Blocks, Self::Cost, Self::CostPerReached],
        &[Self::Customers, Self::Reached, Self::Tried, Self::NeverDialled, Self::ContactRate],
        &[
            Self::Calls,
            Self::Success,
            Self::Failed,
            Self::Error,
            Self::InProgress,
            Self::AnswerRate,
            Self::NetworkEffectiveness,
            Self::GoalRate,
        ],
    ];

    /// All, in that order.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::GROUPS.into_iter().flatten().copied()
    }

    /// The field of a CSV for programs, and the id of its ⓘ.
    pub fn field(self) -> &'static str {
        match self {
            Self::AverageTalkTime => "average_talk_time",
            Self::TalkTime => "talk_time",
            Self::Blocks => "blocks",
            Self::Cost => "cost",
            Self::CostPerReached => "cost_per_reached",
            Self::Customers => "customers",
            Self::Reached => "reached",
            Self::Tried => "tried",
            Self::NeverDialled => "never_dialled",
            Self::ContactRate => "contact_rate",
            Self::Calls => "calls",
            Self::Success => "success",
            Self::Failed => "failed",
            Self::Error => "error",
            Self::InProgress => "in_progress",
            Self::AnswerRate => "answer_rate",
            Self::NetworkEffectiveness => "network_effectiveness",
            Self::GoalRate => "goal_rate",
        }
    }

    /// What people call it: as on the overview.
    pub fn name(self, text: Text) -> &'static str {
        match self {
            Self::AverageTalkTime => text.average_talk_time(),
            Self::TalkTime => text.total_talk_time(),
            Self::Blocks => text.blocks_used(),
            Self::Cost => text.total_cost(),
            Self::CostPerReached => text.cost_per_reached(),
            Self::Customers => text.customers_column(),
            Self::Reached => text.reached(),
            Self::Tried => text.tried(),
            Self::NeverDialled => text.never_dialled(),
            Self::ContactRate => text.contact_rate(),
            Self::Calls => text.total_calls(),
            Self::Success => text.success_calls(),
            Self::Failed => text.failed_calls(),
            Self::Error => text.error_calls(),
            Self::InProgress => text.calls_in_progress(),
            Self::AnswerRate => text.answer_rate(),
            Self::NetworkEffectiveness => text.network_effectiveness(),
            Self::GoalRate => text.goal_rate(),
        }
    }

    /// Its rule in a sentence: as on the overview.
    pub fn rule(self, text: Text) -> &'static str {
        match self {
            Self::AverageTalkTime => text.rule_average(),
            Self::TalkTime => text.rule_total_talk(),
            Self::Blocks => text.rule_blocks(),
            Self::Cost => text.rule_cost(),
            Self::CostPerReached => text.rule_cost_per_reached(),
            Self::Customers | Self::Reached | Self::Tried | Self::NeverDialled => text.rule_customers(),
            Self::ContactRate => text.contact_rate_rule(),
            Self::Calls | Self::Success | Self::Failed | Self::Error | Self::InProgress => text.rule_calls(),
            Self::AnswerRate => text.rule_answer_rate(),
            Self::NetworkEffectiveness => text.rule_network(),
            Self::GoalRate => text.rule_goal_rate(),
        }
    }

    /// Its value of a campaign.
    pub fn of(self, campaign: &ComparedCampaign) -> ComparedValue {
        let (report, rates) = (&campaign.report, &campaign.rates);
        match self {
            Self::AverageTalkTime => report.average_talk_time.map_or(ComparedValue::Undefined, ComparedValue::Duration),
            Self::TalkTime => ComparedValue::Duration(report.talk_time),
            Self::Blocks => ComparedValue::Blocks(report.blocks),
            Self::Cost => ComparedValue::Money(report.cost),
            Self::CostPerReached => report.cost_per_reached.map_or(ComparedValue::Undefined, ComparedValue::Money),
            Self::Customers => ComparedValue::Count(report.customers.total),
            Self::Reached => ComparedValue::Count(report.customers.reached),
            Self::Tried => ComparedValue::Count(report.customers.tried),
            Self::NeverDialled => ComparedValue::Count(report.customers.never_dialled),
            Self::ContactRate => ComparedValue::Rate(rates.contact_rate),
            Self::Calls => ComparedValue::Count(report.calls.total),
            Self::Success => ComparedValue::Count(report.calls.success),
            Self::Failed => ComparedValue::Count(report.calls.failed),
            Self::Error => ComparedValue::Count(report.calls.error),
            Self::InProgress => ComparedValue::Count(report.calls.in_progress),
            Self::AnswerRate => ComparedValue::Rate(rates.answer_rate),
            Self::NetworkEffectiveness => ComparedValue::Rate(rates.network_effectiveness),
            Self::GoalRate => ComparedValue::Rate(rates.goal_rate),
        }
    }
}
