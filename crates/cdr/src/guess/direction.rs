//! Which way the call of a row goes, where a column of the table says it.

use domain::search::fold_word;

use super::columns::is_phone;
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

/// Names of columns with the number that was called, which is our own of a call that came in.
const CALLED: [&str; 20] = [
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

/// Where a table says which way its calls go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Directions {
    at: usize,
    caller: Option<usize>,
}

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
        "inbound" | "incoming" | "in" | "goiden" | "goivao" | "vao" | "den" | "cuocgoiden" => Direction::Inbound,
        "outbound" | "outgoing" | "out" | "goira" | "ra" | "goidi" | "di" | "cuocgoidi" | "cuocgoira"
        | "outboundapi" | "outbounddial" | "outboundphonecall" => Direction::Outbound,
        "internal" | "noibo" | "goinoibo" => Direction::Internal,
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
        let holds_words = |at: &usize| {
            let mut words = rows.clone().map(|row| row.get(*at)).filter(|word| !is_nothing(word)).peekable();
            words.peek().is_some() && words.all(|word| direction_of(word).is_some())
        };
        let is_named = |at: &usize, known: &[&str]| known.contains(&fold_word(&names[*at]).as_str());
        let at = (0..names.len()).filter(|at| is_named(at, &NAMES)).find(holds_words)?;
        let has_customers = phone.and_then(|at| names.get(at)).is_some_and(|name| is_customers(name));
        let caller = (0..names.len()).find(|at| is_named(at, &CALLERS)).filter(|_| !has_customers);
        Some(Self { at, caller })
    }

    /// That of a row.
    pub(crate) fn of_row(self, cells: &Cells) -> Direction {
        direction_of(cells.get(self.at)).unwrap_or_default()
    }

    /// The number of who called, or the word in its place where it was withheld.
    pub(crate) fn caller(self, cells: &Cells) -> Option<&str> {
        self.caller.map(|at| cells.get(at)).filter(|number| is_phone(number) || is_withheld(&bare(number)))
    }
}
