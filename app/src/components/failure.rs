//! What stands in the place of a page that could not be made.

use domain::{
    comparison::TOO_MANY,
    filter::{DAY_MISSING, RANGE_TOO_LONG},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Icon, Title};
use crate::{AppError, links, use_session, use_text, with_account::with_account};

/// What is so, why, and the next step. Sets the answer's status.
#[component]
pub fn FailureView(error: AppError) -> impl IntoView {
    error.set_status();
    let text = use_text();
    let location = use_location();
    let path = location.pathname.get_untracked();
    let search = location.search.get_untracked();
    let here = if search.is_empty() { path.clone() } else { format!("{path}?{search}") };
    let to_campaigns = ("/campaigns".to_owned(), text.to_campaigns());
    let (title, why, (href, step)) = match &error {
        AppError::NotFound if use_session().person.is_none() => {
            (text.not_found_title(), text.not_found_why().to_owned(), ("/sign-in".to_owned(), text.sign_in()))
        }
        AppError::NotFound => (text.not_found_title(), text.not_found_why().to_owned(), to_campaigns),
        AppError::SignedOut => {
            let sign_in = links::with_query("/sign-in", [("to", here.as_str())]);
            (text.signed_out_title(), text.signed_out_why().to_owned(), (sign_in, text.sign_in()))
        }
        AppError::AnotherAccount => {
            let of = use_session().person.map(|person| person.account).unwrap_or_default();
            // The server asks which of the two to go on with.
            (text.another_account_title(), text.another_account_why(&of), (with_account(&here), text.accounts_title()))
        }
        AppError::Invalid { reason, .. } if reason == RANGE_TOO_LONG => {
            (text.range_too_long_title(), text.range_too_long_why().to_owned(), (path, text.without_filters()))
        }
        AppError::Invalid { reason, .. } if reason == DAY_MISSING => {
            (text.day_missing_title(), text.day_missing_why().to_owned(), (path, text.without_filters()))
        }
        AppError::Invalid { reason, .. } if reason == TOO_MANY => {
            (text.invalid_title(), text.too_many_compared().to_owned(), to_campaigns)
        }
        AppError::Invalid { field, .. } => {
            (text.invalid_title(), text.invalid_why(field), (path, text.without_filters()))
        }
        AppError::Busy => (text.busy_title(), text.busy_why().to_owned(), (here, text.try_again())),
        AppError::Internal { reference } => {
            (text.internal_title(), text.internal_why(reference), (here, text.try_again()))
        }
    };
    view! {
        <Title text=text.page_title(title) />
        <section class="panel empty empty-error" role="alert">
            <span class="empty-icon"><Icon name="warning" /></span>
            <h1>{title}</h1>
            <p>{why}</p>
            // A full load: the step may need another session, or a server that came back.
            <div class="empty-actions"><a class="btn" href=href rel="external">{step}</a></div>
        </section>
    }
}

/// The page of an address that leads nowhere.
#[component]
pub fn PageNotFound() -> impl IntoView {
    view! { <FailureView error=AppError::NotFound /> }
}
