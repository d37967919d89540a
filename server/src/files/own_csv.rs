//! The calls of a campaign by the values of the account's own dimensions, as CSV: a line for each value, as on the page.

use app::{Text, own_values::place_name};
use domain::{Language, interval::Interval, own_dimension::OwnDimensionResult, report::Rate};

use super::{
    call_csv::harmless,
    campaign_list::share_of_one,
    comparison::{percent, share},
};

/// The columns' fields, and their names for people.
fn heads(language: Option<Language>) -> Vec<String> {
    let Some(text) = language.map(Text) else {
        let fields = "dimension,value,text,calls,answered,success,goals,newly_reached,cost,answer_rate,answer_rate_low,\
                      answer_rate_high,goal_rate,goal_rate_low,goal_rate_high";
        return fields.split(',').map(str::to_owned).collect();
    };
    let names = [
        text.own_dimension(),
        text.why_value(),
        text.calls_column(),
        text.answered_column(),
        text.success(),
        text.own_goals(),
        text.newly_reached(),
        text.cost_column(),
        text.answer_rate(),
        text.own_answer_low(),
        text.own_answer_high(),
        text.goal_rate(),
        text.own_goal_low(),
        text.own_goal_high(),
    ];
    names.map(str::to_owned).into()
}

/// The file, with a byte-order mark. Without a language for programs, in whose file rates are shares of one and places have the words of
/// addresses.
pub fn write(results: &[OwnDimensionResult], language: Option<Language>) -> Vec<u8> {
    let mut writer = super::csv_list::lines("\u{feff}".into());
    let _ = writer.write_record(heads(language));
    for result in results {
        for value in &result.values {
            let mut line = match language {
                None => {
                    let text = value.text.as_deref().unwrap_or_default();
                    let key = harmless(result.dimension.key.as_str()).into_owned();
                    vec![key, value.value.clone(), harmless(text).into_owned()]
                }
                Some(language) => {
                    let name = place_name(value, Text(language));
                    [result.dimension.label(language), &name].map(|text| harmless(text).into_owned()).into()
                }
            };
            let counts = [value.calls, value.answered, value.success, value.goals, value.newly_reached];
            line.extend(counts.map(|count| count.to_string()));
            line.push(value.cost.to_string());
            for (rate, interval) in [(value.answer_rate, value.answer_interval), (value.goal_rate, value.goal_interval)]
            {
                line.extend(rated(rate, interval, language));
            }
            let _ = writer.write_record(line);
        }
    }
    writer.into_inner().unwrap_or_default()
}

/// A rate with its bounds; empty where there is none.
fn rated(rate: Rate, interval: Option<Interval>, language: Option<Language>) -> [String; 3] {
    let bound = |of: fn(&Interval) -> i32| {
        let bound = interval.as_ref().map(of);
        bound.map(|bound| language.map_or_else(|| share(bound), |language| percent(bound, language)))
    };
    let rate = match language {
        None => share_of_one(rate).unwrap_or_default(),
        Some(language) if rate.denominator > 0 => domain::format::rate(rate, language),
        Some(_) => String::new(),
    };
    [rate, bound(|of| of.low).unwrap_or_default(), bound(|of| of.high).unwrap_or_default()]
}
