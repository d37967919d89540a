//! How long it takes to say something. Transcripts are timed by it and recordings speak by it.

use domain::Speaker;

/// A bot speaks evenly, at a little over four syllables a second; people are faster.
fn syllable_ms(speaker: Speaker) -> i64 {
    match speaker {
        Speaker::Bot => 225,
        Speaker::Customer => 200,
    }
}

/// A rest at a comma, and between sentences.
const REST_MS: (i64, i64) = (130, 260);

/// One spoken syllable or the rest after one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat<'a> {
    /// A syllable, so long.
    Syllable(&'a str, i64),
    /// Silence, so long.
    Rest(i64),
}

/// The beats of a line. Vietnamese is written syllable by syllable; a number is read digit by digit.
pub fn beats(text: &str, speaker: Speaker) -> impl Iterator<Item = Beat<'_>> {
    let long = syllable_ms(speaker);
    text.split_whitespace().flat_map(move |word| {
        let rest = match word.chars().next_back() {
            Some(',' | ':' | ';') => Some(REST_MS.0),
            Some('.' | '?' | '!' | '…') => Some(REST_MS.1),
            _ => None,
        };
        let has_digits = word.contains(|c: char| c.is_ascii_digit());
        let digits = word.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| &word[at..=at]);
        let whole = (!has_digits).then(|| word.trim_matches(|c: char| !c.is_alphanumeric()));
        let syllables = digits.chain(whole).map(move |syllable| Beat::Syllable(syllable, long));
        syllables.chain(rest.map(Beat::Rest))
    })
}

/// How long it takes to say a line, without the rest after its end.
pub fn spoken_ms(text: &str, speaker: Speaker) -> i64 {
    let mut total = 0;
    let mut trailing = 0;
    for beat in beats(text, speaker) {
        match beat {
            Beat::Syllable(_, ms) => {
                total += trailing + ms;
                trailing = 0;
            }
            Beat::Rest(ms) => trailing = ms,
        }
    }
    total
}

/// As many words of a line as can be said in `ms`.
pub fn said_within(text: &str, speaker: Speaker, ms: i64) -> String {
    let mut said = String::new();
    for word in text.split_whitespace() {
        let longer = if said.is_empty() { word.to_owned() } else { format!("{said} {word}") };
        if spoken_ms(&longer, speaker) > ms {
            break;
        }
        said = longer;
    }
    said
}
