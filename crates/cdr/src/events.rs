//! Files of a platform's calls and events: bodies of webhooks, answers of its API, rows of its exports. All of a file is read
//! first, since the events of one call may stand anywhere in it; of each only what it says of its call is kept.

use std::{
    borrow::Cow,
    io::{Cursor, Read},
    sync::Arc,
};

use domain::{FieldError, time::Zone};
use xxhash_rust::xxh3::xxh3_128;

use crate::{
    body::Body,
    columns::Column,
    event_calls::{BodySays, Collected, EventRows, calls_of, push, push_call},
    node::Node,
    objects::{Objects, TextKind, not_json},
    partial::{CallSoFar, Event, PartialCall},
    pruned::{KnownNames, Names, WRAPPERS},
    source::{Failure, Given, HEAD_BYTES, Input, Opened, Skipped},
    table::{Block, Shape, Table, holds_table, in_blocks},
    table_row::TableRow,
    texts::{Texts, in_portions},
    times::Times,
};

/// Bodies within bodies.
const MOST_WRAPPERS: usize = 5;
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
        let Some(columns) = &self.columns else { return Ok(Box::new(calls_of(self.collect(input, given)?)?)) };
        let mut head = Vec::new();
        input.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
        let is_table = self.has_rows(&head);
        let input: Input<'a> = Box::new(Cursor::new(head).chain(input));
        let collected = if is_table { (columns.collect)(self, input, given)? } else { self.collect(input, given)? };
        Ok(Box::new(calls_of(collected)?))
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
        let reading = EventReading { platform: self, names: &names };
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
        let mut collected = Collected::new(self.prefix, self.times(given), given);
        let (names, times) = (Arc::new(self.names.known()), collected.times.clone());
        let mut objects = Objects::new(input);
        let worker = move || {
            let mut collector = Collector::new(self, Arc::clone(&names), times.clone());
            move |texts: &Texts<TextKind>| {
                texts.each(|line, what, text| collector.add_text(line, what, text));
                collector.portion()
            }
        };
        in_portions(|text| objects.next_text(text), given.sharing, worker, |portion| collected.take(portion))?;
        objects.shape().clone_into(&mut collected.findings.shape);
        Ok(collected)
    }
}

/// Reads a table whose rows are bodies.
fn collect_rows<C: Column>(platform: &'static Platform, input: Input<'_>, given: &Given) -> Result<Collected, Failure> {
    let table = Table::<_, C>::open(input, given.account_zone, Shape::of_header)?;
    let Some(mut table) = table else { return Err(Failure::Shape("its header has not the columns".to_owned())) };
    let mut collected = Collected::new(platform.prefix, platform.times(given), given);
    let (names, times) = (Arc::new(platform.names.known()), collected.times.clone());
    table.shape_name().clone_into(&mut collected.findings.shape);
    let worker = move || {
        let mut collector = Collector::new(platform, Arc::clone(&names), times.clone());
        move |block: &mut Block<C>| {
            block.take(|row| collector.add_row(row));
            collector.portion()
        }
    };
    in_blocks(&mut table, given.sharing, worker, |portion| collected.take(portion))?;
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

/// Reads the bodies of portions, one portion after the other.
struct Collector {
    platform: &'static Platform,
    names: Arc<KnownNames>,
    times: Times,
    portion: EventRows,
}

impl Collector {
    fn new(platform: &'static Platform, names: Arc<KnownNames>, times: Times) -> Self {
        Self { platform, names, times, portion: EventRows::default() }
    }

    /// What was added since the last time.
    fn portion(&mut self) -> EventRows {
        EventRows { zoneless: self.times.take_zoneless(), ..std::mem::take(&mut self.portion) }
    }

    /// A text of a file of JSON.
    fn add_text(&mut self, line: u64, what: TextKind, text: &[u8]) {
        match what {
            TextKind::Json => {
                self.portion.rows += 1;
                let names = Arc::clone(&self.names);
                match Node::pruned(text, &names) {
                    Ok(value) => self.add(line, text, &value),
                    Err(error) => {
                        let what = BodySays::Skipped(FieldError::new("", not_json(&error)));
                        push(&mut self.portion.packed, line, Some((xxh3_128(text), &mut 0)), what);
                    }
                }
            }
            TextKind::Text => self.add_line(line, text),
            TextKind::Broken(reason) => {
                self.portion.rows += 1;
                self.refuse(line, FieldError::new("", reason));
            }
            TextKind::End(reason) => self.refuse(line, FieldError::new("", reason)),
        }
    }

    /// A row of a table.
    fn add_row<C: Column>(&mut self, row: Result<TableRow<'_, C>, Skipped>) {
        self.portion.rows += 1;
        let row = match row {
            Ok(row) => row,
            Err(skipped) => return self.refuse(skipped.line, FieldError::new(skipped.field, skipped.reason)),
        };
        let cells = C::NAMES.iter().map(|(column, names)| (names[0], row.text(*column)));
        let cells = cells.filter(|(_, text)| !text.is_empty());
        let mut body = Vec::with_capacity(C::NAMES.len());
        body.extend(cells.map(|(name, text)| (Cow::Borrowed(name), Node::Text(Cow::Borrowed(text)))));
        let text = row.fingerprint().to_le_bytes();
        self.add(row.line, &text, &Node::Object(body));
    }

    fn refuse(&mut self, line: u64, error: FieldError) {
        push(&mut self.portion.packed, line, None, BodySays::Skipped(error));
    }

    /// A line that is no JSON: a form, JSON after the words of a log, or something else.
    fn add_line(&mut self, line: u64, bytes: &[u8]) {
        let Ok(text) = std::str::from_utf8(bytes) else { return self.pass_over(line) };
        let names = Arc::clone(&self.names);
        let names = names.as_ref();
        let value = match text.find('{') {
            // An element of an array that is JSON in a text.
            Some(_) if text.starts_with('"') => Node::pruned(bytes, names).ok(),
            Some(at) => Node::pruned(text[at..].trim_end().as_bytes(), names).ok().or_else(|| form(text, names)),
            None => form(text, names),
        };
        let reading = EventReading { platform: self.platform, names };
        match value.filter(|value| reading.holds_bodies(value, 0)) {
            Some(value) => {
                self.portion.rows += 1;
                self.add(line, bytes, &value);
            }
            None => self.pass_over(line),
        }
    }

    fn pass_over(&mut self, line: u64) {
        let portion = &mut self.portion;
        portion.first_text = if portion.texts == 0 { line } else { portion.first_text };
        portion.texts += 1;
    }

    /// Adds what a body says, or the bodies in it, of this text.
    fn add(&mut self, line: u64, text: &[u8], value: &Node<'_>) {
        let (platform, hash, mut place) = (self.platform, xxh3_128(text), 0);
        let reading = EventReading { platform, names: &self.names };
        let (times, portion) = (&mut self.times, &mut self.portion);
        if !reading.holds_bodies(value, 0) {
            let reason = format!("is nothing of this platform: it has none of {}", platform.own.join(", "));
            let what = BodySays::Skipped(FieldError::new("", reason));
            return push(&mut portion.packed, line, Some((hash, &mut place)), what);
        }
        reading.bodies(value, 0, &mut |body| {
            let print = (hash, &mut place);
            match (platform.read)(body, times) {
                Ok(events) if events.is_empty() => push(&mut portion.packed, line, Some(print), BodySays::Other),
                Ok(events) => {
                    for event in events {
                        push_call(&mut portion.packed, line, (hash, &mut place), &CallSoFar::of(event));
                    }
                }
                Err(error) => push(&mut portion.packed, line, Some(print), BodySays::Skipped(error)),
            }
        });
        portion.joined += u64::from(place == 0);
        portion.further += place.saturating_sub(1) as u64;
    }
}

/// How the bodies of a platform are found in a value.
#[derive(Clone, Copy)]
struct EventReading<'n> {
    platform: &'n Platform,
    names: &'n KnownNames,
}

impl EventReading<'_> {
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
