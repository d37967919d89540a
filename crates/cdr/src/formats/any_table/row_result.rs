//! How the call of a row ended: by its words for results, and by the cause of its line.

use domain::{
    Code,
    outcome::{NO_ANSWER, SYSTEM_CODES, system_code},
};

use super::{
    cause_names::CauseName,
    noted::Noted,
    outcome::{Ended, Proof, RowOutcome},
    row::{RowReader, cell},
};
use crate::{
    causes::{LineSays, line_says},
    cells::Cells,
    ending::{ANSWERED_CODE, Ending, MACHINE_CODE, by_cause},
    mapping::Field,
    result_words::{WordSays, word_says},
    written::is_nothing,
};

impl RowReader {
    /// How the call of a row ended: by its results, else by the cause of the line.
    pub(super) fn outcome(&mut self, cells: &Cells, proof: Proof, rang: bool) -> RowOutcome {
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
    pub(super) fn by_cause(&self, cells: &Cells, ended: Ended) -> Ended {
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
    pub(super) fn says_no_call(&mut self, cells: &Cells) -> bool {
        let results = self.bound.places(Field::Result).iter().map(|at| cell(cells, *at));
        self.meanings.outcome(results, Proof::Unknown) == RowOutcome::NoCall
    }
}
