//! The call log of Convoso as CSV.
//!
//! - One row is a call; its id is `convoso:` and `id`.
//! - `number_dialed` is the customer's, `lead_id` the sender's id of the customer.
//! - `call_date` has no zone; the name of the recording's file holds the instant at which that began, and proves it.
//! - `call_length` is from the answer to the end; how long it rang is not known, and `call_date` is taken for the
//!   answer.
//! - Statuses are those of VICIdial where they are spelled alike, else the site's own, whose meaning is not known.

use domain::HangupBy;

use crate::{
    columns::columns,
    leg_calls::{AssumedOfRows, System, of_table},
    legs::{Leg, LegText, LegTexts},
    local_time::When,
    numbers::bare,
    source::{Direction, Given, Input, Opened, Skipped},
    stamps::Stamps,
    table::{Shape, holds_table},
    table_row::TableRow,
};

use super::dialler_statuses::meaning;

const SYSTEM: System = System {
    prefix: "convoso",
    start: "call_date",
    word: "status",
    phone: "number_dialed",
    campaign: "campaign_id",
    is_first_callers: false,
    has_parts: false,
};

columns! {
    /// A column that is read.
    enum Column, time CallDate, enough |places| places.have(&[Column::CallDate, Column::Dialled, Column::Status, Column::Length, Column::TermReason]);
    CallDate "call_date";
    Id "id";
    Lead "lead_id";
    Campaign "campaign_id";
    CampaignName "campaign";
    User "user";
    Dialled "number_dialed";
    FirstName "first_name";
    LastName "last_name";
    Status "status";
    StatusName "status_name";
    Length "call_length";
    Recording "recording";
    CalledCount "called_count";
    TermReason "term_reason";
    CallType "call_type";
    QueueSeconds "queue_seconds";
}

/// Whether the first bytes of a file are Convoso's call log.
pub(crate) fn recognises(head: &[u8]) -> bool {
    holds_table::<Column>(head, Shape::of_header)
}

/// Reads all rows of a file; fails where its header is none of Convoso.
pub(crate) fn open<'a>(input: Input<'a>, given: &Given) -> Opened<'a> {
    Ok(Box::new(of_table(input, given, &SYSTEM, Shape::of_header, leg)?))
}

fn leg(row: &TableRow<'_, Column>, assumed: &mut AssumedOfRows) -> Result<Leg<'static>, Skipped> {
    let status = row.status(Column::Status)?;
    let outcome = meaning(&status, "", "").outcome;
    let start = row.start(Column::CallDate)?;
    let length = row.seconds(Column::Length)?.unwrap_or_default();
    if outcome.is_connected() {
        assumed.count("answered calls, of which call_date was taken for the answer: how long they rang is not known");
    }
    let recording = address_in(row.text(Column::Recording));
    let never = When::Never;
    let talk = if outcome.is_connected() { length } else { 0 };
    let stamps = Stamps {
        start,
        answer: never,
        end: never,
        duration: Some(length),
        talk: Some(talk),
        epoch: epoch_in(recording),
    };
    let name = [row.text(Column::FirstName), row.text(Column::LastName)].join(" ");
    let phone = bare(row.text(Column::Dialled));
    let mut texts = LegTexts::new(&[
        (LegText::Leg, row.text(Column::Id)),
        (LegText::Phone, &phone),
        (LegText::Name, name.trim()),
        (LegText::Contact, row.text(Column::Lead)),
        (LegText::Campaign, row.first(&[Column::Campaign, Column::CampaignName])),
        (LegText::Code, &status),
        (LegText::Word, &status),
        (LegText::Recording, recording),
    ]);
    texts.attributes = row.attributes(&[
        ("user", Column::User),
        ("campaign_name", Column::CampaignName),
        ("status_name", Column::StatusName),
        ("called_count", Column::CalledCount),
        ("term_reason", Column::TermReason),
        ("queue_seconds", Column::QueueSeconds),
    ]);
    let mut leg = Leg::new(row.line, row.fingerprint(), stamps, outcome, &texts);
    let is_inbound = row.text(Column::CallType).eq_ignore_ascii_case("INBOUND");
    leg.direction = is_inbound.then_some(Direction::Inbound);
    leg.hangup_by = match (row.text(Column::TermReason).to_ascii_uppercase().as_str(), is_inbound) {
        // Turned round for a call that came in, as everywhere.
        ("CALLER", false) | ("AGENT", true) => Some(HangupBy::Customer),
        ("AGENT", false) | ("CALLER", true) => Some(HangupBy::Bot),
        ("", _) => None,
        _ => Some(HangupBy::System),
    };
    Ok(leg)
}

/// The `public_url` in what Python writes of a list (`[{'src': …, 'public_url': 'https://…'}]`); another text as it is.
fn address_in(text: &str) -> &str {
    let Some((_, after)) = text.split_once("public_url") else { return if text.starts_with('[') { "" } else { text } };
    let start = after.find("http").unwrap_or(after.len());
    after[start..].split(['\'', '"']).next().unwrap_or_default()
}

/// The instant in the name of a recording's file, `…-in-1772416800.mp3`: milliseconds since 1970.
fn epoch_in(address: &str) -> Option<i64> {
    let name = address.rsplit('/').next()?;
    let epochs = name.split(['_', '-', '.']).filter(|part| part.len() == 10);
    epochs
        .filter_map(|part| part.parse::<i64>().ok())
        .find(|seconds| *seconds > 1_000_000_000)
        .map(|seconds| seconds * 1_000)
}
