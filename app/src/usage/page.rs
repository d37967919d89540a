//! The frame of both pages.

use leptos::prelude::*;

use super::{head, months, panel::UsagePage, panels, reading::UsageReading, tables};
use crate::{components::Icon, use_text};

pub fn page(shown: &UsageReading) -> AnyView {
    let text = use_text();
    let page = UsagePage { text, language: text.language(), shown, usage: &shown.usage };
    let nothing = (shown.usage.total.calls == 0).then(|| {
        view! { <div class="notice" role="status"><Icon name="info" /><p>{text.no_usage()}</p></div> }
    });
    view! {
        {head::head(&page)}
        {nothing}
        {(!shown.statistics).then(|| panels::months(&page))}
        {panels::figures(&page)}
        {shown.statistics.then(|| view! { {months::table(&page)} {panels::trend(&page)} })}
        {tables::voicebots(&page)}
        {tables::campaigns(&page)}
        {(!shown.statistics).then(|| panels::trend(&page))}
        <p class="text-muted">{text.usage_foot()}</p>
    }
    .into_any()
}
