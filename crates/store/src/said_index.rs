//! An index of what was said: which calls have which words, and where.
//!
//! What it knows of a call are its words, small and without marks ([`domain::said::SaidWords`]), each with the account before it (`12_dang`):
//! a search reads the lists of its own account alone, however many calls others have. Besides, each call has words for where it stands
//! (`12#c3` for its campaign, `12#d…` for its day, `12#h…` for its hour), by which a search goes through a long list of calls piece by
//! piece, newest first.
//!
//! On SQLite it is FTS5 without contents (`said_words`, a column for each speaker and one for the place), on PostgreSQL a `tsvector` with
//! GIN (`said_calls.words`, a weight for each speaker). Both name calls, not lines: ten lines share one entry of a word. Which line it is, and
//! that a line has all that is asked for, the transcript says, which is read for what is shown anyway. So the index may name too many
//! calls, and never misses one.
//!
//! It is written in the transaction that stores, corrects or takes out a call: [`put`], [`take_out`]. What was stored before there was an
//! index [`advance`] goes through, newest first.

mod checking;
mod filling;
mod matching;
mod transcripts;
mod words;
mod writing;

pub(crate) use checking::{WrongSaid, gone, put_right, wrong};
pub use filling::{FillStep, SaidFill, advance, begin, progress};
#[cfg(test)]
pub(crate) use matching::statement;
pub(crate) use matching::{SaidCandidate, SaidPlaces, candidates};
pub(crate) use transcripts::Transcripts;
pub(crate) use words::{SaidPlace, SpokenCall};
pub(crate) use writing::{put, take_out};
