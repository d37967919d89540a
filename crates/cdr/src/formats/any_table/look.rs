//! Finds a table's header and which of its columns is which field, by a mapping or by guessing.

use std::{
    collections::VecDeque,
    io::{Cursor, Read},
};

use domain::time::Zone;

use super::{own, turns};
use crate::{
    any_rows::{Ahead, AnyRows, TITLE_ROWS},
    cells::{Cells, TOO_WIDE},
    guess::{Basis, Guess, Reason, guess, is_phone, is_row_of_units, is_sum, may_be_header, names_columns},
    local_time::When,
    mapping::{Bound, Field, Mapping, column_names},
    numbers::{bare, is_withheld},
    source::{Failure, HEAD_BYTES, Input, Skipped},
    workbook::{Workbook, looks_like_workbook},
    written::{Decimal, plain_number, when},
};

/// Rows that are looked at before the first is read: many lists are sorted by their results, so that the first have one alone.
const HEAD_ROWS: usize = 20_000;
/// Of these, the first, and how many of the others, all as far from each other.
const FIRST_ROWS: usize = 200;
const FURTHER_ROWS: usize = 600;
/// Names that a refusal repeats.
const MOST_NAMES: usize = 30;

/// A table whose first rows were looked at.
pub(crate) struct Looked<'a> {
    pub(crate) rows: AnyRows<'a>,
    /// The rows that were looked at, those up to the header taken away.
    pub(crate) ahead: Ahead,
    pub(crate) names: Vec<String>,
    pub(crate) mapping: Mapping,
    pub(crate) bound: Bound,
    /// What was guessed, where no mapping was given.
    pub(crate) guess: Option<Guess>,
    pub(crate) sheet: Option<String>,
    /// It is the list of Ringside's own calls.
    pub(crate) is_own: bool,
    /// Why no calls can be made of it; empty where they can.
    pub(crate) missing: Vec<String>,
}

impl<'a> Looked<'a> {
    /// Looks at the first rows of a file; of a workbook at its sheets, until one has the columns.
    pub(crate) fn at(mut input: Input<'a>, zone: Zone, mapping: Option<&Mapping>) -> Result<Self, Failure> {
        let mut head = Vec::new();
        input.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
        let is_workbook = looks_like_workbook(&head);
        let input: Input<'a> = Box::new(Cursor::new(head).chain(input));
        if !is_workbook {
            return Self::of_rows(AnyRows::open(input, zone)?, mapping);
        }
        let mut workbook = Workbook::open(input)?;
        let wanted = mapping.and_then(|mapping| mapping.sheet.as_deref());
        let (mut first, mut names) = (None, Vec::new());
        while let Some(sheet) = workbook.next_sheet()? {
            names.push(sheet.name.clone());
            if wanted.is_some_and(|wanted| wanted != sheet.name) || sheet.rows.is_empty() {
                continue;
            }
            let mut looked = Self::of_rows(AnyRows::of_sheet(sheet.rows), mapping)?;
            looked.sheet = names.last().cloned();
            if looked.missing.is_empty() {
                if wanted.is_none() && looked.mapping.header {
                    looked.rows.read_on(workbook, &looked.names, &looked.mapping);
                }
                return Ok(looked);
            }
            first.get_or_insert(looked);
        }
        first.ok_or_else(|| {
            let what =
                wanted.map_or("a sheet with cells".to_owned(), |wanted| format!("cells in a sheet \"{wanted}\""));
            Failure::Shape(format!("the workbook has not {what}; its sheets are {}", names.join(", ")))
        })
    }

    /// Whether the table that begins so is refused for its columns alone.
    pub(crate) fn is_too_wide(head: &[u8]) -> bool {
        let (mut cells, rows) = (Cells::default(), AnyRows::open(Box::new(Cursor::new(head)), Zone::HO_CHI_MINH));
        let first = rows.ok().and_then(|mut rows| rows.next_row(&mut cells).ok().flatten());
        first.is_some_and(|row| row.is_err_and(|skipped| skipped.reason == TOO_WIDE))
    }

    fn of_rows(mut rows: AnyRows<'a>, mapping: Option<&Mapping>) -> Result<Self, Failure> {
        let mut ahead = VecDeque::new();
        rows.read_ahead(&mut ahead, HEAD_ROWS)?;
        // Without its header nobody knows what the other rows are.
        if ahead.iter().take(TITLE_ROWS).any(|row| row.as_ref().is_err_and(|skipped| skipped.reason == TOO_WIDE)) {
            return Err(Failure::Shape(format!("the table {TOO_WIDE}")));
        }
        let names = rows.names().map(<[String]>::to_vec);
        // Whatever a mapping says: read as any table its calls would stand beside themselves.
        let header = |row: &Result<(u64, Cells), Skipped>| {
            let (_, row) = row.as_ref().ok()?;
            own::mapping_of(&column_names(row.iter()))
        };
        let own = if names.is_none() { ahead.iter().take(TITLE_ROWS).find_map(header) } else { None };
        if let Some(mapping) = own {
            let guess = Guess { mapping: mapping.clone(), ..Guess::default() };
            return Ok(Self { is_own: true, guess: Some(guess), ..Self::mapped(rows, ahead, None, &mapping) });
        }
        Ok(match mapping {
            Some(mapping) => Self::mapped(rows, ahead, names, mapping),
            None => Self::guessed(rows, ahead, names),
        })
    }

    fn mapped(rows: AnyRows<'a>, mut ahead: Ahead, names: Option<Vec<String>>, mapping: &Mapping) -> Self {
        let mut first: Option<(Vec<String>, String)> = None;
        let mut found = None;
        let mut try_names = |names: Vec<String>| match mapping.bind(&names) {
            Ok(bound) => Some((names, bound)),
            Err(missing) => {
                // The widest row before which no other is as wide: titles have a cell or two.
                if first.as_ref().is_none_or(|(known, _)| known.len() < names.len()) {
                    first = Some((names, missing));
                }
                None
            }
        };
        if let Some(names) = names {
            found = try_names(names);
        } else if mapping.header {
            for at in 0..ahead.len().min(TITLE_ROWS) {
                let Ok((_, row)) = &ahead[at] else { continue };
                found = try_names(column_names(row.iter()));
                if found.is_some() {
                    ahead.drain(..=at);
                    leave_out_units(&mut ahead);
                    break;
                }
            }
        } else {
            let width = ahead.iter().flatten().map(|(_, row)| row.len()).max().unwrap_or(0);
            found = try_names(column_names(std::iter::repeat_n("", width)));
        }
        let (names, bound, missing) = match (found, first) {
            (Some((names, bound)), _) => (names, bound, Vec::new()),
            (None, first) => {
                let (names, missing) = first.unwrap_or_default();
                (names, Bound::default(), vec![format!("the mapping's columns {missing} are not in it")])
            }
        };
        Self { rows, ahead, names, mapping: mapping.clone(), bound, guess: None, sheet: None, is_own: false, missing }
    }

    fn guessed(rows: AnyRows<'a>, mut ahead: Ahead, names: Option<Vec<String>>) -> Self {
        let body: Vec<(usize, &Cells)> = ahead
            .iter()
            .enumerate()
            .filter_map(|(at, row)| row.as_ref().ok().map(|(_, cells)| (at, cells)))
            .filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()))
            .collect();
        // The header's place, its names and what they and the rows after it tell.
        let mut best: Option<(Option<usize>, Vec<String>, Guess)> = None;
        let mut offer = |at: Option<usize>, names: Option<Vec<String>>, units: Option<&Cells>, rows: &[&Cells]| {
            let guess = guess(names.as_deref(), units, rows);
            let width = rows.iter().map(|row| row.len()).max().unwrap_or(0);
            let names = names.unwrap_or_else(|| column_names(std::iter::repeat_n("", width)));
            let is_better = best.as_ref().is_none_or(|(_, _, known)| score(&guess) > score(known));
            let is_whole = guess.missing.is_empty();
            if is_better {
                best = Some((at, names, guess));
            }
            is_whole
        };
        if let Some(names) = names {
            let rows: Vec<&Cells> = body.iter().map(|(_, row)| *row).collect();
            offer(None, Some(names), None, &rows);
        } else {
            let is_found = (0..body.len().min(TITLE_ROWS)).any(|n| {
                let (at, header) = body[n];
                if !may_be_header(header) {
                    return false;
                }
                let is_call = |row: &&Cells| !may_be_header(row) && !is_apart(row, header.len());
                // Under a further header columns may stand in another order.
                let further = body[n + 1..].iter().position(|(_, row)| names_columns(row)).filter(|count| *count > 0);
                let below = &body[n + 1..further.map_or(body.len(), |count| n + 1 + count)];
                let step = (below.len().saturating_sub(FIRST_ROWS)).div_ceil(FURTHER_ROWS).max(1);
                let first = below.iter().take(FIRST_ROWS);
                let after =
                    first.chain(below.iter().skip(FIRST_ROWS).step_by(step)).map(|(_, row)| *row).filter(is_call);
                let rows = under(header.len(), after.collect());
                let units = body.get(n + 1).map(|(_, row)| *row).filter(|row| is_row_of_units(row));
                offer(Some(at), Some(column_names(header.iter())), units, &rows)
            });
            // Under a header whose names nobody knows a person has to say what the columns are.
            let has_header = body.iter().take(TITLE_ROWS).any(|(_, row)| may_be_header(row));
            if !is_found && !has_header {
                let rows: Vec<&Cells> = body.iter().map(|(_, row)| *row).filter(|row| row.len() > 1).collect();
                offer(None, None, None, &rows);
            }
        }
        let (at, names, guess) = best.unwrap_or_else(|| (None, Vec::new(), guess(None, None, &[])));
        if let Some(at) = at {
            // A title is passed over; a call is not lost in silence.
            let above: Ahead = ahead.drain(..=at).take(at).filter_map(call_above).collect();
            leave_out_units(&mut ahead);
            above.into_iter().rev().for_each(|refused| ahead.push_front(refused));
        }
        let mut guess = guess;
        let mut missing = guess.missing.clone();
        let bound = guess.mapping.bind(&names).unwrap_or_else(|unbound| {
            missing.push(format!("the columns {unbound}"));
            Bound::default()
        });
        guess.mapping.decimal = guess.mapping.decimal.or_else(|| {
            let is_semicolon = rows.delimiter() == Some(b';');
            is_semicolon.then(|| decimal_of_semicolons(&ahead, &bound)).flatten()
        });
        guess.mapping.turns = turns::guessed(&ahead, &bound, names.len());
        let mapping = guess.mapping.clone();
        Self { rows, ahead, names, mapping, bound, guess: Some(guess), sheet: None, is_own: false, missing }
    }

    /// The columns of a table that begins so, and what is missing of it, if it is one of which something is known.
    pub(crate) fn missing_of(head: &[u8], zone: Zone) -> Option<(String, String)> {
        let looked = Self::at(Box::new(Cursor::new(head.to_vec())), zone, None).ok()?;
        let guess = looked.guess.as_ref()?;
        let is_known = |reason: &&Reason| reason.basis != Basis::Content;
        let known = guess.reasons.iter().filter(is_known).count();
        (guess.mapping.header && known > 1).then(|| (looked.first_names(), looked.missing.join("; ")))
    }

    fn first_names(&self) -> String {
        let names: Vec<&str> = self.names.iter().take(MOST_NAMES).map(String::as_str).collect();
        names.join(", ")
    }

    /// Why no calls can be made of it.
    pub(crate) fn refusal(&self) -> String {
        format!("{}; its columns are {}", self.missing.join("; "), self.first_names())
    }
}

/// Takes the row of units away that stands under the header, if one does.
fn leave_out_units(ahead: &mut Ahead) {
    if ahead.front().is_some_and(|row| row.as_ref().is_ok_and(|(_, cells)| is_row_of_units(cells))) {
        ahead.pop_front();
    }
}

/// Why a row above the header is no call, where it looks like one.
fn call_above(row: Result<(u64, Cells), Skipped>) -> Option<Result<(u64, Cells), Skipped>> {
    let (line, cells) = row.ok()?;
    let is_time = |cell: &str| matches!(when(cell), Some(When::Wall(_) | When::Instant(_)));
    let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
    let is_call = filled > 2 && cells.iter().any(is_phone) && cells.iter().any(|cell| !is_phone(cell) && is_time(cell));
    is_call.then(|| Err(Skipped::new(line, "", "stands above the header, so what its columns are is not known")))
}

/// Whether a row among those of a header with so many columns is a total, or a title or note.
fn is_apart(row: &Cells, width: usize) -> bool {
    let mut filled = row.iter().filter(|cell| !cell.is_empty());
    let (first, further) = (filled.next(), filled.count());
    first.is_some_and(is_sum) || (width > 3 && further == 0)
}

/// Whole rows whose numbers and times are looked at.
const WHOLE_ROWS: usize = 50;

/// The rows that have as many columns as their header, and those that end sooner and have a number or a time wherever the whole ones have: a
/// sheet's rows, and those of some programs, end with the last cell that is filled, which unanswered calls have sooner. Where few rows
/// are whole, all that are not wider.
fn under(width: usize, rows: Vec<&Cells>) -> Vec<&Cells> {
    let is_whole = |row: &Cells| row.len() >= width && row.is_wide(width);
    let is_not_wider = |row: &Cells| row.is_wide(width.min(row.len()));
    let whole: Vec<&Cells> = rows.iter().copied().filter(|row| is_whole(row)).collect();
    if whole.len() * 10 < rows.len() {
        return rows.into_iter().filter(|row| is_not_wider(row)).collect();
    }
    let is_time = |cell: &str| matches!(when(cell), Some(When::Wall(_) | When::Instant(_)));
    let looked_at = &whole[..whole.len().min(WHOLE_ROWS)];
    let holds = |at: usize, is: &dyn Fn(&str) -> bool| {
        looked_at.iter().filter(|row| is(row.get(at))).count() * 10 >= looked_at.len() * 9
    };
    let (phones, times): (Vec<usize>, Vec<usize>) = if whole.len() < rows.len() {
        let phones = (0..width).filter(|at| holds(*at, &is_phone)).collect();
        (phones, (0..width).filter(|at| holds(*at, &is_time)).collect())
    } else {
        Default::default()
    };
    let fits = |row: &Cells| {
        let within = |at: &&usize| **at < row.len();
        let mut known = phones.iter().chain(&times).filter(within).peekable();
        known.peek().is_some()
            && phones.iter().filter(within).all(|at| is_phone(row.get(*at)) || is_withheld(&bare(row.get(*at))))
            && times.iter().filter(within).all(|at| is_time(row.get(*at)))
    };
    rows.into_iter().filter(|row| is_whole(row) || is_not_wider(row) && fits(row)).collect()
}

/// Where semicolons stand between cells, as spreadsheets write them that have the comma before fractions, lengths are read so if all of them
/// can be and one has a comma: `1,125` alone may be either. Points alone say nothing: programs write `21.125` so, too.
fn decimal_of_semicolons(ahead: &Ahead, bound: &Bound) -> Option<Decimal> {
    let lengths: Vec<usize> =
        [Field::Total, Field::Talk, Field::Ringing].into_iter().filter_map(|field| bound.place(field)).collect();
    let rows = || ahead.iter().flatten().map(|(_, row)| row);
    // Amounts of most currencies here have thousands and no fractions.
    if let Some(cost) = bound.place(Field::Cost)
        && rows().any(|row| row.get(cost).contains(','))
    {
        return None;
    }
    let cells = rows().flat_map(|row| lengths.iter().map(|at| row.get(*at)));
    let mut has_sign = false;
    for cell in cells.filter(|cell| plain_number(cell, Decimal::Point).is_some()) {
        has_sign |= cell.contains(',');
        plain_number(cell, Decimal::Comma)?;
    }
    has_sign.then_some(Decimal::Comma)
}

/// What a guess has found: whole ones before others, then by the number of fields.
fn score(guess: &Guess) -> (bool, usize) {
    (guess.missing.is_empty(), guess.reasons.len())
}
