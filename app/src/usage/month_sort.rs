//! The order of the months in their table.

use std::cmp::Reverse;

use domain::usage::RangeMonth;

use super::figure::Figure;

/// The order of the months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthSort {
    /// What they are compared by; none: by time.
    pub(super) by: Option<Figure>,
    pub(super) descending: bool,
}

impl Default for MonthSort {
    /// Newest first.
    fn default() -> Self {
        Self { by: None, descending: true }
    }
}

/// The word of the order by time.
const MONTH: &str = "month";

impl MonthSort {
    /// The form in URLs: the column, with `-` for descending.
    pub fn to_word(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.by.map_or(MONTH, Figure::id))
    }

    /// Reads what [`Self::to_word`] writes; none for anything else.
    pub fn from_word(text: &str) -> Option<Self> {
        let (descending, word) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let by = if word == MONTH { None } else { Some(Figure::from_id(word)?) };
        Some(Self { by, descending })
    }

    /// Puts months into this order; of equal ones the newest comes first.
    pub(super) fn sort(self, months: &mut [RangeMonth]) {
        months.sort_by_key(|one| Reverse(one.month));
        let value = |one: &RangeMonth| self.by.map_or(Some(i64::from(one.month.0)), |figure| figure.of(&one.figures));
        if self.descending {
            months.sort_by_key(|one| Reverse(value(one)));
        } else {
            months.sort_by_key(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{DateRange, Money, Month, usage::UsageFigures};

    use super::*;

    fn month(text: &str, sessions: i64, bot_messages: Option<i64>) -> RangeMonth {
        let month: Month = text.parse().unwrap();
        let calls = u64::from(sessions > 0);
        let figures = UsageFigures { sessions, bot_messages, calls, dial_time: 0, talk_time: 0, cost: Money::ZERO };
        let DateRange { from, to } = month.days();
        RangeMonth { month, from, to, figures }
    }

    #[test]
    fn months_are_put_into_any_order_the_newest_of_equals_first() {
        let months = [month("2026-01", 5, None), month("2026-02", 9, Some(3)), month("2026-03", 5, Some(1))];
        let order = |word: &str| {
            let mut months = months;
            let sort = MonthSort::from_word(word).unwrap();
            assert_eq!(sort.to_word(), word);
            sort.sort(&mut months);
            months.map(|one| one.month.number())
        };
        assert_eq!(order("-month"), [3, 2, 1]);
        assert_eq!(order("month"), [1, 2, 3]);
        assert_eq!(order("-sessions"), [2, 3, 1]);
        assert_eq!(order("sessions"), [3, 1, 2]);
        // What is not known comes before 0.
        assert_eq!(order("messages"), [1, 3, 2]);
        assert!(MonthSort::from_word("colour").is_none());
        assert_eq!(MonthSort::default().to_word(), "-month");
    }
}
