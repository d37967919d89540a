//! What is said wherever costs are, while stored calls are being priced again.

use leptos::prelude::*;

use super::Icon;
use crate::{text::messages, use_session, use_text};

messages! {
    pricing_again = "Đang tính lại giá các cuộc gọi đã lưu: block và chi phí còn thay đổi cho đến khi xong.", "Stored calls are being priced again: blocks and costs go on changing until that is done.";
    pricing_again_short = "đang tính lại giá", "being priced again";
}

/// Nothing, unless stored calls of the account are being priced again.
#[component]
pub fn PricingNotice() -> impl IntoView {
    let is_under_way = use_session().person.is_some_and(|person| person.pricing_again);
    is_under_way
        .then(|| {
            let words = use_text().pricing_again();
            view! { <p class="notice is-failed" role="status"><Icon name="warning" /><span>{words}</span></p> }
        })
        .into_any()
}
