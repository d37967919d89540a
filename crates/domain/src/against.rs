//! Which other days a period is compared with, as pages, API and files ask for it.

use crate::{
    DateRange, Day, FieldError, Period,
    filter::{DAY_MISSING, period_of},
};

/// The days that a period is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Against {
    /// The days before it, as usage has them: as many right before, or of whole months and of what is not over the same of those before.
    #[default]
    Previous,
    /// As many days, whole weeks before it: the latest of them that end before it begins, so that each is the same weekday.
    SameWeekdays,
    /// These days, both included.
    Days(DateRange),
}

impl Against {
    /// The parameters of a URL.
    pub fn to_pairs(self) -> Vec<(&'static str, String)> {
        match self {
            Self::Previous => vec![("against", "previous".to_owned())],
            Self::SameWeekdays => vec![("against", "weekdays".to_owned())],
            Self::Days(days) => vec![("against_from", days.from.to_string()), ("against_to", days.to.to_string())],
        }
    }
}

/// As many days, as few whole weeks before as leaves no day in both.
pub fn same_weekdays(days: DateRange) -> DateRange {
    let weeks = (days.days() + 6) / 7;
    DateRange { from: days.from.plus(-7 * weeks), to: days.to.plus(-7 * weeks) }
}

/// What the parameters of a URL say of it: `against`, or `against_from` and `against_to`.
#[derive(Debug, Default)]
pub struct AgainstParameters {
    named: Option<Against>,
    from: Option<Day>,
    to: Option<Day>,
}

impl AgainstParameters {
    /// Whether a parameter with a value is one of these; it is read then.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn take(&mut self, name: &str, value: &str) -> Result<bool, FieldError> {
        let wrong = |reason: &str| FieldError::new(name, reason);
        match name {
            "against" => {
                self.named = Some(match value {
                    "previous" => Against::Previous,
                    "weekdays" => Against::SameWeekdays,
                    _ => return Err(wrong("must be previous or weekdays")),
                });
            }
            "against_from" => self.from = Some(Day::typed(value).map_err(wrong)?),
            "against_to" => self.to = Some(Day::typed(value).map_err(wrong)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// What they say together; none where none was given.
    ///
    /// # Errors
    /// Names the day that is missing or too far from the other, or `against` beside days.
    pub fn read(self) -> Result<Option<Against>, FieldError> {
        match (self.from, self.to) {
            (None, None) => Ok(self.named),
            _ if self.named.is_some() => Err(FieldError::new("against", "cannot be given together with days")),
            (Some(_), None) => Err(FieldError::new("against_to", DAY_MISSING)),
            (None, Some(_)) => Err(FieldError::new("against_from", DAY_MISSING)),
            (from, to) => match period_of(None, from, to) {
                Ok(Period::Custom(days)) => Ok(Some(Against::Days(days))),
                Ok(_) => Ok(None),
                Err(error) => Err(FieldError::new("against_to", error.reason)),
            },
        }
    }
}
