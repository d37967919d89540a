//! What a file's events say of its calls, and the calls that come of it.

use std::{collections::BTreeMap, io};

use domain::{Currency, FieldError};
use xxhash_rust::xxh3::xxh3_128;

use crate::{
    assumed::Assumed,
    calls::{Frame, Made, made},
    findings::Findings,
    gathered::{CallRows, Gathering, PackedRows, Print},
    lanes::Sharing,
    making::{MadeCall, MadeCalls, Making, Tally},
    packed::Packed,
    partial::CallSoFar,
    source::{Campaigns, Direction, Given, Skipped, ToldCall, ToldLeg, checked},
    spool::{Sequence, Spool},
    times::{Times, Zoneless},
};

/// Legs that are told apart; calls have a few.
const MOST_LEGS: usize = 100;
/// Words without a meaning that are told apart.
const KEPT_WORDS: usize = 10_000;
/// Calls of which the file does not tell all that are kept until somebody takes them.
const MOST_TOLD: usize = 20_000;
/// Those that are named with their count.
const MOST_WORDS: usize = 20;

/// What came of a body, and its line.
struct BodyRow<'a> {
    line: u64,
    what: BodySays<'a>,
}

/// What came of a body.
pub(crate) enum BodySays<'a> {
    Call(Box<CallSoFar<'a>>),
    Skipped(FieldError),
    /// It says nothing of a call.
    Other,
}

/// The byte before a call that is packed.
const CALL: u8 = 0;

impl<'a> Packed<'a> for BodyRow<'a> {
    fn pack(&self, into: &mut Vec<u8>) {
        self.line.pack(into);
        match &self.what {
            BodySays::Call(call) => {
                into.push(CALL);
                call.pack(into);
            }
            BodySays::Skipped(error) => {
                into.push(1);
                error.field.pack(into);
                error.reason.pack(into);
            }
            BodySays::Other => into.push(2),
        }
    }

    fn unpack(from: &mut &'a [u8]) -> Option<Self> {
        let line = u64::unpack(from)?;
        let what = match u8::unpack(from)? {
            CALL => BodySays::Call(Box::new(CallSoFar::unpack(from)?)),
            1 => BodySays::Skipped(FieldError { field: Packed::unpack(from)?, reason: Packed::unpack(from)? }),
            _ => BodySays::Other,
        };
        Some(Self { line, what })
    }
}

/// All that a file says, by call.
pub(crate) struct Collected {
    /// What ids of calls begin with.
    prefix: &'static str,
    campaigns: Campaigns,
    currency: Option<Currency>,
    pub(crate) times: Times,
    gathering: Gathering,
    sharing: Sharing,
    /// Lines of other text, and the first one.
    texts: u64,
    first_text: u64,
    pub(crate) findings: Findings,
}

impl Collected {
    /// Nothing yet; times are read by `times`.
    pub(crate) fn new(prefix: &'static str, times: Times, given: &Given) -> Self {
        Self {
            prefix,
            campaigns: given.campaigns.clone(),
            currency: given.currency.clone(),
            times,
            gathering: Gathering::new(given.memory),
            sharing: given.sharing,
            texts: 0,
            first_text: 0,
            findings: Findings::default(),
        }
    }

    /// Adds what came of the next portion of the file.
    pub(crate) fn take(&mut self, portion: EventRows) -> io::Result<()> {
        self.findings.rows += portion.rows;
        self.findings.joined += portion.joined;
        self.findings.further += portion.further;
        self.first_text = if self.texts == 0 { portion.first_text } else { self.first_text };
        self.texts += portion.texts;
        self.times.count(portion.zoneless);
        self.gathering.extend(&portion.packed)
    }
}

/// What a portion of a file says.
#[derive(Default)]
pub(crate) struct EventRows {
    pub(crate) packed: PackedRows,
    pub(crate) rows: u64,
    pub(crate) joined: u64,
    pub(crate) further: u64,
    /// Lines of other text, and the first one.
    pub(crate) texts: u64,
    pub(crate) first_text: u64,
    pub(crate) zoneless: Zoneless,
}

/// Adds what came of a body, where it is whole. `print` is a hash of the text that it stands in and its place there: the same
/// text counts once, as when it was delivered twice.
pub(crate) fn push(packed: &mut PackedRows, line: u64, print: Option<(u128, &mut u128)>, what: BodySays<'_>) {
    packed.push(None, print.map(print_of), |bytes| BodyRow { line, what }.pack(bytes));
}

/// As [`push`], of a call.
pub(crate) fn push_call(packed: &mut PackedRows, line: u64, print: (u128, &mut u128), call: &CallSoFar<'_>) {
    let key = xxh3_128(call.call.as_bytes());
    packed.push(Some(key), Some(print_of(print)), |bytes| {
        line.pack(bytes);
        bytes.push(CALL);
        call.pack(bytes);
    });
}

fn print_of((text, place): (u128, &mut u128)) -> Print {
    *place += 1;
    if *place == 1 { Print::Once(text) } else { Print::Further(text.wrapping_add(*place)) }
}

/// The calls of what was collected, one after the other.
pub(crate) type Calls = MadeCalls<EventTally>;

/// Bytes of memory for the one fault that a file of other text is.
const FAULT_BYTES: usize = 1024;

/// The calls of all that was collected.
pub(crate) fn calls_of(collected: Collected) -> io::Result<Calls> {
    let Collected { prefix, campaigns, currency, times, gathering, sharing, texts, first_text, mut findings } =
        collected;
    let calls = gathering.finish()?;
    findings.duplicates += calls.repeated();
    findings.joined += calls.repeated_further();
    let (zone, said) = times.reading();
    findings.zone = zone;
    findings.warnings.extend(said);
    let mut refused = Spool::new(FAULT_BYTES);
    if texts > 0 && findings.rows == 0 {
        let reason = format!("is neither JSON nor a form of this platform, as the whole file ({texts} lines)");
        refused.push(|bytes| Skipped::new(first_text, "", reason).pack(bytes))?;
    } else if texts > 0 {
        let said =
            format!("lines that are neither JSON nor a form, passed over (the first is line {first_text}): {texts}");
        findings.warnings.push(said);
    }
    let maker = move || {
        let maker = EventCallMaker { prefix, campaigns: campaigns.clone(), currency: currency.clone() };
        move |rows: &CallRows, _: u32, said: &mut EventTally| rows.unpack().map(|rows| maker.call_of(rows, said))
    };
    let making = Making::new(calls, sharing, maker);
    Ok(MadeCalls::new(making, Sequence::new(refused.finish()?), findings))
}

/// Makes calls of their rows.
struct EventCallMaker {
    prefix: &'static str,
    campaigns: Campaigns,
    currency: Option<Currency>,
}

impl EventCallMaker {
    /// What comes of the rows of a call; nothing where it is left out.
    fn call_of(&self, rows: Vec<BodyRow<'_>>, said: &mut EventTally) -> Option<MadeCall> {
        let mut rows = rows.into_iter();
        let BodyRow { line, what } = rows.next()?;
        let mut legs = match what {
            BodySays::Call(call) => vec![*call],
            BodySays::Skipped(error) => {
                return Some((Direction::default(), Err(Skipped::new(line, error.field, error.reason))));
            }
            BodySays::Other => {
                said.others += 1;
                said.joined += 1;
                return None;
            }
        };
        for row in rows {
            let BodySays::Call(call) = row.what else { continue };
            match legs.iter().position(|leg| leg.leg == call.leg) {
                Some(leg) => legs[leg].merge(*call),
                None if legs.len() < MOST_LEGS => legs.push(*call),
                None => said.others += 1,
            }
        }
        for unknown in legs.iter().filter_map(|leg| leg.unknown.as_ref()) {
            said.count_word((unknown.value.0.to_string(), unknown.value.1.to_string()), 1);
        }
        let told = told(line, &legs);
        let direction = Direction::of_legs(legs.iter().map(CallSoFar::direction));
        let (campaign, currency) = (self.campaigns.of(direction), self.currency.as_ref());
        let made = match made(legs, Frame { prefix: self.prefix, campaign, currency }) {
            Made::Call(record, assumed) => {
                let record = checked(line, record);
                if record.is_ok() {
                    for what in assumed {
                        *said.assumed.entry(what).or_default() += 1;
                    }
                }
                Some((direction, record))
            }
            Made::LeftOut(why) => {
                *said.left_out.entry(why).or_default() += 1;
                None
            }
            Made::Refused(error) => Some((direction, Err(Skipped::new(line, error.field, error.reason)))),
        };
        if let Some(told) = told {
            let skipped = made.as_ref().and_then(|(_, record)| record.as_ref().err().cloned());
            said.tell(ToldCall { skipped, ..told });
        }
        made
    }
}

/// What is told of a call where that is not all.
fn told(line: u64, legs: &[CallSoFar<'_>]) -> Option<ToldCall> {
    let is_open = legs.iter().map(|leg| (leg.outcome(), leg.is_open())).min().is_some_and(|(_, is_open)| is_open);
    if !is_open && legs.iter().any(CallSoFar::says_whom) {
        return None;
    }
    let call = legs.first()?.call.to_string();
    let written =
        |leg: &CallSoFar<'_>| Some(ToldLeg { leg: leg.leg.to_string(), said: serde_json::to_string(leg).ok()? });
    Some(ToldCall { line, call, legs: legs.iter().filter_map(written).collect(), skipped: None })
}

/// What is said of calls, beside their records.
#[derive(Default)]
pub(crate) struct EventTally {
    /// Bodies that say nothing of a call.
    others: u64,
    /// Those that are a row of their own.
    joined: u64,
    assumed: BTreeMap<Assumed, u64>,
    left_out: BTreeMap<&'static str, u64>,
    words: BTreeMap<(String, String), u64>,
    /// Calls of which the file does not tell all, and how many more there are.
    told: Vec<ToldCall>,
    untold: u64,
}

impl EventTally {
    fn tell(&mut self, call: ToldCall) {
        if self.told.len() < MOST_TOLD {
            self.told.push(call);
        } else {
            self.untold += 1;
        }
    }

    fn count_word(&mut self, word: (String, String), count: u64) {
        if self.words.len() < KEPT_WORDS || self.words.contains_key(&word) {
            *self.words.entry(word).or_default() += count;
        }
    }
}

impl Tally for EventTally {
    fn add(&mut self, further: Self) {
        self.others += further.others;
        self.joined += further.joined;
        further.assumed.into_iter().for_each(|(what, count)| *self.assumed.entry(what).or_default() += count);
        further.left_out.into_iter().for_each(|(why, count)| *self.left_out.entry(why).or_default() += count);
        further.words.into_iter().for_each(|(word, count)| self.count_word(word, count));
        further.told.into_iter().for_each(|call| self.tell(call));
        self.untold += further.untold;
    }

    fn take_told(&mut self) -> Vec<ToldCall> {
        std::mem::take(&mut self.told)
    }

    fn say(&self, findings: &mut Findings) {
        findings.left_out = self.left_out.values().sum();
        findings.joined += self.joined;
        if self.others > 0 {
            let said = format!("bodies that say nothing of how a call goes, passed over: {}", self.others);
            findings.warnings.push(said);
        }
        let say = |(what, count): (String, u64)| format!("{what}: {count}");
        let left_out = self.left_out.iter().map(|(why, count)| (format!("calls left out, {why}"), *count));
        let assumed = self.assumed.iter().map(|(what, count)| (what.said().to_owned(), *count));
        let words = self.words.iter().take(MOST_WORDS).map(|((field, word), count)| {
            (format!("{field} \"{word}\" has no meaning that is known; calls that say it"), *count)
        });
        findings.warnings.extend(left_out.chain(assumed).chain(words).map(say));
        if self.untold > 0 {
            findings.warnings.push(format!(
                "calls of which only a part stands in the file, too many at once to wait for the rest in another: {}",
                self.untold
            ));
        }
    }
}
