//! Reads the rows of a table one after the other.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex},
    vec,
};

use domain::{CallRecord, Timestamp};

use super::{
    cause_names::CauseNames,
    first_rows::{costs_of, decided, directions_of, evidence_of, section, zones_of_rows},
    look::Looked,
    no_call::NoCall,
    noted::{NoteCounts, Noted, Notes},
    outcome::Meanings,
    portions::{RowEntry, RowPortion, worker},
    row::{RowReader, epoch_zone_of, row_number_of},
    said::{begun, said_of_zones, swapped},
    tally::RowTally,
    told::told_by,
    turns::{Spoken, held},
    zones::RowZones,
};
use crate::{
    any_rows::{Ahead, AnyRows},
    cells::Cells,
    clock::Clock,
    findings::Findings,
    guess::{guess, is_called, may_be_header},
    lanes::{Lanes, Sharing},
    local_time::{DateOrder, When},
    mapping::{Bound, Field, column_names},
    own_fields::OwnFields,
    seen::{Seen, SeenBefore},
    source::{Direction, Failure, Given, Skipped, Source},
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
    pub(super) rows: AnyRows<'a>,
    pub(super) ahead: Ahead,
    pub(super) reader: RowReader,
    is_guessed: bool,
    pub(super) cells: Cells,
    /// Of the sheets that are read the one of the row that was read last.
    pub(super) sheet: usize,
    /// A sheet begins, or what was put behind a file, and none of its rows was looked at.
    pub(super) is_section_new: bool,
    /// The order of day and month of the first rows.
    pub(super) first_order: DateOrder,
    /// The latest instant that calls can have.
    pub(super) latest: Option<Timestamp>,
    /// Hashes of ids, and of the rows they stood in.
    seen: Seen,
    pub(super) findings: Findings,
    /// Rows that are no calls, by what they are.
    pub(super) no_calls: BTreeMap<&'static str, u64>,
    tally: RowTally,
    notes: NoteCounts,
    /// That of the row which was given out last.
    direction: Direction,
    pub(super) failure: Option<Failure>,
    pub(super) has_ended: bool,
    pub(super) sharing: Sharing,
    pub(super) lanes: Lanes<RowPortion, RowPortion>,
    /// Portions that still have to take the reader along to the threads that make records.
    pub(super) to_tell: usize,
    made: vec::IntoIter<RowEntry>,
    pub(super) spare: Vec<RowPortion>,
}

/// Whether a row is a header again.
pub(super) enum Header {
    None,
    /// With the same columns.
    Same,
    /// By its columns the rows after it are read.
    Other,
}

/// Reads rows ahead until one tells the order of day and month, or there are too many.
fn read_until_decided(rows: &mut AnyRows<'_>, ahead: &mut Ahead, bound: &Bound) -> io::Result<()> {
    let fields = [Field::DialedAt, Field::AnsweredAt, Field::EndedAt];
    let times = |cells: &Cells| {
        let times = fields.map(|field| when(&bound.time_text(cells, field)));
        times.into_iter().flatten()
    };
    let is_open = |time: &When| matches!(time, When::Wall(wall) if wall.is_ambiguous());
    let decides = |time: &When| matches!(time, When::Wall(wall) if wall.first_two().0 > 12 || wall.first_two().1 > 12);
    let (mut from, mut is_decided) = (0, false);
    while !is_decided {
        let new: Vec<&Cells> = ahead.iter().skip(from).flatten().map(|(_, cells)| cells).collect();
        let mut times = new.into_iter().flat_map(times).filter(is_open).peekable();
        is_decided = times.peek().is_none() || times.any(|time| decides(&time));
        from = ahead.len();
        if !is_decided {
            rows.read_ahead(ahead, (from * 2).min(UNDECIDED_ROWS))?;
            is_decided = ahead.len() <= from;
        }
    }
    Ok(())
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
        if looked.mapping.date_order.is_none() {
            read_until_decided(&mut rows, &mut ahead, &bound)?;
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
        // Sheets may have their dates in different orders: where the first one proves its own, the others tell nothing of it.
        let of_first = evidence_of(section(&ahead, &rows, &looked.names), &bound, &looked.names);
        let evidence = match decided(&of_first, given.latest, 2) {
            Some(_) => of_first,
            None => evidence_of(ahead.iter().flatten().map(|(_, cells)| cells), &bound, &looked.names),
        };
        let clock = Clock::in_order(looked.mapping.date_order, &evidence, &given, &mut findings);
        let first_order = clock.order;
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
            epoch_zone: epoch_zone_of(&bound, &looked.names),
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
            sheet: 0,
            is_section_new: false,
            first_order,
            latest: given.latest,
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

    pub(super) fn next_row(&mut self) -> io::Result<Option<Result<u64, Skipped>>> {
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
    pub(super) fn is_header(&mut self) -> io::Result<Header> {
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
        let guess = guess(Some(&names), None, &rows.collect::<Vec<_>>());
        let Some(bound) = guess.mapping.bind(&names).ok().filter(|_| guess.missing.is_empty()) else {
            return Ok(Header::None);
        };
        self.findings.warnings.push(format!("a second header in the file: its columns are {}", names.join(", ")));
        self.reader.mapping = guess.mapping;
        self.reader.read_by(bound, names);
        Ok(Header::Other)
    }

    /// What a row is that is no call, as those below a table.
    pub(super) fn no_call(&self) -> Option<NoCall> {
        let is_cut = self.ahead.is_empty() && self.rows.lacks_end() && self.cells.len() < self.reader.names.len();
        // A sheet's row ends with its last cell.
        let is_padded = self.rows.is_sheet() || self.cells.len() >= self.reader.names.len();
        let no_call = self.reader.no_call(&self.cells, is_padded);
        no_call.filter(|_| !is_cut)
    }

    /// Why a row has not the columns of the others, if so.
    pub(super) fn misfit(&self) -> Option<String> {
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
