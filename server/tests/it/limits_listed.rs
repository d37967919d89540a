//! Every limit of `domain::limits` is in docs/API.md with its value, and a test tries it at that value and one over.

use domain::limits;

use crate::sources::rust_sources;

const LIMITS: &str = include_str!("../../../crates/domain/src/limits.rs");
const API: &str = include_str!("../../../docs/API.md");

/// A number as the documentation has it.
type Shown = fn(u64) -> String;

fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut shown = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

fn kib(value: u64) -> String {
    format!("{} KiB", value / 1_024)
}

fn mib(value: u64) -> String {
    format!("{} MiB", value / 1_024 / 1_024)
}

fn gb(value: u64) -> String {
    format!("{} GB", value / 1_000_000_000)
}

fn hours(seconds: u64) -> String {
    format!("{} hours", seconds / 3_600)
}

fn seconds(ms: u64) -> String {
    format!("{} s", ms / 1_000)
}

/// A limit: its name and value, how the latter is written, the beginning of its line in the documentation, and the test that tries it.
struct Listed {
    name: &'static str,
    value: u64,
    shown: Shown,
    line: &'static str,
    test: &'static str,
}

macro_rules! listed {
    ($($name:ident $shown:ident $line:literal $test:literal;)+) => {
        [$(Listed { name: stringify!($name), value: limits::$name.to_string().parse().unwrap(), shown: $shown, line: $line, test: $test },)+]
    };
}

#[expect(clippy::too_many_lines, reason = "a line for each limit")]
fn all() -> Vec<Listed> {
    let listed = listed! {
        ID_CHARS count "an id; a name" "each_limit_of_a_record_holds_at_its_value_and_not_one_over";
        NAME_CHARS count "an id; a name" "each_limit_of_a_record_holds_at_its_value_and_not_one_over";
        PHONE_CHARS count "an id; a name" "each_limit_of_a_record_holds_at_its_value_and_not_one_over";
        CAUSE_CHARS count "an id; a name" "each_limit_of_a_record_holds_at_its_value_and_not_one_over";
        CAUSES count "causes of an account" "the_first_causes_of_an_account_are_told_apart_and_the_others_counted_together";
        OWN_DIMENSIONS count "own dimensions" "twelve_may_be_declared_and_a_removed_one_is_another_when_it_comes_again";
        OWN_VALUES count "own dimensions" "two_hundred_values_are_told_apart_and_stay_so";
        OWN_KEY_CHARS count "own dimensions" "keys_have_no_blanks_around_them_and_a_limit";
        OWN_VALUE_CHARS count "own dimensions" "attributes_give_texts_without_blanks_and_nothing_else_that_is_told_apart";
        URL_CHARS count "`recording_url`" "each_limit_of_a_record_holds_at_its_value_and_not_one_over";
        SEARCH_CHARS count "a search" "a_list_and_a_search_have_a_length";
        SAID_WORDS count "a search of what was said" "what_was_typed_has_words_or_is_nothing";
        SAID_LOOKED_AT count "a search of what was said" "a_page_that_read_enough_says_how_far_it_came";
        SAID_LINES count "a search of what was said" "lines_are_found_as_they_are_said";
        EMAILS count "what an account has to say" "an_account_sends_only_so_many_mails_by_hand_in_a_day";
        CHOSEN count "what an account has to say" "what_an_account_keeps_of_a_kind_has_a_number";
        COMPARED_CAMPAIGNS count "campaigns side by side" "too_many_campaigns_are_refused_by_name_and_the_same_again_is_not";
        SAVED_VIEWS count "saved views" "what_is_kept_of_views_has_a_number_and_a_length";
        VIEW_NAME_CHARS count "saved views" "what_is_kept_of_views_has_a_number_and_a_length";
        VIEW_ADDRESS_CHARS count "saved views" "what_is_kept_of_views_has_a_number_and_a_length";
        DAY_NOTES count "notes on days" "a_note_has_a_length_and_notes_a_number";
        DAY_NOTE_CHARS count "notes on days" "a_note_has_a_length_and_notes_a_number";
        CALL_NOTES count "notes on a call" "a_note_on_a_call_has_a_length_and_notes_a_number";
        CALL_NOTE_CHARS count "notes on a call" "a_note_on_a_call_has_a_length_and_notes_a_number";
        RESULT_WORDS count "what an account has to say" "what_an_account_keeps_of_a_kind_has_a_number";
        TRANSCRIPT_LINES count "`transcript`" "each_limit_of_a_record_holds_at_its_value_and_not_one_over";
        TRANSCRIPT_LINE_CHARS count "`transcript`" "each_limit_of_a_record_holds_at_its_value_and_not_one_over";
        ATTRIBUTES count "`attributes`" "each_limit_holds_at_its_value_and_not_one_over";
        ATTRIBUTES_BYTES kib "`attributes`" "each_limit_holds_at_its_value_and_not_one_over";
        VALUE_BYTES count "`attributes`" "each_limit_holds_at_its_value_and_not_one_over";
        LIST_BYTES count "`attributes`" "each_limit_holds_at_its_value_and_not_one_over";
        OBJECT_BYTES count "`attributes`" "each_limit_holds_at_its_value_and_not_one_over";
        ATTRIBUTES_DEPTH count "`attributes`" "each_limit_holds_at_its_value_and_not_one_over";
        ATTEMPT count "`attempt`" "each_limit_of_a_record_holds_at_its_value_and_not_one_over";
        BOT_MESSAGES count "`attempt`" "each_limit_of_a_record_holds_at_its_value_and_not_one_over";
        BLOCKS count "`attempt`" "each_limit_of_a_record_holds_at_its_value_and_not_one_over";
        COST_UNITS count "`attempt`" "each_limit_of_a_record_holds_at_its_value_and_not_one_over";
        DAY_COST_UNITS count "the price of a block" "a_call_of_a_day_has_a_highest_price";
        ACCOUNT_COST_UNITS count "what all calls of an account cost" "calls_beyond_what_costs_can_be_added_up_to_are_refused";
        RECORD_BYTES mib "a record of a batch" "a_record_is_taken_at_its_limit_and_refused_one_byte_over";
        FILE_RECORD_BYTES mib "a record of a file of calls" "a_record_of_a_file_is_taken_at_its_limit_and_not_one_byte_over";
        NODE_BYTES mib "a record of a file of calls" "a_text_that_would_take_much_memory_is_refused_at_its_limit";
        BATCH_BYTES mib "a batch" "a_batch_has_so_many_records_and_bytes";
        PARSED_BYTES mib "what is parsed of a batch" "no_batch_costs_much_memory";
        BATCH_RECORDS count "a batch" "a_batch_has_so_many_records_and_bytes";
        BODY_BYTES mib "any other JSON body" "a_body_and_a_form_have_a_size";
        FORM_BYTES kib "a form of a page" "a_body_and_a_form_have_a_size";
        RECORDING_BYTES mib "a recording" "what_is_announced_as_too_large_is_refused_before_it_comes";
        RECORDING_SAMPLES count "its sound" "a_small_file_that_unpacks_to_hours_ends_at_the_limit";
        RECORDING_CPU_SECONDS count "the time to read it through" "a_small_file_that_unpacks_to_hours_ends_at_the_limit";
        RECORDING_HEAD_BYTES mib "what stands before its sound" "a_head_that_does_not_end_is_not_read_to_its_end";
        PROBES_AT_ONCE count "recordings that are read through" "an_account_that_asks_for_many_leaves_turns_to_the_others";
        PROBES_OF_AN_ACCOUNT count "recordings that are read through" "an_account_that_asks_for_many_leaves_turns_to_the_others";
        ERRORS_PER_RECORD count "rules that a record broke" "an_answer_describes_the_first_errors_and_counts_all";
        ERRORS_PER_ANSWER count "rules that a record broke" "an_answer_describes_the_first_errors_and_counts_all";
        REPEATED_CHARS count "what an error repeats" "what_is_repeated_is_cut_at_its_limit_and_between_characters";
        PAGE_ROWS count "a page of a list" "a_list_and_a_search_have_a_length";
        PAGE_DETAIL_BYTES mib "a page of a list" "a_page_of_calls_ends_where_its_details_grow_large";
        RANGE_DAYS count "a range of days" "a_range_has_an_end";
        BATCHES_AT_ONCE count "batches that are stored" "an_account_that_asks_for_many_leaves_turns_to_the_others";
        BATCHES_OF_AN_ACCOUNT count "batches that are stored" "an_account_that_asks_for_many_leaves_turns_to_the_others";
        WAITING_BATCHES count "batches that are received" "an_account_that_asks_for_many_leaves_turns_to_the_others";
        WAITING_BATCHES_OF_AN_ACCOUNT count "batches that are received" "bodies_at_a_trickle_hold_nobody_up";
        RECEIVED_IN_MEMORY kib "what is parsed of a batch" "a_body_comes_back_as_it_came_in_up_to_its_limit";
        BODY_IDLE_SECONDS count "seconds without a byte" "a_sender_at_a_trickle_is_given_up_and_one_on_a_slow_line_is_not";
        BODY_SECONDS count "seconds without a byte" "a_sender_at_a_trickle_is_given_up_and_one_on_a_slow_line_is_not";
        BODY_BYTES_PER_SECOND count "seconds without a byte" "a_sender_at_a_trickle_is_given_up_and_one_on_a_slow_line_is_not";
        HOOK_BYTES mib "a webhook" "a_webhook_that_is_large_deep_or_cut_off_is_named";
        WAITING_HOOK_BYTES mib "a webhook" "webhooks_that_wait_have_a_number_and_a_size";
        WAITING_HOOKS count "a webhook" "webhooks_that_wait_have_a_number_and_a_size";
        HOOKS_PER_COMMIT count "webhooks in a transaction" "webhooks_that_wait_have_a_number_and_a_size";
        HOOKS_PER_READ count "webhooks in a transaction" "many_webhooks_at_once_are_all_stored";
        HOOKS count "addresses for webhooks" "an_account_has_so_many_addresses_and_agents_at_most";
        HOOK_AGENTS count "addresses for webhooks" "an_account_has_so_many_addresses_and_agents_at_most";
        HOOK_MAPPING_CHARS count "the mapping of an address" "the_texts_of_a_connection_have_a_length";
        RECORDING_CREDENTIALS count "servers for whose recordings" "an_account_keeps_one_credential_of_each_server_and_so_many_at_most";
        FETCHES_AT_ONCE count "recordings that are fetched" "an_account_that_asks_for_many_leaves_turns_to_the_others";
        FETCHES_OF_A_SERVER count "recordings that are fetched" "an_account_that_asks_for_many_leaves_turns_to_the_others";
        FETCHES_OF_AN_ACCOUNT count "recordings that are fetched" "an_account_that_asks_for_many_leaves_turns_to_the_others";
        FETCHES_OF_AN_ACCOUNT_AND_SERVER count "recordings that are fetched" "an_account_that_asks_for_many_leaves_turns_to_the_others";
        HOOK_SECRET_CHARS count "the mapping of an address" "the_texts_of_a_connection_have_a_length";
        CONNECTIONS count "connections" "silent_connections_keep_no_reader_out";
        HEAD_SECONDS count "connections" "silent_connections_keep_no_reader_out";
        READ_SECONDS count "connections" "a_reader_on_a_slow_line_gets_all_and_one_at_a_trickle_does_not";
        READ_BYTES_PER_SECOND count "connections" "a_reader_on_a_slow_line_gets_all_and_one_at_a_trickle_does_not";
        STREAMS_OF_A_SESSION count "live streams of a session" "a_session_follows_so_many_pages_and_no_more";
        SMALL_FILE_CALLS count "calls of a file that is made at once" "what_takes_long_has_jobs_of_its_own";
        WORKBOOKS_AT_ONCE count "workbooks of many rows" "an_account_that_asks_for_many_leaves_turns_to_the_others";
        WORKBOOKS_OF_AN_ACCOUNT count "workbooks of many rows" "an_account_that_asks_for_many_leaves_turns_to_the_others";
        SMALL_WORKBOOKS_AT_ONCE count "workbooks of few rows" "an_account_takes_its_part_of_each_kind_of_turns_and_no_more";
        SMALL_WORKBOOKS_OF_AN_ACCOUNT count "workbooks of few rows" "an_account_takes_its_part_of_each_kind_of_turns_and_no_more";
        LISTS_AT_ONCE count "long lists that are sent" "lists_that_nobody_reads_hold_nothing";
        LISTS_OF_AN_ACCOUNT count "long lists that are sent" "lists_that_nobody_reads_hold_nothing";
        SLICES_OF_AN_ACCOUNT count "slices of long lists" "an_account_takes_its_part_of_each_kind_of_turns_and_no_more";
        LIST_WAIT_MS seconds "long lists that are sent" "lists_that_nobody_reads_hold_nothing";
        UNPACKED_BYTES gb "a file of calls" "what_all_files_unpack_to_is_counted_together";
        ARCHIVE_FILES count "files in an archive of calls" "an_archive_of_too_many_files_is_refused_by_name";
        TABLE_COLUMNS count "columns of a table of calls" "a_table_has_so_many_columns";
        IMPORT_BYTES gb "a file of calls" "what_is_announced_as_too_large_is_refused_before_it_comes";
        UNFINISHED_IMPORTS count "files of an account that are read" "an_account_has_so_many_files_under_way";
        IMPORT_SECONDS hours "a file of calls" "a_sender_at_a_trickle_is_given_up_and_one_on_a_slow_line_is_not";
        UPLOADS_AT_ONCE count "files that are received" "an_account_that_asks_for_many_leaves_turns_to_the_others";
        UPLOADS_OF_AN_ACCOUNT count "files that are received" "an_account_brings_so_many_files_at_once";
        IMPORTS_AT_ONCE count "files that are received" "an_account_that_asks_for_many_leaves_turns_to_the_others";
        MAPPINGS count "mappings of an account" "what_an_account_keeps_of_a_kind_has_a_number";
        WORKBOOK_BYTES gb "a record of a file of calls" "a_workbook_is_taken_at_its_size_and_not_one_byte_over";
        WORKBOOK_PARTS count "a record of a file of calls" "a_workbook_has_so_many_parts";
        MAIL_PAUSE_MS seconds "the same report" "a_report_is_sent_again_to_whom_one_chooses_and_not_over_and_over";
        MAILS_OF_A_REPORT_A_DAY count "the same report" "a_report_is_sent_again_to_whom_one_chooses_and_not_over_and_over";
        MAILS_BY_HAND_A_DAY count "mails of an account" "an_account_sends_only_so_many_mails_by_hand_in_a_day";
        MAIL_SERVER_BYTES count "bytes that a mail server" "a_mail_server_that_never_stops_talking_is_left";
    };
    listed.into()
}

#[test]
fn every_limit_is_documented_with_its_value_and_tried() {
    let names = LIMITS.lines().filter_map(|line| line.strip_prefix("pub const ")?.split_once(':'));
    let names: Vec<&str> = names.map(|(name, _)| name).collect();
    assert_eq!(
        all().iter().map(|limit| limit.name).collect::<Vec<_>>(),
        names,
        "each limit once, in the order of the source"
    );
    let sources = ["crates", "server", "app"].into_iter().flat_map(rust_sources);
    let sources = sources.filter(|source| !source.path.ends_with("limits_listed.rs"));
    let sources: String = sources.map(|source| source.code).collect();
    let section = &API[API.find("## Limits").unwrap()..API.find("## Filters of the call list").unwrap()];
    let mut wrong = Vec::new();
    for Listed { name, value, shown, line, test } in all() {
        let shown = shown(value);
        let mut lines = section.lines().filter(|text| text.starts_with(&format!("| {line}")));
        let is_number = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit() || c == ',');
        let has_value = lines.any(|text| {
            text.match_indices(&shown).any(|(at, _)| {
                let after = text[at + shown.len()..].strip_prefix(", ").map_or(&text[at + shown.len()..], |_| " ");
                !is_number(text[..at].chars().next_back()) && !is_number(after.chars().next())
            })
        });
        if !has_value {
            wrong.push(format!("{name}: no line of docs/API.md begins with \"{line}\" and says {shown}"));
        }
        if !sources.contains(&format!("fn {test}(")) {
            wrong.push(format!("{name}: there is no test {test}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
