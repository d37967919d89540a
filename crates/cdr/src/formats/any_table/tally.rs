//! What is counted of the rows of a table that are no calls.

use std::collections::HashMap;

/// Words without a meaning that are counted apart.
const MOST_WORDS: usize = 100;

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

    pub(super) fn count_direction(&mut self, word: String, count: u64) {
        if self.directions.len() < MOST_WORDS || self.directions.contains_key(&word) {
            *self.directions.entry(word).or_default() += count;
        }
    }

    pub(super) fn count_word(&mut self, word: String, count: u64) {
        if self.words.len() < MOST_WORDS || self.words.contains_key(&word) {
            *self.words.entry(word).or_default() += count;
        }
    }
}
