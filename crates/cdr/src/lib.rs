//! Call-record files: bytes in, [`domain::CallRecord`]s and skipped rows out; no database, no clock.
//!
//! [`read`] finds the format by the first bytes (or takes the one in [`Options`]) and gives an iterator of records;
//! each has kept the rules of [`domain::CallRecord::check`]. What the file did not say and was worked out from its
//! records (time zone, order of day and month) is in the [`Reading`], to be shown to whoever imports it.
//!
//! [`ArrayCutter`] cuts a JSON array into its elements while it arrives; bodies of requests are read with it, too.
//!
//! One module per format and one line in the table of `formats`, which makes [`Format`] of it;
//! `docs/recipes/add-an-import-format.md` says how to add one. The modules stand on each other in this order, and none
//! uses one that comes later (the test `modules_use_each_other_in_one_direction` reads the sources):
//!
//! 1. text, times, numbers and causes: `pruned`, `node`, `body`, `causes`, `dialogue`, `encoding`, `json_array`, `lanes`, `lines`,
//!    `local_time`, `numbers`, `objects`, `packed`, `seen`, `spellings`, `spoken`, `spool`, `texts`, `gathered`, `spreadsheet`, `unique_id`, `wrapped`, `written`,
//!    `xml_tokens`, `zone_days`;
//! 2. what a format gives out: `findings`, `own_fields`, `source`, `making`;
//! 3. what formats share: `cells`, `columns`, `rows`, `json_rows`, `table_row`, `sql`, `table`, `clock`, `times`, `stamps`, `parts`,
//!    `ending`, `ended_reasons`; of calls with legs: `legs`, `leg_parts`, `leg_calls`; of calls that are told of by events: `assumed`, `known`, `partial`, `calls`, `event_calls`, `events`; of tables whose columns somebody has to tell apart: `result_words`, `mapping`, `mapping_text`, `sheet`, `unpacked`, `workbook`, `any_rows`, `guess`;
//! 4. `formats`: the formats, then the table of them;
//! 5. what a caller sees: `reading`, `records`, which reads what `unpacked` gives; `mapped`, which reads a body by a mapping.

#![warn(missing_docs)]

mod any_rows;
mod assumed;
mod body;
mod calls;
mod causes;
mod cells;
mod clock;
mod columns;
mod composed;
mod dialogue;
mod encoding;
mod ended_reasons;
mod ending;
mod event_calls;
mod events;
mod findings;
mod formats;
mod gathered;
mod guess;
mod json_array;
mod json_rows;
mod known;
mod lanes;
mod leg_calls;
mod leg_parts;
mod legs;
mod lines;
mod local_time;
mod making;
mod mapped;
mod mapping;
mod mapping_text;
mod node;
mod numbers;
mod objects;
mod own_fields;
mod packed;
mod partial;
mod parts;
mod pruned;
mod reading;
mod records;
mod result_words;
mod rows;
mod seen;
mod sheet;
mod source;
mod spellings;
mod spoken;
mod spool;
mod spreadsheet;
mod sql;
mod stamps;
mod table;
mod table_row;
mod texts;
mod times;
mod unique_id;
mod unpacked;
mod workbook;
mod wrapped;
mod written;
mod xml_tokens;
mod zone_days;

pub use findings::{OrderBasis, ZoneBasis, ZoneReading};
pub use formats::{Format, UnknownFormat, detect};
pub use guess::{Basis, Certainty, Guess, Reason, is_yes_or_no};
pub use json_array::{ArrayCutter, ArrayFault, Element};
pub use local_time::DateOrder;
pub use mapped::MappedBody;
pub use mapping::{Field, Mapping, MappingError, Place, Turns, fingerprint};
pub use own_fields::OwnFields;
pub use partial::PartialCall;
pub use reading::Reading;
pub use records::{Options, ReadError, Records, Sample, format_of, read, sample};
pub use source::{Direction, Skipped, ToldCall, ToldLeg};
pub use written::{Decimal, Unit};
