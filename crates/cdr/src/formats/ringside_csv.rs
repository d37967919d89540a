//! Own records as CSV: the columns are the fields of a call, dotted for nesting.
//!
//! Ringside's own CSV export is one such file: its columns that follow from others are passed over, and the `'` that
//! keeps a spreadsheet from taking a text for a formula is taken away again. One that a spreadsheet has saved may have `;` between its
//! cells, and dates without a zone, whose day and month stand in the order that the rows tell.

use std::{
    borrow::Cow,
    collections::{BTreeMap, VecDeque},
    io::{self, Read},
    str::FromStr,
};

use domain::{CallRecord, CampaignId, ContactRef, FieldError, HangupBy, limits::TABLE_COLUMNS, result_text::sent_code};
use serde_json::Value;

use crate::{
    cells::TOO_WIDE,
    clock::{Evidence, ORDER_ASSUMED},
    findings::{Findings, OrderBasis},
    lines::NO_LINE_END,
    local_time::{DateOrder, When},
    own_fields::{OwnFields, unmasked},
    rows::{ByteCells, CsvRow, Rows},
    source::{Failure, Given, Input, Opened, Skipped, Source, checked_but_result},
    times::Times,
    written::when,
};

/// Rows and bytes in which dates are looked for whose order has to be found out; …
const LOOK_ROWS: usize = 200;
const LOOK_BYTES: usize = 1024 * 1024;
/// … where there are some, so many are kept until one tells it.
const UNDECIDED_ROWS: usize = 100_000;
const UNDECIDED_BYTES: usize = 64 * 1024 * 1024;

/// Columns of the export that follow from the others.
const DERIVED: [&str; 9] = [
    "class",
    "result_label",
    "cause_label",
    "talk_time",
    "dial_time",
    "currency",
    "priced_by",
    "recording",
    "campaign_name",
];

/// The fields of a call that are columns.
const FIELDS: [&str; 19] = [
    "id",
    "campaign",
    "voicebot",
    "contact.id",
    "contact.phone",
    "contact.name",
    "attempt",
    "dialed_at",
    "answered_at",
    "ended_at",
    "result_code",
    "bot_messages",
    "hangup_by",
    "cause",
    "blocks",
    "cost",
    "recording_url",
    "transcript",
    "attributes",
];

/// A header line of the fields of a call and of no other columns: a table that has some of these names and others is of another
/// system, and its columns are told apart as those of any table.
pub(crate) fn recognises(head: &[u8]) -> bool {
    let mut cells = ByteCells::default();
    let is_row = matches!(Rows::new(head).next_row(&mut cells), Ok(Some(_)));
    let has = |name: &str| cells.iter().any(|cell| name_of(cell) == name);
    is_row && cells.iter().all(|cell| column(&name_of(cell)).is_some()) && has("id") && has("dialed_at")
}

/// Opens a CSV file; fails where its header cannot be that of calls.
pub(crate) fn open<'a>(input: Input<'a>, given: &Given) -> Opened<'a> {
    Ok(Box::new(CsvCalls::new(input, given)?))
}

/// The records of a CSV file.
struct CsvCalls<R> {
    rows_of: Rows<R>,
    columns: Vec<Column>,
    told: OwnFields,
    cells: ByteCells,
    /// Rows that were read to find the order of the dates.
    ahead: VecDeque<(CsvRow, ByteCells)>,
    order: Option<(DateOrder, OrderBasis)>,
    campaign: Option<CampaignId>,
    times: Times,
    rows: u64,
    failure: Option<Failure>,
    ended: bool,
    /// The last row had no line end after it.
    lacks_end: bool,
}

enum Column {
    /// The field at this place in [`FIELDS`].
    Field(usize),
    /// One entry of `attributes`, as text.
    Attribute(String),
    PricedBy,
    Derived,
}

impl<R: Read> CsvCalls<R> {
    fn new(input: R, given: &Given) -> Result<Self, Failure> {
        let mut rows_of = Rows::new(input);
        let mut cells = ByteCells::default();
        rows_of.next_row(&mut cells)?;
        let columns = columns(&cells, given.campaigns.all.is_some())?;
        let names: Vec<_> = cells.iter().map(name_of).collect();
        let told = OwnFields::of_columns(names.iter().map(AsRef::as_ref));
        let (campaign, times) = (given.campaigns.all.clone(), Times::new(given));
        let (rows, failure, ended, lacks_end) = (0, None, false, false);
        let (ahead, order) = (VecDeque::new(), None);
        let mut file =
            Self { rows_of, columns, told, cells, ahead, order, campaign, times, rows, failure, ended, lacks_end };
        file.look_at_dates()?;
        Ok(file)
    }

    /// Finds the order of day and month, where the first rows have dates that need one.
    fn look_at_dates(&mut self) -> io::Result<()> {
        let is_time = |column: &Column| matches!(column, Column::Field(at) if FIELDS[*at].ends_with("_at"));
        let (mut evidence, mut bytes) = (Evidence::default(), 0);
        let (mut is_open, mut is_decided) = (false, false);
        while !is_decided {
            let (most_rows, most_bytes) =
                if is_open { (UNDECIDED_ROWS, UNDECIDED_BYTES) } else { (LOOK_ROWS, LOOK_BYTES) };
            if self.ahead.len() >= most_rows || bytes >= most_bytes {
                break;
            }
            let mut cells = ByteCells::default();
            let Some(row) = self.rows_of.next_row(&mut cells)? else { break };
            for (column, cell) in self.columns.iter().zip(cells.iter()) {
                bytes += cell.len();
                let time = std::str::from_utf8(cell).ok().filter(|_| is_time(column)).and_then(when);
                if let Some(When::Wall(wall)) =
                    time.filter(|time| matches!(time, When::Wall(wall) if wall.is_ambiguous()))
                {
                    is_open = true;
                    is_decided |= wall.first_two().0 > 12 || wall.first_two().1 > 12;
                    evidence.add(When::Wall(wall), None);
                }
            }
            self.ahead.push_back((row, cells));
        }
        self.order = is_open.then(|| evidence.order(None));
        Ok(())
    }

    fn next_row(&mut self) -> io::Result<Option<CsvRow>> {
        match self.ahead.pop_front() {
            Some((row, cells)) => {
                self.cells = cells;
                Ok(Some(row))
            }
            None => self.rows_of.next_row(&mut self.cells),
        }
    }

    fn record(&mut self) -> Result<CallRecord, FieldError> {
        let (found, expected) = (self.cells.len(), self.columns.len());
        if found != expected {
            return Err(FieldError::new("", format!("has {found} columns, the header has {expected}")));
        }
        let mut cells: [Option<&str>; FIELDS.len()] = [None; FIELDS.len()];
        let mut attributes = BTreeMap::new();
        let mut priced_by_tariff = false;
        for (column, bytes) in self.columns.iter().zip(self.cells.iter()) {
            let name = match column {
                Column::Field(at) => FIELDS[*at],
                Column::Attribute(name) => name,
                Column::PricedBy => {
                    priced_by_tariff = bytes == b"tariff";
                    continue;
                }
                Column::Derived => continue,
            };
            let text = std::str::from_utf8(bytes).map_err(|_| FieldError::new(name, "is not UTF-8 text"))?;
            let text = without_formula_guard(text);
            match column {
                _ if text.trim().is_empty() => {}
                Column::Field(at) => cells[*at] = Some(text),
                _ => drop(attributes.insert(name.to_owned(), Value::from(text))),
            }
        }
        let cell = |name: &str| FIELDS.iter().position(|field| *field == name).and_then(|at| cells[at]);
        let json = |name: &str, text: &str| FieldError::new(name, format!("is not the JSON expected: {text}"));
        let campaign = match &self.campaign {
            Some(campaign) => campaign.clone(),
            None => parsed("campaign", cell("campaign"))?.ok_or_else(|| missing("campaign"))?,
        };
        if let Some(text) = cell("attributes") {
            let map: BTreeMap<String, Value> =
                serde_json::from_str(text).map_err(|error| json("attributes", &error.to_string()))?;
            attributes.extend(map);
        }
        let order = self.order.map(|(order, _)| order);
        let mut at = |name: &'static str| {
            cell(name)
                .map(|text| self.times.parse_in_order(text, order).map_err(|reason| FieldError::new(name, reason)))
                .transpose()
        };
        // What the tariff gave is computed again; what a sender gave is his.
        let priced = |name: &str| if priced_by_tariff { None } else { cell(name) };
        Ok(CallRecord {
            id: parsed("id", cell("id"))?.ok_or_else(|| missing("id"))?,
            campaign,
            voicebot: parsed("voicebot", cell("voicebot"))?,
            contact: ContactRef {
                id: parsed("contact.id", cell("contact.id"))?,
                phone: cell("contact.phone").map(str::to_owned),
                name: cell("contact.name").map(str::to_owned),
            },
            attempt: parsed("attempt", cell("attempt"))?,
            dialed_at: at("dialed_at")?.ok_or_else(|| missing("dialed_at"))?,
            answered_at: at("answered_at")?,
            ended_at: at("ended_at")?,
            result_code: cell("result_code")
                .map(|text| sent_code(text).map_err(|error| FieldError::new("result_code", error.to_string())))
                .transpose()?,
            bot_messages: parsed("bot_messages", cell("bot_messages"))?,
            hangup_by: cell("hangup_by").map(hangup_by).transpose()?,
            cause: cell("cause").map(str::to_owned),
            blocks: parsed("blocks", priced("blocks"))?,
            cost: parsed("cost", priced("cost").map(with_point).as_deref())?,
            recording_url: cell("recording_url").map(str::to_owned),
            transcript: cell("transcript")
                .map(|text| serde_json::from_str(text).map_err(|error| json("transcript", &error.to_string())))
                .transpose()?,
            attributes: if attributes.is_empty() && cell("attributes").is_none() { None } else { Some(attributes) },
        })
    }
}

/// A number whose fraction a spreadsheet has written behind a comma.
fn with_point(number: &str) -> Cow<'_, str> {
    if number.contains('.') || number.matches(',').count() != 1 {
        return number.into();
    }
    number.replace(',', ".").into()
}

fn missing(field: &str) -> FieldError {
    FieldError::new(field, "is missing")
}

fn parsed<T: FromStr<Err: std::fmt::Display>>(field: &str, text: Option<&str>) -> Result<Option<T>, FieldError> {
    text.map(|text| text.parse().map_err(|error: T::Err| FieldError::new(field, error.to_string()))).transpose()
}

fn hangup_by(text: &str) -> Result<HangupBy, FieldError> {
    serde_json::from_value(Value::from(text))
        .map_err(|_| FieldError::new("hangup_by", "is not one of customer, bot, agent, system"))
}

/// `'+84901…` was written for `+84901…`: the export puts a `'` before what a spreadsheet would take for a formula, and
/// before a `'` of the text's own.
fn without_formula_guard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) => rest,
        _ => text,
    }
}

fn name_of(cell: &[u8]) -> Cow<'_, str> {
    match String::from_utf8_lossy(cell) {
        Cow::Borrowed(name) => Cow::Borrowed(name.trim()),
        Cow::Owned(name) => Cow::Owned(name.trim().to_owned()),
    }
}

/// What a column of this name holds; none: it is not one of ours.
fn column(name: &str) -> Option<Column> {
    if let Some(at) = FIELDS.iter().position(|field| *field == name) {
        return Some(Column::Field(at));
    }
    if let Some(attribute) = name.strip_prefix("attributes.").filter(|attribute| !attribute.is_empty()) {
        return Some(Column::Attribute(attribute.to_owned()));
    }
    // The values of the exporting account's own dimensions, which follow from attributes.
    if name.starts_with("own.") {
        return Some(Column::Derived);
    }
    match name {
        "priced_by" => Some(Column::PricedBy),
        name => DERIVED.contains(&name).then_some(Column::Derived),
    }
}

fn columns(header: &ByteCells, campaign_given: bool) -> Result<Vec<Column>, Failure> {
    if header.len() > TABLE_COLUMNS {
        return Err(Failure::Shape(format!("the table {TOO_WIDE}")));
    }
    let mut columns = Vec::new();
    let mut seen = Vec::new();
    for bytes in header.iter() {
        let name = name_of(bytes).into_owned();
        let Some(column) = column(&name) else {
            let known = FIELDS.join(", ");
            return Err(Failure::Shape(format!("the column \"{name}\" is not a field of a call; those are {known}")));
        };
        if seen.contains(&name) {
            return Err(Failure::Shape(format!("the column \"{name}\" is there twice")));
        }
        seen.push(name);
        columns.push(column);
    }
    let has = |name: &str| seen.iter().any(|seen| seen == name);
    let needed: &[&str] = if campaign_given { &["id", "dialed_at"] } else { &["id", "dialed_at", "campaign"] };
    if let Some(name) = needed.iter().find(|name| !has(name)) {
        return Err(Failure::Shape(format!("the column \"{name}\" is missing")));
    }
    if !has("contact.phone") && !has("contact.id") {
        return Err(Failure::Shape(
            "the columns \"contact.phone\" and \"contact.id\" are missing: one is needed".to_owned(),
        ));
    }
    Ok(columns)
}

impl<R: Read> Iterator for CsvCalls<R> {
    type Item = Result<(u64, CallRecord), Skipped>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = match self.next_row() {
            Ok(Some(row)) => row,
            Ok(None) => {
                self.ended = true;
                return None;
            }
            Err(error) => {
                self.ended = true;
                self.failure = Some(error.into());
                return None;
            }
        };
        self.rows += 1;
        self.lacks_end = !row.is_ended;
        let fault = if row.cut {
            Some("is longer than 16 MiB: is there a quote that is never closed?")
        } else if row.is_open {
            Some("has a quote that is never closed")
        } else {
            None
        };
        if let Some(reason) = fault {
            return Some(Err(Skipped::new(row.line, "", reason)));
        }
        Some(match self.record().and_then(unmasked) {
            Ok(record) => checked_but_result(row.line, record),
            Err(error) => Err(Skipped::new(row.line, error.field, error.reason)),
        })
    }
}

impl<R: Read> Source for CsvCalls<R> {
    fn findings(&self) -> Findings {
        let (zone, warning) = self.times.reading();
        let end = (self.ended && self.lacks_end).then(|| NO_LINE_END.to_owned());
        let assumed = matches!(self.order, Some((_, OrderBasis::Default))).then(|| ORDER_ASSUMED.to_owned());
        Findings {
            rows: self.rows,
            zone,
            date_order: self.order,
            warnings: warning.into_iter().chain(assumed).chain(end).collect(),
            ..Findings::new("header line")
        }
    }

    fn own_fields(&self) -> Option<OwnFields> {
        Some(self.told.clone())
    }

    fn failure(&mut self) -> Option<Failure> {
        self.failure.take()
    }
}
