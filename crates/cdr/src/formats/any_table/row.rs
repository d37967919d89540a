//! One row of a table as a call.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex},
};

use domain::{CallRecord, CampaignId, FieldError, Speaker, Timestamp, VoicebotId, outcome::SYSTEM_CODES, time::Zone};

use super::{
    cause_names::CauseNames,
    costs::Costs,
    instants::RowTimes,
    noted::{Noted, Notes},
    outcome::{Ended, Meanings, Proof, RowOutcome},
    tally::RowTally,
    turns::{Spoken, held},
    zones::RowZones,
};
use crate::{
    any_rows::Ahead,
    cells::Cells,
    clock::Clock,
    guess::{Directions, counts_rows, zone_in},
    mapping::{Bound, Field, Mapping},
    source::{Campaigns, Direction},
    spoken::is_dialogue,
    written::{is_error_cell, is_nothing, ordinal, unguarded},
    zone_days::ZoneDays,
};

/// How far whole seconds and minutes may move an instant over the one beside it.
const ROUNDING_MS: i64 = 2_000;

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
    /// Zones that rows name.
    pub(super) zones: RowZones,
    /// That of the clocks in the column of epochs, where its name says it.
    pub(super) epoch_zone: Option<ZoneDays>,
    /// It is the list of Ringside's own calls.
    pub(super) is_own: bool,
    /// The column that counts the rows, which is no part of what a call without an id is known by: the next file counts anew.
    pub(super) row_number: Option<usize>,
}

/// The column that counts the rows of a table, where that is no field of the calls and the first rows can be told apart without it.
pub(super) fn row_number_of(bound: &Bound, names: &[String], ahead: &Ahead) -> Option<usize> {
    let is_taken = |at: usize| [Field::Id, Field::ContactId].iter().any(|field| bound.places(*field).contains(&at));
    let at = (0..names.len()).find(|at| counts_rows(&names[*at]) && !is_taken(*at))?;
    let rows = || ahead.iter().flatten().map(|(_, row)| row);
    let are_numbers = rows().all(|row| row.get(at).trim().bytes().all(|byte| byte.is_ascii_digit()));
    let mut known = HashSet::new();
    let are_apart = rows().all(|row| known.insert(row.fingerprint_without(Some(at))));
    (are_numbers && are_apart).then_some(at)
}

/// The zone of the clocks that stand in the place of epochs, which their column's name says: `start_time_utc`.
pub(super) fn epoch_zone_of(bound: &Bound, names: &[String]) -> Option<ZoneDays> {
    let name = names.get(bound.place(Field::Epoch)?)?;
    Some(ZoneDays::new(Zone::new(&zone_in(name)?).ok()?))
}

/// A cell without what keeps a spreadsheet from reading it as a formula or a number.
pub(super) fn cell(cells: &Cells, at: usize) -> &str {
    unguarded(cells.get(at))
}

impl RowReader {
    /// Reads on by another header.
    pub(super) fn read_by(&mut self, bound: Bound, names: Vec<String>) {
        self.under = CauseNames::of(&bound, &names);
        self.epoch_zone = epoch_zone_of(&bound, &names);
        self.directions = self.directions.take().and_then(|directions| directions.under(&self.names, &names));
        self.row_number = self.row_number.and_then(|_| names.iter().position(|name| counts_rows(name)));
        (self.bound, self.names) = (bound, names);
    }

    pub(super) fn note(&mut self, noted: Noted) {
        self.notes.add(noted);
    }

    pub(super) fn text<'a>(&self, cells: &'a Cells, field: Field) -> Option<&'a str> {
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
        if cells.contains('#') && cells.iter().any(is_error_cell) {
            if let Some(field) = self.error_in_the_way(cells) {
                let reason = "is a spreadsheet's error: its formula could not be worked out";
                return MadeRow::Refused(FieldError::new(field.name(), reason));
            }
            self.note(Noted::ErrorCell);
        }
        self.shift_back(cells);
        self.direction = self.directions.as_ref().map(|directions| directions.of_row(cells)).unwrap_or_default();
        if self.directions.as_ref().is_some_and(|directions| directions.is_of_strangers(cells)) {
            self.note(Noted::NeitherOurs);
        }
        if let Some(word) = self.directions.as_ref().and_then(|directions| directions.unknown(cells)) {
            self.tally.count_direction(word.to_owned(), 1);
        }
        let record = if self.is_own { self.own_record(cells) } else { self.record(cells) };
        match record {
            Ok(Some(record)) => MadeRow::Call(record),
            Ok(None) => MadeRow::NoCall,
            Err(error) => MadeRow::Refused(error),
        }
    }

    /// The field without which a call cannot be told, where a spreadsheet shows an error in its place: who was called, or how it ended.
    fn error_in_the_way(&self, cells: &Cells) -> Option<Field> {
        let is_error = |at: &usize| is_error_cell(cells.get(*at));
        let has_error = |field: Field| self.bound.places(field).iter().any(is_error);
        let is_known_otherwise = self.text(cells, Field::ContactId).is_some();
        [Field::Phone, Field::Result]
            .into_iter()
            .find(|field| has_error(*field) && !(*field == Field::Phone && is_known_otherwise))
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

    fn record(&mut self, cells: &Cells) -> Result<Option<CallRecord>, FieldError> {
        let Some(RowTimes { dialed, answered, ended }) = self.times(cells)? else {
            // Of a call that was never dialled nobody knows when.
            if self.says_no_call(cells) {
                return Ok(None);
            }
            return Err(FieldError::new("dialed_at", "is missing"));
        };
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
        let (id, contact) = self.identity(cells, &mut attributes)?;
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
            bot_messages: self.bot_messages(cells, &mut attributes),
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

    pub(super) fn attempt(&self, cells: &Cells) -> Result<Option<u32>, FieldError> {
        let Some(text) = self.text(cells, Field::Attempt) else { return Ok(None) };
        let number = ordinal(text).ok_or_else(|| FieldError::new("attempt", format!("is not a number: \"{text}\"")))?;
        Ok(Some(number))
    }
}
