//! The columns of FreeSWITCH's tables and of FusionPBX's, under the names that headers give them, and where they are in
//! the lines that `mod_cdr_csv` writes without a header.

use crate::{
    cells::Cells,
    columns::{Places, columns},
    local_time::When,
    table::{Layout, Shape},
};

columns! {
    /// A column that is read.
    pub(super) enum Column, time Start, unnamed by_row, enough |places| {
        let has = |columns: &[Self]| columns.iter().any(|column| places.has(*column));
        has(&[Column::Uuid, Column::FusionUuid])
            && has(&[Column::Destination])
            && has(&[Column::Start, Column::StartEpoch])
            && has(&[Column::Answer, Column::AnswerEpoch, Column::Billsec])
            && (has(&[Column::HangupCause]) || (has(&[Column::FusionUuid]) && has(&[Column::Status])))
    };
    Start "start_stamp";
    Answer "answer_stamp";
    End "end_stamp";
    StartEpoch "start_epoch" "startuepoch";
    AnswerEpoch "answer_epoch" "answeruepoch";
    EndEpoch "end_epoch" "enduepoch";
    Duration "duration";
    Billsec "billsec";
    HangupCause "hangup_cause";
    SipDisposition "sip_hangup_disposition";
    SipStatus "sip_term_status";
    Uuid "uuid";
    FusionUuid "xml_cdr_uuid";
    BLeg "bleg_uuid";
    Bridge "bridge_uuid" "signalbond";
    // A variable of the site's own that all legs of a call carry.
    Link "call_link_id" "linkid" "linkedid";
    CallUuid "call_uuid";
    Originator "originating_leg_uuid";
    CallerName "caller_id_name";
    CallerNumber "caller_id_number";
    Destination "destination_number";
    CallerDestination "caller_destination";
    Direction "direction";
    Status "status";
    Side "leg";
    AccountCode "accountcode";
    RecordPath "record_path" "recordingfile";
    RecordName "record_name";
}

/// Finds the shape by the first lines of a file; none where they are no call records of FreeSWITCH.
pub(super) fn shape_of(lines: &[String], delimiter: char) -> Option<Shape<Column>> {
    if let Some(shape) = Shape::of_header(lines, delimiter) {
        return Some(shape);
    }
    let is_row = |line: &&String| {
        let mut row = Cells::default();
        row.split(line, delimiter, |row| by_row(row).is_some())
    };
    let found = lines.iter().filter(is_row).count();
    let layout = Layout::ByRow { places: by_row, least: 11 };
    // One of two rows may be broken or cut.
    (found > 0 && found * 2 >= lines.len())
        .then(|| Shape::without_header("mod_cdr_csv without header", delimiter, layout))
}

/// The columns of a line of `mod_cdr_csv`, whose templates `example`, `snom`, `linksys`, `sql` and `asterisk` all hold
/// start, answer, end, duration, billed seconds and cause one after the other, and the leg's id behind.
fn by_row(row: &Cells) -> Option<Places<Column>> {
    let start = (2..=12).find(|at| is_times_at(row, *at))?;
    let is_id = |at: usize| is_uuid(row.get(at));
    let mut places = Places::in_order(&[
        (Column::Start, start),
        (Column::Answer, start + 1),
        (Column::End, start + 2),
        (Column::Duration, start + 3),
        (Column::Billsec, start + 4),
        (Column::HangupCause, start + 5),
    ]);
    if is_id(start + 6) {
        for (column, at) in [(Column::Uuid, start + 6), (Column::BLeg, start + 7), (Column::AccountCode, start + 8)] {
            places.set(column, at);
        }
        // Name, number, destination and context stand before the times.
        let before = [(Column::Destination, 2), (Column::CallerNumber, 3), (Column::CallerName, 4)];
        for (column, back) in before.into_iter().filter(|(_, back)| *back <= start) {
            places.set(column, start - back);
        }
        return Some(places);
    }
    // The template `asterisk`: account, number, destination, context, caller, channels, application, data, times,
    // flags, id.
    if start == 9 && is_id(start + 7) {
        for (column, at) in
            [(Column::AccountCode, 0), (Column::CallerNumber, 1), (Column::Destination, 2), (Column::Uuid, start + 7)]
        {
            places.set(column, at);
        }
        return Some(places);
    }
    None
}

fn is_times_at(row: &Cells, at: usize) -> bool {
    let is_time = |at: usize| matches!(When::parse(row.get(at)), Some(When::Wall(_) | When::Instant(_)));
    let is_number = |at: usize| row.get(at).parse::<u32>().is_ok();
    let is_cause = |text: &str| text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    is_time(at)
        && When::parse(row.get(at + 1)).is_some()
        && is_time(at + 2)
        && is_number(at + 3)
        && is_number(at + 4)
        && is_cause(row.get(at + 5))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
