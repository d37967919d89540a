//! What was wrong with records of a file, or odd about them: line by line as a compiler says it, and counted by reason.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufWriter, Write},
};

use indicatif::ProgressBar;

/// Lines that are printed; the others are counted, and all are in the file.
const PRINTED: u64 = 100;
/// Reasons that are counted apart.
const REASONS: usize = 20;

/// What was done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Done {
    /// The record is not stored.
    Rejected,
    /// The record is stored as it is.
    Stored,
}

impl Done {
    fn word(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Stored => "stored all the same",
        }
    }
}

/// What there is to say about records.
pub(super) struct Report {
    file: Option<BufWriter<File>>,
    printed: u64,
    reasons: BTreeMap<(Done, String), u64>,
    /// Lines whose reason is not among those that are counted apart.
    others: u64,
}

impl Report {
    /// One that goes to the screen, and whole to this file.
    pub(super) fn new(file: Option<File>) -> Self {
        Self { file: file.map(BufWriter::new), printed: 0, reasons: BTreeMap::new(), others: 0 }
    }

    /// `file:line: field: what was wrong: what was done`.
    pub(super) fn say(
        &mut self,
        bar: &ProgressBar,
        (name, line): (&str, u64),
        id: Option<&str>,
        (field, reason): (&str, &str),
        done: Done,
    ) -> io::Result<()> {
        let about = if field.is_empty() { reason.to_owned() } else { format!("{field}: {reason}") };
        let call = id.map(|id| format!(" (call {id})")).unwrap_or_default();
        let said = format!("{name}:{line}: {about}: {}{call}", done.word());
        if let Some(file) = &mut self.file {
            writeln!(file, "{said}")?;
        }
        // What is stored all the same is only counted on the screen: a file may have it in every line.
        if done == Done::Rejected && self.printed < PRINTED {
            self.printed += 1;
            bar.suspend(|| eprintln!("{said}"));
            if self.printed == PRINTED {
                bar.suspend(|| eprintln!("{name}: what is wrong further on is only counted; --report FILE has it all"));
            }
        }
        self.count(done, about, 1);
        Ok(())
    }

    /// Counts what an answer has left out.
    pub(super) fn left_out(&mut self, lines: u64) {
        self.others += lines;
    }

    fn count(&mut self, done: Done, about: String, lines: u64) {
        let key = (done, about);
        if self.reasons.len() < REASONS || self.reasons.contains_key(&key) {
            *self.reasons.entry(key).or_default() += lines;
        } else {
            self.others += lines;
        }
    }

    /// The counts by reason, most frequent first, for the end of a file; the next one begins anew.
    pub(super) fn finish(&mut self) -> io::Result<Vec<String>> {
        if let Some(file) = &mut self.file {
            file.flush()?;
        }
        self.printed = 0;
        let mut reasons: Vec<_> = std::mem::take(&mut self.reasons).into_iter().collect();
        reasons.sort_by_key(|(_, lines)| std::cmp::Reverse(*lines));
        let said = reasons.into_iter().map(|((done, about), lines)| format!("{about}: {}: {lines}", done.word()));
        let others = std::mem::take(&mut self.others);
        Ok(said.chain((others > 0).then(|| format!("for other reasons: {others}"))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_counted_by_its_reason() {
        let (mut report, bar) = (Report::new(None), ProgressBar::hidden());
        for line in 0..250 {
            let reason = format!("is no time: {}", line % 50);
            report.say(&bar, ("f.csv", line), None, ("dialed_at", &reason), Done::Rejected).unwrap();
        }
        report.say(&bar, ("f.csv", 9), Some("c-1"), ("", "odd"), Done::Stored).unwrap();
        report.left_out(3);
        let said = report.finish().unwrap();
        assert_eq!(said.len(), REASONS + 1);
        assert_eq!(said[0], "dialed_at: is no time: 0: rejected: 5");
        assert_eq!(said[REASONS], "for other reasons: 154");
        assert_eq!(report.finish().unwrap(), Vec::<String>::new());
    }
}
