//! What is asked of a report or a call list. It is the URL, too: [`CallFilter::from_pairs`] and
//! [`CallFilter::to_pairs`] are the only codec, so a page, the API and a file cannot read a link differently.

use serde::{Deserialize, Serialize};

use crate::{
    CallClass, CampaignId, Code, ContactId, DateRange, Day, FieldError, Period, VoicebotId,
    cause::{CauseFilter, HangupFilter},
    limits::{RANGE_DAYS, SEARCH_CHARS},
    own_dimension::OwnFilter,
    sort::sort_words,
};

/// A report of one campaign over a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportQuery {
    /// Whose figures they are.
    pub campaign: CampaignId,
    /// Which days.
    pub period: Period,
}

/// Which class of calls a filter lets through; in progress is one of them here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassFilter {
    /// Finished calls of the class.
    Class(CallClass),
    /// Calls without a result code.
    InProgress,
}

impl ClassFilter {
    /// The word in URLs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Class(class) => class.word(),
            Self::InProgress => "in_progress",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        if word == "in_progress" { Some(Self::InProgress) } else { CallClass::from_word(word).map(Self::Class) }
    }
}

/// The order of a call list. Ties are broken by the order of storing, so pages neither repeat nor skip a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CallSort {
    /// What is compared.
    pub by: CallOrder,
    /// Largest first.
    pub descending: bool,
}

/// What a call list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CallOrder {
    /// Dial start.
    DialedAt,
    /// Talk time; calls that nobody answered have 0.
    TalkTime,
    /// Cost, in micro-units.
    Cost,
}

impl CallOrder {
    /// All orders.
    pub const ALL: [Self; 3] = [Self::DialedAt, Self::TalkTime, Self::Cost];

    /// The word in URLs; also the name of the column.
    pub fn word(self) -> &'static str {
        match self {
            Self::DialedAt => "dialed_at",
            Self::TalkTime => "talk_time",
            Self::Cost => "cost",
        }
    }
}

impl Default for CallSort {
    /// Newest first.
    fn default() -> Self {
        Self { by: CallOrder::DialedAt, descending: true }
    }
}

sort_words!(CallSort, CallOrder);

/// Which calls. Empty lists and `None` let everything through; within a list any value matches, between fields all must.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a condition of its own, in the address, too")]
pub struct CallFilter {
    /// Local days of the dial start.
    pub period: Period,
    /// Calls of any of these voicebots.
    pub voicebots: Vec<VoicebotId>,
    /// Calls that ended with any of these result codes.
    pub codes: Vec<Code>,
    /// Calls of any of these classes, those in progress being one.
    pub classes: Vec<ClassFilter>,
    /// Calls that were any of these attempts, counted from 1.
    pub attempts: Vec<u32>,
    /// Calls that any of these hung up.
    pub hangup_by: Vec<HangupFilter>,
    /// Why the call ended.
    pub causes: Vec<CauseFilter>,
    /// Where the call stands in own dimensions: at any of the places that are named of a dimension, in each dimension that is named.
    pub own: Vec<OwnFilter>,
    /// Talk time at least, ms. A bound lets answered calls through only: any other call has no talk time, not one of 0.
    pub min_talk: Option<i64>,
    /// Talk time at most, ms.
    pub max_talk: Option<i64>,
    /// Part of the customer's phone or name.
    pub q: Option<String>,
    /// With or without a stored recording.
    pub recorded: Option<bool>,
    /// Calls to this customer alone.
    pub contact: Option<ContactId>,
    /// Local weekdays, 1 (Monday) to 7.
    pub weekdays: Vec<u8>,
    /// Local hours, 0 to 23.
    pub hours: Vec<u8>,
    /// Calls of customers whom a success call of the period reached (`true`), or none (`false`); the period of this
    /// filter, so the whole campaign where it names none.
    pub reached: Option<bool>,
    /// Only calls of customers with whom a success call of the period talked for [`TALKED_FROM`] or more.
    pub talked: bool,
    /// Only each customer's first success call of the campaign.
    pub newly_reached: bool,
    /// Only calls outside the days and hours of the campaign's plan.
    pub outside_plan: bool,
    /// Only redials that the rules of the campaign's plan do not allow.
    pub beyond_rule: bool,
    /// The order.
    pub sort: CallSort,
}

/// Which customers of a campaign's list, by what became of them over the whole campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CustomerStanding {
    /// Everybody on the list.
    #[default]
    All,
    /// With at least one success call.
    Reached,
    /// With a finished call and no success call.
    Tried,
    /// Without a finished call.
    NeverDialled,
}

impl CustomerStanding {
    /// In the order of the page.
    pub const ALL: [Self; 4] = [Self::All, Self::Reached, Self::Tried, Self::NeverDialled];

    /// The word in URLs; none for everybody.
    pub fn word(self) -> Option<&'static str> {
        Some(match self {
            Self::All => return None,
            Self::Reached => "reached",
            Self::Tried => "tried",
            Self::NeverDialled => "never_dialled",
        })
    }
}

/// What is typed into a search, without blanks around it; refused where it is too long.
pub(crate) fn search_text(field: &str, typed: &str) -> Result<Option<String>, FieldError> {
    if typed.chars().count() > SEARCH_CHARS {
        return Err(FieldError::new(field, "is longer than 100 characters"));
    }
    Ok(Some(typed.trim().to_owned()).filter(|q| !q.is_empty()))
}

/// Parameters of a URL that are no filter.
pub type OtherPairs<'a> = Vec<(&'a str, &'a str)>;

/// A talk of more than 30,000 ms, in whole milliseconds: what the funnel counts as talked.
pub const TALKED_FROM: i64 = 30_001;

fn number<T: std::str::FromStr + PartialOrd>(
    field: &str,
    text: &str,
    low: T,
    high: T,
    reason: &str,
) -> Result<T, FieldError> {
    text.parse().ok().filter(|n| low <= *n && *n <= high).ok_or_else(|| FieldError::new(field, reason))
}

fn boolean(field: &str, text: &str) -> Result<bool, FieldError> {
    text.parse().map_err(|_| FieldError::new(field, "must be true or false"))
}

impl CallFilter {
    /// Reads the parameters of a URL. Empty values (a form's untouched fields) count as absent.
    /// A parameter that is no filter is returned to the caller, who knows whether it is `cursor` or a mistake.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<(Self, OtherPairs<'a>), FieldError> {
        let mut filter = Self::default();
        let (mut from, mut to, mut preset) = (None, None, None);
        let mut others = Vec::new();
        for (name, value) in pairs {
            if value.is_empty() {
                continue;
            }
            let wrong = |reason: &str| FieldError::new(name, reason);
            match name {
                "from" => from = Some(Day::typed(value).map_err(wrong)?),
                "to" => to = Some(Day::typed(value).map_err(wrong)?),
                "period" => preset = Some(Period::from_word(value).ok_or_else(|| wrong("is not a known period"))?),
                "voicebot" => filter.voicebots.push(VoicebotId::new(value).map_err(|e| wrong(&e.to_string()))?),
                "code" => filter.codes.push(Code::new(value).map_err(|e| wrong(&e.to_string()))?),
                "class" => {
                    let class = ClassFilter::from_word(value);
                    filter.classes.push(class.ok_or_else(|| wrong("must be success, failed, error or in_progress"))?);
                }
                "hangup_by" => {
                    let who = HangupFilter::from_word(value);
                    filter.hangup_by.push(who.ok_or_else(|| wrong(HangupFilter::WORDS))?);
                }
                "cause" => filter.causes.push(CauseFilter::from_word(value)?),
                "own" => filter.own.push(OwnFilter::from_word(value).ok_or_else(|| wrong(OwnFilter::WORDS))?),
                "attempt" => filter.attempts.push(number(name, value, 1, 1_000, "must be 1 to 1000")?),
                "min_talk" => {
                    filter.min_talk = Some(number(name, value, 0, i64::MAX, "must be milliseconds, 0 or more")?);
                }
                "max_talk" => {
                    filter.max_talk = Some(number(name, value, 0, i64::MAX, "must be milliseconds, 0 or more")?);
                }
                "q" => filter.q = search_text(name, value)?,
                "recorded" => filter.recorded = Some(boolean(name, value)?),
                "contact" => filter.contact = Some(ContactId::new(value).map_err(|e| wrong(&e.to_string()))?),
                "weekday" => filter.weekdays.push(number(name, value, 1, 7, "must be 1 (Monday) to 7")?),
                "hour" => filter.hours.push(number(name, value, 0, 23, "must be 0 to 23")?),
                "reached" => filter.reached = Some(boolean(name, value)?),
                "talked" => filter.talked = boolean(name, value)?,
                "outside_plan" => filter.outside_plan = boolean(name, value)?,
                "beyond_rule" => filter.beyond_rule = boolean(name, value)?,
                "newly_reached" => filter.newly_reached = boolean(name, value)?,
                "sort" => {
                    let sort = CallSort::from_word(value);
                    filter.sort =
                        sort.ok_or_else(|| wrong("must be dialed_at, talk_time or cost, with - for descending"))?;
                }
                _ => others.push((name, value)),
            }
        }
        filter.period = period_of(preset, from, to)?;
        Ok((filter, others))
    }

    /// The parameters of this filter's URL, in a fixed order; defaults are left out.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = period_pairs(self.period);
        pairs.extend(self.voicebots.iter().map(|id| ("voicebot", id.to_string())));
        pairs.extend(self.codes.iter().map(|code| ("code", code.to_string())));
        pairs.extend(self.classes.iter().map(|class| ("class", class.word().to_owned())));
        pairs.extend(self.attempts.iter().map(|k| ("attempt", k.to_string())));
        pairs.extend(self.hangup_by.iter().map(|who| ("hangup_by", who.word().to_owned())));
        pairs.extend(self.causes.iter().map(|cause| ("cause", cause.to_word())));
        pairs.extend(self.own.iter().map(|own| ("own", own.to_word())));
        pairs.extend(self.min_talk.map(|t| ("min_talk", t.to_string())));
        pairs.extend(self.max_talk.map(|t| ("max_talk", t.to_string())));
        pairs.extend(self.q.clone().map(|q| ("q", q)));
        pairs.extend(self.recorded.map(|b| ("recorded", b.to_string())));
        pairs.extend(self.contact.as_ref().map(|id| ("contact", id.to_string())));
        pairs.extend(self.weekdays.iter().map(|w| ("weekday", w.to_string())));
        pairs.extend(self.hours.iter().map(|h| ("hour", h.to_string())));
        pairs.extend(self.reached.map(|b| ("reached", b.to_string())));
        if self.talked {
            pairs.push(("talked", "true".to_owned()));
        }
        if self.newly_reached {
            pairs.push(("newly_reached", "true".to_owned()));
        }
        if self.outside_plan {
            pairs.push(("outside_plan", "true".to_owned()));
        }
        if self.beyond_rule {
            pairs.push(("beyond_rule", "true".to_owned()));
        }
        if self.sort != CallSort::default() {
            pairs.push(("sort", self.sort.to_word()));
        }
        pairs
    }

    /// Whether the talk time is bounded, so that only answered calls (success, [`CallClass`]) are let through.
    pub fn bounds_talk(&self) -> bool {
        self.min_talk.is_some() || self.max_talk.is_some()
    }

    /// Whether it asks for what the plan of the campaign says.
    pub fn asks_for_plan(&self) -> bool {
        self.outside_plan || self.beyond_rule
    }

    /// Whether anything but the period and the order narrows the list.
    pub fn is_narrowed(&self) -> bool {
        let all = Self { period: self.period, sort: self.sort, ..Self::default() };
        *self != all
    }
}

/// Why a range of more than [`RANGE_DAYS`] is refused; the pages say it in the reader's language.
pub const RANGE_TOO_LONG: &str = "lies more than ten years after from; ask for a shorter range";

/// Why one of the two days alone is refused; the pages say it in the reader's language.
pub const DAY_MISSING: &str = "is missing: from and to are given together";

/// The period of a URL: `from` and `to`, both, or a preset. Whatever asks for days asks here,
/// so this is where a range is held to [`RANGE_DAYS`].
///
/// # Errors
/// Names `to` where it lies before `from`, or too long after it; what is missing of the two; and a preset beside them.
pub fn period_of(preset: Option<Period>, from: Option<Day>, to: Option<Day>) -> Result<Period, FieldError> {
    let missing = |name| FieldError::new(name, DAY_MISSING);
    let (from, to) = match (from, to) {
        (None, None) => return Ok(preset.unwrap_or_default()),
        (Some(_), _) | (_, Some(_)) if preset.is_some() => {
            return Err(FieldError::new("period", "cannot be given together with from and to"));
        }
        (Some(from), Some(to)) => (from, to),
        (Some(_), None) => return Err(missing("to")),
        (None, Some(_)) => return Err(missing("from")),
    };
    let range = DateRange::new(from, to).map_err(|reason| FieldError::new("to", reason))?;
    if range.days() > RANGE_DAYS {
        return Err(FieldError::new("to", RANGE_TOO_LONG));
    }
    Ok(Period::Custom(range))
}

/// The parameters of a period's URL.
pub fn period_pairs(period: Period) -> Vec<(&'static str, String)> {
    match period {
        Period::Whole => vec![],
        Period::Custom(range) => vec![("from", range.from.to_string()), ("to", range.to.to_string())],
        preset => preset.word().map(|word| ("period", word.to_owned())).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &[(&str, &str)]) -> Result<CallFilter, FieldError> {
        CallFilter::from_pairs(query.iter().copied()).map(|(filter, _)| filter)
    }

    #[test]
    fn a_filter_survives_its_url() {
        let url = [
            ("from", "2026-11-01"),
            ("to", "2026-11-04"),
            ("voicebot", "bot-cskh"),
            ("code", "DY"),
            ("code", "K9"),
            ("class", "success"),
            ("class", "in_progress"),
            ("attempt", "2"),
            ("hangup_by", "agent"),
            ("hangup_by", "unknown"),
            ("cause", "16"),
            ("cause", "==other"),
            ("cause", "other"),
            ("own", "1.5"),
            ("own", "1.none"),
            ("own", "12.other"),
            ("min_talk", "30001"),
            ("q", "Hạnh 90%"),
            ("recorded", "true"),
            ("weekday", "7"),
            ("hour", "9"),
            ("reached", "false"),
            ("talked", "true"),
            ("newly_reached", "true"),
            ("outside_plan", "true"),
            ("beyond_rule", "true"),
            ("sort", "-cost"),
        ];
        let filter = read(&url).unwrap();
        let pairs = filter.to_pairs();
        let again = read(&pairs.iter().map(|(n, v)| (*n, v.as_str())).collect::<Vec<_>>()).unwrap();
        assert_eq!(filter, again);
        assert!(filter.is_narrowed());
        assert!(!CallFilter::default().is_narrowed());
    }

    #[test]
    fn a_wrong_parameter_is_named() {
        // As it is typed into a field of a page that runs no scripts.
        assert_eq!(
            read(&[("from", "4/11/2026"), ("to", "04/11/2026")]),
            read(&[("from", "2026-11-04"), ("to", "2026-11-04")])
        );
        assert_eq!(read(&[("from", "2026-11-04")]).unwrap_err().field, "to");
        assert_eq!(read(&[("to", "2026-11-04")]).unwrap_err().field, "from");
        let both = [("period", "today"), ("from", "2026-11-04"), ("to", "2026-11-04")];
        assert_eq!(read(&both).unwrap_err().field, "period");
        for (name, value) in [
            ("from", "31/02/2026"),
            ("from", "11/2026"),
            ("from", "2026-13-01"),
            ("class", "ok"),
            ("attempt", "0"),
            ("hangup_by", "nobody"),
            ("cause", "a\0"),
            ("own", "1.1"),
            ("min_talk", "-1"),
            ("recorded", "yes"),
            ("talked", "1"),
            ("weekday", "8"),
            ("hour", "24"),
            ("sort", "name"),
            ("period", "aeon"),
        ] {
            assert_eq!(read(&[(name, value)]).unwrap_err().field, name);
        }
        assert_eq!(read(&[("from", "2026-11-02"), ("to", "2026-11-01")]).unwrap_err().field, "to");
        // Ten years with their leap days, and a day more.
        assert!(read(&[("from", "2016-01-01"), ("to", "2025-12-31")]).is_ok());
        assert_eq!(read(&[("from", "2016-01-01"), ("to", "2026-01-01")]).unwrap_err().field, "to");
        assert_eq!(read(&[("from", "1970-01-01"), ("to", "2199-12-31")]).unwrap_err().field, "to");
    }
}
