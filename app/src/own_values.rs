//! What the account's own dimensions and their values are called, on pages and in files.

use domain::{format, own_dimension::OwnValueResult};

use crate::{Text, text::messages};

messages! {
    own_other = "khác", "other";
    own_goals = "Mục tiêu", "Goals";
    own_answer_low = "Tỷ lệ nghe máy, cận dưới 95%", "Answer rate, 95% lower bound";
    own_answer_high = "Tỷ lệ nghe máy, cận trên 95%", "Answer rate, 95% upper bound";
    own_goal_low = "Tỷ lệ đạt mục tiêu, cận dưới 95%", "Goal rate, 95% lower bound";
    own_goal_high = "Tỷ lệ đạt mục tiêu, cận trên 95%", "Goal rate, 95% upper bound";
    own_low = "Cận dưới 95%", "95% lower bound";
    own_high = "Cận trên 95%", "95% upper bound";
    own_rates(name) = "{name}: tỷ lệ", "{name}: rates";
    own_dimension = "Chiều", "Dimension";
}

/// What a place is called: the value itself, or what stands for it.
pub fn place_name(value: &OwnValueResult, text: Text) -> String {
    match (&value.text, value.value.as_str()) {
        (Some(shown), _) => shown.clone(),
        (None, "other") => text.own_other().to_owned(),
        _ => format::UNDEFINED.to_owned(),
    }
}
