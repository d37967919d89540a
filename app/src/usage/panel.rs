//! What every panel of the pages needs.

use domain::{
    CallFilter, CallSort, CampaignId, DateRange, Language, Money, Period, Usage, VoicebotId,
    filter::{CallOrder, ClassFilter},
    format,
    usage::UsageFigures,
};
use leptos::prelude::*;

use super::{figure::Figure, reading::UsageReading};
use crate::{Text, components::Explained, links, shares};

/// A page as its panels see it.
pub struct UsagePage<'a> {
    pub text: Text,
    pub language: Language,
    pub shown: &'a UsageReading,
    pub usage: &'a Usage,
}

impl UsagePage<'_> {
    /// A figure as text; a dash where it is not known.
    pub fn value(&self, figure: Figure, figures: &UsageFigures) -> String {
        let Some(value) = figure.of(figures) else { return format::UNDEFINED.to_owned() };
        match figure {
            Figure::Sessions | Figure::Messages | Figure::Calls => format::integer(value, self.language),
            Figure::DialTime | Figure::TalkTime => format::total_duration(value, self.language),
            Figure::Cost => format::money(Money(value), &self.usage.currency, self.language),
        }
    }

    /// The figures of a row of a table.
    pub fn cells(&self, figures: &UsageFigures) -> AnyView {
        let class = if figures.calls == 0 { "num undefined" } else { "num" };
        Figure::ALL
            .map(
                |figure| view! { <td class=class data-label=figure.name(self.text)>{self.value(figure, figures)}</td> },
            )
            .into_iter()
            .collect_view()
            .into_any()
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
        let permille = shares::change(now, before);
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
