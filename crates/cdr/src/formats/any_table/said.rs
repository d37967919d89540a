//! What is said of a table before its rows are read.

use super::look::Looked;
use crate::{
    any_rows::Ahead,
    findings::Findings,
    guess::{Certainty, Guess},
    local_time::When,
    mapping::{Bound, Field},
    written::when,
};

/// What the list of calls that people get is called.
const OWN: &str = "Ringside's own list of calls";

/// What to say of columns that were guessed.
fn said_of_guess(guess: &Guess) -> Vec<String> {
    let taken: Vec<String> =
        guess.reasons.iter().map(|reason| format!("{} = \"{}\"", reason.field, reason.column)).collect();
    let mut said = vec![format!("columns were guessed: {}", taken.join(", "))];
    if let Some(turns) = &guess.mapping.turns {
        said.push(format!(
            "rows of {} columns were taken for what was said in the calls, first by the customer, then by the voicebot; check it",
            turns.width
        ));
    }
    said.extend(guess.left.iter().cloned());
    for reason in guess.reasons.iter().filter(|reason| reason.certainty == Certainty::Unsure) {
        said.push(format!("check the column \"{}\": taken for {} {reason}", reason.column, reason.field));
    }
    said
}

/// What is known of a table before its rows are read.
pub(super) fn begun(looked: &Looked<'_>) -> Findings {
    let shape = match (looked.rows.shape(), &looked.sheet, &looked.guess) {
        (shape, Some(sheet), guess) => format!("{shape} \"{sheet}\", columns {}", chosen(guess.is_some())),
        (shape, None, guess) => format!("{shape}, columns {}", chosen(guess.is_some())),
    };
    let mut findings = Findings::new(shape);
    if looked.is_own {
        findings.shape = looked.sheet.as_ref().map_or(OWN.to_owned(), |sheet| format!("{OWN}, sheet \"{sheet}\""));
    } else {
        findings.warnings.extend(looked.guess.iter().flat_map(said_of_guess));
    }
    findings
}

/// What to say of numbers that call and are called, where nothing tells which are ours.
pub(super) fn said_of_both(numbers: &[String]) -> Option<String> {
    const MOST: usize = 5;
    (!numbers.is_empty()).then(|| {
        let named = numbers.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
        format!(
            "numbers that call in some rows and are called in others, of which nothing tells whether they are our own, so that all \
             calls were taken for calls to the number that was called: {}, ending in {named}",
            numbers.len()
        )
    })
}

pub(super) fn said_of_zones(zones: &[String]) -> Option<String> {
    (zones.len() > 1)
        .then(|| format!("rows name their time zones, in which their times are read: {}", zones.join(", ")))
}

/// What to say where a spreadsheet of another country has taken the month for the day: what it could read so is a date, what it could
/// not, since the day is over 12, stayed a text.
pub(super) fn swapped(ahead: &Ahead, bound: &Bound) -> Option<&'static str> {
    const LEAST: usize = 3;
    let (mut texts, mut dates) = (0, 0);
    for (_, cells) in ahead.iter().flatten() {
        let Some(When::Wall(wall)) = when(&bound.time_text(cells, Field::DialedAt)) else { continue };
        if wall.is_ambiguous() {
            texts += 1;
            if wall.first_two().0.max(wall.first_two().1) <= 12 {
                return None;
            }
        } else {
            dates += 1;
            if wall.day_of_year_first() > 12 {
                return None;
            }
        }
    }
    (texts > 1 && dates >= LEAST).then_some(
        "dates after the 12th are texts and all others are dates: a spreadsheet has probably swapped day and month of the \
         latter; check the times of the calls, and export the file again",
    )
}

fn chosen(is_guessed: bool) -> &'static str {
    if is_guessed { "guessed" } else { "as mapped" }
}
