//! Files of a platform's calls and events: bodies of webhooks, answers of its API, rows of its exports. All of a file is read
//! first, since the events of one call may stand anywhere in it; of each call only what is known of it is kept.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    io::{Cursor, Read},
    vec,
};

use domain::{CallRecord, CampaignId, Code, Currency, FieldError, ResultCode, time::Zone};
use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_128;

use crate::{
    body::Body,
    calls::{Frame, Made, made},
    columns::Column,
    ending::{ANSWERED_CODE, MACHINE_CODE},
    findings::Findings,
    objects::{Objects, What, not_json},
    partial::{Assumed, Event, PartialCall},
    pruned::{Names, WRAPPERS},
    source::{Failure, Given, HEAD_BYTES, Input, Opened, Skipped, Source, checked},
    table::{Shape, Table},
    times::Times,
};

/// Bodies within bodies.
const MOST_WRAPPERS: usize = 5;
/// Legs that are told apart; calls have a few.
const MOST_LEGS: usize = 100;
/// Words without a meaning that are named with their count.
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
    /// What a body says; nothing where it is about something else.
    pub(crate) read: fn(Body<'_>, &mut Times) -> Result<Vec<Event>, FieldError>,
}

impl Platform {
    /// Whether the first bytes of a file are the platform's.
    pub(crate) fn recognises(&self, head: &[u8]) -> bool {
        let head = String::from_utf8_lossy(head);
        // JSON and forms may stand in a text of JSON, or among the lines of a log.
        let spellings = |name: &str| [format!("\"{name}\""), format!("\"{name}\\\""), format!("{name}=")];
        let has = |name: &&str| spellings(name).iter().any(|name| head.contains(name));
        self.marks.iter().any(|names| names.iter().all(has))
    }

    /// Reads a file of JSON and forms, in whatever layout.
    pub(crate) fn open<'a>(&'static self, input: Input<'a>, given: &Given) -> Opened<'a> {
        Ok(Box::new(Calls::new(self.collect(input, given)?)))
    }

    /// What one body says of calls: a webhook's, of which more may come.
    pub(crate) fn partial_calls(&self, body: &[u8], given: &Given) -> Result<Vec<PartialCall>, FieldError> {
        let text = String::from_utf8_lossy(body);
        let value = if text.trim_start().starts_with(['{', '[']) {
            Some(self.names.parse(text.as_bytes()).map_err(|error| FieldError::new("", not_json(&error)))?)
        } else {
            form(&text, self.names)
        };
        let value = value.filter(|value| holds_bodies(value, self, 0)).ok_or_else(|| {
            FieldError::new("", format!("is no body of this platform: it has none of {}", self.own.join(", ")))
        })?;
        let (mut said, mut times) = (Vec::new(), self.times(given));
        bodies(&value, self, 0, &mut |body| said.push((self.read)(body, &mut times)));
        let events: Vec<Vec<Event>> = said.into_iter().collect::<Result<_, _>>()?;
        Ok(events.into_iter().flatten().map(PartialCall::of).collect())
    }

    fn times(&self, given: &Given) -> Times {
        match self.zone.and_then(|name| Zone::new(name).ok()) {
            Some(zone) if given.timezone.is_none() => Times::of_platform(zone),
            _ => Times::new(given),
        }
    }

    /// Reads JSON and forms, or a table whose columns are called `fields` in the platform's JSON.
    pub(crate) fn open_either<'a, C: Column>(
        &'static self,
        mut input: Input<'a>,
        given: &Given,
        fields: &[&str],
    ) -> Opened<'a> {
        let mut head = Vec::new();
        input.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
        let is_rows = !head.trim_ascii_start().starts_with(b"{") && holds_rows::<C>(&head);
        let input: Input<'a> = Box::new(Cursor::new(head).chain(input));
        if !is_rows {
            return self.open(input, given);
        }
        let table = Table::<_, C>::open(input, given.account_zone, Shape::of_header)?;
        let Some(mut table) = table else { return Err(Failure::Shape("its header has not the columns".to_owned())) };
        let mut collected = Collected::new(self, given);
        table.shape_name().clone_into(&mut collected.findings.shape);
        while let Some(row) = table.next_row()? {
            collected.findings.rows += 1;
            let row = match row {
                Ok(row) => row,
                Err(skipped) => {
                    collected.skipped.push(skipped);
                    continue;
                }
            };
            let cell = |column: C| row.places.get(row.cells, column);
            let cells = C::NAMES.iter().map(|(column, _)| (fields[column.index()].to_owned(), cell(*column).into()));
            let body: Map<String, Value> = cells.filter(|(_, value): &(String, Value)| value != "").collect();
            collected.add(row.line, &body.into());
        }
        collected.findings.warnings.extend(table.said_of_text());
        Ok(Box::new(Calls::new(collected)))
    }

    fn collect(&'static self, input: Input<'_>, given: &Given) -> Result<Collected, Failure> {
        let mut collected = Collected::new(self, given);
        let mut objects = Objects::new(input);
        let mut text = Vec::new();
        while let Some(found) = objects.next_text(&mut text)? {
            match found.what {
                What::Json => {
                    collected.findings.rows += 1;
                    if collected.is_repeated(&text) {
                        continue;
                    }
                    match self.names.parse(&text) {
                        Ok(value) => collected.add(found.line, &value),
                        Err(error) => collected.refuse(found.line, FieldError::new("", not_json(&error))),
                    }
                }
                What::Text => collected.add_line(found.line, &text),
                What::Broken(reason) => {
                    collected.findings.rows += 1;
                    collected.refuse(found.line, FieldError::new("", reason));
                }
                What::End(reason) => collected.refuse(found.line, FieldError::new("", reason)),
            }
        }
        objects.shape().clone_into(&mut collected.findings.shape);
        Ok(collected)
    }
}

/// Whether the first bytes are a table with a platform's columns.
pub(crate) fn holds_rows<C: Column>(head: &[u8]) -> bool {
    let table = Table::<_, C>::open(head, Zone::HO_CHI_MINH, Shape::of_header);
    table.is_ok_and(|table| table.is_some_and(|table| !table.is_dump()))
}

/// Keeps a value among the attributes of a call, unless there is none or nothing in it.
pub(crate) fn keep(event: &mut Event, name: &str, value: Option<&Value>) {
    let is_empty = match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(Value::Array(values)) => values.is_empty(),
        Some(Value::Object(map)) => map.is_empty(),
        Some(_) => false,
    };
    if let Some(value) = value.filter(|_| !is_empty) {
        event.attributes.insert(name.to_owned(), value.clone());
    }
}

/// The result codes of every platform without codes of its own; see `Format::own_codes`.
pub(crate) fn own_codes() -> Vec<ResultCode> {
    let labels =
        [(ANSWERED_CODE, "Khách nghe máy", "Answered"), (MACHINE_CODE, "Gặp máy trả lời", "Answering machine")];
    let code = |(code, label_vi, label_en): (&str, &str, &str)| {
        let (label_vi, label_en) = (label_vi.to_owned(), label_en.to_owned());
        Some(ResultCode { code: Code::new(code).ok()?, label_vi, label_en, color: None, is_goal: false })
    };
    labels.into_iter().filter_map(code).collect()
}

/// A call's legs, and the line of its first event.
struct Group {
    line: u64,
    legs: Vec<PartialCall>,
}

/// All that a file says, by call.
pub(crate) struct Collected {
    platform: &'static Platform,
    campaign: Option<CampaignId>,
    currency: Option<Currency>,
    times: Times,
    calls: Vec<Group>,
    by_id: HashMap<String, usize>,
    skipped: Vec<Skipped>,
    seen: HashSet<u128>,
    /// Bodies that say nothing of a call.
    others: u64,
    /// Lines of other text, and the first one.
    texts: u64,
    first_text: u64,
    pub(crate) findings: Findings,
}

impl Collected {
    pub(crate) fn new(platform: &'static Platform, given: &Given) -> Self {
        Self {
            platform,
            campaign: given.campaign.clone(),
            currency: given.currency.clone(),
            times: platform.times(given),
            calls: Vec::new(),
            by_id: HashMap::new(),
            skipped: Vec::new(),
            seen: HashSet::new(),
            others: 0,
            texts: 0,
            first_text: 0,
            findings: Findings::default(),
        }
    }

    /// Whether the same body stood in the file before, as when it was delivered twice.
    fn is_repeated(&mut self, text: &[u8]) -> bool {
        let is_repeated = !self.seen.insert(xxh3_128(text));
        self.findings.duplicates += u64::from(is_repeated);
        is_repeated
    }

    pub(crate) fn refuse(&mut self, line: u64, error: FieldError) {
        self.skipped.push(Skipped::new(line, error.field, error.reason));
    }

    /// A line that is no JSON: a form, JSON after the words of a log, or something else.
    fn add_line(&mut self, line: u64, text: &[u8]) {
        let Ok(text) = std::str::from_utf8(text) else { return self.pass_over(line) };
        let value = match text.find('{') {
            // An element of an array that is JSON in a text.
            Some(_) if text.starts_with('"') => self.platform.names.parse(text.as_bytes()).ok(),
            Some(at) => self.platform.names.parse(text[at..].trim_end().as_bytes()).ok(),
            None => form(text, self.platform.names),
        };
        match value.filter(|value| holds_bodies(value, self.platform, 0)) {
            Some(value) => {
                self.findings.rows += 1;
                if !self.is_repeated(text.as_bytes()) {
                    self.add(line, &value);
                }
            }
            None => self.pass_over(line),
        }
    }

    fn pass_over(&mut self, line: u64) {
        self.first_text = if self.texts == 0 { line } else { self.first_text };
        self.texts += 1;
    }

    /// Adds what a body says, or the bodies in it.
    pub(crate) fn add(&mut self, line: u64, value: &Value) {
        let platform = self.platform;
        if !holds_bodies(value, platform, 0) {
            let reason = format!("is nothing of this platform: it has none of {}", platform.own.join(", "));
            return self.refuse(line, FieldError::new("", reason));
        }
        let mut said = Vec::new();
        let times = &mut self.times;
        bodies(value, platform, 0, &mut |body| said.push((platform.read)(body, times)));
        for events in said {
            match events {
                Ok(events) if events.is_empty() => self.others += 1,
                Ok(events) => events.into_iter().for_each(|event| self.add_event(line, event)),
                Err(error) => self.refuse(line, error),
            }
        }
    }

    fn add_event(&mut self, line: u64, event: Event) {
        let call = PartialCall::of(event);
        let at = *self.by_id.entry(call.call.clone()).or_insert_with(|| {
            self.calls.push(Group { line, legs: Vec::with_capacity(1) });
            self.calls.len() - 1
        });
        let legs = &mut self.calls[at].legs;
        match legs.iter().position(|leg| leg.leg == call.leg) {
            Some(leg) => legs[leg].merge(call),
            None if legs.len() < MOST_LEGS => legs.push(call),
            None => self.others += 1,
        }
    }
}

/// Whether a value is a body or may hold some.
fn holds_bodies(value: &Value, platform: &Platform, depth: usize) -> bool {
    match value {
        Value::Array(values) => {
            values.is_empty() || values.iter().any(|value| holds_bodies(value, platform, depth + 1))
        }
        Value::Object(map) if platform.own.iter().any(|name| map.contains_key(*name)) => true,
        Value::Object(map) if depth < MOST_WRAPPERS => {
            WRAPPERS.iter().filter_map(|name| map.get(*name)).any(|value| holds_bodies(value, platform, depth + 1))
        }
        Value::String(text) if depth < MOST_WRAPPERS => {
            written_in(text, platform.names).is_some_and(|value| holds_bodies(&value, platform, depth + 1))
        }
        _ => false,
    }
}

/// Gives out every body in a value: itself, or those under the names of [`WRAPPERS`].
fn bodies(value: &Value, platform: &Platform, depth: usize, give: &mut dyn FnMut(Body<'_>)) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| bodies(value, platform, depth + 1, give)),
        Value::Object(map) if platform.own.iter().any(|name| map.contains_key(*name)) => give(Body(value)),
        Value::Object(map) if depth < MOST_WRAPPERS => {
            let held = WRAPPERS.iter().filter_map(|name| map.get(*name));
            held.for_each(|value| bodies(value, platform, depth + 1, give));
        }
        Value::String(text) if depth < MOST_WRAPPERS => {
            if let Some(value) = written_in(text, platform.names) {
                bodies(&value, platform, depth + 1, give);
            }
        }
        _ => {}
    }
}

/// The JSON or the form that stands in a text.
fn written_in(text: &str, names: Names) -> Option<Value> {
    if text.trim_start().starts_with(['{', '[']) { names.parse(text.as_bytes()).ok() } else { form(text, names) }
}

/// A form, as bodies and addresses have it (`a=1&b=2`, `GET /path?a=1`), as an object of texts; none where no name is known.
fn form(text: &str, names: Names) -> Option<Value> {
    let query = text.split_once('?').map_or(text, |(_, query)| query).trim();
    let query = query.strip_suffix(" HTTP/1.1").unwrap_or(query);
    if !query.contains('=') {
        return None;
    }
    let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| names.has(name));
    let map: Map<String, Value> = pairs.map(|(name, value)| (name.into_owned(), value.into_owned().into())).collect();
    (!map.is_empty()).then(|| map.into())
}

/// The calls of what was collected, one after the other.
pub(crate) struct Calls {
    platform: &'static Platform,
    campaign: Option<CampaignId>,
    currency: Option<Currency>,
    skipped: vec::IntoIter<Skipped>,
    groups: vec::IntoIter<Group>,
    assumed: BTreeMap<Assumed, u64>,
    left_out: BTreeMap<&'static str, u64>,
    words: BTreeMap<(String, String), u64>,
    findings: Findings,
}

impl Calls {
    pub(crate) fn new(collected: Collected) -> Self {
        let Collected { platform, campaign, currency, times, calls, skipped, others, texts, first_text, .. } =
            collected;
        let (mut skipped, mut findings) = (skipped, collected.findings);
        let (zone, said) = times.reading();
        findings.zone = zone;
        findings.warnings.extend(said);
        if texts > 0 && findings.rows == 0 {
            let reason = format!("is neither JSON nor a form of this platform, as the whole file ({texts} lines)");
            skipped.push(Skipped::new(first_text, "", reason));
        } else if texts > 0 {
            let said = format!(
                "lines that are neither JSON nor a form, passed over (the first is line {first_text}): {texts}"
            );
            findings.warnings.push(said);
        }
        if others > 0 {
            findings.warnings.push(format!("bodies that say nothing of how a call goes, passed over: {others}"));
        }
        Self {
            platform,
            campaign,
            currency,
            skipped: skipped.into_iter(),
            groups: calls.into_iter(),
            assumed: BTreeMap::new(),
            left_out: BTreeMap::new(),
            words: BTreeMap::new(),
            findings,
        }
    }
}

impl Iterator for Calls {
    type Item = Result<(u64, CallRecord), Skipped>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(skipped) = self.skipped.next() {
            return Some(Err(skipped));
        }
        loop {
            let Group { line, legs } = self.groups.next()?;
            let frame = Frame {
                prefix: self.platform.prefix,
                campaign: self.campaign.as_ref(),
                currency: self.currency.as_ref(),
            };
            for leg in &legs {
                if let Some(unknown) = &leg.unknown {
                    *self.words.entry(unknown.value.clone()).or_default() += 1;
                }
            }
            return Some(match made(legs, frame) {
                Made::Call(record, assumed) => {
                    let record = checked(line, *record);
                    if record.is_ok() {
                        for what in assumed {
                            *self.assumed.entry(what).or_default() += 1;
                        }
                    }
                    record
                }
                Made::LeftOut(why) => {
                    *self.left_out.entry(why).or_default() += 1;
                    continue;
                }
                Made::Refused(error) => Err(Skipped::new(line, error.field, error.reason)),
            });
        }
    }
}

impl Source for Calls {
    fn findings(&self) -> Findings {
        let mut findings = self.findings.clone();
        findings.left_out = self.left_out.values().sum();
        let say = |(what, count): (String, u64)| format!("{what}: {count}");
        let left_out = self.left_out.iter().map(|(why, count)| (format!("calls left out, {why}"), *count));
        let assumed = self.assumed.iter().map(|(what, count)| (what.said().to_owned(), *count));
        let words = self.words.iter().take(MOST_WORDS).map(|((field, word), count)| {
            (format!("{field} \"{word}\" has no meaning that is known; calls that say it"), *count)
        });
        findings.warnings.extend(left_out.chain(assumed).chain(words).map(say));
        findings
    }
}
