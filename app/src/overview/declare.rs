//! Declaring a result code where it is first met.

use domain::{Code, limits};
use leptos::prelude::*;

use super::panel::OverviewPage;
use crate::{
    Text,
    components::CloseButton,
    form::{Field, Filled, Form, Kind, Place},
    links,
};

/// The code that is declared.
pub const CODE: Field = Field::new("code", Text::result_code, Kind::Code).required().hidden();
/// Where one goes afterwards: the page with its period.
pub const TO: Field = Field::new("to", Text::back, Kind::Line { max: 2_000 }).hidden();
/// What the code means, in Vietnamese.
pub const LABEL_VI: Field =
    Field::new("label_vi", Text::label_vi, Kind::Line { max: limits::NAME_CHARS }).required().lang("vi");
/// What the code means, in English.
pub const LABEL_EN: Field =
    Field::new("label_en", Text::label_en, Kind::Line { max: limits::NAME_CHARS }).required().lang("en");
/// Whether a call that ends with it met the goal.
pub const IS_GOAL: Field = Field::new("is_goal", Text::code_is_goal, Kind::Checkbox);

pub const DECLARE_CODE: Form = Form { fields: &[CODE, TO, LABEL_VI, LABEL_EN, IS_GOAL], submit: Text::define_code };

/// The button and the form of the `n`-th undefined code.
pub fn popover(page: &OverviewPage, n: usize, code: &Code) -> AnyView {
    let text = page.text;
    let id = format!("declare-{n}");
    let title_id = format!("{id}-title");
    let to = page.address();
    let filled = Filled::default().with(&CODE, code.as_str()).with(&TO, to);
    let action = links::result_codes(&page.behind.campaign);
    view! {
        <button class="link text-start wrap-anywhere" type="button" popovertarget=id.clone()>{text.define_code()}" "{code.to_string()}</button>
        <div class="popover popover-end" popover id=id.clone() role="dialog" aria-labelledby=title_id.clone()>
            <div class="popover-head">
                <span id=title_id.clone()>{text.define_code_title(code.as_str())}</span>
                <CloseButton target=id.clone() />
            </div>
            {DECLARE_CODE.view(&format!("{id}-form"), action, Place::Sheet, &filled)}
        </div>
    }
    .into_any()
}
