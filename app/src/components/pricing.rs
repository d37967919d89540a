//! What is said wherever costs are, while stored calls are being priced again.

use domain::Role;
use leptos::prelude::*;

use super::Icon;
use crate::{text::messages, use_session, use_text, with_account::with_account};

messages! {
    pricing_again = "Đang tính lại giá các cuộc gọi đã lưu: block và chi phí còn thay đổi cho đến khi xong.", "Stored calls are being priced again: blocks and costs go on changing until that is done.";
    pricing_again_short = "đang tính lại giá", "being priced again";
}

/// Nothing, unless stored calls of the account are being priced again, or none of its tariffs has a price.
#[component]
pub fn PricingNotice() -> impl IntoView {
    let text = use_text();
    let Some(person) = use_session().person else { return ().into_any() };
    let again = person.pricing_again.then(|| {
        let words = text.pricing_again();
        view! { <p class="notice is-failed" role="status"><Icon name="warning" /><span>{words}</span></p> }
    });
    let without = person.without_price.then(|| {
        let link = person.role.may(Role::Manager).then(|| {
            view! { " "<a class="link screen-only" href=with_account("/settings/tariffs")>{text.tariffs_set()}</a> }
        });
        view! { <p class="notice is-neutral"><Icon name="info" /><span>{text.no_price_set()}{link}</span></p> }
    });
    view! { {again}{without} }.into_any()
}
