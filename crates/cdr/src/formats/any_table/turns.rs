//! Rows among a table's calls that hold what was said in them, a turn each, as voicebots write them into their logs.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::{Speaker, TranscriptLine, time::DAY_MS};

use crate::{
    any_rows::Ahead,
    cells::Cells,
    clock::Clock,
    local_time::When,
    mapping::{Bound, Field, Turns},
    written::{is_nothing, when},
};

/// Turns that are kept until their call comes.
const MOST_TURNS: usize = 200_000;
/// Bytes that they take in memory.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Where the cells of a turn are.
#[derive(Debug, Clone, Copy)]
struct TurnPlaces {
    width: usize,
    id: usize,
    at: Option<usize>,
    customer: Option<usize>,
    bot: Option<usize>,
}

impl TurnPlaces {
    fn of(turns: &Turns) -> Option<Self> {
        let at = |column: &String| column.strip_prefix('#')?.parse::<usize>().ok()?.checked_sub(1);
        let places = [&turns.at, &turns.customer, &turns.bot].map(|column| column.as_ref().and_then(at));
        let [time, customer, bot] = places;
        Some(Self { width: turns.width, id: at(&turns.id)?, at: time, customer, bot })
    }
}

#[derive(Debug)]
struct Turn {
    time: String,
    customer: String,
    bot: String,
}

impl Turn {
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.time.len() + self.customer.len() + self.bot.len()
    }
}

/// What was said in calls, by their ids.
#[derive(Debug, Default)]
pub(super) struct Spoken {
    places: Option<TurnPlaces>,
    turns: HashMap<String, Vec<Turn>>,
    kept: usize,
    /// Bytes of those that are kept.
    bytes: usize,
    /// Turns of calls that have not come.
    pub(super) left: usize,
}

/// What rows tell to the reader of calls, who takes it out.
pub(super) fn held(spoken: &Mutex<Spoken>) -> MutexGuard<'_, Spoken> {
    spoken.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Spoken {
    pub(super) fn new(turns: Option<&Turns>) -> Self {
        Self { places: turns.and_then(TurnPlaces::of), ..Self::default() }
    }

    pub(super) fn is_awaited(&self) -> bool {
        self.places.is_some()
    }

    /// Takes a row that is a turn; whether it was one.
    pub(super) fn take(&mut self, cells: &Cells) -> bool {
        let Some(places) = self.places.filter(|places| cells.is_wide(places.width)) else { return false };
        let cell = |at: Option<usize>| at.map_or("", |at| cells.get(at)).to_owned();
        let turn = Turn { time: cell(places.at), customer: cell(places.customer), bot: cell(places.bot) };
        let id = cells.get(places.id);
        let is_turn =
            cells.len() == places.width && !is_nothing(id) && places.at.is_none_or(|_| when(&turn.time).is_some());
        if is_turn {
            self.left += 1;
            let bytes = turn.bytes();
            if self.kept < MOST_TURNS && self.bytes + bytes <= MOST_BYTES {
                self.kept += 1;
                self.bytes += bytes;
                self.turns.entry(id.to_owned()).or_default().push(turn);
            }
        }
        is_turn
    }

    /// What was said in a call, and whether the customer said something.
    pub(super) fn of(&mut self, id: &str) -> (Turned, bool) {
        let turns = self.turns.remove(id).unwrap_or_default();
        self.left -= turns.len();
        self.kept -= turns.len();
        self.bytes -= turns.iter().map(Turn::bytes).sum::<usize>();
        let has_customer = turns.iter().any(|turn| !is_nothing(&turn.customer));
        (Turned(turns), has_customer)
    }
}

/// The turns of one call.
#[derive(Default)]
pub(super) struct Turned(Vec<Turn>);

impl Turned {
    /// As a transcript of a call that was answered then; none where nothing was said.
    pub(super) fn lines(self, clock: &Clock, answered: i64) -> Option<Vec<TranscriptLine>> {
        let mut last = 0;
        let mut lines = Vec::new();
        for turn in self.0 {
            let at = match when(&turn.time) {
                Some(When::Instant(ms)) => Some(ms),
                Some(When::Wall(wall)) => clock.instant(wall, None),
                _ => None,
            };
            last = at.map_or(last, |at| (at - answered).clamp(0, DAY_MS));
            for (speaker, text) in [(Speaker::Customer, turn.customer), (Speaker::Bot, turn.bot)] {
                if !is_nothing(&text) {
                    lines.push(TranscriptLine { at: last, speaker, text });
                }
            }
        }
        (!lines.is_empty()).then_some(lines)
    }
}

/// Rows of another width that hold the ids of calls are their turns. Who speaks in the first of two columns nobody
/// says: it is taken for the customer, who is answered in the second.
pub(super) fn guessed(ahead: &Ahead, bound: &Bound, width: usize) -> Option<Turns> {
    let id = bound.place(Field::Id)?;
    let rows = || ahead.iter().flatten().map(|(_, cells)| cells);
    let ids: HashSet<&str> = rows().filter(|row| row.len() == width).map(|row| row.get(id)).collect();
    let mut others: HashMap<usize, Vec<&Cells>> = HashMap::new();
    // A call may lack its last columns.
    let is_call =
        |row: &&Cells| matches!(when(&bound.time_text(row, Field::DialedAt)), Some(When::Wall(_) | When::Instant(_)));
    for row in rows().filter(|row| row.len() != width && row.len() > 2 && !is_call(row)) {
        others.entry(row.len()).or_default().push(row);
    }
    let (width, rows) = others.into_iter().max_by_key(|(width, rows)| (rows.len(), *width))?;
    let is_half =
        |at: usize, is: &dyn Fn(&str) -> bool| rows.iter().filter(|row| is(row.get(at))).count() * 2 > rows.len();
    let id = (0..width).find(|at| is_half(*at, &|cell| !cell.is_empty() && ids.contains(cell)))?;
    let time = (0..width).find(|at| is_half(*at, &|cell| matches!(when(cell), Some(When::Wall(_) | When::Instant(_)))));
    let mut texts = (0..width).filter(|at| *at != id && Some(*at) != time);
    let name = |at: usize| format!("#{}", at + 1);
    let (customer, bot) = (texts.next().map(name), texts.next().map(name));
    Some(Turns { width, id: name(id), at: time.map(name), customer, bot })
}
