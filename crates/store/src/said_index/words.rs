//! The words of a call as the index has them.

use std::{collections::HashMap, fmt::Write};

use domain::{Speaker, TranscriptLine, said::SaidWords};
use serde_json::json;
use xxhash_rust::xxh3::xxh3_64;

use crate::dialect::Engine;

/// Words of a call that are indexed: a `tsvector` counts places up to 16,383.
const MOST_WORDS: usize = 16_000;
/// How often one word may be in it: a `tsvector` keeps 256 places of each.
const MOST_OF_A_WORD: usize = 250;
/// Changes when other words are made of the same transcript: the index is to be made anew then, by a migration.
const FORM: u8 = 1;

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx_macros::FromRow)]
pub(crate) struct SaidPlace {
    pub(crate) call_key: i64,
    pub(crate) campaign_key: i64,
    pub(crate) dialed_at: i64,
    /// The local day × 24 + the hour.
    pub(crate) hour: i64,
}

/// A word of the index that stands for a place, or for no word: of which account and kind, and its number.
pub(super) fn mark(account: i64, kind: char, number: i64) -> String {
    // A sign would end the word.
    format!("{account}#{kind}{:x}", number.cast_unsigned())
}

/// What the words of a call that is too long to be indexed are: every search asks its transcript.
pub(super) fn long_mark(account: i64) -> String {
    mark(account, 'l', 0)
}

/// As the index has a word of an account.
pub(super) fn word(account: i64, word: &str) -> String {
    format!("{account}_{word}")
}

/// A call with what the index has of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpokenCall {
    pub(crate) place: SaidPlace,
    words: Vec<(Speaker, String)>,
    is_long: bool,
}

impl SpokenCall {
    /// Reads the words of a transcript; `None`: it has none.
    pub(crate) fn read(place: SaidPlace, transcript: &[TranscriptLine]) -> Option<Self> {
        let mut of_line = SaidWords::default();
        let mut words = Vec::new();
        let mut counts = HashMap::<String, usize>::new();
        let mut is_long = false;
        'lines: for line in transcript {
            of_line.read(&line.text);
            for word in of_line.iter() {
                let count = counts.entry(word.to_owned()).or_default();
                *count += 1;
                if words.len() == MOST_WORDS || *count > MOST_OF_A_WORD {
                    is_long = true;
                    words.clear();
                    break 'lines;
                }
                words.push((line.speaker, word.to_owned()));
            }
        }
        (is_long || !words.is_empty()).then_some(Self { place, words, is_long })
    }

    /// What tells whether other words are indexed.
    pub(crate) fn hash(&self) -> i64 {
        let mut bytes = vec![FORM, u8::from(self.is_long)];
        for (speaker, word) in &self.words {
            bytes.push(u8::from(*speaker == Speaker::Customer));
            bytes.extend_from_slice(word.as_bytes());
            bytes.push(0);
        }
        xxh3_64(&bytes).cast_signed()
    }

    fn marks(&self, account: i64) -> Vec<String> {
        let SaidPlace { campaign_key, hour, .. } = self.place;
        let mut marks =
            vec![mark(account, 'c', campaign_key), mark(account, 'd', hour.div_euclid(24)), mark(account, 'h', hour)];
        marks.extend(self.is_long.then(|| long_mark(account)));
        marks
    }

    /// Its row for the index of an engine.
    pub(super) fn row(&self, account: i64, engine: Engine) -> serde_json::Value {
        match engine {
            Engine::Sqlite => {
                let of = |speaker| {
                    let words = self.words.iter().filter(|(who, _)| *who == speaker);
                    words.map(|(_, text)| word(account, text)).collect::<Vec<_>>().join(" ")
                };
                let place = self.marks(account).join(" ");
                json!([row_id(account, self.place.call_key), of(Speaker::Bot), of(Speaker::Customer), place])
            }
            Engine::Postgres => {
                let SaidPlace { call_key, campaign_key, dialed_at, hour } = self.place;
                json!([call_key, campaign_key, dialed_at, hour, self.hash(), self.vector(account)])
            }
        }
    }

    /// The text of a `tsvector`.
    fn vector(&self, account: i64) -> String {
        let mut places = HashMap::<&str, String>::new();
        for (n, (speaker, text)) in self.words.iter().enumerate() {
            let weight = if *speaker == Speaker::Bot { 'A' } else { 'B' };
            let places = places.entry(text).or_default();
            let comma = if places.is_empty() { "" } else { "," };
            // Into memory, which cannot fail.
            let _ = write!(places, "{comma}{}{weight}", n + 1);
        }
        let mut vector = String::new();
        for (text, places) in places {
            let _ = write!(vector, "'{}':{places} ", word(account, text));
        }
        for mark in self.marks(account) {
            let _ = write!(vector, "'{mark}' ");
        }
        vector
    }
}

/// The bits of the number of a row of FTS5 that are the call's; those before are the account's.
const CALL_BITS: u32 = 40;

/// The number of a call in FTS5, which knows no account.
pub(super) fn row_id(account: i64, call_key: i64) -> i64 {
    (account << CALL_BITS) | call_key
}
