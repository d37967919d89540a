//! What the form of the filters offers: codes, attempts, and how calls end, with the calls of each.

use domain::{
    CallFilter, Code, OwnDimension, OwnFilter, Sight,
    cause::{CauseFilter, HangupFilter},
    format,
    own_dimension::{OwnDimensionResult, OwnPlace},
    report::Ending,
};
use leptos::prelude::*;
use store::own_dimensions::OwnTexts;

use super::{list::CodeShown, tag::code_tag};
use crate::{Text, cause, links, own_values::place_name, use_text};

/// A value of a filter to choose from.
struct Choice {
    /// Its word in the address.
    word: String,
    /// In the reader's words.
    label: String,
    /// Its calls in the period, where they are counted.
    calls: Option<u64>,
}

/// How calls end, to choose from.
pub(super) struct Endings {
    /// Who hung up.
    sides: Vec<Choice>,
    /// Why.
    causes: Vec<Choice>,
}

impl Endings {
    /// Whom the filter asks for, in words.
    pub(super) fn asked_sides(&self, filter: &CallFilter) -> String {
        labels(&self.sides, filter.hangup_by.iter().map(|by| by.word().to_owned()))
    }

    /// The causes that the filter asks for, in words.
    pub(super) fn asked_causes(&self, filter: &CallFilter) -> String {
        labels(&self.causes, filter.causes.iter().map(CauseFilter::to_word))
    }
}

/// What the form offers.
pub(super) struct Choices {
    /// Codes, with their calls in the period.
    pub codes: Vec<(CodeShown, u64)>,
    /// Attempt numbers, with their calls in the period where these are counted.
    pub attempts: Vec<(u32, Option<u64>)>,
    /// How calls end.
    pub endings: Endings,
    /// The values of each of the account's own dimensions.
    pub own: Vec<OwnChoices>,
}

/// A dimension and its values, to choose from.
pub(super) struct OwnChoices {
    label: String,
    values: Vec<Choice>,
}

impl Choices {
    /// The own values that the filter asks for, in words.
    pub(super) fn asked_own(&self, filter: &CallFilter) -> String {
        let asked: Vec<String> = filter.own.iter().map(|own| own.to_word()).collect();
        let of = |one: &OwnChoices| {
            let values =
                one.values.iter().filter(|value| asked.contains(&value.word)).map(|value| value.label.as_str());
            let values = values.collect::<Vec<_>>().join(", ");
            (!values.is_empty()).then(|| format!("{}: {values}", one.label))
        };
        self.own.iter().filter_map(of).collect::<Vec<_>>().join(" · ")
    }

    /// All of it, to tick. What is offered has an id, so that a tick stays with its value when another one comes before it.
    pub(super) fn view(&self, filter: &CallFilter) -> AnyView {
        let text = use_text();
        let codes =
            self.codes.iter().map(|(code, calls)| code_option(code, filter.codes.contains(&code.code), *calls, text));
        let codes = codes.collect_view();
        let attempts = self.attempts.iter().map(|(attempt, calls)| {
            view! {
                <label class="check" id=format!("filter-attempt-{attempt}")>
                    {tick("attempt", attempt.to_string(), filter.attempts.contains(attempt))}
                    {attempt.to_string()}
                    <small>{calls.map(|calls| text.int(calls))}</small>
                </label>
            }
        });
        let sides = filter.hangup_by.iter().map(|by| by.word().to_owned()).collect();
        let causes = filter.causes.iter().map(CauseFilter::to_word).collect();
        let asked: Vec<String> = filter.own.iter().map(|own| own.to_word()).collect();
        let own = self.own.iter().map(|of| ending_options(text, of.label.clone(), "own", &of.values, asked.clone()));
        view! {
            <fieldset>
                <legend class="font-semibold mb-1">{text.filter_code()}</legend>
                <div class="option-list">{codes}</div>
                {self.codes.is_empty().then(|| view! { <p>{text.no_codes()}</p> })}
            </fieldset>
            <fieldset>
                <legend class="font-semibold mb-1">{text.filter_attempt()}</legend>
                <div class="flex flex-wrap gap-x-4 gap-y-1">{attempts.collect_view()}</div>
            </fieldset>
            {ending_options(text, text.filter_hangup().to_owned(), "hangup_by", &self.endings.sides, sides)}
            {ending_options(text, text.filter_cause().to_owned(), "cause", &self.endings.causes, causes)}
            {own.collect_view()}
        }
        .into_any()
    }
}

fn tick(name: &'static str, value: String, is_chosen: bool) -> impl IntoView {
    view! { <input class="checkbox" type="checkbox" name=name value=value checked=is_chosen /> }
}

fn code_option(code: &CodeShown, is_chosen: bool, calls: u64, text: Text) -> impl IntoView + use<> {
    let word = Code::as_str(&code.code).to_owned();
    let id = format!("filter-code-{}", links::encoded(&word));
    view! {
        <label id=id>
            {tick("code", word, is_chosen)}
            {code_tag(code)}
            <span>{code.label.clone()}</span>
            <span>{text.int(calls)}</span>
        </label>
    }
}

/// What is offered by these words; a word that is not, as it is.
fn labels(offered: &[Choice], words: impl Iterator<Item = String>) -> String {
    let label = |word: String| offered.iter().find(|one| one.word == word).map_or(word, |one| one.label.clone());
    words.map(label).collect::<Vec<_>>().join(", ")
}

fn ending_options(text: Text, legend: String, name: &'static str, offered: &[Choice], chosen: Vec<String>) -> AnyView {
    let option = |Choice { word, label, calls }: &Choice| {
        view! {
            <label id=format!("filter-{name}-{}", links::encoded(word))>
                {tick(name, word.clone(), chosen.contains(word))}
                <span>{label.clone()}</span>
                <span>{calls.map(|calls| text.int(calls))}</span>
            </label>
        }
    };
    view! {
        <fieldset>
            <legend class="font-semibold mb-1">{legend}</legend>
            <div class="option-list">{offered.iter().map(option).collect_view()}</div>
            {offered.is_empty().then(|| view! { <p>{text.no_causes()}</p> })}
        </fieldset>
    }
    .into_any()
}

/// How the calls of a report ended, to choose from; what the filter asks for is among it.
pub(super) fn of_report(endings: &[Ending], filter: &CallFilter, text: Text) -> Endings {
    let calls_of =
        |is: &dyn Fn(&Ending) -> bool| endings.iter().filter(|one| is(one)).map(|one| one.calls).sum::<u64>();
    let sides = HangupFilter::ALL.map(|by| (by, calls_of(&|ending| ending.by() == by)));
    let sides = sides.into_iter().filter(|(by, calls)| *calls > 0 || filter.hangup_by.contains(by));
    let mut causes: Vec<(CauseFilter, u64)> = Vec::new();
    for cause in endings.iter().map(Ending::cause).chain(filter.causes.iter().cloned()) {
        if !causes.iter().any(|(known, _)| *known == cause) {
            let calls = calls_of(&|ending| ending.cause() == cause);
            causes.push((cause, calls));
        }
    }
    causes.sort_by_key(|(_, calls)| std::cmp::Reverse(*calls));
    Endings {
        sides: sides.map(|(by, calls)| side_choice(by, Some(calls), text)).collect(),
        causes: causes.into_iter().map(|(cause, calls)| cause_choice(&cause, Some(calls), text)).collect(),
    }
}

/// How calls of the account end, to choose from.
pub(super) fn of_account(told_apart: Vec<String>, filter: &CallFilter, text: Text) -> Endings {
    let mut causes: Vec<CauseFilter> = told_apart.into_iter().map(CauseFilter::Is).collect();
    causes.extend([CauseFilter::Other, CauseFilter::Unknown]);
    let asked: Vec<CauseFilter> = filter.causes.iter().filter(|cause| !causes.contains(cause)).cloned().collect();
    causes.extend(asked);
    Endings {
        sides: HangupFilter::ALL.map(|by| side_choice(by, None, text)).into(),
        causes: causes.iter().map(|cause| cause_choice(cause, None, text)).collect(),
    }
}

/// The values of a report's dimensions, to choose from; what the filter asks for is among them.
pub(super) fn own_of_report(results: &[OwnDimensionResult], filter: &CallFilter, text: Text) -> Vec<OwnChoices> {
    let of = |result: &OwnDimensionResult| {
        let number = result.dimension.number;
        let mut values: Vec<Choice> = result
            .values
            .iter()
            .map(|value| Choice {
                word: format!("{number}.{}", value.value),
                label: place_name(value, text),
                calls: Some(value.calls),
            })
            .collect();
        let asked = filter.own.iter().filter(|own| own.dimension == number).map(|own| own.to_word());
        for word in asked {
            if !values.iter().any(|value| value.word == word) {
                values.push(Choice { label: word.clone(), word, calls: Some(0) });
            }
        }
        OwnChoices { label: result.dimension.label(text.language()).to_owned(), values }
    };
    results.iter().map(of).collect()
}

/// The values of the account's dimensions, to choose from.
pub(super) fn own_of_account(
    dimensions: &[OwnDimension],
    texts: &OwnTexts,
    sight: Sight,
    text: Text,
) -> Vec<OwnChoices> {
    let of = |dimension: &OwnDimension| {
        let choice = |place: OwnPlace, label: String| {
            let word = OwnFilter { dimension: dimension.number, place }.to_word();
            Choice { word, label, calls: None }
        };
        let told = texts.values(dimension.number, sight).into_iter();
        let told = told.map(|(number, label)| choice(OwnPlace::Told(number), label));
        let rest = [(OwnPlace::Other, text.own_other()), (OwnPlace::None, format::UNDEFINED)];
        let rest = rest.map(|(place, label)| choice(place, label.to_owned()));
        OwnChoices { label: dimension.label(text.language()).to_owned(), values: told.chain(rest).collect() }
    };
    dimensions.iter().map(of).collect()
}

fn side_choice(by: HangupFilter, calls: Option<u64>, text: Text) -> Choice {
    Choice { word: by.word().to_owned(), label: cause::side(by, text), calls }
}

fn cause_choice(cause: &CauseFilter, calls: Option<u64>, text: Text) -> Choice {
    Choice { word: cause.to_word(), label: cause::title_of_filter(cause, text), calls }
}
