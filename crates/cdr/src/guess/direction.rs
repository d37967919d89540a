//! Which way the call of a row goes, where a column of the table says it.

use std::collections::HashSet;

use domain::search::fold_word;

use super::{columns::is_phone, sides::Sides};
use crate::{
    cells::Cells,
    numbers::{bare, is_withheld},
    source::Direction,
    written::is_nothing,
};

/// Names of columns that say it, and of those with the number of who called, in the form of [`fold_word`].
const NAMES: [&str; 12] = [
    "communicationtype",
    "direction",
    "calldirection",
    "huong",
    "huonggoi",
    "huongcuocgoi",
    "chieu",
    "chieugoi",
    "chieucuocgoi",
    "loaicuocgoi",
    "calltype",
    "type",
];
const CALLERS: [&str; 22] = [
    "tuso",
    "sotu",
    "callerid",
    "calleridnumber",
    "callernum",
    "callfrom",
    "callingparty",
    "ani",
    "somaygoi",
    "sodienthoaigoi",
    "from",
    "fromnumber",
    "caller",
    "callernumber",
    "callingnumber",
    "source",
    "sourcenumber",
    "src",
    "tu",
    "sogoi",
    "nguoigoi",
    "sogoidi",
];

/// Names of columns with the number that was called, which is our own of a call that came in.
const CALLED: [&str; 22] = [
    "denso",
    "soden",
    "calledid",
    "callednumber",
    "calledparty",
    "dialednumber",
    "dialednum",
    "numberdialed",
    "to",
    "tonumber",
    "callto",
    "callee",
    "calleenumber",
    "destination",
    "destinationnumber",
    "den",
    "sobigoi",
    "sonhan",
    "songuoinhan",
    "sdtdagoi",
    "sodagoi",
    "sogoira",
];

/// Of [`NAMES`] those under which something else may stand as well.
const WIDE_NAMES: [&str; 4] = ["communicationtype", "loaicuocgoi", "calltype", "type"];

/// Where a table says which way its calls go.
#[derive(Debug, Clone)]
pub(crate) struct Directions {
    told: DirectionSource,
    caller: Option<usize>,
}

/// What tells it.
#[derive(Debug, Clone)]
enum DirectionSource {
    /// A column of words, in which 0 and 1 may stand for the two ways: which of them for a call that came in.
    Column { at: usize, inbound: Option<u8> },
    /// On which side our own numbers stand.
    Sides(Sides),
}

/// The rows by which words for directions are known.
const WORD_ROWS: usize = 50;

/// Whether the number under this name is another one of a call that came in than of one that went out.
pub(crate) fn is_called(name: &str) -> bool {
    CALLED.contains(&fold_word(name).as_str())
}

/// Whether the number under this name is the customer's, whichever way the call went.
fn is_customers(name: &str) -> bool {
    let name = fold_word(name);
    ["customer", "client", "contact", "lead", "khach"].iter().any(|whose| name.contains(whose)) || name.ends_with("kh")
}

fn direction_of(word: &str) -> Option<Direction> {
    Some(match fold_word(word).as_str() {
        "inbound" | "incoming" | "in" | "dialin" | "ib" | "inward" | "ingress" | "i" | "callin" | "incall"
        | "goiden" | "goivao" | "vao" | "den" | "cuocgoiden" | "cuocgoivao" | "inboundcall" | "incomingcall"
        | "callinbound" | "inboundphonecall" => Direction::Inbound,
        "outbound" | "outgoing" | "out" | "dialout" | "ob" | "outward" | "egress" | "o" | "callout" | "outcall"
        | "goira" | "ra" | "goidi" | "di" | "cuocgoidi" | "cuocgoira" | "outboundapi" | "outbounddial"
        | "outboundphonecall" | "outboundcall" | "outgoingcall" | "calloutbound" => Direction::Outbound,
        "internal" | "noibo" | "goinoibo" | "cuocgoinoibo" | "internalcall" | "local" | "localcall" => {
            Direction::Internal
        }
        _ => return None,
    })
}

impl Directions {
    /// By the names of the columns and the words in the first rows; none where no column holds such words alone. `phone` is the column
    /// with the customer's number, where one is known.
    pub(crate) fn of<'a>(
        names: &[String],
        phone: Option<usize>,
        rows: impl Iterator<Item = &'a Cells> + Clone,
    ) -> Option<Self> {
        let all = rows.clone();
        let rows = rows.take(WORD_ROWS);
        let holds_words = |at: &usize| {
            let mut words = rows.clone().map(|row| row.get(*at)).filter(|word| !is_nothing(word)).peekable();
            words.peek().is_some() && words.all(|word| direction_of(word).is_some())
        };
        let is_named = |at: &usize, known: &[&str]| known.contains(&fold_word(&names[*at]).as_str());
        let is_of_it = |at: &usize| is_named(at, &NAMES);
        let knows_word = |at: &usize| rows.clone().any(|row| direction_of(row.get(*at)).is_some());
        let is_filled = |at: &usize| rows.clone().any(|row| !is_nothing(row.get(*at)));
        let at = (0..names.len()).filter(is_of_it).find(holds_words).or_else(|| {
            // Words that are not known are said, so that no call that came in is taken for another in silence.
            let mut told = (0..names.len()).filter(is_of_it).filter(|at| !is_named(at, &WIDE_NAMES));
            told.clone().find(knows_word).or_else(|| told.find(is_filled))
        });
        let has_customers = phone.and_then(|at| names.get(at)).is_some_and(|name| is_customers(name));
        let caller = (0..names.len()).find(|at| is_named(at, &CALLERS)).filter(|_| !has_customers);
        let find = |known: &[&str]| (0..names.len()).find(|at| is_named(at, known));
        let sides = find(&CALLERS).zip(find(&CALLED));
        if let Some(at) = at {
            let inbound = sides.and_then(|sides| Self::of_numbers(at, sides, rows));
            return Some(Self { told: DirectionSource::Column { at, inbound }, caller });
        }
        let sides = sides.filter(|(_, to)| phone == Some(*to) && !has_customers)?;
        Some(Self { told: DirectionSource::Sides(Sides::of(sides, all)?), caller: Some(sides.0) })
    }

    /// Numbers that call and are called in a table that does not say which way its calls go, and in which none is ours for certain.
    pub(crate) fn on_both_sides<'a>(
        names: &[String],
        phone: Option<usize>,
        rows: impl Iterator<Item = &'a Cells>,
    ) -> Vec<String> {
        let find = |known: &[&str]| (0..names.len()).find(|at| known.contains(&fold_word(&names[*at]).as_str()));
        let sides = find(&CALLERS).zip(find(&CALLED)).filter(|(_, to)| phone == Some(*to));
        sides.map_or(Vec::new(), |sides| Sides::on_both(sides, rows))
    }

    /// Which of 0 and 1 stands for calls that came in: our own number calls under one of them and is called under the other.
    fn of_numbers<'a>(
        at: usize,
        (from, to): (usize, usize),
        rows: impl Iterator<Item = &'a Cells> + Clone,
    ) -> Option<u8> {
        if rows.clone().map(|row| row.get(at)).any(|word| !is_nothing(word) && !matches!(word, "0" | "1")) {
            return None;
        }
        let numbers = |word: &'static str, side: usize| -> HashSet<&'a str> {
            rows.clone()
                .filter(|row| row.get(at) == word)
                .map(|row| row.get(side))
                .filter(|number| !is_nothing(number))
                .collect()
        };
        let turns = |out: &'static str, into: &'static str| !numbers(out, from).is_disjoint(&numbers(into, to));
        match (turns("0", "1"), turns("1", "0")) {
            (true, false) => Some(1),
            (false, true) => Some(0),
            _ => None,
        }
    }

    /// Where the same columns are under another header; none where they are not.
    pub(crate) fn under(self, before: &[String], now: &[String]) -> Option<Self> {
        let place = |at: usize| now.iter().position(|name| Some(name) == before.get(at));
        let told = match self.told {
            DirectionSource::Column { at, inbound } => DirectionSource::Column { at: place(at)?, inbound },
            DirectionSource::Sides(sides) => DirectionSource::Sides(sides.moved(place)?),
        };
        Some(Self { told, caller: self.caller.and_then(place) })
    }

    fn said(&self, cells: &Cells) -> Option<Direction> {
        let (at, inbound) = match &self.told {
            DirectionSource::Column { at, inbound } => (*at, *inbound),
            DirectionSource::Sides(sides) => return sides.of_row(cells),
        };
        let word = cells.get(at);
        match (inbound, word) {
            (Some(inbound), "0" | "1") if word.as_bytes() == [b'0' + inbound] => Some(Direction::Inbound),
            (Some(_), "0" | "1") => Some(Direction::Outbound),
            _ => direction_of(word),
        }
    }

    /// That of a row.
    pub(crate) fn of_row(&self, cells: &Cells) -> Direction {
        self.said(cells).unwrap_or_default()
    }

    /// Whether our own number stands on neither side of a row of a table in which only that tells which way it goes.
    pub(crate) fn is_of_strangers(&self, cells: &Cells) -> bool {
        matches!(&self.told, DirectionSource::Sides(sides) if sides.of_row(cells).is_none())
    }

    /// The word of a row whose meaning is not known.
    pub(crate) fn unknown<'a>(&self, cells: &'a Cells) -> Option<&'a str> {
        let DirectionSource::Column { at, .. } = self.told else { return None };
        let word = cells.get(at);
        (!is_nothing(word) && self.said(cells).is_none()).then_some(word)
    }

    /// The number of who called, or the word in its place where it was withheld.
    pub(crate) fn caller<'a>(&self, cells: &'a Cells) -> Option<&'a str> {
        self.caller.map(|at| cells.get(at)).filter(|number| is_phone(number) || is_withheld(&bare(number)))
    }
}
