//! Call detail records of Asterisk, and of FreePBX and others that are built on it.
//!
//! They come in many shapes ([`layout`], [`crate::table`]), one call is several rows ([`call`]), and neither the time zone
//! nor the order of day and month is written anywhere ([`crate::clock`]). So all rows are read first, compactly ([`row`]).
//!
//! - Rows of one call have the same `linkedid`, else the same `uniqueid`; without both every row is a call.
//! - The call's id is `asterisk:` and that, so that a file imported twice changes nothing; a session's id without the caller's number
//!   in it ([`session`]). A row without an id gets `asterisk:row-` and a hash of its cells.
//! - Rows that repeat another in all cells are left out (a switch writes each record into two files).
//! - The campaign is the one given, else `accountcode`, else `userfield`.
//! - `dst` is the customer: campaigns dial out. Where a row says that its call came in (Grandstream, Yeastar; FreePBX by its contexts and `did`), its
//!   caller is; calls that only look so are counted, and that is said.
//! - Where an outside number was dialled, the legs of the bot itself, of announcements and of extensions do not answer for the customer.
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
mod session;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use domain::{CallId, CallRecord, time::Zone};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::{
    clock::{Clock, Evidence},
    findings::Findings,
    gathered::{CallRows, Gathering, PackedRows, Print},
    guess::is_sum,
    local_time::When,
    making::{MadeCalls, Making, Tally},
    numbers::{is_extension, is_no_number, is_phone},
    packed::Packed,
    source::{Campaigns, Direction, Failure, Given, HEAD_BYTES, Input, Opened, Skipped},
    spool::{Sequence, Spool},
    spreadsheet::{PUT_BACK, is_put_back},
    table::{Block, Table, in_blocks},
    table_row::TableRow,
};

pub(crate) use parts::with_stored;
pub(crate) use session::{former_id, is_former};

use columns::Column;
use disposition::{Disposition, Numbering};
use row::{AsteriskLeg, LegSign, RowText};

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
    Ok(Box::new(calls_of(input, given)?))
}

/// The calls of a file.
fn calls_of(input: Input<'_>, given: &Given) -> Result<MadeCalls<AsteriskTally>, Failure> {
    let refused = |reason: &str| Failure::Shape(reason.to_owned());
    let mut table = Table::open(input, given.account_zone, layout::shape_of)?
        .ok_or_else(|| refused("neither its header nor its columns are ones that Asterisk or FreePBX writes"))?;
    let mut findings = Findings::new(table.shape_name());
    let mut gathering = Gathering::new(given.memory);
    let mut skipped = Spool::new(given.memory / 8);
    let (mut evidence, mut fans) = (Evidence::default(), Fans::default());
    let mut totals = 0;
    let (mut report, mut numbers, mut of_rows) = (Report::default(), Numbers::default(), OfRows::default());
    let worker = || {
        |block: &mut Block<Column>| {
            let mut rows = AsteriskRows::default();
            block.take(|row| rows.add(row));
            rows
        }
    };
    in_blocks(&mut table, given.sharing, worker, |rows: AsteriskRows| {
        findings.rows += rows.count;
        totals += rows.totals;
        report.is_one |= rows.report.is_one;
        report.connected += rows.report.connected;
        numbers.billed.extend(rows.numbers.billed);
        numbers.words.extend(rows.numbers.words);
        of_rows.without_key += rows.single.without_key;
        of_rows.lost_ids += rows.single.lost_ids;
        of_rows.billed_unanswered += rows.single.billed_unanswered;
        rows.ends.into_iter().for_each(|(src, dst)| fans.add(src, dst));
        rows.starts.into_iter().for_each(|(start, epoch)| evidence.add(start, epoch));
        for row in &rows.skipped {
            skipped.push(|bytes| row.pack(bytes))?;
        }
        gathering.extend(&rows.packed)
    })?;
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
    if totals > 0 {
        findings.warnings.push(format!("rows that are totals or averages of others, left out: {totals}"));
    }
    report.say(&mut findings);
    let numbering = numbers.numbering(&mut findings);
    let calls = gathering.finish()?;
    findings.duplicates = calls.repeated();
    let clock = Clock::of(&evidence, given, &mut findings);
    of_rows.say(&mut findings);
    let (fans, campaigns) = (Arc::new(fans), given.campaigns.clone());
    let maker = move || {
        let maker = AsteriskCallMaker {
            clock: clock.clone(),
            campaigns: campaigns.clone(),
            numbering,
            fans: Arc::clone(&fans),
        };
        move |rows: &CallRows, nth: u32, said: &mut AsteriskTally| {
            let mut legs = rows.unpack::<AsteriskLeg<'_>>()?;
            let direction = direction_of(&legs);
            Ok(Some((direction, maker.record(&mut legs, nth, direction, said))))
        }
    };
    let making = Making::new(calls, given.sharing, maker);
    Ok(MadeCalls::new(making, Sequence::new(skipped.finish()?), findings))
}

/// What a portion of a file says.
#[derive(Default)]
struct AsteriskRows {
    packed: PackedRows,
    skipped: Vec<Skipped>,
    count: u64,
    /// Rows that are none of calls.
    totals: u64,
    report: Report,
    numbers: Numbers,
    single: OfRows,
    /// Hashes of the caller and the called of each leg.
    ends: Vec<(u64, u64)>,
    /// When each leg began, and the instant that its id tells.
    starts: Vec<(When, Option<i64>)>,
}

impl AsteriskRows {
    fn add(&mut self, row: Result<TableRow<'_, Column>, Skipped>) {
        self.count += 1;
        if row.as_ref().is_ok_and(is_total) {
            self.totals += 1;
            return;
        }
        self.report.is_one |=
            row.as_ref().is_ok_and(|row| row.places.has(Column::RingGroup) && !row.places.has(Column::Billsec));
        let leg = match row.and_then(|row| AsteriskLeg::read(&row)) {
            Ok(leg) => leg,
            Err(row) => return self.skipped.push(row),
        };
        self.report.connected += u64::from(leg.disposition.is_connected());
        self.numbers.add(&leg);
        self.single.add(&leg);
        self.ends.push((number_hash(leg.text(RowText::Src)), number_hash(leg.text(RowText::Dst))));
        self.starts.push((leg.stamps.start, leg.stamps.epoch));
        // Two short calls to one number within a minute may well look alike where seconds are not written.
        let is_exact = leg.call_key().is_some() || !matches!(leg.stamps.start, When::Wall(wall) if !wall.has_seconds);
        let print = if is_exact { Print::Once(leg.fingerprint) } else { Print::Numbered(leg.fingerprint) };
        let key = leg.call_key().map(|key| xxh3_128(key.as_bytes()));
        self.packed.push(key, Some(print), |bytes| leg.pack(bytes));
    }
}

/// Whether a row tells of no call: it has neither a time nor whom it was for, nor a word for how it ended.
fn is_total(row: &TableRow<'_, Column>) -> bool {
    let told = [Column::Disposition, Column::Dst, Column::Src, Column::UniqueId, Column::LinkedId];
    let has_number = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    let is_told = |column: &Column| match row.text(*column) {
        // `Total` stands in the place of anything.
        text if is_sum(text) => false,
        text => !text.is_empty(),
    };
    !has_number(row.text(Column::Start)) && !told.iter().any(is_told)
}

/// Makes calls of their legs.
struct AsteriskCallMaker {
    clock: Clock,
    campaigns: Campaigns,
    numbering: Option<Numbering>,
    fans: Arc<Fans>,
}

impl AsteriskCallMaker {
    fn record(
        &self,
        legs: &mut [AsteriskLeg<'_>],
        nth: u32,
        direction: Direction,
        said: &mut AsteriskTally,
    ) -> Result<(u64, CallRecord), Skipped> {
        for leg in &mut *legs {
            leg.disposition = leg.disposition.numbered(self.numbering).ok_or_else(|| {
                let reason = "is a number that means one thing in today's Asterisk and another in old versions; nothing in the \
                              file tells which";
                Skipped::new(leg.line, "disposition", reason)
            })?;
        }
        let rows: Vec<&AsteriskLeg<'_>> = legs.iter().collect();
        let Some(first) = rows.first() else { return Err(Skipped::new(0, "", "is empty")) };
        let id = if let Some(key) = first.call_key() {
            session::id_of(key)
        } else {
            let nth = if nth == 1 { String::new() } else { format!("-{nth}") };
            format!("asterisk:row-{:032x}{nth}", first.fingerprint)
        };
        let id = CallId::new(id).map_err(|error| Skipped::new(first.line, "uniqueid", error.to_string()))?;
        let record = call::record(id, &rows, self.campaigns.of(direction), direction, &self.clock)?;
        // What is noted of a call that is rejected concerns nobody.
        for (count, is) in said.0.iter_mut().zip(of_call(&rows, direction, &self.fans)) {
            *count += u64::from(is);
        }
        Ok(record)
    }
}

/// How many calls are each of [`OF_CALLS`].
#[derive(Default)]
struct AsteriskTally([u64; OF_CALLS.len()]);

impl Tally for AsteriskTally {
    fn add(&mut self, further: Self) {
        self.0.iter_mut().zip(further.0).for_each(|(count, further)| *count += further);
    }

    fn say(&self, findings: &mut Findings) {
        let said = OF_CALLS.iter().zip(self.0).filter(|(_, count)| *count > 0);
        findings.warnings.extend(said.map(|(what, count)| format!("{what}: {count}")));
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

/// The report of Issabel and Elastix.
#[derive(Debug, Default)]
struct Report {
    is_one: bool,
    connected: u64,
}

impl Report {
    /// Says what it leaves out.
    fn say(&self, findings: &mut Findings) {
        if !self.is_one {
            return;
        }
        findings.warnings.push(format!(
            "the report has the billed time alone: how long it rang is not known, and the time of a call was taken for its answer: \
             {}",
            self.connected
        ));
        let count = findings.rows;
        if count >= 1_000 && count.is_multiple_of(1_000) {
            findings.warnings.push(format!(
                "the file has exactly {count} rows: the report is cut to a round number of them; export a shorter time if calls are \
                 missing"
            ));
        }
    }
}

/// What tells the meaning of dispositions that are numbers.
#[derive(Debug, Default)]
struct Numbers {
    billed: BTreeSet<(Disposition, bool)>,
    words: BTreeSet<&'static str>,
}

impl Numbers {
    fn add(&mut self, leg: &AsteriskLeg) {
        if matches!(leg.disposition, Disposition::Number(_)) || !leg.number.is_empty() {
            self.billed.insert((leg.disposition, leg.stamps.talk.is_some_and(|ms| ms > 0)));
            self.words.insert(leg.number);
        }
    }

    /// Their meaning in the whole file.
    fn numbering(&self, findings: &mut Findings) -> Option<Numbering> {
        if !self.billed.iter().any(|(disposition, _)| matches!(disposition, Disposition::Number(_))) {
            return None;
        }
        let numbering = Numbering::of(self.billed.iter().copied(), self.words.iter().copied())?;
        let said = match numbering {
            Numbering::Today => "2 failed, 4 busy, 8 answered",
            Numbering::Old => "2 busy, 3 failed, 4 answered",
        };
        findings.warnings.push(format!("dispositions are numbers; the rows fit this meaning of them: {said}"));
        Some(numbering)
    }
}

/// What is said of single rows.
#[derive(Debug, Default)]
struct OfRows {
    without_key: u64,
    /// Rows whose ids have lost their fraction.
    lost_ids: u64,
    billed_unanswered: u64,
}

impl OfRows {
    fn add(&mut self, leg: &AsteriskLeg) {
        let is_lost = leg.has_lost_id && leg.call_key().is_none();
        self.lost_ids += u64::from(is_lost);
        self.without_key += u64::from(leg.call_key().is_none() && !is_lost);
        let is_billed = leg.stamps.talk.is_some_and(|ms| ms > 0);
        let may_be_answered = leg.disposition.is_connected() || matches!(leg.disposition, Disposition::Number(_));
        self.billed_unanswered += u64::from(is_billed && !may_be_answered);
    }

    fn say(&self, findings: &mut Findings) {
        for (what, count) in [
            (
                "rows whose uniqueid has lost its fraction in a spreadsheet, so that calls of one second would be one: each is taken for a \
                 call of its own; export the file again to have legs joined",
                self.lost_ids,
            ),
            ("rows without linkedid and uniqueid, each taken for a call of its own", self.without_key),
            (
                "rows with billed seconds that were not ANSWERED (the caller's own side was up, the one that was called did not \
                 answer); they count as their disposition says",
                self.billed_unanswered,
            ),
        ] {
            if count > 0 {
                findings.warnings.push(format!("{what}: {count}"));
            }
        }
    }
}

/// Which calls may not be calls to a customer, or not to the one that is named.
const OF_CALLS: [&str; 4] = [
    "inbound calls that only a menu of our own took, counted as answered",
    "calls that look inbound (an outside caller and an extension, or one number is called by many); the number that was \
     called is taken for the customer all the same",
    "calls whose dst is not a number (\"s\", \"h\", \"*97\", \"vmu200\" and the like are steps of the dialplan); all with the same one count as one \
     customer, and the number that was called may stand in clid, channel or userfield",
    PUT_BACK,
];

/// Which way a call goes, as its rows say, or as both ends are extensions. One of our own that a mailbox of our own took goes there.
fn direction_of(call: &[AsteriskLeg]) -> Direction {
    let is_between = call.iter().all(|leg| leg.direction().is_none() && (is_internal(leg) || leg.is_to_own_mailbox()));
    let said = match Direction::of_legs(call.iter().filter_map(AsteriskLeg::direction)) {
        Direction::Outbound if call.iter().all(|leg| leg.direction().is_none()) && came_in(call) => Direction::Inbound,
        said => said,
    };
    match if is_between { Direction::Internal } else { said } {
        Direction::Internal if call.iter().any(AsteriskLeg::is_to_own_mailbox) => Direction::Voicemail,
        direction => direction,
    }
}

/// Whether the rows of a call say by their contexts that an outside caller came in, and none that somebody else was dialled first: a
/// customer of ours may be put through to a queue.
fn came_in(call: &[AsteriskLeg]) -> bool {
    let callers = || call.iter().filter(|leg| leg.has(LegSign::CameIn)).map(|leg| leg.text(RowText::Src));
    let goes_out = |leg: &AsteriskLeg| {
        !leg.has(LegSign::CameIn)
            && leg.is_dialled_outside()
            && !callers().any(|caller| caller == leg.text(RowText::Src))
    };
    callers().next().is_some() && !call.iter().any(goes_out)
}

/// Whether a call is one of [`OF_CALLS`].
fn of_call(call: &[&AsteriskLeg], direction: Direction, fans: &Fans) -> [bool; OF_CALLS.len()] {
    let is_inbound = direction == Direction::Inbound;
    [
        is_inbound && call.iter().all(|leg| leg.is_own_menu() && leg.disposition.is_connected()),
        !is_inbound
            && !call.iter().any(|leg| leg.is_dialled_outside())
            && call.iter().any(|leg| fans.look_inbound(leg)),
        call.iter().all(|leg| is_no_number(leg.customer(direction))),
        call.iter().any(|leg| is_put_back(leg.customer(direction))),
    ]
}

/// How many numbers call a number, and how many it calls: a hotline is called by many, a campaign's own number calls many.
#[derive(Debug, Default)]
struct Fans {
    /// Who calls whom, as far as it is looked at.
    pairs: HashSet<u64>,
    callers: HashMap<u64, u32>,
    called: HashMap<u64, u32>,
}

impl Fans {
    /// Callers of a number from which on it is one that many call.
    const MANY: u32 = 3;
    /// Pairs of caller and called that are looked at; the first hundreds of thousands tell a hotline.
    const MOST_PAIRS: usize = 200_000;

    /// Adds the hashes of a caller and of whom it called.
    fn add(&mut self, src: u64, dst: u64) {
        if self.pairs.len() >= Self::MOST_PAIRS {
            return;
        }
        if self.pairs.insert(src.rotate_left(1) ^ dst) {
            *self.callers.entry(dst).or_default() += 1;
            *self.called.entry(src).or_default() += 1;
        }
    }

    /// Whether an outside number calls an extension, or a number that is called by more than it calls.
    fn look_inbound(&self, leg: &AsteriskLeg) -> bool {
        let (src, dst) = (leg.text(RowText::Src), leg.text(RowText::Dst));
        if leg.direction().is_some() || src.is_empty() || is_extension(src) {
            return false;
        }
        if is_extension(dst) {
            return true;
        }
        let size = |of: &HashMap<u64, u32>, number| of.get(&number_hash(number)).copied().unwrap_or_default();
        let callers = size(&self.callers, dst);
        callers >= Self::MANY && is_phone(src) && callers > size(&self.called, src)
    }
}

fn number_hash(number: &str) -> u64 {
    xxh3_64(number.as_bytes())
}

/// Whether both ends are extensions.
fn is_internal(leg: &AsteriskLeg) -> bool {
    [RowText::Src, RowText::Dst].iter().all(|end| is_extension(leg.text(*end)))
}
