//! Which way the call of a row goes, where a column of the table says it.

use domain::search::fold_word;

use crate::{cells::Cells, guess::is_phone, source::Direction, written::is_nothing};

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
const CALLERS: [&str; 20] = [
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

/// Where a table says which way its calls go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Directions {
    at: usize,
    caller: Option<usize>,
}

fn direction_of(word: &str) -> Option<Direction> {
    Some(match fold_word(word).as_str() {
        "inbound" | "incoming" | "in" | "goiden" | "goivao" | "vao" | "den" | "cuocgoiden" => Direction::Inbound,
        "outbound" | "outgoing" | "out" | "goira" | "ra" | "goidi" | "di" | "cuocgoidi" | "cuocgoira"
        | "outboundapi" | "outbounddial" | "outboundphonecall" => Direction::Outbound,
        "internal" | "noibo" | "goinoibo" => Direction::Internal,
        _ => return None,
    })
}

impl Directions {
    /// By the names of the columns and the words in the first rows; none where no column holds such words alone.
    pub(super) fn of<'a>(names: &[String], rows: impl Iterator<Item = &'a Cells> + Clone) -> Option<Self> {
        let holds_words = |at: &usize| {
            let mut words = rows.clone().map(|row| row.get(*at)).filter(|word| !is_nothing(word)).peekable();
            words.peek().is_some() && words.all(|word| direction_of(word).is_some())
        };
        let is_named = |at: &usize, known: &[&str]| known.contains(&fold_word(&names[*at]).as_str());
        let at = (0..names.len()).filter(|at| is_named(at, &NAMES)).find(holds_words)?;
        Some(Self { at, caller: (0..names.len()).find(|at| is_named(at, &CALLERS)) })
    }

    /// That of a row.
    pub(super) fn of_row(self, cells: &Cells) -> Direction {
        direction_of(cells.get(self.at)).unwrap_or_default()
    }

    /// The number of who called, where a row has one.
    pub(super) fn caller(self, cells: &Cells) -> Option<&str> {
        self.caller.map(|at| cells.get(at)).filter(|number| is_phone(number))
    }
}
