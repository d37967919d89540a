//! Where the calls of a filter lie, as far as rollups tell: what is not there need not be read. A code that a call in a
//! million has is found in its hours, not by reading the million.

use std::collections::VecDeque;

use domain::{CallFilter, histogram, time::Zone};

use super::{conditions, listed::ResolvedList};
use crate::{Conn, StoreError, sql::Sql};

/// Of fewer calls than one in so many is it worth asking for the hours of a campaign's days.
const RARE: i64 = 100;
/// A day of more calls than this is taken in hours.
const LARGE_DAY: i64 = 100_000;
/// No more spans than this are read one by one; beyond it, what lies between neighbours is read too.
const MOST: usize = 200;

/// A time that holds calls of the filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// The first instant, ms.
    pub(super) from: i64,
    /// The instant after the last, ms.
    pub(super) to: i64,
    /// How many calls there are to read in it, of the filter or not.
    pub(super) calls: i64,
}

/// All times that hold calls of the filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spans {
    /// In the order of time, none within another.
    pub(super) times: VecDeque<Span>,
    /// No more calls than this can be of the filter.
    pub(super) matching: i64,
    /// Calls of the whole list in the period.
    pub(super) all: i64,
}

impl Spans {
    /// How many calls are read where all spans are.
    pub(super) fn calls(&self) -> i64 {
        self.times.iter().map(|span| span.calls).sum()
    }
}

/// Appends a time, for the same reason without the bound on the side of a call that the list goes on from.
pub(super) fn push_span(sql: &mut Sql, span: Span, from: bool, to: bool) {
    if from {
        sql.push(" AND dialed_at >= ").int(span.from);
    }
    if to {
        sql.push(" AND dialed_at < ").int(span.to);
    }
}

/// Calls of a day or an hour, and of how many at most the filter's are.
#[derive(Debug, sqlx_macros::FromRow)]
struct Bucket {
    day: i64,
    hour: i64,
    calls: i64,
    matching: i64,
}

/// Finds the times that hold calls of the list, from its rollups.
pub(super) async fn find(conn: &mut Conn, listed: &ResolvedList<'_>) -> Result<Spans, StoreError> {
    let days: Vec<Bucket> = buckets(listed, false).fetch_all(conn).await?;
    let sum = |of: fn(&Bucket) -> i64| days.iter().map(of).sum::<i64>();
    let (all, matching) = (sum(|day| day.calls), sum(|day| day.matching));
    let in_hours = matching.saturating_mul(RARE) < all || days.iter().any(|day| day.calls > LARGE_DAY);
    let found = if listed.campaign_key.is_some() && in_hours && matching > 0 {
        buckets(listed, true).fetch_all(conn).await?
    } else {
        days
    };
    Ok(Spans { times: spans(listed.zone, found), matching, all })
}

/// The buckets that hold calls of the filter, as instants; no instant twice.
fn spans(zone: Zone, mut buckets: Vec<Bucket>) -> VecDeque<Span> {
    buckets.sort_unstable_by_key(|bucket| (bucket.day, bucket.hour));
    let mut spans: Vec<(Span, i64)> = Vec::new();
    let mut between = 0;
    for Bucket { day, hour, calls, matching } in buckets {
        if matching == 0 {
            between += calls;
            continue;
        }
        let (first, last) = if hour < 0 { (day * 24, day * 24 + 23) } else { (day * 24 + hour, day * 24 + hour) };
        let (from, to) = zone.instants_of_hours(first, last);
        let from = spans.last().map_or(from.0, |(before, _)| from.0.max(before.to));
        spans.push((Span { from, to: to.0.max(from), calls }, std::mem::take(&mut between)));
    }
    while spans.len() > MOST {
        let joined = spans.chunks(2).map(|pair| match *pair {
            [(first, before), (second, between)] => {
                (Span { to: second.to, calls: first.calls + between + second.calls, ..first }, before)
            }
            _ => pair[0],
        });
        spans = joined.collect();
    }
    spans.into_iter().map(|(span, _)| span).collect()
}

/// The statement that counts calls by day, or by day and hour; the hour of a whole day is -1.
fn buckets(listed: &ResolvedList<'_>, by_hour: bool) -> Sql {
    let mut sql = listed.sql();
    sql.push(if by_hour { "SELECT day, hour," } else { "SELECT day, CAST(-1 AS BIGINT) AS hour," });
    sql.push(" CAST(SUM(calls) AS BIGINT) AS calls, CAST(SUM(CASE WHEN 1 = 1");
    let of_campaign = listed.campaign_key.is_some();
    conditions::push_codes_on_rollup(&mut sql, listed);
    if by_hour || !of_campaign {
        conditions::push_voicebots(&mut sql, listed);
    }
    if by_hour {
        conditions::push_hours(&mut sql, listed.filter);
    } else {
        conditions::push_weekdays(&mut sql, listed.filter);
    }
    if of_campaign {
        push_days_of_others(&mut sql, listed.filter);
    }
    sql.push(match (of_campaign, listed.filter.recorded) {
        (true, Some(true)) => " THEN recorded",
        (true, Some(false)) => " THEN calls - recorded",
        _ => " THEN calls",
    });
    sql.push(" ELSE 0 END) AS BIGINT) AS matching FROM ");
    sql.push(match (of_campaign, by_hour) {
        (true, true) => "rollup_hours",
        (true, false) => "rollup_days",
        (false, _) => "usage_codes",
    });
    sql.push(listed.of());
    if let Some(range) = listed.range {
        conditions::push_days(&mut sql, range);
    }
    sql.push(if by_hour { " GROUP BY day, hour" } else { " GROUP BY day" });
    sql
}

/// What other rollups of a campaign tell of its days: which attempts, and how long talks, there were on them.
fn push_days_of_others(sql: &mut Sql, filter: &CallFilter) {
    if !filter.attempts.is_empty() {
        // Attempts are counted once they are over.
        sql.push(
            " AND (code = '' OR day IN (SELECT day FROM rollup_attempts WHERE account_id = $1 AND campaign_key = $2",
        );
        sql.push(" AND attempt IN ").ints(filter.attempts.iter().map(|&attempt| i64::from(attempt))).push("))");
    }
    conditions::push_days_of_endings(sql, filter);
    conditions::push_days_of_own(sql, filter);
    if filter.bounds_talk() {
        let bin = |talk: Option<i64>, none| talk.map_or(none, |talk| histogram::bin(talk) as i64);
        sql.push(
            " AND day IN (SELECT day FROM rollup_talk WHERE account_id = $1 AND campaign_key = $2 AND bin BETWEEN ",
        );
        sql.int(bin(filter.min_talk, 0)).push(" AND ").int(bin(filter.max_talk, histogram::BINS as i64)).push(")");
    }
}

/// Takes the first of these spans, or the last, and with it those right beside it, as long as all have no more calls than this.
pub(super) fn take(spans: &mut VecDeque<Span>, most: i64, from_end: bool) -> Option<Span> {
    let mut taken = if from_end { spans.pop_back() } else { spans.pop_front() }?;
    while let Some(next) = if from_end { spans.back() } else { spans.front() } {
        let is_beside = if from_end { next.to == taken.from } else { taken.to == next.from };
        let calls = taken.calls.saturating_add(next.calls);
        if !is_beside || calls > most {
            break;
        }
        taken = Span { from: taken.from.min(next.from), to: taken.to.max(next.to), calls };
        if from_end {
            spans.pop_back()
        } else {
            spans.pop_front()
        };
    }
    Some(taken)
}
