//! What every panel of the page needs.

use domain::{CallClass, Language, Period, Report, Tariff, format};
use leptos::prelude::*;

use super::{behind::Behind, reading::Overview};
use crate::{Text, components::Explained, links};

/// The page as its panels see it.
pub struct OverviewPage<'a> {
    pub text: Text,
    pub language: Language,
    pub overview: &'a Overview,
    pub report: &'a Report,
    pub behind: Behind,
}

impl OverviewPage<'_> {
    /// An integer with its separators.
    pub fn int(&self, n: u64) -> String {
        self.text.int(n)
    }

    /// Money in the report's currency.
    pub fn money(&self, money: domain::Money) -> String {
        format::money(money, &self.report.currency, self.language)
    }

    /// The address of this page, with the choices that are made in it.
    pub fn address(&self) -> String {
        let by = self.overview.is_grain_chosen.then(|| ("by", self.overview.grain.word().to_owned()));
        let pairs = domain::filter::period_pairs(self.overview.period).into_iter().chain(by);
        links::with_query(&links::campaign_path(&self.behind.campaign), pairs)
    }

    /// The one tariff of the period, if it was one.
    pub fn tariff(&self) -> Option<&Tariff> {
        match self.overview.tariffs.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Whether the figures are of a date range, not of the whole campaign.
    pub fn in_range(&self) -> bool {
        self.overview.period != Period::Whole
    }

    /// Why a panel has nothing in it, where there are no calls.
    pub fn why_empty(&self) -> Option<AnyView> {
        let why = if self.in_range() { self.text.nothing_in_period() } else { self.text.panel_not_begun() };
        (self.report.calls.total == 0).then(|| view! { <p class="text-muted">{why}</p> }.into_any())
    }

    /// What an ⓘ says: the rule, the formula with this report's numbers, facts of its own, the zone, how fresh it is,
    /// and the way to the calls.
    pub fn explained(
        &self,
        name: &str,
        rule: &str,
        formula: Option<(String, String)>,
        facts: Vec<(&str, String)>,
        more: Option<(String, u64)>,
    ) -> Explained {
        let text = self.text;
        let zone = format!("{} ({})", self.report.timezone, format::offset(self.overview.as_of.offset_minutes));
        let until = format::moment(self.overview.as_of, self.language);
        let own = facts.into_iter().map(|(label, value)| (label.to_owned(), value));
        let common = [(text.fact_zone().to_owned(), zone), (text.fact_until().to_owned(), until)];
        Explained {
            name: name.to_owned(),
            rule: rule.to_owned(),
            formula,
            facts: own.chain(common).collect(),
            more: more.filter(|(_, calls)| *calls > 0).map(|(href, calls)| (href, text.see_calls(&text.calls(calls)))),
        }
    }

    /// The same, leading to the customers that a figure counts.
    pub fn with_customers(&self, what: Explained, href: String, customers: u64) -> Explained {
        let more = (customers > 0).then(|| (href, self.text.see_calls(&self.text.customers(customers))));
        Explained { more, ..what }
    }

    /// The fact about calls that a figure over answered calls leaves out.
    pub fn without_unanswered(&self) -> (&'static str, String) {
        let calls = self.report.calls;
        let unanswered = self.text.calls(calls.total - calls.answered);
        let left_out = match calls.in_progress {
            0 => self.text.unanswered(&unanswered),
            open => self.text.unanswered_and_open(&unanswered, &self.int(open)),
        };
        (self.text.fact_excluded(), left_out)
    }

    /// The fact about calls in progress, which are in no figure; none where there are none.
    pub fn without_open(&self) -> Vec<(&'static str, String)> {
        let open = self.report.calls.in_progress;
        let left_out = self.text.only_open(&self.text.calls(open));
        if open == 0 { vec![] } else { vec![(self.text.fact_excluded(), left_out)] }
    }

    /// The seconds below which a call is a short one.
    pub fn short_call(&self) -> String {
        let limit = self.report.duration_classes.first().and_then(|class| class.to);
        (limit.unwrap_or_default() / 1_000).to_string()
    }

    /// The count of a class.
    pub fn of_class(&self, class: CallClass) -> u64 {
        self.report.calls.of(class)
    }
}
