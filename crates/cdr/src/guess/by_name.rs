//! What the names of columns tell.

use std::collections::{HashMap, HashSet};

use domain::{outcome::NO_ANSWER, search::fold_word};

use crate::{
    cells::Cells,
    ending::ANSWERED_CODE,
    mapping::Field,
    result_words::{WordSays, word_says},
    source::Direction,
    written::{Decimal, is_nothing, length},
};

use super::{
    columns::{Column, RESULT_WORDS, is_phone},
    direction::Directions,
    draft::{Basis, Certainty, Draft},
    name_parts::{is_billed, names_a_call, names_how_often, names_picking_up, names_whom},
    names::{NameSays, asks_for_answer, is_of_anything, is_of_customer, names_a_line_cause, yes_or_no},
    prices::PriceOf,
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
            // Of what a sender keeps beside its calls only that is the call's which nothing else is, and a price or a bare name never.
            let is_beside = |at: &usize| is_of_anything(&self.names[*at]) && !names_whom(&self.names[*at]);
            if matches!(field, Field::Cost | Field::Name) || !at.iter().all(is_beside) {
                at.retain(|at| !is_beside(at));
            }
            if field == Field::Phone {
                self.leave_out_hotlines(&mut at);
            }
            if field == Field::Attempt {
                at.retain(|at| !names_how_often(&self.names[*at]) || !self.counts_all_calls(*at));
            }
            if field == Field::Cost {
                self.leave_out_prices(&mut at);
            }
            // Where something else holds the addresses, an empty column is not that of the recordings.
            if field == Field::RecordingUrl {
                at.retain(|at| self.columns[*at].filled > 0);
            }
            // The shortest path is the call's own, and what stands within the customer is theirs.
            at.sort_by_key(|at| {
                let name = &self.names[*at];
                let is_customers = matches!(field, Field::Phone | Field::Name | Field::ContactId);
                let is_theirs = is_customers && is_of_customer(name);
                // `Khách hàng` may hold a code, and `Họ tên` be a colleague's.
                let is_less = || (self.holds_codes(*at), !names_whom(name));
                let rank = if field == Field::Name { is_less() } else { (false, false) };
                (self.columns[*at].filled == 0, rank, !is_theirs, if is_theirs { 0 } else { name.matches('.').count() })
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
            let is_also = !others.is_empty() && matches!(field, Field::Phone | Field::Id);
            if is_also && !is_rounded {
                seen = format!("{seen}; also possible: {others}");
            }
            let is_price = field == Field::Cost && self.price_of(at[0]) == PriceOf::Unknown;
            if is_price {
                seen = format!("{seen}; nothing tells whether they are the calls' or what customers pay for");
            }
            let is_colleagues = field == Field::Name && self.holds_colleagues(at[0]);
            if is_colleagues {
                "the same few names stand beside many numbers: they may be those of colleagues".clone_into(&mut seen);
            }
            let is_doubtful = is_rounded || is_also || is_price || is_colleagues;
            self.take(field, &at, basis, if is_doubtful { Certainty::Unsure } else { certainty }, seen);
        }
        // `Thời gian nghe máy` may be an instant or a length.
        let lengths = self.free_named(NameSays::Field(Field::AnsweredAt));
        let length = lengths.into_iter().find(|at| {
            let column = &self.columns[*at];
            column.is_mostly(column.numbers + column.lengths) && !column.holds_instants(50)
        });
        if let Some(at) = length.filter(|_| !self.has(Field::Talk)) {
            self.take_length_of_answer(at);
        }
        // So may `Thời gian gọi`; a time of day looks like a length, a bare number does not look like a time of day.
        let lengths = self.free_named(NameSays::Field(Field::DialedAt));
        let length = lengths.into_iter().find(|at| {
            let column = &self.columns[*at];
            let is_time = column.instants + column.dates + column.compact_clocks + column.day_fractions > 0;
            column.is_mostly(column.numbers) && !is_time && column.largest > 0.0
        });
        let seen = "it holds lengths of time, no instants";
        if let Some(at) = length.filter(|_| !self.has(Field::Total)) {
            self.take(Field::Total, &[at], Basis::NameAndContent, Certainty::Likely, seen.to_owned());
        }
    }

    /// Takes lengths under the name of the answer: the talk, or how long it rang, where it is there for calls that nobody answered, or the name
    /// tells of picking up and another column of the whole call.
    fn take_length_of_answer(&mut self, at: usize) {
        let results = self.places(Field::Result).unwrap_or_default();
        let rang = self.rows.iter().any(|row| {
            let is_unanswered = |result: &usize| matches!(word_says(row.get(*result)), WordSays::Unanswered(_));
            results.iter().any(is_unanswered) && length(row.get(at), None, Decimal::Point).is_ok_and(|ms| ms > Some(0))
        });
        let has_whole = self.has(Field::Total);
        let is_ringing = !self.has(Field::Ringing) && (rang || has_whole && names_picking_up(&self.names[at]));
        let is_plain = fold_word(&self.names[at]).contains("nghe");
        let (seen, certainty) = if has_whole && !rang && !is_plain {
            ("it holds lengths of time, no instants: the talk, or how long it rang", Certainty::Unsure)
        } else {
            ("it holds lengths of time, no instants", Certainty::Likely)
        };
        let field = if is_ringing { Field::Ringing } else { Field::Talk };
        self.take(field, &[at], Basis::NameAndContent, certainty, seen.to_owned());
    }

    /// Takes columns of prices away that are none of the calls', and says so.
    fn leave_out_prices(&mut self, at: &mut Vec<usize>) {
        at.retain(|at| {
            let PriceOf::Other(why) = self.price_of(*at) else { return true };
            self.guess
                .left
                .push(format!("the column \"{}\" was not taken for what the calls cost: {why}", self.names[*at]));
            false
        });
    }

    /// Whether most cells of a column are one word with a digit in it.
    fn holds_codes(&self, at: usize) -> bool {
        let is_code =
            |text: &str| text.bytes().any(|byte| byte.is_ascii_digit()) && !text.contains(char::is_whitespace);
        let count = self.rows.iter().filter(|row| is_code(row.get(at).trim())).count();
        self.columns[at].is_mostly(count)
    }

    /// Whether the same few names stand beside many customers' numbers, under a name that does not say that they are the customers'.
    fn holds_colleagues(&self, at: usize) -> bool {
        const LEAST: usize = 6;
        let Some(&[phone]) = self.places(Field::Phone).as_deref() else { return false };
        let (names, phones) = (&self.columns[at], &self.columns[phone]);
        !names_whom(&self.names[at])
            && names.filled >= LEAST
            && phones.distinct >= LEAST
            && names.distinct * 4 <= phones.distinct
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

    /// Takes columns away in which the same words without a meaning stand where another one says that somebody answered and where it says
    /// that nobody did: what a customer is whatever comes of the call (`active`) is no result of it.
    fn leave_out_states(&self, at: &mut Vec<usize>) {
        let holds_words = |at: &usize| self.columns[*at].is_mostly(self.columns[*at].words);
        // What customers are called whatever came of the call.
        let is_customers = |this: usize| {
            let mut cells = self.rows.iter().map(|row| row.get(this)).filter(|cell| !is_nothing(cell)).peekable();
            at.iter().any(|other| *other != this && holds_words(other))
                && cells.peek().is_some()
                && cells.all(is_state_of_customer)
        };
        let is_state = |this: usize| {
            if is_customers(this) {
                return true;
            }
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

/// Whether a word says what a customer is, and nothing of a call.
fn is_state_of_customer(word: &str) -> bool {
    const WORDS: [&str; 20] = [
        "moi",
        "new",
        "cu",
        "old",
        "active",
        "inactive",
        "hoatdong",
        "danghoatdong",
        "ngunghoatdong",
        "vip",
        "thuong",
        "tiemnang",
        "khachmoi",
        "khachcu",
        "khachhangmoi",
        "khachhangcu",
        "open",
        "opened",
        "prospect",
        "existing",
    ];
    WORDS.contains(&fold_word(word).as_str())
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
