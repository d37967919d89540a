//! Reads the rows of a table one after the other.

use std::{
    collections::{BTreeMap, HashMap},
    io,
};

use domain::CallRecord;

use super::{
    direction::Directions,
    look::Looked,
    outcome::Meanings,
    row::{Costs, Made, NoCall, RowReader, row_hash},
    turns::Spoken,
};
use crate::{
    any_rows::{Ahead, AnyRows},
    cells::Cells,
    clock::{Clock, Evidence},
    findings::Findings,
    guess::{Certainty, guess, may_be_header},
    local_time::When,
    mapping::{Bound, Field, Mapping, column_names},
    seen::{Known, Seen},
    source::{Direction, Failure, Given, Skipped, Source, checked},
    written::when,
};

/// Rows that are kept until one tells the order of day and month, if there is so much memory for them.
const UNDECIDED_ROWS: usize = 100_000;
/// Rows after a second header that are looked at.
const LOOK_ROWS: usize = 50;
/// Rows that are read at once where turns are awaited.
const READ_ROWS: usize = 1_000;
/// Ids that are remembered to find the ones that come again.
const MOST_IDS: usize = 4_000_000;
/// Words that are named with their count.
const MOST_WORDS: usize = 20;

/// The calls of a table.
pub(crate) struct TableCalls<'a> {
    rows: AnyRows<'a>,
    ahead: Ahead,
    reader: RowReader,
    is_guessed: bool,
    cells: Cells,
    /// Hashes of ids, and of the rows they stood in.
    seen: Seen,
    findings: Findings,
    /// Rows that are no calls, by what they are.
    no_calls: BTreeMap<&'static str, u64>,
    failure: Option<Failure>,
    has_ended: bool,
}

impl<'a> TableCalls<'a> {
    pub(crate) fn new(looked: Looked<'a>, given: &Given) -> Result<Self, Failure> {
        let shape = match (looked.rows.shape(), &looked.sheet, &looked.guess) {
            (shape, Some(sheet), guess) => format!("{shape} \"{sheet}\", columns {}", chosen(guess.is_some())),
            (shape, None, guess) => format!("{shape}, columns {}", chosen(guess.is_some())),
        };
        let mut findings = Findings::new(shape);
        if let Some(guess) = &looked.guess {
            let taken: Vec<String> =
                guess.reasons.iter().map(|reason| format!("{} = \"{}\"", reason.field, reason.column)).collect();
            findings.warnings.push(format!("columns were guessed: {}", taken.join(", ")));
            if let Some(turns) = &guess.mapping.turns {
                findings.warnings.push(format!(
                    "rows of {} columns were taken for what was said in the calls, first by the customer, then by the \
                     voicebot; check it",
                    turns.width
                ));
            }
            for reason in guess.reasons.iter().filter(|reason| reason.certainty == Certainty::Unsure) {
                findings
                    .warnings
                    .push(format!("check the column \"{}\": taken for {} {reason}", reason.column, reason.field));
            }
        }
        let (mut rows, mut ahead) = (looked.rows, looked.ahead);
        let zone = looked.mapping.zone.as_deref().and_then(|name| domain::time::Zone::new(name).ok());
        let given = Given { timezone: given.timezone.or(zone), ..given.clone() };
        let fields = [Field::DialedAt, Field::AnsweredAt, Field::EndedAt];
        let times = |cells: &Cells| {
            let times = fields.map(|field| when(&looked.bound.time_text(cells, field)));
            times.into_iter().flatten()
        };
        let is_open = |time: &When| matches!(time, When::Wall(wall) if wall.is_ambiguous());
        let decides =
            |time: &When| matches!(time, When::Wall(wall) if wall.first_two().0 > 12 || wall.first_two().1 > 12);
        let (mut from, mut is_decided) = (0, looked.mapping.date_order.is_some());
        while !is_decided {
            let new: Vec<&Cells> = ahead.iter().skip(from).flatten().map(|(_, cells)| cells).collect();
            let mut times = new.into_iter().flat_map(times).filter(is_open).peekable();
            is_decided = times.peek().is_none() || times.any(|time| decides(&time));
            from = ahead.len();
            if !is_decided {
                rows.read_ahead(&mut ahead, (from * 2).min(UNDECIDED_ROWS))?;
                is_decided = ahead.len() <= from;
            }
        }
        let mut spoken = Spoken::new(looked.mapping.turns.as_ref());
        if spoken.is_awaited() {
            // Turns stand before their call or after it.
            while ahead.len() < UNDECIDED_ROWS {
                let before = ahead.len();
                rows.read_ahead(&mut ahead, before + READ_ROWS)?;
                if ahead.len() == before {
                    break;
                }
            }
            let before = ahead.len();
            ahead.retain(|row| !row.as_ref().is_ok_and(|(_, cells)| spoken.take(cells)));
            findings.rows += (before - ahead.len()) as u64;
            findings.joined += (before - ahead.len()) as u64;
        }
        let mut evidence = Evidence::default();
        ahead.iter().flatten().flat_map(|(_, cells)| times(cells)).for_each(|time| evidence.add(time, None));
        let clock = Clock::in_order(looked.mapping.date_order, &evidence, &given, &mut findings);
        let mut meanings = Meanings::of(&looked.mapping);
        let results = looked.bound.places(Field::Result);
        let rows_looked_at = ahead.iter().flatten().take(LOOK_ROWS);
        meanings.look(rows_looked_at.flat_map(|(_, cells)| results.iter().map(|at| cells.get(*at))));
        if let Some(said) = swapped(&ahead, &looked.bound) {
            findings.warnings.insert(0, said.to_owned());
        }
        let directions = Directions::of(&looked.names, ahead.iter().flatten().take(LOOK_ROWS).map(|(_, cells)| cells));
        let costs = costs_of((&looked.mapping, &looked.bound, &looked.names), &ahead, &given);
        let reader = RowReader {
            costs,
            meanings,
            mapping: looked.mapping,
            bound: looked.bound,
            names: looked.names,
            clock,
            campaigns: given.campaigns.clone(),
            directions,
            direction: Direction::default(),
            assumed: BTreeMap::new(),
            words: HashMap::new(),
            spoken,
        };
        Ok(Self {
            rows,
            ahead,
            reader,
            is_guessed: looked.guess.is_some(),
            cells: Cells::default(),
            seen: Seen::default(),
            findings,
            no_calls: BTreeMap::new(),
            failure: None,
            has_ended: false,
        })
    }

    fn next_row(&mut self) -> io::Result<Option<Result<u64, Skipped>>> {
        match self.ahead.pop_front() {
            Some(Ok((line, cells))) => {
                self.cells = cells;
                Ok(Some(Ok(line)))
            }
            Some(Err(skipped)) => Ok(Some(Err(skipped))),
            None => self.rows.next_row(&mut self.cells),
        }
    }

    /// Whether the row is a header again, as in files that were put together; reads on by it where its columns are
    /// others.
    fn is_header(&mut self) -> io::Result<bool> {
        let reader = &self.reader;
        // Rows have a time, names of columns have none.
        let time = reader.bound.place(Field::DialedAt).map_or("", |at| self.cells.get(at));
        if time.bytes().any(|byte| byte.is_ascii_digit()) {
            return Ok(false);
        }
        let is_same = self.cells.len() > 1
            && self.cells.iter().enumerate().all(|(at, cell)| reader.names.get(at).is_some_and(|name| name == cell));
        if is_same && reader.mapping.header {
            return Ok(true);
        }
        if !may_be_header(&self.cells) || self.rows.names().is_some() {
            return Ok(false);
        }
        let names = column_names(self.cells.iter());
        if let Ok(bound) = reader.mapping.bind(&names) {
            let is_named = reader.mapping.columns.values().flat_map(|place| &place.columns);
            // A number stands for a column of any header.
            if is_named.clone().any(|column| !column.starts_with('#')) {
                self.reader.bound = bound;
                self.reader.names = names;
                return Ok(true);
            }
        }
        if !self.is_guessed {
            return Ok(false);
        }
        self.rows.read_ahead(&mut self.ahead, LOOK_ROWS)?;
        let rows =
            self.ahead.iter().flatten().map(|(_, cells)| cells).filter(|row| row.is_wide(names.len().min(row.len())));
        let guess = guess(Some(&names), &rows.collect::<Vec<_>>());
        let Some(bound) = guess.mapping.bind(&names).ok().filter(|_| guess.missing.is_empty()) else {
            return Ok(false);
        };
        self.findings.warnings.push(format!("a second header in the file: its columns are {}", names.join(", ")));
        (self.reader.mapping, self.reader.bound, self.reader.names) = (guess.mapping, bound, names);
        Ok(true)
    }

    /// What a row is that is no call, as those below a table.
    fn no_call(&self) -> Option<NoCall> {
        let is_cut = self.ahead.is_empty() && self.rows.lacks_end() && self.cells.len() < self.reader.names.len();
        // A sheet's row ends with its last cell.
        let is_padded = self.rows.is_sheet() || self.cells.len() >= self.reader.names.len();
        let no_call = self.reader.no_call(&self.cells, is_padded);
        no_call.filter(|_| !is_cut)
    }

    /// Why a row has not the columns of the others, if so.
    fn misfit(&self) -> Option<String> {
        let (width, found) = (self.reader.names.len(), self.cells.len());
        // What is left out at the end of a row may be missing; whom, when and how must not.
        let needed = [Field::Phone, Field::ContactId, Field::Id, Field::DialedAt, Field::Result];
        let last = || needed.iter().flat_map(|field| self.reader.bound.places(*field)).max();
        let is_short = found < width && last().is_some_and(|last| *last >= found);
        if found < width && self.ahead.is_empty() && self.rows.lacks_end() {
            return Some("is cut off: the file ends within it".to_owned());
        }
        let is_long = found > width && (width..found).any(|at| !self.cells.get(at).is_empty());
        (is_short || is_long).then(|| format!("has {found} columns, unlike the {width} of the header"))
    }

    /// Whether the same row stood before; fails where its id did with other values.
    fn is_repeated(&mut self, record: &CallRecord, row: u64) -> Result<bool, &'static str> {
        let id = xxhash_rust::xxh3::xxh3_64(record.id.as_str().as_bytes());
        match self.seen.take(id, row, MOST_IDS) {
            Known::SameRow => Ok(true),
            Known::OtherRow => Err("stands in an earlier row with other values: is it the id of a call?"),
            Known::New => Ok(false),
        }
    }
}

/// How a table writes costs, by its first rows.
fn costs_of((mapping, bound, names): (&Mapping, &Bound, &[String]), ahead: &Ahead, given: &Given) -> Costs {
    let at = bound.place(Field::Cost);
    let name = at.and_then(|at| names.get(at)).map(String::as_str);
    let cells = ahead.iter().flatten().filter_map(|(_, cells)| Some(cells.get(at?)));
    Costs::of(given.currency.as_ref(), name, mapping, cells)
}

/// What to say where a spreadsheet of another country has taken the month for the day: what it could read so is a date, what it could
/// not, since the day is over 12, stayed a text.
fn swapped(ahead: &Ahead, bound: &Bound) -> Option<&'static str> {
    const LEAST: usize = 3;
    let (mut texts, mut dates) = (0, 0);
    for (_, cells) in ahead.iter().flatten() {
        let Some(When::Wall(wall)) = when(&bound.time_text(cells, Field::DialedAt)) else { continue };
        if wall.is_ambiguous() {
            texts += 1;
            if wall.first_two().0.max(wall.first_two().1) <= 12 {
                return None;
            }
        } else {
            dates += 1;
            if wall.day_of_year_first() > 12 {
                return None;
            }
        }
    }
    (texts > 1 && dates >= LEAST).then_some(
        "dates after the 12th are texts and all others are dates: a spreadsheet has probably swapped day and month of the \
         latter; check the times of the calls, and export the file again",
    )
}

fn chosen(is_guessed: bool) -> &'static str {
    if is_guessed { "guessed" } else { "as mapped" }
}

impl Iterator for TableCalls<'_> {
    type Item = Result<(u64, CallRecord), Skipped>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.next_call()? {
            Ok((line, record)) => Ok((self.rows.place(line).0, record)),
            Err(mut skipped) => {
                let (line, sheet) = self.rows.place(skipped.line);
                if let Some(sheet) = sheet {
                    let field = &skipped.field;
                    skipped.field = if field.is_empty() { sheet.to_owned() } else { format!("{sheet}: {field}") };
                }
                Err(Skipped { line, ..skipped })
            }
        })
    }
}

impl TableCalls<'_> {
    /// The next call, or why a row is none; the number of its sheet stands in its line.
    fn next_call(&mut self) -> Option<Result<(u64, CallRecord), Skipped>> {
        while !self.has_ended {
            let line = match self.next_row().and_then(|row| match row {
                Some(Ok(_)) if self.is_header()? => Ok(Some(None)),
                Some(row) => Ok(Some(Some(row))),
                None => Ok(None),
            }) {
                Ok(Some(Some(Ok(line)))) => line,
                Ok(Some(Some(Err(skipped)))) => {
                    self.findings.rows += 1;
                    return Some(Err(skipped));
                }
                Ok(Some(None)) => continue,
                Ok(None) => {
                    self.has_ended = true;
                    return None;
                }
                Err(error) => {
                    self.has_ended = true;
                    self.failure = Some(error.into());
                    return None;
                }
            };
            if self.cells.iter().all(str::is_empty) {
                continue;
            }
            self.findings.rows += 1;
            if self.reader.spoken.take(&self.cells) {
                self.findings.joined += 1;
                continue;
            }
            if let Some(kind) = self.no_call() {
                *self.no_calls.entry(kind.said()).or_default() += 1;
                self.findings.joined += 1;
                continue;
            }
            if let Some(reason) = self.misfit() {
                self.reader.direction = Direction::default();
                return Some(Err(Skipped::new(line, "", reason)));
            }
            let row = row_hash(&self.cells) as u64;
            let record = match self.reader.call(&mut self.cells) {
                Made::Call(record) => *record,
                Made::NoCall => {
                    self.findings.left_out += 1;
                    continue;
                }
                Made::Refused(error) => return Some(Err(Skipped::new(line, error.field, error.reason))),
            };
            match self.is_repeated(&record, row) {
                Ok(false) => return Some(checked(line, record)),
                Ok(true) => self.findings.duplicates += 1,
                Err(reason) => return Some(Err(Skipped::new(line, "id", reason))),
            }
        }
        None
    }
}

impl Source for TableCalls<'_> {
    fn findings(&self) -> Findings {
        let mut findings = self.findings.clone();
        findings.warnings.extend(self.rows.said_of_text());
        let counted = self.no_calls.iter().chain(&self.reader.assumed);
        findings.warnings.extend(counted.map(|(what, count)| format!("{what}: {count}")));
        if self.reader.spoken.left > 0 {
            let left = self.reader.spoken.left;
            findings
                .warnings
                .push(format!("turns of calls that are not in the file, or came before them too far: {left}"));
        }
        let mut words: Vec<(&String, &u64)> = self.reader.words.iter().collect();
        words.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        let said = words.into_iter().take(MOST_WORDS).map(|(word, count)| {
            format!("result \"{word}\" has no meaning that is known; rows that say it, rejected: {count}")
        });
        findings.warnings.extend(said);
        findings
    }

    fn direction(&self) -> Direction {
        self.reader.direction
    }

    fn failure(&mut self) -> Option<Failure> {
        self.failure.take()
    }
}
