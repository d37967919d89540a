//! The order of day and month, and the time zone, worked out from the rows themselves.
//!
//! A `uniqueid` holds the instant at which the channel was made, `calldate` the wall clock at about the same time. Their
//! difference, rounded to 15 minutes, is the zone's offset: the same for nearly all rows, if the date is read in the
//! right order. A few rows differ because their leg began long after the channel; so the most frequent one is taken.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap},
};

use domain::{
    Timestamp,
    time::{DAY_MS, Zone},
};

use crate::{
    findings::{Findings, OrderBasis, ZoneBasis, ZoneReading},
    local_time::{DateOrder, Wall, When, offset_name},
    source::Given,
    zone_days::{Change, REPEATED, ZoneDays},
};

const QUARTER_MS: i64 = 15 * 60_000;
/// How long after its channel a leg begins at most, mostly.
const CHANNEL_MS: i64 = 5_000;
/// 2010-01-01: before it no voicebot called.
const FIRST_CALLS: i64 = 1_262_304_000_000;
/// Offsets of zones lie within ±14 hours.
const MAX_OFFSET: i32 = 14 * 60;

/// How a file's wall clocks become instants.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    pub(crate) order: DateOrder,
    zone: FoundZone,
}

#[derive(Debug, Clone)]
enum FoundZone {
    Named(ZoneDays),
    Offsets(Offsets),
}

/// One offset, or several where the file spans a change of the clocks, or of what its switch was set to write.
#[derive(Debug, Clone)]
struct Offsets {
    /// The offset from a local day on (days since 1970), ascending; the first holds before its day, too.
    from_day: Vec<(i64, i32)>,
    /// Others that several rows of one day have exactly: those of a day on which a switch was set otherwise, at the edge of a file.
    beside: Vec<i32>,
}

impl Offsets {
    fn on(&self, day: i64) -> i32 {
        let next = self.from_day.partition_point(|(from, _)| *from <= day);
        self.from_day[next.saturating_sub(1)].1
    }

    fn contains(&self, offset: i32) -> bool {
        self.from_day.iter().any(|(_, known)| *known == offset)
    }

    fn name(&self) -> String {
        let name = |at: usize, (day, offset): &(i64, i32)| match at {
            0 => offset_name(*offset),
            _ => format!("from {} {}", domain::Day(*day as i32), offset_name(*offset)),
        };
        self.from_day.iter().enumerate().map(|(at, from)| name(at, from)).collect::<Vec<_>>().join(", ")
    }
}

/// Said where nothing tells the order of day and month.
pub(crate) const ORDER_ASSUMED: &str =
    "day and month cannot be told apart in this file; its dates were read as D/M/Y: check them";

/// The rows' wall clocks, with the epoch where there is one: how many rows there are of each quarter of an hour and each
/// difference between the two. All that is asked of them is the same for all rows of one.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    rows: HashMap<(Wall, Option<i64>), u64>,
    /// Those of one kind that came one after the other, and are not in `rows` yet.
    run: Option<((Wall, Option<i64>), u64)>,
    /// Of dates read as D/M/Y, and as M/D/Y.
    turns: [OrderTurns; 2],
}

/// How often one row's day comes before that of the row before it, and after it.
#[derive(Debug, Default)]
struct OrderTurns {
    last: Option<u32>,
    forward: u64,
    back: u64,
}

const BOTH_ORDERS: [DateOrder; 2] = [DateOrder::DayMonthYear, DateOrder::MonthDayYear];

impl Evidence {
    /// Adds a row's time and, where it is known, the instant (milliseconds since 1970) at which that was.
    pub(crate) fn add(&mut self, time: When, epoch: Option<i64>) {
        let When::Wall(wall) = time else { return };
        for (turns, order) in self.turns.iter_mut().zip(BOTH_ORDERS) {
            let Some(day) = wall.day_place(order) else { continue };
            match turns.last.replace(day).map(|last| last.cmp(&day)) {
                Some(Ordering::Less) => turns.forward += 1,
                Some(Ordering::Greater) => turns.back += 1,
                _ => {}
            }
        }
        let (quarter, within) = wall.quarter();
        let epoch = epoch.map(|epoch| {
            let epoch = epoch - within;
            // How far the difference is from whole quarters, of which all that counts is whether a channel may begin so.
            let off = (-epoch + QUARTER_MS / 2).rem_euclid(QUARTER_MS) - QUARTER_MS / 2;
            let told = if off.abs() <= CHANNEL_MS { 0 } else { off.signum() * (CHANNEL_MS + 1_000) };
            epoch + off - told
        });
        match &mut self.run {
            Some((row, count)) if *row == (quarter, epoch) => *count += 1,
            run => {
                if let Some((row, count)) = run.replace(((quarter, epoch), 1)) {
                    *self.rows.entry(row).or_default() += count;
                }
            }
        }
    }

    fn rows(&self) -> impl Iterator<Item = (Wall, Option<i64>, u64)> {
        let run = self.run.iter().map(|(row, count)| (row, count));
        self.rows.iter().chain(run).map(|((wall, epoch), count)| (*wall, *epoch, *count))
    }

    /// The rounded differences (minutes) of rows that can tell, in this order of the date, with the wall clock and the number of rows.
    fn offsets(&self, order: DateOrder) -> impl Iterator<Item = (i64, i32, u64)> {
        self.rows().filter_map(move |(wall, epoch, count)| {
            let wall = wall.millis(order)?;
            let offset = rounded_offset(wall, epoch?)?;
            Some((wall, offset, count))
        })
    }

    fn most_frequent_offset(&self, order: DateOrder) -> Option<(i32, u64)> {
        let mut counts: BTreeMap<i32, u64> = BTreeMap::new();
        for (_, offset, count) in self.offsets(order) {
            *counts.entry(offset).or_default() += count;
        }
        // Of two that are as frequent, the one nearer to UTC.
        counts.into_iter().max_by_key(|(offset, count)| (*count, -offset.abs()))
    }

    fn with_epoch(&self) -> u64 {
        self.rows().filter(|(_, epoch, _)| epoch.is_some()).map(|(.., count)| count).sum()
    }

    /// The order of the dates, and what tells it.
    pub(crate) fn order(&self, latest: Option<Timestamp>) -> (DateOrder, OrderBasis) {
        let ambiguous = |is: &dyn Fn(Wall) -> bool| -> u64 {
            self.rows().filter(|(wall, ..)| wall.is_ambiguous() && is(*wall)).map(|(.., count)| count).sum()
        };
        let all = ambiguous(&|_| true);
        if all == 0 {
            return (DateOrder::YearMonthDay, OrderBasis::Written);
        }
        // Only what exists in the order for most rows can be it.
        let possible = |order: DateOrder| ambiguous(&|wall| wall.millis(order).is_some());
        let agreeing = |order| self.most_frequent_offset(order).map_or(0, |(_, count)| count);
        let mut by_epoch = DateOrder::ALL.map(|order| (agreeing(order), order));
        by_epoch.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        if by_epoch[0].0 > by_epoch[1].0 && by_epoch[0].0 * 2 > self.with_epoch() {
            return (by_epoch[0].1, OrderBasis::Epochs);
        }
        // 31 or 32 and more cannot be a day: then the two digits in front are the year.
        if ambiguous(&|wall| wall.first_two().0 > 31) * 2 > all {
            return (DateOrder::YearMonthDay, OrderBasis::Values);
        }
        if self.has_short_years_first(latest) {
            return (DateOrder::YearMonthDay, OrderBasis::Values);
        }
        let [dmy, mdy] = BOTH_ORDERS.map(possible);
        if dmy != mdy {
            return (BOTH_ORDERS[usize::from(mdy > dmy)], OrderBasis::Values);
        }
        // How many rows break the file's ascending or descending order of days, whichever it is.
        let [dmy, mdy] = self.turns.each_ref().map(|turns| turns.forward.min(turns.back));
        if (dmy == 0) != (mdy == 0) {
            return (BOTH_ORDERS[usize::from(mdy == 0)], OrderBasis::Ascending);
        }
        let [dmy, mdy] = BOTH_ORDERS.map(|order| self.span_days(order));
        if dmy * 3 < mdy || mdy * 3 < dmy {
            return (BOTH_ORDERS[usize::from(mdy < dmy)], OrderBasis::Span);
        }
        (DateOrder::DayMonthYear, OrderBasis::Default)
    }

    /// How many rows have a day that exists in this order of day and month, and not in the other one.
    pub(crate) fn proofs(&self, order: DateOrder) -> u64 {
        let exists = |wall: Wall, order: DateOrder| wall.millis(order).is_some();
        let proves = |wall: Wall| BOTH_ORDERS.into_iter().all(|other| exists(wall, other) == (other == order));
        self.rows().filter(|(wall, ..)| wall.is_ambiguous() && proves(*wall)).map(|(.., count)| count).sum()
    }

    /// Whether the year stands first though it has two digits only (`26-03-02`): all dates exist so, of years in which calls are and not
    /// later than now, and do so in no other order, or in another one lie over years and not over days, or long ago.
    fn has_short_years_first(&self, latest: Option<Timestamp>) -> bool {
        let is_short = |(wall, ..): (Wall, Option<i64>, u64)| !wall.is_ambiguous() || wall.has_short_parts();
        let latest = latest.map_or(i64::MAX, |at| at.0 + DAY_MS);
        // The first and the last day, where all dates exist in an order and may be those of calls.
        let range = |order: DateOrder| {
            let dates = self.rows().filter(|(wall, ..)| wall.is_ambiguous()).map(|(wall, ..)| wall.millis(order));
            dates
                .map(|at| at.filter(|at| (FIRST_CALLS..=latest).contains(at)))
                .try_fold((i64::MAX, i64::MIN), |range, at| at.map(|at| (range.0.min(at), range.1.max(at))))
        };
        let Some((first, last)) = range(DateOrder::YearMonthDay) else { return false };
        if !self.rows().all(is_short) {
            return false;
        }
        let days = |from: i64, to: i64| (to - from) / DAY_MS + 1;
        BOTH_ORDERS.into_iter().filter_map(range).all(|(other_first, other_last)| {
            let (own, others) = (days(first, last), days(other_first, other_last));
            own * 3 < others || (own <= others * 3 && last > other_last)
        })
    }

    fn span_days(&self, order: DateOrder) -> i64 {
        let days = self.rows().filter_map(|(wall, ..)| wall.millis(order)).map(|wall| wall.div_euclid(DAY_MS));
        let range = days.fold(None, |range: Option<(i64, i64)>, day| {
            Some(range.map_or((day, day), |(first, last)| (first.min(day), last.max(day))))
        });
        range.map_or(0, |(first, last)| last - first + 1)
    }

    /// The most frequent offset, and others from and to the days on which most rows have them: one an hour beside it, as the clocks change,
    /// or any other that is exact, as where a switch is set to write UTC or local time from a day on.
    fn found_offsets(&self, order: DateOrder) -> Option<Offsets> {
        let (main, _) = self.most_frequent_offset(order)?;
        let mut days: BTreeMap<i64, BTreeMap<i32, u64>> = BTreeMap::new();
        let mut exact: BTreeMap<(i64, i32), u64> = BTreeMap::new();
        for (wall, epoch, count) in self.rows() {
            let Some((wall, epoch)) = wall.millis(order).zip(epoch) else { continue };
            let Some(offset) = rounded_offset(wall, epoch) else { continue };
            // A switch may be set to write other hours from a day on; what is no change of the clocks has to be exact.
            let is_exact = is_exact(wall, epoch, offset);
            if is_exact && (offset - main).abs() >= 30 {
                *exact.entry((wall.div_euclid(DAY_MS), offset)).or_default() += count;
            }
            if (offset - main).abs() <= 60 || is_exact {
                *days.entry(wall.div_euclid(DAY_MS)).or_default().entry(offset).or_default() += count;
            }
        }
        // The offset of most rows of each day, and whether there are three of them.
        let by_day: Vec<(i64, i32, bool)> = days
            .into_iter()
            .filter_map(|(day, counts)| {
                let rows: u64 = counts.values().sum();
                let (offset, count) = counts.into_iter().max_by_key(|(offset, count)| (*count, *offset == main))?;
                Some((day, offset, count >= 3 && count * 2 > rows))
            })
            .collect();
        let mut beside: Vec<i32> =
            exact.into_iter().filter(|(_, count)| *count >= 3).map(|((_, offset), _)| offset).collect();
        beside.sort_unstable();
        beside.dedup();
        let mut from_day: Vec<(i64, i32)> = Vec::new();
        for (at, &(day, offset, is_busy)) in by_day.iter().enumerate() {
            // One late leg on a quiet day is no change of the clocks; one on each of several days in a row is.
            let beside = at.checked_sub(1).into_iter().chain([at + 1]).filter_map(|at| by_day.get(at));
            let is_run = beside.into_iter().any(|(_, other, _)| *other == offset);
            let is_sure = offset == main || ((offset - main).abs() >= 30 && (is_busy || is_run));
            if is_sure && from_day.last().is_none_or(|(_, last)| *last != offset) {
                from_day.push((day, offset));
            }
        }
        if from_day.is_empty() {
            from_day.push((0, main));
        }
        let offsets = Offsets { from_day, beside };
        let known = self.offsets(order).filter(|(_, offset, _)| offsets.contains(*offset)).map(|(.., count)| count);
        (known.sum::<u64>() * 2 > self.with_epoch() || self.is_split(order, main)).then_some(offsets)
    }

    /// Whether the rows are split between this offset and the one an hour beside it: summer and winter time.
    fn is_split(&self, order: DateOrder, main: i32) -> bool {
        let near = |shift: i32| -> u64 {
            self.offsets(order).filter(|(_, offset, _)| *offset == main + shift).map(|(.., count)| count).sum()
        };
        let beside = [30, -30, 60, -60].map(near).into_iter().max().unwrap_or_default();
        (near(0) + beside) * 2 > self.with_epoch()
    }
}

/// `wall − epoch` rounded to 15 minutes, in minutes; none where no zone is that far from UTC.
fn rounded_offset(wall: i64, epoch: i64) -> Option<i32> {
    let quarters = (wall - epoch + QUARTER_MS / 2).div_euclid(QUARTER_MS);
    let minutes = i32::try_from(quarters * 15).ok()?;
    (minutes.abs() <= MAX_OFFSET).then_some(minutes)
}

/// Whether a channel may have begun so long before its leg, in a zone of this offset (minutes).
fn is_exact(wall: i64, epoch: i64, offset: i32) -> bool {
    (wall - epoch - i64::from(offset) * 60_000).abs() <= CHANNEL_MS
}

impl Clock {
    /// Works out order and zone; puts what was found and what there is to warn of into `found`.
    pub(crate) fn of(evidence: &Evidence, given: &Given, found: &mut Findings) -> Self {
        let clock = Self::in_order(None, evidence, given, found);
        let repeated = |(wall, epoch, _): &(Wall, Option<i64>, u64)| {
            epoch.is_none() && clock.change(*wall) == Some(Change::Repeated)
        };
        let repeated: u64 = evidence.rows().filter(repeated).map(|(.., count)| count).sum();
        if repeated > 0 {
            found.warnings.push(format!("{REPEATED}: {repeated}"));
        }
        clock
    }

    /// As [`Self::of`], in an order that was given, if it was.
    pub(crate) fn in_order(order: Option<DateOrder>, evidence: &Evidence, given: &Given, found: &mut Findings) -> Self {
        if evidence.rows().next().is_none() {
            let zone = FoundZone::Named(ZoneDays::new(given.zone()));
            return Self { order: order.unwrap_or(DateOrder::YearMonthDay), zone };
        }
        let (order, basis) = order.map_or_else(|| evidence.order(given.latest), |order| (order, OrderBasis::Given));
        found.date_order = Some((order, basis));
        if basis == OrderBasis::Default {
            found.warnings.push(ORDER_ASSUMED.to_owned());
        }
        let named = |zone: Zone| Self { order, zone: FoundZone::Named(ZoneDays::new(zone)) };
        let from_records =
            evidence.found_offsets(order).map(|offsets| Self { order, zone: FoundZone::Offsets(offsets) });
        let agreement = |clock: &Self| -> u64 {
            evidence.rows().filter(|(wall, epoch, _)| clock.agrees(*wall, *epoch)).map(|(.., count)| count).sum()
        };
        let (clock, basis) = match (given.timezone, from_records) {
            (Some(zone), from_records) => {
                let clock = named(zone);
                if let Some(FoundZone::Offsets(offsets)) = from_records.map(|found| found.zone)
                    && agreement(&clock) * 2 < evidence.with_epoch()
                {
                    found.warnings.push(format!(
                        "the records point to {}, but {} was given and used",
                        offsets.name(),
                        zone.name()
                    ));
                }
                (clock, ZoneBasis::Given)
            }
            (None, Some(from_records)) => {
                // The account's zone, where it explains the rows as well, also knows what day the clocks change.
                let account = named(given.account_zone);
                let is_account = agreement(&account) >= agreement(&from_records);
                (if is_account { account } else { from_records }, ZoneBasis::Records)
            }
            (None, None) => {
                found.warnings.push(format!(
                    "nothing in the file tells its time zone; its times were read in {}",
                    given.account_zone.name()
                ));
                (named(given.account_zone), ZoneBasis::Account)
            }
        };
        found.zone = Some(ZoneReading {
            name: clock.name(),
            offset_minutes: clock.usual_offset(evidence),
            basis,
            agreeing: agreement(&clock),
            of: evidence.with_epoch(),
        });
        clock
    }

    fn name(&self) -> String {
        match &self.zone {
            FoundZone::Named(days) => days.zone().name().to_owned(),
            FoundZone::Offsets(offsets) => offsets.name(),
        }
    }

    fn usual_offset(&self, evidence: &Evidence) -> Option<i32> {
        let mut counts: BTreeMap<i32, u64> = BTreeMap::new();
        for (wall, epoch, count) in evidence.rows() {
            if let Some(at) = self.instant(wall, epoch) {
                let minutes = (wall.millis(self.order).unwrap_or(at) - at) / 60_000;
                *counts.entry(minutes as i32).or_default() += count;
            }
        }
        counts.into_iter().max_by_key(|(_, count)| *count).map(|(minutes, _)| minutes)
    }

    fn agrees(&self, wall: Wall, epoch: Option<i64>) -> bool {
        let (Some(epoch), Some(at)) = (epoch, self.instant(wall, epoch)) else { return false };
        rounded_offset(at, epoch) == Some(0)
    }

    /// What a wall clock of the zone shows at an instant: milliseconds, as [`Wall::millis`] has them.
    pub(crate) fn local(&self, at: i64) -> i64 {
        match &self.zone {
            FoundZone::Named(days) => days.zone().local(Timestamp(at)).wall_ms,
            FoundZone::Offsets(offsets) => at + i64::from(offsets.on(at.div_euclid(DAY_MS))) * 60_000,
        }
    }

    /// Whether a wall clock of which nothing else tells the instant is two of them, or none.
    pub(crate) fn change(&self, wall: Wall) -> Option<Change> {
        match &self.zone {
            FoundZone::Named(days) => days.change(wall.millis(self.order)?),
            FoundZone::Offsets(_) => None,
        }
    }

    /// The instant of a wall clock; the epoch decides the hour that a change of the clocks repeats.
    pub(crate) fn instant(&self, wall: Wall, epoch: Option<i64>) -> Option<i64> {
        let wall = wall.millis(self.order)?;
        match &self.zone {
            FoundZone::Named(days) => {
                let (at, _) = days.instant(wall);
                let later = Timestamp(at.0 + 3_600_000);
                let is_later = epoch.is_some_and(|epoch| rounded_offset(epoch, at.0) == Some(60));
                Some(if is_later && days.zone().local(later).wall_ms == wall { later.0 } else { at.0 })
            }
            FoundZone::Offsets(offsets) => {
                let usual = offsets.on(wall.div_euclid(DAY_MS));
                let own = epoch.and_then(|epoch| {
                    let own = rounded_offset(wall, epoch)?;
                    // Too few calls stand on one side of a change of the clocks to be sure of the day; but no leg begins before its
                    // channel, and hardly one so many seconds after it.
                    let is_beside = matches!((own - usual).abs(), 30 | 60) || offsets.beside.contains(&own);
                    (offsets.contains(own) || (is_beside && is_exact(wall, epoch, own))).then_some(own)
                });
                let offset = own.unwrap_or(usual);
                Some(wall - i64::from(offset) * 60_000)
            }
        }
    }
}
