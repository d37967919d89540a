//! Call detail records of Asterisk, and of FreePBX and others that are built on it.
//!
//! They come in many shapes ([`layout`], [`crate::table`]), one call is several rows ([`call`]), and neither the time zone
//! nor the order of day and month is written anywhere ([`crate::clock`]). So all rows are read first, compactly ([`row`]).
//!
//! - Rows of one call have the same `linkedid`, else the same `uniqueid`; without both every row is a call.
//! - The call's id is `asterisk:` and that, so that a file imported twice changes nothing. A row without an id gets
//!   `asterisk:row-` and a hash of its cells.
//! - Rows that repeat another in all cells are left out (a switch writes each record into two files).
//! - The campaign is the one given, else `accountcode`, else `userfield`.
//! - `dst` is the customer: campaigns dial out. Where a row says that its call came in (Grandstream, Yeastar), its caller is; calls
//!   that only look so are counted, and that is said.
//! - The disposition decides, not the billed seconds. ANSWERED has the result code `ANSWERED`, also with 0 seconds: that
//!   is an answered call without talk, which costs nothing; VOICEMAIL (Yeastar) has `MACHINE`.
//! - Of an answered call, talk time is what was billed on the customer's leg; the record's end is the answer plus that,
//!   even where another leg lasted longer. A call that was not answered ends with its last row.
//! - A row without a disposition says nothing about a call and is skipped, as is one whose disposition is not known.

mod call;
mod columns;
mod disposition;
mod layout;
mod parts;
mod row;

use std::{
    collections::{HashMap, HashSet},
    vec,
};

use domain::{CallId, CallRecord, CampaignId, time::Zone};

use crate::{
    clock::Clock,
    findings::Findings,
    local_time::When,
    numbers::{is_extension, is_no_number, is_phone},
    source::{Failure, Given, HEAD_BYTES, Input, Opened, Skipped, Source},
    table::Table,
};

pub(crate) use parts::with_stored;

use columns::Column;
use disposition::{Disposition, Numbering};
use row::{Direction, Leg, Text};

/// What FreePBX cuts its exports to.
const FREEPBX_LIMIT: u64 = 100;

/// Whether the first bytes of a file are call records of Asterisk.
pub(crate) fn recognises(head: &[u8]) -> bool {
    match Table::open(head, Zone::HO_CHI_MINH, layout::shape_of) {
        // The names of JSON are those of many; the words for the result are not.
        Ok(Some(mut table)) if table.is_json() => {
            let mut is_asterisk = false;
            while let Ok(Some(row)) = table.next_row() {
                is_asterisk |= row.is_ok_and(|row| Disposition::parse(row.text(Column::Disposition)).is_some());
            }
            is_asterisk
        }
        // A dump of another database looks the same at first; a row tells, or else what comes after its other tables.
        Ok(Some(mut table)) => {
            !table.is_dump()
                || head.len() >= HEAD_BYTES
                || matches!(table.next_row(), Ok(Some(_)))
                || !table.said_of_text().is_empty()
        }
        _ => false,
    }
}

/// Reads all rows of a file; fails where they are not in a shape that Asterisk or FreePBX writes.
pub(crate) fn open<'a>(input: Input<'a>, given: &Given) -> Opened<'a> {
    Ok(Box::new(AsteriskCalls::new(input, given)?))
}

/// The calls of a file.
struct AsteriskCalls {
    rows: Vec<Leg>,
    groups: vec::IntoIter<CallLegs>,
    skipped: vec::IntoIter<Skipped>,
    clock: Clock,
    campaign: Option<CampaignId>,
    findings: Findings,
}

/// A call's id and the places of its rows.
struct CallLegs {
    id: String,
    rows: Vec<u32>,
}

impl AsteriskCalls {
    fn new(input: Input<'_>, given: &Given) -> Result<Self, Failure> {
        let refused = |reason: &str| Failure::Shape(reason.to_owned());
        let mut table = Table::open(input, given.account_zone, layout::shape_of)?
            .ok_or_else(|| refused("neither its header nor its columns are ones that Asterisk or FreePBX writes"))?;
        let mut findings = Findings::new(table.shape_name());
        let (mut rows, mut skipped, mut is_report) = (Vec::new(), Vec::new(), false);
        while let Some(row) = table.next_row()? {
            findings.rows += 1;
            is_report |=
                row.as_ref().is_ok_and(|row| row.places.has(Column::RingGroup) && !row.places.has(Column::Billsec));
            match row.and_then(|row| Leg::read(&row)) {
                Ok(row) => rows.push(row),
                Err(row) => skipped.push(row),
            }
        }
        findings.warnings.extend(table.said_of_text());
        findings.warnings.extend(said_of_guess(&table));
        if table.is_dump() && findings.rows == 0 {
            return Err(refused(
                "no INSERT in it has the columns of call records; one that names no columns needs the table's CREATE TABLE, or a \
                 dump with --complete-insert",
            ));
        }
        if layout::FREEPBX.contains(&table.shape_name()) && findings.rows == FREEPBX_LIMIT {
            findings.warnings.push(
                "the file has exactly 100 rows: FreePBX cuts its exports to that many, newest first; \
                 raise the limit there and export again if calls are missing"
                    .to_owned(),
            );
        }
        warn_of_report(&rows, findings.rows, is_report, &mut findings);
        let rows = numbered(rows, &mut skipped, &mut findings);
        let rows = without_repeats(rows, &mut findings);
        let groups = grouped(&rows);
        let clock = Clock::of(rows.iter().map(|row| (row.stamps.start, row.stamps.epoch)), given, &mut findings);
        warn_of_rows(&rows, &mut findings);
        warn_of_calls(&rows, &groups, &mut findings);
        Ok(Self {
            rows,
            groups: groups.into_iter(),
            skipped: skipped.into_iter(),
            clock,
            campaign: given.campaign.clone(),
            findings,
        })
    }
}

/// Of a table without a header: which columns were taken for what.
fn said_of_guess<R: std::io::Read>(table: &Table<R, Column>) -> Option<String> {
    let place = |column| table.guessed(column);
    let (src, dst) = (place(Column::Src)?, place(Column::Dst)?);
    let (duration, billsec) = (place(Column::Duration)?, place(Column::Billsec)?);
    Some(format!(
        "no header names the columns: by what is in them, column {src} was taken for the caller, {dst} for the number that was \
         called, {duration} for the duration, {billsec} for the billed seconds"
    ))
}

/// Says what the report of Issabel and Elastix leaves out.
fn warn_of_report(rows: &[Leg], count: u64, is_report: bool, findings: &mut Findings) {
    if !is_report {
        return;
    }
    let connected = rows.iter().filter(|row| row.disposition.is_connected()).count();
    findings.warnings.push(format!(
        "the report has the billed time alone: how long it rang is not known, and the time of a call was taken for its answer: \
         {connected}"
    ));
    if count >= 1_000 && count.is_multiple_of(1_000) {
        findings.warnings.push(format!(
            "the file has exactly {count} rows: the report is cut to a round number of them; export a shorter time if calls are \
             missing"
        ));
    }
}

/// Gives dispositions that are numbers their meaning, which the whole file tells; refuses rows whose meaning nothing tells.
fn numbered(rows: Vec<Leg>, skipped: &mut Vec<Skipped>, findings: &mut Findings) -> Vec<Leg> {
    if !rows.iter().any(|row| matches!(row.disposition, Disposition::Number(_))) {
        return rows;
    }
    let billed = rows.iter().map(|row| (row.disposition, row.stamps.talk.is_some_and(|ms| ms > 0)));
    let numbering = Numbering::of(billed, rows.iter().map(|row| row.number));
    if let Some(numbering) = numbering {
        let said = match numbering {
            Numbering::Today => "2 failed, 4 busy, 8 answered",
            Numbering::Old => "2 busy, 3 failed, 4 answered",
        };
        findings.warnings.push(format!("dispositions are numbers; the rows fit this meaning of them: {said}"));
    }
    let mut kept = Vec::with_capacity(rows.len());
    for mut row in rows {
        if let Some(disposition) = row.disposition.numbered(numbering) {
            row.disposition = disposition;
            kept.push(row);
            continue;
        }
        let reason = "is a number that means one thing in today's Asterisk and another in old versions; nothing in the file tells \
                      which";
        skipped.push(Skipped::new(row.line, "disposition", reason));
    }
    kept
}

/// Leaves out rows that are there twice.
fn without_repeats(rows: Vec<Leg>, findings: &mut Findings) -> Vec<Leg> {
    let mut seen = HashSet::new();
    let before = rows.len();
    let kept: Vec<Leg> = rows
        .into_iter()
        .filter(|row| {
            // Two short calls to one number within a minute may well look alike where seconds are not written.
            let is_exact =
                row.call_key().is_some() || !matches!(row.stamps.start, When::Wall(wall) if !wall.has_seconds);
            !is_exact || seen.insert(row.fingerprint)
        })
        .collect();
    findings.duplicates = (before - kept.len()) as u64;
    kept
}

/// The rows of each call, calls in the order of their first rows.
fn grouped(rows: &[Leg]) -> Vec<CallLegs> {
    let mut calls: Vec<CallLegs> = Vec::new();
    let mut by_key: HashMap<&str, usize> = HashMap::new();
    let mut alike: HashMap<u128, u32> = HashMap::new();
    for (at, row) in (0_u32..).zip(rows) {
        if let Some(key) = row.call_key() {
            let call = *by_key.entry(key).or_insert_with(|| {
                calls.push(CallLegs { id: format!("asterisk:{key}"), rows: Vec::new() });
                calls.len() - 1
            });
            calls[call].rows.push(at);
        } else {
            let count = alike.entry(row.fingerprint).or_default();
            *count += 1;
            let nth = if *count == 1 { String::new() } else { format!("-{count}") };
            calls.push(CallLegs { id: format!("asterisk:row-{:032x}{nth}", row.fingerprint), rows: vec![at] });
        }
    }
    calls
}

fn warn_of_rows(rows: &[Leg], findings: &mut Findings) {
    let count = |is: fn(&Leg) -> bool| rows.iter().filter(|row| is(row)).count();
    let mut say = |what: &str, count: usize| {
        if count > 0 {
            findings.warnings.push(format!("{what}: {count}"));
        }
    };
    say("rows without linkedid and uniqueid, each taken for a call of its own", count(|row| row.call_key().is_none()));
    say(
        "rows with billed seconds that were not ANSWERED (the caller's own side was up, the one that was called did not \
         answer); they count as their disposition says",
        count(|row| !row.disposition.is_connected() && row.stamps.talk.is_some_and(|ms| ms > 0)),
    );
}

/// Says which calls may not be calls to a customer, or not to the one that is named.
fn warn_of_calls(rows: &[Leg], calls: &[CallLegs], findings: &mut Findings) {
    let legs = |call: &CallLegs| call.rows.iter().map(|at| &rows[*at as usize]).collect::<Vec<_>>();
    let calls: Vec<Vec<&Leg>> = calls.iter().map(legs).collect();
    let fans = Fans::of(rows);
    let has = |call: &[&Leg], is: &dyn Fn(&Leg) -> bool| call.iter().any(|leg| is(leg));
    let count = |is: &dyn Fn(&[&Leg]) -> bool| calls.iter().filter(|call| is(call)).count();
    let directed = |direction| count(&|call| has(call, &|leg| leg.direction() == Some(direction)));
    let mut say = |what: &str, count: usize| {
        if count > 0 {
            findings.warnings.push(format!("{what}: {count}"));
        }
    };
    say("inbound calls, of which the caller is taken for the customer", directed(Direction::Inbound));
    say("internal calls, imported as the others", directed(Direction::Internal));
    say(
        "inbound calls that only a menu of our own took, counted as answered",
        count(&|call| call.iter().all(|leg| leg.is_own_menu() && leg.disposition.is_connected())),
    );
    say(
        "calls from one extension to another, imported as the others",
        count(&|call| call.iter().all(|leg| leg.direction().is_none() && is_internal(leg))),
    );
    say(
        "calls that look inbound (an outside caller and an extension, or one number is called by many); the number that was \
         called is taken for the customer all the same",
        count(&|call| has(call, &|leg| fans.look_inbound(leg))),
    );
    say(
        "calls whose dst is not a number (\"s\", \"h\", \"*97\", \"vmu200\" and the like are steps of the dialplan); all with the same one count as one \
         customer, and the number that was called may stand in clid, channel or userfield",
        count(&|call| call.iter().all(|leg| is_no_number(leg.customer()))),
    );
}

/// How many numbers call a number, and how many it calls: a hotline is called by many, a campaign's own number calls many.
struct Fans<'a> {
    callers: HashMap<&'a str, HashSet<&'a str>>,
    called: HashMap<&'a str, HashSet<&'a str>>,
}

impl<'a> Fans<'a> {
    /// Callers of a number from which on it is one that many call.
    const MANY: usize = 3;

    fn of(rows: &'a [Leg]) -> Self {
        let mut fans = Self { callers: HashMap::new(), called: HashMap::new() };
        for (src, dst) in rows.iter().map(|row| (row.text(Text::Src), row.text(Text::Dst))) {
            fans.callers.entry(dst).or_default().insert(src);
            fans.called.entry(src).or_default().insert(dst);
        }
        fans
    }

    /// Whether an outside number calls an extension, or a number that is called by more than it calls.
    fn look_inbound(&self, leg: &Leg) -> bool {
        let (src, dst) = (leg.text(Text::Src), leg.text(Text::Dst));
        if leg.direction().is_some() || src.is_empty() || is_extension(src) {
            return false;
        }
        let size = |of: &HashMap<&str, HashSet<&str>>, number| of.get(number).map_or(0, HashSet::len);
        let callers = size(&self.callers, dst);
        is_extension(dst) || (is_phone(src) && callers >= Self::MANY && callers > size(&self.called, src))
    }
}

/// Whether both ends are extensions.
fn is_internal(leg: &Leg) -> bool {
    [Text::Src, Text::Dst].iter().all(|end| is_extension(leg.text(*end)))
}

impl Iterator for AsteriskCalls {
    type Item = Result<(u64, CallRecord), Skipped>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(skipped) = self.skipped.next() {
            return Some(Err(skipped));
        }
        let call = self.groups.next()?;
        let rows: Vec<&Leg> = call.rows.iter().map(|at| &self.rows[*at as usize]).collect();
        let line = rows.first().map_or(0, |row| row.line);
        Some(match CallId::new(call.id) {
            Ok(id) => call::record(id, &rows, self.campaign.as_ref(), &self.clock),
            Err(error) => Err(Skipped::new(line, "uniqueid", error.to_string())),
        })
    }
}

impl Source for AsteriskCalls {
    fn findings(&self) -> Findings {
        self.findings.clone()
    }
}
