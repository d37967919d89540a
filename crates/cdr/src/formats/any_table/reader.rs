//! Reads the rows of a table one after the other.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex},
    vec,
};

use domain::CallRecord;

use super::{
    cause_names::CauseNames,
    costs::Costs,
    look::Looked,
    no_call::NoCall,
    noted::{NoteCounts, Noted, Notes},
    outcome::Meanings,
    row::{MadeRow, RowReader, row_number_of},
    tally::RowTally,
    told::told_by,
    turns::{Spoken, held},
    zones::RowZones,
};
use crate::{
    any_rows::{Ahead, AnyRows},
    cells::Cells,
    clock::{Clock, Evidence},
    findings::Findings,
    guess::{Certainty, Directions, Guess, guess, is_called, may_be_header, zone_said},
    lanes::{Lanes, Sharing},
    local_time::When,
    mapping::{Bound, Field, Mapping, column_names},
    own_fields::OwnFields,
    seen::{Seen, SeenBefore},
    source::{Direction, Failure, Given, Skipped, Source, checked},
    written::when,
};

/// Rows that are kept until one tells the order of day and month, if there is so much memory for them.
const UNDECIDED_ROWS: usize = 100_000;
/// Rows by which our own numbers are found.
const SIDE_ROWS: usize = 2_000;
/// Rows after a second header that are looked at.
const LOOK_ROWS: usize = 50;
/// Rows that are read at once where turns are awaited.
const READ_ROWS: usize = 1_000;
/// Ids that are remembered to find the ones that come again.
const MOST_IDS: usize = 4_000_000;
/// What the list of calls that people get is called.
const OWN: &str = "Ringside's own list of calls";
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
    tally: RowTally,
    notes: NoteCounts,
    /// That of the row which was given out last.
    direction: Direction,
    failure: Option<Failure>,
    has_ended: bool,
    sharing: Sharing,
    lanes: Lanes<RowPortion, RowPortion>,
    /// Portions that still have to take the reader along to the threads that make records.
    to_tell: usize,
    made: vec::IntoIter<RowEntry>,
    spare: Vec<RowPortion>,
}

/// Rows that one thread reads and another makes records of.
#[derive(Default)]
struct RowPortion {
    /// Of the rows from here on, where it is another than before.
    reader: Option<Box<RowReader>>,
    entries: Vec<RowEntry>,
    /// Of the entries that are rows, in their order; those behind `used` are free.
    cells: Vec<Cells>,
    used: usize,
    tally: RowTally,
}

/// A row, and what came of it.
#[expect(clippy::large_enum_variant, reason = "nearly all of them are the large one in the end")]
enum RowEntry {
    /// Nothing yet: it begins on this line.
    Row(u64),
    Refused(Direction, Skipped),
    /// A call, with hashes of its id and of its row, by which repeated ones are found.
    Made {
        direction: Direction,
        line: u64,
        id: u64,
        row: u64,
        notes: Notes,
        record: Result<(u64, CallRecord), Skipped>,
    },
}

/// Whether a row is a header again.
enum Header {
    None,
    /// With the same columns.
    Same,
    /// By its columns the rows after it are read.
    Other,
}

/// Makes records of the rows of a portion.
fn make_all(mut portion: RowPortion, reader: &mut RowReader) -> RowPortion {
    let mut cells = portion.cells.iter_mut();
    portion.entries.retain_mut(|entry| {
        let RowEntry::Row(line) = *entry else { return true };
        let Some(cells) = cells.next() else { return true };
        let row = cells.fingerprint() as u64;
        let made = reader.call(cells);
        let direction = reader.direction;
        *entry = match made {
            MadeRow::Call(record) => {
                let id = xxhash_rust::xxh3::xxh3_64(record.id.as_str().as_bytes());
                RowEntry::Made { direction, line, id, row, notes: reader.notes, record: checked(line, record) }
            }
            MadeRow::NoCall => {
                reader.tally.left_out += 1;
                return false;
            }
            MadeRow::Refused(error) => RowEntry::Refused(direction, Skipped::new(line, error.field, error.reason)),
        };
        true
    });
    portion.tally = std::mem::take(&mut reader.tally);
    portion
}

impl<'a> TableCalls<'a> {
    pub(crate) fn new(looked: Looked<'a>, given: &Given) -> Result<Self, Failure> {
        let mut findings = begun(&looked);
        let (mut rows, mut ahead) = (looked.rows, looked.ahead);
        let zone = looked.mapping.zone.as_deref().and_then(|name| domain::time::Zone::new(name).ok());
        let mut bound = looked.bound;
        // Whoever gives a zone says that the file's own is not right.
        if given.timezone.is_some() {
            bound.leave_out(Field::Zone);
        }
        let of_rows = zones_of_rows(&ahead, &bound);
        findings.warnings.extend(said_of_zones(&of_rows));
        let zone = zone.or_else(|| of_rows.first().and_then(|name| domain::time::Zone::new(name).ok()));
        let given = Given { timezone: given.timezone.or(zone), ..given.clone() };
        let fields = [Field::DialedAt, Field::AnsweredAt, Field::EndedAt];
        let times = |cells: &Cells| {
            let times = fields.map(|field| when(&bound.time_text(cells, field)));
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
        let evidence = evidence_of(&ahead, &bound);
        let clock = Clock::in_order(looked.mapping.date_order, &evidence, &given, &mut findings);
        let mut meanings = Meanings::of(&looked.mapping, &given.spellings);
        let results = bound.places(Field::Result);
        let rows_looked_at = ahead.iter().flatten().take(LOOK_ROWS);
        meanings.look(rows_looked_at.flat_map(|(_, cells)| results.iter().map(|at| cells.get(*at))));
        if let Some(said) = swapped(&ahead, &bound) {
            findings.warnings.insert(0, said.to_owned());
        }
        let phone = bound.place(Field::Phone);
        let directions = directions_of(&looked.names, phone, &ahead, &mut findings);
        let has_called = phone.and_then(|at| looked.names.get(at)).is_some_and(|name| is_called(name));
        let costs = costs_of((&looked.mapping, &bound, &looked.names), &ahead, &given);
        let reader = RowReader {
            under: CauseNames::of(&bound, &looked.names),
            zones: RowZones::default(),
            is_own: looked.is_own,
            row_number: row_number_of(&bound, &looked.names, &ahead),
            costs,
            meanings,
            mapping: looked.mapping,
            bound,
            names: looked.names,
            clock,
            campaigns: given.campaigns.clone(),
            directions,
            has_called,
            direction: Direction::default(),
            tally: RowTally::default(),
            notes: Notes::default(),
            spoken: spoken.is_awaited().then(|| Arc::new(Mutex::new(spoken))),
        };
        // A call takes the turns that stood before it, so all is done in turn.
        let sharing = if reader.spoken.is_some() { Sharing { threads: 1, rows: 1 } } else { given.sharing };
        Ok(Self {
            rows,
            ahead,
            reader,
            is_guessed: looked.guess.is_some() && !looked.is_own,
            cells: Cells::default(),
            seen: Seen::default(),
            findings,
            no_calls: BTreeMap::new(),
            tally: RowTally::default(),
            notes: NoteCounts::default(),
            direction: Direction::default(),
            failure: None,
            has_ended: false,
            sharing,
            lanes: Lanes::new(sharing, worker),
            to_tell: sharing.threads.max(1),
            made: Vec::new().into_iter(),
            spare: Vec::new(),
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
    fn is_header(&mut self) -> io::Result<Header> {
        let reader = &self.reader;
        // Rows have a time, names of columns have none.
        let time = reader.bound.place(Field::DialedAt).map_or("", |at| self.cells.get(at));
        if time.bytes().any(|byte| byte.is_ascii_digit()) {
            return Ok(Header::None);
        }
        let is_same = self.cells.len() > 1
            && self.cells.iter().enumerate().all(|(at, cell)| reader.names.get(at).is_some_and(|name| name == cell));
        if is_same && reader.mapping.header {
            return Ok(Header::Same);
        }
        if !may_be_header(&self.cells) || self.rows.names().is_some() {
            return Ok(Header::None);
        }
        let names = column_names(self.cells.iter());
        if let Ok(bound) = reader.mapping.bind(&names) {
            let is_named = reader.mapping.columns.values().flat_map(|place| &place.columns);
            // A number stands for a column of any header.
            if is_named.clone().any(|column| !column.starts_with('#')) {
                self.reader.read_by(bound, names);
                return Ok(Header::Other);
            }
        }
        if !self.is_guessed {
            return Ok(Header::None);
        }
        self.rows.read_ahead(&mut self.ahead, LOOK_ROWS)?;
        let rows =
            self.ahead.iter().flatten().map(|(_, cells)| cells).filter(|row| row.is_wide(names.len().min(row.len())));
        let guess = guess(Some(&names), &rows.collect::<Vec<_>>());
        let Some(bound) = guess.mapping.bind(&names).ok().filter(|_| guess.missing.is_empty()) else {
            return Ok(Header::None);
        };
        self.findings.warnings.push(format!("a second header in the file: its columns are {}", names.join(", ")));
        self.reader.mapping = guess.mapping;
        self.reader.read_by(bound, names);
        Ok(Header::Other)
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
        // A sheet's row ends with its last cell.
        let is_short = !self.rows.is_sheet() && found < width && last().is_some_and(|last| *last >= found);
        if found < width && self.ahead.is_empty() && self.rows.lacks_end() {
            return Some("is cut off: the file ends within it".to_owned());
        }
        let is_long = found > width && (width..found).any(|at| !self.cells.get(at).is_empty());
        (is_short || is_long).then(|| format!("has {found} columns, unlike the {width} of the header"))
    }

    /// Puts further rows into a portion until it is full, or what follows is read in another way.
    fn fill(&mut self, portion: &mut RowPortion) {
        let mut bytes = 0;
        while !self.has_ended && !self.sharing.is_full(portion.entries.len(), bytes) {
            let line = match self.next_row() {
                Ok(Some(Ok(line))) => line,
                Ok(Some(Err(skipped))) => {
                    self.findings.rows += 1;
                    portion.entries.push(RowEntry::Refused(Direction::default(), skipped));
                    continue;
                }
                Ok(None) => {
                    self.has_ended = true;
                    continue;
                }
                Err(error) => {
                    (self.has_ended, self.failure) = (true, Some(error.into()));
                    continue;
                }
            };
            match self.is_header() {
                Ok(Header::None) => {}
                Ok(Header::Same) => continue,
                Ok(Header::Other) => {
                    self.to_tell = self.sharing.threads.max(1);
                    if portion.entries.is_empty() {
                        portion.reader = Some(Box::new(self.reader.clone()));
                        continue;
                    }
                    // The rows before it are read in the way before, and this portion is one of them.
                    self.to_tell += 1;
                    return;
                }
                Err(error) => {
                    (self.has_ended, self.failure) = (true, Some(error.into()));
                    continue;
                }
            }
            if self.cells.iter().all(str::is_empty) {
                continue;
            }
            self.findings.rows += 1;
            if self.reader.spoken.as_ref().is_some_and(|spoken| held(spoken).take(&self.cells)) {
                self.findings.joined += 1;
                continue;
            }
            if let Some(kind) = self.no_call() {
                *self.no_calls.entry(kind.said()).or_default() += 1;
                self.findings.joined += 1;
                continue;
            }
            if let Some(reason) = self.misfit() {
                portion.entries.push(RowEntry::Refused(Direction::default(), Skipped::new(line, "", reason)));
                continue;
            }
            if portion.used == portion.cells.len() {
                portion.cells.push(Cells::default());
            }
            bytes += self.cells.bytes();
            // The buffers change places, so nothing is copied.
            std::mem::swap(&mut portion.cells[portion.used], &mut self.cells);
            portion.used += 1;
            portion.entries.push(RowEntry::Row(line));
        }
    }

    fn hand_over(&mut self) {
        let mut portion = self.spare.pop().unwrap_or_default();
        portion.used = 0;
        if self.to_tell > 0 {
            portion.reader = Some(Box::new(self.reader.clone()));
        }
        self.fill(&mut portion);
        self.to_tell = self.to_tell.saturating_sub(1);
        if !portion.entries.is_empty() {
            let bytes = portion.cells[..portion.used].iter().map(Cells::bytes).sum();
            self.lanes.push(portion, bytes);
        }
    }
}

/// What to say of columns that were guessed.
fn said_of_guess(guess: &Guess) -> Vec<String> {
    let taken: Vec<String> =
        guess.reasons.iter().map(|reason| format!("{} = \"{}\"", reason.field, reason.column)).collect();
    let mut said = vec![format!("columns were guessed: {}", taken.join(", "))];
    if let Some(turns) = &guess.mapping.turns {
        said.push(format!(
            "rows of {} columns were taken for what was said in the calls, first by the customer, then by the voicebot; check it",
            turns.width
        ));
    }
    for reason in guess.reasons.iter().filter(|reason| reason.certainty == Certainty::Unsure) {
        said.push(format!("check the column \"{}\": taken for {} {reason}", reason.column, reason.field));
    }
    said
}

/// What one thread does with portions.
fn worker() -> impl FnMut(RowPortion) -> RowPortion {
    let mut own: Option<Box<RowReader>> = None;
    move |mut portion: RowPortion| {
        own = portion.reader.take().or_else(|| own.take());
        match &mut own {
            Some(reader) => make_all(portion, reader),
            None => portion,
        }
    }
}

/// What is known of a table before its rows are read.
fn begun(looked: &Looked<'_>) -> Findings {
    let shape = match (looked.rows.shape(), &looked.sheet, &looked.guess) {
        (shape, Some(sheet), guess) => format!("{shape} \"{sheet}\", columns {}", chosen(guess.is_some())),
        (shape, None, guess) => format!("{shape}, columns {}", chosen(guess.is_some())),
    };
    let mut findings = Findings::new(shape);
    if looked.is_own {
        findings.shape = looked.sheet.as_ref().map_or(OWN.to_owned(), |sheet| format!("{OWN}, sheet \"{sheet}\""));
    } else {
        findings.warnings.extend(looked.guess.iter().flat_map(said_of_guess));
    }
    findings
}

/// What the first rows tell of the order of day and month, and of the zone.
fn evidence_of(ahead: &Ahead, bound: &Bound) -> Evidence {
    let mut evidence = Evidence::default();
    for (_, cells) in ahead.iter().flatten() {
        let epoch = bound.place(Field::Epoch).and_then(|at| match when(cells.get(at)) {
            Some(When::Instant(epoch)) => Some(epoch),
            _ => None,
        });
        for field in [Field::DialedAt, Field::AnsweredAt, Field::EndedAt] {
            if let Some(time) = when(&bound.time_text(cells, field)) {
                evidence.add(time, epoch.filter(|_| field == Field::DialedAt));
            }
        }
    }
    evidence
}

/// Which way the calls go, where the table tells it; what it leaves open is said.
fn directions_of(names: &[String], phone: Option<usize>, ahead: &Ahead, findings: &mut Findings) -> Option<Directions> {
    let first_rows = || ahead.iter().flatten().take(SIDE_ROWS).map(|(_, cells)| cells);
    let directions = Directions::of(names, phone, first_rows());
    if directions.is_none() {
        let both = Directions::on_both_sides(names, phone, first_rows());
        findings.warnings.extend(said_of_both(&both));
    }
    directions
}

/// The zones that the first rows name, the most frequent one first.
fn zones_of_rows(ahead: &Ahead, bound: &Bound) -> Vec<String> {
    let Some(at) = bound.place(Field::Zone) else { return Vec::new() };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for zone in ahead.iter().flatten().filter_map(|(_, cells)| zone_said(cells.get(at))) {
        *counts.entry(zone).or_default() += 1;
    }
    let mut zones: Vec<_> = counts.into_iter().collect();
    zones.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    zones.into_iter().map(|(zone, _)| zone).collect()
}

/// What to say of numbers that call and are called, where nothing tells which are ours.
fn said_of_both(numbers: &[String]) -> Option<String> {
    const MOST: usize = 5;
    (!numbers.is_empty()).then(|| {
        let named = numbers.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
        format!(
            "numbers that call in some rows and are called in others, of which nothing tells whether they are our own, so that all \
             calls were taken for calls to the number that was called: {}, ending in {named}",
            numbers.len()
        )
    })
}

fn said_of_zones(zones: &[String]) -> Option<String> {
    (zones.len() > 1)
        .then(|| format!("rows name their time zones, in which their times are read: {}", zones.join(", ")))
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
        loop {
            match self.made.next() {
                Some(RowEntry::Refused(direction, skipped)) => {
                    self.direction = direction;
                    return Some(Err(skipped));
                }
                Some(RowEntry::Made { direction, line, id, row, notes, record }) => {
                    self.direction = direction;
                    match self.seen.take(id, row, MOST_IDS) {
                        SeenBefore::New => {
                            if record.is_ok() {
                                self.notes.add(notes);
                            }
                            return Some(record);
                        }
                        SeenBefore::SameRow => self.findings.duplicates += 1,
                        SeenBefore::OtherRow => {
                            let reason = "stands in an earlier row with other values: is it the id of a call?";
                            return Some(Err(Skipped::new(line, "id", reason)));
                        }
                    }
                    continue;
                }
                Some(RowEntry::Row(line)) => return Some(Err(Skipped::new(line, "", "was not read"))),
                None => {}
            }
            while !self.has_ended && !self.lanes.is_full() {
                self.hand_over();
            }
            match self.lanes.next() {
                Ok(Some(mut portion)) => {
                    self.tally.add(std::mem::take(&mut portion.tally));
                    self.made = std::mem::take(&mut portion.entries).into_iter();
                    self.spare.push(portion);
                }
                Ok(None) => return None,
                Err(error) => {
                    (self.has_ended, self.failure) = (true, Some(error.into()));
                    return None;
                }
            }
        }
    }
}

impl Source for TableCalls<'_> {
    fn findings(&self) -> Findings {
        let mut findings = self.findings.clone();
        findings.left_out += self.tally.left_out;
        findings.without_caller = self.notes.of(Noted::NoCaller);
        findings.warnings.extend(self.rows.said_of_text());
        findings.warnings.extend(self.no_calls.iter().map(|(what, count)| format!("{what}: {count}")));
        findings.warnings.extend(self.notes.said());
        let left = self.reader.spoken.as_ref().map_or(0, |spoken| held(spoken).left);
        if left > 0 {
            findings
                .warnings
                .push(format!("turns of calls that are not in the file, or came before them too far: {left}"));
        }
        let mut words: Vec<(String, u64)> = self.tally.words.clone().into_iter().collect();
        words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let said = words.iter().take(MOST_WORDS).map(|(word, count)| {
            format!("result \"{word}\" has no meaning that is known; rows that say it, rejected: {count}")
        });
        findings.warnings.extend(said);
        let mut directions: Vec<(&String, &u64)> = self.tally.directions.iter().collect();
        directions.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        findings.warnings.extend(directions.into_iter().take(MOST_WORDS).map(|(word, count)| {
            format!("direction \"{word}\" has no meaning that is known; rows that say it, taken for calls to a customer: {count}")
        }));
        findings.unknown_words = words;
        findings
    }

    fn direction(&self) -> Direction {
        self.direction
    }

    fn own_fields(&self) -> Option<OwnFields> {
        let reader = &self.reader;
        if reader.is_own {
            return Some(OwnFields::of_list());
        }
        Some(told_by(&reader.bound, &reader.names, self.rows.names().is_some(), reader.spoken.is_some()))
    }

    fn failure(&mut self) -> Option<Failure> {
        self.failure.take()
    }
}
