//! Parameters of a URL: each is known, or refused by name.

use domain::{CallFilter, CustomerFilter, Day, Period, filter::period_of, limits::PAGE_ROWS};
use store::PageRequest;

use crate::web::problem::Problem;

/// What a list, a report or a file is asked for once.
const ONCE: [&str; 20] = [
    "from",
    "to",
    "period",
    "month",
    "min_talk",
    "max_talk",
    "q",
    "recorded",
    "contact",
    "reached",
    "talked",
    "newly_reached",
    "outside_plan",
    "beyond_rule",
    "standing",
    "calls",
    "sort",
    "limit",
    "cursor",
    "header",
];

/// The parameters in their order, decoded.
#[derive(Debug, Default)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Decodes a query; bytes that are not UTF-8 become the replacement character.
    pub fn read(query: Option<&str>) -> Self {
        Self(form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect())
    }

    /// Refuses by name what may be given once and is given twice: of two, either would be dropped silently.
    pub fn once(self) -> Result<Self, Problem> {
        let given: Vec<&str> = self.iter().filter(|(_, value)| !value.is_empty()).map(|(name, _)| name).collect();
        match ONCE.into_iter().find(|once| given.iter().filter(|name| *name == once).count() > 1) {
            Some(name) => Err(Problem::field(name, "is given twice")),
            None => Ok(self),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Takes a parameter out: its last value, and the others.
    pub fn without(mut self, name: &str) -> (Option<String>, Self) {
        let value = self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        self.0.retain(|(known, _)| known != name);
        (value, self)
    }

    /// A filter of calls, and which page of it.
    pub fn call_list(&self) -> Result<(CallFilter, PageRequest), Problem> {
        let (filter, others) = CallFilter::from_pairs(self.iter()).map_err(Problem::invalid)?;
        let mut request = PageRequest { details: true, ..PageRequest::default() };
        for (name, value) in others {
            page(&mut request, name, value)?;
        }
        Ok((filter, request))
    }

    /// A filter of calls alone.
    pub fn filter(&self) -> Result<CallFilter, Problem> {
        let (filter, others) = CallFilter::from_pairs(self.iter()).map_err(Problem::invalid)?;
        match others.first() {
            Some((name, _)) => Err(Problem::field(*name, "is not a known parameter")),
            None => Ok(filter),
        }
    }

    /// A filter of customers, and which page of them.
    pub fn customer_list(&self) -> Result<(CustomerFilter, PageRequest), Problem> {
        let (filter, others) = CustomerFilter::from_pairs(self.iter()).map_err(Problem::invalid)?;
        let mut request = PageRequest::default();
        for (name, value) in others {
            page(&mut request, name, value)?;
        }
        Ok((filter, request))
    }

    /// A period alone.
    pub fn period(&self) -> Result<Period, Problem> {
        let (mut preset, mut from, mut to) = (None, None, None);
        for (name, value) in self.iter().filter(|(_, value)| !value.is_empty()) {
            match name {
                "from" => from = Some(Day::typed(value).map_err(|reason| Problem::field(name, reason))?),
                "to" => to = Some(Day::typed(value).map_err(|reason| Problem::field(name, reason))?),
                "period" => {
                    preset =
                        Some(Period::from_word(value).ok_or_else(|| Problem::field(name, "is not a known period"))?);
                }
                _ => return Err(Problem::field(name, "is not a known parameter")),
            }
        }
        period_of(preset, from, to).map_err(Problem::invalid)
    }
}

/// Takes `limit` and `cursor`, refuses anything else.
pub fn page(request: &mut PageRequest, name: &str, value: &str) -> Result<(), Problem> {
    match name {
        "limit" => {
            let limit = value.parse().ok().filter(|limit| (1..=PAGE_ROWS).contains(limit));
            request.limit = limit.ok_or_else(|| Problem::field(name, "must be 1 to 1000"))?;
        }
        "cursor" => request.cursor = Some(value.to_owned()),
        _ => return Err(Problem::field(name, "is not a known parameter")),
    }
    Ok(())
}
