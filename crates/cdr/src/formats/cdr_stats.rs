//! CDR-Stats' CSV for importing calls (`cdr-stats/addons/samples`), whose columns name those of any switch.
//!
//! - One row is a call; its id is `cdrstats:`, the switch and the `callid`.
//! - It was answered where seconds were billed; else the Q.850 cause tells ([`crate::causes`]).
//! - `starting_date` has no zone. The call ends `duration` after it, and was answered `billsec` before that.
//! - The number that was called is the customer, whatever `direction` says: its two numbers are not explained anywhere.
//! - The campaign is the one given, else `accountcode`. What was paid (`buy_cost`) has no currency and is an attribute.

use crate::{
    causes::unanswered,
    columns::columns,
    leg_calls::{AssumedOfRows, System, of_table},
    legs::{Leg, LegOutcome, LegText, LegTexts},
    local_time::When,
    numbers::bare,
    source::{Given, Input, Opened, Skipped},
    stamps::Stamps,
    table::{Shape, holds_table},
    table_row::TableRow,
};

const SYSTEM: System = System {
    prefix: "cdrstats",
    start: "starting_date",
    word: "hangup_cause_id",
    phone: "destination_number",
    campaign: "accountcode",
    is_first_callers: false,
    has_parts: false,
};

columns! {
    /// A column that is read.
    enum Column, time StartingDate, enough |places| {
        let needed = [Column::StartingDate, Column::CallId, Column::Destination, Column::Duration, Column::Billsec];
        needed.into_iter().all(|column| places.has(column)) && places.has(Column::HangupCauseId)
    };
    StartingDate "starting_date";
    Switch "switch";
    CallId "callid";
    CallerNumber "caller_id_number";
    CallerName "caller_id_name";
    Destination "destination_number";
    Duration "duration";
    Billsec "billsec";
    ProgressSec "progresssec";
    HangupCauseId "hangup_cause_id";
    HangupCause "hangup_cause";
    Direction "direction";
    AccountCode "accountcode";
    BuyCost "buy_cost";
    SellCost "sell_cost";
}

/// Whether the first bytes of a file are CDR-Stats' table.
pub(crate) fn recognises(head: &[u8]) -> bool {
    holds_table(head, Shape::<Column>::of_header)
}

/// Reads all rows of a file; fails where its header is none of CDR-Stats.
pub(crate) fn open<'a>(input: Input<'a>, given: &Given) -> Opened<'a> {
    Ok(Box::new(of_table(input, given, &SYSTEM, Shape::of_header, leg)?))
}

fn leg(row: &TableRow<'_, Column>, _: &mut AssumedOfRows) -> Result<Leg<'static>, Skipped> {
    let start = row.start(Column::StartingDate)?;
    let (duration, talk) = (row.seconds(Column::Duration)?, row.seconds(Column::Billsec)?.unwrap_or_default());
    let cause = row.first(&[Column::HangupCauseId, Column::HangupCause]);
    let has_rung = row.seconds(Column::ProgressSec)?.is_some_and(|ms| ms > 0);
    let by_id = || unanswered(None, row.text(Column::HangupCauseId), has_rung);
    let outcome = match by_id().or_else(|| unanswered(None, row.text(Column::HangupCause), has_rung)) {
        _ if talk > 0 => LegOutcome::Answered,
        Some(code) => LegOutcome::of_code(code),
        None => LegOutcome::Unknown,
    };
    let id = match (row.text(Column::Switch), row.text(Column::CallId)) {
        (_, "") => String::new(),
        ("", id) => id.to_owned(),
        (switch, id) => [switch, "/", id].concat(),
    };
    let phone = bare(row.text(Column::Destination));
    let never = When::Never;
    let stamps =
        Stamps { start, answer: never, end: never, duration: duration.or(Some(talk)), talk: Some(talk), epoch: None };
    let mut texts = LegTexts::new(&[
        (LegText::Leg, &id),
        (LegText::Phone, &phone),
        (LegText::Other, row.text(Column::CallerNumber)),
        (LegText::Campaign, row.text(Column::AccountCode)),
        (LegText::Word, cause),
    ]);
    texts.attributes = [
        ("caller_id_name", Column::CallerName),
        ("direction", Column::Direction),
        ("cost", Column::BuyCost),
        ("sell_cost", Column::SellCost),
    ]
    .map(|(name, column)| (name, row.text(column)))
    .to_vec();
    Ok(Leg::new(row.line, row.fingerprint(), stamps, outcome, &texts))
}
