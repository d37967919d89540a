//! The ⓘ beside every figure.

use leptos::prelude::*;

use super::CloseButton;
use super::Icon;
use crate::use_text;

/// What a figure's popover says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Explained {
    pub name: String,
    /// Its rule in one sentence.
    pub rule: String,
    /// The formula with this report's numbers, and its result.
    pub formula: Option<(String, String)>,
    /// What it leaves out, other readings, the time zone, how fresh it is.
    pub facts: Vec<(String, String)>,
    /// The calls behind it: address and label.
    pub more: Option<(String, String)>,
}

/// The button and its popover. `id` is unique in the page; a native popover, so it works before scripts and closes on Esc.
#[component]
pub fn Info(#[prop(into)] id: String, what: Explained) -> impl IntoView {
    let text = use_text();
    let popover = format!("info-{id}");
    let title = format!("info-{id}-title");
    let Explained { name, rule, formula, facts, more } = what;
    let facts = facts.into_iter().map(|(label, value)| view! { <dt>{label}</dt><dd>{value}</dd> }).collect_view();
    view! {
        <button class="info-button" type="button" popovertarget=popover.clone() aria-label=text.explain(&name)>
            <Icon name="info" />
        </button>
        <div class="popover" popover id=popover role="dialog" aria-labelledby=title>
            <div class="popover-head">
                <span id=title.clone()>{name}</span>
                <CloseButton target=popover.clone() />
            </div>
            <p>{rule}</p>
            {formula.map(|(formula, result)| view! {
                <div class="popover-formula">{formula}" = "<b>{result}</b></div>
            })}
            <dl class="facts">{facts}</dl>
            {more.map(|(href, label)| view! {
                <a class="popover-more" href=href>{label}<Icon name="arrow-right" /></a>
            })}
        </div>
    }
    .into_any()
}
