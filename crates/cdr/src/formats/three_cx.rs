//! What the CDR service of 3CX writes to files: segments of calls, comma-separated, in the columns that the site chose.
//!
//! - Their names stand in a header, or else the columns are in the order of 3CX's own template, which is said.
//! - Segments of one call have the same `historyid`, in version 20 the same `main_call_history_id`; `callid` begins
//!   again with every start of the service. The best segment tells.
//! - A segment was answered where it has `time-answered`; else `reason-terminated` tells. One that was passed on tells
//!   nothing.
//! - Calls of an extension to outside have the number dialled as their customer, others the caller.
//! - Times have no zone. Most sites write UTC; that is not taken for granted, but said.

use domain::HangupBy;

use crate::{
    cells::Cells,
    columns::{Places, columns},
    leg_calls::{AssumedOfRows, System, of_table},
    legs::{Leg, LegOutcome, LegText, LegTexts},
    local_time::When,
    numbers::bare,
    source::{Direction, Given, Input, Opened, Skipped},
    stamps::Stamps,
    table::{Layout, Shape, holds_table},
    table_row::TableRow,
};

const SYSTEM: System = System {
    prefix: "3cx",
    start: "time-start",
    word: "reason-terminated",
    phone: "to-no",
    campaign: "bill-code",
    is_first_callers: false,
    has_parts: true,
};

/// Why a segment that nobody answered ended, in whatever case and with or without underscores.
const REASONS: [(&str, LegOutcome); 12] = [
    ("targetbusy", LegOutcome::Busy),
    ("routebusy", LegOutcome::Busy),
    ("declined", LegOutcome::Busy),
    ("noanswertimeout", LegOutcome::NoAnswer),
    ("failedcancelled", LegOutcome::NoAnswer),
    ("srcparticipantterminated", LegOutcome::NoAnswer),
    ("terminatedbysrc", LegOutcome::NoAnswer),
    ("noroute", LegOutcome::LineFault),
    ("notfound", LegOutcome::LineFault),
    ("routenotfound", LegOutcome::LineFault),
    ("targetnotfound", LegOutcome::LineFault),
    ("norouteexists", LegOutcome::LineFault),
];

columns! {
    /// A column that is read.
    enum Column, time Start, enough |places| {
        let has = |column| places.has(column);
        (has(Column::HistoryId) || has(Column::MainHistoryId))
            && [Column::Start, Column::Answered, Column::End, Column::Reason, Column::FromNo].into_iter().all(has)
            && (has(Column::ToNo) || has(Column::DialNo))
    };
    Start "time-start";
    Answered "time-answered";
    End "time-end";
    HistoryId "historyid" "callhistoryid";
    MainHistoryId "main_call_history_id";
    Segment "cdr_id";
    Reason "reason-terminated";
    FromNo "from-no";
    ToNo "to-no";
    DialNo "dial-no";
    FromType "from-type";
    ToType "to-type";
    FinalType "final-type";
    FinalNumber "final-number";
    BillCode "bill-code";
    BillCost "bill-cost";
    Chain "chain";
}

fn shape_of(lines: &[String], delimiter: char) -> Option<Shape<Column>> {
    if let Some(shape) = Shape::of_header(lines, delimiter) {
        return Some(shape);
    }
    let is_row = |line: &&String| {
        let mut row = Cells::default();
        row.split(line, delimiter, |row| by_row(row).is_some())
    };
    let layout = Layout::ByRow { places: by_row, least: 12 };
    let found = lines.iter().filter(is_row).count();
    (found * 2 > lines.len()).then(|| Shape::without_header(TEMPLATE, delimiter, layout))
}

const TEMPLATE: &str = "without header, in the order of 3CX's own template";

/// The order of the template: id, call, duration, three times, reason, ends.
fn by_row(row: &Cells) -> Option<Places<Column>> {
    let is_time = |at: usize| matches!(When::parse(row.get(at)), Some(When::Wall(_) | When::Instant(_)));
    let clock: Vec<&str> = row.get(2).split(':').collect();
    let is_span = clock.len() == 3 && clock.iter().all(|part| part.parse::<f32>().is_ok());
    let is_word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    let fits = row.len() >= 12
        && is_span
        && is_time(3)
        && When::parse(row.get(4)).is_some()
        && is_time(5)
        && is_word(row.get(6));
    let ends = [(Column::FromNo, 7), (Column::ToNo, 8), (Column::DialNo, 11), (Column::FinalNumber, 13)];
    let bill = [(Column::BillCode, 15), (Column::BillCost, 17), (Column::Chain, 19)];
    let types = [(Column::FromType, 20), (Column::ToType, 21), (Column::FinalType, 22)];
    fits.then(|| {
        let mut places = Places::in_order(&[
            (Column::HistoryId, 0),
            (Column::Start, 3),
            (Column::Answered, 4),
            (Column::End, 5),
            (Column::Reason, 6),
        ]);
        for (column, at) in ends.into_iter().chain(bill).chain(types) {
            places.set(column, at);
        }
        places
    })
}

/// Whether the first bytes of a file are what 3CX's CDR service writes.
pub(crate) fn recognises(head: &[u8]) -> bool {
    holds_table(head, shape_of)
}

/// Reads all segments of a file; fails where its columns are none of 3CX.
pub(crate) fn open<'a>(input: Input<'a>, given: &Given) -> Opened<'a> {
    Ok(Box::new(of_table(input, given, &SYSTEM, shape_of, leg)?))
}

/// Without what 3CX writes before the number of an extension.
fn without_prefix(number: &str) -> (&str, bool) {
    match number.strip_prefix("Ext.") {
        Some(extension) => (extension, true),
        None => (number, false),
    }
}

fn leg(row: &TableRow<'_, Column>, assumed: &mut AssumedOfRows) -> Result<Leg<'static>, Skipped> {
    let stamps = Stamps {
        start: row.when(Column::Start)?,
        answer: row.when(Column::Answered)?,
        end: row.when(Column::End)?,
        duration: None,
        talk: None,
        epoch: None,
    };
    if stamps.start == When::Never {
        return Err(row.wrong(Column::Start, "is empty: when the segment began is not known"));
    }
    if matches!(stamps.start, When::Wall(_)) {
        assumed.count("times without a zone; most sites of 3CX write them in UTC: give that zone where yours does");
    }
    let reason = row.text(Column::Reason);
    let word: String = reason.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let is = |column, kind: &str| row.text(column).to_ascii_lowercase().contains(kind);
    let outcome = if stamps.answer == When::Never {
        let own = REASONS.iter().find(|(known, _)| *known == word).map(|(_, outcome)| *outcome);
        own.or_else(|| LegOutcome::of_word(&word)).unwrap_or(LegOutcome::Unknown)
    } else if is(Column::FinalType, "voicemail") || is(Column::FinalType, "voice_mail") {
        LegOutcome::Machine
    } else {
        LegOutcome::Answered
    };
    let (from, is_prefixed) = without_prefix(row.text(Column::FromNo));
    let is_from_own = is_prefixed || is(Column::FromType, "extension");
    let (to, is_to_prefixed) = without_prefix(row.first(&[Column::DialNo, Column::ToNo, Column::FinalNumber]));
    let is_to_own = is_to_prefixed || is(Column::ToType, "extension");
    let direction = match (is_from_own, is_to_own) {
        (true, false) => Direction::Outbound,
        (true, true) => Direction::Internal,
        (false, _) => Direction::Inbound,
    };
    let (customer, other) = if direction == Direction::Inbound { (from, to) } else { (to, from) };
    let phone = bare(customer);
    let mut texts = LegTexts::new(&[
        (LegText::Call, row.first(&[Column::MainHistoryId, Column::HistoryId])),
        (LegText::Leg, row.first(&[Column::Segment, Column::HistoryId])),
        (LegText::Phone, &phone),
        (LegText::Other, other),
        (LegText::Campaign, row.text(Column::BillCode)),
        (LegText::Word, reason),
    ]);
    texts.attributes = vec![("cost", row.text(Column::BillCost)), ("chain", row.text(Column::Chain))];
    let mut leg = Leg::new(row.line, row.fingerprint(), stamps, outcome, &texts);
    leg.direction = Some(direction);
    // The source of a call to outside is ours; `LegCalls` turns that round for one that came in.
    leg.hangup_by = match word.as_str() {
        "terminatedbysrc" | "srcparticipantterminated" => Some(HangupBy::Bot),
        "terminatedbydst" | "dstparticipantterminated" => Some(HangupBy::Customer),
        _ => None,
    };
    Ok(leg)
}
