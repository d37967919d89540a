//! The calls of a file of legs: which legs are one call, which of them tells how it ended, and the record of it.
//!
//! The customer's leg decides, where a leg is known to be that; of several the best outcome. Nothing depends on the
//! order of the file.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet},
    vec,
};

use domain::{CallId, CallRecord, CampaignId, Code, ContactId, ContactRef, HangupBy, Timestamp, VoicebotId};
use serde_json::Value;

use crate::{
    clock::Clock,
    columns::Column,
    findings::Findings,
    legs::{Direction, Leg, Outcome, Side, Text},
    local_time::When,
    numbers::{is_extension, is_no_number, is_phone},
    parts::{self, DST, ROWS, legs_of, talked},
    source::{Failure, Given, Input, Skipped, Source, checked},
    spreadsheet::phone_number,
    stamps::{Instants, NoInstants},
    table::{FindShape, Table},
    table_row::{TableRow, shortened},
};

/// The attribute that tells whose leg the record is of, where that is known.
const SIDE: &str = "leg";
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
pub(crate) struct Assumed(BTreeMap<&'static str, u64>);

impl Assumed {
    pub(crate) fn count(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }
}

/// What is to be stored of a call that is stored already; see `Format::with_stored`.
pub(crate) fn with_stored(stored: &CallRecord, read: CallRecord) -> Option<CallRecord> {
    parts::with_stored(stored, read, |record| {
        let side = record.attributes.as_ref().and_then(|attributes| attributes.get(SIDE)).and_then(Value::as_str);
        let outcome = Outcome::of_code(record.result_code.as_ref().map_or("", Code::as_str));
        (side == Some("customer"), Reverse(outcome), talked(record))
    })
}

/// The calls of a file, or of several.
pub(crate) struct LegCalls {
    system: &'static System,
    legs: Vec<Leg>,
    groups: vec::IntoIter<Vec<u32>>,
    skipped: vec::IntoIter<Skipped>,
    clock: Clock,
    campaign: Option<CampaignId>,
    findings: Findings,
    /// Rows without an id that look the same.
    alike: HashMap<u128, u32>,
}

/// All that was read of a file.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) legs: Vec<Leg>,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) assumed: Assumed,
    pub(crate) findings: Findings,
}

/// Reads one row of a table.
pub(crate) type ReadRow<C> = fn(&TableRow<'_, C>, &mut Assumed) -> Result<Leg, Skipped>;

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
    let mut read = Read { findings: Findings::new(table.shape_name()), ..Read::default() };
    while let Some(row) = table.next_row()? {
        read.findings.rows += 1;
        match row.and_then(|row| read_row(&row, &mut read.assumed)) {
            Ok(leg) => read.legs.push(leg),
            Err(skipped) => read.skipped.push(skipped),
        }
    }
    if table.is_dump() && read.findings.rows == 0 {
        return Err(refused(format!("no statement in it writes rows with enough of these columns: {}", columns())));
    }
    read.findings.warnings.extend(table.said_of_text());
    Ok(LegCalls::new(read, given, system))
}

impl LegCalls {
    pub(crate) fn new(read: Read, given: &Given, system: &'static System) -> Self {
        let Read { legs, skipped, assumed, mut findings } = read;
        let legs = without_repeats(legs, &mut findings);
        let clock = Clock::of(legs.iter().map(|leg| (leg.stamps.start, leg.stamps.epoch)), given, &mut findings);
        let mut groups = grouped(&legs);
        findings.warnings.extend(assumed.0.iter().map(|(what, count)| format!("{what}: {count}")));
        let left_out = say_of_words(&legs, &groups, &mut findings);
        groups.retain(|group| !left_out.contains(&group[0]));
        say_of_calls(&legs, &groups, &mut findings);
        Self {
            system,
            legs,
            groups: groups.into_iter(),
            skipped: skipped.into_iter(),
            clock,
            campaign: given.campaign.clone(),
            findings,
            alike: HashMap::new(),
        }
    }

    fn record(&mut self, group: &[u32]) -> Result<(u64, CallRecord), Skipped> {
        let system = self.system;
        let id = self.id_of(group);
        let legs: Vec<&Leg> = group.iter().map(|at| &self.legs[*at as usize]).collect();
        let line = legs.iter().map(|leg| leg.line).min().unwrap_or_default();
        let wrong = |field: &str, reason: String| Skipped::new(line, field, reason);
        let mut timed = Vec::with_capacity(legs.len());
        for leg in &legs {
            timed.push((*leg, self.instants(leg)?));
        }
        timed.sort_by_key(|(leg, at)| (at.start, Reverse(at.end), leg.text(Text::Leg), leg.fingerprint));
        let (deciding, side) = deciding(timed, system.is_first_callers);
        let best = deciding.iter().map(|(leg, _)| leg.outcome).min().unwrap_or(Outcome::Unknown);
        let (leg, at) = deciding
            .iter()
            .filter(|(leg, _)| leg.outcome == best)
            .rev()
            // The last of equals, so the first of the legs.
            .max_by_key(|(leg, at)| (is_phone(leg.text(Text::Phone)), at.talk))
            .copied()
            .ok_or_else(|| wrong("", "is empty".to_owned()))?;
        let first = |text: Text, is: fn(&str) -> bool| {
            let texts = std::iter::once(leg).chain(legs.iter().copied()).map(|leg| leg.text(text));
            texts.filter(|text| !text.is_empty()).find(|text| is(text))
        };
        let any = |text: Text| first(text, |_| true).map(str::to_owned);
        let Some(code) = best.code(leg.text(Text::Code)) else {
            let word = shortened(leg.text(Text::Word));
            return Err(wrong(
                system.word,
                format!("\"{word}\" is no word whose meaning is known, so the call is not stored"),
            ));
        };
        let phone = first(Text::Phone, is_phone).or_else(|| first(Text::Phone, |_| true));
        let contact = any(Text::Contact);
        if phone.is_none() && contact.is_none() {
            return Err(wrong(system.phone, "is empty: nobody was called".to_owned()));
        }
        let phone = phone.map(phone_number).transpose().map_err(|reason| wrong(system.phone, reason.to_owned()))?;
        let (answered_at, ended_at) = if best.is_connected() {
            (Some(Timestamp(at.answer)), at.answer + at.talk)
        } else {
            (None, deciding.iter().map(|(_, at)| at.end).max().unwrap_or(at.end))
        };
        let campaign = self.campaign(any(Text::Campaign), line)?;
        let recording = any(Text::Recording);
        let is_url = |text: &String| text.starts_with("https://") || text.starts_with("http://");
        let (recording_url, file) = match recording {
            Some(url) if is_url(&url) => (Some(url), None),
            file => (None, file),
        };
        let mut attributes: BTreeMap<String, Value> = BTreeMap::new();
        if system.has_parts {
            attributes.insert(ROWS.to_owned(), legs.len().into());
            attributes.extend([legs_of(legs.iter().map(|leg| leg.fingerprint))]);
        }
        let mut keep = |name: &str, text: &str| {
            if !text.is_empty() {
                attributes.insert(name.to_owned(), text.into());
            }
        };
        keep(SIDE, if side == Side::Customer { "customer" } else { "" });
        keep("src", leg.text(Text::Other));
        if phone.as_deref().is_some_and(is_phone) && !is_phone(leg.text(Text::Phone)) {
            keep(DST, leg.text(Text::Phone));
        }
        keep("recordingfile", file.as_deref().unwrap_or_default());
        leg.attributes().for_each(|(name, text)| keep(name, text));
        let cause = [Text::Cause, Text::Word].into_iter().map(|text| leg.text(text)).find(|text| !text.is_empty());
        let record = CallRecord {
            id: CallId::new(id).map_err(|error| wrong("id", error.to_string()))?,
            campaign,
            voicebot: any(Text::Voicebot)
                .map(VoicebotId::new)
                .transpose()
                .map_err(|error| wrong("voicebot", error.to_string()))?,
            contact: ContactRef {
                id: contact.map(ContactId::new).transpose().map_err(|error| wrong("contact.id", error.to_string()))?,
                phone,
                name: any(Text::Name),
            },
            attempt: leg.attempt,
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
    fn id_of(&mut self, group: &[u32]) -> String {
        let prefix = self.system.prefix;
        let legs = || group.iter().map(|at| &self.legs[*at as usize]);
        // What the legs have in common, else the first of all that they name.
        let common = legs().map(|leg| leg.text(Text::Call)).filter(|id| !id.is_empty()).min();
        if let Some(id) = common.or_else(|| legs().flat_map(Leg::ids).min()) {
            return format!("{prefix}:{id}");
        }
        let fingerprint = self.legs[group[0] as usize].fingerprint;
        let count = self.alike.entry(fingerprint).or_default();
        *count += 1;
        let nth = if *count == 1 { String::new() } else { format!("-{count}") };
        format!("{prefix}:row-{fingerprint:032x}{nth}")
    }

    fn campaign(&self, own: Option<String>, line: u64) -> Result<CampaignId, Skipped> {
        let field = self.system.campaign;
        match (&self.campaign, own) {
            (Some(campaign), _) => Ok(campaign.clone()),
            (None, Some(name)) => CampaignId::new(name).map_err(|error| Skipped::new(line, field, error.to_string())),
            (None, None) => {
                let reason = format!("is not known: the record has no {field}; give one for the whole file");
                Err(Skipped::new(line, "campaign", reason))
            }
        }
    }

    fn instants(&self, leg: &Leg) -> Result<Instants, Skipped> {
        leg.stamps.instants(&self.clock).map_err(|error| match error {
            NoInstants::Start(reason) => Skipped::new(leg.line, self.system.start, reason),
            NoInstants::Duration(reason) => Skipped::new(leg.line, "duration", reason),
        })
    }
}

/// The legs that tell how a call ended, of all of it in the order of time, and whose they are.
fn deciding(mut legs: Vec<(&Leg, Instants)>, is_first_callers: bool) -> (Vec<(&Leg, Instants)>, Side) {
    let side = legs.iter().map(|(leg, _)| leg.side).max().unwrap_or(Side::Unsaid);
    if side == Side::Unsaid && is_first_callers {
        let first = legs.first().map_or("", |(leg, _)| leg.text(Text::Leg)).to_owned();
        if legs.iter().any(|(leg, _)| leg.text(Text::Leg) != first) {
            legs.retain(|(leg, _)| leg.text(Text::Leg) != first);
            return (legs, Side::Customer);
        }
    }
    legs.retain(|(leg, _)| leg.side == side);
    (legs, side)
}

/// Who hung up. What a leg says of it holds for one that leads to the customer; on the caller's the ends are swapped,
/// and the caller of an inbound call is the customer.
fn hung_up(leg: &Leg, is_callers: bool) -> Option<HangupBy> {
    let is_swapped = is_callers != (leg.direction == Some(Direction::Inbound));
    match leg.hangup_by? {
        HangupBy::Customer if is_swapped => Some(HangupBy::Bot),
        HangupBy::Bot if is_swapped => Some(HangupBy::Customer),
        who => Some(who),
    }
}

/// Leaves out legs that are there twice.
fn without_repeats(legs: Vec<Leg>, findings: &mut Findings) -> Vec<Leg> {
    let mut seen = HashSet::new();
    let before = legs.len();
    let kept: Vec<Leg> = legs
        .into_iter()
        .filter(|leg| {
            // Two short calls to one number within a minute may well look alike where seconds are not written.
            let is_exact =
                leg.ids().next().is_some() || !matches!(leg.stamps.start, When::Wall(wall) if !wall.has_seconds);
            !is_exact || seen.insert(leg.fingerprint)
        })
        .collect();
    findings.duplicates = (before - kept.len()) as u64;
    kept
}

/// The legs of each call, calls in the order of their first legs.
fn grouped(legs: &[Leg]) -> Vec<Vec<u32>> {
    // Each leg points to an earlier one of its call, the first to itself.
    let mut before: Vec<u32> = (0..legs.len() as u32).collect();
    let root = |before: &mut Vec<u32>, mut at: u32| {
        while before[at as usize] != at {
            before[at as usize] = before[before[at as usize] as usize];
            at = before[at as usize];
        }
        at
    };
    let mut by_id: HashMap<&str, u32> = HashMap::new();
    for (at, leg) in (0_u32..).zip(legs) {
        for id in leg.ids() {
            let other = *by_id.entry(id).or_insert(at);
            let (a, b) = (root(&mut before, at), root(&mut before, other));
            before[a.max(b) as usize] = a.min(b);
        }
    }
    let mut groups: Vec<Vec<u32>> = Vec::new();
    let mut place: HashMap<u32, usize> = HashMap::new();
    for at in 0..legs.len() as u32 {
        let group = *place.entry(root(&mut before, at)).or_insert_with(|| {
            groups.push(Vec::with_capacity(1));
            groups.len() - 1
        });
        groups[group].push(at);
    }
    groups
}

/// Says which words are not known, and which legs are no calls; gives the first legs of calls that are left out.
fn say_of_words(legs: &[Leg], groups: &[Vec<u32>], findings: &mut Findings) -> HashSet<u32> {
    let (mut unknown, mut left_out): (BTreeMap<&str, u64>, BTreeMap<&str, u64>) = Default::default();
    let mut firsts = HashSet::new();
    for group in groups {
        let best = group.iter().map(|at| &legs[*at as usize]).min_by_key(|leg| leg.outcome);
        let Some(leg) = best else { continue };
        let count = match leg.outcome {
            Outcome::Unknown => unknown.entry(leg.text(Text::Word)).or_default(),
            Outcome::LeftOut => {
                firsts.insert(group[0]);
                left_out.entry(leg.text(Text::Word)).or_default()
            }
            _ => continue,
        };
        *count += 1;
    }
    let named = |words: &BTreeMap<&str, u64>| {
        let named: Vec<String> =
            words.iter().take(MOST_WORDS).map(|(word, count)| format!("\"{}\" {count}", shortened(word))).collect();
        named.join(", ")
    };
    for (what, words) in [
        ("words whose meaning is not known, calls with them not stored", &unknown),
        ("left out, for they were never dialled or are still going on", &left_out),
    ] {
        if !words.is_empty() {
            let all: u64 = words.values().sum();
            findings.warnings.push(format!("{what}: {all} ({})", named(words)));
        }
    }
    firsts
}

/// Says which calls may not be calls to a customer, or not to the one that is named.
fn say_of_calls(legs: &[Leg], groups: &[Vec<u32>], findings: &mut Findings) {
    let count = |is: &dyn Fn(&Leg) -> bool, all: bool| {
        let has = |group: &&Vec<u32>| {
            let mut legs = group.iter().map(|at| is(&legs[*at as usize]));
            if all { legs.all(|is| is) } else { legs.any(|is| is) }
        };
        groups.iter().filter(has).count()
    };
    let is_directed = |direction| move |leg: &Leg| leg.direction == Some(direction);
    let mut say = |what: &str, count: usize| {
        if count > 0 {
            findings.warnings.push(format!("{what}: {count}"));
        }
    };
    say("rows without an id, each taken for a call of its own", count(&|leg| leg.ids().next().is_none(), true));
    say("inbound calls, of which the caller is taken for the customer", count(&is_directed(Direction::Inbound), false));
    say("internal calls, imported as the others", count(&is_directed(Direction::Internal), false));
    let ends = |leg: &Leg| [Text::Phone, Text::Other].map(|text| leg.text(text).to_owned());
    say(
        "calls from one extension to another, imported as the others",
        count(&|leg| leg.direction.is_none() && ends(leg).iter().all(|end| is_extension(end)), true),
    );
    say(
        "calls that look inbound (an outside caller and an extension); the number that was called is taken for the \
         customer all the same",
        count(
            &|leg| {
                let [phone, other] = ends(leg);
                leg.direction.is_none() && is_extension(&phone) && is_phone(&other)
            },
            true,
        ),
    );
    say(
        "calls of which no number is known: all with the same word in its place count as one customer",
        count(&|leg| leg.text(Text::Contact).is_empty() && is_no_number(leg.text(Text::Phone)), true),
    );
}

impl Iterator for LegCalls {
    type Item = Result<(u64, CallRecord), Skipped>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(skipped) = self.skipped.next() {
            return Some(Err(skipped));
        }
        let group = self.groups.next()?;
        Some(self.record(&group))
    }
}

impl Source for LegCalls {
    fn findings(&self) -> Findings {
        self.findings.clone()
    }
}
