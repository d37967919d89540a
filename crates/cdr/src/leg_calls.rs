//! The calls of a file of legs: which legs are one call, which of them tells how it ended, and the record of it.
//!
//! The customer's leg decides, where a leg is known to be that; of several the best outcome. Nothing depends on the
//! order of the file.

use std::{cmp::Reverse, collections::BTreeMap, io};

use domain::{CallId, CallRecord, CampaignId, Code, ContactId, ContactRef, HangupBy, Timestamp, VoicebotId};
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_128;

use crate::{
    clock::{Clock, Evidence},
    columns::Column,
    findings::Findings,
    gathered::{CallRows, Gathering, PackedRows, Print},
    leg_parts::{CALLER, FIRST, FirstLeg},
    legs::{Leg, LegOutcome, LegText, Side},
    local_time::When,
    making::{MadeCalls, Making, Tally},
    numbers::{is_extension, is_no_number, is_phone},
    packed::Packed,
    parts::{CUSTOMER, DST, ROWS, SIDE, legs_of},
    source::{Campaigns, Direction, Failure, Given, Input, Skipped, checked},
    spool::{Sequence, Spool},
    spreadsheet::{PUT_BACK, is_put_back, phone_number},
    stamps::{Instants, NoInstants},
    table::{Block, FindShape, Table, in_blocks},
    table_row::{TableRow, shortened},
};

/// Words that are named with their count.
const MOST_WORDS: usize = 20;

/// What differs between the systems whose calls are made of legs.
#[derive(Debug)]
pub(crate) struct System {
    /// What ids of calls begin with.
    pub(crate) prefix: &'static str,
    /// What its fields are called, for messages: the start, the word that tells the result, the customer, the campaign.
    pub(crate) start: &'static str,
    pub(crate) word: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) campaign: &'static str,
    /// Of legs that do not say whose they are, the first one is the caller's and the others the customer's.
    pub(crate) is_first_callers: bool,
    /// A call's legs may stand in several files.
    pub(crate) has_parts: bool,
}

/// What was assumed of how many rows.
#[derive(Debug, Default)]
pub(crate) struct AssumedOfRows(BTreeMap<&'static str, u64>);

impl AssumedOfRows {
    pub(crate) fn count(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    fn add(&mut self, further: Self) {
        further.0.into_iter().for_each(|(what, count)| *self.0.entry(what).or_default() += count);
    }
}

/// The legs of a portion of a file.
#[derive(Default)]
pub(crate) struct LegRows {
    packed: PackedRows,
    skipped: Vec<Skipped>,
    /// When each leg began, and the instant that its id tells.
    starts: Vec<(When, Option<i64>)>,
    pub(crate) assumed: AssumedOfRows,
    rows: u64,
}

impl LegRows {
    /// Adds what came of a row.
    pub(crate) fn add(&mut self, leg: Result<Leg<'_>, Skipped>) {
        self.rows += 1;
        self.add_uncounted(leg);
    }

    /// Adds what is no row, but said of the file.
    pub(crate) fn add_uncounted(&mut self, leg: Result<Leg<'_>, Skipped>) {
        let leg = match leg {
            Ok(leg) => leg,
            Err(skipped) => return self.skipped.push(skipped),
        };
        self.starts.push((leg.stamps.start, leg.stamps.epoch));
        // Two short calls to one number within a minute may well look alike where seconds are not written.
        let is_exact = leg.ids().next().is_some() || !matches!(leg.stamps.start, When::Wall(wall) if !wall.has_seconds);
        let print = if is_exact { Print::Once(leg.fingerprint) } else { Print::Numbered(leg.fingerprint) };
        let mut last = "";
        let keys = leg.ids().filter(|id| *id != std::mem::replace(&mut last, id)).map(|id| xxh3_128(id.as_bytes()));
        self.packed.push(keys, Some(print), |bytes| leg.pack(bytes));
    }
}

/// The legs of a file, while they are read.
pub(crate) struct Legs {
    system: &'static System,
    campaigns: Campaigns,
    gathering: Gathering,
    skipped: Spool,
    evidence: Evidence,
    assumed: AssumedOfRows,
    pub(crate) findings: Findings,
}

impl Legs {
    /// Of a file of this shape, in a few words.
    pub(crate) fn new(system: &'static System, shape: &str, given: &Given) -> Self {
        Self {
            system,
            campaigns: given.campaigns.clone(),
            gathering: Gathering::new(given.memory),
            skipped: Spool::new(given.memory / 8),
            evidence: Evidence::default(),
            assumed: AssumedOfRows::default(),
            findings: Findings::new(shape),
        }
    }

    /// Adds the legs of the next portion.
    pub(crate) fn take(&mut self, legs: LegRows) -> io::Result<()> {
        self.findings.rows += legs.rows;
        self.assumed.add(legs.assumed);
        legs.starts.into_iter().for_each(|(start, epoch)| self.evidence.add(start, epoch));
        for skipped in &legs.skipped {
            self.skipped.push(|bytes| skipped.pack(bytes))?;
        }
        self.gathering.extend(&legs.packed)
    }

    /// Works out what all rows tell together.
    pub(crate) fn finish(self, given: &Given) -> Result<LegCalls, Failure> {
        let Self { system, campaigns, gathering, skipped, evidence, assumed, mut findings } = self;
        let calls = gathering.finish()?;
        findings.duplicates = calls.repeated();
        let clock = Clock::of(&evidence, given, &mut findings);
        findings.warnings.extend(assumed.0.iter().map(|(what, count)| format!("{what}: {count}")));
        let maker = move || {
            let maker = LegCallMaker { system, campaigns: campaigns.clone(), clock: clock.clone() };
            move |rows: &CallRows, nth: u32, said: &mut LegTally| {
                let legs = rows.unpack::<Leg<'_>>()?;
                let direction = direction_of(&legs);
                if !said.take(&legs) {
                    return Ok(None);
                }
                let record = maker.record(&legs, nth, direction);
                // What is noted of a call that is rejected concerns nobody.
                if record.is_ok() {
                    said.count(&legs);
                }
                Ok(Some((direction, record)))
            }
        };
        let making = Making::new(calls, given.sharing, maker);
        Ok(MadeCalls::new(making, Sequence::new(skipped.finish()?), findings))
    }
}

/// The calls of a file.
pub(crate) type LegCalls = MadeCalls<LegTally>;

/// Makes calls of their legs.
struct LegCallMaker {
    system: &'static System,
    campaigns: Campaigns,
    clock: Clock,
}

/// Reads one row of a table.
pub(crate) type ReadRow<C> = fn(&TableRow<'_, C>, &mut AssumedOfRows) -> Result<Leg<'static>, Skipped>;

/// The calls of a table; fails where it is none of the system's.
pub(crate) fn of_table<C: Column>(
    input: Input<'_>,
    given: &Given,
    system: &'static System,
    shape_of: FindShape<C>,
    read_row: ReadRow<C>,
) -> Result<LegCalls, Failure> {
    let refused = |reason: String| Failure::Shape(reason);
    let columns = || C::NAMES.iter().map(|(_, names)| names[0]).collect::<Vec<_>>().join(", ");
    let mut table = Table::open(input, given.account_zone, shape_of)?
        .ok_or_else(|| refused(format!("its columns are none of these, or too few of them: {}", columns())))?;
    let mut legs = Legs::new(system, table.shape_name(), given);
    let worker = move || {
        move |block: &mut Block<C>| {
            let mut legs = LegRows::default();
            block.take(|row| {
                let leg = row.and_then(|row| read_row(&row, &mut legs.assumed));
                legs.add(leg);
            });
            legs
        }
    };
    in_blocks(&mut table, given.sharing, worker, |rows| legs.take(rows))?;
    if table.is_dump() && legs.findings.rows == 0 {
        return Err(refused(format!("no statement in it writes rows with enough of these columns: {}", columns())));
    }
    legs.findings.warnings.extend(table.said_of_text());
    legs.finish(given)
}

impl LegCallMaker {
    fn record(&self, all: &[Leg<'_>], nth: u32, direction: Direction) -> Result<(u64, CallRecord), Skipped> {
        let system = self.system;
        let id = self.id_of(all, nth);
        let legs: Vec<&Leg<'_>> = all.iter().filter(|leg| !leg.is_note).collect();
        let line = legs.iter().map(|leg| leg.line).min().unwrap_or_default();
        let wrong = |field: &str, reason: String| Skipped::new(line, field, reason);
        let mut timed = Vec::with_capacity(legs.len());
        for leg in &legs {
            timed.push((*leg, self.instants(leg)?));
        }
        timed.sort_by_key(|(leg, at)| (at.start, Reverse(at.end), leg.text(LegText::Leg), leg.fingerprint));
        let earliest = timed.first().copied();
        let (deciding, side, is_by_order) = deciding(timed, system.is_first_callers);
        let set_aside = earliest.filter(|_| is_by_order);
        let best = deciding.iter().map(|(leg, _)| leg.outcome).min().unwrap_or(LegOutcome::Unknown);
        let (leg, at) = deciding
            .iter()
            .filter(|(leg, _)| leg.outcome == best)
            .rev()
            // The last of equals, so the first of the legs.
            .max_by_key(|(leg, at)| (is_phone(leg.text(LegText::Phone)), at.talk))
            .copied()
            .ok_or_else(|| wrong("", "is empty".to_owned()))?;
        let first = |text: LegText, is: fn(&str) -> bool| {
            let texts = std::iter::once(leg).chain(all).map(|leg| leg.text(text));
            texts.filter(|text| !text.is_empty()).find(|text| is(text))
        };
        let any = |text: LegText| first(text, |_| true).map(str::to_owned);
        let Some(code) = best.code(leg.text(LegText::Code)) else {
            let word = shortened(leg.text(LegText::Word));
            return Err(wrong(
                system.word,
                format!("\"{word}\" is no word whose meaning is known, so the call is not stored"),
            ));
        };
        let phone = first(LegText::Phone, is_phone).or_else(|| first(LegText::Phone, |_| true));
        let contact = any(LegText::Contact);
        if phone.is_none() && contact.is_none() {
            return Err(wrong(system.phone, "is empty: nobody was called".to_owned()));
        }
        let phone = phone.map(phone_number).transpose().map_err(|reason| wrong(system.phone, reason.to_owned()))?;
        let phone = phone.map(|dialled| dialled.number);
        let (answered_at, ended_at) = if best.is_connected() {
            (Some(Timestamp(at.answer)), at.answer + at.talk)
        } else {
            (None, deciding.iter().map(|(_, at)| at.end).max().unwrap_or(at.end))
        };
        let campaign = self.campaign(any(LegText::Campaign), line, direction)?;
        let recording = any(LegText::Recording);
        let is_url = |text: &String| text.starts_with("https://") || text.starts_with("http://");
        let (recording_url, file) = match recording {
            Some(url) if is_url(&url) => (Some(url), None),
            file => (None, file),
        };
        let mut attributes = if system.has_parts { of_parts(&legs, side, set_aside) } else { BTreeMap::new() };
        let mut keep = |name: &str, text: &str| {
            if !text.is_empty() {
                attributes.insert(name.to_owned(), text.into());
            }
        };
        if side == Side::Customer {
            keep(SIDE, CUSTOMER);
        }
        keep("src", leg.text(LegText::Other));
        if phone.as_deref().is_some_and(is_phone) && !is_phone(leg.text(LegText::Phone)) {
            keep(DST, leg.text(LegText::Phone));
        }
        keep("recordingfile", file.as_deref().unwrap_or_default());
        leg.attributes().for_each(|(name, text)| keep(name, text));
        let cause =
            [LegText::Cause, LegText::Word].into_iter().map(|text| leg.text(text)).find(|text| !text.is_empty());
        let record = CallRecord {
            id: CallId::new(id).map_err(|error| wrong("id", error.to_string()))?,
            campaign,
            voicebot: any(LegText::Voicebot)
                .map(VoicebotId::new)
                .transpose()
                .map_err(|error| wrong("voicebot", error.to_string()))?,
            contact: ContactRef {
                id: contact.map(ContactId::new).transpose().map_err(|error| wrong("contact.id", error.to_string()))?,
                phone,
                name: any(LegText::Name),
            },
            attempt: leg.attempt.or(all.iter().find_map(|leg| leg.attempt)),
            dialed_at: Timestamp(deciding.iter().map(|(_, at)| at.start).min().unwrap_or(at.start)),
            answered_at,
            ended_at: Some(Timestamp(ended_at)),
            result_code: Some(Code::new(code).map_err(|error| wrong(system.word, error.to_string()))?),
            bot_messages: None,
            hangup_by: hung_up(leg, system.is_first_callers && side != Side::Customer),
            cause: cause.map(str::to_owned),
            blocks: None,
            cost: None,
            recording_url,
            transcript: None,
            attributes: Some(attributes),
        };
        checked(line, record)
    }

    /// The call's id, which tells those apart that have none.
    fn id_of(&self, legs: &[Leg<'_>], nth: u32) -> String {
        let prefix = self.system.prefix;
        // What the legs have in common, else the first of all that they name.
        let own = || legs.iter().filter(|leg| !leg.is_note);
        let common = own().map(|leg| leg.text(LegText::Call)).filter(|id| !id.is_empty()).min();
        if let Some(id) = common.or_else(|| own().flat_map(Leg::ids).min()) {
            return [prefix, ":", id].concat();
        }
        let fingerprint = legs.first().map_or(0, |leg| leg.fingerprint);
        let nth = if nth == 1 { String::new() } else { format!("-{nth}") };
        format!("{prefix}:row-{fingerprint:032x}{nth}")
    }

    fn campaign(&self, own: Option<String>, line: u64, direction: Direction) -> Result<CampaignId, Skipped> {
        let field = self.system.campaign;
        match (self.campaigns.of(direction), own) {
            (Some(campaign), _) => Ok(campaign.clone()),
            (None, Some(name)) => CampaignId::new(name).map_err(|error| Skipped::new(line, field, error.to_string())),
            (None, None) => {
                let reason = format!("is not known: the record has no {field}; give one for the whole file");
                Err(Skipped::new(line, "campaign", reason))
            }
        }
    }

    fn instants(&self, leg: &Leg<'_>) -> Result<Instants, Skipped> {
        leg.stamps.instants(&self.clock).map_err(|error| match error {
            NoInstants::Start(reason) => Skipped::new(leg.line, self.system.start, reason),
            NoInstants::Duration(reason) => Skipped::new(leg.line, "duration", reason),
        })
    }
}

/// Which way a call goes, as its legs say, or as both ends are extensions. One between two of our own that a machine took went to a
/// mailbox.
fn direction_of(legs: &[Leg]) -> Direction {
    let own = || legs.iter().filter(|leg| !leg.is_note);
    let between_extensions = |leg: &Leg| {
        leg.direction.is_none() && [LegText::Phone, LegText::Other].iter().all(|end| is_extension(leg.text(*end)))
    };
    let is_between = own().next().is_some() && own().all(between_extensions);
    let said = Direction::of_legs(own().filter_map(|leg| leg.direction));
    match if is_between { Direction::Internal } else { said } {
        Direction::Internal if own().map(|leg| leg.outcome).min() == Some(LegOutcome::Machine) => Direction::Voicemail,
        direction => direction,
    }
}

/// The legs that tell how a call ended, of all of it in the order of time, and whose they are; and whether that follows from their order
/// alone.
fn deciding<'a>(
    mut legs: Vec<(&'a Leg<'a>, Instants)>,
    is_first_callers: bool,
) -> (Vec<(&'a Leg<'a>, Instants)>, Side, bool) {
    let side = legs.iter().map(|(leg, _)| leg.side).max().unwrap_or(Side::Unsaid);
    if side == Side::Unsaid && is_first_callers {
        let first = legs.first().map_or("", |(leg, _)| leg.text(LegText::Leg)).to_owned();
        if legs.iter().any(|(leg, _)| leg.text(LegText::Leg) != first) {
            legs.retain(|(leg, _)| leg.text(LegText::Leg) != first);
            return (legs, Side::Customer, true);
        }
    }
    legs.retain(|(leg, _)| leg.side == side);
    (legs, side, false)
}

/// What a record keeps of its legs for those that stand in another file: which they are, whose it is of, and the one that is taken for the
/// caller's because it began first.
fn of_parts(legs: &[&Leg<'_>], side: Side, set_aside: Option<(&Leg<'_>, Instants)>) -> BTreeMap<String, Value> {
    let mut kept =
        BTreeMap::from([(ROWS.to_owned(), legs.len().into()), legs_of(legs.iter().map(|leg| leg.fingerprint))]);
    if side == Side::Caller {
        kept.insert(SIDE.to_owned(), CALLER.into());
    }
    let first = set_aside.and_then(|(leg, at)| first_leg(leg, at)?.written());
    kept.extend(first.map(|first| (FIRST.to_owned(), first)));
    kept
}

/// What became of a leg that is taken for the caller's because it began first.
fn first_leg(leg: &Leg<'_>, at: Instants) -> Option<FirstLeg> {
    let is_connected = leg.outcome.is_connected();
    let cause = [LegText::Cause, LegText::Word].into_iter().map(|text| leg.text(text)).find(|text| !text.is_empty());
    Some(FirstLeg {
        dialed_at: Timestamp(at.start),
        answered_at: is_connected.then_some(Timestamp(at.answer)),
        ended_at: Timestamp(if is_connected { at.answer + at.talk } else { at.end }),
        result_code: Code::new(leg.outcome.code(leg.text(LegText::Code))?).ok()?,
        cause: cause.map(str::to_owned),
        hangup_by: hung_up(leg, true),
    })
}

/// Who hung up. What a leg says of it holds for one that leads to the customer; on the caller's the ends are swapped,
/// and the caller of an inbound call is the customer.
fn hung_up(leg: &Leg<'_>, is_callers: bool) -> Option<HangupBy> {
    let is_swapped = is_callers != (leg.direction == Some(Direction::Inbound));
    match leg.hangup_by? {
        HangupBy::Customer if is_swapped => Some(HangupBy::Bot),
        HangupBy::Bot if is_swapped => Some(HangupBy::Customer),
        who => Some(who),
    }
}

/// What is to be said of the calls of a file.
#[derive(Debug, Default)]
pub(crate) struct LegTally {
    unknown: WordCounts,
    left_out: WordCounts,
    /// Notes of which no leg is in the file.
    alone: u64,
    /// Calls whose number a spreadsheet had written as a number.
    put_back: u64,
    of_calls: [u64; OF_CALLS.len()],
}

/// How many calls have a word; of more words than [`KEPT_WORDS`] only the number of calls is kept.
#[derive(Debug, Default)]
struct WordCounts {
    calls: u64,
    words: BTreeMap<String, u64>,
}

/// Words that are told apart.
const KEPT_WORDS: usize = 10_000;

impl WordCounts {
    fn count(&mut self, word: &str) {
        self.count_all(word, 1);
        self.calls += 1;
    }

    fn count_all(&mut self, word: &str, calls: u64) {
        if self.words.len() < KEPT_WORDS || self.words.contains_key(word) {
            *self.words.entry(word.to_owned()).or_default() += calls;
        }
    }

    fn add(&mut self, further: &Self) {
        further.words.iter().for_each(|(word, calls)| self.count_all(word, *calls));
        self.calls += further.calls;
    }
}

/// What is said, and whether a leg is of such a call.
type CallNote = (&'static str, fn(&Leg<'_>) -> bool);

/// Which calls may not be calls to a customer, or not to the one that is named: those of which all legs are so.
const OF_CALLS: [CallNote; 3] = [
    ("rows without an id, each taken for a call of its own", |leg| leg.ids().next().is_none()),
    (
        "calls that look inbound (an outside caller and an extension); the number that was called is taken for the \
         customer all the same",
        |leg| leg.direction.is_none() && is_extension(leg.text(LegText::Phone)) && is_phone(leg.text(LegText::Other)),
    ),
    ("calls of which no number is known: all with the same word in its place count as one customer", |leg| {
        leg.text(LegText::Contact).is_empty() && is_no_number(leg.text(LegText::Phone))
    }),
];

impl LegTally {
    /// Looks at a call; whether it is one to be stored.
    fn take(&mut self, legs: &[Leg<'_>]) -> bool {
        let own = || legs.iter().filter(|leg| !leg.is_note);
        let Some(best) = own().min_by_key(|leg| leg.outcome) else {
            self.alone += 1;
            return false;
        };
        match best.outcome {
            LegOutcome::Unknown => self.unknown.count(best.text(LegText::Word)),
            LegOutcome::LeftOut => {
                self.left_out.count(best.text(LegText::Word));
                return false;
            }
            _ => {}
        }
        true
    }

    /// Counts what is said of a call that is stored.
    fn count(&mut self, legs: &[Leg<'_>]) {
        let own = || legs.iter().filter(|leg| !leg.is_note);
        for (count, (_, is)) in self.of_calls.iter_mut().zip(OF_CALLS) {
            *count += u64::from(own().all(is));
        }
        self.put_back += u64::from(own().any(|leg| is_put_back(leg.text(LegText::Phone))));
    }
}

impl Tally for LegTally {
    fn say(&self, findings: &mut Findings) {
        if self.alone > 0 {
            findings.warnings.push(format!("attempts of which no leg is in the file, left out: {}", self.alone));
        }
        for (what, WordCounts { calls, words }) in [
            ("words whose meaning is not known, calls with them not stored", &self.unknown),
            ("left out, for they were never dialled or are still going on", &self.left_out),
        ] {
            if *calls > 0 {
                let named =
                    words.iter().take(MOST_WORDS).map(|(word, count)| format!("\"{}\" {count}", shortened(word)));
                findings.warnings.push(format!("{what}: {calls} ({})", named.collect::<Vec<_>>().join(", ")));
            }
        }
        for (count, (what, _)) in self.of_calls.iter().zip(OF_CALLS).filter(|(count, _)| **count > 0) {
            findings.warnings.push(format!("{what}: {count}"));
        }
        if self.put_back > 0 {
            findings.warnings.push(format!("{PUT_BACK}: {}", self.put_back));
        }
        findings.left_out += self.left_out.calls + self.alone;
    }

    fn add(&mut self, further: Self) {
        self.unknown.add(&further.unknown);
        self.left_out.add(&further.left_out);
        self.alone += further.alone;
        self.put_back += further.put_back;
        self.of_calls.iter_mut().zip(further.of_calls).for_each(|(count, further)| *count += further);
    }
}
