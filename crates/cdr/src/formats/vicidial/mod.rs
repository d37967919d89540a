//! The Export Calls Report of VICIdial (`call_report_export.php`) and of GoAutoDial, which uses the same tables.
//!
//! - Tabs (STANDARD, EXTENDED), bars (ALTERNATE) or commas (GoAutoDial), with a header, times without a zone. One row
//!   is a call; rows with one `uniqueid` are one, such as a call and the one it was transferred into.
//! - The status tells ([`super::dialler_statuses`]); it is the result code of a call that a person answered. A site's own statuses are
//!   not known: calls with them are refused, and the statuses are named with their count.
//! - The call's id is `vicidial:` and the `uniqueid`, else a hash of date, number and lead.
//! - `phone_number_dialed` was dialled; `phone_number` is the lead's main one.
//! - With the carrier's `dial_time` and `answered_time` the answer and the talk are known. Without them a call that was
//!   answered begins with its answer and lasts `length_in_sec`, which has waiting and wrapping up in it.

use xxhash_rust::xxh3::xxh3_128;

use crate::{
    columns::columns,
    leg_calls::{AssumedOfRows, System, of_table},
    legs::{Leg, LegText, LegTexts},
    local_time::When,
    numbers::bare,
    source::{Given, Input, Opened, Skipped},
    spreadsheet::is_rounded,
    stamps::Stamps,
    table::{Shape, holds_table},
    table_row::{TableRow, shortened},
    unique_id::epoch_of,
};

use super::dialler_statuses::meaning;

const SYSTEM: System = System {
    prefix: "vicidial",
    start: "call_date",
    word: "status",
    phone: "phone_number_dialed",
    campaign: "campaign_id",
    is_first_callers: false,
    has_parts: false,
};

columns! {
    /// A column that is read.
    enum Column, time CallDate, enough |places| places.have(&[Column::CallDate, Column::Dialled, Column::Status, Column::Length]);
    CallDate "call_date";
    Dialled "phone_number_dialed";
    Status "status";
    Length "length_in_sec";
    User "user";
    Campaign "campaign_id";
    FirstName "first_name";
    LastName "last_name";
    Lead "lead_id";
    VendorLead "vendor_lead_code";
    List "list_id";
    CalledCount "called_count";
    Recording "recording_location";
    UniqueId "uniqueid";
    HangupCause "hangup_cause";
    DialStatus "dialstatus";
    DialTime "dial_time";
    AnsweredTime "answered_time";
    StatusName "status_name";
}

/// Whether the first bytes of a file are an Export Calls Report.
pub(crate) fn recognises(head: &[u8]) -> bool {
    holds_table(head, Shape::<Column>::of_header)
}

/// Reads all rows of a file; fails where its header is none of an Export Calls Report.
pub(crate) fn open<'a>(input: Input<'a>, given: &Given) -> Opened<'a> {
    Ok(Box::new(of_table(input, given, &SYSTEM, Shape::of_header, leg)?))
}

fn leg(row: &TableRow<'_, Column>, assumed: &mut AssumedOfRows) -> Result<Leg<'static>, Skipped> {
    let status = row.status(Column::Status)?;
    let meaning = meaning(&status, row.text(Column::HangupCause), row.text(Column::DialStatus));
    if meaning.is_vague {
        assumed.count(
            "calls with the status NA, which VICIdial gives to disconnected numbers, too: without hangup_cause or dialstatus \
             they count as no answer",
        );
    }
    let start = call_date(row)?;
    let length = row.seconds(Column::Length)?.unwrap_or_default();
    let (dial, answered) = (row.seconds(Column::DialTime)?, row.seconds(Column::AnsweredTime)?);
    let (duration, talk) = match (meaning.outcome.is_connected(), dial, answered.filter(|ms| *ms > 0)) {
        (false, _, _) => (length, 0),
        (true, Some(dial), Some(talk)) => (dial + talk, talk),
        (true, _, _) => {
            assumed.count(
                "answered calls without the carrier's times: call_date was taken for their answer, and length_in_sec, which has \
                 waiting and wrapping up in it, for their talk",
            );
            (length, length)
        }
    };
    let unique_id = Some(row.text(Column::UniqueId)).filter(|id| !is_rounded(id)).unwrap_or_default();
    let never = When::Never;
    let stamps = Stamps {
        start,
        answer: never,
        end: never,
        duration: Some(duration),
        talk: Some(talk),
        epoch: epoch_of(unique_id),
    };
    let hashed = hashed_id(row, start);
    let name = [row.text(Column::FirstName), row.text(Column::LastName)].join(" ");
    let phone = bare(row.text(Column::Dialled));
    let mut texts = LegTexts::new(&[
        (LegText::Leg, if unique_id.is_empty() { &hashed } else { unique_id }),
        (LegText::Phone, &phone),
        (LegText::Name, name.trim()),
        (LegText::Contact, Some(row.text(Column::Lead)).filter(|lead| *lead != "0").unwrap_or_default()),
        (LegText::Campaign, row.text(Column::Campaign)),
        (LegText::Code, &status),
        (LegText::Word, &status),
        (LegText::Recording, row.text(Column::Recording)),
    ]);
    // The lead's calls up to the export, not the place of this one among them.
    texts.attributes = row.attributes(&[
        ("user", Column::User),
        ("status_name", Column::StatusName),
        ("called_count", Column::CalledCount),
        ("vendor_lead_code", Column::VendorLead),
        ("list_id", Column::List),
        ("hangup_cause", Column::HangupCause),
        ("dialstatus", Column::DialStatus),
    ]);
    Ok(Leg::new(row.line, row.fingerprint(), stamps, meaning.outcome, &texts))
}

/// `2026-03-02 09:00:00`, or `202603020900` of the alternate report.
fn call_date(row: &TableRow<'_, Column>) -> Result<When, Skipped> {
    let text = row.text(Column::CallDate);
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let when = match text.len() {
        12 | 14 if is_digits => {
            let second = if text.len() == 14 { format!(":{}", &text[12..]) } else { String::new() };
            let (date, time) = text.split_at(8);
            When::parse(&format!(
                "{}-{}-{} {}:{}{second}",
                &date[..4],
                &date[4..6],
                &date[6..],
                &time[..2],
                &time[2..4]
            ))
        }
        _ => When::parse(text),
    };
    match when {
        Some(When::Never) => Err(row.wrong(Column::CallDate, "is empty: when the call began is not known")),
        Some(when) => Ok(when),
        None => Err(row.wrong(Column::CallDate, format!("is no date and time: \"{}\"", shortened(text)))),
    }
}

/// The id of a row without one; empty where it says too little to tell the call from others.
fn hashed_id(row: &TableRow<'_, Column>, start: When) -> String {
    let lead = row.text(Column::Lead);
    if lead.is_empty() || !matches!(start, When::Wall(wall) if wall.has_seconds) {
        return String::new();
    }
    let told = [row.text(Column::CallDate), row.text(Column::Dialled), lead].join("\u{1f}");
    format!("row-{:032x}", xxh3_128(told.as_bytes()))
}
