//! Files of a platform's calls and events: bodies of webhooks, answers of its API, rows of its exports. All of a file is read
//! first, since the events of one call may stand anywhere in it; of each only what it says of its call is kept.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{self, Cursor, Read},
};

use domain::{CallRecord, Currency, FieldError, time::Zone};
use xxhash_rust::xxh3::xxh3_128;

use crate::{
    body::Body,
    calls::{Frame, Made, made},
    columns::Column,
    findings::Findings,
    gathered::{CallRows, Gathered, Gathering, Print},
    node::Node,
    objects::{Objects, What as Text, not_json},
    packed::Packed,
    partial::{Assumed, CallSoFar, Event, PartialCall},
    pruned::{KnownNames, Names, WRAPPERS},
    source::{Campaigns, Direction, Failure, Given, HEAD_BYTES, Input, Opened, Skipped, Source, checked},
    table::{Shape, Table, holds_table},
    times::Times,
};

/// Bodies within bodies.
const MOST_WRAPPERS: usize = 5;
/// Legs that are told apart; calls have a few.
const MOST_LEGS: usize = 100;
/// Words without a meaning that are told apart.
const KEPT_WORDS: usize = 10_000;
/// Those that are named with their count.
const MOST_WORDS: usize = 20;

/// How a platform writes of its calls.
pub(crate) struct Platform {
    /// What ids of calls begin with.
    pub(crate) prefix: &'static str,
    /// The zone of its times that carry none, where that is known.
    pub(crate) zone: Option<&'static str>,
    /// Names that tell its files: all those of one list are in the first bytes.
    pub(crate) marks: &'static [&'static [&'static str]],
    /// An object with one of these names is a body; one without may hold bodies.
    pub(crate) own: &'static [&'static str],
    pub(crate) names: Names,
    /// Those of its tables, if it has any.
    pub(crate) columns: Option<Columns>,
    /// What a body says; nothing where it is about something else.
    pub(crate) read: for<'a> fn(Body<'a>, &mut Times) -> Result<Vec<Event<'a>>, FieldError>,
}

/// The columns of a platform's tables, whose usual names are those of its JSON.
pub(crate) struct Columns {
    are_in: fn(&[u8]) -> bool,
    collect: fn(&'static Platform, Input<'_>, &Given) -> Result<Collected, Failure>,
}

impl Columns {
    pub(crate) const fn of<C: Column>() -> Self {
        Self { are_in: |head| holds_table(head, Shape::<C>::of_header), collect: collect_rows::<C> }
    }
}

impl Platform {
    /// Whether the first bytes of a file are the platform's.
    pub(crate) fn recognises(&self, bytes: &[u8]) -> bool {
        let head = String::from_utf8_lossy(bytes);
        // JSON and forms may stand in a text of JSON, or among the lines of a log.
        let spellings = |name: &str| [format!("\"{name}\""), format!("\"{name}\\\""), format!("{name}=")];
        let has = |name: &&str| spellings(name).iter().any(|name| head.contains(name));
        self.marks.iter().any(|names| names.iter().all(has)) || self.has_rows(bytes)
    }

    /// Whether the first bytes are a table with the platform's columns.
    fn has_rows(&self, head: &[u8]) -> bool {
        self.columns
            .as_ref()
            .is_some_and(|columns| !head.trim_ascii_start().starts_with(b"{") && (columns.are_in)(head))
    }

    /// Reads a file of JSON and forms, in whatever layout, or a table.
    pub(crate) fn open<'a>(&'static self, mut input: Input<'a>, given: &Given) -> Opened<'a> {
        let Some(columns) = &self.columns else { return Ok(Box::new(Calls::new(self.collect(input, given)?)?)) };
        let mut head = Vec::new();
        input.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
        let is_table = self.has_rows(&head);
        let input: Input<'a> = Box::new(Cursor::new(head).chain(input));
        let collected = if is_table { (columns.collect)(self, input, given)? } else { self.collect(input, given)? };
        Ok(Box::new(Calls::new(collected)?))
    }

    /// What one body says of calls: a webhook's, of which more may come.
    pub(crate) fn partial_calls(&self, body: &[u8], given: &Given) -> Result<Vec<PartialCall>, FieldError> {
        let (text, names) = (String::from_utf8_lossy(body), self.names.known());
        let value = if text.trim_start().starts_with(['{', '[']) {
            let node = Node::pruned(text.as_bytes(), &names);
            Some(node.map_err(|error| FieldError::new("", not_json(&error)))?)
        } else {
            form(&text, &names)
        };
        let reading = Reading { platform: self, names: &names };
        let value = value.filter(|value| reading.holds_bodies(value, 0)).ok_or_else(|| {
            FieldError::new("", format!("is no body of this platform: it has none of {}", self.own.join(", ")))
        })?;
        let (mut said, mut times) = (Ok(Vec::new()), self.times(given));
        reading.bodies(&value, 0, &mut |body| {
            if let Ok(calls) = &mut said {
                match (self.read)(body, &mut times) {
                    Ok(events) => calls.extend(events.into_iter().map(|event| CallSoFar::of(event).into_owned())),
                    Err(error) => said = Err(error),
                }
            }
        });
        said
    }

    fn times(&self, given: &Given) -> Times {
        match self.zone.and_then(|name| Zone::new(name).ok()) {
            Some(zone) if given.timezone.is_none() => Times::of_platform(zone),
            _ => Times::new(given),
        }
    }

    fn collect(&'static self, input: Input<'_>, given: &Given) -> Result<Collected, Failure> {
        let (mut collected, names) = (Collected::new(self, given), self.names.known());
        let mut objects = Objects::new(input);
        let mut text = Vec::new();
        while let Some(found) = objects.next_text(&mut text)? {
            match found.what {
                Text::Json => {
                    collected.findings.rows += 1;
                    match Node::pruned(&text, &names) {
                        Ok(value) => collected.add(found.line, &text, &value, &names)?,
                        Err(error) => {
                            let what = What::Skipped(FieldError::new("", not_json(&error)));
                            collected.push(found.line, Some((xxh3_128(&text), &mut 0)), what)?;
                        }
                    }
                }
                Text::Text => collected.add_line(found.line, &text, &names)?,
                Text::Broken(reason) => {
                    collected.findings.rows += 1;
                    collected.refuse(found.line, FieldError::new("", reason))?;
                }
                Text::End(reason) => collected.refuse(found.line, FieldError::new("", reason))?,
            }
        }
        objects.shape().clone_into(&mut collected.findings.shape);
        Ok(collected)
    }
}

/// Reads a table whose rows are bodies.
fn collect_rows<C: Column>(platform: &'static Platform, input: Input<'_>, given: &Given) -> Result<Collected, Failure> {
    let table = Table::<_, C>::open(input, given.account_zone, Shape::of_header)?;
    let Some(mut table) = table else { return Err(Failure::Shape("its header has not the columns".to_owned())) };
    let (mut collected, names) = (Collected::new(platform, given), platform.names.known());
    table.shape_name().clone_into(&mut collected.findings.shape);
    while let Some(row) = table.next_row()? {
        collected.findings.rows += 1;
        let row = match row {
            Ok(row) => row,
            Err(skipped) => {
                collected.refuse(skipped.line, FieldError::new(skipped.field, skipped.reason))?;
                continue;
            }
        };
        let cells = C::NAMES.iter().map(|(column, names)| (names[0], row.text(*column)));
        let cells = cells.filter(|(_, text)| !text.is_empty());
        let mut body = Vec::with_capacity(C::NAMES.len());
        body.extend(cells.map(|(name, text)| (Cow::Borrowed(name), Node::Text(Cow::Borrowed(text)))));
        let text = row.fingerprint().to_le_bytes();
        collected.add(row.line, &text, &Node::Object(body), &names)?;
    }
    collected.findings.warnings.extend(table.said_of_text());
    Ok(collected)
}

/// Keeps a value among the attributes of a call, unless there is none or nothing in it.
pub(crate) fn keep<'a>(event: &mut Event<'a>, name: &'static str, value: Option<&'a Node<'a>>) {
    if let Some(value) = value {
        event.keep_node(name, value);
    }
}

/// As [`keep`], of values by their names and the paths of a body.
pub(crate) fn keep_all<'a>(event: &mut Event<'a>, body: Body<'a>, names: &[(&'static str, &str)]) {
    for (name, path) in names {
        keep(event, name, body.at(path));
    }
}

/// What came of a body, and its line.
struct Row<'a> {
    line: u64,
    what: What<'a>,
}

enum What<'a> {
    Call(Box<CallSoFar<'a>>),
    Skipped(FieldError),
    /// It says nothing of a call.
    Other,
}

impl<'a> Packed<'a> for Row<'a> {
    fn pack(&self, into: &mut Vec<u8>) {
        self.line.pack(into);
        match &self.what {
            What::Call(call) => {
                into.push(0);
                call.pack(into);
            }
            What::Skipped(error) => {
                into.push(1);
                error.field.pack(into);
                error.reason.pack(into);
            }
            What::Other => into.push(2),
        }
    }

    fn unpack(from: &mut &'a [u8]) -> Option<Self> {
        let line = u64::unpack(from)?;
        let what = match u8::unpack(from)? {
            0 => What::Call(Box::new(CallSoFar::unpack(from)?)),
            1 => What::Skipped(FieldError { field: Packed::unpack(from)?, reason: Packed::unpack(from)? }),
            _ => What::Other,
        };
        Some(Self { line, what })
    }
}

/// All that a file says, by call.
pub(crate) struct Collected {
    platform: &'static Platform,
    campaigns: Campaigns,
    currency: Option<Currency>,
    times: Times,
    gathering: Gathering,
    /// Lines of other text, and the first one.
    texts: u64,
    first_text: u64,
    pub(crate) findings: Findings,
}

impl Collected {
    pub(crate) fn new(platform: &'static Platform, given: &Given) -> Self {
        Self {
            platform,
            campaigns: given.campaigns.clone(),
            currency: given.currency.clone(),
            times: platform.times(given),
            gathering: Gathering::new(given.memory),
            texts: 0,
            first_text: 0,
            findings: Findings::default(),
        }
    }

    /// Adds what came of a body, where it is whole.
    fn push(&mut self, line: u64, print: Option<(u128, &mut u128)>, what: What<'_>) -> io::Result<()> {
        push(&mut self.gathering, line, print, what)
    }

    fn refuse(&mut self, line: u64, error: FieldError) -> io::Result<()> {
        self.push(line, None, What::Skipped(error))
    }

    /// A line that is no JSON: a form, JSON after the words of a log, or something else.
    fn add_line(&mut self, line: u64, bytes: &[u8], names: &KnownNames) -> io::Result<()> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            self.pass_over(line);
            return Ok(());
        };
        let value = match text.find('{') {
            // An element of an array that is JSON in a text.
            Some(_) if text.starts_with('"') => Node::pruned(bytes, names).ok(),
            Some(at) => Node::pruned(text[at..].trim_end().as_bytes(), names).ok().or_else(|| form(text, names)),
            None => form(text, names),
        };
        let reading = Reading { platform: self.platform, names };
        match value.filter(|value| reading.holds_bodies(value, 0)) {
            Some(value) => {
                self.findings.rows += 1;
                self.add(line, bytes, &value, names)?;
            }
            None => self.pass_over(line),
        }
        Ok(())
    }

    fn pass_over(&mut self, line: u64) {
        self.first_text = if self.texts == 0 { line } else { self.first_text };
        self.texts += 1;
    }

    /// Adds what a body says, or the bodies in it, of this text.
    fn add(&mut self, line: u64, text: &[u8], value: &Node<'_>, names: &KnownNames) -> io::Result<()> {
        let (platform, hash, mut place) = (self.platform, xxh3_128(text), 0);
        let reading = Reading { platform, names };
        if !reading.holds_bodies(value, 0) {
            let reason = format!("is nothing of this platform: it has none of {}", platform.own.join(", "));
            return self.push(line, Some((hash, &mut place)), What::Skipped(FieldError::new("", reason)));
        }
        let (times, gathering, mut pushed) = (&mut self.times, &mut self.gathering, Ok(()));
        reading.bodies(value, 0, &mut |body| {
            let events = (platform.read)(body, times);
            let mut add = |what| {
                if pushed.is_ok() {
                    pushed = push(gathering, line, Some((hash, &mut place)), what);
                }
            };
            match events {
                Ok(events) if events.is_empty() => add(What::Other),
                Ok(events) => {
                    for event in events {
                        add(What::Call(Box::new(CallSoFar::of(event))));
                    }
                }
                Err(error) => add(What::Skipped(error)),
            }
        });
        self.findings.joined += u64::from(place == 0);
        self.findings.further += place.saturating_sub(1) as u64;
        pushed
    }
}

/// Adds what came of a body, where it is whole. `print` is a hash of the text that it stands in and its place there: the same
/// text counts once, as when it was delivered twice.
fn push(gathering: &mut Gathering, line: u64, print: Option<(u128, &mut u128)>, what: What<'_>) -> io::Result<()> {
    let print = print.map(|(text, place)| {
        *place += 1;
        if *place == 1 { Print::Once(text) } else { Print::Further(text.wrapping_add(*place)) }
    });
    let key = match &what {
        What::Call(call) => Some(xxh3_128(call.call.as_bytes())),
        What::Skipped(_) | What::Other => None,
    };
    gathering.push(key, print, |bytes| Row { line, what }.pack(bytes))
}

/// How the bodies of a platform are found in a value.
#[derive(Clone, Copy)]
struct Reading<'n> {
    platform: &'n Platform,
    names: &'n KnownNames,
}

impl Reading<'_> {
    /// Whether a value is a body or may hold some.
    fn holds_bodies(self, value: &Node<'_>, depth: usize) -> bool {
        match value {
            Node::List(values) => values.is_empty() || values.iter().any(|value| self.holds_bodies(value, depth + 1)),
            Node::Object(_) if self.is_body(value) => true,
            Node::Object(_) if depth < MOST_WRAPPERS => {
                WRAPPERS.iter().filter_map(|name| value.get(name)).any(|value| self.holds_bodies(value, depth + 1))
            }
            Node::Text(text) if depth < MOST_WRAPPERS => {
                written_in(text, self.names).is_some_and(|value| self.holds_bodies(&value, depth + 1))
            }
            _ => false,
        }
    }

    /// Gives out every body in a value: itself, or those under the names of [`WRAPPERS`].
    fn bodies(self, value: &Node<'_>, depth: usize, give: &mut dyn FnMut(Body<'_>)) {
        match value {
            Node::List(values) => values.iter().for_each(|value| self.bodies(value, depth + 1, give)),
            Node::Object(_) if self.is_body(value) => give(Body(value)),
            Node::Object(_) if depth < MOST_WRAPPERS => {
                let held = WRAPPERS.iter().filter_map(|name| value.get(name));
                held.for_each(|value| self.bodies(value, depth + 1, give));
            }
            Node::Text(text) if depth < MOST_WRAPPERS => {
                if let Some(value) = written_in(text, self.names) {
                    self.bodies(&value, depth + 1, give);
                }
            }
            _ => {}
        }
    }

    fn is_body(self, value: &Node<'_>) -> bool {
        self.platform.own.iter().any(|name| value.get(name).is_some())
    }
}

/// The JSON or the form that stands in a text.
fn written_in<'a>(text: &'a str, names: &KnownNames) -> Option<Node<'a>> {
    if text.trim_start().starts_with(['{', '[']) {
        Node::pruned(text.as_bytes(), names).ok()
    } else {
        form(text, names)
    }
}

/// A form, as bodies and addresses have it (`a=1&b=2`, `GET /path?a=1`), as an object of texts; none where no name is known.
fn form<'a>(text: &'a str, names: &KnownNames) -> Option<Node<'a>> {
    let query = text.split_once('?').map_or(text, |(_, query)| query).trim();
    let query = query.strip_suffix(" HTTP/1.1").unwrap_or(query);
    if !query.contains('=') {
        return None;
    }
    let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| names.find(name).is_some());
    let entries: Vec<(Cow<'a, str>, Node<'a>)> = pairs.map(|(name, value)| (name, Node::Text(value))).collect();
    (!entries.is_empty()).then_some(Node::Object(entries))
}

/// The calls of what was collected, one after the other.
pub(crate) struct Calls {
    platform: &'static Platform,
    campaigns: Campaigns,
    /// Of the call that was made last.
    direction: Direction,
    currency: Option<Currency>,
    gathered: Gathered,
    /// Those of the call that is being made.
    rows: CallRows,
    /// A file of lines of other text alone, which is one fault.
    fault: Option<Skipped>,
    /// Bodies that say nothing of a call.
    others: u64,
    assumed: BTreeMap<Assumed, u64>,
    left_out: BTreeMap<&'static str, u64>,
    words: BTreeMap<(String, String), u64>,
    findings: Findings,
    failure: Option<Failure>,
}

impl Calls {
    fn new(collected: Collected) -> io::Result<Self> {
        let Collected { platform, campaigns, currency, times, gathering, texts, first_text, mut findings } = collected;
        let calls = gathering.finish()?;
        findings.duplicates += calls.repeated();
        findings.joined += calls.repeated_further();
        let (zone, said) = times.reading();
        findings.zone = zone;
        findings.warnings.extend(said);
        let mut fault = None;
        if texts > 0 && findings.rows == 0 {
            let reason = format!("is neither JSON nor a form of this platform, as the whole file ({texts} lines)");
            fault = Some(Skipped::new(first_text, "", reason));
        } else if texts > 0 {
            let said = format!(
                "lines that are neither JSON nor a form, passed over (the first is line {first_text}): {texts}"
            );
            findings.warnings.push(said);
        }
        Ok(Self {
            platform,
            campaigns,
            direction: Direction::default(),
            currency,
            gathered: calls,
            rows: CallRows::default(),
            fault,
            others: 0,
            assumed: BTreeMap::new(),
            left_out: BTreeMap::new(),
            words: BTreeMap::new(),
            findings,
            failure: None,
        })
    }

    /// What comes of the rows of a call; nothing where it is left out.
    fn call(&mut self) -> Option<Result<(u64, CallRecord), Skipped>> {
        self.direction = Direction::default();
        let rows = std::mem::take(&mut self.rows);
        let call = match rows.unpack() {
            Ok(all) => self.call_of(all),
            Err(error) => {
                self.failure = Some(error.into());
                None
            }
        };
        self.rows = rows;
        call
    }

    fn call_of(&mut self, rows: Vec<Row<'_>>) -> Option<Result<(u64, CallRecord), Skipped>> {
        let mut rows = rows.into_iter();
        let Row { line, what } = rows.next()?;
        let mut legs = match what {
            What::Call(call) => vec![*call],
            What::Skipped(error) => return Some(Err(Skipped::new(line, error.field, error.reason))),
            What::Other => {
                self.others += 1;
                self.findings.joined += 1;
                return None;
            }
        };
        for row in rows {
            let What::Call(call) = row.what else { continue };
            match legs.iter().position(|leg| leg.leg == call.leg) {
                Some(leg) => legs[leg].merge(*call),
                None if legs.len() < MOST_LEGS => legs.push(*call),
                None => self.others += 1,
            }
        }
        for unknown in legs.iter().filter_map(|leg| leg.unknown.as_ref()) {
            let word = (unknown.value.0.to_string(), unknown.value.1.to_string());
            if self.words.len() < KEPT_WORDS || self.words.contains_key(&word) {
                *self.words.entry(word).or_default() += 1;
            }
        }
        self.direction = Direction::of_legs(legs.iter().map(CallSoFar::direction));
        let (campaign, currency) = (self.campaigns.of(self.direction), self.currency.as_ref());
        match made(legs, Frame { prefix: self.platform.prefix, campaign, currency }) {
            Made::Call(record, assumed) => {
                let record = checked(line, *record);
                if record.is_ok() {
                    for what in assumed {
                        *self.assumed.entry(what).or_default() += 1;
                    }
                }
                Some(record)
            }
            Made::LeftOut(why) => {
                *self.left_out.entry(why).or_default() += 1;
                None
            }
            Made::Refused(error) => Some(Err(Skipped::new(line, error.field, error.reason))),
        }
    }
}

impl Iterator for Calls {
    type Item = Result<(u64, CallRecord), Skipped>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(fault) = self.fault.take() {
            return Some(Err(fault));
        }
        while self.failure.is_none() {
            match self.gathered.next_call(&mut self.rows) {
                Ok(Some(_)) => {
                    self.findings.joined += self.rows.further();
                    if let Some(call) = self.call() {
                        return Some(call);
                    }
                }
                Ok(None) => return None,
                Err(error) => self.failure = Some(error.into()),
            }
        }
        None
    }
}

impl Source for Calls {
    fn findings(&self) -> Findings {
        let mut findings = self.findings.clone();
        findings.left_out = self.left_out.values().sum();
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
        findings
    }

    fn direction(&self) -> Direction {
        self.direction
    }

    fn failure(&mut self) -> Option<Failure> {
        self.failure.take()
    }
}
