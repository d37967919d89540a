//! One row of a table as a call.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use domain::{
    CallId, CallRecord, CampaignId, Code, ContactId, ContactRef, Country, Currency, FieldError, HangupBy, Money,
    Speaker, Timestamp, TranscriptLine, VoicebotId,
    limits::{CAUSE_CHARS, ID_CHARS, TRANSCRIPT_LINE_CHARS, TRANSCRIPT_LINES},
    outcome::{NO_ANSWER, SYSTEM_CODES, system_code},
    phone::matching_key,
    result_text::sent_code,
    search::fold_word,
};
use serde_json::Value;

use super::{
    noted::{Noted, Notes},
    outcome::{Ended, Meanings, Proof, RowOutcome},
    turns::{Spoken, held},
};
use crate::{
    causes::{LineSays, line_says},
    cells::{Cells, is_ruler},
    clock::Clock,
    ending::{ANSWERED_CODE, Ending, MACHINE_CODE, by_cause},
    guess::{Directions, is_phone, is_sum, names_a_cause, names_a_line_cause},
    local_time::When,
    mapping::{Bound, Field, Mapping},
    numbers::{bare, is_withheld},
    own_fields::unmasked,
    result_words::{WordSays, word_says},
    source::{Campaigns, Direction},
    spoken::{is_dialogue, lines},
    spreadsheet::phone_number,
    written::{
        Decimal, amount, has_grouping_points, is_nothing, length, named_currency, plain_number, seen_text, unguarded,
        when,
    },
    zone_days::{Change, SKIPPED},
};

/// How far whole seconds and minutes may move an instant over the one beside it.
const ROUNDING_MS: i64 = 2_000;
/// Words without a meaning that are counted apart.
const MOST_WORDS: usize = 100;

/// What comes of a row.
#[expect(clippy::large_enum_variant, reason = "nearly all of them are the large one")]
pub(super) enum MadeRow {
    Call(CallRecord),
    NoCall,
    Refused(FieldError),
}

/// Makes calls of rows and counts what was taken for granted.
#[derive(Clone)]
pub(super) struct RowReader {
    pub(super) mapping: Mapping,
    pub(super) bound: Bound,
    pub(super) names: Vec<String>,
    pub(super) clock: Clock,
    pub(super) campaigns: Campaigns,
    pub(super) directions: Option<Directions>,
    /// The numbers of its customers are those that were called, which are our own of calls that came in.
    pub(super) has_called: bool,
    /// That of the row which was read last.
    pub(super) direction: Direction,
    pub(super) meanings: Meanings,
    pub(super) tally: RowTally,
    /// What was noted of the row which was read last.
    pub(super) notes: Notes,
    /// Where rows may be turns.
    pub(super) spoken: Option<Arc<Mutex<Spoken>>>,
    pub(super) costs: Costs,
    pub(super) under: CauseNames,
    /// It is the list of Ringside's own calls.
    pub(super) is_own: bool,
}

/// What the name of a column says of the causes in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum CauseName {
    /// Nothing: any results stand there.
    #[default]
    None,
    /// Reasons of whatever kind, in words.
    Reason,
    /// Causes of the line, which may be numbers.
    Line,
}

impl CauseName {
    fn of(name: &str) -> Self {
        if names_a_line_cause(name) {
            Self::Line
        } else if names_a_cause(name) {
            Self::Reason
        } else {
            Self::None
        }
    }
}

/// Under which names the result and the cause stand.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CauseNames {
    result: CauseName,
    cause: CauseName,
}

impl CauseNames {
    pub(super) fn of(bound: &Bound, names: &[String]) -> Self {
        let of =
            |field| bound.place(field).and_then(|at| names.get(at)).map_or(CauseName::None, |name| CauseName::of(name));
        // What a mapping says is a cause is one, whatever it is called.
        let cause = if of(Field::Cause) == CauseName::None { CauseName::Reason } else { of(Field::Cause) };
        Self { result: of(Field::Result), cause }
    }
}

/// What is counted of rows that are no calls.
#[derive(Debug, Clone, Default)]
pub(super) struct RowTally {
    /// Words without a meaning.
    pub(super) words: HashMap<String, u64>,
    /// Words for which way a call went that are not known.
    pub(super) directions: HashMap<String, u64>,
    /// Rows that say that there was no call.
    pub(super) left_out: u64,
}

impl RowTally {
    pub(super) fn add(&mut self, further: Self) {
        self.left_out += further.left_out;
        let mut words: Vec<_> = further.words.into_iter().collect();
        // Which of too many are counted must not depend on chance.
        words.sort_unstable();
        for (word, count) in words {
            self.count_word(word, count);
        }
        let mut directions: Vec<_> = further.directions.into_iter().collect();
        directions.sort_unstable();
        for (word, count) in directions {
            self.count_direction(word, count);
        }
    }

    fn count_direction(&mut self, word: String, count: u64) {
        if self.directions.len() < MOST_WORDS || self.directions.contains_key(&word) {
            *self.directions.entry(word).or_default() += count;
        }
    }

    fn count_word(&mut self, word: String, count: u64) {
        if self.words.len() < MOST_WORDS || self.words.contains_key(&word) {
            *self.words.entry(word).or_default() += count;
        }
    }
}

/// How costs are written.
#[derive(Debug, Clone, Default)]
pub(super) struct Costs {
    /// The account's currency, if it is known.
    own: Option<Currency>,
    /// That of the column's name.
    named: Option<Currency>,
    /// Points stand between thousands.
    is_grouped: bool,
}

impl Costs {
    /// By the column's name and its first cells: `1.200` of a currency without fractions is 1,200, unless another cell has a fraction.
    pub(super) fn of<'a>(
        own: Option<&Currency>,
        name: Option<&str>,
        mapping: &Mapping,
        cells: impl Iterator<Item = &'a str>,
    ) -> Self {
        let named = name.and_then(named_currency).map(|(_, currency)| currency);
        let (mut any, mut all) = (false, true);
        for cell in cells {
            let Some((number, said)) = amount(cell) else { continue };
            let currency = said.as_ref().or(named.as_ref()).or(own);
            if number.contains('.') && currency.is_some_and(|currency| currency.minor_digits() == 0) {
                any = true;
                all &= has_grouping_points(number.trim_start_matches('-'));
            }
        }
        Self { own: own.cloned(), named, is_grouped: any && all && mapping.decimal.is_none() }
    }
}

/// A cell without what keeps a spreadsheet from reading it as a formula or a number.
fn cell(cells: &Cells, at: usize) -> &str {
    unguarded(cells.get(at))
}

impl RowReader {
    /// Reads on by another header.
    pub(super) fn read_by(&mut self, bound: Bound, names: Vec<String>) {
        self.under = CauseNames::of(&bound, &names);
        self.directions = self.directions.and_then(|directions| directions.under(&self.names, &names));
        (self.bound, self.names) = (bound, names);
    }

    fn note(&mut self, noted: Noted) {
        self.notes.add(noted);
    }

    fn text<'a>(&self, cells: &'a Cells, field: Field) -> Option<&'a str> {
        let text = cell(cells, self.bound.place(field)?);
        (!is_nothing(text)).then_some(text)
    }

    /// The record of a row.
    pub(super) fn call(&mut self, cells: &mut Cells) -> MadeRow {
        self.notes = Notes::default();
        if cells.contains('\0')
            && let Some(at) = cells.iter().position(|cell| cell.contains('\0'))
        {
            let column = self.names.get(at).cloned().unwrap_or_default();
            return MadeRow::Refused(FieldError::new(column, "holds a zero byte"));
        }
        self.shift_back(cells);
        self.direction = self.directions.map(|directions| directions.of_row(cells)).unwrap_or_default();
        if let Some(word) = self.directions.and_then(|directions| directions.unknown(cells)) {
            self.tally.count_direction(word.to_owned(), 1);
        }
        let record = if self.is_own { self.own_record(cells) } else { self.record(cells) };
        match record {
            Ok(Some(record)) => MadeRow::Call(record),
            Ok(None) => MadeRow::NoCall,
            Err(error) => MadeRow::Refused(error),
        }
    }

    /// Some logs wrote the conversation where the length belongs, and the columns from there on one place further.
    fn shift_back(&mut self, cells: &mut Cells) {
        let length = [Field::Talk, Field::Total].into_iter().find_map(|field| self.bound.place(field));
        let (Some(length), Some(spoken)) = (length, self.bound.place(Field::Transcript)) else { return };
        if length < spoken && is_dialogue(cells.get(length)) && !is_dialogue(cells.get(spoken)) {
            let order = (0..length).chain(length + 1..=spoken).chain([length]).chain(spoken + 1..cells.len());
            let mut shifted = Cells::default();
            order.for_each(|at| shifted.push(cells.get(at)));
            *cells = shifted;
            self.note(Noted::Shifted);
        }
    }

    fn time(&mut self, cells: &Cells, field: Field) -> Result<Option<i64>, FieldError> {
        let text = self.bound.time_text(cells, field);
        let wrong = |reason: &str| FieldError::new(field.name(), format!("{reason}: \"{}\"", text.trim()));
        match when(&text) {
            None => Err(wrong("is no time that can be read")),
            Some(When::Never) => Ok(None),
            Some(When::Instant(ms)) => Ok(Some(ms)),
            Some(When::Wall(wall)) => match (self.clock.instant(wall, None), self.clock.change(wall)) {
                (Some(_), Some(Change::Skipped)) => Err(wrong(SKIPPED)),
                (Some(ms), change) => {
                    if change == Some(Change::Repeated) {
                        self.note(Noted::Repeated);
                    }
                    Ok(Some(ms))
                }
                (None, _) => Err(wrong(&format!("is no date in the order {}", self.clock.order))),
            },
        }
    }

    fn length(&self, cells: &Cells, field: Field) -> Result<Option<i64>, FieldError> {
        let Some(text) = self.text(cells, field) else { return Ok(None) };
        let length = length(text, self.mapping.unit(field), self.mapping.decimal());
        length.map_err(|reason| FieldError::new(field.name(), format!("{reason}: \"{text}\"")))
    }

    fn record(&mut self, cells: &Cells) -> Result<Option<CallRecord>, FieldError> {
        let Some(dialed) = self.time(cells, Field::DialedAt)? else {
            // Of a call that was never dialled nobody knows when.
            if self.says_no_call(cells) {
                return Ok(None);
            }
            return Err(FieldError::new("dialed_at", "is missing"));
        };
        let (answered, ended) = (self.time(cells, Field::AnsweredAt)?, self.time(cells, Field::EndedAt)?);
        let total = self.length(cells, Field::Total)?;
        let talk = self.length(cells, Field::Talk)?;
        let ringing = self.length(cells, Field::Ringing)?;
        let mut attributes = BTreeMap::new();
        let transcript = self.transcript(cells, &mut attributes);
        let id = self.text(cells, Field::Id).unwrap_or_default();
        let (turned, has_turns) = self.spoken.as_ref().map(|spoken| held(spoken).of(id)).unwrap_or_default();
        let has_customer = has_turns || transcript.iter().flatten().any(|line| line.speaker == Speaker::Customer);
        let has_answers = self.bound.place(Field::AnsweredAt).is_some();
        let proof = match (talk, answered, total) {
            (Some(1..), _, _) | (_, Some(_), _) => Proof::Answered,
            _ if has_customer => Proof::Answered,
            (Some(_), None, _) | (None, None, Some(0)) => Proof::NotAnswered,
            (None, None, _) if has_answers => Proof::NotAnswered,
            (None, None, _) => Proof::Unknown,
        };
        // A log of a bot's own sessions has nothing but what was said in them: a session is one that somebody began.
        let proof = if self.bound.is_of_sessions() { Proof::Answered } else { proof };
        let rang = ringing.is_some_and(|ringing| ringing > 0);
        let Ended { code, word, texts, assumed, .. } = match self.outcome(cells, proof, rang) {
            RowOutcome::Ended(ended) if ended.is_vague => self.by_cause(cells, ended),
            RowOutcome::Ended(ended) => ended,
            RowOutcome::NoCall => return Ok(None),
            RowOutcome::Unknown(word) => {
                let reason = format!(
                    "\"{word}\" is no word whose meaning is known, and nothing proves that somebody answered; give \
                     its code in a mapping"
                );
                self.tally.count_word(word, 1);
                return Err(FieldError::new("result", reason));
            }
            RowOutcome::Refused(error) => return Err(error),
        };
        if let Some(assumed) = assumed {
            self.note(assumed);
        }
        let is_answered = !SYSTEM_CODES.contains(&code.as_str());
        let (answered_at, ended_at) = if is_answered {
            let (answered, ended) = self.answered_times(dialed, answered, ended, [total, talk, ringing]);
            (Some(answered), ended)
        } else {
            if talk.is_some_and(|talk| talk > 0) {
                self.note(Noted::TalkOfUnanswered);
            }
            let end = ended.or_else(|| total.or(ringing).map(|length| dialed + length));
            if end.is_none() {
                self.note(Noted::EndUnknown);
            }
            (None, end.unwrap_or(dialed))
        };
        let transcript = transcript.or_else(|| turned.lines(&self.clock, answered_at.unwrap_or(dialed)));
        self.keep_attributes(cells, &texts, &mut attributes);
        let campaign = match (self.campaigns.of(self.direction), self.text(cells, Field::Campaign)) {
            (Some(campaign), _) => campaign.clone(),
            (None, Some(text)) => {
                CampaignId::new(text).map_err(|error| FieldError::new("campaign", error.to_string()))?
            }
            (None, None) => return Err(FieldError::new("campaign", "is missing: give one for the whole file")),
        };
        let (id, contact) = self.identity(cells)?;
        let voicebot = self.text(cells, Field::Voicebot).map(VoicebotId::new).transpose();
        let cause = self.cause(cells, word, &mut attributes);
        let record = CallRecord {
            id,
            campaign,
            voicebot: voicebot.map_err(|error| FieldError::new("voicebot", error.to_string()))?,
            contact,
            attempt: self.attempt(cells)?,
            dialed_at: Timestamp(dialed),
            answered_at: answered_at.map(Timestamp),
            ended_at: Some(Timestamp(ended_at)),
            result_code: Some(code),
            bot_messages: None,
            hangup_by: self.hangup_by(cells, &mut attributes),
            cause,
            blocks: None,
            cost: self.cost(cells, &mut attributes),
            recording_url: self.recording_url(cells, &mut attributes),
            transcript,
            attributes: (!attributes.is_empty()).then_some(attributes),
        };
        Ok(Some(record))
    }

    /// The call of a row of Ringside's own list; none where it is still going on, of which the list tells nothing that is not known.
    fn own_record(&mut self, cells: &Cells) -> Result<Option<CallRecord>, FieldError> {
        fn of<'a, T, E: ToString>(
            field: Field,
            text: Option<&'a str>,
            read: impl Fn(&'a str) -> Result<T, E>,
        ) -> Result<Option<T>, FieldError> {
            text.map(read).transpose().map_err(|error| FieldError::new(field.name(), error.to_string()))
        }
        let missing = |field: Field| FieldError::new(field.name(), "is missing");
        let [dialed, answered, ended] =
            [Field::DialedAt, Field::AnsweredAt, Field::EndedAt].map(|field| self.time(cells, field));
        let (dialed, answered, ended) = (dialed?, answered?, ended?);
        let text = |field: Field| self.text(cells, field);
        let code = of(Field::Result, text(Field::Result), sent_code)?;
        if ended.is_none() && code.is_none() {
            return Ok(None);
        }
        let campaign = match self.campaigns.all.clone() {
            Some(campaign) => campaign,
            None => {
                of(Field::Campaign, text(Field::Campaign), CampaignId::new)?.ok_or_else(|| missing(Field::Campaign))?
            }
        };
        let mut further = BTreeMap::new();
        unmasked(CallRecord {
            id: of(Field::Id, text(Field::Id), CallId::new)?.ok_or_else(|| missing(Field::Id))?,
            campaign,
            voicebot: of(Field::Voicebot, text(Field::Voicebot), VoicebotId::new)?,
            contact: ContactRef {
                id: of(Field::ContactId, text(Field::ContactId), ContactId::new)?,
                phone: text(Field::Phone).map(str::to_owned),
                name: text(Field::Name).map(str::to_owned),
            },
            attempt: self.attempt(cells)?,
            dialed_at: dialed.map(Timestamp).ok_or_else(|| missing(Field::DialedAt))?,
            answered_at: answered.map(Timestamp),
            ended_at: ended.map(Timestamp),
            result_code: code,
            bot_messages: None,
            hangup_by: self.hangup_by(cells, &mut further),
            cause: text(Field::Cause).map(str::to_owned),
            blocks: None,
            cost: None,
            recording_url: text(Field::RecordingUrl).filter(|text| !is_nothing(text)).map(str::to_owned),
            transcript: None,
            attributes: None,
        })
        .map(Some)
    }

    /// How the call of a row ended: by its results, else by the cause of the line.
    fn outcome(&mut self, cells: &Cells, proof: Proof, rang: bool) -> RowOutcome {
        if let [at] = self.bound.places(Field::Result)
            && let Some(ended) = self.by_line(cell(cells, *at), self.under.result, proof, rang)
        {
            return RowOutcome::Ended(ended);
        }
        let results = self.bound.places(Field::Result).iter().map(|at| cell(cells, *at));
        let outcome = self.meanings.outcome(results, proof);
        let reason = || self.text(cells, Field::Cause).map_or(WordSays::Nothing, word_says);
        let is_machine =
            |ended: &Ended| ended.assumed == Some(Noted::NoWord) && reason() == WordSays::Answered(MACHINE_CODE);
        let is_told = match &outcome {
            RowOutcome::Ended(ended) => ended.assumed != Some(Noted::NoResult) && !is_machine(ended),
            RowOutcome::Refused(_) => self.bound.places(Field::Result).iter().any(|at| !is_nothing(cell(cells, *at))),
            RowOutcome::NoCall | RowOutcome::Unknown(_) => true,
        };
        let cause = self.bound.place(Field::Cause).filter(|_| !is_told).map(|at| cell(cells, at));
        let by_line = cause.and_then(|cause| self.by_line(cause, self.under.cause, proof, rang));
        // Platforms have reasons of their own: `dial_no_answer`, `voicemail_reached`.
        let by_reason = || {
            let ((WordSays::Answered(code), _)
            | (WordSays::Unanswered(code) | WordSays::Failed(code), Proof::NotAnswered | Proof::Unknown)
            | (WordSays::Doubtful(code), Proof::NotAnswered)) = (reason(), proof)
            else {
                return None;
            };
            let word = self.text(cells, Field::Cause).map(str::to_owned);
            Some(Ended { code: Code::new(code).ok()?, word, texts: Vec::new(), assumed: None, is_vague: false })
        };
        let by_line = by_line.or_else(|| cause.and_then(|_| by_reason()));
        by_line.map_or(outcome, RowOutcome::Ended)
    }

    /// How a call ended by the cause of its line, which says nothing of a call that was answered; none where the cell says no such
    /// cause, or somebody has said what it means.
    fn by_line(&self, text: &str, under: CauseName, proof: Proof, rang: bool) -> Option<Ended> {
        let text = text.trim();
        let is_number = || text.bytes().all(|byte| byte.is_ascii_digit());
        let says = match under {
            _ if is_nothing(text) => return None,
            CauseName::Reason if is_number() => return None,
            CauseName::Line | CauseName::Reason => line_says(text, rang)?,
            // Any result: of these words one alone says nothing about the answer.
            CauseName::None => line_says(text, rang).filter(|says| *says == LineSays::Cleared && !is_number())?,
        };
        if self.meanings.is_given(text) {
            return None;
        }
        let code = match (says, proof) {
            (_, Proof::Answered) | (LineSays::Answered, _) | (LineSays::Cleared, Proof::Unknown) => ANSWERED_CODE,
            (LineSays::Cleared, Proof::NotAnswered) => NO_ANSWER,
            (LineSays::Unanswered(code), _) => code,
        };
        let word = Some(text.to_owned());
        Some(Ended { code: Code::new(code).ok()?, word, texts: Vec::new(), assumed: None, is_vague: false })
    }

    /// A result that may mean several ones as the cause beside it says, where that has a meaning (`dial_busy`, `USER_BUSY`, 486).
    fn by_cause(&self, cells: &Cells, ended: Ended) -> Ended {
        let cause = self.text(cells, Field::Cause).unwrap_or_default();
        let word = cause.strip_prefix("dial_").unwrap_or(cause);
        let known = system_code(word).filter(|code| SYSTEM_CODES.contains(code)).or_else(|| {
            match by_cause(None, word, false) {
                Ending::Unanswered(why) => Some(why.code()),
                _ => None,
            }
        });
        match known.and_then(|code| Code::new(code).ok()) {
            Some(code) => Ended { code, assumed: None, ..ended },
            None => ended,
        }
    }

    /// Whether a row's result says that it is no call.
    fn says_no_call(&mut self, cells: &Cells) -> bool {
        let results = self.bound.places(Field::Result).iter().map(|at| cell(cells, *at));
        self.meanings.outcome(results, Proof::Unknown) == RowOutcome::NoCall
    }

    /// Whether a row has neither a number nor a time, and begins with a word for a sum or has hardly a cell: totals below the rows,
    /// titles and signatures. A row that is cut off is none.
    pub(super) fn no_call(&self, cells: &Cells, is_padded: bool) -> Option<NoCall> {
        let time = self.bound.place(Field::DialedAt).map_or("", |at| cell(cells, at));
        // Nearly every row, without reading its time.
        if time.len() > 7 && time.bytes().take(12).filter(u8::is_ascii_digit).count() > 4 {
            return None;
        }
        if cells.len() == 1 && self.names.len() > 1 && is_ruler(cells.get(0)) {
            return Some(NoCall::Aside);
        }
        let time = self.bound.time_text(cells, Field::DialedAt);
        let has_time = matches!(when(&time), Some(When::Wall(_) | When::Instant(_)));
        if has_time || self.text(cells, Field::Phone).is_some_and(is_phone) {
            return None;
        }
        let filled = || cells.iter().filter(|cell| !is_nothing(cell));
        if filled().any(is_sum) {
            return Some(NoCall::Sum);
        }
        let is_words = |cell: &str| cell.contains(char::is_alphabetic) && !is_phone(cell) && cell.chars().count() > 2;
        let is_aside = is_padded && self.names.len() > 3 && filled().count() <= 2 && filled().all(is_words);
        let has_place = [Field::Phone, Field::Id, Field::Result].iter().any(|field| self.text(cells, *field).is_some());
        (is_aside && !(has_place && filled().count() > 1)).then_some(NoCall::Aside)
    }

    /// Columns kept under their names, and notes: `texts` are what stood in the place of a result.
    fn keep_attributes(&self, cells: &Cells, texts: &[String], attributes: &mut BTreeMap<String, Value>) {
        for at in self.bound.places(Field::Attributes) {
            let text = cell(cells, *at);
            if !text.is_empty()
                && let Some(name) = self.names.get(*at)
            {
                attributes.insert(name.clone(), Value::from(text));
            }
        }
        let notes = self.bound.places(Field::Note).iter().map(|at| cell(cells, *at)).filter(|text| !is_nothing(text));
        let notes: Vec<&str> = texts.iter().map(String::as_str).chain(notes).collect();
        if !notes.is_empty() {
            attributes.insert("note".to_owned(), notes.join("\n").into());
        }
    }

    /// The switch's cause, else the word that was read as the result.
    fn cause(&self, cells: &Cells, word: Option<String>, attributes: &mut BTreeMap<String, Value>) -> Option<String> {
        self.text(cells, Field::Cause).map(str::to_owned).or(word).and_then(|cause| {
            let is_long = cause.chars().nth(CAUSE_CHARS).is_some();
            if is_long || cause.contains(char::is_control) {
                attributes.insert("cause".to_owned(), cause.into());
                return None;
            }
            Some(cause)
        })
    }

    /// The answer and the end of a call that was answered, as far as they are known.
    fn answered_times(
        &mut self,
        dialed: i64,
        answered: Option<i64>,
        ended: Option<i64>,
        [total, talk, ringing]: [Option<i64>; 3],
    ) -> (i64, i64) {
        let by_ringing = ringing.map(|ringing| dialed + ringing);
        let ended = ended.or_else(|| total.map(|total| dialed + total));
        let begun = answered.or(by_ringing);
        let ended = ended.or_else(|| Some(begun? + talk?));
        let answered = begun.or_else(|| Some(ended? - talk?));
        match (answered, ended, talk) {
            (Some(answered), Some(ended), _) => {
                // Whole seconds and minutes of one call do not add up to the second.
                let answered = if (1..=ROUNDING_MS).contains(&(dialed - answered)) { dialed } else { answered };
                (if (1..=ROUNDING_MS).contains(&(answered - ended)) { ended } else { answered }, ended)
            }
            (None, None, Some(talk)) => {
                self.note(Noted::DialIsAnswer);
                (dialed, dialed + talk)
            }
            (answered, ended, _) => {
                self.note(Noted::TalkUnknown);
                let at = answered.or(ended).unwrap_or(dialed);
                (at, at)
            }
        }
    }

    fn identity(&mut self, cells: &Cells) -> Result<(CallId, ContactRef), FieldError> {
        let source = self.mapping.source.as_ref().map_or(String::new(), |source| format!("{source}:"));
        let own = self.text(cells, Field::Id).filter(|id| !id.contains(char::is_control));
        let id = match own {
            Some(id) if id.chars().count() + source.len() + 6 <= ID_CHARS => ["table:", &source, id].concat(),
            _ => {
                self.note(Noted::NoId);
                format!("table:{source}row-{:032x}", cells.fingerprint())
            }
        };
        let id = CallId::new(id).map_err(|error| FieldError::new("id", error.to_string()))?;
        let phone = self.phone(cells)?;
        let is_withheld = phone.as_deref().is_some_and(is_withheld);
        let phone = phone.filter(|_| !is_withheld);
        let contact_id = match self.text(cells, Field::ContactId) {
            Some(text) => Some(text),
            // All who hide their number are not one customer.
            None if is_withheld => {
                self.note(Noted::Withheld);
                Some(own.unwrap_or(id.as_str()))
            }
            None if phone.is_none() => {
                let Some(own) = own else { return Err(FieldError::new("phone", "is missing")) };
                self.note(Noted::NoContact);
                Some(own)
            }
            None => None,
        };
        let contact_id = contact_id.map(ContactId::new).transpose();
        let contact = ContactRef {
            id: contact_id.map_err(|error| FieldError::new("contact_id", error.to_string()))?,
            phone,
            name: self.name(cells),
        };
        Ok((id, contact))
    }

    /// The customer's name; where no column has it, what stands before the number: `Hoa <0901234567>`.
    fn name(&self, cells: &Cells) -> Option<String> {
        let beside = || {
            let (name, number) = self.text(cells, Field::Phone)?.split_once('<')?;
            let name = name.trim().trim_matches('"');
            (!name.is_empty() && number.ends_with('>') && self.direction == Direction::Outbound).then_some(name)
        };
        self.text(cells, Field::Name).or_else(beside).map(domain::text::one_line)
    }

    fn phone(&mut self, cells: &Cells) -> Result<Option<String>, FieldError> {
        const BETWEEN: [char; 5] = ['/', ',', ';', '|', '\n'];
        // Of who called, where they called us.
        let caller = self.directions.filter(|_| self.direction == Direction::Inbound);
        let caller = caller.and_then(|directions| directions.caller(cells));
        if caller.is_none() && self.direction == Direction::Inbound && self.has_called {
            self.note(Noted::NoCaller);
        }
        let Some(text) = caller.or_else(|| self.text(cells, Field::Phone)) else { return Ok(None) };
        let text = seen_text(text);
        let text = unguarded(text.trim());
        if text.contains(BETWEEN) && text.split(BETWEEN).filter(|part| is_phone(part)).count() > 1 {
            return Err(FieldError::new("phone", "holds several numbers: which one was called?"));
        }
        let dialled = phone_number(&bare(text)).map_err(|reason| FieldError::new("phone", reason))?;
        if dialled.is_put_back {
            self.note(Noted::PutBack);
        }
        let number = dialled.number;
        if number.is_empty() {
            return Ok(None);
        }
        // Only a number of as many digits as this lacks one.
        if self.mapping.repair_phones && number.len() == 9 {
            let with_zero = format!("0{number}");
            if matching_key(&number, Country::VIETNAM) == with_zero {
                self.note(Noted::ZeroAdded);
                return Ok(Some(with_zero));
            }
        }
        Ok(Some(number))
    }

    fn attempt(&self, cells: &Cells) -> Result<Option<u32>, FieldError> {
        let Some(text) = self.text(cells, Field::Attempt) else { return Ok(None) };
        let text = text.strip_suffix(".0").unwrap_or(text);
        text.parse().map(Some).map_err(|_| FieldError::new("attempt", format!("is not a number: \"{text}\"")))
    }

    fn hangup_by(&self, cells: &Cells, attributes: &mut BTreeMap<String, Value>) -> Option<HangupBy> {
        const WORDS: [(HangupBy, &[&str]); 4] = [
            (
                HangupBy::Customer,
                &[
                    "customer",
                    "user",
                    "client",
                    "human",
                    "lead",
                    "khach",
                    "khachhang",
                    "kh",
                    "nguoinghe",
                    "thecustomer",
                ],
            ),
            // Platforms call their voicebot an agent; who means a person says so.
            (HangupBy::Bot, &["bot", "voicebot", "callbot", "agent", "assistant", "ai", "robot", "thevoicebot"]),
            (
                HangupBy::Agent,
                &["humanagent", "theagent", "operator", "nhanvien", "dienthoaivien", "dtv", "tongdaivien", "tuvanvien"],
            ),
            (
                HangupBy::System,
                &["system", "thesystem", "network", "platform", "carrier", "hethong", "nhamang", "tongdai"],
            ),
        ];
        let text = self.text(cells, Field::HangupBy)?;
        let key = fold_word(text);
        let known = WORDS.iter().find(|(_, words)| words.contains(&key.as_str())).map(|(who, _)| *who);
        if known.is_none() {
            attributes.insert("hangup_by".to_owned(), text.into());
        }
        known
    }

    fn cost(&mut self, cells: &Cells, attributes: &mut BTreeMap<String, Value>) -> Option<Money> {
        let text = self.text(cells, Field::Cost)?;
        let is_grouped = self.costs.is_grouped && text.contains('.');
        let decimal = if is_grouped { Decimal::Comma } else { self.mapping.decimal() };
        let read = amount(text).and_then(|(number, said)| {
            let cost = plain_number(&number, decimal)?.trim_start_matches('-').parse::<Money>().ok()?;
            Some((cost, said.or_else(|| self.costs.named.clone())))
        });
        let Some((cost, currency)) = read else {
            attributes.insert("cost".to_owned(), text.into());
            self.note(Noted::CostUnread);
            return None;
        };
        if is_grouped {
            self.note(Noted::CostGrouped);
        }
        match currency {
            None => self.note(Noted::CostAssumed),
            Some(currency) if self.costs.own.as_ref() == Some(&currency) => {}
            Some(currency) => {
                attributes.insert("cost".to_owned(), cost.to_string().into());
                attributes.insert("cost_currency".to_owned(), currency.as_str().into());
                self.note(Noted::CostKeptApart);
                return None;
            }
        }
        Some(cost)
    }

    fn recording_url(&mut self, cells: &Cells, attributes: &mut BTreeMap<String, Value>) -> Option<String> {
        let text = self.text(cells, Field::RecordingUrl)?;
        let linked = text.strip_prefix("=HYPERLINK(\"").and_then(|rest| rest.split('"').next());
        let url = linked.unwrap_or(text);
        if url.starts_with("http://") || url.starts_with("https://") {
            return Some(url.to_owned());
        }
        self.note(Noted::NoAddress);
        attributes.insert("recording".to_owned(), text.into());
        None
    }

    fn transcript(&mut self, cells: &Cells, attributes: &mut BTreeMap<String, Value>) -> Option<Vec<TranscriptLine>> {
        let text = self.text(cells, Field::Transcript)?;
        let Some(mut lines) = lines(text) else {
            self.note(Noted::NoSpeakers);
            attributes.insert("transcript".to_owned(), text.into());
            return None;
        };
        self.note(Noted::NoTimes);
        let is_long = |text: &str| text.chars().nth(TRANSCRIPT_LINE_CHARS).is_some();
        if lines.len() > TRANSCRIPT_LINES || lines.iter().any(|line| is_long(&line.text)) {
            self.note(Noted::TranscriptCut);
            lines.truncate(TRANSCRIPT_LINES);
            for line in lines.iter_mut().filter(|line| is_long(&line.text)) {
                line.text = line.text.chars().take(TRANSCRIPT_LINE_CHARS).collect();
            }
        }
        Some(lines)
    }
}

/// What a row is that is no call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoCall {
    /// A total or an average of other rows.
    Sum,
    /// A title, a note or a signature.
    Aside,
}

impl NoCall {
    /// What to say about it, before the number of rows.
    pub(super) fn said(self) -> &'static str {
        match self {
            Self::Sum => "rows that are totals or averages of others, left out",
            Self::Aside => "rows that are titles, notes or signatures and no calls, left out",
        }
    }
}
