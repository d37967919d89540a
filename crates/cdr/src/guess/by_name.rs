//! What the names of columns tell.

use std::collections::{HashMap, HashSet};

use domain::{outcome::NO_ANSWER, search::fold_word};

use crate::{
    cells::Cells,
    ending::ANSWERED_CODE,
    mapping::Field,
    result_words::{WordSays, word_says},
    source::Direction,
    written::{Decimal, amount, is_nothing, plain_number},
};

use super::{
    columns::{Column, RESULT_WORDS, is_phone},
    direction::Directions,
    draft::{Basis, Certainty, Draft},
    names::{
        NameSays, asks_for_answer, is_billed, is_of_customer, names_a_call, names_a_line_cause, names_any_price,
        names_how_often, names_whom, yes_or_no,
    },
};

/// The fields that a name alone may tell, in the order in which they take their columns.
const BY_NAME: [Field; 18] = [
    Field::Phone,
    Field::Id,
    Field::Campaign,
    Field::Voicebot,
    Field::ContactId,
    Field::Name,
    Field::Attempt,
    Field::Total,
    Field::Talk,
    Field::Ringing,
    Field::Result,
    Field::BotMessages,
    Field::HangupBy,
    Field::Cause,
    Field::Cost,
    Field::RecordingUrl,
    Field::Transcript,
    Field::Note,
];

impl Draft<'_> {
    pub(super) fn take_named(&mut self) {
        for field in BY_NAME {
            let mut at = self.free_named(NameSays::Field(field));
            // A young system's calls are counted from 1, too; what is called an id of something else may count the rows.
            let is_calls_own = |at: usize| {
                let (name, column) = (&self.names[at], &self.columns[at]);
                field == Field::Id && names_a_call(name) && column.is_told_apart()
            };
            let is_called = |at: usize| field == Field::Phone && self.holds_called(at);
            at.retain(|at| is_plausible(field, &self.columns[*at]) || is_calls_own(*at) || is_called(*at));
            if field == Field::Phone {
                self.leave_out_hotlines(&mut at);
            }
            if field == Field::Attempt {
                at.retain(|at| !names_how_often(&self.names[*at]) || !self.counts_all_calls(*at));
            }
            if field == Field::Cost {
                at.retain(|at| !names_any_price(&self.names[*at]) || !self.is_of_unanswered(*at));
            }
            // The shortest path is the call's own, and what stands within the customer is theirs.
            at.sort_by_key(|at| {
                let name = &self.names[*at];
                let is_theirs = matches!(field, Field::Phone | Field::Name | Field::ContactId) && is_of_customer(name);
                (!is_theirs, if is_theirs { 0 } else { name.matches('.').count() })
            });
            if field == Field::Talk {
                // What is billed is mostly rounded up: another column of talk says more.
                at.sort_by_key(|at| is_billed(&self.names[*at]) || fold_word(&self.names[*at]).starts_with("bill"));
            }
            if field == Field::Result {
                self.leave_out_states(&mut at);
                // A status beside a result tells of the calls that have none.
                at.truncate(3);
            }
            if matches!(field, Field::Talk | Field::Total) {
                self.tell_parts_of_lengths(&mut at);
            }
            let others: Vec<&str> = at.iter().skip(1).map(|at| self.names[*at].as_str()).collect();
            let others = others.join(", ");
            if field != Field::Result {
                at.truncate(1);
            }
            let Some(first) = at.first().map(|at| &self.columns[*at]) else { continue };
            let (is_seen, mut seen) = seen(field, first);
            let (basis, certainty) = match (is_seen, first.filled) {
                (Some(true), _) => (Basis::NameAndContent, Certainty::Sure),
                (None, 1..) => (Basis::Name, Certainty::Likely),
                _ => (Basis::Name, Certainty::Unsure),
            };
            let is_rounded = field == Field::Talk && is_billed(&self.names[at[0]]) && first.is_rounded_up();
            if is_rounded {
                seen = format!("{seen}; they are billed, and may be rounded up");
            }
            let is_doubtful = is_rounded || !others.is_empty() && matches!(field, Field::Phone | Field::Id);
            if is_doubtful {
                seen = if is_rounded { seen } else { format!("{seen}; also possible: {others}") };
            }
            self.take(field, &at, basis, if is_doubtful { Certainty::Unsure } else { certainty }, seen);
        }
        // `Thời gian nghe máy` may be an instant or a length.
        let lengths = self.free_named(NameSays::Field(Field::AnsweredAt));
        let length = lengths.into_iter().find(|at| {
            let column = &self.columns[*at];
            column.is_mostly(column.numbers + column.lengths) && !column.holds_instants(50)
        });
        let seen = "it holds lengths of time, no instants";
        if let Some(at) = length.filter(|_| !self.has(Field::Talk)) {
            self.take(Field::Talk, &[at], Basis::NameAndContent, Certainty::Likely, seen.to_owned());
        }
        // So may `Thời gian gọi`; a time of day looks like a length, a bare number does not look like a time of day.
        let lengths = self.free_named(NameSays::Field(Field::DialedAt));
        let length = lengths.into_iter().find(|at| {
            let column = &self.columns[*at];
            let is_time = column.instants + column.dates + column.compact_clocks + column.day_fractions > 0;
            column.is_mostly(column.numbers) && !is_time && column.largest > 0.0
        });
        if let Some(at) = length.filter(|_| !self.has(Field::Total)) {
            self.take(Field::Total, &[at], Basis::NameAndContent, Certainty::Likely, seen.to_owned());
        }
    }

    /// Takes columns away that hold one number in all of many rows, where another one that names the customer holds many: it is ours.
    fn leave_out_hotlines(&self, at: &mut Vec<usize>) {
        const MANY_ROWS: usize = 5;
        let is_ours = |at: &usize| self.columns[*at].distinct == 1 && self.columns[*at].filled >= MANY_ROWS;
        let holds_many = |at: &usize| {
            let column = &self.columns[*at];
            column.is_mostly(column.phones) && column.distinct > 1 && names_whom(&self.names[*at])
        };
        if at.iter().any(holds_many) {
            at.retain(|at| !is_ours(at) || names_whom(&self.names[*at]));
        }
    }

    /// Whether a number is the same in several rows of one customer: how often they were called in all.
    fn counts_all_calls(&self, at: usize) -> bool {
        let Some(&[phone]) = self.places(Field::Phone).as_deref() else { return false };
        let mut of_customers: HashMap<&str, (usize, HashSet<&str>)> = HashMap::new();
        for row in self.rows.iter().filter(|row| !is_nothing(row.get(phone))) {
            let (rows, numbers) = of_customers.entry(row.get(phone)).or_default();
            *rows += 1;
            numbers.insert(row.get(at));
        }
        let several = || of_customers.values().filter(|(rows, _)| *rows > 1);
        several().count() > 0 && several().all(|(_, numbers)| numbers.len() == 1)
    }

    /// Whether a column holds numbers for calls that nobody answered as well: what a customer ordered or owes.
    fn is_of_unanswered(&self, at: usize) -> bool {
        let results = self.free_named(NameSays::Field(Field::Result));
        let results = self.places(Field::Result).unwrap_or(results);
        let is_unanswered = |row: &&&Cells| {
            let says =
                |result: &usize| matches!(word_says(row.get(*result)), WordSays::Unanswered(_) | WordSays::Failed(_));
            results.iter().any(says)
        };
        let number = |row: &&Cells| plain_number(&amount(row.get(at))?.0, Decimal::Point)?.parse::<f64>().ok();
        let sum = |rows: Vec<&&Cells>| {
            let numbers: Vec<f64> = rows.iter().filter_map(|row| number(row)).collect();
            (numbers.iter().filter(|number| **number != 0.0).count(), numbers.len(), numbers.iter().sum::<f64>())
        };
        let (unanswered, answered): (Vec<_>, Vec<_>) = self.rows.iter().partition(is_unanswered);
        let ((charged, all, cost), (_, others, of_answered)) = (sum(unanswered), sum(answered));
        // What grows with the talk is the call's, also where each attempt costs something.
        let grows = others > 0 && all > 0 && of_answered / others as f64 > 2.0 * cost / all as f64;
        all > 0 && charged * 2 >= all && !grows
    }

    /// Takes columns away in which the same words without a meaning stand where another one says that somebody answered and where it says
    /// that nobody did: what a customer is whatever comes of the call (`active`) is no result of it.
    fn leave_out_states(&self, at: &mut Vec<usize>) {
        let is_state = |this: usize| {
            let (mut answered, mut unanswered) = (Vec::new(), Vec::new());
            for row in self.rows {
                let others = || at.iter().filter(|other| **other != this).map(|other| word_says(row.get(*other)));
                let word = Some(row.get(this).trim()).filter(|word| word_says(word) == WordSays::Word);
                if others().any(|says| matches!(says, WordSays::Unanswered(_) | WordSays::Failed(_))) {
                    unanswered.push(word);
                } else if others().any(|says| matches!(says, WordSays::Answered(_))) {
                    answered.push(word);
                }
            }
            let is_most = |count: usize, of: &[Option<&str>]| !of.is_empty() && count * 10 >= of.len() * 8;
            let again = answered.iter().filter(|word| word.is_some() && unanswered.contains(*word)).count();
            is_most(again, &answered) && is_most(unanswered.iter().flatten().count(), &unanswered)
        };
        let states: Vec<usize> = at.iter().copied().filter(|at| is_state(*at)).collect();
        if states.len() < at.len() {
            at.retain(|at| !states.contains(at));
        }
    }

    /// Whether a column holds whom the calls were to that went out, in a table that says which way its calls go: who called stands in
    /// another one.
    fn holds_called(&self, at: usize) -> bool {
        let rows = || self.rows.iter().copied();
        let Some(directions) = Directions::of(&self.names, None, rows()) else { return false };
        let of_customer = |row: &Cells| match directions.of_row(row) {
            Direction::Outbound => Some(is_phone(row.get(at))),
            Direction::Inbound => Some(directions.caller(row).is_some()),
            Direction::Internal | Direction::Voicemail => None,
        };
        let told: Vec<bool> = rows().filter_map(of_customer).collect();
        !told.is_empty() && told.iter().filter(|is_number| **is_number).count() * 2 >= told.len()
    }

    /// Takes causes for results where nothing else is one: some platforms have no other word for how a call ended.
    pub(super) fn take_causes(&mut self) {
        // A column of words for results under another name says more.
        let is_result = |column: &Column| column.is_mostly(column.words) && column.distinct <= RESULT_WORDS;
        if self.has(Field::Result) || !self.free(is_result).is_empty() {
            return;
        }
        let cause = self.guess.mapping.columns.get(&Field::Cause).and_then(|place| place.columns.first());
        let Some(at) = cause.and_then(|name| self.names.iter().position(|known| known == name)) else { return };
        let column = &self.columns[at];
        // Numbers mean something under the name of a line's cause alone.
        let has_causes = names_a_line_cause(&self.names[at]) && column.is_half(column.causes);
        if !has_causes && !column.is_half(column.words) {
            return;
        }
        self.guess.mapping.columns.remove(&Field::Cause);
        self.guess.reasons.retain(|reason| reason.field != Field::Cause);
        let seen = self.count_seen(at, "words that say whether somebody answered");
        self.take(Field::Result, &[at], Basis::NameAndContent, Certainty::Likely, seen);
    }

    /// Takes a column whose name asks whether somebody answered, and in which nothing but yes and no stands, for a result, and gives its
    /// words their meanings.
    pub(super) fn take_answers(&mut self) {
        const RESULTS: usize = 3;
        let rows = self.rows;
        let asking = (0..self.names.len()).filter(|at| asks_for_answer(&self.names[*at]));
        let mut answers = asking.filter_map(|at| {
            let cells = rows.iter().map(|row| row.get(at).trim()).filter(|cell| !is_nothing(cell));
            let answers: Vec<(&str, bool)> = cells.map(|cell| Some((cell, yes_or_no(cell)?))).collect::<Option<_>>()?;
            (!answers.is_empty()).then_some((at, answers))
        });
        let Some((at, answers)) = answers.next() else { return };
        for (word, is_answered) in answers {
            let code = if is_answered { ANSWERED_CODE } else { NO_ANSWER };
            self.guess.mapping.results.insert(word.to_owned(), code.to_owned());
        }
        if self.taken[at] {
            self.take_reasons(at);
            return;
        }
        let known =
            self.guess.mapping.columns.get(&Field::Result).map(|place| place.columns.clone()).unwrap_or_default();
        let mut columns: Vec<usize> = (0..self.names.len()).filter(|at| known.contains(&self.names[*at])).collect();
        columns.truncate(RESULTS - 1);
        columns.push(at);
        self.guess.reasons.retain(|reason| reason.field != Field::Result);
        let seen = format!("yes and no under \"{}\"", self.names[at]);
        self.take(Field::Result, &columns, Basis::NameAndContent, Certainty::Likely, seen);
    }
}

impl Draft<'_> {
    /// Where yes and no are the whole result, the words of a cause beside them say why nobody answered.
    fn take_reasons(&mut self, answers: usize) {
        let place = |field: Field| self.guess.mapping.columns.get(&field).map(|place| place.columns.clone());
        let is_alone = place(Field::Result).is_some_and(|columns| columns == [self.names[answers].clone()]);
        let cause = place(Field::Cause).and_then(|columns| columns.into_iter().next());
        let Some(at) = cause.and_then(|name| self.names.iter().position(|known| *known == name)) else { return };
        if !is_alone || !self.columns[at].is_half(self.columns[at].words) {
            return;
        }
        self.guess.mapping.columns.remove(&Field::Cause);
        self.guess.reasons.retain(|reason| !matches!(reason.field, Field::Cause | Field::Result));
        let seen = format!("reasons, and yes and no under \"{}\"", self.names[answers]);
        self.take(Field::Result, &[at, answers], Basis::NameAndContent, Certainty::Likely, seen);
    }
}

/// Whether what a column holds may be a field at all.
fn is_plausible(field: Field, column: &Column) -> bool {
    let is_empty = column.filled == 0;
    match field {
        // Numbers that count the rows are the same in the next file.
        Field::Id => column.is_unique() && !column.is_counted,
        Field::Phone => column.is_half(column.phones),
        // `Hoa <0901234567>` tells whom the call was for.
        Field::Name => is_empty || !column.is_half(column.numbers + column.phones) && !column.is_mostly(column.texts),
        Field::ContactId => !is_empty && !column.is_counted && !column.is_half(column.texts),
        Field::BotMessages => column.is_mostly(column.numbers) && column.largest <= 100_000.0 && column.fine == 0,
        Field::Attempt => is_empty || column.is_mostly(column.ordinals) && column.largest <= 1_000.0,
        Field::Total | Field::Talk | Field::Ringing => is_empty || column.is_half(column.numbers + column.lengths),
        Field::Cost => is_empty || column.is_half(column.numbers + column.amounts),
        Field::Result => !column.is_half(column.instants + column.phones + column.urls),
        Field::Campaign | Field::Voicebot => !column.is_half(column.texts),
        _ => true,
    }
}

/// Whether the content agrees with the field, where content can tell, and what was seen.
fn seen(field: Field, column: &Column) -> (Option<bool>, String) {
    let count = |count: usize, what: &str| {
        (Some(column.is_mostly(count)), format!("{what} in {count} of {} cells", column.filled))
    };
    match field {
        Field::Phone => count(column.phones, "phone numbers"),
        Field::Id => count(column.filled, "a value of its own"),
        Field::Total | Field::Talk | Field::Ringing => count(column.numbers + column.lengths, "lengths of time"),
        Field::Result if column.texts > 0 => {
            let said = "texts that are no words for a result, kept as notes,";
            (None, count(column.texts, said).1)
        }
        Field::Result => count(column.words, "words whose meaning is known"),
        Field::RecordingUrl => count(column.urls, "addresses"),
        Field::Transcript => count(column.dialogues, "what was said, by whom,"),
        Field::Cost => count(column.numbers + column.amounts, "numbers"),
        Field::Attempt => count(column.ordinals, "numbers"),
        Field::BotMessages => count(column.numbers, "numbers"),
        _ => (None, String::new()),
    }
}
