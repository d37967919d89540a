//! One row of a table of FreeSWITCH or FusionPBX made into a leg.

use crate::{
    causes::{sip_status, unanswered},
    leg_calls::AssumedOfRows,
    legs::{Leg, LegOutcome, LegText, LegTexts, Side},
    local_time::When,
    numbers::{bare, is_phone},
    source::{Direction, Skipped},
    stamps::Stamps,
    table_row::TableRow,
};

use super::{columns::Column, hangup::hung_up};

/// What FusionPBX calls the ways in which a call ends.
const FUSION_STATUSES: [(&str, LegOutcome); 8] = [
    ("answered", LegOutcome::Answered),
    ("voicemail", LegOutcome::Machine),
    ("no_answer", LegOutcome::NoAnswer),
    ("missed", LegOutcome::NoAnswer),
    ("cancelled", LegOutcome::NoAnswer),
    ("canceled", LegOutcome::NoAnswer),
    ("busy", LegOutcome::Busy),
    ("failed", LegOutcome::LineFault),
];

/// Reads a row; fails with the column at fault.
pub(super) fn leg(row: &TableRow<'_, Column>, _: &mut AssumedOfRows) -> Result<Leg<'static>, Skipped> {
    let fusion_uuid = row.text(Column::FusionUuid);
    let stamps = stamps(row)?;
    let is_answered = stamps.answer != When::Never || stamps.talk.is_some_and(|ms| ms > 0);
    let (cause, status) = (row.text(Column::HangupCause), row.text(Column::Status).to_ascii_lowercase());
    let sip = sip_status(row.text(Column::SipStatus));
    let by_cause = || match unanswered(sip, cause, false) {
        _ if is_answered => LegOutcome::Answered,
        Some(code) => LegOutcome::of_code(code),
        None => LegOutcome::Unknown,
    };
    let by_status = FUSION_STATUSES.iter().find(|(word, _)| *word == status).map(|(_, outcome)| *outcome);
    let (word, outcome) = match by_status {
        _ if fusion_uuid.is_empty() || status.is_empty() => (cause, by_cause()),
        Some(LegOutcome::LineFault) if sip.is_some() && !is_answered => (cause, by_cause()),
        Some(outcome) => (row.text(Column::Status), outcome),
        None => (row.text(Column::Status), LegOutcome::Unknown),
    };

    let (caller, destination) = (bare(row.text(Column::CallerNumber)), row.text(Column::Destination));
    let direction = match row.text(Column::Direction).to_ascii_lowercase().as_str() {
        // Elsewhere it is the leg's: a call that goes out comes in at the switch first.
        _ if fusion_uuid.is_empty() => None,
        "inbound" => Some(Direction::Inbound),
        "outbound" => Some(Direction::Outbound),
        "local" => Some(Direction::Internal),
        _ => None,
    };
    let is_originated = destination.starts_with('&');
    let dialled = bare(destination);
    let (phone, other) = match direction {
        _ if is_originated => (&caller, ""),
        Some(Direction::Inbound) => (&caller, dialled.as_ref()),
        Some(Direction::Outbound) if !is_phone(&dialled) && is_phone(row.text(Column::CallerDestination)) => {
            (&bare(row.text(Column::CallerDestination)), caller.as_ref())
        }
        _ => (&dialled, caller.as_ref()),
    };
    let caller_name = row.text(Column::CallerName);
    let (path, file) = (row.text(Column::RecordPath), row.text(Column::RecordName));
    let recording = if file.is_empty() || path.is_empty() { format!("{path}{file}") } else { format!("{path}/{file}") };
    let mut texts = LegTexts::new(&[
        (LegText::Leg, row.first(&[Column::Uuid, Column::FusionUuid])),
        (LegText::Call, row.first(&[Column::Link, Column::CallUuid])),
        (LegText::Phone, phone),
        (LegText::Other, other),
        (LegText::Name, if direction == Some(Direction::Inbound) { caller_name } else { "" }),
        (LegText::Campaign, row.text(Column::AccountCode)),
        (LegText::Word, word),
        (LegText::Cause, cause),
        (LegText::Recording, &recording),
    ]);
    if row.text(Column::Link).is_empty() {
        texts.linked = [Column::BLeg, Column::Bridge, Column::Originator].map(|column| row.text(column)).to_vec();
    }
    let disposition = row.text(Column::SipDisposition);
    texts.attributes = vec![
        ("sip_hangup_disposition", disposition),
        ("sip_term_status", row.text(Column::SipStatus)),
        ("caller_id_name", if is_originated || direction == Some(Direction::Inbound) { "" } else { caller_name }),
    ];
    let side = match (row.text(Column::Side), row.text(Column::Direction)) {
        // One that was made for an extension waits for the customer's.
        _ if is_originated && is_phone(phone) => Side::Customer,
        _ if is_originated => Side::Caller,
        ("b", _) => Side::Customer,
        ("a", _) => Side::Caller,
        _ if !row.text(Column::Originator).is_empty() => Side::Customer,
        (_, "outbound") if direction.is_none() => Side::Customer,
        (_, "inbound") if direction.is_none() => Side::Caller,
        _ => Side::Unsaid,
    };
    let mut leg = Leg::new(row.line, row.fingerprint(), stamps, outcome, &texts);
    (leg.side, leg.direction, leg.hangup_by) = (side, direction, hung_up(disposition));
    Ok(leg)
}

fn stamps(row: &TableRow<'_, Column>) -> Result<Stamps, Skipped> {
    let when = |epoch: Column, stamp: Column| match row.text(epoch) {
        "" => row.when(stamp),
        // It never happened.
        "0" => Ok(When::Never),
        _ => row.when(epoch),
    };
    let start = when(Column::StartEpoch, Column::Start)?;
    let answer = when(Column::AnswerEpoch, Column::Answer)?;
    let end = when(Column::EndEpoch, Column::End)?;
    if start == When::Never {
        return Err(row.wrong(Column::Start, "is empty: when the leg began is not known"));
    }
    let duration = row.seconds(Column::Duration)?;
    // Negative of a leg that began after it was answered.
    let talk = if row.text(Column::Billsec).starts_with('-') { None } else { row.seconds(Column::Billsec)? };
    let is_exact = [Column::StartEpoch, Column::EndEpoch].iter().all(|column| row.text(*column).len() > 10);
    let (duration, talk) = if is_exact { (None, talk.filter(|_| answer == When::Never)) } else { (duration, talk) };
    Ok(Stamps { start, answer, end, duration, talk: talk.filter(|ms| *ms > 0 || answer == When::Never), epoch: None })
}
