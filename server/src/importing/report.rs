//! What was wrong with records of a file, or odd about them: line by line as a compiler says it, and counted by reason.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fs::File,
    io::{self, BufWriter, Write},
};

use app::{Text, reasons};
use domain::{
    Language,
    import::{Done, REASONS, ReasonCount},
    sight::{ShownText, Sight},
};

/// A line about a record.
#[derive(Debug, Clone, Copy)]
pub struct ReportLine<'a> {
    /// The file's name, and the line that the record begins on.
    pub place: (&'a str, u64),
    /// The record's id, where it could be read.
    pub id: Option<&'a str>,
    /// The field; empty: the record as a whole.
    pub field: &'a str,
    /// What is wrong, or odd.
    pub reason: &'a str,
    /// What was done about it.
    pub done: Done,
}

impl ReportLine<'_> {
    fn about(&self) -> String {
        if self.field.is_empty() { self.reason.to_owned() } else { format!("{}: {}", self.field, self.reason) }
    }
}

/// What is done about a record, in words.
pub fn words(done: Done) -> &'static str {
    match done {
        Done::Rejected => "rejected",
        Done::Stored => "stored all the same",
    }
}

/// A line of a report in a reader's language, its field as people call it; as it is where it is no such line.
pub fn in_language(line: &str, language: Language) -> Cow<'_, str> {
    Parts::of(line).map_or(Cow::Borrowed(line), |parts| Cow::Owned(parts.in_words_of(Text(language))))
}

/// A line of a report as a reader may see it: without whatever in it may be a number. Where it stands in the file stays.
pub fn shown(line: &str, sight: Sight) -> Cow<'_, str> {
    if !sight.is_masked() {
        return Cow::Borrowed(line);
    }
    let hidden = |text: &str| String::from(ShownText::new(text.to_owned(), sight));
    let place = Parts::of(line).and_then(|parts| parts.place.rsplit_once(':'));
    Cow::Owned(match place {
        Some((name, number)) => {
            let rest = &line[name.len() + 1 + number.len()..];
            format!("{}:{number}{}", hidden(name), hidden(rest))
        }
        None => hidden(line),
    })
}

/// The parts of `file:line: field: what was wrong: what was done (call id)`.
struct Parts<'a> {
    place: &'a str,
    about: &'a str,
    done: Done,
    call: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // A name may hold colons, too.
        let place = line.match_indices(": ").map(|(at, _)| &line[..at]);
        let place =
            place.into_iter().find(|place| place.rsplit_once(':').is_some_and(|(_, number)| is_number(number)))?;
        let rest = &line[place.len() + 2..];
        [Done::Rejected, Done::Stored].into_iter().find_map(|done| {
            let said = format!(": {}", words(done));
            // What was wrong, and the id, may hold the words, too.
            rest.rmatch_indices(&said).find_map(|(at, _)| {
                let (about, after) = (&rest[..at], &rest[at + said.len()..]);
                let call = after.strip_prefix(" (call ").and_then(|after| after.strip_suffix(')'));
                (after.is_empty() || call.is_some()).then_some(Self { place, about, done, call })
            })
        })
    }

    fn in_words_of(&self, text: Text) -> String {
        let done = match self.done {
            Done::Rejected => text.import_was_rejected(),
            Done::Stored => text.import_was_stored(),
        };
        let call = self.call.map(|id| text.import_line_call(id)).unwrap_or_default();
        format!("{}: {}: {done}{call}", self.place, reasons::in_language(self.about, text.language()))
    }
}

/// What there is to say about the records of a file.
#[derive(Default)]
pub struct ImportReport {
    file: Option<BufWriter<File>>,
    reasons: BTreeMap<(Done, String), u64>,
    /// Lines whose reason is not among those that are counted apart.
    others: u64,
}

impl ImportReport {
    /// One that goes whole to this file.
    pub fn new(file: Option<File>) -> Self {
        Self { file: file.map(BufWriter::new), ..Self::default() }
    }

    /// Takes a line; gives its words: `file:line: field: what was wrong: what was done`.
    pub fn say(&mut self, line: &ReportLine<'_>) -> io::Result<String> {
        let about = line.about();
        let call = line.id.map(|id| format!(" (call {id})")).unwrap_or_default();
        let (name, number) = line.place;
        let said = format!("{name}:{number}: {about}: {}{call}", words(line.done));
        if let Some(file) = &mut self.file {
            writeln!(file, "{said}")?;
        }
        let key = (line.done, about);
        if self.reasons.len() < REASONS || self.reasons.contains_key(&key) {
            *self.reasons.entry(key).or_default() += 1;
        } else {
            self.others += 1;
        }
        Ok(said)
    }

    /// Counts what an answer has left out.
    pub fn left_out(&mut self, lines: u64) {
        self.others += lines;
    }

    /// The counts by reason, most frequent first, for the end of a file; the next one begins anew.
    pub fn finish(&mut self) -> io::Result<Vec<ReasonCount>> {
        if let Some(file) = &mut self.file {
            file.flush()?;
        }
        let mut reasons: Vec<_> = std::mem::take(&mut self.reasons).into_iter().collect();
        reasons.sort_by_key(|(_, lines)| std::cmp::Reverse(*lines));
        let counts = reasons.into_iter().map(|((done, reason), lines)| ReasonCount {
            reason: Some(reason),
            done: Some(done),
            lines,
        });
        let others = std::mem::take(&mut self.others);
        let others = (others > 0).then_some(ReasonCount { reason: None, done: None, lines: others });
        Ok(counts.chain(others).collect())
    }

    /// The file, with all that was said.
    pub fn into_file(self) -> io::Result<Option<File>> {
        self.file.map(|file| file.into_inner().map_err(io::IntoInnerError::into_error)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_said_in_the_readers_language() {
        for (stored, vietnamese, english) in [
            (
                "tháng 11.csv:7: contact.phone: is not a phone number: rejected",
                "tháng 11.csv:7: Số điện thoại: không phải số điện thoại: loại",
                "tháng 11.csv:7: Phone number: is not a phone number: rejected",
            ),
            (
                "a: b.zip/c.csv:12: answered_at: lies before dialed_at: rejected (call c: rejected (1))",
                "a: b.zip/c.csv:12: Lúc nghe máy: trước lúc gọi: loại (cuộc gọi c: rejected (1))",
                "a: b.zip/c.csv:12: Answered at: lies before dialed_at: rejected (call c: rejected (1))",
            ),
            (
                "f.csv:9: dialed_at: lies in the future: stored all the same (call c-1)",
                "f.csv:9: Lúc gọi: ở tương lai: vẫn nhập (cuộc gọi c-1)",
                "f.csv:9: Dialled at: lies in the future: stored all the same (call c-1)",
            ),
            (
                "f.csv:9: x: was eaten by a dog: rejected",
                "f.csv:9: x: was eaten by a dog: loại",
                "f.csv:9: x: was eaten by a dog: rejected",
            ),
            ("no line of a report", "no line of a report", "no line of a report"),
        ] {
            assert_eq!(in_language(stored, Language::Vi), vietnamese);
            assert_eq!(in_language(stored, Language::En), english);
        }
    }

    #[test]
    fn a_line_shows_no_number_to_who_may_not_see_one() {
        let masked = Sight::Masked(domain::Country::VIETNAM);
        for (line, said) in [
            (
                "0901234567.csv:12345678: phone: \"0901 234 567\" is odd: stored all the same (call t-84901234567)",
                "•••.csv:12345678: phone: \"•••\" is odd: stored all the same (call t-•••)",
            ),
            ("no line, but 0901234567", "no line, but •••"),
        ] {
            assert_eq!(shown(line, masked), said);
            assert_eq!(shown(line, Sight::Whole), line);
        }
    }

    #[test]
    fn every_line_is_counted_by_its_reason() {
        let mut report = ImportReport::new(None);
        for line in 0..250 {
            let reason = format!("is no time: {}", line % 50);
            let place = ("f.csv", line);
            let line = ReportLine { place, id: None, field: "dialed_at", reason: &reason, done: Done::Rejected };
            report.say(&line).unwrap();
        }
        let odd = ReportLine { place: ("f.csv", 9), id: Some("c-1"), field: "", reason: "odd", done: Done::Stored };
        assert_eq!(report.say(&odd).unwrap(), "f.csv:9: odd: stored all the same (call c-1)");
        report.left_out(3);
        let said = report.finish().unwrap();
        assert_eq!(said.len(), REASONS + 1);
        assert_eq!((said[0].reason.as_deref(), said[0].lines), (Some("dialed_at: is no time: 0"), 5));
        assert_eq!((said[REASONS].reason.as_deref(), said[REASONS].lines), (None, 154));
        assert_eq!(report.finish().unwrap(), []);
    }
}
