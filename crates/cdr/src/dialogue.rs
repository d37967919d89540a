//! What was said in a call, as AI voice platforms write it: a list of turns with a role, a text and a time.

use domain::{Speaker, TranscriptLine};

use crate::{body::Body, node::Node};

/// How a platform writes a turn.
pub(crate) struct Dialogue {
    /// The path of who speaks.
    pub(crate) role: &'static str,
    pub(crate) bot: &'static [&'static str],
    pub(crate) customer: &'static [&'static str],
    /// The path of what is said.
    pub(crate) text: &'static str,
}

impl Dialogue {
    /// The lines of a transcript; roles that are neither of the two (system, tools) are left out. `at` gives a turn's time
    /// in milliseconds from the answer; where it has none, the one before holds.
    pub(crate) fn lines<'a>(
        &self,
        turns: Option<&'a Node<'a>>,
        mut at: impl FnMut(Body<'a>) -> Option<i64>,
    ) -> Option<Vec<TranscriptLine>> {
        let mut last = 0;
        let turns = turns?.list()?.iter().map(Body);
        let lines: Vec<TranscriptLine> = turns
            .filter_map(|turn| {
                let role = turn.text(self.role)?.to_lowercase();
                let is = |words: &[&str]| words.contains(&role.as_str());
                let speaker = match (is(self.bot), is(self.customer)) {
                    (true, _) => Speaker::Bot,
                    (_, true) => Speaker::Customer,
                    _ => return None,
                };
                let text = turn.text(self.text)?.into_owned();
                last = at(turn).unwrap_or(last).clamp(0, domain::time::DAY_MS);
                Some(TranscriptLine { at: last, speaker, text })
            })
            .collect();
        (!lines.is_empty()).then_some(lines)
    }
}

/// Seconds of a turn's time, as milliseconds.
pub(crate) fn seconds(turn: Body<'_>, path: &str) -> Option<i64> {
    turn.seconds(path).ok().flatten()
}
