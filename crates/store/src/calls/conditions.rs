//! A call filter as SQL: on the calls, and on the rollup where that can tell as much.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    CallClass, CallFilter, CodeMeanings, ContactId, DateRange,
    cause::{CauseFilter, HangupFilter},
    filter::{ClassFilter, TALKED_FROM},
    own_dimension::{CallPlaces, OwnPlace},
    sight::ContactPlace,
    time::{CLOCK_CHANGE_MS, DAY_MS, Zone},
};

use super::listed::ResolvedList;
use crate::sql::{Search, Sql};

/// Appends the conditions of a filter on `calls`, without an alias; `$1` is the account, `$2` the campaign, if there is one.
pub(super) fn push(sql: &mut Sql, listed: &ResolvedList<'_>) {
    let filter = listed.filter;
    if let Some(range) = listed.range {
        push_days(sql, range);
    }
    push_voicebots(sql, listed);
    if !filter.codes.is_empty() {
        sql.push(" AND result_code IN ").texts(filter.codes.iter().map(domain::Code::as_str));
    }
    push_classes(sql, filter, listed.meanings.now());
    if !filter.attempts.is_empty() {
        sql.push(" AND attempt IN ").ints(filter.attempts.iter().map(|&k| i64::from(k)));
    }
    push_endings(sql, filter);
    push_own(sql, filter);
    if filter.bounds_talk() {
        // Of an answered call, whatever its code counts as.
        sql.push(" AND class = 0");
    }
    if let Some(least) = filter.min_talk {
        sql.push(" AND talk_time >= ").int(least);
    }
    if let Some(most) = filter.max_talk {
        sql.push(" AND talk_time <= ").int(most);
    }
    if let Some(q) = filter.q.as_deref() {
        push_search(sql, listed, q);
    }
    match filter.recorded {
        Some(true) => drop(sql.push(" AND recorded")),
        Some(false) => drop(sql.push(" AND NOT recorded")),
        None => {}
    }
    match &filter.contact {
        Some(contact) if listed.campaign_key.is_some() => {
            sql.push(" AND contact_no = (");
            push_contact(sql, contact);
            sql.push(")");
        }
        // Every campaign has a list of its own; the sender's id is the same customer on all of them.
        Some(contact) => {
            sql.push(
                " AND (campaign_key, contact_no) IN (SELECT k.campaign_key, k.contact_no FROM campaigns p
                  JOIN contacts k ON k.account_id = $1 AND k.campaign_key = p.campaign_key
                  WHERE p.account_id = $1 AND k.id = ",
            );
            push_contact_id(sql, contact);
            sql.push(")");
        }
        None => {}
    }
    push_hours(sql, filter);
    push_plan(sql, listed);
    if filter.newly_reached {
        sql.push(if listed.meanings.is_settling() {
            " AND COALESCE(next_newly_reached, newly_reached)"
        } else {
            " AND newly_reached"
        });
    }
}

/// How it is found out what the period did with a call's customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CustomerLookup {
    /// For one call after the other, by the customer: a page of a list stops after its fifty.
    Each,
    /// For all customers at once: a sum reads every call anyway.
    AtOnce,
}

/// Appends the conditions on what the calls of the period did with the customer of a call.
pub(super) fn push_customers(sql: &mut Sql, listed: &ResolvedList<'_>, asking: CustomerLookup) {
    let filter = listed.filter;
    let of_campaign = listed.campaign_key.is_some();
    let mut push = |is: bool, talked_from: i64| {
        match (asking, is) {
            (CustomerLookup::Each, true) => sql.push(" AND EXISTS (SELECT 1 FROM calls o"),
            (CustomerLookup::Each, false) => sql.push(" AND NOT EXISTS (SELECT 1 FROM calls o"),
            // The plus keeps SQLite to the order of the list: half of the customers may be among these.
            (CustomerLookup::AtOnce, _) if of_campaign => {
                sql.push(" AND +contact_no IN (SELECT o.contact_no FROM calls o")
            }
            (CustomerLookup::AtOnce, _) => {
                sql.push(" AND (+campaign_key, contact_no) IN (SELECT o.campaign_key, o.contact_no FROM calls o")
            }
        };
        sql.push(" WHERE o.account_id = $1");
        if of_campaign {
            sql.push(" AND o.campaign_key = $2");
        }
        if asking == CustomerLookup::Each {
            if !of_campaign {
                sql.push(" AND o.campaign_key = calls.campaign_key");
            }
            sql.push(" AND o.contact_no = calls.contact_no");
        }
        if let Some(range) = listed.range {
            sql.push(" AND o.day BETWEEN ").int(i64::from(range.from.0)).push(" AND ").int(i64::from(range.to.0));
        }
        let success = |sql: &mut Sql| {
            sql.push("o.class = 0 AND o.talk_time >= ").int(talked_from);
            if !listed.meanings.now().is_unchanged() {
                sql.push(" AND o.result_code NOT IN ").texts(listed.meanings.now().not_success());
            }
        };
        match (asking, is) {
            (CustomerLookup::Each, _) | (CustomerLookup::AtOnce, true) => {
                sql.push(" AND ");
                success(sql);
            }
            // What is not among some is found as what has none: PostgreSQL has no quick way to `NOT IN`.
            (CustomerLookup::AtOnce, false) => {
                sql.push(if of_campaign { " GROUP BY o.contact_no" } else { " GROUP BY o.campaign_key, o.contact_no" });
                sql.push(" HAVING COUNT(CASE WHEN ");
                success(sql);
                sql.push(" THEN 1 END) = 0");
            }
        }
        sql.push(")");
    };
    if let Some(reached) = filter.reached {
        push(reached, 0);
    }
    if filter.talked {
        push(true, TALKED_FROM);
    }
}

/// Appends the days of a range once more as instants, in the order of the key, so that a period is read from one place. A
/// local day lies within the instants of its two midnights; where a clock is set back at midnight, a part of it comes again
/// after the next day's first moments.
/// TRICKY: a list that goes on from a call must not be told its bound on that side again; SQLite would seek the one that
/// it finds first, and read and skip all that was on the pages before.
pub(super) fn push_instants(sql: &mut Sql, range: DateRange, zone: Zone, from: bool, to: bool) {
    let [begin, end] = midnight_about(range, zone);
    if from {
        sql.push(" AND dialed_at >= ").int(begin);
    }
    if to {
        sql.push(" AND dialed_at < ").int(end);
    }
}

/// Instants that no call of a range lies before, and none after or at.
fn midnight_about(range: DateRange, zone: Zone) -> [i64; 2] {
    let midnight = |day: domain::Day| zone.instant(i64::from(day.0) * DAY_MS).0;
    [midnight(range.from) - CLOCK_CHANGE_MS, midnight(range.to.plus(1)) + CLOCK_CHANGE_MS]
}

/// Appends a subselect of the number of one customer.
pub(crate) fn push_contact(sql: &mut Sql, contact: &ContactId) {
    sql.push("SELECT contact_no FROM contacts WHERE account_id = $1 AND campaign_key = $2 AND id = ");
    push_contact_id(sql, contact);
}

/// Appends the stored id of a customer, whom a reader who may not see it names by their place.
fn push_contact_id(sql: &mut Sql, contact: &ContactId) {
    match ContactPlace::of_id(contact) {
        Some(ContactPlace { campaign_key, contact_no }) => {
            sql.push("(SELECT named.id FROM contacts named WHERE named.account_id = $1 AND named.campaign_key = ");
            sql.int(campaign_key).push(" AND named.contact_no = ").int(contact_no).push(")");
        }
        None => drop(sql.text(contact.as_str())),
    }
}

pub(super) fn push_voicebots(sql: &mut Sql, listed: &ResolvedList<'_>) {
    if !listed.voicebots.is_empty() {
        sql.push(" AND voicebot_key IN ").ints(listed.voicebots.iter().copied());
    }
}

pub(super) fn push_days(sql: &mut Sql, range: DateRange) {
    sql.push(" AND day BETWEEN ").int(i64::from(range.from.0)).push(" AND ").int(i64::from(range.to.0));
}

pub(super) fn push_weekdays(sql: &mut Sql, filter: &CallFilter) {
    if !filter.weekdays.is_empty() {
        // Day 0, 1970-01-01, was a Thursday.
        sql.push(" AND (day + 3) % 7 + 1 IN ").ints(filter.weekdays.iter().map(|&n| i64::from(n)));
    }
}

pub(super) fn push_hours(sql: &mut Sql, filter: &CallFilter) {
    push_weekdays(sql, filter);
    if !filter.hours.is_empty() {
        sql.push(" AND hour IN ").ints(filter.hours.iter().map(|&n| i64::from(n)));
    }
}

/// What the plan of the campaign says of a call; where it says nothing, no call is against it.
fn push_plan(sql: &mut Sql, listed: &ResolvedList<'_>) {
    let (filter, plan) = (listed.filter, &listed.plan);
    if filter.outside_plan {
        sql.push(" AND class IS NOT NULL AND (1 = 0");
        if let Some(first) = plan.first_day {
            sql.push(" OR day < ").int(i64::from(first.0));
        }
        if let Some(last) = plan.last_day {
            sql.push(" OR day > ").int(i64::from(last.0));
        }
        if !plan.windows.is_empty() {
            sql.push(" OR NOT (1 = 0");
            for window in &plan.windows {
                sql.push(" OR (minute >= ").int(i64::from(window.from.minutes()));
                sql.push(" AND minute < ").int(i64::from(window.to.minutes())).push(")");
            }
            sql.push(")");
        }
        sql.push(")");
    }
    if filter.beyond_rule {
        sql.push(" AND class IS NOT NULL AND redial_code IS NOT NULL");
        if plan.redials.is_empty() {
            sql.push(" AND 1 = 0");
        }
        for rule in &plan.redials {
            sql.push(" AND NOT (redial_code = ").text(rule.code.as_str());
            sql.push(" AND redial_nth <= ").int(i64::from(rule.times));
            sql.push(" AND redial_pause >= ").int(i64::from(rule.pause_minutes) * 60_000).push(")");
        }
    }
}

/// Who hung up, and why.
fn push_endings(sql: &mut Sql, filter: &CallFilter) {
    if !filter.hangup_by.is_empty() {
        sql.push(" AND COALESCE(hangup_by, '') IN ").texts(filter.hangup_by.iter().copied().map(HangupFilter::stored));
    }
    if filter.causes.is_empty() {
        return;
    }
    sql.push(" AND (1 = 0");
    let told: Vec<&str> = told_causes(filter).collect();
    if !told.is_empty() {
        sql.push(" OR cause IN ").texts(told);
    }
    if filter.causes.contains(&CauseFilter::Unknown) {
        sql.push(" OR cause IS NULL");
    }
    if filter.causes.contains(&CauseFilter::Other) {
        sql.push(" OR cause NOT IN (SELECT told.cause FROM causes told WHERE told.account_id = $1)");
    }
    sql.push(")");
}

/// The places that a filter names, by dimension.
fn own_places(filter: &CallFilter) -> BTreeMap<u32, BTreeSet<OwnPlace>> {
    let mut dimensions = BTreeMap::<u32, BTreeSet<OwnPlace>>::new();
    for own in &filter.own {
        dimensions.entry(own.dimension).or_default().insert(own.place);
    }
    dimensions
}

/// Where the call stands in the account's own dimensions.
fn push_own(sql: &mut Sql, filter: &CallFilter) {
    for (dimension, places) in own_places(filter) {
        sql.push(" AND (1 = 0");
        for place in places {
            match place.number() {
                Some(number) => {
                    sql.push(" OR own_values LIKE ").text(format!("%{}%", CallPlaces::part(dimension, number)));
                }
                None => {
                    sql.push(" OR own_values IS NULL OR own_values NOT LIKE ").text(format!("%,{dimension}=%"));
                }
            }
        }
        sql.push(")");
    }
}

/// Appends that there are calls of the values which this filter asks for on a day of a rollup of a campaign. Which days have calls without
/// a value, no sum says.
pub(super) fn push_days_of_own(sql: &mut Sql, filter: &CallFilter) {
    for (dimension, places) in own_places(filter) {
        if places.contains(&OwnPlace::None) {
            continue;
        }
        // They are counted once they are over.
        sql.push(" AND (code = '' OR day IN (SELECT day FROM rollup_own WHERE account_id = $1 AND campaign_key = $2");
        sql.push(" AND dimension_no = ").int(i64::from(dimension)).push(" AND value_no IN ");
        sql.ints(places.iter().filter_map(|place| place.number()).map(i64::from)).push("))");
    }
}

/// The causes that a filter names.
fn told_causes(filter: &CallFilter) -> impl Iterator<Item = &str> {
    filter.causes.iter().filter_map(|cause| match cause {
        CauseFilter::Is(cause) => Some(cause.as_str()),
        CauseFilter::Unknown | CauseFilter::Other => None,
    })
}

/// Appends that there are calls of this filter's endings on a day of a rollup of a campaign. A cause that is not told apart, or
/// that no call has, is among the others.
pub(super) fn push_days_of_endings(sql: &mut Sql, filter: &CallFilter) {
    if filter.hangup_by.is_empty() && filter.causes.is_empty() {
        return;
    }
    // They are counted once they are over.
    sql.push(" AND (code = '' OR day IN (SELECT day FROM rollup_endings WHERE account_id = $1 AND campaign_key = $2");
    if !filter.hangup_by.is_empty() {
        sql.push(" AND hangup_by IN ").texts(filter.hangup_by.iter().copied().map(HangupFilter::stored));
    }
    if !filter.causes.is_empty() {
        let told: Vec<&str> = told_causes(filter).collect();
        sql.push(" AND (1 = 0");
        if filter.causes.contains(&CauseFilter::Unknown) {
            sql.push(" OR cause_key = 0");
        }
        if filter.causes.contains(&CauseFilter::Other) || !told.is_empty() {
            sql.push(" OR cause_key = 1");
        }
        if !told.is_empty() {
            sql.push(" OR cause_key IN (SELECT told.cause_key FROM causes told WHERE told.account_id = $1 AND told.cause IN ");
            sql.texts(told).push(")");
        }
        sql.push(")");
    }
    sql.push("))");
}

/// The class of a call follows from its code; where no code is changed, it is how the line ended.
fn push_classes(sql: &mut Sql, filter: &CallFilter, meanings: &CodeMeanings) {
    if filter.classes.is_empty() {
        return;
    }
    if !meanings.is_unchanged() {
        sql.push(" AND (1 = 0");
        for class in &filter.classes {
            match class {
                ClassFilter::InProgress => {
                    sql.push(" OR class IS NULL");
                }
                ClassFilter::Class(CallClass::Success) => {
                    sql.push(" OR result_code NOT IN ").texts(meanings.not_success());
                }
                ClassFilter::Class(class) => {
                    sql.push(" OR result_code IN ").texts(meanings.codes_of(*class));
                }
            }
        }
        sql.push(")");
        return;
    }
    let finished = filter.classes.iter().filter_map(|class| match class {
        ClassFilter::Class(class) => Some(class.index() as i64),
        ClassFilter::InProgress => None,
    });
    let finished: Vec<i64> = finished.collect();
    let in_progress = filter.classes.contains(&ClassFilter::InProgress);
    sql.push(if in_progress { " AND (class IS NULL" } else { " AND (1 = 0" });
    if !finished.is_empty() {
        sql.push(" OR class IN ").ints(finished);
    }
    sql.push(")");
}

/// The customer or the number that was dialled is one that was searched for: asked of one call after the other. Where the search
/// finds few customers, the calls are read by them (`Listed::push_from`).
fn push_search(sql: &mut Sql, listed: &ResolvedList<'_>, q: &str) {
    if listed.few().is_some() {
        return;
    }
    let search = Search::of(q, listed.scope);
    sql.push(
        " AND (EXISTS (SELECT 1 FROM contacts n WHERE n.account_id = $1 AND n.campaign_key = calls.campaign_key
                      AND n.contact_no = calls.contact_no AND ",
    );
    search.push_on_contacts(sql);
    sql.push(") OR ");
    search.push_on_dialled(sql);
    sql.push(")");
}

/// The smallest rollup that tells calls, talk time, blocks and cost of just the calls of this filter; `None` where only
/// the calls themselves do.
pub(super) fn rollup(listed: &ResolvedList<'_>) -> Option<&'static str> {
    let filter = listed.filter;
    let answerable = CallFilter {
        period: filter.period,
        voicebots: filter.voicebots.clone(),
        codes: filter.codes.clone(),
        classes: filter.classes.clone(),
        weekdays: filter.weekdays.clone(),
        hours: filter.hours.clone(),
        sort: filter.sort,
        ..CallFilter::default()
    };
    (*filter == answerable).then_some(match listed.campaign_key {
        _ if !filter.hours.is_empty() => "rollup_hours",
        Some(_) if filter.voicebots.is_empty() => "rollup_days",
        Some(_) => "rollup_hours",
        None => "usage_codes",
    })
}

/// As [`push`], on the rollup that can answer the filter.
pub(super) fn push_on_rollup(sql: &mut Sql, listed: &ResolvedList<'_>) {
    if let Some(range) = listed.range {
        push_days(sql, range);
    }
    push_voicebots(sql, listed);
    push_codes_on_rollup(sql, listed);
    push_hours(sql, listed.filter);
}

/// Appends what a filter asks of codes, on a rollup by code.
pub(super) fn push_codes_on_rollup(sql: &mut Sql, listed: &ResolvedList<'_>) {
    let (filter, meanings) = (listed.filter, listed.meanings.now());
    if !filter.codes.is_empty() {
        sql.push(" AND code IN ").texts(filter.codes.iter().map(domain::Code::as_str));
    }
    if !filter.classes.is_empty() {
        // A call in progress is counted under the code ''; the class of the others follows from their code.
        sql.push(" AND (1 = 0");
        for class in &filter.classes {
            match class {
                ClassFilter::InProgress => drop(sql.push(" OR code = ''")),
                ClassFilter::Class(CallClass::Success) => {
                    sql.push(" OR code NOT IN ").texts(std::iter::once("").chain(meanings.not_success()));
                }
                ClassFilter::Class(class) => {
                    sql.push(" OR code IN ").texts(meanings.codes_of(*class));
                }
            }
        }
        sql.push(")");
    }
}
