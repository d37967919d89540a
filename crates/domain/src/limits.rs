//! How large what a request brings or asks for may be, so that what it can cost the server can be read on one page;
//! docs/API.md lists the limits that a sender meets, docs/OPERATIONS.md those that an operator does.
//!
//! What they are for: no request raises the server's memory by more than 100 MB, and none keeps another account's waiting for
//! long. On SQLite there is one writer, so a batch waits for the one before it, whoever sent that.

use std::borrow::Cow;

/// Characters of an id: of a campaign, voicebot, customer, call or result code.
pub const ID_CHARS: usize = 128;
/// Characters of a name: of a campaign, voicebot, customer or label.
pub const NAME_CHARS: usize = 300;
/// Characters of a phone number as it is sent.
pub const PHONE_CHARS: usize = 64;
/// Characters of the switch's cause.
pub const CAUSE_CHARS: usize = 128;
/// Causes of an account that figures tell apart; what comes later is counted together as others.
pub const CAUSES: usize = 200;
/// Own dimensions of an account.
pub const OWN_DIMENSIONS: usize = 12;
/// Values of a dimension that are told apart; the others are counted together.
pub const OWN_VALUES: usize = 200;
/// Characters of the key of a dimension.
pub const OWN_KEY_CHARS: usize = 100;
/// Characters of a value that is told apart.
pub const OWN_VALUE_CHARS: usize = 200;
/// Characters of a recording's address.
pub const URL_CHARS: usize = 2_048;
/// Characters of a search text.
pub const SEARCH_CHARS: usize = 100;
/// Words of a search of what was said.
pub const SAID_WORDS: usize = 12;
/// Transcripts that one answer of that search reads through at most; the next goes on behind them.
pub const SAID_LOOKED_AT: usize = 2_000;
/// Lines of a call that it shows.
pub const SAID_LINES: usize = 5;
/// Addresses that a report is mailed to.
pub const EMAILS: usize = 500;
/// Campaigns, and voicebots, that are chosen for a viewer.
pub const CHOSEN: usize = 500;
/// Campaigns that stand side by side.
pub const COMPARED_CAMPAIGNS: usize = 6;
/// Pages that a person keeps under a name, and as many that an account does.
pub const SAVED_VIEWS: usize = 100;
/// Characters of the name of such a page.
pub const VIEW_NAME_CHARS: usize = 80;
/// Characters of the address of such a page.
pub const VIEW_ADDRESS_CHARS: usize = 2_000;
/// Notes on days of a campaign, and as many of the whole account.
pub const DAY_NOTES: usize = 500;
/// Characters of a note on a day.
pub const DAY_NOTE_CHARS: usize = 200;
/// Notes on a call.
pub const CALL_NOTES: usize = 50;
/// Characters of a note on a call.
pub const CALL_NOTE_CHARS: usize = 1_000;
/// Words that an account gives for results.
pub const RESULT_WORDS: usize = 500;

/// Lines of a transcript: a line a second for well over an hour.
pub const TRANSCRIPT_LINES: usize = 5_000;
/// Characters of one line of a transcript.
pub const TRANSCRIPT_LINE_CHARS: usize = 10_000;
/// Entries of `attributes`.
pub const ATTRIBUTES: usize = 100;
/// Bytes of `attributes`, counted as they lie in memory: texts and names as UTF-8, [`VALUE_BYTES`] for every value, and
/// what [`LIST_BYTES`] and [`OBJECT_BYTES`] say besides.
pub const ATTRIBUTES_BYTES: usize = 64 * 1024;
/// Bytes that a JSON value takes in memory, whatever it is.
pub const VALUE_BYTES: usize = 32;
/// Bytes that a list takes besides, once something is in it.
pub const LIST_BYTES: usize = 96;
/// Bytes that an object takes besides, once something is in it.
pub const OBJECT_BYTES: usize = 480;
/// Lists and objects within each other in `attributes`; deeper ones are no facts about a call, but an attack on what reads them.
pub const ATTRIBUTES_DEPTH: usize = 16;

/// The largest attempt number.
pub const ATTEMPT: u32 = 1_000;
/// The most replies of the bot in one call.
pub const BOT_MESSAGES: u32 = 100_000;
/// The most blocks of one call: a day in seconds.
pub const BLOCKS: i64 = 86_400;
/// The highest cost of one call that its sender gave, in currency units.
pub const COST_UNITS: i64 = 1_000_000;
/// The most that a tariff may make a call of [`BLOCKS`] seconds cost, in currency units.
pub const DAY_COST_UNITS: i64 = 10_000_000;
/// The most that all calls of an account may cost together, in currency units: the dearest calls of a whole day would have to be
/// 900,000, usual ones more than any machine holds. Every sum of costs is one of a part of them, so that none is beyond what
/// 64 bits hold in millionths (9,223,372,036,854 units). A call that would go beyond is not taken in.
pub const ACCOUNT_COST_UNITS: i64 = 9_000_000_000_000;

/// Bytes of one record's JSON. It is cut off there before it is parsed: a parsed record takes many times its text.
pub const RECORD_BYTES: usize = 1024 * 1024;
/// Bytes of one record of a file that is imported, which rows of many columns may need.
pub const FILE_RECORD_BYTES: usize = 16 * 1024 * 1024;
/// Bytes that the values of such a record take in memory, and those of a webhook, counted with room to grow: a list of empty
/// objects takes hundreds of times its text.
pub const NODE_BYTES: usize = 48 * 1024 * 1024;
/// Bytes of a batch, unpacked.
pub const BATCH_BYTES: u64 = 64 * 1024 * 1024;
/// Bytes that the records of a batch which are worked on together take in memory once they are parsed, roughly.
pub const PARSED_BYTES: usize = 8 * 1024 * 1024;
/// Records of a batch, however small they are.
pub const BATCH_RECORDS: usize = 100_000;
/// Bytes of a JSON body that is one record.
pub const BODY_BYTES: usize = 1024 * 1024;
/// Bytes of a form of the pages, all its fields together; files have [`IMPORT_BYTES`].
pub const FORM_BYTES: usize = 64 * 1024;
/// Bytes of a recording as it is sent or fetched.
pub const RECORDING_BYTES: u64 = 512 * 1024 * 1024;
/// Samples of a recording, those of all its sides: 12 hours of two sides at 8,000 a second, or 2 hours at 48,000. A packed
/// file of 2 MB may hold many times as many.
pub const RECORDING_SAMPLES: u64 = 12 * 60 * 60 * 8_000 * 2;
/// Seconds of one core that reading a recording through may take.
pub const RECORDING_CPU_SECONDS: u64 = 30;
/// Bytes of a recording that may be read until its sound begins: tables, names, pictures.
pub const RECORDING_HEAD_BYTES: u64 = 16 * 1024 * 1024;
/// Recordings that are read through at once, each by one core.
pub const PROBES_AT_ONCE: usize = 2;
/// Of them those of one account.
pub const PROBES_OF_AN_ACCOUNT: usize = 1;

/// Rules that a record broke of which the answer tells; the first ones.
pub const ERRORS_PER_RECORD: usize = 10;
/// Errors that the answer to a batch describes, and as many warnings: those of the first records. The others are counted.
pub const ERRORS_PER_ANSWER: usize = 1_000;
/// Characters of a name or value of the sender's that an answer repeats.
pub const REPEATED_CHARS: usize = 200;

/// Rows of a page of a list.
pub const PAGE_ROWS: u32 = 1_000;
/// Bytes of transcripts and attributes on one page of calls; a page ends before the call that goes beyond.
pub const PAGE_DETAIL_BYTES: usize = 8 * 1024 * 1024;
/// Days of a range that somebody chose: ten years.
pub const RANGE_DAYS: i32 = 3_653;

/// Batches that are unpacked, parsed and stored at once; each keeps its text in memory.
pub const BATCHES_AT_ONCE: usize = 4;
/// Of them those of one account: while one is stored, the next is unpacked.
pub const BATCHES_OF_AN_ACCOUNT: usize = 2;
/// Batches that are received or wait for their turn; they lie in temporary files.
pub const WAITING_BATCHES: usize = 128;
/// Of them those of one account.
pub const WAITING_BATCHES_OF_AN_ACCOUNT: usize = 16;
/// Bytes of a batch kept in memory while it is received; the rest lies in a temporary file.
pub const RECEIVED_IN_MEMORY: usize = 256 * 1024;
/// Seconds in which nothing of a body may come before its sender is given up.
pub const BODY_IDLE_SECONDS: u64 = 30;
/// Seconds in which the whole body of a batch must have come.
pub const BODY_SECONDS: u64 = 15 * 60;
/// Bytes a second at which a body must come on average, after the first [`BODY_IDLE_SECONDS`]: that of a form, too, whose
/// connection is a place that others could use.
pub const BODY_BYTES_PER_SECOND: u64 = 4 * 1024;

/// Bytes of a webhook.
pub const HOOK_BYTES: u64 = 2 * 1024 * 1024;
/// Bytes of webhooks that wait together to be stored; beyond, further ones are told to come again.
pub const WAITING_HOOK_BYTES: usize = 32 * 1024 * 1024;
/// Webhooks that wait together to be stored.
pub const WAITING_HOOKS: usize = 4_096;
/// Webhooks that are stored in one transaction.
pub const HOOKS_PER_COMMIT: usize = 256;
/// Webhooks that are read in one transaction, for which those wait that come in meanwhile.
pub const HOOKS_PER_READ: usize = 64;
/// Addresses for webhooks of an account.
pub const HOOKS: usize = 100;
/// Agents of one system that an account's webhooks may name; each unknown one makes a campaign.
pub const HOOK_AGENTS: usize = 500;
/// Characters of the mapping of a webhook's fields.
pub const HOOK_MAPPING_CHARS: usize = 16 * 1024;
/// Servers that an account keeps credentials for, to fetch recordings with.
pub const RECORDING_CREDENTIALS: usize = 50;
/// Recordings that are fetched at once from the addresses that calls name, each into a temporary file.
pub const FETCHES_AT_ONCE: usize = 32;
/// Of them those from one server.
pub const FETCHES_OF_A_SERVER: usize = 8;
/// Recordings of one account that are fetched at once.
pub const FETCHES_OF_AN_ACCOUNT: usize = 4;
/// Of them those from one server: what is elsewhere does not wait for it.
pub const FETCHES_OF_AN_ACCOUNT_AND_SERVER: usize = 2;
/// Characters of a secret that webhooks are signed with, or recordings are fetched with.
pub const HOOK_SECRET_CHARS: usize = 500;

/// Connections to the web server; fewer where the system allows fewer open files.
pub const CONNECTIONS: u32 = 4_096;
/// Seconds in which a request's head must have come, and that a connection may be kept without a request.
pub const HEAD_SECONDS: u64 = 30;
/// Seconds of waiting for a reader after which it is looked at what they took of an answer meanwhile. A player that waits asks again
/// for what it still needs.
pub const READ_SECONDS: u64 = 120;
/// Bytes a second that a reader must have taken on average over [`READ_SECONDS`]: a phone on the slowest line takes more.
pub const READ_BYTES_PER_SECOND: u64 = 1_024;
/// Live streams of one session: one for each open page.
pub const STREAMS_OF_A_SESSION: usize = 32;

/// Calls of a small file: its workbook is made within a second, and does not wait for large ones.
pub const SMALL_FILE_CALLS: u64 = 20_000;
/// Workbooks of many rows that are made at once, by answers and as many by jobs; each keeps a core and a reader of the database busy.
pub const WORKBOOKS_AT_ONCE: usize = 2;
/// Of them those of one account.
pub const WORKBOOKS_OF_AN_ACCOUNT: usize = 1;
/// Workbooks of few rows ([`SMALL_FILE_CALLS`]) that answers make at once, a second or two each.
pub const SMALL_WORKBOOKS_AT_ONCE: usize = 3;
/// Of them those of one account: as many as a small machine has cores, so that many who ask at once do not wait for half of it.
pub const SMALL_WORKBOOKS_OF_AN_ACCOUNT: usize = 2;
/// Long lists that are sent as CSV at once: those that go on after their first thousand lines.
pub const LISTS_AT_ONCE: usize = 128;
/// Of them those of one account.
pub const LISTS_OF_AN_ACCOUNT: usize = 16;

/// Slices of them, of a thousand lines, that are read of one account at once. Others' come in between: who waits gets the next turn.
pub const SLICES_OF_AN_ACCOUNT: usize = 2;
/// How long a list waits for the end of another one, ms. Measured with 64 of one account at once, each of a day's calls of a million:
/// 16 are sent at once, and the 49th and later wait longer than 5 s.
pub const LIST_WAIT_MS: u64 = 10_000;

/// Bytes that a compressed file of call records may unpack to; the files of an archive together.
pub const UNPACKED_BYTES: u64 = 5_000_000_000;
/// Files of call records in an archive.
pub const ARCHIVE_FILES: usize = 1_000;
/// Columns of a table of calls.
pub const TABLE_COLUMNS: usize = 1_000;
/// Bytes of a file that is brought in over HTTP, as it is sent.
pub const IMPORT_BYTES: u64 = 5_000_000_000;
/// Files that an account has been brought at once, and that jobs are at work on or wait to be.
pub const UNFINISHED_IMPORTS: usize = 10;
/// Seconds in which such a file must have come: twelve hours.
pub const IMPORT_SECONDS: u64 = 12 * 60 * 60;
/// Files that are received at once.
pub const UPLOADS_AT_ONCE: usize = 32;
/// Files that are received at once by an account; each is written to the object store as it comes.
pub const UPLOADS_OF_AN_ACCOUNT: usize = 2;
/// Files that are read at once, each by one core.
pub const IMPORTS_AT_ONCE: usize = 2;
/// Mappings that an account keeps.
pub const MAPPINGS: usize = 200;
/// Bytes of a workbook (XLSX) with calls that is brought in; each of its parts unpacks to [`UNPACKED_BYTES`] at most.
pub const WORKBOOK_BYTES: u64 = 5_000_000_000;
/// Parts of such a workbook: sheets, styles, pictures.
pub const WORKBOOK_PARTS: usize = 10_000;
/// Milliseconds after which somebody may send the same report to the same address again.
pub const MAIL_PAUSE_MS: i64 = 60 * 1_000;
/// Times in 24 hours that somebody may send the same report to the same address.
pub const MAILS_OF_A_REPORT_A_DAY: usize = 5;
/// Mails in 24 hours that the people of an account may send beside those of completed campaigns; [`EMAILS`] is one report to all.
pub const MAILS_BY_HAND_A_DAY: usize = 2 * EMAILS;
/// Bytes that a mail server may send while it takes one mail, signing in and certificates included.
pub const MAIL_SERVER_BYTES: u64 = 64 * 1024;

/// What a sender wrote, cut to what an answer repeats of it: its beginning is enough to find it.
pub fn repeated(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(REPEATED_CHARS) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_repeated_is_cut_at_its_limit_and_between_characters() {
        let at_the_limit = "ế".repeat(REPEATED_CHARS);
        assert_eq!(repeated(&at_the_limit), at_the_limit);
        let over = "ế".repeat(REPEATED_CHARS + 1);
        assert_eq!(repeated(&over), format!("{at_the_limit}…"));
    }
}
