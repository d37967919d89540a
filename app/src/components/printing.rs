//! What a page needs to be printed: the button, and where its figures come from.

use domain::{DateRange, Period, format, time::LocalTime};
use leptos::prelude::*;

use super::Icon;
use crate::{use_session, use_text};

/// Prints the page, or keeps it as a PDF: the browser's own dialog has both (`web/elements.js`, `style/print.css`).
#[component]
pub fn PrintButton() -> impl IntoView {
    view! {
        <button class="btn" type="button" data-print>
            <Icon name="printer" />
            {use_text().print()}
        </button>
    }
    .into_any()
}

/// A period and its days, as they are printed: `Hôm nay, 23/11/2026`. `whole` names the widest one.
pub fn printed_period(period: Period, days: Option<DateRange>, whole: &'static str) -> String {
    let text = use_text();
    let name = (!matches!(period, Period::Custom(_))).then(|| text.period(period, whole).to_owned());
    let days = days.map(|days| format::range(days, text.language()));
    name.into_iter().chain(days).collect::<Vec<_>>().join(", ")
}

/// On paper only: account, `about` (what is reported on, over which days) and until when the data reaches, at the page's
/// head and at the foot of every sheet. `until` says what the time is of, where it is not of the data.
#[component]
pub fn PrintedSource(
    about: Vec<String>,
    at: LocalTime,
    #[prop(optional)] until: Option<&'static str>,
) -> impl IntoView {
    let text = use_text();
    let account = use_session().person.map(|person| person.account);
    let about: Vec<String> = account.into_iter().chain(about).filter(|part| !part.is_empty()).collect();
    let about = about.join(" · ");
    let until = format!("{} {}", until.unwrap_or(text.fact_until()), format::moment(at, text.language()));
    view! {
        <p class="print-head">{about.clone()}<br />{until.clone()}</p>
        // What may be long comes last: it is cut where the line ends.
        <p class="print-foot" aria-hidden="true"><span>{until}" · "{about}</span></p>
    }
    .into_any()
}
