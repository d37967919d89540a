//! The frame of both pages, and what their panels share.

use domain::{
    CallFilter, CallSort, CampaignId, DateRange, Language, Money, Period, Usage, VoicebotId,
    filter::{CallOrder, ClassFilter},
    format,
    usage::UsageFigures,
};
use leptos::prelude::*;

use super::{head, panels, reading::Shown, tables};
use crate::{
    Text,
    components::{Explained, Icon},
    links, use_text,
};

/// What every panel needs.
pub struct Page<'a> {
    pub text: Text,
    pub language: Language,
    pub shown: &'a Shown,
    pub usage: &'a Usage,
}

/// The figures of usage, in the order of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    Sessions,
    Messages,
    DialTime,
    TalkTime,
    Calls,
    Cost,
}

impl Figure {
    /// All.
    pub const ALL: [Self; 6] =
        [Self::Sessions, Self::Messages, Self::DialTime, Self::TalkTime, Self::Calls, Self::Cost];

    /// Its value; `None` where it is not known.
    pub fn of(self, figures: &UsageFigures) -> Option<i64> {
        Some(match self {
            Self::Sessions => figures.sessions,
            Self::Messages => return figures.bot_messages,
            Self::DialTime => figures.dial_time,
            Self::TalkTime => figures.talk_time,
            Self::Calls => figures.calls as i64,
            Self::Cost => figures.cost.0,
        })
    }

    /// Its name.
    pub fn name(self, text: Text) -> &'static str {
        match self {
            Self::Sessions => text.sessions(),
            Self::Messages => text.messages(),
            Self::DialTime => text.dial_time(),
            Self::TalkTime => text.talk_time_answered(),
            Self::Calls => text.total_calls_column(),
            Self::Cost => text.cost_column(),
        }
    }

    /// Its rule in a sentence.
    pub fn rule(self, text: Text) -> &'static str {
        match self {
            Self::Sessions => text.rule_sessions(),
            Self::Messages => text.rule_usage_messages(),
            Self::DialTime => text.rule_dial_time(),
            Self::TalkTime => text.rule_usage_talk(),
            Self::Calls => text.rule_usage_calls(),
            Self::Cost => text.rule_usage_cost(),
        }
    }

    /// The figure of an [`Self::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|figure| figure.id() == id)
    }

    /// The id of its ⓘ, and its word in addresses.
    pub fn id(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Messages => "messages",
            Self::DialTime => "dial-time",
            Self::TalkTime => "talk-time",
            Self::Calls => "calls",
            Self::Cost => "cost",
        }
    }
}

impl Page<'_> {
    /// A figure as text; a dash where it is not known.
    pub fn value(&self, figure: Figure, figures: &UsageFigures) -> String {
        let Some(value) = figure.of(figures) else { return format::UNDEFINED.to_owned() };
        match figure {
            Figure::Sessions | Figure::Messages | Figure::Calls => format::integer(value, self.language),
            Figure::DialTime | Figure::TalkTime => format::total_duration(value, self.language),
            Figure::Cost => format::money(Money(value), &self.usage.currency, self.language),
        }
    }

    /// A range as text.
    pub fn range(&self, range: DateRange) -> String {
        format::range(range, self.language)
    }

    /// What an ⓘ says.
    pub fn explained(&self, name: &str, rule: &str, formula: Option<(String, String)>) -> Explained {
        let text = self.text;
        let zone = format!("{} ({})", self.usage.timezone, format::offset(self.shown.as_of.offset_minutes));
        let facts = [
            (text.fact_compared(), self.range(self.usage.previous_days())),
            (text.fact_excluded(), text.usage_excluded().to_owned()),
            (text.fact_zone(), zone),
            (text.fact_until(), format::moment(self.shown.as_of, self.language)),
        ];
        Explained {
            name: name.to_owned(),
            rule: rule.to_owned(),
            formula,
            facts: facts.into_iter().map(|(label, value)| (label.to_owned(), value)).collect(),
            more: None,
        }
    }

    /// The finished calls on some days, of a campaign or of all: those that usage counts. Of one voicebot, where the page
    /// is of one.
    pub fn calls(&self, campaign: Option<&CampaignId>, days: DateRange) -> String {
        links::calls(campaign, &Self::finished(days, self.shown.query.voicebot.as_ref()))
    }

    /// The finished calls of a voicebot on the days of the page.
    pub fn calls_of_voicebot(&self, voicebot: &VoicebotId) -> String {
        links::calls(None, &Self::finished(self.usage.days(), Some(voicebot)))
    }

    /// The finished calls behind a figure, those first that make most of it.
    pub fn calls_behind(&self, figure: Figure) -> String {
        let by = match figure {
            Figure::TalkTime | Figure::Sessions => CallOrder::TalkTime,
            Figure::Cost => CallOrder::Cost,
            Figure::Messages | Figure::DialTime | Figure::Calls => CallOrder::DialedAt,
        };
        let filter = Self::finished(self.usage.days(), self.shown.query.voicebot.as_ref());
        links::calls(None, &CallFilter { sort: CallSort { by, descending: true }, ..filter })
    }

    fn finished(days: DateRange, voicebot: Option<&VoicebotId>) -> CallFilter {
        CallFilter {
            period: Period::Custom(days),
            voicebots: voicebot.cloned().into_iter().collect(),
            classes: domain::CallClass::ALL.map(ClassFilter::Class).to_vec(),
            ..CallFilter::default()
        }
    }

    /// How a figure changed: an arrow and a percentage, said in words for who cannot see the arrow.
    pub fn change(&self, figure: Figure, now: &UsageFigures, before: &UsageFigures) -> AnyView {
        let text = self.text;
        let (Some(now), Some(before)) = (figure.of(now), figure.of(before)) else {
            return view! { <span class="undefined">{format::UNDEFINED}</span> }.into_any();
        };
        if before == 0 {
            let word = if now == 0 { format::UNDEFINED } else { text.change_new() };
            return view! { <span class="change">{word}</span> }.into_any();
        }
        let permille = permille(now, before);
        let percent = format::percent(permille.unsigned_abs(), self.language);
        let (arrow, said) = match permille.signum() {
            1 => ("↑\u{a0}", text.change_up(&percent)),
            -1 => ("↓\u{a0}", text.change_down(&percent)),
            _ => ("", text.change_none().to_owned()),
        };
        let shown = format!("{arrow}{percent}");
        view! {
            <span class="change"><span aria-hidden="true">{shown}</span><span class="sr-only">{said}</span></span>
        }
        .into_any()
    }
}

/// The change in thousandths, rounded half away from zero.
fn permille(now: i64, before: i64) -> i64 {
    let (change, before) = (i128::from(now) - i128::from(before), i128::from(before));
    let magnitude = (change.abs() * 2_000 + before.abs()) / (2 * before.abs());
    (magnitude * change.signum()) as i64
}

/// The whole page.
pub fn page(shown: &Shown) -> AnyView {
    let text = use_text();
    let page = Page { text, language: text.language(), shown, usage: &shown.usage };
    let nothing = (shown.usage.total.calls == 0).then(|| {
        view! { <div class="notice" role="status"><Icon name="info" /><p>{text.no_usage()}</p></div> }
    });
    let months = panels::months(&page);
    let (first, last) = if shown.statistics { (None, Some(months)) } else { (Some(months), None) };
    view! {
        {head::head(&page)}
        {nothing}
        {first}
        {panels::figures(&page)}
        {shown.statistics.then(|| panels::trend(&page))}
        {tables::voicebots(&page)}
        {tables::campaigns(&page)}
        {(!shown.statistics).then(|| panels::trend(&page))}
        {last}
        <p class="text-muted">{text.usage_foot()}</p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::permille;

    #[test]
    fn a_change_is_rounded_half_away_from_zero() {
        assert_eq!(permille(125, 100), 250);
        assert_eq!(permille(0, 3), -1_000);
        assert_eq!(permille(2_001, 2_000), 1);
        assert_eq!(permille(1_999, 2_000), -1);
        assert_eq!(permille(5, 5), 0);
    }
}
