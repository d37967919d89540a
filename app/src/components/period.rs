//! The range picker: ‹ range, preset ›, a list of presets and two typed dates. Links and a GET form on the address.

use domain::{DateRange, Day, Period, filter::period_pairs, format};
use leptos::prelude::*;

use super::{
    Icon,
    asking::{self, Asking},
};
use crate::{links, use_text};

/// The period before or after a range. A range that begins with a month and ends with one (or today) steps by whole
/// months; any other by its own length.
fn step(range: DateRange, today: Day, forward: bool) -> DateRange {
    let starts_month = range.from == range.from.month_start();
    let ends_month = range.to.plus(1) == range.from.next_month_start();
    let month_so_far = range.to == today && range.from == today.month_start() && range.days() > 1;
    if starts_month && (ends_month || month_so_far) {
        let from = if forward { range.from.next_month_start() } else { range.from.plus(-1).month_start() };
        DateRange { from, to: from.next_month_start().plus(-1) }
    } else if forward {
        DateRange { from: range.to.plus(1), to: range.to.plus(range.days()) }
    } else {
        range.previous()
    }
}

/// The picker. It knows nothing of what is reported: `path` and `keep` are the address without its period; `shown` the days that the period means, and
/// `without_days` what to say where there are none.
#[component]
pub fn PeriodPicker(
    path: String,
    keep: Vec<(String, String)>,
    period: Period,
    shown: Option<DateRange>,
    today: Day,
    whole: &'static str,
    #[prop(optional)] without_days: Option<&'static str>,
) -> impl IntoView {
    let text = use_text();
    let language = text.language();
    let address = |period: Period| {
        let pairs = period_pairs(period).into_iter().map(|(name, value)| (name.to_owned(), value));
        links::with_query(&path, keep.iter().cloned().chain(pairs))
    };
    let none = without_days.unwrap_or_else(|| text.no_calls_yet());
    let label = shown.map_or_else(|| none.to_owned(), |range| format::range(range, language));
    let name = (!matches!(period, Period::Custom(_))).then(|| text.period(period, whole)).filter(|name| *name != label);
    // The whole campaign has nothing before or after it.
    let steps = shown.filter(|_| period != Period::Whole);
    let arrow = |forward: bool| {
        let (icon, name, key) = if forward {
            ("chevron-right", text.period_next(), "ArrowRight")
        } else {
            ("chevron-left", text.period_previous(), "ArrowLeft")
        };
        match steps {
            Some(range) => {
                let href = address(Period::Custom(step(range, today, forward)));
                view! {
                    <a class="btn btn-square" href=href aria-label=name title=name data-key=key><Icon name=icon /></a>
                }
                .into_any()
            }
            None => view! {
                <span class="btn btn-square" role="link" aria-disabled="true" aria-label=name><Icon name=icon /></span>
            }
            .into_any(),
        }
    };
    let preset = |preset: Period| {
        let key = match preset {
            Period::Today => Some("d"),
            Period::Last7Days => Some("w"),
            Period::ThisMonth => Some("m"),
            Period::ThisYear => Some("y"),
            Period::Whole => Some("a"),
            _ => None,
        };
        view! {
            <a class="menu-item" href=address(preset) data-key=key aria-current=(preset == period).then_some("true")>
                {text.period(preset, whole)}
                {key.map(|key| view! { <kbd class="kbd">{key.to_ascii_uppercase()}</kbd> })}
            </a>
        }
    };
    let typed = shown.unwrap_or(DateRange { from: today, to: today });
    let is_custom = matches!(period, Period::Custom(_)).then_some("true");
    let field = |name, label, day| asking::day("range-date", (name, label), Some(day), true);
    let sheet = Asking::new(path.clone(), "popover range-sheet popover-end")
        .popover("range", text.choose_period())
        .taking_focus();
    let asked = view! {
        <nav class="range-presets" aria-label=text.choose_period()>
            {Period::PRESETS.map(preset).collect_view()}
            <hr />
            <button class="menu-item" type="button" data-custom aria-current=is_custom>
                {text.custom()}
                <kbd class="kbd">"C"</kbd>
            </button>
        </nav>
        <div class="range-dates">
            {field("from", text.from_day(), typed.from)}
            <Icon name="arrow-right" />
            {field("to", text.to_day(), typed.to)}
            // Two months to click in, drawn by web/calendar.js when the sheet is first opened.
            <ringside-calendar aria-label=text.calendar() data-today=today.to_string() data-earlier=text.previous_month()
                data-later=text.next_month() data-wrong=text.day_wrong() data-order=text.days_in_order()></ringside-calendar>
        </div>
        <div class="range-foot">
            <button class="btn btn-ghost" type="button" popovertarget="range" popovertargetaction="hide">
                {text.cancel()}
            </button>
            <button class="btn btn-primary" type="submit">{text.apply()}</button>
        </div>
    };
    view! {
        <div class="button-group">
            {arrow(false)}
            <button class="btn" type="button" popovertarget="range" data-key="c">
                <Icon name="calendar" />
                // Its name is what it shows, and before it what it does.
                <span class="sr-only">{text.choose_period()}": "</span>
                <span class="truncate">{label}</span>
                {name.map(|name| view! { " "<small class="text-muted only-desktop">{name}</small> })}
                <Icon name="chevron-down" />
            </button>
            {arrow(true)}
        </div>
        {sheet.keeping(keep.clone()).view(asked.into_any())}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stepped(from: &str, to: &str, forward: bool) -> String {
        let range = DateRange { from: from.parse().unwrap(), to: to.parse().unwrap() };
        let range = step(range, "2026-11-20".parse().unwrap(), forward);
        format!("{}…{}", range.from, range.to)
    }

    #[test]
    fn a_range_steps_by_its_own_length() {
        assert_eq!(stepped("2026-11-09", "2026-11-14", false), "2026-11-03…2026-11-08");
        assert_eq!(stepped("2026-11-09", "2026-11-14", true), "2026-11-15…2026-11-20");
        assert_eq!(stepped("2026-11-01", "2026-11-01", false), "2026-10-31…2026-10-31");
    }

    #[test]
    fn a_month_steps_by_months() {
        assert_eq!(stepped("2026-11-01", "2026-11-20", false), "2026-10-01…2026-10-31");
        assert_eq!(stepped("2026-10-01", "2026-10-31", false), "2026-09-01…2026-09-30");
        assert_eq!(stepped("2026-01-01", "2026-01-31", true), "2026-02-01…2026-02-28");
        assert_eq!(stepped("2026-11-01", "2026-11-15", false), "2026-10-17…2026-10-31");
    }
}
